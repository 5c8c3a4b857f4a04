// Accesses lack the token's or session's identifier where others of their kind nearly always have it.
// SPDX-License-Identifier: Apache-2.0
//
// Identifiers are what ties an access to a sign-in. Records of background work and aggregated ones lack them
// by nature ("some aggregated log entries, or logs generated from background processes": Microsoft Entra,
// linkable identifiers), so a case is measured by the rate of its own peers: same client class and
// applications, the case itself left out.
#include "detector/case_table.h"
#include "detector/detector.h"
#include "detector/mail_read.h"

// The chance that so many lack it by the peers' rate is at most this: among thousands of places none of an
// ordinary tenant is expected to come under it.
#define CHANCE_LEAST 1e-6

// Numbers of a case: a place of a kind of accesses.
enum { SEEN, NO_TOKEN, NO_SESSION, BARE, MARKS };
enum { MARK_NETWORK = 1, MARK_STRANGE = 2 };

struct watch {
    struct case_table cases;
    struct buf text;
};

// The kind carries identifiers at all: otherwise nothing of it is worth keeping.
static bool is_carried(uint64_t with, uint64_t seen)
{
    return 2 * with > seen;
}

static void see(struct detection *detection, const struct activity *activity)
{
    struct watch *watch = detection_state(detection);
    const struct knowledge *k = detection_knowledge(detection);
    if (!knowledge_is_token_bearing(activity))
        return;
    struct issued_peers peers = knowledge_peers(k, activity);
    if (!peers.is_kept || !is_carried(peers.with_token, peers.seen))
        return;
    struct mail_place place = mail_read_place(k, activity);
    enum client_class class = knowledge_client(k, activity->client);
    struct case_key key = {{(uint32_t) class, activity->app, activity->client_app, place.symbol}};
    struct case_row *row = case_table_open(&watch->cases, key);
    if (!row)
        return;
    bool has_token = activity->flags & (ACTIVITY_HAS_TOKEN | ACTIVITY_HAS_BAD_TOKEN);
    bool may_miss_session = is_carried(peers.with_session, peers.seen);
    row->numbers[SEEN]++;
    row->numbers[NO_TOKEN] += !has_token;
    row->numbers[NO_SESSION] += may_miss_session && !activity->session;
    row->numbers[MARKS] |= place.is_network ? MARK_NETWORK : 0u;
    if (has_token && (activity->session || !may_miss_session))
        return;
    if (!row->draft)
        row->draft = draft_new();
    draft_add(row->draft, activity, knowledge_texts(k));
    row->numbers[BARE] += detection_issuance(detection)->level == ISSUED_NONE;
    if (!place.is_network || row->numbers[MARKS] & MARK_STRANGE)
        return;
    uint32_t person = knowledge_person(k, activity);
    bool is_strange = mail_read_is_confined(k, HABIT_MAILBOX, activity->mailbox, place.symbol) ||
                      mail_read_is_confined(k, HABIT_USER, person, place.symbol);
    row->numbers[MARKS] |= is_strange ? MARK_STRANGE : 0u;
}

// ---- judging ----------------------------------------------------------------------------------

struct rate {
    uint64_t others, others_with;
    bool is_exception;
};

// Of `seen` accesses `lacking` lack it. When each does so with the chance q, so many of them do with a chance
// of at most C(seen, lacking) q^lacking, which is below (seen q)^lacking / lacking!.
static struct rate judge(uint64_t seen, uint64_t lacking, uint64_t all, uint64_t all_with)
{
    struct rate rate = {0};
    if (!lacking || all < seen)
        return rate;
    rate.others = all - seen;
    rate.others_with = all_with - (seen - lacking);
    double q = ((double)(rate.others - rate.others_with) + 1) / ((double)rate.others + 2);
    double expected = q * (double)seen, chance = 1;
    if (q > ISSUED_PEER_CHANCE)
        return rate;
    for (uint64_t i = 1; i <= lacking; i++) {
        chance *= expected / (double)i;
        if (chance < CHANCE_LEAST && (double)i >= expected)
            break; // it only gets smaller
    }
    rate.is_exception = chance < CHANCE_LEAST;
    return rate;
}

static void write_statement(const struct knowledge *k, const struct case_row *row,
                            const struct rate *rate, bool is_token, struct buf *out)
{
    uint64_t lacking = row->numbers[is_token ? NO_TOKEN : NO_SESSION];
    const char *what = is_token ? "token identifier" : "session identifier";
    struct str from = knowledge_text(k, row->key.part[3]);
    buf_clear(out);
    mail_read_print_way(k, (enum client_class)row->key.part[0], row->key.part[1], row->key.part[2],
                        out);
    buf_print(out, ": %llu of %llu accesses %s%.*s ", (unsigned long long)lacking,
              (unsigned long long)row->numbers[SEEN],
              row->numbers[MARKS] & MARK_NETWORK ? "from " : "by ", (int)from.len, from.at);
    mail_read_print_days(out, draft_first(row->draft), draft_last(row->draft));
    buf_print(out, " carry no %s; %llu of the %llu other accesses of this kind carry one.", what,
              (unsigned long long)rate->others_with, (unsigned long long)rate->others);
    if (row->numbers[BARE])
        buf_print(out,
                  " For %llu of them no sign-in log shows any sign-in that could stand behind it.",
                  (unsigned long long)row->numbers[BARE]);
}

static void report(struct detection *detection, struct case_row *row)
{
    struct watch *watch = detection_state(detection);
    const struct knowledge *k = detection_knowledge(detection);
    struct activity sample = {.app = row->key.part[1], .client_app = row->key.part[2]};
    struct issued_peers peers = knowledge_peers_of(k, (enum client_class)row->key.part[0], &sample);
    uint64_t seen = row->numbers[SEEN];
    struct rate token = judge(seen, row->numbers[NO_TOKEN], peers.seen, peers.with_token);
    struct rate session = judge(seen, row->numbers[NO_SESSION], peers.seen, peers.with_session);
    bool is_strange = row->numbers[MARKS] & MARK_STRANGE, is_bare = row->numbers[BARE];
    if (!(token.is_exception || session.is_exception) || !(is_strange || is_bare))
        return;
    static const enum sigma_level levels[] = {LEVEL_LOW, LEVEL_MEDIUM, LEVEL_HIGH};
    int weight = token.is_exception + is_strange + is_bare;
    write_statement(k, row, token.is_exception ? &token : &session, token.is_exception,
                    &watch->text);
    detection_find(detection, case_take(row), levels[weight - 1], is_strange && is_bare ? 0.8 : 0.6,
                   buf_str(&watch->text));
}

static void end(struct detection *detection)
{
    struct watch *watch = detection_state(detection);
    for (uint32_t i = 0; i < watch->cases.count; i++)
        if (watch->cases.rows[i].draft)
            report(detection, &watch->cases.rows[i]);
}

static void release(struct detection *detection)
{
    struct watch *watch = detection_state(detection);
    case_table_done(&watch->cases);
    buf_done(&watch->text);
}

const struct detector detector_token_stripped = {
    .name = "token_stripped",
    .title = "Accesses lack the identifiers that others of their kind carry",
    .attack = "T1550.001 T1685.002",
    .meaning =
        "Mail, files or Graph were reached without an identifier of token or session, though of the "
        "accesses by the same client and applications at least 99 in 100 carry one. Without it nobody "
        "can tell from which sign-in the access comes: a token made by other means than signing in "
        "may leave such records.",
    .false_positives =
        "Aggregated records and those of background work lack identifiers by nature: how often is "
        "measured at the peers, and a case counts only when its number is hardly possible by their "
        "rate. An old client of one person that never sends them: networks in which the mailbox or its "
        "owner is at home do not count, unless no sign-in at all stands behind the access. Exports "
        "without these columns: kinds of which half lack them are not judged.",
    .state_size = sizeof(struct watch),
    .see = see,
    .end = end,
    .release = release,
};
