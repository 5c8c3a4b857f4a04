// What a linker is made of; for link_thing.c (what findings name, and who else uses it), link_weak.c and
// link.c (which joins).
// SPDX-License-Identifier: Apache-2.0
#ifndef STORMGLASS_INCIDENT_LINK_PARTS_H
#define STORMGLASS_INCIDENT_LINK_PARTS_H

#include "base/keyset.h"
#include "incident/link.h"

#define NOBODY UINT32_MAX

// A thing that findings name.
struct thing {
    enum entity_kind kind;
    uint32_t symbol;
    uint32_t *findings; // in their order
    uint32_t count, capacity;
    struct keyset insiders;  // symbols of the users and mailboxes its findings are about
    struct keyset outsiders; // of persons; no more than are needed to call it common
    bool has_success;        // of an address: of what was done from it
    uint32_t failures;       // of that, before anything succeeded
    bool is_intruders;       // of an address: a finding says so
    bool has_new_program;    // with a program that was new to someone
    int64_t first_success;
    uint32_t unlisted;   // accounts that its findings are about and do not list, at most
    uint32_t *incidents; // of its findings, ascending; once they are known
    uint32_t incident_count;
};

struct linker {
    const struct knowledge *knowledge;
    const struct finding_list *findings;
    struct thing *things;
    uint32_t thing_count, thing_capacity;
    uint32_t *slots; // by (kind, symbol): thing + 1
    uint32_t mask;
    uint32_t *parents;    // of the forest, by finding
    uint32_t *incidents;  // by finding: its incident, or NOBODY
    bool *is_common_rule; // by finding: its rule has more than LINK_RULE_FINDINGS
    bool *homely;         // by finding: of the usual place, or in vain; it follows others
};

// ---- link_thing.c -------------------------------------------------------------------------------

// Gives all that a finding names a symbol.
void thing_add_names(struct knowledge *knowledge, const struct finding *finding);
// Enters a finding under all that it names; linker.homely of it must be known.
void thing_add_finding(struct linker *linker, uint32_t number);
// Used by others too, or neutral: it says nothing of who was there.
bool thing_is_common(const struct linker *linker, const struct thing *thing);
// Whether findings that name it belong together: not where it is common, nor through Microsoft's own
// applications, which any two attackers may use.
bool thing_may_join(const struct linker *linker, const struct thing *thing);
// All that was ever tried from the finding's addresses failed.
bool thing_is_in_vain(const struct linker *linker, const struct finding *finding);
// One of its addresses was used with a program that was new to someone.
bool thing_has_new_program(const struct linker *linker, const struct finding *finding);
bool thing_is_account(const struct thing *thing);
// One symbol for one person, whether the text is an object id or an address.
uint32_t thing_person(const struct linker *linker, struct str text);

// ---- link.c -------------------------------------------------------------------------------------

// Medium or above, and not of the usual place.
bool link_is_strong(const struct linker *linker, uint32_t finding);
bool link_is_near(const struct finding *a, const struct finding *b);
// Whether a strong finding is tied to others through the thing: not through an account when it is about
// many, nor, when a rule counted over many, through what only some of them have.
bool link_may_join(const struct linker *linker, const struct thing *thing, uint32_t finding);
bool link_is_shared_in(const struct finding *finding, const struct thing *thing);
bool link_is_about_many(const struct finding *finding);
uint32_t link_root(struct linker *linker, uint32_t finding);
// Sorts a thing's findings by time.
void link_sort(struct linker *linker, struct thing *thing);
// The order of findings in their list, whatever order the list is in.
int link_compare(const struct finding *a, const struct finding *b);

// ---- link_weak.c --------------------------------------------------------------------------------

void link_attach_weak(struct linker *linker);

#endif
