/*
 * Frames of the relay protocol. Linked by vitrine-net (reads what a relay sends) and vitrine-relay
 * (reads what anybody on the Internet sends): every byte is distrusted.
 */
#include "lib/relay_frame.h"
#include <string.h>

/* --- reading: a cursor that remembers the first short read ---------------------------------------
 */

struct cursor {
    const uint8_t *at;
    size_t left;
    bool bad;
};

static uint64_t take(struct cursor *c, size_t bytes)
{
    uint64_t v = 0;
    if (c->bad || c->left < bytes) {
        c->bad = true;
        return 0;
    }
    for (size_t i = 0; i < bytes; i++)
        v = v << 8 | c->at[i];
    c->at += bytes;
    c->left -= bytes;
    return v;
}

static uint8_t take_u8(struct cursor *c)
{
    return (uint8_t)take(c, 1);
}

static uint16_t take_u16(struct cursor *c)
{
    return (uint16_t)take(c, 2);
}

static uint32_t take_u32(struct cursor *c)
{
    return (uint32_t)take(c, 4);
}

static void take_fixed(struct cursor *c, uint8_t *out, size_t len)
{
    if (c->bad || c->left < len) {
        c->bad = true;
        memset(out, 0, len);
        return;
    }
    memcpy(out, c->at, len);
    c->at += len;
    c->left -= len;
}

static struct span take_span(struct cursor *c, size_t len)
{
    struct span s = {c->at, len};
    if (c->bad || c->left < len) {
        c->bad = true;
        return (struct span){NULL, 0};
    }
    c->at += len;
    c->left -= len;
    return s;
}

/* --- writing -------------------------------------------------------------------------------------
 */

struct pen {
    uint8_t *at;
    size_t room;
    bool bad;
};

static void put(struct pen *p, uint64_t v, size_t bytes)
{
    if (p->bad || p->room < bytes) {
        p->bad = true;
        return;
    }
    for (size_t i = 0; i < bytes; i++)
        p->at[i] = (uint8_t)(v >> (8 * (bytes - 1 - i)));
    p->at += bytes;
    p->room -= bytes;
}

static void put_bytes(struct pen *p, const uint8_t *data, size_t len)
{
    if (p->bad || p->room < len) {
        p->bad = true;
        return;
    }
    if (len > 0)
        memcpy(p->at, data, len);
    p->at += len;
    p->room -= len;
}

uint32_t frame_get_u32(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

void frame_put_u32(uint8_t *p, uint32_t v)
{
    struct pen pen = {p, 4, false};
    put(&pen, v, 4);
}

/* --- one reader and writer for each type that has fields -----------------------------------------
 */

static bool is_zero(const uint8_t *p, size_t len)
{
    uint8_t any = 0;
    for (size_t i = 0; i < len; i++)
        any |= p[i];
    return any == 0;
}

bool frame_sid_valid(const uint8_t sid[FRAME_SID])
{
    for (int i = 0; i < FRAME_SID; i++)
        if (sid[i] < '0' || sid[i] > '9')
            return false;
    return sid[0] != '0';
}

static bool read_create(struct cursor *c, struct frame *f)
{
    take_u8(c);
    size_t n = take_u8(c);
    f->u.create.key = take_span(c, n);
    return n <= FRAME_CREATE_KEY_MAX;
}

static void write_create(struct pen *p, const struct frame *f)
{
    put(p, FRAME_VERSION_NUMBER, 1);
    put(p, f->u.create.key.len, 1);
    put_bytes(p, f->u.create.key.data, f->u.create.key.len);
    p->bad |= f->u.create.key.len > FRAME_CREATE_KEY_MAX;
}

static bool read_attach(struct cursor *c, struct frame *f)
{
    take_u8(c);
    take_fixed(c, f->u.attach.sid, FRAME_SID);
    f->u.attach.as = take_u8(c);
    take_fixed(c, f->u.attach.token, FRAME_TOKEN);
    if (!frame_sid_valid(f->u.attach.sid) || f->u.attach.as > FRAME_AS_ORGANIZER)
        return false;
    return f->u.attach.as != FRAME_AS_NEWCOMER || is_zero(f->u.attach.token, FRAME_TOKEN);
}

static void write_attach(struct pen *p, const struct frame *f)
{
    put(p, FRAME_VERSION_NUMBER, 1);
    put_bytes(p, f->u.attach.sid, FRAME_SID);
    put(p, f->u.attach.as, 1);
    put_bytes(p, f->u.attach.token, FRAME_TOKEN);
    p->bad |= !frame_sid_valid(f->u.attach.sid) || f->u.attach.as > FRAME_AS_ORGANIZER;
}

static bool read_opened(struct cursor *c, struct frame *f)
{
    take_fixed(c, f->u.opened.sid, FRAME_SID);
    f->u.opened.handle = take_u32(c);
    take_fixed(c, f->u.opened.token, FRAME_TOKEN);
    f->u.opened.params = take_span(c, take_u8(c));
    return frame_sid_valid(f->u.opened.sid) && f->u.opened.handle != 0;
}

static void write_opened(struct pen *p, const struct frame *f)
{
    put_bytes(p, f->u.opened.sid, FRAME_SID);
    put(p, f->u.opened.handle, 4);
    put_bytes(p, f->u.opened.token, FRAME_TOKEN);
    put(p, f->u.opened.params.len, 1);
    put_bytes(p, f->u.opened.params.data, f->u.opened.params.len);
    p->bad |= f->u.opened.params.len > FRAME_PARAMS_MAX;
}

static bool read_params(struct cursor *c, struct frame *f)
{
    f->u.params.m0 = take_span(c, c->left);
    return true;
}

static void write_params(struct pen *p, const struct frame *f)
{
    put_bytes(p, f->u.params.m0.data, f->u.params.m0.len);
}

static bool read_bind(struct cursor *c, struct frame *f)
{
    f->u.bind.handle = take_u32(c);
    f->u.bind.mid = take_u16(c);
    return f->u.bind.handle != 0 && f->u.bind.mid > 1; /* mid 1 is the organizer from the start */
}

static void write_bind(struct pen *p, const struct frame *f)
{
    put(p, f->u.bind.handle, 4);
    put(p, f->u.bind.mid, 2);
}

static bool read_bound(struct cursor *c, struct frame *f)
{
    f->u.bound.mid = take_u16(c);
    take_fixed(c, f->u.bound.token, FRAME_TOKEN);
    return f->u.bound.mid > 1;
}

static void write_bound(struct pen *p, const struct frame *f)
{
    put(p, f->u.bound.mid, 2);
    put_bytes(p, f->u.bound.token, FRAME_TOKEN);
}

static bool read_drop(struct cursor *c, struct frame *f)
{
    f->u.drop.handle = take_u32(c);
    f->u.drop.why = take_u8(c);
    return f->u.drop.handle != 0 && f->u.drop.why >= FRAME_DROP_WRONG_PASSWORD &&
           f->u.drop.why <= FRAME_DROP_LAST;
}

static void write_drop(struct pen *p, const struct frame *f)
{
    put(p, f->u.drop.handle, 4);
    put(p, f->u.drop.why, 1);
}

static bool read_present(struct cursor *c, struct frame *f)
{
    f->u.present.mid = take_u16(c);
    return true;
}

static void write_present(struct pen *p, const struct frame *f)
{
    put(p, f->u.present.mid, 2);
}

static bool read_peer(struct cursor *c, struct frame *f)
{
    f->u.peer.handle = take_u32(c);
    f->u.peer.state = take_u8(c);
    return f->u.peer.handle != 0 && f->u.peer.state >= FRAME_PEER_ATTACHED &&
           f->u.peer.state <= FRAME_PEER_GONE;
}

static void write_peer(struct pen *p, const struct frame *f)
{
    put(p, f->u.peer.handle, 4);
    put(p, f->u.peer.state, 1);
}

static bool read_away(struct cursor *c, struct frame *f)
{
    f->u.away.on = take_u8(c);
    return f->u.away.on <= 1;
}

static void write_away(struct pen *p, const struct frame *f)
{
    put(p, f->u.away.on, 1);
}

static bool read_drain(struct cursor *c, struct frame *f)
{
    f->u.drain.seconds = take_u16(c);
    return true;
}

static void write_drain(struct pen *p, const struct frame *f)
{
    put(p, f->u.drain.seconds, 2);
}

static bool read_msg(struct cursor *c, struct frame *f)
{
    f->u.msg.peer = take_u32(c);
    f->u.msg.bytes = take_span(c, c->left);
    return f->u.msg.peer != 0;
}

static bool read_unit(struct cursor *c, struct frame *f)
{
    f->u.unit.sealed = take_span(c, c->left);
    return true;
}

static bool read_report(struct cursor *c, struct frame *f)
{
    f->u.report.taken = take(c, 8);
    f->u.report.viewers = take_u16(c);
    f->u.report.behind = take_u16(c);
    f->u.report.median_ms = take_u16(c);
    f->u.report.worst_ms = take_u16(c);
    return true;
}

static void write_report(struct pen *p, const struct frame *f)
{
    put(p, f->u.report.taken, 8);
    put(p, f->u.report.viewers, 2);
    put(p, f->u.report.behind, 2);
    put(p, f->u.report.median_ms, 2);
    put(p, f->u.report.worst_ms, 2);
}

static bool read_keep(struct cursor *c, struct frame *f)
{
    f->u.keep.answer = take_u8(c);
    f->u.keep.stamp = take(c, 8);
    return f->u.keep.answer <= 1;
}

static void write_keep(struct pen *p, const struct frame *f)
{
    put(p, f->u.keep.answer, 1);
    put(p, f->u.keep.stamp, 8);
}

static bool read_err(struct cursor *c, struct frame *f)
{
    f->u.err.code = take_u16(c);
    return f->u.err.code != FRAME_ERR_NO;
}

static void write_err(struct pen *p, const struct frame *f)
{
    put(p, f->u.err.code, 2);
}

static bool read_empty(struct cursor *c, struct frame *f)
{
    (void)f;
    return c->left == 0;
}

static void write_empty(struct pen *p, const struct frame *f)
{
    (void)p;
    (void)f;
}

/* --- the table -----------------------------------------------------------------------------------
 */

#define C FRAME_FROM_CLIENT
#define R FRAME_FROM_RELAY

/* CREATE and ATTACH are open in length here, because another version may be longer; their readers
 * are exact. */
static const struct form {
    uint8_t type, from;
    uint32_t min, max;
    bool (*read)(struct cursor *, struct frame *);
    void (*write)(struct pen *, const struct frame *); /* NULL: see frame_write_head */
} forms[] = {
    {FRAME_CREATE, C, 1, FRAME_SMALL_MAX, read_create, write_create},
    {FRAME_ATTACH, C, 1, FRAME_SMALL_MAX, read_attach, write_attach},
    {FRAME_OPENED, R, 62, 62 + FRAME_PARAMS_MAX, read_opened, write_opened},
    {FRAME_PARAMS, C, 1, FRAME_PARAMS_MAX, read_params, write_params},
    {FRAME_BIND, C, 6, 6, read_bind, write_bind},
    {FRAME_BOUND, R, 50, 50, read_bound, write_bound},
    {FRAME_DROP, C, 5, 5, read_drop, write_drop},
    {FRAME_PRESENT, C, 2, 2, read_present, write_present},
    {FRAME_END, C, 0, 0, read_empty, write_empty},
    {FRAME_PEER, R, 5, 5, read_peer, write_peer},
    {FRAME_AWAY, R, 1, 1, read_away, write_away},
    {FRAME_DRAIN, R, 2, 2, read_drain, write_drain},
    {FRAME_MSG, C | R, 5, FRAME_MSG_MAX, read_msg, NULL},
    {FRAME_UNIT, C | R, 8, FRAME_UNIT_MAX, read_unit, NULL},
    {FRAME_NEED, C | R, 0, 0, read_empty, write_empty},
    {FRAME_REPORT, R, 16, 16, read_report, write_report},
    {FRAME_KEEP, C | R, 9, 9, read_keep, write_keep},
    {FRAME_ERR, R, 2, 2, read_err, write_err},
};

#undef C
#undef R

static const struct form *form_find(uint8_t type)
{
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++)
        if (forms[i].type == type)
            return &forms[i];
    return NULL;
}

static uint32_t head_length(const uint8_t *head)
{
    return frame_get_u32(head) & 0xffffff;
}

size_t frame_need(const uint8_t *data, size_t have, enum frame_from from)
{
    const struct form *form;
    uint32_t len;
    if (have > 0) {
        form = form_find(data[0]);
        if (form == NULL || !(form->from & (unsigned)from))
            return 0;
    }
    if (have < FRAME_HEAD)
        return FRAME_HEAD;
    form = form_find(data[0]);
    len = head_length(data);
    if (len < form->min || len > form->max)
        return 0;
    return FRAME_HEAD + (size_t)len;
}

static bool is_opening(uint8_t type)
{
    return type == FRAME_CREATE || type == FRAME_ATTACH;
}

enum frame_result frame_decode(const uint8_t *data, size_t len, enum frame_from from,
                               struct frame *out)
{
    struct cursor c;
    if (len < FRAME_HEAD || frame_need(data, len, from) != len)
        return FRAME_BAD;
    if (is_opening(data[0]) && data[FRAME_HEAD] != FRAME_VERSION_NUMBER)
        return FRAME_OTHER_VERSION;
    *out = (struct frame){.type = data[0]};
    c = (struct cursor){data + FRAME_HEAD, len - FRAME_HEAD, false};
    if (!form_find(data[0])->read(&c, out) || c.bad || c.left != 0)
        return FRAME_BAD;
    return FRAME_GOOD;
}

void frame_write_head(uint8_t out[FRAME_HEAD], enum frame_type type, size_t body_len)
{
    frame_put_u32(out, (uint32_t)type << 24 | ((uint32_t)body_len & 0xffffff));
}

size_t frame_encode(const struct frame *f, uint8_t out[FRAME_HEAD + FRAME_SMALL_MAX])
{
    struct pen p = {out + FRAME_HEAD, FRAME_SMALL_MAX, false};
    const struct form *form = form_find(f->type);
    size_t len;
    if (form == NULL || form->write == NULL)
        return 0;
    form->write(&p, f);
    len = FRAME_SMALL_MAX - p.room;
    if (p.bad || len < form->min || len > form->max)
        return 0;
    frame_write_head(out, (enum frame_type)f->type, len);
    return FRAME_HEAD + len;
}

/* --- sealed units --------------------------------------------------------------------------------
 */

/* RFC 9605 4.3: a value below 8 stands in the three bits; else they hold its length less one, and
   the shortest form is the only one accepted (e2e.md 9). */
static uint64_t take_header_number(struct cursor *c, bool is_long, uint8_t bits)
{
    uint64_t v;
    if (!is_long)
        return bits;
    v = take(c, (size_t)bits + 1);
    if (v < 8 || (bits > 0 && v >> (8 * bits) == 0))
        c->bad = true;
    return v;
}

bool frame_peek_unit(struct span sealed, struct unit_peek *out)
{
    struct cursor c = {sealed.data, sealed.len, false};
    uint8_t kind = take_u8(&c);
    uint8_t flags = take_u8(&c);
    uint8_t config = take_u8(&c);
    uint64_t kid = take_header_number(&c, config & 0x80, config >> 4 & 7);
    uint64_t ctr = take_header_number(&c, config & 0x08, config & 7);
    if (c.bad || c.left == 0 || kind != 0x40 || flags > 1 || kid >> 56 != 0)
        return false;
    *out = (struct unit_peek){
        .epoch = (uint32_t)(kid >> 24),
        .mid = (uint16_t)(kid >> 8),
        .stream = (uint8_t)kid,
        .key = flags & 1,
        .ctr = ctr,
    };
    return out->epoch != 0 && out->mid != 0 && out->stream >= UNIT_SCREEN &&
           out->stream <= UNIT_STATUS;
}

enum frame_rank frame_rank_unit(uint8_t stream)
{
    switch (stream) {
    case UNIT_SIGNAL:
        return FRAME_RANK_SIGNAL;
    case UNIT_STATUS:
        return FRAME_RANK_STATUS;
    case UNIT_CURSOR:
        return FRAME_RANK_CURSOR;
    case UNIT_AUDIO:
        return FRAME_RANK_AUDIO;
    case UNIT_CHAT:
        return FRAME_RANK_CHAT;
    default:
        return FRAME_RANK_SCREEN;
    }
}
