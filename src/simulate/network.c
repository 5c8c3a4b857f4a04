// Addresses as text.
// SPDX-License-Identifier: Apache-2.0
#include "simulate/network.h"

#include <stdio.h>

const struct network networks[NETWORK_COUNT] = {
#define NETWORK_PLACE(owner_name, country_code, state_name, city_name)                             \
    .owner = (owner_name), .country = (country_code), .state = (state_name), .city = (city_name)
#define NETWORK(id, kind_word, first_address, bits, prefix_text, number, ...)                      \
    [NETWORK_##id] = {.kind = NETWORK_##kind_word,                                                 \
                      .first = (first_address),                                                    \
                      .host_bits = (bits),                                                         \
                      .prefix = (prefix_text),                                                     \
                      .asn = (number),                                                             \
                      NETWORK_PLACE(__VA_ARGS__)},
#include "simulate/network.def"
};

struct address address_make(enum network_id network, struct chance *chance)
{
    const struct network *row = &networks[network];
    uint64_t bits = chance_next(chance);
    // Never the first address of a range, which names the network.
    uint32_t hosts = (1u << row->host_bits) - 2;
    if (row->kind == NETWORK_PROVIDER && hosts > 240)
        hosts = 240; // front ends of one region
    uint32_t host = 1 + (uint32_t)((bits >> 32) % hosts);
    bool is_v6 = row->prefix[0] && bits % 3 == 0;
    return (struct address){(uint8_t)network, is_v6, host};
}

enum network_id network_pick(enum network_kind kind, const char *country, struct chance *chance)
{
    for (int round = country ? 0 : 1; round < 2; round++) {
        enum network_id found[NETWORK_COUNT];
        uint32_t count = 0;
        for (int i = 0; i < NETWORK_COUNT; i++)
            if (networks[i].kind == kind &&
                (round == 1 || strcmp(networks[i].country, country) == 0))
                found[count++] = (enum network_id)i;
        if (count)
            return found[chance_below(chance, count)];
    }
    return NETWORK_HOSTING_1;
}

static size_t put_decimal(char *at, unsigned number)
{
    size_t len = 0;
    if (number >= 100)
        at[len++] = (char)('0' + number / 100);
    if (number >= 10)
        at[len++] = (char)('0' + number / 10 % 10);
    at[len++] = (char)('0' + number % 10);
    return len;
}

static size_t put_hexadecimal(char *at, uint32_t number)
{
    size_t len = 0;
    for (int shift = 12; shift >= 0; shift -= 4)
        if (number >> shift || shift == 0)
            at[len++] = "0123456789abcdef"[number >> shift & 15];
    return len;
}

// 2001:db8:2010 becomes 2001:db8:2010:1a:0:0:0:7f3 in its short form.
static size_t put_v6(char *at, const struct network *network, uint32_t host)
{
    size_t len = strlen(network->prefix);
    memcpy(at, network->prefix, len);
    at[len++] = ':';
    len += put_hexadecimal(at + len, 0x100 + host % 0x6ff);
    at[len++] = ':';
    at[len++] = ':';
    len += put_hexadecimal(at + len, 1 + host % 0xfff);
    return len;
}

static size_t put_v4(char *at, const struct network *network, uint32_t host)
{
    uint32_t parts[4] = {0}, which = 0;
    for (const char *c = network->first; *c; c++) {
        if (*c == '.')
            which++;
        else
            parts[which] = parts[which] * 10 + (uint32_t)(*c - '0');
    }
    uint32_t value = (parts[0] << 24 | parts[1] << 16 | parts[2] << 8 | parts[3]) + host;
    size_t len = 0;
    for (int shift = 24; shift >= 0; shift -= 8) {
        len += put_decimal(at + len, value >> shift & 255);
        if (shift)
            at[len++] = '.';
    }
    return len;
}

struct str address_text(struct address address, char text[ADDRESS_SIZE])
{
    const struct network *network = &networks[address.network];
    size_t len =
        address.is_v6 ? put_v6(text, network, address.host) : put_v4(text, network, address.host);
    text[len] = 0;
    return str_of(text, len);
}
