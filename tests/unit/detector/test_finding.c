// Findings: what they say of given matches, and that neither the order of the matches nor the way they
// are shared out over collectors changes a byte of it.
// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/hash.h"
#include "detector/finding.h"

#define RULES 5

struct match {
    uint32_t rule; // RULES: a firing of the correlation
    struct event event;
    struct str where;
    struct entity_list entities;
};

struct world {
    struct arena arena;
    struct sigma_set set;
    struct sigma_rule rules[RULES], *rule_list[RULES];
    struct sigma_correlation correlation, *correlation_list[1];
    struct str tags[5], group_by[1];
    struct match *matches;
    size_t count;
};

static void world_init(struct world *world, size_t capacity)
{
    static const char *const statuses[RULES] = {"stable", "test", "experimental", "", "odd"};
    *world = (struct world){.tags = {STR("attack.t1114.003"), STR("attack.collection"),
                                     STR("attack.T1078"), STR("attack.t1114.003"), STR("cve.2023")},
                            .group_by = {STR("u")}};
    arena_init(&world->arena);
    for (uint32_t i = 0; i < RULES; i++) {
        world->rule_list[i] = &world->rules[i];
        world->rules[i] = (struct sigma_rule){.index = i,
                                              .id = arena_print(&world->arena, "rule-%u", i),
                                              .title = arena_print(&world->arena, "Rule %u", i),
                                              .status = str_from(statuses[i]),
                                              .level = (enum sigma_level)(i % 5),
                                              .tags = world->tags,
                                              .tag_count = 5};
    }
    world->correlation_list[0] = &world->correlation;
    world->correlation = (struct sigma_correlation){.id = S("many"),
                                                    .title = S("Many"),
                                                    .level = LEVEL_HIGH,
                                                    .group_by = world->group_by,
                                                    .group_by_count = 1};
    world->set = (struct sigma_set){.rules = world->rule_list,
                                    .rule_count = RULES,
                                    .correlations = world->correlation_list,
                                    .correlation_count = 1};
    world->matches = ARENA_ARRAY(&world->arena, struct match, capacity);
}

static void world_done(struct world *world)
{
    arena_done(&world->arena);
}

// The next match; user NULL: no actor; id NULL: none, and a place instead.
static struct match *add(struct world *world, uint32_t rule, int64_t time, const char *user,
                         const char *id)
{
    struct match *match = &world->matches[world->count];
    *match = (struct match){.rule = rule};
    match->event.time = time;
    match->event.position = ++world->count;
    match->event.identity = id ? hash_str(str_from(id)) : 7;
    match->event.id = id ? arena_copy(&world->arena, str_from(id)) : S("");
    match->where = id ? S("") : arena_print(&world->arena, "log@%zu", world->count);
    if (user)
        match->entities.items[match->entities.count++] =
            (struct entity){ENTITY_USER, arena_copy(&world->arena, str_from(user))};
    return match;
}

static void add_ip(struct world *world, struct match *match, uint64_t number)
{
    match->entities.items[match->entities.count++] = (struct entity){
        ENTITY_IP, arena_print(&world->arena, "10.0.%u.%u", (unsigned)(number >> 8 & 255),
                               (unsigned)(number & 255))};
}

static void collect(struct world *world, struct finding_collector *collector,
                    const struct match *match)
{
    if (match->rule < RULES) {
        finding_add(collector, &world->rules[match->rule], &match->event, &match->entities,
                    match->where);
        return;
    }
    struct observation observation = {
        .time = match->event.time,
        .identity = match->event.identity,
        .position = match->event.position,
        .id = match->event.id,
        .where = match->where,
        .entities = entity_pack(&world->arena, &match->entities),
    };
    const struct observation *events[1] = {&observation};
    struct str group[1] = {match->entities.items[0].text};
    struct firing firing = {.first = match->event.time - MINUTE,
                            .last = match->event.time,
                            .group = group,
                            .event_count = 3,
                            .events = events,
                            .listed = 1};
    finding_add_firing(collector, &firing);
}

static void print_list(const struct finding_list *list, struct buf *out)
{
    char first[INSTANT_SIZE], last[INSTANT_SIZE];
    for (size_t i = 0; i < list->count; i++) {
        const struct finding *finding = &list->items[i];
        buf_print(out, "%s %.*s [%.*s] %d %.2f %s..%s x%llu", finding->id,
                  (int)finding->detector.len, finding->detector.at, (int)finding->title.len,
                  finding->title.at, (int)finding->severity, finding->confidence,
                  instant_print(finding->first, first), instant_print(finding->last, last),
                  (unsigned long long)finding->event_count);
        for (size_t a = 0; a < finding->attack_count; a++)
            buf_print(out, " %.*s", (int)finding->attack[a].len, finding->attack[a].at);
        for (int kind = 0; kind < ENTITY_KIND_COUNT; kind++)
            if (finding->entity_counts[kind])
                buf_print(out, " %s=%u", entity_kind_name((enum entity_kind)kind),
                          finding->entity_counts[kind]);
        for (size_t e = 0; e < finding->entity_count; e++)
            buf_print(out, " %.*s", (int)finding->entities[e].text.len,
                      finding->entities[e].text.at);
        for (size_t e = 0; e < finding->listed; e++)
            buf_print(out, " %.*s", (int)finding->events[e].len, finding->events[e].at);
        for (size_t e = 0; e < finding->listed; e++)
            buf_print(out, " #%llu", (unsigned long long)finding->positions[e]);
        buf_add_char(out, '\n');
    }
}

// Collects the matches in an order of their own, shared out over `parts` collectors, and prints what
// comes out.
static void run(struct world *world, uint64_t seed, size_t parts, size_t limit, struct buf *out)
{
    struct finding_collector *collectors[4];
    struct finding_list list;
    size_t *order = memory_new((world->count + 1) * sizeof *order);
    for (size_t i = 0; i < world->count; i++) {
        size_t other = seed ? hash_mix(seed * 1000003 + i) % (i + 1) : i;
        order[i] = order[other];
        order[other] = i;
    }
    for (size_t p = 0; p < parts; p++) {
        collectors[p] = finding_collector_new(&world->set);
        if (limit)
            finding_collector_set_limit(collectors[p], limit);
    }
    for (size_t i = 0; i < world->count; i++)
        collect(world, collectors[hash_mix(seed + i) % parts], &world->matches[order[i]]);
    for (size_t p = 1; p < parts; p++) {
        finding_merge(collectors[0], collectors[p]);
        finding_collector_free(collectors[p]);
    }
    finding_finish(collectors[0], &list);
    finding_collector_free(collectors[0]);
    print_list(&list, out);
    finding_list_done(&list);
    free(order);
}

// Every order and split gives the same text, which is left in `out`.
static void check_independence(struct world *world, size_t limit, struct buf *out)
{
    struct buf other;
    buf_init(&other);
    run(world, 0, 1, limit, out);
    for (uint64_t seed = 1; seed <= 12; seed++) {
        buf_clear(&other);
        run(world, seed, (size_t)(1 + seed % 4), limit, &other);
        assert_true(str_equal(buf_str(out), buf_str(&other)));
    }
    buf_done(&other);
}

static size_t count_lines(struct str text)
{
    size_t lines = 0;
    for (size_t i = 0; i < text.len; i++)
        lines += text.at[i] == '\n';
    return lines;
}

static bool has(const struct buf *out, const char *part)
{
    return str_contains(buf_str(out), str_from(part));
}

static void a_finding_says_who_when_and_how_much(void **state)
{
    (void)state;
    struct world world;
    struct buf out;
    world_init(&world, 16);
    buf_init(&out);
    add_ip(&world, add(&world, 2, 0, "a@x.org", "r2"), 1);
    add_ip(&world, add(&world, 2, HOUR, "a@x.org", "r1"), 2);
    add_ip(&world, add(&world, 2, 0, "a@x.org", "r0"), 1);
    add(&world, 2, HOUR, "a@x.org", "r1"); // the same record in another file
    add(&world, 4, INSTANT_NONE, NULL, NULL);
    add(&world, 0, 0, "b@x.org", "r3");
    world.rules[3].is_silent = true;
    add(&world, 3, 0, "b@x.org", "r3");
    check_independence(&world, 0, &out);
    assert_int_equal(count_lines(buf_str(&out)), 3);
    assert_true(has(&out,
                    " sigma:rule-2 [Rule 2] 2 0.50 1970-01-01T00:00:00Z..1970-01-01T01:00:00Z x3"
                    " T1078 T1114.003 user=1 ip=2 a@x.org 10.0.0.1 10.0.0.2 r0 r2 r1 #3 #1 #2\n"));
    assert_true(has(&out, " sigma:rule-0 [Rule 0] 0 0.90 "));
    // Highest severity first; undated; named by place.
    assert_true(has(&out, " sigma:rule-4 [Rule 4] 4 0.60 .. x1 T1078 T1114.003 log@5 #5\n"));
    assert_true(str_index(buf_str(&out), '4') < str_index(buf_str(&out), '\n'));
    buf_done(&out);
    world_done(&world);
}

static void silences_split_and_bridges_join(void **state)
{
    (void)state;
    struct world world;
    struct buf out;
    world_init(&world, 64);
    buf_init(&out);
    // a: exactly 24 hours is no silence, a microsecond more is. b: a bridge comes in between.
    add(&world, 0, 0, "a", "a0");
    add(&world, 0, 24 * HOUR, "a", "a1");
    add(&world, 0, 48 * HOUR + 1, "a", "a2");
    add(&world, 0, 0, "b", "b0");
    add(&world, 0, 40 * HOUR, "b", "b1");
    add(&world, 0, 20 * HOUR, "b", "b2");
    add(&world, 0, INSTANT_NONE, "b", "b3");
    check_independence(&world, 0, &out);
    assert_int_equal(count_lines(buf_str(&out)), 4);
    assert_true(has(&out, " x2 T1078 T1114.003 user=1 a a0 a1 #1 #2\n"));
    assert_true(has(&out, " x1 T1078 T1114.003 user=1 a a2 #3\n"));
    assert_true(has(&out, " x3 T1078 T1114.003 user=1 b b0 b2 b1 #4 #6 #5\n"));
    assert_true(has(&out, " x1 T1078 T1114.003 user=1 b b3 #7\n"));
    buf_done(&out);
    world_done(&world);
}

static void firings_are_findings_of_their_group(void **state)
{
    (void)state;
    struct world world;
    struct buf out;
    world_init(&world, 16);
    buf_init(&out);
    add(&world, RULES, HOUR, "A@x.org", "r1");
    add(&world, RULES, 2 * HOUR, "a@X.org", "r2");
    add(&world, RULES, 2 * HOUR, "b", NULL);
    check_independence(&world, 0, &out);
    assert_int_equal(count_lines(buf_str(&out)), 2);
    assert_true(has(&out, " sigma:many [Many] 3 0.60 1970-01-01T00:59:00Z..1970-01-01T02:00:00Z x6 "
                          "user=1 a@x.org r1 r2 #1 #2\n"));
    assert_true(has(&out, " x3 user=1 b log@3 #3\n"));
    buf_done(&out);
    world_done(&world);
}

static void many_matches_are_counted_and_the_first_listed(void **state)
{
    (void)state;
    enum { EVENTS = 5000 };
    struct world world;
    struct buf out;
    char id[32];
    world_init(&world, 2 * EVENTS);
    buf_init(&out);
    for (uint64_t i = 0; i < 2 * EVENTS; i++) {
        uint64_t number = i % EVENTS; // each twice, half of the second copies at another time
        snprintf(id, sizeof id, "id-%05u", (unsigned)number);
        int64_t time = (int64_t)(hash_mix(number) % 1000) * SECOND +
                       (i < EVENTS || number % 2 ? 0 : SECOND / 2);
        add_ip(&world, add(&world, 1, time, "a@x.org", id), number);
    }
    check_independence(&world, 0, &out);
    assert_int_equal(count_lines(buf_str(&out)), 1);
    assert_true(has(&out, " x5000 "));
    assert_true(has(&out, " user=1 ip=5000 "));
    size_t ids = 0, ips = 0;
    for (struct str rest = buf_str(&out), word; rest.at;) {
        word = str_cut(&rest, ' ');
        ids += str_starts(word, S("id-"));
        ips += str_starts(word, S("10.0."));
    }
    assert_int_equal(ids, FINDING_EVENT_LIMIT);
    assert_int_equal(ips, FINDING_ENTITY_LIMIT);
    buf_done(&out);
    world_done(&world);
}

static void more_actors_than_the_limit_are_gathered(void **state)
{
    (void)state;
    enum { MATCHES = 3000 };
    struct world world;
    struct buf out;
    char id[32], user[32];
    world_init(&world, MATCHES);
    buf_init(&out);
    for (uint64_t i = 0; i < MATCHES; i++) {
        // Rules 0 and 1 have a thousand actors or so each, rule 2 thirty, rule 4 one.
        uint32_t rule = i % 100 == 0 ? 2 : i % 100 == 1 ? 4 : (uint32_t)(i % 2);
        snprintf(id, sizeof id, "id-%u", (unsigned)i);
        snprintf(user, sizeof user, "user%u", rule == 4 ? 0 : (unsigned)i);
        add(&world, rule, (int64_t)(hash_mix(i) % 20) * 12 * HOUR, user, id);
    }
    check_independence(&world, 200, &out);
    size_t rows[RULES] = {0};
    uint64_t events = 0;
    for (struct str rest = buf_str(&out), line; (line = str_cut(&rest, '\n')).len;) {
        struct str field = line, rule;
        str_cut(&field, ' ');
        rule = str_cut(&field, ' ');
        rows[rule.at[rule.len - 1] - '0']++;
        str_cut(&field, 'x');
        int64_t number = 0;
        assert_true(str_to_int64(str_cut(&field, ' '), &number));
        events += (uint64_t)number;
    }
    assert_int_equal(rows[2], 30);
    assert_in_range(rows[0], 20, 90);
    assert_in_range(rows[1], 20, 90);
    assert_int_equal(events, MATCHES);
    buf_done(&out);
    world_done(&world);
}

static void entities_survive_packing(void **state)
{
    (void)state;
    struct arena arena;
    struct entity_list list = {.count = 0}, back;
    arena_init(&arena);
    entity_unpack(entity_pack(&arena, &list), &back);
    assert_int_equal(back.count, 0);
    char *text = arena_alloc(&arena, 70000);
    memset(text, 'x', 70000);
    list.items[list.count++] = (struct entity){ENTITY_TENANT, S("")};
    list.items[list.count++] = (struct entity){ENTITY_USER, S("a@x.org")};
    list.items[list.count++] = (struct entity){ENTITY_IP, str_of(text, 65535)};
    list.items[list.count++] = (struct entity){ENTITY_IP, str_of(text, 65536)}; // left out
    list.items[list.count++] = (struct entity){ENTITY_SERVICE, str_of(text, 300)};
    struct str packed = entity_pack(&arena, &list);
    entity_unpack(packed, &back);
    assert_int_equal(back.count, 4);
    for (size_t i = 0, j = 0; i < list.count; i++) {
        if (list.items[i].text.len > 65535)
            continue;
        assert_int_equal(back.items[j].kind, list.items[i].kind);
        assert_true(str_equal(back.items[j].text, list.items[i].text));
        j++;
    }
    entity_unpack(str_of(packed.at, packed.len - 1), &back); // cut short
    assert_int_equal(back.count, 3);
    entity_unpack(str_of(NULL, 0), &back);
    assert_int_equal(back.count, 0);
    arena_done(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_finding_says_who_when_and_how_much),
        cmocka_unit_test(silences_split_and_bridges_join),
        cmocka_unit_test(firings_are_findings_of_their_group),
        cmocka_unit_test(many_matches_are_counted_and_the_first_listed),
        cmocka_unit_test(more_actors_than_the_limit_are_gathered),
        cmocka_unit_test(entities_survive_packing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
