// Loads rules as the options ask for and tells what is wrong with them.
// SPDX-License-Identifier: Apache-2.0
#include "command/rule_set.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/figure.h"
#include "report/safe.h"
#include "report/table.h"
#include "rule/logsource.h"

void problem_print(const struct sigma_problem *problem, const struct style *style, struct buf *out)
{
    safe_text(out, problem->path, style->is_utf8);
    buf_print(out, ":%d:%d: ", problem->line, problem->column);
    tint_text(out, style, problem->is_error ? TINT_BAD : TINT_MEDIUM,
              problem->is_error ? S("error") : S("warning"));
    buf_add(out, S(": "));
    safe_text(out, problem->text, style->is_utf8);
    buf_add_char(out, '\n');
}

void logsource_print(const struct sigma_logsource *logsource, struct buf *out)
{
    const struct {
        const char *name;
        struct str text;
    } parts[] = {{"product", logsource->product},
                 {"service", logsource->service},
                 {"category", logsource->category}};
    bool is_first = true;
    for (size_t i = 0; i < 3; i++) {
        if (!parts[i].text.len)
            continue;
        buf_print(out, "%s%s %.*s", is_first ? "" : ", ", parts[i].name, (int)parts[i].text.len,
                  parts[i].text.at);
        is_first = false;
    }
    if (is_first)
        buf_add(out, S("any log"));
}

// Errors in words; of warnings only how many there are.
static enum exit_status tell_problems(const struct sigma_set *set, struct options *options)
{
    struct style style = style_for(STDERR_FILENO, options);
    size_t errors = 0, warnings = 0;
    struct buf text;
    buf_init(&text);
    for (size_t i = 0; i < set->problem_count; i++) {
        if (!set->problems[i].is_error)
            warnings++;
        else if (errors++ < PROBLEM_ROWS)
            problem_print(&set->problems[i], &style, &text);
    }
    if (errors > PROBLEM_ROWS)
        buf_print(&text, "and %zu more errors\n", errors - PROBLEM_ROWS);
    if (warnings && !option_is_on(options, OPTION_QUIET))
        buf_print(&text, "%zu warning%s about rules; 'stormglass rules check' shows %s\n", warnings,
                  figure_plural(warnings), warnings == 1 ? "it" : "them");
    fwrite(text.at ? text.at : "", 1, text.len, stderr);
    buf_done(&text);
    return errors ? STATUS_RULES : STATUS_DONE;
}

// Ids one a line, blank lines and comments passed over.
static bool read_ids(struct options *options, const char *path, struct option_values *ids,
                     struct error *error)
{
    FILE *file = fopen(path, "re");
    char *line = NULL;
    size_t size = 0;
    ssize_t len;
    if (!file)
        return error_set(error, "--exclude-rules: %s: %s", path, strerror(errno));
    errno = 0;
    while ((len = getline(&line, &size, file)) >= 0) {
        struct str text = str_of(line, (size_t)len);
        text.len = str_index(text, '#');
        text = str_trim(text);
        if (!text.len)
            continue;
        ARRAY_GROW(ids->items, ids->count, ids->capacity);
        ids->items[ids->count++] = arena_copy(&options->arena, text);
    }
    int trouble = ferror(file) ? errno : 0;
    free(line);
    fclose(file);
    return !trouble || error_set(error, "--exclude-rules: %s: %s", path, strerror(trouble));
}

static int compare_texts(const void *a, const void *b)
{
    return str_compare(*(const struct str *)a, *(const struct str *)b);
}

// In order of path, so that the order of --rules does not matter.
static bool read_rules(struct rule_files *files, const struct option_values *paths,
                       struct error *error)
{
    struct str *sorted = memory_new((paths->count + 1) * sizeof *sorted);
    bool is_read = true;
    if (paths->count)
        memcpy(sorted, paths->items, paths->count * sizeof *sorted);
    qsort(sorted, paths->count, sizeof *sorted, compare_texts);
    for (size_t i = 0; i < paths->count && is_read; i++)
        if (i == 0 || !str_equal(sorted[i], sorted[i - 1]))
            is_read = rule_files_add(files, sorted[i], error);
    free(sorted);
    return is_read;
}

static bool read_all(struct options *options, const struct option_values *extra, bool with_builtin,
                     struct rule_files *files, struct error *error)
{
    const struct option_values *folders = &options->values[OPTION_PLACEHOLDERS];
    for (size_t i = 0; i < folders->count; i++)
        if (!rule_files_add_placeholders(files, folders->items[i], error))
            return error_widen(error, "--placeholders");
    if (with_builtin)
        rule_files_add_builtin(files);
    if (!read_rules(files, &options->values[OPTION_RULES], error))
        return error_widen(error, "--rules");
    return !extra || read_rules(files, extra, error);
}

enum exit_status rule_set_load(struct options *options, const struct option_values *extra,
                               bool with_builtin, struct rule_files *files, char sha256[65])
{
    const struct option_values *lists = &options->values[OPTION_EXCLUDE_RULES];
    const struct option_values *given = &options->values[OPTION_EXCLUDE_RULE];
    struct option_values excluded = {0};
    struct error error;
    rule_files_init(files);
    for (size_t i = 0; i < given->count; i++) {
        ARRAY_GROW(excluded.items, excluded.count, excluded.capacity);
        excluded.items[excluded.count++] = given->items[i];
    }
    bool is_read = true;
    for (size_t i = 0; i < lists->count && is_read; i++)
        is_read = read_ids(options, lists->items[i].at, &excluded, &error);
    is_read = is_read && read_all(options, extra, with_builtin, files, &error);
    if (!is_read) {
        free(excluded.items);
        return complain("%s", error.text);
    }
    struct sigma_narrow narrow = {
        .least_level = option_level(options, OPTION_LEVEL, LEVEL_INFO),
        .statuses = options->values[OPTION_STATUS].items,
        .status_count = options->values[OPTION_STATUS].count,
        .tags = options->values[OPTION_TAG].items,
        .tag_count = options->values[OPTION_TAG].count,
        .excluded_ids = excluded.items,
        .excluded_count = excluded.count,
    };
    rule_files_finish(files, &narrow, sha256);
    free(excluded.items);
    return tell_problems(&files->set, options);
}

static int by_text(const void *a, const void *b)
{
    return str_compare(*(const struct str *)a, *(const struct str *)b);
}

// Equal texts stand together: one line for each.
static void print_groups(struct str *texts, size_t count, struct buf *out)
{
    if (count)
        qsort(texts, count, sizeof *texts, by_text);
    for (size_t i = 0; i < count;) {
        size_t same = 1;
        while (i + same < count && str_equal(texts[i], texts[i + same]))
            same++;
        buf_print(out, "note: %zu rule%s for ", same, same == 1 ? " is" : "s are");
        safe_text(out, texts[i], true);
        buf_add(out, S(", which is no log known here: offered to logs of unknown kind only\n"));
        i += same;
    }
}

size_t logsources_unknown(const struct sigma_set *set, struct buf *out)
{
    struct arena arena;
    struct buf one;
    struct str *texts = memory_new((set->rule_count + 1) * sizeof *texts);
    size_t count = 0;
    arena_init(&arena);
    buf_init(&one);
    for (size_t i = 0; i < set->rule_count; i++) {
        const struct sigma_logsource *logsource = &set->rules[i]->logsource;
        if (logsource_route(logsource, NULL).is_known)
            continue;
        buf_clear(&one);
        logsource_print(logsource, &one);
        texts[count++] = arena_copy(&arena, buf_str(&one));
    }
    if (out)
        print_groups(texts, count, out);
    free(texts);
    buf_done(&one);
    arena_done(&arena);
    return count;
}
