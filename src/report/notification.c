// notification.md: for each incident of medium or above of which a story of an attack leads, the facts that those who
// must be told ask for: a national CERT, a data protection regulator, the people concerned. What the logs show is
// filled in; what they cannot show is a blank. It is no legal advice and says so.
// Sources: Regulation (EU) 2016/679 (GDPR), Articles 33 and 34; Directive (EU) 2022/2555 (NIS 2), Article 23; CISA
// Federal Incident Notification Guidelines (agencies of the United States: one hour).
// SPDX-License-Identifier: Apache-2.0
#include "base/figure.h"
#include "base/map.h"
#include "report/indicator.h"
#include "report/mark.h"
#include "report/markdown_parts.h"
#include "report/report.h"

#define PERSON_ROWS 50
#define PAGES 200 // the gravest

struct page {
    struct pen *pen;
    struct buf *out;
    const struct outline *outline;
    const struct incident *incident;
    const struct verdict *verdict;
    size_t number;
    struct incident_totals reach;
};

// Whom to tell by when, from the moment T of becoming aware. Whether a duty applies is not for this program to say.
static const struct {
    const char *whom, *what, *when, *source;
} duties[] = {
    {"National or federal CERT, federal agencies of the United States", "notification",
     "T + 1 hour (of identification)", "CISA Federal Incident Notification Guidelines"},
    {"CSIRT or competent authority, essential and important entities in the EU", "early warning",
     "T + 24 hours", "NIS 2, Art. 23 (4) a"},
    {"the same", "incident notification", "T + 72 hours", "NIS 2, Art. 23 (4) b"},
    {"the same", "final report", "incident notification + 1 month", "NIS 2, Art. 23 (4) d"},
    {"Data protection authority", "notification of a personal data breach",
     "T + 72 hours; what is not known then may follow in phases", "GDPR, Art. 33 (1) and (4)"},
    {"People concerned, where the risk to them is high", "communication", "without undue delay",
     "GDPR, Art. 34 (1)"},
    {"Controllers for whom the mailboxes are run (where you are their processor)", "notification",
     "without undue delay", "GDPR, Art. 33 (2)"},
    {"Insurers, customers, regulators of the sector", "as agreed or as the law there says",
     "[TO FILL IN: deadlines of contracts and of other laws]", ""},
};

// ---- parts ------------------------------------------------------------------------------------

static void add_what(const struct page *page)
{
    const struct verdict_hypothesis *leader = &page->verdict->hypotheses[0];
    struct buf *out = page->out;
    buf_add(out, S("\n### What happened\n"));
    for (size_t i = 0; i < 3; i++) {
        if (!str_trim(page->verdict->sentences[i]).len)
            continue;
        buf_add_char(out, '\n');
        mark_words(out, page->verdict->sentences[i]);
        buf_add_char(out, '\n');
    }
    buf_add(out, S("\nKind of incident: "));
    mark_words(out, leader->title);
    buf_print(
        out, " (%s, %.0f %%%s).\n", verdict_phrase(leader->word), 100 * leader->probability,
        page->verdict->is_decided ? "" : "; not decided: say that the cause is being investigated");
}

static void add_when(const struct page *page)
{
    struct buf *out = page->out;
    char text[INSTANT_SIZE];
    buf_add(out,
            S("\n### When\n\n| | |\n| --- | --- |\n| First act of the attacker in the logs | "));
    buf_print(out, "%s |\n| Last act in the logs | ",
              page->incident->first == INSTANT_NONE ? "not known"
                                                    : instant_print(page->incident->first, text));
    buf_print(out, "%s |\n",
              page->incident->last == INSTANT_NONE ? "not known"
                                                   : instant_print(page->incident->last, text));
    buf_add(out,
            S("| Whether it goes on | [TO FILL IN: contained on, by what; or still going on] |\n"
              "| Found | [TO FILL IN: when, by whom and how it was first noticed] |\n"
              "| **T: became aware** | [TO FILL IN: when it was reasonably certain that personal "
              "data or a service is affected] |\n"));
}

static void add_deadlines(const struct page *page)
{
    struct buf *out = page->out;
    buf_add(out,
            S("\n### Whom to tell, and by when\n\nT is the moment of becoming aware, above.\n\n"
              "| whom | what | by when | source | applies |\n| --- | --- | --- | --- | --- |\n"));
    for (size_t i = 0; i < sizeof duties / sizeof *duties; i++)
        buf_print(out, "| %s | %s | %s | %s | [TO FILL IN: yes or no, told on] |\n", duties[i].whom,
                  duties[i].what, duties[i].when, duties[i].source);
}

// ---- whose data -------------------------------------------------------------------------------

// Senders of messages that were read, who are concerned as well as the owners of the mailboxes.
static uint64_t count_senders(const struct incident *incident)
{
    struct map senders;
    map_init(&senders);
    for (size_t m = 0; m < incident->mailbox_count; m++)
        for (size_t i = 0; i < incident->mailboxes[m].read_listed; i++)
            if (incident->mailboxes[m].read[i].sender.len)
                map_add(&senders, incident->mailboxes[m].read[i].sender, NULL);
    uint64_t count = senders.count;
    map_done(&senders);
    return count;
}

static void add_counts(const struct page *page)
{
    struct buf *out = page->out;
    const struct incident_totals *reach = &page->reach;
    char number[FIGURE_SIZE];
    buf_print(out, "| Mailboxes reached (their owners are concerned) | %s |\n",
              figure_number(page->incident->mailbox_count, number));
    buf_print(out, "| Accounts named in the findings | %s |\n",
              figure_number(incident_count_of(page->incident, ENTITY_USER), number));
    buf_print(out, "| Senders of messages that were read, at least | %s |\n",
              figure_number(count_senders(page->incident), number));
    buf_add(out, S("| Recipients, and people whom the messages speak of | [TO FILL IN: estimate by "
                   "the content of the messages] |\n"));
    buf_print(out, "| Messages proved to have been read | %s |\n",
              figure_number(reach->read, number));
    buf_print(out, "| Messages opened in all, at least | %s |\n",
              figure_number(reach->least, number));
    buf_print(out, "| Folders synchronised, all of which must be taken as read | %s |\n",
              figure_number(reach->folders, number));
    buf_print(out, "| Stretches of time in which more was read than is logged | %s |\n",
              figure_number(reach->throttled, number));
    buf_print(out, "| Stretches of time of which the logs cannot tell | %s |\n",
              figure_number(reach->unknown, number));
}

static void add_data(const struct page *page)
{
    buf_add(page->out, S("\n### Whose data, and how much\n\n| | |\n| --- | --- |\n"));
    add_counts(page);
    buf_add(
        page->out,
        S("| Categories of people | [TO FILL IN: staff, customers, patients, children ...] |\n"
          "| Categories of data | E-mail: who wrote to whom, subjects, text, attachments. [TO FILL "
          "IN: health, payment, identity papers, credentials and other special data in them] |\n"
          "| Copies, encryption | [TO FILL IN: whether the content was encrypted or labelled] |\n"
          "\nThe messages are listed in `scope.csv`.\n"));
}

static void add_people(const struct page *page)
{
    struct buf *out = page->out;
    buf_add(out, S("\n### People to tell\n\n| mailbox | messages read | first | last | told on |\n"
                   "| --- | ---: | --- | --- | --- |\n"));
    for (size_t i = 0; i < page->incident->mailbox_count && i < PERSON_ROWS; i++) {
        const struct incident_mailbox *mailbox = &page->incident->mailboxes[i];
        mark_cell_value(out, mailbox->mailbox);
        mark_cell_number(out, mailbox->read_count);
        mark_cell_time(out, mailbox->first);
        mark_cell_time(out, mailbox->last);
        mark_cell(out, "[TO FILL IN: date]");
        mark_row_end(out);
        pen_rest(page->pen);
    }
    if (!page->incident->mailbox_count)
        buf_add(out, S("| none is in the logs | | | | |\n"));
    markdown_more(out, page->incident->mailbox_count, PERSON_ROWS, "mailboxes", "scope.csv");
}

// ---- what follows and what is done ------------------------------------------------------------

static bool has_technique(const struct page *page, const char *id)
{
    for (size_t i = 0; i < page->incident->finding_count; i++) {
        const struct finding *finding =
            &page->outline->result->findings.items[page->incident->findings[i]];
        for (size_t k = 0; k < finding->attack_count; k++)
            if (str_starts(finding->attack[k], str_from(id)))
                return true;
    }
    return false;
}

static void add_consequences(const struct page *page)
{
    const struct incident_totals *reach = &page->reach;
    struct buf *out = page->out;
    buf_add(out, S("\n### Likely consequences\n\n"));
    if (reach->read || reach->least || reach->folders || reach->throttled)
        buf_add(out,
                S("- Confidentiality: what stands in the messages is known to the attacker and "
                  "may be used, sold or published.\n"
                  "- Passwords, links to shared files and codes in the messages may be used to "
                  "get further.\n"
                  "- Fraud: the attacker knows running conversations and can write as if part "
                  "of them.\n"));
    else
        buf_add(out, S("- No message is proved to have been read; accounts were in the attacker's "
                       "hands or within reach.\n"));
    if (has_technique(page, "T1534") || has_technique(page, "T1566"))
        buf_add(out, S("- The findings show phishing: those who got such messages are concerned "
                       "too.\n"));
    if (has_technique(page, "T1114.003") || has_technique(page, "T1564.008"))
        buf_add(out,
                S("- The findings show rules that forward or hide mail: messages of later days "
                  "may have gone to the attacker.\n"));
    if (has_technique(page, "T1098") || has_technique(page, "T1556"))
        buf_add(out, S("- The findings show changes by which the attacker can come back.\n"));
    if (has_technique(page, "T1485") || has_technique(page, "T1070.008"))
        buf_add(out, S("- The findings show that messages were deleted: availability and integrity "
                       "are concerned.\n"));
    buf_add(out,
            S("- [TO FILL IN: what it means for the people concerned, by what the messages say]"
              "\n"));
}

static void add_measures(const struct page *page)
{
    struct buf *out = page->out;
    buf_add(out, S("\n### Measures\n\n"));
    for (size_t i = 0; i < page->verdict->step_count; i++) {
        const struct verdict_step *step = &page->verdict->steps[i];
        buf_add(out, S("- [ ] "));
        mark_words(out, str_trim(step->step).len ? step->step : step->name);
        buf_add(out, S(" [TO FILL IN: done on]\n"));
        pen_rest(page->pen);
    }
    if (!page->verdict->step_count)
        buf_add(out, S("- [TO FILL IN: what was done against it]\n"));
    buf_add(out, S("- [TO FILL IN: what was done to lessen the harm to the people concerned]\n"
                   "\nThe commands are in `report.md`.\n"));
}

static void add_unknown(const struct page *page)
{
    struct buf *out = page->out;
    buf_add(out, S("\n### What is not known\n\n"));
    for (size_t i = 0; i < page->incident->gap_count; i++) {
        buf_add(out, S("- "));
        mark_words(out, page->incident->gaps[i].what);
        buf_add(out, S(" "));
        mark_words(out, page->incident->gaps[i].why);
        buf_add_char(out, '\n');
    }
    buf_add(out,
            S("- Who the attacker is: audit logs do not tell.\n"
              "- [TO FILL IN: what else is being looked into, and when more will be known]\n"));
}

static void add_page(const struct page *page)
{
    struct buf *out = page->out;
    buf_print(out, "\n---\n\n## Incident %zu: ", page->number + 1);
    mark_words(out, page->incident->title);
    buf_print(out, "\n\nReference `%s`, severity %s.\n", page->incident->id,
              sigma_level_name(page->incident->severity));
    buf_add(out,
            S("\n| | |\n| --- | --- |\n"
              "| Who reports | [TO FILL IN: organisation, address, number of the authority] |\n"
              "| Whom to ask | [TO FILL IN: data protection officer or contact, telephone, "
              "e-mail] |\n"));
    add_what(page);
    add_when(page);
    add_deadlines(page);
    add_data(page);
    add_consequences(page);
    add_measures(page);
    add_unknown(page);
    add_people(page);
    pen_rest(page->pen);
}

static void add_head(struct buf *out, const struct outline *outline)
{
    buf_add(out,
            S("# Facts for notifications\n\n"
              "**This is no legal advice.** It gathers what the logs show for those who decide "
              "whether, whom and when to notify; have it checked by counsel. Deadlines are "
              "counted from the moment of becoming aware, which logs cannot show. Blanks are "
              "marked [TO FILL IN: ...].\n\n"
              "It names people. Give each reader only the page and the parts that concern "
              "them.\n"));
    if (!outline->result->verdicts)
        buf_add(out, S("\nThe incidents were not investigated, so that none has a page here. What "
                       "was found stands in `report.md`.\n"));
}

static bool has_page(const struct scan_result *result, size_t number)
{
    return result->incidents.items[number].severity >= LEVEL_MEDIUM &&
           verdict_is_attack(outline_verdict(result, number));
}

// What was left out, so that nobody takes silence for an answer.
static void add_others(struct pen *pen, const struct scan_result *result)
{
    size_t count = 0;
    for (size_t i = 0; i < result->incidents.count && result->verdicts; i++) {
        const struct verdict *verdict = &result->verdicts[i];
        if (has_page(result, i))
            continue;
        buf_add(&pen->buf, count++ ? S("- ") : S("\n---\n\n## Incidents without a page\n\n- "));
        mark_words(&pen->buf, result->incidents.items[i].title);
        buf_print(&pen->buf, " (`%s`, %s): %s\n", result->incidents.items[i].id,
                  sigma_level_name(result->incidents.items[i].severity),
                  result->incidents.items[i].severity < LEVEL_MEDIUM ? "below medium"
                  : verdict_is_benign(verdict)                       ? "a benign story explains it"
                                               : "no story of an attack leads");
        pen_rest(pen);
    }
}

bool report_notification(const struct outline *outline, const struct sink *sink)
{
    const struct scan_result *result = outline->result;
    struct pen pen;
    size_t pages = 0;
    pen_init(&pen, sink);
    add_head(&pen.buf, outline);
    for (size_t i = 0; result->verdicts && i < result->incidents.count && !pen.is_refused; i++) {
        const struct incident *incident = &result->incidents.items[i];
        if (!has_page(result, i) || pages++ >= PAGES)
            continue;
        add_page(&(struct page){.pen = &pen,
                                .out = &pen.buf,
                                .outline = outline,
                                .incident = incident,
                                .verdict = &result->verdicts[i],
                                .number = i,
                                .reach = incident_totals(incident)});
    }
    markdown_more(&pen.buf, pages, PAGES, "incidents that would have a page", "report.json");
    add_others(&pen, result);
    return pen_done(&pen);
}
