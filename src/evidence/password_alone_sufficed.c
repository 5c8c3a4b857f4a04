// Was a password alone enough to sign in, without a second factor?
// SPDX-License-Identifier: Apache-2.0
#include "evidence/attacker.h"

// Between the prompt and the approval of it.
#define ASKED_BEFORE HOUR

struct tally {
    struct attacker_names bare;            // people who got in by a protocol without second factor
    struct attacker_names asked, answered; // who were asked for one; of these, who then got in
    const struct dossier_row *first_bare, *first_asked;
    int64_t last_asked;
    uint64_t sign_ins, by_user;
    const struct dossier_row *single, *multi; // by hand, and what the log says was taken in all
    const struct dossier_row *code;           // the first of all, where it is by a device code
};

// What Entra says where the password was right and more is asked for ("Microsoft Entra authentication and
// authorization error codes").
static bool is_asked(int32_t error)
{
    switch (error) {
    case 50072:  // to be enrolled for a second factor
    case 50074:  // strong authentication is required
    case 50076:  // a second factor is required
    case 50079:  // to be enrolled
    case 50158:  // on to another check
    case 500121: // failed during strong authentication
        return true;
    default:
        return false;
    }
}

// The agent that Entra gives to sign-ins by name and password alone that an old protocol passes on (ROPC).
static bool is_bare(const struct dossier *dossier, const struct activity *a)
{
    return (a->flags & ACTIVITY_IS_LEGACY) ||
           str_contains_fold(dossier_text(dossier, a->agent), S("BAV2ROPC"));
}

// What a sign-in by hand took in all; tokens given later took what was given then.
static void count_factors(struct tally *tally, const struct dossier_row *row)
{
    unsigned flags = row->first.flags;
    unsigned barred = ACTIVITY_IS_DEVICE_CODE | ACTIVITY_IS_FEDERATED;
    if (!(flags & ACTIVITY_IS_INTERACTIVE) || (flags & barred))
        return;
    if ((flags & ACTIVITY_IS_SINGLE_FACTOR) && !tally->single)
        tally->single = row;
    if ((flags & ACTIVITY_IS_MULTI_FACTOR) && !tally->multi)
        tally->multi = row;
}

static void count_success(struct inquiry *inquiry, struct tally *tally,
                          const struct dossier_row *row)
{
    const struct dossier *dossier = inquiry_dossier(inquiry);
    uint32_t person = knowledge_person(dossier->knowledge, &row->first);
    if (!tally->sign_ins && (row->first.flags & ACTIVITY_IS_DEVICE_CODE))
        tally->code = row;
    tally->sign_ins += row->records;
    tally->by_user += (row->first.flags & ACTIVITY_IS_INTERACTIVE) != 0;
    count_factors(tally, row);
    if (is_bare(dossier, &row->first)) {
        tally->first_bare = tally->first_bare ? tally->first_bare : row;
        attacker_names_add(&tally->bare, person);
        inquiry_cite(inquiry, row);
    } else if (attacker_names_has(&tally->asked, person) &&
               row->last <= tally->last_asked + ASKED_BEFORE) {
        attacker_names_add(&tally->answered, person);
        inquiry_cite(inquiry, row);
    }
}

static void look(struct inquiry *inquiry, struct tally *tally)
{
    const struct dossier *dossier = inquiry_dossier(inquiry);
    const struct attacker attacker = attacker_of(dossier);
    for (size_t i = 0; i < dossier->count; i++) {
        const struct dossier_row *row = &dossier->rows[i];
        if (row->first.kind != ACTIVITY_SIGN_IN || (row->first.flags & ACTIVITY_IS_SERVICE) ||
            !attacker_owns(&attacker, row))
            continue;
        if (attacker_is_success(&row->first)) {
            count_success(inquiry, tally, row);
        } else if (is_asked(row->first.error)) {
            tally->first_asked = tally->first_asked ? tally->first_asked : row;
            tally->last_asked = row->last > tally->last_asked ? row->last : tally->last_asked;
            attacker_names_add(&tally->asked, knowledge_person(dossier->knowledge, &row->first));
            inquiry_cite(inquiry, row);
        }
    }
}

static void answer_bare(struct inquiry *inquiry, const struct tally *tally)
{
    const struct dossier *dossier = inquiry_dossier(inquiry);
    struct buf *out = inquiry_text(inquiry);
    buf_add(out, S("The attacker signed in as "));
    attacker_print_names(dossier, &tally->bare, out);
    buf_add(out, S(" by a protocol that knows no second factor, first from "));
    attacker_print_text(dossier, tally->first_bare->first.address, out);
    buf_add(out, S(" at "));
    attacker_print_minute(tally->first_bare->first.time, out);
    buf_add_char(out, '.');
    inquiry_answer(inquiry, EVIDENCE_YES, 1);
}

static void answer_asked(struct inquiry *inquiry, const struct tally *tally)
{
    const struct dossier *dossier = inquiry_dossier(inquiry);
    struct buf *out = inquiry_text(inquiry);
    buf_add(out, S("The attacker was asked for more than the password of "));
    attacker_print_names(dossier, &tally->asked, out);
    buf_print(out, " (error %d, from ", (int)tally->first_asked->first.error);
    attacker_print_text(dossier, tally->first_asked->first.address, out);
    buf_add(out, S(" at "));
    attacker_print_minute(tally->first_asked->first.time, out);
    buf_add(out, tally->answered.count ? S(") before a sign-in succeeded.")
                                       : S("), and got in by no sign-in within an hour of it."));
    inquiry_answer(inquiry, EVIDENCE_NO, tally->answered.count ? 0.9 : 0.7);
}

// The first sign-in by hand says how they got in; later ones may have taken more, or less.
static bool answer_factors(struct inquiry *inquiry, const struct tally *tally)
{
    const struct dossier *dossier = inquiry_dossier(inquiry);
    struct buf *out = inquiry_text(inquiry);
    bool is_single =
        tally->single && (!tally->multi || tally->single->first.time <= tally->multi->first.time);
    const struct dossier_row *first = is_single ? tally->single : tally->multi;
    if (!first)
        return false;
    inquiry_cite(inquiry, first);
    buf_add(out, S("The attacker's first sign-in by hand as "));
    attacker_print_actor(dossier, &first->first, out);
    buf_add(out, S(", from "));
    attacker_print_text(dossier, first->first.address, out);
    buf_add(out, S(" at "));
    attacker_print_minute(first->first.time, out);
    buf_add(out, is_single ? S(", took one factor alone.")
                           : S(", took a second factor as well, by what the log says."));
    inquiry_answer(inquiry, is_single ? EVIDENCE_YES : EVIDENCE_NO, 0.9);
    return true;
}

static bool is_app_alone(const struct dossier *dossier)
{
    const struct attacker attacker = attacker_of(dossier);
    const struct dossier_row *row;
    size_t accesses = 0;
    for (size_t at = 0; (row = attacker_next_access(&attacker, &at)); accesses++)
        if (!attacker_is_by_app(&row->first))
            return false;
    return accesses > 0;
}

static void cannot_tell(struct inquiry *inquiry, const struct tally *tally)
{
    struct buf *out = inquiry_text(inquiry);
    if (!tally->sign_ins) {
        buf_add(out, S("No sign-in of a user by the attacker is seen."));
        inquiry_cannot_tell(inquiry, "");
        return;
    }
    attacker_print_count(tally->sign_ins, "sign-in of the attacker's is",
                         "sign-ins of the attacker's are", out);
    buf_print(out, " seen, %s; whether a second factor was given they do not say.",
              tally->by_user ? "none by a protocol without second factor"
                             : "none with the user taking part");
    inquiry_cannot_tell(inquiry,
                        "look up authenticationRequirement and authenticationDetails of these "
                        "sign-ins in the Entra sign-in logs");
}

static void ask(struct inquiry *inquiry)
{
    const struct dossier *dossier = inquiry_dossier(inquiry);
    struct buf *out = inquiry_text(inquiry);
    struct tally tally = {.last_asked = INT64_MIN};
    look(inquiry, &tally);
    if (tally.bare.count) {
        answer_bare(inquiry, &tally);
    } else if (tally.asked.count) {
        answer_asked(inquiry, &tally);
    } else if (tally.code) {
        inquiry_cite(inquiry, tally.code);
        buf_add(out, S("The attacker's first sign-in, at "));
        attacker_print_minute(tally.code->first.time, out);
        buf_add(
            out,
            S(", is by a device code: the password was given elsewhere, by whoever approved it."));
        inquiry_answer(inquiry, EVIDENCE_NO, 0.8);
    } else if (!tally.sign_ins && is_app_alone(dossier)) {
        buf_add(
            out,
            S("Mail was read by an application of its own accord; no user's password is involved."));
        const struct attacker attacker = attacker_of(dossier);
        const struct dossier_row *row;
        for (size_t at = 0; (row = attacker_next_access(&attacker, &at));)
            inquiry_cite(inquiry, row);
        inquiry_answer(inquiry, EVIDENCE_NO, 0.9);
    } else if (!answer_factors(inquiry, &tally)) {
        cannot_tell(inquiry, &tally);
    }
}

const struct question evidence_password_alone_sufficed = {
    .name = "password_alone_sufficed",
    .question = "Was a password alone enough to sign in, without a second factor?",
    .rests_on =
        "The attacker's sign-ins: whether one succeeded by a protocol that knows no second factor (IMAP, POP, SMTP and other "
        "legacy clients, or name and password passed on), and whether Entra asked for more than the password before one did "
        "(errors 50072, 50074, 50076, 50079, 50158, 500121); else what the log says the first sign-in by hand took "
        "(authenticationRequirement). Yes: such a protocol, or one factor, sufficed. No: more was asked for or given, it began "
        "with a device code, or mail was read by an application without any user. It cannot be told where no sign-in by hand "
        "is seen or the log does not say what it took.",
    .ask = ask,
};
