// scope.csv: one row for each message that an incident's attacker read, and for what must be presumed or
// cannot be known.
// SPDX-License-Identifier: Apache-2.0
#include <inttypes.h>
#include <stdio.h>

#include "report/pen.h"
#include "report/report.h"
#include "report/safe.h"

struct row {
    const struct incident *incident;
    struct str mailbox, message_id, subject, sender, folder, why, record;
    const char *state; // read, presumed, unknown
    int64_t from, to;
    uint64_t bytes;
};

static void add_time(struct buf *out, int64_t time)
{
    char text[INSTANT_SIZE];
    buf_add_char(out, ',');
    buf_add(out, str_from(instant_print(time, text)));
}

static void add_row(struct pen *pen, const struct row *row)
{
    struct buf *out = &pen->buf;
    const struct str cells[] = {row->mailbox, str_from(row->state), row->message_id,
                                row->subject, row->sender,          row->folder};
    buf_add(out, str_from(row->incident->id));
    for (size_t i = 0; i < sizeof cells / sizeof cells[0]; i++) {
        buf_add_char(out, ',');
        safe_csv(out, cells[i]);
    }
    add_time(out, row->from);
    add_time(out, row->to);
    buf_add_char(out, ',');
    if (row->bytes)
        buf_print(out, "%" PRIu64, row->bytes);
    buf_add_char(out, ',');
    safe_csv(out, row->why);
    buf_add_char(out, ',');
    safe_csv(out, row->record);
    buf_add(out, S("\r\n"));
    pen_rest(pen);
}

static void add_mailbox(struct pen *pen, const struct incident *incident,
                        const struct incident_mailbox *mailbox)
{
    for (size_t i = 0; i < mailbox->read_listed && !pen->is_refused; i++) {
        const struct incident_message *read = &mailbox->read[i];
        add_row(pen, &(struct row){.incident = incident,
                                   .mailbox = mailbox->mailbox,
                                   .state = "read",
                                   .message_id = read->message_id,
                                   .subject = read->subject,
                                   .sender = read->sender,
                                   .folder = read->folder,
                                   .from = read->first_read,
                                   .to = read->first_read,
                                   .bytes = read->bytes,
                                   .record = read->record});
    }
    for (size_t i = 0; i < mailbox->presumed_count; i++)
        add_row(pen, &(struct row){.incident = incident,
                                   .mailbox = mailbox->mailbox,
                                   .state = "presumed",
                                   .folder = mailbox->presumed[i].folder,
                                   .from = mailbox->presumed[i].from,
                                   .to = mailbox->presumed[i].to,
                                   .why = str_from(incident_reach_name(mailbox->presumed[i].why)),
                                   .record = mailbox->presumed[i].record});
    for (size_t i = 0; i < mailbox->unknown_count; i++)
        add_row(pen, &(struct row){.incident = incident,
                                   .mailbox = mailbox->mailbox,
                                   .state = "unknown",
                                   .from = mailbox->unknown[i].from,
                                   .to = mailbox->unknown[i].to,
                                   .why = mailbox->unknown[i].why});
}

bool report_scope(const struct outline *outline, const struct sink *sink)
{
    const struct incident_list *incidents = &outline->result->incidents;
    struct pen pen;
    pen_init(&pen, sink);
    buf_add(&pen.buf, S("incident,mailbox,state,message_id,subject,sender,folder,from,to,bytes,why,"
                        "record_id\r\n"));
    for (size_t i = 0; i < incidents->count && !pen.is_refused; i++)
        for (size_t m = 0; m < incidents->items[i].mailbox_count; m++)
            add_mailbox(&pen, &incidents->items[i], &incidents->items[i].mailboxes[m]);
    return pen_done(&pen);
}
