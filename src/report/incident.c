// Incidents in report.json: what happened, to whom, and which messages were read.
// SPDX-License-Identifier: Apache-2.0
#include "report/pen.h"
#include "report/safe.h"

static void add_message(struct buf *out, const struct incident_message *message, bool is_first)
{
    buf_add(out, is_first ? S("{") : S(", {"));
    json_add_text(out, "message_id", message->message_id, true);
    json_add_text(out, "subject", message->subject, false);
    json_add_text(out, "sender", message->sender, false);
    json_add_text(out, "folder", message->folder, false);
    json_add_time(out, "first_read", message->first_read, false);
    json_add_number(out, "bytes", message->bytes, false);
    json_add_text(out, "event", message->record, false);
    buf_add_char(out, '}');
}

static void add_presumed(struct buf *out, const struct incident_presumed *presumed, bool is_first)
{
    buf_add(out, is_first ? S("{") : S(", {"));
    json_add_text(out, "folder", presumed->folder, true);
    json_add_text(out, "why", str_from(incident_reach_name(presumed->why)), false);
    json_add_time(out, "from", presumed->from, false);
    json_add_time(out, "to", presumed->to, false);
    buf_add_char(out, '}');
}

static void add_unknown(struct buf *out, const struct incident_unknown *unknown, bool is_first)
{
    buf_add(out, is_first ? S("{") : S(", {"));
    json_add_time(out, "from", unknown->from, true);
    json_add_time(out, "to", unknown->to, false);
    json_add_text(out, "why", unknown->why, false);
    buf_add_char(out, '}');
}

static void add_mailbox(struct pen *pen, const struct incident_mailbox *mailbox, bool is_first)
{
    struct buf *out = &pen->buf;
    buf_add(out, is_first ? S("\n        {") : S(",\n        {"));
    json_add_text(out, "mailbox", mailbox->mailbox, true);
    json_add_number(out, "accesses", mailbox->accesses, false);
    json_add_number(out, "read_at_least", mailbox->least, false);
    buf_add(out, S(", \"read\": ["));
    for (size_t i = 0; i < mailbox->read_listed; i++) {
        add_message(out, &mailbox->read[i], i == 0);
        pen_rest(pen);
    }
    buf_add(out, S("], \"presumed\": ["));
    for (size_t i = 0; i < mailbox->presumed_count; i++)
        add_presumed(out, &mailbox->presumed[i], i == 0);
    buf_add(out, S("], \"unknown\": ["));
    for (size_t i = 0; i < mailbox->unknown_count; i++)
        add_unknown(out, &mailbox->unknown[i], i == 0);
    buf_add(out, S("]}"));
}

static void add_gaps(struct buf *out, const struct incident *incident)
{
    buf_add(out, S(",\n      \"gaps\": ["));
    for (size_t i = 0; i < incident->gap_count; i++) {
        buf_add(out, i ? S(", {") : S("{"));
        json_add_text(out, "what", incident->gaps[i].what, true);
        json_add_text(out, "why", incident->gaps[i].why, false);
        json_add_text(out, "how_to_close", incident->gaps[i].how, false);
        buf_add_char(out, '}');
    }
    buf_add_char(out, ']');
}

void incident_print_json(struct pen *pen, const struct incident *incident,
                         const struct verdict *verdict, const struct finding_list *findings)
{
    struct buf *out = &pen->buf;
    bool is_timed = incident->first != INSTANT_NONE;
    buf_add_char(out, '{');
    json_add_text(out, "id", str_from(incident->id), true);
    json_add_text(out, "title", incident->title, false);
    json_add_text(out, "severity", str_from(sigma_level_name(incident->severity)), false);
    buf_print(out, ", \"confidence\": %.2g", incident->confidence);
    json_add_time(out, "first", incident->first, false);
    json_add_time(out, "last", incident->last, false);
    json_add_number(out, "dwell_seconds",
                    is_timed ? (uint64_t)((incident->last - incident->first) / SECOND) : 0, false);
    json_add_entities(out, incident->entities, incident->entity_count);
    buf_add(out, S(",\n      \"findings\": ["));
    for (size_t i = 0; i < incident->finding_count; i++)
        buf_print(out, "%s\"%s\"", i ? ", " : "", findings->items[incident->findings[i]].id);
    buf_add(out, S("],\n      "));
    verdict_print_json(pen, verdict);
    add_gaps(out, incident);
    buf_add(out, S(",\n      \"scope\": ["));
    for (size_t i = 0; i < incident->mailbox_count; i++)
        add_mailbox(pen, &incident->mailboxes[i], i == 0);
    buf_add(out, S("],\n      "));
    verdict_print_json_steps(pen, verdict);
    buf_add_char(out, '}');
}
