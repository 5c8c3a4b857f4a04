// Writes Unified Audit Logs in which one thing is far more than in any tenant (one user with everything, a new
// session, address or program with each record, a finding in each), and rules of which each matches every record.
// SPDX-License-Identifier: Apache-2.0
//
//   bench_hostile KIND RECORDS FILE      a log of about 1.1 KB a record
//   bench_hostile rules COUNT FOLDER     COUNT rules in a folder that is there
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SPAN (30ULL * 86400) // seconds that a log covers, from 2026-05-01 on
#define TENANT "8d4121ed-0008-406d-bff9-0d5bb312183c"

// Whose record number n of a log is; the numbers become names. Fields are numbers of their own kind.
struct part {
    uint64_t user, session, address, program;
};

// What is divided by what: `each` records in a row have one number, or numbers go round among `round`. 0: always one.
struct spread {
    uint64_t each, round;
};

struct kind {
    const char *name, *text;
    struct spread user, session, address, program;
    bool
        is_rule; // each record is a New-InboxRule, which a rule of ours finds; otherwise mail is read
};

// ten_each has as many users as a tenth of the records: `round` is filled in when the number is known.
#define A_TENTH UINT64_MAX

static const struct kind kinds[] = {
    {"one_user", "one user with all records", {0, 1}, {100, 0}, {0, 8}, {0, 4}, false},
    {"ten_each",
     "ten records of each user",
     {0, A_TENTH},
     {0, A_TENTH},
     {0, A_TENTH},
     {0, 4},
     false},
    {"new_session",
     "each record a session and token of its own",
     {0, 5000},
     {1, 0},
     {0, 5000},
     {0, 4},
     false},
    {"new_address",
     "each record from an address of its own",
     {0, 5000},
     {0, 5000},
     {1, 0},
     {0, 4},
     false},
    {"new_program",
     "each record by a program of its own",
     {0, 5000},
     {0, 5000},
     {0, 5000},
     {1, 0},
     false},
    {"ordinary",
     "5,000 users at home, for comparison",
     {0, 5000},
     {0, 5000},
     {0, 5000},
     {0, 4},
     false},
    {"finding_each",
     "each record a finding of a user of its own",
     {1, 0},
     {1, 0},
     {1, 0},
     {0, 4},
     true},
};

static uint64_t spread_at(struct spread spread, uint64_t n, uint64_t records)
{
    uint64_t round = spread.round == A_TENTH ? records / 10 + 1 : spread.round;
    return spread.each ? n / spread.each : n % round;
}

// Numbers that look like identifiers: splitmix64.
static uint64_t mix(uint64_t n)
{
    n += 0x9e3779b97f4a7c15ULL;
    n = (n ^ n >> 30) * 0xbf58476d1ce4e5b9ULL;
    n = (n ^ n >> 27) * 0x94d049bb133111ebULL;
    return n ^ n >> 31;
}

static char *guid(char text[37], uint64_t kind, uint64_t n)
{
    uint64_t a = mix(n * 16 + kind), b = mix(a);
    snprintf(text, 37, "%08x-%04x-4%03x-%04x-%012llx", (unsigned)(a >> 32),
             (unsigned)(a >> 16 & 0xffff), (unsigned)(a & 0xfff),
             0x8000 | (unsigned)(b >> 50 & 0x3fff), (unsigned long long)(b & 0xffffffffffffULL));
    return text;
}

// A token's identifier: 16 bytes as base64url, which ends with one of AQgw.
static char *token(char text[23], uint64_t n)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    for (unsigned i = 0; i < 21; i++)
        text[i] = digits[mix(n * 32 + i) % 64];
    text[21] = "AQgw"[n % 4];
    text[22] = 0;
    return text;
}

static void clock_text(char text[20], uint64_t n, uint64_t records)
{
    uint64_t second = n * SPAN / records;
    snprintf(text, 20, "2026-05-%02uT%02u:%02u:%02u", (unsigned)(1 + second / 86400),
             (unsigned)(second / 3600 % 24), (unsigned)(second / 60 % 60), (unsigned)(second % 60));
}

static void write_head(FILE *out, const struct part *part, uint64_t n, uint64_t records,
                       const char *operation, int record_type, const char *workload)
{
    char session[37], id[37], correlation[37], uti[23], time[20];
    clock_text(time, n, records);
    fprintf(
        out,
        "{\"AppAccessContext\":{\"AADSessionId\":\"%s\",\"CorrelationId\":\"%s\",\"UniqueTokenId\":\"%s\"},"
        "\"CreationTime\":\"%s\",\"Id\":\"%s\",\"Operation\":\"%s\",\"OrganizationId\":\"" TENANT
        "\",\"RecordType\":%d,\"ResultStatus\":\"Succeeded\",\"UserKey\":\"10032001%08llX\","
        "\"UserType\":0,\"Version\":1,\"Workload\":\"%s\",\"UserId\":\"user%07llu@contoso.example\",",
        guid(session, 0, part->session), guid(correlation, 1, n), token(uti, part->session), time,
        guid(id, 2, n), operation, record_type, (unsigned long long)part->user, workload,
        (unsigned long long)part->user);
}

// An address out of 2001:db8::/32, in a /64 of its own.
static void write_address(FILE *out, const char *key, uint64_t n)
{
    fprintf(out, "\"%s\":\"2001:db8:%llx:%llx::%llx\",", key,
            (unsigned long long)(n >> 16 & 0xffff), (unsigned long long)(n & 0xffff),
            (unsigned long long)(1 + n % 200));
}

static void write_read(FILE *out, const struct part *part, uint64_t n, uint64_t records)
{
    char app[37], mailbox[37], message[37], folder[37];
    write_head(out, part, n, records, "MailItemsAccessed", 50, "Exchange");
    write_address(out, "ClientIPAddress", part->address);
    fprintf(
        out,
        "\"AppId\":\"%s\",\"ClientAppId\":\"\",\"ClientInfoString\":\"Client=REST;;\",\"ExternalAccess\":false,"
        "\"InternalLogonType\":0,\"LogonType\":0,\"LogonUserSid\":\"S-1-5-21-1004336348-1177238915-%llu\","
        "\"MailboxGuid\":\"%s\",\"MailboxOwnerUPN\":\"user%07llu@contoso.example\","
        "\"OperationProperties\":[{\"Name\":\"MailAccessType\",\"Value\":\"Bind\"},{\"Name\":\"IsThrottled\","
        "\"Value\":\"False\"}],\"OrganizationName\":\"contoso.onmicrosoft.com\",\"OriginatingServer\":"
        "\"TY0PR03MB6952 (15.20.6433.019)\\r\\n\",\"Folders\":[{\"FolderItems\":[{\"InternetMessageId\":"
        "\"<%s@contoso.example>\",\"SizeInBytes\":%u}],\"Id\":\"LgAAAAB%s\",\"Path\":\"\\\\Inbox\"}],"
        "\"OperationCount\":1}\n",
        guid(app, 3, part->program), (unsigned long long)part->user, guid(mailbox, 4, part->user),
        (unsigned long long)part->user, guid(message, 5, n), (unsigned)(mix(n) % 90000),
        guid(folder, 6, part->user));
}

static void write_rule_made(FILE *out, const struct part *part, uint64_t n, uint64_t records)
{
    write_head(out, part, n, records, "New-InboxRule", 1, "Exchange");
    write_address(out, "ClientIP", part->address);
    fprintf(
        out,
        "\"ObjectId\":\"user%07llu\\\\.\",\"ExternalAccess\":false,\"Parameters\":[{\"Name\":\"Name\","
        "\"Value\":\".\"},{\"Name\":\"DeleteMessage\",\"Value\":\"True\"}]}\n",
        (unsigned long long)part->user);
}

static void write_sign_in(FILE *out, const struct part *part, uint64_t n, uint64_t records)
{
    char actor[37], session[37];
    write_head(out, part, n, records, "UserLoggedIn", 15, "AzureActiveDirectory");
    write_address(out, "ClientIP", part->address);
    write_address(out, "ActorIpAddress", part->address);
    fprintf(
        out,
        "\"AzureActiveDirectoryEventType\":1,\"ExtendedProperties\":[{\"Name\":\"ResultStatusDetail\",\"Value\":"
        "\"Success\"},{\"Name\":\"UserAgent\",\"Value\":\"Mozilla/5.0 (Windows NT 10.0; Win64; x64) "
        "AppleWebKit/537.36\"},{\"Name\":\"RequestType\",\"Value\":\"OAuth2:Authorize\"}],\"Actor\":[{\"ID\":"
        "\"%s\",\"Type\":0},{\"ID\":\"user%07llu@contoso.example\",\"Type\":5}],\"DeviceProperties\":[{\"Name\":"
        "\"OS\",\"Value\":\"Windows10\"},{\"Name\":\"SessionId\",\"Value\":\"%s\"}],\"ApplicationId\":"
        "\"4765445b-32c6-49b0-83e6-1d93765276ca\",\"ErrorNumber\":\"0\"}\n",
        guid(actor, 7, part->user), (unsigned long long)part->user,
        guid(session, 0, part->session));
}

// One record in ten is a sign-in.
static void write_log(FILE *out, const struct kind *kind, uint64_t records)
{
    for (uint64_t n = 0; n < records; n++) {
        struct part part = {.user = spread_at(kind->user, n, records),
                            .session = spread_at(kind->session, n, records),
                            .address = spread_at(kind->address, n, records),
                            .program = spread_at(kind->program, n, records)};
        if (mix(n) % 10 == 0)
            write_sign_in(out, &part, n, records);
        else if (kind->is_rule)
            write_rule_made(out, &part, n, records);
        else
            write_read(out, &part, n, records);
    }
}

static bool write_rules(const char *folder, uint64_t count)
{
    for (uint64_t n = 0; n < count; n++) {
        char path[4096], id[37];
        snprintf(path, sizeof path, "%s/rule%05llu.yml", folder, (unsigned long long)n);
        FILE *out = fopen(path, "w");
        if (!out)
            return false;
        fprintf(
            out,
            "title: Matches everything, number %llu\nid: %s\nstatus: test\nlogsource:\n    product: m365\n"
            "detection:\n    selection:\n        OrganizationId: '" TENANT
            "'\n        UserId|contains: 'user'\n"
            "    condition: selection\nlevel: low\n",
            (unsigned long long)n, guid(id, 8, n));
        if (fclose(out) != 0)
            return false;
    }
    return true;
}

int main(int argc, char **argv)
{
    uint64_t count = argc == 4 ? strtoull(argv[2], NULL, 10) : 0;
    if (count && strcmp(argv[1], "rules") == 0)
        return write_rules(argv[3], count) ? 0 : 3;
    for (size_t i = 0; count && i < sizeof kinds / sizeof *kinds; i++) {
        if (strcmp(argv[1], kinds[i].name) != 0)
            continue;
        FILE *out = fopen(argv[3], "w");
        if (!out) {
            perror(argv[3]);
            return 3;
        }
        write_log(out, &kinds[i], count);
        return fclose(out) == 0 ? 0 : 3;
    }
    fprintf(stderr, "usage: bench_hostile KIND RECORDS FILE, or rules COUNT FOLDER\n");
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        fprintf(stderr, "  %-14s %s\n", kinds[i].name, kinds[i].text);
    return 3;
}
