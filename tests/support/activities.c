// Activities for tests.
// SPDX-License-Identifier: Apache-2.0
#include "support/activities.h"

#include <stddef.h>
#include <stdio.h>

#include "base/encode.h"
#include "base/instant.h"
#include "event/outcome.h"

void activity_of(const char *record, struct intern *texts, struct activity *out)
{
    struct sample sample;
    struct field_slots slots;
    struct buf json;
    buf_init(&json);
    for (const char *at = record; *at; at++)
        buf_add_char(&json, *at == '\'' ? '"' : *at);
    sample_init(&sample, buf_str(&json));
    buf_done(&json);
    const struct source *source = sources[sample.event.source];
    struct field_plan *plan = field_plan_new(source->id);
    activity_want(plan);
    for (size_t i = 0; i < source->field_count; i++)
        field_plan_want(plan, source->fields[i]);
    field_plan_finish(plan);
    field_slots_init(&slots, plan);
    field_fill(&slots, &sample.event);
    activity_read(&sample.event, &slots, texts, out);
    field_slots_done(&slots);
    field_plan_free(plan);
    sample_done(&sample);
}

static void add_line(struct buf *out, const char *key, struct str value)
{
    if (value.len)
        buf_print(out, "%s=%.*s\n", key, (int)value.len, value.at);
}

static void add_number(struct buf *out, const char *key, int64_t value, int64_t usual)
{
    if (value != usual)
        buf_print(out, "%s=%lld\n", key, (long long)value);
}

static void add_time(struct buf *out, const char *key, int64_t time)
{
    char text[INSTANT_SIZE];
    if (time != INSTANT_NONE)
        buf_print(out, "%s=%s\n", key, instant_print(time, text));
}

static void add_flags(struct buf *out, unsigned flags)
{
    static const struct {
        unsigned flag;
        const char *name;
    } names[] = {{ACTIVITY_IS_SYNC, "sync"},
                 {ACTIVITY_IS_THROTTLED, "throttled"},
                 {ACTIVITY_IS_INTERACTIVE, "interactive"},
                 {ACTIVITY_IS_DEVICE_CODE, "device_code"},
                 {ACTIVITY_IS_FEDERATED, "federated"},
                 {ACTIVITY_IS_LEGACY, "legacy"},
                 {ACTIVITY_HIDES, "hides"},
                 {ACTIVITY_FORWARDS, "forwards"},
                 {ACTIVITY_REACHES_MAIL, "reaches_mail"},
                 {ACTIVITY_IS_EXTERNAL, "external"},
                 {ACTIVITY_IS_SERVICE, "service"},
                 {ACTIVITY_HAS_BAD_TOKEN, "bad_token"},
                 {ACTIVITY_IS_SINGLE_FACTOR, "single_factor"},
                 {ACTIVITY_IS_MULTI_FACTOR, "multi_factor"}};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (flags & names[i].flag)
            buf_print(out, "%s\n", names[i].name);
}

static void add_texts(const struct activity *activity, const struct intern *texts, struct buf *out)
{
    static const struct {
        const char *name;
        size_t offset;
    } members[] = {
#define MEMBER(name) {#name, offsetof(struct activity, name)}
        MEMBER(operation), MEMBER(user),       MEMBER(object),   MEMBER(mailbox),
        MEMBER(app),       MEMBER(client_app), MEMBER(resource), MEMBER(session),
        MEMBER(address),   MEMBER(client),     MEMBER(agent),    MEMBER(device),
        MEMBER(country),   MEMBER(city),       MEMBER(tenant),   MEMBER(home),
        MEMBER(target),    MEMBER(target_app), MEMBER(detail),   MEMBER(token_text),
#undef MEMBER
    };
    for (size_t i = 0; i < sizeof members / sizeof members[0]; i++) {
        const char *at = (const char *)activity + members[i].offset;
        add_line(out, members[i].name, intern_text(texts, *(const uint32_t *)(const void *)at));
    }
}

void activity_describe(const struct activity *activity, const struct intern *texts, struct buf *out)
{
    static const char *const workloads[] = {
        "",           "exchange",    "directory",       "sharepoint",        "teams",
        "compliance", "interactive", "non_interactive", "service_principal", "managed_identity"};
    char text[ACTIVITY_ID_SIZE];
    buf_print(out, "%s\n", activity_kind_name((enum activity_kind)activity->kind));
    add_line(out, "workload", str_from(workloads[activity->workload]));
    add_time(out, "time", activity->time);
    add_line(out, "outcome", str_from(outcome_name((enum outcome)activity->outcome)));
    add_line(out, "actor", str_from(actor_class_name((enum actor_class)activity->actor)));
    add_number(out, "logon", activity->logon_type, -1);
    add_number(out, "error", activity->error, 0);
    add_number(out, "count", activity->count, 1);
    add_number(out, "asn", activity->asn, 0);
    add_flags(out, activity->flags);
    add_line(out, "id", activity_id(activity, texts, text));
    if (activity->flags & ACTIVITY_HAS_TOKEN) {
        guid_print(activity->token, text);
        add_line(out, "token", str_from(text));
    }
    add_time(out, "issued", activity->issued_at);
    add_texts(activity, texts, out);
    if (activity->thread)
        buf_add(out, S("thread\n"));
}

bool activity_check(const char *title, const char *record, const char *wanted)
{
    struct intern texts = {0};
    struct activity activity;
    struct buf got;
    buf_init(&got);
    activity_texts_init(&texts);
    activity_of(record, &texts, &activity);
    activity_describe(&activity, &texts, &got);
    bool is_same = str_is(buf_str(&got), wanted);
    if (!is_same)
        fprintf(stderr, "%s\n--- wanted\n%s--- got\n%.*s", title, wanted, (int)got.len, got.at);
    buf_done(&got);
    intern_done(&texts);
    return is_same;
}
