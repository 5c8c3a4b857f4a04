// `stormglass rules update`: installs a folder of rules from an archive or another folder. The folder
// is replaced as a whole, and only when it was made by this command.
// SPDX-License-Identifier: Apache-2.0
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/map.h"
#include "command/command.h"
#include "command/rule_set.h"
#include "input/download.h"
#include "input/input.h"
#include "output/directory.h"
#include "report/safe.h"
#include "report/table.h"

#define MARK ".stormglass-rules"       // stands in every folder that this command made
#define ROWS 20                        // shown of each kind of change
#define SIZE_LIMIT ((size_t)512 << 20) // of all rule files together

struct rule_file {
    struct str path; // relative, with / between parts
    struct str text;
    bool is_refused;
};

struct rule_tree {
    struct arena arena;
    struct rule_file *files; // sorted by path
    size_t count, capacity, size;
};

struct update {
    struct options *options;
    struct style style;
    const char *folder; // to install into
    struct rule_tree fresh, old;
    size_t refused;
    struct buf out;
};

// ---- reading ------------------------------------------------------------------------------------

// One file or archive member while it is read.
struct taking {
    struct rule_tree *tree;
    struct str root; // left out of paths
    struct buf text;
    struct str path; // empty: not wanted
    char file[300];  // on disk, for messages
    bool is_stopped; // by the trouble
    struct error trouble;
};

// Relative, without parts that lead elsewhere, and with the ending of a rule or the name of a licence.
static bool is_wanted(struct str path)
{
    struct str rest = path, part = path;
    if (!path.len || path.len > 512 || path.at[0] == '/')
        return false;
    while (rest.at) {
        part = str_cut(&rest, '/');
        if (!part.len || part.at[0] == '.' || memchr(part.at, 0, part.len) ||
            memchr(part.at, '\\', part.len))
            return false;
    }
    return str_ends_fold(path, S(".yml")) || str_ends_fold(path, S(".yaml")) ||
           str_starts(part, S("LICENSE"));
}

// The first trouble stops the reading.
static bool stop(struct taking *taking, struct str trouble)
{
    if (!taking->is_stopped)
        error_set(&taking->trouble, "%s: %.*s", taking->file, (int)trouble.len, trouble.at);
    taking->is_stopped = true;
    return false;
}

static void on_begin(void *context, struct str name, const char *format)
{
    struct taking *taking = context;
    (void)format;
    buf_clear(&taking->text);
    const char *mark = name.len ? memchr(name.at, '!', name.len) : NULL;
    size_t file = mark ? (size_t)(mark - name.at) : name.len;
    snprintf(taking->file, sizeof taking->file, "%.*s", (int)file, name.at);
    for (size_t i = name.len; i > 0; i--) // behind the last '!' stands the path inside the archive
        if (name.at[i - 1] == '!') {
            name = str_of(name.at + i, name.len - i);
            break;
        }
    if (taking->root.len && str_starts(name, taking->root))
        name = str_of(name.at + taking->root.len, name.len - taking->root.len);
    while (name.len && (name.at[0] == '/' || str_starts(name, S("./"))))
        name = str_of(name.at + 1, name.len - 1);
    taking->path = is_wanted(name) ? arena_copy(&taking->tree->arena, name) : S("");
}

static bool on_bytes(void *context, const char *at, size_t size)
{
    struct taking *taking = context;
    if (!taking->path.len)
        return true;
    buf_add(&taking->text, str_of(at, size));
    if (taking->text.len > RULE_FILE_LIMIT || taking->tree->size + taking->text.len > SIZE_LIMIT)
        return stop(taking, arena_print(&taking->tree->arena, "%s is too large for a file of rules",
                                        taking->path.at));
    return true;
}

static void on_end(void *context, struct str trouble)
{
    struct taking *taking = context;
    struct rule_tree *tree = taking->tree;
    if (trouble.len)
        stop(taking, trouble);
    if (!taking->path.len)
        return;
    ARRAY_GROW(tree->files, tree->count, tree->capacity);
    tree->files[tree->count++] =
        (struct rule_file){taking->path, arena_copy(&tree->arena, buf_str(&taking->text)), false};
    tree->size += taking->text.len;
}

static int compare_files(const void *left, const void *right)
{
    const struct rule_file *a = left, *b = right;
    return str_compare(a->path, b->path);
}

// Reads a folder or an archive. What is read stands in the tree, sorted.
static bool tree_read(struct rule_tree *tree, struct str path, struct error *error)
{
    struct taking taking = {.tree = tree, .root = path};
    struct input_sink sink = {on_begin, on_bytes, on_end, &taking};
    buf_init(&taking.text);
    bool is_read = input_read_all(path, &sink, &taking.is_stopped, error);
    if (is_read && taking.is_stopped) {
        *error = taking.trouble;
        is_read = false;
    }
    buf_done(&taking.text);
    if (tree->count)
        qsort(tree->files, tree->count, sizeof *tree->files, compare_files);
    return is_read;
}

static void tree_done(struct rule_tree *tree)
{
    free(tree->files);
    arena_done(&tree->arena);
}

// Archives of a repository hold one folder ("sigma-master/") around everything: it is left out.
static void drop_common_folder(struct rule_tree *tree)
{
    if (tree->count == 0)
        return;
    size_t len = str_index(tree->files[0].path, '/') + 1;
    for (size_t i = 0; i < tree->count; i++) {
        struct str path = tree->files[i].path;
        if (path.len < len || memcmp(path.at, tree->files[0].path.at, len) != 0)
            return;
    }
    for (size_t i = 0; i < tree->count; i++)
        tree->files[i].path = str_of(tree->files[i].path.at + len, tree->files[i].path.len - len);
}

static bool is_rule_file(const struct rule_file *file)
{
    return str_ends_fold(file->path, S(".yml")) || str_ends_fold(file->path, S(".yaml"));
}

// ---- checking -----------------------------------------------------------------------------------

static struct rule_file *tree_find(const struct rule_tree *tree, struct str path)
{
    struct rule_file key = {.path = path};
    return tree->count ? bsearch(&key, tree->files, tree->count, sizeof key, compare_files) : NULL;
}

// Files with an error are refused as a whole; all are read together, since correlations refer to rules.
static size_t check(struct update *update)
{
    struct sigma_set set;
    size_t usable = 0, told = 0;
    sigma_set_init(&set);
    for (size_t i = 0; i < update->fresh.count; i++)
        if (is_rule_file(&update->fresh.files[i]))
            sigma_read(&set, update->fresh.files[i].path, update->fresh.files[i].text);
    sigma_finish(&set, NULL);
    for (size_t i = 0; i < set.problem_count; i++) {
        struct rule_file *file = tree_find(&update->fresh, set.problems[i].path);
        if (!set.problems[i].is_error || !file)
            continue;
        if (told++ < ROWS)
            problem_print(&set.problems[i], &update->style, &update->out);
        update->refused += !file->is_refused;
        file->is_refused = true;
    }
    if (told > ROWS)
        buf_print(&update->out, "and %zu more errors\n", told - ROWS);
    for (size_t i = 0; i < update->fresh.count; i++)
        usable += is_rule_file(&update->fresh.files[i]) && !update->fresh.files[i].is_refused;
    sigma_set_done(&set);
    return usable;
}

// ---- comparing ----------------------------------------------------------------------------------

static void print_change(struct update *update, enum tint tint, const char *word, struct str path,
                         size_t number)
{
    if (number > ROWS)
        return;
    if (number == ROWS) {
        buf_print(&update->out, "%-8s ...\n", word);
        return;
    }
    tint_on(&update->out, &update->style, tint);
    buf_print(&update->out, "%-8s", word);
    tint_off(&update->out, &update->style, tint);
    buf_add_char(&update->out, ' ');
    safe_text(&update->out, path, update->style.is_utf8);
    buf_add_char(&update->out, '\n');
}

static void compare(struct update *update)
{
    size_t added = 0, changed = 0, same = 0, removed = 0;
    for (size_t i = 0; i < update->fresh.count; i++) {
        const struct rule_file *file = &update->fresh.files[i],
                               *old = tree_find(&update->old, file->path);
        if (file->is_refused || !is_rule_file(file))
            continue;
        if (!old)
            print_change(update, TINT_GOOD, "added", file->path, added++);
        else if (!str_equal(old->text, file->text))
            print_change(update, TINT_MEDIUM, "changed", file->path, changed++);
        else
            same++;
    }
    for (size_t i = 0; i < update->old.count; i++) {
        const struct rule_file *old = &update->old.files[i],
                               *file = tree_find(&update->fresh, old->path);
        if (is_rule_file(old) && (!file || file->is_refused))
            print_change(update, TINT_BAD, "removed", old->path, removed++);
    }
    buf_print(&update->out, "%zu added, %zu changed, %zu removed, %zu unchanged, %zu refused\n",
              added, changed, removed, same, update->refused);
}

// ---- installing ---------------------------------------------------------------------------------

static bool write_all(struct update *update, const char *folder, struct error *error)
{
    struct directory directory;
    if (!directory_open(&directory, folder, error))
        return false;
    bool is_written = directory_write_text(
        &directory, MARK,
        S("Made by 'stormglass rules update', which replaces this folder as a whole.\n"), error);
    for (size_t i = 0; i < update->fresh.count && is_written; i++)
        if (!update->fresh.files[i].is_refused)
            is_written = directory_write_text(&directory, update->fresh.files[i].path.at,
                                              update->fresh.files[i].text, error);
    directory_close(&directory);
    return is_written;
}

static bool install(struct update *update, struct error *error)
{
    struct error ignored;
    struct str fresh =
        arena_print(&update->options->arena, "%s.new.%ld", update->folder, (long)getpid());
    if (write_all(update, fresh.at, error) && directory_replace(fresh.at, update->folder, error))
        return true;
    directory_remove(fresh.at, &ignored);
    return false;
}

static bool is_empty(const char *folder)
{
    DIR *stream = opendir(folder);
    const struct dirent *entry;
    size_t count = 0;
    while (stream && (entry = readdir(stream)))
        count += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
    return stream && closedir(stream) == 0 && count == 0;
}

// A folder with somebody's own rules must not be replaced by mistake.
static bool is_ours(const char *folder, struct rule_tree *old, struct error *error)
{
    char mark[PATH_MAX];
    struct stat status;
    if (stat(folder, &status) != 0)
        return errno == ENOENT || error_set(error, "%s: %s", folder, strerror(errno));
    if (!S_ISDIR(status.st_mode))
        return error_set(error, "%s is a file, not a folder", folder);
    int len = snprintf(mark, sizeof mark, "%s/%s", folder, MARK);
    if (len < 0 || (size_t)len >= sizeof mark)
        return error_set(error, "%s: the path is too long", folder);
    if (is_empty(folder))
        return true;
    if (access(mark, F_OK) != 0)
        return error_set(
            error,
            "%s holds files that 'rules update' did not install and would remove; give an empty or new folder with --rules",
            folder);
    return tree_read(old, str_from(folder), error);
}

static const char *folder_of(struct options *options, struct error *error)
{
    const char *given = option_text(options, OPTION_RULES_INTO), *data = getenv("XDG_DATA_HOME"),
               *home = getenv("HOME");
    struct arena *arena = &options->arena;
    if (given) {
        struct str path = str_from(given);
        while (path.len > 1 && path.at[path.len - 1] == '/')
            path.len--;
        return arena_copy(arena, path).at;
    }
    if (data && data[0] == '/')
        return arena_print(arena, "%s/stormglass/rules", data).at;
    if (home && home[0] == '/')
        return arena_print(arena, "%s/.local/share/stormglass/rules", home).at;
    error_set(error, "no HOME to install below; give a folder with --rules");
    return NULL;
}

static enum exit_status run(struct update *update, struct str from)
{
    struct error error;
    if (!(update->folder = folder_of(update->options, &error)) ||
        !is_ours(update->folder, &update->old, &error) || !tree_read(&update->fresh, from, &error))
        return complain("rules update: %s", error.text);
    drop_common_folder(&update->fresh);
    if (check(update) == 0)
        return complain("rules update: %s holds no rule that could be used; nothing was changed",
                        from.at);
    compare(update);
    if (option_is_on(update->options, OPTION_DRY_RUN)) {
        buf_print(&update->out, "Nothing was changed (--dry-run); the folder is %s\n",
                  update->folder);
        return STATUS_DONE;
    }
    if (!install(update, &error))
        return complain("rules update: %s; the old rules are still there", error.text);
    buf_print(&update->out, "Installed. To use them: stormglass scan --rules ");
    shell_quote(&update->out, str_from(update->folder));
    buf_add(&update->out, S(" PATH...\n"));
    return STATUS_DONE;
}

enum exit_status command_rules_update(struct options *options)
{
    struct update update = {.options = options, .style = style_for(STDOUT_FILENO, options)};
    struct str from = options->paths.items[0];
    char fetched[DOWNLOAD_PATH_SIZE] = "";
    struct error error;
    if (download_is_url(from)) {
        if (!download_fetch(from, fetched, &error))
            return complain("rules update: %s", error.text);
        from = str_from(fetched);
    }
    if (str_starts_fold(from, S("file://")))
        from = str_of(from.at + 7, from.len - 7);
    arena_init(&update.fresh.arena);
    arena_init(&update.old.arena);
    buf_init(&update.out);
    enum exit_status status = run(&update, from);
    if (fetched[0])
        unlink(fetched);
    stdout_write(&update.out);
    tree_done(&update.fresh);
    tree_done(&update.old);
    return stdout_finish(status);
}
