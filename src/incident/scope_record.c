// The attacker's records again, whole: which messages and folders they name.
// SPDX-License-Identifier: Apache-2.0
#include <stdlib.h>

#include "base/hash.h"
#include "event/read.h"
#include "incident/scope_parts.h"

// ---- records again ----------------------------------------------------------------------------

static int by_identity(const void *left, const void *right)
{
    const struct access *a = left, *b = right;
    if (a->identity != b->identity)
        return a->identity < b->identity ? -1 : 1;
    return a->incident < b->incident ? -1 : a->incident > b->incident;
}

// The first access of a record, or NULL; accesses of other incidents in the same record follow it.
static struct access *access_find(const struct scope *scope, uint64_t identity)
{
    size_t from = 0, to = scope->access_count;
    while (from < to) {
        size_t middle = from + (to - from) / 2;
        if (scope->accesses[middle].identity < identity)
            from = middle + 1;
        else
            to = middle;
    }
    bool is_there = from < scope->access_count && scope->accesses[from].identity == identity;
    return is_there ? &scope->accesses[from] : NULL;
}

bool scope_wants_input(const struct scope *scope, uint32_t input)
{
    return input < scope->input_count && scope->inputs[input];
}

static int by_position(const void *left, const void *right)
{
    uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;
    return a < b ? -1 : a > b;
}

void scope_seal(struct scope *scope)
{
    if (scope->is_sealed)
        return;
    scope->is_sealed = true;
    if (!scope->access_count)
        return;
    scope->positions = memory_new(scope->access_count * sizeof *scope->positions);
    for (size_t i = 0; i < scope->access_count; i++)
        if (!scope->accesses[i].is_kept)
            scope->positions[scope->position_count++] = scope->accesses[i].position;
    qsort(scope->positions, scope->position_count, sizeof *scope->positions, by_position);
    qsort(scope->accesses, scope->access_count, sizeof *scope->accesses, by_identity);
}

const uint64_t *scope_positions(struct scope *scope, size_t *count)
{
    scope_seal(scope);
    *count = scope->position_count;
    return scope->positions;
}

bool scope_wants(struct scope *scope, uint64_t identity)
{
    scope_seal(scope);
    return access_find(scope, identity) != NULL;
}

// ---- what they name -----------------------------------------------------------------------------

static struct str key_of(struct buf *key, const struct access *access, struct str text)
{
    uint32_t parts[2] = {access->incident, access->mailbox};
    buf_clear(key);
    buf_add(key, str_of((const char *)parts, sizeof parts));
    buf_add(key, text);
    return buf_str(key);
}

static uint64_t size_of(struct json item)
{
    int64_t size = json_int(json_find(item, S("SizeInBytes")));
    return size > 0 ? (uint64_t)size : 0;
}

static void add_item(struct scope_items *out, struct scope_item item)
{
    ARRAY_GROW(out->items, out->count, out->capacity);
    out->items[out->count++] = item;
}

// The first read counts; of reads at the same time the least record and folder, so that the order in which
// records are met does not matter.
static bool is_earlier(const struct incident_message *said, int64_t time, struct str record,
                       struct str folder)
{
    if (time != said->first_read)
        return time < said->first_read;
    int order = str_compare(record, said->record);
    return order ? order < 0 : str_compare(folder, said->folder) < 0;
}

// A copy; the one made before, when that is the same.
static struct str keep_repeated(struct scope *scope, struct str *last, struct str text)
{
    if (!last->at || !str_equal(*last, text))
        *last = arena_copy(&scope->arena, text);
    return *last;
}

static void say_read(struct scope *scope, struct incident_message *said, int64_t time,
                     const struct scope_item *item, struct str record)
{
    said->first_read = time;
    said->bytes = item->bytes;
    if (!str_equal(said->record, record))
        said->record = keep_repeated(scope, &scope->last_record, record);
    if (!str_equal(said->folder, item->folder))
        said->folder = keep_repeated(scope, &scope->last_folder, item->folder);
}

static void say_subject(struct scope *scope, struct incident_message *said, struct str subject)
{
    if (subject.len && (!said->subject.len || str_compare(subject, said->subject) < 0))
        said->subject = arena_copy(&scope->arena, subject);
}

static struct message *message_add(struct scope *scope, const struct access *access, struct str key,
                                   size_t id_length)
{
    struct str copy = arena_copy(&scope->arena, key);
    map_add(&scope->message_keys, copy, NULL)->number = scope->message_count;
    ARRAY_GROW(scope->messages, scope->message_count, scope->message_capacity);
    struct message *message = &scope->messages[scope->message_count++];
    *message = (struct message){.incident = access->incident, .mailbox = access->mailbox};
    message->id = str_of(copy.at + copy.len - id_length, id_length);
    message->said = (struct incident_message){.message_id = message->id,
                                              .subject = S(""),
                                              .sender = S(""),
                                              .folder = S(""),
                                              .record = S("")};
    reached_open(scope, access->incident, access->mailbox)->messages++;
    return message;
}

static void add_message(struct scope *scope, const struct access *access,
                        const struct scope_item *item, struct str record)
{
    struct str key = key_of(&scope->key, access, item->id);
    struct map_entry *entry = map_find(&scope->message_keys, key);
    struct message *message = entry ? &scope->messages[entry->number] : NULL;
    if (!entry && scope->message_count == INCIDENT_MESSAGE_LIMIT) {
        if (scope->more.count < SCOPE_COUNT_LIMIT && keyset_add(&scope->more, hash_str(key)))
            reached_open(scope, access->incident, access->mailbox)->unlisted++;
        return;
    }
    if (!entry)
        message = message_add(scope, access, key, item->id.len);
    if (!entry || is_earlier(&message->said, access->time, record, item->folder))
        say_read(scope, &message->said, access->time, item, record);
    say_subject(scope, &message->said, item->subject);
}

// A folder synchronised again and again is one line with the first and the last time.
static void add_folder(struct scope *scope, const struct access *access, struct str path,
                       struct str record)
{
    struct str key = key_of(&scope->key, access, path);
    struct map_entry *entry = map_find(&scope->folder_keys, key);
    if (!entry && scope->folder_count == SCOPE_REACH_LIMIT)
        return;
    if (!entry) {
        struct str copy = arena_copy(&scope->arena, key);
        entry = map_add(&scope->folder_keys, copy, NULL);
        entry->number = scope->folder_count;
        ARRAY_GROW(scope->folders, scope->folder_count, scope->folder_capacity);
        struct folder *folder = &scope->folders[scope->folder_count++];
        *folder = (struct folder){.incident = access->incident, .mailbox = access->mailbox};
        folder->said =
            (struct incident_presumed){.folder = str_of(copy.at + copy.len - path.len, path.len),
                                       .why = REACH_SYNC,
                                       .from = access->time,
                                       .to = access->time,
                                       .record = arena_copy(&scope->arena, record)};
        return;
    }
    struct incident_presumed *said = &scope->folders[entry->number].said;
    if (access->time > said->to)
        said->to = access->time;
    if (access->time > said->from ||
        (access->time == said->from && str_compare(record, said->record) >= 0))
        return;
    said->from = access->time;
    said->record = arena_copy(&scope->arena, record);
}

// "Not Available" stands where Exchange does not tell the path.
static struct str folder_path(struct json folder)
{
    struct str path = str_trim(json_str(json_find(folder, S("Path"))));
    return text_is_blank(path) ? str_trim(json_str(json_find(folder, S("Name")))) : path;
}

// A synchronised folder whose path and name are not told is named by its id, since no folder at all would
// mean the whole mailbox.
static struct str synced_path(struct json folder)
{
    struct str path = folder_path(folder);
    return path.len ? path : str_trim(json_str(json_find(folder, S("Id"))));
}

static void read_sync(struct scope_items *out, const struct event *event)
{
    struct json item = json_find(event->record, S("Item"));
    for (struct json_element f = json_elements(json_find(event->record, S("Folders")));
         json_element_next(&f);)
        add_item(out, (struct scope_item){.folder = synced_path(f.value)});
    if (!out->count)
        add_item(out,
                 (struct scope_item){.folder = synced_path(json_find(item, S("ParentFolder")))});
}

static void read_message(struct scope_items *out, struct json item, struct str folder)
{
    struct str id = str_trim(json_str(json_find(item, S("InternetMessageId"))));
    if (id.len)
        add_item(out, (struct scope_item){id, str_trim(json_str(json_find(item, S("Subject")))),
                                          folder, size_of(item)});
}

// Messages in Folders[].FolderItems[], Messages[] and Item.
static void read_bind(struct scope_items *out, const struct event *event)
{
    struct json item = json_find(event->record, S("Item"));
    struct str parent = folder_path(json_find(item, S("ParentFolder")));
    read_message(out, item, parent);
    for (struct json_element f = json_elements(json_find(event->record, S("Folders")));
         json_element_next(&f);) {
        struct str path = folder_path(f.value);
        struct json items = json_find(f.value, S("FolderItems"));
        for (struct json_element i = json_elements(items); json_element_next(&i);)
            read_message(out, i.value, path);
    }
    struct json messages = json_find(event->record, S("Messages"));
    for (struct json_element m = json_elements(messages); json_element_next(&m);)
        read_message(out, m.value, parent);
}

void scope_read(const struct event *event, bool is_sync, struct scope_items *out)
{
    if (is_sync)
        read_sync(out, event);
    else
        read_bind(out, event);
}

// ---- taking it --------------------------------------------------------------------------------

static void take_access(struct scope *scope, struct access *access,
                        const struct scope_reading *reading)
{
    access->is_read = true;
    for (size_t i = 0; i < reading->count; i++)
        if (reading->is_sync)
            add_folder(scope, access, reading->items[i].folder, reading->record);
        else
            add_message(scope, access, &reading->items[i], reading->record);
    // What is named is counted by name; copies of a record come here as often as they are read.
    if (!reading->is_sync && reading->count && !access->is_named) {
        access->is_named = true;
        reached_open(scope, access->incident, access->mailbox)->operations -= access->count;
    }
}

void scope_again(struct scope *scope, const struct scope_reading *reading)
{
    scope_seal(scope);
    struct access *access = access_find(scope, reading->identity);
    const struct access *end = scope->accesses + scope->access_count;
    for (; access && access < end && access->identity == reading->identity; access++)
        if (access->is_sync == reading->is_sync)
            take_access(scope, access, reading);
}

void scope_record(struct scope *scope, const struct event *event)
{
    scope_seal(scope);
    const struct access *access = access_find(scope, event->identity);
    if (!access)
        return;
    scope->items.count = 0;
    scope_read(event, access->is_sync, &scope->items);
    struct scope_reading reading = {.identity = event->identity,
                                    .record = event->id,
                                    .is_sync = access->is_sync,
                                    .items = scope->items.items,
                                    .count = scope->items.count};
    scope_again(scope, &reading);
    if (scope->keeper.reading)
        scope->keeper.reading(scope->keeper.context, access->time, &reading);
}
