// Reads scenarios, makes activities of them, runs the detectors.
// SPDX-License-Identifier: Apache-2.0
#include "support/scenario.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/encode.h"
#include "base/hash.h"
#include "event/outcome.h"

#define MONDAY "2026-05-04T00:00:00Z"
#define SET_LIMIT 64
#define EXCHANGE "00000002-0000-0ff1-ce00-000000000000"

struct set {
    struct str name, words;
};

struct reading {
    struct scenario *scenario;
    struct set sets[SET_LIMIT];
    size_t set_count;
    unsigned line;
    uint64_t serial;
};

static void give_up(unsigned line, const char *why, struct str what)
{
    fprintf(stderr, "scenario, line %u: %s: %.*s\n", line, why, (int)what.len, what.at);
    exit(1);
}

static uint32_t take_number(struct str text, unsigned line)
{
    int64_t number;
    if (!str_to_int64(text, &number) || number < 0 || number > UINT32_MAX)
        give_up(line, "no number", text);
    return (uint32_t)number;
}

// A GUID of version 4 made of a name.
static void name_guid(struct str name, uint8_t guid[16])
{
    uint64_t a = hash_str(name), b = hash_mix(a + 1);
    memcpy(guid, &a, 8);
    memcpy(guid + 8, &b, 8);
    guid[6] = (uint8_t)((guid[6] & 0x0f) | 0x40);
    guid[8] = (uint8_t)((guid[8] & 0x3f) | 0x80);
}

void scenario_guid(struct str name, char text[37])
{
    uint8_t guid[16];
    name_guid(name, guid);
    guid_print(guid, text);
}

static uint32_t add_value(struct reading *r, struct str value)
{
    char text[512];
    if (value.len >= sizeof text)
        give_up(r->line, "too long", value);
    if (value.len && value.at[0] == '#') {
        scenario_guid(value, text);
        return intern_add(&r->scenario->texts, str_from(text));
    }
    for (size_t i = 0; i < value.len; i++)
        text[i] = value.at[i] == '_' ? ' ' : value.at[i];
    return intern_add(&r->scenario->texts, str_of(text, value.len));
}

// ---- words ------------------------------------------------------------------------------------

static const struct {
    const char *key;
    size_t offset;
} members[] = {
    {"user", offsetof(struct activity, user)},
    {"object", offsetof(struct activity, object)},
    {"mailbox", offsetof(struct activity, mailbox)},
    {"app", offsetof(struct activity, app)},
    {"client_app", offsetof(struct activity, client_app)},
    {"resource", offsetof(struct activity, resource)},
    {"session", offsetof(struct activity, session)},
    {"address", offsetof(struct activity, address)},
    {"client", offsetof(struct activity, client)},
    {"agent", offsetof(struct activity, agent)},
    {"device", offsetof(struct activity, device)},
    {"country", offsetof(struct activity, country)},
    {"city", offsetof(struct activity, city)},
    {"tenant", offsetof(struct activity, tenant)},
    {"home", offsetof(struct activity, home)},
    {"target", offsetof(struct activity, target)},
    {"target_app", offsetof(struct activity, target_app)},
    {"detail", offsetof(struct activity, detail)},
    {"operation", offsetof(struct activity, operation)},
};

static const struct {
    const char *word;
    enum activity_flag flag;
} flags[] = {
    {"sync", ACTIVITY_IS_SYNC},
    {"throttled", ACTIVITY_IS_THROTTLED},
    {"interactive", ACTIVITY_IS_INTERACTIVE},
    {"device_code", ACTIVITY_IS_DEVICE_CODE},
    {"federated", ACTIVITY_IS_FEDERATED},
    {"legacy", ACTIVITY_IS_LEGACY},
    {"single_factor", ACTIVITY_IS_SINGLE_FACTOR},
    {"multi_factor", ACTIVITY_IS_MULTI_FACTOR},
    {"hides", ACTIVITY_HIDES},
    {"forwards", ACTIVITY_FORWARDS},
    {"reaches_mail", ACTIVITY_REACHES_MAIL},
    {"external", ACTIVITY_IS_EXTERNAL},
    {"service", ACTIVITY_IS_SERVICE},
};

static uint8_t find_name(struct str name, const char *const *names, unsigned count, unsigned line)
{
    for (unsigned i = 0; i < count; i++)
        if (str_is(name, names[i]))
            return (uint8_t)i;
    give_up(line, "unknown name", name);
    return 0;
}

static uint8_t find_actor(struct str name, unsigned line)
{
    for (unsigned i = 0; i < ACTOR_CLASS_COUNT; i++)
        if (str_is(name, actor_class_name((enum actor_class)i)))
            return (uint8_t)i;
    give_up(line, "unknown actor", name);
    return 0;
}

static bool set_special(struct reading *r, struct activity *a, struct str key, struct str value)
{
    static const char *const outcomes[] = {"unknown", "success", "failure"};
    static const char *const workloads[] = {
        "unknown",    "exchange",    "directory",       "sharepoint",        "teams",
        "compliance", "interactive", "non_interactive", "service_principal", "managed_identity"};
    static const char *const sources[] = {"m365_audit", "entra_signin", "entra_audit",
                                          "graph_activity", "message_trace"};
    if (str_is(key, "token")) {
        bool is_other = str_is(value, "#@");
        char text[32];
        int len = snprintf(text, sizeof text, "token %llu", (unsigned long long)r->serial);
        name_guid(is_other ? str_of(text, (size_t)len) : value, a->token);
        a->flags |= ACTIVITY_HAS_TOKEN;
    } else if (str_is(key, "bad_token")) {
        a->token_text = add_value(r, value);
        a->flags |= ACTIVITY_HAS_BAD_TOKEN;
    } else if (str_is(key, "asn")) {
        a->asn = take_number(value, r->line);
    } else if (str_is(key, "count")) {
        a->count = take_number(value, r->line);
    } else if (str_is(key, "error")) {
        a->error = (int32_t)take_number(value, r->line);
        a->outcome = a->error ? OUTCOME_FAILURE : OUTCOME_SUCCESS;
    } else if (str_is(key, "age")) { // minutes since the token was issued
        a->issued_at = a->time - (int64_t)take_number(value, r->line) * MINUTE;
    } else if (str_is(key, "logon")) {
        a->logon_type = (int8_t)take_number(value, r->line);
    } else if (str_is(key, "actor")) {
        a->actor = find_actor(value, r->line);
    } else if (str_is(key, "outcome")) {
        a->outcome = find_name(value, outcomes, 3, r->line);
    } else if (str_is(key, "workload")) {
        a->workload = find_name(value, workloads, 10, r->line);
    } else if (str_is(key, "source")) {
        a->source = find_name(value, sources, 5, r->line);
    } else {
        return false;
    }
    return true;
}

static bool set_flag(struct activity *a, struct str word)
{
    for (size_t i = 0; i < sizeof flags / sizeof flags[0]; i++)
        if (str_is(word, flags[i].word)) {
            a->flags |= (uint16_t)flags[i].flag;
            return true;
        }
    return false;
}

static void set_words(struct reading *r, struct activity *a, struct str words, bool *is_issued);

static void set_word(struct reading *r, struct activity *a, struct str word, bool *is_issued)
{
    size_t equals = str_index(word, '=');
    if (word.at[0] == '+') {
        struct str name = str_of(word.at + 1, word.len - 1);
        for (size_t i = 0; i < r->set_count; i++)
            if (str_equal(r->sets[i].name, name)) {
                set_words(r, a, r->sets[i].words, is_issued);
                return;
            }
        give_up(r->line, "no such set", name);
    }
    if (str_is(word, "issued")) {
        *is_issued = true;
        return;
    }
    if (equals == word.len) {
        if (!set_flag(a, word))
            give_up(r->line, "unknown word", word);
        return;
    }
    struct str key = str_of(word.at, equals);
    struct str value = str_of(word.at + equals + 1, word.len - equals - 1);
    for (size_t i = 0; i < sizeof members / sizeof members[0]; i++)
        if (str_is(key, members[i].key)) {
            *(uint32_t *)(void *)((char *)a + members[i].offset) = add_value(r, value);
            return;
        }
    if (!set_special(r, a, key, value))
        give_up(r->line, "unknown key", key);
}

static void set_words(struct reading *r, struct activity *a, struct str words, bool *is_issued)
{
    while (words.at) {
        struct str word = str_cut(&words, ' ');
        if (word.len)
            set_word(r, a, word, is_issued);
    }
}

// ---- activities -------------------------------------------------------------------------------

static void append(struct reading *r, struct activity *a)
{
    struct scenario *s = r->scenario;
    uint64_t serial = ++r->serial;
    char text[32];
    int len = snprintf(text, sizeof text, "record %llu", (unsigned long long)serial);
    name_guid(str_of(text, (size_t)len), a->id);
    a->flags |= ACTIVITY_HAS_GUID;
    a->identity = hash_mix(serial);
    a->position = serial;
    ARRAY_GROW(s->activities, s->count, s->capacity);
    s->activities[s->count++] = *a;
}

static bool is_mail(uint8_t kind)
{
    return (kind >= ACTIVITY_MAIL_ACCESS && kind <= ACTIVITY_MAIL_PERMISSION) ||
           kind == ACTIVITY_OWA_TOKEN;
}

// What a record of the kind would have, unless the words say otherwise.
static void set_defaults(struct activity *a)
{
    bool is_sign_in = a->kind == ACTIVITY_SIGN_IN;
    if (is_sign_in && a->source == SOURCE_M365_AUDIT && a->workload == WORKLOAD_UNKNOWN) {
        a->source = SOURCE_ENTRA_SIGNIN;
        a->workload = a->flags & ACTIVITY_IS_INTERACTIVE ? WORKLOAD_INTERACTIVE
                      : a->flags & ACTIVITY_IS_SERVICE   ? WORKLOAD_SERVICE_PRINCIPAL
                                                         : WORKLOAD_NON_INTERACTIVE;
    }
    if (is_mail(a->kind)) {
        a->mailbox = a->mailbox ? a->mailbox : a->user;
        a->workload = a->workload ? a->workload : WORKLOAD_EXCHANGE;
        if (a->logon_type < 0 && a->kind == ACTIVITY_MAIL_ACCESS)
            a->logon_type = 0;
    }
    if (!a->workload)
        a->workload = WORKLOAD_DIRECTORY;
    if (a->actor == ACTOR_UNKNOWN)
        a->actor = ACTOR_PERSON;
}

static void append_sign_in(struct reading *r, const struct activity *access)
{
    struct activity a = *access;
    a.kind = ACTIVITY_SIGN_IN;
    a.source = SOURCE_ENTRA_SIGNIN;
    a.workload =
        a.actor == ACTOR_APPLICATION ? WORKLOAD_SERVICE_PRINCIPAL : WORKLOAD_NON_INTERACTIVE;
    a.flags = ACTIVITY_HAS_TOKEN | (a.actor == ACTOR_APPLICATION ? ACTIVITY_IS_SERVICE : 0);
    a.time -= MINUTE;
    a.app = access->client_app ? access->client_app : access->app;
    a.client_app = a.mailbox = a.client = a.target = 0;
    a.resource = intern_add(&r->scenario->texts, S(EXCHANGE));
    a.issued_at = INSTANT_NONE;
    a.count = 1;
    a.logon_type = -1;
    append(r, &a);
}

static void add_activity(struct reading *r, int64_t time, uint8_t kind, struct str words)
{
    bool is_issued = false;
    struct activity a = {.time = time,
                         .issued_at = INSTANT_NONE,
                         .kind = kind,
                         .count = 1,
                         .logon_type = -1,
                         .outcome = OUTCOME_SUCCESS};
    a.home = a.tenant = add_value(r, S("#tenant"));
    a.operation = intern_add(&r->scenario->texts, str_from(activity_kind_name(kind)));
    set_words(r, &a, words, &is_issued);
    if (is_issued && !(a.flags & ACTIVITY_HAS_TOKEN))
        set_special(r, &a, S("token"), S("#@"));
    if (is_issued && a.issued_at == INSTANT_NONE)
        a.issued_at = time - MINUTE;
    set_defaults(&a);
    if (is_issued)
        append_sign_in(r, &a);
    append(r, &a);
}

// ---- lines ------------------------------------------------------------------------------------

static int64_t step_of(struct str text, unsigned line)
{
    struct str number = str_of(text.at, text.len ? text.len - 1 : 0);
    char unit = text.len ? text.at[text.len - 1] : ' ';
    int64_t count = take_number(number, line);
    if (unit == 's' || unit == 'm' || unit == 'h')
        return count * (unit == 's' ? SECOND : unit == 'm' ? MINUTE : HOUR);
    give_up(line, "no step (30s, 5m, 2h)", text);
    return 0;
}

static int64_t clock_of(struct str text, unsigned line)
{
    struct str rest = text, hour = str_cut(&rest, ':');
    if (!rest.at)
        give_up(line, "no time of day", text);
    return take_number(hour, line) * HOUR + take_number(rest, line) * MINUTE;
}

int64_t scenario_moment(struct str text)
{
    struct str time = text, day = str_cut(&time, '/');
    if (day.len < 2 || day.at[0] != 'd' || !time.at)
        give_up(0, "no moment (d12/03:10)", text);
    uint32_t number = take_number(str_of(day.at + 1, day.len - 1), 0);
    return instant_parse(S(MONDAY), ORDER_MONTH_FIRST) + ((int64_t)number - 1) * DAY +
           clock_of(time, 0);
}

static void add_line(struct reading *r, struct str line)
{
    struct str days = str_cut(&line, ' '), times = str_cut(&line, ' '), name = str_cut(&line, ' ');
    uint32_t from, to, repeats = 1;
    int64_t step = 0, base = instant_parse(S(MONDAY), ORDER_MONTH_FIRST);
    bool is_week = days.len && days.at[days.len - 1] == 'w';
    uint8_t kind = ACTIVITY_KIND_COUNT;
    struct str range = str_of(days.at + 1, days.len - 1 - is_week);
    size_t dots = str_index(range, '.');
    from = take_number(str_of(range.at, dots), r->line);
    to = dots < range.len ? take_number(str_of(range.at + dots + 2, range.len - dots - 2), r->line)
                          : from;
    for (uint8_t k = 0; k < ACTIVITY_KIND_COUNT; k++)
        if (str_is(name, activity_kind_name(k)))
            kind = k;
    if (kind == ACTIVITY_KIND_COUNT)
        give_up(r->line, "unknown kind of activity", name);
    if (line.len > 1 && line.at[0] == 'x' && line.at[1] >= '0' && line.at[1] <= '9') {
        struct str word = str_cut(&line, ' '), count = str_cut(&word, '/');
        repeats = take_number(str_of(count.at + 1, count.len - 1), r->line);
        step = step_of(word, r->line);
    }
    for (uint32_t day = from; day <= to; day++) {
        if (is_week && (day - 1) % 7 >= 5)
            continue;
        for (struct str rest = times; rest.at;) {
            int64_t time =
                base + (int64_t)(day - 1) * 24 * HOUR + clock_of(str_cut(&rest, ','), r->line);
            for (uint32_t i = 0; i < repeats; i++)
                add_activity(r, time + (int64_t)i * step, kind, line);
        }
    }
}

static void add_expect(struct reading *r, struct str line)
{
    struct scenario *s = r->scenario;
    struct str word = str_cut(&line, ' ');
    if (str_is(word, "nothing"))
        return;
    if (s->expect_count == SCENARIO_EXPECT_LIMIT)
        give_up(r->line, "too many findings expected", word);
    struct scenario_expect *expect = &s->expects[s->expect_count++];
    *expect = (struct scenario_expect){.words = line.at ? line : S(""), .line = r->line};
    bool is_known = false;
    for (int level = 0; level < 5; level++)
        if (str_is(word, sigma_level_name((enum sigma_level)level))) {
            expect->level = (enum sigma_level)level;
            is_known = true;
        }
    if (!is_known)
        give_up(r->line, "unknown level", word);
}

static void read_line(struct reading *r, struct str line)
{
    if (str_starts(line, S("set "))) {
        str_cut(&line, ' ');
        if (r->set_count == SET_LIMIT)
            give_up(r->line, "too many sets", line);
        struct str name = str_cut(&line, ' ');
        r->sets[r->set_count++] = (struct set){name, line};
    } else if (str_starts(line, S("expect "))) {
        str_cut(&line, ' ');
        add_expect(r, line);
    } else if (line.at[0] == 'd') {
        add_line(r, line);
    } else {
        give_up(r->line, "not understood", line);
    }
}

bool scenario_next(struct str *text, unsigned *line, struct scenario *out)
{
    struct reading r = {.scenario = out};
    bool is_open = false;
    *out = (struct scenario){0};
    while (text->at && text->len) {
        struct str rest = *text, one = str_trim(str_cut(&rest, '\n'));
        bool is_title = str_starts(one, S("== "));
        if (is_title && is_open)
            return true;
        *text = rest;
        r.line = ++*line;
        if (is_title) {
            is_open = true;
            out->title = str_of(one.at + 3, one.len - 3);
            out->line = r.line;
            activity_texts_init(&out->texts);
        } else if (one.len && one.at[0] != '#') {
            if (!is_open)
                give_up(r.line, "no case begun (== title)", one);
            read_line(&r, one);
        }
    }
    return is_open;
}

void scenario_done(struct scenario *scenario)
{
    intern_done(&scenario->texts);
    free(scenario->activities);
}

// ---- running ----------------------------------------------------------------------------------

static int compare(const void *left, const void *right)
{
    const struct activity *a = left, *b = right;
    if (a->time != b->time)
        return a->time < b->time ? -1 : 1;
    return a->identity < b->identity ? -1 : a->identity > b->identity;
}

struct knowledge *scenario_learn(struct scenario *s)
{
    void (*const steps[])(struct knowledge *, const struct activity *) = {
        knowledge_meet, knowledge_learn, knowledge_compare};
    if (s->count)
        qsort(s->activities, s->count, sizeof *s->activities, compare);
    struct knowledge *knowledge = knowledge_new(&s->texts);
    for (int step = 0; step < 3; step++) {
        for (size_t i = 0; i < s->count; i++)
            steps[step](knowledge, &s->activities[i]);
        knowledge_settle(knowledge);
    }
    return knowledge;
}

static void run_scenario(struct scenario *s, bool shows_all, struct finding_list *out)
{
    struct knowledge *knowledge = scenario_learn(s);
    *out = (struct finding_list){0};
    arena_init(&out->arena);
    struct detector_run *run = detector_run_new(knowledge);
    if (shows_all)
        detector_run_show_all(run);
    for (size_t i = 0; i < s->count; i++)
        detector_run_see(run, &s->activities[i]);
    detector_run_end(run, out);
    detector_run_free(run);
    knowledge_free(knowledge);
    finding_list_sort(out);
}

void scenario_run(struct scenario *s, struct finding_list *out)
{
    run_scenario(s, false, out);
}

void scenario_run_showing_all(struct scenario *s, struct finding_list *out)
{
    run_scenario(s, true, out);
}
