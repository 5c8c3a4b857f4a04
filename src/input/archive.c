// Other compressions and archives, by libarchive, each layer by a reader of its own.
// SPDX-License-Identifier: Apache-2.0
#include <archive.h>
#include <archive_entry.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/buf.h"
#include "input/feed.h"

// What stands in a reader is either one compression (as libarchive's "raw" format) or one archive
// without compression around it; what is inside is looked at anew by feed_read.

struct member_feed {
    struct feed feed;
    struct feed *below;
    struct archive *archive;
    struct expansion expansion;
    const char *format;
    bool is_ended;
    char piece[FEED_PIECE];
};

// ---- from the layer below ---------------------------------------------------------------------

static la_ssize_t read_below(struct archive *archive, void *context, const void **buffer)
{
    struct feed *below = context;
    const char *at = NULL;
    ptrdiff_t got = feed_next(below, &at);
    *buffer = at;
    if (got < 0) {
        archive_set_error(archive, -1, "%s", below->trouble.text);
        return ARCHIVE_FATAL;
    }
    return got;
}

static la_int64_t seek_below(struct archive *archive, void *context, la_int64_t offset, int whence)
{
    (void)archive;
    struct feed *below = context;
    below->has_head = false;
    int64_t now = below->seek(below, offset, whence);
    return now < 0 ? ARCHIVE_FATAL : now;
}

static void support(struct archive *archive, const char *name)
{
    static const struct {
        const char *name;
        int (*support)(struct archive *archive);
        int (*content)(struct archive *archive);
    } known[] = {
        {"zstd", archive_read_support_filter_zstd, archive_read_support_format_raw},
        {"xz", archive_read_support_filter_xz, archive_read_support_format_raw},
        {"bzip2", archive_read_support_filter_bzip2, archive_read_support_format_raw},
        {"lz4", archive_read_support_filter_lz4, archive_read_support_format_raw},
        {"compress", archive_read_support_filter_compress, archive_read_support_format_raw},
        {"zip", archive_read_support_format_zip, NULL},
        {"7z", archive_read_support_format_7zip, NULL},
        {"tar", archive_read_support_format_tar, NULL},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (strcmp(known[i].name, name) != 0)
            continue;
        known[i].support(archive);
        if (known[i].content)
            known[i].content(archive);
    }
    archive_read_support_format_empty(archive);
}

static struct archive *open_archive(struct feed *below, const char *name)
{
    struct archive *archive = archive_read_new();
    if (!archive)
        return NULL;
    support(archive, name);
    archive_read_set_read_callback(archive, read_below);
    archive_read_set_callback_data(archive, below);
    bool needs_seek = strcmp(name, "zip") == 0 || strcmp(name, "7z") == 0;
    if (needs_seek && below->seek) {
        // The head was looked at already: begin anew.
        below->has_head = false;
        below->seek(below, 0, SEEK_SET);
        archive_read_set_seek_callback(archive, seek_below);
    }
    archive_read_open1(archive); // a failure shows again at the first header
    return archive;
}

// ---- a member's bytes -------------------------------------------------------------------------

static void set_trouble(struct member_feed *member)
{
    const char *text = archive_error_string(member->archive);
    if (member->below->trouble.text[0])
        member->feed.trouble = member->below->trouble;
    else
        error_set(&member->feed.trouble, "truncated or corrupt %s data after %llu bytes: %s",
                  member->format, (unsigned long long)member->expansion.bytes,
                  text ? text : "unreadable");
}

static ptrdiff_t pull_member(struct feed *feed, const char **at)
{
    struct member_feed *member = (struct member_feed *)feed;
    size_t size = 0;
    while (size < FEED_PIECE && !member->is_ended) {
        la_ssize_t got =
            archive_read_data(member->archive, member->piece + size, FEED_PIECE - size);
        if (got == ARCHIVE_RETRY)
            continue;
        if (got < 0 && got != ARCHIVE_WARN) {
            member->is_ended = true;
            member->expansion.bytes += size;
            set_trouble(member);
            member->expansion.bytes -= size;
        } else if (got <= 0) {
            member->is_ended = true;
        } else {
            size += (size_t)got;
        }
    }
    if (size && !expansion_add(&member->expansion, feed, size)) {
        member->is_ended = true;
        return -1;
    }
    *at = member->piece;
    if (size)
        return (ptrdiff_t)size;
    return feed->trouble.text[0] ? -1 : 0;
}

static void read_member(struct outlet *outlet, struct feed *below, struct archive *archive,
                        struct place place, const char *format)
{
    struct member_feed *member = memory_new(sizeof *member);
    member->feed.pull = pull_member;
    member->below = below;
    member->archive = archive;
    member->format = format;
    expansion_start(&member->expansion, outlet);
    feed_read(outlet, &member->feed, place);
    free(member);
}

// ---- compression ------------------------------------------------------------------------------

void filter_read(struct outlet *outlet, struct feed *feed, struct place place, const char *filter)
{
    struct archive *archive = open_archive(feed, filter);
    struct archive_entry *entry;
    int result = archive ? archive_read_next_header(archive, &entry) : ARCHIVE_FATAL;
    if (archive && result == ARCHIVE_EOF) {
        feed_refuse(outlet, place, ""); // empty
    } else if (archive && (result == ARCHIVE_OK || result == ARCHIVE_WARN)) {
        read_member(outlet, feed, archive, place, filter);
    } else {
        char trouble[256];
        const char *text = archive ? archive_error_string(archive) : NULL;
        snprintf(trouble, sizeof trouble, "truncated or corrupt %s data at its beginning: %s",
                 filter, text ? text : "unreadable");
        feed_refuse(outlet, place, trouble);
    }
    archive_read_free(archive);
}

// ---- archives ---------------------------------------------------------------------------------

// Files hidden by their name, as in a walk through directories, and what macOS adds to archives.
static bool is_hidden(struct str name)
{
    for (struct str rest = name; rest.at;) {
        struct str part = str_cut(&rest, '/');
        if (part.len > 1 && part.at[0] == '.' && !str_is(part, ".."))
            return true;
        if (str_is(part, "__MACOSX"))
            return true;
    }
    return false;
}

static void visit_member(struct outlet *outlet, struct feed *below, struct archive *archive,
                         struct archive_entry *entry, struct place place, const char *format)
{
    const char *path = archive_entry_pathname_utf8(entry);
    struct str member = str_from(path ? path : archive_entry_pathname(entry));
    if (archive_entry_filetype(entry) != AE_IFREG || is_hidden(member))
        return;
    struct buf name;
    buf_init(&name);
    buf_add(&name, place.name);
    buf_add_char(&name, '!');
    buf_add(&name, member);
    place.name = buf_str(&name);
    if (archive_entry_is_encrypted(entry))
        feed_refuse(outlet, place, "encrypted: give the files unpacked");
    else
        read_member(outlet, below, archive, place, format);
    buf_done(&name);
}

// What stopped the walk over the members, told under the archive's own name.
static void refuse_archive(struct outlet *outlet, struct feed *below, struct archive *archive,
                           struct place place, const char *format)
{
    char trouble[512];
    const char *text = archive ? archive_error_string(archive) : "out of memory";
    if (below->trouble.text[0])
        snprintf(trouble, sizeof trouble, "%s", below->trouble.text);
    else if (archive && archive_read_has_encrypted_entries(archive) > 0)
        snprintf(trouble, sizeof trouble, "encrypted: give the files unpacked");
    else if (strcmp(format, "7z") == 0 && !below->seek)
        snprintf(trouble, sizeof trouble,
                 "7z cannot be read inside another archive or from "
                 "standard input: give the files unpacked");
    else
        snprintf(trouble, sizeof trouble, "truncated or corrupt %s archive after %llu members: %s",
                 format, (unsigned long long)outlet->members, text ? text : "its end is missing");
    feed_refuse(outlet, place, trouble);
}

void archive_members_read(struct outlet *outlet, struct feed *feed, struct place place,
                          const char *format)
{
    struct archive *archive = open_archive(feed, format);
    int result = archive ? ARCHIVE_OK : ARCHIVE_FATAL;
    while (archive && !outlet->is_stopped && !outlet->is_given_up) {
        struct archive_entry *entry;
        result = archive_read_next_header(archive, &entry);
        if (result == ARCHIVE_RETRY)
            continue;
        if (result != ARCHIVE_OK && result != ARCHIVE_WARN)
            break;
        if (++outlet->members > FEED_MEMBER_LIMIT) {
            outlet->is_given_up = true;
            break;
        }
        visit_member(outlet, feed, archive, entry, place, format);
    }
    if (outlet->members > FEED_MEMBER_LIMIT)
        feed_refuse(outlet, place, "more than 1,000,000 members: the others were not read");
    else if (outlet->is_given_up && place.archives == 1)
        feed_refuse(outlet, place, "expands too far: its other members were not read");
    else if (result < ARCHIVE_WARN && !outlet->is_stopped)
        refuse_archive(outlet, feed, archive, place, format);
    archive_read_free(archive);
}
