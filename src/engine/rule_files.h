// Loading rules: the built-in ones and those in files and folders.
// SPDX-License-Identifier: Apache-2.0
#ifndef STORMGLASS_ENGINE_RULE_FILES_H
#define STORMGLASS_ENGINE_RULE_FILES_H

#include "base/error.h"
#include "base/hash.h"
#include "rule/sigma.h"

#define RULE_FILE_LIMIT ((size_t)8 << 20) // bytes of one rule file

// Rules read so far, with a hash over all their bytes in order of reading.
struct rule_files {
    struct sigma_set set;
    struct sha256 *sha;
    size_t file_count;
};

void rule_files_init(struct rule_files *files);
void rule_files_done(struct rule_files *files);

// Reads the rules embedded in the program ("builtin:m365/x.yml").
void rule_files_add_builtin(struct rule_files *files);

// Reads a file, or every *.yml and *.yaml below a folder in order of path. False and `error` when the
// path cannot be read; trouble with single files in a folder becomes a problem of the set.
bool rule_files_add(struct rule_files *files, struct str path, struct error *error);

// Reads the *.txt files of a folder as placeholders for |expand, named by their stem. Before the rules.
bool rule_files_add_placeholders(struct rule_files *files, struct str path, struct error *error);

// Ends the reading: sigma_finish, and the hash as 64 hex digits.
void rule_files_finish(struct rule_files *files, const struct sigma_narrow *narrow,
                       char sha256[65]);

#endif
