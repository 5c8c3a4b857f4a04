// Derived values: outcome per workload, actor class, names of numbers; names of applications.
// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "event/app_name.h"
#include "event/derived.h"
#include "event/outcome.h"
#include "support/sample.h"

struct derived_case {
    const char *record;
    enum field_id field;
    const char *text;
};

#define AUDIT "{\"Operation\":\"x\",\"Workload\":\"y\","
#define STS(operation) "{\"Operation\":\"" operation "\",\"RecordType\":15,"
#define SIGNIN "{\"AppDisplayName\":\"x\",\"IPAddress\":\"192.0.2.1\","
#define PORTAL "{\"Request ID\":\"x\",\"Application\":\"y\","
#define CHANGE "{\"ActivityDisplayName\":\"x\",\"LoggedByService\":\"y\","
#define GRAPH "{\"RequestUri\":\"x\",\"RequestMethod\":\"GET\","
#define TRACE "{\"SenderAddress\":\"x\",\"RecipientAddress\":\"y\","
#define AZURE "{\"OperationName\":\"x\",\"Caller\":\"y\",\"EventDataId\":\"z\","

static const struct derived_case cases[] = {
    {AUDIT "\"ResultStatus\":\"Succeeded\"}", FIELD_Outcome, "success"},
    {AUDIT "\"ResultStatus\":\"PartiallySucceeded\"}", FIELD_Outcome, "success"},
    {AUDIT "\"ResultStatus\":\"Failed\"}", FIELD_Outcome, "failure"},
    {AUDIT "\"ResultStatus\":\"True\"}", FIELD_Outcome, "success"},
    {AUDIT "\"ResultStatus\":\"TRUE\"}", FIELD_Outcome, "success"},
    {AUDIT "\"ResultStatus\":true}", FIELD_Outcome, "success"},
    {AUDIT "\"ResultStatus\":\"False\"}", FIELD_Outcome, "failure"},
    {AUDIT "\"ResultStatus\":\"Success\"}", FIELD_Outcome, "success"},
    {AUDIT "\"ResultStatus\":\"Failure\"}", FIELD_Outcome, "failure"},
    {AUDIT "\"ResultStatus\":\"\"}", FIELD_Outcome, "unknown"},
    {AUDIT "\"Id\":\"1\"}", FIELD_Outcome, "unknown"},
    {STS("UserLoginFailed") "\"ResultStatus\":\"Success\"}", FIELD_Outcome, "failure"},
    {STS("UserLoggedIn") "\"ResultStatus\":\"Success\"}", FIELD_Outcome, "success"},
    {STS("UserLoggedIn") "\"ResultStatus\":\"Failed\",\"ErrorNumber\":\"0\"}", FIELD_Outcome,
     "success"},
    {STS("UserLoggedIn") "\"ErrorNumber\":\"50140\"}", FIELD_Outcome, "failure"},
    {STS("UserLoggedIn") "\"LogonError\":\"None\"}", FIELD_Outcome, "success"},
    {STS("UserLoggedIn") "\"LogonError\":\"UserStrongAuthClientAuthNRequired\"}", FIELD_Outcome,
     "failure"},
    {SIGNIN "\"ResultType\":\"0\"}", FIELD_Outcome, "success"},
    {SIGNIN "\"ResultType\":0}", FIELD_Outcome, "success"},
    {SIGNIN "\"ResultType\":\"50126\"}", FIELD_Outcome, "failure"},
    {SIGNIN "\"status\":{\"errorCode\":0}}", FIELD_Outcome, "success"},
    {SIGNIN "\"Status\":\"{\\\"errorCode\\\":50058}\"}", FIELD_Outcome, "failure"},
    {PORTAL "\"Sign-in error code\":\"None\",\"Status\":\"Success\"}", FIELD_Outcome, "success"},
    {PORTAL "\"Sign-in error code\":\"50140\",\"Status\":\"Interrupted\"}", FIELD_Outcome,
     "failure"},
    {PORTAL "\"Status\":\"Failure\"}", FIELD_Outcome, "failure"},
    {SIGNIN "\"Id\":\"1\"}", FIELD_Outcome, "unknown"},
    {CHANGE "\"Result\":\"success\"}", FIELD_Outcome, "success"},
    {CHANGE "\"Result\":\"timeout\"}", FIELD_Outcome, "failure"},
    {CHANGE "\"Result\":\"unknownFutureValue\"}", FIELD_Outcome, "unknown"},
    {GRAPH "\"ResponseStatusCode\":\"200\"}", FIELD_Outcome, "success"},
    {GRAPH "\"ResponseStatusCode\":302}", FIELD_Outcome, "success"},
    {GRAPH "\"ResponseStatusCode\":403}", FIELD_Outcome, "failure"},
    {GRAPH "\"ResponseStatusCode\":\"\"}", FIELD_Outcome, "unknown"},
    {TRACE "\"Status\":\"Delivered\"}", FIELD_Outcome, "success"},
    {TRACE "\"Status\":\"Quarantined\"}", FIELD_Outcome, "failure"},
    {TRACE "\"Status\":\"Pending\"}", FIELD_Outcome, "unknown"},
    {AZURE "\"ActivityStatusValue\":\"Success\"}", FIELD_Outcome, "success"},
    {AZURE "\"ActivityStatus\":\"Failed\"}", FIELD_Outcome, "failure"},
    {AZURE "\"ActivityStatusValue\":\"Start\"}", FIELD_Outcome, "unknown"},
    {"{\"status\":\"success\"}", FIELD_Outcome, "unknown"},
    {SIGNIN "\"ResultType\":\"0\"}", FIELD_Status, "success"},
    {AUDIT "\"ResultStatus\":\"True\"}", FIELD_Status, "success"},
    {AUDIT "\"Id\":\"1\"}", FIELD_Status, ""},
    {"{\"status\":\"success\"}", FIELD_Status, ""},
    {AUDIT "\"UserType\":5}", FIELD_ActorClass, "application"},
    {AUDIT "\"UserId\":\"a@b\"}", FIELD_ActorClass, "person"},
    {SIGNIN "\"UserPrincipalName\":\"a@b\"}", FIELD_ActorClass, "person"},
    {SIGNIN "\"ServicePrincipalId\":\"1c2d\"}", FIELD_ActorClass, "application"},
    {SIGNIN "\"UserPrincipalName\":\"a@b\",\"CrossTenantAccessType\":\"serviceProvider\"}",
     FIELD_ActorClass, "partner"},
    {"{\"a\":1}", FIELD_ActorClass, "unknown"},
    {AUDIT "\"RecordType\":50}", FIELD_RecordType, "ExchangeItemAggregated"},
    {AUDIT "\"RecordType\":\"50\"}", FIELD_RecordType, "ExchangeItemAggregated"},
    {AUDIT "\"RecordType\":\"exchangeItemAggregated\"}", FIELD_RecordType, "50"},
    {AUDIT "\"RecordType\":\"ExchangeAdmin\"}", FIELD_RecordType, "1"},
    {AUDIT "\"RecordType\":99999}", FIELD_RecordType, ""},
    {AUDIT "\"RecordType\":\"x\"}", FIELD_RecordType, ""},
    {AUDIT "\"UserType\":\"Regular\"}", FIELD_UserType, "0"},
    {AUDIT "\"UserType\":2}", FIELD_UserType, "Admin"},
    {AUDIT "\"Logon_Type\":\"Owner\"}", FIELD_LogonType, "0"},
    {AUDIT "\"LogonType\":2}", FIELD_LogonType, "Delegated"},
    {SIGNIN "\"UserType\":\"Guest\"}", FIELD_UserType, ""},
    {PORTAL "\"Sign-in error code\":\"None\",\"Status\":\"Success\"}", FIELD_ResultType, "0"},
    {PORTAL "\"Status\":\"Success\"}", FIELD_ResultType, "0"},
    {PORTAL "\"Sign-in error code\":\"50140\",\"Status\":\"Interrupted\"}", FIELD_ResultType, ""},
    {PORTAL "\"Status\":\"Failure\"}", FIELD_ResultType, ""},
    {AUDIT "\"Subject\":\"x\"}", FIELD_Subject, ""},
};

static void values_follow_from_the_record(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct sample sample;
        sample_init(&sample, str_from(cases[i].record));
        struct str text = field_derived(&sample.event, &sample.slots, cases[i].field);
        if (!str_is(text, cases[i].text))
            fail_msg("%s: %s is '%.*s', not '%s'", cases[i].record, field_rows[cases[i].field].name,
                     (int)text.len, text.at, cases[i].text);
        sample_done(&sample);
    }
}

static void only_some_fields_are_derived(void **state)
{
    (void)state;
    size_t count = 0;
    for (int f = 0; f < FIELD_COUNT; f++)
        count += field_is_derived((enum field_id)f);
    assert_int_equal(count, 7);
    assert_true(field_is_derived(FIELD_Outcome));
    assert_false(field_is_derived(FIELD_Operation));
}

// Wanting a derived field wants what it is derived from.
static void a_plan_with_a_derived_field_suffices(void **state)
{
    (void)state;
    struct sample sample;
    sample_init(&sample, S(STS("UserLoggedIn") "\"ErrorNumber\":\"50126\"}"));
    struct field_plan *plan = field_plan_new(SOURCE_M365_AUDIT);
    struct field_slots slots;
    field_derived_want(plan, FIELD_Status);
    field_plan_finish(plan);
    field_slots_init(&slots, plan);
    field_fill(&slots, &sample.event);
    assert_true(str_is(field_derived(&sample.event, &slots, FIELD_Status), "failure"));
    field_slots_done(&slots);
    field_plan_free(plan);
    sample_done(&sample);
}

static void applications_have_names(void **state)
{
    (void)state;
    assert_string_equal(app_name_find(S("00000003-0000-0000-c000-000000000000")),
                        "Microsoft Graph");
    assert_string_equal(app_name_find(S("00000002-0000-0FF1-CE00-000000000000")),
                        "Office 365 Exchange Online");
    assert_string_equal(app_name_find(S("fc0f3af4-6835-4174-b806-f7db311fd2f3")),
                        "Intune Windows Agent");
    assert_string_equal(app_name_find(S("00000002-0000-0000-c000-000000000000")),
                        "Windows Azure Active Directory");
    assert_null(app_name_find(S("00000000-0000-0000-0000-000000000000")));
    assert_null(app_name_find(S("ffffffff-ffff-ffff-ffff-ffffffffffff")));
    assert_null(app_name_find(S("")));
    assert_null(app_name_find(S("Microsoft Graph")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_follow_from_the_record),
        cmocka_unit_test(only_some_fields_are_derived),
        cmocka_unit_test(a_plan_with_a_derived_field_suffices),
        cmocka_unit_test(applications_have_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
