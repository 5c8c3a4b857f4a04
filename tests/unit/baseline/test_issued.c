// The ledger of issued tokens: identifiers, the levels of evidence, what is impossible, peer groups,
// and that neither order nor parts matter.
// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/hash.h"
#include "baseline/issued_peer.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])
#define T0 (1700000000 * SECOND)

// ---- identifiers --------------------------------------------------------------------------------

static void tokens_have_three_texts(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        enum issued_id id;
        const char *request;
    } cases[] = {
        // From the documentation of the linkable identifiers.
        {"LqVzINbCskC74Dl3tec2AA", ISSUED_ID_VALID, "2073a52e-c2d6-40b2-bbe0-3977b5e73600"},
        {"", ISSUED_ID_ABSENT, ""},
        {"AAAAAAAAAAAAAAAAAAAAAA", ISSUED_ID_ABSENT, ""},
        {"LqVzINbCskC74Dl3tec2A", ISSUED_ID_MALFORMED, ""},
        {"LqVzINbCskC74Dl3tec2AAA", ISSUED_ID_MALFORMED, ""},
        {"LqVzINbCskC74Dl3tec2AB", ISSUED_ID_MALFORMED, ""}, // bits behind the last byte
        {"LqVzINbCskC74Dl3tec+AA", ISSUED_ID_MALFORMED, ""}, // the other base64
        {"LqVzINbCsiC74Dl3tec2AA", ISSUED_ID_MALFORMED, ""}, // version 2
        {"LqVzINbCskD74Dl3tec2AA", ISSUED_ID_MALFORMED, ""}, // variant
        {"2073a52e-c2d6-40b2-bbe0-3977b5e73600", ISSUED_ID_MALFORMED, ""},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        uint8_t id[16], again[16];
        char text[37];
        enum issued_id found = issued_token_parse(str_from(cases[i].text), id);
        if (found != cases[i].id)
            fail_msg("%s: %d", cases[i].text, found);
        if (found != ISSUED_ID_VALID)
            continue;
        issued_request_print(id, text);
        assert_string_equal(text, cases[i].request);
        assert_int_equal(issued_request_parse(str_from(text), again), ISSUED_ID_VALID);
        assert_memory_equal(id, again, 16);
        issued_token_print(id, text);
        assert_string_equal(text, cases[i].text);
    }
    uint8_t id[16];
    assert_int_equal(issued_request_parse(S("00000000-0000-0000-0000-000000000000"), id),
                     ISSUED_ID_ABSENT);
    assert_int_equal(issued_request_parse(S("2073a52e-c2d6-10b2-bbe0-3977b5e73600"), id),
                     ISSUED_ID_MALFORMED);
    assert_int_equal(issued_request_parse(S("none"), id), ISSUED_ID_MALFORMED);
}

static void sessions_are_guids_or_any_text(void **state)
{
    (void)state;
    uint8_t a[16], b[16];
    assert_int_equal(issued_session_parse(S(""), a), ISSUED_ID_ABSENT);
    assert_int_equal(issued_session_parse(S("00000000-0000-0000-0000-000000000000"), a),
                     ISSUED_ID_ABSENT);
    assert_int_equal(issued_session_parse(S("AB22F40C-0000-1111-2222-333344445555"), a),
                     ISSUED_ID_VALID);
    assert_int_equal(issued_session_parse(S("ab22f40c-0000-1111-2222-333344445555"), b),
                     ISSUED_ID_VALID);
    assert_memory_equal(a, b, 16);
    assert_int_equal(issued_session_parse(S("some session"), a), ISSUED_ID_VALID);
    assert_int_equal(issued_session_parse(S("Some session"), b), ISSUED_ID_VALID);
    assert_memory_not_equal(a, b, 16);
}

// ---- a small tenant -----------------------------------------------------------------------------

static void number_id(uint64_t number, uint8_t id[16])
{
    uint64_t halves[2] = {hash_mix(number + 1), hash_mix(~number)};
    memcpy(id, halves, 16);
    id[6] = (uint8_t)((id[6] & 0x0f) | 0x40);
    id[8] = (uint8_t)((id[8] & 0x3f) | 0x80);
}

enum { USER = 7, OTHER = 8, APP = 20, OTHER_APP = 21, EXCHANGE = 30, PORTAL = 31, HOME = 40 };

struct entry { // a row of a table of sign-ins; 0: none
    uint64_t token, session;
    uint32_t user, app, resource;
    int64_t time; // after T0
    enum issued_kind kind;
    enum issued_outcome outcome;
    uint32_t tenant, address; // 0: HOME; of the token's number
};

static void add(struct issued *ledger, struct entry entry)
{
    uint8_t token[16], session[16];
    number_id(entry.token, token);
    number_id(entry.session, session);
    struct issued_sign_in sign_in = {
        .kind = entry.kind,
        .outcome = entry.outcome,
        .token = entry.token ? token : NULL,
        .session = entry.session ? session : NULL,
        .user = entry.user,
        .app = entry.app,
        .resource = entry.resource,
        .tenant = entry.tenant ? entry.tenant : HOME,
        .address = entry.address ? entry.address : (uint32_t)entry.token + 1,
        .time = T0 + entry.time,
    };
    issued_add(ledger, &sign_in);
}

// Sign-ins of three days, so that the middle day is covered on both sides.
static struct issued *tenant(void)
{
    static const struct entry entries[] = {
        {1, 0, 99, APP, EXCHANGE, -2 * DAY, ISSUED_NON_INTERACTIVE, ISSUED_SUCCESS, 0, 0},
        {2, 0, 99, APP, EXCHANGE, 3 * DAY, ISSUED_NON_INTERACTIVE, ISSUED_SUCCESS, 0, 0},
        {3, 50, USER, APP, EXCHANGE, 0, ISSUED_INTERACTIVE, ISSUED_SUCCESS, 0, 0},
        {4, 51, USER, APP, PORTAL, 1 * HOUR, ISSUED_NON_INTERACTIVE, ISSUED_FAILURE, 0, 0},
        {5, 52, OTHER, OTHER_APP, PORTAL, 0, ISSUED_NON_INTERACTIVE, ISSUED_SUCCESS, 0, 0},
        {6, 0, OTHER, OTHER_APP, PORTAL, 2 * HOUR, ISSUED_NON_INTERACTIVE, ISSUED_FAILURE, 0, 0},
        {7, 0, 98, APP, EXCHANGE, 0, ISSUED_NON_INTERACTIVE, ISSUED_FAILURE, 0, 0},
    };
    struct issued *ledger = issued_new(0);
    for (size_t i = 0; i < COUNT(entries); i++)
        add(ledger, entries[i]);
    issued_seal(ledger);
    return ledger;
}

static struct issued_access access_of(uint64_t token, uint64_t session, uint32_t user,
                                      int64_t issued, int64_t time)
{
    struct issued_access access = {
        .token_state = token ? ISSUED_ID_VALID : ISSUED_ID_ABSENT,
        .has_session = session != 0,
        .user = user,
        .apps = {0, APP},
        .resources = {EXCHANGE, 0},
        .token_tenant = HOME,
        .home_tenant = HOME,
        .issued = issued == INSTANT_NONE ? issued : T0 + issued,
        .time = T0 + time,
    };
    number_id(token, access.token);
    number_id(session, access.session);
    return access;
}

static void evidence_has_four_levels(void **state)
{
    (void)state;
    static const struct {
        const char *what;
        uint64_t token, session, user;
        int64_t issued, time;
        enum issued_level level;
        enum issued_why why[4];
    } cases[] = {
        {"the token", 3, 50, USER, 0, HOUR, ISSUED_K1, {ISSUED_REACHED, 1, 1, 1}},
        {"the token, user not known", 3, 0, 0, 0, HOUR, ISSUED_K1, {ISSUED_REACHED, 1, 1, 1}},
        {"the session",
         900,
         50,
         USER,
         0,
         HOUR,
         ISSUED_K2,
         {ISSUED_NOT_FOUND, ISSUED_REACHED, 1, 1}},
        {"the time of issue, by app",
         900,
         0,
         USER,
         -5 * MINUTE,
         HOUR,
         ISSUED_K3,
         {ISSUED_NOT_FOUND, ISSUED_NO_ID, ISSUED_REACHED, 1}},
        {"another time of issue",
         900,
         900,
         USER,
         -20 * MINUTE,
         HOUR,
         ISSUED_K4,
         {ISSUED_NOT_FOUND, ISSUED_NOT_FOUND, ISSUED_NOT_FOUND, ISSUED_REACHED}},
        {"another's session and app",
         5,
         52,
         USER,
         20 * HOUR,
         20 * HOUR,
         ISSUED_K4,
         {ISSUED_OTHER_USER, ISSUED_OTHER_USER, ISSUED_NOT_FOUND, ISSUED_REACHED}},
        {"for another app",
         900,
         0,
         OTHER,
         0,
         HOUR,
         ISSUED_K4,
         {ISSUED_NOT_FOUND, ISSUED_NO_ID, ISSUED_OTHER_APP, ISSUED_REACHED}},
        {"only failed",
         0,
         51,
         98,
         0,
         HOUR,
         ISSUED_NONE,
         {ISSUED_NO_ID, ISSUED_OTHER_USER, ISSUED_FAILED, ISSUED_FAILED}},
        {"a user without sign-ins",
         900,
         900,
         97,
         0,
         HOUR,
         ISSUED_NONE,
         {ISSUED_NOT_FOUND, ISSUED_NOT_FOUND, ISSUED_NOT_FOUND, ISSUED_NOT_FOUND}},
        {"nothing since the token's greatest life",
         900,
         0,
         USER,
         40 * HOUR,
         40 * HOUR,
         ISSUED_NONE,
         {ISSUED_NOT_FOUND, ISSUED_NO_ID, ISSUED_NOT_FOUND, ISSUED_NOT_FOUND}},
        {"before the logs begin",
         900,
         0,
         97,
         -2 * DAY,
         -2 * DAY + HOUR,
         ISSUED_CANNOT_TELL,
         {ISSUED_NOT_COVERED, ISSUED_NO_ID, ISSUED_NOT_COVERED, ISSUED_NOT_COVERED}},
        {"issued before the logs begin",
         900,
         0,
         97,
         -3 * DAY,
         0,
         ISSUED_CANNOT_TELL,
         {ISSUED_NOT_COVERED, ISSUED_NO_ID, ISSUED_NOT_COVERED, ISSUED_NOT_COVERED}},
        {"after the logs end",
         900,
         0,
         97,
         4 * DAY,
         4 * DAY,
         ISSUED_CANNOT_TELL,
         {ISSUED_NOT_COVERED, ISSUED_NO_ID, ISSUED_NOT_COVERED, ISSUED_NOT_COVERED}},
        {"nothing named",
         0,
         0,
         0,
         INSTANT_NONE,
         HOUR,
         ISSUED_CANNOT_TELL,
         {ISSUED_NO_ID, ISSUED_NO_ID, ISSUED_NO_ID, ISSUED_NO_ID}},
    };
    struct issued *ledger = tenant();
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct issued_access access =
            access_of(cases[i].token, cases[i].session, (uint32_t)cases[i].user, cases[i].issued,
                      cases[i].time);
        struct issued_answer answer;
        issued_find(ledger, &access, &answer);
        if (answer.level != cases[i].level)
            fail_msg("%s: %s", cases[i].what, issued_level_name(answer.level));
        for (int k = 0; k < 4; k++)
            if (answer.why[k] != cases[i].why[k])
                fail_msg("%s: K%d %s", cases[i].what, k + 1, issued_why_text(answer.why[k]));
    }
    issued_free(ledger);
}

static void the_matching_sign_in_is_told(void **state)
{
    (void)state;
    struct issued *ledger = tenant();
    struct issued_access access = access_of(3, 0, USER, 0, HOUR);
    struct issued_answer answer;
    issued_find(ledger, &access, &answer);
    assert_int_equal(answer.matched_time, T0);
    assert_int_equal(answer.matched_kinds, 1 << ISSUED_INTERACTIVE);
    assert_int_equal(answer.matched_app, APP);
    assert_int_equal(answer.matched_resource, EXCHANGE);
    assert_int_equal(answer.matched_address, 4);
    assert_false(answer.is_matched_failed);
    assert_int_equal(answer.impossible, 0);
    access = access_of(4, 0, USER, HOUR, HOUR);
    issued_find(ledger, &access, &answer);
    assert_int_equal(answer.level, ISSUED_K1);
    assert_true(answer.is_matched_failed);
    // The same token told by the audit log as well: one token, two logs.
    add(ledger, (struct entry){3, 0, USER, 0, 0, 1 * SECOND, ISSUED_AUDIT, ISSUED_SUCCESS, 0, 0});
    issued_seal(ledger);
    access = access_of(3, 0, USER, 0, HOUR);
    issued_find(ledger, &access, &answer);
    assert_int_equal(answer.matched_kinds, 1 << ISSUED_INTERACTIVE | 1 << ISSUED_AUDIT);
    assert_int_equal(answer.matched_time, T0);
    assert_int_equal(answer.matched_app, APP);
    assert_int_equal(issued_count(ledger).tokens, 7);
    // Once more hours later, as a log of refreshes may: the first time is told.
    add(ledger,
        (struct entry){3, 0, USER, APP, EXCHANGE, 5 * HOUR, ISSUED_NON_INTERACTIVE, 1, 0, 0});
    add(ledger,
        (struct entry){3, 0, USER, APP, EXCHANGE, -5 * HOUR, ISSUED_ADFS, ISSUED_FAILURE, 0, 0});
    issued_seal(ledger);
    issued_find(ledger, &access, &answer);
    assert_int_equal(answer.matched_time, T0);
    assert_false(answer.is_matched_failed);
    issued_free(ledger);
}

static void without_the_right_feed_nothing_is_said(void **state)
{
    (void)state;
    struct issued *ledger = issued_new(0);
    struct issued_answer answer;
    struct issued_access access = access_of(900, 0, USER, 0, HOUR);
    issued_seal(ledger);
    issued_find(ledger, &access, &answer); // nothing at all
    assert_int_equal(answer.level, ISSUED_CANNOT_TELL);
    assert_int_equal(answer.why[0], ISSUED_NO_FEED);
    add(ledger, (struct entry){1, 0, 99, APP, EXCHANGE, -3 * DAY, ISSUED_INTERACTIVE, 1, 0, 0});
    add(ledger, (struct entry){2, 0, 99, APP, EXCHANGE, 3 * DAY, ISSUED_NON_INTERACTIVE, 1, 0, 0});
    issued_seal(ledger);
    issued_find(ledger, &access, &answer);
    assert_int_equal(answer.level, ISSUED_NONE);
    access.is_app = true; // would be among the service principals' sign-ins
    issued_find(ledger, &access, &answer);
    assert_int_equal(answer.level, ISSUED_CANNOT_TELL);
    issued_free(ledger);
}

static void impossible_tokens_are_told(void **state)
{
    (void)state;
    struct issued *ledger = tenant();
    struct issued_answer answer;
    struct issued_access access = access_of(3, 0, USER, 0, HOUR);
    access.token_state = ISSUED_ID_MALFORMED;
    issued_find(ledger, &access, &answer);
    assert_int_equal(answer.impossible, ISSUED_IMPOSSIBLE_ID);
    assert_int_equal(answer.why[0], ISSUED_BAD_ID);

    static const struct {
        int64_t issued, time;
        bool is_app;
        unsigned impossible;
    } times[] = {
        {0, 0, false, 0},
        {ISSUED_SKEW, 0, false, 0},
        {ISSUED_SKEW + SECOND, 0, false, ISSUED_AFTER_USE},
        {-28 * HOUR, 0, false, 0},
        {-28 * HOUR - ISSUED_SKEW - SECOND, 0, false, ISSUED_TOO_OLD},
        {-24 * HOUR - ISSUED_SKEW - SECOND, 0, true, ISSUED_TOO_OLD},
        {INSTANT_NONE, 0, true, 0},
    };
    for (size_t i = 0; i < COUNT(times); i++) {
        access = access_of(900, 0, USER, times[i].issued, times[i].time);
        access.is_app = times[i].is_app;
        issued_find(ledger, &access, &answer);
        assert_int_equal(answer.impossible, times[i].impossible);
    }
    // Of two users: by the sign-in and the access, or by two accesses alone.
    access = access_of(5, 0, USER, 0, HOUR);
    issued_find(ledger, &access, &answer);
    assert_int_equal(answer.impossible, ISSUED_TWO_USERS);
    add(ledger, (struct entry){901, 0, OTHER, 0, 0, 0, ISSUED_USE, 0, 0, 0});
    issued_seal(ledger);
    access = access_of(901, 0, USER, 0, HOUR);
    issued_find(ledger, &access, &answer);
    assert_int_equal(answer.impossible, ISSUED_TWO_USERS);
    assert_int_equal(answer.level, ISSUED_K3); // a use is no proof of issue
    assert_int_equal(answer.why[0], ISSUED_NOT_FOUND);
    // Another tenant's.
    access = access_of(3, 0, USER, 0, HOUR);
    access.token_tenant = 41;
    issued_find(ledger, &access, &answer);
    assert_int_equal(answer.impossible, ISSUED_FOREIGN | ISSUED_TWO_TENANTS);
    access.is_guest = true;
    issued_find(ledger, &access, &answer);
    assert_int_equal(answer.impossible, 0);
    // Found, though the record does not say when it was issued.
    access = access_of(3, 0, USER, INSTANT_NONE, HOUR);
    issued_find(ledger, &access, &answer);
    assert_int_equal(answer.level, ISSUED_K1);
    assert_int_equal(answer.impossible, 0);
    // Issued at another time than the sign-in with its id.
    access = access_of(3, 0, USER, 30 * MINUTE, HOUR);
    issued_find(ledger, &access, &answer);
    assert_int_equal(answer.impossible, ISSUED_OTHER_TIME);
    issued_free(ledger);
}

static void a_full_ledger_forgets_the_oldest_and_says_so(void **state)
{
    (void)state;
    struct issued *ledger = issued_new(1000);
    for (uint64_t i = 0; i < 4000; i++)
        add(ledger, (struct entry){i + 1, i + 1, USER, APP, EXCHANGE, (int64_t)i * MINUTE,
                                   ISSUED_NON_INTERACTIVE, ISSUED_SUCCESS, 0, 0});
    issued_seal(ledger);
    assert_true(issued_is_over(ledger));
    struct issued_counts counts = issued_count(ledger);
    assert_in_range(counts.tokens, 800, 875);
    assert_in_range(counts.sessions, 60, 250);
    int64_t from = issued_covered_from(ledger);
    assert_in_range(from, T0 + 3100 * MINUTE, T0 + 3200 * MINUTE);
    struct issued_answer answer;
    struct issued_access access = access_of(1, 0, 97, 0, HOUR);
    issued_find(ledger, &access, &answer); // was there once
    assert_int_equal(answer.level, ISSUED_CANNOT_TELL);
    assert_int_equal(answer.why[0], ISSUED_NOT_COVERED);
    access = access_of(3999, 0, USER, 3998 * MINUTE, 3999 * MINUTE);
    issued_find(ledger, &access, &answer);
    assert_int_equal(answer.level, ISSUED_K1);
    issued_free(ledger);
}

// An hour is forgotten only when what follows it is not more than there is room for.
static void no_hour_is_forgotten_in_vain(void **state)
{
    (void)state;
    struct issued *ledger = issued_new(1000);
    int64_t hour = HOUR - T0 % HOUR;
    for (uint64_t i = 0; i < 1000; i++)
        add(ledger, (struct entry){.token = i + 1,
                                   .user = USER,
                                   .time = hour + (i < 125 ? 0 : HOUR),
                                   .kind = ISSUED_INTERACTIVE});
    issued_seal(ledger);
    assert_int_equal(issued_count(ledger).tokens, 875);
    assert_int_equal(issued_covered_from(ledger), T0 + hour + HOUR);
    issued_free(ledger);
}

// ---- peer groups --------------------------------------------------------------------------------

static void what_the_group_has_is_missed(void **state)
{
    (void)state;
    struct issued *ledger = issued_new(0);
    struct issued_group usual = {1, 2, 3}, poor = {1, 2, 4}, unknown = {9, 9, 9};
    for (int i = 0; i < 97; i++)
        issued_peer_add(ledger, &usual, ISSUED_PEER_TOKEN | ISSUED_PEER_MATCHED);
    for (int i = 0; i < 100; i++)
        issued_peer_add(ledger, &poor, i % 2 ? ISSUED_PEER_TOKEN | ISSUED_PEER_SESSION : 0);
    struct issued_peers peers = issued_peer_find(ledger, &usual);
    assert_false(peers.token_stripped); // 1/99 is not rare enough
    for (int i = 0; i < 150; i++)
        issued_peer_add(ledger, &usual, ISSUED_PEER_TOKEN | ISSUED_PEER_MATCHED);
    issued_peer_add(ledger, &usual, 0);
    peers = issued_peer_find(ledger, &usual);
    assert_true(peers.token_stripped && peers.may_judge && !peers.session_stripped);
    assert_int_equal(peers.seen, 248);
    peers = issued_peer_find(ledger, &poor);
    assert_false(peers.token_stripped || peers.may_judge || peers.session_stripped);
    assert_int_equal(peers.with_session, 50);
    assert_int_equal(peers.matched, 0);
    assert_false(issued_peer_find(ledger, &unknown).is_kept);
    issued_free(ledger);
}

// ---- order, merging, saving ---------------------------------------------------------------------

#define FACTS 6000

// Fact number `i` of a small world. `is_calm`: one token has one user and hour but for a few.
static void add_fact(struct issued *ledger, uint64_t i, bool is_calm)
{
    uint64_t random = hash_mix(i * 31 + 5);
    uint64_t token = random % 1500;
    uint64_t of_token = is_calm ? hash_mix(token + 99) : hash_mix(random);
    struct entry entry = {
        .token = token % 50 == 0 ? 0 : token,
        .session = of_token >> 8 & 63,
        .user = (uint32_t)(of_token >> 16 & 15),
        .app = (uint32_t)(random >> 20 & 3),
        .resource = (uint32_t)(random >> 24 & 3),
        .time = (int64_t)(of_token >> 32 & 0x3ffff) * SECOND + (int64_t)(random >> 40 & 3) * SECOND,
        .kind = (random >> 50) % ISSUED_KIND_COUNT,
        .outcome = (random >> 56) % 3,
        .tenant = random >> 58 & 1 ? HOME + (uint32_t)(random >> 59 & 1) : 0,
        .address = (uint32_t)(random >> 44 & 3),
    };
    if (is_calm && random >> 60 == 0)
        entry.user++;
    add(ledger, entry);
    struct issued_group group = {(uint32_t)(random & 7), 1, (uint32_t)(random >> 3 & 7)};
    issued_peer_add(ledger, &group, (unsigned)(random >> 6 & 7));
}

static void assert_same_state(struct issued *a, struct issued *b)
{
    struct buf left, right;
    buf_init(&left);
    buf_init(&right);
    issued_seal(a);
    issued_seal(b);
    issued_save(a, &left);
    issued_save(b, &right);
    assert_int_equal(left.len, right.len);
    assert_memory_equal(left.at, right.at, left.len);
    buf_done(&left);
    buf_done(&right);
}

static void order_and_parts_do_not_matter(void **state)
{
    (void)state;
    static const struct {
        uint32_t limit;
        bool is_calm;
    } worlds[] = {{0, false}, {0, true}, {1200, true}, {100, true}, {1, true}};
    for (size_t w = 0; w < COUNT(worlds); w++) {
        struct issued *ledgers[5];
        for (size_t l = 0; l < COUNT(ledgers); l++)
            ledgers[l] = issued_new(worlds[w].limit);
        for (uint64_t i = 0; i < FACTS; i++) {
            add_fact(ledgers[0], i, worlds[w].is_calm);
            add_fact(ledgers[1], FACTS - 1 - i, worlds[w].is_calm);
            add_fact(ledgers[2 + hash_mix(i) % 3], i, worlds[w].is_calm);
            if (i == FACTS / 2)
                issued_seal(ledgers[0]); // sealing in between changes nothing
        }
        assert_same_state(ledgers[0], ledgers[1]);
        issued_merge(ledgers[4], ledgers[2]);
        issued_seal(ledgers[4]);
        issued_merge(ledgers[3], ledgers[4]);
        assert_same_state(ledgers[0], ledgers[3]);
        assert_int_equal(issued_is_over(ledgers[0]), worlds[w].limit != 0);
        for (size_t l = 0; l < COUNT(ledgers); l++)
            issued_free(ledgers[l]);
    }
}

// Every answer of a ledger against one found by looking at all sign-ins.
static void questions_are_answered_as_by_hand(void **state)
{
    (void)state;
    enum { SIGN_INS = 3000 };
    static struct entry entries[SIGN_INS];
    struct issued *ledger = issued_new(0);
    for (uint64_t i = 0; i < SIGN_INS; i++) {
        uint64_t random = hash_mix(i + 77);
        entries[i] = (struct entry){.token = i + 1,
                                    .session = 1 + random % 300,
                                    .user = (uint32_t)(1 + (random % 300) % 20),
                                    .app = (uint32_t)(random >> 20 & 3) + APP,
                                    .resource = (uint32_t)(random >> 24 & 3) + EXCHANGE,
                                    .time = (int64_t)(random >> 32 & 0xfffff) * SECOND,
                                    .kind = ISSUED_NON_INTERACTIVE,
                                    .outcome = random >> 60 ? ISSUED_SUCCESS : ISSUED_FAILURE};
        add(ledger, entries[i]);
    }
    issued_seal(ledger);
    unsigned levels[ISSUED_K1 + 1] = {0};
    for (uint64_t i = 0; i < 20000; i++) {
        uint64_t random = hash_mix(i + 1234567);
        int64_t time = (int64_t)(random >> 32 & 0xfffff) * SECOND;
        struct issued_access access =
            access_of(1 + random % 60000, 1 + (random >> 8) % 4000, 1 + (random >> 20) % 24,
                      time - (int64_t)(random >> 53) * MINUTE, time);
        enum issued_level expected = ISSUED_NONE;
        for (size_t s = 0; s < SIGN_INS; s++) {
            const struct entry *entry = &entries[s];
            enum issued_level level = ISSUED_NONE;
            int64_t apart = T0 + entry->time - access.issued;
            int64_t before = access.time - T0 - entry->time;
            if (entry->user != access.user)
                continue;
            if (entry->token == 1 + random % 60000)
                level = ISSUED_K1;
            else if (entry->outcome == ISSUED_FAILURE)
                continue;
            else if (entry->session == 1 + (random >> 8) % 4000)
                level = ISSUED_K2;
            else if (apart >= -ISSUED_SKEW && apart <= ISSUED_SKEW &&
                     (entry->app == APP || entry->resource == EXCHANGE))
                level = ISSUED_K3;
            else if (before > -ISSUED_SKEW && before <= ISSUED_USER_LIFE + ISSUED_SKEW)
                level = ISSUED_K4;
            expected = level > expected ? level : expected;
        }
        struct issued_answer answer;
        issued_find(ledger, &access, &answer);
        if (answer.level == ISSUED_CANNOT_TELL)
            assert_int_equal(expected, ISSUED_NONE);
        else
            assert_int_equal(answer.level, expected);
        levels[answer.level]++;
    }
    for (size_t level = 0; level < COUNT(levels); level++)
        assert_true(levels[level] > 0);
    issued_free(ledger);
}

static void what_is_saved_is_loaded(void **state)
{
    (void)state;
    struct issued *ledger = issued_new(1200), *again = issued_new(1200), *other = issued_new(0);
    for (uint64_t i = 0; i < FACTS; i++)
        add_fact(ledger, i, true);
    struct buf saved;
    struct error error = {{0}};
    buf_init(&saved);
    issued_seal(ledger);
    issued_save(ledger, &saved);
    add(again, (struct entry){.token = 5, .kind = ISSUED_INTERACTIVE});
    assert_true(issued_load(again, buf_str(&saved), &error));
    assert_same_state(ledger, again);
    for (uint64_t i = FACTS; i < FACTS + 50; i++) {
        add_fact(ledger, i, true);
        add_fact(again, i, true);
    }
    assert_same_state(ledger, again);
    for (size_t len = 0; len < saved.len; len += 97)
        assert_false(issued_load(again, str_of(saved.at, len), &error));
    for (size_t i = 0; i < saved.len; i += 61) {
        saved.at[i] ^= 16;
        assert_false(issued_load(again, buf_str(&saved), &error));
        saved.at[i] ^= 16;
    }
    assert_same_state(ledger, again);
    assert_false(issued_load(other, buf_str(&saved), &error)); // another limit
    buf_done(&saved);
    issued_free(ledger);
    issued_free(again);
    issued_free(other);
}

// ---- numbers are names --------------------------------------------------------------------------

#define PEOPLE 40

static uint32_t name_of(struct intern *texts, const char *kind, unsigned number)
{
    char text[32];
    snprintf(text, sizeof text, "%s %02u", kind, number);
    return intern_add(texts, str_from(text));
}

// Tokens of more people than are kept, sign-ins of one second from several places, and more programs at once.
static void tell_all(struct issued *ledger, struct intern *texts)
{
    for (unsigned i = 0; i < PEOPLE; i++) {
        struct entry entry = {.token = 1 + i % 2,
                              .session = 70,
                              .user = name_of(texts, "user", i),
                              .app = name_of(texts, "app", i % 7),
                              .resource = name_of(texts, "resource", i % 3),
                              .kind = ISSUED_NON_INTERACTIVE,
                              .outcome = ISSUED_SUCCESS,
                              .tenant = name_of(texts, "tenant", 0),
                              .address = name_of(texts, "address", i % 11)};
        add(ledger, entry);
        entry.token = 0;
        entry.user = name_of(texts, "user", i % 2);
        add(ledger, entry);
        entry.token = 9;
        entry.user = name_of(texts, "user", 0);
        add(ledger, entry);
    }
    issued_seal(ledger);
}

static void number_of_names_does_not_matter(void **state)
{
    (void)state;
    static struct {
        enum issued_level level;
        unsigned impossible;
        char address[32];
        char app[32];
    } told[2][PEOPLE][2];
    for (unsigned way = 0; way < 2; way++) {
        struct intern texts = {0};
        struct issued *ledger = issued_new(0);
        intern_add(&texts, (struct str)STR(""));
        for (unsigned i = 0; way && i < PEOPLE; i++) { // another order
            name_of(&texts, "address", PEOPLE - 1 - i);
            name_of(&texts, "app", PEOPLE - 1 - i);
            name_of(&texts, "user", PEOPLE - 1 - i);
        }
        issued_borrow_names(ledger, &texts);
        tell_all(ledger, &texts);
        for (unsigned i = 0; i < PEOPLE; i++)
            for (unsigned t = 0; t < 2; t++) {
                struct issued_answer answer;
                struct issued_access access = access_of(t ? 9 : 1 + i % 2, 0, 0, 0, 0);
                access.user = name_of(&texts, "user", i);
                access.apps[1] = name_of(&texts, "app", 3);
                access.token_tenant = access.home_tenant = name_of(&texts, "tenant", 0);
                issued_find(ledger, &access, &answer);
                told[way][i][t].level = answer.level;
                told[way][i][t].impossible = answer.impossible;
                struct str address = intern_text(&texts, answer.matched_address),
                           app = intern_text(&texts, answer.matched_app);
                memcpy(told[way][i][t].address, address.at, address.len);
                memcpy(told[way][i][t].app, app.at, app.len);
            }
        issued_free(ledger);
        intern_done(&texts);
    }
    assert_memory_equal(told[0], told[1], sizeof told[0]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tokens_have_three_texts),
        cmocka_unit_test(sessions_are_guids_or_any_text),
        cmocka_unit_test(evidence_has_four_levels),
        cmocka_unit_test(the_matching_sign_in_is_told),
        cmocka_unit_test(without_the_right_feed_nothing_is_said),
        cmocka_unit_test(impossible_tokens_are_told),
        cmocka_unit_test(a_full_ledger_forgets_the_oldest_and_says_so),
        cmocka_unit_test(no_hour_is_forgotten_in_vain),
        cmocka_unit_test(what_the_group_has_is_missed),
        cmocka_unit_test(order_and_parts_do_not_matter),
        cmocka_unit_test(questions_are_answered_as_by_hand),
        cmocka_unit_test(what_is_saved_is_loaded),
        cmocka_unit_test(number_of_names_does_not_matter),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
