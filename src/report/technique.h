// ATT&CK techniques as people know them: names and pages of their ids.
// SPDX-License-Identifier: Apache-2.0
#ifndef STORMGLASS_REPORT_TECHNIQUE_H
#define STORMGLASS_REPORT_TECHNIQUE_H

#include "base/buf.h"

// Whether the text is an id: T and four digits, or with a dot and three more.
bool technique_is_id(struct str id);

// Its name, of a sub-technique without that of its technique; NULL when the table (technique.def) does not have it.
const char *technique_name(struct str id);

// The id of the technique that a sub-technique belongs to; the id itself otherwise.
struct str technique_parent(struct str id);

// The technique's page on attack.mitre.org; nothing for what is no id.
void technique_add_url(struct buf *out, struct str id);

#endif
