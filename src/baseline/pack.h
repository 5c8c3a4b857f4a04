// States of baselines as bytes: a head with kind and version, numbers of fixed width (little-endian),
// a checksum at the end. The writer owns nothing; the reader borrows the bytes it was given.
// SPDX-License-Identifier: Apache-2.0
//
//   kind (4 bytes) · version (u32) · body · checksum (u64: hash_bytes of all that stands before it)
//
// The checksum finds accidents (a cut file, a flipped bit). It is no defence: whoever reads a body
// must hold every number in it against its limits, since anyone can compute the checksum.
#ifndef STORMGLASS_BASELINE_PACK_H
#define STORMGLASS_BASELINE_PACK_H

#include "base/buf.h"
#include "base/error.h"

// Begins a state at the end of `buf`; gives where it begins, for pack_end.
size_t pack_begin(struct buf *buf, const char kind[4], uint32_t version);
// Writes the checksum of what was written since pack_begin.
void pack_end(struct buf *buf, size_t start);

void pack_u8(struct buf *buf, uint8_t value);
void pack_u16(struct buf *buf, uint16_t value);
void pack_u32(struct buf *buf, uint32_t value);
void pack_u64(struct buf *buf, uint64_t value);
void pack_i64(struct buf *buf, int64_t value);
void pack_bytes(struct buf *buf, const void *at, size_t len);

// Reads on after a failure give zeros; ask once, with unpack_end.
struct unpack {
    struct str rest;
    bool is_failed;
};

// Checks kind, version and checksum of a whole state. False with words in `error`.
bool unpack_begin(struct unpack *unpack, struct str bytes, const char kind[4], uint32_t version,
                  struct error *error);
// True when everything was read and nothing was missing or marked as wrong.
bool unpack_end(const struct unpack *unpack, struct error *error);
// Marks the state as wrong unless `is_right`; gives whether all was right so far.
bool unpack_require(struct unpack *unpack, bool is_right);

uint8_t unpack_u8(struct unpack *unpack);
uint16_t unpack_u16(struct unpack *unpack);
uint32_t unpack_u32(struct unpack *unpack);
uint64_t unpack_u64(struct unpack *unpack);
int64_t unpack_i64(struct unpack *unpack);
// Copies `len` bytes, or zeros when they are not there.
void unpack_bytes(struct unpack *unpack, void *to, size_t len);
// A number of items that follow, each at least `item_size` bytes: never above `limit`, never more
// than the rest could hold, so that memory for them may be taken at once.
uint32_t unpack_count(struct unpack *unpack, uint32_t limit, size_t item_size);

#endif
