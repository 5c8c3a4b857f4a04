// Reads a file whole and remembers which one it was.
// SPDX-License-Identifier: Apache-2.0
#ifndef STORMGLASS_SYSTEM_FILE_CONTENT_H
#define STORMGLASS_SYSTEM_FILE_CONTENT_H

#include "base/buf.h"
#include "base/error.h"

// What tells one content of a file from another, as far as the file system knows.
struct file_stamp {
    bool exists;
    uint64_t device, number, size;
    int64_t changed; // nanoseconds since 1970
};

// Puts the content of a regular file at the end of `out`. True for a file that is not there as well:
// nothing is added and *stamp says so. False and `error` ("state: Permission denied") when it cannot be read,
// is no regular file or has more than `limit` bytes; `out` may then hold a part of it.
bool file_content_read(const char *path, size_t limit, struct buf *out, struct file_stamp *stamp,
                       struct error *error);

// The stamp of what the path leads to now; of anything that cannot be looked at, that of nothing.
struct file_stamp file_content_stamp(const char *path);
// Whether the path still leads to that content (or still to nothing).
bool file_content_is_same(const char *path, const struct file_stamp *stamp);

#endif
