// Counting which of the attacker's things are known, partly known, new, or cannot be told.
// SPDX-License-Identifier: Apache-2.0
#include "evidence/around_known.h"

// One thing of one person's.
struct judged {
    struct around_standing stand;
    bool is_colleagues; // a place of theirs
    bool is_shared;     // the provider's network of some of them
    bool is_own;        // a place of the person's own, as its machines and days tell
};

struct tally {
    const struct known_thing *thing;
    const struct dossier *dossier;
    // By standing.
    uint64_t records[4];
    size_t counts[4];
    const struct around_group *leaders[4]; // with most records
    struct judged judged[4];               // of the leaders
    double trust;                          // sum over records that can be told
};

// Whose habits speak, in a number: of applications also which mailbox was opened.
static struct around_key key_of(const struct knowledge *k, const struct activity *a, uint32_t value)
{
    uint32_t person = knowledge_person(k, a);
    if (around_is_app(a))
        return (struct around_key){{person ? person : around_caller(a), a->mailbox, value}};
    return (struct around_key){{person ? person : a->mailbox, 0, value}};
}

static void collect(const struct dossier *dossier, const struct known_thing *thing,
                    struct around_table *table)
{
    const struct dossier_row *row;
    around_init(table);
    for (size_t at = 0; (row = around_next_act(dossier, &at));) {
        const struct activity *a = &row->first;
        if (a->actor == ACTOR_PROVIDER || a->actor == ACTOR_SYSTEM)
            continue;
        uint32_t value = thing->key(dossier->knowledge, a);
        if (value)
            around_add(table, key_of(dossier->knowledge, a, value), row);
    }
    around_sort(table);
}

static struct judged judge(const struct dossier *dossier, const struct known_thing *thing,
                           const struct activity *a)
{
    struct judged is = {.stand = around_stand_days(dossier, a, thing->facet)};
    if (is.stand.standing != HABIT_KNOWN)
        is.stand = around_stand(dossier, a, thing->facet);
    if (thing->has_places && is.stand.standing == HABIT_KNOWN &&
        around_is_vague_place(dossier, a->address))
        is.stand.standing = HABIT_SEEN;
    if (!thing->has_places || is.stand.standing == HABIT_KNOWN)
        return is;
    is.is_own = around_is_own_place(dossier, a);
    is.is_colleagues = knowledge_is_colleagues_place(dossier->knowledge, a->address);
    is.is_shared = is.stand.standing == HABIT_NEW && is.stand.others >= KNOWN_OTHERS;
    if (is.is_colleagues || is.is_own)
        is.stand.standing = HABIT_KNOWN;
    else if (is.is_shared)
        is.stand.standing = HABIT_SEEN;
    return is;
}

static double trust_of(const struct tally *tally, const struct judged *is, const struct activity *a)
{
    double trust = is->is_colleagues ? 0.9
                   : is->is_own      ? 0.8
                   : is->is_shared   ? 0.5
                                     : around_trust(&is->stand);
    return tally->thing->has_places ? trust * around_trust_address(tally->dossier, a->address)
                                    : trust;
}

static void count(struct tally *tally, const struct around_group *group)
{
    const struct activity *a = &group->row->first;
    struct judged is = judge(tally->dossier, tally->thing, a);
    enum habit_standing standing = is.stand.standing;
    if (!tally->leaders[standing]) {
        tally->leaders[standing] = group;
        tally->judged[standing] = is;
    }
    tally->counts[standing]++;
    tally->records[standing] += group->records;
    if (standing != HABIT_CANNOT_TELL)
        tally->trust += (double)group->records * trust_of(tally, &is, a);
}

// ---- words ------------------------------------------------------------------------------------

static void print_subject(const struct tally *tally, const struct around_standing *stand,
                          struct buf *out)
{
    if (stand->kind == HABIT_MAILBOX)
        buf_add(out, S("in the mailbox of "));
    else
        buf_add(out, S("by "));
    if (stand->kind == HABIT_APP)
        around_print_app(tally->dossier, stand->subject, out);
    else
        around_print_text(tally->dossier, stand->subject, out);
}

static void print_leader(const struct tally *tally, enum habit_standing standing, struct buf *out)
{
    const struct around_group *leader = tally->leaders[standing];
    const struct judged *is = &tally->judged[standing];
    tally->thing->print(tally->dossier, &leader->row->first, out);
    if (is->is_colleagues) {
        buf_add(out, S(" is a place of several colleagues"));
    } else if (is->is_own) {
        buf_add(out, S(" is a place of the person's own, by machine or days"));
    } else {
        buf_add(out, S(" was used "));
        print_subject(tally, &is->stand, out);
        if (is->stand.days)
            buf_print(out, " on %u of %u other days", is->stand.days,
                      is->stand.history > is->stand.days ? is->stand.history : is->stand.days);
        else if (is->stand.history == 1)
            buf_add(out, S(" not on the one other day"));
        else
            buf_print(out, " on none of %u other days", is->stand.history);
        if (is->is_shared)
            buf_print(out, ", though %u others have the same provider", is->stand.others);
    }
    size_t more = tally->counts[standing] - 1;
    if (more)
        buf_print(out, " (and %zu more %s alike)", more,
                  more == 1 ? tally->thing->thing : tally->thing->things);
}

// "...; usual there is AS64500 on 10 of 10 other days".
static void print_usual(const struct tally *tally, struct buf *out)
{
    struct buf text;
    buf_init(&text);
    if (around_print_usual(tally->dossier, &tally->judged[HABIT_NEW].stand, tally->thing->facet,
                           &text)) {
        buf_add(out, S("; what is usual there is "));
        buf_add(out, buf_str(&text));
    }
    buf_done(&text);
}

static void print_all(const struct tally *tally, struct buf *out)
{
    bool is_first = true;
    for (int s = HABIT_KNOWN; s >= HABIT_NEW; s--) {
        if (!tally->leaders[s])
            continue;
        if (!is_first)
            buf_add(out, S("; "));
        print_leader(tally, (enum habit_standing)s, out);
        is_first = false;
    }
    if (tally->leaders[HABIT_NEW])
        print_usual(tally, out);
    buf_add(out, str_from(tally->thing->rest));
    buf_add_char(out, '.');
}

static void cannot_tell(struct inquiry *inquiry, const struct tally *tally)
{
    struct buf *text = inquiry_text(inquiry);
    if (!tally->leaders[HABIT_CANNOT_TELL]) {
        buf_add(text, str_from(tally->thing->none));
        inquiry_cannot_tell(inquiry, tally->thing->how);
        return;
    }
    print_leader(tally, HABIT_CANNOT_TELL, text);
    buf_print(text, ", and %d are needed to tell.", HABIT_DAYS_ENOUGH);
    inquiry_cannot_tell(inquiry,
                        "Export more days before the incident, of sign-in logs and mailbox audit.");
}

void known_ask(struct inquiry *inquiry, const struct known_thing *thing)
{
    const struct dossier *dossier = inquiry_dossier(inquiry);
    struct tally tally = {.thing = thing, .dossier = dossier};
    struct around_table table;
    collect(dossier, thing, &table);
    for (size_t i = 0; i < table.count; i++)
        count(&tally, &table.groups[i]);
    double told =
        (double)(tally.records[HABIT_NEW] + tally.records[HABIT_SEEN] + tally.records[HABIT_KNOWN]);
    if (told <= 0) {
        cannot_tell(inquiry, &tally);
        return;
    }
    for (int s = HABIT_NEW; s <= HABIT_KNOWN; s++)
        if (tally.leaders[s])
            inquiry_cite(inquiry, tally.leaders[s]->row);
    print_all(&tally, inquiry_text(inquiry));
    double all = told + (double)tally.records[HABIT_CANNOT_TELL] + (double)table.passed;
    double trust = tally.trust / told * (told / all) * around_share_listed(dossier);
    enum evidence_answer answer = EVIDENCE_PARTLY;
    if ((double)tally.records[HABIT_KNOWN] >= KNOWN_NEARLY_ALL * told)
        answer = thing->rest ? EVIDENCE_PARTLY : EVIDENCE_YES;
    else if ((double)tally.records[HABIT_NEW] >= KNOWN_NEARLY_ALL * told)
        answer = EVIDENCE_NO;
    inquiry_answer(inquiry, answer, trust);
}
