/* See worker.h. */
#include "input/worker.h"
#include "ch_input.h"
#include "input/xtest.h"
#include "lib/worker.h"
#include <string.h>
#include <unistd.h>

/* Whatever the broker gives before it hears of room: so every message can be read at once, and an
   order to let go waits behind nothing. */
#define AHEAD_ACTIONS ((size_t)INPUT_AHEAD * (MAPPER_ACTIONS + 2))
#define NOTCH 120

_Static_assert(QUEUE_SIZE > AHEAD_ACTIONS + BOOK_ACTIONS, "what is given must fit the queue");
_Static_assert(INPUT_AHEAD >= 2 * MAX_INPUT_EVENTS, "one message is taken while the next is given");

enum { WHEEL_UP = 4, WHEEL_DOWN = 5, WHEEL_LEFT = 6, WHEEL_RIGHT = 7 };

input_open_fn input_worker_open = xtest_open;

_Noreturn static void give_up(struct input_worker *w, enum fail code, uint32_t detail)
{
    worker_fail(&w->control, code, detail);
}

/* --- to the server --- */

static void count(struct input_worker *w, const struct action *a)
{
    if (a->kind == ACTION_KEY && a->down) {
        w->keys++;
        w->pressed_ms[a->code] = loop_now_ms();
    } else if (a->kind == ACTION_BUTTON && a->down)
        w->buttons++;
    else if (a->kind == ACTION_MOTION)
        w->motions++;
}

static void confirm_release(struct input_worker *w)
{
    struct msg_input_released m = {.serial = w->release,
                                   .keys = w->keys,
                                   .buttons = w->buttons,
                                   .motions = w->motions,
                                   .merged = w->queue.merged,
                                   .untyped = w->mapper.untyped};
    w->release = 0;
    if (msg_input_released_send(&w->control, &m) != 0)
        loop_stop(&w->loop);
}

/* Half of it at a time: a person who types is not answered key by key. */
static void tell_taken(struct input_worker *w)
{
    if (w->untold < INPUT_AHEAD / 2 || queue_first(&w->queue) != NULL)
        return;
    const struct msg_input_taken m = {.events = w->untold};
    w->untold = 0;
    if (msg_input_taken_send(&w->control, &m) != 0)
        loop_stop(&w->loop);
}

static void on_lend_time(void *ctx);

/* A program that sees the map change asks the server for the new one, and gets the newest: a spare
   key lent anew before that answer would give the new character to a press of the old. */
static bool lent_too_soon(struct input_worker *w)
{
    const struct action *a = queue_first(&w->queue);
    if (a == NULL || a->kind != ACTION_LEND || w->pressed_ms[a->code] == 0)
        return false;
    uint64_t since = loop_now_ms() - w->pressed_ms[a->code];
    if (since >= LEND_AGAIN_MS)
        return false;
    loop_set_timer(&w->loop, LEND_AGAIN_MS - since, on_lend_time, w);
    return true;
}

/* A few at a time, then a question; the next few go when the server has answered it. */
static void pump(struct input_worker *w)
{
    struct action a;
    unsigned n = 0;
    while (!w->waiting && n < INPUT_AT_ONCE && !lent_too_soon(w) && queue_take(&w->queue, &a)) {
        w->inject.ops->act(w->inject.self, &a);
        book_note(&w->book, &a);
        count(w, &a);
        n++;
    }
    if (n > 0) {
        if (!w->inject.ops->ask(w->inject.self))
            give_up(w, w->inject.failure, w->inject.detail);
        w->waiting = true;
    } else if (!w->waiting && w->release != 0) {
        confirm_release(w);
    }
    tell_taken(w);
}

static void on_lend_time(void *ctx)
{
    pump(ctx);
}

static void put(struct input_worker *w, const struct action *a)
{
    if (!queue_put(&w->queue, a))
        give_up(w, FAIL_MEMORY, 0); /* cannot be: see on_input_events */
}

static void put_all(struct input_worker *w, const struct mapper_out *out)
{
    for (size_t i = 0; i < out->n; i++)
        put(w, &out->list[i]);
}

/* --- events --- */

static void go_there(struct input_worker *w)
{
    put(w, &(struct action){.kind = ACTION_MOTION, .x = w->x + w->at_x, .y = w->y + w->at_y});
}

static void put_motion(struct input_worker *w, const struct input_event *e)
{
    w->placed = true;
    w->at_x = e->x;
    w->at_y = e->y;
    go_there(w);
}

static void put_button(struct input_worker *w, uint8_t code, bool down)
{
    put(w, &(struct action){.kind = ACTION_BUTTON, .code = code, .down = down});
}

static void on_button(struct input_worker *w, const struct input_event *e)
{
    struct mapper_out out = {.n = 0};
    mapper_restore(&w->mapper, &out);
    put_all(w, &out);
    put_motion(w, e);
    put_button(w, e->code, e->kind == INPUT_BUTTON_DOWN);
}

static void turn(struct input_worker *w, int32_t *turned, int32_t by, uint8_t less, uint8_t more)
{
    *turned += by;
    for (; *turned >= NOTCH; *turned -= NOTCH) {
        put_button(w, more, true);
        put_button(w, more, false);
    }
    for (; *turned <= -NOTCH; *turned += NOTCH) {
        put_button(w, less, true);
        put_button(w, less, false);
    }
}

static void on_wheel(struct input_worker *w, const struct input_event *e)
{
    struct mapper_out out = {.n = 0};
    if (!w->placed)
        return;
    mapper_restore(&w->mapper, &out);
    put_all(w, &out);
    go_there(w);
    turn(w, &w->turned[0], e->x, WHEEL_LEFT, WHEEL_RIGHT);
    turn(w, &w->turned[1], e->y, WHEEL_UP, WHEEL_DOWN);
}

static void on_key(struct input_worker *w, const struct input_event *e)
{
    struct mapper_out out = {.n = 0};
    if (e->kind == INPUT_KEY_DOWN)
        mapper_key_down(&w->mapper, e, &out);
    else
        mapper_key_up(&w->mapper, e->code, &out);
    put_all(w, &out);
}

static void on_event(struct input_worker *w, const struct input_event *e)
{
    switch (e->kind) {
    case INPUT_KEY_DOWN:
    case INPUT_KEY_UP:
        on_key(w, e);
        break;
    case INPUT_BUTTON_DOWN:
    case INPUT_BUTTON_UP:
        on_button(w, e);
        break;
    case INPUT_MOTION:
        put_motion(w, e);
        break;
    default:
        on_wheel(w, e);
        break;
    }
}

static int on_input_events(void *ctx, struct msg_input_events *m)
{
    struct input_worker *w = ctx;
    if (!w->running || memcmp(m->grant, w->grant, sizeof w->grant) != 0 ||
        m->n_events > INPUT_AHEAD - w->untold)
        return -1;
    for (size_t i = 0; i < m->n_events; i++)
        if (!input_event_valid(&m->events[i], w->w, w->h))
            return -1;
    for (size_t i = 0; i < m->n_events; i++)
        on_event(w, &m->events[i]);
    w->untold += m->n_events;
    pump(w);
    return 0;
}

/* What waits is forgotten; what is down is released; then it is said. */
static int on_input_release(void *ctx, struct msg_input_release *m)
{
    struct input_worker *w = ctx;
    struct action releases[BOOK_ACTIONS];
    if (!w->open)
        return -1;
    queue_clear(&w->queue);
    mapper_forget(&w->mapper);
    w->turned[0] = w->turned[1] = 0;
    size_t n = book_releases(&w->book, releases);
    for (size_t i = 0; i < n; i++)
        put(w, &releases[i]);
    w->release = m->serial;
    pump(w);
    return 0;
}

static int on_input_state(void *ctx, struct msg_input_state *m)
{
    struct input_worker *w = ctx;
    w->group = m->group;
    w->locks = m->locks;
    mapper_set_state(&w->mapper, w->group, w->locks);
    return 0;
}

/* --- the server --- */

static void take_map(struct input_worker *w)
{
    struct keymap map;
    w->inject.ops->map(w->inject.self, &map);
    mapper_set_map(&w->mapper, &map);
    mapper_set_state(&w->mapper, w->group, w->locks);
    if (w->running)
        return;
    w->running = true;
    if (msg_input_running_send(&w->control) != 0)
        loop_stop(&w->loop);
}

static void look(struct input_worker *w)
{
    struct inject_news news = {false, false};
    if (!w->inject.ops->look(w->inject.self, &news))
        give_up(w, w->inject.failure, w->inject.detail);
    if (news.map_changed)
        take_map(w);
    if (news.answered) {
        w->waiting = false;
        pump(w);
    }
}

static void on_wake(void *ctx)
{
    look(ctx);
}

static void on_server(void *ctx, short revents)
{
    (void)revents; /* a closed connection shows when it is read */
    struct input_worker *w = ctx;
    look(w);
}

/* --- broker --- */

static int on_input_start(void *ctx, struct msg_input_start *m)
{
    struct input_worker *w = ctx;
    uint8_t spares[MAX_SPARES];
    for (size_t i = 0; i < m->n_spares; i++)
        spares[i] = m->spares[i].code;
    memcpy(w->grant, m->grant, sizeof w->grant);
    w->x = m->x;
    w->y = m->y;
    w->w = m->w;
    w->h = m->h;
    mapper_init(&w->mapper, spares, m->n_spares);
    int fd = m->display;
    m->display = -1;
    if (!input_worker_open(&w->inject, fd, m->root))
        give_up(w, w->inject.failure, w->inject.detail);
    w->open = true;
    w->control.state = INPUT_STATE_RUNNING;
    if (w->inject.fd >= 0 && !loop_add(&w->loop, w->inject.fd, NULL, on_server, w))
        return -1;
    loop_set_timer(&w->loop, 0, on_wake, w); /* answers may lie in xcb's queue already */
    return 0;
}

static const struct input_at_input handlers = {
    .on_input_start = on_input_start,
    .on_input_state = on_input_state,
    .on_input_events = on_input_events,
    .on_input_release = on_input_release,
};

static short want_control(void *ctx)
{
    const struct input_worker *w = ctx;
    return chan_events(&w->control);
}

static void on_control(void *ctx, short revents)
{
    struct input_worker *w = ctx;
    if ((revents & POLLOUT) != 0)
        (void)chan_flush(&w->control);
    enum chan_result r = chan_receive(&w->control, 1);
    if (r == CHAN_BAD)
        give_up(w, FAIL_MESSAGE, w->control.bad_type);
    if (r == CHAN_ENDED)
        loop_stop(&w->loop);
}

void input_worker_init(struct input_worker *w, int control_fd)
{
    memset(w, 0, sizeof *w);
    w->inject.fd = -1;
    loop_init(&w->loop);
    input_init_input(&w->control, control_fd, &handlers, w);
    loop_add(&w->loop, control_fd, want_control, on_control, w);
}

int input_worker_run(struct input_worker *w)
{
    int status = loop_run(&w->loop) == 0 ? 0 : 1;
    if (w->open)
        w->inject.ops->destroy(w->inject.self);
    chan_finish(&w->control);
    explicit_bzero(w, sizeof *w);
    return status;
}
