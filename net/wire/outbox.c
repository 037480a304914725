/* Frames on their way to the relay. Run by vitrine-net. Pure. */
#include "net/wire/outbox.h"
#include <stdlib.h>
#include <string.h>

static struct outbox_frame *frame_create(size_t len, uint8_t rank)
{
    struct outbox_frame *f = malloc(sizeof *f + len);
    if (f != NULL)
        *f = (struct outbox_frame){.len = len, .rank = rank};
    return f;
}

static void append(struct outbox *b, struct outbox_frame *f)
{
    if (b->lists[f->rank].last != NULL)
        b->lists[f->rank].last->next = f;
    else
        b->lists[f->rank].first = f;
    b->lists[f->rank].last = f;
    b->lists[f->rank].frames++;
    b->bytes += f->len;
}

bool outbox_add(struct outbox *b, const struct frame *f)
{
    uint8_t bytes[FRAME_HEAD + FRAME_SMALL_MAX];
    size_t len = frame_encode(f, bytes);
    struct outbox_frame *o =
        len == 0 ? NULL
                 : frame_create(len, f->type == FRAME_KEEP ? FRAME_RANK_OWN : FRAME_RANK_MSG);
    if (o == NULL)
        return false;
    memcpy(o->bytes, bytes, len);
    append(b, o);
    return true;
}

bool outbox_add_msg(struct outbox *b, uint32_t peer, struct span body)
{
    struct outbox_frame *o;
    if (body.len == 0 || body.len + 4 > FRAME_MSG_MAX)
        return false;
    o = frame_create(FRAME_HEAD + 4 + body.len, FRAME_RANK_MSG);
    if (o == NULL)
        return false;
    frame_write_head(o->bytes, FRAME_MSG, 4 + body.len);
    frame_put_u32(o->bytes + FRAME_HEAD, peer);
    memcpy(o->bytes + FRAME_HEAD + 4, body.data, body.len);
    append(b, o);
    return true;
}

bool outbox_add_unit(struct outbox *b, struct span sealed, uint8_t stream)
{
    struct outbox_frame *o;
    if (sealed.len > FRAME_UNIT_MAX)
        return false;
    o = frame_create(FRAME_HEAD + sealed.len, (uint8_t)frame_rank_unit(stream));
    if (o == NULL)
        return false;
    frame_write_head(o->bytes, FRAME_UNIT, sealed.len);
    memcpy(o->bytes + FRAME_HEAD, sealed.data, sealed.len);
    append(b, o);
    return true;
}

struct outbox_frame *outbox_pop(struct outbox *b, bool with_screen)
{
    int end = with_screen ? FRAME_RANKS : FRAME_RANK_SCREEN;
    for (int r = 0; r < end; r++) {
        struct outbox_frame *f = b->lists[r].first;
        if (f == NULL)
            continue;
        b->lists[r].first = f->next;
        if (f->next == NULL)
            b->lists[r].last = NULL;
        b->lists[r].frames--;
        b->bytes -= f->len;
        return f;
    }
    return NULL;
}

void outbox_finish(struct outbox *b)
{
    struct outbox_frame *f;
    while ((f = outbox_pop(b, true)) != NULL)
        free(f);
}
