/* Prefix codes, both directions; see the header and FORMAT.md 6. */
#include "lib/tile/codes.h"
#include <string.h>

/* Symbols that occur, rarest first. */
static uint32_t sort_symbols(const uint32_t *weight, uint32_t n, uint16_t *sorted)
{
    uint32_t found = 0;
    for (uint32_t s = 0; s < n; s++) {
        if (weight[s] == 0)
            continue;
        uint32_t i = found++;
        for (; i > 0 && weight[sorted[i - 1]] > weight[s]; i--)
            sorted[i] = sorted[i - 1];
        sorted[i] = (uint16_t)s;
    }
    return found;
}

/* Huffman's lengths for two or more symbols; returns the longest. */
static uint32_t build_lengths(const uint32_t *weight, uint32_t symbols, uint8_t *length)
{
    uint16_t sorted[CODES_SYMBOLS], parent[2 * CODES_SYMBOLS];
    uint32_t sum[2 * CODES_SYMBOLS], n = sort_symbols(weight, symbols, sorted);
    uint32_t leaf = 0, node = n, end = n, longest = 0;
    uint8_t depth[2 * CODES_SYMBOLS];
    for (uint32_t i = 0; i < n; i++)
        sum[i] = weight[sorted[i]];
    for (; end < 2 * n - 1; end++) {
        uint32_t two[2];
        for (int i = 0; i < 2; i++)
            two[i] = leaf < n && (node == end || sum[leaf] <= sum[node]) ? leaf++ : node++;
        sum[end] = sum[two[0]] + sum[two[1]];
        parent[two[0]] = parent[two[1]] = (uint16_t)end;
    }
    depth[2 * n - 2] = 0;
    for (uint32_t i = 2 * n - 2; i-- > 0;) {
        depth[i] = (uint8_t)(depth[parent[i]] + 1);
        if (i < n) {
            length[sorted[i]] = depth[i];
            longest = depth[i] > longest ? depth[i] : longest;
        }
    }
    return longest;
}

void codes_choose(const uint32_t *count, uint32_t n, uint32_t most, uint8_t *length)
{
    uint32_t weight[CODES_SYMBOLS];
    memcpy(weight, count, n * sizeof *weight);
    memset(length, 0, n);
    while (build_lengths(weight, n, length) > most)
        for (uint32_t s = 0; s < n; s++)
            weight[s] = (weight[s] + 1) / 2; /* flatter, until none is too long */
}

static uint16_t turn(uint32_t code, uint32_t bits)
{
    uint32_t turned = 0;
    for (uint32_t i = 0; i < bits; i++)
        turned |= (code >> i & 1) << (bits - 1 - i);
    return (uint16_t)turned;
}

void codes_assign(const uint8_t *length, uint32_t n, uint16_t *code)
{
    uint32_t count[CODES_BITS + 1] = {0}, next[CODES_BITS + 1] = {0};
    for (uint32_t s = 0; s < n; s++)
        count[length[s]]++;
    count[0] = 0;
    for (uint32_t bits = 1; bits <= CODES_BITS; bits++)
        next[bits] = (next[bits - 1] + count[bits - 1]) << 1;
    for (uint32_t s = 0; s < n; s++)
        if (length[s] > 0)
            code[s] = turn(next[length[s]]++, length[s]);
}

bool codes_complete(const uint8_t *length, uint32_t n, uint32_t most)
{
    uint32_t space = 0;
    for (uint32_t s = 0; s < n; s++) {
        if (length[s] > most)
            return false;
        if (length[s] > 0)
            space += 1u << (most - length[s]);
    }
    return space == 1u << most;
}

void codes_table(const uint8_t *length, uint32_t n, uint32_t most, uint16_t *table)
{
    uint16_t code[CODES_SYMBOLS] = {0};
    codes_assign(length, n, code);
    for (uint32_t s = 0; s < n; s++)
        for (uint32_t at = code[s]; length[s] > 0 && at < 1u << most; at += 1u << length[s])
            table[at] = (uint16_t)(s | (uint32_t)length[s] << 8);
}

uint8_t *codes_write_lengths(const uint8_t *length, uint32_t n, uint8_t *out)
{
    for (uint32_t s = 0; s < n; s += 2)
        *out++ = (uint8_t)(length[s] << 4 | length[s + 1]);
    return out;
}

void codes_read_lengths(const uint8_t *in, uint32_t n, uint8_t *length)
{
    for (uint32_t s = 0; s < n; s++)
        length[s] = s % 2 == 0 ? in[s / 2] >> 4 : in[s / 2] & 15;
}
