// Reads ClientInfoString: parts divided by semicolons, the first ones of the form key=value, then the
// client's own text, which may hold semicolons itself.
// SPDX-License-Identifier: Apache-2.0
#include "baseline/client_class.h"

#include <assert.h>

// Values of Client= and Protocol=. A later part of one text is nearer to the truth (REST, then
// RESTSystem; POP3/IMAP4, then its protocol), so the last known one holds.
static const struct {
    struct str name;
    enum client_class class;
} values[] = {
    {STR("OWA"), CLIENT_OWA},
    {STR("OneOutlook"), CLIENT_ONE_OUTLOOK},
    {STR("MSExchangeRPC"), CLIENT_MAPI},
    {STR("REST"), CLIENT_REST},
    {STR("RESTSystem"), CLIENT_REST_SYSTEM},
    {STR("Graph"), CLIENT_GRAPH},
    {STR("WebServices"), CLIENT_WEB_SERVICES},
    {STR("OutlookService"), CLIENT_OUTLOOK_SERVICE},
    {STR("ActiveSync"), CLIENT_ACTIVE_SYNC},
    {STR("POP3/IMAP4"), CLIENT_POP_IMAP},
    {STR("POP3"), CLIENT_POP},
    {STR("IMAP4"), CLIENT_IMAP},
    {STR("Management"), CLIENT_POWERSHELL},
    {STR("RemotePowerShell"), CLIENT_POWERSHELL},
    {STR("EDiscoverySearch"), CLIENT_DISCOVERY},
    {STR("MSExchangeMigration"), CLIENT_MIGRATION},
    {STR("MSExchangeSimpleMigration"), CLIENT_MIGRATION},
    {STR("Hub Transport"), CLIENT_TRANSPORT},
    {STR("HUB"), CLIENT_TRANSPORT},
    {STR("TransportSync"), CLIENT_TRANSPORT},
    {STR("EBA"), CLIENT_ASSISTANT},
    {STR("TBA"), CLIENT_ASSISTANT},
    {STR("EventBased MSExchangeMailboxAssistants"), CLIENT_ASSISTANT},
    {STR("TimeBased MSExchangeMailboxAssistants"), CLIENT_ASSISTANT},
    {STR("ELC"), CLIENT_ASSISTANT},
    {STR("ResourceHealth"), CLIENT_SERVER},
    {STR("Monitoring"), CLIENT_SERVER},
    {STR("Maintenance"), CLIENT_SERVER},
    {STR("CI"), CLIENT_SERVER},
    {STR("HA"), CLIENT_SERVER},
    {STR("AS"), CLIENT_SERVER},
    {STR("UM"), CLIENT_SERVER},
    {STR("Inference"), CLIENT_SERVER},
    {STR("PublicFolderSystem"), CLIENT_SERVER},
    {STR("TeamMailbox"), CLIENT_SERVER},
    {STR("UnifiedPolicy"), CLIENT_SERVER},
    {STR("NotificationBroker"), CLIENT_SERVER},
};

#define COUNT_OF(array) (sizeof(array) / sizeof(array)[0])

static enum client_class class_of(struct str value)
{
    for (size_t i = 0; i < COUNT_OF(values); i++)
        if (str_equal_fold(value, values[i].name))
            return values[i].class;
    return CLIENT_OTHER;
}

// Keys may only be letters, so that a user agent with an = in it is none.
static bool split_pair(struct str part, struct str *key, struct str *value)
{
    size_t equals = str_index(part, '=');
    if (equals == 0 || equals == part.len)
        return false;
    for (size_t i = 0; i < equals; i++)
        if (ascii_lower(part.at[i]) < 'a' || ascii_lower(part.at[i]) > 'z')
            return false;
    *key = str_of(part.at, equals);
    *value = str_trim(str_of(part.at + equals + 1, part.len - equals - 1));
    return true;
}

// The place of `[AppId=`, or text.len.
static size_t find_app_id(struct str text)
{
    static const struct str mark = STR("[AppId=");
    for (size_t i = 0; i < text.len; i++)
        if (text.at[i] == '[' && str_starts_fold(str_of(text.at + i, text.len - i), mark))
            return i;
    return text.len;
}

static struct str read_app_id(struct str text)
{
    size_t start = find_app_id(text) + strlen("[AppId=");
    if (start > text.len)
        return (struct str)STR("");
    struct str rest = str_of(text.at + start, text.len - start);
    return str_trim(str_of(rest.at, str_index(rest, ']')));
}

// The client's own text without what Exchange puts behind it.
static struct str trim_agent(struct str text)
{
    text.len = find_app_id(text);
    while (text.len && (text.at[text.len - 1] == ';' || text.at[text.len - 1] == ' '))
        text.len--;
    return str_trim(text);
}

// A user agent inside a pair ends at the semicolon of the next pair: those within brackets are its own.
static struct str agent_of_pair(struct str from)
{
    int depth = 0;
    for (size_t i = 0; i < from.len; i++) {
        depth += (from.at[i] == '(') - (from.at[i] == ')');
        if (from.at[i] == ';' && depth <= 0)
            return str_of(from.at, i);
    }
    return from;
}

// A MAPI client whose program names itself differently is rare enough to tell from the text alone;
// the class of a text without any "Client=" is not known.
static void read_part(struct client *client, struct str part, struct str rest_of_text)
{
    struct str key, value;
    if (!split_pair(part, &key, &value)) {
        client->agent_text = trim_agent(rest_of_text);
    } else if (str_equal_fold(key, S("Client")) || str_equal_fold(key, S("Protocol"))) {
        enum client_class class = class_of(value);
        if (class != CLIENT_OTHER || client->class == CLIENT_NONE)
            client->class = class;
    } else if (str_equal_fold(key, S("UserAgent"))) {
        size_t start = (size_t)(value.at - rest_of_text.at);
        struct str from = str_of(value.at, rest_of_text.len - start);
        client->agent_text = trim_agent(agent_of_pair(from));
    }
}

struct client client_read(struct str text)
{
    struct client client = {.agent_text = STR(""), .app_id = STR("")};
    text = str_trim(text);
    if (text.len > CLIENT_READ_LIMIT)
        text.len = CLIENT_READ_LIMIT;
    for (struct str rest = text; rest.len && !client.agent_text.len;) {
        struct str from = rest, part = str_trim(str_cut(&rest, ';'));
        if (part.len)
            read_part(&client, part, from);
    }
    if (text.len && client.class == CLIENT_NONE)
        client.class = CLIENT_OTHER;
    client.app_id = read_app_id(text);
    client.agent = user_agent_read(client.agent_text);
    return client;
}

static const struct {
    struct str name;
    const char *words;
} classes[] = {
#define CLIENT_ROW(id, name, words) {STR(name), words},
    CLIENT_LIST(CLIENT_ROW)
#undef CLIENT_ROW
};

const char *client_class_name(enum client_class class)
{
    assert((unsigned)class < CLIENT_COUNT);
    return classes[class].name.at;
}

const char *client_class_words(enum client_class class)
{
    assert((unsigned)class < CLIENT_COUNT);
    return classes[class].words;
}

enum client_class client_class_find(struct str name)
{
    for (size_t i = 0; i < COUNT_OF(classes); i++)
        if (str_equal(name, classes[i].name))
            return (enum client_class)i;
    return CLIENT_OTHER;
}
