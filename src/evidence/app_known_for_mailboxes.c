// Does the application read these mailboxes on other days as well?
// SPDX-License-Identifier: Apache-2.0
#include "evidence/around.h"

struct pair_state {
    unsigned days, history; // outside the incident: with the application, and with any access
};

// An incident of weeks leaves no other days; then those within it on which the application had not yet read, or
// read no more. What it read from the mailbox's first day on may be what it always did.
static struct pair_state state_within(const struct dossier *dossier, uint32_t mailbox,
                                      const struct habit_answer *opened)
{
    const struct incident *incident = dossier->incident;
    bool is_within = opened->first != INSTANT_NONE && opened->first >= incident->first &&
                     opened->last <= incident->last;
    if (!is_within)
        return (struct pair_state){0};
    struct habit_answer any = knowledge_habit_days(dossier->knowledge, HABIT_MAILBOX, mailbox,
                                                   HABIT_WAY, 0, opened->first, opened->last);
    unsigned history = any.history_before + any.history_after;
    return (struct pair_state){.history = any.history_before ? history : 0};
}

// By what the application opened, which is kept for those that called.
static struct pair_state state_of(const struct dossier *dossier, uint32_t app, uint32_t mailbox)
{
    const struct knowledge *k = dossier->knowledge;
    const struct incident *incident = dossier->incident;
    bool is_dated = incident->first != INSTANT_NONE;
    int64_t from = is_dated ? incident->first : 1, to = is_dated ? incident->last : 0;
    if (!habit_covers(knowledge_habits(k), HABIT_APP, app, HABIT_OPENED, mailbox))
        return (struct pair_state){0};
    struct habit_answer opened =
        knowledge_habit_days(k, HABIT_APP, app, HABIT_OPENED, mailbox, from, to);
    struct habit_answer any =
        knowledge_habit_days(k, HABIT_MAILBOX, mailbox, HABIT_WAY, 0, from, to);
    struct pair_state state = {.days = opened.days_outside,
                               .history = any.history_before + any.history_after};
    if (!state.days && state.history < HABIT_DAYS_ENOUGH)
        return state_within(dossier, mailbox, &opened);
    return state;
}

struct found {
    size_t known, seen, new, untold;
    const struct around_group *first_known, *first_new; // seen counts as known here
    struct pair_state known_state, new_state;
    unsigned least; // days of the mailbox known least, among those new
};

static void collect(const struct dossier *dossier, struct around_table *pairs)
{
    const struct dossier_row *row;
    around_init(pairs);
    for (size_t at = 0; (row = around_next_act(dossier, &at));) {
        uint32_t app = around_caller(&row->first);
        bool is_read = row->first.kind == ACTIVITY_MAIL_ACCESS && row->first.mailbox;
        if (is_read && app && row->first.actor != ACTOR_PROVIDER &&
            row->first.actor != ACTOR_SYSTEM)
            around_add(pairs, (struct around_key){{app, row->first.mailbox, 0}}, row);
    }
    around_sort(pairs);
}

static void count(const struct dossier *dossier, const struct around_group *pair,
                  struct found *found)
{
    struct pair_state state = state_of(dossier, pair->key.part[0], pair->key.part[1]);
    if (state.days) {
        found->known += state.days >= HABIT_DAYS_KNOWN;
        found->seen += state.days < HABIT_DAYS_KNOWN;
        if (!found->first_known) {
            found->first_known = pair;
            found->known_state = state;
        }
    } else if (state.history >= HABIT_DAYS_ENOUGH) {
        found->new ++;
        found->least = state.history < found->least ? state.history : found->least;
        if (!found->first_new) {
            found->first_new = pair;
            found->new_state = state;
        }
    } else {
        found->untold++;
    }
}

static void print_pair(struct inquiry *inquiry, const struct around_group *pair,
                       struct pair_state state, size_t more)
{
    struct buf *text = inquiry_text(inquiry);
    const struct dossier *dossier = inquiry_dossier(inquiry);
    around_print_app(dossier, pair->key.part[0], text);
    buf_add(text, S(" read "));
    around_print_text(dossier, pair->key.part[1], text);
    if (state.days)
        buf_print(text, " on %u of %u other days", state.days,
                  state.history > state.days ? state.history : state.days);
    else
        buf_print(text, " on none of %u other days", state.history);
    if (more)
        buf_print(text, " (and %zu more alike)", more);
    inquiry_cite(inquiry, pair->row);
}

static void cannot_tell(struct inquiry *inquiry, const struct around_table *pairs)
{
    struct buf *text = inquiry_text(inquiry);
    if (!pairs->count) {
        buf_add(text, S("No access of the attacker's names an application and a mailbox."));
        inquiry_cannot_tell(inquiry,
                            "Export MailItemsAccessed records with AppId and ClientAppId.");
        return;
    }
    around_print_text(inquiry_dossier(inquiry), pairs->groups[0].key.part[1], text);
    buf_print(text, " was read on fewer than %d other days, too few to tell what is usual.",
              HABIT_DAYS_ENOUGH);
    inquiry_cannot_tell(inquiry, "Export more days of mailbox audit (MailItemsAccessed).");
}

static void ask(struct inquiry *inquiry)
{
    const struct dossier *dossier = inquiry_dossier(inquiry);
    struct around_table pairs;
    struct found found = {.least = UINT32_MAX};
    struct buf *text = inquiry_text(inquiry);
    collect(dossier, &pairs);
    for (size_t i = 0; i < pairs.count; i++)
        count(dossier, &pairs.groups[i], &found);
    size_t told = found.known + found.seen + found.new;
    if (!told) {
        cannot_tell(inquiry, &pairs);
        return;
    }
    if (found.first_known)
        print_pair(inquiry, found.first_known, found.known_state, found.known + found.seen - 1);
    if (found.first_new) {
        buf_add(text, found.first_known ? S("; ") : S(""));
        print_pair(inquiry, found.first_new, found.new_state, found.new - 1);
    }
    buf_add_char(text, '.');
    unsigned days = found.first_known ? found.known_state.days : found.least;
    double trust = (days + 1.0) / (days + 2.0) * (double)told / (double)(told + found.untold);
    enum evidence_answer answer = found.known == told ? EVIDENCE_YES
                                  : found.new == told ? EVIDENCE_NO
                                                      : EVIDENCE_PARTLY;
    inquiry_answer(inquiry, answer, trust * around_share_listed(dossier));
}

const struct question evidence_app_known_for_mailboxes = {
    .name = "app_known_for_mailboxes",
    .question = "Does the application read these mailboxes on other days as well?",
    .rests_on =
        "The applications that called for the attacker's reads, with each mailbox they opened, compared "
        "with the days of that mailbox outside the incident. Yes: each application read each of the "
        "mailboxes on three other days or more; no: on none, where the mailbox has five or more other days; "
        "partly: some of them, or on one or two days. It cannot be told where no access names an "
        "application, or where the mailboxes have too few other days. A stolen session uses the "
        "application that its owner uses, so yes speaks only against a new application.",
    .ask = ask,
};
