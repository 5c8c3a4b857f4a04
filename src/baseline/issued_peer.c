// Peer groups: how many records of a kind carry identifiers, and how many of those are found.
// SPDX-License-Identifier: Apache-2.0
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/hash.h"
#include "base/keyset.h"
#include "baseline/issued_ledger.h"

#define SMALLEST 64

static uint64_t group_hash(const struct issued_group *group)
{
    return hash_bytes(group, sizeof *group, 0);
}

bool peer_in_share(const struct issued *ledger, const struct issued_group *group, unsigned halvings)
{
    if (!halvings)
        return true;
    if (!ledger->texts)
        return keyset_in_share(group_hash(group), halvings);
    uint64_t parts[] = {group->client_class, number_hash(ledger, group->app),
                        number_hash(ledger, group->client_app)};
    return keyset_in_share(hash_bytes(parts, sizeof parts, 0), halvings);
}

static uint32_t group_slot(const struct issued *ledger, const struct issued_group *group)
{
    uint32_t mask = ledger->peer_slot_count - 1, slot = (uint32_t)group_hash(group) & mask;
    while (ledger->peer_slots[slot] &&
           memcmp(&ledger->peers[ledger->peer_slots[slot] - 1].group, group, sizeof *group) != 0)
        slot = (slot + 1) & mask;
    return slot;
}

static void rebuild(struct issued *ledger, uint32_t slot_count)
{
    free(ledger->peer_slots);
    ledger->peer_slots = memory_table(slot_count * sizeof *ledger->peer_slots);
    ledger->peer_slot_count = slot_count;
    for (uint32_t i = 0; i < ledger->peer_count; i++)
        ledger->peer_slots[group_slot(ledger, &ledger->peers[i].group)] = i + 1;
}

static void halve(struct issued *ledger, unsigned halvings)
{
    uint32_t kept = 0;
    ledger->peer_halvings = halvings;
    for (uint32_t i = 0; i < ledger->peer_count; i++)
        if (peer_in_share(ledger, &ledger->peers[i].group, halvings))
            ledger->peers[kept++] = ledger->peers[i];
    ledger->peer_count = kept;
    if (ledger->peer_slot_count)
        rebuild(ledger, ledger->peer_slot_count);
}

void peer_put(struct issued *ledger, const struct peer *counts)
{
    if (!peer_in_share(ledger, &counts->group, ledger->peer_halvings))
        return;
    if (ledger->peer_count * 2 >= ledger->peer_slot_count)
        rebuild(ledger, ledger->peer_slot_count ? ledger->peer_slot_count * 2 : SMALLEST);
    uint32_t slot = group_slot(ledger, &counts->group);
    if (!ledger->peer_slots[slot]) {
        ARRAY_GROW(ledger->peers, ledger->peer_count, ledger->peer_capacity);
        ledger->peers[ledger->peer_count++] = (struct peer){.group = counts->group};
        ledger->peer_slots[slot] = ledger->peer_count;
    }
    struct peer *peer = &ledger->peers[ledger->peer_slots[slot] - 1];
    peer->seen += counts->seen;
    peer->with_token += counts->with_token;
    peer->with_session += counts->with_session;
    peer->matched += counts->matched;
    while (ledger->peer_count > ISSUED_GROUP_LIMIT)
        halve(ledger, ledger->peer_halvings + 1);
}

void issued_peer_add(struct issued *ledger, const struct issued_group *group, unsigned bits)
{
    struct peer one = {.group = *group,
                       .seen = 1,
                       .with_token = (bits & ISSUED_PEER_TOKEN) != 0,
                       .with_session = (bits & ISSUED_PEER_SESSION) != 0};
    one.matched = one.with_token && bits & ISSUED_PEER_MATCHED;
    peer_put(ledger, &one);
}

void peer_merge(struct issued *ledger, const struct issued *from)
{
    if (from->peer_halvings > ledger->peer_halvings)
        halve(ledger, from->peer_halvings);
    for (uint32_t i = 0; i < from->peer_count; i++)
        peer_put(ledger, &from->peers[i]);
}

int peer_compare(const void *a, const void *b)
{
    const struct issued_group *left = &((const struct peer *)a)->group;
    const struct issued_group *right = &((const struct peer *)b)->group;
    if (left->client_class != right->client_class)
        return left->client_class < right->client_class ? -1 : 1;
    if (left->app != right->app)
        return left->app < right->app ? -1 : 1;
    return (left->client_app > right->client_app) - (left->client_app < right->client_app);
}

// Laplace's rule of succession.
static double next_lacks(uint64_t having, uint64_t seen)
{
    return ((double)(seen - having) + 1) / ((double)seen + 2);
}

static struct issued_peers peers_of(const struct peer *peer)
{
    struct issued_peers peers = {.is_kept = peer->seen > 0,
                                 .seen = peer->seen,
                                 .with_token = peer->with_token,
                                 .with_session = peer->with_session,
                                 .matched = peer->matched};
    peers.no_token_chance = next_lacks(peer->with_token, peer->seen);
    peers.no_session_chance = next_lacks(peer->with_session, peer->seen);
    peers.unmatched_chance = next_lacks(peer->matched, peer->with_token);
    peers.token_stripped = peers.no_token_chance < ISSUED_PEER_CHANCE;
    peers.session_stripped = peers.no_session_chance < ISSUED_PEER_CHANCE;
    peers.may_judge = peers.unmatched_chance < ISSUED_PEER_CHANCE;
    return peers;
}

struct issued_peers issued_peer_find(const struct issued *ledger, const struct issued_group *group)
{
    uint32_t slot = ledger->peer_count ? group_slot(ledger, group) : 0;
    bool is_kept = ledger->peer_count && ledger->peer_slots[slot];
    return peers_of(is_kept ? &ledger->peers[ledger->peer_slots[slot] - 1] : &(struct peer){0});
}

struct issued_peers issued_peer_sum(const struct issued *ledger, uint32_t client_class,
                                    uint32_t app)
{
    struct peer sum = {0};
    for (uint32_t i = 0; i < ledger->peer_count; i++) {
        const struct peer *peer = &ledger->peers[i];
        if (peer->group.client_class != client_class || peer->group.app != app)
            continue;
        sum.seen += peer->seen;
        sum.with_token += peer->with_token;
        sum.with_session += peer->with_session;
        sum.matched += peer->matched;
    }
    return peers_of(&sum);
}
