// Tests of hypothesis/remedy: the book's checks, and steps filled in with an incident's values.
// SPDX-License-Identifier: Apache-2.0
#include "hypothesis/remedy.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>
#include <stdlib.h>

#include "base/builtin.h"
#include "base/instant.h"
#include "event/outcome.h"
#include "hypothesis/remedy_book.h"

#define COUNT(table) (sizeof(table) / sizeof(table)[0])
#define ROWS 2000
#define NOON (INT64_C(20700) * DAY + 12 * HOUR) // 2026-09-04

// ---- a dossier by hand ------------------------------------------------------------------------

struct scene {
    struct intern texts;
    struct knowledge *knowledge;
    struct finding_list findings;
    struct incident incident;
    struct incident_mailbox mailboxes[4];
    struct entity entities[4];
    struct dossier_row rows[ROWS];
    struct dossier dossier;
    struct hypothesis stories[2];
    struct str steps[2][40];
    struct hypothesis_set set;
    struct verdict_hypothesis weighed[2];
    struct verdict verdict;
    struct arena arena;
    struct remedy_book *book;
};

static int open_scene(void **state)
{
    struct error error;
    struct scene *s = memory_new(sizeof *s);
    activity_texts_init(&s->texts);
    arena_init(&s->arena);
    s->incident = (struct incident){
        .first = NOON, .last = NOON + 2 * DAY, .mailboxes = s->mailboxes, .entities = s->entities};
    s->set = (struct hypothesis_set){.items = s->stories, .count = 2};
    for (int i = 0; i < 2; i++) {
        s->stories[i].name = i ? S("second") : S("first");
        s->stories[i].steps = s->steps[i];
        s->weighed[i] =
            (struct verdict_hypothesis){.name = s->stories[i].name, .word = VERDICT_UNLIKELY};
    }
    s->verdict =
        (struct verdict){.is_decided = true, .hypotheses = s->weighed, .hypothesis_count = 2};
    s->book = remedy_book_builtin(&error);
    if (!s->book)
        fail_msg("%s", error.text);
    *state = s;
    return 0;
}

static int close_scene(void **state)
{
    struct scene *s = *state;
    knowledge_free(s->knowledge);
    intern_done(&s->texts);
    finding_list_done(&s->findings);
    arena_done(&s->arena);
    remedy_book_free(s->book);
    free(s);
    return 0;
}

static uint32_t symbol(struct scene *s, struct str text)
{
    return text.len ? intern_add(&s->texts, text) : 0;
}

// A row of the attacker's; the caller sets what else there is.
static struct activity *add_row(struct scene *s, enum activity_kind kind)
{
    assert_true(s->dossier.count < ROWS);
    struct dossier_row *row = &s->rows[s->dossier.count++];
    row->part = DOSSIER_ATTACKER;
    row->records = 1;
    row->last = NOON;
    row->first = (struct activity){.time = NOON,
                                   .kind = (uint8_t)kind,
                                   .outcome = OUTCOME_SUCCESS,
                                   .actor = ACTOR_PERSON,
                                   .logon_type = -1,
                                   .count = 1};
    row->first.id_text = symbol(s, arena_print(&s->arena, "record %zu", s->dossier.count));
    return &row->first;
}

static void add_step(struct scene *s, int story, const char *name)
{
    s->steps[story][s->stories[story].step_count++] = str_from(name);
}

static const struct verdict *fill(struct scene *s)
{
    knowledge_free(s->knowledge);
    s->knowledge = knowledge_new(&s->texts);
    for (int i = 0; i < 3; i++)
        knowledge_settle(s->knowledge);
    s->dossier.knowledge = s->knowledge;
    s->dossier.findings = &s->findings;
    s->dossier.incident = &s->incident;
    s->dossier.rows = s->rows;
    remedy_fill(s->book, &s->set, &s->dossier, &s->arena, &s->verdict);
    return &s->verdict;
}

static void add_user(struct scene *s, const char *address)
{
    struct activity *a = add_row(s, ACTIVITY_SIGN_IN);
    a->user = symbol(s, str_from(address));
}

static void add_rule(struct scene *s, const char *mailbox, struct str name)
{
    struct activity *a = add_row(s, ACTIVITY_MAIL_RULE);
    a->mailbox = symbol(s, str_from(mailbox));
    a->detail = symbol(s, name);
}

static bool has(struct str text, const char *part)
{
    return str_contains(text, str_from(part));
}

static void check_has(struct str text, const char *part)
{
    if (!has(text, part))
        fail_msg("no '%s' in:\n%.*s", part, (int)text.len, text.at);
}

static void check_lacks(struct str text, const char *part)
{
    if (has(text, part))
        fail_msg("'%s' in:\n%.*s", part, (int)text.len, text.at);
}

// ---- the book ---------------------------------------------------------------------------------

static void every_step_there_must_be_is_built_in(void **state)
{
    static const char *const names[] = {"preserve_logs",
                                        "revoke_sessions",
                                        "reset_password",
                                        "disable_account",
                                        "remove_consent",
                                        "disable_app",
                                        "remove_app",
                                        "rotate_app_credentials",
                                        "remove_inbox_rules",
                                        "remove_forwarding",
                                        "remove_delegates",
                                        "remove_impersonation_role",
                                        "remove_transport_rules",
                                        "remove_connectors",
                                        "remove_methods",
                                        "remove_devices",
                                        "restore_federation",
                                        "rotate_signing_certificate",
                                        "restore_auditing",
                                        "block_device_code",
                                        "block_legacy_authentication",
                                        "number_matching",
                                        "report_to_provider_and_authorities",
                                        "tell_affected_persons",
                                        "interview_user",
                                        "confirm_with_user",
                                        "confirm_with_administrator",
                                        "hunt_address",
                                        "review_insider_with_hr_and_legal",
                                        "recall_phishing"};
    struct scene *s = *state;
    for (size_t i = 0; i < COUNT(names); i++)
        if (!remedy_has(s->book, str_from(names[i])))
            fail_msg("%s is missing", names[i]);
    assert_false(remedy_has(s->book, S("revoke_session")));
    size_t count;
    const struct str *done_by = remedy_done_by(s->book, S("reset_password"), &count);
    assert_true(count > 1 && str_is(done_by[0], "Reset user password"));
    remedy_done_by(s->book, S("interview_user"), &count);
    assert_int_equal(count, 0);
}

static void files_are_named_as_their_steps(void **state)
{
    struct scene *s = *state;
    for (size_t i = 0; i < builtin_remediation_count; i++) {
        struct str path = str_from(builtin_remediation[i].path);
        struct str stem = str_of(path.at + 12, path.len - 16); // remediation/ and .yml
        assert_true(str_starts(path, S("remediation/")));
        if (!remedy_has(s->book, stem))
            fail_msg("%s holds a step of another name", builtin_remediation[i].path);
    }
}

#define HEAD "name: a\nstep: b\nfor: user\nwhy: c\nbreaks: d\nundo: e\nverify: f\n"

static void files_that_are_wrong_are_told_by_line(void **state)
{
    (void)state;
    static const struct {
        const char *text, *error; // NULL: valid
    } cases[] = {
        {HEAD, NULL},
        {HEAD "command: X -Y {user}\n", NULL},
        {HEAD "command: X -Y ({user:url} + '/z')\nby_hand: Z # {user}\ndone_by: [P, Q | r]\n",
         NULL},
        {HEAD "command: |\n  Get-X | Where-Object {$_.a -eq {user}} # it's ok\n", NULL},
        {"", "x.yml:1:1: a file holds one step"},
        {"a: b\n---\na: c\n", "x.yml:3:1: a file holds one step, this one 2"},
        {"- a\n", "x.yml:1:1: a step must be a mapping"},
        {"name: [\n", "x.yml:2:1: "},
        {HEAD "wy: x\n", "x.yml:8:1: unknown key 'wy'; did you mean 'why'?"},
        {HEAD "colour: x\n", "x.yml:8:1: unknown key 'colour'; docs/remediation.md"},
        {"name: a\n", "x.yml:1:1: 'step' is missing; add what to do"},
        {"name: a\nstep: b\nfor: users\nwhy: c\nbreaks: d\nundo: e\nverify: f\n",
         "x.yml:3:6: 'users' is nothing a step is done to; did you mean 'user'?"},
        {"name: a\nstep: b\nfor: [user]\nwhy: c\nbreaks: d\nundo: e\nverify: f\n", "x.yml:3:6: "},
        {"name: A b\nstep: b\nfor: user\nwhy: c\nbreaks: d\nundo: e\nverify: f\n",
         "x.yml:1:7: the name 'A b' is no name"},
        {"name: a\nstep:\nfor: user\nwhy: c\nbreaks: d\nundo: e\nverify: f\n",
         "'step' must be text; write what to do"},
        {"name: a\nstep: \"b\\e\"\nfor: user\nwhy: c\nbreaks: d\nundo: e\nverify: f\n",
         "x.yml:2:7: 'step' holds control characters"},
        {HEAD "command: X {usr}\n",
         "x.yml:8:10: 'command': unknown placeholder {usr}; did you mean {user}?"},
        {HEAD "command: X {mailbox}\n", "unknown placeholder {mailbox}; docs/remediation.md"},
        {HEAD "command: |\n  X {user}\n  Y {rule}\n",
         "x.yml:10:1: 'command': unknown placeholder {rule}"},
        {HEAD "command: X '{user}'\n", "{user} stands within quotes"},
        {HEAD "command: X \"a {user}\"\n", "{user} stands within quotes"},
        {HEAD "command: X ${user}\n", "{user} stands behind $"},
        {HEAD "command: X @{user}\n", "{user} stands behind @"},
        {HEAD "command: X {targets}\n", "{targets} cannot stand here"},
        {HEAD "command: X 'a\n", "a quote is not closed"},
        {HEAD "command: X (a\n", "brackets are not closed"},
        {HEAD "command: |\n  X @'\n  a\n  '@\n", "here-strings"},
        {HEAD "command: X `\n", "does without `"},
        {HEAD "command: X <# {user} #>\n", "<# #>"},
        {HEAD "command: X \xe2\x80\x99{user}\xe2\x80\x99\n", "ASCII only"},
        {HEAD "command: X {from:url}\n", "{from} has no other form"},
        {HEAD "before: X {user}\n", "unknown placeholder {user}"},
        {"name: a\nstep: b {user}\nfor: user\nwhy: c\nbreaks: d\nundo: e\nverify: f\n",
         "{user} cannot stand here; a text is about all of them: write {targets}"},
        {"name: a\nstep: b {target}\nfor: user\nwhy: c\nbreaks: d\nundo: e\nverify: f\n",
         "x.yml:2:7: 'step': unknown placeholder {target}; did you mean {targets}?"},
        {HEAD "done_by: x\n", "x.yml:8:10: 'done_by' must be a list"},
        {HEAD "done_by: [x |]\n", "an operation must be text"},
        {HEAD "done_by: [[x]]\n", "an operation must be text"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct remedy_book *book = remedy_book_new();
        struct error error = {""};
        bool is_read = remedy_add(book, S("x.yml"), str_from(cases[i].text), &error);
        if (is_read != !cases[i].error ||
            (cases[i].error && !has(str_from(error.text), cases[i].error)))
            fail_msg("case %zu: %s\n%s", i, is_read ? "valid" : error.text, cases[i].text);
        assert_int_equal(book->count, is_read);
        remedy_book_free(book);
    }
}

static void a_step_of_the_same_name_is_replaced(void **state)
{
    struct scene *s = *state;
    struct error error;
    size_t count = s->book->count;
    assert_true(remedy_add(s->book, S("x.yml"),
                           S("name: interview_user\nstep: Call {targets}\nfor: user\nwhy: c\n"
                             "breaks: d\nundo: e\nverify: f\n"),
                           &error));
    assert_int_equal(s->book->count, count);
    add_user(s, "alice@contoso.example");
    add_step(s, 0, "interview_user");
    assert_true(str_is(fill(s)->steps[0].step, "Call alice@contoso.example"));
}

// ---- filling ----------------------------------------------------------------------------------

static void values_of_logs_stay_values(void **state)
{
    static const struct {
        struct str rule;
        const char *has, *by_hand; // one of them
    } cases[] = {
        {STR("'; Remove-Item -Recurse C:\\ #"), "$_.Name -eq '''; Remove-Item -Recurse C:\\ #' -or",
         NULL},
        {STR("\xe2\x80\x99; calc; \xe2\x80\x98"),
         "$_.Name -eq '\xe2\x80\x99\xe2\x80\x99; calc; \xe2\x80\x98\xe2\x80\x98' -or", NULL},
        {STR("`$(calc)`"), "$_.Name -eq '`$(calc)`' -or", NULL},
        {STR("-Force"), "$_.Name -eq '-Force' -or", NULL},
        {STR("{mailbox}"), "$_.Name -eq '{mailbox}' -or", NULL},
        {STR("."), "$_.Name -eq '.' -or", NULL},
        {STR("a\nRemove-Item x"), NULL,
         "# Look up by hand: alice@contoso.example / a<U+000A>Remove-Item x (the rule holds "
         "control characters)\nGet-InboxRule -Mailbox 'alice@contoso.example' -IncludeHidden | "
         "Format-List"},
        {STR("a\0b"), NULL, "a<U+0000>b (the rule holds control characters)"},
        {STR("a\xe2\x80\xaegnp"), NULL, "a<U+202E>gnp (the rule holds marks that reverse"},
        {STR(""), NULL, "(rule not logged) (the rule is not in the logs)"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct scene *s = *state;
        s->dossier.count = s->stories[0].step_count = 0;
        add_rule(s, "alice@contoso.example", cases[i].rule);
        add_step(s, 0, "remove_inbox_rules");
        const struct verdict *verdict = fill(s);
        assert_int_equal(verdict->step_count, 1);
        assert_int_equal(verdict->steps[0].target_count, 1);
        struct str command = verdict->steps[0].command;
        check_has(command, cases[i].has ? cases[i].has : cases[i].by_hand);
        if (cases[i].has)
            check_lacks(command, "by hand");
        else
            check_lacks(command, "Remove-InboxRule");
        for (size_t k = 0; k < command.len; k++)
            assert_true(command.at[k] == '\n' || (uint8_t)command.at[k] >= 0x20);
    }
}

static void a_long_value_is_looked_up_by_hand(void **state)
{
    struct scene *s = *state;
    char name[500];
    memset(name, 'a', sizeof name);
    add_rule(s, "alice@contoso.example", str_of(name, sizeof name));
    add_step(s, 0, "remove_inbox_rules");
    struct str command = fill(s)->steps[0].command;
    check_has(command, "\xe2\x80\xa6 (the rule is too long");
    assert_true(command.len < 1000);
}

static void commands_are_lines_up_to_twenty_then_a_loop(void **state)
{
    struct scene *s = *state;
    add_step(s, 0, "revoke_sessions");
    for (int i = 0; i < 20; i++)
        add_user(s, arena_print(&s->arena, "user%02d@contoso.example", i).at);
    const struct verdict_step *step = &fill(s)->steps[0];
    assert_int_equal(step->target_count, 20);
    check_has(step->command, "Connect-MgGraph -Scopes 'User.RevokeSessions.All'\n"
                             "Revoke-MgUserSignInSession -UserId 'user00@contoso.example'\n"
                             "Revoke-MgUserSignInSession -UserId 'user01@contoso.example'\n");
    check_has(step->step, "user00@contoso.example, user01@contoso.example, user02@contoso.example "
                          "and 17 more");
    add_user(s, "o'brien@contoso.example");
    step = &fill(s)->steps[0];
    assert_int_equal(step->target_count, 21);
    check_has(step->command, "$targets = @(\n    @{ user = 'o''brien@contoso.example' }\n"
                             "    @{ user = 'user00@contoso.example' }\n");
    check_has(step->command, ")\nforeach ($t in $targets) {\n"
                             "    Revoke-MgUserSignInSession -UserId $t.user\n}");
}

static void loops_name_each_form_of_a_value_once(void **state)
{
    struct scene *s = *state;
    add_step(s, 0, "rotate_app_credentials");
    for (int i = 0; i < 21; i++) {
        struct activity *a = add_row(s, ACTIVITY_APP_CREDENTIAL);
        a->target_app =
            symbol(s, arena_print(&s->arena, "11111111-1111-4111-8111-1111111111%02d", i));
    }
    struct str command = fill(s)->steps[0].command;
    check_has(command,
              "    @{ app_filter_appId = 'appId eq ''11111111-1111-4111-8111-111111111120''' }\n)");
    check_has(command, "    $application = Get-MgApplication -Filter $t.app_filter_appId\n"
                       "    $application.PasswordCredentials | Where-Object StartDateTime -ge "
                       "'2026-09-04'");
}

static void more_targets_than_are_listed_are_counted(void **state)
{
    struct scene *s = *state;
    add_step(s, 0, "revoke_sessions");
    for (int i = 0; i < REMEDY_TARGET_LIMIT + 5; i++)
        add_user(s, arena_print(&s->arena, "user%04d@contoso.example", i).at);
    const struct verdict_step *step = &fill(s)->steps[0];
    assert_int_equal(step->target_count, REMEDY_TARGET_LIMIT);
    check_has(step->command, "# and 5 more that are not listed");
    check_has(step->step, "and 1002 more");
}

static void steps_without_a_target_are_left_out(void **state)
{
    struct scene *s = *state;
    add_user(s, "alice@contoso.example");
    add_step(s, 0, "remove_inbox_rules");
    add_step(s, 0, "revoke_sessions");
    add_step(s, 0, "no_such_step");
    add_step(s, 0, "preserve_logs");
    add_step(s, 0, "revoke_sessions");
    const struct verdict *verdict = fill(s);
    assert_int_equal(verdict->step_count, 2);
    assert_true(str_is(verdict->steps[0].name, "revoke_sessions"));
    assert_true(str_is(verdict->steps[1].name, "preserve_logs"));
    assert_int_equal(verdict->steps[1].target_count, 0);
    check_has(verdict->steps[1].command, "-StartDate '2026-09-04' -EndDate '2026-09-07'");
    check_has(verdict->steps[1].why, "deleted on 2026-09-11 (without a P1 licence) or 2026-10-04");
}

static void where_none_leads_the_strongest_are_acted_on(void **state)
{
    struct scene *s = *state;
    add_user(s, "alice@contoso.example");
    add_step(s, 0, "revoke_sessions");
    add_step(s, 1, "reset_password");
    add_step(s, 1, "revoke_sessions");
    assert_int_equal(fill(s)->step_count, 1); // decided
    s->verdict.is_decided = false;
    assert_int_equal(fill(s)->step_count, 1); // the other is unlikely
    s->weighed[1].word = VERDICT_POSSIBLE;
    const struct verdict *verdict = fill(s);
    assert_int_equal(verdict->step_count, 2);
    assert_true(str_is(verdict->steps[0].name, "revoke_sessions"));
    assert_true(str_is(verdict->steps[1].name, "reset_password"));
}

static void only_the_attackers_acts_count(void **state)
{
    struct scene *s = *state;
    struct finding *finding;
    uint32_t number = 0;
    struct str event = S("record 3");
    add_user(s, "alice@contoso.example");
    add_user(s, "nt authority\\system (microsoft)");
    add_user(s, "cited@contoso.example");
    s->rows[2].part = DOSSIER_OWNER;
    add_user(s, "owner@contoso.example");
    s->rows[3].part = DOSSIER_OWNER;
    add_user(s, "guessed@contoso.example");
    s->rows[4].first.outcome = OUTCOME_FAILURE;
    add_user(s, "11111111-1111-4111-8111-111111111111");
    s->rows[5].first.actor = ACTOR_APPLICATION;
    finding = finding_list_add(&s->findings);
    *finding = (struct finding){.severity = LEVEL_MEDIUM, .events = &event, .listed = 1};
    s->incident.findings = &number;
    s->incident.finding_count = 1;
    add_step(s, 0, "revoke_sessions");
    const struct verdict_step *step = &fill(s)->steps[0];
    assert_int_equal(step->target_count, 2);
    assert_true(str_is(step->targets[0], "alice@contoso.example"));
    assert_true(str_is(step->targets[1], "cited@contoso.example"));
}

static void applications_of_microsofts_own_stay(void **state)
{
    struct scene *s = *state;
    struct activity *a = add_row(s, ACTIVITY_MAIL_ACCESS);
    a->app = symbol(s, S("00000002-0000-0ff1-ce00-000000000000"));
    a->client_app = symbol(s, S("22222222-2222-4222-8222-222222222222"));
    add_row(s, ACTIVITY_MAIL_ACCESS)->app = symbol(s, S("no guid' or 1 eq 1"));
    add_step(s, 0, "disable_app");
    const struct verdict *verdict = fill(s);
    assert_int_equal(verdict->step_count, 1);
    assert_int_equal(verdict->steps[0].target_count, 1);
    check_has(verdict->steps[0].command,
              "(Get-MgServicePrincipal -Filter 'appId eq ''22222222-2222-4222-8222-222222222222''')"
              ".Id -AccountEnabled:$false");
}

// Records of the directory often name an application by its name only: that is looked up, and what the attacker
// used is named as well.
static void an_application_without_id_is_looked_up(void **state)
{
    struct scene *s = *state;
    add_row(s, ACTIVITY_APP_CREDENTIAL)->target = symbol(s, S("Bob's mail"));
    add_row(s, ACTIVITY_APP_CREDENTIAL)->target =
        symbol(s, S("serviceprincipal_44444444-4444-4444-8444-444444444444"));
    add_row(s, ACTIVITY_APP_CREDENTIAL)->target =
        symbol(s, S("application_44444444-4444-4444-8444-444444444444"));
    add_row(s, ACTIVITY_MAIL_ACCESS)->app = symbol(s, S("22222222-2222-4222-8222-222222222222"));
    add_step(s, 0, "rotate_app_credentials");
    add_step(s, 0, "remove_consent");
    const struct verdict *verdict = fill(s);
    assert_int_equal(verdict->step_count, 2);
    assert_int_equal(verdict->steps[0].target_count, 3);
    check_has(verdict->steps[0].command, "$_.Id -eq '44444444-4444-4444-8444-444444444444'");
    check_has(
        verdict->steps[0].command,
        "# Look up by hand: (app not logged) / Bob's mail (the app is not in the logs)\n"
        "Get-MgApplication -All | Where-Object { $_.DisplayName -eq 'Bob''s mail' -or $_.Id -eq "
        "'Bob''s mail' } | Format-List");
    check_has(verdict->steps[0].command,
              "Get-MgApplication -Filter 'appId eq ''22222222-2222-4222-8222-222222222222'''");
    assert_int_equal(verdict->steps[1].target_count, 1); // nobody consented, but it is theirs
    assert_true(str_is(verdict->steps[1].targets[0], "22222222-2222-4222-8222-222222222222"));
    s->dossier.count = 0;
    struct activity *a = add_row(s, ACTIVITY_APP_CREDENTIAL);
    a->target_app = symbol(s, S("33333333-3333-4333-8333-333333333333"));
    a->app = symbol(s, S("22222222-2222-4222-8222-222222222222"));
    s->stories[0].step_count = 1;
    verdict = fill(s); // named by its id: nothing else is touched
    assert_int_equal(verdict->steps[0].target_count, 1);
    assert_true(str_is(verdict->steps[0].targets[0], "33333333-3333-4333-8333-333333333333"));
}

static void rights_are_taken_from_whoever_used_them(void **state)
{
    struct scene *s = *state;
    uint32_t finance = symbol(s, S("finance@contoso.example"));
    add_row(s, ACTIVITY_MAIL_PERMISSION)->target = finance;
    add_row(s, ACTIVITY_MAIL_PERMISSION)->target = symbol(s, S("board@contoso.example"));
    struct activity *a = add_row(s, ACTIVITY_MAIL_ACCESS);
    a->user = symbol(s, S("mallory@contoso.example"));
    a->mailbox = finance;
    add_step(s, 0, "remove_delegates");
    struct str command = fill(s)->steps[0].command;
    check_has(command, "Remove-MailboxPermission -Identity 'finance@contoso.example' -User "
                       "'mallory@contoso.example' -AccessRights FullAccess");
    check_has(command, "# Look up by hand: board@contoso.example / (delegate not logged) (the "
                       "delegate is not in the logs)\n"
                       "Get-MailboxPermission -Identity 'board@contoso.example'");
}

static void what_was_changed_is_named_as_it_was_logged(void **state)
{
    static const struct {
        enum activity_kind kind;
        const char *operation, *target, *detail, *step, *has;
    } cases[] = {
        {ACTIVITY_MAIL_RULE, "Set-InboxRule", "alice\\1234", "", "remove_inbox_rules",
         "-eq '1234'"},
        {ACTIVITY_MAIL_FORWARDING, "Set-Mailbox", "bob@contoso.example", "", "remove_forwarding",
         "-Identity 'bob@contoso.example' -ForwardingAddress $null"},
        {ACTIVITY_IMPERSONATION, "New-ManagementRoleAssignment", "", "svc",
         "remove_impersonation_role", "Remove-ManagementRoleAssignment -Identity 'svc'"},
        {ACTIVITY_TRANSPORT_RULE, "New-TransportRule", "", "copy", "remove_transport_rules",
         "Remove-TransportRule -Identity 'copy'"},
        {ACTIVITY_TRANSPORT_RULE, "New-InboundConnector", "", "in", "remove_connectors",
         "Get-InboundConnector -Identity 'in'"},
        {ACTIVITY_METHOD, "User registered security info", "bob@contoso.example", "",
         "remove_methods", "Get-MgUserAuthenticationMethod -UserId 'bob@contoso.example'"},
        {ACTIVITY_DEVICE, "Register device", "laptop 7", "", "remove_devices",
         "Get-MgUserRegisteredDevice -UserId 'alice@contoso.example'"},
        {ACTIVITY_FEDERATION, "Set domain authentication", "evil.example", "", "restore_federation",
         "Update-MgDomain -DomainId 'evil.example'"},
        {ACTIVITY_FEDERATION, "Add unverified domain", "not available", "", "restore_federation",
         "Get-MgDomain -All"},
        {ACTIVITY_AUDIT_CHANGE, "Set-AdminAuditLogConfig", "admin audit log settings", "",
         "restore_auditing", "Set-AdminAuditLogConfig -UnifiedAuditLogIngestionEnabled $true"},
        {ACTIVITY_CONSENT, "Consent to application", "mail helper", "", "remove_consent",
         "-Filter 'appId eq ''33333333-3333-4333-8333-333333333333'''"},
        {ACTIVITY_MAIL_SEND, "Send", "", "Invoice \"7\"", "recall_phishing",
         "('Invoice \"7\"' -replace"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct scene *s = *state;
        s->dossier.count = s->stories[0].step_count = 0;
        struct activity *a = add_row(s, cases[i].kind);
        a->user = symbol(s, S("alice@contoso.example"));
        a->operation = symbol(s, str_from(cases[i].operation));
        a->target = symbol(s, str_from(cases[i].target));
        a->detail = symbol(s, str_from(cases[i].detail));
        a->target_app = symbol(s, S("33333333-3333-4333-8333-333333333333"));
        if (cases[i].kind == ACTIVITY_MAIL_RULE)
            a->mailbox = a->user;
        add_step(s, 0, cases[i].step);
        const struct verdict *verdict = fill(s);
        if (verdict->step_count != 1)
            fail_msg("case %zu: no step", i);
        check_has(verdict->steps[0].command, cases[i].has);
    }
}

static void a_domain_without_name_is_left_out_where_one_is_named(void **state)
{
    struct scene *s = *state;
    add_row(s, ACTIVITY_FEDERATION)->target = symbol(s, S("domain_1"));
    add_step(s, 0, "restore_federation");
    assert_int_equal(fill(s)->steps[0].target_count, 1);
    check_has(s->verdict.steps[0].command, "Get-MgDomain -All");
    add_row(s, ACTIVITY_FEDERATION)->target = symbol(s, S("contoso.example"));
    assert_int_equal(fill(s)->steps[0].target_count, 1);
    check_lacks(s->verdict.steps[0].command, "by hand");
}

// The order of rows must not show.
static void the_order_of_rows_does_not_matter(void **state)
{
    struct scene *s = *state;
    add_step(s, 0, "revoke_sessions");
    add_step(s, 0, "remove_inbox_rules");
    for (int i = 0; i < 30; i++) {
        add_user(s, arena_print(&s->arena, "user%d@contoso.example", i * 7 % 30).at);
        add_rule(s, "alice@contoso.example", arena_print(&s->arena, "rule %d", i * 11 % 30));
    }
    const struct verdict *verdict = fill(s);
    struct str first = verdict->steps[0].command, second = verdict->steps[1].command;
    for (size_t i = 0, k = s->dossier.count - 1; i < k; i++, k--) {
        struct dossier_row row = s->rows[i];
        s->rows[i] = s->rows[k];
        s->rows[k] = row;
    }
    verdict = fill(s);
    assert_true(str_equal(first, verdict->steps[0].command));
    assert_true(str_equal(second, verdict->steps[1].command));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_scene, close_scene)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(every_step_there_must_be_is_built_in),
        TEST(files_are_named_as_their_steps),
        TEST(files_that_are_wrong_are_told_by_line),
        TEST(a_step_of_the_same_name_is_replaced),
        TEST(values_of_logs_stay_values),
        TEST(a_long_value_is_looked_up_by_hand),
        TEST(commands_are_lines_up_to_twenty_then_a_loop),
        TEST(loops_name_each_form_of_a_value_once),
        TEST(more_targets_than_are_listed_are_counted),
        TEST(steps_without_a_target_are_left_out),
        TEST(where_none_leads_the_strongest_are_acted_on),
        TEST(only_the_attackers_acts_count),
        TEST(applications_of_microsofts_own_stay),
        TEST(an_application_without_id_is_looked_up),
        TEST(rights_are_taken_from_whoever_used_them),
        TEST(what_was_changed_is_named_as_it_was_logged),
        TEST(a_domain_without_name_is_left_out_where_one_is_named),
        TEST(the_order_of_rows_does_not_matter),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
