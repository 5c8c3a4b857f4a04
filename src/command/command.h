// What every command shares: its signature, exit statuses, and how it speaks to people.
// SPDX-License-Identifier: Apache-2.0
#ifndef STORMGLASS_COMMAND_COMMAND_H
#define STORMGLASS_COMMAND_COMMAND_H

#include "command/options.h"
#include "report/outline.h"

// When several hold, the first in this order counts: interrupted, trouble, rules, findings, done.
enum exit_status {
    STATUS_DONE = 0,
    STATUS_FINDINGS = 1,      // findings at or above --fail-on
    STATUS_RULES = 2,         // a rule is invalid, or a case of it failed
    STATUS_TROUBLE = 3,       // usage, configuration or unreadable input
    STATUS_INTERRUPTED = 130, // what was found so far was written
};
enum exit_status status_worse(enum exit_status a, enum exit_status b);

#define COMMAND(id, name, arguments, least, most, function, ...)                                   \
    enum exit_status function(struct options *options);
#define LATER(name, summary)
#include "command/commands.def"

// How text may look on standard output or standard error.
struct style style_for(int descriptor, const struct options *options);
bool is_terminal(int descriptor);

// "stormglass: " and the text, made safe, as a line on standard error. Gives STATUS_TROUBLE.
enum exit_status complain(const char *format, ...) __attribute__((format(printf, 1, 2)));
// A line on standard error as it is, made safe.
void remark(const char *format, ...) __attribute__((format(printf, 1, 2)));

// A sink that writes to standard output, and the end of the program's output: `status`, or
// STATUS_TROUBLE with a complaint when not everything could be written. A reader that went away is
// no trouble.
extern const struct sink sink_stdout;
enum exit_status stdout_finish(enum exit_status status);
// Writes a buffer to standard output and releases it.
void stdout_write(struct buf *text);

// Fills what does not come from the scan: version, names of sources, the time.
void outline_init(struct outline *outline, const struct scan_result *result);

// Is it the status of unreadable input? An input could not be opened or was cut short, or nothing could
// be read from one that is a log by its looks or was named in `paths` itself.
bool result_has_trouble(const struct scan_result *result, const struct option_values *paths);

// An argument as a shell would have to be given it.
void shell_quote(struct buf *out, struct str argument);

// Help of one command; of the whole program.
void help_command(enum command_id command, const struct style *style, struct buf *out);
void help_program(const struct style *style, struct buf *out);

#endif
