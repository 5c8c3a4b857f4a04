// Crews: each job is done once, and all are done at the end, whatever the number of threads.
// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdatomic.h>
#include <stdbool.h>

#include "engine/crew.h"

#define JOBS 1000

struct counting {
    unsigned done[JOBS];
    unsigned threads;
    atomic_bool is_out_of_range;
    atomic_flag is_at_it[50];
};

static void count(void *context, size_t number, unsigned thread)
{
    struct counting *counting = context;
    bool is_known = thread < counting->threads;
    if (!is_known || atomic_flag_test_and_set(&counting->is_at_it[thread]))
        atomic_store(&counting->is_out_of_range, true);
    counting->done[number]++; // nobody else's
    if (is_known)
        atomic_flag_clear(&counting->is_at_it[thread]);
}

static void each_job_is_done_once(void **state)
{
    static const unsigned threads[] = {1, 2, 5, 50};
    static const size_t counts[] = {0, 1, 3, JOBS};
    (void)state;
    for (size_t t = 0; t < sizeof threads / sizeof threads[0]; t++)
        for (size_t c = 0; c < sizeof counts / sizeof counts[0]; c++) {
            struct counting counting = {.threads = threads[t]};
            crew_run(threads[t], counts[c], count, &counting);
            assert_false(atomic_load(&counting.is_out_of_range));
            for (size_t i = 0; i < JOBS; i++)
                assert_int_equal(counting.done[i], i < counts[c]);
        }
}

static void arrive(void *context)
{
    atomic_fetch_add((atomic_uint *)context, 1);
}

static void so_many_join(void **state)
{
    (void)state;
    for (unsigned threads = 1; threads <= 9; threads += 4) {
        atomic_uint arrived = 0;
        crew_join(threads, arrive, &arrived);
        assert_int_equal(atomic_load(&arrived), threads);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_job_is_done_once),
        cmocka_unit_test(so_many_join),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
