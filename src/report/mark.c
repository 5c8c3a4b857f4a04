// Writes Markdown in which foreign text stays text.
// SPDX-License-Identifier: Apache-2.0
#include "report/mark.h"

#include "base/figure.h"
#include "report/safe.h"

// The longest run of backticks.
static size_t longest_run(struct str text)
{
    size_t longest = 0, run = 0;
    for (size_t i = 0; i < text.len; i++) {
        run = text.at[i] == '`' ? run + 1 : 0;
        longest = run > longest ? run : longest;
    }
    return longest;
}

static void add_many(struct buf *out, char c, size_t count)
{
    for (size_t i = 0; i < count; i++)
        buf_add_char(out, c);
}

// The text is safe. A blank at either end keeps a backtick there from the fence; one on each side is not shown.
static void add_code(struct buf *out, struct str text)
{
    size_t fence = longest_run(text) + 1;
    bool is_padded = text.at[0] == '`' || text.at[text.len - 1] == '`' || text.at[0] == ' ' ||
                     text.at[text.len - 1] == ' ';
    add_many(out, '`', fence);
    add_many(out, ' ', is_padded);
    for (size_t i = 0; i < text.len; i++)
        buf_add(out, text.at[i] == '|' ? S("\\x7c") : str_of(text.at + i, 1));
    add_many(out, ' ', is_padded);
    add_many(out, '`', fence);
}

static bool is_blank(struct str text)
{
    for (size_t i = 0; i < text.len; i++)
        if (text.at[i] != ' ')
            return false;
    return true;
}

void mark_value(struct buf *out, struct str value)
{
    struct buf text;
    buf_init(&text);
    safe_text(&text, value, true);
    if (is_blank(buf_str(&text)))
        buf_add(out, S("none"));
    else
        add_code(out, buf_str(&text));
    buf_done(&text);
}

// ---- words ------------------------------------------------------------------------------------

static bool is_letter(char c)
{
    c = ascii_lower(c);
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (c & 0x80);
}

// Whether some dialect makes a link, a mention or a reference of it: addresses of mail and hosts, @names, #numbers,
// commits (seven hex digits or more).
static bool is_linkish(struct str word)
{
    size_t hex = 0;
    if (str_contains_fold(word, S("www.")))
        return true;
    for (size_t i = 0; i < word.len; i++) {
        char c = word.at[i], next = i + 1 < word.len ? word.at[i + 1] : 0;
        char before = i ? word.at[i - 1] : 0;
        if (c == '@' || c == '#' || (c == ':' && next == '/'))
            return true;
        if (c == '.' && is_letter(before) && is_letter(next))
            return true;
        hex = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') ? hex + 1 : 0;
        if (hex >= 7)
            return true;
    }
    return false;
}

// At the start of a text: what would begin a list, a heading or a rule.
static bool is_list_sign(struct str text, size_t i)
{
    if (i == 0)
        return text.at[0] && strchr("+-=", text.at[0]);
    if (text.at[i] != '.' && text.at[i] != ')')
        return false;
    for (size_t k = 0; k < i; k++)
        if (text.at[k] < '0' || text.at[k] > '9')
            return false;
    return true;
}

// `from` to `to` of the text, which is safe.
static void add_escaped(struct buf *out, struct str text, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++) {
        char c = text.at[i];
        if (c == '|')
            buf_add(out,
                    S("&#124;")); // a table ends its cell even at an escaped one, in some dialects
        else if (c == '<')
            buf_add(out, S("&lt;"));
        else if (c == '&')
            buf_add(out, S("&amp;"));
        else if (strchr("\\`*_[]>~$!{}", c) || is_list_sign(text, i))
            buf_print(out, "\\%c", c);
        else
            buf_add_char(out, c);
    }
}

// Brackets, quotes and punctuation around a word are no part of it.
static void peel(struct str text, size_t *from, size_t *to)
{
    while (*from < *to && strchr("([{\"'", text.at[*from]))
        ++*from;
    while (*to > *from && strchr(")]}\"'.,;:!?", text.at[*to - 1]))
        --*to;
}

static void add_word(struct buf *out, struct str text, size_t from, size_t to)
{
    size_t start = from, end = to;
    // "www." is told by the point at its end.
    if (!str_contains_fold(str_of(text.at + from, to - from), S("www.")))
        peel(text, &start, &end);
    if (!is_linkish(str_of(text.at + start, end - start))) {
        add_escaped(out, text, from, to);
        return;
    }
    add_escaped(out, text, from, start);
    add_code(out, str_of(text.at + start, end - start));
    add_escaped(out, text, end, to);
}

void mark_words(struct buf *out, struct str words)
{
    struct buf safe;
    buf_init(&safe);
    safe_text(&safe, str_trim(words), true);
    struct str text = buf_str(&safe);
    for (size_t i = 0; i < text.len;) {
        size_t end = i;
        while (end < text.len && text.at[end] != ' ')
            end++;
        add_word(out, text, i, end);
        for (i = end; i < text.len && text.at[i] == ' '; i++)
            buf_add_char(out, ' ');
    }
    buf_done(&safe);
}

// ---- cells and blocks -------------------------------------------------------------------------

void mark_cell_words(struct buf *out, struct str words)
{
    buf_add(out, S("| "));
    mark_words(out, words);
    buf_add_char(out, ' ');
}

void mark_cell_value(struct buf *out, struct str value)
{
    buf_add(out, S("| "));
    mark_value(out, value);
    buf_add_char(out, ' ');
}

void mark_cell_number(struct buf *out, uint64_t number)
{
    char text[FIGURE_SIZE];
    buf_print(out, "| %s ", figure_number(number, text));
}

void mark_cell_time(struct buf *out, int64_t instant)
{
    char text[FIGURE_SIZE];
    buf_print(out, "| %s ", figure_minute(instant, text));
}

void mark_cell(struct buf *out, const char *format, ...)
{
    va_list arguments;
    buf_add(out, S("| "));
    va_start(arguments, format);
    buf_vprint(out, format, arguments);
    va_end(arguments);
    buf_add_char(out, ' ');
}

void mark_row_end(struct buf *out)
{
    buf_add(out, S("|\n"));
}

void mark_block(struct buf *out, const char *language, struct str text, size_t indent)
{
    size_t fence = longest_run(text) + 1;
    fence = fence < 3 ? 3 : fence;
    text = str_trim(text);
    add_many(out, ' ', indent);
    add_many(out, '`', fence);
    buf_print(out, "%s\n", language);
    while (text.at) {
        struct str line = str_cut(&text, '\n');
        if (line.len && line.at[line.len - 1] == '\r')
            line.len--;
        add_many(out, ' ', indent);
        safe_text(out, line, true);
        buf_add_char(out, '\n');
    }
    add_many(out, ' ', indent);
    add_many(out, '`', fence);
    buf_add_char(out, '\n');
}
