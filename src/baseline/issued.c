// The ledger: takes sign-ins, joins what several logs say of one token, holds its limits.
// SPDX-License-Identifier: Apache-2.0
#include "baseline/issued.h"

#include <assert.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/hash.h"
#include "base/keyset.h"
#include "baseline/issued_ledger.h"

_Static_assert(ISSUED_TOKEN_LIMIT <= SLIP_LIMIT && ISSUED_SESSION_LIMIT < SLIP_LIMIT,
               "the index has places for all slips");

struct issued *issued_new(uint32_t token_limit)
{
    struct issued *ledger = memory_new(sizeof *ledger);
    ledger->token_limit = token_limit ? token_limit : ISSUED_TOKEN_LIMIT;
    ledger->session_limit = ledger->token_limit / 4 ? ledger->token_limit / 4 : 1;
    assert(ledger->token_limit <= ISSUED_TOKEN_LIMIT);
    manner_intern(ledger, (struct manner){0});
    return ledger;
}

void issued_borrow_names(struct issued *ledger, const struct intern *texts)
{
    ledger->texts = texts;
}

int number_compare(const struct issued *ledger, uint32_t a, uint32_t b)
{
    if (a == b || !ledger->texts)
        return (a > b) - (a < b);
    return str_compare(intern_text(ledger->texts, a), intern_text(ledger->texts, b));
}

uint64_t number_hash(const struct issued *ledger, uint32_t number)
{
    return ledger->texts ? hash_str(intern_text(ledger->texts, number)) : number;
}

void ledger_release(struct issued *ledger)
{
    slip_done(&ledger->tokens);
    slip_done(&ledger->sessions);
    free(ledger->manners);
    free(ledger->manner_slots);
    free(ledger->peers);
    free(ledger->peer_slots);
    free(ledger->sign_ins);
    free(ledger->users);
    free(ledger->user_starts);
}

void issued_free(struct issued *ledger)
{
    if (!ledger)
        return;
    ledger_release(ledger);
    free(ledger);
}

const char *issued_kind_name(enum issued_kind kind)
{
    static const char *const names[ISSUED_KIND_COUNT] = {
        [ISSUED_INTERACTIVE] = "interactive",
        [ISSUED_NON_INTERACTIVE] = "non_interactive",
        [ISSUED_SERVICE_PRINCIPAL] = "service_principal",
        [ISSUED_MANAGED_IDENTITY] = "managed_identity",
        [ISSUED_ADFS] = "adfs",
        [ISSUED_AUDIT] = "unified_audit_log",
        [ISSUED_USE] = "use",
    };
    assert(kind < ISSUED_KIND_COUNT);
    return names[kind];
}

// ---- joining ------------------------------------------------------------------------------------
// What is joined must come out the same in any order: each field keeps the least or the greatest of
// what was said, marks are united.

static uint32_t greater(uint32_t a, uint32_t b)
{
    return a > b ? a : b;
}

static uint32_t greater_number(const struct issued *ledger, uint32_t a, uint32_t b)
{
    return number_compare(ledger, a, b) > 0 ? a : b;
}

// The earlier time with its address; of two at the same time the one that has an address, the smaller.
static void take_earlier(const struct issued *ledger, struct slip *into, const struct slip *from)
{
    bool is_better = from->time < into->time;
    if (from->time == into->time && from->extra)
        is_better = !into->extra || number_compare(ledger, from->extra, into->extra) < 0;
    if (is_better) {
        into->time = from->time;
        into->extra = from->extra;
    }
}

static void join_token(struct issued *ledger, struct slip *into, const struct slip *from,
                       struct manner manner)
{
    struct manner had = slip_manner(ledger, into);
    uint32_t marks = into->marks | from->marks;
    if (had.tenant && manner.tenant && had.tenant != manner.tenant)
        marks |= MARK_TWO_TENANTS;
    bool is_use = !(into->marks & MARK_SIGN_INS), from_use = !(from->marks & MARK_SIGN_INS);
    uint32_t tenant = greater_number(ledger, had.tenant, manner.tenant);
    // Beside a sign-in, what a use says of time, address and app does not count.
    if (is_use == from_use) {
        take_earlier(ledger, into, from);
        had.app = greater_number(ledger, had.app, manner.app);
        had.resource = greater_number(ledger, had.resource, manner.resource);
    } else if (is_use) {
        into->time = from->time;
        into->extra = from->extra;
        had = manner;
    }
    had.tenant = tenant;
    into->marks = marks & 0xfff;
    into->manner = manner_intern(ledger, had) & 0xfffff;
}

static void join_session(struct slip *into, const struct slip *from)
{
    if (from->time && (!into->time || from->time < into->time))
        into->time = from->time;
    into->extra = greater(into->extra, from->extra);
    into->marks = (into->marks | from->marks) & 0xfff;
}

// A claim on an id is that of a user, for tokens in an hour.
static int compare_claims(const struct issued *ledger, const struct slip *a, const struct slip *b,
                          bool with_hour)
{
    if (a->user != b->user)
        return number_compare(ledger, a->user, b->user);
    if (!with_hour || slip_hour(a) == slip_hour(b))
        return 0;
    return slip_hour(a) < slip_hour(b) ? -1 : 1;
}

// The slip with the same claim, or NULL; then *greatest is the claim to give up when the id has no room
// for one more, else NULL.
static struct slip *find_claim(const struct issued *ledger, struct slip_table *table,
                               const struct slip *slip, bool with_hour, struct slip **greatest)
{
    uint32_t places[ISSUED_CLAIM_LIMIT];
    uint32_t claims = slip_list(table, slip->id, ISSUED_CLAIM_LIMIT, places);
    *greatest = NULL;
    for (uint32_t i = 0; i < claims; i++) {
        struct slip *other = &table->slips[places[i]];
        if (compare_claims(ledger, slip, other, with_hour) == 0)
            return other;
        if (!*greatest || compare_claims(ledger, *greatest, other, with_hour) < 0)
            *greatest = other;
    }
    if (claims < ISSUED_CLAIM_LIMIT)
        *greatest = NULL;
    return NULL;
}

// ---- limits -------------------------------------------------------------------------------------

static bool is_from_hour(const struct slip *slip, const void *hour)
{
    return slip_hour(slip) >= *(const uint32_t *)hour;
}

void ledger_raise_floor(struct issued *ledger, uint32_t hour)
{
    if (hour <= ledger->floor_hour)
        return;
    ledger->floor_hour = hour;
    slip_filter(&ledger->tokens, is_from_hour, &hour);
}

// Forgets whole hours, the oldest, until an eighth of the limit is free: the floor is the same
// whatever came first, since it is the least that would do for all that was told.
static void hold_token_limit(struct issued *ledger)
{
    uint32_t room = ledger->token_limit - ledger->token_limit / 8;
    if (ledger->tokens.count <= room)
        return;
    uint32_t hours = UINT32_MAX / 3600 + 1, count = ledger->tokens.count, hour = 0;
    uint32_t *per_hour = memory_new(hours * sizeof *per_hour);
    for (uint32_t i = 0; i < count; i++)
        per_hour[slip_hour(&ledger->tokens.slips[i])]++;
    while (count > room)
        count -= per_hour[hour++];
    free(per_hour);
    ledger_raise_floor(ledger, hour);
}

static bool is_in_share(const struct slip *slip, const void *halvings)
{
    return keyset_in_share(slip_hash(slip->id), *(const unsigned *)halvings);
}

void ledger_halve_sessions(struct issued *ledger, unsigned halvings)
{
    if (halvings <= ledger->session_halvings)
        return;
    ledger->session_halvings = halvings;
    slip_filter(&ledger->sessions, is_in_share, &halvings);
}

// ---- adding -------------------------------------------------------------------------------------

void ledger_add_token(struct issued *ledger, struct slip slip, struct manner manner)
{
    if (slip_hour(&slip) < ledger->floor_hour)
        return;
    struct slip *greatest, *claim = find_claim(ledger, &ledger->tokens, &slip, true, &greatest);
    if (claim) {
        join_token(ledger, claim, &slip, manner);
        return;
    }
    slip.manner = manner_intern(ledger, manner) & 0xfffff;
    if (!greatest)
        slip_append(&ledger->tokens, &slip);
    else if (compare_claims(ledger, &slip, greatest, true) < 0)
        *greatest = slip;
    if (ledger->tokens.count >= ledger->token_limit)
        hold_token_limit(ledger);
}

void ledger_add_session(struct issued *ledger, struct slip slip)
{
    if (!is_in_share(&slip, &ledger->session_halvings))
        return;
    struct slip *greatest, *claim = find_claim(ledger, &ledger->sessions, &slip, false, &greatest);
    if (claim)
        join_session(claim, &slip);
    else if (!greatest)
        slip_append(&ledger->sessions, &slip);
    else if (compare_claims(ledger, &slip, greatest, false) < 0)
        *greatest = slip;
    while (ledger->sessions.count > ledger->session_limit)
        ledger_halve_sessions(ledger, ledger->session_halvings + 1);
}

static uint32_t seconds_of(int64_t time)
{
    int64_t seconds = time / SECOND;
    return time > 0 && seconds <= UINT32_MAX ? (uint32_t)seconds : 0;
}

// Sign-ins that name no token get an id of their own from what they say, so that the same record told
// twice is one. No token has it: it is no GUID of version 4.
static void own_id(const struct issued *ledger, const struct issued_sign_in *sign_in,
                   uint32_t seconds, uint8_t id[16])
{
    uint64_t words[8] = {sign_in->kind,
                         sign_in->outcome,
                         number_hash(ledger, sign_in->user),
                         number_hash(ledger, sign_in->app),
                         number_hash(ledger, sign_in->resource),
                         number_hash(ledger, sign_in->tenant),
                         number_hash(ledger, sign_in->address),
                         seconds};
    uint64_t halves[2] = {hash_bytes(words, sizeof words, 1), hash_bytes(words, sizeof words, 2)};
    memcpy(id, halves, 16);
    id[6] &= 0x0f;
}

void issued_add(struct issued *ledger, const struct issued_sign_in *sign_in)
{
    static const uint16_t outcomes[] = {[ISSUED_OUTCOME_UNKNOWN] = MARK_UNKNOWN,
                                        [ISSUED_SUCCESS] = MARK_SUCCESS,
                                        [ISSUED_FAILURE] = MARK_FAILURE};
    assert(sign_in->kind < ISSUED_KIND_COUNT && sign_in->outcome <= ISSUED_FAILURE);
    bool is_use = sign_in->kind == ISSUED_USE;
    if (is_use && !sign_in->token)
        return;
    ledger->is_sealed = false;
    uint32_t seconds = seconds_of(sign_in->time), marks = 1u << sign_in->kind;
    if (!is_use)
        marks |= outcomes[sign_in->outcome];
    struct slip slip = {
        .user = sign_in->user, .time = seconds, .extra = sign_in->address, .marks = marks & 0xfff};
    if (sign_in->token)
        memcpy(slip.id, sign_in->token, 16);
    else
        own_id(ledger, sign_in, seconds, slip.id);
    struct manner manner = {sign_in->app, sign_in->resource, sign_in->tenant};
    ledger_add_token(ledger, slip, manner);
    if (sign_in->session && !is_use) {
        memcpy(slip.id, sign_in->session, 16);
        slip.extra = seconds;
        slip.manner = 0;
        ledger_add_session(ledger, slip);
    }
}

void issued_merge(struct issued *ledger, const struct issued *from)
{
    assert(ledger->token_limit == from->token_limit && ledger != from);
    ledger->is_sealed = false;
    ledger_raise_floor(ledger, from->floor_hour);
    ledger_halve_sessions(ledger, from->session_halvings);
    ledger->manners_over = ledger->manners_over || from->manners_over;
    for (uint32_t i = 0; i < from->tokens.count; i++)
        ledger_add_token(ledger, from->tokens.slips[i], slip_manner(from, &from->tokens.slips[i]));
    for (uint32_t i = 0; i < from->sessions.count; i++)
        ledger_add_session(ledger, from->sessions.slips[i]);
    peer_merge(ledger, from);
}

// ---- sealing ------------------------------------------------------------------------------------

// The sign-ins alone: a token may be used a thousand times for each.
static void list_sign_ins(struct issued *ledger)
{
    const struct slip *slips = ledger->tokens.slips;
    uint32_t count = 0, good = 0;
    for (uint32_t i = 0; i < ledger->tokens.count; i++)
        count += (slips[i].marks & MARK_SIGN_INS) != 0;
    free(ledger->sign_ins);
    ledger->sign_ins = memory_new(((size_t)count + 1) * sizeof *ledger->sign_ins);
    ledger->sign_in_count = 0;
    for (uint32_t i = 0; i < ledger->tokens.count; i++) {
        if (i > 0 && slips[i].user != slips[i - 1].user)
            good = 0;
        if (!(slips[i].marks & MARK_SIGN_INS))
            continue;
        good = slip_failed(&slips[i]) ? good : ledger->sign_in_count + 1;
        ledger->sign_ins[ledger->sign_in_count++] = (struct signed_in){i, good};
    }
}

static uint32_t user_of(const struct issued *ledger, uint32_t sign_in)
{
    return ledger->tokens.slips[ledger->sign_ins[sign_in].slip].user;
}

// Where the sign-ins of each user begin.
static void list_users(struct issued *ledger)
{
    uint32_t count = ledger->sign_in_count, users = 0;
    for (uint32_t i = 0; i < count; i++)
        users += i == 0 || user_of(ledger, i) != user_of(ledger, i - 1);
    free(ledger->users);
    free(ledger->user_starts);
    ledger->users = memory_new((users + 1) * sizeof *ledger->users);
    ledger->user_starts = memory_new((users + 1) * sizeof *ledger->user_starts);
    ledger->user_count = users;
    users = 0;
    for (uint32_t i = 0; i < count; i++)
        if (i == 0 || user_of(ledger, i) != user_of(ledger, i - 1)) {
            ledger->users[users] = user_of(ledger, i);
            ledger->user_starts[users++] = i;
        }
    ledger->user_starts[users] = count;
}

static void count_kinds(struct issued *ledger)
{
    ledger->first = ledger->last = 0;
    memset(ledger->by_kind, 0, sizeof ledger->by_kind);
    for (uint32_t i = 0; i < ledger->tokens.count; i++) {
        const struct slip *slip = &ledger->tokens.slips[i];
        for (uint32_t kind = 0; kind < ISSUED_KIND_COUNT; kind++)
            ledger->by_kind[kind] += slip->marks >> kind & 1;
        if (!slip->time || !(slip->marks & MARK_SIGN_INS))
            continue;
        if (!ledger->first || slip->time < ledger->first)
            ledger->first = slip->time;
        ledger->last = greater(ledger->last, slip->time);
    }
}

void issued_seal(struct issued *ledger)
{
    if (ledger->is_sealed)
        return;
    hold_token_limit(ledger);
    slip_sort(&ledger->tokens);
    slip_sort(&ledger->sessions);
    list_sign_ins(ledger);
    list_users(ledger);
    count_kinds(ledger);
    ledger->is_sealed = true;
}

struct issued_counts issued_count(const struct issued *ledger)
{
    assert(ledger->is_sealed);
    struct issued_counts counts = {.tokens = ledger->tokens.count,
                                   .sessions = ledger->sessions.count,
                                   .manners = ledger->manner_count,
                                   .groups = ledger->peer_count};
    memcpy(counts.by_kind, ledger->by_kind, sizeof counts.by_kind);
    counts.bytes = sizeof *ledger + slip_bytes(&ledger->tokens) + slip_bytes(&ledger->sessions) +
                   ledger->manner_capacity * sizeof *ledger->manners +
                   ledger->manner_slot_count * sizeof *ledger->manner_slots +
                   ledger->peer_capacity * sizeof *ledger->peers +
                   ledger->peer_slot_count * sizeof *ledger->peer_slots +
                   ledger->sign_in_count * sizeof *ledger->sign_ins +
                   ledger->user_count * 2 * sizeof *ledger->users;
    return counts;
}

int64_t issued_covered_from(const struct issued *ledger)
{
    assert(ledger->is_sealed);
    if (!ledger->first)
        return INSTANT_NONE;
    int64_t first = ledger->first * SECOND, floor = ledger->floor_hour * HOUR;
    return first > floor ? first : floor;
}

int64_t issued_covered_to(const struct issued *ledger)
{
    assert(ledger->is_sealed);
    return ledger->last ? ledger->last * SECOND : INSTANT_NONE;
}

bool issued_is_over(const struct issued *ledger)
{
    return ledger->floor_hour || ledger->session_halvings || ledger->manners_over ||
           ledger->peer_halvings;
}

unsigned issued_halvings(const struct issued *ledger)
{
    return ledger->session_halvings;
}
