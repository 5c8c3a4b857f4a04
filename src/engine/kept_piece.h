// Pieces of the section `reading` as bytes: in memory one by one (they are sorted, merged and put aside in temporary
// files), in the section one after the other, each text once.
// SPDX-License-Identifier: Apache-2.0
#ifndef STORMGLASS_ENGINE_KEPT_PIECE_H
#define STORMGLASS_ENGINE_KEPT_PIECE_H

#include "engine/kept_parts.h"

#define READING_ITEM_LIMIT ((size_t)1 << 16) // of one record; Exchange writes some dozens

#define PIECE_TEXT_LIMIT ((size_t)1 << 22) // bytes of all texts of one record

// ---- in memory --------------------------------------------------------------------------------

// Adds to `out`; false, and nothing added, when there is too much to be kept.
bool piece_pack_reading(const struct scope_reading *reading, struct buf *out);
bool piece_pack_found(const struct scope_found *found, struct buf *out);
// The items are in the arena, texts in the bytes; `identity` is left as it is. False when these are no such piece.
bool piece_unpack_reading(struct str bytes, struct arena *arena, struct scope_reading *out);
bool piece_unpack_found(struct str bytes, struct scope_found *out);

// By kind, time, identity, bytes.
int kept_piece_compare(const void *left, const void *right);

// ---- in the section ---------------------------------------------------------------------------

// Pieces must come by kind and time. `out` is borrowed.
struct piece_writer;
struct piece_writer *piece_writer_new(struct buf *out);
// Only tells how much it would be, and keeps nothing.
struct piece_writer *piece_counter_new(void);
void piece_writer_free(struct piece_writer *writer);
// The bytes that the piece takes.
size_t piece_write(struct piece_writer *writer, const struct kept_piece *piece);

// The pieces of a section, each borrowed until the next; false at its end, or where it is not well-formed: then
// piece_reader_free gives false.
struct piece_reader;
struct piece_reader *piece_reader_new(struct str content);
bool piece_read(struct piece_reader *reader, struct kept_piece *out);
bool piece_reader_free(struct piece_reader *reader);

#endif
