// Texts told once.
// SPDX-License-Identifier: Apache-2.0
#include "engine/kept_words.h"

#include <stdlib.h>

#include "base/arena.h"
#include "base/hash.h"

#define WORD_COUNT ((size_t)1 << WORD_BITS)

// Before a text stands what it is; higher numbers are places in the memory.
enum { WORD_EMPTY, WORD_NEW, WORD_PLACES };

// Where in `out` a text was told; len 0: nothing is remembered here.
struct word {
    uint64_t hash;
    size_t at, len;
};

struct word_writer {
    struct buf *out;
    struct word *words;
    bool is_counting;
};

static size_t place_of(uint64_t hash)
{
    return hash >> (64 - WORD_BITS);
}

// ---- writing ----------------------------------------------------------------------------------

struct word_writer *word_writer_new(struct buf *out)
{
    struct word_writer *writer = memory_new(sizeof *writer);
    *writer =
        (struct word_writer){.out = out, .words = memory_new(WORD_COUNT * sizeof(struct word))};
    return writer;
}

struct word_writer *word_counter_new(struct buf *out)
{
    struct word_writer *writer = word_writer_new(out);
    writer->is_counting = true;
    return writer;
}

void word_writer_free(struct word_writer *writer)
{
    if (!writer)
        return;
    free(writer->words);
    free(writer);
}

// When counting, the hash alone decides: a wrong guess in 2^64 is one of some bytes.
static bool is_remembered(const struct word_writer *writer, const struct word *word, uint64_t hash,
                          struct str text)
{
    return word->hash == hash && word->len == text.len &&
           (writer->is_counting || memcmp(writer->out->at + word->at, text.at, text.len) == 0);
}

void word_add(struct word_writer *writer, struct str text)
{
    struct buf *out = writer->out;
    uint64_t hash = hash_str(text);
    struct word *word = &writer->words[place_of(hash)];
    if (out->is_failed)
        return; // the texts in it are not whole
    if (!text.len) {
        varint_add(out, WORD_EMPTY);
        return;
    }
    if (is_remembered(writer, word, hash, text)) {
        varint_add(out, WORD_PLACES + place_of(hash));
        return;
    }
    varint_add(out, WORD_NEW);
    varint_add_text(out, text);
    *word = (struct word){hash, out->len - text.len, text.len};
}

// ---- reading ----------------------------------------------------------------------------------

void word_reader_init(struct word_reader *reader, struct str content)
{
    *reader = (struct word_reader){.in = {.left = content},
                                   .words = memory_new(WORD_COUNT * sizeof(struct str))};
}

void word_reader_done(struct word_reader *reader)
{
    free(reader->words);
    reader->words = NULL;
}

static struct str fail(struct word_reader *reader)
{
    reader->in.is_bad = true;
    return S("");
}

struct str word_read(struct word_reader *reader, size_t most)
{
    uint64_t number = varint_read(&reader->in, WORD_PLACES + WORD_COUNT - 1);
    if (number >= WORD_PLACES) {
        struct str text = reader->words[number - WORD_PLACES];
        return text.len && text.len <= most ? text : fail(reader);
    }
    if (number == WORD_EMPTY || reader->in.is_bad)
        return S("");
    struct str text = varint_read_text(&reader->in, most);
    struct str *word = &reader->words[place_of(hash_str(text))];
    if (!text.len || (word->len && str_equal(*word, text)))
        return fail(reader);
    *word = text;
    return text;
}
