// Fuzzes base/encode and JSON escaping: round trips, and output that is valid UTF-8 always.
// SPDX-License-Identifier: Apache-2.0
#include <assert.h>

#include "base/encode.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_base64(struct arena *arena, struct str bytes)
{
    struct str decoded;
    bool is_decoded = base64_decode(arena, base64_encode(arena, bytes), &decoded);
    assert(is_decoded && str_equal(decoded, bytes));
    base64_decode(arena, bytes, &decoded);
    for (int offset = 0; offset < 3; offset++) {
        struct str part = base64_offset(arena, bytes, offset);
        struct str whole = arena_print(arena, "%.*s", offset, "\xa5\x5a");
        char *joined = arena_alloc(arena, whole.len + bytes.len + 1);
        memcpy(joined, whole.at, whole.len);
        if (bytes.len)
            memcpy(joined + whole.len, bytes.at, bytes.len);
        assert(str_contains(base64_encode(arena, str_of(joined, whole.len + bytes.len)), part));
    }
}

static void check_unicode(struct arena *arena, struct str bytes, size_t cut)
{
    struct buf repaired, back, json;
    buf_init(&repaired);
    buf_init(&back);
    buf_init(&json);
    size_t replaced = utf8_repair(bytes, &repaired);
    assert((replaced == 0) == utf8_is_valid(bytes));
    assert(utf8_is_valid(buf_str(&repaired)));
    for (int is_big = 0; is_big < 2; is_big++) {
        struct str wide = utf16_encode(arena, bytes, is_big);
        struct utf16_decoder decoder = {.is_big_endian = is_big};
        cut = cut < wide.len ? cut : wide.len;
        buf_clear(&back);
        utf16_decode(&decoder, str_of(wide.at, cut), &back);
        utf16_decode(&decoder, str_of(wide.at + cut, wide.len - cut), &back);
        utf16_decode_end(&decoder, &back);
        assert(decoder.replaced == 0 && str_equal(buf_str(&back), buf_str(&repaired)));
        buf_clear(&back);
        decoder = (struct utf16_decoder){.is_big_endian = is_big};
        utf16_decode(&decoder, bytes, &back);
        utf16_decode_end(&decoder, &back);
        assert(utf8_is_valid(buf_str(&back)));
    }
    buf_add_json(&json, bytes);
    assert(utf8_is_valid(buf_str(&json)) && json.len >= 2);
    buf_done(&repaired);
    buf_done(&back);
    buf_done(&json);
}

static void check_guids(struct str text)
{
    uint8_t guid[16], again[16];
    char printed[37], uti[23];
    if (guid_parse(text, guid)) {
        guid_print(guid, printed);
        bool is_read = guid_parse(str_from(printed), again);
        assert(is_read && memcmp(guid, again, 16) == 0);
    }
    if (uti_to_guid(text, guid)) {
        guid_to_uti(guid, uti);
        assert(str_is(text, uti));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str bytes = str_of((const char *)data, size);
    struct arena arena;
    arena_init(&arena);
    check_base64(&arena, bytes);
    check_unicode(&arena, bytes, size ? data[0] : 0);
    check_guids(bytes);
    arena_done(&arena);
    return 0;
}
