/* See input_record.h. Runs in vitrine-seal. */
#include "net/seal/input_record.h"
#include "net/seal/bytes.h"

enum { HEAD = 12, EVENT = 10 };

_Static_assert(HEAD + MAX_INPUT_EVENTS * EVENT <= INPUT_RECORD_LEN, "a full record must fit");

static bool has_place(uint8_t kind)
{
    return kind == INPUT_BUTTON_DOWN || kind == INPUT_BUTTON_UP || kind == INPUT_MOTION ||
           kind == INPUT_WHEEL;
}

static void put_event(struct put *p, const struct input_event *e)
{
    bool place = has_place(e->kind);
    put_u8(p, e->kind);
    put_u8(p, e->code);
    put_u32(p, place ? (uint32_t)e->x : e->keysym);
    put_u32(p, place ? (uint32_t)e->y : e->place);
}

bool input_record_write(uint8_t out[INPUT_RECORD_LEN], uint64_t seq,
                        const struct input_event *events, unsigned n)
{
    if (n > MAX_INPUT_EVENTS)
        return false;
    memset(out, 0, INPUT_RECORD_LEN);
    struct put p = put_into(out, INPUT_RECORD_LEN);
    put_u8(&p, INPUT_RECORD_TYPE);
    put_u8(&p, (uint8_t)n);
    put_u16(&p, (uint16_t)(n * EVENT));
    put_u64(&p, seq);
    for (unsigned i = 0; i < n; i++) {
        if (!input_event_valid(&events[i], INPUT_REACH, INPUT_REACH))
            return false;
        put_event(&p, &events[i]);
    }
    return p.ok;
}

static int32_t get_i32(struct get *g)
{
    uint32_t v = get_u32(g);
    return v <= INT32_MAX ? (int32_t)v : -(int32_t)(UINT32_MAX - v) - 1;
}

/* A value that does not fit its field is not made to fit. */
static bool get_event(struct get *g, struct input_event *e)
{
    *e = (struct input_event){.kind = get_u8(g)};
    e->code = get_u8(g);
    if (has_place(e->kind)) {
        e->x = get_i32(g);
        e->y = get_i32(g);
        return g->ok;
    }
    e->keysym = get_u32(g);
    uint32_t place = get_u32(g);
    e->place = (uint8_t)place;
    return g->ok && place <= 1 && e->keysym <= 0x110ffff;
}

bool input_record_may(const struct input_event *e, unsigned caps)
{
    bool key = e->kind == INPUT_KEY_DOWN || e->kind == INPUT_KEY_UP;
    return (caps & (key ? CAP_KEYBOARD : CAP_POINTER)) != 0;
}

static bool is_zero(const uint8_t *bytes, size_t n)
{
    uint8_t any = 0;
    for (size_t i = 0; i < n; i++)
        any |= bytes[i];
    return any == 0;
}

enum e2e_code input_record_read(const uint8_t *record, size_t len, uint64_t seq, unsigned caps,
                                struct input_event events[MAX_INPUT_EVENTS], unsigned *n)
{
    struct input_event read[MAX_INPUT_EVENTS];
    struct get g = get_from(record, len);
    uint8_t type = get_u8(&g), count = get_u8(&g);
    uint16_t used = get_u16(&g);
    uint64_t number = get_u64(&g);
    if (!g.ok || len != INPUT_RECORD_LEN || type != INPUT_RECORD_TYPE || number != seq ||
        count > MAX_INPUT_EVENTS || used != count * EVENT)
        return E_GRANT;
    for (unsigned i = 0; i < count; i++)
        if (!get_event(&g, &read[i]) || !input_event_valid(&read[i], INPUT_REACH, INPUT_REACH) ||
            !input_record_may(&read[i], caps))
            return E_GRANT;
    if (!is_zero(g.at, g.left))
        return E_GRANT;
    memcpy(events, read, count * sizeof *read);
    *n = count;
    return E_NONE;
}
