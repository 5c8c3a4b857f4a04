// Makes text from logs harmless to terminals, JSON readers and spreadsheets, and measures it.
// SPDX-License-Identifier: Apache-2.0
#include "report/safe.h"

#include "base/encode.h"

struct range {
    uint32_t first, last;
};

// Characters that are not seen, or that move what is: controls, soft hyphen, marks and overrides of
// direction, zero width, separators, annotation and tag characters (Unicode, "General Category Cc,
// Cf, Zl, Zp"; UTS 39 on what confuses).
static const struct range hidden[] = {
    {0x0, 0x1f},      {0x7f, 0x9f},       {0xad, 0xad},       {0x34f, 0x34f},      {0x61c, 0x61c},
    {0x115f, 0x1160}, {0x17b4, 0x17b5},   {0x180b, 0x180f},   {0x200b, 0x200f},    {0x2028, 0x202e},
    {0x2060, 0x206f}, {0x3164, 0x3164},   {0xfeff, 0xfeff},   {0xffa0, 0xffa0},    {0xfff0, 0xfffb},
    {0xfffe, 0xffff}, {0x1d173, 0x1d17a}, {0xe0000, 0xe0fff}, {0xf0000, 0x10ffff},
};

// Marks that stand on the character before them.
static const struct range marks[] = {
    {0x300, 0x36f},   {0x483, 0x489},   {0x591, 0x5bd},   {0x5bf, 0x5bf},   {0x5c1, 0x5c2},
    {0x5c4, 0x5c5},   {0x610, 0x61a},   {0x64b, 0x65f},   {0x670, 0x670},   {0x6d6, 0x6dc},
    {0x6df, 0x6e4},   {0x6e7, 0x6e8},   {0x6ea, 0x6ed},   {0x711, 0x711},   {0x730, 0x74a},
    {0x7a6, 0x7b0},   {0x900, 0x902},   {0x93c, 0x93c},   {0x941, 0x948},   {0x94d, 0x94d},
    {0x951, 0x957},   {0xe31, 0xe31},   {0xe34, 0xe3a},   {0xe47, 0xe4e},   {0x1ab0, 0x1aff},
    {0x1dc0, 0x1dff}, {0x20d0, 0x20ff}, {0xfe00, 0xfe0f}, {0xfe20, 0xfe2f},
};

// Two columns wide (Unicode, EastAsianWidth.txt: W and F, in coarse ranges).
static const struct range wide[] = {
    {0x1100, 0x115e},   {0x231a, 0x231b},   {0x2e80, 0x303e},   {0x3041, 0x33ff},
    {0x3400, 0x4dbf},   {0x4e00, 0xa4cf},   {0xa960, 0xa97f},   {0xac00, 0xd7a3},
    {0xf900, 0xfaff},   {0xfe30, 0xfe6f},   {0xff01, 0xff60},   {0xffe0, 0xffe6},
    {0x16fe0, 0x18cff}, {0x1b000, 0x1b2ff}, {0x1f200, 0x1f265}, {0x1f300, 0x1f64f},
    {0x1f680, 0x1f6ff}, {0x1f7e0, 0x1f7eb}, {0x1f90c, 0x1faff}, {0x20000, 0x3fffd},
};

static bool is_in(uint32_t c, const struct range *ranges, size_t count)
{
    size_t low = 0, high = count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (c > ranges[middle].last)
            low = middle + 1;
        else
            high = middle;
    }
    return low < count && c >= ranges[low].first;
}
#define IS_IN(c, ranges) is_in((c), (ranges), sizeof(ranges) / sizeof *(ranges))

static bool is_plain(char c)
{
    return c >= 0x20 && c < 0x7f;
}

// The first character of a text that is not empty; *size its bytes. False: no UTF-8.
static bool step(struct str text, uint32_t *c, size_t *size)
{
    const unsigned char *at = (const unsigned char *)text.at;
    bool is_valid = true;
    *size = utf8_step(text, &is_valid);
    if (!is_valid)
        return false;
    *c = *size == 1 ? at[0] : at[0] & (0x7fu >> *size);
    for (size_t i = 1; i < *size; i++)
        *c = *c << 6 | (at[i] & 0x3fu);
    return true;
}

static struct str rest_of(struct str text, size_t from)
{
    return str_of(text.at + from, text.len - from);
}

static void add_escape(struct buf *out, uint32_t c)
{
    if (c == '\n' || c == '\r' || c == '\t')
        buf_print(out, "\\%c", c == '\n' ? 'n' : c == '\r' ? 'r' : 't');
    else if (c < 0x100)
        buf_print(out, "\\x%02x", c);
    else
        buf_print(out, c > 0xffff ? "\\U%08x" : "\\u%04x", c);
}

void safe_text(struct buf *out, struct str text, bool is_utf8)
{
    size_t marks_seen = 0;
    for (size_t i = 0, size; i < text.len; i += size) {
        uint32_t c = 0;
        if (!step(rest_of(text, i), &c, &size)) {
            for (size_t k = 0; k < size; k++)
                buf_print(out, "\\x%02x", (unsigned char)text.at[i + k]);
            continue;
        }
        marks_seen = c >= 0x300 && IS_IN(c, marks) ? marks_seen + 1 : 0;
        bool is_shown =
            c < 0x7f ? c >= 0x20 : is_utf8 && marks_seen <= SAFE_MARK_LIMIT && !IS_IN(c, hidden);
        if (is_shown)
            buf_add(out, str_of(text.at + i, size));
        else
            add_escape(out, c);
    }
}

static bool has_hidden(struct str text)
{
    for (size_t i = 0, size; i < text.len; i += size) {
        uint32_t c = 0;
        size = 1;
        if (is_plain(text.at[i]))
            continue;
        if (step(rest_of(text, i), &c, &size) && c >= 0x7f && IS_IN(c, hidden))
            return true;
    }
    return false;
}

void safe_json(struct buf *out, struct str text)
{
    if (!has_hidden(text)) {
        buf_add_json(out, text);
        return;
    }
    buf_add_char(out, '"');
    for (size_t i = 0, size; i < text.len; i += size) {
        uint32_t c = 0;
        if (!step(rest_of(text, i), &c, &size))
            buf_add(out, S("\xef\xbf\xbd"));
        else if (c == '"' || c == '\\')
            buf_print(out, "\\%c", (char)c);
        else if (c == '\n' || c == '\r' || c == '\t')
            add_escape(out, c);
        else if (!IS_IN(c, hidden))
            buf_add(out, str_of(text.at + i, size));
        else if (c <= 0xffff)
            buf_print(out, "\\u%04x", c);
        else
            buf_print(out, "\\u%04x\\u%04x", 0xd800 + ((c - 0x10000) >> 10),
                      0xdc00 + ((c - 0x10000) & 0x3ff));
    }
    buf_add_char(out, '"');
}

void safe_html(struct buf *out, struct str text)
{
    struct buf shown;
    buf_init(&shown);
    safe_text(&shown, text, true);
    struct str rest = buf_str(&shown);
    for (size_t i = 0; i < rest.len; i++) {
        switch (rest.at[i]) {
        case '&':
            buf_add(out, S("&amp;"));
            break;
        case '<':
            buf_add(out, S("&lt;"));
            break;
        case '>':
            buf_add(out, S("&gt;"));
            break;
        case '"':
            buf_add(out, S("&quot;"));
            break;
        case '\'':
            buf_add(out, S("&#39;"));
            break;
        default:
            buf_add_char(out, rest.at[i]);
        }
    }
    buf_done(&shown);
}

void safe_script(struct buf *out, struct str text)
{
    struct buf shown;
    buf_init(&shown);
    safe_text(&shown, text, true); // line and paragraph separators are visible escapes after it
    struct str rest = buf_str(&shown);
    buf_add_char(out, '"');
    for (size_t i = 0; i < rest.len; i++) {
        char c = rest.at[i];
        if (c == '<' || c == '>' || c == '&')
            buf_print(out, "\\u%04x", c);
        else if (c == '"' || c == '\\')
            buf_print(out, "\\%c", c);
        else
            buf_add_char(out, c);
    }
    buf_add_char(out, '"');
    buf_done(&shown);
}

void safe_data(struct buf *out, struct str text)
{
    struct buf quoted;
    buf_init(&quoted);
    safe_json(&quoted, text);
    struct str rest = buf_str(&quoted);
    for (size_t from = 0, i = 0; i <= rest.len; i++) {
        bool is_markup = i < rest.len && memchr("<>&", rest.at[i], 3);
        if (i < rest.len && !is_markup)
            continue;
        buf_add(out, str_of(rest.at + from, i - from));
        if (is_markup)
            buf_print(out, "\\u%04x", (unsigned char)rest.at[i]);
        from = i + 1;
    }
    buf_done(&quoted);
}

// Blanks before the sign are passed over: some spreadsheets do the same.
static bool is_formula(struct str cell)
{
    while (cell.len &&
           (cell.at[0] == ' ' || cell.at[0] == '\t' || cell.at[0] == '\r' || cell.at[0] == '\n'))
        cell = rest_of(cell, 1);
    if (cell.len && memchr("=+-@", cell.at[0], 4))
        return true;
    return str_starts(cell, S("\xef\xbc\x9d")) || str_starts(cell, S("\xef\xbc\x8b")) ||
           str_starts(cell, S("\xef\xbc\x8d")) || str_starts(cell, S("\xef\xbc\xa0"));
}

void safe_csv(struct buf *out, struct str cell)
{
    struct buf text;
    buf_init(&text);
    if (is_formula(cell))
        buf_add_char(&text, '\'');
    safe_text(&text, cell, true);
    struct str shown = buf_str(&text);
    bool is_quoted = memchr(shown.at, '"', shown.len) || memchr(shown.at, ',', shown.len) ||
                     memchr(shown.at, ';', shown.len);
    if (!is_quoted) {
        buf_add(out, shown);
    } else {
        buf_add_char(out, '"');
        for (size_t i = 0; i < shown.len; i++) {
            if (shown.at[i] == '"')
                buf_add_char(out, '"');
            buf_add_char(out, shown.at[i]);
        }
        buf_add_char(out, '"');
    }
    buf_done(&text);
}

static size_t width_of(uint32_t c)
{
    if (c < 0x300)
        return 1;
    return IS_IN(c, marks) ? 0 : IS_IN(c, wide) ? 2 : 1;
}

size_t text_width(struct str text)
{
    size_t width = 0;
    for (size_t i = 0, size; i < text.len; i += size) {
        uint32_t c = 0;
        bool is_valid = step(rest_of(text, i), &c, &size);
        width += is_valid ? width_of(c) : size;
    }
    return width;
}

size_t text_cut(struct buf *out, struct str text, size_t columns, bool is_utf8)
{
    size_t width = text_width(text);
    if (width <= columns) {
        buf_add(out, text);
        return width;
    }
    size_t mark = is_utf8 ? 1 : columns < 2 ? columns : 2, used = 0, i = 0;
    for (size_t size; i < text.len; i += size) {
        uint32_t c = 0;
        bool is_valid = step(rest_of(text, i), &c, &size);
        size_t own = is_valid ? width_of(c) : size;
        if (used + own + mark > columns)
            break;
        used += own;
    }
    buf_add(out, str_of(text.at, i));
    buf_add(out, is_utf8 ? str_from(columns ? "…" : "") : str_of("..", mark));
    return used + (columns ? mark : 0);
}
