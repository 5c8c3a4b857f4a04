// Numbers as bytes and back.
// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/hash.h"
#include "baseline/varint.h"

static void numbers_come_back(void **state)
{
    (void)state;
    for (unsigned bits = 0; bits <= 64; bits++) {
        for (uint64_t i = 0; i < 20; i++) {
            uint64_t number = bits ? hash_mix(bits * 100 + i) >> (64 - bits) : 0;
            struct buf out;
            buf_init(&out);
            varint_add(&out, number);
            varint_add_signed(&out, (int64_t)number);
            varint_add_text(&out, S("text"));
            struct varint_reader reader = {.left = buf_str(&out)};
            assert_int_equal(varint_read(&reader, UINT64_MAX), number);
            assert_int_equal(varint_read_signed(&reader), (int64_t)number);
            assert_true(str_is(varint_read_text(&reader, 4), "text"));
            assert_true(!reader.is_bad && reader.left.len == 0);
            buf_done(&out);
        }
    }
}

static void what_is_no_number_is_refused(void **state)
{
    (void)state;
    static const struct {
        struct str bytes;
        uint64_t most;
        bool is_good;
    } cases[] = {
        {STR("\x7f"), 127, true},
        {STR("\x7f"), 126, false},
        {STR(""), UINT64_MAX, false},
        {STR("\x80"), UINT64_MAX, false},     // cut off
        {STR("\x80\x00"), UINT64_MAX, false}, // longer than needed
        {STR("\x80\x01"), UINT64_MAX, true},
        {STR("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"), UINT64_MAX, true},
        {STR("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02"), UINT64_MAX, false},
        {STR("\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"), UINT64_MAX, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct varint_reader reader = {.left = cases[i].bytes};
        varint_read(&reader, cases[i].most);
        assert_int_equal(reader.is_bad, !cases[i].is_good);
        if (reader.is_bad) // and stays refused
            assert_int_equal(varint_read(&reader, UINT64_MAX), 0);
    }
    struct varint_reader cut = {.left = STR("\x05text")}, large = {.left = STR("\x05texts")};
    assert_int_equal(varint_read_text(&cut, 10).len, 0);
    assert_int_equal(varint_read_text(&large, 4).len, 0);
    assert_true(cut.is_bad && large.is_bad);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_come_back),
        cmocka_unit_test(what_is_no_number_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
