// Makes sample outcomes with verdicts: a forged token, a session that nobody can be sure of, a migration.
// SPDX-License-Identifier: Apache-2.0
#include "support/verdicts.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define START INT64_C(1794873600000000) // 2026-11-17T00:00:00Z
#define HOSTILE                                                                                    \
    "</script><script>fetch('//evil.example')</script><!--<img src=x onerror=alert(1)>"            \
    "\" onmouseover='alert(2)' javascript:alert(3) \x1b[31m\0\xe2\x80\xae\xe2\x80\xa8\xe2\x80\x8b\xff&amp;"

const struct str verdict_hostile = {HOSTILE, sizeof HOSTILE - 1};
const struct str verdict_endless = STR(
    "AAMkAGI2TG93AAA0123456789abcdefAAMkAGI2TG93AAA0123456789abcdefAAMkAGI2TG93AAA0123456789abcdef"
    "AAMkAGI2TG93AAA0123456789abcdefAAMkAGI2TG93AAA0123456789abcdefAAMkAGI2TG93AAA0123456789abcdef"
    "AAMkAGI2TG93AAA0123456789abcdefAAMkAGI2TG93AAA0123456789abcdefAAMkAGI2TG93AAA0123456789abcdef");

struct maker {
    struct arena *arena;
    bool is_hostile;
    uint64_t turn;
};

// The text, or what an attacker would write there: by turns markup and an endless word.
static struct str text(struct maker *m, const char *words)
{
    if (!m->is_hostile)
        return arena_copy(m->arena, str_from(words));
    return m->turn++ % 5 == 4 ? verdict_endless : verdict_hostile;
}

static uint64_t chance(struct maker *m, uint64_t below)
{
    m->turn = m->turn * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (m->turn >> 33) % below;
}

static struct str record_id(struct maker *m, uint64_t n)
{
    if (m->is_hostile)
        return verdict_hostile;
    return arena_print(m->arena, "%08x-7b7e-4f7c-9d43-%012llx", (unsigned)(n * 2654435761u),
                       (unsigned long long)(n * 40503 + 77));
}

static struct str *record_ids(struct maker *m, uint64_t from, size_t count)
{
    struct str *ids = ARENA_ARRAY(m->arena, struct str, count + 1);
    for (size_t i = 0; i < count; i++)
        ids[i] = record_id(m, from + i);
    return ids;
}

// ---- findings -----------------------------------------------------------------------------------

static const struct {
    const char *detector, *title, *statement, *attack;
    enum sigma_level level;
} finding_rows[] = {
    {"token_never_issued", "Tokens that were never issued",
     "412 mail accesses with 3 tokens that no sign-in of the tenant explains, in hours in which the sign-in logs "
     "are complete.",
     "T1550.001", LEVEL_CRITICAL},
    {"unusual_mail_app", "Mail read by an application that nobody uses here",
     "Outlook Web (OWA) tokens used from a program without a browser, by none of 200 people before.",
     "T1114.002", LEVEL_HIGH},
    {"session_moved", "A session moved to another network",
     "One session seen in AS64500 and AS64501 within 4 min.", "T1550.004", LEVEL_HIGH},
    {"sigma:91f6dc6b-456d-403a-8edf-8943899ea1de", "Inbox Rule Hides Mail", "", "T1564.008",
     LEVEL_MEDIUM},
    {"mass_read", "Many messages read", "1,812 messages in 2 hours; 40 a day are usual.",
     "T1114.002", LEVEL_MEDIUM},
    {"audit_silenced", "Auditing was switched off for a mailbox",
     "Set-MailboxAuditBypassAssociation at 02:11.", "T1562.008", LEVEL_LOW},
};

static struct str address(struct maker *m, size_t person);

static void add_actors(struct maker *m, struct finding *finding, size_t i)
{
    finding->entities = ARENA_ARRAY(m->arena, struct entity, 4);
    for (size_t person = 0; person <= i % 3; person++)
        finding->entities[finding->entity_count++] =
            (struct entity){ENTITY_USER, address(m, (i + person) % 6)};
    if (i % 4)
        finding->entities[finding->entity_count++] =
            (struct entity){ENTITY_IP, text(m, "198.51.100.9")};
}

static void add_findings(struct maker *m, struct scan_result *result, size_t count)
{
    struct finding *items = memory_new(count * sizeof *items);
    for (size_t i = 0; i < count; i++) {
        size_t row = i < COUNT(finding_rows) ? i : chance(m, COUNT(finding_rows));
        struct finding *finding = &items[i];
        finding->detector = text(m, finding_rows[row].detector);
        finding->title = text(m, finding_rows[row].title);
        finding->statement = text(m, finding_rows[row].statement);
        finding->severity = finding_rows[row].level;
        finding->confidence = 0.9;
        finding->attack = ARENA_NEW(m->arena, struct str);
        finding->attack[0] = str_from(finding_rows[row].attack);
        finding->attack_count = 1;
        add_actors(m, finding, i);
        finding->first = START + (int64_t)(i % 300) * HOUR;
        finding->last = finding->first + (int64_t)(i % 7) * 13 * MINUTE;
        finding->listed = 1 + i % 30;
        finding->events = record_ids(m, i * 100, finding->listed);
        finding->event_count = finding->listed * (1 + i % 3);
        snprintf(finding->id, sizeof finding->id, "f-%016zx", i * 7919 + 1);
    }
    result->findings.items = items;
    result->findings.count = count;
}

// ---- incidents ----------------------------------------------------------------------------------

static const char *const people[] = {"nadia.okafor", "jonas.weber",  "mei.tanaka",
                                     "luca.moretti", "amara.diallo", "sofia.lindqvist"};
static const char *const subjects[] = {
    "Board minutes, draft 3",
    "RE: Offer for the Rotterdam site",
    "Passwords for the new VPN",
    "Medical certificate",
    "Q4 forecast (confidential)",
    "Lunch?",
    "FW: Settlement with the former partners, second round of comments by counsel"};
static const char *const folders[] = {"\\Inbox", "\\Sent Items", "\\Archive\\2026",
                                      "\\Legal\\Privileged"};

static struct str address(struct maker *m, size_t person)
{
    if (m->is_hostile)
        return text(m, "");
    if (person < COUNT(people))
        return arena_print(m->arena, "%s@contoso.example", people[person]);
    return arena_print(m->arena, "user%03zu@contoso.example", person);
}

static void add_messages(struct maker *m, struct incident_mailbox *mailbox, size_t count)
{
    mailbox->read = ARENA_ARRAY(m->arena, struct incident_message, count + 1);
    mailbox->read_count = mailbox->read_listed = count;
    for (size_t i = 0; i < count; i++)
        mailbox->read[i] = (struct incident_message){
            .message_id = m->is_hostile ? text(m, "")
                                        : arena_print(m->arena, "<%016zx@mail.contoso.example>",
                                                      i * 48271 + 11),
            .subject = text(m, subjects[chance(m, COUNT(subjects))]),
            .sender = address(m, chance(m, COUNT(people))),
            .folder = text(m, folders[chance(m, COUNT(folders))]),
            .first_read = mailbox->first + (int64_t)i * 41 * SECOND,
            .bytes = 900 + chance(m, 400000),
            .record = record_id(m, i)};
}

static void add_reach(struct maker *m, struct incident_mailbox *mailbox, size_t place)
{
    if (place % 3 == 0) {
        mailbox->presumed = ARENA_ARRAY(m->arena, struct incident_presumed, 2);
        mailbox->presumed[0] = (struct incident_presumed){
            text(m, "\\Inbox"), REACH_SYNC, mailbox->first, mailbox->first + HOUR, record_id(m, 5)};
        mailbox->presumed[1] = (struct incident_presumed){S(""), REACH_THROTTLED, mailbox->first,
                                                          mailbox->first + DAY, record_id(m, 6)};
        mailbox->presumed_count = 2;
    }
    if (place % 3 == 1) {
        mailbox->unknown = ARENA_NEW(m->arena, struct incident_unknown);
        mailbox->unknown[0] = (struct incident_unknown){
            mailbox->last, mailbox->last + 8 * HOUR,
            text(m, "the unified audit log of Exchange is absent in these hours")};
        mailbox->unknown_count = 1;
    }
}

static void add_mailboxes(struct maker *m, struct incident *incident, size_t count, size_t messages)
{
    incident->mailboxes = ARENA_ARRAY(m->arena, struct incident_mailbox, count + 1);
    incident->mailbox_count = count;
    for (size_t i = 0; i < count; i++) {
        size_t own = i == 0 ? messages - messages / 2 : messages / 2 / (count > 1 ? count - 1 : 1);
        struct incident_mailbox *mailbox = &incident->mailboxes[i];
        *mailbox = (struct incident_mailbox){.mailbox = address(m, i),
                                             .first = incident->first + (int64_t)i * 3 * HOUR,
                                             .last = incident->last - (int64_t)i * HOUR,
                                             .accesses = own * 3 + 2,
                                             .least = own + own / 5};
        add_messages(m, mailbox, own);
        add_reach(m, mailbox, i);
    }
}

static void add_entities(struct maker *m, struct incident *incident, size_t accounts)
{
    incident->entities = ARENA_ARRAY(m->arena, struct entity, accounts + 6);
    size_t count = 0;
    for (size_t i = 0; i < accounts; i++)
        incident->entities[count++] = (struct entity){ENTITY_USER, address(m, i)};
    incident->entities[count++] =
        (struct entity){ENTITY_APP, text(m, "00000002-0000-0ff1-ce00-000000000000")};
    incident->entities[count++] = (struct entity){ENTITY_IP, text(m, "198.51.100.9")};
    incident->entities[count++] = (struct entity){ENTITY_IP, text(m, "2001:db8:4::17")};
    incident->entities[count++] = (struct entity){ENTITY_SESSION, text(m, "005e1a3c-6d1f")};
    incident->entity_count = count;
}

static void add_gaps(struct maker *m, struct incident *incident)
{
    incident->gaps = ARENA_ARRAY(m->arena, struct incident_gap, 2);
    incident->gaps[0] = (struct incident_gap){
        text(m, "Who signed in between 2026-11-20 14:00 and 22:00."),
        text(m, "no record of entra_signin/non_interactive, where 104 an hour are usual"),
        text(m, "Get-MgAuditLogSignIn for these hours, while they are kept (30 days)")};
    incident->gaps[1] = (struct incident_gap){
        text(m,
             "What was read in the mailbox of jonas.weber@contoso.example after it was throttled."),
        text(m, "Exchange does not log more than 1,000 binds a day of a mailbox"), S("")};
    incident->gap_count = 2;
}

static void add_incident(struct maker *m, struct scan_result *result, size_t place,
                         const size_t sizes[4])
{
    static const char *const titles[] = {
        "Tokens that were never issued, and mail read with them",
        "A session moved to another network, and 40 messages read with it",
        "Many messages read by an account of the IT department"};
    static const enum sigma_level levels[] = {LEVEL_CRITICAL, LEVEL_HIGH, LEVEL_MEDIUM};
    struct incident *incident = &result->incidents.items[place];
    size_t per = sizes[3];
    *incident =
        (struct incident){.number = (uint32_t)place,
                          .title = text(m, titles[place]),
                          .severity = levels[place],
                          .confidence = 0.97,
                          .first = START + (int64_t)place * 2 * DAY + 2 * HOUR + 11 * MINUTE,
                          .other_actions = 7};
    incident->last = incident->first + (int64_t)(9 - place * 3) * DAY + 5 * HOUR;
    snprintf(incident->id, sizeof incident->id, "i-%016zx", 0x5eed + place * 77);
    incident->findings = ARENA_ARRAY(m->arena, uint32_t, per + 1);
    incident->finding_count = per;
    for (size_t i = 0; i < per; i++)
        incident->findings[i] = (uint32_t)(place * per + i);
    add_entities(m, incident, sizes[0]);
    add_mailboxes(m, incident, sizes[1] - place, sizes[2]);
    if (place < 2)
        add_gaps(m, incident);
}

// ---- verdicts -----------------------------------------------------------------------------------

static const struct {
    const char *name, *title;
    bool is_benign;
    double prior;
} stories[] = {
    {"forged_token", "A token that was never issued was used", false, -4.61},
    {"stolen_session", "A session was stolen and is replayed", false, -1.61},
    {"malicious_app_consent", "An application got access by consent", false, -2.3},
    {"compromised_password", "Someone signs in with the right password", false, -1.2},
    {"mailbox_delegation_abuse", "Permissions on mailboxes were misused", false, -2.81},
    {"new_client_rollout", "A new client was rolled out", true, -1.9},
    {"provider_noise", "The provider's own background processes", true, -2.1},
    {"unknown", "Something none of these stories tells", false, -2.53},
};
#define STORY_COUNT COUNT(stories)

static const struct {
    const char *name, *question, *answer, *statement;
    double weights[STORY_COUNT];
} questions[] = {
    {"token_was_issued",
     "Was each token issued by the tenant?",
     "no",
     "3 of 3 tokens have no sign-in behind them, in hours in which the logs are complete.",
     {6.9, -2.3, -3.1, -2.9, -0.7, -1.1, 0.4, 0}},
    {"sign_in_preceded",
     "Did a sign-in come before the access?",
     "no",
     "No sign-in from 198.51.100.9 within 24 hours before any of 412 accesses.",
     {1.61, 0.3, -1.2, -2.41, 0, -0.5, 0, 0}},
    {"network_is_hosting",
     "Do the addresses belong to a hosting network?",
     "yes",
     "198.51.100.9 is in AS64500, a hosting network; nobody else came from there.",
     {0.92, 0.92, 0.4, 0.69, 0, -1.61, -2.2, 0}},
    {"many_changed_alike",
     "Did many people change in the same way?",
     "partly",
     "2 of 200 people use this client since the same day.",
     {-0.35, -0.2, 0.1, -0.3, 0, 0.8, 0.31, 0}},
    {"volume_beyond_habit",
     "Was more read than is usual?",
     "yes",
     "1,812 messages in 2 hours, where 40 a day are usual.",
     {0.41, 0.41, 0.2, 0.3, 0.5, -0.9, -0.7, 0}},
    {"owner_reacted",
     "Did the owner react?",
     "cannot_tell",
     "The mail flow after the access is not in these logs.",
     {0, 0, 0, 0, 0, 0, 0, 0}},
};

static int rank_of(const struct verdict_item *item)
{
    return (int)item->direction * 100000 - (int)(fabs(item->weight) * 100);
}

static void add_items(struct maker *m, struct verdict_hypothesis *it, size_t story, double factor)
{
    it->items = ARENA_ARRAY(m->arena, struct verdict_item, COUNT(questions));
    int64_t sum = llround(it->prior * 100);
    for (size_t q = 0; q < COUNT(questions); q++) {
        bool is_missing = strcmp(questions[q].answer, "cannot_tell") == 0;
        double weight = round(questions[q].weights[story] * factor * 100) / 100;
        if (weight == 0 && !is_missing)
            continue;
        struct verdict_item item = {.name = str_from(questions[q].name),
                                    .question = text(m, questions[q].question),
                                    .answer = text(m, questions[q].answer),
                                    .direction = is_missing   ? VERDICT_MISSING
                                                 : weight < 0 ? VERDICT_AGAINST
                                                              : VERDICT_FOR,
                                    .weight = weight,
                                    .is_decisive = q == 0 && weight > 0,
                                    .statement = text(m, questions[q].statement),
                                    .events = record_ids(m, q * 50, q * 9),
                                    .event_count = q * 9};
        if (q == 4 && story == 0) {
            item.is_covered = true;
            item.covered_by = text(m, "many_changed_alike");
            item.weight = 0;
        }
        sum += llround(item.weight * 100);
        size_t at = it->item_count++;
        for (; at > 0 && rank_of(&it->items[at - 1]) > rank_of(&item); at--)
            it->items[at] = it->items[at - 1];
        it->items[at] = item;
    }
    it->score = (double)sum / 100;
}

static void add_hypotheses(struct maker *m, struct verdict *verdict, size_t place)
{
    static const double factors[] = {1, 0.12, 0.4};
    double sum = 0;
    verdict->hypotheses = ARENA_ARRAY(m->arena, struct verdict_hypothesis, STORY_COUNT);
    verdict->hypothesis_count = STORY_COUNT;
    verdict->is_decided = place != 1;
    for (size_t i = 0; i < STORY_COUNT; i++) {
        struct verdict_hypothesis it = {.name = str_from(stories[i].name),
                                        .title = text(m, stories[i].title),
                                        .is_benign = stories[i].is_benign,
                                        .prior = stories[i].prior +
                                                 (place == 2 && stories[i].is_benign ? 3.5 : 0)};
        add_items(m, &it, i, factors[place]);
        sum += exp(it.score);
        size_t at = i;
        for (; at > 0 && verdict->hypotheses[at - 1].score < it.score; at--)
            verdict->hypotheses[at] = verdict->hypotheses[at - 1];
        verdict->hypotheses[at] = it;
    }
    for (size_t i = 0; i < STORY_COUNT; i++) {
        struct verdict_hypothesis *it = &verdict->hypotheses[i];
        it->probability = exp(it->score) / sum;
        it->word = !verdict->is_decided && i == 0 ? VERDICT_CANNOT_TELL
                   : it->probability >= 0.5       ? VERDICT_LIKELY
                   : it->probability >= 0.1       ? VERDICT_POSSIBLE
                                                  : VERDICT_UNLIKELY;
    }
}

static const struct verdict_step steps[] = {
    {.step = STR("Revoke all sessions of the accounts"),
     .why = STR("Tokens that were taken or made keep working until they are revoked or end."),
     .command =
         STR("Connect-MgGraph -Scopes User.RevokeSessions.All\n"
             "foreach ($user in 'nadia.okafor@contoso.example', 'jonas.weber@contoso.example') {\n"
             "    Revoke-MgUserSignInSession -UserId $user\n}"),
     .breaks = STR("The people have to sign in again on every device."),
     .undo = STR("Not needed."),
     .verify = STR("No access with the old sessions after one hour.")},
    {.step = STR("Tell Microsoft that tokens were used which the tenant never issued"),
     .why = STR("Only the provider can see what signed them."),
     .breaks = STR("Nothing.")},
    {.step = STR("Remove the inbox rules"),
     .why = STR("They hide the answers from the owner."),
     .command =
         STR("Remove-InboxRule -Mailbox nadia.okafor@contoso.example -Identity 'AAMk...\\ .'"),
     .breaks = STR("Mail the rule moved stays where it is."),
     .undo = STR("New-InboxRule with the conditions of record cc16aab6."),
     .verify = STR("Get-InboxRule -Mailbox nadia.okafor@contoso.example shows it no more.")},
    {.step = STR("Inform the data protection officer"),
     .why = STR(
         "Personal data was read: in the EU there are 72 hours to tell the authority (GDPR, article 33).")},
};

static void add_steps(struct maker *m, struct verdict *verdict, size_t place)
{
    if (place == 2)
        return;
    verdict->steps = ARENA_ARRAY(m->arena, struct verdict_step, COUNT(steps));
    verdict->step_count = COUNT(steps);
    for (size_t i = 0; i < COUNT(steps); i++) {
        struct verdict_step *step = &verdict->steps[i];
        *step = steps[i];
        if (m->is_hostile)
            *step = (struct verdict_step){.step = text(m, ""),
                                          .why = text(m, ""),
                                          .command = text(m, ""),
                                          .breaks = text(m, ""),
                                          .undo = text(m, ""),
                                          .verify = text(m, "")};
        step->target_count = i % 2 ? 0 : 2;
        step->targets = ARENA_ARRAY(m->arena, struct str, 2);
        step->targets[0] = address(m, 0);
        step->targets[1] = address(m, 1);
    }
}

// ---- pictures -----------------------------------------------------------------------------------

static void add_pictures(struct maker *m, struct verdict *verdict, const struct incident *incident)
{
    size_t hours = (size_t)((incident->last - incident->first) / HOUR);
    verdict->hours = ARENA_ARRAY(m->arena, struct verdict_hour, hours + 1);
    for (size_t i = 0; i < hours; i++) {
        if (chance(m, 3) && i != 2 && i + 1 != hours)
            continue;
        verdict->hours[verdict->hour_count++] =
            (struct verdict_hour){.hour = incident->first / HOUR * HOUR + (int64_t)i * HOUR,
                                  .reads = chance(m, 9) ? chance(m, 60) : 400 + chance(m, 900),
                                  .sign_ins = chance(m, 12) ? 0 : 1 + chance(m, 3),
                                  .changes = chance(m, 40) ? 0 : 1,
                                  .others = chance(m, 25) ? 0 : chance(m, 5)};
    }
    size_t mailboxes = incident->mailbox_count < 300 ? incident->mailbox_count : 300;
    verdict->days = ARENA_ARRAY(m->arena, struct verdict_day, mailboxes * 30 + 1);
    for (size_t i = 0; i < mailboxes; i++)
        for (size_t day = 0; day < 30; day++)
            if (chance(m, 7))
                verdict->days[verdict->day_count++] = (struct verdict_day){
                    .mailbox = (uint32_t)i,
                    .day = START + ((int64_t)day - 14) * DAY,
                    .attacker =
                        day >= 14 + i % 5 && day < 24 && chance(m, 2) ? 1 + chance(m, 900) : 0,
                    .owner = day % 7 > 4 ? chance(m, 3) : 5 + chance(m, 120)};
}

static void add_edge(struct maker *m, struct verdict *verdict, enum entity_kind from_kind,
                     struct str from, enum entity_kind to_kind, struct str to)
{
    uint64_t count = 1 + chance(m, 4) * chance(m, 300);
    verdict->edges[verdict->edge_count++] =
        (struct verdict_edge){from_kind, to_kind, from, to, count};
}

static void add_graph(struct maker *m, struct verdict *verdict, const struct incident *incident)
{
    struct str app = text(m, "00000002-0000-0ff1-ce00-000000000000");
    size_t mailboxes = incident->mailbox_count < 80 ? incident->mailbox_count : 80;
    verdict->edges = ARENA_ARRAY(m->arena, struct verdict_edge, mailboxes * 8 + 1);
    for (size_t i = 0; i < mailboxes; i++) {
        struct str ip =
            m->is_hostile ? text(m, "") : arena_print(m->arena, "198.51.100.%zu", 9 + i / 3);
        struct str session =
            m->is_hostile
                ? text(m, "")
                : arena_print(m->arena, "005e1a%zux-6d1f-4c2a-9a1b-7f3e2d1c0b9%zu", i / 2, i / 2);
        struct str token =
            m->is_hostile ? text(m, "") : arena_print(m->arena, "Qm9yZGVyVG9rZW4%zux-AAA", i);
        struct str user = address(m, i), mailbox = incident->mailboxes[i].mailbox;
        add_edge(m, verdict, ENTITY_IP, ip, ENTITY_USER, user);
        add_edge(m, verdict, ENTITY_USER, user, ENTITY_SESSION, session);
        add_edge(m, verdict, ENTITY_SESSION, session, ENTITY_TOKEN, token);
        add_edge(m, verdict, ENTITY_TOKEN, token, ENTITY_APP, app);
        add_edge(m, verdict, ENTITY_APP, app, ENTITY_MAILBOX, mailbox);
        add_edge(m, verdict, ENTITY_SESSION, session, ENTITY_MAILBOX, mailbox);
    }
}

static void add_timeline(struct maker *m, struct verdict *verdict, const struct incident *incident)
{
    static const struct {
        enum verdict_event_kind kind;
        const char *text;
    } rows[] = {
        {VERDICT_GAP, "The sign-in logs begin here; what was issued before is not known."},
        {VERDICT_EVENT,
         "First mail access with a token that has no sign-in behind it, from 198.51.100.9."},
        {VERDICT_FINDING, "Tokens that were never issued (critical)."},
        {VERDICT_OBSERVATION,
         "Owner nadia.okafor@contoso.example is active in Lisbon at the same time."},
        {VERDICT_EVENT, "The mailbox of jonas.weber@contoso.example is synchronised."},
        {VERDICT_FINDING, "Many messages read (medium)."},
        {VERDICT_GAP, "Logging is throttled for 24 hours in one mailbox."},
        {VERDICT_EVENT, "Last access."},
        {VERDICT_CONCLUSION, "A token that was never issued was used: likely, 99 %."}};
    verdict->timeline = ARENA_ARRAY(m->arena, struct verdict_event, COUNT(rows));
    verdict->timeline_count = COUNT(rows);
    for (size_t i = 0; i < COUNT(rows); i++)
        verdict->timeline[i] = (struct verdict_event){
            .time = incident->first + (incident->last - incident->first) / 8 * (int64_t)i,
            .kind = rows[i].kind,
            .text = text(m, rows[i].text),
            .events = record_ids(m, i * 30, i % 4),
            .event_count = i % 4};
}

static void add_verdict(struct maker *m, struct verdict *verdict, const struct incident *incident,
                        size_t place)
{
    static const char *const sentences[][3] = {
        {"Someone read mail in 4 mailboxes with tokens that the tenant's identity provider never issued, from a "
         "hosting network that nobody here uses.",
         "60 messages are proved to have been read, one inbox was copied whole, and in one mailbox more was read "
         "than is logged.",
         "That the tokens were forged is likely (99 %); how the key came into other hands these logs cannot tell."},
        {"A session of jonas.weber@contoso.example was used from two networks at once.",
         "60 messages in 3 mailboxes are proved to have been read.",
         "Whether the session was stolen or its owner changed networks cannot be told without the sign-in logs."},
        {"An account of the IT department read many messages in a short time.",
         "60 messages in 2 mailboxes were read.",
         "A new client that was rolled out that week explains it."}};
    static const char *const first[] = {
        "Revoke all sessions of nadia.okafor@contoso.example and 3 other accounts now.",
        "Ask jonas.weber@contoso.example, by telephone, where they were on 19 November.",
        "Nothing is urgent: ask the IT department whether the rollout was theirs."};
    for (size_t i = 0; i < 3; i++)
        verdict->sentences[i] = text(m, sentences[place][i]);
    verdict->first_step = text(m, first[place]);
    add_hypotheses(m, verdict, place);
    add_steps(m, verdict, place);
    add_timeline(m, verdict, incident);
    add_pictures(m, verdict, incident);
    add_graph(m, verdict, incident);
}

// ---- what was read ------------------------------------------------------------------------------

static void add_inputs(struct maker *m, struct scan_result *result)
{
    static const char *const paths[] = {"exports/ual-2026-11.csv", "exports/signins.json.gz",
                                        "exports/directory-audit.json"};
    static const char *const containers[] = {"purview_csv", "records_array", "ndjson"};
    result->inputs = ARENA_ARRAY(m->arena, struct scan_input, COUNT(paths));
    result->input_count = COUNT(paths);
    for (size_t i = 0; i < COUNT(paths); i++) {
        struct scan_input *input = &result->inputs[i];
        *input = (struct scan_input){.path = text(m, paths[i]),
                                     .bytes = 123456789 + i * 1000,
                                     .format = "plain",
                                     .container = containers[i],
                                     .records = 51234 + i,
                                     .duplicates = 12,
                                     .first = START - 14 * DAY,
                                     .last = START + 16 * DAY};
        memset(input->sha256, 'a' + (int)i, 64);
    }
    result->inputs[0].unread = ARENA_NEW(m->arena, struct unread);
    result->inputs[0].unread[0] = (struct unread){4096, 12, 20, "unterminated string"};
    result->inputs[0].unread_listed = 1;
    result->inputs[0].unread_count = 3;
    result->inputs[1].warnings = ARENA_NEW(m->arena, struct str);
    result->inputs[1].warnings[0] = text(m, "exactly 5,000 records: the rest is probably missing");
    result->inputs[1].warning_count = 1;
}

static void add_coverage(struct maker *m, struct scan_result *result)
{
    static const char *const sources[] = {"m365_audit/Exchange", "m365_audit/AzureActiveDirectory",
                                          "entra_signin/interactive",
                                          "entra_signin/non_interactive", "entra_audit"};
    static const char *const states[] = {"complete", "partial", "absent", "partial"};
    result->coverage = ARENA_ARRAY(m->arena, struct coverage_part, COUNT(sources));
    result->coverage_count = COUNT(sources);
    for (size_t i = 0; i < COUNT(sources); i++) {
        struct coverage_part *part = &result->coverage[i];
        int64_t at = START - 14 * DAY, end = START + 16 * DAY;
        *part = (struct coverage_part){sources[i], ARENA_ARRAY(m->arena, struct coverage_range, 40),
                                       0, true};
        for (size_t r = 0; at < end && r < 40; r++) {
            int64_t to = r % 2 ? at + (int64_t)(1 + chance(m, 9)) * HOUR
                               : at + (int64_t)(24 + chance(m, 200)) * HOUR;
            size_t state = r % 2 ? 1 + chance(m, 3) : 0;
            part->ranges[part->range_count++] = (struct coverage_range){
                .from = at,
                .to = to > end ? end : to,
                .state = states[state],
                .is_unsure = state == 3,
                .why = text(m, state ? "no record, where 104 an hour are usual" : ""),
                .how = text(m, state ? "Search-UnifiedAuditLog for these hours" : "")};
            at = to;
        }
    }
}

// ---- cited records ------------------------------------------------------------------------------

#define NESTED 3000

// A record as an export has it: JSON, or a row of CSV; of an attacker's making with what breaks out of anything, a
// nesting that no parser takes, and a string without an end.
static void write_record(struct maker *m, struct cited_record *record, size_t i)
{
    static const struct str columns[] = {STR("RecordId"), STR("Operation"), STR("AuditData")};
    struct buf out;
    const char *quote = i % 4 == 1 ? "\"\"" : "\"";
    buf_init(&out);
    if (i % 4 == 1)
        buf_print(&out, "%zu,\"Bind, and more\",\"", i);
    buf_print(&out, "{%sCreationTime%s:%s2026-11-17T02:11:%02zu%s,%sId%s:%s", quote, quote, quote,
              i % 60, quote, quote, quote, quote);
    buf_add(&out, record->id);
    buf_print(&out,
              "%s,%sOperationCount%s:1.0,%sExact%s:12345678901234567890,%sNone%s:{},%sFolders%s:[",
              quote, quote, quote, quote, quote, quote, quote, quote, quote);
    for (size_t k = 0; k < 8; k++)
        buf_print(&out, "%s{%sPath%s:%s\\\\Inbox %zu%s,%sItems%s:[%zu,true,null]}", k ? "," : "",
                  quote, quote, quote, k, quote, quote, quote, k);
    buf_add(&out, S("]"));
    if (m->is_hostile) {
        buf_add(&out, S(",\"Subject\":\""));
        buf_add(&out, verdict_hostile);
        buf_add(&out, S("\",\"Deep\":"));
        for (size_t k = 0; k < NESTED; k++)
            buf_add_char(&out, '[');
        buf_add(&out, S("\"no end"));
        buf_add(&out, verdict_endless);
    } else {
        buf_print(&out, ",%sSubject%s:%scaf\xc3\xa9 <b> & more%s}", quote, quote, quote, quote);
    }
    if (i % 4 == 1) {
        buf_add_char(&out, '"');
        record->columns = columns;
        record->column_count = COUNT(columns);
        record->delimiter = ',';
    }
    record->text_size = out.len;
    record->bytes = out.len + (i % 8 == 3 ? 100000 : 0);
    record->text = memory_grow(NULL, out.len + 1);
    memcpy(record->text, out.at, out.len);
    buf_done(&out);
}

static void add_cited_record(struct maker *m, struct scan_result *result, struct str id,
                             const struct finding *finding)
{
    struct cited_list *list = result->cited;
    size_t i = list->count;
    struct cited_record *record = &list->items[list->count++];
    *record = (struct cited_record){.id = id,
                                    .time = START + (int64_t)i * MINUTE,
                                    .source = "m365_audit",
                                    .input = i % 4 == 1 ? 0 : 1 + (uint32_t)(i % 2),
                                    .offset = 4096 * i,
                                    .line = i % 5 ? i + 2 : 0,
                                    .copies = i % 3,
                                    .is_shown = true};
    memset(record->sha256, 'c', 64);
    record->cited_by = ARENA_ARRAY(&list->arena, struct str, 1);
    record->cited_by[0] = str_from(finding->id);
    record->cited_listed = record->cited_count = 1;
    if (i % 7 == 6) {
        record->omitted =
            i % 2 ? S("could not be read again: standard input cannot be read a second time")
                  : S("could not be read again: the file has changed since it was read");
        record->sha256[0] = 0;
        record->source = NULL;
        record->time = INSTANT_NONE;
        return;
    }
    if (i % 11 == 5)
        record->note = S("one of several records of this line or value, which is shown as a whole");
    write_record(m, record, i);
}

// The first records of every finding, as the engine chooses them.
static void add_cited(struct maker *m, struct scan_result *result)
{
    result->cited = cited_list_new();
    result->cited->items = ARENA_ARRAY(&result->cited->arena, struct cited_record, CITED_LIMIT);
    for (size_t rank = 0; rank < CITED_SHOWN; rank++)
        for (size_t f = 0; f < result->findings.count; f++)
            if (rank < result->findings.items[f].listed && result->cited->count < CITED_LIMIT)
                add_cited_record(m, result, result->findings.items[f].events[rank],
                                 &result->findings.items[f]);
    result->cited->left_out = 1234;
}

static const size_t sizes_of[][5] = {
    // incidents, accounts, mailboxes, messages, findings of each
    [VERDICT_SAMPLE_RICH] = {3, 4, 4, 60, 2},
    [VERDICT_SAMPLE_SINGLE] = {1, 4, 4, 60, 6},
    [VERDICT_SAMPLE_HOSTILE] = {3, 4, 4, 460, 2},
    [VERDICT_SAMPLE_LARGE] = {1, 200, 200, 100000, 10000},
    [VERDICT_SAMPLE_PLAIN] = {3, 4, 4, 60, 2},
    [VERDICT_SAMPLE_EMPTY] = {0, 0, 0, 0, 0},
};

static void add_incidents(struct maker *m, struct scan_result *result, enum verdict_sample sample)
{
    const size_t *sizes = sizes_of[sample];
    add_findings(m, result, sizes[0] * sizes[4] + (sizes[0] > 1));
    result->incidents.items = ARENA_ARRAY(m->arena, struct incident, sizes[0] + 1);
    result->incidents.count = sizes[0];
    for (size_t i = 0; i < sizes[0]; i++)
        add_incident(m, result, i, sizes + 1);
    if (sample == VERDICT_SAMPLE_PLAIN || !sizes[0])
        return;
    result->verdicts = ARENA_ARRAY(m->arena, struct verdict, sizes[0]);
    for (size_t i = 0; i < sizes[0]; i++) {
        result->verdicts[i] = (struct verdict){0};
        add_verdict(m, &result->verdicts[i], &result->incidents.items[i], i);
    }
}

void verdict_outcome_init(struct verdict_outcome *outcome, enum verdict_sample sample)
{
    *outcome = (struct verdict_outcome){0};
    arena_init(&outcome->arena);
    struct maker m = {.arena = &outcome->arena, .is_hostile = sample == VERDICT_SAMPLE_HOSTILE};
    struct scan_result *result = &outcome->result;
    *result = (struct scan_result){.records = 153705,
                                   .duplicates = 36,
                                   .unread = 3,
                                   .bytes = 370373367,
                                   .matches = 12345,
                                   .first = START - 14 * DAY,
                                   .last = START + 16 * DAY};
    memset(result->rules_sha256, 'b', 64);
    add_inputs(&m, result);
    add_coverage(&m, result);
    add_incidents(&m, result, sample);
    if (sample != VERDICT_SAMPLE_PLAIN)
        add_cited(&m, result);
    outcome->outline = (struct outline){
        .result = result,
        .version = "0.1.0",
        .generated_at = START + 17 * DAY + 3 * HOUR,
        .source_names = {"m365_audit", "entra_signin", "entra_audit", "graph_activity",
                         "message_trace", "azure_activity", "any_json"}};
}

void verdict_outcome_done(struct verdict_outcome *outcome)
{
    free(outcome->result.findings.items);
    cited_list_free(outcome->result.cited);
    arena_done(&outcome->arena);
}
