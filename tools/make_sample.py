#!/usr/bin/env python3
"""Writes samples/tenant: some days of a made-up tenant's logs with one intrusion in them.

The same bytes on every run. All names are example domains (RFC 2606), all addresses documentation
ranges (RFC 5737, RFC 3849). What is in it is told in samples/README.md.
"""
# SPDX-License-Identifier: Apache-2.0
import csv
import gzip
import io
import json
import pathlib
import random
import uuid
from datetime import datetime, timedelta

ROOT = pathlib.Path(__file__).resolve().parent.parent / "samples" / "tenant"
chance = random.Random(20261118)

TENANT = "7c2f6a31-5a0e-4c8e-9b1d-2f8a40c1e777"
DOMAIN = "contoso.example"
OFFICE = "192.0.2.10"
INTRUDER = "203.0.113.77"     # the phishing proxy
INTRUDER_APP = "198.51.100.23"  # where the consented application runs
SPRAY = "198.51.100.140"
OUTLOOK = "d3590ed6-52b3-4102-aeff-aad2292ab01c"
OWA = "00000002-0000-0ff1-ce00-000000000000"
GRAPH = "00000003-0000-0000-c000-000000000000"
TEAMS = "1fec8e78-bce4-4aaf-ab1b-5451cc387264"
OFFICE_HOME = "4765445b-32c6-49b0-83e6-1d93765276ca"
BROKER = "29d9ed98-a469-4536-ade2-f981bc1d605e"
AZURE_CLI = "04b07795-8ddb-461a-bbee-02f9e1bf7b46"
EVIL_APP = "b0c4d1fe-91c2-4a6e-8e3f-6d2f7a1c9e50"  # "Mail Archive Sync"
CHROME = ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
          "Chrome/130.0.0.0 Safari/537.36")

PEOPLE = ["nadia.okafor", "omar.haddad", "lena.fischer", "tom.brandt", "priya.nair", "jonas.meyer",
          "sofia.rossi", "daniel.kim", "eva.novak", "marco.silva", "ines.duarte", "ceo"]
HOME = {p: f"192.0.2.{40 + i}" for i, p in enumerate(PEOPLE)}
HOME["eva.novak"] = "2001:db8:4:17::9"


def guid():
    return str(uuid.UUID(int=chance.getrandbits(128), version=4))


OBJECT = {p: guid() for p in PEOPLE}
MAILBOX = {p: guid() for p in PEOPLE}
PUID = {p: f"1003200{chance.getrandbits(36):09X}" for p in PEOPLE}


def upn(person):
    return f"{person}@{DOMAIN}"


def stamp(time):
    return time.strftime("%Y-%m-%dT%H:%M:%S")


def at(text):
    return datetime.fromisoformat(text)


# ---- records --------------------------------------------------------------------------------------

audit = []      # unified audit log records
signins = []    # Entra sign-ins, Graph spelling
directory = []  # Entra directory audits, Graph spelling


def record(time, operation, person, kind, workload, user_type=0, result="Succeeded", **more):
    row = {
        "CreationTime": stamp(time), "Id": guid(), "Operation": operation, "OrganizationId": TENANT,
        "RecordType": kind, "ResultStatus": result, "UserKey": PUID.get(person, person),
        "UserType": user_type, "Version": 1, "Workload": workload,
        "UserId": upn(person) if person in OBJECT else person,
    }
    row.update(more)
    audit.append(row)
    return row


def mailbox(time, operation, person, ip, client, kind=2, owner=None, app=None, client_app=None,
            session=None, **more):
    owner = owner or person
    extra = {
        "ClientIP": ip, "ClientIPAddress": ip, "ClientInfoString": client, "ExternalAccess": False,
        "InternalLogonType": 0, "LogonType": 0 if owner == person else 2,
        "MailboxGuid": MAILBOX[owner], "MailboxOwnerUPN": upn(owner), "OrganizationName": DOMAIN,
        "OriginatingServer": "AM0PR04MB4711 (15.20.7982.032)\r\n",
    }
    if app:
        extra["AppId"] = app
    if client_app:
        extra["ClientAppId"] = client_app
    if session:
        extra["SessionId"] = session
        extra["AppAccessContext"] = {"AADSessionId": session, "IssuedAtTime": stamp(time - timedelta(minutes=9)),
                                     "UniqueTokenId": "".join(chance.choices("ABCDEFGHabcdefgh0123456789_-", k=21)) + "A"}
    extra.update(more)
    return record(time, operation, person, kind, "Exchange", **extra)


def access(time, person, ip, client, count=1, kind="Bind", folder="\\Inbox", **more):
    properties = [{"Name": "MailAccessType", "Value": kind}, {"Name": "IsThrottled", "Value": "False"}]
    if kind == "Sync":
        return mailbox(time, "MailItemsAccessed", person, ip, client, 2, OperationProperties=properties,
                       OperationCount=1, Item={"Id": "", "ParentFolder": {"Id": "LgAAAAB" + guid()[:6], "Name": folder[1:],
                                                                      "Path": "Not Available"}}, **more)
    items = [{"Id": "RgAAAAB" + guid()[:8], "InternetMessageId": f"<{guid()[:13]}@mail.{DOMAIN}>",
              "SizeInBytes": chance.randrange(4000, 90000)} for _ in range(count)]
    return mailbox(time, "MailItemsAccessed", person, ip, client, 50, OperationProperties=properties,
                   OperationCount=count, Folders=[{"Id": "LgAAAAB" + guid()[:6], "Path": folder, "FolderItems": items}],
                   **more)


def admin(time, operation, person, ip, parameters, target, session=None, app=OWA, user_type=2):
    more = {"SessionId": session} if session else {}
    return record(time, operation, person, 1, "Exchange", user_type, "True", ClientIP=f"{ip}:{chance.randrange(1025, 65000)}",
                  ObjectId=target, AppId=app, ClientAppId="", ExternalAccess=False, OrganizationName=DOMAIN,
                  OriginatingServer="AM0PR04MB4711 (15.20.7982.032)\r\n",
                  Parameters=[{"Name": k, "Value": v} for k, v in parameters.items()], **more)


def login(time, person, ip, app, session, error=0, agent=CHROME, request=None):
    row = record(time, "UserLoginFailed" if error else "UserLoggedIn", person, 15, "AzureActiveDirectory", 0,
                 "Failed" if error else "Success", ActorIpAddress=ip, ClientIP=ip, ObjectId=OWA, ApplicationId=app,
                 AzureActiveDirectoryEventType=1, ErrorNumber=str(error), InterSystemsId=guid(),
                 Actor=[{"ID": OBJECT[person], "Type": 0}, {"ID": upn(person), "Type": 5}], ActorContextId=TENANT,
                 DeviceProperties=[{"Name": "OS", "Value": "Windows10"}, {"Name": "BrowserType", "Value": "Chrome"},
                                   {"Name": "IsCompliantAndManaged", "Value": "False" if ip == INTRUDER else "True"},
                                   {"Name": "SessionId", "Value": session}],
                 ExtendedProperties=[{"Name": "ResultStatusDetail", "Value": "UserError" if error else "Redirect"},
                                     {"Name": "UserAgent", "Value": agent}, {"Name": "RequestType", "Value": "OAuth2:Authorize"}])
    if error:
        row["LogonError"] = {50126: "InvalidUserNameOrPassword", 50053: "IdsLocked"}[error]
    if request:
        row["Id"] = row["IntraSystemId"] = request
    return row


PLACES = {OFFICE: ("Porto", "PT"), INTRUDER: ("Amsterdam", "NL"), INTRUDER_APP: ("Ashburn", "US"), SPRAY: ("Riga", "LV")}
APP_NAMES = {OUTLOOK: "Microsoft Office", OWA: "Office 365 Exchange Online", TEAMS: "Microsoft Teams",
             OFFICE_HOME: "OfficeHome", BROKER: "Microsoft Authentication Broker", AZURE_CLI: "Microsoft Azure CLI",
             EVIL_APP: "Mail Archive Sync"}


def signin(time, person, ip, app, session, error=0, agent=CHROME, interactive=True, resource=OWA, **more):
    city, country = PLACES.get(ip, ("Braga", "PT"))
    managed = ip not in (INTRUDER, INTRUDER_APP, SPRAY)
    reason = {0: "Other.", 50126: "Invalid username or password.", 50053: "Account is locked."}[error]
    row = {
        "id": guid(), "createdDateTime": stamp(time) + "Z", "userDisplayName": person.replace(".", " ").title(),
        "userPrincipalName": upn(person), "userId": OBJECT[person], "appId": app, "appDisplayName": APP_NAMES[app],
        "ipAddress": ip, "clientAppUsed": "Browser" if interactive else "Mobile Apps and Desktop clients",
        "userAgent": agent, "correlationId": guid(), "conditionalAccessStatus": "success" if not error else "failure",
        "isInteractive": interactive, "sessionId": session, "authenticationProtocol": "none",
        "authenticationRequirement": "multiFactorAuthentication", "incomingTokenType": "none",
        "signInEventTypes": ["interactiveUser" if interactive else "nonInteractiveUser"],
        "resourceDisplayName": "Office 365 Exchange Online", "resourceId": resource, "resourceTenantId": TENANT,
        "homeTenantId": TENANT, "riskDetail": "none", "riskLevelAggregated": "none", "riskLevelDuringSignIn": "none",
        "riskState": "none", "riskEventTypes_v2": [], "uniqueTokenIdentifier": "".join(chance.choices(
            "ABCDEFGHIJKLMNOPabcdefghijklmnop0123456789_-", k=21)) + "A",
        "status": {"errorCode": error, "failureReason": reason, "additionalDetails": None if error else "MFA requirement satisfied by claim in the token"},
        "deviceDetail": {"deviceId": OBJECT[person][:8] + "-dddd-4ddd-8ddd-dddddddddddd" if managed else "", "displayName": "",
                         "operatingSystem": "Windows10", "browser": "Chrome 130.0.0", "isCompliant": managed, "isManaged": managed,
                         "trustType": "Azure AD joined" if managed else ""},
        "location": {"city": city, "state": "", "countryOrRegion": country,
                     "geoCoordinates": {"latitude": None, "longitude": None}},
        "appliedConditionalAccessPolicies": [],
    }
    row.update(more)
    signins.append(row)
    return row


def directory_event(time, activity, person, ip, category, targets, service="Core Directory"):
    row = {
        "id": f"Directory_{guid()}_{chance.randrange(10000, 99999)}", "category": category, "correlationId": guid(),
        "result": "success", "resultReason": "", "activityDisplayName": activity,
        "activityDateTime": stamp(time) + "Z", "loggedByService": service, "operationType": "Update",
        "initiatedBy": {"app": None, "user": {"id": OBJECT[person], "displayName": None, "userPrincipalName": upn(person),
                                              "ipAddress": ip}},
        "targetResources": targets, "additionalDetails": [],
    }
    directory.append(row)
    return row


# ---- ordinary life --------------------------------------------------------------------------------

def ordinary_day(day):
    for person in PEOPLE:
        if chance.random() < 0.2:
            continue  # a day off
        ip = OFFICE if chance.random() < 0.6 else HOME[person]
        start = day + timedelta(hours=7, minutes=chance.randrange(20, 130), seconds=chance.randrange(60))
        session = guid()
        if chance.random() < 0.12:
            signin(start - timedelta(seconds=40), person, ip, OUTLOOK, session, 50126)
        signin(start, person, ip, OUTLOOK, session)
        signin(start + timedelta(seconds=3), person, ip, TEAMS, session, interactive=False)
        if chance.random() < 0.35:
            login(start, person, ip, OUTLOOK, session)
        for _ in range(chance.randrange(1, 4)):
            moment = start + timedelta(minutes=chance.randrange(5, 480), seconds=chance.randrange(60))
            ordinary_act(moment, person, ip, session)


def ordinary_act(moment, person, ip, session):
    what = chance.random()
    if what < 0.35:
        access(moment, person, ip, "Client=OWA;" + CHROME, chance.randrange(1, 4), app=OWA, session=session)
    elif what < 0.45:
        access(moment, person, ip, "Client=MSExchangeRPC", kind="Sync", app=OUTLOOK, session=session,
               ClientProcessName="OUTLOOK.EXE", ClientVersion="16.0.18129.20158")
    elif what < 0.6:
        access(moment, person, "2603:10a6:20b:1cd::7", "Client=REST;Client=RESTSystem;;", app="8a18aa92-0000-4c5a-8d55-000000000001")
    elif what < 0.75:
        mailbox(moment, "Send", person, ip, "Client=OWA;" + CHROME, app=OWA, session=session, recipientCount=chance.randrange(1, 6),
                Item={"Id": "RgAAAAB" + guid()[:8], "InternetMessageId": f"<{guid()[:13]}@{DOMAIN}>", "SizeInBytes": chance.randrange(3000, 40000),
                      "Subject": chance.choice(["Re: Weekly plan", "Minutes", "Offer 2026-118", "Re: Delivery dates", "Lunch?"])})
    elif what < 0.85:
        mailbox(moment, "MoveToDeletedItems", person, ip, "Client=OWA;" + CHROME, 3, app=OWA, session=session,
                AffectedItems=[{"Id": "RgAAAAB" + guid()[:8], "Subject": chance.choice(["Newsletter", "Out of office", "Canteen menu"]),
                                "ParentFolder": {"Path": "\\Inbox"}}], Folder={"Path": "\\Inbox"})
    else:
        record(moment, "FileAccessed", person, 6, "SharePoint", ClientIP=ip, ItemType="File",
               ObjectId=f"https://contoso.example/sites/finance/Shared Documents/{chance.choice(['Plan', 'Budget', 'Offer'])} {chance.randrange(40)}.xlsx",
               SiteUrl="https://contoso.example/sites/finance/", SourceFileExtension="xlsx", EventSource="SharePoint", UserAgent=CHROME)


def ordinary_oddities():
    # Things that look like the intrusion and are not.
    admin(at("2026-11-11 10:14:05"), "New-InboxRule", "priya.nair", OFFICE,
          {"Name": "Project Lynx", "SubjectContainsWords": "[lynx]", "MoveToFolder": "Lynx", "StopProcessingRules": "True"},
          f"{DOMAIN}\\priya.nair")
    admin(at("2026-11-13 15:02:41"), "Set-Mailbox", "omar.haddad", OFFICE,
          {"Identity": "info", "GrantSendOnBehalfTo": "ines.duarte"}, f"{DOMAIN}\\info")
    admin(at("2026-11-10 08:00:11"), "Set-Mailbox", "NT AUTHORITY\\SYSTEM (Microsoft.Exchange.ServiceHost)", "2603:10a6:20b:1cd::7",
          {"Identity": "marco.silva", "AuditEnabled": "True"}, f"{DOMAIN}\\marco.silva", user_type=3)
    directory_event(at("2026-11-12 09:30:12"), "Reset password (by admin)", "omar.haddad", OFFICE, "UserManagement",
                    [{"id": OBJECT["jonas.meyer"], "displayName": None, "type": "User", "userPrincipalName": upn("jonas.meyer"),
                      "modifiedProperties": []}])
    directory_event(at("2026-11-16 13:12:50"), "Update user", "omar.haddad", OFFICE, "UserManagement",
                    [{"id": OBJECT["eva.novak"], "displayName": None, "type": "User", "userPrincipalName": upn("eva.novak"),
                      "modifiedProperties": [{"displayName": "TelephoneNumber", "oldValue": "[]", "newValue": "[\"+351 555 0100\"]"}]}])


# ---- the intrusion --------------------------------------------------------------------------------

def spray():
    moment = at("2026-11-12 04:02:10")
    for person in PEOPLE * 2:
        signin(moment, person, SPRAY, AZURE_CLI, guid(), 50126, agent="python-requests/2.31.0", interactive=False)
        moment += timedelta(seconds=chance.randrange(20, 90))


def stolen_session():
    nadia, session = "nadia.okafor", guid()
    first = signin(at("2026-11-17 09:12:07"), nadia, INTRUDER, OFFICE_HOME, session, riskLevelDuringSignIn="medium",
                   riskState="atRisk", riskEventTypes_v2=["anonymizedIPAddress", "unfamiliarFeatures"])
    login(at("2026-11-17 09:12:07"), nadia, INTRUDER, OFFICE_HOME, session, request=first["id"])
    signin(at("2026-11-17 09:12:31"), nadia, INTRUDER, OWA, session, interactive=False, agent="axios/1.7.9")
    signin(at("2026-11-17 09:48:02"), nadia, INTRUDER_APP, OWA, session, interactive=False, agent="python-requests/2.31.0")
    directory_event(at("2026-11-17 09:21:44"), "User registered security info", nadia, INTRUDER, "UserManagement",
                    [{"id": OBJECT[nadia], "displayName": "Nadia Okafor", "type": "User", "userPrincipalName": upn(nadia),
                      "modifiedProperties": []}], "Authentication Methods")
    owa = "Client=OWA;" + CHROME
    admin(at("2026-11-17 09:25:19"), "New-InboxRule", nadia, INTRUDER,
          {"AlwaysDeleteOutlookRulesBlob": "False", "Force": "False", "Name": ".", "SubjectOrBodyContainsWords": "invoice;payment;bank;fraud",
           "MoveToFolder": "RSS Feeds", "MarkAsRead": "True", "StopProcessingRules": "True"}, f"{DOMAIN}\\nadia.okafor", session)
    for minute, query in enumerate(["invoice", "wire transfer", "iban", "password vpn"]):
        mailbox(at("2026-11-17 09:31:00") + timedelta(minutes=minute), "SearchQueryInitiatedExchange", nadia, INTRUDER, owa, 101,
                app=OWA, session=session, QueryText=query)
    moment = at("2026-11-17 09:35:40")
    for _ in range(14):
        access(moment, nadia, INTRUDER, owa, chance.randrange(1, 5), folder=chance.choice(["\\Inbox", "\\Inbox\\Suppliers", "\\Sent Items"]),
               app=OWA, session=session)
        moment += timedelta(seconds=chance.randrange(60, 200))
    admin(at("2026-11-17 10:02:33"), "New-InboxRule", nadia, INTRUDER,
          {"Name": "..", "ForwardTo": "accounts.contoso@fabrikam.example", "SubjectOrBodyContainsWords": "invoice", "DeleteMessage": "True"},
          f"{DOMAIN}\\nadia.okafor", session)
    admin(at("2026-11-17 10:05:02"), "Set-Mailbox", nadia, INTRUDER,
          {"Identity": "nadia.okafor", "ForwardingSmtpAddress": "smtp:accounts.contoso@fabrikam.example", "DeliverToMailboxAndForward": "True"},
          f"{DOMAIN}\\nadia.okafor", session)
    return session


def consented_app(session):
    nadia, time = "nadia.okafor", at("2026-11-17 10:40:55")
    scope = ("[] => [[Id: AAMk, ClientId: 0d0a, PrincipalId: %s, ResourceId: 0003, ConsentType: Principal, Scope: Mail.ReadWrite "
             "Mail.Send offline_access User.Read, CreatedDateTime: , LastModifiedDateTime ]]; " % OBJECT[nadia])
    directory_event(time, "Consent to application", nadia, INTRUDER, "ApplicationManagement",
                    [{"id": guid(), "displayName": "Mail Archive Sync", "type": "ServicePrincipal", "userPrincipalName": None,
                      "modifiedProperties": [{"displayName": "ConsentContext.IsAdminConsent", "oldValue": None, "newValue": "\"False\""},
                                             {"displayName": "ConsentContext.OnBehalfOfAll", "oldValue": None, "newValue": "\"False\""},
                                             {"displayName": "ConsentAction.Permissions", "oldValue": None, "newValue": json.dumps(scope)}]}])
    record(time, "Consent to application.", nadia, 8, "AzureActiveDirectory", 0, "Success", ObjectId=EVIL_APP, ActorIpAddress=INTRUDER,
           AzureActiveDirectoryEventType=1, Actor=[{"ID": upn(nadia), "Type": 5}, {"ID": "User", "Type": 2}], ActorContextId=TENANT,
           Target=[{"ID": "Mail Archive Sync", "Type": 1}, {"ID": EVIL_APP, "Type": 4}], TargetContextId=TENANT, InterSystemsId=guid(),
           ExtendedProperties=[{"Name": "additionalDetails", "Value": "{\"User-Agent\":\"EvoSTS\"}"}],
           ModifiedProperties=[{"Name": "ConsentContext.IsAdminConsent", "NewValue": "False", "OldValue": ""},
                               {"Name": "ConsentContext.OnBehalfOfAll", "NewValue": "False", "OldValue": ""},
                               {"Name": "ConsentAction.Permissions", "NewValue": scope, "OldValue": ""}])
    moment = at("2026-11-17 10:45:00")
    for _ in range(22):
        access(moment, nadia, INTRUDER_APP, "Client=REST;;", chance.randrange(1, 5), folder=chance.choice(["\\Inbox", "\\Archive", "\\Inbox\\Suppliers"]),
               app=GRAPH, client_app=EVIL_APP)
        moment += timedelta(minutes=chance.randrange(3, 40))
    for _ in range(4):
        access(moment, nadia, INTRUDER_APP, f"Client=WebServices;ExchangeWebServicesProxy/CrossSite/EXCH/15.20/python-requests/2.31.0[AppId={EVIL_APP}];",
               2, app=EVIL_APP, client_app=EVIL_APP)
        moment += timedelta(minutes=17)


def fraud(session):
    nadia, owa = "nadia.okafor", "Client=OWA;" + CHROME
    mailbox(at("2026-11-18 07:52:10"), "Send", nadia, INTRUDER, owa, app=OWA, session=session, recipientCount=240,
            Item={"Id": "RgAAAABf1", "InternetMessageId": f"<bank-0001@{DOMAIN}>", "SizeInBytes": 48211, "Subject": "Updated bank details for all invoices"})
    mailbox(at("2026-11-18 07:54:42"), "HardDelete", nadia, INTRUDER, owa, 3, app=OWA, session=session,
            AffectedItems=[{"Id": "RgAAAABf1", "Subject": "Updated bank details for all invoices", "ParentFolder": {"Path": "\\Sent Items"},
                            "InternetMessageId": f"<bank-0001@{DOMAIN}>"}], Folder={"Path": "\\Sent Items"})
    mailbox(at("2026-11-18 07:58:20"), "MoveToDeletedItems", nadia, INTRUDER, owa, 3, app=OWA, session=session,
            AffectedItems=[{"Id": "RgAAAABf2", "Subject": "Unusual sign-in activity", "ParentFolder": {"Path": "\\Inbox"}}], Folder={"Path": "\\Inbox"})


def administrator():
    omar, session = "omar.haddad", guid()
    signin(at("2026-11-18 09:04:51"), omar, INTRUDER, BROKER, session, authenticationProtocol="deviceCode", originalTransferMethod="deviceCodeFlow")
    admin(at("2026-11-18 09:11:06"), "Add-MailboxPermission", omar, INTRUDER,
          {"Identity": "ceo", "User": "omar.haddad", "AccessRights": "FullAccess", "InheritanceType": "All"}, f"{DOMAIN}\\ceo", session)
    for minute in range(3):
        access(at("2026-11-18 09:15:30") + timedelta(minutes=4 * minute), omar, INTRUDER, "Client=OWA;" + CHROME, 3, owner="ceo", app=OWA, session=session)
    directory_event(at("2026-11-18 09:31:18"), "Update application – Certificates and secrets management ", omar, INTRUDER, "ApplicationManagement",
                    [{"id": guid(), "displayName": "Payroll Connector", "type": "Application", "userPrincipalName": None, "modifiedProperties": [
                        {"displayName": "KeyDescription", "oldValue": "[]",
                         "newValue": "[\"[KeyIdentifier=c5a6c7ee-ac37-462a-be18-6655f73b5f6c,KeyType=Password,KeyUsage=Verify,DisplayName=sync]\"]"}]}])


def response():
    lena = "lena.fischer"
    for operation, target, parameters in [("Remove-InboxRule", "nadia.okafor\\.", {"Identity": "nadia.okafor\\."}),
                                          ("Set-Mailbox", "nadia.okafor", {"Identity": "nadia.okafor", "ForwardingSmtpAddress": ""})]:
        admin(at("2026-11-18 13:40:00") + timedelta(seconds=len(operation)), operation, lena, OFFICE, parameters, f"{DOMAIN}\\{target}")
    directory_event(at("2026-11-18 13:44:10"), "Reset password (by admin)", lena, OFFICE, "UserManagement",
                    [{"id": OBJECT["nadia.okafor"], "displayName": None, "type": "User", "userPrincipalName": upn("nadia.okafor"), "modifiedProperties": []}])


# ---- containers -----------------------------------------------------------------------------------

def compact(value):
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def write(name, text):
    path = ROOT / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode("utf-8"))


def write_gzip(name, text):
    path = ROOT / name
    path.parent.mkdir(parents=True, exist_ok=True)
    out = io.BytesIO()
    with gzip.GzipFile(filename="", mode="wb", fileobj=out, mtime=0) as stream:
        stream.write(text.encode("utf-8"))
    path.write_bytes(out.getvalue())


def purview_csv(rows):
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\r\n")
    table.writerow(["RecordId", "CreationDate", "RecordType", "Operation", "UserId", "AuditData", "AssociatedAdminUnits", "AssociatedAdminUnitsNames"])
    for row in rows:
        table.writerow([row["Id"], row["CreationTime"] + ".0000000Z", row["RecordType"], row["Operation"], row["UserId"], compact(row), "", ""])
    return "\ufeff" + out.getvalue()


RECORD_TYPES = {1: "ExchangeAdmin", 2: "ExchangeItem", 3: "ExchangeItemGroup", 6: "SharePointFileOperation", 8: "AzureActiveDirectory",
                15: "AzureActiveDirectoryStsLogon", 50: "ExchangeItemAggregated", 101: "ExchangeSearch"}


def search_csv(rows):
    out = io.StringIO()
    out.write("#TYPE Selected.System.Management.Automation.PSCustomObject\r\n")
    table = csv.writer(out, lineterminator="\r\n", quoting=csv.QUOTE_ALL)
    table.writerow(["RecordType", "CreationDate", "UserIds", "Operations", "AuditData", "ResultIndex", "ResultCount", "Identity", "IsValid", "ObjectState"])
    for number, row in enumerate(rows, 1):
        time = datetime.fromisoformat(row["CreationTime"])
        table.writerow([RECORD_TYPES[row["RecordType"]], f"{time.month}/{time.day}/{time.year} {time.strftime('%I:%M:%S %p').lstrip('0')}",
                        row["UserId"], row["Operation"], compact(row), number, len(rows), row["Id"], "True", "Unchanged"])
    return out.getvalue()


def main():
    for number in range(9, 21):
        day = datetime(2026, 11, number)
        if day.weekday() < 5:
            ordinary_day(day)
    ordinary_oddities()
    spray()
    session = stolen_session()
    consented_app(session)
    fraud(session)
    administrator()
    response()
    audit.sort(key=lambda r: (r["CreationTime"], r["Id"]))
    signins.sort(key=lambda r: (r["createdDateTime"], r["id"]), reverse=True)
    directory.sort(key=lambda r: (r["activityDateTime"], r["id"]), reverse=True)

    exchange = [r for r in audit if r["Workload"] == "Exchange"]
    entra = [r for r in audit if r["Workload"] == "AzureActiveDirectory"]
    before = [r for r in audit if r["CreationTime"] < "2026-11-16" and r["Workload"] != "AzureActiveDirectory"]
    nadia = [r for r in exchange if r["UserId"] == upn("nadia.okafor") and r["CreationTime"] >= "2026-11-17"]
    after = [r for r in exchange if r["CreationTime"] >= "2026-11-16"]
    text = purview_csv(before)
    # The download broke off in the middle of its last row, as downloads do.
    write("purview-audit-2026-11-09-to-15.csv", text[:-700])
    write("search-ual-nadia.csv", search_csv(nadia))
    chance.shuffle(after)
    write_gzip("management-api/audit.exchange.json.gz", compact(after + after[:5]))
    chance.shuffle(entra)
    write("management-api/audit.azureactivedirectory.json", compact(entra))
    write("management-api/audit.sharepoint.json", compact([r for r in audit if r["Workload"] == "SharePoint" and r["CreationTime"] >= "2026-11-16"]))
    write_gzip("entra/signins.json.gz", json.dumps({"@odata.context": "https://graph.microsoft.com/beta/$metadata#auditLogs/signIns", "value": signins}, indent=1))
    write("entra/directory-audits.json", json.dumps({"value": directory}, indent=1, ensure_ascii=False))
    print(f"{len(audit)} audit records, {len(signins)} sign-ins, {len(directory)} directory audits")


if __name__ == "__main__":
    main()
