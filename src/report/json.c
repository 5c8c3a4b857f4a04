// report.json: the whole outcome for programs, as contract.md says (schema stormglass.report/1).
// Additive keys of ours: inputs[].format, inputs[].warnings, totals, warnings.
// SPDX-License-Identifier: Apache-2.0
#include "report/pen.h"
#include "report/report.h"
#include "report/safe.h"

static void add_list(struct buf *out, const char *key, const struct str *items, size_t count)
{
    buf_print(out, ", \"%s\": [", key);
    for (size_t i = 0; i < count; i++) {
        buf_add(out, i ? S(", ") : S(""));
        safe_json(out, items[i]);
    }
    buf_add_char(out, ']');
}

// Entities come sorted by kind and text, so each kind is one run.
void json_add_entities(struct buf *out, const struct entity *entities, size_t count)
{
    buf_add(out, S(", \"entities\": {"));
    for (size_t i = 0; i < count; i++) {
        if (i == 0 || entities[i].kind != entities[i - 1].kind)
            buf_print(out, "%s\"%s\": [", i ? "], " : "", entity_kind_name(entities[i].kind));
        else
            buf_add(out, S(", "));
        safe_json(out, entities[i].text);
    }
    buf_add(out, count ? S("]}") : S("}"));
}

void finding_print_json(const struct finding *finding, struct buf *out)
{
    buf_add_char(out, '{');
    json_add_text(out, "id", str_from(finding->id), true);
    json_add_text(out, "detector", finding->detector, false);
    json_add_text(out, "title", finding->title, false);
    if (finding->statement.len)
        json_add_text(out, "statement", finding->statement, false);
    json_add_text(out, "severity", str_from(sigma_level_name(finding->severity)), false);
    buf_print(out, ", \"confidence\": %.2g", finding->confidence);
    add_list(out, "attack", finding->attack, finding->attack_count);
    json_add_time(out, "first", finding->first, false);
    json_add_time(out, "last", finding->last, false);
    json_add_entities(out, finding->entities, finding->entity_count);
    json_add_number(out, "event_count", finding->event_count, false);
    add_list(out, "events", finding->events, finding->listed);
    buf_add_char(out, '}');
}

// Names of the sources seen, in byte order.
static void add_sources(struct buf *out, const struct outline *outline,
                        const bool seen[SOURCE_COUNT])
{
    struct str names[SOURCE_COUNT];
    size_t count = 0;
    for (size_t i = 0; i < SOURCE_COUNT; i++) {
        if (!seen[i])
            continue;
        struct str name = str_from(outline->source_names[i]);
        size_t at = count++;
        for (; at > 0 && str_compare(names[at - 1], name) > 0; at--)
            names[at] = names[at - 1];
        names[at] = name;
    }
    add_list(out, "sources", names, count);
}

static void add_unread(struct pen *pen, const struct scan_input *input)
{
    struct buf *out = &pen->buf;
    buf_add(out, S(", \"unread\": ["));
    for (size_t i = 0; i < input->unread_listed; i++) {
        const struct unread *unread = &input->unread[i];
        buf_add(out, i ? S(", {") : S("{"));
        if (unread->line)
            json_add_number(out, "line", unread->line, true);
        else
            buf_add(out, S("\"line\": null"));
        json_add_number(out, "offset", unread->offset, false);
        json_add_text(out, "why", str_from(unread->why), false);
        buf_add_char(out, '}');
        pen_rest(pen);
    }
    buf_add_char(out, ']');
    json_add_number(out, "unread_count", input->unread_count, false);
}

static void add_input(struct pen *pen, const struct outline *outline,
                      const struct scan_input *input)
{
    struct buf *out = &pen->buf;
    buf_add_char(out, '{');
    json_add_text(out, "path", input->path, true);
    if (input->sha256[0])
        json_add_text(out, "sha256", str_from(input->sha256), false);
    else
        buf_add(out, S(", \"sha256\": null"));
    json_add_number(out, "bytes", input->bytes, false);
    json_add_text(out, "format", str_from(input->format), false);
    json_add_text(out, "container", str_from(input->container), false);
    add_sources(out, outline, input->sources);
    json_add_number(out, "records", input->records, false);
    json_add_number(out, "duplicates", input->duplicates, false);
    add_unread(pen, input);
    json_add_time(out, "first", input->first, false);
    json_add_time(out, "last", input->last, false);
    add_list(out, "warnings", input->warnings, input->warning_count);
    buf_add_char(out, '}');
}

static void add_totals(struct buf *out, const struct scan_result *result)
{
    buf_add(out, S("  \"totals\": {"));
    json_add_number(out, "bytes", result->bytes, true);
    json_add_number(out, "records", result->records, false);
    json_add_number(out, "duplicates", result->duplicates, false);
    json_add_number(out, "unread", result->unread, false);
    json_add_number(out, "outside_time_range", result->filtered, false);
    json_add_number(out, "matches", result->matches, false);
    json_add_number(out, "dropped_observations", result->dropped_observations, false);
    json_add_time(out, "first", result->first, false);
    json_add_time(out, "last", result->last, false);
    buf_print(out, ", \"interrupted\": %s}", result->is_interrupted ? "true" : "false");
}

static void add_warnings(struct pen *pen, const struct scan_result *result)
{
    struct buf *out = &pen->buf;
    size_t count = 0;
    buf_add(out, S("  \"warnings\": ["));
    for (size_t i = 0; i < result->input_count; i++) {
        const struct scan_input *input = &result->inputs[i];
        for (size_t k = 0; k < input->warning_count; k++) {
            buf_add(out, count++ ? S(",\n    {") : S("\n    {"));
            json_add_text(out, "path", input->path, true);
            json_add_text(out, "text", input->warnings[k], false);
            buf_add_char(out, '}');
            pen_rest(pen);
        }
    }
    buf_add(out, count ? S("\n  ]") : S("]"));
}

void json_add_coverage(struct pen *pen, const struct scan_result *result)
{
    struct buf *out = &pen->buf;
    buf_add(out, S("  \"coverage\": ["));
    for (size_t i = 0; i < result->coverage_count; i++) {
        const struct coverage_part *part = &result->coverage[i];
        buf_add(out, i ? S(",\n    {") : S("\n    {"));
        json_add_text(out, "source", str_from(part->source), true);
        buf_add(out, S(", \"hours\": ["));
        for (size_t r = 0; r < part->range_count; r++) {
            buf_add(out, r ? S(", {") : S("{"));
            json_add_time(out, "from", part->ranges[r].from, true);
            json_add_time(out, "to", part->ranges[r].to, false);
            json_add_text(out, "state", str_from(part->ranges[r].state), false);
            json_add_text(out, "why", part->ranges[r].why, false);
            json_add_text(out, "how_to_close", part->ranges[r].how, false);
            buf_add_char(out, '}');
        }
        buf_add(out, S("]}"));
        pen_rest(pen);
    }
    buf_add(out, result->coverage_count ? S("\n  ],\n") : S("],\n"));
}

// Only where there are any: without, a report is as it always was.
static void add_databases(struct buf *out, const struct scan_result *result)
{
    for (size_t i = 0; i < result->database_count; i++) {
        buf_add(out, i ? S(",\n    {") : S(",\n  \"address_databases\": [\n    {"));
        json_add_text(out, "path", result->databases[i].path, true);
        json_add_text(out, "type", result->databases[i].type, false);
        json_add_time(out, "built", result->databases[i].built, false);
        buf_add_char(out, '}');
    }
    if (result->database_count)
        buf_add(out, S("\n  ]"));
}

static void add_state(struct buf *out, const struct outline_state *state)
{
    if (!state)
        return;
    buf_add(out, S(",\n  \"state\": {"));
    json_add_text(out, "path", state->path, true);
    json_add_number(out, "earlier_records", state->earlier, false);
    json_add_time(out, "earlier_first", state->earlier_first, false);
    json_add_time(out, "earlier_last", state->earlier_last, false);
    json_add_number(out, "kept_records", state->kept, false);
    add_list(out, "notes", state->notes, state->note_count);
    buf_add_char(out, '}');
}

bool report_json(const struct outline *outline, const struct sink *sink)
{
    const struct scan_result *result = outline->result;
    struct pen pen;
    pen_init(&pen, sink);
    struct buf *out = &pen.buf;
    buf_add(out, S("{\n  "));
    json_add_text(out, "schema", S("stormglass.report/1"), true);
    buf_add(out, S(",\n  "));
    json_add_time(out, "generated_at", outline->generated_at, true);
    buf_add(out, S(",\n  "));
    json_add_text(out, "version", str_from(outline->version), true);
    buf_add(out, S(",\n  "));
    json_add_text(out, "rules_sha256", str_from(result->rules_sha256), true);
    add_databases(out, result);
    add_state(out, result->state);
    buf_add(out, S(",\n  \"inputs\": ["));
    for (size_t i = 0; i < result->input_count; i++) {
        buf_add(out, i ? S(",\n    ") : S("\n    "));
        add_input(&pen, outline, &result->inputs[i]);
        pen_rest(&pen);
    }
    buf_add(out, result->input_count ? S("\n  ],\n") : S("],\n"));
    json_add_coverage(&pen, result);
    buf_add(out, S("  \"findings\": ["));
    for (size_t i = 0; i < result->findings.count; i++) {
        buf_add(out, i ? S(",\n    ") : S("\n    "));
        finding_print_json(&result->findings.items[i], out);
        pen_rest(&pen);
    }
    buf_add(out, result->findings.count ? S("\n  ],\n") : S("],\n"));
    buf_add(out, S("  \"incidents\": ["));
    for (size_t i = 0; i < result->incidents.count; i++) {
        buf_add(out, i ? S(",\n    ") : S("\n    "));
        incident_print_json(&pen, &result->incidents.items[i],
                            result->verdicts ? &result->verdicts[i] : NULL, &result->findings);
        pen_rest(&pen);
    }
    buf_add(out, result->incidents.count ? S("\n  ],\n") : S("],\n"));
    add_totals(out, result);
    buf_add(out, S(",\n"));
    add_warnings(&pen, result);
    buf_add(out, S("\n}\n"));
    return pen_done(&pen);
}
