// Condition expressions: "selection and not 1 of filter_*" over named nodes, turned into a tree.
// Source: Sigma rules specification 2.1, section Condition.
// SPDX-License-Identifier: Apache-2.0
#ifndef STORMGLASS_RULE_CONDITION_H
#define STORMGLASS_RULE_CONDITION_H

#include "rule/sigma.h"

#define CONDITION_TEXT_LIMIT 65536 // bytes of one expression
#define CONDITION_DEPTH_LIMIT 64   // of parentheses and "not"
#define CONDITION_NODE_LIMIT 65536 // references to nodes, those of "1 of x*" counted each

// A name that stands for a node.
struct condition_name {
    struct str name;
    struct sigma_node *node;
    bool is_used; // set when the expression refers to it
};

// What an expression may refer to. All borrowed.
struct condition_scope {
    struct arena *arena;          // owns the tree
    struct condition_name *names; // in order; "them" and patterns range over these
    size_t count;
    const struct map *lookup; // identifier -> index into names; may know more spellings of a name
    const char *noun;         // "selection", "rule": for messages
    // Told of what is legal but looks wrong; may be NULL.
    void (*warn)(const char *text, void *context);
    void *context;
};

// The tree of the text: its inner nodes are new, its leaves are the nodes of the names (shared, so
// the tree is a graph without cycles). Identifiers that begin with '_' are no part of "them" nor of
// patterns, unless the pattern begins with '_'. NULL and words on failure; *offset is the byte
// where it went wrong.
struct sigma_node *condition_parse(struct condition_scope *scope, struct str text, size_t *offset,
                                   struct error *error);

#endif
