// Inputs: bytes from files, directories, standard input and archives, decompressed and decoded to
// UTF-8, with a hash of what was on disk.
// SPDX-License-Identifier: Apache-2.0
#ifndef STORMGLASS_INPUT_INPUT_H
#define STORMGLASS_INPUT_INPUT_H

#include "base/arena.h"
#include "base/error.h"

#define INPUT_NESTING_LIMIT 3                       // archive in archive in archive
#define INPUT_EXPANSION_RATIO 200                   // decompressed / compressed ...
#define INPUT_EXPANSION_FLOOR ((uint64_t)256 << 20) // ... judged only beyond this many bytes

// Files to read, sorted by path; directories walked. Names that begin with a dot are passed over;
// symbolic links to files are followed; links to directories, pipes, sockets and devices are listed
// with their trouble.
struct input_list {
    struct arena arena;
    struct input_path *paths;
    size_t count, capacity;
};
struct input_path {
    struct str path;    // "-" is standard input
    uint64_t bytes;     // size on disk, 0 unknown
    struct str trouble; // not empty: cannot be read, and why ("Permission denied")
};
void input_list_init(struct input_list *list);
void input_list_done(struct input_list *list);
// Adds a file or walks a directory. A missing or unreadable path is added with its trouble.
void input_list_add(struct input_list *list, struct str path);
// Sorts bytewise by path and drops exact duplicates.
void input_list_finish(struct input_list *list);

struct input_sink {
    // A stream begins: the file itself, or a member ("logs.zip!day1/ual.json"). `format` is the
    // compression/encoding found ("plain", "gzip", "zip", "zstd+utf-16le" ...). Borrowed text.
    void (*begin)(void *context, struct str name, const char *format);
    // Its bytes in order, UTF-8. False stops the reading of everything (interrupt).
    bool (*bytes)(void *context, const char *at, size_t size);
    // It ended; `trouble` is empty, or tells what went wrong ("truncated gzip stream after 1,024
    // bytes", "encrypted: give the files unpacked", "expands to more than 200 times its size").
    void (*end)(void *context, struct str trouble);
    void *context;
};

// Reads one path through to its end, with all its members. Compression and archives are found by
// content. `sha256` (may be NULL) gets the hash of all bytes on disk as 64 hex digits, or the empty
// text when the sink stopped the reading or a read failed; *size (may be NULL) their number. Members
// whose path has a part that begins with a dot are passed over, and so is __MACOSX. False and `error`
// when the path could not be opened at all; troubles inside are told through `end`.
bool input_read(struct str path, const struct input_sink *sink, char sha256[65], uint64_t *size,
                struct error *error);

// Reads a path and, where it is a directory, everything below it, in order of path, until *is_stopped.
// False and `error`, which names the path, at the first that cannot be opened.
bool input_read_all(struct str path, const struct input_sink *sink, const bool *is_stopped,
                    struct error *error);

#endif
