// Keeping and writing what a scenario did.
// SPDX-License-Identifier: Apache-2.0
#include "simulate/truth.h"

#include <stdlib.h>

#include "base/encode.h"
#include "simulate/pen.h"
#include "simulate/scenario.h"

void story_init(struct story *story, const struct scenario *scenario)
{
    *story = (struct story){.scenario = scenario, .first = INSTANT_NONE, .last = INSTANT_NONE};
    arena_init(&story->arena);
}

void story_done(struct story *story)
{
    for (int i = 0; i < SET_COUNT; i++)
        free(story->sets[i].items);
    free(story->read);
    free(story->folders);
    arena_done(&story->arena);
}

// ---- sets -------------------------------------------------------------------------------------

static int by_text(const void *a, const void *b)
{
    return str_compare(*(const struct str *)a, *(const struct str *)b);
}

static void set_sort(struct text_set *set)
{
    if (!set->count)
        return;
    qsort(set->items, set->count, sizeof *set->items, by_text);
    size_t kept = 1;
    for (size_t i = 1; i < set->count; i++)
        if (!str_equal(set->items[i], set->items[kept - 1]))
            set->items[kept++] = set->items[i];
    set->count = set->sorted = kept;
}

void story_add(struct story *story, enum story_set which, struct str text)
{
    struct text_set *set = &story->sets[which];
    if (!text.len)
        return;
    // Most of what comes was there before; a long unsorted tail is sorted before it is searched.
    if (set->count > 64 && set->count > set->sorted * 2)
        set_sort(set);
    if (which < SET_RECORDS) {
        if (set->sorted && bsearch(&text, set->items, set->sorted, sizeof *set->items, by_text))
            return;
        for (size_t i = set->sorted; i < set->count; i++)
            if (str_equal(set->items[i], text))
                return;
    }
    ARRAY_GROW(set->items, set->count, set->capacity);
    set->items[set->count++] = arena_copy(&story->arena, text);
}

void story_add_guid(struct story *story, enum story_set set, const struct guid *guid)
{
    char text[37];
    guid_print(guid->at, text);
    story_add(story, set, str_of(text, 36));
}

void story_add_address(struct story *story, struct address address)
{
    char text[ADDRESS_SIZE], number[24];
    struct buf out = {.at = number, .capacity = sizeof number};
    const struct network *network = address_network(address);
    story_add(story, SET_IPS, address_text(address, text));
    put_number(&out, network->asn);
    story_add(story, SET_ASNS, buf_str(&out));
    story_add(story, SET_COUNTRIES, str_from(network->country));
}

// ---- what happened ----------------------------------------------------------------------------

void story_time(struct story *story, int64_t time)
{
    if (story->first == INSTANT_NONE || time < story->first)
        story->first = time;
    if (story->last == INSTANT_NONE || time > story->last)
        story->last = time;
}

void story_read(struct story *story, const struct person *mailbox, const struct mail *mail,
                int64_t time)
{
    ARRAY_GROW(story->read, story->read_count, story->read_capacity);
    story->read[story->read_count++] = (struct read_message){mailbox->index, *mail, time};
}

void story_folder(struct story *story, const struct person *mailbox, enum folder_id folder,
                  int64_t time, bool is_throttled)
{
    for (size_t i = 0; i < story->folder_count; i++) {
        struct synced_folder *row = &story->folders[i];
        if (row->mailbox != mailbox->index || row->folder != folder ||
            row->is_throttled != is_throttled)
            continue;
        row->first = time < row->first ? time : row->first;
        row->last = time > row->last ? time : row->last;
        return;
    }
    ARRAY_GROW(story->folders, story->folder_count, story->folder_capacity);
    story->folders[story->folder_count++] =
        (struct synced_folder){mailbox->index, folder, time, time, is_throttled};
}

void story_missing(struct story *story, const char *log, const char *why, int64_t time)
{
    for (size_t i = 0; i < story->missing_count; i++) {
        struct missing *missing = &story->missing[i];
        if (strcmp(missing->log, log) == 0 && strcmp(missing->why, why) == 0) {
            missing->records++;
            missing->first = time < missing->first ? time : missing->first;
            missing->last = time > missing->last ? time : missing->last;
            return;
        }
    }
    if (story->missing_count < STORY_GAP_LIMIT)
        story->missing[story->missing_count++] = (struct missing){log, why, time, time, 1};
}

// ---- writing ----------------------------------------------------------------------------------

static int by_message(const void *a, const void *b)
{
    const struct read_message *x = a, *y = b;
    if (x->mailbox != y->mailbox)
        return x->mailbox < y->mailbox ? -1 : 1;
    if (x->mail.key != y->mail.key)
        return x->mail.key < y->mail.key ? -1 : 1;
    return (x->time > y->time) - (x->time < y->time);
}

static void put_messages(struct story *story, const struct tenant *tenant, struct buf *out)
{
    char id[MESSAGE_ID_SIZE];
    const struct read_message *last = NULL;
    if (story->read_count)
        qsort(story->read, story->read_count, sizeof *story->read, by_message);
    PUT(out, ",\n      \"messages_read\": [");
    for (size_t i = 0; i < story->read_count; i++) {
        const struct read_message *read = &story->read[i];
        if (last && last->mailbox == read->mailbox && last->mail.key == read->mail.key)
            continue;
        buf_add(out, last ? S(",\n        {") : S("\n        {"));
        PUT(out, "\"mailbox\":");
        buf_add_json(out, tenant->people[read->mailbox].address);
        MEMBER_TEXT(out, "message_id", mail_id(tenant, &read->mail, id));
        MEMBER_TEXT(out, "folder", str_from(folder_names[read->mail.folder]));
        MEMBER_TIME_Z(out, "first_read", read->time, 0);
        PUT(out, "}");
        last = read;
    }
    PUT(out, "]");
}

static int by_folder(const void *a, const void *b)
{
    const struct synced_folder *x = a, *y = b;
    if (x->mailbox != y->mailbox)
        return x->mailbox < y->mailbox ? -1 : 1;
    if (x->is_throttled != y->is_throttled)
        return x->is_throttled < y->is_throttled ? -1 : 1;
    return (x->folder > y->folder) - (x->folder < y->folder);
}

static void put_folders(struct story *story, const struct tenant *tenant, struct buf *out)
{
    if (story->folder_count)
        qsort(story->folders, story->folder_count, sizeof *story->folders, by_folder);
    PUT(out, ",\n      \"presumed_read\": [");
    for (size_t i = 0; i < story->folder_count; i++) {
        const struct synced_folder *row = &story->folders[i];
        buf_add(out, i ? S(",\n        {") : S("\n        {"));
        PUT(out, "\"mailbox\":");
        buf_add_json(out, tenant->people[row->mailbox].address);
        MEMBER_TEXT(out, "folder",
                    row->is_throttled ? S("*") : str_from(folder_names[row->folder]));
        MEMBER_TEXT(out, "why", row->is_throttled ? S("throttled") : S("sync"));
        MEMBER_TIME_Z(out, "first", row->first, 0);
        MEMBER_TIME_Z(out, "last", row->last, 0);
        PUT(out, "}");
    }
    PUT(out, "]");
}

static void put_missing(const struct story *story, struct buf *out)
{
    PUT(out, ",\n      \"missing\": [");
    for (size_t i = 0; i < story->missing_count; i++) {
        const struct missing *missing = &story->missing[i];
        buf_add(out, i ? S(",\n        {") : S("\n        {"));
        PUT(out, "\"log\":");
        buf_add_json(out, str_from(missing->log));
        MEMBER_TEXT(out, "why", str_from(missing->why));
        MEMBER_NUMBER(out, "records", (int64_t)missing->records);
        MEMBER_TIME_Z(out, "first", missing->first, 0);
        MEMBER_TIME_Z(out, "last", missing->last, 0);
        PUT(out, "}");
    }
    PUT(out, "]");
}

static void put_set(struct text_set *set, const char *name, struct buf *out)
{
    set_sort(set);
    PUT(out, ",\n      \"");
    buf_add(out, str_from(name));
    PUT(out, "\": [");
    for (size_t i = 0; i < set->count; i++) {
        if (i)
            PUT(out, ", ");
        buf_add_json(out, set->items[i]);
    }
    PUT(out, "]");
}

void story_put(struct story *story, const struct tenant *tenant, struct buf *out)
{
    static const char *const names[] = {
#define X(id, name) name,
        STORY_SET_LIST(X)
#undef X
    };
    PUT(out, "{\"scenario\":");
    buf_add_json(out, str_from(story->scenario->name));
    MEMBER_TEXT(out, "hypothesis", str_from(story->scenario->hypothesis));
    if (story->first != INSTANT_NONE) {
        MEMBER_TIME_Z(out, "first", story->first, 0);
        MEMBER_TIME_Z(out, "last", story->last, 0);
    }
    for (int i = 0; i < SET_COUNT; i++)
        put_set(&story->sets[i], names[i], out);
    put_messages(story, tenant, out);
    put_folders(story, tenant, out);
    put_missing(story, out);
    PUT(out, "}");
}
