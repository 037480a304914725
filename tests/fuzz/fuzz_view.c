/*
 * Entrance: whole updates from the presenter, as the viewer's painter takes, composes and shows
 * them (render/view.c), with cursor units, new targets and the X server's answers between and in
 * them. Input: steps, each a byte and what it needs. Units come as they are, or with a head that
 * goes on from the one before, or are put together from few bytes, also to more than 64 KiB.
 *
 * What is asked besides the sanitizers: nothing is shown of an update before all of it has come;
 * each rectangle told of lies in the target; what is shown after each drawing is what would be
 * shown if all of it were drawn anew; whoever gives up has wiped.
 */
#include "lib/worker.h"
#include <fcntl.h>
#include <setjmp.h>
#include <stdlib.h>
#include <unistd.h>

_Noreturn static void fuzz_fail(struct chan *control, enum fail code, uint32_t detail);
#define worker_fail fuzz_fail /* as the last word of a process that goes on with the next input */
#include "render/view.c"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { SIDE = 256, AREA = SIDE * SIDE, STEPS = 400 };

static struct input {
    const uint8_t *at;
    size_t left;
} in;

static struct chan broker, seal;
static jmp_buf failed;
static uint8_t *unit; /* a block of exactly the unit's size */
static int memory = -1;
static bool drawn;
static bool started, complete; /* a KEY unit has come; the last unit ended its update */

_Noreturn static void fuzz_fail(struct chan *control, enum fail code, uint32_t detail)
{
    (void)control;
    (void)code;
    (void)detail;
    if (view.picture.pixels || view.target.pixels || view.decoder)
        abort();
    longjmp(failed, 1);
}

/* --- what the painter says --- */

static int on_picture_size(void *ctx, struct msg_screen_picture *m)
{
    (void)ctx;
    if (m->width != view.picture.width || m->height != view.picture.height)
        abort();
    return 0;
}

static int on_changed(void *ctx, struct msg_screen_changed *m)
{
    (void)ctx;
    if (!complete)
        abort();
    for (unsigned i = 0; i < m->n_rects; i++) {
        const struct rect *r = &m->rects[i];

        if (r->x < 0 || r->y < 0 || r->w == 0 || r->h == 0 ||
            (uint64_t)r->x + r->w > view.target.width || (uint64_t)r->y + r->h > view.target.height)
            abort();
    }
    drawn = true;
    return 0;
}

static int on_need_key(void *ctx)
{
    (void)ctx;
    return 0;
}

static const struct screen_at_broker broker_handlers = {.on_screen_picture = on_picture_size,
                                                        .on_screen_changed = on_changed};
static const struct view_at_seal seal_handlers = {.on_view_need_key = on_need_key};

static void connect_all(void)
{
    int ends[2];

    if (broker.side != NULL)
        return;
    if (chan_pair(ends))
        abort();
    screen_init_view(&view.control, ends[0], &handlers, &view);
    screen_init_broker(&broker, ends[1], &broker_handlers, NULL);
    if (chan_pair(ends))
        abort();
    view_init_view(&view.picture_way, ends[0], &picture_handlers, &view);
    view_init_seal(&seal, ends[1], &seal_handlers, NULL);
    view.control.state = broker.state = SCREEN_STATE_SHOWING;
}

/* In a block of exactly the target's size, so that a sanitizer sees what is written beside it. */
static void assert_shown(void)
{
    struct target t = view.target;
    const struct geometry *g = &view.geometry;

    t.pixels = malloc(t.len);
    if (t.pixels == NULL)
        abort();
    compose_around(g, &t);
    compose_draw(g, &view.picture, &view.pointer, &t, (struct tile_rect){g->x, g->y, g->w, g->h});
    for (uint32_t y = 0; y < t.height; y++)
        if (memcmp(t.pixels + (size_t)y * t.stride, view.target.pixels + (size_t)y * t.stride,
                   (size_t)t.width * 4) != 0)
            abort();
    free(t.pixels);
}

static void hear(void)
{
    drawn = false;
    if (chan_receive(&broker, 64) != CHAN_OK || chan_receive(&seal, 64) != CHAN_OK)
        abort();
    if (drawn && view.target.pixels)
        assert_shown();
}

/* --- what it is told --- */

static uint32_t take(unsigned bytes)
{
    uint32_t v = 0;

    for (; bytes > 0; bytes--) {
        v = v << 8 | (in.left > 0 ? *in.at : 0);
        in.at += in.left > 0;
        in.left -= in.left > 0;
    }
    return v;
}

static size_t take_len(void)
{
    size_t len = take(3) % MAX_UNIT;

    return len < in.left ? len : in.left;
}

static void send_screen(const uint8_t *bytes, size_t len, bool key)
{
    struct msg_view_screen m = {.key = key};
    struct tile_head h = {0};

    if (len == 0 || len > MAX_UNIT ||
        (tile_head_read(bytes, len, &h) && (size_t)h.width * h.height > AREA))
        return; /* larger pictures only take longer */
    free(unit);
    unit = malloc(len);
    if (unit == NULL)
        abort();
    memcpy(unit, bytes, len);
    m.content = (struct span){unit, len};
    on_view_screen(&view, &m);
    started = started || h.key;
    complete = started && h.last;
}

static void send_raw(void)
{
    bool key = take(1) & 1;
    size_t len = take_len();

    send_screen(in.at, len, key);
    in.at += len;
    in.left -= len;
}

static uint8_t built[MAX_UNIT];

/* The head of a unit that goes on from the one before. */
static size_t build_head(uint8_t flags)
{
    const struct tile_picture *p = &view.picture;
    bool key = flags & TILE_FLAG_KEY;
    uint32_t width = p->pixels ? p->width : 9, height = p->pixels ? p->height : 9;
    uint32_t depth = p->pixels ? p->depth : 24;
    uint32_t update = view.update + view.whole;

    if (key) {
        update = take(1) << 24;
        width = 1 + take(1) % SIDE;
        height = 1 + take(1) % SIDE;
        depth = height & 1 ? 30 : 24;
    }
    built[0] = TILE_VERSION;
    built[1] = key ? flags & 15 : flags & TILE_FLAG_LAST;
    built[2] = (uint8_t)depth;
    tile_put_u32(built + 3, update);
    tile_put_u32(built + 7, 0);
    tile_put_u16(built + 11, width);
    tile_put_u16(built + 13, height);
    return TILE_HEAD_BYTES;
}

static void send_body(void)
{
    uint8_t flags = (uint8_t)take(1);
    size_t n = build_head(flags), len = take_len();

    len = len < MAX_UNIT - n ? len : MAX_UNIT - n;
    memcpy(built + n, in.at, len);
    in.at += len;
    in.left -= len;
    send_screen(built, n + len, flags & TILE_FLAG_KEY);
}

static uint32_t within(uint32_t most)
{
    return take(1) % (most + 1);
}

static size_t build_rect(uint8_t *out, uint32_t width, uint32_t height)
{
    uint32_t w = 1 + take(1) % width, h = 1 + take(1) % height;

    tile_put_u16(out, within(width - w));
    tile_put_u16(out + 2, within(height - h));
    tile_put_u16(out + 4, w);
    tile_put_u16(out + 6, h);
    return 8;
}

static size_t build_run(uint8_t *out, uint32_t tiles)
{
    uint32_t first = within(tiles - 1);

    tile_put_u16(out, first);
    tile_put_u16(out + 2, 1 + within(tiles - first - 1));
    return 4;
}

static size_t build_photo(uint8_t *out, uint32_t width, uint32_t height, bool deep)
{
    size_t n = build_rect(out, width, height);
    size_t area = (size_t)tile_get_u16(out + 4) * tile_get_u16(out + 6);

    for (unsigned i = 0; i < (deep ? 4u : 3u); i++) {
        out[n++] = 2;
        memset(out + n, (int)take(1), area);
        n += area;
    }
    return n;
}

/* INK, ROUGH and QUICK with streams of few bytes. */
static size_t build_coded(uint8_t *out, uint32_t width, uint32_t height)
{
    size_t n = 2, len = take(1) % 64;

    tile_put_u16(out, 1);
    n += build_rect(out + n, width, height);
    tile_put_u32(out + n, (uint32_t)len);
    n += 4;
    for (size_t i = 0; i < len; i++)
        out[n++] = (uint8_t)take(1);
    return n;
}

static size_t build_op(uint8_t *out, size_t room)
{
    uint32_t width = tile_get_u16(built + 11), height = tile_get_u16(built + 13);
    uint32_t tiles = tile_count(width, height), from_x, from_y;
    bool deep = built[2] == 30;
    size_t n = 1;

    out[0] = (uint8_t)(1 + take(1) % 9);
    switch (out[0]) {
    case TILE_OP_FILL:
        n += build_run(out + n, tiles);
        tile_put_u32(out + n, take(4) & tile_mask(built[2]));
        return n + 4;
    case TILE_OP_COPY:
        build_rect(out + 5, width, height);
        from_x = within(width - tile_get_u16(out + 9));
        from_y = within(height - tile_get_u16(out + 11));
        tile_put_u16(out + 1, from_x);
        tile_put_u16(out + 3, from_y);
        return 13;
    case TILE_OP_PHOTO:
        if (room < 16 + (size_t)width * height * (deep ? 4 : 3))
            return 0;
        return n + build_photo(out + n, width, height, deep);
    case TILE_OP_SHELVE:
    case TILE_OP_RECALL:
        n += build_run(out + n, tiles);
        tile_put_u16(out + n, take(1) % 32);
        return n + 2;
    case TILE_OP_ROUGH:
        out[n++] = (uint8_t)take(1);
        return n + build_coded(out + n, width, height);
    default:
        return n + build_coded(out + n, width, height);
    }
}

static void send_ops(void)
{
    uint8_t flags = (uint8_t)take(1);
    unsigned ops = take(1) % 6;
    size_t n = build_head(flags);

    for (; ops > 0 && n + 256 < MAX_UNIT; ops--)
        n += build_op(built + n, MAX_UNIT - n);
    send_screen(built, n, flags & TILE_FLAG_KEY);
}

static void send_cursor(void)
{
    static struct tile_cursor c;
    static uint8_t out[MAX_UNIT];
    struct msg_view_cursor m = {{out, 0}};

    c.kind = (enum tile_cursor_kind)(take(1) % 4);
    c.x = (int32_t)take(2) - 200;
    c.y = (int32_t)take(2) - 200;
    c.width = (uint16_t)(1 + take(1) % 40);
    c.height = (uint16_t)(1 + take(1) % 40);
    c.hot_x = (uint16_t)(take(1) % c.width);
    c.hot_y = (uint16_t)(take(1) % c.height);
    memset(c.argb, 0, sizeof c.argb);
    for (uint32_t i = 0, a = take(1); i < (uint32_t)c.width * c.height; i++)
        c.argb[i] = a << 24 | (a / (i % 7 + 1)) << 8;
    m.content.len = tile_cursor_encode(&c, out);
    if (take(1) & 1 && m.content.len > 0)
        out[take(1) % m.content.len] ^= (uint8_t)take(1);
    if (m.content.len > 0)
        on_view_cursor(&view, &m);
}

static void send_target(void)
{
    struct msg_screen_target m = {.serial = view.wish.serial + 1};

    m.width = 1 + take(2) % 600;
    m.height = 1 + take(2) % 600;
    m.stride = m.width * 4 + take(1) % 4 * 4;
    m.mode = take(1) & 1;
    m.pan_x = (int32_t)take(1);
    m.pan_y = (int32_t)take(1);
    memory = memfd_create("fuzz", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (memory < 0 || ftruncate(memory, (off_t)m.stride * m.height) ||
        fcntl(memory, F_ADD_SEALS, F_SEAL_SHRINK))
        abort();
    m.memory = memory;
    on_screen_target(&view, &m);
    close(memory);
    memory = -1;
}

static void step(void)
{
    struct msg_screen_shown shown = {.serial = view.told};

    switch (take(1) % 8) {
    case 0:
        send_raw();
        break;
    case 1:
        send_body();
        break;
    case 2:
        send_cursor();
        break;
    case 3:
        send_target();
        break;
    case 4:
        shown.serial += take(1) & 1; /* of something that was never told */
        on_screen_shown(&view, &shown);
        break;
    case 5:
        if (take(1) % 4 == 0) {
            on_screen_forget(&view);
            started = complete = false;
        }
        break;
    default:
        send_ops();
        break;
    }
    present(&view);
    hear();
}

static void begin(const uint8_t *data, size_t size)
{
    struct chan control = view.control, way = view.picture_way;

    in = (struct input){data, size};
    started = complete = false;
    view = (struct view){.control = control, .picture_way = way};
    view.decoder = tile_decoder_create();
    if (!view.decoder)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    connect_all();
    begin(data, size);
    if (setjmp(failed) == 0) {
        for (unsigned i = 0; i < STEPS && in.left > 0; i++)
            step();
        finish(&view);
    } else {
        hear(); /* what was told before the last word */
    }
    free(unit);
    unit = NULL;
    if (memory >= 0)
        close(memory);
    memory = -1;
    return 0;
}
