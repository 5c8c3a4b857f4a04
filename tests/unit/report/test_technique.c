// ATT&CK techniques by id.
// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "report/technique.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static void techniques_are_found_by_id(void **state)
{
    (void)state;
    static const struct str ids[] = {
#define TECHNIQUE(id, name) STR(id),
#include "report/technique.def"
#undef TECHNIQUE
    };
    for (size_t i = 0; i < COUNT(ids); i++) {
        assert_true(technique_is_id(ids[i]));
        assert_non_null(technique_name(ids[i]));
        assert_non_null(technique_name(technique_parent(ids[i])));
        assert_true(i == 0 || str_compare(ids[i - 1], ids[i]) < 0);
    }
    assert_null(technique_name(S("T9999")));
    assert_string_equal(technique_name(S("T1685.002")), "Disable or Modify Cloud Log");
    static const char *const others[] = {"",         "T111",  "T11144",    "T1114.",
                                         "T1114.03", "t1114", "T1114.0033"};
    for (size_t i = 0; i < COUNT(others); i++)
        assert_false(technique_is_id(str_from(others[i])));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(techniques_are_found_by_id),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
