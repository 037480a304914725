/*
 * How much the presenter may have under way: the relay reports what it has taken and how long
 * viewers wait (relay.md 6), and the window follows the median viewer. Run by vitrine-net; pure.
 *
 * The window is bytes of UNIT frames sent and not yet reported taken. It grows while it is what
 * limits us and the median viewer waits little; it halves when that viewer waits long. The worst
 * viewer does not count: the relay lets that one skip.
 */
#ifndef NET_WIRE_PACE_H
#define NET_WIRE_PACE_H
#include <stdbool.h>
#include <stdint.h>

struct pace {
    uint64_t sent, taken; /* bytes of UNIT frames, heads included */
    uint32_t window;
    bool was_full; /* since the last report */
};

void pace_init(struct pace *p);
/* May another screen unit go? Notes it when not. */
bool pace_allows(struct pace *p);
void pace_sent(struct pace *p, uint32_t bytes);
/* false: more was taken than sent, the relay is lying or broken. */
bool pace_report(struct pace *p, uint64_t taken, uint16_t median_ms);

#endif
