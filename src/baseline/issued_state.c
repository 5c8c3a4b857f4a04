// The ledger as bytes: tokens in order of user, time and id, sessions the same, groups in order, each
// with its manner written out.
// SPDX-License-Identifier: Apache-2.0
#include <assert.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/keyset.h"
#include "baseline/issued_ledger.h"
#include "baseline/pack.h"

#define KIND "ISSU"
#define VERSION 1
#define HALVINGS_LIMIT 40
#define SLIP_SIZE (16 + 4 + 4 + 4 + 2)
#define TOKEN_SIZE (SLIP_SIZE + 12)
#define PEER_SIZE (12 + 32)

static void save_slip(const struct slip *slip, struct buf *out)
{
    pack_bytes(out, slip->id, sizeof slip->id);
    pack_u32(out, slip->user);
    pack_u32(out, slip->time);
    pack_u32(out, slip->extra);
    pack_u16(out, (uint16_t)slip->marks);
}

static void save_peers(const struct issued *ledger, struct buf *out)
{
    struct peer *sorted = memory_new(ledger->peer_count * sizeof *sorted);
    if (ledger->peer_count)
        memcpy(sorted, ledger->peers, ledger->peer_count * sizeof *sorted);
    qsort(sorted, ledger->peer_count, sizeof *sorted, peer_compare);
    pack_u32(out, ledger->peer_count);
    for (uint32_t i = 0; i < ledger->peer_count; i++) {
        const struct peer *peer = &sorted[i];
        pack_u32(out, peer->group.client_class);
        pack_u32(out, peer->group.app);
        pack_u32(out, peer->group.client_app);
        pack_u64(out, peer->seen);
        pack_u64(out, peer->with_token);
        pack_u64(out, peer->with_session);
        pack_u64(out, peer->matched);
    }
    free(sorted);
}

void issued_save(const struct issued *ledger, struct buf *out)
{
    assert(ledger->is_sealed);
    size_t start = pack_begin(out, KIND, VERSION);
    pack_u32(out, ledger->token_limit);
    pack_u32(out, ledger->floor_hour);
    pack_u8(out, (uint8_t)ledger->session_halvings);
    pack_u8(out, (uint8_t)ledger->peer_halvings);
    pack_u8(out, ledger->manners_over);
    pack_u32(out, ledger->tokens.count);
    for (uint32_t i = 0; i < ledger->tokens.count; i++) {
        const struct slip *slip = &ledger->tokens.slips[i];
        struct manner manner = slip_manner(ledger, slip);
        save_slip(slip, out);
        pack_u32(out, manner.app);
        pack_u32(out, manner.resource);
        pack_u32(out, manner.tenant);
    }
    pack_u32(out, ledger->sessions.count);
    for (uint32_t i = 0; i < ledger->sessions.count; i++)
        save_slip(&ledger->sessions.slips[i], out);
    save_peers(ledger, out);
    pack_end(out, start);
}

// ---- loading ------------------------------------------------------------------------------------

static struct slip load_slip(struct unpack *in, const struct slip *before)
{
    struct slip slip = {0};
    unpack_bytes(in, slip.id, sizeof slip.id);
    slip.user = unpack_u32(in);
    slip.time = unpack_u32(in);
    slip.extra = unpack_u32(in);
    uint16_t marks = unpack_u16(in);
    unpack_require(in, marks < MARK_END && marks & MARK_KINDS);
    // Sign-ins have an outcome, and only they.
    unpack_require(in, !(marks & MARK_SIGN_INS) ==
                           !(marks & (MARK_SUCCESS | MARK_FAILURE | MARK_UNKNOWN)));
    unpack_require(in, !before || slip_compare(before, &slip) < 0);
    slip.marks = marks & 0xfff;
    return slip;
}

static void load_tokens(struct unpack *in, struct issued *loaded)
{
    uint32_t room = loaded->token_limit - loaded->token_limit / 8;
    uint32_t count = unpack_count(in, room, TOKEN_SIZE);
    struct slip before;
    for (uint32_t i = 0; i < count && !in->is_failed; i++) {
        struct slip slip = load_slip(in, i ? &before : NULL);
        struct manner manner = {.app = unpack_u32(in)};
        manner.resource = unpack_u32(in);
        manner.tenant = unpack_u32(in);
        bool has_manner = manner.app || manner.resource || manner.tenant;
        if (!unpack_require(in, slip_hour(&slip) >= loaded->floor_hour) ||
            !unpack_require(in, !(loaded->manners_over && has_manner)))
            return;
        ledger_add_token(loaded, slip, manner);
        // No two slips are of one claim, and no token has more claims than may be.
        unpack_require(in, loaded->tokens.count == i + 1);
        before = slip;
    }
}

static void load_sessions(struct unpack *in, struct issued *loaded)
{
    uint32_t count = unpack_count(in, loaded->session_limit, SLIP_SIZE);
    struct slip before;
    for (uint32_t i = 0; i < count && !in->is_failed; i++) {
        struct slip slip = load_slip(in, i ? &before : NULL);
        bool can_be = slip.time <= slip.extra && (slip.time || !slip.extra) &&
                      slip.marks & MARK_SIGN_INS && !(slip.marks & MARK_TWO_TENANTS) &&
                      !(slip.marks >> ISSUED_USE & 1);
        if (!unpack_require(in, can_be))
            return;
        ledger_add_session(loaded, slip);
        unpack_require(in, loaded->sessions.count == i + 1);
        before = slip;
    }
}

static void load_peers(struct unpack *in, struct issued *loaded)
{
    uint32_t count = unpack_count(in, ISSUED_GROUP_LIMIT, PEER_SIZE);
    struct peer before;
    for (uint32_t i = 0; i < count && !in->is_failed; i++) {
        struct peer peer = {.group.client_class = unpack_u32(in)};
        peer.group.app = unpack_u32(in);
        peer.group.client_app = unpack_u32(in);
        peer.seen = unpack_u64(in);
        peer.with_token = unpack_u64(in);
        peer.with_session = unpack_u64(in);
        peer.matched = unpack_u64(in);
        if (!unpack_require(in, peer.seen && peer.with_token <= peer.seen &&
                                    peer.with_session <= peer.seen &&
                                    peer.matched <= peer.with_token) ||
            !unpack_require(in, i == 0 || peer_compare(&before, &peer) < 0) ||
            !unpack_require(in, peer_in_share(loaded, &peer.group, loaded->peer_halvings)))
            return;
        peer_put(loaded, &peer);
        before = peer;
    }
}

bool issued_load(struct issued *ledger, struct str bytes, struct error *error)
{
    struct unpack in;
    if (!unpack_begin(&in, bytes, KIND, VERSION, error))
        return false;
    struct issued *loaded = issued_new(ledger->token_limit);
    unpack_require(&in, unpack_u32(&in) == ledger->token_limit);
    loaded->floor_hour = unpack_u32(&in);
    loaded->session_halvings = unpack_u8(&in);
    loaded->peer_halvings = unpack_u8(&in);
    uint8_t over = unpack_u8(&in);
    loaded->manners_over = over == 1;
    unpack_require(&in, loaded->floor_hour <= UINT32_MAX / 3600 + 1 && over <= 1 &&
                            loaded->session_halvings <= HALVINGS_LIMIT &&
                            loaded->peer_halvings <= HALVINGS_LIMIT);
    load_tokens(&in, loaded);
    load_sessions(&in, loaded);
    load_peers(&in, loaded);
    if (!unpack_end(&in, error)) {
        issued_free(loaded);
        return error_widen(error, "ledger of issued tokens");
    }
    issued_seal(loaded);
    ledger_release(ledger);
    *ledger = *loaded;
    free(loaded);
    return true;
}
