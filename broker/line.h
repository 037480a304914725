/* The way to a session: whom the owner wants to reach or how others reach us, the embedded relay's
   sockets, dialling, and handing the line to net and seal. */
#ifndef BROKER_LINE_H
#define BROKER_LINE_H
#include "broker/invite.h"

struct app;

/* Before hosting: relay of the options or settings or our own, a password. 0, or -1: no random
 * bytes. */
int line_prepare_host(struct app *a);
/* Before joining. */
void line_use_invite(struct app *a, const struct invite *to);
void line_use_password(struct app *a, const struct password *p);
/* The relay for a number typed alone; false: none is set. */
bool line_default_relay(const struct app *a, struct relay_name *out);
/* May the session prepared last use its relay, or one of its own? The organisation's rules. */
bool line_permitted(const struct app *a);
/* Counts a password try of this client; false: five in the last minute already (e2e.md 6). */
bool line_may_try(struct app *a);
unsigned line_tries_left(const struct app *a);

/* The relay has proved itself under its PIN: next time it is asked for that one even where only its
   name is given. Settings are written. */
void line_remember_pin(struct app *a);

void line_serve(struct app *a);
void line_dial(struct app *a);
void line_open(struct app *a);
/* The same for a line that was lost: net comes back with its token, seal resumes. */
void line_reopen(struct app *a);
/* Four new words for our session, where it has a password; line_password_changed is for the moment
   they count. True: they do now. */
void line_new_password(struct app *a);
bool line_password_changed(struct app *a);
/* Our session's invitation and relay, once number, fingerprint and PIN are known. */
void line_invitation(struct app *a);
/* The session is over: what nobody can try again with is closed and wiped. */
void line_over(struct app *a);
/* Closes and wipes everything. */
void line_finish(struct app *a);

#endif
