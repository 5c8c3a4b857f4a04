// How the stories about an incident stand and what to do about it, in report.md.
// SPDX-License-Identifier: Apache-2.0
#include <inttypes.h>

#include "base/figure.h"
#include "report/mark.h"
#include "report/markdown_parts.h"

#define STORIES 3 // whose evidence is shown
#define RECORDS 3 // ids shown beside a piece of evidence
#define TARGETS 20

const char *verdict_phrase(enum verdict_word word)
{
    static const char *const phrases[] = {"likely", "possible", "unlikely", "cannot tell"};
    return (unsigned)word < 4 ? phrases[word] : "cannot tell";
}

static const char *direction_phrase(enum verdict_direction direction)
{
    static const char *const phrases[] = {"for", "against", "missing"};
    return (unsigned)direction < 3 ? phrases[direction] : "missing";
}

static void add_stories(struct pen *pen, const struct verdict *verdict)
{
    struct buf *out = &pen->buf;
    buf_add(out, S("| story | kind | probability | verdict | prior | evidence | score |\n"
                   "| --- | --- | ---: | --- | ---: | ---: | ---: |\n"));
    for (size_t i = 0; i < verdict->hypothesis_count; i++) {
        const struct verdict_hypothesis *story = &verdict->hypotheses[i];
        mark_cell_words(out, story->title);
        mark_cell(out, "%s",
                  story->is_benign            ? "benign"
                  : verdict_is_unknown(story) ? "none known"
                                              : "attack");
        mark_cell(out, "%.1f %%", 100 * story->probability);
        mark_cell(out, "%s", verdict_phrase(story->word));
        mark_cell(out, "%+.2f", story->prior);
        mark_cell(out, "%+.2f", story->score - story->prior);
        mark_cell(out, "%+.2f", story->score);
        mark_row_end(out);
        pen_rest(pen);
    }
    buf_add(out, S("\nScores are natural logarithms: a score is the prior and the weights of the "
                   "evidence added up; a probability is the exponential of its score, divided by "
                   "the sum of them all. " VERDICT_CALIBRATION "\n"));
}

static void add_records(struct buf *out, const struct str *events, size_t count)
{
    for (size_t i = 0; i < count && i < RECORDS; i++) {
        buf_add(out, i ? S(", ") : S(""));
        mark_value(out, events[i]);
    }
    if (count > RECORDS)
        buf_print(out, " and %zu more", count - RECORDS);
}

static void add_item(struct buf *out, const struct verdict_item *item)
{
    mark_cell(out, "%s%s", direction_phrase(item->direction),
              item->is_decisive ? " (decisive)" : "");
    if (item->is_covered) {
        buf_add(out, S("| 0, said by "));
        mark_value(out, item->covered_by);
        buf_add_char(out, ' ');
    } else {
        mark_cell(out, "%+.2f", item->weight);
    }
    mark_cell_value(out, item->name);
    mark_cell_words(out, item->question);
    mark_cell_words(out, str_is(item->answer, "cannot_tell") ? S("cannot tell") : item->answer);
    mark_cell_words(out, item->statement);
    buf_add(out, S("| "));
    add_records(out, item->events, item->event_count);
    buf_add_char(out, ' ');
    mark_row_end(out);
}

static void add_evidence(struct pen *pen, const struct verdict_hypothesis *story)
{
    struct buf *out = &pen->buf;
    double sum = 0;
    buf_add(out, S("\n#### Evidence: "));
    mark_words(out, story->title);
    buf_add(out, S("\n\n"));
    if (!story->item_count) {
        buf_add(out, S("No question bears on this story.\n"));
        return;
    }
    buf_add(out, S("| | weight | name | question | answer | what the records show | records |\n"
                   "| --- | ---: | --- | --- | --- | --- | --- |\n"));
    for (size_t i = 0; i < story->item_count; i++) {
        add_item(out, &story->items[i]);
        sum += story->items[i].is_covered ? 0 : story->items[i].weight;
        pen_rest(pen);
    }
    buf_print(out, "\nPrior %+.2f and weights %+.2f make %+.2f.\n", story->prior, sum,
              story->score);
}

void markdown_hypotheses(struct pen *pen, const struct verdict *verdict)
{
    struct buf *out = &pen->buf;
    buf_add(out, S("\n### Stories that may explain it\n\n"));
    if (!verdict->hypothesis_count) {
        buf_add(out, S("No story was weighed.\n"));
        return;
    }
    if (!verdict->is_decided)
        buf_add(out, S("None of them is decided: the first is no more than the strongest lead."
                       "\n\n"));
    add_stories(pen, verdict);
    for (size_t i = 0; i < verdict->hypothesis_count && i < STORIES; i++)
        add_evidence(pen, &verdict->hypotheses[i]);
    if (verdict->hypothesis_count > STORIES)
        buf_add(out, S("\nThe evidence of the other stories is in `report.json`.\n"));
}

// ---- remediation ------------------------------------------------------------------------------

static void add_about(struct buf *out, const char *what, struct str text)
{
    if (!text.len)
        return;
    buf_print(out, "  - %s: ", what);
    mark_words(out, text);
    buf_add_char(out, '\n');
}

static void add_targets(struct buf *out, const struct verdict_step *step)
{
    if (!step->target_count)
        return;
    buf_add(out, S("  - Concerns: "));
    for (size_t i = 0; i < step->target_count && i < TARGETS; i++) {
        buf_add(out, i ? S(", ") : S(""));
        mark_value(out, step->targets[i]);
    }
    if (step->target_count > TARGETS)
        buf_print(out, " and %zu more, in `report.json`", step->target_count - TARGETS);
    buf_add_char(out, '\n');
}

void markdown_steps(struct pen *pen, const struct verdict *verdict)
{
    struct buf *out = &pen->buf;
    buf_add(out, S("\n### What to do, in this order\n\n"));
    if (!verdict->step_count)
        buf_add(out, S("No step is called for.\n"));
    for (size_t i = 0; i < verdict->step_count; i++) {
        const struct verdict_step *step = &verdict->steps[i];
        buf_add(out, i ? S("\n- [ ] **") : S("- [ ] **"));
        mark_words(out, str_trim(step->step).len ? step->step : step->name);
        buf_add(out, S("**\n"));
        add_about(out, "Why", step->why);
        add_targets(out, step);
        add_about(out, "Breaks", step->breaks);
        add_about(out, "To undo", step->undo);
        add_about(out, "To verify", step->verify);
        if (str_trim(step->command).len) {
            buf_add_char(out, '\n');
            mark_block(out, "powershell", step->command, 2);
        }
        pen_rest(pen);
    }
}
