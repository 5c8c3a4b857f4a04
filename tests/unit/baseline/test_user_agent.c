// User agents and the families they belong to.
// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "baseline/user_agent.h"

#define WEBKIT "AppleWebKit/537.36 (KHTML, like Gecko) "
#define WINDOWS "Mozilla/5.0 (Windows NT 10.0; Win64; x64) "

static const struct {
    const char *text, *name;
    enum agent_kind kind;
} cases[] = {
    {"", "none", AGENT_KIND_NONE},
    {"[NoUserAgent]", "none", AGENT_KIND_NONE},
    {"based==", "other", AGENT_KIND_NONE},
    {WINDOWS WEBKIT "Chrome/123.0.0.0 Safari/537.36 Edg/123.0.2420.81", "edge/windows",
     AGENT_KIND_BROWSER},
    {"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) " WEBKIT "Chrome/128.0.0.0 Safari/537.36",
     "chrome/macos", AGENT_KIND_BROWSER},
    {"Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) " WEBKIT "Chrome/119.0.0.0 Safari/537.36",
     "chrome/chromeos", AGENT_KIND_BROWSER},
    {"Mozilla/5.0 (X11; Linux x86_64; rv:109.0) Gecko/20100101 Firefox/115.0", "firefox/linux",
     AGENT_KIND_BROWSER},
    {"Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like "
     "Gecko) Version/17.5 Mobile/15E148 Safari/604.1",
     "safari/ios", AGENT_KIND_BROWSER},
    {"Mozilla/5.0 (Linux; Android 13; SAMSUNG SM-S901B) " WEBKIT
     "SamsungBrowser/20.0 Chrome/106.0.5249.126 Mobile Safari/537.36",
     "chrome/android", AGENT_KIND_BROWSER},
    {WINDOWS WEBKIT "Chrome/116.0 Safari/537.36 OPR/102.0", "opera/windows", AGENT_KIND_BROWSER},
    {"Mozilla/4.0 (compatible; MSIE 8.0; Windows NT 6.1; Trident/4.0; .NET CLR 2.0.50727)",
     "ie/windows", AGENT_KIND_BROWSER},
    {WINDOWS WEBKIT "Visual Studio Code/1.75.0 Chrome/102.0 Electron/19.1.9 Safari/537.36",
     "electron/windows", AGENT_KIND_BROWSER},
    {"Chrome", "chrome", AGENT_KIND_BROWSER},
    {"Edge 123.0.0", "edge", AGENT_KIND_BROWSER},
    {"Mobile Safari 17.4", "safari", AGENT_KIND_BROWSER},
    {"Mozilla/5.0 (X11; Linux x86_64) " WEBKIT "HeadlessChrome/120.0.6099.28 Safari/537.36",
     "headless-browser/linux", AGENT_KIND_SCRIPT},
    {"Microsoft Office/16.0 (Windows NT 10.0; Microsoft Outlook 16.0.17328; Pro)",
     "outlook-desktop/windows", AGENT_KIND_MAIL},
    {"Microsoft Office/16.0", "office", AGENT_KIND_OFFICE},
    {"Outlook-iOS/2.0", "outlook-mobile/ios", AGENT_KIND_MAIL},
    {"Outlook-Android/2.0", "outlook-mobile/android", AGENT_KIND_MAIL},
    {"MacOutlook/16.80.1214 (Intel Mac OS X Version 14.2)", "outlook-desktop/macos",
     AGENT_KIND_MAIL},
    {"Apple-iPhone14C2/2107.93", "apple-mail/ios", AGENT_KIND_MAIL},
    {"Mac OS X/13.0 (22A380) ExchangeSync/134", "apple-mail/macos", AGENT_KIND_MAIL},
    {"SAMSUNG-SM-G950U/101.80000", "android-mail", AGENT_KIND_MAIL},
    {"eMClient/9.2.2258", "em-client", AGENT_KIND_MAIL},
    {"Mozilla/5.0 (Windows NT 10.0; rv:115.0) Gecko/20100101 Thunderbird/115.3",
     "thunderbird/windows", AGENT_KIND_MAIL},
    {WINDOWS WEBKIT "Teams/1.6.00 Chrome/108.0 Electron/22.0 Safari/537.36", "teams/windows",
     AGENT_KIND_OFFICE},
    {"BAV2ROPC", "legacy-sign-in", AGENT_KIND_SERVER},
    {"python-requests/2.28.1", "python", AGENT_KIND_SCRIPT},
    {"Python/3.9 aiohttp/3.8.4", "aiohttp", AGENT_KIND_SCRIPT},
    {"exchangelib/5.0.2 (python-requests/2.31.0)", "exchangelib", AGENT_KIND_SCRIPT},
    {"axios/1.7.2", "axios", AGENT_KIND_SCRIPT},
    {"node-fetch/1.0 (+https://github.com/bitinn/node-fetch)", "node-fetch", AGENT_KIND_SCRIPT},
    {"undici", "undici", AGENT_KIND_SCRIPT},
    {"node", "other", AGENT_KIND_NONE},
    {"go-resty/2.7.0 (https://github.com/go-resty/resty)", "go-resty", AGENT_KIND_SCRIPT},
    {"Go-http-client/2.0", "go", AGENT_KIND_SCRIPT},
    {"fasthttp", "fasthttp", AGENT_KIND_SCRIPT},
    {"okhttp/4.9.3", "okhttp", AGENT_KIND_SCRIPT},
    {"Java/17.0.2", "java", AGENT_KIND_SCRIPT},
    {"curl/7.68.0", "curl", AGENT_KIND_SCRIPT},
    {"Mozilla/5.0 (Windows NT; Windows NT 10.0; en-US) WindowsPowerShell/5.1.19041",
     "powershell/windows", AGENT_KIND_SCRIPT},
    {"ExchangeServicesClient/15.00.0913.015", "dotnet", AGENT_KIND_SCRIPT},
    {"libwww-perl/6.67", "perl", AGENT_KIND_SCRIPT},
    {"GuzzleHttp/7", "php", AGENT_KIND_SCRIPT},
    {"PostmanRuntime/7.36.0", "postman", AGENT_KIND_SCRIPT},
    {"aadinternals", "attack-tool", AGENT_KIND_SCRIPT},
    {"\"Microsoft Edge\";v=\"113\", \"Chromium\";v=\"113\", \"Not-A.Brand\";v=\"24\"",
     "client-hint", AGENT_KIND_SCRIPT},
    {"javascript", "other", AGENT_KIND_NONE}, // no word of its own begins here
    {"mycurl/1.0 xpython", "other", AGENT_KIND_NONE},
};

static void families_are_recognised(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char name[USER_AGENT_SIZE];
        struct user_agent agent = user_agent_read(str_from(cases[i].text));
        print_message("%s\n", cases[i].text);
        assert_string_equal(user_agent_name(agent, name), cases[i].name);
        assert_int_equal(agent_family_kind(agent.family), cases[i].kind);
    }
}

static void browsers_that_renew_themselves_have_versions(void **state)
{
    static const struct {
        const char *text;
        unsigned version;
    } texts[] = {
        {"Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/106.0.0.0 Safari/537.36 Edg/106.0.1370.52",
         106},
        {"Mozilla/5.0 (Windows NT 10.0) Chrome/106.0.0.0 Safari/537.36 EDG/107.0", 107},
        {"Mozilla/5.0 (X11; Linux x86_64) Chrome/140.0.0.0 Safari/537.36", 140},
        {"Mozilla/5.0 (X11; Linux x86_64; rv:142.0) Gecko/20100101 Firefox/142.0", 142},
        {"Mozilla/5.0 (iPhone) CriOS/139.1 Mobile", 139},
        {"Mozilla/5.0 (Macintosh) Version/18.6 Safari/605.1.15", 0}, // renewed with the system
        {"Chrome", 0},
        {"Chrome/", 0},
        {"Chrome/x", 0},
        {"Chrome/99999999999999999999", 0},
        {"notchrome/5 Chrome/6", 6},
        {"python-requests/2.31.0", 0},
        {"", 0},
    };
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        print_message("%s\n", texts[i].text);
        struct user_agent agent = user_agent_read(str_from(texts[i].text));
        assert_int_equal(agent.version, texts[i].version);
        assert_false(agent.is_stale);
    }
}

static void every_name_is_its_own_and_fits(void **state)
{
    (void)state;
    for (int i = 0; i < AGENT_COUNT; i++) {
        for (int k = 0; k < i; k++)
            assert_string_not_equal(agent_family_name((enum agent_family)i),
                                    agent_family_name((enum agent_family)k));
        for (int k = 0; k < SYSTEM_COUNT; k++)
            assert_in_range(strlen(agent_family_name((enum agent_family)i)) + 1 +
                                strlen(agent_system_name((enum agent_system)k)),
                            1, USER_AGENT_SIZE - 1);
        assert_true(agent_family_words((enum agent_family)i)[0] != 0);
    }
    for (int i = 0; i < SYSTEM_COUNT; i++)
        assert_true(agent_system_words((enum agent_system)i)[0] != 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(families_are_recognised),
        cmocka_unit_test(browsers_that_renew_themselves_have_versions),
        cmocka_unit_test(every_name_is_its_own_and_fits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
