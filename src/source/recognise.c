// Recognition: empty, JSON (which kind, and how its records stand), CSV, or nothing that is read here.
// SPDX-License-Identifier: Apache-2.0
#include "source/recognise.h"

#include <stdlib.h>

#include "source/scan.h"
#include "source/wrapper.h"

const char *container_name(enum container_id id)
{
    static const char *const names[] = {
#define X(row, name, text) name,
        CONTAINER_LIST(X)
#undef X
    };
    return (unsigned)id < CONTAINER_COUNT ? names[id] : "unknown";
}

// ---- the shape around JSON records ------------------------------------------------------------

struct shape {
    size_t record, record_end; // the first record; end 0: it does not end in the head
    bool is_in_array, is_in_wrapper, is_concatenated, is_one_a_line;
    const char *bytes;
    size_t size;
};

static size_t skip_blanks(const char *bytes, size_t at, size_t size)
{
    while (at < size && is_blank(bytes[at]))
        at++;
    return at;
}

// Index behind the value that begins at `at` with a bracket, 0 when it does not end.
static size_t end_of(const char *bytes, size_t at, size_t size)
{
    struct json_scan scan = {.depth = 1};
    at++;
    return json_scan_end(&scan, bytes, &at, size) ? at : 0;
}

// Goes into arrays and wrappers to the first record.
static void find_record(struct shape *shape, size_t at, bool *has_user_wrapper)
{
    const char *bytes = shape->bytes;
    for (int level = 0; level < 16; level++) {
        at = skip_blanks(bytes, at, shape->size);
        if (at == shape->size || (bytes[at] != '{' && bytes[at] != '['))
            break;
        if (bytes[at] == '[') {
            shape->is_in_array = true;
            at++;
            continue;
        }
        size_t inside = at + 1;
        unsigned open = 1;
        enum wrapper_look look = wrapper_look(bytes, &inside, shape->size, &open, WRAPPER_KNOWN);
        if (look != WRAPPER_ARRAY && level == 0 && wrapper_is_likely(bytes, at + 1, shape->size)) {
            *has_user_wrapper = true;
            inside = at + 1;
            open = 1;
            look = wrapper_look(bytes, &inside, shape->size, &open, WRAPPER_ANY);
        }
        if (look != WRAPPER_ARRAY) {
            shape->record = at;
            shape->record_end = end_of(bytes, at, shape->size);
            return;
        }
        shape->is_in_wrapper = true;
        at = inside;
    }
    shape->record = shape->record_end = shape->size;
}

// Objects that each end in their line: the first must, and the second too where there is one.
static bool is_one_a_line(const struct shape *shape, size_t at, bool is_whole)
{
    const char *bytes = shape->bytes;
    if (bytes[at] != '{' || shape->is_in_wrapper)
        return false;
    for (int i = 0; i < 2; i++) {
        size_t end = bytes[at] == '{' ? end_of(bytes, at, shape->size) : 0;
        if (!end)
            return i == 1 && bytes[at] == '{' && !is_whole &&
                   !memchr(bytes + at, '\n', shape->size - at);
        if (memchr(bytes + at, '\n', end - at))
            return false;
        while (end < shape->size && is_blank(bytes[end]) && bytes[end] != '\n')
            end++;
        if (end == shape->size)
            return is_whole || i == 1;
        if (bytes[end] != '\n')
            return false;
        at = skip_blanks(bytes, end, shape->size);
        if (at == shape->size)
            return true;
    }
    return true;
}

static bool is_concatenated(const struct shape *shape, size_t at)
{
    size_t end = end_of(shape->bytes, at, shape->size);
    if (!end)
        return false;
    at = skip_blanks(shape->bytes, end, shape->size);
    return at < shape->size && (shape->bytes[at] == '[' || shape->bytes[at] == '{');
}

// ---- the kind of JSON record ------------------------------------------------------------------

// The record's member names, however it ends.
struct names {
    const char *at;
    size_t size;
};

// Whether the record has a member of this name (at any depth: good enough for a name in a report).
static bool has(const struct names *names, const char *key)
{
    char quoted[64];
    size_t len = strlen(key);
    quoted[0] = '"';
    memcpy(quoted + 1, key, len);
    quoted[len + 1] = '"';
    const char *at = names->at, *end = at + names->size;
    while ((at = memmem(at, (size_t)(end - at), quoted, len + 2))) {
        at += len + 2;
        const char *colon = at;
        while (colon < end && is_blank(*colon))
            colon++;
        if (colon < end && *colon == ':')
            return true;
    }
    return false;
}

static enum container_id kind_of(const struct shape *shape)
{
    size_t end = shape->record_end ? shape->record_end : shape->size;
    struct names n = {shape->bytes + shape->record, end - shape->record};
    bool is_bare = !shape->is_in_wrapper;
    bool is_elastic = has(&n, "@timestamp") && (has(&n, "ecs") || has(&n, "event"));
    if (has(&n, "_source") || has(&n, "_raw") || has(&n, "o365") || is_elastic ||
        has(&n, "o365.audit.Operation") || (has(&n, "result") && has(&n, "preview")))
        return CONTAINER_SIEM_EXPORT;
    if (has(&n, "auditData") && (has(&n, "auditLogRecordType") || has(&n, "createdDateTime")))
        return CONTAINER_GRAPH_AUDIT_QUERY;
    if (has(&n, "AuditData"))
        return shape->is_concatenated ? CONTAINER_EXTRACTOR_SUITE : CONTAINER_SEARCH_UAL_JSON;
    bool is_audit = has(&n, "CreationTime") && has(&n, "Operation");
    if (is_audit && shape->is_in_array && is_bare && shape->is_concatenated)
        return CONTAINER_EXTRACTOR_SUITE;
    if (is_audit)
        return shape->is_in_array ? CONTAINER_MANAGEMENT_API : CONTAINER_UAL_JSON_LINES;
    if (has(&n, "properties") && (has(&n, "category") || has(&n, "operationName")))
        return CONTAINER_AZURE_DIAGNOSTIC;
    bool is_graph = has(&n, "createdDateTime") || has(&n, "activityDateTime");
    if (is_graph && shape->is_in_array && is_bare)
        return shape->is_concatenated ? CONTAINER_EXTRACTOR_SUITE : CONTAINER_ENTRA_PORTAL_JSON;
    if (is_graph)
        return CONTAINER_GRAPH_JSON;
    return shape->is_one_a_line ? CONTAINER_JSON_LINES : CONTAINER_JSON_VALUES;
}

static void recognise_json(struct container *container, struct str head, size_t at, bool is_whole,
                           bool *has_user_wrapper)
{
    struct shape shape = {.bytes = head.at, .size = head.len};
    find_record(&shape, at, has_user_wrapper);
    shape.is_one_a_line = is_one_a_line(&shape, at, is_whole);
    shape.is_concatenated = !shape.is_one_a_line && is_concatenated(&shape, at);
    container->framing = shape.is_one_a_line ? FRAMING_LINES : FRAMING_VALUES;
    container->id = kind_of(&shape);
}

// ---- everything else --------------------------------------------------------------------------

static const char *why_no_text(struct str head)
{
    size_t odd = 0;
    for (size_t i = 0; i < head.len; i++) {
        unsigned char c = (unsigned char)head.at[i];
        if (c == 0)
            return "not text; no container of audit logs is recognised";
        odd += c < 0x20 && !is_blank((char)c);
    }
    return odd * 16 > head.len ? "not text; no container of audit logs is recognised" : NULL;
}

static size_t recognise_unknown(struct container *container, const char *why)
{
    container->id = CONTAINER_UNKNOWN;
    container->why = why;
    return 0;
}

size_t container_recognise(struct container *container, struct str head, bool is_whole,
                           bool *has_user_wrapper)
{
    container->audit_data_column = container->table_column = -1;
    *has_user_wrapper = false;
    size_t at = skip_blanks(head.at, 0, head.len);
    if (at == head.len) {
        container->id = is_whole ? CONTAINER_EMPTY : CONTAINER_JSON_VALUES;
        container->framing = FRAMING_VALUES;
        return 0;
    }
    if (head.at[at] == '{' || head.at[at] == '[') {
        recognise_json(container, head, at, is_whole, has_user_wrapper);
        return 0;
    }
    const char *why = why_no_text(head);
    if (why)
        return recognise_unknown(container, why);
    if (head.at[at] == '<')
        return recognise_unknown(container, "an HTML or XML page, not an export of logs (was the "
                                            "download answered with a sign-in or error page?)");
    return csv_recognise(container, head, is_whole);
}
