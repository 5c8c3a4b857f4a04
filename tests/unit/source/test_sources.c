// Records of every source: recognised, finished and described as their golden files say.
// SPDX-License-Identifier: Apache-2.0
//
// A fixture is tests/source/<source>/<case>.json with <case>.golden beside it. With
// STORMGLASS_GOLDEN=write in the environment the golden files are written anew (read the difference
// before keeping it).
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>
#include <dirent.h>

#include "event/schema.h"
#include "support/sample.h"

#define FIXTURES_LEAST 3

static bool is_fixture(const char *name)
{
    return str_ends(str_from(name), S(".json"));
}

// True when the case's description is its golden file's text.
static bool check_case(const char *folder, const char *name)
{
    char path[1024], golden_path[1024];
    struct buf input, golden, text;
    struct sample sample;
    snprintf(path, sizeof path, "%s/%s", folder, name);
    snprintf(golden_path, sizeof golden_path, "%s/%.*s.golden", folder, (int)strlen(name) - 5,
             name);
    assert_true(file_read(path, &input));
    buf_init(&text);
    sample_init(&sample, buf_str(&input));
    sample_describe(&sample, &text);
    sample_done(&sample);
    const char *mode = getenv("STORMGLASS_GOLDEN");
    if (mode && strcmp(mode, "write") == 0) {
        FILE *file = fopen(golden_path, "wb");
        assert_non_null(file);
        fwrite(text.at, 1, text.len, file);
        fclose(file);
    }
    bool is_same = file_read(golden_path, &golden) && str_equal(buf_str(&golden), buf_str(&text));
    if (!is_same)
        print_error("%s is not what %s says, but:\n%.*s", path, golden_path, (int)text.len,
                    text.at);
    buf_done(&input);
    buf_done(&golden);
    buf_done(&text);
    return is_same;
}

static void every_fixture_is_as_its_golden_file_says(void **state)
{
    (void)state;
    size_t failed = 0;
    for (int s = 0; s < SOURCE_COUNT; s++) {
        char folder[512];
        size_t count = 0;
        snprintf(folder, sizeof folder, "%s/tests/source/%s", STORMGLASS_ROOT, sources[s]->name);
        DIR *listing = opendir(folder);
        for (struct dirent *e; listing && (e = readdir(listing));) {
            if (!is_fixture(e->d_name))
                continue;
            failed += !check_case(folder, e->d_name);
            count++;
        }
        if (listing)
            closedir(listing);
        if (count < FIXTURES_LEAST)
            fail_msg("source %s has %zu fixtures in %s", sources[s]->name, count, folder);
    }
    assert_int_equal(failed, 0);
}

// A fixture stands in the folder of the source it is recognised as.
static void every_fixture_is_recognised_whatever_came_before(void **state)
{
    (void)state;
    for (int s = 0; s < SOURCE_COUNT; s++) {
        char folder[512], path[1024];
        snprintf(folder, sizeof folder, "%s/tests/source/%s", STORMGLASS_ROOT, sources[s]->name);
        DIR *listing = opendir(folder);
        assert_non_null(listing);
        for (struct dirent *e; (e = readdir(listing));) {
            if (!is_fixture(e->d_name))
                continue;
            struct buf input;
            struct sample sample;
            snprintf(path, sizeof path, "%s/%s", folder, e->d_name);
            assert_true(file_read(path, &input));
            sample_init(&sample, buf_str(&input));
            for (int hint = 0; hint <= SOURCE_COUNT; hint++) {
                enum source_id found = source_recognise(&sample.record, (enum source_id)hint);
                if ((int)found != s)
                    fail_msg("%s after %s is taken for %s", path,
                             hint < SOURCE_COUNT ? sources[hint]->name : "nothing",
                             source_name(found));
            }
            sample_done(&sample);
            buf_done(&input);
        }
        closedir(listing);
    }
}

static void sources_stand_in_the_order_of_their_ids(void **state)
{
    (void)state;
    for (int s = 0; s < SOURCE_COUNT; s++) {
        assert_int_equal(sources[s]->id, s);
        assert_string_equal(sources[s]->name, event_source_name((enum source_id)s));
        assert_string_equal(source_name((enum source_id)s), sources[s]->name);
    }
}

struct source_case {
    const char *text;
    enum source_id source;
};

// Near misses: keys of one source in records of another.
static const struct source_case source_cases[] = {
    {"{\"Operation\":\"x\"}", SOURCE_ANY_JSON},
    {"{\"Operation\":\"x\",\"Workload\":\"Exchange\"}", SOURCE_M365_AUDIT},
    {"{\"Operation\":\"x\",\"RecordType\":4,\"SenderAddress\":\"a@b\",\"RecipientAddress\":\"c@d\"}",
     SOURCE_M365_AUDIT},
    {"{\"Operations\":\"x\",\"UserIds\":\"a\",\"RecordType\":\"ExchangeAdmin\"}",
     SOURCE_M365_AUDIT},
    {"{\"Type\":\"SigninLogs\",\"IPAddress\":\"192.0.2.1\"}", SOURCE_ANY_JSON},
    {"{\"category\":\"SignInLogs\"}", SOURCE_ANY_JSON},
    {"{\"category\":\"signinlogs\",\"properties\":{}}", SOURCE_ENTRA_SIGNIN},
    {"{\"category\":\"NonInteractiveUserSignInLogs\",\"properties\":{}}", SOURCE_ENTRA_SIGNIN},
    {"{\"category\":\"ManagedIdentitySignInLogs\",\"properties\":{}}", SOURCE_ENTRA_SIGNIN},
    {"{\"category\":\"AuditLogs\",\"properties\":{\"targetResources\":[]}}", SOURCE_ENTRA_AUDIT},
    {"{\"category\":\"Policy\",\"properties\":{\"initiatedBy\":{}}}", SOURCE_ENTRA_AUDIT},
    {"{\"category\":\"AuditLogs\",\"properties\":{\"ActivityType\":1}}", SOURCE_ANY_JSON}, // Intune
    {"{\"category\":\"AuditLogs\",\"OperationName\":\"x\"}", SOURCE_ENTRA_AUDIT},
    {"{\"properties\":{\"appDisplayName\":\"x\",\"status\":{}}}", SOURCE_ENTRA_SIGNIN},
    {"{\"properties\":{\"appDisplayName\":\"x\"}}", SOURCE_ANY_JSON},
    {"{\"category\":\"MicrosoftGraphActivityLogs\",\"properties\":{}}", SOURCE_GRAPH_ACTIVITY},
    {"{\"activityDisplayName\":\"x\",\"initiatedBy\":{}}", SOURCE_ENTRA_AUDIT},
    {"{\"activityDisplayName\":\"x\"}", SOURCE_ANY_JSON},
    {"{\"category\":\"Administrative\",\"operationName\":\"X\",\"resourceId\":\"/subscriptions/1\"}",
     SOURCE_AZURE_ACTIVITY},
    {"{\"operationName\":\"X\",\"resourceId\":\"/tenants/1\"}", SOURCE_ANY_JSON},
    {"{\"SenderAddress\":\"a@b\"}", SOURCE_ANY_JSON},
    {"{\"event.dataset\":\"azure.signinlogs\"}", SOURCE_ENTRA_SIGNIN},
    {"{\"data_stream\":{\"dataset\":\"azure.activitylogs\"}}", SOURCE_AZURE_ACTIVITY},
    {"{\"event\":{\"dataset\":\"azure.platformlogs\"}}", SOURCE_ANY_JSON},
    {"{}", SOURCE_ANY_JSON},
};

static void records_are_told_apart_by_their_keys(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof source_cases / sizeof source_cases[0]; i++) {
        struct sample sample;
        sample_init(&sample, str_from(source_cases[i].text));
        if (sample.event.source != source_cases[i].source)
            fail_msg("%s is taken for %s", source_cases[i].text, source_name(sample.event.source));
        sample_done(&sample);
    }
}

struct time_case {
    const char *text, *time;
    bool is_day_first;
};

static const struct time_case time_cases[] = {
    {"{\"Operation\":\"x\",\"Workload\":\"y\",\"CreationTime\":\"2026-03-02T01:02:03\"}",
     "2026-03-02T01:02:03Z", false},
    {"{\"Operations\":\"x\",\"UserIds\":\"y\",\"CreationDate\":\"6/3/2026 8:13:00 AM\"}",
     "2026-06-03T08:13:00Z", false},
    {"{\"Operations\":\"x\",\"UserIds\":\"y\",\"CreationDate\":\"6/3/2026 8:13:00 AM\"}",
     "2026-03-06T08:13:00Z", true},
    {"{\"Operations\":\"x\",\"UserIds\":\"y\",\"CreationDate\":\"28/04/2026 08:13:00\"}",
     "2026-04-28T08:13:00Z", false},
    {"{\"Operations\":\"x\",\"UserIds\":\"y\",\"CreationDate\":\"/Date(1772413323000)/\"}",
     "2026-03-02T01:02:03Z", false},
    {"{\"Operation\":\"x\",\"Workload\":\"y\",\"CreationTime\":\"\"}", "", false},
    {"{\"AppDisplayName\":\"x\",\"IPAddress\":\"y\",\"TimeGenerated\":\"2026-03-02T03:00:00Z\","
     "\"CreatedDateTime\":\"2026-03-02T01:02:03Z\"}",
     "2026-03-02T01:02:03Z", false},
    {"{\"timestamp\":1772413323}", "2026-03-02T01:02:03Z", false},
    {"{\"UtcTime\":\"2026-03-02 01:02:03.5\",\"@timestamp\":\"2026-03-02T09:00:00Z\"}",
     "2026-03-02T09:00:00Z", false},
    {"{\"message\":\"none\"}", "", false},
};

static void times_are_read_in_the_order_of_preference(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof time_cases / sizeof time_cases[0]; i++) {
        const struct time_case *c = &time_cases[i];
        struct sample sample;
        char text[INSTANT_SIZE];
        sample_init(&sample, str_from(c->text));
        sample.event.is_day_first = c->is_day_first;
        sources[sample.event.source]->finish(&sample.slots, &sample.event);
        if (strcmp(instant_print(sample.event.time, text), c->time) != 0)
            fail_msg("%s is at '%s'", c->text, text);
        sample_done(&sample);
    }
}

struct actor_case {
    const char *rest; // of a record that begins {"Operation":"x","Workload":"y"
    enum actor_class actor;
};

static const struct actor_case actor_cases[] = {
    {"\"UserType\":0,\"UserId\":\"a@contoso.example\"", ACTOR_PERSON},
    {"\"UserType\":\"Regular\",\"UserId\":\"a@contoso.example\"", ACTOR_PERSON},
    {"\"UserType\":\"0\"", ACTOR_PERSON},
    {"\"UserId\":\"a@contoso.example\"", ACTOR_PERSON},
    {"\"UserType\":10", ACTOR_PERSON},
    {"\"UserType\":3,\"UserId\":\"NT AUTHORITY\\\\SYSTEM (x)\"", ACTOR_PROVIDER},
    {"\"UserType\":2,\"UserId\":\"NT AUTHORITY\\\\SYSTEM (x)\",\"ExternalAccess\":true",
     ACTOR_PROVIDER},
    {"\"UserType\":2,\"UserId\":\"Administrator@apcprd03.prod.outlook.com\"", ACTOR_PROVIDER},
    {"\"UserType\":\"DcAdmin\"", ACTOR_PROVIDER},
    {"\"UserId\":\"S-1-5-18\"", ACTOR_PROVIDER},
    {"\"UserType\":2,\"UserId\":\"x\",\"ExternalAccess\":true", ACTOR_PROVIDER},
    {"\"UserType\":2,\"UserId\":\"x@y\",\"ExternalAccess\":true,\"ClientIP\":\"192.0.2.1\"",
     ACTOR_PARTNER},
    {"\"UserType\":9", ACTOR_PARTNER},
    {"\"UserType\":5", ACTOR_APPLICATION},
    {"\"UserType\":6", ACTOR_APPLICATION},
    {"\"UserType\":0,\"UserId\":\"app@sharepoint\"", ACTOR_APPLICATION},
    {"\"UserType\":0,\"UserId\":\"ServicePrincipal_1c2d\"", ACTOR_APPLICATION},
    {"\"UserType\":0,\"UserKey\":\"i:0i.t|00000003|app@sharepoint\"", ACTOR_APPLICATION},
    {"\"UserType\":4,\"UserId\":\"SecurityComplianceAlerts\"", ACTOR_SYSTEM},
    {"\"UserType\":8", ACTOR_SYSTEM},
    {"\"UserType\":0,\"UserId\":\"SHAREPOINT\\\\system\"", ACTOR_SYSTEM},
    {"\"UserId\":\"\"", ACTOR_UNKNOWN},
};

static void audit_actors_are_told_apart(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof actor_cases / sizeof actor_cases[0]; i++) {
        struct arena arena;
        struct sample sample;
        arena_init(&arena);
        sample_init(&sample, arena_print(&arena, "{\"Operation\":\"x\",\"Workload\":\"y\",%s}",
                                         actor_cases[i].rest));
        if (event_actor(&sample.event, &sample.slots) != actor_cases[i].actor)
            fail_msg("%s is %s", actor_cases[i].rest,
                     actor_class_name(event_actor(&sample.event, &sample.slots)));
        sample_done(&sample);
        arena_done(&arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_fixture_is_as_its_golden_file_says),
        cmocka_unit_test(every_fixture_is_recognised_whatever_came_before),
        cmocka_unit_test(sources_stand_in_the_order_of_their_ids),
        cmocka_unit_test(records_are_told_apart_by_their_keys),
        cmocka_unit_test(times_are_read_in_the_order_of_preference),
        cmocka_unit_test(audit_actors_are_told_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
