// Which programs are long out of date, by what others in the tenant had by then.
// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>

#include "baseline/knowledge_learn.h"
#include "support/scenario.h"

#define EDGE(version) "agent=Mozilla/5.0_(Windows_NT_10.0)_Chrome/" version "_Edg/" version

// The program's name as habits keep it, of the activity at that place.
static struct str name_of(const struct knowledge *k, const struct scenario *scenario, size_t i)
{
    return knowledge_text(k, knowledge_agent_symbol(k, &scenario->activities[i]));
}

static void versions_are_held_against_what_others_had_by_then(void **state)
{
    static const struct {
        const char *life; // judged: the last activity
        const char *name;
    } cases[] = {
        {"d1 08:00 sign_in user=a@x " EDGE("140") "\nd9 08:00 sign_in user=b@x " EDGE("127"),
         "edge/windows/stale"},
        {"d1 08:00 sign_in user=a@x " EDGE("140") "\nd9 08:00 sign_in user=b@x " EDGE("128"),
         "edge/windows"},
        // It was there before the others renewed theirs.
        {"d1 08:00 sign_in user=b@x " EDGE("120") "\nd2 08:00 sign_in user=a@x " EDGE(
             "140") "\nd9 08:00 sign_in user=b@x " EDGE("120"),
         "edge/windows"},
        // Another family says nothing.
        {"d1 08:00 sign_in user=a@x agent=Mozilla/5.0_(Windows_NT_10.0)_Firefox/142.0\n"
         "d9 08:00 sign_in user=b@x " EDGE("106"),
         "edge/windows"},
        // A mailbox opened by a browser, as its client text says.
        {"d1 08:00 sign_in user=a@x " EDGE(
             "140") "\nd9 08:00 mail_access user=b@x "
                    "client=Client=OWA;Mozilla/5.0_(Windows_NT_10.0)_Chrome/106_Edg/106",
         "edge/windows/stale"},
        {"d1 08:00 sign_in user=a@x agent=python-requests/9.0\n"
         "d9 08:00 sign_in user=b@x agent=python-requests/1.0",
         "python"},
        {"d1 08:00 sign_in user=a@x " EDGE("140"), "edge/windows"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[1024];
        unsigned line = 0;
        snprintf(text, sizeof text, "== fires: a life\n%s\nexpect nothing\n", cases[i].life);
        struct str rest = str_from(text);
        struct scenario scenario;
        assert_true(scenario_next(&rest, &line, &scenario));
        struct knowledge *k = scenario_learn(&scenario);
        print_message("%s\n", cases[i].life);
        struct str name = name_of(k, &scenario, scenario.count - 1);
        assert_true(str_is(name, cases[i].name));
        knowledge_free(k);
        scenario_done(&scenario);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(versions_are_held_against_what_others_had_by_then),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
