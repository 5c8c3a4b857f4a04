// Containers: every row of CONTAINER_LIST is recognised by content and its records come out unwrapped,
// with a byte order mark, with CRLF, and however the bytes are cut into pieces.
// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "support/reading.h"

#define AUDIT "{\"CreationTime\":\"2026-05-01T08:00:00\",\"Id\":\"a\",\"Operation\":\"Send\"}"
#define DOUBLED                                                                                    \
    "{\"\"CreationTime\"\":\"\"2026-05-01T08:00:00\"\",\"\"Id\"\":\"\"a\"\","                      \
    "\"\"Operation\"\":\"\"Send\"\"}"
#define ESCAPED                                                                                    \
    "{\\\"CreationTime\\\":\\\"2026-05-01T08:00:00\\\",\\\"Id\\\":\\\"a\\\","                      \
    "\\\"Operation\\\":\\\"Send\\\"}"

struct row {
    enum container_id id;
    enum framing framing;
    const char *name; // what the case shows
    const char *bytes;
    const char *records;
    const char *unread;
    const char *category; // of the first record, or NULL
    bool is_fixed;        // CRLF instead of LF would change the records
};

static const struct row rows[] = {
    {CONTAINER_EMPTY, FRAMING_VALUES, "nothing", "", "", "", NULL, false},
    {CONTAINER_EMPTY, FRAMING_VALUES, "blanks", " \n\n\t ", "", "", NULL, false},
    {CONTAINER_PURVIEW_CSV, FRAMING_CSV, "new columns",
     "RecordId,CreationDate,RecordType,Operation,UserId,AuditData\n"
     "a,5/1/2026 8:00:00 AM,2,Send,u@x.com,\"" DOUBLED "\"\n",
     AUDIT "\n", "", NULL, false},
    {CONTAINER_PURVIEW_CSV, FRAMING_CSV, "old columns",
     "CreationDate,UserIds,Operations,AuditData\n"
     "2026-05-01,u@x.com,Send,\"" DOUBLED "\"",
     AUDIT "\n", "", NULL, false},
    {CONTAINER_SEARCH_UAL_CSV, FRAMING_CSV, "with #TYPE line and everything quoted",
     "#TYPE Selected.System.Management.Automation.PSObject\n"
     "\"RecordType\",\"CreationDate\",\"UserIds\",\"Operations\",\"AuditData\",\"Identity\"\n"
     "\"ExchangeItem\",\"6/3/2023 8:13:00 AM\",\"u\",\"Send\",\"" DOUBLED "\",\"a\"\n\n",
     AUDIT "\n", "", NULL, false},
    {CONTAINER_SEARCH_UAL_CSV, FRAMING_CSV, "semicolons, and the header repeated",
     "RecordType;CreationDate;UserIds;Operations;AuditData;Identity\n"
     "ExchangeItem;x;u;Send;\"" DOUBLED "\";a\n"
     "RecordType;CreationDate;UserIds;Operations;AuditData;Identity\n"
     "ExchangeItem;x;u;Send;\"" DOUBLED "\";a\n",
     AUDIT "\n" AUDIT "\n", "", NULL, false},
    {CONTAINER_SEARCH_UAL_JSON, FRAMING_VALUES, "AuditData as text",
     "    [{\n        \"RecordType\":  \"ExchangeAdmin\",\n"
     "        \"CreationDate\":  \"\\/Date(1728364117000)\\/\",\n"
     "        \"AuditData\":  \"" ESCAPED "\"\n    },\n"
     "    {\n        \"AuditData\":  \"" ESCAPED "\"\n    }]\n",
     AUDIT "\n" AUDIT "\n", "", NULL, false},
    {CONTAINER_SEARCH_UAL_JSON, FRAMING_LINES, "AuditData as an object",
     "{\"UserIds\":\"u\",\"AuditData\":" AUDIT "}\n", AUDIT "\n", "", NULL, false},
    {CONTAINER_SEARCH_UAL_JSON, FRAMING_LINES, "AuditData flattened or empty is told",
     "{\"UserIds\":\"u\",\"AuditData\":\"@{CreationTime=1}\"}\n{\"AuditData\":\"\"}\n", "",
     "0+47 1: AuditData was flattened by ConvertTo-Json without -Depth\n"
     "48+16 2: AuditData is empty\n",
     NULL, true},
    {CONTAINER_MANAGEMENT_API, FRAMING_VALUES, "an array in one line",
     "[" AUDIT "," AUDIT "," AUDIT "]", AUDIT "\n" AUDIT "\n" AUDIT "\n", "", NULL, false},
    {CONTAINER_GRAPH_AUDIT_QUERY, FRAMING_VALUES, "value[] with auditData",
     "{\"@odata.context\":\"https://graph\",\"@odata.count\":1,\"value\":[{\"id\":\"a\","
     "\"createdDateTime\":\"2026-05-01T08:00:00Z\",\"auditLogRecordType\":\"exchangeItem\","
     "\"auditData\":" AUDIT "}],\"@odata.nextLink\":\"https://graph/[\"}",
     AUDIT "\n", "", NULL, false},
    {CONTAINER_EXTRACTOR_SUITE, FRAMING_VALUES, "arrays one after another with blank lines",
     "[\n" AUDIT ",\n" AUDIT "\n]\n\n\n[\n" AUDIT "\n]\n\n" AUDIT "\n",
     AUDIT "\n" AUDIT "\n" AUDIT "\n" AUDIT "\n", "", NULL, false},
    {CONTAINER_UAL_JSON_LINES, FRAMING_LINES, "lines", AUDIT "\n\n" AUDIT "\n" AUDIT,
     AUDIT "\n" AUDIT "\n" AUDIT "\n", "", NULL, false},
    {CONTAINER_FLATTENED_CSV, FRAMING_CSV, "columns of parsed AuditData",
     "CreationTime,Id,Operation,Folders,UserId\n"
     "2026-05-01T08:00:00,a,MailItemsAccessed,System.Object[],\n",
     "{\"CreationTime\":\"2026-05-01T08:00:00\",\"Id\":\"a\",\"Operation\":\"MailItemsAccessed\","
     "\"Folders\":\"System.Object[]\"}\n",
     "", NULL, false},
    {CONTAINER_ENTRA_PORTAL_CSV, FRAMING_CSV, "display names",
     "Date (UTC),Request ID,User,\"Sign-in error code\"\n"
     "2026-05-01T08:00:00Z,a,\"Doe, Jane\",0\n",
     "{\"Date (UTC)\":\"2026-05-01T08:00:00Z\",\"Request ID\":\"a\",\"User\":\"Doe, Jane\","
     "\"Sign-in error code\":\"0\"}\n",
     "", NULL, false},
    {CONTAINER_ENTRA_PORTAL_JSON, FRAMING_VALUES, "array",
     "[\n  {\n    \"id\": \"a\",\n    \"createdDateTime\": \"2026-05-01T08:00:00Z\"\n  }\n]",
     "{\"id\":\"a\",\"createdDateTime\":\"2026-05-01T08:00:00Z\"}\n", "", NULL, false},
    {CONTAINER_GRAPH_JSON, FRAMING_VALUES, "value[] of sign-ins, two pages",
     "{\"@odata.context\":\"c\",\"value\":[{\"id\":\"a\",\"createdDateTime\":\"t\"}]}\n"
     "{\"@odata.context\":\"c\",\"value\":[{\"id\":\"b\",\"createdDateTime\":\"t\"}]}\n",
     "{\"id\":\"a\",\"createdDateTime\":\"t\"}\n{\"id\":\"b\",\"createdDateTime\":\"t\"}\n", "",
     NULL, false},
    {CONTAINER_AZURE_DIAGNOSTIC, FRAMING_VALUES, "records[]",
     "{\"records\":[{\"time\":\"t\",\"category\":\"NonInteractiveUserSignInLogs\","
     "\"operationName\":\"Sign-in activity\",\"properties\":{\"id\":\"a\"}}]}",
     "{\"time\":\"t\",\"category\":\"NonInteractiveUserSignInLogs\","
     "\"operationName\":\"Sign-in activity\",\"properties\":{\"id\":\"a\"}}\n",
     "", "NonInteractiveUserSignInLogs", false},
    {CONTAINER_AZURE_DIAGNOSTIC, FRAMING_LINES, "lines",
     "{\"time\":\"t\",\"category\":\"AuditLogs\",\"properties\":{\"id\":\"a\"}}\n"
     "{\"time\":\"t\",\"category\":\"Unheard\",\"properties\":{\"id\":\"b\"}}\n",
     "{\"time\":\"t\",\"category\":\"AuditLogs\",\"properties\":{\"id\":\"a\"}}\n"
     "{\"time\":\"t\",\"category\":\"Unheard\",\"properties\":{\"id\":\"b\"}}\n",
     "", "AuditLogs", false},
    {CONTAINER_LOG_ANALYTICS_CSV, FRAMING_CSV, "dynamic columns, [UTC], folded twins",
     "TimeGenerated [UTC],Status_dynamic,Status_string,Empty,Type\n"
     "\"4/28/2021, 2:19:28.000 PM\",\"{\"\"errorCode\"\":50057}\",,,SigninLogs\n"
     "x,,text,,SigninLogs\n",
     "{\"TimeGenerated\":\"4/28/2021, 2:19:28.000 PM\",\"Status\":{\"errorCode\":50057},"
     "\"Type\":\"SigninLogs\"}\n"
     "{\"TimeGenerated\":\"x\",\"Status\":\"text\",\"Type\":\"SigninLogs\"}\n",
     "", "SigninLogs", false},
    {CONTAINER_LOG_ANALYTICS_CSV, FRAMING_CSV, "$table",
     "$table,TenantId,Level\nAzureActivity,t,Info\n",
     "{\"$table\":\"AzureActivity\",\"TenantId\":\"t\",\"Level\":\"Info\"}\n", "", "AzureActivity",
     false},
    {CONTAINER_DEFENDER_CSV, FRAMING_CSV, "RawEventData",
     "Timestamp,ActionType,RawEventData,CountryCode\n"
     "t,Send,\"" DOUBLED "\",DE\nt,Other,,DE\n",
     AUDIT "\n{\"Timestamp\":\"t\",\"ActionType\":\"Other\",\"CountryCode\":\"DE\"}\n", "",
     "CloudAppEvents", false},
    {CONTAINER_SIEM_EXPORT, FRAMING_CSV, "Splunk CSV", "_time,_raw,punct\n1,\"" DOUBLED "\",..\n",
     AUDIT "\n", "", NULL, false},
    {CONTAINER_SIEM_EXPORT, FRAMING_LINES, "Splunk JSON",
     "{\"preview\":false,\"offset\":0,\"result\":{\"_raw\":\"" ESCAPED "\",\"_time\":\"1\"}}\n"
     "{\"preview\":false,\"offset\":1,\"result\":{\"Operation\":\"Send\"}}\n",
     AUDIT "\n{\"Operation\":\"Send\"}\n", "", NULL, false},
    {CONTAINER_SIEM_EXPORT, FRAMING_VALUES, "Elasticsearch answer",
     "{\"took\":1,\"_shards\":{\"total\":1},\"hits\":{\"total\":{\"value\":1},\"max_score\":1.0,"
     "\"hits\":[{\"_index\":\"i\",\"_source\":{\"@timestamp\":\"t\",\"o365\":{\"audit\":" AUDIT
     "}}}]},\"aggregations\":{}}",
     AUDIT "\n", "", NULL, false},
    {CONTAINER_SIEM_EXPORT, FRAMING_LINES, "Elastic event.original",
     "{\"@timestamp\":\"t\",\"event\":{\"original\":\"" ESCAPED "\"}}\n", AUDIT "\n", "", NULL,
     false},
    {CONTAINER_SIEM_EXPORT, FRAMING_LINES, "Elastic dotted names",
     "{\"o365.audit.Operation\":\"Send\",\"o365.audit.AppAccessContext.AADSessionId\":\"s\","
     "\"o365.audit.AppAccessContext.UniqueTokenId\":\"u\",\"o365.audit.Id\":\"a\",\"x\":1}\n",
     "{\"Operation\":\"Send\",\"AppAccessContext\":{\"AADSessionId\":\"s\",\"UniqueTokenId\":\"u\"},"
     "\"Id\":\"a\"}\n",
     "", NULL, false},
    {CONTAINER_SIEM_EXPORT, FRAMING_LINES, "Elastic's azure integration",
     "{\"@timestamp\":\"t\",\"event\":{\"kind\":\"event\"},\"azure\":{\"signinlogs\":{"
     "\"operation_name\":\"Sign-in activity\",\"properties\":{\"user_principal_name\":\"u\","
     "\"status\":{\"error_code\":0}}}}}\n",
     "{\"time\":\"t\",\"category\":\"SignInLogs\",\"operationName\":\"Sign-in activity\","
     "\"properties\":{\"userPrincipalName\":\"u\",\"status\":{\"errorCode\":0}}}\n",
     "", "SignInLogs", false},
    {CONTAINER_MESSAGE_TRACE_CSV, FRAMING_CSV, "Get-MessageTrace",
     "Received,SenderAddress,RecipientAddress,Subject,MessageTraceId\nt,a@x,b@x,Hi,m\n",
     "{\"Received\":\"t\",\"SenderAddress\":\"a@x\",\"RecipientAddress\":\"b@x\",\"Subject\":\"Hi\","
     "\"MessageTraceId\":\"m\"}\n",
     "", NULL, false},
    {CONTAINER_JSON_LINES, FRAMING_LINES, "any lines", "{\"a\":1}\n{\"b\":[1,2]}\n",
     "{\"a\":1}\n{\"b\":[1,2]}\n", "", NULL, false},
    {CONTAINER_JSON_LINES, FRAMING_LINES, "arrays, wrappers and scalars among lines",
     "{\"a\":1}\n{\"a\":2}\n[{\"a\":3},7]\n{\"value\":[{\"a\":4}]}\n8\n",
     "{\"a\":1}\n{\"a\":2}\n{\"a\":3}\n{\"a\":4}\n",
     "16+11 3: a record must be a JSON object, this is a number\n"
     "48+1 5: a record must be a JSON object, this is a number\n",
     NULL, true},
    {CONTAINER_JSON_VALUES, FRAMING_VALUES, "pretty values with commas between",
     "{\n  \"a\": 1\n},\n{\n  \"a\": \"}\\\"{[\"\n}\n", "{\"a\":1}\n{\"a\":\"}\\\"{[\"}\n", "",
     NULL, false},
    {CONTAINER_JSON_VALUES, FRAMING_VALUES, "a user's own wrapper",
     "{\"tenant\":\"x\",\"made\":[1,{}],\"records\":[{\"a\":1},{\"a\":2}],\"end\":{\"n\":[2]}}",
     "{\"a\":1}\n{\"a\":2}\n", "", NULL, false},
    {CONTAINER_JSON_VALUES, FRAMING_VALUES, "a record that looks like a wrapper is none",
     "[{\"user\":\"x\",\"results\":[{\"a\":1}]},{\"value\":[1,2]}]",
     "{\"user\":\"x\",\"results\":[{\"a\":1}]}\n{\"value\":[1,2]}\n", "", NULL, false},
    {CONTAINER_CSV, FRAMING_CSV, "any table", "name,age\nAda,36\n\"B, C\",\n",
     "{\"name\":\"Ada\",\"age\":\"36\"}\n{\"name\":\"B, C\"}\n", "", NULL, false},
    {CONTAINER_CSV, FRAMING_CSV, "a list", "IPAddress\n192.0.2.1\n192.0.2.2\n",
     "{\"IPAddress\":\"192.0.2.1\"}\n{\"IPAddress\":\"192.0.2.2\"}\n", "", NULL, false},
    {CONTAINER_TEXT, FRAMING_CSV, "prose", "This is no log.\nNor is this, is it?\n", "",
     "0+36 1: text that is neither JSON nor CSV with a header row\n", NULL, true},
    {CONTAINER_UNKNOWN, FRAMING_LINES, "a web page", "<!DOCTYPE html><html>Sign in</html>", "",
     "0+35 1: an HTML or XML page, not an export of logs (was the download answered with a sign-in "
     "or error page?)\n",
     NULL, true},
};

static void check(const struct row *row, struct str bytes, size_t first, size_t piece)
{
    struct reading reading;
    reading_init(&reading, bytes, first, piece);
    buf_add_char(&reading.records, '\0');
    if (strcmp(reading.records.at, row->records) != 0 || reading.id != row->id ||
        reading.framing != row->framing)
        fail_msg("%s, pieces of %zu and %zu: %s, framing %d, records\n%s", row->name, first, piece,
                 container_name(reading.id), (int)reading.framing, reading.records.at);
    size_t expected = 0;
    for (const char *at = row->unread; *at; at++)
        expected += *at == '\n';
    assert_int_equal(reading.unread_count, expected);
    if (row->category && !str_starts(buf_str(&reading.categories), str_from(row->category)))
        fail_msg("%s: category %s", row->name, reading.categories.at);
    reading_done(&reading);
}

static void every_container_is_recognised(void **state)
{
    (void)state;
    bool seen[CONTAINER_COUNT] = {false};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct reading reading;
        check(&rows[i], str_from(rows[i].bytes), 0, 0);
        reading_init(&reading, str_from(rows[i].bytes), 0, 0);
        buf_add_char(&reading.unread, '\0');
        assert_string_equal(reading.unread.at, rows[i].unread);
        reading_done(&reading);
        seen[rows[i].id] = true;
    }
    for (int id = 0; id < CONTAINER_COUNT; id++)
        if (!seen[id])
            fail_msg("no case for %s", container_name(id));
}

static void a_byte_order_mark_changes_nothing(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct buf bytes;
        buf_init(&bytes);
        buf_add(&bytes, S("\xef\xbb\xbf"));
        buf_add(&bytes, str_from(rows[i].bytes));
        check(&rows[i], buf_str(&bytes), 0, 0);
        buf_done(&bytes);
    }
}

static void crlf_changes_nothing(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (rows[i].is_fixed)
            continue;
        struct buf bytes;
        buf_init(&bytes);
        for (const char *at = rows[i].bytes; *at; at++) {
            if (*at == '\n')
                buf_add_char(&bytes, '\r');
            buf_add_char(&bytes, *at);
        }
        check(&rows[i], buf_str(&bytes), 0, 0);
        buf_done(&bytes);
    }
}

static void pieces_of_any_size_give_the_same(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct str bytes = str_from(rows[i].bytes);
        check(&rows[i], bytes, 0, 1);
        for (size_t first = 1; first < bytes.len; first++)
            check(&rows[i], bytes, first, 0);
    }
}

static void binary_bytes_are_one_unread_stretch(void **state)
{
    (void)state;
    char bytes[3000];
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (char)(i * 37);
    struct reading reading;
    reading_init(&reading, str_of(bytes, sizeof bytes), 0, 100);
    assert_int_equal(reading.id, CONTAINER_UNKNOWN);
    buf_add_char(&reading.unread, '\0');
    assert_string_equal(reading.unread.at,
                        "0+3000 1: not text; no container of audit logs is recognised\n");
    reading_done(&reading);
}

static void invalid_utf8_is_repaired(void **state)
{
    (void)state;
    static const char *const inputs[] = {
        "{\"a\":\"x\xff\"}\n{\"a\":\"y\"}\n",
        "{\"AuditData\":\"{\\\"a\\\":\\\"x\xff\\\"}\"}\n{\"AuditData\":\"{\\\"a\\\":\\\"y\\\"}\"}\n",
        "AuditData,b\n\"{\"\"a\"\":\"\"x\xff\"\"}\",1\n\"{\"\"a\"\":\"\"y\"\"}\",1\n",
        "a,b\nx\xff,\ny,\n",
    };
    for (size_t i = 0; i < sizeof inputs / sizeof *inputs; i++) {
        struct reading reading;
        reading_init(&reading, str_from(inputs[i]), 0, 0);
        buf_add_char(&reading.records, '\0');
        assert_string_equal(reading.records.at, "{\"a\":\"x\xef\xbf\xbd\"}\n{\"a\":\"y\"}\n");
        assert_int_equal(reading.unread_count, 0);
        reading_done(&reading);
    }
}

static void joined_files_may_have_marks_at_their_seams(void **state)
{
    (void)state;
    static const char *const inputs[] = {
        "{\"a\":\"1\"}\n{\"a\":\"2\"}\n\xef\xbb\xbf{\"a\":\"3\"}\n",
        "[{\"a\":\"1\"},{\"a\":\"2\"}]\xef\xbb\xbf[{\"a\":\"3\"}]",
        "\"a\",b\n1,\n2,\n\xef\xbb\xbf\"a\",b\n3,\n",
    };
    for (size_t i = 0; i < sizeof inputs / sizeof *inputs; i++) {
        struct reading reading;
        reading_init(&reading, str_from(inputs[i]), 0, 0);
        buf_add_char(&reading.records, '\0');
        assert_string_equal(reading.records.at, "{\"a\":\"1\"}\n{\"a\":\"2\"}\n{\"a\":\"3\"}\n");
        assert_int_equal(reading.unread_count, 0);
        reading_done(&reading);
    }
}

static void the_wrapper_is_kept_beside_the_record(void **state)
{
    (void)state;
    static const struct {
        const char *bytes, *outer;
    } cases[] = {
        {"RecordType,UserIds,AuditData,Identity\n1,u,\"{\"\"x\"\":1}\",a\n",
         "{\"RecordType\":\"1\",\"UserIds\":\"u\",\"Identity\":\"a\"}\n"},
        {"RecordType,UserIds,AuditData,Identity\n1,u,\"" DOUBLED "\",a\n", "-\n"}, // says it all
        {"{\"CreationDate\":\"d\",\"AuditData\":{\"x\":1}}\n",
         "{\"CreationDate\":\"d\",\"AuditData\":{\"x\":1}}\n"},
        {AUDIT "\n", "-\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct reading reading;
        reading_init(&reading, str_from(cases[i].bytes), 0, 0);
        buf_add_char(&reading.outers, '\0');
        assert_string_equal(reading.outers.at, cases[i].outer);
        reading_done(&reading);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_container_is_recognised),
        cmocka_unit_test(a_byte_order_mark_changes_nothing),
        cmocka_unit_test(crlf_changes_nothing),
        cmocka_unit_test(pieces_of_any_size_give_the_same),
        cmocka_unit_test(binary_bytes_are_one_unread_stretch),
        cmocka_unit_test(invalid_utf8_is_repaired),
        cmocka_unit_test(joined_files_may_have_marks_at_their_seams),
        cmocka_unit_test(the_wrapper_is_kept_beside_the_record),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
