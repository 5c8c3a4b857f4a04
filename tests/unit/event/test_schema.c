// The schema table: its rows are whole, and names of rules resolve through it.
// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "event/derived.h"
#include "event/schema.h"

static void every_field_has_a_name_a_meaning_and_a_place(void **state)
{
    (void)state;
    for (int f = 0; f < FIELD_COUNT; f++) {
        const struct field_row *row = &field_rows[f];
        struct str meaning = str_from(row->meaning);
        bool has_path = field_is_derived((enum field_id)f);
        for (size_t i = 0; i < field_path_row_count && !has_path; i++)
            has_path = (int)field_path_rows[i].field == f;
        if (!row->name[0] || !str_ends(meaning, S(".")) || !has_path)
            fail_msg("field %d (%s) is not whole", f, row->name);
    }
}

static void no_two_fields_share_a_name(void **state)
{
    (void)state;
    for (int a = 0; a < FIELD_COUNT; a++)
        for (int b = a + 1; b < FIELD_COUNT; b++)
            if (str_equal_fold(str_from(field_rows[a].name), str_from(field_rows[b].name)))
                fail_msg("%s twice", field_rows[a].name);
}

static void no_path_is_written_twice(void **state)
{
    (void)state;
    for (size_t a = 0; a < field_path_row_count; a++) {
        const struct field_path_row *one = &field_path_rows[a];
        assert_true((unsigned)one->source < SOURCE_COUNT && (unsigned)one->field < FIELD_COUNT);
        assert_true(one->path[0] != '\0');
        for (size_t b = a + 1; b < field_path_row_count; b++) {
            const struct field_path_row *other = &field_path_rows[b];
            if (one->source == other->source && one->field == other->field &&
                strcmp(one->path, other->path) == 0)
                fail_msg("%s: %s twice", field_rows[one->field].name, one->path);
        }
    }
}

struct name_case {
    enum source_id source;
    const char *name;
    enum field_id field;
};

// Every field that SigmaHQ's rules for these products use, and some spellings of other collections.
static const struct name_case name_cases[] = {
    {SOURCE_M365_AUDIT, "Operation", FIELD_Operation},
    {SOURCE_M365_AUDIT, "operation", FIELD_Operation},
    {SOURCE_M365_AUDIT, "eventSource", FIELD_Workload},
    {SOURCE_M365_AUDIT, "eventName", FIELD_EventName},
    {SOURCE_M365_AUDIT, "status", FIELD_Status},
    {SOURCE_M365_AUDIT, "Payload", FIELD_AlertData},
    {SOURCE_M365_AUDIT, "ApplicationId", FIELD_AppId},
    {SOURCE_M365_AUDIT, "RequestType", FIELD_RequestType},
    {SOURCE_M365_AUDIT, "ObjectId", FIELD_ObjectId},
    {SOURCE_M365_AUDIT, "Workload", FIELD_Workload},
    {SOURCE_M365_AUDIT, "Directionality", FIELD_Directionality},
    {SOURCE_M365_AUDIT, "DeliveryAction", FIELD_DeliveryAction},
    {SOURCE_M365_AUDIT, "Parameters", FIELD_Parameters},
    {SOURCE_M365_AUDIT, "OperationProperties", FIELD_OperationProperties},
    {SOURCE_M365_AUDIT, "ClientIPAddress", FIELD_ClientIP},
    {SOURCE_M365_AUDIT, "Logon_Type", FIELD_LogonType},
    {SOURCE_M365_AUDIT, "o365.audit.UserId", FIELD_UserId},
    {SOURCE_M365_AUDIT, "AppAccessContext.AADSessionId", FIELD_SessionId},
    {SOURCE_M365_AUDIT, "Outcome", FIELD_Outcome},
    {SOURCE_M365_AUDIT, "ActorClass", FIELD_ActorClass},
    {SOURCE_ENTRA_SIGNIN, "ActivityDetails", FIELD_OperationName},
    {SOURCE_ENTRA_SIGNIN, "ResultType", FIELD_ResultType},
    {SOURCE_ENTRA_SIGNIN, "ResultDescription", FIELD_ResultDescription},
    {SOURCE_ENTRA_SIGNIN, "Resultdescription", FIELD_ResultDescription},
    {SOURCE_ENTRA_SIGNIN, "AuthenticationRequirement", FIELD_AuthenticationRequirement},
    {SOURCE_ENTRA_SIGNIN, "ClientApp", FIELD_ClientAppUsed},
    {SOURCE_ENTRA_SIGNIN, "DeviceDetail.deviceId", FIELD_DeviceId},
    {SOURCE_ENTRA_SIGNIN, "DeviceDetail.trusttype", FIELD_TrustType},
    {SOURCE_ENTRA_SIGNIN, "DeviceDetail.isCompliant", FIELD_IsCompliant},
    {SOURCE_ENTRA_SIGNIN, "NetworkLocationDetails", FIELD_NetworkLocationDetails},
    {SOURCE_ENTRA_SIGNIN, "ResourceDisplayName", FIELD_ResourceDisplayName},
    {SOURCE_ENTRA_SIGNIN, "RiskState", FIELD_RiskState},
    {SOURCE_ENTRA_SIGNIN, "riskEventType", FIELD_RiskEventTypes},
    {SOURCE_ENTRA_SIGNIN, "Status", FIELD_Status},
    {SOURCE_ENTRA_SIGNIN, "Username", FIELD_UserPrincipalName},
    {SOURCE_ENTRA_SIGNIN, "userAgent", FIELD_UserAgent},
    {SOURCE_ENTRA_SIGNIN, "conditionalAccessStatus", FIELD_ConditionalAccessStatus},
    {SOURCE_ENTRA_SIGNIN, "properties.userPrincipalName", FIELD_UserPrincipalName},
    {SOURCE_ENTRA_SIGNIN, "azure.signinlogs.properties.user_principal_name",
     FIELD_UserPrincipalName},
    {SOURCE_ENTRA_SIGNIN, "Request ID", FIELD_Id},
    {SOURCE_ENTRA_SIGNIN, "status.errorCode", FIELD_ResultType},
    {SOURCE_ENTRA_AUDIT, "properties.message", FIELD_OperationName},
    {SOURCE_ENTRA_AUDIT, "OperationName", FIELD_OperationName},
    {SOURCE_ENTRA_AUDIT, "operationName", FIELD_OperationName},
    {SOURCE_ENTRA_AUDIT, "ActivityDisplayName", FIELD_ActivityDisplayName},
    {SOURCE_ENTRA_AUDIT, "ActivityType", FIELD_OperationName},
    {SOURCE_ENTRA_AUDIT, "activityType", FIELD_OperationName},
    {SOURCE_ENTRA_AUDIT, "Category", FIELD_Category},
    {SOURCE_ENTRA_AUDIT, "LoggedByService", FIELD_LoggedByService},
    {SOURCE_ENTRA_AUDIT, "Status", FIELD_Status},
    {SOURCE_ENTRA_AUDIT, "properties.result", FIELD_Status},
    {SOURCE_ENTRA_AUDIT, "failure_status_reason", FIELD_ResultReason},
    {SOURCE_ENTRA_AUDIT, "TargetResources", FIELD_TargetResources},
    {SOURCE_ENTRA_AUDIT, "properties.targetResources", FIELD_TargetResources},
    {SOURCE_ENTRA_AUDIT, "targetResources.type", FIELD_TargetType},
    {SOURCE_ENTRA_AUDIT, "TargetResources.modifiedProperties", FIELD_ModifiedProperties},
    {SOURCE_ENTRA_AUDIT, "TargetResources.ModifiedProperties.DisplayName",
     FIELD_ModifiedPropertyName},
    {SOURCE_ENTRA_AUDIT, "TargetResources.ModifiedProperties.NewValue", FIELD_ModifiedPropertyNew},
    {SOURCE_ENTRA_AUDIT, "ConsentContext.IsAdminConsent", FIELD_IsAdminConsent},
    {SOURCE_ENTRA_AUDIT, "additionalDetails.additionalInfo", FIELD_AdditionalInfo},
    {SOURCE_ENTRA_AUDIT, "Initiatedby", FIELD_InitiatedBy},
    {SOURCE_ENTRA_AUDIT, "Target", FIELD_Target},
    {SOURCE_AZURE_ACTIVITY, "operationName", FIELD_OperationName},
    {SOURCE_AZURE_ACTIVITY, "OperationNameValue", FIELD_Operation},
    {SOURCE_AZURE_ACTIVITY, "CategoryValue", FIELD_Category},
    {SOURCE_AZURE_ACTIVITY, "ResourceProviderValue", FIELD_ResourceProvider},
    {SOURCE_AZURE_ACTIVITY, "ResourceId", FIELD_ResourceId},
    {SOURCE_AZURE_ACTIVITY, "properties.message", FIELD_OperationName},
    {SOURCE_GRAPH_ACTIVITY, "RequestUri", FIELD_RequestUri},
    {SOURCE_GRAPH_ACTIVITY, "requestUri", FIELD_RequestUri},
    {SOURCE_MESSAGE_TRACE, "SenderAddress", FIELD_SenderAddress},
};

static void names_of_rules_resolve_to_fields(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof name_cases / sizeof name_cases[0]; i++) {
        struct field_plan *plan = field_plan_new(name_cases[i].source);
        uint32_t slot = field_plan_want_name(plan, str_from(name_cases[i].name));
        if (slot != (uint32_t)name_cases[i].field)
            fail_msg("%s: %s is %s, not %s", event_source_name(name_cases[i].source),
                     name_cases[i].name, slot < FIELD_COUNT ? field_rows[slot].name : "a raw path",
                     field_rows[name_cases[i].field].name);
        field_plan_finish(plan);
        field_plan_free(plan);
    }
}

static void any_json_keeps_the_names_it_has(void **state)
{
    (void)state;
    struct field_plan *plan = field_plan_new(SOURCE_ANY_JSON);
    assert_true(field_plan_want_name(plan, S("User")) >= FIELD_COUNT);
    assert_true(field_plan_want_name(plan, S("Operation")) >= FIELD_COUNT);
    field_plan_finish(plan);
    field_plan_free(plan);
}

static void the_page_of_fields_has_every_field(void **state)
{
    (void)state;
    struct buf page;
    buf_init(&page);
    field_print_markdown(&page);
    assert_true(str_starts(buf_str(&page), S("# Fields\n")));
    for (int f = 0; f < FIELD_COUNT; f++) {
        struct buf heading;
        buf_init(&heading);
        buf_print(&heading, "\n## %s\n", field_rows[f].name);
        assert_true(str_contains(buf_str(&page), buf_str(&heading)));
        buf_done(&heading);
    }
    buf_done(&page);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_field_has_a_name_a_meaning_and_a_place),
        cmocka_unit_test(no_two_fields_share_a_name),
        cmocka_unit_test(no_path_is_written_twice),
        cmocka_unit_test(names_of_rules_resolve_to_fields),
        cmocka_unit_test(any_json_keeps_the_names_it_has),
        cmocka_unit_test(the_page_of_fields_has_every_field),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
