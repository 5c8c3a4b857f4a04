// What was read: per mailbox and message, proved, presumed and unknown; and what the logs cannot tell.
// SPDX-License-Identifier: Apache-2.0
#include "base/figure.h"
#include "report/html.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static void add_mailboxes(struct html *html, const struct incident *incident)
{
    static const struct html_column columns[] = {
        {"Mailbox", CELL_TEXT, false},           {"Messages proved", CELL_NUMBER, false},
        {"Opened at least", CELL_NUMBER, false}, {"Presumed", CELL_NUMBER, false},
        {"Unknown times", CELL_NUMBER, false},   {"Accesses", CELL_NUMBER, false},
        {"First (UTC)", CELL_TIME, false},       {"Last (UTC)", CELL_TIME, false}};
    struct html_table table;
    html_table_open(&table, html, "Mailboxes the attacker reached", columns, COUNT(columns));
    for (size_t i = 0; i < incident->mailbox_count; i++) {
        const struct incident_mailbox *mailbox = &incident->mailboxes[i];
        html_cell_text(&table, mailbox->mailbox);
        html_cell_number(&table, mailbox->read_count);
        html_cell_number(&table, mailbox->least);
        html_cell_number(&table, mailbox->presumed_count);
        html_cell_number(&table, mailbox->unknown_count);
        html_cell_number(&table, mailbox->accesses);
        html_cell_time(&table, mailbox->first);
        html_cell_time(&table, mailbox->last);
    }
    html_table_close(&table, 0, "scope.csv");
}

// Without a mailbox: the table has no column for it.
static void add_message(struct html_table *table, const struct incident_mailbox *mailbox,
                        const struct incident_message *message)
{
    if (mailbox)
        html_cell_text(table, mailbox->mailbox);
    html_cell_time(table, message->first_read);
    html_cell_text(table, message->subject);
    html_cell_text(table, message->sender);
    html_cell_text(table, message->folder);
    html_cell_number(table, message->bytes);
    html_cell_text(table, message->message_id);
    html_cell_text(table, message->record);
}

static void add_messages(struct html *html, const struct incident *incident)
{
    static const struct html_column columns[] = {
        {"Mailbox", CELL_TEXT, true},     {"First read (UTC)", CELL_TIME, false},
        {"Subject", CELL_TEXT, false},    {"Sender", CELL_TEXT, false},
        {"Folder", CELL_TEXT, true},      {"Bytes", CELL_NUMBER, false},
        {"Message id", CELL_CODE, false}, {"Proved by record", CELL_CODE, false}};
    struct html_table table;
    uint64_t left_out = 0, listed = 0;
    for (size_t i = 0; i < incident->mailbox_count; i++)
        listed += incident->mailboxes[i].read_listed;
    if (!listed) {
        html_add(html, "<p>No single message is proved to have been read.</p>\n");
        return;
    }
    // Of a single mailbox the column would say the same in every row.
    size_t is_single = incident->mailbox_count == 1;
    html_table_open(&table, html, "Proved: messages that a record says were opened",
                    columns + is_single, COUNT(columns) - is_single);
    for (size_t i = 0; i < incident->mailbox_count; i++) {
        const struct incident_mailbox *mailbox = &incident->mailboxes[i];
        size_t rows = mailbox->read_listed < html->messages ? mailbox->read_listed : html->messages;
        for (size_t k = 0; k < rows; k++)
            add_message(&table, is_single ? NULL : mailbox, &mailbox->read[k]);
        html->messages -= rows;
        left_out += mailbox->read_listed - rows;
    }
    html_table_close(&table, left_out, "scope.csv");
}

static void add_presumed_rows(struct html_table *table, const struct incident_mailbox *mailbox)
{
    for (size_t k = 0; k < mailbox->presumed_count; k++) {
        const struct incident_presumed *presumed = &mailbox->presumed[k];
        html_cell_text(table, mailbox->mailbox);
        html_cell_text(table, presumed->folder.len ? presumed->folder : S("(whole mailbox)"));
        html_cell_text(table, presumed->why == REACH_SYNC
                                  ? S("the folder was synchronised: all its messages left")
                                  : S("logging was throttled: reads were not logged"));
        html_cell_time(table, presumed->from);
        html_cell_time(table, presumed->to);
        html_cell_text(table, presumed->record);
    }
}

static void add_presumed(struct html *html, const struct incident *incident)
{
    static const struct html_column columns[] = {
        {"Mailbox", CELL_TEXT, true},   {"Folder", CELL_TEXT, false},
        {"Why", CELL_TEXT, true},       {"From (UTC)", CELL_TIME, false},
        {"To (UTC)", CELL_TIME, false}, {"Record", CELL_CODE, false}};
    struct html_table table;
    size_t count = 0;
    for (size_t i = 0; i < incident->mailbox_count; i++)
        count += incident->mailboxes[i].presumed_count;
    if (!count)
        return;
    html_table_open(&table, html,
                    "Presumed: must be taken as read, though no record names messages", columns,
                    COUNT(columns));
    for (size_t i = 0; i < incident->mailbox_count; i++)
        add_presumed_rows(&table, &incident->mailboxes[i]);
    html_table_close(&table, 0, "scope.csv");
}

static void add_unknown(struct html *html, const struct incident *incident)
{
    static const struct html_column columns[] = {{"Mailbox", CELL_TEXT, true},
                                                 {"From (UTC)", CELL_TIME, false},
                                                 {"To (UTC)", CELL_TIME, false},
                                                 {"Why", CELL_TEXT, false}};
    struct html_table table;
    size_t count = 0;
    for (size_t i = 0; i < incident->mailbox_count; i++)
        count += incident->mailboxes[i].unknown_count;
    if (!count)
        return;
    html_table_open(&table, html,
                    "Unknown: the attacker was there and the logs cannot tell what was read",
                    columns, COUNT(columns));
    for (size_t i = 0; i < incident->mailbox_count; i++) {
        const struct incident_mailbox *mailbox = &incident->mailboxes[i];
        for (size_t k = 0; k < mailbox->unknown_count; k++) {
            html_cell_text(&table, mailbox->mailbox);
            html_cell_time(&table, mailbox->unknown[k].from);
            html_cell_time(&table, mailbox->unknown[k].to);
            html_cell_text(&table, mailbox->unknown[k].why);
        }
    }
    html_table_close(&table, 0, "scope.csv");
}

void html_scope(struct html *html, const struct html_case *its)
{
    if (!its->incident->mailbox_count) {
        html_add(html, "<p>No mail access by whoever did this is in these logs.</p>\n");
        return;
    }
    add_mailboxes(html, its->incident);
    add_messages(html, its->incident);
    add_presumed(html, its->incident);
    add_unknown(html, its->incident);
}

void html_gaps(struct html *html, const struct html_case *its)
{
    if (!its->incident->gap_count) {
        html_add(html,
                 "<p>Nothing that these logs should tell about this incident is missing.</p>\n");
        return;
    }
    html_add(html, "<dl class=\"gaps\">\n");
    for (size_t i = 0; i < its->incident->gap_count; i++) {
        const struct incident_gap *gap = &its->incident->gaps[i];
        html_add(html, "<div><dt>");
        html_text(html, gap->what);
        html_add(html, "</dt><dd><b>Why</b> ");
        html_text(html, gap->why);
        html_add(html, "</dd>");
        if (gap->how.len) {
            html_add(html, "<dd><b>What would close it</b> ");
            html_text(html, gap->how);
            html_add(html, "</dd>");
        }
        html_add(html, "</div>\n");
    }
    html_add(html, "</dl>\n");
}
