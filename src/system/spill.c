// An unlinked file, written at its end and read anywhere.
// SPDX-License-Identifier: Apache-2.0
#include "system/spill.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define TEMPLATE_SIZE 4096

void spill_init(struct spill *spill, const char *what)
{
    *spill = (struct spill){.what = what, .file = -1};
}

void spill_done(struct spill *spill)
{
    if (spill->file >= 0)
        close(spill->file);
    spill->file = -1;
}

static bool open_file(struct spill *spill, struct error *error)
{
    const char *folder = getenv("TMPDIR");
    char path[TEMPLATE_SIZE];
    if (!folder || !*folder)
        folder = "/tmp";
    int len = snprintf(path, sizeof path, "%s/stormglass-XXXXXX", folder);
    if (len < 0 || (size_t)len >= sizeof path)
        return error_set(error, "TMPDIR is too long");
    spill->file = mkostemp(path, O_CLOEXEC);
    if (spill->file < 0)
        return error_set(error, "cannot make a temporary file in %s: %s", folder, strerror(errno));
    unlink(path);
    return true;
}

bool spill_write(struct spill *spill, const void *bytes, size_t size, struct error *error)
{
    const char *at = bytes;
    if (spill->file < 0 && !open_file(spill, error))
        return false;
    while (size) {
        ssize_t written = pwrite(spill->file, at, size, spill->size);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return error_set(error, "cannot write %s to the temporary file: %s", spill->what,
                             strerror(written < 0 ? errno : ENOSPC));
        at += written;
        size -= (size_t)written;
        spill->size += written;
    }
    return true;
}

bool spill_read(const struct spill *spill, off_t offset, void *to, size_t size, struct error *error)
{
    char *at = to;
    while (size) {
        ssize_t got = pread(spill->file, at, size, offset);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return error_set(error, "cannot read %s back from the temporary file: %s", spill->what,
                             got < 0 ? strerror(errno) : "it is too short");
        at += got;
        size -= (size_t)got;
        offset += got;
    }
    return true;
}
