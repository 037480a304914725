/* What the emitters of message code share. */
#ifndef POLICY_COMPILE_MESSAGES_H
#define POLICY_COMPILE_MESSAGES_H
#include "policy/compile/rules.h"

/* The states in which end `end` of channel `channel` takes message m; 0: never. This is where READY
   and FAILED become part of every channel of the broker. */
uint32_t message_states_at(const struct rules *r, const struct message *m, int channel, int end);

void headers_emit(const struct rules *r, const char *folder);
void schema_emit(const struct rules *r, const char *folder);

#endif
