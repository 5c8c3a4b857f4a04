// The list of inputs: paths as given, directories walked, troubles told.
// SPDX-License-Identifier: Apache-2.0
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "input/input.h"

#define DEPTH_LIMIT 64 // directories in directories

void input_list_init(struct input_list *list)
{
    *list = (struct input_list){0};
    arena_init(&list->arena);
}

void input_list_done(struct input_list *list)
{
    arena_done(&list->arena);
    free(list->paths);
    *list = (struct input_list){0};
}

static void add_path(struct input_list *list, struct str path, uint64_t bytes, const char *trouble)
{
    ARRAY_GROW(list->paths, list->count, list->capacity);
    list->paths[list->count++] = (struct input_path){
        .path = path, .bytes = bytes, .trouble = arena_copy(&list->arena, str_from(trouble))};
}

// What kind of thing cannot be read, or NULL for a file.
static const char *trouble_of(mode_t mode)
{
    if (S_ISREG(mode))
        return NULL;
    if (S_ISFIFO(mode))
        return "a named pipe; give its bytes on standard input (-)";
    if (S_ISSOCK(mode))
        return "a socket, not a file";
    return "a device, not a file";
}

static void walk(struct input_list *list, struct str folder, int depth);

static void add_found(struct input_list *list, struct str path, int depth)
{
    struct stat own, target;
    if (lstat(path.at, &own) != 0 || stat(path.at, &target) != 0)
        add_path(list, path, 0, strerror(errno));
    else if (S_ISDIR(target.st_mode) && S_ISLNK(own.st_mode) && depth > 0)
        add_path(list, path, 0, "a symbolic link to a directory is not followed");
    else if (S_ISDIR(target.st_mode) && depth == DEPTH_LIMIT)
        add_path(list, path, 0, "more than 64 directories deep");
    else if (S_ISDIR(target.st_mode))
        walk(list, path, depth + 1);
    else
        add_path(list, path, (uint64_t)target.st_size, trouble_of(target.st_mode));
}

static void walk(struct input_list *list, struct str folder, int depth)
{
    DIR *directory = opendir(folder.at);
    if (!directory) {
        add_path(list, folder, 0, strerror(errno));
        return;
    }
    bool has_slash = folder.len && folder.at[folder.len - 1] == '/';
    struct dirent *entry;
    errno = 0;
    while ((entry = readdir(directory))) {
        if (entry->d_name[0] != '.') // hidden, "." and ".."
            add_found(
                list,
                arena_print(&list->arena, "%s%s%s", folder.at, has_slash ? "" : "/", entry->d_name),
                depth);
        errno = 0;
    }
    if (errno)
        add_path(list, folder, 0, strerror(errno));
    closedir(directory);
}

void input_list_add(struct input_list *list, struct str path)
{
    path = arena_copy(&list->arena, path);
    if (str_is(path, "-"))
        add_path(list, path, 0, NULL);
    else
        add_found(list, path, 0);
}

static int compare(const void *a, const void *b)
{
    return str_compare(((const struct input_path *)a)->path, ((const struct input_path *)b)->path);
}

void input_list_finish(struct input_list *list)
{
    if (list->count)
        qsort(list->paths, list->count, sizeof *list->paths, compare);
    size_t kept = 0;
    for (size_t i = 0; i < list->count; i++)
        if (kept == 0 || !str_equal(list->paths[kept - 1].path, list->paths[i].path))
            list->paths[kept++] = list->paths[i];
    list->count = kept;
}
