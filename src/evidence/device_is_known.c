// Was it done on a device that the owner uses on other days?
// SPDX-License-Identifier: Apache-2.0
#include "evidence/around_known.h"

#include "event/outcome.h"

// Owners whose sign-ins name a device so often, in so many records, would name it had it been theirs. Even so
// a private window, or a browser that does not pass the device on, leaves it out.
#define DEVICE_SHARE 0.9
#define DEVICE_SIGN_INS 20
#define DEVICE_TRUST 0.6

static uint32_t key(const struct knowledge *k, const struct activity *a)
{
    (void)k;
    return around_is_human(a) ? a->device : 0;
}

static void print(const struct dossier *dossier, const struct activity *a, struct buf *out)
{
    buf_add(out, S("The device "));
    around_print_text(dossier, a->device, out);
}

struct sign_ins {
    uint64_t records, with_device;
    const struct dossier_row *first;
};

static struct sign_ins count_sign_ins(const struct dossier *dossier, enum dossier_part part)
{
    struct sign_ins found = {0};
    const struct dossier_row *row;
    for (size_t at = 0; (row = dossier_next(dossier, &at, part, ACTIVITY_SIGN_IN));) {
        if (row->first.outcome == OUTCOME_FAILURE || !around_is_human(&row->first))
            continue;
        found.first = found.first ? found.first : row;
        found.records += row->records;
        found.with_device += row->first.device ? row->records : 0;
    }
    return found;
}

static bool names_device(const struct dossier *dossier)
{
    const struct dossier_row *row;
    for (size_t at = 0; (row = around_next_act(dossier, &at));)
        if (key(dossier->knowledge, &row->first))
            return true;
    return false;
}

static void ask_without(struct inquiry *inquiry)
{
    const struct dossier *dossier = inquiry_dossier(inquiry);
    struct sign_ins theirs = count_sign_ins(dossier, DOSSIER_ATTACKER);
    struct sign_ins owners = count_sign_ins(dossier, DOSSIER_OWNER);
    struct buf *text = inquiry_text(inquiry);
    bool is_usual = owners.records >= DEVICE_SIGN_INS &&
                    (double)owners.with_device >= DEVICE_SHARE * (double)owners.records;
    if (theirs.records && is_usual) {
        buf_add(text, S("No device is named in the attacker's "));
        around_print_count(theirs.records, "sign-in", text);
        buf_print(text, ", where %llu of %llu sign-ins of the owners in the days around name one.",
                  (unsigned long long)owners.with_device, (unsigned long long)owners.records);
        inquiry_cite(inquiry, theirs.first);
        inquiry_answer(inquiry, EVIDENCE_NO, DEVICE_TRUST);
        return;
    }
    buf_add(
        text,
        theirs.records
            ? S("The attacker's sign-ins name no device, and neither do many of the owners'.")
            : S("No sign-in of the attacker's is in the logs, and other records name no device."));
    inquiry_cannot_tell(inquiry,
                        theirs.records ? "" : "Export the sign-in logs with their device columns.");
}

static void ask(struct inquiry *inquiry)
{
    static const struct known_thing device = {
        .facet = HABIT_DEVICE,
        .thing = "device",
        .things = "devices",
        .key = key,
        .print = print,
        .none = "No record of the attacker's names a device.",
        .how = "Export the sign-in logs with their device columns.",
    };
    struct known_thing few = device;
    few.rest = "; most sign-ins of the attacker's name no device";
    struct sign_ins theirs = count_sign_ins(inquiry_dossier(inquiry), DOSSIER_ATTACKER);
    if (names_device(inquiry_dossier(inquiry)))
        known_ask(inquiry, 2 * theirs.with_device < theirs.records ? &few : &device);
    else
        ask_without(inquiry);
}

const struct question evidence_device_is_known = {
    .name = "device_is_known",
    .question = "Was it done on a device that the owner uses on other days?",
    .rests_on =
        "The devices that the attacker's records name (registered ones only, mostly in sign-ins), compared "
        "with the days outside the incident of the same people. Yes: devices of three other days or more; "
        "no: devices of none of at least three other days, or none named at all where at least nine in ten "
        "of the owner's sign-ins name one, which is trusted less; partly: both, or one or two days, or most "
        "sign-ins name none. It cannot be told where neither the attacker's nor the owner's records name "
        "devices.",
    .ask = ask,
};
