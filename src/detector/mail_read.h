// What detectors of mail being read have in common: which accesses they look at, where a reader was, who
// is at home there, and the words for days and numbers.
// SPDX-License-Identifier: Apache-2.0
#ifndef STORMGLASS_DETECTOR_MAIL_READ_H
#define STORMGLASS_DETECTOR_MAIL_READ_H

#include "baseline/knowledge.h"

// Mail read by a person or an application of the tenant: dated, not failed, in a mailbox that is named,
// and not by the provider's own actors.
bool mail_read_counts(const struct activity *activity);

// Classes of Exchange's and Microsoft's own machinery (transport, assistants, migration, eDiscovery, the
// services behind REST). An intruder can name them as well: they explain only what comes from neutral addresses.
bool mail_read_is_back_end(enum client_class class);

// Where it was read from: the network, or the reader (the mailbox, when nobody is named) where the
// address says nothing.
struct mail_place {
    uint32_t symbol;
    bool is_network;
};
struct mail_place mail_read_place(const struct knowledge *knowledge,
                                  const struct activity *activity);

// The mailbox is read, or its owner signs in, from this network on at least HABIT_DAYS_KNOWN days outside
// the days from `from` to `to`, and it is not confined. A single day outside would not do: a thief signs in
// before he reads; nor many in a row: he may renew a session for weeks.
bool mail_read_is_at_home(const struct knowledge *knowledge, const struct activity *activity,
                          int64_t from, int64_t to);
// The same of the sign-ins of whoever reads: a delegate, an application.
bool mail_read_is_reader_at_home(const struct knowledge *knowledge, const struct activity *activity,
                                 int64_t from, int64_t to);

// The network is confined to some days of this mailbox or user, who was seen on HABIT_DAYS_ENOUGH other days
// and not there: strange to it, however long a stranger stayed.
bool mail_read_is_confined(const struct knowledge *knowledge, enum habit_kind kind,
                           uint32_t subject, uint32_t network);

// "Exchange Web Services used by application 7a3d...", at the beginning of a sentence (an empty buffer).
void mail_read_print_way(const struct knowledge *knowledge, enum client_class class, uint32_t app,
                         uint32_t client_app, struct buf *out);
// "on 2 May 2026", "between 2 and 9 May 2026", "between 28 April and 3 May 2026".
void mail_read_print_days(struct buf *out, int64_t first, int64_t last);
// "1 mailbox", "6 mailboxes".
void mail_read_print_count(struct buf *out, uint64_t count, const char *one, const char *many);

#endif
