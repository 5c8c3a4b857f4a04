// Are the countries ones that these people are in on other days?
// SPDX-License-Identifier: Apache-2.0
#include "evidence/around_known.h"

static uint32_t key(const struct knowledge *k, const struct activity *a)
{
    const char *country = knowledge_address(k, a->address)->country;
    if (knowledge_is_neutral(k, a->address) || !country[0])
        return 0;
    return (uint32_t)(unsigned char)country[0] << 8 | (unsigned char)country[1];
}

static void print(const struct dossier *dossier, const struct activity *a, struct buf *out)
{
    const char *country = knowledge_address(dossier->knowledge, a->address)->country;
    buf_print(out, "The country %s (of ", country);
    around_print_text(dossier, a->address, out);
    buf_add_char(out, ')');
}

static void ask(struct inquiry *inquiry)
{
    static const struct known_thing country = {
        .facet = HABIT_COUNTRY,
        .thing = "country",
        .things = "countries",
        .key = key,
        .print = print,
        .none = "The country of none of the attacker's addresses is known.",
        .how =
            "Scan again with --mmdb and a database of countries, or with the sign-in logs, which name "
            "them.",
    };
    known_ask(inquiry, &country);
}

const struct question evidence_country_is_known = {
    .name = "country_is_known",
    .question = "Are the countries ones that these people are in on other days?",
    .rests_on =
        "The countries of the addresses from which the attacker acted with success, as databases and "
        "sign-in logs name them, compared with the days outside the incident of the people in whose name it "
        "was done. Yes: nearly all of it came from countries of three other days or more (five, where three "
        "are less than a quarter of all); no: from countries of none of at least three other days; partly: "
        "both, or one or two days. It cannot be told where the countries are unknown or fewer than five "
        "other days are in the logs.",
    .ask = ask,
};
