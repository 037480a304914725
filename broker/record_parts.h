/*
 * One line of the trail being put together: for the files record*.c only.
 */
#ifndef BROKER_RECORD_PARTS_H
#define BROKER_RECORD_PARTS_H
#include "ch_audit.h"
#include "policy_tables.h"

struct app;

#define RECORD_TEXT 257

/* Up to 16 fields, their texts kept here. */
struct line {
    struct msg_audit_event m;
    char text[16][RECORD_TEXT];
};

void record_begin(struct line *l, uint16_t event);
void record_add(struct line *l, const char *name, const char *value);
void record_write(struct app *a, struct line *l);

/* May a line of that event be written? false: others have caused too many of that kind; it is
   counted, and told within RECORD_LEFT_MS. */
bool record_may(struct app *a, enum audit_event event, uint32_t kind);
/* What was left out so far, now. */
void record_tell_left(struct app *a);

#endif
