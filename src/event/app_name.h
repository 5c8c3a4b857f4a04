// Names of the applications of Microsoft's own that occur most in mail and sign-in logs.
// Source: application ids and names as published by merill/microsoft-info (MIT). A name says who
// owns the id, not that its use is harmless: anyone may sign in through these applications.
// SPDX-License-Identifier: Apache-2.0
#ifndef STORMGLASS_EVENT_APP_NAME_H
#define STORMGLASS_EVENT_APP_NAME_H

#include "base/str.h"

// The application's name, or NULL when it is not in the table. Any case of the id.
const char *app_name_find(struct str app_id);

#endif
