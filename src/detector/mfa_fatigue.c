// Someone who knows the password asked for the second factor until the user gave in.
// SPDX-License-Identifier: Apache-2.0
//
// Refused and unanswered prompts of a person are counted while they come close together; a success soon
// after closes the count. Of prompts, those from places and programs that are the person's own are a
// telephone that does not answer.
#include <stdlib.h>

#include "base/arena.h"
#include "base/hash.h"
#include "base/keyset.h"
#include "detector/detector.h"
#include "detector/stranger.h"
#include "detector/symbol_rows.h"
#include "event/outcome.h"

// Ten prompts in ten minutes, as Splunk's rule for Entra asks (error 500121); fewer, where someone gave in
// to a prompt of a stranger's, since two or three refusals are already more than a mistake of one's own.
#define MANY 10
#define SPAN (10 * MINUTE)
#define FEW 3
#define SEVERAL 5     // at an address where the person had never been, in whichever network
#define GIVES_IN HOUR // after the last refusal; those who ask come back in waves
#define ADDRESS_LIMIT ((uint32_t)1 << 21)
#define PEOPLE_LIMIT ((uint32_t)1 << 17)
// Refusals of a second factor: failed during strong authentication.
#define REFUSED 500121

// The prompts of one person that lie close together.
struct volley {
    struct draft *draft;
    int64_t times[MANY]; // the latest ones, a ring
    uint8_t tokens[MANY][16];
    int64_t last;
    int64_t first;
    uint32_t person, address, agent, count, strange;
    uint32_t elsewhere; // at addresses where the person had never got in
    uint32_t most;      // within SPAN, at most MANY
    unsigned marks;
    bool is_answered, is_answer_strange, is_answer_there;
};

struct watch {
    struct stranger_memo memo;
    struct volley *volleys; // by number of the person
    uint32_t count, capacity;
    struct symbol_rows numbers;
    struct keyset places; // (person, address) of successes so far
    struct buf text;
};

static void write_statement(const struct knowledge *k, const struct volley *v, struct buf *out)
{
    struct str person = knowledge_text(k, v->person);
    buf_clear(out);
    buf_print(out, "The second factor of %.*s was refused, left unanswered or wrong %u times, ",
              (int)person.len, person.at, v->count);
    if (v->most >= MANY)
        buf_print(out, "%d or more of them within ten minutes, ", MANY);
    buf_add(out, S("at sign-ins from "));
    stranger_print_place(k, v->address, out);
    buf_add(out, S(" by "));
    stranger_print_agent(k, v->agent, 0, out);
    buf_add(out, v->is_answered ? S("; then a sign-in succeeded. ") : S("; none succeeded. "));
    stranger_print(v->marks, out);
}

static uint64_t place_key(uint32_t person, uint32_t address)
{
    return hash_mix((uint64_t)person << 32 | address);
}

// They got in where they asked, at an address where this person never had, though it is known where the
// person is: in the person's own network may be a neighbour too.
static bool is_taken_elsewhere(const struct knowledge *k, const struct volley *v)
{
    struct habit_answer answer =
        knowledge_habit(k, HABIT_USER, v->person, HABIT_NETWORK, knowledge_network(k, v->address),
                        v->first, v->last);
    return v->is_answered && v->is_answer_there && v->elsewhere * 2 > v->count &&
           answer.history_before >= HABIT_DAYS_ENOUGH;
}

static void finish(struct detection *detection, struct volley *v)
{
    struct watch *watch = detection_state(detection);
    const struct knowledge *k = detection_knowledge(detection);
    bool is_strange = v->strange * 2 > v->count, is_many = v->most >= MANY;
    enum sigma_level level = LEVEL_LOW;
    bool is_found = false;
    // A few alone are not enough where only the network is new: someone in a café mistypes as well.
    if (is_strange && v->is_answer_strange &&
        (is_many || (v->count >= FEW && stranger_is_strange(v->marks)))) {
        bool is_odd = v->marks & (STRANGER_AGENT | STRANGER_HOSTING);
        level = is_many ? LEVEL_CRITICAL : is_odd ? LEVEL_HIGH : LEVEL_MEDIUM;
        is_found = true;
    } else if (v->count >= SEVERAL && is_taken_elsewhere(k, v)) {
        level = is_many ? LEVEL_HIGH : LEVEL_MEDIUM;
        is_found = true;
    } else if (is_many) {
        level = is_strange ? LEVEL_MEDIUM : LEVEL_LOW;
        is_found = is_strange || !v->is_answered;
    }
    if (is_found) {
        write_statement(k, v, &watch->text);
        if (!stranger_weight(v->marks) && level >= LEVEL_MEDIUM)
            buf_add(&watch->text, S(" But this person had never signed in from that address."));
        struct draft *draft = v->draft;
        v->draft = NULL;
        detection_find(detection, draft, level, is_many && is_strange ? 0.9 : 0.6,
                       buf_str(&watch->text));
    }
    draft_free(v->draft);
    *v = (struct volley){.last = INSTANT_NONE};
}

static struct volley *volley_open(struct watch *watch, uint32_t person)
{
    uint32_t before = watch->numbers.count;
    uint32_t number = symbol_rows_open(&watch->numbers, person, PEOPLE_LIMIT);
    if (watch->numbers.count > before) {
        ARRAY_GROW(watch->volleys, watch->count, watch->capacity);
        watch->volleys[watch->count++] = (struct volley){.last = INSTANT_NONE};
    }
    return number ? &watch->volleys[number - 1] : NULL;
}

// The audit log and the sign-in log tell of one prompt; its request has the same number in both.
static bool is_known(const struct volley *v, const struct activity *activity)
{
    uint32_t kept = v->count < MANY ? v->count : MANY;
    for (uint32_t i = 0; i < kept && (activity->flags & ACTIVITY_HAS_TOKEN); i++)
        if (memcmp(v->tokens[i], activity->token, sizeof activity->token) == 0)
            return true;
    return false;
}

static void add_prompt(struct watch *watch, const struct knowledge *k, struct volley *v,
                       const struct activity *activity)
{
    bool is_own = stranger_has_own_device(k, activity);
    unsigned marks = is_own ? 0 : stranger_marks(&watch->memo, k, activity);
    if (!v->draft)
        v->draft = draft_new();
    if (!v->count || (!stranger_weight(v->marks) && stranger_weight(marks))) {
        v->address = activity->address;
        v->agent = activity->agent;
    }
    v->person = knowledge_person(k, activity);
    if (!v->count)
        v->first = activity->time;
    if (is_known(v, activity)) {
        draft_add(v->draft, activity, knowledge_texts(k));
        return;
    }
    memcpy(v->tokens[v->count % MANY], activity->token, sizeof activity->token);
    v->times[v->count++ % MANY] = activity->time;
    v->last = activity->time;
    v->marks |= marks;
    v->strange += (marks & STRANGER_NETWORK) != 0;
    v->elsewhere += !is_own && watch->places.count < ADDRESS_LIMIT &&
                    !keyset_has(&watch->places, place_key(v->person, activity->address));
    draft_add(v->draft, activity, knowledge_texts(k));
    uint32_t kept = v->count < MANY ? v->count : MANY, within = 0;
    for (uint32_t i = 0; i < kept; i++)
        within += activity->time - v->times[i] <= SPAN;
    if (within > v->most)
        v->most = within;
}

static void see(struct detection *detection, const struct activity *activity)
{
    struct watch *watch = detection_state(detection);
    const struct knowledge *k = detection_knowledge(detection);
    uint32_t person = knowledge_person(k, activity);
    bool is_prompt = activity->error == REFUSED;
    if (activity->kind != ACTIVITY_SIGN_IN || activity->time == INSTANT_NONE || !person ||
        (activity->flags & ACTIVITY_IS_SERVICE))
        return;
    bool is_new = !is_prompt && activity->error == 0 && activity->outcome == OUTCOME_SUCCESS &&
                  watch->places.count < ADDRESS_LIMIT &&
                  keyset_add(&watch->places, place_key(person, activity->address));
    if (!is_prompt && !symbol_rows_find(&watch->numbers, person))
        return;
    struct volley *v = volley_open(watch, person);
    if (!v)
        return;
    if (v->draft && activity->time - v->last > GIVES_IN)
        finish(detection, v);
    if (is_prompt) {
        add_prompt(watch, k, v, activity);
        return;
    }
    // The audit log does not say whether someone took part.
    bool may_take_part =
        (activity->flags & ACTIVITY_IS_INTERACTIVE) || activity->workload == WORKLOAD_DIRECTORY;
    bool is_success = activity->error == 0 && activity->outcome == OUTCOME_SUCCESS && may_take_part;
    if (!v->draft || !is_success)
        return;
    bool is_own = stranger_has_own_device(k, activity);
    bool is_strange = !is_own && (stranger_marks(&watch->memo, k, activity) & STRANGER_NETWORK);
    // A success in the person's own place, while strangers ask, is the person at work; it closes nothing.
    if (!is_strange && v->strange * 2 > v->count)
        return;
    v->is_answered = true;
    v->is_answer_strange = is_strange;
    v->is_answer_there = is_new && activity->address == v->address;
    draft_add(v->draft, activity, knowledge_texts(k));
    finish(detection, v);
}

static void end(struct detection *detection)
{
    struct watch *watch = detection_state(detection);
    for (uint32_t i = 0; i < watch->count; i++)
        if (watch->volleys[i].draft)
            finish(detection, &watch->volleys[i]);
}

static void release(struct detection *detection)
{
    struct watch *watch = detection_state(detection);
    for (uint32_t i = 0; i < watch->count; i++)
        draft_free(watch->volleys[i].draft);
    free(watch->volleys);
    symbol_rows_done(&watch->numbers);
    keyset_done(&watch->places);
    buf_done(&watch->text);
}

const struct detector detector_mfa_fatigue = {
    .name = "mfa_fatigue",
    .title = "A user was asked for the second factor again and again",
    .attack = "T1621 T1078.004",
    .meaning =
        "Sign-ins of one person were refused or left unanswered at the second factor (error 500121), ten "
        "or more within ten minutes, or three or more from a network that is new for the person, with a "
        "country or program that is new as well, and then a success from there. Whoever asks knows the "
        "password already.",
    .false_positives =
        "A telephone that does not answer: prompts from the person's own networks are no finding when the "
        "person gets in at last, unless five or more and at an address where the person had never been, and low "
        "when not. A person's own sign-in between prompts of a stranger's is "
        "not taken for giving in. A journey on which a code is mistyped three times is medium, and "
        "understood where the log names the person's own device.",
    .state_size = sizeof(struct watch),
    .kinds = DETECTOR_SEES(SIGN_IN),
    .see = see,
    .end = end,
    .release = release,
};
