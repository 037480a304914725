/*
 * What members write to one another on stream 3 (PROTOCOL.md 13): one line of text, and no more of
 * them than people write. The content of a unit is the text, nothing else. Pure.
 */
#ifndef NET_SEAL_CHAT_H
#define NET_SEAL_CHAT_H
#include "lib/pace.h"
#include "lib/span.h"
#include "net/seal/code.h"

/* 1 to MAX_CHAT bytes of text as lib/text.h has it. */
bool chat_text_valid(struct span text);

/* One of our own; false: our broker wants more than anybody writes. */
bool chat_may_write(struct pace *p, uint64_t now_ms);

/* A line that somebody sent: E_PARSE, E_LIMIT (more than a person writes, whatever the line held
   back), E_NONE. */
enum e2e_code chat_judge(struct pace *p, struct span text, uint64_t now_ms);

/* There is no line any more: may our newest words, sealed at *said_ms (0 none), have gone with it?
   They are forgotten. */
bool chat_unsure(uint64_t *said_ms, uint64_t now_ms);

#endif
