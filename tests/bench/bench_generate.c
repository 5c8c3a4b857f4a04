// Writes made-up logs for benchmarks: Unified Audit Log as JSON lines or CSV (mix and sizes of the real
// thing: about 1.3 KB a record, two thirds MailItemsAccessed), and Windows process-creation and
// registry events of about 1.5 KB and 40 fields.
// SPDX-License-Identifier: Apache-2.0
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint64_t state = 20261122;

static uint32_t random_below(uint32_t n)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (uint32_t)(state >> 32) % n;
}

static char *guid(char text[37])
{
    snprintf(text, 37, "%08x-%04x-4%03x-%04x-%06x%06x", random_below(UINT32_MAX),
             random_below(65536), random_below(4096), 0x8000 | random_below(0x4000),
             random_below(1 << 24), random_below(1 << 24));
    return text;
}

struct text {
    char at[16384];
    size_t len;
};

#define ADD(text, ...)                                                                             \
    ((text)->len +=                                                                                \
     (size_t)snprintf((text)->at + (text)->len, sizeof(text)->at - (text)->len, __VA_ARGS__))

struct client {
    const char *app, *client_app, *info;
    int record_type;
};

static const struct client clients[] = {
    {"00000002-0000-0ff1-ce00-000000000000", "",
     "Client=OWA;Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
     "Chrome/126.0.0.0 Safari/537.36;",
     50},
    {"00000003-0000-0000-c000-000000000000", "27922004-5251-4030-b22d-91ecd9a37ea4",
     "Client=REST;;", 50},
    {"8a18aa92-0000-4f3c-9c00-0f0f0f0f0f0f", "", "Client=REST;Client=RESTSystem;;", 50},
    {"d3590ed6-52b3-4102-aeff-aad2292ab01c", "", "Client=MSExchangeRPC", 2},
};

static void add_common(struct text *t, const char *operation, int record_type, const char *workload,
                       unsigned user)
{
    char id[37], session[37];
    unsigned second = random_below(30 * 86400);
    ADD(t,
        "{\"AppAccessContext\":{\"AADSessionId\":\"%s\",\"CorrelationId\":\"%s\",\"IssuedAtTime\":"
        "\"2026-05-01T08:00:00\",\"UniqueTokenId\":\"LqVzINbCskC74Dl3tec2AA\"},",
        guid(session), guid(id));
    ADD(t,
        "\"CreationTime\":\"2026-05-%02uT%02u:%02u:%02u\",\"Id\":\"%s\",\"Operation\":\"%s\","
        "\"OrganizationId\":\"8d4121ed-0008-406d-bff9-0d5bb312183c\",\"RecordType\":%d,"
        "\"ResultStatus\":\"Succeeded\",\"UserKey\":\"10032001%08X\",\"UserType\":0,\"Version\":1,"
        "\"Workload\":\"%s\",\"UserId\":\"user%05u@contoso.example\",",
        1 + second / 86400, second / 3600 % 24, second / 60 % 60, second % 60, guid(id), operation,
        record_type, user, workload, user);
}

static void mail_record(struct text *t)
{
    const struct client *client = &clients[random_below(4)];
    unsigned user = random_below(5000);
    char a[37], b[37], c[37];
    add_common(t, "MailItemsAccessed", client->record_type, "Exchange", user);
    ADD(t,
        "\"AppId\":\"%s\",\"ClientAppId\":\"%s\",\"ClientIPAddress\":\"203.0.113.%u\","
        "\"ClientInfoString\":\"%s\",\"ExternalAccess\":false,\"InternalLogonType\":0,"
        "\"LogonType\":0,\"LogonUserSid\":\"S-1-5-21-1004336348-1177238915-682003330-%u\","
        "\"MailboxGuid\":\"%s\",\"MailboxOwnerSid\":\"S-1-5-21-1004336348-1177238915-682003330-%u\","
        "\"MailboxOwnerUPN\":\"user%05u@contoso.example\",",
        client->app, client->client_app, random_below(256), client->info, user, guid(a), user,
        user);
    ADD(t,
        "\"OperationProperties\":[{\"Name\":\"MailAccessType\",\"Value\":\"Bind\"},{\"Name\":"
        "\"IsThrottled\",\"Value\":\"False\"}],\"OrganizationName\":\"contoso.onmicrosoft.com\","
        "\"OriginatingServer\":\"TY0PR03MB6952 (15.20.6433.019)\\r\\n\",\"SessionId\":\"%s\","
        "\"Folders\":[{\"FolderItems\":[",
        guid(b));
    unsigned items = 1 + random_below(2);
    for (unsigned i = 0; i < items; i++)
        ADD(t, "%s{\"InternetMessageId\":\"<%s@contoso.example>\",\"SizeInBytes\":%u}",
            i ? "," : "", guid(c), random_below(90000));
    ADD(t, "],\"Id\":\"LgAAAAB%s\",\"Path\":\"\\\\Inbox\"}],\"OperationCount\":%u}", guid(a),
        items);
}

static void signin_record(struct text *t)
{
    unsigned user = random_below(5000);
    char a[37], b[37];
    add_common(t, random_below(12) ? "UserLoggedIn" : "UserLoginFailed", 15, "AzureActiveDirectory",
               user);
    ADD(t,
        "\"ClientIP\":\"198.51.100.%u\",\"ActorIpAddress\":\"198.51.100.%u\",\"AzureActiveDirectory"
        "EventType\":1,\"ExtendedProperties\":[{\"Name\":\"ResultStatusDetail\",\"Value\":"
        "\"Success\"},{\"Name\":\"UserAgent\",\"Value\":\"Mozilla/5.0 (Windows NT 10.0; Win64; x64) "
        "AppleWebKit/537.36\"},{\"Name\":\"RequestType\",\"Value\":\"OAuth2:Authorize\"}],"
        "\"ModifiedProperties\":[],\"Actor\":[{\"ID\":\"%s\",\"Type\":0},{\"ID\":"
        "\"user%05u@contoso.example\",\"Type\":5}],\"DeviceProperties\":[{\"Name\":\"OS\",\"Value\":"
        "\"Windows10\"},{\"Name\":\"BrowserType\",\"Value\":\"Chrome\"},{\"Name\":\"SessionId\","
        "\"Value\":\"%s\"}],\"ApplicationId\":\"4765445b-32c6-49b0-83e6-1d93765276ca\","
        "\"ErrorNumber\":\"0\"}",
        random_below(256), random_below(256), guid(a), user, guid(b));
}

static void file_record(struct text *t)
{
    unsigned user = random_below(5000);
    char a[37];
    add_common(t, random_below(2) ? "FileAccessed" : "FileModified", 6, "SharePoint", user);
    ADD(t,
        "\"ClientIP\":\"198.51.100.%u\",\"CorrelationId\":\"%s\",\"EventSource\":\"SharePoint\","
        "\"ItemType\":\"File\",\"ObjectId\":\"https://contoso.sharepoint.example/sites/s%u/Shared "
        "Documents/report-%u.docx\",\"Site\":\"%s\",\"UserAgent\":\"Mozilla/5.0 (Windows NT 10.0; "
        "Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36\","
        "\"SourceFileExtension\":\"docx\",\"SiteUrl\":\"https://contoso.sharepoint.example/sites/"
        "s%u/\",\"SourceFileName\":\"report-%u.docx\",\"SourceRelativeUrl\":\"Shared Documents\"}",
        random_below(256), guid(a), user % 90, user, guid(a), user % 90, user);
}

static void item_record(struct text *t)
{
    static const char *const operations[] = {"Send", "Create", "MoveToDeletedItems", "Update",
                                             "SoftDelete"};
    unsigned user = random_below(5000);
    char a[37], b[37];
    add_common(t, operations[random_below(5)], 2, "Exchange", user);
    ADD(t,
        "\"ClientIPAddress\":\"2001:db8::%x\",\"ClientInfoString\":\"Client=OWA;Action=ViaProxy\","
        "\"ExternalAccess\":false,\"InternalLogonType\":0,\"LogonType\":0,\"MailboxGuid\":\"%s\","
        "\"MailboxOwnerUPN\":\"user%05u@contoso.example\",\"OrganizationName\":"
        "\"contoso.onmicrosoft.com\",\"OriginatingServer\":\"TY0PR03MB6952 (15.20.6433.019)\\r\\n\","
        "\"SessionId\":\"%s\",\"Item\":{\"Id\":\"RgAAAAC%s\",\"InternetMessageId\":"
        "\"<%s@contoso.example>\",\"ParentFolder\":{\"Id\":\"LgAAAAB\",\"Path\":\"\\\\Drafts\"},"
        "\"SizeInBytes\":%u,\"Subject\":\"Quarterly figures %u\"}}",
        random_below(65536), guid(a), user, guid(b), guid(a), guid(b), random_below(90000), user);
}

static void audit_record(struct text *t)
{
    unsigned kind = random_below(30);
    if (kind < 20)
        mail_record(t);
    else if (kind < 24)
        signin_record(t);
    else if (kind < 27)
        file_record(t);
    else
        item_record(t);
}

static const char *const images[] = {
    "C:\\\\Windows\\\\System32\\\\svchost.exe",
    "C:\\\\Windows\\\\System32\\\\cmd.exe",
    "C:\\\\Windows\\\\explorer.exe",
    "C:\\\\Program Files\\\\Git\\\\bin\\\\git.exe",
    "C:\\\\Windows\\\\System32\\\\conhost.exe",
    "C:\\\\Windows\\\\System32\\\\taskhostw.exe",
    "C:\\\\Program Files (x86)\\\\Microsoft\\\\Edge\\\\Application\\\\msedge.exe",
    "C:\\\\Windows\\\\System32\\\\WindowsPowerShell\\\\v1.0\\\\powershell.exe",
    "C:\\\\Program Files\\\\Microsoft Office\\\\root\\\\Office16\\\\OUTLOOK.EXE",
    "C:\\\\Windows\\\\System32\\\\reg.exe",
};

static void windows_record(struct text *t)
{
    char a[37], b[37];
    bool is_registry = random_below(4) == 0;
    const char *image = images[random_below(10)], *parent = images[random_below(10)];
    ADD(t,
        "{\"EventID\":%d,\"Channel\":\"Microsoft-Windows-Sysmon/Operational\",\"Provider_Name\":"
        "\"Microsoft-Windows-Sysmon\",\"Computer\":\"ws%04u.contoso.example\",\"UtcTime\":"
        "\"2026-05-%02u %02u:%02u:%02u.123\",\"RuleName\":\"-\",\"EventRecordID\":%u,\"ProcessGuid\":"
        "\"{%s}\",\"ProcessId\":%u,\"Image\":\"%s\",\"User\":\"CONTOSO\\\\user%04u\",",
        is_registry ? 13 : 1, random_below(2000), 1 + random_below(28), random_below(24),
        random_below(60), random_below(60), random_below(1 << 30), guid(a), random_below(60000),
        image, random_below(3000));
    if (is_registry)
        ADD(t,
            "\"EventType\":\"SetValue\",\"TargetObject\":\"HKU\\\\S-1-5-21-1004336348-1177238915\\\\"
            "Software\\\\Microsoft\\\\Windows\\\\CurrentVersion\\\\Explorer\\\\Shell%u\",\"Details\":"
            "\"DWORD (0x%08x)\",",
            random_below(1000), random_below(UINT32_MAX));
    else
        ADD(t,
            "\"FileVersion\":\"10.0.19041.%u\",\"Description\":\"Windows component\",\"Product\":"
            "\"Microsoft Windows Operating System\",\"Company\":\"Microsoft Corporation\","
            "\"OriginalFileName\":\"component%u.exe\",\"CommandLine\":\"\\\"%s\\\" -k netsvcs -p -s "
            "Service%u --type=renderer --field-trial-handle=%u\",\"CurrentDirectory\":"
            "\"C:\\\\Windows\\\\system32\\\\\",\"LogonGuid\":\"{%s}\",\"LogonId\":\"0x%x\","
            "\"TerminalSessionId\":1,\"IntegrityLevel\":\"Medium\",\"Hashes\":\"SHA256=%08X%08X%08X"
            "%08X\",\"ParentProcessId\":%u,\"ParentImage\":\"%s\",\"ParentCommandLine\":\"%s "
            "/background\",\"ParentUser\":\"CONTOSO\\\\user\",",
            random_below(3000), random_below(500), image, random_below(400), random_below(99999),
            guid(b), random_below(1 << 30), random_below(UINT32_MAX), random_below(UINT32_MAX),
            random_below(UINT32_MAX), random_below(UINT32_MAX), random_below(60000), parent,
            parent);
    for (unsigned i = 0; i < 14; i++)
        ADD(t, "\"Extra%02u\":\"value %08x of field %u\",", i, random_below(UINT32_MAX), i);
    ADD(t, "\"Keywords\":\"0x8000000000000000\",\"Level\":\"4\",\"Task\":%d,\"Version\":5}",
        is_registry ? 13 : 1);
}

// The record as a row of Search-UnifiedAuditLog | Export-Csv.
static void csv_row(const struct text *record, FILE *out, unsigned long number)
{
    fputs("\"ExchangeItemAggregated\",\"5/1/2026 8:13:00 AM\",\"user@contoso.example\","
          "\"MailItemsAccessed\",\"",
          out);
    for (size_t i = 0; i < record->len; i++) {
        if (record->at[i] == '"')
            fputc('"', out);
        fputc(record->at[i], out);
    }
    fprintf(out, "\",\"%lu\",\"50000\",\"x\",\"True\",\"Unchanged\"\n", number);
}

int main(int argc, char **argv)
{
    if (argc != 4) {
        fprintf(stderr, "usage: bench_generate ual|csv|windows MEGABYTES FILE\n");
        return 3;
    }
    bool is_csv = strcmp(argv[1], "csv") == 0, is_windows = strcmp(argv[1], "windows") == 0;
    unsigned long long limit = strtoull(argv[2], NULL, 10) * 1000000ULL, written = 0;
    FILE *out = fopen(argv[3], "w");
    static struct text record;
    if (!out) {
        perror(argv[3]);
        return 3;
    }
    if (is_csv)
        fputs("\"RecordType\",\"CreationDate\",\"UserIds\",\"Operations\",\"AuditData\","
              "\"ResultIndex\",\"ResultCount\",\"Identity\",\"IsValid\",\"ObjectState\"\n",
              out);
    for (unsigned long n = 1; written < limit; n++) {
        record.len = 0;
        if (is_windows)
            windows_record(&record);
        else
            audit_record(&record);
        written += record.len + 1;
        if (is_csv) {
            csv_row(&record, out, n);
            continue;
        }
        fwrite(record.at, 1, record.len, out);
        fputc('\n', out);
    }
    return fclose(out) == 0 ? 0 : 3;
}
