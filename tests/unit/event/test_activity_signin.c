// Activities of sign-ins, Graph requests and message traces, in the shapes of their exports.
// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/activities.h"

#define ID "2073a52e-c2d6-40b2-bbe0-3977b5e73600" // the number of UTI
#define UTI "LqVzINbCskC74Dl3tec2AA"
#define HOME "5f0a3c1e-7b2d-4e6f-9a81-0c2d4e6f8a10"
#define OBJECT "4b8e12aa-90a1-4c5d-9b77-3f2e1d0c9b8a"
#define EXO "00000002-0000-0ff1-ce00-000000000000"
#define SP "1c2d3e4f-0000-4000-8000-000000000001"
#define APP "7d2c9f10-55aa-4c3b-8d21-9e6a0b1c2d3e"

#define STS(operation, rest)                                                                       \
    "{'CreationTime':'2026-03-02T08:58:11','Id':'" ID "','RecordType':15,'ResultStatus':"          \
    "'Success','Workload':'AzureActiveDirectory','UserType':0,'UserKey':'" OBJECT "','UserId':"    \
    "'Bob@contoso.example','ClientIP':'198.51.100.200','Operation':'" operation "'," rest          \
    "'ApplicationId':'" APP "','OrganizationId':'" HOME "'}"
#define STS_HEAD(outcome)                                                                          \
    "sign_in\nworkload=directory\ntime=2026-03-02T08:58:11Z\noutcome=" outcome "\nactor=person\n"
#define STS_BODY(operation)                                                                        \
    "id=" ID "\ntoken=" ID "\noperation=" operation "\nuser=bob@contoso.example\nobject=" OBJECT   \
    "\napp=" APP "\naddress=198.51.100.200\n"

#define HEAD(workload)                                                                             \
    "sign_in\nworkload=" workload "\ntime=2026-03-02T08:58:11Z\noutcome=success\n"
#define TOKEN "id=" ID "\ntoken=" ID "\n"
#define USER "user=alice@contoso.example\nobject=" OBJECT "\n"

static const struct {
    const char *title, *record, *wanted;
} cases[] = {
    {"a sign-in in the audit log: its request id names the token",
     STS("UserLoggedIn",
         "'IntraSystemId':'" ID "','ErrorNumber':'0','DeviceProperties':[{'Name':'OS','Value':"
         "'Windows'},{'Name':'SessionId','Value':'00AB54CD-1111-4222-8333-944455556666'}],"
         "'ExtendedProperties':[{'Name':'UserAgent','Value':'Mozilla/5.0'},{'Name':'RequestType',"
         "'Value':'OAuth2:Authorize'}],"),
     STS_HEAD("success") "id=" ID "\ntoken=" ID "\noperation=UserLoggedIn\n"
                         "user=bob@contoso.example\nobject=" OBJECT "\napp=" APP
                         "\nsession=00ab54cd-1111-4222-8333-944455556666\naddress=198.51.100.200\n"
                         "agent=Mozilla/5.0\nhome=" HOME "\n"},
    {"a failed one that says success",
     STS("UserLoginFailed", "'ErrorNumber':'50126','LogonError':'InvalidUserNameOrPassword',"),
     STS_HEAD("failure") "error=50126\n" STS_BODY(
         "UserLoginFailed") "home=" HOME "\ndetail=InvalidUserNameOrPassword\n"},
    {"a code typed in elsewhere",
     STS("UserLoggedIn", "'ExtendedProperties':[{'Name':'RequestType','Value':'Cmsi:Cmsi'}],"),
     STS_HEAD("success") "device_code\n" STS_BODY("UserLoggedIn") "home=" HOME "\n"},
    {"interactive, Log Analytics: details are JSON in texts",
     "{'TimeGenerated':'2026-03-02T08:58:40.1Z','OperationName':'Sign-in activity','Category':"
     "'SignInLogs','ResultType':'50126','ResultDescription':'Invalid username or password',"
     "'Location':'NL','AppDisplayName':'Exchange','AppId':'" EXO "','ClientAppUsed':"
     "'Authenticated SMTP','CreatedDateTime':'2026-03-02T08:58:11Z','DeviceDetail':"
     "'{\\\"deviceId\\\":\\\"0D00AAAA-0000-4000-8000-000000000001\\\"}','IsInteractive':'true',"
     "'Id':'" ID
     "','IPAddress':'198.51.100.200','LocationDetails':'{\\\"city\\\":\\\"Amsterdam\\\","
     "\\\"countryOrRegion\\\":\\\"nl\\\"}','ResourceIdentity':'" EXO "','UserAgent':'BAV2ROPC',"
     "'UserId':'" OBJECT "','UserPrincipalName':'Alice@contoso.example','AADTenantId':'" HOME "',"
     "'HomeTenantId':'" HOME "','AutonomousSystemNumber':'64500','TokenIssuerType':'AzureAD',"
     "'AuthenticationRequirement':'singleFactorAuthentication',"
     "'ServicePrincipalId':'','SessionId':'','Type':'SigninLogs'}",
     "sign_in\nworkload=interactive\ntime=2026-03-02T08:58:11Z\noutcome=failure\nactor=person\n"
     "error=50126\nasn=64500\ninteractive\nlegacy\nsingle_factor\n" TOKEN USER "app=" EXO
     "\nresource=" EXO
     "\naddress=198.51.100.200\nagent=BAV2ROPC\ndevice=0d00aaaa-0000-4000-8000-000000000001\n"
     "country=NL\ncity=Amsterdam\ntenant=" HOME "\nhome=" HOME
     "\ndetail=Invalid username or password\n"},
    {"not interactive, Graph: device code",
     "{'id':'a8c3d1f0-1b2c-4d5e-8f90-a1b2c3d4e501','createdDateTime':'2026-03-02T08:58:11Z',"
     "'userPrincipalName':'alice@contoso.example','userId':'" OBJECT "','appId':'" APP "',"
     "'appDisplayName':'x','ipAddress':'2001:DB8:0:0::24','isInteractive':false,"
     "'signInEventTypes':['nonInteractiveUser'],'sessionId':'00AB54cd-1111-4222-8333-944455556666',"
     "'uniqueTokenIdentifier':'" UTI "','authenticationProtocol':'none','originalTransferMethod':"
     "'deviceCodeFlow','authenticationRequirement':'multiFactorAuthentication',"
     "'autonomousSystemNumber':64501,'tokenIssuerType':'ADFederationServices',"
     "'status':{'errorCode':0,'failureReason':'Other.'},'location':{'city':'Utrecht',"
     "'countryOrRegion':'NL'},'resourceId':'" EXO "','servicePrincipalId':''}",
     HEAD(
         "non_interactive") "actor=person\nasn=64501\ndevice_code\nfederated\nmulti_factor\n"
                            "id=a8c3d1f0-1b2c-4d5e-8f90-a1b2c3d4e501\ntoken=" ID "\n" USER
                            "app=" APP "\nresource=" EXO
                            "\nsession=00ab54cd-1111-4222-8333-944455556666\naddress=2001:db8::24\ncountry=NL\n"
                            "city=Utrecht\n"},
    {"not interactive, by the table's category",
     "{'TimeGenerated':'2026-03-02T08:58:11Z','Category':'NonInteractiveUserSignInLogs',"
     "'ResultType':'0','AppDisplayName':'x','AppId':'" APP "','Id':'" ID
     "','IPAddress':'192.0.2.1',"
     "'UserPrincipalName':'alice@contoso.example','UserId':'" OBJECT "'}",
     HEAD("non_interactive") "actor=person\n" TOKEN USER "app=" APP "\naddress=192.0.2.1\n"},
    {"a service principal, diagnostic record",
     "{'time':'2026-03-02T08:58:12Z','operationName':'Sign-in activity','category':"
     "'ServicePrincipalSignInLogs','tenantId':'" HOME "','resultType':'0','callerIpAddress':"
     "'192.0.2.10','location':'US','properties':{'id':'" ID "','createdDateTime':"
     "'2026-03-02T08:58:11Z','appId':'" APP "','servicePrincipalId':'" SP "','ipAddress':"
     "'192.0.2.10','uniqueTokenIdentifier':'" UTI "','resourceId':'" EXO "','status':"
     "{'errorCode':0},'location':{'countryOrRegion':'US'}}}",
     HEAD("service_principal") "actor=application\nservice\n" TOKEN "user=" SP "\napp=" APP
                               "\nresource=" EXO "\naddress=192.0.2.10\ncountry=US\nhome=" HOME
                               "\n"},
    {"a service principal that nothing but its id gives away",
     "{'id':'" ID "','createdDateTime':'2026-03-02T08:58:11Z','appId':'" APP "',"
     "'appDisplayName':'x','ipAddress':'192.0.2.10','servicePrincipalId':'" SP "',"
     "'userPrincipalName':'','userId':'','status':{'errorCode':0}}",
     HEAD("service_principal") "actor=application\nservice\n" TOKEN "user=" SP "\napp=" APP
                               "\naddress=192.0.2.10\n"},
    {"a managed identity",
     "{'id':'" ID "','createdDateTime':'2026-03-02T08:58:11Z','appId':'" APP "',"
     "'appDisplayName':'x','servicePrincipalId':'" SP "','signInEventTypes':['managedIdentity'],"
     "'ipAddress':'','isInteractive':false,'status':{'errorCode':0}}",
     HEAD("managed_identity") "actor=application\nservice\n" TOKEN "user=" SP "\napp=" APP "\n"},
    {"a token identifier in an older spelling: the request id is the number",
     "{'Id':'" ID "','CreatedDateTime':'2026-03-02T08:58:11Z','AppDisplayName':'x','IPAddress':"
     "'192.0.2.1','UserPrincipalName':'alice@contoso.example','UserId':'" OBJECT "','ResultType':0,"
     "'UniqueTokenIdentifier':'MjA3M2E1MmUtYzJkNi00MGIyLWJiZTAtMzk3N2I1ZTczNjAw'}",
     HEAD("interactive") "actor=person\ninteractive\n" TOKEN USER "address=192.0.2.1\n"},
    {"numbers beyond all bounds do not become others",
     "{'Id':'" ID "','CreatedDateTime':'2026-03-02T08:58:11Z','AppDisplayName':'x','IPAddress':"
     "'192.0.2.1.5','UserPrincipalName':'alice@contoso.example','ResultType':4294967296,"
     "'AutonomousSystemNumber':4294967296,'Location':'Amsterdam, Noord-Holland, Netherlands'}",
     "sign_in\nworkload=interactive\ntime=2026-03-02T08:58:11Z\noutcome=failure\nactor=person\n"
     "error=2147483647\ninteractive\n" TOKEN "user=alice@contoso.example\n"},
    {"the portal's place: the country stands last",
     "{'Request ID':'" ID "','Date (UTC)':'2026-03-02T08:58:11Z','Application':'x','Status':"
     "'Success','Username':'Alice@contoso.example','User ID':'" OBJECT "','IP address':"
     "'192.0.2.1','Location':'Amsterdam, Noord-Holland, NL','Client app':'IMAP4',"
     "'Unique token identifier':'" UTI "','Sign-in error code':'None'}",
     HEAD("interactive") "actor=person\ninteractive\nlegacy\n" TOKEN USER
                         "address=192.0.2.1\ncountry=NL\n"},
    {"a Graph request for mail, by a user",
     "{'AadTenantId':'" HOME "','TimeGenerated':'2026-03-02T09:15:00Z','RequestId':"
     "'c0ffee00-0000-4000-8000-000000000001','RequestMethod':'GET','ResponseStatusCode':'200',"
     "'IPAddress':'203.0.113.24','UserAgent':'python-requests/2.31','RequestUri':"
     "'https://graph.microsoft.com/v1.0/me/Messages?$top=50','AppId':'" APP "','UserId':'" OBJECT
     "','SignInActivityId':'" UTI "','TokenIssuedAt':'2026-03-02T08:58:11Z','SessionId':"
     "'00ab54cd-1111-4222-8333-944455556666'}",
     "graph\ntime=2026-03-02T09:15:00Z\noutcome=success\nactor=person\nreaches_mail\n"
     "id=c0ffee00-0000-4000-8000-000000000001\ntoken=" ID "\nissued=2026-03-02T08:58:11Z\n"
     "operation=GET\nobject=" OBJECT "\napp=" APP
     "\nsession=00ab54cd-1111-4222-8333-944455556666\naddress=203.0.113.24\n"
     "agent=python-requests/2.31\nhome=" HOME
     "\ndetail=https://graph.microsoft.com/v1.0/me/Messages?$top=50\n"},
    {"a Graph request by an application, diagnostic record",
     "{'time':'2026-03-02T09:16:00Z','category':'MicrosoftGraphActivityLogs','tenantId':'" HOME
     "','callerIpAddress':'192.0.2.10','properties':{'requestId':"
     "'c0ffee00-0000-4000-8000-000000000002','requestMethod':'GET','requestUri':"
     "'https://graph.microsoft.com/v1.0/users','responseStatusCode':403,'appId':'" APP "',"
     "'servicePrincipalId':'" SP "','signInActivityId':'" UTI "'}}",
     "graph\ntime=2026-03-02T09:16:00Z\noutcome=failure\nactor=application\n"
     "id=c0ffee00-0000-4000-8000-000000000002\ntoken=" ID "\noperation=GET\nuser=" SP "\napp=" APP
     "\naddress=192.0.2.10\nhome=" HOME "\ndetail=https://graph.microsoft.com/v1.0/users\n"},
    {"a message that passed",
     "{'MessageId':'<a1@mail.contoso.example>','Received':'2026-03-01T15:00:00','SenderAddress':"
     "'Boss@Partner.example','RecipientAddress':'Alice@contoso.example','Subject':'Budget',"
     "'Status':'Delivered','FromIP':'203.0.113.7','MessageTraceId':"
     "'d00d0000-0000-4000-8000-000000000001'}",
     "message\ntime=2026-03-01T15:00:00Z\noutcome=success\nactor=unknown\n"
     "id=d00d0000-0000-4000-8000-000000000001/Alice@contoso.example\n"
     "user=boss@partner.example\nmailbox=alice@contoso.example\naddress=203.0.113.7\n"
     "detail=Budget\n"},
};

static void records_become_activities(void **state)
{
    int failed = 0;
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        failed += !activity_check(cases[i].title, cases[i].record, cases[i].wanted);
    assert_int_equal(failed, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(records_become_activities)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
