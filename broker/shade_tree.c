/*
 * The windows of the screen as far as it matters what must be hidden: see shade.h. Pure; part of
 * broker/shade.c. Whatever makes a window's place or verdict another goes through `before` and
 * `after`, so that nothing that was seen since the last answer is forgotten.
 */
#include "broker/shade.h"
#include <string.h>

void tree_init(struct shade_tree *t, uint32_t root)
{
    memset(t, 0, sizeof *t);
    t->root = root;
    t->unsure = true;
}

/* At most as wide as a message takes: what is beyond that from the left edge of all screens lies
   beyond their right one. */
static int extent(int from, int to)
{
    return to - from > 65535 ? 65535 : to - from;
}

static struct ui_rect both(struct ui_rect a, struct ui_rect b)
{
    int x = a.x < b.x ? a.x : b.x, y = a.y < b.y ? a.y : b.y;
    int right = a.x + a.w > b.x + b.w ? a.x + a.w : b.x + b.w;
    int below = a.y + a.h > b.y + b.h ? a.y + a.h : b.y + b.h;
    return (struct ui_rect){x, y, extent(x, right), extent(y, below)};
}

static void add_place(struct ui_rect *list, unsigned *n, unsigned most, struct ui_rect r)
{
    for (unsigned i = 0; i < *n; i++)
        if (memcmp(&list[i], &r, sizeof r) == 0)
            return;
    if (*n == most)
        list[most - 1] = both(list[most - 1], r);
    else
        list[(*n)++] = r;
}

/* --- looking up --- */

struct shade_top *tree_top(struct shade_tree *t, uint32_t id)
{
    for (unsigned i = 0; i < t->n_tops; i++)
        if (t->top[i].id == id)
            return &t->top[i];
    return NULL;
}

struct shade_node *tree_node(struct shade_tree *t, uint32_t id)
{
    for (unsigned i = 0; i < t->n_nodes; i++)
        if (t->node[i].id == id)
            return &t->node[i];
    return NULL;
}

static const struct shade_top *top_of(const struct shade_tree *t, uint32_t window)
{
    for (unsigned i = 0; i < t->n_nodes; i++)
        if (t->node[i].id == window)
            return tree_top((struct shade_tree *)(uintptr_t)t, t->node[i].top);
    return NULL;
}

static bool is_hidden(const struct shade_top *top)
{
    return top->listed > 0 || top->overfull;
}

static bool is_known(const struct shade_top *top)
{
    return top->unknown == 0 && top->place_known && top->map_known;
}

/* Known or not, of what can be seen. */
static bool is_unsure(const struct shade_top *top)
{
    return (top->mapped || !top->map_known) && !is_known(top);
}

/* --- what was seen --- */

static void before(struct shade_tree *t, const struct shade_top *top)
{
    if (top->mapped && is_hidden(top))
        add_place(t->past, &t->n_past, SHADE_PAST, top->place);
}

static void after(struct shade_tree *t, struct shade_top *top)
{
    top->shown = top->shown || (top->mapped && top->unknown == 0 && !is_hidden(top));
    if (is_unsure(top) && (t->target == 0 || top == top_of(t, t->target)))
        t->unsure = true;
}

static void count(struct shade_tree *t, struct shade_top *top, const struct shade_node *n, int by)
{
    top->unknown = (uint16_t)(top->unknown + (n->state != SHADE_KNOWN ? by : 0));
    t->n_unknown += n->state != SHADE_KNOWN ? (unsigned)by : 0;
    top->listed = (uint16_t)(top->listed + (n->listed ? by : 0));
    top->own = (uint16_t)(top->own + (n->own ? by : 0));
}

/* --- windows come and go --- */

static void drop_node(struct shade_tree *t, struct shade_top *top, struct shade_node *n)
{
    count(t, top, n, -1);
    t->n_to_ask -= n->state == SHADE_TO_ASK;
    *n = t->node[--t->n_nodes];
}

static void drop_nodes(struct shade_tree *t, struct shade_top *top)
{
    for (unsigned i = t->n_nodes; i-- > 0;)
        if (t->node[i].top == top->id)
            drop_node(t, top, &t->node[i]);
}

/* All that was inside of a window that has gone: its children, theirs, and so on. One look at the
   list for each window dropped: who closes a deep tree of them from its leaves up, as the server
   tells it, costs no more. */
static void drop_inside(struct shade_tree *t, struct shade_top *top, uint32_t gone)
{
    uint32_t parent[SHADE_NODES + 1] = {gone};
    for (unsigned n = 1, at = 0; at < n; at++)
        for (unsigned i = t->n_nodes; i-- > 0;) {
            if (t->node[i].parent != parent[at])
                continue;
            parent[n++] = t->node[i].id;
            drop_node(t, top, &t->node[i]);
        }
}

static void add_node(struct shade_tree *t, struct shade_top *top, uint32_t id, uint32_t parent,
                     bool own)
{
    struct shade_node n = {.id = id, .top = top->id, .parent = parent, .own = own};
    n.state = own ? SHADE_KNOWN : SHADE_TO_ASK;
    n.born = ++t->births;
    if (t->n_nodes == SHADE_NODES) {
        top->overfull = true;
        return;
    }
    t->node[t->n_nodes++] = n;
    t->n_to_ask += !own;
    count(t, top, &n, 1);
}

/* The root is in nothing, whatever a server says. */
static bool can_be_inside(const struct shade_tree *t, uint32_t id)
{
    return id != 0 && id != t->root;
}

struct shade_top *tree_add_top(struct shade_tree *t, uint32_t id)
{
    if (!can_be_inside(t, id))
        return NULL;
    tree_remove(t, id);
    if (t->n_tops == SHADE_TOPS) {
        t->overfull = true;
        return NULL;
    }
    struct shade_top *top = &t->top[t->n_tops++];
    *top = (struct shade_top){.id = id};
    add_node(t, top, id, t->root, false);
    return top;
}

bool tree_add_inside(struct shade_tree *t, uint32_t id, uint32_t parent, bool own)
{
    const struct shade_node *p = tree_node(t, parent), *n = tree_node(t, id);
    uint32_t in = p ? p->top : 0;
    if (!p || (n && n->parent == parent) || !can_be_inside(t, id))
        return true;
    tree_remove(t, id);
    struct shade_top *top = tree_top(t, in);
    if (!top || !tree_node(t, parent)) /* it was inside of this one, whatever a server says */
        return true;
    before(t, top);
    add_node(t, top, id, parent, own);
    after(t, top);
    return !top->overfull;
}

void tree_remove(struct shade_tree *t, uint32_t id)
{
    struct shade_node *n = tree_node(t, id);
    struct shade_top *top = n ? tree_top(t, n->top) : tree_top(t, id);
    if (!top)
        return;
    before(t, top);
    if (top->id == id) {
        drop_nodes(t, top);
        *top = t->top[--t->n_tops];
        return;
    }
    drop_node(t, top, n);
    drop_inside(t, top, id);
    after(t, top);
}

void tree_move(struct shade_tree *t, uint32_t id, uint32_t parent, bool own)
{
    struct shade_node *n = tree_node(t, id);
    uint32_t born = n ? n->born : 0;
    if (n && n->parent == parent)
        return;
    tree_remove(t, id);
    struct shade_top *top = parent == t->root && !own ? tree_add_top(t, id) : NULL;
    if (top)
        tree_map(t, top, false); /* to be asked: it may be seen at once */
    else
        tree_add_inside(t, id, parent, own);
    n = tree_node(t, id);
    if (n && born)
        n->born = born;
}

/* --- what is told of them --- */

void tree_place(struct shade_tree *t, struct shade_top *top, struct ui_rect place)
{
    before(t, top);
    top->place = place;
}

void tree_map(struct shade_tree *t, struct shade_top *top, bool mapped)
{
    before(t, top);
    top->mapped = mapped;
    after(t, top);
}

static void set_state(struct shade_tree *t, struct shade_node *n, uint8_t state, bool listed)
{
    struct shade_top *top = tree_top(t, n->top);
    bool was = is_hidden(top);
    before(t, top);
    count(t, top, n, -1);
    t->n_to_ask += state == SHADE_TO_ASK;
    t->n_to_ask -= n->state == SHADE_TO_ASK;
    n->state = state;
    n->listed = listed;
    count(t, top, n, 1);
    /* One that was never shown, as a menu of a listed program, leaves nothing to be forgotten. */
    bool hides = top->shown && !was && is_hidden(top), shows = was && !is_hidden(top);
    after(t, top);
    t->changed = t->changed || (top->mapped && (hides || shows));
}

/* Until the answer it is what it was, and not known: pictures wait. */
void tree_ask_again(struct shade_tree *t, struct shade_node *n)
{
    if (!n->own)
        set_state(t, n, SHADE_TO_ASK, n->listed);
}

void tree_asked(struct shade_tree *t, struct shade_node *n, unsigned seq)
{
    n->seq = seq;
    set_state(t, n, SHADE_ASKED_FOR, n->listed);
}

void tree_known(struct shade_tree *t, struct shade_node *n, bool listed)
{
    set_state(t, n, SHADE_KNOWN, listed);
}

/* --- what follows --- */

bool tree_settled(const struct shade_tree *t)
{
    const struct shade_top *only = t->target ? top_of(t, t->target) : NULL;
    if (!t->complete)
        return false;
    if (only)
        return !is_unsure(only);
    for (unsigned i = 0; i < t->n_tops; i++)
        if (is_unsure(&t->top[i]))
            return false;
    /* where the one window is in is not known before everything has been looked at */
    return t->target == 0 || t->n_unknown == 0;
}

uint32_t tree_born(const struct shade_tree *t, uint32_t window)
{
    for (unsigned i = 0; i < t->n_nodes; i++)
        if (t->node[i].id == window)
            return t->node[i].born;
    return 0;
}

enum shade_verdict tree_verdict(const struct shade_tree *t, uint32_t window)
{
    const struct shade_top *top = top_of(t, window);
    if (t->overfull || (top && (is_hidden(top) || top->own > 0)))
        return SHADE_HIDDEN;
    return top && is_known(top) ? SHADE_CLEAR : SHADE_UNKNOWN;
}

unsigned tree_places(struct shade_tree *t, struct ui_rect out[MAX_SHADES])
{
    unsigned n = 0;
    for (unsigned i = 0; i < t->n_past; i++)
        add_place(out, &n, MAX_SHADES, t->past[i]);
    for (unsigned i = 0; i < t->n_tops; i++)
        if (t->top[i].mapped && is_hidden(&t->top[i]))
            add_place(out, &n, MAX_SHADES, t->top[i].place);
    if (t->overfull)
        add_place(out, &n, MAX_SHADES, (struct ui_rect){-32768, -32768, 65535, 65535});
    t->n_past = 0;
    t->unsure = t->changed = false;
    return n;
}
