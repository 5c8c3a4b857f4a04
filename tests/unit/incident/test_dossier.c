// Dossiers: whose rows they are, what is put together, and that nothing is lost without a count.
// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/investigation.h"

#define LIFE                                                                                       \
    "set alice user=alice@contoso.example object=#alice address=81.2.69.7 asn=64500 country=DE\n"  \
    "set thief user=alice@contoso.example object=#alice address=45.77.10.9\n"                      \
    "set admin user=root@contoso.example object=#root address=81.2.69.8 asn=64500 country=DE\n"    \
    "d1..20w 08:00 sign_in +alice interactive\n"                                                   \
    "d1..20w 09:00,14:00 mail_access +alice count=5\n"                                             \
    "d1..20w 07:00 sign_in +admin\n"

#define FINDING                                                                                    \
    "high stolen d12/03:10 d12/04:00 user=alice@contoso.example mailbox=alice@contoso.example "    \
    "ip=45.77.10.9\n"

struct counted {
    unsigned rows, records, messages;
};

static struct counted count(const struct dossier *dossier, enum dossier_part part,
                            enum activity_kind kind)
{
    struct counted counted = {0};
    size_t at = 0;
    const struct dossier_row *row;
    while ((row = dossier_next(dossier, &at, part, kind))) {
        counted.rows++;
        counted.records += row->records;
        counted.messages += row->first.count;
        assert_true(row->first.time <= row->last);
    }
    return counted;
}

static struct dossier open_dossier(struct investigation *in, const char *life, const char *findings)
{
    struct buf text;
    buf_init(&text);
    buf_print(&text, "%s%s", LIFE, life);
    buf_add_char(&text, 0);
    investigation_open(in, text.at, findings);
    buf_done(&text);
    investigation_link(in);
    investigation_look(in);
    investigation_finish(in);
    assert_int_equal(in->incidents.count, 1);
    return dossier_of(in->dossiers, &in->incidents.items[0]);
}

static void rows_are_the_attackers_the_owners_or_around(void **state)
{
    struct investigation in;
    (void)state;
    struct dossier d = open_dossier(&in,
                                    "d12 03:10 mail_access x20/30s +thief count=2\n"
                                    "d12 10:00 consent +admin target=alice@contoso.example\n"
                                    "d12 11:00 federation +admin detail=evil.example\n"
                                    "d12 11:30 device user=bob@contoso.example\n",
                                    FINDING);
    struct counted theirs = count(&d, DOSSIER_ATTACKER, ACTIVITY_MAIL_ACCESS);
    assert_int_equal(theirs.records, 20);
    assert_int_equal(theirs.messages, 40);
    assert_int_equal(theirs.rows, 1); // within one hour, by one program, from one address
    // Seven days before and after: alice's own, twice on each of the weekdays.
    struct counted own = count(&d, DOSSIER_OWNER, ACTIVITY_MAIL_ACCESS);
    assert_true(own.records >= 14 && own.records <= 24);
    assert_int_equal(own.messages, own.records * 5);
    assert_int_equal(count(&d, DOSSIER_AROUND, ACTIVITY_CONSENT).records, 1);
    assert_int_equal(count(&d, DOSSIER_AROUND, ACTIVITY_FEDERATION).records, 1);
    assert_int_equal(count(&d, DOSSIER_PARTS, ACTIVITY_DEVICE).records, 0); // of nobody's concern
    assert_int_equal(count(&d, DOSSIER_AROUND, ACTIVITY_SIGN_IN).records, 0);
    assert_int_equal(d.people_count, 1);
    assert_int_equal(d.mailbox_count, 1);
    investigation_done(&in);
}

static void what_is_far_away_in_time_is_left_out(void **state)
{
    struct investigation in;
    (void)state;
    struct dossier d = open_dossier(&in,
                                    "d12 03:10 mail_access x3/30s +thief\n"
                                    "d1 10:00 federation +admin detail=old.example\n"
                                    "d6 10:00 federation +admin detail=new.example\n",
                                    FINDING);
    assert_int_equal(count(&d, DOSSIER_AROUND, ACTIVITY_FEDERATION).records, 1);
    investigation_done(&in);
}

static void what_differs_stays_apart_and_the_earliest_is_first(void **state)
{
    struct investigation in;
    (void)state;
    struct dossier d = open_dossier(&in,
                                    "d12 03:10 mail_access x3/30s +thief\n"
                                    "d12 03:20 mail_access x3/30s +thief sync\n"
                                    "d12 04:10 mail_access x3/30s +thief\n"
                                    "d12 03:12 mail_rule +thief detail=one\n"
                                    "d12 03:13 mail_rule +thief detail=two\n"
                                    "d12 03:14 mail_rule +thief detail=two\n",
                                    FINDING);
    assert_int_equal(count(&d, DOSSIER_ATTACKER, ACTIVITY_MAIL_ACCESS).rows, 3);
    assert_int_equal(count(&d, DOSSIER_ATTACKER, ACTIVITY_MAIL_ACCESS).records, 9);
    assert_int_equal(count(&d, DOSSIER_ATTACKER, ACTIVITY_MAIL_RULE).rows, 2);
    for (size_t i = 1; i < d.count; i++)
        assert_true(d.rows[i - 1].first.time <= d.rows[i].first.time);
    investigation_done(&in);
}

static void what_finds_no_room_is_counted(void **state)
{
    struct investigation in;
    struct buf life;
    (void)state;
    buf_init(&life);
    for (int i = 0; i < DOSSIER_ATTACKER_LIMIT + 50; i++)
        buf_print(&life, "d12 03:10 mail_rule +thief detail=rule%d\n", i);
    buf_add_char(&life, 0);
    struct dossier d = open_dossier(&in, life.at, FINDING);
    assert_int_equal(count(&d, DOSSIER_ATTACKER, ACTIVITY_MAIL_RULE).rows, DOSSIER_ATTACKER_LIMIT);
    assert_int_equal(d.unlisted[DOSSIER_ATTACKER], 50);
    assert_int_equal(d.unlisted[DOSSIER_OWNER], 0);
    investigation_done(&in);
    buf_done(&life);
}

// Mail of the owner's fills its part; what comes late, and every change, still finds room.
static void everyday_life_leaves_room_for_what_matters(void **state)
{
    struct investigation in;
    struct buf life;
    (void)state;
    buf_init(&life);
    for (int i = 0; i < DOSSIER_OWNER_LIMIT + 500; i++)
        buf_print(&life, "d6 09:30 mail_access +alice agent=program-%d\n", i);
    buf_print(&life, "d12 03:10 mail_access x3/30s +thief\n"
                     "d12 12:00 mail_access +alice agent=late\n"
                     "d12 12:30 consent +alice target_app=#app\n");
    buf_add_char(&life, 0);
    struct dossier d = open_dossier(&in, life.at, FINDING);
    assert_int_equal(count(&d, DOSSIER_OWNER, ACTIVITY_CONSENT).records, 1);
    assert_true(d.unlisted[DOSSIER_OWNER] > DOSSIER_OWNER_LIMIT / 2);
    bool has_late = false;
    for (size_t i = 0; i < d.count; i++)
        has_late = has_late || str_is(dossier_text(&d, d.rows[i].first.agent), "late");
    assert_true(has_late);
    investigation_done(&in);
    buf_done(&life);
}

static void findings_are_found_by_their_detector(void **state)
{
    struct investigation in;
    (void)state;
    struct dossier d = open_dossier(&in, "d12 03:10 mail_access x3/30s +thief\n",
                                    FINDING "medium other d12/03:10 d12/04:00 ip=45.77.10.9 "
                                            "user=alice@contoso.example\n");
    size_t at = 0;
    const struct finding *finding = dossier_finding(&d, &at, "other");
    assert_non_null(finding);
    assert_true(str_is(finding->detector, "other"));
    assert_null(dossier_finding(&d, &at, "other"));
    at = 0;
    assert_null(dossier_finding(&d, &at, "sigma:"));
    investigation_done(&in);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_are_the_attackers_the_owners_or_around),
        cmocka_unit_test(what_is_far_away_in_time_is_left_out),
        cmocka_unit_test(what_differs_stays_apart_and_the_earliest_is_first),
        cmocka_unit_test(what_finds_no_room_is_counted),
        cmocka_unit_test(everyday_life_leaves_room_for_what_matters),
        cmocka_unit_test(findings_are_found_by_their_detector),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
