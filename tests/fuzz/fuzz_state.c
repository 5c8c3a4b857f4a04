// Fuzzes baseline/state and the section of habits. The first byte chooses: the rest is a whole container;
// or the content of one, given right checksums, so that the fuzzer gets behind them. What is read
// is written again as the same bytes.
// SPDX-License-Identifier: Apache-2.0
#include <assert.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/hash.h"
#include "base/map.h"
#include "baseline/habit_ask.h"
#include "baseline/habit_state.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct symbols {
    struct map map;
    struct arena arena;
};

static uint32_t symbol_of(void *context, struct str text)
{
    struct symbols *symbols = context;
    bool is_new;
    uint32_t count = symbols->map.count;
    struct map_entry *entry = map_add(&symbols->map, arena_copy(&symbols->arena, text), &is_new);
    if (is_new)
        entry->number = count;
    return (uint32_t)entry->number;
}

static void ask(struct habit *habit, const uint8_t *data, size_t size)
{
    habit_settle(habit);
    uint64_t random = hash_bytes(data, size, 1);
    for (int i = 0; i < 8; i++, random = hash_mix(random + 1)) {
        struct habit_question question = {.kind = (enum habit_kind)(random % HABIT_KINDS),
                                          .facet = (enum habit_facet)(random >> 8) % HABIT_VOLUME,
                                          .subject = random >> 16 & 3,
                                          .value = random >> 20 & 3,
                                          .from = (int64_t)(random >> 30) * 1000000,
                                          .to = (int64_t)(random >> 28) * 1000000};
        struct habit_answer answer;
        struct habit_volume volume;
        habit_ask(habit, &question, &answer);
        assert(answer.chance >= 0 && answer.chance <= 1 && answer.share >= 0 && answer.share <= 1);
        assert(answer.count_least <= answer.count_most && answer.count_most <= answer.count);
        habit_volume(habit, question.kind, question.subject, question.from, question.to, &volume);
    }
}

// Content that is accepted comes back as the same bytes.
static void load_habit(const uint8_t *data, size_t size)
{
    struct symbols symbols = {0};
    struct habit *habit = habit_new(0);
    struct error error = {.text = ""};
    struct buf again;
    map_init(&symbols.map);
    arena_init(&symbols.arena);
    buf_init(&again);
    struct str content = str_of((const char *)data, size);
    if (habit_load(habit, content, symbol_of, &symbols, &error)) {
        habit_save(habit, &again);
        // A thinned store drops what is not in its share.
        assert(habit_halvings(habit) || str_equal(content, buf_str(&again)));
        ask(habit, data, size);
    } else {
        assert(error.text[0] && habit_count(habit) == 0);
    }
    buf_done(&again);
    habit_free(habit);
    map_done(&symbols.map);
    arena_done(&symbols.arena);
}

static void read_container(const uint8_t *data, size_t size)
{
    struct state state;
    struct error error = {.text = ""};
    struct buf again;
    struct str bytes = str_of((const char *)data, size);
    buf_init(&again);
    if (state_read(&state, bytes, &error)) {
        assert(state_save(&state, NULL, 0, &again, &error));
        assert(str_equal(bytes, buf_str(&again)));
    } else {
        assert(error.text[0]);
    }
    buf_done(&again);
}

struct content {
    struct str bytes;
};

static void save_content(const void *module, struct buf *out)
{
    const struct content *content = module;
    buf_add(out, content->bytes);
}

// A container whose header is right as far as the fuzzer lets it: a byte of it is changed and the
// checksums are made to fit by the writer.
static void read_written(const uint8_t *data, size_t size)
{
    static const struct state_section section = {"habit", 1, save_content, NULL};
    struct content content = {str_of((const char *)data, size)};
    struct state_part part = {&section, &content};
    struct state state;
    struct error error;
    struct buf bytes;
    buf_init(&bytes);
    bool is_good =
        state_save(NULL, &part, 1, &bytes, &error) && state_read(&state, buf_str(&bytes), &error);
    assert(is_good && str_equal(state.contents[0].bytes, content.bytes));
    buf_done(&bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    if (data[0] % 4 == 0)
        read_container(data + 1, size - 1);
    else if (data[0] % 4 == 1)
        read_written(data + 1, size - 1);
    else
        load_habit(data + 1, size - 1);
    return 0;
}
