// Puts conditions of rules into words.
// SPDX-License-Identifier: Apache-2.0
#include "command/describe.h"

#include "base/regex.h"

static const char *const compare_words[] = {
    [COMPARE_EQ] = "is", [COMPARE_LT] = "<",   [COMPARE_LTE] = "<=",
    [COMPARE_GT] = ">",  [COMPARE_GTE] = ">=", [COMPARE_NEQ] = "is not"};
static const char *const part_words[] = {
    [PART_MINUTE] = "minute", [PART_HOUR] = "hour",   [PART_DAY] = "day",
    [PART_WEEK] = "week",     [PART_MONTH] = "month", [PART_YEAR] = "year"};
static const char *const shape_words[] = {[SHAPE_EQUALS] = "is",
                                          [SHAPE_STARTS] = "starts with",
                                          [SHAPE_ENDS] = "ends with",
                                          [SHAPE_CONTAINS] = "contains"};

// A long text is cut between characters.
static void add_cut(struct str text, struct buf *out)
{
    size_t len = text.len;
    if (len > DESCRIBE_TEXT)
        for (len = DESCRIBE_TEXT; len > 0 && ((unsigned char)text.at[len] & 0xc0) == 0x80;)
            len--;
    buf_add(out, str_of(text.at, len));
    if (len < text.len)
        buf_add(out, S("..."));
}

static bool is_wild(const struct sigma_pattern *pattern, size_t at)
{
    return pattern->wild && at < pattern->text.len && pattern->wild[at] != 0;
}

// How a pattern is best said: by its outer '*' when there are no other wildcards.
static enum sigma_shape shape_of(const struct sigma_pattern *pattern, bool *is_simple)
{
    size_t len = pattern->text.len, wild = 0;
    for (size_t i = 0; i < len; i++)
        wild += is_wild(pattern, i);
    bool starts = len && is_wild(pattern, 0) && pattern->wild[0] == '*';
    bool ends = len > 1 && is_wild(pattern, len - 1) && pattern->wild[len - 1] == '*';
    *is_simple = wild == (size_t)starts + (size_t)ends && len > wild;
    return starts && ends ? SHAPE_CONTAINS
           : starts       ? SHAPE_ENDS
           : ends         ? SHAPE_STARTS
                          : SHAPE_EQUALS;
}

static void add_pattern(const struct sigma_pattern *pattern, bool is_simple, struct buf *out)
{
    size_t len = pattern->text.len, from = 0;
    if (is_simple) {
        from = is_wild(pattern, 0);
        len -= is_wild(pattern, len - 1) && len > 1;
    }
    buf_add_char(out, '\'');
    for (size_t i = from; i < len; i++) {
        if (!is_simple && is_wild(pattern, i))
            buf_add_char(out, pattern->wild[i]);
        else
            buf_add_char(out, pattern->text.at[i]);
    }
    buf_add_char(out, '\'');
}

static const char *verb_of(const struct sigma_value *value)
{
    bool is_simple = false;
    switch (value->kind) {
    case VALUE_PATTERN:
    case VALUE_PLACEHOLDER: {
        enum sigma_shape shape = shape_of(&value->pattern, &is_simple);
        return is_simple || !value->pattern.wild ? shape_words[shape] : "is like";
    }
    case VALUE_REGEX:
        return "matches";
    case VALUE_CIDR:
        return "lies in";
    case VALUE_EXISTS:
        return value->boolean ? "is there" : "is not there";
    case VALUE_NULL:
        return "is empty";
    case VALUE_COMPARE:
        return compare_words[value->compare];
    case VALUE_FIELD:
        return shape_words[value->shape];
    case VALUE_TIME_PART:
        return "has";
    default:
        return "is";
    }
}

static void add_value(const struct sigma_value *value, struct buf *out)
{
    bool is_simple = false;
    switch (value->kind) {
    case VALUE_PATTERN:
    case VALUE_PLACEHOLDER:
        shape_of(&value->pattern, &is_simple);
        add_pattern(&value->pattern, is_simple, out);
        break;
    case VALUE_REGEX:
        buf_add_char(out, '/');
        add_cut(value->text, out);
        buf_print(out, "/%s", value->regex_flags & REGEX_CASELESS ? "i" : "");
        break;
    case VALUE_NUMBER:
    case VALUE_COMPARE:
        buf_print(out, "%.15g", value->number);
        break;
    case VALUE_BOOL:
        buf_print(out, "%s", value->boolean ? "true" : "false");
        break;
    case VALUE_FIELD:
        buf_print(out, "the field %.*s", (int)value->text.len, value->text.at);
        break;
    case VALUE_TIME_PART:
        buf_print(out, "%s %s %.15g", part_words[value->part], compare_words[value->compare],
                  value->number);
        break;
    case VALUE_NULL:
    case VALUE_EXISTS:
        break;
    default:
        buf_add(out, value->text);
        break;
    }
}

static void describe_item(const struct sigma_node *node, struct buf *out)
{
    if (node->is_keyword)
        buf_add(out, S("any text"));
    else
        buf_add(out, node->field);
    if (node->is_negated)
        buf_add(out, S(" is there and none of:"));
    const char *verb = NULL;
    for (size_t i = 0; i < node->value_count; i++) {
        const struct sigma_value *value = &node->values[i];
        if (i == DESCRIBE_VALUES) {
            buf_print(out, " and %zu more values", node->value_count - i);
            break;
        }
        if (i)
            buf_add(out, node->is_all ? S(" and") : S(" or"));
        const char *own =
            node->is_keyword && value->kind == VALUE_PATTERN ? "contains" : verb_of(value);
        if (!verb || strcmp(own, verb) != 0)
            buf_print(out, " %s", own);
        verb = own;
        if (value->kind != VALUE_NULL && value->kind != VALUE_EXISTS) {
            buf_add_char(out, ' ');
            add_value(value, out);
        }
    }
    if (node->is_cased)
        buf_add(out, S(" (case counts)"));
}

void describe_node(const struct sigma_node *node, struct buf *out)
{
    if (node->name.len)
        buf_print(out, "%.*s: ", (int)node->name.len, node->name.at);
    switch (node->kind) {
    case NODE_TRUE:
        buf_add(out, S("always"));
        break;
    case NODE_FALSE:
        buf_add(out, S("never"));
        break;
    case NODE_AND:
        buf_add(out, S("all of"));
        break;
    case NODE_OR:
        buf_add(out, S("any of"));
        break;
    case NODE_NOT:
        buf_add(out, S("not"));
        break;
    case NODE_AT_LEAST:
        buf_print(out, "at least %zu of", node->needed);
        break;
    case NODE_ANY_ELEMENT:
        buf_print(out, "one element of %.*s satisfies its items", (int)node->field.len,
                  node->field.at);
        break;
    case NODE_ALL_ELEMENTS:
        buf_print(out, "every element of %.*s satisfies its items", (int)node->field.len,
                  node->field.at);
        break;
    case NODE_ITEM:
        describe_item(node, out);
        break;
    }
}
