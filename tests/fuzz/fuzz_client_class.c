// Fuzzes baseline/client_class: any text has a class, and what is borrowed lies within it.
// SPDX-License-Identifier: Apache-2.0
#include <assert.h>

#include "baseline/client_class.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool is_within(struct str part, struct str text)
{
    return part.len == 0 || (part.at >= text.at && part.at + part.len <= text.at + text.len);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str text = str_of((const char *)data, size);
    char name[USER_AGENT_SIZE], again[USER_AGENT_SIZE];
    struct client client = client_read(text);
    assert(is_within(client.agent_text, text) && is_within(client.app_id, text));
    assert(client_class_find(str_from(client_class_name(client.class))) == client.class);
    assert(strlen(user_agent_name(client.agent, name)) < USER_AGENT_SIZE);
    user_agent_name(user_agent_read(client.agent_text), again);
    assert(strcmp(name, again) == 0);
    user_agent_read(text);
    return 0;
}
