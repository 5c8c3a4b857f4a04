// Lays out tables for terminals.
// SPDX-License-Identifier: Apache-2.0
#include "report/table.h"

#include <assert.h>
#include <stdlib.h>

#include "base/encode.h"
#include "base/figure.h"
#include "report/safe.h"

#define COLUMN_LIMIT 12
#define ELASTIC_LEAST 12 // columns that an elastic column keeps
#define ELASTIC_GOOD 28  // ... and should have before others are left out
#define ELASTIC_MOST 100 // ... and takes where the output has no width

static const char *const tints[TINT_COUNT] = {
    [TINT_NONE] = "",   [TINT_BOLD] = "1",    [TINT_DIM] = "2",   [TINT_INFO] = "2",
    [TINT_LOW] = "36",  [TINT_MEDIUM] = "33", [TINT_HIGH] = "31", [TINT_CRITICAL] = "1;97;41",
    [TINT_GOOD] = "32", [TINT_BAD] = "31",
};

enum tint tint_of_level(enum sigma_level level)
{
    return (enum tint)(TINT_INFO + (int)level);
}

void tint_on(struct buf *out, const struct style *style, enum tint tint)
{
    if (style->is_color && tint != TINT_NONE)
        buf_print(out, "\x1b[%sm", tints[tint]);
}

void tint_off(struct buf *out, const struct style *style, enum tint tint)
{
    if (style->is_color && tint != TINT_NONE)
        buf_add(out, S("\x1b[0m"));
}

void tint_text(struct buf *out, const struct style *style, enum tint tint, struct str text)
{
    tint_on(out, style, tint);
    safe_text(out, text, style->is_utf8);
    tint_off(out, style, tint);
}

// The part of a word that fits the columns; at least one character of it.
static struct str fitting(struct str word, size_t columns)
{
    size_t len = 0, width = 0;
    while (len < word.len) {
        bool is_valid = true;
        size_t size = utf8_step(str_of(word.at + len, word.len - len), &is_valid);
        width += text_width(str_of(word.at + len, size));
        if (width > columns && len > 0)
            break;
        len += size;
    }
    return str_of(word.at, len);
}

static void new_line(struct buf *out, const struct style *style, enum tint tint, size_t indent)
{
    tint_off(out, style, tint);
    buf_print(out, "\n%*s", (int)indent, "");
    tint_on(out, style, tint);
}

void wrap_text(struct buf *out, const struct style *style, enum tint tint, struct str text,
               size_t column, size_t indent)
{
    struct buf safe;
    size_t most = style->width > indent + 20 ? style->width : SIZE_MAX, start = column;
    buf_init(&safe);
    safe_text(&safe, text, style->is_utf8);
    struct str rest = buf_str(&safe);
    tint_on(out, style, tint);
    while (rest.at) {
        struct str word = str_cut(&rest, ' ');
        size_t gap = column > start;
        if (gap && column + 1 + text_width(word) > most) {
            new_line(out, style, tint, indent);
            column = start = indent;
            gap = 0;
        }
        buf_add(out, gap ? S(" ") : S(""));
        column += gap;
        while (word.len && column + text_width(word) > most) {
            struct str part = fitting(word, most > column ? most - column : 1);
            buf_add(out, part);
            word = str_of(word.at + part.len, word.len - part.len);
            if (word.len)
                new_line(out, style, tint, indent);
            column = start = indent;
        }
        buf_add(out, word);
        column += text_width(word);
    }
    tint_off(out, style, tint);
    buf_done(&safe);
}

void table_init(struct table *table, struct arena *arena, const struct style *style,
                const struct table_column *columns, size_t column_count)
{
    *table = (struct table){
        .arena = arena, .style = style, .columns = columns, .column_count = column_count};
}

void table_done(struct table *table)
{
    free(table->cells);
    table->cells = NULL;
}

void table_add(struct table *table, enum tint tint, struct str text)
{
    struct buf safe;
    buf_init(&safe);
    safe_text(&safe, text, table->style->is_utf8);
    ARRAY_GROW(table->cells, table->count, table->capacity);
    table->cells[table->count++] =
        (struct table_cell){arena_copy(table->arena, buf_str(&safe)), tint};
    buf_done(&safe);
}

void table_add_number(struct table *table, uint64_t number)
{
    char text[FIGURE_SIZE];
    table_add(table, TINT_NONE, number ? str_from(figure_number(number, text)) : S(""));
}

void table_add_minute(struct table *table, int64_t instant)
{
    char text[FIGURE_SIZE];
    table_add(table, instant == INSTANT_NONE ? TINT_DIM : TINT_NONE,
              str_from(figure_minute(instant, text)));
}

#define HIDDEN SIZE_MAX

static bool has_trait(const struct table *table, size_t column, unsigned trait)
{
    return table->columns[column].traits & trait;
}

static size_t sum_of(const struct table *table, unsigned indent, const size_t widths[COLUMN_LIMIT],
                     size_t elastic_most)
{
    size_t sum = indent;
    for (size_t c = 0; c < table->column_count; c++) {
        if (widths[c] == HIDDEN)
            continue;
        bool is_less = has_trait(table, c, COLUMN_ELASTIC) && widths[c] > elastic_most;
        sum += (is_less ? elastic_most : widths[c]) + (c ? 2 : 0);
    }
    return sum;
}

// Optional columns go, the last first, as long as the elastic ones would get too narrow.
static void hide(const struct table *table, unsigned indent, size_t widths[COLUMN_LIMIT])
{
    for (size_t c = table->column_count; c > 0; c--)
        if (sum_of(table, indent, widths, ELASTIC_GOOD) > table->style->width &&
            has_trait(table, c - 1, COLUMN_OPTIONAL))
            widths[c - 1] = HIDDEN;
}

// Widths by content; on a narrow terminal columns are hidden, then the elastic ones give what is too
// much, the widest first.
static void measure(const struct table *table, unsigned indent, size_t widths[COLUMN_LIMIT])
{
    for (size_t c = 0; c < table->column_count; c++) {
        widths[c] = text_width(str_from(table->columns[c].title));
        for (size_t i = c; i < table->count; i += table->column_count) {
            size_t width = text_width(table->cells[i].text);
            widths[c] = width > widths[c] ? width : widths[c];
        }
        if (has_trait(table, c, COLUMN_ELASTIC) && !table->style->width && widths[c] > ELASTIC_MOST)
            widths[c] = ELASTIC_MOST;
    }
    if (!table->style->width)
        return;
    hide(table, indent, widths);
    for (size_t sum = sum_of(table, indent, widths, SIZE_MAX); sum > table->style->width; sum--) {
        size_t widest = table->column_count;
        for (size_t c = 0; c < table->column_count; c++)
            if (has_trait(table, c, COLUMN_ELASTIC) && widths[c] != HIDDEN &&
                widths[c] > ELASTIC_LEAST &&
                (widest == table->column_count || widths[c] > widths[widest]))
                widest = c;
        if (widest == table->column_count)
            return;
        widths[widest]--;
    }
}

static void print_cell(const struct table *table, struct buf *out, size_t column, size_t width,
                       const struct table_cell *cell)
{
    if (width == HIDDEN)
        return;
    struct buf cut;
    buf_init(&cut);
    size_t used = text_cut(&cut, cell->text, width, table->style->is_utf8);
    size_t pad = width - used;
    bool is_right = has_trait(table, column, COLUMN_RIGHT);
    if (column)
        buf_add(out, S("  "));
    for (size_t i = 0; is_right && i < pad; i++)
        buf_add_char(out, ' ');
    tint_on(out, table->style, cell->tint);
    buf_add(out, buf_str(&cut));
    tint_off(out, table->style, cell->tint);
    for (size_t i = 0; !is_right && i < pad; i++)
        buf_add_char(out, ' ');
    buf_done(&cut);
}

static void end_line(struct buf *out)
{
    while (out->len && out->at[out->len - 1] == ' ')
        out->len--;
    buf_add_char(out, '\n');
}

void table_print(const struct table *table, unsigned indent, struct buf *out)
{
    size_t widths[COLUMN_LIMIT];
    assert(table->column_count > 0 && table->column_count <= COLUMN_LIMIT);
    if (table->count == 0)
        return;
    measure(table, indent, widths);
    buf_print(out, "%*s", (int)indent, "");
    for (size_t c = 0; c < table->column_count; c++) {
        struct table_cell title = {str_from(table->columns[c].title), TINT_DIM};
        print_cell(table, out, c, widths[c], &title);
    }
    end_line(out);
    for (size_t i = 0; i < table->count; i++) {
        size_t column = i % table->column_count;
        if (column == 0)
            buf_print(out, "%*s", (int)indent, "");
        print_cell(table, out, column, widths[column], &table->cells[i]);
        if (column + 1 == table->column_count)
            end_line(out);
    }
}

void bar_print(struct buf *out, const struct style *style, enum tint tint, size_t length)
{
    tint_on(out, style, tint);
    for (size_t i = 0; i < length; i++)
        buf_add(out, style->is_utf8 ? str_from("█") : S("#"));
    tint_off(out, style, tint);
}
