// Private to hypothesis/remedy*.c, but for remedy_done_by and remedy_kind_of: the book of remediation steps as
// read, and what their commands are repeated for.
// SPDX-License-Identifier: Apache-2.0
//
//   remediation/*.yml ──remedy.c──▶ struct remedy_step ─┐
//   dossier ──remedy_target.c──▶ struct remedy_target ──┴─remedy_fill.c──▶ struct verdict_step
#ifndef STORMGLASS_HYPOTHESIS_REMEDY_BOOK_H
#define STORMGLASS_HYPOTHESIS_REMEDY_BOOK_H

#include "base/buf.h"
#include "hypothesis/remedy.h"

#define REMEDY_FILE_LIMIT ((size_t)1 << 16) // bytes of a step's file
#define REMEDY_STEP_LIMIT 256               // steps of a book
#define REMEDY_TARGET_LIMIT 1000            // listed of one step; the others are counted
#define REMEDY_LINE_LIMIT 20 // targets with a command each; more are a list and a loop
#define REMEDY_DONE_LIMIT 32 // operations that show a step done

// What a step is done to, and what of it a command may name. To add one: a row here, its case in
// remedy_target.c, a line in docs/remediation.md.
//   id, name, fields (a placeholder each)
#define REMEDY_KIND_LIST(X)                                                                        \
    X(INCIDENT, "incident", "", "")                                                                \
    X(USER, "user", "user", "")                                                                    \
    X(MAILBOX, "mailbox", "mailbox", "")                                                           \
    X(APP, "app", "app", "")                                                                       \
    X(CONSENT, "consent", "app", "name")                                                           \
    X(CREDENTIAL, "credential", "app", "name")                                                     \
    X(RULE, "rule", "mailbox", "rule")                                                             \
    X(FORWARDING, "forwarding", "mailbox", "")                                                     \
    X(DELEGATE, "delegate", "mailbox", "delegate")                                                 \
    X(IMPERSONATION, "impersonation", "assignment", "")                                            \
    X(TRANSPORT_RULE, "transport_rule", "rule", "")                                                \
    X(CONNECTOR, "connector", "connector", "")                                                     \
    X(METHOD, "method", "user", "")                                                                \
    X(DEVICE, "device", "user", "device")                                                          \
    X(SESSION, "session", "session", "")                                                           \
    X(TOKEN, "token", "token", "")                                                                 \
    X(DOMAIN, "domain", "domain", "")                                                              \
    X(AUDIT, "audit", "mailbox", "")                                                               \
    X(MESSAGE, "message", "sender", "subject")                                                     \
    X(ADDRESS, "address", "address", "")

enum remedy_kind {
#define X(id, name, first, second) REMEDY_##id,
    REMEDY_KIND_LIST(X)
#undef X
        REMEDY_KIND_COUNT
};
enum { REMEDY_FIELDS = 2 };

struct remedy_kind_row {
    const char *name;
    const char *fields[REMEDY_FIELDS]; // "" for none
};
extern const struct remedy_kind_row remedy_kinds[REMEDY_KIND_COUNT];

struct remedy_step {
    struct str path; // for messages
    struct str name, step, why, before, command, by_hand, breaks, undo, verify;
    enum remedy_kind kind;
    struct str *done_by; // "Operation", or "Operation | word"
    size_t done_count;
};

struct remedy_book {
    struct arena arena;
    struct remedy_step *items; // by name
    size_t count, capacity;
};

// Borrowed, or NULL.
const struct remedy_step *remedy_find(const struct remedy_book *book, struct str name);

// ---- placeholders (remedy_text.c) -------------------------------------------------------------

// {user}, {app:filter=appId}, {user:url}: a piece of a text. A brace that is followed by anything but small
// letters, digits and underscores is a brace of PowerShell's.
enum remedy_form { REMEDY_VALUE, REMEDY_FILTER, REMEDY_URL };
struct remedy_piece {
    struct str before;   // text in front of the placeholder; all that is left when there is none
    struct str name;     // empty: the end of the text
    struct str property; // of a filter
    enum remedy_form form;
    const char *at; // where the placeholder begins, for messages
};
// Cuts the next piece off the text; false at its end.
bool remedy_piece_next(struct str *text, struct remedy_piece *out);

// What every step can name, whatever it is done to.
enum remedy_general {
    REMEDY_TARGETS, // the first few, and how many more; not in commands
    REMEDY_COUNT,   // how many
    REMEDY_FROM,    // the first day of the attacker's, as 2026-09-14
    REMEDY_TO,      // the day after the last
    REMEDY_EXPIRES, // {expires_7}, {expires_30} ...: so many days after the first day
    REMEDY_GENERALS
};
// False when the name is none of them. *days is set for REMEDY_EXPIRES.
bool remedy_general_find(struct str name, enum remedy_general *out, int *days);

// Checks what a step's author wrote: placeholders known for the kind, each outside of PowerShell's quotes
// where it is a command; quotes and brackets closed; no here-strings. False, with what is wrong and what to do.
// *line counts from the text's first line.
bool remedy_text_check(struct str text, enum remedy_kind kind, bool is_command, int *line,
                       struct error *error);

// ---- targets (remedy_target.c) ----------------------------------------------------------------

struct remedy_target {
    struct str fields[REMEDY_FIELDS]; // as logged; empty: not known
    struct str text;                  // for people: fields with " / " between them, made plain
};
struct remedy_targets {
    struct remedy_target *items; // by fields, in byte order; each once
    size_t count, capacity;
    size_t unlisted;
};

// What the attacker did, found once for all steps.
struct remedy_scene {
    const struct dossier *dossier;
    struct arena *arena;
    bool *is_counted; // by row: the attacker's, or what a finding of medium or above rests on
};
void remedy_scene_init(struct remedy_scene *scene, const struct dossier *dossier,
                       struct arena *arena);
void remedy_targets_find(const struct remedy_scene *scene, enum remedy_kind kind,
                         struct remedy_targets *out);

// For the files remedy_*.c: the text of a symbol; one more target, unless it is there.
struct str remedy_scene_text(const struct remedy_scene *scene, uint32_t symbol);
void remedy_targets_add(struct remedy_targets *targets, struct str first, struct str second);
// Of the kinds app, consent and credential (remedy_app.c).
void remedy_apps_find(const struct remedy_scene *scene, enum remedy_kind kind,
                      struct remedy_targets *out);

// ---- for `verify` -----------------------------------------------------------------------------

// The operations that show the step done, "Operation" or "Operation | word" (the record must say the word as
// well). Borrowed; *count 0 when no log shows it, or there is no such step.
const struct str *remedy_done_by(const struct remedy_book *book, struct str name, size_t *count);
enum remedy_kind remedy_kind_of(const struct remedy_book *book, struct str name);

// The steps that were compiled into the program. NULL and `error` when one is not valid: a bug of the build.
struct remedy_book *remedy_book_builtin(struct error *error);

#endif
