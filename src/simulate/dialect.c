// The shapes of exports: what stands around each record and each file.
// SPDX-License-Identifier: Apache-2.0
#include "simulate/output.h"
#include "simulate/pen.h"

// ---- audit log --------------------------------------------------------------------------------

static void wrap_nothing(struct buf *out, const struct emission *emission, struct str text,
                         uint64_t row)
{
    (void)emission, (void)row;
    buf_add(out, text);
}

// A CSV cell in quotes, those inside doubled.
static void put_cell(struct buf *out, struct str text)
{
    buf_add_char(out, '"');
    while (text.len) {
        size_t at = str_index(text, '"');
        buf_add(out, str_of(text.at, at));
        if (at == text.len)
            break;
        buf_add(out, S("\"\""));
        text = str_of(text.at + at + 1, text.len - at - 1);
    }
    buf_add_char(out, '"');
}

static struct str record_type_name(int type)
{
    static const struct {
        int type;
        const char *name;
    } names[] = {{1, "ExchangeAdmin"},
                 {2, "ExchangeItem"},
                 {3, "ExchangeItemGroup"},
                 {4, "SharePoint"},
                 {6, "SharePointFileOperation"},
                 {8, "AzureActiveDirectory"},
                 {14, "SharePointSharingOperation"},
                 {15, "AzureActiveDirectoryStsLogon"},
                 {18, "SecurityComplianceCenterEOPCmdlet"},
                 {24, "Discovery"},
                 {25, "MicrosoftTeams"},
                 {40, "SecurityComplianceAlerts"},
                 {50, "ExchangeItemAggregated"},
                 {101, "ExchangeSearch"}};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (names[i].type == type)
            return str_from(names[i].name);
    return S("Unknown");
}

// 9/7/2026 8:13:00 AM, as PowerShell prints a time in the United States.
static void put_us_time(struct buf *out, int64_t time)
{
    struct instant_parts parts = instant_split(time);
    put_number(out, parts.month);
    buf_add_char(out, '/');
    put_number(out, parts.day);
    buf_add_char(out, '/');
    put_number(out, parts.year);
    buf_add_char(out, ' ');
    put_number(out, parts.hour % 12 ? parts.hour % 12 : 12);
    const int rest[] = {parts.minute, parts.second};
    for (int i = 0; i < 2; i++) {
        buf_add_char(out, ':');
        buf_add_char(out, (char)('0' + rest[i] / 10));
        buf_add_char(out, (char)('0' + rest[i] % 10));
    }
    buf_add(out, parts.hour < 12 ? S(" AM") : S(" PM"));
}

// The result of one search holds at most 5,000 rows; an analyst searches in smaller windows.
static void wrap_search_ual(struct buf *out, const struct emission *emission, struct str text,
                            uint64_t row)
{
    PUT(out, "\"");
    buf_add(out, record_type_name(emission->record_type));
    PUT(out, "\",\"");
    put_us_time(out, emission->time);
    PUT(out, "\",");
    put_cell(out, emission->user);
    PUT(out, ",");
    put_cell(out, emission->operation);
    PUT(out, ",");
    put_cell(out, text);
    PUT(out, ",\"");
    put_number(out, (int64_t)(row % 4096 + 1));
    PUT(out, "\",\"4096\",\"");
    buf_add(out, emission->id);
    PUT(out, "\",\"True\",\"Unchanged\"\r\n");
}

static void wrap_purview(struct buf *out, const struct emission *emission, struct str text,
                         uint64_t row)
{
    (void)row;
    buf_add(out, emission->id);
    PUT(out, ",");
    put_time(out, emission->time, 107);
    PUT(out, ",");
    put_number(out, emission->record_type);
    PUT(out, ",");
    put_cell(out, emission->operation);
    PUT(out, ",");
    put_cell(out, emission->user);
    PUT(out, ",");
    put_cell(out, text);
    PUT(out, "\r\n");
}

// ---- Entra ------------------------------------------------------------------------------------

struct category {
    const char *operation, *name;
};
static const struct category categories[FEED_COUNT] = {
    [FEED_INTERACTIVE] = {"Sign-in activity", "SignInLogs"},
    [FEED_NON_INTERACTIVE] = {"Sign-in activity", "NonInteractiveUserSignInLogs"},
    [FEED_SERVICE] = {"Sign-in activity", "ServicePrincipalSignInLogs"},
    [FEED_MANAGED] = {"Sign-in activity", "ManagedIdentitySignInLogs"},
    [FEED_DIRECTORY] = {"", "AuditLogs"},
    [FEED_GRAPH] = {"Microsoft Graph Activity", "MicrosoftGraphActivityLogs"},
};

// Diagnostic settings deliver within minutes, or as late as the emission says.
static void wrap_diagnostic(struct buf *out, const struct emission *emission, struct str text,
                            uint64_t row)
{
    const struct category *category = &categories[emission->feed];
    (void)row;
    int64_t lag =
        emission->lag ? emission->lag : (int64_t)(60 + emission->correlation.at[15]) * SECOND;
    PUT(out, "{\"time\":");
    put_quoted_time(out, emission->time + lag, 107);
    PUT(out, ",\"resourceId\":\"/tenants/");
    buf_add(out, emission->tenant);
    PUT(out, "/providers/Microsoft.aadiam\"");
    MEMBER_TEXT(out, "operationName",
                category->operation[0] ? str_from(category->operation) : emission->operation);
    MEMBER_LITERAL(out, "operationVersion", "1.0");
    MEMBER_TEXT(out, "category", str_from(category->name));
    MEMBER_TEXT(out, "tenantId", emission->tenant);
    MEMBER(out, "resultType");
    PUT(out, "\"");
    put_number(out, emission->result);
    PUT(out, "\"");
    MEMBER_LITERAL(out, "resultSignature", "None");
    MEMBER_BARE(out, "durationMs", "0");
    if (emission->address.len)
        MEMBER_TEXT(out, "callerIpAddress", emission->address);
    MEMBER_GUID(out, "correlationId", &emission->correlation);
    if (emission->user.len)
        MEMBER_TEXT(out, "identity", emission->user);
    MEMBER_BARE(out, "Level", "4");
    if (emission->country)
        MEMBER_TEXT(out, "location", str_from(emission->country));
    MEMBER(out, "properties");
    buf_add(out, text);
    PUT(out, "}\n");
}

#define GRAPH_OPEN                                                                                 \
    "{\"@odata.context\":\"https://graph.microsoft.com/beta/$metadata#auditLogs\",\"value\":[\n"

const struct dialect dialects[DIALECT_COUNT] = {
#define X(id, dialect_name, dialect_group, what)                                                   \
    [DIALECT_##id] = {                                                                             \
        .name = (dialect_name), .group = GROUP_##dialect_group, .text = (what), SHAPE_##id},
#define SHAPE_MANAGEMENT_API                                                                       \
    .files = {[FEED_AUDIT] = "management-api-audit"}, .ending = ".json", .open = "[",              \
    .separator = ",", .close = "]\n", .late_percent = 12, .twice_percent = 5, .wrap = wrap_nothing
#define SHAPE_SEARCH_UAL_CSV                                                                       \
    .files = {[FEED_AUDIT] = "search-ual"}, .ending = ".csv",                                      \
    .open = "RecordType,CreationDate,UserIds,Operations,AuditData,ResultIndex,ResultCount,"        \
            "Identity,IsValid,ObjectState\r\n",                                                    \
    .separator = "", .close = "", .rows = FILE_ROWS_CSV, .late_percent = 6, .twice_percent = 3,    \
    .wrap = wrap_search_ual
#define SHAPE_PURVIEW_CSV                                                                          \
    .files = {[FEED_AUDIT] = "purview-audit"}, .ending = ".csv",                                   \
    .open = "RecordId,CreationDate,RecordType,Operation,UserId,AuditData\r\n", .separator = "",    \
    .close = "", .rows = FILE_ROWS_CSV, .late_percent = 4, .wrap = wrap_purview
#define SHAPE_UAL_JSON_LINES                                                                       \
    .files = {[FEED_AUDIT] = "ual"}, .ending = ".json", .open = "", .separator = "\n",             \
    .close = "\n", .late_percent = 8, .twice_percent = 2, .wrap = wrap_nothing
#define SHAPE_ENTRA_PORTAL_JSON                                                                    \
    .files = {[FEED_INTERACTIVE] = "InteractiveSignIns",                                           \
              [FEED_NON_INTERACTIVE] = "NonInteractiveSignIns",                                    \
              [FEED_SERVICE] = "ApplicationSignIns",                                               \
              [FEED_MANAGED] = "MSISignIns",                                                       \
              [FEED_DIRECTORY] = "AuditLogs"},                                                     \
    .ending = ".json", .open = "[", .separator = ",\n", .close = "]\n", .late_percent = 4,         \
    .wrap = wrap_nothing
#define SHAPE_GRAPH_JSON                                                                           \
    .files = {[FEED_INTERACTIVE] = "graph-signins-interactive",                                    \
              [FEED_NON_INTERACTIVE] = "graph-signins-noninteractive",                             \
              [FEED_SERVICE] = "graph-signins-serviceprincipal",                                   \
              [FEED_MANAGED] = "graph-signins-managedidentity",                                    \
              [FEED_DIRECTORY] = "graph-directoryaudits"},                                         \
    .ending = ".json", .open = GRAPH_OPEN, .separator = ",\n", .close = "\n]}\n",                  \
    .late_percent = 4, .wrap = wrap_nothing
#define SHAPE_AZURE_DIAGNOSTIC                                                                     \
    .files = {[FEED_INTERACTIVE] = "insights-logs-signinlogs",                                     \
              [FEED_NON_INTERACTIVE] = "insights-logs-noninteractiveusersigninlogs",               \
              [FEED_SERVICE] = "insights-logs-serviceprincipalsigninlogs",                         \
              [FEED_MANAGED] = "insights-logs-managedidentitysigninlogs",                          \
              [FEED_DIRECTORY] = "insights-logs-auditlogs"},                                       \
    .ending = ".json", .open = "", .separator = "", .close = "", .late_percent = 8,                \
    .twice_percent = 1, .wrap = wrap_diagnostic
#define SHAPE_GRAPH_DIAGNOSTIC                                                                     \
    .files = {[FEED_GRAPH] = "insights-logs-microsoftgraphactivitylogs"}, .ending = ".json",       \
    .open = "", .separator = "", .close = "", .late_percent = 8, .twice_percent = 1,               \
    .wrap = wrap_diagnostic
#define SHAPE_MESSAGE_TRACE_CSV                                                                    \
    .files = {[FEED_TRACE] = "message-trace"}, .ending = ".csv",                                   \
    .open = "\"Received\",\"SenderAddress\",\"RecipientAddress\",\"Subject\",\"Status\","          \
            "\"MessageTraceId\",\"MessageId\",\"FromIP\",\"ToIP\",\"Size\"\r\n",                   \
    .separator = "", .close = "", .rows = FILE_ROWS_CSV, .late_percent = 3, .wrap = wrap_nothing
    DIALECT_LIST(X)
#undef X
};
