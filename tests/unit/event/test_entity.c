// Entities: where they come from in each source, and their one spelling.
// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/sample.h"

// Entities as "user=a mailbox=b".
static void describe(const struct entity_list *list, struct buf *out)
{
    for (size_t i = 0; i < list->count; i++)
        buf_print(out, "%s%s=%.*s", i ? " " : "", entity_kind_name(list->items[i].kind),
                  (int)list->items[i].text.len, list->items[i].text.at);
}

static void check(const char *record, const char *entities)
{
    struct sample sample;
    struct buf text;
    buf_init(&text);
    sample_init(&sample, str_from(record));
    describe(&sample.entities, &text);
    if (!str_is(buf_str(&text), entities))
        fail_msg("%s gives '%.*s', not '%s'", record, (int)text.len, text.at, entities);
    buf_done(&text);
    sample_done(&sample);
}

#define EXCHANGE "{\"Operation\":\"x\",\"Workload\":\"Exchange\","
#define DIRECTORY "{\"Operation\":\"UserLoggedIn\",\"Workload\":\"AzureActiveDirectory\","
#define SIGNIN "{\"AppDisplayName\":\"x\",\"ResultType\":\"0\","

static const struct {
    const char *record, *entities;
} cases[] = {
    {EXCHANGE "\"UserId\":\"Alice@Contoso.example\"}", "user=alice@contoso.example"},
    {EXCHANGE "\"UserId\":\" \"}", ""},
    {EXCHANGE "\"UserId\":\"Not Available\"}", ""},
    {EXCHANGE "\"UserId\":\"S-1-5-18\"}", ""},
    {EXCHANGE "\"UserId\":\"NT AUTHORITY\\\\SYSTEM\"}", "user=nt authority\\system"},
    {EXCHANGE "\"UserType\":4,\"UserId\":\"Alerts\"}", ""},
    {EXCHANGE "\"MailboxOwnerUPN\":\"B@C.example\"}", "mailbox=b@c.example"},
    {EXCHANGE "\"MailboxOwnerUPN\":\"DiscoverySearchMailbox\"}", ""},
    {EXCHANGE "\"ObjectId\":\"B@C.example\"}", "mailbox=b@c.example"},
    {EXCHANGE "\"ObjectId\":\"a/b/c@d\"}", ""},
    {EXCHANGE "\"Parameters\":[{\"Name\":\"Identity\",\"Value\":\"B@C.example\"}]}",
     "mailbox=b@c.example"},
    {EXCHANGE "\"AppId\":\"D3590ED6-52b3-4102-aeff-aad2292ab01c\",\"ClientAppId\":"
              "\"00000000-0000-0000-0000-000000000000\"}",
     "app=d3590ed6-52b3-4102-aeff-aad2292ab01c"},
    {EXCHANGE "\"AppId\":\"\",\"AppAccessContext\":{\"ClientAppId\":"
              "\"D3590ED6-52b3-4102-aeff-aad2292ab01c\"}}",
     "client_app=d3590ed6-52b3-4102-aeff-aad2292ab01c"},
    {EXCHANGE "\"ClientIP\":\"203.0.113.7:443\"}", "ip=203.0.113.7"},
    {EXCHANGE "\"ClientIP\":\"::ffff:203.0.113.7\"}", "ip=203.0.113.7"},
    {EXCHANGE "\"ClientIPAddress\":\"[2001:DB8::1]:443\"}", "ip=2001:db8::1"},
    {EXCHANGE "\"ClientIP\":\"::1\"}", ""},
    {EXCHANGE "\"ClientIP\":\"127.0.0.1\"}", ""},
    {EXCHANGE "\"ClientIP\":\"mailhost\"}", ""},
    {EXCHANGE "\"ClientIP\":\"203.0.113.7\",\"ClientIPAddress\":\"203.0.113.7:1\"}",
     "ip=203.0.113.7"},
    {EXCHANGE "\"SessionId\":\"9C3EAAE9-a913-4161-b3f5-e25c7da47797\"}",
     "session=9c3eaae9-a913-4161-b3f5-e25c7da47797"},
    {EXCHANGE "\"SessionId\":\"Ab\"}", "session=Ab"},
    {EXCHANGE "\"AppAccessContext\":{\"UniqueTokenId\":\"Yx2bQ0nVtE-1cTgR9o7lAA\"}}",
     "token=Yx2bQ0nVtE-1cTgR9o7lAA"},
    {EXCHANGE "\"OrganizationId\":\"5F0A3C1E-7b2d-4e6f-9a81-0c2d4e6f8a10\"}",
     "tenant=5f0a3c1e-7b2d-4e6f-9a81-0c2d4e6f8a10"},
    {EXCHANGE "\"Folders\":[{\"FolderItems\":[{\"InternetMessageId\":\"<B@x>\"}]},{\"FolderItems\":"
              "[{\"InternetMessageId\":\"<a@x>\"},{\"InternetMessageId\":\"<B@x>\"}]}]}",
     "message=<B@x> message=<a@x>"},
    {EXCHANGE "\"Item\":{\"InternetMessageId\":\"<i@x>\"},\"AffectedItems\":"
              "[{\"InternetMessageId\":\"<j@x>\"}]}",
     "message=<i@x> message=<j@x>"},
    {"{\"Operation\":\"New-InboxRule\",\"Workload\":\"Exchange\",\"ObjectId\":\"x\\\\alice\\\\r 1\"}",
     "rule=r 1"},
    {"{\"Operation\":\"Set-InboxRule\",\"Workload\":\"Exchange\",\"Parameters\":"
     "[{\"Name\":\"Force\",\"Value\":\"False\"},{\"Name\":\"Name\",\"Value\":\".\"}]}",
     "rule=."},
    {"{\"Operation\":\"New-TransportRule\",\"Workload\":\"Exchange\",\"Parameters\":{\"Name\":\"bcc\"}}",
     "rule=bcc"},
    {"{\"Operation\":\"UpdateInboxRules\",\"Workload\":\"Exchange\",\"OperationProperties\":"
     "[{\"Name\":\"RuleName\",\"Value\":\"up\"}]}",
     "rule=up"},
    {"{\"Operation\":\"New-Mailbox\",\"Workload\":\"Exchange\",\"Parameters\":"
     "[{\"Name\":\"Name\",\"Value\":\"Bob\"}]}",
     ""},
    // domain: uti = base64url of the little-endian GUID = the sign-in's request id.
    {DIRECTORY "\"RecordType\":15,\"Id\":\"2073a52e-c2d6-40b2-bbe0-3977b5e73600\"}",
     "token=LqVzINbCskC74Dl3tec2AA"},
    {DIRECTORY "\"RecordType\":\"15\",\"Id\":\"2073a52e-c2d6-40b2-bbe0-3977b5e73600\","
               "\"LogonError\":\"InvalidUserNameOrPassword\"}",
     ""},
    {DIRECTORY "\"RecordType\":8,\"Id\":\"2073a52e-c2d6-40b2-bbe0-3977b5e73600\"}", ""},
    {DIRECTORY "\"UserId\":\"z@contoso.example\",\"ObjectId\":\"B@contoso.example\"}",
     "user=z@contoso.example user=b@contoso.example"},
    {SIGNIN "\"Id\":\"2073a52e-c2d6-40b2-bbe0-3977b5e73600\"}", "token=LqVzINbCskC74Dl3tec2AA"},
    {SIGNIN "\"Id\":\"2073a52e-c2d6-40b2-bbe0-3977b5e73600\",\"UniqueTokenIdentifier\":\"u\"}",
     "token=u"},
    {SIGNIN "\"UserId\":\"4B8E12AA-90a1-4c5d-9b77-3f2e1d0c9b8a\"}",
     "user=4b8e12aa-90a1-4c5d-9b77-3f2e1d0c9b8a"},
    {SIGNIN "\"UserId\":\"4B8E12AA-90a1-4c5d-9b77-3f2e1d0c9b8a\",\"UserPrincipalName\":\"A@b.c\"}",
     "user=a@b.c"},
    {SIGNIN "\"Location\":\"Delft, Zuid-Holland, nl\"}", "country=NL"},
    {SIGNIN "\"Location\":\"somewhere\"}", ""},
    {SIGNIN "\"AutonomousSystemNumber\":64500}", "asn=64500"},
    {SIGNIN "\"AutonomousSystemNumber\":\"0\"}", ""},
    {SIGNIN "\"ResourceId\":\"/tenants/5f0a3c1e-7b2d-4e6f-9a81-0c2d4e6f8a10/providers/x\"}",
     "tenant=5f0a3c1e-7b2d-4e6f-9a81-0c2d4e6f8a10"},
    {"{\"src_ip\":\"192.0.2.1\",\"user\":{\"name\":\"Bob\"},\"host\":{\"name\":\"WS01\"}}",
     "user=bob ip=192.0.2.1 service=WS01"},
    {"{}", ""},
};

static void entities_have_one_spelling(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        check(cases[i].record, cases[i].entities);
}

static void an_event_has_at_most_so_many_entities_and_keeps_room_for_all_kinds(void **state)
{
    (void)state;
    struct buf record;
    struct sample sample;
    buf_init(&record);
    buf_print(&record, EXCHANGE "\"UserId\":\"a@b.example\",\"Folders\":[{\"FolderItems\":[");
    for (int i = 0; i < 5000; i++)
        buf_print(&record, "%s{\"InternetMessageId\":\"<%05d@x>\"}", i ? "," : "", i);
    buf_print(&record, "]}]}");
    sample_init(&sample, buf_str(&record));
    assert_true(sample.entities.count <= ENTITY_LIMIT);
    assert_int_equal(sample.entities.items[0].kind, ENTITY_USER);
    assert_true(sample.entities.count > 30);
    sample_done(&sample);
    buf_done(&record);
}

static void the_actor_is_who_did_it(void **state)
{
    (void)state;
    static const struct {
        const char *record, *actor;
    } actors[] = {
        {DIRECTORY "\"UserId\":\"z@contoso.example\",\"ObjectId\":\"a@contoso.example\"}",
         "z@contoso.example"},
        {EXCHANGE "\"MailboxOwnerUPN\":\"m@x.example\",\"ClientIP\":\"192.0.2.1\"}", "m@x.example"},
        {EXCHANGE "\"ClientIP\":\"192.0.2.1\"}", "192.0.2.1"},
        {EXCHANGE "\"SessionId\":\"s\"}", NULL},
    };
    for (size_t i = 0; i < sizeof actors / sizeof actors[0]; i++) {
        struct sample sample;
        sample_init(&sample, str_from(actors[i].record));
        const struct entity *actor = entity_actor(&sample.entities);
        if (!actors[i].actor)
            assert_null(actor);
        else if (!actor || !str_is(actor->text, actors[i].actor))
            fail_msg("%s: the actor is %.*s", actors[i].record, actor ? (int)actor->text.len : 0,
                     actor ? actor->text.at : "");
        sample_done(&sample);
    }
}

static void kinds_have_the_names_of_the_contract(void **state)
{
    (void)state;
    assert_string_equal(entity_kind_name(ENTITY_TENANT), "tenant");
    assert_string_equal(entity_kind_name(ENTITY_CLIENT_APP), "client_app");
    assert_string_equal(entity_kind_name(ENTITY_SERVICE), "service");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(entities_have_one_spelling),
        cmocka_unit_test(an_event_has_at_most_so_many_entities_and_keeps_room_for_all_kinds),
        cmocka_unit_test(the_actor_is_who_did_it),
        cmocka_unit_test(kinds_have_the_names_of_the_contract),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
