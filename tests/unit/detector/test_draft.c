// Drafts: what a finding made of given activities says, in whatever order and parts they came.
// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>

#include "base/encode.h"
#include "base/hash.h"
#include "detector/draft.h"

#define TOKEN "LqVzINbCskC74Dl3tec2AA"

struct world {
    struct intern texts;
    struct arena arena;
};

static int begin(void **state)
{
    static struct world world;
    world = (struct world){0};
    arena_init(&world.arena);
    activity_texts_init(&world.texts);
    *state = &world;
    return 0;
}

static int end(void **state)
{
    struct world *world = *state;
    intern_done(&world->texts);
    arena_done(&world->arena);
    return 0;
}

// The number-th activity: `GUID`s count up, texts are the same.
static struct activity make(struct world *world, uint64_t number, int64_t time)
{
    struct intern *texts = &world->texts;
    struct activity activity = {.time = time,
                                .identity = hash_mix(number + 1),
                                .position = number,
                                .issued_at = INSTANT_NONE,
                                .kind = ACTIVITY_MAIL_ACCESS,
                                .flags = ACTIVITY_HAS_GUID | ACTIVITY_HAS_TOKEN,
                                .home = intern_add(texts, S("tenant")),
                                .user = intern_add(texts, S("alice")),
                                .mailbox = intern_add(texts, S("bob")),
                                .app = intern_add(texts, S("app")),
                                .client_app = intern_add(texts, S("client")),
                                .address = intern_add(texts, S("203.0.113.7")),
                                .country = intern_add(texts, S("DE")),
                                .session = intern_add(texts, S("session")),
                                .device = intern_add(texts, S("device")),
                                .detail = intern_add(texts, S("detail"))};
    for (int i = 0; i < 8; i++)
        activity.id[15 - i] = (uint8_t)(number >> 8 * i);
    assert_true(uti_to_guid(S(TOKEN), activity.token));
    return activity;
}

static struct finding finish(struct world *world, struct draft *draft)
{
    struct finding finding = {0};
    draft_finish(draft, &world->arena, &finding);
    draft_free(draft);
    return finding;
}

static void check_entities(const struct finding *finding, const struct entity *wanted, size_t count)
{
    assert_int_equal(finding->entity_count, count);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(finding->entities[i].kind, wanted[i].kind);
        assert_true(str_equal(finding->entities[i].text, wanted[i].text));
    }
}

static void an_empty_draft(void **state)
{
    struct draft *draft = draft_new();
    assert_int_equal(draft_count(draft), 0);
    assert_true(draft_first(draft) == INSTANT_NONE && draft_last(draft) == INSTANT_NONE);
    struct finding finding = finish(*state, draft);
    assert_int_equal(finding.event_count + finding.listed + finding.entity_count, 0);
    assert_true(finding.first == INSTANT_NONE && finding.last == INSTANT_NONE);
    draft_free(NULL);
}

static void an_event_brings_its_entities(void **state)
{
    static const struct entity wanted[] = {
        {ENTITY_TENANT, STR("tenant")},     {ENTITY_USER, STR("alice")},
        {ENTITY_MAILBOX, STR("bob")},       {ENTITY_APP, STR("app")},
        {ENTITY_CLIENT_APP, STR("client")}, {ENTITY_IP, STR("203.0.113.7")},
        {ENTITY_COUNTRY, STR("DE")},        {ENTITY_SESSION, STR("session")},
        {ENTITY_TOKEN, STR(TOKEN)},         {ENTITY_RULE, STR("more")}};
    struct world *world = *state;
    struct draft *draft = draft_new();
    struct activity activity = make(world, 1, 100), context = make(world, 2, 50);
    context.user = intern_add(&world->texts, S("carol"));
    draft_add(draft, &activity, &world->texts);
    draft_add(draft, &activity, &world->texts); // a copy
    draft_add_context(draft, &context, &world->texts);
    draft_add_entity(draft, ENTITY_RULE, S("more"));
    draft_add_entity(draft, ENTITY_RULE, S("more"));
    draft_add_entity(draft, ENTITY_RULE, S(""));
    assert_int_equal(draft_count(draft), 3);
    assert_true(draft_first(draft) == 50 && draft_last(draft) == 100);
    struct finding finding = finish(world, draft);
    check_entities(&finding, wanted, sizeof wanted / sizeof wanted[0]);
    assert_int_equal(finding.event_count, 2);
    assert_int_equal(finding.listed, 2);
    assert_true(str_is(finding.events[0], "00000000-0000-0000-0000-000000000002"));
    assert_true(str_is(finding.events[1], "00000000-0000-0000-0000-000000000001"));
    assert_int_equal(finding.entity_counts[ENTITY_RULE], 1);
    assert_int_equal(finding.entity_counts[ENTITY_MESSAGE], 0);
}

static void what_is_not_there_is_no_entity(void **state)
{
    struct world *world = *state;
    struct draft *draft = draft_new();
    struct activity activity = {.time = 1, .issued_at = INSTANT_NONE, .position = 42};
    draft_add(draft, &activity, &world->texts);
    struct finding finding = finish(world, draft);
    assert_int_equal(finding.entity_count, 0);
    assert_int_equal(finding.listed, 1);
    assert_true(str_is(finding.events[0], "@42")); // no Id: where it was read
}

// A sign-in's own number names a token only where a token was used that was issued before.
static void a_sign_ins_request_is_no_token_of_the_attacker(void **state)
{
    struct world *world = *state;
    for (int is_issued = 0; is_issued <= 1; is_issued++) {
        struct draft *draft = draft_new();
        struct activity activity = make(world, 1, 100);
        activity.kind = ACTIVITY_SIGN_IN;
        activity.issued_at = is_issued ? 50 : INSTANT_NONE;
        draft_add(draft, &activity, &world->texts);
        struct finding finding = finish(world, draft);
        assert_int_equal(finding.entity_counts[ENTITY_TOKEN], is_issued);
    }
}

static void undated_events_leave_the_times_alone(void **state)
{
    struct world *world = *state;
    struct draft *draft = draft_new(), *other = draft_new(), *undated = draft_new();
    struct activity rows[] = {make(world, 1, INSTANT_NONE), make(world, 2, 20), make(world, 3, 10),
                              make(world, 4, INSTANT_NONE)};
    draft_add(draft, &rows[0], &world->texts);
    assert_true(draft_first(draft) == INSTANT_NONE && draft_last(draft) == INSTANT_NONE);
    draft_add(draft, &rows[1], &world->texts);
    assert_true(draft_first(draft) == 20 && draft_last(draft) == 20);
    draft_add(other, &rows[2], &world->texts);
    draft_add(undated, &rows[3], &world->texts);
    draft_merge(undated, draft); // into one without times
    assert_true(draft_first(undated) == 20 && draft_last(undated) == 20);
    draft_merge(other, undated);
    assert_true(draft_first(other) == 10 && draft_last(other) == 20);
    draft_merge(other, draft_new()); // one without anything
    assert_true(draft_first(other) == 10 && draft_last(other) == 20);
    assert_int_equal(draft_count(other), 4);
    struct finding finding = finish(world, other);
    assert_true(finding.first == 10 && finding.last == 20);
    assert_int_equal(finding.event_count, 4);
    assert_true(str_is(finding.events[0], "00000000-0000-0000-0000-000000000001"));
    assert_true(str_is(finding.events[2], "00000000-0000-0000-0000-000000000003"));
}

static void check_same(const struct finding *a, const struct finding *b)
{
    assert_true(a->first == b->first && a->last == b->last);
    assert_int_equal(a->event_count, b->event_count);
    assert_int_equal(a->listed, b->listed);
    for (size_t i = 0; i < a->listed; i++)
        assert_true(str_equal(a->events[i], b->events[i]));
    check_entities(a, b->entities, b->entity_count);
    assert_memory_equal(a->entity_counts, b->entity_counts, sizeof a->entity_counts);
}

// Events with copies and addresses of their own: each in its turn by `step`, over `parts` drafts.
static struct finding gather(struct world *world, size_t count, size_t step, size_t parts)
{
    struct draft *drafts[8];
    for (size_t i = 0; i < parts; i++)
        drafts[i] = draft_new();
    for (size_t i = 0; i < count; i++) {
        uint64_t number = i * step % count;
        char address[32];
        struct activity a = make(world, number / 2 * 2, (int64_t)(hash_mix(number / 2) % 1000));
        int len = snprintf(address, sizeof address, "10.0.%u.%u", (unsigned)(number / 2 >> 8 & 255),
                           (unsigned)(number / 2 & 255));
        if (a.time % 50 == 0)
            a.time = INSTANT_NONE;
        a.address = intern_add(&world->texts, str_of(address, (size_t)len));
        draft_add(drafts[hash_mix(i) % parts], &a, &world->texts);
    }
    for (size_t i = 1; i < parts; i++)
        draft_merge(drafts[0], drafts[i]);
    assert_int_equal(draft_count(drafts[0]), count);
    return finish(world, drafts[0]);
}

static void neither_order_nor_parts_matter(void **state)
{
    static const size_t counts[] = {2,
                                    10,
                                    2 * FINDING_ENTITY_LIMIT,
                                    2 * FINDING_ENTITY_LIMIT + 2,
                                    2 * FINDING_EVENT_LIMIT,
                                    2 * FINDING_EVENT_LIMIT + 2,
                                    10 * FINDING_EVENT_LIMIT};
    struct world *world = *state;
    for (size_t c = 0; c < sizeof counts / sizeof counts[0]; c++) {
        struct finding wanted = gather(world, counts[c], 1, 1);
        size_t distinct = counts[c] / 2;
        assert_int_equal(wanted.event_count, distinct);
        assert_int_equal(wanted.listed,
                         distinct < FINDING_EVENT_LIMIT ? distinct : FINDING_EVENT_LIMIT);
        assert_int_equal(wanted.entity_counts[ENTITY_IP], distinct);
        for (size_t parts = 1; parts <= 8; parts += 3) {
            struct finding got = gather(world, counts[c], 7919, parts); // a prime: each number once
            check_same(&got, &wanted);
        }
    }
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
    const struct CMUnitTest tests[] = {TEST(an_empty_draft),
                                       TEST(an_event_brings_its_entities),
                                       TEST(what_is_not_there_is_no_entity),
                                       TEST(a_sign_ins_request_is_no_token_of_the_attacker),
                                       TEST(undated_events_leave_the_times_alone),
                                       TEST(neither_order_nor_parts_matter)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
