// Values of logs as parts of commands: an attacker chose many of them, and an administrator will paste them.
// Whatever stands in them must stay one value to PowerShell, OData and URLs, or be refused.
// SPDX-License-Identifier: Apache-2.0
#ifndef STORMGLASS_HYPOTHESIS_QUOTE_H
#define STORMGLASS_HYPOTHESIS_QUOTE_H

#include "base/buf.h"

// Longer values were perhaps cut when they were read (ACTIVITY_TEXT_LIMIT), and nobody checks them by eye.
#define QUOTE_LIMIT ((size_t)256)

// Why a value must not be part of a command, in words that follow "it ": "holds control characters". NULL: it
// may. Refused are the empty value; control characters (C0, DEL, C1) and ends of line; characters that change
// the order of what is seen or are not seen at all (bidirectional marks, characters without width, tags);
// bytes that are no UTF-8, U+FFFD (which stands for bytes that were lost) and code points that are none
// (private, unassigned for ever); and more than QUOTE_LIMIT bytes.
const char *quote_refuses(struct str value);
// The same for a segment of a URL, in which "." and ".." are steps in a path, percent-encoded or not.
const char *quote_refuses_url(struct str value);

// Each writes one whole PowerShell expression, a string between single quotes in which nothing is expanded.
// Its quotes are doubled: ' and the four that PowerShell takes for it as well, U+2018 to U+201B.
// Source: about_Quoting_Rules; CharTraits of PowerShell's tokenizer (IsSingleQuote); the same as
// CodeGeneration.EscapeSingleQuotedStringContent. The value must not be refused.

// 'O''Brien'
void quote_literal(struct buf *out, struct str value);
// 'displayName eq ''O''''Brien''': an OData filter, in which quotes are doubled before PowerShell doubles them.
// `property` is letters, digits and slashes.
void quote_filter(struct buf *out, struct str property, struct str value);
// 'O%27Brien': all but RFC 3986's unreserved characters percent-encoded, for a segment of a Graph URL.
// Not for what quote_refuses_url refuses.
void quote_url(struct buf *out, struct str value);

// For a sentence or a comment of one line, any value: refused characters become <U+202E>, bytes that are no
// UTF-8 U+FFFD, and what is beyond QUOTE_LIMIT bytes an ellipsis.
void quote_plain(struct buf *out, struct str value);

#endif
