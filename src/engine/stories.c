// Reads stories and steps from the program and from folders.
// SPDX-License-Identifier: Apache-2.0
#include "engine/stories.h"

#include "base/builtin.h"
#include "base/yaml.h"
#include "input/input.h"
#include "system/file_content.h"

// Whether the text is a step's: only the shape is looked at, mistakes are told by who reads it.
static bool is_step(struct str text)
{
    struct arena arena;
    struct yaml **documents;
    size_t count;
    arena_init(&arena);
    bool is = yaml_parse(&arena, text, &documents, &count, NULL) && count == 1 &&
              yaml_find(documents[0], "step");
    arena_done(&arena);
    return is;
}

static bool add_text(struct stories *stories, struct str path, struct str text, struct error *error)
{
    return is_step(text) ? remedy_add(stories->remedies, path, text, error)
                         : hypothesis_add(&stories->hypotheses, path, text, error);
}

static bool add_file(struct stories *stories, struct str path, struct error *error)
{
    struct buf text;
    struct file_stamp stamp;
    buf_init(&text);
    struct str name = arena_copy(&stories->hypotheses.arena, path);
    bool is_added = file_content_read(name.at, STORY_FILE_LIMIT, &text, &stamp, error) &&
                    add_text(stories, name, buf_str(&text), error);
    buf_done(&text);
    return is_added;
}

static bool add_folder(struct stories *stories, struct str folder, struct error *error)
{
    struct input_list list;
    bool is_added = true;
    size_t found = 0;
    input_list_init(&list);
    input_list_add(&list, folder);
    input_list_finish(&list);
    for (size_t i = 0; i < list.count && is_added; i++) {
        struct str path = list.paths[i].path;
        if (!str_ends_fold(path, S(".yml")) && !str_ends_fold(path, S(".yaml")))
            continue;
        found++;
        is_added = add_file(stories, path, error);
    }
    input_list_done(&list);
    if (is_added && !found)
        return error_set(error, "%.*s: no *.yml file is there", (int)folder.len, folder.at);
    return is_added;
}

static bool add_builtin(struct stories *stories, const struct builtin_file *files, size_t count,
                        struct error *error)
{
    for (size_t i = 0; i < count; i++) {
        struct str path = arena_print(&stories->hypotheses.arena, "builtin:%s", files[i].path);
        if (!add_text(stories, path, str_of(files[i].text, files[i].size), error))
            return false;
    }
    return true;
}

// A step that a story names and nobody wrote would be left out without a word.
static bool check_steps(const struct stories *stories, struct error *error)
{
    for (size_t i = 0; i < stories->hypotheses.count; i++) {
        const struct hypothesis *story = &stories->hypotheses.items[i];
        for (size_t k = 0; k < story->step_count; k++)
            if (!remedy_has(stories->remedies, story->steps[k]))
                return error_set(error, "%.*s: there is no remediation step '%.*s'",
                                 (int)story->path.len, story->path.at, (int)story->steps[k].len,
                                 story->steps[k].at);
    }
    return true;
}

bool stories_load(struct stories *stories, const struct str *folders, size_t folder_count,
                  struct error *error)
{
    hypothesis_set_init(&stories->hypotheses);
    stories->remedies = remedy_book_new();
    if (!add_builtin(stories, builtin_hypotheses, builtin_hypotheses_count, error) ||
        !add_builtin(stories, builtin_remediation, builtin_remediation_count, error))
        return false;
    for (size_t i = 0; i < folder_count; i++)
        if (!add_folder(stories, folders[i], error))
            return false;
    return hypothesis_check(&stories->hypotheses, error) && check_steps(stories, error);
}

void stories_done(struct stories *stories)
{
    hypothesis_set_done(&stories->hypotheses);
    remedy_book_free(stories->remedies);
    stories->remedies = NULL;
}
