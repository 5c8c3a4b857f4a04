// Mailbox records: RecordType 2 (one item), 3 (a group of items) and 50 (aggregated accesses).
// SPDX-License-Identifier: Apache-2.0
#include <assert.h>

#include "simulate/record_audit.h"

#define BINDS_A_DAY 1000 // of a mailbox, before logging is throttled

// ---- what they share --------------------------------------------------------------------------

static void put_client_info(struct buf *out, const struct access *access)
{
    struct str info = str_from(access->client->info);
    char text[512];
    struct buf whole = {.at = text, .capacity = sizeof text};
    MEMBER(out, "ClientInfoString");
    if (access->app && access->app->is_ews) {
        PUT(&whole, "Client=WebServices;ExchangeServicesClient/15.01.2248.000;[AppId=");
        buf_add(&whole, access->app->id_text);
        PUT(&whole, "];");
    } else if (info.len && info.at[info.len - 1] == '%') {
        buf_add(&whole, str_of(info.at, info.len - 1));
        buf_add(&whole, str_from(access->agent ? access->agent->text : ""));
        PUT(&whole, ";");
    } else {
        buf_add(&whole, info);
    }
    buf_add_json(out, buf_str(&whole));
}

static int logon_type(const struct access *access)
{
    if (access->is_admin_logon)
        return 1;
    return access->user && access->user != access->mailbox ? 2 : 0;
}

static void put_sid(struct buf *out, const struct person *person)
{
    PUT(out, "\"S-1-5-21-2384615112-1182304733-3301188412-");
    put_number(out, 1100000 + person->index);
    PUT(out, "\"");
}

// Exchange writes an IPv6 address bare here, with brackets only where a port follows.
static void put_addresses(struct buf *out, const struct access *access)
{
    char text[ADDRESS_SIZE];
    struct str address = address_text(access->address, text);
    MEMBER(out, "ClientIP");
    PUT(out, "\"");
    bool has_port = chance_in(access->chance, 15, 100);
    buf_add(out, has_port && access->address.is_v6 ? S("[") : S(""));
    buf_add(out, address);
    buf_add(out, has_port && access->address.is_v6 ? S("]") : S(""));
    if (has_port) {
        PUT(out, ":");
        put_number(out, chance_between(access->chance, 1025, 64999));
    }
    PUT(out, "\"");
    MEMBER_TEXT(out, "ClientIPAddress", address);
}

static void put_apps(struct buf *out, const struct access *access)
{
    bool is_ews = access->app && access->app->is_ews;
    if (access->client->mail_app[0] || is_ews)
        MEMBER_TEXT(out, "AppId",
                    is_ews ? access->app->id_text : str_from(access->client->mail_app));
    if (access->app)
        MEMBER_TEXT(out, "ClientAppId", access->app->id_text);
    else if (access->client->mail_client[0])
        MEMBER_TEXT(out, "ClientAppId", str_from(access->client->mail_client));
}

static void put_process(struct buf *out, const struct access *access)
{
    if (access->client != &clients[CLIENT_OUTLOOK])
        return;
    MEMBER_LITERAL(out, "ClientProcessName", "OUTLOOK.EXE");
    MEMBER_LITERAL(out, "ClientVersion", "16.0.19127.20302");
}

struct mailbox_record {
    struct audit audit;
    const char *operation;
    int record_type;
};

// Whose mailbox, with what right, in which session.
static void put_logon(struct buf *out, struct world *world, const struct access *access)
{
    const struct person *owner = access->mailbox;
    MEMBER_BARE(out, "ExternalAccess", "false");
    MEMBER_NUMBER(out, "InternalLogonType", 0);
    MEMBER_NUMBER(out, "LogonType", logon_type(access));
    MEMBER(out, "LogonUserSid");
    put_sid(out, access->user ? access->user : owner);
    MEMBER_GUID(out, "MailboxGuid", &owner->mailbox);
    MEMBER(out, "MailboxOwnerSid");
    put_sid(out, owner);
    MEMBER_TEXT(out, "MailboxOwnerUPN", owner->address);
    MEMBER_TEXT(out, "OrganizationName", world->tenant.organization);
    MEMBER(out, "OriginatingServer");
    put_server(out, access->chance, true);
    if (access->session)
        MEMBER_GUID(out, "SessionId", access->session);
    put_app_access(out, access);
    if (access->token || access->session) {
        MEMBER_GUID(out, "TokenObjectId",
                    access->user ? &access->user->object : &access->app->object);
        MEMBER_TEXT(out, "TokenTenantId", world->tenant.id_text);
    }
}

static struct buf *mailbox_open(struct world *world, struct mailbox_record *record,
                                const struct access *access)
{
    char key[17], object[37];
    struct audit_head head = {.time = access->time,
                              .id = chance_guid(access->chance),
                              .operation = record->operation,
                              .workload = "Exchange",
                              .result = "Succeeded",
                              .record_type = record->record_type};
    if (access->user) {
        head.user = access->user->address;
        head.user_key = exchange_key(access->user, key);
    } else {
        struct buf text = {.at = object, .capacity = sizeof object};
        put_guid(&text, &access->app->object);
        head.user = head.user_key = buf_str(&text);
        head.user_type = USER_APPLICATION;
    }
    struct buf *out = audit_open(world, &record->audit, &head);
    note_mailbox(access);
    MEMBER_TEXT(out, "UserId", head.user);
    put_apps(out, access);
    put_addresses(out, access);
    put_client_info(out, access);
    put_process(out, access);
    put_logon(out, world, access);
    // The buffer of head.user may be the caller's: the gate keeps no pointer to it.
    record->audit.emission.user = access->user ? access->user->address : access->app->name;
    return out;
}

static void put_subject(struct buf *out, const struct mail *mail)
{
    MEMBER(out, "Subject");
    PUT(out, "\"");
    mail_put_subject(out, mail); // of words that need no escape
    PUT(out, "\"");
}

static void put_item(struct buf *out, const struct world *world, const struct access *access,
                     const struct mail *mail, bool has_subject)
{
    char id[MESSAGE_ID_SIZE];
    PUT(out, "{\"Id\":");
    put_item_id(out, access->mailbox, mail);
    MEMBER(out, "ImmutableId");
    PUT(out, "\"LgAAAAC");
    put_hex(out, hash_mix(mail->key + 7), 16);
    PUT(out, "BwA\"");
    MEMBER_TEXT(out, "InternetMessageId", mail_id(&world->tenant, mail, id));
    if (has_subject)
        put_subject(out, mail);
    MEMBER_NUMBER(out, "SizeInBytes", mail_size(mail));
}

// "\\Inbox\\Projects" of the path, escaped.
static void put_path(struct buf *out, enum folder_id folder)
{
    PUT(out, "\"\\\\");
    for (const char *c = folder_names[folder]; *c; c++) {
        if (*c == '\\')
            buf_add_char(out, '\\');
        buf_add_char(out, *c);
    }
    PUT(out, "\"");
}

static void put_folder(struct buf *out, const struct access *access, enum folder_id folder)
{
    PUT(out, "{\"Id\":");
    put_folder_id(out, access->mailbox, folder);
    MEMBER(out, "Path");
    put_path(out, folder);
    PUT(out, "}");
}

// ---- MailItemsAccessed ------------------------------------------------------------------------

static void put_access_type(struct buf *out, const char *type, bool is_throttled)
{
    PUT(out, ",\"OperationProperties\":[{\"Name\":\"MailAccessType\",\"Value\":\"");
    buf_add(out, str_from(type));
    PUT(out, "\"},{\"Name\":\"IsThrottled\",\"Value\":\"");
    buf_add(out, is_throttled ? S("True") : S("False"));
    PUT(out, "\"}]");
}

static void put_bound_folder(struct buf *out, const struct world *world,
                             const struct access *access, const struct mail *mails, uint32_t count,
                             uint8_t folder)
{
    bool is_first = true;
    PUT(out, "{\"Id\":");
    put_folder_id(out, access->mailbox, folder);
    MEMBER(out, "Path");
    put_path(out, folder);
    PUT(out, ",\"FolderItems\":[");
    for (uint32_t i = 0; i < count; i++) {
        if (mails[i].folder != folder)
            continue;
        if (!is_first)
            buf_add_char(out, ',');
        is_first = false;
        // Newer records have the subject and the creation time, not all of them.
        put_item(out, world, access, &mails[i], mails[i].key & 3);
        PUT(out, "}");
    }
    PUT(out, "]}");
}

enum throttle { THROTTLE_NONE, THROTTLE_BEGINS, THROTTLE_ON };

static enum throttle throttle_of(const struct access *access)
{
    struct person *mailbox = access->mailbox;
    if (access->time < mailbox->throttled_until)
        return THROTTLE_ON;
    if (access->time - mailbox->binds_since >= DAY) {
        mailbox->binds_since = access->time;
        mailbox->binds = 0;
    }
    if (++mailbox->binds <= BINDS_A_DAY)
        return THROTTLE_NONE;
    mailbox->throttled_until = access->time + DAY;
    return THROTTLE_BEGINS;
}

// What an intruder reads while nothing is logged.
static void note_unlogged(const struct world *world, const struct access *access)
{
    if (!access->plot || access->time >= world->end)
        return;
    story_time(&access->plot->story, access->time);
    story_missing(&access->plot->story, "audit", "MailItemsAccessed was throttled", access->time);
    story_folder(&access->plot->story, access->mailbox, FOLDER_INBOX, access->time, true);
}

void record_bind(struct world *world, const struct access *access, const struct mail *mails,
                 uint32_t count)
{
    enum throttle throttle = throttle_of(access);
    if (throttle == THROTTLE_ON) {
        note_unlogged(world, access);
        return;
    }
    struct mailbox_record record = {.operation = "MailItemsAccessed", .record_type = 50};
    uint32_t done = 0; // a bit for each folder
    assert(count > 0 && count <= BIND_LIMIT);
    struct buf *out = mailbox_open(world, &record, access);
    put_access_type(out, "Bind", throttle == THROTTLE_BEGINS);
    PUT(out, ",\"Folders\":[");
    for (uint32_t i = 0; i < count; i++) {
        if (done >> mails[i].folder & 1)
            continue;
        if (done)
            buf_add_char(out, ',');
        done |= 1u << mails[i].folder;
        put_bound_folder(out, world, access, mails, count, mails[i].folder);
    }
    PUT(out, "]");
    MEMBER_NUMBER(out, "OperationCount", count);
    if (access->plot && !access->is_lured && access->time < world->end)
        for (uint32_t i = 0; i < count; i++)
            story_read(&access->plot->story, access->mailbox, &mails[i], access->time);
    audit_close(world, &record.audit, access);
}

void record_sync(struct world *world, const struct access *access, enum folder_id folder)
{
    struct mailbox_record record = {.operation = "MailItemsAccessed", .record_type = 2};
    struct buf *out = mailbox_open(world, &record, access);
    put_access_type(out, "Sync", false);
    PUT(out, ",\"Item\":{\"Id\":\"Unknown\",\"ParentFolder\":{\"Id\":");
    put_folder_id(out, access->mailbox, folder);
    const char *name = strrchr(folder_names[folder], '\\');
    MEMBER_TEXT(out, "Name", str_from(name ? name + 1 : folder_names[folder]));
    PUT(out, ",\"Path\":\"Not Available\"}},\"OperationCount\":1");
    if (access->plot && !access->is_lured && access->time < world->end)
        story_folder(&access->plot->story, access->mailbox, folder, access->time, false);
    audit_close(world, &record.audit, access);
}

// ---- items ------------------------------------------------------------------------------------

void record_item(struct world *world, const struct access *access, const char *operation,
                 const struct mail *mail)
{
    struct mailbox_record record = {.operation = operation, .record_type = 2};
    struct buf *out = mailbox_open(world, &record, access);
    MEMBER(out, "Item");
    put_item(out, world, access, mail, true);
    PUT(out, ",\"ParentFolder\":");
    put_folder(out, access, (enum folder_id)mail->folder);
    PUT(out, "}");
    if (strncmp(operation, "Send", 4) == 0)
        MEMBER_BARE(out, "SaveToSentItems", "true");
    if (strcmp(operation, "SendAs") == 0) {
        MEMBER_TEXT(out, "SendAsUserSmtp", access->mailbox->address);
        MEMBER_GUID(out, "SendAsUserMailboxGuid", &access->mailbox->mailbox);
    }
    if (strcmp(operation, "Update") == 0)
        PUT(out, ",\"ModifiedProperties\":[\"RecipientsInternal\",\"AllAttachmentsHidden\"]");
    audit_close(world, &record.audit, access);
}

void record_delete(struct world *world, const struct access *access, const char *operation,
                   const struct mail *mails, uint32_t count)
{
    struct mailbox_record record = {.operation = operation, .record_type = 3};
    bool is_move = strcmp(operation, "MoveToDeletedItems") == 0;
    struct buf *out = mailbox_open(world, &record, access);
    PUT(out, ",\"AffectedItems\":[");
    for (uint32_t i = 0; i < count; i++) {
        if (i)
            buf_add_char(out, ',');
        put_item(out, world, access, &mails[i], true);
        PUT(out, ",\"ParentFolder\":");
        put_folder(out, access, (enum folder_id)mails[i].folder);
        PUT(out, "}");
    }
    PUT(out, "],\"CrossMailboxOperation\":false,\"Folder\":");
    put_folder(out, access, (enum folder_id)mails[0].folder);
    if (is_move) {
        PUT(out, ",\"DestFolder\":");
        put_folder(out, access, FOLDER_DELETED);
    }
    audit_close(world, &record.audit, access);
}

void record_rule(struct world *world, const struct access *access, struct str name,
                 struct str actions)
{
    struct mailbox_record record = {.operation = "UpdateInboxRules", .record_type = 2};
    struct buf *out = mailbox_open(world, &record, access);
    PUT(out, ",\"OperationProperties\":[{\"Name\":\"RuleOperation\",\"Value\":\"AddMailboxRule\"}");
    put_pair(out, S("RuleName"), name);
    put_pair(out, S("RuleState"), S("Enabled"));
    put_pair(out, S("RuleActions"), actions);
    PUT(out, "],\"Item\":{\"Id\":\"Unknown\",\"ParentFolder\":");
    put_folder(out, access, FOLDER_INBOX);
    PUT(out, "}");
    if (access->plot && !access->is_lured)
        story_add(&access->plot->story, SET_RULES, name);
    audit_close(world, &record.audit, access);
}

void record_search(struct world *world, const struct access *access, struct str query)
{
    struct mailbox_record record = {.operation = "SearchQueryInitiatedExchange",
                                    .record_type = 101};
    struct buf *out = mailbox_open(world, &record, access);
    MEMBER_TEXT(out, "QueryText", query);
    MEMBER_LITERAL(out, "QuerySource", "Outlook");
    MEMBER_LITERAL(out, "ScenarioName", "MailSearch");
    audit_close(world, &record.audit, access);
}
