/*
 * `vitrine identity`: the key that others know this user by, $XDG_CONFIG_HOME/vitrine/identity.pem.
 * Made and read by a vitrine-seal before its lock-down; the broker opens the file and sees a
 * fingerprint. After start_init. Both return an exit status, after one line on standard error where
 * it is not 0.
 */
#ifndef BROKER_IDENTITY_CMD_H
#define BROKER_IDENTITY_CMD_H
#include <stdbool.h>
#include <stdio.h>

/* Never over an old one: those who know it would be warned of an impostor. */
int identity_cmd_new(bool ed25519, FILE *out);
int identity_cmd_show(FILE *out);

#endif
