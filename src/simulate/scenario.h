// Scenarios: what happens in the tenant besides its usual life, attacks and harmless things alike.
// SPDX-License-Identifier: Apache-2.0
//
// To add one: a file simulate/scenario_<name>.c with the function scenario_<name>_begin, and a row in
// SCENARIO_LIST.
#ifndef STORMGLASS_SIMULATE_SCENARIO_H
#define STORMGLASS_SIMULATE_SCENARIO_H

#include <stdbool.h>
#include <stddef.h>

struct plot;

// name, hypothesis that explains it (contract.md), is it an attack, what happens
#define SCENARIO_LIST(X)                                                                           \
    X(forged_token, "forged_token", true,                                                          \
      "mail is read with tokens that the identity provider never issued")                          \
    X(stolen_session, "stolen_session", true,                                                      \
      "a phishing proxy takes a session, which is replayed from elsewhere")                        \
    X(device_code_phishing, "device_code_phishing", true,                                          \
      "a user approves the intruder's device code")                                                \
    X(malicious_app_consent, "malicious_app_consent", true,                                        \
      "users consent to an application that then reads their mail")                                \
    X(app_credential_abuse, "app_credential_abuse", true,                                          \
      "a forgotten application gets a secret and the right to read all mail")                      \
    X(compromised_password, "compromised_password", true,                                          \
      "a password is sprayed, fast or over days, and used")                                        \
    X(mfa_fatigue, "mfa_fatigue", true, "prompts until the user approves one")                     \
    X(mailbox_delegation_abuse, "mailbox_delegation_abuse", true,                                  \
      "permissions on others' mailboxes are given and used")                                       \
    X(federation_backdoor, "federation_backdoor", true,                                            \
      "a federated domain is added and mints sign-ins for anyone")                                 \
    X(insider_collection, "insider_collection", true,                                              \
      "someone collects mail and files before leaving")                                            \
    X(new_client_rollout, "new_client_rollout", false,                                             \
      "a department moves to the new Outlook within days")                                         \
    X(administrative_activity, "administrative_activity", false,                                   \
      "a new backup product reads every mailbox; an eDiscovery search runs")                       \
    X(user_travel, "user_travel", false, "people travel and work from hotels")                     \
    X(vpn_change, "user_travel", false, "the company's VPN gets new addresses")                    \
    X(provider_noise, "provider_noise", false,                                                     \
      "a wave of maintenance by the provider's own accounts")                                      \
    X(sign_in_gap, "", false, "two days without the Entra sign-in logs")                           \
    X(sign_in_late, "", false, "Entra sign-in logs come twelve hours late")                        \
    X(no_sign_in_feed, "", false, "the tenant's Entra logs are not exported at all")

#define X(name, ...) void scenario_##name##_begin(struct plot *plot);
SCENARIO_LIST(X)
#undef X

struct scenario {
    const char *name, *hypothesis, *text;
    bool is_attack;
    // Chooses what will happen and when. The plot's `step` and `next` must be set, unless nothing
    // more is to be done.
    void (*begin)(struct plot *plot);
};
extern const struct scenario scenarios[];
extern const size_t scenario_count;

// NULL when there is none of this name.
const struct scenario *scenario_find(const char *name);

#endif
