// The list of questions, and what they answer through.
// SPDX-License-Identifier: Apache-2.0
#include "evidence/evidence.h"

#include <assert.h>

struct inquiry {
    const struct dossier *dossier;
    struct arena *arena;
    struct buf text;
    struct evidence *out;
    bool is_answered;
};

#define X(name) &evidence_##name,
const struct question *const questions[] = {EVIDENCE_LIST(X)};
#undef X
const size_t question_count = sizeof questions / sizeof questions[0];

const char *evidence_answer_name(enum evidence_answer answer)
{
    static const char *const names[] = {"cannot_tell", "no", "partly", "yes"};
    assert((unsigned)answer < sizeof names / sizeof names[0]);
    return names[answer];
}

void evidence_ask(const struct question *question, const struct dossier *dossier,
                  struct arena *arena, struct evidence *out)
{
    struct inquiry inquiry = {.dossier = dossier, .arena = arena, .out = out};
    buf_init(&inquiry.text);
    *out = (struct evidence){.name = question->name, .question = question->question};
    question->ask(&inquiry);
    if (!inquiry.is_answered) {
        buf_clear(&inquiry.text);
        buf_print(&inquiry.text, "Nothing in these logs answers it.");
        inquiry_cannot_tell(&inquiry, "");
    }
    buf_done(&inquiry.text);
}

struct evidence *evidence_collect(const struct dossier *dossier, struct arena *arena)
{
    struct evidence *all = ARENA_ARRAY(arena, struct evidence, question_count);
    for (size_t i = 0; i < question_count; i++)
        evidence_ask(questions[i], dossier, arena, &all[i]);
    return all;
}

const struct dossier *inquiry_dossier(const struct inquiry *inquiry)
{
    return inquiry->dossier;
}

struct buf *inquiry_text(struct inquiry *inquiry)
{
    return &inquiry->text;
}

static void cite(struct inquiry *inquiry, struct str record)
{
    struct evidence *out = inquiry->out;
    if (!record.len || out->record_count == EVIDENCE_RECORD_LIMIT)
        return;
    for (size_t i = 0; i < out->record_count; i++)
        if (str_equal(out->records[i], record))
            return;
    if (!out->records)
        out->records = ARENA_ARRAY(inquiry->arena, struct str, EVIDENCE_RECORD_LIMIT);
    out->records[out->record_count++] = arena_copy(inquiry->arena, record);
}

void inquiry_cite(struct inquiry *inquiry, const struct dossier_row *row)
{
    char text[ACTIVITY_ID_SIZE];
    cite(inquiry, activity_id(&row->first, knowledge_texts(inquiry->dossier->knowledge), text));
}

void inquiry_cite_finding(struct inquiry *inquiry, const struct finding *finding)
{
    for (size_t i = 0; i < finding->listed; i++)
        cite(inquiry, finding->events[i]);
}

void inquiry_answer(struct inquiry *inquiry, enum evidence_answer answer, double reliability)
{
    assert(!inquiry->is_answered && reliability >= 0 && reliability <= 1);
    inquiry->is_answered = true;
    inquiry->out->answer = answer;
    inquiry->out->reliability = reliability;
    // Names stand as they are; a sentence that begins with a word of ours begins with a capital.
    static const struct str ours[] = {STR("the "), STR("application ")};
    for (size_t i = 0; i < sizeof ours / sizeof ours[0]; i++)
        if (str_starts(buf_str(&inquiry->text), ours[i]))
            inquiry->text.at[0] = (char)(inquiry->text.at[0] - 'a' + 'A');
    inquiry->out->statement = arena_copy(inquiry->arena, buf_str(&inquiry->text));
    inquiry->out->how = S("");
}

void inquiry_cannot_tell(struct inquiry *inquiry, const char *how)
{
    inquiry_answer(inquiry, EVIDENCE_CANNOT_TELL, 0);
    inquiry->out->how = arena_copy(inquiry->arena, str_from(how));
}
