// Reads chains of modifiers and refuses those that make no sense together.
// SPDX-License-Identifier: Apache-2.0
#include "rule/sigma_modifier.h"

#include "base/regex.h"
#include "rule/sigma_reader.h"

const struct modifier modifiers[MODIFIER_COUNT] = {
#define MODIFIER(id, name, kind, beside, help) [MODIFIER_##id] = {name, kind, beside, help},
#include "rule/modifier.def"
};

static bool find_modifier(struct str name, enum modifier_id *out)
{
    for (int id = 0; id < MODIFIER_COUNT; id++) {
        if (str_is(name, modifiers[id].name)) {
            *out = (enum modifier_id)id;
            return true;
        }
    }
    return false;
}

static bool fail_unknown(struct sigma_reader *reader, const struct yaml *key, struct str name)
{
    const char *names[MODIFIER_COUNT];
    for (int id = 0; id < MODIFIER_COUNT; id++)
        names[id] = modifiers[id].name;
    if (name.len == 0)
        return sigma_fail(reader, key->line, key->column, "a modifier is missing after '|' in '%s'",
                          sigma_quote(reader, key->text));
    return sigma_fail(reader, key->line, key->column, "unknown modifier '%s'%s",
                      sigma_quote(reader, name),
                      sigma_suggest(reader, name, names, MODIFIER_COUNT));
}

static bool may_stand_together(enum modifier_id a, enum modifier_id b)
{
    return (modifiers[a].beside & modifiers[b].kind) && (modifiers[b].beside & modifiers[a].kind) &&
           (modifiers[a].kind != modifiers[b].kind || modifiers[a].kind == KIND_FLAG);
}

static void chain_add(struct modifier_chain *chain, enum modifier_id id)
{
    chain->kinds |= modifiers[id].kind;
    switch (modifiers[id].kind) {
    case KIND_SHAPE:
        chain->shape = id == MODIFIER_CONTAINS     ? SHAPE_CONTAINS
                       : id == MODIFIER_STARTSWITH ? SHAPE_STARTS
                                                   : SHAPE_ENDS;
        break;
    case KIND_COMPARE:
        chain->compare = (enum sigma_compare)((int)COMPARE_LT + (int)id - (int)MODIFIER_LT);
        break;
    case KIND_TIME:
        chain->part = (enum sigma_time_part)((int)PART_MINUTE + (int)id - (int)MODIFIER_MINUTE);
        break;
    case KIND_FLAG:
        chain->regex_flags |= id == MODIFIER_I   ? REGEX_CASELESS
                              : id == MODIFIER_M ? REGEX_MULTILINE
                                                 : REGEX_DOTALL;
        break;
    case KIND_DASH:
    case KIND_WIDE:
    case KIND_BASE64:
        chain->steps[chain->step_count++] = id;
        break;
    default:
        break;
    }
}

bool modifier_chain_read(struct sigma_reader *reader, const struct yaml *key, struct str text,
                         bool has_any, struct modifier_chain *out)
{
    // The rows of comparisons and of times stand in the order of their enums.
    _Static_assert((int)MODIFIER_GTE - (int)MODIFIER_LT == (int)COMPARE_GTE - (int)COMPARE_LT, "");
    _Static_assert((int)MODIFIER_YEAR - (int)MODIFIER_MINUTE == (int)PART_YEAR, "");
    enum modifier_id ids[MODIFIER_LIMIT];
    size_t count = 0;
    *out = (struct modifier_chain){0};
    while (has_any && text.at) {
        struct str name = str_trim(str_cut(&text, '|'));
        enum modifier_id id;
        if (!find_modifier(name, &id))
            return fail_unknown(reader, key, name);
        if (count == MODIFIER_LIMIT)
            return sigma_fail(reader, key->line, key->column, "more than %d modifiers",
                              MODIFIER_LIMIT);
        for (size_t i = 0; i < count; i++) {
            if (ids[i] == id)
                return sigma_fail(reader, key->line, key->column, "modifier '%s' stands twice",
                                  modifiers[id].name);
            if (!may_stand_together(ids[i], id))
                return sigma_fail(reader, key->line, key->column,
                                  "modifiers '%s' and '%s' cannot be combined",
                                  modifiers[ids[i]].name, modifiers[id].name);
        }
        ids[count++] = id;
        chain_add(out, id);
    }
    if ((out->kinds & KIND_FLAG) && !(out->kinds & KIND_REGEX))
        return sigma_fail(reader, key->line, key->column,
                          "'i', 'm' and 's' are flags of 're' and need it before them");
    return true;
}
