// The program: finds the command that was asked for and runs it.
// SPDX-License-Identifier: Apache-2.0
#include <locale.h>
#include <stdio.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/builtin.h"
#include "command/command.h"
#include "engine/version.h"

static enum exit_status (*const functions[COMMAND_COUNT])(struct options *options) = {
#define COMMAND(id, name, arguments, least, most, function, ...) [COMMAND_##id] = function,
#define LATER(name, summary)
#include "command/commands.def"
};

static enum exit_status show_help(enum command_id command)
{
    struct style style = style_for(STDOUT_FILENO, NULL);
    struct buf text;
    buf_init(&text);
    if (command == COMMAND_COUNT)
        help_program(&style, &text);
    else
        help_command(command, &style, &text);
    stdout_write(&text);
    return stdout_finish(STATUS_DONE);
}

enum exit_status command_help(struct options *options)
{
    struct error error = {{0}};
    int used = 0;
    const struct option_values *words = &options->paths;
    if (words->count == 0)
        return show_help(COMMAND_COUNT);
    enum command_id command = command_find(
        words->items[0].at, words->count > 1 ? words->items[1].at : NULL, &used, &error);
    if (command != COMMAND_COUNT)
        return show_help(command);
    return complain("%s", error.text);
}

enum exit_status command_version(struct options *options)
{
    (void)options;
    printf("stormglass %s\n%zu rule files built in\n", STORMGLASS_VERSION, builtin_rules_count);
    return stdout_finish(STATUS_DONE);
}

static enum exit_status run(enum command_id command, int count, char **arguments)
{
    struct options options;
    struct error error = {{0}};
    enum exit_status status;
    if (!options_parse(&options, command, count, arguments, &error)) {
        complain("%s: %s", command_rows[command].name, error.text);
        remark("'stormglass %s --help' shows how it is used", command_rows[command].name);
        status = STATUS_TROUBLE;
    } else if (option_is_on(&options, OPTION_HELP)) {
        status = show_help(command);
    } else {
        status = functions[command](&options);
    }
    options_done(&options);
    return status;
}

int main(int count, char **arguments)
{
    struct error error = {{0}};
    int used = 0;
    memory_begin();
    setlocale(LC_CTYPE, "");
    if (count < 2) {
        struct style style = style_for(STDERR_FILENO, NULL);
        struct buf text;
        buf_init(&text);
        help_program(&style, &text);
        fwrite(text.at, 1, text.len, stderr);
        buf_done(&text);
        return STATUS_TROUBLE;
    }
    if (strcmp(arguments[1], "--help") == 0 || strcmp(arguments[1], "-h") == 0)
        return show_help(COMMAND_COUNT);
    if (strcmp(arguments[1], "--version") == 0 || strcmp(arguments[1], "-V") == 0)
        return command_version(NULL);
    if (arguments[1][0] == '-') {
        complain("options stand behind the command: stormglass scan %s ...", arguments[1]);
        return STATUS_TROUBLE;
    }
    enum command_id command = command_find(arguments[1], arguments[2], &used, &error);
    if (command == COMMAND_COUNT) {
        complain("%s", error.text);
        remark("'stormglass --help' shows what there is");
        return STATUS_TROUBLE;
    }
    return run(command, count - 1 - used, arguments + 1 + used);
}
