// The schema table of field.def as data, and as a page of documentation.
// SPDX-License-Identifier: Apache-2.0
#include "event/field.h"
#include "event/schema.h"

const struct field_row field_rows[FIELD_COUNT] = {
#define FIELD(id, name, type, meaning, sigma, ecs) {name, type, meaning, sigma, ecs},
#define PATH(source, id, path)
#include "event/field.def"
#undef FIELD
#undef PATH
};

const struct field_path_row field_path_rows[] = {
#define FIELD(id, name, type, meaning, sigma, ecs)
#define PATH(source, id, path) {source, FIELD_##id, path},
#include "event/field.def"
#undef FIELD
#undef PATH
};
const size_t field_path_row_count = sizeof field_path_rows / sizeof field_path_rows[0];

const char *field_type_name(enum field_type type)
{
    static const char *const names[] = {
        [TYPE_TEXT] = "text", [TYPE_TIME] = "time",     [TYPE_IP] = "ip",    [TYPE_GUID] = "guid",
        [TYPE_USER] = "user", [TYPE_NUMBER] = "number", [TYPE_BOOL] = "bool"};
    return names[type];
}

// The paths of a field in one source, "a, b, c"; nothing when it has none.
static void print_paths(struct buf *out, enum source_id source, enum field_id field)
{
    bool is_first = true;
    for (size_t i = 0; i < field_path_row_count; i++) {
        const struct field_path_row *row = &field_path_rows[i];
        if (row->source != source || row->field != field)
            continue;
        if (is_first)
            buf_print(out, "- %s: ", event_source_name(source));
        buf_print(out, "%s`%s`", is_first ? "" : ", ", row->path);
        is_first = false;
    }
    if (!is_first)
        buf_add_char(out, '\n');
}

static void print_field(struct buf *out, enum field_id field)
{
    const struct field_row *row = &field_rows[field];
    buf_print(out, "## %s\n\n%s Type: %s.", row->name, row->meaning, field_type_name(row->type));
    if (row->ecs[0])
        buf_print(out, " ECS: `%s`.", row->ecs);
    if (row->sigma[0]) {
        struct str rest = str_from(row->sigma);
        const char *before = " Sigma rules also say ";
        while (rest.at) {
            struct str name = str_cut(&rest, ' ');
            buf_print(out, "%s`%.*s`", before, (int)name.len, name.at);
            before = ", ";
        }
        buf_add_char(out, '.');
    }
    buf_print(out, "\n\n");
    for (int source = 0; source < SOURCE_COUNT; source++)
        print_paths(out, (enum source_id)source, field);
    buf_add_char(out, '\n');
}

void field_print_markdown(struct buf *out)
{
    buf_print(out,
              "# Fields\n\n"
              "Every field with a name of its own, what it means, and where it stands in the "
              "records of each source.\nRules may use the name, any of the other names or any of "
              "the paths, in any case. Other fields of a\nrecord are named by their path.\n\n");
    for (int field = 0; field < FIELD_COUNT; field++)
        print_field(out, (enum field_id)field);
}
