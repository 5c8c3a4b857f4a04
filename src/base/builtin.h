// The files of rules/, hypotheses/, remediation/ and src/report/assets/ that were compiled into the
// program, so that it needs no folder beside it.
// Everything here is constant and lives as long as the program. The build writes the definitions
// (tools/embed.sh), one element for each <folder>/**/*.yml
// (assets: report.*).
// SPDX-License-Identifier: Apache-2.0
#ifndef STORMGLASS_BASE_BUILTIN_H
#define STORMGLASS_BASE_BUILTIN_H

#include <stddef.h>

struct builtin_file {
    const char *path; // from the root of the project: "rules/m365/name.yml"
    const char *text; // exactly the bytes of the file, then one zero byte that size does not count
    size_t size;
};

// Sorted by path in byte order; element builtin_rules_count is all zero.
extern const struct builtin_file builtin_rules[];
extern const size_t builtin_rules_count;

// The same of hypotheses/ and remediation/.
extern const struct builtin_file builtin_hypotheses[];
extern const size_t builtin_hypotheses_count;
extern const struct builtin_file builtin_remediation[];
extern const size_t builtin_remediation_count;
// report.css and report.js, which report.html carries inside.
extern const struct builtin_file builtin_assets[];
extern const size_t builtin_assets_count;

#endif
