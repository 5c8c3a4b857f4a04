// Sigma trees and problems as one line of text, so that tests are tables of texts.
//   and(A("x*"),not(B(#1|null)),keywords+all("a"|"b"),any[C](D(/re/i)))
// SPDX-License-Identifier: Apache-2.0
#ifndef STORMGLASS_TESTS_RULE_TREE_H
#define STORMGLASS_TESTS_RULE_TREE_H

#include "base/buf.h"
#include "rule/sigma.h"

static inline void tree_add_pattern(struct buf *out, const struct sigma_pattern *pattern)
{
    buf_add_char(out, '"');
    for (size_t i = 0; i < pattern->text.len; i++) {
        char c = pattern->text.at[i], wild = pattern->wild ? pattern->wild[i] : 0;
        if (wild == '%')
            buf_add(out, S("{%}"));
        else if (!wild && (c == '*' || c == '?'))
            buf_print(out, "\\%c", c);
        else if ((unsigned char)c < 0x20 || c == 0x7f || (unsigned char)c >= 0xf8)
            buf_print(out, "<%02x>", (unsigned)(unsigned char)c);
        else
            buf_add_char(out, c);
    }
    buf_add_char(out, '"');
}

static inline void tree_add_value(struct buf *out, const struct sigma_value *value)
{
    static const char *const compares[] = {"=", "<", "<=", ">", ">=", "!="};
    static const char *const parts[] = {"minute", "hour", "day", "week", "month", "year"};
    static const char *const shapes[] = {"", "^", "$", "~"};
    switch (value->kind) {
    case VALUE_PLACEHOLDER:
        buf_add(out, S("expand")); // fall through
    case VALUE_PATTERN:
        tree_add_pattern(out, &value->pattern);
        break;
    case VALUE_NUMBER:
        buf_print(out, "#%g", value->number);
        break;
    case VALUE_BOOL:
        buf_print(out, "%s", value->boolean ? "true" : "false");
        break;
    case VALUE_NULL:
        buf_add(out, S("null"));
        break;
    case VALUE_REGEX:
        buf_print(out, "/%.*s/%s%s%s", (int)value->text.len, value->text.at,
                  value->regex_flags & 1 ? "i" : "", value->regex_flags & 2 ? "m" : "",
                  value->regex_flags & 4 ? "s" : "");
        break;
    case VALUE_CIDR:
        buf_print(out, "cidr %.*s", (int)value->text.len, value->text.at);
        break;
    case VALUE_EXISTS:
        buf_print(out, "exists %s", value->boolean ? "true" : "false");
        break;
    case VALUE_COMPARE:
        buf_print(out, "%s%g", compares[value->compare], value->number);
        break;
    case VALUE_FIELD:
        buf_print(out, "@%s%.*s", shapes[value->shape], (int)value->text.len, value->text.at);
        break;
    case VALUE_TIME_PART:
        buf_print(out, "%s%s%g", parts[value->part], compares[value->compare], value->number);
        break;
    }
}

static inline void tree_add(struct buf *out, const struct sigma_node *node)
{
    static const char *const names[] = {"true", "false", "", "and", "or", "not"};
    switch (node->kind) {
    case NODE_TRUE:
    case NODE_FALSE:
        buf_print(out, "%s", names[node->kind]);
        return;
    case NODE_ITEM:
        buf_print(out, "%.*s%s%s%s%s(", (int)node->field.len, node->field.at,
                  node->is_keyword ? "keywords" : "", node->is_all ? "+all" : "",
                  node->is_cased ? "+cased" : "", node->is_negated ? "+neq" : "");
        for (size_t i = 0; i < node->value_count; i++) {
            buf_print(out, "%s", i ? "|" : "");
            tree_add_value(out, &node->values[i]);
        }
        buf_add_char(out, ')');
        return;
    case NODE_AT_LEAST:
        buf_print(out, "least%zu(", node->needed);
        break;
    case NODE_ANY_ELEMENT:
        buf_print(out, "any[%.*s](", (int)node->field.len, node->field.at);
        break;
    case NODE_ALL_ELEMENTS:
        buf_print(out, "all[%.*s](", (int)node->field.len, node->field.at);
        break;
    default:
        buf_print(out, "%s(", names[node->kind]);
        break;
    }
    for (size_t i = 0; i < node->count; i++) {
        buf_print(out, "%s", i ? "," : "");
        tree_add(out, node->children[i]);
    }
    buf_add_char(out, ')');
}

// The problems of a set: "3:7 error: words; 9:1 warning: words".
static inline void tree_add_problems(struct buf *out, const struct sigma_set *set, bool are_errors)
{
    for (size_t i = 0; i < set->problem_count; i++) {
        const struct sigma_problem *problem = &set->problems[i];
        if (problem->is_error == are_errors)
            buf_print(out, "%s%d:%d %.*s", out->len ? "; " : "", problem->line, problem->column,
                      (int)problem->text.len, problem->text.at);
    }
}

#endif
