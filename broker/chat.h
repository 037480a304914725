/*
 * What was written in this session, for the window: in memory only, bounded, wiped at the end. Long
 * lines are kept in pieces that a row of the window can show whole. Pure.
 */
#ifndef BROKER_CHAT_H
#define BROKER_CHAT_H
#include "broker/ui/model.h"
#include "lib/pace.h"
#include "lib/span.h"

struct chat {
    struct ui_chat_line line[CHAT_LINES]; /* oldest first */
    unsigned n;
    uint32_t from;   /* how many were there before line[0] */
    uint32_t unread; /* lines of others since the window was last open */
    struct pace pace;
};

/* Somebody's line; the text was judged (lib/text.h). `missed` of theirs are lost before it. */
void chat_add(struct chat *c, const char *name, bool mine, uint32_t missed, struct span text);
/* May this person write one more now? */
bool chat_may_write(struct chat *c, uint64_t now_ms);
void chat_wipe(struct chat *c);

#endif
