/* See seam.h. Runs in vitrine-seal; distrusts the relay: what it lost and put in another order. */
#include "net/seal/seam.h"

void seam_forget(struct seam *s)
{
    *s = (struct seam){0};
}

static bool is_told(const struct seam *s)
{
    return s->told == s->epoch;
}

/* What STATUS says holds; false: it is not what was counted here. */
static bool compare(struct seam *s)
{
    bool same = !s->based || s->base == s->total;
    s->based = true;
    s->base = s->total;
    return same;
}

/* A part of a picture: where it is not known how far that had come, some of it may be missing. */
static bool go_on(struct seam *s)
{
    bool known = s->based;
    s->base += s->ctr;
    return (!is_told(s) || compare(s)) && known;
}

/* A KEY unit needs nothing of what was before. */
static void begin_anew(struct seam *s)
{
    s->based = false;
    if (is_told(s))
        (void)compare(s);
}

bool seam_unit(struct seam *s, uint32_t epoch, bool key, uint64_t next_ctr)
{
    bool first = s->epoch == 0, another = epoch != s->epoch, whole = true;
    if (epoch < s->epoch)
        return false;
    s->epoch = epoch;
    if (key || first)
        begin_anew(s);
    else if (another)
        whole = go_on(s);
    s->ctr = next_ctr;
    return whole;
}

bool seam_status(struct seam *s, uint32_t epoch, uint64_t total)
{
    if (epoch < s->told)
        return true; /* late */
    s->told = epoch;
    s->total = total;
    return !is_told(s) || compare(s);
}

uint64_t seam_have(const struct seam *s)
{
    return s->based ? s->base + s->ctr : 0;
}
