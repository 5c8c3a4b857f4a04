// What a kept state is made of; for kept.c (the file and the window), kept_match.c (what rules matched),
// kept_match_write.c, kept_reading.c (what was read in mailboxes) and kept_input.c (what was read at all).
// SPDX-License-Identifier: Apache-2.0
#ifndef STORMGLASS_ENGINE_KEPT_PARTS_H
#define STORMGLASS_ENGINE_KEPT_PARTS_H

#include "base/map.h"
#include "baseline/activity_state.h"
#include "baseline/state.h"
#include "baseline/varint.h"
#include "engine/kept.h"
#include "system/file_content.h"

enum kept_section { KEPT_ACTIVITY, KEPT_INPUT, KEPT_MATCH, KEPT_READING, KEPT_SECTION_COUNT };

// A rule by the name it has in the file. The first are those of the run's set, by sigma_rule.index.
struct kept_rule {
    struct str name;
    struct str *fields; // of observations in `aside`
    size_t field_count;
};

// How an input was read: enough for what may be missing.
struct kept_input {
    uint32_t sources; // bit 1 << source_id
    uint64_t records, unread;
    int64_t first, last;
};

// since <= time < until; INT64_MIN and INT64_MAX: open.
struct kept_window {
    int64_t since, until;
};

// What one record names (messages, folders), or what is known of one message; `bytes` tell.
enum piece_kind {
    PIECE_REPORTED, // of an access that is an attacker's
    PIECE_OTHER,    // of another access, which may turn out to be one
    PIECE_HINT,     // subject and sender of any message
    PIECE_FOUND,    // of a message that an attacker read
    PIECE_KIND_COUNT
};
struct kept_piece {
    enum piece_kind kind;
    int64_t time;
    uint64_t identity; // of the record; of a message's id
    struct str bytes;
};

// How much is kept, in rows and bytes of sections. Beyond these the older half of the time is let go, as often as
// it takes; of what others' accesses name the earliest hours. The report says so. Smaller in tests.
struct kept_limits {
    uint64_t activities, matches;
    size_t activity_bytes, match_bytes, reported_bytes, others_bytes;
};

struct kept {
    const char *path;
    struct kept_limits limits;
    struct file_stamp stamp;
    struct buf file;    // as it was read; sections that are not ours are borrowed from it
    struct state state; // of it
    const struct sigma_set *rules;
    const struct correlation_engine *correlations;
    struct arena arena;

    struct activity_log *activities;
    struct intern texts;
    uint64_t earlier; // rows of activities
    int64_t earlier_first, earlier_last;
    struct error trouble; // while loading: activities or matches could not be held

    struct kept_rule *rule_rows;
    size_t rule_count, rule_capacity;
    struct map rule_numbers; // name -> index into rule_rows
    // Rows whose rule is an index into rule_rows: what rules matched; observations of rules that correlations
    // of this run refer to, with the fields they want; and those of other rules, with the fields of the file.
    struct observation_log *matches, *observations, *aside;
    struct observation_log *filtered; // observations but for those that this run read again
    bool has_placed;                  // some observation's record has no Id

    struct kept_input *inputs;
    size_t input_count, input_capacity;
    struct kept_window *windows; // sorted, apart
    size_t window_count, window_capacity;
    char rules_sha256[65]; // of the run before; empty: none

    // Pieces OTHER and HINT: `rule` is the kind, `entities` are the bytes.
    struct observation_log *readings;
    struct kept_piece *pieces; // of earlier runs, all but those
    size_t piece_count, piece_capacity;
    struct kept_piece *news; // of this run
    size_t news_count, news_capacity;

    struct buf *sections; // KEPT_SECTION_COUNT: what is going to be written; empty afterwards
    int64_t newest;       // of the records
    int64_t from;         // older ones are left out
    // The same, later where the limits demanded it.
    int64_t from_activity, from_match, from_reading;
    uint64_t activity_count, match_count, unkept;
};

// kept_match.c
bool kept_load_matches(void *kept, struct str content, struct error *error);
// The rule's index into rule_rows, added when it is new.
uint32_t kept_rule_number(struct kept *kept, struct str name);
// What a rule is called in the file.
struct str kept_rule_name(struct arena *arena, const struct sigma_rule *rule);
// Fields that the values of a rule's observations are of: those that this run wants, else those of the file.
const struct str *kept_fields(const struct kept *kept, uint32_t rule, size_t *count);

// kept_input.c
bool kept_load_inputs(void *kept, struct str content, struct error *error);
void kept_write_inputs(struct kept *kept, const struct scan_options *options,
                       const struct scan_result *result, struct buf *out);

// kept_reading.c
bool kept_load_readings(void *kept, struct str content, struct error *error);

// kept.c: later times are of clocks that are wrong.
int64_t kept_ceiling(void);
// kept.c: from when on to keep less than what there is from `from` on: half the time to the newest record.
int64_t kept_later(const struct kept *kept, int64_t from);
// kept_bytes.c: whether an Id is a GUID as guid_print gives it, 16 bytes then.
bool kept_is_guid(struct str id, uint8_t guid[16]);
// kept_bytes.c: the next bytes of a section; and a time, as the distance to *time. False and in->is_bad, and nothing
// changed, when there is nothing of the kind.
bool kept_read_bytes(struct varint_reader *in, void *to, size_t len);
bool kept_read_time(struct varint_reader *in, int64_t *time);
// A section that is not well-formed: the words for it.
bool kept_is_damaged(struct error *error);

static inline bool kept_is_time(int64_t time)
{
    return time >= ACTIVITY_TIME_LEAST && time <= ACTIVITY_TIME_MOST;
}

#endif
