// Values as symbols of equal things, and what all readers of activities share.
// SPDX-License-Identifier: Apache-2.0
#include <assert.h>

#include "base/encode.h"
#include "base/net.h"
#include "event/activity_part.h"
#include "event/read.h"

void activity_texts_init(struct intern *texts)
{
    uint32_t empty = intern_add(texts, S(""));
    assert(empty == 0);
    intern_keep_recent(texts);
}

static uint32_t add_lower(struct intern *texts, struct str text)
{
    char lower[ACTIVITY_TEXT_LIMIT];
    for (size_t i = 0; i < text.len; i++)
        lower[i] = ascii_lower(text.at[i]);
    return intern_add(texts, str_of(lower, text.len));
}

static struct str without(struct str text, struct str prefix)
{
    return str_starts_fold(text, prefix) ? str_of(text.at + prefix.len, text.len - prefix.len)
                                         : text;
}

static uint32_t add_user(struct intern *texts, struct str text)
{
    uint8_t guid[16];
    struct str rest = without(text, S("ServicePrincipal_"));
    return add_lower(texts, guid_parse(rest, guid) ? rest : text);
}

bool guid_is_zero(const uint8_t guid[16])
{
    uint8_t any = 0;
    for (int i = 0; i < 16; i++)
        any |= guid[i];
    return any == 0;
}

// A passport unique id: 16 hex digits. Those of work accounts begin with 1003. Source: Office 365 Management Activity
// API schema, UserKey; the samples of domain.md.
static bool is_puid(struct str text)
{
    static const struct str begin = STR("1003");
    if (text.len != 16 || memcmp(text.at, begin.at, begin.len) != 0)
        return false;
    for (size_t i = 0; i < text.len; i++)
        if (!memchr("0123456789abcdefABCDEF", text.at[i], 22))
            return false;
    return true;
}

static uint32_t add_key(struct intern *texts, struct str text)
{
    uint8_t guid[16];
    struct str rest = without(text, S("i:0h.f|membership|"));
    rest = str_cut(&rest, '@');
    bool is_number = is_puid(rest) || (guid_parse(text, guid) && !guid_is_zero(guid));
    return is_number ? add_lower(texts, is_puid(rest) ? rest : text) : 0;
}

static uint32_t add_address(struct intern *texts, struct str text)
{
    struct ip ip;
    char printed[IP_SIZE];
    return ip_parse(text, &ip) ? intern_add(texts, str_from(ip_print(&ip, printed))) : 0;
}

static uint32_t add_country(struct intern *texts, struct str text)
{
    struct str rest = text;
    while (rest.at)
        text = str_cut(&rest, ',');
    text = str_trim(text);
    char country[2];
    if (text.len != 2)
        return 0;
    for (int i = 0; i < 2; i++) {
        char lower = ascii_lower(text.at[i]);
        if (lower < 'a' || lower > 'z')
            return 0;
        country[i] = (char)(lower - 32);
    }
    return intern_add(texts, str_of(country, 2));
}

// To the limit, and no letter in two: of UTF-8's at most four bytes the last three begin with the bits 10.
static struct str cut(struct str text)
{
    if (text.len <= ACTIVITY_TEXT_LIMIT)
        return text;
    size_t len = ACTIVITY_TEXT_LIMIT;
    while (len > ACTIVITY_TEXT_LIMIT - 3 && ((uint8_t)text.at[len] & 0xc0) == 0x80)
        len--;
    return str_of(text.at, len);
}

static uint32_t spell(struct intern *texts, struct str text, enum spelling spelling)
{
    uint8_t guid[16];
    switch (spelling) {
    case SPELL_AS_IS:
    case SPELL_ONCE:
        return intern_add(texts, text);
    case SPELL_LOWER:
        return add_lower(texts, text);
    case SPELL_USER:
        return add_user(texts, text);
    case SPELL_GUID:
        return guid_parse(text, guid) && !guid_is_zero(guid) ? add_lower(texts, text) : 0;
    case SPELL_KEY:
        return add_key(texts, text);
    case SPELL_SESSION:
        return guid_parse(text, guid) ? add_lower(texts, text) : intern_add(texts, text);
    case SPELL_ADDRESS:
        return add_address(texts, text);
    case SPELL_COUNTRY:
        return add_country(texts, text);
    }
    return 0;
}

uint32_t activity_text_of(struct intern *texts, unsigned speaker, struct str text,
                          enum spelling spelling)
{
    bool is_known;
    text = cut(text);
    struct intern_recent *recent =
        spelling == SPELL_ONCE
            ? NULL
            : intern_recent(texts, (uint8_t)(spelling + 1), speaker, text, &is_known);
    if (!recent)
        return spell(texts, text, spelling);
    if (!is_known)
        recent->symbol = spell(texts, text, spelling);
    return recent->symbol;
}

void activity_text_expect(struct intern *texts, unsigned speaker, struct str text,
                          enum spelling spelling)
{
    if (text.len && spelling != SPELL_ONCE)
        intern_expect(texts, (uint8_t)(spelling + 1), speaker, cut(text));
}

uint32_t activity_text(struct intern *texts, struct str text, enum spelling spelling)
{
    return activity_text_of(texts, 0, text, spelling);
}

// ---- values -----------------------------------------------------------------------------------

struct str activity_word(const struct field_slots *slots, enum field_id field)
{
    struct str word = field_word(slots, field);
    return text_is_blank(word) ? S("") : word;
}

void activity_set(struct activity *out, enum activity_flag flag, bool is_set)
{
    if (is_set)
        out->flags |= (uint16_t)flag;
}

int32_t activity_error(int64_t number)
{
    return number > INT32_MAX ? INT32_MAX : number < INT32_MIN ? INT32_MIN : (int32_t)number;
}

bool text_is_one_of(struct str word, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (str_equal_fold(word, str_from(words[i])))
            return true;
    return false;
}

bool text_is_address(struct str text)
{
    size_t at = str_index(text, '@');
    return at > 0 && at + 1 < text.len && str_index(text, ' ') == text.len &&
           str_index(text, '\\') == text.len;
}
