// The tables of words.def.
// SPDX-License-Identifier: Apache-2.0
#include "simulate/words.h"

#define COUNT(table) ((uint32_t)(sizeof(table) / sizeof(table)[0]))

const struct name_word first_names[] = {
#define FIRST(...) {__VA_ARGS__},
#include "simulate/words.def"
#undef FIRST
};
const struct name_word last_names[] = {
#define LAST(...) {__VA_ARGS__},
#include "simulate/words.def"
#undef LAST
};
const struct department departments[] = {
#define DEPARTMENT(name, share, mail, file, travels, topic)                                        \
    {name, share, mail, file, travels, TOPIC_##topic},
#include "simulate/words.def"
#undef DEPARTMENT
};
const struct office offices[] = {
#define OFFICE(network_word, country_code, share_percent, minutes)                                 \
    {(country_code), NETWORK_##network_word, (share_percent), (minutes)},
#include "simulate/words.def"
#undef OFFICE
};
const struct sender senders[] = {
#define SENDER(...) {__VA_ARGS__},
#include "simulate/words.def"
#undef SENDER
};
const struct subject subjects[] = {
#define SUBJECT(topic, text) {TOPIC_##topic, text},
#include "simulate/words.def"
#undef SUBJECT
};
const char *const projects[] = {
#define PROJECT(word) word,
#include "simulate/words.def"
#undef PROJECT
};
const struct name_word file_names[] = {
#define FILE_NAME(...) {__VA_ARGS__},
#include "simulate/words.def"
#undef FILE_NAME
};

const uint32_t first_name_count = COUNT(first_names), last_name_count = COUNT(last_names),
               department_count = COUNT(departments), office_count = COUNT(offices),
               sender_count = COUNT(senders), subject_count = COUNT(subjects),
               project_count = COUNT(projects), file_name_count = COUNT(file_names);
