// Which sources each logsource of Sigma rules means.
// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "event/schema.h"
#include "rule/logsource.h"

static struct sigma_logsource logsource(const char *product, const char *service,
                                        const char *category)
{
    return (struct sigma_logsource){str_from(product), str_from(service), str_from(category)};
}

// Sources with their parts as "entra_signin m365_audit/risk"; any_json, which is always there, left out.
static void describe(const struct logsource_route *route, struct buf *out)
{
    static const char *const parts[] = {[PART_ALL] = "",
                                        [PART_EXCHANGE] = "/exchange",
                                        [PART_ALERTS] = "/alerts",
                                        [PART_RISK] = "/risk"};
    for (int i = 0; i < SOURCE_ANY_JSON; i++)
        if (route->parts[i] != PART_NONE)
            buf_print(out, "%s%s%s", out->len ? " " : "", event_source_name((enum source_id)i),
                      parts[route->parts[i]]);
}

static const struct {
    const char *product, *service, *category, *sources; // NULL: no source has it
} cases[] = {
    {"m365", "audit", "", "m365_audit"},
    {"m365", "exchange", "", "m365_audit/exchange"},
    {"m365", "threat_detection", "", "m365_audit/alerts"},
    {"m365", "threat_management", "", "m365_audit/alerts"},
    {"m365", "", "", "m365_audit"},
    {"office365", "audit", "", "m365_audit"},
    {"o365", "exchange", "", "m365_audit/exchange"},
    {"microsoft365", "", "", "m365_audit"},
    {"microsoft_365", "threat-management", "", "m365_audit/alerts"},
    {"m365", "message_trace", "", "message_trace"},
    {"m365", "nosuch", "", NULL},
    {"azure", "signinlogs", "", "entra_signin"},
    {"azure", "auditlogs", "", "entra_audit"},
    {"azure", "activitylogs", "", "azure_activity"},
    {"azure", "riskdetection", "", "m365_audit/risk entra_signin"},
    {"azure", "pim", "", "entra_signin entra_audit"},
    {"azure", "microsoftgraphactivitylogs", "", "graph_activity"},
    {"azure", "graphactivitylogs", "", "graph_activity"},
    {"azure", "", "", "entra_signin entra_audit graph_activity azure_activity"},
    {"azuread", "signinlogs", "", "entra_signin"},
    {"entra", "auditlogs", "", "entra_audit"},
    {"entra_id", "SignInLogs", "", "entra_signin"},
    {"microsoft", "signinlogs", "", "entra_signin"},
    {"microsoft", "exchange", "", "m365_audit/exchange"},
    {"azure", "signinlogs", "authentication", "entra_signin"},
    {"azure", "", "process_creation", NULL},
    {"azure", "aks", "", NULL},
    {"windows", "", "process_creation", NULL},
    {"windows", "security", "", NULL},
    {"okta", "okta", "", NULL},
    {"", "", "proxy", NULL},
    {"", "signinlogs", "", NULL},
    {"", "", "", NULL},
};

static void logsources_mean_sources(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct sigma_logsource l = logsource(cases[i].product, cases[i].service, cases[i].category);
        struct logsource_route route = logsource_route(&l, NULL);
        const char *wanted = cases[i].sources ? cases[i].sources : "";
        struct buf text;
        buf_init(&text);
        describe(&route, &text);
        if (!str_is(buf_str(&text), wanted) || route.is_known != (cases[i].sources != NULL))
            fail_msg("%s/%s/%s means '%.*s', not '%s'", cases[i].product, cases[i].service,
                     cases[i].category, (int)text.len, text.at, wanted);
        assert_int_equal(route.parts[SOURCE_ANY_JSON], PART_ALL);
        buf_done(&text);
    }
}

static const struct {
    struct {
        const char *product, *service, *category;
    } rule, narrow;
    bool is_offered;
} narrow_cases[] = {
    {{"windows", "", "process_creation"}, {"windows", "", ""}, true},
    {{"windows", "", "process_creation"}, {"windows", "", "process_creation"}, true},
    {{"windows", "", "process_creation"}, {"linux", "", ""}, false},
    {{"windows", "security", ""}, {"windows", "sysmon", ""}, false},
    {{"", "", "proxy"}, {"windows", "", ""}, true},
    {{"", "", "proxy"}, {"", "", "dns"}, false},
    {{"o365", "audit", ""}, {"m365", "", ""}, true},
    {{"azuread", "signinlogs", ""}, {"azure", "SigninLogs", ""}, true},
    {{"windows", "", ""}, {"", "", ""}, true},
};

static void narrowing_keeps_contradicting_rules_from_any_json(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof narrow_cases / sizeof narrow_cases[0]; i++) {
        struct sigma_logsource rule =
            logsource(narrow_cases[i].rule.product, narrow_cases[i].rule.service,
                      narrow_cases[i].rule.category);
        struct sigma_logsource narrow =
            logsource(narrow_cases[i].narrow.product, narrow_cases[i].narrow.service,
                      narrow_cases[i].narrow.category);
        struct logsource_route route = logsource_route(&rule, &narrow);
        enum logsource_part wanted = narrow_cases[i].is_offered ? PART_ALL : PART_NONE;
        if (route.parts[SOURCE_ANY_JSON] != wanted)
            fail_msg("case %zu", i);
    }
}

// --logsource is about any_json alone: known logs meet the rules of their logsource whatever it says.
static void narrowing_leaves_known_sources_alone(void **state)
{
    (void)state;
    struct sigma_logsource rule = logsource("m365", "audit", "");
    struct sigma_logsource narrow = logsource("windows", "", "");
    struct logsource_route route = logsource_route(&rule, &narrow);
    assert_int_equal(route.parts[SOURCE_M365_AUDIT], PART_ALL);
    assert_int_equal(route.parts[SOURCE_ANY_JSON], PART_NONE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(logsources_mean_sources),
        cmocka_unit_test(narrowing_keeps_contradicting_rules_from_any_json),
        cmocka_unit_test(narrowing_leaves_known_sources_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
