/* Connections that wait to be read. Run by vitrine-relay. */
#include "net/relay/ready.h"
#include "net/relay/conn.h"

void ready_put(struct ready *list, struct conn *c)
{
    if (c->is_ready)
        return;
    c->is_ready = true;
    c->next_ready = NULL;
    *(list->first != NULL ? &list->last->next_ready : &list->first) = c;
    list->last = c;
}

struct conn *ready_take(struct ready *list)
{
    struct conn *c = list->first;
    if (c == NULL)
        return NULL;
    list->first = c->next_ready;
    c->is_ready = false;
    return c;
}

void ready_move(struct ready *to, struct ready *from)
{
    if (from->first == NULL)
        return;
    *(to->first != NULL ? &to->last->next_ready : &to->first) = from->first;
    to->last = from->last;
    *from = (struct ready){0};
}

void ready_forget(struct ready *list, const struct conn *c)
{
    struct ready kept = {0};
    struct conn *i;
    while ((i = ready_take(list)) != NULL)
        if (i != c)
            ready_put(&kept, i);
    *list = kept;
}
