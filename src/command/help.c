// The help texts, made from the tables of commands and options.
// SPDX-License-Identifier: Apache-2.0
#include "command/command.h"
#include "report/safe.h"
#include "report/table.h"

#define LEFT 34 // columns of the left side

static void heading(const struct style *style, struct buf *out, const char *text)
{
    buf_add_char(out, '\n');
    tint_text(out, style, TINT_BOLD, str_from(text));
    buf_add_char(out, '\n');
}

// "  left      right", the right side on a line of its own when the left is long.
static void row(struct buf *out, struct str left, struct str right)
{
    size_t width = text_width(left);
    buf_print(out, "  %.*s", (int)left.len, left.at);
    if (width + 2 > LEFT)
        buf_print(out, "\n  %*s", LEFT, "");
    else
        buf_print(out, "%*s", (int)(LEFT - width), "");
    buf_print(out, "%.*s\n", (int)right.len, right.at);
}

// "command\twhat it does\n" each: the command, and below it what it does.
static void examples(const struct style *style, struct buf *out, const char *text)
{
    struct str rest = str_from(text);
    while (rest.at) {
        struct str right = str_cut(&rest, '\n'), left = str_cut(&right, '\t');
        if (!left.len)
            continue;
        buf_print(out, "  %.*s\n      ", (int)left.len, left.at);
        tint_text(out, style, TINT_DIM, right);
        buf_add_char(out, '\n');
    }
}

static void option_row_print(struct buf *out, const struct option_row *option)
{
    struct buf left, right;
    buf_init(&left);
    buf_init(&right);
    if (option->letter)
        buf_print(&left, "-%c, ", option->letter);
    else
        buf_add(&left, S("    "));
    buf_print(&left, "--%s%s%s", option->name, *option->argument ? " " : "", option->argument);
    buf_print(&right, "%s%s", option->help, option->is_repeatable ? "; repeatable" : "");
    row(out, buf_str(&left), buf_str(&right));
    buf_done(&left);
    buf_done(&right);
}

void help_command(enum command_id command, const struct style *style, struct buf *out)
{
    const struct command_row *self = &command_rows[command];
    buf_print(out, "stormglass %s: %s\n", self->name, self->summary);
    heading(style, out, "Examples");
    examples(style, out, self->examples);
    heading(style, out, "Usage");
    buf_print(out, "  stormglass %s [OPTION...] %s\n\n", self->name, self->arguments);
    struct str rest = str_from(self->text);
    while (rest.at) {
        struct str line = str_cut(&rest, '\n');
        if (line.len)
            buf_print(out, "  %.*s\n", (int)line.len, line.at);
    }
    heading(style, out, "Options");
    for (size_t i = 0; i < OPTION_COUNT; i++)
        if (option_rows[i].commands >> command & 1)
            option_row_print(out, &option_rows[i]);
    buf_add(
        out,
        S("\n  Each can be preset by an environment variable: --fail-on by STORMGLASS_FAIL_ON.\n"));
}

void help_program(const struct style *style, struct buf *out)
{
    buf_add(out, S("Stormglass reads Microsoft 365 and Entra audit logs and finds intrusions.\n"));
    heading(style, out, "Examples");
    examples(
        style, out,
        "stormglass scan exports/\tread everything below exports/ and show what was found\n"
        "stormglass scan --out case-17 exports/\tthe same, and write the report files to case-17/\n"
        "stormglass summary ual.csv\twho, what, when, where from\n"
        "stormglass explain my-rule.yml event.json\twhy a rule matched an event or did not\n");
    heading(style, out, "Commands");
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        row(out, str_from(command_rows[i].name), str_from(command_rows[i].summary));
    heading(style, out, "More");
    buf_add(out, S("  stormglass COMMAND --help           options of a command\n"
                   "  stormglass docs man | man -l -      the whole manual\n"));
    heading(style, out, "Exit status");
    buf_add(
        out,
        S("  0 done, 1 findings at or above --fail-on, 2 a rule is invalid, 3 usage or unreadable input,\n"
          "  130 interrupted. When several hold, the highest.\n"));
}
