// Is the application in use elsewhere in the tenant on other days?
// SPDX-License-Identifier: Apache-2.0
#include "evidence/around.h"

struct use {
    unsigned days, history; // of the tenant, outside the incident
    uint32_t others;        // mailboxes or people that have it on other days
    bool is_mailboxes;
};

// By mail that was read with it; where none was, by sign-ins.
static struct use use_of(const struct dossier *dossier, const struct activity *a, uint32_t app)
{
    const struct knowledge *k = dossier->knowledge;
    const struct incident *incident = dossier->incident;
    bool is_dated = incident->first != INSTANT_NONE;
    int64_t from = is_dated ? incident->first : 1, to = is_dated ? incident->last : 0;
    bool is_read = a->kind == ACTIVITY_MAIL_ACCESS && a->mailbox;
    enum habit_facet facet = is_read && a->client_app ? HABIT_CLIENT_APP : HABIT_APP_ID;
    struct habit_answer peers =
        knowledge_habit(k, is_read ? HABIT_MAILBOX : HABIT_USER,
                        is_read ? a->mailbox : knowledge_person(k, a), facet, app, from, to);
    struct use use = {.others = peers.peers_outside, .is_mailboxes = is_read};
    struct habit_answer tenant =
        knowledge_habit_days(k, HABIT_TENANT, a->home, HABIT_APP_ID, app, from, to);
    use.days = tenant.days_outside;
    use.history = tenant.history_before + tenant.history_after;
    // An incident of weeks leaves no other days; then those within it before the application came and after.
    if (!use.days && use.history < HABIT_TENANT_DAYS_ENOUGH && tenant.first != INSTANT_NONE) {
        tenant = knowledge_habit_days(k, HABIT_TENANT, a->home, HABIT_APP_ID, app, tenant.first,
                                      tenant.last);
        use.history = tenant.history_before ? tenant.history_before + tenant.history_after : 0;
    }
    if (is_read || use.days)
        return use;
    // Nobody read mail with it: the people who sign in to it. Of their days the asked one's own stand.
    use.history = peers.history_before + peers.history_after;
    use.days = use.others >= HABIT_DAYS_KNOWN ? use.others : 0;
    return use;
}

static void collect(const struct dossier *dossier, struct around_table *apps)
{
    const struct dossier_row *row;
    bool has_reads = false;
    for (size_t at = 0; !has_reads && (row = around_next_act(dossier, &at));)
        has_reads = row->first.kind == ACTIVITY_MAIL_ACCESS && around_caller(&row->first);
    around_init(apps);
    for (size_t at = 0; (row = around_next_act(dossier, &at));) {
        enum activity_kind wanted = has_reads ? ACTIVITY_MAIL_ACCESS : ACTIVITY_SIGN_IN;
        uint32_t app = around_caller(&row->first);
        if (row->first.kind == wanted && app && row->first.actor != ACTOR_PROVIDER &&
            row->first.actor != ACTOR_SYSTEM)
            around_add(apps, (struct around_key){{app, 0, 0}}, row);
    }
    around_sort(apps);
}

static void print_use(struct inquiry *inquiry, const struct around_group *app,
                      const struct use *use)
{
    struct buf *text = inquiry_text(inquiry);
    around_print_app(inquiry_dossier(inquiry), app->key.part[0], text);
    if (!use->others && !use->days) {
        buf_print(text, " is in use nowhere else in %u other days", use->history);
    } else {
        buf_add(text, S(" is used "));
        if (use->is_mailboxes && use->days)
            buf_print(text, "on %u of %u other days, ", use->days, use->history);
        buf_add(text, use->is_mailboxes ? S("in ") : S("by "));
        if (use->is_mailboxes)
            buf_print(text, "%u other mailbox%s", use->others, use->others == 1 ? "" : "es");
        else
            buf_print(text, "%u other %s", use->others, use->others == 1 ? "person" : "people");
    }
    inquiry_cite(inquiry, app->row);
}

// Elsewhere: by several others, or as a rule where the tenant is small. Its use in these mailboxes alone is
// what app_known_for_mailboxes asks for.
enum { APPS_SHOWN = 3 };
enum { USE_UNTOLD, USE_NEW, USE_SOME, USE_KNOWN, USES };

static int judge(const struct use *use)
{
    if (use->others && use->days >= HABIT_DAYS_KNOWN)
        return USE_KNOWN;
    if (use->others || use->days)
        return USE_SOME;
    return use->history >= HABIT_TENANT_DAYS_ENOUGH ? USE_NEW : USE_UNTOLD;
}

static void ask(struct inquiry *inquiry)
{
    const struct dossier *dossier = inquiry_dossier(inquiry);
    struct around_table apps;
    uint64_t records[USES] = {0};
    struct use leader = {0};
    const struct around_group *first = NULL;
    size_t shown = 0, told_apps = 0;
    collect(dossier, &apps);
    for (size_t i = 0; i < apps.count; i++) {
        struct use use = use_of(dossier, &apps.groups[i].row->first, apps.groups[i].key.part[0]);
        int is = judge(&use);
        records[is] += apps.groups[i].records;
        if (is == USE_UNTOLD || told_apps++ >= APPS_SHOWN)
            continue;
        if (shown++)
            buf_add(inquiry_text(inquiry), S("; "));
        else
            leader = use;
        first = first ? first : &apps.groups[i];
        print_use(inquiry, &apps.groups[i], &use);
    }
    if (told_apps > shown)
        buf_print(inquiry_text(inquiry), "; and %zu more", told_apps - shown);
    if (!first) {
        buf_add(inquiry_text(inquiry),
                apps.count ? S("The logs hold too few other days of mail access to tell.")
                           : S("No record of the attacker's names an application."));
        inquiry_cannot_tell(inquiry,
                            "Export mailbox audit (MailItemsAccessed) of the whole tenant and of "
                            "more days.");
        return;
    }
    buf_add_char(inquiry_text(inquiry), '.');
    uint64_t told = records[USE_NEW] + records[USE_SOME] + records[USE_KNOWN];
    enum evidence_answer answer = records[USE_KNOWN] == told ? EVIDENCE_YES
                                  : records[USE_NEW] == told ? EVIDENCE_NO
                                                             : EVIDENCE_PARTLY;
    unsigned days = answer == EVIDENCE_NO ? leader.history : leader.days;
    inquiry_answer(inquiry, answer, (days + 1.0) / (days + 2.0) * around_share_listed(dossier));
}

const struct question evidence_app_known_in_tenant = {
    .name = "app_known_in_tenant",
    .question = "Is the application in use elsewhere in the tenant on other days?",
    .rests_on =
        "The applications that called for the attacker's reads (where nothing was read, those that were "
        "signed in to), and who in the tenant uses them outside the days of the incident. Yes: others do, on "
        "three days or more; no: nobody does on any of at least three other days; partly: only the same "
        "mailboxes do, or others on one or two days, or some of several applications are in use. It cannot "
        "be told where no application is named or the logs hold too few other days.",
    .ask = ask,
};
