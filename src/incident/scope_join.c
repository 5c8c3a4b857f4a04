// Subjects and senders of the messages that were read, from other records that name them.
// SPDX-License-Identifier: Apache-2.0
#include "event/read.h"
#include "incident/scope_parts.h"

bool scope_wants_join(const struct scope *scope)
{
    for (size_t i = 0; i < scope->message_count; i++)
        if (!scope->messages[i].said.subject.len)
            return true;
    return false;
}

void scope_want(struct field_plan *plan)
{
    static const enum field_id fields[] = {FIELD_InternetMessageId, FIELD_Subject, FIELD_UserId,
                                           FIELD_SenderAddress, FIELD_Operation};
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
        field_plan_want(plan, fields[i]);
}

// Of several texts the least in byte order is kept, whatever came first. Room is used again, so that a log
// that sends one message under ever lesser subjects takes no more of it than four times the longest.
static void keep_least(struct arena *arena, struct found_text *kept, struct str text)
{
    if (!text.len || (kept->len && str_compare(str_of(kept->at, kept->len), text) <= 0))
        return;
    if (text.len > kept->room) {
        kept->room = text.len > 2 * kept->room ? text.len : 2 * kept->room;
        kept->at = arena_alloc(arena, kept->room);
    }
    memcpy(kept->at, text.at, text.len);
    kept->len = text.len;
}

void scope_index(struct scope *scope)
{
    if (scope->is_indexed)
        return;
    scope->is_indexed = true;
    for (size_t i = 0; i < scope->message_count; i++) {
        bool is_new;
        struct map_entry *entry = map_add(&scope->found_keys, scope->messages[i].id, &is_new);
        if (is_new) {
            entry->number = scope->found_count;
            ARRAY_GROW(scope->found, scope->found_count, scope->found_capacity);
            scope->found[scope->found_count++] = (struct found){0};
        }
        struct found *found = &scope->found[entry->number];
        keep_least(&scope->arena, &found->subject, scope->messages[i].said.subject);
        found->is_own = found->subject.len > 0;
    }
}

bool scope_read_found(const struct field_slots *slots, struct scope_found *out)
{
    // Records with several messages list as many subjects; only what is single is surely of one message.
    const struct field_value *id = field_first(slots, FIELD_InternetMessageId);
    const struct field_value *subject = field_first(slots, FIELD_Subject);
    if (!id || id->next)
        return false;
    struct str sender = field_word(slots, FIELD_SenderAddress);
    // Who sends as another or on behalf is not who the message says it is from.
    if (!sender.len && str_is(field_word(slots, FIELD_Operation), "Send"))
        sender = field_word(slots, FIELD_UserId);
    bool has_subject = subject && !subject->next;
    *out = (struct scope_found){.id = str_trim(json_str(id->json)),
                                .subject = has_subject ? str_trim(json_str(subject->json)) : S(""),
                                .sender = sender};
    return out->id.len && (out->subject.len || out->sender.len);
}

void scope_join(struct scope *scope, const struct field_slots *slots)
{
    struct scope_found found;
    if (scope_read_found(slots, &found))
        scope_add_found(scope, &found);
}

void scope_add_found(struct scope *scope, const struct scope_found *text)
{
    scope_index(scope);
    struct map_entry *entry = map_find(&scope->found_keys, text->id);
    if (!entry)
        return;
    struct found *found = &scope->found[entry->number];
    // What a read's own record says of the subject holds.
    if (!found->is_own)
        keep_least(&scope->arena, &found->subject, text->subject);
    keep_least(&scope->arena, &found->sender, text->sender);
}
