// Texts of a section told once: one that comes again while it is remembered is a number. The memory has a fixed
// size, the same for writer and reader, and nothing but the texts decides what is in it.
// SPDX-License-Identifier: Apache-2.0
#ifndef STORMGLASS_ENGINE_KEPT_WORDS_H
#define STORMGLASS_ENGINE_KEPT_WORDS_H

#include "baseline/varint.h"

#define WORD_BITS 18 // of the place that a text has in the memory: the highest bits of its hash

// `out`, borrowed, may only grow meanwhile: the texts are remembered where they stand in it.
struct word_writer;
struct word_writer *word_writer_new(struct buf *out);
// The same for counting alone: `out` may be emptied at any time.
struct word_writer *word_counter_new(struct buf *out);
void word_writer_free(struct word_writer *writer);
void word_add(struct word_writer *writer, struct str text);

// Texts are borrowed from the bytes that `in` reads.
struct word_reader {
    struct varint_reader in;
    struct str *words;
};
void word_reader_init(struct word_reader *reader, struct str content);
void word_reader_done(struct word_reader *reader);
// A text of at most `most` bytes; in.is_bad after a failure, which a text told though it is remembered is as well.
struct str word_read(struct word_reader *reader, size_t most);

#endif
