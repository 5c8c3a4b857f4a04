// Markdown in which foreign text stays text: signs, values and blocks one by one, and whole pages, whose shape no text
// changes.
// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "report/mark.h"
#include "report/report.h"
#include "support/formats.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

// ---- one by one -------------------------------------------------------------------------------

struct row {
    struct str in;
    const char *out;
};

static void check(void (*write)(struct buf *out, struct str text), const struct row *rows,
                  size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct buf out;
        buf_init(&out);
        write(&out, rows[i].in);
        buf_add_char(&out, 0);
        assert_string_equal(out.at, rows[i].out);
        buf_done(&out);
    }
}

static void a_value_is_a_code_span(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {STR("alice"), "`alice`"},   {STR(""), "none"},
        {STR("   "), "none"},        {STR("a`b"), "``a`b``"},
        {STR("`"), "`` ` ``"},       {STR("``a"), "``` ``a ```"},
        {STR(" a"), "`  a `"},       {STR("a|b"), "`a\\x7cb`"},
        {STR("a\\|"), "`a\\\\x7c`"}, {STR("<b>&amp;\n"), "`<b>&amp;\\n`"},
    };
    check(mark_value, rows, COUNT(rows));
}

static void words_lose_what_is_markup(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {STR("Mail was read."), "Mail was read."},
        {STR("  a  b  "), "a  b"},
        {STR(""), ""},
        {STR("a_b *c* [d] <e> f|g ~h~ $i$ j!"),
         "a\\_b \\*c\\* \\[d\\] &lt;e\\> f&#124;g \\~h\\~ \\$i\\$ j\\!"},
        {STR("&lt;"), "&amp;lt;"},
        {STR("a\\b"), "a\\\\b"},
        {STR("from 203.0.113.7, by bob@contoso.example."),
         "from `203.0.113.7`, by `bob@contoso.example`."},
        {STR("(see http://evil.example/x)"), "(see `http://evil.example/x`)"},
        {STR("@all #1 and 0123abc"), "`@all` `#1` and `0123abc`"},
        {STR("e`vil.example`s"), "``e`vil.example`s``"},
        {STR("# a"), "`#` a"},
        {STR("- a - b"), "\\- a - b"},
        {STR("12. a 12. b"), "12\\. a 12. b"},
        {STR("12) a"), "12\\) a"},
        {STR("= a"), "\\= a"},
        {STR("a\nb"), "a\\\\nb"},
    };
    check(mark_words, rows, COUNT(rows));
}

static void block(struct buf *out, struct str text)
{
    mark_block(out, "sh", text, 2);
}

static void a_block_ends_where_it_should(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {STR("ls"), "  ```sh\n  ls\n  ```\n"},
        {STR("a\r\nb\n"), "  ```sh\n  a\n  b\n  ```\n"},
        {STR("```\nx"), "  ````sh\n  ```\n  x\n  ````\n"},
        {STR("a`````b\x1b"), "  ``````sh\n  a`````b\\x1b\n  ``````\n"},
    };
    check(block, rows, COUNT(rows));
}

// ---- whole pages ------------------------------------------------------------------------------

static const struct page {
    const char *name;
    formats_write *report;
} pages[] = {{"report.md", report_markdown}, {"notification.md", report_notification}};

static void print(struct str text, formats_write *report, struct buf *out)
{
    struct formats_sample sample;
    buf_init(out);
    formats_sample_init(&sample, text, true);
    formats_print(&sample.outline, report, out);
    formats_sample_done(&sample);
}

// The line without its code spans, as CommonMark finds them: a run of backticks up to the next of the same length.
static void strip_code(struct str line, struct buf *out)
{
    for (size_t i = 0; i < line.len;) {
        size_t run = 0, end = 0;
        if (line.at[i] == '\\' && i + 1 < line.len) {
            buf_add(out, str_of(line.at + i, 2));
            i += 2;
            continue;
        }
        while (i + run < line.len && line.at[i + run] == '`')
            run++;
        for (size_t k = i + run, other = 0; run && k <= line.len; k++) {
            if (k < line.len && line.at[k] == '`') {
                other++;
            } else {
                if (other == run && !end)
                    end = k;
                other = 0;
            }
        }
        if (end) {
            buf_add(out, S("CODE"));
            i = end;
        } else {
            buf_add(out, str_of(line.at + i, run ? run : 1));
            i += run ? run : 1;
        }
    }
}

// What a line is by its first signs and, in a table, its cells: "#", "|7", "-", "".
static void add_shape(struct buf *out, struct str line)
{
    size_t pipes = 0, signs = 0;
    for (size_t i = 0; i < line.len; i++)
        pipes += line.at[i] == '|' && (i == 0 || line.at[i - 1] != '\\');
    while (signs < line.len && strchr(" #-|>`~=+*_", line.at[signs]))
        signs++;
    if (line.len && line.at[0] == '|')
        buf_print(out, "|%zu\n", pipes);
    else
        buf_print(out, "%.*s%zu\n", (int)(signs > 8 ? 8 : signs), line.at, pipes);
}

static void check_words(struct str line, const char *name, size_t hostile)
{
    static const char *const forbidden[] = {"<",      "@",  " #1", "www.", "javascript:1)",
                                            "//evil", "$x", "`"};
    for (size_t i = 0; i < COUNT(forbidden); i++)
        if (str_contains(line, str_from(forbidden[i])) && !str_starts(line, S("#")) &&
            !(forbidden[i][0] == '$' && str_contains(line, S("\\$x"))) &&
            !(forbidden[i][0] == '`' && str_contains(line, S("\\`"))))
            fail_msg("%s: '%s' stands bare in: %.*s (text %zu)", name, forbidden[i], (int)line.len,
                     line.at, hostile);
    for (size_t i = 0; i + 1 < line.len; i++) {
        bool is_link =
            line.at[i] == ']' && line.at[i + 1] == '(' && (i == 0 || line.at[i - 1] != '\\');
        if (is_link &&
            !str_starts(str_of(line.at + i, line.len - i), S("](https://attack.mitre.org/")))
            fail_msg("%s: a link in: %.*s", name, (int)line.len, line.at);
    }
}

// The shape of a page: one line for each of its lines outside of blocks.
static void shape_of(const struct page *page, struct str text, size_t hostile, struct buf *out)
{
    struct buf got, bare;
    struct str fence = S("");
    print(text, page->report, &got);
    buf_init(out);
    buf_init(&bare);
    for (struct str rest = buf_str(&got); rest.at;) {
        struct str line = str_cut(&rest, '\n'), trimmed = str_trim(line);
        size_t run = 0;
        while (run < trimmed.len && trimmed.at[run] == '`')
            run++;
        if (fence.len) {
            if (run >= fence.len && run == trimmed.len)
                fence.len = 0;
            continue;
        }
        buf_clear(&bare);
        if (run >= 3 && str_ends(trimmed, S("powershell"))) {
            fence = str_of(trimmed.at, run);
            buf_add(&bare, S("  FENCE"));
        } else {
            strip_code(line, &bare);
            check_words(buf_str(&bare), page->name, hostile);
        }
        add_shape(out, buf_str(&bare));
    }
    assert_int_equal(fence.len, 0);
    buf_done(&bare);
    buf_done(&got);
}

static void check_shape(const struct page *page, struct str wanted, struct str text, size_t number)
{
    struct buf got;
    shape_of(page, text, number, &got);
    struct str a = wanted, b = buf_str(&got);
    for (size_t line = 1; a.at || b.at; line++) {
        struct str one = str_cut(&a, '\n'), other = str_cut(&b, '\n');
        if (!str_equal(one, other))
            fail_msg("%s, text %zu '%.*s', line %zu: '%.*s', not '%.*s'", page->name, number,
                     (int)text.len, text.at, line, (int)other.len, other.at, (int)one.len, one.at);
    }
    buf_done(&got);
}

// Headings, lists, tables and their cells are the same whatever the text says. What is nothing but white space is left
// out as nothing is; that is another shape.
static void text_does_not_change_the_shape_of_a_page(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(pages); i++) {
        struct buf wanted;
        shape_of(&pages[i], S("harmless"), 0, &wanted);
        assert_true(wanted.len > 100);
        for (size_t h = 0; h < formats_hostile_count; h++)
            if (str_trim(formats_hostiles[h]).len)
                check_shape(&pages[i], buf_str(&wanted), formats_hostiles[h], h);
        buf_done(&wanted);
    }
}

// The same of signs thrown together.
static void nor_do_signs_in_any_order(void **state)
{
    (void)state;
    static const char *const parts[] = {
        "`",  "``",   "|", "\\", "[", "]", "(", ")",  "<", ">",  "!",    "#",       "*",
        "_",  "~~",   "-", "+",  "=", ".", "1", " ",  " ", "\n", "@",    ":",       "/",
        "//", "www.", "&", "$",  "x", "{", "}", "\"", "'", "a",  "\xff", "\xc3\xa9"};
    uint64_t chance = 2026;
    for (size_t round = 0; round < 200; round++) {
        struct buf text, wanted;
        buf_init(&text);
        for (size_t k = 0; k < 3 + round % 9; k++) {
            chance = chance * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
            buf_add(&text, str_from(parts[(chance >> 33) % COUNT(parts)]));
        }
        shape_of(&pages[0], S("harmless"), 0, &wanted);
        if (str_trim(buf_str(&text)).len)
            check_shape(&pages[0], buf_str(&wanted), buf_str(&text), round);
        buf_done(&wanted);
        buf_done(&text);
    }
}

static void weights_add_up_to_the_score(void **state)
{
    (void)state;
    struct buf got;
    print(S("x"), report_markdown, &got);
    assert_true(str_contains(buf_str(&got), S("Prior -3.00 and weights +4.50 make +1.50.")));
    buf_done(&got);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_value_is_a_code_span),
        cmocka_unit_test(words_lose_what_is_markup),
        cmocka_unit_test(a_block_ends_where_it_should),
        cmocka_unit_test(text_does_not_change_the_shape_of_a_page),
        cmocka_unit_test(nor_do_signs_in_any_order),
        cmocka_unit_test(weights_add_up_to_the_score),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
