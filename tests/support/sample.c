// Records for tests.
// SPDX-License-Identifier: Apache-2.0
#include "support/sample.h"

#include <stdio.h>
#include <stdlib.h>

#include "event/derived.h"
#include "event/outcome.h"

bool file_read(const char *path, struct buf *out)
{
    char piece[4096];
    buf_init(out);
    FILE *file = fopen(path, "rb");
    if (!file)
        return false;
    for (size_t n; (n = fread(piece, 1, sizeof piece, file)) > 0;)
        buf_add(out, str_of(piece, n));
    fclose(file);
    return true;
}

static void sample_parse(struct sample *sample, struct str text)
{
    const char *why = "";
    struct json value;
    sample->bytes = memory_new(text.len + JSON_PADDING);
    memcpy(sample->bytes, text.at, text.len);
    sample->parser = json_parser_new();
    if (!json_parse(sample->parser, sample->bytes, text.len, &value, &why)) {
        fprintf(stderr, "sample: %s: %.*s\n", why, (int)text.len, text.at);
        abort();
    }
    struct json record = json_find(value, S("$record"));
    sample->record.value = record.tape ? record : value;
    sample->record.outer = record.tape ? json_find(value, S("$outer")) : (struct json){0};
}

void sample_init(struct sample *sample, struct str text)
{
    *sample = (struct sample){0};
    arena_init(&sample->arena);
    sample_parse(sample, text);
    struct event *event = &sample->event;
    event->source = source_recognise(&sample->record, SOURCE_COUNT);
    event->record = sample->record.value;
    event->outer = sample->record.outer;
    sample->plan = field_plan_new(event->source);
    for (int field = 0; field < FIELD_COUNT; field++)
        field_derived_want(sample->plan, (enum field_id)field);
    field_plan_finish(sample->plan);
    field_slots_init(&sample->slots, sample->plan);
    field_fill(&sample->slots, event);
    sources[event->source]->finish(&sample->slots, event);
    entity_collect(event, &sample->slots, &sample->arena, &sample->entities);
}

void sample_done(struct sample *sample)
{
    field_slots_done(&sample->slots);
    field_plan_free(sample->plan);
    json_parser_free(sample->parser);
    free(sample->bytes);
    arena_done(&sample->arena);
}

// One value on one line, cut where it gets long.
static void add_value(struct buf *out, struct json value)
{
    struct buf text;
    buf_init(&text);
    json_print(value, &text);
    size_t shown = text.len > 160 ? 160 : text.len;
    buf_add(out, str_of(text.at, shown));
    if (shown < text.len)
        buf_add(out, S("..."));
    buf_done(&text);
}

void sample_describe(struct sample *sample, struct buf *out)
{
    const struct event *event = &sample->event;
    char time[INSTANT_SIZE];
    buf_print(out, "source: %s\n", source_name(event->source));
    buf_print(out, "id: %.*s\n", (int)event->id.len, event->id.at);
    buf_print(out, "time: %s\n", instant_print(event->time, time));
    buf_print(out, "actor: %s\n", actor_class_name(event_actor(event, &sample->slots)));
    buf_print(out, "outcome: %s\n", outcome_name(event_outcome(&sample->slots, event)));
    buf_print(out, "entities:\n");
    for (size_t i = 0; i < sample->entities.count; i++) {
        const struct entity *e = &sample->entities.items[i];
        buf_print(out, "  %s: %.*s\n", entity_kind_name(e->kind), (int)e->text.len, e->text.at);
    }
    buf_print(out, "fields:\n");
    for (uint32_t field = 0; field < FIELD_COUNT; field++) {
        const struct field_value *value = field_first(&sample->slots, field);
        if (!value)
            continue;
        buf_print(out, "  %s:", field_rows[field].name);
        for (; value; value = field_next(&sample->slots, value)) {
            buf_add_char(out, ' ');
            add_value(out, value->json);
        }
        buf_add_char(out, '\n');
    }
}
