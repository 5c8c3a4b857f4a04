// Reads a written report and shows its hypotheses against their evidence, so that a reader can redo the sum.
// SPDX-License-Identifier: Apache-2.0
#include "command/explain_incident.h"

#include <stdio.h>
#include <unistd.h>

#include "engine/report_file.h"
#include "report/safe.h"
#include "report/table.h"

#define SHOWN 6 // hypotheses that have a column
#define QUESTIONS 128

bool explain_is_incident(struct str text)
{
    if (text.len != 18 || !str_starts(text, S("i-")))
        return false;
    for (size_t i = 2; i < text.len; i++)
        if (!strchr("0123456789abcdef", text.at[i]))
            return false;
    return true;
}

struct matrix {
    struct json stories[SHOWN];
    size_t story_count;
    struct str questions[QUESTIONS]; // names, in the order in which the stories name them
    size_t question_count;
    struct style style;
    struct arena arena;
    struct buf out;
};

static struct json item_of(struct json story, struct str name)
{
    struct json evidence = json_find(story, S("evidence"));
    for (struct json_element e = json_elements(evidence); json_element_next(&e);)
        if (str_equal(report_text_of(e.value, "name"), name))
            return e.value;
    return (struct json){0};
}

static void read_stories(struct matrix *m, struct json incident)
{
    struct json stories = json_find(incident, S("hypotheses"));
    for (struct json_element e = json_elements(stories);
         m->story_count < SHOWN && json_element_next(&e);) {
        m->stories[m->story_count++] = e.value;
        struct json evidence = json_find(e.value, S("evidence"));
        for (struct json_element i = json_elements(evidence); json_element_next(&i);) {
            struct str name = report_text_of(i.value, "name");
            size_t at = 0;
            while (at < m->question_count && !str_equal(m->questions[at], name))
                at++;
            if (at == m->question_count && at < QUESTIONS)
                m->questions[m->question_count++] = name;
        }
    }
}

static void head(struct matrix *m, const char *title)
{
    buf_add_char(&m->out, '\n');
    tint_text(&m->out, &m->style, TINT_BOLD, str_from(title));
    buf_add_char(&m->out, '\n');
}

static void add_weight(struct matrix *m, struct table *table, double number)
{
    char text[32];
    snprintf(text, sizeof text, "%+.2f", number);
    table_add(table, TINT_NONE, arena_copy(&m->arena, str_from(text)));
}

static void print_stories(struct matrix *m)
{
    static const struct table_column columns[] = {{"", 0},
                                                  {"hypothesis", COLUMN_ELASTIC},
                                                  {"prior", COLUMN_RIGHT},
                                                  {"evidence", COLUMN_RIGHT},
                                                  {"score", COLUMN_RIGHT},
                                                  {"probability", COLUMN_RIGHT},
                                                  {"verdict", 0}};
    struct table table;
    head(m, "Hypotheses, most probable first");
    table_init(&table, &m->arena, &m->style, columns, 7);
    for (size_t i = 0; i < m->story_count; i++) {
        struct json story = m->stories[i];
        double prior = report_number_of(story, "prior"), score = report_number_of(story, "score");
        table_add(&table, TINT_BOLD, arena_print(&m->arena, "%c", (char)('A' + i)));
        table_add(&table, TINT_NONE, report_text_of(story, "title"));
        add_weight(m, &table, prior);
        add_weight(m, &table, score - prior);
        add_weight(m, &table, score);
        table_add(&table, TINT_NONE,
                  arena_print(&m->arena, "%.1f %%", 100 * report_number_of(story, "probability")));
        table_add(&table, TINT_NONE, report_text_of(story, "verdict"));
    }
    table_print(&table, 2, &m->out);
    table_done(&table);
}

static void add_cell(struct matrix *m, struct table *table, struct json item)
{
    double weight = report_number_of(item, "weight");
    if (json_type(item) == JSON_NONE)
        table_add(table, TINT_NONE, S(""));
    else if (str_is(report_text_of(item, "direction"), "missing"))
        table_add(table, TINT_DIM, S("?"));
    else if (report_text_of(item, "covered_by").len)
        table_add(table, TINT_DIM, S("="));
    else
        table_add(table, weight > 0 ? TINT_GOOD : TINT_BAD,
                  arena_print(&m->arena, "%+.2f%s", weight,
                              json_type(json_find(item, S("decisive"))) == JSON_TRUE ? "!" : ""));
}

static struct json any_item(const struct matrix *m, struct str name)
{
    struct json item = {0};
    for (size_t i = 0; i < m->story_count && json_type(item) == JSON_NONE; i++)
        item = item_of(m->stories[i], name);
    return item;
}

static void print_weights(struct matrix *m)
{
    struct table_column columns[SHOWN + 2] = {{"question", COLUMN_ELASTIC}, {"answer", 0}};
    static const char *const letters[SHOWN] = {"A", "B", "C", "D", "E", "F"};
    struct table table;
    for (size_t i = 0; i < m->story_count; i++)
        columns[i + 2] = (struct table_column){letters[i], COLUMN_RIGHT};
    head(
        m,
        "What each answer weighs (natural logarithm of how much likelier it is if the story is true)");
    table_init(&table, &m->arena, &m->style, columns, m->story_count + 2);
    for (size_t q = 0; q < m->question_count; q++) {
        struct json item = any_item(m, m->questions[q]);
        table_add(&table, TINT_NONE, report_text_of(item, "question"));
        table_add(&table, TINT_NONE, report_text_of(item, "answer"));
        for (size_t i = 0; i < m->story_count; i++)
            add_cell(m, &table, item_of(m->stories[i], m->questions[q]));
    }
    table_print(&table, 2, &m->out);
    table_done(&table);
    buf_add(
        &m->out,
        S("  !: may decide by itself  =: said more strongly by another answer, not counted again\n"
          "  ?: cannot be told  score = prior + weights; probability = exp(score) / sum of all exp(score)\n"));
}

static void print_statements(struct matrix *m)
{
    head(m, "What the answers rest on");
    for (size_t q = 0; q < m->question_count; q++) {
        struct json item = any_item(m, m->questions[q]);
        buf_add(&m->out, S("  "));
        wrap_text(&m->out, &m->style, TINT_BOLD, report_text_of(item, "question"), 2, 2);
        buf_add(&m->out, S("\n    "));
        wrap_text(&m->out, &m->style, TINT_NONE, report_text_of(item, "statement"), 4, 4);
        buf_add_char(&m->out, '\n');
        struct json events = json_find(item, S("events"));
        size_t count = 0;
        for (struct json_element e = json_elements(events); json_element_next(&e) && count < 3;) {
            buf_add(&m->out, count++ ? S(", ") : S("    records: "));
            safe_text(&m->out, json_str(e.value), m->style.is_utf8);
        }
        if (count)
            buf_add_char(&m->out, '\n');
    }
}

// Where what they rest on can be read word for word, if the folder of the report has it.
static void tell_records(struct matrix *m, const char *report)
{
    const char *name = strrchr(report, '/');
    struct str path =
        arena_print(&m->arena, "%.*srecords.jsonl", name ? (int)(name + 1 - report) : 0, report);
    if (access(path.at, R_OK) != 0)
        return;
    remark("the records themselves stand in %s", path.at);
}

static void print_head(struct matrix *m, struct json incident)
{
    tint_text(&m->out, &m->style, TINT_BOLD, report_text_of(incident, "title"));
    buf_add_char(&m->out, '\n');
    struct json summary = json_find(incident, S("summary"));
    for (struct json_element e = json_elements(summary); json_element_next(&e);) {
        buf_add(&m->out, S("  "));
        wrap_text(&m->out, &m->style, TINT_NONE, json_str(e.value), 2, 2);
        buf_add_char(&m->out, '\n');
    }
}

enum exit_status explain_incident(struct options *options)
{
    struct report_file file;
    struct error error;
    struct str id = options->paths.items[0];
    enum exit_status status = STATUS_DONE;
    struct matrix m = {.style = style_for(STDOUT_FILENO, options)};
    if (!report_file_open(&file, options->paths.items[1].at, &error)) {
        report_file_close(&file);
        return complain("explain: %s", error.text);
    }
    struct json incident = report_file_incident(&file, id);
    arena_init(&m.arena);
    buf_init(&m.out);
    read_stories(&m, incident);
    if (json_type(incident) == JSON_NONE)
        status = complain("explain: the report has no incident %.*s", (int)id.len, id.at);
    else if (!m.story_count)
        status = complain("explain: incident %.*s was not investigated", (int)id.len, id.at);
    if (status == STATUS_DONE) {
        print_head(&m, incident);
        print_stories(&m);
        print_weights(&m);
        print_statements(&m);
        stdout_write(&m.out);
        tell_records(&m, file.path);
    }
    buf_done(&m.out);
    arena_done(&m.arena);
    report_file_close(&file);
    return stdout_finish(status);
}
