// Placeholders in the texts and commands of remediation steps: found, and checked when a step is read.
// SPDX-License-Identifier: Apache-2.0
#include "hypothesis/remedy_book.h"

#include "base/nearest.h"

// ---- finding them -----------------------------------------------------------------------------

static bool is_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
}

static bool is_property(char c)
{
    return is_word(c) || (c >= 'A' && c <= 'Z') || c == '/';
}

// "name}", "name:url}" or "name:filter=property}" at the start of the text: its length, or 0.
static size_t placeholder_at(struct str text, struct remedy_piece *out)
{
    size_t at = 0;
    while (at < text.len && is_word(text.at[at]))
        at++;
    if (at == 0 || at == text.len)
        return 0;
    out->name = str_of(text.at, at);
    out->form = REMEDY_VALUE;
    out->property = S("");
    struct str rest = str_of(text.at + at, text.len - at);
    if (str_starts(rest, S(":url"))) {
        out->form = REMEDY_URL;
        at += 4;
    } else if (str_starts(rest, S(":filter="))) {
        out->form = REMEDY_FILTER;
        at += 8;
        size_t from = at;
        while (at < text.len && is_property(text.at[at]))
            at++;
        out->property = str_of(text.at + from, at - from);
        if (at == from)
            return 0;
    }
    return at < text.len && text.at[at] == '}' ? at + 1 : 0;
}

bool remedy_piece_next(struct str *text, struct remedy_piece *out)
{
    if (!text->at)
        return false;
    *out = (struct remedy_piece){.before = *text, .name = S(""), .property = S("")};
    for (size_t i = 0; i < text->len; i++) {
        struct str rest = str_of(text->at + i + 1, text->len - i - 1);
        size_t len = text->at[i] == '{' ? placeholder_at(rest, out) : 0;
        if (!len)
            continue;
        out->before = str_of(text->at, i);
        out->at = text->at + i;
        *text = str_of(rest.at + len, rest.len - len);
        return true;
    }
    out->name = S("");
    *text = str_of(NULL, 0);
    return true;
}

bool remedy_general_find(struct str name, enum remedy_general *out, int *days)
{
    static const char *const names[] = {[REMEDY_TARGETS] = "targets",
                                        [REMEDY_COUNT] = "count",
                                        [REMEDY_FROM] = "from",
                                        [REMEDY_TO] = "to"};
    static const int spans[] = {7, 30, 180, 365};
    int64_t number;
    for (int i = 0; i < REMEDY_EXPIRES; i++)
        if (str_is(name, names[i])) {
            *out = (enum remedy_general)i;
            return true;
        }
    if (!str_starts(name, S("expires_")) ||
        !str_to_int64(str_of(name.at + 8, name.len - 8), &number))
        return false;
    for (size_t i = 0; i < sizeof spans / sizeof spans[0]; i++)
        if (number == spans[i]) {
            *out = REMEDY_EXPIRES;
            *days = spans[i];
            return true;
        }
    return false;
}

// ---- checking them ----------------------------------------------------------------------------

static bool is_field(struct str name, enum remedy_kind kind)
{
    for (int i = 0; i < REMEDY_FIELDS; i++)
        if (name.len && str_is(name, remedy_kinds[kind].fields[i]))
            return true;
    return false;
}

static bool fail_unknown(struct str name, enum remedy_kind kind, bool is_command,
                         struct error *error)
{
    const char *known[REMEDY_FIELDS + 8] = {"count",      "from",        "to",          "expires_7",
                                            "expires_30", "expires_180", "expires_365", "targets"};
    size_t count = is_command ? 7 : 8;
    for (int i = 0; i < REMEDY_FIELDS; i++)
        if (remedy_kinds[kind].fields[i][0])
            known[count++] = remedy_kinds[kind].fields[i];
    const char *near = nearest_word(name, known, count);
    if (near)
        return error_set(error, "unknown placeholder {%.*s}; did you mean {%s}?", (int)name.len,
                         name.at, near);
    return error_set(error,
                     "unknown placeholder {%.*s}; docs/remediation.md lists those of a step for %s",
                     name.len < 60 ? (int)name.len : 60, name.at, remedy_kinds[kind].name);
}

static bool check_piece(const struct remedy_piece *piece, enum remedy_kind kind, bool is_command,
                        struct error *error)
{
    enum remedy_general general;
    int days;
    bool is_general = remedy_general_find(piece->name, &general, &days);
    if (!(is_general && !(is_command && general == REMEDY_TARGETS)) &&
        !(is_command && is_field(piece->name, kind)))
        return is_general || is_field(piece->name, kind)
                   ? error_set(error, "{%.*s} cannot stand here; %s", (int)piece->name.len,
                               piece->name.at,
                               is_command ? "a command names one at a time: use the field's name"
                                          : "a text is about all of them: write {targets}")
                   : fail_unknown(piece->name, kind, is_command, error);
    if (piece->form != REMEDY_VALUE && (is_general || !is_command))
        return error_set(error, "{%.*s} has no other form; leave out what follows its name",
                         (int)piece->name.len, piece->name.at);
    return true;
}

// PowerShell's state while a command is read from left to right.
struct shell {
    char quote;      // ' or " while within one
    bool is_comment; // to the end of the line
    int depth;       // of brackets
    char last;
};

static bool is_blank(char c)
{
    return c == 0 || c == ' ' || c == '\n' || c == ';' || c == '(' || c == '{' || c == '|';
}

// Reads a part of a command that has no placeholder. False, with what is wrong.
static bool shell_read(struct shell *shell, struct str part, struct error *error)
{
    for (size_t i = 0; i < part.len; i++) {
        char c = part.at[i], before = shell->last;
        shell->last = c;
        if (shell->is_comment) {
            shell->is_comment = c != '\n';
        } else if ((uint8_t)c >= 0x80) {
            return error_set(error, "a command holds ASCII only, PowerShell takes curly quotes and "
                                    "dashes for others; write plain ones");
        } else if (c == '`') {
            return error_set(error, "a command does without `; write the line in one");
        } else if (shell->quote) {
            if (c == shell->quote)
                shell->quote = 0;
        } else if ((c == '\'' || c == '"') && before == '@') {
            return error_set(error, "a command does without here-strings; write '...'");
        } else if (c == '\'' || c == '"') {
            shell->quote = c;
        } else if (c == '#') {
            if (before == '<')
                return error_set(error, "a command does without <# #>; begin each line with #");
            shell->is_comment = is_blank(before);
        } else if (c == '(' || c == '{' || c == '[') {
            shell->depth++;
        } else if (c == ')' || c == '}' || c == ']') {
            shell->depth--;
        }
    }
    return true;
}

static int lines_of(struct str text)
{
    int lines = 0;
    for (size_t i = 0; i < text.len; i++)
        lines += text.at[i] == '\n';
    return lines;
}

bool remedy_text_check(struct str text, enum remedy_kind kind, bool is_command, int *line,
                       struct error *error)
{
    struct remedy_piece piece;
    struct shell shell = {0};
    *line = 0;
    while (remedy_piece_next(&text, &piece)) {
        if (is_command && !shell_read(&shell, piece.before, error))
            return false;
        *line += lines_of(piece.before);
        if (piece.name.len && !check_piece(&piece, kind, is_command, error))
            return false;
        if (piece.name.len && shell.quote)
            return error_set(error,
                             "{%.*s} stands within quotes; it brings its own, leave them out",
                             (int)piece.name.len, piece.name.at);
        if (piece.name.len && (shell.last == '$' || shell.last == '@'))
            return error_set(error, "{%.*s} stands behind %c; a placeholder is a whole value",
                             (int)piece.name.len, piece.name.at, shell.last);
        shell.last = piece.name.len ? '}' : shell.last;
    }
    if (shell.quote)
        return error_set(error, "a quote is not closed; close it");
    return shell.depth ? error_set(error, "brackets are not closed; close them") : true;
}
