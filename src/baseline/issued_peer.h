// Peer groups: which records usually carry identifiers, and how often their tokens are found, so that a
// record that lacks them is seen to be an exception. Kept in the ledger of issued tokens.
// SPDX-License-Identifier: Apache-2.0
#ifndef STORMGLASS_BASELINE_ISSUED_PEER_H
#define STORMGLASS_BASELINE_ISSUED_PEER_H

#include "baseline/issued.h"

struct issued_group {
    uint32_t client_class, app, client_app; // symbols
};

enum issued_peer {                // bits
    ISSUED_PEER_TOKEN = 1 << 0,   // the record has a token id
    ISSUED_PEER_SESSION = 1 << 1, // the record has a session id
    ISSUED_PEER_MATCHED = 1 << 2, // its token was found (K1)
};
// Counts one record of a group. Needs no seal and breaks none.
void issued_peer_add(struct issued *ledger, const struct issued_group *group, unsigned bits);

// When a share of a group's records below this lacks something, a record that lacks it is an
// exception: the chance that the next record lacks it too, by Laplace's rule of succession
// (lacking + 1) / (seen + 2), so that at least 99 records are needed.
#define ISSUED_PEER_CHANCE 0.01

struct issued_peers {
    bool is_kept; // false: the group is not known
    uint64_t seen, with_token, with_session, matched;
    double no_token_chance, no_session_chance; // of a record without
    double unmatched_chance;                   // of a token in this group that is not found
    bool token_stripped;   // a record of this group without token id is an exception
    bool session_stripped; // the same for the session
    bool may_judge;        // a token of this group that is not found is an exception
};
struct issued_peers issued_peer_find(const struct issued *ledger, const struct issued_group *group);
// Of all client applications together, that of records which name none included; walks all groups.
struct issued_peers issued_peer_sum(const struct issued *ledger, uint32_t client_class,
                                    uint32_t app);

#endif
