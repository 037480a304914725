/* Names that look alike (ui.md 8). vitrine-render ui; distrusts every byte. */
#include "render/name.h"
#include <string.h>
#include <uchar.h>
#include <unicase.h>
#include <unictype.h>
#include <uninorm.h>
#include <unistr.h>

#define POINTS_MAX 512

struct alike {
    uint16_t point;
    char looks;
};

/* Lower-case letters and digits that are drawn like one Latin letter. I, l, 1 and | are one. What
   is drawn like what: the facts of Unicode TR39, confusables. */
static const struct alike small[] = {
    {'0', 'o'},    {'1', 'l'},    {'i', 'l'},    {'|', 'l'},    {0x131, 'l'},  {0x251, 'a'},
    {0x261, 'g'},  {0x269, 'l'},  {0x26a, 'l'},  {0x28b, 'v'},  {0x28f, 'y'},  {0x3b1, 'a'},
    {0x3b3, 'y'},  {0x3b5, 'e'},  {0x3b7, 'n'},  {0x3b9, 'l'},  {0x3ba, 'k'},  {0x3bd, 'v'},
    {0x3bf, 'o'},  {0x3c1, 'p'},  {0x3c3, 'o'},  {0x3c4, 't'},  {0x3c5, 'u'},  {0x3c7, 'x'},
    {0x3f3, 'j'},  {0x430, 'a'},  {0x432, 'b'},  {0x433, 'r'},  {0x435, 'e'},  {0x438, 'u'},
    {0x43a, 'k'},  {0x43c, 'm'},  {0x43d, 'h'},  {0x43e, 'o'},  {0x440, 'p'},  {0x441, 'c'},
    {0x442, 't'},  {0x443, 'y'},  {0x445, 'x'},  {0x455, 's'},  {0x456, 'l'},  {0x458, 'j'},
    {0x475, 'v'},  {0x4af, 'y'},  {0x4bb, 'h'},  {0x4cf, 'l'},  {0x501, 'd'},  {0x51b, 'q'},
    {0x51d, 'w'},  {0x566, 'q'},  {0x570, 'h'},  {0x578, 'n'},  {0x57c, 'n'},  {0x57d, 'u'},
    {0x581, 'g'},  {0x585, 'o'},  {0x5d5, 'l'},  {0x5df, 'l'},  {0x5e1, 'o'},  {0x661, 'l'},
    {0x665, 'o'},  {0x966, 'o'},  {0x1d04, 'c'}, {0x1d0f, 'o'}, {0x1d1c, 'u'}, {0x1d20, 'v'},
    {0x1d21, 'w'}, {0x1d22, 'z'}, {0x2113, 'l'}, {0xa731, 's'},
};

/* Capitals that are drawn like one, and letters of one case; what their small letters look like is
   something else, or small[] has it. By compatibility some would become another letter. */
static const struct alike capital[] = {
    {'I', 'l'},    {0x1c0, 'l'},  {0x391, 'a'},  {0x392, 'b'},  {0x395, 'e'},  {0x396, 'z'},
    {0x397, 'h'},  {0x399, 'l'},  {0x39a, 'k'},  {0x39c, 'm'},  {0x39d, 'n'},  {0x39f, 'o'},
    {0x3a1, 'p'},  {0x3a4, 't'},  {0x3a5, 'y'},  {0x3a7, 'x'},  {0x3dc, 'f'},  {0x3f2, 'c'},
    {0x3f9, 'c'},  {0x405, 's'},  {0x406, 'l'},  {0x408, 'j'},  {0x410, 'a'},  {0x412, 'b'},
    {0x415, 'e'},  {0x41a, 'k'},  {0x41c, 'm'},  {0x41d, 'h'},  {0x41e, 'o'},  {0x420, 'p'},
    {0x421, 'c'},  {0x422, 't'},  {0x423, 'y'},  {0x425, 'x'},  {0x474, 'v'},  {0x4ae, 'y'},
    {0x4c0, 'l'},  {0x50c, 'g'},  {0x51a, 'q'},  {0x51c, 'w'},  {0x53c, 'l'},  {0x54d, 'u'},
    {0x54f, 's'},  {0x555, 'o'},  {0x13a0, 'd'}, {0x13a1, 'r'}, {0x13a2, 't'}, {0x13a5, 'l'},
    {0x13a9, 'y'}, {0x13aa, 'a'}, {0x13ab, 'j'}, {0x13ac, 'e'}, {0x13b3, 'w'}, {0x13b7, 'm'},
    {0x13bb, 'h'}, {0x13bd, 'y'}, {0x13c0, 'g'}, {0x13c3, 'z'}, {0x13cf, 'b'}, {0x13d2, 'r'},
    {0x13d4, 'w'}, {0x13d5, 's'}, {0x13d9, 'v'}, {0x13da, 's'}, {0x13de, 'l'}, {0x13df, 'c'},
    {0x13e2, 'p'}, {0x13e6, 'k'}, {0x13e7, 'd'}, {0x13f3, 'g'}, {0x13f4, 'b'}, {0x2c82, 'b'},
    {0x2c8e, 'h'}, {0x2c92, 'l'}, {0x2c94, 'k'}, {0x2c98, 'm'}, {0x2c9a, 'n'}, {0x2c9e, 'o'},
    {0x2ca2, 'p'}, {0x2ca4, 'c'}, {0x2ca6, 't'}, {0x2ca8, 'y'}, {0x2cac, 'x'}, {0xa4d0, 'b'},
    {0xa4d1, 'p'}, {0xa4d2, 'd'}, {0xa4d3, 'd'}, {0xa4d4, 't'}, {0xa4d6, 'g'}, {0xa4d7, 'k'},
    {0xa4d9, 'j'}, {0xa4da, 'c'}, {0xa4dc, 'z'}, {0xa4dd, 'f'}, {0xa4df, 'm'}, {0xa4e0, 'n'},
    {0xa4e1, 'l'}, {0xa4e2, 's'}, {0xa4e3, 'r'}, {0xa4e6, 'v'}, {0xa4e7, 'h'}, {0xa4ea, 'w'},
    {0xa4eb, 'x'}, {0xa4ec, 'y'}, {0xa4ee, 'a'}, {0xa4f0, 'e'}, {0xa4f2, 'l'}, {0xa4f3, 'o'},
    {0xa4f4, 'u'},
};

static ucs4_t looks_of(ucs4_t c, const struct alike *table, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (table[i].point == c)
            return (ucs4_t)(unsigned char)table[i].looks;
    return c;
}

static void see_capitals(ucs4_t *points, size_t n)
{
    for (size_t i = 0; i < n; i++)
        points[i] = looks_of(points[i], capital, sizeof capital / sizeof *capital);
}

/* Letters and digits only. */
static bool is_kept(ucs4_t c)
{
    return c == '|' || uc_is_general_category_withtable(c, UC_CATEGORY_MASK_L | UC_CATEGORY_MASK_N);
}

/* Capitals are seen twice: some have become other letters after the decomposition, and others only
   come out of it. */
static bool decompose(ucs4_t *points, size_t n, enum name_reading how, ucs4_t *plain, size_t *m)
{
    ucs4_t apart[POINTS_MAX];
    size_t k = POINTS_MAX;

    if (how == NAME_AS_WRITTEN)
        see_capitals(points, n);
    if (u32_normalize(UNINORM_NFKD, points, n, apart, &k) != apart)
        return false;
    if (how == NAME_AS_WRITTEN)
        see_capitals(apart, k);
    return u32_casefold(apart, k, NULL, UNINORM_NFKD, plain, m) == plain;
}

size_t name_skeleton(char out[NAME_CLEAN_MAX], const char *untrusted, size_t len,
                     enum name_reading how)
{
    char clean[NAME_CLEAN_MAX];
    ucs4_t points[POINTS_MAX], plain[POINTS_MAX];
    size_t n = POINTS_MAX, m = POINTS_MAX, kept = 0, bytes = NAME_CLEAN_MAX - 1;

    out[0] = '\0';
    len = name_clean(clean, untrusted, len);
    if (len == 0 || !u8_to_u32((const uint8_t *)clean, len, points, &n) || n > POINTS_MAX)
        return 0;
    if (!decompose(points, n, how, plain, &m))
        return 0;
    for (size_t i = 0; i < m; i++)
        if (is_kept(plain[i]))
            plain[kept++] = looks_of(plain[i], small, sizeof small / sizeof *small);
    if (kept == 0 || u32_to_u8(plain, kept, (uint8_t *)out, &bytes) != (uint8_t *)out) {
        out[0] = '\0';
        return 0;
    }
    out[bytes] = '\0';
    return bytes;
}

static bool same(const char *a, const char *b, enum name_reading how)
{
    char one[NAME_CLEAN_MAX], other[NAME_CLEAN_MAX];

    return name_skeleton(one, a, strlen(a), how) > 0 &&
           name_skeleton(other, b, strlen(b), how) > 0 && strcmp(one, other) == 0;
}

bool name_looks_like(const char *a, const char *b)
{
    return same(a, b, NAME_AS_WRITTEN) || same(a, b, NAME_IN_SMALL);
}

static bool holds_ours(const char *untrusted, enum name_reading how)
{
    char name[NAME_CLEAN_MAX], ours[NAME_CLEAN_MAX];

    name_skeleton(ours, "vitrine", 7, how);
    return name_skeleton(name, untrusted, strlen(untrusted), how) > 0 && strstr(name, ours);
}

bool name_misleads(const char *untrusted, const char *you)
{
    return holds_ours(untrusted, NAME_AS_WRITTEN) || holds_ours(untrusted, NAME_IN_SMALL) ||
           name_looks_like(untrusted, "you") || (you && name_looks_like(untrusted, you));
}
