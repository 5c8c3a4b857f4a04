// The attacker's applications: those they brought, and those they changed.
// SPDX-License-Identifier: Apache-2.0
#include "base/encode.h"
#include "event/app_name.h"
#include "hypothesis/remedy_book.h"

static bool may_be_own(struct str app)
{
    uint8_t guid[16];
    return app.len == 36 && guid_parse(app, guid) && !app_name_find(app);
}

// An application that the tenant uses on other days as well is not the attacker's own.
static bool is_new(const struct remedy_scene *scene, uint32_t app, const struct activity *activity)
{
    const struct incident *incident = scene->dossier->incident;
    if (!may_be_own(remedy_scene_text(scene, app)))
        return false;
    struct habit_answer answer =
        knowledge_habit_days(scene->dossier->knowledge, HABIT_TENANT, activity->home, HABIT_APP_ID,
                             app, incident->first, incident->last);
    return answer.standing != HABIT_KNOWN && answer.standing != HABIT_SEEN;
}

static bool is_listed(const struct remedy_targets *targets, struct str app)
{
    for (size_t i = 0; i < targets->count; i++)
        if (str_equal(targets->items[i].fields[0], app))
            return true;
    return false;
}

static void add_once(const struct remedy_scene *scene, uint32_t app, struct remedy_targets *out)
{
    struct str text = remedy_scene_text(scene, app);
    if (!is_listed(out, text))
        remedy_targets_add(out, text, S(""));
}

static void find_used(const struct remedy_scene *scene, struct remedy_targets *out)
{
    for (size_t i = 0; i < scene->dossier->count; i++) {
        const struct activity *a = &scene->dossier->rows[i].first;
        if (scene->is_counted[i] && is_new(scene, a->app, a))
            add_once(scene, a->app, out);
        if (scene->is_counted[i] && is_new(scene, a->client_app, a))
            add_once(scene, a->client_app, out);
    }
}

// The audit log names objects of the directory by kind and object id: "ServicePrincipal_<id>". The id is what can be
// looked up.
static struct str name_of(struct str target)
{
    uint8_t guid[16];
    size_t at = str_index(target, '_');
    struct str id = at < target.len ? str_of(target.at + at + 1, target.len - at - 1) : S("");
    return id.len == 36 && guid_parse(id, guid) ? id : target;
}

// What was changed, by its application id where the record has one, and its name. False where it has none:
// records of the directory often name the object only.
static bool add_changed(const struct remedy_scene *scene, const struct activity *a,
                        struct remedy_targets *out)
{
    struct str app = remedy_scene_text(scene, a->target_app);
    // A permission's record is about the resource that it is for.
    struct str name =
        a->kind == ACTIVITY_APP_PERMISSION ? S("") : name_of(remedy_scene_text(scene, a->target));
    if (app.len && !may_be_own(app))
        return true;
    if (app.len || name.len)
        remedy_targets_add(out, app, name);
    return app.len;
}

static bool is_change(enum remedy_kind kind, const struct activity *a)
{
    bool is_consent = a->kind == ACTIVITY_CONSENT || a->kind == ACTIVITY_APP_PERMISSION;
    bool is_credential = a->kind == ACTIVITY_APP_CREDENTIAL;
    return kind == REMEDY_CONSENT      ? is_consent
           : kind == REMEDY_CREDENTIAL ? is_credential
                                       : is_consent || is_credential;
}

void remedy_apps_find(const struct remedy_scene *scene, enum remedy_kind kind,
                      struct remedy_targets *out)
{
    bool is_named = true;
    for (size_t i = 0; i < scene->dossier->count; i++) {
        const struct activity *a = &scene->dossier->rows[i].first;
        if (!scene->is_counted[i] || !is_change(kind, a))
            continue;
        if (kind != REMEDY_APP)
            is_named = add_changed(scene, a, out) && is_named;
        else if (may_be_own(remedy_scene_text(scene, a->target_app)))
            add_once(scene, a->target_app, out);
    }
    // Whatever the attacker brought has permissions; what was given a secret that no record names by its id may
    // be what then read mail.
    if (kind != REMEDY_CREDENTIAL || !is_named)
        find_used(scene, out);
}
