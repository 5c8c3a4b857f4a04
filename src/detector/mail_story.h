// The story of an unusual way into mailboxes: what unusual_mail_app gathers of it, what it weighs, and the
// words for it.
// SPDX-License-Identifier: Apache-2.0
#ifndef STORMGLASS_DETECTOR_MAIL_STORY_H
#define STORMGLASS_DETECTOR_MAIL_STORY_H

#include "baseline/knowledge.h"
#include "detector/draft.h"

struct mail_story {
    struct draft *draft;
    enum client_class class;
    uint32_t way, app, client_app, tenant;
    uint32_t network; // 0: several, or none
    uint32_t reader;
    bool is_rare, is_strange, is_usual_of_app, has_readers, is_by_application;
    bool is_disguised;   // calls itself one of Microsoft's services, but comes from elsewhere
    bool is_covered;     // by sign-in logs, an access at least
    bool is_settled_new; // an item is new with history enough, not only sparse
    uint64_t mailboxes, most_at_one_place, messages, folders, accesses, bare, found;
    uint64_t others, peers; // mailboxes that have the way of old; all other mailboxes
    unsigned other_days;    // on which none of the mailboxes was read that way, at least
    double chance;
};

// Nothing of it is told below 1; then low, medium, high, critical. One for each of: a rare way, a strange
// network, an access without any sign-in, several mailboxes; one less when every token is found in the
// sign-in logs, or when an ordinary day may well bring such a way to one mailbox.
int mail_story_weigh(const struct mail_story *story);

// The symbol of the application that called, 0 for none.
uint32_t mail_story_caller(const struct mail_story *story);

// The whole statement; replaces what `out` holds.
void mail_story_write(const struct knowledge *knowledge, const struct mail_story *story,
                      struct buf *out);
// The same for a client that owners took to since `since`, each where he always is; only the way and the
// mailboxes of the story are looked at.
void mail_story_write_roll_out(const struct knowledge *knowledge, const struct mail_story *story,
                               int64_t since, struct buf *out);

#endif
