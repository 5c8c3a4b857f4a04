// The ledger of issued tokens and sessions: what the sign-in logs say was issued, and for one access
// with a token or session how well it is shown that the tenant's identity provider issued it. The
// ledger owns what it was told; users, apps, resources, tenants and addresses are numbers (symbols)
// that the caller gives, 0 for unknown, the same in all ledgers that are merged.
// SPDX-License-Identifier: Apache-2.0
//
// Fill (any order, one ledger a thread), merge, seal, then ask. The layout is in
// docs/decisions/0011-ledger-of-issued-tokens.md.
//
// One user is one symbol: the caller maps the object id (userId, TokenObjectId, UserKey) and the
// address of the same person to one number.
#ifndef STORMGLASS_BASELINE_ISSUED_H
#define STORMGLASS_BASELINE_ISSUED_H

#include "base/buf.h"
#include "base/error.h"
#include "base/instant.h"
#include "base/intern.h"
#include "baseline/issued_id.h"

// ---- what was issued ----------------------------------------------------------------------------

enum issued_kind {
    ISSUED_INTERACTIVE,
    ISSUED_NON_INTERACTIVE,
    ISSUED_SERVICE_PRINCIPAL,
    ISSUED_MANAGED_IDENTITY,
    ISSUED_ADFS,
    ISSUED_AUDIT, // record 15 (AzureActiveDirectoryStsLogon) of the unified audit log
    ISSUED_USE,   // no sign-in: an access that showed the token. Never proof of issue; told to the
                  // ledger so that one token of two users or tenants is seen. Time: IssuedAtTime.
    ISSUED_KIND_COUNT
};
const char *issued_kind_name(enum issued_kind kind); // "interactive" ...

enum issued_outcome { ISSUED_OUTCOME_UNKNOWN, ISSUED_SUCCESS, ISSUED_FAILURE };

struct issued_sign_in {
    enum issued_kind kind;
    enum issued_outcome outcome;
    const uint8_t *token;   // 16 bytes, or NULL: the record names none
    const uint8_t *session; // 16 bytes, or NULL
    uint32_t user, app, resource, tenant, address;
    int64_t
        time; // createdDateTime; INSTANT_NONE or before 1970, after 2105: counts for its ids alone
};

// Limits of one ledger. Beyond the tokens' limit the oldest hours are forgotten (issued_covered_from
// tells); beyond the sessions' and groups' limit a share of them is kept, chosen by nothing but the
// id (issued_halvings tells); beyond the manners' limit apps and resources of all are not looked at.
#define ISSUED_TOKEN_LIMIT (((uint32_t)1 << 24) - 1) // sign-ins; 40 bytes each at most, if many
#define ISSUED_SESSION_LIMIT ((uint32_t)1 << 22)     // (session, user) pairs, the same size
#define ISSUED_MANNER_LIMIT ((uint32_t)1 << 20)      // different (app, resource, tenant)
#define ISSUED_GROUP_LIMIT ((uint32_t)1 << 16)       // peer groups
// Claims (user, hour) on one token that are kept, the smallest: more than one is wrong already. Only
// in a ledger over its limit may a token with more claims than these depend on the order of records.
#define ISSUED_CLAIM_LIMIT 8

struct issued;
// `token_limit`: 0 for ISSUED_TOKEN_LIMIT; a quarter of it, at least 1, is the sessions' limit.
// Ledgers that are merged or loaded must have the same.
struct issued *issued_new(uint32_t token_limit);
void issued_free(struct issued *ledger);
// Users, applications and the like are symbols of this table, which outlives the ledger: where one of two must be chosen,
// the texts decide. Without it the numbers do, so that they must be the same in every run.
void issued_borrow_names(struct issued *ledger, const struct intern *texts);

void issued_add(struct issued *ledger, const struct issued_sign_in *sign_in);
// Adds what `from` knows. The same record in both counts once (peer groups are summed).
void issued_merge(struct issued *ledger, const struct issued *from);
// Makes the ledger ready for questions. Cheap when nothing was added since; else it sorts.
void issued_seal(struct issued *ledger);

struct issued_counts {
    uint32_t tokens, sessions, manners, groups;
    uint64_t by_kind[ISSUED_KIND_COUNT]; // sign-ins kept; one that several logs tell counts in each
    size_t bytes;                        // memory taken
};
struct issued_counts issued_count(const struct issued *ledger); // sealed
// Sign-ins before this time are not in the ledger: the later of its first sign-in and what the limit
// left. INSTANT_NONE when it holds none. And the time of the last one.
int64_t issued_covered_from(const struct issued *ledger); // sealed
int64_t issued_covered_to(const struct issued *ledger);   // sealed
bool issued_is_over(const struct issued *ledger);         // some limit was passed
unsigned issued_halvings(const struct issued *ledger);    // of the sessions' share

// The same knowledge gives the same bytes. Sealed.
void issued_save(const struct issued *ledger, struct buf *out);
// Replaces what the ledger knows and seals it; on failure it is as it was.
bool issued_load(struct issued *ledger, struct str bytes, struct error *error);

// ---- questions about one access -----------------------------------------------------------------

// How long after its issue a token may be used, at most. Users: 28 hours with continuous access
// evaluation (learn.microsoft.com/entra/identity/conditional-access/concept-continuous-access-
// evaluation); otherwise 60 to 90 minutes, or what a lifetime policy sets, up to a day. Applications:
// 24 hours (long-lived tokens of workload identities, ...-evaluation-workload; managed identities).
#define ISSUED_USER_LIFE (28 * HOUR)
#define ISSUED_APP_LIFE (24 * HOUR)
// How far two clocks may be apart: five minutes for each of the two (issuer and checker), which is
// the allowance of Microsoft's own token validation (TokenValidationParameters.DefaultClockSkew).
#define ISSUED_SKEW (10 * MINUTE)

struct issued_access {
    enum issued_id token_state; // what issued_token_parse said of the record's id
    uint8_t token[16];
    bool has_session;
    uint8_t session[16];
    uint32_t user;
    bool is_app;           // an application's own token, no user's: `user` is its service principal
    uint32_t apps[2];      // AppId, ClientAppId
    uint32_t resources[2]; // Exchange, Graph: what a sign-in for this access may have asked for
    uint32_t token_tenant; // TokenTenantId
    uint32_t home_tenant;  // OrganizationId
    bool is_guest;         // the user's home is another tenant, so a foreign issuer is right
    int64_t issued;        // IssuedAtTime, INSTANT_NONE: not said
    int64_t time;
};

enum issued_level {
    ISSUED_CANNOT_TELL, // nothing found, but the ledger does not cover what would have to be there
    ISSUED_NONE,        // nothing found where it would have to be
    ISSUED_K4,          // some sign-in of the user in the token's greatest life before the access
    ISSUED_K3,          // a sign-in of the user, same app or resource, at the token's IssuedAtTime
    ISSUED_K2,          // the session was issued to the user
    ISSUED_K1,          // the token itself was issued to the user
};
const char *issued_level_name(enum issued_level level); // "K1" ... "none", "cannot_tell"

// Why a level was not reached.
enum issued_why {
    ISSUED_REACHED,
    ISSUED_NOT_ASKED,   // a stronger level was reached
    ISSUED_NO_ID,       // the access names no token, session, user or issue time
    ISSUED_BAD_ID,      // the token's id is malformed
    ISSUED_NOT_FOUND,   // not among the sign-ins of the time that is covered
    ISSUED_OTHER_USER,  // found, but issued to another user
    ISSUED_FAILED,      // only sign-ins that failed
    ISSUED_OTHER_APP,   // sign-ins at the time, but for other apps and resources
    ISSUED_NOT_KEPT,    // the ledger's limits leave no answer
    ISSUED_NOT_COVERED, // before the first or after the last sign-in, or beyond what was kept
    ISSUED_NO_FEED,     // the kind of sign-in log that would have it was never read
    ISSUED_WHY_COUNT
};
const char *issued_why_text(enum issued_why why); // half a sentence

enum issued_impossible {           // bits
    ISSUED_IMPOSSIBLE_ID = 1 << 0, // malformed
    ISSUED_AFTER_USE = 1 << 1,     // IssuedAtTime after the access (and ISSUED_SKEW)
    ISSUED_TOO_OLD = 1 << 2,       // used longer after IssuedAtTime than any token lives
    ISSUED_TWO_USERS = 1 << 3,     // one token of two users
    ISSUED_TWO_TENANTS = 1 << 4,   // one token of two tenants
    ISSUED_FOREIGN = 1 << 5,       // issued by another tenant, and the user is no guest
    ISSUED_OTHER_TIME = 1 << 6,    // the token's sign-in was not at its IssuedAtTime: weaker than
                                   // the others, since logs may round or delay either
};

struct issued_answer {
    enum issued_level level;
    enum issued_why why[4]; // of K1, K2, K3, K4
    unsigned impossible;    // enum issued_impossible
    // The sign-in that matched, for K1 to K4 (K2: the session's first; app, resource and address 0).
    int64_t matched_time;
    unsigned matched_kinds; // 1 << enum issued_kind
    uint32_t matched_app, matched_resource, matched_address;
    bool is_matched_failed; // only failures are known of it
};

void issued_find(const struct issued *ledger, const struct issued_access *access,
                 struct issued_answer *out); // sealed

// The same in two steps, of which the first needs no session: false where K1 was not reached. Then the second goes
// on with what the first wrote.
bool issued_find_token(const struct issued *ledger, const struct issued_access *access,
                       struct issued_answer *out);
void issued_find_others(const struct issued *ledger, const struct issued_access *access,
                        struct issued_answer *out);
// Asks the memory for what issued_find_token of a token will need: first for where it stands, and when that has
// had its time to come, for what stands there.
void issued_fetch_place(const struct issued *ledger, const uint8_t token[16]);
void issued_fetch_token(const struct issued *ledger, const uint8_t token[16]);

#endif
