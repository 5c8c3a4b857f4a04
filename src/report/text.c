// What `scan` shows on a terminal: what was read and found, by severity, rule, user and time, and what
// could not be read. The same outline gives the same bytes; how long it took is not said here.
// SPDX-License-Identifier: Apache-2.0
#include <stdlib.h>

#include "base/figure.h"
#include "report/group.h"
#include "report/pen.h"
#include "report/report.h"
#include "report/safe.h"
#include "report/story.h"
#include "report/table.h"
#include "report/timeline.h"

#define RULE_ROWS 30
#define ENTITY_ROWS 15
#define INPUT_ROWS 12
#define REASON_ROWS 3

struct page {
    const struct outline *outline;
    const struct scan_result *result;
    const struct style *style;
    struct arena arena;
    struct pen pen;
    struct buf *out; // of the pen
};

const struct report_row report_rows[] = {
#define X(file, name, what) {file, report_##name, what},
    REPORT_LIST(X)
#undef X
};
const size_t report_row_count = sizeof report_rows / sizeof *report_rows;

static void heading(struct page *page, const char *text)
{
    buf_add_char(page->out, '\n');
    tint_text(page->out, page->style, TINT_BOLD, str_from(text));
    buf_add_char(page->out, '\n');
}

static void note(struct page *page, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void note(struct page *page, const char *format, ...)
{
    struct buf text;
    va_list arguments;
    buf_init(&text);
    va_start(arguments, format);
    buf_vprint(&text, format, arguments);
    va_end(arguments);
    buf_add(page->out, S("  "));
    tint_text(page->out, page->style, TINT_DIM, buf_str(&text));
    buf_add_char(page->out, '\n');
    buf_done(&text);
}

static void sentence(struct page *page, enum tint tint, struct str text)
{
    wrap_text(page->out, page->style, tint, text, 0, 0);
    buf_add_char(page->out, '\n');
}

// ---- headline -----------------------------------------------------------------------------------

static void add_span(const struct scan_result *result, struct buf *out)
{
    char first[FIGURE_SIZE], last[FIGURE_SIZE];
    if (result->first == INSTANT_NONE)
        return;
    figure_day(result->first, first);
    figure_day(result->last, last);
    if (strcmp(first, last) == 0)
        buf_print(out, " of %s", first);
    else
        buf_print(out, " from %s to %s", first, last);
}

static void count_levels(const struct finding_list *findings, uint64_t counts[GROUP_LEVELS])
{
    for (size_t i = 0; i < findings->count; i++)
        counts[findings->items[i].severity]++;
}

static void add_levels(const struct finding_list *findings, struct buf *out)
{
    uint64_t counts[GROUP_LEVELS] = {0};
    char number[FIGURE_SIZE];
    bool is_first = true;
    count_levels(findings, counts);
    for (int level = GROUP_LEVELS - 1; level >= 0; level--) {
        if (counts[level] == 0)
            continue;
        buf_print(out, "%s%s %s", is_first ? ": " : ", ", figure_number(counts[level], number),
                  sigma_level_name((enum sigma_level)level));
        is_first = false;
    }
}

void report_headline(const struct outline *outline, struct buf *out)
{
    const struct scan_result *result = outline->result;
    char records[FIGURE_SIZE], bytes[FIGURE_SIZE], files[FIGURE_SIZE], found[FIGURE_SIZE];
    buf_print(out, "Read %s record%s", figure_number(result->records, records),
              figure_plural(result->records));
    add_span(result, out);
    buf_print(out, " (%s, %s input%s)", figure_bytes(result->bytes, bytes),
              figure_number(result->input_count, files), figure_plural(result->input_count));
    size_t count = result->findings.count;
    if (count == 0) {
        buf_print(out, "%s. No rule found anything.",
                  result->is_interrupted ? " before the interruption" : "");
        return;
    }
    buf_print(out, "%s and found %s thing%s worth a look",
              result->is_interrupted ? " before the interruption" : "", figure_number(count, found),
              figure_plural(count));
    add_levels(&result->findings, out);
    buf_add_char(out, '.');
}

// The user and the address that the gravest findings have in common: where to begin.
static void print_focus(struct page *page)
{
    static const struct {
        enum entity_kind kind;
        const char *before;
    } parts[] = {{ENTITY_USER, "Most point to "}, {ENTITY_IP, ", from "}};
    struct buf text;
    buf_init(&text);
    for (size_t i = 0; i < 2; i++) {
        struct groups groups;
        groups_by_entity(&groups, &page->result->findings, parts[i].kind);
        if (groups.count && groups.items[0].findings > 1 && (i == 0 || text.len))
            buf_print(&text, "%s%.*s (%llu)", parts[i].before, (int)groups.items[0].key.len,
                      groups.items[0].key.at, (unsigned long long)groups.items[0].findings);
        groups_done(&groups);
    }
    if (text.len) {
        buf_add_char(&text, '.');
        sentence(page, TINT_NONE, buf_str(&text));
    }
    buf_done(&text);
}

// ---- findings -----------------------------------------------------------------------------------

static void print_severities(struct page *page)
{
    static const struct table_column columns[] = {{"severity", 0},
                                                  {"findings", COLUMN_RIGHT},
                                                  {"events", COLUMN_RIGHT},
                                                  {"rules", COLUMN_RIGHT}};
    uint64_t findings[GROUP_LEVELS] = {0}, events[GROUP_LEVELS] = {0}, rules[GROUP_LEVELS] = {0};
    struct groups groups;
    const struct finding_list *list = &page->result->findings;
    count_levels(list, findings);
    for (size_t i = 0; i < list->count; i++)
        events[list->items[i].severity] += list->items[i].event_count;
    groups_by_rule(&groups, list);
    for (size_t i = 0; i < groups.count; i++)
        for (int level = 0; level < GROUP_LEVELS; level++)
            rules[level] += groups.items[i].by_level[level] > 0;
    groups_done(&groups);
    struct table table;
    table_init(&table, &page->arena, page->style, columns, 4);
    for (int level = GROUP_LEVELS - 1; level >= 0; level--) {
        if (findings[level] == 0)
            continue;
        table_add(&table, tint_of_level((enum sigma_level)level),
                  str_from(sigma_level_name((enum sigma_level)level)));
        table_add_number(&table, findings[level]);
        table_add_number(&table, events[level]);
        table_add_number(&table, rules[level]);
    }
    heading(page, "By severity");
    table_print(&table, 2, page->out);
    table_done(&table);
}

static void print_rules(struct page *page)
{
    static const struct table_column columns[] = {
        {"severity", 0},          {"what", COLUMN_ELASTIC}, {"findings", COLUMN_RIGHT},
        {"events", COLUMN_RIGHT}, {"users", COLUMN_RIGHT},  {"first", COLUMN_OPTIONAL},
        {"last", COLUMN_OPTIONAL}};
    struct groups groups;
    struct table table;
    groups_by_rule(&groups, &page->result->findings);
    table_init(&table, &page->arena, page->style, columns, 7);
    for (size_t i = 0; i < groups.count && i < RULE_ROWS; i++) {
        const struct group *group = &groups.items[i];
        enum sigma_level level = group->finding->severity;
        table_add(&table, tint_of_level(level), str_from(sigma_level_name(level)));
        table_add(&table, TINT_NONE, group->finding->title);
        table_add_number(&table, group->findings);
        table_add_number(&table, group->events);
        table_add_number(&table, group->others.count);
        table_add_minute(&table, group->first);
        table_add_minute(&table, group->last);
    }
    heading(page, "By rule (times are UTC)");
    table_print(&table, 2, page->out);
    if (groups.count > RULE_ROWS)
        note(page, "and %zu more rules", groups.count - RULE_ROWS);
    table_done(&table);
    groups_done(&groups);
}

static void print_entities(struct page *page, enum entity_kind kind, const char *title,
                           const char *column)
{
    const struct table_column columns[] = {
        {column, COLUMN_ELASTIC}, {"critical", COLUMN_RIGHT}, {"high", COLUMN_RIGHT},
        {"medium", COLUMN_RIGHT}, {"low", COLUMN_RIGHT},      {"info", COLUMN_RIGHT},
        {"events", COLUMN_RIGHT}, {"first", COLUMN_OPTIONAL}, {"last", COLUMN_OPTIONAL}};
    struct groups groups;
    struct table table;
    groups_by_entity(&groups, &page->result->findings, kind);
    table_init(&table, &page->arena, page->style, columns, 9);
    for (size_t i = 0; i < groups.count && i < ENTITY_ROWS; i++) {
        const struct group *group = &groups.items[i];
        table_add(&table, TINT_NONE, group->key);
        for (int level = GROUP_LEVELS - 1; level >= 0; level--)
            table_add_number(&table, group->by_level[level]);
        table_add_number(&table, group->events);
        table_add_minute(&table, group->first);
        table_add_minute(&table, group->last);
    }
    if (groups.count) {
        heading(page, title);
        table_print(&table, 2, page->out);
    }
    if (groups.count > ENTITY_ROWS)
        note(page, "and %zu more", groups.count - ENTITY_ROWS);
    table_done(&table);
    groups_done(&groups);
}

static void print_timeline(struct page *page)
{
    const struct finding_list *findings = &page->result->findings;
    struct timeline_point *points = memory_new(findings->count * sizeof *points);
    for (size_t i = 0; i < findings->count; i++)
        points[i] =
            (struct timeline_point){findings->items[i].first, (int)findings->items[i].severity, 1};
    heading(page, "When findings began (UTC)");
    timeline_print(points, findings->count, HOUR, page->style, page->out);
    free(points);
}

// ---- what was not read --------------------------------------------------------------------------

// The first few different reasons, with their place.
static void print_reasons(struct page *page, const struct scan_input *input)
{
    const char *told[REASON_ROWS];
    size_t count = 0;
    for (size_t i = 0; i < input->unread_listed && count < REASON_ROWS; i++) {
        const struct unread *unread = &input->unread[i];
        bool is_told = false;
        for (size_t k = 0; k < count; k++)
            is_told = is_told || strcmp(told[k], unread->why) == 0;
        if (is_told)
            continue;
        told[count++] = unread->why;
        char number[FIGURE_SIZE];
        if (unread->line)
            note(page, "    line %s: %s", figure_number(unread->line, number), unread->why);
        else
            note(page, "    byte %s: %s", figure_number(unread->offset, number), unread->why);
    }
}

static void print_unread(struct page *page)
{
    char number[FIGURE_SIZE];
    size_t shown = 0, more = 0;
    for (size_t i = 0; i < page->result->input_count; i++) {
        const struct scan_input *input = &page->result->inputs[i];
        if (input->unread_count == 0)
            continue;
        if (shown == INPUT_ROWS) {
            more++;
            continue;
        }
        if (shown++ == 0)
            heading(page, "Could not be read");
        buf_print(page->out, "  %s piece%s of ", figure_number(input->unread_count, number),
                  figure_plural(input->unread_count));
        safe_text(page->out, input->path, page->style->is_utf8);
        buf_add_char(page->out, '\n');
        print_reasons(page, input);
    }
    if (more)
        note(page, "and pieces of %zu more inputs; report.json (--out) lists them", more);
}

static void print_warnings(struct page *page)
{
    size_t shown = 0, more = 0;
    for (size_t i = 0; i < page->result->input_count; i++) {
        const struct scan_input *input = &page->result->inputs[i];
        for (size_t k = 0; k < input->warning_count; k++) {
            if (shown == INPUT_ROWS) {
                more++;
                continue;
            }
            if (shown++ == 0)
                heading(page, "Warnings");
            buf_add(page->out, S("  "));
            safe_text(page->out, input->path, page->style->is_utf8);
            buf_add(page->out, S(": "));
            safe_text(page->out, input->warnings[k], page->style->is_utf8);
            buf_add_char(page->out, '\n');
        }
    }
    if (more)
        note(page, "and %zu more; report.json (--out) lists them", more);
}

// ---- the end ------------------------------------------------------------------------------------

static void print_reduction(struct page *page)
{
    const struct scan_result *result = page->result;
    char a[FIGURE_SIZE], b[FIGURE_SIZE], c[FIGURE_SIZE], d[FIGURE_SIZE];
    const char *arrow = page->style->is_utf8 ? "→" : "->";
    buf_print(page->out, "\n%s record%s %s %s match%s %s %s finding%s (%s)\n",
              figure_number(result->records, a), figure_plural(result->records), arrow,
              figure_number(result->matches, b), result->matches == 1 ? "" : "es", arrow,
              figure_number(result->findings.count, c), figure_plural(result->findings.count),
              figure_percent(result->findings.count, result->records, d));
    if (result->duplicates)
        note(page, "%s record%s stood there more than once and counted once",
             figure_number(result->duplicates, a), result->duplicates == 1 ? "" : "s");
    if (result->filtered)
        note(page, "%s record%s lay outside --since and --until",
             figure_number(result->filtered, a), figure_plural(result->filtered));
    if (result->dropped_observations)
        note(page, "%s observation%s let go for want of memory: correlations may count too low",
             figure_number(result->dropped_observations, a),
             result->dropped_observations == 1 ? " was" : "s were");
}

static void print_end(struct page *page)
{
    const struct outline *outline = page->outline;
    if (outline->directory) {
        heading(page, "Report");
        for (size_t i = 0; i < report_row_count; i++) {
            size_t width =
                text_width(str_from(outline->directory)) + 1 + strlen(report_rows[i].file);
            buf_add(page->out, S("  "));
            safe_text(page->out, str_from(outline->directory), page->style->is_utf8);
            buf_print(page->out, "/%s%*s", report_rows[i].file, width < 34 ? (int)(34 - width) : 2,
                      "");
            tint_text(page->out, page->style, TINT_DIM, str_from(report_rows[i].what));
            buf_add_char(page->out, '\n');
        }
    }
    if (outline->next_step) {
        heading(page, "Next");
        buf_add(page->out, S("  "));
        safe_text(page->out, str_from(outline->next_step), page->style->is_utf8);
        buf_add_char(page->out, '\n');
    }
}

bool report_text(const struct outline *outline, const struct style *style, const struct sink *sink)
{
    struct page page = {.outline = outline, .result = outline->result, .style = style};
    arena_init(&page.arena);
    pen_init(&page.pen, sink);
    page.out = &page.pen.buf;
    struct buf headline;
    buf_init(&headline);
    report_headline(outline, &headline);
    sentence(&page, TINT_BOLD, buf_str(&headline));
    buf_done(&headline);
    story_print(outline, style, &page.pen);
    if (outline->result->findings.count) {
        print_focus(&page);
        print_severities(&page);
        print_rules(&page);
        print_entities(&page, ENTITY_USER, "By user", "user");
        print_entities(&page, ENTITY_IP, "By address", "address");
        print_timeline(&page);
    }
    print_unread(&page);
    print_warnings(&page);
    print_reduction(&page);
    print_end(&page);
    arena_done(&page.arena);
    return pen_done(&page.pen);
}
