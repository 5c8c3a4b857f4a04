// What is connected: addresses, accounts, sessions, tokens, applications and mailboxes in columns by kind, with
// a line for what the records show together. The layout depends on the edges alone.
// SPDX-License-Identifier: Apache-2.0
#include "report/html_graph.h"

#include <stdlib.h>

#include "base/figure.h"
#include "event/app_name.h"
#include "report/html.h"
#include "report/safe.h"

#define NODE_WIDTH 156
#define NODE_HEIGHT 24
#define COLUMN_PITCH 206
#define ROW_PITCH 34
#define TOP 30
#define LABEL_COLUMNS 20

static int x_of(const struct graph_node *node)
{
    return (int)node->column * COLUMN_PITCH + 1;
}

static int y_of(const struct graph *graph, const struct graph_node *node)
{
    int spare = (int)(graph->tallest - graph->heights[node->column]) * ROW_PITCH / 2;
    return TOP + spare + (int)node->row * ROW_PITCH;
}

// 1 to 5 by the number of digits of the count.
static int width_of(uint64_t count)
{
    int width = 1;
    while ((count /= 10) && width < 5)
        width++;
    return width;
}

static void add_edge(struct html *html, const struct graph *graph, const struct graph_edge *edge)
{
    const struct graph_node *a = &graph->nodes[edge->from], *b = &graph->nodes[edge->to];
    char number[FIGURE_SIZE];
    if (a->column > b->column) {
        const struct graph_node *swap = a;
        a = b;
        b = swap;
    }
    int x1 = x_of(a) + NODE_WIDTH, y1 = y_of(graph, a) + NODE_HEIGHT / 2;
    int y2 = y_of(graph, b) + NODE_HEIGHT / 2;
    int x2 = a->column == b->column ? x1 : x_of(b);
    int bend = a->column == b->column ? 36 : (x2 - x1) / 2;
    int back = a->column == b->column ? -36 : bend;
    buf_print(html->out,
              "<path class=\"edge w%d\" data-a=\"%zu\" data-b=\"%zu\" d=\"M%d %dC%d %d %d %d %d "
              "%d\"><title>",
              width_of(edge->count), edge->from, edge->to, x1, y1, x1 + bend, y1, x2 - back, y2, x2,
              y2);
    html_text(html, graph->nodes[edge->from].text);
    html_add(html, " to ");
    html_text(html, graph->nodes[edge->to].text);
    buf_print(html->out, ": %s record%s</title></path>\n", figure_number(edge->count, number),
              html_plural(edge->count));
}

static void add_node(struct html *html, const struct graph *graph, size_t i)
{
    const struct graph_node *node = &graph->nodes[i];
    const char *name = node->kind == ENTITY_APP ? app_name_find(node->text) : NULL;
    struct buf shown, label;
    buf_init(&shown);
    buf_init(&label);
    safe_text(&shown, name ? str_from(name) : node->text, true);
    text_cut(&label, buf_str(&shown), LABEL_COLUMNS, true);
    buf_print(html->out, "<g class=\"node\" data-n=\"%zu\"><title>", i);
    html_text(html, node->text);
    buf_print(html->out,
              "</title><rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" rx=\"3\"/><text x=\"%d\" "
              "y=\"%d\">",
              x_of(node), y_of(graph, node), NODE_WIDTH, NODE_HEIGHT, x_of(node) + 8,
              y_of(graph, node) + 16);
    html_text(html, buf_str(&label));
    html_add(html, "</text></g>\n");
    buf_done(&label);
    buf_done(&shown);
}

static void add_picture(struct html *html, const struct graph *graph)
{
    int width = (int)(graph->columns - 1) * COLUMN_PITCH + NODE_WIDTH + 2;
    int height = TOP + (int)graph->tallest * ROW_PITCH + 2;
    buf_print(
        html->out,
        "<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"Graph of what is "
        "connected\"><svg class=\"graph\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\" "
        "role=\"img\" aria-label=\"%zu things in %zu columns by kind; the table below has the "
        "same in words\">\n",
        width, height, width, height, graph->node_count, graph->columns);
    for (size_t i = 0; i < graph->columns; i++)
        buf_print(html->out, "<text class=\"kind\" x=\"%d\" y=\"14\">%s</text>\n",
                  (int)i * COLUMN_PITCH + 1, graph_kind_title(graph->kinds[i]));
    for (size_t i = 0; i < graph->edge_count; i++)
        add_edge(html, graph, &graph->edges[i]);
    for (size_t i = 0; i < graph->node_count; i++)
        add_node(html, graph, i);
    html_add(html, "</svg></div>\n");
    pen_rest(&html->pen);
}

static void add_table(struct html *html, const struct verdict *verdict)
{
    static const struct html_column columns[] = {{"Kind", CELL_TEXT, true},
                                                 {"From", CELL_TEXT, false},
                                                 {"Kind of the other", CELL_TEXT, true},
                                                 {"To", CELL_TEXT, false},
                                                 {"Records", CELL_NUMBER, false}};
    struct html_table table;
    html_add(html, "<details class=\"figures\"><summary>As a table</summary>\n");
    html_table_open(&table, html, "What the records show together", columns, 5);
    for (size_t i = 0; i < verdict->edge_count; i++) {
        const struct verdict_edge *edge = &verdict->edges[i];
        html_cell_text(&table, str_from(graph_kind_title(edge->from_kind)));
        html_cell_text(&table, edge->from);
        html_cell_text(&table, str_from(graph_kind_title(edge->to_kind)));
        html_cell_text(&table, edge->to);
        html_cell_number(&table, edge->count);
    }
    html_table_close(&table, 0, "report.json");
    html_add(html, "</details>\n");
}

void html_graph(struct html *html, const struct html_case *its)
{
    struct graph graph;
    if (!its->verdict->edge_count) {
        html_add(html, "<p>No record names two of these together.</p>\n");
        return;
    }
    graph_init(&graph, its->verdict->edges, its->verdict->edge_count);
    html_add(html, "<p class=\"intro\">A line means that records of the attacker name both; the "
                   "thicker, the more.</p>\n");
    add_picture(html, &graph);
    if (graph.left_out)
        buf_print(
            html->out,
            "<p class=\"note\">The %zu that most records name together; %zu more are left out "
            "here and stand in the table.</p>\n",
            graph.node_count, graph.left_out);
    add_table(html, its->verdict);
    graph_done(&graph);
}
