/* Entrance: what a controller does with keys, as the input worker maps it. First byte: map and
   locks; then events of six bytes. Whatever comes, nothing stays down after the book has been let
   go. */
#include "input/book.h"
#include "input/mapper.h"
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct mapper mapper;
static struct book book;

static void make_map(struct keymap *m, uint8_t salt)
{
    memset(m, 0, sizeof *m);
    m->first = 8;
    m->last = 240;
    m->per = 6;
    for (unsigned c = 10; c < 200; c++)
        for (unsigned i = 0; i < 6; i++)
            m->sym[c][i] = 0x20 + (c * 7 + i * 13 + salt) % 0x60;
    m->sym[50][0] = KEYS_SHIFT_L;
    m->sym[92][0] = KEYS_LEVEL3;
    m->sym[37][0] = 0xffe3;
    m->level3 = salt & 1 ? 0x80 : 0;
}

static void note_all(const struct mapper_out *out)
{
    for (size_t i = 0; i < out->n; i++) {
        if (out->list[i].kind == ACTION_LEND && out->list[i].code < 230)
            abort();
        book_note(&book, &out->list[i]);
    }
}

static struct input_event event_of(const uint8_t *b)
{
    struct input_event e = {.kind = INPUT_KEY_DOWN, .code = b[1]};
    e.place = b[0] >> 1 & 1;
    e.keysym = (uint32_t)b[2] << 16 | (uint32_t)b[3] << 8 | b[4];
    if (b[5] & 1)
        e.keysym |= 0x1000000;
    return e;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint8_t spares[] = {230, 231, 232};
    struct keymap map;
    if (size == 0)
        return 0;
    make_map(&map, data[0]);
    mapper_init(&mapper, spares, 3);
    mapper_set_map(&mapper, &map);
    mapper_set_state(&mapper, data[0] >> 2 & 3, data[0] >> 4 & 3);
    book = (struct book){.buttons = 0};
    for (size_t i = 1; i + 6 <= size; i += 6) {
        struct mapper_out out = {.n = 0};
        struct input_event e = event_of(data + i);
        if (data[i] & 1)
            mapper_key_down(&mapper, &e, &out);
        else
            mapper_key_up(&mapper, e.code, &out);
        note_all(&out);
    }
    for (unsigned c = 0; c < 256; c++) {
        struct mapper_out out = {.n = 0};
        mapper_key_up(&mapper, (uint8_t)c, &out);
        note_all(&out);
    }
    if (book_holds(&book))
        abort();
    return 0;
}
