// Copies of records: counted for the inputs they are in, whatever the order, the number of logs and the memory.
// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/hash.h"
#include "engine/sighting.h"

#define INPUTS 5
#define RECORDS 240000 // a few thousand in each part: more than a block in each log
#define LOGS 3

static void add_duplicate(uint32_t input, void *context)
{
    ((size_t *)context)[input]++;
}

static void count_all(struct sighting_log **logs, size_t count, size_t copies[INPUTS])
{
    struct error error = {""};
    for (size_t part = 0; part < SIGHTING_PARTS; part++)
        assert_true(sighting_count(logs, count, part, add_duplicate, copies, &error));
}

// Sighting i: every record has up to six copies, many of them in one input.
static void sighting(size_t i, uint64_t *identity, uint32_t *input)
{
    *identity = hash_mix(i % (RECORDS / 3)) >> (i % 7 ? 0 : 8);
    *input = (uint32_t)(hash_mix(i) % INPUTS);
}

// What is right: of each record's copies all but one in the input with the lowest number.
struct plain {
    uint64_t identity;
    uint32_t input;
};

static int by_identity(const void *left, const void *right)
{
    const struct plain *a = left, *b = right;
    if (a->identity != b->identity)
        return a->identity < b->identity ? -1 : 1;
    return (a->input > b->input) - (a->input < b->input);
}

static void count_plainly(size_t copies[INPUTS])
{
    struct plain *rows = memory_new(RECORDS * sizeof *rows);
    for (size_t i = 0; i < RECORDS; i++)
        sighting(i, &rows[i].identity, &rows[i].input);
    qsort(rows, RECORDS, sizeof *rows, by_identity);
    for (size_t i = 1; i < RECORDS; i++)
        if (rows[i].identity == rows[i - 1].identity)
            copies[rows[i].input]++;
    free(rows);
}

static void check(size_t log_count, size_t limit, bool is_backwards)
{
    struct error error = {""};
    struct sighting_log *logs[LOGS];
    size_t copies[INPUTS] = {0}, right[INPUTS] = {0};
    for (size_t i = 0; i < log_count; i++)
        logs[i] = sighting_log_new(limit);
    for (size_t i = 0; i < RECORDS; i++) {
        uint64_t identity;
        uint32_t input;
        sighting(is_backwards ? RECORDS - 1 - i : i, &identity, &input);
        assert_true(sighting_log_add(logs[hash_mix(i + 7) % log_count], identity, input, &error));
    }
    count_all(logs, log_count, copies);
    count_plainly(right);
    for (size_t i = 0; i < INPUTS; i++) {
        assert_true(right[i] > 100);
        assert_int_equal(copies[i], right[i]);
    }
    for (size_t i = 0; i < log_count; i++)
        sighting_log_free(logs[i]);
}

static void copies_belong_to_the_later_inputs(void **state)
{
    (void)state;
    static const size_t limits[] = {0, 200000, SIGHTING_MEMORY_LIMIT};
    for (size_t i = 0; i < sizeof limits / sizeof limits[0]; i++)
        for (size_t logs = 1; logs <= LOGS; logs++)
            check(logs, limits[i], logs == 2);
}

static void nothing_seen_is_nothing_twice(void **state)
{
    (void)state;
    struct error error = {""};
    size_t copies[INPUTS] = {0};
    struct sighting_log *log = sighting_log_new(0);
    count_all(&log, 1, copies);
    assert_true(sighting_log_add(log, 0, 1, &error));
    count_all(&log, 1, copies);
    for (size_t i = 0; i < INPUTS; i++)
        assert_int_equal(copies[i], 0);
    assert_true(sighting_log_add(log, 0, 3, &error));
    count_all(&log, 1, copies);
    assert_int_equal(copies[3], 1);
    sighting_log_free(log);
}

static void a_disk_that_cannot_be_written_is_an_error(void **state)
{
    (void)state;
    struct error error = {""};
    const char *folder = getenv("TMPDIR");
    char *before = folder ? strdup(folder) : NULL;
    struct sighting_log *log = sighting_log_new(0);
    bool is_taken = true;
    setenv("TMPDIR", "/nonexistent/folder", 1);
    for (size_t i = 0; i < 200000 && is_taken; i++)
        is_taken = sighting_log_add(log, i, 0, &error);
    assert_false(is_taken);
    assert_non_null(strstr(error.text, "/nonexistent/folder"));
    assert_false(sighting_log_add(log, 1, 0, &error)); // nothing more is taken
    assert_non_null(strstr(error.text, "copies cannot be counted"));
    if (before)
        setenv("TMPDIR", before, 1);
    else
        unsetenv("TMPDIR");
    free(before);
    sighting_log_free(log);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(copies_belong_to_the_later_inputs),
        cmocka_unit_test(nothing_seen_is_nothing_twice),
        cmocka_unit_test(a_disk_that_cannot_be_written_is_an_error),
    };
    return cmocka_run_group_tests_name("sighting", tests, NULL, NULL);
}
