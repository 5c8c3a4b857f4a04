// Which places and countries are usual for a person, and which program is new.
// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/places.h"

#define CHECK(ask, cases) places_check(ask, cases, sizeof(cases) / sizeof(cases)[0])
#define WORK "d1..26w 08:00 sign_in +alice +office "

// ---- usual ------------------------------------------------------------------------------------

static void a_usual_place_is_not_one_stretch_inside_other_days(void **state)
{
    static const struct place_case cases[] = {
        {"where one signs in as a rule", WORK "\n", true, ALICE, OFFICE},
        {"a visit", WORK "\nd10..11 20:00 sign_in +alice +away\n", false, NULL, NULL},
        {"a visit at the end", WORK "\nd25..26 20:00 sign_in +alice +away\n", false, NULL, NULL},
        {"a place of the first day", WORK "\nd1 20:00 sign_in +alice +away\n", true, NULL, NULL},
        {"left for good after the first days",
         "d1..5 20:00 sign_in +alice +away\nd8..26w 08:00 sign_in +alice +office\n", true, NULL,
         NULL},
        {"with two other days nothing is said",
         "d1..2 08:00 sign_in +alice +office\nd5 08:00 sign_in +alice +away\n", true, NULL, NULL},
        {"with three it is", "d1..3 08:00 sign_in +alice +office\nd8 08:00 sign_in +alice +away\n",
         false, NULL, NULL},
        {"days before and after count alike",
         "d1 08:00 sign_in +alice +office\nd3 08:00 sign_in +alice +away\n"
         "d4..5 08:00 sign_in +alice +office\n",
         false, NULL, NULL},
        {"never there", WORK "\nd1 08:00 sign_in +bob +away\n", false, NULL, NULL},
        {"an address that nobody had", WORK "\n", false, ALICE, "192.0.2.1"},
        {"never there, of little history",
         "d1..2 08:00 sign_in +alice +office\nd1 08:00 sign_in +bob +away\n", true, NULL, NULL},
        {"of somebody unknown", WORK "\nd10 20:00 sign_in +alice +away\n", true, BOB, NULL},
        {"a neutral address", WORK "\nd10 20:00 sign_in +alice address=10.0.0.4\n", true, ALICE,
         "10.0.0.4"},
        {"no address", WORK "\n", true, ALICE, ""},
        {"an own place", WORK "device=#d\nd10 20:00 sign_in +alice +away device=#d\n", true, NULL,
         NULL},
    };
    (void)state;
    CHECK(knowledge_is_usual_place, cases);
}

static void a_usual_country_is_the_same_of_countries(void **state)
{
    static const struct place_case cases[] = {
        {"at home", WORK "\n", true, ALICE, OFFICE},
        {"another network of the country",
         WORK "\nd10 20:00 sign_in +alice address=192.0.2.1 asn=64998 country=DE\n", true, ALICE,
         "192.0.2.1"},
        {"which only another was in",
         WORK "\nd10 20:00 sign_in +bob address=192.0.2.1 asn=64998 country=DE\n", true, ALICE,
         "192.0.2.1"},
        {"a visit to another country", WORK "\nd10 20:00 sign_in +alice +away\n", false, NULL,
         NULL},
        {"a country of the first day", WORK "\nd1 20:00 sign_in +alice +away\n", true, NULL, NULL},
        {"never there", WORK "\nd10 20:00 sign_in +bob +away\n", false, NULL, NULL},
        {"an unknown country", WORK "\nd1..26w 20:00 sign_in +alice address=192.0.2.1 asn=64998\n",
         false, ALICE, "192.0.2.1"},
        {"an address that nobody had", WORK "\n", false, ALICE, "192.0.2.1"},
        {"even of somebody unknown", WORK "\n", false, BOB, "192.0.2.1"},
        {"no address", WORK "\n", false, ALICE, ""},
        {"an own machine does not make the country usual",
         WORK "device=#d\nd10 20:00 sign_in +alice +away device=#d\n", false, NULL, NULL},
    };
    (void)state;
    CHECK(knowledge_is_usual_country, cases);
}

// ---- programs ---------------------------------------------------------------------------------

static void a_new_program_came_in_the_middle_and_to_few(void **state)
{
    static const struct {
        const char *what, *life; // the last activity in order of time is asked about
        bool is_new;
    } cases[] = {
        {"on one day", WORK "+computer\nd26 20:00 sign_in +alice +away +script\n", true},
        {"as on days before", WORK "+computer\nd15..26 20:00 sign_in +alice +away +script\n", true},
        {"the usual one", WORK "+computer\nd26 20:00 sign_in +alice +away +computer\n", false},
        {"used from the first day on",
         WORK "+computer\nd1 20:00 sign_in +alice +office +script\n"
              "d26 20:00 sign_in +alice +away +script\n",
         false},
        {"the only one", "d1..26w 08:00 sign_in +alice +office +script\n", false},
        {"after two days nothing is said",
         "d1..2 08:00 sign_in +alice +office +computer\nd5 20:00 sign_in +alice +away +script\n",
         false},
        {"after three it is",
         "d1..3 08:00 sign_in +alice +office +computer\nd8 20:00 sign_in +alice +away +script\n",
         true},
        {"two others have it",
         WORK "+computer\nd10..11 09:00 sign_in +bob +script\nd26 09:00 sign_in +carol +script\n"
              "d26 20:00 sign_in +alice +away +script\n",
         true},
        {"three others have it",
         WORK
         "+computer\nd10..11 09:00 sign_in +bob +telephone\nd26 09:00 sign_in +carol +telephone\n"
         "d26 10:00 sign_in +dave +telephone\nd26 20:00 sign_in +alice +away +telephone\n",
         false},
        {"three others have it from then on",
         WORK
         "+computer\nd25 08:00 sign_in +alice +away +telephone\nd25 09:00 sign_in +bob +telephone\n"
         "d25 09:00 sign_in +carol +telephone\nd26 10:00 sign_in +dave +telephone\n"
         "d26 20:00 sign_in +alice +away +telephone\n",
         false},
        {"three others have the script",
         WORK "+computer\nd10..11 09:00 sign_in +bob +script\nd26 09:00 sign_in +carol +script\n"
              "d26 10:00 sign_in +dave +script\nd26 20:00 sign_in +alice +away +script\n",
         true},
        {"no program named", WORK "+computer\nd26 20:00 sign_in +alice +away\n", false},
        {"of nobody", WORK "+computer\nd26 20:00 sign_in +away +script\n", false},
        {"mail read by it is asked of the mailbox",
         "d1..26w 08:00 mail_access +alice +computer\n"
         "d26 20:00 mail_access +bob mailbox=" ALICE " +script\n",
         true},
        {"of which little is known", WORK "+computer\nd26 20:00 mail_access +alice +script\n",
         false},
        {"whatever its owner signs in with",
         WORK "+script\nd1..26w 08:00 mail_access +alice +computer\n"
              "d26 20:00 mail_access +alice +script\n",
         true},
    };
    unsigned wrong = 0;
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct learned l;
        learn(&l, cases[i].life);
        const struct activity *last = &l.scenario.activities[l.scenario.count - 1];
        if (knowledge_is_new_program(l.k, last) != cases[i].is_new) {
            print_message("  %s\n", cases[i].what);
            wrong++;
        }
        learned_done(&l);
    }
    assert_int_equal(wrong, 0);
}

// What was there at the beginning and was given up is old, not new.
static void a_program_of_the_first_days_is_not_new(void **state)
{
    struct learned l;
    (void)state;
    learn(&l, "d1..5 08:00 sign_in +alice +office +script\n"
              "d8..26w 08:00 sign_in +alice +office +computer\n");
    assert_false(knowledge_is_new_program(l.k, &l.scenario.activities[0]));
    assert_true(knowledge_is_new_program(l.k, &l.scenario.activities[5])); // which came after it
    learned_done(&l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_usual_place_is_not_one_stretch_inside_other_days),
        cmocka_unit_test(a_usual_country_is_the_same_of_countries),
        cmocka_unit_test(a_new_program_came_in_the_middle_and_to_few),
        cmocka_unit_test(a_program_of_the_first_days_is_not_new),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
