// A sink that keeps what the simulator writes.
// SPDX-License-Identifier: Apache-2.0
#include "support/tenant_logs.h"

#include <stdio.h>

#include "base/hash.h"
#include "base/instant.h"
#include "base/json.h"

static bool keep_open(void *context, uint32_t file, const char *name, struct error *error)
{
    struct tenant_logs *logs = context;
    if (file != logs->count || file == TENANT_LOG_LIMIT)
        return error_set(error, "file %u came when %u was due", file, logs->count);
    snprintf(logs->names[file], sizeof logs->names[file], "%s", name);
    logs->count++;
    return true;
}

static bool keep_write(void *context, uint32_t file, struct str text, struct error *error)
{
    struct tenant_logs *logs = context;
    if (++logs->writes == logs->failing)
        return error_set(error, "no room");
    buf_add(&logs->files[file], text);
    return true;
}

static bool keep_close(void *context, uint32_t file, struct error *error)
{
    static const char padding[JSON_PADDING];
    struct tenant_logs *logs = context;
    (void)error;
    buf_add(&logs->files[file], str_of(padding, sizeof padding));
    logs->files[file].len -= sizeof padding;
    return true;
}

bool tenant_logs_make(struct tenant_logs *logs, const struct simulate_options *options)
{
    struct simulate_sink sink = {logs, keep_open, keep_write, keep_close};
    logs->count = logs->writes = 0;
    for (uint32_t i = 0; i < TENANT_LOG_LIMIT; i++)
        buf_init(&logs->files[i]);
    return simulate_run(options, &sink, &logs->result, &logs->error);
}

void tenant_logs_done(struct tenant_logs *logs)
{
    for (uint32_t i = 0; i < TENANT_LOG_LIMIT; i++)
        buf_done(&logs->files[i]);
}

struct buf *tenant_logs_find(struct tenant_logs *logs, const char *name)
{
    for (uint32_t i = 0; i < logs->count; i++)
        if (strcmp(logs->names[i], name) == 0)
            return &logs->files[i];
    return NULL;
}

uint64_t tenant_logs_hash(const struct tenant_logs *logs)
{
    uint64_t hash = 0;
    for (uint32_t i = 0; i < logs->count; i++) {
        hash = hash_bytes(logs->names[i], strlen(logs->names[i]), hash);
        hash = hash_bytes(logs->files[i].at, logs->files[i].len, hash);
    }
    return hash;
}

struct simulate_options tenant_logs_options(uint64_t seed)
{
    static const char *const dialects[] = {"ual_json_lines", "azure_diagnostic"};
    return (struct simulate_options){.seed = seed,
                                     .mailboxes = 30,
                                     .days = 8,
                                     .start = instant_parse_rfc3339(S(SIMULATE_DEFAULT_START)),
                                     .dialects = dialects,
                                     .dialect_count = 2,
                                     .version = "test"};
}
