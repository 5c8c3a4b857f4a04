// Any JSON or CSV that no other source knows: rules still meet it, under the names it has.
// SPDX-License-Identifier: Apache-2.0
#include "source/clues.h"

#include "event/read.h"

static bool recognise(const struct record *record)
{
    (void)record;
    return true;
}

// The first of these names that is present and a time (contract.md).
static const struct str time_keys[] = {STR("@timestamp"),    STR("timestamp"),    STR("time"),
                                       STR("TimeGenerated"), STR("CreationTime"), STR("eventTime"),
                                       STR("TimeCreated"),   STR("UtcTime")};
enum { TIME_KEYS = sizeof time_keys / sizeof time_keys[0] };

static int time_rank(struct str key)
{
    if (str_ends(key, S(" [UTC]"))) // Log Analytics' columns
        key.len -= 6;
    for (int i = 0; i < TIME_KEYS; i++)
        if (str_equal(key, time_keys[i]))
            return i;
    return TIME_KEYS;
}

// Under such a key any number counts seconds, however early: drills and tests begin at 0.
static int64_t time_of(struct json value, bool is_day_first)
{
    int64_t time = json_time(value, is_day_first);
    bool is_number = json_type(value) == JSON_INT || json_type(value) == JSON_DOUBLE;
    double seconds = is_number ? json_double(value) : -1;
    if (time == INSTANT_NONE && seconds >= 0 && seconds < 1e8)
        time = (int64_t)(seconds * (double)SECOND);
    return time;
}

static void finish(struct field_slots *slots, struct event *event)
{
    (void)slots;
    // An id that repeats would make one event of several, and no key of unknown JSON is sure not
    // to.
    event->id = S("");
    event->time = INSTANT_NONE;
    event->actor = ACTOR_UNKNOWN;
    int best = TIME_KEYS;
    for (struct json_member m = json_members(event->record); json_member_next(&m);) {
        int rank = time_rank(m.key);
        if (rank >= best)
            continue;
        int64_t time = time_of(m.value, event->is_day_first);
        if (time == INSTANT_NONE)
            continue;
        best = rank;
        event->time = time;
    }
}

const struct source source_any_json = {.id = SOURCE_ANY_JSON,
                                       .name = "any_json",
                                       .recognise = recognise,
                                       .finish = finish,
                                       .fields = NULL,
                                       .field_count = 0};
