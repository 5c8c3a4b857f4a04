// Bytes of one file or of standard input, read in large pieces, hashed by a helper thread meanwhile.
// SPDX-License-Identifier: Apache-2.0
#ifndef STORMGLASS_INPUT_FILE_H
#define STORMGLASS_INPUT_FILE_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/str.h"

#define FILE_PIECE ((size_t)1 << 18)

struct file_reader;

// Opens a path, "-" for standard input. NULL and `error` when it cannot be read.
struct file_reader *file_open(struct str path, bool is_hashing, struct error *error);

// The next piece: *at is borrowed until the next call. Full pieces but for the last; 0 at the end, -1
// on a read error, of which file_trouble tells.
ptrdiff_t file_pull(struct file_reader *file, const char **at);
// Moves within a regular file (whence as lseek); -1 when it is none. The hash is computed from a
// reading of its own from then on.
int64_t file_seek(struct file_reader *file, int64_t offset, int whence);
bool file_can_seek(const struct file_reader *file);

// Bytes pulled so far.
uint64_t file_bytes(const struct file_reader *file);
struct str file_trouble(const struct file_reader *file);

// Reads what is left (unless `is_cut_short`), ends the hash and releases everything. `sha256` and
// `size` may be NULL; the hash is the empty text when not all bytes were hashed, *size the number of
// bytes on disk.
void file_close(struct file_reader *file, bool is_cut_short, char sha256[65], uint64_t *size);

#endif
