/* See chat.h. Runs in vitrine-seal; distrusts the member who signed it. */
#include "net/seal/chat.h"
#include "lib/text.h"
#include "policy/limits.h"

/* A line that is gone is silent for 15 s at most before that is noticed (PROTOCOL.md 3, KEEP). */
#define UNSURE_MS 20000

bool chat_text_valid(struct span text)
{
    return text.len && text.len <= MAX_CHAT && text_valid(text.data, text.len);
}

bool chat_may_write(struct pace *p, uint64_t now_ms)
{
    return pace_take(p, CHAT_SEAL_BURST, CHAT_REFILL_MS, now_ms);
}

enum e2e_code chat_judge(struct pace *p, struct span text, uint64_t now_ms)
{
    if (!chat_text_valid(text))
        return E_PARSE;
    return pace_take(p, CHAT_HEARD_BURST, CHAT_REFILL_MS, now_ms) ? E_NONE : E_LIMIT;
}

bool chat_unsure(uint64_t *said_ms, uint64_t now_ms)
{
    bool unsure = *said_ms && now_ms < *said_ms + UNSURE_MS;
    *said_ms = 0;
    return unsure;
}
