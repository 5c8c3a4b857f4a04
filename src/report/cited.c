// The list of cited records: its life and its totals.
// SPDX-License-Identifier: Apache-2.0
#include "report/cited.h"

#include <stdlib.h>

struct cited_list *cited_list_new(void)
{
    struct cited_list *list = memory_new(sizeof *list);
    arena_init(&list->arena);
    return list;
}

void cited_list_free(struct cited_list *list)
{
    if (!list)
        return;
    for (size_t i = 0; i < list->count; i++)
        free(list->items[i].text);
    arena_done(&list->arena);
    free(list);
}

struct cited_totals cited_totals(const struct cited_list *list)
{
    struct cited_totals totals = {0};
    for (size_t i = 0; i < list->count; i++) {
        const struct cited_record *record = &list->items[i];
        if (record->omitted.len && record->bytes)
            totals.without_room++;
        else if (record->omitted.len)
            totals.unread++;
        else if (record->text_size < record->bytes)
            totals.cut++;
        else
            totals.whole++;
    }
    return totals;
}
