// A file is written whole or not at all.
// SPDX-License-Identifier: Apache-2.0
#include <dirent.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "system/file_atomic.h"

static char folder[] = "/tmp/stormglass-test-XXXXXX";

static const char *in_folder(const char *name, char path[512])
{
    snprintf(path, 512, "%s/%s", folder, name);
    return path;
}

static void assert_content(const char *path, const char *expected)
{
    char text[64] = "";
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    size_t len = fread(text, 1, sizeof text - 1, file);
    fclose(file);
    assert_int_equal(len, strlen(expected));
    assert_string_equal(text, expected);
}

static unsigned count_files(void)
{
    unsigned count = 0;
    DIR *listing = opendir(folder);
    for (struct dirent *entry; (entry = readdir(listing));)
        count += entry->d_name[0] != '.' || strlen(entry->d_name) > 2;
    closedir(listing);
    return count;
}

static void a_file_is_made_and_replaced(void **state)
{
    (void)state;
    char path[512];
    struct error error;
    struct stat status;
    in_folder("state", path);
    assert_true(file_atomic_write(path, S("first, and longer"), &error));
    assert_content(path, "first, and longer");
    assert_true(file_atomic_write(path, S("second"), &error));
    assert_content(path, "second");
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
    assert_true(file_atomic_write(path, S(""), &error));
    assert_content(path, "");
    assert_int_equal(count_files(), 1);
    unlink(path);
}

static void a_link_is_replaced_and_its_target_left_alone(void **state)
{
    (void)state;
    char target[512], link[512];
    struct error error;
    struct stat status;
    in_folder("target", target);
    in_folder("link", link);
    assert_true(file_atomic_write(target, S("mine"), &error));
    assert_int_equal(symlink(target, link), 0);
    assert_true(file_atomic_write(link, S("new"), &error));
    assert_content(target, "mine");
    assert_content(link, "new");
    assert_int_equal(lstat(link, &status), 0);
    assert_true(S_ISREG(status.st_mode));
    unlink(target);
    unlink(link);
}

static void what_cannot_be_written_leaves_nothing_behind(void **state)
{
    (void)state;
    char path[512], long_name[300];
    struct error error = {.text = ""};
    assert_false(file_atomic_write(in_folder("no/such/folder", path), S("x"), &error));
    assert_non_null(strstr(error.text, "no/such/folder: No such file or directory"));
    assert_false(file_atomic_write(folder, S("x"), &error)); // it is a folder
    assert_false(file_atomic_write(in_folder("", path), S("x"), &error));
    memset(long_name, 'n', sizeof long_name - 1);
    long_name[sizeof long_name - 1] = 0;
    assert_false(file_atomic_write(in_folder(long_name, path), S("x"), &error));
    in_folder("pipe", path);
    assert_int_equal(mkfifo(path, 0600), 0);
    assert_false(file_atomic_write(path, S("x"), &error));
    unlink(path);
    assert_int_equal(count_files(), 0);
}

static void a_write_that_fails_in_the_middle_leaves_the_old_content(void **state)
{
    (void)state;
    static char large[1 << 20];
    char path[512];
    struct error error = {.text = ""};
    struct rlimit before, small;
    in_folder("state", path);
    assert_true(file_atomic_write(path, S("old"), &error));
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    small = before;
    small.rlim_cur = sizeof large / 2; // as if the disk were full there
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    bool is_written = file_atomic_write(path, str_of(large, sizeof large), &error);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    assert_false(is_written);
    assert_non_null(strstr(error.text, "File too large"));
    assert_content(path, "old");
    assert_int_equal(count_files(), 1);
    unlink(path);
}

// Only what was read is replaced.
static void what_others_wrote_stays(void **state)
{
    (void)state;
    char path[512];
    struct error error;
    struct file_stamp nothing, stamp;
    struct buf read;
    buf_init(&read);
    in_folder("renewed", path);
    assert_true(file_content_read(path, 100, &read, &nothing, &error));
    assert_true(file_atomic_renew(path, S("one"), &nothing, &error));
    assert_content(path, "one");
    assert_false(file_atomic_renew(path, S("two"), &nothing, &error));
    assert_non_null(strstr(error.text, path));
    assert_non_null(strstr(error.text, "another program has written it meanwhile"));
    assert_content(path, "one");
    assert_true(file_content_read(path, 100, &read, &stamp, &error));
    assert_true(file_atomic_renew(path, S("two"), &stamp, &error));
    assert_false(file_atomic_renew(path, S("three"), &stamp, &error));
    assert_content(path, "two");
    unlink(path);
    assert_false(file_atomic_renew(path, S("three"), &stamp, &error));
    assert_int_equal(count_files(), 0);
    buf_done(&read);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_others_wrote_stays),
        cmocka_unit_test(a_file_is_made_and_replaced),
        cmocka_unit_test(a_link_is_replaced_and_its_target_left_alone),
        cmocka_unit_test(what_cannot_be_written_leaves_nothing_behind),
        cmocka_unit_test(a_write_that_fails_in_the_middle_leaves_the_old_content),
    };
    if (!mkdtemp(folder))
        return 1;
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    rmdir(folder);
    return failed;
}
