// Testing one value of an event against one alternative of a rule's item.
// SPDX-License-Identifier: Apache-2.0
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "rule/program.h"

// ---- text -------------------------------------------------------------------------------------

// Is `text` equal to `lower` (lower case) with ASCII case folded?
static bool equal_lower(const char *text, const char *lower, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (ascii_lower(text[i]) != lower[i])
            return false;
    return true;
}

static bool equal_text(const char *text, const char *literal, size_t len, bool is_cased)
{
    return is_cased ? memcmp(text, literal, len) == 0 : equal_lower(text, literal, len);
}

// Places where the first and the last byte of `lower` stand right, sixteen at a time (letters folded by
// setting bit 5 on both sides, which lets a few others through: the caller compares).
static bool contains_lower(struct str text, struct str lower)
{
    if (lower.len == 0)
        return true;
    if (lower.len > text.len)
        return false;
    char first = (char)(lower.at[0] | 0x20), last = (char)(lower.at[lower.len - 1] | 0x20);
    size_t end = text.len - lower.len, i = 0;
#ifdef __SSE2__
    const __m128i bit = _mm_set1_epi8(0x20), firsts = _mm_set1_epi8(first),
                  lasts = _mm_set1_epi8(last);
    for (; i + 16 <= end + 1; i += 16) {
        const char *at = text.at + i, *to = at + lower.len - 1;
        __m128i a = _mm_or_si128(_mm_loadu_si128((const __m128i *)(const void *)at), bit);
        __m128i z = _mm_or_si128(_mm_loadu_si128((const __m128i *)(const void *)to), bit);
        unsigned hits = (unsigned)_mm_movemask_epi8(
            _mm_and_si128(_mm_cmpeq_epi8(a, firsts), _mm_cmpeq_epi8(z, lasts)));
        for (; hits; hits &= hits - 1)
            if (equal_lower(at + __builtin_ctz(hits), lower.at, lower.len))
                return true;
    }
#endif
    for (; i <= end; i++)
        if ((text.at[i] | 0x20) == first && (text.at[i + lower.len - 1] | 0x20) == last &&
            equal_lower(text.at + i, lower.at, lower.len))
            return true;
    return false;
}

// Matches text against a pattern with wildcards, in time O(text * stars) at worst: after a star only
// the latest one is ever retried.
static bool glob_matches(const struct sigma_pattern *pattern, struct str literal, struct str text,
                         bool is_cased)
{
    const char *wild = pattern->wild;
    size_t p = 0, t = 0, star = SIZE_MAX, retry = 0;
    while (t < text.len) {
        if (p < literal.len && wild[p] == '*') {
            star = p++;
            retry = t;
        } else if (p < literal.len && wild[p] == '?') {
            p++;
            t++;
            while (t < text.len && ((uint8_t)text.at[t] & 0xc0) == 0x80)
                t++; // one character, not one byte
        } else if (p < literal.len && equal_text(text.at + t, literal.at + p, 1, is_cased)) {
            p++;
            t++;
        } else if (star != SIZE_MAX) {
            p = star + 1;
            t = ++retry;
        } else {
            return false;
        }
    }
    while (p < literal.len && wild[p] == '*')
        p++;
    return p == literal.len;
}

bool text_matches(const struct predicate *predicate, struct str text)
{
    struct str literal = predicate->literal;
    bool is_cased = predicate->is_cased;
    switch (predicate->shape) {
    case PATTERN_ANY:
        return true;
    case PATTERN_EXACT:
        return text.len == literal.len && equal_text(text.at, literal.at, text.len, is_cased);
    case PATTERN_PREFIX:
        return text.len >= literal.len && equal_text(text.at, literal.at, literal.len, is_cased);
    case PATTERN_SUFFIX:
        return text.len >= literal.len &&
               equal_text(text.at + text.len - literal.len, literal.at, literal.len, is_cased);
    case PATTERN_CONTAINS:
        return is_cased ? str_contains(text, literal) : contains_lower(text, literal);
    case PATTERN_GLOB:
        return glob_matches(&predicate->value->pattern, literal, text, is_cased);
    }
    return false;
}

struct str value_text(struct json value, struct predicate_scope *scope)
{
    switch (json_type(value)) {
    case JSON_STRING:
        return json_str(value);
    case JSON_TRUE:
        return S("true");
    case JSON_FALSE:
        return S("false");
    case JSON_NULL:
    case JSON_NONE:
        return str_of(NULL, 0);
    default:
        buf_clear(scope->buf);
        json_print(value, scope->buf);
        return arena_copy(scope->arena, buf_str(scope->buf));
    }
}

// ---- kinds ------------------------------------------------------------------------------------

static bool value_number(struct json value, double *out)
{
    switch (json_type(value)) {
    case JSON_INT:
    case JSON_UINT:
    case JSON_DOUBLE:
        *out = json_double(value);
        return true;
    case JSON_STRING:
        return str_to_double(json_str(value), out);
    default:
        return false;
    }
}

static bool compare(double left, enum sigma_compare how, double right)
{
    switch (how) {
    case COMPARE_EQ:
        return left == right;
    case COMPARE_LT:
        return left < right;
    case COMPARE_LTE:
        return left <= right;
    case COMPARE_GT:
        return left > right;
    case COMPARE_GTE:
        return left >= right;
    case COMPARE_NEQ:
        return left != right;
    }
    return false;
}

// A number equals a number; a text equals it when it spells it as the number is printed (which is
// the predicate's literal).
static bool test_number(const struct predicate *predicate, struct json value)
{
    double found;
    if (json_type(value) == JSON_STRING)
        return str_equal(json_str(value), predicate->literal);
    return value_number(value, &found) && found == predicate->value->number;
}

static bool test_bool(bool expected, struct json value)
{
    switch (json_type(value)) {
    case JSON_TRUE:
        return expected;
    case JSON_FALSE:
        return !expected;
    case JSON_STRING:
        return str_equal_fold(json_str(value), expected ? S("true") : S("false"));
    default:
        return false;
    }
}

static bool test_time(const struct sigma_value *want, struct json value)
{
    int64_t time = json_type(value) == JSON_STRING
                       ? instant_parse(json_str(value), ORDER_MONTH_FIRST)
                       : instant_from_number(json_double(value));
    if (time == INSTANT_NONE)
        return false;
    struct instant_parts parts = instant_split(time);
    int part = 0;
    switch (want->part) {
    case PART_MINUTE:
        part = parts.minute;
        break;
    case PART_HOUR:
        part = parts.hour;
        break;
    case PART_DAY:
        part = parts.day;
        break;
    case PART_WEEK:
        part = parts.week;
        break;
    case PART_MONTH:
        part = parts.month;
        break;
    case PART_YEAR:
        part = parts.year;
        break;
    }
    return compare(part, want->compare, want->number);
}

// ---- other fields -----------------------------------------------------------------------------

static bool shape_matches(enum sigma_shape shape, struct str text, struct str other, bool is_cased)
{
    if (shape != SHAPE_EQUALS && other.len > text.len)
        return false;
    switch (shape) {
    case SHAPE_EQUALS:
        return is_cased ? str_equal(text, other) : str_equal_fold(text, other);
    case SHAPE_STARTS:
        return is_cased ? str_starts(text, other) : str_starts_fold(text, other);
    case SHAPE_ENDS:
        return is_cased ? str_ends(text, other) : str_ends_fold(text, other);
    case SHAPE_CONTAINS:
        return is_cased ? str_contains(text, other) : str_contains_fold(text, other);
    }
    return false;
}

struct field_test {
    const struct predicate *predicate;
    struct predicate_scope *scope;
    struct str text;
    bool result;
};

static bool field_test_visit(struct json other, void *context)
{
    struct field_test *t = context;
    struct str text = value_text(other, t->scope);
    if (text.at && shape_matches(t->predicate->value->shape, t->text, text, t->predicate->is_cased))
        t->result = true;
    return !t->result;
}

static bool test_field(const struct predicate *predicate, struct str text,
                       struct predicate_scope *scope)
{
    struct field_test t = {predicate, scope, text, false};
    if (scope->element.tape) {
        field_path_each(scope->element, predicate->value->text, scope->event->source,
                        scope->scratch, field_test_visit, &t);
        return t.result;
    }
    const struct field_value *other = field_first(scope->slots, predicate->slot);
    for (; other && !t.result; other = field_next(scope->slots, other))
        field_test_visit(other->json, &t);
    return t.result;
}

struct first_text {
    struct predicate_scope *scope;
    struct str text;
};

static bool first_text_visit(struct json value, void *context)
{
    struct first_text *first = context;
    first->text = value_text(value, first->scope);
    return first->text.at == NULL;
}

// The pattern with every %name% replaced by the event's first value of that field; false when one is
// missing.
static bool expand_pattern(const struct predicate *predicate, struct predicate_scope *scope,
                           struct sigma_pattern *out)
{
    const struct sigma_pattern *p = &predicate->value->pattern;
    struct buf text, wild;
    buf_init(&text);
    buf_init(&wild);
    bool is_complete = true;
    for (size_t i = 0; i < p->text.len && is_complete; i++) {
        size_t end = i + 1;
        bool is_mark = p->wild && p->wild[i] == '%';
        while (is_mark && end < p->text.len && p->wild[end] != '%')
            end++;
        if (!is_mark || end >= p->text.len) {
            buf_add_char(&text, p->text.at[i]);
            buf_add_char(&wild, p->wild ? p->wild[i] : 0);
            continue;
        }
        struct first_text first = {scope, {NULL, 0}};
        struct str name = str_of(p->text.at + i + 1, end - i - 1);
        if (!scope->element.tape)
            field_trace_all(scope->slots);
        field_path_each(scope->element.tape ? scope->element : scope->event->record, name,
                        scope->event->source, scope->scratch, first_text_visit, &first);
        is_complete = first.text.at != NULL;
        for (size_t k = 0; is_complete && k < first.text.len; k++) {
            buf_add_char(&text, first.text.at[k]);
            buf_add_char(&wild, 0);
        }
        i = end;
    }
    out->text = arena_copy(scope->arena, buf_str(&text));
    out->wild = arena_copy(scope->arena, buf_str(&wild)).at;
    buf_done(&text);
    buf_done(&wild);
    return is_complete;
}

static bool test_placeholder(const struct predicate *predicate, struct str text,
                             struct predicate_scope *scope)
{
    struct sigma_pattern expanded;
    if (!expand_pattern(predicate, scope, &expanded))
        return false;
    struct str literal =
        predicate->is_cased ? expanded.text : lower_copy(scope->arena, expanded.text);
    return glob_matches(&expanded, literal, text, predicate->is_cased);
}

bool predicate_test(const struct predicate *predicate, struct json value,
                    struct predicate_scope *scope)
{
    const struct sigma_value *want = predicate->value;
    struct str text;
    struct ip ip;
    double number;
    switch (want->kind) {
    case VALUE_PATTERN:
        text = value_text(value, scope);
        return text.at && text_matches(predicate, text);
    case VALUE_NUMBER:
        return test_number(predicate, value);
    case VALUE_BOOL:
        return test_bool(want->boolean, value);
    case VALUE_NULL:
        return json_type(value) == JSON_NULL;
    case VALUE_EXISTS:
        return want->boolean;
    case VALUE_REGEX:
        text = value_text(value, scope);
        return text.at && predicate->regex && regex_match(predicate->regex, text, NULL);
    case VALUE_CIDR:
        return ip_parse(json_str(value), &ip) && ip_prefix_has(&want->prefix, &ip);
    case VALUE_COMPARE:
        return value_number(value, &number) && compare(number, want->compare, want->number);
    case VALUE_TIME_PART:
        return test_time(want, value);
    case VALUE_FIELD:
        text = value_text(value, scope);
        return text.at && test_field(predicate, text, scope);
    case VALUE_PLACEHOLDER:
        text = value_text(value, scope);
        return text.at && test_placeholder(predicate, text, scope);
    }
    return false;
}
