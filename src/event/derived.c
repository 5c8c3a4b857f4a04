// Values that follow from a record: outcome, actor, and the other spelling of numbers with names.
// SPDX-License-Identifier: Apache-2.0
#include "event/derived.h"

#include "event/outcome.h"
#include "event/read.h"

// A number and its name; the text of both is at hand because derived values are constant.
struct number_name {
    const char *number, *name;
};

// Source: Office 365 Management Activity API schema, AuditLogRecordType.
static const struct number_name record_types[] = {
    {"1", "ExchangeAdmin"},
    {"2", "ExchangeItem"},
    {"3", "ExchangeItemGroup"},
    {"4", "SharePoint"},
    {"6", "SharePointFileOperation"},
    {"7", "OneDrive"},
    {"8", "AzureActiveDirectory"},
    {"9", "AzureActiveDirectoryAccountLogon"},
    {"10", "DataCenterSecurityCmdlet"},
    {"11", "ComplianceDLPSharePoint"},
    {"13", "ComplianceDLPExchange"},
    {"14", "SharePointSharingOperation"},
    {"15", "AzureActiveDirectoryStsLogon"},
    {"16", "SkypeForBusinessPSTNUsage"},
    {"17", "SkypeForBusinessUsersBlocked"},
    {"18", "SecurityComplianceCenterEOPCmdlet"},
    {"19", "ExchangeAggregatedOperation"},
    {"20", "PowerBIAudit"},
    {"21", "CRM"},
    {"22", "Yammer"},
    {"23", "SkypeForBusinessCmdlets"},
    {"24", "Discovery"},
    {"25", "MicrosoftTeams"},
    {"28", "ThreatIntelligence"},
    {"29", "MailSubmission"},
    {"30", "MicrosoftFlow"},
    {"31", "AeD"},
    {"32", "MicrosoftStream"},
    {"33", "ComplianceDLPSharePointClassification"},
    {"34", "ThreatFinder"},
    {"35", "Project"},
    {"36", "SharePointListOperation"},
    {"37", "SharePointCommentOperation"},
    {"38", "DataGovernance"},
    {"39", "Kaizala"},
    {"40", "SecurityComplianceAlerts"},
    {"41", "ThreatIntelligenceUrl"},
    {"42", "SecurityComplianceInsights"},
    {"43", "MIPLabel"},
    {"44", "WorkplaceAnalytics"},
    {"45", "PowerAppsApp"},
    {"46", "PowerAppsPlan"},
    {"47", "ThreatIntelligenceAtpContent"},
    {"48", "LabelContentExplorer"},
    {"49", "TeamsHealthcare"},
    {"50", "ExchangeItemAggregated"},
    {"51", "HygieneEvent"},
    {"52", "DataInsightsRestApiAudit"},
    {"54", "SharePointListItemOperation"},
    {"55", "SharePointContentTypeOperation"},
    {"56", "SharePointFieldOperation"},
    {"57", "MicrosoftTeamsAdmin"},
    {"61", "InformationWorkerProtection"},
    {"62", "Campaign"},
    {"63", "DLPEndpoint"},
    {"64", "AirInvestigation"},
    {"65", "Quarantine"},
    {"66", "MicrosoftForms"},
    {"82", "SensitivityLabelPolicyMatch"},
    {"83", "SensitivityLabelAction"},
    {"84", "SensitivityLabeledFileAction"},
    {"87", "SecurityComplianceRBAC"},
    {"98", "MCASAlerts"},
    {"101", "ExchangeSearch"},
    {"102", "SharePointSearch"},
    {"106", "SecurityComplianceUserChange"},
    {"113", "MS365DCustomDetection"},
    {"183", "MicrosoftGraphDataConnectOperation"},
    {"217", "MicrosoftGraphDataConnectConsent"},
    {"261", "CopilotInteraction"},
    {"275", "OWAAuth"},
    {"294", "AadRiskDetection"},
};

// Source: the same, User Type.
static const struct number_name user_types[] = {
    {"0", "Regular"},           {"1", "Reserved"},     {"2", "Admin"},
    {"3", "DcAdmin"},           {"4", "System"},       {"5", "Application"},
    {"6", "ServicePrincipal"},  {"7", "CustomPolicy"}, {"8", "SystemPolicy"},
    {"9", "PartnerTechnician"}, {"10", "Guest"},
};

// Source: the same, LogonType.
static const struct number_name logon_types[] = {
    {"0", "Owner"},         {"1", "Admin"},      {"2", "Delegated"},      {"3", "Transport"},
    {"4", "SystemService"}, {"5", "BestAccess"}, {"6", "DelegatedAdmin"},
};

static const struct {
    enum field_id field;
    const struct number_name *names;
    size_t count;
} named_fields[] = {
    {FIELD_RecordType, record_types, sizeof record_types / sizeof record_types[0]},
    {FIELD_UserType, user_types, sizeof user_types / sizeof user_types[0]},
    {FIELD_LogonType, logon_types, sizeof logon_types / sizeof logon_types[0]},
};
enum { NAMED_FIELDS = sizeof named_fields / sizeof named_fields[0] };

bool field_is_derived(enum field_id field)
{
    for (int i = 0; i < NAMED_FIELDS; i++)
        if (named_fields[i].field == field)
            return true;
    return field == FIELD_ActorClass || field == FIELD_Outcome || field == FIELD_Status ||
           field == FIELD_ResultType;
}

bool field_is_twin(enum field_id field)
{
    return field == FIELD_RecordType || field == FIELD_UserType || field == FIELD_LogonType;
}

void field_derived_want(struct field_plan *plan, enum field_id field)
{
    field_plan_want(plan, field);
    if (field == FIELD_Outcome || field == FIELD_Status || field == FIELD_ResultType)
        outcome_want(plan);
}

static struct str other_spelling(const struct field_slots *slots, enum field_id field,
                                 const struct number_name *names, size_t count)
{
    int64_t number;
    struct str word = field_word(slots, field);
    bool is_number = field_int(slots, field, &number);
    for (size_t i = 0; i < count; i++) {
        int64_t own;
        if (is_number && str_to_int64(str_from(names[i].number), &own) && own == number)
            return str_from(names[i].name);
        if (!is_number && word.len && str_equal_fold(word, str_from(names[i].name)))
            return str_from(names[i].number);
    }
    return S("");
}

static struct str outcome_text(const struct event *event, const struct field_slots *slots)
{
    return str_from(outcome_name(event_outcome(slots, event)));
}

// The Entra portal's CSV writes no error code, or "None", where other exports write 0.
static struct str portal_success(const struct event *event, const struct field_slots *slots)
{
    struct str code = field_word(slots, FIELD_ResultType);
    if (code.len && !str_equal_fold(code, S("None")))
        return S("");
    return str_is(outcome_text(event, slots), "success") ? S("0") : S("");
}

struct str field_derived(const struct event *event, const struct field_slots *slots,
                         enum field_id field)
{
    if (field == FIELD_ActorClass)
        return str_from(actor_class_name(event_actor(event, slots)));
    if (field == FIELD_Outcome)
        return outcome_text(event, slots);
    if (field == FIELD_Status && event->source == SOURCE_ANY_JSON)
        return S("");
    if (field == FIELD_Status) {
        struct str text = outcome_text(event, slots);
        return str_is(text, "unknown") ? S("") : text;
    }
    if (field == FIELD_ResultType && event->source == SOURCE_ENTRA_SIGNIN)
        return portal_success(event, slots);
    if (event->source != SOURCE_M365_AUDIT)
        return S("");
    for (int i = 0; i < NAMED_FIELDS; i++)
        if (named_fields[i].field == field)
            return other_spelling(slots, field, named_fields[i].names, named_fields[i].count);
    return S("");
}
