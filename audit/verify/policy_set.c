/* The signature of a policy. Run by verify; distrusts every byte of the files and of the signature,
   which whoever may write them may have made up. */
#include "audit/verify/policy_set.h"
#include "audit/chain/digest.h"
#include "audit/verify/whole.h"
#include "lib/hex.h"
#include "policy/limits.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define TEXT_MAX 65536     /* 66 lines of a hash and a name */
#define NAME_MAX_BYTES 511 /* as long as helper_certificates can be */

struct piece {
    const uint8_t *data;
    size_t len;
};

/* The next length and what it announces. */
static bool take(const uint8_t **at, const uint8_t *end, struct piece *out)
{
    if (end - *at < 4)
        return false;
    const uint8_t *h = *at;
    out->len = (size_t)h[0] << 24 | (size_t)h[1] << 16 | (size_t)h[2] << 8 | h[3];
    out->data = h + 4;
    if (out->len > (size_t)(end - out->data))
        return false;
    *at = out->data + out->len;
    return true;
}

bool policy_set_text(const uint8_t *set, size_t len, char *out, size_t size, size_t *n)
{
    const uint8_t *at = set, *end = set + len;
    *n = (size_t)snprintf(out, size, "vitrine policy 1\n");
    while (at < end) {
        struct piece name, text;
        uint8_t hash[DIGEST_SIZE];
        char hex[HEX_SIZE(DIGEST_SIZE)];
        if (!take(&at, end, &name) || !take(&at, end, &text) || name.len == 0 ||
            name.len > NAME_MAX_BYTES || memchr(name.data, '\n', name.len) ||
            memchr(name.data, '\0', name.len) || !digest_of(text.data, text.len, hash))
            return false;
        hex_format(hash, sizeof hash, hex);
        if (size - *n < sizeof hex + name.len + 4)
            return false;
        *n += (size_t)snprintf(out + *n, size - *n, "%s  %.*s\n", hex, (int)name.len,
                               (const char *)name.data);
    }
    return true;
}

static int base64_value(char c)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const char *at = c ? strchr(digits, c) : NULL;
    return at ? (int)(at - digits) : -1;
}

/* RFC 8410: 12 bytes that never change, then the key; 44 bytes are 59 digits and a '='. */
bool policy_set_key(const char *pem, size_t len, uint8_t key[32])
{
    static const char head[] = "-----BEGIN PUBLIC KEY-----\n",
                      tail[] = "=\n-----END PUBLIC KEY-----";
    static const uint8_t prefix[12] = {0x30, 0x2a, 0x30, 0x05, 0x06, 0x03,
                                       0x2b, 0x65, 0x70, 0x03, 0x21, 0x00};
    uint8_t der[45];
    size_t at = sizeof head - 1, n = 0;
    uint32_t bits = 0;
    if (len < at + 59 + sizeof tail - 1 || memcmp(pem, head, at) != 0 ||
        memcmp(pem + at + 59, tail, sizeof tail - 1) != 0)
        return false;
    for (size_t i = 0; i < 59; i++) {
        int value = base64_value(pem[at + i]);
        if (value < 0)
            return false;
        bits = bits << 6 | (uint32_t)value;
        if (i % 4 != 0)
            der[n++] = (uint8_t)(bits >> (6 - 2 * (i % 4)));
    }
    memcpy(key, der + sizeof prefix, 32);
    return n == 44 && memcmp(der, prefix, sizeof prefix) == 0;
}

static bool signed_under(const char *text, size_t n, int key_file, int signature_file)
{
    uint8_t key[32];
    size_t key_len = 0, signature_len = 0;
    uint8_t *pem = whole_read(key_file, 1024, &key_len);
    uint8_t *signature = whole_read(signature_file, SIGNATURE_SIZE, &signature_len);
    bool good = pem && signature && signature_len == SIGNATURE_SIZE &&
                policy_set_key((const char *)pem, key_len, key) &&
                digest_verify(key, text, n, signature);
    free(pem);
    free(signature);
    return good;
}

bool policy_set_signed(int set, int key, int signature)
{
    static char text[TEXT_MAX];
    size_t len = 0, n = 0;
    uint8_t *files = whole_read(set, MAX_POLICY_SET, &len);
    bool good = files && policy_set_text(files, len, text, sizeof text, &n) &&
                signed_under(text, n, key, signature);
    free(files);
    return good;
}
