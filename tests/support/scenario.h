// Scenarios for detector fixtures: days of a tenant's life written in a few lines.
// SPDX-License-Identifier: Apache-2.0
//
//   == fires: a token that no sign-in gave
//   set alice      user=alice@contoso.example address=203.0.113.7 asn=64500 country=DE client=Client=OWA;Mozilla/5.0
//   d1..20w 09:00,14:00 mail_access +alice issued count=5
//   d12 03:10 mail_access x20/30s +alice token=#forged address=198.51.100.9
//   expect critical mailbox=alice@contoso.example events=20
//
// A line: DAYS TIMES KIND [xCOUNT/STEP] words. DAYS: d3, d1..20, d1..20w (without Saturday and Sunday; d1 is
// Monday 2026-05-04). TIMES in UTC, with commas. STEP in s, m or h. KIND is an activity's name. Words: key=value,
// flags (sync throttled interactive device_code federated legacy hides forwards reaches_mail external service),
// +NAME for the words of a `set` line. A blank in a value is written as underscore. Values that are GUIDs can
// be written #name. `issued`: the token was given by a non-interactive sign-in a minute before (same user,
// application, session and address), which is added. Defaults: person acting with success in its own
// mailbox, tenant #tenant. `token=#@` is another token each time.
// `expect nothing`, or `expect LEVEL kind=text ... [!kind=text] [events=N]`: exactly these findings of the detector;
// none of what stands behind a ! is named by it.
#ifndef STORMGLASS_TESTS_SUPPORT_SCENARIO_H
#define STORMGLASS_TESTS_SUPPORT_SCENARIO_H

#include "detector/detector.h"

#define SCENARIO_EXPECT_LIMIT 16

struct scenario_expect {
    enum sigma_level level;
    struct str words; // the entities, blank-separated
    uint64_t events;  // 0: not said
    unsigned line;
};

// One case of a file.
struct scenario {
    struct str title;
    unsigned line;
    struct intern texts;
    struct activity *activities;
    size_t count, capacity;
    struct scenario_expect expects[SCENARIO_EXPECT_LIMIT];
    size_t expect_count;
};

// Takes the next case off the text. False at its end. Ends the program with a message that names the
// line when it cannot be read. `line` counts through the file.
bool scenario_next(struct str *text, unsigned *line, struct scenario *out);
void scenario_done(struct scenario *scenario);

// The GUID that #name stands for.
void scenario_guid(struct str name, char text[37]);

// The moment of "d12/03:10".
int64_t scenario_moment(struct str text);

// Sorts the activities by time and learns from them. The caller frees the knowledge, before the scenario.
struct knowledge *scenario_learn(struct scenario *scenario);

// Learns and detects; findings of all detectors, sorted.
void scenario_run(struct scenario *scenario, struct finding_list *out);
// The same where detectors are shown activities of kinds that they do not ask for.
void scenario_run_showing_all(struct scenario *scenario, struct finding_list *out);

#endif
