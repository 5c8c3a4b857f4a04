// Reads a file whole.
// SPDX-License-Identifier: Apache-2.0
#include "system/file_content.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#define PIECE ((size_t)1 << 16)

static struct file_stamp stamp_of(const struct stat *info)
{
    return (struct file_stamp){
        .exists = true,
        .device = info->st_dev,
        .number = info->st_ino,
        .size = (uint64_t)info->st_size,
        .changed = info->st_mtim.tv_sec * INT64_C(1000000000) + info->st_mtim.tv_nsec,
    };
}

static bool read_all(int descriptor, size_t limit, struct buf *out)
{
    char piece[PIECE];
    size_t len = 0;
    for (;;) {
        ssize_t got = read(descriptor, piece, sizeof piece);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return got == 0;
        len += (size_t)got;
        buf_add(out, str_of(piece, (size_t)got));
        if (len > limit || buf_failed(out)) {
            errno = EFBIG;
            return false;
        }
    }
}

bool file_content_read(const char *path, size_t limit, struct buf *out, struct file_stamp *stamp,
                       struct error *error)
{
    struct stat info;
    // Without O_NONBLOCK the opening of a pipe would wait for someone to write.
    int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (descriptor < 0 && errno == ENOENT) {
        *stamp = (struct file_stamp){0};
        return true;
    }
    if (descriptor < 0)
        return error_set(error, "%s: %s", path, strerror(errno));
    bool is_good = fstat(descriptor, &info) == 0;
    int trouble = is_good ? 0 : errno;
    bool is_file = is_good && S_ISREG(info.st_mode);
    if (is_file && !read_all(descriptor, limit, out))
        trouble = errno;
    close(descriptor);
    if (trouble)
        return error_set(error, "%s: %s", path, strerror(trouble));
    if (!is_file)
        return error_set(error, "%s: this is no file", path);
    *stamp = stamp_of(&info);
    return true;
}

struct file_stamp file_content_stamp(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0 ? stamp_of(&info) : (struct file_stamp){0};
}

bool file_content_is_same(const char *path, const struct file_stamp *stamp)
{
    struct stat info;
    if (stat(path, &info) != 0)
        return !stamp->exists && errno == ENOENT;
    struct file_stamp now = stamp_of(&info);
    return stamp->exists && now.device == stamp->device && now.number == stamp->number &&
           now.size == stamp->size && now.changed == stamp->changed;
}
