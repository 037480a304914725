/*
 * What "Copy invitation" puts on the clipboard (ui.md 10): a sentence for whoever gets it, with
 * number and password, and the link on a line of its own. Run by the broker. Pure.
 */
#ifndef BROKER_INVITE_TEXT_H
#define BROKER_INVITE_TEXT_H
#include "broker/invite.h"

#define INVITE_TEXT_MAX (INVITE_MAX + MAX_PASSWORD + 320)

/* password "": there is none. link: as invite_format writes it. The caller wipes `out`. */
void invite_text(char out[INVITE_TEXT_MAX], unsigned language, const char *sid,
                 const char *password, const char *link);

#endif
