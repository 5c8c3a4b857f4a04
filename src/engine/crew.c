// Threads that take the next job until there is none.
// SPDX-License-Identifier: Apache-2.0
#include "engine/crew.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "base/arena.h"

struct joining {
    void (*job)(void *context);
    void *context;
};

static void *run_thread(void *argument)
{
    const struct joining *joining = argument;
    joining->job(joining->context);
    return NULL;
}

void crew_join(unsigned threads, void (*job)(void *context), void *context)
{
    struct joining joining = {job, context};
    pthread_t *ids = memory_new(threads * sizeof *ids);
    unsigned started = 0;
    while (started + 1 < threads && pthread_create(&ids[started], NULL, run_thread, &joining) == 0)
        started++;
    job(context);
    for (unsigned i = 0; i < started; i++)
        pthread_join(ids[i], NULL);
    free(ids);
}

struct jobs {
    void (*job)(void *context, size_t number, unsigned thread);
    void *context;
    size_t count;
    atomic_size_t next;
    atomic_uint threads;
};

static void take_jobs(void *context)
{
    struct jobs *jobs = context;
    unsigned thread = atomic_fetch_add(&jobs->threads, 1);
    for (size_t number; (number = atomic_fetch_add(&jobs->next, 1)) < jobs->count;)
        jobs->job(jobs->context, number, thread);
}

void crew_run(unsigned threads, size_t count,
              void (*job)(void *context, size_t number, unsigned thread), void *context)
{
    struct jobs jobs = {.job = job, .context = context, .count = count};
    atomic_init(&jobs.next, 0);
    atomic_init(&jobs.threads, 0);
    crew_join(threads < count ? threads : (unsigned)count, take_jobs, &jobs);
}
