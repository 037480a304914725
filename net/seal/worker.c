/*
 * vitrine-seal's channels and loop; see the header. Distrusts broker, net, capture and view alike:
 * what is malformed ends this process, which says so. Bytes of peers inside LINK_MSG and LINK_UNIT
 * are judged by the session.
 */
#include "net/seal/worker.h"
#include "ch_link.h"
#include "ch_seal.h"
#include "ch_share.h"
#include "ch_view.h"
#include "lib/worker.h"
#include "net/seal/identity.h"
#include "net/seal/joiner.h"
#include "net/seal/organizer.h"
#include "policy/limits.h"
#include <poll.h>

_Static_assert(sizeof(((struct msg_seal_session *)0)->fp) == FP_LEN,
               "fingerprint as in the schema");

#define CONTROL_QUEUE MAX_QUEUED
#define LINK_QUEUE                                                                                 \
    33554432                /* an epoch for a thousand members, snapshots for a hundred newcomers  \
                             */
#define LINK_WAIT 1048576   /* no more is asked of us while net has not taken so much */
#define VIEW_QUEUE 16777216 /* VIEW_WAIT, and units held for an epoch, released at once */
#define VIEW_WAIT 262144    /* relay.md 6: no more waits between net and render */
#define LEFT_OVER 8192      /* messages in a closed channel: more than its buffers hold */
#define AT_ONCE 8           /* messages of one channel before the others have their turn */

_Noreturn static void give_up(struct seal_worker *w, enum fail code, uint32_t detail)
{
    seal_worker_finish(w);
    worker_fail(&w->control, code, detail);
}

/* --- after everything that can have changed the session --- */

static void on_time(void *ctx);

static uint64_t due(const struct seal_worker *w)
{
    if (w->organizer)
        return organizer_due(w->organizer);
    return w->joiner ? joiner_due(w->joiner) : UINT64_MAX;
}

static void lost(struct seal_worker *w)
{
    w->link_broken = false;
    if (w->organizer)
        organizer_lost(w->organizer);
    if (w->joiner)
        joiner_lost(w->joiner);
}

/* The line is gone; the broker may hand over another one. */
static void cut(struct seal_worker *w)
{
    if (w->organizer)
        organizer_cut(w->organizer, loop_now_ms());
    if (w->joiner)
        joiner_cut(w->joiner, loop_now_ms());
}

void seal_worker_settle(struct seal_worker *w)
{
    if (w->link_broken)
        lost(w);
    uint64_t at = due(w), now = loop_now_ms();
    if (at == UINT64_MAX)
        loop_clear_timer(&w->loop, on_time, w);
    else
        loop_set_timer(&w->loop, at > now ? at - now : 1, on_time, w);
}

static void tick(struct seal_worker *w)
{
    if (w->organizer)
        organizer_tick(w->organizer, loop_now_ms());
    if (w->joiner)
        joiner_tick(w->joiner, loop_now_ms());
}

static void on_time(void *ctx)
{
    struct seal_worker *w = ctx;
    tick(w);
    seal_worker_settle(w);
}

static void channel_close(struct seal_worker *w, struct chan *c)
{
    loop_remove(&w->loop, c->fd);
    chan_finish(c);
}

/* --- net --- */

static int on_link_opened(void *ctx, struct msg_link_opened *m)
{
    struct seal_worker *w = ctx;
    bool again = w->was_linked;
    w->link.state = LINK_STATE_OPEN;
    w->was_linked = true;
    if (w->organizer && again)
        organizer_back(w->organizer, loop_now_ms());
    else if (w->organizer)
        organizer_opened(w->organizer, m->sid.data, loop_now_ms());
    else if (again)
        joiner_back(w->joiner, m->handle, loop_now_ms());
    else
        joiner_opened(w->joiner, m->sid.data, m->handle, m->params, loop_now_ms());
    return 0;
}

static int on_link_msg(void *ctx, struct msg_link_msg *m)
{
    struct seal_worker *w = ctx;
    if (w->organizer)
        organizer_message(w->organizer, m->peer, m->body, loop_now_ms());
    else
        joiner_message(w->joiner, m->peer, m->body, loop_now_ms());
    return 0;
}

static int on_link_unit(void *ctx, struct msg_link_unit *m)
{
    struct seal_worker *w = ctx;
    if (w->organizer)
        organizer_unit(w->organizer, m->unit, loop_now_ms());
    else
        joiner_unit(w->joiner, m->unit, loop_now_ms());
    return 0;
}

static int on_link_peer(void *ctx, struct msg_link_peer *m)
{
    struct seal_worker *w = ctx;
    if (w->organizer && m->state == 2)
        organizer_peer_gone(w->organizer, m->handle, loop_now_ms());
    return w->organizer ? 0 : -1;
}

/* The relay's word on what we know from the organizer: not whose we are, but that it is time. */
static int on_link_bound(void *ctx, struct msg_link_bound *m)
{
    struct seal_worker *w = ctx;
    (void)m;
    if (w->joiner)
        joiner_bound(w->joiner, loop_now_ms());
    return w->joiner ? 0 : -1;
}

static int on_link_away(void *ctx, struct msg_link_away *m)
{
    struct seal_worker *w = ctx;
    if (w->joiner)
        joiner_away(w->joiner, m->on, loop_now_ms());
    return w->joiner ? 0 : -1;
}

static int on_link_need(void *ctx)
{
    struct seal_worker *w = ctx;
    if (w->organizer)
        organizer_need(w->organizer, loop_now_ms());
    if (w->joiner)
        joiner_need(w->joiner, loop_now_ms());
    return 0;
}

static const struct link_at_seal link_handlers = {.on_link_opened = on_link_opened,
                                                  .on_link_msg = on_link_msg,
                                                  .on_link_unit = on_link_unit,
                                                  .on_link_peer = on_link_peer,
                                                  .on_link_bound = on_link_bound,
                                                  .on_link_away = on_link_away,
                                                  .on_link_need = on_link_need};

/* Nothing is taken from net before there is a session, nor while view has enough: a slow decoder is
   a slow line. Nor while it has not taken our answers: a thousand members who come back at once
   would end the session of an organizer whose line is slow. */
static bool takes_from_net(const struct seal_worker *w)
{
    return (w->organizer || w->joiner) && w->view.queued <= VIEW_WAIT &&
           w->link.queued <= LINK_WAIT;
}

static short want_link(void *ctx)
{
    const struct seal_worker *w = ctx;
    short events = chan_events(&w->link);
    return (short)(takes_from_net(w) ? events : events & ~POLLIN);
}

/* false: nothing more to read now. */
static bool link_step(struct seal_worker *w)
{
    switch (chan_receive(&w->link, 1)) {
    case CHAN_OK:
        return !w->link.empty;
    case CHAN_BAD:
        give_up(w, FAIL_PEER_MESSAGE, w->link.bad_type);
    case CHAN_ENDED:
        channel_close(w, &w->link);
        cut(w);
    }
    return false;
}

/* What the last line left is read before the next one counts: net has closed it, END may be in it.
 */
static void read_out(struct seal_worker *w)
{
    for (int i = 0; i < LEFT_OVER && w->link.fd >= 0 && link_step(w); i++)
        ;
}

/* When net is gone, what it left is read out whatever view does: END may be in it. */
static void on_link(void *ctx, short revents)
{
    struct seal_worker *w = ctx;
    bool waited = w->link.queued != 0;
    (void)chan_flush(&w->link);
    bool hung_up = w->link.lost || revents & (POLLHUP | POLLERR);
    if (waited && !w->link.queued)
        tick(w); /* what the line had no room for goes on */
    for (int i = 0;
         i < AT_ONCE && w->link.fd >= 0 && (hung_up || takes_from_net(w)) && link_step(w); i++)
        ;
    seal_worker_settle(w);
}

/* --- capture --- */

static int on_share_screen(void *ctx, struct msg_share_screen *m)
{
    struct seal_worker *w = ctx;
    if (w->organizer)
        organizer_screen(w->organizer, m->key, m->content, loop_now_ms());
    else
        joiner_screen(w->joiner, m->key, m->content, loop_now_ms());
    return 0;
}

static int on_share_cursor(void *ctx, struct msg_share_cursor *m)
{
    struct seal_worker *w = ctx;
    if (w->organizer)
        organizer_cursor(w->organizer, m->key, m->content, loop_now_ms());
    else
        joiner_cursor(w->joiner, m->key, m->content, loop_now_ms());
    return 0;
}

static const struct share_at_seal share_handlers = {.on_share_screen = on_share_screen,
                                                    .on_share_cursor = on_share_cursor};

/* Back-pressure: while net has not taken the last unit, capture keeps the next and makes it newer.
 */
static short want_share(void *ctx)
{
    const struct seal_worker *w = ctx;
    short events = chan_events(&w->share);
    return (short)(w->link.queued ? events & ~POLLIN : events);
}

/* A capture that talks nonsense ends; the session and the people in it stay. */
static void end_share(struct seal_worker *w)
{
    struct msg_seal_share_bad m = {.type = w->share.bad_type};
    channel_close(w, &w->share);
    if (msg_seal_share_bad_send(&w->control, &m) != 0)
        give_up(w, FAIL_PEER_MESSAGE, m.type);
}

static void on_share(void *ctx, short revents)
{
    struct seal_worker *w = ctx;
    (void)chan_flush(&w->share);
    bool hung_up = w->share.lost || revents & (POLLHUP | POLLERR);
    for (int i = 0; i < AT_ONCE && w->share.fd >= 0 && (hung_up || !w->link.queued); i++) {
        enum chan_result r = chan_receive(&w->share, 1);
        if (r == CHAN_BAD)
            end_share(w);
        if (r == CHAN_ENDED) /* capture is dead: the broker sees it too and says what follows */
            channel_close(w, &w->share);
        if (w->share.empty)
            break;
    }
    seal_worker_settle(w);
}

/* --- view --- */

static int on_view_need_key(void *ctx)
{
    struct seal_worker *w = ctx;
    if (w->organizer)
        organizer_need_key(w->organizer, loop_now_ms());
    else
        joiner_need_key(w->joiner, loop_now_ms());
    return 0;
}

static void show(struct seal_worker *w, bool on)
{
    if (w->organizer)
        organizer_view(w->organizer, on, loop_now_ms());
    else
        joiner_view(w->joiner, on, loop_now_ms());
}

static const struct view_at_seal view_handlers = {.on_view_need_key = on_view_need_key};

static short want_view(void *ctx)
{
    const struct seal_worker *w = ctx;
    return chan_events(&w->view);
}

static void on_view(void *ctx, short revents)
{
    struct seal_worker *w = ctx;
    (void)revents;
    (void)chan_flush(&w->view);
    enum chan_result r = chan_receive(&w->view, AT_ONCE);
    if (r == CHAN_BAD)
        give_up(w, FAIL_PEER_MESSAGE, w->view.bad_type);
    if (r == CHAN_ENDED) { /* the broker may start another */
        channel_close(w, &w->view);
        show(w, false);
    }
    seal_worker_settle(w);
}

/* --- broker --- */

/* Most of what follows is permitted in state ended too, where the session ignores it: the broker
 * cannot know yet. */
static bool is_over(const struct seal_worker *w)
{
    return w->control.state == SEAL_STATE_ENDED;
}

static int on_seal_link(void *ctx, struct msg_seal_link *m)
{
    struct seal_worker *w = ctx;
    if (is_over(w))
        return 0;
    if (w->next_link >= 0)
        return -1;
    w->next_link = m->link;
    m->link = -1;
    return 0;
}

/* Outside of the control channel's handlers: the last line may have to be read first. */
static void take_next_link(struct seal_worker *w)
{
    if (w->next_link < 0)
        return;
    read_out(w);
    if (w->link.fd >= 0)
        give_up(w, FAIL_MESSAGE, 0); /* two lines at once */
    link_init_seal(&w->link, w->next_link, &link_handlers, w);
    w->next_link = -1;
    w->link.queue_limit = LINK_QUEUE;
    if (!loop_add(&w->loop, w->link.fd, want_link, on_link, w))
        give_up(w, FAIL_MEMORY, 0);
}

static int on_seal_host(void *ctx, struct msg_seal_host *m)
{
    struct seal_worker *w = ctx;
    const struct organizer_config config = {.with_password = m->password_mode,
                                            .lobby = m->lobby,
                                            .admission = m->admission,
                                            .password = m->password,
                                            .name = seal_worker_name(w, m->name),
                                            .identity = w->identity,
                                            .identity_required = m->identity};
    if (seal_worker_unknown(w, m->identity))
        return 0;
    w->organizer = organizer_create(&w->port, &config, loop_now_ms());
    w->control.state = SEAL_STATE_HOSTING;
    return w->organizer ? 0 : -1;
}

static int on_seal_join(void *ctx, struct msg_seal_join *m)
{
    struct seal_worker *w = ctx;
    struct joiner_config config = {.has_fp = m->has_fp,
                                   .password = m->password,
                                   .name = seal_worker_name(w, m->name),
                                   .identity = w->identity,
                                   .identity_required = m->identity};
    if (seal_worker_unknown(w, m->identity))
        return 0;
    for (size_t i = 0; i < FP_LEN; i++)
        config.fp[i] = m->fp[i];
    w->joiner = joiner_create(&w->port, &config, loop_now_ms());
    w->control.state = SEAL_STATE_JOINING;
    return w->joiner ? 0 : -1;
}

static int on_seal_admit(void *ctx, struct msg_seal_admit *m)
{
    struct seal_worker *w = ctx;
    if (w->organizer)
        organizer_admit(w->organizer, m->knock, m->yes, m->words, loop_now_ms());
    return w->organizer ? 0 : -1;
}

static int on_seal_share(void *ctx, struct msg_seal_share *m)
{
    struct seal_worker *w = ctx;
    if (is_over(w))
        return 0;
    channel_close(w, &w->share);
    if (w->organizer && !organizer_share(w->organizer, loop_now_ms()))
        return -1;
    if (w->joiner && !joiner_share(w->joiner, loop_now_ms())) {
        w->port.unshared(w); /* somebody else presents meanwhile; the descriptor is closed for us */
        return 0;
    }
    share_init_seal(&w->share, m->share, &share_handlers, w);
    m->share = -1;
    return loop_add(&w->loop, w->share.fd, want_share, on_share, w) ? 0 : -1;
}

/* What capture had sent and was not read yet goes with the channel. */
static int on_seal_unshare(void *ctx, struct msg_seal_unshare *m)
{
    struct seal_worker *w = ctx;
    if (is_over(w))
        return 0;
    channel_close(w, &w->share);
    if (!m->pause)
        seal_worker_mirror_close(w);
    bool was = w->organizer ? organizer_unshare(w->organizer, m->pause, loop_now_ms())
                            : joiner_unshare(w->joiner, m->pause, loop_now_ms());
    if (!was)
        w->port.unshared(w); /* there was no share: nothing of it is left */
    return 0;
}

static int on_seal_view(void *ctx, struct msg_seal_view *m)
{
    struct seal_worker *w = ctx;
    if (is_over(w))
        return 0;
    channel_close(w, &w->view);
    view_init_seal(&w->view, m->view, &view_handlers, w);
    m->view = -1;
    w->view.queue_limit = VIEW_QUEUE;
    show(w, true);
    return loop_add(&w->loop, w->view.fd, want_view, on_view, w) ? 0 : -1;
}

static int on_seal_lock(void *ctx, struct msg_seal_lock *m)
{
    struct seal_worker *w = ctx;
    if (w->organizer)
        organizer_lock(w->organizer, m->on, loop_now_ms());
    return w->organizer ? 0 : -1;
}

static int on_seal_remove(void *ctx, struct msg_seal_remove *m)
{
    struct seal_worker *w = ctx;
    if (w->organizer)
        organizer_remove(w->organizer, m->mid, m->why, loop_now_ms());
    return w->organizer ? 0 : -1;
}

static int on_seal_password(void *ctx, struct msg_seal_password *m)
{
    struct seal_worker *w = ctx;
    if (w->organizer)
        (void)organizer_password(w->organizer, m->password,
                                 loop_now_ms()); /* told when it counts */
    return w->organizer ? 0 : -1;
}

static int on_seal_end(void *ctx, struct msg_seal_end *m)
{
    struct seal_worker *w = ctx;
    if (w->organizer)
        organizer_end(w->organizer, m->reason, loop_now_ms());
    if (w->joiner)
        joiner_leave(w->joiner, loop_now_ms());
    return 0;
}

static struct seal_at_seal control_handlers = {.on_seal_link = on_seal_link,
                                               .on_seal_host = on_seal_host,
                                               .on_seal_join = on_seal_join,
                                               .on_seal_admit = on_seal_admit,
                                               .on_seal_share = on_seal_share,
                                               .on_seal_unshare = on_seal_unshare,
                                               .on_seal_view = on_seal_view,
                                               .on_seal_lock = on_seal_lock,
                                               .on_seal_remove = on_seal_remove,
                                               .on_seal_password = on_seal_password,
                                               .on_seal_end = on_seal_end};

static short want_control(void *ctx)
{
    const struct seal_worker *w = ctx;
    return chan_events(&w->control);
}

static void on_control(void *ctx, short revents)
{
    struct seal_worker *w = ctx;
    (void)revents;
    (void)chan_flush(&w->control);
    enum chan_result r = chan_receive(&w->control, AT_ONCE);
    if (r == CHAN_BAD)
        give_up(w, FAIL_MESSAGE, w->control.bad_type);
    if (r == CHAN_ENDED)
        loop_stop(&w->loop);
    take_next_link(w);
    seal_worker_settle(w);
}

/* --- life --- */

void seal_worker_init(struct seal_worker *w, int control_fd)
{
    *w = (struct seal_worker){
        .link.fd = -1, .share.fd = -1, .view.fd = -1, .mirror.fd = -1, .next_link = -1};
    loop_init(&w->loop);
    seal_worker_control_handlers(&control_handlers);
    seal_worker_identity_handlers(&control_handlers);
    seal_worker_mirror_handlers(&control_handlers);
    seal_init_seal(&w->control, control_fd, &control_handlers, w);
    w->control.queue_limit = CONTROL_QUEUE;
    seal_worker_port(w);
}

void seal_worker_finish(struct seal_worker *w)
{
    organizer_destroy(w->organizer);
    joiner_destroy(w->joiner);
    w->organizer = NULL;
    w->joiner = NULL;
    identity_destroy(w->identity);
    w->identity = NULL;
}

int seal_worker_run(struct seal_worker *w)
{
    seal_worker_tell_key(w);
    if (!loop_add(&w->loop, w->control.fd, want_control, on_control, w) || loop_run(&w->loop) != 0)
        return 1;
    seal_worker_finish(w);
    return 0;
}
