// Whether tokens and sessions were issued, as the ledger says of activities, and how usual that is.
// SPDX-License-Identifier: Apache-2.0
#include "baseline/knowledge_learn.h"
#include "event/outcome.h"

bool knowledge_is_token_bearing(const struct activity *activity)
{
    switch ((enum activity_kind)activity->kind) {
    case ACTIVITY_MAIL_ACCESS:
    case ACTIVITY_MAIL_SEND:
    case ACTIVITY_MAIL_CREATE:
    case ACTIVITY_MAIL_MOVE:
    case ACTIVITY_MAIL_DELETE:
    case ACTIVITY_MAIL_SEARCH:
    case ACTIVITY_MAIL_RULE:
    case ACTIVITY_OWA_TOKEN:
    case ACTIVITY_GRAPH:
    case ACTIVITY_FILE:
        return activity->actor != ACTOR_PROVIDER && activity->actor != ACTOR_SYSTEM &&
               activity->outcome != OUTCOME_FAILURE;
    default:
        return false;
    }
}

// Interactive sign-ins are few at night and at weekends: that no gap is known is all that can be asked for.
static bool has_interactive_hours(const struct knowledge *k, int64_t from, int64_t to)
{
    struct coverage_answer hour;
    coverage_hour(k->coverage, COVERAGE_INTERACTIVE, to, &hour);
    for (int64_t at = from; at < to && hour.state == COVERAGE_COMPLETE; at += HOUR)
        coverage_hour(k->coverage, COVERAGE_INTERACTIVE, at, &hour);
    return hour.state == COVERAGE_COMPLETE;
}

bool knowledge_may_deny_issue(const struct knowledge *k, const struct activity *activity)
{
    bool is_app = activity->actor == ACTOR_APPLICATION,
         has_issue = activity->issued_at != INSTANT_NONE;
    if (!has_issue && activity->time == INSTANT_NONE)
        return false;
    int64_t from = has_issue ? activity->issued_at - ISSUED_SKEW
                             : activity->time - (is_app ? ISSUED_APP_LIFE : ISSUED_USER_LIFE);
    int64_t to = has_issue ? activity->issued_at + ISSUED_SKEW : activity->time;
    if (is_app) // which of the two logs would have it depends on the kind of application
        return coverage_may_deny(k->coverage, COVERAGE_SERVICE_PRINCIPAL, from, to, NULL) &&
               coverage_may_deny(k->coverage, COVERAGE_MANAGED_IDENTITY, from, to, NULL);
    return coverage_may_deny(k->coverage, COVERAGE_NON_INTERACTIVE, from, to, NULL) &&
           has_interactive_hours(k, from, to);
}

static void find_issuance(const struct knowledge *k, const struct activity *activity,
                          struct issued_answer *answer)
{
    struct issued_access access = {
        .token_state = activity->flags & ACTIVITY_HAS_TOKEN       ? ISSUED_ID_VALID
                       : activity->flags & ACTIVITY_HAS_BAD_TOKEN ? ISSUED_ID_MALFORMED
                                                                  : ISSUED_ID_ABSENT,
        .user = knowledge_person(k, activity),
        .is_app = activity->actor == ACTOR_APPLICATION,
        .apps = {activity->app, activity->client_app},
        .resources = {k->exchange, k->graph},
        .token_tenant = activity->tenant,
        .home_tenant = activity->home,
        .is_guest = activity->actor == ACTOR_PARTNER || activity->flags & ACTIVITY_IS_EXTERNAL ||
                    knowledge_is_guest_name(k, activity->user),
        .issued = activity->issued_at,
        .time = activity->time,
    };
    memcpy(access.token, activity->token, sizeof access.token);
    if (issued_find_token(k->issued, &access, answer))
        return;
    access.has_session =
        activity->session && issued_session_parse(knowledge_text(k, activity->session),
                                                  access.session) == ISSUED_ID_VALID;
    issued_find_others(k->issued, &access, answer);
}

struct issued_answer knowledge_issuance(const struct knowledge *k, const struct activity *activity)
{
    struct issued_answer answer;
    find_issuance(k, activity, &answer);
    return answer;
}

// A ledger is far larger than a processor's cache: what a group needs of it is asked for beforehand.
void knowledge_issuances(const struct knowledge *k, const struct activity *activities, size_t count,
                         struct issued_answer *out)
{
    enum { GROUP = 16 };
    for (size_t from = 0, to; from < count; from = to) {
        to = count - from < GROUP ? count : from + GROUP;
        for (size_t i = from; i < to; i++)
            issued_fetch_place(k->issued, activities[i].token);
        for (size_t i = from; i < to; i++)
            issued_fetch_token(k->issued, activities[i].token);
        for (size_t i = from; i < to; i++)
            if (knowledge_is_token_bearing(&activities[i]))
                find_issuance(k, &activities[i], &out[i]);
    }
}

// Numbers of a group are never 0: the ledger knows 0 as unknown.
static struct issued_group group_of(enum client_class class, const struct activity *activity)
{
    return (struct issued_group){(uint32_t) class + 1, activity->app, activity->client_app};
}

struct issued_peers knowledge_peers_of(const struct knowledge *k, enum client_class class,
                                       const struct activity *activity)
{
    struct issued_group group = group_of(class, activity);
    return issued_peer_find(k->issued, &group);
}

struct issued_peers knowledge_peers_sum(const struct knowledge *k, enum client_class class,
                                        uint32_t app)
{
    return issued_peer_sum(k->issued, (uint32_t) class + 1, app);
}

struct issued_peers knowledge_peers(const struct knowledge *k, const struct activity *activity)
{
    return knowledge_peers_of(k, knowledge_client(k, activity->client), activity);
}

void knowledge_compare(struct knowledge *k, const struct activity *activity)
{
    struct issued_answer issuance;
    knowledge_issuances(k, activity, 1, &issuance);
    knowledge_compare_places(k, activity);
    knowledge_compare_tokens(k, activity, &issuance);
}

void knowledge_compare_tokens(struct knowledge *k, const struct activity *activity,
                              const struct issued_answer *issuance)
{
    if (!knowledge_is_token_bearing(activity))
        return;
    struct issued_group group = group_of(knowledge_client(k, activity->client), activity);
    unsigned bits = 0;
    if (activity->flags & (ACTIVITY_HAS_TOKEN | ACTIVITY_HAS_BAD_TOKEN))
        bits |= ISSUED_PEER_TOKEN;
    if (activity->session)
        bits |= ISSUED_PEER_SESSION;
    if (issuance->level == ISSUED_K1)
        bits |= ISSUED_PEER_MATCHED;
    issued_peer_add(k->issued, &group, bits);
}
