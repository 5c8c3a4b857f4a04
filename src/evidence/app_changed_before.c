// Was a credential or permission added to the application before it read?
// SPDX-License-Identifier: Apache-2.0
#include "event/outcome.h"
#include "evidence/attacker.h"
#include "evidence/attacker_proof.h"

struct tally {
    // Application ids and object ids of service principals: not Microsoft's own, or acting of their own accord.
    struct attacker_names ids, apps;
    int64_t begins, last; // first use of the earliest and of the latest of them
    uint64_t accesses, credentials, permissions, lesser;
    const struct dossier_row *change, *later;
};

static void add_app(const struct dossier *dossier, struct tally *tally,
                    const struct dossier_row *row)
{
    const struct activity *a = &row->first;
    bool is_alone = attacker_is_by_app(a);
    uint32_t app = attacker_app(a);
    if (!is_alone && !attacker_is_foreign_app(dossier, app))
        return;
    if (attacker_names_add(&tally->apps, app ? app : a->user)) {
        bool is_first = tally->apps.count == 1;
        tally->begins = is_first || a->time < tally->begins ? a->time : tally->begins;
        tally->last = is_first || a->time > tally->last ? a->time : tally->last;
    }
    attacker_names_add(&tally->ids, app);
    if (is_alone) { // of applications these name the service principal
        attacker_names_add(&tally->ids, a->user);
        attacker_names_add(&tally->ids, a->object);
    }
}

static void find_apps(const struct dossier *dossier, struct tally *tally)
{
    const struct attacker attacker = attacker_of(dossier);
    const struct dossier_row *row;
    for (size_t at = 0; (row = attacker_next_access(&attacker, &at));) {
        tally->accesses += row->records;
        add_app(dossier, tally, row);
    }
    for (size_t at = 0; (row = attacker_next_sign_in(&attacker, &at));)
        if (row->first.flags & ACTIVITY_IS_SERVICE)
            add_app(dossier, tally, row);
}

// The audit log names a service principal "ServicePrincipal_<object id>"; its sign-ins name the object id.
static bool is_about(const struct dossier *dossier, const struct tally *tally,
                     const struct activity *a)
{
    static const struct str prefix = STR("serviceprincipal_");
    struct str name = dossier_text(dossier, a->target);
    if (a->target_app && attacker_names_has(&tally->ids, a->target_app))
        return true;
    if (str_starts_fold(name, prefix))
        name = str_of(name.at + prefix.len, name.len - prefix.len);
    for (size_t i = 0; name.len && i < tally->ids.count; i++)
        if (str_equal_fold(name, dossier_text(dossier, tally->ids.symbols[i])))
            return true;
    return false;
}

static void find_changes(struct inquiry *inquiry, struct tally *tally)
{
    const struct dossier *dossier = inquiry_dossier(inquiry);
    for (size_t i = 0; i < dossier->count; i++) {
        const struct dossier_row *row = &dossier->rows[i];
        const struct activity *a = &row->first;
        bool is_credential = a->kind == ACTIVITY_APP_CREDENTIAL;
        if ((!is_credential && a->kind != ACTIVITY_APP_PERMISSION) ||
            a->outcome == OUTCOME_FAILURE || a->actor == ACTOR_PROVIDER ||
            a->actor == ACTOR_SYSTEM || !is_about(dossier, tally, a))
            continue;
        inquiry_cite(inquiry, row);
        if (a->time > tally->last || (!is_credential && !(a->flags & ACTIVITY_REACHES_MAIL))) {
            tally->later = tally->later ? tally->later : row;
            continue;
        }
        tally->change = tally->change ? tally->change : row;
        *(is_credential ? &tally->credentials : &tally->permissions) += 1;
    }
}

static void print_change(const struct dossier *dossier, const struct dossier_row *row,
                         const char *what, const struct tally *tally, struct buf *out)
{
    attacker_print_actor(dossier, &row->first, out);
    buf_add(out, S(" gave application "));
    attacker_print_names(dossier, &tally->apps, out);
    buf_print(out, " %s at ", what);
    attacker_print_minute(row->first.time, out);
    buf_add(out, S("; it was used by the attacker from "));
    attacker_print_minute(tally->begins, out);
    buf_add(out, S(" on."));
}

static void answer_change(struct inquiry *inquiry, const struct tally *tally)
{
    const char *what = !tally->permissions   ? "a new secret or certificate"
                       : !tally->credentials ? "a permission that reaches mail"
                                             : "a secret and a permission that reaches mail";
    bool is_yes = tally->change != NULL;
    const struct dossier_row *row = is_yes ? tally->change : tally->later;
    bool is_lesser =
        !is_yes && row->first.kind == ACTIVITY_APP_PERMISSION && row->first.time <= tally->last;
    print_change(inquiry_dossier(inquiry), row,
                 is_yes      ? what
                 : is_lesser ? "a permission that does not name mail"
                             : "a secret or permission afterwards",
                 tally, inquiry_text(inquiry));
    inquiry_answer(inquiry, is_yes ? EVIDENCE_YES : EVIDENCE_PARTLY, is_yes ? 1 : 0.5);
}

static void answer_finding(struct inquiry *inquiry, const struct finding *finding)
{
    buf_add(inquiry_text(inquiry), finding->statement);
    inquiry_cite_finding(inquiry, finding);
    inquiry_answer(inquiry, EVIDENCE_YES, 0.9);
}

static void answer_none(struct inquiry *inquiry, const struct tally *tally)
{
    const struct dossier *dossier = inquiry_dossier(inquiry);
    const struct attacker attacker = attacker_of(dossier);
    struct buf *out = inquiry_text(inquiry);
    struct attacker_proof proof;
    if (!tally->apps.count && !tally->accesses) {
        buf_add(out, S("No application of its own is involved."));
        inquiry_cannot_tell(inquiry, "");
        return;
    }
    if (!tally->apps.count) {
        const struct dossier_row *row;
        for (size_t at = 0; (row = attacker_next_access(&attacker, &at));)
            inquiry_cite(inquiry, row);
        buf_add(
            out,
            S("No application of its own is involved: users read mail by Microsoft's own programs in "));
        attacker_print_count(tally->accesses, "access.", "accesses.", out);
        inquiry_answer(inquiry, EVIDENCE_NO, 0.9 * attacker_share(dossier, DOSSIER_ATTACKER));
        return;
    }
    bool is_proved =
        attacker_may_deny(dossier, ATTACKER_DIRECTORY, tally->begins, tally->last, &proof);
    buf_add(out, is_proved ? S("No credential or permission was added to ")
                           : S("Whether a credential or permission was added to "));
    attacker_print_names(dossier, &tally->apps, out);
    if (!is_proved) {
        buf_add(out, S(" before is not known"));
        attacker_cannot_tell(inquiry, &proof);
        return;
    }
    buf_print(out, " in the %u day%s before the attacker used it at ", proof.days,
              proof.days == 1 ? "" : "s");
    attacker_print_minute(tally->begins, out);
    buf_add(out, S("; the directory's records are complete there."));
    inquiry_answer(inquiry, EVIDENCE_NO, proof.reliability);
}

static void ask(struct inquiry *inquiry)
{
    struct tally tally = {0};
    find_apps(inquiry_dossier(inquiry), &tally);
    find_changes(inquiry, &tally);
    const struct finding *finding =
        attacker_finding(inquiry_dossier(inquiry), "app_change_then_access", &tally.ids);
    if (tally.change || (tally.later && !finding))
        answer_change(inquiry, &tally);
    else if (finding)
        answer_finding(inquiry, finding);
    else
        answer_none(inquiry, &tally);
}

const struct question evidence_app_changed_before = {
    .name = "app_changed_before",
    .question = "Was a credential or permission added to the application before it read?",
    .rests_on =
        "Secrets, certificates and permissions that reach mail, given to the applications with which the "
        "attacker signed in or read (by application id or by the id of their service principal). Yes: "
        "before the attacker used them. Partly: later, or a permission that does not name mail. No: none, "
        "though the directory's records are proved complete for seven, three or one days before, or mail "
        "was read by Microsoft's own programs alone. It cannot be told where these records have gaps or no "
        "application is involved.",
    .ask = ask,
};
