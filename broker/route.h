/*
 * From messages to events: the handlers of every channel the broker has. They copy facts the
 * windows show (names, numbers) and tell the heart; they decide nothing. A handler gets the struct
 * worker as its context.
 */
#ifndef BROKER_ROUTE_H
#define BROKER_ROUTE_H
#include "broker/workers.h"

struct app;

/* Whom a handler acts for. */
static inline struct app *route_app(void *ctx)
{
    return ((struct worker *)ctx)->ctx;
}

void route_open_ui(struct worker *w, int fd);
void route_open_audit(struct worker *w, int fd);
void route_open_dial(struct worker *w, int fd);
void route_open_net(struct worker *w, int fd);
void route_open_seal(struct worker *w, int fd);
void route_open_relay(struct worker *w, int fd);
void route_open_gate(struct worker *w, int fd);
void route_open_capture(struct worker *w, int fd);
void route_open_input(struct worker *w, int fd);
void route_open_view(struct worker *w, int fd);

#endif
