// Varints (the encoding of protocol buffers and LEB128), read strictly.
// SPDX-License-Identifier: Apache-2.0
#include "baseline/varint.h"

void varint_add(struct buf *out, uint64_t number)
{
    char bytes[VARINT_SIZE];
    size_t len = 0;
    for (; number >= 0x80; number >>= 7)
        bytes[len++] = (char)(number | 0x80);
    bytes[len++] = (char)number;
    buf_add(out, str_of(bytes, len));
}

void varint_add_signed(struct buf *out, int64_t number)
{
    uint64_t twice = (uint64_t)number << 1;
    varint_add(out, number < 0 ? ~twice : twice);
}

void varint_add_text(struct buf *out, struct str text)
{
    varint_add(out, text.len);
    buf_add(out, text);
}

static uint64_t fail(struct varint_reader *reader)
{
    reader->is_bad = true;
    reader->left = (struct str){reader->left.at, 0};
    return 0;
}

uint64_t varint_read(struct varint_reader *reader, uint64_t most)
{
    uint64_t number = 0;
    for (unsigned i = 0; i < VARINT_SIZE && i < reader->left.len; i++) {
        uint64_t byte = (uint8_t)reader->left.at[i];
        number |= (byte & 0x7f) << (7 * i);
        if (byte & 0x80)
            continue;
        // The tenth byte has room for one bit; a zero at the end is a longer spelling than needed.
        bool is_odd = (i == VARINT_SIZE - 1 && byte > 1) || (i > 0 && byte == 0);
        if (is_odd || number > most)
            return fail(reader);
        reader->left = str_of(reader->left.at + i + 1, reader->left.len - i - 1);
        return number;
    }
    return fail(reader);
}

int64_t varint_read_signed(struct varint_reader *reader)
{
    uint64_t number = varint_read(reader, UINT64_MAX);
    uint64_t half = number >> 1;
    return (int64_t)(number & 1 ? ~half : half);
}

struct str varint_read_text(struct varint_reader *reader, size_t most)
{
    size_t len = varint_read(reader, most);
    if (len > reader->left.len)
        fail(reader);
    if (reader->is_bad)
        return (struct str)STR("");
    struct str text = str_of(reader->left.at, len);
    reader->left = str_of(reader->left.at + len, reader->left.len - len);
    return text;
}
