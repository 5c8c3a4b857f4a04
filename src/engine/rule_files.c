// Rules from the program itself, from files and from folders.
// SPDX-License-Identifier: Apache-2.0
#include "engine/rule_files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/builtin.h"
#include "input/input.h"

void rule_files_init(struct rule_files *files)
{
    *files = (struct rule_files){.sha = sha256_new()};
    sigma_set_init(&files->set);
}

void rule_files_done(struct rule_files *files)
{
    sigma_set_done(&files->set);
    sha256_free(files->sha);
}

static void read_text(struct rule_files *files, struct str path, struct str text)
{
    sha256_add(files->sha, text.at, text.len);
    sigma_read(&files->set, path, text);
    files->file_count++;
}

void rule_files_add_builtin(struct rule_files *files)
{
    for (size_t i = 0; i < builtin_rules_count; i++)
        read_text(files, arena_print(&files->set.arena, "builtin:%s", builtin_rules[i].path),
                  str_of(builtin_rules[i].text, builtin_rules[i].size));
}

static bool file_text(struct arena *arena, struct str path, struct str *out, struct error *error)
{
    int fd = open(path.at, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return error_set(error, "%s: %s", path.at, strerror(errno));
    char *at = memory_grow(NULL, RULE_FILE_LIMIT + 1); // pages are used as they fill
    size_t len = 0;
    ssize_t got = 0;
    while (len <= RULE_FILE_LIMIT && (got = read(fd, at + len, RULE_FILE_LIMIT + 1 - len)) > 0)
        len += (size_t)got;
    int problem = got < 0 ? errno : 0;
    close(fd);
    bool is_read = !problem && len <= RULE_FILE_LIMIT;
    if (is_read)
        *out = arena_copy(arena, str_of(at, len));
    else
        error_set(error, "%s: %s", path.at,
                  problem ? strerror(problem) : "too large for a rule file (limit 8 MiB)");
    free(at);
    return is_read;
}

static bool is_rule_path(struct str path)
{
    return str_ends_fold(path, S(".yml")) || str_ends_fold(path, S(".yaml"));
}

static void add_problem(struct sigma_set *set, struct str path, const char *text)
{
    ARRAY_GROW(set->problems, set->problem_count, set->problem_capacity);
    set->problems[set->problem_count++] =
        (struct sigma_problem){.path = arena_copy(&set->arena, path),
                               .line = 1,
                               .column = 1,
                               .is_error = true,
                               .text = arena_copy(&set->arena, str_from(text))};
}

// Visits the files at or below `path` whose names `wanted` accepts.
static bool each_file(struct rule_files *files, struct str path, bool (*wanted)(struct str path),
                      void (*visit)(struct rule_files *files, struct str path, struct str text),
                      struct error *error)
{
    struct arena *arena = &files->set.arena;
    struct stat status;
    struct str name = arena_copy(arena, path);
    if (stat(name.at, &status) != 0)
        return error_set(error, "%s: %s", name.at, strerror(errno));
    struct str text;
    if (!S_ISDIR(status.st_mode)) {
        if (!file_text(arena, name, &text, error))
            return false;
        visit(files, name, text);
        return true;
    }
    struct input_list list;
    input_list_init(&list);
    input_list_add(&list, name);
    input_list_finish(&list);
    for (size_t i = 0; i < list.count; i++) {
        struct str file = arena_copy(arena, list.paths[i].path);
        struct error problem;
        if (!wanted(file))
            continue;
        if (file_text(arena, file, &text, &problem))
            visit(files, file, text);
        else
            add_problem(&files->set, file, problem.text);
    }
    input_list_done(&list);
    return true;
}

bool rule_files_add(struct rule_files *files, struct str path, struct error *error)
{
    return each_file(files, path, is_rule_path, read_text, error);
}

static bool is_placeholder_path(struct str path)
{
    return str_ends_fold(path, S(".txt"));
}

static void read_placeholder(struct rule_files *files, struct str path, struct str text)
{
    size_t start = path.len;
    while (start > 0 && path.at[start - 1] != '/')
        start--;
    struct str stem = str_of(path.at + start, path.len - start);
    if (is_placeholder_path(stem))
        stem.len -= 4;
    sha256_add(files->sha, text.at, text.len);
    sigma_set_placeholder(&files->set, arena_copy(&files->set.arena, stem), text);
}

bool rule_files_add_placeholders(struct rule_files *files, struct str path, struct error *error)
{
    return each_file(files, path, is_placeholder_path, read_placeholder, error);
}

void rule_files_finish(struct rule_files *files, const struct sigma_narrow *narrow, char sha256[65])
{
    sigma_finish(&files->set, narrow);
    sha256_finish(files->sha, sha256);
    files->sha = NULL;
}
