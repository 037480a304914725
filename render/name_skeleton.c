/* Names that look alike (ui.md 8). vitrine-render ui; distrusts every byte. */
#include "render/name.h"
#include <string.h>
#include <uchar.h>
#include <unicase.h>
#include <unictype.h>
#include <uninorm.h>
#include <unistr.h>

#define POINTS_MAX 512

/* Lower-case letters and digits that are drawn like one Latin letter. I, l, 1 and | are one. */
static const struct {
    uint16_t point;
    char looks;
} alike[] = {
    {'0', 'o'},   {'1', 'l'},   {'i', 'l'},    {'|', 'l'},    {0x131, 'l'},  {0x251, 'a'},
    {0x261, 'g'}, {0x28b, 'v'}, {0x3b1, 'a'},  {0x3b3, 'y'},  {0x3b5, 'e'},  {0x3b7, 'n'},
    {0x3b9, 'l'}, {0x3ba, 'k'}, {0x3bd, 'v'},  {0x3bf, 'o'},  {0x3c1, 'p'},  {0x3c4, 't'},
    {0x3c5, 'u'}, {0x3c7, 'x'}, {0x430, 'a'},  {0x432, 'b'},  {0x433, 'r'},  {0x435, 'e'},
    {0x43a, 'k'}, {0x43c, 'm'}, {0x43d, 'h'},  {0x43e, 'o'},  {0x440, 'p'},  {0x441, 'c'},
    {0x442, 't'}, {0x443, 'y'}, {0x445, 'x'},  {0x438, 'u'},  {0x455, 's'},  {0x456, 'l'},
    {0x458, 'j'}, {0x475, 'v'}, {0x4af, 'y'},  {0x4bb, 'h'},  {0x501, 'd'},  {0x51b, 'q'},
    {0x51d, 'w'}, {0x578, 'n'}, {0x57d, 'u'},  {0x585, 'o'},  {0x5c1, 'l'},  {0x661, 'l'},
    {0x665, 'o'}, {0x966, 'o'}, {0x1d0f, 'o'}, {0x1d20, 'v'}, {0x2113, 'l'}, {0x1d04, 'c'},
};

static ucs4_t looks_of(ucs4_t c)
{
    for (size_t i = 0; i < sizeof alike / sizeof alike[0]; i++)
        if (alike[i].point == c)
            return (ucs4_t)(unsigned char)alike[i].looks;
    return c;
}

/* Letters and digits only. */
static bool is_kept(ucs4_t c)
{
    return c == '|' || uc_is_general_category_withtable(c, UC_CATEGORY_MASK_L | UC_CATEGORY_MASK_N);
}

size_t name_skeleton(char out[NAME_CLEAN_MAX], const char *untrusted, size_t len)
{
    char clean[NAME_CLEAN_MAX];
    ucs4_t points[POINTS_MAX], plain[POINTS_MAX];
    size_t n = POINTS_MAX, m = POINTS_MAX, kept = 0, bytes = NAME_CLEAN_MAX - 1;

    out[0] = '\0';
    len = name_clean(clean, untrusted, len);
    if (len == 0 || !u8_to_u32((const uint8_t *)clean, len, points, &n) || n > POINTS_MAX)
        return 0;
    if (u32_casefold(points, n, NULL, UNINORM_NFKD, plain, &m) != plain)
        return 0;
    for (size_t i = 0; i < m; i++)
        if (is_kept(plain[i]))
            plain[kept++] = looks_of(plain[i]);
    if (kept == 0 || u32_to_u8(plain, kept, (uint8_t *)out, &bytes) != (uint8_t *)out) {
        out[0] = '\0';
        return 0;
    }
    out[bytes] = '\0';
    return bytes;
}

bool name_looks_like(const char *a, const char *b)
{
    char one[NAME_CLEAN_MAX], other[NAME_CLEAN_MAX];

    return name_skeleton(one, a, strlen(a)) > 0 && name_skeleton(other, b, strlen(b)) > 0 &&
           strcmp(one, other) == 0;
}

bool name_misleads(const char *untrusted, const char *you)
{
    char name[NAME_CLEAN_MAX], ours[NAME_CLEAN_MAX];

    if (name_skeleton(name, untrusted, strlen(untrusted)) == 0)
        return false;
    name_skeleton(ours, "vitrine", 7);
    return strstr(name, ours) || name_looks_like(untrusted, "you") ||
           (you && name_looks_like(untrusted, you));
}
