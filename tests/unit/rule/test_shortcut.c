// What makes matching fast changes nothing: a matcher that remembers and is led by anchors agrees with a
// new one and with the conditions evaluated in full, over rules and events made by chance.
// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/hash.h"
#include "rule/matcher.h"
#include "support/rules.h"

enum { SETS = 12, RULES = 60, EVENTS = 1500, FRESH_EVERY = 7 };

static uint64_t state_of_chance;

static size_t chance(size_t below)
{
    state_of_chance = hash_mix(state_of_chance + UINT64_C(0x9e3779b97f4a7c15));
    return (size_t)(state_of_chance % below);
}

// ---- rules ------------------------------------------------------------------------------------

static const char *const fields[] = {"image", "parent", "line", "user", "n.m"};
static const char *const words[] = {
    "cmd.exe", "\\\\cmd.exe", "power", "PowerShell",         " -enc", "/c", "ab",
    "7",       "true",        "K",     "long tail of a line"};
static const char *const patterns[] = {"cmd\\.exe", "po?wer.*enc", "[0-9]{3}", "(?i)shell$", "ab+"};
static const char *const modifiers[] = {"",          "|contains",     "|startswith",
                                        "|endswith", "|contains|all", "|re",
                                        "|exists",   "|cased",        "|neq"};

#define PICK(list) list[chance(sizeof list / sizeof *list)]

static void add_item(struct buf *out)
{
    const char *modifier = PICK(modifiers);
    bool is_list = chance(3) == 0;
    buf_print(out, "    %s%s: ", PICK(fields), modifier);
    if (str_is(str_from(modifier), "|exists")) {
        buf_print(out, "%s\n", chance(2) ? "true" : "false");
    } else if (str_is(str_from(modifier), "|neq")) {
        buf_print(out, "7\n");
    } else if (str_is(str_from(modifier), "|re")) {
        buf_print(out, "'%s'\n", PICK(patterns));
    } else if (!*modifier && chance(6) == 0) {
        buf_print(out, "%s\n", chance(2) ? "null" : "7");
    } else if (is_list || str_is(str_from(modifier), "|contains|all")) {
        buf_print(out, "\n");
        for (size_t i = 0, n = 1 + chance(8); i < n; i++)
            buf_print(out, "      - '%s%s'\n", PICK(words), chance(4) ? "" : "*");
    } else {
        buf_print(out, "'%s'\n", PICK(words));
    }
}

static void add_rule(struct buf *out, size_t number)
{
    static const char *const conditions[] = {
        "s",      "s and not t", "s and t",        "not s",  "s or t",
        "1 of *", "all of *",    "s and (t or u)", "2 of *", "not (s or t) and u"};
    buf_print(out, "%stitle: R%zu\nlogsource:\n  category: test\ndetection:\n",
              number ? "---\n" : "", number);
    for (const char *name = "stu"; *name; name++) {
        buf_print(out, "  %c:\n", *name);
        if (*name == 'u' && chance(4) == 0) {
            buf_print(out, "    - '%s'\n    - other\n", PICK(words));
            continue;
        }
        add_item(out);
    }
    buf_print(out, "  condition: %s\n", PICK(conditions));
}

// ---- events -----------------------------------------------------------------------------------

// Few texts that repeat, many that do not, some longer than what is remembered.
static void add_text(struct buf *out)
{
    buf_add_char(out, '"');
    for (size_t i = chance(3); i > 0; i--)
        buf_print(out, "%s ", PICK(words));
    if (chance(2))
        buf_print(out, "%zu", chance(chance(2) ? 1000000 : 3));
    if (chance(40) == 0)
        for (size_t i = 0; i < RECALL_TEXT_LIMIT; i++)
            buf_add_char(out, 'x');
    buf_print(out, "%s\"", PICK(words));
}

static void add_value(struct buf *out)
{
    switch (chance(10)) {
    case 0:
        buf_print(out, "%s", chance(2) ? "7" : "7.0");
        break;
    case 1:
        buf_print(out, "%s", chance(2) ? "true" : "null");
        break;
    case 2:
        buf_add_char(out, '[');
        add_text(out);
        buf_add_char(out, ',');
        add_text(out);
        buf_add_char(out, ']');
        break;
    default:
        add_text(out);
    }
}

static void make_event(struct buf *out)
{
    buf_clear(out);
    buf_print(out, "{\"id\":%zu", chance(100));
    for (size_t i = 0; i < 4; i++)
        if (chance(5)) {
            buf_print(out, ",\"%s\":", fields[i]);
            add_value(out);
        }
    if (chance(2)) {
        buf_print(out, ",\"n\":{\"m\":");
        add_value(out);
        buf_add_char(out, '}');
    }
    buf_add_char(out, '}');
}

// ---- agreeing ---------------------------------------------------------------------------------

struct roots {
    bool is_met;
};

static void on_node(const struct sigma_node *node, int depth, bool result, const struct str *values,
                    size_t count, void *context)
{
    (void)node, (void)values, (void)count;
    struct roots *roots = context;
    roots->is_met = roots->is_met || (depth == 0 && result);
}

// Titles of the rules whose conditions hold, each evaluated whole.
static void titles_in_full(struct rule_bed *rules, struct str text, struct buf *titles)
{
    struct json_parser *parser = json_parser_new();
    char *copy = calloc(1, text.len + JSON_PADDING);
    struct event event = {.source = SOURCE_ANY_JSON, .time = INSTANT_NONE};
    const char *why = "";
    memcpy(copy, text.at, text.len);
    assert_true(json_parse(parser, copy, text.len, &event.record, &why));
    for (size_t i = 0; i < rules->set.rule_count; i++) {
        struct roots roots = {false};
        matcher_explain(rules->matcher, rules->set.rules[i], &event, on_node, &roots);
        if (roots.is_met)
            buf_print(titles, "%s%.*s", titles->len ? "|" : "", (int)rules->set.rules[i]->title.len,
                      rules->set.rules[i]->title.at);
    }
    free(copy);
    json_parser_free(parser);
}

static void check_event(struct rule_bed *rules, struct str event, bool is_thorough, size_t *matches)
{
    struct buf titles, full, others;
    buf_init(&titles);
    buf_init(&full);
    buf_init(&others);
    *matches += rule_bed_count(rules, SOURCE_ANY_JSON, event, &titles);
    if (is_thorough) {
        struct rule_bed fresh = *rules;
        fresh.matcher = matcher_new(rules->program);
        titles_in_full(&fresh, event, &full);
        matcher_free(fresh.matcher);
        fresh.matcher = matcher_new(rules->program);
        rule_bed_count(&fresh, SOURCE_ANY_JSON, event, &others);
        matcher_free(fresh.matcher);
        bool is_same = str_equal(buf_str(&titles), buf_str(&full)) &&
                       str_equal(buf_str(&titles), buf_str(&others));
        if (!is_same)
            print_error("on %.*s:\n  %.*s\n  alone %.*s\n  whole %.*s\n", (int)event.len, event.at,
                        (int)titles.len, buf_str(&titles).at, (int)others.len, buf_str(&others).at,
                        (int)full.len, buf_str(&full).at);
        assert_true(is_same);
    }
    buf_done(&titles);
    buf_done(&full);
    buf_done(&others);
}

static void shortcuts_change_nothing(void **state)
{
    (void)state;
    struct buf text, event;
    buf_init(&text);
    buf_init(&event);
    state_of_chance = 42;
    size_t matches = 0;
    for (size_t set = 0; set < SETS; set++) {
        struct rule_bed rules;
        buf_clear(&text);
        for (size_t i = 0; i < RULES; i++)
            add_rule(&text, i);
        rule_bed_init(&rules, buf_str(&text));
        if (getenv("RS_DUMP"))
            fprintf(stderr, "%.*s", (int)text.len, text.at);
        assert_true(rules.set.rule_count > RULES / 2);
        // Stamps of before the generations begin anew must not look fresh.
        rules.matcher->sources[SOURCE_ANY_JSON].generation = (UINT32_C(1) << 31) - EVENTS / 2;
        for (size_t i = 0; i < EVENTS; i++) {
            make_event(&event);
            check_event(&rules, buf_str(&event), i % FRESH_EVERY == 0, &matches);
        }
        rule_bed_done(&rules);
    }
    assert_true(matches > (size_t)SETS * EVENTS);
    buf_done(&text);
    buf_done(&event);
}

// The needle that leads to a rule by regular expression is part of all that it matches.
static void an_expressions_text_stands_in_what_it_matches(void **state)
{
    (void)state;
    static const struct {
        const char *pattern, *literal;
        unsigned flags;
    } rows[] = {
        {"cmd\\.exe", "cmd.exe", 0},
        {"https?://x", "http", 0},
        {"abc+d", "abc", 0},
        {"abc*de", "ab", 0},
        {"abc{0,2}d", "ab", 0},
        {"abc??d", "ab", 0},
        {"a|b", "", 0},
        {"(abc|x)de", "de", 0},
        {"(a(b)c)?de", "de", 0},
        {"(?i)abc", "", 0},
        {"(?i:abc)de", "", 0},
        {"(?!abc)de", "de", 0},
        {"[abc]de", "de", 0},
        {"[]abc]de", "", 0},
        {"[[:alpha:]]de", "", 0},
        {"[a\\]b]de", "de", 0},
        {"\\Qabc", "", 0},
        {"\\x61bc", "", 0},
        {"\\sabc\\b", "abc", 0},
        {"^ABC$", "abc", 0},
        {"task", "task", 0},
        {"tasking", "ing", REGEX_CASELESS},
        {"a\xc3\xa4?bcd", "bcd", 0},
        {"(abc", "", 0},
        {"abc{x}", "", 0},
        {"", "", 0},
    };
    struct arena arena;
    arena_init(&arena);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct sigma_value value = {
            .kind = VALUE_REGEX, .text = str_from(rows[i].pattern), .regex_flags = rows[i].flags};
        struct str literal = regex_literal(&arena, &value);
        if (!str_equal(literal, str_from(rows[i].literal)))
            print_error("%s: %.*s\n", rows[i].pattern, (int)literal.len, literal.at);
        assert_true(str_equal(literal, str_from(rows[i].literal)));
    }
    arena_done(&arena);
}

// Expressions put together by chance, texts too: whenever one matches, its literal is there.
static void no_expression_matches_without_its_text(void **state)
{
    (void)state;
    static const char *const pieces[] = {"a",     "b",    "k",   "S",     "\\.",  ".",
                                         "?",     "*",    "+",   "{0,1}", "{2}",  "(a|b)",
                                         "(?:k)", "[ab]", "^",   "$",     "|",    "\\b",
                                         "(?=a)", "{,2}", "\\d", "[^a]",  "(b)?", "\xc3\xa4"};
    static const char *const bits[] = {"a",        "b", "k", "S", ".", "1", "\xe2\x84\xaa",
                                       "\xc5\xbf", "A"};
    struct arena arena;
    struct buf pattern, text;
    size_t matched = 0;
    arena_init(&arena);
    buf_init(&pattern);
    buf_init(&text);
    state_of_chance = 7;
    for (size_t round = 0; round < 20000; round++) {
        arena_reset(&arena);
        buf_clear(&pattern);
        for (size_t i = 1 + chance(7); i > 0; i--)
            buf_print(&pattern, "%s", PICK(pieces));
        struct sigma_value value = {.kind = VALUE_REGEX,
                                    .text = buf_str(&pattern),
                                    .regex_flags = chance(2) ? REGEX_CASELESS : 0};
        struct regex *regex = regex_new(value.text, value.regex_flags, NULL);
        struct str literal = regex_literal(&arena, &value);
        for (size_t k = 0; regex && literal.len && k < 10; k++) {
            buf_clear(&text);
            for (size_t i = chance(8); i > 0; i--)
                buf_print(&text, "%s", PICK(bits));
            if (!regex_match(regex, buf_str(&text), NULL))
                continue;
            matched++;
            if (!str_contains_fold(buf_str(&text), literal))
                print_error("%.*s matches %.*s\n", (int)pattern.len, pattern.at, (int)text.len,
                            text.at);
            assert_true(str_contains_fold(buf_str(&text), literal));
        }
        regex_free(regex);
    }
    assert_true(matched > 1000);
    buf_done(&pattern);
    buf_done(&text);
    arena_done(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shortcuts_change_nothing),
        cmocka_unit_test(an_expressions_text_stands_in_what_it_matches),
        cmocka_unit_test(no_expression_matches_without_its_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
