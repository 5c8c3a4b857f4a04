// Answers into conversations that were read in the same strange place (fixtures cannot say conversations).
// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>

#include "base/hash.h"
#include "support/scenario.h"

#define HEAD                                                                                       \
    "== case\n"                                                                                    \
    "set alice user=alice@contoso.example object=#alice address=81.2.69.7 asn=20712 country=GB\n"  \
    "set evil address=64.225.0.1 asn=14061 country=US\n"                                           \
    "d1..26w 08:00,10:00 mail_access +alice issued\n"                                              \
    "d1..26w 11:00 mail_send x4/5m +alice count=2 detail=report\n"                                 \
    "d18 01:50 sign_in +alice +evil app=#portal\n"

// Mail with a detail is of the conversation of that name.
static size_t count_findings(const char *lines, enum sigma_level *level)
{
    char text[4096];
    struct scenario s;
    struct finding_list found;
    unsigned line = 0;
    size_t count = 0;
    snprintf(text, sizeof text, "%s%s", HEAD, lines);
    struct str rest = str_from(text);
    assert_true(scenario_next(&rest, &line, &s));
    for (size_t i = 0; i < s.count; i++)
        if (s.activities[i].kind == ACTIVITY_MAIL_ACCESS ||
            s.activities[i].kind == ACTIVITY_MAIL_SEND)
            s.activities[i].thread = s.activities[i].detail
                                         ? hash_fold(intern_text(&s.texts, s.activities[i].detail))
                                         : 0;
    scenario_run(&s, &found);
    for (size_t i = 0; i < found.count; i++)
        if (str_is(found.items[i].detector, "internal_phishing")) {
            *level = found.items[i].severity;
            count++;
        }
    finding_list_done(&found);
    scenario_done(&s);
    return count;
}

static void test_answers_where_it_was_read(void **state)
{
    enum sigma_level level = LEVEL_HIGH;
    (void)state;
    assert_int_equal(count_findings("d18 02:00 mail_access +alice +evil detail=invoice\n"
                                    "d18 02:10 mail_send +alice +evil detail=invoice\n",
                                    &level),
                     1);
    assert_int_equal(level, LEVEL_LOW);
}

static void test_other_conversations_say_nothing(void **state)
{
    enum sigma_level level;
    (void)state;
    assert_int_equal(count_findings("d18 02:00 mail_access +alice +evil detail=invoice\n"
                                    "d18 02:10 mail_send +alice +evil detail=lunch\n",
                                    &level),
                     0);
    assert_int_equal(count_findings("d18 02:10 mail_send +alice +evil detail=invoice\n"
                                    "d18 02:20 mail_access +alice +evil detail=invoice\n",
                                    &level),
                     0);
    assert_int_equal(count_findings("d18 08:20 mail_access +alice detail=invoice\n"
                                    "d18 08:30 mail_send +alice detail=invoice\n",
                                    &level),
                     0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_answers_where_it_was_read),
        cmocka_unit_test(test_other_conversations_say_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
