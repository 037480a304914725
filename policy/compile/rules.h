/*
 * The rules as read from policy/: what the parsers fill and the emitters write out. Everything is a
 * plain table; counts are bounded, and too many is a build error.
 */
#ifndef POLICY_COMPILE_RULES_H
#define POLICY_COMPILE_RULES_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define NAME_SIZE 48
#define TEXT_SIZE 256

enum field_kind {
    FIELD_U8,
    FIELD_U16,
    FIELD_U32,
    FIELD_U64,
    FIELD_I32,
    FIELD_FIXED,
    FIELD_BYTES,
    FIELD_SECRET,
    FIELD_TEXT,
    FIELD_LIST,
    FIELD_FD,
    FIELD_FDS
};

enum fd_kind { FD_SOCKET, FD_MEMORY, FD_FILE, FD_PROCESS, FD_STORED };

struct field {
    enum field_kind kind;
    char name[NAME_SIZE];
    int64_t min, max; /* value, length or count; fixed: both the length */
    int element;      /* list: index of its struct */
    enum fd_kind fd_kind;
    char text[TEXT_SIZE]; /* as written in the file */
    char comment[TEXT_SIZE];
};

/* A struct, or the body of a message. */
struct record {
    char name[NAME_SIZE]; /* as written */
    char lower[NAME_SIZE];
    struct field fields[24];
    int n_fields;
    int line;
};

struct message {
    struct record body;
    int channel;
    int from, to; /* ends, 0 or 1 */
    bool both;    /* both ends send and receive it */
    uint32_t states;
    bool any_state;
    char when[TEXT_SIZE], right[NAME_SIZE], why[TEXT_SIZE]; /* right "-": none */
};

struct channel {
    char name[NAME_SIZE], upper[NAME_SIZE];
    char ends[2][NAME_SIZE];
    char states[16][NAME_SIZE];
    int n_states;
    int line;
};

struct limit {
    char name[NAME_SIZE];
    int64_t value;
    char why[TEXT_SIZE];
};

struct action {
    char name[NAME_SIZE];
    uint32_t roles; /* bit per role */
    char why[TEXT_SIZE];
    int line;
};

struct audit_event {
    int number;
    char name[NAME_SIZE], severity[NAME_SIZE], fields[TEXT_SIZE], why[TEXT_SIZE];
};

struct seccomp_row {
    char policy[NAME_SIZE], call[NAME_SIZE], condition[1024], why[TEXT_SIZE];
};

struct x11_row {
    char list[NAME_SIZE], extension[NAME_SIZE], request[NAME_SIZE], opcode[NAME_SIZE],
        bytes[NAME_SIZE], checks[TEXT_SIZE], why[TEXT_SIZE];
};

struct rules {
    struct limit limits[240];
    int n_limits;
    char roles[8][NAME_SIZE];
    int n_roles;
    struct action actions[32];
    int n_actions;
    struct record structs[32];
    int n_structs;
    struct channel channels[32]; /* 0 is the pseudo channel "worker" */
    int n_channels;
    struct message messages[300];
    int n_messages;
    struct audit_event events[200];
    int n_events;
    struct seccomp_row seccomp[1200];
    int n_seccomp;
    struct x11_row x11[200];
    int n_x11;
    const char *hash;
};

/* Parsers: end the build on any error. Limits and roles come first, messages name them. */
void limits_parse(struct rules *r, const char *folder);
void roles_parse(struct rules *r, const char *folder);
void audit_parse(struct rules *r, const char *folder);
void messages_parse(struct rules *r, const char *folder);

const struct limit *limits_find(const struct rules *r, const char *name);
const struct action *roles_find_action(const struct rules *r, const char *name);

/* Emitters: write into the folder, leaving files alone whose content has not changed. */
void messages_emit(const struct rules *r, const char *folder);
void tables_emit(const struct rules *r, const char *folder);

/* Both: reads policy/seccomp, policy/x11; writes the compiled form; keeps rows for the tables. */
void seccomp_compile(struct rules *r, const char *policy, const char *folder);
void x11_compile(struct rules *r, const char *policy, const char *folder);

#endif
