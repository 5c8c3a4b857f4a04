// The address book: what sign-ins said of addresses and of their prefixes. Every value is a register
// that keeps the latest (and of two at the same time the greater), with a mark that there was another:
// such registers give the same result in whatever order they are filled or merged.
// SPDX-License-Identifier: Apache-2.0
#include "baseline/address_book.h"

#include <assert.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/encode.h"
#include "base/hash.h"
#include "base/instant.h"
#include "base/keyset.h"
#include "baseline/address_ranges.h"
#include "baseline/pack.h"

#define KIND "ADDR"
#define VERSION 1
#define SMALLEST 64
#define HALVINGS_LIMIT 40
// What one entry takes in a saved state: see save_entry.
#define ENTRY_SIZE (16 + 1 + 1 + 8 + 4 + 8 + 2 + 1)

struct address_book {
    struct address_entry *entries; // in no order that means anything
    uint32_t *slots;               // index + 1; 0 is empty
    uint32_t count, capacity, slot_count, limit;
    unsigned halvings;
};

struct address_book *address_book_new(uint32_t limit)
{
    struct address_book *book = memory_new(sizeof *book);
    book->limit = limit ? limit : ADDRESS_BOOK_LIMIT;
    assert(book->limit <= ADDRESS_BOOK_LIMIT);
    return book;
}

static void release(struct address_book *book)
{
    free(book->entries);
    free(book->slots);
}

void address_book_free(struct address_book *book)
{
    if (!book)
        return;
    release(book);
    free(book);
}

uint32_t address_count(const struct address_book *book)
{
    return book->count;
}

unsigned address_halvings(const struct address_book *book)
{
    return book->halvings;
}

size_t address_bytes(const struct address_book *book)
{
    return sizeof *book + book->capacity * sizeof *book->entries +
           book->slot_count * sizeof *book->slots;
}

// ---- the table ----------------------------------------------------------------------------------

static uint64_t entry_hash(const uint8_t base[16], uint8_t bits)
{
    return hash_bytes(base, 16, bits);
}

// The slot that holds the entry, or the empty one where it belongs.
static uint32_t find_slot(const struct address_book *book, const uint8_t base[16], uint8_t bits)
{
    uint32_t slot = (uint32_t)entry_hash(base, bits) & (book->slot_count - 1);
    for (;; slot = (slot + 1) & (book->slot_count - 1)) {
        if (!book->slots[slot])
            return slot;
        const struct address_entry *entry = &book->entries[book->slots[slot] - 1];
        if (entry->bits == bits && memcmp(entry->base, base, 16) == 0)
            return slot;
    }
}

static void rebuild_slots(struct address_book *book, uint32_t slot_count)
{
    free(book->slots);
    book->slots = memory_table(slot_count * sizeof *book->slots);
    book->slot_count = slot_count;
    for (uint32_t i = 0; i < book->count; i++)
        book->slots[find_slot(book, book->entries[i].base, book->entries[i].bits)] = i + 1;
}

// Drops what is not in the book's share.
static void keep_share(struct address_book *book)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < book->count; i++) {
        const struct address_entry *entry = &book->entries[i];
        if (keyset_in_share(entry_hash(entry->base, entry->bits), book->halvings))
            book->entries[kept++] = *entry;
    }
    book->count = kept;
    if (book->slot_count)
        rebuild_slots(book, book->slot_count);
}

// Keeps a smaller share until the limit is held. Which entries stay depends on them alone: the share
// is the largest of which there are not too many.
static void thin(struct address_book *book)
{
    while (book->count > book->limit) {
        book->halvings++;
        keep_share(book);
    }
}

static struct address_entry *add_entry(struct address_book *book, const uint8_t base[16],
                                       uint8_t bits)
{
    if (book->count * 3 >= book->slot_count * 2)
        rebuild_slots(book, book->slot_count ? book->slot_count * 2 : SMALLEST);
    uint32_t slot = find_slot(book, base, bits);
    if (book->slots[slot])
        return &book->entries[book->slots[slot] - 1];
    ARRAY_GROW(book->entries, book->count, book->capacity);
    struct address_entry *entry = &book->entries[book->count++];
    *entry = (struct address_entry){
        .bits = bits, .asn_time = INSTANT_NONE, .country_time = INSTANT_NONE};
    memcpy(entry->base, base, 16);
    book->slots[slot] = book->count;
    return entry;
}

const struct address_entry *address_entry_find(const struct address_book *book, const struct ip *ip,
                                               uint8_t bits)
{
    if (!book->count)
        return NULL;
    struct ip masked = address_mask(ip, bits);
    uint32_t slot = find_slot(book, masked.bytes, bits);
    return book->slots[slot] ? &book->entries[book->slots[slot] - 1] : NULL;
}

struct ip address_mask(const struct ip *ip, uint8_t bits)
{
    struct ip masked = *ip; // every length used is a whole number of bytes
    memset(masked.bytes + bits / 8, 0, 16u - bits / 8);
    return masked;
}

// ---- learning -----------------------------------------------------------------------------------

static int compare_places(const struct address_entry *a, const struct address_entry *b)
{
    if (a->country_time != b->country_time)
        return a->country_time < b->country_time ? -1 : 1;
    int order = memcmp(a->country, b->country, sizeof a->country);
    if (order)
        return order;
    return str_compare(str_of(a->city, a->city_size), str_of(b->city, b->city_size));
}

static void join(struct address_entry *into, const struct address_entry *from)
{
    into->asn_changed = into->asn_changed || from->asn_changed ||
                        (into->asn && from->asn && into->asn != from->asn);
    if (from->asn_time > into->asn_time ||
        (from->asn_time == into->asn_time && from->asn > into->asn)) {
        into->asn = from->asn;
        into->asn_time = from->asn_time;
    }
    into->country_changed =
        into->country_changed || from->country_changed ||
        (into->country[0] && from->country[0] && memcmp(into->country, from->country, 2) != 0);
    if (compare_places(from, into) > 0) {
        into->country_time = from->country_time;
        memcpy(into->country, from->country, sizeof into->country);
        memcpy(into->city, from->city, sizeof into->city);
        into->city_size = from->city_size;
    }
}

static void learn_entry(struct address_book *book, const struct address_entry *entry)
{
    if (!keyset_in_share(entry_hash(entry->base, entry->bits), book->halvings))
        return;
    join(add_entry(book, entry->base, entry->bits), entry);
    if (book->count > book->limit)
        thin(book);
}

static size_t city_size(struct str city)
{
    if (!utf8_is_valid(city))
        return 0;
    size_t size = 0;
    while (size < city.len) {
        bool is_valid;
        size_t step = utf8_step(str_of(city.at + size, city.len - size), &is_valid);
        if (size + step > ADDRESS_CITY_SIZE)
            break;
        size += step;
    }
    return size;
}

bool address_country(struct str text, char country[3])
{
    if (text.len != 2)
        return false;
    for (size_t i = 0; i < 2; i++) {
        char letter = ascii_lower(text.at[i]);
        if (letter < 'a' || letter > 'z')
            return false;
        country[i] = (char)(letter & ~0x20);
    }
    country[2] = 0;
    return true;
}

void address_learn(struct address_book *book, const struct ip *ip, int64_t time,
                   const struct address_record *record)
{
    struct address_entry entry = {
        .bits = 128, .asn_time = INSTANT_NONE, .country_time = INSTANT_NONE};
    char country[3];
    if (record->asn) {
        entry.asn = record->asn;
        entry.asn_time = time;
    }
    if (address_country(record->country, country)) {
        memcpy(entry.country, country, sizeof entry.country);
        entry.country_time = time;
        entry.city_size = (uint8_t)city_size(record->city);
        if (entry.city_size)
            memcpy(entry.city, record->city.at, entry.city_size);
    }
    if ((!entry.asn && !entry.country[0]) || !address_is_somewhere(ip))
        return;
    memcpy(entry.base, ip->bytes, 16);
    learn_entry(book, &entry);
    // The same for the prefix, without the city.
    entry.bits = address_prefix_bits(ip);
    struct ip masked = address_mask(ip, entry.bits);
    memcpy(entry.base, masked.bytes, 16);
    memset(entry.city, 0, sizeof entry.city);
    entry.city_size = 0;
    learn_entry(book, &entry);
}

void address_merge(struct address_book *book, const struct address_book *from)
{
    assert(book->limit == from->limit && book != from);
    if (from->halvings > book->halvings) {
        // What the other book had no room for must not stay here either.
        book->halvings = from->halvings;
        keep_share(book);
    }
    for (uint32_t i = 0; i < from->count; i++)
        learn_entry(book, &from->entries[i]);
}

// ---- saved --------------------------------------------------------------------------------------

static int compare_entries(const void *left, const void *right)
{
    const struct address_entry *a = left, *b = right;
    int order = memcmp(a->base, b->base, sizeof a->base);
    return order ? order : (a->bits > b->bits) - (a->bits < b->bits);
}

static void save_entry(const struct address_entry *entry, struct buf *out)
{
    pack_bytes(out, entry->base, sizeof entry->base);
    pack_u8(out, entry->bits);
    pack_u8(out, (uint8_t)(entry->asn_changed | entry->country_changed << 1));
    pack_i64(out, entry->asn_time);
    pack_u32(out, entry->asn);
    pack_i64(out, entry->country_time);
    pack_bytes(out, entry->country, sizeof entry->country);
    pack_u8(out, entry->city_size);
    pack_bytes(out, entry->city, entry->city_size);
}

void address_save(const struct address_book *book, struct buf *out)
{
    struct address_entry *sorted = memory_new(book->count * sizeof *sorted);
    if (book->count)
        memcpy(sorted, book->entries, book->count * sizeof *sorted);
    qsort(sorted, book->count, sizeof *sorted, compare_entries);
    size_t start = pack_begin(out, KIND, VERSION);
    pack_u32(out, book->limit);
    pack_u8(out, (uint8_t)book->halvings);
    pack_u32(out, book->count);
    for (uint32_t i = 0; i < book->count; i++)
        save_entry(&sorted[i], out);
    pack_end(out, start);
    free(sorted);
}

static struct address_entry load_entry(struct unpack *in)
{
    struct address_entry entry = {0};
    unpack_bytes(in, entry.base, sizeof entry.base);
    entry.bits = unpack_u8(in);
    uint8_t marks = unpack_u8(in);
    entry.asn_changed = marks & 1;
    entry.country_changed = marks >> 1 & 1;
    entry.asn_time = unpack_i64(in);
    entry.asn = unpack_u32(in);
    entry.country_time = unpack_i64(in);
    unpack_bytes(in, entry.country, sizeof entry.country);
    entry.city_size = unpack_u8(in);
    // Read only when its size is good; else nothing of the entry may be looked at.
    if (unpack_require(in, marks < 4 && entry.city_size <= sizeof entry.city))
        unpack_bytes(in, entry.city, entry.city_size);
    return entry;
}

// Whether learning could have made such an entry.
static bool entry_can_be(const struct address_entry *entry)
{
    struct ip ip;
    char country[3];
    memcpy(ip.bytes, entry->base, sizeof ip.bytes);
    bool is_address = entry->bits == 128, has_country = entry->country[0] != 0;
    if (!is_address && entry->bits != address_prefix_bits(&ip))
        return false;
    struct ip masked = address_mask(&ip, entry->bits);
    if (!ip_equal(&ip, &masked) || (is_address && !address_is_somewhere(&ip)))
        return false;
    if (has_country && (!address_country(str_of(entry->country, 2), country) ||
                        memcmp(country, entry->country, 2) != 0))
        return false;
    if (!has_country && (entry->country[1] || entry->city_size ||
                         entry->country_time != INSTANT_NONE || entry->country_changed))
        return false;
    if (!entry->asn && (entry->asn_time != INSTANT_NONE || entry->asn_changed))
        return false;
    return (entry->asn || has_country) && (is_address || !entry->city_size) &&
           utf8_is_valid(str_of(entry->city, entry->city_size));
}

bool address_load(struct address_book *book, struct str bytes, struct error *error)
{
    struct unpack in;
    if (!unpack_begin(&in, bytes, KIND, VERSION, error))
        return false;
    struct address_book loaded = {.limit = unpack_u32(&in), .halvings = unpack_u8(&in)};
    unpack_require(&in, loaded.limit == book->limit && loaded.halvings <= HALVINGS_LIMIT);
    uint32_t count = unpack_count(&in, book->limit, ENTRY_SIZE);
    struct address_entry before;
    for (uint32_t i = 0; i < count && !in.is_failed; i++) {
        struct address_entry entry = load_entry(&in);
        if (in.is_failed || !unpack_require(&in, entry_can_be(&entry)) ||
            !unpack_require(&in, i == 0 || compare_entries(&before, &entry) < 0) ||
            !unpack_require(&in,
                            keyset_in_share(entry_hash(entry.base, entry.bits), loaded.halvings)))
            break;
        *add_entry(&loaded, entry.base, entry.bits) = entry;
        before = entry;
    }
    if (!unpack_end(&in, error)) {
        release(&loaded);
        return error_widen(error, "address book");
    }
    release(book);
    *book = loaded;
    return true;
}
