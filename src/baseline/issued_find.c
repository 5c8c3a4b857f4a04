// Answers how well it is shown that the token of an access was issued, from the strongest evidence to
// the weakest, and what of it cannot be.
// SPDX-License-Identifier: Apache-2.0
#include <assert.h>

#include "base/keyset.h"
#include "baseline/issued_ledger.h"

// Sign-ins of one user that one question looks at; far more than a person makes in a token's life.
#define SCAN_LIMIT 65536

enum { K1, K2, K3, K4 };

const char *issued_level_name(enum issued_level level)
{
    static const char *const names[] = {
        [ISSUED_CANNOT_TELL] = "cannot_tell",
        [ISSUED_NONE] = "none",
        [ISSUED_K4] = "K4",
        [ISSUED_K3] = "K3",
        [ISSUED_K2] = "K2",
        [ISSUED_K1] = "K1",
    };
    return names[level];
}

const char *issued_why_text(enum issued_why why)
{
    static const char *const texts[ISSUED_WHY_COUNT] = {
        [ISSUED_REACHED] = "found",
        [ISSUED_NOT_ASKED] = "not asked, stronger evidence was found",
        [ISSUED_NO_ID] = "the record does not name what would be looked for",
        [ISSUED_BAD_ID] = "the token's id is not one that a sign-in service gives",
        [ISSUED_NOT_FOUND] = "not among the sign-ins",
        [ISSUED_OTHER_USER] = "issued to another user",
        [ISSUED_FAILED] = "only sign-ins that failed",
        [ISSUED_OTHER_APP] = "the sign-ins of that time were for other applications and resources",
        [ISSUED_NOT_KEPT] = "beyond what the ledger had room to keep",
        [ISSUED_NOT_COVERED] = "outside the time that the sign-in logs cover",
        [ISSUED_NO_FEED] = "the kind of sign-in log that would have it was not read",
    };
    assert(why < ISSUED_WHY_COUNT);
    return texts[why];
}

struct question {
    const struct issued *ledger;
    const struct issued_access *access;
    struct issued_answer *answer;
    enum issued_why miss; // why a thing that is not there is not there
};

static void match(struct question *question, enum issued_level level, const struct slip *slip)
{
    struct issued_answer *answer = question->answer;
    struct manner manner = slip_manner(question->ledger, slip);
    answer->level = level;
    answer->matched_time = slip->time ? slip->time * SECOND : INSTANT_NONE;
    answer->matched_kinds = slip->marks & MARK_SIGN_INS;
    answer->is_matched_failed = slip_failed(slip);
    if (level == ISSUED_K2)
        return;
    answer->matched_app = manner.app;
    answer->matched_resource = manner.resource;
    answer->matched_address = slip->extra;
}

static bool may_be_user(const struct slip *slip, uint32_t user)
{
    return !slip->user || !user || slip->user == user;
}

// Of two slips that would do: the one that names the user, then one that did not fail, then the
// earlier, then the lesser of the rest: never which came first.
static bool is_better(const struct issued *ledger, const struct slip *a, const struct slip *b,
                      uint32_t user)
{
    if (!b)
        return true;
    if ((a->user == user) != (b->user == user))
        return a->user == user;
    if (slip_failed(a) != slip_failed(b))
        return slip_failed(b);
    if (a->time != b->time)
        return a->time < b->time;
    return a->user != b->user ? number_compare(ledger, a->user, b->user) < 0
                              : slip_compare(a, b) < 0;
}

// All that is kept of one id.
struct claims {
    const struct slip *slips;
    uint32_t places[ISSUED_CLAIM_LIMIT], count;
};

static struct claims claims_on(const struct slip_table *table, const uint8_t id[16])
{
    struct claims claims;
    claims.slips = table->slips;
    claims.count = slip_list(table, id, ISSUED_CLAIM_LIMIT, claims.places);
    return claims;
}

// The sign-in with an id for the user of the access.
static enum issued_why find_id(const struct question *question, const struct claims *claims,
                               const struct slip **found)
{
    uint32_t user = question->access->user;
    enum issued_why why = question->miss;
    *found = NULL;
    for (uint32_t i = 0; i < claims->count; i++) {
        const struct slip *slip = &claims->slips[claims->places[i]];
        if (!(slip->marks & MARK_SIGN_INS))
            continue;
        if (!may_be_user(slip, user))
            why = ISSUED_OTHER_USER;
        else if (is_better(question->ledger, slip, *found, user))
            *found = slip;
    }
    return *found ? ISSUED_REACHED : why;
}

// ---- K1 and what is impossible ------------------------------------------------------------------

static unsigned judge_claims(const struct question *question, const struct claims *claims)
{
    const struct issued_access *access = question->access;
    uint32_t user = access->user, tenant = access->is_guest ? 0 : access->token_tenant;
    unsigned impossible = 0;
    for (uint32_t i = 0; i < claims->count; i++) {
        const struct slip *slip = &claims->slips[claims->places[i]];
        uint32_t claimed = slip_manner(question->ledger, slip).tenant;
        if (user && slip->user && user != slip->user)
            impossible |= ISSUED_TWO_USERS;
        if ((tenant && claimed && tenant != claimed) || slip->marks & MARK_TWO_TENANTS)
            impossible |= ISSUED_TWO_TENANTS;
        user = user ? user : slip->user;
        tenant = tenant ? tenant : claimed;
    }
    return impossible;
}

static unsigned judge_times(const struct issued_access *access)
{
    int64_t life = access->is_app ? ISSUED_APP_LIFE : ISSUED_USER_LIFE;
    if (access->issued == INSTANT_NONE || access->time == INSTANT_NONE)
        return 0;
    if (access->issued > access->time + ISSUED_SKEW)
        return ISSUED_AFTER_USE;
    return access->time - access->issued > life + ISSUED_SKEW ? ISSUED_TOO_OLD : 0;
}

static bool ask_token(struct question *question)
{
    const struct issued_access *access = question->access;
    struct issued_answer *answer = question->answer;
    const struct slip *found;
    if (access->token_state != ISSUED_ID_VALID) {
        bool is_bad = access->token_state == ISSUED_ID_MALFORMED;
        answer->impossible |= is_bad ? ISSUED_IMPOSSIBLE_ID : 0u;
        answer->why[K1] = is_bad ? ISSUED_BAD_ID : ISSUED_NO_ID;
        return false;
    }
    struct claims claims = claims_on(&question->ledger->tokens, access->token);
    answer->impossible |= judge_claims(question, &claims);
    answer->why[K1] = find_id(question, &claims, &found);
    if (!found)
        return false;
    match(question, ISSUED_K1, found);
    if (access->issued == INSTANT_NONE || answer->matched_time == INSTANT_NONE)
        return true;
    int64_t apart = access->issued - answer->matched_time;
    if (apart > ISSUED_SKEW || apart < -ISSUED_SKEW)
        answer->impossible |= ISSUED_OTHER_TIME;
    return true;
}

// ---- K2 -----------------------------------------------------------------------------------------

static bool ask_session(struct question *question)
{
    const struct issued_access *access = question->access;
    const struct issued *ledger = question->ledger;
    const struct slip *found;
    question->answer->why[K2] = ISSUED_NO_ID;
    if (!access->has_session)
        return false;
    if (!keyset_in_share(slip_hash(access->session), ledger->session_halvings)) {
        question->answer->why[K2] = ISSUED_NOT_KEPT;
        return false;
    }
    struct claims claims = claims_on(&ledger->sessions, access->session);
    question->answer->why[K2] = find_id(question, &claims, &found);
    if (found && slip_failed(found)) {
        question->answer->why[K2] = ISSUED_FAILED;
        found = NULL;
    }
    if (found)
        match(question, ISSUED_K2, found);
    return found;
}

// ---- K3 and K4: the user's sign-ins by time -----------------------------------------------------

// Sign-ins of one user: places among the sign-ins.
struct run {
    uint32_t first, end;
};

static struct run find_run(const struct issued *ledger, uint32_t user)
{
    uint32_t low = 0, high = ledger->user_count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (ledger->users[middle] < user)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == ledger->user_count || ledger->users[low] != user)
        return (struct run){0};
    return (struct run){ledger->user_starts[low], ledger->user_starts[low + 1]};
}

static const struct slip *slip_at(const struct issued *ledger, uint32_t place)
{
    return &ledger->tokens.slips[ledger->sign_ins[place].slip];
}

// The first of the run that is not before a time (in microseconds).
static uint32_t first_from(const struct issued *ledger, struct run run, int64_t time)
{
    uint32_t low = run.first, high = run.end;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (slip_at(ledger, middle)->time * SECOND < time)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool is_either(uint32_t symbol, const uint32_t either[2])
{
    return symbol && (symbol == either[0] || symbol == either[1]);
}

// The first sign-in at the token's time of issue that did not fail and is for the same app or resource.
static bool ask_issue_time(struct question *question, struct run run)
{
    const struct issued_access *access = question->access;
    enum issued_why *why = &question->answer->why[K3];
    *why = ISSUED_NO_ID;
    if (!access->user || access->issued == INSTANT_NONE)
        return false;
    *why = question->miss;
    uint32_t from = first_from(question->ledger, run, access->issued - ISSUED_SKEW), looked = 0;
    for (uint32_t i = from; i < run.end; i++) {
        const struct slip *slip = slip_at(question->ledger, i);
        if (slip->time * SECOND > access->issued + ISSUED_SKEW)
            break;
        struct manner manner = slip_manner(question->ledger, slip);
        if (question->ledger->manners_over || ++looked > SCAN_LIMIT) {
            *why = ISSUED_NOT_KEPT;
            return false;
        }
        if (slip_failed(slip)) {
            *why = *why == ISSUED_OTHER_APP ? *why : ISSUED_FAILED;
        } else if (is_either(manner.app, access->apps) ||
                   is_either(manner.resource, access->resources)) {
            *why = ISSUED_REACHED;
            match(question, ISSUED_K3, slip);
            return true;
        } else {
            *why = ISSUED_OTHER_APP;
        }
    }
    return false;
}

// The last sign-in before the access, within a token's greatest life, that did not fail.
static bool ask_life(struct question *question, struct run run)
{
    const struct issued_access *access = question->access;
    enum issued_why *why = &question->answer->why[K4];
    *why = ISSUED_NO_ID;
    if (!access->user || access->time == INSTANT_NONE)
        return false;
    *why = question->miss;
    const struct issued *ledger = question->ledger;
    int64_t life = access->is_app ? ISSUED_APP_LIFE : ISSUED_USER_LIFE;
    uint32_t end = first_from(ledger, run, access->time + ISSUED_SKEW);
    uint32_t first = first_from(ledger, run, access->time - life - ISSUED_SKEW);
    if (first >= end)
        return false;
    uint32_t good = ledger->sign_ins[end - 1].good; // its place + 1
    bool has_good = good > first;
    if (end - (has_good ? good - 1 : first) > SCAN_LIMIT) {
        *why = ISSUED_NOT_KEPT;
        return false;
    }
    *why = has_good ? ISSUED_REACHED : ISSUED_FAILED;
    if (has_good)
        match(question, ISSUED_K4, slip_at(ledger, good - 1));
    return has_good;
}

// ---- together -----------------------------------------------------------------------------------

// What it means that something is not in the ledger: where logs of the right kind cover the time in
// which the token must have been issued, that it was not.
static enum issued_why why_missing(const struct issued *ledger, const struct issued_access *access)
{
    static const unsigned app_kinds =
        1u << ISSUED_SERVICE_PRINCIPAL | 1u << ISSUED_MANAGED_IDENTITY;
    unsigned kinds = access->is_app ? app_kinds : 1u << ISSUED_NON_INTERACTIVE;
    bool has_feed = false;
    for (unsigned kind = 0; kind < ISSUED_KIND_COUNT; kind++)
        has_feed = has_feed || (kinds >> kind & 1 && ledger->by_kind[kind]);
    if (!has_feed)
        return ISSUED_NO_FEED;
    if (access->time == INSTANT_NONE)
        return ISSUED_NOT_COVERED;
    int64_t life = access->is_app ? ISSUED_APP_LIFE : ISSUED_USER_LIFE;
    int64_t from = access->time - life, to = access->time;
    if (access->issued != INSTANT_NONE) {
        from = access->issued < from ? access->issued : from;
        to = access->issued + ISSUED_SKEW < to ? access->issued + ISSUED_SKEW : to;
    }
    bool is_covered =
        from - ISSUED_SKEW >= issued_covered_from(ledger) && to <= issued_covered_to(ledger);
    return is_covered ? ISSUED_NOT_FOUND : ISSUED_NOT_COVERED;
}

// Nothing was found: that counts only where each thing that was named would have been there.
static enum issued_level level_of_nothing(const struct issued_answer *answer)
{
    bool is_named = false;
    for (int i = K1; i <= K4; i++) {
        enum issued_why why = answer->why[i];
        if (why == ISSUED_NOT_KEPT || why == ISSUED_NOT_COVERED || why == ISSUED_NO_FEED)
            return ISSUED_CANNOT_TELL;
        is_named = is_named || why != ISSUED_NO_ID;
    }
    return is_named ? ISSUED_NONE : ISSUED_CANNOT_TELL;
}

bool issued_find_token(const struct issued *ledger, const struct issued_access *access,
                       struct issued_answer *out)
{
    assert(ledger->is_sealed);
    struct question question = {ledger, access, out, why_missing(ledger, access)};
    *out = (struct issued_answer){
        .matched_time = INSTANT_NONE,
        .why = {ISSUED_NOT_ASKED, ISSUED_NOT_ASKED, ISSUED_NOT_ASKED, ISSUED_NOT_ASKED},
        .impossible = judge_times(access)};
    if (access->token_tenant && access->home_tenant &&
        access->token_tenant != access->home_tenant && !access->is_guest)
        out->impossible |= ISSUED_FOREIGN;
    return ask_token(&question);
}

void issued_find_others(const struct issued *ledger, const struct issued_access *access,
                        struct issued_answer *out)
{
    struct question question = {ledger, access, out, why_missing(ledger, access)};
    if (ask_session(&question))
        return;
    struct run run = access->user ? find_run(ledger, access->user) : (struct run){0};
    if (ask_issue_time(&question, run) || ask_life(&question, run))
        return;
    out->level = level_of_nothing(out);
}

void issued_find(const struct issued *ledger, const struct issued_access *access,
                 struct issued_answer *out)
{
    if (!issued_find_token(ledger, access, out))
        issued_find_others(ledger, access, out);
}

void issued_fetch_place(const struct issued *ledger, const uint8_t token[16])
{
    slip_fetch_slot(&ledger->tokens, token);
}

void issued_fetch_token(const struct issued *ledger, const uint8_t token[16])
{
    slip_fetch(&ledger->tokens, token);
}
