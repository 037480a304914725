/* Lanes and their turns. Run by vitrine-relay. */
#include "net/relay/turns.h"
#include <stddef.h>

void turns_lane_init(struct turns_lane *l, struct turns *turns)
{
    *l = (struct turns_lane){.turns = turns};
}

static void link_lane(struct turns_lane *l)
{
    struct turns *t = l->turns;
    if (t == NULL)
        return;
    l->after = NULL;
    l->before = t->last;
    *(t->last != NULL ? &t->last->after : &t->first) = l;
    t->last = l;
}

static void unlink_lane(struct turns_lane *l)
{
    struct turns *t = l->turns;
    if (t == NULL)
        return;
    *(l->before != NULL ? &l->before->after : &t->first) = l->after;
    *(l->after != NULL ? &l->after->before : &t->last) = l->before;
    l->before = l->after = NULL;
}

void turns_lane_move(struct turns_lane *l, struct turns *to)
{
    if (l->turns == to)
        return;
    if (l->first != NULL)
        unlink_lane(l);
    l->turns = to;
    if (l->first != NULL)
        link_lane(l);
}

void turns_put(struct turns_lane *l, struct turns_place *p)
{
    if (p->lane != NULL)
        return;
    if (l->first == NULL)
        link_lane(l);
    p->lane = l;
    p->after = NULL;
    p->before = l->last;
    *(l->last != NULL ? &l->last->after : &l->first) = p;
    l->last = p;
}

void turns_leave(struct turns_place *p)
{
    struct turns_lane *l = p->lane;
    if (l == NULL)
        return;
    *(p->before != NULL ? &p->before->after : &l->first) = p->after;
    *(p->after != NULL ? &p->after->before : &l->last) = p->before;
    *p = (struct turns_place){0};
    if (l->first == NULL)
        unlink_lane(l);
}

struct turns_place *turns_take_from(struct turns_lane *l)
{
    struct turns_place *p = l->first;
    if (p != NULL)
        turns_leave(p);
    return p;
}

struct turns_place *turns_take(struct turns *t)
{
    struct turns_lane *l = t->first;
    struct turns_place *p;
    if (l == NULL)
        return NULL;
    p = turns_take_from(l);
    if (l->first != NULL) {
        unlink_lane(l);
        link_lane(l);
    }
    return p;
}

void turns_move(struct turns_place *p, struct turns_lane *to)
{
    if (p->lane == NULL)
        return;
    turns_leave(p);
    turns_put(to, p);
}

bool turns_is_idle(const struct turns *t)
{
    return t->first == NULL;
}
