// Writes and reads the states of baselines as bytes.
// SPDX-License-Identifier: Apache-2.0
#include "baseline/pack.h"

#include "base/hash.h"

#define HEAD_SIZE 8
#define CHECKSUM_SIZE 8

static void pack_number(struct buf *buf, uint64_t value, size_t width)
{
    char bytes[8];
    for (size_t i = 0; i < width; i++)
        bytes[i] = (char)(value >> (8 * i) & 0xff);
    buf_add(buf, str_of(bytes, width));
}

void pack_u8(struct buf *buf, uint8_t value)
{
    pack_number(buf, value, 1);
}

void pack_u16(struct buf *buf, uint16_t value)
{
    pack_number(buf, value, 2);
}

void pack_u32(struct buf *buf, uint32_t value)
{
    pack_number(buf, value, 4);
}

void pack_u64(struct buf *buf, uint64_t value)
{
    pack_number(buf, value, 8);
}

void pack_i64(struct buf *buf, int64_t value)
{
    pack_number(buf, (uint64_t)value, 8);
}

void pack_bytes(struct buf *buf, const void *at, size_t len)
{
    buf_add(buf, str_of(at, len));
}

size_t pack_begin(struct buf *buf, const char kind[4], uint32_t version)
{
    size_t start = buf->len;
    pack_bytes(buf, kind, 4);
    pack_u32(buf, version);
    return start;
}

void pack_end(struct buf *buf, size_t start)
{
    if (!buf_failed(buf))
        pack_u64(buf, hash_bytes(buf->at + start, buf->len - start, 0));
}

void unpack_bytes(struct unpack *unpack, void *to, size_t len)
{
    if (unpack->is_failed || unpack->rest.len < len) {
        unpack->is_failed = true;
        memset(to, 0, len);
        return;
    }
    memcpy(to, unpack->rest.at, len);
    unpack->rest = str_of(unpack->rest.at + len, unpack->rest.len - len);
}

static uint64_t unpack_number(struct unpack *unpack, size_t width)
{
    uint8_t bytes[8];
    unpack_bytes(unpack, bytes, width);
    uint64_t value = 0;
    for (size_t i = 0; i < width; i++)
        value |= (uint64_t)bytes[i] << (8 * i);
    return value;
}

uint8_t unpack_u8(struct unpack *unpack)
{
    return (uint8_t)unpack_number(unpack, 1);
}

uint16_t unpack_u16(struct unpack *unpack)
{
    return (uint16_t)unpack_number(unpack, 2);
}

uint32_t unpack_u32(struct unpack *unpack)
{
    return (uint32_t)unpack_number(unpack, 4);
}

uint64_t unpack_u64(struct unpack *unpack)
{
    return unpack_number(unpack, 8);
}

int64_t unpack_i64(struct unpack *unpack)
{
    return (int64_t)unpack_number(unpack, 8);
}

uint32_t unpack_count(struct unpack *unpack, uint32_t limit, size_t item_size)
{
    uint32_t count = unpack_u32(unpack);
    if (!unpack_require(unpack, count <= limit && count <= unpack->rest.len / item_size))
        return 0;
    return count;
}

bool unpack_require(struct unpack *unpack, bool is_right)
{
    unpack->is_failed = unpack->is_failed || !is_right;
    return !unpack->is_failed;
}

bool unpack_begin(struct unpack *unpack, struct str bytes, const char kind[4], uint32_t version,
                  struct error *error)
{
    if (bytes.len < HEAD_SIZE + CHECKSUM_SIZE || memcmp(bytes.at, kind, 4) != 0)
        return error_set(error, "this is no saved state of the kind '%.4s'", kind);
    size_t body_end = bytes.len - CHECKSUM_SIZE;
    *unpack = (struct unpack){.rest = str_of(bytes.at + 4, 4)};
    uint32_t found = unpack_u32(unpack);
    if (found != version)
        return error_set(error, "the saved state '%.4s' has version %u; this program reads %u",
                         kind, found, version);
    *unpack = (struct unpack){.rest = str_of(bytes.at + body_end, CHECKSUM_SIZE)};
    if (unpack_u64(unpack) != hash_bytes(bytes.at, body_end, 0))
        return error_set(error, "the saved state '%.4s' is damaged: its checksum is wrong", kind);
    *unpack = (struct unpack){.rest = str_of(bytes.at + HEAD_SIZE, body_end - HEAD_SIZE)};
    return true;
}

bool unpack_end(const struct unpack *unpack, struct error *error)
{
    if (unpack->is_failed)
        return error_set(error, "the saved state holds a value that cannot be");
    if (unpack->rest.len)
        return error_set(error, "the saved state has %zu bytes too many", unpack->rest.len);
    return true;
}
