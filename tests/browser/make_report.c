// Writes the sample reports that the browser tests open: make_report FOLDER.
// SPDX-License-Identifier: Apache-2.0
#include <stdio.h>

#include "report/report.h"
#include "support/verdicts.h"

static bool write_piece(void *file, struct str piece)
{
    return fwrite(piece.at, 1, piece.len, file) == piece.len;
}

static bool write_sample(const char *folder, const char *name, enum verdict_sample sample)
{
    char path[4096];
    struct verdict_outcome outcome;
    snprintf(path, sizeof path, "%s/%s.html", folder, name);
    FILE *file = fopen(path, "wb");
    if (!file) {
        perror(path);
        return false;
    }
    struct sink sink = {write_piece, file};
    verdict_outcome_init(&outcome, sample);
    bool is_written = report_html(&outcome.outline, &sink);
    verdict_outcome_done(&outcome);
    return fclose(file) == 0 && is_written;
}

int main(int count, char **arguments)
{
    static const struct {
        const char *name;
        enum verdict_sample sample;
    } rows[] = {{"rich", VERDICT_SAMPLE_RICH},       {"single", VERDICT_SAMPLE_SINGLE},
                {"hostile", VERDICT_SAMPLE_HOSTILE}, {"large", VERDICT_SAMPLE_LARGE},
                {"plain", VERDICT_SAMPLE_PLAIN},     {"empty", VERDICT_SAMPLE_EMPTY}};
    bool is_written = count == 2;
    for (size_t i = 0; i < sizeof rows / sizeof *rows && is_written; i++)
        is_written = write_sample(arguments[1], rows[i].name, rows[i].sample);
    return is_written ? 0 : 1;
}
