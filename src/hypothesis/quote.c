// Quoting: one table of characters that nobody sees for what they are, and three ways to write the others.
// SPDX-License-Identifier: Apache-2.0
#include "hypothesis/quote.h"

#include <assert.h>

#include "base/encode.h"

// Code points that must not stand in a command, ascending, both ends included.
// Source: Unicode 16, general categories Cc, Cf, Co, Zl, Zp and the noncharacters; letters that are drawn as
// nothing (Default_Ignorable_Code_Point): fillers and variation selectors.
static const struct {
    uint32_t first, last;
    const char *why;
} refused[] = {
    {0x0000, 0x001f, "holds control characters"},
    {0x007f, 0x009f, "holds control characters"},
    {0x00ad, 0x00ad, "holds characters that cannot be seen"},
    {0x034f, 0x034f, "holds characters that cannot be seen"},
    {0x0600, 0x0605, "holds characters that cannot be seen"},
    {0x061c, 0x061c, "holds marks that reverse the order of letters"},
    {0x06dd, 0x06dd, "holds characters that cannot be seen"},
    {0x070f, 0x070f, "holds characters that cannot be seen"},
    {0x115f, 0x1160, "holds characters that cannot be seen"},
    {0x17b4, 0x17b5, "holds characters that cannot be seen"},
    {0x180b, 0x180f, "holds characters that cannot be seen"},
    {0x200b, 0x200d, "holds characters that cannot be seen"},
    {0x200e, 0x200f, "holds marks that reverse the order of letters"},
    {0x2028, 0x2029, "holds ends of lines"},
    {0x202a, 0x202e, "holds marks that reverse the order of letters"},
    {0x2060, 0x2065, "holds characters that cannot be seen"},
    {0x2066, 0x2069, "holds marks that reverse the order of letters"},
    {0x206a, 0x206f, "holds characters that cannot be seen"},
    {0x2800, 0x2800, "holds characters that cannot be seen"},
    {0x3164, 0x3164, "holds characters that cannot be seen"},
    {0xe000, 0xf8ff, "holds characters of private use"},
    {0xfdd0, 0xfdef, "holds code points that are no characters"},
    {0xfe00, 0xfe0f, "holds characters that cannot be seen"},
    {0xfeff, 0xfeff, "holds characters that cannot be seen"},
    {0xffa0, 0xffa0, "holds characters that cannot be seen"},
    {0xfff0, 0xfffb, "holds characters that cannot be seen"},
    {0xfffd, 0xfffd, "holds bytes that could not be read"},
    {0xfffe, 0xffff, "holds code points that are no characters"},
    {0x110bd, 0x110bd, "holds characters that cannot be seen"},
    {0x110cd, 0x110cd, "holds characters that cannot be seen"},
    {0x13430, 0x1343f, "holds characters that cannot be seen"},
    {0x1bca0, 0x1bca3, "holds characters that cannot be seen"},
    {0x1d173, 0x1d17a, "holds characters that cannot be seen"},
    {0xe0000, 0xe0fff, "holds characters that cannot be seen"},
    {0xf0000, 0x10ffff, "holds characters of private use"},
};
enum { REFUSED = sizeof refused / sizeof refused[0] };

// The code point of a valid character of `step` bytes.
static uint32_t code_point(struct str text, size_t step)
{
    const uint8_t *at = (const uint8_t *)text.at;
    uint32_t code = step == 1 ? at[0] : at[0] & (0xffu >> (step + 1));
    for (size_t i = 1; i < step; i++)
        code = code << 6 | (at[i] & 0x3fu);
    return code;
}

static const char *why_refused(uint32_t code)
{
    for (size_t i = 0; i < REFUSED && refused[i].first <= code; i++)
        if (code <= refused[i].last)
            return refused[i].why;
    // The last two of every plane are no characters.
    return (code & 0xfffe) == 0xfffe ? "holds code points that are no characters" : NULL;
}

const char *quote_refuses(struct str value)
{
    if (!value.len)
        return "is empty";
    if (value.len > QUOTE_LIMIT)
        return "is too long to be checked by eye";
    while (value.len) {
        bool is_valid;
        size_t step = utf8_step(value, &is_valid);
        if (!is_valid)
            return "holds bytes that could not be read";
        const char *why = why_refused(code_point(value, step));
        if (why)
            return why;
        value = str_of(value.at + step, value.len - step);
    }
    return NULL;
}

const char *quote_refuses_url(struct str value)
{
    bool is_dots = str_is(value, ".") || str_is(value, "..");
    return is_dots ? "is a step in a path" : quote_refuses(value);
}

// U+2018 to U+201B are e2 80 98 to e2 80 9b.
static size_t quote_at(struct str value)
{
    const uint8_t *at = (const uint8_t *)value.at;
    if (at[0] == '\'')
        return 1;
    bool is_curly =
        value.len >= 3 && at[0] == 0xe2 && at[1] == 0x80 && at[2] >= 0x98 && at[2] <= 0x9b;
    return is_curly ? 3 : 0;
}

// What stands between the quotes; `is_filter`: a straight quote is OData's as well and becomes four.
static void add_content(struct buf *out, struct str value, bool is_filter)
{
    while (value.len) {
        size_t quote = quote_at(value);
        struct str letter = str_of(value.at, quote ? quote : 1);
        if (quote == 1 && is_filter)
            buf_add(out, S("''"));
        if (quote)
            buf_add(out, letter);
        buf_add(out, letter);
        value = str_of(value.at + letter.len, value.len - letter.len);
    }
}

void quote_literal(struct buf *out, struct str value)
{
    assert(!quote_refuses(value));
    buf_add_char(out, '\'');
    add_content(out, value, false);
    buf_add_char(out, '\'');
}

void quote_filter(struct buf *out, struct str property, struct str value)
{
    assert(!quote_refuses(value));
    buf_add_char(out, '\'');
    buf_add(out, property);
    buf_add(out, S(" eq ''"));
    add_content(out, value, true);
    buf_add(out, S("'''"));
}

static bool is_unreserved(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.' || c == '_' || c == '~';
}

void quote_url(struct buf *out, struct str value)
{
    assert(!quote_refuses_url(value));
    buf_add_char(out, '\'');
    for (size_t i = 0; i < value.len; i++)
        if (is_unreserved(value.at[i]))
            buf_add_char(out, value.at[i]);
        else
            buf_print(out, "%%%02X", (unsigned)(uint8_t)value.at[i]);
    buf_add_char(out, '\'');
}

void quote_plain(struct buf *out, struct str value)
{
    for (size_t written = 0; value.len;) {
        bool is_valid;
        size_t step = utf8_step(value, &is_valid);
        if (written + step > QUOTE_LIMIT) {
            buf_add(out, S("\xe2\x80\xa6"));
            return;
        }
        written += step;
        uint32_t code = is_valid ? code_point(value, step) : 0xfffd;
        if (!is_valid || code == 0xfffd)
            buf_add(out, S("\xef\xbf\xbd"));
        else if (why_refused(code))
            buf_print(out, "<U+%04X>", (unsigned)code);
        else
            buf_add(out, str_of(value.at, step));
        value = str_of(value.at + step, value.len - step);
    }
}
