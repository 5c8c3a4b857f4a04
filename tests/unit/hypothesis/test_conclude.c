// Verdicts from dossiers: sentences, the story of the investigation and what pictures are drawn from.
// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/builtin.h"
#include "hypothesis/conclude.h"
#include "support/investigation.h"

// Alice works at home; somebody asks for her second factor until she gives it, and reads her mail.
#define LIFE                                                                                       \
    "set alice user=alice@contoso.example object=#alice address=81.2.69.7 asn=64500 country=DE\n"  \
    "set thief user=alice@contoso.example object=#alice address=45.77.10.9 asn=64666 country=RO\n" \
    "set other user=bob@contoso.example object=#bob address=81.2.69.8 asn=64501 country=DE\n"      \
    "d1..26 08:00,13:00 sign_in +alice interactive\n"                                              \
    "d1..26 00:30,02:30,04:30,06:30,10:30,12:30,14:30,16:30,18:30,20:30,22:30 sign_in +other "     \
    "interactive\n"                                                                                \
    "d1..26 09:00,14:00 mail_access +alice count=2\n"

#define ATTACK                                                                                     \
    "d16 03:00 sign_in x12/30s +thief interactive error=500121 outcome=failure\n"                  \
    "d16 03:07 sign_in +thief interactive session=#s-thief\n"                                      \
    "d16 03:10 mail_access x20/30s +thief session=#s-thief count=3\n"                              \
    "d16 03:30 mail_rule +thief session=#s-thief hides detail=..\n"

#define FINDINGS                                                                                   \
    "critical mfa_fatigue d16/03:00 d16/03:07 user=alice@contoso.example ip=45.77.10.9\n"          \
    "high stranger d16/03:10 d16/03:30 user=alice@contoso.example mailbox=alice@contoso.example "  \
    "ip=45.77.10.9 session=#s-thief\n"

struct concluded {
    struct investigation in;
    struct hypothesis_set set;
    struct arena arena;
    struct verdict verdict;
};

static void conclude(struct concluded *c, const char *life, const char *findings)
{
    struct error error;
    hypothesis_set_init(&c->set);
    arena_init(&c->arena);
    for (size_t i = 0; i < builtin_hypotheses_count; i++)
        if (!hypothesis_add(&c->set, str_from(builtin_hypotheses[i].path),
                            str_of(builtin_hypotheses[i].text, builtin_hypotheses[i].size), &error))
            fail_msg("%s", error.text);
    assert_true(hypothesis_check(&c->set, &error));
    investigation_open(&c->in, life, findings);
    investigation_link(&c->in);
    investigation_look(&c->in);
    investigation_finish(&c->in);
    assert_int_equal(c->in.incidents.count, 1);
    struct dossier dossier = dossier_of(c->in.dossiers, &c->in.incidents.items[0]);
    verdict_reach(&c->set, NULL, &dossier, &c->arena, &c->verdict);
}

static void done(struct concluded *c)
{
    arena_done(&c->arena);
    hypothesis_set_done(&c->set);
    investigation_done(&c->in);
}

static void says(struct str text, const char *part)
{
    if (!str_contains(text, str_from(part)))
        fail_msg("'%.*s' lacks '%s'", (int)text.len, text.at, part);
}

static void a_likely_benign_story_lowers_the_severity(void **state)
{
    static const struct {
        bool is_decided, is_benign;
        double probability;
        enum sigma_level from, to;
    } cases[] = {
        {true, true, 0.95, LEVEL_HIGH, LEVEL_LOW},
        {true, true, 0.95, LEVEL_MEDIUM, LEVEL_LOW},
        {true, true, 0.95, LEVEL_INFO, LEVEL_INFO},
        {true, true, 0.95, LEVEL_CRITICAL, LEVEL_MEDIUM},
        {true, true, VERDICT_BENIGN_SURE, LEVEL_HIGH, LEVEL_LOW},
        {true, true, 0.8, LEVEL_HIGH, LEVEL_MEDIUM},
        {true, true, 0.8, LEVEL_LOW, LEVEL_LOW},
        {false, true, 0.95, LEVEL_HIGH, LEVEL_HIGH}, // no more than the strongest lead
        {true, false, 0.95, LEVEL_HIGH, LEVEL_HIGH},
        {true, false, 0.95, LEVEL_LOW, LEVEL_LOW},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct verdict_hypothesis leader = {.probability = cases[i].probability,
                                            .is_benign = cases[i].is_benign};
        struct verdict verdict = {
            .is_decided = cases[i].is_decided, .hypotheses = &leader, .hypothesis_count = 1};
        assert_int_equal(verdict_severity(&verdict, cases[i].from), cases[i].to);
    }
    assert_int_equal(verdict_severity(&(struct verdict){0}, LEVEL_HIGH), LEVEL_HIGH);
}

static void three_sentences_say_what_how_much_and_how_sure(void **state)
{
    struct concluded c;
    (void)state;
    conclude(&c, LIFE ATTACK, FINDINGS);
    assert_true(c.verdict.is_decided);
    assert_true(str_is(c.verdict.hypotheses[0].name, "mfa_fatigue"));
    says(c.verdict.sentences[0], "alice@contoso.example");
    says(c.verdict.sentences[0], "45.77.10.9");
    says(c.verdict.sentences[1], "From 2026-05-19 03:00 to 2026-05-19 03:30 UTC");
    says(c.verdict.sentences[1], "in 1 mailbox");
    says(c.verdict.sentences[2], "This is likely (");
    says(c.verdict.sentences[2], "above all because: ");
    done(&c);
}

static void what_is_not_decided_is_no_more_than_a_lead(void **state)
{
    struct concluded c;
    (void)state;
    conclude(&c,
             "set alice user=alice@contoso.example address=81.2.69.7 asn=64500 country=DE\n"
             "d1..26 09:00 mail_access +alice\n"
             "d16 03:10 mail_access x5/30s user=alice@contoso.example address=45.77.10.9\n",
             "high stranger d16/03:10 d16/03:15 user=alice@contoso.example "
             "mailbox=alice@contoso.example ip=45.77.10.9\n");
    assert_false(c.verdict.is_decided);
    says(c.verdict.sentences[0], "cannot be told from these logs; the strongest lead is: ");
    says(c.verdict.sentences[2], "No story is far enough ahead to be called likely");
    done(&c);
}

static void the_story_is_in_order_and_ends_with_the_conclusion(void **state)
{
    struct concluded c;
    unsigned kinds[5] = {0};
    (void)state;
    conclude(&c, LIFE ATTACK, FINDINGS);
    for (size_t i = 0; i < c.verdict.timeline_count; i++) {
        const struct verdict_event *event = &c.verdict.timeline[i];
        assert_true(!i || event[-1].time <= event->time);
        assert_true(event->text.len > 0);
        kinds[event->kind]++;
    }
    assert_int_equal(kinds[VERDICT_FINDING], 2);
    assert_int_equal(kinds[VERDICT_CONCLUSION], 1);
    assert_true(kinds[VERDICT_EVENT] >= 4); // refused, let in, read, a rule
    assert_true(kinds[VERDICT_OBSERVATION] > 5);
    assert_int_equal(c.verdict.timeline[c.verdict.timeline_count - 1].kind, VERDICT_CONCLUSION);
    done(&c);
}

static void pictures_hold_every_record_once(void **state)
{
    struct concluded c;
    uint64_t attacker = 0, owner = 0, reads = 0, sign_ins = 0, changes = 0;
    (void)state;
    conclude(&c, LIFE ATTACK, FINDINGS);
    for (size_t i = 0; i < c.verdict.day_count; i++) {
        attacker += c.verdict.days[i].attacker;
        owner += c.verdict.days[i].owner;
    }
    assert_int_equal(attacker, 20);
    assert_true(owner >= 28 && owner <= 30); // two a day, a week before and after
    for (size_t i = 0; i < c.verdict.hour_count; i++) {
        reads += c.verdict.hours[i].reads;
        sign_ins += c.verdict.hours[i].sign_ins;
        changes += c.verdict.hours[i].changes;
    }
    assert_int_equal(reads, 20);
    assert_int_equal(sign_ins, 13);
    assert_int_equal(changes, 1);
    assert_true(c.verdict.edge_count > 2);
    for (size_t i = 1; i < c.verdict.edge_count; i++)
        assert_true(c.verdict.edges[i - 1].count >= c.verdict.edges[i].count);
    done(&c);
}

// Two hundred different rules find no room in the story: it says how many it leaves out.
static void what_is_left_out_is_counted(void **state)
{
    struct concluded c;
    struct buf life;
    bool is_told = false;
    (void)state;
    buf_init(&life);
    buf_print(&life, "%s", LIFE ATTACK);
    for (int i = 0; i < 200; i++)
        buf_print(&life, "d16 03:40 mail_rule +thief session=#s-thief hides detail=rule-%d\n", i);
    buf_add_char(&life, 0);
    conclude(&c, life.at, FINDINGS);
    for (size_t i = 0; i < c.verdict.timeline_count; i++)
        is_told = is_told || str_starts(c.verdict.timeline[i].text,
                                        S("Not told here: 54 more acts of whoever"));
    assert_true(is_told);
    done(&c);
    buf_done(&life);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_likely_benign_story_lowers_the_severity),
        cmocka_unit_test(three_sentences_say_what_how_much_and_how_sure),
        cmocka_unit_test(what_is_not_decided_is_no_more_than_a_lead),
        cmocka_unit_test(the_story_is_in_order_and_ends_with_the_conclusion),
        cmocka_unit_test(pictures_hold_every_record_once),
        cmocka_unit_test(what_is_left_out_is_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
