// Were accounts of several people used from one place that is nobody's?
// SPDX-License-Identifier: Apache-2.0
#include "evidence/around.h"

#include "event/outcome.h"

// Two people at one strange address may be a couple at a hotel or share a telephone; three are several.
#define SEVERAL 3
#define TRUST_TWO 0.7
#define TRUST_SEVERAL 0.95
// An address that stands in front of many: of mobile carriers, and of networks that are known by number alone.
#define TRUST_MOBILE 0.5

struct place {
    uint32_t key;       // address; of servers for rent their network
    uint32_t people;    // in whose name something succeeded there, and for none of whom it is known
    uint32_t at_home;   // for whom it is known
    uint32_t attempted; // whose sign-ins failed there
    bool is_network;
    uint32_t names[8];
    const struct dossier_row *rows[8];
};
enum { NAMES = 8, PLACES = 64 };

struct places {
    struct place items[PLACES];
    size_t count;
    size_t people; // with success anywhere
};

// One provider's machines are many addresses in one hand; a town's provider is not.
static uint32_t place_key(const struct knowledge *k, uint32_t address, bool *is_network)
{
    uint32_t network = knowledge_network(k, address);
    *is_network = network && knowledge_address(k, address)->class == ADDRESS_HOSTING;
    return *is_network ? network : address;
}

static struct place *open_place(struct places *places, uint32_t key, bool is_network)
{
    for (size_t i = 0; i < places->count; i++)
        if (places->items[i].key == key)
            return &places->items[i];
    if (places->count == PLACES)
        return NULL;
    struct place *place = &places->items[places->count++];
    *place = (struct place){.key = key, .is_network = is_network};
    return place;
}

// Rows of people, each person and place once: note 1 for success.
static void collect(const struct dossier *dossier, struct around_table *pairs)
{
    const struct dossier_row *row;
    around_init(pairs);
    for (size_t at = 0;
         (row = dossier_next(dossier, &at, DOSSIER_ATTACKER, ACTIVITY_KIND_COUNT));) {
        const struct activity *a = &row->first;
        bool is_network, is_success = a->outcome != OUTCOME_FAILURE;
        uint32_t person = knowledge_person(dossier->knowledge, a);
        if (!person || !around_is_human(a) || knowledge_is_neutral(dossier->knowledge, a->address))
            continue;
        struct around_key key = {
            {place_key(dossier->knowledge, a->address, &is_network), person, is_success}};
        around_add(pairs, key, row);
    }
}

static void count(const struct dossier *dossier, const struct around_group *pair,
                  struct places *places)
{
    bool is_network;
    const struct activity *a = &pair->row->first;
    place_key(dossier->knowledge, a->address, &is_network);
    struct place *place = open_place(places, pair->key.part[0], is_network);
    if (!place)
        return;
    if (!pair->key.part[2]) {
        place->attempted++;
        return;
    }
    bool is_home = knowledge_is_colleagues_place(dossier->knowledge, a->address) ||
                   around_stand_days(dossier, a, HABIT_NETWORK).standing >= HABIT_SEEN;
    place->at_home += is_home;
    if (is_home)
        return;
    if (place->people < NAMES) {
        place->names[place->people] = pair->key.part[1];
        place->rows[place->people] = pair->row;
    }
    place->people++;
}

static const struct place *most_of(const struct places *places)
{
    const struct place *most = NULL;
    for (size_t i = 0; i < places->count; i++) {
        const struct place *p = &places->items[i];
        if (!most || p->people > most->people ||
            (p->people == most->people && p->at_home > most->at_home) ||
            (p->people == most->people && p->at_home == most->at_home &&
             p->attempted > most->attempted))
            most = p;
    }
    return most;
}

static void print_place(const struct dossier *dossier, const struct place *place, struct buf *out)
{
    if (place->is_network) {
        buf_add(out, S("the rented servers of "));
        buf_add(out, dossier_text(dossier, place->key));
    } else {
        around_print_address(dossier, place->key, out);
    }
}

static void answer_several(struct inquiry *inquiry, const struct place *place)
{
    struct buf *text = inquiry_text(inquiry);
    const struct dossier *dossier = inquiry_dossier(inquiry);
    buf_print(text, "The accounts of %u people (", place->people);
    size_t shown = place->people < NAMES ? place->people : NAMES;
    around_print_symbols(dossier, place->names, shown < 3 ? shown : 3, false, text);
    buf_print(text, "%s) were used from ", place->people > 3 ? " among them" : "");
    print_place(dossier, place, text);
    buf_add(text, S(", which none of them uses on other days"));
    if (place->attempted)
        buf_print(text, "; sign-ins of %u failed there", place->attempted);
    buf_add_char(text, '.');
    for (size_t i = 0; i < shown; i++)
        inquiry_cite(inquiry, place->rows[i]);
    double trust = place->people >= SEVERAL ? TRUST_SEVERAL : TRUST_TWO;
    bool is_mobile = knowledge_address(dossier->knowledge, place->rows[0]->first.address)->class ==
                     ADDRESS_MOBILE;
    inquiry_answer(inquiry, EVIDENCE_YES, is_mobile ? TRUST_MOBILE : trust);
}

static void answer_one(struct inquiry *inquiry, const struct place *place)
{
    struct buf *text = inquiry_text(inquiry);
    const struct dossier *dossier = inquiry_dossier(inquiry);
    bool is_attempted = place->attempted >= SEVERAL;
    if (place->at_home > 1)
        buf_print(text, "%u people whose accounts were used from ", place->at_home);
    else if (is_attempted)
        buf_print(text, "Sign-ins to %u accounts failed from ", place->attempted);
    else
        buf_add(
            text,
            S("No more than one person's account was used from any one place that is not known to be "
              "theirs; most was done from "));
    print_place(dossier, place, text);
    if (place->at_home > 1)
        buf_add(text, S(" use it on other days, too"));
    else if (is_attempted)
        buf_print(text, ", and %s succeeded",
                  place->people + place->at_home ? "that of one person" : "none");
    buf_add_char(text, '.');
    if (place->rows[0])
        inquiry_cite(inquiry, place->rows[0]);
    inquiry_answer(inquiry, place->at_home <= 1 && is_attempted ? EVIDENCE_PARTLY : EVIDENCE_NO,
                   0.9 * around_share_listed(dossier));
}

static void ask(struct inquiry *inquiry)
{
    const struct dossier *dossier = inquiry_dossier(inquiry);
    struct around_table pairs;
    struct places places = {0};
    collect(dossier, &pairs);
    for (size_t i = 0; i < pairs.count; i++)
        count(dossier, &pairs.groups[i], &places);
    const struct place *most = most_of(&places);
    if (!most) {
        buf_add(inquiry_text(inquiry),
                S("Nothing was done in a person's name from an address that says where "
                  "they were."));
        inquiry_cannot_tell(inquiry,
                            "Export the sign-in logs of these people, which name addresses.");
    } else if (most->people > 1) {
        answer_several(inquiry, most);
    } else {
        answer_one(inquiry, most);
    }
}

const struct question evidence_several_people_from_one_place = {
    .name = "several_people_from_one_place",
    .question = "Were accounts of several people used from one place that is nobody's?",
    .rests_on =
        "The people in whose names the attacker acted with success, by address (of servers for rent, by "
        "provider), leaving out those who use that network on other days and exits that are colleagues' "
        "places. Yes: two people or more at one such place, trusted less for two and for mobile carriers, "
        "behind whose addresses many stand; no: one, or people who are at home there; partly: sign-ins to "
        "three accounts or more were tried from there, of which at most one succeeded. It cannot be told "
        "where nothing was done in a person's name, or no address is named.",
    .ask = ask,
};
