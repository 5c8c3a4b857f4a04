// Reads the command line and the environment by the tables commands.def and options.def.
// SPDX-License-Identifier: Apache-2.0
#include "command/options.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/nearest.h"

const struct command_row command_rows[COMMAND_COUNT] = {
#define COMMAND(id, name, arguments, least, most, function, summary, text, examples)               \
    [COMMAND_##id] = {name, arguments, least, most, summary, text, examples},
#define LATER(name, summary)
#include "command/commands.def"
};

const struct later_row later_rows[] = {
#define COMMAND(id, ...)
#define LATER(name, summary) {name, summary},
#include "command/commands.def"
};
const size_t later_row_count = sizeof later_rows / sizeof *later_rows;

#define IN(command) (UINT32_C(1) << COMMAND_##command)
#define IN_ALL (~UINT32_C(0))
const struct option_row option_rows[OPTION_COUNT] = {
#define OPTION(id, name, letter, argument, kind, is_repeatable, commands, help)                    \
    [OPTION_##id] = {name, argument, help, kind, commands, letter, is_repeatable},
#include "command/options.def"
};

#define NAME_SIZE 64

// ---- checking values ----------------------------------------------------------------------------

static bool is_choice(const char *choices, struct str value)
{
    struct str rest = str_from(choices);
    while (rest.at)
        if (str_equal(str_cut(&rest, '|'), value))
            return true;
    return false;
}

static bool check_choice(const char *label, const char *choices, struct str value,
                         struct error *error)
{
    const char *words[8];
    char copy[128];
    size_t count = 0;
    if (is_choice(choices, value))
        return true;
    snprintf(copy, sizeof copy, "%s", choices);
    for (char *at = copy, *end; at && count < 8; at = end ? end + 1 : NULL) {
        words[count++] = at;
        end = strchr(at, '|');
        if (end)
            *end = 0;
    }
    const char *near = nearest_word(value, words, count);
    if (near)
        return error_set(error, "%s: '%s' is none of %s; did you mean '%s'?", label, value.at,
                         choices, near);
    return error_set(error, "%s: '%s' is none of %s", label, value.at, choices);
}

// "product=windows,service=security": fills what is given, in lower case.
static bool read_logsource(struct arena *arena, struct str value, struct sigma_logsource *out,
                           struct str *bad)
{
    *out = (struct sigma_logsource){S(""), S(""), S("")};
    while (value.at) {
        struct str part = str_cut(&value, ',');
        size_t equals = str_index(part, '=');
        struct str key = str_of(part.at, equals);
        struct str *place = str_is(key, "product")    ? &out->product
                            : str_is(key, "service")  ? &out->service
                            : str_is(key, "category") ? &out->category
                                                      : NULL;
        *bad = part;
        if (!place || equals + 1 >= part.len)
            return false;
        char *copy = arena_alloc(arena, part.len);
        for (size_t i = equals + 1; i < part.len; i++)
            copy[i - equals - 1] = ascii_lower(part.at[i]);
        *place = str_of(copy, part.len - equals - 1);
    }
    return true;
}

static bool check_value(const struct option_row *row, const char *label, struct str value,
                        struct arena *arena, struct error *error)
{
    enum sigma_level level;
    struct sigma_logsource logsource;
    struct str bad;
    int64_t number = 0;
    if (value.len == 0)
        return error_set(error, "%s needs a value: %s", label, row->argument);
    switch (row->kind) {
    case KIND_CHOICE:
        return check_choice(label, row->argument, value, error);
    case KIND_LEVEL:
        return sigma_level_parse(value, &level) || check_choice(label, row->argument, value, error);
    case KIND_TIME:
        return instant_parse_rfc3339(value) != INSTANT_NONE ||
               error_set(
                   error,
                   "%s: '%s' is no RFC 3339 time; write for example 2026-11-22T08:00:00Z or 2026-11-22",
                   label, value.at);
    case KIND_NUMBER:
        return (str_to_int64(value, &number) && number >= 1 && number <= OPTION_NUMBER_LIMIT) ||
               error_set(error, "%s: '%s' is no number from 1 to %d", label, value.at,
                         OPTION_NUMBER_LIMIT);
    case KIND_WHOLE:
        return (str_to_int64(value, &number) && number >= 0) ||
               error_set(error, "%s: '%s' is no whole number", label, value.at);
    case KIND_LOGSOURCE:
        return read_logsource(arena, value, &logsource, &bad) ||
               error_set(
                   error,
                   "%s: '%.*s' is not understood; write for example product=windows,service=security",
                   label, (int)bad.len, bad.at);
    default:
        return true;
    }
}

static void add_value(struct option_values *values, struct str value)
{
    ARRAY_GROW(values->items, values->count, values->capacity);
    values->items[values->count++] = value;
}

// Checks a value and keeps it; lists are cut at commas (paths may hold commas and are not).
static bool take_value(struct options *options, enum option_id id, const char *label,
                       const char *text, struct error *error)
{
    const struct option_row *row = &option_rows[id];
    bool is_list = row->is_repeatable && (row->kind == KIND_CHOICE || row->kind == KIND_TEXT);
    struct str rest = str_from(text);
    while (rest.at) {
        struct str value =
            is_list ? arena_copy(&options->arena, str_trim(str_cut(&rest, ','))) : rest;
        if (!is_list)
            rest = str_of(NULL, 0);
        if (!check_value(row, label, value, &options->arena, error))
            return false;
        add_value(&options->values[id], value);
    }
    return true;
}

// ---- command line -------------------------------------------------------------------------------

static bool is_for(const struct option_row *row, enum command_id command)
{
    return row->commands >> command & 1;
}

static enum option_id find_long(enum command_id command, struct str name)
{
    for (size_t i = 0; i < OPTION_COUNT; i++)
        if (is_for(&option_rows[i], command) && str_is(name, option_rows[i].name))
            return (enum option_id)i;
    return OPTION_COUNT;
}

static enum option_id find_letter(enum command_id command, char letter)
{
    for (size_t i = 0; i < OPTION_COUNT; i++)
        if (is_for(&option_rows[i], command) && option_rows[i].letter == letter)
            return (enum option_id)i;
    return OPTION_COUNT;
}

// Says what is wrong with an option nobody knows, and what may have been meant.
static bool unknown_option(enum command_id command, struct str name, struct error *error)
{
    const char *words[OPTION_COUNT];
    size_t count = 0;
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        if (is_for(&option_rows[i], command))
            words[count++] = option_rows[i].name;
        else if (str_is(name, option_rows[i].name))
            for (size_t c = 0; c < COMMAND_COUNT; c++)
                if (is_for(&option_rows[i], (enum command_id)c))
                    return error_set(
                        error, "option '--%.*s' belongs to 'stormglass %s', not to '%s'",
                        (int)name.len, name.at, command_rows[c].name, command_rows[command].name);
    }
    const char *near = nearest_word(name, words, count);
    if (near)
        return error_set(error, "unknown option '--%.*s'; did you mean '--%s'?", (int)name.len,
                         name.at, near);
    return error_set(error, "unknown option '--%.*s'", (int)name.len, name.at);
}

struct line {
    struct options *options;
    int count, at;
    char *const *arguments;
    struct error *error;
};

static bool take_long(struct line *line, const char *text)
{
    struct str rest = str_from(text + 2), name = rest;
    size_t equals = str_index(rest, '=');
    bool has_value = equals < rest.len;
    name.len = equals;
    enum option_id id = find_long(line->options->command, name);
    if (id == OPTION_COUNT)
        return unknown_option(line->options->command, name, line->error);
    const struct option_row *row = &option_rows[id];
    char label[NAME_SIZE];
    snprintf(label, sizeof label, "--%s", row->name);
    if (row->kind == KIND_FLAG) {
        if (has_value)
            return error_set(line->error, "%s takes no value", label);
        add_value(&line->options->values[id], S("1"));
        return true;
    }
    if (!has_value && line->at + 1 >= line->count)
        return error_set(line->error, "%s needs a value: %s %s", label, label, row->argument);
    return take_value(line->options, id, label,
                      has_value ? rest.at + equals + 1 : line->arguments[++line->at], line->error);
}

// -q, -qj4, -j 4: letters until one takes a value.
static bool take_letters(struct line *line, const char *text)
{
    for (const char *letter = text + 1; *letter; letter++) {
        enum option_id id = find_letter(line->options->command, *letter);
        if (id == OPTION_COUNT)
            return error_set(line->error, "unknown option '-%c' in '%s'", *letter, text);
        const struct option_row *row = &option_rows[id];
        char label[NAME_SIZE];
        snprintf(label, sizeof label, "-%c (--%s)", *letter, row->name);
        if (row->kind == KIND_FLAG) {
            add_value(&line->options->values[id], S("1"));
            continue;
        }
        if (!letter[1] && line->at + 1 >= line->count)
            return error_set(line->error, "%s needs a value: -%c %s", label, *letter,
                             row->argument);
        return take_value(line->options, id, label,
                          letter[1] ? letter + 1 : line->arguments[++line->at], line->error);
    }
    return true;
}

static bool read_line(struct line *line)
{
    bool is_ended = false; // behind "--" all are paths
    for (; line->at < line->count; line->at++) {
        const char *text = line->arguments[line->at];
        bool is_good = true;
        if (is_ended || text[0] != '-' || text[1] == 0)
            add_value(&line->options->paths, str_from(text));
        else if (strcmp(text, "--") == 0)
            is_ended = true;
        else
            is_good = text[1] == '-' ? take_long(line, text) : take_letters(line, text);
        if (!is_good)
            return false;
        if (option_is_on(line->options, OPTION_HELP))
            return true;
    }
    return true;
}

// ---- environment --------------------------------------------------------------------------------

static void environment_name(const char *option, char out[NAME_SIZE])
{
    int len = snprintf(out, NAME_SIZE, "STORMGLASS_%s", option);
    for (int i = 0; i < len && i < NAME_SIZE; i++)
        out[i] = out[i] == '-'                    ? '_'
                 : out[i] >= 'a' && out[i] <= 'z' ? (char)(out[i] - 32)
                                                  : out[i];
}

// Of repeatable paths the variable holds several with colons between them, as PATH does.
static bool take_environment(struct options *options, enum option_id id, const char *name,
                             const char *text, struct error *error)
{
    const struct option_row *row = &option_rows[id];
    if (row->kind == KIND_FLAG) {
        if (is_choice("1|true|yes|on", str_from(text)))
            add_value(&options->values[id], S("1"));
        else if (!is_choice("0|false|no|off", str_from(text)))
            return error_set(error, "%s: '%s' is neither 1 nor 0", name, text);
        return true;
    }
    if (!row->is_repeatable || (row->kind != KIND_FILE && row->kind != KIND_FOLDER))
        return take_value(options, id, name, text, error);
    struct str rest = str_from(text);
    while (rest.at) {
        struct str part = str_cut(&rest, ':');
        if (part.len && !take_value(options, id, name, arena_copy(&options->arena, part).at, error))
            return false;
    }
    return true;
}

static bool read_environment(struct options *options, struct error *error)
{
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        char name[NAME_SIZE];
        if (i == OPTION_HELP || options->values[i].count ||
            !is_for(&option_rows[i], options->command))
            continue;
        environment_name(option_rows[i].name, name);
        const char *text = getenv(name);
        if (text && *text && !take_environment(options, (enum option_id)i, name, text, error))
            return false;
    }
    return true;
}

// ---- the whole ----------------------------------------------------------------------------------

static bool check_paths(const struct options *options, struct error *error)
{
    const struct command_row *row = &command_rows[options->command];
    const char *tab = strchr(row->examples, '\t');
    if (options->paths.count < (size_t)row->least)
        return error_set(error, "%s is missing; for example: %.*s",
                         options->paths.count                     ? row->arguments
                         : row->least > 1                         ? row->arguments
                         : strcmp(row->arguments, "PATH...") == 0 ? "a PATH"
                                                                  : row->arguments,
                         tab ? (int)(tab - row->examples) : 0, row->examples);
    if (row->most >= 0 && options->paths.count > (size_t)row->most)
        return error_set(error, "'%s' is one argument too many",
                         options->paths.items[row->most].at);
    for (size_t i = 0; i < options->paths.count; i++)
        if (options->paths.items[i].len == 0)
            return error_set(error, "argument %zu is empty", i + 1);
    return true;
}

bool options_parse(struct options *options, enum command_id command, int count,
                   char *const *arguments, struct error *error)
{
    *options = (struct options){.command = command};
    arena_init(&options->arena);
    struct line line = {options, count, 0, arguments, error};
    if (!read_line(&line))
        return false;
    if (option_is_on(options, OPTION_HELP))
        return true;
    if (!read_environment(options, error) || !check_paths(options, error))
        return false;
    int64_t since = option_time(options, OPTION_SINCE), until = option_time(options, OPTION_UNTIL);
    if (since != INSTANT_NONE && until != INSTANT_NONE && since >= until)
        return error_set(error,
                         "--until %s is not after --since %s: no record could lie between them",
                         option_text(options, OPTION_UNTIL), option_text(options, OPTION_SINCE));
    return true;
}

void options_done(struct options *options)
{
    for (size_t i = 0; i < OPTION_COUNT; i++)
        free(options->values[i].items);
    free(options->paths.items);
    arena_done(&options->arena);
}

bool option_is_on(const struct options *options, enum option_id id)
{
    return options->values[id].count > 0;
}

const char *option_text(const struct options *options, enum option_id id)
{
    const struct option_values *values = &options->values[id];
    return values->count ? values->items[values->count - 1].at : NULL;
}

int64_t option_time(const struct options *options, enum option_id id)
{
    const char *text = option_text(options, id);
    return text ? instant_parse_rfc3339(str_from(text)) : INSTANT_NONE;
}

enum sigma_level option_level(const struct options *options, enum option_id id,
                              enum sigma_level otherwise)
{
    enum sigma_level level = otherwise;
    sigma_level_parse(str_from(option_text(options, id)), &level);
    return level;
}

unsigned option_number(const struct options *options, enum option_id id, unsigned otherwise)
{
    int64_t number = otherwise;
    str_to_int64(str_from(option_text(options, id)), &number);
    return (unsigned)number;
}

uint64_t option_whole(const struct options *options, enum option_id id, uint64_t otherwise)
{
    int64_t number = 0;
    if (!option_is_on(options, id))
        return otherwise;
    str_to_int64(str_from(option_text(options, id)), &number);
    return (uint64_t)number;
}

struct sigma_logsource option_logsource(struct options *options, enum option_id id)
{
    struct sigma_logsource logsource = {S(""), S(""), S("")};
    struct str bad;
    if (option_is_on(options, id))
        read_logsource(&options->arena, str_from(option_text(options, id)), &logsource, &bad);
    return logsource;
}

// ---- commands -----------------------------------------------------------------------------------

// "rules" alone or with an unknown word: tells which there are.
static enum command_id unknown_part(const char *group, struct error *error)
{
    char list[128] = "";
    size_t len = 0, group_len = strlen(group);
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        if (strncmp(command_rows[i].name, group, group_len) == 0 &&
            command_rows[i].name[group_len] == ' ')
            len += (size_t)snprintf(list + len, sizeof list - len, "%s%s", len ? ", " : "",
                                    command_rows[i].name + group_len + 1);
    if (len)
        error_set(error, "'%s' needs one of: %s", group, list);
    return COMMAND_COUNT;
}

enum command_id command_find(const char *word, const char *second, int *used, struct error *error)
{
    const char *words[COMMAND_COUNT];
    char both[NAME_SIZE];
    snprintf(both, sizeof both, "%s %s", word, second ? second : "");
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        words[i] = command_rows[i].name;
        *used = strchr(words[i], ' ') ? 2 : 1;
        if (strcmp(words[i], *used == 2 ? both : word) == 0)
            return (enum command_id)i;
    }
    for (size_t i = 0; i < later_row_count; i++)
        if (strcmp(word, later_rows[i].name) == 0) {
            error_set(error, "'%s' is not in this version yet; it will be: %s", word,
                      later_rows[i].summary);
            return COMMAND_COUNT;
        }
    if (strcmp(word, "rules") == 0)
        return unknown_part(word, error);
    const char *near = nearest_word(str_from(word), words, COMMAND_COUNT);
    if (near)
        error_set(error, "unknown command '%s'; did you mean '%s'?", word, near);
    else
        error_set(error, "unknown command '%s'", word);
    return COMMAND_COUNT;
}
