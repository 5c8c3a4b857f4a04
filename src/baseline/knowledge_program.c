// The programs that user agents and client texts name, and which of them are long out of date.
// SPDX-License-Identifier: Apache-2.0
#include <stdlib.h>

#include "baseline/knowledge_learn.h"

void meet_program(struct knowledge *k, const struct activity *activity)
{
    uint32_t text = activity->agent ? activity->agent : activity->client;
    if (!text)
        return;
    k->program_of =
        knowledge_grow(k->program_of, &k->program_of_count, text, sizeof *k->program_of);
    if (!k->program_of[text]) {
        struct user_agent agent = knowledge_agent(k, activity);
        ARRAY_GROW(k->programs, k->program_count, k->program_capacity);
        k->programs[k->program_count++] = (struct program){.agent = agent, .first = INSTANT_NONE};
        k->program_of[text] = k->program_count;
    }
    struct program *program = &k->programs[k->program_of[text] - 1];
    if (program->first == INSTANT_NONE ||
        (activity->time != INSTANT_NONE && activity->time < program->first))
        program->first = activity->time;
}

static int by_first(const void *left, const void *right)
{
    const struct program *a = *(struct program *const *)left, *b = *(struct program *const *)right;
    if (a->first != b->first)
        return a->first < b->first ? -1 : 1;
    return (a->agent.version < b->agent.version) - (a->agent.version > b->agent.version);
}

// Against the newest of its family that anyone in the tenant had by then: texts of a browser that renews itself
// live for weeks, so that an old one that comes up late is not such a browser.
static void mark_stale(struct program **programs, size_t count)
{
    uint16_t newest[AGENT_COUNT] = {0};
    for (size_t i = 0; i < count; i++) {
        struct user_agent *agent = &programs[i]->agent;
        if (agent->version > newest[agent->family])
            newest[agent->family] = agent->version;
        agent->is_stale = agent->version + USER_AGENT_STALE <= newest[agent->family];
    }
}

// Names without an agent behind them cost little, and asking needs no new symbol.
static void name_programs(struct knowledge *k)
{
    char text[USER_AGENT_SIZE];
    for (int family = AGENT_NONE + 1; family < AGENT_COUNT; family++)
        for (int system = 0; system < SYSTEM_COUNT; system++)
            for (int is_stale = 0; is_stale < 2; is_stale++) {
                struct user_agent agent = {.family = (enum agent_family)family,
                                           .system = (enum agent_system)system,
                                           .is_stale = is_stale};
                intern_add(k->texts, str_from(user_agent_name(agent, text)));
            }
}

void settle_programs(struct knowledge *k)
{
    struct program **dated = memory_new((k->program_count + 1) * sizeof(struct program *));
    size_t count = 0;
    char text[USER_AGENT_SIZE];
    for (uint32_t i = 0; i < k->program_count; i++)
        if (k->programs[i].agent.version && k->programs[i].first != INSTANT_NONE)
            dated[count++] = &k->programs[i];
    qsort(dated, count, sizeof(struct program *), by_first);
    mark_stale(dated, count);
    free(dated);
    name_programs(k);
    for (uint32_t i = 0; i < k->program_count; i++) {
        struct program *program = &k->programs[i];
        if (program->agent.family != AGENT_NONE)
            program->symbol =
                intern_find(k->texts, str_from(user_agent_name(program->agent, text)));
    }
}
