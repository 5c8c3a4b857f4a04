// Which hours of which logs an incident's story rests on, and where they are not complete.
// SPDX-License-Identifier: Apache-2.0
#include "incident/gap.h"

#include "baseline/issued.h"

// What each log is needed for, and how long before the first event: a token may have been issued as long
// before its use as it lives.
static const struct {
    enum coverage_source source;
    int64_t before;
    const char *what;
} needs[] = {
    {COVERAGE_EXCHANGE, 0, "Which mail was read, sent, moved or deleted in this time."},
    {COVERAGE_INTERACTIVE, ISSUED_USER_LIFE, "Whether sign-ins of users preceded it."},
    {COVERAGE_NON_INTERACTIVE, ISSUED_USER_LIFE, "Which tokens were issued without the user."},
    {COVERAGE_SERVICE_PRINCIPAL, ISSUED_APP_LIFE, "Which tokens applications were given."},
    {COVERAGE_ENTRA_AUDIT, ISSUED_USER_LIFE, "Which consents, credentials and methods changed."},
};

struct finding_gaps {
    struct incident *incident;
    struct arena *arena;
    int64_t from, to;
    const char *what;
    bool is_exchange;
};

static struct str copy(struct finding_gaps *f, const char *text)
{
    return arena_copy(f->arena, str_from(text));
}

static void add_gap(struct finding_gaps *f, const struct coverage_answer *range)
{
    struct incident *incident = f->incident;
    if (incident->gap_count == GAP_LIMIT)
        return;
    if (!incident->gaps)
        incident->gaps = ARENA_ARRAY(f->arena, struct incident_gap, GAP_LIMIT);
    incident->gaps[incident->gap_count++] =
        (struct incident_gap){copy(f, f->what), copy(f, range->why), copy(f, range->how)};
}

// Where Exchange's records are not complete between the attacker's first and last access of a mailbox, more
// may have been read there.
static void add_unknown(struct finding_gaps *f, const struct coverage_answer *range)
{
    for (size_t i = 0; i < f->incident->mailbox_count; i++) {
        struct incident_mailbox *mailbox = &f->incident->mailboxes[i];
        int64_t from = range->from > mailbox->first ? range->from : mailbox->first;
        int64_t to = range->to < mailbox->last ? range->to : mailbox->last;
        if (from >= to || mailbox->unknown_count == GAP_LIMIT)
            continue;
        if (!mailbox->unknown)
            mailbox->unknown = ARENA_ARRAY(f->arena, struct incident_unknown, GAP_LIMIT);
        mailbox->unknown[mailbox->unknown_count++] =
            (struct incident_unknown){from, to, copy(f, range->why)};
    }
}

static bool on_range(const struct coverage_answer *range, void *context)
{
    struct finding_gaps *f = context;
    if (range->state == COVERAGE_COMPLETE || range->to <= f->from || range->from >= f->to)
        return true;
    add_gap(f, range);
    if (f->is_exchange)
        add_unknown(f, range);
    return true;
}

void incident_find_gaps(struct incident *incident, const struct coverage *coverage,
                        struct arena *arena)
{
    if (incident->first == INSTANT_NONE)
        return;
    for (size_t i = 0; i < sizeof needs / sizeof needs[0]; i++) {
        struct finding_gaps f = {.incident = incident,
                                 .arena = arena,
                                 .from = incident->first - needs[i].before,
                                 .to = incident->last + 1,
                                 .what = needs[i].what,
                                 .is_exchange = needs[i].source == COVERAGE_EXCHANGE};
        coverage_each_range(coverage, needs[i].source, on_range, &f);
    }
}
