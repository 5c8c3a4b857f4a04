// Cited records: the choice among too many, and the bytes that come back, from files made here.
// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/hash.h"
#include "engine/cite_parts.h"

#define FINDINGS 5
#define RECORDS 40
#define LIMIT ((size_t)1000)

// ---- a result -----------------------------------------------------------------------------------

struct world {
    struct arena arena;
    struct scan_result result;
    struct finding findings[FINDINGS];
    struct incident incident;
    uint32_t of_incident[2];
    struct verdict verdict;
    struct verdict_hypothesis hypotheses[2];
    struct verdict_item items[2];
    struct verdict_event event;
};

static struct str *make_ids(struct world *world, const char *prefix, size_t from, size_t count)
{
    struct str *ids = ARENA_ARRAY(&world->arena, struct str, count + 1);
    for (size_t i = 0; i < count; i++)
        ids[i] = arena_print(&world->arena, "%s-%02zu", prefix, from + i);
    return ids;
}

// Findings a to e, of which a and b belong to an incident, c is of medium, d low and e info; an answer (v) that counts
// for two hypotheses, and an event of the story (t) that names a record of a as well.
static void world_init(struct world *world)
{
    static const enum sigma_level levels[FINDINGS] = {LEVEL_HIGH, LEVEL_LOW, LEVEL_MEDIUM,
                                                      LEVEL_LOW, LEVEL_INFO};
    *world = (struct world){0};
    arena_init(&world->arena);
    for (size_t i = 0; i < FINDINGS; i++) {
        char prefix[2] = {(char)('a' + i), 0};
        struct finding *finding = &world->findings[i];
        *finding = (struct finding){.severity = levels[i], .listed = i ? 3 : RECORDS};
        snprintf(finding->id, sizeof finding->id, "f-%s", prefix);
        finding->events = make_ids(world, prefix, 0, finding->listed);
    }
    world->of_incident[0] = 1;
    world->incident =
        (struct incident){.id = "i-1", .findings = world->of_incident, .finding_count = 2};
    world->items[0] = world->items[1] =
        (struct verdict_item){.events = make_ids(world, "v", 0, 2), .event_count = 2};
    world->event = (struct verdict_event){.events = make_ids(world, "t", 0, 2), .event_count = 2};
    world->event.events[1] = S("a-39");
    for (size_t i = 0; i < 2; i++)
        world->hypotheses[i] =
            (struct verdict_hypothesis){.items = &world->items[i], .item_count = 1};
    world->verdict = (struct verdict){.hypotheses = world->hypotheses,
                                      .hypothesis_count = 2,
                                      .timeline = &world->event,
                                      .timeline_count = 1};
    world->result.findings.items = world->findings;
    world->result.findings.count = FINDINGS;
    world->result.incidents.items = &world->incident;
    world->result.incidents.count = 1;
    world->result.verdicts = &world->verdict;
}

static void choose(struct world *world, size_t limit, struct buf *out)
{
    struct cite_choice choice;
    cite_choose(&world->result, limit, &choice);
    buf_init(out);
    for (size_t i = 0; i < choice.list->count; i++) {
        const struct cited_record *record = &choice.list->items[i];
        buf_print(out, "%.*s%s", (int)record->id.len, record->id.at, record->is_shown ? "" : "*");
        for (size_t k = 0; k < record->cited_listed; k++)
            buf_print(out, "%s%.*s", k ? "," : "<", (int)record->cited_by[k].len,
                      record->cited_by[k].at);
        buf_add_char(out, ' ');
    }
    buf_print(out, "and %llu", (unsigned long long)choice.list->left_out);
    buf_add_char(out, 0);
    cited_list_free(choice.list);
    free(choice.places);
}

static void what_people_see_first_is_chosen_first(void **state)
{
    struct world world;
    struct buf out;
    (void)state;
    world_init(&world);
    // The incident's findings by turns, b before a as the incident has them; then answers and story; then others.
    choose(&world, 16, &out);
    assert_string_equal(out.at,
                        "b-00<f-b a-00<f-a b-01<f-b a-01<f-a b-02<f-b a-02<f-a a-03<f-a a-04<f-a "
                        "a-05<f-a a-06<f-a a-07<f-a a-08<f-a a-09<f-a a-10<f-a a-11<f-a a-12<f-a "
                        "and 39");
    buf_done(&out);
    choose(&world, 1000, &out);
    struct str text = buf_str(&out);
    assert_true(
        str_contains(text, S(" a-19<f-a v-00<i-1 t-00<i-1 v-01<i-1 a-39<f-a,i-1 c-00<f-c "
                             "c-01<f-c c-02<f-c d-00<f-d e-00<f-e d-01<f-d e-01<f-e d-02<f-d "
                             "e-02<f-e a-20*<f-a a-21*<f-a ")));
    assert_true(str_contains(text, S(" a-38*<f-a and 0")));
    buf_done(&out);
    choose(&world, 0, &out);
    assert_string_equal(out.at, "and 55");
    buf_done(&out);
    arena_done(&world.arena);
}

// ---- places -------------------------------------------------------------------------------------

static struct activity copy_of(struct str id, enum source_id source, uint64_t position)
{
    struct event event = {.id = id};
    worker_identify(&event, &(struct chunk){0}, &(struct record){0}, 0);
    return (struct activity){
        .identity = event.identity, .source = (uint8_t)source, .position = position};
}

// Of an answer only the id is known. Of its copies the one that detectors looked at is the place, whichever worker read
// it, and all are counted; of a finding the place is what it says.
static void activities_tell_where_records_stand(void **state)
{
    static const struct {
        const char *id;
        enum source_id source;
        uint64_t position;
    } rows[] = {{"v-00", SOURCE_M365_AUDIT, 7},     {"v-00", SOURCE_ENTRA_SIGNIN, 900},
                {"V-00", SOURCE_ENTRA_SIGNIN, 800}, {"v-01", SOURCE_M365_AUDIT, 60},
                {"v-01", SOURCE_M365_AUDIT, 50},    {"b-00", SOURCE_M365_AUDIT, 1},
                {"x-00", SOURCE_M365_AUDIT, 2}};
    (void)state;
    for (unsigned turn = 0; turn < 2; turn++) {
        struct world world;
        struct cite_choice choice;
        struct error error;
        uint64_t positions[3] = {5, CITE_NOWHERE, CITE_NOWHERE};
        struct worker *workers = memory_new(2 * sizeof *workers);
        struct citing citing = {.workers = workers, .worker_count = 2};
        world_init(&world);
        world.findings[1].positions = positions;
        for (size_t i = 0; i < 2; i++)
            workers[i].activities = activity_log_new(1); // a row in memory, the others in a file
        for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
            struct activity row = copy_of(str_from(rows[i].id), rows[i].source, rows[i].position);
            assert_true(activity_log_add(workers[(i + turn) % 2].activities, &row, &error));
        }
        cite_choose(&world.result, 1000, &choice);
        assert_true(cite_find_places(&citing, &world.result, &choice, &error));
        for (size_t i = 0; i < choice.list->count; i++) {
            const struct cited_record *record = &choice.list->items[i];
            uint64_t position = choice.places[i].position;
            bool is_there = true;
            if (str_is(record->id, "v-00"))
                assert_true(position == 800 && record->copies == 3);
            else if (str_is(record->id, "v-01"))
                assert_true(position == 50 && record->copies == 2);
            else if (str_is(record->id, "b-00"))
                assert_true(position == 5 && record->copies == 1);
            else
                is_there = false;
            assert_true(is_there || (position == CITE_NOWHERE && record->copies == 0));
        }
        cited_list_free(choice.list);
        free(choice.places);
        for (size_t i = 0; i < 2; i++)
            activity_log_free(workers[i].activities);
        free(workers);
        arena_done(&world.arena);
    }
}

// ---- files --------------------------------------------------------------------------------------

static char folder[] = "/tmp/stormglass-cite-XXXXXX";

static int make_folder(void **state)
{
    (void)state;
    return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
    (void)state;
    return rmdir(folder);
}

// One file that was scanned: its trail, and findings that cite its records.
struct scanned {
    struct arena arena;
    struct str path;
    struct input_list list;
    struct trail trail;
    struct scan_options options;
    struct scan_input input;
    struct scan_result result;
    struct finding finding;
    uint32_t first_inputs[2];
    struct cite_choice choice;
    struct framer *framer;
    struct reader *reader;
};

static void write_file(const char *path, struct str text)
{
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(text.at, 1, text.len, file), text.len);
    fclose(file);
}

static void on_chunk(struct chunk *chunk, void *context)
{
    struct scanned *s = context;
    struct record record;
    struct unread unread;
    enum read_result result;
    trail_add_chunk(&s->trail, 0, chunk);
    reader_start(s->reader, chunk);
    while ((result = reader_next(s->reader, &record, &unread)) != READ_END)
        if (result == READ_RECORD && s->finding.listed < FINDING_EVENT_LIMIT) {
            struct str id = json_str(json_find(record.value, S("Id")));
            size_t at = s->finding.listed++;
            s->finding.positions[at] = record.offset;
            s->finding.events[at] = id.len ? arena_copy(&s->arena, id)
                                           : arena_print(&s->arena, "%s@%llu", s->path.at,
                                                         (unsigned long long)record.offset);
        }
    chunk_free(chunk);
}

// Writes and scans a file; every record of it is cited by one finding.
static void scanned_init(struct scanned *s, struct str text)
{
    *s = (struct scanned){.options = {.path_count = 1}};
    arena_init(&s->arena);
    s->path = arena_print(&s->arena, "%s/log.json", folder);
    s->options.paths = &s->path;
    write_file(s->path.at, text);
    input_list_init(&s->list);
    input_list_add(&s->list, s->path);
    input_list_finish(&s->list);
    trail_add_path(&s->trail, s->path);
    s->finding =
        (struct finding){.id = "f-1",
                         .severity = LEVEL_HIGH,
                         .events = ARENA_ARRAY(&s->arena, struct str, FINDING_EVENT_LIMIT),
                         .positions = ARENA_ARRAY(&s->arena, uint64_t, FINDING_EVENT_LIMIT)};
    s->framer = framer_new();
    s->reader = reader_new();
    framer_feed(s->framer, text.at, text.len, on_chunk, s);
    framer_feed(s->framer, "", 0, on_chunk, s);
    s->input = (struct scan_input){.path = s->path,
                                   .format = "plain",
                                   .container = container_name(framer_container(s->framer)->id)};
    s->first_inputs[1] = 1;
    s->result.inputs = &s->input;
    s->result.input_count = 1;
    s->result.findings.items = &s->finding;
    s->result.findings.count = 1;
}

static struct cited_list *read_cited(struct scanned *s, size_t total)
{
    struct citing citing = {.options = &s->options,
                            .list = &s->list,
                            .first_inputs = s->first_inputs,
                            .trail = &s->trail};
    struct error error;
    cite_choose(&s->result, LIMIT, &s->choice);
    assert_true(cite_find_places(&citing, &s->result, &s->choice, &error));
    cite_read(&citing, &s->result, total, &s->choice);
    return s->choice.list;
}

static void end_choice(struct scanned *s)
{
    cited_list_free(s->choice.list);
    free(s->choice.places);
}

static void scanned_done(struct scanned *s)
{
    unlink(s->path.at);
    end_choice(s);
    framer_free(s->framer);
    reader_free(s->reader);
    trail_done(&s->trail);
    input_list_done(&s->list);
    arena_done(&s->arena);
}

// Text and place of the record are those of the file.
static void check_bytes(const struct cited_record *record, struct str file)
{
    uint64_t line = 1;
    char hex[65];
    struct str text = str_of(record->text, record->text_size);
    assert_int_equal(record->omitted.len, 0);
    assert_true(record->offset + record->bytes <= file.len);
    assert_true(str_equal(str_of(file.at + record->offset, text.len), text));
    for (size_t i = 0; i < record->offset; i++)
        line += file.at[i] == '\n';
    assert_int_equal(record->line, line);
    struct sha256 *sha = sha256_new();
    sha256_add(sha, file.at + record->offset, record->bytes);
    sha256_finish(sha, hex);
    assert_string_equal(hex, record->sha256);
}

static void add_record(struct buf *out, size_t i, size_t padding)
{
    buf_print(
        out,
        "{\"CreationTime\":\"2026-11-16T08:%02zu:%02zu\",\"Id\":\"%08zu-0000-4000-8000-00000000000a\","
        "\"Operation\":\"Send\",\"RecordType\":2,\"Workload\":\"Exchange\",\"UserId\":\"a@b.example\","
        "\"Text\":\"%0*d\"}",
        i / 60 % 60, i % 60, i, (int)padding, 1);
}

static void lines(struct buf *out, size_t count, size_t padding)
{
    for (size_t i = 0; i < count; i++) {
        add_record(out, i, padding);
        buf_add(out, i % 5 ? S("\n") : S("\r\n"));
    }
}

static void large_lines(struct buf *out)
{
    lines(out, 900, 2000); // over many chunks, and read place by place
}

static void few_lines(struct buf *out)
{
    buf_add(out, S("\xef\xbb\xbf"));
    lines(out, 30, 5);
}

static void array(struct buf *out)
{
    buf_add(out, S("[\n"));
    for (size_t i = 0; i < 300; i++) {
        buf_add(out, i % 7 ? S(",  ") : i ? S(",\n") : S(""));
        add_record(out, i, i);
    }
    buf_add(out, S("\n]\n"));
}

// Several records in each line: arrays, and what a response has around its records.
static void lines_of_several(struct buf *out)
{
    for (size_t i = 0; i < 60; i++) {
        buf_add(out, i % 2 ? S("{\"@odata.context\":\"x\",\"value\":[") : S("["));
        for (size_t k = 0; k < 1 + i % 4; k++) {
            buf_add(out, str_from(k ? ", " : ""));
            add_record(out, i * 10 + k, i);
        }
        buf_add(out, i % 2 ? S("]}\n") : S("]\n"));
    }
}

static void every_record_comes_back_as_it_stood(void **state)
{
    static const struct {
        void (*write)(struct buf *out);
        size_t count;
    } shapes[] = {{large_lines, 900}, {few_lines, 30}, {array, 300}, {lines_of_several, 150}};
    (void)state;
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
        struct scanned s;
        struct buf file;
        buf_init(&file);
        shapes[i].write(&file);
        scanned_init(&s, buf_str(&file));
        struct cited_list *list = read_cited(&s, CITED_TOTAL_LIMIT);
        assert_int_equal(list->count, shapes[i].count);
        for (size_t k = 0; k < list->count; k++) {
            const struct cited_record *record = &list->items[k];
            struct str text = str_of(record->text, record->text_size);
            check_bytes(record, buf_str(&file));
            assert_int_equal(record->note.len, 0);
            assert_string_equal(record->source, "m365_audit");
            assert_true(str_starts(text, S("{")) && str_ends(text, S("}")));
            assert_true(str_contains(text, record->id));
            // No other record stands in it, but what a response has around a single one may.
            assert_true(text.len < 900 || shapes[i].write == large_lines);
        }
        scanned_done(&s);
        buf_done(&file);
    }
}

static void records_without_an_id_are_found_by_their_place(void **state)
{
    struct str text =
        STR("{\"a\":1,\"time\":\"2026-11-16T08:00:00Z\"}\n\n{\"a\":2}\n[{\"a\":3},{\"a\":4}]\n");
    struct scanned s;
    (void)state;
    scanned_init(&s, text);
    for (size_t i = 0; i < s.finding.listed; i++) // the name alone says it
        s.finding.positions[i] = CITE_NOWHERE;
    struct cited_list *list = read_cited(&s, CITED_TOTAL_LIMIT);
    assert_int_equal(list->count, 3); // of the last line both have one name
    for (size_t i = 0; i < 3; i++)
        check_bytes(&list->items[i], text);
    assert_int_equal(list->items[0].note.len, 0);
    assert_true(str_starts(list->items[2].note, S("one of several records")));
    assert_true(
        str_is(str_of(list->items[2].text, list->items[2].text_size), "[{\"a\":3},{\"a\":4}]"));
    scanned_done(&s);
}

static void long_records_are_cut_between_letters(void **state)
{
    struct scanned s;
    struct buf file;
    (void)state;
    buf_init(&file);
    buf_add(&file,
            S("{\"Id\":\"long\",\"Operation\":\"Send\",\"CreationTime\":\"2026-11-16T08:00:00\","
              "\"Workload\":\"Exchange\",\"RecordType\":2,\"Text\":\""));
    for (size_t i = 0; i < 50000; i++)
        buf_add(&file, S("\xe4\xb8\xad"));
    buf_add(&file, S("\"}\n"));
    scanned_init(&s, buf_str(&file));
    struct cited_list *list = read_cited(&s, CITED_TOTAL_LIMIT);
    assert_int_equal(list->count, 1);
    check_bytes(&list->items[0], buf_str(&file));
    assert_int_equal(list->items[0].bytes, file.len - 1);
    size_t size = list->items[0].text_size;
    assert_true(size <= CITED_TEXT_LIMIT && size > CITED_TEXT_LIMIT - 4);
    assert_true((list->items[0].text[size - 1] & 0xc0) == 0x80 && (file.at[size] & 0xc0) != 0x80);
    scanned_done(&s);
    buf_done(&file);
}

static void bytes_that_are_no_text_are_cut_too(void **state)
{
    struct scanned s;
    struct buf file;
    (void)state;
    buf_init(&file);
    buf_add(&file,
            S("{\"Id\":\"bad\",\"Operation\":\"Send\",\"CreationTime\":\"2026-11-16T08:00:00\","
              "\"Workload\":\"Exchange\",\"RecordType\":2,\"Text\":\""));
    for (size_t i = 0; i < 100000; i++)
        buf_add_char(&file, (char)0x80);
    buf_add(&file, S("\"}\n"));
    scanned_init(&s, buf_str(&file));
    struct cited_list *list = read_cited(&s, CITED_TOTAL_LIMIT);
    assert_int_equal(list->count, 1);
    check_bytes(&list->items[0], buf_str(&file));
    assert_true(list->items[0].text_size > CITED_TEXT_LIMIT - 4);
    scanned_done(&s);
    buf_done(&file);
}

// ---- bounds -------------------------------------------------------------------------------------

// Ids of the records that have their text, in order of importance; those are the first so many.
static void kept_of(const struct cited_list *list, size_t total, struct buf *out)
{
    size_t held = 0, end = 0;
    buf_init(out);
    while (end < list->count && list->items[end].text) {
        held += list->items[end].text_size;
        buf_add(out, list->items[end++].id);
    }
    assert_true(held <= total);
    for (size_t i = end; i < list->count; i++) {
        assert_null(list->items[i].text);
        assert_true(list->items[i].bytes > 0 && str_starts(list->items[i].omitted, S("no room")));
        assert_int_equal(strlen(list->items[i].sha256), 64);
    }
    if (end < list->count)
        assert_true(held + list->items[end].bytes > total);
}

// Whatever the order in which the records stand in the file.
static void the_most_important_are_kept_whatever_the_order(void **state)
{
    enum { COUNT = 60, ROUNDS = 20 };
    (void)state;
    for (uint64_t seed = 0; seed < ROUNDS; seed++) {
        struct buf first;
        size_t total = hash_mix(seed + 1) % 40000;
        for (uint64_t round = 0; round < 3; round++) {
            struct scanned s;
            struct buf file, kept;
            size_t order[COUNT];
            buf_init(&file);
            for (size_t i = 0; i < COUNT; i++) {
                size_t other = round ? hash_mix(seed * 97 + round * 31 + i) % (i + 1) : i;
                order[i] = order[other];
                order[other] = i;
            }
            for (size_t i = 0; i < COUNT; i++) {
                add_record(&file, order[i], hash_mix(seed * 131 + order[i]) % 2000);
                buf_add_char(&file, '\n');
            }
            scanned_init(&s, buf_str(&file));
            // A finding lists by time and id.
            for (size_t i = 0; i < COUNT; i++) {
                s.finding.events[i] = arena_print(&s.arena, "%08zu-0000-4000-8000-00000000000A", i);
                for (size_t k = 0; k < COUNT; k++)
                    if (order[k] == i) {
                        size_t at = 0;
                        for (size_t n = 0; n < k; n++)
                            at += str_index(str_of(file.at + at, file.len - at), '\n') + 1;
                        s.finding.positions[i] = at;
                    }
            }
            kept_of(read_cited(&s, total), total, &kept);
            if (round)
                assert_true(str_equal(buf_str(&first), buf_str(&kept)));
            else
                first = kept;
            if (round)
                buf_done(&kept);
            scanned_done(&s);
            buf_done(&file);
        }
        buf_done(&first);
    }
}

// A name that is a place may be that of another record, of an earlier run that read a file of the same name.
static void places_of_earlier_runs_are_not_taken_for_this_ones(void **state)
{
    struct str text = STR("{\"a\":1,\"time\":\"2026-11-16T08:00:00Z\"}\n{\"a\":2}\n");
    struct outline_state kept = {0};
    struct scanned s;
    (void)state;
    scanned_init(&s, text);
    assert_int_equal(s.finding.listed, 2);
    s.result.state = &kept;
    s.finding.positions[0] = POSITION_KEPT;
    s.finding.positions[1] = CITE_NOWHERE;
    struct cited_list *list = read_cited(&s, CITED_TOTAL_LIMIT);
    assert_true(str_contains(list->items[0].omitted, S("an earlier run read it")));
    assert_true(str_contains(list->items[1].omitted, S("where it stands is not known")));
    end_choice(&s);
    s.finding.positions[0] = 0; // known to be of this run
    list = read_cited(&s, CITED_TOTAL_LIMIT);
    check_bytes(&list->items[0], text);
    scanned_done(&s);
}

// ---- what cannot be read ------------------------------------------------------------------------

static void check_omitted(const struct cited_list *list, const char *why)
{
    assert_true(list->count > 0);
    for (size_t i = 0; i < list->count; i++) {
        const struct cited_record *record = &list->items[i];
        assert_null(record->text);
        assert_int_equal(record->bytes, 0);
        assert_int_equal(strlen(record->sha256), 0);
        assert_true(str_starts(record->omitted, S("could not be read again: ")));
        if (!str_contains(record->omitted, str_from(why)))
            fail_msg("'%.*s' and not '%s'", (int)record->omitted.len, record->omitted.at, why);
    }
}

static void what_is_gone_or_changed_is_told(void **state)
{
    volatile sig_atomic_t is_interrupted = 1;
    struct scanned s;
    struct buf file;
    (void)state;
    buf_init(&file);
    lines(&file, 20, 10);
    scanned_init(&s, buf_str(&file));
    unlink(s.path.at);
    check_omitted(read_cited(&s, CITED_TOTAL_LIMIT), "No such file");
    end_choice(&s);
    // The same bytes and one more behind them: every record still stands there, and yet it is another file.
    buf_add_char(&file, '\n');
    write_file(s.path.at, buf_str(&file));
    check_omitted(read_cited(&s, CITED_TOTAL_LIMIT), "the file has changed since it was read");
    end_choice(&s);
    s.options.is_interrupted = &is_interrupted;
    trail_done(&s.trail);
    trail_add_path(&s.trail, s.path);
    check_omitted(read_cited(&s, CITED_TOTAL_LIMIT), "the scan was interrupted");
    end_choice(&s);
    s.options.is_interrupted = NULL;
    for (size_t i = 0; i < s.finding.listed; i++)
        s.finding.positions[i] = CITE_NOWHERE;
    check_omitted(read_cited(&s, CITED_TOTAL_LIMIT), "where it stands is not known");
    end_choice(&s);
    for (size_t i = 0; i < s.finding.listed; i++)
        s.finding.positions[i] = POSITION_KEPT;
    check_omitted(read_cited(&s, CITED_TOTAL_LIMIT), "an earlier run read it");
    end_choice(&s);
    for (size_t i = 0; i < s.finding.listed; i++)
        s.finding.positions[i] = 3;
    check_omitted(read_cited(&s, CITED_TOTAL_LIMIT), "it no longer stands where it was read");
    end_choice(&s);
    s.list.paths[0].path = S("-");
    check_omitted(read_cited(&s, CITED_TOTAL_LIMIT), "standard input cannot be read a second time");
    scanned_done(&s);
    buf_done(&file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_people_see_first_is_chosen_first),
        cmocka_unit_test(activities_tell_where_records_stand),
        cmocka_unit_test(every_record_comes_back_as_it_stood),
        cmocka_unit_test(records_without_an_id_are_found_by_their_place),
        cmocka_unit_test(long_records_are_cut_between_letters),
        cmocka_unit_test(bytes_that_are_no_text_are_cut_too),
        cmocka_unit_test(places_of_earlier_runs_are_not_taken_for_this_ones),
        cmocka_unit_test(the_most_important_are_kept_whatever_the_order),
        cmocka_unit_test(what_is_gone_or_changed_is_told),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
