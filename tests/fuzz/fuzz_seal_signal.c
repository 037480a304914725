/* Entrance: what a member signs for another, stream 5, and a line to everybody, stream 3. What is
   taken is built again byte for byte; a line has no byte that could steer anything. */
#include "net/seal/chat.h"
#include "net/seal/signal.h"
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void signals(struct span in)
{
    struct signal s, head;
    uint8_t again[SIGNAL_MAX];
    if (!signal_parse(in, &s))
        return;
    bool same = signal_peek(in, &head) && head.kind == s.kind && head.to == s.to;
    if (!same || signal_build(&s, again) != in.len || memcmp(again, in.data, in.len) != 0)
        abort();
}

static void lines(struct span in)
{
    struct pace pace = {0};
    if (chat_judge(&pace, in, 0) != E_NONE)
        return;
    for (size_t i = 0; i < in.len; i++)
        if (in.data[i] < 0x20 || in.data[i] == 0x7f)
            abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct span in = {data, size};
    signals(in);
    lines(in);
    return 0;
}
