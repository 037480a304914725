/*
 * The file of `vitrine relay --config F`, `key = value` as in keyfile.h:
 *
 *     numbers = 10-49               first two digits of the numbers this relay gives; default 10-99
 *     create_key = text             1 to 64 bytes; who begins a session has to know it; default
 * none proxy_from = 192.0.2.1 ...    addresses, at most RELAY_PROXIES, separated by spaces:
 * balancers that put a PROXY v2 head before every connection
 *
 * Anything else is refused with file and line.
 */
#ifndef BROKER_RELAY_CONF_H
#define BROKER_RELAY_CONF_H
#include "broker/keyfile.h"
#include "policy/limits.h"
#include <stdint.h>

struct relay_conf {
    unsigned low, high;
    char create_key[65];
    uint8_t proxies[RELAY_PROXIES][16]; /* IPv6, or IPv4 mapped into it */
    size_t n_proxies;
    unsigned seen; /* bits: keys that stood in the file */
};

void relay_conf_init(struct relay_conf *c); /* the defaults */
/* false: `error` says where and what. */
bool relay_conf_parse(struct relay_conf *c, const char *file, const char *text, size_t len,
                      char error[KEYFILE_ERROR]);
/* The same from a file; NULL: the defaults. */
bool relay_conf_read(struct relay_conf *c, const char *file, char error[KEYFILE_ERROR]);
void relay_conf_wipe(struct relay_conf *c);

#endif
