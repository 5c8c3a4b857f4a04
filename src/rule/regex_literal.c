// A text that must stand in whatever a regular expression matches, so that the expression can be found
// by that text.
// SPDX-License-Identifier: Apache-2.0
//
// Only what is plain is understood: runs of letters, digits and punctuation outside groups, classes and
// alternatives. Whatever else an expression does ends a run, and what is not known for sure gives up:
// then there is no such text, and its rule is found by the presence of the field. PCRE2's syntax:
// https://www.pcre.org/current/doc/html/pcre2syntax.html
#include "rule/program.h"

struct reading {
    struct str pattern;
    size_t at;
    bool is_caseless;
    char *run; // as long as the pattern
    size_t run_len;
    struct str best; // in the pattern's arena
    struct arena *arena;
};

static void end_run(struct reading *r)
{
    if (r->run_len > r->best.len)
        r->best = arena_copy(r->arena, str_of(r->run, r->run_len));
    r->run_len = 0;
}

// Without case, PCRE2 lets the Kelvin sign match k and the long s match s.
static void add_byte(struct reading *r, char c)
{
    char lower = ascii_lower(c);
    if ((uint8_t)c >= 0x80 || (uint8_t)c < 0x20 ||
        (r->is_caseless && (lower == 'k' || lower == 's')))
        end_run(r);
    else
        r->run[r->run_len++] = lower;
}

static bool is_word_byte(char c)
{
    char lower = ascii_lower(c);
    return (lower >= 'a' && lower <= 'z') || (c >= '0' && c <= '9') || (uint8_t)c >= 0x80;
}

// Behind a backslash: classes and edges of words end the run, punctuation stands for itself.
static bool read_escape(struct reading *r)
{
    if (++r->at >= r->pattern.len)
        return false;
    char c = r->pattern.at[r->at++];
    if (!is_word_byte(c)) {
        add_byte(r, c);
        return true;
    }
    end_run(r);
    return memchr("sSdDwWbBrnt", c, 11) != NULL;
}

// Passes a class [...]; those with a class of POSIX or a bracket inside are not understood.
static bool pass_class(struct reading *r)
{
    size_t start = ++r->at;
    for (; r->at < r->pattern.len; r->at++) {
        char c = r->pattern.at[r->at];
        bool is_first = r->at == start || (r->at == start + 1 && r->pattern.at[start] == '^');
        if (c == '[' || (c == ']' && is_first))
            return false;
        if (c == '\\' && ++r->at < r->pattern.len &&
            (r->pattern.at[r->at] == 'Q' || r->pattern.at[r->at] == 'E'))
            return false;
        if (c == ']') {
            r->at++;
            return true;
        }
    }
    return false;
}

// Is what follows "(" a group that changes nothing outside itself?
static bool is_plain_group(struct str rest)
{
    if (rest.len >= 1 && rest.at[0] == '*')
        return false;
    return rest.len < 1 || rest.at[0] != '?' || str_starts(rest, S("?:")) ||
           str_starts(rest, S("?=")) || str_starts(rest, S("?!")) || str_starts(rest, S("?<=")) ||
           str_starts(rest, S("?<!"));
}

// Passes a group, the groups in it too.
static bool pass_group(struct reading *r)
{
    size_t depth = 0;
    while (r->at < r->pattern.len) {
        char c = r->pattern.at[r->at];
        if (c == '[') {
            if (!pass_class(r))
                return false;
            continue;
        }
        r->at++;
        if (c == '(') {
            depth++;
            if (!is_plain_group(str_of(r->pattern.at + r->at, r->pattern.len - r->at)))
                return false;
        } else if (c == '\\') {
            if (r->at < r->pattern.len && r->pattern.at[r->at++] == 'Q')
                return false;
        } else if (c == ')' && --depth == 0) {
            return true;
        }
    }
    return false;
}

// "{2}", "{2,}" and "{,3}"; other braces are not understood.
static bool pass_count(struct reading *r)
{
    for (r->at++; r->at < r->pattern.len; r->at++) {
        char c = r->pattern.at[r->at];
        if (c == '}') {
            r->at++;
            return true;
        }
        if (c != ',' && (c < '0' || c > '9'))
            return false;
    }
    return false;
}

// One piece of the expression; false: not understood.
static bool read_piece(struct reading *r)
{
    char c = r->pattern.at[r->at];
    switch (c) {
    case '\\':
        return read_escape(r);
    case '[':
        end_run(r);
        return pass_class(r);
    case '(':
        end_run(r);
        return pass_group(r);
    case '|':
    case ')':
        return false;
    case '?':
    case '*':
    case '{': // what stands before may be missing
        r->run_len -= r->run_len > 0;
        end_run(r);
        if (c == '{')
            return pass_count(r);
        r->at++;
        return true;
    case '+':
    case '.':
    case '^':
    case '$':
        end_run(r);
        r->at++;
        return true;
    default:
        add_byte(r, c);
        r->at++;
        return true;
    }
}

struct str regex_literal(struct arena *arena, const struct sigma_value *value)
{
    struct reading r = {.pattern = value->text, .arena = arena, .best = S("")};
    r.is_caseless = (value->regex_flags & REGEX_CASELESS) != 0;
    r.run = arena_alloc(arena, r.pattern.len + 1);
    while (r.at < r.pattern.len)
        if (!read_piece(&r))
            return S("");
    end_run(&r);
    return r.best;
}
