// Subjects and senders of the messages that were read, from other records that name them.
// SPDX-License-Identifier: Apache-2.0
#include "base/hash.h"
#include "event/read.h"
#include "incident/scope_parts.h"

bool scope_wants_join(const struct scope *scope)
{
    for (size_t i = 0; i < scope->message_count; i++)
        if (!scope->messages[i].said.subject.len)
            return true;
    return false;
}

void scope_each_id(const struct scope *scope, void (*visit)(struct str id, void *context),
                   void *context)
{
    for (size_t i = 0; i < scope->message_count; i++)
        visit(scope->messages[i].id, context);
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
        kept->at = arena_alloc(arena, kept->room + 1);
    }
    memcpy(kept->at, text.at, text.len);
    kept->at[text.len] = 0;
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

// ---- texts that may name them -----------------------------------------------------------------

// Of an id "<63c315ac-95fe0@contoso.example>" the eight bytes before an @ are looked for. Letters, digits
// and these signs stand in every export as they are, while others may be escaped.
#define ID_END 8
#define ID_BITS 20

static bool is_plain(struct str text)
{
    for (size_t i = 0; i < text.len; i++) {
        char c = ascii_lower(text.at[i]);
        bool is_word = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
        if (!is_word && c != '-' && c != '.' && c != '_' && c != '=')
            return false;
    }
    return true;
}

static size_t bit_of(const char *end)
{
    uint64_t word;
    memcpy(&word, end, sizeof word);
    return (size_t)(hash_mix(word) >> (64 - ID_BITS));
}

static void add_id(struct scope *scope, struct str id)
{
    for (size_t i = ID_END; i < id.len; i++)
        if (id.at[i] == '@' && is_plain(str_of(id.at + i - ID_END, ID_END))) {
            size_t bit = bit_of(id.at + i - ID_END);
            scope->id_bits[bit / 64] |= UINT64_C(1) << bit % 64;
            return;
        }
    scope->has_odd_ids = true;
}

bool scope_wants_text(struct scope *scope, struct str text)
{
    if (!scope->id_bits) {
        scope->id_bits = memory_new(((size_t)1 << ID_BITS) / 8);
        for (size_t i = 0; i < scope->message_count; i++)
            add_id(scope, scope->messages[i].id);
    }
    if (scope->has_odd_ids)
        return true;
    const char *end = text.at + text.len, *at = text.len > ID_END ? text.at + ID_END : end;
    while (at < end && (at = memchr(at, '@', (size_t)(end - at)))) {
        size_t bit = bit_of(at - ID_END);
        if (scope->id_bits[bit / 64] >> bit % 64 & 1)
            return true;
        at++;
    }
    return false;
}

// ---- joining ----------------------------------------------------------------------------------

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
