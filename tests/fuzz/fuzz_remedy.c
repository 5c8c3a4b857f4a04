// Fuzzes hypothesis/remedy: any bytes are a step or an error with its place; what a step says is filled in
// whole, and a value never leaves its quotes.
// SPDX-License-Identifier: Apache-2.0
//
// Bytes before the first zero are the file, those behind it the name of a rule and of its mailbox.
#include <assert.h>
#include <string.h>

#include "hypothesis/quote.h"
#include "hypothesis/remedy_book.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

// Everything a step can say, filled for one rule by remedy_fill.
static void fill(const struct remedy_book *book, struct str value)
{
    struct arena arena;
    struct intern texts = {0};
    struct finding_list findings = {0};
    struct incident incident = {.first = 0, .last = 0};
    struct dossier_row rows[REMEDY_LINE_LIMIT + 2] = {0};
    struct hypothesis story = {.name = S("a"), .steps = &book->items[0].name, .step_count = 1};
    struct hypothesis_set set = {.items = &story, .count = 1};
    struct verdict_hypothesis weighed = {.name = S("a")};
    struct verdict verdict = {.is_decided = true, .hypotheses = &weighed, .hypothesis_count = 1};
    arena_init(&arena);
    activity_texts_init(&texts);
    size_t count = value.len % 2 ? 1 : REMEDY_LINE_LIMIT + 2;
    for (size_t i = 0; i < count; i++) {
        rows[i].first.kind = ACTIVITY_MAIL_RULE;
        rows[i].first.mailbox = intern_add(&texts, S("a@b"));
        rows[i].first.user = rows[i].first.mailbox;
        struct str name = arena_print(&arena, "%zu%.*s", i, (int)value.len, value.at);
        rows[i].first.detail = intern_add(&texts, name);
    }
    struct knowledge *knowledge = knowledge_new(&texts);
    for (int i = 0; i < 3; i++)
        knowledge_settle(knowledge);
    struct dossier dossier = {.knowledge = knowledge,
                              .findings = &findings,
                              .incident = &incident,
                              .rows = rows,
                              .count = count};
    remedy_fill(book, &set, &dossier, &arena, &verdict);
    for (size_t i = 0; i < verdict.step_count; i++) {
        struct str command = verdict.steps[i].command;
        for (size_t k = 0; k < command.len; k++)
            assert((uint8_t)command.at[k] >= 0x20 || command.at[k] == '\n');
    }
    knowledge_free(knowledge);
    intern_done(&texts);
    arena_done(&arena);
}

static void check_value(struct str value)
{
    struct buf out;
    buf_init(&out);
    quote_plain(&out, value);
    assert(out.len <= 10 * (value.len + 1));
    if (!quote_refuses(value)) {
        buf_clear(&out);
        quote_literal(&out, value);
        // Inside, quotes stand in pairs: the same one twice.
        struct str inside = str_of(out.at + 1, out.len - 2);
        for (size_t i = 0; i < inside.len; i++)
            if (inside.at[i] == '\'')
                assert(i + 1 < inside.len && inside.at[++i] == '\'');
    }
    buf_done(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size > 65536)
        return -1;
    const uint8_t *end = size ? memchr(data, 0, size) : NULL;
    size_t len = end ? (size_t)(end - data) : size;
    struct str value = end ? str_of((const char *)end + 1, size - len - 1) : S("x");
    struct remedy_book *book = remedy_book_new();
    struct error error = {""};
    if (remedy_add(book, S("fuzz.yml"), str_of((const char *)data, len), &error)) {
        assert(book->count == 1 && remedy_has(book, book->items[0].name));
        fill(book, value.len > 1000 ? str_of(value.at, 1000) : value);
    } else {
        assert(book->count == 0 && memcmp(error.text, "fuzz.yml:", 9) == 0);
    }
    check_value(value);
    remedy_book_free(book);
    return 0;
}
