// The answer: what each scenario did, exactly, and what the logs do not show of it.
// SPDX-License-Identifier: Apache-2.0
//
// One `struct story` for each scenario that runs. Its memory grows with what the scenario does, never
// with the benign life around it.
#ifndef STORMGLASS_SIMULATE_TRUTH_H
#define STORMGLASS_SIMULATE_TRUTH_H

#include "simulate/mail.h"

#define STORY_GAP_LIMIT 256

// Sets of text of a story, each written as a sorted list without repetition.
#define STORY_SET_LIST(X)                                                                          \
    X(USERS, "users")                                                                              \
    X(TARGETS, "targeted_users")                                                                   \
    X(MAILBOXES, "mailboxes")                                                                      \
    X(SESSIONS, "sessions")                                                                        \
    X(TOKENS, "tokens")                                                                            \
    X(IPS, "ips")                                                                                  \
    X(ASNS, "asns")                                                                                \
    X(COUNTRIES, "countries")                                                                      \
    X(APPS, "apps")                                                                                \
    X(CLIENT_APPS, "client_apps")                                                                  \
    X(AGENTS, "user_agents")                                                                       \
    X(RULES, "inbox_rules")                                                                        \
    X(RECORDS, "records")                                                                          \
    X(LURED, "lured_records")
enum story_set {
#define X(id, name) SET_##id,
    STORY_SET_LIST(X)
#undef X
        SET_COUNT
};

struct text_set {
    struct str *items;
    size_t count, capacity;
    size_t sorted; // how many of the first are sorted and distinct
};

struct read_message {
    uint32_t mailbox;
    struct mail mail;
    int64_t time;
};
struct synced_folder {
    uint32_t mailbox;
    enum folder_id folder;
    int64_t first, last;
    bool is_throttled; // not synchronised: not to be known since logging was throttled
};
// Records that happened and are not in the files.
struct missing {
    const char *log, *why;
    int64_t first, last;
    uint64_t records;
};

struct story {
    const struct scenario *scenario;
    int64_t first, last; // INSTANT_NONE until something happened
    struct text_set sets[SET_COUNT];
    struct read_message *read;
    size_t read_count, read_capacity;
    struct synced_folder *folders;
    size_t folder_count, folder_capacity;
    struct missing missing[STORY_GAP_LIMIT];
    size_t missing_count;
    struct arena arena;
};

void story_init(struct story *story, const struct scenario *scenario);
void story_done(struct story *story);
void story_add(struct story *story, enum story_set which, struct str text);
void story_add_guid(struct story *story, enum story_set set, const struct guid *guid);
void story_add_address(struct story *story, struct address address);
void story_time(struct story *story, int64_t time);
void story_read(struct story *story, const struct person *mailbox, const struct mail *mail,
                int64_t time);
void story_folder(struct story *story, const struct person *mailbox, enum folder_id folder,
                  int64_t time, bool is_throttled);
void story_missing(struct story *story, const char *log, const char *why, int64_t time);

// The story as an object of truth.json.
void story_put(struct story *story, const struct tenant *tenant, struct buf *out);

#endif
