/* Cleans claimed names. vitrine-render ui; distrusts every byte. */
#include "render/name.h"
#include "lib/text.h"
#include <stdbool.h>
#include <string.h>
#include <uchar.h>
#include <unictype.h>
#include <unigbrk.h>
#include <uninorm.h>
#include <unistr.h>

#define POINTS_MAX 256

/* Control, format (direction characters are format), private use, surrogates, and what draws
 * nothing. */
static bool is_hidden(ucs4_t c)
{
    return uc_is_general_category_withtable(c, UC_CATEGORY_MASK_Cc | UC_CATEGORY_MASK_Cf |
                                                   UC_CATEGORY_MASK_Co | UC_CATEGORY_MASK_Cs) ||
           uc_is_property_default_ignorable_code_point(c) || uc_is_property_not_a_character(c);
}

static bool is_space(ucs4_t c)
{
    return uc_is_property_white_space(c) ||
           uc_is_general_category_withtable(c, UC_CATEGORY_MASK_Z) || c == 0x2800;
}

/* Keeps the visible ones; returns how many are left. */
static size_t filter(ucs4_t *points, size_t n, bool quotes)
{
    size_t kept = 0, marks = 0;

    for (size_t i = 0; i < n; i++) {
        ucs4_t c = points[i];
        bool mark = uc_is_general_category_withtable(c, UC_CATEGORY_MASK_M);

        if (is_space(c)) {
            if (kept > 0 && points[kept - 1] != ' ')
                points[kept++] = ' ';
            marks = 0;
            continue;
        }
        marks = mark ? marks + 1 : 0;
        /* A mark without a letter of its own would sit on our quotation mark. */
        if (is_hidden(c) || marks > NAME_MARKS || (mark && (kept == 0 || points[kept - 1] == ' ')))
            continue;
        points[kept++] = text_is_quote(c) && !quotes ? '\'' : c;
    }
    while (kept > 0 && points[kept - 1] == ' ')
        kept--;
    return kept;
}

static size_t clean(char out[NAME_CLEAN_MAX], const char *untrusted, size_t len, bool quotes)
{
    ucs4_t points[POINTS_MAX], normal[POINTS_MAX];
    size_t n = POINTS_MAX, m = POINTS_MAX, bytes = NAME_CLEAN_MAX - 1;

    out[0] = '\0';
    if (len == 0 || len > POINTS_MAX || u8_check((const uint8_t *)untrusted, len))
        return 0;
    if (!u8_to_u32((const uint8_t *)untrusted, len, points, &n) || n > POINTS_MAX)
        return 0;
    n = filter(points, n, quotes);
    /* Filtered before and after: normalizing may bring a mark next to another letter, never a
     * hidden one. */
    if (n == 0 || u32_normalize(UNINORM_NFC, points, n, normal, &m) != normal)
        return 0;
    m = filter(normal, m, quotes);
    if (m == 0 || u32_to_u8(normal, m, (uint8_t *)out, &bytes) != (uint8_t *)out) {
        out[0] = '\0';
        return 0;
    }
    out[bytes] = '\0';
    return bytes;
}

size_t name_clean(char out[NAME_CLEAN_MAX], const char *untrusted, size_t len)
{
    static const char ellipsis[] = "\xe2\x80\xa6";
    size_t whole = clean(out, untrusted, len, false);
    size_t bytes = name_prefix(out, whole, NAME_GRAPHEMES);
    bool cut = bytes < whole;
    if (cut)
        bytes = name_prefix(out, whole, NAME_GRAPHEMES - 1);
    while (bytes > 0 && out[bytes - 1] == ' ')
        bytes--;
    if (cut && bytes + sizeof ellipsis <= NAME_CLEAN_MAX) {
        memcpy(out + bytes, ellipsis, sizeof ellipsis);
        bytes += sizeof ellipsis - 1;
    }
    out[bytes] = '\0';
    return bytes;
}

size_t name_clean_text(char out[NAME_CLEAN_MAX], const char *untrusted, size_t len)
{
    return clean(out, untrusted, len, true);
}

size_t name_prefix(const char *text, size_t len, size_t count)
{
    const uint8_t *p = (const uint8_t *)text, *end = p + len;

    for (; count > 0 && p && p < end; count--) {
        const uint8_t *next = u8_grapheme_next(p, end);

        if (!next)
            return len;
        p = next;
    }
    return (size_t)(p - (const uint8_t *)text);
}

size_t name_graphemes(const char *text, size_t len)
{
    const uint8_t *p = (const uint8_t *)text, *end = p + len;
    size_t n = 0;

    while (p && p < end) {
        p = u8_grapheme_next(p, end);
        n++;
    }
    return n;
}
