// Activities of the directory: changes and sign-ins.
// SPDX-License-Identifier: Apache-2.0
#include "base/encode.h"
#include "event/activity_part.h"
#include "event/pair.h"
#include "event/read.h"

// ---- the directory ----------------------------------------------------------------------------

// Permissions by which mail can be read. Source: Microsoft Graph permissions reference; Office 365
// Exchange Online's own roles.
static bool reaches_mail(struct str text)
{
    static const struct str words[] = {
        STR("Mail."), STR("full_access_as_app"), STR("full_access_as_user"),
        STR("EWS.AccessAsUser"), STR("IMAP.Access"), STR("POP.Access"),
        // the same as role ids: full_access_as_app, Mail.Read,
        // Mail.ReadWrite
        STR("dc890d15-9560-4a4c-9b7f-a736ec74ec40"), STR("810c84a8-4a9e-49e6-bf7d-12d183f40d01"),
        STR("e2a3a72e-5f79-4c64-b1b1-878b674786c9")};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (str_contains_fold(text, words[i]))
            return true;
    return false;
}

// The first GUID that stands in a text like ["id"] or "id;name".
static struct str guid_in(struct str text)
{
    uint8_t guid[16];
    for (size_t i = 0; i + 36 <= text.len; i++)
        if (guid_parse(str_of(text.at + i, 36), guid))
            return str_of(text.at + i, 36);
    return S("");
}

// What a directory change gives: reach to mail, and the application it names, by the property that says
// it best (the others may name the resource).
struct changes {
    struct activity *out;
    struct str app;
    size_t rank; // of the property that named it
};

static void read_change(struct str word, struct str text, void *context)
{
    static const char *const names[] = {"ServicePrincipal.AppId", "AppId",
                                        "ServicePrincipal.ServicePrincipalNames",
                                        "TargetId.ServicePrincipalNames"};
    struct changes *changes = context;
    activity_set(changes->out, ACTIVITY_REACHES_MAIL, reaches_mail(text));
    for (size_t i = 0; i < changes->rank; i++)
        if (str_equal_fold(word, str_from(names[i])) && guid_in(text).len) {
            changes->app = guid_in(text);
            changes->rank = i;
        }
}

// The value behind one in quotes of its own is the same without them (field_fill gives both).
static bool is_unquoted(struct str quoted, struct str text)
{
    return quoted.len >= 2 && quoted.at[0] == '"' && quoted.at[quoted.len - 1] == '"' &&
           (str_index(quoted, '\\') < quoted.len ||
            str_equal(text, str_of(quoted.at + 1, quoted.len - 2)));
}

// Properties in columns (the portal's CSV): names and values are lists of their own.
static void read_columns(const struct field_slots *slots, struct changes *changes)
{
    const struct field_value *name = field_first(slots, FIELD_ModifiedPropertyName);
    const struct field_value *value = field_first(slots, FIELD_ModifiedPropertyNew);
    while (name && value) {
        struct str text = json_str(value->json);
        read_change(json_str(name->json), text, changes);
        name = field_next(slots, name);
        value = field_next(slots, value);
        if (value && is_unquoted(text, json_str(value->json)))
            value = field_next(slots, value);
    }
}

static void read_changes(const struct field_slots *slots, struct intern *texts,
                         struct activity *out)
{
    struct changes changes = {.out = out, .rank = 4};
    if (field_first(slots, FIELD_ModifiedProperties))
        pair_each(slots, FIELD_ModifiedProperties, read_change, &changes);
    else
        read_columns(slots, &changes);
    if (changes.app.len)
        out->target_app = activity_text(texts, changes.app, SPELL_GUID);
}

void activity_read_directory(const struct event *event, const struct field_slots *slots,
                             struct intern *texts, struct activity *out)
{
    struct str target = activity_word(slots, FIELD_Target);
    if (event->source == SOURCE_ENTRA_AUDIT)
        out->workload = WORKLOAD_DIRECTORY;
    for (const struct field_value *v = field_first(slots, FIELD_Target); v;
         v = field_next(slots, v)) // the address among a target's names says most
        if (text_is_address(json_str(v->json)))
            target = json_str(v->json);
    if (!out->target && target.len)
        out->target = activity_text(texts, target, SPELL_LOWER);
    read_changes(slots, texts, out);
}

// ---- sign-ins ---------------------------------------------------------------------------------

static uint8_t sign_in_workload(const struct field_slots *slots)
{
    struct str category = activity_word(slots, FIELD_Category),
               type = activity_word(slots, FIELD_SignInEventTypes);
    if (str_contains_fold(category, S("NonInteractive")) ||
        str_contains_fold(type, S("nonInteractive")))
        return WORKLOAD_NON_INTERACTIVE;
    if (str_contains_fold(category, S("ManagedIdentity")) ||
        str_contains_fold(type, S("managedIdentity")))
        return WORKLOAD_MANAGED_IDENTITY;
    if (str_contains_fold(category, S("ServicePrincipal")) ||
        str_contains_fold(type, S("servicePrincipal")))
        return WORKLOAD_SERVICE_PRINCIPAL;
    if (activity_word(slots, FIELD_ServicePrincipalId).len &&
        !activity_word(slots, FIELD_UserId).len &&
        !activity_word(slots, FIELD_UserPrincipalName).len) // nothing says it, and there is no user
        return WORKLOAD_SERVICE_PRINCIPAL;
    if (field_bool(slots, FIELD_IsInteractive) == 0)
        return WORKLOAD_NON_INTERACTIVE;
    return WORKLOAD_INTERACTIVE;
}

// Protocols that know no second factor. Source: Entra, "Block legacy authentication".
static bool is_legacy(struct str client)
{
    static const char *const names[] = {"IMAP4",
                                        "IMAP",
                                        "POP3",
                                        "POP",
                                        "Authenticated SMTP",
                                        "SMTP",
                                        "Exchange ActiveSync",
                                        "MAPI Over HTTP",
                                        "Exchange Web Services",
                                        "Autodiscover",
                                        "Offline Address Book",
                                        "Exchange Online PowerShell",
                                        "Reporting Web Services",
                                        "Other clients",
                                        "Outlook Anywhere (RPC over HTTP)"};
    return text_is_one_of(client, names, sizeof names / sizeof names[0]);
}

void activity_read_sign_in(const struct event *event, const struct field_slots *slots,
                           struct activity *out)
{
    int64_t number;
    if (event->source == SOURCE_M365_AUDIT) {
        activity_set(out, ACTIVITY_IS_DEVICE_CODE,
                     str_equal_fold(activity_word(slots, FIELD_RequestType), S("Cmsi:Cmsi")));
        return;
    }
    out->workload = sign_in_workload(slots);
    activity_set(out, ACTIVITY_IS_INTERACTIVE, out->workload == WORKLOAD_INTERACTIVE);
    activity_set(out, ACTIVITY_IS_SERVICE,
                 out->workload == WORKLOAD_SERVICE_PRINCIPAL ||
                     out->workload == WORKLOAD_MANAGED_IDENTITY);
    activity_set(
        out, ACTIVITY_IS_DEVICE_CODE,
        str_equal_fold(activity_word(slots, FIELD_AuthenticationProtocol), S("deviceCode")) ||
            str_equal_fold(activity_word(slots, FIELD_OriginalTransferMethod),
                           S("deviceCodeFlow")));
    struct str taken = activity_word(slots, FIELD_AuthenticationRequirement);
    activity_set(out, ACTIVITY_IS_SINGLE_FACTOR,
                 str_equal_fold(taken, S("singleFactorAuthentication")));
    activity_set(out, ACTIVITY_IS_MULTI_FACTOR,
                 str_equal_fold(taken, S("multiFactorAuthentication")));
    struct str issuer = activity_word(slots, FIELD_TokenIssuerType);
    activity_set(out, ACTIVITY_IS_FEDERATED,
                 issuer.len && !str_equal_fold(issuer, S("AzureAD")) &&
                     !str_equal_fold(issuer, S("UnknownFutureValue")));
    activity_set(out, ACTIVITY_IS_LEGACY, is_legacy(activity_word(slots, FIELD_ClientAppUsed)));
    if (field_int(slots, FIELD_ResultType, &number))
        out->error = activity_error(number);
}
