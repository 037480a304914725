/* See chat.h. Runs in vitrine-seal; distrusts the member who signed it. */
#include "net/seal/chat.h"
#include "lib/text.h"
#include "policy/limits.h"

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
