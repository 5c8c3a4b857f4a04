// CSV rows as records: the JSON in the AuditData column, or an object made of the cells.
// SPDX-License-Identifier: Apache-2.0
#include <stdlib.h>

#include "base/encode.h"
#include "source/reader.h"

#define EXCEL_CELL_LIMIT 32767 // characters, in Microsoft's "Excel specifications and limits"

// ---- cells ------------------------------------------------------------------------------------

// A JSON text in a cell becomes a value, so that rules can look inside.
static bool build_json(struct reader *reader, struct str text)
{
    text = str_trim(text);
    if (text.len < 2 || (text.at[0] != '{' && text.at[0] != '['))
        return false;
    char last = text.at[text.len - 1];
    struct json value;
    const char *why;
    if (last != (text.at[0] == '{' ? '}' : ']') ||
        !unwrap_parse(&reader->unwrapper, reader->unwrapper.parser, text, &value, &why) ||
        !unwrap_is_shallow(value))
        return false;
    json_build_copy(&reader->built, value);
    return true;
}

static void build_cell(struct reader *reader, struct str name, struct csv_cell cell)
{
    struct str text = csv_cell_text(cell, &reader->cell);
    json_build_key(&reader->built, name);
    if (build_json(reader, text))
        return;
    if (utf8_is_valid(text)) {
        json_build_str(&reader->built, text);
        return;
    }
    buf_clear(&reader->unwrapper.repaired);
    utf8_repair(text, &reader->unwrapper.repaired);
    json_build_str(&reader->built, buf_str(&reader->unwrapper.repaired));
}

// An object of the row's cells but one; empty cells are left out.
static struct json build_row(struct reader *reader, int without)
{
    const struct container *container = reader->chunk->container;
    const struct csv_row *row = &reader->row;
    json_builder_reset(&reader->built);
    json_build_object(&reader->built);
    for (size_t i = 0; i < row->count && i < container->column_count; i++) {
        int twin = container->twins[i];
        bool is_given = twin >= 0 && (size_t)twin < row->count && row->cells[twin].text.len;
        if (row->cells[i].text.len && (int)i != without && !is_given)
            build_cell(reader, container->columns[i], row->cells[i]);
    }
    json_build_end(&reader->built);
    return json_built(&reader->built);
}

// ---- rows -------------------------------------------------------------------------------------

static const char *row_category(struct reader *reader)
{
    const struct container *container = reader->chunk->container;
    int column = container->table_column;
    const char *category = NULL;
    if (column >= 0 && (size_t)column < reader->row.count)
        category = category_find(reader->row.cells[column].text);
    return category ? category : container->category;
}

static enum read_result give_row(struct reader *reader, struct record *record)
{
    record->value = build_row(reader, -1);
    record->outer = (struct json){0};
    record->category = row_category(reader);
    return READ_RECORD;
}

// The record's own members say all that the export's columns do.
static bool is_complete(struct json value)
{
    return json_find(value, S("CreationTime")).tape && json_find(value, S("Operation")).tape &&
           json_find(value, S("Id")).tape;
}

// The text of the column that holds the record, with padding behind it.
static struct str audit_data_text(struct reader *reader, struct csv_cell cell)
{
    if (!cell.has_escapes)
        return cell.text;
    size_t needed = cell.text.len + JSON_PADDING;
    if (needed > reader->audit_data_capacity) {
        reader->audit_data = memory_grow(reader->audit_data, needed * 2);
        reader->audit_data_capacity = needed * 2;
        memset(reader->audit_data, 0, needed * 2);
    }
    return str_of(reader->audit_data, csv_cell_copy(cell, reader->audit_data));
}

static enum read_result give_audit_data(struct reader *reader, struct csv_cell cell, size_t start,
                                        size_t end, struct record *record, struct unread *unread)
{
    const struct container *container = reader->chunk->container;
    struct str text = str_trim(audit_data_text(reader, cell));
    bool is_json = text.len && text.at[0] == '{';
    bool must_be = str_equal_fold(container->columns[container->audit_data_column], S("AuditData"));
    if (!is_json && !must_be)
        return give_row(reader, record);
    struct json value;
    const char *why = text.len ? "AuditData holds no JSON object" : "AuditData is empty";
    if (!is_json)
        return reader_unread(reader, start, end, why, unread);
    if (!unwrap_parse_padded(&reader->unwrapper, reader->parser, text, &value, &why))
        return reader_unread(reader, start, end,
                             text.len == EXCEL_CELL_LIMIT
                                 ? "AuditData is cut off at 32,767 characters (saved by Excel?)"
                                 : "AuditData holds broken JSON",
                             unread);
    if (!unwrap_record(&reader->unwrapper, value, record, &why))
        return reader_unread(reader, start, end, why, unread);
    bool is_defender = container->id == CONTAINER_DEFENDER_CSV; // its columns say more
    if (is_defender || !is_complete(record->value))
        record->outer = build_row(reader, container->audit_data_column);
    if (!record->category)
        record->category = row_category(reader);
    return READ_RECORD;
}

// The header's text of a column, from which its name was made.
static bool is_header_text(struct str text, struct str name)
{
    static const struct str suffixes[] = {STR(" [UTC]"), STR("_dynamic"), STR("_string")};
    if (!str_starts(text, name))
        return false;
    struct str rest = str_of(text.at + name.len, text.len - name.len);
    for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes; i++)
        if (str_equal(rest, suffixes[i]))
            return true;
    return rest.len == 0;
}

// Files joined end to end repeat the header and PowerShell's #TYPE line.
static bool is_header_again(const struct reader *reader)
{
    const struct container *container = reader->chunk->container;
    const struct csv_row *row = &reader->row;
    if (str_starts(row->cells[0].text, S("#TYPE ")))
        return true;
    if (row->count != container->column_count)
        return false;
    for (size_t i = 0; i < row->count; i++) {
        struct str text = str_trim(row->cells[i].text);
        if (!is_header_text(text, container->columns[i]))
            return false;
    }
    return true;
}

static bool is_too_wide(const struct reader *reader)
{
    const struct csv_row *row = &reader->row;
    for (size_t i = reader->chunk->container->column_count; i < row->count; i++)
        if (str_trim(row->cells[i].text).len)
            return true;
    return false;
}

enum read_result reader_next_row(struct reader *reader, struct record *record,
                                 struct unread *unread)
{
    const struct chunk *chunk = reader->chunk;
    size_t start = reader->at + reader_byte_order_mark(reader, reader->at);
    size_t end = chunk->size, next;
    enum csv_result result = csv_row_read(&reader->row, chunk->bytes, start, end, true,
                                          chunk->container->delimiter, &next);
    reader->at = next;
    if (result == CSV_BROKEN)
        return reader_unread(reader, start, next, reader->row.why, unread);
    if (!reader_wants_bytes(reader, start, next))
        return READ_END;
    const struct csv_row *row = &reader->row;
    if ((row->count == 1 && !str_trim(row->cells[0].text).len) || is_header_again(reader))
        return READ_END;
    if (is_too_wide(reader))
        return reader_unread(reader, start, next, "more cells than the header has columns", unread);
    record->offset = chunk->offset + start;
    record->size = (uint32_t)(next - start);
    int column = chunk->container->audit_data_column;
    if (column < 0)
        return give_row(reader, record);
    if ((size_t)column >= row->count)
        return reader_unread(reader, start, next, "the row ends before its AuditData", unread);
    return give_audit_data(reader, row->cells[column], start, next, record, unread);
}
