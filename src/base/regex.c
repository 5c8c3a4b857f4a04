// Regular expressions through PCRE2, with bounds on the effort of a match.
// SPDX-License-Identifier: Apache-2.0
#include "base/regex.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <stdlib.h>

#include "base/arena.h"

#define PATTERN_LIMIT ((size_t)64 << 10) // bytes of a pattern
#define MATCH_LIMIT 1000000              // steps of backtracking
#define DEPTH_LIMIT 100000               // nested backtracking points
#define HEAP_LIMIT (20 * 1024)           // KiB the interpreter may take

struct regex {
    pcre2_code *code;
    pcre2_match_context *limits; // only read after creation, so threads may share it
};

// Rules use \d and \w as ASCII classes, and subjects may hold any bytes: a match never spans
// invalid UTF-8. \C would look inside characters and is refused.
static uint32_t options_of(unsigned flags)
{
    uint32_t options = PCRE2_UTF | PCRE2_MATCH_INVALID_UTF | PCRE2_NEVER_BACKSLASH_C;
    if (flags & REGEX_CASELESS)
        options |= PCRE2_CASELESS;
    if (flags & REGEX_MULTILINE)
        options |= PCRE2_MULTILINE;
    if (flags & REGEX_DOTALL)
        options |= PCRE2_DOTALL;
    return options;
}

static pcre2_match_context *limits_new(void)
{
    pcre2_match_context *limits = pcre2_match_context_create(NULL);
    if (limits) {
        pcre2_set_match_limit(limits, MATCH_LIMIT);
        pcre2_set_depth_limit(limits, DEPTH_LIMIT);
        pcre2_set_heap_limit(limits, HEAP_LIMIT);
    }
    return limits;
}

struct regex *regex_new(struct str pattern, unsigned flags, struct error *error)
{
    if (pattern.len > PATTERN_LIMIT) {
        error_set(error, "pattern longer than %zu bytes", PATTERN_LIMIT);
        return NULL;
    }
    int code = 0;
    PCRE2_SIZE offset = 0;
    pcre2_code *compiled = pcre2_compile((PCRE2_SPTR)(pattern.len ? pattern.at : ""), pattern.len,
                                         options_of(flags), &code, &offset, NULL);
    if (!compiled) {
        PCRE2_UCHAR reason[256] = "";
        pcre2_get_error_message(code, reason, sizeof reason);
        error_set(error, "%s at offset %zu", (const char *)reason, (size_t)offset);
        return NULL;
    }
    // Where there is no JIT (or no right to write code), the interpreter serves.
    pcre2_jit_compile(compiled, PCRE2_JIT_COMPLETE);
    struct regex *regex = memory_new(sizeof *regex);
    *regex = (struct regex){.code = compiled, .limits = limits_new()};
    if (!regex->limits) {
        error_set(error, "out of memory");
        regex_free(regex);
        return NULL;
    }
    return regex;
}

void regex_free(struct regex *regex)
{
    if (!regex)
        return;
    pcre2_match_context_free(regex->limits);
    pcre2_code_free(regex->code);
    free(regex);
}

bool regex_match(const struct regex *regex, struct str text, bool *is_over_limit)
{
    // One pair of offsets is enough: nobody asks where.
    pcre2_match_data *match = pcre2_match_data_create(1, NULL);
    int result = PCRE2_ERROR_NOMEMORY;
    if (match) {
        PCRE2_SPTR subject = (PCRE2_SPTR)(text.len ? text.at : "");
        result = pcre2_match(regex->code, subject, text.len, 0, 0, match, regex->limits);
        // The JIT's stack is small (32 KiB); the interpreter has the heap.
        if (result == PCRE2_ERROR_JIT_STACKLIMIT)
            result =
                pcre2_match(regex->code, subject, text.len, 0, PCRE2_NO_JIT, match, regex->limits);
        pcre2_match_data_free(match);
    }
    if (is_over_limit)
        *is_over_limit = result < 0 && result != PCRE2_ERROR_NOMATCH;
    return result >= 0;
}
