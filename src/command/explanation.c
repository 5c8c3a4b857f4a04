// Writes the tree of a rule's conditions as the matcher evaluates them.
// SPDX-License-Identifier: Apache-2.0
#include "command/explanation.h"

#include "command/describe.h"
#include "command/rule_set.h"
#include "report/safe.h"
#include "report/table.h"
#include "source/source.h"

struct printing {
    const struct sigma_rule *rule;
    const struct style *style;
    struct buf *out;
    size_t conditions, nodes;
};

static void print_result(struct printing *p, bool result)
{
    buf_add(p->out, S("  "));
    tint_text(p->out, p->style, result ? TINT_GOOD : TINT_BAD, result ? S("true ") : S("false"));
    buf_add(p->out, S("  "));
}

// What the event has in the field of an item, cut to a line.
static void print_values(struct printing *p, int depth, const struct str *values, size_t count)
{
    struct buf raw, safe;
    buf_init(&raw);
    buf_init(&safe);
    if (count == 0)
        buf_add(&raw, S("the event has no such field"));
    for (size_t i = 0; i < count && i < EXPLANATION_VALUES; i++)
        buf_print(&raw, "%s%.*s",
                  i ? " | " : "the event has: ", (int)(values[i].len > 400 ? 400 : values[i].len),
                  values[i].at);
    if (count > EXPLANATION_VALUES)
        buf_print(&raw, " | and %zu more", count - EXPLANATION_VALUES);
    safe_text(&safe, buf_str(&raw), p->style->is_utf8);
    int indent = 9 + 2 * depth + 4;
    size_t room =
        p->style->width > (unsigned)indent + 20 ? p->style->width - (unsigned)indent : 400;
    buf_print(p->out, "%*s", indent, "");
    tint_on(p->out, p->style, TINT_DIM);
    text_cut(p->out, buf_str(&safe), room, p->style->is_utf8);
    tint_off(p->out, p->style, TINT_DIM);
    buf_add_char(p->out, '\n');
    buf_done(&raw);
    buf_done(&safe);
}

static void on_node(const struct sigma_node *node, int depth, bool result, const struct str *values,
                    size_t value_count, void *context)
{
    struct printing *p = context;
    p->nodes++;
    if (depth == 0) {
        struct buf text;
        buf_init(&text);
        buf_add(&text, S("condition: "));
        if (p->conditions < p->rule->condition_count)
            buf_add(&text, p->rule->condition_texts[p->conditions]);
        p->conditions++;
        print_result(p, result);
        tint_text(p->out, p->style, TINT_BOLD, buf_str(&text));
        buf_add_char(p->out, '\n');
        buf_done(&text);
    }
    struct buf words;
    buf_init(&words);
    describe_node(node, &words);
    print_result(p, result);
    size_t column = 9 + 2 * ((size_t)depth + 1);
    buf_print(p->out, "%*s", 2 * (depth + 1), "");
    wrap_text(p->out, p->style, TINT_NONE, buf_str(&words), column, column + 2);
    buf_add_char(p->out, '\n');
    buf_done(&words);
    if (node->kind == NODE_ITEM && !node->is_keyword)
        print_values(p, depth + 1, values, value_count);
}

struct search {
    const struct sigma_rule *rule;
    bool is_found;
};

static void on_match(const struct sigma_rule *rule, void *context)
{
    struct search *search = context;
    search->is_found = search->is_found || rule == search->rule;
}

bool explanation_matches(struct matcher *matcher, const struct sigma_rule *rule,
                         const struct event *event)
{
    struct search search = {rule, false};
    struct event copy = *event;
    sources[event->source]->finish(matcher_fill(matcher, event), &copy);
    matcher_run(matcher, &copy, on_match, &search);
    return search.is_found;
}

static void print_head(struct printing *p, const struct event *event)
{
    char time[INSTANT_SIZE];
    struct buf text;
    buf_init(&text);
    tint_text(p->out, p->style, TINT_BOLD, p->rule->title);
    buf_print(&text, " (%.*s, %s)", (int)p->rule->id.len, p->rule->id.at,
              sigma_level_name(p->rule->level));
    safe_text(p->out, buf_str(&text), p->style->is_utf8);
    buf_clear(&text);
    buf_print(&text, "record %.*s of %s, %s", (int)event->id.len,
              event->id.len ? event->id.at : "without Id", source_name(event->source),
              event->time == INSTANT_NONE ? "time unknown" : instant_print(event->time, time));
    if (!event->id.len) {
        buf_clear(&text);
        buf_print(&text, "record without Id of %s, %s", source_name(event->source),
                  event->time == INSTANT_NONE ? "time unknown" : instant_print(event->time, time));
    }
    buf_add(p->out, S("\n  "));
    safe_text(p->out, buf_str(&text), p->style->is_utf8);
    buf_add(p->out, S("\n\n"));
    buf_done(&text);
}

static void print_verdict(struct printing *p, const struct event *event, bool is_match)
{
    struct buf text;
    buf_init(&text);
    buf_print(p->out, "%s", p->nodes ? "\n" : "");
    tint_text(p->out, p->style, is_match ? TINT_GOOD : TINT_BAD,
              is_match ? S("The rule matches.") : S("The rule does not match."));
    if (!is_match && p->nodes == 0) {
        buf_add(&text, S(" It is for "));
        logsource_print(&p->rule->logsource, &text);
        buf_print(&text, "; a scan does not try it on %s records.", source_name(event->source));
    }
    safe_text(p->out, buf_str(&text), p->style->is_utf8);
    buf_add_char(p->out, '\n');
    buf_done(&text);
}

void explanation_print(struct matcher *matcher, const struct sigma_rule *rule,
                       const struct event *event, const struct style *style, struct buf *out)
{
    struct printing printing = {.rule = rule, .style = style, .out = out};
    bool is_match = explanation_matches(matcher, rule, event);
    print_head(&printing, event);
    matcher_explain(matcher, rule, event, on_node, &printing);
    print_verdict(&printing, event, is_match);
}

static void on_score(const struct sigma_node *node, int depth, bool result,
                     const struct str *values, size_t value_count, void *context)
{
    size_t *score = context;
    (void)values, (void)value_count;
    *score += (depth == 0) + (node->kind == NODE_ITEM && result);
}

size_t explanation_score(struct matcher *matcher, const struct sigma_rule *rule,
                         const struct event *event)
{
    size_t score = 0;
    matcher_explain(matcher, rule, event, on_score, &score);
    return score;
}
