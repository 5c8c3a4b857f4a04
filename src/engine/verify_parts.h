// Private to engine/verify*.c: what is looked for in later records, and what was found.
// SPDX-License-Identifier: Apache-2.0
#ifndef STORMGLASS_ENGINE_VERIFY_PARTS_H
#define STORMGLASS_ENGINE_VERIFY_PARTS_H

#include "base/keyset.h"
#include "base/map.h"
#include "engine/verify.h"
#include "event/activity.h"
#include "hypothesis/remedy_book.h"

#define VERIFY_TIMES 10000
enum { VERIFY_USED = 3 };
#define VERIFY_OUTSIDERS 2 // as LINK_OUTSIDERS

// A thing of an incident's that later records are asked for; things of one text are a chain.
struct verify_watch {
    struct verify_thing thing;
    char record[128], who[256]; // of the first, cut at the end when longer
    uint32_t incident;
    uint32_t next;  // index + 1 of the next with the same key
    int64_t *times; // of the successes, to tell how many are after the last step; the first TIMES
    uint32_t time_count, time_capacity;
    bool is_context; // of the incident, but not the attacker's
    // People outside of the incident who use it: more are everybody's.
    uint64_t outsiders[VERIFY_OUTSIDERS + 1];
    uint32_t outsider_count;
};

// A record of an operation that shows some step done.
struct verify_record {
    int64_t time;
    struct str id, who, operation;
    struct str key;    // the operation as verify_operation gives it
    struct str words;  // its texts, each ended by a line feed, ASCII letters in lower case
    bool is_harm;      // sets what the step takes away
    bool is_attackers; // of a session or token of an attacker's
    // Index + 1 of the first watch of its address, application and client application; 0: none.
    uint32_t used[VERIFY_USED];
};

// Which logs there were of the time after an incident: what a step would be seen in.
enum verify_feed { FEED_EXCHANGE, FEED_DIRECTORY, FEED_COUNT };

struct verify_work {
    struct verification *out;
    struct remedy_book *book;
    struct verify_watch *watches;
    uint32_t watch_count, watch_capacity;
    struct map people;             // "7:alice@contoso.example": of incident 7
    struct map keys;               // "k:text" -> index + 1 of the first watch
    struct map operations;         // in lower case, of all steps
    struct map accounts;           // address or object id -> the other, as struct verify_alias
    struct verify_record *records; // by time, id when the reading is done
    size_t record_count, record_capacity;
    struct keyset seen;         // identities of what was counted
    int64_t latest[FEED_COUNT]; // time of the last record; INSTANT_NONE: none
};

// Object ids and addresses that sign-ins and others name together.
struct verify_alias {
    struct str other;
    struct verify_alias *next;
};

bool verify_read_report(struct verify_work *work, struct str path, struct error *error);
// After the last record.
void verify_judge(struct verify_work *work);
// The operation as it is compared: lower case, a dash for every dash, without the full stop and blanks behind it.
#define VERIFY_OPERATION_SIZE 256
struct str verify_operation(char room[VERIFY_OPERATION_SIZE], struct str operation);
// "ip:198.51.100.7", in lower case; what is longer is cut.
#define VERIFY_KEY_SIZE 2048
struct str verify_key(char room[VERIFY_KEY_SIZE], enum entity_kind kind, struct str text);
// "7:alice@contoso.example", in lower case.
struct str verify_person(char room[VERIFY_KEY_SIZE], uint32_t incident, struct str user);
// Whether so many others use it that it is nobody's.
static inline bool verify_is_shared(const struct verify_watch *watch)
{
    return watch->outsider_count > VERIFY_OUTSIDERS;
}
// Cuts the next part off a target ("mailbox / rule"); empty after the last.
struct str verify_part(struct str *target);

#endif
