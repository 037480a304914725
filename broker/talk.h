/*
 * Writing to everybody in the session: from the field to seal, from seal to the window. What is
 * written goes into no file, no trail and no event.
 */
#ifndef BROKER_TALK_H
#define BROKER_TALK_H

struct app;
struct msg_seal_chatted;
struct msg_seal_chat_lost;

/* The owner opens the window; everything in it counts as read. */
void talk_open(struct app *a);
/* The owner pressed Send. */
void talk_send(struct app *a);
/* EF_CHAT: the line in the field goes to seal. */
void talk_write_now(struct app *a);
/* Into the model; called by facts_update. */
void talk_fill(struct app *a);
/* Messages of seal; 0, or -1: seal has broken its rules. */
int talk_on_chatted(struct app *a, const struct msg_seal_chatted *m);
int talk_on_lost(struct app *a, const struct msg_seal_chat_lost *m);

#endif
