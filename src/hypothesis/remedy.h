// Remedies: what to do about an incident, step by step, with its own values filled in. Steps are data files;
// the book owns what it read.
// SPDX-License-Identifier: Apache-2.0
//
// To add a step: remediation/<name>.yml, described in docs/remediation.md; hypotheses name it.
#ifndef STORMGLASS_HYPOTHESIS_REMEDY_H
#define STORMGLASS_HYPOTHESIS_REMEDY_H

#include "hypothesis/hypothesis.h"

struct remedy_book;
struct remedy_book *remedy_book_new(void);
void remedy_book_free(struct remedy_book *book);
// Adds the step of a file; one of the same name is replaced. False with "path:line:column: reason; what to do".
bool remedy_add(struct remedy_book *book, struct str path, struct str text, struct error *error);
bool remedy_has(const struct remedy_book *book, struct str name);

// Fills out->steps with the leader's steps (where none leads: those of the strongest stories, once each), for
// the dossier's accounts, mailboxes, applications, rules and so on. Steps that have nothing to be done to are
// left out. Owned by the arena.
void remedy_fill(const struct remedy_book *book, const struct hypothesis_set *set,
                 const struct dossier *dossier, struct arena *arena, struct verdict *out);

#endif
