/* The X server as the place where actions go: XTEST through the gate. */
#ifndef INPUT_XTEST_H
#define INPUT_XTEST_H
#include "input/inject.h"

/* Connects over `fd` (takes ownership), asks for the keyboard map; map_changed comes with the first
   look that has it. false: i->failure and i->detail say why. */
bool xtest_open(struct inject *i, int fd, uint32_t root);

#endif
