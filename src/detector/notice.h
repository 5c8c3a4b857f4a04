// Subjects of security notices: "New sign-in to your account", "Ihr Kennwort wurde geändert".
// SPDX-License-Identifier: Apache-2.0
#ifndef STORMGLASS_DETECTOR_NOTICE_H
#define STORMGLASS_DETECTOR_NOTICE_H

#include "base/str.h"

// Whether a subject is that of a notice about an account's security: a word for what it is about and one
// for what happened to it, in the same language, or a phrase of Microsoft's own notices.
bool notice_is_security(struct str subject);

// To add a language: a row in notice.c with stems in lower case, and subjects in its test.

#endif
