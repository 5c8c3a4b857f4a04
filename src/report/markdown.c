// report.md: the whole report as Markdown, for tickets and wikis. All text of logs goes through report/mark.h, and
// every table is bounded, with a word about the file that has the rest.
// SPDX-License-Identifier: Apache-2.0
#include "base/figure.h"
#include "report/mark.h"
#include "report/markdown_parts.h"
#include "report/report.h"

#define INCIDENTS_TOLD 50 // in full; the others by a line
#define INCIDENT_LINES 200
#define FINDING_ROWS 100
#define INPUT_ROWS 200
#define WARNING_ROWS 50
#define GAP_ROWS 100

void markdown_more(struct buf *out, uint64_t all, uint64_t shown, const char *what,
                   const char *where)
{
    char number[FIGURE_SIZE];
    if (all > shown)
        buf_print(out, "\nand %s more %s, in `%s`\n", figure_number(all - shown, number), what,
                  where);
}

static void add_head(struct pen *pen, const struct outline *outline)
{
    const struct scan_result *result = outline->result;
    struct buf *out = &pen->buf, headline;
    char first[FIGURE_SIZE], last[FIGURE_SIZE], time[INSTANT_SIZE];
    buf_init(&headline);
    report_headline(outline, &headline);
    buf_add(out, S("# Stormglass report\n\n"));
    mark_words(out, buf_str(&headline));
    buf_done(&headline);
    buf_add(out, S("\n\n"));
    if (outline->generated_at != INSTANT_NONE)
        buf_print(out, "- generated_at: %s\n", instant_print(outline->generated_at, time));
    buf_print(out, "- Program: Stormglass %s\n- Rules (SHA-256): `%s`\n", outline->version,
              result->rules_sha256[0] ? result->rules_sha256 : "none");
    if (result->first != INSTANT_NONE)
        buf_print(out, "- Records: from %s to %s UTC\n", figure_minute(result->first, first),
                  figure_minute(result->last, last));
    if (result->is_interrupted)
        buf_add(out, S("- **The scan was interrupted: this is what it had found until then.**\n"));
    if (result->has_unreadable)
        buf_add(out, S("- **Not all inputs could be read; see below.**\n"));
}

static void add_incident_line(struct buf *out, const struct incident *incident, size_t number)
{
    mark_cell(out, "%zu", number + 1);
    mark_cell(out, "%s", sigma_level_name(incident->severity));
    mark_cell_words(out, incident->title);
    mark_cell_time(out, incident->first);
    mark_cell_time(out, incident->last);
    mark_cell_number(out, incident->mailbox_count);
    mark_cell_number(out, incident_totals(incident).read);
    mark_cell(out, "`%s`", incident->id);
    mark_row_end(out);
}

static void add_incidents(struct pen *pen, const struct outline *outline)
{
    const struct incident_list *incidents = &outline->result->incidents;
    struct buf *out = &pen->buf;
    buf_add(out, S("\n## Incidents\n\n"));
    if (!incidents->count) {
        buf_add(out, S("None.\n"));
        return;
    }
    buf_add(out, S("| | severity | incident | first | last | mailboxes | messages read | id |\n"
                   "| ---: | --- | --- | --- | --- | ---: | ---: | --- |\n"));
    for (size_t i = 0; i < incidents->count && i < INCIDENT_LINES; i++) {
        add_incident_line(out, &incidents->items[i], i);
        pen_rest(pen);
    }
    markdown_more(out, incidents->count, INCIDENT_LINES, "incidents", "report.json");
    for (size_t i = 0; i < incidents->count && i < INCIDENTS_TOLD && !pen->is_refused; i++)
        markdown_incident(outline, i, pen);
    if (incidents->count > INCIDENTS_TOLD)
        buf_add(out, S("\nThe other incidents are told in `report.json`.\n"));
}

static void add_findings(struct pen *pen, const struct finding_list *findings)
{
    struct buf *out = &pen->buf;
    buf_add(out, S("\n## All findings\n\n"));
    if (!findings->count) {
        buf_add(out, S("None.\n"));
        return;
    }
    buf_add(out, S("| severity | finding | detector | events | first | last | id |\n"
                   "| --- | --- | --- | ---: | --- | --- | --- |\n"));
    for (size_t i = 0; i < findings->count && i < FINDING_ROWS; i++) {
        const struct finding *finding = &findings->items[i];
        mark_cell(out, "%s", sigma_level_name(finding->severity));
        mark_cell_words(out, finding->title);
        mark_cell_value(out, finding->detector);
        mark_cell_number(out, finding->event_count);
        mark_cell_time(out, finding->first);
        mark_cell_time(out, finding->last);
        mark_cell(out, "`%s`", finding->id);
        mark_row_end(out);
        pen_rest(pen);
    }
    markdown_more(out, findings->count, FINDING_ROWS, "findings", "findings.jsonl");
}

static void add_coverage(struct pen *pen, const struct scan_result *result)
{
    struct buf *out = &pen->buf;
    size_t rows = 0, all = 0;
    buf_add(out, S("\n## What the logs cover\n\n"));
    for (size_t i = 0; i < result->coverage_count; i++) {
        const struct coverage_part *part = &result->coverage[i];
        for (size_t r = 0; r < part->range_count; r++) {
            const struct coverage_range *range = &part->ranges[r];
            if (str_is(str_from(range->state), "complete") || all++ >= GAP_ROWS)
                continue;
            if (rows++ == 0)
                buf_add(out, S("| log | from | to | | why | how to close it |\n"
                               "| --- | --- | --- | --- | --- | --- |\n"));
            mark_cell_value(out, str_from(part->source));
            mark_cell_time(out, range->from);
            mark_cell_time(out, range->to);
            mark_cell(out, "%s", range->is_unsure ? "cannot tell" : range->state);
            mark_cell_words(out, range->why);
            mark_cell_words(out, range->how);
            mark_row_end(out);
            pen_rest(pen);
        }
    }
    if (!rows)
        buf_add(out, S("No gap was found in the logs that were read.\n"));
    markdown_more(out, all, rows, "gaps", "report.json");
}

static void add_inputs(struct pen *pen, const struct scan_result *result)
{
    struct buf *out = &pen->buf;
    buf_add(out, S("\n## Inputs\n\n| input | SHA-256 | bytes | records | duplicates | unread | "
                   "first | last |\n| --- | --- | ---: | ---: | ---: | ---: | --- | --- |\n"));
    for (size_t i = 0; i < result->input_count && i < INPUT_ROWS; i++) {
        const struct scan_input *input = &result->inputs[i];
        mark_cell_value(out, input->path);
        mark_cell_value(out, input->sha256[0] ? str_from(input->sha256) : S("not computed"));
        mark_cell_number(out, input->bytes);
        mark_cell_number(out, input->records);
        mark_cell_number(out, input->duplicates);
        mark_cell_number(out, input->unread_count);
        mark_cell_time(out, input->first);
        mark_cell_time(out, input->last);
        mark_row_end(out);
        pen_rest(pen);
    }
    markdown_more(out, result->input_count, INPUT_ROWS, "inputs", "report.json");
}

// What else had a say: databases of addresses, and what earlier runs remembered.
static void add_sources(struct pen *pen, const struct scan_result *result)
{
    struct buf *out = &pen->buf;
    char time[FIGURE_SIZE];
    for (size_t i = 0; i < result->database_count; i++) {
        buf_add(out, i ? S("- Address database ") : S("\n- Address database "));
        mark_value(out, result->databases[i].path);
        buf_add(out, S(" ("));
        mark_words(out, result->databases[i].type);
        buf_print(out, "), built %s\n", figure_minute(result->databases[i].built, time));
    }
    if (!result->state)
        return;
    buf_add(out, S("\n- State of earlier runs: "));
    mark_value(out, result->state->path);
    buf_print(out, ", with %s records\n", figure_number(result->state->earlier, time));
    for (size_t i = 0; i < result->state->note_count; i++) {
        buf_add(out, S("  - "));
        mark_words(out, result->state->notes[i]);
        buf_add_char(out, '\n');
    }
}

static void add_warnings(struct pen *pen, const struct scan_result *result)
{
    struct buf *out = &pen->buf;
    size_t count = 0;
    for (size_t i = 0; i < result->input_count; i++)
        for (size_t k = 0; k < result->inputs[i].warning_count; k++) {
            if (count++ >= WARNING_ROWS)
                continue;
            buf_add(out, count == 1 ? S("\n### Warnings\n\n- ") : S("- "));
            mark_value(out, result->inputs[i].path);
            buf_add(out, S(": "));
            mark_words(out, result->inputs[i].warnings[k]);
            buf_add_char(out, '\n');
            pen_rest(pen);
        }
    markdown_more(out, count, WARNING_ROWS, "warnings", "report.json");
}

static void add_method(struct buf *out)
{
    buf_add(
        out,
        S("\n## Method\n\n"
          "Records were read as they were exported; the SHA-256 of each file stands above. Each "
          "record was matched with Sigma rules, and compared with what is usual for its person, "
          "place and program. Findings that share an attacker's marks (sessions, tokens, "
          "addresses, applications) are one incident. Messages count as read where a record of "
          "the attacker's names them; folders that were synchronised are presumed read; times "
          "of which no log tells are unknown. Each story that may explain an incident is weighed "
          "by the same questions, asked of the records; the weights stand beside the answers, "
          "and what the logs cannot answer counts for nothing. No model and no network had "
          "a part in it: the same inputs, rules and version give the same "
          "report.\n"));
}

bool report_markdown(const struct outline *outline, const struct sink *sink)
{
    struct pen pen;
    pen_init(&pen, sink);
    add_head(&pen, outline);
    add_incidents(&pen, outline);
    add_findings(&pen, &outline->result->findings);
    add_coverage(&pen, outline->result);
    add_inputs(&pen, outline->result);
    add_sources(&pen, outline->result);
    add_warnings(&pen, outline->result);
    add_method(&pen.buf);
    return pen_done(&pen);
}
