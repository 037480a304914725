/*
 * From what is so to what the windows show: fills the window model (broker/ui/model.h) from session
 * state, line and people, and turns what the owner pressed into events of the heart.
 */
#ifndef BROKER_FACTS_H
#define BROKER_FACTS_H
#include "broker/ui/model.h"
#include <stdint.h>

struct app;

/* A session begins: nothing that was learnt of the last one is said or shown of this one. */
void facts_forget(struct app *a);
/* Fills the model anew and lets the windows repaint what changed. */
void facts_update(struct app *a);
/* enum session_window */
void facts_show(struct app *a, uint8_t window);
/* An enum session_fault that is known without trying: J-WAIT after too many tries, POLICY. */
void facts_show_fault(struct app *a, uint8_t fault);
/* Two versions that do not fit, for the window that says so and the line behind it. */
void facts_versions(struct app *a, enum ui_versions what, uint16_t here, uint16_t there);
/* Its window is closed in the middle of a session: what was there before is there again. False:
   there is no session. */
bool facts_error_over(struct app *a);
/* enum session_toast */
void facts_toast(struct app *a, uint8_t toast, uint16_t mid);
/* Measures the running processes and shows the security status. */
void facts_doctor(struct app *a);
/* The same as text, for the clipboard. */
const char *facts_report(struct app *a);

/* Who a prompt is about, by name; "" where it is about nobody. */
const char *facts_asked_about(struct app *a, uint8_t prompt, uint32_t person);
/* The words that are to be compared, and whether they were. Call before that prompt is made. */
void facts_words(struct app *a, uint8_t prompt, uint32_t person);

#endif
