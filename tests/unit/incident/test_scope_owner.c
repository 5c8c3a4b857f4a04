// Whose accesses they were: an insider's in their time, the owner's at their own places, an intruder's next door.
// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/investigation.h"

#define ALICE "alice@contoso.example"
#define BOB "bob@contoso.example"
#define FIREFOX "agent=Mozilla/5.0_(X11;_Linux_x86_64;_rv:126.0)_Gecko/20100101_Firefox/126.0"
#define SCRIPT "agent=python-requests/2.31.0"
#define ROLLED "agent=Mozilla/5.0_(X11;_Linux_x86_64)_Firefox/142.0"
#define NEXT_DOOR "203.0.113.200" // of Alice's network, but not hers

// Alice and Bob work at home; `thief` is next door to Alice.
#define LIFE                                                                                       \
    "set alice user=" ALICE " object=#alice address=203.0.113.7 asn=64500 " FIREFOX "\n"           \
    "set bob user=" BOB " object=#bob address=192.0.2.20 asn=64501 " FIREFOX "\n"                  \
    "set away address=198.51.100.9 asn=64999\n"                                                    \
    "set thief address=" NEXT_DOOR " asn=64500\n"                                                  \
    "d1..26w 08:00,12:00 sign_in +alice device=#laptop\n"                                          \
    "d1..26w 08:10,12:10 sign_in +bob\n"

struct scope_case {
    const char *what, *life, *findings;
    unsigned alice, bob; // accesses in their mailboxes that are taken
};

static uint64_t accesses_of(const struct investigation *in, const char *mailbox)
{
    uint64_t count = 0;
    for (size_t i = 0; i < in->incidents.count; i++) {
        const struct incident_mailbox *box = investigation_mailbox(in, i, mailbox);
        count += box ? box->accesses : 0;
    }
    return count;
}

// Findings of a detector "insider...", and of one "delegate...", are of one that says so.
static void open_and_look(struct investigation *in, const char *life, const char *findings)
{
    struct buf text;
    buf_init(&text);
    buf_print(&text, "%s%s", LIFE, life);
    buf_add_char(&text, 0);
    investigation_open(in, text.at, findings);
    buf_done(&text);
    for (size_t i = 0; i < in->findings.count; i++) {
        struct finding *finding = &in->findings.items[i];
        finding->is_insider = str_starts(finding->detector, S("insider"));
        finding->is_delegate = str_starts(finding->detector, S("delegate"));
    }
    investigation_link(in);
    investigation_look(in);
    investigation_finish(in);
}

static void check(const struct scope_case *cases, size_t count)
{
    unsigned wrong = 0;
    for (size_t i = 0; i < count; i++) {
        struct investigation in;
        open_and_look(&in, cases[i].life, cases[i].findings);
        unsigned alice = (unsigned)accesses_of(&in, ALICE), bob = (unsigned)accesses_of(&in, BOB);
        if (alice != cases[i].alice || bob != cases[i].bob) {
            print_message("  %s: %u of Alice, %u of Bob\n", cases[i].what, alice, bob);
            wrong++;
        }
        investigation_done(&in);
    }
    assert_int_equal(wrong, 0);
}

#define CHECK(cases) check(cases, sizeof(cases) / sizeof(cases)[0])

// ---- insiders ---------------------------------------------------------------------------------

#define INSIDER "high insider d15/09:00 d15/11:00 user=" ALICE " mailbox=" ALICE
#define BULK "d15 09:00 mail_access x3/1h +alice count=50\n" // at home, to the last minute

static void an_insiders_scope_is_what_they_read_in_that_time(void **state)
{
    static const struct scope_case cases[] = {
        {"from the first to the last moment", BULK, INSIDER, 3, 0},
        {"without saying so the owner's reading is the owner's", BULK,
         "high a d15/09:00 d15/11:00 user=" ALICE " mailbox=" ALICE, 0, 0},
        {"not before, not after",
         "d15 08:59 mail_access +alice\nd15 11:01 mail_access +alice\n" BULK, INSIDER, 3, 0},
        {"named by the object id", BULK,
         "high insider d15/09:00 d15/11:00 user=#alice mailbox=" ALICE, 3, 0},
        {"from wherever", "d15 10:00 mail_access +alice +away\n", INSIDER, 1, 0},
        {"no synchronisation, which a program does by itself",
         BULK "d15 10:30 mail_access +alice sync\n", INSIDER, 3, 0},
        {"nor what failed", BULK "d15 10:30 mail_access +alice outcome=failure\n", INSIDER, 3, 0},
        {"nor the provider's machinery", BULK "d15 10:30 mail_access +alice actor=provider\n",
         INSIDER, 3, 0},
        {"nor what another read in the mailbox",
         BULK "d15 10:30 mail_access +bob mailbox=" ALICE "\n", INSIDER, 3, 0},
        {"nor other mailboxes", BULK "d15 10:30 mail_access +alice mailbox=" BOB "\n", INSIDER, 3,
         0},
        {"another's mailbox, when that was it",
         BULK "d15 10:30 mail_access +alice mailbox=" BOB "\n",
         "high insider d15/09:00 d15/11:00 user=" ALICE " mailbox=" BOB, 0, 1},
        {"two findings of one person, each in its time",
         BULK "d16 10:00 mail_access +alice\nd17 10:00 mail_access +alice\n",
         INSIDER "\nhigh insider2 d17/09:00 d17/11:00 user=" ALICE " mailbox=" ALICE, 4, 0},
        {"counted once where two findings hold", BULK,
         INSIDER "\nhigh insider2 d15/08:00 d15/12:00 user=" ALICE " mailbox=" ALICE, 3, 0},
        {"and where it is marked as the attacker's, too", "d15 10:00 mail_access +alice +away\n",
         INSIDER " ip=198.51.100.9", 1, 0},
        {"nor what a colleague read at the same place",
         BULK "d15 10:30 mail_access user=" BOB " object=#bob address=203.0.113.7\n",
         INSIDER " ip=203.0.113.7", 3, 0},
        {"undated there is no such time", BULK,
         "critical insider - - user=" ALICE " mailbox=" ALICE, 0, 0},
        {"one that makes no incident", BULK,
         "low insider d15/09:00 d15/11:00 user=" ALICE " mailbox=" ALICE, 0, 0},
    };
    (void)state;
    CHECK(cases);
}

// When the incident of an insider begins, after the trail of everything was followed.
static int64_t traced_first(const char *life)
{
    struct investigation in;
    open_and_look(&in, life, INSIDER " session=#s ip=203.0.113.7");
    assert_int_equal(in.incidents.count, 1);
    for (size_t i = 0; i < in.scenario.count; i++)
        scope_trace(in.scope, &in.scenario.activities[i]);
    int64_t first = in.incidents.items[0].first;
    investigation_done(&in);
    return first;
}

static void an_insiders_earlier_days_are_no_part_of_it(void **state)
{
    int64_t found = scenario_moment(S("d15/09:00"));
    (void)state;
    assert_true(traced_first("d14 08:30 sign_in user=" ALICE
                             " object=#alice address=203.0.113.7 session=#s " ROLLED
                             "\n" BULK) == found);
    assert_true(traced_first("d14 08:30 sign_in user=" BOB
                             " object=#bob address=203.0.113.7 session=#t\n" BULK) == found);
    // Where the insider never is, it is someone's who has the session.
    assert_true(
        traced_first("d14 08:30 sign_in +away user=" ALICE " object=#alice session=#s\n" BULK) ==
        scenario_moment(S("d14/08:30")));
}

#define DELEGATE "high delegate d15/09:00 d15/11:00 user=" ALICE " mailbox=" BOB
#define OTHERS "d15 09:00 mail_access x3/1h +alice mailbox=" BOB "\n" // at home, to the last minute

static void a_delegates_scope_is_what_they_read_of_others(void **state)
{
    static const struct scope_case cases[] = {
        {"from the first to the last moment, at home", OTHERS, DELEGATE, 0, 3},
        {"without saying so a place of one's own explains it", OTHERS,
         "high a d15/09:00 d15/11:00 user=" ALICE " mailbox=" BOB, 0, 0},
        {"not before, not after",
         "d15 08:59 mail_access +alice mailbox=" BOB "\nd15 11:01 mail_access +alice mailbox=" BOB
         "\n" OTHERS,
         DELEGATE, 0, 3},
        {"folders that were synchronised, too",
         "d15 10:00 mail_access +alice sync mailbox=" BOB "\n", DELEGATE, 0, 1},
        {"the owner's reading is the owner's", "d15 10:00 mail_access +bob\n" OTHERS, DELEGATE, 0,
         3},
        {"nor are the reader's own mailbox, and colleagues, marked by the office and its session",
         OTHERS "d15 10:00 mail_access +alice session=#s\n"
                "d15 10:30 mail_access user=" BOB " object=#bob address=203.0.113.7\n",
         DELEGATE " ip=203.0.113.7 session=#s", 0, 3},
        {"and so is the reader's own mailbox, which the finding may name as well",
         OTHERS "d15 10:00 mail_access +alice\n", DELEGATE " mailbox=" ALICE, 0, 3},
        {"each of several users and mailboxes",
         "d15 10:00 mail_access +alice mailbox=" BOB "\nd15 10:01 mail_access +bob mailbox=" ALICE
         "\n",
         DELEGATE " mailbox=" ALICE " user=" BOB, 1, 1},
        {"a weak one says nothing of what was read", OTHERS,
         "high a d15/09:00 d15/11:00 user=" ALICE " mailbox=" BOB
         "\nlow delegate d15/09:00 d15/11:00 user=" ALICE " mailbox=" BOB,
         0, 0},
        {"undated there is no such time", OTHERS,
         "critical delegate - - user=" ALICE " mailbox=" BOB, 0, 0},
    };
    (void)state;
    CHECK(cases);
}

static void an_insider_does_nothing_else_in_the_incident(void **state)
{
    struct investigation in;
    (void)state;
    open_and_look(&in,
                  BULK "d15 09:10 mail_send +alice\nd15 09:20 mail_rule +alice\n"
                       "d15 09:30 file +alice\nd15 09:40 mail_access +alice mailbox=" BOB "\n",
                  INSIDER);
    assert_int_equal(in.incidents.count, 1);
    const struct incident *incident = &in.incidents.items[0];
    const struct incident_mailbox *box = investigation_mailbox(&in, 0, ALICE);
    assert_int_equal(incident->other_actions, 0);
    assert_int_equal(incident->mailbox_count, 1);
    assert_int_equal(box->accesses, 3);
    assert_int_equal(box->least, 150);
    assert_int_equal(box->first, scenario_moment(S("d15/09:00")));
    assert_int_equal(box->last, scenario_moment(S("d15/11:00")));
    investigation_done(&in);
}

// ---- the owner's places -----------------------------------------------------------------------

#define FOUND "high a d15/03:00 d15/04:00 user=" ALICE " ip=198.51.100.9 session=#s"
#define HOTEL "address=198.18.4.200 asn=64700 "

static void the_owners_places_are_left_out(void **state)
{
    static const struct scope_case cases[] = {
        {"at home with the stolen session", "d15 03:10 mail_access +alice session=#s\n", FOUND, 0,
         0},
        {"in a hotel with it, signed in there by a machine of their own",
         "d15 02:00 sign_in +alice " HOTEL "device=#laptop\n"
         "d15 03:10 mail_access +alice " HOTEL "session=#s\n",
         FOUND, 0, 0},
        {"by a machine nobody knows",
         "d15 02:00 sign_in +alice " HOTEL "device=#other\n"
         "d15 03:10 mail_access +alice " HOTEL "session=#s\n",
         FOUND, 1, 0},
        {"from an office of three colleagues",
         "d1..26w 09:00 sign_in user=x@contoso.example " HOTEL "\n"
         "d1..26w 09:00 sign_in user=y@contoso.example " HOTEL "\n"
         "d1..26w 09:00 sign_in user=z@contoso.example " HOTEL "\n"
         "d15 03:10 mail_access +alice " HOTEL "session=#s\n",
         FOUND, 0, 0},
        {"of two colleagues it is none",
         "d1..26w 09:00 sign_in user=x@contoso.example " HOTEL "\n"
         "d1..26w 09:00 sign_in user=y@contoso.example " HOTEL "\n"
         "d15 03:10 mail_access +alice " HOTEL "session=#s\n",
         FOUND, 1, 0},
        {"at home by a program that is new with the incident",
         "d1..26w 08:05 mail_access +alice\n"
         "d15 03:10 mail_access +alice session=#s " SCRIPT "\n",
         FOUND, 1, 0},
        {"which was there before",
         "d1..26w 08:05 mail_access +alice\nd5 08:00 mail_access +alice " SCRIPT "\n"
         "d15 03:10 mail_access +alice session=#s " SCRIPT "\n",
         FOUND, 0, 0},
        {"a place that came with the attack, at the end of the days",
         "d26 02:00 sign_in +alice " HOTEL "\nd26 03:10 mail_access +alice " HOTEL "session=#s\n",
         "high a d26/03:00 d26/04:00 user=" ALICE " ip=198.51.100.9 session=#s", 1, 0},
        {"a place of one stretch inside other days, though it began before the attack",
         "d10..14 09:00 sign_in +alice " HOTEL "\nd15 03:10 mail_access +alice " HOTEL
         "session=#s\n",
         FOUND, 1, 0},
        {"another's home", "d15 03:10 mail_access +alice address=192.0.2.20 session=#s\n", FOUND, 1,
         0},
    };
    (void)state;
    CHECK(cases);
}

// ---- next door --------------------------------------------------------------------------------

#define NEIGHBOUR "high a d15/03:00 d15/04:00 user=" ALICE " ip=" NEXT_DOOR
#define TAKEN "d15 03:20 mail_access +alice +thief\n"
#define FAILED "error=50126\n"

static void a_neighbour_who_won_is_an_intruder(void **state)
{
    static const struct scope_case cases[] = {
        {"without more it is the owner's network", "d15 03:15 sign_in +alice +thief\n" TAKEN,
         NEIGHBOUR, 0, 0},
        {"won by ten failures",
         "d15 03:00 sign_in x10/1m +alice +thief " FAILED "d15 03:15 sign_in +alice +thief\n" TAKEN,
         NEIGHBOUR, 1, 0},
        {"nine are a person who mistypes",
         "d15 03:00 sign_in x9/1m +alice +thief " FAILED "d15 03:15 sign_in +alice +thief\n" TAKEN,
         NEIGHBOUR, 0, 0},
        {"success first",
         "d15 02:55 sign_in +alice +thief\nd15 03:00 sign_in x10/1m +alice +thief " FAILED
         "d15 03:15 sign_in +alice +thief\n" TAKEN,
         NEIGHBOUR, 0, 0},
        {"won on a day before all this",
         "d3 03:00 sign_in x10/1m +alice +thief " FAILED "d3 03:15 sign_in +alice +thief\n" TAKEN,
         NEIGHBOUR, 0, 0},
        {"failures at an address that nothing names",
         "d15 03:00 sign_in x10/1m +alice address=203.0.113.201 asn=64500 " FAILED
         "d15 03:15 sign_in +alice address=203.0.113.201 asn=64500\n"
         "d15 03:20 mail_access +alice address=203.0.113.201 session=#s\n",
         NEIGHBOUR " session=#s", 0, 0},
        {"the owner's own address is not won with it",
         "d15 03:00 sign_in x10/1m +alice +thief " FAILED
         "d15 03:15 sign_in +alice +thief\nd15 03:20 mail_access +alice session=#s\n",
         NEIGHBOUR " session=#s", 0, 0},
        {"nor in another's incident",
         "d15 03:00 sign_in x10/1m +alice +thief " FAILED
         "d15 03:15 sign_in +alice +thief\nd15 03:20 mail_access +alice +thief session=#t\n",
         "high a d15/03:00 d15/04:00 user=" BOB " session=#t\n"
         "low b d15/03:00 d15/04:00 user=" ALICE " ip=" NEXT_DOOR,
         0, 0},
    };
    (void)state;
    CHECK(cases);
}

static void a_neighbour_with_a_new_program_is_an_intruder(void **state)
{
    static const struct scope_case cases[] = {
        {"signed in by it", "d15 03:15 sign_in +alice +thief " SCRIPT "\n" TAKEN, NEIGHBOUR, 1, 0},
        {"which failed", "d15 03:15 sign_in +alice +thief " SCRIPT " " FAILED TAKEN, NEIGHBOUR, 0,
         0},
        {"which others have as well",
         "d15 03:15 sign_in +alice +thief " ROLLED "\n"
         "d15 04:15 sign_in user=x@contoso.example +away " ROLLED "\n"
         "d15 04:15 sign_in user=y@contoso.example +away " ROLLED "\n"
         "d15 04:15 sign_in user=z@contoso.example +away " ROLLED "\n" TAKEN,
         NEIGHBOUR, 0, 0},
        {"a script that others have as well",
         "d15 03:15 sign_in +alice +thief " SCRIPT "\n"
         "d15 04:15 sign_in user=x@contoso.example +away " SCRIPT "\n"
         "d15 04:15 sign_in user=y@contoso.example +away " SCRIPT "\n"
         "d15 04:15 sign_in user=z@contoso.example +away " SCRIPT "\n" TAKEN,
         NEIGHBOUR, 1, 0},
        {"at an address that a crowd has",
         "d15 03:15 sign_in +alice +thief " SCRIPT "\n"
         "d15 04:15 sign_in user=x@contoso.example +thief\n"
         "d15 04:15 sign_in user=y@contoso.example +thief\n"
         "d15 04:15 sign_in user=z@contoso.example +thief\n"
         "d15 03:20 mail_access +alice +thief session=#s\n",
         NEIGHBOUR " session=#s", 0, 0},
        {"at an address that nothing names",
         "d15 03:15 sign_in +alice address=203.0.113.201 asn=64500 " SCRIPT "\n"
         "d15 03:20 mail_access +alice address=203.0.113.201 session=#s\n",
         NEIGHBOUR " session=#s", 0, 0},
    };
    (void)state;
    CHECK(cases);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_insiders_scope_is_what_they_read_in_that_time),
        cmocka_unit_test(an_insiders_earlier_days_are_no_part_of_it),
        cmocka_unit_test(a_delegates_scope_is_what_they_read_of_others),
        cmocka_unit_test(an_insider_does_nothing_else_in_the_incident),
        cmocka_unit_test(the_owners_places_are_left_out),
        cmocka_unit_test(a_neighbour_who_won_is_an_intruder),
        cmocka_unit_test(a_neighbour_with_a_new_program_is_an_intruder),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
