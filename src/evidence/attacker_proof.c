// How far a lack of records proves that something was not done.
// SPDX-License-Identifier: Apache-2.0
#include "evidence/attacker_proof.h"

#include <stdio.h>

#include "baseline/issued.h"

// Rows are taken in order of time, so what found no room is later than the last that did.
static bool is_whole_until(const struct dossier *dossier, enum dossier_part part, int64_t time)
{
    int64_t last = INT64_MIN;
    for (size_t i = 0; dossier->unlisted[part] && i < dossier->count; i++)
        if (dossier->rows[i].part == part)
            last = dossier->rows[i].first.time;
    return !dossier->unlisted[part] || last >= time;
}

// By night and at weekends too few users sign in, and too little is changed in a directory, to prove that such a
// feed was alive; then it has to do that every hour of it counts as complete while one that comes with it is
// proved alive: as knowledge_may_deny_issue has it.
static bool is_covered(const struct coverage *coverage, enum coverage_source source,
                       enum coverage_source companion, int64_t from, int64_t to,
                       struct coverage_answer *gap)
{
    struct coverage_answer unwanted;
    if (coverage_may_deny(coverage, source, from, to, gap))
        return true;
    return gap->cause == COVERAGE_NOT_PROVED &&
           coverage_may_deny(coverage, companion, from, to, &unwanted);
}

static bool is_feed_covered(const struct dossier *dossier, enum attacker_feed feed, int64_t from,
                            int64_t to, struct coverage_answer *gap)
{
    const struct coverage *coverage = knowledge_coverage(dossier->knowledge);
    struct coverage_answer other;
    switch (feed) {
    case ATTACKER_EXCHANGE:
        return coverage_may_deny(coverage, COVERAGE_EXCHANGE, from, to, gap);
    case ATTACKER_SIGN_INS:
        return is_covered(coverage, COVERAGE_INTERACTIVE, COVERAGE_NON_INTERACTIVE, from, to, gap);
    default: // the audit log holds the directory's changes as well
        return is_covered(coverage, COVERAGE_ENTRA_AUDIT, COVERAGE_NON_INTERACTIVE, from, to,
                          gap) ||
               is_covered(coverage, COVERAGE_AZURE_AD, COVERAGE_EXCHANGE, from, to, &other);
    }
}

// A gap is told of the first hour in it: the reader wants to know how long it is.
struct widening {
    struct coverage_answer *gap;
};

static bool on_range(const struct coverage_answer *range, void *context)
{
    struct widening *w = context;
    if (range->to <= w->gap->from)
        return true;
    if (range->from <= w->gap->from && range->cause == w->gap->cause)
        *w->gap = *range;
    return false;
}

static void widen(const struct coverage *coverage, enum coverage_source source,
                  struct coverage_answer *gap)
{
    struct widening w = {gap};
    if (gap->cause != COVERAGE_NOT_PROVED)
        coverage_each_range(coverage, source, on_range, &w);
}

bool attacker_may_deny(const struct dossier *dossier, enum attacker_feed feed, int64_t event,
                       int64_t last, struct attacker_proof *out)
{
    // The attack's preparation may be older than what is proved; how much older is not known, so that three
    // days and one are taken for two thirds and one third as good as the dossier's whole week.
    static const struct {
        unsigned days;
        double reliability;
    } spans[] = {{7, 0.9}, {3, 0.6}, {1, 0.3}};
    *out = (struct attacker_proof){.from = event};
    bool is_whole = is_whole_until(dossier, DOSSIER_ATTACKER, last);
    bool is_all = is_whole_until(dossier, DOSSIER_OWNER, last) &&
                  is_whole_until(dossier, DOSSIER_AROUND, last);
    // Sign-ins at the attacker's addresses are their own rows.
    if (event == INSTANT_NONE || !is_whole || (!is_all && feed != ATTACKER_SIGN_INS)) {
        snprintf(out->gap.why, sizeof out->gap.why, "%s",
                 event == INSTANT_NONE ? "no sign-in or access of the attacker's is known"
                                       : "the incident has more records than are looked at");
        return false;
    }
    for (size_t i = 0; i < sizeof spans / sizeof spans[0]; i++) {
        int64_t from = event - spans[i].days * DAY;
        if (!is_feed_covered(dossier, feed, from, last, &out->gap))
            continue;
        out->from = from;
        out->days = spans[i].days;
        out->reliability = (is_all ? 1 : 0.7) * spans[i].reliability;
        return true;
    }
    static const enum coverage_source sources[] = {[ATTACKER_SIGN_INS] = COVERAGE_INTERACTIVE,
                                                   [ATTACKER_DIRECTORY] = COVERAGE_ENTRA_AUDIT,
                                                   [ATTACKER_EXCHANGE] = COVERAGE_EXCHANGE};
    widen(knowledge_coverage(dossier->knowledge), sources[feed], &out->gap);
    return false;
}

void attacker_issue_gap(const struct dossier *dossier, const struct activity *activity,
                        struct coverage_answer *out)
{
    const struct coverage *coverage = knowledge_coverage(dossier->knowledge);
    bool is_app = activity->actor == ACTOR_APPLICATION;
    bool has_issue = activity->issued_at != INSTANT_NONE;
    int64_t to = has_issue ? activity->issued_at + ISSUED_SKEW : activity->time;
    int64_t from = has_issue ? activity->issued_at - ISSUED_SKEW
                             : activity->time - (is_app ? ISSUED_APP_LIFE : ISSUED_USER_LIFE);
    enum coverage_source first = is_app ? COVERAGE_SERVICE_PRINCIPAL : COVERAGE_NON_INTERACTIVE;
    enum coverage_source second = is_app ? COVERAGE_MANAGED_IDENTITY : COVERAGE_INTERACTIVE;
    bool is_first = !coverage_may_deny(coverage, first, from, to, out);
    if (is_first || !coverage_may_deny(coverage, second, from, to, out))
        widen(coverage, is_first ? first : second, out);
}

void attacker_cannot_tell(struct inquiry *inquiry, const struct attacker_proof *proof)
{
    buf_print(inquiry_text(inquiry), ": %s.", proof->gap.why);
    inquiry_cannot_tell(inquiry, proof->gap.how);
}

double attacker_share(const struct dossier *dossier, enum dossier_part part)
{
    uint64_t listed = 0;
    for (size_t i = 0; i < dossier->count; i++)
        listed += dossier->rows[i].part == part ? dossier->rows[i].records : 0;
    uint64_t all = listed + dossier->unlisted[part];
    return all ? (double)listed / (double)all : 1;
}
