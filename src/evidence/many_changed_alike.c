// Did many people of the tenant get the same new thing at about the same time?
// SPDX-License-Identifier: Apache-2.0
#include "evidence/around.h"

// How long before it reaches the incident's people a change may have begun with others: roll-outs go from
// one department to the next.
#define CHANGE_BEFORE (7 * DAY)
// So many others are several (KNOWLEDGE_COLLEAGUES). They must be as many as those who had it all along: of what
// half the tenant has, someone gets it new every week.
#define CHANGE_OTHERS KNOWLEDGE_COLLEAGUES
// One other may be chance, two are fewer than several.
#define CHANGE_FEW 2
// That nobody else changed says something of so many people whose days are known.
#define CHANGE_PEERS 5
#define CHANGE_TRUST 0.9

static const enum habit_facet facets[] = {HABIT_NETWORK, HABIT_AGENT, HABIT_CLIENT_APP,
                                          HABIT_APP_ID};
static const char *const words[] = {"network", "program", "application", "application"};
enum { FACETS = sizeof facets / sizeof facets[0] };

struct changes {
    size_t alike, few, alone; // new things: that many, few or no others got
    size_t old, untold;
    const struct dossier_row *first_alike;
    const struct dossier_row *first_alone; // or of few: the one that most others got
    unsigned alike_facet, alone_facet;
    uint32_t alike_others, alone_others, peers;
};

// A window from a week before the new thing came to the end of all logs, of which a beginning must be left to
// tell what was there before. False where there is none.
static bool window_of(const struct dossier *dossier, const struct dossier_row *row, int64_t *from,
                      int64_t *to)
{
    int64_t first = knowledge_first(dossier->knowledge), came = row->first.time;
    if (came == INSTANT_NONE || first == INSTANT_NONE)
        return false;
    int64_t least = first + HABIT_TENANT_DAYS_ENOUGH * DAY;
    *from = came - CHANGE_BEFORE;
    *from = *from > least ? *from : least;
    *to = knowledge_last(dossier->knowledge);
    return *from <= came && *to >= *from;
}

// How many people or mailboxes of the incident share the group's value.
static uint32_t victims(const struct around_table *table, const struct around_group *group)
{
    uint32_t count = 0;
    for (size_t i = 0; i < table->count; i++)
        count += table->groups[i].key.part[0] == group->key.part[0] &&
                 table->groups[i].key.part[1] == group->key.part[1];
    return count;
}

// A roll-out reaches people where they are.
static bool is_from_elsewhere(const struct dossier *dossier, const struct activity *a,
                              enum habit_facet facet)
{
    if (facet == HABIT_NETWORK || knowledge_is_neutral(dossier->knowledge, a->address) ||
        around_is_own_place(dossier, a) ||
        knowledge_is_colleagues_place(dossier->knowledge, a->address))
        return false;
    return around_is_vague_place(dossier, a->address) ||
           around_stand_days(dossier, a, HABIT_NETWORK).standing == HABIT_NEW;
}

static void count(const struct dossier *dossier, const struct around_table *table,
                  const struct around_group *group, struct changes *changes)
{
    const struct activity *a = &group->row->first;
    unsigned which = group->key.part[0];
    int64_t from, to;
    struct around_standing stand = around_stand_days(dossier, a, facets[which]);
    if (stand.standing == HABIT_KNOWN || stand.standing == HABIT_SEEN) {
        changes->old++;
        return;
    }
    if (stand.standing == HABIT_CANNOT_TELL || !window_of(dossier, group->row, &from, &to)) {
        changes->untold++;
        return;
    }
    struct habit_answer peers = knowledge_standing(dossier->knowledge, a, facets[which], from, to);
    uint32_t of_incident = victims(table, group) - 1;
    uint32_t others = peers.peers_inside > of_incident ? peers.peers_inside - of_incident : 0;
    changes->peers = peers.peers > changes->peers ? peers.peers : changes->peers;
    if (others >= CHANGE_OTHERS && others >= peers.peers_outside &&
        !is_from_elsewhere(dossier, a, facets[which])) {
        if (!changes->alike++) {
            changes->first_alike = group->row;
            changes->alike_facet = which;
            changes->alike_others = others;
        }
        return;
    }
    // What many got at a place that is new for them as well is a tool, or a victim's, as often as a roll-out.
    bool is_few = others >= CHANGE_FEW && others >= peers.peers_outside;
    changes->few += is_few;
    changes->alone += !is_few;
    if (!changes->first_alone || others > changes->alone_others) {
        changes->first_alone = group->row;
        changes->alone_facet = which;
        changes->alone_others = others;
    }
}

// ---- what the attacker came with --------------------------------------------------------------

static uint32_t value_of(const struct knowledge *k, const struct activity *a, unsigned which)
{
    struct user_agent agent;
    switch (facets[which]) {
    case HABIT_NETWORK:
        return knowledge_is_neutral(k, a->address) ? 0 : knowledge_network(k, a->address);
    case HABIT_AGENT:
        agent = knowledge_agent(k, a);
        return agent.family == AGENT_NONE ? 0
                                          : (uint32_t)agent.family << 16 |
                                                (uint32_t)agent.system << 8 | agent.is_stale | 0x80;
    case HABIT_CLIENT_APP:
        return a->client_app;
    default: // the application itself is what many services share where another one called
        return a->client_app ? 0 : a->app;
    }
}

static void collect(const struct dossier *dossier, struct around_table *table)
{
    const struct knowledge *k = dossier->knowledge;
    const struct dossier_row *row;
    around_init(table);
    for (size_t at = 0; (row = around_next_act(dossier, &at));) {
        const struct activity *a = &row->first;
        bool is_mail = a->kind == ACTIVITY_MAIL_ACCESS && a->mailbox;
        uint32_t subject = is_mail ? a->mailbox : knowledge_person(k, a);
        if (!subject || (!is_mail && a->kind != ACTIVITY_SIGN_IN) || !around_is_human(a))
            continue;
        for (unsigned which = 0; which < FACETS; which++)
            if (value_of(k, a, which))
                around_add(table, (struct around_key){{which, value_of(k, a, which), subject}},
                           row);
    }
    around_sort(table);
}

// ---- words ------------------------------------------------------------------------------------

static void print_thing(struct inquiry *inquiry, const struct dossier_row *row, unsigned which)
{
    const struct dossier *dossier = inquiry_dossier(inquiry);
    struct buf *text = inquiry_text(inquiry);
    struct str network =
        dossier_text(dossier, knowledge_network(dossier->knowledge, row->first.address));
    buf_print(text, "the %s ", words[which]);
    if (facets[which] == HABIT_NETWORK)
        buf_add(text, network);
    else if (facets[which] == HABIT_AGENT)
        buf_add(text, str_from(agent_family_words(
                          knowledge_agent(dossier->knowledge, &row->first).family)));
    else
        buf_add(text, dossier_text(dossier, around_caller(&row->first)));
    inquiry_cite(inquiry, row);
}

static void print_since(struct inquiry *inquiry, const struct dossier_row *row)
{
    int64_t from = 0, to = 0;
    window_of(inquiry_dossier(inquiry), row, &from, &to);
    buf_add(inquiry_text(inquiry), S(" since "));
    around_print_minute(from, inquiry_text(inquiry));
}

static void print_changes(struct inquiry *inquiry, const struct changes *changes)
{
    struct buf *text = inquiry_text(inquiry);
    if (changes->first_alike) {
        buf_print(text, "Of %u others, %u got the same for the first time: ", changes->peers,
                  changes->alike_others);
        print_thing(inquiry, changes->first_alike, changes->alike_facet);
        print_since(inquiry, changes->first_alike);
    }
    if (changes->first_alone) {
        buf_print(text, "%s %u others, %u got for the first time what is new here: ",
                  changes->first_alike ? "; of" : "Of", changes->peers, changes->alone_others);
        print_thing(inquiry, changes->first_alone, changes->alone_facet);
        print_since(inquiry, changes->first_alone);
    }
    buf_add_char(text, '.');
}

static void ask(struct inquiry *inquiry)
{
    const struct dossier *dossier = inquiry_dossier(inquiry);
    struct around_table table;
    struct changes changes = {0};
    collect(dossier, &table);
    for (size_t i = 0; i < table.count; i++)
        count(dossier, &table, &table.groups[i], &changes);
    size_t new = changes.alike + changes.few + changes.alone;
    struct buf *text = inquiry_text(inquiry);
    if (!new &&changes.old && !changes.untold) {
        buf_add(
            text,
            S("Nothing here is new: all networks, programs and applications were used by the same "
              "people on other days."));
        inquiry_answer(inquiry, EVIDENCE_NO, CHANGE_TRUST * around_share_listed(dossier));
        return;
    }
    if (!new || (!changes.alike && changes.peers < CHANGE_PEERS)) {
        buf_print(
            text,
            new ? "Only %u other people or mailboxes are in the logs, too few to tell."
                : "There are too few days before the incident to tell what is new (%u others).",
            changes.peers);
        inquiry_cannot_tell(inquiry,
                            "Export sign-in logs and mailbox audit of the whole tenant, from "
                            "some days before the incident on.");
        return;
    }
    print_changes(inquiry, &changes);
    enum evidence_answer answer = changes.alike == new   ? EVIDENCE_YES
                                  : changes.alone == new ? EVIDENCE_NO
                                                         : EVIDENCE_PARTLY;
    double told = (double)(new + changes.old) / (double)(new + changes.old + changes.untold);
    inquiry_answer(inquiry, answer, CHANGE_TRUST * told * around_share_listed(dossier));
}

const struct question evidence_many_changed_alike = {
    .name = "many_changed_alike",
    .question =
        "Did many people get the same new program, application or network at about the same time?",
    .rests_on =
        "What is new for the incident's people and mailboxes (networks, programs, applications), and how "
        "many others had it for the first time from a week before it came on, compared with those who "
        "had it before. Yes: all that is new came to at least three others as well, and to as many as had "
        "it before: a roll-out, a new VPN; no: nothing is new, or nobody else got it; partly: two "
        "others got it, or some of several new things are common. It cannot be told where the logs begin "
        "with it or hold fewer than five others.",
    .ask = ask,
};
