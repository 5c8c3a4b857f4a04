// A temporary file beside the real one, fsync, rename, fsync of the folder.
// SPDX-License-Identifier: Apache-2.0
#include "system/file_atomic.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

// The folder of the path is opened once and all names are taken in it, so that a folder moved
// meanwhile does no harm.
static int open_folder(const char *path, const char **name)
{
    char folder[PATH_MAX] = ".";
    const char *slash = strrchr(path, '/');
    *name = slash ? slash + 1 : path;
    if (slash) {
        size_t len = slash == path ? 1 : (size_t)(slash - path); // "/name" lies in "/"
        if (len >= sizeof folder) {
            errno = ENAMETOOLONG;
            return -1;
        }
        memcpy(folder, path, len);
        folder[len] = 0;
    }
    return open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

static bool write_all(int descriptor, struct str bytes)
{
    while (bytes.len) {
        ssize_t done = write(descriptor, bytes.at, bytes.len);
        if (done < 0 && errno == EINTR)
            continue;
        if (done < 0)
            return false;
        bytes = str_of(bytes.at + done, bytes.len - (size_t)done);
    }
    return true;
}

// Some file systems cannot flush a folder or any file and say EINVAL; there is nothing better there.
static bool flush(int descriptor)
{
    return fsync(descriptor) == 0 || errno == EINVAL;
}

// Only what is absent, a file or a link may be replaced. rename() itself refuses folders, but it
// would put a file in the place of a device.
static bool may_replace(int folder, const char *name)
{
    struct stat status;
    if (fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW) != 0)
        return errno == ENOENT;
    if (S_ISREG(status.st_mode) || S_ISLNK(status.st_mode))
        return true;
    errno = S_ISDIR(status.st_mode) ? EISDIR : EEXIST;
    return false;
}

static bool write_temporary(int folder, const char *temporary, struct str bytes)
{
    unlinkat(folder, temporary, 0); // left by a process with our number that was killed
    int descriptor =
        openat(folder, temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (descriptor < 0)
        return false;
    bool is_good = write_all(descriptor, bytes) && flush(descriptor);
    int trouble = errno;
    if (close(descriptor) != 0 && is_good) {
        trouble = errno;
        is_good = false;
    }
    errno = trouble;
    return is_good;
}

// What is to be written, and how.
struct replacing {
    const char *path;
    struct str bytes;
    const struct file_stamp *stamp; // NULL: whatever is there goes
    bool is_other;                  // something else is there than the stamp says
};

// The folder is locked until it is closed, which a program that is killed does too.
static bool is_expected(struct replacing *replacing, int folder)
{
    if (!replacing->stamp)
        return true;
    while (flock(folder, LOCK_EX) != 0 && errno == EINTR)
        continue;
    replacing->is_other = !file_content_is_same(replacing->path, replacing->stamp);
    return !replacing->is_other;
}

static bool replace(struct replacing *replacing, int folder, const char *name)
{
    char temporary[NAME_MAX + 1];
    int len = snprintf(temporary, sizeof temporary, ".%s.%ld.part", name, (long)getpid());
    if (len < 0 || (size_t)len >= sizeof temporary) {
        errno = ENAMETOOLONG;
        return false;
    }
    if (!may_replace(folder, name))
        return false;
    if (write_temporary(folder, temporary, replacing->bytes) && is_expected(replacing, folder) &&
        renameat(folder, temporary, folder, name) == 0)
        return flush(folder);
    int trouble = errno;
    unlinkat(folder, temporary, 0);
    errno = trouble;
    return false;
}

static bool write_file(struct replacing *replacing, struct error *error)
{
    const char *path = replacing->path, *name = path;
    int folder = open_folder(path, &name);
    bool is_good = folder >= 0 && replace(replacing, folder, name);
    int trouble = errno;
    if (folder >= 0)
        close(folder);
    if (!is_good && replacing->is_other)
        return error_set(error, "cannot write %s: another program has written it meanwhile", path);
    return is_good || error_set(error, "cannot write %s: %s", path, strerror(trouble));
}

bool file_atomic_write(const char *path, struct str bytes, struct error *error)
{
    return write_file(&(struct replacing){.path = path, .bytes = bytes}, error);
}

bool file_atomic_renew(const char *path, struct str bytes, const struct file_stamp *stamp,
                       struct error *error)
{
    return write_file(&(struct replacing){.path = path, .bytes = bytes, .stamp = stamp}, error);
}
