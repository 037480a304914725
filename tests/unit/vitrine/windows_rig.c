/* See windows_rig.h. */
#include "windows_rig.h"

#include "lib/ui/labels.h"
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* --------------------------------------------------------------------------------- the painter */
static int seals_of(int fd)
{
    return fcntl(fd, F_GET_SEALS);
}

/* Stripes, another for each label, so that a test knows them again. */
static void paint_sheet(const struct msg_ui_paint *m, uint32_t *p)
{
    struct ui_label label[UI_LABELS_MAX];
    unsigned n = ui_labels(label);
    memset(p, 0, (size_t)m->stride * m->height);
    for (unsigned i = 0; i < n; i++) {
        struct ui_rect at = ui_rect_px(label[i].at, m->scale);
        for (int y = at.y; y < at.y + at.h; y++)
            for (int x = at.x; x < at.x + at.w; x++)
                if ((unsigned)(x - at.x) % (i + 2) == 0)
                    p[(size_t)y * m->stride / 4 + (size_t)x] = 0xffffff;
    }
}

static void note_monitor(struct rig *r, const struct msg_ui_paint *m)
{
    r->monitor = 0;
    r->monitor_size[0] = '\0';
    for (unsigned i = 0; i < m->n_values; i++) {
        const struct ui_value *v = &m->values[i];
        if (v->slot != UI_SLOT_MONITOR)
            continue;
        r->monitor = v->number;
        snprintf(r->monitor_size, sizeof r->monitor_size, "%.*s", (int)v->words.len,
                 (const char *)v->words.data);
    }
}

static int paint(struct rig *r, enum windows_painter which, struct msg_ui_paint *m)
{
    size_t size = (size_t)m->stride * m->height;
    r->owed[which] = m->serial;
    if (r->lazy || (r->sheetless && m->window == UI_LABELS))
        return 0;
    if ((seals_of(m->memory) & (F_SEAL_SHRINK | F_SEAL_GROW)) != (F_SEAL_SHRINK | F_SEAL_GROW))
        return -1;
    uint32_t *p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, m->memory, 0);
    if (p == MAP_FAILED)
        return -1;
    for (size_t i = 0; i < size / 4; i++)
        p[i] = r->colour;
    if (m->window == UI_LABELS)
        paint_sheet(m, p);
    munmap(p, size);
    if (m->window == UI_CONSENT_SHARE)
        note_monitor(r, m);
    r->painted += m->window != UI_LABELS;
    r->sheets += m->window == UI_LABELS;
    struct msg_ui_painted done = {.serial = m->serial, .alike = r->alike};
    return msg_ui_painted_send(&r->painter[which], &done);
}

void rig_paint_late(struct rig *r, enum windows_painter which)
{
    struct msg_ui_painted done = {.serial = r->owed[which], .alike = r->alike};
    msg_ui_painted_send(&r->painter[which], &done);
}

static int on_paint_main(void *ctx, struct msg_ui_paint *m)
{
    return paint(ctx, PAINTER_MAIN, m);
}

static int on_paint_prompt(void *ctx, struct msg_ui_paint *m)
{
    return paint(ctx, PAINTER_PROMPT, m);
}

static int on_crowd(void *ctx, struct msg_ui_crowd *m)
{
    struct rig *r = ctx;
    r->crowds++;
    r->crowd = m->n_names;
    return 0;
}

static int on_target(void *ctx, struct msg_screen_target *m)
{
    struct rig *r = ctx;
    if (r->target >= 0)
        close(r->target);
    r->target = m->memory;
    r->target_m = *m;
    m->memory = -1;
    return 0;
}

static int on_shown(void *ctx, struct msg_screen_shown *m)
{
    ((struct rig *)ctx)->shown = m->serial;
    return 0;
}

/* ------------------------------------------------------------------------------- the broker's ends
 */
static int on_painted_main(void *ctx, struct msg_ui_painted *m)
{
    return windows_painted(((struct rig *)ctx)->w, PAINTER_MAIN, m->serial, m->alike);
}

static int on_painted_prompt(void *ctx, struct msg_ui_painted *m)
{
    return windows_painted(((struct rig *)ctx)->w, PAINTER_PROMPT, m->serial, m->alike);
}

static int on_changed(void *ctx, struct msg_screen_changed *m)
{
    return windows_view_changed(((struct rig *)ctx)->w, m);
}

static void on_chan(void *ctx, short revents)
{
    (void)revents;
    struct chan *c = ctx;
    if (chan_receive(c, 16) == CHAN_OK)
        return;
    ((struct rig *)c->ctx)->ended++;
    fprintf(stderr, "rig: channel ended: %s\n", c->bad_why);
}

/* ----------------------------------------------------------------------------------- callbacks */
/* As the heart does, within the press that asked for it. */
static void obey(struct rig *r, enum ui_action action)
{
    if (action == ACTION_PAUSE || action == ACTION_CONTINUE)
        r->model.sharing = action == ACTION_PAUSE ? 2 : 1;
    if (action == ACTION_LOCK || action == ACTION_UNLOCK)
        r->model.locked = action == ACTION_LOCK;
    windows_update(r->w);
}

static void on_action(void *ctx, enum ui_window window, enum ui_action action, uint32_t id,
                      enum windows_hand hand)
{
    struct rig *r = ctx;
    r->actions++;
    r->action = action;
    r->action_id = id;
    r->hand = hand;
    if (r->obeys)
        obey(r, action);
    if (r->echo)
        printf("action %d %d %u %d\n", window, action, id, hand);
}

static void on_prompt_painted(void *ctx, uint32_t serial)
{
    struct rig *r = ctx;
    prompt_map(r->w, serial);
}

static void on_armed(void *ctx, uint32_t serial, bool armed)
{
    (void)serial;
    ((struct rig *)ctx)->armed = armed;
}

static void on_answer(void *ctx, uint32_t serial, bool yes, uint8_t choice, enum windows_hand hand,
                      enum origin_why why)
{
    (void)choice;
    struct rig *r = ctx;
    r->answers++;
    r->yes = yes;
    r->hand = hand;
    r->why = why;
    if (r->ends)
        prompt_close(r->w, serial);
    if (r->echo)
        printf("answer %u %s hand=%d why=%d\n", serial, yes ? "yes" : "no", hand, why);
}

static void on_apart(void *ctx, uint32_t serial)
{
    (void)serial;
    ((struct rig *)ctx)->apart++;
}

static void on_others(void *ctx)
{
    ((struct rig *)ctx)->others++;
}

static void on_bar(void *ctx)
{
    ((struct rig *)ctx)->bar = true;
}

static void on_bar_lost(void *ctx)
{
    ((struct rig *)ctx)->bar_lost = true;
}

static void on_gone(void *ctx)
{
    struct rig *r = ctx;
    r->gone++;
}

static void on_desktop(void *ctx)
{
    ((struct rig *)ctx)->desktops++;
}

static void on_shown_main(void *ctx, bool seen)
{
    struct rig *r = ctx;
    r->mapped += seen;
    r->seen = seen;
    if (r->echo)
        printf("shown %d\n", seen);
}

static void on_hint(void *ctx)
{
    if (((struct rig *)ctx)->echo)
        printf("hint\n");
}

static void on_painter_failed(void *ctx, enum windows_painter which)
{
    (void)which;
    ((struct rig *)ctx)->failed++;
}

static void on_lost(void *ctx)
{
    ((struct rig *)ctx)->lost = true;
    loop_stop(&((struct rig *)ctx)->loop);
}

/* What it points to is for as long as the call. */
static void keep_said(struct rig *r, const struct ui_said *said)
{
    r->line.said = said ? &r->said : NULL;
    if (!said)
        return;
    r->said = *said;
    for (unsigned i = 0; i < said->n; i++)
        r->said.text[i] = r->said.room + (said->text[i] - said->room);
}

static void on_tell_window(void *ctx, const struct windows_window_line *line)
{
    struct rig *r = ctx;
    r->line = *line;
    keep_said(r, line->said);
    r->windows_told++;
    if (!r->echo)
        return;
    printf("window %s %s %d %d %d %d", line->name, line->mapped ? "mapped" : "closed", line->rect.x,
           line->rect.y, line->rect.w, line->rect.h);
    for (unsigned i = 0; i < line->n_controls; i++)
        if (line->controls[i].focus)
            printf(" focus=%s", line->controls[i].id);
    printf("\n");
}

static void on_tell_prompt(void *ctx, const struct windows_prompt_line *line)
{
    struct rig *r = ctx;
    r->prompt = *line;
    r->prompts_told++;
    if (r->echo)
        printf("prompt %u %s armed=%d closed=%d yes=%d,%d,%d,%d no=%d,%d,%d,%d\n", line->serial,
               line->window, line->armed, line->closed, line->yes.x, line->yes.y, line->yes.w,
               line->yes.h, line->no.x, line->no.y, line->no.w, line->no.h);
}

/* ---------------------------------------------------------------------------------------- life */
static const struct ui_at_broker at_main = {.on_ui_painted = on_painted_main};
static const struct ui_at_broker at_prompt = {.on_ui_painted = on_painted_prompt};
static const struct ui_at_ui painters[PAINTERS] = {
    {.on_ui_paint = on_paint_main, .on_ui_crowd = on_crowd},
    {.on_ui_paint = on_paint_prompt, .on_ui_crowd = on_crowd}};
static const struct screen_at_broker at_screen = {.on_screen_changed = on_changed};
static const struct screen_at_view at_view = {.on_screen_target = on_target,
                                              .on_screen_shown = on_shown};

static bool start_painter(struct rig *r, enum windows_painter which)
{
    int ends[2];
    if (chan_pair(ends) != 0)
        return false;
    ui_init_broker(&r->ui[which], ends[0], which == PAINTER_MAIN ? &at_main : &at_prompt, r);
    ui_init_ui(&r->painter[which], ends[1], &painters[which], r);
    r->ui[which].state = r->painter[which].state = UI_STATE_READY;
    r->ui[which].queue_limit = r->painter[which].queue_limit = MAX_QUEUED;
    loop_add(&r->loop, ends[0], NULL, on_chan, &r->ui[which]);
    loop_add(&r->loop, ends[1], NULL, on_chan, &r->painter[which]);
    windows_painter(r->w, which, &r->ui[which]);
    return true;
}

static bool start_view(struct rig *r)
{
    int ends[2];
    if (chan_pair(ends) != 0)
        return false;
    screen_init_broker(&r->screen, ends[0], &at_screen, r);
    screen_init_view(&r->view, ends[1], &at_view, r);
    r->screen.state = r->view.state = SCREEN_STATE_SHOWING;
    r->screen.queue_limit = MAX_QUEUED;
    loop_add(&r->loop, ends[0], NULL, on_chan, &r->screen);
    loop_add(&r->loop, ends[1], NULL, on_chan, &r->view);
    return true;
}

bool rig_start(struct rig *r)
{
    static const struct windows_calls calls = {.action = on_action,
                                               .prompt_painted = on_prompt_painted,
                                               .prompt_armed = on_armed,
                                               .prompt_answer = on_answer,
                                               .prompt_apart = on_apart,
                                               .others = on_others,
                                               .bar_mapped = on_bar,
                                               .bar_lost = on_bar_lost,
                                               .target_gone = on_gone,
                                               .desktop = on_desktop,
                                               .shown = on_shown_main,
                                               .hint = on_hint,
                                               .painter_failed = on_painter_failed,
                                               .lost = on_lost,
                                               .tell_window = on_tell_window,
                                               .tell_prompt = on_tell_prompt};
    const char *what;
    struct windows_calls mine = calls;
    memset(r, 0, sizeof *r);
    r->target = -1;
    r->colour = 0xff3366cc;
    if (display_open(&r->d, &what) != DISPLAY_OK) {
        fprintf(stderr, "rig: %s\n", what);
        return false;
    }
    loop_init(&r->loop);
    mine.ctx = r;
    r->w = windows_create(&r->d, &r->loop, &r->model, &mine);
    return r->w && start_painter(r, PAINTER_MAIN) && start_painter(r, PAINTER_PROMPT) &&
           start_view(r);
}

void rig_finish(struct rig *r)
{
    windows_destroy(r->w);
    display_close(&r->d);
    for (unsigned i = 0; i < PAINTERS; i++) {
        chan_finish(&r->ui[i]);
        chan_finish(&r->painter[i]);
    }
    chan_finish(&r->screen);
    chan_finish(&r->view);
    if (r->target >= 0)
        close(r->target);
}

static void on_stop(void *ctx)
{
    loop_stop(ctx);
}

void rig_run(struct rig *r, unsigned ms, const unsigned *flag, unsigned value)
{
    uint64_t end = loop_now_ms() + ms;
    while (loop_now_ms() < end && !r->lost && !(flag && *flag >= value)) {
        r->loop.stop = false;
        loop_set_timer(&r->loop, 10, on_stop, &r->loop);
        loop_run(&r->loop);
    }
    loop_clear_timer(&r->loop, on_stop, &r->loop);
}
