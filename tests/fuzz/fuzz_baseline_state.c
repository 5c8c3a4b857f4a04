// Fuzzes the saved states of baselines: no bytes crash a load, and what loads is saved as it was. The
// first byte says which state; its second half takes the rest as a body and writes head and checksum
// around it, so that the checks behind the checksum are reached.
// SPDX-License-Identifier: Apache-2.0
#include <assert.h>
#include <stdlib.h>

#include "base/hash.h"
#include "baseline/address.h"
#include "baseline/coverage_mailbox.h"
#include "baseline/issued_peer.h"
#include "baseline/pack.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define ADDRESS_LIMIT 64
#define TOKEN_LIMIT 64

static void assert_same(struct str bytes, struct buf *saved)
{
    assert(saved->len == bytes.len && memcmp(saved->at, bytes.at, bytes.len) == 0);
    buf_done(saved);
}

static void try_address(struct str bytes)
{
    struct address_book *book = address_book_new(ADDRESS_LIMIT);
    struct buf saved;
    buf_init(&saved);
    if (address_load(book, bytes, NULL)) {
        address_save(book, &saved);
        assert_same(bytes, &saved);
        struct ip ip = {{0}};
        struct address_answer answer;
        memcpy(ip.bytes, bytes.at + bytes.len - 16, 16);
        address_find(book, NULL, 0, &ip, &answer);
        struct address_record record = {.asn = 7, .country = S("DE"), .city = S("Bonn")};
        address_learn(book, &ip, 5, &record);
    }
    address_book_free(book);
}

static void try_issued(struct str bytes)
{
    struct issued *ledger = issued_new(TOKEN_LIMIT), *other = issued_new(TOKEN_LIMIT);
    struct buf saved;
    buf_init(&saved);
    if (issued_load(ledger, bytes, NULL)) {
        issued_save(ledger, &saved);
        assert_same(bytes, &saved);
        struct issued_access access = {.token_state = ISSUED_ID_VALID,
                                       .has_session = true,
                                       .user = (uint8_t)bytes.at[bytes.len / 2],
                                       .issued = 1000 * HOUR,
                                       .time = 1001 * HOUR};
        memcpy(access.token, bytes.at + bytes.len / 2, 8);
        struct issued_answer answer;
        issued_find(ledger, &access, &answer);
        issued_merge(other, ledger);
        issued_seal(other);
    }
    issued_free(ledger);
    issued_free(other);
}

static bool pass(const struct coverage_answer *range, void *context)
{
    assert(range->from < range->to && range->why[0]);
    return ++*(unsigned *)context < 100;
}

static void try_coverage(struct str bytes)
{
    struct coverage *coverage = coverage_new();
    struct buf saved;
    buf_init(&saved);
    if (coverage_load(coverage, bytes, NULL)) {
        coverage_save(coverage, &saved);
        assert_same(bytes, &saved);
        unsigned ranges = 0;
        int64_t from = 0, to = 0;
        uint32_t mailbox = 1;
        coverage_each_range(coverage, COVERAGE_EXCHANGE, pass, &ranges);
        coverage_mailboxes(coverage, &mailbox, 1);
        struct coverage_mailbox answer;
        if (coverage_span(coverage, &from, &to)) {
            coverage_may_deny(coverage, COVERAGE_EXCHANGE, from, to, NULL);
            coverage_of_mailbox(coverage, mailbox, mailbox, from, to, &answer);
        }
    }
    coverage_free(coverage);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static void (*const tries[])(struct str bytes) = {try_address, try_issued, try_coverage};
    static const char *const kinds[] = {"ADDR", "ISSU", "COVE"};
    if (size == 0)
        return 0;
    unsigned which = data[0] % 6;
    struct str bytes = str_of((const char *)data + 1, size - 1);
    if (which < 3) {
        tries[which](bytes);
        return 0;
    }
    struct buf whole;
    buf_init(&whole);
    size_t start = pack_begin(&whole, kinds[which - 3], 1);
    buf_add(&whole, bytes);
    pack_end(&whole, start);
    tries[which - 3](buf_str(&whole));
    buf_done(&whole);
    return 0;
}
