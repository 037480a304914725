/* See pressed.h. Runs in vitrine-seal. */
#include "net/seal/pressed.h"

static void apply(struct pressed *p, const struct input_event *e)
{
    uint32_t key = (uint32_t)1 << (e->code % 32);
    uint16_t button = (uint16_t)(1u << (e->code % 16));
    switch (e->kind) {
    case INPUT_KEY_DOWN:
        p->keys[e->code / 32] |= key;
        break;
    case INPUT_KEY_UP:
        p->keys[e->code / 32] &= ~key;
        break;
    case INPUT_BUTTON_DOWN:
        p->buttons |= button;
        break;
    case INPUT_BUTTON_UP:
        p->buttons &= (uint16_t)~button;
        break;
    default:
        break;
    }
}

void pressed_apply(struct pressed *p, const struct input_event *events, unsigned n)
{
    for (unsigned i = 0; i < n; i++)
        apply(p, &events[i]);
}

bool pressed_any(const struct pressed *p)
{
    uint32_t any = p->buttons;
    for (unsigned i = 0; i < 8; i++)
        any |= p->keys[i];
    return any != 0;
}
