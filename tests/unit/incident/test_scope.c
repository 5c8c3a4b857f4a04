// Whose accesses they were, and which messages they prove or make likely to have been read.
// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/encode.h"
#include "support/investigation.h"

#define ALICE "alice@contoso.example"
#define BOB "bob@contoso.example"
#define APP "77777777-0000-4000-8000-000000000001"
#define OUTLOOK "27922004-5251-4030-b22d-91ecd9a37ea4"
#define ITEMS 100000

// Alice and Bob work at home. On the fifteenth day someone is there.
#define LIFE                                                                                       \
    "set alice user=alice@contoso.example object=#alice address=203.0.113.7 asn=64500\n"           \
    "set bob user=bob@contoso.example object=#bob address=192.0.2.20 asn=64501\n"                  \
    "set away address=198.51.100.9 asn=64999\n"                                                    \
    "d1..26w 08:00,12:00 sign_in +alice\n"                                                         \
    "d1..26w 08:10,12:10 sign_in +bob\n"

#define FOUND "high a d15/03:00 d15/04:00 user=alice@contoso.example ip=198.51.100.9 session=#s\n"

static uint64_t accesses_of(const struct investigation *in, const char *mailbox)
{
    const struct incident_mailbox *box = investigation_mailbox(in, 0, mailbox);
    return box ? box->accesses : 0;
}

static void open_and_look(struct investigation *in, const char *life, const char *findings)
{
    investigation_open(in, life, findings);
    investigation_link(in);
    investigation_look(in);
}

// The text of the token that a scenario calls so.
static void token_text(const char *name, char text[23])
{
    char guid[37];
    uint8_t bytes[16];
    scenario_guid(str_from(name), guid);
    assert_true(guid_parse(str_of(guid, 36), bytes));
    guid_to_uti(bytes, text);
}

// ---- whose accesses ---------------------------------------------------------------------------

static void what_marks_an_access_as_the_attackers(void **state)
{
    static const struct {
        const char *what, *life, *findings;
        unsigned alice, bob;
    } cases[] = {
        {"the address", "d15 03:00 mail_access +alice +away\n", FOUND, 1, 0},
        {"the address, in another mailbox", "d15 03:00 mail_access +bob +away\n", FOUND, 0, 1},
        {"the session, from another address",
         "d15 03:00 mail_access +alice address=198.51.100.77 session=#s\n", FOUND, 1, 0},
        {"the token", "d15 03:00 mail_access +alice address=198.51.100.77 token=#t\n",
         "high a d15/03:00 d15/04:00 ip=198.51.100.9 token=TOKEN", 1, 0},
        {"an application of their own, from anywhere",
         "d15 03:00 mail_access +alice client_app=" APP "\n",
         "high a d15/03:00 d15/04:00 client_app=" APP, 1, 0},
        {"by one thing only once", "d15 03:00 mail_access +alice +away session=#s\n", FOUND, 1, 0},
        {"two days before and after",
         "d13 03:00 mail_access +alice +away\n"
         "d17 04:00 mail_access +alice +away\n",
         FOUND, 2, 0},
        {"no longer", "d13 02:59 mail_access +alice +away\nd17 04:01 mail_access +alice +away\n",
         FOUND, 0, 0},
        {"nothing of it",
         "d15 03:00 mail_access +alice\nd15 03:00 mail_access +bob session=#other\n", FOUND, 0, 0},
        {"not the provider's machinery", "d15 03:00 mail_access +alice +away actor=provider\n",
         FOUND, 0, 0},
        {"not what failed", "d15 03:00 mail_access +alice +away outcome=failure\n", FOUND, 0, 0},
        {"not the owner's own place, though the session is stolen",
         "d15 03:00 mail_access +alice session=#s\n", FOUND, 0, 0},
        {"nor another address of the owner's network",
         "d15 03:00 mail_access +alice session=#s address=203.0.113.200\n"
         "d10 03:00 sign_in +alice address=203.0.113.200\n",
         FOUND, 0, 0},
        {"but the owner's place of another",
         "d15 03:00 mail_access +bob address=203.0.113.7 session=#s\n", FOUND, 0, 1},
        {"a place the owner signed in from during the attack only",
         "d15 03:00 mail_access +alice +away\nd15 02:50 sign_in +alice +away\n", FOUND, 1, 0},
        {"undated findings have no time near which anything is",
         "d15 03:00 mail_access +alice +away session=#s\n", "critical a - - session=#s", 0, 0},
        {"a program that few use, though the owner is one of them",
         "d1..26w 09:00 mail_access +alice app=" OUTLOOK
         "\nd15 03:00 mail_access +alice +away app=" OUTLOOK "\n",
         "high a d15/03:00 d15/04:00 ip=198.51.100.9 app=" OUTLOOK, 1, 0},
        {"and one that he has just begun to use", "d15 08:30 mail_access +alice app=" OUTLOOK "\n",
         "high a d15/03:00 d15/04:00 ip=198.51.100.9 app=" OUTLOOK, 0, 0},
        {"nor another's use of it", "d1..26w 09:00 mail_access +bob app=" OUTLOOK "\n",
         "high a d15/03:00 d15/04:00 ip=198.51.100.9 app=" OUTLOOK, 0, 0},
        {"what a rule matched at home", "d15 03:00 mail_access +alice\n",
         FOUND "critical rule:b d15/03:00 d15/03:10 user=" ALICE " ip=203.0.113.7 session=#s", 0,
         0},
        {"what a weak finding names", "d15 03:00 mail_access +bob address=198.51.100.77\n",
         FOUND "low b d15/03:00 d15/03:10 ip=198.51.100.77 session=#s", 0, 0},
    };
    char token[23];
    unsigned wrong = 0;
    (void)state;
    token_text("#t", token);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct investigation in;
        struct buf life, findings;
        buf_init(&life);
        buf_init(&findings);
        buf_print(&life, "%s%s", LIFE, cases[i].life);
        buf_add_char(&life, 0);
        struct str rest = str_from(cases[i].findings);
        const char *at = strstr(cases[i].findings, "TOKEN");
        if (at)
            buf_print(&findings, "%.*s%s", (int)(at - rest.at), rest.at, token);
        else
            buf_add(&findings, rest);
        buf_add_char(&findings, 0);
        open_and_look(&in, life.at, findings.at);
        investigation_finish(&in);
        unsigned alice = (unsigned)accesses_of(&in, ALICE), bob = (unsigned)accesses_of(&in, BOB);
        if (alice != cases[i].alice || bob != cases[i].bob) {
            print_message("  %s: %u of Alice, %u of Bob\n", cases[i].what, alice, bob);
            wrong++;
        }
        investigation_done(&in);
        buf_done(&life);
        buf_done(&findings);
    }
    assert_int_equal(wrong, 0);
}

// An export of the days around an attack has no history to tell whose place it was. A stolen session from where
// the owner signed in the day before is the owner's then; an address of the findings is the attacker's.
static void in_a_short_export_a_stolen_session_at_home_is_the_owners(void **state)
{
    static const struct {
        const char *what, *life;
        unsigned accesses;
    } cases[] = {
        {"at home", "d14 08:00 sign_in +alice\nd15 09:00 mail_access +alice session=#s\n", 0},
        {"away", "d14 08:00 sign_in +alice\nd15 09:00 mail_access +alice +away session=#s\n", 1},
        {"away, with a sign-in the day before",
         "d14 08:00 sign_in +alice\nd14 23:00 sign_in +alice +away\n"
         "d15 09:00 mail_access +alice +away session=#s\n",
         1},
        {"from nowhere known",
         "d14 08:00 sign_in +alice\nd15 09:00 mail_access +alice address=198.18.0.1 session=#s\n",
         1},
        {"where there is history, the days next to the attack count for nothing",
         "d1..9 08:00 sign_in +alice\nd14 08:00 sign_in +bob user=" ALICE "\n"
         "d15 09:00 mail_access +alice address=192.0.2.20 session=#s\n",
         1},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct investigation in;
        char life[1024];
        snprintf(life, sizeof life, "%s%s",
                 "set alice user=" ALICE " object=#alice address=203.0.113.7 asn=64500\n"
                 "set bob user=" BOB " address=192.0.2.20 asn=64501\n"
                 "set away address=198.51.100.9 asn=64999\n",
                 cases[i].life);
        open_and_look(&in, life, FOUND);
        investigation_finish(&in);
        if (accesses_of(&in, ALICE) != cases[i].accesses)
            fail_msg("%s", cases[i].what);
        investigation_done(&in);
    }
}

static void accesses_widen_the_incident_and_other_actions_are_counted(void **state)
{
    struct investigation in;
    (void)state;
    open_and_look(&in,
                  LIFE "d14 23:00 mail_access +alice +away count=2\n"
                       "d15 05:00 mail_access +alice +away count=3 sync\n"
                       "d15 03:30 mail_rule +alice +away\nd15 03:31 mail_send +alice +away\n",
                  FOUND);
    investigation_finish(&in);
    const struct incident *incident = &in.incidents.items[0];
    const struct incident_mailbox *box = investigation_mailbox(&in, 0, ALICE);
    assert_int_equal(incident->first, scenario_moment(S("d14/23:00")));
    assert_int_equal(incident->last, scenario_moment(S("d15/05:00")));
    assert_int_equal(incident->other_actions, 2);
    assert_int_equal(incident->mailbox_count, 1);
    assert_int_equal(box->accesses, 2);
    assert_int_equal(box->least, 2); // the synchronised ones are not counted as opened
    assert_int_equal(box->first, incident->first);
    assert_int_equal(box->last, incident->last);
    assert_int_equal(box->read_count + box->presumed_count, 0);
    investigation_done(&in);
}

static void two_incidents_keep_their_own(void **state)
{
    struct investigation in;
    (void)state;
    open_and_look(&in,
                  LIFE "d15 03:00 mail_access +alice +away\n"
                       "d15 03:00 mail_access +bob address=198.51.100.77\n"
                       "d15 03:05 mail_access +bob address=198.51.100.77 session=#s\n",
                  FOUND "high b d15/03:00 d15/04:00 ip=198.51.100.77");
    investigation_record(&in, "d15/03:05", "r1", S("{\"Item\":{\"InternetMessageId\":\"<a>\"}}"));
    investigation_finish(&in);
    assert_int_equal(in.incidents.count, 2);
    assert_int_equal(in.incidents.items[0].mailbox_count + in.incidents.items[1].mailbox_count, 3);
    assert_non_null(investigation_message(investigation_mailbox(&in, 0, BOB), "<a>"));
    assert_non_null(investigation_message(investigation_mailbox(&in, 1, BOB), "<a>"));
    investigation_done(&in);
}

// ---- messages ---------------------------------------------------------------------------------

#define ONE_ACCESS LIFE "d15 03:00 mail_access +alice +away count=4\n"

static void all_folders_of_a_bind_are_read(void **state)
{
    struct investigation in;
    (void)state;
    open_and_look(&in, ONE_ACCESS, FOUND);
    assert_true(scope_wants_input(in.scope, 0));
    assert_false(scope_wants_input(in.scope, 1));
    assert_int_equal(
        investigation_record(
            &in, "d15/03:00", "r1",
            S("{\"Folders\":[{\"Path\":\"\\\\Inbox\",\"FolderItems\":["
              "{\"InternetMessageId\":\" <a> \",\"Subject\":\"One\",\"SizeInBytes\":12},"
              "{\"InternetMessageId\":\"<b>\"}]},"
              "{\"Path\":\"Not Available\",\"Name\":\"Sent Items\",\"FolderItems\":["
              "{\"InternetMessageId\":\"<c>\",\"SizeInBytes\":-5}]}],"
              "\"Messages\":[{\"InternetMessageId\":\"<d>\"}]}")),
        1);
    assert_true(scope_wants_join(in.scope));
    investigation_finish(&in);
    const struct incident_mailbox *box = investigation_mailbox(&in, 0, ALICE);
    assert_int_equal(box->read_count, 4);
    assert_int_equal(box->read_listed, 4);
    assert_int_equal(box->least, 4);
    const struct incident_message *a = investigation_message(box, "<a>");
    assert_true(str_is(a->folder, "\\Inbox") && str_is(a->subject, "One"));
    assert_true(str_is(a->record, "r1") && a->bytes == 12);
    assert_int_equal(a->first_read, scenario_moment(S("d15/03:00")));
    const struct incident_message *c = investigation_message(box, "<c>");
    assert_true(str_is(c->folder, "Sent Items") && c->bytes == 0);
    assert_true(str_is(investigation_message(box, "<d>")->folder, ""));
    investigation_done(&in);
}

static void an_item_is_read_and_others_records_are_not(void **state)
{
    struct investigation in;
    (void)state;
    open_and_look(&in, ONE_ACCESS "d15 03:01 mail_access +alice\n", FOUND);
    assert_int_equal(investigation_record(&in, "d15/03:01", "r0",
                                          S("{\"Item\":{\"InternetMessageId\":\"<owner>\"}}")),
                     0);
    investigation_record(&in, "d15/03:00", "r1",
                         S("{\"Item\":{\"InternetMessageId\":\"<a>\",\"Subject\":\"S\","
                           "\"ParentFolder\":{\"Path\":\"\\\\Inbox\"}}}"));
    assert_false(scope_wants_join(in.scope));
    investigation_finish(&in);
    const struct incident_mailbox *box = investigation_mailbox(&in, 0, ALICE);
    assert_int_equal(box->read_count, 1);
    assert_true(str_is(investigation_message(box, "<a>")->folder, "\\Inbox"));
    investigation_done(&in);
}

// A message opened five times is one message; only what is not named at all adds.
static void at_least_is_not_more_than_can_be_shown(void **state)
{
    struct investigation in;
    (void)state;
    open_and_look(&in,
                  LIFE "d15 03:00 mail_access x5/1h +alice +away count=2\n"
                       "d15 09:00 mail_access +alice +away count=7\n",
                  FOUND);
    static const char *const moments[] = {"d15/03:00", "d15/04:00", "d15/05:00", "d15/06:00",
                                          "d15/07:00"};
    for (int copy = 0; copy < 2; copy++) // a record may stand in two inputs
        for (size_t i = 0; i < 5; i++)
            investigation_record(
                &in, moments[i], "r",
                S("{\"Folders\":[{\"FolderItems\":[{\"InternetMessageId\":\"<a>\"},"
                  "{\"InternetMessageId\":\"<a>\"}]}]}"));
    investigation_record(&in, "d15/09:00", "r", S("{\"OperationCount\":7}"));
    investigation_finish(&in);
    const struct incident_mailbox *box = investigation_mailbox(&in, 0, ALICE);
    assert_int_equal(box->read_count, 1);
    assert_int_equal(box->least, 8);
    investigation_done(&in);
}

static void the_first_read_counts_whatever_order_records_come_in(void **state)
{
    static const struct {
        const char *moment, *record, *json;
    } records[] = {
        {"d15/03:00", "r3",
         "{\"Folders\":[{\"Path\":\"Early\",\"FolderItems\":[{"
         "\"InternetMessageId\":\"<a>\",\"SizeInBytes\":3}]}]}"},
        {"d15/04:00", "r1",
         "{\"Folders\":[{\"Path\":\"Late\",\"FolderItems\":[{\"InternetMessageId\":"
         "\"<a>\",\"SizeInBytes\":4,\"Subject\":\"B\"}]}]}"},
        {"d15/05:00", "r2",
         "{\"Folders\":[{\"Path\":\"Later\",\"FolderItems\":[{\"InternetMessageId\":"
         "\"<a>\",\"SizeInBytes\":5,\"Subject\":\"A\"}]},{\"Path\":\"Again\","
         "\"FolderItems\":[{\"InternetMessageId\":\"<a>\"}]}]}"},
    };
    static const int orders[][3] = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2},
                                    {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};
    (void)state;
    for (size_t o = 0; o < 6; o++) {
        struct investigation in;
        open_and_look(&in, LIFE "d15 03:00,04:00,05:00 mail_access +alice +away\n", FOUND);
        for (int i = 0; i < 3; i++)
            investigation_record(&in, records[orders[o][i]].moment, records[orders[o][i]].record,
                                 str_from(records[orders[o][i]].json));
        investigation_finish(&in);
        const struct incident_mailbox *box = investigation_mailbox(&in, 0, ALICE);
        assert_int_equal(box->read_count, 1);
        assert_int_equal(box->read[0].first_read, scenario_moment(S("d15/03:00")));
        assert_true(str_is(box->read[0].record, "r3"));
        assert_true(str_is(box->read[0].folder, "Early"));
        assert_true(str_is(box->read[0].subject, "A"));
        assert_int_equal(box->read[0].bytes, 3);
        investigation_done(&in);
    }
}

static void one_message_in_two_mailboxes_is_read_in_both(void **state)
{
    struct investigation in;
    (void)state;
    open_and_look(
        &in, LIFE "d15 03:00 mail_access +alice +away\nd15 03:01 mail_access +bob +away\n", FOUND);
    investigation_record(&in, "d15/03:00", "r1", S("{\"Item\":{\"InternetMessageId\":\"<a>\"}}"));
    investigation_record(&in, "d15/03:01", "r2",
                         S("{\"Item\":{\"InternetMessageId\":\"<a>\",\"Subject\":\"S\"}}"));
    investigation_finish(&in);
    static const char *const boxes[] = {ALICE, BOB};
    for (int i = 0; i < 2; i++) {
        const struct incident_message *read =
            investigation_message(investigation_mailbox(&in, 0, boxes[i]), "<a>");
        assert_non_null(read);
        assert_true(str_is(read->subject, "S"));
        assert_true(str_is(read->record, i ? "r2" : "r1"));
    }
    investigation_done(&in);
}

// ---- presumed ---------------------------------------------------------------------------------

static void synchronised_folders_are_presumed_and_prove_no_message(void **state)
{
    static const struct {
        const char *json, *folder;
    } cases[] = {
        {"{\"Folders\":[{\"Path\":\"\\\\Inbox\",\"FolderItems\":[{\"InternetMessageId\":\"<a>\"}]}],"
         "\"Messages\":[{\"InternetMessageId\":\"<b>\"}]}",
         "\\Inbox"},
        {"{\"Item\":{\"InternetMessageId\":\"<c>\",\"ParentFolder\":{\"Path\":\"Not Available\","
         "\"Name\":\"Inbox\"}}}",
         "Inbox"},
        {"{\"Folders\":[],\"Item\":{\"ParentFolder\":{\"Path\":\"\\\\Inbox\"}}}", "\\Inbox"},
        {"{\"Folders\":\"x\",\"Item\":{\"ParentFolder\":{\"Id\":\"LgAAAA\"}}}", "LgAAAA"},
        {"{}", ""},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct investigation in;
        open_and_look(&in, LIFE "d15 03:00 mail_access +alice +away sync\n", FOUND);
        investigation_record(&in, "d15/03:00", "r1", str_from(cases[i].json));
        investigation_finish(&in);
        const struct incident_mailbox *box = investigation_mailbox(&in, 0, ALICE);
        assert_int_equal(box->read_count, 0);
        assert_int_equal(box->least, 0);
        assert_int_equal(box->presumed_count, 1);
        assert_int_equal(box->presumed[0].why, REACH_SYNC);
        assert_true(str_is(box->presumed[0].folder, cases[i].folder));
        assert_true(str_is(box->presumed[0].record, "r1"));
        investigation_done(&in);
    }
}

static void a_folder_synchronised_again_is_one_line(void **state)
{
    struct investigation in;
    (void)state;
    open_and_look(&in, LIFE "d15 03:00,04:00,05:00 mail_access +alice +away sync\n", FOUND);
    struct str inbox = S("{\"Folders\":[{\"Path\":\"\\\\Inbox\"}]}");
    investigation_record(&in, "d15/05:00", "r3", inbox);
    investigation_record(&in, "d15/03:00", "r1", inbox);
    investigation_record(&in, "d15/04:00", "r2",
                         S("{\"Folders\":[{\"Path\":\"\\\\Sent\"},{\"Path\":\"\\\\Inbox\"}]}"));
    investigation_finish(&in);
    const struct incident_mailbox *box = investigation_mailbox(&in, 0, ALICE);
    assert_int_equal(box->presumed_count, 2);
    assert_true(str_is(box->presumed[0].folder, "\\Inbox"));
    assert_true(str_is(box->presumed[0].record, "r1"));
    assert_int_equal(box->presumed[0].from, scenario_moment(S("d15/03:00")));
    assert_int_equal(box->presumed[0].to, scenario_moment(S("d15/05:00")));
    assert_true(str_is(box->presumed[1].folder, "\\Sent"));
    investigation_done(&in);
}

static void a_throttled_mailbox_is_presumed_for_a_day(void **state)
{
    struct investigation in;
    (void)state;
    open_and_look(&in,
                  LIFE "d15 03:00 mail_access +alice +away throttled\n"
                       "d15 05:00 mail_access x2000/1s +alice +away throttled\n"
                       "d17 03:00 mail_access +alice +away throttled\n"
                       "d15 04:00 mail_access +bob +away throttled\n",
                  FOUND);
    investigation_finish(&in);
    const struct incident_mailbox *box = investigation_mailbox(&in, 0, ALICE);
    assert_int_equal(box->presumed_count, 2);
    assert_int_equal(box->presumed[0].why, REACH_THROTTLED);
    assert_true(str_is(box->presumed[0].folder, ""));
    assert_int_equal(box->presumed[0].from, scenario_moment(S("d15/03:00")));
    assert_int_equal(box->presumed[0].to, scenario_moment(S("d16/05:00")) + 1999 * SECOND);
    assert_int_equal(box->presumed[1].to - box->presumed[1].from, 24 * HOUR);
    box = investigation_mailbox(&in, 0, BOB);
    assert_int_equal(box->presumed_count, 1);
    assert_int_equal(box->presumed[0].from, scenario_moment(S("d15/04:00")));
    investigation_done(&in);
}

// ---- subjects ---------------------------------------------------------------------------------

static void subjects_and_senders_come_from_other_records(void **state)
{
    static const struct {
        const char *what;
        enum source_id source;
        const char *json, *subject, *sender;
    } cases[] = {
        {"a message that was sent", SOURCE_M365_AUDIT,
         "{\"Operation\":\"Send\",\"UserId\":\"carol@contoso.example\",\"Item\":{"
         "\"InternetMessageId\":\"<a>\",\"Subject\":\" Budget \"}}",
         "Budget", "carol@contoso.example"},
        {"one that was sent as another", SOURCE_M365_AUDIT,
         "{\"Operation\":\"SendAs\",\"UserId\":\"carol@contoso.example\",\"Item\":{"
         "\"InternetMessageId\":\"<a>\",\"Subject\":\"Budget\"}}",
         "Budget", ""},
        {"one that was moved", SOURCE_M365_AUDIT,
         "{\"Operation\":\"Move\",\"UserId\":\"alice@contoso.example\",\"AffectedItems\":[{"
         "\"InternetMessageId\":\"<a>\",\"Subject\":\"Budget\"}]}",
         "Budget", ""},
        {"the message trace", SOURCE_MESSAGE_TRACE,
         "{\"MessageId\":\"<a>\",\"Subject\":\"Budget\",\"SenderAddress\":\"x@partner.example\"}",
         "Budget", "x@partner.example"},
        {"several messages in one record", SOURCE_M365_AUDIT,
         "{\"Operation\":\"Move\",\"AffectedItems\":[{\"InternetMessageId\":\"<a>\",\"Subject\":"
         "\"One\"},{\"InternetMessageId\":\"<b>\",\"Subject\":\"Two\"}]}",
         "", ""},
        {"several, of which only the other has a subject", SOURCE_M365_AUDIT,
         "{\"Operation\":\"Move\",\"AffectedItems\":[{\"InternetMessageId\":\"<a>\"},"
         "{\"InternetMessageId\":\"<b>\",\"Subject\":\"Two\"}]}",
         "", ""},
        {"another message", SOURCE_MESSAGE_TRACE,
         "{\"MessageId\":\"<b>\",\"Subject\":\"Two\",\"SenderAddress\":\"x@partner.example\"}", "",
         ""},
        {"no text", SOURCE_M365_AUDIT,
         "{\"Operation\":\"Send\",\"UserId\":7,\"Item\":{\"InternetMessageId\":\"<a>\",\"Subject\":{}}}",
         "", ""},
        {"an id that is no text", SOURCE_M365_AUDIT,
         "{\"Operation\":\"Send\",\"Item\":{\"InternetMessageId\":[1],\"Subject\":\"x\"}}", "", ""},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct investigation in;
        open_and_look(&in, ONE_ACCESS, FOUND);
        investigation_record(&in, "d15/03:00", "r1",
                             S("{\"Item\":{\"InternetMessageId\":\"<a>\"}}"));
        investigation_join(&in, cases[i].source, cases[i].json);
        investigation_finish(&in);
        const struct incident_message *read =
            investigation_message(investigation_mailbox(&in, 0, ALICE), "<a>");
        if (!str_is(read->subject, cases[i].subject) || !str_is(read->sender, cases[i].sender))
            fail_msg("%s: '%.*s' from '%.*s'", cases[i].what, (int)read->subject.len,
                     read->subject.at, (int)read->sender.len, read->sender.at);
        investigation_done(&in);
    }
}

static void subjects_do_not_depend_on_the_order_of_records(void **state)
{
    static const char *const joins[] = {
        "{\"MessageId\":\"<a>\",\"Subject\":\"B, much longer\",\"SenderAddress\":\"y@x.example\"}",
        "{\"MessageId\":\"<a>\",\"Subject\":\"C\",\"SenderAddress\":\"x@x.example\"}",
        "{\"MessageId\":\"<b>\",\"Subject\":\"A\",\"SenderAddress\":\"z@x.example\"}"};
    (void)state;
    for (size_t first = 0; first < 3; first++) {
        struct investigation in;
        open_and_look(&in, ONE_ACCESS, FOUND);
        investigation_record(&in, "d15/03:00", "r1",
                             S("{\"Messages\":[{\"InternetMessageId\":\"<a>\"},"
                               "{\"InternetMessageId\":\"<b>\",\"Subject\":\"Own\"}]}"));
        for (size_t i = 0; i < 3; i++)
            investigation_join(&in, SOURCE_MESSAGE_TRACE, joins[(first + i) % 3]);
        investigation_finish(&in);
        const struct incident_mailbox *box = investigation_mailbox(&in, 0, ALICE);
        const struct incident_message *a = investigation_message(box, "<a>"),
                                      *b = investigation_message(box, "<b>");
        assert_true(str_is(a->subject, "B, much longer") && str_is(a->sender, "x@x.example"));
        assert_true(str_is(b->subject, "Own") && str_is(b->sender, "z@x.example"));
        investigation_done(&in);
    }
}

// ---- hostile ----------------------------------------------------------------------------------

static void records_of_any_shape_are_taken(void **state)
{
    static const char *const records[] = {
        "{}",
        "[]",
        "7",
        "null",
        "\"x\"",
        "{\"Folders\":{},\"Item\":[],\"Messages\":\"x\"}",
        "{\"Folders\":[1,null,\"x\",[],{}],\"Item\":7,\"Messages\":[null,1,{}]}",
        "{\"Folders\":[{\"Path\":7,\"Name\":[],\"FolderItems\":{}},{\"FolderItems\":[1,null]}]}",
        ("{\"Folders\":[{\"FolderItems\":[{\"InternetMessageId\":\"\"},{\"InternetMessageId\":\"  \"},"
         "{\"InternetMessageId\":null},{\"InternetMessageId\":7}]}]}"),
        "{\"Item\":{\"InternetMessageId\":{\"x\":1},\"ParentFolder\":\"Inbox\"}}",
    };
    (void)state;
    for (size_t i = 0; i < sizeof records / sizeof records[0]; i++)
        for (int sync = 0; sync < 2; sync++) {
            struct investigation in;
            open_and_look(&in, sync ? LIFE "d15 03:00 mail_access +alice +away sync\n" : ONE_ACCESS,
                          FOUND);
            investigation_record(&in, "d15/03:00", "", str_from(records[i]));
            investigation_finish(&in);
            const struct incident_mailbox *box = investigation_mailbox(&in, 0, ALICE);
            assert_int_equal(box->read_count, 0);
            assert_int_equal(box->least, sync ? 0 : 4);
            investigation_done(&in);
        }
}

static void values_of_wrong_types_do_no_harm(void **state)
{
    struct investigation in;
    (void)state;
    open_and_look(&in, ONE_ACCESS, FOUND);
    investigation_record(
        &in, "d15/03:00", "r1",
        S("{\"Folders\":[{\"Path\":{},\"FolderItems\":[{\"InternetMessageId\":\"<a>\","
          "\"Subject\":[1],\"SizeInBytes\":\"12\"},{\"InternetMessageId\":\"<b>\","
          "\"SizeInBytes\":-9223372036854775808},{\"InternetMessageId\":\"<c>\","
          "\"SizeInBytes\":18446744073709551615},{\"InternetMessageId\":\"<d\\u0000>\","
          "\"SizeInBytes\":1e300}]}]}"));
    investigation_finish(&in);
    const struct incident_mailbox *box = investigation_mailbox(&in, 0, ALICE);
    assert_int_equal(box->read_count, 4);
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(box->read[i].subject.len + box->read[i].folder.len, 0);
        assert_true(box->read[i].bytes <= INT64_MAX);
    }
    investigation_done(&in);
}

static void a_hundred_thousand_items_and_folders(void **state)
{
    struct investigation in;
    struct buf bind, sync;
    (void)state;
    buf_init(&bind);
    buf_init(&sync);
    buf_add(&bind, S("{\"Folders\":[{\"Path\":\"x\",\"FolderItems\":["));
    buf_add(&sync, S("{\"Folders\":["));
    for (int i = 0; i < ITEMS; i++) {
        buf_print(&bind, "%s{\"InternetMessageId\":\"<%d>\"},{\"InternetMessageId\":\"<0>\"}",
                  i ? "," : "", i);
        buf_print(&sync, "%s{\"Path\":\"%d\"}", i ? "," : "", i);
    }
    buf_add(&bind, S("]}]}"));
    buf_add(&sync, S("]}"));
    open_and_look(&in, ONE_ACCESS "d15 03:10 mail_access +alice +away sync\n", FOUND);
    investigation_record(&in, "d15/03:00", "r1", buf_str(&bind));
    investigation_record(&in, "d15/03:10", "r2", buf_str(&sync));
    investigation_finish(&in);
    const struct incident_mailbox *box = investigation_mailbox(&in, 0, ALICE);
    assert_int_equal(box->read_count, ITEMS);
    assert_int_equal(box->presumed_count, ITEMS);
    for (size_t i = 1; i < box->read_count; i++)
        assert_true(str_compare(box->read[i - 1].message_id, box->read[i].message_id) < 0);
    investigation_done(&in);
    buf_done(&bind);
    buf_done(&sync);
}

// What there is no room to list is counted all the same, once.
static void beyond_the_limit_messages_are_counted(void **state)
{
    struct investigation in;
    struct buf json;
    (void)state;
    buf_init(&json);
    buf_add(&json, S("{\"Messages\":["));
    for (size_t i = 0; i < INCIDENT_MESSAGE_LIMIT + 10; i++)
        buf_print(&json, "%s{\"InternetMessageId\":\"%zx\"}", i ? "," : "", i);
    buf_add(&json, S("]}"));
    open_and_look(&in, LIFE "d15 03:00,04:00 mail_access +alice +away\n", FOUND);
    investigation_record(&in, "d15/03:00", "r1", buf_str(&json));
    investigation_record(&in, "d15/04:00", "r2", buf_str(&json));
    investigation_finish(&in);
    const struct incident_mailbox *box = investigation_mailbox(&in, 0, ALICE);
    assert_int_equal(box->read_listed, INCIDENT_MESSAGE_LIMIT);
    assert_int_equal(box->read_count, INCIDENT_MESSAGE_LIMIT + 10);
    assert_int_equal(box->least, INCIDENT_MESSAGE_LIMIT + 10);
    investigation_done(&in);
    buf_done(&json);
}

static void nothing_at_all(void **state)
{
    struct investigation in;
    (void)state;
    open_and_look(&in, LIFE, "");
    assert_false(scope_wants_input(in.scope, 0));
    assert_false(scope_wants(in.scope, 1));
    assert_false(scope_wants_join(in.scope));
    investigation_join(&in, SOURCE_MESSAGE_TRACE, "{\"MessageId\":\"<a>\",\"Subject\":\"S\"}");
    investigation_finish(&in);
    assert_int_equal(in.incidents.count, 0);
    scope_free(NULL);
    investigation_done(&in);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_marks_an_access_as_the_attackers),
        cmocka_unit_test(in_a_short_export_a_stolen_session_at_home_is_the_owners),
        cmocka_unit_test(accesses_widen_the_incident_and_other_actions_are_counted),
        cmocka_unit_test(two_incidents_keep_their_own),
        cmocka_unit_test(all_folders_of_a_bind_are_read),
        cmocka_unit_test(an_item_is_read_and_others_records_are_not),
        cmocka_unit_test(at_least_is_not_more_than_can_be_shown),
        cmocka_unit_test(the_first_read_counts_whatever_order_records_come_in),
        cmocka_unit_test(one_message_in_two_mailboxes_is_read_in_both),
        cmocka_unit_test(synchronised_folders_are_presumed_and_prove_no_message),
        cmocka_unit_test(a_folder_synchronised_again_is_one_line),
        cmocka_unit_test(a_throttled_mailbox_is_presumed_for_a_day),
        cmocka_unit_test(subjects_and_senders_come_from_other_records),
        cmocka_unit_test(subjects_do_not_depend_on_the_order_of_records),
        cmocka_unit_test(records_of_any_shape_are_taken),
        cmocka_unit_test(values_of_wrong_types_do_no_harm),
        cmocka_unit_test(a_hundred_thousand_items_and_folders),
        cmocka_unit_test(beyond_the_limit_messages_are_counted),
        cmocka_unit_test(nothing_at_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
