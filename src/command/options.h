// The command line: which command, with which options and paths. Both tables (commands.def,
// options.def) are read by the parser, the help, the manual and the completions.
// SPDX-License-Identifier: Apache-2.0
#ifndef STORMGLASS_COMMAND_OPTIONS_H
#define STORMGLASS_COMMAND_OPTIONS_H

#include "base/arena.h"
#include "base/error.h"
#include "rule/sigma.h"

enum command_id {
#define COMMAND(id, ...) COMMAND_##id,
#define LATER(name, summary)
#include "command/commands.def"
    COMMAND_COUNT
};

struct command_row {
    const char *name;                      // "rules check"
    const char *arguments;                 // "PATH..."
    int least, most;                       // paths; most -1: any number
    const char *summary, *text, *examples; // as in commands.def
};
extern const struct command_row command_rows[COMMAND_COUNT];

// Commands that later versions bring: name and summary.
struct later_row {
    const char *name, *summary;
};
extern const struct later_row later_rows[];
extern const size_t later_row_count;

enum option_id {
#define OPTION(id, ...) OPTION_##id,
#include "command/options.def"
    OPTION_COUNT
};

enum option_kind {
    KIND_FLAG,
    KIND_TEXT,
    KIND_FILE,
    KIND_FOLDER,
    KIND_CHOICE, // the argument lists the choices
    KIND_LEVEL,  // sigma_level_parse
    KIND_TIME,   // strict RFC 3339
    KIND_NUMBER, // 1 to OPTION_NUMBER_LIMIT
    KIND_WHOLE,  // 0 to INT64_MAX
    KIND_LOGSOURCE
};
#define OPTION_NUMBER_LIMIT 1024

struct option_row {
    const char *name, *argument, *help;
    enum option_kind kind;
    uint32_t commands;  // bit 1 << command_id
    char letter;        // 0: none
    bool is_repeatable; // texts and choices are then cut at commas as well
};
extern const struct option_row option_rows[OPTION_COUNT];

struct option_values {
    struct str *items; // zero-terminated texts
    size_t count, capacity;
};

struct options {
    enum command_id command;
    struct option_values values[OPTION_COUNT];
    struct option_values paths;
    struct arena arena;
};

// Reads what stands behind the command, then the environment for options not given. Every value is
// checked. False and `error` ("--since: ...") when something is wrong; the options can be asked for
// nothing then but must be released all the same. --help stops the reading.
bool options_parse(struct options *options, enum command_id command, int count,
                   char *const *arguments, struct error *error);
void options_done(struct options *options);

bool option_is_on(const struct options *options, enum option_id id);
// The value, or NULL when not given. Of several the last.
const char *option_text(const struct options *options, enum option_id id);
int64_t option_time(const struct options *options, enum option_id id); // INSTANT_NONE: not given
enum sigma_level option_level(const struct options *options, enum option_id id,
                              enum sigma_level otherwise);
unsigned option_number(const struct options *options, enum option_id id, unsigned otherwise);
// Of KIND_WHOLE.
uint64_t option_whole(const struct options *options, enum option_id id, uint64_t otherwise);
// product, service and category; empty where not given. Text lives as long as the options.
struct sigma_logsource option_logsource(struct options *options, enum option_id id);

// Finds the command that one or two words name (`second` may be NULL); *used says how many of them.
// COMMAND_COUNT and `error` when there is none, with the nearest one, or a word about a later version.
enum command_id command_find(const char *word, const char *second, int *used, struct error *error);

#endif
