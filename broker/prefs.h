/*
 * The settings window and the password window: opened, judged, taken over. Run by the broker; what
 * was typed is the owner's own, and is checked like everything else.
 */
#ifndef BROKER_PREFS_H
#define BROKER_PREFS_H
#include <stdbool.h>

struct app;

/* Before anything is kept. */
void prefs_init(struct app *a);
/* The settings are to be in their file as they are now; where that cannot be, a line says why. */
void prefs_keep(struct app *a);
/* Opens the settings as they are. */
void prefs_open(struct app *a);
/* Save was pressed: what cannot be taken is marked and nothing changes, else it holds and is
   written; the owner is told once it is on the disk, or cannot be. */
void prefs_save(struct app *a);
/* Which password: for the session that is to begin (no session yet) or for the one that runs. */
void prefs_ask_password(struct app *a);
/* True: a session may begin now. False: the password has to be asked for first. */
bool prefs_password_known(const struct app *a);
/* The password window was answered. True: it was for a session that is to begin now. */
bool prefs_set_password(struct app *a, unsigned kind);
/* The waiting room of a new session: off only where the owner and the organisation say so. */
bool prefs_lobby(const struct app *a);
/* A name that could mislead others: "vitrine" or "you" in it, whatever it is written with. */
bool prefs_name_misleads(const char *name);

#endif
