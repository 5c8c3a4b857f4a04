// Places the nodes of the graph: those of the heaviest edges, columns by kind, rows so that lines cross little.
// SPDX-License-Identifier: Apache-2.0
#include <stdlib.h>

#include "base/arena.h"
#include "report/html_graph.h"

#define SWEEPS 6

// From where they come, through what, to what they reached.
static const struct {
    enum entity_kind kind;
    const char *title;
} kinds[] = {
    {ENTITY_COUNTRY, "Countries"},  {ENTITY_ASN, "Networks"},     {ENTITY_IP, "Addresses"},
    {ENTITY_USER, "Accounts"},      {ENTITY_SESSION, "Sessions"}, {ENTITY_TOKEN, "Tokens"},
    {ENTITY_CLIENT_APP, "Clients"}, {ENTITY_APP, "Applications"}, {ENTITY_SERVICE, "Services"},
    {ENTITY_MAILBOX, "Mailboxes"},  {ENTITY_MESSAGE, "Messages"}, {ENTITY_RULE, "Rules"},
    {ENTITY_TENANT, "Tenants"},
};
#define KIND_COUNT (sizeof kinds / sizeof *kinds)

static size_t order_of(enum entity_kind kind)
{
    size_t i = 0;
    while (i < KIND_COUNT && kinds[i].kind != kind)
        i++;
    return i;
}

const char *graph_kind_title(enum entity_kind kind)
{
    size_t i = order_of(kind);
    return i < KIND_COUNT ? kinds[i].title : "Others";
}

// ---- nodes --------------------------------------------------------------------------------------

static size_t find_node(const struct graph *graph, enum entity_kind kind, struct str text)
{
    size_t i = 0;
    while (i < graph->node_count &&
           !(graph->nodes[i].kind == kind && str_equal(graph->nodes[i].text, text)))
        i++;
    return i;
}

static size_t add_node(struct graph *graph, enum entity_kind kind, struct str text)
{
    size_t i = find_node(graph, kind, text);
    if (i == graph->node_count)
        graph->nodes[graph->node_count++] = (struct graph_node){.kind = kind, .text = text};
    return i;
}

static int compare_names(const struct graph_node *a, const struct graph_node *b)
{
    if (a->kind != b->kind)
        return order_of(a->kind) < order_of(b->kind) ? -1 : 1;
    return str_compare(a->text, b->text);
}

static int compare_weights(const void *left, const void *right)
{
    const struct graph_node *a = left, *b = right;
    if (a->weight != b->weight)
        return a->weight > b->weight ? -1 : 1;
    return compare_names(a, b);
}

static int compare_places(const void *left, const void *right)
{
    const struct graph_node *a = left, *b = right;
    if (a->column != b->column)
        return a->column < b->column ? -1 : 1;
    if (a->pull != b->pull)
        return a->pull < b->pull ? -1 : 1;
    return compare_weights(a, b);
}

// ---- rows ---------------------------------------------------------------------------------------

static void number_rows(struct graph *graph)
{
    qsort(graph->nodes, graph->node_count, sizeof *graph->nodes, compare_places);
    for (size_t i = 0; i < graph->node_count; i++) {
        struct graph_node *node = &graph->nodes[i];
        bool is_first = i == 0 || node->column != graph->nodes[i - 1].column;
        node->row = is_first ? 0 : graph->nodes[i - 1].row + 1;
        graph->heights[node->column] = node->row + 1;
    }
}

// Height of a node between 0 and 1 in its column, so that short and long columns compare.
static double height_of(const struct graph *graph, const struct graph_node *node)
{
    return ((double)node->row + 0.5) / (double)graph->heights[node->column];
}

// Moves each node towards the middle of its neighbours.
static void sweep(struct graph *graph, const struct verdict_edge *edges, size_t count)
{
    double sums[GRAPH_NODES] = {0}, weights[GRAPH_NODES] = {0};
    for (size_t i = 0; i < count; i++) {
        size_t a = find_node(graph, edges[i].from_kind, edges[i].from);
        size_t b = find_node(graph, edges[i].to_kind, edges[i].to);
        if (a == graph->node_count || b == graph->node_count)
            continue;
        sums[a] += height_of(graph, &graph->nodes[b]);
        sums[b] += height_of(graph, &graph->nodes[a]);
        weights[a]++;
        weights[b]++;
    }
    for (size_t i = 0; i < graph->node_count; i++)
        graph->nodes[i].pull =
            weights[i] > 0 ? (sums[i] / weights[i] + height_of(graph, &graph->nodes[i])) / 2 : 0.5;
    number_rows(graph);
}

static void number_columns(struct graph *graph)
{
    bool is_there[KIND_COUNT + 1] = {false};
    size_t columns[KIND_COUNT + 1] = {0};
    for (size_t i = 0; i < graph->node_count; i++)
        is_there[order_of(graph->nodes[i].kind)] = true;
    for (size_t i = 0; i < KIND_COUNT; i++) {
        columns[i] = graph->columns;
        if (is_there[i])
            graph->kinds[graph->columns++] = kinds[i].kind;
    }
    for (size_t i = 0; i < graph->node_count; i++)
        graph->nodes[i].column = columns[order_of(graph->nodes[i].kind)];
}

// ---- choice -------------------------------------------------------------------------------------

static int compare_ends(enum entity_kind a_kind, struct str a, enum entity_kind b_kind,
                        struct str b)
{
    return a_kind != b_kind ? (a_kind < b_kind ? -1 : 1) : str_compare(a, b);
}

static int compare_edges(const void *left, const void *right)
{
    const struct verdict_edge *a = left, *b = right;
    if (a->count != b->count)
        return a->count > b->count ? -1 : 1;
    int order = compare_ends(a->from_kind, a->from, b->from_kind, b->from);
    return order ? order : compare_ends(a->to_kind, a->to, b->to_kind, b->to);
}

static bool has_room(const struct graph *graph, enum entity_kind kind, struct str text)
{
    size_t of_kind = 0;
    if (find_node(graph, kind, text) < graph->node_count)
        return true;
    for (size_t i = 0; i < graph->node_count; i++)
        of_kind += graph->nodes[i].kind == kind;
    return of_kind < GRAPH_ROWS;
}

// Whole edges, so that no node stands there without a line.
static void choose(struct graph *graph, const struct verdict_edge *edges, size_t count)
{
    for (size_t i = 0; i < count && graph->node_count + 2 <= GRAPH_NODES; i++) {
        const struct verdict_edge *edge = &edges[i];
        if (has_room(graph, edge->from_kind, edge->from) &&
            has_room(graph, edge->to_kind, edge->to)) {
            add_node(graph, edge->from_kind, edge->from);
            add_node(graph, edge->to_kind, edge->to);
        }
    }
    for (size_t i = 0; i < count; i++) {
        size_t a = find_node(graph, edges[i].from_kind, edges[i].from);
        size_t b = find_node(graph, edges[i].to_kind, edges[i].to);
        if (a < graph->node_count && b < graph->node_count) {
            graph->nodes[a].weight += edges[i].count;
            graph->nodes[b].weight += edges[i].count;
        }
    }
}

static size_t count_nodes(const struct verdict_edge *edges, size_t count)
{
    struct graph all = {.nodes = memory_new(2 * count * sizeof *all.nodes + 1)};
    for (size_t i = 0; i < count; i++) {
        add_node(&all, edges[i].from_kind, edges[i].from);
        add_node(&all, edges[i].to_kind, edges[i].to);
    }
    free(all.nodes);
    return all.node_count;
}

static void join(struct graph *graph, const struct verdict_edge *edges, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        size_t a = find_node(graph, edges[i].from_kind, edges[i].from);
        size_t b = find_node(graph, edges[i].to_kind, edges[i].to);
        if (a < graph->node_count && b < graph->node_count)
            graph->edges[graph->edge_count++] = (struct graph_edge){a, b, edges[i].count};
    }
}

void graph_init(struct graph *graph, const struct verdict_edge *edges, size_t count)
{
    struct verdict_edge *sorted = memory_new(count * sizeof *sorted + 1);
    *graph = (struct graph){.nodes = memory_new(GRAPH_NODES * sizeof *graph->nodes),
                            .edges = memory_new(count * sizeof *graph->edges + 1)};
    if (count) {
        memcpy(sorted, edges, count * sizeof *sorted);
        qsort(sorted, count, sizeof *sorted, compare_edges);
    }
    choose(graph, sorted, count);
    graph->left_out = count_nodes(sorted, count) - graph->node_count;
    number_columns(graph);
    number_rows(graph);
    for (int i = 0; i < SWEEPS; i++)
        sweep(graph, sorted, count);
    for (size_t i = 0; i < graph->columns; i++)
        graph->tallest = graph->heights[i] > graph->tallest ? graph->heights[i] : graph->tallest;
    join(graph, sorted, count);
    free(sorted);
}

void graph_done(struct graph *graph)
{
    free(graph->nodes);
    free(graph->edges);
}
