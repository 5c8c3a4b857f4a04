// Were rights on the mailboxes given to the reader before they were read?
// SPDX-License-Identifier: Apache-2.0
#include <assert.h>

#include "event/outcome.h"
#include "evidence/attacker.h"
#include "evidence/attacker_proof.h"

struct tally {
    struct attacker_names mailboxes; // read by other accounts than their owners'
    struct reading {
        int64_t time; // of the first such read
        uint32_t reader;
        const struct dossier_row
            *grant; // of rights on it, the last before that; the attacker's own goes first
    } readings[DOSSIER_SUBJECT_LIMIT];
    struct attacker_names later; // mailboxes on which rights were given only after that
    struct attacker_names apps, app_mailboxes; // that read of their own accord, and what
    uint64_t own;
    int64_t app_begins;
    const struct dossier_row *role, *after;
};

static void find_reads(const struct dossier *dossier, struct tally *tally)
{
    const struct attacker attacker = attacker_of(dossier);
    const struct dossier_row *row;
    for (size_t at = 0; (row = attacker_next_access(&attacker, &at));) {
        const struct activity *a = &row->first;
        if (attacker_is_by_app(a)) {
            tally->app_begins = tally->apps.count ? tally->app_begins : a->time;
            attacker_names_add(&tally->apps, attacker_app(a));
            attacker_names_add(&tally->app_mailboxes, a->mailbox);
        } else if (!attacker_is_foreign(dossier, a)) {
            tally->own += row->records;
        } else if (attacker_names_add(&tally->mailboxes, a->mailbox)) {
            tally->readings[tally->mailboxes.count - 1] = (struct reading){
                .time = a->time, .reader = knowledge_person(dossier->knowledge, a)};
        }
    }
}

// Commands name a mailbox by its address or by its alias, most often what stands before the @.
static bool is_of(const struct dossier *dossier, const struct activity *grant, uint32_t mailbox)
{
    struct str target = dossier_text(dossier, grant->target);
    struct str address = dossier_text(dossier, mailbox);
    if (target.len && str_index(target, '@') == target.len)
        return str_equal_fold(target, str_of(address.at, str_index(address, '@')));
    return grant->mailbox == mailbox || grant->target == mailbox;
}

static bool is_by_people(const struct activity *a)
{
    return a->outcome != OUTCOME_FAILURE && a->actor != ACTOR_PROVIDER && a->actor != ACTOR_SYSTEM;
}

static void note_grant(const struct attacker *attacker, struct tally *tally,
                       const struct dossier_row *row)
{
    for (size_t m = 0; m < tally->mailboxes.count; m++) {
        struct reading *reading = &tally->readings[m];
        if (!is_of(attacker->dossier, &row->first, tally->mailboxes.symbols[m]))
            continue;
        bool is_kept = reading->grant && attacker_owns(attacker, reading->grant) &&
                       !attacker_owns(attacker, row);
        if (row->first.time > reading->time) {
            tally->after = tally->after ? tally->after : row;
            attacker_names_add(&tally->later, tally->mailboxes.symbols[m]);
        } else if (!is_kept) {
            reading->grant = row;
        }
    }
}

static void find_grants(const struct dossier *dossier, struct tally *tally)
{
    const struct attacker attacker = attacker_of(dossier);
    for (size_t i = 0; i < dossier->count; i++) {
        const struct dossier_row *row = &dossier->rows[i];
        const struct activity *a = &row->first;
        if (a->kind == ACTIVITY_MAIL_PERMISSION && is_by_people(a))
            note_grant(&attacker, tally, row);
        else if (a->kind == ACTIVITY_IMPERSONATION && is_by_people(a) && !tally->role &&
                 ((tally->apps.count && a->time <= tally->app_begins) ||
                  (tally->mailboxes.count && a->time <= tally->readings[0].time)))
            tally->role = row;
    }
}

// Mailboxes on which rights were given before, and whether the reader or the attacker gave them. The earliest
// of the grants that are told; NULL when there is none.
static const struct dossier_row *sum_grants(struct inquiry *inquiry, const struct tally *tally,
                                            struct attacker_names *given, bool *is_self)
{
    const struct dossier *dossier = inquiry_dossier(inquiry);
    const struct attacker attacker = attacker_of(dossier);
    const struct dossier_row *first = NULL;
    for (size_t m = 0; m < tally->mailboxes.count; m++) {
        const struct dossier_row *grant = tally->readings[m].grant;
        if (!grant)
            continue;
        inquiry_cite(inquiry, grant);
        attacker_names_add(given, tally->mailboxes.symbols[m]);
        *is_self = *is_self || attacker_owns(&attacker, grant) ||
                   knowledge_person(dossier->knowledge, &grant->first) == tally->readings[m].reader;
        if (!first || grant->first.time < first->first.time)
            first = grant;
    }
    return first;
}

static void answer_grant(struct inquiry *inquiry, const struct tally *tally)
{
    const struct dossier *dossier = inquiry_dossier(inquiry);
    struct buf *out = inquiry_text(inquiry);
    struct attacker_names given = {0};
    bool is_self = false;
    const struct dossier_row *first = sum_grants(inquiry, tally, &given, &is_self);
    assert(first); // has_grant
    bool is_all = given.count == tally->mailboxes.count;
    attacker_print_actor(dossier, &first->first, out);
    buf_add(out, S(" gave rights on "));
    attacker_print_names(dossier, &given, out);
    buf_add(out, given.count > 1 ? S(" from ") : S(" at "));
    attacker_print_minute(first->first.time, out);
    buf_add(out, given.count > 1
                     ? S(" on, before they were read by another account than the owner's")
                     : S(", before it was read by another account than the owner's"));
    if (!is_all)
        buf_print(out, "; on %zu more mailboxes that were read so none were given in this time",
                  tally->mailboxes.count - given.count);
    buf_add(out, is_self ? S(". Whoever read gave them, or the attacker did.")
                         : S(". To whom they were given is not part of the record that is read."));
    inquiry_answer(inquiry, is_all ? EVIDENCE_YES : EVIDENCE_PARTLY, is_self ? 0.95 : 0.6);
}

static bool has_grant(const struct tally *tally)
{
    for (size_t m = 0; m < tally->mailboxes.count; m++)
        if (tally->readings[m].grant)
            return true;
    return false;
}

static void answer_role(struct inquiry *inquiry, const struct tally *tally)
{
    const struct dossier *dossier = inquiry_dossier(inquiry);
    struct buf *out = inquiry_text(inquiry);
    bool is_app = tally->mailboxes.count == 0;
    inquiry_cite(inquiry, tally->role);
    attacker_print_actor(dossier, &tally->role->first, out);
    buf_add(out, S(" gave a role that can let its holder act as any mailbox at "));
    attacker_print_minute(tally->role->first.time, out);
    buf_add(out, S(", before "));
    attacker_print_names(dossier, is_app ? &tally->app_mailboxes : &tally->mailboxes, out);
    buf_print(out, " %s read by %s.",
              (is_app ? &tally->app_mailboxes : &tally->mailboxes)->count == 1 ? "was" : "were",
              is_app ? "an application of its own accord" : "another account than the owner's");
    inquiry_answer(inquiry, EVIDENCE_YES, 0.7);
}

static void answer_later(struct inquiry *inquiry, const struct tally *tally)
{
    const struct dossier *dossier = inquiry_dossier(inquiry);
    struct buf *out = inquiry_text(inquiry);
    buf_add(out, S("Rights on "));
    attacker_print_names(dossier, &tally->later, out);
    buf_add(out,
            S(" were given only after the first read by another account than the owner's, at "));
    attacker_print_minute(tally->after->first.time, out);
    buf_add_char(out, '.');
    inquiry_answer(inquiry, EVIDENCE_PARTLY, 0.6);
}

static void answer_own(struct inquiry *inquiry, const struct tally *tally)
{
    const struct dossier *dossier = inquiry_dossier(inquiry);
    const struct attacker attacker = attacker_of(dossier);
    struct buf *out = inquiry_text(inquiry);
    if (!tally->own) {
        buf_add(out, S("No mail is known to have been read by the attacker."));
        inquiry_cannot_tell(inquiry, "");
        return;
    }
    const struct dossier_row *row;
    for (size_t at = 0; (row = attacker_next_access(&attacker, &at));)
        inquiry_cite(inquiry, row);
    buf_add(out, S("No rights were needed: "));
    attacker_print_count(tally->own, "access was", "accesses were", out);
    buf_add(out, S(" with the accounts of the mailboxes' own owners, none with another."));
    inquiry_answer(inquiry, EVIDENCE_NO, 0.95 * attacker_share(dossier, DOSSIER_ATTACKER));
}

static void answer_none(struct inquiry *inquiry, const struct tally *tally)
{
    const struct dossier *dossier = inquiry_dossier(inquiry);
    struct buf *out = inquiry_text(inquiry);
    struct attacker_proof proof;
    bool is_app = tally->mailboxes.count == 0;
    const struct attacker_names *mailboxes = is_app ? &tally->app_mailboxes : &tally->mailboxes;
    int64_t begins = is_app ? tally->app_begins : tally->readings[0].time;
    int64_t last = is_app ? begins : tally->readings[tally->mailboxes.count - 1].time;
    bool is_proved = attacker_may_deny(dossier, ATTACKER_EXCHANGE, begins, last, &proof);
    if (!is_proved) {
        buf_add(out, S("Whether rights on "));
        attacker_print_names(dossier, mailboxes, out);
        buf_add(out, S(" were given before they were read is not known"));
        attacker_cannot_tell(inquiry, &proof);
        return;
    }
    buf_add(out, is_app ? S("No role to act as ") : S("No rights on "));
    attacker_print_names(dossier, mailboxes, out);
    buf_print(out, "%s given in the %u day%s before %s began to read at ",
              is_app ? " was" : " were", proof.days, proof.days == 1 ? "" : "s",
              is_app ? "the application" : "another account than the owner's");
    attacker_print_minute(begins, out);
    buf_add(out, S("; Exchange's records are complete there."));
    inquiry_answer(inquiry, EVIDENCE_NO, proof.reliability);
}

static void ask(struct inquiry *inquiry)
{
    const struct dossier *dossier = inquiry_dossier(inquiry);
    struct tally tally = {0};
    find_reads(dossier, &tally);
    find_grants(dossier, &tally);
    const struct finding *finding =
        attacker_finding(dossier, "delegation_then_read", &tally.mailboxes);
    if (has_grant(&tally)) {
        answer_grant(inquiry, &tally);
    } else if (tally.role) {
        answer_role(inquiry, &tally);
    } else if (finding) {
        buf_add(inquiry_text(inquiry), finding->statement);
        inquiry_cite_finding(inquiry, finding);
        inquiry_answer(inquiry, EVIDENCE_YES, 0.9);
    } else if (tally.after) {
        answer_later(inquiry, &tally);
    } else if (tally.mailboxes.count || tally.apps.count) {
        answer_none(inquiry, &tally);
    } else {
        answer_own(inquiry, &tally);
    }
}

const struct question evidence_delegation_before = {
    .name = "delegation_before",
    .question = "Were rights on the mailboxes given to the reader before they were read?",
    .rests_on =
        "Rights on the mailboxes that were read by other accounts than their owners', and roles that let "
        "their holder act as any mailbox, given by people and not by Exchange itself. Yes: before the first "
        "such read of each. Partly: on some of them, or only after it. No: the mailboxes were read by their "
        "own owners' accounts alone, or no rights were given though Exchange's records are proved complete "
        "for seven, three or one days before. It cannot be told where these have gaps. To whom rights were "
        "given is not read from the records.",
    .ask = ask,
};
