// All baselines together, asked by the symbols of activities: who is who, where, by which way, and what may
// be denied.
// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/encode.h"
#include "event/outcome.h"
#include "support/scenario.h"

#define OUTLOOK "27922004-5251-4030-b22d-91ecd9a37ea4"
#define GRAPH "00000003-0000-0000-c000-000000000000"

struct learned {
    struct scenario scenario;
    struct knowledge *k;
};

static void learn(struct learned *l, const char *life)
{
    struct buf text;
    unsigned line = 0;
    buf_init(&text);
    buf_print(&text, "== life\n%s", life);
    struct str rest = buf_str(&text);
    assert_true(scenario_next(&rest, &line, &l->scenario));
    buf_done(&text);
    l->scenario.title = S("life");
    l->k = scenario_learn(&l->scenario);
}

static void learned_done(struct learned *l)
{
    knowledge_free(l->k);
    scenario_done(&l->scenario);
}

static uint32_t symbol(const struct learned *l, const char *text)
{
    char guid[37];
    if (text[0] == '#')
        scenario_guid(str_from(text), guid);
    struct str name = str_from(text[0] == '#' ? guid : text);
    knowledge_add_name(l->k, name);
    return knowledge_symbol(l->k, name);
}

// ---- names ------------------------------------------------------------------------------------

static void asking_brings_no_new_texts(void **state)
{
    struct learned l;
    (void)state;
    learn(&l, "d1..9 08:00 sign_in user=alice@contoso.example address=203.0.113.1 "
              "agent=curl/8.0\nd9 09:00 mail_access user=alice@contoso.example\n");
    uint32_t count = knowledge_texts(l.k)->count;
    assert_int_equal(knowledge_symbol(l.k, S("")), 0);
    assert_int_equal(knowledge_symbol(l.k, S("nobody@contoso.example")), 0);
    assert_int_not_equal(knowledge_symbol(l.k, S("alice@contoso.example")), 0);
    for (size_t i = 0; i < l.scenario.count; i++) {
        struct activity a = l.scenario.activities[i];
        a.flags |= ACTIVITY_HAS_TOKEN;
        memset(a.token, 7, sizeof a.token);
        a.client = a.agent; // a program that was not met as such
        a.agent = 0;
        assert_int_equal(knowledge_token(l.k, &a), 0);
        knowledge_standing(l.k, &a, HABIT_AGENT, 1, 0);
        knowledge_is_new_program(l.k, &a);
        knowledge_is_strange(l.k, &a);
        knowledge_issuance(l.k, &a);
    }
    assert_int_equal(knowledge_texts(l.k)->count, count);
    knowledge_add_name(l.k, S("nobody@contoso.example"));
    assert_int_equal(knowledge_symbol(l.k, S("nobody@contoso.example")), count);
    learned_done(&l);
}

// ---- persons ----------------------------------------------------------------------------------

static void object_id_and_address_are_one_person_whatever_comes_first(void **state)
{
    static const char *const lives[] = {
        "d1 08:00 sign_in object=#a user=alice@contoso.example\nd1 09:00 mail_access object=#a "
        "mailbox=alice@contoso.example\n",
        "d1 08:00 mail_access object=#a mailbox=alice@contoso.example\nd1 09:00 sign_in object=#a "
        "user=alice@contoso.example\n"};
    (void)state;
    for (int i = 0; i < 2; i++) {
        struct learned l;
        learn(&l, lives[i]);
        uint32_t alice = symbol(&l, "alice@contoso.example");
        for (size_t a = 0; a < l.scenario.count; a++)
            assert_int_equal(knowledge_person(l.k, &l.scenario.activities[a]), alice);
        // Whichever of the two a record names.
        struct activity by_user = {.user = alice}, by_object = {.object = symbol(&l, "#a")},
                        by_id_as_user = {.user = symbol(&l, "#a")};
        assert_int_equal(knowledge_person(l.k, &by_user), alice);
        assert_int_equal(knowledge_person(l.k, &by_object), alice);
        assert_int_equal(knowledge_person(l.k, &by_id_as_user), alice);
        learned_done(&l);
    }
}

static void who_is_whom(void **state)
{
    static const struct {
        const char *what, *words, *person;
    } cases[] = {
        {"a renamed user is the lesser name", "object=#a user=smith@contoso.example",
         "jones@contoso.example"},
        {"nobody", "", ""},
        {"an id of which no address is known", "object=#unknown", "#unknown"},
        {"a name that is no address is nobody's other name", "object=#b", "#b"},
        {"an application is its service principal", "actor=application object=#a user=" OUTLOOK,
         "#a"},
        {"an application without one", "actor=application user=" OUTLOOK, OUTLOOK},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char life[512];
        struct learned l;
        snprintf(life, sizeof life,
                 "d1 08:00 sign_in object=#a user=smith@contoso.example\n"
                 "d1 09:00 sign_in object=#a user=jones@contoso.example\n"
                 "d1 10:00 sign_in object=#b user=Some_One\n"
                 "d2 08:00 mail_send %s\n",
                 cases[i].words);
        learn(&l, life);
        uint32_t person = knowledge_person(l.k, &l.scenario.activities[3]);
        if (person != symbol(&l, cases[i].person))
            fail_msg("%s: %.*s", cases[i].what, (int)knowledge_text(l.k, person).len,
                     knowledge_text(l.k, person).at);
        learned_done(&l);
    }
}

// Names that records tie together, in pairs of number and address; and what each address then is.
static void names_of_one_account_are_one_person(void **state)
{
    static const struct {
        const char *what, *life, *names[4], *persons[4];
    } cases[] = {
        {"renamed: the old name, the new and the number",
         "d1 08:00 sign_in object=#a user=smith@contoso.example\n"
         "d2 08:00 sign_in object=#a user=jones@contoso.example\n",
         {"smith@contoso.example", "jones@contoso.example", "#a"},
         {"jones@contoso.example", "jones@contoso.example", "jones@contoso.example"}},
        {"by two numbers, over a third name",
         "d1 08:00 sign_in object=#a user=c@contoso.example\n"
         "d1 09:00 mail_send object=1003200123456789 user=c@contoso.example\n"
         "d2 08:00 mail_send object=1003200123456789 user=a@contoso.onmicrosoft.example\n"
         "d3 08:00 sign_in object=#a user=b@contoso.example\n",
         {"c@contoso.example", "b@contoso.example", "1003200123456789", "#a"},
         {"a@contoso.onmicrosoft.example", "a@contoso.onmicrosoft.example",
          "a@contoso.onmicrosoft.example", "a@contoso.onmicrosoft.example"}},
        {"a number with many addresses is none of theirs",
         "d1 08:00 mail_send object=#a user=a@contoso.example\n"
         "d1 09:00 mail_send object=#a user=b@contoso.example\n"
         "d2 08:00 mail_send object=#a user=c@contoso.example\n"
         "d3 08:00 mail_send object=#a user=d@contoso.example\n",
         {"a@contoso.example", "b@contoso.example", "d@contoso.example", "#a"},
         {"a@contoso.example", "b@contoso.example", "d@contoso.example", "#a"}},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct learned l;
        learn(&l, cases[i].life);
        for (int n = 0; n < 4 && cases[i].names[n]; n++)
            if (knowledge_person_named(l.k, symbol(&l, cases[i].names[n])) !=
                symbol(&l, cases[i].persons[n]))
                fail_msg("%s: %s is not %s", cases[i].what, cases[i].names[n], cases[i].persons[n]);
        learned_done(&l);
    }
}

// The mailbox has the new name, and so has its owner in some records only.
static void a_renamed_owner_reads_the_own_mailbox(void **state)
{
    struct learned l;
    (void)state;
    learn(&l, "d1 08:00 sign_in object=#a user=adams@contoso.example\n"
              "d5 08:00 sign_in object=#a user=smith@contoso.example\n"
              "d6 08:00 mail_access user=smith@contoso.example mailbox=smith@contoso.example\n"
              "d6 09:00 mail_access object=#a mailbox=smith@contoso.example\n"
              "d6 10:00 mail_access object=#a mailbox=adams@contoso.example\n"
              "d6 11:00 mail_access object=#a mailbox=bob@contoso.example\n"
              "d6 12:00 mail_access user=bob@contoso.example mailbox=smith@contoso.example\n");
    static const bool is_own[] = {true, true, true, false, false};
    for (int i = 0; i < 5; i++)
        assert_int_equal(knowledge_is_own_mailbox(l.k, &l.scenario.activities[2 + i]), is_own[i]);
    learned_done(&l);
}

// A sign-in names the person by both, a mailbox record by the id alone: habits are of one person.
static void habits_are_of_the_person(void **state)
{
    struct learned l;
    (void)state;
    learn(&l,
          "d1..5 08:00 sign_in object=#a address=203.0.113.7 asn=64500\n"
          "d9 08:00 sign_in object=#a user=alice@contoso.example address=203.0.113.7 asn=64500\n");
    struct habit_answer answer =
        knowledge_habit(l.k, HABIT_USER, symbol(&l, "alice@contoso.example"), HABIT_NETWORK,
                        knowledge_network(l.k, symbol(&l, "203.0.113.7")), 1, 0);
    assert_int_equal(answer.days_outside, 6);
    learned_done(&l);
}

// ---- addresses --------------------------------------------------------------------------------

static struct str network_of(const struct learned *l, const char *address)
{
    return knowledge_text(l->k, knowledge_network(l->k, symbol(l, address)));
}

static void a_network_may_be_known_from_a_later_sign_in_only(void **state)
{
    struct learned l;
    (void)state;
    learn(&l, "d1..6 08:00 mail_access user=alice@contoso.example address=203.0.113.7\n"
              "d9 08:00 sign_in user=bob@contoso.example address=203.0.113.7 asn=64500 country=DE\n"
              "d9 09:00 mail_access user=alice@contoso.example address=198.18.0.1\n"
              "d9 10:00 mail_access user=alice@contoso.example address=2001:db8:1::5\n"
              "d9 11:00 mail_access user=alice@contoso.example address=nonsense\n"
              "d9 12:00 mail_access user=alice@contoso.example address=192.0.2.9 asn=64777\n");
    assert_true(str_is(network_of(&l, "203.0.113.7"), "AS64500"));
    assert_string_equal(knowledge_address(l.k, symbol(&l, "203.0.113.7"))->country, "DE");
    assert_true(str_is(network_of(&l, "198.18.0.1"), "198.18.0.0/16"));
    assert_true(str_is(network_of(&l, "2001:db8:1::5"), "2001:db8::/32"));
    assert_int_equal(network_of(&l, "nonsense").len, 0);
    assert_int_equal(network_of(&l, "192.0.2.200").len, 0);           // never met
    assert_true(str_is(network_of(&l, "192.0.2.9"), "192.0.0.0/16")); // only sign-ins tell
    assert_int_equal(knowledge_network(l.k, 0), 0);
    // The habit that was learned before the sign-in came is under that network too.
    struct habit_answer answer =
        knowledge_habit(l.k, HABIT_MAILBOX, symbol(&l, "alice@contoso.example"), HABIT_NETWORK,
                        symbol(&l, "AS64500"), 1, 0);
    assert_int_equal(answer.days_outside, 6);
    learned_done(&l);
}

static void neutral_addresses_say_nothing(void **state)
{
    static const struct {
        const char *address;
        bool is_neutral;
    } cases[] = {
        {"10.0.0.4", true},      {"192.168.1.1", true},
        {"100.64.0.1", true},    {"127.0.0.1", true},
        {"::1", true},           {"fe80::1", true},
        {"fd00::1", true},       {"2603:10a6:20b::1", true},
        {"40.97.0.1", true},     {"203.0.113.7", false},
        {"198.51.100.9", false}, {"20.51.3.4", false},
        {"2001:db8::1", false},  {"nonsense", false},
    };
    (void)state;
    for (int met = 0; met < 2; met++) { // by an activity, or named by a finding only
        struct learned l;
        struct buf life;
        buf_init(&life);
        for (size_t i = 0; met && i < sizeof cases / sizeof cases[0]; i++)
            buf_print(&life, "d1 08:00 mail_access user=a@contoso.example address=%s\n",
                      cases[i].address);
        buf_add_char(&life, 0);
        learn(&l, life.at);
        for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
            if (knowledge_is_neutral(l.k, symbol(&l, cases[i].address)) != cases[i].is_neutral)
                fail_msg("%s, %s", cases[i].address, met ? "met" : "not met");
        assert_true(knowledge_is_neutral(l.k, 0));
        learned_done(&l);
        buf_done(&life);
    }
}

static void neutral_addresses_are_no_habit(void **state)
{
    struct learned l;
    (void)state;
    learn(&l,
          "d1..6 08:00 sign_in user=alice@contoso.example address=10.0.0.4 asn=64500 country=DE\n"
          "d7 08:00 sign_in user=alice@contoso.example address=203.0.113.7 asn=64501 country=DE\n");
    struct habit_answer answer;
    for (size_t i = 0; i < 6; i++) {
        answer = knowledge_standing(l.k, &l.scenario.activities[i], HABIT_NETWORK, 1, 0);
        assert_int_equal(answer.standing, HABIT_CANNOT_TELL);
    }
    answer = knowledge_standing(l.k, &l.scenario.activities[6], HABIT_NETWORK, 1, 0);
    assert_int_equal(answer.days_outside, 1);
    learned_done(&l);
}

// ---- ways -------------------------------------------------------------------------------------

static void a_way_is_application_caller_and_class(void **state)
{
    struct learned l;
    (void)state;
    learn(&l, "d1 08:00 mail_access user=a@x app=" GRAPH " client_app=#one client=Client=REST;x\n"
              "d1 09:00 mail_access user=b@x app=" GRAPH " client_app=#one client=Client=REST;y\n"
              "d1 10:00 mail_send user=b@x app=" GRAPH " client_app=#two client=Client=REST;y\n"
              "d1 11:00 mail_access user=b@x app=#two client_app=#one client=Client=REST;y\n"
              "d1 12:00 mail_access user=b@x app=" GRAPH " client_app=#one client=Client=OWA;y\n"
              "d1 13:00 mail_access user=b@x\n"
              "d1 14:00 mail_rule user=b@x app=#three\n");
    const struct activity *a = l.scenario.activities;
    uint32_t ways[7];
    for (int i = 0; i < 7; i++)
        ways[i] = knowledge_way(l.k, &a[i]);
    assert_int_equal(ways[0], ways[1]);
    for (int i = 1; i < 6; i++)
        for (int j = i + 1; j < 6; j++)
            assert_int_not_equal(ways[i], ways[j]);
    assert_int_equal(ways[6], 0); // rules are no way into a mailbox that was learned
    char one[37], text[256];
    scenario_guid(S("#one"), one);
    snprintf(text, sizeof text, "%s app=%s caller=%s",
             client_class_name(knowledge_client(l.k, a[0].client)), GRAPH, one);
    assert_true(str_is(knowledge_text(l.k, ways[0]), text));
    learned_done(&l);
}

// Nobody knows how long a name is that someone made up; asked for, it is the same one.
static void long_names_are_names(void **state)
{
    enum { LONG = 400 };
    char text[2 * LONG], name[LONG + 1];
    struct learned l;
    (void)state;
    memset(name, 'x', LONG);
    name[LONG] = 0;
    snprintf(text, sizeof text, "d1..9 08:00 sign_in user=%s address=203.0.113.1 device=%.*s\n",
             name, LONG - 100, name);
    learn(&l, text);
    const struct activity *a = &l.scenario.activities[0];
    assert_int_equal(knowledge_text(l.k, a->user).len, LONG);
    assert_int_equal(knowledge_standing(l.k, a, HABIT_DEVICE, a->time, a->time).standing,
                     HABIT_KNOWN);
    learned_done(&l);
}

static void a_thousand_ways_are_told_apart(void **state)
{
    struct learned l;
    struct buf life;
    (void)state;
    buf_init(&life);
    for (int i = 0; i < 1000; i++)
        buf_print(&life, "d1 %d:%02d mail_access user=a@x app=#app%d\n", i / 60, i % 60, i);
    buf_add_char(&life, 0);
    learn(&l, life.at);
    for (size_t i = 0; i < 1000; i++) {
        const struct activity *a = &l.scenario.activities[i];
        struct str text = knowledge_text(l.k, knowledge_way(l.k, a)),
                   app = knowledge_text(l.k, a->app);
        assert_non_null(memmem(text.at, text.len, app.at, app.len));
    }
    learned_done(&l);
    learn(&l, "");
    assert_int_equal(knowledge_way(l.k, &(struct activity){0}), 0);
    learned_done(&l);
    buf_done(&life);
}

// ---- standing ---------------------------------------------------------------------------------

#define ALICE "user=alice@contoso.example address=203.0.113.7 asn=64500 country=DE "
#define FIREFOX "agent=Mozilla/5.0_(X11;_Linux_x86_64;_rv:126.0)_Gecko/20100101_Firefox/126.0"
#define PYTHON "agent=python-requests/2.31.0"

static void the_days_of_the_question_are_left_out(void **state)
{
    struct learned l;
    (void)state;
    learn(&l, "d1..6 08:00 sign_in " ALICE "\n"
              "d9 03:00 sign_in " ALICE "address=198.51.100.9 asn=64999 country=RU\n"
              "d9 04:00 mail_access " ALICE "address=198.51.100.9\n");
    const struct activity *home = &l.scenario.activities[0], *away = &l.scenario.activities[6],
                          *mail = &l.scenario.activities[7];
    assert_int_equal(knowledge_standing(l.k, away, HABIT_NETWORK, away->time, away->time).standing,
                     HABIT_NEW);
    assert_int_equal(knowledge_standing(l.k, away, HABIT_NETWORK, 1, 0).standing, HABIT_SEEN);
    assert_int_equal(knowledge_standing(l.k, away, HABIT_COUNTRY, away->time, away->time).standing,
                     HABIT_NEW);
    assert_int_equal(knowledge_standing(l.k, home, HABIT_NETWORK, home->time, home->time).standing,
                     HABIT_KNOWN);
    // All days but one left out: seen, and without any history nothing can be told.
    int64_t third = home->time + 2 * DAY, fourth = home->time + 3 * DAY, last = mail->time;
    assert_int_equal(knowledge_standing(l.k, home, HABIT_NETWORK, fourth, last).standing,
                     HABIT_KNOWN);
    assert_int_equal(knowledge_standing(l.k, away, HABIT_NETWORK, third, last).standing,
                     HABIT_CANNOT_TELL);
    assert_int_equal(knowledge_standing(l.k, away, HABIT_NETWORK, fourth, last).standing,
                     HABIT_NEW);
    assert_int_equal(knowledge_standing(l.k, home, HABIT_NETWORK, home->time, last).standing,
                     HABIT_CANNOT_TELL);
    // Mail is asked of the mailbox, of which nothing else is known.
    assert_int_equal(knowledge_standing(l.k, mail, HABIT_NETWORK, mail->time, mail->time).standing,
                     HABIT_CANNOT_TELL);
    // No value, nobody.
    assert_int_equal(knowledge_standing(l.k, home, HABIT_DEVICE, 1, 0).standing, HABIT_CANNOT_TELL);
    assert_int_equal(knowledge_standing(l.k, &(struct activity){0}, HABIT_NETWORK, 1, 0).standing,
                     HABIT_CANNOT_TELL);
    learned_done(&l);
}

static void strange_is_a_new_network_and_country_or_program(void **state)
{
    static const struct {
        const char *words;
        bool is_strange;
    } cases[] = {
        {"address=203.0.113.7 " FIREFOX, false},
        {"address=203.0.113.7 " PYTHON, false}, // at home
        {"address=198.51.100.9 asn=64999 country=RU " FIREFOX, true},
        {"address=198.51.100.9 asn=64999 country=DE " FIREFOX, false},
        {"address=198.51.100.9 asn=64999 country=DE " PYTHON, true},
        {"address=198.51.100.9 " FIREFOX, true}, // country unknown
        {"address=10.0.0.4 asn=64999 country=RU " PYTHON, false},
        {"address=2603:10a6:20b::1 " PYTHON, false},
        {PYTHON, false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct learned l;
        char life[1024];
        snprintf(life, sizeof life,
                 "d1..6 08:00 sign_in user=alice@contoso.example address=203.0.113.7 asn=64500 "
                 "country=DE %s\n"
                 "d9 03:00 sign_in user=alice@contoso.example %s\n",
                 FIREFOX, cases[i].words);
        learn(&l, life);
        struct activity *last = &l.scenario.activities[6];
        if (knowledge_is_strange(l.k, last) != cases[i].is_strange)
            fail_msg("%s", cases[i].words);
        last->time = INSTANT_NONE;
        assert_false(knowledge_is_strange(l.k, last));
        learned_done(&l);
    }
}

static void failures_the_provider_and_the_undated_teach_no_habit(void **state)
{
    static const char *const words[] = {"error=50126", "actor=provider"};
    (void)state;
    for (int i = 0; i < 2; i++) {
        struct learned l;
        char life[256];
        snprintf(life, sizeof life, "d1..6 08:00 sign_in " ALICE "%s\n", words[i]);
        learn(&l, life);
        assert_int_equal(knowledge_habit(l.k, HABIT_USER, symbol(&l, "alice@contoso.example"),
                                         HABIT_NETWORK, symbol(&l, "AS64500"), 1, 0)
                             .days_outside,
                         0);
        learned_done(&l);
    }
}

// ---- tokens and what may be denied --------------------------------------------------------------

#define CROWD                                                                                      \
    "set crowd user=crowd@contoso.example object=#crowd address=192.0.2.30 asn=64501 token=#@\n"
#define USERS                                                                                      \
    CROWD "d1..20 00:03 sign_in x240/6m +crowd\nd1..20 00:20 sign_in x24/1h +crowd interactive\n"

static struct activity access_at(const struct learned *l, const char *moment, int actor)
{
    return (struct activity){.kind = ACTIVITY_MAIL_ACCESS,
                             .time = scenario_moment(str_from(moment)),
                             .issued_at = INSTANT_NONE,
                             .user = symbol(l, "alice@contoso.example"),
                             .actor = (uint8_t)actor};
}

static void issue_may_be_denied_where_sign_in_logs_are_whole(void **state)
{
    static const struct {
        const char *what, *life, *moment;
        int actor;
        bool may_deny;
    } cases[] = {
        {"whole", USERS, "d10/12:00", ACTOR_PERSON, true},
        {"too early for a token to be in the log", USERS, "d1/12:00", ACTOR_PERSON, false},
        {"after the logs", USERS, "d25/12:00", ACTOR_PERSON, false},
        {"a hole in the night before",
         CROWD
         "d1..8 00:03 sign_in x240/6m +crowd\nd9 00:03 sign_in x200/6m +crowd\n"
         "d10..20 00:03 sign_in x240/6m +crowd\nd1..20 00:20 sign_in x24/1h +crowd interactive\n",
         "d10/12:00", ACTOR_PERSON, false},
        {"a hole long before",
         CROWD
         "d1..4 00:03 sign_in x240/6m +crowd\nd5 00:03 sign_in x200/6m +crowd\n"
         "d6..20 00:03 sign_in x240/6m +crowd\nd1..20 00:20 sign_in x24/1h +crowd interactive\n",
         "d10/12:00", ACTOR_PERSON, true},
        {"a hole in the interactive sign-ins of that night",
         CROWD
         "d1..20 00:03 sign_in x240/6m +crowd\nd1..8 00:04 sign_in x240/6m +crowd interactive\n"
         "d9 00:04 sign_in x200/6m +crowd interactive\n"
         "d10..20 00:04 sign_in x240/6m +crowd interactive\n",
         "d10/12:00", ACTOR_PERSON, false},
        {"no interactive sign-ins", CROWD "d1..20 00:03 sign_in x240/6m +crowd\n", "d10/12:00",
         ACTOR_PERSON, false},
        {"only interactive ones", CROWD "d1..20 00:03 sign_in x240/6m +crowd interactive\n",
         "d10/12:00", ACTOR_PERSON, false},
        {"nothing", "", "d10/12:00", ACTOR_PERSON, false},
        {"users' logs say nothing of applications", USERS, "d10/12:00", ACTOR_APPLICATION, false},
        {"nor does one of their two logs",
         CROWD "d1..20 00:03 sign_in x240/6m +crowd service actor=application\n", "d10/12:00",
         ACTOR_APPLICATION, false},
        {"both do",
         CROWD "d1..20 00:03 sign_in x240/6m +crowd service actor=application\n"
               "d1..20 00:04 sign_in x240/6m +crowd service actor=application source=entra_signin "
               "workload=managed_identity\n",
         "d10/12:00", ACTOR_APPLICATION, true},
    };
    unsigned wrong = 0;
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct learned l;
        learn(&l, cases[i].life);
        struct activity a = access_at(&l, cases[i].moment, cases[i].actor);
        if (knowledge_may_deny_issue(l.k, &a) != cases[i].may_deny) {
            print_message("  %s\n", cases[i].what);
            wrong++;
        }
        learned_done(&l);
    }
    assert_int_equal(wrong, 0);
}

// Where the token tells when it was issued, only the logs of that time matter; where nothing tells, nothing
// can be denied.
static void the_time_of_issue_is_what_matters(void **state)
{
    struct learned l;
    (void)state;
    learn(&l, CROWD "d1..8 00:03 sign_in x240/6m +crowd\nd9 00:03 sign_in x200/6m +crowd\n"
                    "d10..20 00:03 sign_in x240/6m +crowd\n"
                    "d1..20 00:20 sign_in x24/1h +crowd interactive\n");
    struct activity a = access_at(&l, "d10/12:00", ACTOR_PERSON);
    assert_false(knowledge_may_deny_issue(l.k, &a));
    a.issued_at = a.time - HOUR;
    assert_true(knowledge_may_deny_issue(l.k, &a));
    a.issued_at = scenario_moment(S("d9/21:30")); // in the hole
    assert_false(knowledge_may_deny_issue(l.k, &a));
    a.time = INSTANT_NONE;
    a.issued_at = INSTANT_NONE;
    assert_false(knowledge_may_deny_issue(l.k, &a));
    a.actor = ACTOR_APPLICATION;
    assert_false(knowledge_may_deny_issue(l.k, &a));
    learned_done(&l);
}

static void tokens_are_found_as_issued(void **state)
{
    struct learned l;
    (void)state;
    learn(&l,
          USERS "d10 08:00 mail_access user=alice@contoso.example object=#alice issued\n"
                "d10 09:00 mail_access user=alice@contoso.example object=#alice token=#forged\n");
    const struct activity *issued = NULL, *forged = NULL;
    for (size_t i = 0; i < l.scenario.count; i++)
        if (l.scenario.activities[i].kind == ACTIVITY_MAIL_ACCESS) {
            forged = issued ? &l.scenario.activities[i] : forged;
            issued = issued ? issued : &l.scenario.activities[i];
        }
    assert_int_equal(knowledge_issuance(l.k, issued).level, ISSUED_K1);
    assert_true(knowledge_issuance(l.k, forged).level < ISSUED_K1);
    assert_int_equal(knowledge_token(l.k, forged), 0); // nobody named it
    const struct activity *named[] = {issued, forged};
    for (int i = 0; i < 2; i++) {
        char text[23];
        guid_to_uti(named[i]->token, text);
        knowledge_add_name(l.k, str_of(text, 22));
    }
    assert_int_equal(knowledge_text(l.k, knowledge_token(l.k, forged)).len, 22);
    assert_int_not_equal(knowledge_token(l.k, forged), knowledge_token(l.k, issued));
    assert_int_equal(knowledge_token(l.k, &(struct activity){0}), 0);
    learned_done(&l);
}

static void who_bears_a_token(void **state)
{
    static const struct {
        uint8_t kind, actor, outcome;
        bool is_bearing;
    } cases[] = {
        {ACTIVITY_MAIL_ACCESS, ACTOR_PERSON, OUTCOME_SUCCESS, true},
        {ACTIVITY_MAIL_ACCESS, ACTOR_APPLICATION, OUTCOME_UNKNOWN, true},
        {ACTIVITY_MAIL_ACCESS, ACTOR_PARTNER, OUTCOME_SUCCESS, true},
        {ACTIVITY_MAIL_ACCESS, ACTOR_PROVIDER, OUTCOME_SUCCESS, false},
        {ACTIVITY_MAIL_ACCESS, ACTOR_SYSTEM, OUTCOME_SUCCESS, false},
        {ACTIVITY_MAIL_ACCESS, ACTOR_PERSON, OUTCOME_FAILURE, false},
        {ACTIVITY_GRAPH, ACTOR_PERSON, OUTCOME_SUCCESS, true},
        {ACTIVITY_FILE, ACTOR_PERSON, OUTCOME_SUCCESS, true},
        {ACTIVITY_SIGN_IN, ACTOR_PERSON, OUTCOME_SUCCESS, false},
        {ACTIVITY_MESSAGE, ACTOR_PERSON, OUTCOME_SUCCESS, false},
        {ACTIVITY_ROLE, ACTOR_PERSON, OUTCOME_SUCCESS, false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct activity a = {
            .kind = cases[i].kind, .actor = cases[i].actor, .outcome = cases[i].outcome};
        assert_int_equal(knowledge_is_token_bearing(&a), cases[i].is_bearing);
    }
}

static void first_and_last_are_of_dated_activities(void **state)
{
    struct intern texts = {0};
    struct activity dated = {.time = scenario_moment(S("d3/10:00"))},
                    later = {.time = scenario_moment(S("d4/10:00"))},
                    undated = {.time = INSTANT_NONE, .issued_at = INSTANT_NONE};
    (void)state;
    activity_texts_init(&texts);
    struct knowledge *k = knowledge_new(&texts);
    assert_true(knowledge_first(k) == INSTANT_NONE && knowledge_last(k) == INSTANT_NONE);
    knowledge_meet(k, &undated);
    assert_true(knowledge_first(k) == INSTANT_NONE && knowledge_last(k) == INSTANT_NONE);
    knowledge_meet(k, &later);
    knowledge_meet(k, &dated);
    knowledge_settle(k);
    knowledge_learn(k, &undated);
    knowledge_settle(k);
    knowledge_compare(k, &undated);
    knowledge_settle(k);
    assert_int_equal(knowledge_first(k), dated.time);
    assert_int_equal(knowledge_last(k), later.time);
    knowledge_free(k);
    knowledge_free(NULL);
    intern_done(&texts);
}

static void ways_are_told_in_words(void **state)
{
    struct learned l;
    struct buf text;
    (void)state;
    buf_init(&text);
    learn(&l, "d1 08:00 mail_access user=a@x app=" GRAPH " client_app=" OUTLOOK
              " client=Client=REST;x\n"
              "d1 09:00 mail_access user=a@x app=#own client=Client=REST;x\n"
              "d1 10:00 mail_access user=a@x client=Client=REST;x\n");
    static const char *const ends[] = {" by Outlook Mobile (" OUTLOOK ")", "", NULL};
    for (int i = 0; i < 3; i++) {
        buf_clear(&text);
        knowledge_print_way(l.k, &l.scenario.activities[i], &text);
        struct str got = buf_str(&text);
        struct str words =
            str_from(client_class_words(knowledge_client(l.k, l.scenario.activities[i].client)));
        assert_true(str_starts(got, words));
        if (ends[i])
            assert_true(got.len > words.len + 4);
        else
            assert_int_equal(got.len, words.len);
        if (ends[i] && *ends[i])
            assert_true(str_is(str_of(got.at + words.len, got.len - words.len), ends[i]));
    }
    learned_done(&l);
    buf_done(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(asking_brings_no_new_texts),
        cmocka_unit_test(object_id_and_address_are_one_person_whatever_comes_first),
        cmocka_unit_test(who_is_whom),
        cmocka_unit_test(names_of_one_account_are_one_person),
        cmocka_unit_test(a_renamed_owner_reads_the_own_mailbox),
        cmocka_unit_test(habits_are_of_the_person),
        cmocka_unit_test(a_network_may_be_known_from_a_later_sign_in_only),
        cmocka_unit_test(neutral_addresses_say_nothing),
        cmocka_unit_test(neutral_addresses_are_no_habit),
        cmocka_unit_test(a_way_is_application_caller_and_class),
        cmocka_unit_test(long_names_are_names),
        cmocka_unit_test(a_thousand_ways_are_told_apart),
        cmocka_unit_test(the_days_of_the_question_are_left_out),
        cmocka_unit_test(strange_is_a_new_network_and_country_or_program),
        cmocka_unit_test(failures_the_provider_and_the_undated_teach_no_habit),
        cmocka_unit_test(issue_may_be_denied_where_sign_in_logs_are_whole),
        cmocka_unit_test(the_time_of_issue_is_what_matters),
        cmocka_unit_test(tokens_are_found_as_issued),
        cmocka_unit_test(who_bears_a_token),
        cmocka_unit_test(first_and_last_are_of_dated_activities),
        cmocka_unit_test(ways_are_told_in_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
