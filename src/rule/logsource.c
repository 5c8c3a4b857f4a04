// Which sources a Sigma logsource means.
// Source: SigmaHQ taxonomy, sections m365 and azure, and the names other rule writers use.
// SPDX-License-Identifier: Apache-2.0
#include "rule/logsource.h"

// One service of a family of products, and the source it is. Services are compared without '_', '-'
// and blanks. An empty service is the product alone.
struct route_row {
    const char *family, *service;
    enum source_id source;
    enum logsource_part part;
};

static const struct route_row routes[] = {
    {"m365", "", SOURCE_M365_AUDIT, PART_ALL},
    {"m365", "audit", SOURCE_M365_AUDIT, PART_ALL},
    {"m365", "auditlog", SOURCE_M365_AUDIT, PART_ALL},
    {"m365", "auditlogs", SOURCE_M365_AUDIT, PART_ALL},
    {"m365", "unifiedauditlog", SOURCE_M365_AUDIT, PART_ALL},
    {"m365", "managementactivity", SOURCE_M365_AUDIT, PART_ALL},
    {"m365", "officeactivity", SOURCE_M365_AUDIT, PART_ALL},
    {"m365", "exchange", SOURCE_M365_AUDIT, PART_EXCHANGE},
    {"m365", "exchangeonline", SOURCE_M365_AUDIT, PART_EXCHANGE},
    {"m365", "threatdetection", SOURCE_M365_AUDIT, PART_ALERTS},
    {"m365", "threatmanagement", SOURCE_M365_AUDIT, PART_ALERTS},
    {"m365", "sharepoint", SOURCE_M365_AUDIT, PART_ALL},
    {"m365", "onedrive", SOURCE_M365_AUDIT, PART_ALL},
    {"m365", "teams", SOURCE_M365_AUDIT, PART_ALL},
    {"m365", "microsoftteams", SOURCE_M365_AUDIT, PART_ALL},
    {"m365", "azureactivedirectory", SOURCE_M365_AUDIT, PART_ALL},
    {"m365", "messagetrace", SOURCE_MESSAGE_TRACE, PART_ALL},

    {"azure", "", SOURCE_ENTRA_SIGNIN, PART_ALL},
    {"azure", "", SOURCE_ENTRA_AUDIT, PART_ALL},
    {"azure", "", SOURCE_GRAPH_ACTIVITY, PART_ALL},
    {"azure", "", SOURCE_AZURE_ACTIVITY, PART_ALL},
    {"azure", "signinlogs", SOURCE_ENTRA_SIGNIN, PART_ALL},
    {"azure", "signinlog", SOURCE_ENTRA_SIGNIN, PART_ALL},
    {"azure", "signin", SOURCE_ENTRA_SIGNIN, PART_ALL},
    {"azure", "noninteractiveusersigninlogs", SOURCE_ENTRA_SIGNIN, PART_ALL},
    {"azure", "serviceprincipalsigninlogs", SOURCE_ENTRA_SIGNIN, PART_ALL},
    {"azure", "managedidentitysigninlogs", SOURCE_ENTRA_SIGNIN, PART_ALL},
    {"azure", "auditlogs", SOURCE_ENTRA_AUDIT, PART_ALL},
    {"azure", "auditlog", SOURCE_ENTRA_AUDIT, PART_ALL},
    {"azure", "audit", SOURCE_ENTRA_AUDIT, PART_ALL},
    {"azure", "activitylogs", SOURCE_AZURE_ACTIVITY, PART_ALL},
    {"azure", "activitylog", SOURCE_AZURE_ACTIVITY, PART_ALL},
    {"azure", "azureactivity", SOURCE_AZURE_ACTIVITY, PART_ALL},
    // Kinds of risk stand in sign-ins themselves, in risk records and in the audit log.
    {"azure", "riskdetection", SOURCE_ENTRA_SIGNIN, PART_ALL},
    {"azure", "riskdetection", SOURCE_M365_AUDIT, PART_RISK},
    {"azure", "identityprotection", SOURCE_ENTRA_SIGNIN, PART_ALL},
    {"azure", "identityprotection", SOURCE_M365_AUDIT, PART_RISK},
    {"azure", "pim", SOURCE_ENTRA_AUDIT, PART_ALL},
    {"azure", "pim", SOURCE_ENTRA_SIGNIN, PART_ALL},
    {"azure", "microsoftgraphactivitylogs", SOURCE_GRAPH_ACTIVITY, PART_ALL},
    {"azure", "graphactivitylogs", SOURCE_GRAPH_ACTIVITY, PART_ALL},
    {"azure", "graphactivity", SOURCE_GRAPH_ACTIVITY, PART_ALL},
};
enum { ROUTES = sizeof routes / sizeof routes[0] };

// Names of a family's products. "microsoft" may be either.
static const struct {
    const char *product, *family;
} products[] = {
    {"m365", "m365"},
    {"microsoft365", "m365"},
    {"office365", "m365"},
    {"o365", "m365"},
    {"office", "m365"},
    {"microsoft", "m365"},
    {"azure", "azure"},
    {"azuread", "azure"},
    {"azureactivedirectory", "azure"},
    {"aad", "azure"},
    {"entra", "azure"},
    {"entraid", "azure"},
    {"microsoftentra", "azure"},
    {"microsoftentraid", "azure"},
    {"microsoft", "azure"},
};
enum { PRODUCTS = sizeof products / sizeof products[0] };

static bool is_joint(char c)
{
    return c == '_' || c == '-' || c == ' ';
}

// Equal with case folded and '_', '-' and blanks passed over.
static bool is_same(struct str a, struct str b)
{
    size_t i = 0, k = 0;
    for (;; i++, k++) {
        while (i < a.len && is_joint(a.at[i]))
            i++;
        while (k < b.len && is_joint(b.at[k]))
            k++;
        if (i == a.len || k == b.len)
            return i == a.len && k == b.len;
        if (ascii_lower(a.at[i]) != ascii_lower(b.at[k]))
            return false;
    }
}

static bool is_of_family(struct str product, const char *family)
{
    for (int i = 0; i < PRODUCTS; i++)
        if (strcmp(products[i].family, family) == 0 &&
            is_same(product, str_from(products[i].product)))
            return true;
    return false;
}

// Two products are one when they are spelt the same or name one family.
static bool is_same_product(struct str a, struct str b)
{
    return is_same(a, b) || (is_of_family(a, "m365") && is_of_family(b, "m365")) ||
           (is_of_family(a, "azure") && is_of_family(b, "azure"));
}

static bool is_contradiction(const struct sigma_logsource *a, const struct sigma_logsource *b)
{
    return (a->product.len && b->product.len && !is_same_product(a->product, b->product)) ||
           (a->service.len && b->service.len && !is_same(a->service, b->service)) ||
           (a->category.len && b->category.len && !is_same(a->category, b->category));
}

struct logsource_route logsource_route(const struct sigma_logsource *logsource,
                                       const struct sigma_logsource *narrow)
{
    struct logsource_route route = {.is_known = false};
    for (int i = 0; i < SOURCE_COUNT; i++)
        route.parts[i] = PART_NONE;
    bool is_kept = !narrow || !is_contradiction(logsource, narrow);
    route.parts[SOURCE_ANY_JSON] = is_kept ? PART_ALL : PART_NONE;
    // A category without a service is a kind of events (process_creation ...) that no source has.
    if (logsource->category.len && !logsource->service.len)
        return route;
    for (int i = 0; i < ROUTES; i++) {
        if (!is_of_family(logsource->product, routes[i].family) ||
            !is_same(logsource->service, str_from(routes[i].service)))
            continue;
        route.is_known = true;
        route.parts[routes[i].source] = routes[i].part;
    }
    return route;
}
