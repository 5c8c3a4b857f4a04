// Steps filled in with an incident's own values.
// SPDX-License-Identifier: Apache-2.0
#include "base/instant.h"
#include "hypothesis/quote.h"
#include "hypothesis/remedy_book.h"

#define SHOWN_TARGETS 3 // in a sentence

// One step being filled.
struct filling {
    const struct remedy_step *step;
    const struct incident *incident;
    const struct remedy_targets *targets;
    struct arena *arena;
};

// ---- values -----------------------------------------------------------------------------------

static void print_day(struct buf *out, int64_t time)
{
    struct instant_parts parts = instant_split(time);
    buf_print(out, "%04d-%02d-%02d", parts.year, parts.month, parts.day);
}

static void print_targets(const struct filling *f, struct buf *out)
{
    const struct remedy_targets *targets = f->targets;
    size_t shown = targets->count <= SHOWN_TARGETS + 1 ? targets->count : SHOWN_TARGETS;
    size_t others = targets->count - shown + targets->unlisted;
    for (size_t i = 0; i < shown; i++) {
        bool is_last = i + 1 == shown && !others;
        buf_add(out, !i ? S("") : is_last ? S(" and ") : S(", "));
        buf_add(out, targets->items[i].text);
    }
    if (others)
        buf_print(out, " and %zu more", others);
}

static void print_general(const struct filling *f, enum remedy_general general, int days,
                          struct buf *out)
{
    const struct incident *incident = f->incident;
    bool is_day = general != REMEDY_TARGETS && general != REMEDY_COUNT;
    if (is_day && (incident->first == INSTANT_NONE || incident->last == INSTANT_NONE))
        buf_add(out, S("(no day is known)"));
    else if (general == REMEDY_TARGETS)
        print_targets(f, out);
    else if (general == REMEDY_COUNT)
        buf_print(out, "%zu", f->targets->count + f->targets->unlisted);
    else if (general == REMEDY_FROM)
        print_day(out, incident->first);
    else
        print_day(out, general == REMEDY_TO ? incident->last + DAY : incident->first + days * DAY);
}

static struct str fill_text(const struct filling *f, struct str text)
{
    struct remedy_piece piece;
    struct buf out;
    buf_init(&out);
    while (remedy_piece_next(&text, &piece)) {
        enum remedy_general general;
        int days = 0;
        buf_add(&out, piece.before);
        if (piece.name.len && remedy_general_find(piece.name, &general, &days))
            print_general(f, general, days, &out);
    }
    struct str filled = arena_copy(f->arena, buf_str(&out));
    buf_done(&out);
    return filled;
}

// ---- commands ---------------------------------------------------------------------------------

static size_t field_of(const struct filling *f, struct str name)
{
    for (size_t i = 0; i < REMEDY_FIELDS; i++)
        if (name.len && str_is(name, remedy_kinds[f->step->kind].fields[i]))
            return i;
    return REMEDY_FIELDS;
}

static const char *refuses(const struct remedy_piece *piece, struct str value)
{
    return piece->form == REMEDY_URL ? quote_refuses_url(value) : quote_refuses(value);
}

static void print_value(const struct remedy_piece *piece, struct str value, struct buf *out)
{
    if (piece->form == REMEDY_URL)
        quote_url(out, value);
    else if (piece->form == REMEDY_FILTER)
        quote_filter(out, piece->property, value);
    else
        quote_literal(out, value);
}

// The first field of the target that the command names and cannot: REMEDY_FIELDS when there is none.
static size_t unfit_field(const struct filling *f, struct str command,
                          const struct remedy_target *target, const char **why)
{
    struct remedy_piece piece;
    while (remedy_piece_next(&command, &piece)) {
        size_t field = field_of(f, piece.name);
        *why = field < REMEDY_FIELDS ? refuses(&piece, target->fields[field]) : NULL;
        if (*why)
            return field;
    }
    return REMEDY_FIELDS;
}

// "$t.app_filter_appId": what the value is called in the list that a loop goes through.
static void print_key(const struct remedy_piece *piece, struct buf *out)
{
    buf_add(out, piece->name);
    if (piece->form == REMEDY_URL)
        buf_add(out, S("_url"));
    if (piece->form == REMEDY_FILTER)
        buf_add(out, S("_filter_"));
    for (size_t i = 0; i < piece->property.len; i++)
        buf_add_char(out, piece->property.at[i] == '/' ? '_' : piece->property.at[i]);
}

static void indent(struct buf *out, struct str text, const char *by)
{
    for (size_t i = 0; i < text.len; i++) {
        buf_add_char(out, text.at[i]);
        if (text.at[i] == '\n')
            buf_add(out, str_from(by));
    }
}

// The command for one target; NULL: within a loop over $t.
static void print_command(const struct filling *f, struct str command,
                          const struct remedy_target *target, struct buf *out)
{
    struct remedy_piece piece;
    while (remedy_piece_next(&command, &piece)) {
        enum remedy_general general;
        int days = 0;
        indent(out, piece.before, target ? "" : "    ");
        if (!piece.name.len)
            continue;
        size_t field = field_of(f, piece.name);
        if (field < REMEDY_FIELDS && target) {
            print_value(&piece, target->fields[field], out);
        } else if (field < REMEDY_FIELDS) {
            buf_add(out, S("$t."));
            print_key(&piece, out);
        } else if (remedy_general_find(piece.name, &general, &days)) {
            buf_add_char(out, '\'');
            print_general(f, general, days, out);
            buf_add_char(out, '\'');
        }
    }
    buf_add_char(out, '\n');
}

// One line of the loop's list: every form in which the command names a field, once.
static void print_row(const struct filling *f, const struct remedy_target *target, struct buf *out)
{
    struct str command = f->step->command;
    struct remedy_piece piece;
    struct buf seen, key;
    buf_init(&seen);
    buf_init(&key);
    buf_add(out, S("    @{"));
    while (remedy_piece_next(&command, &piece)) {
        size_t field = field_of(f, piece.name);
        if (field == REMEDY_FIELDS)
            continue;
        buf_clear(&key);
        buf_add_char(&key, ' ');
        print_key(&piece, &key);
        buf_add(&key, S(" = "));
        if (str_contains(buf_str(&seen), buf_str(&key)))
            continue;
        buf_add(out, seen.len ? S(";") : S(""));
        buf_add(&seen, buf_str(&key));
        buf_add(out, buf_str(&key));
        print_value(&piece, target->fields[field], out);
    }
    buf_add(out, S(" }\n"));
    buf_done(&seen);
    buf_done(&key);
}

// What a person must look up: which value, why, and a command that shows it, where there is one.
static void print_by_hand(const struct filling *f, const struct remedy_target *target, size_t field,
                          const char *why, struct buf *out)
{
    const char *again;
    struct str by_hand = f->step->by_hand;
    buf_print(out, "# Look up by hand: %.*s (the %s %s)\n", (int)target->text.len, target->text.at,
              remedy_kinds[f->step->kind].fields[field],
              target->fields[field].len ? why : "is not in the logs");
    if (by_hand.len && unfit_field(f, by_hand, target, &again) == REMEDY_FIELDS)
        print_command(f, by_hand, target, out);
}

static void print_each(const struct filling *f, size_t fit, struct buf *out)
{
    bool is_loop = fit > REMEDY_LINE_LIMIT;
    const char *why;
    if (is_loop)
        buf_add(out, S("$targets = @(\n"));
    for (size_t i = 0; i < f->targets->count; i++) {
        const struct remedy_target *target = &f->targets->items[i];
        if (unfit_field(f, f->step->command, target, &why) < REMEDY_FIELDS)
            continue;
        if (is_loop)
            print_row(f, target, out);
        else
            print_command(f, f->step->command, target, out);
    }
    if (!is_loop)
        return;
    buf_add(out, S(")\nforeach ($t in $targets) {\n    "));
    print_command(f, f->step->command, NULL, out);
    buf_add(out, S("}\n"));
}

static bool names_field(const struct filling *f, struct str command)
{
    struct remedy_piece piece;
    while (remedy_piece_next(&command, &piece))
        if (field_of(f, piece.name) < REMEDY_FIELDS)
            return true;
    return false;
}

static void print_commands(const struct filling *f, struct buf *out)
{
    const char *why;
    size_t fit = 0;
    for (size_t i = 0; i < f->targets->count; i++)
        fit += unfit_field(f, f->step->command, &f->targets->items[i], &why) == REMEDY_FIELDS;
    if (f->step->before.len)
        print_command(f, f->step->before, &f->targets->items[0], out);
    if (f->step->command.len && !names_field(f, f->step->command))
        print_command(f, f->step->command, &f->targets->items[0], out); // the same for all
    else if (fit)
        print_each(f, fit, out);
    for (size_t i = 0; i < f->targets->count; i++) {
        size_t field = unfit_field(f, f->step->command, &f->targets->items[i], &why);
        if (field < REMEDY_FIELDS)
            print_by_hand(f, &f->targets->items[i], field, why, out);
    }
    if (f->targets->unlisted)
        buf_print(out, "# and %zu more that are not listed\n", f->targets->unlisted);
}

static struct str fill_command(const struct filling *f)
{
    struct buf out;
    buf_init(&out);
    print_commands(f, &out);
    struct str filled = arena_copy(f->arena, str_trim(buf_str(&out)));
    buf_done(&out);
    return filled;
}

// ---- steps ------------------------------------------------------------------------------------

static void list_targets(const struct filling *f, struct verdict_step *out)
{
    if (f->step->kind == REMEDY_INCIDENT)
        return;
    out->targets = ARENA_ARRAY(f->arena, struct str, f->targets->count + 1);
    for (size_t i = 0; i < f->targets->count; i++)
        out->targets[out->target_count++] = f->targets->items[i].text;
}

static void fill_step(const struct remedy_scene *scene, const struct remedy_step *step,
                      struct verdict *out)
{
    struct remedy_targets targets;
    remedy_targets_find(scene, step->kind, &targets);
    if (!targets.count)
        return;
    struct filling f = {step, scene->dossier->incident, &targets, scene->arena};
    struct verdict_step filled = {.name = arena_copy(f.arena, step->name),
                                  .step = fill_text(&f, step->step),
                                  .why = fill_text(&f, step->why),
                                  .command = fill_command(&f),
                                  .breaks = fill_text(&f, step->breaks),
                                  .undo = fill_text(&f, step->undo),
                                  .verify = fill_text(&f, step->verify)};
    list_targets(&f, &filled);
    out->steps[out->step_count++] = filled;
}

static const struct hypothesis *story_of(const struct hypothesis_set *set, struct str name)
{
    for (size_t i = 0; i < set->count; i++)
        if (str_equal(set->items[i].name, name))
            return &set->items[i];
    return NULL;
}

// The leader; where none leads, whatever is possible or better, and at least the strongest.
static bool is_acted_on(const struct verdict *verdict, size_t at)
{
    enum verdict_word word = verdict->hypotheses[at].word;
    return at == 0 ||
           (!verdict->is_decided && (word == VERDICT_LIKELY || word == VERDICT_POSSIBLE));
}

static bool is_named_before(const struct remedy_step *const *steps, size_t count,
                            const struct remedy_step *step)
{
    for (size_t i = 0; i < count; i++)
        if (steps[i] == step)
            return true;
    return false;
}

void remedy_fill(const struct remedy_book *book, const struct hypothesis_set *set,
                 const struct dossier *dossier, struct arena *arena, struct verdict *out)
{
    struct remedy_scene scene;
    const struct remedy_step **steps =
        ARENA_ARRAY(arena, const struct remedy_step *, book->count + 1);
    size_t count = 0;
    remedy_scene_init(&scene, dossier, arena);
    for (size_t h = 0; h < out->hypothesis_count; h++) {
        const struct hypothesis *story =
            is_acted_on(out, h) ? story_of(set, out->hypotheses[h].name) : NULL;
        for (size_t i = 0; story && i < story->step_count; i++) {
            const struct remedy_step *step = remedy_find(book, story->steps[i]);
            if (step && !is_named_before(steps, count, step))
                steps[count++] = step;
        }
    }
    out->steps = ARENA_ARRAY(arena, struct verdict_step, count + 1);
    out->step_count = 0;
    for (size_t i = 0; i < count; i++)
        fill_step(&scene, steps[i], out);
}
