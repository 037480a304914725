/* `vitrine policy show | check F | explain ACTION`. */
#ifndef BROKER_POLICY_CMD_H
#define BROKER_POLICY_CMD_H

struct options;

/* Exit status: 0; 2 unknown action; 6 the file is refused. */
int policy_cmd(const struct options *o);

#endif
