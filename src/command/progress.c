// Draws the progress line and catches the signals that end a scan early.
// SPDX-License-Identifier: Apache-2.0
#include "command/progress.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "base/figure.h"
#include "command/command.h"
#include "report/safe.h"

#define BAR 14

volatile sig_atomic_t signals_interrupted;

static pthread_t reader; // the thread that waits for input
static int nothing = -1; // /dev/null

// A read that waits for a pipe must end: the signal is passed on to the reading thread, and standard
// input is at its end from here on. Only async-signal-safe calls (pthread_kill and dup2 are).
static void on_signal(int number)
{
    int saved = errno;
    if (!pthread_equal(pthread_self(), reader)) {
        pthread_kill(reader, number);
    } else if (signals_interrupted) {
        _exit(STATUS_INTERRUPTED);
    } else {
        signals_interrupted = 1;
        if (nothing >= 0)
            dup2(nothing, STDIN_FILENO);
    }
    errno = saved;
}

void signals_catch(void)
{
    struct sigaction action = {.sa_handler =
                                   on_signal}; // without SA_RESTART: a waiting read returns
    reader = pthread_self();
    nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
}

static int64_t clock_now(void)
{
    struct timespec now = {0};
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * SECOND + now.tv_nsec / 1000;
}

void progress_init(struct progress *progress, const struct style *style, bool is_shown)
{
    *progress = (struct progress){*style, is_shown, clock_now()};
}

static void add_bar(struct buf *out, double part, bool is_utf8)
{
    int filled = (int)(part * BAR);
    for (int i = 0; i < BAR; i++)
        buf_print(out, "%s", i < filled ? (is_utf8 ? "━" : "=") : (is_utf8 ? "─" : "-"));
    buf_print(out, " %3d %%  ", (int)(part * 100));
}

void progress_print(const struct scan_progress *at, double seconds, const struct style *style,
                    struct buf *out)
{
    char a[FIGURE_SIZE], b[FIGURE_SIZE], c[FIGURE_SIZE], d[FIGURE_SIZE];
    struct buf line;
    buf_init(&line);
    if (at->bytes_total) {
        double part = (double)at->bytes / (double)at->bytes_total;
        add_bar(&line, part > 1 ? 1 : part, style->is_utf8);
    }
    uint64_t rate = seconds > 0.05 ? (uint64_t)((double)at->records / seconds) : 0;
    buf_print(&line, "%s  %s records", figure_bytes(at->bytes, a), figure_number(at->records, b));
    if (rate)
        buf_print(&line, " %s/s", figure_number(rate, c));
    if (at->unread)
        buf_print(&line, "  %s unread", figure_number(at->unread, d));
    buf_print(&line, "  %s match%s  ", figure_number(at->matches, d), at->matches == 1 ? "" : "es");
    safe_text(&line, str_from(at->path), style->is_utf8);
    text_cut(out, buf_str(&line), style->width > 1 ? style->width - 1 : 79, style->is_utf8);
    buf_done(&line);
}

void progress_draw(const struct scan_progress *at, void *context)
{
    const struct progress *progress = context;
    if (!progress->is_shown)
        return;
    struct buf text;
    buf_init(&text);
    buf_add_char(&text, '\r');
    progress_print(at, (double)(clock_now() - progress->started) / (double)SECOND, &progress->style,
                   &text);
    buf_add(&text, S("\x1b[K"));
    fwrite(text.at, 1, text.len, stderr);
    fflush(stderr);
    buf_done(&text);
}

void progress_clear(const struct progress *progress)
{
    if (progress->is_shown)
        fputs("\r\x1b[K", stderr);
}
