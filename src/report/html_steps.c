// What to do, step by step, and how the investigation went.
// SPDX-License-Identifier: Apache-2.0
#include "report/html.h"

#define TARGET_ROWS 30

static void add_term(struct html *html, const char *term, struct str text)
{
    if (!text.len)
        return;
    buf_print(html->out, "<dt>%s</dt><dd>", term);
    html_text(html, text);
    html_add(html, "</dd>\n");
}

static void add_targets(struct html *html, const struct verdict_step *step)
{
    if (!step->target_count)
        return;
    html_add(html, "<dt>Concerns</dt><dd>");
    for (size_t i = 0; i < step->target_count && i < TARGET_ROWS; i++) {
        html_add(html, i ? ", <code>" : "<code>");
        html_long_text(html, step->targets[i]);
        html_add(html, "</code>");
    }
    if (step->target_count > TARGET_ROWS)
        buf_print(html->out, " and %zu more", step->target_count - TARGET_ROWS);
    html_add(html, "</dd>\n");
}

// A command may have several lines: each is made safe by itself, and the line feeds between stay.
static void add_command(struct html *html, struct str command)
{
    if (!command.len)
        return;
    html_add(html, "<div class=\"command\"><pre tabindex=\"0\"><code>");
    for (struct str rest = command; rest.at;) {
        struct str line = str_cut(&rest, '\n');
        if (line.len && line.at[line.len - 1] == '\r')
            line.len--;
        html_text(html, line);
        html_add(html, rest.at && rest.len ? "\n" : "");
    }
    html_add(html, "</code></pre></div>\n");
}

static void add_step(struct html *html, const struct html_case *its, size_t i)
{
    const struct verdict_step *step = &its->verdict->steps[i];
    buf_print(html->out,
              "<li><h4><input type=\"checkbox\" id=\"incident-%zu-step-%zu\"><label "
              "for=\"incident-%zu-step-%zu\"><span class=\"ordinal\">%zu</span> ",
              its->number, i + 1, its->number, i + 1, i + 1);
    html_long_text(html, step->step);
    html_add(html, "</label></h4>\n");
    if (step->why.len) {
        html_add(html, "<p>");
        html_text(html, step->why);
        html_add(html, "</p>\n");
    }
    add_command(html, step->command);
    html_add(html, "<dl>\n");
    add_targets(html, step);
    add_term(html, "Breaks", step->breaks);
    add_term(html, "Undo", step->undo);
    add_term(html, "Verify", step->verify);
    html_add(html, "</dl></li>\n");
    pen_rest(&html->pen);
}

void html_steps(struct html *html, const struct html_case *its)
{
    if (!its->verdict->step_count) {
        html_add(html, "<p>No step of the book applies.</p>\n");
        return;
    }
    html_add(html, "<p class=\"intro\">In the order in which to do them. Read what a step breaks "
                   "before it is done; nothing here has been done by Stormglass.</p>\n"
                   "<ol class=\"steps\">\n");
    for (size_t i = 0; i < its->verdict->step_count; i++)
        add_step(html, its, i);
    html_add(html, "</ol>\n");
}

void html_events(struct html *html, const struct html_case *its)
{
    static const struct html_column columns[] = {{"Time (UTC)", CELL_TIME, false},
                                                 {"Kind", CELL_TEXT, true},
                                                 {"What", CELL_LONG, false},
                                                 {"Records", CELL_RECORDS, false}};
    static const char *const kinds[] = {"event", "finding", "observation", "gap", "conclusion"};
    const struct verdict *verdict = its->verdict;
    struct html_table table;
    if (!verdict->timeline_count) {
        html_add(html, "<p>Nothing with a time in it.</p>\n");
        return;
    }
    html_table_open(&table, html,
                    "What happened, what was seen, and what follows, in order of time", columns,
                    sizeof columns / sizeof *columns);
    for (size_t i = 0; i < verdict->timeline_count; i++) {
        const struct verdict_event *event = &verdict->timeline[i];
        html_cell_time(&table, event->time);
        html_cell_text(&table, str_from(kinds[event->kind]));
        html_cell_text(&table, event->text);
        html_cell_records(&table, event->events, event->event_count, event->event_count);
    }
    html_table_close(&table, 0, "report.json");
}
