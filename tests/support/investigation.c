// Reads findings, feeds linker and scope as the engine does.
// SPDX-License-Identifier: Apache-2.0
#include "support/investigation.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/hash.h"

#define ENTITIES 1024
#define TECHNIQUES 16

static void give_up(const char *why, struct str what)
{
    fprintf(stderr, "investigation: %s: %.*s\n", why, (int)what.len, what.at);
    exit(1);
}

// ---- findings ---------------------------------------------------------------------------------

static void add_entity(struct finding_list *list, struct finding *finding, enum entity_kind kind,
                       struct str text)
{
    char guid[37];
    if (text.len && text.at[0] == '#') {
        scenario_guid(text, guid);
        text = str_of(guid, 36);
    }
    finding->entity_counts[kind]++;
    if (finding->entity_counts[kind] > FINDING_ENTITY_LIMIT)
        return;
    if (finding->entity_count == ENTITIES)
        give_up("too many entities", text);
    finding->entities[finding->entity_count++] =
        (struct entity){kind, arena_copy(&list->arena, text)};
}

static void add_many(struct finding_list *list, struct finding *finding, enum entity_kind kind,
                     struct str count)
{
    char text[64];
    int64_t number = 0;
    if (!str_to_int64(count, &number))
        give_up("no number", count);
    for (int i = 0; i < (int)number; i++) {
        snprintf(text, sizeof text, "user%d@contoso.example", i);
        add_entity(list, finding, kind, str_from(text));
    }
}

static void add_word(struct finding_list *list, struct finding *finding, struct str word)
{
    struct str value = word, key = str_cut(&value, '=');
    if (str_is(key, "attack")) {
        finding->attack[finding->attack_count++] = arena_copy(&list->arena, value);
        return;
    }
    if (str_is(key, "confidence")) {
        finding->confidence = strtod(arena_copy(&list->arena, value).at, NULL);
        return;
    }
    if (str_is(key, "users") || str_is(key, "mailboxes")) {
        add_many(list, finding, str_is(key, "users") ? ENTITY_USER : ENTITY_MAILBOX, value);
        return;
    }
    for (int kind = 0; kind < ENTITY_KIND_COUNT; kind++)
        if (str_is(key, entity_kind_name((enum entity_kind)kind))) {
            add_entity(list, finding, (enum entity_kind)kind, value);
            return;
        }
    give_up("unknown word", word);
}

static enum sigma_level level_of(struct str name)
{
    for (int level = 0; level < 5; level++)
        if (str_is(name, sigma_level_name((enum sigma_level)level)))
            return (enum sigma_level)level;
    give_up("unknown level", name);
    return LEVEL_INFO;
}

static int64_t moment_of(struct str text)
{
    return str_is(text, "-") ? INSTANT_NONE : scenario_moment(text);
}

static void add_finding(struct finding_list *list, struct str line)
{
    static const struct sigma_rule rule;
    struct finding *finding = finding_list_add(list);
    struct str rest = line, level = str_cut(&rest, ' '), detector = str_cut(&rest, ' '),
               first = str_cut(&rest, ' '), last = str_cut(&rest, ' ');
    snprintf(finding->id, sizeof finding->id, "f-%016llx", (unsigned long long)hash_str(line));
    finding->severity = level_of(level);
    finding->detector = arena_copy(&list->arena, detector);
    finding->title = arena_print(&list->arena, "title of %.*s", (int)detector.len, detector.at);
    finding->rule = str_starts(detector, S("rule:")) ? &rule : NULL;
    finding->first = moment_of(first);
    finding->last = moment_of(last);
    finding->confidence = 0.5;
    finding->event_count = 1;
    finding->entities = ARENA_ARRAY(&list->arena, struct entity, ENTITIES);
    finding->attack = ARENA_ARRAY(&list->arena, struct str, TECHNIQUES);
    while (rest.at) {
        struct str word = str_cut(&rest, ' ');
        if (word.len)
            add_word(list, finding, word);
    }
}

static void read_findings(struct investigation *in, const char *findings)
{
    arena_init(&in->findings.arena);
    for (struct str rest = str_from(findings); rest.at;) {
        struct str line = str_trim(str_cut(&rest, '\n'));
        if (line.len)
            add_finding(&in->findings, line);
    }
    finding_list_sort(&in->findings);
}

// ---- steps ------------------------------------------------------------------------------------

void investigation_open(struct investigation *in, const char *life, const char *findings)
{
    struct buf text;
    unsigned line = 0;
    *in = (struct investigation){0};
    buf_init(&text);
    buf_add(&text, S("== life\n"));
    buf_add(&text, str_from(life));
    struct str rest = buf_str(&text);
    if (!scenario_next(&rest, &line, &in->scenario))
        give_up("no life", str_from(life));
    buf_done(&text);
    in->scenario.title = S("life");
    in->knowledge = scenario_learn(&in->scenario);
    read_findings(in, findings);
}

void investigation_done(struct investigation *in)
{
    dossier_set_free(in->dossiers);
    scope_free(in->scope);
    incident_list_done(&in->incidents);
    linker_free(in->linker);
    finding_list_done(&in->findings);
    knowledge_free(in->knowledge);
    scenario_done(&in->scenario);
}

void investigation_link(struct investigation *in)
{
    in->linker = linker_new(in->knowledge, &in->findings);
    for (size_t i = 0; i < in->scenario.count; i++)
        linker_see(in->linker, &in->scenario.activities[i]);
    linker_finish(in->linker, &in->incidents);
}

void investigation_look(struct investigation *in)
{
    uint32_t numbers[SCOPE_NUMBERS];
    in->scope = scope_new(in->knowledge, in->linker, &in->incidents);
    in->dossiers = dossier_set_new(in->knowledge, &in->findings, &in->incidents);
    for (size_t i = 0; i < in->scenario.count; i++) {
        const struct activity *activity = &in->scenario.activities[i];
        dossier_see(in->dossiers, activity, numbers, scope_see(in->scope, activity, numbers));
    }
    dossier_set_finish(in->dossiers);
}

struct parsed {
    struct json_parser *parser;
    char *bytes;
    struct json value;
};

static struct parsed parse(struct str text)
{
    struct parsed p = {.parser = json_parser_new(), .bytes = memory_new(text.len + JSON_PADDING)};
    const char *why = "";
    memcpy(p.bytes, text.at, text.len);
    if (!json_parse(p.parser, p.bytes, text.len, &p.value, &why))
        give_up(why, text);
    return p;
}

static void parsed_done(struct parsed *p)
{
    json_parser_free(p->parser);
    free(p->bytes);
}

unsigned investigation_record(struct investigation *in, const char *moment, const char *id,
                              struct str json)
{
    struct parsed p = parse(json);
    int64_t time = scenario_moment(str_from(moment));
    unsigned asked = 0;
    for (size_t i = 0; i < in->scenario.count; i++) {
        const struct activity *a = &in->scenario.activities[i];
        if (a->kind != ACTIVITY_MAIL_ACCESS || a->time != time)
            continue;
        struct event event = {.record = p.value, .id = str_from(id), .identity = a->identity};
        asked += scope_wants(in->scope, a->identity);
        scope_record(in->scope, &event);
    }
    parsed_done(&p);
    return asked;
}

void investigation_join(struct investigation *in, enum source_id source, const char *json)
{
    struct parsed p = parse(str_from(json));
    struct field_plan *plan = field_plan_new(source);
    struct field_slots slots;
    struct event event = {.source = source, .record = p.value};
    scope_want(plan);
    field_plan_finish(plan);
    field_slots_init(&slots, plan);
    field_fill(&slots, &event);
    scope_join(in->scope, &slots);
    field_slots_done(&slots);
    field_plan_free(plan);
    parsed_done(&p);
}

void investigation_finish(struct investigation *in)
{
    scope_finish(in->scope);
}

// ---- looking at what came of it -----------------------------------------------------------------

const struct incident_mailbox *investigation_mailbox(const struct investigation *in,
                                                     size_t incident, const char *mailbox)
{
    if (incident >= in->incidents.count)
        return NULL;
    const struct incident *it = &in->incidents.items[incident];
    for (size_t i = 0; i < it->mailbox_count; i++)
        if (str_is(it->mailboxes[i].mailbox, mailbox))
            return &it->mailboxes[i];
    return NULL;
}

const struct incident_message *investigation_message(const struct incident_mailbox *mailbox,
                                                     const char *id)
{
    for (size_t i = 0; mailbox && i < mailbox->read_count; i++)
        if (str_is(mailbox->read[i].message_id, id))
            return &mailbox->read[i];
    return NULL;
}

static int by_text(const void *left, const void *right)
{
    return str_compare(*(const struct str *)left, *(const struct str *)right);
}

const char *investigation_print(const struct investigation *in, struct buf *out)
{
    struct arena arena;
    arena_init(&arena);
    struct str *lines = ARENA_ARRAY(&arena, struct str, in->incidents.count + 1);
    for (size_t i = 0; i < in->incidents.count; i++) {
        const struct incident *incident = &in->incidents.items[i];
        struct str *names = ARENA_ARRAY(&arena, struct str, incident->finding_count + 1);
        for (size_t f = 0; f < incident->finding_count; f++)
            names[f] = in->findings.items[incident->findings[f]].detector;
        qsort(names, incident->finding_count, sizeof *names, by_text);
        buf_clear(out);
        for (size_t f = 0; f < incident->finding_count; f++)
            buf_print(out, "%s%.*s", f ? "," : "", (int)names[f].len, names[f].at);
        lines[i] = arena_copy(&arena, buf_str(out));
    }
    qsort(lines, in->incidents.count, sizeof *lines, by_text);
    buf_clear(out);
    for (size_t i = 0; i < in->incidents.count; i++)
        buf_print(out, "%s%.*s", i ? " | " : "", (int)lines[i].len, lines[i].at);
    buf_add_char(out, 0);
    arena_done(&arena);
    return out->at;
}

void investigation_check_links(const char *life, const struct link_case *cases, size_t count)
{
    struct buf text;
    unsigned wrong = 0;
    buf_init(&text);
    for (size_t i = 0; i < count; i++) {
        struct investigation in;
        buf_clear(&text);
        buf_print(&text, "%s%s", life, cases[i].life);
        buf_add_char(&text, 0);
        investigation_open(&in, text.at, cases[i].findings);
        investigation_link(&in);
        const char *got = investigation_print(&in, &text);
        if (strcmp(got, cases[i].incidents) != 0) {
            print_message("  %s: '%s' instead of '%s'\n", cases[i].what, got, cases[i].incidents);
            wrong++;
        }
        investigation_done(&in);
    }
    buf_done(&text);
    assert_int_equal(wrong, 0);
}
