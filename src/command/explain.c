// `stormglass explain`: shows why a rule matched an event or did not.
// SPDX-License-Identifier: Apache-2.0
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "command/command.h"
#include "command/explain_incident.h"
#include "command/explanation.h"
#include "command/rule_set.h"
#include "engine/sample.h"
#include "report/safe.h"
#include "report/table.h"

#define CHOSEN_LIMIT 64  // rules explained at once (of one file, or of one correlation)
#define NEAR_LIMIT 10000 // records among which the one that comes nearest is looked for

struct search {
    struct options *options;
    struct matcher *matcher;
    const struct sigma_rule *rules[CHOSEN_LIMIT];
    size_t rule_count;
    const struct sigma_correlation *correlation; // the rules are those it counts
    const char *record;                          // the Id or place looked for, or NULL
    struct style style;
    struct buf text;  // of the record to show
    uint64_t records; // seen
    size_t score;     // of the record in text
    bool is_found;    // the wanted record, or one that matches
};

// ---- choosing the rules -------------------------------------------------------------------------

static struct str stem_of(struct str path)
{
    for (size_t i = path.len; i > 0; i--)
        if (path.at[i - 1] == '/') {
            path = str_of(path.at + i, path.len - i);
            break;
        }
    if (str_ends_fold(path, S(".yml")))
        path.len -= 4;
    return path;
}

static bool is_named(struct str id, struct str title, struct str name, struct str path,
                     struct str wanted)
{
    return (id.len && str_equal_fold(id, wanted)) || str_equal_fold(title, wanted) ||
           (name.len && str_equal_fold(name, wanted)) || str_equal_fold(stem_of(path), wanted);
}

static void choose(struct search *search, const struct sigma_rule *rule)
{
    for (size_t i = 0; i < search->rule_count; i++)
        if (search->rules[i] == rule)
            return;
    if (search->rule_count < CHOSEN_LIMIT)
        search->rules[search->rule_count++] = rule;
}

static void choose_sources(struct search *search, const struct sigma_set *set,
                           const struct sigma_correlation *correlation, int depth)
{
    for (size_t i = 0; i < correlation->source_count; i++) {
        const struct correlation_source *source = &correlation->sources[i];
        if (!source->is_correlation)
            choose(search, set->rules[source->index]);
        else if (depth < 8)
            choose_sources(search, set, set->correlations[source->index], depth + 1);
    }
}

// By id, title, name or file stem; all of `is_all` (the argument is a rule file).
static bool choose_rules(struct search *search, const struct sigma_set *set, struct str wanted,
                         bool is_all)
{
    for (size_t i = 0; i < set->rule_count; i++) {
        const struct sigma_rule *rule = set->rules[i];
        if (is_all ? str_equal(rule->path, wanted)
                   : is_named(rule->id, rule->title, rule->name, rule->path, wanted))
            choose(search, rule);
    }
    for (size_t i = 0; i < set->correlation_count && !search->rule_count; i++) {
        const struct sigma_correlation *one = set->correlations[i];
        if (is_all ? !str_equal(one->path, wanted)
                   : !is_named(one->id, one->title, one->name, one->path, wanted))
            continue;
        search->correlation = one;
        choose_sources(search, set, one, 0);
    }
    return search->rule_count > 0;
}

// Titles that hold the words, or the nearest id, for someone who mistyped.
static enum exit_status unknown_rule(const struct sigma_set *set, struct str wanted)
{
    complain("explain: no rule has the id, title, name or file '%.*s'", (int)wanted.len, wanted.at);
    size_t shown = 0;
    for (size_t i = 0; i < set->rule_count && shown < 5; i++)
        if (str_contains_fold(set->rules[i]->title, wanted) ||
            str_contains_fold(set->rules[i]->path, wanted)) {
            remark("  %s%.*s  %.*s", "", (int)set->rules[i]->id.len, set->rules[i]->id.at,
                   (int)set->rules[i]->title.len, set->rules[i]->title.at);
            shown++;
        }
    remark("'stormglass rules list' shows all");
    return STATUS_TROUBLE;
}

// ---- choosing the record ------------------------------------------------------------------------

static void explain_all(struct search *search, const struct event *event)
{
    buf_clear(&search->text);
    for (size_t i = 0; i < search->rule_count; i++) {
        if (i)
            buf_add_char(&search->text, '\n');
        explanation_print(search->matcher, search->rules[i], event, &search->style, &search->text);
    }
}

static bool matches_any(struct search *search, const struct event *event)
{
    for (size_t i = 0; i < search->rule_count; i++)
        if (explanation_matches(search->matcher, search->rules[i], event))
            return true;
    return false;
}

static size_t score_all(struct search *search, const struct event *event)
{
    size_t score = 0;
    for (size_t i = 0; i < search->rule_count; i++)
        score += explanation_score(search->matcher, search->rules[i], event);
    return score;
}

static bool on_event(const struct event *event, struct str where, void *context)
{
    struct search *search = context;
    search->records++;
    if (search->record) {
        search->is_found =
            str_equal_fold(event->id, str_from(search->record)) || str_is(where, search->record);
    } else {
        search->is_found = matches_any(search, event);
        size_t score =
            search->records <= NEAR_LIMIT && !search->is_found ? score_all(search, event) : 0;
        if (score > search->score || search->records == 1) {
            search->score = score;
            explain_all(search, event);
        }
    }
    if (search->is_found)
        explain_all(search, event);
    return !search->is_found;
}

static void print_correlation(const struct sigma_correlation *correlation,
                              const struct style *style, struct buf *out)
{
    tint_text(out, style, TINT_BOLD, correlation->title);
    buf_print(
        out,
        "\n  is a correlation: it looks at several events within %g minutes. The rules it counts:\n\n",
        (double)correlation->timespan / (double)MINUTE);
}

static enum exit_status show(struct search *search, const char *path)
{
    struct error error;
    uint64_t unread = 0;
    bool is_read = sample_each(search->matcher, str_from(path), on_event, search, &unread, &error);
    if (!is_read && !search->is_found)
        return complain("explain: %s", error.text);
    if (search->records == 0)
        return complain("explain: %s holds no record (%llu pieces could not be read)", path,
                        (unsigned long long)unread);
    if (search->record && !search->is_found)
        return complain("explain: none of the %llu records of %s has the Id %s",
                        (unsigned long long)search->records, path, search->record);
    struct buf text;
    buf_init(&text);
    if (search->correlation)
        print_correlation(search->correlation, &search->style, &text);
    buf_add(&text, buf_str(&search->text));
    if (!search->is_found && search->records > 1)
        buf_print(
            &text,
            "\nNone of %llu records matches; this one comes nearest. --record ID picks another.\n",
            (unsigned long long)search->records);
    stdout_write(&text);
    return STATUS_DONE;
}

// ---- running ------------------------------------------------------------------------------------

static enum exit_status explain(struct search *search, struct rule_files *files, bool is_file)
{
    struct options *options = search->options;
    struct sigma_logsource narrow = option_logsource(options, OPTION_LOGSOURCE);
    struct str wanted = options->paths.items[0];
    if (!choose_rules(search, &files->set, wanted, is_file)) {
        if (is_file)
            return complain("explain: %s holds no rule that could be used", wanted.at);
        return unknown_rule(&files->set, wanted);
    }
    struct rule_program *program = sample_compile(&files->set, &narrow);
    search->matcher = matcher_new(program);
    enum exit_status status = show(search, options->paths.items[1].at);
    matcher_free(search->matcher);
    rule_program_free(program);
    return status;
}

enum exit_status command_explain(struct options *options)
{
    if (explain_is_incident(options->paths.items[0]))
        return explain_incident(options);
    struct search search = {.options = options,
                            .record = option_text(options, OPTION_RECORD),
                            .style = style_for(STDOUT_FILENO, options)};
    struct option_values file = {.items = options->paths.items, .count = 1};
    struct rule_files files;
    char sha256[65];
    bool is_file = access(options->paths.items[0].at, F_OK) == 0;
    bool with_builtin = !is_file && !option_is_on(options, OPTION_NO_BUILTIN_RULES);
    enum exit_status status =
        rule_set_load(options, is_file ? &file : NULL, with_builtin, &files, sha256);
    buf_init(&search.text);
    if (status != STATUS_TROUBLE)
        status = status_worse(status, explain(&search, &files, is_file));
    buf_done(&search.text);
    rule_files_done(&files);
    return stdout_finish(status);
}
