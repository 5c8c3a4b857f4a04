// Are these networks ones that the people, or several colleagues, use on other days?
// SPDX-License-Identifier: Apache-2.0
#include "evidence/around_known.h"

static uint32_t key(const struct knowledge *k, const struct activity *a)
{
    return knowledge_is_neutral(k, a->address) ? 0 : knowledge_network(k, a->address);
}

static void print(const struct dossier *dossier, const struct activity *a, struct buf *out)
{
    around_print_address(dossier, a->address, out);
}

static void ask(struct inquiry *inquiry)
{
    static const struct known_thing network = {
        .facet = HABIT_NETWORK,
        .thing = "network",
        .things = "networks",
        .key = key,
        .print = print,
        .has_places = true,
        .none = "No record of the attacker's names an address that says where they were.",
        .how = "Export the sign-in logs of these people, which name addresses.",
    };
    known_ask(inquiry, &network);
}

const struct question evidence_network_is_known = {
    .name = "network_is_known",
    .question =
        "Are these networks ones that the people, or several colleagues, use on other days?",
    .rests_on =
        "The networks of all that the attacker did with success, each compared with the days outside the "
        "incident of the person (or the application) in whose name it was done. Yes: nearly all of it came "
        "from networks used on three other days or more (five, where three are less than a quarter of all), "
        "or from an exit that several colleagues have as their place; no: from networks used on none of at "
        "least five other days; partly: both, or on one or two days, or from a provider's network that "
        "others have as well. It cannot be told where no address is named that says something, or where "
        "fewer than three other days are in the logs.",
    .ask = ask,
};
