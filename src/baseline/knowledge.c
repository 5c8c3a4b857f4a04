// Learning from activities, in three walks, and answering by symbol.
// SPDX-License-Identifier: Apache-2.0
#include "baseline/knowledge.h"

#include <assert.h>
#include <stdlib.h>

#include "base/encode.h"
#include "base/hash.h"
#include "baseline/knowledge_learn.h"
#include "event/app_name.h"

// Resources through which mail is read. Source: first-party application ids, Microsoft Learn "Verify
// first-party Microsoft applications in sign-in reports".
#define EXCHANGE_ONLINE "00000002-0000-0ff1-ce00-000000000000"
#define MICROSOFT_GRAPH "00000003-0000-0000-c000-000000000000"

struct knowledge *knowledge_new(struct intern *texts)
{
    struct knowledge *k = memory_new(sizeof *k);
    k->texts = texts;
    k->first = k->last = INSTANT_NONE;
    k->habit = habit_new(0);
    habit_borrow_names(k->habit, texts);
    k->issued = issued_new(0);
    issued_borrow_names(k->issued, texts);
    k->coverage = coverage_new();
    k->book = address_book_new(0);
    k->exchange = intern_add(texts, S(EXCHANGE_ONLINE));
    k->graph = intern_add(texts, S(MICROSOFT_GRAPH));
    return k;
}

void knowledge_free(struct knowledge *k)
{
    if (!k)
        return;
    habit_free(k->habit);
    issued_free(k->issued);
    coverage_free(k->coverage);
    address_book_free(k->book);
    free(k->persons);
    met_done(&k->met);
    free(k->names);
    free(k->places);
    free(k->place_of);
    free(k->clients);
    free(k->programs);
    free(k->program_of);
    free(k->ways);
    own_places_done(&k->own);
    free(k);
}

void knowledge_add_database(struct knowledge *k, struct address_database database)
{
    assert(k->database_count < ADDRESS_DATABASE_LIMIT);
    k->databases[k->database_count++] = database;
}

const struct intern *knowledge_texts(const struct knowledge *k)
{
    return k->texts;
}

uint32_t knowledge_token(const struct knowledge *k, const struct activity *activity)
{
    char text[23];
    if (!(activity->flags & ACTIVITY_HAS_TOKEN))
        return 0;
    guid_to_uti(activity->token, text);
    return intern_find(k->texts, str_of(text, 22));
}

uint32_t knowledge_symbol(const struct knowledge *k, struct str text)
{
    return intern_find(k->texts, text);
}

void knowledge_add_name(struct knowledge *k, struct str text)
{
    intern_add(k->texts, text);
}

struct str knowledge_text(const struct knowledge *k, uint32_t symbol)
{
    return intern_text(k->texts, symbol);
}

int64_t knowledge_first(const struct knowledge *k)
{
    return k->first;
}

int64_t knowledge_last(const struct knowledge *k)
{
    return k->last;
}

// ---- addresses --------------------------------------------------------------------------------

static const struct place *place_find(const struct knowledge *k, uint32_t address)
{
    static const struct place nowhere;
    bool is_known = address && address < k->place_of_count && k->place_of[address];
    return is_known ? &k->places[k->place_of[address] - 1] : &nowhere;
}

const struct address_answer *knowledge_address(const struct knowledge *k, uint32_t address)
{
    return &place_find(k, address)->answer;
}

uint32_t place_country(const struct knowledge *k, uint32_t address)
{
    return place_find(k, address)->country;
}

uint32_t knowledge_network(const struct knowledge *k, uint32_t address)
{
    return place_find(k, address)->network;
}

bool place_is_neutral(const struct address_answer *answer)
{
    if (answer->class == ADDRESS_MICROSOFT)
        return answer->service != ADDRESS_AZURE;
    return answer->class == ADDRESS_PRIVATE || answer->class == ADDRESS_LOOPBACK;
}

bool knowledge_is_neutral(const struct knowledge *k, uint32_t address)
{
    struct address_answer answer;
    struct ip ip;
    const struct place *place = place_find(k, address);
    if (!address || place->network)
        return !address || place->is_neutral;
    // An address that no activity had, as rules' findings may name.
    if (!ip_parse(knowledge_text(k, address), &ip))
        return false;
    address_find(k->book, k->databases, k->database_count, &ip, &answer);
    return place_is_neutral(&answer);
}

// ---- clients ----------------------------------------------------------------------------------

enum client_class knowledge_client(const struct knowledge *k, uint32_t client)
{
    return client < k->client_count && k->clients[client]
               ? (enum client_class)(k->clients[client] - 1)
               : client_read(knowledge_text(k, client)).class;
}

// What a text says of the program: of user agents and client texts as they were met, else read anew.
static struct program program_of(const struct knowledge *k, const struct activity *activity)
{
    uint32_t text = activity->agent ? activity->agent : activity->client;
    if (text < k->program_of_count && k->program_of[text])
        return k->programs[k->program_of[text] - 1];
    struct user_agent agent = activity->agent ? user_agent_read(knowledge_text(k, text))
                                              : client_read(knowledge_text(k, text)).agent;
    return (struct program){.agent = agent};
}

struct user_agent knowledge_agent(const struct knowledge *k, const struct activity *activity)
{
    return program_of(k, activity).agent;
}

uint32_t knowledge_way(const struct knowledge *k, const struct activity *activity)
{
    struct way key = {activity->app, activity->client_app,
                      (uint32_t)knowledge_client(k, activity->client), 0};
    if (!k->ways)
        return 0;
    const struct way *way = way_find(k, &key);
    return way->symbol;
}

static void print_app(const struct knowledge *k, uint32_t app, struct buf *out)
{
    struct str text = knowledge_text(k, app);
    const char *name = app_name_find(text);
    if (name)
        buf_print(out, "%s (%.*s)", name, (int)text.len, text.at);
    else
        buf_print(out, "application %.*s", (int)text.len, text.at);
}

void knowledge_print_way(const struct knowledge *k, const struct activity *activity,
                         struct buf *out)
{
    knowledge_print_way_of(k, knowledge_client(k, activity->client), activity, out);
}

void knowledge_print_way_of(const struct knowledge *k, enum client_class class,
                            const struct activity *activity, struct buf *out)
{
    if (class != CLIENT_NONE)
        buf_add(out, str_from(client_class_words(class)));
    uint32_t caller = activity->client_app ? activity->client_app : activity->app;
    if (!caller)
        return;
    buf_add(out, class == CLIENT_NONE ? S("") : S(" by "));
    print_app(k, caller, out);
}

// ---- habits and issuance ----------------------------------------------------------------------

const struct habit *knowledge_habits(const struct knowledge *k)
{
    return k->habit;
}

const struct coverage *knowledge_coverage(const struct knowledge *k)
{
    return k->coverage;
}

struct habit_answer knowledge_habit(const struct knowledge *k, enum habit_kind kind,
                                    uint32_t subject, enum habit_facet facet, uint32_t value,
                                    int64_t from, int64_t to)
{
    struct habit_question question = {kind, facet, subject, value, from, to};
    struct habit_answer answer;
    habit_ask(k->habit, &question, &answer);
    return answer;
}

struct habit_answer knowledge_habit_days(const struct knowledge *k, enum habit_kind kind,
                                         uint32_t subject, enum habit_facet facet, uint32_t value,
                                         int64_t from, int64_t to)
{
    struct habit_question question = {kind, facet, subject, value, from, to};
    struct habit_answer answer;
    habit_ask_days(k->habit, &question, &answer);
    return answer;
}

uint32_t knowledge_agent_symbol(const struct knowledge *k, const struct activity *activity)
{
    char text[USER_AGENT_SIZE];
    struct program program = program_of(k, activity);
    if (program.symbol || program.agent.family == AGENT_NONE)
        return program.symbol;
    return intern_find(k->texts, str_from(user_agent_name(program.agent, text)));
}

static uint32_t facet_value(const struct knowledge *k, const struct activity *activity,
                            enum habit_facet facet)
{
    switch (facet) {
    case HABIT_NETWORK:
        return knowledge_is_neutral(k, activity->address) ? 0
                                                          : knowledge_network(k, activity->address);
    case HABIT_COUNTRY:
        return knowledge_is_neutral(k, activity->address) ? 0 : place_country(k, activity->address);
    case HABIT_AGENT:
        return knowledge_agent_symbol(k, activity);
    case HABIT_DEVICE:
        return activity->device;
    case HABIT_APP_ID:
        return activity->app;
    case HABIT_CLIENT_APP:
        return activity->client_app;
    case HABIT_WAY:
        return knowledge_way(k, activity);
    default:
        return 0;
    }
}

// The question a standing answers. False where the activity has no such value, or names nobody.
static bool standing_question(const struct knowledge *k, const struct activity *activity,
                              enum habit_facet facet, int64_t from, int64_t to,
                              struct habit_question *out)
{
    bool is_mail = activity->kind == ACTIVITY_MAIL_ACCESS && activity->mailbox;
    uint32_t value = facet_value(k, activity, facet);
    uint32_t subject = is_mail ? activity->mailbox : knowledge_person(k, activity);
    *out = (struct habit_question){
        is_mail ? HABIT_MAILBOX : HABIT_USER, facet, subject, value, from, to};
    return value && subject;
}

struct habit_answer knowledge_standing(const struct knowledge *k, const struct activity *activity,
                                       enum habit_facet facet, int64_t from, int64_t to)
{
    struct habit_question question;
    struct habit_answer answer = {.standing = HABIT_CANNOT_TELL, .chance = 1};
    if (standing_question(k, activity, facet, from, to, &question))
        habit_ask(k->habit, &question, &answer);
    return answer;
}

struct habit_answer knowledge_standing_days(const struct knowledge *k,
                                            const struct activity *activity, enum habit_facet facet,
                                            int64_t from, int64_t to)
{
    struct habit_question question;
    struct habit_answer answer = {.standing = HABIT_CANNOT_TELL, .chance = 1};
    if (standing_question(k, activity, facet, from, to, &question))
        habit_ask_days(k->habit, &question, &answer);
    return answer;
}

bool knowledge_has_replaced(const struct knowledge *k, const struct activity *activity,
                            enum habit_facet facet)
{
    struct habit_question question;
    if (!standing_question(k, activity, facet, 1, 0, &question))
        return false;
    struct habit_alone alone =
        habit_ask_alone(k->habit, question.kind, question.subject, facet, question.value);
    return alone.alone >= HABIT_DAYS_KNOWN && 4 * alone.alone >= 3 * alone.weekdays;
}
