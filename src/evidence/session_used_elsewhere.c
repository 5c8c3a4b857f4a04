// Was the same session also used from where its owner usually is?
// SPDX-License-Identifier: Apache-2.0
#include <stdlib.h>

#include "base/arena.h"
#include "evidence/around.h"
#include "evidence/attacker.h"
#include "evidence/attacker_proof.h"

// A session goes along with its owner's machine. Two places of one session are two users where both used it within
// the first of these times; one of them between two uses of the other's that lie so close that nobody gets there and
// back; or both in turns, twice each, in one day's work.
#define CLOSE (10 * MINUTE)
#define BETWEEN (3 * HOUR)
#define WORKDAY (12 * HOUR)
#define TURNS 3 // changes of place

struct tally {
    struct attacker_names sessions,
        networks;                 // the attacker's, where their people are not as a rule
    struct attacker_names shared; // of these, also used at a usual place
    const struct dossier_row
        *first[DOSSIER_SUBJECT_LIMIT]; // the attacker's use of each of the sessions
    uint64_t owner_rows;               // at usual places, with any session
    uint32_t place;                    // address of the first such use
    int64_t time;
    bool is_together; // both places used one at the same time, or by different programs
    bool has_sign_in; // the attacker's own sign-in began a session
    size_t begun;     // sessions that began before the attacker's first use of them
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

// At an unusual place the session was used by a program that is new for the person.
static bool is_other_program(const struct dossier *dossier, const struct dossier_row *row)
{
    return knowledge_agent(dossier->knowledge, &row->first).family != AGENT_NONE &&
           around_stand_days(dossier, &row->first, HABIT_AGENT).standing == HABIT_NEW;
}

// The sign-in that the row's token comes of was made at home.
static void find_issue(struct inquiry *inquiry, struct tally *tally, const struct dossier_row *row)
{
    const struct dossier *dossier = inquiry_dossier(inquiry);
    struct issued_answer answer = knowledge_issuance(dossier->knowledge, &row->first);
    struct dossier_row issue = *row;
    issue.first.address = answer.matched_address;
    if (answer.level != ISSUED_K1 || !attacker_is_away(dossier, row) ||
        !attacker_is_at_home(dossier, &issue))
        return;
    note_home(tally, row->first.session, issue.first.address, answer.matched_time);
    tally->is_together |= row->first.time - answer.matched_time <= CLOSE;
    inquiry_cite(inquiry, row);
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
            find_issue(inquiry, tally, row);
        }
    }
}

struct moment {
    int64_t time;
    bool is_home;
};

static int by_time(const void *left, const void *right)
{
    const struct moment *a = left, *b = right;
    if (a->time != b->time)
        return a->time < b->time ? -1 : 1;
    return a->is_home - b->is_home;
}

// The places took turns as no one person can. Moments in order of time; `before` and `after` each change of place.
static bool take_turns(const struct moment *moments, size_t count)
{
    int64_t before[TURNS] = {INSTANT_NONE, INSTANT_NONE, INSTANT_NONE};
    for (size_t i = 1; i < count; i++) {
        if (moments[i].is_home == moments[i - 1].is_home)
            continue;
        memmove(before, before + 1, sizeof before - sizeof before[0]);
        before[TURNS - 1] = moments[i - 1].time;
        int64_t after = moments[i].time;
        if (after - before[2] <= CLOSE ||
            (before[1] != INSTANT_NONE && after - before[1] <= BETWEEN) ||
            (before[0] != INSTANT_NONE && after - before[0] <= WORKDAY))
            return true;
    }
    return false;
}

// What is certain of rows: their first and last records.
static bool is_at_once(const struct dossier *dossier, uint32_t session)
{
    struct moment *moments = memory_new((2 * dossier->count + 1) * sizeof *moments);
    size_t count = 0;
    for (size_t i = 0; i < dossier->count; i++) {
        const struct dossier_row *row = &dossier->rows[i];
        if (row->first.session != session)
            continue;
        bool is_home = attacker_is_at_home(dossier, row);
        bool is_away = !is_home && row->part == DOSSIER_ATTACKER && attacker_is_away(dossier, row);
        for (int end = 0; (is_home || is_away) && end < 2; end++)
            moments[count++] = (struct moment){end ? row->last : row->first.time, is_home};
    }
    qsort(moments, count, sizeof *moments, by_time);
    bool is_at_once = take_turns(moments, count);
    free(moments);
    return is_at_once;
}

// Whether a session of both places was used in them at the same time, or by a program that is new for its owner.
static void find_together(const struct dossier *dossier, struct tally *tally)
{
    const struct attacker attacker = attacker_of(dossier);
    const struct dossier_row *row;
    for (size_t i = 0; i < tally->shared.count && !tally->is_together; i++)
        tally->is_together = is_at_once(dossier, tally->shared.symbols[i]);
    for (size_t at = 0; !tally->is_together && (row = attacker_next(&attacker, &at));)
        tally->is_together = attacker_names_has(&tally->shared, row->first.session) &&
                             attacker_is_away(dossier, row) && is_other_program(dossier, row);
}

// The ledger of what was issued knows when a session began. One that was there before the attacker used it is not
// of the attacker's making; nor need it be anyone's but the owner's, where it began at home.
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
        struct dossier_row origin = *row;
        origin.first.address = answer.matched_address;
        if (attacker_is_at_home(dossier, &origin)) {
            note_home(tally, row->first.session, answer.matched_address, answer.matched_time);
            inquiry_cite(inquiry, row);
            continue;
        }
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

// How many sessions were used elsewhere too, and where; the sentence goes on.
static struct buf *tell_shared(struct inquiry *inquiry, const struct tally *tally)
{
    const struct dossier *dossier = inquiry_dossier(inquiry);
    struct buf *out = inquiry_text(inquiry);
    buf_print(out, "%zu of ", tally->shared.count);
    attacker_print_count(tally->sessions.count, "session that was", "sessions that were", out);
    buf_add(out, S(" used from "));
    attacker_print_names(dossier, &tally->networks, out);
    buf_print(out, " %s also used at ", tally->shared.count == 1 ? "was" : "were");
    attacker_print_text(dossier, tally->place, out);
    return out;
}

static void answer_yes(struct inquiry *inquiry, const struct tally *tally)
{
    struct buf *out = tell_shared(inquiry, tally);
    buf_add(out, S(", where its owner usually is, at "));
    attacker_print_minute(tally->time, out);
    buf_add_char(out, '.');
    inquiry_answer(inquiry, EVIDENCE_YES, 0.95);
}

// It may have gone along with its owner.
static void answer_apart(struct inquiry *inquiry, const struct tally *tally)
{
    struct buf *out = tell_shared(inquiry, tally);
    buf_add(
        out,
        S(", where its owner usually is, but never at the same time and by no program that is new for "
          "the owner: it may have been carried along."));
    inquiry_cannot_tell(inquiry, "Ask the owner where they were.");
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
    find_together(inquiry_dossier(inquiry), &tally);
    if (tally.shared.count && (tally.is_together || find_moved(inquiry_dossier(inquiry), &tally)))
        answer_yes(inquiry, &tally);
    else if (tally.begun)
        answer_begun(inquiry, &tally);
    else if (tally.shared.count)
        answer_apart(inquiry, &tally);
    else
        answer_else(inquiry, &tally);
}

const struct question evidence_session_used_elsewhere = {
    .name = "session_used_elsewhere",
    .question = "Was the same session also used from where its owner usually is?",
    .rests_on =
        "The sessions that the attacker used at places that are not usual for their people, and the records "
        "of these sessions, or of the sign-ins that their tokens come of, at places that are. Yes: one "
        "session was used in both, at the same time (within ten minutes, in one place between two uses in the other "
        "within three hours, or in turns within twelve), by a program that is new for the owner, or so that a detector saw it move; "
        "or it had begun elsewhere before the attacker used it. No: the owner's records at "
        "usual places name sessions, but never these. Partly: a session went through several networks of "
        "which none is the owner's. It cannot be told where a session may have gone along with its owner, where records "
        "name no sessions, or nothing is known of usual places.",
    .ask = ask,
};
