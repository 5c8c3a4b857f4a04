// Delegation: an account that may change permissions (taken over, or misused) gives itself rights on
// others' mailboxes and reads them as a delegate. The rights are taken away again at the end, or not.
// SPDX-License-Identifier: Apache-2.0
#include "simulate/attack.h"

// victims[0] is the account that acts, the others are those who are read.
static struct access own_access(struct plot *plot, int64_t now, struct person *mailbox)
{
    struct victim *actor = &plot->victims[0];
    attack_renew(plot, actor, now);
    struct access access = attack_access(plot, actor, now);
    access.mailbox = mailbox;
    return access;
}

static void enter(struct plot *plot, int64_t now)
{
    struct sign_in sign_in = {.is_interactive = true,
                              .is_audited = true,
                              .has_second_factor = chance_in(&plot->chance, 1, 3),
                              .second_factor = "Text message"};
    attack_sign_in(plot, &plot->victims[0], &sign_in, now, true);
}

static void change_right(struct plot *plot, int64_t now, struct person *mailbox, bool is_given)
{
    struct access access = own_access(plot, now, mailbox);
    struct person *actor = plot->victims[0].person;
    const struct pair full[] = {{S("Identity"), mailbox->address},
                                {S("User"), actor->address},
                                {S("AccessRights"), S("FullAccess")},
                                {S("InheritanceType"), S("All")},
                                {S("AutoMapping"), S("False")}};
    const struct pair folder[] = {{S("Identity"), mailbox->address},
                                  {S("User"), actor->address},
                                  {S("AccessRights"), S("Reviewer")}};
    access.client = &clients[plot->numbers[1] ? CLIENT_POWERSHELL : CLIENT_EXCHANGE_ADMIN];
    if (!is_given)
        record_cmdlet(plot->world, &access, "Remove-MailboxPermission", mailbox->address, full, 4);
    else if (plot->numbers[0])
        record_cmdlet(plot->world, &access, "Add-MailboxFolderPermission", mailbox->address, folder,
                      3);
    else
        record_cmdlet(plot->world, &access, "Add-MailboxPermission", mailbox->address, full, 5);
}

static int64_t read_others(struct plot *plot, int64_t now)
{
    struct chance *chance = &plot->chance;
    uint32_t number = 1 + chance_below(chance, plot->victim_count - 1);
    struct victim *victim = &plot->victims[number];
    struct access access = own_access(plot, now, victim->person);
    attack_read(plot, victim, &access, (uint32_t)plot->goal);
    return attack_hours(plot, now + chance_gap(chance, plot->gap) + SECOND);
}

static int64_t step(struct plot *plot, int64_t now)
{
    struct chance *chance = &plot->chance;
    int phase = plot->phase;
    int others = (int)plot->victim_count - 1;
    if (phase == 0) {
        plot->phase++;
        enter(plot, now);
        return now + (int64_t)chance_between(chance, 1, 20) * MINUTE;
    }
    if (phase <= others) {
        plot->phase++;
        change_right(plot, now, plot->victims[phase].person, true);
        return now + (int64_t)chance_between(chance, 20, 900) * SECOND;
    }
    if (now < plot->until)
        return read_others(plot, now);
    // The traces: one permission after the other.
    int left = phase - others - 1;
    if (!plot->numbers[2] || left >= others)
        return TIME_NEVER;
    plot->phase++;
    change_right(plot, now, plot->victims[1 + left].person, false);
    return now + (int64_t)chance_between(chance, 10, 60) * SECOND;
}

void scenario_mailbox_delegation_abuse_begin(struct plot *plot)
{
    struct chance *chance = &plot->chance;
    plot->hour_from = (int)chance_below(chance, 14);
    plot->hour_until = plot->hour_from + 10;
    enum network_kind kind = chance_in(chance, 1, 2) ? NETWORK_PROXY : NETWORK_HOSTING;
    attack_addresses(plot, kind, NULL, 2);
    attack_agent(plot);
    plot->client = &clients[CLIENT_OWA];
    plot->numbers[0] = chance_in(chance, 1, 4); // folder by folder
    plot->numbers[1] = chance_in(chance, 2, 3); // by PowerShell
    plot->numbers[2] = chance_in(chance, 1, 2); // clears up
    plot->victims[0] = (struct victim){.person = tenant_admin(&plot->world->tenant),
                                       .address = plot->addresses[0]};
    plot->victim_count = 1;
    uint32_t wanted = chance_between(chance, 1, 7);
    for (uint32_t i = 0; i < wanted; i++)
        attack_victim(plot, 100);
    plot->goal = (int)chance_between(chance, 2, 12);
    plot->gap = (int64_t)chance_between(chance, 60, 1200) * SECOND;
    plot->time = attack_when(plot, 30, 60);
    plot->until = plot->time + (int64_t)chance_between(chance, 1, 9) * DAY;
    // Without anyone to read there is nothing to do.
    plot->step = plot->victim_count > 1 ? step : NULL;
}
