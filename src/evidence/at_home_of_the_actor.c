// Was it done from where the acting person always is, by their usual program?
// SPDX-License-Identifier: Apache-2.0
#include "evidence/around.h"

#include "detector/stranger.h"

#define HOME_NEARLY_ALL 0.95

enum { HOME_UNTOLD, HOME_AWAY, HOME_NEW_PROGRAM, HOME_YES, HOMES };

struct homes {
    uint64_t records[HOMES];
    const struct around_group *leaders[HOMES];
    double trust; // sum over records that can be told
};

static void collect(const struct dossier *dossier, struct around_table *table)
{
    const struct dossier_row *row;
    around_init(table);
    for (size_t at = 0; (row = around_next_act(dossier, &at));) {
        const struct activity *a = &row->first;
        uint32_t person = knowledge_person(dossier->knowledge, a);
        if (person && around_is_human(a) && !knowledge_is_neutral(dossier->knowledge, a->address))
            around_add(table,
                       (struct around_key){{person, a->address, a->agent ? a->agent : a->client}},
                       row);
    }
    around_sort(table);
}

// A place of several colleagues is home to all of them. A program that is named nowhere says nothing.
static int judge(const struct dossier *dossier, const struct activity *a, double *trust)
{
    struct around_standing network = around_stand_days(dossier, a, HABIT_NETWORK);
    bool is_colleagues = knowledge_is_colleagues_place(dossier->knowledge, a->address);
    bool is_own = around_is_own_place(dossier, a);
    if (network.standing == HABIT_CANNOT_TELL && !is_colleagues && !is_own)
        return HOME_UNTOLD;
    if (network.standing == HABIT_NEW)
        network = around_stand(dossier, a, HABIT_NETWORK);
    *trust = (is_colleagues ? 0.9
              : is_own      ? 0.8
                            : around_trust(&network)) *
             around_trust_address(dossier, a->address);
    if (network.standing != HABIT_KNOWN && !is_colleagues && !is_own)
        return HOME_AWAY;
    return around_stand_days(dossier, a, HABIT_AGENT).standing == HABIT_NEW ? HOME_NEW_PROGRAM
                                                                            : HOME_YES;
}

static void print_group(struct inquiry *inquiry, const struct around_group *group, int is)
{
    static const char *const words[] = {
        "", "which is not where this person is as a rule",
        "where this person is as a rule, but with a program that is new for them",
        "where this person is as a rule, with nothing new about the program"};
    const struct dossier *dossier = inquiry_dossier(inquiry);
    const struct activity *a = &group->row->first;
    struct buf *text = inquiry_text(inquiry);
    around_print_text(dossier, group->key.part[0], text);
    buf_add(text, S(" acted from "));
    around_print_address(dossier, a->address, text);
    buf_print(text, ", %s (", words[is]);
    stranger_print_agent(dossier->knowledge, a->agent, a->client, text);
    buf_add(text, S("; "));
    around_print_count(group->records, "record", text);
    buf_add_char(text, ')');
    inquiry_cite(inquiry, group->row);
}

static void cannot_tell(struct inquiry *inquiry, const struct around_table *table)
{
    buf_add(
        inquiry_text(inquiry),
        table->count
            ? S("There are too few other days of these people to tell where they are as a rule.")
            : S("Nothing was done in a person's name from an address that says where they were."));
    inquiry_cannot_tell(inquiry, table->count
                                     ? "Export more days of the sign-in logs of these people."
                                     : "Export the sign-in logs, which name addresses.");
}

static void ask(struct inquiry *inquiry)
{
    const struct dossier *dossier = inquiry_dossier(inquiry);
    struct around_table table;
    struct homes homes = {0};
    collect(dossier, &table);
    for (size_t i = 0; i < table.count; i++) {
        const struct around_group *group = &table.groups[i];
        double trust = 0;
        int is = judge(dossier, &group->row->first, &trust);
        homes.records[is] += group->records;
        homes.trust += is == HOME_UNTOLD ? 0 : trust * (double)group->records;
        homes.leaders[is] = homes.leaders[is] ? homes.leaders[is] : group;
    }
    double told = (double)(homes.records[HOME_AWAY] + homes.records[HOME_NEW_PROGRAM] +
                           homes.records[HOME_YES]);
    if (told <= 0) {
        cannot_tell(inquiry, &table);
        return;
    }
    bool is_first = true;
    for (int is = HOME_YES; is >= HOME_AWAY; is--) {
        if (!homes.leaders[is])
            continue;
        buf_add(inquiry_text(inquiry), is_first ? S("") : S("; "));
        print_group(inquiry, homes.leaders[is], is);
        is_first = false;
    }
    buf_add_char(inquiry_text(inquiry), '.');
    enum evidence_answer answer = EVIDENCE_PARTLY;
    if ((double)homes.records[HOME_YES] >= HOME_NEARLY_ALL * told)
        answer = EVIDENCE_YES;
    else if ((double)homes.records[HOME_AWAY] >= HOME_NEARLY_ALL * told)
        answer = EVIDENCE_NO;
    double all = told + (double)homes.records[HOME_UNTOLD] + (double)table.passed;
    inquiry_answer(inquiry, answer,
                   homes.trust / told * (told / all) * around_share_listed(dossier));
}

const struct question evidence_at_home_of_the_actor = {
    .name = "at_home_of_the_actor",
    .question = "Was it done from where the acting person always is, by their usual program?",
    .rests_on =
        "The addresses and programs of all that was done with success in a person's name, compared with the "
        "networks and programs of the same person on days outside the incident. Yes: nearly all came from "
        "networks of three other days or more (five, where three are less than a quarter of all), or from "
        "colleagues' places, with no program that is new for the person, which is how insiders look; no: "
        "nearly all came from elsewhere; partly: some of both, or the place is usual and the program new. "
        "It cannot be told where fewer than three other days are in the logs, or where no person acted.",
    .ask = ask,
};
