// navigator.json: the ATT&CK techniques of the findings as a layer for the ATT&CK Navigator. A technique's score is
// that of its gravest finding (info 20, low 40, medium 60, high 80, critical 100); the comment names the findings.
// Format: "ATT&CK Navigator Layer File Format Definition", version 4.5 (mitre-attack/attack-navigator,
// layers/spec/v4.5/layerformat.md).
// SPDX-License-Identifier: Apache-2.0
#include <stdlib.h>

#include "base/figure.h"
#include "base/map.h"
#include "report/pen.h"
#include "report/report.h"
#include "report/safe.h"
#include "report/technique.h"

#define TITLE_LIMIT 8 // in a comment

struct technique {
    struct str id;
    enum sigma_level severity;
    uint64_t findings, events;
    const struct finding *gravest[TITLE_LIMIT]; // with different titles
    size_t titles;
    bool has_more;
};

struct technique_list {
    struct technique *items;
    size_t count, capacity;
    struct map index;
};

static const char *const colours[] = {"#dbe9f6", "#fde8a5", "#fdbf6f", "#f4845f", "#c0392b"};

static void note_title(struct technique *technique, const struct finding *finding)
{
    for (size_t i = 0; i < technique->titles; i++)
        if (str_equal(technique->gravest[i]->title, finding->title))
            return;
    if (technique->titles < TITLE_LIMIT)
        technique->gravest[technique->titles++] = finding;
    else
        technique->has_more = true;
}

static void gather(struct technique_list *list, const struct finding_list *findings)
{
    for (size_t i = 0; i < findings->count; i++) {
        const struct finding *finding = &findings->items[i]; // the gravest come first
        for (size_t k = 0; k < finding->attack_count; k++) {
            bool is_new = false;
            if (!technique_is_id(finding->attack[k]))
                continue;
            struct map_entry *entry = map_add(&list->index, finding->attack[k], &is_new);
            if (is_new) {
                ARRAY_GROW(list->items, list->count, list->capacity);
                entry->number = list->count;
                list->items[list->count++] =
                    (struct technique){.id = finding->attack[k], .severity = finding->severity};
            }
            struct technique *technique = &list->items[entry->number];
            technique->findings++;
            technique->events += finding->event_count;
            note_title(technique, finding);
        }
    }
}

static int compare(const void *left, const void *right)
{
    return str_compare(((const struct technique *)left)->id, ((const struct technique *)right)->id);
}

static void add_comment(struct buf *out, const struct technique *technique)
{
    char number[FIGURE_SIZE];
    struct buf text;
    buf_init(&text);
    for (size_t i = 0; i < technique->titles; i++) {
        buf_print(&text, "%s[%s] ", i ? "; " : "",
                  sigma_level_name(technique->gravest[i]->severity));
        buf_add(&text, technique->gravest[i]->title);
        buf_print(&text, " (%s)", technique->gravest[i]->id);
    }
    buf_print(&text, "%s. %s finding%s.", technique->has_more ? "; and others" : "",
              figure_number(technique->findings, number), figure_plural(technique->findings));
    json_add_text(out, "comment", buf_str(&text), false);
    buf_done(&text);
}

static void add_technique(struct pen *pen, const struct technique *technique)
{
    struct buf *out = &pen->buf;
    char number[FIGURE_SIZE];
    buf_add_char(out, '{');
    json_add_text(out, "techniqueID", technique->id, true);
    json_add_number(out, "score", ((unsigned)technique->severity + 1) * 20, false);
    add_comment(out, technique);
    buf_add(out, S(", \"enabled\": true, \"metadata\": [{"));
    json_add_text(out, "name", S("severity"), true);
    json_add_text(out, "value", str_from(sigma_level_name(technique->severity)), false);
    buf_add(out, S("}, {"));
    json_add_text(out, "name", S("events"), true);
    json_add_text(out, "value", str_from(figure_number(technique->events, number)), false);
    buf_add(out, S("}]}"));
    pen_rest(pen);
}

static void add_head(struct buf *out, const struct outline *outline)
{
    char number[FIGURE_SIZE];
    struct buf text;
    buf_init(&text);
    buf_print(&text, "What Stormglass %s found in %s record%s", outline->version,
              figure_number(outline->result->records, number),
              figure_plural(outline->result->records));
    buf_print(&text, ": %s finding%s. The score is that of the gravest finding.",
              figure_number(outline->result->findings.count, number),
              figure_plural(outline->result->findings.count));
    buf_add(out, S("{\n  "));
    json_add_text(out, "name", S("Stormglass findings"), true);
    buf_add(out, S(",\n  \"versions\": {"));
    json_add_text(out, "navigator", S("5.0.0"), true);
    json_add_text(out, "layer", S("4.5"), false);
    buf_add(out, S("},\n  "));
    json_add_text(out, "domain", S("enterprise-attack"), true);
    json_add_text(out, "description", buf_str(&text), false);
    buf_add(out, S(",\n  \"sorting\": 3, \"hideDisabled\": false,\n  \"layout\": {\"layout\": "
                   "\"side\", \"showID\": true, \"showName\": true, \"expandedSubtechniques\": "
                   "\"annotated\"},\n  \"techniques\": ["));
    buf_done(&text);
}

static void add_end(struct buf *out)
{
    buf_add(out, S(",\n  \"gradient\": {\"colors\": ["));
    for (int i = 0; i <= LEVEL_CRITICAL; i++)
        buf_print(out, "%s\"%s\"", i ? ", " : "", colours[i]);
    buf_add(out, S("], \"minValue\": 20, \"maxValue\": 100},\n  \"legendItems\": ["));
    for (int i = 0; i <= LEVEL_CRITICAL; i++)
        buf_print(out, "%s{\"label\": \"%s\", \"color\": \"%s\"}", i ? ", " : "",
                  sigma_level_name((enum sigma_level)i), colours[i]);
    buf_add(out, S("],\n  \"showTacticRowBackground\": false, \"selectTechniquesAcrossTactics\": "
                   "true, \"selectSubtechniquesWithParent\": false\n}\n"));
}

bool report_navigator(const struct outline *outline, const struct sink *sink)
{
    struct technique_list list = {0};
    struct pen pen;
    pen_init(&pen, sink);
    map_init(&list.index);
    gather(&list, &outline->result->findings);
    if (list.count)
        qsort(list.items, list.count, sizeof *list.items, compare);
    add_head(&pen.buf, outline);
    for (size_t i = 0; i < list.count; i++) {
        buf_add(&pen.buf, i ? S(",\n    ") : S("\n    "));
        add_technique(&pen, &list.items[i]);
    }
    buf_add(&pen.buf, list.count ? S("\n  ]") : S("]"));
    add_end(&pen.buf);
    map_done(&list.index);
    free(list.items);
    return pen_done(&pen);
}
