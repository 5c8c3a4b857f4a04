// A token was used that no sign-in log shows as issued: forged, or issued by someone else.
// SPDX-License-Identifier: Apache-2.0
//
// The customer's side of stateful token validation (CSRB review of the 2023 intrusion, recommendation 6):
// every token-bearing access is looked up in the ledger of what the tenant's identity provider says it
// issued. What is not found counts where little else is missing: how much the logs lose is measured on the
// accesses from networks in which their person does sign in.
#include "detector/case_table.h"
#include "detector/detector.h"

// A case: accesses that were not found, from one network by one client class and pair of applications.
enum { NONE, ONLY_K4, K2_OR_K3 }; // its numbers
// Its peers, all of one client class and pair of applications: accesses that were found or came from familiar
// networks, of these those found (K1) or explained (K1 to K3); and how many persons' were not.
enum { OTHERS, FOUND, EXPLAINED, SUSPECTS };

struct watch {
    struct case_table cases, groups;
    struct case_table persons; // by group and person, to count persons once
    uint64_t tenant[3];        // OTHERS, FOUND, EXPLAINED of all groups
    uint64_t people;           // persons with any access
    struct case_table everyone;
    struct buf text;
};

// Server-side components of Exchange and of Microsoft's services come with tokens of their own that no
// tenant's log shows; the real ones come from Microsoft's addresses, or from none.
static bool is_back_end(const struct knowledge *k, const struct activity *activity)
{
    enum client_class class = knowledge_client(k, activity->client);
    bool is_server = class == CLIENT_REST_SYSTEM || class == CLIENT_SERVER ||
                     class == CLIENT_ASSISTANT || class == CLIENT_TRANSPORT ||
                     class == CLIENT_MIGRATION || class == CLIENT_DISCOVERY;
    return is_server && knowledge_is_neutral(k, activity->address);
}

// Sign-ins of this person came from this network too, or it says nothing of where they were.
static bool is_familiar(const struct knowledge *k, const struct activity *activity)
{
    uint32_t network = knowledge_network(k, activity->address);
    if (!network || knowledge_is_neutral(k, activity->address))
        return true;
    return knowledge_habit_days(k, HABIT_USER, knowledge_person(k, activity), HABIT_NETWORK,
                                network, 1, 0)
               .days_outside > 0;
}

static struct case_key group_key(const struct knowledge *k, const struct activity *activity)
{
    return (struct case_key){
        {(uint32_t)knowledge_client(k, activity->client), activity->app, activity->client_app, 0}};
}

// True the first time.
static bool is_new(struct case_table *table, struct case_key key)
{
    uint32_t before = table->count;
    case_table_open(table, key);
    return table->count > before;
}

static void add_suspect(struct detection *detection, const struct activity *activity,
                        enum issued_level level, struct case_row *group)
{
    struct watch *watch = detection_state(detection);
    const struct knowledge *k = detection_knowledge(detection);
    struct case_key key = group->key;
    key.part[3] = knowledge_person(k, activity);
    if (level <= ISSUED_K4)
        group->numbers[SUSPECTS] += is_new(&watch->persons, key);
    if (!knowledge_is_neutral(k, activity->address))
        key.part[3] = knowledge_network(k, activity->address);
    struct case_row *row = case_table_open(&watch->cases, key);
    if (!row)
        return;
    if (!row->draft)
        row->draft = draft_new();
    draft_add(row->draft, activity, knowledge_texts(k));
    row->numbers[level == ISSUED_NONE ? NONE : level == ISSUED_K4 ? ONLY_K4 : K2_OR_K3]++;
}

static void see(struct detection *detection, const struct activity *activity)
{
    struct watch *watch = detection_state(detection);
    const struct knowledge *k = detection_knowledge(detection);
    if (!(activity->flags & ACTIVITY_HAS_TOKEN) || !knowledge_is_token_bearing(activity) ||
        is_back_end(k, activity))
        return;
    const struct issued_answer *answer = detection_issuance(detection);
    struct case_row *group = case_table_open(&watch->groups, group_key(k, activity));
    if (answer->level == ISSUED_CANNOT_TELL || !group)
        return;
    watch->people += is_new(&watch->everyone, (struct case_key){{knowledge_person(k, activity)}});
    bool is_found = answer->level == ISSUED_K1;
    // Without any sign-in at all within the longest life of a token, a familiar network explains nothing.
    bool is_other = is_found || (answer->level != ISSUED_NONE && is_familiar(k, activity));
    if (!is_other && !knowledge_may_deny_issue(k, activity))
        return;
    if (!is_other) {
        add_suspect(detection, activity, answer->level, group);
        return;
    }
    const uint64_t counts[] = {1, is_found, answer->level >= ISSUED_K3};
    for (int i = 0; i < 3; i++) {
        group->numbers[i] += counts[i];
        watch->tenant[i] += counts[i];
    }
}

// ---- judging ----------------------------------------------------------------------------------

struct judgement {
    bool may_judge,
        is_tenant; // by its peers, or where these are too few by all accesses of the tenant
    uint64_t others, others_found;
};

static bool is_bare(const struct case_row *row)
{
    return row->numbers[NONE] || row->numbers[ONLY_K4];
}

static bool is_exception(const struct judgement *j)
{
    double unfound = (double)(j->others - j->others_found);
    return (unfound + 1) / ((double)j->others + 2) <= ISSUED_PEER_CHANCE;
}

// What has no peers of its own is judged by the tenant's accesses, unless it serves more than a tenth of the
// people (and more than three): then it may be a back end of the provider's in a network not yet known.
static struct judgement judge(const struct watch *watch, const struct case_row *row)
{
    struct case_key key = row->key;
    key.part[3] = 0;
    const struct case_row *group = case_table_find(&watch->groups, key);
    int what = is_bare(row) ? EXPLAINED : FOUND;
    struct judgement j = {.others = group->numbers[OTHERS], .others_found = group->numbers[what]};
    // As many as the rule of succession needs to speak of one in a hundred at all.
    if ((double)j.others + 2 < 1 / ISSUED_PEER_CHANCE) {
        uint64_t suspects = group->numbers[SUSPECTS];
        j = (struct judgement){.is_tenant = true,
                               .others = watch->tenant[OTHERS],
                               .others_found = watch->tenant[what]};
        if (suspects > 3 && suspects * 10 > watch->people)
            return j;
    }
    j.may_judge = is_exception(&j);
    return j;
}

static void write_statement(const struct knowledge *k, const struct case_row *row,
                            const struct judgement *j, struct buf *out)
{
    struct activity way = {.app = row->key.part[1], .client_app = row->key.part[2]};
    uint64_t own = draft_count(row->draft);
    buf_clear(out);
    buf_print(out, "%llu access%s with a token that no sign-in log shows as issued, by ",
              (unsigned long long)own, own == 1 ? "" : "es");
    knowledge_print_way_of(k, (enum client_class)row->key.part[0], &way, out);
    struct str from = knowledge_text(k, row->key.part[3]);
    if (from.len)
        buf_print(out, " from %.*s", (int)from.len, from.at);
    buf_add(out, S(". "));
    if (row->numbers[NONE])
        buf_print(out,
                  "For %llu of them the user had no sign-in of any kind within the longest "
                  "life of a token. ",
                  (unsigned long long)row->numbers[NONE]);
    else if (row->numbers[ONLY_K4])
        buf_add(out, S("The user had signed in elsewhere that day, but neither in this session nor "
                       "for this application when the token says it was issued. "));
    else
        buf_add(out, S("The session or a sign-in at the same time is known, the token is not, and "
                       "the user never signed in from this network. "));
    buf_print(out, "Of the %llu other accesses %s the sign-in logs explain %llu.",
              (unsigned long long)j->others,
              j->is_tenant ? "with a token in the tenant" : "of this kind",
              (unsigned long long)j->others_found);
}

static enum sigma_level level_of(const struct watch *watch, const struct case_row *row)
{
    struct case_key key = row->key;
    key.part[3] = 0;
    bool is_many = case_table_find(&watch->groups, key)->numbers[SUSPECTS] > 1;
    if (row->numbers[NONE] || (row->numbers[ONLY_K4] && is_many))
        return LEVEL_CRITICAL;
    return row->numbers[ONLY_K4] ? LEVEL_HIGH : LEVEL_MEDIUM;
}

static void end(struct detection *detection)
{
    struct watch *watch = detection_state(detection);
    for (uint32_t i = 0; i < watch->cases.count; i++) {
        struct case_row *row = &watch->cases.rows[i];
        struct judgement j = judge(watch, row);
        if (!j.may_judge)
            continue;
        write_statement(detection_knowledge(detection), row, &j, &watch->text);
        detection_find(detection, case_take(row), level_of(watch, row), j.is_tenant ? 0.8 : 0.9,
                       buf_str(&watch->text));
    }
}

static void release(struct detection *detection)
{
    struct watch *watch = detection_state(detection);
    case_table_done(&watch->cases);
    case_table_done(&watch->groups);
    case_table_done(&watch->persons);
    case_table_done(&watch->everyone);
    buf_done(&watch->text);
}

const struct detector detector_token_never_issued = {
    .name = "token_never_issued",
    .title = "A token was used that was never issued",
    .attack = "T1606 T1550.001",
    .meaning =
        "Mail, files or Graph were reached with a token of which no sign-in log of the tenant "
        "knows: neither the token nor its session, nor a sign-in for the same application at "
        "the time it says it was issued. Forged tokens (Storm-0558) look like this.",
    .false_positives =
        "Tokens of Microsoft's own back ends are in no tenant's log: accesses by server components from "
        "Microsoft's addresses are left out, and so is what serves a tenth of all people. Logs that lose "
        "sign-ins: at least 99 in 100 of the accesses from networks in which people do sign in must be "
        "explained. A sign-in feed that is absent, late or cut off: nothing is judged outside what the "
        "ledger covers. Tokens issued before the logs begin: the longest life of a token (28 hours) is "
        "left free at the beginning.",
    .state_size = sizeof(struct watch),
    .see = see,
    .end = end,
    .release = release,
};
