// Sample outcomes of a scan, with incidents and verdicts, for reports: no scan is made. Everything is owned by
// the sample.
// SPDX-License-Identifier: Apache-2.0
#ifndef STORMGLASS_TESTS_SUPPORT_VERDICTS_H
#define STORMGLASS_TESTS_SUPPORT_VERDICTS_H

#include "report/outline.h"

enum verdict_sample {
    VERDICT_SAMPLE_RICH, // three incidents, the first decided, the second not, the third not investigated by
                         // any step; plain texts
    VERDICT_SAMPLE_SINGLE,  // the first of them alone
    VERDICT_SAMPLE_HOSTILE, // as rich, with what an attacker could write in every field
    VERDICT_SAMPLE_LARGE,   // one incident with 100,000 messages and 10,000 findings
    VERDICT_SAMPLE_PLAIN,   // as rich, without verdicts
    VERDICT_SAMPLE_EMPTY    // nothing was found
};

struct verdict_outcome {
    struct arena arena;
    struct scan_result result;
    struct outline outline;
};

void verdict_outcome_init(struct verdict_outcome *outcome, enum verdict_sample sample);
void verdict_outcome_done(struct verdict_outcome *outcome);

// What an attacker could put into any field: escape sequences, markup, quotes, comments, a bidirectional override, a
// zero byte, bytes that are no UTF-8, line separators; and a word without blanks that is wider than a screen.
extern const struct str verdict_hostile, verdict_endless;

#endif
