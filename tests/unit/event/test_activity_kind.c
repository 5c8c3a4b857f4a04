// What operations mean: the table is in order, so that each row of it is found, and spellings do not matter.
// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "event/activity_kind.c" // for its rows

static void rows_are_sorted_and_short(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS; i++) {
        struct str name = str_from(rows[i].name);
        if (i && str_compare(str_from(rows[i - 1].name), name) >= 0)
            fail_msg("'%s' stands behind '%s'", rows[i].name, rows[i - 1].name);
        assert_in_range(name.len, 1, NAME_LIMIT);
        assert_true(name.at[name.len - 1] != '.' && name.at[name.len - 1] != ' ');
        for (size_t k = 0; k < name.len; k++)
            assert_int_equal(ascii_lower(name.at[k]), name.at[k]);
    }
}

static void every_row_is_found_in_every_spelling(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS; i++) {
        char text[NAME_LIMIT + 3];
        struct str name = str_from(rows[i].name);
        for (size_t k = 0; k < name.len; k++)
            text[k] = (char)(name.at[k] >= 'a' && name.at[k] <= 'z' ? name.at[k] - 32 : name.at[k]);
        memcpy(text + name.len, ". ", 2);
        for (size_t more = 0; more <= 2; more++) {
            struct str spelt = str_of(text, name.len + more);
            assert_int_equal(activity_kind_find(SOURCE_M365_AUDIT, spelt), rows[i].kind);
            assert_int_equal(activity_kind_find(SOURCE_ENTRA_AUDIT, spelt), rows[i].kind);
        }
    }
}

static void what_is_in_no_row(void **state)
{
    static const struct {
        enum source_id source;
        const char *operation;
        enum activity_kind kind;
    } cases[] = {
        {SOURCE_M365_AUDIT, "", ACTIVITY_OTHER},
        {SOURCE_M365_AUDIT, ". . ", ACTIVITY_OTHER},
        {SOURCE_M365_AUDIT, "Sen", ACTIVITY_OTHER},
        {SOURCE_M365_AUDIT, "Sends", ACTIVITY_OTHER},
        {SOURCE_ENTRA_AUDIT, "Update user", ACTIVITY_DIRECTORY},
        {SOURCE_ENTRA_AUDIT, "", ACTIVITY_DIRECTORY},
        {SOURCE_ENTRA_SIGNIN, "Send", ACTIVITY_SIGN_IN},
        {SOURCE_GRAPH_ACTIVITY, "GET", ACTIVITY_GRAPH},
        {SOURCE_MESSAGE_TRACE, "", ACTIVITY_MESSAGE},
        {SOURCE_AZURE_ACTIVITY, "Send", ACTIVITY_OTHER},
        {SOURCE_ANY_JSON, "Send", ACTIVITY_OTHER},
    };
    char text[1000];
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_int_equal(activity_kind_find(cases[i].source, str_from(cases[i].operation)),
                         cases[i].kind);
    memset(text, 'a', sizeof text);
    for (size_t len = NAME_LIMIT - 1; len <= sizeof text; len++) {
        assert_int_equal(activity_kind_find(SOURCE_M365_AUDIT, str_of(text, len)), ACTIVITY_OTHER);
        assert_int_equal(activity_kind_find(SOURCE_ENTRA_AUDIT, str_of(text, len)),
                         ACTIVITY_DIRECTORY);
    }
}

static void kinds_have_names_of_their_own(void **state)
{
    (void)state;
    for (int a = 0; a < ACTIVITY_KIND_COUNT; a++)
        for (int b = 0; b < a; b++)
            assert_string_not_equal(activity_kind_name((enum activity_kind)a),
                                    activity_kind_name((enum activity_kind)b));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(rows_are_sorted_and_short),
                                       cmocka_unit_test(every_row_is_found_in_every_spelling),
                                       cmocka_unit_test(what_is_in_no_row),
                                       cmocka_unit_test(kinds_have_names_of_their_own)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
