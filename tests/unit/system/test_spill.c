// Spill files: what is written comes back, nothing is left in the folder, and errors say what could not be done.
// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "system/spill.h"

static void what_is_written_comes_back(void **state)
{
    struct spill spill;
    struct error error = {""};
    char bytes[10000], got[sizeof bytes];
    (void)state;
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (char)(i * 7 % 251);
    spill_init(&spill, "pebbles");
    assert_true(spill_write(&spill, bytes, 100, &error));
    assert_true(spill_write(&spill, bytes + 100, 0, &error));
    assert_true(spill_write(&spill, bytes + 100, sizeof bytes - 100, &error));
    assert_int_equal(spill.size, sizeof bytes);
    assert_true(spill_read(&spill, 0, got, sizeof got, &error));
    assert_memory_equal(got, bytes, sizeof bytes);
    assert_true(spill_read(&spill, 5000, got, 77, &error));
    assert_memory_equal(got, bytes + 5000, 77);
    spill_done(&spill);
}

static void reading_behind_the_end_is_an_error(void **state)
{
    struct spill spill;
    struct error error = {""};
    char got[16];
    (void)state;
    spill_init(&spill, "pebbles");
    assert_true(spill_write(&spill, "0123456789", 10, &error));
    assert_false(spill_read(&spill, 5, got, 6, &error));
    assert_string_equal(error.text,
                        "cannot read pebbles back from the temporary file: it is too short");
    spill_done(&spill);
}

static void nothing_has_a_name(void **state)
{
    char folder[] = "/tmp/stormglass_spill_XXXXXX";
    struct spill spill;
    struct error error = {""};
    (void)state;
    assert_non_null(mkdtemp(folder));
    setenv("TMPDIR", folder, 1);
    spill_init(&spill, "pebbles");
    assert_true(spill_write(&spill, "x", 1, &error));
    unsetenv("TMPDIR");
    assert_int_equal(rmdir(folder), 0); // it is empty
    spill_done(&spill);
    spill_done(&spill);
}

static void errors_name_the_folder(void **state)
{
    char folder[5000];
    struct spill spill;
    struct error error = {""};
    (void)state;
    spill_init(&spill, "pebbles");
    setenv("TMPDIR", "/nonexistent/folder", 1);
    assert_false(spill_write(&spill, "x", 1, &error));
    assert_non_null(strstr(error.text, "/nonexistent/folder"));
    memset(folder, 'a', sizeof folder - 1);
    folder[sizeof folder - 1] = 0;
    setenv("TMPDIR", folder, 1);
    assert_false(spill_write(&spill, "x", 1, &error));
    assert_string_equal(error.text, "TMPDIR is too long");
    unsetenv("TMPDIR");
    assert_true(spill_write(&spill, "x", 1, &error)); // another folder may do
    spill_done(&spill);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_written_comes_back),
        cmocka_unit_test(reading_behind_the_end_is_an_error),
        cmocka_unit_test(nothing_has_a_name),
        cmocka_unit_test(errors_name_the_folder),
    };
    return cmocka_run_group_tests_name("spill", tests, NULL, NULL);
}
