/*
 * From what is so to what the windows show: fills the window model (broker/ui/model.h) from session
 * state, line and people, and turns what the owner pressed into events of the heart.
 */
#ifndef BROKER_FACTS_H
#define BROKER_FACTS_H
#include "broker/ui/model.h"
#include <stdint.h>

struct app;

/* Fills the model anew and lets the windows repaint what changed. */
void facts_update(struct app *a);
/* enum session_window */
void facts_show(struct app *a, uint8_t window);
/* Too many password tries in a minute: J-WAIT, without bothering anybody. */
void facts_show_wait(struct app *a);
/* enum session_toast */
void facts_toast(struct app *a, uint8_t toast, uint16_t mid);
/* Measures the running processes and shows the security status. */
void facts_doctor(struct app *a);
/* The same as text, for the clipboard. */
const char *facts_report(struct app *a);

#endif
