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

/* Painters ask the tables of Unicode; these are the ones that matter where nothing is drawn. */
bool text_is_unseen(uint32_t p)
{
    return p == 0xAD || p == 0x61C || p == 0x180E || (p >= 0x200B && p <= 0x200F) || p == 0x2028 ||
           p == 0x2029 || (p >= 0x2060 && p <= 0x206F) || p == 0xFEFF ||
           (p >= 0xE0000 && p <= 0xE0FFF);
}

size_t text_quote(char *out, size_t cap, const char *name)
{
    static const char open[] = "\xe2\x80\x9c", close[] = "\xe2\x80\x9d";
    size_t left = strlen(name), n = sizeof open - 1;
    memcpy(out, open, n);
    while (left > 0) {
        uint32_t point = 0;
        size_t len = text_decode((const uint8_t *)name, left, &point);
        if (len == 0 || n + len + sizeof close > cap)
            break;
        if (text_is_quote(point))
            out[n++] = '\'';
        else if (!is_forbidden(point) && !text_is_unseen(point)) {
            memcpy(out + n, name, len);
            n += len;
        }
        name += len;
        left -= len;
    }
    memcpy(out + n, close, sizeof close);
    return n + sizeof close - 1;
}
