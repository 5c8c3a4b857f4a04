// A node of a rule's condition in words: "Operation is New-InboxRule or Set-InboxRule".
// SPDX-License-Identifier: Apache-2.0
#ifndef STORMGLASS_COMMAND_DESCRIBE_H
#define STORMGLASS_COMMAND_DESCRIBE_H

#include "base/buf.h"
#include "rule/sigma.h"

#define DESCRIBE_VALUES 8 // of an item; how many more there are is said
#define DESCRIBE_TEXT 160 // bytes of a regular expression

// Not made safe: rules are text of others too.
void describe_node(const struct sigma_node *node, struct buf *out);

#endif
