// Habits as bytes: the section `habit` of docs/state.md.
// SPDX-License-Identifier: Apache-2.0
#include "baseline/habit_state.h"

#include <assert.h>
#include <stdlib.h>

#include "baseline/habit_store.h"
#include "baseline/varint.h"

// Times a record can have (base/instant.h: years 1601..9999), so that days fit their numbers.
#define TIME_LEAST (INT64_C(-134775) * DAY)
#define TIME_MOST (INT64_C(2932897) * DAY)
#define HALVINGS_MOST 63

// ---- saving ---------------------------------------------------------------------------------------

struct used_text {
    struct str text;
    uint32_t symbol;
};

static int compare_texts(const void *a, const void *b)
{
    const struct used_text *left = a, *right = b;
    return str_compare(left->text, right->text);
}

// An entry's place in the file: kind, facet and subject, then the value, as ranks of texts.
struct place {
    uint64_t subject, value;
    uint32_t number;
};

static int compare_places(const void *a, const void *b)
{
    const struct place *left = a, *right = b;
    if (left->subject != right->subject)
        return left->subject < right->subject ? -1 : 1;
    return (left->value > right->value) - (left->value < right->value);
}

// One past the highest symbol that an entry uses.
static uint32_t symbols_end(const struct habit *habit)
{
    uint32_t end = 0;
    for (uint32_t i = 0; i < habit->count; i++) {
        const struct habit_entry *entry = habit_entry(habit, i);
        end = entry->subject >= end ? entry->subject + 1 : end;
        if (habit_has_symbols[entry->facet] && entry->value >= end)
            end = entry->value + 1;
    }
    return end;
}

// Writes the texts in use, sorted, and gives each symbol its place among them.
static uint32_t *save_texts(const struct habit *habit, struct buf *out)
{
    uint32_t end = symbols_end(habit), count = 0;
    uint32_t *ranks = memory_new(((size_t)end + 1) * sizeof *ranks);
    for (uint32_t i = 0; i < habit->count; i++) {
        const struct habit_entry *entry = habit_entry(habit, i);
        ranks[entry->subject] = 1;
        if (habit_has_symbols[entry->facet])
            ranks[entry->value] = 1;
    }
    struct used_text *texts = memory_new(((size_t)end + 1) * sizeof *texts);
    for (uint32_t symbol = 0; symbol < end; symbol++)
        if (ranks[symbol])
            texts[count++] = (struct used_text){habit_name_find(habit, symbol), symbol};
    qsort(texts, count, sizeof *texts, compare_texts);
    varint_add(out, count);
    for (uint32_t i = 0; i < count; i++) {
        // Two symbols with one text, or more than one without a text, are a caller's bug.
        assert(i == 0 || str_compare(texts[i - 1].text, texts[i].text) < 0);
        ranks[texts[i].symbol] = i;
        varint_add_text(out, texts[i].text);
    }
    free(texts);
    return ranks;
}

static void save_entry(const struct habit_entry *entry, struct buf *out)
{
    if (entry->facet == HABIT_VOLUME) {
        for (unsigned i = 0; i < VOLUME_DAYS; i++)
            varint_add(out, entry->messages[i]);
        return;
    }
    varint_add(out, entry->count);
    varint_add_signed(out, entry->last);
    varint_add(out, (uint64_t)(entry->last - entry->first));
    for (unsigned i = 0; i < DAY_SET_WORDS; i++)
        varint_add(out, entry->days[i]);
}

static struct place *sorted_places(const struct habit *habit, const uint32_t *ranks)
{
    struct place *places = memory_new(((size_t)habit->count + 1) * sizeof *places);
    for (uint32_t i = 0; i < habit->count; i++) {
        const struct habit_entry *entry = habit_entry(habit, i);
        uint64_t plane = (uint64_t)entry->kind << 8 | entry->facet;
        uint32_t value = habit_has_symbols[entry->facet] ? ranks[entry->value] : entry->value;
        places[i] = (struct place){plane << 32 | ranks[entry->subject], value, i};
    }
    qsort(places, habit->count, sizeof *places, compare_places);
    return places;
}

void habit_save(const struct habit *habit, struct buf *out)
{
    varint_add(out, habit->halvings);
    varint_add(out, habit->is_refusing);
    uint32_t *ranks = save_texts(habit, out);
    struct place *places = sorted_places(habit, ranks);
    varint_add(out, habit->count);
    for (uint32_t i = 0; i < habit->count; i++) {
        const struct habit_entry *entry = habit_entry(habit, places[i].number);
        varint_add(out, entry->kind);
        varint_add(out, entry->facet);
        varint_add(out, places[i].subject & UINT32_MAX);
        varint_add(out, places[i].value);
        save_entry(entry, out);
    }
    free(places);
    free(ranks);
}

// ---- loading --------------------------------------------------------------------------------------

struct loader {
    struct varint_reader reader;
    struct str *texts;
    uint8_t *is_used;
    uint32_t text_count, entry_count;
    unsigned halvings;
    bool is_refusing;
};

static bool is_damaged(struct error *error, const char *what)
{
    return error_set(error, "%s; learn again from the exports", what);
}

static bool load_texts(struct loader *loader, struct error *error)
{
    // Each text takes a byte at least, which bounds what hostile counts can ask for.
    size_t most =
        loader->reader.left.len < HABIT_SYMBOL_LIMIT ? loader->reader.left.len : HABIT_SYMBOL_LIMIT;
    uint32_t count = (uint32_t)varint_read(&loader->reader, most);
    loader->texts = memory_new(((size_t)count + 1) * sizeof *loader->texts);
    loader->is_used = memory_new((size_t)count + 1);
    loader->text_count = count;
    for (uint32_t i = 0; i < count && !loader->reader.is_bad; i++) {
        loader->texts[i] = varint_read_text(&loader->reader, HABIT_TEXT_LIMIT);
        if (i && str_compare(loader->texts[i - 1], loader->texts[i]) >= 0)
            return is_damaged(error, "the texts are not in order");
    }
    return !loader->reader.is_bad || is_damaged(error, "a text is cut off or too long");
}

static bool load_times(struct varint_reader *reader, struct habit_entry *entry)
{
    entry->count = (uint32_t)varint_read(reader, UINT32_MAX);
    entry->last = varint_read_signed(reader);
    if (entry->last < TIME_LEAST || entry->last >= TIME_MOST)
        return false;
    entry->first = entry->last - (int64_t)varint_read(reader, (uint64_t)(entry->last - TIME_LEAST));
    for (unsigned i = 0; i < DAY_SET_WORDS; i++)
        entry->days[i] = varint_read(reader, UINT64_MAX);
    if (reader->is_bad)
        return false;
    struct day_set days = habit_entry_days(entry);
    int64_t age = (int64_t)days.newest - day_of(entry->first);
    bool has_first = age >= DAY_SET_SPAN || day_set_has(&days, day_of(entry->first));
    return (days.bits[0] & 1) && has_first && day_set_first(&days) >= day_of(entry->first) &&
           day_set_count(&days) <= entry->count;
}

static bool load_volume(struct varint_reader *reader, struct habit_entry *entry)
{
    uint32_t any = 0;
    for (unsigned i = 0; i < VOLUME_DAYS; i++)
        any |= entry->messages[i] = (uint32_t)varint_read(reader, UINT32_MAX);
    // Within the days of TIME_LEAST and TIME_MOST.
    int64_t day = (int64_t)entry->value * VOLUME_DAYS + VOLUME_EPOCH;
    return any && day > TIME_LEAST / DAY - VOLUME_DAYS && day < TIME_MOST / DAY;
}

// What is wrong with the entry, or NULL. Subject and value are numbers of texts as yet.
static const char *load_entry(struct loader *loader, struct habit_entry *entry)
{
    struct varint_reader *reader = &loader->reader;
    *entry = (struct habit_entry){0};
    entry->kind = (uint8_t)varint_read(reader, HABIT_KINDS - 1);
    entry->facet = (uint8_t)varint_read(reader, HABIT_FACETS - 1);
    entry->subject = (uint32_t)varint_read(reader, UINT32_MAX);
    entry->value = (uint32_t)varint_read(reader, UINT32_MAX);
    bool has_symbol = habit_has_symbols[entry->facet];
    if (reader->is_bad || entry->subject >= loader->text_count ||
        (has_symbol && entry->value >= loader->text_count))
        return "an entry is cut off, of an unknown kind, or names a text that is not there";
    loader->is_used[entry->subject] = 1;
    if (has_symbol)
        loader->is_used[entry->value] = 1;
    bool is_volume = entry->facet == HABIT_VOLUME;
    if (!(is_volume ? load_volume(reader, entry) : load_times(reader, entry)) || reader->is_bad)
        return "an entry is cut off or contradicts itself";
    return NULL;
}

static bool is_after(const struct habit_entry *entry, const struct habit_entry *before)
{
    uint64_t left = (uint64_t)before->kind << 40 | (uint64_t)before->facet << 32 | before->subject;
    uint64_t right = (uint64_t)entry->kind << 40 | (uint64_t)entry->facet << 32 | entry->subject;
    return left < right || (left == right && before->value < entry->value);
}

// Reads everything without keeping it.
static bool check_entries(struct loader *loader, struct error *error)
{
    struct habit_entry before = {0}, entry;
    size_t most =
        loader->reader.left.len < HABIT_ENTRIES_MOST ? loader->reader.left.len : HABIT_ENTRIES_MOST;
    loader->entry_count = (uint32_t)varint_read(&loader->reader, most);
    struct varint_reader start = loader->reader;
    for (uint32_t i = 0; i < loader->entry_count; i++, before = entry) {
        const char *wrong = load_entry(loader, &entry);
        if (wrong)
            return is_damaged(error, wrong);
        if (i && !is_after(&entry, &before))
            return is_damaged(error, "the entries are not in order");
    }
    for (uint32_t i = 0; i < loader->text_count; i++)
        if (!loader->is_used[i])
            return is_damaged(error, "a text belongs to no entry");
    if (loader->reader.is_bad || loader->reader.left.len)
        return is_damaged(error, "the section is longer or shorter than it says");
    loader->reader = start;
    return true;
}

static bool load_head(struct loader *loader, struct error *error)
{
    loader->halvings = (unsigned)varint_read(&loader->reader, HALVINGS_MOST);
    loader->is_refusing = varint_read(&loader->reader, 1);
    if (loader->reader.is_bad)
        return is_damaged(error, "the section ends at once or begins with wrong numbers");
    return load_texts(loader, error) && check_entries(loader, error);
}

static uint32_t symbol_for(struct habit *habit, struct str text, habit_symbol_of *symbol_of,
                           void *context)
{
    uint32_t symbol = symbol_of(context, text);
    if (symbol >= HABIT_SYMBOL_LIMIT)
        return HABIT_NO_SYMBOL;
    habit_name(habit, symbol, text);
    return symbol;
}

// The second reading, of what has been found right.
static void take_entries(struct loader *loader, struct habit *habit, habit_symbol_of *symbol_of,
                         void *context)
{
    uint32_t *symbols = memory_new(((size_t)loader->text_count + 1) * sizeof *symbols);
    for (uint32_t i = 0; i < loader->text_count; i++)
        symbols[i] = symbol_for(habit, loader->texts[i], symbol_of, context);
    habit_raise_halvings(habit, loader->halvings);
    habit->is_refusing = loader->is_refusing;
    for (uint32_t i = 0; i < loader->entry_count; i++) {
        struct habit_entry entry;
        const char *wrong = load_entry(loader, &entry);
        assert(!wrong);
        entry.subject = symbols[entry.subject];
        if (habit_has_symbols[entry.facet])
            entry.value = symbols[entry.value];
        if (entry.subject == HABIT_NO_SYMBOL || entry.value == HABIT_NO_SYMBOL)
            habit->is_refusing = true;
        else
            habit_add_entry(habit, &entry, true);
    }
    free(symbols);
}

bool habit_load(struct habit *habit, struct str content, habit_symbol_of *symbol_of, void *context,
                struct error *error)
{
    assert(habit->count == 0 && symbol_of);
    struct loader loader = {.reader = {.left = content}};
    bool is_good = load_head(&loader, error);
    habit_unsettle(habit);
    if (is_good)
        take_entries(&loader, habit, symbol_of, context);
    free(loader.texts);
    free(loader.is_used);
    return is_good;
}

static void save_part(const void *module, struct buf *out)
{
    const struct habit_state *state = module;
    habit_save(state->habit, out);
}

static bool load_part(void *module, struct str content, struct error *error)
{
    struct habit_state *state = module;
    return habit_load(state->habit, content, state->symbol_of, state->context, error);
}

const struct state_section habit_section = {"habit", 1, save_part, load_part};
