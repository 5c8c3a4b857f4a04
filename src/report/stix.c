// stix.json: the incidents as a STIX 2.1 bundle, to hand to a sharing community or a threat-intelligence platform.
// Each incident is a grouping of: the incident, indicators of what is the attacker's, the attack patterns, and what
// was observed (addresses, accounts, applications, messages). Sessions, tokens and inbox rules mean nothing outside of
// the tenant and stand in iocs.csv. Times are the incident's, so that the same input gives the same bundle. Incidents
// that a benign story explains are left out.
// Source: "STIX Version 2.1", OASIS Standard, 10 June 2021.
// SPDX-License-Identifier: Apache-2.0
#include <stdlib.h>

#include "base/net.h"
#include "report/indicator.h"
#include "report/report.h"
#include "report/stix_parts.h"
#include "report/technique.h"

#define STIX_INCIDENT_LIMIT 500 // the gravest; all are in report.json
// Of one incident; more is in report.json and scope.csv.
#define STIX_INDICATOR_LIMIT 1000
#define STIX_MESSAGE_LIMIT 200
#define STIX_TECHNIQUE_LIMIT 64
#define STIX_COUNT_LIMIT 999999999 // number_observed, section 4.14

// What is being written of one incident.
struct telling {
    struct stix *stix;
    const struct scan_result *result;
    const struct incident *incident;
    const struct verdict *verdict;
    int64_t first, last;
    struct str self;   // the incident's id
    struct map refers; // ids that the grouping names; they live in the bundle's arena
};

static void refer(struct telling *t, struct str id)
{
    if (id.len)
        map_add(&t->refers, id, NULL);
}

// ---- what is the same in every bundle ---------------------------------------------------------

static void add_source(struct stix *stix)
{
    stix->source = stix_id(stix, "identity", S("stormglass"));
    map_add(&stix->written, S(STIX_MARKING), NULL);
    buf_add(&stix->pen.buf,
            S("\n    {\"type\": \"marking-definition\", \"spec_version\": \"2.1\", "
              "\"id\": \"" STIX_MARKING "\", \"created\": \"2017-01-20T00:00:00.000Z\", "
              "\"definition_type\": \"tlp\", \"name\": \"TLP:AMBER\", "
              "\"definition\": {\"tlp\": \"amber\"}}"));
    stix_open(stix, "identity", stix->source);
    stix_add_time(stix, "created", STIX_EPOCH);
    stix_add_time(stix, "modified", STIX_EPOCH);
    json_add_text(&stix->pen.buf, "name", S("Stormglass"), false);
    json_add_text(&stix->pen.buf, "description",
                  S("A program that finds intruders in mailboxes by audit logs"), false);
    json_add_text(&stix->pen.buf, "identity_class", S("system"), false);
    stix_close(stix);
}

static struct str add_technique(struct stix *stix, struct str technique)
{
    const char *name = technique_name(technique);
    struct str id = stix_id(stix, "attack-pattern", technique);
    struct buf url;
    if (!stix_open(stix, "attack-pattern", id))
        return id;
    buf_init(&url);
    technique_add_url(&url, technique);
    stix_add_made(stix, STIX_EPOCH, STIX_EPOCH);
    json_add_text(&stix->pen.buf, "name", name ? str_from(name) : technique, false);
    buf_add(&stix->pen.buf, S(", \"external_references\": [{"));
    json_add_text(&stix->pen.buf, "source_name", S("mitre-attack"), true);
    json_add_text(&stix->pen.buf, "external_id", technique, false);
    json_add_text(&stix->pen.buf, "url", buf_str(&url), false);
    buf_add(&stix->pen.buf, S("}]"));
    stix_close(stix);
    buf_done(&url);
    return id;
}

// ---- of one incident --------------------------------------------------------------------------

static void add_incident(struct telling *t)
{
    struct stix *stix = t->stix;
    t->self = stix_id(stix, "incident", str_from(t->incident->id));
    if (!stix_open(stix, "incident", t->self))
        return;
    struct buf text;
    buf_init(&text);
    for (size_t i = 0; t->verdict && i < 3; i++) {
        buf_add(&text, i && t->verdict->sentences[i].len ? S(" ") : S(""));
        buf_add(&text, t->verdict->sentences[i]);
    }
    stix_add_made(stix, t->first, t->last);
    json_add_text(&stix->pen.buf, "name", t->incident->title, false);
    if (text.len)
        json_add_text(&stix->pen.buf, "description", buf_str(&text), false);
    json_add_number(&stix->pen.buf, "confidence", confidence_percent(t->incident->confidence),
                    false);
    buf_add(&stix->pen.buf, S(", \"external_references\": [{"));
    json_add_text(&stix->pen.buf, "source_name", S("stormglass"), true);
    json_add_text(&stix->pen.buf, "external_id", str_from(t->incident->id), false);
    buf_add(&stix->pen.buf, S("}]"));
    stix_close(stix);
    buf_done(&text);
    refer(t, t->self);
}

static void add_tenants(struct telling *t)
{
    for (size_t i = 0; i < t->incident->entity_count; i++) {
        const struct entity *entity = &t->incident->entities[i];
        if (entity->kind != ENTITY_TENANT)
            continue;
        struct str id = stix_id(t->stix, "identity", entity->text);
        if (stix_open(t->stix, "identity", id)) {
            stix_add_made(t->stix, STIX_EPOCH, STIX_EPOCH);
            json_add_text(&t->stix->pen.buf, "name", entity->text, false);
            json_add_text(&t->stix->pen.buf, "description", S("Microsoft 365 tenant"), false);
            json_add_text(&t->stix->pen.buf, "identity_class", S("organization"), false);
            stix_close(t->stix);
        }
        refer(t, id);
        refer(t, stix_relate(t->stix, "related-to", t->self, id, t->first, t->last));
    }
}

static void add_techniques(struct telling *t)
{
    size_t count = 0;
    struct map seen;
    map_init(&seen);
    for (size_t i = 0; i < t->incident->finding_count; i++) {
        const struct finding *finding = &t->result->findings.items[t->incident->findings[i]];
        if (finding->severity < LEVEL_MEDIUM && i > 0)
            continue;
        for (size_t k = 0; k < finding->attack_count && count < STIX_TECHNIQUE_LIMIT; k++) {
            bool is_new = false;
            if (!technique_is_id(finding->attack[k]))
                continue;
            map_add(&seen, finding->attack[k], &is_new);
            if (!is_new)
                continue;
            count++;
            struct str id = add_technique(t->stix, finding->attack[k]);
            refer(t, id);
            refer(t, stix_relate(t->stix, "related-to", t->self, id, t->first, t->last));
        }
    }
    map_done(&seen);
}

static struct str add_observed(struct telling *t, struct str name, const struct str *refs,
                               size_t count, uint64_t number, int64_t first, int64_t last)
{
    struct stix *stix = t->stix;
    struct str id = stix_id(stix, "observed-data", name);
    if (!count || !stix_open(stix, "observed-data", id))
        return S("");
    stix_add_made(stix, first, last);
    stix_add_time(stix, "first_observed", first);
    stix_add_time(stix, "last_observed", last < first ? first : last);
    json_add_number(&stix->pen.buf, "number_observed",
                    number < 1                  ? 1
                    : number > STIX_COUNT_LIMIT ? STIX_COUNT_LIMIT
                                                : number,
                    false);
    stix_add_refs(stix, "object_refs", refs, count);
    stix_close(stix);
    refer(t, id);
    return id;
}

// ---- indicators -------------------------------------------------------------------------------

static void add_pattern(struct telling *t, const struct indicator *item, struct str observable)
{
    struct buf pattern;
    buf_init(&pattern);
    struct ip ip;
    if (item->kind == ENTITY_IP && ip_parse_strict(item->value, &ip)) {
        char text[IP_SIZE];
        bool is_v4 = str_starts(observable, S("ipv4"));
        buf_print(&pattern, "[%s:value = ", is_v4 ? "ipv4-addr" : "ipv6-addr");
        stix_quote(&pattern, str_from(ip_print(&ip, text)));
    } else {
        buf_add(&pattern, S("[software:name = "));
        stix_quote(&pattern, stix_software_name(t->stix, item->value));
    }
    buf_add_char(&pattern, ']');
    json_add_text(&t->stix->pen.buf, "pattern", buf_str(&pattern), false);
    json_add_text(&t->stix->pen.buf, "pattern_type", S("stix"), false);
    json_add_text(&t->stix->pen.buf, "pattern_version", S("2.1"), false);
    buf_done(&pattern);
}

static void add_about(struct telling *t, const struct indicator *item)
{
    struct buf text;
    buf_init(&text);
    buf_add(&text, item->kind == ENTITY_IP ? S("Address ") : S("Application "));
    buf_add(&text, item->value);
    json_add_text(&t->stix->pen.buf, "name", buf_str(&text), false);
    buf_clear(&text);
    buf_add(&text, item->finding->title);
    if (item->finding->statement.len) {
        buf_add(&text, S(": "));
        buf_add(&text, item->finding->statement);
    }
    json_add_text(&t->stix->pen.buf, "description", buf_str(&text), false);
    buf_done(&text);
    buf_print(&t->stix->pen.buf, ", \"indicator_types\": [\"%s\"]",
              verdict_is_attack(t->verdict) ? "malicious-activity" : "anomalous-activity");
}

static void add_indicator(struct telling *t, const struct indicator *item)
{
    int64_t first = item->first == INSTANT_NONE ? t->first : item->first;
    int64_t last = item->last == INSTANT_NONE ? t->last : item->last;
    struct str observable = item->kind == ENTITY_IP ? stix_address(t->stix, item->value)
                                                    : stix_software(t->stix, item->value);
    struct str name = arena_print(&t->stix->arena, "%s %.*s", t->incident->id, (int)observable.len,
                                  observable.at);
    struct str id = stix_id(t->stix, "indicator", name);
    if (!observable.len || !stix_open(t->stix, "indicator", id))
        return;
    stix_add_made(t->stix, first, last);
    add_about(t, item);
    add_pattern(t, item, observable);
    stix_add_time(t->stix, "valid_from", first);
    json_add_number(&t->stix->pen.buf, "confidence", confidence_percent(item->confidence), false);
    stix_close(t->stix);
    refer(t, observable);
    refer(t, id);
    struct str observed = add_observed(t, name, &observable, 1, item->events, first, last);
    refer(t, stix_relate(t->stix, "based-on", id, observed, t->first, t->last));
    for (size_t i = 0; i < item->finding->attack_count && i < STIX_TECHNIQUE_LIMIT; i++)
        if (technique_is_id(item->finding->attack[i]))
            refer(t,
                  stix_relate(t->stix, "indicates", id,
                              add_technique(t->stix, item->finding->attack[i]), t->first, t->last));
}

static void add_indicators(struct telling *t, size_t number)
{
    struct indicator_list list;
    size_t written = 0;
    indicators_find(t->result, number, &list);
    for (size_t i = 0; i < list.count && written < STIX_INDICATOR_LIMIT; i++)
        if (list.items[i].kind == ENTITY_IP || list.items[i].kind == ENTITY_APP) {
            add_indicator(t, &list.items[i]);
            written++;
        }
    indicators_done(&list);
}

// ---- what was reached -------------------------------------------------------------------------

static uint64_t events_of(const struct telling *t)
{
    uint64_t events = 0;
    for (size_t i = 0; i < t->incident->finding_count; i++)
        events += t->result->findings.items[t->incident->findings[i]].event_count;
    return events;
}

static void add_parties(struct telling *t)
{
    struct str *refs = memory_new((t->incident->entity_count + 1) * sizeof *refs);
    size_t count = 0;
    for (size_t i = 0; i < t->incident->entity_count; i++) {
        const struct entity *entity = &t->incident->entities[i];
        struct str id = entity->kind == ENTITY_USER      ? stix_account(t->stix, entity->text)
                        : entity->kind == ENTITY_MAILBOX ? stix_mail_address(t->stix, entity->text)
                        : entity->kind == ENTITY_APP || entity->kind == ENTITY_CLIENT_APP
                            ? stix_software(t->stix, entity->text)
                            : S("");
        bool is_listed = !id.len;
        for (size_t k = 0; k < count && !is_listed; k++)
            is_listed = str_equal(refs[k], id);
        if (!is_listed)
            refs[count++] = id;
    }
    for (size_t i = 0; i < count; i++)
        refer(t, refs[i]);
    struct str name = arena_print(&t->stix->arena, "parties %s", t->incident->id);
    add_observed(t, name, refs, count, events_of(t), t->first, t->last);
    free(refs);
}

static void add_messages(struct telling *t)
{
    struct str *refs = memory_new(STIX_MESSAGE_LIMIT * sizeof *refs);
    size_t count = 0;
    int64_t first = INSTANT_NONE, last = INSTANT_NONE;
    for (size_t m = 0; m < t->incident->mailbox_count; m++) {
        const struct incident_mailbox *mailbox = &t->incident->mailboxes[m];
        for (size_t i = 0; i < mailbox->read_listed && count < STIX_MESSAGE_LIMIT; i++) {
            int64_t time = mailbox->read[i].first_read;
            refs[count] = stix_message(t->stix, mailbox->mailbox, &mailbox->read[i]);
            refer(t, refs[count++]);
            if (time != INSTANT_NONE && (first == INSTANT_NONE || time < first))
                first = time;
            if (time != INSTANT_NONE && (last == INSTANT_NONE || time > last))
                last = time;
        }
    }
    struct str name = arena_print(&t->stix->arena, "messages %s", t->incident->id);
    add_observed(t, name, refs, count, count, first == INSTANT_NONE ? t->first : first,
                 last == INSTANT_NONE ? t->last : last);
    free(refs);
}

static void add_grouping(struct telling *t)
{
    struct stix *stix = t->stix;
    struct str id = stix_id(stix, "grouping", str_from(t->incident->id));
    if (!stix_open(stix, "grouping", id))
        return;
    stix_add_made(stix, t->first, t->last);
    json_add_text(&stix->pen.buf, "name", t->incident->title, false);
    json_add_text(&stix->pen.buf, "context", S("suspicious-activity"), false);
    struct str *refs = memory_new(t->refers.count * sizeof *refs);
    for (uint32_t i = 0; i < t->refers.count; i++)
        refs[i] = t->refers.entries[i].key;
    stix_add_refs(stix, "object_refs", refs, t->refers.count);
    stix_close(stix);
    free(refs);
}

static void tell(struct stix *stix, const struct scan_result *result, size_t number)
{
    const struct incident *incident = &result->incidents.items[number];
    int64_t known = result->first == INSTANT_NONE ? STIX_EPOCH : result->first;
    struct telling t = {.stix = stix,
                        .result = result,
                        .incident = incident,
                        .verdict = outline_verdict(result, number),
                        .first = incident->first == INSTANT_NONE ? known : incident->first,
                        .last = incident->last == INSTANT_NONE ? known : incident->last};
    if (verdict_is_benign(t.verdict))
        return;
    map_init(&t.refers);
    add_incident(&t);
    add_tenants(&t);
    add_techniques(&t);
    add_indicators(&t, number);
    add_parties(&t);
    add_messages(&t);
    add_grouping(&t);
    map_done(&t.refers);
}

bool report_stix(const struct outline *outline, const struct sink *sink)
{
    const struct scan_result *result = outline->result;
    struct stix stix = {.written = {0}};
    struct buf names;
    pen_init(&stix.pen, sink);
    arena_init(&stix.arena);
    map_init(&stix.written);
    buf_init(&names);
    for (size_t i = 0; i < result->incidents.count; i++)
        buf_print(&names, " %s", result->incidents.items[i].id);
    buf_add(&stix.pen.buf, S("{\n  "));
    json_add_text(&stix.pen.buf, "type", S("bundle"), true);
    json_add_text(&stix.pen.buf, "id", stix_id(&stix, "bundle", buf_str(&names)), false);
    buf_add(&stix.pen.buf, S(",\n  \"objects\": ["));
    add_source(&stix);
    size_t count = result->incidents.count;
    for (size_t i = 0; i < count && i < STIX_INCIDENT_LIMIT && !stix.pen.is_refused; i++)
        tell(&stix, result, i);
    buf_add(&stix.pen.buf, S("\n  ]\n}\n"));
    buf_done(&names);
    map_done(&stix.written);
    arena_done(&stix.arena);
    return pen_done(&stix.pen);
}
