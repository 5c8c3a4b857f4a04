// Value modifiers: the chain behind a field's name ("Field|contains|all"), read and checked.
// Source: Sigma modifiers appendix 2.1 (SigmaHQ/sigma-specification). The list is modifier.def.
// SPDX-License-Identifier: Apache-2.0
#ifndef STORMGLASS_RULE_SIGMA_MODIFIER_H
#define STORMGLASS_RULE_SIGMA_MODIFIER_H

#include "base/yaml.h"
#include "rule/sigma.h"

enum modifier_kind {
    KIND_SHAPE = 1 << 0,
    KIND_LIST = 1 << 1,
    KIND_CASE = 1 << 2,
    KIND_NEGATE = 1 << 3,
    KIND_EXISTS = 1 << 4,
    KIND_EXPAND = 1 << 5,
    KIND_DASH = 1 << 6,
    KIND_BASE64 = 1 << 7,
    KIND_WIDE = 1 << 8,
    KIND_REGEX = 1 << 9,
    KIND_FLAG = 1 << 10,
    KIND_CIDR = 1 << 11,
    KIND_FIELD = 1 << 12,
    KIND_COMPARE = 1 << 13,
    KIND_TIME = 1 << 14,
    KIND_ANY = (1 << 15) - 1
};

enum modifier_id {
#define MODIFIER(id, name, kind, beside, help) MODIFIER_##id,
#include "rule/modifier.def"
    MODIFIER_COUNT
};

struct modifier {
    const char *name;
    unsigned kind;   // one of modifier_kind
    unsigned beside; // kinds that may stand in the same chain
    const char *help;
};

extern const struct modifier modifiers[MODIFIER_COUNT];

#define MODIFIER_LIMIT 16 // modifiers of one field

struct modifier_chain {
    unsigned kinds;                         // all that are there
    enum modifier_id steps[MODIFIER_LIMIT]; // of kinds DASH, WIDE and BASE64, in order of writing
    size_t step_count;
    enum sigma_shape shape;
    enum sigma_compare compare;
    enum sigma_time_part part;
    unsigned regex_flags;
};

struct sigma_reader;

// Reads "contains|all"; the text is empty when there is no modifier (`has_any` false). `key` is for
// the place of problems. False: the problem is told.
bool modifier_chain_read(struct sigma_reader *reader, const struct yaml *key, struct str text,
                         bool has_any, struct modifier_chain *out);

#endif
