// Identifiers of tokens and sessions: their texts and their 16 bytes.
// SPDX-License-Identifier: Apache-2.0
#include "baseline/issued_id.h"

#include "base/encode.h"
#include "base/hash.h"

// RFC 9562: version in the high half of byte 6, variant in the two high bits of byte 8.
static enum issued_id check(const uint8_t guid[16], uint8_t id[16])
{
    static const uint8_t zeros[16];
    if (memcmp(guid, zeros, 16) == 0)
        return ISSUED_ID_ABSENT;
    if (guid[6] >> 4 != 4 || guid[8] >> 6 != 2)
        return ISSUED_ID_MALFORMED;
    memcpy(id, guid, 16);
    return ISSUED_ID_VALID;
}

enum issued_id issued_token_parse(struct str text, uint8_t id[16])
{
    uint8_t guid[16];
    if (text.len == 0)
        return ISSUED_ID_ABSENT;
    return uti_to_guid(text, guid) ? check(guid, id) : ISSUED_ID_MALFORMED;
}

enum issued_id issued_request_parse(struct str text, uint8_t id[16])
{
    uint8_t guid[16];
    if (text.len == 0)
        return ISSUED_ID_ABSENT;
    return guid_parse(text, guid) ? check(guid, id) : ISSUED_ID_MALFORMED;
}

void issued_token_print(const uint8_t id[16], char text[23])
{
    guid_to_uti(id, text);
}

void issued_request_print(const uint8_t id[16], char text[37])
{
    guid_print(id, text);
}

enum issued_id issued_session_parse(struct str text, uint8_t id[16])
{
    static const uint8_t zeros[16];
    if (text.len == 0)
        return ISSUED_ID_ABSENT;
    if (guid_parse(text, id))
        return memcmp(id, zeros, 16) == 0 ? ISSUED_ID_ABSENT : ISSUED_ID_VALID;
    uint64_t halves[2] = {hash_bytes(text.at, text.len, 1), hash_bytes(text.at, text.len, 2)};
    for (int i = 0; i < 16; i++)
        id[i] = (uint8_t)(halves[i / 8] >> (8 * (i % 8)));
    return ISSUED_ID_VALID;
}
