// Are the programs ones that these people and mailboxes use on other days?
// SPDX-License-Identifier: Apache-2.0
#include "evidence/around_known.h"

#include "detector/stranger.h"

// Families of programs; what is long out of date is another one.
static uint32_t key(const struct knowledge *k, const struct activity *a)
{
    struct user_agent agent = knowledge_agent(k, a);
    if (agent.family == AGENT_NONE)
        return 0;
    return (uint32_t)agent.family << 16 | (uint32_t)agent.system << 8 | agent.is_stale | 0x80;
}

static void print(const struct dossier *dossier, const struct activity *a, struct buf *out)
{
    struct buf text;
    buf_init(&text);
    stranger_print_agent(dossier->knowledge, a->agent, a->client, &text);
    if (text.len && text.at[0] >= 'a' && text.at[0] <= 'z' && !str_is(buf_str(&text), "curl"))
        text.at[0] = (char)(text.at[0] - 'a' + 'A');
    buf_add(out, buf_str(&text));
    buf_done(&text);
}

// Records that name no program still name the way in: protocol and application.
static uint32_t way_key(const struct knowledge *k, const struct activity *a)
{
    return a->kind == ACTIVITY_MAIL_ACCESS && a->mailbox ? knowledge_way(k, a) : 0;
}

static void print_way(const struct dossier *dossier, const struct activity *a, struct buf *out)
{
    knowledge_print_way(dossier->knowledge, a, out);
}

static bool names_program(const struct dossier *dossier)
{
    const struct dossier_row *row;
    for (size_t at = 0; (row = around_next_act(dossier, &at));)
        if (key(dossier->knowledge, &row->first))
            return true;
    return false;
}

static void ask(struct inquiry *inquiry)
{
    static const struct known_thing program = {
        .facet = HABIT_AGENT,
        .thing = "program",
        .things = "programs",
        .key = key,
        .print = print,
        .none = "No record of the attacker's names a program.",
        .how = "Export the sign-in logs, which name the programs.",
    };
    static const struct known_thing way = {
        .facet = HABIT_WAY,
        .thing = "way in",
        .things = "ways in",
        .key = way_key,
        .print = print_way,
        .none = "No record of the attacker's names a program.",
        .how = "Export the sign-in logs, which name the programs.",
    };
    known_ask(inquiry, names_program(inquiry_dossier(inquiry)) ? &program : &way);
}

const struct question evidence_program_is_known = {
    .name = "program_is_known",
    .question = "Are the programs ones that these people and mailboxes use on other days?",
    .rests_on =
        "The programs that called themselves so in the attacker's records (family and operating system; a "
        "browser a year out of date is another one), compared with the days outside the incident of the "
        "people and mailboxes; where none is named, the protocol and the application by which mail was "
        "read. Yes: nearly all of it was done with programs of three other days or more; no: with programs "
        "of none of at least three other days; partly: both, or one or two days. A program may call itself "
        "anything, so yes says less than no; it cannot be told where too few other days are in the logs.",
    .ask = ask,
};
