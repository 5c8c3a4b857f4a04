// How sure: the hypotheses of an incident as bars, each with the evidence that its score is the sum of.
// SPDX-License-Identifier: Apache-2.0
#include <math.h>

#include "report/html.h"

static bool is_other_direction(const struct verdict_hypothesis *it, size_t i)
{
    return i == 0 || it->items[i].direction != it->items[i - 1].direction;
}

// A weight as a bar to the right (for) or left (against) of the middle; seven, which is a thousand to one, is the whole half.
static void add_weight_bar(struct html *html, double weight)
{
    double length = fabs(weight) > 7 ? 50 : fabs(weight) / 7 * 50;
    buf_print(html->out,
              "<svg class=\"weight\" viewBox=\"0 0 100 10\" preserveAspectRatio=\"none\" "
              "aria-hidden=\"true\"><path class=\"middle\" d=\"M50 0v10\"/><rect class=\"%s\" "
              "x=\"%.1f\" y=\"2\" width=\"%.1f\" height=\"6\"/></svg>",
              weight < 0 ? "against" : "for", weight < 0 ? 50 - length : 50, length);
}

static void add_answer(struct html *html, struct str answer)
{
    html_add(html, " <b class=\"answer\">");
    if (str_is(answer, "cannot_tell"))
        html_add(html, "cannot tell");
    else
        html_text(html, answer);
    html_add(html, "</b>");
}

static void add_item(struct html *html, const struct verdict_item *item)
{
    html_add(html, item->is_covered ? "<tr class=\"covered\"><td>" : "<tr><td>");
    html_text(html, item->question);
    add_answer(html, item->answer);
    if (item->is_decisive)
        html_add(html, " <span class=\"mark\">decisive</span>");
    html_add(html, "</td><td>");
    html_text(html, item->statement);
    if (item->is_covered) {
        html_add(html, " <span class=\"dim\">Not counted: <code>");
        html_text(html, item->covered_by);
        html_add(html, "</code> says the same more strongly.</span>");
    }
    html_records(html, item->events, item->event_count, item->event_count);
    html_add(html, "</td><td class=\"number\">");
    if (item->direction == VERDICT_MISSING)
        html_add(html, "<span class=\"dim\">unknown</span>");
    else
        html_hundredths(html, item->is_covered ? 0 : hundredths_of(item->weight), true);
    html_add(html, "</td><td class=\"bar\">");
    if (item->direction != VERDICT_MISSING && !item->is_covered)
        add_weight_bar(html, item->weight);
    html_add(html, "</td></tr>\n");
}

static void add_sum_row(struct html *html, const char *what, int64_t hundredths, const char *class)
{
    buf_print(html->out,
              "<tr class=\"%s\"><th scope=\"row\" colspan=\"2\">%s</th><td class=\"number\">",
              class, what);
    html_hundredths(html, hundredths, true);
    html_add(html, "</td><td class=\"bar\"></td></tr>\n");
}

static int64_t sum_of(const struct verdict_hypothesis *it, enum verdict_direction direction)
{
    int64_t sum = 0;
    for (size_t i = 0; i < it->item_count; i++)
        if (it->items[i].direction == direction && !it->items[i].is_covered)
            sum += hundredths_of(it->items[i].weight);
    return sum;
}

// The score is what the rows above it add up to, so that a reader can add it up.
static void add_sums(struct html *html, const struct verdict_hypothesis *it)
{
    int64_t prior = hundredths_of(it->prior), speaks_for = sum_of(it, VERDICT_FOR),
            against = sum_of(it, VERDICT_AGAINST);
    html_add(html, "</tbody>\n<tbody class=\"sums\">\n");
    add_sum_row(html, "Before any evidence (logarithm of the prior)", prior, "");
    add_sum_row(html, "Evidence for", speaks_for, "");
    add_sum_row(html, "Evidence against", against, "");
    add_sum_row(html, "Score", prior + speaks_for + against, "score");
    html_add(html, "</tbody>\n</table>\n<p class=\"note\">Probability ");
    buf_print(html->out, "%.4f", it->probability);
    html_add(html, ": e to the power of the score, divided by the sum of the same of all "
                   "hypotheses.</p>\n");
}

static void add_evidence(struct html *html, const struct verdict_hypothesis *it)
{
    static const char *const headings[] = {"Speaks for it", "Speaks against it",
                                           "Missing: could not be answered"};
    html_add(html, "<table class=\"evidence\">\n<caption class=\"hidden\">Evidence about: ");
    html_text(html, it->title);
    html_add(html, "</caption>\n<thead><tr><th scope=\"col\">Question and answer</th><th "
                   "scope=\"col\">What was seen</th><th scope=\"col\" class=\"number\">Weight</th>"
                   "<th scope=\"col\" class=\"bar\"><span class=\"hidden\">As a bar</span></th>"
                   "</tr></thead>\n<tbody>\n");
    for (size_t i = 0; i < it->item_count; i++) {
        if (is_other_direction(it, i))
            buf_print(html->out,
                      "<tr class=\"direction\"><th scope=\"rowgroup\" colspan=\"4\">%s</th></tr>\n",
                      headings[it->items[i].direction]);
        add_item(html, &it->items[i]);
        pen_rest(&html->pen);
    }
    add_sums(html, it);
}

// On paper the first few are open, and whatever is not out of the question.
#define PRINTED 3

static void add_hypothesis(struct html *html, const struct verdict_hypothesis *it, size_t place)
{
    buf_print(html->out, "<li><details class=\"hypothesis%s%s\"><summary>",
              place == 0 ? " leads" : "",
              place < PRINTED || it->probability >= 0.01 ? " print" : "");
    html_add(html, "<span class=\"name\">");
    html_text(html, it->title);
    if (it->is_benign)
        html_add(html, " <span class=\"mark\">benign</span>");
    html_add(html, "</span><svg class=\"probability\" viewBox=\"0 0 100 10\" "
                   "preserveAspectRatio=\"none\" aria-hidden=\"true\"><rect class=\"track\" "
                   "width=\"100\" height=\"10\"/>");
    buf_print(html->out, "<rect class=\"fill\" width=\"%.1f\" height=\"10\"/></svg>",
              it->probability * 100);
    html_add(html, "<span class=\"percent\">");
    html_percent(html, it->probability);
    buf_print(html->out, "</span><span class=\"word\">%s</span></summary>\n",
              html_verdict_word(it->word));
    add_evidence(html, it);
    html_add(html, "</details></li>\n");
}

void html_hypotheses(struct html *html, const struct html_case *its)
{
    const struct verdict *verdict = its->verdict;
    if (!verdict->hypothesis_count) {
        html_add(html, "<p>No hypothesis was weighed.</p>\n");
        return;
    }
    html_add(html,
             verdict->is_decided
                 ? "<p class=\"intro\">The stories that may explain what was seen. They "
                   "exclude each other, so their probabilities add up to one. Open one to see "
                   "what speaks for and against it and how it adds up.</p>\n"
                 : "<p class=\"intro\"><b>The evidence does not decide.</b> The first is no "
                   "more than the strongest lead. Open one to see what speaks for and against "
                   "it, what is missing, and how it adds up.</p>\n");
    html_add(html, "<ol class=\"hypotheses\">\n");
    for (size_t i = 0; i < verdict->hypothesis_count; i++)
        add_hypothesis(html, &verdict->hypotheses[i], i);
    html_add(html, "</ol>\n");
}
