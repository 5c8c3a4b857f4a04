// Numbers, times and identifiers as JSON text.
// SPDX-License-Identifier: Apache-2.0
#include "simulate/pen.h"

#include "base/encode.h"

void put_number(struct buf *buf, int64_t number)
{
    char text[24];
    size_t at = sizeof text;
    uint64_t rest = number < 0 ? (uint64_t)0 - (uint64_t)number : (uint64_t)number;
    do {
        text[--at] = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest);
    if (number < 0)
        text[--at] = '-';
    buf_add(buf, str_of(text + at, sizeof text - at));
}

void put_guid(struct buf *buf, const struct guid *guid)
{
    char text[37];
    guid_print(guid->at, text);
    buf_add(buf, str_of(text, 36));
}

void put_quoted_guid(struct buf *buf, const struct guid *guid)
{
    char text[39] = "\"";
    guid_print(guid->at, text + 1);
    text[37] = '"';
    buf_add(buf, str_of(text, 38));
}

void put_token_id(struct buf *buf, const struct guid *request)
{
    char text[23];
    guid_to_uti(request->at, text);
    buf_add(buf, str_of(text, 22));
}

static void two(char *at, unsigned number)
{
    at[0] = (char)('0' + number / 10 % 10);
    at[1] = (char)('0' + number % 10);
}

static size_t time_text(int64_t instant, int shape, char text[40])
{
    struct instant_parts parts = instant_split(instant);
    memcpy(text, "0000-00-00T00:00:00.0000000", 27);
    two(text, (unsigned)parts.year / 100);
    two(text + 2, (unsigned)parts.year);
    two(text + 5, (unsigned)parts.month);
    two(text + 8, (unsigned)parts.day);
    two(text + 11, (unsigned)parts.hour);
    two(text + 14, (unsigned)parts.minute);
    two(text + 17, (unsigned)parts.second);
    unsigned fraction = (unsigned)parts.microsecond;
    for (int i = 25; i > 19; i--, fraction /= 10)
        text[i] = (char)('0' + fraction % 10);
    int digits = shape % 100;
    size_t len = digits ? 20 + (size_t)digits : 19;
    if (shape >= 100)
        text[len++] = 'Z';
    return len;
}

void put_time(struct buf *buf, int64_t instant, int shape)
{
    char text[40];
    buf_add(buf, str_of(text, time_text(instant, shape, text)));
}

void put_quoted_time(struct buf *buf, int64_t instant, int shape)
{
    char text[42] = "\"";
    size_t len = time_text(instant, shape, text + 1);
    text[len + 1] = '"';
    buf_add(buf, str_of(text, len + 2));
}

void put_hex(struct buf *buf, uint64_t bits, int digits)
{
    char text[16];
    for (int i = digits - 1; i >= 0; i--, bits >>= 4)
        text[i] = "0123456789ABCDEF"[bits & 15];
    buf_add(buf, str_of(text, (size_t)digits));
}

void put_pair(struct buf *buf, struct str name, struct str value)
{
    if (buf->len && buf->at[buf->len - 1] != '[')
        buf_add_char(buf, ',');
    PUT(buf, "{\"Name\":");
    buf_add_json(buf, name);
    MEMBER_TEXT(buf, "Value", value);
    buf_add_char(buf, '}');
}
