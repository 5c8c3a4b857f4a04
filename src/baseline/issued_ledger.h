// Inside the ledger of issued tokens, for the files issued*.c.
// SPDX-License-Identifier: Apache-2.0
#ifndef STORMGLASS_BASELINE_ISSUED_LEDGER_H
#define STORMGLASS_BASELINE_ISSUED_LEDGER_H

#include "base/intern.h"
#include "baseline/issued_peer.h"
#include "baseline/issued_table.h"

// How a sign-in was made, kept once for all that are alike; number 0 is nothing known.
struct manner {
    uint32_t app, resource, tenant;
};

struct peer {
    struct issued_group group;
    uint64_t seen, with_token, with_session, matched;
};

enum slip_mark {
    // The low bits: 1 << enum issued_kind.
    MARK_SUCCESS = 1 << ISSUED_KIND_COUNT,
    MARK_FAILURE = MARK_SUCCESS << 1,
    MARK_UNKNOWN = MARK_SUCCESS << 2, // outcome
    MARK_TWO_TENANTS = MARK_SUCCESS << 3,
    MARK_END = MARK_SUCCESS << 4,
};
_Static_assert(MARK_END <= 1 << 12, "the marks have 12 bits of a slip");
#define MARK_KINDS (MARK_SUCCESS - 1u)
#define MARK_SIGN_INS (MARK_KINDS & ~(1u << ISSUED_USE))

// A sign-in among those of its user, by time: where it stands among the tokens, and where the last one up to it that did
// not fail stands among the sign-ins, its place + 1; 0: none of the user's.
struct signed_in {
    uint32_t slip, good;
};

struct issued {
    const struct intern *texts; // of all numbers; NULL: numbers stand for themselves
    struct slip_table tokens, sessions;
    uint32_t token_limit, session_limit;
    uint32_t floor_hour; // sign-ins of earlier hours since 1970 are forgotten
    unsigned session_halvings;

    struct manner *manners;
    uint32_t *manner_slots; // index + 1
    uint32_t manner_count, manner_capacity, manner_slot_count;
    bool manners_over; // none is looked at any more

    struct peer *peers;
    uint32_t *peer_slots; // index + 1
    uint32_t peer_count, peer_capacity, peer_slot_count;
    unsigned peer_halvings;

    bool is_sealed;             // the rest stands for the sorted tokens
    struct signed_in *sign_ins; // without uses of tokens
    uint32_t sign_in_count;
    uint32_t *users,
        *user_starts; // distinct users of sign-ins in order; starts has one more at the end
    uint32_t user_count;
    uint32_t first, last; // seconds, of sign-ins
    uint64_t by_kind[ISSUED_KIND_COUNT];
};

static inline uint32_t slip_hour(const struct slip *slip)
{
    return slip->time / 3600;
}

// Only failures are known of it.
static inline bool slip_failed(const struct slip *slip)
{
    return (slip->marks & MARK_FAILURE) && !(slip->marks & (MARK_SUCCESS | MARK_UNKNOWN));
}

static inline struct manner slip_manner(const struct issued *ledger, const struct slip *slip)
{
    return ledger->manners[ledger->manners_over ? 0 : slip->manner];
}

// Numbers by what they stand for, where that is known: which number a text has depends on who read it first.
int number_compare(const struct issued *ledger, uint32_t a, uint32_t b);
uint64_t number_hash(const struct issued *ledger, uint32_t number);

// The number of a manner; 0 also when there is no room for it.
uint32_t manner_intern(struct issued *ledger, struct manner manner);

// Adds or joins a slip; its manner is given beside it. For issued_add, issued_merge and issued_load.
void ledger_add_token(struct issued *ledger, struct slip slip, struct manner manner);
void ledger_add_session(struct issued *ledger, struct slip slip);
void ledger_raise_floor(struct issued *ledger, uint32_t hour);
void ledger_halve_sessions(struct issued *ledger, unsigned halvings);

void peer_merge(struct issued *ledger, const struct issued *from);
// Adds the counts of a group; false when it is not in the share (or over the limit of a load).
void peer_put(struct issued *ledger, const struct peer *counts);
bool peer_in_share(const struct issued *ledger, const struct issued_group *group,
                   unsigned halvings);
int peer_compare(const void *a, const void *b); // by group

void ledger_release(struct issued *ledger); // all that it points to

#endif
