/*
 * The user's settings on their way into their file (store.h). Several programs of one user may run,
 * and each changes a few settings and meets a few relays: what is written is what the file says by
 * then, with what was changed here since it was read, so that nothing that another one has kept is
 * lost. A file that cannot be read any more is left as it is.
 */
#ifndef BROKER_SETTINGS_KEEP_H
#define BROKER_SETTINGS_KEEP_H
#include "broker/settings.h"
#include "broker/store.h"

struct settings_keep {
    struct store store;
    struct settings *ours;
    void (*told)(void *ctx, const char *error);
    void *ctx;
    struct settings base;      /* ours, as they were read or last written */
    struct settings taken;     /* ours, as they are being written */
    struct settings next;      /* the file, as it is being written */
    char error[KEYFILE_ERROR]; /* why nothing is */
};

/* `ours` are what the program goes by; keys of relays that others have met are added to them. told:
   NULL, they are on the disk; otherwise the line to print, and they are not. It is called once for
   all that was asked for meanwhile, and perhaps before settings_keep_start returns. */
void settings_keep_init(struct settings_keep *k, struct settings *ours, struct loop *loop,
                        struct launcher *launcher, void (*told)(void *ctx, const char *error),
                        void *ctx);
/* Ours are as the file says. */
void settings_keep_read(struct settings_keep *k);
/* The file is to say what ours do now. */
void settings_keep_start(struct settings_keep *k);
bool settings_keep_busy(const struct settings_keep *k);
/* Waits for nobody any more, and wipes. Before launcher_finish. */
void settings_keep_finish(struct settings_keep *k);

/* `file` with what is different in `ours` since `base`. No relay's key is removed by it: one that
   the file has not got is added, also an old one where there is room. */
void settings_merge(struct settings *file, const struct settings *base,
                    const struct settings *ours);

#endif
