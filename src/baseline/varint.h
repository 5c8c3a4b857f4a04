// Numbers as bytes for state sections: varints (seven bits a byte, the lowest first), zigzag for
// signed ones. The reader never passes its end and remembers its first failure: read freely, ask once.
// SPDX-License-Identifier: Apache-2.0
#ifndef STORMGLASS_BASELINE_VARINT_H
#define STORMGLASS_BASELINE_VARINT_H

#include "base/buf.h"

#define VARINT_SIZE 10 // bytes of the longest

void varint_add(struct buf *out, uint64_t number);
void varint_add_signed(struct buf *out, int64_t number); // zigzag: 0, -1, 1, -2 ...
void varint_add_text(struct buf *out, struct str text);  // its length, then its bytes

// Borrows the bytes; a zeroed struct but for `left` is ready.
struct varint_reader {
    struct str left;
    bool is_bad; // something was cut off, too long, or above the most
};

// The next number, at most `most`; 0 after a failure. A spelling longer than needed is a failure too,
// so that equal content has equal bytes.
uint64_t varint_read(struct varint_reader *reader, uint64_t most);
int64_t varint_read_signed(struct varint_reader *reader);
// A text of at most `most` bytes, borrowed from the bytes read.
struct str varint_read_text(struct varint_reader *reader, size_t most);

#endif
