// A sign-in was answered through one network, and its fruit used from another within minutes.
// SPDX-License-Identifier: Apache-2.0
//
// A phishing proxy lets the victim sign in and takes the cookie; a script then uses it from elsewhere.
// Remembered is each person's last interactive sign-in; every use within REPLAY_TIME that is strange for
// the person is held against it.
#include <stdlib.h>

#include "base/arena.h"
#include "detector/detector.h"
#include "detector/stranger.h"
#include "detector/symbol_rows.h"

// People whose last sign-in is remembered, about 200 bytes each.
#define PEOPLE_LIMIT ((uint32_t)1 << 17)
// Kits pass a cookie on at once or after minutes; later than this session_moved sees it.
#define REPLAY_TIME (10 * MINUTE)
// Two addresses in this time are two machines: LETHAL's Find-AiTM asks for no more.
#define AT_ONCE (30 * SECOND)

// A case: {person, network that is strange}. PROGRAM: agent in the upper half, client in the lower.
enum { MARKS, ADDRESS, PROGRAM, SIGN_IN_ADDRESS, LEAST_GAP, SAME_SESSION };

struct watch {
    struct stranger_memo memo;
    struct case_table cases;
    struct egress egress;
    struct activity *sign_ins; // by number of the person
    uint32_t sign_in_count, sign_in_capacity;
    struct symbol_rows numbers; // of people
    struct buf text;
};

static void remember(struct watch *watch, uint32_t person, const struct activity *activity)
{
    uint32_t before = watch->numbers.count;
    uint32_t number = symbol_rows_open(&watch->numbers, person, PEOPLE_LIMIT);
    if (watch->numbers.count > before) {
        ARRAY_GROW(watch->sign_ins, watch->sign_in_count, watch->sign_in_capacity);
        watch->sign_in_count++;
    }
    if (number)
        watch->sign_ins[number - 1] = *activity;
}

static void keep(struct watch *watch, const struct knowledge *k, const struct activity *sign_in,
                 const struct activity *use, unsigned marks)
{
    struct case_key key = {{knowledge_person(k, use), knowledge_network(k, use->address)}};
    struct case_row *row = case_table_open(&watch->cases, key);
    int64_t gap = use->time - sign_in->time;
    if (!row)
        return;
    if (!row->draft) {
        row->draft = draft_new();
        row->numbers[ADDRESS] = use->address;
        row->numbers[SIGN_IN_ADDRESS] = sign_in->address;
        row->numbers[PROGRAM] = (uint64_t)use->agent << 32 | use->client;
        row->numbers[LEAST_GAP] = (uint64_t)gap;
    }
    if (row->last != sign_in->time) { // the sign-in itself, once; its place may be the phisher's
        if (stranger_marks(&watch->memo, k, sign_in) & STRANGER_NETWORK)
            draft_add(row->draft, sign_in, knowledge_texts(k));
        else
            draft_add_context(row->draft, sign_in, knowledge_texts(k));
        row->last = sign_in->time;
    }
    draft_add(row->draft, use, knowledge_texts(k));
    row->numbers[MARKS] |= marks;
    if ((uint64_t)gap < row->numbers[LEAST_GAP])
        row->numbers[LEAST_GAP] = (uint64_t)gap;
    row->numbers[SAME_SESSION] |= use->session && use->session == sign_in->session;
}

static void see(struct detection *detection, const struct activity *activity)
{
    struct watch *watch = detection_state(detection);
    const struct knowledge *k = detection_knowledge(detection);
    egress_see(&watch->egress, k, activity);
    if (!stranger_may_judge(k, activity))
        return;
    uint32_t person = knowledge_person(k, activity);
    if (activity->kind == ACTIVITY_SIGN_IN && (activity->flags & ACTIVITY_IS_INTERACTIVE)) {
        remember(watch, person, activity);
        return;
    }
    uint32_t number = symbol_rows_find(&watch->numbers, person);
    if (!number)
        return;
    const struct activity *sign_in = &watch->sign_ins[number - 1];
    bool is_elsewhere =
        knowledge_network(k, sign_in->address) != knowledge_network(k, activity->address);
    if (!is_elsewhere || activity->time - sign_in->time > REPLAY_TIME)
        return;
    unsigned marks = stranger_marks(&watch->memo, k, activity);
    bool is_same = activity->session && activity->session == sign_in->session;
    // Without a session in common the telephone beside the computer would do.
    if (!(marks & STRANGER_NETWORK) || !(is_same || (marks & STRANGER_AGENT)))
        return;
    if (stranger_has_own_device(k, activity))
        return;
    keep(watch, k, sign_in, activity, marks);
}

static void write_statement(const struct knowledge *k, const struct case_row *row, struct buf *out)
{
    struct str person = knowledge_text(k, row->key.part[0]);
    buf_clear(out);
    buf_print(out, "%.*s signed in interactively through ", (int)person.len, person.at);
    stranger_print_place(k, (uint32_t)row->numbers[SIGN_IN_ADDRESS], out);
    buf_print(out, ", and %llu seconds later %s was used from ",
              (unsigned long long)(row->numbers[LEAST_GAP] / SECOND),
              row->numbers[SAME_SESSION] ? "the same session" : "the account");
    stranger_print_place(k, (uint32_t)row->numbers[ADDRESS], out);
    buf_add(out, S(" by "));
    stranger_print_agent(k, (uint32_t)(row->numbers[PROGRAM] >> 32),
                         (uint32_t)row->numbers[PROGRAM], out);
    buf_add(out, S(". "));
    stranger_print((unsigned)row->numbers[MARKS], out);
}

static void end(struct detection *detection)
{
    struct watch *watch = detection_state(detection);
    const struct knowledge *k = detection_knowledge(detection);
    for (uint32_t i = 0; i < watch->cases.count; i++) {
        struct case_row *row = &watch->cases.rows[i];
        unsigned marks = (unsigned)row->numbers[MARKS];
        bool is_program = marks & STRANGER_AGENT, is_same = row->numbers[SAME_SESSION];
        bool is_at_once = row->numbers[LEAST_GAP] <= (uint64_t)AT_ONCE;
        if (egress_is_shared(&watch->egress, k, (uint32_t)row->numbers[ADDRESS]) ||
            stranger_weight(marks) < 2 ||
            ((marks & STRANGER_MOBILE) && !(marks & STRANGER_COUNTRY)))
            continue;
        enum sigma_level level = is_program && (is_same || (marks & STRANGER_SCRIPT) || is_at_once)
                                     ? LEVEL_HIGH
                                     : LEVEL_MEDIUM;
        // The same program through servers for rent in the same country is a private VPN switched on.
        if (!is_program && !(marks & STRANGER_COUNTRY))
            level = LEVEL_LOW;
        write_statement(k, row, &watch->text);
        detection_find(detection, case_take(row), level, is_same ? 0.9 : 0.7,
                       buf_str(&watch->text));
    }
}

static void release(struct detection *detection)
{
    struct watch *watch = detection_state(detection);
    case_table_done(&watch->cases);
    egress_done(&watch->egress);
    symbol_rows_done(&watch->numbers);
    free(watch->sign_ins);
    buf_done(&watch->text);
}

const struct detector detector_session_replayed = {
    .name = "session_replayed",
    .title = "A sign-in was replayed from elsewhere within minutes",
    .attack = "T1557 T1539 T1550.004",
    .meaning =
        "Someone signed in interactively through one network, and within ten minutes the same session, or "
        "the same account by a program that is new for the person, was used without anyone taking part "
        "from a network that this person never used. Phishing proxies that hand the stolen session to a "
        "script look like this.",
    .false_positives =
        "The telephone beside the computer: without a session in common a new program is asked for, and "
        "new networks of mobile carriers in the same country are understood. Networks the person or "
        "three colleagues use habitually, Microsoft's own services, and the person's own registered device "
        "are understood. A private VPN switched on after the sign-in, with the same program in the same "
        "country, is low.",
    .state_size = sizeof(struct watch),
    .see = see,
    .end = end,
    .release = release,
};
