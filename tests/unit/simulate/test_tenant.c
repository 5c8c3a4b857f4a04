// The model: people, addresses, messages and their text.
// SPDX-License-Identifier: Apache-2.0
#include "simulate/tenant.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/keyset.h"
#include "base/net.h"
#include "simulate/mail.h"
#include "simulate/pen.h"

#define START (INT64_C(1788739200) * SECOND)

static void every_mailbox_has_an_address_of_its_own(void **state)
{
    (void)state;
    struct tenant tenant;
    struct keyset seen = {0};
    tenant_init(&tenant, 3, 4000, START);
    for (uint32_t i = 0; i < tenant.mailbox_count; i++) {
        const struct person *person = &tenant.people[i];
        assert_true(str_ends(person->address, tenant.domain));
        assert_true(str_equal_fold(person->address, person->spelled));
        assert_true(keyset_add(&seen, hash_str(person->address)));
    }
    assert_int_equal(tenant.mailbox_count - tenant.people_count, 200);
    keyset_done(&seen);
    tenant_done(&tenant);
}

static void everyone_can_read_mail(void **state)
{
    (void)state;
    struct tenant tenant;
    tenant_init(&tenant, 1, 500, START);
    uint32_t admins = 0;
    for (uint32_t i = 0; i < tenant.people_count; i++) {
        const struct person *person = &tenant.people[i];
        assert_true(person_has(person, CLIENT_OUTLOOK) || person_has(person, CLIENT_OWA) ||
                    person_has(person, CLIENT_MAC));
        assert_true(person->starts < person->ends);
        admins += person->is_admin;
    }
    assert_in_range(admins, 1, 40);
    assert_true(tenant_admin(&tenant)->is_admin);
    tenant_done(&tenant);
}

static void a_tenant_of_one_works(void **state)
{
    (void)state;
    struct tenant tenant;
    struct chance chance = chance_of(1, "test", 0);
    tenant_init(&tenant, 1, 1, START);
    assert_ptr_equal(tenant_pick(&tenant, &chance, 200), &tenant.people[0]);
    tenant_done(&tenant);
}

// Addresses are what they say: valid, of no one on the internet but Microsoft, and told apart.
static void addresses_are_valid_and_reserved(void **state)
{
    (void)state;
    struct chance chance = chance_of(1, "test", 1);
    for (int network = 0; network < NETWORK_COUNT; network++)
        for (int i = 0; i < 300; i++) {
            char text[ADDRESS_SIZE], canonical[IP_SIZE];
            struct ip ip;
            struct address address = address_make((enum network_id)network, &chance);
            struct str written = address_text(address, text);
            assert_true(ip_parse_strict(written, &ip));
            assert_string_equal(ip_print(&ip, canonical), text);
            if (networks[network].kind != NETWORK_PROVIDER)
                assert_true(ip_is_reserved(&ip));
        }
}

// Two networks never share an address, or an intruder's could be anyone's.
static void networks_do_not_overlap(void **state)
{
    (void)state;
    struct keyset seen = {0};
    for (int network = 0; network < NETWORK_COUNT; network++)
        for (uint32_t host = 0; host < 1u << networks[network].host_bits; host++)
            for (int v6 = 0; v6 < 2; v6++) {
                char text[ADDRESS_SIZE];
                struct address address = {(uint8_t)network, v6, host};
                if (v6 && (!networks[network].prefix[0] || host == 0 || host > 4000))
                    continue;
                assert_true(keyset_add(&seen, hash_str(address_text(address, text))));
            }
    keyset_done(&seen);
}

static void a_message_follows_from_its_key(void **state)
{
    (void)state;
    struct tenant tenant;
    char a[MESSAGE_ID_SIZE], b[MESSAGE_ID_SIZE];
    tenant_init(&tenant, 1, 20, START);
    struct person *box = &tenant.people[2];
    struct mail first = mail_backlog(&tenant, box, 17), again = mail_backlog(&tenant, box, 17),
                other = mail_backlog(&tenant, box, 18);
    assert_true(str_equal(mail_id(&tenant, &first, a), mail_id(&tenant, &again, b)));
    assert_false(str_equal(mail_id(&tenant, &first, a), mail_id(&tenant, &other, b)));
    struct buf subject;
    buf_init(&subject);
    for (uint32_t i = 0; i < 2000; i++) {
        struct mail mail = mail_backlog(&tenant, box, i);
        struct str id = mail_id(&tenant, &mail, a);
        assert_true(id.at[0] == '<' && id.at[id.len - 1] == '>');
        assert_true(mail.from == MAIL_OUTSIDE || mail.from < tenant.people_count);
        buf_clear(&subject);
        mail_put_subject(&subject, &mail);
        assert_true(subject.len > 3);
        assert_false(str_contains(buf_str(&subject), S("%")));
        assert_false(str_contains(buf_str(&subject), S("\""))); // it is written without escapes
    }
    buf_done(&subject);
    tenant_done(&tenant);
}

static void a_mailbox_remembers_the_newest(void **state)
{
    (void)state;
    struct tenant tenant;
    tenant_init(&tenant, 1, 2, START);
    struct person *box = &tenant.people[0];
    assert_null(mail_recent(box, 0));
    for (uint64_t key = 1; key <= MAIL_RING + 5; key++)
        mail_receive(box, key, MAIL_OUTSIDE, FOLDER_INBOX);
    assert_int_equal(mail_recent(box, 0)->key, MAIL_RING + 5);
    assert_int_equal(mail_recent(box, MAIL_RING - 1)->key, 6);
    assert_null(mail_recent(box, MAIL_RING));
    tenant_done(&tenant);
}

static void times_and_numbers_are_written_as_elsewhere(void **state)
{
    (void)state;
    static const int64_t numbers[] = {0, 7, -7, 42, 1000000, INT64_MAX, INT64_MIN};
    struct buf out;
    char wanted[64];
    buf_init(&out);
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        buf_clear(&out);
        put_number(&out, numbers[i]);
        snprintf(wanted, sizeof wanted, "%lld", (long long)numbers[i]);
        assert_true(str_is(buf_str(&out), wanted));
    }
    struct chance chance = chance_of(1, "test", 2);
    for (int i = 0; i < 20000; i++) {
        int64_t time = (int64_t)(chance_next(&chance) % (UINT64_C(8000000000) * 1000000));
        buf_clear(&out);
        put_time(&out, time, 107);
        assert_int_equal(instant_parse_fast(buf_str(&out)), time);
        buf_clear(&out);
        put_time(&out, time, 0);
        assert_int_equal(instant_parse_fast(buf_str(&out)), time / SECOND * SECOND);
    }
    buf_done(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_mailbox_has_an_address_of_its_own),
        cmocka_unit_test(everyone_can_read_mail),
        cmocka_unit_test(a_tenant_of_one_works),
        cmocka_unit_test(addresses_are_valid_and_reserved),
        cmocka_unit_test(networks_do_not_overlap),
        cmocka_unit_test(a_message_follows_from_its_key),
        cmocka_unit_test(a_mailbox_remembers_the_newest),
        cmocka_unit_test(times_and_numbers_are_written_as_elsewhere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
