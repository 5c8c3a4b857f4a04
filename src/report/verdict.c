// Verdicts in report.json: hypotheses with their evidence, what to do, how the investigation went.
// SPDX-License-Identifier: Apache-2.0
#include "report/pen.h"
#include "report/safe.h"

static void add_texts(struct buf *out, const char *key, const struct str *texts, size_t count)
{
    buf_print(out, ", \"%s\": [", key);
    for (size_t i = 0; i < count; i++) {
        if (i)
            buf_add(out, S(", "));
        safe_json(out, texts[i]);
    }
    buf_add_char(out, ']');
}

static void add_item(struct buf *out, const struct verdict_item *item)
{
    buf_add_char(out, '{');
    json_add_text(out, "name", item->name, true);
    json_add_text(out, "question", item->question, false);
    json_add_text(out, "answer", item->answer, false);
    json_add_text(out, "direction", str_from(verdict_direction_name(item->direction)), false);
    buf_print(out, ", \"weight\": %.2f", item->weight);
    if (item->is_decisive)
        buf_add(out, S(", \"decisive\": true"));
    if (item->is_covered)
        json_add_text(out, "covered_by", item->covered_by, false);
    json_add_text(out, "statement", item->statement, false);
    add_texts(out, "events", item->events, item->event_count);
    buf_add_char(out, '}');
}

static void add_hypothesis(struct buf *out, const struct verdict_hypothesis *story)
{
    buf_add_char(out, '{');
    json_add_text(out, "name", story->name, true);
    json_add_text(out, "title", story->title, false);
    buf_print(out, ", \"benign\": %s, \"probability\": %.4f", story->is_benign ? "true" : "false",
              story->probability);
    json_add_text(out, "verdict", str_from(verdict_word_name(story->word)), false);
    buf_print(out, ", \"prior\": %.2f, \"score\": %.2f, \"evidence\": [", story->prior,
              story->score);
    for (size_t i = 0; i < story->item_count; i++) {
        buf_add(out, i ? S(",\n          ") : S("\n          "));
        add_item(out, &story->items[i]);
    }
    buf_add(out, S("]}"));
}

void verdict_print_json(struct pen *pen, const struct verdict *verdict)
{
    struct buf *out = &pen->buf;
    if (!verdict) {
        buf_add(out, S("\"summary\": [], \"hypotheses\": []"));
        return;
    }
    buf_add(out, S("\"summary\": ["));
    for (int i = 0; i < 3; i++) {
        if (i)
            buf_add(out, S(", "));
        safe_json(out, verdict->sentences[i]);
    }
    buf_add(out, S("],\n      \"hypotheses\": ["));
    for (size_t i = 0; i < verdict->hypothesis_count; i++) {
        buf_add(out, i ? S(",\n        ") : S("\n        "));
        add_hypothesis(out, &verdict->hypotheses[i]);
        pen_rest(pen);
    }
    buf_add_char(out, ']');
}

static void add_step(struct buf *out, const struct verdict_step *step)
{
    buf_add_char(out, '{');
    json_add_text(out, "name", step->name, true);
    json_add_text(out, "step", step->step, false);
    json_add_text(out, "why", step->why, false);
    json_add_text(out, "command", step->command, false);
    json_add_text(out, "breaks", step->breaks, false);
    json_add_text(out, "undo", step->undo, false);
    json_add_text(out, "verify", step->verify, false);
    add_texts(out, "targets", step->targets, step->target_count);
    buf_add_char(out, '}');
}

static void add_event(struct buf *out, const struct verdict_event *event)
{
    buf_add_char(out, '{');
    json_add_time(out, "time", event->time, true);
    json_add_text(out, "kind", str_from(verdict_event_name(event->kind)), false);
    json_add_text(out, "text", event->text, false);
    add_texts(out, "events", event->events, event->event_count);
    buf_add_char(out, '}');
}

void verdict_print_json_steps(struct pen *pen, const struct verdict *verdict)
{
    struct buf *out = &pen->buf;
    buf_add(out, S("\"remediation\": ["));
    for (size_t i = 0; verdict && i < verdict->step_count; i++) {
        buf_add(out, i ? S(",\n        ") : S("\n        "));
        add_step(out, &verdict->steps[i]);
    }
    buf_add(out, S("],\n      \"timeline\": ["));
    for (size_t i = 0; verdict && i < verdict->timeline_count; i++) {
        buf_add(out, i ? S(",\n        ") : S("\n        "));
        add_event(out, &verdict->timeline[i]);
        pen_rest(pen);
    }
    buf_add_char(out, ']');
}
