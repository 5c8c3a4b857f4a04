// Sorted runs of rows in an unlinked temporary file, which lives no longer than the process.
// SPDX-License-Identifier: Apache-2.0
#include <stdlib.h>

#include "engine/observation_log.h"

#define BUFFER_SIZE ((size_t)64 << 10)

// ---- writing ----------------------------------------------------------------------------------

static bool write_rows(struct observation_log *log, char *buffer, struct error *error)
{
    size_t held = 0;
    for (size_t i = 0; i < log->count; i++) {
        const struct observation_row *row = log->entries[i].row;
        if (held && held + row->size > BUFFER_SIZE) {
            if (!spill_write(&log->spill, buffer, held, error))
                return false;
            held = 0;
        }
        if (row->size > BUFFER_SIZE) {
            if (!spill_write(&log->spill, row, row->size, error))
                return false;
            continue;
        }
        memcpy(buffer + held, row, row->size);
        held += row->size;
    }
    return spill_write(&log->spill, buffer, held, error);
}

bool observation_file_write(struct observation_log *log, struct error *error)
{
    struct observation_run run = {.offset = log->spill.size, .length = log->used};
    char *buffer = memory_grow(NULL, BUFFER_SIZE);
    bool is_done = write_rows(log, buffer, error);
    free(buffer);
    if (!is_done)
        return false;
    ARRAY_GROW(log->runs, log->run_count, log->run_capacity);
    log->runs[log->run_count++] = run;
    return true;
}

// ---- reading ----------------------------------------------------------------------------------

void observation_reader_init(struct observation_reader *reader, const struct observation_log *log,
                             const struct observation_run *run)
{
    size_t capacity = log->limit < BUFFER_SIZE ? log->limit : BUFFER_SIZE;
    *reader = (struct observation_reader){.log = log,
                                          .offset = run->offset,
                                          .left = run->length,
                                          .buffer = memory_grow(NULL, capacity),
                                          .capacity = capacity};
}

void observation_reader_done(struct observation_reader *reader)
{
    free(reader->buffer);
    free(reader->values);
}

// Makes `need` bytes stand at buffer + at.
static bool fill(struct observation_reader *reader, size_t need, struct error *error)
{
    if (reader->filled - reader->at >= need)
        return true;
    memmove(reader->buffer, reader->buffer + reader->at, reader->filled - reader->at);
    reader->filled -= reader->at;
    reader->at = 0;
    if (need > reader->capacity) {
        reader->capacity = need;
        reader->buffer = memory_grow(reader->buffer, need);
    }
    if (reader->filled < need) {
        size_t room = reader->capacity - reader->filled;
        size_t wanted = room < reader->left ? room : (size_t)reader->left;
        if (wanted < need - reader->filled)
            return error_set(error,
                             "cannot read matches back from the temporary file: a row is cut off");
        if (!spill_read(&reader->log->spill, reader->offset, reader->buffer + reader->filled,
                        wanted, error))
            return false;
        reader->filled += wanted;
        reader->offset += (off_t)wanted;
        reader->left -= wanted;
    }
    return true;
}

bool observation_reader_next(struct observation_reader *reader, struct observation *out,
                             bool *is_end, struct error *error)
{
    *is_end = reader->left == 0 && reader->at == reader->filled;
    if (*is_end)
        return true;
    // Sizes are multiples of 8, so rows stand aligned in the buffer.
    struct observation_row row;
    if (!fill(reader, sizeof row, error))
        return false;
    memcpy(&row, reader->buffer + reader->at, sizeof row);
    if (!fill(reader, row.size, error))
        return false;
    if (row.value_count > reader->value_capacity) {
        reader->value_capacity = row.value_count;
        reader->values = memory_grow(reader->values, row.value_count * sizeof *reader->values);
    }
    observation_row_read((const struct observation_row *)(reader->buffer + reader->at),
                         reader->values, out);
    reader->at += row.size;
    return true;
}
