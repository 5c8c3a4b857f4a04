// findings.ocsf.jsonl: one finding a line as an OCSF "Detection Finding" (class_uid 2004), for lakes and SIEMs that
// speak the Open Cybersecurity Schema Framework. Written so that it is valid from version 1.3.0, which it names, up to
// 1.8.0. Times are milliseconds since 1970, as OCSF's timestamp_t.
// Source: https://schema.ocsf.io/1.3.0/classes/detection_finding
// SPDX-License-Identifier: Apache-2.0
#include <inttypes.h>
#include <stdlib.h>

#include "base/net.h"
#include "report/indicator.h"
#include "report/pen.h"
#include "report/report.h"
#include "report/safe.h"
#include "report/technique.h"

#define RECORD_LIMIT 100     // record ids in one line
#define OBSERVABLE_LIMIT 500 // in one line

// observable.type_id: https://schema.ocsf.io/1.3.0/objects/observable
enum {
    OBSERVABLE_IP = 2,
    OBSERVABLE_USER_NAME = 4,
    OBSERVABLE_RESOURCE = 10,
    OBSERVABLE_COUNTRY = 14,
    OBSERVABLE_OTHER = 99
};

static const struct {
    unsigned id;
    const char *type, *name; // name: the attribute that an observable of this kind would stand in
} observables[ENTITY_KIND_COUNT] = {
    [ENTITY_TENANT] = {OBSERVABLE_RESOURCE, "Resource UID", "metadata.tenant_uid"},
    [ENTITY_USER] = {OBSERVABLE_USER_NAME, "User Name", "evidences[].user.name"},
    [ENTITY_MAILBOX] = {OBSERVABLE_RESOURCE, "Resource UID", "resources[].uid"},
    [ENTITY_APP] = {OBSERVABLE_RESOURCE, "Resource UID", "application"},
    [ENTITY_CLIENT_APP] = {OBSERVABLE_RESOURCE, "Resource UID", "client_application"},
    [ENTITY_IP] = {OBSERVABLE_IP, "IP Address", "evidences[].src_endpoint.ip"},
    [ENTITY_ASN] = {OBSERVABLE_OTHER, "Autonomous System Number", "autonomous_system"},
    [ENTITY_COUNTRY] = {OBSERVABLE_COUNTRY, "Country", "country"},
    [ENTITY_SESSION] = {OBSERVABLE_OTHER, "Session ID", "session"},
    [ENTITY_TOKEN] = {OBSERVABLE_OTHER, "Token ID", "token"},
    [ENTITY_MESSAGE] = {OBSERVABLE_OTHER, "Message ID", "message"},
    [ENTITY_RULE] = {OBSERVABLE_OTHER, "Inbox Rule", "rule"},
    [ENTITY_SERVICE] = {OBSERVABLE_RESOURCE, "Resource UID", "service"},
};

static const struct {
    unsigned id;
    const char *name;
} severities[] = {{1, "Informational"}, {2, "Low"}, {3, "Medium"}, {4, "High"}, {5, "Critical"}};

static void add_instant(struct buf *out, const char *key, int64_t instant)
{
    if (instant != INSTANT_NONE)
        buf_print(out, ", \"%s\": %" PRId64, key, instant / 1000);
}

static const struct entity *first_of(const struct finding *finding, enum entity_kind kind)
{
    for (size_t i = 0; i < finding->entity_count; i++)
        if (finding->entities[i].kind == kind)
            return &finding->entities[i];
    return NULL;
}

static void add_metadata(struct buf *out, const struct outline *outline,
                         const struct finding *finding, const char *incident)
{
    const struct entity *tenant = first_of(finding, ENTITY_TENANT);
    buf_add(out, S(", \"metadata\": {"));
    json_add_text(out, "version", S("1.3.0"), true);
    buf_add(out, S(", \"product\": {"));
    json_add_text(out, "name", S("Stormglass"), true);
    json_add_text(out, "vendor_name", S("Stormglass"), false);
    json_add_text(out, "version", str_from(outline->version), false);
    buf_add_char(out, '}');
    json_add_text(out, "uid", str_from(finding->id), false);
    json_add_text(out, "event_code", finding->detector, false);
    json_add_text(out, "log_provider", S("Microsoft"), false);
    if (tenant)
        json_add_text(out, "tenant_uid", tenant->text, false);
    if (incident)
        json_add_text(out, "correlation_uid", str_from(incident), false);
    buf_add_char(out, '}');
}

static void add_technique(struct buf *out, const char *key, struct str id, bool is_first)
{
    const char *name = technique_name(id);
    struct buf url;
    buf_init(&url);
    technique_add_url(&url, id);
    buf_print(out, "%s\"%s\": {", is_first ? "" : ", ", key);
    json_add_text(out, "uid", id, true);
    if (name)
        json_add_text(out, "name", str_from(name), false);
    json_add_text(out, "src_url", buf_str(&url), false);
    buf_add_char(out, '}');
    buf_done(&url);
}

static void add_attacks(struct buf *out, const struct finding *finding)
{
    size_t count = 0;
    for (size_t i = 0; i < finding->attack_count; i++) {
        struct str id = finding->attack[i];
        if (!technique_is_id(id))
            continue;
        buf_add(out, count++ ? S(", {") : S(", \"attacks\": [{"));
        add_technique(out, "technique", technique_parent(id), true);
        if (id.len > technique_parent(id).len)
            add_technique(out, "sub_technique", id, false);
        buf_add_char(out, '}');
    }
    if (count)
        buf_add_char(out, ']');
}

static void add_finding_info(struct buf *out, const struct finding *finding)
{
    bool is_rule = finding->rule || finding->correlation;
    buf_add(out, S(", \"finding_info\": {"));
    json_add_text(out, "uid", str_from(finding->id), true);
    json_add_text(out, "title", finding->title, false);
    if (finding->statement.len)
        json_add_text(out, "desc", finding->statement, false);
    add_instant(out, "created_time", finding->last);
    add_instant(out, "first_seen_time", finding->first);
    add_instant(out, "last_seen_time", finding->last);
    buf_add(out, S(", \"analytic\": {"));
    json_add_text(out, "uid", finding->detector, true);
    json_add_text(out, "name", finding->title, false);
    json_add_number(out, "type_id", is_rule ? 1 : 2, false);
    json_add_text(out, "type", is_rule ? S("Rule") : S("Behavioral"), false);
    buf_add_char(out, '}');
    add_attacks(out, finding);
    buf_add_char(out, '}');
}

static void add_records(struct buf *out, const struct finding *finding)
{
    size_t listed = finding->listed < RECORD_LIMIT ? finding->listed : RECORD_LIMIT;
    buf_add(out, S("{\"data\": {\"record_ids\": ["));
    for (size_t i = 0; i < listed; i++) {
        buf_add(out, i ? S(", ") : S(""));
        safe_json(out, finding->events[i]);
    }
    buf_add_char(out, ']');
    json_add_number(out, "record_count", finding->event_count, false);
    buf_add(out, S("}}"));
}

// The records that it rests on, and from where and in whose name they were made.
static void add_evidences(struct buf *out, const struct finding *finding)
{
    char text[IP_SIZE];
    struct ip ip;
    buf_add(out, S(", \"evidences\": ["));
    add_records(out, finding);
    for (size_t i = 0; i < finding->entity_count; i++) {
        const struct entity *entity = &finding->entities[i];
        if (entity->kind == ENTITY_IP && ip_parse_strict(entity->text, &ip))
            buf_print(out, ", {\"src_endpoint\": {\"ip\": \"%s\"}}", ip_print(&ip, text));
        if (entity->kind != ENTITY_USER || !entity->text.len)
            continue;
        buf_add(out, S(", {\"user\": {"));
        json_add_text(out, "name", entity->text, true);
        buf_add(out, S("}}"));
    }
    buf_add_char(out, ']');
}

static void add_resources(struct buf *out, const struct finding *finding)
{
    size_t count = 0;
    for (size_t i = 0; i < finding->entity_count; i++) {
        if (finding->entities[i].kind != ENTITY_MAILBOX)
            continue;
        buf_add(out, count++ ? S(", {") : S(", \"resources\": [{"));
        json_add_text(out, "uid", finding->entities[i].text, true);
        json_add_text(out, "type", S("mailbox"), false);
        buf_add_char(out, '}');
    }
    if (count)
        buf_add_char(out, ']');
}

static void add_observables(struct buf *out, const struct finding *finding)
{
    buf_add(out, S(", \"observables\": ["));
    for (size_t i = 0; i < finding->entity_count && i < OBSERVABLE_LIMIT; i++) {
        enum entity_kind kind = finding->entities[i].kind;
        buf_add(out, i ? S(", {") : S("{"));
        json_add_text(out, "name", str_from(observables[kind].name), true);
        json_add_number(out, "type_id", observables[kind].id, false);
        json_add_text(out, "type", str_from(observables[kind].type), false);
        json_add_text(out, "value", finding->entities[i].text, false);
        buf_add_char(out, '}');
    }
    buf_add_char(out, ']');
}

static void add_class(struct buf *out)
{
    buf_add(out, S("{\"activity_id\": 1, \"activity_name\": \"Create\", \"category_uid\": 2, "
                   "\"category_name\": \"Findings\", \"class_uid\": 2004, \"class_name\": "
                   "\"Detection Finding\", \"type_uid\": 200401, \"type_name\": "
                   "\"Detection Finding: Create\""));
}

static void add_finding(struct buf *out, const struct outline *outline,
                        const struct finding *finding, const char *incident)
{
    int64_t time = finding->last != INSTANT_NONE ? finding->last : outline->result->last;
    unsigned percent = confidence_percent(finding->confidence);
    add_class(out);
    // Required: what has no time at all stands at the beginning of time.
    add_instant(out, "time", time == INSTANT_NONE ? 0 : time);
    add_instant(out, "start_time", finding->first);
    add_instant(out, "end_time", finding->last);
    json_add_number(out, "severity_id", severities[finding->severity].id, false);
    json_add_text(out, "severity", str_from(severities[finding->severity].name), false);
    json_add_number(out, "confidence_score", percent, false);
    json_add_number(out, "confidence_id", percent >= 80 ? 3 : percent >= 50 ? 2 : 1, false);
    json_add_text(out, "confidence",
                  percent >= 80   ? S("High")
                  : percent >= 50 ? S("Medium")
                                  : S("Low"),
                  false);
    buf_add(out, S(", \"status_id\": 1, \"status\": \"New\""));
    if (finding->event_count && finding->event_count <= INT32_MAX)
        json_add_number(out, "count", finding->event_count, false);
    json_add_text(out, "message", finding->statement.len ? finding->statement : finding->title,
                  false);
    add_metadata(out, outline, finding, incident);
    add_finding_info(out, finding);
    add_evidences(out, finding);
    add_resources(out, finding);
    add_observables(out, finding);
    buf_add(out, S("}\n"));
}

// The incident of each finding, or NULL; a finding belongs to one at most.
static const char **incidents_of(const struct scan_result *result)
{
    const char **incidents = memory_new((result->findings.count + 1) * sizeof *incidents);
    for (size_t i = 0; i < result->incidents.count; i++)
        for (size_t k = 0; k < result->incidents.items[i].finding_count; k++) {
            const char **incident = &incidents[result->incidents.items[i].findings[k]];
            *incident = *incident ? *incident : result->incidents.items[i].id;
        }
    return incidents;
}

bool report_ocsf(const struct outline *outline, const struct sink *sink)
{
    const struct finding_list *findings = &outline->result->findings;
    const char **incidents = incidents_of(outline->result);
    struct pen pen;
    pen_init(&pen, sink);
    for (size_t i = 0; i < findings->count && !pen.is_refused; i++) {
        add_finding(&pen.buf, outline, &findings->items[i], incidents[i]);
        pen_rest(&pen);
    }
    free(incidents);
    return pen_done(&pen);
}
