// Messages made from keys.
// SPDX-License-Identifier: Apache-2.0
#include "simulate/mail.h"

#include "simulate/pen.h"

void mail_receive(struct person *mailbox, uint64_t key, uint32_t from, enum folder_id folder)
{
    mailbox->ring[mailbox->received % MAIL_RING] =
        (struct mail){.key = key, .from = from, .folder = (uint8_t)folder};
    mailbox->received++;
    mailbox->unread += folder == FOLDER_INBOX;
}

struct mail *mail_recent(struct person *mailbox, uint32_t back)
{
    if (back >= mailbox->received || back >= MAIL_RING)
        return NULL;
    return &mailbox->ring[(mailbox->received - 1 - back) % MAIL_RING];
}

struct mail mail_backlog(const struct tenant *tenant, const struct person *mailbox, uint32_t number)
{
    static const uint8_t folders[16] = {
        FOLDER_INBOX,    FOLDER_INBOX,     FOLDER_INBOX,   FOLDER_INBOX,
        FOLDER_INBOX,    FOLDER_INBOX,     FOLDER_SENT,    FOLDER_SENT,
        FOLDER_SENT,     FOLDER_ARCHIVE,   FOLDER_ARCHIVE, FOLDER_PROJECTS,
        FOLDER_PROJECTS, FOLDER_CUSTOMERS, FOLDER_DELETED, FOLDER_JUNK};
    uint64_t key = hash_mix(mailbox->puid + number * UINT64_C(0x9e3779b97f4a7c15));
    struct mail mail = {.key = key, .from = MAIL_OUTSIDE, .folder = folders[key >> 8 & 15]};
    if (mail.folder == FOLDER_SENT)
        mail.from = mailbox->index;
    else if (key >> 12 & 1)
        mail.from = (uint32_t)((key >> 16) % tenant->people_count);
    return mail;
}

const struct sender *mail_sender(const struct mail *mail)
{
    return &senders[(mail->key >> 20) % sender_count];
}

// <AM0PR04MB4711A1B2C3D4E5F60718@mail.contoso.example> of the tenant's own, <a1b2c3d4.e5f60718@sender>.
struct str mail_id(const struct tenant *tenant, const struct mail *mail, char text[MESSAGE_ID_SIZE])
{
    struct buf out = {.at = text, .capacity = MESSAGE_ID_SIZE};
    uint64_t mixed = hash_mix(mail->key);
    if (mail->from != MAIL_OUTSIDE) {
        PUT(&out, "<AM0PR04MB");
        put_number(&out, (int64_t)(1000 + mail->key % 9000));
        put_hex(&out, mixed, 16);
        PUT(&out, "@mail.");
        buf_add(&out, tenant->domain);
    } else {
        PUT(&out, "<");
        put_hex(&out, mixed >> 32, 8);
        PUT(&out, ".");
        put_hex(&out, mixed, 8);
        put_hex(&out, mail->key, 4);
        PUT(&out, "@");
        buf_add(&out, str_from(mail_sender(mail)->domain));
    }
    PUT(&out, ">");
    return str_of(text, out.len);
}

static const struct subject *subject_of(const struct mail *mail)
{
    return &subjects[(mail->key >> 28) % subject_count];
}

enum topic mail_topic(const struct mail *mail)
{
    return subject_of(mail)->topic;
}

void mail_put_subject(struct buf *out, const struct mail *mail)
{
    static const char *const months[] = {"January",   "February", "March",    "April",
                                         "May",       "June",     "July",     "August",
                                         "September", "October",  "November", "December"};
    struct str rest = str_from(subject_of(mail)->text);
    size_t at = str_index(rest, '%');
    while (at < rest.len) {
        buf_add(out, str_of(rest.at, at));
        char what = rest.at[at + 1];
        if (what == 'p')
            buf_add(out, str_from(projects[(mail->key >> 36) % project_count]));
        else if (what == 'n')
            put_number(out, (int64_t)(1 + (mail->key >> 40) % 98000));
        else
            buf_add(out, str_from(months[(mail->key >> 44) % 12]));
        rest = str_of(rest.at + at + 2, rest.len - at - 2);
        at = str_index(rest, '%');
    }
    buf_add(out, rest);
}

uint32_t mail_size(const struct mail *mail)
{
    uint32_t bytes = 6000 + (uint32_t)(mail->key >> 50) % 60000;
    return mail->key % 11 == 0 ? bytes * 60 : bytes; // with an attachment
}

void put_folder_id(struct buf *out, const struct person *mailbox, enum folder_id folder)
{
    PUT(out, "\"LgAAAAB");
    put_hex(out, hash_mix(mailbox->puid + folder), 16);
    PUT(out, "AQ");
    put_hex(out, mailbox->puid, 16);
    put_number(out, 10 + folder);
    PUT(out, "AAAB\"");
}

void put_item_id(struct buf *out, const struct person *mailbox, const struct mail *mail)
{
    PUT(out, "\"RgAAAAB");
    put_hex(out, hash_mix(mailbox->puid + mail->folder), 16);
    PUT(out, "BwD");
    put_hex(out, mail->key, 16);
    PUT(out, "AAAJ\"");
}
