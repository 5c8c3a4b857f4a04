// Tables of report.html: a few hundred rows of HTML, the others as JSON that the page's script shows.
// SPDX-License-Identifier: Apache-2.0
#include <inttypes.h>

#include "base/figure.h"
#include "report/html.h"
#include "report/safe.h"

static const char *const cell_names[] = {"text", "text long", "code",   "number",
                                         "time", "level",     "records"};

static const char *name_of(const struct html_table *table, size_t column)
{
    return cell_names[table->columns[column].cell];
}

void html_table_open(struct html_table *table, struct html *html, const char *caption,
                     const struct html_column *columns, size_t column_count)
{
    *table = (struct html_table){.html = html, .columns = columns, .column_count = column_count};
    buf_print(html->out, "<div class=\"ledger\"><table>\n<caption>%s</caption>\n<thead><tr>",
              caption);
    for (size_t i = 0; i < column_count; i++)
        buf_print(html->out, "<th scope=\"col\" class=\"%s\"%s>%s</th>", name_of(table, i),
                  columns[i].is_facet ? " data-facet" : "", columns[i].title);
    html_add(html, "</tr></thead>\n<tbody>\n");
}

static bool is_static(const struct html_table *table)
{
    return table->rows < HTML_STATIC_ROWS;
}

// What stands before a cell.
static void open_cell(struct html_table *table)
{
    struct html *html = table->html;
    if (is_static(table)) {
        buf_print(html->out, "%s<td class=\"%s\" data-l=\"%s\">", table->cells ? "" : "<tr>",
                  name_of(table, table->cells), table->columns[table->cells].title);
        return;
    }
    if (table->cells == 0 && table->rows == HTML_STATIC_ROWS)
        html_add(html, "</tbody></table>\n<script type=\"application/json\">[\n");
    html_add(html, table->cells ? "," : table->rows == HTML_STATIC_ROWS ? "[" : ",\n[");
}

static void close_cell(struct html_table *table)
{
    bool is_last = ++table->cells == table->column_count;
    if (is_static(table))
        html_add(table->html, is_last ? "</td></tr>\n" : "</td>");
    else if (is_last)
        html_add(table->html, "]");
    if (is_last) {
        table->cells = 0;
        table->rows++;
        pen_rest(&table->html->pen);
    }
}

void html_cell_text(struct html_table *table, struct str text)
{
    struct html *html = table->html;
    enum html_cell cell = table->columns[table->cells].cell;
    open_cell(table);
    if (!is_static(table)) {
        safe_script(html->out, text);
    } else if (cell == CELL_LEVEL) {
        html_add(html, "<span class=\"level ");
        html_text(html, text);
        html_add(html, "\">");
        html_text(html, text);
        html_add(html, "</span>");
    } else if (cell == CELL_CODE && text.len) {
        html_add(html, "<code>");
        html_long_text(html, text);
        html_add(html, "</code>");
    } else {
        html_long_text(html, text);
    }
    close_cell(table);
}

void html_cell_number(struct html_table *table, uint64_t number)
{
    open_cell(table);
    if (is_static(table))
        html_number(table->html, number);
    else
        buf_print(table->html->out, "%" PRIu64, number);
    close_cell(table);
}

void html_cell_time(struct html_table *table, int64_t instant)
{
    char minute[FIGURE_SIZE];
    open_cell(table);
    if (is_static(table))
        html_time(table->html, instant);
    else if (instant == INSTANT_NONE)
        html_add(table->html, "\"unknown\"");
    else
        buf_print(table->html->out, "\"%s:%02d\"", figure_minute(instant, minute),
                  instant_split(instant).second);
    close_cell(table);
}

// As data: [how many, the ids].
void html_cell_records(struct html_table *table, const struct str *ids, size_t listed,
                       uint64_t count)
{
    struct html *html = table->html;
    open_cell(table);
    if (is_static(table)) {
        html_records(html, ids, listed, count);
    } else {
        buf_print(html->out, "[%" PRIu64 ",[", count < listed ? listed : count);
        for (size_t i = 0; i < listed && i < HTML_RECORDS; i++) {
            html_add(html, i ? "," : "");
            safe_script(html->out, ids[i]);
        }
        html_add(html, "]]");
    }
    close_cell(table);
}

// What is not shown, and where all of it is: without a script, and on paper, that is more.
static void add_note(struct html_table *table, uint64_t left_out, const char *file)
{
    struct html *html = table->html;
    buf_print(html->out, "<p class=\"note\" data-rows=\"%zu\">", table->rows);
    if (table->rows > HTML_STATIC_ROWS) {
        html_add(html, "<span class=\"without-script\">The first ");
        html_number(html, HTML_STATIC_ROWS);
        html_add(html, " of ");
        html_number(html, table->rows + left_out);
        html_add(html, " rows. </span>");
    }
    if (left_out) {
        html_add(html, "For ");
        html_number(html, left_out);
        html_add(html, " more there is no room in this page. ");
    }
    buf_print(html->out, "All stand in <code>%s</code> beside this file.</p>\n", file);
}

void html_table_close(struct html_table *table, uint64_t left_out, const char *file)
{
    struct html *html = table->html;
    bool is_long = table->rows > HTML_STATIC_ROWS;
    html_add(html, is_long ? "\n]</script>\n" : "</tbody></table>\n");
    if (is_long || left_out)
        add_note(table, left_out, file);
    html_add(html, "</div>\n");
    pen_rest(&html->pen);
}
