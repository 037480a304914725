/* vitrine-render ui: see the header. */
#include "render/ui.h"
#include "ch_ui.h"
#include "lib/loop.h"
#include "lib/worker.h"
#include "render/painter.h"
#include "render/target.h"
#include <errno.h>
#include <stdlib.h>

struct ui {
    struct chan control;
    struct loop loop;
    struct text text;
    struct scene scene;
    struct crowd crowd;
};

static struct ui ui;

static int on_ui_fonts(void *ctx, struct msg_ui_fonts *m)
{
    struct ui *u = ctx;

    for (unsigned i = 0; i < m->n_fonts; i++)
        font_add(&u->text.fonts,
                 m->fonts[i]); /* one bad file is no reason to stop; none at all is */
    if (u->text.fonts.n == 0)
        worker_fail(&u->control, FAIL_FONTS, 0);
    return 0;
}

static int on_ui_crowd(void *ctx, struct msg_ui_crowd *m)
{
    struct ui *u = ctx;

    u->crowd.n = 0;
    for (unsigned i = 0; i < m->n_names; i++)
        crowd_add(&u->crowd, (const char *)m->names[i].name.data, m->names[i].name.len);
    return 0;
}

static bool take_values(struct scene *s, const struct msg_ui_paint *m)
{
    for (unsigned i = 0; i < m->n_values; i++)
        if (!scene_set_value(s, m->values[i].slot, m->values[i].number, m->values[i].words.data,
                             m->values[i].words.len))
            return false;
    for (unsigned i = 0; i < m->n_controls; i++)
        if (!scene_set_look(s, m->controls[i].control, m->controls[i].look))
            return false;
    for (unsigned i = 0; i < m->n_rows; i++)
        if (!scene_add_row(s, m->rows[i].kind, m->rows[i].badges, m->rows[i].name.data,
                           m->rows[i].name.len))
            return false;
    return true;
}

static bool take_scene(struct scene *s, const struct msg_ui_paint *m, const struct crowd *crowd)
{
    *s = (struct scene){.window = m->window,
                        .variant = m->variant,
                        .theme = m->theme,
                        .language = m->language,
                        .mirrored = m->flags & 1,
                        .still = m->flags & 2,
                        .scale = m->scale,
                        .width = m->width,
                        .height = m->height,
                        .crowd = crowd};
    return take_values(s, m) && scene_check(s);
}

static int on_ui_paint(void *ctx, struct msg_ui_paint *m)
{
    struct ui *u = ctx;
    struct target target;
    uint16_t alike;
    int painted;

    if (!take_scene(&u->scene, m, &u->crowd))
        worker_fail(&u->control, FAIL_SCENE, (uint32_t)m->window << 8 | m->variant);
    if (target_map(&target, m->memory, m->width, m->height, m->stride))
        worker_fail(&u->control, FAIL_TARGET, m->window);
    painted = painter_paint(&u->text, &u->scene, target.pixels, (int)target.stride);
    target_unmap(&target);
    alike = crowd_marks(&u->crowd, &u->scene);
    scene_finish(&u->scene);
    if (painted)
        worker_fail(&u->control, FAIL_MEMORY, m->window);
    return msg_ui_painted_send(&u->control,
                               &(struct msg_ui_painted){.serial = m->serial, .alike = alike});
}

static const struct ui_at_ui handlers = {
    .on_ui_fonts = on_ui_fonts, .on_ui_paint = on_ui_paint, .on_ui_crowd = on_ui_crowd};

static short want_control(void *ctx)
{
    const struct ui *u = ctx;

    return chan_events(&u->control);
}

static void on_control(void *ctx, short revents)
{
    struct ui *u = ctx;
    enum chan_result r;

    (void)revents;
    if (chan_flush(&u->control) && errno != EAGAIN)
        loop_stop(&u->loop);
    r = chan_receive(&u->control, 4);
    if (r == CHAN_BAD)
        worker_fail(&u->control, FAIL_MESSAGE, u->control.bad_type);
    if (r == CHAN_ENDED)
        loop_stop(&u->loop);
}

/* Cairo, FreeType and HarfBuzz set themselves up at their first use; that has to happen before the
   lock-down. The smallest window has shapes, an icon and text in two weights. */
static void warm_up(struct ui *u)
{
    const struct ui_layout *l = ui_layout_get(UI_TOAST, 0);
    uint8_t *scratch = malloc((size_t)l->w * l->h * 4);

    u->scene = (struct scene){.window = UI_TOAST, .scale = 256, .width = l->w, .height = l->h};
    u->scene.number[UI_SLOT_TOAST] = UI_TOAST_STOPPED;
    if (!scratch || painter_paint(&u->text, &u->scene, scratch, l->w * 4))
        worker_fail(&u->control, FAIL_MEMORY, 0);
    free(scratch);
}

static void take_fonts(struct ui *u)
{
    if (text_init(&u->text))
        worker_fail(&u->control, FAIL_MEMORY, 0);
    while (u->text.fonts.n == 0) {
        enum chan_result r = chan_receive_wait(&u->control);

        if (r == CHAN_BAD)
            worker_fail(&u->control, FAIL_MESSAGE, u->control.bad_type);
        if (r == CHAN_ENDED)
            exit(0);
    }
}

int ui_run(void)
{
    int status;

    worker_begin(WORKER_UI);
    ui_init_ui(&ui.control, WORKER_CONTROL_FD, &handlers, &ui);
    ui.control.queue_limit = MAX_DATAGRAM;
    take_fonts(&ui);
    warm_up(&ui);
    worker_confine(WORKER_UI, &policy_ui, &ui.control);
    loop_init(&ui.loop);
    loop_add(&ui.loop, ui.control.fd, want_control, on_control, &ui);
    status = loop_run(&ui.loop) == 0 ? 0 : 1;
    scene_finish(&ui.scene);
    text_finish(&ui.text);
    chan_finish(&ui.control);
    return status;
}
