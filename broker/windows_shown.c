/*
 * What is on the screen, and since when: a press is for what could be read. A picture counts as
 * shown when the X server has answered a request made after it, never when it was sent. Runs in the
 * broker; distrusts painters that are slow, and X clients that keep the server busy.
 */
#include "broker/windows_parts.h"

#include "lib/loop.h"
#include <string.h>

static bool same(const struct view_loose *a, const struct view_loose *b)
{
    return a->control == b->control && a->action == b->action && a->whom == b->whom &&
           memcmp(&a->at, &b->at, sizeof a->at) == 0;
}

static const uint64_t *find(const struct said *s, const struct view_loose *one)
{
    for (unsigned i = 0; i < s->n; i++)
        if (same(&s->loose[i], one))
            return &s->since_ms[i];
    return NULL;
}

static bool same_said(const struct said *a, const struct said *b)
{
    for (unsigned i = 0; i < a->n; i++)
        if (!find(b, &a->loose[i]))
            return false;
    return a->known && b->known && view_same_content(&a->content, &b->content) && a->n == b->n;
}

/* Of what it said only what `of` says too. */
static void keep(struct said *s, const struct said *of)
{
    unsigned n = 0;
    for (unsigned i = 0; i < s->n; i++)
        if (find(of, &s->loose[i])) {
            s->loose[n] = s->loose[i];
            s->since_ms[n++] = s->since_ms[i];
        }
    s->n = n;
}

void shown_judge(struct pane *p)
{
    bool covered = p->which == PANE_MAIN && (windows_above(p->w) != ABOVE_NOTHING || !seen_same(p));
    p->judge.unread =
        covered || !p->said_shown.known || !view_same_content(&p->said_shown.content, &p->content);
}

bool shown_follow(struct pane *p)
{
    struct view_content content;
    view_content(&p->view, p->w->model, &content);
    bool changed = !view_same_content(&content, &p->content);
    memcpy(&p->content, &content, sizeof content);
    shown_judge(p);
    return changed;
}

void shown_ordered(struct pane *p)
{
    p->said_ordered.known = true;
    view_content(&p->view, p->w->model, &p->said_ordered.content);
    p->said_ordered.n = view_loose(&p->view, p->w->model, p->said_ordered.loose);
}

/* A name that the picture marks for the first time is something new to read. Painters are told who
   is there, and who is like whom only they know. A picture of others says nothing of these. */
void shown_marked(struct pane *p, uint16_t alike)
{
    if ((p->view.alike | alike) == p->view.alike ||
        !view_same_people(&p->said_ordered.content, &p->content))
        return;
    p->view.alike |= alike;
    pane_repaint(p);
    if (shown_follow(p))
        windows_feed(p, (struct origin_event){.what = ORIGIN_CHANGED});
}

static void ask_there(struct pane *p);

static void on_again(void *ctx)
{
    pane_repaint(ctx);
    display_flush(((struct pane *)ctx)->w->d);
}

/* A grant is for what can be read: the guard begins when it is there. What was there before has
   been there all the time. */
static void on_there(void *ctx, uint32_t tag, const void *reply)
{
    struct pane *p = ctx;
    uint64_t now = loop_now_ms();
    p->asked_there = false;
    if (!p->live || !p->said_put.known)
        return;
    if (!reply) { /* the next picture asks again */
        p->said_put.known = false;
        loop_set_timer(p->w->loop, ASK_AGAIN_MS, on_again, p);
        return;
    }
    if (tag != p->put) { /* of what was put there before */
        ask_there(p);
        return;
    }
    struct said before = p->said_shown;
    p->said_shown = p->said_put;
    for (unsigned i = 0; i < p->said_shown.n; i++) {
        const uint64_t *since = find(&before, &p->said_shown.loose[i]);
        p->said_shown.since_ms[i] = since ? *since : now;
    }
    shown_judge(p);
    if (!before.known)
        windows_feed(p, (struct origin_event){.what = ORIGIN_SHOWN});
    windows_tell(p);
    windows_tick(p->w);
}

/* One question at a time, however often others have it put there again. */
static void ask_there(struct pane *p)
{
    if (p->asked_there)
        return;
    p->asked_there = true;
    display_ask_nothing(p->w->d, on_there, p, p->put);
}

static void ask(struct pane *p)
{
    shown_judge(p);
    prompt_update_armed(p->w, loop_now_ms());
    p->put++;
    ask_there(p);
}

void shown_put(struct pane *p)
{
    if (same_said(&p->said_put, &p->said_ordered))
        return;
    p->said_put = p->said_ordered;
    p->said_shown.known =
        p->said_shown.known && view_same_content(&p->said_shown.content, &p->said_put.content);
    keep(&p->said_shown, &p->said_put);
    ask(p);
}

void shown_put_again(struct pane *p)
{
    if (!p->live || !p->said_put.known)
        return;
    p->said_shown.known = false;
    p->said_shown.n = 0; /* something lay over it, nobody knows since when */
    ask(p);
}

void shown_stop(struct pane *p)
{
    loop_clear_timer(p->w->loop, on_again, p);
}

void shown_seen(struct pane *p)
{
    for (unsigned i = 0; i < p->said_shown.n; i++)
        p->said_shown.since_ms[i] = loop_now_ms();
}

void shown_forget(struct pane *p)
{
    p->said_put = p->said_shown = (struct said){0};
    p->put++;
}

uint64_t shown_since(const struct pane *p, uint8_t control)
{
    struct view_loose now[VIEW_LOOSE];
    unsigned n = view_loose(&p->view, p->w->model, now);
    for (unsigned i = 0; i < n; i++) {
        const uint64_t *since = find(&p->said_shown, &now[i]);
        if (now[i].control == control && since)
            return *since;
    }
    return 0;
}

unsigned long long shown_waits(const struct pane *p, uint8_t control, uint64_t now_ms)
{
    uint64_t since = shown_since(p, control), due = since + FACE_MS;
    return since == 0 ? FACE_MS : due > now_ms ? due - now_ms : 0;
}
