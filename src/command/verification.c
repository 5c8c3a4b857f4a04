// Shows a verification: what was done, what was not, what cannot be seen, and who is still there.
// SPDX-License-Identifier: Apache-2.0
#include "command/verification.h"

#include "base/figure.h"
#include "report/pen.h"

#define TARGET_ROWS 20 // of one step
#define THING_ROWS 20  // of one incident

// ---- for people -------------------------------------------------------------------------------

static void print_line(struct buf *out, const struct style *style, enum tint tint, struct buf *line,
                       size_t indent)
{
    for (size_t i = 0; i < indent; i++)
        buf_add_char(out, ' ');
    wrap_text(out, style, tint, buf_str(line), indent, indent + 2);
    buf_add_char(out, '\n');
    buf_clear(line);
}

static void print_target(const struct verify_target *target, struct buf *line)
{
    char time[FIGURE_SIZE];
    if (target->text.len)
        buf_print(line, "%.*s: ", (int)target->text.len, target->text.at);
    if (target->time == INSTANT_NONE) {
        buf_add(line, S("no record shows it"));
        return;
    }
    buf_print(line, "%s, %.*s", figure_minute(target->time, time), (int)target->operation.len,
              target->operation.at);
    if (target->who.len)
        buf_print(line, " by %.*s", (int)target->who.len, target->who.at);
    buf_print(line, " (record %.*s)", (int)target->record.len, target->record.at);
    if (!target->is_exact)
        buf_add(line, S("; the record does not name all of it: look whether it was this"));
}

static void print_step(const struct verify_step *step, const struct style *style, struct buf *out)
{
    static const struct {
        const char *word;
        enum tint tint;
    } words[] = {[VERIFY_DONE] = {"done           ", TINT_GOOD},
                 [VERIFY_PARTLY] = {"partly         ", TINT_MEDIUM},
                 [VERIFY_NOT_YET] = {"not yet        ", TINT_BAD},
                 [VERIFY_CANNOT_SEE] = {"cannot be seen ", TINT_DIM}};
    struct buf line;
    buf_init(&line);
    buf_add(out, S("  "));
    tint_text(out, style, words[step->status].tint, str_from(words[step->status].word));
    wrap_text(out, style, TINT_NONE, step->step, 17, 17);
    buf_add_char(out, '\n');
    if (step->why.len) {
        buf_add(&line, step->why);
        print_line(out, style, TINT_DIM, &line, 17);
    }
    bool is_listed = step->status == VERIFY_DONE || step->status == VERIFY_PARTLY;
    for (size_t i = 0; is_listed && i < step->target_count && i < TARGET_ROWS; i++) {
        print_target(&step->targets[i], &line);
        print_line(out, style, step->targets[i].time == INSTANT_NONE ? TINT_BAD : TINT_NONE, &line,
                   17);
    }
    if (is_listed && step->target_count > TARGET_ROWS) {
        buf_print(&line, "and %zu more (--format json)", step->target_count - TARGET_ROWS);
        print_line(out, style, TINT_DIM, &line, 17);
    }
    buf_done(&line);
}

static void print_thing(const struct verify_incident *incident, const struct verify_thing *thing,
                        struct buf *line)
{
    char number[FIGURE_SIZE], first[FIGURE_SIZE], last[FIGURE_SIZE];
    buf_print(line, "%s %.*s: ", entity_kind_name(thing->kind), (int)thing->text.len,
              thing->text.at);
    if (thing->count)
        buf_print(line, "%s act%s", figure_number(thing->count, number),
                  figure_plural(thing->count));
    if (thing->failures)
        buf_print(line, "%s%s that failed", thing->count ? " and " : "",
                  figure_number(thing->failures, number));
    buf_print(line, ", %s to %s, first by %.*s (record %.*s)", figure_minute(thing->first, first),
              figure_minute(thing->last, last), (int)thing->who.len, thing->who.at,
              (int)thing->record.len, thing->record.at);
    if (thing->is_shared)
        buf_add(line, S("; others use it as well"));
    if (incident->last_step != INSTANT_NONE && thing->count)
        buf_print(line, "; %s after the last step that is shown done",
                  thing->after_steps ? figure_number(thing->after_steps, number) : "none");
}

static void print_presence(const struct verify_incident *incident, const struct style *style,
                           struct buf *out)
{
    static const struct {
        const char *text;
        enum tint tint;
    } words[] = {
        [VERIFY_ACTIVE] = {"Still active: what the attacker used was used again after the report.",
                           TINT_BAD},
        [VERIFY_TRIED] = {"Tried again after the report, and failed each time.", TINT_MEDIUM},
        [VERIFY_QUIET] = {"Nothing that only the attacker used is seen after the report.",
                          TINT_GOOD},
        [VERIFY_NO_LOGS] = {"Whether the attacker is still active cannot be told: no record is "
                            "later than those of the report.",
                            TINT_DIM}};
    struct buf line;
    buf_init(&line);
    buf_add(&line, str_from(words[incident->presence].text));
    print_line(out, style, words[incident->presence].tint, &line, 2);
    for (size_t i = 0; i < incident->thing_count && i < THING_ROWS; i++) {
        print_thing(incident, &incident->things[i], &line);
        print_line(out, style, TINT_NONE, &line, 4);
    }
    if (incident->thing_count > THING_ROWS) {
        buf_print(&line, "and %zu more (--format json)", incident->thing_count - THING_ROWS);
        print_line(out, style, TINT_DIM, &line, 4);
    }
    buf_done(&line);
}

static void print_incident(const struct verify_incident *incident, const struct style *style,
                           struct buf *out)
{
    struct buf line;
    buf_init(&line);
    buf_print(&line, "%.*s  %.*s", (int)incident->id.len, incident->id.at, (int)incident->title.len,
              incident->title.at);
    buf_add_char(out, '\n');
    print_line(out, style, TINT_BOLD, &line, 0);
    buf_done(&line);
    print_presence(incident, style, out);
    for (size_t i = 0; i < incident->step_count; i++)
        print_step(&incident->steps[i], style, out);
    if (!incident->step_count)
        buf_add(out, S("  The report names no steps for it.\n"));
}

void verification_print_text(const struct verification *verification, const struct style *style,
                             struct buf *out)
{
    char number[FIGURE_SIZE], later[FIGURE_SIZE], until[FIGURE_SIZE], last[FIGURE_SIZE];
    buf_print(out, "Read %s record%s", figure_number(verification->records, number),
              figure_plural(verification->records));
    if (verification->last != INSTANT_NONE)
        buf_print(out, ", up to %s UTC", figure_minute(verification->last, last));
    if (verification->until != INSTANT_NONE)
        buf_print(out, "; %s later than the report's, which end %s UTC",
                  verification->later ? figure_number(verification->later, later) : "none",
                  figure_minute(verification->until, until));
    buf_add(out, S(".\n"));
    if (verification->unlisted)
        buf_print(out, "%s records that may show a step were too many to keep.\n",
                  figure_number(verification->unlisted, number));
    for (size_t i = 0; i < verification->incident_count; i++)
        print_incident(&verification->incidents[i], style, out);
    if (!verification->incident_count)
        buf_add(out, S("The report tells of no incident.\n"));
}

// ---- for programs -----------------------------------------------------------------------------

static void add_target(struct buf *out, const struct verify_target *target, bool is_first)
{
    buf_add(out, is_first ? S("\n          {") : S(",\n          {"));
    json_add_text(out, "target", target->text, true);
    json_add_time(out, "time", target->time, false);
    json_add_text(out, "event", target->record, false);
    json_add_text(out, "operation", target->operation, false);
    json_add_text(out, "who", target->who, false);
    buf_print(out, ", \"is_exact\": %s}", target->is_exact ? "true" : "false");
}

static void add_step(struct buf *out, const struct verify_step *step, bool is_first)
{
    buf_add(out, is_first ? S("\n        {") : S(",\n        {"));
    json_add_text(out, "name", step->name, true);
    json_add_text(out, "step", step->step, false);
    json_add_text(out, "status", str_from(verify_status_name(step->status)), false);
    json_add_text(out, "why", step->why, false);
    buf_add(out, S(", \"targets\": ["));
    for (size_t i = 0; i < step->target_count; i++)
        add_target(out, &step->targets[i], i == 0);
    buf_add(out, S("]}"));
}

static void add_thing(struct buf *out, const struct verify_thing *thing, bool is_first)
{
    buf_add(out, is_first ? S("\n        {") : S(",\n        {"));
    json_add_text(out, "kind", str_from(entity_kind_name(thing->kind)), true);
    json_add_text(out, "value", thing->text, false);
    json_add_number(out, "count", thing->count, false);
    json_add_number(out, "failures", thing->failures, false);
    json_add_number(out, "after_last_step", thing->after_steps, false);
    buf_print(out, ", \"is_shared\": %s", thing->is_shared ? "true" : "false");
    json_add_time(out, "first", thing->first, false);
    json_add_time(out, "last", thing->last, false);
    json_add_text(out, "who", thing->who, false);
    json_add_text(out, "event", thing->record, false);
    buf_add_char(out, '}');
}

static void add_incident(struct buf *out, const struct verify_incident *incident, bool is_first)
{
    buf_add(out, is_first ? S("\n    {") : S(",\n    {"));
    json_add_text(out, "id", incident->id, true);
    json_add_text(out, "title", incident->title, false);
    json_add_time(out, "last", incident->last, false);
    json_add_time(out, "last_step", incident->last_step, false);
    json_add_text(out, "attacker", str_from(verify_presence_name(incident->presence)), false);
    buf_add(out, S(",\n      \"activity\": ["));
    for (size_t i = 0; i < incident->thing_count; i++)
        add_thing(out, &incident->things[i], i == 0);
    buf_add(out, S("],\n      \"steps\": ["));
    for (size_t i = 0; i < incident->step_count; i++)
        add_step(out, &incident->steps[i], i == 0);
    buf_add(out, S("]}"));
}

void verification_print_json(const struct verification *verification, struct buf *out)
{
    buf_add(out, S("{\n  "));
    json_add_text(out, "schema", S("stormglass.verify/1"), true);
    json_add_text(out, "report", verification->report, false);
    json_add_time(out, "report_until", verification->until, false);
    json_add_number(out, "records", verification->records, false);
    json_add_number(out, "later", verification->later, false);
    json_add_number(out, "unread", verification->unread, false);
    json_add_time(out, "first", verification->first, false);
    json_add_time(out, "last", verification->last, false);
    buf_add(out, S(",\n  \"incidents\": ["));
    for (size_t i = 0; i < verification->incident_count; i++)
        add_incident(out, &verification->incidents[i], i == 0);
    buf_add(out, S("]\n}\n"));
}
