// The book of remediation steps: reads and checks their files.
// SPDX-License-Identifier: Apache-2.0
#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/builtin.h"
#include "base/nearest.h"
#include "base/yaml.h"
#include "hypothesis/quote.h"
#include "hypothesis/remedy_book.h"

const struct remedy_kind_row remedy_kinds[REMEDY_KIND_COUNT] = {
#define X(id, name, first, second) {name, {first, second}},
    REMEDY_KIND_LIST(X)
#undef X
};

// ---- the book ---------------------------------------------------------------------------------

struct remedy_book *remedy_book_new(void)
{
    struct remedy_book *book = memory_new(sizeof *book);
    arena_init(&book->arena);
    return book;
}

void remedy_book_free(struct remedy_book *book)
{
    if (!book)
        return;
    arena_done(&book->arena);
    free(book->items);
    free(book);
}

// Index of the step of the name, or of where it belongs.
static size_t place_of(const struct remedy_book *book, struct str name)
{
    size_t low = 0, high = book->count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (str_compare(book->items[middle].name, name) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

const struct remedy_step *remedy_find(const struct remedy_book *book, struct str name)
{
    size_t at = place_of(book, name);
    bool is_there = at < book->count && str_equal(book->items[at].name, name);
    return is_there ? &book->items[at] : NULL;
}

bool remedy_has(const struct remedy_book *book, struct str name)
{
    return remedy_find(book, name) != NULL;
}

const struct str *remedy_done_by(const struct remedy_book *book, struct str name, size_t *count)
{
    const struct remedy_step *step = remedy_find(book, name);
    *count = step ? step->done_count : 0;
    return step ? step->done_by : NULL;
}

enum remedy_kind remedy_kind_of(const struct remedy_book *book, struct str name)
{
    const struct remedy_step *step = remedy_find(book, name);
    return step ? step->kind : REMEDY_INCIDENT;
}

struct remedy_book *remedy_book_builtin(struct error *error)
{
    struct remedy_book *book = remedy_book_new();
    for (size_t i = 0; i < builtin_remediation_count; i++) {
        const struct builtin_file *file = &builtin_remediation[i];
        if (!remedy_add(book, str_from(file->path), str_of(file->text, file->size), error)) {
            remedy_book_free(book);
            return NULL;
        }
    }
    return book;
}

// ---- reading ----------------------------------------------------------------------------------

struct reading {
    struct remedy_book *book;
    struct str path;
    struct arena trees; // of this file
    struct remedy_step step;
    struct error *error;
};

static bool fail(struct reading *reading, int line, int column, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

static bool fail(struct reading *reading, int line, int column, const char *format, ...)
{
    struct error words;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(words.text, sizeof words.text, format, arguments);
    va_end(arguments);
    return error_set(reading->error, "%.*s:%d:%d: %s", (int)reading->path.len, reading->path.at,
                     line, column, words.text);
}

// A word of the file as a message may show it.
static const char *shown(struct reading *reading, struct str text)
{
    struct buf plain;
    buf_init(&plain);
    quote_plain(&plain, text.len > 60 ? str_of(text.at, 60) : text);
    const char *copy = arena_copy(&reading->trees, buf_str(&plain)).at;
    buf_done(&plain);
    return copy;
}

enum key_rule { IS_NEEDED, MAY_MISS };
enum key_use { IS_PLAIN, IS_TEXT, IS_COMMAND }; // placeholders: none, any, quoted

static const struct key_row {
    const char *name;
    enum key_rule rule;
    enum key_use use;
    size_t offset; // of the text in struct remedy_step
    const char *wanted;
} keys[] = {
#define TEXT(member) offsetof(struct remedy_step, member)
    {"name", IS_NEEDED, IS_PLAIN, TEXT(name),
     "the step's name, which is its file's: revoke_sessions"},
    {"step", IS_NEEDED, IS_TEXT, TEXT(step), "what to do, in one sentence"},
    {"for", IS_NEEDED, IS_PLAIN, 0, "what it is done to, such as user or mailbox"},
    {"why", IS_NEEDED, IS_TEXT, TEXT(why), "why it is to be done"},
    {"before", MAY_MISS, IS_COMMAND, TEXT(before), "what is run once before the commands"},
    {"command", MAY_MISS, IS_COMMAND, TEXT(command), "what is run for each of what it is done to"},
    {"by_hand", MAY_MISS, IS_COMMAND, TEXT(by_hand),
     "what shows a value that a command cannot name"},
    {"breaks", IS_NEEDED, IS_TEXT, TEXT(breaks), "what stops working by it; Nothing."},
    {"undo", IS_NEEDED, IS_TEXT, TEXT(undo), "how it is taken back; Not needed."},
    {"verify", IS_NEEDED, IS_TEXT, TEXT(verify), "how one sees that it is done"},
    {"done_by", MAY_MISS, IS_PLAIN, 0, "the operations in the logs that show it done"},
#undef TEXT
};
enum { KEYS = sizeof keys / sizeof keys[0] };

static bool check_keys(struct reading *reading, const struct yaml *document)
{
    const char *names[KEYS];
    for (size_t i = 0; i < KEYS; i++)
        names[i] = keys[i].name;
    for (const struct yaml *key = document->first; key; key = key->next) {
        bool is_known = false;
        for (size_t i = 0; i < KEYS; i++)
            is_known = is_known || str_is(key->text, names[i]);
        if (is_known)
            continue;
        const char *near = nearest_word(key->text, names, KEYS);
        return fail(reading, key->line, key->column, "unknown key '%s'; %s%s%s",
                    shown(reading, key->text), near ? "did you mean '" : "",
                    near ? near : "docs/remediation.md lists the keys", near ? "'?" : "");
    }
    for (size_t i = 0; i < KEYS; i++)
        if (keys[i].rule == IS_NEEDED && !yaml_find(document, names[i]))
            return fail(reading, document->line, document->column, "'%s' is missing; add %s",
                        names[i], keys[i].wanted);
    return true;
}

static bool read_kind(struct reading *reading, const struct yaml *value)
{
    const char *names[REMEDY_KIND_COUNT];
    for (size_t i = 0; i < REMEDY_KIND_COUNT; i++) {
        names[i] = remedy_kinds[i].name;
        if (value->kind == YAML_SCALAR && str_is(value->text, names[i])) {
            reading->step.kind = (enum remedy_kind)i;
            return true;
        }
    }
    const char *near =
        value->kind == YAML_SCALAR ? nearest_word(value->text, names, REMEDY_KIND_COUNT) : NULL;
    return fail(reading, value->line, value->column, "'%s' is nothing a step is done to; %s%s%s",
                shown(reading, value->text), near ? "did you mean '" : "",
                near ? near : "docs/remediation.md lists what is", near ? "'?" : "");
}

// The placeholders of a text; its place in the file is that of the line in a block, else its own.
static bool check_text(struct reading *reading, const struct yaml *value, const struct key_row *row)
{
    struct error words;
    int line = 0;
    // What is run once is about none of the targets.
    enum remedy_kind kind =
        str_is(str_from(row->name), "before") ? REMEDY_INCIDENT : reading->step.kind;
    if (row->use == IS_PLAIN ||
        remedy_text_check(value->text, kind, row->use == IS_COMMAND, &line, &words))
        return true;
    bool is_block = str_index(value->text, '\n') < value->text.len;
    return fail(reading, value->line + (is_block ? line + 1 : 0), is_block ? 1 : value->column,
                "'%s': %s", row->name, words.text);
}

static bool read_text(struct reading *reading, const struct yaml *document,
                      const struct key_row *row)
{
    const struct yaml *value = yaml_find(document, row->name);
    if (!value)
        return true;
    struct str text = value->kind == YAML_SCALAR ? str_trim(value->text) : S("");
    if (!text.len || (!value->is_quoted && yaml_is_null(value)))
        return fail(reading, value->line, value->column, "'%s' must be text; write %s", row->name,
                    row->wanted);
    for (size_t i = 0; i < text.len; i++)
        if (((uint8_t)text.at[i] < 0x20 && text.at[i] != '\n') || text.at[i] == 0x7f)
            return fail(reading, value->line, value->column,
                        "'%s' holds control characters; take them out", row->name);
    if (!check_text(reading, value, row))
        return false;
    struct str *member = (struct str *)(void *)((char *)&reading->step + row->offset);
    *member = arena_copy(&reading->book->arena, text);
    return true;
}

static bool check_name(struct reading *reading, const struct yaml *value)
{
    struct str name = reading->step.name;
    for (size_t i = 0; i < name.len; i++) {
        char c = name.at[i];
        if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && c != '_')
            return fail(reading, value->line, value->column,
                        "the name '%s' is no name; use small letters, digits and underscores",
                        shown(reading, name));
    }
    return true;
}

static bool read_done_by(struct reading *reading, const struct yaml *value)
{
    if (!value)
        return true;
    if (value->kind != YAML_LIST || value->count > REMEDY_DONE_LIMIT)
        return fail(reading, value->line, value->column,
                    "'done_by' must be a list of at most %d operations; put a dash before each",
                    REMEDY_DONE_LIMIT);
    reading->step.done_by = ARENA_ARRAY(&reading->book->arena, struct str, value->count);
    for (const struct yaml *item = value->first; item; item = item->next) {
        struct str text = item->kind == YAML_SCALAR ? str_trim(item->text) : S("");
        struct str rest = text, operation = str_trim(str_cut(&rest, '|'));
        if (!operation.len || (rest.at && !str_trim(rest).len))
            return fail(reading, item->line, item->column,
                        "an operation must be text; write its name, or name | word");
        reading->step.done_by[reading->step.done_count++] = arena_copy(&reading->book->arena, text);
    }
    return true;
}

static bool read_step(struct reading *reading, const struct yaml *document)
{
    if (document->kind != YAML_MAPPING)
        return fail(reading, document->line, document->column,
                    "a step must be a mapping; begin with name: ...");
    if (!check_keys(reading, document) || !read_kind(reading, yaml_find(document, "for")))
        return false;
    for (size_t i = 0; i < KEYS; i++)
        if (keys[i].offset && !read_text(reading, document, &keys[i]))
            return false;
    return check_name(reading, yaml_find(document, "name")) &&
           read_done_by(reading, yaml_find(document, "done_by"));
}

static void put(struct remedy_book *book, const struct remedy_step *step)
{
    size_t at = place_of(book, step->name);
    if (at < book->count && str_equal(book->items[at].name, step->name)) {
        book->items[at] = *step;
        return;
    }
    ARRAY_GROW(book->items, book->count, book->capacity);
    memmove(book->items + at + 1, book->items + at, (book->count - at) * sizeof *step);
    book->items[at] = *step;
    book->count++;
}

bool remedy_add(struct remedy_book *book, struct str path, struct str text, struct error *error)
{
    struct reading reading = {.book = book, .path = path, .error = error};
    struct yaml **documents;
    struct error words;
    size_t count;
    bool is_read = false;
    _Static_assert(offsetof(struct remedy_step, name) > 0, "an offset of 0 means: no text");
    arena_init(&reading.trees);
    reading.step.path = arena_copy(&book->arena, path);
    if (text.len > REMEDY_FILE_LIMIT)
        fail(&reading, 1, 1, "a step has at most %zu bytes; shorten it", REMEDY_FILE_LIMIT);
    else if (!yaml_parse(&reading.trees, text, &documents, &count, &words))
        error_set(error, "%.*s:%s; correct the YAML", (int)path.len, path.at, words.text);
    else if (count != 1)
        fail(&reading, count ? documents[1]->line : 1, 1,
             "a file holds one step, this one %zu; give each its own file", count);
    else if (read_step(&reading, documents[0])) {
        is_read = book->count < REMEDY_STEP_LIMIT || remedy_has(book, reading.step.name);
        if (is_read)
            put(book, &reading.step);
        else
            fail(&reading, 1, 1, "there are %d steps already; take some away", REMEDY_STEP_LIMIT);
    }
    arena_done(&reading.trees);
    return is_read;
}
