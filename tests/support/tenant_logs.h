// Logs of the simulator in memory, for tests.
// SPDX-License-Identifier: Apache-2.0
#ifndef STORMGLASS_TESTS_SUPPORT_TENANT_LOGS_H
#define STORMGLASS_TESTS_SUPPORT_TENANT_LOGS_H

#include "base/buf.h"
#include "simulate/simulate.h"

#define TENANT_LOG_LIMIT 128

struct tenant_logs {
    char names[TENANT_LOG_LIMIT][96];
    struct buf files[TENANT_LOG_LIMIT]; // each with padding for the JSON parser behind it
    uint32_t count;
    uint32_t failing; // the number of the write that fails, 0: none
    uint32_t writes;
    struct simulate_result result;
    struct error error;
};

// Runs the simulator; false when it failed. Release with tenant_logs_done either way.
bool tenant_logs_make(struct tenant_logs *logs, const struct simulate_options *options);
void tenant_logs_done(struct tenant_logs *logs);
// A file by its name; NULL when there is none.
struct buf *tenant_logs_find(struct tenant_logs *logs, const char *name);
// One number for names and bytes of all files.
uint64_t tenant_logs_hash(const struct tenant_logs *logs);

// Small options with defaults: 30 mailboxes, 8 days, one record a line where that can be.
struct simulate_options tenant_logs_options(uint64_t seed);

#endif
