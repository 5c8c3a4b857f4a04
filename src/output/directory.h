// Folders of files written for people: each file appears whole or not at all, and only its owner may
// read it, since reports hold personal data.
// SPDX-License-Identifier: Apache-2.0
#ifndef STORMGLASS_OUTPUT_DIRECTORY_H
#define STORMGLASS_OUTPUT_DIRECTORY_H

#include "base/error.h"
#include "report/outline.h"

struct directory {
    int descriptor;
    const char *path; // borrowed
};

// Opens a folder, made with mode 0700 (parents too) when it is not there. False and `error` when it
// cannot be, e.g. since a file has that name.
bool directory_open(struct directory *directory, const char *path, struct error *error);
void directory_close(struct directory *directory);

// Writes one file ("a.json", or "sub/a.yml": folders are made) with mode 0600: into a temporary file
// beside it that takes its name at the end. `fill` writes the content; false from it, or a full disk,
// leaves what was there before.
typedef bool directory_fill(const struct sink *sink, void *context);
bool directory_write(const struct directory *directory, const char *name, directory_fill *fill,
                     void *context, struct error *error);
// The same with a text that is there already, and without waiting for the disk: for many small files
// whose folder is put in place as a whole.
bool directory_write_text(const struct directory *directory, const char *name, struct str text,
                          struct error *error);

// Puts the folder `fresh` in the place of `path` (which may be absent), in one step where the file
// system can; the old content is removed.
bool directory_replace(const char *fresh, const char *path, struct error *error);
// Removes a folder with all in it; links are removed, not followed. What is not there is fine.
bool directory_remove(const char *path, struct error *error);

#endif
