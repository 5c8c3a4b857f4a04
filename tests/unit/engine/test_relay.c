// Relays: every listener hears every activity once and in order, whatever the threads do; a walk that fails says so.
// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/hash.h"
#include "engine/relay.h"

#define LISTENERS_MOST 7
#define NO_LIMIT ((size_t)1 << 30)

struct listening {
    uint64_t heard; // rows
    uint64_t hash;  // of what was heard, in order
    atomic_flag is_at_it;
    bool is_disturbed, has_wrong_note;
};

static uint64_t note_of(const struct activity *row)
{
    return hash_mix(row->identity + 5);
}

static void prepare(const void *context, const struct activity *rows, size_t count, void *notes)
{
    uint64_t *out = notes;
    for (size_t i = 0; i < count; i++)
        out[i] = note_of(&rows[i]) + *(const uint64_t *)context;
}

static void add_row(struct listening *l, const struct activity *row)
{
    l->heard++;
    l->hash = hash_mix(l->hash ^ row->identity ^ hash_mix((uint64_t)row->time));
}

// Listeners of higher numbers are slower.
static void hear(void *context, size_t number, const struct relay_batch *batch)
{
    struct listening *l = &((struct listening *)context)[number];
    const uint64_t *notes = batch->notes;
    l->is_disturbed = l->is_disturbed || atomic_flag_test_and_set(&l->is_at_it);
    for (size_t i = 0; i < batch->count; i++) {
        add_row(l, &batch->rows[i]);
        l->has_wrong_note =
            l->has_wrong_note || (notes && notes[i] != note_of(&batch->rows[i]) + 1);
    }
    for (size_t i = 0; i < number; i++)
        sched_yield();
    atomic_flag_clear(&l->is_at_it);
}

static bool on_row(const struct activity *row, void *context)
{
    add_row(context, row);
    return true;
}

static struct activity_log *make_log(size_t count, size_t limit)
{
    struct activity_log *log = activity_log_new(limit);
    struct error error;
    for (size_t i = 0; i < count; i++) {
        struct activity row = {.time = (int64_t)(hash_mix(i) % 100000), .identity = hash_mix(~i)};
        assert_true(activity_log_add(log, &row, &error));
    }
    return log;
}

static void check(const struct activity_part *part, size_t listeners, unsigned threads,
                  bool is_prepared)
{
    static const uint64_t one = 1;
    struct listening all[LISTENERS_MOST] = {0}, wanted = {0};
    struct relay_listener list[LISTENERS_MOST];
    struct error error;
    for (size_t i = 0; i < listeners; i++)
        list[i] = (struct relay_listener){hear, all, i};
    struct relay relay = {.parts = part,
                          .part_count = 1,
                          .listeners = list,
                          .listener_count = listeners,
                          .threads = threads,
                          .prepare = is_prepared ? prepare : NULL,
                          .prepare_context = &one,
                          .note_size = sizeof one};
    assert_true(activity_log_each(part, 1, on_row, &wanted, &error));
    assert_true(relay_run(&relay, &error));
    for (size_t i = 0; i < listeners; i++) {
        assert_int_equal(all[i].heard, wanted.heard);
        assert_true(all[i].hash == wanted.hash);
        assert_false(all[i].is_disturbed || all[i].has_wrong_note);
    }
}

static void everyone_hears_everything_in_order(void **state)
{
    // None, one, less than a batch, exactly one, more than the ring holds.
    static const size_t counts[] = {0, 1, RELAY_ROWS - 1, RELAY_ROWS,
                                    RELAY_ROWS * (RELAY_BATCHES + 3) + 7};
    static const unsigned threads[] = {1, 2, 5, 40};
    (void)state;
    for (size_t c = 0; c < sizeof counts / sizeof counts[0]; c++)
        for (int is_spilled = 0; is_spilled < 2; is_spilled++) {
            struct activity_log *log =
                make_log(counts[c], is_spilled ? 3000 * sizeof(struct activity) : NO_LIMIT);
            struct activity_part part = {log, NULL};
            for (size_t listeners = 1; listeners <= LISTENERS_MOST; listeners += 3)
                for (size_t t = 0; t < sizeof threads / sizeof threads[0]; t++) {
                    check(&part, listeners, threads[t], false);
                    check(&part, listeners, threads[t], true);
                }
            activity_log_free(log);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(everyone_hears_everything_in_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
