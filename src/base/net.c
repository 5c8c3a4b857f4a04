// Reads, prints and classifies Internet addresses.
// SPDX-License-Identifier: Apache-2.0
#include "base/net.h"

#include <arpa/inet.h>

#define V4_BITS 96 // an IPv4 prefix /n has n bits more than this

static const uint8_t v4_prefix[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

// ---- reading ----------------------------------------------------------------------------------

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

// A decimal number of at most `most` digits, without leading zeros, at text[*i].
static bool take_decimal(struct str text, size_t *i, size_t most, unsigned *out)
{
    size_t start = *i;
    unsigned number = 0;
    while (*i < text.len && is_digit(text.at[*i]) && *i - start < most)
        number = number * 10 + (unsigned)(text.at[(*i)++] - '0');
    *out = number;
    return *i > start && (text.at[start] != '0' || *i == start + 1);
}

static bool parse_v4(struct str text, struct ip *out)
{
    struct ip ip;
    memcpy(ip.bytes, v4_prefix, sizeof v4_prefix);
    size_t i = 0;
    for (int part = 0; part < 4; part++) {
        unsigned number;
        if (part && (i == text.len || text.at[i++] != '.'))
            return false;
        if (!take_decimal(text, &i, 3, &number) || number > 255)
            return false;
        ip.bytes[12 + part] = (uint8_t)number;
    }
    if (i != text.len)
        return false;
    *out = ip;
    return true;
}

static bool parse_v6(struct str text, struct ip *out)
{
    char copy[64];
    if (text.len < 2 || text.len >= sizeof copy || memchr(text.at, 0, text.len))
        return false;
    memcpy(copy, text.at, text.len);
    copy[text.len] = 0;
    struct ip ip;
    if (inet_pton(AF_INET6, copy, ip.bytes) != 1)
        return false;
    *out = ip;
    return true;
}

bool ip_parse_strict(struct str text, struct ip *out)
{
    return str_index(text, ':') < text.len ? parse_v6(text, out) : parse_v4(text, out);
}

// An IPv6 address with an optional zone behind '%'; the zone says nothing to anybody else.
static bool parse_zoned(struct str text, struct ip *out)
{
    size_t percent = str_index(text, '%');
    if (percent < text.len && (percent + 1 == text.len || text.len - percent > 32))
        return false;
    for (size_t i = percent + 1; i < text.len; i++)
        if (text.at[i] <= ' ' || text.at[i] > '~' || strchr("[]%/:", text.at[i]))
            return false;
    text.len = percent;
    return str_index(text, ':') < text.len && parse_v6(text, out);
}

static bool is_port(struct str text)
{
    size_t i = 0;
    unsigned number;
    return take_decimal(text, &i, 5, &number) && i == text.len && number <= 65535;
}

bool ip_parse(struct str text, struct ip *out)
{
    text = str_trim(text);
    if (text.len == 0)
        return false;
    if (text.at[0] == '[') {
        size_t close = str_index(text, ']');
        if (close == text.len)
            return false;
        struct str behind = str_of(text.at + close + 1, text.len - close - 1);
        if (behind.len && (behind.at[0] != ':' || !is_port(str_of(behind.at + 1, behind.len - 1))))
            return false;
        return parse_zoned(str_of(text.at + 1, close - 1), out);
    }
    size_t colon = str_index(text, ':');
    if (colon == text.len)
        return parse_v4(text, out);
    struct str behind = str_of(text.at + colon + 1, text.len - colon - 1);
    if (memchr(text.at, '.', colon))
        return is_port(behind) && parse_v4(str_of(text.at, colon), out);
    return parse_zoned(text, out);
}

// ---- comparing and printing -------------------------------------------------------------------

bool ip_is_v4(const struct ip *ip)
{
    return memcmp(ip->bytes, v4_prefix, sizeof v4_prefix) == 0;
}

bool ip_equal(const struct ip *a, const struct ip *b)
{
    return memcmp(a->bytes, b->bytes, sizeof a->bytes) == 0;
}

static char *print_v4(const uint8_t bytes[4], char *at)
{
    for (int i = 0; i < 4; i++) {
        unsigned number = bytes[i];
        if (i)
            *at++ = '.';
        if (number >= 100)
            *at++ = (char)('0' + number / 100);
        if (number >= 10)
            *at++ = (char)('0' + number / 10 % 10);
        *at++ = (char)('0' + number % 10);
    }
    *at = 0;
    return at;
}

// The longest run of two or more zero groups, the first of equals (RFC 5952, 4.2).
static int longest_zeros(const unsigned groups[8], int *len)
{
    int best = -1;
    *len = 1;
    for (int i = 0; i < 8; i++) {
        int end = i;
        while (end < 8 && groups[end] == 0)
            end++;
        if (end - i > *len) {
            best = i;
            *len = end - i;
        }
        i = end;
    }
    return best;
}

static char *print_hex(unsigned number, char *at)
{
    static const char digits[] = "0123456789abcdef";
    int shift = number > 0xfff ? 12 : number > 0xff ? 8 : number > 0xf ? 4 : 0;
    for (; shift >= 0; shift -= 4)
        *at++ = digits[number >> shift & 15];
    return at;
}

char *ip_print(const struct ip *ip, char text[IP_SIZE])
{
    if (ip_is_v4(ip)) {
        print_v4(ip->bytes + 12, text);
        return text;
    }
    unsigned groups[8];
    for (int i = 0; i < 8; i++)
        groups[i] = (unsigned)ip->bytes[2 * i] << 8 | ip->bytes[2 * i + 1];
    int zeros_len, zeros = longest_zeros(groups, &zeros_len);
    char *at = text;
    for (int i = 0; i < 8;) {
        if (i == zeros) {
            *at++ = ':';
            *at++ = ':';
            i += zeros_len;
            continue;
        }
        if (at > text && at[-1] != ':')
            *at++ = ':';
        at = print_hex(groups[i++], at);
    }
    *at = 0;
    return text;
}

// ---- prefixes ---------------------------------------------------------------------------------

static bool same_bits(const uint8_t *a, const uint8_t *b, unsigned bits)
{
    unsigned whole = bits / 8, rest = bits % 8;
    if (memcmp(a, b, whole) != 0)
        return false;
    return rest == 0 || (uint8_t)(a[whole] ^ b[whole]) >> (8 - rest) == 0;
}

static void clear_host_bits(struct ip *ip, unsigned bits)
{
    for (unsigned i = 0; i < sizeof ip->bytes; i++) {
        unsigned kept = bits > 8 * i ? bits - 8 * i : 0;
        if (kept < 8)
            ip->bytes[i] &= (uint8_t)(0xff00u >> kept);
    }
}

bool ip_prefix_parse(struct str text, struct ip_prefix *out)
{
    text = str_trim(text);
    size_t slash = str_index(text, '/');
    struct str address = str_of(text.at, slash);
    struct ip ip;
    if (!ip_parse_strict(address, &ip))
        return false;
    unsigned offset = str_index(address, ':') == slash ? V4_BITS : 0, bits = 128 - offset;
    if (slash < text.len) {
        size_t i = slash + 1;
        if (!take_decimal(text, &i, 3, &bits) || i != text.len || bits > 128 - offset)
            return false;
    }
    struct ip_prefix prefix = {.base = ip, .bits = (uint8_t)(offset + bits)};
    prefix.is_v4 = ip_is_v4(&ip) && prefix.bits >= V4_BITS;
    clear_host_bits(&prefix.base, prefix.bits);
    *out = prefix;
    return true;
}

bool ip_prefix_has(const struct ip_prefix *prefix, const struct ip *ip)
{
    // An IPv6 prefix, even ::/0, has no IPv4 addresses: ::ffff: is only how they are kept.
    return prefix->is_v4 == ip_is_v4(ip) && same_bits(prefix->base.bytes, ip->bytes, prefix->bits);
}

// ---- classes ----------------------------------------------------------------------------------

// IANA IPv4 Special-Purpose Address Registry, without the entries that are globally reachable
// (192.31.196.0/24, 192.52.193.0/24, 192.175.48.0/24), and multicast and class E.
static const struct {
    uint8_t base[4];
    uint8_t bits;
} reserved_v4[] = {
    {{0, 0, 0, 0}, 8},       // "this network"
    {{10, 0, 0, 0}, 8},      // private
    {{100, 64, 0, 0}, 10},   // shared address space
    {{127, 0, 0, 0}, 8},     // loopback
    {{169, 254, 0, 0}, 16},  // link-local
    {{172, 16, 0, 0}, 12},   // private
    {{192, 0, 0, 0}, 24},    // IETF protocol assignments
    {{192, 0, 2, 0}, 24},    // documentation
    {{192, 88, 99, 0}, 24},  // 6to4 relay anycast, given up
    {{192, 168, 0, 0}, 16},  // private
    {{198, 18, 0, 0}, 15},   // benchmarking
    {{198, 51, 100, 0}, 24}, // documentation
    {{203, 0, 113, 0}, 24},  // documentation
    {{224, 0, 0, 0}, 4},     // multicast
    {{240, 0, 0, 0}, 4},     // reserved, broadcast
};

// IANA IPv6 Special-Purpose Address Registry. 64:ff9b::/96 and parts of 2001::/23 can be reached,
// but say nothing of who is behind them. 2002::/16 (6to4) was routed and stays public.
static const struct {
    uint8_t base[16];
    uint8_t bits;
} reserved_v6[] = {
    {{0}, 128},                        // unspecified
    {{[15] = 1}, 128},                 // loopback
    {{0, 0x64, 0xff, 0x9b}, 96},       // IPv4-IPv6 translation
    {{0, 0x64, 0xff, 0x9b, 0, 1}, 48}, // the same, local use
    {{1}, 64},                         // discard-only 100::/64
    {{1, 0, 0, 0, 0, 0, 0, 1}, 64},    // dummy prefix 100:0:0:1::/64
    {{0x20, 0x01}, 23},                // IETF protocol assignments, Teredo
    {{0x20, 0x01, 0x0d, 0xb8}, 32},    // documentation
    {{0x3f, 0xff}, 20},                // documentation
    {{0x5f}, 16},                      // segment routing
    {{0xfc}, 7},                       // unique local
    {{0xfe, 0x80}, 10},                // link-local
    {{0xfe, 0xc0}, 10},                // site-local, given up
    {{0xff}, 8},                       // multicast
};

bool ip_is_reserved(const struct ip *ip)
{
    if (ip_is_v4(ip)) {
        for (size_t i = 0; i < sizeof reserved_v4 / sizeof reserved_v4[0]; i++)
            if (same_bits(ip->bytes + 12, reserved_v4[i].base, reserved_v4[i].bits))
                return true;
        return false;
    }
    for (size_t i = 0; i < sizeof reserved_v6 / sizeof reserved_v6[0]; i++)
        if (same_bits(ip->bytes, reserved_v6[i].base, reserved_v6[i].bits))
            return true;
    return false;
}
