// Recognises user agents by the words in them.
// SPDX-License-Identifier: Apache-2.0
#include "baseline/user_agent.h"

#include <assert.h>
#include <stdio.h>

// A text in lower case that stands at the start of a word, and what it means. Earlier rows win over
// later ones wherever they stand, so a program stands before what it is built on or claims to be
// (Edge before Chrome before Safari, aiohttp before Python). Names as programs send them; the
// first ones are open tools whose own texts their authors publish.
struct agent_word {
    const char *text;
    unsigned char meaning;
};

static const struct agent_word family_words[] = {
    {"roadtools", AGENT_ATTACK_TOOL},
    {"roadrecon", AGENT_ATTACK_TOOL},
    {"aadinternals", AGENT_ATTACK_TOOL},
    {"azurehound", AGENT_ATTACK_TOOL},
    {"bloodhound", AGENT_ATTACK_TOOL},
    {"mailsniper", AGENT_ATTACK_TOOL},
    {"o365spray", AGENT_ATTACK_TOOL},
    {"msolspray", AGENT_ATTACK_TOOL},
    {"trevorspray", AGENT_ATTACK_TOOL},
    {"headlesschrome", AGENT_HEADLESS},
    {"phantomjs", AGENT_HEADLESS},
    {"puppeteer", AGENT_HEADLESS},
    {"playwright", AGENT_HEADLESS},
    {"selenium", AGENT_HEADLESS},
    {"exchangelib", AGENT_EXCHANGELIB},
    {"aiohttp", AGENT_AIOHTTP},
    {"python", AGENT_PYTHON},
    {"requests/", AGENT_PYTHON},
    {"urllib", AGENT_PYTHON},
    {"httpx", AGENT_PYTHON},
    {"scrapy", AGENT_PYTHON},
    {"mechanize", AGENT_PYTHON},
    {"axios", AGENT_AXIOS},
    {"node-fetch", AGENT_NODE_FETCH},
    {"undici", AGENT_UNDICI},
    {"node-superagent", AGENT_NODE},
    {"node.js", AGENT_NODE},
    {"node/", AGENT_NODE},
    {"deno/", AGENT_NODE},
    {"bun/", AGENT_NODE},
    {"got (", AGENT_NODE},
    {"go-resty", AGENT_GO_RESTY},
    {"fasthttp", AGENT_FASTHTTP},
    {"go-http-client", AGENT_GO},
    {"okhttp", AGENT_OKHTTP},
    {"apache-httpclient", AGENT_JAVA},
    {"java/", AGENT_JAVA},
    {"jakarta", AGENT_JAVA},
    {"libcurl", AGENT_CURL},
    {"curl/", AGENT_CURL},
    {"wget", AGENT_WGET},
    {"windowspowershell", AGENT_POWERSHELL},
    {"powershell", AGENT_POWERSHELL},
    {"pwsh", AGENT_POWERSHELL},
    {"azure-cli", AGENT_AZURE_CLI},
    {"azurecli", AGENT_AZURE_CLI},
    {"azsdk", AGENT_AZURE_CLI},
    {"msal.", AGENT_AZURE_CLI},
    {"restsharp", AGENT_DOTNET},
    {"dotnet", AGENT_DOTNET},
    {"ms web services client protocol", AGENT_DOTNET},
    {"winhttp", AGENT_WINHTTP},
    {"libwww", AGENT_PERL},
    {"lwp", AGENT_PERL},
    {"perl", AGENT_PERL},
    {"ruby", AGENT_RUBY},
    {"faraday", AGENT_RUBY},
    {"guzzle", AGENT_PHP},
    {"php", AGENT_PHP},
    {"postman", AGENT_POSTMAN},
    {"insomnia", AGENT_POSTMAN},
    {"bruno", AGENT_POSTMAN},
    {"httpie", AGENT_POSTMAN},
    {"bav2ropc", AGENT_LEGACY},
    {"cbainprod", AGENT_LEGACY},
    {"outlook-ios", AGENT_OUTLOOK_MOBILE},
    {"outlook-android", AGENT_OUTLOOK_MOBILE},
    {"outlook mobile", AGENT_OUTLOOK_MOBILE},
    {"oneoutlook", AGENT_OUTLOOK_NEW},
    {"monarch", AGENT_OUTLOOK_NEW},
    {"macoutlook", AGENT_OUTLOOK_DESKTOP},
    {"outlook-mac", AGENT_OUTLOOK_DESKTOP},
    {"microsoft outlook", AGENT_OUTLOOK_DESKTOP},
    {"outlook", AGENT_OUTLOOK_DESKTOP},
    {"thunderbird", AGENT_THUNDERBIRD},
    {"emclient", AGENT_EM_CLIENT},
    {"em client", AGENT_EM_CLIENT},
    {"mshost/", AGENT_WINDOWS_MAIL},
    {"windowsmail", AGENT_WINDOWS_MAIL},
    {"microsoft.windowscommunicationsapps", AGENT_WINDOWS_MAIL},
    {"apple-", AGENT_APPLE_MAIL},
    {"appleexchangewebservices", AGENT_APPLE_MAIL},
    {"mac os x mail", AGENT_APPLE_MAIL},
    {"macosx/", AGENT_APPLE_MAIL},
    {"dataaccessd", AGENT_APPLE_MAIL},
    {"accountsd", AGENT_APPLE_MAIL},
    {"exchangesync", AGENT_APPLE_MAIL},
    {"samsung-", AGENT_ANDROID_MAIL},
    {"android-mail", AGENT_ANDROID_MAIL},
    {"android/", AGENT_ANDROID_MAIL},
    {"gmail", AGENT_ANDROID_MAIL},
    {"k-9", AGENT_ANDROID_MAIL},
    {"touchdown", AGENT_ANDROID_MAIL},
    {"teams/", AGENT_TEAMS},
    {"teamsmobile", AGENT_TEAMS},
    {"skypespaces", AGENT_TEAMS},
    {"microsoftninja", AGENT_TEAMS},
    {"onedrive", AGENT_ONEDRIVE},
    {"microsoft skydrivesync", AGENT_ONEDRIVE},
    {"microsoft office", AGENT_OFFICE},
    {"microsoft word", AGENT_OFFICE},
    {"microsoft excel", AGENT_OFFICE},
    {"microsoft onenote", AGENT_OFFICE},
    {"exchangeservicesclient", AGENT_DOTNET}, // the EWS Managed API
    {"exchangewebservicesproxy", AGENT_EXCHANGE},
    {"exchangeinternalewsclient", AGENT_EXCHANGE},
    {"microsoft.exchange", AGENT_EXCHANGE},
    {"msexchange", AGENT_EXCHANGE},
    {"owaproxy", AGENT_EXCHANGE},
    {"asproxy", AGENT_EXCHANGE},
    {"electron/", AGENT_ELECTRON},
    {"edg/", AGENT_EDGE},
    {"edga/", AGENT_EDGE},
    {"edgios/", AGENT_EDGE},
    {"edge/", AGENT_EDGE},
    {"opr/", AGENT_OPERA},
    {"opera", AGENT_OPERA},
    {"firefox/", AGENT_FIREFOX},
    {"fxios/", AGENT_FIREFOX},
    {"trident/", AGENT_INTERNET_EXPLORER},
    {"msie ", AGENT_INTERNET_EXPLORER},
    {"chrome/", AGENT_CHROME},
    {"crios/", AGENT_CHROME},
    {"chromium/", AGENT_CHROME},
    {"safari/", AGENT_SAFARI},
    {"applewebkit/", AGENT_SAFARI}, // views inside programs of macOS and iOS
    {"edge", AGENT_EDGE},           // names alone, as sign-in logs have them for the browser
    {"chrome", AGENT_CHROME},
    {"firefox", AGENT_FIREFOX},
    {"mobile safari", AGENT_SAFARI},
    {"safari", AGENT_SAFARI},
};

static const struct agent_word system_words[] = {
    {"ios-android", SYSTEM_UNKNOWN}, // Outlook's service for both
    {"iphone", SYSTEM_IOS},
    {"ipad", SYSTEM_IOS},
    {"ipod", SYSTEM_IOS},
    {"ios", SYSTEM_IOS},
    {"android", SYSTEM_ANDROID},
    {"cros ", SYSTEM_CHROMEOS},
    {"windows", SYSTEM_WINDOWS},
    {"win64", SYSTEM_WINDOWS},
    {"macintosh", SYSTEM_MACOS},
    {"mac os", SYSTEM_MACOS},
    {"macos", SYSTEM_MACOS},
    {"outlook-mac", SYSTEM_MACOS},
    {"macoutlook", SYSTEM_MACOS},
    {"darwin", SYSTEM_MACOS},
    {"linux", SYSTEM_LINUX},
    {"ubuntu", SYSTEM_LINUX},
    {"x11", SYSTEM_LINUX},
};

static bool is_word_char(char c)
{
    c = ascii_lower(c);
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

static bool starts_with(struct str text, const char *word)
{
    size_t i = 0;
    while (i < text.len && word[i] && ascii_lower(text.at[i]) == word[i])
        i++;
    return word[i] == 0;
}

// The first row whose word starts a word anywhere in the text; `count` when none does. One walk over
// the text; what stands before the best row found so far is all that is compared.
static size_t find_word(struct str text, const struct agent_word words[], size_t count)
{
    size_t best = count;
    for (size_t at = 0; at < text.len; at++) {
        if (at > 0 && is_word_char(text.at[at - 1]))
            continue;
        char first = ascii_lower(text.at[at]);
        struct str rest = str_of(text.at + at, text.len - at);
        for (size_t row = 0; row < best; row++)
            if (words[row].text[0] == first && starts_with(rest, words[row].text))
                best = row;
    }
    return best;
}

// "Microsoft Edge";v="113", "Chromium";v="113": the list of brands that browsers send in a header of
// its own. The intruders of 2023 sent it as their user agent (Microsoft, 14 July 2023).
static bool is_client_hint(struct str text)
{
    return text.len > 0 && text.at[0] == '"' && str_contains(text, S("\";v=\""));
}

#define COUNT_OF(array) (sizeof(array) / sizeof(array)[0])

// The number behind the first of the words, one of which starts a word of the text; 0: none that can be.
static uint16_t version_of(struct str text, enum agent_family family)
{
    static const struct {
        enum agent_family family;
        const char *word;
    } rows[] = {{AGENT_EDGE, "edg/"},      {AGENT_EDGE, "edga/"},    {AGENT_EDGE, "edgios/"},
                {AGENT_CHROME, "chrome/"}, {AGENT_CHROME, "crios/"}, {AGENT_FIREFOX, "firefox/"},
                {AGENT_FIREFOX, "fxios/"}};
    for (size_t row = 0; row < COUNT_OF(rows); row++) {
        if (rows[row].family != family)
            continue;
        for (size_t at = 0; at < text.len; at++) {
            struct str rest = str_of(text.at + at, text.len - at);
            if ((at > 0 && is_word_char(text.at[at - 1])) || !starts_with(rest, rows[row].word))
                continue;
            unsigned version = 0;
            for (size_t i = strlen(rows[row].word); i < rest.len && version < 1000; i++) {
                if (rest.at[i] < '0' || rest.at[i] > '9')
                    break;
                version = 10 * version + (unsigned)(rest.at[i] - '0');
            }
            return version < 1000 ? (uint16_t)version : 0;
        }
    }
    return 0;
}

struct user_agent user_agent_read(struct str text)
{
    text = str_trim(text);
    if (text.len > USER_AGENT_READ_LIMIT)
        text.len = USER_AGENT_READ_LIMIT;
    if (text.len == 0 || str_equal_fold(text, S("[NoUserAgent]")))
        return (struct user_agent){.family = AGENT_NONE};
    if (is_client_hint(text))
        return (struct user_agent){.family = AGENT_CLIENT_HINT};
    size_t family = find_word(text, family_words, COUNT_OF(family_words));
    size_t system = find_word(text, system_words, COUNT_OF(system_words));
    struct user_agent agent = {.family = AGENT_OTHER};
    if (family < COUNT_OF(family_words))
        agent.family = (enum agent_family)family_words[family].meaning;
    if (system < COUNT_OF(system_words))
        agent.system = (enum agent_system)system_words[system].meaning;
    agent.version = version_of(text, agent.family);
    return agent;
}

static const struct {
    const char *name, *words;
    enum agent_kind kind;
} families[] = {
#define AGENT_ROW(id, name, kind, words) {name, words, AGENT_KIND_##kind},
    AGENT_LIST(AGENT_ROW)
#undef AGENT_ROW
};

static const struct {
    const char *name, *words;
} systems[] = {
#define SYSTEM_ROW(id, name, words) {name, words},
    SYSTEM_LIST(SYSTEM_ROW)
#undef SYSTEM_ROW
};

const char *agent_family_name(enum agent_family family)
{
    assert((unsigned)family < AGENT_COUNT);
    return families[family].name;
}

const char *agent_family_words(enum agent_family family)
{
    assert((unsigned)family < AGENT_COUNT);
    return families[family].words;
}

enum agent_kind agent_family_kind(enum agent_family family)
{
    assert((unsigned)family < AGENT_COUNT);
    return families[family].kind;
}

const char *agent_system_name(enum agent_system system)
{
    assert((unsigned)system < SYSTEM_COUNT);
    return systems[system].name;
}

const char *agent_system_words(enum agent_system system)
{
    assert((unsigned)system < SYSTEM_COUNT);
    return systems[system].words;
}

char *user_agent_name(struct user_agent agent, char text[USER_AGENT_SIZE])
{
    bool has_system = agent.system != SYSTEM_UNKNOWN;
    snprintf(text, USER_AGENT_SIZE, "%s%s%s%s", agent_family_name(agent.family),
             has_system ? "/" : "", has_system ? agent_system_name(agent.system) : "",
             agent.is_stale ? "/stale" : "");
    return text;
}
