// Records that a report cites, read again word for word: what findings, answers and the story of an incident rest
// on, as it stood in the export. The engine chooses and reads them, records.jsonl and report.html show them.
// SPDX-License-Identifier: Apache-2.0
#ifndef STORMGLASS_REPORT_CITED_H
#define STORMGLASS_REPORT_CITED_H

#include <stdint.h>

#include "base/arena.h"
#include "base/instant.h"

#define CITED_LIMIT 5000                     // records
#define CITED_TEXT_LIMIT ((size_t)1 << 16)   // bytes of one record
#define CITED_TOTAL_LIMIT ((size_t)32 << 20) // bytes of all
#define CITED_BY_LIMIT 100                   // findings and incidents named of one record
#define CITED_SHOWN 20                       // ids of one statement that report.html lists

#define CITED_NO_INPUT UINT32_MAX

struct cited_record {
    struct str id;      // as the report has it: the record's Id, or "<input>@<offset>"
    int64_t time;       // INSTANT_NONE: unknown, or not read
    const char *source; // "m365_audit"; NULL: not read
    uint32_t input;     // into scan_result.inputs; CITED_NO_INPUT: its place is not known
    uint64_t offset;    // in the decoded input
    uint64_t line;      // 1-based; 0: not counted
    uint64_t copies;    // records of this id in the inputs, this one among them; 0: not counted
    // The bytes as exported, at most the first CITED_TEXT_LIMIT; NULL: not read, or no room. Freed with the list.
    char *text;
    size_t text_size;
    uint64_t bytes;     // of the whole record; 0: not read
    char sha256[65];    // of the whole record; empty: not read
    struct str omitted; // why there is no text ("could not be read again: ..."); empty: there is
    struct str note;    // what else has to be known of the text; mostly empty
    // Of a row of CSV: the header of its file, whose cells it gives.
    const struct str *columns;
    size_t column_count;
    char delimiter;
    // Ids of findings, and of incidents whose answers or story name it; the first CITED_BY_LIMIT.
    struct str *cited_by;
    size_t cited_listed, cited_count;
    bool is_shown; // among the first CITED_SHOWN of something
};

struct cited_list {
    struct arena arena;
    struct cited_record *items; // the most important first
    size_t count;
    // Cited, and not among them; exact up to about a million.
    uint64_t left_out;
};

// An empty list whose arena is ready.
struct cited_list *cited_list_new(void);
void cited_list_free(struct cited_list *list);

// How many have their text; how many could not be read again (the others found no room).
struct cited_totals {
    uint64_t whole, cut, unread, without_room;
};
struct cited_totals cited_totals(const struct cited_list *list);

#endif
