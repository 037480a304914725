/* For tests of views without X: a session with people in it, and a window that shows it. */
#ifndef TESTS_UNIT_VITRINE_VIEW_RIG_H
#define TESTS_UNIT_VITRINE_VIEW_RIG_H
#include "broker/ui/view.h"
#include "ch_ui.h"
#include "lib/keys.h"
#include "lib/ui/strings.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
/* after the headers it needs */
#include <cmocka.h>

static struct ui_person people[] = {
    {.id = 1, .badges = UI_BADGE_YOU | UI_BADGE_ORGANIZER, .name = "Sam"},
    {.id = 2, .name = "Alex"},
    {.id = 40, .waiting = true, .name = "Lee"},
    {.id = 3, .name = "Kim"},
    {.id = 4, .name = "Ola"},
    {.id = 41, .waiting = true, .name = "Mo"},
};

static inline struct ui_model model(void)
{
    struct ui_model m = {.people = people, .n_people = 6, .can_share = true, .viewers = 3};
    strcpy(m.sid, "482915306");
    strcpy(m.password, "amber canal violet orbit");
    return m;
}

static inline struct view opened(enum ui_window kind, const struct ui_model *m)
{
    struct view v;
    view_init(&v, kind);
    const struct ui_layout *l = view_layout(&v, m);
    v.w = l->w;
    v.h = l->h;
    v.focused = true;
    view_focus_first(&v, m);
    return v;
}

static inline uint32_t number_in(const struct msg_ui_paint *order, enum ui_slot slot)
{
    for (unsigned i = 0; i < order->n_values; i++)
        if (order->values[i].slot == slot)
            return order->values[i].number;
    return UINT32_MAX;
}

#endif
