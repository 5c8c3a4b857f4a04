// A growing byte buffer for output. Writes never fail one by one: the first failure (over the
// limit) is remembered; write freely, ask once with buf_failed.
// SPDX-License-Identifier: Apache-2.0
#ifndef STORMGLASS_BASE_BUF_H
#define STORMGLASS_BASE_BUF_H

#include <stdarg.h>

#include "base/str.h"

#define BUF_LIMIT ((size_t)1 << 32)

struct buf {
    char *at;
    size_t len, capacity;
    bool is_failed;
};

void buf_init(struct buf *buf);
void buf_done(struct buf *buf);
void buf_clear(struct buf *buf); // length 0, no failure, keeps the memory

void buf_add(struct buf *buf, struct str text);
void buf_add_char(struct buf *buf, char c);
void buf_print(struct buf *buf, const char *format, ...) __attribute__((format(printf, 2, 3)));
void buf_vprint(struct buf *buf, const char *format, va_list arguments)
    __attribute__((format(printf, 2, 0)));

// The text as a JSON string, its double quotes included: control characters, quote and backslash
// escaped; invalid UTF-8 becomes U+FFFD, one per maximal subpart.
void buf_add_json(struct buf *buf, struct str text);

static inline struct str buf_str(const struct buf *buf)
{
    return str_of(buf->at ? buf->at : "", buf->len);
}

static inline bool buf_failed(const struct buf *buf)
{
    return buf->is_failed;
}

#endif
