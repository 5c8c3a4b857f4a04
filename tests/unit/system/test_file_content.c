// Reading files whole: what is there, what is not, and what is no file.
// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "system/file_content.h"

static char folder[] = "/tmp/stormglass_read_XXXXXX";
static char path[64];

static void write_file(const char *text, size_t times)
{
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    for (size_t i = 0; i < times; i++)
        fputs(text, file);
    fclose(file);
}

static void a_file_is_read_whole(void **state)
{
    (void)state;
    struct buf out;
    struct file_stamp stamp;
    struct error error;
    buf_init(&out);
    write_file("0123456789", 20000);
    assert_true(file_content_read(path, 200000, &out, &stamp, &error));
    assert_int_equal(out.len, 200000);
    assert_memory_equal(out.at + 199990, "0123456789", 10);
    assert_true(stamp.exists && file_content_is_same(path, &stamp));
    buf_clear(&out);
    assert_false(file_content_read(path, 199999, &out, &stamp, &error));
    assert_non_null(strstr(error.text, path));
    buf_done(&out);
}

static void another_content_is_told(void **state)
{
    (void)state;
    struct buf out;
    struct file_stamp stamp;
    struct error error;
    buf_init(&out);
    unlink(path);
    assert_true(file_content_read(path, 10, &out, &stamp, &error));
    assert_false(stamp.exists);
    assert_int_equal(out.len, 0);
    assert_true(file_content_is_same(path, &stamp));
    write_file("a", 1);
    assert_false(file_content_is_same(path, &stamp));
    assert_true(file_content_read(path, 10, &out, &stamp, &error));
    assert_true(file_content_is_same(path, &stamp));
    write_file("ab", 1);
    assert_false(file_content_is_same(path, &stamp));
    unlink(path);
    assert_false(file_content_is_same(path, &stamp));
    buf_done(&out);
}

static void what_is_no_file_is_refused(void **state)
{
    (void)state;
    struct buf out;
    struct file_stamp stamp;
    struct error error;
    buf_init(&out);
    assert_false(file_content_read(folder, 10, &out, &stamp, &error));
    assert_non_null(strstr(error.text, "no file"));
    unlink(path);
    assert_int_equal(mkfifo(path, 0600), 0);
    assert_false(file_content_read(path, 10, &out, &stamp, &error));
    assert_non_null(strstr(error.text, "no file"));
    assert_false(file_content_read("/proc/self/mem/none", 10, &out, &stamp, &error));
    unlink(path);
    buf_done(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_is_read_whole),
        cmocka_unit_test(another_content_is_told),
        cmocka_unit_test(what_is_no_file_is_refused),
    };
    if (!mkdtemp(folder))
        return 1;
    snprintf(path, sizeof path, "%s/file", folder);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    unlink(path);
    rmdir(folder);
    return failed;
}
