/* The key file. Run by audit and verify (which looks at the public
   part only); distrusts its bytes. */
#include "audit/chain/key.h"
#include "lib/hex.h"
#include <errno.h>
#include <inttypes.h>
#include <openssl/crypto.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const char first_line[] = "vitrine audit key 2\n";

/* Everything but the last line, which is the hash of the rest. Its length. */
static size_t format(const struct trail_key *k, char out[KEY_FILE_SIZE])
{
    char private_hex[HEX_SIZE(32)], public_hex[HEX_SIZE(32)], head[HEX_SIZE(32)],
        next[HEX_SIZE(32)], seal[HEX_SIZE(32)], kept[HEX_SIZE(32)];
    hex_format(k->private_key, 32, private_hex);
    hex_format(k->public_key, 32, public_hex);
    hex_format(k->head.hash, DIGEST_SIZE, head);
    hex_format(k->next.hash, DIGEST_SIZE, next);
    hex_format(k->seal, DIGEST_SIZE, seal);
    hex_format(k->kept, DIGEST_SIZE, kept);
    int n = snprintf(out, KEY_FILE_SIZE,
                     "%sprivate %s\npublic %s\nhead %016" PRIx64 " %s\nnext %016" PRIx64 " %s\n"
                     "seal %s\nkept %016" PRIx64 " %s\n",
                     first_line, private_hex, public_hex, k->head.n, head, k->next.n, next, seal,
                     k->kept_from, kept);
    OPENSSL_cleanse(private_hex, sizeof private_hex);
    OPENSSL_cleanse(seal, sizeof seal);
    OPENSSL_cleanse(kept, sizeof kept);
    return (size_t)n;
}

int key_write(int fd, const struct trail_key *k)
{
    char text[KEY_FILE_SIZE], hex[HEX_SIZE(DIGEST_SIZE)];
    uint8_t check[DIGEST_SIZE];
    size_t n = format(k, text);
    ssize_t written = -1;
    if (digest_of(text, n, check)) {
        hex_format(check, DIGEST_SIZE, hex);
        n += (size_t)snprintf(text + n, sizeof text - n, "check %s\n", hex);
        written = pwrite(fd, text, n, 0);
    } else {
        errno = EIO;
    }
    OPENSSL_cleanse(text, sizeof text);
    if (written == (ssize_t)n)
        return 0;
    if (written >= 0)
        errno = ENOSPC;
    return -1;
}

/* Reads `label` and n bytes in hexadecimal at *at. */
static bool take(const char **at, const char *label, uint8_t *out, size_t n)
{
    size_t len = strlen(label);
    if (strncmp(*at, label, len) != 0 || !hex_parse(*at + len, n, out))
        return false;
    *at += len + 2 * n;
    return true;
}

static bool take_head(const char **at, const char *label, struct line_head *out)
{
    uint8_t n[8];
    if (!take(at, label, n, sizeof n) || !take(at, " ", out->hash, DIGEST_SIZE))
        return false;
    out->n = 0;
    for (size_t i = 0; i < sizeof n; i++)
        out->n = out->n << 8 | n[i];
    return true;
}

static bool take_kept(const char **at, struct trail_key *out)
{
    struct line_head kept;
    bool good = take_head(at, "\nkept ", &kept);
    out->kept_from = kept.n;
    memcpy(out->kept, kept.hash, sizeof out->kept);
    OPENSSL_cleanse(&kept, sizeof kept);
    return good;
}

static bool parse(const char *text, struct trail_key *out)
{
    const char *at = text;
    uint8_t check[DIGEST_SIZE], right[DIGEST_SIZE];
    if (!take(&at, first_line, NULL, 0) || !take(&at, "private ", out->private_key, 32) ||
        !take(&at, "\npublic ", out->public_key, 32) || !take_head(&at, "\nhead ", &out->head) ||
        !take_head(&at, "\nnext ", &out->next) || !take(&at, "\nseal ", out->seal, DIGEST_SIZE) ||
        !take_kept(&at, out))
        return false;
    size_t checked = (size_t)(at + 1 - text);
    return take(&at, "\ncheck ", check, DIGEST_SIZE) && strcmp(at, "\n") == 0 &&
           digest_of(text, checked, right) && memcmp(check, right, DIGEST_SIZE) == 0;
}

enum key_read key_read(int fd, struct trail_key *out)
{
    char text[KEY_FILE_SIZE + 1];
    memset(out, 0, sizeof *out);
    ssize_t n = pread(fd, text, KEY_FILE_SIZE, 0);
    if (n == 0)
        return KEY_EMPTY;
    if (n < 0)
        return KEY_UNREAD;
    text[n] = '\0';
    bool good = strlen(text) == (size_t)n && parse(text, out);
    OPENSSL_cleanse(text, sizeof text);
    if (!good)
        key_wipe(out);
    return good ? KEY_GOOD : KEY_BROKEN;
}

bool key_is_kept(const struct trail_key *k)
{
    static const uint8_t none[DIGEST_SIZE];
    return memcmp(k->kept, none, sizeof none) != 0;
}

bool key_crashed(const struct trail_key *k)
{
    return !line_head_equal(&k->head, &k->next);
}

void key_wipe(struct trail_key *k)
{
    OPENSSL_cleanse(k, sizeof *k);
}
