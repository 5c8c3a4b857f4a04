// Every report of one outline, compared with the files in tests/report/golden, and held to the promise
// that nothing in a log can act on a terminal, a JSON reader or a spreadsheet. With the environment
// variable STORMGLASS_WRITE_GOLDEN the files are written instead.
// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>

#include "base/json.h"
#include "report/pen.h"
#include "report/report.h"

#ifndef STORMGLASS_ROOT
#define STORMGLASS_ROOT "."
#endif

#define ARRAY(...) __VA_ARGS__
#define COUNT(array) (sizeof(array) / sizeof *(array))

// ---- the outline --------------------------------------------------------------------------------

// What an attacker could put into any field.
#define HOSTILE                                                                                    \
    "\x1b[31m=cmd|' /C calc'!A0\x07\r\n\t\",<script>alert(1)</script>|[x](javascript:1)\xe2\x80\xae\xc2\x9b\xff"

static int64_t at(const char *text)
{
    int64_t instant = instant_parse_rfc3339(str_from(text));
    assert_true(instant != INSTANT_NONE);
    return instant;
}

static struct sigma_rule rule = {.title = STR("Inbox Rule Hides Mail"),
                                 .id = STR("91f6dc6b-456d-403a-8edf-8943899ea1de")};

static struct entity hostile_entities[] = {
    {ENTITY_USER, STR(HOSTILE)},      {ENTITY_USER, STR("nadia.okafor@contoso.example")},
    {ENTITY_MAILBOX, STR(HOSTILE)},   {ENTITY_APP, STR(HOSTILE)},
    {ENTITY_IP, STR("203.0.113.77")}, {ENTITY_IP, STR(HOSTILE)},
    {ENTITY_SESSION, STR(HOSTILE)},
};
static struct entity plain_entities[] = {
    {ENTITY_TENANT, STR("7c2f6a31-5a0e-4c8e-9b1d-2f8a40c1e777")},
    {ENTITY_USER, STR("nadia.okafor@contoso.example")},
    {ENTITY_IP, STR("203.0.113.77")},
};
static struct str hostile_events[] = {STR(HOSTILE), STR("b"), STR("c")};
static struct str plain_events[] = {STR("cc16aab6-ee70-488a-be2b-92ad814ce14b")};
static struct str hostile_attack[] = {STR("T1114.003"), STR("T1564.008")};

static struct finding findings[4];
static struct unread unread[] = {
    {4096, 12, 20, "unterminated string"}, {8192, 0, 1, "not JSON"}, {9000, 99, 1, "not JSON"}};
static struct str warnings[] = {STR("exactly 5,000 records: the rest is probably missing"),
                                STR(HOSTILE)};
static struct scan_input inputs[2];
static struct scan_result result;
static struct outline outline;

static struct finding make(const char *id, const char *title, enum sigma_level level,
                           const char *first, const char *last)
{
    return (struct finding){.detector = S("sigma:91f6dc6b-456d-403a-8edf-8943899ea1de"),
                            .title = str_from(title),
                            .severity = level,
                            .confidence = 0.7,
                            .first = first ? at(first) : INSTANT_NONE,
                            .last = last ? at(last) : INSTANT_NONE,
                            .entities = plain_entities,
                            .entity_count = COUNT(plain_entities),
                            .event_count = 1,
                            .events = plain_events,
                            .listed = 1,
                            .rule = &rule,
                            .id = {'f', '-', id[0], id[1]}};
}

static void make_findings(void)
{
    findings[0] =
        make("01", HOSTILE, LEVEL_CRITICAL, "2026-11-17T09:25:19Z", "2026-11-18T07:58:20.5Z");
    findings[0].detector = S("sigma:" HOSTILE);
    findings[0].entities = hostile_entities;
    findings[0].entity_count = COUNT(hostile_entities);
    findings[0].events = hostile_events;
    findings[0].listed = findings[0].event_count = COUNT(hostile_events);
    findings[0].attack = hostile_attack;
    findings[0].attack_count = COUNT(hostile_attack);
    findings[1] = make("02", "Inbox Rule Hides Mail", LEVEL_HIGH, "2026-11-17T09:25:19Z",
                       "2026-11-17T09:25:19Z");
    findings[2] = make("03", "Many Messages Read", LEVEL_MEDIUM, "2026-11-17T10:00:00Z",
                       "2026-11-17T23:00:00Z");
    findings[2].detector = S("sigma:b");
    findings[2].event_count = 1234567;
    findings[3] = make("04", "Without a Time", LEVEL_INFO, NULL, NULL);
    findings[3].detector = S("sigma:c");
    findings[3].entity_count = 0;
    findings[3].listed = findings[3].event_count = 0;
}

static void make_inputs(void)
{
    inputs[0] = (struct scan_input){.path = S("exports/ual.csv"),
                                    .bytes = 123456,
                                    .format = "plain",
                                    .container = "purview_csv",
                                    .records = 5000,
                                    .duplicates = 12,
                                    .unread = unread,
                                    .unread_listed = COUNT(unread),
                                    .unread_count = 3,
                                    .first = at("2026-11-09T00:00:00Z"),
                                    .last = at("2026-11-20T16:28:00Z"),
                                    .warnings = warnings,
                                    .warning_count = 1};
    inputs[0].sources[SOURCE_M365_AUDIT] = inputs[0].sources[SOURCE_ENTRA_AUDIT] = true;
    memset(inputs[0].sha256, 'a', 64);
    inputs[1] = (struct scan_input){.path = S("exports/" HOSTILE),
                                    .format = HOSTILE,
                                    .container = "unknown",
                                    .first = INSTANT_NONE,
                                    .last = INSTANT_NONE,
                                    .warnings = warnings + 1,
                                    .warning_count = 1};
}

static struct incident_message messages[] = {
    {.message_id = STR(HOSTILE),
     .subject = STR(HOSTILE),
     .sender = STR(HOSTILE),
     .folder = STR(HOSTILE),
     .bytes = 4711,
     .record = STR(HOSTILE)},
    {.message_id = STR("<b@contoso.example>"), .record = STR("r2")}};
static struct incident_presumed presumed[] = {
    {.folder = STR(HOSTILE), .why = REACH_SYNC, .record = STR("r3")},
    {.folder = STR(""), .why = REACH_THROTTLED, .record = STR("")}};
static struct incident_unknown unknown[] = {{.why = STR(HOSTILE)}};
static struct incident_mailbox mailboxes[] = {{.mailbox = STR(HOSTILE),
                                               .read = messages,
                                               .read_count = 2,
                                               .read_listed = 2,
                                               .presumed = presumed,
                                               .presumed_count = 2,
                                               .unknown = unknown,
                                               .unknown_count = 1,
                                               .accesses = 1234,
                                               .least = 40}};
static struct incident_gap gaps[] = {{STR("Who signed in."), STR(HOSTILE), STR("Export it.")}};
static uint32_t first_findings[] = {0, 1, 2}, last_findings[] = {2};
static struct incident incidents[2];
static struct coverage_range ranges[3];
static struct coverage_part parts[2];

static void make_incidents(void)
{
    messages[0].first_read = messages[1].first_read = at("2026-11-17T10:00:00Z");
    presumed[0].from = presumed[0].to = at("2026-11-17T11:00:00Z");
    presumed[1].from = at("2026-11-17T12:00:00Z");
    presumed[1].to = at("2026-11-18T12:00:00Z");
    unknown[0].from = at("2026-11-17T20:00:00Z");
    unknown[0].to = at("2026-11-17T22:00:00Z");
    mailboxes[0].first = at("2026-11-17T10:00:00Z");
    mailboxes[0].last = at("2026-11-18T07:00:00Z");
    findings[1].detector = S("token_never_issued");
    findings[1].statement = S("12 accesses with a token that " HOSTILE ".");
    incidents[0] = (struct incident){.id = "i-01",
                                     .title = S(HOSTILE),
                                     .severity = LEVEL_CRITICAL,
                                     .confidence = 0.97,
                                     .first = at("2026-11-17T09:25:19Z"),
                                     .last = at("2026-11-19T07:58:20Z"),
                                     .entities = hostile_entities,
                                     .entity_count = COUNT(hostile_entities),
                                     .findings = first_findings,
                                     .finding_count = 3,
                                     .mailboxes = mailboxes,
                                     .mailbox_count = 1,
                                     .gaps = gaps,
                                     .gap_count = 1,
                                     .other_actions = 3};
    incidents[1] = (struct incident){.id = "i-02",
                                     .title = S("Many Messages Read"),
                                     .severity = LEVEL_MEDIUM,
                                     .confidence = 0.7,
                                     .first = INSTANT_NONE,
                                     .last = INSTANT_NONE,
                                     .findings = last_findings,
                                     .finding_count = 1};
}

static void make_coverage(void)
{
    static const char *const states[] = {"complete", "absent", "partial"};
    for (size_t i = 0; i < 3; i++)
        ranges[i] =
            (struct coverage_range){.from = at("2026-11-17T00:00:00Z") + (int64_t)i * 8 * HOUR,
                                    .to = at("2026-11-17T08:00:00Z") + (int64_t)i * 8 * HOUR,
                                    .records = i ? 0 : 99,
                                    .state = states[i],
                                    .is_unsure = i == 2,
                                    .why = S("no record, where 104 are usual"),
                                    .how = S("Search-UnifiedAuditLog for these hours")};
    parts[0] = (struct coverage_part){"m365_audit/Exchange", ranges, 3, true};
    parts[1] = (struct coverage_part){"entra_audit", ranges + 1, 1, false};
}

static struct tally_entry users[] = {
    {S(HOSTILE), 40, 3, 37, INSTANT_NONE, INSTANT_NONE, 0},
    {S("eva@contoso.example"), 7, 7, 0, INSTANT_NONE, INSTANT_NONE, 0}};
static struct tally_entry operations[] = {
    {S("New-InboxRule"), 3, 0, 0, INSTANT_NONE, INSTANT_NONE, 0},
    {S(HOSTILE), 1, 0, 0, INSTANT_NONE, INSTANT_NONE, 0}};
static struct tally_entry apps[] = {
    {S("00000002-0000-0ff1-ce00-000000000000"), 9, 0, 0, INSTANT_NONE, INSTANT_NONE, 2},
    {S(HOSTILE), 1, 0, 0, INSTANT_NONE, INSTANT_NONE, 1}};
static struct tally_entry ips[] = {{S("198.51.100.140"), 24, 0, 24, INSTANT_NONE, INSTANT_NONE, 12},
                                   {S(HOSTILE), 1, 0, 0, INSTANT_NONE, INSTANT_NONE, 1}};
static struct tally_entry countries[] = {{S("PT"), 900, 0, 0, INSTANT_NONE, INSTANT_NONE, 12},
                                         {S(HOSTILE), 1, 0, 0, INSTANT_NONE, INSTANT_NONE, 1}};
static struct tally_entry clients[] = {
    {S("python-requests/" HOSTILE), 4, 0, 0, INSTANT_NONE, INSTANT_NONE, 1}};
static struct tally_entry days[] = {{S("2026-11-17"), 97, 0, 0, INSTANT_NONE, INSTANT_NONE, 0},
                                    {S("2026-11-09"), 20, 0, 0, INSTANT_NONE, INSTANT_NONE, 0}};

#define TALLY(entries)                                                                             \
    (struct tally)                                                                                 \
    {                                                                                              \
        entries, COUNT(entries), 0                                                                 \
    }

static struct cited_record cited_records[1];
static struct cited_list cited = {.items = cited_records, .count = 1};

static void make_cited(void)
{
    cited_records[0] = (struct cited_record){.id = S("r1"),
                                             .time = INSTANT_NONE,
                                             .input = CITED_NO_INPUT,
                                             .omitted = S("could not be read again: " HOSTILE)};
}

static int make_outline(void **state)
{
    (void)state;
    make_findings();
    make_inputs();
    make_incidents();
    make_coverage();
    make_cited();
    result = (struct scan_result){.inputs = inputs,
                                  .coverage = parts,
                                  .coverage_count = 2,
                                  .input_count = 2,
                                  .records = 5000,
                                  .duplicates = 12,
                                  .unread = 3,
                                  .matches = 99,
                                  .bytes = 123456,
                                  .filtered = 4,
                                  .dropped_observations = 1,
                                  .first = at("2026-11-09T00:00:00Z"),
                                  .last = at("2026-11-20T16:28:00Z")};
    result.cited = &cited;
    result.findings.items = findings;
    result.findings.count = COUNT(findings);
    result.incidents.items = incidents;
    result.incidents.count = COUNT(incidents);
    memset(result.rules_sha256, 'b', 64);
    for (size_t i = 0; i < COUNT(users); i++)
        users[i].first = users[i].last = at("2026-11-17T09:00:00Z");
    result.summary = (struct scan_summary){TALLY(operations), TALLY(users),     TALLY(apps),
                                           TALLY(ips),        TALLY(countries), TALLY(clients),
                                           TALLY(days),       TALLY(users),     {5000}};
    result.summary.users.others = 17;
    outline = (struct outline){.result = &result,
                               .version = "0.1.0",
                               .generated_at = at("2026-11-22T08:00:00Z"),
                               .source_names = {"m365_audit", "entra_signin", "entra_audit",
                                                "graph_activity", "message_trace", "azure_activity",
                                                "any_json"},
                               .directory = "case-17",
                               .next_step = "stormglass explain " HOSTILE};
    return 0;
}

// ---- writing and comparing ----------------------------------------------------------------------

static bool take(void *context, struct str piece)
{
    buf_add(context, piece);
    return true;
}

typedef bool write_report(const struct outline *from, const struct sink *sink);

static void compare_golden(const char *name, const struct buf *got)
{
    char path[512];
    snprintf(path, sizeof path, STORMGLASS_ROOT "/tests/report/golden/%s", name);
    bool is_writing = getenv("STORMGLASS_WRITE_GOLDEN") != NULL;
    FILE *file = fopen(path, is_writing ? "wb" : "rb");
    if (!file)
        fail_msg("%s is missing", path);
    if (is_writing) {
        assert_int_equal(fwrite(got->at, 1, got->len, file), got->len);
    } else {
        char *wanted = malloc(got->len + 2);
        size_t len = fread(wanted, 1, got->len + 1, file);
        if (len != got->len || memcmp(wanted, got->at, len) != 0)
            fail_msg("%s differs; STORMGLASS_WRITE_GOLDEN=1 writes it anew:\n%.*s", name,
                     (int)got->len, got->at);
        free(wanted);
    }
    fclose(file);
}

// No control character but the line ends that the report itself writes, no C1, no overrides.
static void check_harmless(const char *name, const struct buf *got, bool has_returns)
{
    for (size_t i = 0; i < got->len; i++) {
        unsigned char c = (unsigned char)got->at[i],
                      next = i + 1 < got->len ? (unsigned char)got->at[i + 1] : 0;
        bool is_bad =
            (c < 0x20 && c != '\n' && !(has_returns && c == '\r' && next == '\n')) || c == 0x7f ||
            c == 0xff || (c == 0xc2 && next >= 0x80 && next < 0xa0) ||
            (c == 0xe2 && next == 0x80 && i + 2 < got->len &&
             (unsigned char)got->at[i + 2] >= 0xaa && (unsigned char)got->at[i + 2] <= 0xae);
        if (is_bad)
            fail_msg("%s: byte %02x at %zu", name, c, i);
    }
}

static void check_report(const char *name, write_report *report)
{
    struct buf got;
    struct sink sink = {take, &got};
    buf_init(&got);
    assert_true(report(&outline, &sink));
    check_harmless(name, &got, strstr(name, ".csv") != NULL);
    compare_golden(name, &got);
    buf_done(&got);
}

static bool text_plain(const struct outline *from, const struct sink *sink)
{
    return report_text(from, &(struct style){.is_utf8 = true}, sink);
}

static bool text_narrow(const struct outline *from, const struct sink *sink)
{
    return report_text(from, &(struct style){.width = 60}, sink);
}

static bool summary_plain(const struct outline *from, const struct sink *sink)
{
    return report_summary_text(from, &(struct style){.is_utf8 = true, .width = 120}, sink);
}

static bool gaps_plain(const struct outline *from, const struct sink *sink)
{
    return report_gaps_text(from, &(struct style){.is_utf8 = true}, sink);
}

static void each_report_is_as_before_and_harmless(void **state)
{
    (void)state;
    check_report("report.json", report_json);
    check_report("findings.jsonl", report_jsonl);
    check_report("timeline.csv", report_timesketch);
    check_report("scope.csv", report_scope);
    check_report("gaps.txt", gaps_plain);
    check_report("gaps.json", report_gaps_json);
    check_report("text.txt", text_plain);
    check_report("text-narrow-ascii.txt", text_narrow);
    check_report("summary.txt", summary_plain);
    check_report("summary.json", report_summary_json);
}

static void parse(struct buf *text, void (*look)(struct json value))
{
    struct json_parser *parser = json_parser_new();
    struct json value;
    const char *why = "";
    size_t len = text->len;
    for (int i = 0; i < JSON_PADDING; i++)
        buf_add_char(text, 0);
    if (!json_parse(parser, text->at, len, &value, &why))
        fail_msg("no JSON: %s", why);
    look(value);
    json_parser_free(parser);
}

static struct json member_of(struct json object, const char *key)
{
    for (struct json_member m = json_members(object); json_member_next(&m);)
        if (str_is(m.key, key))
            return m.value;
    return (struct json){0};
}

static void has_contract_keys(struct json value)
{
    static const char *const keys[] = {"schema", "generated_at", "version",  "rules_sha256",
                                       "inputs", "coverage",     "findings", "incidents"};
    for (size_t i = 0; i < COUNT(keys); i++)
        assert_true(json_type(member_of(value, keys[i])) != JSON_NONE);
    struct json_element first = json_elements(member_of(value, "findings"));
    assert_true(json_element_next(&first));
    // The title came through as it was, but for the byte that is no UTF-8.
    struct str title = json_str(member_of(first.value, "title"));
    assert_true(str_starts(title, str_of(HOSTILE, sizeof HOSTILE - 2)));
}

static void is_object(struct json value)
{
    assert_int_equal(json_type(value), JSON_OBJECT);
}

static void json_reports_parse(void **state)
{
    static const struct {
        write_report *report;
        void (*look)(struct json value);
    } rows[] = {{report_json, has_contract_keys},
                {report_summary_json, is_object},
                {report_gaps_json, is_object}};
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct buf got;
        struct sink sink = {take, &got};
        buf_init(&got);
        assert_true(rows[i].report(&outline, &sink));
        parse(&got, rows[i].look);
        buf_done(&got);
    }
}

static void an_empty_outline_is_written_too(void **state)
{
    (void)state;
    static const struct scan_result nothing = {.first = INSTANT_NONE, .last = INSTANT_NONE};
    struct outline empty = outline;
    empty.result = &nothing;
    static write_report *const reports[] = {
        report_json,      report_jsonl, report_timesketch, report_scope,        gaps_plain,
        report_gaps_json, text_plain,   summary_plain,     report_summary_json, report_html,
    };
    for (size_t i = 0; i < COUNT(reports); i++) {
        struct buf got;
        struct sink sink = {take, &got};
        buf_init(&got);
        assert_true(reports[i](&empty, &sink));
        if (reports[i] == report_json || reports[i] == report_summary_json)
            parse(&got, is_object);
        buf_done(&got);
    }
}

static bool refuse(void *context, struct str piece)
{
    (void)piece;
    ++*(int *)context;
    return false;
}

static void a_sink_that_refuses_ends_a_report(void **state)
{
    (void)state;
    for (size_t i = 0; i < report_row_count; i++) {
        int calls = 0;
        struct sink sink = {refuse, &calls};
        assert_false(report_rows[i].write(&outline, &sink));
        assert_int_equal(calls, 1);
    }
}

// Splits RFC 4180 rows and looks at the first character of every cell.
static void no_cell_of_the_timeline_is_a_formula(void **state)
{
    (void)state;
    struct buf got;
    struct sink sink = {take, &got};
    buf_init(&got);
    assert_true(report_timesketch(&outline, &sink));
    bool is_start = true, is_quoted = false;
    size_t rows = 0, cells = 1;
    for (size_t i = 0; i < got.len; i++) {
        char c = got.at[i];
        if (is_start && c == '"') {
            is_quoted = true;
            c = got.at[++i];
        }
        if (is_start && memchr("=+-@\t\r", c, 6) && !(c == '\r' && got.at[i + 1] == '\n'))
            fail_msg("a cell starts with '%c'", c);
        is_start = false;
        if (is_quoted) {
            if (c == '"' && got.at[i + 1] == '"')
                i++;
            else if (c == '"')
                is_quoted = false;
        } else if (c == ',') {
            is_start = true;
            cells++;
        } else if (c == '\n') {
            is_start = true;
            assert_int_equal(cells, 14);
            cells = 1;
            rows++;
        }
    }
    assert_int_equal(rows, 1 + 6); // two findings have a beginning and an end
    buf_done(&got);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_report_is_as_before_and_harmless),
        cmocka_unit_test(json_reports_parse),
        cmocka_unit_test(an_empty_outline_is_written_too),
        cmocka_unit_test(a_sink_that_refuses_ends_a_report),
        cmocka_unit_test(no_cell_of_the_timeline_is_a_formula),
    };
    return cmocka_run_group_tests(tests, make_outline, NULL);
}
