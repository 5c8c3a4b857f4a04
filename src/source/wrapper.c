// Wrappers: told from records by the names of their members, on bytes that stream and on the tape.
// SPDX-License-Identifier: Apache-2.0
#include "source/wrapper.h"

#include "source/scan.h"

// Members whose array holds the records.
static const struct str list_keys[] = {
    STR("value"),   STR("records"), STR("Records"), STR("results"),
    STR("Results"), STR("result"),  STR("items"),   STR("hits"),
};

// What stands beside them: OData, Elasticsearch, Splunk and Defender answers. Keys that start with
// '@' or "odata." are taken too.
static const struct str sibling_keys[] = {
    STR("took"),
    STR("timed_out"),
    STR("_shards"),
    STR("total"),
    STR("max_score"),
    STR("count"),
    STR("totalCount"),
    STR("preview"),
    STR("init_offset"),
    STR("post_process_count"),
    STR("messages"),
    STR("fields"),
    STR("Schema"),
    STR("schema"),
    STR("Stats"),
    STR("_scroll_id"),
    STR("pit_id"),
    STR("status"),
    STR("nextLink"),
    STR("next"),
    STR("next_page"),
    STR("offset"),
    STR("limit"),
    STR("sid"),
    STR("lastrow"),
    STR("highlighted"),
    STR("num_reduce_phases"),
    STR("terminated_early"),
    STR("resultCount"),
    STR("$schema"),
};

// What only a record has; a user's own wrapper does not.
static const struct str record_keys[] = {
    STR("Operation"),
    STR("Operations"),
    STR("CreationTime"),
    STR("CreationDate"),
    STR("Id"),
    STR("id"),
    STR("ID"),
    STR("time"),
    STR("timestamp"),
    STR("Timestamp"),
    STR("@timestamp"),
    STR("_time"),
    STR("TimeGenerated"),
    STR("eventTime"),
    STR("category"),
    STR("Category"),
    STR("operationName"),
    STR("OperationName"),
    STR("EventID"),
    STR("RecordType"),
    STR("AuditData"),
    STR("auditData"),
    STR("createdDateTime"),
    STR("eventName"),
    STR("UtcTime"),
    STR("TimeCreated"),
    STR("CorrelationId"),
    STR("correlationId"),
};

#define COUNT(table) (sizeof(table) / sizeof *(table))

static bool is_in(const struct str *table, size_t count, struct str key)
{
    for (size_t i = 0; i < count; i++)
        if (str_equal(table[i], key))
            return true;
    return false;
}

static bool is_list_key(struct str key)
{
    return is_in(list_keys, COUNT(list_keys), key);
}

static bool is_sibling_key(struct str key)
{
    if (str_is(key, "@timestamp"))
        return false;
    return (key.len && key.at[0] == '@') || str_starts(key, S("odata.")) ||
           is_in(sibling_keys, COUNT(sibling_keys), key);
}

// ---- on bytes ---------------------------------------------------------------------------------

static size_t skip_blanks(const char *bytes, size_t at, size_t size)
{
    while (at < size && is_blank(bytes[at]))
        at++;
    return at;
}

// Index behind the closing quote of the string whose first byte inside is at `at`; 0: not ended.
static size_t string_end(const char *bytes, size_t at, size_t size)
{
    for (; at < size; at++) {
        if (bytes[at] == '\\')
            at++;
        else if (bytes[at] == '"')
            return at + 1;
    }
    return 0;
}

// Index behind the value at `at`, or 0 when it has not ended.
static size_t value_end(const char *bytes, size_t at, size_t size)
{
    if (bytes[at] == '"')
        return string_end(bytes, at + 1, size);
    if (bytes[at] == '{' || bytes[at] == '[') {
        struct json_scan scan = {.depth = 1};
        at++;
        return json_scan_end(&scan, bytes, &at, size) ? at : 0;
    }
    for (; at < size; at++)
        if (bytes[at] == ',' || bytes[at] == '}' || is_blank(bytes[at]))
            return at;
    return 0;
}

// A member's key at `at` (its opening quote) and where its value begins. 0: the bytes ran out; -1: this
// is no member; 1: it is.
static int member_start(const char *bytes, size_t *at, size_t size, struct str *key)
{
    if (bytes[*at] != '"')
        return -1;
    size_t end = string_end(bytes, *at + 1, size);
    if (!end)
        return 0;
    *key = str_of(bytes + *at + 1, end - *at - 2);
    size_t colon = skip_blanks(bytes, end, size);
    if (colon < size && bytes[colon] != ':')
        return -1;
    size_t value = colon < size ? skip_blanks(bytes, colon + 1, size) : size;
    if (value == size)
        return 0;
    *at = value;
    return 1;
}

static bool may_pass(struct str key, enum wrapper_strictness strictness)
{
    if (strictness == WRAPPER_KNOWN)
        return is_sibling_key(key);
    return strictness == WRAPPER_TAIL || !is_in(record_keys, COUNT(record_keys), key);
}

// Is the value at `at` an array of objects (or empty)? 0: the bytes ran out.
static int array_of_objects(const char *bytes, size_t at, size_t size)
{
    if (bytes[at] != '[')
        return -1;
    at = skip_blanks(bytes, at + 1, size);
    if (at == size)
        return 0;
    return bytes[at] == '{' || bytes[at] == ']' ? 1 : -1;
}

static bool is_taken(struct str key, enum wrapper_strictness strictness, bool passed_unknown)
{
    if (strictness == WRAPPER_ANY && passed_unknown)
        return str_is(key, "records") || str_is(key, "Records") || str_is(key, "value");
    return is_list_key(key);
}

enum wrapper_look wrapper_look(const char *bytes, size_t *from, size_t size, unsigned *depth,
                               enum wrapper_strictness strictness)
{
    size_t at = *from, limit = *from + WRAPPER_LOOK_LIMIT;
    size_t end = size < limit ? size : limit;
    enum wrapper_look out_of_bytes = size < limit ? WRAPPER_MORE : WRAPPER_NONE;
    unsigned open = *depth;
    bool passed_unknown = false;
    for (;;) {
        while (at < end && (is_blank(bytes[at]) || bytes[at] == ','))
            at++;
        if (at == end)
            return out_of_bytes;
        if (bytes[at] == '}') {
            at++;
            if (--open)
                continue;
            // Without an array it was a record, however odd.
            *from = at;
            *depth = 0;
            return strictness == WRAPPER_TAIL ? WRAPPER_END : WRAPPER_NONE;
        }
        struct str key;
        int found = member_start(bytes, &at, end, &key);
        if (found <= 0)
            return found < 0 ? WRAPPER_NONE : out_of_bytes;
        if (is_taken(key, strictness, passed_unknown)) {
            int is_array = array_of_objects(bytes, at, end);
            if (is_array == 0)
                return out_of_bytes;
            if (is_array > 0) {
                *from = at;
                *depth = open;
                return WRAPPER_ARRAY;
            }
            if (bytes[at] == '{' && open == 1 && str_is(key, "hits")) {
                at++;
                open++;
                continue;
            }
        }
        if (!may_pass(key, strictness))
            return WRAPPER_NONE;
        passed_unknown |= !is_sibling_key(key);
        at = value_end(bytes, at, end);
        if (!at)
            return out_of_bytes;
    }
}

bool wrapper_is_likely(const char *bytes, size_t at, size_t size)
{
    unsigned depth = 1;
    return wrapper_look(bytes, &at, size, &depth, WRAPPER_ANY) == WRAPPER_ARRAY;
}

// ---- on the tape ------------------------------------------------------------------------------

struct json wrapper_array(struct json object)
{
    struct json_member first = json_members(object);
    // Nearly all records begin so; the tables need not be searched for them.
    if (json_member_next(&first) &&
        (str_equal(first.key, S("CreationTime")) || str_equal(first.key, S("AppAccessContext"))))
        return (struct json){0};
    for (struct json_member m = json_members(object); json_member_next(&m);) {
        if (is_list_key(m.key)) {
            if (json_type(m.value) == JSON_ARRAY) {
                struct json_element e = json_elements(m.value);
                if (!json_element_next(&e) || json_type(e.value) == JSON_OBJECT)
                    return m.value;
            }
            if (str_is(m.key, "hits") && json_type(m.value) == JSON_OBJECT) {
                struct json hits = json_find(m.value, S("hits"));
                if (json_type(hits) == JSON_ARRAY)
                    return hits;
            }
        }
        if (!is_sibling_key(m.key))
            break;
    }
    return (struct json){0};
}
