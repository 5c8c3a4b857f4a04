// Tests of hypothesis/quote: hostile values stay one value, or are refused.
// SPDX-License-Identifier: Apache-2.0
#include "hypothesis/quote.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "base/encode.h"
#include "base/hash.h"

#define COUNT(table) (sizeof(table) / sizeof(table)[0])

static void refuses_what_cannot_be_checked_by_eye(void **state)
{
    (void)state;
    static const struct {
        struct str value;
        const char *why; // NULL: it may
    } cases[] = {
        {STR("Invoices"), NULL},
        {STR("."), NULL}, // what attackers call their rules
        {STR("-Force"), NULL},
        {STR("'; Remove-Item -Recurse C:\\ #"), NULL},
        {STR("`$(Get-Date)`\"$env:USERNAME"), NULL},
        {STR("\xe2\x80\x98; Remove-Item x; \xe2\x80\x99"), NULL},
        {STR("Gr\xc3\xbc\xc3\x9f \xe6\x97\xa5\xe6\x9c\xac \xf0\x9f\x98\x80"), NULL},
        {STR("a\xc2\xa0z"), NULL}, // a blank that does not break
        {STR(""), "empty"},
        {STR("a\nRemove-Item x"), "control"},
        {STR("a\rb"), "control"},
        {STR("a\0b"), "control"},
        {STR("a\tb"), "control"},
        {STR("a\x7f"), "control"},
        {STR("a\xc2\x85z"), "control"},           // next line
        {STR("a\xe2\x80\xa8z"), "ends of lines"}, // line separator
        {STR("a\xe2\x80\xa9z"), "ends of lines"},
        {STR("a\xe2\x80\xaegnp.exe"), "reverse"}, // right-to-left override
        {STR("a\xe2\x81\xa6z"), "reverse"},
        {STR("a\xe2\x80\x8fz"), "reverse"},
        {STR("a\xd8\x9cz"), "reverse"},
        {STR("a\xe2\x80\x8bz"), "cannot be seen"}, // zero width space
        {STR("a\xef\xbb\xbfz"), "cannot be seen"},
        {STR("\xe3\x85\xa4"), "cannot be seen"},       // Hangul filler
        {STR("a\xf3\xa0\x81\x81z"), "cannot be seen"}, // tag
        {STR("a\xee\x80\x80z"), "private"},
        {STR("a\xf0\x9f\xbf\xbfz"), "no characters"}, // U+1FFFF
        {STR("a\xef\xbf\xbdz"), "could not be read"},
        {STR("a\x80z"), "could not be read"},
        {STR("a\xe2\x80"), "could not be read"},
        {STR("a\xed\xa0\x80z"), "could not be read"}, // a surrogate
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        const char *why = quote_refuses(cases[i].value);
        if (cases[i].why ? !why || !str_contains(str_from(why), str_from(cases[i].why)) : !!why)
            fail_msg("case %zu: %s", i, why ? why : "not refused");
    }
    char longest[QUOTE_LIMIT + 1];
    memset(longest, 'a', sizeof longest);
    assert_null(quote_refuses(str_of(longest, QUOTE_LIMIT)));
    assert_non_null(quote_refuses(str_of(longest, QUOTE_LIMIT + 1)));
    assert_non_null(quote_refuses_url(S(".")));
    assert_non_null(quote_refuses_url(S("..")));
    assert_null(quote_refuses_url(S("...a")));
}

static void quotes_as_power_shell_reads(void **state)
{
    (void)state;
    static const struct {
        const char *value, *literal, *filter, *url;
    } cases[] = {
        {"a@b.example", "'a@b.example'", "'x eq ''a@b.example'''", "'a%40b.example'"},
        {"O'Brien", "'O''Brien'", "'x eq ''O''''Brien'''", "'O%27Brien'"},
        {"'; Remove-Item -Recurse C:\\ #", "'''; Remove-Item -Recurse C:\\ #'",
         "'x eq ''''''; Remove-Item -Recurse C:\\ #'''",
         "'%27%3B%20Remove-Item%20-Recurse%20C%3A%5C%20%23'"},
        {"\xe2\x80\x98\xe2\x80\x99\xe2\x80\x9a\xe2\x80\x9b",
         "'\xe2\x80\x98\xe2\x80\x98\xe2\x80\x99\xe2\x80\x99\xe2\x80\x9a\xe2\x80\x9a\xe2\x80\x9b"
         "\xe2\x80\x9b'",
         "'x eq ''\xe2\x80\x98\xe2\x80\x98\xe2\x80\x99\xe2\x80\x99\xe2\x80\x9a\xe2\x80\x9a"
         "\xe2\x80\x9b\xe2\x80\x9b'''",
         "'%E2%80%98%E2%80%99%E2%80%9A%E2%80%9B'"},
        // Double quotes, dashes of print and what expands between double quotes are letters here.
        {"\xe2\x80\x9c$(calc)`n\xe2\x80\x93", "'\xe2\x80\x9c$(calc)`n\xe2\x80\x93'",
         "'x eq ''\xe2\x80\x9c$(calc)`n\xe2\x80\x93'''", "'%E2%80%9C%24%28calc%29%60n%E2%80%93'"},
        {"-Confirm:$false", "'-Confirm:$false'", "'x eq ''-Confirm:$false'''",
         "'-Confirm%3A%24false'"},
        {"a/../b?c#d%20", "'a/../b?c#d%20'", "'x eq ''a/../b?c#d%20'''",
         "'a%2F..%2Fb%3Fc%23d%2520'"},
    };
    struct buf out;
    buf_init(&out);
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct str value = str_from(cases[i].value);
        buf_clear(&out);
        quote_literal(&out, value);
        assert_true(str_is(buf_str(&out), cases[i].literal));
        buf_clear(&out);
        quote_filter(&out, S("x"), value);
        assert_true(str_is(buf_str(&out), cases[i].filter));
        buf_clear(&out);
        quote_url(&out, value);
        assert_true(str_is(buf_str(&out), cases[i].url));
    }
    buf_done(&out);
}

// Reads a string between quotes the way PowerShell's tokenizer does: any of the five quotes opens and ends it,
// and any two of them in a row are the second one. False when the text does not end with it.
static bool power_shell_reads(struct str text, struct buf *out)
{
    static const char *const quotes[] = {"'", "\xe2\x80\x98", "\xe2\x80\x99", "\xe2\x80\x9a",
                                         "\xe2\x80\x9b"};
    size_t quote = 0, next = 0;
    bool is_open = false;
    buf_clear(out);
    while (text.len) {
        quote = next = 0;
        for (size_t i = 0; i < COUNT(quotes); i++)
            if (str_starts(text, str_from(quotes[i])))
                quote = strlen(quotes[i]);
        struct str rest = str_of(text.at + quote, text.len - quote);
        for (size_t i = 0; i < COUNT(quotes); i++)
            if (quote && is_open && str_starts(rest, str_from(quotes[i])))
                next = strlen(quotes[i]);
        if (!is_open && !quote)
            return false;
        if (quote && !next && is_open)
            return rest.len == 0;
        size_t step = quote ? quote + next : 1;
        if (is_open)
            buf_add(out, str_of(text.at + quote, step - quote));
        is_open = true;
        text = str_of(text.at + step, text.len - step);
    }
    return false;
}

static uint64_t draw(uint64_t *seed)
{
    *seed += 0x9e3779b97f4a7c15u;
    return hash_mix(*seed);
}

// Any value that is not refused comes back from what was written, through both readers.
static void comes_back_as_it_was(void **state)
{
    (void)state;
    static const char *const pieces[] = {"'",
                                         "''",
                                         "\xe2\x80\x98",
                                         "\xe2\x80\x99",
                                         "\xe2\x80\x9a",
                                         "\xe2\x80\x9b",
                                         "\xe2\x80\x9c",
                                         "\"",
                                         "`",
                                         "$(x)",
                                         "#",
                                         ";",
                                         "|",
                                         "a",
                                         " ",
                                         "-",
                                         "\\",
                                         "%",
                                         "\xe2\x80\x93",
                                         "\xc3\xa4",
                                         "{}",
                                         "@",
                                         "&"};
    struct buf value, written, read;
    buf_init(&value);
    buf_init(&written);
    buf_init(&read);
    uint64_t seed = 20261122;
    for (int round = 0; round < 20000; round++) {
        buf_clear(&value);
        for (uint64_t n = 1 + draw(&seed) % 12; n; n--)
            buf_add(&value, str_from(pieces[draw(&seed) % COUNT(pieces)]));
        assert_null(quote_refuses(buf_str(&value)));
        buf_clear(&written);
        quote_literal(&written, buf_str(&value));
        assert_true(power_shell_reads(buf_str(&written), &read));
        assert_true(str_equal(buf_str(&read), buf_str(&value)));

        buf_clear(&written);
        quote_filter(&written, S("a/b"), buf_str(&value));
        assert_true(power_shell_reads(buf_str(&written), &read));
        struct str filter = buf_str(&read);
        assert_true(str_starts(filter, S("a/b eq '")) && str_ends(filter, S("'")));
        filter = str_of(filter.at + 8, filter.len - 9);
        buf_clear(&written); // OData: two quotes in a row are one, none stands alone
        for (size_t i = 0; i < filter.len; i++) {
            buf_add_char(&written, filter.at[i]);
            if (filter.at[i] == '\'') {
                assert_true(i + 1 < filter.len && filter.at[i + 1] == '\'');
                i++;
            }
        }
        assert_true(str_equal(buf_str(&written), buf_str(&value)));
    }
    buf_done(&value);
    buf_done(&written);
    buf_done(&read);
}

static void plain_text_stays_on_its_line(void **state)
{
    (void)state;
    static const struct {
        struct str value;
        const char *plain;
    } cases[] = {
        {STR("Invoices"), "Invoices"},          {STR("a\nb\0"), "a<U+000A>b<U+0000>"},
        {STR("a\xe2\x80\xaez"), "a<U+202E>z"},  {STR("\xe2\x80\xa8"), "<U+2028>"},
        {STR("\xf3\xa0\x81\x81"), "<U+E0041>"}, {STR("a\x80z"), "a\xef\xbf\xbdz"},
    };
    struct buf out;
    buf_init(&out);
    for (size_t i = 0; i < COUNT(cases); i++) {
        buf_clear(&out);
        quote_plain(&out, cases[i].value);
        assert_true(str_is(buf_str(&out), cases[i].plain));
    }
    char many[5000];
    memset(many, 'a', sizeof many);
    buf_clear(&out);
    quote_plain(&out, str_of(many, sizeof many));
    assert_int_equal(out.len, QUOTE_LIMIT + 3);
    buf_done(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(refuses_what_cannot_be_checked_by_eye),
        cmocka_unit_test(quotes_as_power_shell_reads),
        cmocka_unit_test(comes_back_as_it_was),
        cmocka_unit_test(plain_text_stays_on_its_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
