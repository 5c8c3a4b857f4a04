// Private to event/activity*.c: what the readers of activities share.
// SPDX-License-Identifier: Apache-2.0
#ifndef STORMGLASS_EVENT_ACTIVITY_PART_H
#define STORMGLASS_EVENT_ACTIVITY_PART_H

#include "event/activity.h"

// ---- event/activity.c -------------------------------------------------------------------------

// The pieces that an activity is read in, in this order. All but a record's own are often the same as in a record
// before; they follow from the values of the slots, from the event's source, from what tells its actor and the order of
// days in it, and from the kind that PIECE_WHAT found, and from nothing else (event/activity_memo.h).
enum activity_piece {
    PIECE_WHAT,  // was done, and how it ended
    PIECE_WHO,   // did it, in whose mailbox
    PIECE_WITH,  // which program and device
    PIECE_WHERE, // from which address, in which session
    PIECE_OWN,   // id, token, counts, subject, what a command changed ...
    PIECE_COUNT
};

// What the event itself says.
void activity_begin(const struct event *event, struct activity *out);
// Reads one piece into the activity, which has the ones before.
void activity_read_piece(enum activity_piece piece, const struct event *event,
                         const struct field_slots *slots, struct intern *texts,
                         struct activity *out);
// Takes any piece but PIECE_OWN out of an activity, and puts it into another.
#define PIECE_SIZE 24
void activity_piece_get(enum activity_piece piece, const struct activity *from,
                        char out[PIECE_SIZE]);
void activity_piece_put(enum activity_piece piece, const char from[PIECE_SIZE],
                        struct activity *out);

// ---- event/activity_text.c --------------------------------------------------------------------

// How a value becomes the text of a symbol: equal things must be one symbol.
enum spelling {
    SPELL_AS_IS,
    SPELL_LOWER,
    SPELL_USER, // lower case; of "ServicePrincipal_<object id>" the id, as sign-ins name it
    SPELL_GUID, // only GUIDs other than zero, lower case
    SPELL_KEY,  // a GUID as above, or a PUID (16 hex digits from 1003 on, alone or in SharePoint's
    // "i:0h.f|membership|<puid>@live.com"), lower case: the account's number, which stays with it
    SPELL_SESSION, // GUIDs lower case, other texts as they are
    SPELL_ADDRESS, // an IP address without port
    SPELL_COUNTRY, // two letters, upper case; of "City, State, CC" the last part
    SPELL_ONCE,    // as it is; seldom said again, so that it need not be remembered
};

// The symbol of the value, 0 when it is none in that spelling. Cut as activity_read says.
uint32_t activity_text(struct intern *texts, struct str text, enum spelling spelling);
// The same; `speaker` tells where texts come from that are often the same as the one before (base/intern.h).
uint32_t activity_text_of(struct intern *texts, unsigned speaker, struct str text,
                          enum spelling spelling);

// Says that activity_text_of will be asked the same before long (intern_expect).
void activity_text_expect(struct intern *texts, unsigned speaker, struct str text,
                          enum spelling spelling);

// The first value of the field when it says something, else empty.
struct str activity_word(const struct field_slots *slots, enum field_id field);

// Sets the flag if `is_set`; never takes it away.
void activity_set(struct activity *out, enum activity_flag flag, bool is_set);

// A number as it fits the member; a failure does not become 0.
int32_t activity_error(int64_t number);

bool guid_is_zero(const uint8_t guid[16]);

// Is it one of the words, letters folded?
bool text_is_one_of(struct str word, const char *const *words, size_t count);

// Has it the form of a mail address, rather than of a name or a place in the directory?
bool text_is_address(struct str text);

// ---- event/activity_audit.c -------------------------------------------------------------------

// A record of the audit log: workload, how it was logged on.
void activity_read_audit(const struct event *event, const struct field_slots *slots,
                         struct activity *out);
// The rest: counts, what a command or rule does, whose mailbox.
void activity_read_audit_own(const struct field_slots *slots, struct intern *texts,
                             struct activity *out);

// ---- event/activity_entra.c -------------------------------------------------------------------

// A change of the directory, in either log: what it was done to and what it gives.
void activity_read_directory(const struct event *event, const struct field_slots *slots,
                             struct intern *texts, struct activity *out);
// A sign-in, in either log.
void activity_read_sign_in(const struct event *event, const struct field_slots *slots,
                           struct activity *out);

#endif
