// What is usual for whom: for each mailbox, user, application and tenant, which values of a facet
// (application, client, network, hour ...) it has been seen with: how often, on which days, first and
// last; and how many messages were read a day. What a store holds depends on the facts alone, not on
// their order, so each thread may fill a store of its own. Pure; bounded; sorted out once, then asked
// (baseline/habit_ask.h), kept between runs (baseline/habit_state.h). Why it is made like this: docs/decisions/0012-habits-are-days.md.
// SPDX-License-Identifier: Apache-2.0
#ifndef STORMGLASS_BASELINE_HABIT_H
#define STORMGLASS_BASELINE_HABIT_H

#include "base/intern.h"

// Entries (different kind, subject, facet and value) of a store: about 72 bytes each.
#define HABIT_ENTRIES_LIMIT ((uint32_t)4 << 20)
#define HABIT_ENTRIES_MOST (((uint32_t)1 << 24) - 1)
// Symbols are the caller's numbers for texts, from 0, dense: equal text, equal number.
#define HABIT_SYMBOL_LIMIT ((uint32_t)1 << 24)
#define HABIT_NO_SYMBOL UINT32_MAX
// Longer texts go through habit_text.
#define HABIT_TEXT_LIMIT 240

// Kinds and facets are written into state files as numbers: new ones go to the end.
enum habit_kind { HABIT_MAILBOX, HABIT_USER, HABIT_APP, HABIT_TENANT, HABIT_KINDS };

// Facets: id, name, whether the value is a symbol (1) or the number itself (0).
//   way        application, client application and client class together: the caller joins their texts
//   network    autonomous system or prefix
//   hour       hour of the week in UTC, 0 (Monday 00:00) to 167
//   opened     mailboxes of others that a person, or any that an application, opened
//   volume     messages read: the value is ignored, `count` is the number of messages
#define HABIT_FACET_LIST(ROW)                                                                      \
    ROW(APP_ID, "application", 1)                                                                  \
    ROW(CLIENT_APP, "client application", 1)                                                       \
    ROW(CLIENT_CLASS, "client class", 1)                                                           \
    ROW(NETWORK, "network", 1)                                                                     \
    ROW(COUNTRY, "country", 1)                                                                     \
    ROW(AGENT, "user agent", 1)                                                                    \
    ROW(DEVICE, "device", 1)                                                                       \
    ROW(HOUR, "hour of the week", 0)                                                               \
    ROW(LOGON_TYPE, "logon type", 0)                                                               \
    ROW(OPERATION, "operation", 1)                                                                 \
    ROW(WAY, "way in", 1)                                                                          \
    ROW(VOLUME, "messages read", 0)                                                                \
    ROW(OPENED, "mailbox opened", 1)

#define HABIT_FACET_ENUM(id, name, is_symbol) HABIT_##id,
enum habit_facet { HABIT_FACET_LIST(HABIT_FACET_ENUM) HABIT_FACETS };
#undef HABIT_FACET_ENUM

const char *habit_facet_name(enum habit_facet facet);
uint32_t habit_hour_of_week(int64_t instant);

// A text as a store can keep it: itself, or its beginning and a hash of the whole when it is longer
// than the limit. To be used before the text gets its symbol, so that the same symbol comes back
// from a state file. `room` is used only when needed.
struct str habit_text(struct str text, char room[HABIT_TEXT_LIMIT]);

struct habit;
// A store for at most `entries_limit` entries (0: HABIT_ENTRIES_LIMIT).
struct habit *habit_new(uint32_t entries_limit);
void habit_free(struct habit *habit);

// Tells the text of a symbol; copied. Once for each symbol, before its first fact; telling it again
// costs little and changes nothing.
void habit_name(struct habit *habit, uint32_t symbol, struct str text);
// From now on names need not be told: they are those of a table in which symbols have the same numbers, and which
// outlives the store. Such a store cannot be saved.
void habit_borrow_names(struct habit *habit, const struct intern *texts);
// The text of a symbol, or an empty one.
struct str habit_name_find(const struct habit *habit, uint32_t symbol);

// One sighting: `subject` had `value`, at `time`, `count` times (or messages; 0 counts as nothing
// seen). A fact without a time (INSTANT_NONE) or with a symbol over the limit is passed over.
struct habit_fact {
    int64_t time;
    uint32_t subject, value, count;
    uint8_t kind, facet;
};
// Adding several facts at once (those of one event, say) is faster than one by one.
void habit_add(struct habit *habit, const struct habit_fact facts[], size_t count);

// Gives the number in the receiving store's symbols for a text, or HABIT_NO_SYMBOL when there is no
// room (what it belongs to is passed over and the store is full). Must give equal numbers for equal texts.
typedef uint32_t habit_symbol_of(void *context, struct str text);

// Adds all of `from`, which holds other records of the same reading (another thread's): counts and
// messages of a day add up. `symbol_of` may be NULL when both stores use the same numbers.
void habit_merge(struct habit *into, const struct habit *from, habit_symbol_of *symbol_of,
                 void *context);
// Adds all of `from`, which was learned in another run, perhaps from the same records: days, first and
// last times unite, of counts and of the messages of a day the larger holds, so that nothing counts
// twice; a count is a lower bound then.
void habit_join(struct habit *into, const struct habit *from, habit_symbol_of *symbol_of,
                void *context);

// Forgets what was last seen before `before`.
void habit_forget(struct habit *habit, int64_t before);

// A full store keeps 1 in 2^halvings of its subjects (of a tenant: of the values), chosen by a hash of
// the text, and knows those completely: which ones does not depend on the order of facts. Only when
// even that does not help (hour, logon type and volume of very many tenants) new entries are refused.
bool habit_is_full(const struct habit *habit);
unsigned habit_halvings(const struct habit *habit);
// False when the store would not know this subject (of a tenant: this value): absence says nothing then.
bool habit_covers(const struct habit *habit, enum habit_kind kind, uint32_t subject,
                  enum habit_facet facet, uint32_t value);

uint32_t habit_count(const struct habit *habit); // entries
size_t habit_bytes(const struct habit *habit);   // memory

// Sorts everything out for questions; after this the store may be read by many threads. Any change
// undoes it. Costs a second or so for millions of entries.
void habit_settle(struct habit *habit);

#endif
