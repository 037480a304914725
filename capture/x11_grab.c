/*
 * Reading pixels, the memory they are read into, part of the X11 source of vitrine-capture.
 *
 * One grab is one batch of requests and one wait: places of own windows, "damage is taken", pixels.
 * The server is grabbed for that batch, so that places and pixels are of one moment. To ask for the
 * places again afterwards is not enough: a window that is thrown to and fro may be back where it
 * was, and have been elsewhere in the picture.
 *
 * The server tells of damage while it still draws for the one who causes it, and serves the batch
 * when it has drawn all: so the first word of a change wakes this process, and the others come with
 * the answer. What they name beyond what was wanted is read with it, all once more, at once: that
 * costs one more answer, where it would cost an update of its own and its way through every
 * process.
 *
 * Who draws in several places at once does so again: a letter and the number of its column, a frame
 * and its counter. So places that were read together last time are read together the next, and the
 * one more answer is saved.
 */
#include "capture/picture.h"
#include "capture/x11_parts.h"
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* --- the segment --- */

static int receive_segment(struct x11 *x, xcb_shm_create_segment_cookie_t cookie)
{
    xcb_generic_error_t *e = NULL;
    xcb_shm_create_segment_reply_t *r = xcb_shm_create_segment_reply(x->c, cookie, &e);
    if (r == NULL) {
        x11_fail_reply(x, e);
        return -1;
    }
    int fd = r->nfd == 1 ? *xcb_shm_create_segment_reply_fds(x->c, r) : -1;
    free(r);
    return fd;
}

static bool map_segment(struct x11_segment *g, int fd, size_t bytes)
{
    struct stat st;
    /* The plain call: the C library's fstat needs newfstatat, which takes a path and is not
     * permitted. */
    if (syscall(SYS_fstat, fd, &st) != 0 || st.st_size < 0 || (size_t)st.st_size < bytes)
        return false;
    /* Nobody who gets hold of this descriptor can write the picture or change its size. A server
       that made something else than a memory file keeps the right to: it is the owner of the
       screen. */
    (void)fcntl(fd, F_ADD_SEALS, F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_FUTURE_WRITE | F_SEAL_SEAL);
    void *p = mmap(NULL, bytes, PROT_READ, MAP_SHARED, fd, 0);
    if (p == MAP_FAILED)
        return false;
    (void)madvise(p, bytes, MADV_DONTDUMP);
    g->pixels = p;
    g->bytes = bytes;
    return true;
}

bool x11_segment_create(struct x11 *x, size_t bytes)
{
    x->segment.id = xcb_generate_id(x->c);
    int fd = receive_segment(x, xcb_shm_create_segment(x->c, x->segment.id, (uint32_t)bytes, 0));
    bool mapped = fd >= 0 && map_segment(&x->segment, fd, bytes);
    if (fd >= 0)
        close(fd);
    return mapped || x11_fail(x, FAIL_X_NO_SHM, 0);
}

void x11_segment_destroy(struct x11 *x)
{
    if (x->segment.pixels != NULL)
        munmap((void *)(uintptr_t)x->segment.pixels, x->segment.bytes);
    if (x->segment.id != 0)
        xcb_shm_detach(x->c, x->segment.id);
    x->segment = (struct x11_segment){0};
}

/* --- one grab --- */

struct batch {
    uint32_t first; /* number of its first request */
    struct x11_asked places;
    xcb_shm_get_image_cookie_t images[MAX_RECTS];
};

void x11_ask_pixels(const struct x11 *x, const struct source_grab *g, xcb_drawable_t from,
                    int32_t dx, int32_t dy, xcb_shm_get_image_cookie_t images[MAX_RECTS])
{
    size_t offset = 0;
    for (size_t i = 0; i < g->n_pieces; i++) {
        struct tile_rect r = g->pieces[i].place;
        images[i] = xcb_shm_get_image(
            x->c, from, (int16_t)(dx + (int32_t)r.x), (int16_t)(dy + (int32_t)r.y), (uint16_t)r.w,
            (uint16_t)r.h, 0xffffffff, XCB_IMAGE_FORMAT_Z_PIXMAP, x->segment.id, (uint32_t)offset);
        offset += (size_t)r.w * r.h * 4;
    }
}

bool x11_read_pixels(struct x11 *x, const xcb_shm_get_image_cookie_t *images, size_t n,
                     uint8_t depth, xcb_generic_error_t **error)
{
    bool good = true;
    for (size_t i = 0; i < n; i++) {
        xcb_generic_error_t *e = NULL;
        xcb_shm_get_image_reply_t *r = xcb_shm_get_image_reply(x->c, images[i], &e);
        good = good && r != NULL && r->depth == depth;
        free(r);
        if (*error == NULL)
            *error = e;
        else
            free(e);
    }
    return good;
}

/* An event has the number of the last request the server had done: one of before the batch was
   true when the pixels were read, later ones must not move what is to be hidden in them. false: a
   place is not known after all. *before: damage of before the pixels were read. */
static bool take_events(struct x11 *x, const struct batch *b, struct source_grab *out,
                        struct tile_set *before)
{
    struct source_news news = {0};
    bool listed = false, known = true;
    for (;;) {
        xcb_generic_event_t *e = xcb_poll_for_queued_event(x->c);
        if (!listed && (e == NULL || (int32_t)(e->full_sequence - b->first) >= 0)) {
            known = x11_places_list(x, out);
            listed = true;
        }
        if (e == NULL)
            break;
        x11_note_event(x, e, listed ? &x->missed : &news);
        free(e);
    }
    *before = news.damaged;
    tile_set_clear(&news.damaged);
    x11_add_news(&x->missed, &news);
    return known;
}

static enum source_result verdict(struct x11 *x, bool known, bool good, xcb_generic_error_t **error)
{
    if (x->seen_w != x->root_w || x->seen_h != x->root_h)
        return SOURCE_RESIZED;
    if (good)
        return known ? SOURCE_OK : SOURCE_MOVING;
    x11_fail_reply(x, *error);
    *error = NULL;
    return SOURCE_FAILED;
}

/* *damaged: what had been damaged when the pixels were read; of nothing of it is told again. */
static enum source_result grab_once(struct x11 *x, struct source_grab *out,
                                    struct tile_set *damaged)
{
    struct batch b;
    xcb_generic_error_t *error = NULL;
    b.first = xcb_grab_server(x->c).sequence;
    x11_places_ask(x, &b.places);
    xcb_damage_subtract(x->c, x->damage, XCB_NONE, XCB_NONE);
    x11_ask_pixels(x, out, x->area.root, x->place.x, x->place.y, b.images);
    xcb_ungrab_server(x->c);
    bool placed = x11_places_read(x, &b.places);
    bool good = x11_read_pixels(x, b.images, out->n_pieces, x->depth, &error);
    bool known = take_events(x, &b, out, damaged);
    enum source_result r = placed ? verdict(x, known, good, &error) : SOURCE_FAILED;
    free(error);
    return r;
}

static void plan_pieces(const struct x11 *x, const struct tile_set *want, struct source_grab *out)
{
    struct tile_rect rects[MAX_RECTS];
    const uint32_t *at = x->segment.pixels;
    out->n_pieces = picture_cover(want, x->place.w, x->place.h, rects, MAX_RECTS);
    for (size_t i = 0; i < out->n_pieces; i++) {
        out->pieces[i] = (struct source_piece){rects[i], at};
        at += (size_t)rects[i].w * rects[i].h;
    }
}

static bool meet(const struct tile_set *a, const struct tile_set *b)
{
    struct tile_set only = *a;
    tile_set_remove_all(&only, b);
    return tile_set_size(&only) < tile_set_size(a);
}

/* They were read, and this of them had been damaged. */
static void remember(struct x11 *x, const struct tile_set *damaged)
{
    if (tile_set_size(damaged) <= TOGETHER_MAX)
        x->together = *damaged;
    else
        tile_set_clear(&x->together);
}

static enum source_result grab_screen(struct x11 *x, struct tile_set *want, struct source_grab *out)
{
    struct tile_set all = *want, before, more;
    if (meet(want, &x->together))
        tile_set_add_all(want, &x->together);
    plan_pieces(x, want, out);
    enum source_result r = grab_once(x, out, &before);
    more = before;
    if (r == SOURCE_OK)
        tile_set_remove_all(&more, want);
    tile_set_add_all(&all, &before);
    if (r == SOURCE_OK && !tile_set_empty(&more)) {
        tile_set_add_all(want, &more);
        tile_set_add_all(want, &x->missed.damaged);
        tile_set_clear(&x->missed.damaged);
        plan_pieces(x, want, out);
        r = grab_once(x, out, &more);
        if (r == SOURCE_OK)
            tile_set_remove_all(&more, want);
    }
    if (r == SOURCE_OK)
        remember(x, &all);
    tile_set_add_all(&x->missed.damaged, &more);
    return r;
}

enum source_result x11_grab(struct source *s, struct tile_set *want, struct source_grab *out)
{
    struct x11 *x = x11_of(s);
    if (x->area.target == 0)
        return grab_screen(x, want, out);
    plan_pieces(x, want, out);
    return x11_target_grab(x, out);
}

/* --- the pointer --- */

/* XFIXES rather than QueryPointer: that one also tells which keys and buttons are down. */
bool x11_cursor(struct source *s, struct tile_cursor *out, uint32_t *serial)
{
    struct x11 *x = x11_of(s);
    xcb_generic_error_t *e = NULL;
    xcb_xfixes_get_cursor_image_reply_t *r =
        xcb_xfixes_get_cursor_image_reply(x->c, xcb_xfixes_get_cursor_image(x->c), &e);
    out->kind = TILE_CURSOR_HIDDEN;
    if (x->area.target != 0)
        x11_target_find(x);
    if (r == NULL) {
        bool lost = e == NULL; /* an error means that no pointer is shown */
        free(e);
        return !lost || x11_fail(x, FAIL_X_LOST, 0);
    }
    out->x = r->x - x->place.x;
    out->y = r->y - x->place.y;
    bool inside =
        out->x >= 0 && out->y >= 0 && out->x < (int32_t)x->place.w && out->y < (int32_t)x->place.h;
    bool fits = x11_shape(r, out);
    if (inside)
        out->kind = fits ? TILE_CURSOR_SHAPE : TILE_CURSOR_ARROW;
    *serial = r->cursor_serial;
    free(r);
    return true;
}
