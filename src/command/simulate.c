// `stormglass simulate`: writes the logs of a made-up tenant and the answer into a folder.
// SPDX-License-Identifier: Apache-2.0
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/figure.h"
#include "base/nearest.h"
#include "command/command.h"
#include "command/progress.h"
#include "engine/version.h"
#include "output/directory.h"
#include "simulate/simulate.h"

#define CHOICE_LIMIT 64

// ---- files ------------------------------------------------------------------------------------

// The folder that is written to, and the files that are open.
struct files {
    struct directory directory;
    int *descriptors;
    size_t count, capacity;
};

static bool file_open(void *context, uint32_t file, const char *name, struct error *error)
{
    struct files *files = context;
    (void)file; // they come in the order of their numbers
    ARRAY_GROW(files->descriptors, files->count, files->capacity);
    int descriptor = openat(files->directory.descriptor, name,
                            O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (descriptor < 0)
        return error_set(error, "cannot write %s/%s: %s", files->directory.path, name,
                         strerror(errno));
    files->descriptors[files->count++] = descriptor;
    return true;
}

static bool file_write(void *context, uint32_t file, struct str text, struct error *error)
{
    struct files *files = context;
    while (text.len) {
        ssize_t done = write(files->descriptors[file], text.at, text.len);
        if (done < 0 && errno == EINTR)
            continue;
        if (done < 0)
            return error_set(error, "cannot write to %s: %s", files->directory.path,
                             strerror(errno));
        text = str_of(text.at + done, text.len - (size_t)done);
    }
    return true;
}

static bool file_close(void *context, uint32_t file, struct error *error)
{
    struct files *files = context;
    int descriptor = files->descriptors[file];
    files->descriptors[file] = -1;
    return close(descriptor) == 0 ||
           error_set(error, "cannot write to %s: %s", files->directory.path, strerror(errno));
}

// Old logs beside new ones would not agree with truth.json.
static bool folder_is_empty(const struct directory *directory, struct error *error)
{
    int descriptor = openat(directory->descriptor, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *folder = descriptor < 0 ? NULL : fdopendir(descriptor);
    if (!folder)
        return error_set(error, "cannot read the folder %s: %s", directory->path, strerror(errno));
    bool is_empty = true;
    for (struct dirent *entry; is_empty && (entry = readdir(folder));)
        is_empty = strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0;
    closedir(folder);
    return is_empty ||
           error_set(error, "%s is not empty; name a new folder with --out", directory->path);
}

static bool files_init(struct files *files, const char *path, struct error *error)
{
    *files = (struct files){0};
    if (!directory_open(&files->directory, path, error))
        return false;
    if (folder_is_empty(&files->directory, error))
        return true;
    directory_close(&files->directory);
    return false;
}

static void files_done(struct files *files)
{
    for (size_t i = 0; i < files->count; i++)
        if (files->descriptors[i] >= 0)
            close(files->descriptors[i]);
    free(files->descriptors);
    directory_close(&files->directory);
}

// ---- options ----------------------------------------------------------------------------------

typedef bool choose(uint32_t index, struct simulate_choice *out);

static enum exit_status list_choices(choose *next)
{
    struct buf out;
    struct simulate_choice choice;
    buf_init(&out);
    for (uint32_t i = 0; next(i, &choice); i++)
        buf_print(&out, "%-30s %s\n", choice.name, choice.text);
    stdout_write(&out);
    return stdout_finish(STATUS_DONE);
}

static bool is_known(choose *next, const char *option, struct str name, struct error *error)
{
    const char *words[CHOICE_LIMIT];
    struct simulate_choice choice;
    size_t count = 0;
    for (uint32_t i = 0; count < CHOICE_LIMIT && next(i, &choice); i++) {
        if (str_is(name, choice.name))
            return true;
        words[count++] = choice.name;
    }
    const char *near = nearest_word(name, words, count);
    if (near)
        return error_set(error, "%s: there is no '%.*s'; did you mean '%s'?", option, (int)name.len,
                         name.at, near);
    return error_set(error, "%s: there is no '%.*s'; '%s list' shows what there is", option,
                     (int)name.len, name.at, option);
}

// The texts of a repeatable option, checked.
static bool names_of(const struct options *options, enum option_id id, choose *next,
                     const char *option, const char *names[CHOICE_LIMIT], uint32_t *count,
                     struct error *error)
{
    const struct option_values *values = &options->values[id];
    *count = 0;
    for (size_t i = 0; i < values->count; i++) {
        if (!is_known(next, option, values->items[i], error))
            return false;
        if (*count == SIMULATE_SCENARIO_LIMIT)
            return error_set(error, "%s: at most %d", option, SIMULATE_SCENARIO_LIMIT);
        names[(*count)++] = values->items[i].at;
    }
    return true;
}

static bool whole_number(const struct options *options, enum option_id id, const char *option,
                         uint64_t most, uint64_t *out, struct error *error)
{
    uint64_t number = option_whole(options, id, *out);
    if (option_is_on(options, id) && (number < 1 || number > most) && most < INT64_MAX)
        return error_set(error, "%s: %llu is not from 1 to %llu", option,
                         (unsigned long long)number, (unsigned long long)most);
    *out = number;
    return true;
}

static bool interrupted(void)
{
    return signals_interrupted;
}

static bool read_options(const struct options *options, struct simulate_options *out,
                         const char *scenarios[CHOICE_LIMIT], const char *dialects[CHOICE_LIMIT],
                         struct error *error)
{
    uint64_t seed = SIMULATE_DEFAULT_SEED, mailboxes = SIMULATE_DEFAULT_MAILBOXES,
             days = SIMULATE_DEFAULT_DAYS;
    *out = (struct simulate_options){.scenarios = scenarios,
                                     .dialects = dialects,
                                     .version = STORMGLASS_VERSION,
                                     .is_interrupted = interrupted};
    if (!names_of(options, OPTION_SCENARIO, simulate_scenario, "--scenario", scenarios,
                  &out->scenario_count, error) ||
        !names_of(options, OPTION_DIALECT, simulate_dialect, "--dialect", dialects,
                  &out->dialect_count, error) ||
        !whole_number(options, OPTION_SEED, "--seed", INT64_MAX, &seed, error) ||
        !whole_number(options, OPTION_MAILBOXES, "--mailboxes", SIMULATE_MAILBOX_LIMIT, &mailboxes,
                      error) ||
        !whole_number(options, OPTION_DAYS, "--days", SIMULATE_DAY_LIMIT, &days, error))
        return false;
    out->seed = seed;
    out->mailboxes = (uint32_t)mailboxes;
    out->days = (uint32_t)days;
    out->start = option_time(options, OPTION_START);
    if (out->start == INSTANT_NONE)
        out->start = instant_parse_rfc3339(S(SIMULATE_DEFAULT_START));
    return true;
}

// ---- the command ------------------------------------------------------------------------------

static enum exit_status write_logs(struct options *options, const struct simulate_options *simulate)
{
    struct files files;
    struct error error;
    struct simulate_result result = {0};
    char records[FIGURE_SIZE];
    const char *path = option_text(options, OPTION_OUT_LOGS);
    if (!files_init(&files, path, &error))
        return complain("--out: %s", error.text);
    struct simulate_sink sink = {&files, file_open, file_write, file_close};
    signals_catch();
    bool is_done = simulate_run(simulate, &sink, &result, &error);
    files_done(&files);
    if (!is_done)
        return complain("%s", error.text);
    if (!option_is_on(options, OPTION_QUIET))
        remark("%s records in %u files in %s; what happened is told in %s/truth.json",
               figure_number(result.records, records), result.files, path, path);
    return result.is_interrupted ? STATUS_INTERRUPTED : STATUS_DONE;
}

static bool asks_for_list(const struct options *options, enum option_id id)
{
    const struct option_values *values = &options->values[id];
    for (size_t i = 0; i < values->count; i++)
        if (str_is(values->items[i], "list"))
            return true;
    return false;
}

enum exit_status command_simulate(struct options *options)
{
    const char *scenarios[CHOICE_LIMIT], *dialects[CHOICE_LIMIT];
    struct simulate_options simulate;
    struct error error;
    if (asks_for_list(options, OPTION_SCENARIO))
        return list_choices(simulate_scenario);
    if (asks_for_list(options, OPTION_DIALECT))
        return list_choices(simulate_dialect);
    if (!read_options(options, &simulate, scenarios, dialects, &error))
        return complain("%s", error.text);
    if (!option_is_on(options, OPTION_OUT_LOGS))
        return complain("--out is missing; for example: stormglass simulate --out drill");
    return write_logs(options, &simulate);
}
