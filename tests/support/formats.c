// Makes a small result with verdicts.
// SPDX-License-Identifier: Apache-2.0
#include "support/formats.h"

#include <assert.h>
#include <stdio.h>

#include "base/instant.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))
// A copy of an array in the sample's arena.
#define KEEP(sample, array)                                                                        \
    memcpy(arena_alloc(&(sample)->arena, sizeof(array)), (array), sizeof(array))

const struct str formats_hostiles[] = {
    STR(FORMATS_HOSTILE),
    STR("<script>alert(1)</script>"),
    STR("<!-- x"),
    STR("=cmd|' /C calc'!A0"),
    STR("@SUM(1)"),
    STR("`"),
    STR("``` \n# heading"),
    STR("~~~\nx"),
    STR("a\\|b\\"),
    STR("| a | b |"),
    STR("[x](javascript:alert(1))"),
    STR("![x](//evil.example/p.png)"),
    STR("[x]: http://evil.example"),
    STR("http://evil.example and www.evil.example, mail me@evil.example!"),
    STR("# heading"),
    STR("1. list"),
    STR("- [ ] task"),
    STR("> quote"),
    STR("---"),
    STR("==="),
    STR("    code"),
    STR("&lt;script&gt; &#60;"),
    STR("**bold** __bold__ ~~gone~~ $x^2$"),
    STR("'\"\\'] OR [ipv4-addr:value = '127.0.0.1"),
    STR("\xe2\x80\xae txt.exe"),
    STR("\xff\xfe\xed\xa0\x80\xc3"),
    STR("\0\x01\x7f\xc2\x9b"),
    STR("\r\n\r\n"),
};
const size_t formats_hostile_count = COUNT(formats_hostiles);

static int64_t at(const char *text)
{
    int64_t instant = instant_parse_rfc3339(str_from(text));
    assert(instant != INSTANT_NONE);
    return instant;
}

// ---- findings ---------------------------------------------------------------------------------

static struct entity *make_entities(struct formats_sample *s, struct str text, size_t *count)
{
    struct entity entities[] = {
        {ENTITY_TENANT, S("7c2f6a31-5a0e-4c8e-9b1d-2f8a40c1e777")},
        {ENTITY_TENANT, text},
        {ENTITY_USER, S("nadia.okafor@contoso.example")},
        {ENTITY_USER, text},
        {ENTITY_MAILBOX, S("nadia.okafor@contoso.example")},
        {ENTITY_MAILBOX, text},
        {ENTITY_APP, S("00000003-0000-0000-c000-000000000000")}, // Microsoft Graph: everybody's
        {ENTITY_APP, S("5f0c1d2e-0000-4000-8000-00000000beef")},
        {ENTITY_APP, text},
        {ENTITY_CLIENT_APP, S("5f0c1d2e-0000-4000-8000-00000000beef")},
        {ENTITY_IP, S("10.1.2.3")}, // private: nobody's
        {ENTITY_IP, S("203.0.113.77")},
        {ENTITY_IP, S("2001:db8::77")},
        {ENTITY_IP, S("52.96.1.1")}, // Exchange Online: everybody's
        {ENTITY_IP, text},
        {ENTITY_ASN, S("64500")},
        {ENTITY_COUNTRY, S("NL")},
        {ENTITY_SESSION, S("11111111-2222-4333-8444-555555555555")},
        {ENTITY_SESSION, text},
        {ENTITY_TOKEN, S("-Oqr4ycMaEi846VGwe83AA")},
        {ENTITY_MESSAGE, text},
        {ENTITY_RULE, text},
        {ENTITY_SERVICE, text},
    };
    *count = COUNT(entities);
    return KEEP(s, entities);
}

static struct finding make_finding(struct formats_sample *s, const char *id, struct str text,
                                   enum sigma_level level)
{
    struct str attack[] = {S("T1098"), S("T1114.003"), S("T1534"), S("T9999.001")};
    struct str events[] = {text, S("59c66fde-d267-4f7e-a0c0-530764cc7782")};
    struct finding finding = {.detector = text,
                              .title = text,
                              .statement = text,
                              .severity = level,
                              .confidence = 0.7,
                              .first = at("2026-11-17T09:25:19Z"),
                              .last = at("2026-11-18T07:58:20.123456Z"),
                              .event_count = 1234567,
                              .attack = KEEP(s, attack),
                              .attack_count = COUNT(attack),
                              .events = KEEP(s, events),
                              .listed = COUNT(events)};
    finding.entities = make_entities(s, text, &finding.entity_count);
    snprintf(finding.id, sizeof finding.id, "f-%s", id);
    return finding;
}

static void make_findings(struct formats_sample *s, struct str text)
{
    struct finding findings[] = {
        make_finding(s, "0000000000000001", text, LEVEL_CRITICAL),
        make_finding(s, "0000000000000002", text, LEVEL_HIGH),
        make_finding(s, "0000000000000003", text, LEVEL_LOW),
        make_finding(s, "0000000000000004", S("Without a time"), LEVEL_INFO),
    };
    struct entity only[] = {{ENTITY_IP, S("198.51.100.9")}, {ENTITY_RULE, S("=1+1")}};
    findings[1].title = S("Session moved");
    findings[2].entities = KEEP(s, only);
    findings[2].entity_count = COUNT(only);
    findings[3].first = findings[3].last = INSTANT_NONE;
    findings[3].entity_count = findings[3].attack_count = 0;
    findings[3].listed = findings[3].event_count = 0;
    s->result.findings.items = KEEP(s, findings);
    s->result.findings.count = COUNT(findings);
}

// ---- incidents --------------------------------------------------------------------------------

static struct incident_mailbox make_mailbox(struct formats_sample *s, struct str name,
                                            struct str text)
{
    struct incident_message read[] = {
        {.message_id = text, .subject = text, .sender = text, .folder = text, .record = text},
        {.message_id = S("<b@contoso.example>"), .record = S("r2")},
        {.message_id = S("<c@contoso.example>"),
         .subject = S("Payroll"),
         .sender = S("pay@contoso.example"),
         .record = S("r3"),
         .bytes = 4711}};
    for (size_t i = 0; i < COUNT(read); i++)
        read[i].first_read = at("2026-11-17T10:00:00Z") + (int64_t)i * HOUR;
    struct incident_presumed presumed[] = {
        {text, REACH_SYNC, at("2026-11-17T11:00:00Z"), at("2026-11-17T11:00:00Z"), text},
        {S(""), REACH_THROTTLED, at("2026-11-17T12:00:00Z"), at("2026-11-18T12:00:00Z"), S("")}};
    struct incident_unknown unknown[] = {
        {at("2026-11-17T20:00:00Z"), at("2026-11-17T22:00:00Z"), text}};
    return (struct incident_mailbox){.mailbox = name,
                                     .read = KEEP(s, read),
                                     .read_count = COUNT(read),
                                     .read_listed = COUNT(read),
                                     .presumed = KEEP(s, presumed),
                                     .presumed_count = COUNT(presumed),
                                     .unknown = KEEP(s, unknown),
                                     .unknown_count = COUNT(unknown),
                                     .accesses = 12,
                                     .least = 40,
                                     .first = at("2026-11-17T10:00:00Z"),
                                     .last = at("2026-11-18T07:00:00Z")};
}

static struct incident make_incident(struct formats_sample *s, const char *id, struct str text)
{
    struct incident_mailbox mailboxes[] = {make_mailbox(s, S("nadia.okafor@contoso.example"), text),
                                           make_mailbox(s, text, text)};
    struct incident_gap gaps[] = {{text, text, text}};
    uint32_t findings[] = {0, 1, 2};
    struct incident incident = {.title = text,
                                .severity = LEVEL_CRITICAL,
                                .confidence = 0.97,
                                .first = at("2026-11-17T09:25:19Z"),
                                .last = at("2026-11-19T07:58:20Z"),
                                .findings = KEEP(s, findings),
                                .finding_count = COUNT(findings),
                                .mailboxes = KEEP(s, mailboxes),
                                .mailbox_count = COUNT(mailboxes),
                                .gaps = KEEP(s, gaps),
                                .gap_count = COUNT(gaps),
                                .other_actions = 3};
    incident.entities = make_entities(s, text, &incident.entity_count);
    snprintf(incident.id, sizeof incident.id, "i-%s", id);
    return incident;
}

static void make_incidents(struct formats_sample *s, struct str text)
{
    struct incident incidents[] = {make_incident(s, "0000000000000001", text),
                                   make_incident(s, "0000000000000002", S("A new client")),
                                   make_incident(s, "0000000000000003", S("Something unusual"))};
    incidents[2].severity = LEVEL_MEDIUM;
    incidents[2].first = incidents[2].last = INSTANT_NONE;
    incidents[2].mailbox_count = incidents[2].gap_count = incidents[2].entity_count = 0;
    incidents[2].findings += 1;
    incidents[2].finding_count = 1;
    s->result.incidents.items = KEEP(s, incidents);
    s->result.incidents.count = COUNT(incidents);
}

// ---- verdicts ---------------------------------------------------------------------------------

static struct verdict_hypothesis make_story(struct formats_sample *s, struct str name,
                                            struct str text, bool is_benign, double probability)
{
    struct str events[] = {text, S("r2"), S("r3"), S("r4")};
    struct verdict_item items[] = {
        {S("token_was_issued"), text, S("no"), VERDICT_FOR, 5.19, false, S(""), true, text,
         KEEP(s, events), COUNT(events)},
        {S("sign_in_preceded"), text, S("no"), VERDICT_FOR, 0, true, S("token_was_issued"), false,
         text, KEEP(s, events), 1},
        {text, text, S("yes"), VERDICT_AGAINST, -0.69, false, S(""), false, text, NULL, 0},
        {S("device_is_known"), text, S("cannot_tell"), VERDICT_MISSING, 0, false, S(""), false,
         text, NULL, 0}};
    return (struct verdict_hypothesis){.name = name,
                                       .title = text,
                                       .is_benign = is_benign,
                                       .probability = probability,
                                       .word = probability > 0.7   ? VERDICT_LIKELY
                                               : probability > 0.1 ? VERDICT_POSSIBLE
                                                                   : VERDICT_UNLIKELY,
                                       .prior = -3,
                                       .score = 1.5,
                                       .items = KEEP(s, items),
                                       .item_count = COUNT(items)};
}

static void make_steps(struct formats_sample *s, struct str text, struct verdict *verdict)
{
    struct str targets[] = {S("nadia.okafor@contoso.example"), text};
    struct verdict_step steps[] = {
        {S("revoke_sessions"), S("Revoke the sessions"), text,
         S("Revoke-MgUserSignInSession -UserId "
           "'nadia.okafor@contoso.example'\n"
           "Get-MgUser"),
         S("People sign in again."), S("Not needed."), text, KEEP(s, targets), COUNT(targets)},
        {text, text, text, text, text, text, text, KEEP(s, targets), COUNT(targets)}};
    verdict->steps = KEEP(s, steps);
    verdict->step_count = COUNT(steps);
}

static void make_pictures(struct formats_sample *s, struct str text, struct verdict *verdict)
{
    struct str events[] = {text};
    struct verdict_event timeline[] = {
        {at("2026-11-17T09:25:19Z"), VERDICT_EVENT, text, KEEP(s, events), 1},
        {at("2026-11-17T09:25:19Z"), VERDICT_FINDING, text, NULL, 0},
        {at("2026-11-17T10:00:00Z"), VERDICT_OBSERVATION, text, NULL, 0},
        {at("2026-11-18T00:00:00Z"), VERDICT_GAP, text, NULL, 0},
        {INSTANT_NONE, VERDICT_CONCLUSION, text, NULL, 0}};
    struct verdict_edge edges[] = {
        {ENTITY_USER, ENTITY_IP, S("nadia.okafor@contoso.example"), S("203.0.113.77"), 12},
        {ENTITY_SESSION, ENTITY_CLIENT_APP, S("11111111-2222-4333-8444-555555555555"),
         S("5f0c1d2e-0000-4000-8000-00000000beef"), 12}};
    verdict->timeline = KEEP(s, timeline);
    verdict->timeline_count = COUNT(timeline);
    verdict->edges = KEEP(s, edges);
    verdict->edge_count = COUNT(edges);
}

static struct verdict make_verdict(struct formats_sample *s, struct str text, const char *leader,
                                   bool is_benign, bool is_decided)
{
    double probability = is_decided ? 0.9 : 0.4;
    struct verdict_hypothesis stories[] = {
        make_story(s, str_from(leader), text, is_benign, probability),
        make_story(s, S("user_travel"), text, true, (1 - probability) / 2),
        make_story(s, S("unknown"), text, false, (1 - probability) / 4),
        make_story(s, S("stolen_session"), text, false, (1 - probability) / 4)};
    struct verdict verdict = {.is_decided = is_decided,
                              .sentences = {text, text, text},
                              .first_step = text,
                              .hypotheses = KEEP(s, stories),
                              .hypothesis_count = COUNT(stories)};
    make_steps(s, text, &verdict);
    make_pictures(s, text, &verdict);
    return verdict;
}

static void make_verdicts(struct formats_sample *s, struct str text)
{
    struct verdict verdicts[] = {make_verdict(s, text, "forged_token", false, true),
                                 make_verdict(s, text, "new_client_rollout", true, true),
                                 make_verdict(s, text, "compromised_password", false, false)};
    s->result.verdicts = KEEP(s, verdicts);
}

// ---- the rest ---------------------------------------------------------------------------------

static void make_inputs(struct formats_sample *s, struct str text)
{
    struct str warnings[] = {text};
    struct scan_input inputs[] = {{.path = text,
                                   .bytes = 123456,
                                   .format = "plain",
                                   .container = "purview_csv",
                                   .records = 5000,
                                   .duplicates = 12,
                                   .unread_count = 3,
                                   .first = at("2026-11-09T00:00:00Z"),
                                   .last = at("2026-11-20T16:28:00Z"),
                                   .warnings = KEEP(s, warnings),
                                   .warning_count = 1}};
    memset(inputs[0].sha256, 'a', 64);
    inputs[0].sources[SOURCE_M365_AUDIT] = true;
    s->result.inputs = KEEP(s, inputs);
    s->result.input_count = COUNT(inputs);
    struct outline_database databases[] = {{text, text, at("2026-10-01T00:00:00Z")}};
    s->result.databases = KEEP(s, databases);
    s->result.database_count = 1;
    struct outline_state state[] = {{.path = text,
                                     .earlier = 17,
                                     .notes = {text},
                                     .note_count = 1,
                                     .earlier_first = INSTANT_NONE,
                                     .earlier_last = INSTANT_NONE}};
    s->result.state = KEEP(s, state);
}

static void make_coverage(struct formats_sample *s, struct str text)
{
    struct coverage_range ranges[] = {
        {at("2026-11-17T00:00:00Z"), at("2026-11-17T08:00:00Z"), 99, "complete", false, S(""),
         S("")},
        {at("2026-11-17T08:00:00Z"), at("2026-11-17T16:00:00Z"), 0, "absent", false, text, text},
        {at("2026-11-17T16:00:00Z"), at("2026-11-18T00:00:00Z"), 0, "partial", true, text, text}};
    struct coverage_part parts[] = {{"m365_audit/Exchange", KEEP(s, ranges), COUNT(ranges), true}};
    s->result.coverage = KEEP(s, parts);
    s->result.coverage_count = 1;
}

void formats_sample_init(struct formats_sample *sample, struct str text, bool is_investigated)
{
    *sample = (struct formats_sample){0};
    arena_init(&sample->arena);
    sample->result.records = 5000;
    sample->result.bytes = 123456;
    sample->result.unread = 3;
    sample->result.first = at("2026-11-09T00:00:00Z");
    sample->result.last = at("2026-11-20T16:28:00Z");
    memset(sample->result.rules_sha256, 'b', 64);
    make_inputs(sample, text);
    make_coverage(sample, text);
    make_findings(sample, text);
    make_incidents(sample, text);
    if (is_investigated)
        make_verdicts(sample, text);
    sample->outline = (struct outline){.result = &sample->result,
                                       .version = "0.1.0",
                                       .generated_at = at("2026-11-22T08:00:00Z"),
                                       .source_names = {"m365_audit", "entra_signin", "entra_audit",
                                                        "graph_activity", "message_trace",
                                                        "azure_activity", "any_json"},
                                       .directory = "case-17"};
}

void formats_sample_done(struct formats_sample *sample)
{
    arena_done(&sample->arena);
}

static bool take(void *context, struct str piece)
{
    buf_add(context, piece);
    return true;
}

void formats_print(const struct outline *outline, formats_write *report, struct buf *out)
{
    struct sink sink = {take, out};
    bool is_taken = report(outline, &sink);
    assert(is_taken && !buf_failed(out));
    (void)is_taken;
}
