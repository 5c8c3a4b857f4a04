// Learns lives of an office, asks whose place it is.
// SPDX-License-Identifier: Apache-2.0
#include "support/places.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/buf.h"

#define SETS                                                                                       \
    "set alice user=" ALICE "\nset bob user=" BOB "\nset carol user=" CAROL                        \
    "\nset dave user=" DAVE "\nset erin user=" ERIN "\nset office address=" OFFICE                 \
    " asn=64500 country=DE\n"                                                                      \
    "set away address=" AWAY " asn=64999 country=FR\n"                                             \
    "set computer agent=Mozilla/5.0_(Windows_NT_10.0;_Win64;_x64)_AppleWebKit/537.36_(KHTML,_"     \
    "like_Gecko)_Chrome/124.0.0.0_Safari/537.36_Edg/124.0.0.0\n"                                   \
    "set firefox agent=Mozilla/5.0_(Windows_NT_10.0;_Win64;_x64;_rv:126.0)_Gecko/20100101_"        \
    "Firefox/126.0\n"                                                                              \
    "set telephone agent=Mozilla/5.0_(iPhone;_CPU_iPhone_OS_17_4_like_Mac_OS_X)_AppleWebKit/"      \
    "605.1.15_(KHTML,_like_Gecko)_Version/17.4_Mobile/15E148_Safari/604.1\n"                       \
    "set script agent=python-requests/2.31.0\n"

void learn(struct learned *l, const char *life)
{
    struct buf text;
    unsigned line = 0;
    buf_init(&text);
    buf_print(&text, "== life\n%s%s", SETS, life);
    struct str rest = buf_str(&text);
    assert_true(scenario_next(&rest, &line, &l->scenario));
    buf_done(&text);
    l->scenario.title = S("life");
    l->k = scenario_learn(&l->scenario);
}

void learned_done(struct learned *l)
{
    knowledge_free(l->k);
    scenario_done(&l->scenario);
}

uint32_t learned_symbol(const struct learned *l, const char *text)
{
    knowledge_add_name(l->k, str_from(text));
    return knowledge_symbol(l->k, str_from(text));
}

void places_check(place_question *ask, const struct place_case *cases, size_t count)
{
    unsigned wrong = 0;
    for (size_t i = 0; i < count; i++) {
        struct learned l;
        learn(&l, cases[i].life);
        bool got = ask(l.k, learned_symbol(&l, cases[i].person ? cases[i].person : ALICE),
                       learned_symbol(&l, cases[i].address ? cases[i].address : AWAY));
        if (got != cases[i].is_so) {
            print_message("  %s: %s\n", cases[i].what, got ? "yes" : "no");
            wrong++;
        }
        learned_done(&l);
    }
    assert_int_equal(wrong, 0);
}
