// ClientInfoString and user agents, as logs have them and as attackers may write them.
// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "baseline/client_class.h"

#define EDGE                                                                                       \
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "            \
    "Chrome/128.0.0.0 Safari/537.36 Edg/128.0.0.0"

static void clients_are_recognised(void **state)
{
    (void)state;
    static const struct {
        const char *text, *class, *agent, *agent_text, *app_id;
    } cases[] = {
        {"", "none", "none", "", ""},
        {"   ", "none", "none", "", ""},
        {"Client=OWA;" EDGE, "OWA", "edge/windows", EDGE, ""},
        {"Client=OWA;Action=ViaProxy", "OWA", "none", "", ""},
        {"Client=OWA;Action=ViaProxy;ProxyUpstreamProtocol=EWS", "OWA", "none", "", ""},
        {"Client=MSExchangeRPC", "MSExchangeRPC", "none", "", ""},
        {"client=msexchangerpc;", "MSExchangeRPC", "none", "", ""},
        {"Client=REST;;", "REST", "none", "", ""},
        {"Client=REST;Client=RESTSystem;;", "RESTSystem", "none", "", ""},
        {"Client=REST;Client=RESTSystem;UserAgent=[NoUserAgent]", "RESTSystem", "none",
         "[NoUserAgent]", ""},
        {"Client=REST;Client=RESTSystem;UserAgent=[NoUserAgent][AppId=13937bba-652e-4c46-b222-"
         "3003f4d1ff97];",
         "RESTSystem", "none", "[NoUserAgent]", "13937bba-652e-4c46-b222-3003f4d1ff97"},
        {"Client=REST;Go-http-client/1.1;", "REST", "go", "Go-http-client/1.1", ""},
        {"Client=WebServices;ExchangeWebServicesProxy/CrossSite/EXCH/15.20/python-requests/2.31.0"
         "[AppId=b0c4d1fe-91c2-4a6e-8e3f-6d2f7a1c9e50];",
         "WebServices", "python",
         "ExchangeWebServicesProxy/CrossSite/EXCH/15.20/python-requests/2.31.0",
         "b0c4d1fe-91c2-4a6e-8e3f-6d2f7a1c9e50"},
        {"Client=WebServices;Mozilla/5.0 (ZoomPresence.Android 8.1.0 x86);", "WebServices",
         "other/android", "Mozilla/5.0 (ZoomPresence.Android 8.1.0 x86)", ""},
        {"Client=WebServices;UserAgent=Microsoft Office/14.0 (Windows NT 6.1; Microsoft Outlook "
         "14.0.6129; Pro)",
         "WebServices", "outlook-desktop/windows",
         "Microsoft Office/14.0 (Windows NT 6.1; Microsoft Outlook 14.0.6129; Pro)", ""},
        {"Client=ActiveSync;UserAgent=Apple-iPhone9C1/1402.100;Version=160;Action=/Microsoft-"
         "Server-ActiveSync/Proxy/default.eas?User=a@b.c&DeviceType=iPhone&Cmd=Sync",
         "ActiveSync", "apple-mail/ios", "Apple-iPhone9C1/1402.100", ""},
        {"Client=ActiveSync; UserAgent=Outlook-iOS-Android/1.0", "ActiveSync", "outlook-mobile",
         "Outlook-iOS-Android/1.0", ""},
        {"Client=OutlookService;Outlook-iOS/2.0;", "OutlookService", "outlook-mobile/ios",
         "Outlook-iOS/2.0", ""},
        {"Client=OutlookService;Outlook-iOS/2.0;;Outlook-iOS/2.0", "OutlookService",
         "outlook-mobile/ios", "Outlook-iOS/2.0;;Outlook-iOS/2.0", ""},
        {"Client=OutlookService;Outlook-Mac/16", "OutlookService", "outlook-desktop/macos",
         "Outlook-Mac/16", ""},
        {"Client=POP3/IMAP4", "POP3/IMAP4", "none", "", ""},
        {"Client=POP3/IMAP4;Protocol=IMAP4", "IMAP4", "none", "", ""},
        {"Client=POP3/IMAP4;Protocol=POP3", "POP3", "none", "", ""},
        {"Client=OneOutlook", "OneOutlook", "none", "", ""},
        {"Client=Hub Transport", "Hub Transport", "none", "", ""},
        {"Client=EBA;Action=CalendarRepairAssistant", "Assistant", "none", "", ""},
        {"Client=Graph", "Graph", "none", "", ""},
        {"Client=SomethingNew;x", "other", "other", "x", ""},
        {"Client=REST;Client=SomethingNew", "REST", "none", "", ""},
        {"curl/8.0", "other", "curl", "curl/8.0", ""},
        {"Client=", "other", "none", "", ""},
        {"=;;==;[AppId=", "other", "other", "=;;==", ""},
        {"Client=REST;x[AppId=]", "REST", "other", "x", ""},
        {"Client=REST;a((((;b", "REST", "other", "a((((;b", ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char name[USER_AGENT_SIZE];
        struct client client = client_read(str_from(cases[i].text));
        print_message("%s\n", cases[i].text);
        assert_string_equal(client_class_name(client.class), cases[i].class);
        assert_string_equal(user_agent_name(client.agent, name), cases[i].agent);
        assert_true(str_is(client.agent_text, cases[i].agent_text));
        assert_true(str_is(client.app_id, cases[i].app_id));
    }
}

static void names_are_stable_and_different(void **state)
{
    (void)state;
    for (int i = 0; i < CLIENT_COUNT; i++) {
        assert_int_equal(client_class_find(str_from(client_class_name((enum client_class)i))), i);
        assert_true(client_class_words((enum client_class)i)[0] != 0);
    }
    assert_int_equal(client_class_find(S("no such class")), CLIENT_OTHER);
}

static void nothing_behind_the_limit_is_read(void **state)
{
    (void)state;
    static char text[100000];
    memset(text, ';', sizeof text);
    memcpy(text, "Client=REST", 11);
    memcpy(text + sizeof text - 20, "python-requests", 15);
    struct client client = client_read(str_of(text, sizeof text));
    assert_int_equal(client.class, CLIENT_REST);
    assert_int_equal(client.agent.family, AGENT_NONE);
    memset(text, 'a', sizeof text);
    assert_int_equal(client_read(str_of(text, sizeof text)).class, CLIENT_OTHER);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(clients_are_recognised),
        cmocka_unit_test(names_are_stable_and_different),
        cmocka_unit_test(nothing_behind_the_limit_is_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
