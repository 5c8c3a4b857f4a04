// Reading typed values out of filled slots.
// SPDX-License-Identifier: Apache-2.0
#include "event/read.h"

struct str field_word(const struct field_slots *slots, enum field_id field)
{
    for (const struct field_value *v = field_first(slots, field); v; v = field_next(slots, v)) {
        struct str text = json_str(v->json);
        bool is_trimmed =
            text.len && (uint8_t)text.at[0] > ' ' && (uint8_t)text.at[text.len - 1] > ' ';
        if (!is_trimmed)
            text = str_trim(text);
        if (text.len)
            return text;
    }
    return S("");
}

bool field_int(const struct field_slots *slots, enum field_id field, int64_t *out)
{
    for (const struct field_value *v = field_first(slots, field); v; v = field_next(slots, v)) {
        switch (json_type(v->json)) {
        case JSON_INT:
        case JSON_UINT:
            *out = json_int(v->json);
            return true;
        case JSON_STRING:
            if (str_to_int64(str_trim(json_str(v->json)), out))
                return true;
            break;
        default:
            break;
        }
    }
    return false;
}

int field_bool(const struct field_slots *slots, enum field_id field)
{
    for (const struct field_value *v = field_first(slots, field); v; v = field_next(slots, v)) {
        struct str text = str_trim(json_str(v->json));
        enum json_type type = json_type(v->json);
        if (type == JSON_TRUE || str_equal_fold(text, S("true")) || str_is(text, "1"))
            return 1;
        if (type == JSON_FALSE || str_equal_fold(text, S("false")) || str_is(text, "0"))
            return 0;
        if (type == JSON_INT || type == JSON_UINT)
            return json_int(v->json) != 0;
    }
    return -1;
}

int64_t json_time(struct json value, bool is_day_first)
{
    switch (json_type(value)) {
    case JSON_STRING: {
        struct str text = str_trim(json_str(value));
        int64_t time = instant_parse_fast(text);
        if (time != INSTANT_NONE || !text.len)
            return time;
        bool is_day = is_day_first || instant_guess_order(text) > 0;
        return instant_parse(text, is_day ? ORDER_DAY_FIRST : ORDER_MONTH_FIRST);
    }
    case JSON_INT:
    case JSON_UINT:
    case JSON_DOUBLE:
        return instant_from_number(json_double(value));
    default:
        return INSTANT_NONE;
    }
}

int64_t field_time(const struct field_slots *slots, enum field_id field, bool is_day_first)
{
    int64_t time = INSTANT_NONE;
    for (const struct field_value *v = field_first(slots, field); v && time == INSTANT_NONE;
         v = field_next(slots, v))
        time = json_time(v->json, is_day_first);
    return time;
}

bool text_is_blank(struct str text)
{
    static const struct str blanks[] = {STR("null"),          STR("none"),           STR("n/a"),
                                        STR("not available"), STR("unknown"),        STR("-"),
                                        STR("notset"),        STR("system.object[]")};
    if (!text.len)
        return true;
    // Lengths of these.
    static const unsigned lengths =
        1u << 1 | 1u << 3 | 1u << 4 | 1u << 6 | 1u << 7 | 1u << 13 | 1u << 15;
    if (text.len > 15 || !(lengths >> text.len & 1))
        return false;
    for (size_t i = 0; i < sizeof blanks / sizeof blanks[0]; i++)
        if (str_equal_fold(text, blanks[i]))
            return true;
    return false;
}
