// Stories: what is refused and with which words, and how evidence is weighed.
// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <math.h>
#include <stdio.h>

#include "base/builtin.h"
#include "hypothesis/hypothesis.h"

#define HEAD "name: a\ntitle: A\nprior: 0.5\nstory: s\nsays: t\n"
#define ODDS "{if_true: 0.9, if_not: 0.1}"

static struct str path = {"dir/a.yml", 9};

static void what_is_wrong_is_named_with_its_place(void **state)
{
    static const struct {
        const char *text, *error;
    } cases[] = {
        {"[1, 2", "dir/a.yml:2:1: did not find expected"},
        {"", "dir/a.yml:1:1: a file holds one story, this one 0"},
        {"- a", "dir/a.yml:1:1: a story is to have the keys"},
        {HEAD "evidense: {}", "dir/a.yml:6:1: unknown key 'evidense'; did you mean 'evidence'?"},
        {"title: A\nprior: 0.5\nstory: s\nsays: t\n", "dir/a.yml:1:1: 'name' is missing"},
        {"name: A b\ntitle: A\nprior: 0.5\nstory: s\nsays: t\n",
         "dir/a.yml:1:7: a name has small letters"},
        {"name: a\ntitle: A\nprior: 1.5\nstory: s\nsays: t\n",
         "dir/a.yml:3:8: 'prior' is to be a number between 0 and 1"},
        {"name: a\ntitle: A\nprior: .nan\nstory: s\nsays: t\n",
         "dir/a.yml:3:8: 'prior' is to be a number between 0 and 1"},
        {HEAD, "dir/a.yml:1:1: 'evidence' is missing"},
        {HEAD "evidence:\n  token_was_isued: {no: " ODDS "}\n",
         "dir/a.yml:7:3: there is no question 'token_was_isued'; did you mean 'token_was_issued'?"},
        {HEAD "evidence:\n  token_was_issued: {noo: " ODDS "}\n",
         "dir/a.yml:7:22: unknown key 'noo'; did you mean 'no'?"},
        {HEAD "evidence:\n  token_was_issued: {}\n",
         "dir/a.yml:7:21: a question is to have answers"},
        {HEAD "evidence:\n  token_was_issued: {no: 3}\n",
         "dir/a.yml:7:26: an answer is to have 'if_true' and 'if_not'"},
        {HEAD "evidence:\n  token_was_issued: {no: {if_true: 0.9}}\n",
         "dir/a.yml:7:26: 'if_not' is missing"},
        {HEAD "evidence:\n  token_was_issued: {no: {if_true: 0.1, if_not: 0.9, decisive: true}}\n",
         "dir/a.yml:7:26: a decisive answer speaks for the story"},
        {HEAD "evidence:\n  token_was_issued: {no: " ODDS ", yes: " ODDS "}\n",
         "dir/a.yml:7:21: the chances of the answers add up to more than 1"},
        {HEAD "evidence:\n  token_was_issued: {no: " ODDS "}\ngroups: {g: [device_code_used]}\n",
         "dir/a.yml:8:14: 'device_code_used' is not among the evidence above"},
        {HEAD "evidence:\n  token_was_issued: {no: " ODDS
              "}\ngroups: {g: [token_was_issued], h: [token_was_issued]}\n",
         "dir/a.yml:8:37: 'token_was_issued' is in two groups"},
        {"name: unknown\ntitle: A\nprior: 0.5\nstory: s\nsays: t\nevidence:\n  token_was_issued: {no: " ODDS
         "}\n",
         "'unknown' is what is left: no evidence speaks for it"},
        {HEAD "evidence:\n  token_was_issued: {no: " ODDS "}\nremediation: x\n",
         "dir/a.yml:8:14: 'remediation' is to be a list"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct hypothesis_set set;
        struct error error = {""};
        hypothesis_set_init(&set);
        assert_false(hypothesis_add(&set, path, str_from(cases[i].text), &error));
        if (!str_contains(str_from(error.text), str_from(cases[i].error)))
            fail_msg("%s\n  got  %s\n  want %s", cases[i].text, error.text, cases[i].error);
        assert_int_equal(set.count, 0);
        hypothesis_set_done(&set);
    }
}

static void a_set_needs_unknown_and_something_to_weigh(void **state)
{
    struct hypothesis_set set;
    struct error error = {""};
    (void)state;
    hypothesis_set_init(&set);
    assert_true(hypothesis_add(
        &set, path, str_from(HEAD "evidence:\n  token_was_issued: {no: " ODDS "}\n"), &error));
    assert_false(hypothesis_check(&set, &error));
    assert_non_null(strstr(error.text, "unknown"));
    assert_true(hypothesis_add(
        &set, path, S("name: unknown\ntitle: U\nprior: 0.3\nstory: s\nsays: t\n"), &error));
    assert_true(hypothesis_check(&set, &error));
    assert_true(fabs(set.items[0].prior + set.items[1].prior - 1) < 1e-9);
    hypothesis_set_done(&set);
}

static void the_builtin_stories_are_valid(void **state)
{
    struct hypothesis_set set;
    struct error error;
    (void)state;
    hypothesis_set_init(&set);
    for (size_t i = 0; i < builtin_hypotheses_count; i++) {
        struct str name = str_from(builtin_hypotheses[i].path);
        if (!hypothesis_add(&set, name,
                            str_of(builtin_hypotheses[i].text, builtin_hypotheses[i].size), &error))
            fail_msg("%s", error.text);
    }
    assert_int_equal(set.count, builtin_hypotheses_count);
    assert_int_equal(set.count, 15); // contract.md, and unknown
    assert_true(hypothesis_check(&set, &error));
    hypothesis_set_done(&set);
}

static void a_later_story_replaces_one_of_its_name(void **state)
{
    struct hypothesis_set set;
    struct error error;
    (void)state;
    hypothesis_set_init(&set);
    for (int i = 0; i < 2; i++) {
        char text[300];
        snprintf(text, sizeof text,
                 "name: a\ntitle: T%d\nprior: 0.5\nstory: s\nsays: t\nevidence:\n"
                 "  token_was_issued: {no: " ODDS "}\n",
                 i);
        assert_true(hypothesis_add(&set, path, str_from(text), &error));
    }
    assert_int_equal(set.count, 1);
    assert_true(str_is(set.items[0].title, "T1"));
    hypothesis_set_done(&set);
}

// ---- weighing ---------------------------------------------------------------------------------

struct weighing {
    struct hypothesis_set set;
    struct arena arena;
    struct evidence *evidence;
    struct verdict out;
};

static void open_weighing(struct weighing *w, const char *const *texts, size_t count)
{
    struct error error;
    hypothesis_set_init(&w->set);
    arena_init(&w->arena);
    for (size_t i = 0; i < count; i++)
        if (!hypothesis_add(&w->set, path, str_from(texts[i]), &error))
            fail_msg("%s", error.text);
    assert_true(hypothesis_check(&w->set, &error));
    w->evidence = ARENA_ARRAY(&w->arena, struct evidence, question_count);
    for (size_t i = 0; i < question_count; i++)
        w->evidence[i] = (struct evidence){.name = questions[i]->name,
                                           .question = questions[i]->question,
                                           .statement = S("because.")};
}

static void say(struct weighing *w, const char *name, enum evidence_answer answer,
                double reliability)
{
    for (size_t i = 0; i < question_count; i++)
        if (strcmp(questions[i]->name, name) == 0) {
            w->evidence[i].answer = answer;
            w->evidence[i].reliability = reliability;
            return;
        }
    fail_msg("no question %s", name);
}

static void close_weighing(struct weighing *w)
{
    arena_done(&w->arena);
    hypothesis_set_done(&w->set);
}

static const struct verdict_hypothesis *story_of(const struct weighing *w, const char *name)
{
    for (size_t i = 0; i < w->out.hypothesis_count; i++)
        if (str_is(w->out.hypotheses[i].name, name))
            return &w->out.hypotheses[i];
    fail_msg("no story %s", name);
    return NULL;
}

#define UNKNOWN "name: unknown\ntitle: U\nprior: 0.2\nstory: s\nsays: t\n"
#define FORGED                                                                                     \
    "name: forged\ntitle: F\nprior: 0.4\nstory: s\nsays: t\nevidence:\n"                           \
    "  token_was_issued:\n    no: {if_true: 0.9, if_not: 0.01, decisive: true}\n"                  \
    "    yes: {if_true: 0.02, if_not: 0.8}\n"                                                      \
    "  sign_in_preceded: {no: {if_true: 0.9, if_not: 0.3}, yes: {if_true: 0.05, if_not: 0.5}}\n"   \
    "  network_is_known: {no: {if_true: 0.8, if_not: 0.5}}\n"                                      \
    "groups: {issue: [token_was_issued, sign_in_preceded]}\n"
#define TRAVEL                                                                                     \
    "name: travel\ntitle: T\nbenign: true\nprior: 0.4\nstory: s\nsays: t\nevidence:\n"             \
    "  owner_moved_too: {yes: {if_true: 0.9, if_not: 0.02, decisive: true}}\n"                     \
    "  network_is_known: {no: {if_true: 0.8, if_not: 0.5}}\n"
static const char *const three[] = {UNKNOWN, FORGED, TRAVEL};

static void check_sums(const struct weighing *w)
{
    double all = 0, total = 0;
    for (size_t i = 0; i < w->out.hypothesis_count; i++) {
        const struct verdict_hypothesis *one = &w->out.hypotheses[i];
        double sum = one->prior;
        for (size_t k = 0; k < one->item_count; k++)
            sum += one->items[k].weight;
        assert_true(fabs(sum - one->score) < 1e-9); // what is printed adds up
        all += one->probability;
        total += exp(one->score);
    }
    assert_true(fabs(all - 1) < 1e-9);
    for (size_t i = 0; i < w->out.hypothesis_count; i++) {
        const struct verdict_hypothesis *one = &w->out.hypotheses[i];
        assert_true(fabs(exp(one->score) / total - one->probability) < 1e-9);
        assert_true(!i || one->score <= w->out.hypotheses[i - 1].score);
    }
}

static void weights_add_up_and_a_group_counts_once(void **state)
{
    struct weighing w;
    (void)state;
    open_weighing(&w, three, 3);
    say(&w, "token_was_issued", EVIDENCE_NO, 1);
    say(&w, "sign_in_preceded", EVIDENCE_NO, 1);
    say(&w, "network_is_known", EVIDENCE_NO, 0.5);
    hypothesis_weigh(&w.set, w.evidence, &w.arena, &w.out);
    check_sums(&w);
    const struct verdict_hypothesis *forged = story_of(&w, "forged");
    assert_true(w.out.is_decided);
    assert_int_equal(forged->word, VERDICT_LIKELY);
    assert_ptr_equal(forged, &w.out.hypotheses[0]);
    assert_int_equal(forged->item_count, 3);
    assert_true(str_is(forged->items[0].name, "token_was_issued"));
    assert_true(fabs(forged->items[0].weight - 4.50) < 1e-9); // ln(0.9 / 0.01)
    assert_true(fabs(forged->items[1].weight - 0.24) < 1e-9); // half of ln(0.8 / 0.5) = 0.235
    assert_true(forged->items[2].is_covered && forged->items[2].weight == 0);
    assert_true(str_is(forged->items[2].covered_by, "token_was_issued"));
    close_weighing(&w);
}

// A missing sign-in log must never look like a forged token.
static void what_cannot_be_told_counts_as_nothing_and_is_listed(void **state)
{
    struct weighing w;
    (void)state;
    open_weighing(&w, three, 3);
    say(&w, "network_is_known", EVIDENCE_NO, 1);
    hypothesis_weigh(&w.set, w.evidence, &w.arena, &w.out);
    check_sums(&w);
    const struct verdict_hypothesis *forged = story_of(&w, "forged");
    assert_false(w.out.is_decided);
    assert_int_equal(w.out.hypotheses[0].word, VERDICT_CANNOT_TELL);
    assert_int_equal(forged->item_count, 3);
    assert_int_equal(forged->items[1].direction, VERDICT_MISSING);
    assert_int_equal(forged->items[2].direction, VERDICT_MISSING);
    assert_true(forged->items[1].weight == 0 && forged->items[2].weight == 0);
    close_weighing(&w);
}

static void without_a_decisive_answer_nothing_is_likely(void **state)
{
    struct weighing w;
    (void)state;
    static const char *const texts[] = {
        UNKNOWN, "name: a\ntitle: A\nprior: 0.4\nstory: s\nsays: t\nevidence:\n"
                 "  token_was_issued: {no: {if_true: 0.9, if_not: 0.001}}\n"};
    open_weighing(&w, texts, 2);
    say(&w, "token_was_issued", EVIDENCE_NO, 1);
    hypothesis_weigh(&w.set, w.evidence, &w.arena, &w.out);
    assert_true(w.out.hypotheses[0].probability > 0.99);
    assert_false(w.out.is_decided);
    close_weighing(&w);
}

static void two_stories_that_are_close_leave_it_open(void **state)
{
    struct weighing w;
    (void)state;
    open_weighing(&w, three, 3);
    say(&w, "token_was_issued", EVIDENCE_NO, 1);
    say(&w, "owner_moved_too", EVIDENCE_YES, 1);
    hypothesis_weigh(&w.set, w.evidence, &w.arena, &w.out);
    check_sums(&w);
    assert_false(w.out.is_decided);
    assert_int_equal(w.out.hypotheses[1].word, VERDICT_POSSIBLE);
    close_weighing(&w);
}

static void evidence_against_counts_as_much(void **state)
{
    struct weighing w;
    (void)state;
    open_weighing(&w, three, 3);
    say(&w, "token_was_issued", EVIDENCE_YES, 1);
    say(&w, "sign_in_preceded", EVIDENCE_YES, 1);
    hypothesis_weigh(&w.set, w.evidence, &w.arena, &w.out);
    check_sums(&w);
    const struct verdict_hypothesis *forged = story_of(&w, "forged");
    assert_int_equal(forged->word, VERDICT_UNLIKELY);
    assert_int_equal(forged->items[0].direction, VERDICT_AGAINST);
    assert_true(fabs(forged->items[0].weight + 3.69) < 1e-9); // ln(0.02 / 0.8)
    assert_true(forged->items[1].is_covered);
    close_weighing(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_wrong_is_named_with_its_place),
        cmocka_unit_test(a_set_needs_unknown_and_something_to_weigh),
        cmocka_unit_test(the_builtin_stories_are_valid),
        cmocka_unit_test(a_later_story_replaces_one_of_its_name),
        cmocka_unit_test(weights_add_up_and_a_group_counts_once),
        cmocka_unit_test(what_cannot_be_told_counts_as_nothing_and_is_listed),
        cmocka_unit_test(without_a_decisive_answer_nothing_is_likely),
        cmocka_unit_test(two_stories_that_are_close_leave_it_open),
        cmocka_unit_test(evidence_against_counts_as_much),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
