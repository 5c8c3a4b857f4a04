// Indicators are what is the attacker's, and no more.
// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "report/indicator.h"
#include "support/formats.h"

static void indicators_are_the_attackers_alone(void **state)
{
    (void)state;
    struct formats_sample sample;
    struct indicator_list list;
    formats_sample_init(&sample, S("x"), true);
    indicators_find(&sample.result, 0, &list);
    struct buf got;
    buf_init(&got);
    for (size_t i = 0; i < list.count; i++)
        buf_print(&got, "%s %.*s %u %u\n", entity_kind_name(list.items[i].kind),
                  (int)list.items[i].value.len, list.items[i].value.at,
                  confidence_percent(list.items[i].confidence), (unsigned)list.items[i].findings);
    buf_add_char(&got, 0);
    // 97 % of the incident, 95 % that no benign story is true; half of it for kinds that the edges do not have, and
    // nothing that they lack of kinds that they have.
    assert_string_equal(got.at, "app 5f0c1d2e-0000-4000-8000-00000000beef 92 2\n"
                                "ip 203.0.113.77 92 2\n"
                                "session 11111111-2222-4333-8444-555555555555 92 2\n"
                                "token -Oqr4ycMaEi846VGwe83AA 46 2\n"
                                "rule x 46 2\n");
    buf_done(&got);
    indicators_done(&list);
    indicators_find(&sample.result, 1, &list); // explained by a benign story
    assert_int_equal(list.count, 0);
    indicators_done(&list);
    sample.result.verdicts[0].hypotheses[0].name = S("insider_collection");
    indicators_find(&sample.result, 0, &list);
    for (size_t i = 0; i < list.count; i++)
        assert_true(list.items[i].kind != ENTITY_IP && list.items[i].kind != ENTITY_APP);
    indicators_done(&list);
    sample.result.verdicts = NULL; // everything that findings name, but what everybody shares
    indicators_find(&sample.result, 0, &list);
    assert_int_equal(list.count, 8);
    for (size_t i = 0; i < list.count; i++)
        assert_int_equal(confidence_percent(list.items[i].confidence), 49);
    indicators_done(&list);
    formats_sample_done(&sample);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(indicators_are_the_attackers_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
