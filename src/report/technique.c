// Looks up ATT&CK techniques by id.
// SPDX-License-Identifier: Apache-2.0
#include "report/technique.h"

#include <stdlib.h>

struct row {
    const char *id, *name;
};

// By id, in byte order; the tests hold it to that.
static const struct row rows[] = {
#define TECHNIQUE(id, name) {id, name},
#include "report/technique.def"
#undef TECHNIQUE
};

static bool are_digits(struct str text)
{
    for (size_t i = 0; i < text.len; i++)
        if (text.at[i] < '0' || text.at[i] > '9')
            return false;
    return true;
}

bool technique_is_id(struct str id)
{
    if ((id.len != 5 && id.len != 9) || id.at[0] != 'T' || !are_digits(str_of(id.at + 1, 4)))
        return false;
    return id.len == 5 || (id.at[5] == '.' && are_digits(str_of(id.at + 6, 3)));
}

static int compare(const void *key, const void *row)
{
    return str_compare(*(const struct str *)key, str_from(((const struct row *)row)->id));
}

const char *technique_name(struct str id)
{
    const struct row *row = bsearch(&id, rows, sizeof rows / sizeof *rows, sizeof *rows, compare);
    return row ? row->name : NULL;
}

struct str technique_parent(struct str id)
{
    return technique_is_id(id) ? str_of(id.at, 5) : id;
}

void technique_add_url(struct buf *out, struct str id)
{
    if (!technique_is_id(id))
        return;
    buf_print(out, "https://attack.mitre.org/techniques/%.5s/", id.at);
    if (id.len > 5)
        buf_print(out, "%.3s/", id.at + 6);
}
