// Real exports, where they are at hand: every record is recognised, has its id and its time.
// SPDX-License-Identifier: Apache-2.0
//
// They are no part of the project: $STORMGLASS_SHARED/data or ../shared/data holds them; without it
// these tests are skipped.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>
#include <dirent.h>

#include "support/sample.h"

static bool shared_path(const char *name, char *path, size_t size)
{
    const char *root = getenv("STORMGLASS_SHARED");
    snprintf(path, size, "%s/data/%s", root && root[0] ? root : STORMGLASS_ROOT "/../shared", name);
    DIR *folder = opendir(path);
    if (folder) {
        closedir(folder);
        return true;
    }
    FILE *file = fopen(path, "rb");
    if (file)
        fclose(file);
    return file != NULL;
}

// What was found in one file.
struct found {
    size_t records, unread, no_id, no_time;
    size_t by_source[SOURCE_COUNT], by_actor[ACTOR_CLASS_COUNT];
    int64_t first, last;
    struct reader *reader;
    struct field_plan *plans[SOURCE_COUNT];
    struct field_slots slots[SOURCE_COUNT];
    enum source_id hint;
};

static void note_record(struct found *found, const struct chunk *chunk, const struct record *record)
{
    struct event event = {.source = source_recognise(record, found->hint),
                          .record = record->value,
                          .outer = record->outer,
                          .is_day_first = chunk->container->is_day_first};
    assert_int_equal(event.source, source_recognise(record, SOURCE_COUNT));
    found->hint = event.source;
    field_fill(&found->slots[event.source], &event);
    sources[event.source]->finish(&found->slots[event.source], &event);
    found->records++;
    found->by_source[event.source]++;
    found->by_actor[event_actor(&event, &found->slots[event.source])]++;
    found->no_id += event.id.len == 0;
    if (event.time == INSTANT_NONE) {
        found->no_time++;
        return;
    }
    if (found->first == INSTANT_NONE || event.time < found->first)
        found->first = event.time;
    if (found->last == INSTANT_NONE || event.time > found->last)
        found->last = event.time;
}

static void take_chunk(struct chunk *chunk, void *context)
{
    struct found *found = context;
    struct record record;
    struct unread unread;
    enum read_result result;
    reader_start(found->reader, chunk);
    while ((result = reader_next(found->reader, &record, &unread)) != READ_END) {
        if (result == READ_RECORD)
            note_record(found, chunk, &record);
        else
            found->unread++;
    }
    chunk_free(chunk);
}

static void read_file(const char *path, struct found *found)
{
    struct buf bytes;
    assert_true(file_read(path, &bytes));
    *found = (struct found){.first = INSTANT_NONE, .last = INSTANT_NONE, .hint = SOURCE_COUNT};
    found->reader = reader_new();
    for (int s = 0; s < SOURCE_COUNT; s++) {
        found->plans[s] = field_plan_new((enum source_id)s);
        for (size_t i = 0; i < sources[s]->field_count; i++)
            field_plan_want(found->plans[s], sources[s]->fields[i]);
        field_plan_finish(found->plans[s]);
        field_slots_init(&found->slots[s], found->plans[s]);
    }
    struct framer *framer = framer_new();
    framer_feed(framer, bytes.at, bytes.len, take_chunk, found);
    framer_feed(framer, NULL, 0, take_chunk, found);
    reader_free(found->reader);
    framer_free(framer);
    for (int s = 0; s < SOURCE_COUNT; s++) {
        field_slots_done(&found->slots[s]);
        field_plan_free(found->plans[s]);
    }
    buf_done(&bytes);
}

static const struct {
    const char *name;
    enum source_id source;
    size_t records, no_id, no_time;
    const char *first, *last;
} exports[] = {
    {"office_activity.csv", SOURCE_M365_AUDIT, 266, 0, 0, "2021-04-28", "2021-04-28"},
    {"office_activity_inbox_rule.csv", SOURCE_M365_AUDIT, 2, 0, 0, "2021-04-26", "2021-04-26"},
    {"sign-in_adelete.csv", SOURCE_ENTRA_SIGNIN, 56, 0, 0, "2021-04-28", "2021-04-28"},
    {"disable_accounts.csv", SOURCE_ENTRA_SIGNIN, 4, 0, 0, "2021-04-19", "2021-04-19"},
    {"AuditLogs_Hunting.csv", SOURCE_ENTRA_AUDIT, 5, 0, 5, "", ""},
    {"azure_activity.csv", SOURCE_AZURE_ACTIVITY, 325, 0, 0, "2021-04-26", "2021-04-26"},
    {"azureActivity_adele.csv", SOURCE_AZURE_ACTIVITY, 23, 0, 0, "2021-04-28", "2021-04-28"},
    {"signinLogs.csv", SOURCE_ANY_JSON, 1, 1, 0, "2021-04-19", "2021-04-19"},
    {"HighRiskApps.csv", SOURCE_ANY_JSON, 5, 5, 5, "", ""},
    {"PenTestsIPaddresses.csv", SOURCE_ANY_JSON, 6, 6, 6, "", ""},
};

static void check_day(const char *name, int64_t time, const char *day)
{
    char text[INSTANT_SIZE];
    if (strncmp(instant_print(time, text), day, 10) != 0)
        fail_msg("%s: %s is not on %s", name, text, day);
}

static void log_analytics_exports_are_understood(void **state)
{
    (void)state;
    char path[1024];
    if (!shared_path("sentinel-training-lab", path, sizeof path)) {
        print_message("skipped: no sample exports (%s)\n", path);
        skip();
    }
    for (size_t i = 0; i < sizeof exports / sizeof exports[0]; i++) {
        struct found found;
        char name[256];
        snprintf(name, sizeof name, "sentinel-training-lab/%s", exports[i].name);
        assert_true(shared_path(name, path, sizeof path));
        read_file(path, &found);
        if (found.by_source[exports[i].source] != exports[i].records ||
            found.records != exports[i].records || found.unread ||
            found.no_id != exports[i].no_id || found.no_time != exports[i].no_time)
            fail_msg("%s: %zu records, %zu of %s, %zu unread, %zu without id, %zu without time",
                     name, found.records, found.by_source[exports[i].source],
                     source_name(exports[i].source), found.unread, found.no_id, found.no_time);
        if (exports[i].first[0]) {
            check_day(name, found.first, exports[i].first);
            check_day(name, found.last, exports[i].last);
        }
    }
}

static void audit_log_exports_are_understood(void **state)
{
    (void)state;
    char path[1024], folder[512];
    if (!shared_path("det-eng-samples/dataset", folder, sizeof folder)) {
        print_message("skipped: no sample exports (%s)\n", folder);
        skip();
    }
    DIR *listing = opendir(folder);
    size_t files = 0, records = 0, providers = 0;
    for (struct dirent *e; (e = readdir(listing));) {
        struct found found;
        if (e->d_name[0] == '.')
            continue;
        snprintf(path, sizeof path, "%s/%s", folder, e->d_name);
        read_file(path, &found);
        if (found.by_source[SOURCE_M365_AUDIT] != found.records || found.unread || found.no_id ||
            found.no_time || found.by_actor[ACTOR_UNKNOWN])
            fail_msg("%s: %zu records, %zu of the audit log, %zu unread, %zu without id, "
                     "%zu without time, %zu without actor",
                     path, found.records, found.by_source[SOURCE_M365_AUDIT], found.unread,
                     found.no_id, found.no_time, found.by_actor[ACTOR_UNKNOWN]);
        providers += found.by_actor[ACTOR_PROVIDER];
        records += found.records;
        files++;
    }
    closedir(listing);
    assert_int_equal(files, 39);
    assert_int_equal(records, 125);
    assert_int_equal(providers, 1); // Add-MailboxPermission by NT AUTHORITY\SYSTEM
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(log_analytics_exports_are_understood),
        cmocka_unit_test(audit_log_exports_are_understood),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
