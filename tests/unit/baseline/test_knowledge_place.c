// Whose place it is: a person's own, a colleague's, a thief's.
// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/buf.h"
#include "support/places.h"

#define CHECK(ask, cases) places_check(ask, cases, sizeof(cases) / sizeof(cases)[0])

// ---- a person's own ---------------------------------------------------------------------------

#define WORK "d1..26w 08:00 sign_in +alice +office "

static void a_machine_of_ones_own_makes_a_place_own(void **state)
{
    static const struct place_case cases[] = {
        {"used before and after", WORK "device=#d\nd10 20:00 sign_in +alice +away device=#d\n",
         true, NULL, NULL},
        {"before only",
         WORK "\nd2 09:00 sign_in +alice +office device=#d\n"
              "d10 20:00 sign_in +alice +away device=#d\n",
         true, NULL, NULL},
        {"after only",
         WORK "\nd12 09:00 sign_in +alice +office device=#d\n"
              "d10 20:00 sign_in +alice +away device=#d\n",
         true, NULL, NULL},
        {"only between the first and the last day of the place",
         WORK "\nd11 09:00 sign_in +alice +office device=#d\n"
              "d10..12 20:00 sign_in +alice +away device=#d\n",
         false, NULL, NULL},
        {"a machine that is used nowhere else",
         WORK "device=#d\nd10 20:00 sign_in +alice +away device=#other\n", false, NULL, NULL},
        {"no machine named, here or there", WORK "\nd10 20:00 sign_in +alice +away\n", false, NULL,
         NULL},
        {"no machine named here", WORK "device=#d\nd10 20:00 sign_in +alice +away\n", false, NULL,
         NULL},
        {"another's machine",
         WORK "\nd1..26w 08:00 sign_in +bob +office device=#d\n"
              "d10 20:00 sign_in +alice +away device=#d\n",
         false, NULL, NULL},
        {"is not the place of another",
         WORK "device=#d\nd10 20:00 sign_in +alice +away device=#d\n"
              "d1..26w 08:00 sign_in +bob +office\n",
         false, BOB, NULL},
        {"an attempt that failed",
         WORK "device=#d\nd10 20:00 sign_in +alice +away device=#d error=50126\n"
              "d10 21:00 sign_in +alice +away\n",
         false, NULL, NULL},
        {"another address of the network",
         WORK "device=#d\nd10 20:00 sign_in +alice +away device=#d\n"
              "d11 20:00 sign_in +alice address=198.51.200.1 asn=64999\n",
         true, ALICE, "198.51.200.1"},
        {"another network",
         WORK "device=#d\nd10 20:00 sign_in +alice +away device=#d\n"
              "d11 20:00 sign_in +alice address=192.0.2.1 asn=64998\n",
         false, ALICE, "192.0.2.1"},
        {"an address that nobody ever had", WORK "device=#d\n", false, ALICE, "192.0.2.1"},
        {"a neutral address is nobody's own",
         WORK "device=#d\nd10 20:00 sign_in +alice address=10.0.0.4 device=#d\n", false, ALICE,
         "10.0.0.4"},
        {"reading mail there is no sign-in",
         WORK "device=#d\nd10 20:00 mail_access +alice +away device=#d\n", false, NULL, NULL},
    };
    (void)state;
    CHECK(knowledge_is_own_place, cases);
}

#define BOTH WORK "+computer\nd1..26w 08:05 sign_in +alice +office +telephone\n"

static void two_systems_of_ones_own_make_a_place_own(void **state)
{
    static const struct place_case cases[] = {
        {"a telephone and a computer",
         BOTH "d10 20:00 sign_in +alice +away +computer\nd10 21:00 sign_in +alice +away "
              "+telephone\n",
         true, NULL, NULL},
        {"from two addresses of the network, on two days",
         BOTH "d10 20:00 sign_in +alice +away +computer\n"
              "d11 21:00 sign_in +alice address=198.51.200.1 asn=64999 +telephone\n",
         true, NULL, NULL},
        {"the computer alone, twice", BOTH "d10 20:00,21:00 sign_in +alice +away +computer\n",
         false, NULL, NULL},
        {"the telephone alone", BOTH "d10 20:00,21:00 sign_in +alice +away +telephone\n", false,
         NULL, NULL},
        {"two programs of one system",
         BOTH "d1..26w 08:10 sign_in +alice +office +firefox\n"
              "d10 20:00 sign_in +alice +away +computer\nd10 21:00 sign_in +alice +away +firefox\n",
         false, NULL, NULL},
        {"a program that is used nowhere else",
         WORK "+computer\nd10 20:00 sign_in +alice +away +computer\n"
              "d10 21:00 sign_in +alice +away +telephone\n",
         false, NULL, NULL},
        {"or by others only",
         WORK "+computer\nd1..26w 08:05 sign_in +bob +office +telephone\n"
              "d10 20:00 sign_in +alice +away +computer\nd10 21:00 sign_in +alice +away "
              "+telephone\n",
         false, NULL, NULL},
        {"a program that names no system",
         BOTH "d1..26w 08:10 sign_in +alice +office +script\n"
              "d10 20:00 sign_in +alice +away +computer\nd10 21:00 sign_in +alice +away +script\n",
         false, NULL, NULL},
        {"each in a network of its own",
         BOTH "d10 20:00 sign_in +alice +away +computer\n"
              "d10 21:00 sign_in +alice address=192.0.2.1 asn=64998 +telephone\n",
         false, NULL, NULL},
        {"the computer of one and the telephone of another",
         BOTH "d1..26w 08:00 sign_in +bob +office +telephone\n"
              "d10 20:00 sign_in +alice +away +computer\nd10 21:00 sign_in +bob +away +telephone\n",
         false, NULL, NULL},
    };
    (void)state;
    CHECK(knowledge_is_own_place, cases);
}

static void who_is_there_instead_of_elsewhere_is_at_home(void **state)
{
    static const struct place_case cases[] = {
        {"three Fridays at home",
         "d1..4 08:00 sign_in +alice +office\nd8..11 08:00 sign_in +alice +office\n"
         "d15..18 08:00 sign_in +alice +office\nd5 08:00 sign_in +alice +away\n"
         "d12 08:00 sign_in +alice +away\nd19 08:00 sign_in +alice +away\n",
         true, NULL, NULL},
        {"two Fridays are too few",
         "d1..4 08:00 sign_in +alice +office\nd8..11 08:00 sign_in +alice +office\n"
         "d15..19 08:00 sign_in +alice +office\nd5 08:00 sign_in +alice +away\n"
         "d12 08:00 sign_in +alice +away\n",
         false, NULL, NULL},
        {"a thief comes on days on which the victim is at work",
         WORK "\nd5 20:00 sign_in +alice +away\nd12 20:00 sign_in +alice +away\n"
              "d19 20:00 sign_in +alice +away\n",
         false, NULL, NULL},
        {"three days of four",
         "d1..4 08:00 sign_in +alice +office\nd8..11 08:00 sign_in +alice +office\n"
         "d15..18 08:00 sign_in +alice +office\nd4..5 20:00 sign_in +alice +away\n"
         "d12 20:00 sign_in +alice +away\nd19 20:00 sign_in +alice +away\n",
         true, NULL, NULL},
        {"three days of five",
         "d1..4 08:00 sign_in +alice +office\nd8..11 08:00 sign_in +alice +office\n"
         "d15..18 08:00 sign_in +alice +office\nd3..5 20:00 sign_in +alice +away\n"
         "d12 20:00 sign_in +alice +away\nd19 20:00 sign_in +alice +away\n",
         false, NULL, NULL},
        {"a holiday in one piece",
         "d1..5 08:00 sign_in +alice +office\nd8..14 08:00 sign_in +alice +away\n"
         "d15..19 08:00 sign_in +alice +office\n",
         false, NULL, NULL},
        {"weekends only",
         WORK "\nd6..7 20:00 sign_in +alice +away\nd13..14 20:00 sign_in +alice +away\n"
              "d20..21 20:00 sign_in +alice +away\n",
         false, NULL, NULL},
    };
    (void)state;
    CHECK(knowledge_is_own_place, cases);
}

// ---- colleagues -------------------------------------------------------------------------------

// Daily from addresses side by side.
#define THREE(a, b, c)                                                                             \
    "d1..26w 08:00 sign_in +alice asn=64600 address=" a                                            \
    "\nd1..26w 08:00 sign_in +bob asn=64600 address=" b                                            \
    "\nd1..26w 08:00 sign_in +carol asn=64600 address=" c "\n"
#define DAVE_AT(address)                                                                           \
    "d1..26w 08:00 sign_in +dave +office\nd10 20:00 sign_in +dave " address "\n"
// At home as a rule, and on Mondays and some more days in another place.
#define MONDAYS(who, more)                                                                         \
    "d1..33w 08:00 sign_in " who " +office\n"                                                      \
    "d1 12:00 sign_in " who " +away\nd8 12:00 sign_in " who " +away\n"                             \
    "d15 12:00 sign_in " who " +away\nd22 12:00 sign_in " who " +away\n"                           \
    "d29 12:00 sign_in " who " +away\n" more
#define TUESDAYS(who)                                                                              \
    "d2 12:00 sign_in " who " +away\nd9 12:00 sign_in " who " +away\n"                             \
    "d16 12:00 sign_in " who " +away\n"

static void what_three_colleagues_use_daily_is_everybodys(void **state)
{
    static const struct place_case cases[] = {
        {"the same /24",
         THREE("192.0.2.1", "192.0.2.2", "192.0.2.3") DAVE_AT("asn=64600 address=192.0.2.250"),
         true, DAVE, "192.0.2.250"},
        {"even of somebody who was never there",
         THREE("192.0.2.1", "192.0.2.2", "192.0.2.3") DAVE_AT("+away"), true, DAVE, "192.0.2.1"},
        {"another /24 of the same network",
         THREE("192.0.2.1", "192.0.2.2", "192.0.2.3") DAVE_AT("asn=64600 address=192.0.3.1"), false,
         DAVE, "192.0.3.1"},
        {"each in a /24 of their own",
         THREE("192.0.2.1", "192.0.3.2", "192.0.4.3") DAVE_AT("asn=64600 address=192.0.2.9"), false,
         DAVE, "192.0.2.9"},
        {"the same /48",
         THREE("2001:db8:1:a::1", "2001:db8:1:b::1", "2001:db8:1:c::1")
             DAVE_AT("asn=64600 address=2001:db8:1:ffff::1"),
         true, DAVE, "2001:db8:1:ffff::1"},
        {"another /48",
         THREE("2001:db8:1:a::1", "2001:db8:1:b::1", "2001:db8:1:c::1")
             DAVE_AT("asn=64600 address=2001:db8:2::1"),
         false, DAVE, "2001:db8:2::1"},
        {"two colleagues are too few",
         THREE("192.0.2.1", "192.0.2.2", "192.0.9.3") DAVE_AT("asn=64600 address=192.0.2.250"),
         false, DAVE, "192.0.2.250"},
        {"one of three twice is no third",
         THREE("192.0.2.1", "192.0.2.2",
               "192.0.9.3") "d1..26w 12:00 sign_in +alice asn=64600 "
                            "address=192.0.2.3\n" DAVE_AT("asn=64600 address=192.0.2.250"),
         false, DAVE, "192.0.2.250"},
        {"four days are not daily",
         "d1..4 08:00 sign_in +alice +away\nd1..4 08:00 sign_in +bob +away\n"
         "d1..4 08:00 sign_in +carol +away\n" DAVE_AT("+away"),
         false, DAVE, AWAY},
        {"five are, of people of whom nothing else is known",
         "d1..5 08:00 sign_in +alice +away\nd1..5 08:00 sign_in +bob +away\n"
         "d1..5 08:00 sign_in +carol +away\n" DAVE_AT("+away"),
         true, DAVE, AWAY},
        {"a fifth of the days is no rule",
         MONDAYS("+alice", "") MONDAYS("+bob", "") MONDAYS("+carol", "") DAVE_AT("+away"), false,
         DAVE, AWAY},
        {"eight days of twenty-five are",
         MONDAYS("+alice", TUESDAYS("+alice")) MONDAYS("+bob", TUESDAYS("+bob"))
             MONDAYS("+carol", TUESDAYS("+carol")) DAVE_AT("+away"),
         true, DAVE, AWAY},
        {"three who are there with machines of their own",
         "d1..26w 08:00 sign_in +alice +office device=#a\nd10 12:00 sign_in +alice +away "
         "device=#a\n"
         "d1..26w 08:00 sign_in +bob +office device=#b\nd10 12:00 sign_in +bob +away device=#b\n"
         "d1..26w 08:00 sign_in +carol +office device=#c\nd10 12:00 sign_in +carol +away "
         "device=#c\n" DAVE_AT("+away"),
         true, DAVE, AWAY},
        {"two of them are too few",
         "d1..26w 08:00 sign_in +alice +office device=#a\nd10 12:00 sign_in +alice +away "
         "device=#a\n"
         "d1..26w 08:00 sign_in +bob +office device=#b\nd10 12:00 sign_in +bob +away device=#b\n"
         "d1..26w 08:00 sign_in +carol +office device=#c\nd10 12:00 sign_in +carol +away\n" DAVE_AT(
             "+away"),
         false, DAVE, AWAY},
    };
    (void)state;
    CHECK(knowledge_is_own_place, cases);
}

// An intruder of many accounts, over many days, while their owners work.
static void a_thiefs_network_is_nobodys_own(void **state)
{
    static const char *const people[] = {"alice", "bob", "carol", "dave", "erin"};
    (void)state;
    for (unsigned last = 10; last <= 23; last++) {
        struct learned l;
        struct buf life;
        buf_init(&life);
        for (size_t i = 0; i < sizeof people / sizeof people[0]; i++)
            buf_print(&life,
                      "d1..26w 08:00 sign_in +%s +office +computer device=#%s\n"
                      "d8..%uw 20:00 sign_in +%s +away +computer device=#thief\n",
                      people[i], people[i], last, people[i]);
        buf_add_char(&life, 0);
        learn(&l, life.at);
        for (size_t i = 0; i < sizeof people / sizeof people[0]; i++) {
            char name[64];
            snprintf(name, sizeof name, "%s@contoso.example", people[i]);
            assert_false(
                knowledge_is_own_place(l.k, learned_symbol(&l, name), learned_symbol(&l, AWAY)));
            assert_false(
                knowledge_is_usual_place(l.k, learned_symbol(&l, name), learned_symbol(&l, AWAY)));
            assert_true(knowledge_is_usual_place(l.k, learned_symbol(&l, name),
                                                 learned_symbol(&l, OFFICE)));
        }
        learned_done(&l);
        buf_done(&life);
    }
}

// ---- which records tell -----------------------------------------------------------------------

#define MAIL_BOTH                                                                                  \
    "d1..26w 08:00 mail_access +alice address=" OFFICE " +computer\n"                              \
    "d1..26w 08:05 mail_access +alice address=" OFFICE " +telephone\n"                             \
    "d10 20:00 mail_access +alice address=" AWAY " +computer\n"                                    \
    "d10 21:00 mail_access +alice address=" AWAY " +telephone\n"
#define MAIL_INSTEAD                                                                               \
    "d1..4 08:00 mail_access +alice address=" OFFICE "\n"                                          \
    "d8..11 08:00 mail_access +alice address=" OFFICE "\n"                                         \
    "d15..18 08:00 mail_access +alice address=" OFFICE "\n"                                        \
    "d5 08:00 mail_access +alice address=" AWAY "\nd12 08:00 mail_access +alice address=" AWAY     \
    "\nd19 08:00 mail_access +alice address=" AWAY "\n"
#define AUDIT "workload=directory" // keeps a sign-in in the audit log

static void without_sign_in_logs_mail_accesses_tell(void **state)
{
    static const struct place_case cases[] = {
        {"without sign-ins: two systems", MAIL_BOTH, true, NULL, NULL},
        {"without sign-ins: days instead", MAIL_INSTEAD, true, NULL, NULL},
        {"with sign-ins in the audit log: two systems",
         MAIL_BOTH "d1 07:00 sign_in +bob +office " AUDIT "\n", true, NULL, NULL},
        {"with sign-ins in the audit log days instead are those of sign-ins",
         MAIL_INSTEAD "d1 07:00 sign_in +bob +office " AUDIT "\n", false, NULL, NULL},
        {"with one sign-in in a sign-in log: not by two systems",
         MAIL_BOTH "d1 07:00 sign_in +bob +office\n", false, NULL, NULL},
        {"nor by days instead", MAIL_INSTEAD "d1 07:00 sign_in +bob +office\n", false, NULL, NULL},
        {"one that failed is no sign-in",
         MAIL_INSTEAD "d1 07:00 sign_in +bob +office error=50126\n", true, NULL, NULL},
        {"reading another's mailbox does not tell where its owner is",
         MAIL_BOTH "d1..26w 08:00 mail_access +bob mailbox=" CAROL " address=" OFFICE " +computer\n"
                   "d1..26w 08:05 mail_access +bob mailbox=" CAROL " address=" OFFICE
                   " +telephone\n"
                   "d10 20:00 mail_access +bob mailbox=" CAROL " address=" AWAY " +computer\n"
                   "d10 21:00 mail_access +bob mailbox=" CAROL " address=" AWAY " +telephone\n",
         false, BOB, NULL},
        {"even where another opened the own mailbox",
         "d1..26w 08:00 mail_access +bob address=" OFFICE " +computer\n"
         "d1..26w 08:05 mail_access +bob address=" OFFICE " +telephone\n"
         "d10 19:00 mail_access +carol mailbox=" BOB " address=" AWAY "\n"
         "d10 20:00 mail_access +bob mailbox=" CAROL " address=" AWAY " +computer\n"
         "d10 21:00 mail_access +bob mailbox=" CAROL " address=" AWAY " +telephone\n",
         false, BOB, NULL},
        {"nor is the reader's place the mailbox's",
         "d1..26w 08:00 mail_access +bob mailbox=" CAROL " address=" OFFICE " +computer\n"
         "d1..26w 08:05 mail_access +bob mailbox=" CAROL " address=" OFFICE " +telephone\n"
         "d10 20:00 mail_access +bob mailbox=" CAROL " address=" AWAY " +computer\n"
         "d10 21:00 mail_access +bob mailbox=" CAROL " address=" AWAY " +telephone\n",
         false, CAROL, NULL},
    };
    (void)state;
    CHECK(knowledge_is_own_place, cases);
}

// ---- ways out ---------------------------------------------------------------------------------

static uint64_t exit_of(const struct learned *l, const char *address)
{
    return knowledge_exit(l->k, learned_symbol(l, address));
}

static void a_way_out_is_a_few_addresses_side_by_side(void **state)
{
    struct learned l;
    (void)state;
    learn(&l, "d1 08:00 sign_in +alice address=198.51.100.9 asn=64999 country=DE\n"
              "d1 08:01 sign_in +alice address=198.51.100.10 asn=64999 country=DE\n"
              "d1 08:02 sign_in +alice address=198.51.101.9 asn=64999 country=DE\n"
              "d1 08:03 sign_in +alice address=2001:db8:1:2::3 asn=64999 country=DE\n"
              "d1 08:04 sign_in +alice address=2001:db8:1:3::4 asn=64999 country=DE\n"
              "d1 08:05 sign_in +alice address=2001:db8:2:2::3 asn=64999 country=DE\n");
    assert_true(exit_of(&l, "198.51.100.9") != 0);
    assert_true(exit_of(&l, "198.51.100.9") == exit_of(&l, "198.51.100.10"));
    assert_true(exit_of(&l, "198.51.100.9") != exit_of(&l, "198.51.101.9"));
    assert_true(exit_of(&l, "2001:db8:1:2::3") == exit_of(&l, "2001:db8:1:3::4"));
    assert_true(exit_of(&l, "2001:db8:1:2::3") != exit_of(&l, "2001:db8:2:2::3"));
    assert_true(exit_of(&l, "") == 0);
    learned_done(&l);
    // No autonomous system is known: a range of addresses as wide as the network.
    learn(&l, "d1 08:00 sign_in +alice address=198.51.100.9\n"
              "d1 08:02 sign_in +alice address=198.51.101.9\n");
    assert_true(exit_of(&l, "198.51.100.9") == exit_of(&l, "198.51.101.9"));
    learned_done(&l);
}

// ---- in the place of others -------------------------------------------------------------------

static void what_is_there_instead_of_all_else_has_replaced_it(void **state)
{
    static const struct {
        const char *what, *life; // the last activity is asked about
        bool is_so;
    } cases[] = {
        {"moved for good",
         "d1..5w 08:00 sign_in +alice +office\nd8..12w 08:00 sign_in +alice +away\n", true},
        {"beside it", "d1..12w 08:00 sign_in +alice +office\nd8..12w 20:00 sign_in +alice +away\n",
         false},
        {"beside it on one day of four",
         "d1..5w 08:00 sign_in +alice +office\nd8 08:00 sign_in +alice +office\n"
         "d8..11w 20:00 sign_in +alice +away\n",
         true},
        {"on two of four",
         "d1..5w 08:00 sign_in +alice +office\nd8..9 08:00 sign_in +alice +office\n"
         "d8..11w 20:00 sign_in +alice +away\n",
         false},
        {"for two days", "d1..5w 08:00 sign_in +alice +office\nd8..9 08:00 sign_in +alice +away\n",
         false},
        {"on a weekend nobody knows where the other is",
         "d1..12w 08:00 sign_in +alice +office\nd6..7 08:00 sign_in +alice +away\n"
         "d13..14 08:00 sign_in +alice +away\n",
         false},
    };
    unsigned wrong = 0;
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct learned l;
        learn(&l, cases[i].life);
        const struct activity *last = &l.scenario.activities[l.scenario.count - 1];
        if (knowledge_has_replaced(l.k, last, HABIT_NETWORK) != cases[i].is_so) {
            print_message("  %s\n", cases[i].what);
            wrong++;
        }
        learned_done(&l);
    }
    assert_int_equal(wrong, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_machine_of_ones_own_makes_a_place_own),
        cmocka_unit_test(two_systems_of_ones_own_make_a_place_own),
        cmocka_unit_test(who_is_there_instead_of_elsewhere_is_at_home),
        cmocka_unit_test(what_three_colleagues_use_daily_is_everybodys),
        cmocka_unit_test(a_thiefs_network_is_nobodys_own),
        cmocka_unit_test(without_sign_in_logs_mail_accesses_tell),
        cmocka_unit_test(a_way_out_is_a_few_addresses_side_by_side),
        cmocka_unit_test(what_is_there_instead_of_all_else_has_replaced_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
