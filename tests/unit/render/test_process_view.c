/*
 * vitrine-render view as a process: it shows the presenter's picture pixel for pixel, and each kind
 * of broken message ends it with the right last word.
 */
#include "lib/fail.h"
#include "lib/tile/cursor.h"
#include "lib/tile/decode.h"
#include "lib/tile/encode.h"
#include "tests/unit/render/world.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#define W 300
#define H 200

struct screen {
    struct world w;
    struct tile_encoder *encoder;
    struct tile_picture picture;
    uint32_t update, serial;
    uint8_t unit[MAX_UNIT];
    uint8_t *target;
    size_t target_size;
    uint8_t what;    /* of the screen is shown */
    uint32_t missed; /* before each unit */
};

static void aim(struct screen *s, uint32_t width, uint32_t height, unsigned mode)
{
    size_t size = (size_t)width * 4 * height;
    int fd = world_memory(size, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL);
    struct msg_screen_target m = {++s->serial, width, height, width * 4, (uint8_t)mode, 0, 0, fd};

    if (s->target)
        munmap(s->target, s->target_size);
    s->target = world_map(fd, size);
    s->target_size = size;
    assert_int_equal(msg_screen_target_send(&s->w.control, &m), 0);
    close(fd);
}

static void start_view(struct screen *s)
{
    struct msg_screen_start m;
    int ends[2];

    memset(s, 0, sizeof *s);
    screen_init_broker(&s->w.control, world_start(&s->w, "view"), &world_screen, &s->w);
    while (!s->w.ready)
        assert_true(world_take(&s->w.control));
    assert_int_equal(chan_pair(ends), 0);
    m.view = ends[1];
    assert_int_equal(msg_screen_start_send(&s->w.control, &m), 0);
    close(ends[1]);
    s->w.control.state = SCREEN_STATE_SHOWING;
    view_init_seal(&s->w.picture_way, ends[0], &world_seal, &s->w);
    s->encoder = tile_encoder_create(true);
    s->picture = (struct tile_picture){calloc(W * H, 4), W, W, H, 24};
    for (uint32_t i = 0; i < W * H; i++)
        s->picture.pixels[i] = (i * 2654435761u) >> 5 & 0xffffff;
}

static int end_view(struct screen *s)
{
    tile_encoder_destroy(s->encoder);
    free(s->picture.pixels);
    if (s->target)
        munmap(s->target, s->target_size);
    return world_end(&s->w);
}

static void send_update(struct screen *s, const struct tile_set *changed, bool key)
{
    static struct tile_changes changes;
    size_t n;

    tile_changes_from(&changes, W, H, changed);
    tile_encoder_begin(s->encoder, &s->picture,
                       &(struct tile_update){.changes = &changes, .key = key, .what = s->what},
                       ++s->update, 0);
    while ((n = tile_encoder_unit(s->encoder, s->unit)) > 0) {
        struct tile_head head;
        struct msg_view_screen m = {.missed = s->missed, .content = {s->unit, n}};

        assert_true(tile_head_read(s->unit, n, &head));
        m.key = head.key;
        assert_int_equal(msg_view_screen_send(&s->w.picture_way, &m), 0);
    }
}

static void send_all(struct screen *s)
{
    static struct tile_set all;

    tile_set_fill(&all, tile_count(W, H));
    send_update(s, &all, true);
}

static void wait_changed(struct screen *s, unsigned n)
{
    while (s->w.n_changed < n)
        assert_true(world_take(&s->w.control));
    assert_int_equal(s->w.changed.target, s->serial);
}

static void shown(struct screen *s)
{
    struct msg_screen_shown m = {s->w.changed.serial};

    assert_int_equal(msg_screen_shown_send(&s->w.control, &m), 0);
}

static uint32_t target_at(const struct screen *s, uint32_t width, uint32_t x, uint32_t y)
{
    uint32_t v;

    memcpy(&v, s->target + ((size_t)y * width + x) * 4, 4);
    return v;
}

static void assert_exact(const struct screen *s, uint32_t width, uint32_t left, uint32_t top)
{
    for (uint32_t y = 0; y < H; y++)
        for (uint32_t x = 0; x < W; x++)
            if (target_at(s, width, x + left, y + top) != s->picture.pixels[y * W + x])
                fail_msg("pixel %u,%u", x, y);
}

static void decoder_shows_the_picture(void **state)
{
    static struct screen s;
    static struct tile_set one;

    (void)state;
    start_view(&s);
    aim(&s, 400, 260, 0);
    send_all(&s);
    wait_changed(&s, 1);
    assert_int_equal(s.w.size.width, W);
    assert_int_equal(s.w.size.height, H);
    assert_int_equal(s.w.changed.rects[0].w, 400);
    assert_exact(&s, 400, 50, 30);
    /* While the broker has not said SHOWN, changes add up; the next rectangles show the newest
     * state. */
    tile_set_clear(&one);
    tile_set_add(&one, 1);
    for (unsigned i = 0; i < 5; i++) {
        s.picture.pixels[70] = i;
        send_update(&s, &one, false);
    }
    shown(&s);
    wait_changed(&s, 2);
    while (target_at(&s, 400, 50 + 70, 30) != 4) {
        shown(&s);
        wait_changed(&s, s.w.n_changed + 1);
    }
    assert_exact(&s, 400, 50, 30);
    assert_int_equal(s.w.changed.n_rects, 1);
    assert_int_equal(s.w.changed.rects[0].x, 50 + 64);
    assert_int_equal(s.w.changed.rects[0].w, 64);
    /* a smaller target: scaled; then one to one */
    aim(&s, 150, 100, 0);
    wait_changed(&s, s.w.n_changed + 1);
    aim(&s, 150, 100, 1);
    wait_changed(&s, s.w.n_changed + 1);
    assert_int_equal(target_at(&s, 150, 149, 99), s.picture.pixels[99 * W + 149]);
    assert_int_equal(end_view(&s), 0);
}

static void pointer_comes_and_goes(void **state)
{
    static struct screen s;
    static struct tile_cursor c;
    static uint8_t unit[MAX_UNIT];
    struct msg_view_cursor m = {{unit, 0}};

    (void)state;
    start_view(&s);
    aim(&s, W, H, 0);
    send_all(&s);
    wait_changed(&s, 1);
    shown(&s);
    c = (struct tile_cursor){TILE_CURSOR_SHAPE,
                             100,
                             90,
                             2,
                             2,
                             1,
                             1,
                             0,
                             {0xff010203, 0xff010203, 0xff010203, 0xff010203}};
    m.content.len = tile_cursor_encode(&c, unit);
    assert_int_equal(msg_view_cursor_send(&s.w.picture_way, &m), 0);
    wait_changed(&s, 2);
    assert_int_equal(target_at(&s, W, 99, 89), 0x010203);
    assert_int_equal(target_at(&s, W, 101, 89), s.picture.pixels[89 * W + 101]);
    shown(&s);
    c.kind = TILE_CURSOR_HIDDEN;
    m.content.len = tile_cursor_encode(&c, unit);
    assert_int_equal(msg_view_cursor_send(&s.w.picture_way, &m), 0);
    wait_changed(&s, 3);
    assert_exact(&s, W, 0, 0);
    assert_int_equal(end_view(&s), 0);
}

static void decoder_asks_for_a_key(void **state)
{
    static struct screen s;
    static struct tile_set one;
    static struct tile_changes changes;

    (void)state;
    start_view(&s);
    aim(&s, W, H, 0);
    tile_set_fill(&one, tile_count(W, H));
    tile_changes_from(&changes, W, H, &one);
    tile_encoder_begin(s.encoder, &s.picture,
                       &(struct tile_update){.changes = &changes, .key = true}, ++s.update, 0);
    while (tile_encoder_unit(s.encoder, s.unit) > 0)
        ; /* the KEY unit that this viewer never got */
    tile_set_clear(&one);
    tile_set_add(&one, 0);
    send_update(&s, &one, false);
    send_update(&s, &one, false);
    while (s.w.n_need_key == 0)
        assert_true(world_take(&s.w.picture_way));
    send_all(&s);
    wait_changed(&s, 1);
    assert_exact(&s, W, 0, 0);
    assert_int_equal(chan_receive(&s.w.picture_way, 9), CHAN_OK);
    assert_int_equal(s.w.n_need_key, 1); /* asked once, not with each unit */
    assert_int_equal(end_view(&s), 0);
}

/* Sharing has stopped: nothing of the picture is left where it was drawn, nor in the painter, which
   cannot go on from it. Its two channels have no common order: so asked until it has heard. */
static void last_picture_is_forgotten(void **state)
{
    static struct screen s;
    static struct tile_set one;

    (void)state;
    start_view(&s);
    aim(&s, W, H, 0);
    send_all(&s);
    wait_changed(&s, 1);
    assert_exact(&s, W, 0, 0);
    assert_int_equal(msg_screen_forget_send(&s.w.control), 0);
    tile_set_add(&one, 0);
    while (s.w.n_need_key == 0) {
        struct pollfd p = {.fd = s.w.picture_way.fd, .events = POLLIN};
        send_update(&s, &one, false);
        if (poll(&p, 1, 100) > 0)
            assert_int_equal(chan_receive(&s.w.picture_way, 9), CHAN_OK);
    }
    for (size_t i = 0; i < s.target_size; i++)
        assert_int_equal(s.target[i], 0);
    shown(&s);
    send_all(&s);
    wait_changed(&s, 2);
    assert_exact(&s, W, 0, 0);
    assert_int_equal(end_view(&s), 0);
}

/* Said when it is another, also where the size stays. */
static void what_is_shown(void **state)
{
    static struct screen s;

    (void)state;
    start_view(&s);
    aim(&s, W, H, 0);
    for (unsigned n = 1; n <= 3; n++) {
        s.what = (uint8_t)(3 - n);
        send_all(&s);
        wait_changed(&s, n);
        assert_int_equal(s.w.size.width, W);
        assert_int_equal(s.w.size.what, s.what);
        shown(&s);
    }
    assert_int_equal(end_view(&s), 0);
}

/* Another size in the middle of an update: what there is of the old one is never shown, nor any of
   it in the new picture. */
static void resized_in_mid_update(void **state)
{
    static struct screen s;
    static struct tile_changes changes;
    struct tile_head head;
    uint32_t seed = 1;
    size_t n;

    (void)state;
    start_view(&s);
    aim(&s, W, H, 0);
    send_all(&s);
    wait_changed(&s, 1);
    for (unsigned turn = 0; turn < 2; turn++) { /* a whole picture, and one that is not */
        struct tile_picture small = {s.picture.pixels, W, 200 + turn, 100, 24};
        struct tile_encoder *other = tile_encoder_create(true);
        uint32_t before = s.w.n_changed;
        struct msg_view_screen m = {.content = {s.unit, 0}};

        shown(&s);
        for (uint32_t i = 0; i < W * H; i++)
            s.picture.pixels[i] = (seed = seed * 1664525u + 1013904223u) >> 8;
        tile_changes_fill(&changes, W, H);
        if (turn == 1) { /* the viewer has another size now */
            send_all(&s);
            wait_changed(&s, ++before);
            shown(&s);
        }
        tile_encoder_begin(
            s.encoder, &s.picture,
            &(struct tile_update){.changes = &changes, .key = turn == 0, .what = TILE_PART},
            ++s.update, 0);
        m.content.len = tile_encoder_unit(s.encoder, s.unit);
        assert_true(tile_encoder_busy(s.encoder)); /* the rest of it never comes */
        m.key = turn == 0;
        assert_int_equal(msg_view_screen_send(&s.w.picture_way, &m), 0);
        while (turn == 0 && s.w.size.what != TILE_PART) /* it has taken the one that says so */
            assert_true(world_take(&s.w.control));
        tile_changes_fill(&changes, small.width, small.height);
        tile_encoder_begin(
            other, &small,
            &(struct tile_update){.changes = &changes, .key = true, .what = TILE_PART}, ++s.update,
            0);
        while ((n = tile_encoder_unit(other, s.unit)) > 0) {
            assert_true(tile_head_read(s.unit, n, &head));
            m = (struct msg_view_screen){.key = head.key, .content = {s.unit, n}};
            assert_int_equal(msg_view_screen_send(&s.w.picture_way, &m), 0);
        }
        wait_changed(&s, before + 1);
        assert_int_equal(s.w.n_changed, before + 1);
        assert_int_equal(s.w.size.width, small.width);
        for (uint32_t y = 0; y < H; y++)
            for (uint32_t x = 0; x < W; x++) {
                uint32_t left = (W - small.width) / 2, top = (H - 100) / 2;
                bool inside = x >= left && x - left < small.width && y >= top && y - top < 100;
                uint32_t want =
                    inside ? small.pixels[(y - top) * W + x - left] : target_at(&s, W, 0, 0);

                if (target_at(&s, W, x, y) != want)
                    fail_msg("pixel %u,%u", x, y);
            }
        tile_encoder_destroy(other);
        tile_encoder_destroy(s.encoder);
        s.encoder = tile_encoder_create(true);
    }
    assert_int_equal(end_view(&s), 0);
}

/* How much was skipped before a picture is told with it, each time. */
static void what_was_skipped(void **state)
{
    static struct screen s;

    (void)state;
    start_view(&s);
    aim(&s, W, H, 0);
    for (unsigned n = 1; n <= 3; n++) {
        s.missed = n == 2 ? 0 : 40 + n;
        send_all(&s);
        wait_changed(&s, n);
        assert_int_equal(s.w.size.missed, s.missed);
        shown(&s);
    }
    assert_int_equal(end_view(&s), 0);
}

static void assert_view_fails(struct screen *s, enum fail code)
{
    while (world_take(&s->w.control))
        ;
    assert_int_equal(s->w.failed.code, code);
    assert_int_equal(end_view(s), 1);
}

/* Units without any content make windows be painted anew; the broker does not even read. */
static void too_many_keys_end_the_decoder(void **state)
{
    static struct screen s;
    uint8_t unit[TILE_HEAD_BYTES] = {TILE_VERSION, TILE_FLAG_KEY, 24};
    struct msg_view_screen m = {.key = 1, .content = {unit, sizeof unit}};

    (void)state;
    start_view(&s);
    tile_put_u16(unit + 11, W);
    tile_put_u16(unit + 13, H);
    for (uint32_t i = 0; i < 100000 && msg_view_screen_send(&s.w.picture_way, &m) == 0; i++)
        while (chan_flush(&s.w.picture_way) != 0 && errno == EAGAIN)
            poll(&(struct pollfd){s.w.picture_way.fd, POLLOUT, 0}, 1, -1);
    assert_view_fails(&s, FAIL_PICTURE);
}

static void bad_units_end_the_decoder(void **state)
{
    static struct screen s;
    uint8_t noise[64] = {1, 1, 24};
    struct msg_view_screen screen = {.key = 1, .content = {noise, sizeof noise}};
    struct msg_view_cursor cursor = {{noise, sizeof noise}};
    int fd;

    (void)state;
    start_view(&s);
    assert_int_equal(msg_view_screen_send(&s.w.picture_way, &screen), 0);
    assert_view_fails(&s, FAIL_PICTURE);
    start_view(&s);
    assert_int_equal(msg_view_cursor_send(&s.w.picture_way, &cursor), 0);
    assert_view_fails(&s, FAIL_PICTURE);
    start_view(&s);
    assert_int_equal(send(s.w.picture_way.fd, "\xff\xff", 2, 0), 2);
    assert_view_fails(&s, FAIL_PEER_MESSAGE);
    start_view(&s);
    assert_int_equal(send(s.w.control.fd, "\xff\xff", 2, 0), 2);
    assert_view_fails(&s, FAIL_MESSAGE);
    start_view(&s);
    fd = world_memory(1000, F_SEAL_SHRINK);
    assert_int_equal(msg_screen_target_send(
                         &s.w.control, &(struct msg_screen_target){1, 100, 100, 400, 0, 0, 0, fd}),
                     0);
    close(fd);
    assert_view_fails(&s, FAIL_TARGET);
}

/* What stood there last would be taken for the screen as it is now. */
static void who_is_cut_off_ends(void **state)
{
    static struct screen s;

    (void)state;
    start_view(&s);
    chan_finish(&s.w.picture_way);
    assert_view_fails(&s, FAIL_PEER_GONE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(decoder_shows_the_picture),
        cmocka_unit_test(pointer_comes_and_goes),
        cmocka_unit_test(decoder_asks_for_a_key),
        cmocka_unit_test(last_picture_is_forgotten),
        cmocka_unit_test(what_was_skipped),
        cmocka_unit_test(what_is_shown),
        cmocka_unit_test(resized_in_mid_update),
        cmocka_unit_test(bad_units_end_the_decoder),
        cmocka_unit_test(too_many_keys_end_the_decoder),
        cmocka_unit_test(who_is_cut_off_ends),
    };

#ifdef WORLD_SANITIZED
    print_message("skipped: a sanitizer cannot run confined\n");
    (void)tests;
    return 0;
#endif
    return cmocka_run_group_tests(tests, NULL, NULL);
}
