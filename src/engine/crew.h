// Crews: a number of jobs done by a few threads. Which thread does which job, and when, is chance: jobs write
// to places of their own, and whoever started them puts these together in the order of the jobs' numbers.
// SPDX-License-Identifier: Apache-2.0
#ifndef STORMGLASS_ENGINE_CREW_H
#define STORMGLASS_ENGINE_CREW_H

#include <stddef.h>

// Does the jobs 0 to count - 1, each once, on up to `threads` threads (the caller's own is one of them), and
// returns when all are done. Where no thread can be started, the caller's does the work. `thread` is below `threads`
// and tells those that are at work at the same time apart.
void crew_run(unsigned threads, size_t count,
              void (*job)(void *context, size_t number, unsigned thread), void *context);

// One long job in which threads agree among themselves: on `threads` threads at once, or as many as can be started,
// the caller's among them. Returns when it has ended on all.
void crew_join(unsigned threads, void (*job)(void *context), void *context);

#endif
