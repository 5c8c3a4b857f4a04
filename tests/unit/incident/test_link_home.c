// What rules match where their people are at home, which mediums make an incident, and what a crowd shares.
// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "unit/incident/link_life.h"

#define TOKEN "token=AAAAAAAAAAAAAAAAAAAAAB"

// ---- at home ----------------------------------------------------------------------------------

static void what_rules_match_at_home_follows_and_makes_nothing(void **state)
{
    static const struct link_case cases[] = {
        {"follows by a session", "",
         "high rule:h d15/03:00 d15/04:00 user=" ALICE " ip=" HOME " session=#s\n"
         "high b d15/05:00 d15/06:00 user=" ALICE " ip=" AWAY " session=#s",
         "b,rule:h"},
        {"by a token, whenever it was", "",
         "high rule:h d2/03:00 d2/04:00 user=" ALICE " ip=" HOME " " TOKEN "\n"
         "high b d15/05:00 d15/06:00 user=" BOB " ip=" AWAY " " TOKEN,
         "b,rule:h"},
        {"by a message", "",
         "high rule:h d15/03:00 d15/04:00 user=" ALICE " ip=" HOME " message=<a@evil.example>\n"
         "high b d15/05:00 d15/06:00 user=" BOB " ip=" AWAY " message=<a@evil.example>",
         "b,rule:h"},
        {"not by the account", "",
         "high rule:h d15/03:00 d15/04:00 user=" ALICE " ip=" HOME "\n"
         "high b d15/05:00 d15/06:00 user=" ALICE " ip=" AWAY,
         "b"},
        {"nor by the mailbox", "",
         "high rule:h d15/03:00 d15/04:00 user=" ALICE " mailbox=" ALICE " ip=" HOME "\n"
         "high b d15/05:00 d15/06:00 mailbox=" ALICE " ip=" AWAY,
         "b"},
        {"never ties two attacks together", "",
         "high a d15/03:00 d15/04:00 user=" ALICE " ip=" AWAY " session=#s\n"
         "high rule:h d15/03:00 d15/04:00 user=" ALICE " ip=" HOME " session=#s " TOKEN "\n"
         "high b d15/03:00 d15/04:00 user=" BOB " ip=198.51.100.10 " TOKEN,
         "a,rule:h | b"},
        {"many of them are nothing, whoever they are of", "",
         "high rule:h d15/03:00 d15/04:00 user=" ALICE " ip=" HOME " session=#s\n"
         "high rule:i d15/03:00 d15/04:00 user=" ALICE " ip=" HOME " session=#s\n"
         "high rule:j d15/03:00 d15/04:00 user=" BOB " ip=192.0.2.20 session=#s",
         ""},
        {"a low finding beside them does not help", "",
         "high rule:h d15/03:00 d15/04:00 user=" ALICE " ip=" HOME " session=#s\n"
         "low b d15/03:00 d15/04:00 user=" ALICE " session=#s",
         ""},
        {"at the company's own address", "",
         "high rule:h d15/03:00 d15/04:00 user=carol@contoso.example ip=" EGRESS, ""},
        {"which another's is as well", "",
         "high rule:h d15/03:00 d15/04:00 user=" ALICE " ip=" EGRESS, ""},
        {"of nobody named: whose place it is cannot be told", "",
         "high rule:h d15/03:00 d15/04:00 ip=" AWAY, ""},
    };
    (void)state;
    CHECK(cases);
}

static bool names(const struct incident *incident, enum entity_kind kind, const char *text)
{
    for (size_t i = 0; i < incident->entity_count; i++)
        if (incident->entities[i].kind == kind && str_is(incident->entities[i].text, text))
            return true;
    return false;
}

static void what_follows_from_home_says_nothing_of_the_incident(void **state)
{
    struct investigation in;
    (void)state;
    investigation_open(&in, LIFE,
                       "high rule:h d5/03:00 d5/04:00 user=" ALICE " ip=" HOME " " TOKEN
                       " attack=T1098 confidence=0.9\n"
                       "medium b d15/05:00 d15/06:00 user=" BOB " ip=" AWAY " " TOKEN
                       " attack=T1114\n");
    investigation_link(&in);
    assert_int_equal(in.incidents.count, 1);
    const struct incident *incident = &in.incidents.items[0];
    assert_int_equal(incident->finding_count, 2);
    assert_int_equal(incident->severity, LEVEL_MEDIUM);
    assert_true(incident->confidence < 0.6);
    assert_true(incident->first == scenario_moment(S("d15/05:00")));
    assert_true(incident->last == scenario_moment(S("d15/06:00")));
    assert_true(names(incident, ENTITY_IP, AWAY));
    assert_false(names(incident, ENTITY_IP, HOME));
    assert_false(names(incident, ENTITY_USER, ALICE));
    investigation_done(&in);
}

static void what_is_critical_counts_at_home_too(void **state)
{
    struct investigation in;
    (void)state;
    investigation_open(&in, LIFE,
                       "critical rule:h d15/03:00 d15/04:00 user=" ALICE " ip=" HOME " " TOKEN "\n"
                       "medium b d15/05:00 d15/06:00 user=" BOB " ip=" AWAY " " TOKEN "\n");
    investigation_link(&in);
    assert_int_equal(in.incidents.count, 1);
    const struct incident *incident = &in.incidents.items[0];
    assert_int_equal(incident->severity, LEVEL_CRITICAL);
    assert_true(incident->first == scenario_moment(S("d15/03:00")));
    assert_true(names(incident, ENTITY_USER, ALICE));
    investigation_done(&in);
}

static void the_usual_country_is_home_to_rules(void **state)
{
    static const struct link_case cases[] = {
        {"another network of the country", "",
         "high rule:h d15/03:00 d15/04:00 user=" ALICE " ip=" NEIGHBOUR, ""},
        {"another country", "", "high rule:h d15/03:00 d15/04:00 user=" ALICE " ip=" ABROAD,
         "rule:h"},
        {"a country that is not known", "",
         "high rule:h d15/03:00 d15/04:00 user=" ALICE " ip=" AWAY, "rule:h"},
        {"both", "", "high rule:h d15/03:00 d15/04:00 user=" ALICE " ip=" NEIGHBOUR " ip=" ABROAD,
         "rule:h"},
        {"of several people half of the addresses may be strange", "",
         "high rule:h d15/03:00 d15/04:00 user=" ALICE " user=" BOB " ip=" HOME " ip=" ABROAD, ""},
        {"but not more", "",
         "high rule:h d15/03:00 d15/04:00 user=" ALICE " user=" BOB " ip=" HOME " ip=" ABROAD
         " ip=" AWAY,
         "rule:h"},
        {"nor need it be known where one signs in as a rule",
         "d1..26w 10:00 sign_in user=frank@contoso.example address=198.18.9.9 asn=64990\n",
         "high rule:h d15/03:00 d15/04:00 user=frank@contoso.example ip=198.18.9.9", ""},
        {"elsewhere it must",
         "d1..26w 10:00 sign_in user=frank@contoso.example address=198.18.9.9 asn=64990\n"
         "d15 03:00 sign_in user=frank@contoso.example address=198.19.9.9 asn=64991\n",
         "high rule:h d15/03:00 d15/04:00 user=frank@contoso.example ip=198.19.9.9", "rule:h"},
        {"nothing of it is for detectors", "",
         "high h d15/03:00 d15/04:00 user=" ALICE " ip=" NEIGHBOUR, "h"},
        {"who lives abroad is at home there",
         "d1..26w 10:00 sign_in user=frank@contoso.example address=" ABROAD
         " asn=64997 country=FR\n",
         "high rule:h d15/03:00 d15/04:00 user=frank@contoso.example ip=" ABROAD, ""},
    };
    (void)state;
    CHECK(cases);
}

static void criticals_at_home_join_each_other(void **state)
{
    static const struct link_case cases[] = {
        {"one deed in two logs", "",
         "critical rule:a d15/03:00 d15/03:00 user=" ALICE " ip=" HOME "\n"
         "critical rule:b d15/03:01 d15/03:01 user=#alice ip=" HOME,
         "rule:a,rule:b"},
        {"and follow an attack together, if the second is tied to it", "",
         "critical rule:a d15/03:00 d15/03:00 user=" ALICE " ip=" HOME "\n"
         "critical rule:b d15/03:01 d15/03:01 user=" ALICE " ip=" HOME " session=#s\n"
         "high c d15/05:00 d15/06:00 user=" BOB " ip=" AWAY " session=#s",
         "c,rule:a,rule:b"},
        {"or the first", "",
         "critical rule:a d15/03:00 d15/03:00 user=" ALICE " ip=" HOME " session=#s\n"
         "critical rule:b d15/03:01 d15/03:01 user=" ALICE " ip=" HOME "\n"
         "high c d15/05:00 d15/06:00 user=" BOB " ip=" AWAY " session=#s",
         "c,rule:a,rule:b"},
        {"of two attacks the one that they are tied to most closely", "",
         "critical rule:a d15/03:00 d15/03:00 user=" ALICE " ip=" HOME " message=<m@evil.example>\n"
         "critical rule:b d15/03:01 d15/03:01 user=" ALICE " ip=" HOME " session=#s\n"
         "high c d15/05:00 d15/06:00 user=" BOB " ip=" AWAY " session=#s\n"
         "high d d15/05:00 d15/06:00 user=" BOB "x ip=198.51.100.10 message=<m@evil.example>",
         "c,rule:a,rule:b | d"},
        {"three days apart at most", "",
         "critical rule:a d15/03:00 d15/03:00 user=" ALICE " ip=" HOME "\n"
         "critical rule:b d18/03:01 d18/03:02 user=" ALICE " ip=" HOME,
         "rule:a | rule:b"},
        {"of two people stay two", "",
         "critical rule:a d15/03:00 d15/03:00 user=" ALICE " ip=" HOME "\n"
         "critical rule:b d15/03:01 d15/03:01 user=" BOB " ip=192.0.2.20",
         "rule:a | rule:b"},
        {"not those about many", "",
         "critical rule:a d15/03:00 d15/03:00 users=4 user=" ALICE " ip=" HOME "\n"
         "critical rule:b d15/03:01 d15/03:01 user=" ALICE " ip=" HOME,
         "rule:a | rule:b"},
        {"nor what is less than critical", "",
         "critical rule:a d15/03:00 d15/03:00 user=" ALICE " ip=" HOME "\n"
         "high rule:b d15/03:01 d15/03:01 user=" ALICE " ip=" HOME,
         "rule:a"},
        {"nor an attack on the account", "",
         "critical rule:a d15/03:00 d15/03:00 user=" ALICE " ip=" HOME "\n"
         "critical rule:b d15/03:05 d15/03:05 user=" ALICE " ip=" HOME "\n"
         "critical rule:c d15/03:01 d15/03:01 user=" ALICE " ip=" AWAY,
         "rule:a,rule:b | rule:c"},
    };
    (void)state;
    CHECK(cases);
}

// ---- what makes an incident -------------------------------------------------------------------

static void two_mediums_of_different_people_or_rules_make_one(void **state)
{
    static const struct link_case cases[] = {
        {"two people, one rule", "",
         "medium rule:a d15/03:00 d15/04:00 user=" ALICE " ip=" AWAY "\n"
         "medium rule:a d15/03:00 d15/05:00 user=" BOB " ip=" AWAY,
         "rule:a,rule:a"},
        {"one person, two rules", "",
         "medium rule:a d15/03:00 d15/04:00 user=" ALICE " ip=" AWAY "\n"
         "medium rule:b d15/03:00 d15/04:00 user=" ALICE " ip=" AWAY,
         ""},
        {"one person, three rules", "",
         "medium rule:a d15/03:00 d15/04:00 user=" ALICE " ip=" AWAY "\n"
         "medium rule:c d15/03:00 d15/04:00 user=" ALICE " ip=" AWAY "\n"
         "medium rule:b d15/03:00 d15/04:00 user=" ALICE " ip=" AWAY,
         "rule:a,rule:b,rule:c"},
        {"one person, one rule, three times", "",
         "medium rule:a d15/03:00 d15/04:00 user=" ALICE " ip=" AWAY "\n"
         "medium rule:a d15/05:00 d15/06:00 user=" ALICE " ip=" AWAY "\n"
         "medium rule:a d15/07:00 d15/08:00 user=" ALICE " ip=" AWAY,
         ""},
        {"apart they are nothing", "",
         "medium rule:a d15/03:00 d15/04:00 user=" ALICE " ip=" AWAY "\n"
         "medium rule:b d15/03:00 d15/05:00 user=" BOB " ip=198.51.100.10",
         ""},
        {"two at home", "",
         "medium rule:a d15/03:00 d15/04:00 user=" ALICE " ip=" HOME " session=#s\n"
         "medium rule:b d15/03:00 d15/04:00 user=" ALICE " ip=" HOME " session=#s",
         ""},
        {"a medium and a low", "",
         "medium rule:a d15/03:00 d15/04:00 user=" ALICE " ip=" AWAY "\n"
         "low rule:b d15/03:00 d15/04:00 user=" BOB " ip=" AWAY,
         ""},
        {"the first and the last of one rule differ in person", "",
         "medium rule:a d15/03:00 d15/04:00 user=" ALICE " ip=" AWAY "\n"
         "medium rule:a d15/05:00 d15/06:00 user=" ALICE " ip=" AWAY "\n"
         "medium rule:a d15/07:00 d15/08:00 user=" BOB " ip=" AWAY,
         "rule:a,rule:a,rule:a"},
    };
    (void)state;
    CHECK(cases);
}

// ---- crowds -----------------------------------------------------------------------------------

static void a_crowds_address_joins_nothing(void **state)
{
    static const struct link_case cases[] = {
        {"detectors' findings", "",
         "high a d2/03:00 d2/04:00 user=" ALICE " ip=" EGRESS "\n"
         "high b d12/03:00 d12/04:00 user=" BOB " ip=" EGRESS,
         "a | b"},
        {"weak ones", "",
         "high a d2/03:00 d2/04:00 user=" ALICE " ip=" EGRESS "\n"
         "low b d2/03:00 d2/04:00 user=" BOB " ip=" EGRESS,
         "a"},
        {"mediums do not meet there", "",
         "medium rule:a d15/03:00 d15/04:00 user=" ALICE " ip=" EGRESS " ip=" ABROAD "\n"
         "medium rule:b d15/03:00 d15/04:00 user=" BOB " ip=" EGRESS " ip=" AWAY,
         ""},
        {"people at home there do not make it their victim's",
         "d15 03:00 sign_in user=x@contoso.example +away\n"
         "d15 03:00 sign_in user=y@contoso.example +away\n"
         "d15 03:00 sign_in user=z@contoso.example +away\n",
         "high a d15/03:00 d15/04:00 user=" ALICE " ip=" AWAY "\n"
         "high b d25/03:00 d25/04:00 user=" BOB " ip=" AWAY "\n"
         // Of a rule that does not count: x, y, z are no insiders by it.
         "low rule:h d15/03:00 d15/04:00 user=x@contoso.example user=y@contoso.example "
         "user=z@contoso.example ip=" AWAY,
         "a | b"},
    };
    (void)state;
    CHECK(cases);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_rules_match_at_home_follows_and_makes_nothing),
        cmocka_unit_test(what_follows_from_home_says_nothing_of_the_incident),
        cmocka_unit_test(what_is_critical_counts_at_home_too),
        cmocka_unit_test(the_usual_country_is_home_to_rules),
        cmocka_unit_test(criticals_at_home_join_each_other),
        cmocka_unit_test(two_mediums_of_different_people_or_rules_make_one),
        cmocka_unit_test(a_crowds_address_joins_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
