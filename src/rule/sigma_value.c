// Values of a rule: what a YAML scalar means under its modifiers.
// SPDX-License-Identifier: Apache-2.0
//
// Text goes through: escapes and wildcards, placeholders, then windash, UTF-16 and base64 in the
// order of writing, and last the wildcards of contains, startswith and endswith, wherever these were.
// Each step may turn one pattern into several alternatives.
#include <math.h>

#include "base/encode.h"
#include "base/regex.h"
#include "rule/sigma_reader.h"

#define PLACEHOLDER_LIMIT 16 // in one value

struct pattern_list {
    struct sigma_pattern *items;
    size_t count, capacity;
};

// Where a step stands: for memory and problems.
struct scene {
    struct sigma_reader *reader;
    struct arena *arena;
    const struct modifier_chain *chain;
    const struct yaml *scalar;
};

static bool fail(const struct scene *scene, const char *reason)
{
    return sigma_fail(scene->reader, scene->scalar->line, scene->scalar->column, "%s in '%s'",
                      reason, sigma_quote(scene->reader, scene->scalar->text));
}

static bool add_pattern(const struct scene *scene, struct pattern_list *list,
                        struct sigma_pattern pattern)
{
    if (list->count == SIGMA_EXPANSION_LIMIT)
        return fail(scene, "more than 4096 alternatives");
    if (sigma_is_full(scene->reader))
        return fail(scene, "all rules together take more than 1 GiB");
    ARENA_GROW(scene->arena, list->items, list->count, list->capacity);
    list->items[list->count++] = pattern;
    return true;
}

static char wild_at(const struct sigma_pattern *pattern, size_t i)
{
    return pattern->wild ? pattern->wild[i] : 0;
}

// ---- escapes and wildcards ---------------------------------------------------------------------

static bool is_name_byte(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '.' || c == '-';
}

// Bytes of the placeholder "%name%" at the start of the text, or 0.
static size_t placeholder_length(struct str text)
{
    size_t end = 1;
    while (end < text.len && is_name_byte(text.at[end]))
        end++;
    return end > 1 && text.at[1] != '-' && text.at[1] != '.' && end < text.len &&
                   text.at[end] == '%'
               ? end + 1
               : 0;
}

// Is the percent sign of "\%..." a plain one? By the specification yes, but in paths the backslash
// before a placeholder is meant as such ("C:\Users\%User%\Temp"). So "\%name%" is a placeholder
// behind a backslash, unless its second sign begins a placeholder itself ("\%plain%name%").
static bool is_escaped_percent(struct str text)
{
    struct str sign = str_of(text.at + 1, text.len - 1);
    size_t length = placeholder_length(sign);
    return length == 0 ||
           placeholder_length(str_of(sign.at + length - 1, sign.len - length + 1)) > 0;
}

// A text that is being built with its wildcards.
struct draft {
    char *text, *wild;
    size_t len;
    bool is_wild;
};

static struct draft draft_new(struct arena *arena, size_t size)
{
    return (struct draft){.text = arena_alloc(arena, size + 1),
                          .wild = arena_alloc(arena, size + 1)};
}

static void draft_add(struct draft *draft, char c, char wild)
{
    if (wild == '*' && draft->len && draft->wild[draft->len - 1] == '*')
        return; // ** is *
    draft->text[draft->len] = c;
    draft->wild[draft->len++] = wild;
    draft->is_wild |= wild != 0;
}

static struct sigma_pattern draft_end(const struct draft *draft)
{
    return (struct sigma_pattern){.text = str_of(draft->text, draft->len),
                                  .wild = draft->is_wild ? draft->wild : NULL};
}

// `\*`, `\?` and `\\` are the second character; a backslash before anything else is a backslash.
// With expand, `\%` is a percent sign, and the two around a placeholder's name are marked '%'.
static struct sigma_pattern read_pattern(struct arena *arena, struct str text, bool is_expand)
{
    bool is_plain = true;
    for (size_t i = 0; i < text.len && is_plain; i++)
        is_plain = text.at[i] != '\\' && text.at[i] != '*' && text.at[i] != '?' &&
                   (text.at[i] != '%' || !is_expand);
    if (is_plain)
        return (struct sigma_pattern){.text = text};
    struct draft draft = draft_new(arena, text.len);
    for (size_t i = 0; i < text.len; i++) {
        char c = text.at[i], next = i + 1 < text.len ? text.at[i + 1] : 0;
        size_t name;
        bool is_escape = next == '*' || next == '?' || next == '\\';
        if (c == '\\' && is_expand && next == '%')
            is_escape = is_escaped_percent(str_of(text.at + i, text.len - i));
        if (c == '\\' && is_escape) {
            draft_add(&draft, next, 0);
            i++;
        } else if (c == '*' || c == '?') {
            draft_add(&draft, c, c);
        } else if (c == '%' && is_expand &&
                   (name = placeholder_length(str_of(text.at + i, text.len - i))) > 0) {
            for (size_t k = 0; k < name; k++)
                draft_add(&draft, text.at[i + k], k == 0 || k == name - 1 ? '%' : 0);
            i += name - 1;
        } else {
            draft_add(&draft, c, 0);
        }
    }
    return draft_end(&draft);
}

// The pattern with stars where its shape wants them.
static struct sigma_pattern with_shape(struct arena *arena, struct sigma_pattern pattern,
                                       enum sigma_shape shape)
{
    if (shape == SHAPE_EQUALS)
        return pattern;
    struct draft draft = draft_new(arena, pattern.text.len + 2);
    if (shape != SHAPE_STARTS)
        draft_add(&draft, '*', '*');
    for (size_t i = 0; i < pattern.text.len; i++)
        draft_add(&draft, pattern.text.at[i], wild_at(&pattern, i));
    if (shape != SHAPE_ENDS)
        draft_add(&draft, '*', '*');
    return draft_end(&draft);
}

// ---- placeholders ------------------------------------------------------------------------------

// Index of the first marked '%' from `from`, or the length.
static size_t find_mark(const struct sigma_pattern *pattern, size_t from)
{
    while (from < pattern->text.len && wild_at(pattern, from) != '%')
        from++;
    return from;
}

static struct sigma_pattern splice(struct arena *arena, const struct sigma_pattern *pattern,
                                   size_t start, size_t end, const struct sigma_pattern *middle)
{
    struct draft draft = draft_new(arena, pattern->text.len + middle->text.len);
    for (size_t i = 0; i < start; i++)
        draft_add(&draft, pattern->text.at[i], wild_at(pattern, i));
    for (size_t i = 0; i < middle->text.len; i++)
        draft_add(&draft, middle->text.at[i], wild_at(middle, i));
    for (size_t i = end; i < pattern->text.len; i++)
        draft_add(&draft, pattern->text.at[i], wild_at(pattern, i));
    return draft_end(&draft);
}

// Puts the values of known placeholders in, from left to right; unknown ones stay.
static bool expand(const struct scene *scene, const struct sigma_pattern *pattern, size_t from,
                   struct pattern_list *out)
{
    const struct map_entry *entry = NULL;
    size_t start = from, end = from;
    for (; !entry; start = end) {
        start = find_mark(pattern, start);
        if (start == pattern->text.len)
            return add_pattern(scene, out, *pattern);
        end = find_mark(pattern, start + 1) + 1;
        struct str name = str_of(pattern->text.at + start + 1, end - start - 2);
        entry = map_find(&scene->reader->placeholders, name);
        if (entry)
            break;
    }
    const struct sigma_placeholder *placeholder = entry->pointer;
    for (size_t i = 0; i < placeholder->count; i++) {
        struct sigma_pattern value = read_pattern(scene->arena, placeholder->values[i], false);
        struct sigma_pattern whole = splice(scene->arena, pattern, start, end, &value);
        // Counted from the end: where stars met, the front became shorter.
        size_t rest = pattern->text.len - end;
        if (!expand(scene, &whole, whole.text.len - rest, out))
            return false;
    }
    return true;
}

static size_t count_placeholders(const struct sigma_pattern *pattern)
{
    size_t marks = 0;
    for (size_t i = find_mark(pattern, 0); i < pattern->text.len; i = find_mark(pattern, i + 1))
        marks++;
    return marks / 2;
}

static bool has_placeholder(const struct sigma_pattern *pattern)
{
    return find_mark(pattern, 0) < pattern->text.len;
}

// ---- windash -----------------------------------------------------------------------------------

static const struct str dashes[] = {STR("-"), STR("/"), STR("\xe2\x80\x93"), STR("\xe2\x80\x94"),
                                    STR("\xe2\x80\x95")};
enum { DASH_COUNT = sizeof dashes / sizeof *dashes, DASH_PLACES = 16 };

// Length of the literal dash at i, or 0.
static size_t dash_length(const struct sigma_pattern *pattern, size_t i)
{
    struct str rest = str_of(pattern->text.at + i, pattern->text.len - i);
    for (int k = 0; k < DASH_COUNT && !wild_at(pattern, i); k++)
        if (str_starts(rest, dashes[k]))
            return dashes[k].len;
    return 0;
}

static bool is_word(const struct sigma_pattern *pattern, size_t i)
{
    char c = pattern->text.at[i];
    return !wild_at(pattern, i) && ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                                    (c >= '0' && c <= '9') || c == '_' || (uint8_t)c >= 0x80);
}

static bool is_space(const struct sigma_pattern *pattern, size_t i)
{
    return !wild_at(pattern, i) && (pattern->text.at[i] == ' ' || pattern->text.at[i] == '\t');
}

// Does the dash begin a flag? It does between a place that is no part of a word and a word (as
// pySigma sees it), and at the start of the value or behind a space unless a space follows.
static bool begins_flag(const struct sigma_pattern *pattern, size_t i, size_t length)
{
    size_t after = i + length;
    bool is_end = after >= pattern->text.len;
    if (i == 0 || is_space(pattern, i - 1))
        return is_end || !is_space(pattern, after);
    bool is_after_dash = i >= 3 && dash_length(pattern, i - 3) == 3;
    return (!is_word(pattern, i - 1) || is_after_dash) && !is_end && is_word(pattern, after) &&
           !dash_length(pattern, after);
}

static bool windash(const struct scene *scene, const struct sigma_pattern *pattern,
                    struct pattern_list *out)
{
    size_t places[DASH_PLACES], lengths[DASH_PLACES], count = 0, product = 1;
    for (size_t i = 0; i < pattern->text.len; i++) {
        size_t length = dash_length(pattern, i);
        if (!length)
            continue;
        if (begins_flag(pattern, i, length)) {
            product *= DASH_COUNT;
            if (product > SIGMA_EXPANSION_LIMIT)
                return fail(scene, "windash makes more than 4096 alternatives");
            places[count] = i;
            lengths[count++] = length;
        }
        i += length - 1;
    }
    for (size_t variant = 0; variant < product; variant++) {
        struct draft draft = draft_new(scene->arena, pattern->text.len + 3 * count);
        size_t next = 0, digits = variant;
        for (size_t i = 0; i < pattern->text.len; i++) {
            if (next == count || i != places[next]) {
                draft_add(&draft, pattern->text.at[i], wild_at(pattern, i));
                continue;
            }
            struct str dash = dashes[digits % DASH_COUNT];
            for (size_t k = 0; k < dash.len; k++)
                draft_add(&draft, dash.at[k], 0);
            digits /= DASH_COUNT;
            i += lengths[next++] - 1;
        }
        if (!add_pattern(scene, out, draft_end(&draft)))
            return false;
    }
    return true;
}

// ---- encodings ---------------------------------------------------------------------------------

static struct str utf16(struct arena *arena, struct str text, enum modifier_id id)
{
    struct str encoded = utf16_encode(arena, text, id == MODIFIER_UTF16BE);
    if (id != MODIFIER_UTF16)
        return encoded;
    char *marked = arena_alloc(arena, encoded.len + 3);
    memcpy(marked, "\xff\xfe", 2);
    if (encoded.len)
        memcpy(marked + 2, encoded.at, encoded.len);
    return str_of(marked, encoded.len + 2);
}

static bool encode(const struct scene *scene, const struct sigma_pattern *pattern,
                   enum modifier_id id, struct pattern_list *out)
{
    if (has_placeholder(pattern))
        return fail(scene, "a placeholder without values cannot be encoded");
    if (pattern->wild)
        return fail(scene, "a wildcard cannot be encoded (a plain one is written \\* or \\?)");
    struct sigma_pattern encoded = {0};
    if (modifiers[id].kind == KIND_WIDE) {
        encoded.text = utf16(scene->arena, pattern->text, id);
        return add_pattern(scene, out, encoded);
    }
    if (id == MODIFIER_BASE64) {
        encoded.text = base64_encode(scene->arena, pattern->text);
        return add_pattern(scene, out, encoded);
    }
    for (int offset = 0; offset < 3; offset++) {
        encoded.text = base64_offset(scene->arena, pattern->text, offset);
        if (encoded.text.len == 0)
            return fail(scene, "too few characters for base64offset");
        if (!add_pattern(scene, out, encoded))
            return false;
    }
    return true;
}

// ---- kinds of values ---------------------------------------------------------------------------

static bool add_value(const struct scene *scene, struct value_list *out, struct sigma_value value)
{
    if (out->count == SIGMA_VALUE_LIMIT)
        return fail(scene, "more than 65536 values");
    ARENA_GROW(scene->arena, out->items, out->count, out->capacity);
    out->items[out->count++] = value;
    return true;
}

static bool read_text(const struct scene *scene, struct sigma_value value, struct value_list *out)
{
    const struct modifier_chain *chain = scene->chain;
    struct pattern_list patterns = {0};
    bool is_expand = chain->kinds & KIND_EXPAND;
    struct sigma_pattern first = read_pattern(scene->arena, value.text, is_expand);
    if (is_expand && count_placeholders(&first) > PLACEHOLDER_LIMIT)
        return fail(scene, "more than 16 placeholders");
    if (is_expand ? !expand(scene, &first, 0, &patterns) : !add_pattern(scene, &patterns, first))
        return false;
    if (patterns.count == 0)
        return fail(scene, "a placeholder without any value");
    for (size_t step = 0; step < chain->step_count; step++) {
        struct pattern_list next = {0};
        for (size_t i = 0; i < patterns.count; i++) {
            enum modifier_id id = chain->steps[step];
            if (id == MODIFIER_WINDASH ? !windash(scene, &patterns.items[i], &next)
                                       : !encode(scene, &patterns.items[i], id, &next))
                return false;
        }
        patterns = next;
    }
    for (size_t i = 0; i < patterns.count; i++) {
        value.pattern = with_shape(scene->arena, patterns.items[i], chain->shape);
        value.kind = has_placeholder(&value.pattern) ? VALUE_PLACEHOLDER : VALUE_PATTERN;
        if (!add_value(scene, out, value))
            return false;
    }
    return true;
}

static bool read_regex(const struct scene *scene, struct sigma_value value, struct value_list *out)
{
    value.kind = VALUE_REGEX;
    value.regex_flags = scene->chain->regex_flags;
    struct error error;
    struct regex *regex = regex_new(value.text, value.regex_flags, &error);
    if (!regex)
        return sigma_fail(scene->reader, scene->scalar->line, scene->scalar->column,
                          "the regular expression '%s' does not compile: %s",
                          sigma_quote(scene->reader, value.text), error.text);
    regex_free(regex);
    // Searching is unanchored, so contains has nothing to add.
    const char *before = scene->chain->shape == SHAPE_STARTS ? "\\A" : "";
    const char *after = scene->chain->shape == SHAPE_ENDS ? "\\z" : "";
    if (*before || *after) {
        struct draft draft = draft_new(scene->arena, value.text.len + 6);
        for (const char *c = before; *c; c++)
            draft_add(&draft, *c, 0);
        draft_add(&draft, '(', 0);
        draft_add(&draft, '?', 0);
        draft_add(&draft, ':', 0);
        for (size_t i = 0; i < value.text.len; i++)
            draft_add(&draft, value.text.at[i], 0);
        draft_add(&draft, ')', 0);
        for (const char *c = after; *c; c++)
            draft_add(&draft, *c, 0);
        value.text = draft_end(&draft).text;
    }
    return add_value(scene, out, value);
}

// Numbers as YAML has them: 0x1f, 12, -1.5.
static bool yaml_number(const struct yaml *scalar, double *out)
{
    int64_t whole;
    double number;
    if (yaml_to_int(scalar, &whole))
        number = (double)whole;
    else if (!yaml_to_double(scalar, &number) || !isfinite(number))
        return false;
    *out = number;
    return true;
}

// Comparisons take numbers in quotes as well.
static bool read_number(const struct scene *scene, double *out)
{
    const struct yaml *scalar = scene->scalar;
    return yaml_number(scalar, out) ||
           (str_to_double(str_trim(scalar->text), out) && isfinite(*out));
}

static const struct {
    const char *name;
    double least, most;
} part_ranges[] = {
    [PART_MINUTE] = {"minute", 0, 59}, [PART_HOUR] = {"hour", 0, 23},
    [PART_DAY] = {"day", 1, 31},       [PART_WEEK] = {"week", 1, 53},
    [PART_MONTH] = {"month", 1, 12},   [PART_YEAR] = {"year", 0, 9999},
};

static bool read_comparison(const struct scene *scene, struct sigma_value value,
                            struct value_list *out)
{
    const struct modifier_chain *chain = scene->chain;
    if (!read_number(scene, &value.number))
        return sigma_fail(scene->reader, scene->scalar->line, scene->scalar->column,
                          "'%s' is not a number", sigma_quote(scene->reader, value.text));
    value.kind = VALUE_COMPARE;
    value.compare = chain->compare;
    if (chain->kinds & KIND_TIME) {
        value.kind = VALUE_TIME_PART;
        value.part = chain->part;
        if (value.number < part_ranges[chain->part].least ||
            value.number > part_ranges[chain->part].most)
            sigma_warn(scene->reader, scene->scalar->line, scene->scalar->column,
                       "'%s' is never reached: %s goes from %g to %g",
                       sigma_quote(scene->reader, value.text), part_ranges[chain->part].name,
                       part_ranges[chain->part].least, part_ranges[chain->part].most);
    }
    return add_value(scene, out, value);
}

static bool read_exists(const struct scene *scene, struct sigma_value value, struct value_list *out)
{
    value.kind = VALUE_EXISTS;
    if (!yaml_to_bool(scene->scalar, &value.boolean))
        return sigma_fail(scene->reader, scene->scalar->line, scene->scalar->column,
                          "'exists' needs true or false, not '%s'",
                          sigma_quote(scene->reader, value.text));
    return add_value(scene, out, value);
}

static bool read_cidr(const struct scene *scene, struct sigma_value value, struct value_list *out)
{
    value.kind = VALUE_CIDR;
    if (!ip_prefix_parse(str_trim(value.text), &value.prefix))
        return sigma_fail(scene->reader, scene->scalar->line, scene->scalar->column,
                          "'%s' is no address range such as 10.0.0.0/8 or 2001:db8::/32",
                          sigma_quote(scene->reader, value.text));
    return add_value(scene, out, value);
}

static bool read_field(const struct scene *scene, struct sigma_value value, struct value_list *out)
{
    value.kind = VALUE_FIELD;
    value.shape = scene->chain->shape;
    value.text = str_trim(value.text);
    if (value.text.len == 0)
        return fail(scene, "'fieldref' needs the name of a field, not an empty text");
    return add_value(scene, out, value);
}

// A value whose modifiers leave its type as YAML has it.
static bool read_plain(const struct scene *scene, struct sigma_value value, struct value_list *out)
{
    if (scene->scalar->is_quoted)
        return read_text(scene, value, out);
    if (yaml_to_bool(scene->scalar, &value.boolean))
        value.kind = VALUE_BOOL;
    else if (yaml_number(scene->scalar, &value.number))
        value.kind = VALUE_NUMBER;
    else
        return read_text(scene, value, out);
    return add_value(scene, out, value);
}

bool sigma_value_read(struct sigma_reader *reader, const struct modifier_chain *chain,
                      const struct yaml *scalar, bool is_keyword, struct value_list *out)
{
    const struct scene scene = {reader, &reader->set->arena, chain, scalar};
    struct sigma_value value = {.text = arena_copy(scene.arena, scalar->text)};
    const unsigned typed =
        KIND_EXISTS | KIND_REGEX | KIND_CIDR | KIND_FIELD | KIND_COMPARE | KIND_TIME;
    if (yaml_is_null(scalar)) {
        if (is_keyword || (chain->kinds & typed))
            return sigma_fail(reader, scalar->line, scalar->column, "null has no meaning %s",
                              is_keyword ? "as a keyword" : "under this modifier");
        if (chain->kinds & ~(unsigned)(KIND_LIST | KIND_NEGATE | KIND_CASE))
            sigma_warn(reader, scalar->line, scalar->column, "modifiers do not change null");
        value.kind = VALUE_NULL;
        return add_value(&scene, out, value);
    }
    if (is_keyword && scalar->text.len == 0 && !(chain->kinds & typed))
        sigma_warn(reader, scalar->line, scalar->column, "an empty keyword is in every event");
    if (chain->kinds & KIND_EXISTS)
        return read_exists(&scene, value, out);
    if (chain->kinds & KIND_REGEX)
        return read_regex(&scene, value, out);
    if (chain->kinds & KIND_CIDR)
        return read_cidr(&scene, value, out);
    if (chain->kinds & KIND_FIELD)
        return read_field(&scene, value, out);
    if (chain->kinds & (KIND_COMPARE | KIND_TIME))
        return read_comparison(&scene, value, out);
    if (is_keyword || (chain->kinds & ~(unsigned)(KIND_LIST | KIND_NEGATE | KIND_CASE)))
        return read_text(&scene, value, out);
    return read_plain(&scene, value, out);
}
