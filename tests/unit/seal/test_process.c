/*
 * Real vitrine-seal processes, locked in, with the test as broker, net, relay, capture and view:
 * what a session does under its filter, and what it does about messages that are wrong.
 */
#include "ch_link.h"
#include "ch_seal.h"
#include "ch_share.h"
#include "ch_view.h"
#include "lib/loop.h"
#include "policy/limits.h"
#include "tests/unit/sanitized.h"
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
/* cmocka wants the above first */
#include <cmocka.h>

#define PATIENCE_MS 5000

/* One process with all that it talks to. */
struct party {
    pid_t pid;
    struct chan control, link, data; /* data: share of the organizer, view of a joiner */
    struct party *other;
    uint32_t handle;
    bool ready, failed, session, welcomed, me, ended, net_end, bound, unshared, back, share_bad;
    bool mirror_bad, mirror_deaf;
    unsigned fail_code, fail_detail, members, presenter, picture, wrong, need_keys;
    struct msg_seal_ended end;
    uint8_t fp[16], m0[255];
    size_t m0_len, units, screen_len;
    unsigned screens, cursors;
    uint8_t screen[MAX_UNIT];
};

static int next_identity = -1; /* the file the next process is handed */

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
static const struct view_at_view view = {.on_view_screen = on_screen, .on_view_cursor = on_cursor};

/* --- processes --- */

static void find_program(char out[4096])
{
    char self[3000];
    ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
    assert_true(n > 0);
    self[n] = 0;
    char *tests = strstr(self, "/tests/unit/");
    assert_non_null(tests);
    *tests = 0;
    snprintf(out, 4096, "%s/vitrine-seal", self);
}

static void start(struct party *p)
{
    char path[4096];
    int ends[2];
    find_program(path);
    *p = (struct party){.link.fd = -1, .data.fd = -1};
    assert_int_equal(chan_pair(ends), 0);
    p->pid = fork();
    assert_true(p->pid >= 0);
    if (p->pid == 0) {
        char *args[] = {path, NULL};
        dup2(ends[1], 3);
        execv(path, args);
        _exit(127);
    }
    close(ends[1]);
    seal_init_broker(&p->control, ends[0], &broker, p);
    p->control.queue_limit = 1 << 20;
    const struct msg_seal_key m = {.n_file = next_identity >= 0, .file = {next_identity}};
    assert_int_equal(msg_seal_key_send(&p->control, &m), 0);
}

static void stop(struct party *p)
{
    int status;
    chan_finish(&p->control);
    chan_finish(&p->link);
    chan_finish(&p->data);
    kill(p->pid, SIGKILL);
    waitpid(p->pid, &status, 0);
}

static void pump(struct chan *c)
{
    if (c->fd >= 0) {
        (void)chan_flush(c);
        (void)chan_receive(c, 16);
    }
}

/* Lets all run until *flag is set, or the time is over. */
static bool until(struct party **all, int n, const bool *flag, uint64_t ms)
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

static bool wait_for(struct party *a, struct party *b, const bool *flag)
{
    struct party *all[] = {a, b};
    return until(all, b ? 2 : 1, flag, PATIENCE_MS);
}

static struct span text(const char *s)
{
    return (struct span){(const uint8_t *)s, strlen(s)};
}

static void give_link(struct party *p)
{
    int ends[2];
    assert_true(wait_for(p, NULL, &p->ready));
    assert_int_equal(chan_pair(ends), 0);
    assert_int_equal(msg_seal_link_send(&p->control, &(struct msg_seal_link){.link = ends[1]}), 0);
    close(ends[1]);
    link_init_net(&p->link, ends[0], &net, p);
    p->link.state = LINK_STATE_OPEN;
    p->link.queue_limit = 64 << 20;
}

static void host(struct party *o)
{
    start(o);
    give_link(o);
    const struct msg_seal_host m = {
        .password_mode = 1, .password = text("amber canoe fifty lemon"), .name = text("Olga")};
    assert_int_equal(msg_seal_host_send(&o->control, &m), 0);
    o->control.state = SEAL_STATE_HOSTING;
    const struct msg_link_opened opened = {.sid = text("123456789"), .handle = 7};
    assert_int_equal(msg_link_opened_send(&o->link, &opened), 0);
    assert_true(wait_for(o, NULL, &o->session));
}

static void join(struct party *j, struct party *o, const char *password)
{
    int ends[2];
    start(j);
    give_link(j);
    j->handle = 0x01020304;
    j->other = o;
    o->other = j;
    struct msg_seal_join m = {.has_fp = 1, .password = text(password), .name = text("Jo")};
    memcpy(m.fp, o->fp, sizeof m.fp);
    assert_int_equal(msg_seal_join_send(&j->control, &m), 0);
    j->control.state = SEAL_STATE_JOINING;
    assert_int_equal(chan_pair(ends), 0);
    assert_int_equal(msg_seal_view_send(&j->control, &(struct msg_seal_view){.view = ends[1]}), 0);
    close(ends[1]);
    view_init_view(&j->data, ends[0], &view, j);
    const struct msg_link_opened opened = {
        .sid = text("123456789"), .handle = j->handle, .params = {o->m0, o->m0_len}};
    assert_int_equal(msg_link_opened_send(&j->link, &opened), 0);
}

static void share(struct party *o)
{
    int ends[2];
    assert_int_equal(chan_pair(ends), 0);
    assert_int_equal(msg_seal_share_send(&o->control, &(struct msg_seal_share){.share = ends[1]}),
                     0);
    close(ends[1]);
    share_init_capture(&o->data, ends[0], &capture, o);
    o->data.queue_limit = 64 << 20;
}

/* --- tests --- */

static void whole_session(void **state)
{
    struct party *o = malloc(sizeof *o), *j = malloc(sizeof *j);
    struct party *both[] = {o, j};
    (void)state;
    host(o);
    uint64_t began = loop_now_ms();
    join(j, o, "amber canoe fifty lemon");
    assert_true(wait_for(o, j, &j->me));
    printf("# join, start of the process and stretch included: %d ms\n",
           (int)(loop_now_ms() - began));
    share(o);
    uint8_t *content = malloc(MAX_UNIT);
    for (size_t i = 0; i < MAX_UNIT; i++)
        content[i] = (uint8_t)(i * 7 + i / 255);
    const unsigned count = 400;
    began = loop_now_ms();
    for (unsigned i = 0; i < count; i++) {
        const struct msg_share_screen m = {.key = i == 0, .content = {content, MAX_UNIT}};
        assert_int_equal(msg_share_screen_send(&o->data, &m), 0);
        until(both, 2, NULL, 0);
    }
    while (j->screens < count && loop_now_ms() < began + 4 * PATIENCE_MS)
        until(both, 2, NULL, 1);
    uint64_t took = loop_now_ms() - began;
    assert_int_equal(j->screens, count);
    assert_int_equal(j->screen_len, MAX_UNIT);
    assert_memory_equal(j->screen, content, MAX_UNIT);
    printf("# %u units of 128 KiB sealed, passed on and opened in %d ms\n", count, (int)took);
    assert_int_equal(msg_seal_unshare_send(&o->control, &(struct msg_seal_unshare){.pause = 0}), 0);
    assert_true(wait_for(o, j, &o->unshared));
    assert_int_equal(msg_seal_end_send(&o->control, &(struct msg_seal_end){.reason = 1}), 0);
    assert_true(wait_for(o, j, &o->ended));
    assert_true(wait_for(o, j, &j->ended));
    assert_int_equal(j->end.how, 0);
    assert_int_equal(j->picture, 3); /* stopped */
    assert_true(o->net_end && o->end.how == 0);
    free(content);
    stop(o), stop(j);
    free(o), free(j);
}

/* A decoder of our own units, as the presenter's broker opens one. */
static void look(struct party *o, struct party *eye)
{
    int ends[2];
    memset(eye, 0, sizeof *eye);
    eye->control.fd = eye->link.fd = -1;
    assert_int_equal(chan_pair(ends), 0);
    assert_int_equal(msg_seal_mirror_send(&o->control, &(struct msg_seal_mirror){.view = ends[1]}),
                     0);
    close(ends[1]);
    view_init_view(&eye->data, ends[0], &view, eye);
}

static bool closed(struct party *o, struct party *eye)
{
    struct party *both[] = {o, eye};
    enum chan_result r = CHAN_OK;
    for (uint64_t end = loop_now_ms() + PATIENCE_MS; r == CHAN_OK && loop_now_ms() < end;) {
        until(both, 1, NULL, 1);
        r = chan_receive(&eye->data, 8);
    }
    chan_finish(&eye->data);
    return r == CHAN_ENDED;
}

/* What others see, by the process; one that talks nonsense costs nothing but itself, and there is
   none where nothing is shared. */
static void what_others_see(void **state)
{
    struct party *o = malloc(sizeof *o), *j = malloc(sizeof *j), *eye = malloc(sizeof *eye);
    (void)state;
    host(o);
    join(j, o, "amber canoe fifty lemon");
    assert_true(wait_for(o, j, &j->me));
    look(o, eye);
    assert_true(closed(o, eye));
    share(o);
    look(o, eye);
    const struct msg_share_screen m = {.key = 1, .content = text("a picture")};
    assert_int_equal(msg_share_screen_send(&o->data, &m), 0);
    struct party *both[] = {o, j};
    for (uint64_t end = loop_now_ms() + PATIENCE_MS;
         (!j->screens || !eye->screens) && loop_now_ms() < end;) {
        until(both, 2, NULL, 1);
        assert_int_equal(chan_receive(&eye->data, 8), CHAN_OK);
    }
    assert_int_equal(eye->screen_len, 9);
    assert_memory_equal(eye->screen, j->screen, 9);
    const uint8_t bytes[] = {999 >> 8, 999 & 0xff, 9};
    assert_int_equal(chan_send_raw(&eye->data, bytes, sizeof bytes, NULL, 0), 0);
    assert_true(wait_for(o, j, &o->mirror_bad));
    assert_true(closed(o, eye));
    look(o, eye);
    assert_int_equal(msg_seal_unshare_send(&o->control, &(struct msg_seal_unshare){.pause = 0}), 0);
    assert_true(wait_for(o, j, &o->unshared));
    assert_true(closed(o, eye)); /* by seal itself, whatever the broker does */
    assert_false(o->failed || o->share_bad);
    stop(o), stop(j);
    free(o), free(j), free(eye);
}

/* A picture of `len` bytes, until the viewer has it: seal is done with it then. */
static void show(struct party *o, struct party *j, bool key, size_t len)
{
    static const uint8_t picture[MAX_UNIT];
    const struct msg_share_screen m = {.key = key, .content = {picture, len}};
    struct party *both[] = {o, j};
    const unsigned before = j->screens;
    assert_int_equal(msg_share_screen_send(&o->data, &m), 0);
    for (uint64_t end = loop_now_ms() + PATIENCE_MS; j->screens == before && loop_now_ms() < end;)
        until(both, 2, NULL, 1);
    assert_int_equal(j->screens, before + 1);
}

/* A session that is shown and looked at, and a decoder that has room for nothing big. */
static void fill(struct party *o, struct party *j, struct party *eye)
{
    struct party *both[] = {o, j};
    host(o);
    join(j, o, "amber canoe fifty lemon");
    assert_true(wait_for(o, j, &j->me));
    share(o);
    look(o, eye);
    until(both, 2, NULL, 1100); /* seal asks for a KEY unit once a second: the next one at once */
    for (int i = 0; i < 16; i++)
        show(o, j, i == 0, MAX_UNIT);
    o->need_keys = 0;
}

static void drain(struct party *o, struct party *j, struct party *eye, unsigned screens)
{
    struct party *both[] = {o, j};
    for (uint64_t end = loop_now_ms() + PATIENCE_MS;
         eye->screens < screens && loop_now_ms() < end;) {
        until(both, 2, NULL, 1);
        assert_int_equal(chan_receive(&eye->data, 8), CHAN_OK);
    }
}

/* Has got a KEY unit since: it needs no other. */
static void behind_until_a_key(void **state)
{
    struct party *o = malloc(sizeof *o), *j = malloc(sizeof *j), *eye = malloc(sizeof *eye);
    (void)state;
    fill(o, j, eye);
    show(o, j, true, 9);
    while (eye->screen_len != 9)
        drain(o, j, eye, eye->screens + 1);
    assert_in_range(eye->screens, 2, 15); /* the others it had no room for */
    show(o, j, false, 8);
    drain(o, j, eye, eye->screens + 1);
    assert_int_equal(eye->screen_len, 8);
    assert_int_equal(o->need_keys, 0);
    stop(o), stop(j), chan_finish(&eye->data);
    free(o), free(j), free(eye);
}

/* A pointer's shape is said once: who had no room for it needs a KEY unit, after which capture says
   it again. */
static void behind_by_a_pointer(void **state)
{
    struct party *o = malloc(sizeof *o), *j = malloc(sizeof *j), *eye = malloc(sizeof *eye);
    static const uint8_t shape[65536];
    const struct msg_share_cursor m = {.content = {shape, sizeof shape}};
    (void)state;
    fill(o, j, eye);
    show(o, j, true, 120000); /* less is left than the shape needs */
    assert_int_equal(msg_share_cursor_send(&o->data, &m), 0);
    struct party *both[] = {o, j};
    for (uint64_t end = loop_now_ms() + PATIENCE_MS; !j->cursors && loop_now_ms() < end;)
        until(both, 2, NULL, 1);
    while (eye->screen_len != 120000)
        drain(o, j, eye, eye->screens + 1);
    for (uint64_t end = loop_now_ms() + PATIENCE_MS; !o->need_keys && loop_now_ms() < end;)
        until(both, 2, NULL, 1);
    assert_int_equal(o->need_keys, 1);
    assert_int_equal(eye->cursors, 0);
    stop(o), stop(j), chan_finish(&eye->data);
    free(o), free(j), free(eye);
}

/* One that takes nothing any more, or closes and lives on, would show as live what is over. */
static void deaf(void **state)
{
    struct party *o = malloc(sizeof *o), *j = malloc(sizeof *j), *eye = malloc(sizeof *eye);
    struct party *both[] = {o, j};
    (void)state;
    fill(o, j, eye);
    assert_false(o->mirror_deaf);
    assert_true(until(both, 2, &o->mirror_deaf, 4 * PATIENCE_MS));
    assert_true(closed(o, eye));
    o->mirror_deaf = false;
    look(o, eye);
    show(o, j, true, 9);
    chan_finish(&eye->data);
    assert_true(until(both, 2, &o->mirror_deaf, 4 * PATIENCE_MS));
    assert_false(o->failed || o->share_bad || o->mirror_bad);
    show(o, j, false, 9); /* sharing goes on */
    stop(o), stop(j);
    free(o), free(j), free(eye);
}

/* Many small pictures, until the viewer has them all. */
static void show_many(struct party *o, struct party *j, unsigned n)
{
    const struct msg_share_screen m = {.key = 1, .content = text("a picture")};
    struct party *both[] = {o, j};
    const unsigned all = j->screens + n;
    for (unsigned i = 0; i < n; i++) {
        assert_int_equal(msg_share_screen_send(&o->data, &m), 0);
        until(both, 2, NULL, 0);
    }
    for (uint64_t end = loop_now_ms() + PATIENCE_MS; j->screens < all && loop_now_ms() < end;)
        until(both, 2, NULL, 1);
    assert_int_equal(j->screens, all);
}

/* Whoever takes a little now and then, and never all of it, is no better: what waits for it moves,
   and is never gone. */
static void slow_for_ever(void **state)
{
    enum { WAIT = 7500, BITE = 700, BITES = 10 }; /* its socket holds some 500 to 1700 */
    struct party *o = malloc(sizeof *o), *j = malloc(sizeof *j), *eye = malloc(sizeof *eye);
    struct party *both[] = {o, j};
    (void)state;
    host(o);
    join(j, o, "amber canoe fifty lemon");
    assert_true(wait_for(o, j, &j->me));
    share(o);
    look(o, eye);
    show_many(o, j, WAIT);
    for (unsigned bites = 0; bites < BITES && !o->mirror_deaf; bites++) {
        until(both, 2, &o->mirror_deaf, 1000);
        (void)chan_receive(&eye->data, BITE);
    }
    assert_true(o->mirror_deaf);
    assert_false(o->failed || o->share_bad || o->mirror_bad);
    stop(o), stop(j), chan_finish(&eye->data);
    free(o), free(j), free(eye);
}

static void wrong_password(void **state)
{
    struct party *o = malloc(sizeof *o), *j = malloc(sizeof *j);
    (void)state;
    host(o);
    join(j, o, "amber canoe fifty melon");
    assert_true(wait_for(o, j, &j->ended));
    assert_int_equal(j->end.code, 5);
    struct party *both[] = {o, j};
    until(both, 2, NULL, 100);
    assert_int_equal(o->wrong, 1);
    stop(o), stop(j);
    free(o), free(j);
}

/* Writes one raw message on a channel and waits for the process to say what is wrong. */
static void goes_with(struct party *p, struct chan *c, uint16_t type, unsigned code)
{
    const uint8_t bytes[] = {(uint8_t)(type >> 8), (uint8_t)type, 9, 9, 9};
    assert_int_equal(chan_send_raw(c, bytes, sizeof bytes, NULL, 0), 0);
    assert_true(wait_for(p, NULL, &p->failed));
    assert_int_equal(p->fail_code, code);
    int status;
    assert_int_equal(waitpid(p->pid, &status, 0), p->pid);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 1);
    chan_finish(&p->control);
    chan_finish(&p->link);
    chan_finish(&p->data);
}

static void bad_messages(void **state)
{
    struct party *o = malloc(sizeof *o);
    (void)state;
    host(o);
    goes_with(o, &o->control, 40, 2); /* FAIL_MESSAGE */
    host(o);
    goes_with(o, &o->control, 999, 2);
    host(o);
    goes_with(o, &o->link, 56, 3); /* FAIL_PEER_MESSAGE */
    host(o);
    share(o);
    /* a bad capture costs its share, not the session */
    const uint8_t bytes[] = {999 >> 8, 999 & 0xff, 9};
    assert_int_equal(chan_send_raw(&o->data, bytes, sizeof bytes, NULL, 0), 0);
    assert_true(wait_for(o, NULL, &o->share_bad));
    assert_false(o->failed);
    stop(o);
    free(o);
}

/* Peers may send what they like: the session goes on. */
static void bad_peers(void **state)
{
    struct party *o = malloc(sizeof *o), *j = malloc(sizeof *j);
    (void)state;
    host(o);
    for (uint32_t i = 1; i <= 300; i++) {
        uint8_t junk[200];
        for (size_t k = 0; k < sizeof junk; k++)
            junk[k] = (uint8_t)(i * 31 + k * 17);
        junk[0] = 1, junk[1] = (uint8_t)(i % 8), junk[2] = 0, junk[3] = 1;
        const struct msg_link_msg m = {.peer = i, .body = {junk, 1 + i % sizeof junk}};
        assert_int_equal(msg_link_msg_send(&o->link, &m), 0);
        const struct msg_link_unit u = {.unit = {junk, 1 + i % sizeof junk}};
        assert_int_equal(msg_link_unit_send(&o->link, &u), 0);
    }
    join(j, o, "amber canoe fifty lemon");
    o->other = j;
    assert_true(wait_for(o, j, &j->me));
    assert_false(o->failed);
    stop(o), stop(j);
    free(o), free(j);
}

static void reopen(struct party *p, uint32_t handle, struct span m0)
{
    chan_finish(&p->link);
    give_link(p);
    const struct msg_link_opened opened = {
        .sid = text("123456789"), .handle = handle, .params = m0};
    assert_int_equal(msg_link_opened_send(&p->link, &opened), 0);
}

/* Two lines are lost at once and replaced; the picture goes on. */
static void lines_are_replaced(void **state)
{
    struct party *o = malloc(sizeof *o), *j = malloc(sizeof *j);
    (void)state;
    host(o);
    join(j, o, "amber canoe fifty lemon");
    assert_true(wait_for(o, j, &j->me));
    for (int round = 0; round < 3; round++) {
        struct party *both[] = {o, j};
        o->back = j->back = false;
        chan_finish(&o->link);
        chan_finish(&j->link);
        if (round > 0) /* else the new line may come before the old one's end was seen */
            until(both, 2, NULL, 100);
        assert_false(o->ended || j->ended);
        reopen(o, 7, text(""));
        assert_true(wait_for(o, NULL, &o->back));
        j->handle += 16;
        reopen(j, j->handle, (struct span){o->m0, o->m0_len});
        assert_true(wait_for(o, j, &j->back));
    }
    stop(o), stop(j);
    free(o), free(j);
}

/* Who waits for an answer cannot come back. */
static void net_goes_before_the_end_of_joining(void **state)
{
    struct party *o = malloc(sizeof *o), *j = malloc(sizeof *j);
    (void)state;
    host(o);
    join(j, o, "amber canoe fifty lemon");
    chan_finish(&j->link);
    assert_true(wait_for(j, NULL, &j->ended));
    assert_int_equal(j->end.how, 1);
    assert_int_equal(j->end.code, 19);
    stop(o), stop(j);
    free(o), free(j);
}

int main(void)
{
    if (PROGRAMS_SANITIZED) {
        puts("# skipped: a sanitized program makes calls that no policy has");
        return 0;
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whole_session),
        cmocka_unit_test(what_others_see),
        cmocka_unit_test(behind_until_a_key),
        cmocka_unit_test(behind_by_a_pointer),
        cmocka_unit_test(deaf),
        cmocka_unit_test(slow_for_ever),
        cmocka_unit_test(wrong_password),
        cmocka_unit_test(bad_messages),
        cmocka_unit_test(bad_peers),
        cmocka_unit_test(lines_are_replaced),
        cmocka_unit_test(net_goes_before_the_end_of_joining),
    };
    signal(SIGPIPE, SIG_IGN);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
