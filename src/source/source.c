// The list of sources, and which of them a record belongs to.
// SPDX-License-Identifier: Apache-2.0
#include "source/source.h"

#include <assert.h>

#include "base/hash.h"

const struct source *const sources[SOURCE_COUNT] = {
#define X(name) &source_##name,
    SOURCE_LIST(X)
#undef X
};

const char *source_name(enum source_id id)
{
    assert((unsigned)id < SOURCE_COUNT);
    return sources[id]->name;
}

enum source_id source_recognise(const struct record *record, enum source_id hint)
{
    // any_json takes everything, so it is no hint.
    if (hint < SOURCE_ANY_JSON && sources[hint]->recognise(record))
        return hint;
    for (int i = 0; i < SOURCE_COUNT; i++)
        if (i != (int)hint && sources[i]->recognise(record))
            return (enum source_id)i;
    return SOURCE_ANY_JSON;
}

// Members whose values tell sources apart, not their presence alone (source/clues.h).
static bool is_telling(struct str key)
{
    static const struct str keys[] = {
        STR("category"),    STR("Category"),   STR("$table"),
        STR("Type"),        STR("event"),      STR("event.dataset"),
        STR("data_stream"), STR("azure"),      STR("data_stream.dataset"),
        STR("o365"),        STR("properties"), STR("Properties"),
        STR("resourceId"),
    };
    // Their lengths: most keys are none of them at the first look.
    const uint32_t lengths =
        1u << 4 | 1u << 5 | 1u << 6 | 1u << 8 | 1u << 10 | 1u << 11 | 1u << 13 | 1u << 19;
    if (key.len > 19 || !(lengths >> key.len & 1))
        return false;
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        if (str_equal(key, keys[i]))
            return true;
    return false;
}

static uint64_t mix_key(uint64_t shape, struct str key)
{
    uint64_t word = 0;
    size_t at = 0;
    for (; at + 8 <= key.len; at += 8) {
        memcpy(&word, key.at + at, sizeof word);
        shape = (shape ^ word) * UINT64_C(0x9e3779b97f4a7c15);
        shape ^= shape >> 32;
    }
    word = 0;
    memcpy(&word, key.at + at, key.len - at);
    shape = (shape ^ word ^ key.len << 56) * UINT64_C(0x9e3779b97f4a7c15);
    return shape ^ shape >> 32;
}

// What recognition looks at, as one number; 0 when that is more than keys and short texts.
static uint64_t shape_of(const struct record *record)
{
    uint64_t shape = record->category ? hash_str(str_from(record->category)) : 1;
    for (struct json_member m = json_members(record->value); json_member_next(&m);) {
        shape = mix_key(shape, m.key);
        if (!is_telling(m.key))
            continue;
        if (json_type(m.value) != JSON_STRING)
            return 0;
        shape = hash_mix(shape ^ hash_str(json_str(m.value)));
    }
    return shape;
}

enum source_id recogniser_find(struct recogniser *recogniser, const struct record *record,
                               enum source_id hint)
{
    // The hint costs less than the shape where it is right at the first look.
    if (hint == SOURCE_M365_AUDIT && sources[hint]->recognise(record))
        return hint;
    uint64_t shape = shape_of(record);
    uint64_t *place = &recogniser->shapes[shape % SHAPE_COUNT];
    if (shape && *place == shape)
        return recogniser->sources[shape % SHAPE_COUNT];
    enum source_id source = source_recognise(record, hint);
    *place = shape;
    recogniser->sources[shape % SHAPE_COUNT] = source;
    return source;
}
