// The tables of client programs, resources and user agents.
// SPDX-License-Identifier: Apache-2.0
#include "simulate/client.h"

#define WINDOWS "Mozilla/5.0 (Windows NT 10.0; Win64; x64) "
#define WEBKIT "AppleWebKit/537.36 (KHTML, like Gecko) "

const struct client clients[CLIENT_COUNT] = {
#define CLIENT(id, device, app, name, mail_app, mail_client, info, used, resource, ...)            \
    [CLIENT_##id] = {DEVICE_##device,     app,        name, mail_app, mail_client, info, used,     \
                     RESOURCE_##resource, __VA_ARGS__},
#include "simulate/client.def"
};

const struct resource resources[RESOURCE_COUNT] = {
    [RESOURCE_EXCHANGE] = {"00000002-0000-0ff1-ce00-000000000000", "Office 365 Exchange Online"},
    [RESOURCE_GRAPH] = {"00000003-0000-0000-c000-000000000000", "Microsoft Graph"},
    [RESOURCE_SHAREPOINT] = {"00000003-0000-0ff1-ce00-000000000000",
                             "Office 365 SharePoint Online"},
    [RESOURCE_TEAMS] = {"cc15fd57-2c6c-4117-a88c-83b1d56b4bbe", "Microsoft Teams Services"},
    [RESOURCE_AZURE] = {"797f4846-ba00-4fd7-ba43-dac1f8f63013",
                        "Windows Azure Service Management API"},
    [RESOURCE_DEVICES] = {"01cb2876-7ebd-4aa4-9cc9-d28bd4d359a9", "Device Registration Service"},
};

static const struct agent desktop[] = {
    {WINDOWS WEBKIT "Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0", "Windows10", "Edge 140.0.0"},
    {WINDOWS WEBKIT "Chrome/140.0.0.0 Safari/537.36", "Windows10", "Chrome 140.0.0"},
    {WINDOWS WEBKIT "Chrome/139.0.0.0 Safari/537.36 Edg/139.0.0.0", "Windows10", "Edge 139.0.0"},
    {"Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:142.0) Gecko/20100101 Firefox/142.0",
     "Windows10", "Firefox 142.0"},
    {"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) " WEBKIT "Chrome/140.0.0.0 Safari/537.36",
     "MacOs", "Chrome 140.0.0"},
    {"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) "
     "Version/18.6 Safari/605.1.15",
     "MacOs", "Safari 18.6"},
};

static const struct agent phone[] = {
    {"Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like "
     "Gecko) Mobile/15E148",
     "Ios 18.6", "Mobile Safari"},
    {"Mozilla/5.0 (Linux; Android 15; Pixel 8) " WEBKIT "Chrome/140.0.0.0 Mobile Safari/537.36",
     "Android 15", "Chrome Mobile 140.0.0"},
    {"Mozilla/5.0 (iPhone; CPU iPhone OS 17_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like "
     "Gecko) Mobile/15E148",
     "Ios 17.7", "Mobile Safari"},
};

// What intruders' tools send, true or pretended (Microsoft on Storm-0558, July 2023, and public
// reports on phishing kits), and plain browsers, which many of them use.
static const struct agent attack[] = {
    {WINDOWS WEBKIT "Chrome/92.0.4515.159 Safari/537.36", "Windows10", "Chrome 92.0.4515"},
    {WINDOWS WEBKIT "Chrome/106.0.0.0 Safari/537.36 Edg/106.0.1370.52", "Windows10",
     "Edge 106.0.1370"},
    {"\"Microsoft Edge\";v=\"113\", \"Chromium\";v=\"113\", \"Not-A.Brand\";v=\"24\"", "", ""},
    {"axios/1.7.9", "", ""},
    {"python-requests/2.31.0", "", "Python Requests 2.31"},
    {"go-resty/2.16.2 (https://github.com/go-resty/resty)", "", ""},
    {WINDOWS WEBKIT "Chrome/140.0.0.0 Safari/537.36", "Windows10", "Chrome 140.0.0"},
    {WINDOWS WEBKIT "Chrome/136.0.0.0 Safari/537.36", "Windows10", "Chrome 136.0.0"},
    {"Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0", "Linux",
     "Firefox 128.0"},
};

#define LIST(items)                                                                                \
    {                                                                                              \
        (items), sizeof(items) / sizeof(items)[0]                                                  \
    }
const struct agent_list agent_lists[AGENT_SET_COUNT] = {
    [AGENTS_DESKTOP] = LIST(desktop), [AGENTS_PHONE] = LIST(phone), [AGENTS_ATTACK] = LIST(attack)};
