/* `vitrine stop`: ends remote control and sharing of this user's sessions, from a shell or a
 * desktop shortcut. */
#ifndef BROKER_STOP_CMD_H
#define BROKER_STOP_CMD_H

struct options;

/* SIGUSR1 to every vitrine of this user. 0, also when there is none. */
int stop_cmd(const struct options *o);

#endif
