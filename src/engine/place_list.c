// The head tells the container as in the first reading; then each record is read by itself.
// SPDX-License-Identifier: Apache-2.0
#include "engine/place_list.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "source/csv.h"
#include "source/scan.h"

#define FIRST_SIZE ((size_t)1 << 12)
// Reading on costs what so many bytes cost that are copied and cut.
#define WORTH_BYTES ((uint64_t)1 << 15)

struct place_file {
    int fd;
    uint64_t size;
    const struct container *container;
    struct csv_row row;
    char *bytes;
    size_t capacity;
};

static void pass(struct chunk *chunk, void *context)
{
    (void)context;
    chunk_free(chunk);
}

// Bytes [offset, offset + size) with padding behind them. False when they are not there.
static bool fetch(struct place_file *file, uint64_t offset, size_t size)
{
    if (size > file->capacity) {
        file->capacity = 2 * size;
        file->bytes = memory_grow(file->bytes, file->capacity + JSON_PADDING);
    }
    for (size_t have = 0; have < size;) {
        ssize_t got = pread(file->fd, file->bytes + have, size - have, (off_t)(offset + have));
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return false;
        have += (size_t)got;
    }
    memset(file->bytes + size, ' ', JSON_PADDING);
    return true;
}

// The size of the record that begins the bytes; 0 when it goes on behind them.
static size_t record_size(struct place_file *file, size_t size, bool is_last)
{
    const struct container *container = file->container;
    size_t end = 1;
    if (container->framing == FRAMING_CSV)
        return csv_row_read(&file->row, file->bytes, 0, size, is_last, container->delimiter,
                            &end) == CSV_MORE
                   ? 0
                   : end;
    if (container->framing == FRAMING_LINES) {
        const char *feed = memchr(file->bytes, '\n', size);
        return feed ? (size_t)(feed - file->bytes) : is_last ? size : 0;
    }
    struct json_scan scan = {.depth = 1};
    return json_scan_end(&scan, file->bytes, &end, size) ? end : 0;
}

// Fetches the whole record; 0 when there is none.
static size_t fetch_record(struct place_file *file, uint64_t offset)
{
    for (size_t size = FIRST_SIZE; size <= 2 * RECORD_SIZE_LIMIT; size *= 4) {
        bool is_last = offset + size >= file->size;
        if (offset >= file->size)
            return 0;
        if (is_last)
            size = (size_t)(file->size - offset);
        if (!fetch(file, offset, size))
            return 0;
        size_t record = record_size(file, size, is_last);
        if (record || is_last)
            return record;
    }
    return 0;
}

static bool read_place(struct place_file *file, struct reader *reader, uint64_t offset,
                       void (*visit)(const struct chunk *chunk, const struct record *record,
                                     void *context),
                       void *context)
{
    size_t size = fetch_record(file, offset);
    struct chunk_span span = {0, (uint32_t)size};
    struct chunk chunk = {.container = file->container,
                          .offset = offset,
                          .line = 1,
                          .bytes = file->bytes,
                          .size = size,
                          .spans = &span,
                          .span_count = file->container->framing == FRAMING_VALUES};
    struct record record;
    struct unread unread;
    enum read_result result;
    bool is_there = false;
    if (!size)
        return false;
    reader_start(reader, &chunk);
    while ((result = reader_next(reader, &record, &unread)) != READ_END) {
        if (result == READ_UNREAD || record.offset != offset)
            return false;
        visit(&chunk, &record, context);
        is_there = true;
    }
    return is_there;
}

// As the first reading did: from the first bytes of the file.
static bool recognise(struct place_file *file, struct framer *framer)
{
    if (!fetch(file, 0, CONTAINER_HEAD_SIZE))
        return false;
    framer_feed(framer, file->bytes, CONTAINER_HEAD_SIZE, pass, NULL);
    file->container = framer_container(framer);
    return file->container->id != CONTAINER_EMPTY && !container_is_foreign(file->container->id);
}

bool place_list_read(const struct place_list *list, struct reader *reader,
                     void (*visit)(const struct chunk *chunk, const struct record *record,
                                   void *context),
                     void *context)
{
    struct place_file file = {.fd = open(list->path, O_RDONLY | O_CLOEXEC)};
    struct framer *framer = framer_new();
    struct stat status;
    bool is_done = file.fd >= 0 && fstat(file.fd, &status) == 0 && S_ISREG(status.st_mode);
    file.size = is_done ? (uint64_t)status.st_size : 0;
    is_done = is_done && file.size / WORTH_BYTES > list->count && file.size > CONTAINER_HEAD_SIZE &&
              recognise(&file, framer);
    for (size_t i = 0; i < list->count && is_done; i++)
        if (i == 0 || list->positions[i] != list->positions[i - 1])
            is_done = read_place(&file, reader, list->positions[i] & list->mask, visit, context);
    if (file.fd >= 0)
        close(file.fd);
    framer_free(framer);
    free(file.row.cells);
    free(file.bytes);
    return is_done;
}
