// Places and tags packed into one number each, in stretches of one input.
// SPDX-License-Identifier: Apache-2.0
#include "engine/message_log.h"

#include <stdlib.h>

#include "base/arena.h"
#include "base/hash.h"

#define PLACE_BITS 44 // of event.position below the input's number
#define PLACE_MASK ((UINT64_C(1) << PLACE_BITS) - 1)
#define TAG_BITS (64 - PLACE_BITS)

void message_log_done(struct message_log *log)
{
    free(log->records);
    free(log->inputs);
    *log = (struct message_log){0};
}

static uint64_t tag_of(struct str id)
{
    return hash_bytes(id.at, id.len, 13) >> PLACE_BITS;
}

void message_log_want(struct field_plan *plan)
{
    field_plan_want(plan, FIELD_InternetMessageId);
}

void message_log_add(struct message_log *log, const struct field_slots *slots, uint64_t position)
{
    const struct field_value *id = field_first(slots, FIELD_InternetMessageId);
    if (!id || id->next)
        return;
    if (log->count == MESSAGE_LOG_LIMIT) {
        log->is_full = true;
        return;
    }
    uint32_t input = (uint32_t)(position >> PLACE_BITS);
    if (!log->input_count || log->inputs[log->input_count - 1].input != input) {
        ARRAY_GROW(log->inputs, log->input_count, log->input_capacity);
        log->inputs[log->input_count++] = (struct message_log_input){input, log->count};
    }
    ARRAY_GROW(log->records, log->count, log->capacity);
    log->records[log->count++] = (position & PLACE_MASK) | tag_of(str_trim(json_str(id->json)))
                                                               << PLACE_BITS;
}

// ---- finding ----------------------------------------------------------------------------------

void message_tags_add(struct message_tags *tags, struct str id)
{
    uint64_t tag = tag_of(id);
    if (!tags->bits)
        tags->bits = memory_new((UINT64_C(1) << TAG_BITS) / 8);
    tags->bits[tag / 64] |= UINT64_C(1) << tag % 64;
}

void message_tags_done(struct message_tags *tags)
{
    free(tags->bits);
    *tags = (struct message_tags){0};
}

static int by_position(const void *left, const void *right)
{
    uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;
    return a < b ? -1 : a > b;
}

bool message_log_find(const struct message_log *const *logs, size_t log_count,
                      const struct message_tags *tags, uint64_t **positions, size_t *count)
{
    uint64_t *found = NULL;
    size_t found_count = 0, capacity = 0;
    for (size_t i = 0; i < log_count; i++)
        if (logs[i]->is_full)
            return false;
    for (size_t i = 0; i < log_count && tags->bits; i++) {
        const struct message_log *log = logs[i];
        for (size_t s = 0; s < log->input_count; s++) {
            uint64_t input = (uint64_t)log->inputs[s].input << PLACE_BITS;
            size_t end = s + 1 < log->input_count ? log->inputs[s + 1].first : log->count;
            for (size_t r = log->inputs[s].first; r < end; r++) {
                uint64_t tag = log->records[r] >> PLACE_BITS;
                if (!(tags->bits[tag / 64] >> tag % 64 & 1))
                    continue;
                ARRAY_GROW(found, found_count, capacity);
                found[found_count++] = input | (log->records[r] & PLACE_MASK);
            }
        }
    }
    if (found_count)
        qsort(found, found_count, sizeof *found, by_position);
    *positions = found;
    *count = found_count;
    return true;
}
