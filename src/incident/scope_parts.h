// What a scope is made of; for scope.c (whose accesses), scope_record.c (what they name), scope_join.c
// (subjects) and scope_write.c (which writes it out).
// SPDX-License-Identifier: Apache-2.0
#ifndef STORMGLASS_INCIDENT_SCOPE_PARTS_H
#define STORMGLASS_INCIDENT_SCOPE_PARTS_H

#include "base/buf.h"
#include "base/keyset.h"
#include "base/map.h"
#include "incident/scope.h"

// Folders and mailboxes repeat: more than can be told apart in a report is of no use.
#define SCOPE_REACH_LIMIT ((size_t)1 << 18)
// Messages beyond INCIDENT_MESSAGE_LIMIT that are told apart for counting.
#define SCOPE_COUNT_LIMIT ((size_t)1 << 23)

#define SCOPE_INPUT_BITS 44 // of event.position below the input's number

// One mail access of the attacker's.
struct access {
    uint64_t identity, position;
    int64_t time;
    uint32_t incident, mailbox; // number; symbol
    uint32_t count;
    bool is_sync;
    bool is_named; // its record names messages: they are counted, not its operations
    bool is_kept;  // its record was read by an earlier run and may not be among the inputs
    bool is_read;  // what its record names is known
};

struct message {
    uint32_t incident, mailbox;
    struct str id; // InternetMessageId
    struct incident_message said;
};

struct folder {
    uint32_t incident, mailbox;
    struct incident_presumed said;
};

// What the attacker did in one mailbox.
struct reached {
    uint32_t incident, mailbox;
    uint64_t accesses;
    uint64_t operations;         // OperationCount of the binds that name no message
    uint64_t messages, unlisted; // named; those of them for which there was no room
    uint64_t missing;            // accesses whose records are not among the inputs ...
    int64_t missing_first, missing_last;
    size_t throttled; // the last such time of the mailbox among the folders + 1; 0: none
    int64_t first, last;
};

// A session or address that the attacker came to use beside those that findings name.
struct trail {
    enum entity_kind kind;
    uint32_t symbol, incident;
};

// A user who read a mailbox with their own account, in bulk or by rights they should not have used: what they
// read of it in that time is meant.
struct insider {
    uint32_t incident, person, mailbox;
    int64_t first, last;
    bool is_delegate; // of another's mailbox; folders that were synchronised count as well
};

#define TRAIL_LIMIT ((uint32_t)1 << 16)

// Which activities may have a mark of an incident at all: symbols of things and trails as bits, tokens by
// a hash of their bytes. False hits cost time only. A zeroed one is empty.
struct mark_filter {
    uint64_t *symbols;
    uint32_t symbol_count; // a multiple of 64
    uint64_t tokens[256];
    bool has_tokens;
};

// What was asked before: answers depend on the key alone. A collision forgets.
struct ask_key {
    int64_t first, last; // of the incident
    uint32_t kind, person, mailbox, symbol, incident, agent, client, is_mail;
};
#define ASKED_COUNT ((uint32_t)1 << 16) // a power of two
struct asked {
    struct ask_key key;
    bool is_set, answer;
};

struct found_text {
    char *at;
    size_t len, room;
};

// What is known of the messages with one InternetMessageId.
struct found {
    struct found_text subject, sender;
    bool is_own; // the subject is of a record of a read
};

struct scope {
    const struct knowledge *knowledge;
    const struct linker *linker;
    struct incident_list *incidents;
    struct scope_keeper keeper; // zeros: nothing is kept
    struct arena arena;
    struct trail *trails;
    uint32_t trail_count, trail_capacity;
    uint32_t *trail_slots; // by (kind, symbol): trail + 1
    uint32_t trail_mask;
    struct insider *insiders;
    uint32_t insider_count, insider_capacity;
    struct mark_filter filter;
    struct asked *asked; // ASKED_COUNT of them
    struct access *accesses;
    size_t access_count, access_capacity;
    struct scope_items items; // of the record at hand
    uint64_t *positions;      // of the accesses' records, but for those of earlier runs
    size_t position_count;
    bool *inputs; // that hold accesses
    size_t input_count;
    struct message *messages;
    size_t message_count, message_capacity;
    struct map message_keys; // incident, mailbox and id -> message
    struct keyset more;      // the same beyond what is listed, as hashes
    uint64_t *id_bits;       // of ends of the messages' ids; NULL: not made yet
    struct map found_keys;   // InternetMessageId -> found
    struct found *found;
    size_t found_count, found_capacity;
    struct map folder_keys;              // incident, mailbox and path -> folder
    struct buf key;                      // scratch
    struct str last_record, last_folder; // as they are kept: they repeat
    struct folder *folders;
    size_t folder_count, folder_capacity;
    struct reached *reached;
    size_t reached_count, reached_capacity;
    struct map reached_keys;
    bool has_news;    // since the last scope_trace_end
    bool is_sealed;   // accesses are sorted by identity, their places are sorted
    bool is_indexed;  // the messages are in found_keys
    bool has_odd_ids; // some id cannot be told from the text
};

// scope.c: what the attacker did in a mailbox, made when it is new. Borrowed until the next one.
struct reached *reached_open(struct scope *scope, uint32_t incident, uint32_t mailbox);

// scope_record.c: the accesses in order of identity.
void scope_seal(struct scope *scope);
// scope.c: frees the accesses, and what messages are found by, once nothing more is read.
void scope_end_reading(struct scope *scope);

// scope_kept.c: hands out what was found of messages; counts the accesses whose records are missing; says it.
void scope_hand_out(struct scope *scope);
void scope_count_missing(struct scope *scope);
void scope_tell_missing(struct scope *scope, const struct reached *reached,
                        struct incident *incident, struct incident_mailbox *mailbox);
// scope_mark.c: fills the filter with what the linker's incidents are known by; one more symbol; whether an
// activity may have any of it.
void mark_filter_fill(struct scope *scope);
void mark_filter_add(struct mark_filter *filter, uint32_t symbol);
bool mark_filter_has(const struct mark_filter *filter, const struct activity *activity);
bool mark_filter_has_token(const struct mark_filter *filter, const struct activity *activity);
void mark_filter_done(struct mark_filter *filter);
// The place of a question's answer: its own when is_set, else to be set by the caller.
struct asked *asked_open(const struct scope *scope, const struct ask_key *key);

// scope_join.c: brings the messages of one id together. Once; after the last record.
void scope_index(struct scope *scope);

#endif
