// A line with live counters on a terminal while a scan runs, and the signals that stop it.
// SPDX-License-Identifier: Apache-2.0
#ifndef STORMGLASS_COMMAND_PROGRESS_H
#define STORMGLASS_COMMAND_PROGRESS_H

#include "engine/scan.h"

struct progress {
    struct style style; // of standard error
    bool is_shown;      // standard error is a terminal and nobody asked for quiet
    int64_t started;    // monotonic
};

void progress_init(struct progress *progress, const struct style *style, bool is_shown);
// For scan_options.progress; the context is the struct progress.
void progress_draw(const struct scan_progress *at, void *context);
// Takes the line away.
void progress_clear(const struct progress *progress);

// The text of the line, at most `width` columns; pure, for tests.
void progress_print(const struct scan_progress *at, double seconds, const struct style *style,
                    struct buf *out);

// Set by SIGINT and SIGTERM once signals_catch was called (by the thread that reads inputs); standard
// input ends then. A second signal ends the program at once.
extern volatile sig_atomic_t signals_interrupted;
void signals_catch(void);

#endif
