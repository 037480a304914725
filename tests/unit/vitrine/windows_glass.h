/*
 * What another program lays over the windows. The server says of no window that it is covered where
 * a compositor runs: this program plays one.
 */
#ifndef TESTS_UNIT_VITRINE_WINDOWS_GLASS_H
#define TESTS_UNIT_VITRINE_WINDOWS_GLASS_H
#include "windows_desk.h"

#include <xcb/composite.h>
#include <xcb/shape.h>

static inline void compose(bool on)
{
    free(xcb_composite_query_version_reply(other, xcb_composite_query_version(other, 0, 4), NULL));
    if (on)
        xcb_composite_redirect_subwindows(other, root, XCB_COMPOSITE_REDIRECT_MANUAL);
    else
        xcb_composite_unredirect_subwindows(other, root, XCB_COMPOSITE_REDIRECT_MANUAL);
    xcb_flush(other);
}

/* A window there that lets clicks through. */
static inline xcb_window_t lay_glass(struct ui_rect at, uint16_t class)
{
    const uint32_t past_managers = 1;
    xcb_window_t id = xcb_generate_id(other);
    xcb_create_window(other, 0, id, root, (int16_t)at.x, (int16_t)at.y, (uint16_t)at.w,
                      (uint16_t)at.h, 0, class, XCB_COPY_FROM_PARENT, XCB_CW_OVERRIDE_REDIRECT,
                      &past_managers);
    xcb_shape_rectangles(other, XCB_SHAPE_SO_SET, XCB_SHAPE_SK_INPUT, 0, id, 0, 0, 0, NULL);
    xcb_map_window(other, id);
    xcb_flush(other);
    return id;
}

static inline void take_away(xcb_window_t id)
{
    xcb_destroy_window(other, id);
    xcb_flush(other);
}

static inline void change(xcb_window_t id, uint16_t what, const uint32_t *values)
{
    xcb_configure_window(other, id, what, values);
    xcb_flush(other);
}

static inline struct rig *rig_with_knock(void)
{
    struct rig *r = rig_with(UI_HOST_PANEL);
    knock(r);
    windows_update(r->w);
    prompt_prepare(r->w, 3, PROMPT_KIND_ADMIT, 40, "Lee", true);
    UNTIL(r, r->armed);
    return r;
}

/* A window of that program's, into which it may put ours. */
static inline xcb_window_t box(xcb_window_t in, struct ui_rect at)
{
    const uint32_t past_managers = 1;
    xcb_window_t id = xcb_generate_id(other);
    xcb_create_window(other, 0, id, in, (int16_t)at.x, (int16_t)at.y, (uint16_t)at.w,
                      (uint16_t)at.h, 0, XCB_WINDOW_CLASS_INPUT_OUTPUT, XCB_COPY_FROM_PARENT,
                      XCB_CW_OVERRIDE_REDIRECT, &past_managers);
    xcb_map_window(other, id);
    xcb_flush(other);
    return id;
}

static inline xcb_window_t parent_of(xcb_window_t id)
{
    xcb_query_tree_reply_t *t = xcb_query_tree_reply(other, xcb_query_tree(other, id), NULL);
    assert_non_null(t);
    xcb_window_t parent = t->parent;
    free(t);
    return parent;
}

#endif
