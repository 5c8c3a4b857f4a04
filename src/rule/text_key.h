// Some of an event's values, compared with ASCII letters folded: what groups events, and what is
// counted as one. Keys are borrowed views; who keeps one stores its values.
// SPDX-License-Identifier: Apache-2.0
#ifndef STORMGLASS_RULE_TEXT_KEY_H
#define STORMGLASS_RULE_TEXT_KEY_H

#include "rule/correlation.h"

struct text_key {
    const struct str *values;
    const uint32_t *places; // in `values`, or PLAN_ABSENT: an absence that is a value of its own
    size_t count;
    uint64_t hash;
    bool is_lasting; // the values need no copy
};

// The key made of the event's values at these places; event->hashes must be there. False when one of
// the values is missing.
bool text_key_make(const struct observation *event, const uint32_t *places, size_t count,
                   struct text_key *out);

// Whether the key's values are those stored.
bool text_key_equals(const struct text_key *key, const struct str *stored);

// What the key is booked with: four bytes and the text of each value, whether copied or not, so that
// memory limits mean the same wherever events come from.
size_t text_key_size(const struct text_key *key);

// Room for the bytes of text_key_store: 0 when nothing is copied.
size_t text_key_room(const struct text_key *key);
// Puts the values, spelled as they are, into to[0..count), their bytes into `at`.
void text_key_store(const struct text_key *key, struct str *to, char *at);

#endif
