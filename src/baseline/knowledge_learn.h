// What knowledge is made of; for knowledge.c (which answers) and knowledge_learn.c (which fills it).
// SPDX-License-Identifier: Apache-2.0
#ifndef STORMGLASS_BASELINE_KNOWLEDGE_LEARN_H
#define STORMGLASS_BASELINE_KNOWLEDGE_LEARN_H

#include "base/keyset.h"
#include "baseline/knowledge.h"

// An address and what is known of it.
struct place {
    struct ip ip;
    struct address_answer answer;
    uint32_t network, country; // symbols
    bool is_neutral;           // as knowledge_is_neutral says, once the network is known
};

// The program that a user agent or ClientInfoString names.
struct program {
    struct user_agent agent;
    uint32_t symbol; // of the name habits keep it under; 0: none named
    int64_t first;   // met; INSTANT_NONE: never at a known time
};

struct way {
    uint32_t app, client_app, class;
    uint32_t symbol; // 0: an empty place of the table
};

// Networks that people signed in from with a machine of theirs, or as a rule.
struct own_places {
    struct keyset asked;   // (person, address, machine)
    struct keyset systems; // (person, network, system)
    struct keyset pairs;   // (person, network)
    struct keyset used;    // (person, network): by programs that are no scripts
    struct keyset counted; // (person, prefix)
    // Prefixes that are own places of at least one, two, ... people.
    struct keyset people[KNOWLEDGE_COLLEAGUES];
};

// What records called an account: its number (object id or PUID) and an address.
struct called {
    uint32_t number, address;
};

struct met {
    struct keyset pairs;
    struct called *items, latest;
    size_t count, capacity;
};

// Arrays by symbol end where symbols of that kind ended; what lies beyond is not known.
struct knowledge {
    struct intern *texts;
    struct habit *habit;
    struct issued *issued;
    struct coverage *coverage;
    struct address_book *book;
    struct address_database databases[ADDRESS_DATABASE_LIMIT];
    size_t database_count;
    int64_t first, last;
    uint32_t exchange, graph; // symbols of the resources
    struct met met;           // until the first step is settled
    uint32_t *persons;        // by symbol of a number or address: of the person; 0: only itself
    uint32_t person_count;
    uint8_t *names; // by symbol of a user or object: what knowledge_name.c says of it; 0: not met
    uint32_t name_count;
    struct place *places;
    size_t place_count, place_capacity;
    uint32_t *place_of; // by symbol of an address: place + 1
    uint32_t place_of_count;
    struct program *programs;
    uint32_t program_count, program_capacity;
    uint32_t *program_of; // by symbol of the text: program + 1
    uint32_t program_of_count;
    uint8_t *clients; // by symbol of a ClientInfoString: class + 1
    uint32_t client_count;
    struct way *ways; // a hash table of a power of two
    uint32_t way_count, way_mask;
    struct own_places own;
    bool has_sign_ins;    // successful ones, of people
    bool has_sign_in_log; // of the identity provider, not of the audit log
    unsigned settled;     // steps
};

// knowledge_learn.c: makes room in an array by symbol for this one; what is new is zero.
void *knowledge_grow(void *array, uint32_t *count, uint32_t symbol, size_t size);

// knowledge_person.c
void meet_person(struct knowledge *knowledge, const struct activity *activity);
void settle_persons(struct knowledge *knowledge);
void met_done(struct met *met);

// knowledge_name.c
void meet_names(struct knowledge *knowledge, const struct activity *activity);

// knowledge_program.c: what texts name, and which browsers are stale once all have been met.
void meet_program(struct knowledge *knowledge, const struct activity *activity);
void settle_programs(struct knowledge *knowledge);

// knowledge_place.c
void own_places_done(struct own_places *own);

// knowledge.c: the symbol habits keep a program under; 0: none named.
uint32_t knowledge_agent_symbol(const struct knowledge *knowledge, const struct activity *activity);

// knowledge.c: whether an address says nothing of where a person is.
bool place_is_neutral(const struct address_answer *answer);

// knowledge.c: symbol of the country of an address; 0: unknown.
uint32_t place_country(const struct knowledge *knowledge, uint32_t address);

// The way's place in the table, or the empty place where it belongs.
struct way *way_find(const struct knowledge *knowledge, const struct way *key);

#endif
