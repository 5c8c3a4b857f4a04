// What the steps of a remediation are done to: the accounts, mailboxes, rules and so on that the attacker used
// or changed, out of an incident's dossier.
// SPDX-License-Identifier: Apache-2.0
#include <assert.h>
#include <stdlib.h>

#include "base/encode.h"
#include "base/map.h"
#include "event/outcome.h"
#include "hypothesis/quote.h"
#include "hypothesis/remedy_book.h"

// ---- what counts ------------------------------------------------------------------------------

static void gather_cited(const struct dossier *dossier, struct map *cited)
{
    const struct incident *incident = dossier->incident;
    for (size_t f = 0; f < incident->finding_count; f++) {
        const struct finding *finding = &dossier->findings->items[incident->findings[f]];
        for (size_t i = 0; finding->severity >= LEVEL_MEDIUM && i < finding->listed; i++)
            map_add(cited, finding->events[i], NULL);
    }
}

// The scope tells the attacker's acts by sessions and addresses; a preparation through the owner's own session
// (a consent, a rule) is known only as a record that a finding rests on.
void remedy_scene_init(struct remedy_scene *scene, const struct dossier *dossier,
                       struct arena *arena)
{
    struct map cited;
    map_init(&cited);
    gather_cited(dossier, &cited);
    *scene = (struct remedy_scene){dossier, arena, ARENA_ARRAY(arena, bool, dossier->count + 1)};
    for (size_t i = 0; i < dossier->count; i++) {
        char text[ACTIVITY_ID_SIZE];
        const struct dossier_row *row = &dossier->rows[i];
        scene->is_counted[i] =
            row->first.outcome != OUTCOME_FAILURE &&
            (row->part == DOSSIER_ATTACKER ||
             map_find(&cited, activity_id(&row->first, knowledge_texts(dossier->knowledge), text)));
    }
    map_done(&cited);
}

// ---- values -----------------------------------------------------------------------------------

struct str remedy_scene_text(const struct remedy_scene *scene, uint32_t symbol)
{
    return knowledge_text(scene->dossier->knowledge, symbol);
}

static bool is_guid(struct str text)
{
    uint8_t guid[16];
    return text.len == 36 && guid_parse(text, guid);
}

static bool is_address(struct str text)
{
    size_t at = str_index(text, '@');
    return at > 0 && at + 1 < text.len;
}

// Accounts of the directory are named by address or object id; what else stands for a user (NT AUTHORITY\...)
// is none.
static bool is_account(struct str text)
{
    return is_address(text) || is_guid(text);
}

static bool is_domain(struct str text)
{
    size_t dot = str_index(text, '.');
    for (size_t i = 0; i < text.len; i++) {
        char c = ascii_lower(text.at[i]);
        if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && c != '-' && c != '.' &&
            (uint8_t)c < 0x80)
            return false;
    }
    return dot > 0 && dot + 1 < text.len;
}

static int compare(const struct remedy_target *a, const struct remedy_target *b)
{
    int order = 0;
    for (int i = 0; i < REMEDY_FIELDS && !order; i++)
        order = str_compare(a->fields[i], b->fields[i]);
    return order;
}

void remedy_targets_add(struct remedy_targets *targets, struct str first, struct str second)
{
    struct remedy_target target = {.fields = {first, second}};
    size_t low = 0, high = targets->count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (compare(&targets->items[middle], &target) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    if (low < targets->count && !compare(&targets->items[low], &target))
        return;
    ARRAY_GROW(targets->items, targets->count, targets->capacity);
    memmove(targets->items + low + 1, targets->items + low, (targets->count - low) * sizeof target);
    targets->items[low] = target;
    targets->count++;
}

// ---- accounts, mailboxes, applications --------------------------------------------------------

static struct str person_of(const struct remedy_scene *scene, const struct activity *activity)
{
    bool is_person = activity->actor != ACTOR_APPLICATION && activity->actor != ACTOR_PROVIDER &&
                     !(activity->flags & ACTIVITY_IS_SERVICE);
    struct str text =
        is_person ? remedy_scene_text(scene, knowledge_person(scene->dossier->knowledge, activity))
                  : S("");
    return is_account(text) ? text : S("");
}

// Whose name the attacker acted in. Of an incident without any act of a known attacker, its people.
static void find_users(const struct remedy_scene *scene, struct remedy_targets *out)
{
    const struct dossier *dossier = scene->dossier;
    bool is_any = false;
    for (size_t i = 0; i < dossier->count; i++) {
        is_any = is_any || scene->is_counted[i];
        struct str person =
            scene->is_counted[i] ? person_of(scene, &dossier->rows[i].first) : S("");
        if (person.len)
            remedy_targets_add(out, person, S(""));
    }
    for (size_t i = 0; !is_any && i < dossier->people_count; i++)
        if (is_account(remedy_scene_text(scene, dossier->people[i])))
            remedy_targets_add(out, remedy_scene_text(scene, dossier->people[i]), S(""));
}

static void find_mailboxes(const struct remedy_scene *scene, struct remedy_targets *out)
{
    const struct incident *incident = scene->dossier->incident;
    for (size_t i = 0; i < incident->mailbox_count; i++)
        if (incident->mailboxes[i].mailbox.len)
            remedy_targets_add(out, incident->mailboxes[i].mailbox, S(""));
    for (size_t i = 0; i < scene->dossier->count; i++) {
        struct str mailbox = remedy_scene_text(scene, scene->dossier->rows[i].first.mailbox);
        if (scene->is_counted[i] && is_address(mailbox))
            remedy_targets_add(out, mailbox, S(""));
    }
}

// ---- changes ----------------------------------------------------------------------------------

static bool has_word(const struct remedy_scene *scene, const struct activity *a, const char *word)
{
    return str_contains_fold(remedy_scene_text(scene, a->operation), str_from(word));
}

static struct str first_of(struct str a, struct str b)
{
    return a.len ? a : b;
}

// The mailbox a change was made in, by its address where there is one.
static struct str mailbox_of(const struct remedy_scene *scene, const struct activity *a)
{
    struct str target = remedy_scene_text(scene, a->target);
    return first_of(remedy_scene_text(scene, a->mailbox), is_address(target) ? target : S(""));
}

// A rule's name; commands that change one name it behind the mailbox: "alice\Name".
static struct str rule_of(const struct remedy_scene *scene, const struct activity *a)
{
    struct str name = remedy_scene_text(scene, a->detail),
               target = remedy_scene_text(scene, a->target);
    if (name.len || is_address(target))
        return name;
    for (size_t i = target.len; i > 0; i--)
        if (target.at[i - 1] == '\\' || target.at[i - 1] == '/')
            return str_of(target.at + i, target.len - i);
    return target;
}

// Who used rights on the mailbox of another; a grant does not say in this row whom it was given to.
static void add_delegates(const struct remedy_scene *scene, const struct activity *grant,
                          struct remedy_targets *out)
{
    struct str mailbox = mailbox_of(scene, grant);
    bool is_used = false;
    for (size_t i = 0; i < scene->dossier->count; i++) {
        const struct activity *a = &scene->dossier->rows[i].first;
        bool is_access = scene->is_counted[i] && a->kind >= ACTIVITY_MAIL_ACCESS &&
                         a->kind <= ACTIVITY_MAIL_SEARCH && a->mailbox &&
                         (a->mailbox == grant->mailbox || a->mailbox == grant->target);
        struct str person = is_access ? person_of(scene, a) : S("");
        if (!person.len || str_equal_fold(person, mailbox))
            continue;
        is_used = true;
        remedy_targets_add(out, mailbox, person);
    }
    if (!is_used)
        remedy_targets_add(out, mailbox, S(""));
}

// Delegates whose rights are older than the logs: LogonType 2 says that they are.
static void add_user_of_rights(const struct remedy_scene *scene, const struct activity *a,
                               struct remedy_targets *out)
{
    struct str mailbox = remedy_scene_text(scene, a->mailbox), person = person_of(scene, a);
    if (a->logon_type == 2 && is_address(mailbox) && person.len && !str_equal_fold(mailbox, person))
        remedy_targets_add(out, mailbox, person);
}

static void add_device(const struct remedy_scene *scene, const struct activity *a,
                       struct remedy_targets *out)
{
    struct str target = remedy_scene_text(scene, a->target);
    struct str user = is_account(target) && is_address(target) ? target : person_of(scene, a);
    struct str device =
        first_of(remedy_scene_text(scene, a->device), is_address(target) ? S("") : target);
    remedy_targets_add(out, user, device);
}

static void add_message(const struct remedy_scene *scene, const struct activity *a,
                        struct remedy_targets *out)
{
    struct str sender =
        first_of(remedy_scene_text(scene, a->target), remedy_scene_text(scene, a->mailbox));
    struct str subject = remedy_scene_text(scene, a->detail);
    if (!is_address(sender))
        sender = remedy_scene_text(scene, a->user);
    if (is_address(sender) && subject.len)
        remedy_targets_add(out, sender, subject);
}

// What one counted row adds for the kind.
static void add_row(const struct remedy_scene *scene, enum remedy_kind kind,
                    const struct activity *a, struct remedy_targets *out)
{
    struct str target = remedy_scene_text(scene, a->target);
    bool is_flow = a->kind == ACTIVITY_TRANSPORT_RULE;
    if (kind == REMEDY_RULE && a->kind == ACTIVITY_MAIL_RULE)
        remedy_targets_add(out, mailbox_of(scene, a), rule_of(scene, a));
    else if (kind == REMEDY_FORWARDING && a->kind == ACTIVITY_MAIL_FORWARDING)
        remedy_targets_add(out, first_of(mailbox_of(scene, a), target), S(""));
    else if (kind == REMEDY_DELEGATE && a->kind == ACTIVITY_MAIL_PERMISSION)
        add_delegates(scene, a, out);
    else if (kind == REMEDY_DELEGATE)
        add_user_of_rights(scene, a, out);
    else if (kind == REMEDY_IMPERSONATION && a->kind == ACTIVITY_IMPERSONATION)
        remedy_targets_add(out, first_of(remedy_scene_text(scene, a->detail), target), S(""));
    else if (kind == REMEDY_TRANSPORT_RULE && is_flow && !has_word(scene, a, "connector"))
        remedy_targets_add(out, first_of(remedy_scene_text(scene, a->detail), target), S(""));
    else if (kind == REMEDY_CONNECTOR && is_flow && has_word(scene, a, "connector"))
        remedy_targets_add(out, first_of(remedy_scene_text(scene, a->detail), target), S(""));
    else if (kind == REMEDY_METHOD && a->kind == ACTIVITY_METHOD)
        remedy_targets_add(out, is_account(target) ? target : person_of(scene, a), S(""));
    else if (kind == REMEDY_DEVICE && a->kind == ACTIVITY_DEVICE)
        add_device(scene, a, out);
    else if (kind == REMEDY_DOMAIN && a->kind == ACTIVITY_FEDERATION)
        remedy_targets_add(out, is_domain(target) ? target : S(""), S(""));
    else if (kind == REMEDY_AUDIT && a->kind == ACTIVITY_AUDIT_CHANGE)
        remedy_targets_add(out, is_address(target) ? target : S(""), S(""));
    else if (kind == REMEDY_MESSAGE && a->kind == ACTIVITY_MAIL_SEND)
        add_message(scene, a, out);
}

static void find_entities(const struct remedy_scene *scene, enum entity_kind kind,
                          struct remedy_targets *out)
{
    const struct incident *incident = scene->dossier->incident;
    for (size_t i = 0; i < incident->entity_count; i++)
        if (incident->entities[i].kind == kind && incident->entities[i].text.len)
            remedy_targets_add(out, incident->entities[i].text, S(""));
}

// Only where the attacker is known to have been: a record that a finding rests on may be the owner's own, from
// the office.
static void find_addresses(const struct remedy_scene *scene, struct remedy_targets *out)
{
    const struct dossier *dossier = scene->dossier;
    for (size_t i = 0; i < dossier->count; i++) {
        uint32_t address = dossier->rows[i].first.address;
        if (dossier->rows[i].part == DOSSIER_ATTACKER && address &&
            !knowledge_is_neutral(dossier->knowledge, address) &&
            !knowledge_is_colleagues_place(dossier->knowledge, address))
            remedy_targets_add(out, remedy_scene_text(scene, address), S(""));
    }
}

// ---- all --------------------------------------------------------------------------------------

// The audit log's copy of a change often names the domain by a number only, where the directory's says which.
static void drop_unnamed(struct remedy_targets *targets)
{
    if (targets->count < 2 || targets->items[0].fields[0].len)
        return;
    targets->count--;
    memmove(targets->items, targets->items + 1, targets->count * sizeof *targets->items);
}

static void find_raw(const struct remedy_scene *scene, enum remedy_kind kind,
                     struct remedy_targets *out)
{
    switch (kind) {
    case REMEDY_INCIDENT:
        remedy_targets_add(out, S(""), S(""));
        return;
    case REMEDY_USER:
        find_users(scene, out);
        return;
    case REMEDY_MAILBOX:
        find_mailboxes(scene, out);
        return;
    case REMEDY_APP:
    case REMEDY_CONSENT:
    case REMEDY_CREDENTIAL:
        remedy_apps_find(scene, kind, out);
        return;
    case REMEDY_ADDRESS:
        find_addresses(scene, out);
        return;
    case REMEDY_SESSION:
        find_entities(scene, ENTITY_SESSION, out);
        return;
    case REMEDY_TOKEN:
        find_entities(scene, ENTITY_TOKEN, out);
        return;
    default:
        for (size_t i = 0; i < scene->dossier->count; i++)
            if (scene->is_counted[i])
                add_row(scene, kind, &scene->dossier->rows[i].first, out);
        if (kind == REMEDY_DOMAIN)
            drop_unnamed(out);
    }
}

// The second field only helps to find what the first does not name.
static bool is_optional(enum remedy_kind kind)
{
    return kind == REMEDY_CONSENT || kind == REMEDY_CREDENTIAL || kind == REMEDY_DEVICE;
}

static void describe(struct remedy_target *target, enum remedy_kind kind, struct arena *arena)
{
    struct buf text;
    buf_init(&text);
    for (int i = 0; i < REMEDY_FIELDS; i++) {
        bool is_there = target->fields[i].len;
        if (!remedy_kinds[kind].fields[i][0] || (i && !is_there && is_optional(kind)))
            continue;
        if (i)
            buf_add(&text, S(" / "));
        if (is_there)
            quote_plain(&text, target->fields[i]);
        else
            buf_print(&text, "(%s not logged)", remedy_kinds[kind].fields[i]);
        target->fields[i] = arena_copy(arena, target->fields[i]);
    }
    target->text = arena_copy(arena, buf_str(&text));
    buf_done(&text);
}

void remedy_targets_find(const struct remedy_scene *scene, enum remedy_kind kind,
                         struct remedy_targets *out)
{
    struct remedy_targets raw = {0};
    find_raw(scene, kind, &raw);
    *out = raw;
    out->count = raw.count < REMEDY_TARGET_LIMIT ? raw.count : REMEDY_TARGET_LIMIT;
    out->unlisted = raw.count - out->count;
    out->items = ARENA_ARRAY(scene->arena, struct remedy_target, out->count + 1);
    for (size_t i = 0; i < out->count; i++) {
        out->items[i] = raw.items[i];
        describe(&out->items[i], kind, scene->arena);
    }
    free(raw.items);
}
