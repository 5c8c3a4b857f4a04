// Identifiers of tokens and sessions: 16 bytes, from the texts that the logs have for them.
// SPDX-License-Identifier: Apache-2.0
#ifndef STORMGLASS_BASELINE_ISSUED_ID_H
#define STORMGLASS_BASELINE_ISSUED_ID_H

#include "base/str.h"

// A token's id is 16 bytes in the order of a GUID's text. Three texts stand for it: the 22 characters
// of UniqueTokenId / uniqueTokenIdentifier / SignInActivityId (base64url of the .NET little-endian
// GUID), the request id of the sign-in, and the Id of its record 15 in the unified audit log
// (Entra "linkable identifiers"; AzureAD/MSIdentityTools ConvertFrom-MsIdUniqueTokenIdentifier).
enum issued_id {
    ISSUED_ID_ABSENT, // empty, or the all-zero GUID, which stands for none
    ISSUED_ID_VALID,
    ISSUED_ID_MALFORMED, // a text that no sign-in service gives: not 22 characters of base64url, no
                         // GUID, or one that is not version 4, variant 1 (RFC 9562)
};
enum issued_id issued_token_parse(struct str text, uint8_t id[16]);   // 22 characters
enum issued_id issued_request_parse(struct str text, uint8_t id[16]); // a GUID's text
void issued_token_print(const uint8_t id[16], char text[23]);
void issued_request_print(const uint8_t id[16], char text[37]);

// A session's id: the bytes of a GUID of any version, or 128 bits of hash of any other text (exact
// bytes). Never malformed.
enum issued_id issued_session_parse(struct str text, uint8_t id[16]);

#endif
