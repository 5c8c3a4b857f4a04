// The stories and steps that investigations work with: those in the program, and the user's own.
// SPDX-License-Identifier: Apache-2.0
#ifndef STORMGLASS_ENGINE_STORIES_H
#define STORMGLASS_ENGINE_STORIES_H

#include "hypothesis/remedy.h"

#define STORY_FILE_LIMIT ((size_t)1 << 20) // bytes of one file

struct stories {
    struct hypothesis_set hypotheses;
    struct remedy_book *remedies;
};

// Reads what is built in, then every *.yml and *.yaml below the folders in order of path; a file with the key
// `step` is a remediation step, any other a hypothesis, and one of a name that is there already replaces it.
// False and `error` with file, line and column when something is not valid. stories_done in any case.
bool stories_load(struct stories *stories, const struct str *folders, size_t folder_count,
                  struct error *error);
void stories_done(struct stories *stories);

#endif
