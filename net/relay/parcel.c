/* Shared frames and the bytes they hold. Run by vitrine-relay; lengths were bounded by frame_need.
 */
#include "net/relay/parcel.h"
#include "policy/limits.h"
#include <stdlib.h>

struct account *account_create(struct account *parent)
{
    struct account *a = calloc(1, sizeof *a);
    if (a == NULL)
        return NULL;
    a->refs = 1;
    a->parent = parent;
    if (parent != NULL)
        parent->refs++;
    return a;
}

void account_release(struct account *a)
{
    while (a != NULL && --a->refs == 0) {
        struct account *parent = a->parent;
        free(a);
        a = parent;
    }
}

static void hold_more(struct account *a, size_t bytes)
{
    for (; a != NULL; a = a->parent)
        a->held += bytes;
}

static void hold_less(struct account *a, size_t bytes)
{
    for (; a != NULL; a = a->parent)
        a->held -= bytes;
}

static void count(struct parcel *p, struct account *a)
{
    a->refs++;
    p->account = a;
    hold_more(a, p->len + RELAY_FRAME_COST);
}

static void uncount(struct parcel *p)
{
    hold_less(p->account, p->len + RELAY_FRAME_COST);
    account_release(p->account);
    p->account = NULL;
}

struct parcel *parcel_create(struct account *account, size_t len)
{
    struct parcel *p = malloc(sizeof *p + len);
    if (p == NULL)
        return NULL;
    *p = (struct parcel){.refs = 1, .len = (uint32_t)len};
    count(p, account);
    return p;
}

struct parcel *parcel_hold(struct parcel *p)
{
    p->refs++;
    return p;
}

struct parcel *parcel_enter(struct parcel *p)
{
    hold_more(p->account, RELAY_FRAME_COST);
    return parcel_hold(p);
}

void parcel_take_out(struct parcel *p)
{
    hold_less(p->account, RELAY_FRAME_COST);
}

void parcel_release(struct parcel *p)
{
    if (p == NULL || --p->refs > 0)
        return;
    uncount(p);
    free(p);
}

void parcel_move(struct parcel *p, struct account *to)
{
    if (p->account == to)
        return;
    uncount(p);
    count(p, to);
}
