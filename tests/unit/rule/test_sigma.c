// Sets of Sigma rules: documents, actions, filters, correlations, narrowing.
// SPDX-License-Identifier: Apache-2.0
#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/nearest.h"
#include "unit/rule/tree.h"

// ---- the set as text ---------------------------------------------------------------------------

static void add_rule(struct buf *out, const struct sigma_rule *rule)
{
    buf_print(out, "%s%.*s: ", out->len ? "\n" : "", (int)rule->title.len, rule->title.at);
    for (size_t i = 0; i < rule->condition_count; i++) {
        buf_print(out, "%s", i ? " ; " : "");
        tree_add(out, rule->conditions[i]);
    }
    buf_print(out, "%s", rule->is_silent ? " silent" : "");
}

static void add_correlation(struct buf *out, const struct sigma_correlation *correlation)
{
    static const char *const compares[] = {"=", "<", "<=", ">", ">=", "!="};
    buf_print(out, "%s%.*s: type%d window%d %llds", out->len ? "\n" : "",
              (int)correlation->title.len, correlation->title.at, (int)correlation->type,
              (int)correlation->window, (long long)(correlation->timespan / 1000000));
    for (size_t i = 0; i < correlation->source_count; i++)
        buf_print(out, " %s%u", correlation->sources[i].is_correlation ? "c" : "r",
                  (unsigned)correlation->sources[i].index);
    for (size_t i = 0; i < correlation->test_count; i++)
        buf_print(out, " %s%g", compares[correlation->tests[i].compare],
                  correlation->tests[i].number);
    for (size_t i = 0; i < correlation->alias_count; i++)
        for (size_t k = 0; k < correlation->source_count; k++)
            buf_print(out, " %.*s=%.*s", (int)correlation->aliases[i].name.len,
                      correlation->aliases[i].name.at, (int)correlation->aliases[i].fields[k].len,
                      correlation->aliases[i].fields[k].at);
    buf_print(out, "%s", correlation->is_silent ? " silent" : "");
}

struct set_case {
    const char *text, *rules, *errors, *warnings;
};

static void check_text(const char *what, const struct buf *got, const char *wanted,
                       const char *text)
{
    if (wanted && !str_is(buf_str(got), wanted))
        fail_msg("%s\n---- %s\n%.*s\n---- wanted\n%s", text, what, (int)got->len,
                 got->at ? got->at : "", wanted);
}

static void check_narrow(const struct set_case *row, const struct sigma_narrow *narrow)
{
    struct sigma_set set;
    struct buf got;
    buf_init(&got);
    sigma_set_init(&set);
    sigma_read(&set, S("t.yml"), str_from(row->text));
    sigma_finish(&set, narrow);
    for (size_t i = 0; i < set.rule_count; i++)
        add_rule(&got, set.rules[i]);
    for (size_t i = 0; i < set.correlation_count; i++)
        add_correlation(&got, set.correlations[i]);
    check_text("rules", &got, row->rules, row->text);
    buf_clear(&got);
    tree_add_problems(&got, &set, true);
    check_text("errors", &got, row->errors, row->text);
    buf_clear(&got);
    tree_add_problems(&got, &set, false);
    check_text("warnings", &got, row->warnings, row->text);
    sigma_set_done(&set);
    buf_done(&got);
}

static void check(const struct set_case *row)
{
    check_narrow(row, NULL);
}

#define RULE(title, rest, field)                                                                   \
    "title: " title "\nlogsource: {product: p}\n" rest "detection: {s: {" field                    \
    ": 1}, condition: s}\n"

// ---- documents ---------------------------------------------------------------------------------

static void documents_stand_for_themselves(void **state)
{
    (void)state;
    check(&(struct set_case){RULE("a", "", "F") "---\n" RULE("b", "", "G"), "a: F(#1)\nb: G(#1)",
                             "", ""});
    check(&(struct set_case){"- 1\n---\nfoo\n---\n" RULE("b", "", "G"), "b: G(#1)",
                             "1:1 a Sigma document must be a mapping; "
                             "3:1 a Sigma document must be a mapping",
                             ""});
    check(&(struct set_case){
        "title: x\n", "",
        "1:1 no Sigma document: 'detection', 'correlation' or 'filter' is missing", ""});
    check(&(struct set_case){"a: [\n", "", NULL, ""});
    check(&(struct set_case){"", "", "", ""});
    check(&(struct set_case){
        "title: [x, y]\nid: abc\nlevel: hgih\nstatus: tset\ntags: t\nreferences: {}\nauthor: [a]\n"
        "logsource: 5\ndetection: {s: {F: 1}, unused: {G: 1}, condition: s}\n",
        "x: F(#1)", "",
        "1:8 'title' must be text; 2:5 id 'abc' is no UUID; "
        "3:8 unknown level 'hgih', read as medium; did you mean 'high'?; "
        "4:9 unknown status 'tset'; did you mean 'test'?; 5:7 'tags' must be a list; "
        "6:13 'references' must be a list; 7:9 'author' must be text; "
        "8:12 'logsource' must be a mapping; 9:24 the condition does not use selection 'unused'"});
    check(&(struct set_case){"title: t\nlogsource: {product: p}\ndetection: {s: {F: 1}}\n", "",
                             "3:12 'condition' is missing", ""});
    check(&(struct set_case){"title: t\nlogsource: {product: p}\ndetection: {condition: x}\n", "",
                             "3:12 there is no selection", ""});
    check(&(struct set_case){"title: t\nlogsource: {product: p}\ndetection: [a]\n", "",
                             "3:12 a detection must be a mapping of selections and a condition",
                             ""});
    check(
        &(struct set_case){"title: t\nlogsource: {product: p}\ndetection:\n  s: {F: 1}\n"
                           "  timeframe: 5m\n  condition: s | count() > 5\n",
                           "",
                           "5:3 'timeframe' belongs to aggregation expressions, which were removed "
                           "from Sigma; use a correlation rule",
                           ""});
    check(&(struct set_case){"title: t\nlogsource: {product: p}\ndetection: {s: {F: 1}, "
                             "condition: [s, not s]}\n",
                             "t: F(#1) ; not(F(#1))", "", ""});
}

static void heads_are_read(void **state)
{
    (void)state;
    struct sigma_set set;
    sigma_set_init(&set);
    sigma_read(&set, S("a/b.yml"),
               S("title: ' T '\nid: 12345678-1234-1234-1234-1234567890AB\nname: n\nstatus: test\n"
                 "description: d\nauthor: me\ndate: 2024/01/02\nlevel: Informational\n"
                 "tags: [attack.t1114.002, tlp.red]\nreferences: [r1, r2]\nfalsepositives: [f]\n"
                 "investigation: look\nlogsource: {product: M365, service: Audit}\n"
                 "detection: {s: {F: x}, condition: s}\n"));
    sigma_finish(&set, NULL);
    assert_int_equal(set.problem_count, 0);
    assert_int_equal(set.document_count, 1);
    assert_int_equal(set.rule_count, 1);
    const struct sigma_rule *rule = set.rules[0];
    assert_true(str_is(rule->path, "a/b.yml") && rule->line == 1 && rule->index == 0);
    assert_true(str_is(rule->title, "T") && str_is(rule->name, "n"));
    assert_true(str_is(rule->id, "12345678-1234-1234-1234-1234567890AB"));
    assert_true(str_is(rule->status, "test") && str_is(rule->date, "2024/01/02"));
    assert_int_equal(rule->level, LEVEL_INFO);
    assert_int_equal(rule->tag_count, 2);
    assert_int_equal(rule->reference_count, 2);
    assert_int_equal(rule->false_positive_count, 1);
    assert_true(rule->investigation_count == 1 && str_is(rule->investigation[0], "look"));
    assert_true(str_is(rule->logsource.product, "m365") &&
                str_is(rule->logsource.service, "audit"));
    assert_int_equal(rule->logsource.category.len, 0);
    assert_true(str_is(rule->condition_texts[0], "s"));
    assert_true(str_is(rule->conditions[0]->name, "s"));
    sigma_set_done(&set);
}

static void actions_merge_documents(void **state)
{
    (void)state;
    check(&(struct set_case){
        "action: global\nlogsource: {product: p}\ndetection: {s: {A: 1}, "
        "condition: s}\n---\ntitle: a\ndetection: {s: {B: 2}}\n---\n"
        "title: b\ndetection: {s: {A: 3}}\n---\naction: reset\n---\n" RULE("c", "", "C"),
        "a: and(A(#1),B(#2))\nb: A(#3)\nc: C(#1)", "", ""});
    check(&(struct set_case){RULE("a", "id: x\n", "A") "---\naction: repeat\ntitle: b\n"
                                                       "detection: {s: {A: 2}}\n",
                             "a: A(#1)\nb: A(#2)", "", "3:5 id 'x' is no UUID"});
    check(&(struct set_case){"action: repeat\ntitle: b\n", "",
                             "1:9 'action: repeat' needs a document before it", ""});
    check(&(struct set_case){"action: globl\ntitle: b\n", "",
                             "1:9 unknown action 'globl'; did you mean 'global'?", ""});
}

static void ids_are_unique(void **state)
{
    (void)state;
    check(&(struct set_case){
        RULE("a", "id: 12345678-1234-1234-1234-1234567890ab\n",
             "A") "---\n" RULE("b", "id: 12345678-1234-1234-1234-1234567890AB\n", "B"),
        "a: A(#1)", "",
        "6:1 id '12345678-1234-1234-1234-1234567890AB' is that of t.yml:1 already: not used"});
    struct sigma_set set;
    sigma_set_init(&set);
    // Read in another order than that of their paths.
    sigma_read(&set, S("b.yml"), S(RULE("same", "", "B")));
    sigma_read(&set, S("a.yml"), S(RULE("same", "", "A") "---\n" RULE("other", "name: n\n", "C")));
    sigma_finish(&set, NULL);
    assert_int_equal(set.rule_count, 3);
    assert_true(str_is(set.rules[0]->path, "a.yml") && str_is(set.rules[0]->id, "same"));
    assert_true(str_is(set.rules[1]->id, "n"));
    assert_true(str_is(set.rules[2]->path, "b.yml") && str_is(set.rules[2]->id, "same-2"));
    sigma_set_done(&set);
}

// ---- filters -----------------------------------------------------------------------------------

#define FILTER(head, rules) "title: f\n" head "filter:\n" rules "  s: {X: 9}\n  condition: not s\n"

static void filters_join_conditions(void **state)
{
    (void)state;
    const char *both = "a: and(F(#1),not(X(#9)))\nb: and(G(#1),not(X(#9)))";
    const char *first = "a: and(F(#1),not(X(#9)))\nb: G(#1)";
    const char *none = "a: F(#1)\nb: G(#1)";
#define TWO RULE("a", "name: na\n", "F") "---\n" RULE("b", "", "G") "---\n"
    const struct set_case rows[] = {
        {TWO FILTER("", ""), both, "", ""},
        {TWO FILTER("", "  rules: []\n"), both, "", ""},
        {TWO FILTER("", "  rules: any\n"), both, "", ""},
        {TWO FILTER("", "  rules: na\n"), first, "", ""},
        {TWO FILTER("", "  rules: [a]\n"), first, "", ""},
        {TWO FILTER("", "  rules: [other]\n"), none, "",
         "10:1 there is no rule 'other' for this filter"},
        {TWO FILTER("logsource: {product: q}\n", ""), none, "", ""},
        {TWO FILTER("logsource: {product: p, category: c}\n", ""), both, "", ""},
        {TWO FILTER("", "  rules: na\n") "---\n" FILTER("", "  rules: na\n"),
         "a: and(F(#1),not(X(#9)),not(X(#9)))\nb: G(#1)", "", ""},
        {TWO "title: f\nfilter: {s: {}, condition: s}\n", none,
         "11:13 an empty mapping selects nothing", ""},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        check(&rows[i]);
}

// ---- correlations ------------------------------------------------------------------------------

#define CORRELATION(title, body) "title: " title "\nname: " title "\ncorrelation: {" body "}\n"

static void correlations_find_their_rules(void **state)
{
    (void)state;
#define AB RULE("a", "name: na\n", "F") "---\n" RULE("b", "id: i-b\n", "G") "---\n"
#define SILENT "a: F(#1) silent\nb: G(#1) silent\n"
    static const struct set_case rows[] = {
        {AB CORRELATION("c",
                        "type: event_count, rules: na, timespan: 90m, condition: {gt: 2, lte: 5}"),
         "a: F(#1) silent\nb: G(#1)\nc: type0 window0 5400s r0 >2 <=5", "", NULL},
        {AB CORRELATION("c", "type: temporal, rules: [na, i-b], timespan: 1w"),
         SILENT "c: type2 window0 604800s r0 r1 >=2", "", NULL},
        {AB CORRELATION("c",
                        "type: temporal_ordered, rules: [I-B, a], timespan: 1d, generate: true"),
         "a: F(#1)\nb: G(#1)\nc: type3 window0 86400s r1 r0 >=2", "", NULL},
        {AB CORRELATION("c", "type: value_count, rules: [na], timespan: 1s, window: tumbling, "
                             "condition: {field: [U, V], eq: 2}"),
         "a: F(#1) silent\nb: G(#1)\nc: type1 window1 1s r0 =2", "", NULL},
        {AB CORRELATION("c", "type: temporal, rules: [na, i-b], timespan: 1h, group-by: [ip], "
                             "aliases: {ip: {na: src, i-b: dst}}"),
         SILENT "c: type2 window0 3600s r0 r1 >=2 ip=src ip=dst", "", NULL},
        {AB CORRELATION("c", "type: event_count, rules: na, timespan: 1m, condition: {gte: 1}") "---\n" CORRELATION(
             "d", "type: temporal, rules: [c, i-b], timespan: 1m"),
         SILENT "c: type0 window0 60s r0 >=1 silent\nd: type2 window0 60s c0 r1 >=2", "", NULL},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        check(&rows[i]);
}

static void broken_correlations_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *body, *error;
    } rows[] = {
        {"type: event_cout, rules: na, timespan: 1m, condition: {gt: 1}",
         "unknown type 'event_cout'; did you mean 'event_count'?"},
        {"rules: na, timespan: 1m, condition: {gt: 1}", "'type' of the correlation is missing"},
        {"type: event_count, timespan: 1m, condition: {gt: 1}",
         "'rules' of the correlation must name"},
        {"type: event_count, rules: nx, timespan: 1m, condition: {gt: 1}", "there is no rule 'nx'"},
        {"type: event_count, rules: na, condition: {gt: 1}",
         "'timespan' of the correlation is missing"},
        {"type: event_count, rules: na, timespan: 5, condition: {gt: 1}",
         "'timespan' must be a number and"},
        {"type: event_count, rules: na, timespan: 5M, condition: {gt: 1}", "not '5M'"},
        {"type: event_count, rules: na, timespan: 99999999999999d, condition: {gt: 1}",
         "'timespan' must"},
        {"type: event_count, rules: na, timespan: 1m", "condition needs a number"},
        {"type: event_count, rules: na, timespan: 1m, condition: {gt: x}", "'gt' needs a number"},
        {"type: event_count, rules: na, timespan: 1m, condition: {get: 1}",
         "unknown member 'get' in the correlation's condition; did you mean"},
        {"type: event_count, rules: na, timespan: 1m, condition: na", "only temporal correlations"},
        {"type: value_count, rules: na, timespan: 1m, condition: {gt: 1}",
         "value_count needs 'field'"},
        {"type: value_sum, rules: na, timespan: 1m, condition: {gt: 1, field: [a, b]}",
         "takes one field"},
        {"type: value_percentile, rules: na, timespan: 1m, condition: {gt: 1, field: a, percentile: 101}",
         "'percentile' must be a number from 0 to 100"},
        {"type: temporal, rules: na, timespan: 1m, condition: na and nb",
         "unknown identifier 'nb' in the condition; did you mean 'na'?"},
        {"type: temporal, rules: c, timespan: 1m", "in a circle through 'c'"},
        {"type: event_count, rules: bad, timespan: 1m, condition: {gt: 1}",
         "errors are in the rule 'bad'"},
        {"type: event_count, rules: na, timespan: 1m, window: slide, condition: {gt: 1}",
         "unknown window 'slide'"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct sigma_set set;
        struct buf text, got;
        buf_init(&text);
        buf_init(&got);
        buf_print(
            &text, "%stitle: c\nname: c\ncorrelation: {%s}\n",
            RULE("a", "name: na\n", "F") "---\ntitle: bad\ndetection: {s: {}, condition: s}\n---\n",
            rows[i].body);
        sigma_set_init(&set);
        sigma_read(&set, S("t.yml"), buf_str(&text));
        sigma_finish(&set, NULL);
        tree_add_problems(&got, &set, true);
        if (!str_contains(buf_str(&got), str_from(rows[i].error)) || set.correlation_count != 0)
            fail_msg("%s\n  gave   %.*s\n  wanted %s", rows[i].body, (int)got.len, got.at,
                     rows[i].error);
        // A refused correlation silences nobody.
        assert_int_equal(set.rule_count, 1);
        assert_false(set.rules[0]->is_silent);
        sigma_set_done(&set);
        buf_done(&text);
        buf_done(&got);
    }
}

static void conditions_in_words_name_sources(void **state)
{
    (void)state;
    struct sigma_set set;
    sigma_set_init(&set);
    sigma_read(&set, S("t.yml"),
               S(AB CORRELATION("c", "type: temporal, rules: [na, i-b], timespan: 1m, "
                                     "condition: i-b and not (a or na)")));
    sigma_finish(&set, NULL);
    assert_int_equal(set.correlation_count, 1);
    const struct sigma_node *root = set.correlations[0]->condition;
    assert_int_equal(root->kind, NODE_AND);
    assert_int_equal(root->children[0]->needed, 1);
    const struct sigma_node *inner = root->children[1]->children[0];
    assert_int_equal(inner->kind, NODE_OR);
    assert_int_equal(inner->children[0]->needed, 0);
    assert_int_equal(inner->children[1]->needed, 0);
    sigma_set_done(&set);
}

// ---- narrowing ---------------------------------------------------------------------------------

static void narrowing_keeps_what_was_asked_for(void **state)
{
    (void)state;
    static const char text[] =
        RULE("low", "level: low\nid: r-low\nstatus: test\ntags: [attack.t1114.002]\n", "A") "---\n" RULE(
            "high", "level: high\nid: r-high\nstatus: stable\ntags: [attack.t11145]\n",
            "B") "---\n"
                 "title: c\nlevel: critical\ncorrelation: {type: event_count, rules: r-low, timespan: 1m, "
                 "condition: {gte: 2}, generate: true}\n";
    static struct str statuses[] = {STR("stable")}, tags[] = {STR("attack.t1114")},
                      ids[] = {STR("R-HIGH")};
    const struct {
        struct sigma_narrow narrow;
        const char *rules;
    } rows[] = {
        {{.least_level = LEVEL_INFO}, "low: A(#1)\nhigh: B(#1)\nc: type0 window0 60s r0 >=2"},
        // Kept for the correlation alone, so silent.
        {{.least_level = LEVEL_HIGH},
         "low: A(#1) silent\nhigh: B(#1)\nc: type0 window0 60s r0 >=2"},
        {{.statuses = statuses, .status_count = 1}, "high: B(#1)"},
        {{.tags = tags, .tag_count = 1}, "low: A(#1)"},
        {{.excluded_ids = ids, .excluded_count = 1}, "low: A(#1)\nc: type0 window0 60s r0 >=2"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        check_narrow(&(struct set_case){text, rows[i].rules, "", NULL}, &rows[i].narrow);
}

// ---- words -------------------------------------------------------------------------------------

static void near_words_are_found(void **state)
{
    (void)state;
    static const char *const words[] = {"contains", "startswith", "re", "all"};
    static const struct {
        const char *word, *nearest;
    } rows[] = {{"contians", "contains"},
                {"CONTAINS", "contains"},
                {"startwith", "startswith"},
                {"ra", "re"},
                {"x", NULL},
                {"", NULL},
                {"al", "all"},
                {"endswith", NULL}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *got = nearest_word(str_from(rows[i].word), words, 4);
        if (!rows[i].nearest)
            assert_null(got);
        else
            assert_string_equal(got ? got : "(none)", rows[i].nearest);
    }
}

// ---- SigmaHQ -----------------------------------------------------------------------------------

static struct sigma_set *shared_set;

static int read_shared(const char *path, const struct stat *info, int type, struct FTW *place)
{
    (void)place;
    struct str name = str_from(path);
    if (type != FTW_F || !str_ends(name, S(".yml")))
        return 0;
    FILE *file = fopen(path, "rb");
    char *text = malloc((size_t)info->st_size + 1);
    size_t size = file && text ? fread(text, 1, (size_t)info->st_size, file) : 0;
    if (file)
        fclose(file);
    sigma_read(shared_set, name, str_of(text, size));
    free(text);
    return 0;
}

static void sigmahq_rules_are_read_without_errors(void **state)
{
    (void)state;
    const char *root = getenv("STORMGLASS_SHARED");
    char path[4096];
    snprintf(path, sizeof path, "%s/sigma-rules", root ? root : "../shared/data");
    struct sigma_set set;
    sigma_set_init(&set);
    shared_set = &set;
    nftw(path, read_shared, 16, FTW_PHYS);
    sigma_finish(&set, NULL);
    size_t rules = set.rule_count, documents = set.document_count, problems = set.problem_count;
    sigma_set_done(&set);
    if (documents == 0) {
        print_message("skipped: no shared data (%s)\n", path);
        skip();
    }
    assert_int_equal(problems, 0);
    assert_int_equal(rules, documents);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(documents_stand_for_themselves),
        cmocka_unit_test(heads_are_read),
        cmocka_unit_test(actions_merge_documents),
        cmocka_unit_test(ids_are_unique),
        cmocka_unit_test(filters_join_conditions),
        cmocka_unit_test(correlations_find_their_rules),
        cmocka_unit_test(broken_correlations_are_refused),
        cmocka_unit_test(conditions_in_words_name_sources),
        cmocka_unit_test(narrowing_keeps_what_was_asked_for),
        cmocka_unit_test(near_words_are_found),
        cmocka_unit_test(sigmahq_rules_are_read_without_errors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
