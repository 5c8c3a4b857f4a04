// Activities as bytes: what goes in comes out, row by row, and nothing wrong is accepted.
// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/hash.h"
#include "baseline/activity_state.h"

#define ROWS 2000

static uint64_t random_state;

static uint32_t chance(uint32_t most)
{
    random_state = hash_mix(random_state + 1);
    return (uint32_t)(random_state % most);
}

// One of a few texts, of a kind; sometimes none.
static uint32_t any_text(struct intern *texts, const char *kind, uint32_t most)
{
    char text[64];
    uint32_t number = chance(most + 1);
    if (!number)
        return 0;
    snprintf(text, sizeof text, "%s-%u", kind, number);
    return intern_add(texts, str_from(text));
}

static void any_token(uint8_t token[16])
{
    uint32_t number = chance(40);
    for (int i = 0; i < 16 && number; i++)
        token[i] = (uint8_t)hash_mix(number * 16 + (uint32_t)i);
}

static struct activity any_activity(struct intern *texts, int64_t time)
{
    struct activity a = {.time = time,
                         .identity = ((uint64_t)chance(UINT32_MAX) << 32) + chance(UINT32_MAX),
                         .position = 7,
                         .issued_at = chance(3) ? time - chance(3600) * SECOND : INSTANT_NONE,
                         .thread = chance(4) ? 0 : chance(50),
                         .id_text = any_text(texts, "id", chance(10) ? 0 : 300),
                         .operation = any_text(texts, "operation", 20),
                         .user = any_text(texts, "user", 90),
                         .object = any_text(texts, "object", 90),
                         .mailbox = any_text(texts, "user", 90),
                         .app = any_text(texts, "app", 9),
                         .client_app = any_text(texts, "app", 9),
                         .resource = any_text(texts, "app", 3),
                         .session = any_text(texts, "session", 200),
                         .address = any_text(texts, "address", 100),
                         .client = any_text(texts, "client", 9),
                         .agent = any_text(texts, "agent", 30),
                         .device = any_text(texts, "device", 30),
                         .country = any_text(texts, "country", 4),
                         .city = any_text(texts, "city", 8),
                         .tenant = any_text(texts, "tenant", 2),
                         .home = any_text(texts, "tenant", 2),
                         .target = any_text(texts, "target", 50),
                         .target_app = any_text(texts, "app", 9),
                         .detail = any_text(texts, "detail", 500),
                         .token_text = any_text(texts, "token", chance(20) ? 0 : 9),
                         .asn = chance(5) ? 0 : UINT32_MAX - chance(9),
                         .error = chance(5) ? 0 : INT32_MIN + (int32_t)chance(9),
                         .count = 1 + chance(30),
                         .flags = (uint16_t)chance(2 * ACTIVITY_IS_MULTI_FACTOR),
                         .kind = (uint8_t)chance(ACTIVITY_KIND_COUNT),
                         .source = (uint8_t)chance(SOURCE_COUNT),
                         .outcome = (uint8_t)chance(3),
                         .actor = (uint8_t)chance(ACTOR_CLASS_COUNT),
                         .logon_type = (int8_t)((int)chance(4) - 1),
                         .workload = (uint8_t)chance(WORKLOAD_MANAGED_IDENTITY + 1)};
    any_token(a.token);
    for (int i = 0; i < 16 && a.identity % 8; i++)
        a.id[i] = (uint8_t)chance(256);
    return a;
}

// ---- comparing --------------------------------------------------------------------------------

struct comparing {
    const struct activity *rows;
    const struct intern *texts, *other;
    size_t at, count;
    struct activity_writer *again;
    struct buf bytes;
};

static const size_t symbols[] = {
    offsetof(struct activity, id_text),    offsetof(struct activity, operation),
    offsetof(struct activity, user),       offsetof(struct activity, object),
    offsetof(struct activity, mailbox),    offsetof(struct activity, app),
    offsetof(struct activity, client_app), offsetof(struct activity, resource),
    offsetof(struct activity, session),    offsetof(struct activity, address),
    offsetof(struct activity, client),     offsetof(struct activity, agent),
    offsetof(struct activity, device),     offsetof(struct activity, country),
    offsetof(struct activity, city),       offsetof(struct activity, tenant),
    offsetof(struct activity, home),       offsetof(struct activity, target),
    offsetof(struct activity, target_app), offsetof(struct activity, detail),
    offsetof(struct activity, token_text)};

// By text, then as bytes with the symbols made equal.
static bool compare(const struct activity *activity, void *context)
{
    struct comparing *c = context;
    assert_true(c->at < c->count);
    struct activity wanted = c->rows[c->at++], got = *activity;
    for (size_t i = 0; i < sizeof symbols / sizeof symbols[0]; i++) {
        uint32_t *a = (uint32_t *)(void *)((char *)&wanted + symbols[i]);
        uint32_t *b = (uint32_t *)(void *)((char *)&got + symbols[i]);
        assert_true(str_equal(intern_text(c->texts, *a), intern_text(c->other, *b)));
        *a = *b = 0;
    }
    assert_true(got.position == POSITION_KEPT);
    got.position = wanted.position;
    assert_memory_equal(&wanted, &got, sizeof got);
    assert_true(activity_writer_add(c->again, activity, &c->bytes));
    return true;
}

static bool count_rows(const struct activity *activity, void *context)
{
    (void)activity;
    ++*(size_t *)context;
    return true;
}

static bool can_read(struct str bytes, size_t *rows)
{
    struct intern texts = {0};
    struct error error = {.text = ""};
    *rows = 0;
    activity_texts_init(&texts);
    bool is_read = activity_state_read(bytes, &texts, count_rows, rows, &error);
    assert_true(is_read || error.text[0]);
    intern_done(&texts);
    return is_read;
}

// ---- tests ------------------------------------------------------------------------------------

static struct activity rows[ROWS];

static void fill(struct intern *texts)
{
    int64_t time = 1700000000 * SECOND;
    activity_texts_init(texts);
    memset(rows, 0, sizeof rows);
    for (size_t i = 0; i < ROWS; i++) {
        rows[i] = any_activity(texts, time);
        time += chance(3) ? (int64_t)chance(100) * SECOND + 1 : 0;
        if (i && rows[i].time == rows[i - 1].time && rows[i].identity <= rows[i - 1].identity)
            rows[i].identity = rows[i - 1].identity + 1;
    }
}

static void what_is_written_is_read(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 4; seed++) {
        random_state = seed;
        struct intern texts = {0}, other = {0};
        struct buf bytes;
        struct error error;
        buf_init(&bytes);
        fill(&texts);
        struct activity_writer *writer = activity_writer_new(&texts);
        for (size_t i = 0; i < ROWS; i++)
            assert_true(activity_writer_add(writer, &rows[i], &bytes));
        activity_writer_free(writer);
        activity_texts_init(&other);
        struct comparing c = {.rows = rows,
                              .texts = &texts,
                              .other = &other,
                              .count = ROWS,
                              .again = activity_writer_new(&other)};
        buf_init(&c.bytes);
        assert_true(activity_state_read(buf_str(&bytes), &other, compare, &c, &error));
        assert_int_equal(c.at, ROWS);
        assert_true(str_equal(buf_str(&bytes), buf_str(&c.bytes)));
        activity_writer_free(c.again);
        buf_done(&c.bytes);
        buf_done(&bytes);
        intern_done(&texts);
        intern_done(&other);
    }
}

// Rows of one user with little new in them take little room: this is what a file's size rests on.
static void equal_rows_are_small(void **state)
{
    (void)state;
    struct intern texts = {0};
    struct buf bytes;
    buf_init(&bytes);
    activity_texts_init(&texts);
    struct activity_writer *writer = activity_writer_new(&texts);
    struct activity row = any_activity(&texts, 1700000000 * SECOND);
    row.user = intern_add(&texts, S("somebody"));
    memset(row.id, 1, sizeof row.id);
    for (int i = 0; i < 1000; i++, row.time += SECOND, row.identity = hash_mix(row.identity))
        activity_writer_add(writer, &row, &bytes);
    assert_true(bytes.len < 33 * 1000);
    activity_writer_free(writer);
    buf_done(&bytes);
    intern_done(&texts);
}

static void what_cannot_be_kept_is_refused(void **state)
{
    (void)state;
    struct intern texts = {0};
    struct buf bytes;
    static char long_text[ACTIVITY_STATE_TEXT + 1];
    memset(long_text, 'x', sizeof long_text);
    buf_init(&bytes);
    activity_texts_init(&texts);
    struct activity_writer *writer = activity_writer_new(&texts);
    struct activity row = {.time = INSTANT_NONE, .issued_at = INSTANT_NONE, .count = 1};
    assert_false(activity_writer_add(writer, &row, &bytes));
    row.time = ACTIVITY_TIME_MOST + 1;
    assert_false(activity_writer_add(writer, &row, &bytes));
    row.time = 0;
    row.id_text = intern_add(&texts, str_of(long_text, sizeof long_text));
    assert_false(activity_writer_add(writer, &row, &bytes));
    assert_int_equal(bytes.len, 0);
    row.id_text = intern_add(&texts, str_of(long_text, sizeof long_text - 1));
    assert_true(activity_writer_add(writer, &row, &bytes));
    activity_writer_free(writer);
    buf_done(&bytes);
    intern_done(&texts);
}

// A byte changed anywhere is refused or read as other rows; never more rows than bytes can tell.
static void damage_is_survived(void **state)
{
    (void)state;
    struct intern texts = {0};
    struct buf bytes;
    size_t count;
    buf_init(&bytes);
    random_state = 77;
    fill(&texts);
    struct activity_writer *writer = activity_writer_new(&texts);
    for (size_t i = 0; i < 60; i++)
        assert_true(activity_writer_add(writer, &rows[i], &bytes));
    activity_writer_free(writer);
    assert_true(can_read(buf_str(&bytes), &count));
    assert_int_equal(count, 60);
    assert_true(can_read(S(""), &count));
    unsigned refused = 0;
    for (size_t i = 0; i < bytes.len; i++) {
        char kept = bytes.at[i];
        bytes.at[i] = (char)(kept ^ (1 << chance(8)));
        refused += !can_read(buf_str(&bytes), &count);
        assert_true(count <= 70);
        bytes.at[i] = kept;
        can_read(str_of(bytes.at, i), &count);
    }
    assert_true(refused > bytes.len / 10);
    buf_done(&bytes);
    intern_done(&texts);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_written_is_read),
        cmocka_unit_test(equal_rows_are_small),
        cmocka_unit_test(what_cannot_be_kept_is_refused),
        cmocka_unit_test(damage_is_survived),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
