// The content of a stream on its way to the sink: UTF-16 becomes UTF-8, all else passes as it is.
// SPDX-License-Identifier: Apache-2.0
#include "base/encode.h"
#include "input/feed.h"

enum encoding { ENCODING_PLAIN, ENCODING_UTF16LE, ENCODING_UTF16BE };

// By the byte order mark, or when every second byte of the beginning is zero.
static enum encoding encoding_of(struct str head, size_t *mark)
{
    const unsigned char *at = (const unsigned char *)head.at;
    *mark = 0;
    if (head.len < 2)
        return ENCODING_PLAIN;
    bool has_mark = (at[0] == 0xff && at[1] == 0xfe) || (at[0] == 0xfe && at[1] == 0xff);
    if (has_mark) {
        bool is_utf32 = head.len >= 4 && at[0] == 0xff && at[2] == 0 && at[3] == 0;
        *mark = is_utf32 ? 0 : 2;
        return is_utf32 ? ENCODING_PLAIN : at[0] == 0xff ? ENCODING_UTF16LE : ENCODING_UTF16BE;
    }
    size_t zeros[2] = {0, 0}, looked_at = head.len < 64 ? head.len & ~(size_t)1 : 64;
    for (size_t i = 0; i < looked_at; i++)
        zeros[i & 1] += at[i] == 0;
    if (looked_at < 4 || zeros[0] + zeros[1] != looked_at / 2)
        return ENCODING_PLAIN;
    return zeros[0] == 0 ? ENCODING_UTF16LE : zeros[1] == 0 ? ENCODING_UTF16BE : ENCODING_PLAIN;
}

static bool give(struct outlet *outlet, struct str bytes, bool is_packed)
{
    outlet->decoded += is_packed ? bytes.len : 0;
    if (bytes.len && !outlet->sink->bytes(outlet->sink->context, bytes.at, bytes.len))
        outlet->is_stopped = true;
    return !outlet->is_stopped;
}

// Many members that each stay below the limit may still be too much together.
static bool is_too_much(const struct outlet *outlet)
{
    uint64_t raw = outlet->raw_bytes(outlet->file);
    return outlet->decoded > 4 * INPUT_EXPANSION_FLOOR &&
           outlet->decoded / INPUT_EXPANSION_RATIO > raw;
}

void text_read(struct outlet *outlet, struct feed *feed, struct place place)
{
    static const char *const names[] = {"", "utf-16le", "utf-16be"};
    const struct input_sink *sink = outlet->sink;
    struct str head = str_of(feed->head, feed->head_size);
    size_t mark;
    enum encoding encoding = encoding_of(head, &mark);
    bool is_packed = *place.format != '\0';
    char format[FEED_FORMAT_SIZE];
    format_join(format, place.format, names[encoding]);
    bool is_coded = encoding != ENCODING_PLAIN;
    sink->begin(sink->context, place.name, is_coded ? format : is_packed ? place.format : "plain");
    struct utf16_decoder decoder = {.is_big_endian = encoding == ENCODING_UTF16BE};
    struct buf text;
    buf_init(&text);
    const char *at;
    ptrdiff_t got;
    while ((got = feed_next(feed, &at)) > 0) {
        struct str bytes = str_of(at + mark, (size_t)got - mark);
        mark = 0;
        if (is_coded) {
            buf_clear(&text);
            utf16_decode(&decoder, bytes, &text);
            bytes = buf_str(&text);
        }
        if (!give(outlet, bytes, is_packed))
            break;
        if (is_packed && is_too_much(outlet)) {
            outlet->is_given_up = true;
            error_set(&feed->trouble, "the files in it expand to more than %d times its size",
                      INPUT_EXPANSION_RATIO);
            break;
        }
    }
    if (is_coded && got == 0) {
        buf_clear(&text);
        utf16_decode_end(&decoder, &text);
        give(outlet, buf_str(&text), is_packed);
    }
    buf_done(&text);
    sink->end(sink->context, str_from(feed->trouble.text));
}
