// Detectors: what single records do not show. Each sees every activity in the order of time, knows what
// is normal and what was issued over the whole window (both sides of any moment), and reports findings.
// SPDX-License-Identifier: Apache-2.0
//
//   activities by time ─▶ see ─▶ state ─▶ end ─┐
//            └─▶ knowledge (constant by then) ─┴─▶ detection_find ─▶ finding
//
// Detectors know nothing of each other: a run is made of parts that may be fed side by side.
//
// To add one: detector/<name>.c with a `const struct detector detector_<name>`, a line in DETECTOR_LIST, and
// a fixture tests/detector/<name>.txt in which it fires, nearly fires, and meets its false positives.
#ifndef STORMGLASS_DETECTOR_DETECTOR_H
#define STORMGLASS_DETECTOR_DETECTOR_H

#include "baseline/knowledge.h"
#include "detector/draft.h"
#include "event/activity.h"

#define DETECTOR_LIST(X)                                                                           \
    X(token_never_issued)                                                                          \
    X(unusual_mail_app)                                                                            \
    X(app_many_mailboxes)                                                                          \
    X(address_many_mailboxes)                                                                      \
    X(token_stripped)                                                                              \
    X(impossible_token)                                                                            \
    X(mass_read)                                                                                   \
    X(bulk_read_at_home)                                                                           \
    X(session_moved)                                                                               \
    X(session_replayed)                                                                            \
    X(password_spray)                                                                              \
    X(mfa_fatigue)                                                                                 \
    X(device_code_chain)                                                                           \
    X(federated_after_trust_change)                                                                \
    X(method_in_risky_session)                                                                     \
    X(actor_token_impersonation)                                                                   \
    X(strange_sign_in)                                                                             \
    X(consent_then_access)                                                                         \
    X(app_change_then_access)                                                                      \
    X(delegation_then_read)                                                                        \
    X(rule_in_risky_session)                                                                       \
    X(notices_deleted)                                                                             \
    X(internal_phishing)                                                                           \
    X(search_burst)                                                                                \
    X(audit_silenced)

struct detection; // one run of one detector
struct place_watch;

#define DETECTOR_SEES(kind) (UINT32_C(1) << ACTIVITY_##kind)
_Static_assert(ACTIVITY_KIND_COUNT <= 32, "a bit for each kind");

struct detector {
    const char *name;   // finding.detector
    const char *title;  // finding.title
    const char *attack; // ATT&CK techniques, blank-separated
    // For docs/detectors.md, whole sentences.
    const char *meaning;         // what it sees, and why that matters
    const char *false_positives; // what else looks like it, and how each is told apart
    // What it finds a user did with their own account from where they always are: all that the user read of
    // the mailbox in that time belongs to it.
    bool is_insider;
    // The users its findings name read the mailboxes named, which are others', with rights they should not have
    // used: what they read of these in that time is meant, wherever they were.
    bool is_delegate;
    // The addresses its findings name are the intruder's, even in a network that people use otherwise.
    bool is_intruders_place;
    // It asks detection_places: the detectors that do are one part of a run.
    bool asks_places;
    // Activities of which kinds it looks at: DETECTOR_SEES(MAIL_ACCESS) | ...; 0: of all. The others are not shown to it.
    uint32_t kinds;
    // The state of a run, zeroed; its memory must be bounded by limits of its own.
    size_t state_size;
    void (*begin)(struct detection *detection); // may be NULL
    void (*see)(struct detection *detection, const struct activity *activity);
    void (*end)(struct detection *detection);     // what is still open is reported; may be NULL
    void (*release)(struct detection *detection); // frees what the state holds; may be NULL
};

#define X(name) extern const struct detector detector_##name;
DETECTOR_LIST(X)
#undef X
extern const struct detector *const detectors[];
extern const size_t detector_count;

// ---- for detectors ----------------------------------------------------------------------------

void *detection_state(struct detection *detection);
const struct knowledge *detection_knowledge(const struct detection *detection);

// Strange visits of all people up to and with the activity at hand; of detectors that ask for it (asks_places).
struct place_watch *detection_places(const struct detection *detection);

// knowledge_issuance of the activity at hand, answered once for all detectors; only of activities that are
// token-bearing. Borrowed until the next activity.
const struct issued_answer *detection_issuance(const struct detection *detection);

// Text of a symbol of an activity.
struct str detection_text(const struct detection *detection, uint32_t symbol);

// Reports a finding and frees the draft. `statement`: one or two sentences with figures that tell an
// analyst what was seen and why it is not usual (copied).
void detection_find(struct detection *detection, struct draft *draft, enum sigma_level severity,
                    double confidence, struct str statement);

// ---- for the engine ---------------------------------------------------------------------------

// All detectors over the same activities: fed in order of time, then ended.
struct detector_run;
struct detector_run *detector_run_new(const struct knowledge *knowledge);
// Shows all activities to every detector, whatever kinds it says it looks at: for tests, before the first of them.
void detector_run_show_all(struct detector_run *run);
// One activity to all parts.
void detector_run_see(struct detector_run *run, const struct activity *activity);
// Or each part on its own, in any thread: all activities in the same order, with what knowledge_issuances says of
// them. Both are borrowed for the call.
size_t detector_run_parts(const struct detector_run *run);
void detector_run_see_part(struct detector_run *run, size_t part, const struct activity *activities,
                           const struct issued_answer *issuances, size_t count);
// Findings go to `out` behind those it has, by detector in the order of the list; finding_list_sort puts them in
// order.
void detector_run_end(struct detector_run *run, struct finding_list *out);
void detector_run_free(struct detector_run *run);

#endif
