/* The kill switch in this program: what the watcher says becomes an event of the heart. */
#ifndef BROKER_KILL_H
#define BROKER_KILL_H

struct app;

/* Begins to listen to the watcher (hotkey_fork has made it). 0 or -1. */
int kill_attach(struct app *a);

#endif
