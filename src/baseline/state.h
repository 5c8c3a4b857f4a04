// One container for everything that is learned and kept between runs: named sections, each with a
// version and a checksum. docs/state.md is the page of the format. Pure: bytes in, bytes out; the file
// itself is system/file_atomic.
// SPDX-License-Identifier: Apache-2.0
#ifndef STORMGLASS_BASELINE_STATE_H
#define STORMGLASS_BASELINE_STATE_H

#include "base/buf.h"
#include "base/error.h"

#define STATE_VERSION 1
#define STATE_SECTIONS_LIMIT 64
#define STATE_NAME_SIZE 32 // with at least one zero byte
#define STATE_SIZE_LIMIT BUF_LIMIT

// What a module gives to be kept; a constant of the module. `save` adds its content to `out`; the same
// knowledge gives the same bytes. `load` takes content of exactly this version, whose checksum is right
// but which may still be hostile; false and `error` when it is not well-formed.
struct state_section {
    const char *name; // a-z 0-9 _ -
    uint32_t version; // from 1
    void (*save)(const void *module, struct buf *out);
    bool (*load)(void *module, struct str content, struct error *error);
};

// A section with the module that fills it.
struct state_part {
    const struct state_section *section;
    void *module;
};

// A container taken apart. Borrows the bytes it was read from.
struct state {
    unsigned count;
    struct state_content {
        char name[STATE_NAME_SIZE];
        uint32_t version;
        struct str bytes;
    } contents[STATE_SECTIONS_LIMIT]; // in order of their names
};

// Takes a container apart and checks every length and checksum. False and `error`, which says where the
// damage is or what to do about another version; *state is untouched then.
bool state_read(struct state *state, struct str bytes, struct error *error);

// Lets each part load its section; a part whose section is absent stays as it is. After a failure the
// modules hold nothing anyone should use.
bool state_load(const struct state *state, const struct state_part parts[], unsigned count,
                struct error *error);

// Writes a container of the parts, and of the sections of `kept` (NULL: none) that are of none of
// them, unchanged. False and `error` when there are too many sections or bytes; `out` is then of no use.
bool state_save(const struct state *kept, const struct state_part parts[], unsigned count,
                struct buf *out, struct error *error);

#endif
