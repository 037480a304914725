/*
 * The broker's own confinement, and whether this machine can confine anything at all. Order in
 * main: start_init, protect_possible, launcher_fork, what needs the network, protect_broker, the
 * rest before anything secret or foreign is read.
 */
#ifndef BROKER_PROTECT_H
#define BROKER_PROTECT_H
#include <stdbool.h>

/* False where the kernel has no seccomp filters with process kill, or does not count them
   (before 5.9): then nothing may be started, exit 5; *why says it in one line for the user. */
bool protect_possible(const char **why);
/* Non-dumpable, no core, no_new_privs, and the filter of policy/seccomp/broker.policy, which every
   later child inherits. 0, or -1 with errno: fatal. */
int protect_broker(void);

#endif
