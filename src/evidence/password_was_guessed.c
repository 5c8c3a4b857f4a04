// Did many sign-ins fail from these addresses before one succeeded?
// SPDX-License-Identifier: Apache-2.0
#include "evidence/attacker.h"
#include "evidence/attacker_proof.h"

// So many attempts that fail before one succeeds are not a person who mistypes (LINK_FAILURES); fewer than so
// few are what anyone needs now and then.
#define MANY 10
#define FEW 3
// Passwords of so many people are not mistyped at one place that is nobody's.
#define ACCOUNTS 5
// A password that fitted may lie for some days before it is used; a week bounds what counts as the same story, as
// in the detector of sprays.
#define AFTER (7 * DAY)

struct tally {
    struct attacker_names addresses, people;
    struct attacker_count fails;   // before the first success, or all where none succeeded
    int64_t first, last, success;  // of the failures; success after them
    const struct dossier_row *hit; // that success
    bool has_sign_in;              // any success of the attacker's
};

// Microsoft Entra authentication and authorization error codes; see the detector of sprays.
static bool is_wrong_password(int32_t error)
{
    switch (error) {
    case 50126: // wrong name or password
    case 50053: // locked, or an address known for attacks
    case 50034: // no such account
    case 50055: // password expired
    case 50056: // no password
    case 50057: // account disabled
        return true;
    default:
        return false;
    }
}

// A slip now and then is no guessing.
static void forget_old(struct tally *tally, int64_t time)
{
    if (tally->last == INT64_MIN || time - tally->last <= DAY ||
        attacker_count_of(&tally->fails) >= MANY)
        return;
    tally->fails = (struct attacker_count){0};
    tally->people.count = 0;
    tally->last = INT64_MIN;
}

static bool is_many(const struct tally *tally)
{
    return attacker_count_of(&tally->fails) >= MANY || tally->people.count >= ACCOUNTS;
}

static bool is_named(const struct dossier *dossier, uint32_t address)
{
    struct str text = dossier_text(dossier, address);
    for (size_t f = 0; f < dossier->incident->finding_count; f++) {
        const struct finding *finding = &dossier->findings->items[dossier->incident->findings[f]];
        for (size_t e = 0; finding->severity >= LEVEL_MEDIUM && e < finding->entity_count; e++)
            if (finding->entities[e].kind == ENTITY_IP &&
                str_equal(finding->entities[e].text, text))
                return true;
    }
    return false;
}

// Of a spray that nobody could be told from (its address counts as everybody's, so many were tried there) the
// findings name the address.
static void find_named(const struct attacker *attacker, struct attacker_names *addresses)
{
    struct attacker_names seen = {0};
    for (size_t i = 0; i < attacker->dossier->count; i++) {
        const struct dossier_row *row = &attacker->dossier->rows[i];
        if (is_wrong_password(row->first.error) && attacker_is_try(attacker, row) &&
            attacker_names_add(&seen, row->first.address) &&
            is_named(attacker->dossier, row->first.address))
            attacker_names_add(addresses, row->first.address);
    }
}

static void look(struct inquiry *inquiry, struct tally *tally)
{
    const struct dossier *dossier = inquiry_dossier(inquiry);
    const struct attacker attacker = attacker_of(dossier);
    attacker_find_addresses(&attacker, &tally->addresses);
    if (!tally->addresses.count)
        find_named(&attacker, &tally->addresses);
    for (size_t i = 0; i < dossier->count; i++) {
        const struct dossier_row *row = &dossier->rows[i];
        if (!attacker_is_try(&attacker, row) ||
            !attacker_names_has(&tally->addresses, row->first.address))
            continue;
        if (is_wrong_password(row->first.error) && !tally->hit) {
            forget_old(tally, row->first.time);
            tally->first = attacker_count_of(&tally->fails) ? tally->first : row->first.time;
            tally->last = row->last > tally->last ? row->last : tally->last;
            attacker_count_add(&tally->fails, row);
            attacker_names_add(&tally->people, knowledge_person(dossier->knowledge, &row->first));
            inquiry_cite(inquiry, row);
        } else if (attacker_is_success(&row->first)) {
            tally->has_sign_in = true;
            if (!tally->hit && attacker_count_of(&tally->fails) >= FEW &&
                row->last - tally->last <= AFTER) {
                tally->hit = row;
                inquiry_cite(inquiry, row);
            }
        }
    }
}

static void print_fails(const struct dossier *dossier, const struct tally *tally, struct buf *out)
{
    attacker_print_count(attacker_count_of(&tally->fails), "sign-in", "sign-ins", out);
    buf_add(out, S(" of "));
    attacker_print_count(tally->people.count, "account", "accounts", out);
    buf_add(out, S(" failed by the password from "));
    attacker_print_names(dossier, &tally->addresses, out);
    buf_add(out, S(", the first at "));
    attacker_print_minute(tally->first, out);
}

static void answer_fails(struct inquiry *inquiry, const struct tally *tally)
{
    const struct dossier *dossier = inquiry_dossier(inquiry);
    struct buf *out = inquiry_text(inquiry);
    print_fails(dossier, tally, out);
    if (tally->hit) {
        buf_add(out, S("; that of "));
        attacker_print_text(dossier, knowledge_person(dossier->knowledge, &tally->hit->first), out);
        buf_add(out, S(" succeeded at "));
        attacker_print_minute(tally->hit->first.time, out);
    } else {
        buf_add(out, S("; none succeeded after them"));
    }
    buf_add_char(out, '.');
    inquiry_answer(inquiry, is_many(tally) && tally->hit ? EVIDENCE_YES : EVIDENCE_PARTLY,
                   is_many(tally) ? 1 : 0.7);
}

static void answer_spray(struct inquiry *inquiry, const struct finding *spray)
{
    struct buf *out = inquiry_text(inquiry);
    inquiry_cite_finding(inquiry, spray);
    buf_add(out, S("Passwords were tried on many accounts by the same source: "));
    buf_add(out, spray->statement);
    // Critical and high: somebody was let in from there.
    inquiry_answer(inquiry, spray->severity >= LEVEL_HIGH ? EVIDENCE_YES : EVIDENCE_PARTLY,
                   spray->confidence);
}

static void answer_few(struct inquiry *inquiry, const struct tally *tally)
{
    const struct dossier *dossier = inquiry_dossier(inquiry);
    const struct attacker attacker = attacker_of(dossier);
    struct buf *out = inquiry_text(inquiry);
    struct attacker_proof proof;
    uint64_t fails = attacker_count_of(&tally->fails);
    int64_t begins = attacker_begins(&attacker);
    if (!tally->addresses.count) {
        buf_add(out, S("No address of the attacker's is known."));
        inquiry_cannot_tell(inquiry, "");
        return;
    }
    if (!attacker_may_deny(dossier, ATTACKER_SIGN_INS, begins, begins, &proof)) {
        buf_add(out, S("Whether sign-ins failed before from "));
        attacker_print_names(dossier, &tally->addresses, out);
        buf_add(out, S(" is not known"));
        attacker_cannot_tell(inquiry, &proof);
        return;
    }
    if (fails)
        buf_print(out, "Only %llu sign-in%s", (unsigned long long)fails, fails == 1 ? "" : "s");
    else
        buf_add(out, S("No sign-in"));
    buf_add(out, S(" failed by the password from "));
    attacker_print_names(dossier, &tally->addresses, out);
    buf_print(out, " in the %u day%s before the attacker began at ", proof.days,
              proof.days == 1 ? "" : "s");
    attacker_print_minute(begins, out);
    buf_add(out, S("; the sign-in logs are complete there."));
    // The guesses may have come from other addresses.
    inquiry_answer(inquiry, EVIDENCE_NO, 0.8 * proof.reliability);
}

static void ask(struct inquiry *inquiry)
{
    struct tally tally = {.last = INT64_MIN};
    size_t at = 0;
    look(inquiry, &tally);
    const struct finding *spray = dossier_finding(inquiry_dossier(inquiry), &at, "password_spray");
    bool is_clear = tally.hit && is_many(&tally);
    if (spray && !is_clear)
        answer_spray(inquiry, spray);
    else if (attacker_count_of(&tally.fails) >= FEW)
        answer_fails(inquiry, &tally);
    else
        answer_few(inquiry, &tally);
}

const struct question evidence_password_was_guessed = {
    .name = "password_was_guessed",
    .question = "Did many sign-ins fail from these addresses before one succeeded?",
    .rests_on =
        "Sign-ins that failed by the password (errors 50126, 50053, 50034 and the like) from the attacker's "
        "addresses, of any account, up to the first that succeeded there, and what the detector of sprays "
        "found. Yes: ten or more, or of five accounts, and then one succeeded. Partly: fewer, three at "
        "least, or many of which none succeeded. No: fewer, though the sign-in logs are proved complete for "
        "seven, three or one days before. It cannot be told where they have gaps.",
    .ask = ask,
};
