/* Checks text from outside; every process that receives messages links it. Distrusts every byte. */
#include "lib/text.h"

/* Decodes one code point of at most `left` bytes; its length, or 0 when it is not valid. */
static size_t decode_one(const uint8_t *s, size_t left, uint32_t *point)
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
        size_t n = decode_one(bytes + i, len - i, &point);
        if (n == 0 || is_forbidden(point))
            return false;
        i += n;
    }
    return true;
}
