// How commands speak: styles of terminals, complaints, standard output.
// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <langinfo.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "command/command.h"
#include "engine/version.h"
#include "report/safe.h"
#include "source/source.h"

enum exit_status status_worse(enum exit_status a, enum exit_status b)
{
    return a > b ? a : b; // the numbers stand in the order of their weight
}

bool is_terminal(int descriptor)
{
    return isatty(descriptor) == 1;
}

static bool is_set(const char *name)
{
    const char *value = getenv(name);
    return value && *value;
}

static bool is_dumb(void)
{
    const char *term = getenv("TERM");
    return !term || strcmp(term, "dumb") == 0;
}

// Of the terminal; 0 (no limit) when the output goes elsewhere.
static unsigned width_of(int descriptor)
{
    struct winsize size = {0};
    if (!is_terminal(descriptor))
        return 0;
    if (ioctl(descriptor, TIOCGWINSZ, &size) != 0 || size.ws_col == 0)
        return 80;
    return size.ws_col;
}

struct style style_for(int descriptor, const struct options *options)
{
    struct style style = {.is_utf8 = strcmp(nl_langinfo(CODESET), "UTF-8") == 0,
                          .width = width_of(descriptor)};
    style.is_color = is_terminal(descriptor) && !is_set("NO_COLOR") && !is_dumb() &&
                     !(options && option_is_on(options, OPTION_NO_COLOR));
    return style;
}

static void say(const char *prefix, const char *format, va_list arguments)
    __attribute__((format(printf, 2, 0)));
static void say(const char *prefix, const char *format, va_list arguments)
{
    struct buf raw, safe;
    struct style style = style_for(STDERR_FILENO, NULL);
    buf_init(&raw);
    buf_init(&safe);
    buf_vprint(&raw, format, arguments);
    buf_print(&safe, "%s", prefix);
    safe_text(&safe, buf_str(&raw), style.is_utf8);
    buf_add_char(&safe, '\n');
    fwrite(safe.at, 1, safe.len, stderr);
    buf_done(&raw);
    buf_done(&safe);
}

enum exit_status complain(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    say("stormglass: ", format, arguments);
    va_end(arguments);
    return STATUS_TROUBLE;
}

void remark(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    say("", format, arguments);
    va_end(arguments);
}

static bool write_stdout(void *context, struct str piece)
{
    (void)context;
    return fwrite(piece.at, 1, piece.len, stdout) == piece.len;
}
const struct sink sink_stdout = {write_stdout, NULL};

void stdout_write(struct buf *text)
{
    fwrite(text->at ? text->at : "", 1, text->len, stdout);
    buf_done(text);
}

enum exit_status stdout_finish(enum exit_status status)
{
    errno = 0;
    bool is_written = fflush(stdout) == 0 && !ferror(stdout);
    if (is_written || errno == EPIPE)
        return status;
    return status_worse(
        status, complain("cannot write to standard output: %s", strerror(errno ? errno : EIO)));
}

void outline_init(struct outline *outline, const struct scan_result *result)
{
    struct timespec now = {0};
    clock_gettime(CLOCK_REALTIME, &now);
    *outline = (struct outline){.result = result,
                                .version = STORMGLASS_VERSION,
                                .generated_at = (int64_t)now.tv_sec * SECOND};
    for (size_t i = 0; i < SOURCE_COUNT; i++)
        outline->source_names[i] = source_name((enum source_id)i);
}

void shell_quote(struct buf *out, struct str argument)
{
    static const char plain[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789@%+=:,./_-";
    bool is_plain = argument.len > 0;
    for (size_t i = 0; i < argument.len; i++)
        is_plain = is_plain && argument.at[i] && strchr(plain, argument.at[i]);
    if (is_plain) {
        buf_add(out, argument);
        return;
    }
    buf_add_char(out, '\'');
    for (size_t i = 0; i < argument.len; i++)
        buf_add(out, argument.at[i] == '\'' ? S("'\\''") : str_of(argument.at + i, 1));
    buf_add_char(out, '\'');
}
