// Sign-ins: Entra's record (Graph resource type signIn) and the audit log's (RecordType 15).
// SPDX-License-Identifier: Apache-2.0
#include "base/encode.h"
#include "simulate/record_audit.h"

// The codes that occur here (learn.microsoft.com, "Microsoft Entra authentication and authorization
// error codes"), with LogonError of the audit log.
static const struct code {
    int code;
    const char *reason, *logon_error;
} codes[] = {
    {0, "Other.", ""},
    {50034, "The user account does not exist in the directory.", "UserAccountNotFound"},
    {50053, "The account is locked, too many sign-in attempts.", "IdsLocked"},
    {50055, "The password is expired.", "InvalidPasswordExpiredPassword"},
    {50058, "User information required for single sign-on was not found.",
     "UserInformationNotProvided"},
    {50074, "Strong authentication is required.", "UserStrongAuthClientAuthNRequiredInterrupt"},
    {50126, "Invalid username or password.", "InvalidUserNameOrPassword"},
    {50140, "Keep me signed in interrupt.", "KmsiInterrupt"},
    {53003, "Access has been blocked by Conditional Access policies.",
     "BlockedByConditionalAccess"},
    {65001, "The user or administrator has not consented to use the application.",
     "DelegationDoesNotExist"},
    {500121, "Authentication failed during strong authentication request.",
     "AuthenticationFailedSasError"},
    {700082, "The refresh token has expired due to inactivity.", "ExpiredOrRevokedGrant"},
};

static const struct code *code_of(int number)
{
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++)
        if (codes[i].code == number)
            return &codes[i];
    return &codes[0];
}

static struct str app_id(const struct access *access)
{
    return access->app ? access->app->id_text : str_from(access->client->app_id);
}

static struct str app_name(const struct access *access)
{
    return access->app ? access->app->name : str_from(access->client->name);
}

// ---- Entra ------------------------------------------------------------------------------------

static void put_head(struct buf *out, const struct sign_in *sign_in, const struct guid *correlation)
{
    const struct access *access = &sign_in->access;
    PUT(out, "{\"id\":");
    put_quoted_guid(out, &sign_in->request);
    MEMBER_TIME_Z(out, "createdDateTime", access->time, 7);
    if (access->user) {
        MEMBER_TEXT(out, "userDisplayName", access->user->name);
        MEMBER_TEXT(out, "userPrincipalName", access->user->spelled);
        MEMBER_GUID(out, "userId", &access->user->object);
        MEMBER_LITERAL(out, "userType", "member");
    } else {
        MEMBER_GUID(out, "servicePrincipalId", &access->app->object);
        MEMBER_TEXT(out, "servicePrincipalName", access->app->name);
        buf_add(out, sign_in->has_secret ? S(",\"clientCredentialType\":\"clientSecret\"")
                                         : S(",\"clientCredentialType\":\"certificate\""));
    }
    MEMBER_TEXT(out, "appId", app_id(access));
    MEMBER_TEXT(out, "appDisplayName", app_name(access));
    MEMBER_GUID(out, "correlationId", correlation);
}

static void put_place(struct buf *out, const struct access *access)
{
    char text[ADDRESS_SIZE];
    const struct network *network = address_network(access->address);
    MEMBER_TEXT(out, "ipAddress", address_text(access->address, text));
    MEMBER_NUMBER(out, "autonomousSystemNumber", network->asn);
    PUT(out, ",\"location\":{\"city\":");
    buf_add_json(out, str_from(network->city));
    MEMBER_TEXT(out, "state", str_from(network->state));
    MEMBER_TEXT(out, "countryOrRegion", str_from(network->country));
    PUT(out, "}");
}

static void put_device(struct buf *out, const struct sign_in *sign_in)
{
    const struct agent *agent = sign_in->access.agent;
    const struct person *user = sign_in->access.user;
    bool is_managed = sign_in->is_known_device && user;
    if (agent)
        MEMBER_TEXT(out, "userAgent", str_from(agent->text));
    PUT(out, ",\"deviceDetail\":{\"deviceId\":");
    if (is_managed)
        put_quoted_guid(out, &user->sessions[sign_in->access.client->device].device_id);
    else
        PUT(out, "\"\"");
    MEMBER_TEXT(out, "operatingSystem", agent ? str_from(agent->os) : S(""));
    MEMBER_TEXT(out, "browser", agent ? str_from(agent->browser) : S(""));
    MEMBER_BOOL(out, "isCompliant", is_managed);
    MEMBER_BOOL(out, "isManaged", is_managed);
    buf_add(out, is_managed ? S(",\"trustType\":\"Azure AD joined\"}") : S(",\"trustType\":\"\"}"));
}

static void put_authentication(struct buf *out, const struct sign_in *sign_in)
{
    const char *protocol = sign_in->protocol ? sign_in->protocol : "none";
    const char *transfer = sign_in->transfer ? sign_in->transfer : "none";
    const char *incoming = sign_in->incoming ? sign_in->incoming : "none";
    MEMBER_TEXT(out, "authenticationProtocol", str_from(protocol));
    MEMBER_TEXT(out, "originalTransferMethod", str_from(transfer));
    MEMBER_TEXT(out, "incomingTokenType", str_from(incoming));
    MEMBER(out, "authenticationRequirement");
    buf_add(out, sign_in->has_second_factor ? S("\"multiFactorAuthentication\"")
                                            : S("\"singleFactorAuthentication\""));
    PUT(out, ",\"authenticationDetails\":[{\"authenticationStepDateTime\":");
    put_quoted_time(out, sign_in->access.time, 107);
    MEMBER(out, "authenticationMethod");
    buf_add(out, sign_in->issuer           ? S("\"Federated\"")
                 : sign_in->is_interactive ? S("\"Password\"")
                                           : S("\"Previously satisfied\""));
    MEMBER_BOOL(out, "succeeded", sign_in->error != 50126);
    PUT(out, "}");
    if (sign_in->has_second_factor && sign_in->second_factor && sign_in->error != 50126) {
        PUT(out, ",{\"authenticationStepDateTime\":");
        put_quoted_time(out, sign_in->access.time, 107);
        MEMBER_TEXT(out, "authenticationMethod", str_from(sign_in->second_factor));
        buf_add(out, sign_in->error == 500121
                         ? S(",\"authenticationStepResultDetail\":\"MFA denied; user declined the "
                             "authentication\"")
                         : S(",\"authenticationStepResultDetail\":\"MFA completed in Azure AD\""));
        MEMBER_BOOL(out, "succeeded", sign_in->error == 0);
        PUT(out, "}");
    }
    PUT(out, "]");
}

static void put_status(struct buf *out, const struct sign_in *sign_in)
{
    PUT(out, ",\"status\":{\"errorCode\":");
    put_number(out, sign_in->error);
    MEMBER_TEXT(out, "failureReason", str_from(code_of(sign_in->error)->reason));
    if (sign_in->error == 500121)
        MEMBER_LITERAL(out, "additionalDetails", "MFA denied; user declined the authentication");
    else
        MEMBER_BARE(out, "additionalDetails", "null");
    PUT(out, "}");
    buf_add(out, sign_in->error == 53003 ? S(",\"conditionalAccessStatus\":\"failure\"")
                 : sign_in->error        ? S(",\"conditionalAccessStatus\":\"notApplied\"")
                                         : S(",\"conditionalAccessStatus\":\"success\""));
    PUT(out, ",\"riskDetail\":\"none\",\"riskLevelAggregated\":\"none\",\"riskLevelDuringSignIn\":"
             "\"none\",\"riskState\":\"none\",\"riskEventTypes_v2\":[]");
}

static enum feed feed_of(const struct sign_in *sign_in)
{
    if (!sign_in->access.user)
        return sign_in->is_managed_identity ? FEED_MANAGED : FEED_SERVICE;
    return sign_in->is_interactive ? FEED_INTERACTIVE : FEED_NON_INTERACTIVE;
}

static void put_kind(struct buf *out, enum feed feed)
{
    static const char *const kinds[FEED_COUNT] = {[FEED_INTERACTIVE] = "interactiveUser",
                                                  [FEED_NON_INTERACTIVE] = "nonInteractiveUser",
                                                  [FEED_SERVICE] = "servicePrincipal",
                                                  [FEED_MANAGED] = "managedIdentity"};
    MEMBER_BOOL(out, "isInteractive", feed == FEED_INTERACTIVE);
    PUT(out, ",\"signInEventTypes\":[\"");
    buf_add(out, str_from(kinds[feed]));
    PUT(out, "\"]");
}

static void put_resource(struct buf *out, const struct world *world, const struct sign_in *sign_in)
{
    const struct resource *resource = &resources[sign_in->resource];
    MEMBER_TEXT(out, "resourceDisplayName", str_from(resource->name));
    MEMBER_TEXT(out, "resourceId", str_from(resource->id));
    MEMBER_TEXT(out, "resourceTenantId", world->tenant.id_text);
    MEMBER_TEXT(out, "homeTenantId", world->tenant.id_text);
    MEMBER_LITERAL(out, "crossTenantAccessType", "none");
    MEMBER_TEXT(out, "tokenIssuerName", str_from(sign_in->issuer ? sign_in->issuer : ""));
    buf_add(out, sign_in->issuer ? S(",\"tokenIssuerType\":\"ADFederationServices\"")
                                 : S(",\"tokenIssuerType\":\"AzureAD\""));
    PUT(out, ",\"authenticationProcessingDetails\":[{\"key\":\"Is CAE Token\",\"value\":\"");
    const struct token *token = sign_in->access.token;
    bool is_long = token && token->expires - token->issued > 3 * HOUR;
    buf_add(out, is_long ? S("True\"}]") : S("False\"}]"));
}

static void write_entra(struct world *world, const struct sign_in *sign_in)
{
    const struct access *access = &sign_in->access;
    struct guid correlation = chance_guid(access->chance);
    enum feed feed = feed_of(sign_in);
    char id[37], text[ADDRESS_SIZE];
    struct buf *out = world_line(world);
    put_head(out, sign_in, &correlation);
    put_place(out, access);
    MEMBER_TEXT(out, "clientAppUsed", access->user ? str_from(access->client->used) : S(""));
    put_device(out, sign_in);
    put_kind(out, feed);
    if (access->session)
        MEMBER_GUID(out, "sessionId", access->session);
    PUT(out, ",\"uniqueTokenIdentifier\":\"");
    put_token_id(out, &sign_in->request);
    PUT(out, "\"");
    put_authentication(out, sign_in);
    put_resource(out, world, sign_in);
    put_status(out, sign_in);
    PUT(out, "}");
    guid_print(sign_in->request.at, id);
    struct emission emission = {.feed = feed,
                                .time = access->time,
                                .id = str_of(id, 36),
                                .operation = S("Sign-in activity"),
                                .user = access->user ? access->user->name : access->app->name,
                                .correlation = correlation,
                                .address = address_text(access->address, text),
                                .result = sign_in->error,
                                .country = address_network(access->address)->country,
                                .lag = world->conditions.sign_in_lag,
                                .tenant = world->tenant.id_text};
    world_emit(world, &emission, access->plot, access->is_lured);
}

// ---- audit log --------------------------------------------------------------------------------

static void put_properties(struct buf *out, const struct sign_in *sign_in)
{
    const struct agent *agent = sign_in->access.agent;
    const struct guid *session = sign_in->access.session;
    char text[37];
    PUT(out, ",\"ExtendedProperties\":[");
    put_pair(out, S("ResultStatusDetail"), sign_in->error ? S("UserError") : S("Success"));
    put_pair(out, S("UserAgent"), agent ? str_from(agent->text) : S(""));
    put_pair(out, S("UserAuthenticationMethod"), sign_in->has_second_factor ? S("65") : S("1"));
    put_pair(out, S("RequestType"),
             sign_in->request_type     ? str_from(sign_in->request_type)
             : sign_in->is_interactive ? S("OAuth2:Authorize")
                                       : S("OAuth2:Token"));
    PUT(out, "],\"DeviceProperties\":[");
    put_pair(out, S("OS"), agent && agent->os[0] ? str_from(agent->os) : S("Other"));
    put_pair(out, S("BrowserType"),
             agent && agent->browser[0] ? str_from(agent->browser) : S("Other"));
    put_pair(out, S("IsCompliantAndManaged"), sign_in->is_known_device ? S("True") : S("False"));
    if (session) {
        guid_print(session->at, text);
        put_pair(out, S("SessionId"), str_of(text, 36));
    }
    PUT(out, "]");
}

static void write_audit(struct world *world, const struct sign_in *sign_in)
{
    const struct access *access = &sign_in->access;
    char text[ADDRESS_SIZE], object[37], code[16];
    struct buf number = {.at = code, .capacity = sizeof code};
    struct audit audit;
    guid_print(access->user->object.at, object);
    put_number(&number, sign_in->error);
    struct audit_head head = {.time = access->time,
                              .id = sign_in->request, // the audit log's Id is the request's
                              .operation = sign_in->error ? "UserLoginFailed" : "UserLoggedIn",
                              .workload = "AzureActiveDirectory",
                              .result = sign_in->error ? "Failed" : "Success",
                              .record_type = 15,
                              .user = access->user->spelled,
                              .user_key = str_of(object, 36)};
    struct guid other = chance_guid(access->chance);
    struct str address = address_text(access->address, text);
    struct str resource = str_from(resources[sign_in->resource].id);
    struct buf *out = audit_open(world, &audit, &head);
    MEMBER_TEXT(out, "ClientIP", address);
    MEMBER_TEXT(out, "ObjectId", resource);
    MEMBER_TEXT(out, "UserId", access->user->spelled);
    MEMBER_BARE(out, "AzureActiveDirectoryEventType", "1");
    put_properties(out, sign_in);
    PUT(out, ",\"ModifiedProperties\":[],\"Actor\":[{\"ID\":");
    buf_add_json(out, str_of(object, 36));
    PUT(out, ",\"Type\":0},{\"ID\":");
    buf_add_json(out, access->user->spelled);
    PUT(out, ",\"Type\":5}]");
    MEMBER_TEXT(out, "ActorContextId", world->tenant.id_text);
    MEMBER_TEXT(out, "ActorIpAddress", address);
    MEMBER_GUID(out, "InterSystemsId", &other);
    MEMBER_GUID(out, "IntraSystemId", &sign_in->request);
    MEMBER_LITERAL(out, "SupportTicketId", "");
    PUT(out, ",\"Target\":[{\"ID\":");
    buf_add_json(out, resource);
    PUT(out, ",\"Type\":0}]");
    MEMBER_TEXT(out, "TargetContextId", world->tenant.id_text);
    MEMBER_TEXT(out, "ApplicationId", app_id(access));
    MEMBER_TEXT(out, "ErrorNumber", buf_str(&number));
    if (sign_in->error)
        MEMBER_TEXT(out, "LogonError", str_from(code_of(sign_in->error)->logon_error));
    audit_close(world, &audit, access);
}

void record_sign_in(struct world *world, const struct sign_in *sign_in)
{
    const struct access *access = &sign_in->access;
    note_access(access);
    if (access->plot && access->agent && !access->is_lured)
        story_add(&access->plot->story, SET_AGENTS, str_from(access->agent->text));
    write_entra(world, sign_in);
    if (sign_in->is_audited && sign_in->access.user)
        write_audit(world, sign_in);
}
