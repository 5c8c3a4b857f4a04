// Client programs (client.def), the resources their tokens are for, and browsers.
// SPDX-License-Identifier: Apache-2.0
#ifndef STORMGLASS_SIMULATE_CLIENT_H
#define STORMGLASS_SIMULATE_CLIENT_H

#include "base/str.h"

enum device_kind { DEVICE_LAPTOP, DEVICE_BROWSER, DEVICE_PHONE, DEVICE_SERVER, DEVICE_COUNT };

enum resource_id {
    RESOURCE_EXCHANGE,
    RESOURCE_GRAPH,
    RESOURCE_SHAREPOINT,
    RESOURCE_TEAMS,
    RESOURCE_AZURE,
    RESOURCE_DEVICES,
    RESOURCE_COUNT
};
struct resource {
    const char *id, *name;
};
extern const struct resource resources[RESOURCE_COUNT];

enum client_id {
#define CLIENT(id, ...) CLIENT_##id,
#include "simulate/client.def"
    CLIENT_COUNT
};
struct client {
    enum device_kind device;
    const char *app_id, *name;                 // in sign-ins
    const char *mail_app, *mail_client, *info; // in mailbox records
    const char *used;                          // clientAppUsed
    enum resource_id resource;
    uint8_t long_percent, link_percent;
    bool is_from_provider;
};
extern const struct client clients[CLIENT_COUNT];

// A user agent, and what sign-ins say of the device.
struct agent {
    const char *text, *os, *browser;
};
enum agent_set { AGENTS_DESKTOP, AGENTS_PHONE, AGENTS_ATTACK, AGENT_SET_COUNT };
struct agent_list {
    const struct agent *items;
    uint32_t count;
};
extern const struct agent_list agent_lists[AGENT_SET_COUNT];

#endif
