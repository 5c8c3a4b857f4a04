// Investigations: from a tenant's life and findings, both as text, to linked incidents and their scope.
// SPDX-License-Identifier: Apache-2.0
//
// The life is a scenario without its title (support/scenario.h). Findings, one a line:
//
//   high forger d12/03:10 d12/04:00 user=alice@contoso.example ip=198.51.100.9 session=#s
//   medium rule:forward - - user=alice@contoso.example attack=T1114 confidence=0.7
//
// LEVEL DETECTOR FIRST LAST words. "-": undated. A detector "rule:..." is a rule's finding. Words: kinds of
// entities, attack=, confidence= (0.5 unless told), users=N for N users named user0@contoso.example and so on,
// mailboxes=N alike.
#ifndef STORMGLASS_TESTS_SUPPORT_INVESTIGATION_H
#define STORMGLASS_TESTS_SUPPORT_INVESTIGATION_H

#include "incident/dossier.h"
#include "incident/scope.h"
#include "support/scenario.h"

struct investigation {
    struct scenario scenario;
    struct knowledge *knowledge;
    struct finding_list findings;
    struct linker *linker;
    struct incident_list incidents; // not sorted: by their first finding
    struct scope *scope;
    struct dossier_set *dossiers;
};

// Learns and reads the findings, which are sorted. Then, in this order, what a test needs of the rest.
void investigation_open(struct investigation *in, const char *life, const char *findings);
void investigation_done(struct investigation *in);

void investigation_link(struct investigation *in);
// All activities are looked at for accesses and for the dossiers.
void investigation_look(struct investigation *in);
// The contents of the record of the mail access at a moment ("d12/03:10"), which is called `id`. Gives how many
// accesses of that moment the scope asked for.
unsigned investigation_record(struct investigation *in, const char *moment, const char *id,
                              struct str json);
void investigation_join(struct investigation *in, enum source_id source, const char *json);
void investigation_finish(struct investigation *in);

// The incidents as "a,b | c": the names of their findings' detectors in order, whatever order they are in. In `out`.
const char *investigation_print(const struct investigation *in, struct buf *out);

// A life that goes on from one that all cases share, findings, and the incidents of them as printed.
struct link_case {
    const char *what, *life, *findings, *incidents;
};
// Links each case; those that come out otherwise are shown, and the test fails.
void investigation_check_links(const char *life, const struct link_case *cases, size_t count);

// Mailbox of an incident by its address, or NULL; message of a mailbox by its id, or NULL.
const struct incident_mailbox *investigation_mailbox(const struct investigation *in,
                                                     size_t incident, const char *mailbox);
const struct incident_message *investigation_message(const struct incident_mailbox *mailbox,
                                                     const char *id);

#endif
