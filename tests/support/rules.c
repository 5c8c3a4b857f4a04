// For tests: rules and events from text.
// SPDX-License-Identifier: Apache-2.0
#include "support/rules.h"

#include <stdio.h>
#include <stdlib.h>

void rule_bed_init(struct rule_bed *rules, struct str text)
{
    sigma_set_init(&rules->set);
    sigma_read(&rules->set, S("test.yml"), text);
    sigma_finish(&rules->set, NULL);
    rules->program = rule_compile(&rules->set, NULL, NULL);
    rules->matcher = matcher_new(rules->program);
}

void rule_bed_done(struct rule_bed *rules)
{
    matcher_free(rules->matcher);
    rule_program_free(rules->program);
    sigma_set_done(&rules->set);
}

struct counting {
    size_t count;
    struct buf *titles;
};

static void on_match(const struct sigma_rule *rule, void *context)
{
    struct counting *counting = context;
    counting->count++;
    if (!counting->titles)
        return;
    if (counting->titles->len)
        buf_add_char(counting->titles, '|');
    buf_add(counting->titles, rule->title);
}

size_t rule_bed_count(struct rule_bed *rules, enum source_id source, struct str text,
                      struct buf *titles)
{
    struct counting counting = {0, titles};
    struct json_parser *parser = json_parser_new();
    char *copy = calloc(1, text.len + JSON_PADDING);
    struct event event = {.source = source, .time = INSTANT_NONE};
    const char *why = "";
    memcpy(copy, text.at, text.len);
    if (!json_parse(parser, copy, text.len, &event.record, &why)) {
        fprintf(stderr, "not JSON (%s): %.*s\n", why, (int)text.len, text.at);
        abort();
    }
    matcher_fill(rules->matcher, &event);
    matcher_run(rules->matcher, &event, on_match, &counting);
    free(copy);
    json_parser_free(parser);
    return counting.count;
}

char *shared_file(const char *name, size_t *size)
{
    const char *folder = getenv("STORMGLASS_SHARED");
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", folder ? folder : "../shared/data", name);
    FILE *file = fopen(path, "rb");
    if (!file)
        return NULL;
    fseek(file, 0, SEEK_END);
    long length = ftell(file);
    rewind(file);
    char *at = calloc(1, (size_t)length + JSON_PADDING);
    *size = fread(at, 1, (size_t)length, file);
    fclose(file);
    return at;
}
