// Fuzzes base/instant: what is read prints, and reads back as the same instant.
// SPDX-License-Identifier: Apache-2.0
#include <assert.h>

#include "base/instant.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(int64_t instant)
{
    if (instant == INSTANT_NONE)
        return;
    char text[INSTANT_SIZE];
    instant_print(instant, text);
    struct instant_parts parts = instant_split(instant);
    assert(parts.week >= 1 && parts.week <= 53 && parts.weekday >= 1 && parts.weekday <= 7);
    if (parts.year >= 1601 && parts.year <= 9999) // a zone may move it over the edge
        assert(instant_parse_fast(str_from(text)) == instant);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str text = str_of((const char *)data, size);
    int64_t fast = instant_parse_fast(text), slow = instant_parse(text, ORDER_MONTH_FIRST);
    assert(fast == INSTANT_NONE || fast == slow);
    check(slow);
    check(instant_parse(text, ORDER_DAY_FIRST));
    int64_t strict = instant_parse_rfc3339(text);
    assert(strict == INSTANT_NONE || strict == slow);
    instant_guess_order(text);
    if (size >= 8) {
        double number;
        int64_t any;
        memcpy(&number, data, sizeof number);
        memcpy(&any, data, sizeof any);
        check(instant_from_number(number));
        check(any);
    }
    return 0;
}
