// The simulator as a whole: the same bytes for the same options, the answer agrees with the logs, and
// the tenant's rates are those of real ones.
// SPDX-License-Identifier: Apache-2.0
#include "simulate/simulate.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/hash.h"
#include "base/instant.h"
#include "base/json.h"
#include "base/keyset.h"
#include "base/map.h"
#include "support/tenant_logs.h"

// Big; one at a time.
static struct tenant_logs logs, other;

static void make(struct tenant_logs *out, const struct simulate_options *options)
{
    if (!tenant_logs_make(out, options))
        fail_msg("%s", out->error.text);
}

static uint64_t hash_of(const struct simulate_options *options)
{
    make(&other, options);
    uint64_t hash = tenant_logs_hash(&other);
    tenant_logs_done(&other);
    return hash;
}

// ---- the same bytes ---------------------------------------------------------------------------

static void the_same_options_give_the_same_bytes(void **state)
{
    (void)state;
    static const char *const scenarios[] = {"forged_token", "user_travel", "sign_in_gap"};
    struct simulate_options options = tenant_logs_options(11);
    options.days = 3;
    options.scenarios = scenarios;
    options.scenario_count = 3;
    uint64_t hash = hash_of(&options);
    assert_true(hash == hash_of(&options));
    options.seed = 12;
    assert_true(hash != hash_of(&options));
    options.seed = 11;
    options.mailboxes = 31;
    assert_true(hash != hash_of(&options));
}

// Every scenario but those that leave logs out, so that their records count.
static uint32_t most_scenarios(const char *names[SIMULATE_SCENARIO_LIMIT])
{
    struct simulate_choice choice;
    uint32_t count = 0;
    for (uint32_t i = 0; simulate_scenario(i, &choice); i++)
        if (!strstr(choice.name, "sign_in"))
            names[count++] = choice.name;
    return count;
}

// The hash may change when the model does, never between machines, compilers or builds: let two
// compilers agree before putting a new one here.
static void the_bytes_are_those_of_other_machines(void **state)
{
    (void)state;
    const char *names[SIMULATE_SCENARIO_LIMIT];
    uint64_t hash = 0;
    for (uint64_t seed = 1; seed <= 4; seed++) {
        struct simulate_options options = tenant_logs_options(seed);
        options.mailboxes = 12;
        options.days = 5;
        options.scenarios = names;
        options.scenario_count = most_scenarios(names);
        hash = hash * 31 + hash_of(&options);
    }
    if (hash != UINT64_C(0x372a336872f667f5))
        fail_msg("the hash is 0x%016llx", (unsigned long long)hash);
}

// ---- records ----------------------------------------------------------------------------------

typedef void visit_record(struct json record, void *context);

static struct json properties_of(struct json record)
{
    struct json properties = json_find(record, S("properties"));
    return json_type(properties) == JSON_OBJECT ? properties : record;
}

// Every record of files with one record a line.
static void each_record(struct tenant_logs *from, visit_record *visit, void *context)
{
    struct json_parser *parser = json_parser_new();
    for (uint32_t i = 0; i < from->count; i++) {
        size_t len = strlen(from->names[i]);
        if (strcmp(from->names[i] + len - 4, "json") != 0 ||
            strcmp(from->names[i], "truth.json") == 0)
            continue;
        struct str rest = buf_str(&from->files[i]);
        while (rest.at) {
            struct str line = str_cut(&rest, '\n');
            struct json record;
            const char *why;
            if (!line.len)
                continue;
            if (!json_parse(parser, line.at, line.len, &record, &why))
                fail_msg("%s: %s: %.*s", from->names[i], why, (int)line.len, line.at);
            visit(properties_of(record), context);
        }
    }
    json_parser_free(parser);
}

static struct str first_text(struct json record, const char *const *names)
{
    for (; *names; names++) {
        struct str text = json_str(json_find(record, str_from(*names)));
        if (text.len)
            return text;
    }
    return S("");
}

static struct str id_of(struct json record)
{
    static const char *const names[] = {"Id", "id", "requestId", NULL};
    return first_text(record, names);
}

// Without port and brackets.
static struct str address_of(struct json record)
{
    static const char *const names[] = {"ClientIPAddress", "ClientIP", "ipAddress", NULL};
    struct str text = first_text(record, names);
    if (text.len && text.at[0] == '[')
        return str_of(text.at + 1, str_index(text, ']') - 1);
    size_t colon = str_index(text, ':');
    bool has_one = colon < text.len && str_index(str_of(text.at + colon + 1, text.len - colon - 1),
                                                 ':') == text.len - colon - 1;
    return has_one ? str_of(text.at, colon) : text;
}

static struct str token_of(struct json record)
{
    static const char *const names[] = {"uniqueTokenIdentifier", "signInActivityId", NULL};
    struct str inner =
        json_str(json_find(json_find(record, S("AppAccessContext")), S("UniqueTokenId")));
    return inner.len ? inner : first_text(record, names);
}

// ---- the answer -------------------------------------------------------------------------------

struct truth {
    struct json_parser *parser;
    struct json root;
};

static void truth_init(struct truth *truth, struct tenant_logs *from)
{
    const char *why;
    struct buf *file = tenant_logs_find(from, "truth.json");
    assert_non_null(file);
    truth->parser = json_parser_new();
    if (!json_parse(truth->parser, file->at, file->len, &truth->root, &why))
        fail_msg("truth.json: %s", why);
}

static void add_texts(struct json list, struct keyset *set)
{
    for (struct json_element e = json_elements(list); json_element_next(&e);)
        keyset_add(set, hash_str(json_str(e.value)));
}

// What the logs show of one attack, against what the answer says.
struct comparison {
    struct keyset records, addresses, tokens; // of the answer
    struct keyset wanted_folders;             // ditto, synchronised
    struct keyset seen, messages, folders;    // of the logs
    size_t strangers; // records with the intruder's address or token that the answer lacks
    bool is_insider;
};

static uint64_t message_key(struct str mailbox, struct str id)
{
    return hash_bytes(id.at, id.len, hash_str(mailbox));
}

// The answer has "Inbox\\Projects" where the record names the folder alone.
static uint64_t folder_key(struct str mailbox, struct str folder)
{
    for (size_t at = str_index(folder, '\\'); at < folder.len; at = str_index(folder, '\\'))
        folder = str_of(folder.at + at + 1, folder.len - at - 1);
    return message_key(mailbox, folder);
}

static void note_folder(struct json record, struct comparison *comparison)
{
    struct json parent = json_find(json_find(record, S("Item")), S("ParentFolder"));
    if (str_is(json_str(json_find(record, S("Operation"))), "MailItemsAccessed") &&
        json_type(parent) == JSON_OBJECT)
        keyset_add(&comparison->folders,
                   folder_key(json_str(json_find(record, S("MailboxOwnerUPN"))),
                              json_str(json_find(parent, S("Name")))));
}

static void note_messages(struct json record, struct comparison *comparison)
{
    struct str mailbox = json_str(json_find(record, S("MailboxOwnerUPN")));
    struct json folders = json_find(record, S("Folders"));
    for (struct json_element f = json_elements(folders); json_element_next(&f);) {
        struct json items = json_find(f.value, S("FolderItems"));
        for (struct json_element i = json_elements(items); json_element_next(&i);)
            keyset_add(&comparison->messages,
                       message_key(mailbox, json_str(json_find(i.value, S("InternetMessageId")))));
    }
}

static void compare(struct json record, void *context)
{
    struct comparison *comparison = context;
    uint64_t id = hash_str(id_of(record));
    bool is_known = keyset_has(&comparison->records, id);
    if (is_known) {
        keyset_add(&comparison->seen, id);
        note_messages(record, comparison);
        note_folder(record, comparison);
        return;
    }
    if (keyset_has(&comparison->addresses, hash_str(address_of(record))) ||
        keyset_has(&comparison->tokens, hash_str(token_of(record))))
        comparison->strangers++;
}

static void check_attack(struct json attack, struct tenant_logs *from)
{
    struct comparison comparison = {0};
    struct str name = json_str(json_find(attack, S("scenario")));
    comparison.is_insider = str_is(name, "insider_collection");
    add_texts(json_find(attack, S("records")), &comparison.records);
    add_texts(json_find(attack, S("lured_records")), &comparison.records);
    if (!comparison.is_insider) { // who has the address and token of daily work
        add_texts(json_find(attack, S("ips")), &comparison.addresses);
        add_texts(json_find(attack, S("tokens")), &comparison.tokens);
    }
    size_t wanted = comparison.records.count, messages = 0;
    each_record(from, compare, &comparison);
    struct json read = json_find(attack, S("messages_read"));
    for (struct json_element e = json_elements(read); json_element_next(&e);) {
        uint64_t key = message_key(json_str(json_find(e.value, S("mailbox"))),
                                   json_str(json_find(e.value, S("message_id"))));
        if (!keyset_has(&comparison.messages, key))
            fail_msg("%.*s: a message of the answer is in no record", (int)name.len, name.at);
        messages++;
    }
    struct json presumed = json_find(attack, S("presumed_read"));
    for (struct json_element e = json_elements(presumed); json_element_next(&e);)
        if (str_is(json_str(json_find(e.value, S("why"))), "sync"))
            keyset_add(&comparison.wanted_folders,
                       folder_key(json_str(json_find(e.value, S("mailbox"))),
                                  json_str(json_find(e.value, S("folder")))));
    assert_int_equal(comparison.wanted_folders.count, comparison.folders.count);
    if (wanted < 5 || comparison.seen.count != wanted || comparison.strangers ||
        messages != comparison.messages.count || !messages)
        fail_msg("%.*s: %zu records in the answer, %zu of them in the logs, %zu others are the "
                 "intruder's; %zu messages in the answer, %zu in the logs",
                 (int)name.len, name.at, wanted, comparison.seen.count, comparison.strangers,
                 messages, comparison.messages.count);
    assert_true(json_elements(json_find(attack, S("users"))).end > 1);
    keyset_done(&comparison.records);
    keyset_done(&comparison.addresses);
    keyset_done(&comparison.tokens);
    keyset_done(&comparison.seen);
    keyset_done(&comparison.messages);
    keyset_done(&comparison.wanted_folders);
    keyset_done(&comparison.folders);
}

static void check_attacks(uint64_t seed, const char *const *scenarios, uint32_t count)
{
    struct simulate_options options = tenant_logs_options(seed);
    struct truth truth;
    options.scenarios = scenarios;
    options.scenario_count = count;
    make(&logs, &options);
    truth_init(&truth, &logs);
    struct json attacks = json_find(truth.root, S("attacks"));
    size_t found = 0;
    for (struct json_element e = json_elements(attacks); json_element_next(&e); found++)
        check_attack(e.value, &logs);
    assert_int_equal(found, count);
    json_parser_free(truth.parser);
    tenant_logs_done(&logs);
}

static void the_answer_agrees_with_the_logs(void **state)
{
    (void)state;
    struct simulate_choice choice;
    for (uint32_t i = 0; simulate_scenario(i, &choice); i++)
        for (uint64_t seed = 1; choice.is_attack && seed <= 3; seed++)
            check_attacks(seed, &choice.name, 1);
}

static void several_attacks_are_told_apart(void **state)
{
    (void)state;
    static const char *const all[] = {"forged_token", "stolen_session", "forged_token",
                                      "app_credential_abuse"};
    check_attacks(21, all, 4);
}

// ---- files ------------------------------------------------------------------------------------

static void count_record(struct json record, void *context)
{
    (void)record;
    ++*(size_t *)context;
}

static void the_answer_counts_the_records_of_files(void **state)
{
    (void)state;
    struct simulate_options options = tenant_logs_options(4);
    struct truth truth;
    int64_t told = 0;
    size_t counted = 0;
    options.days = 3;
    make(&logs, &options);
    truth_init(&truth, &logs);
    struct json files = json_find(truth.root, S("files"));
    for (struct json_element e = json_elements(files); json_element_next(&e);) {
        struct str name = json_str(json_find(e.value, S("name")));
        char text[96];
        snprintf(text, sizeof text, "%.*s", (int)name.len, name.at);
        assert_non_null(tenant_logs_find(&logs, text));
        if (str_ends(name, S(".json")))
            told += json_int(json_find(e.value, S("records"))) +
                    json_int(json_find(e.value, S("copies")));
    }
    each_record(&logs, count_record, &counted);
    assert_int_equal(told, counted);
    json_parser_free(truth.parser);
    tenant_logs_done(&logs);
}

// ---- the tenant's life ------------------------------------------------------------------------

struct tally {
    struct arena arena;
    struct map days; // "user 2026-09-07": MailItemsAccessed
    struct keyset ids, sign_ins;
    size_t records, copies, linked, unlinked, unknown;
    int64_t start;
};

static void tally_sign_in(struct json record, void *context)
{
    struct tally *tally = context;
    struct str token = json_str(json_find(record, S("uniqueTokenIdentifier")));
    if (token.len)
        keyset_add(&tally->sign_ins, hash_str(token));
}

static void tally_record(struct json record, void *context)
{
    struct tally *tally = context;
    struct str operation = json_str(json_find(record, S("Operation")));
    struct str time = json_str(json_find(record, S("CreationTime")));
    if (!keyset_add(&tally->ids, hash_str(id_of(record))) || !operation.len) {
        tally->copies++;
        return;
    }
    tally->records++;
    if (!str_is(operation, "MailItemsAccessed") || json_int(json_find(record, S("UserType"))))
        return;
    struct str user = json_str(json_find(record, S("UserId")));
    struct str key = arena_print(&tally->arena, "%.*s %.10s", (int)user.len, user.at, time.at);
    map_add(&tally->days, key, NULL)->number++;
    struct str token = token_of(record);
    if (!token.len)
        tally->unlinked++;
    else if (keyset_has(&tally->sign_ins, hash_str(token)))
        tally->linked++;
    else if (instant_parse_fast(time) > tally->start + 30 * HOUR)
        tally->unknown++;
}

static int by_number(const void *a, const void *b)
{
    uint64_t x = ((const struct map_entry *)a)->number, y = ((const struct map_entry *)b)->number;
    return (x > y) - (x < y);
}

// A heavy user has some 200 records of MailItemsAccessed a day (443 in two days were measured).
static void rates_are_those_of_real_tenants(void **state)
{
    (void)state;
    struct simulate_options options = tenant_logs_options(6);
    struct tally tally = {.start = options.start};
    arena_init(&tally.arena);
    map_init(&tally.days);
    make(&logs, &options);
    each_record(&logs, tally_sign_in, &tally);
    each_record(&logs, tally_record, &tally);
    uint32_t count = tally.days.count;
    assert_in_range(count, 28 * 5, 30 * 8);
    struct map_entry *days = memory_new(count * sizeof *days);
    memcpy(days, tally.days.entries, count * sizeof *days);
    qsort(days, count, sizeof *days, by_number);
    assert_in_range(days[count / 2].number, 40, 160);
    assert_in_range(days[count - 1].number, 120, 420);
    free(days);
    // Nearly every token was issued where the log shows it; back ends have none.
    assert_true(tally.linked > 20 * tally.unknown);
    assert_in_range(tally.unlinked * 100 / (tally.unlinked + tally.linked), 5, 60);
    keyset_done(&tally.ids);
    keyset_done(&tally.sign_ins);
    map_done(&tally.days);
    arena_done(&tally.arena);
    tenant_logs_done(&logs);
}

// ---- gaps -------------------------------------------------------------------------------------

struct span {
    struct str log;
    int64_t from, until;
    size_t inside;
};

static void count_inside(struct json record, void *context)
{
    struct span *span = context;
    struct str created = json_str(json_find(record, S("createdDateTime")));
    int64_t time = created.len ? instant_parse_fast(created) : INSTANT_NONE;
    span->inside += time != INSTANT_NONE && time >= span->from && time < span->until;
}

static void gaps_are_empty_and_told(void **state)
{
    (void)state;
    static const char *const names[] = {"sign_in_gap", "sign_in_late", "no_sign_in_feed"};
    for (int i = 0; i < 3; i++) {
        const char *scenarios[] = {"stolen_session", names[i]};
        struct simulate_options options = tenant_logs_options(9);
        struct truth truth;
        options.scenarios = scenarios;
        options.scenario_count = 2;
        make(&logs, &options);
        truth_init(&truth, &logs);
        struct json gaps = json_find(truth.root, S("gaps"));
        size_t count = 0;
        for (struct json_element e = json_elements(gaps); json_element_next(&e); count++) {
            struct span span = {.from = instant_parse_fast(json_str(json_find(e.value, S("from")))),
                                .until = instant_parse_fast(json_str(json_find(e.value, S("to"))))};
            assert_true(span.from < span.until);
            each_record(&logs, count_inside, &span);
            assert_int_equal(span.inside, 0);
        }
        assert_int_equal(count, 4);
        json_parser_free(truth.parser);
        tenant_logs_done(&logs);
    }
}

// ---- mistakes ---------------------------------------------------------------------------------

static void wrong_options_are_refused(void **state)
{
    (void)state;
    static const char *const nonsense[] = {"nonsense"};
    struct simulate_options good = tenant_logs_options(1);
    struct simulate_options bad[8];
    for (int i = 0; i < 8; i++)
        bad[i] = good;
    bad[0].mailboxes = 0;
    bad[1].mailboxes = SIMULATE_MAILBOX_LIMIT + 1;
    bad[2].days = 0;
    bad[3].days = SIMULATE_DAY_LIMIT + 1;
    bad[4].scenarios = nonsense;
    bad[4].scenario_count = 1;
    bad[5].dialects = nonsense;
    bad[5].dialect_count = 1;
    bad[6].start = -1;
    bad[7].scenario_count = SIMULATE_SCENARIO_LIMIT + 1;
    for (int i = 0; i < 8; i++) {
        assert_false(tenant_logs_make(&logs, &bad[i]));
        assert_int_equal(logs.count, 0);
        assert_true(strlen(logs.error.text) > 0);
        tenant_logs_done(&logs);
    }
}

static void a_full_disk_is_told(void **state)
{
    (void)state;
    struct simulate_options options = tenant_logs_options(1);
    options.days = 2;
    for (uint32_t write = 1; write <= 12; write++) {
        logs.failing = write;
        if (tenant_logs_make(&logs, &options))
            assert_true(logs.writes < write);
        else
            assert_string_equal(logs.error.text, "no room");
        assert_true(logs.writes <= write);
        tenant_logs_done(&logs);
    }
    logs.failing = 0;
}

// The smallest tenants and the shortest times, with everything at once.
static void small_ones_work(void **state)
{
    (void)state;
    const char *all[SIMULATE_SCENARIO_LIMIT];
    struct simulate_choice choice;
    uint32_t count = 0;
    while (simulate_scenario(count, &choice))
        all[count++] = choice.name;
    for (uint32_t mailboxes = 1; mailboxes <= 25; mailboxes += 6)
        for (uint32_t days = 1; days <= 3; days++) {
            struct simulate_options options = tenant_logs_options(mailboxes * 7 + days);
            options.mailboxes = mailboxes;
            options.days = days;
            options.scenarios = all;
            options.scenario_count = count;
            make(&logs, &options);
            tenant_logs_done(&logs);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_options_give_the_same_bytes),
        cmocka_unit_test(the_bytes_are_those_of_other_machines),
        cmocka_unit_test(the_answer_agrees_with_the_logs),
        cmocka_unit_test(several_attacks_are_told_apart),
        cmocka_unit_test(the_answer_counts_the_records_of_files),
        cmocka_unit_test(rates_are_those_of_real_tenants),
        cmocka_unit_test(gaps_are_empty_and_told),
        cmocka_unit_test(wrong_options_are_refused),
        cmocka_unit_test(a_full_disk_is_told),
        cmocka_unit_test(small_ones_work),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
