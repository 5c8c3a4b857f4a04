// Gathers the events of one firing as its windows move on.
// SPDX-License-Identifier: Apache-2.0
#include "rule/episode.h"

#include <stdlib.h>

#include "base/arena.h"

struct episode *episode_new(int64_t first)
{
    struct episode *episode = memory_new(sizeof *episode);
    episode->first = episode->last = first;
    return episode;
}

void episode_free(struct episode *episode, size_t *bytes)
{
    if (!episode)
        return;
    for (uint32_t i = 0; i < episode->listed_count; i++)
        held_release(episode->listed[i], bytes);
    free(episode->listed);
    keyset_done(&episode->keys);
    free(episode);
}

size_t episode_bytes(const struct episode *episode)
{
    if (!episode)
        return 0;
    return sizeof *episode + episode->listed_capacity * sizeof *episode->listed +
           keyset_bytes(&episode->keys);
}

static void take(struct episode *episode, struct held *held, uint64_t key, bool is_chained)
{
    if (is_chained ? !keyset_add(&episode->keys, key)
                   : episode->event_count > 0 && key == episode->last_key)
        return;
    episode->last_key = key;
    episode->event_count++;
    if (held && held->observation.time < episode->first)
        episode->first = held->observation.time;
    if (!held || episode_is_full(episode))
        return;
    ARRAY_GROW(episode->listed, episode->listed_count, episode->listed_capacity);
    episode->listed[episode->listed_count++] = held_share(held);
}

void episode_absorb(struct episode *episode, struct window *window, size_t from, bool is_sparing,
                    size_t *bytes)
{
    bool is_chained = window->node->has_chain;
    if (episode->absorbed > window->first + from)
        from = (size_t)(episode->absorbed - window->first);
    for (; from < window->count; from++) {
        struct window_item *item = window_at(window, from);
        for (uint32_t i = 0; item->held && i < item->held->part_count; i++)
            take(episode, item->held->parts[i], item->held->parts[i]->key, is_chained);
        if (!item->held || item->held->part_count == 0)
            take(episode, item->held, item->key, is_chained);
        episode->last = item->time;
        if (is_sparing && episode_is_full(episode)) {
            held_release(item->held, bytes);
            item->held = NULL;
        }
    }
    episode->absorbed = window->first + window->count;
}
