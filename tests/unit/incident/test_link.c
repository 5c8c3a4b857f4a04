// Which findings become one incident, and which do not; how grave it is then.
// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/hash.h"
#include "support/investigation.h"

#define NEVER_APP "77777777-0000-4000-8000-000000000001"
#define OUTLOOK "27922004-5251-4030-b22d-91ecd9a37ea4"

// Alice and Bob work at home; the others come from the company's address, and three of them use one program.
static const char LIFE[] =
    "set alice user=alice@contoso.example object=#alice address=203.0.113.7 asn=64500 country=DE\n"
    "set bob user=bob@contoso.example object=#bob address=192.0.2.20 asn=64501 country=DE\n"
    "set egress address=192.0.2.100 asn=64502 country=DE app=#company-app\n"
    "d1..26w 08:00,12:00 sign_in +alice\n"
    "d1..26w 08:10,12:10 sign_in +bob\n"
    "d1..26w 09:00 sign_in +egress user=carol@contoso.example\n"
    "d1..26w 09:01 sign_in +egress user=dave@contoso.example\n"
    "d1..26w 09:02 sign_in +egress user=erin@contoso.example\n"
    "d3 10:00 mail_access +egress user=frank@contoso.example\n";

#define CHECK(cases) investigation_check_links(LIFE, cases, sizeof(cases) / sizeof(cases)[0])

static void what_an_attacker_must_share_joins(void **state)
{
    static const struct link_case cases[] = {
        {"no findings", "", "", ""},
        {"a session, months apart", "",
         "high a d2/03:00 d2/04:00 user=alice@contoso.example session=#s\n"
         "high b d90/03:00 d90/04:00 user=bob@contoso.example session=#s",
         "a,b"},
        {"a token", "",
         "high a d2/03:00 d2/04:00 user=alice@contoso.example token=AAAAAAAAAAAAAAAAAAAAAB\n"
         "high b d12/03:00 d12/04:00 user=bob@contoso.example token=AAAAAAAAAAAAAAAAAAAAAB",
         "a,b"},
        {"a message", "",
         "high a d2/03:00 d2/04:00 user=alice@contoso.example message=<a@evil.example>\n"
         "high b d12/03:00 d12/04:00 user=bob@contoso.example message=<a@evil.example>",
         "a,b"},
        {"an address of their own", "",
         "high a d2/03:00 d2/04:00 user=alice@contoso.example ip=198.51.100.9\n"
         "high b d12/03:00 d12/04:00 user=bob@contoso.example ip=198.51.100.9",
         "a,b"},
        {"an application of their own, on whichever side of the call", "",
         "high a d2/03:00 d2/04:00 user=alice@contoso.example app=" NEVER_APP "\n"
         "high b d12/03:00 d12/04:00 user=bob@contoso.example client_app=" NEVER_APP,
         "a,b"},
        {"three in a chain", "",
         "high a d2/03:00 d2/04:00 session=#s\n"
         "high b d12/03:00 d12/04:00 session=#s ip=198.51.100.9\n"
         "high c d22/03:00 d22/04:00 ip=198.51.100.9",
         "a,b,c"},
        {"two attacks stay two", "",
         "high a d2/03:00 d2/04:00 user=alice@contoso.example ip=198.51.100.9 session=#s\n"
         "high b d2/03:00 d2/04:00 user=bob@contoso.example ip=198.51.100.77 session=#t",
         "a | b"},
        {"a country, network or tenant joins nothing", "",
         "high a d2/03:00 d2/04:00 user=alice@contoso.example country=RU asn=64999 tenant=#tenant\n"
         "high b d2/03:00 d2/04:00 user=bob@contoso.example country=RU asn=64999 tenant=#tenant",
         "a | b"},
    };
    (void)state;
    CHECK(cases);
}

static void what_everybody_shares_joins_nothing(void **state)
{
    static const struct link_case cases[] = {
        {"the company's address, used by outsiders", "",
         "high a d2/03:00 d2/04:00 user=alice@contoso.example ip=192.0.2.100\n"
         "high b d12/03:00 d12/04:00 user=bob@contoso.example ip=192.0.2.100",
         "a | b"},
        {"the company's application", "",
         "high a d2/03:00 d2/04:00 user=alice@contoso.example app=#company-app\n"
         "high b d12/03:00 d12/04:00 user=bob@contoso.example client_app=#company-app",
         "a | b"},
        {"a program of Microsoft's, though few use it here",
         "d3 10:00 mail_access +alice app=" OUTLOOK "\n",
         "high a d2/03:00 d2/04:00 user=alice@contoso.example app=" OUTLOOK "\n"
         "high b d12/03:00 d12/04:00 user=bob@contoso.example app=" OUTLOOK,
         "a | b"},
        {"an address of Microsoft's services",
         "d3 10:00 mail_access +alice address=2603:10a6:20b::1\n",
         "high a d2/03:00 d2/04:00 user=alice@contoso.example ip=2603:10a6:20b::1\n"
         "high b d12/03:00 d12/04:00 user=bob@contoso.example ip=2603:10a6:20b::1",
         "a | b"},
        {"a private address", "d3 10:00 mail_access +alice address=10.0.0.4\n",
         "high a d2/03:00 d2/04:00 user=alice@contoso.example ip=10.0.0.4\n"
         "high b d12/03:00 d12/04:00 user=bob@contoso.example ip=10.0.0.4",
         "a | b"},
        {"a private address that only a rule's record had", "",
         "high a d2/03:00 d2/04:00 user=alice@contoso.example ip=10.0.0.5\n"
         "high b d12/03:00 d12/04:00 user=bob@contoso.example ip=10.0.0.5",
         "a | b"},
        {"two outsiders are not everybody",
         "d3 10:00 sign_in user=x@contoso.example address=198.51.100.9\n"
         "d3 10:00 sign_in user=y@contoso.example address=198.51.100.9\n",
         "high a d2/03:00 d2/04:00 user=alice@contoso.example ip=198.51.100.9\n"
         "high b d12/03:00 d12/04:00 user=bob@contoso.example ip=198.51.100.9",
         "a,b"},
        {"three are, but failures do not count",
         "d3 10:00 sign_in user=x@contoso.example address=198.51.100.9\n"
         "d3 10:00 sign_in user=y@contoso.example address=198.51.100.9\n"
         "d3 10:00 sign_in user=z@contoso.example address=198.51.100.9 error=50126\n",
         "high a d2/03:00 d2/04:00 user=alice@contoso.example ip=198.51.100.9\n"
         "high b d12/03:00 d12/04:00 user=bob@contoso.example ip=198.51.100.9",
         "a,b"},
        {"victims are no outsiders, whether a finding names their address or their object id",
         "d1 10:00 sign_in user=x@contoso.example object=#x address=203.0.113.50\n"
         "d1 10:00 sign_in user=y@contoso.example object=#y address=203.0.113.51\n"
         "d1 10:00 sign_in user=z@contoso.example object=#z address=203.0.113.52\n"
         "d2 03:00 mail_access user=x@contoso.example address=198.51.100.9\n"
         "d2 03:00 mail_access user=y@contoso.example address=198.51.100.9\n"
         "d2 03:00 mail_access user=z@contoso.example address=198.51.100.9\n",
         "high a d2/03:00 d2/04:00 user=#x user=#y user=#z ip=198.51.100.9\n"
         "high b d12/03:00 d12/04:00 user=bob@contoso.example ip=198.51.100.9",
         "a,b"},
    };
    (void)state;
    CHECK(cases);
}

static void accounts_join_within_days_only(void **state)
{
    static const struct link_case cases[] = {
        {"72 hours", "",
         "high a d2/03:00 d2/04:00 user=alice@contoso.example\n"
         "high b d5/04:00 d5/05:00 user=alice@contoso.example",
         "a,b"},
        {"a minute more", "",
         "high a d2/03:00 d2/04:00 user=alice@contoso.example\n"
         "high b d5/04:01 d5/05:00 user=alice@contoso.example",
         "a | b"},
        {"from one to the next", "",
         "high a d2/03:00 d2/04:00 user=alice@contoso.example\n"
         "high b d4/03:00 d4/04:00 user=alice@contoso.example\n"
         "high c d6/03:00 d6/04:00 user=alice@contoso.example",
         "a,b,c"},
        {"a short one within a long one does not end it", "",
         "high a d2/03:00 d12/04:00 user=alice@contoso.example\n"
         "high b d4/03:00 d4/04:00 user=alice@contoso.example\n"
         "high c d13/03:00 d13/04:00 user=alice@contoso.example",
         "a,b,c"},
        {"undated ones are near nothing", "",
         "high a - - user=alice@contoso.example\n"
         "high b d4/03:00 d4/04:00 user=alice@contoso.example\n"
         "high c d4/05:00 d4/06:00 user=alice@contoso.example",
         "a | b,c"},
        {"a mailbox", "",
         "high a d2/03:00 d2/04:00 mailbox=alice@contoso.example\n"
         "high b d3/04:00 d3/05:00 mailbox=alice@contoso.example",
         "a,b"},
        {"the object id and the address of one person", "",
         "high a d2/03:00 d2/04:00 user=#alice\n"
         "high b d2/04:00 d2/05:00 user=alice@contoso.example",
         "a,b"},
        {"three accounts", "",
         "high a d2/03:00 d2/04:00 users=3\nhigh b d2/04:00 d2/05:00 user=user1@contoso.example",
         "a,b"},
        {"four say nothing of one", "",
         "high a d2/03:00 d2/04:00 users=4\nhigh b d2/04:00 d2/05:00 user=user3@contoso.example",
         "a | b"},
        {"four mailboxes alike", "",
         "high a d2/03:00 d2/04:00 user=x@contoso.example mailboxes=4\n"
         "high b d2/04:00 d2/05:00 mailbox=user3@contoso.example",
         "a | b"},
    };
    (void)state;
    CHECK(cases);
}

static void what_rules_match_at_home_is_no_attack(void **state)
{
    static const struct link_case cases[] = {
        {"alone", "", "high rule:a d15/03:00 d15/04:00 user=alice@contoso.example ip=203.0.113.7",
         ""},
        {"with nothing said of where", "",
         "high rule:a d15/03:00 d15/04:00 user=alice@contoso.example", ""},
        {"critical all the same", "",
         "critical rule:a d15/03:00 d15/04:00 user=alice@contoso.example ip=203.0.113.7", "rule:a"},
        {"from elsewhere", "",
         "high rule:a d15/03:00 d15/04:00 user=alice@contoso.example ip=198.51.100.9", "rule:a"},
        {"from home and elsewhere", "",
         "high rule:a d15/03:00 d15/04:00 user=alice@contoso.example ip=203.0.113.7 ip=198.51.100.9",
         "rule:a"},
        {"from the home of another", "",
         "high rule:a d15/03:00 d15/04:00 user=alice@contoso.example user=bob@contoso.example "
         "ip=203.0.113.7",
         ""},
        {"named by the object id", "", "high rule:a d15/03:00 d15/04:00 user=#alice ip=203.0.113.7",
         ""},
        {"does not join what is near", "",
         "high rule:a d15/03:00 d15/04:00 user=alice@contoso.example ip=203.0.113.7\n"
         "high b d15/05:00 d15/06:00 user=alice@contoso.example ip=198.51.100.9\n",
         "b"},
        {"nor carries from one attack to another", "",
         "high a d11/03:00 d11/04:00 user=alice@contoso.example ip=198.51.100.9\n"
         "critical rule:b d12/12:00 d12/13:00 user=alice@contoso.example ip=203.0.113.7\n"
         "high c d14/05:00 d14/06:00 user=alice@contoso.example ip=198.51.100.77",
         "a | c | rule:b"},
        {"a detector has looked at that itself", "",
         "high a d15/03:00 d15/04:00 user=alice@contoso.example ip=203.0.113.7", "a"},
    };
    (void)state;
    CHECK(cases);
}

static void what_makes_an_incident(void **state)
{
    static const struct link_case cases[] = {
        {"a detector's medium", "", "medium a d2/03:00 d2/04:00 ip=198.51.100.9", "a"},
        {"not its low", "", "low a d2/03:00 d2/04:00 ip=198.51.100.9", ""},
        {"not a rule's medium", "",
         "medium rule:a d2/03:00 d2/04:00 user=alice@contoso.example ip=198.51.100.9", ""},
        {"not one rule twice", "",
         "medium rule:a d2/03:00 d2/04:00 user=alice@contoso.example ip=198.51.100.9\n"
         "medium rule:a d2/05:00 d2/06:00 user=alice@contoso.example ip=198.51.100.9",
         ""},
        {"two rules' mediums of one person", "",
         "medium rule:a d2/03:00 d2/04:00 user=alice@contoso.example ip=198.51.100.9\n"
         "medium rule:a d2/04:00 d2/04:10 user=alice@contoso.example ip=198.51.100.9\n"
         "medium rule:b d2/05:00 d2/06:00 user=alice@contoso.example ip=198.51.100.9",
         ""},
        {"three rules' mediums of one person", "",
         "medium rule:a d2/03:00 d2/04:00 user=alice@contoso.example ip=198.51.100.9\n"
         "medium rule:c d2/04:00 d2/04:10 user=alice@contoso.example ip=198.51.100.9\n"
         "medium rule:b d2/05:00 d2/06:00 user=alice@contoso.example ip=198.51.100.9",
         "rule:a,rule:b,rule:c"},
        {"mediums of two people", "",
         "medium rule:a d2/03:00 d2/04:00 user=alice@contoso.example ip=198.51.100.9\n"
         "medium rule:a d2/05:00 d2/06:00 user=bob@contoso.example ip=198.51.100.9",
         "rule:a,rule:a"},
        {"not when one of them is at home", "",
         "medium rule:a d2/03:00 d2/04:00 user=alice@contoso.example ip=203.0.113.7 session=#s\n"
         "medium rule:b d2/05:00 d2/06:00 user=alice@contoso.example ip=198.51.100.9 session=#s",
         ""},
        {"undated", "", "critical a - - session=#s", "a"},
    };
    (void)state;
    CHECK(cases);
}

static void weak_findings_attach_and_never_bridge(void **state)
{
    static const struct link_case cases[] = {
        {"by a session", "",
         "high a d2/03:00 d2/04:00 session=#s\ninfo w d80/03:00 d80/04:00 session=#s", "a,w"},
        {"no bridge", "",
         "high a d2/03:00 d2/04:00 session=#s user=alice@contoso.example\n"
         "low w d2/03:00 d2/04:00 session=#s ip=198.51.100.9 token=AAAAAAAAAAAAAAAAAAAAAB\n"
         "high b d2/03:00 d2/04:00 ip=198.51.100.9 user=bob@contoso.example",
         "a,w | b"},
        {"the session before the address, the address before the account", "",
         "high a d2/03:00 d2/04:00 user=alice@contoso.example ip=198.51.100.1\n"
         "high b d2/03:00 d2/04:00 user=bob@contoso.example ip=198.51.100.2 session=#s\n"
         "low v d2/05:00 d2/06:00 user=alice@contoso.example ip=198.51.100.2\n"
         "low w d2/05:00 d2/06:00 user=alice@contoso.example ip=198.51.100.1 session=#s",
         "a | b,v,w"},
        {"of two attacks on an account, the near one", "",
         "high a d2/03:00 d2/04:00 user=alice@contoso.example\n"
         "high b d22/03:00 d22/04:00 user=alice@contoso.example\n"
         "low w d22/05:00 d22/06:00 user=alice@contoso.example",
         "a | b,w"},
        {"nor an attack that is over", "",
         "high a d2/03:00 d2/04:00 user=alice@contoso.example\n"
         "low w d22/05:00 d22/06:00 user=alice@contoso.example",
         "a"},
        {"nor by a common address", "",
         "high a d2/03:00 d2/04:00 ip=192.0.2.100\nlow w d2/03:00 d2/04:00 ip=192.0.2.100", "a"},
        {"nor by an account, when it is about many", "",
         "high a d2/03:00 d2/04:00 user=user3@contoso.example\nlow w d2/03:00 d2/04:00 users=4",
         "a"},
        {"to the attack, not to what a rule matched at home", "",
         "high rule:a d15/03:00 d15/04:00 user=alice@contoso.example ip=203.0.113.7\n"
         "high b d15/05:00 d15/06:00 user=alice@contoso.example ip=198.51.100.9\n"
         "low w d15/04:00 d15/04:10 user=alice@contoso.example",
         "b,w"},
        {"weak ones alone are nothing", "",
         "low v d2/03:00 d2/04:00 session=#s\nlow w d2/03:00 d2/04:00 session=#s", ""},
    };
    (void)state;
    CHECK(cases);
}

// ---- order ------------------------------------------------------------------------------------

static uint64_t next_random(uint64_t *seed)
{
    *seed += 0x9e3779b97f4a7c15;
    return hash_mix(*seed);
}

// Findings named f0, f1 ... that share people, addresses, sessions and times by chance.
static void make_findings(uint64_t *seed, unsigned count, struct buf *out)
{
    static const char *const levels[] = {"low", "low", "medium", "high", "critical"};
    buf_clear(out);
    for (unsigned i = 0; i < count; i++) {
        unsigned day = 2 + (unsigned)(next_random(seed) % 20);
        buf_print(out, "%s %sf%u d%u/03:00 d%u/04:00", levels[next_random(seed) % 5],
                  next_random(seed) % 3 ? "" : "rule:", i, day, day);
        if (next_random(seed) % 2)
            buf_print(out, " user=%s@contoso.example", next_random(seed) % 2 ? "alice" : "bob");
        if (next_random(seed) % 3 == 0)
            buf_print(out, " ip=198.51.100.%u", (unsigned)(next_random(seed) % 8));
        if (next_random(seed) % 3 == 0)
            buf_print(out, " session=#s%u", (unsigned)(next_random(seed) % 8));
        if (next_random(seed) % 5 == 0)
            buf_add(out, S(" ip=203.0.113.7"));
        buf_add_char(out, '\n');
    }
    buf_add_char(out, 0);
}

static void shuffle_equals(struct finding_list *list, uint64_t *seed)
{
    for (size_t i = 0; i < list->count; i++) {
        size_t end = i;
        while (end < list->count && list->items[end].severity == list->items[i].severity)
            end++;
        size_t other = i + next_random(seed) % (end - i);
        struct finding kept = list->items[i];
        list->items[i] = list->items[other];
        list->items[other] = kept;
    }
}

static void order_of_findings_does_not_matter(void **state)
{
    uint64_t seed = 20230516;
    struct buf findings, first, again;
    (void)state;
    buf_init(&findings);
    buf_init(&first);
    buf_init(&again);
    for (int round = 0; round < 150; round++) {
        make_findings(&seed, 2 + (unsigned)(next_random(&seed) % 18), &findings);
        for (int order = 0; order < 4; order++) {
            struct investigation in;
            investigation_open(&in, LIFE, findings.at);
            if (order)
                shuffle_equals(&in.findings, &seed);
            investigation_link(&in);
            investigation_print(&in, order ? &again : &first);
            investigation_done(&in);
            if (order && strcmp(first.at, again.at) != 0)
                fail_msg("round %d: '%s' and '%s' of\n%s", round, first.at, again.at, findings.at);
        }
    }
    buf_done(&findings);
    buf_done(&first);
    buf_done(&again);
}

static void there_are_no_more_incidents_than_the_limit(void **state)
{
    struct buf findings;
    struct investigation in;
    (void)state;
    buf_init(&findings);
    for (unsigned i = 0; i < INCIDENT_LIMIT + 5; i++)
        buf_print(&findings, "%s f%u d2/03:00 d2/04:00 session=#s%u\n", i % 2 ? "high" : "critical",
                  i, i);
    buf_add_char(&findings, 0);
    investigation_open(&in, LIFE, findings.at);
    investigation_link(&in);
    assert_int_equal(in.incidents.count, INCIDENT_LIMIT);
    size_t critical = 0;
    for (size_t i = 0; i < in.incidents.count; i++) {
        assert_int_equal(in.incidents.items[i].finding_count, 1);
        critical += in.incidents.items[i].severity == LEVEL_CRITICAL;
    }
    assert_int_equal(critical, INCIDENT_LIMIT / 2 + 3); // the gravest are kept
    investigation_done(&in);
    buf_done(&findings);
}

// ---- score ------------------------------------------------------------------------------------

static void an_incident_is_as_grave_as_its_gravest_finding_or_a_step_more(void **state)
{
    static const struct {
        const char *findings;
        enum sigma_level severity;
        double confidence;
    } cases[] = {
        {"high a d2/03:00 d2/04:00 session=#s", LEVEL_HIGH, 0.5},
        {"high a d2/03:00 d2/04:00 session=#s attack=T1 attack=T2\n"
         "high b d2/03:00 d2/04:00 session=#s attack=T2 attack=T3",
         LEVEL_HIGH, 0.75},
        {"high a d2/03:00 d2/04:00 session=#s attack=T1 attack=T2\n"
         "medium b d2/03:00 d2/04:00 session=#s attack=T4 attack=T3",
         LEVEL_CRITICAL, 0.75},
        {"high a d2/03:00 d2/04:00 session=#s attack=T1 attack=T2 attack=T3\n"
         "low b d2/03:00 d2/04:00 session=#s attack=T4",
         LEVEL_HIGH, 0.75},
        {"medium a d2/03:00 d2/04:00 session=#s mailboxes=9", LEVEL_MEDIUM, 0.5},
        {"medium a d2/03:00 d2/04:00 session=#s mailboxes=10", LEVEL_HIGH, 0.5},
        {"critical a d2/03:00 d2/04:00 session=#s mailboxes=10 attack=T1 attack=T2 attack=T3 "
         "attack=T4",
         LEVEL_CRITICAL, 0.5},
        {"medium a d2/03:00 d2/04:00 session=#s confidence=0.95\n"
         "medium b d2/03:00 d2/04:00 session=#s confidence=0.95",
         LEVEL_MEDIUM, 0.99},
        {"medium a d2/03:00 d2/04:00 session=#s confidence=1", LEVEL_MEDIUM, 0.99},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct investigation in;
        investigation_open(&in, LIFE, cases[i].findings);
        investigation_link(&in);
        assert_int_equal(in.incidents.count, 1);
        if (in.incidents.items[0].severity != cases[i].severity)
            fail_msg("%s: %s", cases[i].findings, sigma_level_name(in.incidents.items[0].severity));
        assert_true(in.incidents.items[0].confidence > cases[i].confidence - 1e-9 &&
                    in.incidents.items[0].confidence < cases[i].confidence + 1e-9);
        investigation_done(&in);
    }
}

static void title_times_and_entities_are_of_what_counts(void **state)
{
    struct investigation in;
    (void)state;
    investigation_open(&in, LIFE,
                       "medium early d2/03:00 d2/04:00 session=#s ip=198.51.100.9\n"
                       "high late d3/03:00 d3/04:00 session=#s user=alice@contoso.example\n"
                       "low weak d1/03:00 d9/04:00 session=#s ip=203.0.113.7\n"
                       "critical undated - - session=#s");
    investigation_link(&in);
    assert_int_equal(in.incidents.count, 1);
    const struct incident *incident = &in.incidents.items[0];
    assert_int_equal(incident->finding_count, 4);
    assert_true(str_is(incident->title, "title of undated"));
    assert_int_equal(incident->first, scenario_moment(S("d2/03:00")));
    assert_int_equal(incident->last, scenario_moment(S("d3/04:00")));
    assert_int_equal(incident->id[0], 'i');
    assert_string_equal(incident->id + 1, in.findings.items[incident->findings[0]].id + 1);
    assert_int_equal(incident->entity_count,
                     3); // user, address, session: not the weak one's address
    for (size_t i = 0; i < incident->entity_count; i++)
        assert_false(str_is(incident->entities[i].text, "203.0.113.7"));
    investigation_done(&in);
}

static void lists_are_sorted_by_severity_time_and_id(void **state)
{
    struct investigation in;
    (void)state;
    investigation_open(&in, LIFE,
                       "medium c d2/03:00 d2/04:00 session=#1\n"
                       "high b d4/03:00 d4/04:00 session=#2\n"
                       "high a d3/03:00 d3/04:00 session=#3");
    investigation_link(&in);
    incident_list_sort(&in.incidents);
    static const char *const titles[] = {"title of a", "title of b", "title of c"};
    for (size_t i = 0; i < 3; i++)
        assert_true(str_is(in.incidents.items[i].title, titles[i]));
    investigation_done(&in);
}

// ---- whose things -----------------------------------------------------------------------------

static uint32_t count_of(const struct investigation *in, enum entity_kind kind, const char *text)
{
    uint32_t count;
    linker_incidents(in->linker, kind, knowledge_symbol(in->knowledge, str_from(text)), &count);
    return count;
}

static void only_what_is_the_attackers_names_incidents(void **state)
{
    struct investigation in;
    (void)state;
    investigation_open(
        &in, LIFE,
        "high a d15/03:00 d15/04:00 user=alice@contoso.example ip=198.51.100.9 ip=192.0.2.100 "
        "app=" NEVER_APP "\n"
        "high b d15/03:00 d15/04:00 user=bob@contoso.example ip=198.51.100.10\n"
        "low w d15/03:00 d15/04:00 ip=198.51.100.9 ip=198.51.100.11\n"
        "critical rule:c d15/03:00 d15/04:00 user=bob@contoso.example ip=192.0.2.20");
    investigation_link(&in);
    assert_int_equal(count_of(&in, ENTITY_IP, "198.51.100.9"), 1);
    assert_int_equal(count_of(&in, ENTITY_APP, NEVER_APP), 1);
    assert_int_equal(count_of(&in, ENTITY_CLIENT_APP, NEVER_APP), 1);
    assert_int_equal(count_of(&in, ENTITY_IP, "192.0.2.100"), 0);   // common
    assert_int_equal(count_of(&in, ENTITY_IP, "198.51.100.11"), 0); // of a weak finding
    assert_int_equal(count_of(&in, ENTITY_IP, "192.0.2.20"), 0);    // Bob's home
    assert_int_equal(count_of(&in, ENTITY_IP, "198.51.100.12"), 0); // of none
    assert_int_equal(count_of(&in, ENTITY_IP, ""), 0);
    investigation_done(&in);
}

// An attack on more people than findings list is still the attacker's, not everybody's.
static void an_attack_on_hundreds_keeps_its_address(void **state)
{
    struct buf life;
    struct investigation in;
    (void)state;
    buf_init(&life);
    for (int i = 0; i < 230; i++)
        buf_print(&life, "d15 03:00 mail_access user=user%d@contoso.example address=198.51.100.9\n",
                  i);
    buf_add_char(&life, 0);
    investigation_open(&in, life.at,
                       "high a d15/03:00 d15/04:00 users=230 mailboxes=230 ip=198.51.100.9\n");
    investigation_link(&in);
    assert_int_equal(count_of(&in, ENTITY_IP, "198.51.100.9"), 1);
    investigation_done(&in);
    investigation_open(&in, life.at,
                       "high a d15/03:00 d15/04:00 users=201 mailboxes=201 ip=198.51.100.9\n");
    investigation_link(&in);
    assert_int_equal(count_of(&in, ENTITY_IP, "198.51.100.9"), 0);
    investigation_done(&in);
    buf_done(&life);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_an_attacker_must_share_joins),
        cmocka_unit_test(what_everybody_shares_joins_nothing),
        cmocka_unit_test(accounts_join_within_days_only),
        cmocka_unit_test(what_rules_match_at_home_is_no_attack),
        cmocka_unit_test(what_makes_an_incident),
        cmocka_unit_test(weak_findings_attach_and_never_bridge),
        cmocka_unit_test(order_of_findings_does_not_matter),
        cmocka_unit_test(there_are_no_more_incidents_than_the_limit),
        cmocka_unit_test(an_incident_is_as_grave_as_its_gravest_finding_or_a_step_more),
        cmocka_unit_test(title_times_and_entities_are_of_what_counts),
        cmocka_unit_test(lists_are_sorted_by_severity_time_and_id),
        cmocka_unit_test(only_what_is_the_attackers_names_incidents),
        cmocka_unit_test(an_attack_on_hundreds_keeps_its_address),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
