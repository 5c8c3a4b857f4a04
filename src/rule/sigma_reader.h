// Private to the reading of Sigma rules: what the files sigma*.c share between sigma_set_init and
// sigma_finish. Texts and nodes given out live in the set's arena, YAML trees only while their file
// is read.
// SPDX-License-Identifier: Apache-2.0
#ifndef STORMGLASS_RULE_SIGMA_READER_H
#define STORMGLASS_RULE_SIGMA_READER_H

#include "base/yaml.h"
#include "rule/sigma.h"
#include "rule/sigma_modifier.h"

#define SIGMA_FILE_LIMIT ((size_t)16 << 20)  // bytes of one file
#define SIGMA_DOCUMENT_LIMIT 200000          // documents of a set
#define SIGMA_PROBLEM_LIMIT 10000            // errors told; the same for warnings
#define SIGMA_EXPANSION_LIMIT 4096           // alternatives one value may stand for
#define SIGMA_VALUE_LIMIT 65536              // values of one item
#define SIGMA_CONDITION_LIMIT 1000           // conditions of one rule
#define SIGMA_MEMORY_LIMIT ((size_t)1 << 30) // bytes of a set
#define SIGMA_MERGE_LIMIT 1000000            // nodes of one file's documents after merging

// ---- documents ---------------------------------------------------------------------------------

// What rules, correlations and filters have in common.
struct sigma_head {
    struct str path;
    int line;
    struct str title, id, name, status, description, author, date;
    bool has_own_id; // written in this very document: not inherited, not made of name or title
    enum sigma_level level;
    struct str *tags, *references, *false_positives, *investigation;
    size_t tag_count, reference_count, false_positive_count, investigation_count;
};

struct sigma_filter {
    struct str *rules; // ids, names or titles; none: every rule
    size_t rule_count;
    struct sigma_logsource logsource;
    struct sigma_node *condition;
};

// A name in a correlation that sigma_finish resolves.
struct sigma_reference {
    struct str text;
    int line, column;
    uint32_t document;
};

struct sigma_alias {
    struct str name, rule, field; // one field of one alias
    int line, column;
};

struct sigma_draft { // a correlation before its names are resolved
    struct sigma_correlation *correlation;
    struct sigma_reference *rules;
    size_t rule_count;
    struct sigma_alias *aliases;
    size_t alias_count;
    struct str condition; // extended temporal condition, or empty
    int condition_line, condition_column;
};

enum document_kind { DOCUMENT_RULE, DOCUMENT_CORRELATION, DOCUMENT_FILTER, DOCUMENT_REFUSED };

struct sigma_document {
    enum document_kind kind;
    struct sigma_head head;
    uint32_t sequence; // order of reading
    union {
        struct sigma_rule *rule;
        struct sigma_draft *draft;
        struct sigma_filter *filter;
    };
    // Of sigma_finish:
    bool is_duplicate, is_selected, is_wanted, is_silent, is_resolved, is_failed;
    int depth;           // of chained correlations; 0 while not visited
    uint32_t next_title; // index + 1 of the next document with the same title
    uint32_t index;      // in sigma_set.rules or .correlations
    struct sigma_node **filters;
    size_t filter_count, filter_capacity;
};

struct sigma_reader {
    struct sigma_set *set;
    struct str path;         // of the file being read
    struct arena trees;      // YAML of the file being read
    struct map placeholders; // name -> struct sigma_placeholder
    struct sigma_document *documents;
    size_t document_count, document_capacity;
    size_t error_count, warning_count;
    size_t suggestion_count;
};

// What a few lines of a rule can be blown up to has an end.
static inline bool sigma_is_full(const struct sigma_reader *reader)
{
    return reader->set->arena.used > SIGMA_MEMORY_LIMIT;
}

struct sigma_placeholder {
    struct str *values;
    size_t count;
};

// ---- problems (sigma_problem.c) ----------------------------------------------------------------

// An error at a place of the file; always false, so that callers can return it.
bool sigma_fail(struct sigma_reader *reader, int line, int column, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
void sigma_warn(struct sigma_reader *reader, int line, int column, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

// Text fit for a message: without control characters and invalid bytes, cut when long.
const char *sigma_printable(struct arena *arena, struct str text);
// The same in the set's arena.
const char *sigma_quote(struct sigma_reader *reader, struct str text);

// "; did you mean 'x'?", or "" when nothing is near.
const char *sigma_suggest(struct sigma_reader *reader, struct str word, const char *const *words,
                          size_t count);

// ---- trees (sigma_detection.c) -----------------------------------------------------------------

// Lists that grow inside an arena.
struct node_list {
    struct sigma_node **items;
    size_t count, capacity;
};
struct value_list {
    struct sigma_value *items;
    size_t count, capacity;
};

// Grows an array that lives in an arena; the old one is left behind there.
#define ARENA_GROW(arena, array, count, capacity)                                                  \
    do {                                                                                           \
        if ((count) == (capacity)) {                                                               \
            size_t grown_ = (capacity) ? (capacity)*2 : 4;                                         \
            void *new_ = arena_alloc((arena), grown_ * sizeof *(array));                           \
            if (count)                                                                             \
                memcpy(new_, (array), (count) * sizeof *(array));                                  \
            (array) = new_;                                                                        \
            (capacity) = grown_;                                                                   \
        }                                                                                          \
    } while (0)

// Every selection of a detection (or filter) mapping and its conditions, as nodes. `conditions` and
// `texts` have *count elements. False: the problems are told.
bool sigma_detection_read(struct sigma_reader *reader, const struct yaml *detection,
                          const char *const *other_keys, size_t other_key_count,
                          struct sigma_node ***conditions, struct str **texts, size_t *count);

// ---- values (sigma_value.c) --------------------------------------------------------------------

// Appends what one scalar stands for: one value, or several alternatives (windash, base64offset,
// placeholders). False: the problem is told.
bool sigma_value_read(struct sigma_reader *reader, const struct modifier_chain *chain,
                      const struct yaml *scalar, bool is_keyword, struct value_list *out);

// ---- documents (sigma_head.c, sigma_correlation.c) ---------------------------------------------

// Text of a member; wrong types give a warning and what can be made of them.
struct str sigma_text(struct sigma_reader *reader, const struct yaml *mapping, const char *key);
// Texts of a member that is a list (or a single text). *count 0 when absent.
struct str *sigma_texts(struct sigma_reader *reader, const struct yaml *mapping, const char *key,
                        bool is_single_fine, size_t *count);
void sigma_head_read(struct sigma_reader *reader, const struct yaml *document,
                     struct sigma_head *head);
void sigma_logsource_read(struct sigma_reader *reader, const struct yaml *document,
                          bool is_mandatory, struct sigma_logsource *out);
bool sigma_correlation_read(struct sigma_reader *reader, const struct yaml *document,
                            struct sigma_draft *draft);

// Condition text of a resolved correlation (sources are known); false: the problem is told.
bool sigma_correlation_condition(struct sigma_reader *reader,
                                 const struct sigma_document *document);

#endif
