// The rules that a command works with: built-in ones and those of --rules, narrowed by the options.
// SPDX-License-Identifier: Apache-2.0
#ifndef STORMGLASS_COMMAND_RULE_SET_H
#define STORMGLASS_COMMAND_RULE_SET_H

#include "command/command.h"
#include "engine/rule_files.h"

#define PROBLEM_ROWS 50 // shown on standard error

// Reads and finishes the rules; `extra` (may be NULL) are more paths. To be released with
// rule_files_done whatever the status. STATUS_DONE; STATUS_RULES when a rule given was refused (told on
// standard error; the others are there); STATUS_TROUBLE when a path could not be read: go no further.
enum exit_status rule_set_load(struct options *options, const struct option_values *extra,
                               bool with_builtin, struct rule_files *files, char sha256[65]);

// "path:line:column: error: text" for a problem.
void problem_print(const struct sigma_problem *problem, const struct style *style, struct buf *out);

// How many rules have a logsource that no log of this program goes by (they meet logs of unknown kind
// only). With `out`, a line for each such logsource with the number of its rules, in byte order.
size_t logsources_unknown(const struct sigma_set *set, struct buf *out);

// "product m365, service exchange"; "any log" when the logsource is empty.
void logsource_print(const struct sigma_logsource *logsource, struct buf *out);

#endif
