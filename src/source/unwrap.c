// Unwrapping: AuditData, Graph's auditData, RawEventData, Elastic's _source, Splunk's _raw.
// SPDX-License-Identifier: Apache-2.0
#include "source/unwrap.h"

#include "base/encode.h"
#include "source/scan.h"

#define LAYER_LIMIT 4 // wrappers in wrappers

void unwrapper_init(struct unwrapper *unwrapper)
{
    unwrapper->parser = json_parser_new();
    json_builder_init(&unwrapper->built);
    buf_init(&unwrapper->text);
    buf_init(&unwrapper->repaired);
}

void unwrapper_done(struct unwrapper *unwrapper)
{
    json_parser_free(unwrapper->parser);
    json_builder_done(&unwrapper->built);
    buf_done(&unwrapper->text);
    buf_done(&unwrapper->repaired);
}

// ---- text -------------------------------------------------------------------------------------

static void add_padding(struct buf *buf)
{
    static const char padding[JSON_PADDING];
    buf_add(buf, str_of(padding, sizeof padding));
}

bool unwrap_parse_padded(struct unwrapper *unwrapper, struct json_parser *parser, struct str text,
                         struct json *out, const char **why)
{
    if (json_parse(parser, text.at, text.len, out, why))
        return true;
    if (utf8_is_valid(text))
        return false;
    buf_clear(&unwrapper->repaired);
    utf8_repair(text, &unwrapper->repaired);
    size_t len = unwrapper->repaired.len;
    add_padding(&unwrapper->repaired);
    return json_parse(parser, unwrapper->repaired.at, len, out, why);
}

bool unwrap_parse(struct unwrapper *unwrapper, struct json_parser *parser, struct str text,
                  struct json *out, const char **why)
{
    buf_clear(&unwrapper->text);
    buf_add(&unwrapper->text, text);
    add_padding(&unwrapper->text);
    return unwrap_parse_padded(unwrapper, parser, str_of(unwrapper->text.at, text.len), out, why);
}

bool unwrap_is_shallow(struct json value)
{
    uint32_t end = json_skip(value.tape, value.at), depth = 0;
    for (uint32_t at = value.at; at < end; at++) {
        switch ((char)(value.tape[at] >> 56)) {
        case '{':
        case '[':
            if (++depth > JSON_DEPTH_LIMIT - 4)
                return false;
            break;
        case '}':
        case ']':
            depth--;
            break;
        case 'l':
        case 'u':
        case 'd':
            at++; // the number itself
            break;
        default:
            break;
        }
    }
    return true;
}

// ---- names ------------------------------------------------------------------------------------

const char *category_find(struct str name)
{
    // Azure Monitor diagnostic categories and the Log Analytics tables they go to.
    static const char *const known[] = {
        "SignInLogs",
        "NonInteractiveUserSignInLogs",
        "ServicePrincipalSignInLogs",
        "ManagedIdentitySignInLogs",
        "MicrosoftServicePrincipalSignInLogs",
        "ADFSSignInLogs",
        "AuditLogs",
        "ProvisioningLogs",
        "MicrosoftGraphActivityLogs",
        "NetworkAccessTrafficLogs",
        "RiskyUsers",
        "RiskyServicePrincipals",
        "UserRiskEvents",
        "ServicePrincipalRiskEvents",
        "EnrichedOffice365AuditLogs",
        "AADNonInteractiveUserSignInLogs",
        "AADServicePrincipalSignInLogs",
        "AADManagedIdentitySignInLogs",
        "AADProvisioningLogs",
        "AADRiskyUsers",
        "AADUserRiskEvents",
        "AADRiskyServicePrincipals",
        "AADServicePrincipalRiskEvents",
        "AADSignInEventsBeta",
        "AADSpnSignInEventsBeta",
        "EntraIdSignInEvents",
        "EntraIdSpnSignInEvents",
        "GraphApiAuditEvents",
        "OfficeActivity",
        "CloudAppEvents",
        "EmailEvents",
        "EmailUrlInfo",
        "UrlClickEvents",
        "IdentityLogonEvents",
        "AzureActivity",
        "Administrative",
        "Security",
        "ServiceHealth",
        "Alert",
        "Recommendation",
        "Policy",
        "Autoscale",
        "ResourceHealth",
        "SecurityAlert",
        "SecurityIncident",
    };
    static const struct str sentinel = STR("SigninLogs"); // the table's spelling
    if (str_equal(name, sentinel))
        return "SigninLogs";
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (str_equal_fold(name, str_from(known[i])))
            return known[i];
    return NULL;
}

const char *why_no_record(enum json_type type)
{
    switch (type) {
    case JSON_STRING:
        return "a record must be a JSON object, this is a string";
    case JSON_INT:
    case JSON_UINT:
    case JSON_DOUBLE:
        return "a record must be a JSON object, this is a number";
    case JSON_TRUE:
    case JSON_FALSE:
        return "a record must be a JSON object, this is true or false";
    case JSON_NULL:
        return "a record must be a JSON object, this is null";
    case JSON_ARRAY:
        return "a record must be a JSON object, this is an array in too many arrays";
    default:
        return "a record must be a JSON object";
    }
}

// ---- layers -----------------------------------------------------------------------------------

// What a walk over the members found.
struct layers {
    struct json audit_data; // AuditData, auditData, RawEventData
    struct json raw;        // Splunk's _raw
    struct json result;     // Splunk's result
    struct json source;     // Elastic's _source
    struct json event, o365, azure;
    bool has_dotted;      // o365.audit.CreationTime ...
    struct json category; // category, Category, $table, Type
};

// Keys are told apart by length first, since most records have none of them.
static void note_member(struct layers *found, struct str key, struct json value)
{
    switch (key.len) {
    case 4:
        if (memcmp(key.at, "_raw", 4) == 0)
            found->raw = value;
        else if (memcmp(key.at, "o365", 4) == 0)
            found->o365 = value;
        else if (memcmp(key.at, "Type", 4) == 0 && !found->category.tape)
            found->category = value;
        break;
    case 5:
        if (memcmp(key.at, "event", 5) == 0)
            found->event = value;
        else if (memcmp(key.at, "azure", 5) == 0)
            found->azure = value;
        break;
    case 6:
        if (memcmp(key.at, "result", 6) == 0)
            found->result = value;
        else if (memcmp(key.at, "$table", 6) == 0)
            found->category = value;
        break;
    case 7:
        if (memcmp(key.at, "_source", 7) == 0)
            found->source = value;
        break;
    case 8:
        if (memcmp(key.at + 1, "ategory", 7) == 0 && (key.at[0] | 0x20) == 'c')
            found->category = value;
        break;
    case 9:
        if (memcmp(key.at + 1, "uditData", 8) == 0 && (key.at[0] | 0x20) == 'a')
            found->audit_data = value;
        break;
    case 12:
        if (memcmp(key.at, "RawEventData", 12) == 0 &&
            (json_type(value) == JSON_OBJECT || json_str(value).len))
            found->audit_data = value;
        break;
    default:
        if (key.len > 11 && memcmp(key.at, "o365.audit.", 11) == 0)
            found->has_dotted = true;
        break;
    }
}

// A record of the Management API begins with one of these: nothing to unwrap.
static bool is_plain(struct json object)
{
    struct json_member m = json_members(object);
    if (!json_member_next(&m))
        return true;
    return str_equal(m.key, S("CreationTime")) || str_equal(m.key, S("AppAccessContext"));
}

// Text that holds an object. 1 read, 0 other text, -1 broken.
static int object_in_text(struct unwrapper *unwrapper, struct json value, struct json *out)
{
    struct str text = str_trim(json_str(value));
    const char *why;
    if (!text.len || text.at[0] != '{')
        return 0;
    if (!unwrap_parse(unwrapper, unwrapper->parser, text, out, &why))
        return -1;
    return json_type(*out) == JSON_OBJECT ? 1 : 0;
}

static bool take_audit_data(struct unwrapper *unwrapper, struct json value, struct record *record,
                            const char **why)
{
    if (json_type(value) == JSON_OBJECT) {
        record->value = value;
        return true;
    }
    int found = object_in_text(unwrapper, value, &record->value);
    struct str text = str_trim(json_str(value));
    if (found < 0)
        *why = "AuditData holds broken JSON";
    else if (!text.len)
        *why = "AuditData is empty";
    else if (str_starts(text, S("@{")))
        *why = "AuditData was flattened by ConvertTo-Json without -Depth";
    else
        *why = "AuditData holds no JSON object";
    return found == 1;
}

// Filebeat's o365 module with dots in the names: a record of what follows "o365.audit.". Names with
// a common first part ("AppAccessContext.UniqueTokenId") become members of one object.
static struct json build_dotted(struct json_builder *built, struct json object)
{
    json_builder_reset(built);
    json_build_object(built);
    struct str group = {"", 0};
    for (struct json_member m = json_members(object); json_member_next(&m);) {
        if (!str_starts(m.key, S("o365.audit.")) || !unwrap_is_shallow(m.value))
            continue;
        struct str name = str_of(m.key.at + 11, m.key.len - 11);
        size_t dot = str_index(name, '.');
        struct str part = dot < name.len ? str_of(name.at, dot) : S("");
        if (group.len && !str_equal(group, part))
            json_build_end(built);
        if (part.len && !str_equal(group, part)) {
            json_build_key(built, part);
            json_build_object(built);
        }
        group = part;
        size_t skip = part.len ? dot + 1 : 0;
        json_build_key(built, str_of(name.at + skip, name.len - skip));
        json_build_copy(built, m.value);
    }
    if (group.len)
        json_build_end(built);
    json_build_end(built);
    return json_built(built);
}

// snake_case names of Elastic's azure integration back to the provider's camelCase.
static void build_camel(struct json_builder *built, struct json value)
{
    if (json_type(value) == JSON_ARRAY) {
        json_build_array(built);
        for (struct json_element e = json_elements(value); json_element_next(&e);)
            build_camel(built, e.value);
        json_build_end(built);
        return;
    }
    if (json_type(value) != JSON_OBJECT) {
        json_build_copy(built, value);
        return;
    }
    json_build_object(built);
    for (struct json_member m = json_members(value); json_member_next(&m);) {
        char name[128];
        size_t len = 0;
        bool is_up = false;
        for (size_t i = 0; i < m.key.len && len < sizeof name; i++) {
            char c = m.key.at[i];
            if (c == '_' && i > 0) {
                is_up = true;
                continue;
            }
            name[len++] = is_up && c >= 'a' && c <= 'z' ? (char)(c - 32) : c;
            is_up = false;
        }
        json_build_key(built, len < sizeof name ? str_of(name, len) : m.key);
        build_camel(built, m.value);
    }
    json_build_end(built);
}

// azure.signinlogs and azure.auditlogs: a diagnostic record again.
static bool take_azure(struct unwrapper *unwrapper, struct json object, struct json azure,
                       struct record *record)
{
    static const struct {
        struct str key;
        const char *category;
    } kinds[] = {
        {STR("signinlogs"), "SignInLogs"},
        {STR("auditlogs"), "AuditLogs"},
        {STR("graphactivitylogs"), "MicrosoftGraphActivityLogs"},
    };
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        struct json log = json_find(azure, kinds[i].key);
        if (json_type(log) != JSON_OBJECT)
            continue;
        struct json properties = json_find(log, S("properties"));
        struct json_builder *built = &unwrapper->built;
        json_builder_reset(built);
        json_build_object(built);
        json_build_key(built, S("time"));
        json_build_copy(built, json_find(object, S("@timestamp")));
        json_build_key(built, S("category"));
        json_build_str(built, str_from(kinds[i].category));
        json_build_key(built, S("operationName"));
        json_build_copy(built, json_find(log, S("operation_name")));
        json_build_key(built, S("properties"));
        build_camel(built, json_type(properties) == JSON_OBJECT ? properties : log);
        json_build_end(built);
        record->value = json_built(built);
        record->category = kinds[i].category;
        return true;
    }
    return false;
}

// Elastic documents: the original text where it was kept, else the fields. False: not one of them.
static bool take_elastic(struct unwrapper *unwrapper, const struct layers *found,
                         struct record *record)
{
    struct json object = record->value, original = json_find(found->event, S("original"));
    struct json audit = json_find(found->o365, S("audit"));
    if (object_in_text(unwrapper, original, &record->value) == 1 &&
        (json_find(record->value, S("Operation")).tape ||
         json_find(record->value, S("operationName")).tape ||
         json_find(record->value, S("createdDateTime")).tape)) {
        record->outer = object;
        return true;
    }
    record->value = object;
    if (json_type(audit) == JSON_OBJECT)
        record->value = audit;
    else if (found->has_dotted)
        record->value = build_dotted(&unwrapper->built, object);
    else if (!take_azure(unwrapper, object, found->azure, record))
        return false;
    record->outer = object;
    return true;
}

static bool is_object(struct json value)
{
    return json_type(value) == JSON_OBJECT;
}

bool unwrap_record(struct unwrapper *unwrapper, struct json object, struct record *record,
                   const char **why)
{
    record->value = object;
    record->outer = (struct json){0};
    record->category = NULL;
    for (int layer = 0; layer < LAYER_LIMIT && !is_plain(record->value); layer++) {
        struct layers found = {0};
        struct json around = record->value;
        for (struct json_member m = json_members(around); json_member_next(&m);)
            note_member(&found, m.key, m.value);
        if (found.audit_data.tape) {
            record->outer = around;
            return take_audit_data(unwrapper, found.audit_data, record, why);
        }
        if (is_object(found.source)) {
            record->value = found.source;
            record->outer = around;
        } else if (found.raw.tape && object_in_text(unwrapper, found.raw, &record->value) == 1) {
            record->outer = around;
            break; // the parser is in use: what is inside is not unwrapped again
        } else if (is_object(found.result) && json_find(around, S("preview")).tape) {
            record->value = found.result;
            record->outer = around;
        } else {
            record->value = around;
            if ((is_object(found.event) || is_object(found.o365) || is_object(found.azure) ||
                 found.has_dotted) &&
                take_elastic(unwrapper, &found, record))
                break;
            if (json_type(found.category) == JSON_STRING &&
                !json_find(around, S("CreationTime")).tape)
                record->category = category_find(json_str(found.category));
            break;
        }
    }
    if (!record->category && record->outer.tape) {
        struct json category = json_find(record->value, S("category"));
        if (json_type(category) == JSON_STRING)
            record->category = category_find(json_str(category));
    }
    return true;
}
