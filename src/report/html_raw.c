// Records: the cited records themselves, as data that the page's script shows when asked; and what of them is not in
// the page, and why.
// SPDX-License-Identifier: Apache-2.0
#include <inttypes.h>
#include <stdlib.h>

#include "base/encode.h"
#include "report/html.h"
#include "report/safe.h"

#define REASON_ROWS 12 // of why records could not be read again

struct raw {
    struct html *html;
    const struct cited_list *cited;
    struct buf data; // the records
    bool *is_used;   // inputs
    size_t shown;    // records with their text in the page
    size_t without;  // with a text, and no room for it here
    bool is_full;
};

// ---- data ---------------------------------------------------------------------------------------

static void add_number(struct buf *out, const char *key, uint64_t number)
{
    if (number)
        buf_print(out, ",\"%s\":%" PRIu64, key, number);
}

static void add_place(struct raw *raw, struct buf *out, const struct cited_record *record)
{
    if (record->input == CITED_NO_INPUT)
        return;
    raw->is_used[record->input] = true;
    buf_print(out, ",\"input\":%" PRIu32 ",\"offset\":%" PRIu64, record->input, record->offset);
    add_number(out, "line", record->line);
    add_number(out, "copies", record->copies);
    add_number(out, "bytes", record->bytes);
    if (*record->sha256)
        buf_print(out, ",\"sha256\":\"%s\"", record->sha256);
}

static void add_text(struct buf *out, const struct cited_record *record)
{
    struct str text = str_of(record->text, record->text_size);
    buf_add(out, S(",\"text\":"));
    safe_data(out, text);
    add_number(out, "cut", record->bytes - record->text_size);
    if (!utf8_is_valid(text))
        buf_add(out, S(",\"is_repaired\":true"));
    if (record->column_count) {
        buf_add(out, S(",\"delimiter\":"));
        safe_data(out, str_of(&record->delimiter, 1));
    }
}

// By the id as the lists of the page show it.
static void add_record(struct raw *raw, const struct cited_record *record)
{
    struct buf *out = &raw->data;
    size_t before = out->len;
    buf_add(out, before ? S(",\n{\"id\":") : S("{\"id\":"));
    safe_script(out, record->id);
    add_place(raw, out, record);
    if (record->note.len) {
        buf_add(out, S(",\"note\":"));
        safe_script(out, record->note);
    }
    if (record->omitted.len) {
        buf_add(out, S(",\"why\":"));
        safe_script(out, record->omitted);
    } else {
        add_text(out, record);
    }
    buf_add_char(out, '}');
    if (out->len <= HTML_RAW_LIMIT) {
        raw->shown += !record->omitted.len;
        return;
    }
    out->len = before;
    raw->is_full = true;
}

static void add_records(struct raw *raw)
{
    for (size_t i = 0; i < raw->cited->count; i++) {
        const struct cited_record *record = &raw->cited->items[i];
        if (record->is_shown && !raw->is_full)
            add_record(raw, record);
        raw->without += record->is_shown && raw->is_full && !record->omitted.len;
    }
}

// {"2":{"path":...}} of the inputs that records name.
static void add_inputs(struct raw *raw)
{
    struct buf *out = raw->html->out;
    const char *before = "";
    buf_add(out, S("\"inputs\":{"));
    for (size_t i = 0; i < raw->html->result->input_count; i++) {
        const struct scan_input *input = &raw->html->result->inputs[i];
        if (!raw->is_used[i])
            continue;
        buf_print(out, "%s\"%zu\":{\"path\":", before, i);
        safe_script(out, input->path);
        buf_print(out, ",\"sha256\":\"%s\",\"format\":", input->sha256);
        safe_script(out, str_from(input->format));
        buf_add_char(out, '}');
        before = ",\n";
    }
    buf_add_char(out, '}');
}

// The header of each input that has one, once.
static void add_headers(struct raw *raw)
{
    struct buf *out = raw->html->out;
    const char *before = "";
    buf_add(out, S("\"headers\":{"));
    for (size_t i = 0; i < raw->cited->count; i++) {
        const struct cited_record *record = &raw->cited->items[i];
        if (!record->column_count || !raw->is_used[record->input])
            continue;
        raw->is_used[record->input] = false;
        buf_print(out, "%s\"%" PRIu32 "\":[", before, record->input);
        for (size_t k = 0; k < record->column_count; k++) {
            buf_add(out, str_from(k ? "," : ""));
            safe_script(out, record->columns[k]);
        }
        buf_add_char(out, ']');
        before = ",\n";
    }
    buf_add_char(out, '}');
}

static void add_data(struct raw *raw)
{
    struct html *html = raw->html;
    html_add(html, "<script type=\"application/json\" id=\"record-data\">{");
    add_inputs(raw);
    html_add(html, ",\n");
    add_headers(raw);
    html_add(html, ",\n\"records\":[\n");
    buf_add(html->out, buf_str(&raw->data));
    html_add(html, "]}</script>\n");
    pen_rest(&html->pen);
}

// ---- words --------------------------------------------------------------------------------------

struct reason {
    struct str text;
    uint64_t count;
};

static int by_count(const void *left, const void *right)
{
    const struct reason *a = left, *b = right;
    if (a->count != b->count)
        return a->count > b->count ? -1 : 1;
    return str_compare(a->text, b->text);
}

// Why records could not be read again, and how many.
static void add_reasons(struct raw *raw)
{
    struct reason reasons[REASON_ROWS] = {{{0}, 0}};
    size_t count = 0;
    uint64_t others = 0;
    for (size_t i = 0; i < raw->cited->count; i++) {
        const struct cited_record *record = &raw->cited->items[i];
        size_t at = 0;
        if (!record->omitted.len || record->bytes)
            continue;
        while (at < count && !str_equal(reasons[at].text, record->omitted))
            at++;
        if (at == REASON_ROWS) {
            others++;
            continue;
        }
        if (at == count)
            reasons[count++] = (struct reason){.text = record->omitted};
        reasons[at].count++;
    }
    qsort(reasons, count, sizeof *reasons, by_count);
    html_add(raw->html, "<ul class=\"reasons\">\n");
    for (size_t i = 0; i < count; i++) {
        html_add(raw->html, "<li>");
        html_number(raw->html, reasons[i].count);
        html_add(raw->html, " ");
        html_long_text(raw->html, reasons[i].text);
        html_add(raw->html, "</li>\n");
    }
    if (others) {
        html_add(raw->html, "<li>");
        html_number(raw->html, others);
        html_add(raw->html, " for other reasons</li>\n");
    }
    html_add(raw->html, "</ul>\n");
}

static void add_counted(struct html *html, uint64_t number, const char *rest)
{
    if (!number)
        return;
    html_add(html, " ");
    html_number(html, number);
    html_add(html, rest);
}

static void add_words(struct raw *raw)
{
    struct html *html = raw->html;
    struct cited_totals totals = cited_totals(raw->cited);
    html_add(html, "<p class=\"intro\">What this report rests on, word for word as it stood in the "
                   "exports: <code>records.jsonl</code> beside this file has ");
    html_number(html, totals.whole + totals.cut);
    html_add(html, totals.whole + totals.cut == 1 ? " record" : " records");
    html_add(html,
             " with their input, place and SHA-256. <span class=\"with-script\">Open a list of "
             "records above to see them here.</span></p>\n");
    if (totals.cut || totals.without_room || raw->cited->left_out || raw->without) {
        html_add(html, "<p class=\"note\">Of long records only the first ");
        html_number(html, CITED_TEXT_LIMIT / 1024);
        html_add(html, " KiB are kept.");
        add_counted(html, totals.cut, " are cut so.");
        add_counted(html, raw->without,
                    " stand in that file alone, for want of room in this page.");
        add_counted(html, totals.without_room, " found no room in it either.");
        add_counted(html, raw->cited->left_out, " more are named and were not read again.");
        html_add(html, "</p>\n");
    }
    if (!totals.unread)
        return;
    html_add(html, "<p>");
    html_number(html, totals.unread);
    html_add(html, totals.unread == 1 ? " record has no text here:</p>\n"
                                      : " records have no text here:</p>\n");
    add_reasons(raw);
}

void html_raw(struct html *html)
{
    struct raw raw = {.html = html, .cited = html->result->cited};
    if (!raw.cited)
        return;
    html_part(html, NULL, "records", "Records");
    buf_init(&raw.data);
    raw.is_used = memory_new(html->result->input_count + 1);
    add_records(&raw);
    add_words(&raw);
    add_data(&raw);
    buf_done(&raw.data);
    free(raw.is_used);
    html_part_end(html);
}
