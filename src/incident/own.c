// Tells what may be an attacker's own from what everybody shares.
// SPDX-License-Identifier: Apache-2.0
#include "incident/own.h"

#include "baseline/address_ranges.h"
#include "event/app_name.h"

static bool is_own_address(struct str text)
{
    struct ip ip;
    if (!ip_parse_strict(text, &ip) || !address_is_somewhere(&ip))
        return false;
    enum address_service service = address_service_of(&ip);
    return service == ADDRESS_NO_SERVICE || service == ADDRESS_AZURE;
}

bool entity_may_be_owned(enum entity_kind kind, struct str text)
{
    switch (kind) {
    case ENTITY_IP:
        return is_own_address(text);
    case ENTITY_APP:
    case ENTITY_CLIENT_APP:
        return text.len && !app_name_find(text);
    case ENTITY_SESSION:
    case ENTITY_TOKEN:
    case ENTITY_RULE:
        return text.len > 0;
    default:
        return false;
    }
}
