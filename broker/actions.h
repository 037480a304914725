/* What the owner's hand did, as the windows judged it: turned into events of the heart. Also what
   the windows want told to --events. */
#ifndef BROKER_ACTIONS_H
#define BROKER_ACTIONS_H

struct app;
struct windows_calls;

void actions_fill(struct app *a, struct windows_calls *calls);

#endif
