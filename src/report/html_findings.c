// Findings with what they rest on, and the ATT&CK techniques they name.
// SPDX-License-Identifier: Apache-2.0
#include <stdlib.h>

#include "base/map.h"
#include "report/html.h"
#include "report/technique.h"

static const struct html_column columns[] = {
    {"Severity", CELL_LEVEL, true},     {"What", CELL_LONG, false},
    {"Who", CELL_TEXT, false},          {"First (UTC)", CELL_TIME, false},
    {"Last (UTC)", CELL_TIME, false},   {"Events", CELL_NUMBER, false},
    {"Found by", CELL_CODE, true},      {"Finding", CELL_CODE, false},
    {"Record ids", CELL_RECORDS, false}};
#define COLUMN_COUNT (sizeof columns / sizeof *columns)

// The first entity of a kind and how many more there are; false when there is none.
static bool add_first(struct buf *out, const struct finding *finding, enum entity_kind kind,
                      const char *before)
{
    const struct entity *first = NULL;
    size_t count = 0;
    for (size_t i = 0; i < finding->entity_count; i++) {
        if (finding->entities[i].kind != kind)
            continue;
        first = first ? first : &finding->entities[i];
        count++;
    }
    if (!first)
        return false;
    buf_add(out, str_from(out->len ? before : ""));
    buf_add(out, first->text);
    if (count > 1)
        buf_print(out, " and %zu more", count - 1);
    return true;
}

// "nadia.okafor@contoso.example and 2 more, from 198.51.100.9"
static void add_who(struct html_table *table, const struct finding *finding)
{
    static const enum entity_kind kinds[] = {ENTITY_USER, ENTITY_MAILBOX, ENTITY_APP};
    struct buf who;
    buf_init(&who);
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (add_first(&who, finding, kinds[i], ""))
            break;
    add_first(&who, finding, ENTITY_IP, ", from ");
    html_cell_text(table, buf_str(&who));
    buf_done(&who);
}

static void add_what(struct html_table *table, const struct finding *finding)
{
    struct buf what;
    buf_init(&what);
    buf_add(&what, finding->title);
    if (finding->statement.len) {
        buf_add(&what, S(": "));
        buf_add(&what, finding->statement);
    }
    html_cell_text(table, buf_str(&what));
    buf_done(&what);
}

static void add_finding(struct html_table *table, const struct finding *finding)
{
    html_cell_text(table, str_from(sigma_level_name(finding->severity)));
    add_what(table, finding);
    add_who(table, finding);
    html_cell_time(table, finding->first);
    html_cell_time(table, finding->last);
    html_cell_number(table, finding->event_count);
    html_cell_text(table, finding->detector);
    html_cell_text(table, str_from(finding->id));
    html_cell_records(table, finding->events, finding->listed, finding->event_count);
}

void html_findings(struct html *html, const struct html_case *its)
{
    const struct incident *incident = its->incident;
    struct html_table table;
    size_t rows =
        incident->finding_count < html->findings ? incident->finding_count : html->findings;
    html_table_open(&table, html, "Findings that belong to this incident, gravest first", columns,
                    COLUMN_COUNT);
    for (size_t i = 0; i < rows; i++)
        add_finding(&table, &html->result->findings.items[incident->findings[i]]);
    html->findings -= rows;
    html_table_close(&table, incident->finding_count - rows, "findings.jsonl");
}

// Marks the findings of the incidents that are told in full; the caller frees.
static bool *mark_told(const struct scan_result *result)
{
    bool *is_told = memory_new(result->findings.count + 1);
    for (size_t i = 0; i < result->incidents.count && i < HTML_INCIDENTS; i++)
        for (size_t k = 0; k < result->incidents.items[i].finding_count; k++)
            is_told[result->incidents.items[i].findings[k]] = true;
    return is_told;
}

void html_loose_findings(struct html *html)
{
    const struct scan_result *result = html->result;
    bool *is_told = mark_told(result);
    struct html_table table;
    size_t count = 0, rows = 0;
    for (size_t i = 0; i < result->findings.count; i++)
        count += !is_told[i];
    html_part(html, NULL, "loose", "Other findings");
    if (!count) {
        html_add(html, "<p>Every finding belongs to an incident above.</p>\n");
    } else {
        html_add(html,
                 "<p class=\"intro\">Worth a look, but not linked to an incident that is told "
                 "above.</p>\n");
        html_table_open(&table, html, "Findings of no incident above, gravest first", columns,
                        COLUMN_COUNT);
        for (size_t i = 0; i < result->findings.count && rows < html->findings; i++) {
            if (is_told[i])
                continue;
            add_finding(&table, &result->findings.items[i]);
            rows++;
        }
        html->findings -= rows;
        html_table_close(&table, count - rows, "findings.jsonl");
    }
    html_part_end(html);
    free(is_told);
}

// ---- ATT&CK -------------------------------------------------------------------------------------

struct use {
    struct str id;
    uint64_t findings, events;
};

static int compare_uses(const void *left, const void *right)
{
    const struct use *a = left, *b = right;
    return str_compare(a->id, b->id);
}

struct uses {
    struct use *items;
    size_t count, capacity;
    struct map index;
};

static void add_uses(struct uses *uses, const struct finding *finding)
{
    for (size_t i = 0; i < finding->attack_count; i++) {
        bool is_new = false;
        struct map_entry *entry = map_add(&uses->index, finding->attack[i], &is_new);
        if (is_new) {
            ARRAY_GROW(uses->items, uses->count, uses->capacity);
            entry->number = uses->count;
            uses->items[uses->count++] = (struct use){.id = finding->attack[i]};
        }
        uses->items[entry->number].findings++;
        uses->items[entry->number].events += finding->event_count;
    }
}

// "Email Collection: Email Forwarding Rule" for T1114.003, as far as the names are known.
static void add_name(struct html_table *table, struct str id)
{
    const char *name = technique_name(id), *parent = technique_name(technique_parent(id));
    struct buf text;
    buf_init(&text);
    if (parent && parent != name)
        buf_print(&text, "%s%s", parent, name ? ": " : "");
    buf_add(&text, name ? str_from(name) : parent ? S("") : S("(no name known here)"));
    html_cell_text(table, buf_str(&text));
    buf_done(&text);
}

static void print_uses(struct html *html, const struct uses *uses)
{
    static const struct html_column technique_columns[] = {{"Technique", CELL_CODE, false},
                                                           {"Name", CELL_TEXT, false},
                                                           {"Findings", CELL_NUMBER, false},
                                                           {"Events", CELL_NUMBER, false}};
    struct html_table table;
    html_table_open(&table, html, "Techniques that the findings name (MITRE ATT&amp;CK)",
                    technique_columns, 4);
    for (size_t i = 0; i < uses->count; i++) {
        html_cell_text(&table, uses->items[i].id);
        add_name(&table, uses->items[i].id);
        html_cell_number(&table, uses->items[i].findings);
        html_cell_number(&table, uses->items[i].events);
    }
    html_table_close(&table, 0, "findings.jsonl");
}

void html_techniques(struct html *html, const struct html_case *its)
{
    struct uses uses = {0};
    map_init(&uses.index);
    for (size_t i = 0; i < its->incident->finding_count; i++)
        add_uses(&uses, &html->result->findings.items[its->incident->findings[i]]);
    if (uses.count) {
        qsort(uses.items, uses.count, sizeof *uses.items, compare_uses);
        print_uses(html, &uses);
    } else {
        html_add(html, "<p>The findings name no technique.</p>\n");
    }
    map_done(&uses.index);
    free(uses.items);
}
