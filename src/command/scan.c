// `stormglass scan`: reads logs, detects, and writes reports.
// SPDX-License-Identifier: Apache-2.0
#include <stdio.h>
#include <unistd.h>

#include "base/figure.h"
#include "command/command.h"
#include "command/databases.h"
#include "command/progress.h"
#include "command/rule_set.h"
#include "output/directory.h"
#include "report/report.h"

#define NOTE_ROWS 20

enum form { FORM_TEXT, FORM_JSON, FORM_JSONL };

struct job {
    struct options *options;
    struct rule_files files;
    struct databases databases;
    struct stories stories;
    struct scan_result result;
    struct outline outline;
    struct buf next_step;
    enum form form;
    bool is_quiet;
};

static enum form form_of(const struct options *options)
{
    const char *text = option_text(options, OPTION_FORMAT);
    if (!text)
        return is_terminal(STDOUT_FILENO) ? FORM_TEXT : FORM_JSONL;
    return strcmp(text, "text") == 0   ? FORM_TEXT
           : strcmp(text, "json") == 0 ? FORM_JSON
                                       : FORM_JSONL;
}

// ---- what to do next ----------------------------------------------------------------------------

// The gravest finding of a single-event rule can be explained; without findings an overview helps.
static void make_next_step(struct job *job)
{
    const struct finding_list *findings = &job->result.findings;
    struct str path = job->options->paths.items[0];
    struct buf *out = &job->next_step;
    const struct finding *finding = NULL;
    if (str_is(path, "-"))
        return;
    for (size_t i = 0; i < findings->count && !finding; i++)
        if (findings->items[i].rule && findings->items[i].listed)
            finding = &findings->items[i];
    if (finding) {
        buf_add(out, S("stormglass explain "));
        shell_quote(out, finding->rule->id.len ? finding->rule->id : finding->rule->title);
        buf_add_char(out, ' ');
        shell_quote(out, path);
        buf_add(out, S(" --record "));
        shell_quote(out, finding->events[0]);
    } else {
        buf_add(out, S("stormglass summary "));
        shell_quote(out, path);
    }
    job->outline.next_step =
        buf_failed(out) ? NULL : arena_copy(&job->options->arena, buf_str(out)).at;
}

// ---- standard error -----------------------------------------------------------------------------

static void tell_inputs(const struct job *job)
{
    char number[FIGURE_SIZE];
    size_t told = 0, more = 0;
    for (size_t i = 0; i < job->result.input_count; i++) {
        const struct scan_input *input = &job->result.inputs[i];
        for (size_t k = 0; k < input->warning_count + (input->unread_count > 0); k++) {
            if (told == NOTE_ROWS) {
                more++;
                continue;
            }
            told++;
            if (k < input->warning_count)
                remark("%.*s: %.*s", (int)input->path.len, input->path.at,
                       (int)input->warnings[k].len, input->warnings[k].at);
            else
                remark("%.*s: %s piece%s could not be read%s%s", (int)input->path.len,
                       input->path.at, figure_number(input->unread_count, number),
                       figure_plural(input->unread_count),
                       input->unread_listed ? "; the first: " : "",
                       input->unread_listed ? input->unread[0].why : "");
        }
    }
    if (more)
        remark("and %zu more notes; report.json (--out) has them all", more);
}

static void tell_state(const struct job *job)
{
    const struct outline_state *state = job->result.state;
    char a[FIGURE_SIZE], b[FIGURE_SIZE], first[INSTANT_SIZE], last[INSTANT_SIZE];
    if (!state)
        return;
    for (size_t i = 0; i < state->note_count; i++)
        remark("%.*s: %.*s", (int)state->path.len, state->path.at, (int)state->notes[i].len,
               state->notes[i].at);
    if (job->is_quiet)
        return;
    if (state->earlier)
        remark("%.*s: %s records of earlier runs, %s to %s, are part of this report",
               (int)state->path.len, state->path.at, figure_number(state->earlier, a),
               instant_print(state->earlier_first, first),
               instant_print(state->earlier_last, last));
    if (state->kept)
        remark("%.*s: %s records are kept for the next run", (int)state->path.len, state->path.at,
               figure_number(state->kept, b));
}

// Reading a second time is not always possible, and a report that cites what it cannot show must not hide it.
static void tell_cited(const struct job *job)
{
    char a[FIGURE_SIZE], b[FIGURE_SIZE];
    const struct cited_list *cited = job->result.cited;
    struct cited_totals totals = cited ? cited_totals(cited) : (struct cited_totals){0};
    if (totals.unread)
        remark("%s of %s cited records could not be read again: records.jsonl says why",
               figure_number(totals.unread, a), figure_number(cited->count, b));
}

// The text report has most of it already.
static void tell(const struct job *job)
{
    char a[FIGURE_SIZE], b[FIGURE_SIZE];
    double seconds = job->result.seconds;
    if (job->form != FORM_TEXT) {
        tell_inputs(job);
        struct buf text;
        buf_init(&text);
        report_headline(&job->outline, &text);
        remark("%.*s", (int)text.len, text.at);
        buf_done(&text);
        if (job->outline.directory)
            remark("Report written to %s", job->outline.directory);
    }
    tell_cited(job);
    remark("%s, %s records/s", figure_seconds(seconds, a),
           figure_number((uint64_t)(seconds > 0 ? (double)job->result.records / seconds : 0), b));
}

// ---- writing ------------------------------------------------------------------------------------

struct filling {
    const struct report_row *row;
    const struct outline *outline;
};

static bool fill(const struct sink *sink, void *context)
{
    const struct filling *filling = context;
    return filling->row->write(filling->outline, sink);
}

static enum exit_status write_files(struct job *job, struct directory *directory)
{
    struct error error;
    for (size_t i = 0; i < report_row_count; i++) {
        struct filling filling = {&report_rows[i], &job->outline};
        if (!directory_write(directory, report_rows[i].file, fill, &filling, &error))
            return complain("%s", error.text);
    }
    return STATUS_DONE;
}

static void write_stdout(const struct job *job)
{
    struct style style = style_for(STDOUT_FILENO, job->options);
    if (job->form == FORM_TEXT)
        report_text(&job->outline, &style, &sink_stdout);
    else if (job->form == FORM_JSON)
        report_json(&job->outline, &sink_stdout);
    else
        report_jsonl(&job->outline, &sink_stdout);
}

// ---- running ------------------------------------------------------------------------------------

static enum exit_status conclude(const struct job *job)
{
    enum exit_status status = STATUS_DONE;
    const struct scan_result *result = &job->result;
    if (option_is_on(job->options, OPTION_FAIL_ON)) {
        enum sigma_level level = option_level(job->options, OPTION_FAIL_ON, LEVEL_CRITICAL);
        for (size_t i = 0; i < result->findings.count; i++)
            if (result->findings.items[i].severity >= level)
                status = STATUS_FINDINGS;
    }
    if (result_has_trouble(result, &job->options->paths) ||
        (result->state && result->state->has_failed))
        status = STATUS_TROUBLE;
    return result->is_interrupted ? STATUS_INTERRUPTED : status;
}

static bool run(struct job *job, const char *sha256, struct error *error)
{
    struct options *options = job->options;
    struct style style = style_for(STDERR_FILENO, options);
    struct progress progress;
    progress_init(&progress, &style, is_terminal(STDERR_FILENO) && !job->is_quiet);
    struct scan_options scan = {
        .paths = options->paths.items,
        .path_count = options->paths.count,
        .rules = &job->files.set,
        .narrow = option_logsource(options, OPTION_LOGSOURCE),
        .since = option_time(options, OPTION_SINCE),
        .until = option_time(options, OPTION_UNTIL),
        .threads = option_number(options, OPTION_THREADS, 0),
        .databases = job->databases.lookups,
        .database_count = job->databases.count,
        .state = option_text(options, OPTION_STATE),
        .rules_sha256 = sha256,
        .stories = &job->stories,
        .is_detecting = true,
        .is_hashing = option_is_on(options, OPTION_OUT) || job->form == FORM_JSON,
        .needs_lines = true,
        .is_citing = option_is_on(options, OPTION_OUT),
        .is_interrupted = &signals_interrupted,
        .progress = progress_draw,
        .context = &progress,
    };
    bool is_done = scan_run(&scan, &job->result, error);
    progress_clear(&progress);
    return is_done;
}

static enum exit_status scan_and_write(struct job *job, struct directory *directory,
                                       const char *sha256)
{
    struct error error;
    if (!run(job, sha256, &error)) {
        scan_result_done(&job->result);
        return complain("%s", error.text);
    }
    memcpy(job->result.rules_sha256, sha256, sizeof job->result.rules_sha256);
    job->result.databases = job->databases.said;
    job->result.database_count = job->databases.count;
    outline_init(&job->outline, &job->result);
    buf_init(&job->next_step);
    make_next_step(job);
    enum exit_status status = conclude(job);
    if (directory) {
        job->outline.directory = directory->path;
        status = status_worse(status, write_files(job, directory));
    }
    write_stdout(job);
    status = stdout_finish(status);
    if (!job->is_quiet)
        tell(job);
    else if (status == STATUS_TROUBLE)
        tell_inputs(job);
    tell_state(job);
    if (job->result.is_interrupted)
        remark("interrupted: this is what was found so far");
    buf_done(&job->next_step);
    scan_result_done(&job->result);
    return status;
}

enum exit_status command_scan(struct options *options)
{
    struct job job = {.options = options,
                      .form = form_of(options),
                      .is_quiet = option_is_on(options, OPTION_QUIET)};
    struct directory directory;
    struct error error;
    char sha256[65] = "";
    const char *out = option_text(options, OPTION_OUT);
    if (!databases_open(&job.databases, options, &error))
        return complain("--mmdb: %s", error.text);
    if (out && !directory_open(&directory, out, &error)) {
        databases_close(&job.databases);
        return complain("--out: %s", error.text);
    }
    const struct option_values *own = &options->values[OPTION_HYPOTHESES];
    if (!stories_load(&job.stories, own->items, own->count, &error)) {
        stories_done(&job.stories);
        databases_close(&job.databases);
        if (out)
            directory_close(&directory);
        return complain("--hypotheses: %s", error.text);
    }
    enum exit_status status = rule_set_load(
        options, NULL, !option_is_on(options, OPTION_NO_BUILTIN_RULES), &job.files, sha256);
    size_t unknown = logsources_unknown(&job.files.set, NULL);
    if (unknown && status != STATUS_TROUBLE && !option_is_on(options, OPTION_QUIET))
        remark(
            "%zu of %zu rules are for logs not known here and are offered to logs of unknown kind "
            "only; `stormglass rules check` lists them",
            unknown, job.files.set.rule_count);
    if (status != STATUS_TROUBLE) {
        signals_catch();
        status = status_worse(status, scan_and_write(&job, out ? &directory : NULL, sha256));
    }
    rule_files_done(&job.files);
    stories_done(&job.stories);
    databases_close(&job.databases);
    if (out)
        directory_close(&directory);
    return status;
}
