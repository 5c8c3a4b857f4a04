// Cmdlets of Exchange and of the compliance center; SharePoint, Teams; Graph's log; message trace.
// SPDX-License-Identifier: Apache-2.0
#include "simulate/record_audit.h"

#include "base/encode.h"

// ---- cmdlets ----------------------------------------------------------------------------------

static void put_parameters(struct buf *out, const struct pair *parameters, uint32_t count)
{
    PUT(out, ",\"Parameters\":[");
    for (uint32_t i = 0; i < count; i++)
        put_pair(out, parameters[i].name, parameters[i].value);
    PUT(out, "]");
}

// 192.0.2.7:50211 or [2001:db8::7]:50211.
static void put_address_and_port(struct buf *out, struct address address, struct chance *chance)
{
    char text[ADDRESS_SIZE];
    PUT(out, ",\"ClientIP\":\"");
    buf_add(out, address.is_v6 ? S("[") : S(""));
    buf_add(out, address_text(address, text));
    buf_add(out, address.is_v6 ? S("]:") : S(":"));
    put_number(out, chance_between(chance, 1025, 64999));
    PUT(out, "\"");
}

void record_cmdlet(struct world *world, const struct access *access, const char *operation,
                   struct str object, const struct pair *parameters, uint32_t count)
{
    char key[17];
    struct audit audit;
    struct audit_head head = {.time = access->time,
                              .id = chance_guid(access->chance),
                              .operation = operation,
                              .workload = "Exchange",
                              .result = "True",
                              .record_type = 1,
                              .user_type = USER_ADMIN,
                              .user = access->user->address,
                              .user_key = exchange_key(access->user, key)};
    struct guid request = chance_guid(access->chance);
    struct buf *out = audit_open(world, &audit, &head);
    put_address_and_port(out, access->address, access->chance);
    MEMBER_TEXT(out, "ObjectId", object);
    MEMBER_TEXT(out, "UserId", access->user->address);
    MEMBER_TEXT(out, "AppId", str_from(access->client->mail_app));
    MEMBER_LITERAL(out, "AppPoolName", "MSExchangeAdminApiNetCore");
    MEMBER_LITERAL(out, "ClientAppId", "");
    MEMBER_BARE(out, "ExternalAccess", "false");
    MEMBER_TEXT(out, "OrganizationName", world->tenant.organization);
    MEMBER(out, "OriginatingServer");
    put_server(out, access->chance, false);
    put_parameters(out, parameters, count);
    MEMBER_GUID(out, "RequestId", &request);
    if (access->session)
        MEMBER_GUID(out, "SessionId", access->session);
    put_app_access(out, access);
    if (access->plot && !access->is_lured && strstr(operation, "InboxRule"))
        for (uint32_t i = 0; i < count; i++)
            if (str_is(parameters[i].name, "Name"))
                story_add(&access->plot->story, SET_RULES, parameters[i].value);
    audit_close(world, &audit, access);
}

void record_provider_cmdlet(struct world *world, struct chance *chance, int64_t time,
                            const char *operation, struct str object, const struct pair *parameters,
                            uint32_t count)
{
    static const char *const accounts[] = {
        "NT AUTHORITY\\SYSTEM (Microsoft.Exchange.ServiceHost)",
        "NT AUTHORITY\\SYSTEM (Microsoft.Exchange.AdminApi.NetCore)",
        "NT SERVICE\\MSExchangeAdminApiNetCore (Microsoft.Exchange.AdminApi.NetCore)"};
    static const uint16_t weights[] = {90, 6, 4};
    struct str account = str_from(accounts[chance_pick(chance, weights, 3)]);
    struct audit audit;
    struct audit_head head = {.time = time,
                              .id = chance_guid(chance),
                              .operation = operation,
                              .workload = "Exchange",
                              .result = "True",
                              .record_type = 1,
                              .user_type = USER_SYSTEM,
                              .user = account,
                              .user_key = account};
    struct buf *out = audit_open(world, &audit, &head);
    MEMBER_TEXT(out, "ObjectId", object);
    MEMBER_TEXT(out, "UserId", account);
    MEMBER_LITERAL(out, "AppId", "");
    MEMBER_LITERAL(out, "ClientAppId", "");
    MEMBER_BARE(out, "ExternalAccess", "true");
    MEMBER_TEXT(out, "OrganizationName", world->tenant.organization);
    MEMBER(out, "OriginatingServer");
    put_server(out, chance, false);
    put_parameters(out, parameters, count);
    audit_close(world, &audit, NULL);
}

void record_discovery(struct world *world, const struct access *access, const char *operation,
                      struct str object, struct str query)
{
    struct audit audit;
    struct audit_head head = {.time = access->time,
                              .id = chance_guid(access->chance),
                              .operation = operation,
                              .workload = "SecurityComplianceCenter",
                              .result = "Success",
                              .record_type = 24,
                              .user_type = USER_ADMIN,
                              .user = access->user->address,
                              .user_key = access->user->address};
    char text[ADDRESS_SIZE];
    struct buf *out = audit_open(world, &audit, &head);
    MEMBER_TEXT(out, "ClientIP", address_text(access->address, text));
    MEMBER_TEXT(out, "ObjectId", object);
    MEMBER_TEXT(out, "UserId", access->user->address);
    MEMBER_TEXT(out, "Case", object);
    MEMBER_LITERAL(out, "ExchangeLocations", "All");
    MEMBER_TEXT(out, "Query", query);
    MEMBER_LITERAL(out, "ObjectType", "ContentSearch");
    audit_close(world, &audit, access);
}

// ---- SharePoint, Teams ------------------------------------------------------------------------

static struct buf *service_open(struct world *world, struct audit *audit,
                                const struct access *access, const char *operation,
                                const char *workload, int record_type)
{
    char key[64], text[ADDRESS_SIZE];
    struct buf user_key = {.at = key, .capacity = sizeof key};
    if (record_type == 25) {
        put_guid(&user_key, &access->user->object);
    } else {
        PUT(&user_key, "i:0h.f|membership|");
        put_hex(&user_key, access->user->puid, 16);
        PUT(&user_key, "@live.com");
    }
    struct audit_head head = {.time = access->time,
                              .id = chance_guid(access->chance),
                              .operation = operation,
                              .workload = workload,
                              .result = "Succeeded",
                              .record_type = record_type,
                              .user = access->user->address,
                              .user_key = buf_str(&user_key)};
    struct buf *out = audit_open(world, audit, &head);
    MEMBER_TEXT(out, "ClientIP", address_text(access->address, text));
    MEMBER_TEXT(out, "UserId", access->user->spelled);
    put_app_access(out, access);
    if (access->agent)
        MEMBER_TEXT(out, "UserAgent", str_from(access->agent->text));
    return out;
}

void record_file(struct world *world, const struct access *access, const char *operation,
                 uint64_t file)
{
    struct audit audit;
    const struct name_word *name = &file_names[file % file_name_count];
    const char *project = projects[(file >> 8) % project_count];
    bool is_page = strcmp(operation, "PageViewed") == 0;
    struct buf *out = service_open(world, &audit, access, operation, "SharePoint", is_page ? 4 : 6);
    MEMBER_LITERAL(out, "EventSource", "SharePoint");
    buf_add(out, is_page ? S(",\"ItemType\":\"Page\"") : S(",\"ItemType\":\"File\""));
    PUT(out, ",\"SiteUrl\":\"https://sharepoint.");
    buf_add(out, world->tenant.domain);
    PUT(out, "/sites/");
    buf_add(out, str_from(project));
    PUT(out, "/\"");
    if (!is_page) {
        PUT(out, ",\"SourceFileName\":\"");
        buf_add(out, str_from(name->shown));
        put_number(out, (int64_t)(file >> 16) % 900);
        PUT(out, ".");
        buf_add(out, str_from(name->address));
        PUT(out, "\"");
        MEMBER_TEXT(out, "SourceFileExtension", str_from(name->address));
        MEMBER_LITERAL(out, "SourceRelativeUrl", "Shared Documents");
    }
    PUT(out, ",\"ObjectId\":\"https://sharepoint.");
    buf_add(out, world->tenant.domain);
    PUT(out, "/sites/");
    buf_add(out, str_from(project));
    if (!is_page) {
        PUT(out, "/Shared Documents/");
        buf_add(out, str_from(name->shown));
        put_number(out, (int64_t)(file >> 16) % 900);
        PUT(out, ".");
        buf_add(out, str_from(name->address));
    }
    PUT(out, "\"");
    audit_close(world, &audit, access);
}

void record_teams(struct world *world, const struct access *access, const char *operation)
{
    struct audit audit;
    uint64_t thread = hash_mix(access->user->puid % 7 + (uint64_t)access->time / DAY);
    struct buf *out = service_open(world, &audit, access, operation, "MicrosoftTeams", 25);
    MEMBER_LITERAL(out, "CommunicationType", "GroupChat");
    PUT(out, ",\"ChatThreadId\":\"19:");
    put_hex(out, thread, 16);
    PUT(out, "@thread.v2\"");
    MEMBER_LITERAL(out, "ItemName", "");
    MEMBER_BARE(out, "ExtraProperties", "[]");
    audit_close(world, &audit, access);
}

// ---- Graph activity, message trace ------------------------------------------------------------

// Who calls: a user's token or the application's own, its session and its sign-in.
static void put_graph_caller(struct buf *out, const struct access *access)
{
    if (access->user) {
        MEMBER_GUID(out, "userId", &access->user->object);
        MEMBER_LITERAL(out, "scopes", "Mail.ReadWrite Mail.Send User.Read offline_access");
        MEMBER_BARE(out, "clientAuthMethod", "0");
    } else {
        MEMBER_GUID(out, "servicePrincipalId", &access->app->object);
        MEMBER_LITERAL(out, "roles", "Mail.Read User.Read.All");
        MEMBER_BARE(out, "clientAuthMethod", "1");
    }
    if (access->session)
        MEMBER_GUID(out, "sessionId", access->session);
    if (access->token) {
        PUT(out, ",\"signInActivityId\":\"");
        put_token_id(out, &access->token->request);
        PUT(out, "\"");
        MEMBER_TIME_Z(out, "tokenIssuedAt", access->token->issued, 0);
    }
}

void record_graph(struct world *world, const struct access *access, const char *method,
                  struct str uri, int status)
{
    struct buf *out = world_line(world);
    struct guid request = chance_guid(access->chance), operation = chance_guid(access->chance);
    char id[37], text[ADDRESS_SIZE];
    guid_print(request.at, id);
    struct str address = address_text(access->address, text);
    PUT(out, "{\"timeGenerated\":");
    put_quoted_time(out, access->time, 107);
    MEMBER_GUID(out, "requestId", &request);
    MEMBER_GUID(out, "operationId", &operation);
    MEMBER_GUID(out, "clientRequestId", &operation);
    MEMBER_LITERAL(out, "apiVersion", "v1.0");
    MEMBER_TEXT(out, "requestMethod", str_from(method));
    MEMBER_TEXT(out, "requestUri", uri);
    MEMBER_NUMBER(out, "responseStatusCode", status);
    MEMBER_NUMBER(out, "responseSizeBytes", chance_between(access->chance, 300, 90000));
    MEMBER_NUMBER(out, "durationMs", chance_between(access->chance, 20, 900));
    MEMBER_TEXT(out, "ipAddress", address);
    if (access->agent)
        MEMBER_TEXT(out, "userAgent", str_from(access->agent->text));
    MEMBER_TEXT(out, "appId",
                access->app ? access->app->id_text : str_from(access->client->app_id));
    put_graph_caller(out, access);
    MEMBER_TEXT(out, "tenantId", world->tenant.id_text);
    PUT(out, "}");
    note_access(access);
    note_mailbox(access);
    struct emission emission = {.feed = FEED_GRAPH,
                                .time = access->time,
                                .id = str_of(id, 36),
                                .operation = str_from(method),
                                .correlation = operation,
                                .address = address,
                                .tenant = world->tenant.id_text};
    world_emit(world, &emission, access->plot, access->is_lured);
}

void record_trace(struct world *world, int64_t time, const struct mail *mail,
                  const struct person *recipient)
{
    struct buf *out = world_line(world);
    char id[MESSAGE_ID_SIZE], trace[37];
    struct chance chance = {mail->key};
    struct guid guid = chance_guid(&chance);
    const struct sender *sender = mail_sender(mail);
    bool is_outside = mail->from == MAIL_OUTSIDE;
    guid_print(guid.at, trace);
    PUT(out, "\"");
    put_time(out, time, 107);
    PUT(out, "\",\"");
    if (is_outside) {
        buf_add(out, str_from(sender->name));
        PUT(out, "@");
        buf_add(out, str_from(sender->domain));
    } else {
        buf_add(out, world->tenant.people[mail->from].address);
    }
    PUT(out, "\",\"");
    buf_add(out, recipient->address);
    PUT(out, "\",\"");
    mail_put_subject(out, mail);
    PUT(out, "\",\"Delivered\",\"");
    buf_add(out, str_of(trace, 36));
    PUT(out, "\",\"");
    buf_add(out, mail_id(&world->tenant, mail, id));
    PUT(out, "\",\"");
    buf_add(out, is_outside ? S("203.0.113.") : S("192.0.2."));
    put_number(out, is_outside ? 64 + (int64_t)(mail->key >> 20) % sender_count : 65);
    PUT(out, "\",\"\",\"");
    put_number(out, mail_size(mail));
    PUT(out, "\"\r\n");
    struct emission emission = {.feed = FEED_TRACE,
                                .time = time,
                                .id = str_of(trace, 36),
                                .operation = S("Delivered"),
                                .user = recipient->address,
                                .tenant = world->tenant.id_text};
    world_emit(world, &emission, NULL, false);
}
