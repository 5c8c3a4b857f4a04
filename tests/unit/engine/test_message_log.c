// Records that name one message are found again by its id, whichever log they are in.
// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>

#include "engine/message_log.h"
#include "support/sample.h"

static uint64_t position_of(uint32_t input, uint64_t offset)
{
    return (uint64_t)input << 44 | offset;
}

static void add(struct message_log *log, const char *items, uint32_t input, uint64_t offset)
{
    struct sample sample;
    char text[512];
    snprintf(text, sizeof text,
             "{\"CreationTime\":\"2026-11-16T08:00:00\",\"Operation\":\"MailItemsAccessed\","
             "\"RecordType\":50,\"Workload\":\"Exchange\",\"Folders\":[{\"FolderItems\":[%s]}]}",
             items);
    sample_init(&sample, str_from(text));
    message_log_add(log, &sample.slots, position_of(input, offset));
    sample_done(&sample);
}

static size_t find(const struct message_log *a, const struct message_log *b, const char *id,
                   uint64_t **positions)
{
    const struct message_log *logs[] = {a, b};
    struct message_tags tags = {0};
    size_t count = 99;
    if (id)
        message_tags_add(&tags, str_from(id));
    assert_true(message_log_find(logs, 2, &tags, positions, &count));
    message_tags_done(&tags);
    return count;
}

#define ONE "{\"InternetMessageId\":\" <1@contoso.example> \"}"
#define TWO "{\"InternetMessageId\":\"<2@contoso.example>\"}"

static void records_of_one_message_are_found_in_order_of_place(void **state)
{
    (void)state;
    struct message_log a = {0}, b = {0};
    uint64_t *positions;
    add(&a, ONE, 0, 700);
    add(&a, TWO, 0, 900);
    add(&a, ONE, 5, 3);
    add(&a, ONE, 0, 100); // an input that comes back
    add(&b, ONE, 4, (UINT64_C(1) << 44) - 1);
    add(&b, ONE ", " TWO, 4, 50); // says of neither what is its
    add(&b, "", 4, 60);
    assert_int_equal(find(&a, &b, "<1@contoso.example>", &positions), 4);
    assert_int_equal(positions[0], position_of(0, 100));
    assert_int_equal(positions[1], position_of(0, 700));
    assert_int_equal(positions[2], position_of(4, (UINT64_C(1) << 44) - 1));
    assert_int_equal(positions[3], position_of(5, 3));
    free(positions);
    assert_int_equal(find(&a, &b, "<3@contoso.example>", &positions), 0);
    assert_null(positions);
    assert_int_equal(find(&a, &b, NULL, &positions), 0);
    assert_null(positions);
    message_log_done(&a);
    message_log_done(&b);
}

static void a_full_log_cannot_tell(void **state)
{
    (void)state;
    struct message_log log = {.count = MESSAGE_LOG_LIMIT};
    const struct message_log *logs[] = {&log};
    struct message_tags tags = {0};
    uint64_t *positions = NULL;
    size_t count;
    add(&log, ONE, 0, 1);
    assert_false(message_log_find(logs, 1, &tags, &positions, &count));
    message_log_done(&log);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(records_of_one_message_are_found_in_order_of_place),
        cmocka_unit_test(a_full_log_cannot_tell),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
