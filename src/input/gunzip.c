// gzip, member after member, keeping all that was decoded before a stream breaks off.
// SPDX-License-Identifier: Apache-2.0
//
// libarchive reads gzip too, but gives up to 64 KiB less of a stream that ends too early; for small
// logs that would be everything.
#define ZLIB_CONST // next_in is not written to
#include <stdlib.h>
#include <zlib.h>

#include "base/arena.h"
#include "input/feed.h"

struct gunzip_feed {
    struct feed feed;
    struct feed *below;
    struct expansion expansion;
    z_stream stream;
    bool is_open;   // inside a member
    bool is_at_end; // of the bytes below
    bool is_ended;  // nothing more is given
    uint64_t members;
    char piece[FEED_PIECE];
};

// More compressed bytes. False at the end of what is below, or on its trouble.
static bool refill(struct gunzip_feed *gunzip)
{
    const char *at;
    ptrdiff_t got = feed_next(gunzip->below, &at);
    if (got < 0)
        gunzip->feed.trouble = gunzip->below->trouble;
    if (got <= 0) {
        gunzip->is_at_end = true;
        return false;
    }
    gunzip->stream.next_in = (z_const Bytef *)at;
    gunzip->stream.avail_in = (uInt)got;
    return true;
}

static void stop(struct gunzip_feed *gunzip, const char *what)
{
    gunzip->is_ended = true;
    if (!gunzip->feed.trouble.text[0])
        error_set(&gunzip->feed.trouble, "%s gzip stream after %llu bytes", what,
                  (unsigned long long)gunzip->expansion.bytes +
                      (FEED_PIECE - gunzip->stream.avail_out));
}

// Behind a member: another one follows, or padding of zeros, or something that is no gzip.
static void next_member(struct gunzip_feed *gunzip)
{
    z_stream *stream = &gunzip->stream;
    gunzip->is_open = false;
    while (stream->avail_in || refill(gunzip)) {
        if (*stream->next_in) {
            gunzip->is_open = inflateReset(stream) == Z_OK;
            return;
        }
        stream->next_in++;
        stream->avail_in--;
    }
    gunzip->is_ended = true;
}

static void inflate_some(struct gunzip_feed *gunzip)
{
    z_stream *stream = &gunzip->stream;
    if (!stream->avail_in && !refill(gunzip)) {
        stop(gunzip, "truncated");
        return;
    }
    int result = inflate(stream, Z_NO_FLUSH);
    if (result == Z_STREAM_END) {
        gunzip->members++;
        next_member(gunzip);
    } else if (result == Z_DATA_ERROR || result == Z_NEED_DICT) {
        stop(gunzip, gunzip->members && stream->total_out == 0 ? "bytes that are no gzip behind the"
                                                               : "corrupt");
    } else if (result != Z_OK && result != Z_BUF_ERROR) {
        stop(gunzip, "unreadable");
    }
}

static ptrdiff_t pull_gunzip(struct feed *feed, const char **at)
{
    struct gunzip_feed *gunzip = (struct gunzip_feed *)feed;
    z_stream *stream = &gunzip->stream;
    stream->next_out = (Bytef *)gunzip->piece;
    stream->avail_out = FEED_PIECE;
    while (stream->avail_out && !gunzip->is_ended)
        inflate_some(gunzip);
    size_t got = FEED_PIECE - stream->avail_out;
    if (got && !expansion_add(&gunzip->expansion, feed, got)) {
        gunzip->is_ended = true;
        return -1;
    }
    *at = gunzip->piece;
    if (got)
        return (ptrdiff_t)got;
    return feed->trouble.text[0] ? -1 : 0;
}

void gunzip_read(struct outlet *outlet, struct feed *feed, struct place place)
{
    struct gunzip_feed *gunzip = memory_new(sizeof *gunzip);
    gunzip->feed.pull = pull_gunzip;
    gunzip->below = feed;
    expansion_start(&gunzip->expansion, outlet);
    if (inflateInit2(&gunzip->stream, 15 + 16) == Z_OK) { // 16: with the gzip header
        feed_read(outlet, &gunzip->feed, place);
        inflateEnd(&gunzip->stream);
    } else {
        feed_refuse(outlet, place, "gzip cannot be read: out of memory");
    }
    free(gunzip);
}
