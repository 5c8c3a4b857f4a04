// Base64 and UTF-16, for rules (base64offset, wide) and for inputs in UTF-16; UTF-8 checks; GUIDs.
// SPDX-License-Identifier: Apache-2.0
#ifndef STORMGLASS_BASE_ENCODE_H
#define STORMGLASS_BASE_ENCODE_H

#include "base/arena.h"
#include "base/buf.h"

// Standard base64 with padding.
struct str base64_encode(struct arena *arena, struct str bytes);
// Standard or URL alphabet, padding optional. False on any other byte; *out untouched.
bool base64_decode(struct arena *arena, struct str text, struct str *out);

// The base64 text that the bytes give when they stand at offset 0, 1 or 2 of a longer text, without
// the characters that depend on neighbours (Sigma modifier base64offset).
struct str base64_offset(struct arena *arena, struct str bytes, int offset);

// UTF-8 to UTF-16 bytes. Invalid sequences become U+FFFD.
struct str utf16_encode(struct arena *arena, struct str utf8, bool is_big_endian);

// Decodes UTF-16 as it streams: feed pieces of any length, surrogate pairs and odd bytes are carried.
struct utf16_decoder {
    bool is_big_endian;
    uint8_t odd; // a byte left over
    bool has_odd;
    uint16_t high;     // high surrogate left over, 0 none
    uint64_t replaced; // unpaired surrogates written as U+FFFD
};
void utf16_decode(struct utf16_decoder *decoder, struct str bytes, struct buf *out);
// At the end of input: writes U+FFFD for what was left over.
void utf16_decode_end(struct utf16_decoder *decoder, struct buf *out);

bool utf8_is_valid(struct str text);
// Length in bytes of the first character of a text that is not empty. When it is no valid UTF-8,
// *is_valid is false and the length is that of the maximal subpart, 1..3 bytes, for which one U+FFFD
// stands (Unicode, "U+FFFD Substitution of Maximal Subparts"; the same as WHATWG's decoder).
size_t utf8_step(struct str text, bool *is_valid);
// Copies with every invalid sequence (as cut by utf8_step) replaced by U+FFFD; gives how many were.
size_t utf8_repair(struct str text, struct buf *out);

// A GUID in text ("LqVz..." is not one): 8-4-4-4-12 hex digits, braces allowed, any case; 16 bytes in
// text order. False otherwise.
bool guid_parse(struct str text, uint8_t out[16]);
void guid_print(const uint8_t guid[16], char text[37]);

// Entra's uniqueTokenIdentifier (uti): 22 base64url characters of a 16-byte .NET (little-endian) GUID
// which is the sign-in's request id. Gives that GUID in text order; false when it is no such text.
// Source: AzureAD/MSIdentityTools ConvertFrom-MsIdUniqueTokenIdentifier.
bool uti_to_guid(struct str uti, uint8_t out[16]);
void guid_to_uti(const uint8_t guid[16], char text[23]);

#endif
