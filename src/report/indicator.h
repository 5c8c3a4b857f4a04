// Indicators: what is the attacker's of an incident, and what to look for elsewhere: addresses, applications,
// sessions, tokens, inbox rules. Never what everybody shares (incident/own.h), nor the people and mailboxes that
// were attacked. A list owns its items; their texts are borrowed from the findings.
// SPDX-License-Identifier: Apache-2.0
#ifndef STORMGLASS_REPORT_INDICATOR_H
#define STORMGLASS_REPORT_INDICATOR_H

#include "report/outline.h"

#define INDICATOR_LIMIT 20000 // of one incident; the rest is counted

struct indicator {
    enum entity_kind kind;
    struct str value;
    int64_t first, last;           // of the findings that name it; INSTANT_NONE unknown
    const struct finding *finding; // the gravest of them
    const struct finding *latest;  // the last of them
    uint64_t findings, events;     // how many name it, and their events
    double confidence;             // 0 to 1, see indicators_find
};

struct indicator_list {
    struct indicator *items; // by kind, then value
    size_t count, capacity;
    uint64_t unlisted;
};

// The verdict of an incident of the result; NULL where nothing was investigated.
const struct verdict *outline_verdict(const struct scan_result *result, size_t incident);

// Whether a benign story explains the incident: then nothing of it is an attacker's.
bool verdict_is_benign(const struct verdict *verdict);
// Whether a story of an attack leads, decided or not; false without a verdict, and where none of the known stories
// ("unknown") leads.
bool verdict_is_attack(const struct verdict *verdict);

// What the incident's findings of medium or above (and the gravest, whatever it is) name. Findings name what the people
// around did as well (who consented, whose session it was before), so what the records of the attacker's own acts
// (verdict.edges) would show and do not is left out; where there are none of that kind, or more than are kept, it stays
// with half of the confidence. That is the incident's, times the probability that no benign story is true. Of incidents
// that a benign story explains: nothing. Of an insider no addresses and applications: those are the workplace's.
void indicators_find(const struct scan_result *result, size_t number, struct indicator_list *out);
void indicators_done(struct indicator_list *list);

// The number of percent, 0 to 100, as STIX and OCSF count confidence.
unsigned confidence_percent(double confidence);

#endif
