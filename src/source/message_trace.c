// Exchange message trace: what became of each message, for each of its recipients.
// Source: Get-MessageTraceV2, the portal's extended trace, Defender table EmailEvents.
// SPDX-License-Identifier: Apache-2.0
#include "event/read.h"
#include "source/clues.h"

static bool recognise(const struct record *record)
{
    static const char *const recipients[] = {"RecipientAddress", "recipientAddress"};
    static const char *const extended[] = {"recipient_status", "recipient_address", "message_id"};
    if (record_has(record, S("Operation")))
        return false;
    if (record_has(record, S("SenderAddress")) || record_has(record, S("senderAddress")))
        return record_has_any(record, recipients, 2);
    if (record_has(record, S("sender_address")))
        return record_has_any(record, extended, 3);
    return record_has(record, S("NetworkMessageId")) &&
           record_has(record, S("RecipientEmailAddress"));
}

// One message has a row for each recipient, so the id is both.
static void finish(struct field_slots *slots, struct event *event)
{
    struct str trace = field_word(slots, FIELD_Id);
    struct str recipient = field_word(slots, FIELD_RecipientAddress);
    if (trace.len && recipient.len)
        event->id = arena_print(&slots->arena, "%.*s/%.*s", (int)trace.len, trace.at,
                                (int)recipient.len, recipient.at);
    event->time = field_time(slots, FIELD_Received, event->is_day_first);
    event->actor = ACTOR_UNKNOWN; // the sender's address is what the message says, no more
}

static const enum field_id fields[] = {FIELD_Id, FIELD_RecipientAddress, FIELD_Received};

const struct source source_message_trace = {.id = SOURCE_MESSAGE_TRACE,
                                            .name = "message_trace",
                                            .recognise = recognise,
                                            .finish = finish,
                                            .fields = fields,
                                            .field_count = sizeof fields / sizeof fields[0]};
