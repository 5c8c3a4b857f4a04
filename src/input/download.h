// Fetching a file over HTTP(S), for rule archives. Nothing else in the program uses the network.
// SPDX-License-Identifier: Apache-2.0
#ifndef STORMGLASS_INPUT_DOWNLOAD_H
#define STORMGLASS_INPUT_DOWNLOAD_H

#include "base/error.h"
#include "base/str.h"

#define DOWNLOAD_LIMIT ((size_t)256 << 20) // bytes
#define DOWNLOAD_SECONDS 300L              // for the whole of it; 20 to connect

bool download_is_url(struct str text); // http:// or https://

// Writes what the URL answers to a new file in the folder for temporary files ($TMPDIR or /tmp) and its
// path to `path`; the caller unlinks it. Follows at most 5 redirections, to http(s) only; certificates
// are checked against the system's. False and `error` (nothing is left behind) for anything but a
// complete answer with status 200.
#define DOWNLOAD_PATH_SIZE 4096
bool download_fetch(struct str url, char path[DOWNLOAD_PATH_SIZE], struct error *error);

#endif
