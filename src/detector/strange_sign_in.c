// Someone signed in from where he never was, by what he never used.
// SPDX-License-Identifier: Apache-2.0
//
// By itself this is mostly a journey or a new telephone; incidents need it to show how someone came in.
#include "detector/detector.h"
#include "detector/stranger.h"
#include "event/outcome.h"

// {person, network}
enum { MARKS, ADDRESS, PROGRAM, OWN_DEVICE };

struct watch {
    struct stranger_memo memo;
    struct egress egress;
    struct case_table cases;
    struct buf text;
};

static void see(struct detection *detection, const struct activity *activity)
{
    struct watch *watch = detection_state(detection);
    const struct knowledge *k = detection_knowledge(detection);
    egress_see(&watch->egress, k, activity);
    if (activity->kind != ACTIVITY_SIGN_IN || !stranger_may_judge(k, activity))
        return;
    unsigned marks = stranger_marks(&watch->memo, k, activity);
    if (!(marks & STRANGER_NETWORK))
        return;
    struct case_key key = {
        {knowledge_person(k, activity), knowledge_network(k, activity->address)}};
    struct case_row *row = case_table_open(&watch->cases, key);
    if (!row)
        return;
    if (!row->draft)
        row->draft = draft_new();
    if (!row->numbers[ADDRESS] ||
        stranger_weight(marks) > stranger_weight((unsigned)row->numbers[MARKS])) {
        row->numbers[ADDRESS] = activity->address;
        row->numbers[PROGRAM] = activity->agent;
    }
    row->numbers[MARKS] |= marks;
    row->numbers[OWN_DEVICE] += stranger_has_own_device(k, activity);
    draft_add(row->draft, activity, knowledge_texts(k));
}

// False: understood.
static bool judge(const struct watch *watch, const struct case_row *row, enum sigma_level *level)
{
    unsigned marks = (unsigned)row->numbers[MARKS];
    bool is_telephone =
        (marks & STRANGER_MOBILE) && !(marks & (STRANGER_COUNTRY | STRANGER_SCRIPT));
    bool is_odd = marks & (STRANGER_HOSTING | STRANGER_LEGACY | STRANGER_SCRIPT);
    if (egress_is_shared(&watch->egress, row->key.part[1]) || is_telephone)
        return false;
    *level = LEVEL_INFO;
    if (marks &
        (STRANGER_LEGACY | STRANGER_SCRIPT)) { // in a new network, which these never travel to
        *level = LEVEL_MEDIUM;
        return true;
    }
    if (!stranger_is_strange(marks)) // a private VPN, or the café next door
        return false;
    if (row->numbers[OWN_DEVICE]) // a journey
        return marks & STRANGER_COUNTRY;
    if (is_odd)
        *level = LEVEL_MEDIUM;
    else if ((marks & STRANGER_AGENT) && (marks & (STRANGER_COUNTRY | STRANGER_NOWHERE)))
        *level = LEVEL_LOW;
    return true;
}

static void write_statement(const struct knowledge *k, const struct case_row *row, struct buf *out)
{
    struct str person = knowledge_text(k, row->key.part[0]);
    uint64_t count = draft_count(row->draft);
    unsigned marks = (unsigned)row->numbers[MARKS];
    buf_clear(out);
    buf_print(out, "%.*s signed in from ", (int)person.len, person.at);
    stranger_print_place(k, (uint32_t)row->numbers[ADDRESS], out);
    buf_add(out, S(" by "));
    stranger_print_agent(k, (uint32_t)row->numbers[PROGRAM], 0, out);
    buf_print(out, " (%llu record%s)", (unsigned long long)count, count == 1 ? "" : "s");
    buf_add(out,
            marks & STRANGER_LEGACY ? S(", by a protocol that knows no second factor. ") : S(". "));
    stranger_print(marks, out);
    if (row->numbers[OWN_DEVICE])
        buf_add(out, S(" The person's own device was named."));
}

static void end(struct detection *detection)
{
    struct watch *watch = detection_state(detection);
    const struct knowledge *k = detection_knowledge(detection);
    for (uint32_t i = 0; i < watch->cases.count; i++) {
        struct case_row *row = &watch->cases.rows[i];
        enum sigma_level level;
        if (!judge(watch, row, &level))
            continue;
        write_statement(k, row, &watch->text);
        detection_find(detection, case_take(row), level, level == LEVEL_MEDIUM ? 0.6 : 0.4,
                       buf_str(&watch->text));
    }
}

static void release(struct detection *detection)
{
    struct watch *watch = detection_state(detection);
    egress_done(&watch->egress);
    case_table_done(&watch->cases);
    buf_done(&watch->text);
}

const struct detector detector_strange_sign_in = {
    .name = "strange_sign_in",
    .title = "A sign-in from somewhere new by something new",
    .attack = "T1078.004",
    .meaning =
        "Someone signed in with success from a network that this person never used, in a new country or by a "
        "program of a new kind. It is medium where the network rents out servers, where the protocol knows "
        "no second factor, or where a script signed in; otherwise it tells, inside an incident, how someone "
        "came in.",
    .false_positives =
        "Journeys: with the person's own device or the programs used otherwise they are information only. New "
        "telephones in a carrier's network of the person's country are understood, and so are networks that "
        "three colleagues use habitually. People with fewer than five days of history are not judged.",
    .state_size = sizeof(struct watch),
    .see = see,
    .end = end,
    .release = release,
};
