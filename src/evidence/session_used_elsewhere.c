// Was the same session also used from where its owner usually is?
// SPDX-License-Identifier: Apache-2.0
#include "evidence/attacker.h"
#include "evidence/attacker_proof.h"

struct tally {
    struct attacker_names sessions,
        networks;                 // the attacker's, where their people are not as a rule
    struct attacker_names shared; // of these, also used at a usual place
    const struct dossier_row
        *first[DOSSIER_SUBJECT_LIMIT]; // the attacker's use of each of the sessions
    uint64_t owner_rows;               // at usual places, with any session
    uint32_t place;                    // address of the first such use
    int64_t time;
    bool has_sign_in;                // the attacker's own sign-in began a session
    size_t begun;                    // sessions that began before the attacker's first use of them
    const struct dossier_row *early; // that use, of the first of these
    int64_t began;
};

static void find_sessions(const struct dossier *dossier, struct tally *tally)
{
    const struct attacker attacker = attacker_of(dossier);
    const struct dossier_row *row;
    for (size_t at = 0; (row = attacker_next(&attacker, &at));) {
        if (!row->first.session || !attacker_is_away(dossier, row))
            continue;
        if (attacker_names_add(&tally->sessions, row->first.session))
            tally->first[tally->sessions.count - 1] = row;
        attacker_names_add(&tally->networks,
                           knowledge_network(dossier->knowledge, row->first.address));
        tally->has_sign_in = tally->has_sign_in || (attacker_is_success(&row->first) &&
                                                    (row->first.flags & ACTIVITY_IS_INTERACTIVE));
    }
}

static void note_home(struct tally *tally, uint32_t session, uint32_t address, int64_t time)
{
    if (!attacker_names_add(&tally->shared, session) || tally->place)
        return;
    tally->place = address;
    tally->time = time;
}

// The owner's rows stand for a day and show its first session only; so the sign-ins from which the attacker's
// tokens come are asked as well.
static void find_home(struct inquiry *inquiry, struct tally *tally)
{
    const struct dossier *dossier = inquiry_dossier(inquiry);
    for (size_t i = 0; i < dossier->count; i++) {
        const struct dossier_row *row = &dossier->rows[i];
        const struct activity *a = &row->first;
        if (!a->session)
            continue;
        if (attacker_is_at_home(dossier, row)) {
            tally->owner_rows++;
            if (attacker_names_has(&tally->sessions, a->session)) {
                note_home(tally, a->session, a->address, a->time);
                inquiry_cite(inquiry, row);
            }
        } else if (row->part == DOSSIER_ATTACKER && knowledge_is_token_bearing(a)) {
            struct issued_answer answer = knowledge_issuance(dossier->knowledge, a);
            struct dossier_row issue = *row;
            issue.first.address = answer.matched_address;
            if (answer.level != ISSUED_K1 || !attacker_is_away(dossier, row) ||
                !attacker_is_at_home(dossier, &issue))
                continue;
            note_home(tally, a->session, issue.first.address, answer.matched_time);
            inquiry_cite(inquiry, row);
        }
    }
}

// The ledger of what was issued knows when a session began. One that was there before the attacker used it is not
// of the attacker's making.
static void find_origins(struct inquiry *inquiry, struct tally *tally)
{
    const struct dossier *dossier = inquiry_dossier(inquiry);
    for (size_t i = 0; i < tally->sessions.count; i++) {
        const struct dossier_row *row = tally->first[i];
        struct activity bare = row->first;
        bare.flags &= (uint16_t) ~(ACTIVITY_HAS_TOKEN | ACTIVITY_HAS_BAD_TOKEN);
        struct issued_answer answer = knowledge_issuance(dossier->knowledge, &bare);
        if (answer.level != ISSUED_K2 || answer.is_matched_failed ||
            answer.matched_time > row->first.time - ISSUED_SKEW)
            continue;
        inquiry_cite(inquiry, row);
        if (!tally->begun++) {
            tally->early = row;
            tally->began = answer.matched_time;
        }
    }
}

// A detector that looked at every record saw a session of the attacker's in two places.
static const struct finding *find_moved(const struct dossier *dossier, const struct tally *tally)
{
    static const char *const detectors[] = {"session_moved", "session_replayed"};
    for (size_t d = 0; d < sizeof detectors / sizeof detectors[0]; d++) {
        const struct finding *finding;
        for (size_t at = 0; (finding = dossier_finding(dossier, &at, detectors[d]));)
            for (size_t e = 0; e < finding->entity_count; e++)
                for (size_t s = 0;
                     finding->entities[e].kind == ENTITY_SESSION && s < tally->sessions.count; s++)
                    if (str_equal(finding->entities[e].text,
                                  dossier_text(dossier, tally->sessions.symbols[s])))
                        return finding;
    }
    return NULL;
}

static void answer_yes(struct inquiry *inquiry, const struct tally *tally)
{
    const struct dossier *dossier = inquiry_dossier(inquiry);
    struct buf *out = inquiry_text(inquiry);
    buf_print(out, "%zu of ", tally->shared.count);
    attacker_print_count(tally->sessions.count, "session that was", "sessions that were", out);
    buf_add(out, S(" used from "));
    attacker_print_names(dossier, &tally->networks, out);
    buf_print(out, " %s also used at ", tally->shared.count == 1 ? "was" : "were");
    attacker_print_text(dossier, tally->place, out);
    buf_add(out, S(", where its owner usually is, at "));
    attacker_print_minute(tally->time, out);
    buf_add_char(out, '.');
    inquiry_answer(inquiry, EVIDENCE_YES, 0.95);
}

static void answer_begun(struct inquiry *inquiry, const struct tally *tally)
{
    const struct dossier *dossier = inquiry_dossier(inquiry);
    struct buf *out = inquiry_text(inquiry);
    buf_print(out, "%zu of ", tally->begun);
    attacker_print_count(tally->sessions.count, "session that was", "sessions that were", out);
    buf_add(out, S(" used from "));
    attacker_print_names(dossier, &tally->networks, out);
    buf_add(out, S(" began before the attacker used them: the first at "));
    attacker_print_minute(tally->began, out);
    buf_add(out, S(", used by the attacker from "));
    attacker_print_minute(tally->early->first.time, out);
    buf_add(out, S(" on."));
    inquiry_answer(inquiry, EVIDENCE_YES, 0.75);
}

static void answer_else(struct inquiry *inquiry, const struct tally *tally)
{
    const struct dossier *dossier = inquiry_dossier(inquiry);
    struct buf *out = inquiry_text(inquiry);
    const struct finding *moved = find_moved(dossier, tally);
    attacker_print_count(tally->sessions.count, "session was", "sessions were", out);
    buf_add(out, S(" used from "));
    attacker_print_names(dossier, &tally->networks, out);
    if (moved && tally->networks.count > 1) {
        inquiry_cite_finding(inquiry, moved);
        buf_add(out, S(", in more than one network, but not seen where the owner usually is."));
        inquiry_answer(inquiry, EVIDENCE_PARTLY, 0.8);
        return;
    }
    if (!tally->owner_rows || moved) {
        buf_add(
            out,
            moved
                ? S("; a detector saw one of them in another network too, but whose that is is not known.")
                : S("; of the owner's own doings at usual places no record names a session."));
        inquiry_cannot_tell(inquiry, "");
        return;
    }
    buf_print(out, " and in none of %llu records of the owners' at their usual places%s.",
              (unsigned long long)tally->owner_rows,
              tally->has_sign_in ? "; the attacker signed in for one of them" : "");
    // The records looked at are the first of each day, place and program: another session may hide behind them.
    double part = attacker_share(dossier, DOSSIER_OWNER);
    inquiry_answer(inquiry, EVIDENCE_NO, part * (tally->has_sign_in ? 0.9 : 0.4));
}

static void ask(struct inquiry *inquiry)
{
    struct tally tally = {0};
    find_sessions(inquiry_dossier(inquiry), &tally);
    if (!tally.sessions.count) {
        buf_add(inquiry_text(inquiry),
                S("No record of the attacker's at a place that is unusual for its "
                  "person names a session."));
        inquiry_cannot_tell(inquiry, "");
        return;
    }
    find_home(inquiry, &tally);
    if (!tally.shared.count)
        find_origins(inquiry, &tally);
    if (tally.shared.count)
        answer_yes(inquiry, &tally);
    else if (tally.begun)
        answer_begun(inquiry, &tally);
    else
        answer_else(inquiry, &tally);
}

const struct question evidence_session_used_elsewhere = {
    .name = "session_used_elsewhere",
    .question = "Was the same session also used from where its owner usually is?",
    .rests_on =
        "The sessions that the attacker used at places that are not usual for their people, and the records "
        "of these sessions, or of the sign-ins that their tokens come of, at places that are. Yes: one "
        "session was used in both, or had begun before the attacker used it. No: the owner's records at "
        "usual places name sessions, but never these. Partly: a session went through several networks of "
        "which none is the owner's. It cannot be told where records name no sessions or nothing is known of "
        "usual places.",
    .ask = ask,
};
