// The version: given by the build, with a default for a file compiled by hand.
// SPDX-License-Identifier: Apache-2.0
#ifndef STORMGLASS_ENGINE_VERSION_H
#define STORMGLASS_ENGINE_VERSION_H

#ifndef STORMGLASS_VERSION
#define STORMGLASS_VERSION "0.1.0"
#endif

#endif
