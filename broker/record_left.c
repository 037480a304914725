/* What is left out of the trail, counted: see record_left.h. Run by the broker. */
#include "broker/record_left.h"

/* wrong_password has bounds of its own (GUESS_REFILL_MS), and control_seen (HELD_HEARD_BURST). */
static const enum audit_event events[RECORD_LEFT_EVENTS] = {
    AUDIT_KNOCK,           AUDIT_REFUSE,        AUDIT_IDENTITY_REFUSED, AUDIT_MEMBER_FAULT,
    AUDIT_RELAY_INTRUSION, AUDIT_CONTROL_ASKED, AUDIT_CONTROL_REFUSED,
};

bool record_left_take(struct record_left *r, enum audit_event event, uint32_t kind, uint64_t now_ms)
{
    for (unsigned i = 0; i < RECORD_LEFT_EVENTS; i++) {
        if (events[i] != event)
            continue;
        struct record_left_kind *k =
            &r->kinds[i][kind < RECORD_LEFT_KINDS ? kind : RECORD_LEFT_KINDS - 1];
        bool may = pace_take(&k->pace, RECORD_AT_WILL, RECORD_AT_WILL_MS, now_ms);
        k->left += !may && k->left < UINT32_MAX;
        return may;
    }
    return true;
}

bool record_left_next(struct record_left *r, enum audit_event *event, uint32_t *kind,
                      uint32_t *lines)
{
    for (unsigned i = 0; i < RECORD_LEFT_EVENTS; i++)
        for (unsigned k = 0; k < RECORD_LEFT_KINDS; k++) {
            if (r->kinds[i][k].left == 0)
                continue;
            *event = events[i];
            *kind = k;
            *lines = r->kinds[i][k].left;
            r->kinds[i][k].left = 0;
            return true;
        }
    return false;
}
