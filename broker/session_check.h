/* What the files of invariants share; nobody else includes it. */
#ifndef BROKER_SESSION_CHECK_H
#define BROKER_SESSION_CHECK_H
#include "broker/session.h"

/* Starting or ready. */
bool check_lives(const struct session *s, enum session_worker w);
/* Index of the first such effect, -1 none; worker -1: of any. */
int check_place(const struct session_effects *out, enum session_effect_kind kind, int worker);
/* That event is the owner's yes to the prompt that is up. */
bool check_yes_said(const struct session *s, const struct session_event *ev);

const char *session_check_control(const struct session *s);
const char *session_check_control_step(const struct session *before, const struct session_event *ev,
                                       const struct session *after,
                                       const struct session_effects *out);

const char *session_check_roles(const struct session *s);
const char *session_check_admission(const struct session *s);
const char *session_check_roles_step(const struct session *before, const struct session_event *ev,
                                     const struct session *after,
                                     const struct session_effects *out);

#endif
