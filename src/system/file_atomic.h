// Writes a file whole or not at all.
// SPDX-License-Identifier: Apache-2.0
#ifndef STORMGLASS_SYSTEM_FILE_ATOMIC_H
#define STORMGLASS_SYSTEM_FILE_ATOMIC_H

#include "base/error.h"
#include "base/str.h"

// Puts `bytes` in the place of the file `path`, readable by its owner alone (mode 0600): into a
// temporary file in the same folder, flushed to the disk, which then takes the name; the folder is
// flushed too. At every moment, and after a crash, the name holds the old content or the new. False and
// `error` when it cannot be done; what was there before is unharmed then and the temporary file is
// gone. A symbolic link by that name is replaced, not followed; a folder or device is refused.
bool file_atomic_write(const char *path, struct str bytes, struct error *error);

#endif
