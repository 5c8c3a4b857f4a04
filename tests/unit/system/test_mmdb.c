// Databases in MaxMind's format: a small one is written here, byte by byte, and asked.
// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "system/mmdb.h"

// ---- a writer for one record under one /8 (MaxMind DB file format specification 2.0) -------------

#define NODES 8 // one for each bit of the first byte

static void add_text(struct buf *out, const char *text)
{
    assert_true(strlen(text) < 29);
    buf_add_char(out, (char)(2 << 5 | strlen(text)));
    buf_add(out, str_from(text));
}

static void add_number(struct buf *out, int type, uint32_t number, int width)
{
    if (type > 7) {
        buf_add_char(out, (char)width);
        buf_add_char(out, (char)(type - 7));
    } else {
        buf_add_char(out, (char)(type << 5 | width));
    }
    for (int i = width - 1; i >= 0; i--)
        buf_add_char(out, (char)(number >> (8 * i) & 0xff));
}

static void add_map(struct buf *out, int pairs)
{
    buf_add_char(out, (char)(7 << 5 | pairs));
}

static void add_record(struct buf *out, uint32_t value)
{
    for (int i = 2; i >= 0; i--)
        buf_add_char(out, (char)(value >> (8 * i) & 0xff));
}

// Addresses `first`.0.0.0/8 lead to `data`, all others to nothing.
static void write_database(const char *path, uint8_t first, struct str data, int ip_version)
{
    struct buf out;
    buf_init(&out);
    for (uint32_t bit = 0; bit < NODES; bit++) {
        uint32_t next = bit + 1 < NODES ? bit + 1 : NODES + 16;
        bool is_set = first >> (7 - bit) & 1;
        add_record(&out, is_set ? NODES : next);
        add_record(&out, is_set ? next : NODES);
    }
    buf_add(&out, str_of("\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 16));
    buf_add(&out, data);
    buf_add(&out, S("\xab\xcd\xefMaxMind.com"));
    add_map(&out, 9);
    add_text(&out, "node_count"), add_number(&out, 6, NODES, 1);
    add_text(&out, "record_size"), add_number(&out, 5, 24, 1);
    add_text(&out, "ip_version"), add_number(&out, 5, (uint32_t)ip_version, 1);
    add_text(&out, "database_type"), add_text(&out, "Test");
    add_text(&out, "languages"), add_number(&out, 11, 0, 0);
    add_text(&out, "binary_format_major_version"), add_number(&out, 5, 2, 1);
    add_text(&out, "binary_format_minor_version"), add_number(&out, 5, 0, 0);
    add_text(&out, "build_epoch"), add_number(&out, 9, 1700000000, 4);
    add_text(&out, "description"), add_map(&out, 0);
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(out.at, 1, out.len, file), out.len);
    fclose(file);
    buf_done(&out);
}

static char path[] = "/tmp/stormglass_mmdb_XXXXXX";

static struct ip ip_of(const char *text)
{
    struct ip ip;
    assert_true(ip_parse(str_from(text), &ip));
    return ip;
}

// Writes, opens and asks for an address in the /8; the caller closes.
static struct mmdb *ask(struct str data, struct mmdb_record *record, bool *is_found)
{
    struct error error;
    write_database(path, 84, data, 4);
    struct mmdb *mmdb = mmdb_open(path, &error);
    if (!mmdb)
        fail_msg("%s", error.text);
    struct ip ip = ip_of("84.1.2.3");
    *record = (struct mmdb_record){0};
    *is_found = mmdb_find(mmdb, &ip, record);
    return mmdb;
}

static void both_spellings_are_understood(void **state)
{
    (void)state;
    struct buf data;
    struct mmdb_record record;
    bool is_found;
    buf_init(&data);
    add_map(&data, 4); // MaxMind's own
    add_text(&data, "autonomous_system_number"), add_number(&data, 6, 3320, 2);
    add_text(&data, "country"), add_map(&data, 1);
    add_text(&data, "iso_code"), add_text(&data, "DE");
    add_text(&data, "city"), add_map(&data, 1);
    add_text(&data, "names"), add_map(&data, 1), add_text(&data, "en"), add_text(&data, "Bonn");
    add_text(&data, "organization"), add_text(&data, "Some Network");
    struct mmdb *mmdb = ask(buf_str(&data), &record, &is_found);
    assert_true(is_found);
    assert_int_equal(record.asn, 3320);
    assert_true(str_is(record.country, "DE"));
    assert_true(str_is(record.city, "Bonn"));
    assert_true(str_is(record.organisation, "Some Network"));
    assert_true(mmdb_has_places(mmdb));
    assert_string_equal(mmdb_type(mmdb), "Test");
    assert_int_equal(mmdb_built(mmdb), 1700000000);
    struct ip other = ip_of("85.1.2.3"), v6 = ip_of("2a00::1");
    struct mmdb_record untouched = record;
    assert_false(mmdb_find(mmdb, &other, &untouched));
    assert_false(mmdb_find(mmdb, &v6, &untouched)); // a database of IPv4 alone
    assert_int_equal(untouched.asn, 3320);
    mmdb_close(mmdb);

    buf_clear(&data);
    add_map(&data, 3); // flat
    add_text(&data, "asn"), add_text(&data, "AS64500");
    add_text(&data, "country_code"), add_text(&data, "AT");
    add_text(&data, "as_name"), add_text(&data, "Other");
    mmdb = ask(buf_str(&data), &record, &is_found);
    assert_true(is_found);
    assert_int_equal(record.asn, 64500);
    assert_true(str_is(record.country, "AT"));
    assert_true(str_is(record.organisation, "Other"));
    mmdb_close(mmdb);
    buf_done(&data);
}

static void strange_records_are_nothing(void **state)
{
    (void)state;
    struct buf data;
    struct mmdb_record record;
    bool is_found;
    buf_init(&data);
    add_map(&data, 2);
    add_text(&data, "asn"), add_text(&data, "none");
    add_text(&data, "country"), add_number(&data, 6, 7, 1);
    struct mmdb *mmdb = ask(buf_str(&data), &record, &is_found);
    assert_false(is_found);
    assert_false(mmdb_has_places(mmdb));
    mmdb_close(mmdb);
    buf_clear(&data);
    add_map(&data, 1);
    add_text(&data, "country"), add_text(&data, "\xff\xff"); // no UTF-8
    mmdb_close(ask(buf_str(&data), &record, &is_found));
    assert_false(is_found);
    buf_clear(&data);
    add_map(&data, 20); // promises more than there is
    add_text(&data, "asn");
    mmdb_close(ask(buf_str(&data), &record, &is_found));
    assert_false(is_found);
    buf_done(&data);
}

// A database of proxies, or one with names of organisations alone, places nobody.
static void a_database_of_something_else_has_no_places(void **state)
{
    (void)state;
    struct buf data;
    struct mmdb_record record;
    bool is_found;
    buf_init(&data);
    add_map(&data, 2);
    add_text(&data, "is_anonymous"), add_number(&data, 6, 1, 1);
    add_text(&data, "organization"), add_text(&data, "Some Network");
    struct mmdb *mmdb = ask(buf_str(&data), &record, &is_found);
    assert_true(is_found);
    assert_false(mmdb_has_places(mmdb));
    mmdb_close(mmdb);
    buf_done(&data);
}

static void what_is_no_database_is_refused(void **state)
{
    (void)state;
    struct error error = {{0}};
    assert_null(mmdb_open("/nonexistent/a.mmdb", &error));
    assert_non_null(strstr(error.text, "No such file"));
    FILE *file = fopen(path, "wb");
    fputs("this is a text", file);
    fclose(file);
    assert_null(mmdb_open(path, &error));
    assert_non_null(strstr(error.text, path));
    mmdb_close(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_spellings_are_understood),
        cmocka_unit_test(strange_records_are_nothing),
        cmocka_unit_test(a_database_of_something_else_has_no_places),
        cmocka_unit_test(what_is_no_database_is_refused),
    };
    int handle = mkstemp(path);
    if (handle < 0)
        return 1;
    close(handle);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    unlink(path);
    return failed;
}
