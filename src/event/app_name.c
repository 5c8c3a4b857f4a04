// Names of Microsoft's own applications.
// SPDX-License-Identifier: Apache-2.0
#include "event/app_name.h"

// Sorted by id. To add one: a row in its place.
static const struct {
    char id[37];
    const char *name;
} apps[] = {
    {"00000002-0000-0000-c000-000000000000", "Windows Azure Active Directory"},
    {"00000002-0000-0ff1-ce00-000000000000", "Office 365 Exchange Online"},
    {"00000003-0000-0000-c000-000000000000", "Microsoft Graph"},
    {"00000003-0000-0ff1-ce00-000000000000", "Office 365 SharePoint Online"},
    {"00000004-0000-0ff1-ce00-000000000000", "Skype for Business Online"},
    {"00000006-0000-0ff1-ce00-000000000000", "Microsoft Office 365 Portal"},
    {"00000007-0000-0000-c000-000000000000", "Dataverse"},
    {"00000007-0000-0ff1-ce00-000000000000", "Exchange Online Protection"},
    {"00000009-0000-0000-c000-000000000000", "Power BI Service"},
    {"0000000a-0000-0000-c000-000000000000", "Microsoft Intune"},
    {"0000000c-0000-0000-c000-000000000000", "Microsoft App Access Panel"},
    {"00b41c95-dab0-4487-9791-b9d2c32c80f2", "Office 365 Management"},
    {"01fc33a7-78ba-4d2f-a4b7-768e336e890e", "Privileged Identity Management"},
    {"04b07795-8ddb-461a-bbee-02f9e1bf7b46", "Azure CLI"},
    {"13937bba-652e-4c46-b222-3003f4d1ff97", "Substrate Context Service"},
    {"14d82eec-204b-4c2f-b7e8-296a70dab67e", "Graph PowerShell"},
    {"1950a258-227b-4e31-a9cf-717495945fc2", "Azure PowerShell"},
    {"1b730954-1685-4b74-9bfd-dac224a7b894", "Azure Active Directory PowerShell"},
    {"1fec8e78-bce4-4aaf-ab1b-5451cc387264", "Microsoft Teams"},
    {"26a7ee05-5602-4d76-a7ba-eae8b7b67941", "Windows Search"},
    {"27922004-5251-4030-b22d-91ecd9a37ea4", "Outlook Mobile"},
    {"29d9ed98-a469-4536-ade2-f981bc1d605e", "Microsoft Authentication Broker"},
    {"2d4d3d8e-2be3-4bef-9f87-7875a61c29de", "OneNote"},
    {"3138fe80-4087-4b04-80a6-8866c738028a", "SharePoint Notification Service"},
    {"35d54a08-36c9-4847-9018-93934c62740c", "PeoplePredictions"},
    {"38aa3b87-a06d-4817-b275-7a316988d93b", "Windows Hello for Business"},
    {"394866fc-eedb-4f01-8536-3ff84b16be2a", "Microsoft People Cards Service"},
    {"47629505-c2b6-4a80-adb1-9b3a3d233b7b", "Exchange Web Services"},
    {"4765445b-32c6-49b0-83e6-1d93765276ca", "OfficeHome"},
    {"4813382a-8fa7-425e-ab75-3b753aab3abb", "Microsoft Authenticator App"},
    {"497effe9-df71-4043-a8bb-14cf78c4b63b", "Exchange Admin Center"},
    {"57fb890c-0dab-4253-a5e0-7188c88b2bb4", "SharePoint Online Client"},
    {"5d661950-3475-41cd-a2c3-d671a3162bc1", "Microsoft Outlook"},
    {"5e3ce6c0-2b1f-4285-8d4b-75ee78787346", "Microsoft Teams Web Client"},
    {"72782ba9-4490-4f03-8d82-562370ea3566", "Office 365"},
    {"797f4846-ba00-4fd7-ba43-dac1f8f63013", "Azure Resource Manager"},
    {"7ab7862c-4c57-491e-8a45-d52a7e023983", "Copilot Studio"},
    {"80ccca67-54bd-44ab-8625-4b79c4dc7775", "Microsoft 365 Security and Compliance Center"},
    {"871c010f-5e61-4fb1-83ac-98610a7e9110", "Power BI"},
    {"89bee1f7-5e6e-4d8a-9f3d-ecd601259da7", "Office 365 Shell"},
    {"8e0e8db5-b713-4e91-98e6-470fed0aa4c2", "Azure Signup Portal"},
    {"9199bf20-a13f-4107-85dc-02114787ef48", "Outlook Web App"},
    {"93d53678-613d-4013-afc1-62e9e444a0a5", "Office Online Add-in SSO"},
    {"9ba1a5c7-f17a-4de9-a1f1-6178c8d51223", "Intune Company Portal"},
    {"9bc3ab49-b65d-410a-85ad-de819febfddc", "SharePoint Online Management Shell"},
    {"a0c73c16-a7e3-4564-9a95-2bdf47383716", "Exchange Online PowerShell (legacy)"},
    {"a672d62c-fc7b-4e81-a576-e60dc46e951d", "Power Query for Excel"},
    {"ab9b8c07-8f02-4f72-87fa-80105867a763", "OneDrive SyncEngine"},
    {"aebc6443-996d-45c2-90f0-388ff96faa56", "Visual Studio Code"},
    {"b26aadf8-566f-4478-926f-589f601d9c74", "OneDrive"},
    {"b669c6ea-1adf-453f-b8bc-6d526592b419", "Focused Inbox"},
    {"bc59ab01-8403-45c6-8796-ac3ef710b3e3", "Outlook Online Add-in App"},
    {"c1c74fed-04c9-4704-80dc-9f79a2e515cb", "Yammer Web"},
    {"c44b4083-3bb0-49c1-b47d-974e53cbdf3c", "Azure Portal"},
    {"c9a559d2-7aab-4f13-a6ed-e7e9c52aec87", "Microsoft Forms"},
    {"cb1056e2-e479-49de-ae31-7812af012ed8", "Entra Connect"},
    {"cc15fd57-2c6c-4117-a88c-83b1d56b4bbe", "Microsoft Teams Services"},
    {"cf36b471-5b44-428c-9ce7-313bf84528de", "Microsoft Bing Search"},
    {"d3590ed6-52b3-4102-aeff-aad2292ab01c", "Microsoft Office"},
    {"de8bc8b5-d9f9-48b1-a8ad-b748da725064", "Graph Explorer"},
    {"e9b154d0-7658-433b-bb25-6b8e0a8a7c59", "Outlook Lite"},
    {"ecd6b820-32c2-49b6-98a6-444530e5a77a", "Microsoft Edge"},
    {"fb78d390-0c51-40cd-8e17-fdbfab77341b", "Exchange Online PowerShell"},
    {"fc0f3af4-6835-4174-b806-f7db311fd2f3", "Intune Windows Agent"},
};
enum { APPS = sizeof apps / sizeof apps[0], ID_SIZE = 36 };

// Order of the id (any case) and a row's (lower case).
static int compare(struct str id, const char *row)
{
    for (int i = 0; i < ID_SIZE; i++) {
        int difference = (unsigned char)ascii_lower(id.at[i]) - (unsigned char)row[i];
        if (difference)
            return difference;
    }
    return 0;
}

const char *app_name_find(struct str app_id)
{
    if (app_id.len != ID_SIZE)
        return NULL;
    for (int low = 0, high = APPS; low < high;) {
        int middle = (low + high) / 2;
        int order = compare(app_id, apps[middle].id);
        if (order == 0)
            return apps[middle].name;
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}
