// The state file of a scan: opening, the window that is kept, writing.
// SPDX-License-Identifier: Apache-2.0
#include "engine/kept.h"

#include <stdlib.h>
#include <time.h>

#include "engine/kept_parts.h"
#include "system/file_atomic.h"

// Of so many records one may be later than the newest that counts: a single wrong clock must not push all
// others out of the window.
#define STRAY_ONE_IN 1000

bool kept_is_damaged(struct error *error)
{
    return error_set(error,
                     "a row is not well-formed; the state file is damaged: take a copy of it, "
                     "or remove it and learn again from the exports");
}

// ---- opening ----------------------------------------------------------------------------------

static bool on_activity(const struct activity *activity, void *context)
{
    struct kept *kept = context;
    if (kept->earlier_first == INSTANT_NONE)
        kept->earlier_first = activity->time;
    kept->earlier_last = activity->time;
    kept->earlier++;
    return activity_log_count(kept->activities) < KEPT_ACTIVITY_LIMIT &&
           activity_log_add(kept->activities, activity, &kept->trouble);
}

static bool load_activities(void *module, struct str content, struct error *error)
{
    struct kept *kept = module;
    if (!activity_state_read(content, &kept->texts, on_activity, kept, error))
        return false;
    if (!kept->trouble.text[0])
        return true;
    *error = kept->trouble;
    return false;
}

// Each goes once it is in the file's bytes: with long windows they are most of what a run holds.
static void save_section(const struct kept *kept, enum kept_section number, struct buf *out)
{
    struct buf *section = &kept->sections[number];
    buf_add(out, buf_str(section));
    if (section->is_failed)
        out->is_failed = true;
    buf_done(section);
    buf_init(section);
}

static void save_activities(const void *module, struct buf *out)
{
    save_section(module, KEPT_ACTIVITY, out);
}

static void save_inputs(const void *module, struct buf *out)
{
    save_section(module, KEPT_INPUT, out);
}

static void save_matches(const void *module, struct buf *out)
{
    save_section(module, KEPT_MATCH, out);
}

static void save_readings(const void *module, struct buf *out)
{
    save_section(module, KEPT_READING, out);
}

static const struct state_section sections[KEPT_SECTION_COUNT] = {
    [KEPT_ACTIVITY] = {"activity", ACTIVITY_STATE_VERSION, save_activities, load_activities},
    [KEPT_INPUT] = {"input", 1, save_inputs, kept_load_inputs},
    [KEPT_MATCH] = {"match", 1, save_matches, kept_load_matches},
    [KEPT_READING] = {"reading", 1, save_readings, kept_load_readings},
};

static void list_parts(struct kept *kept, struct state_part parts[KEPT_SECTION_COUNT])
{
    for (int i = 0; i < KEPT_SECTION_COUNT; i++)
        parts[i] = (struct state_part){&sections[i], kept};
}

// What is not ours stays in memory until it is written back.
static bool has_foreign_sections(const struct state *state)
{
    for (unsigned i = 0; i < state->count; i++) {
        bool is_ours = false;
        for (int s = 0; s < KEPT_SECTION_COUNT; s++)
            is_ours = is_ours || strcmp(state->contents[i].name, sections[s].name) == 0;
        if (!is_ours)
            return true;
    }
    return false;
}

struct kept *kept_new(const char *path, const struct sigma_set *rules,
                      const struct correlation_engine *correlations)
{
    struct kept *kept = memory_new(sizeof *kept);
    *kept = (struct kept){.path = path,
                          .rules = rules,
                          .correlations = correlations,
                          .limits = {.activities = KEPT_ACTIVITY_LIMIT,
                                     .matches = KEPT_MATCH_LIMIT,
                                     .activity_bytes = KEPT_ACTIVITY_BYTES,
                                     .match_bytes = KEPT_MATCH_BYTES,
                                     .reported_bytes = KEPT_REPORTED_BYTES,
                                     .others_bytes = KEPT_OTHERS_BYTES},
                          .earlier_first = INSTANT_NONE,
                          .earlier_last = INSTANT_NONE,
                          .newest = INSTANT_NONE,
                          .from = INSTANT_NONE};
    arena_init(&kept->arena);
    map_init(&kept->rule_numbers);
    buf_init(&kept->file);
    kept->sections = memory_new(KEPT_SECTION_COUNT * sizeof *kept->sections);
    for (int i = 0; i < KEPT_SECTION_COUNT; i++)
        buf_init(&kept->sections[i]);
    activity_texts_init(&kept->texts);
    kept->activities = activity_log_new(ACTIVITY_MEMORY_LIMIT);
    kept->matches = observation_log_new(OBSERVATION_MEMORY_LIMIT);
    kept->observations = observation_log_new(OBSERVATION_MEMORY_LIMIT);
    kept->aside = observation_log_new(OBSERVATION_MEMORY_LIMIT);
    kept->readings = observation_log_new(OBSERVATION_MEMORY_LIMIT);
    for (size_t i = 0; i < rules->rule_count; i++)
        kept_rule_number(kept, kept_rule_name(&kept->arena, rules->rules[i]));
    return kept;
}

bool kept_read(struct kept *kept, struct str bytes, struct error *error)
{
    struct state_part parts[KEPT_SECTION_COUNT];
    list_parts(kept, parts);
    return state_read(&kept->state, bytes, error) &&
           state_load(&kept->state, parts, KEPT_SECTION_COUNT, error);
}

static bool load(struct kept *kept, struct error *error)
{
    if (!file_content_read(kept->path, STATE_SIZE_LIMIT, &kept->file, &kept->stamp, error))
        return false;
    if (!kept->stamp.exists)
        return true;
    if (!kept_read(kept, buf_str(&kept->file), error))
        return error_widen(error, "%s", kept->path);
    if (!has_foreign_sections(&kept->state)) {
        kept->state.count = 0;
        buf_done(&kept->file);
        buf_init(&kept->file);
    }
    return true;
}

struct kept *kept_open(const char *path, const struct sigma_set *rules,
                       const struct correlation_engine *correlations, struct error *error)
{
    struct kept *kept = kept_new(path, rules, correlations);
    if (load(kept, error))
        return kept;
    kept_free(kept);
    return NULL;
}

void kept_free(struct kept *kept)
{
    if (!kept)
        return;
    activity_log_free(kept->activities);
    observation_log_free(kept->matches);
    observation_log_free(kept->observations);
    observation_log_free(kept->aside);
    observation_log_free(kept->readings);
    observation_log_free(kept->filtered);
    intern_done(&kept->texts);
    map_done(&kept->rule_numbers);
    free(kept->rule_rows);
    free(kept->inputs);
    free(kept->windows);
    free(kept->pieces);
    free(kept->news);
    for (int i = 0; i < KEPT_SECTION_COUNT; i++)
        buf_done(&kept->sections[i]);
    free(kept->sections);
    buf_done(&kept->file);
    arena_done(&kept->arena);
    free(kept);
}

struct activity_log *kept_activities(const struct kept *kept)
{
    return kept->activities;
}

const struct intern *kept_texts(const struct kept *kept)
{
    return &kept->texts;
}

void kept_texts_done(struct kept *kept)
{
    intern_done(&kept->texts);
}

// ---- the window -------------------------------------------------------------------------------

int64_t kept_ceiling(void)
{
    return (int64_t)time(NULL) * SECOND + DAY;
}

int64_t kept_later(const struct kept *kept, int64_t from)
{
    if (kept->newest == INSTANT_NONE || from >= kept->newest)
        return INT64_MAX; // nothing
    return from + (kept->newest - from) / 2 + 1;
}

struct counting {
    int64_t ceiling;
    uint64_t dated, later; // before the ceiling, and beyond it
    uint64_t wanted;       // after how many to stop
    int64_t time;          // of the last one counted
};

static bool on_count(const struct activity *activity, void *context)
{
    struct counting *c = context;
    if (!kept_is_time(activity->time))
        return true;
    if (activity->time > c->ceiling) {
        c->later++;
        return true;
    }
    if (c->dated == c->wanted)
        return false;
    c->dated++;
    c->time = activity->time;
    return true;
}

// The newest of the activities; records of the future do not count, nor one in a thousand. Where most are of the
// future it is this machine's clock that is wrong, not theirs.
static bool find_newest(struct kept *kept, const struct activity_part *parts, size_t count,
                        struct error *error)
{
    struct counting c = {.ceiling = kept_ceiling(), .wanted = UINT64_MAX, .time = INSTANT_NONE};
    if (!activity_log_each(parts, count, on_count, &c, error))
        return false;
    if (c.later > c.dated) {
        c.ceiling = INT64_MAX;
        c.dated += c.later;
    }
    c.wanted = c.dated - c.dated / STRAY_ONE_IN;
    c.dated = 0;
    if (!activity_log_each(parts, count, on_count, &c, error))
        return false;
    kept->newest = c.time;
    kept->from = c.time == INSTANT_NONE ? INSTANT_NONE : c.time - KEPT_WINDOW;
    return true;
}

// ---- activities -------------------------------------------------------------------------------

struct taking {
    const struct kept_limits *limits;
    struct activity_writer *writer;
    struct buf *out;
    int64_t from;
    uint64_t count, unkept;
};

static bool is_within(const struct taking *t)
{
    return t->count <= t->limits->activities && t->out->len <= t->limits->activity_bytes;
}

static bool on_take(const struct activity *activity, void *context)
{
    struct taking *t = context;
    if (activity->time == INSTANT_NONE || activity->time < t->from)
        return true;
    if (!activity_writer_add(t->writer, activity, t->out))
        t->unkept++;
    else
        t->count++;
    return is_within(t);
}

// Of earlier runs' activities nothing is asked any more.
static void let_go(struct kept *kept)
{
    activity_log_free(kept->activities);
    kept->activities = NULL;
    kept_texts_done(kept);
}

bool kept_take_activities(struct kept *kept, const struct activity_part *parts, size_t count,
                          const struct intern *texts, struct error *error)
{
    struct buf *out = &kept->sections[KEPT_ACTIVITY];
    if (!find_newest(kept, parts, count, error))
        return false;
    for (int64_t from = kept->from;; from = kept_later(kept, from)) {
        buf_clear(out);
        struct taking t = {.limits = &kept->limits,
                           .writer = activity_writer_new(texts),
                           .out = out,
                           .from = from};
        bool is_done = activity_log_each(parts, count, on_take, &t, error);
        activity_writer_free(t.writer);
        kept->from_activity = from;
        kept->activity_count = t.count;
        kept->unkept = t.unkept;
        if (!is_done || is_within(&t)) {
            let_go(kept);
            return is_done;
        }
    }
}

// ---- writing ----------------------------------------------------------------------------------

static void add_note(struct scan_result *result, struct str note)
{
    struct outline_state *state = result->state;
    if (state->note_count < STATE_NOTE_LIMIT)
        state->notes[state->note_count++] = note;
}

// Nothing when everything of the window is there.
static void note_from(const struct kept *kept, int64_t from, const char *before, const char *after,
                      struct scan_result *result)
{
    char first[INSTANT_SIZE];
    if (from > kept->from)
        add_note(result,
                 arena_print(&result->arena, "it has reached its largest size: %s%s%s", before,
                             instant_print(from < kept->newest ? from : kept->newest, first),
                             after));
}

static void note_limits(const struct kept *kept, struct scan_result *result)
{
    int64_t from = kept->from_activity > kept->from_match ? kept->from_activity : kept->from_match;
    note_from(kept, from, "only records from ",
              " on are kept, and the next run will not know what was before", result);
    note_from(kept, kept->from_reading, "which messages were accessed before ",
              " is not kept, but for attackers' accesses", result);
    if (kept->unkept)
        add_note(
            result,
            arena_print(&result->arena,
                        "%llu records could not be kept: their times are not possible or a text "
                        "in them is too long",
                        (unsigned long long)kept->unkept));
}

static void note_rules(const struct kept *kept, const struct scan_options *options,
                       struct scan_result *result)
{
    if (kept->rules_sha256[0] && options->rules_sha256 &&
        strcmp(kept->rules_sha256, options->rules_sha256) != 0)
        add_note(result,
                 S("the rules are not those of the run before: records of earlier runs were met by "
                   "the rules of then; scan their logs again to have them met by these"));
}

bool kept_write(struct kept *kept, struct buf *out, struct error *error)
{
    struct state_part parts[KEPT_SECTION_COUNT];
    list_parts(kept, parts);
    return state_save(&kept->state, parts, KEPT_SECTION_COUNT, out, error);
}

static bool write_file(struct kept *kept, struct error *error)
{
    struct buf whole;
    buf_init(&whole);
    // Another run that ended meanwhile wrote what this one does not know: that stays.
    bool is_good = kept_write(kept, &whole, error) &&
                   file_atomic_renew(kept->path, buf_str(&whole), &kept->stamp, error);
    buf_done(&whole);
    return is_good;
}

void kept_save(struct kept *kept, const struct scan_options *options, struct scan_result *result)
{
    struct error error;
    struct outline_state *state = ARENA_ARRAY(&result->arena, struct outline_state, 1);
    *state = (struct outline_state){.path = arena_copy(&result->arena, str_from(kept->path)),
                                    .earlier = kept->earlier,
                                    .earlier_first = kept->earlier_first,
                                    .earlier_last = kept->earlier_last};
    result->state = state;
    note_rules(kept, options, result);
    if (options->is_interrupted && *options->is_interrupted) {
        add_note(result, S("the run was interrupted: the state file is as it was"));
        return;
    }
    kept_write_inputs(kept, options, result, &kept->sections[KEPT_INPUT]);
    note_limits(kept, result);
    if (write_file(kept, &error)) {
        state->kept = kept->activity_count;
        return;
    }
    state->has_failed = true;
    add_note(result, arena_print(&result->arena,
                                 "%s; the state file is as it was: scan the same logs again, with "
                                 "it, before the next ones",
                                 error.text));
}
