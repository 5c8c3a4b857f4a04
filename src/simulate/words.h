// The tables of words.def: people's names, departments, offices, senders, subjects.
// SPDX-License-Identifier: Apache-2.0
#ifndef STORMGLASS_SIMULATE_WORDS_H
#define STORMGLASS_SIMULATE_WORDS_H

#include "simulate/network.h"

enum topic {
    TOPIC_PROJECT,
    TOPIC_SALES,
    TOPIC_FINANCE,
    TOPIC_LEGAL,
    TOPIC_PERSONNEL,
    TOPIC_POLICY,
    TOPIC_BOARD,
    TOPIC_SECURITY,
    TOPIC_GENERAL,
    TOPIC_COUNT
};

struct name_word {
    const char *shown, *address;
};
struct department {
    const char *name;
    uint16_t share;
    uint16_t mail_weight, file_weight; // percent of the usual
    bool is_travelling;
    enum topic topic;
};
struct office {
    const char *country;
    enum network_id network;
    uint16_t share;
    int16_t ahead; // minutes of UTC; summer time, without its switches
};
struct sender {
    const char *domain, *name;
};
struct subject {
    enum topic topic;
    const char *text;
};

#define DEPARTMENT_LIMIT 16
extern const struct name_word first_names[], last_names[];
extern const struct department departments[];
extern const struct office offices[];
extern const struct sender senders[];
extern const struct subject subjects[];
extern const char *const projects[];
extern const struct name_word file_names[]; // name, ending
extern const uint32_t first_name_count, last_name_count, department_count, office_count,
    sender_count, subject_count, project_count, file_name_count;

#endif
