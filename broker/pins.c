/* Keys on their way to the disk: see pins.h. Run by the broker. */
#include "broker/pins.h"
#include "broker/app.h"
#include "broker/record.h"
#include "broker/windows.h"
#include <stdio.h>
#include <string.h>

static struct pins *pins_of(struct app *a)
{
    return &a->identities.pins;
}

static struct pin take(struct pins *p, unsigned i)
{
    struct pin taken = p->list[i];
    memmove(&p->list[i], &p->list[i + 1], (--p->n - i) * sizeof taken);
    return taken;
}

const uint8_t *pins_other(struct app *a, const char *name, const uint8_t fp[KNOWN_FP])
{
    char unread[KEYFILE_ERROR];
    (void)known_refresh(&a->identities.known, unread);
    const uint8_t *known = known_find(&a->identities.known, name);
    return known && memcmp(known, fp, KNOWN_FP) != 0 ? known : NULL;
}

/* --- what became of it */

static void kept(struct app *a, const struct pin *pin)
{
    if (pin->mid) /* another session gives the number to somebody else */
        record_key_pinned(a, pin->over ? 0 : pin->mid, pin->name, pin->fp);
    else
        record_key_replaced(a, pin->name, pin->fp, pin->assistive);
}

/* The trail names everybody whom the next session will not know; the owner is told once. */
static void not_kept(struct app *a, const struct pin *pin, const char *why)
{
    struct pins *p = pins_of(a);
    char text[KEYFILE_ERROR + MAX_NAME + 32];
    snprintf(text, sizeof text, "the key of %s is not kept: %s", pin->name, why);
    record_error(a, "KEY", text);
    fprintf(stderr, "vitrine: %s\n", why);
    if (!p->told)
        windows_toast(a->windows, UI_TOAST_NOT_KEPT, pin->name);
    p->told = true;
}

static void other(struct app *a, const struct pin *pin)
{
    record_identity_refused(a, pin->name, pin->fp, KNOWN_BY_ANOTHER);
}

static void no_room(char error[KEYFILE_ERROR])
{
    snprintf(error, KEYFILE_ERROR, "nobody more can be remembered: %d names are", KNOWN_MAX);
}

/* The owner has said yes to yet another key of that name since: only that one is to be kept. */
static bool is_outdated(const struct pins *p, unsigned i)
{
    for (unsigned later = i + 1; later < p->n; later++)
        if (p->list[later].mid == 0 && strcmp(p->list[later].name, p->list[i].name) == 0)
            return true;
    return false;
}

/* It cannot be kept: what is in the file by now says otherwise. */
static void drop(struct app *a, unsigned i)
{
    struct pins *p = pins_of(a);
    char error[KEYFILE_ERROR];
    bool outdated = is_outdated(p, i), gone = !known_find(&a->identities.known, p->list[i].name);
    const struct pin pin = take(p, i);
    no_room(error);
    if (gone)
        not_kept(a, &pin, error);
    else if (!outdated)
        other(a, &pin);
    if (!gone && !outdated && pin.mid && !pin.over)
        app_event(a, (struct session_event){.kind = EV_KEY_OTHER, .person = pin.mid});
}

static void drop_others(struct app *a)
{
    struct pins *p = pins_of(a);
    for (unsigned i = 0; i < p->n;) {
        const uint8_t *fp = known_find(&a->identities.known, p->list[i].name);
        if (fp && memcmp(fp, p->list[i].fp, KNOWN_FP) == 0)
            i++;
        else
            drop(a, i);
    }
}

/* `n` from the first, each as it came. */
static void settle(struct app *a, unsigned n, const char *error)
{
    for (; n > 0; n--) {
        const struct pin pin = take(pins_of(a), 0);
        if (error)
            not_kept(a, &pin, error);
        else
            kept(a, &pin);
    }
    pins_of(a)->taken = 0;
}

/* --- into the file */

static bool prepare(void *ctx)
{
    struct app *a = ctx;
    struct pins *p = pins_of(a);
    char error[KEYFILE_ERROR] = "";
    if (!known_refresh(&a->identities.known, error))
        settle(a, p->n, error);
    drop_others(a);
    p->taken = p->n;
    if (p->taken)
        known_saving(&a->identities.known);
    return p->taken;
}

static void write_known(const void *ctx, FILE *f)
{
    const struct app *a = ctx;
    known_write(&a->identities.known, f);
}

static void on_stored(void *ctx, int error)
{
    struct app *a = ctx;
    struct pins *p = pins_of(a);
    char text[KEYFILE_ERROR];
    known_saved(&a->identities.known, error == 0);
    snprintf(text, sizeof text, "who was met cannot be written down: %s", strerror(error));
    settle(a, p->taken ? p->taken : p->n, error ? text : NULL);
    app_settled(a);
}

static void start(void *ctx)
{
    struct app *a = ctx;
    store_start(&pins_of(a)->store);
}

/* In a turn of its own: whoever came in with it is in the session, for everybody, before it can
   turn out that they must not be. */
static void start_soon(struct app *a)
{
    if (!loop_set_timer(&a->loop, 0, start, a))
        start(a);
}

bool pins_add(struct app *a, const struct pin *new)
{
    struct known *known = &a->identities.known;
    struct pins *p = pins_of(a);
    char error[KEYFILE_ERROR] = "";
    if (new->mid && pins_other(a, new->name, new->fp)) {
        other(a, new);
        return false;
    }
    /* Whoever can come in comes in under as many names as they like: room is left for others. */
    if (new->mid && p->pinned >= PINNED_MAX)
        snprintf(error, sizeof error, "%d people were new in this session", PINNED_MAX);
    else if (p->n == PINS_MAX) /* nor known: whoever is, is written with those who wait */
        snprintf(error, sizeof error, "%d others wait for the disk", PINS_MAX);
    else if (new->mid ? !known_set(known, new->name, new->fp)
                      : !known_replace(known, new->name, new->fp))
        no_room(error);
    if (error[0]) {
        not_kept(a, new, error);
        return true;
    }
    p->list[p->n++] = *new;
    p->pinned += new->mid != 0;
    start_soon(a);
    return true;
}

/* --- life */

void pins_init(struct app *a)
{
    static const struct store_uses uses = {
        .name = KNOWN_FILE, .prepare = prepare, .write = write_known, .done = on_stored};
    store_init(&pins_of(a)->store, &uses, &a->loop, &a->launcher, a);
}

void pins_over(struct app *a)
{
    struct pins *p = pins_of(a);
    p->pinned = 0;
    p->told = false;
    for (unsigned i = 0; i < p->n; i++)
        p->list[i].over = true;
}

void pins_finish(struct app *a)
{
    struct pins *p = pins_of(a);
    loop_clear_timer(&a->loop, start, a);
    store_finish(&p->store);
    if (p->n)
        fprintf(stderr, "vitrine: the keys of %u people are not kept: the disk is too slow\n",
                p->n);
    p->n = 0;
}
