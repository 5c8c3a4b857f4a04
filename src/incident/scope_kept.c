// Records of earlier runs: what of them is handed out to be kept, what comes back, and what is missing.
// SPDX-License-Identifier: Apache-2.0
#include "incident/gap.h"
#include "incident/scope_parts.h"

void scope_keep(struct scope *scope, const struct scope_keeper *keeper)
{
    scope->keeper = *keeper;
}

bool scope_wants_time(struct scope *scope, int64_t first, int64_t last)
{
    for (size_t i = 0; i < scope->access_count; i++) {
        const struct access *access = &scope->accesses[i];
        if (access->is_kept && !access->is_read && access->time >= first && access->time <= last)
            return true;
    }
    return false;
}

bool scope_has_missing(const struct scope *scope)
{
    for (size_t i = 0; i < scope->access_count; i++)
        if (scope->accesses[i].is_kept && !scope->accesses[i].is_read)
            return true;
    return false;
}

void scope_hand_out(struct scope *scope)
{
    for (size_t i = 0; scope->keeper.found && i < scope->message_count; i++) {
        const struct message *message = &scope->messages[i];
        const struct incident_message *said = &message->said;
        const struct scope_found found = {message->id, said->subject, said->sender};
        if (said->subject.len || said->sender.len)
            scope->keeper.found(scope->keeper.context, said->first_read, &found);
    }
}

void scope_count_missing(struct scope *scope)
{
    for (size_t i = 0; i < scope->access_count; i++) {
        const struct access *access = &scope->accesses[i];
        if (!access->is_kept || access->is_read)
            continue;
        struct reached *reached = reached_open(scope, access->incident, access->mailbox);
        if (!reached->missing || access->time < reached->missing_first)
            reached->missing_first = access->time;
        if (!reached->missing || access->time > reached->missing_last)
            reached->missing_last = access->time;
        reached->missing++;
    }
}

void scope_tell_missing(struct scope *scope, const struct reached *reached,
                        struct incident *incident, struct incident_mailbox *mailbox)
{
    struct arena *arena = &scope->incidents->arena;
    char first[INSTANT_SIZE], last[INSTANT_SIZE];
    if (!reached->missing)
        return;
    struct str why = arena_print(
        arena,
        "the records of %llu accesses from %s to %s were read by an earlier run and are not among the "
        "inputs",
        (unsigned long long)reached->missing, instant_print(reached->missing_first, first),
        instant_print(reached->missing_last, last));
    mailbox->unknown = ARENA_ARRAY(arena, struct incident_unknown, GAP_LIMIT);
    mailbox->unknown[mailbox->unknown_count++] =
        (struct incident_unknown){reached->missing_first, reached->missing_last, why};
    if (incident->gap_count == GAP_LIMIT)
        return;
    if (!incident->gaps)
        incident->gaps = ARENA_ARRAY(arena, struct incident_gap, GAP_LIMIT);
    incident->gaps[incident->gap_count++] = (struct incident_gap){
        arena_print(arena, "Which messages of %.*s were read in this time.",
                    (int)mailbox->mailbox.len, mailbox->mailbox.at),
        why,
        arena_copy(arena, S("scan the logs of this time again with the same --state: the messages "
                            "are listed then, and kept"))};
}
