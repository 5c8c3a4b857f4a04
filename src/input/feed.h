// Feeds: bytes pulled through layers of compression and archives, from the file to the sink.
// SPDX-License-Identifier: Apache-2.0
//
//   file ─▶ gunzip ─▶ tar ─▶ member ─▶ decoded text ─▶ sink
//
// Each layer is a feed that pulls from the one below; nothing is held whole.
#ifndef STORMGLASS_INPUT_FEED_H
#define STORMGLASS_INPUT_FEED_H

#include <stddef.h>

#include "input/input.h"

#define FEED_PIECE ((size_t)1 << 17) // bytes a layer decodes at a time
#define FEED_FORMAT_SIZE 96
#define FEED_BOMB_LIMIT 16        // streams stopped for their expansion, then all stops
#define FEED_MEMBER_LIMIT 1000000 // members of all archives of one input
#define FEED_FILTER_LIMIT 3       // compression in compression

// What all layers of one input share.
struct outlet {
    const struct input_sink *sink;
    bool is_stopped;  // by the sink
    bool is_given_up; // too many bombs or members, or all together too large
    unsigned bombs;
    uint64_t members;
    uint64_t decoded;                        // bytes given to the sink out of compressed streams
    uint64_t (*raw_bytes)(const void *file); // taken from disk so far
    const void *file;
};

struct feed {
    // The next bytes, borrowed until the next call; as many as fit the layer's piece. 0 at the end,
    // -1 when something went wrong (`trouble`).
    ptrdiff_t (*pull)(struct feed *feed, const char **at);
    int64_t (*seek)(struct feed *feed, int64_t offset, int whence); // NULL: it cannot
    struct error trouble;
    // The first piece, looked at and given back.
    const char *head;
    size_t head_size;
    bool has_head;
};

// Pulls, the head first.
ptrdiff_t feed_next(struct feed *feed, const char **at);

// Counts bytes that a layer decoded since `raw_start`; false and the feed's trouble when they are too
// many for what was taken from disk.
struct expansion {
    struct outlet *outlet;
    uint64_t raw_start, bytes;
};
void expansion_start(struct expansion *expansion, struct outlet *outlet);
bool expansion_add(struct expansion *expansion, struct feed *feed, size_t bytes);

// Where the reading stands: the name of the stream, the layers around it.
struct place {
    struct str name;
    const char *format; // "zip+gzip", empty for none
    unsigned archives, filters;
};

// Reads a feed to its end, whatever it holds, and gives its streams to the sink.
void feed_read(struct outlet *outlet, struct feed *feed, struct place place);
// A stream that cannot be read at all.
void feed_refuse(struct outlet *outlet, struct place place, const char *trouble);

// One layer each: reads what `feed` holds and passes the content on to feed_read.
void gunzip_read(struct outlet *outlet, struct feed *feed, struct place place);
void filter_read(struct outlet *outlet, struct feed *feed, struct place place, const char *filter);
void archive_members_read(struct outlet *outlet, struct feed *feed, struct place place,
                          const char *format);
// The content itself: decodes UTF-16 and gives it to the sink.
void text_read(struct outlet *outlet, struct feed *feed, struct place place);

// "zip" and "gzip" make "zip+gzip".
void format_join(char out[FEED_FORMAT_SIZE], const char *outer, const char *inner);

#endif
