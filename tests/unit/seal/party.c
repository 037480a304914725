/* One vitrine-seal process with all that it talks to: see party.h. */
#include "tests/unit/seal/party.h"
#include "tests/unit/built.h"

/* --- broker --- */

static int on_ready(void *ctx)
{
    struct party *p = ctx;
    p->ready = true;
    p->control.state = SEAL_STATE_READY;
    return 0;
}
static int on_failed(void *ctx, struct msg_failed *m)
{
    struct party *p = ctx;
    p->failed = true, p->fail_code = m->code, p->fail_detail = m->detail;
    return 0;
}
static int on_session(void *ctx, struct msg_seal_session *m)
{
    struct party *p = ctx;
    p->session = true;
    memcpy(p->fp, m->fp, sizeof p->fp);
    return 0;
}
static int on_welcomed(void *ctx, struct msg_seal_welcomed *m)
{
    struct party *p = ctx;
    p->welcomed = true;
    (void)m;
    return 0;
}
static int on_member(void *ctx, struct msg_seal_member *m)
{
    struct party *p = ctx;
    p->members += m->state == 0 ? 1u : -1u;
    p->me |= m->me;
    if (m->me && p->control.state == SEAL_STATE_JOINING)
        p->control.state = SEAL_STATE_MEMBER;
    return 0;
}
static int on_presenter(void *ctx, struct msg_seal_presenter *m)
{
    ((struct party *)ctx)->presenter = m->mid;
    return 0;
}
static int on_share_bad(void *ctx, struct msg_seal_share_bad *m)
{
    ((struct party *)ctx)->share_bad = m->type == 999;
    return 0;
}

static int on_mirror_bad(void *ctx, struct msg_seal_mirror_bad *m)
{
    ((struct party *)ctx)->mirror_bad = m->type == 999;
    ((struct party *)ctx)->mirror_deaf = m->type == 0;
    return 0;
}

static int on_unshared(void *ctx)
{
    ((struct party *)ctx)->unshared = true;
    return 0;
}
static int on_picture(void *ctx, struct msg_seal_picture *m)
{
    ((struct party *)ctx)->picture = m->state + 1u;
    return 0;
}
static int on_quality(void *ctx, struct msg_seal_quality *m)
{
    (void)ctx;
    assert_in_range(m->round_ms, 1, 60000);
    return 0;
}
static int on_wrong(void *ctx, struct msg_seal_wrong_try *m)
{
    ((struct party *)ctx)->wrong = m->wrong;
    return 0;
}
static int on_back(void *ctx)
{
    ((struct party *)ctx)->back = true;
    return 0;
}
static int on_ended(void *ctx, struct msg_seal_ended *m)
{
    struct party *p = ctx;
    p->ended = true;
    p->end = *m;
    return 0;
}
static const struct seal_at_broker broker = {.on_ready = on_ready,
                                             .on_failed = on_failed,
                                             .on_seal_session = on_session,
                                             .on_seal_welcomed = on_welcomed,
                                             .on_seal_member = on_member,
                                             .on_seal_presenter = on_presenter,
                                             .on_seal_unshared = on_unshared,
                                             .on_seal_share_bad = on_share_bad,
                                             .on_seal_mirror_bad = on_mirror_bad,
                                             .on_seal_picture = on_picture,
                                             .on_seal_quality = on_quality,
                                             .on_seal_wrong_try = on_wrong,
                                             .on_seal_back = on_back,
                                             .on_seal_ended = on_ended};

/* --- net and relay --- */

static int on_params(void *ctx, struct msg_link_params *m)
{
    struct party *p = ctx;
    memcpy(p->m0, m->params.data, m->params.len);
    p->m0_len = m->params.len;
    return 0;
}
static int on_msg(void *ctx, struct msg_link_msg *m)
{
    struct party *p = ctx;
    const struct msg_link_msg out = {.peer = p->handle ? p->handle : 1, .body = m->body};
    bool meant = p->other && (p->handle || m->peer == p->other->handle);
    if (meant && p->other->link.fd >= 0)
        assert_int_equal(msg_link_msg_send(&p->other->link, &out), 0);
    return 0;
}
static int on_unit(void *ctx, struct msg_link_unit *m)
{
    struct party *p = ctx;
    p->units++;
    if (p->other && p->other->bound)
        assert_int_equal(
            msg_link_unit_send(&p->other->link, &(struct msg_link_unit){.unit = m->unit}), 0);
    return 0;
}
static int on_bind(void *ctx, struct msg_link_bind *m)
{
    struct party *p = ctx;
    assert_int_equal(m->handle, p->other->handle);
    p->other->bound = true;
    return 0;
}
static int on_drop(void *ctx, struct msg_link_drop *m)
{
    (void)ctx, (void)m;
    return 0;
}
static int on_present(void *ctx, struct msg_link_present *m)
{
    (void)ctx, (void)m;
    return 0;
}
static int on_end(void *ctx)
{
    ((struct party *)ctx)->net_end = true;
    return 0;
}
static int on_need(void *ctx)
{
    struct party *p = ctx;
    return p->other ? msg_link_need_send(&p->other->link) : 0;
}
static const struct link_at_net net = {.on_link_params = on_params,
                                       .on_link_msg = on_msg,
                                       .on_link_unit = on_unit,
                                       .on_link_bind = on_bind,
                                       .on_link_drop = on_drop,
                                       .on_link_present = on_present,
                                       .on_link_end = on_end,
                                       .on_link_need = on_need};

/* --- capture and view --- */

static int on_need_key(void *ctx)
{
    ((struct party *)ctx)->need_keys++;
    return 0;
}
static const struct share_at_capture capture = {.on_share_need_key = on_need_key};
static int on_screen(void *ctx, struct msg_view_screen *m)
{
    struct party *p = ctx;
    p->screens++;
    p->screen_len = m->content.len;
    memcpy(p->screen, m->content.data, m->content.len);
    return 0;
}
static int on_cursor(void *ctx, struct msg_view_cursor *m)
{
    (void)m;
    ((struct party *)ctx)->cursors++;
    return 0;
}
const struct view_at_view party_view = {.on_view_screen = on_screen, .on_view_cursor = on_cursor};

/* --- processes --- */

static void start(struct party *p)
{
    int control;
    *p = (struct party){.link.fd = -1, .data.fd = -1};
    p->pid = built_start("vitrine-seal", &control);
    seal_init_broker(&p->control, control, &broker, p);
    p->control.queue_limit = 1 << 20;
    assert_int_equal(msg_seal_key_send(&p->control, &(struct msg_seal_key){0}), 0);
}

void party_stop(struct party *p)
{
    chan_finish(&p->control);
    chan_finish(&p->link);
    chan_finish(&p->data);
    built_end(&p->pid);
}

static void pump(struct chan *c)
{
    if (c->fd >= 0) {
        (void)chan_flush(c);
        (void)chan_receive(c, 16);
    }
}

bool party_run(struct party **all, int n, const bool *flag, uint64_t ms)
{
    uint64_t end = loop_now_ms() + ms;
    while (!(flag && *flag) && loop_now_ms() < end) {
        struct pollfd fds[12];
        nfds_t used = 0;
        for (int i = 0; i < n; i++) {
            struct chan *c[] = {&all[i]->control, &all[i]->link, &all[i]->data};
            for (int k = 0; k < 3; k++)
                if (c[k]->fd >= 0)
                    fds[used++] = (struct pollfd){.fd = c[k]->fd, .events = chan_events(c[k])};
        }
        poll(fds, used, 10);
        for (int i = 0; i < n; i++) {
            pump(&all[i]->control);
            pump(&all[i]->link);
            pump(&all[i]->data);
        }
    }
    return flag && *flag;
}

bool party_wait(struct party *a, struct party *b, const bool *flag)
{
    struct party *all[] = {a, b};
    return party_run(all, b ? 2 : 1, flag, PARTY_PATIENCE_MS);
}

void party_give_link(struct party *p)
{
    int ends[2];
    assert_true(party_wait(p, NULL, &p->ready));
    assert_int_equal(chan_pair(ends), 0);
    assert_int_equal(msg_seal_link_send(&p->control, &(struct msg_seal_link){.link = ends[1]}), 0);
    close(ends[1]);
    link_init_net(&p->link, ends[0], &net, p);
    p->link.state = LINK_STATE_OPEN;
    p->link.queue_limit = 64 << 20;
}

void party_host(struct party *o)
{
    start(o);
    party_give_link(o);
    const struct msg_seal_host m = {.password_mode = 1,
                                    .password = span_text("amber canoe fifty lemon"),
                                    .name = span_text("Olga")};
    assert_int_equal(msg_seal_host_send(&o->control, &m), 0);
    o->control.state = SEAL_STATE_HOSTING;
    const struct msg_link_opened opened = {.sid = span_text("123456789"), .handle = 7};
    assert_int_equal(msg_link_opened_send(&o->link, &opened), 0);
    assert_true(party_wait(o, NULL, &o->session));
}

void party_join(struct party *j, struct party *o, const char *password)
{
    int ends[2];
    start(j);
    party_give_link(j);
    j->handle = 0x01020304;
    j->other = o;
    o->other = j;
    struct msg_seal_join m = {
        .has_fp = 1, .password = span_text(password), .name = span_text("Jo")};
    memcpy(m.fp, o->fp, sizeof m.fp);
    assert_int_equal(msg_seal_join_send(&j->control, &m), 0);
    j->control.state = SEAL_STATE_JOINING;
    assert_int_equal(chan_pair(ends), 0);
    assert_int_equal(msg_seal_view_send(&j->control, &(struct msg_seal_view){.view = ends[1]}), 0);
    close(ends[1]);
    view_init_view(&j->data, ends[0], &party_view, j);
    const struct msg_link_opened opened = {
        .sid = span_text("123456789"), .handle = j->handle, .params = {o->m0, o->m0_len}};
    assert_int_equal(msg_link_opened_send(&j->link, &opened), 0);
}

void party_share(struct party *o)
{
    int ends[2];
    assert_int_equal(chan_pair(ends), 0);
    assert_int_equal(msg_seal_share_send(&o->control, &(struct msg_seal_share){.share = ends[1]}),
                     0);
    close(ends[1]);
    share_init_capture(&o->data, ends[0], &capture, o);
    o->data.queue_limit = 64 << 20;
}
