// Real exports: every record of the shared data sets is read, nothing is left over. Skipped where the
// data are absent (STORMGLASS_SHARED, or ../shared/data beside the sources).
// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>
#include <dirent.h>

#include "support/reading.h"

static void path_in(char out[512], const char *folder, const char *name)
{
    const char *shared = getenv("STORMGLASS_SHARED");
    snprintf(out, 512, "%s/%s/%s", shared ? shared : "../shared/data", folder, name);
}

static bool read_whole(const char *folder, const char *name, struct buf *out)
{
    char path[512], piece[4096];
    size_t got;
    path_in(path, folder, name);
    FILE *file = fopen(path, "rb");
    buf_init(out);
    if (!file)
        return false;
    while ((got = fread(piece, 1, sizeof piece, file)) > 0)
        buf_add(out, str_of(piece, got));
    fclose(file);
    return true;
}

static size_t records_of(const char *folder, const char *name, enum container_id *id)
{
    struct buf bytes;
    struct reading reading;
    if (!read_whole(folder, name, &bytes)) {
        print_message("%s/%s is absent: skipped\n", folder, name);
        skip();
    }
    reading_init(&reading, buf_str(&bytes), 0, 0);
    if (reading.unread_count)
        fail_msg("%s: %.*s", name, (int)reading.unread.len, reading.unread.at);
    size_t count = reading.record_count;
    *id = reading.id;
    reading_done(&reading);
    buf_done(&bytes);
    return count;
}

static void sentinel_tables_are_read_whole(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        size_t records;
        enum container_id id;
    } tables[] = {
        {"office_activity.csv", 266, CONTAINER_LOG_ANALYTICS_CSV},
        {"office_activity_inbox_rule.csv", 2, CONTAINER_LOG_ANALYTICS_CSV},
        {"sign-in_adelete.csv", 56, CONTAINER_LOG_ANALYTICS_CSV},
        {"disable_accounts.csv", 4, CONTAINER_LOG_ANALYTICS_CSV},
        {"AuditLogs_Hunting.csv", 5, CONTAINER_LOG_ANALYTICS_CSV},
        {"azureActivity_adele.csv", 23, CONTAINER_LOG_ANALYTICS_CSV},
        {"azure_activity.csv", 325, CONTAINER_LOG_ANALYTICS_CSV},
        {"signinLogs.csv", 1, CONTAINER_CSV},
        {"HighRiskApps.csv", 5, CONTAINER_CSV},
        {"PenTestsIPaddresses.csv", 6, CONTAINER_CSV},
        {"solarigate-beacon-umbrella.csv", 1, CONTAINER_CSV},
        {"solarigate_CEFevent.csv", 1, CONTAINER_LOG_ANALYTICS_CSV},
        {"model_evasion_detection_CL_alerts.csv", 4, CONTAINER_LOG_ANALYTICS_CSV},
    };
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
        enum container_id id;
        assert_int_equal(records_of("sentinel-training-lab", tables[i].name, &id),
                         tables[i].records);
        assert_int_equal(id, tables[i].id);
    }
}

static void unified_audit_log_samples_are_read_whole(void **state)
{
    (void)state;
    char path[512];
    path_in(path, "det-eng-samples", "dataset");
    DIR *directory = opendir(path);
    if (!directory) {
        print_message("%s is absent: skipped\n", path);
        skip();
    }
    size_t files = 0, records = 0;
    struct dirent *entry;
    while ((entry = readdir(directory))) {
        if (entry->d_name[0] == '.')
            continue;
        enum container_id id;
        size_t count = records_of("det-eng-samples/dataset", entry->d_name, &id);
        assert_true(count > 0);
        assert_true(id == CONTAINER_SEARCH_UAL_CSV || id == CONTAINER_SEARCH_UAL_JSON ||
                    id == CONTAINER_UAL_JSON_LINES);
        records += count;
        files++;
    }
    closedir(directory);
    assert_int_equal(files, 39);
    assert_int_equal(records, 125);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sentinel_tables_are_read_whole),
        cmocka_unit_test(unified_audit_log_samples_are_read_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
