// Report folders: files appear whole or not at all, and only their owner may read them.
// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "output/directory.h"

static char root[] = "/tmp/stormglass-test-XXXXXX";
static char path[256];

static const char *in_root(const char *name)
{
    snprintf(path, sizeof path, "%s/%s", root, name);
    return path;
}

static int make_root(void **state)
{
    (void)state;
    return mkdtemp(root) ? 0 : 1;
}

static int remove_root(void **state)
{
    struct error error;
    (void)state;
    return directory_remove(root, &error) ? 0 : 1;
}

static mode_t mode_of(const char *name)
{
    struct stat status;
    assert_int_equal(stat(in_root(name), &status), 0);
    return status.st_mode & 07777;
}

static void assert_content(const char *name, const char *wanted)
{
    char got[256] = "";
    FILE *file = fopen(in_root(name), "r");
    assert_non_null(file);
    size_t len = fread(got, 1, sizeof got - 1, file);
    fclose(file);
    got[len] = 0;
    assert_string_equal(got, wanted);
}

static size_t entries_of(const char *name)
{
    DIR *stream = opendir(in_root(name));
    size_t count = 0;
    assert_non_null(stream);
    while (readdir(stream))
        count++;
    closedir(stream);
    return count - 2;
}

static bool fill_half(const struct sink *sink, void *context)
{
    (void)context;
    sink->write(sink->context, S("half"));
    return false;
}

static void files_are_private_and_whole(void **state)
{
    struct directory directory;
    struct error error = {{0}};
    (void)state;
    umask(0);
    assert_true(directory_open(&directory, in_root("a/b/case"), &error));
    assert_true(directory_write_text(&directory, "report.json", S("one"), &error));
    assert_true(directory_write_text(&directory, "sub/rule.yml", S("two"), &error));
    assert_int_equal(mode_of("a"), 0700);
    assert_int_equal(mode_of("a/b/case"), 0700);
    assert_int_equal(mode_of("a/b/case/report.json"), 0600);
    assert_content("a/b/case/report.json", "one");
    assert_content("a/b/case/sub/rule.yml", "two");
    assert_false(directory_write(&directory, "report.json", fill_half, NULL, &error));
    assert_content("a/b/case/report.json", "one");
    assert_int_equal(entries_of("a/b/case"), 2); // nothing half-written stays
    directory_close(&directory);
}

static void a_file_is_no_folder(void **state)
{
    struct directory directory;
    struct error error = {{0}};
    (void)state;
    FILE *file = fopen(in_root("file"), "w");
    assert_non_null(file);
    fclose(file);
    assert_false(directory_open(&directory, in_root("file"), &error));
    assert_non_null(strstr(error.text, "is a file, not a folder"));
    assert_false(directory_open(&directory, in_root("file/below"), &error));
}

static void folders_are_replaced_as_a_whole(void **state)
{
    struct directory directory;
    struct error error = {{0}};
    char fresh[256];
    (void)state;
    assert_true(directory_open(&directory, in_root("old"), &error));
    assert_true(directory_write_text(&directory, "gone.yml", S("x"), &error));
    directory_close(&directory);
    assert_true(directory_open(&directory, in_root("new"), &error));
    assert_true(directory_write_text(&directory, "here.yml", S("y"), &error));
    directory_close(&directory);
    snprintf(fresh, sizeof fresh, "%s/new", root);
    assert_true(directory_replace(fresh, in_root("old"), &error));
    assert_int_equal(entries_of("old"), 1);
    assert_content("old/here.yml", "y");
    assert_int_not_equal(access(fresh, F_OK), 0);
    assert_true(directory_remove(in_root("old"), &error));
    assert_true(directory_remove(in_root("old"), &error));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(files_are_private_and_whole),
        cmocka_unit_test(a_file_is_no_folder),
        cmocka_unit_test(folders_are_replaced_as_a_whole),
    };
    return cmocka_run_group_tests(tests, make_root, remove_root);
}
