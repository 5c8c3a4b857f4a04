// Tables and tinted text for terminals: columns aligned by display width, long cells cut. Cells hold
// text as it came; it is made safe when printed.
// SPDX-License-Identifier: Apache-2.0
#ifndef STORMGLASS_REPORT_TABLE_H
#define STORMGLASS_REPORT_TABLE_H

#include "base/arena.h"
#include "report/outline.h"

enum tint {
    TINT_NONE,
    TINT_BOLD,
    TINT_DIM,
    TINT_INFO, // the levels, in order of enum sigma_level
    TINT_LOW,
    TINT_MEDIUM,
    TINT_HIGH,
    TINT_CRITICAL,
    TINT_GOOD,
    TINT_BAD,
    TINT_COUNT
};
enum tint tint_of_level(enum sigma_level level);
// Begins and ends a tint; nothing without colour.
void tint_on(struct buf *out, const struct style *style, enum tint tint);
void tint_off(struct buf *out, const struct style *style, enum tint tint);
// Safe text in a tint.
void tint_text(struct buf *out, const struct style *style, enum tint tint, struct str text);

// Safe text in a tint, broken between words where the terminal ends (within a word only when it has no
// room otherwise). `column` is where the text begins, `indent` where its further lines do.
void wrap_text(struct buf *out, const struct style *style, enum tint tint, struct str text,
               size_t column, size_t indent);

enum column_trait {
    COLUMN_RIGHT = 1,   // figures
    COLUMN_ELASTIC = 2, // gives way when the terminal is narrow
    COLUMN_OPTIONAL = 4 // left out when that is not enough, the last ones first
};
struct table_column {
    const char *title;
    unsigned traits;
};

struct table_cell {
    struct str text; // safe, owned by the arena
    enum tint tint;
};

struct table {
    struct arena *arena;
    const struct style *style;
    const struct table_column *columns;
    size_t column_count;
    struct table_cell *cells; // row after row
    size_t count, capacity;
};

// The arena owns the copies of cells until it is reset.
void table_init(struct table *table, struct arena *arena, const struct style *style,
                const struct table_column *columns, size_t column_count);
void table_done(struct table *table);
void table_add(struct table *table, enum tint tint, struct str text);
void table_add_number(struct table *table, uint64_t number); // empty for 0
void table_add_minute(struct table *table, int64_t instant);
// Prints titles and rows, each with `indent` blanks before it; nothing when there is no row.
void table_print(const struct table *table, unsigned indent, struct buf *out);

// A bar of `length` columns.
void bar_print(struct buf *out, const struct style *style, enum tint tint, size_t length);

#endif
