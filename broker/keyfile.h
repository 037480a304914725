/*
 * Files of `key = value` lines: the organisation's policy and the user's settings. '#' at the
 * beginning of a line is a comment, empty lines are skipped, spaces around key and value do not
 * count. Everything else, a key twice, a byte outside UTF-8 or too long a line is refused with file
 * and line.
 */
#ifndef BROKER_KEYFILE_H
#define BROKER_KEYFILE_H
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#define KEYFILE_MAX 65536
#define KEYFILE_LINE 1024  /* longest line */
#define KEYFILE_ERROR 1024 /* longest line of explanation */

struct keyfile_line {
    const char *file;
    int line;
    const char *key, *value; /* valid during the call */
};

/* Called for each line in order. NULL, or what is wrong with it, in
   words (the string is copied). */
typedef const char *(*keyfile_fn)(void *ctx, const struct keyfile_line *line);

/* text: the whole file. false: `error` says FILE:LINE: KEY: what. */
bool keyfile_parse(const char *file, const char *text, size_t len, keyfile_fn take, void *ctx,
                   char error[KEYFILE_ERROR]);

enum keyfile_result { KEYFILE_READ, KEYFILE_MISSING, KEYFILE_REFUSED };

/* Whose a file has to be. */
enum keyfile_owner {
    KEYFILE_ANYBODY,
    KEYFILE_ROOT, /* root's, and writable by nobody else */
    KEYFILE_OURS  /* this user's, and readable and writable by nobody else */
};

/* Reads a file as a whole, at most KEYFILE_MAX bytes, without following a link at its end. *text is
   the caller's to free. */
enum keyfile_result keyfile_read(const char *file, enum keyfile_owner owner, char **text,
                                 size_t *len, char error[KEYFILE_ERROR]);
/* The same checks, for somebody else who reads it: a descriptor, or -1 with *result. */
int keyfile_open(const char *file, enum keyfile_owner owner, enum keyfile_result *result,
                 char error[KEYFILE_ERROR]);
/* Makes a file of this user's (mode 0600) and writes it; what was there by that name is removed.
   An open descriptor of it, or -1 with errno. Nothing says that it is on the disk: see store.h. */
int keyfile_write(const char *file, void (*write)(const void *ctx, FILE *f), const void *ctx);

#endif
