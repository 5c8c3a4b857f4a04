// Single records fetched at their places are the records that reading the whole file gives.
// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "engine/place_list.h"
#include "support/reading.h"

#define RECORDS 4000
#define STEP 211 // every so many records are fetched
#define MASK ((UINT64_C(1) << 44) - 1)

static void add_record(struct buf *out, int number)
{
    buf_print(
        out,
        "{\"CreationTime\":\"2026-11-16T08:%02d:%02d\",\"Id\":\"%08d-0000-4000-8000-00000000000a\","
        "\"Operation\":\"Send\",\"RecordType\":2,\"Workload\":\"Exchange\",\"UserId\":"
        "\"user%d@contoso.example\",\"Text\":\"%0*d\"}",
        number / 60 % 60, number % 60, number, number % 300, 1 + number * 7 % 900, number);
}

static void write_lines(struct buf *out)
{
    for (int i = 0; i < RECORDS; i++) {
        add_record(out, i);
        buf_add(out, i % 5 ? S("\n") : S("\r\n"));
    }
}

static void write_array(struct buf *out)
{
    buf_add(out, S("[\n"));
    for (int i = 0; i < RECORDS; i++) {
        buf_add(out, i ? S(",\n  ") : S("  "));
        add_record(out, i);
    }
    buf_add(out, S("\n]\n"));
}

static void write_csv(struct buf *out)
{
    struct buf record;
    buf_init(&record);
    buf_add(out, S("RecordId,CreationDate,RecordType,Operation,UserId,AuditData,Note\r\n"));
    for (int i = 0; i < RECORDS; i++) {
        buf_clear(&record);
        add_record(&record, i);
        buf_print(out, "%d,2026-11-16T08:00:00,2,Send,user,\"", i);
        for (size_t c = 0; c < record.len; c++) {
            if (record.at[c] == '"')
                buf_add_char(out, '"');
            buf_add_char(out, record.at[c]);
        }
        buf_add(out, i % 3 ? S("\",\r\n") : S("\",\"two\nlines\"\r\n"));
    }
    buf_done(&record);
}

static const struct {
    const char *name;
    void (*write)(struct buf *out);
    enum framing framing;
} shapes[] = {{"lines", write_lines, FRAMING_LINES},
              {"array", write_array, FRAMING_VALUES},
              {"csv", write_csv, FRAMING_CSV}};

// ---- reading both ways ------------------------------------------------------------------------

static void write_file(char path[64], struct str text)
{
    strcpy(path, "/tmp/stormglass-places-XXXXXX");
    int file = mkstemp(path);
    assert_true(file >= 0);
    assert_int_equal(write(file, text.at, text.len), (ssize_t)text.len);
    close(file);
}

static void on_record(const struct chunk *chunk, const struct record *record, void *context)
{
    struct buf *out = context;
    (void)chunk;
    json_print(record->value, out);
    buf_add_char(out, '\n');
}

static bool fetch(const char *path, const uint64_t *positions, size_t count, struct buf *out)
{
    struct reader *reader = reader_new();
    struct place_list list = {path, positions, count, MASK};
    buf_init(out);
    bool is_done = place_list_read(&list, reader, on_record, out);
    reader_free(reader);
    return is_done;
}

// Every so many places, as of input 3, and the records there.
static size_t choose(const struct reading *reading, uint64_t *positions, struct buf *records)
{
    struct str places = buf_str(&reading->places), all = buf_str(&reading->records);
    size_t count = 0;
    buf_init(records);
    for (size_t i = 0; i < reading->record_count; i++) {
        struct str place = str_cut(&places, '\n'), record = str_cut(&all, '\n');
        if (i % STEP)
            continue;
        positions[count++] = UINT64_C(3) << 44 | strtoull(place.at, NULL, 10);
        buf_add(records, record);
        buf_add_char(records, '\n');
    }
    return count;
}

static void records_are_those_of_the_whole_file(void **state)
{
    (void)state;
    for (size_t s = 0; s < sizeof shapes / sizeof shapes[0]; s++) {
        struct buf text, wanted, got;
        struct reading reading;
        uint64_t positions[RECORDS / STEP + 1];
        char path[64];
        buf_init(&text);
        shapes[s].write(&text);
        reading_init(&reading, buf_str(&text), 0, 0);
        assert_int_equal(reading.framing, shapes[s].framing);
        assert_int_equal(reading.record_count, RECORDS);
        size_t count = choose(&reading, positions, &wanted);
        write_file(path, buf_str(&text));
        assert_true(fetch(path, positions, count, &got));
        assert_true(str_equal(buf_str(&got), buf_str(&wanted)));
        unlink(path);
        buf_done(&got);
        buf_done(&wanted);
        buf_done(&text);
        reading_done(&reading);
    }
}

// ---- what has to be read whole ----------------------------------------------------------------

static void check_refused(const char *path, uint64_t position, size_t count)
{
    uint64_t *positions = memory_new(count * sizeof *positions);
    struct buf got;
    for (size_t i = 0; i < count; i++)
        positions[i] = position + i;
    assert_false(fetch(path, positions, count, &got));
    buf_done(&got);
    free(positions);
}

static void other_files_are_left_to_the_whole_reading(void **state)
{
    (void)state;
    struct buf text;
    char path[64];
    buf_init(&text);
    write_lines(&text);
    size_t over_lines = text.len;
    buf_add(&text, S("{\"Operation\":\n\"Send\",\"Workload\":\"Exchange\"}\nno JSON\n"));
    write_file(path, buf_str(&text));
    check_refused(path, over_lines, 1);                     // goes on in the next line
    check_refused(path, text.len - strlen("no JSON\n"), 1); // no record
    check_refused(path, 1, 1);                              // none begins there
    check_refused(path, text.len, 1);                       // behind the end
    check_refused(path, 0, RECORDS);                        // so many that all is read sooner
    unlink(path);
    check_refused(path, 0, 1); // gone
    write_file(path, str_of(text.at, 1000));
    check_refused(path, 0, 1); // too small to be worth it
    unlink(path);
    buf_done(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(records_are_those_of_the_whole_file),
        cmocka_unit_test(other_files_are_left_to_the_whole_reading),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
