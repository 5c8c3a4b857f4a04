// What mail accesses name comes back from the section as it went in, each text once; what is not well-formed is
// refused.
// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/hash.h"
#include "engine/kept_piece.h"

#define START (INT64_C(1700000000) * SECOND)
#define COUNT 300

static uint64_t next_random(uint64_t *seed)
{
    return hash_mix(*seed += 0x9e3779b97f4a7c15u);
}

static struct str make_text(struct arena *arena, uint64_t number)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz<>@.-abcdefghijklmnopqrstuvwxyz\\";
    return str_of(letters + number % 11, arena ? number / 11 % 40 : 0);
}

// Pieces in the order in which they are written.
static void make_pieces(uint64_t seed, struct kept_piece pieces[COUNT], struct arena *arena)
{
    for (size_t i = 0; i < COUNT; i++) {
        struct buf bytes;
        struct scope_item items[5];
        buf_init(&bytes);
        uint64_t number = next_random(&seed);
        enum piece_kind kind = (enum piece_kind)(i * PIECE_KIND_COUNT / COUNT);
        struct scope_reading reading = {
            .is_sync = number & 1,
            .record = number & 2 ? S("11111111-2222-4333-8444-555555555555")
                                 : make_text(arena, number >> 8),
            .items = items,
            .count = number % 6 % 5,
        };
        for (size_t k = 0; k < reading.count; k++) {
            items[k].id = make_text(arena, next_random(&seed) % 50);
            items[k].subject = make_text(arena, next_random(&seed) % 500);
            items[k].folder = make_text(arena, next_random(&seed) % 5);
            items[k].bytes = next_random(&seed) >> (next_random(&seed) % 63 + 1);
        }
        struct scope_found found = {make_text(arena, number >> 4 & 63),
                                    make_text(arena, number >> 12), S("bob@x")};
        pieces[i] = (struct kept_piece){
            .kind = kind, .time = START + (int64_t)i * SECOND, .identity = number};
        if (kind >= PIECE_HINT) {
            pieces[i].identity = hash_str(found.id);
            assert_true(piece_pack_found(&found, &bytes));
        } else {
            assert_true(piece_pack_reading(&reading, &bytes));
        }
        pieces[i].bytes = arena_copy(arena, buf_str(&bytes));
        buf_done(&bytes);
    }
}

static size_t write_pieces(const struct kept_piece *pieces, size_t count, struct buf *out)
{
    size_t sum = 0;
    struct piece_writer *writer = piece_writer_new(out);
    for (size_t i = 0; i < count; i++)
        sum += piece_write(writer, &pieces[i]);
    piece_writer_free(writer);
    return sum;
}

static void pieces_come_back(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed < 20; seed++) {
        struct kept_piece pieces[COUNT], piece;
        struct arena arena;
        struct buf bytes;
        size_t counted = 0, packed = 0;
        arena_init(&arena);
        buf_init(&bytes);
        make_pieces(seed, pieces, &arena);
        size_t sum = write_pieces(pieces, COUNT, &bytes);
        assert_int_equal(sum, bytes.len);
        struct piece_writer *counter = piece_counter_new();
        for (size_t i = 0; i < COUNT; i++) {
            counted += piece_write(counter, &pieces[i]);
            packed += pieces[i].bytes.len;
        }
        piece_writer_free(counter);
        assert_int_equal(counted, sum);
        assert_true(sum < packed + COUNT * 10);
        struct piece_reader *reader = piece_reader_new(buf_str(&bytes));
        for (size_t i = 0; i < COUNT; i++) {
            assert_true(piece_read(reader, &piece));
            assert_int_equal(kept_piece_compare(&piece, &pieces[i]), 0);
        }
        assert_false(piece_read(reader, &piece));
        assert_true(piece_reader_free(reader));
        buf_done(&bytes);
        arena_done(&arena);
    }
}

// True when the bytes are read to their end.
static bool reads(struct str bytes, size_t *count)
{
    struct kept_piece piece;
    struct piece_reader *reader = piece_reader_new(bytes);
    *count = 0;
    while (piece_read(reader, &piece))
        ++*count;
    return piece_reader_free(reader);
}

static void what_is_cut_off_is_refused(void **state)
{
    (void)state;
    struct kept_piece pieces[COUNT], write[COUNT / 10];
    struct arena arena;
    struct buf bytes;
    size_t count, kept = 0, good = 0;
    arena_init(&arena);
    buf_init(&bytes);
    make_pieces(7, pieces, &arena);
    for (size_t i = 0; i < COUNT; i += 10) // some of each kind
        write[kept++] = pieces[i];
    write_pieces(write, kept, &bytes);
    for (size_t len = 0; len < bytes.len; len++) {
        // In a copy of that length, so that reading on is seen.
        char *cut = malloc(len + 1);
        memcpy(cut, bytes.at, len);
        if (reads(str_of(cut, len), &count))
            assert_int_equal(count, good++); // between two pieces
        free(cut);
    }
    assert_int_equal(good, kept);
    buf_done(&bytes);
    arena_done(&arena);
}

static void the_order_is_checked(void **state)
{
    (void)state;
    struct kept_piece pieces[COUNT];
    struct arena arena;
    struct buf bytes;
    size_t count;
    arena_init(&arena);
    buf_init(&bytes);
    make_pieces(7, pieces, &arena);
    struct kept_piece first = pieces[0];
    pieces[0] = pieces[1];
    pieces[1] = first;
    write_pieces(pieces, COUNT, &bytes);
    assert_false(reads(buf_str(&bytes), &count));
    assert_int_equal(count, 1);
    buf_done(&bytes);
    arena_done(&arena);
}

static void a_text_has_one_spelling(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        size_t len;
        bool is_good;
    } cases[] = {
        {"\x02\x02\x01\x01"
         "a\x00\x00",
         7, true}, // a hint of a message "a"
        {"\x02\x02\x01\x01"
         "a\x01\x01"
         "b\x00",
         9, true},
        {"\x02\x02\x01\x01"
         "a\x01\x01"
         "a\x00",
         9, false},                                 // told twice
        {"\x02\x02\x01\x00\x00\x00", 6, false},     // told, but empty
        {"\x02\x02\x05\x00\x00", 5, false},         // remembered, but never told
        {"\x04\x02\x00\x00\x00", 5, false},         // of no kind
        {"\x02\x02\x00\x00\x00", 5, true},          // nothing at all
        {"\x02\x02\x80\x00\x00\x00", 6, false},     // a number longer than needed
        {"\x02\x02\xff\xff\x7f\x00\x00", 7, false}, // beyond the memory
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        size_t count;
        bool is_good = reads(str_of(cases[i].bytes, cases[i].len), &count);
        if (is_good != cases[i].is_good)
            fail_msg("case %zu", i);
    }
}

static void too_much_is_not_packed(void **state)
{
    (void)state;
    static char text[KEPT_TEXT_LIMIT + 1];
    struct buf bytes;
    struct scope_item items[80];
    memset(text, 'a', sizeof text);
    buf_init(&bytes);
    for (size_t i = 0; i < 80; i++)
        items[i] = (struct scope_item){str_of(text, KEPT_TEXT_LIMIT), S(""), S(""), 0};
    struct scope_reading reading = {.record = S("r"), .items = items, .count = 2};
    assert_true(piece_pack_reading(&reading, &bytes));
    size_t len = bytes.len;
    reading.count = 80; // five megabytes
    assert_false(piece_pack_reading(&reading, &bytes));
    reading.count = 1;
    items[0].id = str_of(text, sizeof text);
    assert_false(piece_pack_reading(&reading, &bytes));
    struct scope_found found = {S("a"), str_of(text, sizeof text), S("")};
    assert_false(piece_pack_found(&found, &bytes));
    assert_int_equal(bytes.len, len);
    buf_done(&bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pieces_come_back),       cmocka_unit_test(what_is_cut_off_is_refused),
        cmocka_unit_test(the_order_is_checked),   cmocka_unit_test(a_text_has_one_spelling),
        cmocka_unit_test(too_much_is_not_packed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
