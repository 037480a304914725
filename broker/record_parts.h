/*
 * One line of the trail being put together: for the files record*.c only.
 */
#ifndef BROKER_RECORD_PARTS_H
#define BROKER_RECORD_PARTS_H
#include "ch_audit.h"

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

#endif
