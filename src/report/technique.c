// The techniques that the built-in rules and detectors name. Ids and names: MITRE ATT&CK, Enterprise
// matrix, attack.mitre.org/techniques/<id>.
// SPDX-License-Identifier: Apache-2.0
#include "report/technique.h"

static const struct technique {
    const char *id, *name;
} techniques[] = {
    {"T1005", "Data from Local System"},
    {"T1020", "Automated Exfiltration"},
    {"T1039", "Data from Network Shared Drive"},
    {"T1040", "Network Sniffing"},
    {"T1059", "Command and Scripting Interpreter"},
    {"T1059.001", "Command and Scripting Interpreter: PowerShell"},
    {"T1069", "Permission Groups Discovery"},
    {"T1069.003", "Permission Groups Discovery: Cloud Groups"},
    {"T1070", "Indicator Removal"},
    {"T1070.008", "Indicator Removal: Clear Mailbox Data"},
    {"T1078", "Valid Accounts"},
    {"T1078.004", "Valid Accounts: Cloud Accounts"},
    {"T1087", "Account Discovery"},
    {"T1087.004", "Account Discovery: Cloud Account"},
    {"T1098", "Account Manipulation"},
    {"T1098.001", "Account Manipulation: Additional Cloud Credentials"},
    {"T1098.002", "Account Manipulation: Additional Email Delegate Permissions"},
    {"T1098.003", "Account Manipulation: Additional Cloud Roles"},
    {"T1098.005", "Account Manipulation: Device Registration"},
    {"T1110", "Brute Force"},
    {"T1110.001", "Brute Force: Password Guessing"},
    {"T1110.003", "Brute Force: Password Spraying"},
    {"T1110.004", "Brute Force: Credential Stuffing"},
    {"T1114", "Email Collection"},
    {"T1114.002", "Email Collection: Remote Email Collection"},
    {"T1114.003", "Email Collection: Email Forwarding Rule"},
    {"T1119", "Automated Collection"},
    {"T1133", "External Remote Services"},
    {"T1136", "Create Account"},
    {"T1136.003", "Create Account: Cloud Account"},
    {"T1137", "Office Application Startup"},
    {"T1137.005", "Office Application Startup: Outlook Rules"},
    {"T1199", "Trusted Relationship"},
    {"T1204", "User Execution"},
    {"T1204.002", "User Execution: Malicious File"},
    {"T1213", "Data from Information Repositories"},
    {"T1213.002", "Data from Information Repositories: Sharepoint"},
    {"T1484", "Domain or Tenant Policy Modification"},
    {"T1484.002", "Domain or Tenant Policy Modification: Trust Modification"},
    {"T1485", "Data Destruction"},
    {"T1486", "Data Encrypted for Impact"},
    {"T1489", "Service Stop"},
    {"T1490", "Inhibit System Recovery"},
    {"T1496", "Resource Hijacking"},
    {"T1525", "Implant Internal Image"},
    {"T1526", "Cloud Service Discovery"},
    {"T1528", "Steal Application Access Token"},
    {"T1530", "Data from Cloud Storage"},
    {"T1531", "Account Access Removal"},
    {"T1534", "Internal Spearphishing"},
    {"T1537", "Transfer Data to Cloud Account"},
    {"T1539", "Steal Web Session Cookie"},
    {"T1546", "Event Triggered Execution"},
    {"T1548", "Abuse Elevation Control Mechanism"},
    {"T1550", "Use Alternate Authentication Material"},
    {"T1550.001", "Use Alternate Authentication Material: Application Access Token"},
    {"T1550.004", "Use Alternate Authentication Material: Web Session Cookie"},
    {"T1552", "Unsecured Credentials"},
    {"T1555", "Credentials from Password Stores"},
    {"T1555.006", "Credentials from Password Stores: Cloud Secrets Management Stores"},
    {"T1556", "Modify Authentication Process"},
    {"T1556.006", "Modify Authentication Process: Multi-Factor Authentication"},
    {"T1556.007", "Modify Authentication Process: Hybrid Identity"},
    {"T1556.009", "Modify Authentication Process: Conditional Access Policies"},
    {"T1557", "Adversary-in-the-Middle"},
    {"T1562", "Impair Defenses"},
    {"T1562.001", "Impair Defenses: Disable or Modify Tools"},
    {"T1562.007", "Impair Defenses: Disable or Modify Cloud Firewall"},
    {"T1562.008", "Impair Defenses: Disable or Modify Cloud Logs"},
    {"T1564", "Hide Artifacts"},
    {"T1564.008", "Hide Artifacts: Email Hiding Rules"},
    {"T1566", "Phishing"},
    {"T1566.001", "Phishing: Spearphishing Attachment"},
    {"T1566.002", "Phishing: Spearphishing Link"},
    {"T1566.003", "Phishing: Spearphishing via Service"},
    {"T1567", "Exfiltration Over Web Service"},
    {"T1578", "Modify Cloud Compute Infrastructure"},
    {"T1580", "Cloud Infrastructure Discovery"},
    {"T1583", "Acquire Infrastructure"},
    {"T1583.001", "Acquire Infrastructure: Domains"},
    {"T1589", "Gather Victim Identity Information"},
    {"T1589.001", "Gather Victim Identity Information: Credentials"},
    {"T1592", "Gather Victim Host Information"},
    {"T1606", "Forge Web Credentials"},
    {"T1606.002", "Forge Web Credentials: SAML Tokens"},
    {"T1609", "Container Administration Command"},
    {"T1621", "Multi-Factor Authentication Request Generation"},
    {"T1648", "Serverless Execution"},
    {"T1651", "Cloud Administration Command"},
    {"T1657", "Financial Theft"},
    {"T1671", "Cloud Application Integration"},
};

static const char *find(struct str id)
{
    size_t low = 0, high = sizeof techniques / sizeof *techniques;
    while (low < high) {
        size_t middle = (low + high) / 2;
        int order = str_compare(id, str_from(techniques[middle].id));
        if (order == 0)
            return techniques[middle].name;
        if (order > 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

const char *technique_name(struct str id)
{
    const char *name = find(id);
    return name ? name : find(str_of(id.at, str_index(id, '.')));
}
