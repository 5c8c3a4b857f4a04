// Accesses whose records an earlier run read: what was kept of them comes back, the rest is said to be missing.
// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/buf.h"
#include "support/investigation.h"

#define ALICE "alice@contoso.example"

#define LIFE                                                                                       \
    "set alice user=alice@contoso.example object=#alice address=203.0.113.7 asn=64500\n"           \
    "set away address=198.51.100.9 asn=64999\n"                                                    \
    "d1..26w 08:00,12:00 sign_in +alice\n"                                                         \
    "d15 03:00 mail_access +alice +away\n"                                                         \
    "d15 03:10 mail_access +alice +away count=4\n"                                                 \
    "d15 03:20 mail_access +alice +away sync\n"                                                    \
    "d15 03:30 mail_access +alice +away\n"

#define FOUND "high a d15/03:00 d15/04:00 user=alice@contoso.example ip=198.51.100.9 session=#s\n"

static int64_t moment(const char *text)
{
    return scenario_moment(str_from(text));
}

static uint64_t identity_at(const struct investigation *in, const char *text)
{
    for (size_t i = 0; i < in->scenario.count; i++)
        if (in->scenario.activities[i].time == moment(text) &&
            in->scenario.activities[i].kind == ACTIVITY_MAIL_ACCESS)
            return in->scenario.activities[i].identity;
    fail_msg("nothing at %s", text);
    return 0;
}

// All accesses but the last were read by an earlier run.
static void open_kept(struct investigation *in)
{
    investigation_open(in, LIFE, FOUND);
    for (size_t i = 0; i < in->scenario.count; i++)
        if (in->scenario.activities[i].kind == ACTIVITY_MAIL_ACCESS &&
            in->scenario.activities[i].time != moment("d15/03:30"))
            in->scenario.activities[i].position = POSITION_KEPT;
    investigation_link(in);
    investigation_look(in);
}

static void give(struct investigation *in, const char *text, bool is_sync, const char *id,
                 const char *folder)
{
    struct scope_item item = {
        .id = str_from(id), .subject = S("Offer"), .folder = str_from(folder), .bytes = 99};
    struct scope_reading reading = {.identity = identity_at(in, text),
                                    .record = S("earlier"),
                                    .is_sync = is_sync,
                                    .items = &item,
                                    .count = 1};
    scope_again(in->scope, &reading);
}

static void what_was_kept_comes_back(void **state)
{
    (void)state;
    struct investigation in;
    open_kept(&in);
    assert_true(scope_wants_time(in.scope, moment("d15/03:00"), moment("d15/03:00")));
    assert_false(scope_wants_time(in.scope, moment("d15/03:21"), moment("d15/04:00")));
    give(&in, "d15/03:00", false, "<a@x>", "\\Inbox");
    give(&in, "d15/03:10", false, "<b@x>", "\\Sent");
    give(&in, "d15/03:20", true, "", "\\Deleted");
    give(&in, "d15/03:10", false, "<b@x>", "\\Sent"); // as often as one likes
    assert_false(scope_wants_time(in.scope, moment("d15/03:00"), moment("d15/04:00")));
    scope_add_found(in.scope, &(struct scope_found){S("<b@x>"), S("Other"), S("bob@x")});
    investigation_finish(&in);
    const struct incident_mailbox *box = investigation_mailbox(&in, 0, ALICE);
    assert_non_null(box);
    assert_int_equal(box->accesses, 4);
    assert_int_equal(box->read_count, 2);
    assert_int_equal(box->presumed_count, 1);
    assert_int_equal(box->unknown_count, 0);
    assert_int_equal(in.incidents.items[0].gap_count, 0);
    const struct incident_message *message = investigation_message(box, "<b@x>");
    assert_non_null(message);
    assert_true(str_is(message->record, "earlier") && str_is(message->folder, "\\Sent"));
    assert_true(str_is(message->subject, "Offer")); // what the read's own record says holds
    assert_true(str_is(message->sender, "bob@x"));
    assert_int_equal(message->bytes, 99);
    investigation_done(&in);
}

static void what_is_missing_is_said(void **state)
{
    (void)state;
    struct investigation in;
    open_kept(&in);
    give(&in, "d15/03:00", false, "<a@x>", "\\Inbox");
    investigation_finish(&in);
    const struct incident_mailbox *box = investigation_mailbox(&in, 0, ALICE);
    assert_int_equal(box->accesses, 4);
    assert_int_equal(box->read_count, 1);
    assert_true(box->least >= 1 + 4); // what is not named is counted all the same
    assert_int_equal(box->unknown_count, 1);
    assert_true(box->unknown[0].from == moment("d15/03:10"));
    assert_true(box->unknown[0].to == moment("d15/03:20"));
    assert_int_equal(in.incidents.items[0].gap_count, 1);
    const struct incident_gap *gap = &in.incidents.items[0].gaps[0];
    assert_true(str_contains_fold(gap->what, S(ALICE)));
    assert_true(str_contains_fold(gap->why, S("2 accesses")));
    assert_true(str_contains_fold(gap->how, S("--state")));
    investigation_done(&in);
}

struct handed {
    unsigned readings, found;
};

static void on_reading(void *context, int64_t time, const struct scope_reading *reading)
{
    struct handed *handed = context;
    assert_true(time == moment("d15/03:30") && reading->count == 1);
    assert_true(str_is(reading->items[0].id, "<c@x>"));
    handed->readings++;
}

static void on_found(void *context, int64_t time, const struct scope_found *found)
{
    struct handed *handed = context;
    assert_true(time == moment("d15/03:30") && str_is(found->sender, "bob@x"));
    handed->found++;
}

// What this run reads of attackers' records is handed out, to be kept.
static void what_is_read_is_handed_out(void **state)
{
    (void)state;
    struct investigation in;
    struct handed handed = {0};
    open_kept(&in);
    scope_keep(in.scope, &(struct scope_keeper){on_reading, on_found, &handed});
    investigation_record(&in, "d15/03:30", "now",
                         S("{\"Folders\":[{\"Path\":\"\\\\Inbox\",\"FolderItems\":["
                           "{\"InternetMessageId\":\"<c@x>\"}]}]}"));
    scope_add_found(in.scope, &(struct scope_found){S("<c@x>"), S("Offer"), S("bob@x")});
    investigation_finish(&in);
    assert_int_equal(handed.readings, 1);
    assert_int_equal(handed.found, 1);
    investigation_done(&in);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_kept_comes_back),
        cmocka_unit_test(what_is_missing_is_said),
        cmocka_unit_test(what_is_read_is_handed_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
