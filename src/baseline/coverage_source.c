// The sources: their names, how late and how long they are there, and how to get what is missing.
// SPDX-License-Identifier: Apache-2.0
#include <assert.h>

#include "baseline/coverage_ledger.h"

// Lateness. Unified audit log: Microsoft states 60 to 90 minutes as typical for core services and
// gives no guarantee (Office 365 Management Activity API reference, "troubleshooting"); incident
// tools wait up to 24 hours (MIA). Entra and Azure logs: 99 of 100 within 5 minutes, reports at most 2
// hours (Microsoft, "Azure AD reporting latencies", as kept before the table was taken down). Message
// trace: rows keep changing for hours; a day.
// Retention. Unified audit log 180 days (Standard), 365 (Premium). Entra 7 days (free), 30 (P1, P2):
// learn.microsoft.com/entra/identity/monitoring-health/reference-reports-data-retention. Message trace
// 90 days (Get-MessageTraceV2). Azure activity log 90 days. Graph activity: as long as its workspace.
static const char *const how_texts[COVERAGE_SOURCE_COUNT] = {
    [COVERAGE_EXCHANGE] =
        "Search-UnifiedAuditLog with -RecordType ExchangeItem, ExchangeItemAggregated, "
        "ExchangeAdmin ... for these hours, in windows below 5,000 rows",
    [COVERAGE_AZURE_AD] = "Search-UnifiedAuditLog with -RecordType AzureActiveDirectory and "
                          "AzureActiveDirectoryStsLogon for these hours",
    [COVERAGE_SHAREPOINT] = "Search-UnifiedAuditLog with -RecordType SharePointFileOperation and "
                            "SharePoint for these hours",
    [COVERAGE_TEAMS] = "Search-UnifiedAuditLog with -RecordType MicrosoftTeams for these hours",
    [COVERAGE_SECURITY] = "Search-UnifiedAuditLog with the record types of the security and "
                          "compliance centre for these hours",
    [COVERAGE_OTHER_AUDIT] = "Search-UnifiedAuditLog for these hours without -RecordType",
    [COVERAGE_INTERACTIVE] = "export SignInLogs of these hours (Entra admin center, Graph "
                             "auditLogs/signIns, or the diagnostic setting's storage)",
    [COVERAGE_NON_INTERACTIVE] = "export NonInteractiveUserSignInLogs of these hours (Entra admin "
                                 "center, Graph beta signIns, or the diagnostic setting's storage)",
    [COVERAGE_SERVICE_PRINCIPAL] =
        "export ServicePrincipalSignInLogs of these hours (Entra admin "
        "center, Graph beta signIns, or the diagnostic setting's storage)",
    [COVERAGE_MANAGED_IDENTITY] =
        "export ManagedIdentitySignInLogs of these hours (Entra admin "
        "center, Graph beta signIns, or the diagnostic setting's storage)",
    [COVERAGE_ENTRA_AUDIT] = "export AuditLogs of these hours (Entra admin center, Graph "
                             "auditLogs/directoryAudits, or the diagnostic setting's storage)",
    [COVERAGE_GRAPH_ACTIVITY] =
        "export MicrosoftGraphActivityLogs of these hours from the workspace "
        "or storage of the diagnostic setting; without one they never were",
    [COVERAGE_MESSAGE_TRACE] =
        "Get-MessageTraceV2 for these hours (90 days back, 10 days and 5,000 "
        "rows a query)",
    [COVERAGE_AZURE_ACTIVITY] = "az monitor activity-log list for these hours (90 days back)",
};

static const struct source_facts sources[COVERAGE_SOURCE_COUNT] = {
#define X(id, name, log, late, shorter, longer)                                                    \
    [COVERAGE_##id] = {(name), (log), (late), {(shorter), (longer)}},
    COVERAGE_SOURCES(X)
#undef X
};

const struct source_facts *source_facts(enum coverage_source source)
{
    assert(source < COVERAGE_SOURCE_COUNT);
    return &sources[source];
}

const char *coverage_source_how(enum coverage_source source)
{
    assert(source < COVERAGE_SOURCE_COUNT);
    return how_texts[source];
}

const char *coverage_source_name(enum coverage_source source)
{
    return source_facts(source)->name;
}

const char *coverage_source_log(enum coverage_source source)
{
    return source_facts(source)->log;
}

enum coverage_source coverage_source_of_workload(struct str workload)
{
    static const struct {
        struct str name;
        enum coverage_source source;
    } workloads[] = {
        {STR("Exchange"), COVERAGE_EXCHANGE},
        {STR("AzureActiveDirectory"), COVERAGE_AZURE_AD},
        {STR("SharePoint"), COVERAGE_SHAREPOINT},
        {STR("OneDrive"), COVERAGE_SHAREPOINT},
        {STR("MicrosoftTeams"), COVERAGE_TEAMS},
        {STR("SecurityComplianceCenter"), COVERAGE_SECURITY},
        {STR("ThreatIntelligence"), COVERAGE_SECURITY},
    };
    for (size_t i = 0; i < sizeof workloads / sizeof workloads[0]; i++)
        if (str_equal_fold(workload, workloads[i].name))
            return workloads[i].source;
    return COVERAGE_OTHER_AUDIT;
}
