// What kind of program a user-agent text names: its family and its operating system, whatever its
// version. Anyone can send any text: a family says what a client called itself, not what it was.
// SPDX-License-Identifier: Apache-2.0
#ifndef STORMGLASS_BASELINE_USER_AGENT_H
#define STORMGLASS_BASELINE_USER_AGENT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

// Nothing behind this many bytes is looked at.
#define USER_AGENT_READ_LIMIT 1024

// What a family is, for questions like "was it a script?".
enum agent_kind {
    AGENT_KIND_NONE,
    AGENT_KIND_BROWSER,
    AGENT_KIND_MAIL,
    AGENT_KIND_OFFICE,
    AGENT_KIND_SERVER,
    AGENT_KIND_SCRIPT
};

// Families: id, name (stable: it is kept in state files and never changes meaning), kind, words for
// reports. Several texts lead to one family: the table of texts is in user_agent.c.
#define AGENT_LIST(ROW)                                                                            \
    ROW(NONE, "none", NONE, "no user agent")                                                       \
    ROW(OTHER, "other", NONE, "another program")                                                   \
    ROW(EDGE, "edge", BROWSER, "Edge")                                                             \
    ROW(CHROME, "chrome", BROWSER, "Chrome or another Chromium browser")                           \
    ROW(FIREFOX, "firefox", BROWSER, "Firefox")                                                    \
    ROW(SAFARI, "safari", BROWSER, "Safari")                                                       \
    ROW(OPERA, "opera", BROWSER, "Opera")                                                          \
    ROW(INTERNET_EXPLORER, "ie", BROWSER, "Internet Explorer")                                     \
    ROW(ELECTRON, "electron", BROWSER, "a program built on Electron")                              \
    ROW(OUTLOOK_DESKTOP, "outlook-desktop", MAIL, "Outlook for Windows or Mac")                    \
    ROW(OUTLOOK_NEW, "outlook-new", MAIL, "the new Outlook for Windows")                           \
    ROW(OUTLOOK_MOBILE, "outlook-mobile", MAIL, "Outlook for iOS or Android")                      \
    ROW(APPLE_MAIL, "apple-mail", MAIL, "mail of iPhone, iPad or Mac")                             \
    ROW(ANDROID_MAIL, "android-mail", MAIL, "a mail program of Android")                           \
    ROW(WINDOWS_MAIL, "windows-mail", MAIL, "Mail of Windows")                                     \
    ROW(THUNDERBIRD, "thunderbird", MAIL, "Thunderbird")                                           \
    ROW(EM_CLIENT, "em-client", MAIL, "eM Client")                                                 \
    ROW(TEAMS, "teams", OFFICE, "Teams")                                                           \
    ROW(OFFICE, "office", OFFICE, "a Microsoft Office program")                                    \
    ROW(ONEDRIVE, "onedrive", OFFICE, "OneDrive")                                                  \
    ROW(EXCHANGE, "exchange", SERVER, "a server of Exchange")                                      \
    ROW(LEGACY, "legacy-sign-in", SERVER, "basic authentication passed on by Exchange")            \
    ROW(PYTHON, "python", SCRIPT, "Python")                                                        \
    ROW(AIOHTTP, "aiohttp", SCRIPT, "aiohttp (Python)")                                            \
    ROW(EXCHANGELIB, "exchangelib", SCRIPT, "exchangelib (Python)")                                \
    ROW(AXIOS, "axios", SCRIPT, "axios (JavaScript)")                                              \
    ROW(NODE, "node", SCRIPT, "Node.js")                                                           \
    ROW(NODE_FETCH, "node-fetch", SCRIPT, "node-fetch (JavaScript)")                               \
    ROW(UNDICI, "undici", SCRIPT, "undici (JavaScript)")                                           \
    ROW(GO, "go", SCRIPT, "Go")                                                                    \
    ROW(GO_RESTY, "go-resty", SCRIPT, "resty (Go)")                                                \
    ROW(FASTHTTP, "fasthttp", SCRIPT, "fasthttp (Go)")                                             \
    ROW(OKHTTP, "okhttp", SCRIPT, "OkHttp (Java)")                                                 \
    ROW(JAVA, "java", SCRIPT, "Java")                                                              \
    ROW(CURL, "curl", SCRIPT, "curl")                                                              \
    ROW(WGET, "wget", SCRIPT, "wget")                                                              \
    ROW(POWERSHELL, "powershell", SCRIPT, "PowerShell")                                            \
    ROW(DOTNET, "dotnet", SCRIPT, ".NET")                                                          \
    ROW(WINHTTP, "winhttp", SCRIPT, "WinHTTP")                                                     \
    ROW(RUBY, "ruby", SCRIPT, "Ruby")                                                              \
    ROW(PERL, "perl", SCRIPT, "Perl")                                                              \
    ROW(PHP, "php", SCRIPT, "PHP")                                                                 \
    ROW(POSTMAN, "postman", SCRIPT, "Postman or another API tool")                                 \
    ROW(AZURE_CLI, "azure-cli", SCRIPT, "Azure CLI or SDK")                                        \
    ROW(ATTACK_TOOL, "attack-tool", SCRIPT, "a tool made for attacks on Microsoft 365")            \
    ROW(HEADLESS, "headless-browser", SCRIPT, "a browser run by a program")                        \
    ROW(CLIENT_HINT, "client-hint", SCRIPT, "a Sec-CH-UA value in the place of a user agent")

#define SYSTEM_LIST(ROW)                                                                           \
    ROW(UNKNOWN, "unknown", "an unknown system")                                                   \
    ROW(WINDOWS, "windows", "Windows")                                                             \
    ROW(MACOS, "macos", "macOS")                                                                   \
    ROW(IOS, "ios", "iOS")                                                                         \
    ROW(ANDROID, "android", "Android")                                                             \
    ROW(CHROMEOS, "chromeos", "ChromeOS")                                                          \
    ROW(LINUX, "linux", "Linux")

#define AGENT_ENUM(id, name, kind, words) AGENT_##id,
#define SYSTEM_ENUM(id, name, words) SYSTEM_##id,
enum agent_family { AGENT_LIST(AGENT_ENUM) AGENT_COUNT };
enum agent_system { SYSTEM_LIST(SYSTEM_ENUM) SYSTEM_COUNT };
#undef AGENT_ENUM
#undef SYSTEM_ENUM

struct user_agent {
    enum agent_family family;
    enum agent_system system;
    uint16_t
        version; // the major one, of browsers that renew themselves (Edge, Chrome, Firefox); 0: none
    bool is_stale; // USER_AGENT_STALE versions or more behind; for those to say who know others
};

// Chrome and Edge come every four weeks (Chromium's release cycle): so many versions are a year. A browser
// renews itself; a text in an attacker's script does not.
#define USER_AGENT_STALE 13

// Any text; an empty one, or "[NoUserAgent]", is AGENT_NONE.
struct user_agent user_agent_read(struct str text);

const char *agent_family_name(enum agent_family family); // "outlook-mobile"
const char *agent_family_words(enum agent_family family);
enum agent_kind agent_family_kind(enum agent_family family);
const char *agent_system_name(enum agent_system system);
const char *agent_system_words(enum agent_system system);

// The stable name, for the facet: "edge/windows", "python" where the system is unknown, "edge/windows/stale".
#define USER_AGENT_SIZE 48
char *user_agent_name(struct user_agent agent, char text[USER_AGENT_SIZE]);

// To add a family: a row in AGENT_LIST, at least one text in user_agent.c, a case in its test.

#endif
