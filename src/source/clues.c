// What sources look at to recognise their records.
// SPDX-License-Identifier: Apache-2.0
#include "source/clues.h"

#include "base/encode.h"
#include "event/read.h"

bool record_has_any(const struct record *record, const char *const *keys, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (record_has(record, str_from(keys[i])))
            return true;
    return false;
}

bool record_has_property(const struct record *record, const char *const *keys, size_t count)
{
    struct json properties = json_find(record->value, S("properties"));
    for (size_t i = 0; i < count && properties.tape; i++)
        if (json_type(json_find(properties, str_from(keys[i]))) != JSON_NONE)
            return true;
    return false;
}

struct str record_category(const struct record *record)
{
    static const struct str keys[] = {STR("category"), STR("Category"), STR("$table"), STR("Type")};
    if (record->category)
        return str_from(record->category);
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        struct str text = json_str(json_find(record->value, keys[i]));
        if (text.len)
            return text;
    }
    return S("");
}

bool is_word(struct str text, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (str_equal_fold(text, str_from(words[i])))
            return true;
    return false;
}

// "event.dataset" may be one key or two.
static struct str dataset_of(struct json value, struct str object, struct str flat)
{
    struct str text = json_str(json_find(json_find(value, object), S("dataset")));
    return text.len ? text : json_str(json_find(value, flat));
}

bool record_is_dataset(const struct record *record, struct str group, struct str set)
{
    struct json value = record->value;
    if (json_type(json_find(json_find(value, group), set)) == JSON_OBJECT)
        return true;
    struct str name = dataset_of(value, S("event"), S("event.dataset"));
    if (!name.len)
        name = dataset_of(value, S("data_stream"), S("data_stream.dataset"));
    return name.len == group.len + 1 + set.len && str_starts(name, group) && str_ends(name, set);
}

int64_t first_time(const struct field_slots *slots, const struct event *event,
                   const enum field_id *fields, size_t count)
{
    int64_t time = INSTANT_NONE;
    for (size_t i = 0; i < count && time == INSTANT_NONE; i++)
        time = field_time(slots, fields[i], event->is_day_first);
    return time;
}

bool is_address(struct str text)
{
    size_t at = str_index(text, '@');
    return at > 0 && at + 1 < text.len && str_index(text, ' ') == text.len;
}

bool is_guid(struct str text)
{
    uint8_t guid[16];
    return text.len >= 36 && guid_parse(text, guid);
}
