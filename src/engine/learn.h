// Learning from activities: the steps of knowledge over walks that several threads hear.
// SPDX-License-Identifier: Apache-2.0
#ifndef STORMGLASS_ENGINE_LEARN_H
#define STORMGLASS_ENGINE_LEARN_H

#include "baseline/knowledge.h"
#include "engine/relay.h"

// Takes the knowledge from its first to its last knowledge_settle. `walk`: over what, and threads.
// False and `error` when the temporary file cannot be read back.
bool learn_run(struct knowledge *knowledge, const struct relay *walk, struct error *error);

// Lets a relay's batches come with what knowledge_issuances says of each row, as notes (struct issued_answer).
void learn_note_issuances(const struct knowledge *knowledge, struct relay *relay);

#endif
