// `stormglass gaps`: what the logs can and cannot show, without rules and detectors.
// SPDX-License-Identifier: Apache-2.0
#include <unistd.h>

#include "base/figure.h"
#include "command/command.h"
#include "command/databases.h"
#include "command/progress.h"
#include "report/report.h"

static void tell_inputs(const struct scan_result *result)
{
    char number[FIGURE_SIZE];
    for (size_t i = 0; i < result->input_count; i++) {
        const struct scan_input *input = &result->inputs[i];
        for (size_t k = 0; k < input->warning_count; k++)
            remark("%.*s: %.*s", (int)input->path.len, input->path.at, (int)input->warnings[k].len,
                   input->warnings[k].at);
        if (input->unread_count)
            remark("%.*s: %s piece%s could not be read", (int)input->path.len, input->path.at,
                   figure_number(input->unread_count, number), figure_plural(input->unread_count));
    }
}

static enum exit_status show(struct options *options, const struct scan_result *result)
{
    struct style style = style_for(STDOUT_FILENO, options);
    struct outline outline;
    outline_init(&outline, result);
    const char *format = option_text(options, OPTION_FORMAT_PLAIN);
    if (format && strcmp(format, "json") == 0)
        report_gaps_json(&outline, &sink_stdout);
    else
        report_gaps_text(&outline, &style, &sink_stdout);
    enum exit_status status =
        result_has_trouble(result, &options->paths) ? STATUS_TROUBLE : STATUS_DONE;
    status = stdout_finish(result->is_interrupted ? STATUS_INTERRUPTED : status);
    if (!option_is_on(options, OPTION_QUIET) || status == STATUS_TROUBLE)
        tell_inputs(result);
    return status;
}

enum exit_status command_gaps(struct options *options)
{
    struct style style = style_for(STDERR_FILENO, options);
    struct sigma_set none; // no rules
    struct scan_result result;
    struct progress progress;
    struct databases databases;
    struct error error;
    if (!databases_open(&databases, options, &error))
        return complain("--mmdb: %s", error.text);
    progress_init(&progress, &style,
                  is_terminal(STDERR_FILENO) && !option_is_on(options, OPTION_QUIET));
    signals_catch();
    sigma_set_init(&none);
    sigma_finish(&none, NULL);
    struct scan_options scan = {
        .paths = options->paths.items,
        .path_count = options->paths.count,
        .rules = &none,
        .since = option_time(options, OPTION_SINCE),
        .until = option_time(options, OPTION_UNTIL),
        .threads = option_number(options, OPTION_THREADS, 0),
        .databases = databases.lookups,
        .database_count = databases.count,
        .is_detecting = true,
        .is_coverage_only = true,
        .needs_lines = true,
        .is_interrupted = &signals_interrupted,
        .progress = progress_draw,
        .context = &progress,
    };
    bool is_done = scan_run(&scan, &result, &error);
    progress_clear(&progress);
    enum exit_status status = is_done ? show(options, &result) : complain("%s", error.text);
    scan_result_done(&result);
    sigma_set_done(&none);
    databases_close(&databases);
    return status;
}
