// From what was gathered to mailboxes, messages and bounds of each incident.
// SPDX-License-Identifier: Apache-2.0
#include <stdlib.h>

#include "base/arena.h"
#include "incident/scope_parts.h"

static int compare_messages(const void *left, const void *right)
{
    const struct incident_message *a = left, *b = right;
    if (a->first_read != b->first_read)
        return a->first_read < b->first_read ? -1 : 1;
    return str_compare(a->message_id, b->message_id);
}

static int compare_presumed(const void *left, const void *right)
{
    const struct incident_presumed *a = left, *b = right;
    if (a->from != b->from)
        return a->from < b->from ? -1 : 1;
    int order = str_compare(a->folder, b->folder);
    return order ? order : (int)a->why - (int)b->why;
}

static int compare_mailboxes(const void *left, const void *right)
{
    return str_compare(((const struct incident_mailbox *)left)->mailbox,
                       ((const struct incident_mailbox *)right)->mailbox);
}

static struct str keep(struct scope *scope, struct str text)
{
    return arena_copy(&scope->incidents->arena, text);
}

static struct str text_of(struct found_text text)
{
    return str_of(text.len ? text.at : "", text.len);
}

// A subject that one message got is that of all with the same id.
static void spread_subjects(struct scope *scope)
{
    scope_index(scope);
    for (size_t i = 0; i < scope->message_count; i++) {
        struct incident_message *said = &scope->messages[i].said;
        const struct map_entry *entry = map_find(&scope->found_keys, scope->messages[i].id);
        const struct found *found = &scope->found[entry->number];
        said->subject = said->subject.len ? said->subject : text_of(found->subject);
        said->sender = text_of(found->sender);
    }
}

// Messages and folders sorted by incident and mailbox, so that those of one are a range.
static int compare_owner(uint32_t incident, uint32_t mailbox, uint32_t i, uint32_t m)
{
    if (incident != i)
        return incident < i ? -1 : 1;
    return mailbox < m ? -1 : mailbox > m;
}

static int compare_rows(const void *left, const void *right)
{
    const struct message *a = left, *b = right;
    int order = compare_owner(a->incident, a->mailbox, b->incident, b->mailbox);
    return order ? order : compare_messages(&a->said, &b->said);
}

static int compare_folders(const void *left, const void *right)
{
    const struct folder *a = left, *b = right;
    int order = compare_owner(a->incident, a->mailbox, b->incident, b->mailbox);
    return order ? order : compare_presumed(&a->said, &b->said);
}

static int compare_reached(const void *left, const void *right)
{
    const struct reached *a = left, *b = right;
    return compare_owner(a->incident, a->mailbox, b->incident, b->mailbox);
}

// Takes the range of the mailbox; *next goes on behind it.
static void write_messages(struct scope *scope, const struct reached *reached, size_t *next,
                           struct incident_mailbox *out)
{
    out->read =
        ARENA_ARRAY(&scope->incidents->arena, struct incident_message, reached->messages + 1);
    for (; *next < scope->message_count; (*next)++) {
        const struct message *message = &scope->messages[*next];
        if (compare_owner(message->incident, message->mailbox, reached->incident,
                          reached->mailbox) != 0)
            break;
        out->read[out->read_count++] = message->said;
    }
    out->read_listed = out->read_count;
    out->read_count += reached->unlisted;
    out->least = out->read_count + reached->operations;
}

static void write_presumed(struct scope *scope, const struct reached *reached, size_t *next,
                           struct incident_mailbox *out)
{
    size_t first = *next;
    while (*next < scope->folder_count &&
           compare_owner(scope->folders[*next].incident, scope->folders[*next].mailbox,
                         reached->incident, reached->mailbox) == 0)
        (*next)++;
    out->presumed =
        ARENA_ARRAY(&scope->incidents->arena, struct incident_presumed, *next - first + 1);
    for (size_t i = first; i < *next; i++)
        out->presumed[out->presumed_count++] = scope->folders[i].said;
}

static void write_mailbox(struct scope *scope, const struct reached *reached, size_t *next_message,
                          size_t *next_folder, struct incident_mailbox *out)
{
    *out = (struct incident_mailbox){
        .mailbox = keep(scope, knowledge_text(scope->knowledge, reached->mailbox)),
        .accesses = reached->accesses,
        .first = reached->first,
        .last = reached->last};
    write_messages(scope, reached, next_message, out);
    write_presumed(scope, reached, next_folder, out);
}

static void widen(struct incident *incident, const struct incident_mailbox *mailbox)
{
    if (mailbox->first < incident->first)
        incident->first = mailbox->first;
    if (mailbox->last > incident->last)
        incident->last = mailbox->last;
}

static void sort_all(struct scope *scope)
{
    if (scope->message_count)
        qsort(scope->messages, scope->message_count, sizeof *scope->messages, compare_rows);
    if (scope->folder_count)
        qsort(scope->folders, scope->folder_count, sizeof *scope->folders, compare_folders);
    if (scope->reached_count)
        qsort(scope->reached, scope->reached_count, sizeof *scope->reached, compare_reached);
}

void scope_finish(struct scope *scope)
{
    size_t r = 0, message = 0, folder = 0;
    scope_count_missing(scope);
    spread_subjects(scope);
    scope_hand_out(scope);
    scope_end_reading(scope);
    sort_all(scope);
    for (uint32_t i = 0; i < scope->incidents->count; i++) {
        struct incident *incident = &scope->incidents->items[i];
        size_t from = r;
        while (r < scope->reached_count && scope->reached[r].incident == i)
            r++;
        incident->mailboxes =
            ARENA_ARRAY(&scope->incidents->arena, struct incident_mailbox, r - from + 1);
        for (size_t k = from; k < r; k++) {
            struct incident_mailbox *out = &incident->mailboxes[incident->mailbox_count++];
            write_mailbox(scope, &scope->reached[k], &message, &folder, out);
            widen(incident, out);
            scope_tell_missing(scope, &scope->reached[k], incident, out);
        }
        if (incident->mailbox_count)
            qsort(incident->mailboxes, incident->mailbox_count, sizeof *incident->mailboxes,
                  compare_mailboxes);
    }
    arena_adopt(&scope->incidents->arena, &scope->arena); // the texts stay where they are
}
