/* `vitrine policy show | check F | explain [ACTION | KEY]`. */
#ifndef BROKER_POLICY_CMD_H
#define BROKER_POLICY_CMD_H

struct options;

/* check judges a file by itself and among those installed, a folder as the whole that would be
   installed, and says which. explain without a word has every key. Exit status: 0; 2 no such action
   or key; 6 refused. */
int policy_cmd(const struct options *o);

#endif
