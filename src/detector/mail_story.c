// Weighing and telling the story of an unusual way into mailboxes.
// SPDX-License-Identifier: Apache-2.0
#include "detector/mail_story.h"

#include "detector/mail_read.h"

// An ordinary day may bring such a way by a higher chance than this: one step down. The usual level
// of significance.
#define CHANCE_HIGH 0.05

// Several mailboxes, each read by someone else or all by an application: not one person's new telephone.
static bool has_many(const struct mail_story *story)
{
    bool is_each_issued = story->found == story->accesses;
    return (story->has_readers || story->is_by_application) &&
           (is_each_issued ? story->most_at_one_place : story->mailboxes) > 1;
}

int mail_story_weigh(const struct mail_story *story)
{
    bool is_each_issued = story->found == story->accesses;
    bool is_odd = story->is_rare && story->is_strange && !is_each_issued;
    if (!story->is_settled_new && !is_odd)
        return 0;
    if (!story->bare && (story->is_usual_of_app || !(story->is_rare || story->is_strange)))
        return 0;
    int weight =
        story->is_rare + story->is_strange + (story->bare > 0) + has_many(story) - is_each_issued;
    bool is_ordinary = story->is_settled_new && story->chance > CHANCE_HIGH;
    return weight - (is_ordinary && story->mailboxes == 1);
}

static void print_reading(const struct mail_story *story, struct buf *out)
{
    if (story->messages)
        mail_read_print_count(out, story->messages, "message", "messages");
    if (story->messages && story->folders)
        buf_add(out, S(" and synchronised "));
    if (story->folders)
        mail_read_print_count(out, story->folders, "folder", "folders");
    buf_add(out, S(" in "));
    mail_read_print_count(out, story->mailboxes, "mailbox", "mailboxes");
}

static void print_comparison(const struct mail_story *story, struct buf *out)
{
    const char *so = story->is_disguised ? "from there" : "that way";
    if (story->is_disguised)
        buf_add(out, S("; Microsoft's own services do so from Microsoft's addresses, and"));
    else
        buf_add_char(out, ';');
    if (story->mailboxes == 1)
        buf_print(out, " this mailbox was not read %s on any of its %u other days", so,
                  story->other_days);
    else
        buf_print(out,
                  " none of these mailboxes was read %s on any of its other days, of which "
                  "each has %u or more",
                  so, story->other_days);
    uint64_t all = story->peers + 1, rest = all > story->mailboxes ? all - story->mailboxes : 0;
    if (story->is_disguised || !rest)
        buf_add(out, S(". "));
    else if (!story->others)
        buf_print(out, ", and no other mailbox of %llu ever was. ", (unsigned long long)all);
    else
        buf_print(out, ", though that is usual for %llu of the tenant's %llu. ",
                  (unsigned long long)story->others, (unsigned long long)all);
}

static void print_issuance(const struct mail_story *story, struct buf *out)
{
    if (story->bare)
        buf_print(out,
                  "For %llu of the %llu accesses no sign-in log shows any sign-in from which "
                  "the token could have come.",
                  (unsigned long long)story->bare, (unsigned long long)story->accesses);
    else if (!story->is_covered)
        buf_add(out, S("The sign-in logs do not tell whether its tokens were issued."));
    else if (story->found == story->accesses)
        buf_add(out, S("All its tokens are found in the sign-in logs."));
    else
        buf_print(out, "Of the tokens of its %llu accesses %llu are found in the sign-in logs.",
                  (unsigned long long)story->accesses, (unsigned long long)story->found);
}

uint32_t mail_story_caller(const struct mail_story *story)
{
    return story->client_app ? story->client_app : story->app;
}

void mail_story_write(const struct knowledge *k, const struct mail_story *story, struct buf *out)
{
    int64_t first = draft_first(story->draft), last = draft_last(story->draft);
    buf_clear(out);
    mail_read_print_way(k, story->class, story->app, story->client_app, out);
    buf_add(out, story->messages ? S(" read ") : S(" synchronised "));
    print_reading(story, out);
    struct str network = knowledge_text(k, story->network);
    if (network.len)
        buf_print(out, " from %.*s%s", (int)network.len, network.at,
                  story->is_strange ? ", a network that at most 1 in 100 others here use," : "");
    buf_add_char(out, ' ');
    mail_read_print_days(out, first, last);
    print_comparison(story, out);
    struct habit_answer tenant = knowledge_habit(k, HABIT_TENANT, story->tenant, HABIT_APP_ID,
                                                 mail_story_caller(story), first, last);
    if (tenant.count && !tenant.is_seen_before && !tenant.is_seen_after)
        buf_add(out, S("The application read mail at no other time in this tenant. "));
    print_issuance(story, out);
}

void mail_story_write_roll_out(const struct knowledge *k, const struct mail_story *story,
                               int64_t since, struct buf *out)
{
    char text[INSTANT_SIZE];
    buf_clear(out);
    mail_read_print_way(k, story->class, story->app, story->client_app, out);
    buf_add(out, S(" is new to "));
    mail_read_print_count(out, story->mailboxes, "mailbox", "mailboxes");
    buf_print(out,
              " since %.10s, each in networks its owner uses on other days too: it looks like "
              "a client that people took to, not like one intruder.",
              instant_print(since, text));
}
