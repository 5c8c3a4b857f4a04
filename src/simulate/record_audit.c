// The common part of the unified audit log's records.
// SPDX-License-Identifier: Apache-2.0
#include "simulate/record_audit.h"

#include "base/encode.h"

struct buf *audit_open(struct world *world, struct audit *audit, const struct audit_head *head)
{
    struct buf *out = world_line(world);
    guid_print(head->id.at, audit->id);
    audit->emission = (struct emission){.feed = FEED_AUDIT,
                                        .time = head->time,
                                        .id = str_of(audit->id, 36),
                                        .record_type = head->record_type,
                                        .operation = str_from(head->operation),
                                        .user = head->user,
                                        .tenant = world->tenant.id_text};
    PUT(out, "{\"CreationTime\":");
    put_quoted_time(out, head->time, 0);
    MEMBER_GUID(out, "Id", &head->id);
    MEMBER_TEXT(out, "Operation", audit->emission.operation);
    MEMBER_TEXT(out, "OrganizationId", world->tenant.id_text);
    MEMBER_NUMBER(out, "RecordType", head->record_type);
    MEMBER_TEXT(out, "ResultStatus", str_from(head->result));
    MEMBER_TEXT(out, "UserKey", head->user_key);
    MEMBER_NUMBER(out, "UserType", head->user_type);
    MEMBER_BARE(out, "Version", "1");
    MEMBER_TEXT(out, "Workload", str_from(head->workload));
    return out;
}

void audit_close(struct world *world, struct audit *audit, const struct access *access)
{
    PUT(&world->line, "}");
    if (access)
        note_access(access);
    world_emit(world, &audit->emission, access ? access->plot : NULL, access && access->is_lured);
}

struct str exchange_key(const struct person *person, char text[17])
{
    struct buf out = {.at = text, .capacity = 17};
    put_hex(&out, person->puid, 16);
    return str_of(text, 16);
}

void put_app_access(struct buf *out, const struct access *access)
{
    if (!access->session && !access->token)
        return;
    struct guid correlation = chance_guid(access->chance);
    PUT(out, ",\"AppAccessContext\":{");
    PUT(out, "\"APIId\":");
    buf_add_json(out, str_from(resources[access->client->resource].id));
    if (access->session)
        MEMBER_GUID(out, "AADSessionId", access->session);
    MEMBER_TEXT(out, "ClientAppId",
                access->app ? access->app->id_text : str_from(access->client->app_id));
    MEMBER_GUID(out, "CorrelationId", &correlation);
    if (access->token) {
        MEMBER_TIME(out, "IssuedAtTime", access->token->issued);
        PUT(out, ",\"UniqueTokenId\":\"");
        put_token_id(out, &access->token->request);
        PUT(out, "\"");
    }
    PUT(out, "}");
}

void note_mailbox(const struct access *access)
{
    if (access->plot && access->mailbox && !access->is_failure)
        story_add(&access->plot->story, SET_MAILBOXES, access->mailbox->address);
}

void note_access(const struct access *access)
{
    if (!access->plot)
        return;
    struct story *story = &access->plot->story;
    char uti[23];
    if (access->is_failure && access->user)
        story_add(story, SET_TARGETS, access->user->address);
    if (access->user && !access->is_failure)
        story_add(story, SET_USERS, access->user->address);
    if (access->is_lured)
        return; // the victim's own address and session are not the intruder's
    story_add_address(story, access->address);
    if (access->session)
        story_add_guid(story, SET_SESSIONS, access->session);
    if (access->token) {
        guid_to_uti(access->token->request.at, uti);
        story_add(story, SET_TOKENS, str_of(uti, 22));
    }
    story_add(story, SET_APPS, str_from(access->client->mail_app));
    story_add(story, SET_CLIENT_APPS,
              access->app ? access->app->id_text : str_from(access->client->app_id));
    // Many mailbox clients do not show the user agent.
    struct str info = str_from(access->client->info);
    if (access->agent && (!info.len || info.at[info.len - 1] == '%'))
        story_add(story, SET_AGENTS, str_from(access->agent->text));
}

void put_server(struct buf *out, struct chance *chance, bool has_line_end)
{
    uint32_t number = chance_below(chance, 40);
    PUT(out, "\"AM0PR04MB");
    put_number(out, 2100 + number * 173);
    PUT(out, " (15.20.");
    put_number(out, 9115 + number % 5 * 11);
    PUT(out, ".0");
    put_number(out, 10 + number % 20);
    buf_add(out, has_line_end ? S(")\\r\\n\"") : S(")\""));
}
