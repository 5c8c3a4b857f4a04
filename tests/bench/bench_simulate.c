// How fast tenants are simulated: records and bytes a second, without a disk, and the memory's peak.
// SPDX-License-Identifier: Apache-2.0
#include <stdio.h>
#include <sys/resource.h>
#include <time.h>

#include "base/instant.h"
#include "simulate/simulate.h"

static double seconds(void)
{
    struct timespec time;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static bool take_open(void *context, uint32_t file, const char *name, struct error *error)
{
    (void)context, (void)file, (void)name, (void)error;
    return true;
}

static bool take_write(void *context, uint32_t file, struct str text, struct error *error)
{
    (void)file, (void)error;
    *(uint64_t *)context += text.len;
    return true;
}

static bool take_close(void *context, uint32_t file, struct error *error)
{
    (void)context, (void)file, (void)error;
    return true;
}

static void run(uint32_t mailboxes, uint32_t days, const char *dialect)
{
    static const char *const scenarios[] = {"forged_token"};
    uint64_t bytes = 0;
    struct error error;
    struct simulate_result result;
    struct rusage usage;
    struct simulate_sink sink = {&bytes, take_open, take_write, take_close};
    struct simulate_options options = {.seed = 1,
                                       .mailboxes = mailboxes,
                                       .days = days,
                                       .start = instant_parse_rfc3339(S(SIMULATE_DEFAULT_START)),
                                       .scenarios = scenarios,
                                       .scenario_count = 1,
                                       .dialects = &dialect,
                                       .dialect_count = 1,
                                       .version = "bench"};
    double start = seconds();
    if (!simulate_run(&options, &sink, &result, &error)) {
        printf("%s\n", error.text);
        return;
    }
    double spent = seconds() - start;
    getrusage(RUSAGE_SELF, &usage);
    printf("%6u mailboxes %3u days %-28s %9llu records %8.0f records/s %6.0f MB/s  peak %ld MB\n",
           mailboxes, days, dialect, (unsigned long long)result.records,
           (double)result.records / spent, (double)bytes / spent / 1e6, usage.ru_maxrss / 1024);
}

int main(void)
{
    struct simulate_choice choice;
    for (uint32_t i = 0; simulate_dialect(i, &choice); i++)
        run(200, 10, choice.name);
    run(200, 40, "ual_json_lines");
    run(4000, 3, "ual_json_lines");
    return 0;
}
