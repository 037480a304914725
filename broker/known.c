/* Who was met before: see known.h. Run by the broker; distrusts the file, which other programs of
   this user can write. */
#include "broker/known.h"
#include "broker/settings.h"
#include "lib/fd.h"
#include "lib/hex.h"
#include "lib/text.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>

#define FILE_NAME "known"
#define LOCK_NAME "known.lock"
#define LOCK_TRIES 20
#define LOCK_WAIT_MS 5
#define HEADING "# Written by vitrine: who was met, and the key they had.\n"
#define LONGEST_LINE (sizeof "key =  \n" - 1 + 2 * KNOWN_FP + 3 * MAX_NAME)

/* Strangers choose the names: a file too large to be read again would keep us from starting. */
_Static_assert(sizeof HEADING + KNOWN_MAX * LONGEST_LINE <= KEYFILE_MAX,
               "what is written can be read again");

static int find(const struct known *k, const char *name)
{
    for (unsigned i = 0; i < k->n; i++)
        if (strcmp(k->list[i].name, name) == 0)
            return (int)i;
    return -1;
}

/* Names may begin and end with spaces, which the lines of a key file do not keep. */
static void put_name(FILE *f, const char *name)
{
    for (; *name; name++)
        if (*name == ' ' || *name == '%')
            fprintf(f, "%%%02x", (unsigned)*name);
        else
            fputc(*name, f);
}

static bool get_name(const char *text, char out[MAX_NAME + 1])
{
    size_t n = 0;
    for (; *text && n < MAX_NAME; n++) {
        bool space = strncmp(text, "%20", 3) == 0, percent = strncmp(text, "%25", 3) == 0;
        if (*text == ' ' || (*text == '%' && !space && !percent))
            return false;
        out[n] = space ? ' ' : *text;
        text += *text == '%' ? 3 : 1;
    }
    out[n] = '\0';
    return !*text && n && text_valid((const uint8_t *)out, n);
}

static const char *take(void *ctx, const struct keyfile_line *line)
{
    struct known *k = ctx;
    uint8_t fp[KNOWN_FP];
    char name[MAX_NAME + 1];
    if (strcmp(line->key, "key") != 0)
        return "no such entry";
    if (!hex_parse(line->value, KNOWN_FP, fp) || line->value[2 * KNOWN_FP] != ' ')
        return "takes 64 hexadecimal digits, a space and a name";
    if (!get_name(line->value + 2 * KNOWN_FP + 1, name))
        return "names nobody that could be in a session";
    if (find(k, name) >= 0)
        return "names somebody twice";
    return known_set(k, name, fp) ? NULL : "is one more than can be remembered";
}

bool known_parse(struct known *k, const char *file, const char *text, size_t len,
                 char error[KEYFILE_ERROR])
{
    memset(k, 0, sizeof *k);
    return keyfile_parse(file, text, len, take, k, error);
}

bool known_load(struct known *k, char error[KEYFILE_ERROR])
{
    char path[512], *text = NULL;
    size_t len = 0;
    memset(k, 0, sizeof *k);
    if (!settings_path(false, FILE_NAME, false, path))
        return true; /* nowhere to remember anybody */
    enum keyfile_result result = keyfile_read(path, KEYFILE_OURS, &text, &len, error);
    bool good = result == KEYFILE_MISSING ||
                (result == KEYFILE_READ && known_parse(k, path, text, len, error));
    free(text);
    return good;
}

static void write_all(const void *ctx, FILE *f)
{
    const struct known *k = ctx;
    fputs(HEADING, f);
    for (unsigned i = 0; i < k->n; i++) {
        char hex[HEX_SIZE(KNOWN_FP)];
        hex_format(k->list[i].fp, KNOWN_FP, hex);
        fprintf(f, "key = %s ", hex);
        put_name(f, k->list[i].name);
        fputc('\n', f);
    }
}

static void keep(struct known *fresh, const struct known_name *ours)
{
    int at = find(fresh, ours->name);
    if (at < 0 && fresh->n < KNOWN_MAX)
        fresh->list[fresh->n++] = *ours;
    else if (at >= 0 && ours->unsaved && memcmp(fresh->list[at].fp, ours->fp, KNOWN_FP) != 0)
        fresh->list[at] = *ours;
}

bool known_refresh(struct known *k, char error[KEYFILE_ERROR])
{
    struct known *fresh = malloc(sizeof *fresh);
    if (!fresh)
        snprintf(error, KEYFILE_ERROR, "no memory to read who was met");
    bool good = fresh && known_load(fresh, error);
    if (good) {
        for (unsigned i = 0; i < k->n; i++)
            keep(fresh, &k->list[i]);
        *k = *fresh;
    }
    free(fresh);
    return good;
}

static void not_written(char error[KEYFILE_ERROR])
{
    snprintf(error, KEYFILE_ERROR, "who was met cannot be written down: %s", strerror(errno));
}

/* Held for a reading and a writing of one small file: whoever holds it longer than this is broken,
   and is not waited for. */
static int lock(char error[KEYFILE_ERROR])
{
    char path[512];
    int fd = settings_path(false, LOCK_NAME, true, path)
                 ? open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600)
                 : -1;
    for (unsigned i = 0; fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) != 0; i++) {
        if (errno != EWOULDBLOCK || i == LOCK_TRIES) {
            fd_close(&fd);
            errno = EBUSY;
        } else {
            poll(NULL, 0, LOCK_WAIT_MS);
        }
    }
    if (fd < 0)
        not_written(error);
    return fd;
}

static bool write_down(struct known *k, char error[KEYFILE_ERROR])
{
    char path[512];
    bool good = settings_path(false, FILE_NAME, true, path) && keyfile_replace(path, write_all, k);
    if (!good)
        not_written(error);
    for (unsigned i = 0; good && i < k->n; i++)
        k->list[i].unsaved = false;
    return good;
}

enum known_met known_remember(struct known *k, const char *name, const uint8_t fp[KNOWN_FP],
                              bool replace, char error[KEYFILE_ERROR])
{
    FD_OWNED held = lock(error);
    bool good = known_refresh(k, error) && held >= 0;
    const uint8_t *known = known_find(k, name);
    if (known && !replace && memcmp(known, fp, KNOWN_FP) != 0)
        return KNOWN_OTHER;
    if (!known_set(k, name, fp))
        snprintf(error, KEYFILE_ERROR, "nobody more can be remembered: %d names are", KNOWN_MAX);
    else if (good && write_down(k, error))
        return KNOWN_KEPT;
    else if (replace)
        k->list[find(k, name)].unsaved = true;
    return KNOWN_FAILED;
}

const uint8_t *known_find(const struct known *k, const char *name)
{
    int at = find(k, name);
    return at < 0 ? NULL : k->list[at].fp;
}

bool known_set(struct known *k, const char *name, const uint8_t fp[KNOWN_FP])
{
    int at = find(k, name);
    if (at < 0 && k->n == KNOWN_MAX)
        return false;
    struct known_name *to = &k->list[at < 0 ? k->n++ : (unsigned)at];
    snprintf(to->name, sizeof to->name, "%s", name);
    memcpy(to->fp, fp, KNOWN_FP);
    return true;
}
