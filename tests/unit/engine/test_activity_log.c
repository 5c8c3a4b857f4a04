// The log of activities: however it was filled, shared out and spilled, what comes back is in exact order,
// complete and without copies.
// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/hash.h"
#include "engine/activity_log.h"

#define COUNT 5000
#define PARTS 3
#define ROW_BYTES (sizeof(struct activity) + 64) // at least what a log reckons for a row
#define NO_LIMIT ((size_t)1 << 30)

// The same numbers for the same seed, on every machine.
static uint64_t next_random(uint64_t *state)
{
    return hash_mix(*state += UINT64_C(0x9e3779b97f4a7c15));
}

// ---- what is wanted ---------------------------------------------------------------------------

static int compare(const void *left, const void *right)
{
    const struct activity *a = left, *b = right;
    if (a->time != b->time)
        return a->time < b->time ? -1 : 1;
    if (a->identity != b->identity)
        return a->identity < b->identity ? -1 : 1;
    if (a->source != b->source)
        return a->source > b->source ? -1 : 1;
    return (a->position > b->position) - (a->position < b->position);
}

// Sorted, of copies the one of the last kind of log that was read first.
static size_t put_in_order(struct activity *rows, size_t count)
{
    size_t kept = 0;
    qsort(rows, count, sizeof *rows, compare);
    for (size_t i = 0; i < count; i++)
        if (!kept || rows[kept - 1].time != rows[i].time ||
            rows[kept - 1].identity != rows[i].identity)
            rows[kept++] = rows[i];
    return kept;
}

// Activities at `times` different times, some of them undated, every fifth a copy of one before it.
static struct activity *make_rows(uint64_t seed, size_t count, uint64_t times)
{
    struct activity *rows = memory_new(count * sizeof *rows);
    for (size_t i = 0; i < count; i++) {
        uint64_t number = next_random(&seed);
        if (i && number % 5 == 0)
            rows[i] = rows[(number >> 8) % i];
        else
            rows[i] = (struct activity){.time = (int64_t)(number % times) - (int64_t)times / 2,
                                        .identity = next_random(&seed) >> (number % 3 ? 0 : 60)};
        if (number % 31 == 0)
            rows[i].time = INSTANT_NONE;
        if (number % 37 == 0)
            rows[i].time = (int64_t)next_random(&seed);
        rows[i].position = hash_mix(i + 1);
        rows[i].source = number >> 40 & 1;
        rows[i].user = (uint32_t)rows[i].identity;
        rows[i].count = (uint32_t)(rows[i].identity >> 32);
    }
    return rows;
}

// ---- what comes back --------------------------------------------------------------------------

struct walk {
    const struct activity *wanted;
    size_t count, seen, stop_at;
};

static bool check_row(const struct activity *activity, void *context)
{
    struct walk *walk = context;
    assert_true(walk->seen < walk->count);
    assert_memory_equal(activity, &walk->wanted[walk->seen], sizeof *activity);
    walk->seen++;
    return walk->seen != walk->stop_at;
}

static void check_walk(const struct activity_part *parts, size_t part_count,
                       const struct activity *wanted, size_t count)
{
    struct error error;
    struct walk walk = {.wanted = wanted, .count = count};
    assert_true(activity_log_each(parts, part_count, check_row, &walk, &error));
    assert_int_equal(walk.seen, count);
}

static void check_rows(uint64_t seed, size_t count, uint64_t times, size_t part_count, size_t limit)
{
    struct activity *rows = make_rows(seed, count, times);
    struct activity_part parts[PARTS] = {{0}};
    struct error error;
    uint64_t total = 0;
    for (size_t i = 0; i < part_count; i++)
        parts[i].log = activity_log_new(limit);
    for (size_t i = 0; i < count; i++)
        assert_true(activity_log_add(parts[hash_mix(i) % part_count].log, &rows[i], &error));
    for (size_t i = 0; i < part_count; i++)
        total += activity_log_count(parts[i].log);
    assert_int_equal(total, count);
    if (seed % 2)
        activity_log_sort(parts[0].log);
    size_t wanted = put_in_order(rows, count);
    check_walk(parts, part_count, rows, wanted);
    check_walk(parts, part_count, rows, wanted); // as often as wanted
    for (size_t i = 0; i < part_count; i++)
        activity_log_free(parts[i].log);
    free(rows);
}

// ---- tests ------------------------------------------------------------------------------------

static void order_depends_on_nothing_else(void **state)
{
    static const uint64_t times[] = {1, 3, 100, 100000, UINT64_MAX / 2};
    static const size_t limits[] = {NO_LIMIT, 1100 * ROW_BYTES, 100 * ROW_BYTES};
    (void)state;
    uint64_t seed = 1;
    for (size_t t = 0; t < sizeof times / sizeof times[0]; t++)
        for (size_t l = 0; l < sizeof limits / sizeof limits[0]; l++)
            for (size_t parts = 1; parts <= PARTS; parts += 2)
                check_rows(seed++, COUNT, times[t], parts, limits[l]);
}

// ---- rows as they are stored ----------------------------------------------------------------------

struct sum {
    uint64_t rows, identities, positions;
};

static void add_to_sum(const struct activity *activity, void *context)
{
    struct sum *sum = context;
    sum->rows++;
    sum->identities += activity->identity;
    sum->positions ^= activity->position;
}

static void every_row_is_visited_where_it_is_stored(void **state)
{
    static const size_t limits[] = {NO_LIMIT, 700 * ROW_BYTES, 3000 * ROW_BYTES, ROW_BYTES};
    (void)state;
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
        struct sum wanted = {0}, got = {0};
        struct error error;
        size_t count = limits[i] == ROW_BYTES ? 50 : COUNT;
        struct activity *rows = make_rows(7 + i, count, 900);
        struct activity_log *log = activity_log_new(limits[i]);
        for (size_t k = 0; k < count; k++) {
            add_to_sum(&rows[k], &wanted);
            assert_true(activity_log_add(log, &rows[k], &error));
        }
        assert_true(activity_log_each_row(log, add_to_sum, &got, &error));
        assert_memory_equal(&wanted, &got, sizeof got); // copies too
        activity_log_free(log);
        free(rows);
    }
}

// ---- joined ---------------------------------------------------------------------------------------

// What the walks over one log or the other meet, and all that each of them holds.
static void logs_are_joined_in_order(void **state)
{
    enum { JOINED = 5000 };
    struct activity *rows = make_rows(11, JOINED, 900);
    struct activity_part parts[PARTS] = {{0}};
    struct sum all = {0}, got = {0};
    struct error error;
    (void)state;
    for (size_t i = 0; i < PARTS; i++) // one of them never spills
        parts[i].log = activity_log_new(i ? 300 * ROW_BYTES : NO_LIMIT);
    for (size_t i = 0; i < JOINED; i++) {
        add_to_sum(&rows[i], &all);
        assert_true(activity_log_add(parts[hash_mix(i) % PARTS].log, &rows[i], &error));
    }
    size_t wanted = put_in_order(rows, JOINED);
    struct activity_part joined = {activity_log_join(parts, PARTS), NULL};
    assert_non_null(joined.log);
    check_walk(parts, PARTS, rows, wanted); // they stay as they were
    for (size_t i = 0; i < PARTS; i++)
        activity_log_free(parts[i].log);
    assert_int_equal(activity_log_count(joined.log), JOINED);
    check_walk(&joined, 1, rows, wanted);
    check_walk(&joined, 1, rows, wanted);
    assert_true(activity_log_each_row(joined.log, add_to_sum, &got, &error));
    assert_memory_equal(&all, &got, sizeof got); // copies too
    activity_log_free(joined.log);
    free(rows);
}

static void joining_may_come_to_nothing(void **state)
{
    struct activity_part part = {activity_log_new(100 * ROW_BYTES), NULL};
    struct activity wanted[1000] = {{0}};
    struct error error;
    (void)state;
    for (size_t i = 0; i < 1000; i++) {
        if (i == 50)
            assert_null(activity_log_join(&part, 1)); // all is in memory
        wanted[i] = (struct activity){.time = (int64_t)i, .identity = i};
        assert_true(activity_log_add(part.log, &wanted[i], &error));
    }
    setenv("TMPDIR", "/nonexistent/stormglass", 1);
    assert_null(activity_log_join(&part, 1)); // there is no room
    unsetenv("TMPDIR");
    check_walk(&part, 1, wanted, 1000);
    activity_log_free(part.log);
}

static void few_rows_in_runs_of_one(void **state)
{
    (void)state;
    for (size_t count = 0; count <= 40; count++)
        check_rows(count, count, 20, 1 + count % PARTS, count % 2 ? 0 : 3 * ROW_BYTES);
}

// Rows of one time around the number up to which they are put in order one by one.
static void ties_are_in_order(void **state)
{
    (void)state;
    for (size_t count = 30; count <= 35; count++)
        check_rows(count, count, 1, 1, NO_LIMIT);
}

static void no_logs_and_empty_logs(void **state)
{
    struct activity_part parts[2] = {{activity_log_new(0), NULL}, {activity_log_new(0), NULL}};
    (void)state;
    check_walk(parts, 0, NULL, 0);
    check_walk(parts, 2, NULL, 0);
    activity_log_sort(parts[0].log);
    assert_int_equal(activity_log_count(parts[0].log), 0);
    activity_log_free(parts[0].log);
    activity_log_free(parts[1].log);
    activity_log_free(NULL);
}

static void a_visit_can_stop(void **state)
{
    struct activity *rows = make_rows(7, 500, 50);
    struct activity_part part = {activity_log_new(100 * ROW_BYTES), NULL};
    struct error error;
    (void)state;
    for (size_t i = 0; i < 500; i++)
        assert_true(activity_log_add(part.log, &rows[i], &error));
    size_t wanted = put_in_order(rows, 500);
    for (size_t stop = 1; stop < wanted; stop += 97) {
        struct walk walk = {.wanted = rows, .count = wanted, .stop_at = stop};
        assert_true(activity_log_each(&part, 1, check_row, &walk, &error));
        assert_int_equal(walk.seen, stop);
    }
    check_walk(&part, 1, rows, wanted);
    activity_log_free(part.log);
    free(rows);
}

static void rows_can_be_added_after_a_visit(void **state)
{
    struct activity *rows = make_rows(11, 400, 50), *sorted = memory_new(400 * sizeof *sorted);
    struct activity_part part = {activity_log_new(150 * ROW_BYTES), NULL};
    struct error error;
    (void)state;
    for (size_t i = 0; i < 400; i++) {
        assert_true(activity_log_add(part.log, &rows[i], &error));
        if (i % 53)
            continue;
        memcpy(sorted, rows, (i + 1) * sizeof *rows);
        check_walk(&part, 1, sorted, put_in_order(sorted, i + 1));
    }
    activity_log_free(part.log);
    free(rows);
    free(sorted);
}

#define SYMBOLS(X)                                                                                 \
    X(id_text)                                                                                     \
    X(operation)                                                                                   \
    X(user)                                                                                        \
    X(object)                                                                                      \
    X(mailbox)                                                                                     \
    X(app)                                                                                         \
    X(client_app)                                                                                  \
    X(resource)                                                                                    \
    X(session)                                                                                     \
    X(address)                                                                                     \
    X(client)                                                                                      \
    X(agent)                                                                                       \
    X(device) X(country) X(city) X(tenant) X(home) X(target) X(target_app) X(detail) X(token_text)
#define X(member) SYMBOL_##member,
enum { SYMBOLS(X) SYMBOL_COUNT };
#undef X

// Every symbol is another one; numbers that are none stay as they are.
static struct activity with_symbols(int64_t time, uint32_t first)
{
    struct activity activity = {
        .time = time, .identity = (uint64_t)time, .asn = 1, .error = 1, .count = 1};
#define X(member) activity.member = first + SYMBOL_##member;
    SYMBOLS(X)
#undef X
    return activity;
}

static void symbols_are_those_of_the_common_table(void **state)
{
    uint32_t symbols[PARTS][SYMBOL_COUNT + 1];
    struct activity_part parts[PARTS];
    struct activity wanted[20 * PARTS];
    struct error error;
    (void)state;
    for (uint32_t p = 0; p < PARTS; p++) {
        parts[p] = (struct activity_part){activity_log_new(8 * ROW_BYTES), p ? symbols[p] : NULL};
        symbols[p][0] = 0;
        for (uint32_t i = 1; i <= SYMBOL_COUNT; i++)
            symbols[p][i] = 1000 * p + i;
        for (uint32_t i = 0; i < 20; i++) {
            struct activity own = with_symbols(PARTS * (int64_t)i + p, 1);
            wanted[PARTS * i + p] = with_symbols(own.time, 1000 * p + 1);
            assert_true(activity_log_add(parts[p].log, &own, &error));
        }
    }
    check_walk(parts, PARTS, wanted, (size_t)20 * PARTS);
    check_walk(parts, PARTS, wanted, (size_t)20 * PARTS); // the log's own are not renamed twice
    struct activity_part joined = {activity_log_join(parts, PARTS), NULL};
    assert_non_null(joined.log);
    check_walk(&joined, 1, wanted, (size_t)20 * PARTS); // renamed already
    activity_log_free(joined.log);
    for (size_t p = 0; p < PARTS; p++)
        activity_log_free(parts[p].log);
}

// A text that is not there is not there under any table.
static void the_empty_symbol_stays(void **state)
{
    uint32_t symbols[] = {0, 5};
    struct activity_part part = {activity_log_new(0), symbols};
    struct activity activity = {.time = 1, .user = 1}, wanted = {.time = 1, .user = 5};
    struct error error;
    (void)state;
    assert_true(activity_log_add(part.log, &activity, &error));
    check_walk(&part, 1, &wanted, 1);
    activity_log_free(part.log);
}

// ---- the temporary file -----------------------------------------------------------------------

static void fill(struct activity_log *log, size_t count, struct error *error, size_t *taken)
{
    *taken = 0;
    for (size_t i = 0; i < count; i++) {
        struct activity activity = {.time = (int64_t)i, .identity = i};
        *taken += activity_log_add(log, &activity, error);
    }
}

static void a_folder_that_is_not_there(void **state)
{
    struct error error = {""};
    struct activity_part part = {activity_log_new(10 * ROW_BYTES), NULL};
    struct activity wanted[20] = {{0}};
    size_t taken;
    (void)state;
    setenv("TMPDIR", "/nonexistent/stormglass", 1);
    fill(part.log, 1000, &error, &taken);
    unsetenv("TMPDIR");
    assert_in_range(taken, 10, 20);
    assert_int_equal(activity_log_count(part.log), taken);
    assert_non_null(strstr(error.text, "temporary file"));
    for (size_t i = 0; i < taken; i++)
        wanted[i] = (struct activity){.time = (int64_t)i, .identity = i};
    check_walk(&part, 1, wanted, taken); // what was taken is still there
    activity_log_free(part.log);
}

static void the_first_error_names_the_folder(void **state)
{
    struct error error = {""};
    struct activity_log *log = activity_log_new(0);
    struct activity activity = {.time = 1};
    char path[5000];
    (void)state;
    setenv("TMPDIR", "/nonexistent/stormglass", 1);
    assert_true(activity_log_add(log, &activity, &error));
    assert_false(activity_log_add(log, &activity, &error));
    assert_non_null(strstr(error.text, "/nonexistent/stormglass"));
    activity_log_free(log);
    memset(path, 'a', sizeof path - 1);
    path[sizeof path - 1] = 0;
    setenv("TMPDIR", path, 1);
    log = activity_log_new(0);
    assert_true(activity_log_add(log, &activity, &error));
    assert_false(activity_log_add(log, &activity, &error));
    assert_non_null(strstr(error.text, "TMPDIR"));
    activity_log_free(log);
    unsetenv("TMPDIR");
}

// rmdir only takes an empty folder.
static void nothing_is_left_in_the_folder(void **state)
{
    char folder[] = "/tmp/stormglass-test-XXXXXX";
    struct error error;
    struct activity_log *log = activity_log_new(0);
    size_t taken;
    (void)state;
    assert_non_null(mkdtemp(folder));
    setenv("TMPDIR", folder, 1);
    fill(log, 10, &error, &taken);
    unsetenv("TMPDIR");
    assert_int_equal(taken, 10);
    assert_int_equal(rmdir(folder), 0);
    activity_log_free(log);
}

// The file is the next descriptor that is free; cut short, it cannot be read back.
static void a_file_that_lost_its_end(void **state)
{
    struct error error = {""};
    struct activity_part part = {activity_log_new(10 * ROW_BYTES), NULL};
    struct activity wanted[100];
    struct walk walk = {.wanted = wanted, .count = 100};
    size_t taken;
    int file = dup(0);
    (void)state;
    assert_int_equal(close(file), 0);
    fill(part.log, 100, &error, &taken);
    assert_int_equal(taken, 100);
    for (size_t i = 0; i < 100; i++)
        wanted[i] = (struct activity){.time = (int64_t)i, .identity = i};
    check_walk(&part, 1, wanted, 100);
    assert_int_equal(ftruncate(file, 50 * (off_t)sizeof(struct activity)), 0);
    assert_false(activity_log_each(&part, 1, check_row, &walk, &error));
    assert_non_null(strstr(error.text, "too short"));
    activity_log_free(part.log);
}

static void a_file_that_may_not_grow(void **state)
{
    struct error error = {""};
    struct activity_log *log = activity_log_new(10 * ROW_BYTES);
    struct rlimit before, small;
    size_t taken;
    (void)state;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    small = before;
    small.rlim_cur = 100;
    void (*handler)(int) = signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    struct activity activity = {.time = 1};
    for (taken = 0; taken < 100 && activity_log_add(log, &activity, &error); taken++)
        activity.time++;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    signal(SIGXFSZ, handler);
    assert_in_range(taken, 10, 20);
    assert_non_null(strstr(error.text, "cannot write"));
    assert_false(activity_log_add(log, &activity, &error)); // also when there is room again
    assert_non_null(strstr(error.text, "incomplete"));
    activity_log_free(log);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(order_depends_on_nothing_else),
                                       cmocka_unit_test(every_row_is_visited_where_it_is_stored),
                                       cmocka_unit_test(logs_are_joined_in_order),
                                       cmocka_unit_test(joining_may_come_to_nothing),
                                       cmocka_unit_test(few_rows_in_runs_of_one),
                                       cmocka_unit_test(ties_are_in_order),
                                       cmocka_unit_test(no_logs_and_empty_logs),
                                       cmocka_unit_test(a_visit_can_stop),
                                       cmocka_unit_test(rows_can_be_added_after_a_visit),
                                       cmocka_unit_test(symbols_are_those_of_the_common_table),
                                       cmocka_unit_test(the_empty_symbol_stays),
                                       cmocka_unit_test(a_folder_that_is_not_there),
                                       cmocka_unit_test(the_first_error_names_the_folder),
                                       cmocka_unit_test(nothing_is_left_in_the_folder),
                                       cmocka_unit_test(a_file_that_lost_its_end),
                                       cmocka_unit_test(a_file_that_may_not_grow)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
