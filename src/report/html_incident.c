// An incident in report.html: what has to be known first, then its parts in the order in which they are
// asked for.
// SPDX-License-Identifier: Apache-2.0
#include "base/figure.h"
#include "event/app_name.h"
#include "report/html.h"

#define FACT_NAMES 3

// ---- parts --------------------------------------------------------------------------------------

static const struct part {
    const char *name, *title;
    void (*print)(struct html *html, const struct html_case *its);
    bool needs_verdict;
} parts[] = {
    {"hypotheses", "How sure", html_hypotheses, true},
    {"steps", "What to do", html_steps, true},
    {"hours", "When", html_hours, true},
    {"days", "Attacker and owner", html_days, true},
    {"graph", "What is connected", html_graph, true},
    {"scope", "What was read", html_scope, false},
    {"gaps", "What is not known", html_gaps, false},
    {"events", "The investigation", html_events, true},
    {"findings", "Findings", html_findings, false},
    {"techniques", "ATT&amp;CK", html_techniques, false},
};
#define PART_COUNT (sizeof parts / sizeof *parts)

void html_incident_parts(struct html *html, const struct html_case *its)
{
    html_add(html, "<ul class=\"parts\">\n");
    for (size_t i = 0; i < PART_COUNT; i++)
        if (its->verdict || !parts[i].needs_verdict)
            buf_print(html->out, "<li><a href=\"#incident-%zu-%s\">%s</a></li>\n", its->number,
                      parts[i].name, parts[i].title);
    html_add(html, "</ul>\n");
}

// ---- what happened ------------------------------------------------------------------------------

// Where nobody weighed the incident: what its findings and records say by themselves.
static void add_plain_story(struct html *html, const struct incident *incident)
{
    struct incident_totals totals = incident_totals(incident);
    html_add(html, "<p>");
    html_number(html, incident->finding_count);
    html_add(html, " finding");
    html_add(html, html_plural(incident->finding_count));
    html_add(html, " belong together. ");
    html_number(html, totals.read);
    html_add(html, totals.read == 1 ? " message is" : " messages are");
    html_add(html, " proved to have been read.</p>\n<p>The evidence has not been weighed: how this "
                   "happened is not said here.</p>\n");
}

static void add_story(struct html *html, const struct html_case *its)
{
    html_add(html, "<div class=\"story\">\n<div class=\"lede\">\n");
    if (!its->verdict) {
        add_plain_story(html, its->incident);
    } else {
        for (size_t i = 0; i < 3; i++) {
            if (!its->verdict->sentences[i].len)
                continue;
            html_add(html, "<p>");
            html_long_text(html, its->verdict->sentences[i]);
            html_add(html, "</p>\n");
        }
    }
    html_add(html, "</div>\n");
    if (its->verdict && its->verdict->first_step.len) {
        html_add(html, "<div class=\"act\">\n<h3>Do this first</h3>\n<p>");
        html_long_text(html, its->verdict->first_step);
        buf_print(html->out, "</p>\n<p class=\"more\"><a href=\"#incident-%zu-steps\">All ",
                  its->number);
        html_number(html, its->verdict->step_count);
        html_add(html, " steps</a></p>\n</div>\n");
    }
    html_add(html, "</div>\n");
}

// ---- facts --------------------------------------------------------------------------------------

static void add_sure(struct html *html, const struct verdict *verdict)
{
    html_add(html, "<div class=\"sure\">\n<h3>How sure</h3>\n");
    if (!verdict || !verdict->hypothesis_count) {
        html_add(html, "<p>Not weighed</p>\n</div>\n");
        return;
    }
    const struct verdict_hypothesis *leader = &verdict->hypotheses[0];
    html_add(html, "<p class=\"figure\">");
    if (verdict->is_decided)
        html_percent(html, leader->probability);
    else
        html_add(html, "Cannot tell");
    html_add(html, "</p>\n<p>");
    if (verdict->is_decided) {
        html_add(html, "<b>");
        html_add(html, html_verdict_word(leader->word));
        html_add(html, ":</b> ");
        html_text(html, leader->title);
    } else {
        html_add(html, "<b>Strongest lead:</b> ");
        html_text(html, leader->title);
        html_add(html, ", ");
        html_percent(html, leader->probability);
    }
    html_add(html, "</p>\n</div>\n");
}

// Microsoft's own applications have names that say more than their ids; both are told.
static void add_name(struct html *html, const struct entity *entity)
{
    const char *name = entity->kind == ENTITY_APP ? app_name_find(entity->text) : NULL;
    if (name) {
        html_text(html, str_from(name));
        html_add(html, "<br><code class=\"dim\">");
    }
    html_long_text(html, entity->text);
    html_add(html, name ? "</code>" : "");
}

static void add_names(struct html *html, const struct incident *incident, enum entity_kind kind,
                      const char *term)
{
    size_t count = 0;
    for (size_t i = 0; i < incident->entity_count; i++)
        count += incident->entities[i].kind == kind;
    if (!count)
        return;
    buf_print(html->out, "<dt>%s</dt><dd>", term);
    for (size_t i = 0, shown = 0; i < incident->entity_count && shown < FACT_NAMES; i++) {
        if (incident->entities[i].kind != kind)
            continue;
        html_add(html, shown++ ? "<br>" : "");
        add_name(html, &incident->entities[i]);
    }
    if (count > FACT_NAMES)
        buf_print(html->out, "<br><span class=\"dim\">and %zu more</span>", count - FACT_NAMES);
    html_add(html, "</dd>\n");
}

static void add_dates(struct html *html, const struct incident *incident)
{
    html_add(html, "<dt>Since</dt><dd><b>");
    html_minute(html, incident->first);
    html_add(html, "</b></dd>\n<dt>Last seen</dt><dd>");
    html_minute(html, incident->last);
    if (incident->first != INSTANT_NONE && incident->last - incident->first >= HOUR) {
        uint64_t hours = (uint64_t)((incident->last - incident->first) / HOUR);
        uint64_t shown = hours < 48 ? hours : hours / 24;
        html_add(html, " <span class=\"dim\">(");
        html_number(html, shown);
        buf_print(html->out, " %s%s)</span>", hours < 48 ? "hour" : "day", html_plural(shown));
    }
    html_add(html, "</dd>\n");
}

static void add_messages(struct html *html, const struct incident *incident)
{
    struct incident_totals totals = incident_totals(incident);
    uint64_t presumed = totals.folders + totals.throttled;
    html_add(html, "<dt>Messages</dt><dd><b>");
    html_number(html, totals.read);
    html_add(html, "</b> proved read in ");
    html_number(html, incident->mailbox_count);
    html_add(html, incident->mailbox_count == 1 ? " mailbox" : " mailboxes");
    if (totals.least > totals.read) {
        html_add(html, "<br>at least ");
        html_number(html, totals.least);
        html_add(html, " opened");
    }
    if (presumed) {
        html_add(html, "<br>");
        html_number(html, presumed);
        buf_print(html->out, " folder%s or time%s to be presumed read", html_plural(presumed),
                  html_plural(presumed));
    }
    if (totals.unknown) {
        html_add(html, "<br>");
        html_number(html, totals.unknown);
        buf_print(html->out, " time%s in which nothing can be told", html_plural(totals.unknown));
    }
    html_add(html, "</dd>\n");
}

static void add_facts(struct html *html, const struct html_case *its)
{
    html_add(html, "<div class=\"facts\">\n");
    add_sure(html, its->verdict);
    html_add(html, "<dl>\n");
    add_dates(html, its->incident);
    add_names(html, its->incident, ENTITY_USER, "Accounts");
    add_messages(html, its->incident);
    add_names(html, its->incident, ENTITY_IP, "From");
    add_names(html, its->incident, ENTITY_APP, "Applications");
    html_add(html, "</dl>\n</div>\n");
}

void html_incident(struct html *html, const struct html_case *its, size_t of)
{
    const struct incident *incident = its->incident;
    buf_print(html->out,
              "<section class=\"incident%s\" id=\"incident-%zu\" "
              "aria-labelledby=\"incident-%zu-title\">\n<p class=\"eyebrow\">",
              of == 1 ? " only" : "", its->number, its->number);
    html_level(html, incident->severity);
    html_add(html, " Incident");
    if (of > 1)
        buf_print(html->out, " %zu of %zu", its->number, of);
    html_add(html, " <code>");
    html_text(html, str_from(incident->id));
    buf_print(html->out, "</code></p>\n<h2 id=\"incident-%zu-title\">", its->number);
    html_text(html, incident->title);
    html_add(html, "</h2>\n<div class=\"first\">\n");
    add_story(html, its);
    add_facts(html, its);
    html_add(html, "</div>\n");
    buf_print(html->out, "<nav class=\"inline\" aria-label=\"Incident %zu\">\n", its->number);
    html_incident_parts(html, its);
    html_add(html, "</nav>\n");
    for (size_t i = 0; i < PART_COUNT; i++) {
        if (parts[i].needs_verdict && !its->verdict)
            continue;
        html_part(html, its, parts[i].name, parts[i].title);
        parts[i].print(html, its);
        html_part_end(html);
    }
    if (!its->verdict)
        html_add(html,
                 "<p class=\"note\">What only the weighing of the evidence gives is left out: "
                 "hypotheses, steps, charts and the story of the investigation.</p>\n");
    html_add(html, "</section>\n");
}
