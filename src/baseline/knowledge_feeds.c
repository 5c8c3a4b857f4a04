// Telling the ledger what was issued and used, and the coverage what was seen.
// SPDX-License-Identifier: Apache-2.0
#include "baseline/knowledge_learn.h"
#include "event/outcome.h"

static enum issued_kind kind_of(const struct activity *activity)
{
    switch ((enum activity_workload)activity->workload) {
    case WORKLOAD_INTERACTIVE:
        return ISSUED_INTERACTIVE;
    case WORKLOAD_NON_INTERACTIVE:
        return ISSUED_NON_INTERACTIVE;
    case WORKLOAD_SERVICE_PRINCIPAL:
        return ISSUED_SERVICE_PRINCIPAL;
    case WORKLOAD_MANAGED_IDENTITY:
        return ISSUED_MANAGED_IDENTITY;
    default:
        return ISSUED_AUDIT;
    }
}

static enum issued_outcome outcome_of(const struct activity *activity)
{
    if (activity->outcome == OUTCOME_UNKNOWN)
        return ISSUED_OUTCOME_UNKNOWN;
    return activity->outcome == OUTCOME_SUCCESS ? ISSUED_SUCCESS : ISSUED_FAILURE;
}

void knowledge_learn_issued(struct knowledge *k, const struct activity *activity)
{
    bool is_sign_in = activity->kind == ACTIVITY_SIGN_IN;
    bool has_token = activity->flags & ACTIVITY_HAS_TOKEN;
    uint8_t session[16];
    if (!is_sign_in && !(has_token && knowledge_is_token_bearing(activity)))
        return;
    bool has_session =
        is_sign_in && activity->session &&
        issued_session_parse(knowledge_text(k, activity->session), session) == ISSUED_ID_VALID;
    struct issued_sign_in sign_in = {
        .kind = is_sign_in ? kind_of(activity) : ISSUED_USE,
        .outcome = is_sign_in ? outcome_of(activity) : ISSUED_OUTCOME_UNKNOWN,
        .token = has_token ? activity->token : NULL,
        .session = has_session ? session : NULL,
        .user = knowledge_person(k, activity),
        .app = activity->app,
        .resource = activity->resource,
        .tenant = activity->tenant,
        .address = activity->address,
        .time = is_sign_in ? activity->time : activity->issued_at,
    };
    issued_add(k->issued, &sign_in);
}

// ---- coverage ---------------------------------------------------------------------------------

static enum coverage_source coverage_of(const struct activity *activity)
{
    static const enum coverage_source sources[] = {
        [WORKLOAD_UNKNOWN] = COVERAGE_OTHER_AUDIT,
        [WORKLOAD_EXCHANGE] = COVERAGE_EXCHANGE,
        [WORKLOAD_DIRECTORY] = COVERAGE_AZURE_AD,
        [WORKLOAD_SHAREPOINT] = COVERAGE_SHAREPOINT,
        [WORKLOAD_TEAMS] = COVERAGE_TEAMS,
        [WORKLOAD_COMPLIANCE] = COVERAGE_SECURITY,
        [WORKLOAD_INTERACTIVE] = COVERAGE_INTERACTIVE,
        [WORKLOAD_NON_INTERACTIVE] = COVERAGE_NON_INTERACTIVE,
        [WORKLOAD_SERVICE_PRINCIPAL] = COVERAGE_SERVICE_PRINCIPAL,
        [WORKLOAD_MANAGED_IDENTITY] = COVERAGE_MANAGED_IDENTITY,
    };
    switch ((enum source_id)activity->source) {
    case SOURCE_ENTRA_AUDIT:
        return COVERAGE_ENTRA_AUDIT;
    case SOURCE_GRAPH_ACTIVITY:
        return COVERAGE_GRAPH_ACTIVITY;
    case SOURCE_MESSAGE_TRACE:
        return COVERAGE_MESSAGE_TRACE;
    case SOURCE_AZURE_ACTIVITY:
        return COVERAGE_AZURE_ACTIVITY;
    default:
        return sources[activity->workload];
    }
}

void knowledge_learn_coverage(struct knowledge *k, const struct activity *activity)
{
    if (activity->time == INSTANT_NONE)
        return;
    coverage_add(k->coverage, &(struct coverage_record){.source = coverage_of(activity),
                                                        .time = activity->time,
                                                        .arrival = INSTANT_NONE,
                                                        .mailbox = activity->mailbox,
                                                        .user = knowledge_person(k, activity)});
    if (activity->flags & ACTIVITY_IS_THROTTLED)
        coverage_tell(k->coverage, &(struct coverage_fact){.source = COVERAGE_EXCHANGE,
                                                           .kind = COVERAGE_FACT_THROTTLED,
                                                           .who = activity->mailbox,
                                                           .from = activity->time,
                                                           .to = activity->time});
}

static const struct {
    enum source_id source;
    enum coverage_source first, last; // the parts of it
} parts[] = {
    {SOURCE_M365_AUDIT, COVERAGE_EXCHANGE, COVERAGE_OTHER_AUDIT},
    {SOURCE_ENTRA_SIGNIN, COVERAGE_INTERACTIVE, COVERAGE_MANAGED_IDENTITY},
    {SOURCE_ENTRA_AUDIT, COVERAGE_ENTRA_AUDIT, COVERAGE_ENTRA_AUDIT},
    {SOURCE_GRAPH_ACTIVITY, COVERAGE_GRAPH_ACTIVITY, COVERAGE_GRAPH_ACTIVITY},
    {SOURCE_MESSAGE_TRACE, COVERAGE_MESSAGE_TRACE, COVERAGE_MESSAGE_TRACE},
    {SOURCE_AZURE_ACTIVITY, COVERAGE_AZURE_ACTIVITY, COVERAGE_AZURE_ACTIVITY},
};

void knowledge_tell_input(struct knowledge *k, enum source_id source, uint64_t rows,
                          uint64_t unread, int64_t first, int64_t last)
{
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
        for (int s = (int)parts[i].first; parts[i].source == source && s <= (int)parts[i].last;
             s++) {
            coverage_tell_input(k->coverage, (enum coverage_source)s, rows, first, last);
            if (unread && first != INSTANT_NONE)
                coverage_tell(k->coverage,
                              &(struct coverage_fact){
                                  .source = (enum coverage_source)s,
                                  .kind = COVERAGE_FACT_UNREAD,
                                  .figure = unread < UINT32_MAX ? (uint32_t)unread : UINT32_MAX,
                                  .from = first,
                                  .to = last});
        }
}

void knowledge_tell_window(struct knowledge *k, int64_t since, int64_t until)
{
    coverage_tell_window(k->coverage, since, until);
}

void knowledge_tell_left_out(struct knowledge *k, int64_t from, int64_t to)
{
    coverage_tell(k->coverage, &(struct coverage_fact){.source = COVERAGE_EVERY,
                                                       .kind = COVERAGE_FACT_LEFT_OUT,
                                                       .from = from,
                                                       .to = to});
}
