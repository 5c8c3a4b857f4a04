// What the names of people say by themselves: read once for each text, since a text lies far away in memory.
// SPDX-License-Identifier: Apache-2.0
#include "baseline/knowledge_learn.h"

enum { IS_READ = 1, IS_GUEST = 2, IS_ADDRESS = 4, IS_SYSTEM = 8 };

static unsigned read_name(struct str text)
{
    bool is_guest = str_index(text, '#') < text.len && str_contains_fold(text, S("#ext#"));
    bool is_system =
        str_starts_fold(text, S("nt authority\\")) || str_starts_fold(text, S("nt service\\"));
    return IS_READ | (is_guest ? IS_GUEST : 0u) | (is_system ? IS_SYSTEM : 0u) |
           (str_index(text, '@') < text.len ? IS_ADDRESS : 0u);
}

static void meet_name(struct knowledge *k, uint32_t name)
{
    k->names = knowledge_grow(k->names, &k->name_count, name, sizeof *k->names);
    if (!k->names[name])
        k->names[name] = (uint8_t)read_name(knowledge_text(k, name));
}

void meet_names(struct knowledge *k, const struct activity *activity)
{
    meet_name(k, activity->user);
    meet_name(k, activity->object);
}

static unsigned marks_of(const struct knowledge *k, uint32_t name)
{
    return name < k->name_count && k->names[name] ? k->names[name]
                                                  : read_name(knowledge_text(k, name));
}

bool knowledge_is_guest_name(const struct knowledge *k, uint32_t name)
{
    return marks_of(k, name) & IS_GUEST;
}

bool knowledge_is_address_name(const struct knowledge *k, uint32_t name)
{
    return marks_of(k, name) & IS_ADDRESS;
}

bool knowledge_is_system_name(const struct knowledge *k, uint32_t name)
{
    return marks_of(k, name) & IS_SYSTEM;
}
