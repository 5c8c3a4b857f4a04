// What may be an attacker's own, and what everybody shares.
// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "incident/own.h"

static void what_everybody_shares_is_nobodys(void **state)
{
    (void)state;
    static const struct {
        enum entity_kind kind;
        struct str text;
        bool may_be;
    } rows[] = {
        {ENTITY_IP, STR("203.0.113.77"), true},
        {ENTITY_IP, STR("2001:db8::1"), true},
        {ENTITY_IP, STR("10.1.2.3"), false},         // private
        {ENTITY_IP, STR("127.0.0.1"), false},        // loopback
        {ENTITY_IP, STR("fe80::1"), false},          // one link
        {ENTITY_IP, STR("52.96.1.1"), false},        // Exchange Online
        {ENTITY_IP, STR("203.0.113.77:443"), false}, // not as entities are written
        {ENTITY_IP, STR("x"), false},                // no address
        {ENTITY_IP, STR(""), false},
        {ENTITY_APP, STR("5f0c1d2e-0000-4000-8000-00000000beef"), true},
        {ENTITY_CLIENT_APP, STR("00000003-0000-0000-C000-000000000000"), false}, // Microsoft Graph
        {ENTITY_APP, STR(""), false},
        {ENTITY_SESSION, STR("s"), true},
        {ENTITY_TOKEN, STR("t"), true},
        {ENTITY_RULE, STR("r"), true},
        {ENTITY_RULE, STR(""), false},
        {ENTITY_USER, STR("a@contoso.example"), false},
        {ENTITY_MAILBOX, STR("a@contoso.example"), false},
        {ENTITY_MESSAGE, STR("<m>"), false},
        {ENTITY_COUNTRY, STR("NL"), false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (entity_may_be_owned(rows[i].kind, rows[i].text) != rows[i].may_be)
            fail_msg("%s '%s'", entity_kind_name(rows[i].kind), rows[i].text.at);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_everybody_shares_is_nobodys),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
