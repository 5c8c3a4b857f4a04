// Passing over quickly what belongs to no incident, and not asking twice.
// SPDX-License-Identifier: Apache-2.0
#include <stdlib.h>

#include "base/hash.h"
#include "incident/scope_parts.h"

// ---- marks ------------------------------------------------------------------------------------

void mark_filter_add(struct mark_filter *filter, uint32_t symbol)
{
    if (symbol >= filter->symbol_count) {
        uint32_t count = (symbol + symbol / 2) / 64 * 64 + 64;
        filter->symbols = memory_grow(filter->symbols, count / 64 * sizeof *filter->symbols);
        memset(filter->symbols + filter->symbol_count / 64, 0,
               (count - filter->symbol_count) / 64 * sizeof *filter->symbols);
        filter->symbol_count = count;
    }
    filter->symbols[symbol / 64] |= UINT64_C(1) << symbol % 64;
}

static uint64_t token_hash(const uint8_t token[16])
{
    uint64_t parts[2];
    memcpy(parts, token, sizeof parts);
    return hash_mix(parts[0] ^ hash_mix(parts[1]));
}

static void add_mark(enum entity_kind kind, uint32_t symbol, void *context)
{
    struct scope *scope = context;
    uint8_t token[16];
    mark_filter_add(&scope->filter, symbol);
    if (kind != ENTITY_TOKEN || !token_parse(knowledge_text(scope->knowledge, symbol), token))
        return;
    uint64_t hash = token_hash(token);
    scope->filter.tokens[hash >> 56] |= UINT64_C(1) << (hash & 63);
    scope->filter.has_tokens = true;
}

void mark_filter_fill(struct scope *scope)
{
    linker_each_mark(scope->linker, add_mark, scope);
}

void mark_filter_done(struct mark_filter *filter)
{
    free(filter->symbols);
    *filter = (struct mark_filter){0};
}

static bool has_symbol(const struct mark_filter *filter, uint32_t symbol)
{
    return symbol < filter->symbol_count && filter->symbols[symbol / 64] >> symbol % 64 & 1;
}

bool mark_filter_has_token(const struct mark_filter *filter, const struct activity *activity)
{
    if (!filter->has_tokens || !(activity->flags & ACTIVITY_HAS_TOKEN))
        return false;
    uint64_t hash = token_hash(activity->token);
    return filter->tokens[hash >> 56] >> (hash & 63) & 1;
}

bool mark_filter_has(const struct mark_filter *filter, const struct activity *activity)
{
    uint32_t app = activity->client_app ? activity->client_app : activity->app;
    return has_symbol(filter, app) || has_symbol(filter, activity->session) ||
           has_symbol(filter, activity->address) || mark_filter_has_token(filter, activity);
}

// ---- answers ----------------------------------------------------------------------------------

struct asked *asked_open(const struct scope *scope, const struct ask_key *key)
{
    uint64_t hash = hash_bytes(key, sizeof *key, 5);
    struct asked *asked = &scope->asked[hash & (ASKED_COUNT - 1)];
    if (!asked->is_set || memcmp(&asked->key, key, sizeof *key) != 0)
        *asked = (struct asked){.key = *key};
    return asked;
}
