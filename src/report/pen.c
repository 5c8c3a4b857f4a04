// Buffers a report on its way to a sink.
// SPDX-License-Identifier: Apache-2.0
#include "report/pen.h"

#include <inttypes.h>

#include "report/safe.h"

#define PEN_SIZE ((size_t)1 << 16)

void pen_init(struct pen *pen, const struct sink *sink)
{
    buf_init(&pen->buf);
    pen->sink = sink;
    pen->is_refused = false;
}

static void hand_on(struct pen *pen)
{
    if (buf_failed(&pen->buf))
        pen->is_refused = true;
    if (pen->buf.len && !pen->is_refused)
        pen->is_refused = !pen->sink->write(pen->sink->context, buf_str(&pen->buf));
    buf_clear(&pen->buf);
}

void pen_rest(struct pen *pen)
{
    if (pen->buf.len >= PEN_SIZE)
        hand_on(pen);
}

bool pen_done(struct pen *pen)
{
    hand_on(pen);
    buf_done(&pen->buf);
    return !pen->is_refused;
}

static void add_key(struct buf *out, const char *key, bool is_first)
{
    buf_print(out, "%s\"%s\": ", is_first ? "" : ", ", key);
}

void json_add_text(struct buf *out, const char *key, struct str text, bool is_first)
{
    add_key(out, key, is_first);
    safe_json(out, text);
}

void json_add_time(struct buf *out, const char *key, int64_t instant, bool is_first)
{
    char text[INSTANT_SIZE];
    add_key(out, key, is_first);
    if (instant == INSTANT_NONE)
        buf_add(out, S("null"));
    else
        buf_print(out, "\"%s\"", instant_print(instant, text));
}

void json_add_number(struct buf *out, const char *key, uint64_t number, bool is_first)
{
    add_key(out, key, is_first);
    buf_print(out, "%" PRIu64, number);
}
