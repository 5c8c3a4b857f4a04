// Activities of the directory: the same change as the audit log and as Entra's own log write it.
// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/activities.h"

#define AUDIT(operation, rest)                                                                     \
    "{'CreationTime':'2026-03-02T11:00:00','Id':'d','RecordType':8,'ResultStatus':'Success',"      \
    "'Workload':'AzureActiveDirectory','UserType':0,'UserKey':'1003200@contoso.example',"          \
    "'UserId':'Alice@contoso.example','Operation':'" operation "'," rest "}"
#define OWN(name, text) "{'Name':'" name "','OldValue':'','NewValue':'" text "'}"
#define ITEM(name, text) "{'displayName':'" name "','oldValue':null,'newValue':" text "}"
#define Q(text) "'\\\"" text "\\\"'"
#define APP "7d2c9f10-55aa-4c3b-8d21-9e6a0b1c2d3e"
#define GRAPH "00000003-0000-0000-c000-000000000000"
#define PERSON                                                                                     \
    "'initiatedBy':{'app':null,'user':{'id':'4B8E12AA-90a1-4c5d-9b77-3f2e1d0c9b8a',"               \
    "'displayName':'Alice E','userPrincipalName':'Alice@contoso.example',"                         \
    "'ipAddress':'203.0.113.50'}}"
#define ENTRA(activity, by, targets)                                                               \
    "{'id':'d','category':'ApplicationManagement','result':'success','resultReason':'',"           \
    "'activityDisplayName':'" activity "','activityDateTime':'2026-03-02T11:00:00Z',"              \
    "'loggedByService':'Core Directory','operationType':'Assign'," by                              \
    ",'targetResources':[" targets "]}"
#define TARGET(name, items)                                                                        \
    "{'id':'020c2630-0000-4000-8000-000000000001','displayName':'" name                            \
    "','type':'ServicePrincipal','userPrincipalName':null,'modifiedProperties':[" items "]}"

#define HEAD(kind)                                                                                 \
    kind "\nworkload=directory\ntime=2026-03-02T11:00:00Z\noutcome=success\nactor=person\n"
#define BY(operation) "id=d\noperation=" operation "\nuser=alice@contoso.example\n"
#define BY_ENTRA(operation)                                                                        \
    BY(operation) "object=4b8e12aa-90a1-4c5d-9b77-3f2e1d0c9b8a\naddress=203.0.113.50\n"

#define PERMISSIONS "[] => [[Id: x, ClientId: y, ConsentType: Principal, Scope: Mail.Read openid]]"

static const struct {
    const char *title, *record, *wanted;
} cases[] = {
    {"a consent in the audit log, its name with a full stop",
     AUDIT(
         "Consent to application.",
         "'ObjectId':'" APP
         "','ModifiedProperties':[" OWN("ConsentContext.IsAdminConsent", "False") "," OWN(
             "ConsentAction.Permissions",
             PERMISSIONS) "," OWN("TargetId.ServicePrincipalNames",
                                  "[\\r\\n  \\\"" APP
                                  "\\\"\\r\\n]") "],"
                                                 "'Target':[{'ID':'ServicePrincipal_1c2d3e4f','Type':2},{'ID':'Calendar','Type':1}]"),
     HEAD("consent") "reaches_mail\n" BY(
         "Consent to application.") "target=serviceprincipal_1c2d3e4f\ntarget_app=" APP "\n"},
    {"the same consent in Entra's log, values in quotes of their own",
     ENTRA("Consent to application", PERSON,
           TARGET("Calendar",
                  ITEM("ConsentContext.IsAdminConsent", Q("False")) "," ITEM(
                      "ConsentAction.Permissions",
                      Q(PERMISSIONS)) "," ITEM("TargetId.ServicePrincipalNames", Q(APP)))),
     HEAD("consent") "reaches_mail\n" BY_ENTRA(
         "Consent to application") "target=calendar\ntarget_app=" APP "\ndetail=Alice E\n"},
    {"a permission given by an administrator: the application, not the resource it reaches",
     ENTRA(
         "Add app role assignment to service principal", PERSON,
         TARGET(
             "Microsoft Graph",
             ITEM("TargetId.ServicePrincipalNames", Q(GRAPH ";https://graph.microsoft.com")) "," ITEM(
                 "AppRole.Value",
                 Q("Mail.ReadWrite")) "," ITEM("ServicePrincipal.ObjectID",
                                               Q("1c2d3e4f-0000-4000-8000-000000000001")) "," ITEM("ServicePrincipal.AppId",
                                                                                                   Q(APP)))),
     HEAD("app_permission") "reaches_mail\n" BY_ENTRA(
         "Add app role assignment to service principal") "target=microsoft graph\ntarget_app=" APP
                                                         "\ndetail=Alice E\n"},
    {"the same in the audit log, the permission by its id",
     AUDIT(
         "Add app role assignment to service principal.",
         "'ModifiedProperties':[" OWN("AppRole.Id", "810C84A8-4a9e-49e6-bf7d-12d183f40d01") "," OWN(
             "ServicePrincipal.AppId", APP) "],'Target':[{'ID':'Office 365','Type':1}]"),
     HEAD("app_permission") "reaches_mail\n" BY(
         "Add app role assignment to service principal.") "target=office 365\ntarget_app=" APP
                                                          "\n"},
    {"a permission that does not reach mail",
     ENTRA(
         "Add app role assignment to service principal", PERSON,
         TARGET("Microsoft Graph", ITEM("AppRole.Value", Q("User.Read.All")) "," ITEM(
                                       "Gone", "null") "," ITEM("ServicePrincipal.AppId", Q(APP)))),
     HEAD("app_permission") BY_ENTRA(
         "Add app role assignment to service principal") "target=microsoft graph\ntarget_app=" APP
                                                         "\ndetail=Alice E\n"},
    {"a secret, en dash and blank at the end",
     ENTRA("Update application \xe2\x80\x93 Certificates and secrets management ", PERSON,
           TARGET("mail-sync", ITEM("KeyDescription", "'[\\\"[KeyIdentifier=1]\\\"]'"))),
     HEAD("app_credential") BY_ENTRA(
         "Update application \xe2\x80\x93 Certificates and secrets management") "target=mail-sync\ndetail=Alice E\n"},
    {"a secret in the audit log, en dash",
     AUDIT("Update application \xe2\x80\x93 Certificates and secrets management ",
           "'ObjectId':'Application_020c2630','Target':[{'ID':'mail-sync','Type':1}]"),
     HEAD("app_credential") BY(
         "Update application \xe2\x80\x93 Certificates and secrets management") "target=mail-sync\n"},
    {"a secret in the audit log, hyphen: no command of Exchange",
     AUDIT("Update application - Certificates and secrets management.",
           "'ObjectId':'Application_020c2630','Target':[{'ID':'mail-sync','Type':1}]"),
     HEAD("app_credential")
         BY("Update application - Certificates and secrets management.") "target=mail-sync\n"},
    {"a secret of a service principal",
     AUDIT("Add service principal credentials.", "'Target':[{'ID':'mail-sync','Type':1}]"),
     HEAD("app_credential") BY("Add service principal credentials.") "target=mail-sync\n"},
    {"a role: the address among the target's names says most",
     AUDIT("Add member to role.", "'Target':[{'ID':'User_77aa','Type':2},{'ID':"
                                  "'Mallory@contoso.example','Type':5},{'ID':'1003200','Type':3}]"),
     HEAD("role") BY("Add member to role.") "target=mallory@contoso.example\n"},
    {"a change begun by an application: its object id, and its name for people",
     ENTRA("Update policy",
           "'initiatedBy':{'user':null,'app':{'appId':'" APP "','displayName':"
           "'Mail Sync','servicePrincipalId':'1C2D3E4F-0000-4000-8000-000000000001'}}",
           TARGET("Policy", "")),
     "directory\nworkload=directory\ntime=2026-03-02T11:00:00Z\noutcome=success\n"
     "actor=application\nid=d\noperation=Update policy\n"
     "user=1c2d3e4f-0000-4000-8000-000000000001\napp=" APP "\ntarget=policy\ndetail=Mail Sync\n"},
    {"a change begun by an application of which only the name is known",
     ENTRA("Update policy",
           "'initiatedBy':{'app':{'displayName':'Mail Sync','servicePrincipalId':"
           "null}}",
           TARGET("Policy", "")),
     "directory\nworkload=directory\ntime=2026-03-02T11:00:00Z\noutcome=success\n"
     "actor=application\nid=d\noperation=Update policy\nuser=mail sync\ntarget=policy\n"
     "detail=Mail Sync\n"},
    {"a service principal in the audit log: its object id, as its sign-ins name it",
     "{'CreationTime':'2026-03-02T11:00:00','Id':'d','RecordType':8,'ResultStatus':'Success',"
     "'Workload':'AzureActiveDirectory','UserType':4,'UserId':"
     "'ServicePrincipal_1C2D3E4F-0000-4000-8000-000000000001','Operation':'Add member to group.'}",
     "directory\nworkload=directory\ntime=2026-03-02T11:00:00Z\noutcome=success\n"
     "actor=application\nid=d\noperation=Add member to group.\n"
     "user=1c2d3e4f-0000-4000-8000-000000000001\n"},
    {"Log Analytics: initiator and targets as JSON in texts",
     "{'TimeGenerated':'2026-03-02T13:05:00Z','OperationName':'Add member to role','Category':"
     "'RoleManagement','AADOperationType':'Assign','AADTenantId':"
     "'5f0a3c1e-7b2d-4e6f-9a81-0c2d4e6f8a10','ActivityDateTime':'2026-03-02T11:00:00Z',"
     "'ActivityDisplayName':'Add member to role','AdditionalDetails':'[]','Id':'d',"
     "'InitiatedBy':'{\\\"user\\\":{\\\"userPrincipalName\\\":\\\"Alice@contoso.example\\\","
     "\\\"ipAddress\\\":\\\"203.0.113.50\\\"}}','LoggedByService':'Core Directory','Result':"
     "'success','TargetResources':'[{\\\"type\\\":\\\"User\\\",\\\"userPrincipalName\\\":"
     "\\\"Mallory@contoso.example\\\",\\\"modifiedProperties\\\":[{\\\"displayName\\\":"
     "\\\"AppRole.Value\\\",\\\"newValue\\\":\\\"\\\\\\\"Mail.Send\\\\\\\"\\\"}]}]',"
     "'Type':'AuditLogs'}",
     HEAD("role") "reaches_mail\n" BY(
         "Add member to role") "address=203.0.113.50\n"
                               "home=5f0a3c1e-7b2d-4e6f-9a81-0c2d4e6f8a10\ntarget=mallory@contoso.example\n"},
    {"the portal's columns",
     "{'Date (UTC)':'2026-03-02T11:00:00Z','CorrelationId':'c','Service':'Core Directory',"
     "'Category':'ApplicationManagement','Activity':'Add app role assignment to service principal',"
     "'Result':'success','ResultReason':'','ActorType':'User','ActorUserPrincipalName':"
     "'Alice@contoso.example','IPAddress':'203.0.113.50','Target1Type':'ServicePrincipal',"
     "'Target1DisplayName':'Microsoft Graph','Target1ModifiedProperty1Name':'AppRole.Value',"
     "'Target1ModifiedProperty1OldValue':'','Target1ModifiedProperty1NewValue':" Q(
         "Mail.Read") ",'Target1ModifiedProperty2Name':'ServicePrincipal.AppId',"
                      "'Target1ModifiedProperty2OldValue':'','Target1ModifiedProperty2NewValue':" Q(
                          APP) "}",
     "app_permission\nworkload=directory\ntime=2026-03-02T11:00:00Z\noutcome=success\n"
     "actor=person\nreaches_mail\noperation=Add app role assignment to service principal\n"
     "user=alice@contoso.example\naddress=203.0.113.50\ntarget=microsoft graph\n"
     "target_app=" APP "\n"},
};

static void changes_become_activities(void **state)
{
    int failed = 0;
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        failed += !activity_check(cases[i].title, cases[i].record, cases[i].wanted);
    assert_int_equal(failed, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(changes_become_activities)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
