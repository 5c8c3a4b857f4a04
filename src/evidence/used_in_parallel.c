// Was the owner active at their usual place while this went on elsewhere?
// SPDX-License-Identifier: Apache-2.0
#include <stdlib.h>

#include "base/arena.h"
#include "evidence/attacker.h"
#include "evidence/attacker_proof.h"

// So close together nobody gets from one network to another, except by switching a VPN on or off.
#define CLOSE (10 * MINUTE)
// Between two of the attacker's doings that are so close to it: nobody goes there and back.
#define BETWEEN (3 * HOUR)
// Fewer moments may be a machine at home that works on by itself, or one switch of a VPN.
#define MANY 3

// The owner's rows stand for a day. Who leaves so many records there that they come once an hour on average is
// taken to have been there all the time between the first and the last.
#define STEADY HOUR

// What is certain of a row: its first and its last record.
struct moment {
    int64_t time;
    uint32_t person;
    const struct dossier_row *row;
};

struct moments {
    struct moment *items;
    size_t count, capacity;
};

static void add_moments(struct moments *moments, const struct dossier_row *row, uint32_t person)
{
    const int64_t times[] = {row->first.time, row->last};
    for (size_t i = 0; i < (row->last > row->first.time ? 2 : 1); i++) {
        ARRAY_GROW(moments->items, moments->count, moments->capacity);
        moments->items[moments->count++] = (struct moment){times[i], person, row};
    }
}

static int by_person(const void *left, const void *right)
{
    const struct moment *a = left, *b = right;
    if (a->person != b->person)
        return a->person < b->person ? -1 : 1;
    if (a->time != b->time)
        return a->time < b->time ? -1 : 1;
    return a->row < b->row ? -1 : a->row > b->row; // of one array, in order of their records
}

// What needs someone at the keyboard: machines renew tokens and synchronise by themselves.
static bool needs_hands(const struct activity *a)
{
    switch ((enum activity_kind)a->kind) {
    case ACTIVITY_SIGN_IN:
        return (a->flags & ACTIVITY_IS_INTERACTIVE) && attacker_is_success(a);
    case ACTIVITY_MAIL_ACCESS:
        return !(a->flags & ACTIVITY_IS_SYNC);
    case ACTIVITY_MAIL_SEND:
    case ACTIVITY_MAIL_CREATE:
    case ACTIVITY_MAIL_MOVE:
    case ACTIVITY_MAIL_DELETE:
    case ACTIVITY_MAIL_SEARCH:
    case ACTIVITY_FILE:
        return true;
    default:
        return false;
    }
}

// The first of the person's moments at or after the time.
static size_t find_moment(const struct moments *moments, uint32_t person, int64_t time)
{
    struct moment key = {.time = time, .person = person};
    size_t low = 0, high = moments->count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (by_person(&moments->items[middle], &key) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

// The nearest of the attacker's moments, when the owner's is among theirs; NULL when it is not.
static const struct moment *find_near(const struct moments *theirs, uint32_t person, int64_t time)
{
    size_t at = find_moment(theirs, person, time);
    const struct moment *after =
        at < theirs->count && theirs->items[at].person == person ? &theirs->items[at] : NULL;
    const struct moment *before =
        at && theirs->items[at - 1].person == person ? &theirs->items[at - 1] : NULL;
    int64_t to = after ? after->time - time : INT64_MAX;
    int64_t since = before ? time - before->time : INT64_MAX;
    bool is_among = to <= CLOSE || since <= CLOSE || (to <= BETWEEN && since <= BETWEEN);
    if (!is_among)
        return NULL;
    return to < since ? after : before;
}

struct tally {
    struct moments theirs;
    struct attacker_names people; // of the attacker's moments
    // Of the owner: moments among the attacker's, rows around theirs, the same without hands or steadiness, all.
    uint64_t parallel, around, idle, loose, at_home;
    const struct dossier_row *first, *other; // owner's row and attacker's next to it
    int64_t first_time, other_time;
    const struct dossier_row *span, *within; // owner's row and attacker's in its time
    int64_t within_time;
};

static void find_theirs(const struct dossier *dossier, struct tally *tally)
{
    const struct attacker attacker = attacker_of(dossier);
    const struct dossier_row *row;
    for (size_t at = 0; (row = attacker_next(&attacker, &at));) {
        const struct activity *a = &row->first;
        bool is_use = attacker_is_success(a) || knowledge_is_token_bearing(a);
        if (!is_use || attacker_is_by_app(a) || !attacker_is_away(dossier, row))
            continue;
        uint32_t person = knowledge_person(dossier->knowledge, a);
        attacker_names_add(&tally->people, person);
        add_moments(&tally->theirs, row, person);
    }
    if (tally->theirs.count)
        qsort(tally->theirs.items, tally->theirs.count, sizeof(struct moment), by_person);
}

static void note(struct inquiry *inquiry, struct tally *tally, const struct moment *mine,
                 const struct moment *near)
{
    if (!needs_hands(&mine->row->first)) {
        tally->idle++;
        return;
    }
    tally->parallel++;
    inquiry_cite(inquiry, mine->row);
    inquiry_cite(inquiry, near->row);
    if (tally->first)
        return;
    tally->first = mine->row;
    tally->first_time = mine->time;
    tally->other = near->row;
    tally->other_time = near->time;
}

// The attacker's moment within the time of an owner's row.
static void note_span(struct inquiry *inquiry, struct tally *tally, const struct dossier_row *row,
                      uint32_t person)
{
    size_t at = find_moment(&tally->theirs, person, row->first.time);
    const struct moment *m = at < tally->theirs.count ? &tally->theirs.items[at] : NULL;
    if (!m || m->person != person || m->time > row->last || row->records < 2)
        return;
    bool is_steady = row->last - row->first.time <= (int64_t)(row->records - 1) * STEADY;
    if (!is_steady || !needs_hands(&row->first)) {
        tally->loose++;
        return;
    }
    tally->around++;
    inquiry_cite(inquiry, row);
    inquiry_cite(inquiry, m->row);
    if (tally->span)
        return;
    tally->span = row;
    tally->within = m->row;
    tally->within_time = m->time;
}

static void find_owners(struct inquiry *inquiry, struct tally *tally)
{
    const struct dossier *dossier = inquiry_dossier(inquiry);
    const struct dossier_row *row;
    for (size_t at = 0; (row = dossier_next(dossier, &at, DOSSIER_OWNER, ACTIVITY_KIND_COUNT));) {
        const struct activity *a = &row->first;
        uint32_t person = knowledge_person(dossier->knowledge, a);
        struct moments mine = {0};
        if ((!attacker_is_success(a) && !knowledge_is_token_bearing(a)) || attacker_is_by_app(a) ||
            !attacker_names_has(&tally->people, person) || !attacker_is_at_home(dossier, row))
            continue;
        tally->at_home++;
        add_moments(&mine, row, person);
        for (size_t i = 0; i < mine.count; i++) {
            const struct moment *near = find_near(&tally->theirs, person, mine.items[i].time);
            if (near)
                note(inquiry, tally, &mine.items[i], near);
        }
        free(mine.items);
        note_span(inquiry, tally, row, person);
    }
}

static void answer_yes(struct inquiry *inquiry, const struct tally *tally)
{
    const struct dossier *dossier = inquiry_dossier(inquiry);
    struct buf *out = inquiry_text(inquiry);
    attacker_print_text(dossier, knowledge_person(dossier->knowledge, &tally->first->first), out);
    buf_add(out, S(" was active at "));
    attacker_print_text(dossier, tally->first->first.address, out);
    buf_add(out, S(", a usual place, at "));
    attacker_print_minute(tally->first_time, out);
    buf_add(out, S(", while the account was used from "));
    attacker_print_text(dossier, tally->other->first.address, out);
    buf_add(out, S(" at "));
    attacker_print_minute(tally->other_time, out);
    if (tally->parallel > 1) {
        buf_add(out, S("; "));
        attacker_print_count(tally->parallel, "such moment", "such moments", out);
        buf_add(out, S(" in all"));
    }
    buf_add_char(out, '.');
    inquiry_answer(inquiry, EVIDENCE_YES, tally->parallel >= MANY ? 0.95 : 0.75);
}

static void answer_span(struct inquiry *inquiry, const struct tally *tally)
{
    const struct dossier *dossier = inquiry_dossier(inquiry);
    struct buf *out = inquiry_text(inquiry);
    attacker_print_text(dossier, knowledge_person(dossier->knowledge, &tally->span->first), out);
    buf_add(out, S(" was active at "));
    attacker_print_text(dossier, tally->span->first.address, out);
    buf_add(out, S(", a usual place, from "));
    attacker_print_minute(tally->span->first.time, out);
    buf_add(out, S(" to "));
    attacker_print_minute(tally->span->last, out);
    buf_print(out, " (%u records of one kind), while the account was used from ",
              tally->span->records);
    attacker_print_text(dossier, tally->within->first.address, out);
    buf_add(out, S(" at "));
    attacker_print_minute(tally->within_time, out);
    buf_add_char(out, '.');
    inquiry_answer(inquiry, EVIDENCE_YES, tally->around >= MANY ? 0.85 : 0.7);
}

static void answer_else(struct inquiry *inquiry, const struct tally *tally)
{
    const struct dossier *dossier = inquiry_dossier(inquiry);
    struct buf *out = inquiry_text(inquiry);
    struct attacker_proof proof;
    int64_t first = dossier->incident->first, last = dossier->incident->last;
    if (tally->idle || tally->loose) {
        buf_add(out, S("At the usual places of "));
        attacker_print_names(dossier, &tally->people, out);
        buf_print(
            out,
            " only renewed tokens, synchronised folders or records hours apart are seen around that "
            "time (%llu times); none of it shows the person there at that very time.",
            (unsigned long long)tally->idle + tally->loose);
        inquiry_answer(inquiry, EVIDENCE_PARTLY, 0.6);
        return;
    }
    buf_add(out, S("At no usual place of "));
    attacker_print_names(dossier, &tally->people, out);
    buf_add(out, S(" anything was done while the account was used elsewhere"));
    if (!tally->at_home) {
        buf_add(out, S(", nor in the week around it."));
        inquiry_cannot_tell(inquiry, "");
    } else if (!attacker_may_deny(dossier, ATTACKER_EXCHANGE, first, last, &proof)) {
        buf_add(out, S(" as far as the logs go"));
        attacker_cannot_tell(inquiry, &proof);
    } else {
        buf_print(
            out,
            ", as the mailbox records, complete for this time, show; there are %llu others of the "
            "owners' in the weeks around it.",
            (unsigned long long)tally->at_home);
        inquiry_answer(inquiry, EVIDENCE_NO, 0.8 * attacker_share(dossier, DOSSIER_OWNER));
    }
}

static void ask(struct inquiry *inquiry)
{
    struct tally tally = {0};
    find_theirs(inquiry_dossier(inquiry), &tally);
    if (!tally.theirs.count) {
        buf_add(inquiry_text(inquiry),
                S("Nothing was done in a person's name at a place that is known to be "
                  "unusual for that person."));
        inquiry_cannot_tell(inquiry, "");
        return;
    }
    find_owners(inquiry, &tally);
    if (tally.parallel)
        answer_yes(inquiry, &tally);
    else if (tally.around)
        answer_span(inquiry, &tally);
    else
        answer_else(inquiry, &tally);
    free(tally.theirs.items);
}

const struct question evidence_used_in_parallel = {
    .name = "used_in_parallel",
    .question = "Was the owner active at their usual place while this went on elsewhere?",
    .rests_on =
        "What the account's own person did at usual places, held against what the attacker did with the "
        "same account at unusual ones. Yes: the person worked within ten minutes of the attacker, between "
        "two of the attacker's doings that lie within three hours, or steadily around them. Partly: only "
        "what machines do by themselves, or records hours apart, are seen there around that time. No: "
        "nothing is, though the mailbox records are proved complete. It cannot be told where usual places "
        "are not known or the logs have gaps.",
    .ask = ask,
};
