/* Session passwords. Run by the broker; distrusts what is typed, pasted or read from a file. */
#include "broker/words.h"
#include "lib/words.h"
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

_Static_assert(WORDS_PASSWORD == 1 << 10, "ten bits choose a word");

bool words_make(char shown[WORDS_SHOWN])
{
    uint8_t random[5];
    if (getrandom(random, sizeof random, 0) != (ssize_t)sizeof random)
        return false;
    uint64_t bits = 0;
    for (size_t i = 0; i < sizeof random; i++)
        bits = bits << 8 | random[i];
    const char *w[WORDS_IN_PASSWORD];
    for (size_t i = 0; i < WORDS_IN_PASSWORD; i++)
        w[i] = words_password[bits >> (10 * i) & (WORDS_PASSWORD - 1)];
    snprintf(shown, WORDS_SHOWN, "%s %s %s %s", w[0], w[1], w[2], w[3]);
    explicit_bzero(random, sizeof random);
    explicit_bzero(&bits, sizeof bits);
    return true;
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* No word is the beginning of another: the first that fits is the only one. */
static bool all_words(const char *text, size_t len)
{
    size_t at = 0;
    while (at < len) {
        size_t n = 3;
        while (n <= WORDS_LONGEST && at + n <= len && words_password_find(text + at, n) < 0)
            n++;
        if (n > WORDS_LONGEST || at + n > len)
            return false;
        at += n;
    }
    return len > 0;
}

static void lower_when_words(struct password *p)
{
    struct password low = *p;
    for (size_t i = 0; i < low.len; i++)
        low.text[i] = lower(low.text[i]);
    if (all_words(low.text, low.len))
        *p = low;
    words_wipe(&low);
}

bool words_canonical(const char *entry, size_t len, struct password *out)
{
    memset(out, 0, sizeof *out);
    for (size_t i = 0; i < len; i++) {
        if (entry[i] == ' ' || entry[i] == '-')
            continue;
        if (entry[i] < 0x21 || entry[i] > 0x7e || out->len == MAX_PASSWORD) {
            words_wipe(out);
            return false;
        }
        out->text[out->len++] = entry[i];
    }
    if (out->len < MIN_PASSWORD) {
        words_wipe(out);
        return false;
    }
    lower_when_words(out);
    return true;
}

const char *words_read_file(const char *path, struct password *out)
{
    char bytes[1025];
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (fd < 0)
        return "it cannot be opened";
    ssize_t n = read(fd, bytes, sizeof bytes);
    close(fd);
    if (n < 0)
        return "it cannot be read";
    if (n == (ssize_t)sizeof bytes)
        return "it is larger than 1024 bytes";
    const char *end = memchr(bytes, '\n', (size_t)n);
    size_t len = end ? (size_t)(end - bytes) : (size_t)n;
    bool good = words_canonical(bytes, len, out);
    explicit_bzero(bytes, sizeof bytes);
    return good ? NULL : "its first line is no password of 6 to 64 letters, digits and signs";
}

void words_wipe(struct password *p)
{
    explicit_bzero(p, sizeof *p);
}
