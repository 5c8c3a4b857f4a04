// The small pieces of report.html: text, numbers, times, headings.
// SPDX-License-Identifier: Apache-2.0
#include <inttypes.h>
#include <math.h>

#include "base/figure.h"
#include "report/html.h"
#include "report/safe.h"

void html_add(struct html *html, const char *markup)
{
    buf_add(html->out, str_from(markup));
}

void html_text(struct html *html, struct str text)
{
    safe_html(html->out, text);
}

void html_long_text(struct html *html, struct str text)
{
    size_t from = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (!memchr("@/\\", text.at[i], 3) || i + 1 == text.len)
            continue;
        html_text(html, str_of(text.at + from, i + 1 - from));
        html_add(html, "<wbr>");
        from = i + 1;
    }
    html_text(html, str_of(text.at + from, text.len - from));
}

void html_number(struct html *html, uint64_t number)
{
    char text[FIGURE_SIZE];
    html_add(html, figure_number(number, text));
}

static void add_time(struct html *html, int64_t instant, bool has_seconds)
{
    char minute[FIGURE_SIZE], exact[INSTANT_SIZE];
    if (instant == INSTANT_NONE) {
        html_add(html, "unknown");
        return;
    }
    buf_print(html->out, "<time datetime=\"%s\">%s", instant_print(instant, exact),
              figure_minute(instant, minute));
    if (has_seconds)
        buf_print(html->out, ":%02d", instant_split(instant).second);
    html_add(html, "</time>");
}

void html_time(struct html *html, int64_t instant)
{
    add_time(html, instant, true);
}

void html_minute(struct html *html, int64_t instant)
{
    add_time(html, instant, false);
}

// Never "100 %", as in the sentences of a verdict: no sum of evidence is certainty.
void html_percent(struct html *html, double probability)
{
    if (probability < 0.01)
        html_add(html, "under 1 %");
    else
        buf_print(html->out, "%.0f %%", probability > 0.99 ? 99 : probability * 100);
}

int64_t hundredths_of(double number)
{
    return fabs(number) < 1e9 ? llround(number * 100) : 0;
}

void html_hundredths(struct html *html, int64_t hundredths, bool has_sign)
{
    uint64_t size = (uint64_t)(hundredths < 0 ? -hundredths : hundredths);
    buf_print(html->out, "%s%" PRIu64 ".%02u",
              hundredths < 0           ? "\xe2\x88\x92"
              : has_sign && hundredths ? "+"
                                       : "",
              size / 100, (unsigned)(size % 100));
}

void html_level(struct html *html, enum sigma_level level)
{
    const char *name = sigma_level_name(level);
    buf_print(html->out, "<span class=\"level %s\">%s</span>", name, name);
}

static void add_id(struct html *html, const struct html_case *its, const char *name)
{
    if (its)
        buf_print(html->out, "incident-%zu-%s", its->number, name);
    else
        html_add(html, name);
}

void html_part(struct html *html, const struct html_case *its, const char *name, const char *title)
{
    const char *heading = its ? "h3" : "h2";
    buf_print(html->out, "<section class=\"%s\" id=\"", its ? "part" : "chapter");
    add_id(html, its, name);
    html_add(html, "\" aria-labelledby=\"");
    add_id(html, its, name);
    buf_print(html->out, "-title\">\n<%s id=\"", heading);
    add_id(html, its, name);
    buf_print(html->out, "-title\">%s</%s>\n", title, heading);
}

void html_part_end(struct html *html)
{
    html_add(html, "</section>\n");
    pen_rest(&html->pen);
}

const char *html_plural(uint64_t number)
{
    return number == 1 ? "" : "s";
}

void html_records(struct html *html, const struct str *ids, size_t listed, uint64_t count)
{
    char number[FIGURE_SIZE];
    size_t shown = listed < HTML_RECORDS ? listed : HTML_RECORDS;
    if (count < listed)
        count = listed;
    if (count == 0)
        return;
    buf_print(html->out, "<details class=\"records\"><summary>%s record%s</summary><ul>",
              figure_number(count, number), html_plural(count));
    for (size_t i = 0; i < shown; i++) {
        html_add(html, "<li><code>");
        html_text(html, ids[i]);
        html_add(html, "</code></li>");
    }
    if (count > shown)
        buf_print(html->out, "<li>and %s more</li>", figure_number(count - shown, number));
    html_add(html, "</ul></details>");
}

const char *html_verdict_word(enum verdict_word word)
{
    static const char *const words[] = {"Likely", "Possible", "Unlikely", "Cannot tell"};
    return words[word];
}
