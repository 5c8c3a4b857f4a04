// Reading one input: tells from the first bytes what is around the content, and opens it.
// SPDX-License-Identifier: Apache-2.0
#include <stdio.h>

#include "input/feed.h"
#include "input/file.h"

// ---- recognition ------------------------------------------------------------------------------

enum kind { KIND_PLAIN, KIND_GZIP, KIND_FILTER, KIND_ARCHIVE };

// Text must never come near an unpacker, since that costs most of the speed: only these first bytes
// lead there. From the file(1) magic and the formats' own documents.
static const struct {
    size_t offset;
    struct str bytes;
    enum kind kind;
    const char *name;
} magics[] = {
    {0, STR("\x1f\x8b\x08"), KIND_GZIP, "gzip"},
    {0, STR("\x28\xb5\x2f\xfd"), KIND_FILTER, "zstd"},
    {0,
     STR("\xfd"
         "7zXZ\0"),
     KIND_FILTER, "xz"},
    {0, STR("BZh"), KIND_FILTER, "bzip2"},
    {0, STR("\x04\x22\x4d\x18"), KIND_FILTER, "lz4"},
    {0, STR("\x1f\x9d"), KIND_FILTER, "compress"},
    {0, STR("PK\x03\x04"), KIND_ARCHIVE, "zip"},
    {0, STR("PK\x05\x06"), KIND_ARCHIVE, "zip"},
    {0, STR("PK\x07\x08"), KIND_ARCHIVE, "zip"},
    {0, STR("7z\xbc\xaf\x27\x1c"), KIND_ARCHIVE, "7z"},
    {257, STR("ustar"), KIND_ARCHIVE, "tar"},
};

static enum kind recognise(struct str head, const char **name)
{
    for (size_t i = 0; i < sizeof magics / sizeof *magics; i++) {
        struct str bytes = magics[i].bytes;
        if (head.len < magics[i].offset + bytes.len ||
            memcmp(head.at + magics[i].offset, bytes.at, bytes.len) != 0)
            continue;
        bool is_bzip = bytes.at[0] == 'B'; // "BZh" is a word too: its block header must follow
        if (is_bzip && (head.len < 10 || (memcmp(head.at + 4, "1AY&SY", 6) != 0 &&
                                          memcmp(head.at + 4, "\x17rE8P\x90", 6) != 0)))
            continue;
        *name = magics[i].name;
        return magics[i].kind;
    }
    return KIND_PLAIN;
}

// ---- feeds ------------------------------------------------------------------------------------

ptrdiff_t feed_next(struct feed *feed, const char **at)
{
    if (!feed->has_head)
        return feed->pull(feed, at);
    feed->has_head = false;
    *at = feed->head;
    return (ptrdiff_t)feed->head_size;
}

void format_join(char out[FEED_FORMAT_SIZE], const char *outer, const char *inner)
{
    snprintf(out, FEED_FORMAT_SIZE, "%s%s%s", outer, *outer ? "+" : "", inner);
}

void feed_refuse(struct outlet *outlet, struct place place, const char *trouble)
{
    const struct input_sink *sink = outlet->sink;
    sink->begin(sink->context, place.name, *place.format ? place.format : "plain");
    sink->end(sink->context, str_from(trouble));
}

void expansion_start(struct expansion *expansion, struct outlet *outlet)
{
    *expansion = (struct expansion){.outlet = outlet, .raw_start = outlet->raw_bytes(outlet->file)};
}

bool expansion_add(struct expansion *expansion, struct feed *feed, size_t bytes)
{
    struct outlet *outlet = expansion->outlet;
    // What was read ahead before the stream began counts as its own: at most a few pieces.
    uint64_t raw = outlet->raw_bytes(outlet->file) - expansion->raw_start + FILE_PIECE;
    expansion->bytes += bytes;
    if (expansion->bytes <= INPUT_EXPANSION_FLOOR ||
        expansion->bytes / INPUT_EXPANSION_RATIO <= raw)
        return true;
    outlet->is_given_up |= ++outlet->bombs == FEED_BOMB_LIMIT;
    return error_set(&feed->trouble,
                     "expands to more than %d times its size: reading stopped "
                     "after %llu bytes",
                     INPUT_EXPANSION_RATIO, (unsigned long long)expansion->bytes);
}

void feed_read(struct outlet *outlet, struct feed *feed, struct place place)
{
    const char *head, *name = "";
    ptrdiff_t got = feed->pull(feed, &head);
    if (got < 0) {
        feed_refuse(outlet, place, feed->trouble.text);
        return;
    }
    feed->head = head;
    feed->head_size = (size_t)got;
    feed->has_head = got > 0;
    char format[FEED_FORMAT_SIZE];
    enum kind kind = recognise(str_of(head, (size_t)got), &name);
    if (kind == KIND_PLAIN) {
        text_read(outlet, feed, place);
        return;
    }
    format_join(format, place.format, name);
    struct place inside = {place.name, format, place.archives, place.filters};
    if (kind == KIND_ARCHIVE ? place.archives == INPUT_NESTING_LIMIT
                             : place.filters == FEED_FILTER_LIMIT) {
        feed_refuse(outlet, inside, "packed more than 3 times over: give the files unpacked");
        return;
    }
    inside.archives += kind == KIND_ARCHIVE;
    inside.filters += kind != KIND_ARCHIVE;
    if (kind == KIND_GZIP)
        gunzip_read(outlet, feed, inside);
    else if (kind == KIND_FILTER)
        filter_read(outlet, feed, inside, name);
    else
        archive_members_read(outlet, feed, inside, name);
}

// ---- the file ---------------------------------------------------------------------------------

struct file_feed {
    struct feed feed;
    struct file_reader *file;
};

static ptrdiff_t pull_file(struct feed *feed, const char **at)
{
    struct file_reader *file = ((struct file_feed *)feed)->file;
    ptrdiff_t got = file_pull(file, at);
    if (got < 0)
        error_set(&feed->trouble, "%s", file_trouble(file).at);
    return got;
}

static int64_t seek_file(struct feed *feed, int64_t offset, int whence)
{
    return file_seek(((struct file_feed *)feed)->file, offset, whence);
}

static uint64_t raw_bytes(const void *file)
{
    return file_bytes(file);
}

bool input_read(struct str path, const struct input_sink *sink, char sha256[65], uint64_t *size,
                struct error *error)
{
    struct file_reader *file = file_open(path, sha256 != NULL, error);
    if (!file)
        return false;
    struct file_feed feed = {.feed = {.pull = pull_file}, .file = file};
    if (file_can_seek(file))
        feed.feed.seek = seek_file;
    struct outlet outlet = {.sink = sink, .raw_bytes = raw_bytes, .file = file};
    feed_read(&outlet, &feed.feed, (struct place){.name = path, .format = ""});
    file_close(file, outlet.is_stopped, sha256, size);
    return true;
}

bool input_read_all(struct str path, const struct input_sink *sink, const bool *is_stopped,
                    struct error *error)
{
    struct input_list list;
    bool is_read = true;
    input_list_init(&list);
    input_list_add(&list, path);
    input_list_finish(&list);
    for (size_t i = 0; i < list.count && is_read && !*is_stopped; i++) {
        const struct input_path *input = &list.paths[i];
        if (input->trouble.len)
            is_read = error_set(error, "%.*s: %.*s", (int)input->path.len, input->path.at,
                                (int)input->trouble.len, input->trouble.at);
        else
            is_read = input_read(input->path, sink, NULL, NULL, error);
    }
    input_list_done(&list);
    return is_read;
}
