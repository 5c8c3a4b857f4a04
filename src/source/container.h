// Containers: the shapes in which audit logs are exported. A container is recognised from its first
// bytes, cut into chunks of whole records, and each record is unwrapped to what the provider wrote.
// SPDX-License-Identifier: Apache-2.0
//
// Pure: no files here. The engine feeds decoded UTF-8 bytes to a framer in pieces of any size; the
// framer hands out chunks; worker threads read records out of chunks with their own reader. Chunk
// boundaries depend on the bytes alone, never on thread count or piece size.
#ifndef STORMGLASS_SOURCE_CONTAINER_H
#define STORMGLASS_SOURCE_CONTAINER_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/json.h"
#include "event/unread.h"

#define CHUNK_SIZE ((size_t)1 << 18)          // aimed-at bytes of a chunk (fits the L2 cache)
#define RECORD_SIZE_LIMIT ((size_t)1 << 25)   // 32 MiB: longer records are passed over and reported
#define CONTAINER_HEAD_SIZE ((size_t)1 << 16) // bytes looked at to recognise a container

// name, what report.json and people see, description for docs. To add one: a row here and its
// recognition in container.c.
#define CONTAINER_LIST(X)                                                                          \
    X(EMPTY, "empty", "nothing in it")                                                             \
    X(PURVIEW_CSV, "purview_csv", "Purview portal audit search export")                            \
    X(SEARCH_UAL_CSV, "search_unified_audit_log_csv", "Search-UnifiedAuditLog | Export-Csv")       \
    X(SEARCH_UAL_JSON, "search_unified_audit_log_json", "Search-UnifiedAuditLog | ConvertTo-Json") \
    X(MANAGEMENT_API, "management_api", "Office 365 Management Activity API blobs")                \
    X(GRAPH_AUDIT_QUERY, "graph_audit_query", "Graph security/auditLog/queries records")           \
    X(EXTRACTOR_SUITE, "extractor_suite", "Microsoft Extractor Suite: concatenated arrays")        \
    X(UAL_JSON_LINES, "ual_json_lines", "audit records one a line (Untitled Goose and others)")    \
    X(FLATTENED_CSV, "flattened_csv", "Hawk, MIA and other CSVs of parsed AuditData")              \
    X(ENTRA_PORTAL_CSV, "entra_portal_csv", "Entra portal download, CSV")                          \
    X(ENTRA_PORTAL_JSON, "entra_portal_json", "Entra portal download, JSON")                       \
    X(GRAPH_JSON, "graph_json", "Graph auditLogs responses (value[])")                             \
    X(AZURE_DIAGNOSTIC, "azure_diagnostic", "Azure diagnostic records[] or JSON lines")            \
    X(LOG_ANALYTICS_CSV, "log_analytics_csv", "Log Analytics / Sentinel table export")             \
    X(DEFENDER_CSV, "defender_csv", "Defender advanced hunting export")                            \
    X(SIEM_EXPORT, "siem_export", "Splunk or Elastic re-export")                                   \
    X(MESSAGE_TRACE_CSV, "message_trace_csv", "Exchange message trace export")                     \
    X(JSON_LINES, "json_lines", "any JSON, one record a line")                                     \
    X(JSON_VALUES, "json", "any JSON values or arrays")                                            \
    X(CSV, "csv", "any CSV with a header row")                                                     \
    X(TEXT, "text", "a note or other text that is no table and no JSON")                           \
    X(UNKNOWN, "unknown", "nothing this program reads")

enum container_id {
#define X(id, name, text) CONTAINER_##id,
    CONTAINER_LIST(X)
#undef X
        CONTAINER_COUNT
};
const char *container_name(enum container_id id);

// Nothing can be read from it (UNKNOWN, TEXT).
static inline bool container_is_foreign(enum container_id id)
{
    return id == CONTAINER_UNKNOWN || id == CONTAINER_TEXT;
}

// How records stand in the bytes.
enum framing { FRAMING_LINES, FRAMING_VALUES, FRAMING_CSV };

// What was found out about one input's (or archive member's) bytes. Shared read-only by the readers
// of its chunks once the first chunk is out; owned by the framer.
struct container {
    enum container_id id;
    enum framing framing;
    // CSV: the header and what is known of its columns (filled by container.c).
    struct str *columns;
    size_t column_count;
    char delimiter;
    int audit_data_column;    // AuditData, RawEventData or _raw: holds the record as JSON; -1 none
    int table_column;         // $table or Type: names the record's table; -1 none
    int *twins;               // column that gives the same member (X_dynamic, X_string), -1 none
    const char *category;     // table of all records where the columns tell it, or NULL
    bool is_day_first;        // slashed dates in this file are day first (seen in the head)
    struct str *lost_columns; // columns whose cells say "System.Object[]": content already lost
    size_t lost_count;
    const char *why; // of an unknown container: what it is instead
    struct arena arena;
};

// Whole records cut out of a container. Owned by the taker; free with chunk_free.
struct chunk {
    const struct container *container;
    uint64_t number; // 0, 1, 2 ... within the container
    uint64_t offset; // of bytes.at in the decoded input
    uint64_t line;   // 1-based line of the first byte
    char *bytes;     // JSON_PADDING readable bytes behind
    size_t size, capacity;
    // FRAMING_VALUES: where the records stand in bytes (offset, length) pairs; otherwise found by
    // reading.
    struct chunk_span *spans;
    size_t span_count, span_capacity;
    // Found while cutting (over-long records, garbage between values); offsets within the input.
    // The taker lists these itself: reader_next does not give them.
    struct unread *unread;
    size_t unread_count, unread_capacity;
};

struct chunk_span {
    uint32_t offset, size;
};

void chunk_free(struct chunk *chunk);

// ---- cutting ----------------------------------------------------------------------------------

struct framer;
struct framer *framer_new(void);
void framer_free(struct framer *framer);

// Feeds bytes (UTF-8 after decoding; a UTF-8 BOM at the start is passed over). With size 0: end of
// input. `emit` gets each finished chunk and owns it.
void framer_feed(struct framer *framer, const char *bytes, size_t size,
                 void (*emit)(struct chunk *chunk, void *context), void *context);

// Borrowed; complete once the first chunk is out or the input has ended.
const struct container *framer_container(const struct framer *framer);

// ---- reading ----------------------------------------------------------------------------------

// One record, unwrapped. Borrowed until the next reader_next.
struct record {
    struct json value;    // the provider's record: an object
    struct json outer;    // wrapper's own columns or members, or JSON_NONE
    const char *category; // diagnostic category or table name seen in the wrapper, or NULL
    uint64_t offset;      // of the record in the decoded input
    uint32_t size;
};

// Reads chunks' records; one per thread.
struct reader;
struct reader *reader_new(void);
void reader_free(struct reader *reader);
void reader_start(struct reader *reader, const struct chunk *chunk);

// Passes over text that nothing is wanted of, before it is parsed: `wants` is asked with the place in the
// decoded input of a record, or of a stretch that may hold several. What is passed over is neither given
// nor reported as unread. NULL: everything is wanted. Stays until it is set again.
typedef bool reader_wants(void *context, uint64_t offset, struct str text);
void reader_filter(struct reader *reader, reader_wants *wants, void *context);

enum read_result { READ_RECORD, READ_UNREAD, READ_END };

// Gives the next record, or what could not be read (the reading goes on after it), or the end. What
// the framer found out already stands in chunk->unread and is not given again.
enum read_result reader_next(struct reader *reader, struct record *record, struct unread *unread);

// 1-based line of an offset of the input that lies in the chunk (counts line feeds from its start).
uint64_t chunk_line_at(const struct chunk *chunk, uint64_t offset);

#endif
