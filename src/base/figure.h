// Numbers, sizes and spans of time as people read them. Each function writes into the caller's text
// and gives it back.
// SPDX-License-Identifier: Apache-2.0
#ifndef STORMGLASS_BASE_FIGURE_H
#define STORMGLASS_BASE_FIGURE_H

#include <stdint.h>

#include "base/instant.h"

#define FIGURE_SIZE 48

char *figure_number(uint64_t number, char text[FIGURE_SIZE]); // "1,234,567"
char *figure_bytes(uint64_t bytes, char text[FIGURE_SIZE]);   // "2.1 GB" (powers of 1000)
char *figure_seconds(double seconds, char text[FIGURE_SIZE]); // "0.03 s", "12 s", "3 min 20 s"
char *figure_percent(uint64_t part, uint64_t whole, char text[FIGURE_SIZE]); // "0.003 %"
// "2026-11-22 10:15" in UTC; "unknown" for INSTANT_NONE.
char *figure_minute(int64_t instant, char text[FIGURE_SIZE]);
// "2026-11-22"; "unknown" for INSTANT_NONE.
char *figure_day(int64_t instant, char text[FIGURE_SIZE]);
// "s" unless the number is one.
const char *figure_plural(uint64_t number);

#endif
