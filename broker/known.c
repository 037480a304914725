/* Who was met before: see known.h. Run by the broker; distrusts the file, which other programs of
   this user can write. */
#include "broker/known.h"
#include "broker/settings.h"
#include "lib/hex.h"
#include "lib/text.h"
#include <stdlib.h>
#include <string.h>

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
        return "no such entry; leave it out";
    if (!hex_parse(line->value, KNOWN_FP, fp) || line->value[2 * KNOWN_FP] != ' ')
        return "takes 64 hexadecimal digits, a space and a name";
    if (!get_name(line->value + 2 * KNOWN_FP + 1, name))
        return "names nobody that could be in a session; leave it out";
    if (find(k, name) >= 0)
        return "names somebody twice; leave one of them out";
    return known_set(k, name, fp) ? NULL : "is one more than can be remembered; leave some out";
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
    if (!settings_path(false, KNOWN_FILE, false, path))
        return true; /* nowhere to remember anybody */
    enum keyfile_result result = keyfile_read(path, KEYFILE_OURS, &text, &len, error);
    bool good = result == KEYFILE_MISSING ||
                (result == KEYFILE_READ && known_parse(k, path, text, len, error));
    free(text);
    return good;
}

void known_write(const struct known *k, FILE *f)
{
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
    else if (at >= 0 && ours->by_hand != KNOWN_SAVED &&
             memcmp(fresh->list[at].fp, ours->fp, KNOWN_FP) != 0)
        fresh->list[at] = *ours;
}

bool known_refresh(struct known *k, char error[KEYFILE_ERROR])
{
    struct known *fresh = malloc(sizeof *fresh);
    if (!fresh)
        snprintf(error, KEYFILE_ERROR, "no memory to read who was met; end other programs");
    bool good = fresh && known_load(fresh, error);
    if (good) {
        for (unsigned i = 0; i < k->n; i++)
            keep(fresh, &k->list[i]);
        *k = *fresh;
    }
    free(fresh);
    return good;
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

bool known_replace(struct known *k, const char *name, const uint8_t fp[KNOWN_FP])
{
    bool good = known_set(k, name, fp);
    if (good)
        k->list[find(k, name)].by_hand = KNOWN_UNSAVED;
    return good;
}

static void move(struct known *k, enum known_by_hand from, enum known_by_hand to)
{
    for (unsigned i = 0; i < k->n; i++)
        if (k->list[i].by_hand == from)
            k->list[i].by_hand = to;
}

void known_saving(struct known *k)
{
    move(k, KNOWN_UNSAVED, KNOWN_SAVING);
}

void known_saved(struct known *k, bool good)
{
    move(k, KNOWN_SAVING, good ? KNOWN_SAVED : KNOWN_UNSAVED);
}
