// Entra sign-ins of users, interactive or not, of service principals and of managed identities, and
// the risk detections about them. Source: Graph resource type signIn; Azure Monitor tables
// SigninLogs, AADNonInteractiveUserSignInLogs, AADServicePrincipalSignInLogs,
// AADManagedIdentitySignInLogs, AADUserRiskEvents. SPDX-License-Identifier: Apache-2.0
#include "event/read.h"
#include "source/clues.h"

static const char *const categories[] = {
    "SignInLogs",
    "NonInteractiveUserSignInLogs",
    "ServicePrincipalSignInLogs",
    "ManagedIdentitySignInLogs",
    "MicrosoftServicePrincipalSignInLogs",
    "ADFSSignInLogs",
    "UserRiskEvents",
    "ServicePrincipalRiskEvents",
    "AADNonInteractiveUserSignInLogs",
    "AADServicePrincipalSignInLogs",
    "AADManagedIdentitySignInLogs",
    "AADUserRiskEvents",
    "AADServicePrincipalRiskEvents",
    "AADSignInEventsBeta",
    "EntraIdSignInEvents",
};

// A category alone is no proof: alerts carry the name of the table they were made from.
static const char *const proofs[] = {"properties",     "ResultType", "resultType",
                                     "AppDisplayName", "RequestId",  "createdDateTime",
                                     "RiskEventType"};

static bool is_risk(const struct record *record)
{
    static const char *const kinds[] = {"riskEventType", "RiskEventType"};
    static const char *const states[] = {"riskState", "RiskState", "detectedDateTime"};
    return record_has_any(record, kinds, 2) && record_has_any(record, states, 3);
}

static bool recognise(const struct record *record)
{
    static const char *const names[] = {"appDisplayName", "servicePrincipalName"};
    static const char *const ends[] = {"IPAddress", "ipAddress", "ResultType", "status"};
    if (record_has(record, S("AppDisplayName")) || record_has(record, S("appDisplayName")))
        return !record_has(record, S("Operation")) && record_has_any(record, ends, 4);
    // Graph answers with $select: no application's name, but what only sign-ins have.
    static const char *const signs[] = {"clientAppUsed", "conditionalAccessStatus", "isInteractive",
                                        "signInEventTypes", "uniqueTokenIdentifier"};
    if (record_has(record, S("createdDateTime")) && record_has(record, S("ipAddress")) &&
        record_has_any(record, signs, sizeof signs / sizeof signs[0]))
        return true;
    struct str category = record_category(record);
    if (category.len && is_word(category, categories, sizeof categories / sizeof categories[0]))
        return record_has_any(record, proofs, sizeof proofs / sizeof proofs[0]);
    if (record_has(record, S("properties")) && !category.len) // diagnostic, category left out
        return record_has_property(record, names, 2) && record_has_property(record, ends, 4);
    if (record_has(record, S("Request ID"))) // Entra portal
        return record_has(record, S("Sign-in error code")) || record_has(record, S("Application"));
    if (record_has(record, S("AccountUpn"))) // Defender hunting
        return record_has(record, S("ErrorCode")) && record_has(record, S("RequestId"));
    return is_risk(record) || record_is_dataset(record, S("azure"), S("signinlogs"));
}

static enum actor_class actor_of(const struct field_slots *slots)
{
    struct str access = field_word(slots, FIELD_CrossTenantAccessType);
    if (str_equal_fold(access, S("microsoftSupport")))
        return ACTOR_PROVIDER;
    if (str_equal_fold(access, S("serviceProvider")))
        return ACTOR_PARTNER;
    if (field_word(slots, FIELD_UserPrincipalName).len)
        return ACTOR_PERSON;
    if (!text_is_blank(field_word(slots, FIELD_ServicePrincipalId)))
        return ACTOR_APPLICATION;
    return field_word(slots, FIELD_UserId).len ? ACTOR_PERSON : ACTOR_UNKNOWN;
}

// The text behind "authenticationStepDateTime": in JSON that stands in a text.
static struct str step_in_text(struct str text)
{
    static const struct str label = STR("authenticationStepDateTime\"");
    for (size_t i = 0; i + label.len < text.len; i++) {
        if (memcmp(text.at + i, label.at, label.len) != 0)
            continue;
        struct str rest = str_of(text.at + i + label.len, text.len - i - label.len);
        str_cut(&rest, '"');
        return rest.at ? str_cut(&rest, '"') : S("");
    }
    return S("");
}

// Exports without a time column still have the time of the first authentication step.
static int64_t step_time(const struct event *event)
{
    struct json details = json_find(event->record, S("AuthenticationDetails"));
    struct str text = step_in_text(json_str(details));
    for (struct json_element e = json_elements(details); !text.len && json_element_next(&e);)
        text = json_str(json_find(e.value, S("authenticationStepDateTime")));
    return instant_parse(text, ORDER_MONTH_FIRST);
}

static void finish(struct field_slots *slots, struct event *event)
{
    static const enum field_id times[] = {FIELD_CreatedDateTime, FIELD_TimeGenerated};
    event->id = field_word(slots, FIELD_Id);
    if (!event->id.len)
        event->id = field_word(slots, FIELD_RequestId);
    event->time = first_time(slots, event, times, 2);
    if (event->time == INSTANT_NONE)
        event->time = step_time(event);
    event->actor = actor_of(slots);
}

static const enum field_id fields[] = {
    FIELD_Id,     FIELD_RequestId,         FIELD_CreatedDateTime,    FIELD_TimeGenerated,
    FIELD_UserId, FIELD_UserPrincipalName, FIELD_ServicePrincipalId, FIELD_CrossTenantAccessType};

const struct source source_entra_signin = {.id = SOURCE_ENTRA_SIGNIN,
                                           .name = "entra_signin",
                                           .recognise = recognise,
                                           .finish = finish,
                                           .fields = fields,
                                           .field_count = sizeof fields / sizeof fields[0]};
