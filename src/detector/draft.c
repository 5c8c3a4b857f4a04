// Drafts over clusters, which keep the earliest events and count the rest.
// SPDX-License-Identifier: Apache-2.0
#include "detector/draft.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/encode.h"
#include "detector/cluster.h"

struct draft {
    struct cluster *cluster;
    uint64_t count;
};

struct draft *draft_new(void)
{
    struct draft *draft = memory_new(sizeof *draft);
    draft->cluster = cluster_new(INSTANT_NONE, INSTANT_NONE);
    return draft;
}

void draft_free(struct draft *draft)
{
    if (!draft)
        return;
    cluster_free(draft->cluster);
    free(draft);
}

static void widen(struct cluster *cluster, int64_t first, int64_t last)
{
    if (first != INSTANT_NONE && (cluster->first == INSTANT_NONE || first < cluster->first))
        cluster->first = first;
    if (last != INSTANT_NONE && (cluster->last == INSTANT_NONE || last > cluster->last))
        cluster->last = last;
}

void draft_add_context(struct draft *draft, const struct activity *activity,
                       const struct intern *texts)
{
    char text[ACTIVITY_ID_SIZE];
    struct str id = activity_id(activity, texts, text);
    char place[32]; // a record without Id is named by where it was read
    if (!id.len) {
        snprintf(place, sizeof place, "@%llu", (unsigned long long)activity->position);
        id = str_from(place);
    }
    widen(draft->cluster, activity->time, activity->time);
    cluster_add_event(draft->cluster, activity->time, activity->identity, id, activity->position,
                      CLUSTER_IDENTITY_LIMIT);
    draft->count++;
}

void draft_add_entity(struct draft *draft, enum entity_kind kind, struct str text)
{
    struct entity entity = {kind, text};
    if (text.len)
        cluster_add_entity(draft->cluster, &entity);
}

void draft_add(struct draft *draft, const struct activity *activity, const struct intern *texts)
{
    const struct {
        enum entity_kind kind;
        uint32_t symbol;
    } rows[] = {
        {ENTITY_TENANT, activity->home},           {ENTITY_USER, activity->user},
        {ENTITY_MAILBOX, activity->mailbox},       {ENTITY_APP, activity->app},
        {ENTITY_CLIENT_APP, activity->client_app}, {ENTITY_IP, activity->address},
        {ENTITY_COUNTRY, activity->country},       {ENTITY_SESSION, activity->session},
    };
    draft_add_context(draft, activity, texts);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (rows[i].symbol)
            draft_add_entity(draft, rows[i].kind, intern_text(texts, rows[i].symbol));
    bool is_access = activity->kind != ACTIVITY_SIGN_IN || activity->issued_at != INSTANT_NONE;
    if ((activity->flags & ACTIVITY_HAS_TOKEN) && is_access) {
        char token[23];
        guid_to_uti(activity->token, token);
        draft_add_entity(draft, ENTITY_TOKEN, str_of(token, 22));
    }
}

uint64_t draft_count(const struct draft *draft)
{
    return draft->count;
}

int64_t draft_first(const struct draft *draft)
{
    return draft->cluster->first;
}

int64_t draft_last(const struct draft *draft)
{
    return draft->cluster->last;
}

void draft_merge(struct draft *into, struct draft *from)
{
    widen(into->cluster, from->cluster->first, from->cluster->last);
    int64_t first = into->cluster->first, last = into->cluster->last;
    cluster_merge(into->cluster, from->cluster, CLUSTER_IDENTITY_LIMIT);
    into->cluster->first = first; // a cluster's own reckoning knows no undated ones
    into->cluster->last = last;
    into->count += from->count;
    free(from);
}

void draft_finish(struct draft *draft, struct arena *arena, struct finding *out)
{
    cluster_write(draft->cluster, arena, out);
}
