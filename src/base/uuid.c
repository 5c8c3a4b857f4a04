// UUIDs of version 5, with OpenSSL's SHA-1.
// SPDX-License-Identifier: Apache-2.0
#include "base/uuid.h"

#include <assert.h>
#include <openssl/evp.h>

#include "base/encode.h"

char *uuid_of_name(const uint8_t space[16], struct str name, char text[UUID_SIZE])
{
    uint8_t digest[EVP_MAX_MD_SIZE];
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    bool is_done = context && EVP_DigestInit_ex(context, EVP_sha1(), NULL) &&
                   EVP_DigestUpdate(context, space, 16) &&
                   EVP_DigestUpdate(context, name.at, name.len) &&
                   EVP_DigestFinal_ex(context, digest, NULL);
    EVP_MD_CTX_free(context);
    assert(is_done);
    digest[6] = (uint8_t)((digest[6] & 0x0f) | 0x50); // version
    digest[8] = (uint8_t)((digest[8] & 0x3f) | 0x80); // variant
    guid_print(digest, text);
    return text;
}
