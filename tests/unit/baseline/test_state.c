// The container of what is learned: what goes in comes out, and damage is refused.
// SPDX-License-Identifier: Apache-2.0
#include <endian.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/hash.h"
#include "baseline/state.h"

// A module that keeps a text.
struct module {
    const char *text;
    char loaded[64];
};

static void save(const void *context, struct buf *out)
{
    const struct module *module = context;
    buf_add(out, str_from(module->text));
}

static bool load(void *context, struct str content, struct error *error)
{
    struct module *module = context;
    if (content.len >= sizeof module->loaded)
        return error_set(error, "too long for me");
    snprintf(module->loaded, sizeof module->loaded, "%.*s", (int)content.len, content.at);
    return true;
}

static const struct state_section apples = {"apples", 1, save, load};
static const struct state_section pears = {"pears-2_x", 7, save, load};
static const struct state_section newer_pears = {"pears-2_x", 8, save, load};
static const struct state_section older_pears = {"pears-2_x", 6, save, load};

static struct buf write_two(const char *apple_text, const char *pear_text)
{
    struct module modules[2] = {{.text = apple_text}, {.text = pear_text}};
    struct state_part parts[] = {{&pears, &modules[1]}, {&apples, &modules[0]}};
    struct buf out;
    struct error error;
    buf_init(&out);
    assert_true(state_save(NULL, parts, 2, &out, &error));
    return out;
}

static void what_goes_in_comes_out(void **state_of_test)
{
    (void)state_of_test;
    static const char *const texts[] = {"", "1", "1234567", "12345678", "123456789"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct buf bytes = write_two(texts[i], "some pears"), again;
        struct state state;
        struct error error;
        assert_true(state_read(&state, buf_str(&bytes), &error));
        assert_int_equal(state.count, 2);
        assert_string_equal(state.contents[0].name, "apples");
        struct module modules[2] = {{0}, {0}};
        struct state_part parts[] = {{&apples, &modules[0]}, {&pears, &modules[1]}};
        assert_true(state_load(&state, parts, 2, &error));
        assert_string_equal(modules[0].loaded, texts[i]);
        assert_string_equal(modules[1].loaded, "some pears");
        // Written again, with one part and the other section kept, the bytes are the same.
        buf_init(&again);
        modules[0].text = modules[0].loaded;
        assert_true(state_save(&state, parts, 1, &again, &error));
        assert_true(str_equal(buf_str(&bytes), buf_str(&again)));
        buf_done(&again);
        buf_done(&bytes);
    }
}

static void a_section_that_is_absent_changes_nothing(void **state_of_test)
{
    (void)state_of_test;
    struct buf bytes;
    struct state state;
    struct error error;
    struct module module = {.loaded = "as it was"};
    struct state_part part = {&apples, &module};
    buf_init(&bytes);
    assert_true(state_save(NULL, NULL, 0, &bytes, &error));
    assert_int_equal(bytes.len, 32);
    assert_true(state_read(&state, buf_str(&bytes), &error));
    assert_int_equal(state.count, 0);
    assert_true(state_load(&state, &part, 1, &error));
    assert_string_equal(module.loaded, "as it was");
    buf_done(&bytes);
}

static void any_wrong_byte_is_refused(void **state_of_test)
{
    (void)state_of_test;
    struct buf bytes = write_two("five and", "nine"); // with and without padding
    struct state state;
    for (size_t at = 0; at < bytes.len; at++) {
        for (int bit = 0; bit < 8; bit++) {
            struct error error = {.text = ""};
            bytes.at[at] ^= (char)(1 << bit);
            assert_false(state_read(&state, buf_str(&bytes), &error));
            assert_true(error.text[0] != 0);
            bytes.at[at] ^= (char)(1 << bit);
        }
    }
    for (size_t len = 0; len < bytes.len; len++) {
        // A block of exactly this size, so that reading past the end is found.
        char *cut = malloc(len ? len : 1);
        memcpy(cut, bytes.at, len);
        assert_false(state_read(&state, str_of(cut, len), NULL));
        free(cut);
    }
    buf_add_char(&bytes, 0);
    assert_false(state_read(&state, buf_str(&bytes), NULL));
    buf_done(&bytes);
}

// A file whose checksums are right and that ends where the zeros behind a section should be.
static void a_section_needs_its_padding(void **state_of_test)
{
    (void)state_of_test;
    struct buf bytes = write_two("a", "p");
    size_t len = bytes.len - 5;
    char *cut = malloc(len);
    struct state state;
    memcpy(cut, bytes.at, len);
    uint64_t length = htole64(len);
    memcpy(cut + 16, &length, 8);
    uint64_t checksum = htole64(hash_bytes(cut, 24, 0));
    memcpy(cut + 24, &checksum, 8);
    struct error error;
    assert_false(state_read(&state, str_of(cut, len), &error));
    assert_non_null(strstr(error.text, "a section is longer than the file"));
    free(cut);
    buf_done(&bytes);
}

static void other_versions_are_refused_with_advice(void **state_of_test)
{
    (void)state_of_test;
    struct buf bytes = write_two("a", "p");
    struct state state;
    struct error error;
    struct module module = {0};
    struct state_part newer = {&newer_pears, &module}, older = {&older_pears, &module};
    assert_true(state_read(&state, buf_str(&bytes), &error));
    assert_false(state_load(&state, &newer, 1, &error));
    assert_string_equal(error.text,
                        "section pears-2_x: it is of version 7, this program reads version 8: "
                        "remove the state file and learn again from the exports");
    assert_false(state_load(&state, &older, 1, &error));
    assert_string_equal(error.text,
                        "section pears-2_x: it is of version 7, this program reads version 6: "
                        "use the newer program that wrote it, or another state file");
    // The version of the container stands where it will always stand.
    bytes.at[8] = 2;
    assert_false(state_read(&state, buf_str(&bytes), &error));
    assert_non_null(
        strstr(error.text, "it is of version 2, this program reads version 1: use the"));
    assert_false(state_read(&state, S("{\"not\": \"a state file\"}"), &error));
    assert_string_equal(error.text, "this is no state file of Stormglass");
    buf_done(&bytes);
}

static void a_module_may_refuse_its_section(void **state_of_test)
{
    (void)state_of_test;
    struct buf bytes =
        write_two("far too long for the little room that the module of this test has", "");
    struct state state;
    struct error error;
    struct module module = {0};
    struct state_part part = {&apples, &module};
    assert_true(state_read(&state, buf_str(&bytes), &error));
    assert_false(state_load(&state, &part, 1, &error));
    assert_string_equal(error.text, "section apples: too long for me");
    buf_done(&bytes);
}

static void there_is_room_for_64_sections(void **state_of_test)
{
    (void)state_of_test;
    static char names[STATE_SECTIONS_LIMIT + 1][STATE_NAME_SIZE];
    static struct state_section sections[STATE_SECTIONS_LIMIT + 1];
    static struct state_part parts[STATE_SECTIONS_LIMIT + 1];
    struct module module = {.text = "content"};
    struct buf bytes;
    struct state state;
    struct error error;
    buf_init(&bytes);
    for (int i = 0; i <= STATE_SECTIONS_LIMIT; i++) {
        snprintf(names[i], sizeof names[i], "section-%d", i);
        sections[i] = (struct state_section){names[i], 1, save, load};
        parts[i] = (struct state_part){&sections[i], &module};
    }
    assert_false(state_save(NULL, parts, STATE_SECTIONS_LIMIT + 1, &bytes, &error));
    assert_true(state_save(NULL, parts, STATE_SECTIONS_LIMIT, &bytes, &error));
    assert_true(state_read(&state, buf_str(&bytes), &error));
    assert_int_equal(state.count, STATE_SECTIONS_LIMIT);
    // One more than those that are kept.
    struct buf more;
    buf_init(&more);
    assert_false(state_save(&state, &parts[STATE_SECTIONS_LIMIT], 1, &more, &error));
    assert_true(state_save(&state, parts, 1, &more, &error));
    assert_true(str_equal(buf_str(&more), buf_str(&bytes)));
    buf_done(&more);
    buf_done(&bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_goes_in_comes_out),
        cmocka_unit_test(a_section_that_is_absent_changes_nothing),
        cmocka_unit_test(any_wrong_byte_is_refused),
        cmocka_unit_test(a_section_needs_its_padding),
        cmocka_unit_test(other_versions_are_refused_with_advice),
        cmocka_unit_test(a_module_may_refuse_its_section),
        cmocka_unit_test(there_is_room_for_64_sections),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
