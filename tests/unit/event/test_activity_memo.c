// What is remembered of activities changes nothing: records of few values that come again and again are read as if
// nothing had come before, of several sources in turn, alone and in wrappers.
// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>
#include <stdio.h>

#include "event/activity_memo.h"
#include "support/activities.h"
#include "support/few_values.h"

enum { EVENTS = 20000 };

// One source's slots: those that the memo is asked with, and those that nothing is remembered of.
struct side {
    struct field_plan *plan;
    struct field_slots known, fresh;
};

struct setting {
    struct side sides[SOURCE_COUNT];
    struct activity_memo *memo;
    struct intern texts;
    struct json_parser *record_parser, *outer_parser;
    struct buf record, outer;
    struct few_values few;
};

static const enum source_id used[] = {SOURCE_M365_AUDIT, SOURCE_ENTRA_SIGNIN,
                                      SOURCE_GRAPH_ACTIVITY};

static int begin(void **state)
{
    struct setting *s = calloc(1, sizeof *s);
    s->few.left_out = 60;
    for (size_t i = 0; i < sizeof used / sizeof *used; i++) {
        const struct source *source = sources[used[i]];
        struct side *side = &s->sides[used[i]];
        side->plan = field_plan_new(used[i]);
        activity_want(side->plan);
        for (size_t f = 0; f < source->field_count; f++)
            field_plan_want(side->plan, source->fields[f]);
        field_plan_finish(side->plan);
        field_slots_init(&side->known, side->plan);
        field_slots_init(&side->fresh, side->plan);
    }
    s->memo = activity_memo_new();
    activity_texts_init(&s->texts);
    buf_init(&s->record);
    buf_init(&s->outer);
    s->record_parser = json_parser_new();
    s->outer_parser = json_parser_new();
    *state = s;
    return 0;
}

static int end(void **state)
{
    struct setting *s = *state;
    for (size_t i = 0; i < sizeof used / sizeof *used; i++) {
        struct side *side = &s->sides[used[i]];
        field_slots_done(&side->known);
        field_slots_done(&side->fresh);
        field_plan_free(side->plan);
    }
    activity_memo_free(s->memo);
    intern_done(&s->texts);
    json_parser_free(s->record_parser);
    json_parser_free(s->outer_parser);
    buf_done(&s->record);
    buf_done(&s->outer);
    free(s);
    return 0;
}

// ---- records ----------------------------------------------------------------------------------

#define ADD(name, ...) FEW_ADD(&s->few, out, name, __VA_ARGS__)

// Texts of eight bytes more or less, which begin and end alike, and longer ones than are remembered.
static void add_texts(struct setting *s, struct buf *out)
{
    ADD("UserAgent", "\"12345678\"", "\"1234567\"", "\"123456789\"", "\"\"", "\" \"",
        "\"12345678 a 12345678\"", "\"12345678 b 12345678\"", "\"12345678 aa 12345678\"");
    if (few_chance(&s->few, 20) == 0) {
        buf_print(out, ",\"ClientInfoString\":\"");
        for (size_t i = 100 + few_chance(&s->few, 2) * 8 * ACTIVITY_MEMO_WORDS; i > 0; i--)
            buf_add_char(out, 'x');
        buf_print(out, "%s\"", few_chance(&s->few, 2) ? "y" : "");
    }
}

static void make_object(struct setting *s, struct buf *out)
{
    buf_clear(out);
    buf_add_char(out, '{');
    buf_print(out, "\"Id\":\"%zu\"", few_chance(&s->few, 1000000));
    ADD("Operation", "\"MailItemsAccessed\"", "\"Send\"", "\"UserLoggedIn\"", "\"Set-Mailbox\"",
        "\"UpdateInboxRules\"", "\"Add service principal.\"", "\"mailitemsaccessed\"", "7");
    ADD("Workload", "\"Exchange\"", "\"AzureActiveDirectory\"", "\"Other\"");
    ADD("RecordType", "50", "2", "275", "\"50\"", "\"OWAAuth\"");
    ADD("UserType", "0", "2", "5", "\"Admin\"", "6");
    ADD("UserId", "\"ann@x.example\"", "\"BOB@x.example\"", "\"ServicePrincipal_1\"", "null");
    ADD("UserKey", "\"10032000ABCDEF01\"", "\"i:0h.f|membership|10032000abcdef02@live.com\"", "3");
    ADD("LogonType", "0", "1", "2", "1.0", "\"Admin\"", "16");
    ADD("ExternalAccess", "false", "true", "\"True\"", "1");
    ADD("MailboxOwnerUPN", "\"ann@x.example\"", "\"cay@x.example\"");
    ADD("ResultStatus", "\"Succeeded\"", "\"Failed\"", "[\"Failed\",\"Succeeded\"]");
    ADD("ClientIP", "\"192.0.2.1\"", "\"[192.0.2.2]:80\"", "\"2001:db8::1\"", "\"nowhere\"");
    ADD("ClientIPAddress", "\"192.0.2.1\"", "\"192.0.2.9\"");
    ADD("AppId", "\"00000002-0000-0ff1-ce00-000000000000\"",
        "\"00000002-0000-0FF1-CE00-000000000000\"", "\"x\"");
    ADD("OperationProperties", "[{\"Name\":\"MailAccessType\",\"Value\":\"Bind\"}]",
        "[{\"Name\":\"MailAccessType\",\"Value\":\"Sync\"},{\"Name\":\"IsThrottled\",\"Value\":"
        "\"True\"}]",
        "[]", "\"[{\\\"Name\\\":\\\"MailAccessType\\\",\\\"Value\\\":\\\"Sync\\\"}]\"");
    ADD("AppAccessContext",
        "{\"AADSessionId\":\"s1\",\"UniqueTokenId\":\"LqVzINbCskC74Dl3tec2AA\"}",
        "{\"AADSessionId\":\"s2\"}", "{}", "7");
    ADD("ExtendedProperties", "[{\"Name\":\"UserAgent\",\"Value\":\"agent\"}]",
        "[{\"Name\":\"UserAgent\",\"Value\":\"other\"},{\"Name\":\"RequestType\",\"Value\":\"Cmsi:"
        "Cmsi\"}]");
    ADD("OperationCount", "1", "7", "\"9\"");
    ADD("ErrorNumber", "0", "50126", "\"50126\"");
    ADD("resultType", "0", "\"50126\"", "50074");
    ADD("ipAddress", "\"192.0.2.1\"", "\"192.0.2.3\"");
    ADD("autonomousSystemNumber", "64500", "\"64501\"", "-1");
    ADD("userPrincipalName", "\"ann@x.example\"", "\"dan@x.example\"");
    ADD("location", "{\"city\":\"Ulm\",\"countryOrRegion\":\"DE\"}", "\"DE\"",
        "{\"city\":\"Lyon\",\"countryOrRegion\":\"FR\"}");
    ADD("requestUri", "\"https://graph.microsoft.com/v1.0/me/messages\"", "\"/users\"");
    add_texts(s, out);
    buf_add_char(out, '}');
}

// ---- reading ----------------------------------------------------------------------------------

static void check_same(struct setting *s, const struct activity *known,
                       const struct activity *fresh)
{
    _Static_assert(sizeof *known == 5 * 8 + 2 * 16 + 24 * 4 + 2 + 6, "no bytes between members");
    if (memcmp(known, fresh, sizeof *known) == 0)
        return;
    struct buf a, b;
    buf_init(&a);
    buf_init(&b);
    activity_describe(known, &s->texts, &a);
    activity_describe(fresh, &s->texts, &b);
    fprintf(stderr, "%.*s\n--- instead of\n%.*s", (int)a.len, a.at, (int)b.len, b.at);
    buf_done(&a);
    buf_done(&b);
    fail_msg("%.*s", (int)s->record.len, s->record.at);
}

static void read_both(struct setting *s, size_t number, bool is_wrapped)
{
    enum source_id source = used[number % (sizeof used / sizeof *used)];
    struct side *side = &s->sides[source];
    struct activity known, fresh;
    make_object(s, &s->record);
    make_object(s, &s->outer);
    struct event event = {.source = source,
                          .time = INSTANT_NONE,
                          .is_day_first = few_chance(&s->few, 2),
                          .record = few_parse(s->record_parser, &s->record)};
    if (is_wrapped)
        event.outer = few_parse(s->outer_parser, &s->outer);
    field_fill(&side->known, &event);
    sources[source]->finish(&side->known, &event);
    activity_memo_expect(s->memo, &event, &side->known);
    activity_memo_fetch(s->memo);
    activity_memo_read(s->memo, &event, &side->known, &s->texts, &known);
    field_fill(&side->fresh, &event);
    activity_read(&event, &side->fresh, &s->texts, &fresh);
    check_same(s, &known, &fresh);
}

static void activities_are_read_as_if_nothing_came_before(void **state)
{
    for (size_t i = 0; i < EVENTS; i++)
        read_both(*state, i, false);
    assert_true(activity_memo_hits(((struct setting *)*state)->memo) > EVENTS);
}

static void in_wrappers_too(void **state)
{
    for (size_t i = 0; i < EVENTS; i++)
        read_both(*state, i, true);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(activities_are_read_as_if_nothing_came_before, begin, end),
        cmocka_unit_test_setup_teardown(in_wrappers_too, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
