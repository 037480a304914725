/*
 * A file of this user's (broker/settings.h says where), replaced without waiting for the disk:
 * under a lock that all programs of this user take, the new one is written beside the old one,
 * brought onto the disk by the launcher, renamed, and the folder brought there too, with those
 * above it, any of which may be as new as the file. Nothing of it blocks the loop; whatever fails
 * or dies on the way leaves the old file as it was, or the new one as a whole. One struct for each
 * file, for as long as the program runs.
 */
#ifndef BROKER_STORE_H
#define BROKER_STORE_H
#include <stdbool.h>
#include <stdio.h>

struct launcher;
struct loop;

struct store_uses {
    const char *name; /* NAME.new and NAME.lock are beside it */
    /* Under the lock, before anything is written. false: nothing is to be, and `done` hears
       ECANCELED. NULL: always. */
    bool (*prepare)(void *ctx);
    void (*write)(const void *ctx, FILE *f);
    /* error 0: what `write` wrote last is on the disk, by that name. Otherwise errno: it may not
       be. While store_busy, it is not what was asked for last: that is still to come. */
    void (*done)(void *ctx, int error);
};

struct store {
    const struct store_uses *uses;
    struct loop *loop;
    struct launcher *launcher;
    void *ctx;
    int lock;         /* -1: not held */
    char folder[512]; /* on its way to the disk */
    unsigned tries;
    bool busy;
    bool again; /* asked for while it was busy */
};

void store_init(struct store *s, const struct store_uses *uses, struct loop *loop,
                struct launcher *launcher, void *ctx);
/* The file is to be as `write` says now. Where one is on its way already, this is done after it,
   once, however often it was asked for. `done` may be called before it returns. */
void store_start(struct store *s);
/* Somebody is still waited for: another program, or the disk. */
bool store_busy(const struct store *s);
/* Waits for nobody any more. Before launcher_finish. */
void store_finish(struct store *s);

#endif
