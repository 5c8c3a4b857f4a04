// The ledger of issued tokens at scale: sign-ins added, sealed and asked about a second, and bytes each.
// usage: bench_issued [SIGN_INS]   (10 million by default)
// SPDX-License-Identifier: Apache-2.0
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/hash.h"
#include "baseline/issued.h"

#define USERS 50000
#define YEAR (365 * DAY)
#define START (1700000000 * SECOND)

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void number_id(uint64_t number, uint8_t id[16])
{
    uint64_t halves[2] = {hash_mix(number + 1), hash_mix(~number)};
    memcpy(id, halves, 16);
    id[6] = (uint8_t)((id[6] & 0x0f) | 0x40);
    id[8] = (uint8_t)((id[8] & 0x3f) | 0x80);
}

// Sign-in number `i`: users at random, times as the log has them; eight tokens to a session.
static void add(struct issued *ledger, uint64_t i, uint64_t count)
{
    uint8_t token[16], session[16];
    uint64_t random = hash_mix(i);
    number_id(i, token);
    number_id(~(i / 8), session);
    struct issued_sign_in sign_in = {
        .kind = random & 7 ? ISSUED_NON_INTERACTIVE : ISSUED_INTERACTIVE,
        .outcome = ISSUED_SUCCESS,
        .token = token,
        .session = session,
        .user = 1 + (uint32_t)(hash_mix(i / 8) % USERS),
        .app = 1 + (uint32_t)(random >> 8) % 200,
        .resource = 1 + (uint32_t)(random >> 16) % 20,
        .tenant = 1,
        .address = (uint32_t)(random >> 32),
        .time = START + (int64_t)((double)i / (double)count * (double)YEAR),
    };
    issued_add(ledger, &sign_in);
}

static void ask(const struct issued *ledger, uint64_t i, uint64_t count, unsigned levels[6])
{
    uint64_t random = hash_mix(i ^ 0x5555), of = random % count;
    struct issued_access access = {.token_state = ISSUED_ID_VALID,
                                   .has_session = true,
                                   .user = 1 + (uint32_t)(hash_mix(of / 8) % USERS),
                                   .apps = {1, 2},
                                   .resources = {3, 0}};
    // Most accesses are right; one in 16 each lacks the token, and that and the session.
    number_id(random >> 60 > 1 ? of : ~of ^ 0x123, access.token);
    number_id(random >> 60 ? ~(of / 8) : of ^ 0x777, access.session);
    access.issued = START + (int64_t)((double)of / (double)count * (double)YEAR);
    access.time = access.issued + (int64_t)(random >> 40 & 0xffff) * SECOND / 16;
    struct issued_answer answer;
    issued_find(ledger, &access, &answer);
    levels[answer.level]++;
}

static void tell(const char *what, uint64_t count, double took)
{
    printf("%-28s %6.2f s  %6.2f M/s\n", what, took, (double)count / took / 1e6);
}

int main(int argc, char **argv)
{
    uint64_t count = argc > 1 ? strtoull(argv[1], NULL, 10) : 10000000;
    struct issued *ledger = issued_new(0);
    unsigned levels[6] = {0};
    double start = seconds();
    for (uint64_t i = 0; i < count; i++)
        add(ledger, i, count);
    double added = seconds();
    tell("sign-ins added", count, added - start);
    issued_seal(ledger);
    double sealed = seconds();
    tell("sealed", count, sealed - added);
    for (uint64_t i = 0; i < count; i++)
        ask(ledger, i, count, levels);
    tell("accesses asked", count, seconds() - sealed);
    struct issued_counts counts = issued_count(ledger);
    printf("%u tokens, %u sessions, %u manners: %.1f MB, %.1f bytes a slip\n", counts.tokens,
           counts.sessions, counts.manners, (double)counts.bytes / 1e6,
           (double)counts.bytes / (double)(counts.tokens + counts.sessions));
    for (int level = 0; level < 6; level++)
        printf("%s %u  ", issued_level_name((enum issued_level)level), levels[level]);
    printf("\n");
    issued_free(ledger);
    return 0;
}
