// Activities of the audit log: mail, and commands by their parameters.
// SPDX-License-Identifier: Apache-2.0
#include "base/hash.h"
#include "event/activity_part.h"
#include "event/derived.h"
#include "event/pair.h"
#include "event/read.h"

static uint8_t audit_workload(const struct field_slots *slots)
{
    static const struct {
        const char *name;
        enum activity_workload workload;
    } names[] = {
        {"Exchange", WORKLOAD_EXCHANGE},     {"AzureActiveDirectory", WORKLOAD_DIRECTORY},
        {"SharePoint", WORKLOAD_SHAREPOINT}, {"OneDrive", WORKLOAD_SHAREPOINT},
        {"MicrosoftTeams", WORKLOAD_TEAMS},  {"SecurityComplianceCenter", WORKLOAD_COMPLIANCE}};
    struct str word = field_word(slots, FIELD_Workload);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (str_equal_fold(word, str_from(names[i].name)))
            return (uint8_t)names[i].workload;
    return WORKLOAD_UNKNOWN;
}

// Parameters that switch auditing, and which way does harm.
static const struct {
    const char *name;
    bool is_harm_off;
} audit_switches[] = {{"AuditEnabled", true},
                      {"UnifiedAuditLogIngestionEnabled", true},
                      {"AdminAuditLogEnabled", true},
                      {"AuditDisabled", false},
                      {"AuditBypassEnabled", false}};

// A command being read: what its parameters make of the activity.
struct command {
    struct activity *out;
    bool is_open;     // its kind follows from the parameters
    bool is_harmless; // auditing was switched on, and nothing else is known
    bool is_less;     // less will be recorded
    struct str name;  // of the rule
};

// Does what is recorded get less by the parameter: an actor's actions taken out, or kept for less than the
// 90 days that are usual?
static bool is_less_recorded(struct str word, struct str text)
{
    static const char *const actions[] = {"AuditOwner", "AuditDelegate", "AuditAdmin"};
    int64_t days;
    if (str_equal_fold(word, S("AuditLogAgeLimit")))
        return str_to_int64(str_cut(&text, '.'), &days) && days < 90;
    return text_is_one_of(word, actions, 3) && (!text.len || str_contains_fold(text, S("remove")));
}

// Auditing: a switch the wrong way, or what is recorded and how long it is kept. Switched the right way
// and nothing beside it, a command of auditing is none that a detector should see. HIDES says that less
// will be seen from here on.
static void read_audit_parameter(struct command *command, struct str word, struct str text,
                                 bool is_off)
{
    static const char *const audits[] = {"AuditOwner", "AuditDelegate", "AuditAdmin",
                                         "AuditLogAgeLimit"};
    static const char *const neutral[] = {"Identity", "Force", "Confirm"};
    bool is_change = text_is_one_of(word, audits, 4), is_switch = false;
    bool is_less = is_less_recorded(word, text);
    for (size_t i = 0; i < sizeof audit_switches / sizeof audit_switches[0]; i++)
        if (str_equal_fold(word, str_from(audit_switches[i].name))) {
            is_switch = true;
            is_change = is_less = is_off == audit_switches[i].is_harm_off;
        }
    if (command->is_open && is_change && command->out->kind == ACTIVITY_OTHER)
        command->out->kind = ACTIVITY_AUDIT_CHANGE;
    if (is_change || (!is_switch && !text_is_one_of(word, neutral, 3)))
        command->is_harmless = false;
    command->is_less = command->is_less || is_less;
}

static void read_parameter(struct str word, struct str text, void *context)
{
    static const char *const forwards[] = {"ForwardTo",   "RedirectTo", "ForwardAsAttachmentTo",
                                           "BlindCopyTo", "CopyTo",     "RedirectMessageTo"};
    static const char *const hides[] = {"DeleteMessage", "SoftDeleteMessage", "MoveToFolder",
                                        "MarkAsRead"};
    static const char *const mailbox[] = {"ForwardingSmtpAddress", "ForwardingAddress"};
    struct command *command = context;
    bool is_off =
        !text.len || str_equal_fold(text, S("False")) || str_equal_fold(text, S("$false"));
    activity_set(command->out, ACTIVITY_FORWARDS, !is_off && text_is_one_of(word, forwards, 6));
    activity_set(command->out, ACTIVITY_HIDES, !is_off && text_is_one_of(word, hides, 4));
    read_audit_parameter(command, word, text, is_off);
    if (command->is_open && text.len && text_is_one_of(word, mailbox, 2)) {
        command->out->kind = ACTIVITY_MAIL_FORWARDING;
        activity_set(command->out, ACTIVITY_FORWARDS, true);
    }
    if (str_is(word, "Name"))
        command->name = text;
}

// UpdateInboxRules describes the rule in properties: their texts name the actions. What the rule is
// called and what it looks for are not what it does.
static void read_rule_property(struct str word, struct str text, void *context)
{
    static const char *const notes[] = {"RuleName", "RuleCondition", "RuleOperation", "RuleId"};
    struct activity *out = context;
    if (text_is_one_of(word, notes, 4))
        return;
    activity_set(out, ACTIVITY_FORWARDS,
                 str_contains_fold(text, S("Forward")) || str_contains_fold(text, S("Redirect")));
    activity_set(out, ACTIVITY_HIDES,
                 str_contains_fold(text, S("Delete")) ||
                     str_contains_fold(text, S("MoveToFolder")) ||
                     str_contains_fold(text, S("MarkAsRead")));
}

// What an Exchange command was run on; the mailbox it names is the one acted on.
static void read_command(const struct field_slots *slots, struct intern *texts,
                         struct activity *out)
{
    struct str identity = activity_word(slots, FIELD_ParameterIdentity);
    struct str object = identity.len ? identity : activity_word(slots, FIELD_ObjectId);
    if (object.len)
        out->target = activity_text(texts, object, SPELL_LOWER);
    if (!out->mailbox && text_is_address(object))
        out->mailbox = out->target;
    struct command command = {.out = out,
                              .is_open = out->kind == ACTIVITY_OTHER,
                              .is_harmless = out->kind == ACTIVITY_AUDIT_CHANGE};
    bool has_parameters = field_first(slots, FIELD_Parameters);
    pair_each(slots, FIELD_Parameters, read_parameter, &command);
    if (has_parameters && command.is_harmless)
        out->kind = ACTIVITY_OTHER;
    activity_set(out, ACTIVITY_HIDES, command.is_less && out->kind == ACTIVITY_AUDIT_CHANGE);
    if (out->kind == ACTIVITY_MAIL_RULE) {
        pair_each(slots, FIELD_OperationProperties, read_rule_property, out);
        if (!out->mailbox) // rules are made in one's own mailbox unless the command says otherwise
            out->mailbox = out->user;
    }
    struct str name = activity_word(slots, FIELD_RuleName);
    if (!name.len)
        name = command.name;
    if (name.len)
        out->detail = activity_text(texts, name, SPELL_AS_IS);
}

// "Re: AW: Invoice" and "invoice" are one thread: marks of up to three letters are passed over, in any
// language.
static uint64_t thread_of(struct str subject)
{
    for (subject = str_trim(subject);;) {
        size_t colon = str_index(subject, ':');
        if (colon == 0 || colon > 3 || colon == subject.len)
            break;
        subject = str_trim(str_of(subject.at + colon + 1, subject.len - colon - 1));
    }
    return subject.len ? hash_fold(subject) : 0;
}

static void read_subject(const struct field_slots *slots, struct intern *texts,
                         struct activity *out)
{
    if (out->kind < ACTIVITY_MAIL_ACCESS || out->kind > ACTIVITY_MAIL_DELETE)
        return;
    struct str subject = field_word(slots, FIELD_Subject);
    out->thread = thread_of(subject);
    if (out->kind != ACTIVITY_MAIL_ACCESS && subject.len)
        out->detail = activity_text(texts, subject, SPELL_ONCE);
}

void activity_read_audit(const struct event *event, const struct field_slots *slots,
                         struct activity *out)
{
    int64_t number;
    out->workload = audit_workload(slots);
    if (field_int(slots, FIELD_RecordType, &number) && number == 275)
        out->kind = ACTIVITY_OWA_TOKEN;
    if (out->workload == WORKLOAD_DIRECTORY && out->kind == ACTIVITY_OTHER)
        out->kind = ACTIVITY_DIRECTORY; // as in the directory's own log
    if ((field_int(slots, FIELD_LogonType, &number) ||
         str_to_int64(field_derived(event, slots, FIELD_LogonType), &number)) &&
        number >= 0 && number < 16)
        out->logon_type = (int8_t)number;
    activity_set(out, ACTIVITY_IS_EXTERNAL, field_bool(slots, FIELD_ExternalAccess) == 1);
    if (out->kind == ACTIVITY_MAIL_ACCESS) {
        activity_set(out, ACTIVITY_IS_SYNC,
                     str_equal_fold(activity_word(slots, FIELD_MailAccessType), S("Sync")));
        activity_set(out, ACTIVITY_IS_THROTTLED, field_bool(slots, FIELD_IsThrottled) == 1);
    }
    if (out->kind == ACTIVITY_SIGN_IN && field_int(slots, FIELD_ErrorNumber, &number))
        out->error = activity_error(number);
}

// Commands are called Verb-Noun; changes of the directory can have a hyphen between blanks.
static bool is_command(struct str operation)
{
    return str_index(operation, '-') < operation.len && str_index(operation, ' ') == operation.len;
}

void activity_read_audit_own(const struct field_slots *slots, struct intern *texts,
                             struct activity *out)
{
    int64_t number;
    bool has_count = out->kind == ACTIVITY_MAIL_SEND
                         ? field_int(slots, FIELD_RecipientCount, &number)
                         : field_int(slots, FIELD_OperationCount, &number);
    if (has_count && number > 0)
        out->count = number < UINT32_MAX ? (uint32_t)number : UINT32_MAX;
    if (out->kind == ACTIVITY_SIGN_IN)
        out->detail = activity_text(texts, activity_word(slots, FIELD_LogonError), SPELL_AS_IS);
    if (out->kind == ACTIVITY_MAIL_SEARCH || out->kind == ACTIVITY_EDISCOVERY)
        out->detail = activity_text(texts, activity_word(slots, FIELD_QueryText), SPELL_AS_IS);
    if (out->kind == ACTIVITY_MAIL_SEND)
        out->target = activity_text(texts, activity_word(slots, FIELD_SendAsUser), SPELL_LOWER);
    read_subject(slots, texts, out);
    if (out->kind == ACTIVITY_MAIL_RULE || is_command(intern_text(texts, out->operation)))
        read_command(slots, texts, out);
}
