// `stormglass rules check` and `rules list`.
// SPDX-License-Identifier: Apache-2.0
#include <stdio.h>
#include <unistd.h>

#include "command/command.h"
#include "command/rule_set.h"
#include "report/pen.h"
#include "report/safe.h"
#include "report/table.h"
#include "rule/logsource.h"

// ---- check --------------------------------------------------------------------------------------

static void print_counts(const struct sigma_set *set, size_t errors, size_t warnings,
                         struct buf *out)
{
    size_t used = set->rule_count + set->correlation_count + errors;
    buf_print(out, "%zu rule%s, %zu correlation%s", set->rule_count,
              set->rule_count == 1 ? "" : "s", set->correlation_count,
              set->correlation_count == 1 ? "" : "s");
    if (set->document_count > used)
        buf_print(out, ", %zu other document%s (filters, duplicates)", set->document_count - used,
                  set->document_count - used == 1 ? "" : "s");
    buf_print(out, " read; %zu refused, %zu warning%s\n", errors, warnings,
              warnings == 1 ? "" : "s");
}

enum exit_status command_rules_check(struct options *options)
{
    struct style style = style_for(STDOUT_FILENO, options);
    struct rule_files files;
    struct error error;
    struct buf text;
    char sha256[65];
    size_t errors = 0, warnings = 0;
    bool is_read = true;
    rule_files_init(&files);
    for (size_t i = 0; i < options->values[OPTION_PLACEHOLDERS].count && is_read; i++)
        is_read = rule_files_add_placeholders(&files, options->values[OPTION_PLACEHOLDERS].items[i],
                                              &error);
    for (size_t i = 0; i < options->paths.count && is_read; i++)
        is_read = rule_files_add(&files, options->paths.items[i], &error);
    if (!is_read) {
        rule_files_done(&files);
        return complain("rules check: %s", error.text);
    }
    rule_files_finish(&files, NULL, sha256);
    buf_init(&text);
    for (size_t i = 0; i < files.set.problem_count; i++) {
        problem_print(&files.set.problems[i], &style, &text);
        *(files.set.problems[i].is_error ? &errors : &warnings) += 1;
    }
    logsources_unknown(&files.set, &text);
    print_counts(&files.set, errors, warnings, &text);
    stdout_write(&text);
    if (files.file_count == 0)
        remark("no file with the ending .yml or .yaml was found");
    rule_files_done(&files);
    return stdout_finish(errors ? STATUS_RULES : STATUS_DONE);
}

// ---- list ---------------------------------------------------------------------------------------

// What rules and correlations have in common.
struct entry {
    struct str title, id, status, path;
    enum sigma_level level;
    const struct str *tags;
    size_t tag_count;
    const struct sigma_logsource *logsource; // NULL: a correlation
    bool is_silent;
};

static struct entry entry_of_rule(const struct sigma_rule *rule)
{
    return (struct entry){rule->title,     rule->id,         rule->status,
                          rule->path,      rule->level,      rule->tags,
                          rule->tag_count, &rule->logsource, rule->is_silent};
}

static struct entry entry_of_correlation(const struct sigma_correlation *one)
{
    return (struct entry){one->title, one->id,        one->status, one->path,     one->level,
                          one->tags,  one->tag_count, NULL,        one->is_silent};
}

static void print_entry(struct table *table, const struct entry *entry)
{
    struct buf text;
    buf_init(&text);
    table_add(table, tint_of_level(entry->level), str_from(sigma_level_name(entry->level)));
    table_add(table, TINT_NONE, entry->status);
    table_add(table, TINT_DIM, entry->id);
    table_add(table, TINT_NONE, entry->title);
    if (entry->logsource)
        logsource_print(entry->logsource, &text);
    else
        buf_add(&text, S("correlation"));
    table_add(table, TINT_NONE, buf_str(&text));
    buf_clear(&text);
    for (size_t i = 0; i < entry->tag_count; i++)
        buf_print(&text, "%s%.*s", i ? " " : "", (int)entry->tags[i].len, entry->tags[i].at);
    table_add(table, TINT_DIM, buf_str(&text));
    buf_done(&text);
}

static void add_entry_json(struct buf *out, const struct entry *entry)
{
    buf_add_char(out, '{');
    json_add_text(out, "id", entry->id, true);
    json_add_text(out, "title", entry->title, false);
    json_add_text(out, "type", entry->logsource ? S("rule") : S("correlation"), false);
    json_add_text(out, "level", str_from(sigma_level_name(entry->level)), false);
    json_add_text(out, "status", entry->status, false);
    if (entry->logsource) {
        buf_add(out, S(", \"logsource\": {"));
        json_add_text(out, "product", entry->logsource->product, true);
        json_add_text(out, "service", entry->logsource->service, false);
        json_add_text(out, "category", entry->logsource->category, false);
        buf_print(out, "}, \"logsource_known\": %s",
                  logsource_route(entry->logsource, NULL).is_known ? "true" : "false");
    }
    buf_print(out, ", \"building_block\": %s, \"tags\": [", entry->is_silent ? "true" : "false");
    for (size_t i = 0; i < entry->tag_count; i++) {
        buf_add(out, i ? S(", ") : S(""));
        safe_json(out, entry->tags[i]);
    }
    buf_add_char(out, ']');
    json_add_text(out, "path", entry->path, false);
    buf_add_char(out, '}');
}

static struct entry entry_at(const struct sigma_set *set, size_t i)
{
    return i < set->rule_count ? entry_of_rule(set->rules[i])
                               : entry_of_correlation(set->correlations[i - set->rule_count]);
}

static void list_json(const struct sigma_set *set)
{
    size_t count = set->rule_count + set->correlation_count;
    struct pen pen;
    pen_init(&pen, &sink_stdout);
    buf_add_char(&pen.buf, '[');
    for (size_t i = 0; i < count; i++) {
        struct entry entry = entry_at(set, i);
        buf_add(&pen.buf, i ? S(",\n  ") : S("\n  "));
        add_entry_json(&pen.buf, &entry);
        pen_rest(&pen);
    }
    buf_add(&pen.buf, count ? S("\n]\n") : S("]\n"));
    pen_done(&pen);
}

static void list_text(const struct sigma_set *set, const struct style *style)
{
    static const struct table_column columns[] = {{"level", 0},
                                                  {"status", COLUMN_OPTIONAL},
                                                  {"id", COLUMN_ELASTIC},
                                                  {"title", COLUMN_ELASTIC},
                                                  {"logsource", COLUMN_ELASTIC},
                                                  {"tags", COLUMN_ELASTIC | COLUMN_OPTIONAL}};
    struct arena arena;
    struct table table;
    struct buf text;
    arena_init(&arena);
    buf_init(&text);
    table_init(&table, &arena, style, columns, 6);
    for (size_t i = 0; i < set->rule_count + set->correlation_count; i++) {
        struct entry entry = entry_at(set, i);
        print_entry(&table, &entry);
    }
    table_print(&table, 0, &text);
    buf_print(&text, "%zu rules, %zu correlations\n", set->rule_count, set->correlation_count);
    stdout_write(&text);
    table_done(&table);
    arena_done(&arena);
}

enum exit_status command_rules_list(struct options *options)
{
    struct style style = style_for(STDOUT_FILENO, options);
    struct rule_files files;
    char sha256[65];
    const char *format = option_text(options, OPTION_FORMAT_PLAIN);
    bool with_builtin =
        options->paths.count == 0 && !option_is_on(options, OPTION_NO_BUILTIN_RULES);
    enum exit_status status = rule_set_load(options, &options->paths, with_builtin, &files, sha256);
    if (status != STATUS_TROUBLE) {
        if (format && strcmp(format, "json") == 0)
            list_json(&files.set);
        else
            list_text(&files.set, &style);
    }
    rule_files_done(&files);
    return stdout_finish(status);
}
