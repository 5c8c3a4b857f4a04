// Tests of base/encode: base64, UTF-16, UTF-8, GUIDs and token identifiers.
// SPDX-License-Identifier: Apache-2.0
#include "base/encode.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>
#include <ctype.h>

#define COUNT(table) (sizeof(table) / sizeof(table)[0])
#define R "\xef\xbf\xbd"

static int open_arena(void **state)
{
    static struct arena arena;
    arena_init(&arena);
    *state = &arena;
    return 0;
}

static int close_arena(void **state)
{
    arena_done(*state);
    return 0;
}

static void base64_agrees_with_rfc_4648(void **state)
{
    static const char *const cases[][2] = {{"", ""},
                                           {"f", "Zg=="},
                                           {"fo", "Zm8="},
                                           {"foo", "Zm9v"},
                                           {"foob", "Zm9vYg=="},
                                           {"fooba", "Zm9vYmE="},
                                           {"foobar", "Zm9vYmFy"},
                                           {"\xfb\xff", "+/8="}};
    for (size_t i = 0; i < COUNT(cases); i++) {
        assert_true(str_is(base64_encode(*state, str_from(cases[i][0])), cases[i][1]));
        struct str decoded;
        assert_true(base64_decode(*state, str_from(cases[i][1]), &decoded));
        assert_true(str_is(decoded, cases[i][0]));
    }
}

static void base64_of_both_alphabets_is_read_with_or_without_padding(void **state)
{
    static const struct {
        const char *text, *bytes; // NULL: refused
    } cases[] = {
        {"-_8", "\xfb\xff"}, {"+/8", "\xfb\xff"}, {"Zg", "f"},    {"Zm8", "fo"},  {"Z", NULL},
        {"Zg=", NULL},       {"Zg===", NULL},     {"=", NULL},    {"====", NULL}, {"Zm9v=", NULL},
        {"Zm 9v", NULL},     {"Zm9v\n", NULL},    {"Zm=v", NULL}, {"Z===", NULL},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct str decoded = STR("untouched");
        assert_int_equal(base64_decode(*state, str_from(cases[i].text), &decoded),
                         cases[i].bytes != NULL);
        assert_true(str_is(decoded, cases[i].bytes ? cases[i].bytes : "untouched"));
    }
}

// Values of pySigma's base64offset modifier.
static void base64_offsets_hold_what_no_neighbour_changes(void **state)
{
    static const struct {
        const char *bytes, *at[3];
    } cases[] = {
        {"foobar", {"Zm9vYmFy", "Zvb2Jhc", "mb29iYX"}},
        {"foobars", {"Zm9vYmFyc", "Zvb2Jhcn", "mb29iYXJz"}},
        {"/bin/sh", {"L2Jpbi9za", "9iaW4vc2", "vYmluL3No"}},
        {"", {"", "", ""}},
    };
    for (size_t i = 0; i < COUNT(cases); i++)
        for (int offset = 0; offset < 3; offset++)
            assert_true(str_is(base64_offset(*state, str_from(cases[i].bytes), offset),
                               cases[i].at[offset]));
    // Whatever stands around the bytes, their text stands in the whole.
    for (int before = 0; before < 6; before++)
        for (int behind = 0; behind < 4; behind++) {
            struct str whole =
                arena_print(*state, "%.*ssecret%.*s", before, "\xff\x01zzzz", behind, "\xee\x02y");
            struct str part = base64_offset(*state, S("secret"), before % 3);
            assert_true(part.len >= 6);
            assert_true(str_contains(base64_encode(*state, whole), part));
        }
}

static void utf16_is_written_and_read_back(void **state)
{
    static const struct {
        struct str utf8, little;
    } cases[] = {
        {STR(""), STR("")},
        {STR("ab"), STR("a\0b\0")},
        {STR("\xc3\xa4\xe2\x82\xac"), STR("\xe4\0\xac\x20")},
        {STR("\xf0\x9f\x8c\xa9"), STR("\x3c\xd8\x29\xdf")},
    };
    struct buf buf;
    buf_init(&buf);
    for (size_t i = 0; i < COUNT(cases); i++) {
        assert_true(str_equal(utf16_encode(*state, cases[i].utf8, false), cases[i].little));
        for (int is_big = 0; is_big < 2; is_big++) {
            struct str bytes = utf16_encode(*state, cases[i].utf8, is_big);
            for (size_t piece = 1; piece <= 5; piece++) { // pieces of any length
                struct utf16_decoder decoder = {.is_big_endian = is_big};
                buf_clear(&buf);
                for (size_t at = 0; at < bytes.len; at += piece)
                    utf16_decode(
                        &decoder,
                        str_of(bytes.at + at, bytes.len - at < piece ? bytes.len - at : piece),
                        &buf);
                utf16_decode_end(&decoder, &buf);
                assert_true(str_equal(buf_str(&buf), cases[i].utf8));
                assert_int_equal(decoder.replaced, 0);
            }
        }
    }
    assert_true(str_equal(utf16_encode(*state, S("\xff\x61"), true), S("\xff\xfd\0a")));
    buf_done(&buf);
}

static void unpaired_surrogates_and_odd_bytes_are_replaced(void **state)
{
    (void)state;
    static const struct {
        struct str little;
        const char *utf8;
        uint64_t replaced;
    } cases[] = {
        {STR("\x3c\xd8"), R, 1},
        {STR("\x29\xdf"), R, 1},
        {STR("\x3c\xd8"
             "a\0"),
         R "a", 1},
        {STR("\x3c\xd8\x3c\xd8\x29\xdf"), R "\xf0\x9f\x8c\xa9", 1},
        {STR("a\0b"), "a" R, 1},
        {STR("\x3c\xd8"
             "b"),
         R R, 2},
    };
    struct buf buf;
    buf_init(&buf);
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct utf16_decoder decoder = {0};
        buf_clear(&buf);
        utf16_decode(&decoder, cases[i].little, &buf);
        utf16_decode_end(&decoder, &buf);
        assert_true(str_is(buf_str(&buf), cases[i].utf8));
        assert_int_equal(decoder.replaced, cases[i].replaced);
    }
    buf_done(&buf);
}

static void utf8_is_checked_and_repaired(void **state)
{
    (void)state;
    static const struct {
        struct str text;
        size_t invalid;
        const char *repaired;
    } cases[] = {
        {STR(""), 0, ""},
        {STR("plain ascii text"), 0, "plain ascii text"},
        {STR("01234567\xc3\xa4"), 0, "01234567\xc3\xa4"},
        {STR("\xf4\x8f\xbf\xbf"), 0, "\xf4\x8f\xbf\xbf"},
        {STR("01234567\xe4"), 1, "01234567" R},
        {STR("\xe2\x82z"), 1, R "z"},
        {STR("\xed\xa0\x80"), 3, R R R},
        {STR("\xc1\xbf"), 2, R R},
        {STR("\xf8\x88\x80\x80\x80"), 5, R R R R R},
        {STR("\xf4\x90\x80\x80"), 4, R R R R},
        {STR("\xe0\x9f\x80"), 3, R R R},
        {STR("\xf0\x8f\x80\x80"), 4, R R R R},
    };
    struct buf buf;
    buf_init(&buf);
    for (size_t i = 0; i < COUNT(cases); i++) {
        buf_clear(&buf);
        assert_int_equal(utf8_is_valid(cases[i].text), cases[i].invalid == 0);
        assert_int_equal(utf8_repair(cases[i].text, &buf), cases[i].invalid);
        assert_true(str_is(buf_str(&buf), cases[i].repaired));
        assert_true(utf8_is_valid(buf_str(&buf)));
    }
    buf_done(&buf);
}

static void guids_are_read_and_printed(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool is_guid;
    } cases[] = {
        {"00000003-0000-0000-c000-000000000046", true},
        {"{00000003-0000-0000-C000-000000000046}", true},
        {"00000003-0000-0000-c000-00000000004", false},
        {"00000003-0000-0000-c000-0000000000466", false},
        {"00000003x0000-0000-c000-000000000046", false},
        {"0000000g-0000-0000-c000-000000000046", false},
        {"{00000003-0000-0000-c000-000000000046)", false},
        {"0000000300000000c000000000000046", false},
        {"LqVz", false},
        {"", false},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        uint8_t guid[16];
        char text[37];
        assert_int_equal(guid_parse(str_from(cases[i].text), guid), cases[i].is_guid);
        if (cases[i].is_guid) {
            guid_print(guid, text);
            assert_string_equal(text, cases[0].text);
        }
    }
}

// Every byte in every place of a GUID, and every value of every byte printed.
static void guids_have_hex_digits_in_every_place(void **state)
{
    (void)state;
    static const char model[] = "01234567-89ab-cdef-fedc-ba9876543210";
    uint8_t guid[16];
    char text[37], printed[37];
    for (size_t place = 0; place < 36; place++)
        for (int byte = 0; byte < 256; byte++) {
            memcpy(text, model, sizeof text);
            text[place] = (char)byte;
            bool is_dash = model[place] == '-';
            bool is_good = is_dash ? byte == '-' : byte < 128 && isxdigit(byte);
            assert_int_equal(guid_parse(str_of(text, 36), guid), is_good);
            if (!is_good)
                continue;
            guid_print(guid, printed);
            text[place] = (char)(byte >= 'A' && byte <= 'F' ? byte + 0x20 : byte);
            assert_string_equal(printed, text);
        }
    for (int value = 0; value < 256; value++)
        for (size_t place = 0; place < 16; place++) {
            uint8_t again[16];
            memset(guid, 0x5a, sizeof guid);
            guid[place] = (uint8_t)value;
            guid_print(guid, printed);
            assert_true(guid_parse(str_from(printed), again));
            assert_memory_equal(again, guid, sizeof guid);
        }
}

static void token_identifiers_are_dotnet_guids_in_base64url(void **state)
{
    (void)state;
    // Computed with .NET's rule: [Guid]::new(bytes), first three groups little-endian.
    static const char *const cases[][2] = {
        {"00112233-4455-6677-8899-aabbccddeeff", "MyIRAFVEd2aImaq7zN3u_w"},
        {"00000000-0000-0000-0000-000000000000", "AAAAAAAAAAAAAAAAAAAAAA"},
        {"ffffffff-ffff-ffff-ffff-ffffffffffff", "_____________________w"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        uint8_t guid[16];
        char text[37], uti[23];
        assert_true(guid_parse(str_from(cases[i][0]), guid));
        guid_to_uti(guid, uti);
        assert_string_equal(uti, cases[i][1]);
        memset(guid, 1, sizeof guid);
        assert_true(uti_to_guid(str_from(uti), guid));
        guid_print(guid, text);
        assert_string_equal(text, cases[i][0]);
    }
    static const char *const refused[] = {"",
                                          "AAAAAAAAAAAAAAAAAAAAA",
                                          "AAAAAAAAAAAAAAAAAAAAAAA",
                                          "AAAAAAAAAAAAAAAAAAAA==",
                                          "+AAAAAAAAAAAAAAAAAAAAA",
                                          "AAAAAAAAAAAAAAAAAAAAAB", // bits no byte has
                                          "AAAAAAAAAA AAAAAAAAAAA"};
    uint8_t guid[16];
    for (size_t i = 0; i < COUNT(refused); i++)
        assert_false(uti_to_guid(str_from(refused[i]), guid));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(base64_agrees_with_rfc_4648),
        cmocka_unit_test(base64_of_both_alphabets_is_read_with_or_without_padding),
        cmocka_unit_test(base64_offsets_hold_what_no_neighbour_changes),
        cmocka_unit_test(utf16_is_written_and_read_back),
        cmocka_unit_test(unpaired_surrogates_and_odd_bytes_are_replaced),
        cmocka_unit_test(utf8_is_checked_and_repaired),
        cmocka_unit_test(guids_are_read_and_printed),
        cmocka_unit_test(guids_have_hex_digits_in_every_place),
        cmocka_unit_test(token_identifiers_are_dotnet_guids_in_base64url),
    };
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
