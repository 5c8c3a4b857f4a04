// Tests of base/instant: every spelling of a time, the calendar, printing.
// SPDX-License-Identifier: Apache-2.0
#include "base/instant.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#define COUNT(table) (sizeof(table) / sizeof(table)[0])
#define NARROW "\xe2\x80\xaf" // U+202F, before AM and PM in newer .NET and browsers

static void check(int64_t instant, const char *text, const char *expected)
{
    char printed[INSTANT_SIZE];
    instant_print(instant, printed);
    if (strcmp(printed, expected) != 0)
        fail_msg("'%s' reads as '%s', not '%s'", text, printed, expected);
}

static void every_spelling_is_read(void **state)
{
    (void)state;
    static const struct {
        const char *text, *expected;
    } cases[] = {
        {"2026-11-22T10:15:30", "2026-11-22T10:15:30Z"},
        {"2026-11-22T10:15:30Z", "2026-11-22T10:15:30Z"},
        {"2026-11-22T10:15:30.5Z", "2026-11-22T10:15:30.500000Z"},
        {"2026-11-22T10:15:30.1234567Z", "2026-11-22T10:15:30.123456Z"},
        {"2026-11-22T10:15:30.0000000", "2026-11-22T10:15:30Z"},
        {"2026-11-22T10:15:30+02:00", "2026-11-22T08:15:30Z"},
        {"2026-11-22T10:15:30.25-0530", "2026-11-22T15:45:30.250000Z"},
        {"2026-11-22 10:15:30", "2026-11-22T10:15:30Z"},
        {"2026-11-22 10:15:30 UTC", "2026-11-22T10:15:30Z"},
        {"2026-11-22 10:15:30.123 +00:00", "2026-11-22T10:15:30.123000Z"},
        {"2026-11-22", "2026-11-22T00:00:00Z"},
        {"  2026-11-22T10:15:30Z\r\n", "2026-11-22T10:15:30Z"},
        {"2016-12-31T23:59:60Z", "2017-01-01T00:00:00Z"},
        {"2024-02-29T00:00:00Z", "2024-02-29T00:00:00Z"},
        {"1601-01-01T00:00:00Z", "1601-01-01T00:00:00Z"},
        {"9999-12-31T23:59:59.999999Z", "9999-12-31T23:59:59.999999Z"},
        {"/Date(1728364117000)/", "2024-10-08T05:08:37Z"},
        {"\\/Date(1728364117000+0200)\\/", "2024-10-08T05:08:37Z"},
        {"/Date(-1000)/", "1969-12-31T23:59:59Z"},
        {"/Date(-1000-0500)/", "1969-12-31T23:59:59Z"},
        {"6/3/2023 8:13:00 AM", "2023-06-03T08:13:00Z"},
        {"6/3/2023 8:13:00" NARROW "PM", "2023-06-03T20:13:00Z"},
        {"6/3/2023 8:13:00 pm", "2023-06-03T20:13:00Z"},
        {"6/3/2023 12:00:00 AM", "2023-06-03T00:00:00Z"},
        {"6/3/2023 12:00:00 PM", "2023-06-03T12:00:00Z"},
        {"6/3/2023 8:13", "2023-06-03T08:13:00Z"},
        {"6/3/2023", "2023-06-03T00:00:00Z"},
        {"4/28/2021, 2:19:28.000 PM", "2021-04-28T14:19:28Z"},
        {"28/04/2021 14:19:28", "2021-04-28T14:19:28Z"}, // one order is possible only
        {"28.04.2021 14:19:28", "2021-04-28T14:19:28Z"},
        {"03.04.2021 14:19:28", "2021-04-03T14:19:28Z"}, // dots: day first always
        {"Sat, 24 Apr 2021 12:00:03 AM GMT", "2021-04-24T00:00:03Z"},
        {"Saturday, 24 April 2021 12:00:03", "2021-04-24T12:00:03Z"},
        {"24 Apr 2021 12:00:03", "2021-04-24T12:00:03Z"},
        {"24 Apr 2021 12:00:03 +0200", "2021-04-24T10:00:03Z"},
        {"Apr 24, 2021 @ 12:00:03.000", "2021-04-24T12:00:03Z"},
        {"may 1, 2021, 1:02:03 PM", "2021-05-01T13:02:03Z"},
        {"1728364117", "2024-10-08T05:08:37Z"},
        {"1728364117.123", "2024-10-08T05:08:37.123000Z"},
        {"1728364117000", "2024-10-08T05:08:37Z"},
        {"1728364117000.5", "2024-10-08T05:08:37.000500Z"},
        {"1728364117000001", "2024-10-08T05:08:37.000001Z"},
        {"1728364117123456789", "2024-10-08T05:08:37.123456Z"},
    };
    for (size_t i = 0; i < COUNT(cases); i++)
        check(instant_parse(str_from(cases[i].text), ORDER_MONTH_FIRST), cases[i].text,
              cases[i].expected);
}

static void slashed_dates_follow_the_order_of_their_column(void **state)
{
    (void)state;
    check(instant_parse(S("3/4/2021 01:00:00"), ORDER_DAY_FIRST), "day", "2021-04-03T01:00:00Z");
    check(instant_parse(S("3/4/2021 01:00:00"), ORDER_MONTH_FIRST), "month",
          "2021-03-04T01:00:00Z");
    check(instant_parse(S("4/28/2021 01:00:00"), ORDER_DAY_FIRST), "swap", "2021-04-28T01:00:00Z");
    static const struct {
        const char *text;
        int order;
    } cases[] = {{"28/04/2021 14:19:28", 1},
                 {"4/28/2021, 2:19:28 PM", -1},
                 {"3/4/2021", 0},
                 {"28/29/2021", 0},
                 {"28.04.2021", 0},
                 {"2021-04-28", 0},
                 {"", 0},
                 {"/", 0}};
    for (size_t i = 0; i < COUNT(cases); i++)
        assert_int_equal(instant_guess_order(str_from(cases[i].text)), cases[i].order);
}

static void what_is_no_time_is_refused(void **state)
{
    (void)state;
    static const char *const cases[] = {
        "",
        "now",
        "2026",
        "20261122",
        "2026-13-01T00:00:00Z",
        "2026-00-01T00:00:00Z",
        "2026-02-29T00:00:00Z",
        "1900-02-29T00:00:00Z",
        "2026-04-31",
        "2026-04-00",
        "2026-11-22T24:00:00Z",
        "2026-11-22T10:60:00Z",
        "2026-11-22T10:15:61Z",
        "2026-11-22T10:15:60Z",
        "2026-11-22T10:15:30.Z",
        "2026-11-22T10:15:30.1.2Z",
        "2026-11-22T10:15:30Zx",
        "2026-11-22T10:15:30+2:00",
        "2026-11-22T10:15:30+24:00",
        "2026-11-22T10:15:30+02:60",
        "2026-11-22T1:15:30Z",
        "2026-11-2",
        "2026/11/22",
        "0001-01-01T00:00:00Z", // .NET's empty date
        "1600-12-31T23:59:59Z",
        "/Date()/",
        "/Date(x)/",
        "/Date(1728364117000+02)/",
        "/Date(99999999999999999)/",
        "/Date(1728364117000)",
        "13/13/2023 08:00:00",
        "0/1/2023",
        "6/3/23 8:13:00 AM",
        "6/3/2023 13:13:00 PM",
        "6/3/2023 0:13:00 AM",
        "6/3/2023 8:13:00 XM",
        "6/3.2023",
        "6/3/2023x",
        "31.02.2021 00:00:00",
        "28.13.2021",
        "Sat, 24 Foo 2021 12:00:03",
        "Sat24 Apr 2021",
        "24 Apr",
        "Aprx 24, 2021",
        "1.2.3.4",
        "12345",
        "1728364117.",
        "1728364117.1.2",
        "-1728364117",
        "133728364117000000", // FILETIME
        "99999999999999999999999999",
        "00000000-0000-0000-0000-000000000000",
    };
    for (size_t i = 0; i < COUNT(cases); i++)
        check(instant_parse(str_from(cases[i]), ORDER_MONTH_FIRST), cases[i], "");
}

static void the_fast_way_reads_the_common_spelling_only(void **state)
{
    (void)state;
    static const char *const read[] = {"2026-11-22T10:15:30", "2026-11-22T10:15:30Z",
                                       "2026-11-22T10:15:30.1", "2026-11-22T10:15:30.1234567Z",
                                       "2026-11-22T10:15:30.123456789012345678901234567890Z"};
    static const char *const refused[] = {
        "2026-11-22",           "2026-11-22 10:15:30",   "2026-11-22T10:15:30+00:00",
        "2026-11-22T10:15:30.", "2026-11-22T10:15:30.Z", "2026-11-22T10:15:60Z",
        " 2026-11-22T10:15:30Z"};
    for (size_t i = 0; i < COUNT(read); i++) {
        struct str text = str_from(read[i]);
        assert_true(instant_parse_fast(text) != INSTANT_NONE);
        // Any other character at any of the fixed places makes it another spelling.
        for (size_t place = 0; place < 19; place++)
            for (int c = 0; c < 256; c++) {
                char copy[64];
                memcpy(copy, text.at, text.len);
                copy[place] = (char)c;
                bool is_digit = text.at[place] >= '0' && text.at[place] <= '9';
                bool may_be_read = is_digit ? c >= '0' && c <= '9' : c == text.at[place];
                if (!may_be_read)
                    assert_true(instant_parse_fast(str_of(copy, text.len)) == INSTANT_NONE);
            }
    }
    for (size_t i = 0; i < COUNT(refused); i++)
        assert_true(instant_parse_fast(str_from(refused[i])) == INSTANT_NONE);
}

// The calendar by counting, independent of the arithmetic under test.
static void every_day_from_1601_to_9999_is_in_its_place(void **state)
{
    (void)state;
    int64_t day_start = INT64_C(-11644473600) * SECOND; // 1601-01-01
    int weekday = 1;                                    // a Monday
    for (int year = 1601; year <= 9999; year++)
        for (int month = 1; month <= 12; month++) {
            bool is_leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
            int len = month == 2 ? 28 + is_leap : 30 + ((month + (month > 7)) & 1);
            for (int day = 1; day <= len + 1; day++) {
                char text[64];
                size_t text_len = (size_t)snprintf(text, sizeof text, "%04d-%02d-%02dT00:00:00Z",
                                                   year, month, day);
                int64_t instant = instant_parse_fast(str_of(text, text_len));
                if (day > len) {
                    assert_true(instant == INSTANT_NONE);
                    continue;
                }
                assert_true(instant == day_start);
                struct instant_parts parts = instant_split(instant + DAY - 1);
                assert_true(parts.year == year && parts.month == month && parts.day == day);
                assert_true(parts.weekday == weekday && parts.hour == 23 && parts.minute == 59);
                assert_true(parts.second == 59 && parts.microsecond == 999999);
                day_start += DAY;
                weekday = weekday % 7 + 1;
            }
        }
}

static void weeks_are_those_of_iso_8601(void **state)
{
    (void)state;
    static const struct {
        const char *date;
        int week, weekday;
    } cases[] = {
        {"2005-01-01", 53, 6}, {"2005-01-02", 53, 7}, {"2005-12-31", 52, 6}, {"2006-01-01", 52, 7},
        {"2006-01-02", 1, 1},  {"2008-12-29", 1, 1},  {"2009-12-31", 53, 4}, {"2010-01-03", 53, 7},
        {"1970-01-01", 1, 4},  {"2026-11-22", 47, 7},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct instant_parts parts =
            instant_split(instant_parse(str_from(cases[i].date), ORDER_MONTH_FIRST));
        assert_int_equal(parts.week, cases[i].week);
        assert_int_equal(parts.weekday, cases[i].weekday);
    }
}

static void numbers_are_read_by_their_magnitude(void **state)
{
    (void)state;
    static const struct {
        double number;
        const char *expected;
    } cases[] = {
        {1728364117, "2024-10-08T05:08:37Z"},
        {1728364117.25, "2024-10-08T05:08:37.250000Z"},
        {1728364117000, "2024-10-08T05:08:37Z"},
        {1728364117000000, "2024-10-08T05:08:37Z"},
        {1728364117000000000, "2024-10-08T05:08:37Z"},
        {0, ""},
        {-1728364117, ""},
        {2026, ""},
        {1e30, ""},
        {0.0 / 1.0, ""},
        {__builtin_nan(""), ""},
        {__builtin_inf(), ""},
    };
    for (size_t i = 0; i < COUNT(cases); i++)
        check(instant_from_number(cases[i].number), "a number", cases[i].expected);
}

static void options_are_strict_rfc_3339(void **state)
{
    (void)state;
    static const struct {
        const char *text, *expected;
    } cases[] = {
        {"2026-11-22", "2026-11-22T00:00:00Z"},
        {"2026-11-22T10:15:30Z", "2026-11-22T10:15:30Z"},
        {"2026-11-22t10:15:30z", "2026-11-22T10:15:30Z"},
        {"2026-11-22T10:15:30.5Z", "2026-11-22T10:15:30.500000Z"},
        {"2026-11-22T10:15:30+02:00", "2026-11-22T08:15:30Z"},
        {"2026-11-22T10:15:30.123-02:30", "2026-11-22T12:45:30.123000Z"},
        {"1990-12-31T23:59:60Z", "1991-01-01T00:00:00Z"},
        {"2026-11-22T10:15:30", ""}, // no zone
        {"2026-11-22T10:15Z", ""},
        {"2026-11-22T10:15:30+0200", ""},
        {"2026-11-22T10:15:30+02", ""},
        {"2026-11-22 10:15:30Z", ""},
        {"2026-11-22T10:15:30 Z", ""},
        {"2026-11-22T10:15:30AMZ", ""},
        {"2026-11-22T10:15:30UTC", ""},
        {" 2026-11-22", ""},
        {"2026-11-22T", ""},
        {"2026-11-31", ""},
        {"22.11.2026", ""},
        {"", ""},
    };
    for (size_t i = 0; i < COUNT(cases); i++)
        check(instant_parse_rfc3339(str_from(cases[i].text)), cases[i].text, cases[i].expected);
}

static void any_instant_prints_within_its_room(void **state)
{
    (void)state;
    char text[INSTANT_SIZE];
    assert_string_equal(instant_print(INSTANT_NONE, text), "");
    assert_string_equal(instant_print(0, text), "1970-01-01T00:00:00Z");
    assert_string_equal(instant_print(-1, text), "1969-12-31T23:59:59.999999Z");
    assert_true(strlen(instant_print(INT64_MAX, text)) < INSTANT_SIZE);
    assert_true(strlen(instant_print(INT64_MIN + 1, text)) < INSTANT_SIZE);
}

static void a_span_is_told_in_its_largest_unit(void **state)
{
    static const struct {
        int64_t span;
        const char *text;
    } cases[] = {{0, "less than a second"},     {SECOND - 1, "less than a second"},
                 {SECOND, "1 second"},          {119 * SECOND, "119 seconds"},
                 {2 * MINUTE, "2 minutes"},     {119 * MINUTE, "119 minutes"},
                 {23 * HOUR - 1, "22 hours"},   {47 * HOUR, "47 hours"},
                 {2 * DAY, "2 days"},           {-3 * DAY, "3 days"},
                 {INT64_MIN, "106751991 days"}, {INT64_MAX, "106751991 days"}};
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        char text[INSTANT_SIZE];
        assert_string_equal(instant_print_span(cases[i].span, text), cases[i].text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_spelling_is_read),
        cmocka_unit_test(slashed_dates_follow_the_order_of_their_column),
        cmocka_unit_test(what_is_no_time_is_refused),
        cmocka_unit_test(the_fast_way_reads_the_common_spelling_only),
        cmocka_unit_test(every_day_from_1601_to_9999_is_in_its_place),
        cmocka_unit_test(weeks_are_those_of_iso_8601),
        cmocka_unit_test(numbers_are_read_by_their_magnitude),
        cmocka_unit_test(options_are_strict_rfc_3339),
        cmocka_unit_test(any_instant_prints_within_its_room),
        cmocka_unit_test(a_span_is_told_in_its_largest_unit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
