// What the unified audit log's records have in common.
// SPDX-License-Identifier: Apache-2.0
#ifndef STORMGLASS_SIMULATE_RECORD_AUDIT_H
#define STORMGLASS_SIMULATE_RECORD_AUDIT_H

#include "simulate/pen.h"
#include "simulate/record.h"

// One record under way: its id as text, and what the gate wants to know.
struct audit {
    char id[37];
    struct emission emission;
};

enum user_type { USER_REGULAR = 0, USER_ADMIN = 2, USER_SYSTEM = 3, USER_APPLICATION = 5 };

struct audit_head {
    int64_t time;
    struct guid id;
    const char *operation, *workload, *result;
    int record_type;
    enum user_type user_type;
    struct str user, user_key;
};

// Opens the object with the members all records have, into the empty line.
struct buf *audit_open(struct world *world, struct audit *audit, const struct audit_head *head);
// Closes the object and sends the record.
void audit_close(struct world *world, struct audit *audit, const struct access *access);

// Key of a user as Exchange writes it: the PUID in 16 digits.
struct str exchange_key(const struct person *person, char text[17]);
// AppAccessContext, when there is a token or a session.
void put_app_access(struct buf *out, const struct access *access);
// Notes in the story who was here: user, address, session, token, application, agent.
void note_access(const struct access *access);
// Notes in the story whose mail was touched.
void note_mailbox(const struct access *access);
// AM0PR04MB4711 (15.20.9137.018), one of some dozen.
void put_server(struct buf *out, struct chance *chance, bool has_line_end);

#endif
