// Messages: everything about one follows from its 64-bit key, so that a mailbox of any size needs no
// memory, and a message is the same in trace, mailbox and what an intruder read.
// SPDX-License-Identifier: Apache-2.0
#ifndef STORMGLASS_SIMULATE_MAIL_H
#define STORMGLASS_SIMULATE_MAIL_H

#include "base/buf.h"
#include "simulate/tenant.h"

#define MESSAGE_ID_SIZE 96

// Puts a new message into a mailbox.
void mail_receive(struct person *mailbox, uint64_t key, uint32_t from, enum folder_id folder);

// The message `back` places before the newest, of those that came since the start; NULL when there
// are not so many or they are forgotten.
struct mail *mail_recent(struct person *mailbox, uint32_t back);
// Message number 0 .. backlog - 1 of those that were there before the start.
struct mail mail_backlog(const struct tenant *tenant, const struct person *mailbox,
                         uint32_t number);

// The InternetMessageId with its angle brackets; fills `text` and gives its slice.
struct str mail_id(const struct tenant *tenant, const struct mail *mail,
                   char text[MESSAGE_ID_SIZE]);
void mail_put_subject(struct buf *out, const struct mail *mail); // bare text
enum topic mail_topic(const struct mail *mail);
uint32_t mail_size(const struct mail *mail);               // bytes
const struct sender *mail_sender(const struct mail *mail); // of one from outside

// Exchange's identifiers of folders and items, as quoted JSON.
void put_folder_id(struct buf *out, const struct person *mailbox, enum folder_id folder);
void put_item_id(struct buf *out, const struct person *mailbox, const struct mail *mail);

#endif
