// Speed of the scan as a ratio to what the JSON parser alone needs for the same records, in one run on
// one machine: Unified Audit Log as JSON lines and CSV, Windows events against every rule at hand.
// SPDX-License-Identifier: Apache-2.0
//
//   bench_throughput [MEGABYTES]       1000 unless told
//
// What the detectors cost is measured on the audit log and on the logs of a simulated tenant with an intruder:
// the throughput with them, as a part of that without (the target is four fifths).
//
// Files are made in $TMPDIR by bench_generate (and `$STORMGLASS simulate`) and kept for the next run. Rules besides our own are
// taken from $STORMGLASS_SHARED (sigma-rules, sigma-rules-all.tar.gz unpacked by this program's
// caller into $SIGMA_ALL) where present.
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "engine/rule_files.h"
#include "engine/scan.h"

#define ROUNDS 3

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static char *load(const char *path, size_t *size)
{
    struct stat status;
    int fd = open(path, O_RDONLY);
    if (fd < 0 || fstat(fd, &status) != 0) {
        perror(path);
        exit(3);
    }
    *size = (size_t)status.st_size;
    char *at = memory_new(*size + JSON_PADDING);
    for (size_t have = 0; have < *size;) {
        ssize_t got = read(fd, at + have, *size - have);
        if (got <= 0)
            exit(3);
        have += (size_t)got;
    }
    close(fd);
    return at;
}

// Seconds the parser alone needs for every line of the file, which is in memory already.
static double parse_alone(const char *at, size_t size, size_t *records)
{
    struct json_parser *parser = json_parser_new();
    const char *end = at + size;
    size_t count = 0;
    double start = now();
    while (at < end) {
        const char *line_end = memchr(at, '\n', (size_t)(end - at));
        struct json value;
        const char *why;
        if (!line_end)
            line_end = end;
        count += json_parse(parser, at, (size_t)(line_end - at), &value, &why);
        at = line_end + 1;
    }
    double seconds = now() - start;
    json_parser_free(parser);
    *records = count;
    return seconds;
}

static double scan(const char *path, struct sigma_set *set, unsigned threads, bool is_detecting,
                   struct scan_result *result)
{
    struct str paths[] = {str_from(path)};
    struct scan_options options = {.paths = paths,
                                   .path_count = 1,
                                   .rules = set,
                                   .since = INSTANT_NONE,
                                   .until = INSTANT_NONE,
                                   .threads = threads,
                                   .is_detecting = is_detecting};
    struct error error;
    double start = now();
    if (!scan_run(&options, result, &error)) {
        fprintf(stderr, "%s\n", error.text);
        exit(3);
    }
    return now() - start;
}

static void load_rules(struct rule_files *files, const char *const *paths, size_t count)
{
    char sha256[65];
    struct error error;
    rule_files_init(files);
    rule_files_add_builtin(files);
    for (size_t i = 0; i < count; i++)
        if (paths[i] && !rule_files_add(files, str_from(paths[i]), &error))
            fprintf(stderr, "note: %s\n", error.text);
    rule_files_finish(files, NULL, sha256);
}

// The records that the parser alone is timed with, in memory.
struct yardstick {
    char *at;
    size_t bytes;
};

struct measure {
    const char *name, *path;
    double target;
};

static double least(double a, double b)
{
    return a < b ? a : b;
}

// Parser and scans take turns, so that a slow moment of the machine meets all of them.
static void measure(const struct measure *m, const struct yardstick *yard, struct rule_files *files)
{
    struct stat status;
    double alone = 1e9, best[2] = {1e9, 1e9};
    size_t parsed = 0, records = 0, findings = 0;
    if (stat(m->path, &status) != 0)
        return;
    for (int round = 0; round < ROUNDS; round++) {
        alone = least(alone, parse_alone(yard->at, yard->bytes, &parsed));
        for (unsigned t = 0; t < 2; t++) {
            struct scan_result result;
            best[t] = least(best[t], scan(m->path, &files->set, t + 1, false, &result));
            records = result.records;
            findings = result.findings.count;
            scan_result_done(&result);
        }
    }
    double rate = (double)status.st_size / best[0], limit = (double)yard->bytes / alone;
    printf("%-22s %5zu rules  parsing alone %.2f GB/s  scan %.2f GB/s %8.0f events/s  ratio %.2f "
           "(target %.2f)  two threads %.2fx  %zu findings\n",
           m->name, files->set.rule_count, limit / 1e9, rate / 1e9, (double)records / best[0],
           rate / limit, m->target, best[0] / best[1], findings);
}

// Scans with and without detectors take turns. `bytes` of all inputs.
static void measure_detectors(const char *name, const char *path, const struct yardstick *yard,
                              struct rule_files *files)
{
    double alone = 1e9, best[2][2] = {{1e9, 1e9}, {1e9, 1e9}}; // by threads, by detectors
    size_t parsed = 0, records = 0, incidents = 0;
    uint64_t bytes = 0;
    for (int round = 0; round < ROUNDS; round++) {
        alone = least(alone, parse_alone(yard->at, yard->bytes, &parsed));
        for (unsigned run = 0; run < 4; run++) {
            struct scan_result result;
            double *of = &best[run / 2][run % 2];
            *of = least(*of, scan(path, &files->set, run / 2 + 1, run % 2, &result));
            records = result.records;
            bytes = result.bytes;
            incidents = result.incidents.count;
            scan_result_done(&result);
        }
    }
    double limit = (double)yard->bytes / alone;
    for (unsigned t = 0; t < 2; t++) {
        double without = best[t][0], with = best[t][1];
        printf("%-22s detectors, %u threads: %8.0f events/s  ratio %.2f  without them ratio %.2f  "
               "throughput %.2f of it (target 0.80)  %.2f us a record  %zu incidents\n",
               name, t + 1, (double)records / with, (double)bytes / with / limit,
               (double)bytes / without / limit, without / with,
               (with - without) / (double)records * 1e6, incidents);
    }
}

// A simulated tenant's folder, and its audit log in it.
static char *tenant_for(char **log)
{
    const char *dir = getenv("TMPDIR"), *program = getenv("STORMGLASS");
    char *path = NULL, *command = NULL;
    struct stat status;
    if (asprintf(&path, "%s/stormglass-bench-tenant", dir ? dir : "/tmp") < 0 ||
        asprintf(log, "%s/ual.json", path) < 0 ||
        asprintf(&command,
                 "%s simulate --quiet --out %s --mailboxes 200 --days 14 --seed 7 --scenario "
                 "stolen_session --dialect ual_json_lines && rm %s/truth.json",
                 program ? program : "stormglass", path, path) < 0)
        exit(3);
    if (stat(*log, &status) != 0 && system(command) != 0)
        fprintf(stderr, "note: no simulated tenant; is $STORMGLASS the program?\n");
    free(command);
    return path;
}

static char *file_for(const char *kind, const char *megabytes)
{
    const char *dir = getenv("TMPDIR"), *bench = getenv("BENCH");
    char *path = NULL, *command = NULL;
    struct stat status;
    if (asprintf(&path, "%s/stormglass-bench-%s-%s", dir ? dir : "/tmp", kind, megabytes) < 0 ||
        asprintf(&command, "%s/bench_generate %s %s %s", bench ? bench : ".", kind, megabytes,
                 path) < 0)
        exit(3);
    if (stat(path, &status) != 0 && system(command) != 0)
        exit(3);
    free(command);
    return path;
}

int main(int argc, char **argv)
{
    const char *megabytes = argc > 1 ? argv[1] : "1000";
    const char *shared = getenv("STORMGLASS_SHARED"), *all = getenv("SIGMA_ALL");
    char *cloud = NULL;
    if (shared && asprintf(&cloud, "%s/sigma-rules", shared) < 0)
        return 3;
    char *ual = file_for("ual", megabytes), *csv = file_for("csv", megabytes);
    char *windows = file_for("windows", megabytes);
    struct rule_files some, every;
    const char *const cloud_paths[] = {cloud}, *const all_paths[] = {all};
    load_rules(&some, cloud_paths, 1);
    load_rules(&every, all_paths, 1);
    struct yardstick audit, events;
    printf("%s\n", json_implementation());
    audit.at = load(ual, &audit.bytes);
    measure(&(struct measure){"audit log, JSON lines", ual, 0.5}, &audit, &some);
    measure(&(struct measure){"audit log, JSON lines", ual, 0.5}, &audit, &every);
    measure(&(struct measure){"audit log, CSV", csv, 0.3}, &audit, &some);
    measure_detectors("audit log, JSON lines", ual, &audit, &some);
    free(audit.at);
    struct stat status;
    char *tenant_log, *tenant = tenant_for(&tenant_log);
    if (stat(tenant_log, &status) == 0) {
        audit.at = load(tenant_log, &audit.bytes);
        measure_detectors("simulated tenant", tenant, &audit, &some);
        free(audit.at);
    }
    free(tenant_log);
    free(tenant);
    events.at = load(windows, &events.bytes);
    measure(&(struct measure){"Windows events", windows, 0.15}, &events, &every);
    free(events.at);
    rule_files_done(&some);
    rule_files_done(&every);
    free(cloud);
    free(ual);
    free(csv);
    free(windows);
    return 0;
}
