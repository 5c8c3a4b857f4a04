// Writes a file whole or not at all.
// SPDX-License-Identifier: Apache-2.0
#ifndef STORMGLASS_SYSTEM_FILE_ATOMIC_H
#define STORMGLASS_SYSTEM_FILE_ATOMIC_H

#include "base/error.h"
#include "base/str.h"
#include "system/file_content.h"

// Puts `bytes` in the place of the file `path`, readable by its owner alone (mode 0600): into a
// temporary file in the same folder, flushed to the disk, which then takes the name; the folder is
// flushed too. At every moment, and after a crash, the name holds the old content or the new. False and
// `error` when it cannot be done; what was there before is unharmed then and the temporary file is
// gone. A symbolic link by that name is replaced, not followed; a folder or device is refused.
bool file_atomic_write(const char *path, struct str bytes, struct error *error);

// The same, but only where the path still leads to what was read (file_content_read; a file that was not there: to
// nothing); what another program wrote meanwhile stays, and the error says so. Of programs that do this at the same
// moment one is first: they take turns, where the file system knows locks on folders.
bool file_atomic_renew(const char *path, struct str bytes, const struct file_stamp *stamp,
                       struct error *error);

#endif
