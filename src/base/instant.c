// Reads every spelling of a time that audit exports use, and prints one. Arithmetic is on the
// proleptic Gregorian calendar; neither the locale nor the machine's time zone has a say.
// SPDX-License-Identifier: Apache-2.0
#include "base/instant.h"

#include <stdio.h>

#define YEAR_MIN 1601
#define YEAR_MAX 9999
#define TEXT_LIMIT 64 // bytes of a spelling other than the common one
#define ONES UINT64_C(0x0101010101010101)
#define HIGH_BITS (ONES * 0x80)

// ---- the calendar -----------------------------------------------------------------------------

static inline bool is_leap(int year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static inline int month_length(int year, int month)
{
    static const int8_t lengths[] = {0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return lengths[month] + (month == 2 && is_leap(year));
}

// Days since 1970-01-01. Years begin in March here, so that the leap day is the last of its year
// (Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", days_from_civil).
static inline int64_t days_of(int year, int month, int day)
{
    int is_early = month <= 2;
    int y = year - is_early, m = month + 12 * is_early - 3;
    return y * 365 + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + day - 1 - 719468;
}

static inline int64_t floor_divide(int64_t number, int64_t by)
{
    return number / by - (number % by < 0);
}

static void civil_of(int64_t days, struct instant_parts *parts)
{
    days += 719468;
    int64_t era = floor_divide(days, 146097), day_of_era = days - era * 146097;
    int64_t year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t m = (5 * day_of_year + 2) / 153;
    parts->day = (int)(day_of_year - (153 * m + 2) / 5 + 1);
    parts->month = (int)(m < 10 ? m + 3 : m - 9);
    parts->year = (int)(year_of_era + era * 400 + (m >= 10));
}

// ---- the common spelling ----------------------------------------------------------------------

// Eight characters at once: each byte of `word` becomes its distance from the pattern, where digits
// stand against '0'. A digit may be 0..9 apart, any other character not at all.
static inline uint64_t distance(const char *at, const char pattern[8])
{
    uint64_t word, expected;
    memcpy(&word, at, sizeof word);
    memcpy(&expected, pattern, sizeof expected);
    return word ^ expected;
}

// `slack` has 0x76 for digits (0x76 + 10 sets the high bit) and 0x7f for other characters.
static inline uint64_t misfits(uint64_t apart, const uint8_t slack[8])
{
    uint64_t added;
    memcpy(&added, slack, sizeof added);
    return ((apart + added) | apart) & HIGH_BITS;
}

// The two-digit number whose first digit is the byte at `i`.
static inline int pair(const uint8_t digits[8], int i)
{
    return digits[i] * 10 + digits[i + 1];
}

// Microseconds of the digits at text[i...]; leaves the index behind them in *end. The seventh digit
// and later ones are cut off.
static inline int fraction(struct str text, size_t i, size_t *end)
{
    int value = 0, weight = 100000;
    for (; i < text.len && (uint8_t)(text.at[i] - '0') <= 9; i++) {
        value += weight * (text.at[i] - '0');
        weight /= 10;
    }
    *end = i;
    return value;
}

// Reads the digits of a fraction and the end of the text; -1 when there is anything else.
static int fast_rest(struct str text)
{
    enum { D = 0x76, C = 0x7f };
    static const uint8_t slack[8] = {D, D, D, D, D, D, D, C};
    if (text.len == 28 && text.at[19] == '.') { // .NET's seven digits and Z
        uint64_t apart = distance(text.at + 20, "0000000Z");
        uint8_t x[8];
        memcpy(x, &apart, 8);
        if (!misfits(apart, slack))
            return pair(x, 0) * 10000 + pair(x, 2) * 100 + pair(x, 4);
    }
    int micros = 0;
    size_t i = 19;
    if (i < text.len && text.at[i] == '.') {
        micros = fraction(text, 20, &i);
        if (i == 20)
            return -1;
    }
    i += i < text.len && text.at[i] == 'Z';
    return i == text.len ? micros : -1;
}

int64_t instant_parse_fast(struct str text)
{
    if (text.len < 19)
        return INSTANT_NONE;
    // The words overlap: characters 0..7, 8..15 and 11..18.
    enum { D = 0x76, C = 0x7f };
    static const uint8_t slack_a[8] = {D, D, D, D, C, D, D, C};
    static const uint8_t slack_b[8] = {D, D, C, D, D, C, D, D};
    uint64_t a = distance(text.at, "0000-00-");
    uint64_t b = distance(text.at + 8, "00T00:00");
    uint64_t c = distance(text.at + 11, "00:00:00");
    if (misfits(a, slack_a) | misfits(b, slack_b) | misfits(c, slack_b))
        return INSTANT_NONE;
    uint8_t x[8], y[8], z[8];
    memcpy(x, &a, 8);
    memcpy(y, &b, 8);
    memcpy(z, &c, 8);
    int year = pair(x, 0) * 100 + pair(x, 2), month = pair(x, 5), day = pair(y, 0);
    int hour = pair(y, 3), minute = pair(y, 6), second = pair(z, 6);
    if (((unsigned)month - 1 > 11) | (year < YEAR_MIN) | (hour > 23) | (minute > 59) |
        (second > 59) | (day < 1))
        return INSTANT_NONE;
    if (day > 28 && day > month_length(year, month))
        return INSTANT_NONE;
    int micros = text.len == 20 && text.at[19] == 'Z' ? 0 : fast_rest(text);
    if (micros < 0)
        return INSTANT_NONE;
    return (days_of(year, month, day) * 86400 + hour * 3600 + minute * 60 + second) * SECOND +
           micros;
}

// ---- every other spelling ---------------------------------------------------------------------

struct when {
    int year, month, day, hour, minute, second, micros;
    int zone; // minutes east of UTC
};

// A cursor: each take_ function moves over what it knows and says whether it was there.
struct cursor {
    const char *at, *end;
};

static size_t left(const struct cursor *cursor)
{
    return (size_t)(cursor->end - cursor->at);
}

static bool take(struct cursor *cursor, char c)
{
    if (cursor->at == cursor->end || *cursor->at != c)
        return false;
    cursor->at++;
    return true;
}

static bool take_text(struct cursor *cursor, struct str text)
{
    if (!str_starts_fold(str_of(cursor->at, left(cursor)), text))
        return false;
    cursor->at += text.len;
    return true;
}

// Spaces, the no-break space U+00A0 and the narrow one U+202F (.NET 8 and ICU 72 before AM and PM).
static bool take_spaces(struct cursor *cursor)
{
    const char *start = cursor->at;
    while (take(cursor, ' ') || take_text(cursor, S("\xc2\xa0")) ||
           take_text(cursor, S("\xe2\x80\xaf")))
        ;
    return cursor->at != start;
}

// Between `least` and `most` digits, all that are there.
static bool take_digits(struct cursor *cursor, int least, int most, int *out)
{
    int number = 0, count = 0;
    for (; cursor->at < cursor->end && *cursor->at >= '0' && *cursor->at <= '9'; cursor->at++) {
        if (++count > most)
            return false;
        number = number * 10 + (*cursor->at - '0');
    }
    *out = number;
    return count >= least;
}

// One of the three-letter names, or its full form when `is_long` names exist for it.
static bool take_name(struct cursor *cursor, const struct str *names, int count, int *index)
{
    for (int i = 0; i < count; i++) {
        struct cursor after = *cursor;
        struct str brief = str_of(names[i].at, 3);
        if (!take_text(&after, names[i]) && !take_text(&after, brief))
            continue;
        if (after.at < after.end && ascii_lower(*after.at) >= 'a' && ascii_lower(*after.at) <= 'z')
            continue;
        *cursor = after;
        *index = i + 1;
        return true;
    }
    return false;
}

static bool take_month(struct cursor *cursor, int *month)
{
    static const struct str names[] = {STR("January"), STR("February"), STR("March"),
                                       STR("April"),   STR("May"),      STR("June"),
                                       STR("July"),    STR("August"),   STR("September"),
                                       STR("October"), STR("November"), STR("December")};
    return take_name(cursor, names, 12, month);
}

static bool take_weekday(struct cursor *cursor)
{
    static const struct str names[] = {STR("Monday"),   STR("Tuesday"), STR("Wednesday"),
                                       STR("Thursday"), STR("Friday"),  STR("Saturday"),
                                       STR("Sunday")};
    int index;
    return take_name(cursor, names, 7, &index);
}

static bool take_fraction(struct cursor *cursor, int *micros)
{
    struct str rest = str_of(cursor->at, left(cursor));
    size_t end;
    *micros = fraction(rest, 0, &end);
    cursor->at += end;
    return end > 0;
}

// AM or PM behind a 12-hour time. Gives false when one stands behind an hour it cannot follow.
static bool take_half_day(struct cursor *cursor, int *hour)
{
    struct cursor after = *cursor;
    take_spaces(&after);
    bool is_pm = take_text(&after, S("pm"));
    if (!is_pm && !take_text(&after, S("am")))
        return true;
    if (*hour < 1 || *hour > 12)
        return false;
    *hour = *hour % 12 + 12 * is_pm;
    *cursor = after;
    return true;
}

// Z, UTC, GMT, +02:00, +0200, +02 or nothing; a space may stand before it.
static bool take_zone(struct cursor *cursor, int *zone)
{
    take_spaces(cursor);
    if (take_text(cursor, S("Z")) || take_text(cursor, S("UTC")) || take_text(cursor, S("GMT")))
        return true;
    bool is_west = take(cursor, '-');
    if (!is_west && !take(cursor, '+'))
        return true;
    int hours = 0, minutes = 0;
    struct cursor digits = {cursor->at, left(cursor) > 2 ? cursor->at + 2 : cursor->end};
    if (!take_digits(&digits, 2, 2, &hours))
        return false;
    cursor->at = digits.at;
    bool has_colon = take(cursor, ':');
    if ((has_colon || left(cursor)) && !take_digits(cursor, 2, 2, &minutes))
        return false;
    if (hours > 23 || minutes > 59)
        return false;
    *zone = (hours * 60 + minutes) * (is_west ? -1 : 1);
    return true;
}

// hh:mm[:ss[.fraction]] [AM|PM] [zone]
static bool take_time(struct cursor *cursor, int least_digits, struct when *when)
{
    if (!take_digits(cursor, least_digits, 2, &when->hour) || !take(cursor, ':') ||
        !take_digits(cursor, 2, 2, &when->minute))
        return false;
    if (take(cursor, ':')) {
        if (!take_digits(cursor, 2, 2, &when->second))
            return false;
        if (take(cursor, '.') && !take_fraction(cursor, &when->micros))
            return false;
    }
    return take_half_day(cursor, &when->hour) && take_zone(cursor, &when->zone);
}

static int64_t instant_of(const struct when *when)
{
    if (when->year < YEAR_MIN || when->year > YEAR_MAX || when->month < 1 || when->month > 12 ||
        when->day < 1 || when->day > month_length(when->year, when->month) || when->hour > 23 ||
        when->minute > 59)
        return INSTANT_NONE;
    // A leap second (only ever the last second of an hour) reads as the next one.
    if (when->second > 60 || (when->second == 60 && when->minute != 59))
        return INSTANT_NONE;
    int64_t seconds = days_of(when->year, when->month, when->day) * 86400 + when->hour * 3600 +
                      when->minute * 60 + when->second - when->zone * 60;
    return seconds * SECOND + when->micros;
}

// 2026-11-22, then 'T' or a space and a time.
static bool take_iso(struct cursor *cursor, struct when *when)
{
    if (!take_digits(cursor, 4, 4, &when->year) || !take(cursor, '-') ||
        !take_digits(cursor, 2, 2, &when->month) || !take(cursor, '-') ||
        !take_digits(cursor, 2, 2, &when->day))
        return false;
    if (cursor->at == cursor->end)
        return true;
    return (take_text(cursor, S("T")) || take_spaces(cursor)) && take_time(cursor, 2, when);
}

// What may stand between a date and its time: ",", " @", spaces; and the end, for a date alone.
static bool take_gap_and_time(struct cursor *cursor, struct when *when)
{
    if (cursor->at == cursor->end)
        return true;
    bool has_gap = take(cursor, ',');
    has_gap |= take_spaces(cursor);
    if (has_gap && take(cursor, '@'))
        take_spaces(cursor);
    return has_gap && take_time(cursor, 1, when);
}

// 6/3/2023 and 28.04.2021; dots are day first always. A date that is valid in one order only is
// read in that order.
static bool take_slashed(struct cursor *cursor, enum instant_order order, struct when *when)
{
    int first, second;
    if (!take_digits(cursor, 1, 2, &first))
        return false;
    bool has_dots = take(cursor, '.');
    if ((!has_dots && !take(cursor, '/')) || !take_digits(cursor, 1, 2, &second) ||
        !take(cursor, has_dots ? '.' : '/') || !take_digits(cursor, 4, 4, &when->year))
        return false;
    bool is_day_first = has_dots || order == ORDER_DAY_FIRST;
    if (!has_dots && (is_day_first ? second : first) > 12)
        is_day_first = !is_day_first;
    when->day = is_day_first ? first : second;
    when->month = is_day_first ? second : first;
    return take_gap_and_time(cursor, when);
}

// [Sat, ]24 Apr 2021 and Apr 24, 2021
static bool take_named(struct cursor *cursor, struct when *when)
{
    if (take_weekday(cursor)) {
        take(cursor, ',');
        if (!take_spaces(cursor))
            return false;
    }
    bool is_month_first = take_month(cursor, &when->month);
    if (is_month_first) {
        if (!take_spaces(cursor) || !take_digits(cursor, 1, 2, &when->day))
            return false;
        take(cursor, ',');
    } else if (!take_digits(cursor, 1, 2, &when->day) || !take_spaces(cursor) ||
               !take_month(cursor, &when->month)) {
        return false;
    }
    return take_spaces(cursor) && take_digits(cursor, 4, 4, &when->year) &&
           take_gap_and_time(cursor, when);
}

// ---- numbers ----------------------------------------------------------------------------------

// Units by magnitude. Seconds start in 1973, so that a lone year or a small count is no time.
// Nanoseconds start in 2001: numbers of 18 digits are Windows FILETIMEs, another epoch.
static const struct unit {
    int64_t least, end;
    int64_t multiply, divide; // to microseconds
} units[] = {
    {100000000, 100000000000, 1000000, 1},
    {100000000000, 100000000000000, 1000, 1},
    {100000000000000, 100000000000000000, 1, 1},
    {1000000000000000000, INT64_MAX, 1, 1000},
};

static const struct unit *unit_of(int64_t number)
{
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++)
        if (number >= units[i].least && number < units[i].end)
            return &units[i];
    return NULL;
}

int64_t instant_from_number(double number)
{
    if (!(number >= 1 && number < 9.2e18))
        return INSTANT_NONE;
    int64_t whole = (int64_t)number;
    const struct unit *unit = unit_of(whole);
    if (!unit)
        return INSTANT_NONE;
    int64_t rest = (int64_t)((number - (double)whole) * (double)unit->multiply + 0.5);
    return whole * unit->multiply / unit->divide + (unit->divide == 1 ? rest : 0);
}

// Digits with an optional fraction; exact, where a double would not be.
static int64_t parse_number(struct str text)
{
    size_t point = str_index(text, '.');
    int64_t whole;
    int micros = 0;
    if (text.at[0] == '+' || !str_to_int64(str_of(text.at, point), &whole))
        return INSTANT_NONE;
    if (point < text.len) {
        size_t end;
        micros = fraction(text, point + 1, &end);
        if (end != text.len || end == point + 1)
            return INSTANT_NONE;
    }
    const struct unit *unit = unit_of(whole);
    if (!unit)
        return INSTANT_NONE;
    return whole * unit->multiply / unit->divide +
           micros / (SECOND / unit->multiply) / unit->divide;
}

// The inside of /Date(...)/: milliseconds, then perhaps a zone that was shown and changes nothing.
static int64_t parse_date_call(struct str text)
{
    struct str number = text;
    for (size_t i = 1; i < text.len; i++) {
        if (text.at[i] != '+' && text.at[i] != '-')
            continue;
        struct cursor zone = {text.at + i, text.at + text.len};
        int minutes;
        if (text.len - i != 5 || !take_zone(&zone, &minutes) || zone.at != zone.end)
            return INSTANT_NONE;
        number.len = i;
        break;
    }
    int64_t millis;
    if (number.len == 0 || number.at[0] == '+' || !str_to_int64(number, &millis))
        return INSTANT_NONE;
    const int64_t least = -INT64_C(11644473600000), end = INT64_C(253402300800000);
    return millis >= least && millis < end ? millis * 1000 : INSTANT_NONE; // 1601 to 9999
}

// ---- the doors --------------------------------------------------------------------------------

static bool is_number(struct str text)
{
    for (size_t i = 0; i < text.len; i++)
        if ((text.at[i] < '0' || text.at[i] > '9') && (text.at[i] != '.' || i < 9))
            return false;
    return text.len > 0;
}

int64_t instant_parse(struct str text, enum instant_order order)
{
    int64_t fast = instant_parse_fast(text);
    if (fast != INSTANT_NONE)
        return fast;
    text = str_trim(text);
    if (text.len < 6 || text.len > TEXT_LIMIT)
        return INSTANT_NONE;
    for (int i = 0; i < 2; i++) {
        struct str open = i ? S("\\/Date(") : S("/Date("), close = i ? S(")\\/") : S(")/");
        if (str_starts(text, open) && str_ends(text, close) && text.len >= open.len + close.len)
            return parse_date_call(str_of(text.at + open.len, text.len - open.len - close.len));
    }
    if (is_number(text))
        return parse_number(text);
    struct cursor cursor = {text.at, text.at + text.len};
    struct when when = {0};
    bool is_read;
    if (text.at[4] == '-')
        is_read = take_iso(&cursor, &when);
    else if (memchr(text.at, '/', 3) || memchr(text.at, '.', 3))
        is_read = take_slashed(&cursor, order, &when);
    else
        is_read = take_named(&cursor, &when);
    return is_read && cursor.at == cursor.end ? instant_of(&when) : INSTANT_NONE;
}

int64_t instant_parse_rfc3339(struct str text)
{
    // Date alone, or 'T', a time with seconds, and a zone of Z or +hh:mm.
    bool has_time = text.len > 10;
    if (has_time) {
        char last = ascii_lower(text.at[text.len - 1]);
        bool has_zone =
            last == 'z' || (text.len >= 25 && text.at[text.len - 3] == ':' &&
                            (text.at[text.len - 6] == '+' || text.at[text.len - 6] == '-'));
        if (!has_zone || text.len < 20 || ascii_lower(text.at[10]) != 't' || text.at[16] != ':')
            return INSTANT_NONE;
        for (size_t i = 11; i < text.len; i++) // no spaces or AM and PM
            if (!memchr("0123456789:.+-zZ", text.at[i], 16))
                return INSTANT_NONE;
    }
    struct cursor cursor = {text.at, text.at + text.len};
    struct when when = {0};
    if (text.len < 10 || text.len > TEXT_LIMIT || !take_iso(&cursor, &when) ||
        cursor.at != cursor.end)
        return INSTANT_NONE;
    return instant_of(&when);
}

int instant_guess_order(struct str text)
{
    text = str_trim(text);
    struct cursor cursor = {text.at, text.at + text.len};
    int first, second;
    if (!take_digits(&cursor, 1, 2, &first) || !take(&cursor, '/') ||
        !take_digits(&cursor, 1, 2, &second) || !take(&cursor, '/'))
        return 0;
    return first > 12 && second <= 12 ? 1 : second > 12 && first <= 12 ? -1 : 0;
}

// ---- back into parts and text -----------------------------------------------------------------

// Everything but week and weekday; gives the days since 1970-01-01.
static int64_t split_clock(int64_t instant, struct instant_parts *out)
{
    struct instant_parts parts = {0};
    int64_t days = floor_divide(instant, DAY), rest = instant % DAY;
    rest += rest < 0 ? DAY : 0;
    civil_of(days, &parts);
    parts.hour = (int)(rest / HOUR);
    parts.minute = (int)(rest % HOUR / MINUTE);
    parts.second = (int)(rest % MINUTE / SECOND);
    parts.microsecond = (int)(rest % SECOND);
    *out = parts;
    return days;
}

struct instant_parts instant_split(int64_t instant)
{
    struct instant_parts parts = {0};
    if (instant == INSTANT_NONE)
        return parts;
    int64_t days = split_clock(instant, &parts);
    // 1970-01-01 was a Thursday. An ISO week belongs to the year of its Thursday.
    parts.weekday = (int)(days + 3 - 7 * floor_divide(days + 3, 7)) + 1;
    int64_t thursday = days - parts.weekday + 4;
    struct instant_parts of_thursday;
    civil_of(thursday, &of_thursday);
    parts.week = (int)((thursday - days_of(of_thursday.year, 1, 1)) / 7) + 1;
    return parts;
}

static char *print_number(char *at, int number, int width)
{
    for (int i = width; i-- > 0; number /= 10)
        at[i] = (char)('0' + number % 10);
    return at + width;
}

char *instant_print(int64_t instant, char text[INSTANT_SIZE])
{
    char *at = text;
    if (instant != INSTANT_NONE) {
        struct instant_parts parts;
        split_clock(instant, &parts);
        bool is_negative = parts.year < 0;
        int year = is_negative ? -parts.year : parts.year;
        if (is_negative)
            *at++ = '-';
        at = print_number(at, year, year > YEAR_MAX ? 6 : 4);
        const struct {
            char before;
            int number;
        } rest[] = {{'-', parts.month},
                    {'-', parts.day},
                    {'T', parts.hour},
                    {':', parts.minute},
                    {':', parts.second}};
        for (size_t i = 0; i < sizeof rest / sizeof rest[0]; i++) {
            *at++ = rest[i].before;
            at = print_number(at, rest[i].number, 2);
        }
        if (parts.microsecond) {
            *at++ = '.';
            at = print_number(at, parts.microsecond, 6);
        }
        *at++ = 'Z';
    }
    *at = 0;
    return text;
}

char *instant_print_span(int64_t span, char text[INSTANT_SIZE])
{
    static const struct {
        int64_t size;
        const char *name;
    } spans[] = {{DAY, "day"}, {HOUR, "hour"}, {MINUTE, "minute"}, {SECOND, "second"}};
    uint64_t length = span < 0 ? 0 - (uint64_t)span : (uint64_t)span;
    for (size_t i = 0; i < sizeof spans / sizeof spans[0]; i++) {
        uint64_t number = length / (uint64_t)spans[i].size;
        if (number < 2 && spans[i].size > SECOND)
            continue;
        if (number == 0)
            break;
        snprintf(text, INSTANT_SIZE, "%llu %s%s", (unsigned long long)number, spans[i].name,
                 number == 1 ? "" : "s");
        return text;
    }
    snprintf(text, INSTANT_SIZE, "less than a second");
    return text;
}
