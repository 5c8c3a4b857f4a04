// Changes in the directory: Entra's audit log (directoryAudit) and the unified one (RecordType 8).
// SPDX-License-Identifier: Apache-2.0
#include "base/encode.h"
#include "simulate/record_audit.h"

static void put_identity(struct buf *out, struct str id, int type)
{
    if (out->at[out->len - 1] != '[')
        buf_add_char(out, ',');
    PUT(out, "{\"ID\":");
    buf_add_json(out, id);
    MEMBER_NUMBER(out, "Type", type);
    PUT(out, "}");
}

// "ServicePrincipal_<id>", the id, the kind, the name.
static void put_target(struct buf *out, const struct change *change)
{
    char text[80];
    struct buf both = {.at = text, .capacity = sizeof text};
    buf_add(&both, str_from(change->target_type));
    buf_add_char(&both, '_');
    put_guid(&both, &change->target);
    PUT(out, ",\"Target\":[");
    put_identity(out, buf_str(&both), 2);
    put_identity(out, str_of(both.at + both.len - 36, 36), 2);
    put_identity(out, str_from(change->target_type), 2);
    put_identity(out, change->target_name, strcmp(change->target_type, "User") == 0 ? 5 : 1);
    PUT(out, "]");
}

static void put_properties(struct buf *out, const struct change *change)
{
    PUT(out, ",\"ModifiedProperties\":[");
    for (uint32_t i = 0; i < change->property_count; i++) {
        const struct property *property = &change->properties[i];
        buf_add(out, i ? S(",{\"Name\":") : S("{\"Name\":"));
        buf_add_json(out, property->name);
        MEMBER_TEXT(out, "NewValue", property->new_value);
        MEMBER_TEXT(out, "OldValue", property->old_value);
        PUT(out, "}");
    }
    PUT(out, "]");
}

static void write_audit(struct world *world, const struct access *access,
                        const struct change *change)
{
    char key[64], id[80], text[ADDRESS_SIZE];
    struct buf user_key = {.at = key, .capacity = sizeof key};
    struct buf user_id = {.at = id, .capacity = sizeof id};
    struct audit audit;
    put_hex(&user_key, access->user->puid, 16);
    PUT(&user_id, "User_");
    put_guid(&user_id, &access->user->object);
    struct audit_head head = {.time = access->time,
                              .id = chance_guid(access->chance),
                              .operation = change->operation,
                              .workload = "AzureActiveDirectory",
                              .result = "Success",
                              .record_type = 8,
                              .user = access->user->spelled,
                              .user_key = buf_str(&user_key)};
    struct guid inter = chance_guid(access->chance), intra = chance_guid(access->chance);
    struct buf *out = audit_open(world, &audit, &head);
    struct str address = address_text(access->address, text);
    MEMBER_TEXT(out, "ClientIP", address);
    MEMBER_TEXT(out, "ObjectId", change->target_name);
    MEMBER_TEXT(out, "UserId", access->user->spelled);
    MEMBER_BARE(out, "AzureActiveDirectoryEventType", "1");
    PUT(out, ",\"ExtendedProperties\":[");
    put_pair(out, S("additionalDetails"), S("{}"));
    put_pair(out, S("extendedAuditEventCategory"), str_from(change->target_type));
    PUT(out, "]");
    put_properties(out, change);
    PUT(out, ",\"Actor\":[");
    put_identity(out, access->user->spelled, 5);
    put_identity(out, buf_str(&user_key), 3);
    put_identity(out, buf_str(&user_id), 2);
    put_identity(out, str_of(id + 5, 36), 2);
    put_identity(out, S("User"), 2);
    PUT(out, "]");
    MEMBER_TEXT(out, "ActorContextId", world->tenant.id_text);
    MEMBER_TEXT(out, "ActorIpAddress", address);
    MEMBER_GUID(out, "InterSystemsId", &inter);
    MEMBER_GUID(out, "IntraSystemId", &intra);
    MEMBER_LITERAL(out, "SupportTicketId", "");
    put_target(out, change);
    MEMBER_TEXT(out, "TargetContextId", world->tenant.id_text);
    audit_close(world, &audit, access);
}

// Values stand as JSON in a text: "\"Mail.Read\"".
static void put_quoted(struct buf *out, struct str value)
{
    struct buf inner;
    buf_init(&inner);
    buf_add_json(&inner, value);
    buf_add_json(out, buf_str(&inner));
    buf_done(&inner);
}

static void put_resource(struct buf *out, const struct change *change)
{
    PUT(out, ",\"targetResources\":[{\"id\":");
    put_quoted_guid(out, &change->target);
    MEMBER_TEXT(out, "displayName", change->target_name);
    MEMBER_TEXT(out, "type", str_from(change->target_type));
    if (strcmp(change->target_type, "User") == 0)
        MEMBER_TEXT(out, "userPrincipalName", change->target_name);
    PUT(out, ",\"modifiedProperties\":[");
    for (uint32_t i = 0; i < change->property_count; i++) {
        const struct property *property = &change->properties[i];
        buf_add(out, i ? S(",{\"displayName\":") : S("{\"displayName\":"));
        buf_add_json(out, property->name);
        MEMBER(out, "oldValue");
        if (property->old_value.len)
            put_quoted(out, property->old_value);
        else
            PUT(out, "null");
        MEMBER(out, "newValue");
        put_quoted(out, property->new_value);
        PUT(out, "}");
    }
    PUT(out, "]}]");
}

// The activity is the operation without its final dot.
static struct str activity_of(const struct change *change)
{
    struct str text = str_from(change->operation);
    if (text.len && text.at[text.len - 1] == '.')
        text.len--;
    return text;
}

static void write_entra(struct world *world, const struct access *access,
                        const struct change *change)
{
    struct guid correlation = chance_guid(access->chance);
    char text[ADDRESS_SIZE], id[96];
    struct buf name = {.at = id, .capacity = sizeof id};
    struct str address = address_text(access->address, text);
    PUT(&name, "Directory_");
    put_guid(&name, &correlation);
    PUT(&name, "_");
    put_hex(&name, chance_next(access->chance), 5);
    PUT(&name, "_");
    put_number(&name, chance_between(access->chance, 1000000, 99999999));
    struct buf *out = world_line(world);
    PUT(out, "{\"id\":");
    buf_add_json(out, buf_str(&name));
    MEMBER_TEXT(out, "category", str_from(change->category));
    MEMBER_GUID(out, "correlationId", &correlation);
    MEMBER_LITERAL(out, "result", "success");
    MEMBER_LITERAL(out, "resultReason", "");
    MEMBER_TEXT(out, "activityDisplayName", activity_of(change));
    MEMBER_TIME_Z(out, "activityDateTime", access->time, 7);
    MEMBER_LITERAL(out, "loggedByService", "Core Directory");
    MEMBER_TEXT(out, "operationType", str_from(change->kind));
    PUT(out, ",\"initiatedBy\":{\"user\":{\"id\":");
    put_quoted_guid(out, &access->user->object);
    MEMBER_BARE(out, "displayName", "null");
    MEMBER_TEXT(out, "userPrincipalName", access->user->spelled);
    MEMBER_TEXT(out, "ipAddress", address);
    PUT(out, "}}");
    put_resource(out, change);
    PUT(out, ",\"additionalDetails\":[{\"key\":\"User-Agent\",\"value\":");
    buf_add_json(out, access->agent ? str_from(access->agent->text) : S("EvoSTS"));
    PUT(out, "}]}");
    struct emission emission = {.feed = FEED_DIRECTORY,
                                .time = access->time,
                                .id = buf_str(&name),
                                .operation = activity_of(change),
                                .user = access->user->name,
                                .correlation = correlation,
                                .address = address,
                                .tenant = world->tenant.id_text};
    world_emit(world, &emission, access->plot, access->is_lured);
}

void record_change(struct world *world, const struct access *access, const struct change *change)
{
    note_access(access);
    write_audit(world, access, change);
    write_entra(world, access, change);
}
