/*
 * Entrance: what another process puts on a channel; every end of every channel. Whatever is taken
 * must encode to the same bytes again: a message has one form only.
 *
 * Input: mode, side, state; then, mode even: number and kinds of descriptors, datagram as it is;
 * mode odd: row, size, seed of a valid message, then changes to it (two bytes place, one byte
 * value).
 */
#include "tests/unit/lib/build.h"
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct wire sent, echoed;

static void take_raw(const uint8_t *data, size_t size)
{
    size_t n = size > 0 ? data[0] % 8u : 0;
    sent.n_fds = sent.len = 0;
    for (size_t i = 0; i < n && i + 1 < size; i++)
        sent.fds[sent.n_fds++] = build_fd((enum schema_fd)(data[i + 1] % 5));
    if (size <= n + 1)
        return;
    sent.len = size - n - 1 > MAX_DATAGRAM ? MAX_DATAGRAM : size - n - 1;
    memcpy(sent.bytes, data + n + 1, sent.len);
}

static void build_changed(const struct schema_side *side, const uint8_t *data, size_t size)
{
    struct build_fault none = {.place = -1};
    sent.n_fds = sent.len = 0;
    if (size < 3 || side->n_rows == 0)
        return;
    uint64_t seed = data[2];
    build_message(&sent, side->rows[data[0] % side->n_rows].message, (enum build_size)(data[1] % 3),
                  &none, &seed);
    for (size_t i = 3; i + 2 < size; i += 3)
        sent.bytes[(size_t)(data[i] << 8 | data[i + 1]) % sent.len] = data[i + 2];
}

static void give(const struct schema_side *side, uint8_t state)
{
    int in[2], out[2];
    struct chan c, other;
    if (chan_pair(in) != 0 || chan_pair(out) != 0)
        abort();
    side->start(&c, in[0], &other, out[0]);
    c.state = state;
    if (wire_put(in[1], &sent) == 0 && sent.len > 0 && chan_receive(&c, 2) == CHAN_OK) {
        wire_take(out[1], &echoed);
        if (echoed.len != sent.len || memcmp(echoed.bytes, sent.bytes, sent.len) != 0 ||
            echoed.n_fds != sent.n_fds)
            abort();
        wire_finish(&echoed);
    }
    chan_finish(&c);
    chan_finish(&other);
    close(in[1]);
    close(out[1]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static int open_fds;
    if (size < 4)
        return 0;
    const struct schema_side *side = &schema_sides[data[1] % schema_n_sides];
    if (data[0] & 1)
        build_changed(side, data + 3, size - 3);
    else
        take_raw(data + 3, size - 3);
    give(side, data[2] % 8);
    static unsigned runs;
    if (++runs % 1000 == 0) { /* a leak shows soon enough, and counting is slow */
        int now = wire_open_fds();
        if (open_fds != 0 && now > open_fds + 8)
            abort();
        open_fds = open_fds == 0 ? now : open_fds;
    }
    return 0;
}
