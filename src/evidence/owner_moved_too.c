// Did the owner's own life move to the new place?
// SPDX-License-Identifier: Apache-2.0
#include "evidence/around.h"

#include "event/outcome.h"

// A new place's days on which the owner was at the old one too, of all its days: a journey has them at its
// ends, a thief as often as the owner works.
#define MOVED_SHARE 0.34
#define STAYED_SHARE 0.67
#define STAYED_DAYS 2
// The old place must be used on so many of the days around for its silence to mean anything: with fewer,
// two days without it are nothing.
#define MOVED_EXPECTED 1.5
// What rests on the days of the old place that lie around one incident, and on the owner's usual program.
#define MOVED_TRUST 0.8
enum { PEOPLE_LIMIT = 32, DAY_LIMIT = 64 };

// A person at a place that is new for them.
struct stay {
    uint32_t person;
    int64_t first, last;
    const struct dossier_row *row;
    bool has_program, has_own_program; // of which it can be told; that is known from other days
    int64_t days[DAY_LIMIT];           // with acts at the new place
    size_t day_count;
    int64_t both[DAY_LIMIT]; // of these, with acts at the old one, inside the stay
    size_t both_count;
    int64_t ends
        [2]; // its first and last day, where there were acts at the old place before or after it
    size_t end_count;
    uint32_t
        around[2]; // days around the stay with acts at the old place: Monday to Friday, weekend
    int64_t around_last; // the latest of them
    uint64_t within;     // records at the old place between first and last
    const struct dossier_row *within_row;
};

struct stays {
    struct stay items[PEOPLE_LIMIT];
    size_t count;
    bool has_known; // acts at places that are not new
    bool has_untold;
};

static bool is_weekend(int64_t day)
{
    return (day + 3) % 7 >= 5; // 1970-01-01 was a Thursday
}

static bool add_day(int64_t days[DAY_LIMIT], size_t *count, int64_t day)
{
    for (size_t i = *count; i-- > 0;)
        if (days[i] == day)
            return false;
    if (*count < DAY_LIMIT)
        days[(*count)++] = day;
    return true;
}

static struct stay *find(struct stays *stays, uint32_t person)
{
    for (size_t i = 0; i < stays->count; i++)
        if (stays->items[i].person == person)
            return &stays->items[i];
    return NULL;
}

static struct stay *open_stay(struct stays *stays, uint32_t person, const struct dossier_row *row)
{
    struct stay *stay = find(stays, person);
    if (stay || stays->count == PEOPLE_LIMIT)
        return stay;
    stay = &stays->items[stays->count++];
    *stay = (struct stay){
        .person = person, .first = row->first.time, .row = row, .around_last = INT64_MIN};
    return stay;
}

// ---- the new place ----------------------------------------------------------------------------

static void judge_program(const struct dossier *dossier, struct stay *stay,
                          const struct activity *a)
{
    static const enum habit_facet facets[] = {HABIT_DEVICE, HABIT_AGENT};
    for (size_t i = 0; i < 2 && !stay->has_own_program; i++) {
        enum habit_standing is = around_stand_days(dossier, a, facets[i]).standing;
        stay->has_program |= is != HABIT_CANNOT_TELL;
        stay->has_own_program |= is >= HABIT_SEEN;
    }
}

// Rows are asked once for each person, address and program.
static void see_attacker(const struct dossier *dossier, struct stays *stays,
                         struct around_table *asked, const struct dossier_row *row)
{
    enum { NOTHING, NEW, OTHER };
    const struct activity *a = &row->first;
    uint32_t person = knowledge_person(dossier->knowledge, a);
    if (!person || !around_is_human(a) || knowledge_is_neutral(dossier->knowledge, a->address))
        return;
    struct around_key key = {{person, a->address, a->agent ? a->agent : a->client}};
    struct around_group *group = around_add(asked, key, row);
    if (!group)
        return;
    if (!group->note) {
        enum habit_standing is = around_stand_days(dossier, a, HABIT_NETWORK).standing;
        group->note = is == HABIT_NEW ? NEW : OTHER;
        stays->has_known |= is >= HABIT_SEEN;
        stays->has_untold |= is == HABIT_CANNOT_TELL;
        struct stay *stay = is == HABIT_NEW ? open_stay(stays, person, row) : NULL;
        if (stay)
            judge_program(dossier, stay, a);
    }
    struct stay *stay = group->note == NEW ? find(stays, person) : NULL;
    if (!stay)
        return;
    stay->last = row->last > stay->last ? row->last : stay->last;
    add_day(stay->days, &stay->day_count, a->time / DAY);
}

// ---- the old place ----------------------------------------------------------------------------

// Tokens that are renewed and folders that are synchronised: a machine left running does that, and telephones
// abroad come out of their carrier's network at home.
static bool is_there(const struct dossier *dossier, const struct activity *a)
{
    bool is_renewal = a->kind == ACTIVITY_SIGN_IN && !(a->flags & ACTIVITY_IS_INTERACTIVE);
    bool is_sync = a->kind == ACTIVITY_MAIL_ACCESS && a->flags & ACTIVITY_IS_SYNC;
    return a->outcome != OUTCOME_FAILURE && around_is_human(a) && !is_renewal && !is_sync &&
           !knowledge_is_neutral(dossier->knowledge, a->address) &&
           knowledge_address(dossier->knowledge, a->address)->class != ADDRESS_MOBILE;
}

static void see_owner(const struct dossier *dossier, struct stays *stays,
                      struct around_table *asked, const struct dossier_row *row)
{
    enum { NOTHING, OLD, OTHER };
    const struct activity *a = &row->first;
    struct stay *stay = find(stays, knowledge_person(dossier->knowledge, a));
    if (!stay || !is_there(dossier, a))
        return;
    struct around_group *group =
        around_add(asked, (struct around_key){{stay->person, a->address, 0}}, row);
    if (!group)
        return;
    if (!group->note)
        group->note =
            around_stand_days(dossier, a, HABIT_NETWORK).standing >= HABIT_SEEN ? OLD : OTHER;
    if (group->note != OLD)
        return;
    int64_t day = a->time / DAY;
    if (row->last < stay->first || a->time > stay->last) {
        bool is_new_day =
            day != stay->around_last && day != stay->first / DAY && day != stay->last / DAY;
        stay->around[is_weekend(day)] += is_new_day;
        stay->around_last = is_new_day ? day : stay->around_last;
        if (!is_new_day && (day == stay->first / DAY || day == stay->last / DAY) &&
            (!stay->end_count || (stay->end_count == 1 && stay->ends[0] != day)))
            stay->ends[stay->end_count++] = day;
        return;
    }
    stay->within += row->records;
    stay->within_row = stay->within_row ? stay->within_row : row;
    for (size_t i = 0; i < stay->day_count; i++)
        if (stay->days[i] == day)
            add_day(stay->both, &stay->both_count, day);
}

// ---- judgement --------------------------------------------------------------------------------

enum { STAY_UNTOLD, STAY_MOVED, STAY_PARTLY, STAY_NOT };

static bool is_silent(const struct stay *stay, int64_t day)
{
    for (size_t i = 0; i < stay->both_count; i++)
        if (stay->both[i] == day)
            return false;
    for (size_t i = 0; i < stay->end_count; i++)
        if (stay->ends[i] == day)
            return false;
    return true;
}

// On how many days of the stay (of those silent) the owner would have been at the old place, by how often they
// were there on the days of the same kind that the dossier shows before and after.
static double expected_days(const struct dossier *dossier, const struct stay *stay,
                            bool is_silent_only)
{
    int64_t from = dossier->incident->first - DOSSIER_BEFORE;
    int64_t to = dossier->incident->last + DOSSIER_AFTER;
    int64_t first = knowledge_first(dossier->knowledge), last = knowledge_last(dossier->knowledge);
    from = first > from ? first : from;
    to = last < to ? last : to;
    unsigned shown[2] = {0};
    for (int64_t day = from / DAY; day <= to / DAY; day++)
        if (day < stay->first / DAY || day > stay->last / DAY)
            shown[is_weekend(day)]++;
    double expected = 0;
    for (size_t i = 0; i < stay->day_count; i++) {
        int kind = is_weekend(stay->days[i]);
        if (is_silent_only && !is_silent(stay, stay->days[i]))
            continue;
        expected += shown[kind] ? (double)stay->around[kind] / (double)shown[kind] : 0;
    }
    return expected;
}

static int judge(const struct dossier *dossier, const struct stay *stay)
{
    double days = (double)stay->day_count, both = (double)stay->both_count;
    double expected = expected_days(dossier, stay, false);
    double silence = expected_days(dossier, stay, true);
    // As often as on other days: an owner who works on weekdays is not missed at the weekend.
    bool is_as_usual = both >= STAYED_DAYS && both >= STAYED_SHARE * expected;
    if (both > 0 && (is_as_usual || both >= STAYED_SHARE * days))
        return STAY_NOT;
    if (stay->has_program && !stay->has_own_program)
        return STAY_NOT;
    if (both > MOVED_SHARE * days)
        return STAY_PARTLY;
    if (!stay->has_own_program || silence < MOVED_EXPECTED * 0.5)
        return STAY_UNTOLD;
    return silence >= MOVED_EXPECTED ? STAY_MOVED : STAY_PARTLY;
}

static void print_stay(struct inquiry *inquiry, const struct stay *stay)
{
    struct buf *text = inquiry_text(inquiry);
    const struct dossier *dossier = inquiry_dossier(inquiry);
    around_print_text(dossier, stay->person, text);
    buf_add(text, S(" was at the new place "));
    around_print_address(dossier, stay->row->first.address, text);
    buf_add(text, S(" on "));
    around_print_count(stay->day_count, "day", text);
    buf_add(text, S(" from "));
    around_print_minute(stay->first, text);
    buf_print(text, "%s, and meanwhile at the usual one on %zu of them",
              !stay->has_program      ? ""
              : stay->has_own_program ? " with a program or device of their own"
                                      : " with a program that is not theirs",
              stay->both_count);
    buf_print(text, " (on %u of the days around)", stay->around[0] + stay->around[1]);
    inquiry_cite(inquiry, stay->row);
    if (stay->within_row)
        inquiry_cite(inquiry, stay->within_row);
}

static void answer(struct inquiry *inquiry, const struct stays *stays)
{
    size_t counts[4] = {0};
    const struct stay *shown[4] = {0};
    for (size_t i = 0; i < stays->count; i++) {
        int is = judge(inquiry_dossier(inquiry), &stays->items[i]);
        counts[is]++;
        shown[is] = shown[is] ? shown[is] : &stays->items[i];
    }
    size_t told = stays->count - counts[STAY_UNTOLD];
    int is = !told                        ? STAY_UNTOLD
             : counts[STAY_MOVED] == told ? STAY_MOVED
             : counts[STAY_NOT] == told   ? STAY_NOT
                                          : STAY_PARTLY;
    const struct stay *stay = shown[is] ? shown[is] : shown[STAY_MOVED];
    print_stay(inquiry, stay ? stay : &stays->items[0]);
    if (stays->count > 1)
        buf_print(inquiry_text(inquiry), "; of %zu people %zu moved and %zu did not", stays->count,
                  counts[STAY_MOVED], counts[STAY_NOT]);
    buf_add(inquiry_text(inquiry),
            is == STAY_UNTOLD ? S("; that is too little to tell who was there.") : S("."));
    if (is == STAY_UNTOLD)
        inquiry_cannot_tell(
            inquiry, "Export more days before and after, of sign-in logs and mailbox audit.");
    else
        inquiry_answer(inquiry,
                       is == STAY_MOVED ? EVIDENCE_YES
                       : is == STAY_NOT ? EVIDENCE_NO
                                        : EVIDENCE_PARTLY,
                       MOVED_TRUST * (double)told / (double)stays->count *
                           around_share_listed(inquiry_dossier(inquiry)));
}

static void ask(struct inquiry *inquiry)
{
    const struct dossier *dossier = inquiry_dossier(inquiry);
    const struct dossier_row *row;
    struct stays stays = {0};
    struct around_table asked;
    around_init(&asked);
    for (size_t at = 0; (row = around_next_act(dossier, &at));)
        see_attacker(dossier, &stays, &asked, row);
    around_init(&asked);
    for (size_t at = 0;
         stays.count && (row = dossier_next(dossier, &at, DOSSIER_OWNER, ACTIVITY_KIND_COUNT));)
        see_owner(dossier, &stays, &asked, row);
    if (stays.count) {
        answer(inquiry, &stays);
    } else if (stays.has_known && !stays.has_untold) {
        buf_add(inquiry_text(inquiry),
                S("There is no new place: all was done from networks that the same "
                  "people use on other days."));
        inquiry_answer(inquiry, EVIDENCE_NO, MOVED_TRUST);
    } else {
        buf_add(
            inquiry_text(inquiry),
            S("No place is known to be new for a person: addresses, or other days, are missing."));
        inquiry_cannot_tell(inquiry,
                            "Export the sign-in logs of these people, and more days of them.");
    }
}

const struct question evidence_owner_moved_too = {
    .name = "owner_moved_too",
    .question = "Did the owner's own life move to the new place, with their own programs?",
    .rests_on =
        "The days at networks that are new for a person, and what the same person did meanwhile at networks "
        "of other days; renewals of tokens, synchronised folders and mobile networks are left out, since a "
        "machine left at home and a telephone abroad show them too. Yes: a program or device of the "
        "person's own was at the new place and the old one fell silent, on days on which it is in use as a "
        "rule; no: the owner went on at the old place on most of these days, or nothing of theirs was at "
        "the new one, or no place is new; partly: some of both. It cannot be told where the stay is too "
        "short for a silence to mean anything.",
    .ask = ask,
};
