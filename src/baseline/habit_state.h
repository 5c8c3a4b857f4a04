// Habits as bytes: the section `habit` of the state file, docs/state.md.
// SPDX-License-Identifier: Apache-2.0
#ifndef STORMGLASS_BASELINE_HABIT_STATE_H
#define STORMGLASS_BASELINE_HABIT_STATE_H

#include "baseline/habit.h"
#include "baseline/state.h"

// Adds the content of the section to `out`. The bytes depend on what the store holds, not on the numbers
// of its symbols. Every symbol in use must have been named.
void habit_save(const struct habit *habit, struct buf *out);

// Fills an empty store. `symbol_of` gives the store's number of a text, as for habit_merge. False and
// `error` when the content is not well-formed; the store is empty then.
bool habit_load(struct habit *habit, struct str content, habit_symbol_of *symbol_of, void *context,
                struct error *error);

// The same as a part of the state file: the module of the part is a struct habit_state.
struct habit_state {
    struct habit *habit;
    habit_symbol_of *symbol_of; // may be NULL when nothing is going to be loaded
    void *context;
};
extern const struct state_section habit_section;

#endif
