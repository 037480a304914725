/* Checks text from outside; every process that receives messages links it. Distrusts every byte. */
#include "lib/text.h"
#include <string.h>

size_t text_decode(const uint8_t *s, size_t left, uint32_t *point)
{
    static const uint32_t least[5] = {0, 0, 0x80, 0x800,
                                      0x10000}; /* shortest form of that length */
    size_t len = s[0] < 0x80   ? 1
                 : s[0] < 0xC0 ? 0
                 : s[0] < 0xE0 ? 2
                 : s[0] < 0xF0 ? 3
                 : s[0] < 0xF8 ? 4
                               : 0;
    if (len == 0 || len > left)
        return 0;
    uint32_t p = len == 1 ? s[0] : s[0] & (0x7Fu >> len);
    for (size_t i = 1; i < len; i++) {
        if ((s[i] & 0xC0) != 0x80)
            return 0;
        p = p << 6 | (s[i] & 0x3Fu);
    }
    bool surrogate = p >= 0xD800 && p <= 0xDFFF;
    if (p < least[len] || surrogate || p > 0x10FFFF)
        return 0;
    *point = p;
    return len;
}

static bool is_forbidden(uint32_t p)
{
    return p <= 0x1F || (p >= 0x7F && p <= 0x9F) || (p >= 0x202A && p <= 0x202E) ||
           (p >= 0x2066 && p <= 0x2069);
}

bool text_valid(const uint8_t *bytes, size_t len)
{
    size_t i = 0;
    while (i < len) {
        uint32_t point = 0;
        size_t n = text_decode(bytes + i, len - i, &point);
        if (n == 0 || is_forbidden(point))
            return false;
        i += n;
    }
    return true;
}

bool text_is_quote(uint32_t point)
{
    static const uint16_t quotes[] = {0x22,   0xab,   0xbb,   0x201c, 0x201d,
                                      0x201e, 0x201f, 0x2033, 0x2036, 0x275d,
                                      0x275e, 0x301d, 0x301e, 0x301f, 0xff02};
    for (size_t i = 0; i < sizeof quotes / sizeof quotes[0]; i++)
        if (quotes[i] == point)
            return true;
    return false;
}

struct points {
    uint32_t from, to;
};

static bool is_among(uint32_t p, const struct points *all, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (p >= all[i].from && p <= all[i].to)
            return true;
    return false;
}

/* Painters ask the tables of Unicode; these are the ones that matter where nothing is drawn: what
   it calls default ignorable, private use, and what ends a line. */
bool text_is_unseen(uint32_t p)
{
    static const struct points unseen[] = {
        {0xad, 0xad},       {0x34f, 0x34f},     {0x61c, 0x61c},     {0x115f, 0x1160},
        {0x17b4, 0x17b5},   {0x180b, 0x180f},   {0x200b, 0x200f},   {0x2028, 0x2029},
        {0x2060, 0x206f},   {0x3164, 0x3164},   {0xe000, 0xf8ff},   {0xfe00, 0xfe0f},
        {0xfeff, 0xfeff},   {0xffa0, 0xffa0},   {0xfff0, 0xfffb},   {0x1bca0, 0x1bca3},
        {0x1d173, 0x1d17a}, {0xe0000, 0xe0fff}, {0xf0000, 0x10ffff}};
    return is_among(p, unseen, sizeof unseen / sizeof *unseen);
}

static bool is_space(uint32_t p)
{
    static const struct points spaces[] = {{' ', ' '},       {0xa0, 0xa0},     {0x1680, 0x1680},
                                           {0x2000, 0x200a}, {0x2028, 0x2029}, {0x202f, 0x202f},
                                           {0x205f, 0x205f}, {0x2800, 0x2800}, {0x3000, 0x3000}};
    return is_among(p, spaces, sizeof spaces / sizeof *spaces);
}

size_t text_quote(char *out, size_t cap, const char *name)
{
    static const char open[] = "\xe2\x80\x9c", close[] = "\xe2\x80\x9d";
    const size_t begin = sizeof open - 1;
    size_t left = strlen(name), n = begin, gap = 0, len;
    memcpy(out, open, begin);
    for (; left > 0; name += len, left -= len) {
        uint32_t point = 0;
        len = text_decode((const uint8_t *)name, left, &point);
        if (len == 0 || n + gap + len + sizeof close > cap)
            break;
        if (is_space(point))
            gap = n > begin;
        if (is_space(point) || is_forbidden(point) || text_is_unseen(point))
            continue;
        if (gap)
            out[n++] = ' ';
        gap = 0;
        bool quote = text_is_quote(point);
        memcpy(out + n, quote ? "'" : name, quote ? 1 : len);
        n += quote ? 1 : len;
    }
    memcpy(out + n, close, sizeof close);
    return n + sizeof close - 1;
}

/* Capitals and the small letters that they have, in two bytes each: every one, or (every 2) those
   at even places of the range, whose neighbours are the small ones. */
static const struct {
    uint16_t from, to, every;
    int16_t away;
} capitals[] = {
    {'A', 'Z', 1, 32},     {0xc0, 0xd6, 1, 32},   {0xd8, 0xde, 1, 32},   {0x100, 0x12e, 2, 1},
    {0x132, 0x136, 2, 1},  {0x139, 0x147, 2, 1},  {0x14a, 0x176, 2, 1},  {0x178, 0x178, 1, -121},
    {0x179, 0x17d, 2, 1},  {0x218, 0x21e, 2, 1},  {0x386, 0x386, 1, 38}, {0x388, 0x38a, 1, 37},
    {0x38c, 0x38c, 1, 64}, {0x38e, 0x38f, 1, 63}, {0x391, 0x3a1, 1, 32}, {0x3a3, 0x3ab, 1, 32},
    {0x3c2, 0x3c2, 1, 1},  {0x400, 0x40f, 1, 80}, {0x410, 0x42f, 1, 32}, {0x460, 0x480, 2, 1},
    {0x48a, 0x4be, 2, 1},  {0x4c0, 0x4c0, 1, 15}, {0x4c1, 0x4cd, 2, 1},  {0x4d0, 0x52e, 2, 1},
    {0x531, 0x556, 1, 48},
};

static uint32_t small_of(uint32_t p)
{
    for (size_t i = 0; i < sizeof capitals / sizeof capitals[0]; i++)
        if (p >= capitals[i].from && p <= capitals[i].to &&
            (p - capitals[i].from) % capitals[i].every == 0)
            return (uint32_t)((int32_t)p + capitals[i].away);
    return p;
}

size_t text_small(char *out, size_t cap, const char *text)
{
    size_t left = strlen(text), n = 0;
    while (left > 0) {
        uint32_t point = 0;
        size_t len = text_decode((const uint8_t *)text, left, &point);
        if (len == 0 || n + len >= cap)
            break;
        memcpy(out + n, text, len);
        point = small_of(point);
        if (len == 1) {
            out[n] = (char)point;
        } else if (len == 2) {
            out[n] = (char)(0xc0 | point >> 6);
            out[n + 1] = (char)(0x80 | (point & 0x3f));
        }
        n += len;
        text += len;
        left -= len;
    }
    out[n] = '\0';
    return n;
}

void text_clean(char *text)
{
    for (; *text; text++)
        if (*text < 0x20 || *text > 0x7e)
            *text = '?';
}
