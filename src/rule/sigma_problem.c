// Problems with rules, told in words to their authors.
// SPDX-License-Identifier: Apache-2.0
#include <stdarg.h>
#include <stdio.h>

#include "base/encode.h"
#include "base/nearest.h"
#include "rule/sigma_reader.h"

#define QUOTE_LIMIT ((size_t)100) // bytes of a quoted text
#define CANDIDATE_LIMIT 4096
#define SUGGESTION_LIMIT 1000 // of a set: hostile files must not buy work with mistakes

// Words may come from a parser below that quotes the file as it is.
static void strip_controls(char *text)
{
    char *to = text;
    for (const char *from = text; *from; from++)
        if ((uint8_t)*from >= 0x20 && *from != 0x7f)
            *to++ = *from;
    *to = 0;
}

static void add_problem(struct sigma_reader *reader, bool is_error, int line, int column,
                        struct error *words)
{
    size_t *count = is_error ? &reader->error_count : &reader->warning_count;
    if (*count > SIGMA_PROBLEM_LIMIT)
        return;
    if (++*count > SIGMA_PROBLEM_LIMIT)
        error_set(words, "more than %d %s: the rest is left out", SIGMA_PROBLEM_LIMIT,
                  is_error ? "errors" : "warnings");
    strip_controls(words->text);
    struct sigma_set *set = reader->set;
    ARRAY_GROW(set->problems, set->problem_count, set->problem_capacity);
    set->problems[set->problem_count++] =
        (struct sigma_problem){.path = reader->path,
                               .line = line,
                               .column = column,
                               .is_error = is_error,
                               .text = arena_copy(&set->arena, str_from(words->text))};
}

bool sigma_fail(struct sigma_reader *reader, int line, int column, const char *format, ...)
{
    struct error words;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(words.text, sizeof words.text, format, arguments);
    va_end(arguments);
    add_problem(reader, true, line, column, &words);
    return false;
}

void sigma_warn(struct sigma_reader *reader, int line, int column, const char *format, ...)
{
    struct error words;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(words.text, sizeof words.text, format, arguments);
    va_end(arguments);
    add_problem(reader, false, line, column, &words);
}

const char *sigma_quote(struct sigma_reader *reader, struct str text)
{
    if (reader->error_count > SIGMA_PROBLEM_LIMIT && reader->warning_count > SIGMA_PROBLEM_LIMIT)
        return ""; // nothing is told any more
    return sigma_printable(&reader->set->arena, text);
}

const char *sigma_printable(struct arena *arena, struct str text)
{
    size_t size = text.len < QUOTE_LIMIT ? text.len : QUOTE_LIMIT;
    char *quoted = arena_alloc(arena, size + sizeof "...");
    size_t len = 0;
    while (text.len > 0) {
        bool is_valid;
        size_t step = utf8_step(text, &is_valid);
        // C0 controls, DEL and C1 controls (U+0080 to U+009F) could drive a terminal.
        bool is_control = (uint8_t)text.at[0] < 0x20 || text.at[0] == 0x7f ||
                          (step == 2 && (uint8_t)text.at[0] == 0xc2 && (uint8_t)text.at[1] < 0xa0);
        if (is_valid && !is_control) {
            if (len + step > QUOTE_LIMIT) {
                memcpy(quoted + len, "...", 3);
                break;
            }
            memcpy(quoted + len, text.at, step);
            len += step;
        }
        text = str_of(text.at + step, text.len - step);
    }
    return quoted;
}

// ---- near words --------------------------------------------------------------------------------

const char *sigma_suggest(struct sigma_reader *reader, struct str word, const char *const *words,
                          size_t count)
{
    if (reader->suggestion_count >= SUGGESTION_LIMIT)
        return "";
    reader->suggestion_count++;
    const char *nearest =
        nearest_word(word, words, count < CANDIDATE_LIMIT ? count : CANDIDATE_LIMIT);
    if (!nearest)
        return "";
    return arena_print(&reader->set->arena, "; did you mean '%s'?",
                       sigma_quote(reader, str_from(nearest)))
        .at;
}
