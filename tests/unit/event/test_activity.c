// Activities: identifiers, tokens, threads, and the limits of texts.
// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>

#include "base/encode.h"
#include "base/hash.h"
#include "support/activities.h"

#define GUID "2073a52e-c2d6-40b2-bbe0-3977b5e73600"
#define UTI "LqVzINbCskC74Dl3tec2AA"

struct reading {
    struct intern texts;
    struct activity activity;
};

static int begin(void **state)
{
    static struct reading reading;
    reading = (struct reading){0};
    activity_texts_init(&reading.texts);
    *state = &reading;
    return 0;
}

static int end(void **state)
{
    struct reading *reading = *state;
    intern_done(&reading->texts);
    return 0;
}

static const struct activity *read_mail(struct reading *reading, const char *operation,
                                        const char *rest)
{
    struct buf record;
    buf_init(&record);
    buf_print(&record, "{'Operation':'%s','RecordType':2,'Workload':'Exchange','UserId':'a@x'%s}",
              operation, rest);
    buf_add_char(&record, 0);
    activity_of(record.at, &reading->texts, &reading->activity);
    buf_done(&record);
    return &reading->activity;
}

static struct str text_of(const struct reading *reading, uint32_t symbol)
{
    return intern_text(&reading->texts, symbol);
}

static void ids_come_back_as_they_were(void **state)
{
    static const struct {
        const char *id;
        bool is_guid, has_text;
    } cases[] = {{GUID, true, false},
                 {GUID "/a.recipient@Contoso.Example", true, true},
                 {GUID "0", true, true},
                 {"2073A52E-C2D6-40B2-BBE0-3977B5E73600", false, true},
                 {"2073a52e-c2d6-40b2-bbe0-3977b5e7360F", false, true},
                 {"2073a52e-c2d6-40b2-bbe0-3977b5e7360F/a.recipient@contoso.example", false, true},
                 {"{" GUID "}", false, true},
                 {"00000000-0000-0000-0000-000000000000", true, false},
                 {"2073a52e-c2d6-40b2-bbe0-3977b5e7360", false, true},
                 {"Directory_9cee9603-0000-4000-8000-000000000001_1261B_1", false, true},
                 {UTI, false, true}};
    struct reading *reading = *state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char rest[128], text[ACTIVITY_ID_SIZE];
        snprintf(rest, sizeof rest, ",'Id':'%s'", cases[i].id);
        const struct activity *a = read_mail(reading, "Send", rest);
        struct str id = activity_id(a, &reading->texts, text);
        assert_true(str_is(id, cases[i].id));
        assert_int_equal(!!(a->flags & ACTIVITY_HAS_GUID), cases[i].is_guid);
        assert_int_equal(a->id_text != 0, cases[i].has_text);
    }
    char text[ACTIVITY_ID_SIZE];
    const struct activity *a = read_mail(reading, "Send", "");
    assert_int_equal(activity_id(a, &reading->texts, text).len, 0);
}

static void tokens_of_both_spellings_are_one(void **state)
{
    uint8_t one[16], other[16];
    (void)state;
    assert_true(token_parse(S(UTI), one));
    assert_true(token_parse(S(GUID), other));
    assert_memory_equal(one, other, 16);
    assert_true(token_parse(S("2073A52E-C2D6-40B2-BBE0-3977B5E73600"), other));
    assert_memory_equal(one, other, 16);
    static const char *const none[] = {"",
                                       "LqVzINbCskC74Dl3tec2A",
                                       "LqVzINbCskC74Dl3tec2AAA",
                                       "LqVzINbCskC74Dl3tec2A=",
                                       "LqVzINbCskC74Dl3tec2A!",
                                       "LqVzINbCskC74Dl3tec2AB", // bits left over
                                       "2073a52e-c2d6-40b2-bbe0-3977b5e7360g"};
    for (size_t i = 0; i < sizeof none / sizeof none[0]; i++)
        if (token_parse(str_from(none[i]), one))
            fail_msg("'%s' is no token", none[i]);
    assert_true(token_parse(S("LQVzINbCskC74Dl3tec2AA"), one)); // the case of letters matters
    assert_true(memcmp(one, other, 16) != 0);
}

// The mail record's token, the sign-in that gave it out and the same sign-in in the audit log.
static void a_token_is_the_request_that_gave_it(void **state)
{
    struct reading *reading = *state;
    static const char *const records[] = {
        "{'Operation':'MailItemsAccessed','RecordType':50,'Workload':'Exchange','UserId':'a@x',"
        "'AppAccessContext':{'UniqueTokenId':'" UTI "'}}",
        "{'id':'" GUID
        "','createdDateTime':'2026-03-02T08:58:11Z','appDisplayName':'x','ipAddress':"
        "'192.0.2.1','userPrincipalName':'a@x'}",
        "{'id':'a8c3d1f0-1b2c-4d5e-8f90-a1b2c3d4e501','createdDateTime':'2026-03-02T08:58:11Z',"
        "'appDisplayName':'x','ipAddress':'192.0.2.1','userPrincipalName':'a@x',"
        "'uniqueTokenIdentifier':'" UTI "'}",
        "{'Operation':'UserLoggedIn','RecordType':15,'Workload':'AzureActiveDirectory','Id':"
        "'2073A52E-c2d6-40b2-bbe0-3977b5e73600','UserId':'a@x'}",
        "{'Operation':'UserLoggedIn','RecordType':15,'Workload':'AzureActiveDirectory','Id':"
        "'a8c3d1f0-1b2c-4d5e-8f90-a1b2c3d4e501','IntraSystemId':'" GUID "','UserId':'a@x'}",
        "{'RequestId':'c0ffee00-0000-4000-8000-000000000001','RequestMethod':'GET','RequestUri':"
        "'https://graph.microsoft.com/v1.0/me','SignInActivityId':'" UTI "','AppId':'x'}"};
    uint8_t wanted[16];
    assert_true(guid_parse(S(GUID), wanted));
    for (size_t i = 0; i < sizeof records / sizeof records[0]; i++) {
        activity_of(records[i], &reading->texts, &reading->activity);
        assert_true(reading->activity.flags & ACTIVITY_HAS_TOKEN);
        assert_memory_equal(reading->activity.token, wanted, 16);
    }
}

// A mail record without a token identifier has no token, whatever its Id.
static void a_mail_records_own_id_is_no_token(void **state)
{
    const struct activity *a = read_mail(*state, "Send", ",'Id':'" GUID "'");
    assert_int_equal(a->flags & (ACTIVITY_HAS_TOKEN | ACTIVITY_HAS_BAD_TOKEN), 0);
}

static uint64_t thread_of_subject(struct reading *reading, const char *subject)
{
    char rest[256];
    snprintf(rest, sizeof rest, ",'Item':{'Subject':'%s'}", subject);
    return read_mail(reading, "Send", rest)->thread;
}

static void answers_are_of_one_thread(void **state)
{
    static const char *const same[] = {"Re: Invoice",        "AW: invoice", "Re: AW: INVOICE",
                                       "FW:Fwd:wg: Invoice", " Invoice ",   "  Re:  Invoice",
                                       "re:Invoice"};
    static const char *const others[] = {"Invoice 2",  "Invoices", "Note: Invoice",
                                         "Re Invoice", "Re:",      "RE: ",
                                         "",           ":",        ": Invoice"};
    struct reading *reading = *state;
    uint64_t thread = thread_of_subject(reading, "Invoice");
    assert_true(thread != 0);
    for (size_t i = 0; i < sizeof same / sizeof same[0]; i++)
        if (thread_of_subject(reading, same[i]) != thread)
            fail_msg("'%s' is another thread", same[i]);
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        if (thread_of_subject(reading, others[i]) == thread)
            fail_msg("'%s' is the same thread", others[i]);
    assert_int_equal(thread_of_subject(reading, "Re:"), 0);
    assert_int_equal(thread_of_subject(reading, ""), 0);
    assert_int_equal(read_mail(reading, "Set-Mailbox", ",'Item':{'Subject':'x'}")->thread, 0);
}

static void addresses_are_spelt_one_way(void **state)
{
    static const struct {
        const char *text, *wanted;
    } cases[] = {{"203.0.113.7", "203.0.113.7"},
                 {" 203.0.113.7:443 ", "203.0.113.7"},
                 {"::ffff:203.0.113.7", "203.0.113.7"},
                 {"[::ffff:203.0.113.7]:51000", "203.0.113.7"},
                 {"2001:0DB8:0:0::24", "2001:db8::24"},
                 {"[2001:db8::24]", "2001:db8::24"},
                 {"[2001:db8::24]:28491", "2001:db8::24"},
                 {"fe80::1%eth0", "fe80::1"},
                 {"<null>", ""},
                 {"203.0.113.7:99999", ""},
                 {"203.0.113.07", ""},
                 {"host.example", ""}};
    struct reading *reading = *state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char rest[128];
        snprintf(rest, sizeof rest, ",'ClientIPAddress':'%s'", cases[i].text);
        const struct activity *a = read_mail(reading, "Send", rest);
        assert_true(str_is(text_of(reading, a->address), cases[i].wanted));
    }
}

static void sessions_are_one_symbol_in_both_cases(void **state)
{
    struct reading *reading = *state;
    uint32_t lower = read_mail(reading, "Send", ",'SessionId':'" GUID "'")->session;
    assert_int_equal(
        read_mail(reading, "Send", ",'SessionId':'2073A52E-C2D6-40B2-BBE0-3977B5E73600'")->session,
        lower);
    const struct activity *a = read_mail(reading, "Send", ",'SessionId':'Not-A-Guid'");
    assert_true(str_is(text_of(reading, a->session), "Not-A-Guid"));
}

static void counts_have_bounds(void **state)
{
    static const struct {
        const char *rest;
        uint32_t count;
    } cases[] = {{"", 1},
                 {",'OperationCount':0", 1},
                 {",'OperationCount':-5", 1},
                 {",'OperationCount':'17'", 17},
                 {",'OperationCount':4294967294", 4294967294u},
                 {",'OperationCount':4294967296", UINT32_MAX},
                 {",'OperationCount':9223372036854775807", UINT32_MAX},
                 {",'OperationCount':'many'", 1}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_int_equal(read_mail(*state, "MailItemsAccessed", cases[i].rest)->count,
                         cases[i].count);
    assert_int_equal(read_mail(*state, "Send", ",'OperationCount':3")->count, 1);
    assert_int_equal(read_mail(*state, "Send", ",'LogonType':99")->logon_type, -1);
}

// Texts around the limit, of one letter and of letters of several bytes, which are not cut in two.
static void long_texts_are_cut(void **state)
{
    static const struct {
        const char *letter;
        size_t count, wanted;
    } cases[] = {{"a", ACTIVITY_TEXT_LIMIT - 1, ACTIVITY_TEXT_LIMIT - 1},
                 {"A", ACTIVITY_TEXT_LIMIT, ACTIVITY_TEXT_LIMIT},
                 {"A", ACTIVITY_TEXT_LIMIT + 1, ACTIVITY_TEXT_LIMIT},
                 {"a", 100000, ACTIVITY_TEXT_LIMIT},
                 {"\xc3\xa4", ACTIVITY_TEXT_LIMIT, ACTIVITY_TEXT_LIMIT},
                 {"\xe2\x82\xac", ACTIVITY_TEXT_LIMIT, ACTIVITY_TEXT_LIMIT - 2},
                 {"\xf0\x9f\x94\x91", ACTIVITY_TEXT_LIMIT, ACTIVITY_TEXT_LIMIT}};
    struct reading *reading = *state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct buf rest;
        buf_init(&rest);
        buf_add(&rest, S(",'Id':'"));
        for (int part = 0; part < 3; part++) {
            for (size_t k = 0; k < cases[i].count; k++)
                buf_add(&rest, str_from(cases[i].letter));
            buf_add(&rest, part == 0 ? S("','MailboxOwnerUPN':'") : S("','Item':{'Subject':'"));
            if (part == 1)
                part = 2;
        }
        for (size_t k = 0; k < cases[i].count; k++)
            buf_add(&rest, str_from(cases[i].letter));
        buf_add(&rest, S("'}"));
        buf_add_char(&rest, 0);
        const struct activity *a = read_mail(reading, "Send", rest.at);
        buf_done(&rest);
        struct str texts[] = {text_of(reading, a->id_text), text_of(reading, a->mailbox),
                              text_of(reading, a->detail)};
        for (size_t k = 0; k < 3; k++) {
            assert_int_equal(texts[k].len, cases[i].wanted);
            assert_true(utf8_is_valid(texts[k]));
        }
    }
}

static void the_event_is_named_in_the_activity(void **state)
{
    struct reading *reading = *state;
    struct sample sample;
    sample_init(&sample, S("{\"Operation\":\"Send\",\"Workload\":\"Exchange\",\"RecordType\":2}"));
    sample.event.identity = 0x1234567890abcdefu;
    sample.event.position = UINT64_MAX - 1;
    activity_read(&sample.event, &sample.slots, &reading->texts, &reading->activity);
    assert_true(reading->activity.identity == 0x1234567890abcdefu);
    assert_true(reading->activity.position == UINT64_MAX - 1);
    assert_true(reading->activity.time == INSTANT_NONE);
    assert_true(reading->activity.issued_at == INSTANT_NONE);
    assert_int_equal(reading->activity.source, SOURCE_M365_AUDIT);
    sample_done(&sample);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
    const struct CMUnitTest tests[] = {TEST(ids_come_back_as_they_were),
                                       TEST(tokens_of_both_spellings_are_one),
                                       TEST(a_token_is_the_request_that_gave_it),
                                       TEST(a_mail_records_own_id_is_no_token),
                                       TEST(answers_are_of_one_thread),
                                       TEST(addresses_are_spelt_one_way),
                                       TEST(sessions_are_one_symbol_in_both_cases),
                                       TEST(counts_have_bounds),
                                       TEST(long_texts_are_cut),
                                       TEST(the_event_is_named_in_the_activity)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
