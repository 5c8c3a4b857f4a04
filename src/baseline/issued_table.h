// Inside the ledger of issued tokens: slips of 32 bytes in one array, found by id through a table of
// 4-byte slots. Used for tokens and for sessions.
// SPDX-License-Identifier: Apache-2.0
#ifndef STORMGLASS_BASELINE_ISSUED_TABLE_H
#define STORMGLASS_BASELINE_ISSUED_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct slip {
    uint8_t id[16];
    uint32_t user;
    uint32_t time;  // seconds since 1970, 0 unknown. A session: of its first sign-in
    uint32_t extra; // a token: the address. A session: seconds of its last sign-in
    uint32_t marks : 12, manner : 20;
};
_Static_assert(sizeof(struct slip) == 32, "two slips in a cache line");

struct slip_table {
    struct slip *slips;
    uint32_t *slots; // index + 1 and, in the high byte, a part of the id's hash; 0 is empty
    uint32_t count, capacity, slot_count;
};
#define SLIP_LIMIT (((uint32_t)1 << 24) - 1) // slips of one table

uint64_t slip_hash(const uint8_t id[16]);

// Places of the slips of an id, in the order of the table, `limit` at most. Gives how many.
uint32_t slip_list(const struct slip_table *table, const uint8_t id[16], uint32_t limit,
                   uint32_t *out);
// Asks the memory for the slot of an id; for the slip that most often is the id's.
void slip_fetch_slot(const struct slip_table *table, const uint8_t id[16]);
void slip_fetch(const struct slip_table *table, const uint8_t id[16]);

// Adds a slip behind the others.
void slip_append(struct slip_table *table, const struct slip *slip);

// Keeps the slips that `keep` says, in their order, and finds all again.
void slip_filter(struct slip_table *table,
                 bool (*keep)(const struct slip *slip, const void *context), const void *context);

// Sorts by user, time, id and takes no more memory than needed. No two may have all three the same.
void slip_sort(struct slip_table *table);
int slip_compare(const struct slip *a, const struct slip *b);

void slip_done(struct slip_table *table);
size_t slip_bytes(const struct slip_table *table);

#endif
