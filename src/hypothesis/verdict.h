// Verdicts: how the hypotheses about one incident stand after the evidence was weighed, what to do, and the
// story of the investigation. What reports read; everything is owned by one arena of the maker's.
// SPDX-License-Identifier: Apache-2.0
#ifndef STORMGLASS_HYPOTHESIS_VERDICT_H
#define STORMGLASS_HYPOTHESIS_VERDICT_H

#include "base/str.h"
#include "incident/incident.h"

// For reports: how well the probabilities hold (docs/hypotheses.md, tests/bench/bench_verdicts.py).
#define VERDICT_CALIBRATION                                                                          \
    "Measured on 640 incidents of simulated tenants that were not used in development: the leading " \
    "hypothesis was right in 97 of 100; where 0.7 to 0.9 was said it was right in 98 of 100, where " \
    "0.9 or more was said in 99 of 100 (Brier score 0.025). Real tenants are less orderly than "     \
    "simulated ones."

enum verdict_word { VERDICT_LIKELY, VERDICT_POSSIBLE, VERDICT_UNLIKELY, VERDICT_CANNOT_TELL };
const char *verdict_word_name(
    enum verdict_word word); // "likely", "possible", "unlikely", "cannot_tell"

enum verdict_direction { VERDICT_FOR, VERDICT_AGAINST, VERDICT_MISSING };
const char *verdict_direction_name(enum verdict_direction direction); // "for", "against", "missing"

// One piece of evidence as it counts for one hypothesis.
struct verdict_item {
    struct str name;     // "token_was_issued"
    struct str question; // "Was the token issued by ...?"
    struct str answer;   // "yes", "partly", "no", "cannot_tell"
    enum verdict_direction direction;
    double
        weight; // natural logarithm of the likelihood ratio, rounded to 0.01; 0 for missing, and for what is
    // covered by a stronger item of the same group
    bool is_covered; // by `covered_by`, which says the same more strongly
    struct str covered_by;
    bool is_decisive;
    struct str statement;
    struct str *events; // record Ids
    size_t event_count;
};

struct verdict_hypothesis {
    struct str name, title; // "forged_token", "A token that was never issued"
    bool is_benign;
    double probability; // 0 to 1; those of an incident add up to 1
    enum verdict_word word;
    double prior; // natural logarithm of the prior probability, rounded to 0.01
    double score; // prior + the sum of the weights: probability is exp(score) / sum of exp(scores)
    struct verdict_item *items; // those for, strongest first, then against, then missing
    size_t item_count;
};

// What is none of the stories.
static inline bool verdict_is_unknown(const struct verdict_hypothesis *story)
{
    return str_is(story->name, "unknown");
}

// One thing to do.
struct verdict_step {
    struct str name; // "revoke_sessions"
    struct str step, why, command, breaks, undo, verify;
    struct str
        *targets; // what it concerns, as in the command: accounts, mailboxes, applications, rules
    size_t target_count;
};

enum verdict_event_kind { // contract.md: timeline.kind
    VERDICT_EVENT,
    VERDICT_FINDING,
    VERDICT_OBSERVATION,
    VERDICT_GAP,
    VERDICT_CONCLUSION
};
const char *verdict_event_name(enum verdict_event_kind kind); // "event", "finding" ...
struct verdict_event {
    int64_t time; // of the event; of the last known time for gaps and conclusions
    enum verdict_event_kind kind;
    struct str text;
    struct str *events;
    size_t event_count;
};

// ---- pictures ---------------------------------------------------------------------------------

// Accesses of one day to one mailbox.
struct verdict_day {
    uint32_t mailbox; // index into incident.mailboxes
    int64_t day;      // midnight, UTC
    uint64_t attacker, owner;
};
// What the attacker had to do with what: an edge of the graph of accounts, sessions, tokens, applications,
// addresses and mailboxes.
struct verdict_edge {
    enum entity_kind from_kind, to_kind;
    struct str from, to;
    uint64_t count; // of records that show it
};
// What the attacker did in an hour.
struct verdict_hour {
    int64_t hour;
    uint64_t reads, sign_ins, changes, others;
};

#define VERDICT_DAY_LIMIT 20000
#define VERDICT_EDGE_LIMIT 500
#define VERDICT_HOUR_LIMIT 2000

struct verdict {
    bool is_decided; // false: cannot_tell, and hypotheses[0] is no more than the strongest lead
    struct str sentences[3]; // what happened; what was reached; how sure, and what is not known
    struct str first_step;   // what to do first, in one sentence
    struct verdict_hypothesis *hypotheses; // most probable first
    size_t hypothesis_count;
    struct verdict_step *steps; // in the order in which to do them
    size_t step_count;
    struct verdict_event *timeline; // in order of time, then kind
    size_t timeline_count;
    struct verdict_day *days; // by mailbox, day
    size_t day_count;
    struct verdict_edge *edges; // by count (highest first), then kinds and texts
    size_t edge_count;
    struct verdict_hour *hours; // by hour; only those with anything
    size_t hour_count;
};

#endif
