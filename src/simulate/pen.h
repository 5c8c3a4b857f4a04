// Writing JSON fast: each record is some hundred short pieces, and none of them needs printf.
// SPDX-License-Identifier: Apache-2.0
//
// MEMBER("Name") writes `,"Name":`; the first member of an object is written with PUT.
#ifndef STORMGLASS_SIMULATE_PEN_H
#define STORMGLASS_SIMULATE_PEN_H

#include "base/buf.h"
#include "base/instant.h"
#include "simulate/chance.h"

#define PUT(buf, literal) buf_add((buf), S(literal))
#define MEMBER(buf, name) buf_add((buf), S(",\"" name "\":"))
#define MEMBER_LITERAL(buf, name, literal) buf_add((buf), S(",\"" name "\":\"" literal "\""))
#define MEMBER_BARE(buf, name, literal) buf_add((buf), S(",\"" name "\":" literal))
#define MEMBER_TEXT(buf, name, text) (MEMBER(buf, name), buf_add_json((buf), (text)))
#define MEMBER_NUMBER(buf, name, number) (MEMBER(buf, name), put_number((buf), (number)))
#define MEMBER_BOOL(buf, name, value)                                                              \
    (MEMBER(buf, name), buf_add((buf), (value) ? S("true") : S("false")))
#define MEMBER_GUID(buf, name, guid) (MEMBER(buf, name), put_quoted_guid((buf), (guid)))
// UTC without Z, whole seconds: the audit log's CreationTime.
#define MEMBER_TIME(buf, name, instant) (MEMBER(buf, name), put_quoted_time((buf), (instant), 0))
// With `digits` of fraction (0, 3 or 7) and Z.
#define MEMBER_TIME_Z(buf, name, instant, digits)                                                  \
    (MEMBER(buf, name), put_quoted_time((buf), (instant), (digits) + 100))

void put_number(struct buf *buf, int64_t number);
void put_guid(struct buf *buf, const struct guid *guid);
void put_quoted_guid(struct buf *buf, const struct guid *guid);
// The unique token identifier that belongs to a sign-in request: 22 characters.
void put_token_id(struct buf *buf, const struct guid *request);
// YYYY-MM-DDThh:mm:ss; `shape` is digits of fraction (0, 3, 7), plus 100 for a Z behind it.
void put_time(struct buf *buf, int64_t instant, int shape);
void put_quoted_time(struct buf *buf, int64_t instant, int shape);
// `digits` upper-case hexadecimal digits.
void put_hex(struct buf *buf, uint64_t bits, int digits);
// {"Name":"..","Value":".."}, after a comma unless it stands behind a bracket.
void put_pair(struct buf *buf, struct str name, struct str value);

#endif
