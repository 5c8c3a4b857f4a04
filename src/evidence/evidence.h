// Evidence: questions asked of one incident. Each gives an answer, a sentence with figures, the records it
// rests on, and how reliable that is. Questions do not depend on each other and write nothing but their answers, so they
// may be asked by several threads, each with an arena of its own.
// SPDX-License-Identifier: Apache-2.0
//
//   dossier (what attacker and people around did) + knowledge ──question──▶ struct evidence ──▶ hypothesis
//
// To add one: evidence/<name>.c with a `const struct question evidence_<name>`, a line in EVIDENCE_LIST, and a
// fixture tests/evidence/<name>.txt in which it is answered yes, no and cannot tell (partly where it can be).
#ifndef STORMGLASS_EVIDENCE_EVIDENCE_H
#define STORMGLASS_EVIDENCE_EVIDENCE_H

#include "base/buf.h"
#include "incident/dossier.h"

#define EVIDENCE_LIST(X)                                                                           \
    X(token_was_issued)                                                                            \
    X(token_is_well_formed)                                                                        \
    X(sign_in_feed_complete)                                                                       \
    X(attacker_signed_in)                                                                          \
    X(sign_in_preceded)                                                                            \
    X(session_used_elsewhere)                                                                      \
    X(used_in_parallel)                                                                            \
    X(password_was_guessed)                                                                        \
    X(password_alone_sufficed)                                                                     \
    X(prompts_refused_before)                                                                      \
    X(device_code_used)                                                                            \
    X(consent_before)                                                                              \
    X(app_changed_before)                                                                          \
    X(access_by_app_alone)                                                                         \
    X(delegation_before)                                                                           \
    X(access_as_delegate)                                                                          \
    X(trust_changed_before)                                                                        \
    X(sign_in_was_federated)                                                                       \
    X(network_is_known)                                                                            \
    X(network_is_hosting)                                                                          \
    X(network_is_providers)                                                                        \
    X(country_is_known)                                                                            \
    X(program_is_known)                                                                            \
    X(device_is_known)                                                                             \
    X(app_known_for_mailboxes)                                                                     \
    X(app_known_in_tenant)                                                                         \
    X(many_changed_alike)                                                                          \
    X(owner_moved_too)                                                                             \
    X(hours_fit_owner)                                                                             \
    X(volume_beyond_habit)                                                                         \
    X(several_people_from_one_place)                                                               \
    X(at_home_of_the_actor)                                                                        \
    X(acts_were_hidden)                                                                            \
    X(mail_was_sent_on)                                                                            \
    X(administration_explains)                                                                     \
    X(provider_acted)                                                                              \
    X(owner_reacted)

enum evidence_answer { EVIDENCE_CANNOT_TELL, EVIDENCE_NO, EVIDENCE_PARTLY, EVIDENCE_YES };
const char *evidence_answer_name(
    enum evidence_answer answer); // "cannot_tell", "no", "partly", "yes"

#define EVIDENCE_RECORD_LIMIT 20 // records cited by one answer

struct evidence {
    const char *name;     // "token_was_issued"
    const char *question; // "Was the token issued by the tenant's identity provider?"
    enum evidence_answer answer;
    // 0 to 1, how far the answer can be trusted for what it rests on: weights are multiplied by it. 1 for what
    // records say outright, less where it rests on few days, a learned network or a sample.
    double reliability;
    struct str statement; // one sentence for an analyst, with figures; why it cannot be told
    struct str how;       // cannot tell: what would close the gap; empty where nothing would
    struct str *records;  // Ids, in the order in which they were cited
    size_t record_count;
};

struct inquiry; // one question asked of one incident

struct question {
    const char *name, *question;
    const char *rests_on; // for docs/evidence.md: what it looks at, and what a yes and a no mean
    // Answers by exactly one of the inquiry_ functions below; silence is "cannot tell".
    void (*ask)(struct inquiry *inquiry);
};
#define X(name) extern const struct question evidence_##name;
EVIDENCE_LIST(X)
#undef X
extern const struct question *const questions[];
extern const size_t question_count;

// Asks all questions; gives question_count answers in the order of the list, owned by the arena.
struct evidence *evidence_collect(const struct dossier *dossier, struct arena *arena);
// Asks one.
void evidence_ask(const struct question *question, const struct dossier *dossier,
                  struct arena *arena, struct evidence *out);

// ---- for questions ----------------------------------------------------------------------------

const struct dossier *inquiry_dossier(const struct inquiry *inquiry);
// Scratch, empty at first: the statement is written here, before it is answered.
struct buf *inquiry_text(struct inquiry *inquiry);
// Records the answer rests on; more than EVIDENCE_RECORD_LIMIT are passed over, as is what was cited already.
void inquiry_cite(struct inquiry *inquiry, const struct dossier_row *row);
void inquiry_cite_finding(struct inquiry *inquiry, const struct finding *finding);
// The answer, with the statement in inquiry_text.
void inquiry_answer(struct inquiry *inquiry, enum evidence_answer answer, double reliability);
// Cannot be told; the reason is in inquiry_text; `how` may be "".
void inquiry_cannot_tell(struct inquiry *inquiry, const char *how);

#endif
