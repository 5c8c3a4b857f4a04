// A file's bytes: a ring of pieces, filled by the caller's thread and hashed by a helper.
// SPDX-License-Identifier: Apache-2.0
#include "input/file.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/hash.h"

#define SLOTS 4

// The caller fills slot `filled % SLOTS` and uses it while the helper hashes it; it waits when the
// helper is SLOTS behind. A file that is read by seeking is hashed by pread from start to end.
struct file_reader {
    int fd;
    bool is_regular, is_hashing, is_owner;
    bool has_seeked;
    bool is_at_end;
    uint64_t bytes;
    struct error trouble;
    char *slots[SLOTS];
    size_t sizes[SLOTS];
    // Shared with the helper, under the lock.
    pthread_mutex_t lock;
    pthread_cond_t changed;
    uint64_t filled, hashed;
    bool is_closed, is_abandoned;
    pthread_t helper;
    struct sha256 *sha;
    uint64_t hashed_bytes;
};

static void hash_slots(struct file_reader *file)
{
    pthread_mutex_lock(&file->lock);
    for (;;) {
        while (file->hashed == file->filled && !file->is_closed)
            pthread_cond_wait(&file->changed, &file->lock);
        if (file->hashed == file->filled)
            break;
        size_t slot = file->hashed % SLOTS;
        pthread_mutex_unlock(&file->lock);
        sha256_add(file->sha, file->slots[slot], file->sizes[slot]);
        pthread_mutex_lock(&file->lock);
        file->hashed++;
        pthread_cond_signal(&file->changed);
    }
    pthread_mutex_unlock(&file->lock);
}

static bool is_abandoned(struct file_reader *file)
{
    pthread_mutex_lock(&file->lock);
    bool answer = file->is_abandoned;
    pthread_mutex_unlock(&file->lock);
    return answer;
}

static void hash_whole(struct file_reader *file)
{
    char *piece = memory_new(FILE_PIECE);
    ssize_t got = 0;
    while (!is_abandoned(file)) {
        got = pread(file->fd, piece, FILE_PIECE, (off_t)file->hashed_bytes);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            break;
        sha256_add(file->sha, piece, (size_t)got);
        file->hashed_bytes += (uint64_t)got;
    }
    free(piece);
}

static void *run_helper(void *context)
{
    struct file_reader *file = context;
    if (file->has_seeked)
        hash_whole(file);
    else
        hash_slots(file);
    return NULL;
}

static void stop_helper(struct file_reader *file)
{
    pthread_mutex_lock(&file->lock);
    file->is_closed = true;
    pthread_cond_signal(&file->changed);
    pthread_mutex_unlock(&file->lock);
    pthread_join(file->helper, NULL);
}

// Without a helper nothing is hashed: the scan goes on and the hash stays empty.
static void start_helper(struct file_reader *file)
{
    file->is_closed = false;
    if (!file->is_hashing)
        return;
    if (!file->sha)
        file->sha = sha256_new();
    file->is_hashing = pthread_create(&file->helper, NULL, run_helper, file) == 0;
}

struct file_reader *file_open(struct str path, bool is_hashing, struct error *error)
{
    char *name = memory_new(path.len + 1);
    memcpy(name, path.at, path.len);
    bool is_input = str_is(path, "-");
    int fd = is_input ? STDIN_FILENO : open(name, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    struct stat status;
    int problem = fd < 0 || fstat(fd, &status) != 0 ? errno : 0;
    if (!problem && S_ISDIR(status.st_mode))
        problem = EISDIR;
    if (!problem && !is_input && !S_ISREG(status.st_mode)) {
        close(fd);
        error_set(error, "%s: not a file", name);
        free(name);
        return NULL;
    }
    if (problem) {
        if (fd >= 0 && !is_input)
            close(fd);
        error_set(error, "%s: %s", is_input ? "standard input" : name, strerror(problem));
        free(name);
        return NULL;
    }
    free(name);
    struct file_reader *file = memory_new(sizeof *file);
    file->fd = fd;
    file->is_regular = S_ISREG(status.st_mode);
    file->is_owner = !is_input;
    file->is_hashing = is_hashing;
    if (file->is_regular)
        posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL);
    for (int i = 0; i < SLOTS; i++)
        file->slots[i] = memory_grow(NULL, FILE_PIECE);
    pthread_mutex_init(&file->lock, NULL);
    pthread_cond_init(&file->changed, NULL);
    start_helper(file);
    return file;
}

static size_t free_slot(struct file_reader *file)
{
    if (!file->is_hashing || file->has_seeked)
        return 0;
    pthread_mutex_lock(&file->lock);
    while (file->filled - file->hashed == SLOTS)
        pthread_cond_wait(&file->changed, &file->lock);
    size_t slot = file->filled % SLOTS;
    pthread_mutex_unlock(&file->lock);
    return slot;
}

static void hand_to_helper(struct file_reader *file, size_t slot, size_t size)
{
    if (!file->is_hashing || file->has_seeked)
        return;
    pthread_mutex_lock(&file->lock);
    file->sizes[slot] = size;
    file->filled++;
    file->hashed_bytes += size;
    pthread_cond_signal(&file->changed);
    pthread_mutex_unlock(&file->lock);
}

ptrdiff_t file_pull(struct file_reader *file, const char **at)
{
    size_t slot = free_slot(file), size = 0;
    while (size < FILE_PIECE && !file->is_at_end) {
        ssize_t got = read(file->fd, file->slots[slot] + size, FILE_PIECE - size);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0) {
            if (size)
                break; // the next call meets it again
            error_set(&file->trouble, "reading failed after %llu bytes: %s",
                      (unsigned long long)file->bytes, strerror(errno));
            return -1;
        }
        if (got == 0) {
            file->is_at_end = true;
            break;
        }
        size += (size_t)got;
    }
    *at = file->slots[slot];
    file->bytes += size;
    if (size)
        hand_to_helper(file, slot, size);
    return (ptrdiff_t)size;
}

bool file_can_seek(const struct file_reader *file)
{
    return file->is_regular;
}

int64_t file_seek(struct file_reader *file, int64_t offset, int whence)
{
    if (!file->is_regular)
        return -1;
    if (!file->has_seeked) {
        // The pieces no longer come in order: the helper begins anew on its own.
        if (file->is_hashing) {
            stop_helper(file);
            sha256_free(file->sha);
            file->sha = NULL;
        }
        file->has_seeked = true;
        file->hashed_bytes = 0;
        start_helper(file);
    }
    off_t now = lseek(file->fd, (off_t)offset, whence);
    if (now >= 0)
        file->is_at_end = false;
    return now;
}

uint64_t file_bytes(const struct file_reader *file)
{
    return file->bytes;
}

struct str file_trouble(const struct file_reader *file)
{
    return str_from(file->trouble.text);
}

void file_close(struct file_reader *file, bool is_cut_short, char sha256[65], uint64_t *size)
{
    const char *rest;
    ptrdiff_t got = 0;
    bool is_hashing = file->is_hashing;
    if (!is_cut_short && !file->has_seeked)
        while ((got = file_pull(file, &rest)) > 0)
            ;
    if (is_hashing) {
        pthread_mutex_lock(&file->lock);
        file->is_abandoned = is_cut_short;
        pthread_mutex_unlock(&file->lock);
        stop_helper(file);
    }
    if (sha256)
        sha256[0] = '\0';
    if (file->sha && is_hashing && sha256 && !is_cut_short && got == 0) {
        sha256_finish(file->sha, sha256);
        file->sha = NULL;
    }
    sha256_free(file->sha);
    struct stat status;
    uint64_t bytes = file->bytes;
    if (file->has_seeked && fstat(file->fd, &status) == 0)
        bytes = is_hashing && !is_cut_short ? file->hashed_bytes : (uint64_t)status.st_size;
    if (size)
        *size = bytes;
    for (int i = 0; i < SLOTS; i++)
        free(file->slots[i]);
    pthread_mutex_destroy(&file->lock);
    pthread_cond_destroy(&file->changed);
    if (file->is_owner)
        close(file->fd);
    free(file);
}
