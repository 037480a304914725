/* From effects of the heart to actions, in their order. Nothing here decides. */
#ifndef BROKER_EFFECTS_H
#define BROKER_EFFECTS_H
#include "broker/session.h"

struct app;

void effects_do(struct app *a, const struct session_effects *out);

#endif
