// What `summary` shows: who, what, when and where from, before any detection; as text and as JSON.
// SPDX-License-Identifier: Apache-2.0
#include <stdlib.h>

#include "base/figure.h"
#include "event/app_name.h"
#include "report/pen.h"
#include "report/pivot.h"
#include "report/report.h"
#include "report/safe.h"
#include "report/table.h"
#include "report/timeline.h"

#define ROWS 15

struct page {
    const struct outline *outline;
    const struct scan_result *result;
    const struct scan_summary *summary;
    const struct style *style;
    struct arena arena;
    struct pen pen;
    struct buf *out; // of the pen
};

static void heading(struct page *page, const char *text)
{
    buf_add_char(page->out, '\n');
    tint_text(page->out, page->style, TINT_BOLD, str_from(text));
    buf_add_char(page->out, '\n');
}

static void note_more(struct page *page, size_t more, uint64_t others)
{
    char number[FIGURE_SIZE];
    if (more)
        buf_print(page->out, "  and %s more\n", figure_number(more, number));
    if (others)
        buf_print(page->out, "  and %s records of others, too many to tell apart\n",
                  figure_number(others, number));
}

static void print_headline(struct page *page)
{
    const struct scan_result *result = page->result;
    char records[FIGURE_SIZE], users[FIGURE_SIZE], ips[FIGURE_SIZE], first[FIGURE_SIZE],
        last[FIGURE_SIZE];
    struct buf text;
    buf_init(&text);
    buf_print(
        &text, "%s record%s of %s user%s from %s address%s",
        figure_number(result->records, records), figure_plural(result->records),
        figure_number(page->summary->users.count, users), figure_plural(page->summary->users.count),
        figure_number(page->summary->ips.count, ips), page->summary->ips.count == 1 ? "" : "es");
    if (result->first != INSTANT_NONE)
        buf_print(&text, ", %s to %s UTC", figure_minute(result->first, first),
                  figure_minute(result->last, last));
    tint_text(page->out, page->style, TINT_BOLD, buf_str(&text));
    buf_add_char(page->out, '\n');
    if (result->duplicates)
        buf_print(page->out, "%s duplicate%s counted once\n",
                  figure_number(result->duplicates, first), figure_plural(result->duplicates));
    if (result->unread)
        buf_print(page->out, "%s piece%s could not be read\n", figure_number(result->unread, first),
                  figure_plural(result->unread));
    buf_done(&text);
}

static void print_pivots(struct page *page)
{
    static const struct table_column columns[] = {{"", COLUMN_RIGHT},
                                                  {"kind", 0},
                                                  {"what", COLUMN_ELASTIC},
                                                  {"records", COLUMN_RIGHT},
                                                  {"why", COLUMN_ELASTIC}};
    struct pivot pivots[PIVOT_LIMIT];
    struct table table;
    size_t count = pivots_find(page->summary, &page->arena, pivots);
    if (count == 0)
        return;
    table_init(&table, &page->arena, page->style, columns, 5);
    for (size_t i = 0; i < count; i++) {
        table_add_number(&table, i + 1);
        table_add(&table, TINT_DIM, str_from(pivots[i].kind));
        table_add(&table, TINT_BOLD, pivots[i].key);
        table_add_number(&table, pivots[i].count);
        table_add(&table, TINT_NONE, pivots[i].why);
    }
    heading(page, "Turn to these first");
    table_print(&table, 2, page->out);
    table_done(&table);
}

static void print_sources(struct page *page)
{
    static const struct table_column columns[] = {{"log", 0}, {"records", COLUMN_RIGHT}};
    struct table table;
    table_init(&table, &page->arena, page->style, columns, 2);
    for (size_t i = 0; i < SOURCE_COUNT; i++) {
        if (page->summary->by_source[i] == 0)
            continue;
        table_add(&table, TINT_NONE, str_from(page->outline->source_names[i]));
        table_add_number(&table, page->summary->by_source[i]);
    }
    heading(page, "Logs");
    table_print(&table, 2, page->out);
    table_done(&table);
}

static void print_days(struct page *page)
{
    const struct tally *days = &page->summary->days;
    if (days->count == 0)
        return;
    struct timeline_point *points = memory_new(days->count * sizeof *points);
    for (size_t i = 0; i < days->count; i++)
        points[i] = (struct timeline_point){instant_parse_rfc3339(days->items[i].key), -1,
                                            days->items[i].count};
    heading(page, "Records a day (UTC)");
    timeline_print(points, days->count, DAY, page->style, page->out);
    free(points);
}

static int compare_failures(const void *left, const void *right)
{
    const struct tally_entry *a = left, *b = right;
    if (a->failures != b->failures)
        return a->failures > b->failures ? -1 : 1;
    if (a->successes != b->successes)
        return a->successes > b->successes ? -1 : 1;
    return str_compare(a->key, b->key);
}

static void print_signins(struct page *page)
{
    static const struct table_column columns[] = {{"user", COLUMN_ELASTIC},
                                                  {"successful", COLUMN_RIGHT},
                                                  {"failed", COLUMN_RIGHT},
                                                  {"first", COLUMN_OPTIONAL},
                                                  {"last", COLUMN_OPTIONAL}};
    const struct tally *signins = &page->summary->signins;
    if (signins->count == 0)
        return;
    struct tally_entry *sorted = memory_new(signins->count * sizeof *sorted);
    memcpy(sorted, signins->items, signins->count * sizeof *sorted);
    qsort(sorted, signins->count, sizeof *sorted, compare_failures);
    struct table table;
    table_init(&table, &page->arena, page->style, columns, 5);
    for (size_t i = 0; i < signins->count && i < ROWS; i++) {
        table_add(&table, TINT_NONE, sorted[i].key);
        table_add_number(&table, sorted[i].successes);
        table_add_number(&table, sorted[i].failures);
        table_add_minute(&table, sorted[i].first);
        table_add_minute(&table, sorted[i].last);
    }
    heading(page, "Sign-ins, most failures first");
    table_print(&table, 2, page->out);
    note_more(page, signins->count > ROWS ? signins->count - ROWS : 0, signins->others);
    table_done(&table);
    free(sorted);
}

static struct str app_label(struct arena *arena, struct str id)
{
    const char *name = app_name_find(id);
    return name ? arena_print(arena, "%s (%.*s)", name, (int)id.len, id.at) : id;
}

static void print_tally(struct page *page, const char *title, const char *column,
                        const struct tally *tally, bool is_app)
{
    bool has_users = false;
    for (size_t i = 0; i < tally->count; i++)
        has_users = has_users || tally->items[i].users;
    const struct table_column columns[] = {{column, COLUMN_ELASTIC},
                                           {"records", COLUMN_RIGHT},
                                           {"users", COLUMN_RIGHT},
                                           {"first", COLUMN_OPTIONAL},
                                           {"last", COLUMN_OPTIONAL}};
    const struct table_column plain[] = {{column, COLUMN_ELASTIC},
                                         {"records", COLUMN_RIGHT},
                                         {"first", COLUMN_OPTIONAL},
                                         {"last", COLUMN_OPTIONAL}};
    if (tally->count == 0)
        return;
    struct table table;
    table_init(&table, &page->arena, page->style, has_users ? columns : plain, has_users ? 5 : 4);
    for (size_t i = 0; i < tally->count && i < ROWS; i++) {
        const struct tally_entry *entry = &tally->items[i];
        table_add(&table, TINT_NONE, is_app ? app_label(&page->arena, entry->key) : entry->key);
        table_add_number(&table, entry->count);
        if (has_users)
            table_add_number(&table, entry->users);
        table_add_minute(&table, entry->first);
        table_add_minute(&table, entry->last);
    }
    heading(page, title);
    table_print(&table, 2, page->out);
    note_more(page, tally->count > ROWS ? tally->count - ROWS : 0, tally->others);
    table_done(&table);
}

bool report_summary_text(const struct outline *outline, const struct style *style,
                         const struct sink *sink)
{
    const struct scan_summary *summary = &outline->result->summary;
    struct page page = {
        .outline = outline, .result = outline->result, .summary = summary, .style = style};
    arena_init(&page.arena);
    pen_init(&page.pen, sink);
    page.out = &page.pen.buf;
    print_headline(&page);
    print_pivots(&page);
    print_sources(&page);
    print_days(&page);
    print_signins(&page);
    print_tally(&page, "Users", "user", &summary->users, false);
    print_tally(&page, "Operations", "operation", &summary->operations, false);
    print_tally(&page, "Applications", "application", &summary->apps, true);
    print_tally(&page, "Addresses", "address", &summary->ips, false);
    print_tally(&page, "Countries", "country", &summary->countries, false);
    print_tally(&page, "Clients", "client", &summary->clients, false);
    arena_done(&page.arena);
    return pen_done(&page.pen);
}

// ---- JSON ---------------------------------------------------------------------------------------

static void add_tally(struct pen *pen, const char *name, const struct tally *tally, bool is_app)
{
    struct buf *out = &pen->buf;
    buf_print(out, ",\n  \"%s\": {\"others\": %llu, \"items\": [", name,
              (unsigned long long)tally->others);
    for (size_t i = 0; i < tally->count; i++) {
        const struct tally_entry *entry = &tally->items[i];
        const char *app = is_app ? app_name_find(entry->key) : NULL;
        buf_add(out, i ? S(",\n    {") : S("\n    {"));
        json_add_text(out, "key", entry->key, true);
        if (app)
            json_add_text(out, "name", str_from(app), false);
        json_add_number(out, "count", entry->count, false);
        if (entry->successes || entry->failures) {
            json_add_number(out, "successes", entry->successes, false);
            json_add_number(out, "failures", entry->failures, false);
        }
        if (entry->users)
            json_add_number(out, "users", entry->users, false);
        json_add_time(out, "first", entry->first, false);
        json_add_time(out, "last", entry->last, false);
        buf_add_char(out, '}');
        pen_rest(pen);
    }
    buf_add(out, tally->count ? S("\n  ]}") : S("]}"));
}

static void add_pivots(struct buf *out, const struct scan_summary *summary)
{
    struct pivot pivots[PIVOT_LIMIT];
    struct arena arena;
    arena_init(&arena);
    size_t count = pivots_find(summary, &arena, pivots);
    buf_add(out, S(",\n  \"pivots\": ["));
    for (size_t i = 0; i < count; i++) {
        buf_add(out, i ? S(",\n    {") : S("\n    {"));
        json_add_text(out, "kind", str_from(pivots[i].kind), true);
        json_add_text(out, "key", pivots[i].key, false);
        json_add_number(out, "count", pivots[i].count, false);
        json_add_text(out, "why", pivots[i].why, false);
        buf_add_char(out, '}');
    }
    buf_add(out, count ? S("\n  ]") : S("]"));
    arena_done(&arena);
}

static void add_head(struct buf *out, const struct outline *outline)
{
    const struct scan_result *result = outline->result;
    buf_add(out, S("{\n  "));
    json_add_text(out, "schema", S("stormglass.summary/1"), true);
    buf_add(out, S(",\n  "));
    json_add_time(out, "generated_at", outline->generated_at, true);
    buf_add(out, S(",\n  "));
    json_add_text(out, "version", str_from(outline->version), true);
    buf_add(out, S(",\n  \"totals\": {"));
    json_add_number(out, "bytes", result->bytes, true);
    json_add_number(out, "inputs", result->input_count, false);
    json_add_number(out, "records", result->records, false);
    json_add_number(out, "duplicates", result->duplicates, false);
    json_add_number(out, "unread", result->unread, false);
    json_add_time(out, "first", result->first, false);
    json_add_time(out, "last", result->last, false);
    buf_add(out, S("},\n  \"sources\": {"));
    bool is_first = true;
    for (size_t i = 0; i < SOURCE_COUNT; i++) {
        if (result->summary.by_source[i] == 0)
            continue;
        json_add_number(out, outline->source_names[i], result->summary.by_source[i], is_first);
        is_first = false;
    }
    buf_add_char(out, '}');
}

bool report_summary_json(const struct outline *outline, const struct sink *sink)
{
    const struct scan_summary *summary = &outline->result->summary;
    struct pen pen;
    pen_init(&pen, sink);
    add_head(&pen.buf, outline);
    add_pivots(&pen.buf, summary);
    add_tally(&pen, "days", &summary->days, false);
    add_tally(&pen, "signins", &summary->signins, false);
    add_tally(&pen, "users", &summary->users, false);
    add_tally(&pen, "operations", &summary->operations, false);
    add_tally(&pen, "applications", &summary->apps, true);
    add_tally(&pen, "addresses", &summary->ips, false);
    add_tally(&pen, "countries", &summary->countries, false);
    add_tally(&pen, "clients", &summary->clients, false);
    buf_add(&pen.buf, S("\n}\n"));
    return pen_done(&pen);
}
