// States as bytes: what is written is read, and what is not whole is refused with words.
// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "baseline/pack.h"

static void write_state(struct buf *buf)
{
    size_t start = pack_begin(buf, "TEST", 3);
    pack_u8(buf, 0xfe);
    pack_u16(buf, 0xfedc);
    pack_u32(buf, 0xfedcba98);
    pack_u64(buf, UINT64_C(0xfedcba9876543210));
    pack_i64(buf, INT64_MIN);
    pack_bytes(buf, "abc", 3);
    pack_u32(buf, 2);
    pack_bytes(buf, "xy", 2);
    pack_end(buf, start);
}

static void what_is_written_is_read(void **state)
{
    (void)state;
    struct buf buf;
    struct unpack in;
    struct error error;
    char text[4] = {0};
    buf_init(&buf);
    buf_add(&buf, S("before")); // a state may stand behind other bytes
    write_state(&buf);
    struct str bytes = str_of(buf.at + 6, buf.len - 6);
    assert_memory_equal(bytes.at, "TEST\3\0\0\0\xfe\xdc\xfe\x98\xba\xdc\xfe", 15);
    assert_true(unpack_begin(&in, bytes, "TEST", 3, &error));
    assert_int_equal(unpack_u8(&in), 0xfe);
    assert_int_equal(unpack_u16(&in), 0xfedc);
    assert_int_equal(unpack_u32(&in), 0xfedcba98);
    assert_true(unpack_u64(&in) == UINT64_C(0xfedcba9876543210));
    assert_true(unpack_i64(&in) == INT64_MIN);
    unpack_bytes(&in, text, 3);
    assert_string_equal(text, "abc");
    assert_false(unpack_end(&in, &error)); // something is left
    assert_non_null(strstr(error.text, "6 bytes too many"));
    assert_int_equal(unpack_count(&in, 2, 1), 2);
    unpack_bytes(&in, text, 2);
    assert_true(unpack_end(&in, &error));
    assert_int_equal(unpack_u32(&in), 0); // behind the end there are zeros, and it is known
    assert_false(unpack_end(&in, &error));
    buf_done(&buf);
}

static void what_is_not_whole_is_refused(void **state)
{
    (void)state;
    struct buf buf;
    struct unpack in;
    struct error error;
    buf_init(&buf);
    write_state(&buf);
    assert_false(unpack_begin(&in, buf_str(&buf), "ELSE", 3, &error));
    assert_non_null(strstr(error.text, "no saved state of the kind 'ELSE'"));
    assert_false(unpack_begin(&in, buf_str(&buf), "TEST", 4, &error));
    assert_non_null(strstr(error.text, "has version 3; this program reads 4"));
    for (size_t len = 0; len < buf.len; len++)
        assert_false(unpack_begin(&in, str_of(buf.at, len), "TEST", 3, &error));
    for (size_t i = 8; i < buf.len; i++) {
        buf.at[i] ^= 1;
        assert_false(unpack_begin(&in, buf_str(&buf), "TEST", 3, &error));
        assert_non_null(strstr(error.text, "checksum"));
        buf.at[i] ^= 1;
    }
    buf_done(&buf);
}

static void counts_are_held_against_limit_and_rest(void **state)
{
    (void)state;
    static const struct {
        size_t item_size;
        uint32_t limit, count; // of the 2 that is written, with 2 bytes behind it
    } cases[] = {{1, 2, 2}, {1, 1, 0}, {2, 9, 0}, {1, 0, 0}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct unpack in = {.rest = S("\2\0\0\0xy")};
        assert_int_equal(unpack_count(&in, cases[i].limit, cases[i].item_size), cases[i].count);
        assert_int_equal(in.is_failed, cases[i].count == 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_written_is_read),
        cmocka_unit_test(what_is_not_whole_is_refused),
        cmocka_unit_test(counts_are_held_against_limit_and_rest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
