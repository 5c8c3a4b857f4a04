// Activities of the audit log: whole records of mailboxes, commands and sign-ins, compared in full.
// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/activities.h"

struct activity_case {
    const char *title, *record, *wanted;
};

#define TENANT "5f0a3c1e-7b2d-4e6f-9a81-0c2d4e6f8a10"
#define EXCHANGE                                                                                   \
    "'CreationTime':'2026-03-02T09:14:07','OrganizationId':'" TENANT "',"                          \
    "'UserKey':'1003200123456789','UserType':0,'Version':1,'Workload':'Exchange',"

static const struct activity_case cases[] = {
    {"messages read through Graph, with the token's identifiers",
     "{" EXCHANGE "'Id':'0f6d1a52-3c1b-4a7e-b0a4-08de5a1c0001','Operation':'MailItemsAccessed',"
     "'RecordType':50,'ResultStatus':'Succeeded','UserId':'Alice@Contoso.example',"
     "'AppId':'00000003-0000-0000-C000-000000000000',"
     "'ClientAppId':'7D2C9F10-55aa-4c3b-8d21-9e6a0b1c2d3e','ClientIPAddress':'203.0.113.24',"
     "'ClientInfoString':'Client=REST;;','ExternalAccess':false,'LogonType':0,"
     "'MailboxOwnerUPN':'ALICE@contoso.example','TokenObjectId':"
     "'4B8E12AA-90a1-4c5d-9b77-3f2e1d0c9b8a','TokenTenantId':'" TENANT "',"
     "'OperationProperties':[{'Name':'MailAccessType','Value':'Bind'},"
     "{'Name':'IsThrottled','Value':'False'}],"
     "'AppAccessContext':{'AADSessionId':'00AB54CD-1111-4222-8333-944455556666',"
     "'APIId':'00000003-0000-0000-c000-000000000000',"
     "'IssuedAtTime':'2026-03-02T08:58:11','UniqueTokenId':'LqVzINbCskC74Dl3tec2AA'},"
     "'Folders':[{'Path':'\\\\Inbox','FolderItems':[{'InternetMessageId':'<a1@x>','Subject':"
     "'Budget'},{'InternetMessageId':'<a2@x>'}]},{'Path':'\\\\Sent Items','FolderItems':"
     "[{'InternetMessageId':'<a3@x>'}]}],'OperationCount':3}",
     "mail_access\nworkload=exchange\ntime=2026-03-02T09:14:07Z\noutcome=success\nactor=person\n"
     "logon=0\ncount=3\nid=0f6d1a52-3c1b-4a7e-b0a4-08de5a1c0001\n"
     "token=2073a52e-c2d6-40b2-bbe0-3977b5e73600\nissued=2026-03-02T08:58:11Z\n"
     "operation=MailItemsAccessed\nuser=alice@contoso.example\n"
     "object=4b8e12aa-90a1-4c5d-9b77-3f2e1d0c9b8a\nmailbox=alice@contoso.example\n"
     "app=00000003-0000-0000-c000-000000000000\n"
     "client_app=7d2c9f10-55aa-4c3b-8d21-9e6a0b1c2d3e\n"
     "session=00ab54cd-1111-4222-8333-944455556666\naddress=203.0.113.24\n"
     "client=Client=REST;;\ntenant=" TENANT "\nhome=" TENANT "\nthread\n"},
    {"a folder synchronised by Outlook, throttled (record type 2)",
     "{" EXCHANGE "'Id':'0f6d1a52-3c1b-4a7e-b0a4-08de5a1c0002','Operation':'MailItemsAccessed',"
     "'RecordType':2,'ResultStatus':'Succeeded','UserId':'bob@contoso.example',"
     "'ClientIPAddress':'[2001:DB8:0:0::24]:28491','ClientInfoString':'Client=MSExchangeRPC',"
     "'LogonType':2,'MailboxOwnerUPN':'alice@contoso.example',"
     "'SessionId':'9C3EAAE9-a913-4161-b3f5-e25c7da47797',"
     "'OperationProperties':[{'Name':'MailAccessType','Value':'Sync'},"
     "{'Name':'IsThrottled','Value':'True'}],'Item':{'ParentFolder':{'Id':'LgA','Name':'Inbox',"
     "'Path':'Not Available'}}}",
     "mail_access\nworkload=exchange\ntime=2026-03-02T09:14:07Z\noutcome=success\nactor=person\n"
     "logon=2\nsync\nthrottled\nid=0f6d1a52-3c1b-4a7e-b0a4-08de5a1c0002\n"
     "operation=MailItemsAccessed\nuser=bob@contoso.example\nobject=1003200123456789\nmailbox=alice@contoso.example\n"
     "session=9c3eaae9-a913-4161-b3f5-e25c7da47797\naddress=2001:db8::24\n"
     "client=Client=MSExchangeRPC\nhome=" TENANT "\n"},
    {"the provider's own access: zero GUIDs are none, a folded UserKey no object",
     "{'CreationTime':'2026-03-02T09:20:00','Id':'0f6d1a52-3c1b-4a7e-b0a4-08de5a1c0003',"
     "'Operation':'MailItemsAccessed','RecordType':50,'ResultStatus':'Succeeded',"
     "'UserKey':'S-1-5-18','UserType':3,'Workload':'Exchange','UserId':'S-1-5-18',"
     "'ClientAppId':'00000000-0000-0000-0000-000000000000','ClientIPAddress':'::1',"
     "'ClientInfoString':'Client=REST;Client=RESTSystem;;','ExternalAccess':true,'LogonType':1,"
     "'MailboxOwnerUPN':'bob@contoso.example','OperationCount':1,"
     "'AppAccessContext':{'UniqueTokenId':'AAAAAAAAAAAAAAAAAAAAAA'}}",
     "mail_access\nworkload=exchange\ntime=2026-03-02T09:20:00Z\noutcome=success\n"
     "actor=provider\nlogon=1\nexternal\nbad_token\nid=0f6d1a52-3c1b-4a7e-b0a4-08de5a1c0003\n"
     "operation=MailItemsAccessed\nuser=s-1-5-18\nmailbox=bob@contoso.example\naddress=::1\n"
     "client=Client=REST;Client=RESTSystem;;\ntoken_text=AAAAAAAAAAAAAAAAAAAAAA\n"},
    {"SharePoint's key holds the PUID",
     "{'CreationTime':'2026-03-02T09:20:00','Id':'k','Operation':'FileAccessed','RecordType':6,"
     "'UserKey':'i:0h.f|membership|10032000C757D25F@live.com','UserType':0,"
     "'Workload':'SharePoint','UserId':'a@x'}",
     "file\nworkload=sharepoint\ntime=2026-03-02T09:20:00Z\noutcome=unknown\nactor=person\nid=k\n"
     "operation=FileAccessed\nuser=a@x\nobject=10032000c757d25f\n"},
    {"a zero byte is no digit of a PUID",
     "{'CreationTime':'2026-03-02T09:20:00','Id':'k','Operation':'FileAccessed','RecordType':6,"
     "'UserKey':'100320012345678\\u0000','UserType':0,"
     "'Workload':'SharePoint','UserId':'a@x'}",
     "file\nworkload=sharepoint\ntime=2026-03-02T09:20:00Z\noutcome=unknown\nactor=person\nid=k\n"
     "operation=FileAccessed\nuser=a@x\n"},
    {"keys that are no account's number",
     "{'CreationTime':'2026-03-02T09:20:00','Id':'k','Operation':'FileAccessed','RecordType':6,"
     "'UserKey':'i:0h.f|membership|1003200@live.com','UserType':0,"
     "'Workload':'SharePoint','UserId':'a@x'}",
     "file\nworkload=sharepoint\ntime=2026-03-02T09:20:00Z\noutcome=unknown\nactor=person\nid=k\n"
     "operation=FileAccessed\nuser=a@x\n"},
    {"a token identifier that is none is kept as it was written",
     "{" EXCHANGE "'Id':'AAMkAD-not-a-guid','Operation':'MailItemsAccessed','RecordType':50,"
     "'UserId':'a@x','AppAccessContext':{'UniqueTokenId':'not one','IssuedAtTime':"
     "'1601-01-01T00:00:00'},'OperationCount':'12','ClientIPAddress':'198.51.100.7:443'}",
     "mail_access\nworkload=exchange\ntime=2026-03-02T09:14:07Z\noutcome=unknown\nactor=person\n"
     "count=12\nbad_token\nid=AAMkAD-not-a-guid\noperation=MailItemsAccessed\nuser=a@x\nobject=1003200123456789\n"
     "address=198.51.100.7\nhome=" TENANT "\ntoken_text=not one\n"},
    {"a time of issue that stands for none is none",
     "{" EXCHANGE "'Id':'x','Operation':'MailItemsAccessed','RecordType':50,'UserId':'a@x',"
     "'AppAccessContext':{'IssuedAtTime':'0001-01-01T00:00:00'}}",
     "mail_access\nworkload=exchange\ntime=2026-03-02T09:14:07Z\noutcome=unknown\nactor=person\n"
     "id=x\noperation=MailItemsAccessed\nuser=a@x\nobject=1003200123456789\nhome=" TENANT "\n"},
    {"blank words say nothing",
     "{" EXCHANGE "'Id':'x','Operation':'MailItemsAccessed','RecordType':50,'UserId':'None',"
     "'MailboxOwnerUPN':'Not Available','AppId':'','ClientAppId':'System.Object[]',"
     "'SessionId':'null','ClientIPAddress':'-','ClientInfoString':'N/A','DeviceId':'Unknown',"
     "'AppAccessContext':{'UniqueTokenId':'None'},'OperationCount':0}",
     "mail_access\nworkload=exchange\ntime=2026-03-02T09:14:07Z\noutcome=unknown\nactor=person\n"
     "id=x\noperation=MailItemsAccessed\nobject=1003200123456789\nhome=" TENANT "\n"},
    {"a message sent on behalf of another to seven",
     "{" EXCHANGE "'Id':'0f6d1a52-3c1b-4a7e-b0a4-08de5a1c0004','Operation':'SendOnBehalf',"
     "'RecordType':2,'ResultStatus':'Succeeded','UserId':'alice@contoso.example',"
     "'ClientIP':'203.0.113.24','ClientInfoString':'Client=OWA;Mozilla/5.0','LogonType':2,"
     "'MailboxOwnerUPN':'boss@contoso.example','SendOnBehalfOfUserSmtp':'Boss@contoso.example',"
     "'recipientCount':7,'OperationCount':1,'Item':{'Id':'RgA','InternetMessageId':'<m@x>',"
     "'Subject':'RE: Invoice 4711','SizeInBytes':1200}}",
     "mail_send\nworkload=exchange\ntime=2026-03-02T09:14:07Z\noutcome=success\nactor=person\n"
     "logon=2\ncount=7\nid=0f6d1a52-3c1b-4a7e-b0a4-08de5a1c0004\noperation=SendOnBehalf\n"
     "user=alice@contoso.example\nobject=1003200123456789\nmailbox=boss@contoso.example\naddress=203.0.113.24\n"
     "client=Client=OWA;Mozilla/5.0\nhome=" TENANT "\ntarget=boss@contoso.example\n"
     "detail=RE: Invoice 4711\nthread\n"},
    {"messages deleted (record type 3)",
     "{" EXCHANGE "'Id':'0f6d1a52-3c1b-4a7e-b0a4-08de5a1c0005','Operation':'SoftDelete',"
     "'RecordType':3,'ResultStatus':'PartiallySucceeded','UserId':'alice@contoso.example',"
     "'ClientIPAddress':'::ffff:203.0.113.24','LogonType':0,"
     "'MailboxOwnerUPN':'alice@contoso.example','AffectedItems':[{'InternetMessageId':'<a@x>',"
     "'Subject':'Password reset'},{'InternetMessageId':'<b@x>','Subject':'Other'}],"
     "'Folder':{'Path':'\\\\Inbox'},'CrossMailboxOperation':false}",
     "mail_delete\nworkload=exchange\ntime=2026-03-02T09:14:07Z\noutcome=success\nactor=person\n"
     "logon=0\nid=0f6d1a52-3c1b-4a7e-b0a4-08de5a1c0005\noperation=SoftDelete\n"
     "user=alice@contoso.example\nobject=1003200123456789\nmailbox=alice@contoso.example\naddress=203.0.113.24\n"
     "home=" TENANT "\ndetail=Password reset\nthread\n"},
    {"names for numbers, in Log Analytics' columns",
     "{'TimeGenerated':'2026-03-02T09:14:07Z','OfficeId':'l','Operation':'HardDelete',"
     "'OfficeWorkload':'Exchange','RecordType':'ExchangeItemGroup','UserType':'Regular',"
     "'UserId':'alice@contoso.example','Logon_Type':'Delegated','MailboxOwnerUPN':"
     "'bob@contoso.example','Client_IPAddress':'203.0.113.24:50123','ResultStatus':'Succeeded'}",
     "mail_delete\nworkload=exchange\ntime=2026-03-02T09:14:07Z\noutcome=success\nactor=person\n"
     "logon=2\nid=l\noperation=HardDelete\nuser=alice@contoso.example\n"
     "mailbox=bob@contoso.example\naddress=203.0.113.24\n"},
    {"a search keeps its text",
     "{" EXCHANGE "'Id':'s','Operation':'SearchQueryInitiatedExchange','RecordType':101,"
     "'UserId':'alice@contoso.example','QueryText':'subject:\\\"wire transfer\\\"'}",
     "mail_search\nworkload=exchange\ntime=2026-03-02T09:14:07Z\noutcome=unknown\nactor=person\n"
     "id=s\noperation=SearchQueryInitiatedExchange\nuser=alice@contoso.example\nobject=1003200123456789\nhome=" TENANT
     "\ndetail=subject:\"wire transfer\"\n"},
    {"Outlook on the web gave out a token (record type 275)",
     "{" EXCHANGE "'Id':'0f6d1a52-3c1b-4a7e-b0a4-08de5a1c0006','Operation':'OWAAuth',"
     "'RecordType':275,'ResultStatus':'Succeeded','UserId':'alice@contoso.example',"
     "'ClientIP':'203.0.113.24','ResourceURL':'https://outlook.office365.com',"
     "'UniqueTokenIdentifier':'LqVzINbCskC74Dl3tec2AA'}",
     "owa_token\nworkload=exchange\ntime=2026-03-02T09:14:07Z\noutcome=success\nactor=person\n"
     "id=0f6d1a52-3c1b-4a7e-b0a4-08de5a1c0006\ntoken=2073a52e-c2d6-40b2-bbe0-3977b5e73600\n"
     "operation=OWAAuth\nuser=alice@contoso.example\nobject=1003200123456789\naddress=203.0.113.24\nhome=" TENANT
     "\n"},
    {"record type 275 under another operation's name, as text",
     "{" EXCHANGE "'Id':'o','Operation':'TokenIssued','RecordType':'275','UserId':'a@x'}",
     "owa_token\nworkload=exchange\ntime=2026-03-02T09:14:07Z\noutcome=unknown\nactor=person\n"
     "id=o\noperation=TokenIssued\nuser=a@x\nobject=1003200123456789\nhome=" TENANT "\n"},
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
