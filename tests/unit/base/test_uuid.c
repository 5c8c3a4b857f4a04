// UUIDs of names are those that everybody else computes.
// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/encode.h"
#include "base/uuid.h"

static void names_have_the_uuids_that_others_compute(void **state)
{
    (void)state;
    // The first is in RFC 9562 (A.4); the others are Python's uuid.uuid5.
    static const struct {
        const char *space;
        struct str name;
        const char *uuid;
    } rows[] = {
        {"6ba7b810-9dad-11d1-80b4-00c04fd430c8", STR("www.example.com"),
         "2ed6657d-e927-568b-95e1-2665a8aea6a2"},
        {"00abedb4-aa42-466c-9c01-fed23315a9b7", STR("{\"value\":\"203.0.113.77\"}"),
         "7413ddce-a9e8-55d7-b915-129c50abc215"},
        {"00abedb4-aa42-466c-9c01-fed23315a9b7", STR(""), "541cb4a8-fbf0-5832-816e-d17fd10b36c4"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        uint8_t space[16];
        char text[UUID_SIZE];
        assert_true(guid_parse(str_from(rows[i].space), space));
        assert_string_equal(uuid_of_name(space, rows[i].name, text), rows[i].uuid);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_have_the_uuids_that_others_compute),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
