// Writes and widens the words of an error, cut at a whole UTF-8 character.
// SPDX-License-Identifier: Apache-2.0
#include "base/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

// A text that was cut may end inside a character: drops its first bytes.
static void drop_half_character(char *text)
{
    size_t len = strlen(text), start = len;
    if (len + 1 < ERROR_TEXT_SIZE)
        return;
    while (start > 0 && len - start < 3 && ((unsigned char)text[start - 1] & 0xc0) == 0x80)
        start--;
    if (start == 0)
        return;
    unsigned char lead = (unsigned char)text[start - 1];
    size_t wanted = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc0 ? 2 : 1;
    if (len - (start - 1) < wanted)
        text[start - 1] = 0;
}

static void append(char text[ERROR_TEXT_SIZE], size_t len, const char *rest)
{
    size_t room = ERROR_TEXT_SIZE - 1 - len, rest_len = strlen(rest);
    size_t taken = rest_len < room ? rest_len : room;
    memcpy(text + len, rest, taken);
    text[len + taken] = 0;
}

bool error_set(struct error *error, const char *format, ...)
{
    if (!error)
        return false;
    va_list arguments;
    va_start(arguments, format);
    char text[ERROR_TEXT_SIZE]; // the arguments may point into the old text
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    drop_half_character(text);
    memcpy(error->text, text, sizeof text);
    return false;
}

bool error_widen(struct error *error, const char *format, ...)
{
    if (!error)
        return false;
    va_list arguments;
    va_start(arguments, format);
    char text[ERROR_TEXT_SIZE];
    int prefix = vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    size_t len = prefix < 0 ? 0 : (size_t)prefix;
    if (len < sizeof text - 1)
        append(text, len, ": ");
    append(text, strlen(text), error->text);
    drop_half_character(text);
    memcpy(error->text, text, sizeof text);
    return false;
}
