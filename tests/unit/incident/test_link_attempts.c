// What was tried in vain, what came by a new program, and what was won; and that neither order nor copies matter.
// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/hash.h"
#include "unit/incident/link_life.h"

static void open_life(struct investigation *in, const char *life, const char *findings)
{
    struct buf text;
    buf_init(&text);
    buf_print(&text, "%s%s", LIFE, life);
    buf_add_char(&text, 0);
    investigation_open(in, text.at, findings);
    buf_done(&text);
}

// ---- in vain ----------------------------------------------------------------------------------

#define FROM_ABROAD "high rule:v d15/03:00 d15/04:00 user=" ALICE " ip=" AWAY

static void attempts_that_all_failed_make_nothing(void **state)
{
    static const struct link_case cases[] = {
        {"all failed", "d15 03:00 sign_in +alice +away error=50126\n", FROM_ABROAD, ""},
        {"nothing is known of the address", "", FROM_ABROAD, "rule:v"},
        {"one succeeded",
         "d15 03:00 sign_in +alice +away error=50126\nd15 03:10 sign_in +alice +away\n",
         FROM_ABROAD, "rule:v"},
        {"one succeeded before",
         "d15 02:00 sign_in +alice +away\nd15 03:00 sign_in +alice +away error=50126\n",
         FROM_ABROAD, "rule:v"},
        {"of another's account",
         "d15 03:00 sign_in +alice +away error=50126\nd15 03:10 sign_in +bob +away\n", FROM_ABROAD,
         "rule:v"},
        {"something else succeeded there",
         "d15 03:00 sign_in +alice +away error=50126\nd15 03:10 mail_access +bob +away\n",
         FROM_ABROAD, "rule:v"},
        {"at one of two addresses",
         "d15 03:00 sign_in +alice +away error=50126\n"
         "d15 03:00 sign_in +alice address=198.51.100.10\n",
         FROM_ABROAD " ip=198.51.100.10", "rule:v"},
        {"at both of them nothing",
         "d15 03:00 sign_in +alice +away error=50126\n"
         "d15 03:00 sign_in +alice address=198.51.100.10 error=50126\n",
         FROM_ABROAD " ip=198.51.100.10", ""},
        {"a detector's finding counts", "d15 03:00 sign_in +alice +away error=50126\n",
         "high v d15/03:00 d15/04:00 user=" ALICE " ip=" AWAY, "v"},
        {"a critical one too", "d15 03:00 sign_in +alice +away error=50126\n",
         "critical rule:v d15/03:00 d15/04:00 user=" ALICE " ip=" AWAY, "rule:v"},
        {"follows an attack by its session", "d15 03:00 sign_in +alice +away error=50126\n",
         FROM_ABROAD " session=#s\nhigh b d15/05:00 d15/06:00 session=#s", "b,rule:v"},
        {"does not follow by the account", "d15 03:00 sign_in +alice +away error=50126\n",
         FROM_ABROAD "\nhigh b d15/05:00 d15/06:00 user=" ALICE, "b"},
    };
    (void)state;
    CHECK(cases);
}

// ---- new programs -----------------------------------------------------------------------------

#define AT_NEIGHBOUR "high rule:p d15/03:00 d15/04:00 user=" ALICE " ip=" NEIGHBOUR

static void a_new_program_at_the_address_makes_it_count(void **state)
{
    static const struct link_case cases[] = {
        {"of the person", "d15 03:00 sign_in +alice +neighbour " SCRIPT "\n", AT_NEIGHBOUR,
         "rule:p"},
        {"the usual one", "d15 03:00 sign_in +alice +neighbour\n", AT_NEIGHBOUR, ""},
        {"one that failed", "d15 03:00 sign_in +alice +neighbour " SCRIPT " error=50126\n",
         AT_NEIGHBOUR, ""},
        {"one that failed here and was let in elsewhere",
         "d15 03:00 sign_in +alice +neighbour " SCRIPT " error=50126\n"
         "d15 03:10 sign_in +alice +away " SCRIPT "\n",
         AT_NEIGHBOUR, ""},
        {"mail that is read by it is no sign-in",
         "d1..26w 08:05 mail_access +alice\nd15 03:00 mail_access +alice +neighbour " SCRIPT "\n",
         AT_NEIGHBOUR, ""},
        {"at another address",
         "d15 03:00 sign_in +alice address=198.18.7.78 asn=64998 country=DE " SCRIPT "\n",
         AT_NEIGHBOUR, ""},
        {"of another at the address", "d15 03:00 sign_in +bob +neighbour " SCRIPT "\n",
         AT_NEIGHBOUR, "rule:p"},
        {"at home itself", "d15 03:00 sign_in +alice " SCRIPT "\n",
         "high rule:p d15/03:00 d15/04:00 user=" ALICE " ip=" HOME, "rule:p"},
        {"at everybody's address", "d15 03:00 sign_in +alice +egress " SCRIPT "\n",
         "high rule:p d15/03:00 d15/04:00 user=" ALICE " ip=" EGRESS, ""},
        {"rolled out to many",
         "d15 03:00 sign_in +alice +neighbour " ROLLED "\n"
         "d14 03:00 sign_in user=carol@contoso.example +egress " ROLLED "\n"
         "d14 03:00 sign_in user=dave@contoso.example +egress " ROLLED "\n"
         "d14 03:00 sign_in user=erin@contoso.example +egress " ROLLED "\n",
         AT_NEIGHBOUR, ""},
        {"a script that several have",
         "d15 03:00 sign_in +alice +neighbour " SCRIPT "\n"
         "d14 03:00 sign_in user=carol@contoso.example +egress " SCRIPT "\n"
         "d14 03:00 sign_in user=dave@contoso.example +egress " SCRIPT "\n"
         "d14 03:00 sign_in user=erin@contoso.example +egress " SCRIPT "\n",
         AT_NEIGHBOUR, "rule:p"},
        {"not where it is about many", "d15 03:00 sign_in +alice +neighbour " SCRIPT "\n",
         "high rule:p d15/03:00 d15/04:00 users=4 user=" ALICE " ip=" NEIGHBOUR " ip=" HOME, ""},
        {"what was in vain stays so", "d15 03:00 sign_in +alice +away " SCRIPT " error=50126\n",
         FROM_ABROAD, ""},
    };
    (void)state;
    CHECK(cases);
}

static bool is_by_new_program(const struct investigation *in, const char *address)
{
    return linker_is_strange_address(in->linker,
                                     knowledge_symbol(in->knowledge, str_from(address)));
}

static void by_new_program_is_asked_of_addresses_that_findings_name(void **state)
{
    struct investigation in;
    (void)state;
    open_life(&in,
              "d15 03:00 sign_in +alice +neighbour " SCRIPT "\n"
              "d15 03:00 sign_in +alice +egress " SCRIPT "\nd15 03:00 sign_in +alice +away " SCRIPT
              "\n",
              "high a d15/03:00 d15/04:00 user=" ALICE " ip=" NEIGHBOUR " ip=" EGRESS " ip=" HOME);
    investigation_link(&in);
    assert_true(is_by_new_program(&in, NEIGHBOUR));
    assert_false(is_by_new_program(&in, EGRESS)); // everybody's
    assert_false(is_by_new_program(&in, HOME));
    assert_false(is_by_new_program(&in, AWAY)); // no finding names it
    assert_false(linker_is_strange_address(in.linker, 0));
    investigation_done(&in);
}

// ---- won --------------------------------------------------------------------------------------

static void an_address_is_won_by_ten_failures_before_a_success(void **state)
{
    static const struct {
        const char *what, *life, *won; // NULL: not
    } cases[] = {
        {"ten",
         "d15 03:00 sign_in x10/1m +alice +away error=50126\nd15 03:30 sign_in +alice +away\n",
         "d15/03:30"},
        {"nine",
         "d15 03:00 sign_in x9/1m +alice +away error=50126\nd15 03:30 sign_in +alice +away\n",
         NULL},
        {"of several people together",
         "d15 03:00 sign_in x5/1m +alice +away error=50126\n"
         "d14 03:00 sign_in x5/1m +bob +away error=50126\nd15 03:30 sign_in +alice +away\n",
         "d15/03:30"},
        {"the first success tells when",
         "d15 03:00 sign_in x10/1m +alice +away error=50126\nd15 03:30 mail_access +bob +away\n"
         "d15 03:40 sign_in +alice +away\n",
         "d15/03:30"},
        {"success first",
         "d15 02:00 sign_in +alice +away\nd15 03:00 sign_in x20/1m +alice +away error=50126\n"
         "d15 03:30 sign_in +alice +away\n",
         NULL},
        {"success between", // only what failed before it counts
         "d15 03:00 sign_in x9/1m +alice +away error=50126\nd15 03:30 sign_in +alice +away\n"
         "d15 04:00 sign_in x9/1m +alice +away error=50126\nd15 04:30 sign_in +alice +away\n",
         NULL},
        {"no success", "d15 03:00 sign_in x20/1m +alice +away error=50126\n", NULL},
        {"failures elsewhere",
         "d15 03:00 sign_in x20/1m +alice address=198.51.100.10 error=50126\n"
         "d15 03:30 sign_in +alice +away\n",
         NULL},
        {"nothing at all", "", NULL},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct investigation in;
        open_life(&in, cases[i].life, "high a d15/03:00 d15/04:00 user=" ALICE " ip=" AWAY);
        investigation_link(&in);
        int64_t won = linker_won(in.linker, knowledge_symbol(in.knowledge, S(AWAY)));
        int64_t wanted = cases[i].won ? scenario_moment(str_from(cases[i].won)) : INSTANT_NONE;
        if (won != wanted)
            fail_msg("%s", cases[i].what);
        assert_true(linker_won(in.linker, knowledge_symbol(in.knowledge, S("192.0.2.250"))) ==
                    INSTANT_NONE); // no finding names it
        investigation_done(&in);
    }
}

// ---- order and duplicates ---------------------------------------------------------------------

static uint64_t next_random(uint64_t *seed)
{
    *seed += 0x9e3779b97f4a7c15;
    return hash_mix(*seed);
}

static unsigned choose(uint64_t *seed, unsigned count)
{
    return (unsigned)(next_random(seed) % count);
}

static const char *const places[] = {
    HOME, AWAY, ABROAD, NEIGHBOUR, EGRESS, "198.51.100.10", "198.51.100.11"};
static const char *const people[] = {ALICE, BOB, "carol@contoso.example", "frank@contoso.example"};
enum { PLACES = sizeof places / sizeof places[0], PEOPLE = sizeof people / sizeof people[0] };

// Attempts, successes and new programs from here and there. One choice a statement: the order of arguments is
// the compiler's.
static void make_life(uint64_t *seed, struct buf *out)
{
    buf_clear(out);
    buf_add(out, str_from(LIFE));
    for (unsigned i = choose(seed, 20); i > 0; i--) {
        unsigned day = 2 + choose(seed, 20), hour = choose(seed, 24);
        const char *kind = choose(seed, 4) ? "sign_in" : "mail_access";
        const char *person = people[choose(seed, PEOPLE)], *place = places[choose(seed, PLACES)];
        const char *agent = choose(seed, 3) ? FIREFOX : SCRIPT;
        const char *end = choose(seed, 2) ? "error=50126" : "";
        buf_print(out, "d%u %02u:00 %s user=%s address=%s %s %s\n", day, hour, kind, person, place,
                  agent, end);
    }
    buf_add_char(out, 0);
}

// Findings named f0, f1 ..., mostly of rules, that share people, places, sessions and times by chance.
static void make_findings(uint64_t *seed, struct buf *out)
{
    static const char *const levels[] = {"low", "medium", "medium", "high", "critical"};
    buf_clear(out);
    for (unsigned i = 0, count = 2 + choose(seed, 16); i < count; i++) {
        unsigned day = 2 + choose(seed, 20), days = choose(seed, 3);
        const char *level = levels[choose(seed, 5)], *rule = choose(seed, 4) ? "rule:" : "";
        buf_print(out, "%s %sf%u d%u/03:00 d%u/04:00", level, rule, i, day, day + days);
        for (unsigned n = choose(seed, 3); n > 0; n--)
            buf_print(out, " user=%s", people[choose(seed, PEOPLE)]);
        for (unsigned n = choose(seed, 3); n > 0; n--)
            buf_print(out, " ip=%s", places[choose(seed, PLACES)]);
        if (choose(seed, 3) == 0)
            buf_print(out, " session=#s%u", choose(seed, 6));
        if (choose(seed, 6) == 0)
            buf_print(out, " users=%u", 3 + choose(seed, 3));
        buf_add_char(out, '\n');
    }
    buf_add_char(out, 0);
}

static void shuffle(struct finding_list *list, uint64_t *seed)
{
    for (size_t i = list->count; i > 1; i--) {
        size_t other = next_random(seed) % i;
        struct finding kept = list->items[i - 1];
        list->items[i - 1] = list->items[other];
        list->items[other] = kept;
    }
}

// As investigation_link, but tells the linker of some activities again, right after or at the end.
static void link_with_copies(struct investigation *in, uint64_t *seed)
{
    in->linker = linker_new(in->knowledge, &in->findings);
    for (size_t i = 0; i < in->scenario.count; i++)
        for (unsigned copies = 1 + choose(seed, 3); copies > 0; copies--)
            linker_see(in->linker, &in->scenario.activities[i]);
    for (unsigned i = 0; i < 50; i++)
        linker_see(in->linker,
                   &in->scenario.activities[choose(seed, (unsigned)in->scenario.count)]);
    linker_finish(in->linker, &in->incidents);
}

static void neither_order_nor_copies_matter(void **state)
{
    uint64_t seed = 20231107;
    struct buf life, findings, first, again;
    size_t incidents = 0;
    (void)state;
    buf_init(&life);
    buf_init(&findings);
    buf_init(&first);
    buf_init(&again);
    for (int round = 0; round < 400; round++) {
        make_life(&seed, &life);
        make_findings(&seed, &findings);
        for (int order = 0; order < 5; order++) {
            struct investigation in;
            investigation_open(&in, life.at, findings.at);
            if (order > 1)
                shuffle(&in.findings, &seed);
            if (order % 2)
                link_with_copies(&in, &seed);
            else
                investigation_link(&in);
            investigation_print(&in, order ? &again : &first);
            incidents += in.incidents.count;
            investigation_done(&in);
            if (order && strcmp(first.at, again.at) != 0)
                fail_msg("round %d, %d: '%s' and '%s' of\n%s\n%s", round, order, first.at, again.at,
                         findings.at, life.at + sizeof LIFE - 1);
        }
    }
    assert_true(incidents > 400 * 5); // there is something to compare
    buf_done(&life);
    buf_done(&findings);
    buf_done(&first);
    buf_done(&again);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(attempts_that_all_failed_make_nothing),
        cmocka_unit_test(a_new_program_at_the_address_makes_it_count),
        cmocka_unit_test(by_new_program_is_asked_of_addresses_that_findings_name),
        cmocka_unit_test(an_address_is_won_by_ten_failures_before_a_success),
        cmocka_unit_test(neither_order_nor_copies_matter),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
