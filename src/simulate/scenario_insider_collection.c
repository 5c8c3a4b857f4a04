// An insider: someone about to leave reads far more than ever before, with their own account from the
// usual places, takes files along and forwards mail to a private address.
// SPDX-License-Identifier: Apache-2.0
#include "simulate/attack.h"

static void look(struct plot *plot, const struct access *access)
{
    static const struct str words[] = {STR("confidential"), STR("contract"),      STR("salary"),
                                       STR("acquisition"),  STR("customer list"), STR("password")};
    if (!plot->world->tenant.is_search_audited)
        return;
    record_search(plot->world, access, words[chance_below(&plot->chance, 6)]);
}

static void forward(struct plot *plot, struct victim *victim, const struct access *access)
{
    const struct pair parameters[] = {{S("AlwaysDeleteOutlookRulesBlob"), S("False")},
                                      {S("Force"), S("False")},
                                      {S("Name"), S("Copy")},
                                      {S("ForwardTo"), plot->texts[0]},
                                      {S("StopProcessingRules"), S("False")}};
    record_cmdlet(plot->world, access, "New-InboxRule", victim->person->address, parameters, 5);
}

static void take_files(struct plot *plot, struct victim *victim, int64_t now)
{
    struct access access = session_access(plot->world, victim->person, CLIENT_SHAREPOINT_WEB, now);
    uint32_t count = chance_between(&plot->chance, 3, 40);
    access.chance = &plot->chance;
    access.plot = plot;
    for (uint32_t i = 0; i < count; i++) {
        record_file(plot->world, &access, "FileDownloaded", chance_next(&plot->chance));
        access.time += (int64_t)chance_between(&plot->chance, 1, 12) * SECOND;
    }
}

static int64_t step(struct plot *plot, int64_t now)
{
    struct chance *chance = &plot->chance;
    struct victim *victim = &plot->victims[0];
    struct person *person = victim->person;
    if (now >= plot->until)
        return TIME_NEVER;
    // At work, or in the evening at home: the person's own hours, and their own session.
    int64_t next = now + chance_gap(chance, plot->gap) + SECOND;
    int64_t hour = (now + person->office->ahead * MINUTE) / HOUR % 24;
    if (hour < 7)
        return now + (7 - hour) * HOUR;
    if (hour >= 23)
        return now + 8 * HOUR;
    uint32_t what = chance_below(chance, 30);
    if (what == 0) {
        take_files(plot, victim, now);
        return next;
    }
    struct access access = session_access(plot->world, person, CLIENT_OWA, now);
    access.chance = chance;
    access.plot = plot;
    if (what <= 2)
        look(plot, &access);
    else if (what == 3 && plot->phase++ == 0 && plot->numbers[0])
        forward(plot, victim, &access);
    else
        attack_read(plot, victim, &access, (uint32_t)plot->goal);
    return next;
}

void scenario_insider_collection_begin(struct plot *plot)
{
    struct chance *chance = &plot->chance;
    attack_addresses(plot, NETWORK_HOME, NULL, 1); // not used: the person's own are
    struct victim *victim = attack_victim(plot, 0);
    plot->client = &clients[CLIENT_OWA];
    plot->texts[0] = arena_print(&plot->world->tenant.arena, "%.*s.private@webmail.example", 6,
                                 victim->person->address.at);
    plot->numbers[0] = chance_in(chance, 1, 2); // forwards
    plot->goal = (int)chance_between(chance, 8, 24);
    plot->gap = (int64_t)chance_between(chance, 20, 240) * SECOND;
    plot->time = attack_when(plot, 40, 65);
    plot->until = plot->time + (int64_t)chance_between(chance, 1, 6) * DAY;
    plot->step = step;
}
