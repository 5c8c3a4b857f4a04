// Recognition of CSV: the delimiter, the header, what its columns are, and which product wrote it.
// SPDX-License-Identifier: Apache-2.0
#include <stdlib.h>

#include "source/csv.h"
#include "source/recognise.h"
#include "source/scan.h"

#define ROWS_LOOKED_AT 200

// ---- products ---------------------------------------------------------------------------------

// In order of trial: the first whose columns are all there. "a|b" is either.
static const struct {
    enum container_id id;
    const char *columns[4];
} products[] = {
    {CONTAINER_DEFENDER_CSV, {"RawEventData"}},
    {CONTAINER_SIEM_EXPORT, {"_raw"}},
    {CONTAINER_PURVIEW_CSV, {"AuditData", "RecordId"}},
    {CONTAINER_SEARCH_UAL_CSV, {"AuditData", "ResultIndex|Identity|RecordType|ObjectState"}},
    {CONTAINER_PURVIEW_CSV, {"AuditData", "UserIds|UserId", "Operations|Operation"}},
    {CONTAINER_SEARCH_UAL_CSV, {"AuditData"}},
    {CONTAINER_ENTRA_PORTAL_CSV, {"Date (UTC)"}},
    {CONTAINER_MESSAGE_TRACE_CSV, {"MessageTraceId"}},
    {CONTAINER_MESSAGE_TRACE_CSV, {"SenderAddress", "RecipientAddress"}},
    {CONTAINER_MESSAGE_TRACE_CSV, {"sender_address", "recipient_status|recipient_address"}},
    {CONTAINER_LOG_ANALYTICS_CSV, {"$table"}},
    {CONTAINER_LOG_ANALYTICS_CSV, {"TimeGenerated"}},
    {CONTAINER_LOG_ANALYTICS_CSV, {"SourceSystem", "Type|TenantId|OperationName"}},
    {CONTAINER_LOG_ANALYTICS_CSV, {"OfficeWorkload", "Operation"}},
    {CONTAINER_DEFENDER_CSV, {"Timestamp", "ReportId|AccountObjectId|AccountUpn"}},
    {CONTAINER_FLATTENED_CSV, {"CreationTime", "Operation|Operations"}},
    {CONTAINER_FLATTENED_CSV, {"CreationDate", "Operation|Operations", "UserId|UserIds"}},
};

static int column_of(const struct container *container, struct str name)
{
    for (size_t i = 0; i < container->column_count; i++)
        if (str_equal_fold(container->columns[i], name))
            return (int)i;
    return -1;
}

static bool has_one_of(const struct container *container, const char *names)
{
    for (struct str rest = str_from(names); rest.at;)
        if (column_of(container, str_cut(&rest, '|')) >= 0)
            return true;
    return false;
}

static enum container_id product_of(const struct container *container)
{
    for (size_t i = 0; i < sizeof products / sizeof *products; i++) {
        bool has_all = true;
        for (size_t k = 0; k < 4 && products[i].columns[k]; k++)
            has_all = has_all && has_one_of(container, products[i].columns[k]);
        if (has_all)
            return products[i].id;
    }
    return CONTAINER_CSV;
}

static void find_columns(struct container *container)
{
    static const struct str record_columns[] = {STR("AuditData"), STR("RawEventData"), STR("_raw")};
    for (size_t i = 0; i < 3 && container->audit_data_column < 0; i++)
        container->audit_data_column = column_of(container, record_columns[i]);
    container->table_column = column_of(container, S("$table"));
    if (container->table_column < 0 && container->id == CONTAINER_LOG_ANALYTICS_CSV)
        container->table_column = column_of(container, S("Type"));
    if (column_of(container, S("RawEventData")) >= 0)
        container->category = "CloudAppEvents";
    else if (container->id == CONTAINER_DEFENDER_CSV && has_one_of(container, "ErrorCode"))
        container->category = "AADSignInEventsBeta";
}

// ---- columns ----------------------------------------------------------------------------------

// "TimeGenerated [UTC]" is TimeGenerated; a column without name gets its number.
static struct str column_name(struct arena *arena, struct str text, size_t index)
{
    text = str_trim(text);
    if (str_ends(text, S(" [UTC]")))
        text.len -= 6;
    return text.len ? arena_copy(arena, text) : arena_print(arena, "column_%zu", index + 1);
}

static void make_names_distinct(struct container *container)
{
    for (size_t i = 1; i < container->column_count; i++) {
        unsigned copies = 1;
        for (size_t k = 0; k < i; k++)
            copies += str_equal(container->columns[k], container->columns[i]);
        if (copies > 1)
            container->columns[i] =
                arena_print(&container->arena, "%.*s_%u", (int)container->columns[i].len,
                            container->columns[i].at, copies);
    }
}

// The portal splits a column of mixed type in X_dynamic and X_string: both become X.
static void fold_twins(struct container *container)
{
    const struct str dynamic = STR("_dynamic"), text = STR("_string");
    for (size_t i = 0; i < container->column_count; i++)
        container->twins[i] = -1;
    for (size_t i = 0; i < container->column_count; i++) {
        struct str name = container->columns[i];
        if (!str_ends(name, dynamic) || name.len == dynamic.len)
            continue;
        struct str base = str_of(name.at, name.len - dynamic.len);
        for (size_t k = 0; k < container->column_count; k++) {
            struct str other = container->columns[k];
            if (other.len != base.len + text.len || !str_starts(other, base) ||
                !str_ends(other, text))
                continue;
            container->columns[i] = container->columns[k] = base;
            container->twins[k] = (int)i;
            break;
        }
    }
}

static void take_header(struct container *container, const struct csv_row *row)
{
    struct buf scratch;
    buf_init(&scratch);
    container->column_count = row->count;
    container->columns = ARENA_ARRAY(&container->arena, struct str, row->count);
    container->twins = ARENA_ARRAY(&container->arena, int, row->count);
    for (size_t i = 0; i < row->count; i++)
        container->columns[i] =
            column_name(&container->arena, csv_cell_text(row->cells[i], &scratch), i);
    buf_done(&scratch);
    make_names_distinct(container);
    fold_twins(container);
    container->id = product_of(container);
    find_columns(container);
}

// ---- is it CSV? -------------------------------------------------------------------------------

static bool is_name(struct str text)
{
    text = str_trim(text);
    if (text.len == 0 || text.len > 200)
        return false;
    char c = ascii_lower(text.at[0]);
    bool starts_well = (c >= 'a' && c <= 'z') || c == '_' || c == '$' || c == '@' || (c & 0x80);
    for (size_t i = 0; i < text.len; i++)
        if ((unsigned char)text.at[i] < ' ' || text.at[i] == '{' || text.at[i] == '=')
            return false;
    return starts_well;
}

static bool is_word(struct str text)
{
    for (size_t i = 0; i < text.len; i++)
        if (is_blank(text.at[i]))
            return false;
    return text.len <= 200;
}

// The names must be names, and at least half of the first rows no wider than they, of several cells.
static bool is_header(const struct csv_row *header, struct str head, size_t at, bool is_whole,
                      char delimiter)
{
    size_t names = 0, width = header->count, rows = 0, fitting = 0;
    for (size_t i = 0; i < width; i++)
        names += is_name(header->cells[i].text);
    if (names * 2 <= width || !is_name(header->cells[0].text))
        return false;
    bool is_list = width == 1 && !str_equal_fold(header->cells[0].text, S("AuditData"));
    if (is_list && !is_word(header->cells[0].text))
        return false;
    struct csv_row row = {0};
    bool is_fine = true;
    while (rows < 10 && at < head.len && is_fine) {
        enum csv_result result =
            csv_row_read(&row, head.at, at, head.len, is_whole, delimiter, &at);
        if (result == CSV_MORE)
            break;
        if (result == CSV_ROW && row.count == 1 && !str_trim(row.cells[0].text).len)
            continue; // blank
        rows++;
        fitting += result == CSV_ROW && row.count <= width && (row.count > 1 || width == 1);
        if (is_list && (result != CSV_ROW || !is_word(row.cells[0].text)))
            is_fine = false;
    }
    free(row.cells);
    return is_fine && fitting * 2 >= rows && (!is_list || rows > 0);
}

// The delimiter that gives the widest header, or 0 when the header does not end in the head.
static char find_delimiter(struct str head, size_t at, bool is_whole)
{
    static const char delimiters[] = {',', ';', '\t'};
    struct csv_row row = {0};
    char best = 0;
    size_t widest = 0, next;
    for (size_t i = 0; i < sizeof delimiters; i++) {
        if (csv_row_read(&row, head.at, at, head.len, is_whole, delimiters[i], &next) != CSV_ROW)
            continue;
        if (row.count > widest) {
            widest = row.count;
            best = delimiters[i];
        }
    }
    free(row.cells);
    return best;
}

// ---- what the first rows show -----------------------------------------------------------------

static void note_lost(struct container *container, bool *is_lost, size_t column, struct str text)
{
    if (is_lost[column] ||
        (!str_contains(text, S("System.Object")) && !str_contains(text, S("System.Collections."))))
        return;
    is_lost[column] = true;
    container->lost_columns[container->lost_count++] = container->columns[column];
}

// Day and month of "28/4/2021 ..." as they stand; false when the text is no slashed date.
static bool slashed(struct str text, int *first, int *second)
{
    int *numbers[] = {first, second};
    size_t at = 0;
    for (int i = 0; i < 2; i++) {
        size_t start = at;
        for (*numbers[i] = 0; at < text.len && text.at[at] >= '0' && text.at[at] <= '9'; at++)
            if (at - start < 2)
                *numbers[i] = *numbers[i] * 10 + (text.at[at] - '0');
        if (at == start || at - start > 2 || at == text.len || text.at[at] != '/')
            return false;
        at++;
    }
    return at + 4 <= text.len && text.at[at] >= '1' && text.at[at] <= '9';
}

static void look_at_rows(struct container *container, struct str head, size_t at, bool is_whole)
{
    struct csv_row row = {0};
    bool *is_lost = memory_new(container->column_count + 1);
    bool day_first = false, month_first = false;
    container->lost_columns = ARENA_ARRAY(&container->arena, struct str, container->column_count);
    for (int i = 0; i < ROWS_LOOKED_AT && at < head.len; i++) {
        enum csv_result result =
            csv_row_read(&row, head.at, at, head.len, is_whole, container->delimiter, &at);
        if (result == CSV_MORE)
            break;
        for (size_t k = 0; result == CSV_ROW && k < row.count && k < container->column_count; k++) {
            int first = 0, second = 0;
            if ((int)k != container->audit_data_column)
                note_lost(container, is_lost, k, row.cells[k].text);
            if (slashed(row.cells[k].text, &first, &second)) {
                day_first |= first > 12;
                month_first |= second > 12;
            }
        }
    }
    container->is_day_first = day_first && !month_first;
    free(is_lost);
    free(row.cells);
}

// Blank lines, PowerShell's "#TYPE ..." and Excel's "sep=;" before the header.
static size_t skip_preamble(struct str head)
{
    size_t at = 0;
    for (;;) {
        while (at < head.len && is_blank(head.at[at]) && head.at[at] != '\t')
            at++;
        struct str rest = str_of(head.at + at, head.len - at);
        if (!str_starts(rest, S("#TYPE")) && !str_starts_fold(rest, S("sep=")))
            return at;
        at += str_index(rest, '\n');
    }
}

#define NOTE_LINE_LIMIT 4096

// Words in lines, as people write them: a README, a licence, a letter.
static bool is_note(struct str head)
{
    size_t words = 0, line = 0;
    bool has_lines = false;
    for (size_t i = 0; i < head.len; i++) {
        char c = head.at[i];
        bool is_space = c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\f';
        if ((uint8_t)c < ' ' && !is_space)
            return false;
        words += c == ' ';
        has_lines = has_lines || c == '\n';
        line = c == '\n' ? 0 : line + 1;
        if (line > NOTE_LINE_LIMIT)
            return false;
    }
    return has_lines && words > 0;
}

size_t csv_recognise(struct container *container, struct str head, bool is_whole)
{
    size_t at = skip_preamble(head), next = 0;
    struct csv_row header = {0};
    char delimiter = find_delimiter(head, at, is_whole);
    // Line ends of old Macintoshes: read as one line, such a file would be a header and nothing else.
    bool has_lone_returns = memchr(head.at, '\r', head.len) && !memchr(head.at, '\n', head.len);
    bool is_csv =
        delimiter && !has_lone_returns &&
        csv_row_read(&header, head.at, at, head.len, is_whole, delimiter, &next) == CSV_ROW &&
        is_header(&header, head, next, is_whole, delimiter);
    container->framing = FRAMING_CSV;
    container->delimiter = delimiter;
    if (is_csv) {
        take_header(container, &header);
        look_at_rows(container, head, next, is_whole);
    } else {
        container->id = is_note(head) ? CONTAINER_TEXT : CONTAINER_UNKNOWN;
        container->why = has_lone_returns
                             ? "lines end in a carriage return alone; turn them into line feeds "
                               "(tr '\\r' '\\n')"
                             : "text that is neither JSON nor CSV with a header row";
    }
    free(header.cells);
    return is_csv ? next : 0;
}
