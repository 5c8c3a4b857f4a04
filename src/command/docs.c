// `stormglass docs`: the manual, shell completions and reference pages, from the same tables as the
// parser, the help and the field schema.
// SPDX-License-Identifier: Apache-2.0
#include "command/command.h"
#include "detector/detector.h"
#include "engine/version.h"
#include "event/field.h"
#include "evidence/evidence.h"
#include "source/source.h"

// A summary as a sentence: with a capital at its start.
static void add_sentence(struct buf *out, const char *summary)
{
    buf_add_char(out, *summary >= 'a' && *summary <= 'z' ? (char)(*summary - 32) : *summary);
    buf_print(out, "%s.\n", summary + 1);
}

static bool has_command(const struct option_row *option, size_t command)
{
    return option->commands >> command & 1;
}

// The words of an argument such as "text|json|jsonl".
static void add_words(struct buf *out, const char *choices, const char *separator)
{
    struct str rest = str_from(choices);
    bool is_first = true;
    while (rest.at) {
        struct str word = str_cut(&rest, '|');
        buf_print(out, "%s%.*s", is_first ? "" : separator, (int)word.len, word.at);
        is_first = false;
    }
}

static bool has_choices(const struct option_row *option)
{
    return option->kind == KIND_CHOICE || option->kind == KIND_LEVEL;
}

// ---- manual -------------------------------------------------------------------------------------

// Text for roff: a dash stays a dash, a backslash a backslash, and no line starts with a request.
static void add_roff(struct buf *out, struct str text)
{
    for (size_t i = 0; i < text.len; i++) {
        char c = text.at[i];
        if ((c == '.' || c == '\'') && (i == 0 || text.at[i - 1] == '\n'))
            buf_add(out, S("\\&"));
        if (c == '-')
            buf_add(out, S("\\-"));
        else if (c == '\\')
            buf_add(out, S("\\e"));
        else
            buf_add_char(out, c);
    }
}

static void man_examples(struct buf *out, const char *examples)
{
    struct str rest = str_from(examples);
    while (rest.at) {
        struct str what = str_cut(&rest, '\n'), line = str_cut(&what, '\t');
        if (!line.len)
            continue;
        buf_add(out, S(".TP\n.B "));
        add_roff(out, line);
        buf_add_char(out, '\n');
        add_roff(out, what);
        buf_add_char(out, '\n');
    }
}

static void man_options(struct buf *out, size_t command)
{
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        const struct option_row *option = &option_rows[i];
        if (!has_command(option, command))
            continue;
        buf_add(out, S(".TP\n"));
        if (option->letter)
            buf_print(out, "\\fB\\-%c\\fR, ", option->letter);
        buf_add(out, S("\\fB\\-\\-"));
        add_roff(out, str_from(option->name));
        buf_add(out, S("\\fR"));
        if (*option->argument) {
            buf_add(out, S(" \\fI"));
            add_roff(out, str_from(option->argument));
            buf_add(out, S("\\fR"));
        }
        buf_add_char(out, '\n');
        add_roff(out, str_from(option->help));
        buf_print(out, "%s.\n", option->is_repeatable ? "; repeatable" : "");
    }
}

static void man_command(struct buf *out, size_t command)
{
    const struct command_row *row = &command_rows[command];
    buf_print(out, ".SS \"stormglass %s [OPTION...] %s\"\n", row->name, row->arguments);
    add_sentence(out, row->summary);
    buf_add(out, S(".PP\n"));
    add_roff(out, str_from(row->text));
    man_options(out, command);
    buf_add(out, S(".PP\nExamples:\n"));
    man_examples(out, row->examples);
}

static void print_man(struct buf *out)
{
    buf_print(out, ".TH STORMGLASS 1 \"\" \"Stormglass %s\" \"User commands\"\n",
              STORMGLASS_VERSION);
    buf_add(
        out,
        S(".SH NAME\nstormglass \\- find intrusions in Microsoft 365 and Entra audit logs\n"
          ".SH SYNOPSIS\n.B stormglass\n.I COMMAND\n[\\fIOPTION\\fR...] [\\fIPATH\\fR...]\n"
          ".SH DESCRIPTION\nStormglass reads exported audit and sign\\-in logs in any container and compression,\n"
          "runs Sigma rules over them and reports what it found.\n"
          "Data goes to standard output, everything else to standard error.\n.SH COMMANDS\n"));
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        man_command(out, i);
    buf_add(
        out,
        S(".SH EXIT STATUS\nWhen several hold, the highest counts.\n"
          ".TP\n.B 0\nDone, whatever was found.\n"
          ".TP\n.B 1\nThere are findings at or above \\fB\\-\\-fail\\-on\\fR.\n"
          ".TP\n.B 2\nA rule is invalid, or a case of it failed. A scan goes on with the other rules.\n"
          ".TP\n.B 3\nUsage, configuration or unreadable input. What could be read is reported.\n"
          ".TP\n.B 130\nInterrupted. What was found so far was written.\n"
          ".SH ENVIRONMENT\n"
          ".TP\n.B STORMGLASS_\\fINAME\\fR\nPresets the option \\fB\\-\\-\\fIname\\fR, with dashes as underscores:\n"
          "STORMGLASS_FAIL_ON=high. Flags take 1 or 0; repeatable paths are parted by colons.\n"
          ".TP\n.B NO_COLOR\nNo colours when it is set and not empty.\n"
          ".TP\n.B XDG_DATA_HOME\nWhere \\fBrules update\\fR installs: $XDG_DATA_HOME/stormglass/rules.\n"
          ".SH FILES\nFiles that \\fB\\-\\-out\\fR writes are readable by their owner only.\n"));
}

// ---- completions --------------------------------------------------------------------------------

// All options of a command, as words.
static void add_option_words(struct buf *out, size_t command)
{
    bool is_first = true;
    for (size_t i = 0; i < OPTION_COUNT; i++)
        if (has_command(&option_rows[i], command)) {
            buf_print(out, "%s--%s", is_first ? "" : " ", option_rows[i].name);
            is_first = false;
        }
}

static void print_bash(struct buf *out)
{
    buf_add(
        out,
        S("# bash completion for stormglass; made by 'stormglass docs bash'.\n"
          "_stormglass() {\n"
          "    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} command=${COMP_WORDS[1]}\n"
          "    if [ \"$command\" = rules ] && [ \"$COMP_CWORD\" -gt 2 ]; then command=\"rules ${COMP_WORDS[2]}\"; fi\n"
          "    COMPREPLY=()\n"
          "    if [ \"$COMP_CWORD\" -eq 1 ]; then\n        COMPREPLY=($(compgen -W \""));
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        if (strncmp(command_rows[i].name, "rules ", 6) != 0)
            buf_print(out, "%s ", command_rows[i].name);
    buf_add(
        out,
        S("rules\" -- \"$word\"))\n        return\n    fi\n"
          "    if [ \"$command\" = rules ]; then COMPREPLY=($(compgen -W \"check test list update\" -- \"$word\")); return; fi\n"
          "    if [ \"$command\" = docs ]; then COMPREPLY=($(compgen -W \"man bash zsh fish commands fields\" -- \"$word\")); return; fi\n"
          "    case \"$command $before\" in\n"));
    for (size_t c = 0; c < COMMAND_COUNT; c++)
        for (size_t i = 0; i < OPTION_COUNT; i++) {
            const struct option_row *option = &option_rows[i];
            if (!has_command(option, c) || !*option->argument)
                continue;
            buf_print(out, "    \"%s --%s\"", command_rows[c].name, option->name);
            if (option->letter)
                buf_print(out, " | \"%s -%c\"", command_rows[c].name, option->letter);
            if (has_choices(option)) {
                buf_add(out, S(") COMPREPLY=($(compgen -W \""));
                add_words(out, option->argument, " ");
                buf_add(out, S("\" -- \"$word\")); return ;;\n"));
            } else if (option->kind == KIND_FOLDER) {
                buf_add(out, S(") COMPREPLY=($(compgen -d -- \"$word\")); return ;;\n"));
            } else if (option->kind == KIND_FILE) {
                buf_add(out, S(") COMPREPLY=($(compgen -f -- \"$word\")); return ;;\n"));
            } else {
                buf_add(out, S(") return ;;\n"));
            }
        }
    buf_add(out,
            S("    esac\n    if [ \"${word#-}\" != \"$word\" ]; then\n        case $command in\n"));
    for (size_t c = 0; c < COMMAND_COUNT; c++) {
        buf_print(out, "        \"%s\") COMPREPLY=($(compgen -W \"", command_rows[c].name);
        add_option_words(out, c);
        buf_add(out, S("\" -- \"$word\")) ;;\n"));
    }
    buf_add(
        out,
        S("        esac\n        return\n    fi\n    COMPREPLY=($(compgen -f -- \"$word\"))\n}\n"
          "complete -o filenames -F _stormglass stormglass\n"));
}

// A text inside single quotes, for zsh and fish; brackets and colons mean something to zsh.
static void add_quoted(struct buf *out, const char *text, bool is_zsh)
{
    for (; *text; text++) {
        if (*text == '\'')
            buf_add(out, S("'\\''"));
        else if (is_zsh && (*text == ':' || *text == '[' || *text == ']'))
            buf_print(out, "\\%c", *text);
        else
            buf_add_char(out, *text);
    }
}

static void zsh_option(struct buf *out, const struct option_row *option)
{
    buf_print(out, " \\\n            '%s--%s%s[", option->is_repeatable ? "*" : "", option->name,
              *option->argument ? "=" : "");
    add_quoted(out, option->help, true);
    buf_add_char(out, ']');
    if (*option->argument) {
        buf_print(out, ":%s:", has_choices(option) ? "choice" : "value");
        if (has_choices(option)) {
            buf_add_char(out, '(');
            add_words(out, option->argument, " ");
            buf_add_char(out, ')');
        } else if (option->kind == KIND_FILE || option->kind == KIND_FOLDER) {
            buf_add(out, option->kind == KIND_FILE ? S("_files") : S("_files -/"));
        }
    }
    buf_add_char(out, '\'');
}

static void zsh_commands(struct buf *out, bool is_rules)
{
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        bool is_part = strncmp(command_rows[i].name, "rules ", 6) == 0;
        if (is_part != is_rules)
            continue;
        buf_print(out, " \\\n            '%s:", command_rows[i].name + (is_rules ? 6 : 0));
        add_quoted(out, command_rows[i].summary, true);
        buf_add_char(out, '\'');
    }
}

static void print_zsh(struct buf *out)
{
    buf_add(
        out,
        S("#compdef stormglass\n# zsh completion for stormglass; made by 'stormglass docs zsh'.\n"
          "_stormglass() {\n    local -a commands parts\n    commands=("));
    zsh_commands(out, false);
    buf_add(out,
            S(" \\\n            'rules:validate, test, list and renew Sigma rules')\n    parts=("));
    zsh_commands(out, true);
    buf_add(out,
            S(")\n    if (( CURRENT == 2 )); then _describe command commands; return; fi\n"
              "    local command=$words[2]\n"
              "    if [[ $command == rules ]]; then\n"
              "        if (( CURRENT == 3 )); then _describe command parts; return; fi\n"
              "        command=\"rules $words[3]\"\n        shift words; (( CURRENT-- ))\n    fi\n"
              "    shift words; (( CURRENT-- ))\n"
              "    case $command in\n"));
    for (size_t c = 0; c < COMMAND_COUNT; c++) {
        buf_print(out, "        '%s') _arguments -s", command_rows[c].name);
        for (size_t i = 0; i < OPTION_COUNT; i++)
            if (has_command(&option_rows[i], c))
                zsh_option(out, &option_rows[i]);
        buf_add(out, c == COMMAND_DOCS
                         ? S(" \\\n            '1:page:(man bash zsh fish commands fields)' ;;\n")
                         : S(" \\\n            '*:path:_files' ;;\n"));
    }
    buf_add(out, S("    esac\n}\n_stormglass \"$@\"\n"));
}

static void fish_option(struct buf *out, const char *condition, const struct option_row *option)
{
    buf_print(out, "complete -c stormglass -n '%s' -l %s", condition, option->name);
    if (option->letter)
        buf_print(out, " -s %c", option->letter);
    if (has_choices(option)) {
        buf_add(out, S(" -x -a '"));
        add_words(out, option->argument, " ");
        buf_add_char(out, '\'');
    } else if (option->kind == KIND_FOLDER) {
        buf_add(out, S(" -x -a '(__fish_complete_directories)'"));
    } else if (*option->argument) {
        buf_add(out, option->kind == KIND_FILE ? S(" -r -F") : S(" -x"));
    }
    buf_add(out, S(" -d '"));
    add_quoted(out, option->help, false);
    buf_add(out, S("'\n"));
}

static void print_fish(struct buf *out)
{
    buf_add(
        out,
        S("# fish completion for stormglass; made by 'stormglass docs fish'.\n"
          "complete -c stormglass -n __fish_use_subcommand -f -a rules -d 'validate, test, list and renew Sigma rules'\n"
          "complete -c stormglass -n '__fish_seen_subcommand_from docs' -f -a 'man bash zsh fish commands fields'\n"));
    for (size_t c = 0; c < COMMAND_COUNT; c++) {
        const char *name = command_rows[c].name, *part = strchr(name, ' ');
        char condition[160];
        struct buf text;
        buf_init(&text);
        if (part)
            buf_print(&text,
                      "__fish_seen_subcommand_from rules; and __fish_seen_subcommand_from %s",
                      part + 1);
        else
            buf_print(&text, "__fish_seen_subcommand_from %s", name);
        size_t len = text.len < sizeof condition - 1 ? text.len : sizeof condition - 1;
        memcpy(condition, text.at, len);
        condition[len] = 0;
        buf_done(&text);
        buf_print(
            out, "complete -c stormglass -n '%s' -f -a %s -d '",
            part
                ? "__fish_seen_subcommand_from rules; and not __fish_seen_subcommand_from check test list update"
                : "__fish_use_subcommand",
            part ? part + 1 : name);
        add_quoted(out, command_rows[c].summary, false);
        buf_add(out, S("'\n"));
        for (size_t i = 0; i < OPTION_COUNT; i++)
            if (has_command(&option_rows[i], c))
                fish_option(out, condition, &option_rows[i]);
    }
}

// ---- reference pages ----------------------------------------------------------------------------

// A cell of a Markdown table.
static void add_cell(struct buf *out, const char *text)
{
    for (; *text; text++)
        if (*text == '<')
            buf_add(out, S("&lt;"));
        else
            buf_print(out, *text == '|' ? "\\%c" : "%c", *text);
}

static void print_commands(struct buf *out)
{
    buf_add(
        out,
        S("# Commands\n\nMade by `stormglass docs commands`; `./dev docs` writes it again.\n\n"
          "Data goes to standard output, everything else to standard error. Exit status: 0 done, 1 findings at or\n"
          "above `--fail-on`, 2 a rule is invalid, 3 usage or unreadable input, 130 interrupted; when several hold,\n"
          "the highest. Each option can be preset by an environment variable: `--fail-on` by `STORMGLASS_FAIL_ON`.\n"));
    for (size_t c = 0; c < COMMAND_COUNT; c++) {
        const struct command_row *row = &command_rows[c];
        buf_print(out, "\n## stormglass %s\n\n", row->name);
        add_sentence(out, row->summary);
        buf_print(out, "\n%s\n    stormglass %s [OPTION...] %s\n\n", row->text, row->name,
                  row->arguments);
        buf_add(out, S("| option | meaning |\n| --- | --- |\n"));
        for (size_t i = 0; i < OPTION_COUNT; i++) {
            const struct option_row *option = &option_rows[i];
            if (!has_command(option, c))
                continue;
            buf_add(out, S("| `"));
            if (option->letter)
                buf_print(out, "-%c`, `", option->letter);
            buf_print(out, "--%s%s", option->name, *option->argument ? " " : "");
            add_cell(out, option->argument);
            buf_add(out, S("` | "));
            add_cell(out, option->help);
            buf_print(out, "%s |\n", option->is_repeatable ? "; repeatable" : "");
        }
        buf_add(out, S("\nExamples:\n\n"));
        struct str rest = str_from(row->examples);
        while (rest.at) {
            struct str what = str_cut(&rest, '\n'), line = str_cut(&what, '\t');
            if (line.len)
                buf_print(out, "- `%.*s`: %.*s\n", (int)line.len, line.at, (int)what.len, what.at);
        }
    }
}

// One line for each source that has the field: its paths.
static void add_paths(struct buf *out, size_t field)
{
    for (size_t s = 0; s < SOURCE_COUNT; s++) {
        bool is_first = true;
        for (size_t i = 0; i < field_path_row_count; i++) {
            const struct field_path_row *row = &field_path_rows[i];
            if ((size_t)row->field != field || (size_t)row->source != s)
                continue;
            if (is_first)
                buf_print(out, "\n- %s: `%s`", source_name((enum source_id)s), row->path);
            else
                buf_print(out, ", `%s`", row->path);
            is_first = false;
        }
    }
}

static void print_fields(struct buf *out)
{
    static const char *const types[] = {"text", "time",   "address", "GUID",
                                        "user", "number", "boolean"};
    buf_add(
        out,
        S("# Fields\n\nMade by `stormglass docs fields`; `./dev docs` writes it again.\n\n"
          "Names that rules may use for every source, and where each is found in the records. Any other name is\n"
          "a path in the record itself.\n"));
    for (size_t i = 0; i < FIELD_COUNT; i++) {
        const struct field_row *row = &field_rows[i];
        buf_print(out, "\n## %s\n\n%s (%s", row->name, row->meaning, types[row->type]);
        if (*row->sigma)
            buf_print(out, "; also `%s`", row->sigma);
        if (*row->ecs)
            buf_print(out, "; ECS `%s`", row->ecs);
        buf_add(out, S(")\n"));
        add_paths(out, i);
        buf_add_char(out, '\n');
    }
}

static void print_detectors(struct buf *out)
{
    buf_add(
        out,
        S("# Detectors\n\nMade by `stormglass docs detectors`; `./dev docs` writes it again.\n\n"
          "What single records do not show. Every detector sees all activities of a scan in order of time and knows what\n"
          "is usual and what was issued on both sides of each moment. Findings carry the detector's name; their\n"
          "`statement` says what was seen, with figures. Sigma rules stand beside them (`stormglass rules list`).\n"));
    for (size_t i = 0; i < detector_count; i++) {
        const struct detector *detector = detectors[i];
        buf_print(out, "\n## %s\n\n%s (%s)\n\n%s\n\nWhat else looks like it: %s\n", detector->name,
                  detector->title, detector->attack, detector->meaning, detector->false_positives);
    }
}

static void print_evidence(struct buf *out)
{
    buf_add(
        out,
        S("# Evidence\n\nMade by `stormglass docs evidence`; `./dev docs` writes it again.\n\n"
          "The questions that are asked of every incident. Each is answered yes, partly, no or cannot tell, by a sentence\n"
          "with figures and the records it rests on. Hypotheses (docs/hypotheses.md) say what an answer weighs.\n"));
    for (size_t i = 0; i < question_count; i++)
        buf_print(out, "\n## %s\n\n%s\n\n%s\n", questions[i]->name, questions[i]->question,
                  questions[i]->rests_on);
}

enum exit_status command_docs(struct options *options)
{
    static const struct {
        const char *name;
        void (*print)(struct buf *out);
    } pages[] = {{"man", print_man},
                 {"bash", print_bash},
                 {"zsh", print_zsh},
                 {"fish", print_fish},
                 {"commands", print_commands},
                 {"fields", print_fields},
                 {"detectors", print_detectors},
                 {"evidence", print_evidence}};
    struct str wanted = options->paths.items[0];
    for (size_t i = 0; i < sizeof pages / sizeof *pages; i++)
        if (str_is(wanted, pages[i].name)) {
            struct buf text;
            buf_init(&text);
            pages[i].print(&text);
            stdout_write(&text);
            return stdout_finish(STATUS_DONE);
        }
    return complain(
        "docs: '%s' is none of man, bash, zsh, fish, commands, fields, detectors, evidence",
        wanted.at);
}
