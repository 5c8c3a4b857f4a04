// Writes the parts of a STIX 2.1 bundle.
// SPDX-License-Identifier: Apache-2.0
#include "base/encode.h"
#include "base/net.h"
#include "base/uuid.h"
#include "event/app_name.h"
#include "report/safe.h"
#include "report/stix_parts.h"

// 00abedb4-aa42-466c-9c01-fed23315a9b7, section 2.9.
static const uint8_t observable_space[16] = {0x00, 0xab, 0xed, 0xb4, 0xaa, 0x42, 0x46, 0x6c,
                                             0x9c, 0x01, 0xfe, 0xd2, 0x33, 0x15, 0xa9, 0xb7};
// Ours: 5b0c6f1e-3d0a-4b6b-9a52-7e64c1d0f8a3. It never changes, or all ids would.
static const uint8_t own_space[16] = {0x5b, 0x0c, 0x6f, 0x1e, 0x3d, 0x0a, 0x4b, 0x6b,
                                      0x9a, 0x52, 0x7e, 0x64, 0xc1, 0xd0, 0xf8, 0xa3};

// ---- ids --------------------------------------------------------------------------------------

static struct str id_of(struct stix *stix, const uint8_t space[16], const char *type,
                        struct str name)
{
    char uuid[UUID_SIZE];
    return arena_print(&stix->arena, "%s--%s", type, uuid_of_name(space, name, uuid));
}

struct str stix_id(struct stix *stix, const char *type, struct str name)
{
    struct buf whole;
    buf_init(&whole);
    buf_print(&whole, "%s ", type);
    buf_add(&whole, name);
    struct str id = id_of(stix, own_space, type, buf_str(&whole));
    buf_done(&whole);
    return id;
}

struct str stix_observable_id(struct stix *stix, const char *type, struct str properties)
{
    return id_of(stix, observable_space, type, properties);
}

// ---- objects ----------------------------------------------------------------------------------

bool stix_open(struct stix *stix, const char *type, struct str id)
{
    bool is_new = false;
    bool is_first = stix->written.count == 0;
    map_add(&stix->written, id, &is_new);
    if (!is_new)
        return false;
    struct buf *out = &stix->pen.buf;
    buf_add(out, is_first ? S("\n    {") : S(",\n    {"));
    json_add_text(out, "type", str_from(type), true);
    json_add_text(out, "spec_version", S("2.1"), false);
    json_add_text(out, "id", id, false);
    return true;
}

void stix_close(struct stix *stix)
{
    buf_print(&stix->pen.buf, ", \"object_marking_refs\": [\"%s\"]}", STIX_MARKING);
    pen_rest(&stix->pen);
}

// Milliseconds, as created and modified must have them (section 3.2).
void stix_add_time(struct stix *stix, const char *key, int64_t time)
{
    struct instant_parts p = instant_split(time);
    buf_print(&stix->pen.buf, ", \"%s\": \"%04d-%02d-%02dT%02d:%02d:%02d.%03dZ\"", key, p.year,
              p.month, p.day, p.hour, p.minute, p.second, p.microsecond / 1000);
}

void stix_add_made(struct stix *stix, int64_t created, int64_t modified)
{
    json_add_text(&stix->pen.buf, "created_by_ref", stix->source, false);
    stix_add_time(stix, "created", created);
    stix_add_time(stix, "modified", modified < created ? created : modified);
}

void stix_add_refs(struct stix *stix, const char *key, const struct str *refs, size_t count)
{
    buf_print(&stix->pen.buf, ", \"%s\": [", key);
    for (size_t i = 0; i < count; i++) {
        buf_add(&stix->pen.buf, i ? S(", ") : S(""));
        safe_json(&stix->pen.buf, refs[i]);
        pen_rest(&stix->pen);
    }
    buf_add_char(&stix->pen.buf, ']');
}

struct str stix_relate(struct stix *stix, const char *type, struct str from, struct str to,
                       int64_t created, int64_t modified)
{
    struct str name =
        arena_print(&stix->arena, "%s %.*s %.*s", type, (int)from.len, from.at, (int)to.len, to.at);
    struct str id = stix_id(stix, "relationship", name);
    if (!stix_open(stix, "relationship", id))
        return id;
    stix_add_made(stix, created, modified);
    json_add_text(&stix->pen.buf, "relationship_type", str_from(type), false);
    json_add_text(&stix->pen.buf, "source_ref", from, false);
    json_add_text(&stix->pen.buf, "target_ref", to, false);
    stix_close(stix);
    return id;
}

// ---- observables ------------------------------------------------------------------------------

// An observable with one property that its id is made of. The JSON that buf_add_json writes is canonical as RFC 8785
// has it: escapes only where they must be, the short ones where there are any.
static struct str observable(struct stix *stix, const char *type, const char *key, struct str value)
{
    struct buf json;
    buf_init(&json);
    buf_print(&json, "{\"%s\":", key);
    buf_add_json(&json, value);
    buf_add_char(&json, '}');
    struct str id = stix_observable_id(stix, type, buf_str(&json));
    buf_done(&json);
    if (stix_open(stix, type, id)) {
        json_add_text(&stix->pen.buf, key, value, false);
        stix_close(stix);
    }
    return id;
}

struct str stix_address(struct stix *stix, struct str text)
{
    char shown[IP_SIZE];
    struct ip ip;
    if (!ip_parse_strict(text, &ip))
        return S("");
    return observable(stix, ip_is_v4(&ip) ? "ipv4-addr" : "ipv6-addr", "value",
                      str_from(ip_print(&ip, shown)));
}

struct str stix_account(struct stix *stix, struct str login)
{
    return login.len ? observable(stix, "user-account", "account_login", login) : S("");
}

static bool is_word(struct str text, const char *others)
{
    for (size_t i = 0; i < text.len; i++) {
        char c = ascii_lower(text.at[i]);
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (c && strchr(others, c))))
            return false;
    }
    return text.len > 0;
}

struct str stix_mail_address(struct stix *stix, struct str text)
{
    size_t at = str_index(text, '@');
    if (at == text.len || !is_word(str_of(text.at, at), "._%+-'") ||
        !is_word(str_of(text.at + at + 1, text.len - at - 1), ".-"))
        return S("");
    return observable(stix, "email-addr", "value", text);
}

struct str stix_software_name(struct stix *stix, struct str app)
{
    const char *name = app_name_find(app);
    struct str known = name ? str_from(name) : S("Entra application");
    struct buf text;
    buf_init(&text);
    buf_add(&text, known);
    buf_add(&text, S(" "));
    buf_add(&text, app);
    struct str copy = arena_copy(&stix->arena, buf_str(&text));
    buf_done(&text);
    return copy;
}

struct str stix_software(struct stix *stix, struct str app)
{
    return app.len ? observable(stix, "software", "name", stix_software_name(stix, app)) : S("");
}

#define UUID_VERSION_AT 14 // of its 36 characters

static struct str as_random(struct stix *stix, struct str id)
{
    char *copy = arena_alloc(&stix->arena, id.len);
    memcpy(copy, id.at, id.len);
    copy[id.len - (UUID_SIZE - 1) + UUID_VERSION_AT] = '4';
    return str_of(copy, id.len);
}

// Its id contributing properties (from_ref, subject, body) do not tell two messages of one subject apart, so the id is
// of a name space of our own, which section 2.9 allows. A message with none of them must have a UUID of version 4: the
// same bits, told to be random, so that the same input gives the same bundle here as well.
struct str stix_message(struct stix *stix, struct str mailbox,
                        const struct incident_message *message)
{
    struct str sender = stix_mail_address(stix, message->sender);
    struct buf name;
    buf_init(&name);
    buf_add_json(&name, mailbox);
    buf_add_json(&name, message->message_id);
    buf_add_json(&name, message->record);
    struct str id = stix_id(stix, "email-message", buf_str(&name));
    buf_done(&name);
    if (!sender.len && !message->subject.len)
        id = as_random(stix, id);
    if (!stix_open(stix, "email-message", id))
        return id;
    // Required; the logs do not tell, and without a body it says nothing.
    buf_add(&stix->pen.buf, S(", \"is_multipart\": false"));
    if (message->message_id.len)
        json_add_text(&stix->pen.buf, "message_id", message->message_id, false);
    if (sender.len)
        json_add_text(&stix->pen.buf, "from_ref", sender, false);
    if (message->subject.len)
        json_add_text(&stix->pen.buf, "subject", message->subject, false);
    stix_close(stix);
    return id;
}

void stix_quote(struct buf *out, struct str text)
{
    buf_add_char(out, '\'');
    for (size_t i = 0; i < text.len; i++) {
        if (text.at[i] == '\'' || text.at[i] == '\\')
            buf_add_char(out, '\\');
        buf_add_char(out, text.at[i]);
    }
    buf_add_char(out, '\'');
}
