// What an attacker read, in report.md: bounded tables, with a word about where the rest is.
// SPDX-License-Identifier: Apache-2.0
#include "base/figure.h"
#include "report/mark.h"
#include "report/markdown_parts.h"

#define MAILBOX_ROWS 50
#define MAILBOX_TABLES 20 // mailboxes whose messages are listed
#define MESSAGE_ROWS 50
#define PERIOD_ROWS 20

static void add_mailboxes(struct pen *pen, const struct incident *incident)
{
    struct buf *out = &pen->buf;
    buf_add(out, S("| mailbox | messages read | opened in all | folders and times presumed | times "
                   "unknown | accesses | first | last |\n"
                   "| --- | ---: | ---: | ---: | ---: | ---: | --- | --- |\n"));
    for (size_t i = 0; i < incident->mailbox_count && i < MAILBOX_ROWS; i++) {
        const struct incident_mailbox *mailbox = &incident->mailboxes[i];
        mark_cell_value(out, mailbox->mailbox);
        mark_cell_number(out, mailbox->read_count);
        mark_cell_number(out, mailbox->least);
        mark_cell_number(out, mailbox->presumed_count);
        mark_cell_number(out, mailbox->unknown_count);
        mark_cell_number(out, mailbox->accesses);
        mark_cell_time(out, mailbox->first);
        mark_cell_time(out, mailbox->last);
        mark_row_end(out);
        pen_rest(pen);
    }
    markdown_more(out, incident->mailbox_count, MAILBOX_ROWS, "mailboxes", "scope.csv");
}

static void add_messages(struct pen *pen, const struct incident_mailbox *mailbox)
{
    struct buf *out = &pen->buf;
    buf_add(out, S("\n| first read | subject | sender | folder | message |\n"
                   "| --- | --- | --- | --- | --- |\n"));
    for (size_t i = 0; i < mailbox->read_listed && i < MESSAGE_ROWS; i++) {
        const struct incident_message *message = &mailbox->read[i];
        mark_cell_time(out, message->first_read);
        mark_cell_value(out, message->subject);
        mark_cell_value(out, message->sender);
        mark_cell_value(out, message->folder);
        mark_cell_value(out, message->message_id);
        mark_row_end(out);
        pen_rest(pen);
    }
    markdown_more(out, mailbox->read_count, MESSAGE_ROWS, "messages", "scope.csv");
}

static void add_span(struct buf *out, int64_t from, int64_t to)
{
    char first[FIGURE_SIZE], last[FIGURE_SIZE];
    buf_print(out, "- %s to %s UTC: ", figure_minute(from, first), figure_minute(to, last));
}

static void add_presumed(struct pen *pen, const struct incident_mailbox *mailbox)
{
    struct buf *out = &pen->buf;
    if (mailbox->presumed_count || mailbox->unknown_count)
        buf_add_char(out, '\n');
    for (size_t i = 0; i < mailbox->presumed_count && i < PERIOD_ROWS; i++) {
        const struct incident_presumed *presumed = &mailbox->presumed[i];
        add_span(out, presumed->from, presumed->to);
        if (presumed->why == REACH_SYNC) {
            buf_add(out, S("folder "));
            mark_value(out, presumed->folder.len ? presumed->folder : S("the whole mailbox"));
            buf_add(out, S(" was synchronised; all its messages must be taken as read\n"));
        } else {
            buf_add(out, S("logging was throttled; more was read than is logged\n"));
        }
    }
    markdown_more(out, mailbox->presumed_count, PERIOD_ROWS, "presumed", "scope.csv");
    for (size_t i = 0; i < mailbox->unknown_count && i < PERIOD_ROWS; i++) {
        add_span(out, mailbox->unknown[i].from, mailbox->unknown[i].to);
        buf_add(out, S("cannot be known: "));
        mark_words(out, mailbox->unknown[i].why);
        buf_add_char(out, '\n');
    }
    markdown_more(out, mailbox->unknown_count, PERIOD_ROWS, "unknown", "scope.csv");
    pen_rest(pen);
}

void markdown_scope(struct pen *pen, const struct incident *incident)
{
    struct buf *out = &pen->buf;
    buf_add(out, S("\n### What was reached\n\n"));
    if (!incident->mailbox_count) {
        buf_add(out, S("No mail access by whoever did this is in these logs.\n"));
        return;
    }
    add_mailboxes(pen, incident);
    for (size_t i = 0; i < incident->mailbox_count && i < MAILBOX_TABLES; i++) {
        const struct incident_mailbox *mailbox = &incident->mailboxes[i];
        buf_add(out, S("\n#### Mailbox "));
        mark_value(out, mailbox->mailbox);
        buf_add_char(out, '\n');
        if (mailbox->read_listed)
            add_messages(pen, mailbox);
        else
            buf_add(out, S("\nNo message is named in the records.\n"));
        add_presumed(pen, mailbox);
    }
    if (incident->mailbox_count > MAILBOX_TABLES)
        buf_add(out, S("\nThe messages of the other mailboxes are in `scope.csv`.\n"));
}
