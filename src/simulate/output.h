// Where records go: each log is written in one of the shapes in which tenants export it (dialects),
// with some records late and some twice, as the real ones have them.
// SPDX-License-Identifier: Apache-2.0
//
// To add a dialect: a row in DIALECT_LIST, its shape in dialect.c.
#ifndef STORMGLASS_SIMULATE_OUTPUT_H
#define STORMGLASS_SIMULATE_OUTPUT_H

#include "base/buf.h"
#include "base/error.h"
#include "base/instant.h"
#include "simulate/chance.h"
#include "simulate/simulate.h"

// The logs. What a dialect calls them is told in dialect.c.
#define FEED_LIST(X)                                                                               \
    X(AUDIT, "audit")                                                                              \
    X(INTERACTIVE, "sign_in_interactive")                                                          \
    X(NON_INTERACTIVE, "sign_in_non_interactive")                                                  \
    X(SERVICE, "sign_in_service_principal")                                                        \
    X(MANAGED, "sign_in_managed_identity")                                                         \
    X(DIRECTORY, "entra_audit")                                                                    \
    X(GRAPH, "graph_activity")                                                                     \
    X(TRACE, "message_trace")
enum feed {
#define X(id, name) FEED_##id,
    FEED_LIST(X)
#undef X
        FEED_COUNT
};
extern const char *const feed_names[FEED_COUNT];

static inline bool feed_is_sign_in(enum feed feed)
{
    return feed >= FEED_INTERACTIVE && feed <= FEED_MANAGED;
}

enum dialect_group { GROUP_AUDIT, GROUP_ENTRA, GROUP_GRAPH, GROUP_TRACE, GROUP_COUNT };

// name, group, what it is
#define DIALECT_LIST(X)                                                                            \
    X(MANAGEMENT_API, "management_api", AUDIT, "Office 365 Management Activity API: arrays")       \
    X(SEARCH_UAL_CSV, "search_unified_audit_log_csv", AUDIT,                                       \
      "Search-UnifiedAuditLog piped to Export-Csv")                                                \
    X(PURVIEW_CSV, "purview_csv", AUDIT, "Purview portal audit search export")                     \
    X(UAL_JSON_LINES, "ual_json_lines", AUDIT, "audit records, one a line")                        \
    X(ENTRA_PORTAL_JSON, "entra_portal_json", ENTRA, "Entra portal download: arrays")              \
    X(GRAPH_JSON, "graph_json", ENTRA, "Graph auditLogs responses")                                \
    X(AZURE_DIAGNOSTIC, "azure_diagnostic", ENTRA, "Azure diagnostic settings: one record a line") \
    X(GRAPH_DIAGNOSTIC, "", GRAPH, "Graph activity, always as diagnostic records")                 \
    X(MESSAGE_TRACE_CSV, "", TRACE, "message trace, always as CSV")
enum dialect_id {
#define X(id, ...) DIALECT_##id,
    DIALECT_LIST(X)
#undef X
        DIALECT_COUNT
};

// What writers say of a record besides its text.
struct emission {
    enum feed feed;
    int64_t time;
    struct str id; // the record's own
    int record_type;
    struct str operation, user;
    struct guid correlation; // sign-ins, directory audit
    struct str address;      // ditto
    int result;              // error code of a sign-in
    const char *country;
    int64_t lag; // until it was delivered, 0: some minutes
    struct str tenant;
};

#define FILE_ROWS_CSV 45000 // CSV exports are cut before the portals' limit of 50,000 rows

// How one dialect stands in a file.
struct dialect {
    const char *name; // "" cannot be chosen
    enum dialect_group group;
    const char *text;
    const char *files[FEED_COUNT]; // name without number and ending
    const char *ending;
    const char *open, *separator, *close;
    uint32_t rows; // a file holds at most, 0: any number
    uint8_t late_percent, twice_percent;
    // Writes the record in its wrapper.
    void (*wrap)(struct buf *out, const struct emission *emission, struct str text, uint64_t row);
};
extern const struct dialect dialects[DIALECT_COUNT];

struct output;
// `chosen` has a bit for each dialect; of groups without any, all are used, one after the other.
struct output *output_new(uint32_t chosen, int64_t start, int64_t end,
                          const struct simulate_sink *sink);
void output_free(struct output *output);
void output_write(struct output *output, const struct emission *emission, struct str text);
// Writes what is held back and closes the files. False and `error` when the sink refused something.
bool output_finish(struct output *output, struct error *error);
bool output_failed(const struct output *output);
// A file that is no log.
bool output_extra(struct output *output, const char *name, struct str text, struct error *error);
// The files as an array for truth.json; the number of log records written, copies not among them.
void output_put_files(const struct output *output, struct buf *out);
uint64_t output_records(const struct output *output);
uint32_t output_files(const struct output *output);

#endif
