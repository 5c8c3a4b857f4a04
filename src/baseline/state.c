// Puts sections into a container and takes a container apart, trusting nothing. docs/state.md
// SPDX-License-Identifier: Apache-2.0
#include "baseline/state.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>

#include "base/hash.h"

static const char magic[8] = {'s', 'g', 's', 't', 'a', 't', 'e', '\n'};

// Where things stand, see docs/state.md.
enum {
    HEADER_VERSION = 8,
    HEADER_COUNT = 12,
    HEADER_LENGTH = 16,
    HEADER_CHECKSUM = 24,
    HEADER_SIZE = 32,
    SECTION_VERSION = 32,
    SECTION_ZERO = 36,
    SECTION_LENGTH = 40,
    SECTION_CONTENT_CHECKSUM = 48,
    SECTION_CHECKSUM = 56,
    SECTION_SIZE = 64,
    ALIGNMENT = 8,
};

static uint64_t read_number(const char *at, unsigned bytes)
{
    uint64_t number = 0;
    for (unsigned i = 0; i < bytes; i++)
        number |= (uint64_t)(uint8_t)at[i] << (8 * i);
    return number;
}

static void write_number(char *at, unsigned bytes, uint64_t number)
{
    for (unsigned i = 0; i < bytes; i++)
        at[i] = (char)(number >> (8 * i));
}

static size_t padding(size_t len)
{
    return (ALIGNMENT - len % ALIGNMENT) % ALIGNMENT;
}

static bool is_damaged(struct error *error, size_t at, const char *what)
{
    return error_set(error,
                     "byte %zu: %s; the state file is damaged: take a copy of it, or remove it "
                     "and learn again from the exports",
                     at, what);
}

// One sentence for a container or a section of another version than ours.
static bool check_version(uint64_t version, uint32_t ours, struct error *error)
{
    if (version == ours)
        return true;
    if (version < ours)
        return error_set(error,
                         "it is of version %" PRIu64 ", this program reads version %" PRIu32
                         ": remove the state file and learn again from the exports",
                         version, ours);
    return error_set(error,
                     "it is of version %" PRIu64 ", this program reads version %" PRIu32
                     ": use the newer program that wrote it, or another state file",
                     version, ours);
}

static bool is_name_good(const char name[STATE_NAME_SIZE])
{
    size_t len = 0;
    while (len < STATE_NAME_SIZE && name[len])
        len++;
    if (len == 0 || len == STATE_NAME_SIZE)
        return false;
    for (size_t i = 0; i < STATE_NAME_SIZE; i++) {
        bool is_letter = (name[i] >= 'a' && name[i] <= 'z') || (name[i] >= '0' && name[i] <= '9') ||
                         name[i] == '_' || name[i] == '-';
        if (i < len ? !is_letter : name[i] != 0)
            return false;
    }
    return true;
}

// The magic stands first and the version is read before anything that another version may have
// elsewhere.
static bool read_header(struct str bytes, unsigned *count, struct error *error)
{
    if (bytes.len < sizeof magic || memcmp(bytes.at, magic, sizeof magic) != 0)
        return error_set(error, "this is no state file of Stormglass");
    if (bytes.len < HEADER_COUNT)
        return is_damaged(error, bytes.len, "the file ends in its header");
    if (!check_version(read_number(bytes.at + HEADER_VERSION, 4), STATE_VERSION, error))
        return false;
    if (bytes.len < HEADER_SIZE)
        return is_damaged(error, bytes.len, "the file ends in its header");
    if (read_number(bytes.at + HEADER_CHECKSUM, 8) != hash_bytes(bytes.at, HEADER_CHECKSUM, 0))
        return is_damaged(error, HEADER_CHECKSUM, "wrong checksum of the header");
    if (read_number(bytes.at + HEADER_LENGTH, 8) != bytes.len)
        return is_damaged(error, HEADER_LENGTH, "the file is longer or shorter than it says");
    uint64_t sections = read_number(bytes.at + HEADER_COUNT, 4);
    if (sections > STATE_SECTIONS_LIMIT)
        return is_damaged(error, HEADER_COUNT, "too many sections");
    *count = (unsigned)sections;
    return true;
}

static bool read_section(struct str bytes, size_t *at, struct state_content *out,
                         struct error *error)
{
    if (bytes.len - *at < SECTION_SIZE)
        return is_damaged(error, *at, "the file ends in the header of a section");
    const char *header = bytes.at + *at;
    if (read_number(header + SECTION_CHECKSUM, 8) != hash_bytes(header, SECTION_CHECKSUM, 0))
        return is_damaged(error, *at + SECTION_CHECKSUM, "wrong checksum of a section's header");
    if (!is_name_good(header) || read_number(header + SECTION_ZERO, 4) != 0)
        return is_damaged(error, *at, "this is no header of a section");
    uint64_t len = read_number(header + SECTION_LENGTH, 8);
    size_t left = bytes.len - *at - SECTION_SIZE;
    if (len > left || padding(len) > left - len)
        return is_damaged(error, *at + SECTION_LENGTH, "a section is longer than the file");
    const char *content = header + SECTION_SIZE;
    if (read_number(header + SECTION_CONTENT_CHECKSUM, 8) != hash_bytes(content, len, 0))
        return is_damaged(error, *at + SECTION_SIZE, "wrong checksum of a section's content");
    if (read_number(content + len, (unsigned)padding(len)) != 0)
        return is_damaged(error, *at + SECTION_SIZE + len, "bytes between sections are not zero");
    memcpy(out->name, header, STATE_NAME_SIZE);
    out->version = (uint32_t)read_number(header + SECTION_VERSION, 4);
    out->bytes = str_of(content, len);
    *at += SECTION_SIZE + len + padding(len);
    return true;
}

bool state_read(struct state *state, struct str bytes, struct error *error)
{
    struct state found = {0};
    unsigned count = 0;
    if (!read_header(bytes, &count, error))
        return false;
    size_t at = HEADER_SIZE;
    for (; found.count < count; found.count++) {
        struct state_content *content = &found.contents[found.count];
        size_t start = at;
        if (!read_section(bytes, &at, content, error))
            return false;
        if (found.count && strcmp(content[-1].name, content->name) >= 0)
            return is_damaged(error, start, "the sections are not in order");
    }
    if (at != bytes.len)
        return is_damaged(error, at, "the file goes on after its last section");
    *state = found;
    return true;
}

static const struct state_content *find_content(const struct state *state, const char *name)
{
    for (unsigned i = 0; state && i < state->count; i++)
        if (strcmp(state->contents[i].name, name) == 0)
            return &state->contents[i];
    return NULL;
}

bool state_load(const struct state *state, const struct state_part parts[], unsigned count,
                struct error *error)
{
    for (unsigned i = 0; i < count; i++) {
        const struct state_section *section = parts[i].section;
        const struct state_content *content = find_content(state, section->name);
        if (!content)
            continue;
        if (!check_version(content->version, section->version, error) ||
            !section->load(parts[i].module, content->bytes, error))
            return error_widen(error, "section %s", section->name);
    }
    return true;
}

// What one section of the new container is made of: a part that saves, or kept content.
struct piece {
    char name[STATE_NAME_SIZE];
    const struct state_part *part;
    const struct state_content *kept;
};

static int compare_pieces(const void *a, const void *b)
{
    const struct piece *left = a, *right = b;
    return strcmp(left->name, right->name);
}

// Room is left before the content, since its length and checksum are known afterwards.
static void write_section(const struct piece *piece, struct buf *out)
{
    static const char zeros[SECTION_SIZE];
    size_t start = out->len;
    buf_add(out, str_of(zeros, SECTION_SIZE));
    if (piece->part)
        piece->part->section->save(piece->part->module, out);
    else
        buf_add(out, piece->kept->bytes);
    if (buf_failed(out))
        return;
    size_t len = out->len - start - SECTION_SIZE;
    char *header = out->at + start;
    memcpy(header, piece->name, STATE_NAME_SIZE);
    write_number(header + SECTION_VERSION, 4,
                 piece->part ? piece->part->section->version : piece->kept->version);
    write_number(header + SECTION_LENGTH, 8, len);
    write_number(header + SECTION_CONTENT_CHECKSUM, 8, hash_bytes(header + SECTION_SIZE, len, 0));
    write_number(header + SECTION_CHECKSUM, 8, hash_bytes(header, SECTION_CHECKSUM, 0));
    buf_add(out, str_of(zeros, padding(len)));
}

// The parts, and what is kept of sections no part has; sorted. False when there are too many.
static bool gather_pieces(const struct state *kept, const struct state_part parts[], unsigned count,
                          struct piece pieces[STATE_SECTIONS_LIMIT], unsigned *piece_count)
{
    struct state mine = {0};
    unsigned found = 0;
    for (unsigned i = 0; i < count; i++, found++) {
        if (found == STATE_SECTIONS_LIMIT)
            return false;
        const struct state_section *section = parts[i].section;
        size_t len = strlen(section->name);
        assert(len < STATE_NAME_SIZE && section->version > 0 &&
               !find_content(&mine, section->name));
        struct piece *piece = &pieces[found];
        *piece = (struct piece){.part = &parts[i]};
        memcpy(piece->name, section->name, len);
        assert(is_name_good(piece->name));
        memcpy(mine.contents[mine.count++].name, piece->name, STATE_NAME_SIZE);
    }
    for (unsigned i = 0; kept && i < kept->count; i++) {
        if (find_content(&mine, kept->contents[i].name))
            continue;
        if (found == STATE_SECTIONS_LIMIT)
            return false;
        struct piece *piece = &pieces[found++];
        *piece = (struct piece){.kept = &kept->contents[i]};
        memcpy(piece->name, kept->contents[i].name, STATE_NAME_SIZE);
    }
    qsort(pieces, found, sizeof *pieces, compare_pieces);
    *piece_count = found;
    return true;
}

bool state_save(const struct state *kept, const struct state_part parts[], unsigned count,
                struct buf *out, struct error *error)
{
    struct piece pieces[STATE_SECTIONS_LIMIT];
    unsigned piece_count = 0;
    if (!gather_pieces(kept, parts, count, pieces, &piece_count))
        return error_set(error, "a state file has room for %d sections", STATE_SECTIONS_LIMIT);
    char header[HEADER_SIZE] = {0};
    buf_clear(out);
    buf_add(out, str_of(header, HEADER_SIZE));
    for (unsigned i = 0; i < piece_count; i++)
        write_section(&pieces[i], out);
    if (buf_failed(out))
        return error_set(error, "what was learned is larger than a state file may be (4 GiB)");
    memcpy(header, magic, sizeof magic);
    write_number(header + HEADER_VERSION, 4, STATE_VERSION);
    write_number(header + HEADER_COUNT, 4, piece_count);
    write_number(header + HEADER_LENGTH, 8, out->len);
    write_number(header + HEADER_CHECKSUM, 8, hash_bytes(header, HEADER_CHECKSUM, 0));
    memcpy(out->at, header, HEADER_SIZE);
    return true;
}
