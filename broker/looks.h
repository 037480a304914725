/*
 * Theme, language, direction and motion: what the settings say, and the desktop where they leave it
 * to it. Run by the broker.
 */
#ifndef BROKER_LOOKS_H
#define BROKER_LOOKS_H
#include "broker/desktop.h"
#include "broker/settings.h"
#include "broker/ui/model.h"

/* Writes theme, flags, language and sound into the model. `locale` is the environment's
 * (looks_locale). */
void looks_apply(struct ui_model *m, const struct settings *s, const struct desktop *d,
                 const char *locale);
/* LC_ALL, LC_MESSAGES or LANG, the first that says something; "" none. */
const char *looks_locale(void);

#endif
