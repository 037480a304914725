/*
 * "Removed" is said when it is true (e2e.md 8): a presenter that has not heard of the epoch without
 * that member still seals what it can open, until it says ACK or its lease is over. Runs in
 * vitrine-seal of the organizer.
 */
#include "net/seal/crypto.h"
#include "net/seal/kdf.h"
#include "net/seal/organizer_state.h"

/* One who is out, and of whom the broker has not heard yet. */
struct removed {
    struct removed *next;
    uint32_t epoch; /* the first without them; 0: being made */
    uint64_t since_ms;
    struct port_member member;
    uint8_t name[MAX_NAME], fp[IDENTITY_FP];
};

void removed_hold(struct organizer *o, const struct port_member *m)
{
    struct removed **slot = &o->removed;
    while (*slot)
        slot = &(*slot)->next;
    struct removed *r = *slot = crypto_zalloc(sizeof *r);
    r->since_ms = o->now_ms;
    r->member = *m;
    memcpy(r->name, m->name.data, m->name.len);
    memcpy(r->fp, m->fp, sizeof r->fp);
    r->member.name.data = r->name;
    r->member.fp = r->fp;
}

static uint64_t told_at(const struct organizer *o, const struct removed *r)
{
    const struct seat *presenter =
        seat_find((struct organizer *)(uintptr_t)o, group_presenter(o->group));
    bool knows = !presenter || presenter->acked >= r->epoch;
    return knows ? 0 : r->since_ms + LEASE_MS + 1;
}

void removed_tell(struct organizer *o)
{
    for (struct removed **slot = &o->removed, *r; (r = *slot);) {
        if (!r->epoch)
            r->epoch = group_now_epoch(o->group);
        if (o->now_ms < told_at(o, r)) {
            slot = &r->next;
            continue;
        }
        *slot = r->next;
        o->port->member(o->port->ctx, &r->member);
        crypto_release(r);
    }
}

void removed_end(struct organizer *o)
{
    for (const struct removed *r = o->removed; r; r = r->next)
        o->port->member(o->port->ctx, &r->member);
    removed_finish(o);
}

uint64_t removed_due(const struct organizer *o)
{
    uint64_t due = UINT64_MAX;
    for (const struct removed *r = o->removed; r; r = r->next)
        due = told_at(o, r) < due ? told_at(o, r) : due;
    return due;
}

void removed_finish(struct organizer *o)
{
    while (o->removed) {
        struct removed *next = o->removed->next;
        crypto_release(o->removed);
        o->removed = next;
    }
}
