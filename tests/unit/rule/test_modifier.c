// Values and modifiers of Sigma rules.
// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "unit/rule/tree.h"

struct item_case {
    const char *item; // one line of YAML below a selection
    const char *tree; // or, when it begins with '!', part of the error
};

static void check(const struct item_case *row)
{
    struct buf text, got;
    buf_init(&text);
    buf_init(&got);
    buf_print(&text,
              "title: t\nlogsource: {product: x}\ndetection:\n  s:\n    %s\n  condition: s\n",
              row->item);
    struct sigma_set set;
    sigma_set_init(&set);
    sigma_set_placeholder(&set, S("admins"), S("# comment\nadm_*\n\n  root \n"));
    sigma_read(&set, S("t.yml"), buf_str(&text));
    sigma_finish(&set, NULL);
    if (row->tree[0] == '!') {
        tree_add_problems(&got, &set, true);
        if (!str_contains(buf_str(&got), str_from(row->tree + 1)) || set.rule_count != 0)
            fail_msg("%s\n  gave   %.*s\n  wanted %s", row->item, (int)got.len,
                     got.at ? got.at : "", row->tree);
    } else {
        tree_add_problems(&got, &set, true);
        if (set.rule_count == 1)
            tree_add(&got, set.rules[0]->conditions[0]);
        if (!str_is(buf_str(&got), row->tree))
            fail_msg("%s\n  gave   %.*s\n  wanted %s", row->item, (int)got.len,
                     got.at ? got.at : "", row->tree);
    }
    sigma_set_done(&set);
    buf_done(&text);
    buf_done(&got);
}

static void check_all(const struct item_case *rows, size_t count)
{
    for (size_t i = 0; i < count; i++)
        check(&rows[i]);
}
#define CHECK_ALL(rows) check_all(rows, sizeof(rows) / sizeof *(rows))

static void plain_values_keep_their_types(void **state)
{
    (void)state;
    static const struct item_case rows[] = {
        {"A: text", "A(\"text\")"},
        {"A: 1", "A(#1)"},
        {"A: '1'", "A(\"1\")"},
        {"A: -1.5", "A(#-1.5)"},
        {"A: 0x10", "A(#16)"},
        {"A: yes", "A(true)"},
        {"A: 'yes'", "A(\"yes\")"},
        {"A: Off", "A(false)"},
        {"A: null", "A(null)"},
        {"A:", "A(null)"},
        {"A: ''", "A(\"\")"},
        {"A: [null, '', x, 2, true]", "A(null|\"\"|\"x\"|#2|true)"},
        {"A: [[a, b], c]", "A(\"a\"|\"b\"|\"c\")"},
        {"A: []", "!5:8 the list of 'A' is empty"},
        {"A: {b: c}", "!5:8 a mapping cannot be the value of 'A'; write 'A.name: value'"},
    };
    CHECK_ALL(rows);
}

static void escapes_and_wildcards(void **state)
{
    (void)state;
    static const struct item_case rows[] = {
        {"A: 'a*b?c'", "A(\"a*b?c\")"},
        {"A: 'a\\*b\\?c'", "A(\"a\\*b\\?c\")"},
        {"A: 'a\\b'", "A(\"a\\b\")"},
        {"A: 'a\\\\b'", "A(\"a\\b\")"},
        {"A: 'a\\\\*'", "A(\"a\\*\")"},
        {"A: '\\\\\\*'", "A(\"\\\\*\")"},
        {"A: '\\\\\\\\x'", "A(\"\\\\x\")"},
        {"A: '\\\\\\x'", "A(\"\\\\x\")"},
        {"A: 'end\\'", "A(\"end\\\")"},
        {"A: 'a***b'", "A(\"a*b\")"},
        {"A|contains: 'dir\\'", "A(\"*dir\\*\")"},
        {"A|contains: '*x*'", "A(\"*x*\")"},
        {"A|contains: ''", "A(\"*\")"},
        {"A|startswith: x", "A(\"x*\")"},
        {"A|endswith: '\\x'", "A(\"*\\x\")"},
        {"A|contains: 4", "A(\"*4*\")"},
    };
    CHECK_ALL(rows);
}

static void lists_and_case(void **state)
{
    (void)state;
    static const struct item_case rows[] = {
        {"A|all: [a, b]", "A+all(\"a\"|\"b\")"},
        {"A|contains|all: [a, b]", "A+all(\"*a*\"|\"*b*\")"},
        {"A|all|contains: [a, b]", "A+all(\"*a*\"|\"*b*\")"},
        {"A|all: a", "A(\"a\")"},
        {"A|cased: a", "A+cased(\"a\")"},
        {"A|contains|cased: a", "A+cased(\"*a*\")"},
        {"A|neq: [a, b]", "A+neq(\"a\"|\"b\")"},
        {"A|neq: 443", "A+neq(#443)"},
        {"A|neq|contains|all: [a, b]", "A+neq(\"*a*\"|\"*b*\")"},
        {"A|exists: true", "A(exists true)"},
        {"A|exists: no", "A(exists false)"},
        {"A|exists: maybe", "!'exists' needs true or false, not 'maybe'"},
        {"A|exists: 'true'", "!'exists' needs true or false"},
        {"A|exists: [true, false]", "!'exists' needs one value"},
        {"A|exists|all: true", "!modifiers 'exists' and 'all' cannot be combined"},
    };
    CHECK_ALL(rows);
}

static void encodings(void **state)
{
    (void)state;
    static const struct item_case rows[] = {
        {"A|base64: Test", "A(\"VGVzdA==\")"},
        {"A|wide|base64: Test", "A(\"VABlAHMAdAA=\")"},
        {"A|utf16le|base64: Test", "A(\"VABlAHMAdAA=\")"},
        {"A|utf16be|base64: Test", "A(\"AFQAZQBzAHQ=\")"},
        {"A|utf16|base64: A", "A(\"//5BAA==\")"},
        {"A|wide: ab", "A(\"a<00>b<00>\")"},
        {"A|utf16: a", "A(\"<ff><fe>a<00>\")"},
        {"A|base64|contains: Test", "A(\"*VGVzdA==*\")"},
        {"A|base64offset: foobar", "A(\"Zm9vYmFy\"|\"Zvb2Jhc\"|\"mb29iYX\")"},
        {"A|base64offset|contains: foobar", "A(\"*Zm9vYmFy*\"|\"*Zvb2Jhc*\"|\"*mb29iYX*\")"},
        {"A|contains|base64offset: foobar", "A(\"*Zm9vYmFy*\"|\"*Zvb2Jhc*\"|\"*mb29iYX*\")"},
        {"A|base64: 'a\\*b'", "A(\"YSpi\")"},
        {"A|base64: 'a*b'", "!a wildcard cannot be encoded"},
        {"A|base64offset: a", "!too few characters for base64offset"},
        {"A|wide|utf16: a", "!modifiers 'wide' and 'utf16' cannot be combined"},
        {"A|base64|base64offset: a", "!modifiers 'base64' and 'base64offset' cannot be combined"},
        {"A|base64offset|contains|all: [foobar, barfoo]",
         "and(A(\"*Zm9vYmFy*\"|\"*Zvb2Jhc*\"|\"*mb29iYX*\"),"
         "A(\"*YmFyZm9v*\"|\"*JhcmZvb*\"|\"*iYXJmb2*\"))"},
    };
    CHECK_ALL(rows);
}

#define EN "\xe2\x80\x93"
#define EM "\xe2\x80\x94"
#define BAR "\xe2\x80\x95"

static void windash_varies_the_sign_of_flags(void **state)
{
    (void)state;
    static const struct item_case rows[] = {
        {"A|windash: '-f'", "A(\"-f\"|\"/f\"|\"" EN "f\"|\"" EM "f\"|\"" BAR "f\")"},
        {"A|contains|windash: ' /x '",
         "A(\"* -x *\"|\"* /x *\"|\"* " EN "x *\"|\"* " EM "x *\"|\"* " BAR "x *\")"},
        {"A|windash|contains: '" EN "x'",
         "A(\"*-x*\"|\"*/x*\"|\"*" EN "x*\"|\"*" EM "x*\"|\"*" BAR "x*\")"},
        {"A|windash: 'a-b/c'", "A(\"a-b/c\")"},
        {"A|windash: 'a - b'", "A(\"a - b\")"},
        {"A|contains|all|windash: ['-a', b]",
         "and(A(\"*-a*\"|\"*/a*\"|\"*" EN "a*\"|\"*" EM "a*\"|\"*" BAR "a*\"),A(\"*b*\"))"},
        {"A|windash: ' -a -b -c -d -e -f'", "!windash makes more than 4096 alternatives"},
        {"A|windash|gt: 1", "!modifiers 'windash' and 'gt' cannot be combined"},
    };
    CHECK_ALL(rows);
    struct sigma_set set;
    sigma_set_init(&set);
    sigma_read(&set, S("t"),
               S("title: t\ndetection:\n  s: {A|windash: 'x -a /b'}\n  condition: s\n"));
    sigma_finish(&set, NULL);
    assert_int_equal(set.rule_count, 1);
    assert_int_equal(set.rules[0]->conditions[0]->value_count, 25);
    sigma_set_done(&set);
}

static void typed_values(void **state)
{
    (void)state;
    static const struct item_case rows[] = {
        {"A|re: 'a.*b'", "A(/a.*b/)"},
        {"A|re|i|s: 'a'", "A(/a/is)"},
        {"A|re|m: '^a$'", "A(/^a$/m)"},
        {"A|re|startswith: 'a|b'", "A(/\\A(?:a|b)/)"},
        {"A|re|endswith: 'a|b'", "A(/(?:a|b)\\z/)"},
        {"A|re|all: ['a', 'b']", "A+all(/a/|/b/)"},
        {"A|re: '(('", "!'((' does not compile: missing closing parenthesis at offset 2"},
        {"A|i: a", "!'i', 'm' and 's' are flags of 're'"},
        {"A|re|i|cased: a", "!modifiers 'i' and 'cased' cannot be combined"},
        {"A|cidr: [10.0.0.0/8, '::1/128']", "A(cidr 10.0.0.0/8|cidr ::1/128)"},
        {"A|cidr: 10.0.0.0/33", "!'10.0.0.0/33' is no address range"},
        {"A|cidr: '10.*'", "!'10.*' is no address range"},
        {"A|cidr|contains: 10.0.0.0/8", "!modifiers 'cidr' and 'contains' cannot be combined"},
        {"A|lt: 5", "A(<5)"},
        {"A|lte: 5", "A(<=5)"},
        {"A|gt: '5'", "A(>5)"},
        {"A|gte: -0.5", "A(>=-0.5)"},
        {"A|gt: five", "!'five' is not a number"},
        {"A|gt: null", "!null has no meaning under this modifier"},
        {"A|gt|contains: '80'", "!modifiers 'gt' and 'contains' cannot be combined"},
        {"A|gt|neq: 1", "!modifiers 'gt' and 'neq' cannot be combined"},
        {"A|hour: 3", "A(hour=3)"},
        {"A|hour|gte: 22", "A(hour>=22)"},
        {"A|lt|minute: 5", "A(minute<5)"},
        {"A|week|neq: [1, 2]", "A+neq(week=1|week=2)"},
        {"A|year: 2024", "A(year=2024)"},
        {"A|fieldref: B", "A(@B)"},
        {"A|fieldref|endswith: B", "A(@$B)"},
        {"A|contains|fieldref|neq|cased: B", "A+cased+neq(@~B)"},
    };
    CHECK_ALL(rows);
}

static void placeholders(void **state)
{
    (void)state;
    static const struct item_case rows[] = {
        {"A|expand: '%admins%'", "A(\"adm_*\"|\"root\")"},
        {"A|contains|expand: 'x%admins%'", "A(\"*xadm_*\"|\"*xroot*\")"},
        {"A|expand: '%admins%:%admins%'",
         "A(\"adm_*:adm_*\"|\"adm_*:root\"|\"root:adm_*\"|\"root:root\")"},
        // In paths a backslash before a placeholder is a backslash.
        {"A|expand: 'C:\\Users\\%User%\\Temp'", "A(expand\"C:\\Users\\{%}User{%}\\Temp\")"},
        {"A|expand: 'C:\\\\%User%\\x'", "A(expand\"C:\\{%}User{%}\\x\")"},
        {"A|expand: '%a%\\%b%'", "A(expand\"{%}a{%}\\{%}b{%}\")"},
        {"A|expand: '100\\%'", "A(\"100%\")"},
        {"A|expand: '%user%-%admins%'", "A(expand\"{%}user{%}-adm_*\"|expand\"{%}user{%}-root\")"},
        {"A|expand: '\\%plain%user%'", "A(expand\"%plain{%}user{%}\")"},
        {"A|expand: '100%'", "A(\"100%\")"},
        {"A: '%admins%'", "A(\"%admins%\")"},
        {"A|expand|base64: '%admins%'", "!a wildcard cannot be encoded"},
        {"A|expand|base64: '%user%'", "!a placeholder without values cannot be encoded"},
    };
    CHECK_ALL(rows);
}

static void keywords_and_scopes(void **state)
{
    (void)state;
    static const struct item_case rows[] = {
        {"'|all': [a, b]", "keywords+all(\"a\"|\"b\")"},
        {"'|contains|all': [a, 5]", "keywords+all(\"a\"|\"5\")"},
        {"'|re': 'a+'", "keywords(/a+/)"},
        {"- a\n    - 'b*'", "keywords(\"a\"|\"b*\")"},
        {"- a\n    - F: 1\n    - b", "or(keywords(\"a\"|\"b\"),F(#1))"},
        {"- F: 1\n    - G: 2\n      H: 3", "or(F(#1),and(G(#2),H(#3)))"},
        {"- [a, {F: 1}]\n    - b", "or(or(keywords(\"a\"),F(#1)),keywords(\"b\"))"},
        {"a", "keywords(\"a\")"},
        {"'|gt': 5", "!'|gt' needs the name of a field"},
        {"'|startswith': a", "!'|startswith' needs the name of a field"},
        {"- null", "!null has no meaning as a keyword"},
        {"L[any]: {a: 1, b|contains: x}", "any[L](and(a(#1),b(\"*x*\")))"},
        {"L[all]: [{a: 1}, {b: 2}]", "all[L](or(a(#1),b(#2)))"},
        {"L[any].n|startswith: x", "any[L](n(\"x*\"))"},
        {"L[any].m[all].n: x", "any[L](all[m](n(\"x\")))"},
        {"L[all]|startswith: x", "all[L]((\"x*\"))"},
        {"L[any]: [x, y]", "any[L]((\"x\"|\"y\"))"},
        {"L[any]: {}", "!an empty mapping selects nothing"},
        {"L[any]|contains: {a: 1}", "!modifiers belong to the fields inside"},
        {"L[0].n: x", "L[0].n(\"x\")"},
    };
    CHECK_ALL(rows);
}

static void unknown_modifiers_name_the_nearest(void **state)
{
    (void)state;
    static const struct item_case rows[] = {
        {"A|contians: x", "!5:5 unknown modifier 'contians'; did you mean 'contains'?"},
        {"A|Contains: x", "!unknown modifier 'Contains'; did you mean 'contains'?"},
        {"A|endwith: x", "!did you mean 'endswith'?"},
        {"A|zzzzzz: x", "!unknown modifier 'zzzzzz'"},
        {"A|: x", "!a modifier is missing after '|'"},
        {"A|contains|contains: x", "!modifier 'contains' stands twice"},
        {"A|contains|startswith: x", "!modifiers 'contains' and 'startswith' cannot be combined"},
    };
    CHECK_ALL(rows);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain_values_keep_their_types),
        cmocka_unit_test(escapes_and_wildcards),
        cmocka_unit_test(lists_and_case),
        cmocka_unit_test(encodings),
        cmocka_unit_test(windash_varies_the_sign_of_flags),
        cmocka_unit_test(typed_values),
        cmocka_unit_test(placeholders),
        cmocka_unit_test(keywords_and_scopes),
        cmocka_unit_test(unknown_modifiers_name_the_nearest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
