// Did the owner or an administrator react?
// SPDX-License-Identifier: Apache-2.0
#include "evidence/around.h"

#include "event/outcome.h"

// What an administrator does to an account has a reason; a password that its owner changed may be the monthly one.
#define REACTED_TRUST 0.9
#define REACTED_TRUST_CHANGE 0.6

// Operations, as they begin, in small letters. Those that undo something count only where it was done.
// Sources: Entra "Audit activity reference"; Purview "Audit log activities".
static const struct {
    struct str operation;
    const char *words;
    enum activity_kind undoes; // ACTIVITY_KIND_COUNT: nothing special
} reactions[] = {
    {STR("reset user password"), "password reset", ACTIVITY_KIND_COUNT},
    {STR("change user password"), "password change", ACTIVITY_KIND_COUNT},
    {STR("reset password (self-service)"), "password reset", ACTIVITY_KIND_COUNT},
    {STR("reset password (by admin)"), "password reset", ACTIVITY_KIND_COUNT},
    {STR("change password (self-service)"), "password change", ACTIVITY_KIND_COUNT},
    {STR("set force change user password"), "forced password change", ACTIVITY_KIND_COUNT},
    {STR("update stsrefreshtokenvalidfrom timestamp"), "revocation of all sessions",
     ACTIVITY_KIND_COUNT},
    {STR("revoke sign in sessions"), "revocation of all sessions", ACTIVITY_KIND_COUNT},
    {STR("disable account"), "disabling of the account", ACTIVITY_KIND_COUNT},
    {STR("delete user"), "deletion of the account", ACTIVITY_KIND_COUNT},
    {STR("disable service principal"), "disabling of the application", ACTIVITY_KIND_COUNT},
    {STR("remove service principal credentials"), "removal of the application's credential",
     ACTIVITY_APP_CREDENTIAL},
    {STR("remove service principal"), "removal of the application", ACTIVITY_CONSENT},
    {STR("remove app role assignment"), "removal of the application's permission",
     ACTIVITY_APP_PERMISSION},
    {STR("remove delegated permission grant"), "removal of the consent", ACTIVITY_CONSENT},
    {STR("remove oauth2permissiongrant"), "removal of the consent", ACTIVITY_CONSENT},
    {STR("remove-inboxrule"), "removal of a rule", ACTIVITY_MAIL_RULE},
    {STR("disable-inboxrule"), "switching off of a rule", ACTIVITY_MAIL_RULE},
    {STR("remove-mailboxpermission"), "removal of rights on a mailbox", ACTIVITY_MAIL_PERMISSION},
    {STR("admin deleted security info"), "removal of a sign-in method", ACTIVITY_METHOD},
    {STR("user deleted security info"), "removal of a sign-in method", ACTIVITY_METHOD},
};
enum { REACTIONS = sizeof reactions / sizeof reactions[0] };

// The kinds of change that the attacker or someone for them made.
static uint64_t kinds_done(const struct dossier *dossier)
{
    uint64_t kinds = UINT64_C(1) << ACTIVITY_KIND_COUNT;
    for (size_t i = 0; i < dossier->count; i++)
        if (dossier->rows[i].part == DOSSIER_ATTACKER ||
            dossier->rows[i].first.time < dossier->incident->first)
            kinds |= UINT64_C(1) << dossier->rows[i].first.kind;
    return kinds;
}

static int find_reaction(const struct dossier *dossier, const struct activity *a, uint64_t kinds)
{
    struct str operation = dossier_text(dossier, a->operation);
    switch ((enum activity_kind)a->kind) {
    case ACTIVITY_OTHER:
    case ACTIVITY_DIRECTORY:
    case ACTIVITY_METHOD:
        break;
    default:
        return REACTIONS;
    }
    for (int i = 0; i < REACTIONS; i++)
        if (str_starts_fold(operation, reactions[i].operation))
            return kinds >> reactions[i].undoes & 1 ? i : REACTIONS;
    return REACTIONS;
}

static bool is_among(const uint32_t *symbols, size_t count, uint32_t symbol)
{
    size_t low = 0, high = count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (symbols[middle] < symbol)
            low = middle + 1;
        else
            high = middle;
    }
    return symbol && low < count && symbols[low] == symbol;
}

// Done to one of the incident's people, mailboxes or applications; a command without a target to whom it was
// done by.
static uint32_t concerned(const struct dossier *dossier, const struct activity *a)
{
    struct activity named = {.user = a->target};
    uint32_t target = a->target ? knowledge_person(dossier->knowledge, &named) : 0;
    uint32_t person = knowledge_person(dossier->knowledge, a);
    if (is_among(dossier->people, dossier->people_count, target) ||
        is_among(dossier->mailboxes, dossier->mailbox_count, target))
        return target;
    if (is_among(dossier->mailboxes, dossier->mailbox_count, a->mailbox))
        return a->mailbox;
    if (is_among(dossier->apps, dossier->app_count, a->target_app))
        return a->target_app;
    return !a->target && is_among(dossier->people, dossier->people_count, person) ? person : 0;
}

// A mailbox that others read is none: a new password of its owner's changes nothing there.
enum { IS_ACCOUNT = 1 };

// What the attacker used, and since when: addresses, from which whatever was done is no reaction, whoever's name it
// bears; people, mailboxes and applications, for which nothing before is one.
static void collect_used(const struct dossier *dossier, struct around_table *used)
{
    const struct dossier_row *row;
    around_init(used);
    for (size_t at = 0; (row = around_next_act(dossier, &at));) {
        const struct activity *a = &row->first;
        bool is_neutral = knowledge_is_neutral(dossier->knowledge, a->address);
        uint32_t person = around_is_human(a) ? knowledge_person(dossier->knowledge, a) : 0;
        uint32_t symbols[] = {is_neutral ? 0 : a->address, person, a->mailbox, around_caller(a),
                              a->target_app};
        enum { COUNT = sizeof symbols / sizeof symbols[0] };
        for (size_t i = 0; i < COUNT; i++) {
            struct around_key key = {{symbols[i], 0, 0}};
            struct around_group *group = symbols[i] ? around_add(used, key, row) : NULL;
            if (group && (i == 1 || i >= 3))
                group->note = IS_ACCOUNT;
        }
    }
}

static const struct around_group *find_used(const struct around_table *used, uint32_t symbol)
{
    for (size_t i = 0; symbol && i < used->count; i++)
        if (used->groups[i].key.part[0] == symbol)
            return &used->groups[i];
    return NULL;
}

struct reacted {
    const struct dossier_row *row; // the first
    int what;
    bool is_strong; // more than a changed password
    size_t count;
    uint32_t concerned[AROUND_GROUPS];
    size_t concerned_count;
};

static void see(const struct dossier *dossier, const struct dossier_row *row, uint64_t kinds,
                const struct around_table *used, struct reacted *found)
{
    const struct activity *a = &row->first;
    if (row->part == DOSSIER_ATTACKER || row->last <= dossier->incident->first ||
        a->outcome == OUTCOME_FAILURE)
        return;
    int what = find_reaction(dossier, a, kinds);
    uint32_t of = what < REACTIONS ? concerned(dossier, a) : 0;
    const struct around_group *since = find_used(used, of);
    if (since && reactions[what].undoes == ACTIVITY_KIND_COUNT && since->note != IS_ACCOUNT)
        return;
    if (!since || row->last <= since->row->first.time || find_used(used, a->address))
        return;
    if (!found->row) {
        found->row = row;
        found->what = what;
    }
    found->is_strong |= reactions[what].undoes != ACTIVITY_KIND_COUNT ||
                        !str_starts_fold(reactions[what].operation, S("change "));
    found->count += row->records;
    for (size_t i = 0; i < found->concerned_count; i++)
        if (found->concerned[i] == of)
            return;
    if (found->concerned_count < AROUND_GROUPS)
        found->concerned[found->concerned_count++] = of;
}

// ---- nothing found ----------------------------------------------------------------------------

// Until so long after the incident, or as far as the logs are whole.
static bool may_deny(const struct dossier *dossier, int64_t *until)
{
    const struct coverage *coverage = knowledge_coverage(dossier->knowledge);
    static const enum coverage_source sources[] = {COVERAGE_ENTRA_AUDIT, COVERAGE_AZURE_AD};
    int64_t first = dossier->incident->first, last = dossier->incident->last;
    // From the longest: what is said shall hold as long as possible.
    for (int64_t days = DOSSIER_AFTER / DAY; days >= 1 && first != INSTANT_NONE; days--)
        for (size_t i = 0; i < 2; i++)
            if (last + days * DAY <= knowledge_last(dossier->knowledge) &&
                coverage_may_deny(coverage, sources[i], first, last + days * DAY, NULL)) {
                *until = last + days * DAY;
                return true;
            }
    return false;
}

static void answer_nothing(struct inquiry *inquiry)
{
    const struct dossier *dossier = inquiry_dossier(inquiry);
    struct buf *text = inquiry_text(inquiry);
    int64_t until = INSTANT_NONE;
    bool is_listed = !dossier->unlisted[DOSSIER_OWNER] && !dossier->unlisted[DOSSIER_AROUND];
    if (is_listed && may_deny(dossier, &until)) {
        buf_add(text, S("The directory's log is complete until "));
        around_print_minute(until, text);
        buf_add(
            text,
            S(" and shows no password changed, no session revoked and no account disabled after "));
        around_print_minute(dossier->incident->first, text);
        buf_add(text, S("; this may still be to be done."));
        inquiry_answer(inquiry, EVIDENCE_NO, REACTED_TRUST);
        return;
    }
    buf_add(
        text,
        S("No reaction is in the logs, but the directory's log is not proved complete for a day after the "
          "incident."));
    inquiry_cannot_tell(
        inquiry, "Export the directory's audit log (Entra audit log) until some days after the "
                 "incident.");
}

// ---- the answer -------------------------------------------------------------------------------

// People in whose names something succeeded.
static size_t count_people(const struct dossier *dossier)
{
    const struct dossier_row *row;
    struct around_table people;
    around_init(&people);
    for (size_t at = 0; (row = around_next_act(dossier, &at));) {
        uint32_t person = knowledge_person(dossier->knowledge, &row->first);
        if (person && around_is_human(&row->first))
            around_add(&people, (struct around_key){{person, 0, 0}}, row);
    }
    return people.count;
}

static void ask(struct inquiry *inquiry)
{
    const struct dossier *dossier = inquiry_dossier(inquiry);
    struct reacted found = {0};
    struct around_table used;
    uint64_t kinds = kinds_done(dossier);
    collect_used(dossier, &used);
    for (size_t i = 0; i < dossier->count; i++)
        see(dossier, &dossier->rows[i], kinds, &used, &found);
    if (!found.row) {
        answer_nothing(inquiry);
        return;
    }
    struct buf *text = inquiry_text(inquiry);
    size_t people = count_people(dossier);
    around_print_count(found.count, "reaction", text);
    buf_print(text, ", the first a %s of ", reactions[found.what].words);
    around_print_text(dossier, found.concerned[0], text);
    buf_add(text, S(" at "));
    around_print_minute(found.row->first.time, text);
    buf_add(text, S(" by "));
    around_print_text(dossier, knowledge_person(dossier->knowledge, &found.row->first), text);
    if (people > 1)
        buf_print(
            text,
            "; they concern %zu of the accounts and applications, where %zu people's accounts were "
            "used",
            found.concerned_count, people);
    buf_add_char(text, '.');
    inquiry_cite(inquiry, found.row);
    inquiry_answer(inquiry, found.concerned_count < people ? EVIDENCE_PARTLY : EVIDENCE_YES,
                   found.is_strong ? REACTED_TRUST : REACTED_TRUST_CHANGE);
}

const struct question evidence_owner_reacted = {
    .name = "owner_reacted",
    .question =
        "Did the owner or an administrator react: a password reset, revoked sessions, a removed rule?",
    .rests_on =
        "What others than the attacker did to the accounts, mailboxes and applications that the attacker used, "
        "after the first use of each, up to a week after the last: passwords changed or reset, sessions "
        "revoked, accounts or applications disabled, and rules, rights, consents, credentials and methods "
        "removed where such had been made. Yes: as many accounts were treated so as the attacker used; "
        "partly: some of them; no: none, and the directory's log is proved complete for at least a day "
        "after the incident. Otherwise it cannot be told.",
    .ask = ask,
};
