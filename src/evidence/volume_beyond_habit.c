// Was far more read than is usual for these mailboxes and people?
// SPDX-License-Identifier: Apache-2.0
#include "evidence/around.h"

// So many robust standard deviations above the usual are an outlier (Iglewicz and Hoaglin, "How to Detect and
// Handle Outliers", 1993); far more is also twice the most of any other day.
#define VOLUME_EXCESS 3.5
#define VOLUME_FAR 2

enum { VOLUME_UNTOLD, VOLUME_USUAL, VOLUME_MORE, VOLUME_FAR_MORE, VOLUMES };

struct reading {
    uint32_t mailbox;
    uint32_t most;       // messages that the attacker read there on one day
    uint64_t total;      // on all
    int64_t day;         // the one with most
    int64_t first, last; // of the attacker's reads there
    bool is_throttled;
    const struct dossier_row *row;
};

struct judged {
    int is;
    struct habit_volume volume;
    double excess;
};

// The attacker's messages by mailbox and day.
static void collect(const struct dossier *dossier, struct around_table *days,
                    struct around_table *mailboxes)
{
    const struct dossier_row *row;
    around_init(days);
    around_init(mailboxes);
    for (size_t at = 0; (row = around_next_act(dossier, &at));) {
        const struct activity *a = &row->first;
        if (a->kind != ACTIVITY_MAIL_ACCESS || !a->mailbox || a->time == INSTANT_NONE)
            continue;
        struct around_key key = {{a->mailbox, (uint32_t)(a->time / DAY), 0}};
        struct around_group *day = around_add(days, key, row);
        if (day)
            day->note = day->note > UINT32_MAX - a->count ? UINT32_MAX : day->note + a->count;
        struct around_group *mailbox =
            around_add(mailboxes, (struct around_key){{a->mailbox, 0, 0}}, row);
        if (mailbox)
            mailbox->note |= (a->flags & ACTIVITY_IS_THROTTLED) != 0;
    }
}

static void add_days(const struct around_table *days, struct reading *reading)
{
    for (size_t i = 0; i < days->count; i++) {
        const struct around_group *day = &days->groups[i];
        if (day->key.part[0] != reading->mailbox)
            continue;
        reading->total += day->note;
        if (day->note > reading->most) {
            reading->most = day->note;
            reading->day = (int64_t)day->key.part[1] * DAY;
            reading->row = day->row;
        }
    }
}

static struct judged judge(const struct dossier *dossier, const struct reading *reading)
{
    struct judged judged = {0};
    const struct incident *incident = dossier->incident;
    habit_volume(knowledge_habits(dossier->knowledge), HABIT_MAILBOX, reading->mailbox,
                 incident->first, incident->last, &judged.volume);
    // An incident of weeks leaves no other days; then those within it on which the attacker did not read here.
    if (judged.volume.days < HABIT_DAYS_ENOUGH && !dossier->unlisted[DOSSIER_ATTACKER])
        habit_volume(knowledge_habits(dossier->knowledge), HABIT_MAILBOX, reading->mailbox,
                     reading->first, reading->last, &judged.volume);
    judged.excess = habit_volume_excess(&judged.volume, reading->most);
    if (reading->is_throttled)
        judged.is = VOLUME_FAR_MORE;
    else if (judged.volume.days < HABIT_DAYS_ENOUGH)
        judged.is = VOLUME_UNTOLD;
    else if (judged.excess < VOLUME_EXCESS)
        judged.is = VOLUME_USUAL;
    else
        judged.is =
            reading->most >= VOLUME_FAR * judged.volume.most ? VOLUME_FAR_MORE : VOLUME_MORE;
    return judged;
}

static void print_reading(struct inquiry *inquiry, const struct reading *reading,
                          const struct judged *judged)
{
    struct buf *text = inquiry_text(inquiry);
    struct instant_parts at = instant_split(reading->day);
    around_print_count(reading->most, "message", text);
    buf_add(text, S(" of "));
    around_print_text(inquiry_dossier(inquiry), reading->mailbox, text);
    buf_print(text, " %s read on %04d-%02d-%02d", reading->most == 1 ? "was" : "were", at.year,
              at.month, at.day);
    if (judged->volume.days)
        buf_print(text, ", where %.0f are usual and %u the most on %u other days",
                  judged->volume.median, judged->volume.most, judged->volume.days);
    if (reading->is_throttled)
        buf_add(
            text,
            S("; Exchange stopped logging single reads there, as it does beyond 1,000 in 24 hours"));
    inquiry_cite(inquiry, reading->row);
}

static void answer_unread(struct inquiry *inquiry)
{
    struct buf *text = inquiry_text(inquiry);
    if (around_may_deny(inquiry_dossier(inquiry), COVERAGE_EXCHANGE)) {
        buf_add(
            text,
            S("The attacker read nothing: Exchange's log is complete for the time of the incident and "
              "shows no access of theirs."));
        inquiry_answer(inquiry, EVIDENCE_NO, 0.9);
        return;
    }
    buf_add(
        text,
        S("No access of the attacker's is in the logs, and Exchange's log is not proved complete for "
          "the time of the incident."));
    inquiry_cannot_tell(
        inquiry, "Export the mailbox audit (MailItemsAccessed) of the time of the incident.");
}

struct tally {
    size_t counts[VOLUMES];
    struct reading leader; // with the highest excess, among the gravest
    struct judged judged;
    uint64_t total;
};

static void add_mailbox(const struct dossier *dossier, const struct around_table *days,
                        const struct around_group *mailbox, struct tally *tally)
{
    struct reading reading = {.mailbox = mailbox->key.part[0],
                              .is_throttled = mailbox->note != 0,
                              .row = mailbox->row,
                              .first = mailbox->row->first.time,
                              .last = mailbox->last,
                              .day = mailbox->row->first.time / DAY * DAY};
    add_days(days, &reading);
    struct judged judged = judge(dossier, &reading);
    tally->counts[judged.is]++;
    tally->total += reading.total;
    bool is_graver = judged.is > tally->judged.is ||
                     (judged.is == tally->judged.is && judged.excess > tally->judged.excess);
    if (!tally->leader.mailbox || is_graver) {
        tally->leader = reading;
        tally->judged = judged;
    }
}

static void ask(struct inquiry *inquiry)
{
    const struct dossier *dossier = inquiry_dossier(inquiry);
    struct around_table days, mailboxes;
    struct tally tally = {0};
    collect(dossier, &days, &mailboxes);
    if (!mailboxes.count) {
        answer_unread(inquiry);
        return;
    }
    for (size_t i = 0; i < mailboxes.count; i++)
        add_mailbox(dossier, &days, &mailboxes.groups[i], &tally);
    struct buf *text = inquiry_text(inquiry);
    print_reading(inquiry, &tally.leader, &tally.judged);
    if (mailboxes.count > 1)
        buf_print(text,
                  "; in all %llu messages of %zu mailboxes, of which %zu beyond what is usual",
                  (unsigned long long)tally.total, mailboxes.count,
                  tally.counts[VOLUME_MORE] + tally.counts[VOLUME_FAR_MORE]);
    if (tally.judged.is == VOLUME_UNTOLD) {
        buf_print(text, "; fewer than %d other days with reads are too few to tell.",
                  HABIT_DAYS_ENOUGH);
        inquiry_cannot_tell(inquiry, "Export more days of mailbox audit (MailItemsAccessed).");
        return;
    }
    buf_add_char(text, '.');
    unsigned n = tally.judged.volume.days;
    double trust = tally.leader.is_throttled ? 1 : (n + 1.0) / (n + 2.0);
    inquiry_answer(inquiry,
                   tally.judged.is == VOLUME_FAR_MORE ? EVIDENCE_YES
                   : tally.judged.is == VOLUME_MORE   ? EVIDENCE_PARTLY
                                                      : EVIDENCE_NO,
                   trust * around_share_listed(dossier));
}

const struct question evidence_volume_beyond_habit = {
    .name = "volume_beyond_habit",
    .question = "Was far more read than is usual for these mailboxes and people?",
    .rests_on =
        "The messages that the attacker read in each mailbox on one day, compared with all messages that "
        "were read in the same mailbox on each day outside the incident. Yes: in some mailbox the "
        "attacker's day is an outlier (3.5 robust standard deviations above the median) and at least twice "
        "the most of any other day, or Exchange stopped logging single reads; partly: an outlier that is "
        "less than twice the most; no: in no mailbox more than usual, or nothing was read and Exchange's "
        "log is proved complete. It cannot be told with fewer than five other days with reads.",
    .ask = ask,
};
