// The list of sources, and which of them a record belongs to.
// SPDX-License-Identifier: Apache-2.0
#include "source/source.h"

#include <assert.h>

const struct source *const sources[SOURCE_COUNT] = {
#define X(name) &source_##name,
    SOURCE_LIST(X)
#undef X
};

const char *source_name(enum source_id id)
{
    assert((unsigned)id < SOURCE_COUNT);
    return sources[id]->name;
}

enum source_id source_recognise(const struct record *record, enum source_id hint)
{
    // any_json takes everything, so it is no hint.
    if (hint < SOURCE_ANY_JSON && sources[hint]->recognise(record))
        return hint;
    for (int i = 0; i < SOURCE_COUNT; i++)
        if (i != (int)hint && sources[i]->recognise(record))
            return (enum source_id)i;
    return SOURCE_ANY_JSON;
}
