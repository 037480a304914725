/* The rules that fields of an input event keep between each other; broker and input worker ask. */
#include "lib/input_event.h"
#include "policy/limits.h"

static bool no_key(const struct input_event *e)
{
    return e->keysym == 0 && e->place == 0;
}

static bool inside(const struct input_event *e, uint32_t w, uint32_t h)
{
    return e->x >= 0 && e->y >= 0 && (uint32_t)e->x < w && (uint32_t)e->y < h;
}

static bool turned(const struct input_event *e)
{
    return e->x >= -MAX_WHEEL && e->x <= MAX_WHEEL && e->y >= -MAX_WHEEL && e->y <= MAX_WHEEL &&
           (e->x != 0 || e->y != 0);
}

static bool is_button(uint8_t code)
{
    return (code >= 1 && code <= 3) || code == 8 || code == 9;
}

bool input_event_valid(const struct input_event *e, uint32_t w, uint32_t h)
{
    switch (e->kind) {
    case INPUT_KEY_DOWN:
        return e->code >= 8 && e->place <= 1 && e->x == 0 && e->y == 0;
    case INPUT_KEY_UP:
        return e->code >= 8 && no_key(e) && e->x == 0 && e->y == 0;
    case INPUT_BUTTON_DOWN:
    case INPUT_BUTTON_UP:
        return is_button(e->code) && no_key(e) && inside(e, w, h);
    case INPUT_MOTION:
        return e->code == 0 && no_key(e) && inside(e, w, h);
    case INPUT_WHEEL:
        return e->code == 0 && no_key(e) && turned(e);
    default:
        return false;
    }
}
