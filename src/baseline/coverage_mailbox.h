// Mailboxes against their own habit: on which days they had records, and whether a silence is a gap.
// Kept in coverage, which is told of mailboxes and people record by record.
// SPDX-License-Identifier: Apache-2.0
#ifndef STORMGLASS_BASELINE_COVERAGE_MAILBOX_H
#define STORMGLASS_BASELINE_COVERAGE_MAILBOX_H

#include "baseline/coverage.h"

// Days of mailboxes and people in blocks of 64: 16 bytes a block, at most this many; beyond it a share
// of the mailboxes is kept, chosen by nothing but their number.
#define COVERAGE_BLOCK_LIMIT ((uint32_t)1 << 22)

struct coverage_mailbox {
    struct coverage_answer answer;  // cause SILENT: with silent_from and _to
    uint32_t days, active_days;     // whole days of the time asked for, and with mailbox records
    uint32_t person_days;           // days on which the user acted elsewhere (sign-ins, files ...)
    uint32_t silent_person_days;    // of those in the silence
    int64_t silent_from, silent_to; // the least likely silence; INSTANT_NONE: none
    double silent_chance; // of it by the mailbox's own habit: the share of the same weekdays
                          // with records, outside the time asked for ((active + 1/2) / (days + 1))
};
// One mailbox in [from, to] against its own habit. `user`: its owner, 0 unknown.
// COVERAGE_SILENCE_CHANCE is that of one silence of one mailbox: of ten thousand mailboxes some ten are
// silent by chance, so hold silent_person_days against it.
void coverage_of_mailbox(const struct coverage *coverage, uint32_t mailbox, uint32_t user,
                         int64_t from, int64_t to, struct coverage_mailbox *out);
// The mailboxes that are known, in order. Gives how many there are; fills at most `limit`.
size_t coverage_mailboxes(const struct coverage *coverage, uint32_t *mailboxes, size_t limit);
unsigned coverage_halvings(const struct coverage *coverage); // of the mailboxes' share

#endif
