// The steps of reading cited records again; internal to engine/cite*.c.
// SPDX-License-Identifier: Apache-2.0
#ifndef STORMGLASS_ENGINE_CITE_PARTS_H
#define STORMGLASS_ENGINE_CITE_PARTS_H

#include "base/map.h"
#include "engine/cite.h"
#include "report/cited.h"

#define CITE_NOWHERE UINT64_MAX

// Where the record of the same number stands.
struct cite_place {
    uint64_t position; // as event.position; CITE_NOWHERE: not known
    uint64_t identity; // of its Id; 0: it has none, its id is its place
    bool is_exact;     // the position is that of the record which was found, not of any copy
    bool is_kept;      // an earlier run read it
    uint8_t source;    // of the copy at the position, where it is not exact
};

struct cite_choice {
    struct cited_list *list;
    struct cite_place *places; // of the list's items; the caller's to free
};

// cite_choose.c: which records, in order of importance, and who cites them. At most `limit`.
void cite_choose(const struct scan_result *result, size_t limit, struct cite_choice *choice);

// cite_place.c: where they stand, and how many copies there are.
bool cite_find_places(const struct citing *citing, const struct scan_result *result,
                      struct cite_choice *choice, struct error *error);

// cite_read.c: their bytes. Of more than `total` bytes the least important are let go.
void cite_read(const struct citing *citing, const struct scan_result *result, size_t total,
               struct cite_choice *choice);

// cite_piece.c: the bytes of one record in a line or value that may hold several (an array, a wrapper): *start and
// *size, which the caller sets to the whole, as index into the chunk. False where they cannot be told apart.
struct cite_piece;
struct cite_piece *cite_piece_new(void);
void cite_piece_free(struct cite_piece *piece);
bool cite_piece_find(struct cite_piece *piece, const struct chunk *chunk,
                     const struct record *record, struct str id, size_t *start, size_t *size);

#endif
