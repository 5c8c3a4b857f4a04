// Every question answers its fixture tests/evidence/<name>.txt, in which it is answered yes, no and cannot tell.
// SPDX-License-Identifier: Apache-2.0
//
//   == no: a token that no sign-in gave
//   set alice user=alice@contoso.example ...        the life, as in tests/support/scenario.h
//   d1..20w 09:00 mail_access +alice issued
//   finding critical token_never_issued d12/03:10 d12/04:00 mailbox=alice@contoso.example ip=198.51.100.9
//   expect no 20 of 20 tokens                       the answer, and a part of the statement
//
// The findings make one incident, whose dossier is asked.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>

#include "evidence/evidence.h"
#include "support/investigation.h"

struct fixture {
    struct buf life, findings;
    struct str title, answer, words;
    unsigned line;
};

static char *read_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    if (!file)
        return NULL;
    char *text = memory_new((size_t)1 << 20);
    size_t len = fread(text, 1, ((size_t)1 << 20) - 1, file);
    text[len] = 0;
    fclose(file);
    return text;
}

static void clear(struct fixture *f, struct str title, unsigned line)
{
    buf_clear(&f->life);
    buf_clear(&f->findings);
    f->title = title;
    f->answer = f->words = S("");
    f->line = line;
}

// Asks, and says what is not as expected.
static unsigned check(const struct question *question, struct fixture *f, unsigned seen[4])
{
    struct investigation in;
    struct arena arena;
    struct evidence got;
    unsigned wrong = 0;
    buf_add_char(&f->life, 0);
    buf_add_char(&f->findings, 0);
    investigation_open(&in, f->life.at, f->findings.at);
    investigation_link(&in);
    investigation_look(&in);
    investigation_finish(&in);
    arena_init(&arena);
    if (in.incidents.count != 1) {
        print_message("%s:%u: %zu incidents instead of one\n", question->name, f->line,
                      in.incidents.count);
        wrong = 1;
    } else {
        struct dossier dossier = dossier_of(in.dossiers, &in.incidents.items[0]);
        evidence_ask(question, &dossier, &arena, &got);
        const char *name = evidence_answer_name(got.answer);
        seen[got.answer]++;
        if (!str_is(f->answer, name) || !str_contains(got.statement, f->words)) {
            print_message("%s:%u: %.*s\n  got  %s: %.*s\n  want %.*s: ...%.*s...\n", question->name,
                          f->line, (int)f->title.len, f->title.at, name, (int)got.statement.len,
                          got.statement.at, (int)f->answer.len, f->answer.at, (int)f->words.len,
                          f->words.at);
            wrong = 1;
        }
        if (got.answer != EVIDENCE_CANNOT_TELL && got.reliability <= 0) {
            print_message("%s:%u: an answer without reliability\n", question->name, f->line);
            wrong = 1;
        }
    }
    arena_done(&arena);
    investigation_done(&in);
    return wrong;
}

static unsigned run_fixture(const struct question *question, struct str rest, unsigned seen[4])
{
    struct fixture f = {0};
    unsigned line = 0, wrong = 0;
    buf_init(&f.life);
    buf_init(&f.findings);
    while (rest.at) {
        struct str text = str_cut(&rest, '\n');
        line++;
        if (str_starts(text, S("== "))) {
            wrong += f.answer.len ? check(question, &f, seen) : 0;
            clear(&f, text, line);
        } else if (str_starts(text, S("finding "))) {
            str_cut(&text, ' ');
            buf_add(&f.findings, text);
            buf_add_char(&f.findings, '\n');
        } else if (str_starts(text, S("expect "))) {
            str_cut(&text, ' ');
            f.answer = str_cut(&text, ' ');
            f.words = text.at ? str_trim(text) : S("");
        } else if (f.line) {
            buf_add(&f.life, text);
            buf_add_char(&f.life, '\n');
        }
    }
    wrong += f.answer.len ? check(question, &f, seen) : 0;
    buf_done(&f.life);
    buf_done(&f.findings);
    return wrong;
}

static void answers_its_fixture(void **state)
{
    const struct question *question = *state;
    char path[256];
    unsigned seen[4] = {0};
    snprintf(path, sizeof path, STORMGLASS_ROOT "/tests/evidence/%s.txt", question->name);
    char *text = read_file(path);
    if (!text)
        fail_msg("%s is missing", path);
    unsigned wrong = run_fixture(question, str_from(text), seen);
    free(text);
    assert_int_equal(wrong, 0);
    if (!seen[EVIDENCE_YES] || !seen[EVIDENCE_NO] || !seen[EVIDENCE_CANNOT_TELL])
        fail_msg("%s: not answered yes, no and cannot tell", path);
    assert_true(question->question[0] && question->rests_on[0]);
}

int main(void)
{
    struct CMUnitTest *tests = memory_new(question_count * sizeof *tests);
    for (size_t i = 0; i < question_count; i++)
        tests[i] = (struct CMUnitTest){.name = questions[i]->name,
                                       .test_func = answers_its_fixture,
                                       .initial_state = (void *)(uintptr_t)questions[i]};
    int status = _cmocka_run_group_tests("evidence", tests, question_count, NULL, NULL);
    free(tests);
    return status;
}
