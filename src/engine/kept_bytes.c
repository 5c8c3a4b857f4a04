// What the sections of a kept state have in common as bytes.
// SPDX-License-Identifier: Apache-2.0
#include "base/encode.h"
#include "engine/kept_parts.h"

bool kept_is_guid(struct str id, uint8_t guid[16])
{
    char text[37];
    if (id.len != 36 || !guid_parse(id, guid))
        return false;
    guid_print(guid, text);
    return str_is(id, text);
}

bool kept_read_bytes(struct varint_reader *in, void *to, size_t len)
{
    in->is_bad = in->is_bad || in->left.len < len;
    if (in->is_bad)
        return false;
    memcpy(to, in->left.at, len);
    in->left = str_of(in->left.at + len, in->left.len - len);
    return true;
}

bool kept_read_time(struct varint_reader *in, int64_t *time)
{
    // No sum of two such numbers overflows.
    int64_t delta = varint_read_signed(in), most = ACTIVITY_TIME_MOST - ACTIVITY_TIME_LEAST;
    in->is_bad = in->is_bad || delta < -most || delta > most || !kept_is_time(*time + delta);
    if (!in->is_bad)
        *time += delta;
    return !in->is_bad;
}
