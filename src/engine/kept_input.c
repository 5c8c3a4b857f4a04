// Section `input`: how the inputs of earlier runs were read, what was asked for, and by which rules.
// SPDX-License-Identifier: Apache-2.0
#include <stdlib.h>

#include "engine/kept_parts.h"

#define WINDOW_LIMIT ((size_t)1 << 12)

// ---- windows ----------------------------------------------------------------------------------

static int compare_windows(const void *left, const void *right)
{
    const struct kept_window *a = left, *b = right;
    if (a->since != b->since)
        return a->since < b->since ? -1 : 1;
    return a->until < b->until ? -1 : a->until > b->until;
}

// Sorts, and makes one of those that touch.
static size_t join_windows(struct kept_window *windows, size_t count)
{
    size_t joined = 0;
    if (count)
        qsort(windows, count, sizeof *windows, compare_windows);
    for (size_t i = 0; i < count; i++) {
        struct kept_window *last = joined ? &windows[joined - 1] : NULL;
        if (!last || windows[i].since > last->until)
            windows[joined++] = windows[i];
        else if (windows[i].until > last->until)
            last->until = windows[i].until;
    }
    return joined;
}

// What was asked for in this run, within the times that are kept.
static struct kept_window own_window(const struct scan_options *options)
{
    struct kept_window own = {options->since, options->until};
    if (own.since < ACTIVITY_TIME_LEAST)
        own.since = INT64_MIN;
    else if (own.since > ACTIVITY_TIME_MOST)
        own.since = ACTIVITY_TIME_MOST;
    if (own.until == INSTANT_NONE || own.until > ACTIVITY_TIME_MOST)
        own.until = INT64_MAX;
    else if (own.until < ACTIVITY_TIME_LEAST)
        own.until = ACTIVITY_TIME_LEAST;
    if (own.until < own.since)
        own.until = own.since;
    return own;
}

// Those of earlier runs and of this one; the caller frees them.
static struct kept_window *all_windows(const struct kept *kept, const struct scan_options *options,
                                       size_t *count)
{
    struct kept_window *windows = memory_new((kept->window_count + 1) * sizeof *windows);
    if (kept->window_count)
        memcpy(windows, kept->windows, kept->window_count * sizeof *windows);
    windows[kept->window_count] = own_window(options);
    *count = join_windows(windows, kept->window_count + 1);
    return windows;
}

void kept_tell(const struct kept *kept, const struct scan_options *options,
               struct knowledge *knowledge)
{
    size_t count;
    struct kept_window *windows = all_windows(kept, options, &count);
    int64_t until = windows[count - 1].until;
    knowledge_tell_window(knowledge, windows[0].since, until == INT64_MAX ? INSTANT_NONE : until);
    for (size_t i = 1; i < count; i++)
        knowledge_tell_left_out(knowledge, windows[i - 1].until, windows[i].since - 1);
    free(windows);
    for (size_t i = 0; i < kept->input_count; i++) {
        const struct kept_input *input = &kept->inputs[i];
        for (int s = 0; s < SOURCE_COUNT; s++)
            if (input->sources >> s & 1)
                knowledge_tell_input(knowledge, (enum source_id)s, input->records, input->unread,
                                     input->first, input->last);
    }
}

// ---- inputs -----------------------------------------------------------------------------------

// The latest first, so that a limit keeps those.
static int compare_inputs(const void *left, const void *right)
{
    const struct kept_input *a = left, *b = right;
    if (a->last != b->last)
        return a->last > b->last ? -1 : 1;
    if (a->first != b->first)
        return a->first > b->first ? -1 : 1;
    if (a->records != b->records)
        return a->records < b->records ? -1 : 1;
    if (a->unread != b->unread)
        return a->unread < b->unread ? -1 : 1;
    return a->sources < b->sources ? -1 : a->sources > b->sources;
}

static void add_input(struct kept *kept, const struct scan_input *input)
{
    struct kept_input row = {.records = input->records,
                             .unread = input->unread_count,
                             .first = input->first,
                             .last = input->last};
    for (int s = 0; s < SOURCE_COUNT; s++)
        row.sources |= input->sources[s] ? 1u << s : 0;
    if (!row.sources || !kept_is_time(row.first) || !kept_is_time(row.last) ||
        row.last < kept->from)
        return;
    ARRAY_GROW(kept->inputs, kept->input_count, kept->input_capacity);
    kept->inputs[kept->input_count++] = row;
}

static void write_windows(const struct kept *kept, const struct scan_options *options,
                          struct buf *out)
{
    size_t count, first = 0;
    struct kept_window *windows = all_windows(kept, options, &count);
    while (first < count && (windows[first].until < kept->from || count - first > WINDOW_LIMIT))
        first++;
    varint_add(out, count - first);
    for (size_t i = first; i < count; i++) {
        bool is_open = windows[i].since == INT64_MIN, is_open_end = windows[i].until == INT64_MAX;
        varint_add(out, (uint64_t)is_open | (uint64_t)is_open_end << 1);
        if (!is_open)
            varint_add_signed(out, windows[i].since);
        if (!is_open_end)
            varint_add_signed(out, windows[i].until);
    }
    free(windows);
}

void kept_write_inputs(struct kept *kept, const struct scan_options *options,
                       const struct scan_result *result, struct buf *out)
{
    for (size_t i = 0; i < result->input_count; i++)
        add_input(kept, &result->inputs[i]);
    buf_clear(out);
    varint_add_text(out, str_from(options->rules_sha256 ? options->rules_sha256 : ""));
    write_windows(kept, options, out);
    struct kept_input *rows = kept->inputs;
    if (kept->input_count)
        qsort(rows, kept->input_count, sizeof *rows, compare_inputs);
    size_t written = 0;
    for (size_t i = 0; i < kept->input_count && written < KEPT_INPUT_LIMIT; i++) {
        if (rows[i].last < kept->from || (i && compare_inputs(&rows[i - 1], &rows[i]) == 0))
            continue;
        written++;
        varint_add(out, rows[i].sources);
        varint_add(out, rows[i].records);
        varint_add(out, rows[i].unread);
        varint_add_signed(out, rows[i].last);
        varint_add_signed(out, rows[i].first);
    }
}

// ---- reading ----------------------------------------------------------------------------------

static int64_t read_time(struct varint_reader *in)
{
    int64_t time = varint_read_signed(in);
    in->is_bad = in->is_bad || !kept_is_time(time);
    return time;
}

static bool read_windows(struct kept *kept, struct varint_reader *in)
{
    size_t count = varint_read(in, WINDOW_LIMIT);
    for (size_t i = 0; i < count && !in->is_bad; i++) {
        uint64_t open = varint_read(in, 3);
        struct kept_window window = {INT64_MIN, INT64_MAX};
        if (!(open & 1))
            window.since = read_time(in);
        if (!(open & 2))
            window.until = read_time(in);
        bool is_apart = !i || window.since > kept->windows[i - 1].until;
        in->is_bad = in->is_bad || !is_apart || window.since > window.until;
        ARRAY_GROW(kept->windows, kept->window_count, kept->window_capacity);
        kept->windows[kept->window_count++] = window;
    }
    return !in->is_bad;
}

bool kept_load_inputs(void *module, struct str content, struct error *error)
{
    struct kept *kept = module;
    struct varint_reader in = {.left = content};
    struct str rules = varint_read_text(&in, sizeof kept->rules_sha256 - 1);
    memcpy(kept->rules_sha256, rules.at, rules.len);
    if (!read_windows(kept, &in))
        return kept_is_damaged(error);
    while (in.left.len && !in.is_bad) {
        struct kept_input input;
        input.sources = (uint32_t)varint_read(&in, (1u << SOURCE_COUNT) - 1);
        input.records = varint_read(&in, INT64_MAX);
        input.unread = varint_read(&in, INT64_MAX);
        input.last = read_time(&in);
        input.first = read_time(&in);
        in.is_bad = in.is_bad || input.first > input.last || !input.sources ||
                    kept->input_count == KEPT_INPUT_LIMIT;
        if (in.is_bad)
            break;
        ARRAY_GROW(kept->inputs, kept->input_count, kept->input_capacity);
        kept->inputs[kept->input_count++] = input;
    }
    return !in.is_bad || kept_is_damaged(error);
}
