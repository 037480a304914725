/*
 * A desk for tests of the eyes: a virtual X server with a cookie, a client that paints on it, and
 * the real vitrine-gate and vitrine-capture (with their filters on) between it and this process,
 * which plays broker, seal and viewer. Build the two programs before running a test that includes
 * this.
 */
#ifndef TESTS_UNIT_CAPTURE_DESK_H
#define TESTS_UNIT_CAPTURE_DESK_H
#include "ch_capture.h"
#include "ch_gate.h"
#include "ch_share.h"
#include "lib/fail.h"
#include "lib/loop.h"
#include "lib/tile/cursor.h"
#include "lib/tile/decode.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>
#include <xcb/damage.h>
#include <xcb/randr.h>
#include <xcb/shm.h>
#include <xcb/xcb.h>
#include <xcb/xfixes.h>
/* after the headers it needs */
#include <cmocka.h>

#define DESK_COOKIE "\1\2\3\4\5\6\7\10\11\12\13\14\15\16\17\20"
#define DESK_BLANK 0x808080u
#define DESK_MARK 0xff00feu /* colour of own windows: must never reach the viewer */

struct desk {
    pid_t server;
    int number;
    uint32_t w, h;
    uint8_t depth;
    xcb_connection_t *c;
    xcb_screen_t *screen;
    xcb_gcontext_t gc;
    uint32_t target;   /* the one window that is shared, 0 none */
    bool may_be_rough; /* else all is sent exactly at once */
    int server_end;    /* not 0: what the gate gets instead of a connection to the server */
};

struct chain {
    struct chan gate, capture, share;
    pid_t gate_pid, capture_pid;
    bool gate_ready, capture_ready, gate_over, capture_over, share_over;
    struct msg_gate_violation violation; /* rule 0: none */
    struct msg_failed failed;
    uint8_t input_major; /* not 0: the gate is opened for input */
    uint32_t masked, running, running_w, running_h;
    void (*ask)(struct chain *k, uint32_t serial); /* not NULL: capture asks what to hide */
    /* the viewer */
    struct tile_decoder *decoder;
    struct tile_picture picture;
    uint32_t units, keys, updates, marked; /* marked: pixels of DESK_MARK ever received */
    uint64_t bytes, last_unit_ms;
    bool complete;
    struct tile_cursor cursor;
    uint32_t cursors, shapes;
};

/* --- the server --- */

static void desk_write_cookie(char *path)
{
    static const uint8_t file[] = "\xff\xff\0\0\0\0\0\22MIT-MAGIC-COOKIE-1\0\20" DESK_COOKIE;
    strcpy(path, "/tmp/vitrine-desk-XXXXXX");
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, file, sizeof file - 1), sizeof file - 1);
    close(fd);
}

static void desk_be_quiet(void)
{
    int quiet = open("/dev/null", O_RDWR);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    dup2(quiet, 1);
    dup2(quiet, 2);
}

_Noreturn static void desk_exec_xvfb(const char *number, const struct desk *d, const char *cookie,
                                     const char *without)
{
    char screen[64];
    snprintf(screen, sizeof screen, "%ux%ux%u", d->w, d->h, d->depth);
    execlp("Xvfb", "Xvfb", "-displayfd", number, "-screen", "0", screen, "-nolisten", "tcp",
           "-auth", cookie, "-noreset", without == NULL ? NULL : "-extension", without, NULL);
    _exit(127);
}

/* A server whose screen can be 800x600 or 640x480; Xvfb has one size only. */
static const char desk_sizes_config[] =
    "Section \"ServerFlags\"\n Option \"AutoAddDevices\" \"false\"\n"
    " Option \"DontVTSwitch\" \"true\"\nEndSection\n"
    "Section \"Device\"\n Identifier \"card\"\n Driver \"dummy\"\nEndSection\n"
    "Section \"Monitor\"\n Identifier \"monitor\"\n HorizSync 5-1000\n VertRefresh 1-200\n"
    " Modeline \"800x600\" 31.1 800 808 840 848 600 603 606 612\n"
    " Modeline \"640x480\" 20.3 640 648 680 688 480 483 486 492\nEndSection\n"
    "Section \"Screen\"\n Identifier \"screen\"\n Device \"card\"\n Monitor \"monitor\"\n"
    " DefaultDepth 24\n SubSection \"Display\"\n Depth 24\n Modes \"800x600\" \"640x480\"\n"
    " Virtual 800 600\n EndSubSection\nEndSection\n";

_Noreturn static void desk_exec_xorg(const char *number, const char *cookie, const char *config)
{
    execl("/usr/lib/xorg/Xorg", "Xorg", "-displayfd", number, "-config", config, "-auth", cookie,
          "-logfile", "/dev/null", "-novtswitch", "-sharevts", "-nolisten", "tcp", "-noreset",
          NULL);
    _exit(127);
}

static void desk_write_config(char *path)
{
    strcpy(path, "/tmp/vitrine-conf-XXXXXX");
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_true(write(fd, desk_sizes_config, sizeof desk_sizes_config - 1) > 0);
    close(fd);
}

static void desk_connect(struct desk *d)
{
    char name[16], mark[] = "MIT-MAGIC-COOKIE-1", cookie[] = DESK_COOKIE;
    xcb_auth_info_t auth = {18, mark, 16, cookie};
    snprintf(name, sizeof name, ":%d", d->number);
    d->c = xcb_connect_to_display_with_auth_info(name, &auth, NULL);
    assert_int_equal(xcb_connection_has_error(d->c), 0);
    d->screen = xcb_setup_roots_iterator(xcb_get_setup(d->c)).data;
    d->gc = xcb_generate_id(d->c);
    xcb_create_gc(d->c, d->gc, d->screen->root, XCB_GC_SUBWINDOW_MODE,
                  (const uint32_t[]){XCB_SUBWINDOW_MODE_CLIP_BY_CHILDREN});
}

/* `config` NULL: Xvfb of the desk's size. */
static void desk_run(struct desk *d, const char *without, const char *config)
{
    int ends[2];
    char cookie[32], number[16], line[16] = {0};
    desk_write_cookie(cookie);
    assert_int_equal(pipe(ends), 0);
    snprintf(number, sizeof number, "%d", ends[1]);
    d->server = fork();
    if (d->server == 0) {
        desk_be_quiet();
        if (config != NULL)
            desk_exec_xorg(number, cookie, config);
        desk_exec_xvfb(number, d, cookie, without);
    }
    close(ends[1]);
    assert_true(read(ends[0], line, sizeof line - 1) > 0);
    close(ends[0]);
    unlink(cookie);
    d->number = atoi(line);
    desk_connect(d);
}

static inline void desk_start(struct desk *d, uint32_t w, uint32_t h, uint8_t depth,
                              const char *without)
{
    *d = (struct desk){.w = w, .h = h, .depth = depth};
    desk_run(d, without, NULL);
}

static inline void desk_start_sizes(struct desk *d)
{
    char config[32];
    desk_write_config(config);
    *d = (struct desk){.w = 800, .h = 600, .depth = 24};
    desk_run(d, NULL, config);
    unlink(config);
}

static void desk_finish(struct desk *d)
{
    if (d->c != NULL)
        xcb_disconnect(d->c);
    kill(d->server, SIGTERM);
    waitpid(d->server, NULL, 0);
}

static void desk_sync(struct desk *d)
{
    free(xcb_get_input_focus_reply(d->c, xcb_get_input_focus(d->c), NULL));
}

static void desk_fill(struct desk *d, uint32_t colour, int x, int y, unsigned w, unsigned h)
{
    xcb_rectangle_t r = {(int16_t)x, (int16_t)y, (uint16_t)w, (uint16_t)h};
    xcb_change_gc(d->c, d->gc, XCB_GC_FOREGROUND, &colour);
    xcb_poly_fill_rectangle(d->c, d->screen->root, d->gc, 1, &r);
}

/* Something to look at everywhere. */
static void desk_paint(struct desk *d, uint32_t salt)
{
    for (uint32_t i = 0; i < 400; i++) {
        uint32_t k = (i + salt) * 2654435761u;
        desk_fill(d, k & (d->depth == 30 ? 0x3fffffffu : 0xffffffu), (int)(k % d->w),
                  (int)(k / 7 % d->h), 1 + k / 13 % (d->w / 4 + 1), 1 + k / 17 % (d->h / 4 + 1));
    }
    desk_sync(d);
}

static inline uint32_t desk_window(struct desk *d, uint32_t colour, int x, int y, unsigned w,
                                   unsigned h)
{
    uint32_t id = xcb_generate_id(d->c), values[] = {colour, 1};
    xcb_create_window(d->c, XCB_COPY_FROM_PARENT, id, d->screen->root, (int16_t)x, (int16_t)y,
                      (uint16_t)w, (uint16_t)h, 0, XCB_WINDOW_CLASS_INPUT_OUTPUT,
                      XCB_COPY_FROM_PARENT, XCB_CW_BACK_PIXEL | XCB_CW_OVERRIDE_REDIRECT, values);
    xcb_map_window(d->c, id);
    desk_sync(d);
    return id;
}

static inline void desk_move(struct desk *d, uint32_t window, int x, int y)
{
    uint32_t to[] = {(uint32_t)x, (uint32_t)y};
    xcb_configure_window(d->c, window, XCB_CONFIG_WINDOW_X | XCB_CONFIG_WINDOW_Y, to);
    xcb_flush(d->c);
}

/* The screen as another client reads it, without shared memory. To be freed. */
static uint32_t *desk_read(struct desk *d, int x, int y, uint32_t w, uint32_t h)
{
    uint32_t *out = malloc((size_t)w * h * 4);
    for (uint32_t row = 0; row < h; row += 256) {
        uint32_t rows = h - row < 256 ? h - row : 256;
        xcb_get_image_reply_t *r = xcb_get_image_reply(
            d->c,
            xcb_get_image(d->c, XCB_IMAGE_FORMAT_Z_PIXMAP, d->screen->root, (int16_t)x,
                          (int16_t)(y + (int)row), (uint16_t)w, (uint16_t)rows, 0xffffffff),
            NULL);
        assert_non_null(r);
        memcpy(out + (size_t)row * w, xcb_get_image_data(r), (size_t)w * rows * 4);
        free(r);
    }
    return out;
}

static uint8_t desk_major(struct desk *d, xcb_extension_t *e)
{
    const xcb_query_extension_reply_t *r = xcb_get_extension_data(d->c, e);
    return r != NULL && r->present ? r->major_opcode : 0;
}

static uint8_t desk_major_named(struct desk *d, const char *name)
{
    xcb_query_extension_reply_t *r = xcb_query_extension_reply(
        d->c, xcb_query_extension(d->c, (uint16_t)strlen(name), name), NULL);
    uint8_t major = r != NULL && r->present ? r->major_opcode : 0;
    free(r);
    return major;
}

/* A connection of the kind the broker makes for a gate: connected, nothing said yet. */
static int desk_socket(const struct desk *d)
{
    struct sockaddr_un a = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    snprintf(a.sun_path, sizeof a.sun_path, "/tmp/.X11-unix/X%d", d->number);
    assert_int_equal(connect(fd, (struct sockaddr *)&a, sizeof a), 0);
    return fd;
}

/* --- the workers --- */

static pid_t chain_spawn(const char *name, int control)
{
    char path[4096];
    ssize_t n = readlink("/proc/self/exe", path, sizeof path - 64);
    assert_true(n > 0);
    path[n] = '\0';
    for (int i = 0; i < 4; i++)
        *strrchr(path, '/') = '\0';
    strcat(path, name);
    pid_t pid = fork();
    if (pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (control == 3)
            fcntl(3, F_SETFD, 0);
        else
            dup2(control, 3);
        execl(path, path, NULL);
        fprintf(stderr, "%s is not built\n", path);
        _exit(127);
    }
    close(control);
    return pid;
}

static int chain_on_gate_ready(void *ctx)
{
    ((struct chain *)ctx)->gate_ready = true;
    return 0;
}
static int chain_on_capture_ready(void *ctx)
{
    ((struct chain *)ctx)->capture_ready = true;
    return 0;
}
static int chain_on_failed(void *ctx, struct msg_failed *m)
{
    ((struct chain *)ctx)->failed = *m;
    return 0;
}
static int chain_on_violation(void *ctx, struct msg_gate_violation *m)
{
    ((struct chain *)ctx)->violation = *m;
    return 0;
}
static int chain_on_masked(void *ctx, struct msg_capture_masked *m)
{
    ((struct chain *)ctx)->masked = m->serial;
    return 0;
}
static int chain_on_ask(void *ctx, struct msg_capture_ask *m)
{
    struct chain *k = ctx;
    assert_non_null(k->ask);
    k->ask(k, m->serial);
    return 0;
}
static int chain_on_running(void *ctx, struct msg_capture_running *m)
{
    struct chain *k = ctx;
    k->running++;
    k->running_w = m->width;
    k->running_h = m->height;
    return 0;
}

static void chain_fit(struct chain *k, const struct tile_head *h)
{
    if (k->picture.width == h->width && k->picture.height == h->height)
        return;
    free(k->picture.pixels);
    k->picture = (struct tile_picture){NULL, h->width, h->width, h->height, h->depth};
    k->picture.pixels = calloc((size_t)h->width * h->height, 4);
    assert_non_null(k->picture.pixels);
}

static void chain_look_for_mark(void *ctx, struct tile_rect r)
{
    struct chain *k = ctx;
    for (uint32_t y = r.y; y < r.y + r.h; y++)
        for (uint32_t x = r.x; x < r.x + r.w; x++)
            k->marked += k->picture.pixels[y * k->picture.stride + x] == DESK_MARK;
}

static int chain_on_screen(void *ctx, struct msg_share_screen *m)
{
    struct chain *k = ctx;
    struct tile_head h;
    assert_true(tile_head_read(m->content.data, m->content.len, &h));
    assert_int_equal(h.key, m->key);
    chain_fit(k, &h);
    assert_int_equal(tile_decode(k->decoder, m->content.data, m->content.len, &k->picture,
                                 chain_look_for_mark, k),
                     TILE_OK);
    k->units++;
    k->keys += h.key;
    k->updates += h.last;
    k->bytes += m->content.len;
    k->complete = h.last;
    k->last_unit_ms = loop_now_ms();
    return 0;
}

static int chain_on_cursor(void *ctx, struct msg_share_cursor *m)
{
    struct chain *k = ctx;
    assert_true(tile_cursor_decode(m->content.data, m->content.len, &k->cursor));
    assert_int_equal(m->key, k->cursor.kind != TILE_CURSOR_MOVED);
    k->cursors++;
    k->shapes += k->cursor.kind == TILE_CURSOR_SHAPE;
    return 0;
}

static const struct gate_at_broker chain_gate = {.on_ready = chain_on_gate_ready,
                                                 .on_failed = chain_on_failed,
                                                 .on_gate_violation = chain_on_violation};
static const struct capture_at_broker chain_capture = {.on_ready = chain_on_capture_ready,
                                                       .on_failed = chain_on_failed,
                                                       .on_capture_masked = chain_on_masked,
                                                       .on_capture_ask = chain_on_ask,
                                                       .on_capture_running = chain_on_running};
static const struct share_at_seal chain_share = {.on_share_screen = chain_on_screen,
                                                 .on_share_cursor = chain_on_cursor};

static void chain_receive(struct chan *c, bool *over)
{
    if (*over || c->fd < 0)
        return;
    enum chan_result r = chan_receive(c, 4);
    if (r == CHAN_BAD)
        fail_msg("a worker sent what it may not: type %u, %s", c->bad_type, c->bad_why);
    *over = r == CHAN_ENDED;
}

/* Some worker is still there, or never was. */
static bool chain_alive(const struct chain *k)
{
    return !(k->gate_over && k->capture_over && k->share_over);
}

/* Waits for messages for at most `ms`, handles what came. */
static void chain_turn(struct chain *k, int ms)
{
    struct pollfd p[3] = {{.fd = k->gate_over ? -1 : k->gate.fd, .events = POLLIN},
                          {.fd = k->capture_over ? -1 : k->capture.fd, .events = POLLIN},
                          {.fd = k->share_over ? -1 : k->share.fd, .events = POLLIN}};
    if (poll(p, 3, ms) <= 0)
        return;
    if (p[0].revents != 0)
        chain_receive(&k->gate, &k->gate_over);
    if (p[1].revents != 0)
        chain_receive(&k->capture, &k->capture_over);
    if (p[2].revents != 0)
        chain_receive(&k->share, &k->share_over);
}

#define chain_until(k, condition)                                                                  \
    do {                                                                                           \
        uint64_t end_ = loop_now_ms() + 20000;                                                     \
        while (!(condition) && loop_now_ms() < end_ && chain_alive(k))                             \
            chain_turn(k, 50);                                                                     \
        if (!(condition))                                                                          \
            fail_msg("never: %s (failed %u/%u, violation %u)", #condition, (k)->failed.code,       \
                     (k)->failed.detail, (k)->violation.rule);                                     \
    } while (0)

static inline void chain_for(struct chain *k, uint64_t ms)
{
    uint64_t end = loop_now_ms() + ms, now;
    while ((now = loop_now_ms()) < end)
        chain_turn(k, (int)(end - now));
}

static void chain_spawn_gate(struct chain *k)
{
    int ends[2];
    assert_int_equal(chan_pair(ends), 0);
    k->gate_pid = chain_spawn("/vitrine-gate", ends[1]);
    gate_init_broker(&k->gate, ends[0], &chain_gate, k);
    chain_until(k, k->gate_ready);
    k->gate.state = GATE_STATE_OPEN;
}

static void chain_spawn_capture(struct chain *k)
{
    int ends[2];
    assert_int_equal(chan_pair(ends), 0);
    k->capture_pid = chain_spawn("/vitrine-capture", ends[1]);
    capture_init_broker(&k->capture, ends[0], &chain_capture, k);
    chain_until(k, k->capture_ready);
    k->capture.state = CAPTURE_STATE_SHARING;
}

/* Opens the gate between the desk and the returned end. area NULL: whole. */
static int chain_open_gate(struct chain *k, struct desk *d, const struct tile_rect *area)
{
    static const uint8_t name[] = "MIT-MAGIC-COOKIE-1", cookie[] = DESK_COOKIE;
    int ends[2];
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
    struct msg_gate_open m = {.client = k->input_major != 0,
                              .major_xtest = k->input_major,
                              .root = d->screen->root,
                              .target = d->target,
                              .whole = area == NULL,
                              .w = d->w,
                              .h = d->h,
                              .major_shm = desk_major(d, &xcb_shm_id),
                              .major_damage = desk_major(d, &xcb_damage_id),
                              .major_xfixes = desk_major(d, &xcb_xfixes_id),
                              .major_randr = desk_major(d, &xcb_randr_id),
                              .major_composite = desk_major_named(d, "Composite"),
                              .cookie_name = {name, 18},
                              .cookie = {cookie, 16},
                              .server = d->server_end != 0 ? d->server_end : desk_socket(d),
                              .client_end = ends[1]};
    if (area != NULL) {
        m.x = (int32_t)area->x;
        m.y = (int32_t)area->y;
        m.w = area->w;
        m.h = area->h;
    }
    assert_int_equal(msg_gate_open_send(&k->gate, &m), 0);
    close(m.server);
    close(ends[1]);
    return ends[0];
}

static void chain_tell_windows(struct chain *k, const uint32_t *windows, uint16_t n)
{
    struct msg_gate_windows m = {.n_windows = n};
    for (uint16_t i = 0; i < n; i++)
        m.windows[i].id = windows[i];
    assert_int_equal(msg_gate_windows_send(&k->gate, &m), 0);
}

static void chain_share_screen(struct chain *k, struct desk *d, const struct tile_rect *area,
                               const uint32_t *windows, uint16_t n)
{
    int ends[2];
    struct msg_capture_start m = {.root = d->screen->root,
                                  .target = d->target,
                                  .whole = area == NULL,
                                  .w = d->w,
                                  .h = d->h,
                                  .asks = k->ask != NULL,
                                  .lossless = !d->may_be_rough,
                                  .n_windows = n};
    if (area != NULL) {
        m.x = (int32_t)area->x;
        m.y = (int32_t)area->y;
        m.w = area->w;
        m.h = area->h;
    }
    for (uint16_t i = 0; i < n; i++)
        m.windows[i].id = windows[i];
    chain_tell_windows(k, windows, n);
    assert_int_equal(chan_pair(ends), 0);
    m.display = chain_open_gate(k, d, area);
    m.share = ends[1];
    share_init_seal(&k->share, ends[0], &chain_share, k);
    assert_int_equal(msg_capture_start_send(&k->capture, &m), 0);
    close(m.display);
    close(ends[1]);
}

/* Everything up to the first whole picture. */
static inline void chain_start(struct chain *k, struct desk *d, const struct tile_rect *area,
                               const uint32_t *windows, uint16_t n)
{
    memset(k, 0, sizeof *k);
    k->gate.fd = k->capture.fd = k->share.fd = -1;
    k->decoder = tile_decoder_create();
    chain_spawn_gate(k);
    chain_spawn_capture(k);
    chain_share_screen(k, d, area, windows, n);
}

static inline void chain_mask(struct chain *k, uint32_t serial, const uint32_t *windows, uint16_t n,
                              bool hold)
{
    struct msg_capture_mask m = {
        .serial = serial, .n_windows = n, .hold = hold, .asks = k->ask != NULL};
    for (uint16_t i = 0; i < n; i++)
        m.windows[i].id = windows[i];
    chain_tell_windows(k, windows, n);
    assert_int_equal(msg_capture_mask_send(&k->capture, &m), 0);
    chain_until(k, k->masked == serial);
}

static int chain_wait_exit(pid_t pid)
{
    int status = -1;
    waitpid(pid, &status, 0);
    return status;
}

/* Closes the control channels: both workers must leave by themselves, properly. */
static void chain_finish(struct chain *k)
{
    chan_finish(&k->capture);
    if (k->capture_pid > 0)
        assert_int_equal(chain_wait_exit(k->capture_pid), k->failed.code != 0 ? 1 << 8 : 0);
    chan_finish(&k->gate);
    if (k->gate_pid > 0)
        assert_int_equal(chain_wait_exit(k->gate_pid), 0);
    chan_finish(&k->share);
    tile_decoder_destroy(k->decoder);
    free(k->picture.pixels);
    memset(k, 0, sizeof *k);
}

/* Pixels that differ between the viewer's picture and the screen. */
static size_t chain_differs(struct chain *k, struct desk *d, int x, int y)
{
    if (k->picture.pixels == NULL || !k->complete)
        return SIZE_MAX;
    uint32_t *real = desk_read(d, x, y, k->picture.width, k->picture.height);
    size_t n = (size_t)k->picture.width * k->picture.height, wrong = 0;
    uint32_t mask = tile_mask(k->picture.depth);
    for (size_t i = 0; i < n; i++)
        wrong += (real[i] & mask) != k->picture.pixels[i];
    free(real);
    return wrong;
}

/* Waits until the picture is exact, for at most 20 s. */
static inline void chain_assert_exact(struct chain *k, struct desk *d, int x, int y)
{
    uint64_t end = loop_now_ms() + 20000;
    size_t wrong = SIZE_MAX;
    while (loop_now_ms() < end && (wrong = chain_differs(k, d, x, y)) != 0)
        chain_turn(k, 20);
    assert_int_equal(wrong, 0);
}

#endif
