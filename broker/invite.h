/*
 * Names of relays and sessions as people give them: RELAY = HOST[:PORT][/PIN], a session number,
 * and the invitation that has both (e2e.md 4). Strict: what is not exactly of the form is refused,
 * so that opening a link can fill in the join form and nothing else. The same texts written back
 * are in one canonical form.
 */
#ifndef BROKER_INVITE_H
#define BROKER_INVITE_H
#include "broker/words.h"
#include <stdint.h>

#define INVITE_SID 10    /* nine digits, terminated */
#define INVITE_MAX 640   /* longest invitation, terminated */
#define INVITE_RELAY 300 /* longest RELAY, terminated */

struct relay_name {
    char host[MAX_HOST + 1]; /* lower case; an IPv6 address without its brackets */
    uint16_t port;
    bool has_pin;
    uint8_t pin[16];
};

struct invite {
    struct relay_name relay; /* with the PIN of the invitation */
    char sid[INVITE_SID];
    bool has_password, has_fp;
    struct password password;
    uint8_t fp[16];
};

/* HOST[:PORT][/PIN]; HOST is a DNS name, an IPv4 address or [an IPv6 address]. Without a port:
 * RELAY_PORT. */
bool invite_parse_relay(const char *text, struct relay_name *out);
/* HOST[:PORT] to listen on: port 0 is any free one. */
bool invite_parse_listen(const char *text, struct relay_name *out);
/* Nine digits, the first not 0, with single spaces or hyphens between them. */
bool invite_parse_number(const char *text, char sid[INVITE_SID]);
/* vitrine://HOST[:PORT]/NUMBER#v1.PASSWORD.FP.PIN */
bool invite_parse(const char *text, struct invite *out);
/* What of it is not of that form, in a few words that hold nothing of it; NULL: it is. */
const char *invite_wrong(const char *text);

/* Without a port where it is the usual one. */
void invite_format_relay(const struct relay_name *relay, char out[INVITE_RELAY]);
void invite_format(const struct invite *invite, char out[INVITE_MAX]);

void invite_wipe(struct invite *invite);

#endif
