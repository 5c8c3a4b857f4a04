// Opens a written report and finds things in it.
// SPDX-License-Identifier: Apache-2.0
#include "engine/report_file.h"

#include <stdio.h>
#include <sys/stat.h>

#include "system/file_content.h"

static bool is_folder(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

bool report_file_open(struct report_file *file, const char *path, struct error *error)
{
    struct file_stamp stamp;
    const char *why = "";
    *file = (struct report_file){.parser = json_parser_new()};
    buf_init(&file->text);
    snprintf(file->path, sizeof file->path, "%s%s", path, is_folder(path) ? "/report.json" : "");
    if (!file_content_read(file->path, REPORT_FILE_LIMIT, &file->text, &stamp, error))
        return false;
    if (!stamp.exists)
        return error_set(error, "%s: no such file; give report.json or the folder that --out wrote",
                         file->path);
    size_t len = file->text.len;
    for (int i = 0; i < JSON_PADDING; i++)
        buf_add_char(&file->text, ' ');
    if (buf_failed(&file->text) || !json_parse(file->parser, file->text.at, len, &file->root, &why))
        return error_set(error, "%s: no JSON (%s); give the report.json that --out wrote",
                         file->path, why);
    if (!str_is(report_text_of(file->root, "schema"), "stormglass.report/1"))
        return error_set(error,
                         "%s: not a report of stormglass scan; give the file report.json that "
                         "--out wrote, or its folder",
                         file->path);
    return true;
}

void report_file_close(struct report_file *file)
{
    json_parser_free(file->parser);
    buf_done(&file->text);
}

struct json report_file_incident(const struct report_file *file, struct str id)
{
    struct json incidents = json_find(file->root, S("incidents"));
    for (struct json_element e = json_elements(incidents); json_element_next(&e);)
        if (str_equal(report_text_of(e.value, "id"), id))
            return e.value;
    return (struct json){0};
}

struct str report_text_of(struct json object, const char *key)
{
    return json_str(json_find(object, str_from(key)));
}

double report_number_of(struct json object, const char *key)
{
    return json_double(json_find(object, str_from(key)));
}
