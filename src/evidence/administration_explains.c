// Does announced or ordinary administration explain it?
// SPDX-License-Identifier: Apache-2.0
#include "evidence/around.h"

#include "event/app_name.h"
#include "event/outcome.h"

// That somebody administers on other days, at their usual place, is what an intruder with an administrator's
// machine would show as well.
#define ADMIN_TRUST 0.8
// That nothing looks like administration: accesses by an owner's own sign-in.
#define ADMIN_TRUST_NO 0.85
enum { ADMIN_OPERATIONS = 64, APPS_GRANTED = 32 };

// What the attacker did that only administration could explain.
struct marks {
    uint64_t logons;   // reads by administrators' logon, eDiscovery and migration clients
    uint64_t searches; // eDiscovery
    uint64_t
        apps; // reads by applications of their own accord, or for a user by one that was given rights
    uint64_t delegates; // reads of another's mailbox
    uint64_t own;       // reads by the mailbox's own person
    const struct dossier_row *first;
    uint32_t granted[APPS_GRANTED]; // applications that were given rights
    size_t granted_count;
    uint32_t consented[APPS_GRANTED]; // people who consented to one that their record does not name
    size_t consented_count;
};

static bool is_among(const uint32_t *symbols, size_t count, uint32_t symbol)
{
    for (size_t i = 0; i < count; i++)
        if (symbols[i] == symbol)
            return true;
    return false;
}

static void add(uint32_t symbols[APPS_GRANTED], size_t *count, uint32_t symbol)
{
    if (symbol && *count < APPS_GRANTED && !is_among(symbols, *count, symbol))
        symbols[(*count)++] = symbol;
}

static void collect_granted(const struct dossier *dossier, struct marks *marks)
{
    for (size_t i = 0; i < dossier->count; i++) {
        const struct activity *a = &dossier->rows[i].first;
        bool is_right = a->kind == ACTIVITY_CONSENT || a->kind == ACTIVITY_APP_PERMISSION;
        if (is_right)
            add(marks->granted, &marks->granted_count, a->target_app);
        if (a->kind == ACTIVITY_CONSENT && !a->target_app)
            add(marks->consented, &marks->consented_count, knowledge_person(dossier->knowledge, a));
    }
}

// Records of consents do not always say to which application: after them, one that is not Microsoft's own and
// reads in that person's name is taken for it.
static bool was_granted(const struct dossier *dossier, const struct marks *marks,
                        const struct activity *a)
{
    uint32_t app = around_caller(a);
    return is_among(marks->granted, marks->granted_count, app) ||
           (app && !app_name_find(dossier_text(dossier, app)) &&
            is_among(marks->consented, marks->consented_count,
                     knowledge_person(dossier->knowledge, a)));
}

static bool is_admin_logon(const struct knowledge *k, const struct activity *a)
{
    enum client_class class = knowledge_client(k, a->client);
    return a->logon_type == 1 || class == CLIENT_DISCOVERY || class == CLIENT_MIGRATION;
}

static void see_mark(const struct dossier *dossier, const struct dossier_row *row,
                     struct marks *marks)
{
    const struct activity *a = &row->first;
    uint64_t *mark = NULL;
    if (a->kind == ACTIVITY_EDISCOVERY)
        mark = &marks->searches;
    else if (a->kind != ACTIVITY_MAIL_ACCESS)
        return;
    else if (is_admin_logon(dossier->knowledge, a))
        mark = &marks->logons;
    else if (around_is_app(a) || was_granted(dossier, marks, a))
        mark = &marks->apps;
    else
        mark = knowledge_is_own_mailbox(dossier->knowledge, a) ? &marks->own : &marks->delegates;
    *mark += row->records;
    if (mark != &marks->own && !marks->first)
        marks->first = row;
}

// ---- who gave rights --------------------------------------------------------------------------

// A right that explains the reads there were: given to the application that read, on the mailbox that another
// read, to search. Roles count where the reader got them.
static bool is_grant(const struct dossier *dossier, const struct dossier_row *row,
                     const struct marks *marks)
{
    const struct activity *a = &row->first;
    bool is_read_by_others = marks->delegates || marks->logons;
    struct activity named = {.user = a->target};
    if (a->outcome == OUTCOME_FAILURE || !around_is_human(a))
        return false;
    switch ((enum activity_kind)a->kind) {
    case ACTIVITY_CONSENT:
    case ACTIVITY_APP_PERMISSION:
    case ACTIVITY_APP_CREDENTIAL:
        if (!a->target_app)
            return marks->apps && (row->part == DOSSIER_ATTACKER || a->kind == ACTIVITY_CONSENT) &&
                   is_among(dossier->people, dossier->people_count,
                            knowledge_person(dossier->knowledge, a));
        return marks->apps && is_among(dossier->apps, dossier->app_count, a->target_app);
    case ACTIVITY_IMPERSONATION:
        return marks->apps || is_read_by_others;
    case ACTIVITY_EDISCOVERY:
        return marks->searches || marks->logons;
    case ACTIVITY_ROLE:
        return is_among(dossier->people, dossier->people_count,
                        knowledge_person(dossier->knowledge, &named));
    case ACTIVITY_MAIL_PERMISSION:
        return is_read_by_others &&
               (!a->mailbox || is_among(dossier->mailboxes, dossier->mailbox_count, a->mailbox));
    default:
        return false;
    }
}

// Which operations make someone an administrator: what lets others in, or changes others' accounts.
static bool is_administration(struct str operation)
{
    static const struct str names[] = {
        STR("reset user password"),   STR("add user"),
        STR("set-mailbox"),           STR("add member to group"),
        STR("add-mailboxpermission"), STR("add-recipientpermission")};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (str_starts_fold(operation, names[i]) &&
            (operation.len <= names[i].len + 1 || operation.at[names[i].len] == ' '))
            return true;
    switch (activity_kind_find(SOURCE_M365_AUDIT, operation)) {
    case ACTIVITY_APP_PERMISSION:
    case ACTIVITY_APP_CREDENTIAL:
    case ACTIVITY_IMPERSONATION:
    case ACTIVITY_TRANSPORT_RULE:
    case ACTIVITY_EDISCOVERY:
    case ACTIVITY_FEDERATION:
    case ACTIVITY_ROLE:
        return true;
    default:
        return false;
    }
}

// Whether the person's other days show such an operation; *is_told: whether there are days enough.
static bool administers(const struct dossier *dossier, uint32_t person, bool *is_told)
{
    struct habit_usual usual[ADMIN_OPERATIONS];
    struct habit_question question = {.kind = HABIT_USER,
                                      .facet = HABIT_OPERATION,
                                      .subject = person,
                                      .from = dossier->incident->first,
                                      .to = dossier->incident->last};
    struct habit_answer any = knowledge_habit_days(dossier->knowledge, HABIT_USER, person,
                                                   HABIT_OPERATION, 0, question.from, question.to);
    *is_told = any.history_before + any.history_after >= HABIT_DAYS_ENOUGH;
    uint32_t count =
        habit_list(knowledge_habits(dossier->knowledge), &question, usual, ADMIN_OPERATIONS);
    for (uint32_t i = 0; i < count && i < ADMIN_OPERATIONS; i++)
        if (usual[i].days_outside && is_administration(dossier_text(dossier, usual[i].value)))
            return true;
    return false;
}

enum { AUTHOR_UNTOLD, AUTHOR_AWAY, AUTHOR_NO_ADMIN, AUTHOR_HOME_ONLY, AUTHOR_ADMIN, AUTHORS };

struct authors {
    bool has_more; // an administrator gave more than a consent, which may be one more victim's
    uint64_t records[AUTHORS];
    const struct dossier_row *rows[AUTHORS];
};

// The days from the grant on are left out, too: whoever stole an administrator's account may have prepared for days.
static enum habit_standing place_of(const struct dossier *dossier, const struct activity *a)
{
    struct incident longer = *dossier->incident;
    struct dossier since = *dossier;
    since.incident = &longer;
    if (longer.first != INSTANT_NONE && a->time < longer.first)
        longer.first = a->time;
    return around_stand_days(&since, a, HABIT_NETWORK).standing;
}

static int judge_author(const struct dossier *dossier, const struct activity *a)
{
    uint32_t person = knowledge_person(dossier->knowledge, a);
    bool is_told = false;
    bool is_admin = person && administers(dossier, person, &is_told);
    enum habit_standing place = place_of(dossier, a);
    bool is_home =
        place == HABIT_KNOWN || knowledge_is_colleagues_place(dossier->knowledge, a->address);
    if (!is_home && place == HABIT_NEW)
        return AUTHOR_AWAY;
    if (is_home && (is_told || is_admin))
        return is_admin ? AUTHOR_ADMIN
               : a->kind == ACTIVITY_CONSENT || a->kind == ACTIVITY_MAIL_PERMISSION
                   ? AUTHOR_NO_ADMIN // what users may do themselves
                   : AUTHOR_HOME_ONLY;
    return AUTHOR_UNTOLD;
}

// Each author, place and program once.
static void see_grants(const struct dossier *dossier, const struct marks *marks,
                       struct authors *authors)
{
    struct around_table asked;
    around_init(&asked);
    for (size_t i = 0; i < dossier->count; i++) {
        const struct dossier_row *row = &dossier->rows[i];
        const struct activity *a = &row->first;
        if (a->time > dossier->incident->last || !is_grant(dossier, row, marks))
            continue;
        struct around_key key = {{knowledge_person(dossier->knowledge, a), a->address, a->kind}};
        struct around_group *group = around_add(&asked, key, row);
        if (!group)
            continue;
        group->note = group->note ? group->note : (uint32_t)judge_author(dossier, a) + 1;
        unsigned is = group->note - 1;
        authors->records[is] += row->records;
        authors->has_more |= is == AUTHOR_ADMIN && a->kind != ACTIVITY_CONSENT;
        authors->rows[is] = authors->rows[is] ? authors->rows[is] : row;
    }
}

// ---- words ------------------------------------------------------------------------------------

static void print_marks(struct inquiry *inquiry, const struct marks *marks)
{
    const struct {
        uint64_t count;
        const char *word;
    } parts[] = {
        {marks->logons, "read by an administrator's or a migration's logon"},
        {marks->searches, "eDiscovery search"},
        {marks->apps, "read by an application of its own accord, or by one that was given rights"},
        {marks->delegates, "read in another's mailbox"}};
    struct buf *text = inquiry_text(inquiry);
    bool is_first = true;
    for (size_t i = 0; i < 4; i++) {
        if (!parts[i].count)
            continue;
        buf_print(text, "%s%llu x %s", is_first ? "" : ", ", (unsigned long long)parts[i].count,
                  parts[i].word);
        is_first = false;
    }
    if (marks->first)
        inquiry_cite(inquiry, marks->first);
}

static void print_author(struct inquiry *inquiry, const struct dossier_row *row, int is)
{
    static const char *const words[] = {
        "of whom too few other days are known", "who is not there on other days",
        "who administers on no other day",
        "at their usual place, though known for no other administration",
        "at their usual place, who administers on other days too"};
    const struct dossier *dossier = inquiry_dossier(inquiry);
    struct buf *text = inquiry_text(inquiry);
    struct str operation = dossier_text(dossier, row->first.operation);
    buf_print(text, "; %.*s at ", (int)operation.len, operation.at);
    around_print_minute(row->first.time, text);
    buf_add(text, S(" by "));
    around_print_text(dossier, knowledge_person(dossier->knowledge, &row->first), text);
    buf_add(text, S(" from "));
    around_print_address(dossier, row->first.address, text);
    buf_print(text, ", %s", words[is]);
    inquiry_cite(inquiry, row);
}

// ---- judgement --------------------------------------------------------------------------------

static void answer_owners(struct inquiry *inquiry, const struct marks *marks)
{
    struct buf *text = inquiry_text(inquiry);
    if (!marks->own) {
        buf_add(
            text,
            S("No mail was read and nothing searched: there is nothing that administration would have to "
              "explain."));
        inquiry_cannot_tell(inquiry, "");
        return;
    }
    buf_print(
        text,
        "All %llu accesses were made in the owners' own names: no administrator's logon, search, "
        "migration or newly allowed application was part of it.",
        (unsigned long long)marks->own);
    inquiry_answer(inquiry, EVIDENCE_NO,
                   ADMIN_TRUST_NO * around_share_listed(inquiry_dossier(inquiry)));
}

// Nobody gave rights in the time that is looked at: the one who read or searched may be the administrator.
static void answer_reader(struct inquiry *inquiry, const struct marks *marks)
{
    const struct dossier *dossier = inquiry_dossier(inquiry);
    struct buf *text = inquiry_text(inquiry);
    const struct activity *a = &marks->first->first;
    print_marks(inquiry, marks);
    if (around_is_app(a)) {
        buf_add(
            text,
            S("; no permission or credential of the application is among the changes of the week before."));
        inquiry_cannot_tell(
            inquiry, "Ask who set the application up, and export the directory's audit log of that "
                     "time.");
        return;
    }
    int is = judge_author(dossier, a);
    print_author(inquiry, marks->first, is);
    buf_add_char(text, '.');
    if (is == AUTHOR_UNTOLD)
        inquiry_cannot_tell(inquiry,
                            "Export more days of sign-in logs and of the directory's audit log.");
    else
        inquiry_answer(inquiry,
                       is == AUTHOR_ADMIN  ? EVIDENCE_YES
                       : is == AUTHOR_AWAY ? EVIDENCE_NO
                                           : EVIDENCE_PARTLY,
                       ADMIN_TRUST * around_share_listed(dossier));
}

static void ask(struct inquiry *inquiry)
{
    const struct dossier *dossier = inquiry_dossier(inquiry);
    const struct dossier_row *row;
    struct marks marks = {0};
    struct authors authors = {0};
    collect_granted(dossier, &marks);
    for (size_t at = 0; (row = around_next_act(dossier, &at));)
        if (row->first.actor != ACTOR_PROVIDER && row->first.actor != ACTOR_SYSTEM)
            see_mark(dossier, row, &marks);
    if (!marks.first) {
        answer_owners(inquiry, &marks);
        return;
    }
    see_grants(dossier, &marks, &authors);
    bool is_bad = authors.rows[AUTHOR_AWAY] || authors.rows[AUTHOR_NO_ADMIN];
    bool is_fair = authors.rows[AUTHOR_HOME_ONLY] != NULL;
    bool is_good = authors.rows[AUTHOR_ADMIN] && (authors.has_more || !is_bad);
    if (!is_bad && !is_fair && !is_good && !authors.rows[AUTHOR_UNTOLD]) {
        answer_reader(inquiry, &marks);
        return;
    }
    print_marks(inquiry, &marks);
    for (int is = 0; is < AUTHORS; is++)
        if (authors.rows[is])
            print_author(inquiry, authors.rows[is], is);
    buf_add_char(inquiry_text(inquiry), '.');
    if (!is_bad && !is_fair && !is_good)
        inquiry_cannot_tell(inquiry,
                            "Export more days of the sign-in logs of whoever gave the rights.");
    else
        inquiry_answer(inquiry,
                       is_bad && !is_good && !is_fair ? EVIDENCE_NO
                       : is_good && !is_bad           ? EVIDENCE_YES
                                                      : EVIDENCE_PARTLY,
                       ADMIN_TRUST * around_share_listed(dossier));
}

const struct question evidence_administration_explains = {
    .name = "administration_explains",
    .question =
        "Does announced or ordinary administration explain it: migration, backup, eDiscovery, support?",
    .rests_on =
        "Whether the reads were an administrator's, a search's, a migration's, a delegate's or an "
        "application's of its own accord, and who gave the rights for it in the week before. Yes: the "
        "rights were given, or the search was made, from their usual place by someone who administers on "
        "other days as well; no: all was read in the owners' own names, or the rights were given from a "
        "place that is new for their giver, or by someone who administers on no other day; partly: some of "
        "both, or a usual place and no other administration. It cannot be told where nothing was read, or "
        "where nobody is known to have given the rights. Nothing here knows what was announced: ask.",
    .ask = ask,
};
