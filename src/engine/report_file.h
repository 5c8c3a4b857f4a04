// A report.json that an earlier scan wrote, read back.
// SPDX-License-Identifier: Apache-2.0
#ifndef STORMGLASS_ENGINE_REPORT_FILE_H
#define STORMGLASS_ENGINE_REPORT_FILE_H

#include "base/json.h"

#define REPORT_FILE_LIMIT ((size_t)2 << 30) // bytes

struct report_file {
    char path[4096]; // of the file that was read
    struct buf text;
    struct json_parser *parser;
    struct json root; // borrowed until report_file_close
};

// `path` is a report.json or the folder that has it. False and `error` when it cannot be read, is no JSON or
// has another schema than stormglass.report/1. report_file_close in any case.
bool report_file_open(struct report_file *file, const char *path, struct error *error);
void report_file_close(struct report_file *file);

// The incident of an id, or JSON_NONE.
struct json report_file_incident(const struct report_file *file, struct str id);
// Text or number of a member; empty and 0 where there is none.
struct str report_text_of(struct json object, const char *key);
double report_number_of(struct json object, const char *key);

#endif
