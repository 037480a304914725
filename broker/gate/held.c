/* See held.h. Reads requests that the judge has passed: their lengths and fields are right. */
#include "broker/gate/held.h"
#include <string.h>

enum { KEY_PRESS = 2, KEY_RELEASE = 3, BUTTON_PRESS = 4, BUTTON_RELEASE = 5, MOTION = 6 };
enum { FAKE_INPUT = 2, FAKE_BYTES = 36, CHANGE_MAPPING = 100, CHANGE_BYTES = 16 };

void held_init(struct held *h, uint8_t major_xtest)
{
    *h = (struct held){.major = major_xtest};
}

static void note_input(struct held *h, uint8_t type, uint8_t detail)
{
    uint8_t bit = (uint8_t)(1u << (detail & 7));
    if (type == KEY_PRESS)
        h->keys[detail >> 3] |= bit;
    else if (type == KEY_RELEASE)
        h->keys[detail >> 3] &= (uint8_t)~bit;
    else if (type == BUTTON_PRESS && detail - 1u < 32)
        h->buttons |= 1u << (detail - 1);
    else if (type == BUTTON_RELEASE && detail - 1u < 32)
        h->buttons &= ~(1u << (detail - 1));
    else if (type == MOTION)
        h->placed = true;
}

static void note_lent(struct held *h, uint8_t code)
{
    for (uint8_t i = 0; i < h->n_lent; i++)
        if (h->lent[i] == code)
            return;
    if (h->n_lent < MAX_SPARES)
        h->lent[h->n_lent++] = code;
}

static bool injects(const struct held *h, const uint8_t *request, size_t len)
{
    return len == FAKE_BYTES && request[0] == h->major && request[1] == FAKE_INPUT;
}

void held_note(struct held *h, const uint8_t *request, size_t len)
{
    if (injects(h, request, len))
        note_input(h, request[4], request[5]);
    else if (len == CHANGE_BYTES && request[0] == CHANGE_MAPPING)
        note_lent(h, request[4]);
}

bool held_reaches(const struct held *h, const uint8_t *request, size_t len)
{
    uint8_t detail = len == FAKE_BYTES ? request[5] : 0;
    if (!injects(h, request, len))
        return false;
    if (request[4] == KEY_RELEASE)
        return (h->keys[detail >> 3] >> (detail & 7) & 1) == 0;
    if (request[4] == BUTTON_RELEASE)
        return detail - 1u >= 32 || (h->buttons >> (detail - 1) & 1) == 0;
    return true;
}

bool held_astray(const struct held *h, const uint8_t *request, size_t len)
{
    return injects(h, request, len) && request[4] == BUTTON_PRESS && !h->placed;
}

void held_lose_place(struct held *h)
{
    h->placed = false;
}

static size_t put_release(const struct held *h, uint8_t *out, uint8_t type, uint8_t detail)
{
    const uint16_t words = FAKE_BYTES / 4;
    memset(out, 0, FAKE_BYTES);
    out[0] = h->major;
    out[1] = FAKE_INPUT;
    memcpy(out + 2, &words, sizeof words);
    out[4] = type;
    out[5] = detail;
    return FAKE_BYTES;
}

static size_t put_back(uint8_t *out, uint8_t code)
{
    const uint16_t words = CHANGE_BYTES / 4;
    memset(out, 0, CHANGE_BYTES);
    out[0] = CHANGE_MAPPING;
    out[1] = 1;
    memcpy(out + 2, &words, sizeof words);
    out[4] = code;
    out[5] = 2;
    return CHANGE_BYTES;
}

size_t held_let_go(struct held *h, uint8_t *out)
{
    size_t n = 0;
    for (uint8_t b = 0; b < 32; b++)
        if ((h->buttons >> b & 1) != 0)
            n += put_release(h, out + n, BUTTON_RELEASE, (uint8_t)(b + 1));
    for (unsigned k = 0; k < 256; k++)
        if ((h->keys[k >> 3] >> (k & 7) & 1) != 0)
            n += put_release(h, out + n, KEY_RELEASE, (uint8_t)k);
    for (uint8_t i = 0; i < h->n_lent; i++)
        n += put_back(out + n, h->lent[i]);
    held_init(h, h->major);
    return n;
}
