// Inputs: files, directories, compression and archives in each other, encodings, hashes, and what is
// told when something cannot be read.
// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <archive.h>
#include <archive_entry.h>
#include <cmocka.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/hash.h"
#include "input/input.h"

static char folder[] = "/tmp/stormglass-input-XXXXXX";

// ---- making things ----------------------------------------------------------------------------

static const char *path_of(const char *name)
{
    static char path[2][256];
    static int turn;
    turn = !turn;
    snprintf(path[turn], sizeof path[turn], "%s/%s", folder, name);
    return path[turn];
}

static void write_file(const char *name, struct str bytes)
{
    FILE *file = fopen(path_of(name), "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes.at, 1, bytes.len, file), bytes.len);
    fclose(file);
}

// Lines that compress, but not too well.
static void add_lines(struct buf *out, size_t size)
{
    uint64_t random = size;
    while (out->len < size) {
        random = hash_mix(random + 1);
        buf_print(out, "{\"Id\":\"%016llx\",\"Operation\":\"Send\"}\n", (unsigned long long)random);
    }
    out->len = size;
}

struct packing {
    const char *format;     // "zip", "tar", "7zip", "raw"
    const char *filter;     // "gzip" ... or NULL
    const char *passphrase; // for zip
    const char *names[4];
    struct str contents[4];
};

static la_ssize_t keep(struct archive *archive, void *context, const void *bytes, size_t size)
{
    (void)archive;
    buf_add(context, str_of(bytes, size));
    return (la_ssize_t)size;
}

static void pack(const struct packing *packing, struct buf *out)
{
    struct archive *archive = archive_write_new();
    buf_init(out);
    archive_write_set_format_by_name(archive, packing->format);
    if (packing->filter)
        assert_int_equal(archive_write_add_filter_by_name(archive, packing->filter), ARCHIVE_OK);
    archive_write_set_bytes_in_last_block(archive, 1);
    if (packing->passphrase) {
        archive_write_set_options(archive, "zip:encryption=zipcrypt");
        archive_write_set_passphrase(archive, packing->passphrase);
    }
    assert_int_equal(archive_write_open(archive, out, NULL, keep, NULL), ARCHIVE_OK);
    for (int i = 0; i < 4 && packing->names[i]; i++) {
        struct archive_entry *entry = archive_entry_new();
        size_t len = strlen(packing->names[i]);
        bool is_folder = packing->names[i][len - 1] == '/';
        archive_entry_set_pathname(entry, packing->names[i]);
        archive_entry_set_filetype(entry, is_folder ? AE_IFDIR : AE_IFREG);
        archive_entry_set_perm(entry, 0644);
        archive_entry_set_size(entry, is_folder ? 0 : (int64_t)packing->contents[i].len);
        assert_int_equal(archive_write_header(archive, entry), ARCHIVE_OK);
        if (!is_folder)
            archive_write_data(archive, packing->contents[i].at, packing->contents[i].len);
        archive_entry_free(entry);
    }
    archive_write_close(archive);
    archive_write_free(archive);
}

// ---- reading things ---------------------------------------------------------------------------

struct seen {
    struct buf log;   // "name [format] bytes hash: trouble", one a line
    struct buf bytes; // of the stream in hand
    uint64_t stop_at; // bytes after which the sink stops everything; 0: never
    uint64_t total;
    unsigned streams;
};

static void on_begin(void *context, struct str name, const char *format)
{
    struct seen *seen = context;
    buf_clear(&seen->bytes);
    seen->streams++;
    seen->total = 0;
    size_t skip = str_starts(name, str_from(folder)) ? strlen(folder) + 1 : 0;
    buf_print(&seen->log, "%.*s [%s]", (int)(name.len - skip), name.at + skip, format);
}

static bool on_bytes(void *context, const char *at, size_t size)
{
    struct seen *seen = context;
    assert_true(size > 0);
    seen->total += size;
    if (seen->bytes.len < 1 << 24)
        buf_add(&seen->bytes, str_of(at, size));
    return seen->stop_at == 0 || seen->total < seen->stop_at;
}

static void on_end(void *context, struct str trouble)
{
    struct seen *seen = context;
    buf_print(&seen->log, " %llu%s%.*s\n", (unsigned long long)seen->total, trouble.len ? ": " : "",
              (int)trouble.len, trouble.at);
}

static void seen_done(struct seen *seen)
{
    buf_done(&seen->log);
    buf_done(&seen->bytes);
}

static void hash_of_file(const char *path, char hex[65], uint64_t *size)
{
    struct sha256 *sha = sha256_new();
    char piece[4096];
    size_t got;
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    *size = 0;
    while ((got = fread(piece, 1, sizeof piece, file)) > 0) {
        sha256_add(sha, piece, got);
        *size += got;
    }
    fclose(file);
    sha256_finish(sha, hex);
}

// Reads a file of the folder; the hash must be that of the bytes on disk.
static void read_file(const char *name, struct seen *seen)
{
    const char *path = path_of(name);
    struct input_sink sink = {on_begin, on_bytes, on_end, seen};
    char hash[65], expected[65];
    uint64_t size = 0, expected_size;
    struct error error = {""};
    if (!input_read(str_from(path), &sink, hash, &size, &error))
        fail_msg("%s", error.text);
    if (!seen->stop_at) {
        hash_of_file(path, expected, &expected_size);
        assert_string_equal(hash, expected);
        assert_int_equal(size, expected_size);
    }
    buf_add_char(&seen->log, '\0');
}

static void expect_log(const char *name, struct str bytes, const char *log)
{
    struct seen seen = {0};
    write_file(name, bytes);
    read_file(name, &seen);
    assert_string_equal(seen.log.at, log);
    seen_done(&seen);
}

// ---- plain files ------------------------------------------------------------------------------

static void plain_bytes_pass_as_they_are(void **state)
{
    (void)state;
    static const size_t sizes[] = {0, 1, 262143, 262144, 262145, 3000000};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        struct buf bytes;
        struct seen seen = {0};
        buf_init(&bytes);
        add_lines(&bytes, sizes[i]);
        write_file("plain.json", buf_str(&bytes));
        read_file("plain.json", &seen);
        char log[64];
        snprintf(log, sizeof log, "plain.json [plain] %zu\n", sizes[i]);
        assert_string_equal(seen.log.at, log);
        assert_true(str_equal(buf_str(&seen.bytes), buf_str(&bytes)));
        seen_done(&seen);
        buf_done(&bytes);
    }
}

static void utf16_becomes_utf8(void **state)
{
    (void)state;
    expect_log("le", str_of("\xff\xfe{\0\"\0\xe4\0\"\0", 10), "le [utf-16le] 5\n");
    expect_log("be", str_of("\xfe\xff\0{\0\"\0\xe4\0\"", 10), "be [utf-16be] 5\n");
    expect_log("bare", str_of("{\0\"\0a\0\"\0:\0", 10), "bare [utf-16le] 5\n");
    expect_log("bare be", str_of("\0{\0\"\0a\0\"", 8), "bare be [utf-16be] 4\n");
    expect_log("odd", str_of("\xff\xfe{\0\"\0a", 7), "odd [utf-16le] 5\n"); // U+FFFD at the end
    expect_log("utf8", str_of("\xef\xbb\xbf{}", 5), "utf8 [plain] 5\n");
    expect_log("zeros", str_of("\0\0\0\0\0\0\0\0", 8), "zeros [plain] 8\n");
}

static void a_missing_file_is_an_error(void **state)
{
    (void)state;
    struct seen seen = {0};
    struct input_sink sink = {on_begin, on_bytes, on_end, &seen};
    struct error error = {""};
    assert_false(input_read(str_from(path_of("nowhere")), &sink, NULL, NULL, &error));
    assert_non_null(strstr(error.text, "No such file"));
    assert_false(input_read(str_from(folder), &sink, NULL, NULL, &error));
    assert_int_equal(seen.streams, 0);
}

static void the_sink_can_stop_everything(void **state)
{
    (void)state;
    struct buf bytes, packed;
    struct seen seen = {.stop_at = 300000};
    buf_init(&bytes);
    add_lines(&bytes, 2000000);
    write_file("plain.json", buf_str(&bytes));
    read_file("plain.json", &seen);
    assert_true(seen.total < 1000000);
    seen_done(&seen);
    pack(&(struct packing){.format = "zip",
                           .names = {"a", "b"},
                           .contents = {buf_str(&bytes), buf_str(&bytes)}},
         &packed);
    write_file("a.zip", buf_str(&packed));
    seen = (struct seen){.stop_at = 300000};
    read_file("a.zip", &seen);
    assert_int_equal(seen.streams, 1);
    seen_done(&seen);
    buf_done(&bytes);
    buf_done(&packed);
}

// ---- compression and archives -----------------------------------------------------------------

static void compressed_files_are_found_by_content(void **state)
{
    (void)state;
    static const char *const filters[] = {"gzip", "zstd", "xz", "bzip2", "lz4", "compress"};
    struct buf bytes;
    buf_init(&bytes);
    add_lines(&bytes, 1000000);
    for (size_t i = 0; i < sizeof filters / sizeof *filters; i++) {
        struct buf packed;
        struct seen seen = {0};
        pack(&(struct packing){.format = "raw",
                               .filter = filters[i],
                               .names = {"x"},
                               .contents = {buf_str(&bytes)}},
             &packed);
        write_file("name.txt", buf_str(&packed));
        read_file("name.txt", &seen);
        char log[64];
        snprintf(log, sizeof log, "name.txt [%s] 1000000\n", filters[i]);
        assert_string_equal(seen.log.at, log);
        assert_true(str_equal(buf_str(&seen.bytes), buf_str(&bytes)));
        seen_done(&seen);
        buf_done(&packed);
    }
    buf_done(&bytes);
}

static void gzip_members_follow_each_other(void **state)
{
    (void)state;
    struct buf packed, twice;
    pack(
        &(struct packing){
            .format = "raw", .filter = "gzip", .names = {"x"}, .contents = {S("0123456789")}},
        &packed);
    buf_init(&twice);
    buf_add(&twice, buf_str(&packed));
    buf_add(&twice, buf_str(&packed));
    expect_log("two", buf_str(&twice), "two [gzip] 20\n");
    buf_add(&twice, S("\0\0\0\0"));
    expect_log("padded", buf_str(&twice), "padded [gzip] 20\n");
    buf_add(&twice, S("junk"));
    expect_log("junk", buf_str(&twice),
               "junk [gzip] 20: bytes that are no gzip behind the gzip stream after 20 bytes\n");
    buf_done(&packed);
    buf_done(&twice);
}

static void truncated_streams_keep_what_was_decoded(void **state)
{
    (void)state;
    static const char *const filters[] = {"gzip", "zstd", "xz", "bzip2"};
    struct buf bytes;
    buf_init(&bytes);
    add_lines(&bytes, 3000000);
    for (size_t i = 0; i < sizeof filters / sizeof *filters; i++) {
        struct buf packed;
        struct seen seen = {0};
        pack(&(struct packing){.format = "raw",
                               .filter = filters[i],
                               .names = {"x"},
                               .contents = {buf_str(&bytes)}},
             &packed);
        packed.len = packed.len * 9 / 10;
        write_file("cut", buf_str(&packed));
        read_file("cut", &seen);
        assert_non_null(strstr(seen.log.at, "truncated"));
        assert_true(seen.total > 1000000 && seen.total < 3000000);
        assert_memory_equal(seen.bytes.at, bytes.at, seen.bytes.len);
        seen_done(&seen);
        // A small gzip stream gives all that is in it.
        packed.len = 200;
        if (i == 0) {
            seen = (struct seen){0};
            write_file("cut", buf_str(&packed));
            read_file("cut", &seen);
            assert_true(seen.total > 100);
            seen_done(&seen);
        }
        buf_done(&packed);
    }
    buf_done(&bytes);
}

static void damaged_bytes_are_told(void **state)
{
    (void)state;
    struct buf bytes, packed;
    struct seen seen = {0};
    buf_init(&bytes);
    add_lines(&bytes, 1000000);
    pack(
        &(struct packing){
            .format = "raw", .filter = "gzip", .names = {"x"}, .contents = {buf_str(&bytes)}},
        &packed);
    memset(packed.at + packed.len / 2, 0xff, 64);
    write_file("bad", buf_str(&packed));
    read_file("bad", &seen);
    assert_non_null(strstr(seen.log.at, "corrupt gzip stream after "));
    seen_done(&seen);
    buf_done(&bytes);
    buf_done(&packed);
}

static void archives_give_their_members(void **state)
{
    (void)state;
    static const struct {
        const char *format, *filter, *shown;
    } kinds[] = {{"zip", NULL, "zip"},
                 {"gnutar", NULL, "tar"},
                 {"ustar", "gzip", "gzip+tar"},
                 {"pax", "zstd", "zstd+tar"},
                 {"7zip", NULL, "7z"}};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        struct buf packed;
        pack(&(struct packing){.format = kinds[i].format,
                               .filter = kinds[i].filter,
                               .names = {"day 1/", "day 1/a.json", ".DS_Store", "empty.csv"},
                               .contents = {S(""), S("{}"), S("junk"), S("")}},
             &packed);
        char log[128];
        snprintf(log, sizeof log, "in!day 1/a.json [%s] 2\nin!empty.csv [%s] 0\n", kinds[i].shown,
                 kinds[i].shown);
        expect_log("in", buf_str(&packed), log);
        buf_done(&packed);
    }
}

static void archives_in_archives_are_read_to_a_limit(void **state)
{
    (void)state;
    struct buf a, b, c, d, gz;
    pack(
        &(struct packing){
            .format = "raw", .filter = "gzip", .names = {"x"}, .contents = {S("{\"n\":1}\n")}},
        &gz);
    pack(&(struct packing){.format = "zip",
                           .names = {"x.json", "x.gz"},
                           .contents = {S("{}"), buf_str(&gz)}},
         &a);
    pack(&(struct packing){.format = "gnutar",
                           .names = {"a.zip", "y"},
                           .contents = {buf_str(&a), S("[]")}},
         &b);
    pack(&(struct packing){.format = "zip", .names = {"b.tar"}, .contents = {buf_str(&b)}}, &c);
    expect_log("c", buf_str(&c),
               "c!b.tar!a.zip!x.json [zip+tar+zip] 2\n"
               "c!b.tar!a.zip!x.gz [zip+tar+zip+gzip] 8\n"
               "c!b.tar!y [zip+tar] 2\n");
    pack(&(struct packing){.format = "zip", .names = {"c.zip"}, .contents = {buf_str(&c)}}, &d);
    expect_log("d", buf_str(&d),
               "d!c.zip!b.tar!a.zip [zip+zip+tar+zip] 0: packed more than 3 times over: give the "
               "files unpacked\n"
               "d!c.zip!b.tar!y [zip+zip+tar] 2\n");
    buf_done(&a);
    buf_done(&b);
    buf_done(&c);
    buf_done(&d);
    buf_done(&gz);
}

static void encrypted_members_are_told_and_others_read(void **state)
{
    (void)state;
    struct buf closed, open;
    pack(
        &(struct packing){
            .format = "zip", .passphrase = "secret", .names = {"a.json"}, .contents = {S("{}")}},
        &closed);
    expect_log("closed", buf_str(&closed),
               "closed!a.json [zip] 0: encrypted: give the files unpacked\n");
    pack(&(struct packing){.format = "zip",
                           .names = {"closed.zip", "b.json"},
                           .contents = {buf_str(&closed), S("[]")}},
         &open);
    expect_log("open", buf_str(&open),
               "open!closed.zip!a.json [zip+zip] 0: encrypted: give the files unpacked\n"
               "open!b.json [zip] 2\n");
    buf_done(&closed);
    buf_done(&open);
}

static void a_truncated_zip_gives_its_first_members(void **state)
{
    (void)state;
    struct buf bytes, packed;
    struct seen seen = {0};
    buf_init(&bytes);
    add_lines(&bytes, 400000);
    pack(&(struct packing){.format = "zip",
                           .names = {"a", "b"},
                           .contents = {buf_str(&bytes), buf_str(&bytes)}},
         &packed);
    packed.len = packed.len * 3 / 4;
    write_file("cut.zip", buf_str(&packed));
    read_file("cut.zip", &seen);
    assert_non_null(strstr(seen.log.at, "cut.zip!a [zip] 400000\n"));
    assert_non_null(strstr(seen.log.at, "truncated"));
    seen_done(&seen);
    buf_done(&bytes);
    buf_done(&packed);
}

static void bombs_are_stopped(void **state)
{
    (void)state;
    struct buf packed;
    struct archive *archive = archive_write_new();
    buf_init(&packed);
    archive_write_set_format_raw(archive);
    archive_write_add_filter_zstd(archive); // the fastest to make
    archive_write_set_bytes_in_last_block(archive, 1);
    archive_write_open(archive, &packed, NULL, keep, NULL);
    struct archive_entry *entry = archive_entry_new();
    archive_entry_set_pathname(entry, "x");
    archive_entry_set_filetype(entry, AE_IFREG);
    archive_write_header(archive, entry);
    size_t size = (size_t)1 << 20;
    char *zeros = calloc(1, size);
    assert_non_null(zeros);
    for (int i = 0; i < 1024; i++)
        archive_write_data(archive, zeros, size);
    free(zeros);
    archive_entry_free(entry);
    archive_write_close(archive);
    archive_write_free(archive);
    write_file("bomb", buf_str(&packed));
    struct seen seen = {0};
    read_file("bomb", &seen);
    assert_non_null(strstr(seen.log.at, "expands to more than 200 times its size"));
    assert_true(seen.total <= INPUT_EXPANSION_FLOOR);
    seen_done(&seen);
    // Beside an honest file.
    struct buf both;
    pack(&(struct packing){.format = "gnutar",
                           .names = {"bomb", "b.json"},
                           .contents = {buf_str(&packed), S("[]")}},
         &both);
    write_file("both", buf_str(&both));
    seen = (struct seen){0};
    read_file("both", &seen);
    assert_non_null(strstr(seen.log.at, "expands to more than 200 times its size"));
    assert_non_null(strstr(seen.log.at, "both!b.json [tar] 2\n"));
    seen_done(&seen);
    buf_done(&both);
    buf_done(&packed);
}

// ---- lists ------------------------------------------------------------------------------------

static void expect_list(struct input_list *list, const char *expected)
{
    struct buf text;
    buf_init(&text);
    for (size_t i = 0; i < list->count; i++) {
        struct str path = list->paths[i].path, trouble = list->paths[i].trouble;
        size_t skip = str_starts(path, str_from(folder)) ? strlen(folder) : 0;
        buf_print(&text, "%.*s %llu %.*s\n", (int)(path.len - skip), path.at + skip,
                  (unsigned long long)list->paths[i].bytes, (int)trouble.len, trouble.at);
    }
    buf_add_char(&text, '\0');
    assert_string_equal(text.at, expected);
    buf_done(&text);
}

static void directories_are_walked_in_order(void **state)
{
    (void)state;
    struct input_list list;
    mkdir(path_of("w"), 0755);
    mkdir(path_of("w/sub"), 0755);
    mkdir(path_of("w/.git"), 0755);
    write_file("w/b.json", S("{}"));
    write_file("w/a.json", S("[]\n"));
    write_file("w/.hidden", S("x"));
    write_file("w/.git/x", S("x"));
    write_file("w/sub/c", S("c"));
    assert_int_equal(symlink("b.json", path_of("w/link")), 0);
    assert_int_equal(symlink("..", path_of("w/sub/loop")), 0);
    assert_int_equal(symlink("nowhere", path_of("w/sub/dangling")), 0);
    assert_int_equal(mkfifo(path_of("w/pipe"), 0600), 0);
    input_list_init(&list);
    input_list_add(&list, str_from(path_of("w/b.json")));
    input_list_add(&list, str_from(path_of("w")));
    input_list_add(&list, str_from(path_of("w/.hidden"))); // named: taken
    input_list_add(&list, str_from(path_of("nowhere")));
    input_list_add(&list, S("-"));
    input_list_finish(&list);
    expect_list(&list, "- 0 \n"
                       "/nowhere 0 No such file or directory\n"
                       "/w/.hidden 1 \n"
                       "/w/a.json 3 \n"
                       "/w/b.json 2 \n"
                       "/w/link 2 \n"
                       "/w/pipe 0 a named pipe; give its bytes on standard input (-)\n"
                       "/w/sub/c 1 \n"
                       "/w/sub/dangling 0 No such file or directory\n"
                       "/w/sub/loop 0 a symbolic link to a directory is not followed\n");
    input_list_done(&list);
}

static void unreadable_directories_are_told(void **state)
{
    (void)state;
    if (geteuid() == 0)
        skip(); // the superuser may read everything
    struct input_list list;
    mkdir(path_of("closed"), 0000);
    input_list_init(&list);
    input_list_add(&list, str_from(path_of("closed")));
    input_list_finish(&list);
    expect_list(&list, "/closed 0 Permission denied\n");
    input_list_done(&list);
    rmdir(path_of("closed"));
}

// ---- setting up -------------------------------------------------------------------------------

static int make_folder(void **state)
{
    (void)state;
    return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
    (void)state;
    char command[128];
    snprintf(command, sizeof command, "rm -rf '%s'", folder);
    return system(command);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain_bytes_pass_as_they_are),
        cmocka_unit_test(utf16_becomes_utf8),
        cmocka_unit_test(a_missing_file_is_an_error),
        cmocka_unit_test(the_sink_can_stop_everything),
        cmocka_unit_test(compressed_files_are_found_by_content),
        cmocka_unit_test(gzip_members_follow_each_other),
        cmocka_unit_test(truncated_streams_keep_what_was_decoded),
        cmocka_unit_test(damaged_bytes_are_told),
        cmocka_unit_test(archives_give_their_members),
        cmocka_unit_test(archives_in_archives_are_read_to_a_limit),
        cmocka_unit_test(encrypted_members_are_told_and_others_read),
        cmocka_unit_test(a_truncated_zip_gives_its_first_members),
        cmocka_unit_test(bombs_are_stopped),
        cmocka_unit_test(directories_are_walked_in_order),
        cmocka_unit_test(unreadable_directories_are_told),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
