// The three sentences: what happened, what was reached, how sure that is.
// SPDX-License-Identifier: Apache-2.0
#include "hypothesis/tell.h"

#include "hypothesis/conclude.h"

#include "base/figure.h"
#include "event/app_name.h"

#define NAMED 2   // of a list; the others are counted
#define SEVERAL 3 // stories named at once
#define PROVED 2  // weight of a decisive answer from which on a story has to be taken seriously

// "a, b and 3 more" of the incident's entities of a kind; `nobody` when there is none.
static void add_entities(const struct incident *incident, enum entity_kind kind, const char *nobody,
                         struct buf *out)
{
    char number[FIGURE_SIZE];
    size_t count = 0, shown = 0;
    for (size_t i = 0; i < incident->entity_count; i++)
        count += incident->entities[i].kind == kind;
    for (size_t i = 0; i < incident->entity_count && shown < NAMED; i++) {
        const struct entity *entity = &incident->entities[i];
        if (entity->kind != kind)
            continue;
        if (shown)
            buf_add(out, count == 2 ? S(" and ") : S(", "));
        const char *name = kind == ENTITY_APP ? app_name_find(entity->text) : NULL;
        buf_add(out, name ? str_from(name) : entity->text);
        shown++;
    }
    if (count > NAMED)
        buf_print(out, " and %s more", figure_number(count - NAMED, number));
    if (!count)
        buf_print(out, "%s", nobody);
}

static const struct {
    const char *word;
    enum entity_kind kind;
    const char *nobody;
} placeholders[] = {
    {"people", ENTITY_USER, "a user"},
    {"mailboxes", ENTITY_MAILBOX, "a mailbox"},
    {"addresses", ENTITY_IP, "an unknown address"},
    {"app", ENTITY_APP, "an application"},
};

// A story's first sentence with the incident's own names.
static void add_says(struct str says, const struct incident *incident, struct buf *out)
{
    while (says.len) {
        size_t open = str_index(says, '{');
        buf_add(out, str_of(says.at, open));
        says = str_of(says.at + open, says.len - open);
        size_t close = str_index(says, '}');
        if (!says.len || close == says.len)
            break;
        struct str name = str_of(says.at + 1, close - 1);
        for (size_t i = 0; i < sizeof placeholders / sizeof placeholders[0]; i++)
            if (str_is(name, placeholders[i].word))
                add_entities(incident, placeholders[i].kind, placeholders[i].nobody, out);
        says = str_of(says.at + close + 1, says.len - close - 1);
    }
    buf_add(out, says);
}

static unsigned percent(double probability)
{
    double value = 100 * probability + 0.5;
    return value > 99 ? 99 : value < 1 ? 1 : (unsigned)value; // never certain
}

static bool is_proved(const struct verdict_hypothesis *story)
{
    for (size_t i = 0; i < story->item_count; i++)
        if (story->items[i].is_decisive && story->items[i].weight >= PROVED)
            return !story->is_benign && story->word != VERDICT_UNLIKELY;
    return false;
}

// Intruders combine ways: where decisive answers speak for more than one, none is far ahead and all matter.
static bool add_several(const struct verdict *v, struct buf *out)
{
    const struct verdict_hypothesis *found[SEVERAL];
    size_t count = 0;
    for (size_t i = 0; i < v->hypothesis_count && count < SEVERAL; i++)
        if (is_proved(&v->hypotheses[i]))
            found[count++] = &v->hypotheses[i];
    if (count < 2)
        return false;
    buf_add(out, S("Strong evidence speaks for more than one way: "));
    for (size_t i = 0; i < count; i++) {
        buf_add(out, i == 0 ? S("") : i + 1 == count ? S("; and ") : S("; "));
        buf_add(out, found[i]->title);
        buf_print(out, " (%u %%)", percent(found[i]->probability));
    }
    buf_add_char(out, '.');
    return true;
}

static void tell_what(const struct hypothesis_set *set, const struct dossier *dossier,
                      const struct verdict *v, struct buf *out)
{
    const struct verdict_hypothesis *leader = &v->hypotheses[0];
    const struct hypothesis *story = hypothesis_find(set, leader->name);
    if (v->is_decided) {
        add_says(story->says, dossier->incident, out);
        return;
    }
    const struct verdict_hypothesis *lead = leader;
    if (verdict_is_unknown(leader))
        lead = &v->hypotheses[1];
    if (add_several(v, out))
        return;
    buf_add(out, S("What happened to "));
    add_entities(dossier->incident, ENTITY_USER, "these accounts", out);
    buf_add(out, S(" cannot be told from these logs; the strongest lead is: "));
    buf_add(out, lead->title);
    buf_print(out, " (%u %%).", percent(lead->probability));
}

static void tell_reach(const struct incident *incident, struct buf *out)
{
    char a[FIGURE_SIZE], b[FIGURE_SIZE];
    struct incident_totals totals = incident_totals(incident);
    if (incident->first != INSTANT_NONE)
        buf_print(out, "From %s to %s UTC ", figure_minute(incident->first, a),
                  figure_minute(incident->last, b));
    else
        buf_add(out, S("At an unknown time "));
    if (!incident->mailbox_count) {
        buf_add(out, S("no mail access by whoever did this is in the logs."));
        return;
    }
    buf_print(out, "%s message%s in %s mailbox%s %s proved to have been read",
              figure_number(totals.read, a), figure_plural(totals.read),
              figure_number(incident->mailbox_count, b), incident->mailbox_count == 1 ? "" : "es",
              totals.read == 1 ? "is" : "are");
    if (totals.folders)
        buf_print(out, "; the content of %s synchronised folder%s must be taken as read",
                  figure_number(totals.folders, a), figure_plural(totals.folders));
    if (totals.throttled)
        buf_add(out, S("; logging was throttled, so more was read than is logged"));
    if (totals.unknown_mailboxes)
        buf_print(out, "; of %s mailbox%s the logs are not complete for that time",
                  figure_number(totals.unknown_mailboxes, a),
                  totals.unknown_mailboxes == 1 ? "" : "es");
    buf_add_char(out, '.');
}

// A statement as a part of a sentence: without its full stop.
static void add_statement(struct str statement, struct buf *out)
{
    if (statement.len && statement.at[statement.len - 1] == '.')
        statement.len--;
    buf_add(out, statement);
}

static const struct verdict_item *strongest(const struct verdict_hypothesis *story,
                                            enum verdict_direction direction)
{
    const struct verdict_item *best = NULL;
    for (size_t i = 0; i < story->item_count; i++)
        if (story->items[i].direction == direction && !story->items[i].is_covered &&
            (!best || (story->items[i].is_decisive && !best->is_decisive)))
            best = &story->items[i];
    return best;
}

static void tell_how_sure(const struct dossier *dossier, const struct verdict *v, struct buf *out)
{
    const struct verdict_hypothesis *leader = &v->hypotheses[0];
    if (verdict_is_unknown(leader))
        leader = &v->hypotheses[1];
    const struct verdict_item *reason = strongest(leader, VERDICT_FOR),
                              *missing = strongest(leader, VERDICT_MISSING);
    if (v->is_decided)
        buf_print(out, "This is likely (%u %%)", percent(leader->probability));
    else
        buf_print(out, "No story is far enough ahead to be called likely");
    if (reason) {
        buf_add(out, v->is_decided ? S(", above all because: ") : S("; for the lead speaks: "));
        add_statement(reason->statement, out);
    }
    buf_add_char(out, '.');
    if (missing) {
        buf_add(out, S(" Not known: "));
        add_statement(missing->statement, out);
        buf_add_char(out, '.');
    } else if (dossier->incident->gap_count) {
        buf_add(out, S(" Not known: "));
        add_statement(dossier->incident->gaps[0].what, out);
        buf_add_char(out, '.');
    }
}

static void tell_severity(const struct incident *incident, const struct verdict *v, struct buf *out)
{
    enum sigma_level lowered = verdict_severity(v, incident->severity);
    if (lowered != incident->severity)
        buf_print(out, " Severity lowered from %s to %s because a benign story is likely.",
                  sigma_level_name(incident->severity), sigma_level_name(lowered));
}

static struct str take(struct buf *text, struct arena *arena)
{
    struct str kept = arena_copy(arena, str_trim(buf_str(text)));
    buf_clear(text);
    return kept;
}

void verdict_tell(const struct hypothesis_set *set, const struct dossier *dossier,
                  struct arena *arena, struct verdict *out)
{
    struct buf text;
    buf_init(&text);
    tell_what(set, dossier, out, &text);
    out->sentences[0] = take(&text, arena);
    tell_reach(dossier->incident, &text);
    out->sentences[1] = take(&text, arena);
    tell_how_sure(dossier, out, &text);
    tell_severity(dossier->incident, out, &text);
    out->sentences[2] = take(&text, arena);
    out->first_step = out->step_count ? out->steps[0].step : S("");
    buf_done(&text);
}
