// Was the application given access to mail by a consent before it read?
// SPDX-License-Identifier: Apache-2.0
#include "event/outcome.h"
#include "evidence/attacker.h"
#include "evidence/attacker_proof.h"

struct tally {
    struct attacker_names apps;      // not Microsoft's own, that reached mail
    struct attacker_names consented; // of these, given access to mail before
    struct attacker_names
        lesser; // given something by consent, but after the read or without mail in reach
    struct attacker_names microsofts;
    int64_t first[DOSSIER_SUBJECT_LIMIT]; // access of each of the apps
    uint64_t accesses, unnamed;           // accesses; those that name no application
    const struct dossier_row *consent, *nameless;
};

static size_t find_app(const struct tally *tally, uint32_t app)
{
    size_t i = 0;
    while (i < tally->apps.count && tally->apps.symbols[i] != app)
        i++;
    return i;
}

static void find_apps(const struct dossier *dossier, struct tally *tally)
{
    const struct attacker attacker = attacker_of(dossier);
    const struct dossier_row *row;
    for (size_t at = 0; (row = attacker_next_access(&attacker, &at));) {
        uint32_t app = attacker_app(&row->first);
        tally->accesses += row->records;
        tally->unnamed += app ? 0 : row->records;
        if (!attacker_is_foreign_app(dossier, app))
            attacker_names_add(&tally->microsofts, app);
        else if (attacker_names_add(&tally->apps, app))
            tally->first[tally->apps.count - 1] = row->first.time;
    }
}

// Consents, and permissions that an administrator gives to a user's application.
static void find_consents(struct inquiry *inquiry, struct tally *tally)
{
    const struct dossier *dossier = inquiry_dossier(inquiry);
    const struct dossier_row *row;
    for (size_t at = 0; (row = dossier_next(dossier, &at, DOSSIER_PARTS, ACTIVITY_CONSENT));) {
        const struct activity *a = &row->first;
        size_t app = find_app(tally, a->target_app);
        bool reaches_mail = a->flags & ACTIVITY_REACHES_MAIL;
        if (a->outcome == OUTCOME_FAILURE)
            continue;
        if (!a->target_app && reaches_mail && tally->apps.count && a->time <= tally->first[0]) {
            tally->nameless = row;
        } else if (app < tally->apps.count) {
            bool is_real = reaches_mail && a->time <= tally->first[app];
            bool is_told = !tally->consent || (is_real && !tally->consented.count);
            attacker_names_add(is_real ? &tally->consented : &tally->lesser, a->target_app);
            tally->consent = is_told ? row : tally->consent;
            inquiry_cite(inquiry, row);
        }
    }
}

static void answer_consent(struct inquiry *inquiry, const struct tally *tally)
{
    const struct dossier *dossier = inquiry_dossier(inquiry);
    struct buf *out = inquiry_text(inquiry);
    const struct activity *a = &tally->consent->first;
    bool is_yes = tally->consented.count > 0;
    attacker_print_actor(dossier, a, out);
    buf_add(out, S(" consented at "));
    attacker_print_minute(a->time, out);
    buf_print(out, " to %sapplication ",
              a->flags & ACTIVITY_REACHES_MAIL ? "the reach to mail of " : "");
    attacker_print_app(dossier, a->target_app, out);
    buf_add(out, S(", which first read mail at "));
    attacker_print_minute(tally->first[find_app(tally, a->target_app)], out);
    if (!(a->flags & ACTIVITY_REACHES_MAIL))
        buf_add(out, S("; that mail is in its reach, the record does not say"));
    bool is_all = tally->consented.count == tally->apps.count;
    if (is_yes && !is_all)
        buf_print(out, "; of %zu other applications that read no such consent is seen",
                  tally->apps.count - tally->consented.count);
    buf_add_char(out, '.');
    inquiry_answer(inquiry, is_yes && is_all ? EVIDENCE_YES : EVIDENCE_PARTLY, is_yes ? 1 : 0.6);
}

static void answer_finding(struct inquiry *inquiry, const struct finding *finding)
{
    buf_add(inquiry_text(inquiry), finding->statement);
    inquiry_cite_finding(inquiry, finding);
    inquiry_answer(inquiry, EVIDENCE_YES, 0.9);
}

static void answer_nameless(struct inquiry *inquiry, const struct tally *tally)
{
    const struct dossier *dossier = inquiry_dossier(inquiry);
    struct buf *out = inquiry_text(inquiry);
    inquiry_cite(inquiry, tally->nameless);
    attacker_print_actor(dossier, &tally->nameless->first, out);
    buf_add(
        out,
        S(" consented to an application that the record does not name, with mail in its reach, at "));
    attacker_print_minute(tally->nameless->first.time, out);
    buf_add(out, S("; "));
    attacker_print_names(dossier, &tally->apps, out);
    buf_add(out, S(" first read mail at "));
    attacker_print_minute(tally->first[0], out);
    buf_add_char(out, '.');
    inquiry_answer(inquiry, EVIDENCE_PARTLY, 0.7);
}

static void answer_microsofts(struct inquiry *inquiry, const struct tally *tally)
{
    const struct dossier *dossier = inquiry_dossier(inquiry);
    const struct attacker attacker = attacker_of(dossier);
    struct buf *out = inquiry_text(inquiry);
    if (!tally->accesses || tally->unnamed) {
        buf_add(out, S("No application of its own is known to have read mail."));
        inquiry_cannot_tell(inquiry, "");
        return;
    }
    const struct dossier_row *row;
    for (size_t at = 0; (row = attacker_next_access(&attacker, &at));)
        inquiry_cite(inquiry, row);
    buf_add(
        out,
        S("Mail was read by Microsoft's own programs alone, to which nobody needs to consent: "));
    for (size_t i = 0; i < tally->microsofts.count && i < 2; i++) {
        buf_add(out, i ? S(", ") : S(""));
        attacker_print_app(dossier, tally->microsofts.symbols[i], out);
    }
    if (tally->microsofts.count > 2)
        buf_print(out, " and %zu more", tally->microsofts.count - 2);
    buf_add_char(out, '.');
    inquiry_answer(inquiry, EVIDENCE_NO, 0.95 * attacker_share(dossier, DOSSIER_ATTACKER));
}

static void answer_none(struct inquiry *inquiry, const struct tally *tally)
{
    const struct dossier *dossier = inquiry_dossier(inquiry);
    struct buf *out = inquiry_text(inquiry);
    struct attacker_proof proof;
    int64_t last = tally->first[tally->apps.count - 1];
    bool is_proved = attacker_may_deny(dossier, ATTACKER_DIRECTORY, tally->first[0], last, &proof);
    buf_add(out, is_proved ? S("Nobody consented to ") : S("Whether anybody consented to "));
    attacker_print_names(dossier, &tally->apps, out);
    if (!is_proved) {
        buf_add(out, S(" before it read is not known"));
        attacker_cannot_tell(inquiry, &proof);
        return;
    }
    buf_print(out, " in the %u day%s before its first read at ", proof.days,
              proof.days == 1 ? "" : "s");
    attacker_print_minute(tally->first[0], out);
    buf_add(out, S("; the directory's records are complete there."));
    inquiry_answer(inquiry, EVIDENCE_NO, proof.reliability);
}

static void ask(struct inquiry *inquiry)
{
    struct tally tally = {0};
    find_apps(inquiry_dossier(inquiry), &tally);
    find_consents(inquiry, &tally);
    const struct finding *finding =
        attacker_finding(inquiry_dossier(inquiry), "consent_then_access", &tally.apps);
    if (tally.consented.count || (tally.lesser.count && !finding))
        answer_consent(inquiry, &tally);
    else if (finding)
        answer_finding(inquiry, finding);
    else if (tally.nameless)
        answer_nameless(inquiry, &tally);
    else if (!tally.apps.count)
        answer_microsofts(inquiry, &tally);
    else
        answer_none(inquiry, &tally);
}

const struct question evidence_consent_before = {
    .name = "consent_before",
    .question = "Was the application given access to mail by a consent before it read?",
    .rests_on =
        "Consents to the applications with which the attacker read mail, Microsoft's own left out. Yes: "
        "each of them was given reach to mail before its first read. Partly: only some were, the consent "
        "came later or does not say what it reaches, or its record names no application. No: mail was read "
        "by Microsoft's own programs alone, or nobody consented though the directory's records are proved "
        "complete for seven, three or one days before. It cannot be told where these have gaps or no "
        "application is named.",
    .ask = ask,
};
