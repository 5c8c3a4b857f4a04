// The layout of the picture of what is connected: which nodes are shown, in which column, in which row.
// SPDX-License-Identifier: Apache-2.0
#ifndef STORMGLASS_REPORT_HTML_GRAPH_H
#define STORMGLASS_REPORT_HTML_GRAPH_H

#include "hypothesis/verdict.h"

// The edges with most records are shown as long as there is room for what they join.
#define GRAPH_NODES 40
#define GRAPH_ROWS 14 // nodes of one column

struct graph_node {
    enum entity_kind kind;
    struct str text;
    uint64_t weight; // sum of the counts of its edges
    size_t column, row;
    double pull; // where its neighbours are
};
struct graph_edge {
    size_t from, to; // nodes
    uint64_t count;
};
struct graph {
    struct graph_node *nodes; // by column, row
    size_t node_count;
    struct graph_edge *edges; // between nodes that are shown
    size_t edge_count;
    size_t columns, tallest;                   // rows of the longest column
    enum entity_kind kinds[ENTITY_KIND_COUNT]; // of each column
    size_t heights[ENTITY_KIND_COUNT];
    size_t left_out; // nodes
};

// Texts are borrowed. The same edges give the same layout.
void graph_init(struct graph *graph, const struct verdict_edge *edges, size_t count);
void graph_done(struct graph *graph);

const char *graph_kind_title(enum entity_kind kind); // "Accounts"

#endif
