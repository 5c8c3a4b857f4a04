// Activities of Exchange commands: whose mailbox, what it was done to, what the parameters make of it.
// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/activities.h"

#define COMMAND(operation, parameters)                                                             \
    "{'CreationTime':'2026-03-02T10:01:59','Id':'c','RecordType':1,'ResultStatus':'True',"         \
    "'Workload':'Exchange','UserType':2,'UserKey':'1003200','UserId':'Admin@contoso.example',"     \
    "'ClientIP':'[2001:db8:12::77]:28491','ExternalAccess':false,'Operation':'" operation          \
    "','Parameters':[" parameters "]}"
#define P(name, value) "{'Name':'" name "','Value':'" value "'}"
#define HEAD(kind)                                                                                 \
    kind "\nworkload=exchange\ntime=2026-03-02T10:01:59Z\noutcome=success\nactor=person\n"
#define WHO(operation) "id=c\noperation=" operation "\nuser=admin@contoso.example\n"
#define ADDRESS "address=2001:db8:12::77\n"
#define OWN "mailbox=admin@contoso.example\n"
#define VICTIM "mailbox=alice@contoso.example\n"

static const struct {
    const char *title, *record, *wanted;
} cases[] = {
    {"a rule that hides, in one's own mailbox",
     COMMAND("New-InboxRule",
             P("AlwaysDeleteOutlookRulesBlob", "False") "," P("Name", ".") "," P(
                 "SubjectOrBodyContainsWords",
                 "invoice;payment") "," P("MoveToFolder", "RSS Feeds") "," P("MarkAsRead", "True")),
     HEAD("mail_rule") "hides\n" WHO("New-InboxRule") OWN ADDRESS "detail=.\n"},
    {"a rule that forwards, in another's mailbox",
     COMMAND("Set-InboxRule", P("Mailbox", "Alice@contoso.example") "," P(
                                  "ForwardTo", "m@x.example") "," P("DeleteMessage", "False")),
     HEAD("mail_rule") "forwards\n" WHO("Set-InboxRule") VICTIM ADDRESS
     "target=alice@contoso.example\n"},
    {"a rule that was made to forward no more",
     COMMAND("Set-InboxRule", P("Identity", "contoso\\\\alice\\\\17") "," P("RedirectTo", "")),
     HEAD("mail_rule") WHO("Set-InboxRule") OWN ADDRESS "target=contoso\\alice\\17\n"},
    {"a mailbox set to forward",
     COMMAND("Set-Mailbox", P("Identity", "alice@contoso.example") "," P(
                                "ForwardingSmtpAddress",
                                "smtp:m@x.example") "," P("DeliverToMailboxAndForward", "True")),
     HEAD("mail_forwarding") "forwards\n" WHO("Set-Mailbox") VICTIM ADDRESS
     "target=alice@contoso.example\n"},
    {"forwarding taken back",
     COMMAND("Set-Mailbox",
             P("Identity", "alice@contoso.example") "," P("ForwardingSmtpAddress", "")),
     HEAD("other") WHO("Set-Mailbox") VICTIM ADDRESS "target=alice@contoso.example\n"},
    {"auditing of a mailbox switched off",
     COMMAND("Set-Mailbox", P("Identity", "alice@contoso.example") "," P("AuditEnabled", "False")),
     HEAD("audit_change") "hides\n" WHO("Set-Mailbox") VICTIM ADDRESS
     "target=alice@contoso.example\n"},
    {"auditing of a mailbox switched on is no harm",
     COMMAND("Set-Mailbox", P("Identity", "alice@contoso.example") "," P("AuditEnabled", "True")),
     HEAD("other") WHO("Set-Mailbox") VICTIM ADDRESS "target=alice@contoso.example\n"},
    {"the age limit of a mailbox's audit log",
     COMMAND("Set-Mailbox", P("AuditLogAgeLimit", "0") "," P("Identity", "alice")),
     HEAD("audit_change") "hides\n" WHO("Set-Mailbox") ADDRESS "target=alice\n"},
    {"actions taken out of a mailbox's audit log",
     COMMAND("Set-Mailbox",
             P("Identity", "alice") "," P("AuditOwner", "@{Remove=MailItemsAccessed}")),
     HEAD("audit_change") "hides\n" WHO("Set-Mailbox") ADDRESS "target=alice\n"},
    {"forwarding says more than auditing, in either order",
     COMMAND("Set-Mailbox", P("AuditEnabled", "False") "," P("ForwardingAddress", "m@x.example")),
     HEAD("mail_forwarding") "forwards\n" WHO("Set-Mailbox") ADDRESS},
    {"forwarding says more than auditing, in the other order",
     COMMAND("Set-Mailbox", P("ForwardingAddress", "m@x.example") "," P("AuditEnabled", "False")),
     HEAD("mail_forwarding") "forwards\n" WHO("Set-Mailbox") ADDRESS},
    {"a mailbox's quota is neither",
     COMMAND("Set-Mailbox", P("Identity", "alice@contoso.example") "," P("IssueWarningQuota", "9")),
     HEAD("other") WHO("Set-Mailbox") VICTIM ADDRESS "target=alice@contoso.example\n"},
    {"auditing switched off for the tenant",
     COMMAND("Set-AdminAuditLogConfig", P("UnifiedAuditLogIngestionEnabled", "False")),
     HEAD("audit_change") "hides\n" WHO("Set-AdminAuditLogConfig") ADDRESS},
    {"auditing switched on for the tenant is no harm",
     COMMAND("Set-AdminAuditLogConfig", P("UnifiedAuditLogIngestionEnabled", "True")),
     HEAD("other") WHO("Set-AdminAuditLogConfig") ADDRESS},
    {"mailbox auditing switched off for the organization",
     COMMAND("Set-OrganizationConfig", P("AuditDisabled", "True")),
     HEAD("audit_change") "hides\n" WHO("Set-OrganizationConfig") ADDRESS},
    {"someone excepted from auditing",
     COMMAND("Set-MailboxAuditBypassAssociation",
             P("Identity", "alice@contoso.example") "," P("AuditBypassEnabled", "True")),
     HEAD("audit_change") "hides\n" WHO("Set-MailboxAuditBypassAssociation") VICTIM ADDRESS
     "target=alice@contoso.example\n"},
    {"rights on a mailbox, its owner as an address in ObjectId",
     "{'CreationTime':'2026-03-02T10:01:59','Id':'c','RecordType':1,'ResultStatus':'True',"
     "'Workload':'Exchange','UserType':2,'UserId':'Admin@contoso.example','Operation':"
     "'Add-MailboxPermission','ObjectId':'Alice@contoso.example','Parameters':[" P(
         "User", "mallory") "," P("AccessRights", "FullAccess") "]}",
     HEAD("mail_permission") WHO("Add-MailboxPermission") VICTIM "target=alice@contoso.example\n"},
    {"rights on a mailbox named by its place in the directory",
     COMMAND("Add-MailboxPermission",
             P("Identity", "APC.PROD.OUTLOOK.COM/Hosted/contoso/311b45d6") "," P(
                 "User", "mallory@contoso.example") "," P("AccessRights", "FullAccess")),
     HEAD("mail_permission") WHO("Add-MailboxPermission") ADDRESS
     "target=apc.prod.outlook.com/hosted/contoso/311b45d6\n"},
    {"the right to act as any mailbox",
     COMMAND("New-ManagementRoleAssignment",
             P("Role", "ApplicationImpersonation") "," P("User", "m") "," P("Name", "backup")),
     HEAD("impersonation") WHO("New-ManagementRoleAssignment") ADDRESS "detail=backup\n"},
    {"a mail flow rule that copies",
     COMMAND("New-TransportRule", P("Name", "Journal") "," P("BlindCopyTo", "m@x.example")),
     HEAD("transport_rule") "forwards\n" WHO("New-TransportRule") ADDRESS "detail=Journal\n"},
    {"a parameter called Name before the one that forwards",
     COMMAND("Set-InboxRule", P("Name", "ForwardTo") "," P("MarkAsRead", "False") "," P(
                                  "RedirectTo", "m@x.example")),
     HEAD("mail_rule") "forwards\n" WHO("Set-InboxRule") OWN ADDRESS "detail=ForwardTo\n"},
    {"a value in quotes of its own before the one that hides",
     COMMAND("New-InboxRule",
             P("From", "\\\"Bob\\\"") "," P("ForwardTo", "") "," P("DeleteMessage", "True")),
     HEAD("mail_rule") "hides\n" WHO("New-InboxRule") OWN ADDRESS},
    {"parameters as JSON in a text (Log Analytics)",
     "{'TimeGenerated':'2026-03-02T10:01:59Z','OfficeId':'c','RecordType':'ExchangeAdmin',"
     "'OfficeWorkload':'Exchange','UserType':'Admin','ResultStatus':'True',"
     "'UserId':'Admin@contoso.example','Operation':'New-InboxRule','Parameters':"
     "'[{\\\"Name\\\":\\\"Name\\\",\\\"Value\\\":\\\"n\\\"},"
     "{\\\"Name\\\":\\\"ForwardTo\\\",\\\"Value\\\":\\\"m@x.example\\\"}]'}",
     HEAD("mail_rule") "forwards\n" WHO("New-InboxRule") OWN "detail=n\n"},
    {"parameters as one object (Elastic)",
     "{'CreationTime':'2026-03-02T10:01:59','Id':'c','RecordType':1,'ResultStatus':'True',"
     "'Workload':'Exchange','UserType':2,'UserId':'Admin@contoso.example','Operation':"
     "'New-InboxRule','Parameters':{'Name':'n','ForwardTo':'m@x.example','MarkAsRead':true}}",
     HEAD("mail_rule") "hides\nforwards\n" WHO("New-InboxRule") OWN "detail=n\n"},
    {"auditing switched on and narrowed in one",
     COMMAND("Set-AdminAuditLogConfig",
             P("UnifiedAuditLogIngestionEnabled", "True") "," P("AdminAuditLogCmdlets", "none")),
     HEAD("audit_change") WHO("Set-AdminAuditLogConfig") ADDRESS},
    {"an exception from auditing taken back",
     COMMAND("Set-MailboxAuditBypassAssociation",
             P("Identity", "alice") "," P("AuditBypassEnabled", "False")),
     HEAD("other") WHO("Set-MailboxAuditBypassAssociation") ADDRESS "target=alice\n"},
    {"a parameter whose value is null before another",
     COMMAND("New-InboxRule",
             "{'Name':'From','Value':null}," P("DeleteMessage", "True") "," P("Name", "n")),
     HEAD("mail_rule") "hides\n" WHO("New-InboxRule") OWN ADDRESS "detail=n\n"},
};

#define OUTLOOK(properties)                                                                           \
    "{'CreationTime':'2026-03-02T10:01:59','Id':'c','RecordType':2,'ResultStatus':'Succeeded',"       \
    "'Workload':'Exchange','UserType':0,'UserId':'admin@contoso.example','Operation':"                \
    "'UpdateInboxRules','MailboxOwnerUPN':'alice@contoso.example','OperationProperties':[" properties \
    "]}"
#define ACTIONS(text) P("RuleActions", "[{\\'ActionType\\':\\'" text "\\'}]")
#define RULE HEAD("mail_rule")
#define BY WHO("UpdateInboxRules") VICTIM

static const struct {
    const char *title, *record, *wanted;
} outlook_cases[] = {
    {"a rule that forwards",
     OUTLOOK(
         P("RuleOperation", "AddMailboxRule") "," P("RuleName", "archive") "," ACTIONS("Forward")),
     RULE "forwards\n" BY "detail=archive\n"},
    {"a rule that moves messages away",
     OUTLOOK(P("RuleOperation", "ModifyMailboxRule") "," P("RuleName",
                                                           "..") "," ACTIONS("MoveToFolder")),
     RULE "hides\n" BY "detail=..\n"},
    {"neither its name nor its condition is what a rule does",
     OUTLOOK(P("RuleOperation", "AddMailboxRule") "," P("RuleName", "Delete and forward") "," P(
         "RuleCondition",
         "(SubjectProperty contains Redirect MarkAsRead)") "," ACTIONS("Categorize")),
     RULE BY "detail=Delete and forward\n"},
    {"a rule taken away hides nothing",
     OUTLOOK(P("RuleOperation", "DeleteMailboxRule") "," P("RuleName", "archive")),
     RULE BY "detail=archive\n"},
    {"a rule of the server",
     OUTLOOK(P("ServerRule", "{\\'RedirectToRecipientsAction\\':[\\'m@x.example\\']}")),
     RULE "forwards\n" BY},
};

static void commands_become_activities(void **state)
{
    int failed = 0;
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        failed += !activity_check(cases[i].title, cases[i].record, cases[i].wanted);
    assert_int_equal(failed, 0);
}

static void rules_of_outlook_become_activities(void **state)
{
    int failed = 0;
    (void)state;
    for (size_t i = 0; i < sizeof outlook_cases / sizeof outlook_cases[0]; i++)
        failed += !activity_check(outlook_cases[i].title, outlook_cases[i].record,
                                  outlook_cases[i].wanted);
    assert_int_equal(failed, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(commands_become_activities),
                                       cmocka_unit_test(rules_of_outlook_become_activities)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
