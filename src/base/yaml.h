// YAML documents as a tree of nodes with their positions (libyaml's events underneath), for rules,
// hypotheses and settings.
// SPDX-License-Identifier: Apache-2.0
#ifndef STORMGLASS_BASE_YAML_H
#define STORMGLASS_BASE_YAML_H

#include "base/arena.h"
#include "base/error.h"

#define YAML_DEPTH_LIMIT 64
#define YAML_NODE_LIMIT 1000000 // nodes of one text, aliases expanded (stops alias bombs)

enum yaml_kind { YAML_SCALAR, YAML_LIST, YAML_MAPPING };

struct yaml {
    enum yaml_kind kind;
    bool is_quoted;     // scalar in quotes or a block: always text, never null, number or bool
    int line, column;   // 1-based, of its first character
    struct str text;    // scalar's content
    struct yaml *first; // first child: list item, or mapping key (whose `value` is its value)
    struct yaml *next;  // next sibling
    struct yaml *value; // of a mapping key
    size_t count;       // children
};

// Reads every document of the text (separated by ---) in order; *documents is an array of *count
// trees owned by the arena. Anchors and merge keys (<<) are resolved. On failure false and
// "line:column: reason". An empty document is left out. Duplicate keys in one mapping are an error.
bool yaml_parse(struct arena *arena, struct str text, struct yaml ***documents, size_t *count,
                struct error *error);

// Value of a key of a mapping, or NULL (also when `node` is NULL or no mapping).
struct yaml *yaml_find(const struct yaml *node, const char *key);
// Its key node (for the position), or NULL.
struct yaml *yaml_find_key(const struct yaml *node, const char *key);

// What an unquoted scalar means by YAML's core schema (true/yes/on are as SigmaHQ's rules are
// loaded elsewhere: YAML 1.1 booleans).
bool yaml_is_null(const struct yaml *node);
bool yaml_to_bool(const struct yaml *node, bool *out);
bool yaml_to_int(const struct yaml *node, int64_t *out);
bool yaml_to_double(const struct yaml *node, double *out);

#endif
