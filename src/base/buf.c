// The growing output buffer and the writing of JSON strings.
// SPDX-License-Identifier: Apache-2.0
#include "base/buf.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/encode.h"

#define SMALLEST 256
#define ONES UINT64_C(0x0101010101010101)
#define HIGH_BITS (ONES * 0x80)

void buf_init(struct buf *buf)
{
    *buf = (struct buf){0};
}

void buf_done(struct buf *buf)
{
    free(buf->at);
    buf_init(buf);
}

void buf_clear(struct buf *buf)
{
    buf->len = 0;
    buf->is_failed = false;
}

static bool grow(struct buf *buf, size_t extra)
{
    if (buf->is_failed || extra > BUF_LIMIT - buf->len) {
        buf->is_failed = true;
        return false;
    }
    size_t capacity = buf->capacity ? buf->capacity * 2 : SMALLEST;
    if (capacity < buf->len + extra)
        capacity = buf->len + extra;
    if (capacity > BUF_LIMIT)
        capacity = BUF_LIMIT;
    buf->at = memory_grow(buf->at, capacity);
    buf->capacity = capacity;
    return true;
}

static inline bool has_room(struct buf *buf, size_t extra)
{
    return (extra <= buf->capacity - buf->len && !buf->is_failed) || grow(buf, extra);
}

void buf_add(struct buf *buf, struct str text)
{
    if (text.len == 0 || !has_room(buf, text.len))
        return;
    memcpy(buf->at + buf->len, text.at, text.len);
    buf->len += text.len;
}

void buf_add_char(struct buf *buf, char c)
{
    if (has_room(buf, 1))
        buf->at[buf->len++] = c;
}

void buf_vprint(struct buf *buf, const char *format, va_list arguments)
{
    va_list again;
    va_copy(again, arguments);
    // Most texts fit what is free already; the zero byte needs room too.
    size_t room = buf->capacity - buf->len;
    int len = vsnprintf(room ? buf->at + buf->len : NULL, room, format, arguments);
    if (len < 0) {
        buf->is_failed = true;
    } else if ((size_t)len < room) {
        buf->len += buf->is_failed ? 0 : (size_t)len;
    } else if (has_room(buf, (size_t)len + 1)) {
        vsnprintf(buf->at + buf->len, (size_t)len + 1, format, again);
        buf->len += (size_t)len;
    }
    va_end(again);
}

void buf_print(struct buf *buf, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    buf_vprint(buf, format, arguments);
    va_end(arguments);
}

// Sets the high bit of bytes that cannot stand in a JSON string as they are, or that are not ASCII.
// A borrow may mark a byte above a true one too, never one below: the first mark is right.
static inline uint64_t special_bytes(uint64_t word)
{
    uint64_t quote = word ^ (ONES * '"'), backslash = word ^ (ONES * '\\');
    uint64_t marks = word | (word - ONES * 0x20) | (quote - ONES) | (backslash - ONES);
    return marks & HIGH_BITS;
}

static inline bool is_special(uint8_t c)
{
    return c < 0x20 || c >= 0x80 || c == '"' || c == '\\';
}

// Index of the first byte at or after `i` that needs a look, or text.len.
static size_t plain_run(struct str text, size_t i)
{
    for (; i + 8 <= text.len; i += 8) {
        uint64_t word;
        memcpy(&word, text.at + i, sizeof word);
        if (special_bytes(word))
            break;
    }
    while (i < text.len && !is_special((uint8_t)text.at[i]))
        i++;
    return i;
}

static void add_escape(struct buf *buf, uint8_t c)
{
    static const char letters[32] = {
        ['\b'] = 'b', ['\t'] = 't', ['\n'] = 'n', ['\f'] = 'f', ['\r'] = 'r'};
    static const char hex[] = "0123456789abcdef";
    if (c >= 0x20)
        buf_add(buf, str_of((char[]){'\\', (char)c}, 2));
    else if (letters[c])
        buf_add(buf, str_of((char[]){'\\', letters[c]}, 2));
    else
        buf_add(buf, str_of((char[]){'\\', 'u', '0', '0', hex[c >> 4], hex[c & 15]}, 6));
}

void buf_add_json(struct buf *buf, struct str text)
{
    buf_add_char(buf, '"');
    size_t start = 0, i = 0; // the bytes from start to i are good as they are
    while ((i = plain_run(text, i)) < text.len) {
        uint8_t c = (uint8_t)text.at[i];
        bool is_valid = false;
        size_t step = 1;
        if (c >= 0x80)
            step = utf8_step(str_of(text.at + i, text.len - i), &is_valid);
        if (!is_valid) {
            buf_add(buf, str_of(text.at + start, i - start));
            if (c >= 0x80)
                buf_add(buf, S("\xef\xbf\xbd"));
            else
                add_escape(buf, c);
            start = i + step;
        }
        i += step;
    }
    if (start < text.len)
        buf_add(buf, str_of(text.at + start, text.len - start));
    buf_add_char(buf, '"');
}
