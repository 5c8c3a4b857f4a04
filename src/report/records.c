// records.jsonl: one line for each record that the report cites, with the record itself as it stood in the export.
// SPDX-License-Identifier: Apache-2.0
#include <inttypes.h>

#include "base/encode.h"
#include "report/pen.h"
#include "report/report.h"
#include "report/safe.h"

static void add_null(struct buf *out, const char *key)
{
    buf_print(out, ", \"%s\": null", key);
}

static void add_texts(struct buf *out, const char *key, const struct str *texts, size_t count)
{
    buf_print(out, ", \"%s\": [", key);
    for (size_t i = 0; i < count; i++) {
        buf_add(out, str_from(i ? ", " : ""));
        safe_json(out, texts[i]);
    }
    buf_add_char(out, ']');
}

static void add_place(struct buf *out, const struct scan_result *result,
                      const struct cited_record *record)
{
    if (record->input == CITED_NO_INPUT) {
        add_null(out, "input");
        add_null(out, "input_sha256");
        add_null(out, "offset");
        add_null(out, "line");
        return;
    }
    const struct scan_input *input = &result->inputs[record->input];
    json_add_text(out, "input", input->path, false);
    if (*input->sha256)
        json_add_text(out, "input_sha256", str_from(input->sha256), false);
    else
        add_null(out, "input_sha256");
    json_add_text(out, "format", str_from(input->format), false);
    json_add_text(out, "container", str_from(input->container), false);
    json_add_number(out, "offset", record->offset, false);
    if (record->line)
        json_add_number(out, "line", record->line, false);
    else
        add_null(out, "line");
}

static void add_citing(struct buf *out, const struct cited_record *record)
{
    add_texts(out, "cited_by", record->cited_by, record->cited_listed);
    if (record->cited_count > record->cited_listed)
        json_add_number(out, "cited_by_more", record->cited_count - record->cited_listed, false);
}

// JSON has no bytes: text that is no UTF-8 is written a second time as it is.
static void add_raw(struct buf *out, const struct cited_record *record)
{
    struct str text = str_of(record->text, record->text_size);
    struct arena arena;
    if (record->text_size < record->bytes)
        json_add_number(out, "cut_bytes", record->bytes - record->text_size, false);
    if (record->column_count) {
        add_texts(out, "columns", record->columns, record->column_count);
        json_add_text(out, "delimiter", str_of(&record->delimiter, 1), false);
    }
    json_add_text(out, "raw", text, false);
    if (utf8_is_valid(text))
        return;
    arena_init(&arena);
    json_add_text(out, "raw_base64", base64_encode(&arena, text), false);
    arena_done(&arena);
}

static void add_record(struct buf *out, const struct scan_result *result,
                       const struct cited_record *record)
{
    buf_add_char(out, '{');
    json_add_text(out, "id", record->id, true);
    json_add_time(out, "time", record->time, false);
    if (record->source)
        json_add_text(out, "source", str_from(record->source), false);
    else
        add_null(out, "source");
    add_place(out, result, record);
    if (record->copies)
        json_add_number(out, "copies", record->copies, false);
    add_citing(out, record);
    if (record->bytes) {
        json_add_number(out, "bytes", record->bytes, false);
        json_add_text(out, "sha256", str_from(record->sha256), false);
    }
    if (record->note.len)
        json_add_text(out, "note", record->note, false);
    if (record->omitted.len) {
        json_add_text(out, "omitted", record->omitted, false);
        add_null(out, "raw");
    } else {
        add_raw(out, record);
    }
    buf_add(out, S("}\n"));
}

bool report_records(const struct outline *outline, const struct sink *sink)
{
    const struct cited_list *cited = outline->result->cited;
    struct pen pen;
    pen_init(&pen, sink);
    for (size_t i = 0; cited && i < cited->count && !pen.is_refused; i++) {
        add_record(&pen.buf, outline->result, &cited->items[i]);
        pen_rest(&pen);
    }
    if (cited && cited->left_out)
        buf_print(&pen.buf,
                  "{\"left_out\": %" PRIu64
                  ", \"why\": \"the report cites more records than there is "
                  "room for here: %d, the most important first\"}\n",
                  cited->left_out, CITED_LIMIT);
    return pen_done(&pen);
}
