// How an event ended.
// SPDX-License-Identifier: Apache-2.0
#include "event/outcome.h"

#include <assert.h>

#include "event/read.h"

const char *outcome_name(enum outcome outcome)
{
    static const char *const names[OUTCOME_COUNT] = {"unknown", "success", "failure"};
    assert((unsigned)outcome < OUTCOME_COUNT);
    return names[outcome];
}

void outcome_want(struct field_plan *plan)
{
    static const enum field_id fields[] = {
        FIELD_Operation,          FIELD_ResultStatus, FIELD_ErrorNumber,
        FIELD_LogonError,         FIELD_ResultType,   FIELD_Status,
        FIELD_ResponseStatusCode, FIELD_Result,       FIELD_ActivityStatus};
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
        field_plan_want(plan, fields[i]);
}

// What a word says, in any service.
static enum outcome word_outcome(struct str word)
{
    static const struct {
        struct str word;
        enum outcome outcome;
    } words[] = {
        {STR("success"), OUTCOME_SUCCESS},
        {STR("succeeded"), OUTCOME_SUCCESS},
        {STR("true"), OUTCOME_SUCCESS},
        {STR("partiallysucceeded"), OUTCOME_SUCCESS},
        {STR("ok"), OUTCOME_SUCCESS},
        {STR("completed"), OUTCOME_SUCCESS},
        {STR("delivered"), OUTCOME_SUCCESS},
        {STR("failure"), OUTCOME_FAILURE},
        {STR("failed"), OUTCOME_FAILURE},
        {STR("fail"), OUTCOME_FAILURE},
        {STR("false"), OUTCOME_FAILURE},
        {STR("interrupted"), OUTCOME_FAILURE},
        {STR("timeout"), OUTCOME_FAILURE},
        {STR("error"), OUTCOME_FAILURE},
        {STR("denied"), OUTCOME_FAILURE},
        {STR("quarantined"), OUTCOME_FAILURE},
        {STR("filteredasspam"), OUTCOME_FAILURE},
        {STR("blocked"), OUTCOME_FAILURE},
    };
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (str_equal_fold(word, words[i].word))
            return words[i].outcome;
    return OUTCOME_UNKNOWN;
}

// The first of a field's values that says something.
static enum outcome field_outcome(const struct field_slots *slots, enum field_id field)
{
    enum outcome outcome = OUTCOME_UNKNOWN;
    for (const struct field_value *v = field_first(slots, field); v && !outcome;
         v = field_next(slots, v)) {
        if (json_type(v->json) == JSON_TRUE)
            outcome = OUTCOME_SUCCESS;
        else if (json_type(v->json) == JSON_FALSE)
            outcome = OUTCOME_FAILURE;
        else
            outcome = word_outcome(str_trim(json_str(v->json)));
    }
    return outcome;
}

static enum outcome audit_outcome(const struct field_slots *slots)
{
    struct str operation = field_word(slots, FIELD_Operation);
    if (str_is(operation, "UserLoginFailed"))
        return OUTCOME_FAILURE;
    if (!str_is(operation, "UserLoggedIn"))
        return field_outcome(slots, FIELD_ResultStatus);
    int64_t error = 0;
    field_int(slots, FIELD_ErrorNumber, &error);
    bool has_error = error != 0 || !text_is_blank(field_word(slots, FIELD_LogonError));
    return has_error ? OUTCOME_FAILURE : OUTCOME_SUCCESS;
}

// The error code decides; the portal writes "None" for 0 and the result in words.
static enum outcome signin_outcome(const struct field_slots *slots)
{
    int64_t code;
    if (field_int(slots, FIELD_ResultType, &code))
        return code == 0 ? OUTCOME_SUCCESS : OUTCOME_FAILURE;
    return field_outcome(slots, FIELD_Status);
}

static enum outcome graph_outcome(const struct field_slots *slots)
{
    int64_t code;
    if (!field_int(slots, FIELD_ResponseStatusCode, &code))
        return OUTCOME_UNKNOWN;
    return code >= 200 && code < 400 ? OUTCOME_SUCCESS : OUTCOME_FAILURE;
}

enum outcome event_outcome(const struct field_slots *slots, const struct event *event)
{
    switch (event->source) {
    case SOURCE_M365_AUDIT:
        return audit_outcome(slots);
    case SOURCE_ENTRA_SIGNIN:
        return signin_outcome(slots);
    case SOURCE_ENTRA_AUDIT:
        return field_outcome(slots, FIELD_Result);
    case SOURCE_GRAPH_ACTIVITY:
        return graph_outcome(slots);
    case SOURCE_MESSAGE_TRACE:
        return field_outcome(slots, FIELD_Status);
    case SOURCE_AZURE_ACTIVITY:
        return field_outcome(slots, FIELD_ActivityStatus);
    default:
        return OUTCOME_UNKNOWN;
    }
}
