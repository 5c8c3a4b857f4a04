// Accesses lack the token's or session's identifier where others of their kind nearly always have it.
// SPDX-License-Identifier: Apache-2.0
//
// Identifiers are what ties an access to a sign-in. Records of background work and aggregated ones lack them
// by nature ("some aggregated log entries, or logs generated from background processes": Microsoft Entra,
// linkable identifiers), so a case is measured by the rate of its own peers: same client class and
// applications, the case itself left out. Records that do not even name a client application are of the kind of all
// of their class and application. What lacks them by nature is scattered over all places; a strange place
// where every record lacks them is a case however many of the others do, and all such places of a kind are one
// case: a forger who comes through three of them must not pass for his own peers.
#include "detector/case_table.h"
#include "detector/detector.h"
#include "detector/mail_read.h"

// The chance that so many lack it by the peers' rate is at most this: among thousands of places none of an
// ordinary tenant is expected to come under it.
#define CHANCE_LEAST 1e-6
// Of a place where every record lacks it, so many of the kind may lack it elsewhere: background work is a small part
// of what a program does. Where more do, what carries it is not the rule.
#define WHOLLY_CHANCE 0.05

// Numbers of a case: a place of a kind of accesses. Of a kind, {class, app, client_app}: what its strange places that
// lack every token come to. Of class and application, {class, app}: all their records.
enum { SEEN, NO_TOKEN, NO_SESSION, BARE, MARKS, PLACES };
enum { ALL_SEEN, ALL_WITH_TOKEN, ALL_WITH_SESSION, HAS_NAMELESS, IS_SUMMED };
enum { MARK_NETWORK = 1, MARK_STRANGE = 2 };

struct watch {
    struct case_table cases, kinds, sums;
    uint32_t
        last_sum; // number of the sum that was asked for last, + 1: most records are of few applications
    struct buf text;
};

// The kind carries identifiers at all: otherwise nothing of it is worth keeping.
static bool is_carried(uint64_t with, uint64_t seen)
{
    return 2 * with > seen;
}

// Of a class and application all records together, when some of them name no client application; else NULL.
static const struct case_row *sum_of(struct watch *watch, const struct knowledge *k,
                                     enum client_class class, uint32_t app)
{
    struct case_row *sum = watch->last_sum ? &watch->sums.rows[watch->last_sum - 1] : NULL;
    if (!sum || sum->key.part[0] != (uint32_t) class || sum->key.part[1] != app)
        sum = case_table_open(&watch->sums, (struct case_key){{(uint32_t) class, app}});
    watch->last_sum = sum ? (uint32_t)(sum - watch->sums.rows) + 1 : 0;
    if (sum && !sum->numbers[IS_SUMMED]) {
        struct activity nameless = {.app = app};
        bool has_nameless = knowledge_peers_of(k, class, &nameless).is_kept;
        struct issued_peers all = {0};
        if (has_nameless)
            all = knowledge_peers_sum(k, class, app);
        sum->numbers[ALL_SEEN] = all.seen;
        sum->numbers[ALL_WITH_TOKEN] = all.with_token;
        sum->numbers[ALL_WITH_SESSION] = all.with_session;
        sum->numbers[HAS_NAMELESS] = has_nameless;
        sum->numbers[IS_SUMMED] = 1;
    }
    return sum && sum->numbers[HAS_NAMELESS] ? sum : NULL;
}

static struct issued_peers peers_of(struct watch *watch, const struct knowledge *k,
                                    enum client_class class, uint32_t app, uint32_t client_app)
{
    const struct case_row *sum = client_app ? NULL : sum_of(watch, k, class, app);
    struct activity sample = {.app = app, .client_app = client_app};
    if (!sum)
        return knowledge_peers_of(k, class, &sample);
    return (struct issued_peers){.is_kept = true,
                                 .seen = sum->numbers[ALL_SEEN],
                                 .with_token = sum->numbers[ALL_WITH_TOKEN],
                                 .with_session = sum->numbers[ALL_WITH_SESSION]};
}

// Lacking an identifier from where the mailbox, or the person, is confined to some days.
static void see_lacking(struct detection *detection, const struct activity *activity,
                        struct case_row *row, const struct mail_place *place)
{
    const struct knowledge *k = detection_knowledge(detection);
    if (!row->draft)
        row->draft = draft_new();
    draft_add(row->draft, activity, knowledge_texts(k));
    row->numbers[BARE] += detection_issuance(detection)->level == ISSUED_NONE;
    if (!place->is_network || row->numbers[MARKS] & MARK_STRANGE)
        return;
    uint32_t person = knowledge_person(k, activity);
    bool is_strange = mail_read_is_confined(k, HABIT_MAILBOX, activity->mailbox, place->symbol) ||
                      mail_read_is_confined(k, HABIT_USER, person, place->symbol);
    row->numbers[MARKS] |= is_strange ? MARK_STRANGE : 0u;
}

static void see(struct detection *detection, const struct activity *activity)
{
    struct watch *watch = detection_state(detection);
    const struct knowledge *k = detection_knowledge(detection);
    if (!knowledge_is_token_bearing(activity))
        return;
    enum client_class class = knowledge_client(k, activity->client);
    struct issued_peers peers = peers_of(watch, k, class, activity->app, activity->client_app);
    if (!peers.is_kept || !is_carried(peers.with_token, peers.seen))
        return;
    struct mail_place place = mail_read_place(k, activity);
    uint32_t client_app = sum_of(watch, k, class, activity->app) ? 0 : activity->client_app;
    struct case_key key = {{(uint32_t) class, activity->app, client_app, place.symbol}};
    struct case_row *row = case_table_open(&watch->cases, key);
    if (!row)
        return;
    bool has_token = activity->flags & (ACTIVITY_HAS_TOKEN | ACTIVITY_HAS_BAD_TOKEN);
    bool may_miss_session = is_carried(peers.with_session, peers.seen);
    row->numbers[SEEN]++;
    row->numbers[NO_TOKEN] += !has_token;
    row->numbers[NO_SESSION] += may_miss_session && !activity->session;
    row->numbers[MARKS] |= place.is_network ? MARK_NETWORK : 0u;
    if (!has_token || (!activity->session && may_miss_session))
        see_lacking(detection, activity, row, &place);
}

// ---- judging ----------------------------------------------------------------------------------

struct rate {
    uint64_t others, others_with;
    bool is_exception;
};

// Records, and those of them that lack it.
struct share {
    uint64_t seen, lacking;
};

// The chance that of `seen` accesses `lacking` lack it, when each does so with the chance q: at most
// C(seen, lacking) q^lacking, which is below (seen q)^lacking / lacking!.
static bool is_hardly_possible(const struct share *own, double q)
{
    double expected = q * (double)own->seen, chance = 1;
    for (uint64_t i = 1; i <= own->lacking; i++) {
        chance *= expected / (double)i;
        if (chance < CHANCE_LEAST && (double)i >= expected)
            break; // it only gets smaller
    }
    return chance < CHANCE_LEAST;
}

// By the rate of the others: all of the kind without what is `left_out`. Laplace's rule of succession.
static struct rate judge(const struct share *own, const struct share *left_out,
                         const struct share *all, double most)
{
    struct rate rate = {0};
    if (!own->lacking || all->seen < left_out->seen || all->lacking < left_out->lacking)
        return rate;
    uint64_t lacking = all->lacking - left_out->lacking;
    rate.others = all->seen - left_out->seen;
    rate.others_with = rate.others - lacking;
    double q = ((double)lacking + 1) / ((double)rate.others + 2);
    rate.is_exception = q <= most && is_hardly_possible(own, q);
    return rate;
}

// Every access from a place that is strange to whom it concerns lacks its token.
static bool is_wholly(const struct case_row *row)
{
    return (row->numbers[MARKS] & MARK_STRANGE) && row->numbers[NO_TOKEN] == row->numbers[SEEN];
}

static struct case_key kind_of(const struct case_row *row)
{
    return (struct case_key){{row->key.part[0], row->key.part[1], row->key.part[2]}};
}

struct verdict {
    struct rate token, session;
    bool is_strange, is_bare;
};

static struct verdict judge_case(struct watch *watch, const struct knowledge *k,
                                 const struct case_row *row)
{
    struct issued_peers peers =
        peers_of(watch, k, (enum client_class)row->key.part[0], row->key.part[1], row->key.part[2]);
    const struct case_row *kind = case_table_find(&watch->kinds, kind_of(row));
    const uint64_t *own = row->numbers, *wholly = kind ? kind->numbers : NULL;
    bool is_of_kind = wholly && is_wholly(row);
    struct share token = {own[SEEN], own[NO_TOKEN]}, session = {own[SEEN], own[NO_SESSION]};
    struct share no_token = token, no_session = session;
    if (wholly) {
        no_token.seen = no_session.seen = wholly[SEEN] + (is_of_kind ? 0 : own[SEEN]);
        no_token.lacking = wholly[NO_TOKEN] + (is_of_kind ? 0 : own[NO_TOKEN]);
        no_session.lacking = wholly[NO_SESSION] + (is_of_kind ? 0 : own[NO_SESSION]);
    }
    struct share all_token = {peers.seen, peers.seen - peers.with_token};
    struct share all_session = {peers.seen, peers.seen - peers.with_session};
    return (struct verdict){
        .token =
            judge(&token, &no_token, &all_token, is_of_kind ? WHOLLY_CHANCE : ISSUED_PEER_CHANCE),
        .session = judge(&session, &no_session, &all_session, ISSUED_PEER_CHANCE),
        .is_strange = own[MARKS] & MARK_STRANGE,
        .is_bare = own[BARE],
    };
}

// ---- reporting --------------------------------------------------------------------------------

static void write_statement(const struct knowledge *k, const struct case_row *row,
                            const struct verdict *verdict, struct buf *out)
{
    bool is_token = verdict->token.is_exception;
    const struct rate *rate = is_token ? &verdict->token : &verdict->session;
    uint64_t lacking = row->numbers[is_token ? NO_TOKEN : NO_SESSION];
    const char *what = is_token ? "token identifier" : "session identifier";
    struct str from = knowledge_text(k, row->key.part[3]);
    buf_clear(out);
    mail_read_print_way(k, (enum client_class)row->key.part[0], row->key.part[1], row->key.part[2],
                        out);
    buf_print(out, ": %llu of %llu accesses %s%.*s", (unsigned long long)lacking,
              (unsigned long long)row->numbers[SEEN],
              row->numbers[MARKS] & MARK_NETWORK ? "from " : "by ", (int)from.len, from.at);
    if (row->numbers[PLACES] > 1)
        buf_print(out, " and %llu more network%s, each strange to whose mail was read,",
                  (unsigned long long)row->numbers[PLACES] - 1,
                  row->numbers[PLACES] > 2 ? "s" : "");
    buf_add_char(out, ' ');
    mail_read_print_days(out, draft_first(row->draft), draft_last(row->draft));
    buf_print(out, " carry no %s; %llu of the %llu other accesses of this kind carry one.", what,
              (unsigned long long)rate->others_with, (unsigned long long)rate->others);
    if (row->numbers[BARE])
        buf_print(out,
                  " For %llu of them no sign-in log shows any sign-in that could stand behind it.",
                  (unsigned long long)row->numbers[BARE]);
}

static void report(struct detection *detection, struct case_row *row, const struct verdict *verdict)
{
    struct watch *watch = detection_state(detection);
    static const enum sigma_level levels[] = {LEVEL_LOW, LEVEL_MEDIUM, LEVEL_HIGH};
    int weight = verdict->token.is_exception + verdict->is_strange + verdict->is_bare;
    write_statement(detection_knowledge(detection), row, verdict, &watch->text);
    detection_find(detection, case_take(row), levels[weight - 1],
                   verdict->is_strange && verdict->is_bare ? 0.8 : 0.6, buf_str(&watch->text));
}

static void count_wholly(struct watch *watch, const struct case_row *row)
{
    if (!row->draft || !is_wholly(row))
        return;
    struct case_row *kind = case_table_open(&watch->kinds, kind_of(row));
    for (int i = SEEN; kind && i <= NO_SESSION; i++)
        kind->numbers[i] += row->numbers[i];
}

// One of several places of a kind; what they come to is told of the first.
static void join(struct case_row *first, struct case_row *row)
{
    draft_merge(first->draft, case_take(row));
    for (int i = SEEN; i <= BARE; i++)
        first->numbers[i] += row->numbers[i];
    first->numbers[PLACES]++;
}

// Strange places of one kind that lack every token become one case, the rest is told as it is.
static void settle(struct detection *detection, uint32_t number)
{
    struct watch *watch = detection_state(detection);
    struct case_row *row = &watch->cases.rows[number];
    if (!row->draft)
        return;
    struct verdict verdict = judge_case(watch, detection_knowledge(detection), row);
    if (!(verdict.token.is_exception || verdict.session.is_exception) ||
        !(verdict.is_strange || verdict.is_bare))
        return;
    if (!is_wholly(row)) {
        report(detection, row, &verdict);
        return;
    }
    struct case_row *kind = case_table_find(&watch->kinds, kind_of(row));
    if (kind->numbers[PLACES]) {
        join(&watch->cases.rows[kind->numbers[PLACES] - 1], row);
        return;
    }
    row->numbers[PLACES] = 1;
    kind->numbers[PLACES] = number + 1;
}

static void end(struct detection *detection)
{
    struct watch *watch = detection_state(detection);
    const struct knowledge *k = detection_knowledge(detection);
    for (uint32_t i = 0; i < watch->cases.count; i++)
        count_wholly(watch, &watch->cases.rows[i]);
    for (uint32_t i = 0; i < watch->cases.count; i++)
        settle(detection, i);
    for (uint32_t i = 0; i < watch->kinds.count; i++) {
        uint64_t number = watch->kinds.rows[i].numbers[PLACES];
        struct case_row *row = number ? &watch->cases.rows[number - 1] : NULL;
        if (!row)
            continue;
        struct verdict verdict = judge_case(watch, k, row);
        report(detection, row, &verdict);
    }
}

static void release(struct detection *detection)
{
    struct watch *watch = detection_state(detection);
    case_table_done(&watch->cases);
    case_table_done(&watch->kinds);
    case_table_done(&watch->sums);
    buf_done(&watch->text);
}

const struct detector detector_token_stripped = {
    .name = "token_stripped",
    .title = "Accesses lack the identifiers that others of their kind carry",
    .attack = "T1550.001 T1685.002",
    .meaning =
        "Mail, files or Graph were reached without an identifier of token or session, though of the "
        "accesses by the same client and applications at least 99 in 100 carry one, or 95 in 100 where no "
        "record at all from a strange place carries a token. Without it nobody "
        "can tell from which sign-in the access comes: a token made by other means than signing in "
        "may leave such records.",
    .false_positives =
        "Aggregated records and those of background work lack identifiers by nature: how often is "
        "measured at the peers (strange places where no record carries a token are not among these, and are told "
        "together), and a case counts only when its number is hardly possible by their "
        "rate. An old client of one person that never sends them: networks in which the mailbox or its "
        "owner is at home do not count, unless no sign-in at all stands behind the access. Exports "
        "without these columns: kinds of which half lack them are not judged.",
    .state_size = sizeof(struct watch),
    .see = see,
    .end = end,
    .release = release,
};
