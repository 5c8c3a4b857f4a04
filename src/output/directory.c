// Writes files whole or not at all, readable by their owner alone.
// SPDX-License-Identifier: Apache-2.0
#include "output/directory.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

// Makes the folders above the last part of `path`, below the folder `at`.
static bool make_parents(int at, const char *path, struct error *error)
{
    char part[PATH_MAX];
    size_t len = strlen(path);
    if (len >= sizeof part)
        return error_set(error, "the path is too long");
    memcpy(part, path, len + 1);
    for (size_t i = 1; i < len; i++) {
        if (part[i] != '/')
            continue;
        part[i] = 0;
        if (mkdirat(at, part, 0700) != 0 && errno != EEXIST)
            return error_set(error, "cannot make the folder %s: %s", part, strerror(errno));
        part[i] = '/';
    }
    return true;
}

bool directory_open(struct directory *directory, const char *path, struct error *error)
{
    if (!make_parents(AT_FDCWD, path, error))
        return error_widen(error, "%s", path);
    if (mkdir(path, 0700) != 0 && errno != EEXIST)
        return error_set(error, "cannot make the folder %s: %s", path, strerror(errno));
    int descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0 && errno == ENOTDIR)
        return error_set(error, "%s is a file, not a folder", path);
    if (descriptor < 0)
        return error_set(error, "cannot open the folder %s: %s", path, strerror(errno));
    *directory = (struct directory){descriptor, path};
    return true;
}

void directory_close(struct directory *directory)
{
    close(directory->descriptor);
    directory->descriptor = -1;
}

struct file {
    int descriptor, trouble; // errno of the first write that failed
};

static bool file_write(void *context, struct str piece)
{
    struct file *file = context;
    while (piece.len) {
        ssize_t done = write(file->descriptor, piece.at, piece.len);
        if (done < 0 && errno == EINTR)
            continue;
        if (done < 0) {
            file->trouble = errno;
            return false;
        }
        piece = str_of(piece.at + done, piece.len - (size_t)done);
    }
    return true;
}

// A temporary name in the same folder, so that the rename stays within one file system.
static bool temporary_name(const char *name, char out[PATH_MAX])
{
    const char *slash = strrchr(name, '/');
    int folder = slash ? (int)(slash - name) + 1 : 0;
    int len =
        snprintf(out, PATH_MAX, "%.*s.%s.%ld.part", folder, name, name + folder, (long)getpid());
    return len > 0 && len < PATH_MAX;
}

static bool write_file(const struct directory *directory, const char *name, directory_fill *fill,
                       void *context, bool is_durable, struct error *error)
{
    char temporary[PATH_MAX];
    if (!make_parents(directory->descriptor, name, error))
        return error_widen(error, "%s/%s", directory->path, name);
    if (!temporary_name(name, temporary))
        return error_set(error, "%s/%s: the path is too long", directory->path, name);
    unlinkat(directory->descriptor, temporary, 0);
    struct file file = {
        .descriptor = openat(directory->descriptor, temporary,
                             O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600),
    };
    if (file.descriptor < 0)
        return error_set(error, "cannot write %s/%s: %s", directory->path, name, strerror(errno));
    struct sink sink = {file_write, &file};
    bool is_good = fill(&sink, context);
    if (is_good && is_durable && fsync(file.descriptor) != 0 && errno != EINVAL)
        file.trouble = errno;
    if (close(file.descriptor) != 0 && !file.trouble)
        file.trouble = errno;
    is_good = is_good && !file.trouble;
    if (is_good && renameat(directory->descriptor, temporary, directory->descriptor, name) != 0) {
        file.trouble = errno;
        is_good = false;
    }
    if (is_good)
        return true;
    unlinkat(directory->descriptor, temporary, 0);
    return error_set(error, "cannot write %s/%s: %s", directory->path, name,
                     file.trouble ? strerror(file.trouble) : "it is too large");
}

bool directory_write(const struct directory *directory, const char *name, directory_fill *fill,
                     void *context, struct error *error)
{
    return write_file(directory, name, fill, context, true, error);
}

static bool fill_text(const struct sink *sink, void *context)
{
    const struct str *text = context;
    return sink->write(sink->context, *text);
}

bool directory_write_text(const struct directory *directory, const char *name, struct str text,
                          struct error *error)
{
    return write_file(directory, name, fill_text, &text, false, error);
}

static int remove_one(const char *path, const struct stat *status, int kind, struct FTW *walk)
{
    (void)status, (void)kind, (void)walk;
    return remove(path);
}

bool directory_remove(const char *path, struct error *error)
{
    if (nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS) == 0 || errno == ENOENT)
        return true;
    return error_set(error, "cannot remove %s: %s", path, strerror(errno));
}

bool directory_replace(const char *fresh, const char *path, struct error *error)
{
    if (rename(fresh, path) == 0) // nothing there, or an empty folder
        return true;
    if (renameat2(AT_FDCWD, fresh, AT_FDCWD, path, RENAME_EXCHANGE) == 0)
        return directory_remove(fresh, error); // holds the old content now
    char old[PATH_MAX];
    int len = snprintf(old, sizeof old, "%s.old.%ld", path, (long)getpid());
    if (len < 0 || (size_t)len >= sizeof old)
        return error_set(error, "%s: the path is too long", path);
    // A file system that cannot exchange: two steps, undone when the second fails.
    if (rename(path, old) != 0)
        return error_set(error, "cannot replace %s: %s", path, strerror(errno));
    if (rename(fresh, path) != 0) {
        int reason = errno;
        rename(old, path);
        return error_set(error, "cannot replace %s: %s", path, strerror(reason));
    }
    return directory_remove(old, error);
}
