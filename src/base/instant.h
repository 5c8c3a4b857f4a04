// Points in time: microseconds since 1970-01-01T00:00:00Z as int64, and every spelling of a time that
// audit exports use.
// SPDX-License-Identifier: Apache-2.0
#ifndef STORMGLASS_BASE_INSTANT_H
#define STORMGLASS_BASE_INSTANT_H

#include <stdint.h>

#include "base/str.h"

#define INSTANT_NONE INT64_MIN
#define SECOND INT64_C(1000000)
#define MINUTE (60 * SECOND)
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)

struct instant_parts {
    int year, month, day, hour, minute, second, microsecond;
    int week;    // ISO 8601 week 1..53
    int weekday; // 1 Monday .. 7 Sunday
};

// Order of day and month in slashed dates; found out per column (see instant_guess_order). A date
// that is valid in one order only is read in that order; dates with dots are day first always.
enum instant_order { ORDER_MONTH_FIRST, ORDER_DAY_FIRST };

// Reads a time in any of these spellings; without a zone it is UTC. INSTANT_NONE when it is none.
//   2026-11-22T10:15:30[.fraction][Z|+02:00|+0200]   2026-11-22 10:15:30   2026-11-22
//   /Date(1728364117000)/ and \/Date(1728364117000+0200)\/       (milliseconds, PowerShell 5.1)
//   6/3/2023 8:13:00 AM   4/28/2021, 2:19:28.000 PM   28/04/2021 14:19:28   28.04.2021 14:19:28
//   Sat, 24 Apr 2021 12:00:03 AM GMT   24 Apr 2021 12:00:03   Apr 24, 2021 @ 12:00:03.000
//   1728364117 · 1728364117.123 · 1728364117000 (epoch seconds, milliseconds, micro-, nanoseconds)
// Years 1601..9999 only; a leap second reads as the next second.
int64_t instant_parse(struct str text, enum instant_order order);

// The common case, as fast as it goes: exactly YYYY-MM-DDThh:mm:ss with an optional fraction and
// optional Z. INSTANT_NONE for anything else.
int64_t instant_parse_fast(struct str text);

// A number found where a time stands: epoch seconds from 1e8 on, milliseconds from 1e11, micro-
// from 1e14, nanoseconds from 1e18. Smaller numbers (counts, years) and those between are no time.
int64_t instant_from_number(double number);

// Strict RFC 3339 for options (--since): date and time, or date alone; INSTANT_NONE otherwise.
int64_t instant_parse_rfc3339(struct str text);

// What a slashed date says of its order: 1 day first for sure (first part > 12), -1 month first for
// sure, 0 either.
int instant_guess_order(struct str text);

struct instant_parts instant_split(int64_t instant);

// "2026-11-22T10:15:30Z", with ".123456" only when there is a fraction; at most 28 bytes and a zero.
// INSTANT_NONE writes an empty text.
#define INSTANT_SIZE 40
char *instant_print(int64_t instant, char text[INSTANT_SIZE]);

// A span of time in the largest unit of which it holds two, rounded down: "45 seconds", "9 minutes",
// "22 hours", "3 days"; "less than a second". What is negative is told without its sign.
char *instant_print_span(int64_t span, char text[INSTANT_SIZE]);

#endif
