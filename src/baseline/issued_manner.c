// Manners of sign-ins: each (app, resource, tenant) once, found by content.
// SPDX-License-Identifier: Apache-2.0
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/hash.h"
#include "baseline/issued_ledger.h"

#define SMALLEST 64

static uint32_t manner_slot(const struct issued *ledger, const struct manner *manner)
{
    uint32_t mask = ledger->manner_slot_count - 1;
    uint32_t slot = (uint32_t)hash_bytes(manner, sizeof *manner, 0) & mask;
    while (ledger->manner_slots[slot] &&
           memcmp(&ledger->manners[ledger->manner_slots[slot] - 1], manner, sizeof *manner) != 0)
        slot = (slot + 1) & mask;
    return slot;
}

static void grow_manners(struct issued *ledger)
{
    free(ledger->manner_slots);
    ledger->manner_slot_count =
        ledger->manner_slot_count ? ledger->manner_slot_count * 2 : SMALLEST;
    ledger->manner_slots = memory_table(ledger->manner_slot_count * sizeof *ledger->manner_slots);
    for (uint32_t i = 0; i < ledger->manner_count; i++)
        ledger->manner_slots[manner_slot(ledger, &ledger->manners[i])] = i + 1;
}

uint32_t manner_intern(struct issued *ledger, struct manner manner)
{
    if (ledger->manners_over)
        return 0;
    if (ledger->manner_count * 2 >= ledger->manner_slot_count)
        grow_manners(ledger);
    uint32_t slot = manner_slot(ledger, &manner);
    if (ledger->manner_slots[slot])
        return ledger->manner_slots[slot] - 1;
    if (ledger->manner_count == ISSUED_MANNER_LIMIT) {
        ledger->manners_over = true;
        return 0;
    }
    ARRAY_GROW(ledger->manners, ledger->manner_count, ledger->manner_capacity);
    ledger->manners[ledger->manner_count++] = manner;
    ledger->manner_slots[slot] = ledger->manner_count;
    return ledger->manner_count - 1;
}
