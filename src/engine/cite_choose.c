// Chooses the records that a report shows word for word: what people see first, then what else it names.
// SPDX-License-Identifier: Apache-2.0
#include <stdlib.h>

#include "base/hash.h"
#include "base/keyset.h"
#include "engine/cite_parts.h"

// How much depends on it.
enum importance {
    OF_INCIDENT_FINDINGS,
    OF_INCIDENTS, // answers to questions, and the story
    OF_OTHERS,    // findings of medium or above in no incident
    OF_THE_REST,
    IMPORTANCES
};

#define LEFT_OUT_LIMIT ((size_t)1 << 20) // distinct ids told apart; beyond it a sample is counted

// A list of ids that something rests on.
struct citation {
    const struct str *ids;
    const uint64_t *positions; // of them, or NULL
    size_t count;
    const char *owner; // id of the finding or incident
};

struct choosing {
    const struct scan_result *result;
    struct citation *citations; // by importance
    size_t count, capacity;
    size_t ends[IMPORTANCES]; // behind the last citation of each importance
    struct map index;         // of the ids chosen
    struct cite_choice *choice;
    size_t limit;
};

// ---- what cites ---------------------------------------------------------------------------------

static void add_citation(struct choosing *c, struct citation citation)
{
    if (!citation.count)
        return;
    ARRAY_GROW(c->citations, c->count, c->capacity);
    c->citations[c->count++] = citation;
}

static void add_finding(struct choosing *c, size_t number, bool *is_added)
{
    const struct finding *finding = &c->result->findings.items[number];
    if (is_added[number])
        return;
    is_added[number] = true;
    add_citation(
        c, (struct citation){finding->events, finding->positions, finding->listed, finding->id});
}

// The same answer counts for several hypotheses: once is enough.
static bool is_said_before(const struct verdict *verdict, size_t h, const struct verdict_item *item)
{
    for (size_t i = 0; i < h; i++)
        for (size_t k = 0; k < verdict->hypotheses[i].item_count; k++)
            if (verdict->hypotheses[i].items[k].events == item->events)
                return true;
    return false;
}

static void add_verdict(struct choosing *c, const struct verdict *verdict, const char *owner)
{
    for (size_t h = 0; h < verdict->hypothesis_count; h++) {
        const struct verdict_hypothesis *it = &verdict->hypotheses[h];
        for (size_t i = 0; i < it->item_count; i++)
            if (it->items[i].event_count && !is_said_before(verdict, h, &it->items[i]))
                add_citation(c, (struct citation){it->items[i].events, NULL,
                                                  it->items[i].event_count, owner});
    }
    for (size_t i = 0; i < verdict->timeline_count; i++) {
        const struct verdict_event *event = &verdict->timeline[i];
        add_citation(c, (struct citation){event->events, NULL, event->event_count, owner});
    }
}

static void gather(struct choosing *c)
{
    const struct incident_list *incidents = &c->result->incidents;
    const struct finding_list *findings = &c->result->findings;
    bool *is_added = memory_new(findings->count + 1);
    for (size_t i = 0; i < incidents->count; i++)
        for (size_t k = 0; k < incidents->items[i].finding_count; k++)
            add_finding(c, incidents->items[i].findings[k], is_added);
    c->ends[OF_INCIDENT_FINDINGS] = c->count;
    for (size_t i = 0; i < incidents->count && c->result->verdicts; i++)
        add_verdict(c, &c->result->verdicts[i], incidents->items[i].id);
    c->ends[OF_INCIDENTS] = c->count;
    for (size_t i = 0; i < findings->count; i++)
        if (findings->items[i].severity >= LEVEL_MEDIUM)
            add_finding(c, i, is_added);
    c->ends[OF_OTHERS] = c->count;
    for (size_t i = 0; i < findings->count; i++)
        add_finding(c, i, is_added);
    c->ends[OF_THE_REST] = c->count;
    free(is_added);
}

// ---- choosing -----------------------------------------------------------------------------------

static bool is_full(const struct choosing *c)
{
    return c->choice->list->count == c->limit;
}

static void add_record(struct choosing *c, const struct citation *citation, size_t i, bool is_shown)
{
    bool is_new = false;
    uint64_t position = citation->positions ? citation->positions[i] : CITE_NOWHERE;
    struct map_entry *entry = map_add(&c->index, citation->ids[i], &is_new);
    struct cited_list *list = c->choice->list;
    if (is_new) {
        entry->number = list->count;
        list->items[list->count] = (struct cited_record){.id = citation->ids[i],
                                                         .time = INSTANT_NONE,
                                                         .input = CITED_NO_INPUT,
                                                         .is_shown = is_shown};
        c->choice->places[list->count++] = (struct cite_place){.position = CITE_NOWHERE};
    }
    struct cite_place *place = &c->choice->places[entry->number];
    place->is_kept = place->is_kept || (position != CITE_NOWHERE && position >= POSITION_KEPT);
    if (!place->is_exact && position < POSITION_KEPT) {
        place->position = position;
        place->is_exact = true;
    }
}

// Of each citation of one importance the first record, then of each the second, and so on: no finding with a thousand
// records takes all the room.
static void add_ranks(struct choosing *c, size_t from, size_t to, size_t first, size_t end)
{
    bool is_more = true;
    for (size_t rank = first; rank < end && is_more && !is_full(c); rank++) {
        is_more = false;
        for (size_t i = from; i < to && !is_full(c); i++) {
            if (rank >= c->citations[i].count)
                continue;
            add_record(c, &c->citations[i], rank, end == CITED_SHOWN);
            is_more = true;
        }
    }
}

static void choose(struct choosing *c)
{
    static const struct {
        size_t first, end;
    } rounds[] = {{0, CITED_SHOWN}, {CITED_SHOWN, SIZE_MAX}};
    for (size_t r = 0; r < sizeof rounds / sizeof *rounds; r++)
        for (int i = 0; i < IMPORTANCES; i++)
            add_ranks(c, i ? c->ends[i - 1] : 0, c->ends[i], rounds[r].first, rounds[r].end);
}

// ---- who cites ----------------------------------------------------------------------------------

static void add_owner(struct cited_list *list, struct cited_record *record, const char *owner)
{
    struct str id = str_from(owner);
    size_t last = record->cited_listed;
    if (last && str_equal(record->cited_by[last - 1], id))
        return;
    record->cited_count++;
    if (last == CITED_BY_LIMIT)
        return;
    if ((last & (last - 1)) == 0) { // 0, 1, 2, 4 ...: room for twice as many
        struct str *more = ARENA_ARRAY(&list->arena, struct str, last ? 2 * last : 1);
        if (last)
            memcpy(more, record->cited_by, last * sizeof *more);
        record->cited_by = more;
    }
    record->cited_by[record->cited_listed++] = id;
}

// Owners of what was chosen, and how many distinct ids were not.
static void add_owners(struct choosing *c)
{
    struct cited_list *list = c->choice->list;
    struct keyset others = {0};
    unsigned halvings = 0;
    for (size_t i = 0; i < c->count; i++)
        for (size_t k = 0; k < c->citations[i].count; k++) {
            struct str id = c->citations[i].ids[k];
            struct map_entry *entry = map_find(&c->index, id);
            if (entry)
                add_owner(list, &list->items[entry->number], c->citations[i].owner);
            else if (keyset_in_share(hash_str(id), halvings) && keyset_add(&others, hash_str(id)) &&
                     others.count > LEFT_OUT_LIMIT)
                keyset_thin(&others, ++halvings);
        }
    list->left_out = (uint64_t)others.count << halvings;
    keyset_done(&others);
}

void cite_choose(const struct scan_result *result, size_t limit, struct cite_choice *choice)
{
    struct choosing c = {.result = result, .choice = choice};
    map_init(&c.index);
    gather(&c);
    size_t ids = 0;
    for (size_t i = 0; i < c.count && ids < limit; i++)
        ids += c.citations[i].count;
    c.limit = ids < limit ? ids : limit;
    choice->list = cited_list_new();
    choice->list->items = ARENA_ARRAY(&choice->list->arena, struct cited_record, c.limit + 1);
    choice->places = memory_new((c.limit + 1) * sizeof *choice->places);
    choose(&c);
    add_owners(&c);
    map_done(&c.index);
    free(c.citations);
}
