#include "tests/unit/vitrine/walk.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- states seen: 128-bit fingerprints in an open table; the frontier keeps the states themselves,
 * packed --- */

#define HEAD offsetof(struct session, slot)
#define SLOTS (PEOPLE * sizeof(struct session_slot))
#define WAITING (PEOPLE * sizeof(struct session_waiting))
#define PACKED (HEAD + SLOTS + WAITING + PEOPLE * sizeof(uint16_t) + PEOPLE)

struct print {
    uint64_t a, b;
};

/* Of one walk, and of all together. */
struct set {
    struct print *prints;
    size_t size, n;
};

static struct set seen, seen_ever;
static struct walk_count count;
static struct session_effects effects;

static void pack(const struct session *s, uint8_t *p)
{
    memcpy(p, s, HEAD);
    memcpy(p += HEAD, s->slot, SLOTS);
    memcpy(p += SLOTS, s->waiting, WAITING);
    memcpy(p += WAITING, s->member, PEOPLE * sizeof s->member[0]);
    memcpy(p + PEOPLE * sizeof s->member[0], s->level, PEOPLE);
}

static void unpack(const uint8_t *p, struct session *s)
{
    memcpy(s, p, HEAD);
    memcpy(s->slot, p += HEAD, SLOTS);
    memcpy(s->waiting, p += SLOTS, WAITING);
    memcpy(s->member, p += WAITING, PEOPLE * sizeof s->member[0]);
    memcpy(s->level, p + PEOPLE * sizeof s->member[0], PEOPLE);
}

static struct print print_of(const uint8_t *p)
{
    struct print h = {0x9e3779b97f4a7c15u, 0xc2b2ae3d27d4eb4fu};
    for (size_t i = 0; i < PACKED; i += 8) {
        uint64_t w = 0;
        memcpy(&w, p + i, PACKED - i < 8 ? PACKED - i : 8);
        h.a = (h.a ^ w) * 0xff51afd7ed558ccdu;
        h.a ^= h.a >> 32;
        h.b = (h.b + w) * 0xc4ceb9fe1a85ec53u;
        h.b ^= h.b >> 29;
    }
    return h;
}

void must(bool ok, const char *what)
{
    if (ok)
        return;
    fprintf(stderr, "walk: %s\n", what);
    exit(1);
}

static void set_grow(struct set *set)
{
    struct set old = *set;
    set->size = old.size ? old.size * 2 : 1 << 16;
    set->prints = calloc(set->size, sizeof *set->prints);
    must(set->prints != NULL, "out of memory");
    for (size_t i = 0; i < old.size; i++) {
        if (!old.prints[i].a && !old.prints[i].b)
            continue;
        size_t at = old.prints[i].a & (set->size - 1);
        while (set->prints[at].a || set->prints[at].b)
            at = (at + 1) & (set->size - 1);
        set->prints[at] = old.prints[i];
    }
    free(old.prints);
}

static bool set_add(struct set *set, struct print h)
{
    if (set->n * 2 >= set->size)
        set_grow(set);
    size_t at = h.a & (set->size - 1);
    for (; set->prints[at].a || set->prints[at].b; at = (at + 1) & (set->size - 1))
        if (set->prints[at].a == h.a && set->prints[at].b == h.b)
            return false;
    set->prints[at] = h;
    set->n++;
    return true;
}

static bool seen_add(const uint8_t *packed)
{
    struct print h = print_of(packed);
    set_add(&seen_ever, h);
    return set_add(&seen, h);
}

struct frontier {
    uint8_t *bytes;
    size_t n, room;
};

static void frontier_add(struct frontier *f, const uint8_t *packed)
{
    if (f->n == f->room) {
        f->room = f->room ? f->room * 2 : 1024;
        f->bytes = realloc(f->bytes, f->room * PACKED);
        must(f->bytes != NULL, "out of memory");
    }
    memcpy(f->bytes + f->n++ * PACKED, packed, PACKED);
}

/* --- the walk */

static const char *const worker_names[SW_COUNT] = {
    [SW_UI] = "ui",       [SW_PROMPT] = "ui",
    [SW_AUDIT] = "audit", [SW_LAUNCHER] = "launcher",
    [SW_DIAL] = "dial",   [SW_NET] = "net",
    [SW_SEAL] = "seal",   [SW_RELAY] = "relay",
    [SW_GATE] = "gate",   [SW_CAPTURE] = "capture",
    [SW_VIEW] = "view",   [SW_MIRROR] = "view",
    [SW_INPUT] = "input", [SW_INPUT_GATE] = "gate",
};

static void describe(const struct session *s)
{
    fprintf(stderr, "  phase %u share %u then %u bar %u consent %u given %u prompt %u step %u",
            s->phase, s->share, s->share_then, s->bar, s->consent, s->given, s->prompt.kind,
            s->prompt.step);
    fprintf(stderr, " offer %u asked %u words %u still %u presenter %u", s->offer, s->asked,
            s->words_with, s->still, s->presenter);
    fprintf(stderr, " workers");
    for (int w = 0; w < SW_COUNT; w++)
        fprintf(stderr, " %s=%u", worker_names[w], s->worker[w]);
    fprintf(stderr, " closing %u timers %x line %u again %u\n", s->closing, s->timers, s->line,
            s->share_again);
}

static void complain(const char *broken, const struct session *before,
                     const struct session_event *ev, const struct session *after)
{
    fprintf(stderr, "walk: %s\n  event %u worker %u code %u flag %u origin %u\n", broken, ev->kind,
            ev->worker, ev->code, ev->flag, ev->origin);
    describe(before);
    describe(after);
    for (unsigned i = 0; i < effects.n; i++)
        fprintf(stderr, "  effect %u worker %u code %u flag %u\n", effects.list[i].kind,
                effects.list[i].worker, effects.list[i].code, effects.list[i].flag);
    exit(1);
}

/* Serials only ever name the open prompt: called 1, states that differ in nothing else are one. */
static void rename_serial(struct session *s)
{
    s->prompt.serial = s->prompt.kind == PROMPT_NONE ? 0 : 1;
}

static const struct session *going_from;
static const struct session_event *going_by;

void walk_on_abort(int sig)
{
    (void)sig;
    fflush(stdout);
    complain("an assertion of the heart failed", going_from, going_by, going_from);
}

void walk_step(const struct session *before, const struct session_event *ev, struct session *after)
{
    going_from = before;
    going_by = ev;
    memcpy(after, before, sizeof *after);
    session_step(after, ev, &effects);
    count.transitions++;
    if (effects.n > count.most_effects)
        count.most_effects = effects.n;
    const char *broken = session_check_step(before, ev, after, &effects);
    if (!broken)
        broken = session_check(after);
    if (broken)
        complain(broken, before, ev, after);
    if (after->prompt.serial != before->prompt.serial)
        rename_serial(after);
    if (memcmp(after, before, sizeof *after) == 0)
        count.idle++;
}

/* From everywhere the program can be left: asked to quit, with workers that die when killed and
   timers that fire when set, it exits, and nothing of a session is left. Answers it waits for need
   not come. */
static void must_end(const struct session *from)
{
    static struct session s, t;
    struct session_event ev = {.kind = EV_QUIT};
    walk_step(from, &ev, &s);
    for (int turn = 0; turn < 12 && s.phase != PHASE_EXIT; turn++) {
        for (uint8_t w = 0; w < SW_COUNT; w++)
            if (s.worker[w] == WS_DYING) {
                ev = (struct session_event){.kind = EV_ENDED, .worker = w};
                walk_step(&s, &ev, &t);
                memcpy(&s, &t, sizeof s);
            }
        ev = (struct session_event){.kind = EV_TIMER, .code = ST_CLOSE};
        walk_step(&s, &ev, &t);
        memcpy(&s, &t, sizeof s);
    }
    if (s.phase != PHASE_EXIT)
        complain("asked to quit, it never does", from, &ev, &s);
}

static bool out_of_world(const struct session *s)
{
    return s->n_waiting > PEOPLE || s->n_members > PEOPLE;
}

static void walk_with(const struct session *start, unsigned depth, unsigned n)
{
    struct frontier now = {0}, next = {0};
    uint8_t packed[PACKED];
    if (seen.size)
        memset(seen.prints, 0, seen.size * sizeof *seen.prints);
    seen.n = 0;
    pack(start, packed);
    if (seen_add(packed))
        frontier_add(&now, packed);
    static struct session s, t;
    for (unsigned level = 0; level < depth && now.n; level++) {
        next.n = 0;
        for (size_t i = 0; i < now.n; i++) {
            unpack(now.bytes + i * PACKED, &s);
            if (s.phase != PHASE_EXIT)
                must_end(&s);
            for (unsigned e = 0; e < n; e++) {
                walk_step(&s, &walk_events[e], &t);
                if (out_of_world(&t))
                    continue;
                pack(&t, packed);
                if (seen_add(packed))
                    frontier_add(&next, packed);
            }
        }
        struct frontier swap = now;
        now = next;
        next = swap;
    }
    size_t left = now.n;
    free(now.bytes);
    free(next.bytes);
    printf("    %zu states%s\n", seen.n, left ? "" : " (nothing further is reachable)");
}

void walk(const struct session *start, unsigned depth)
{
    walk_with(start, depth, walk_n_events);
}

void walk_far(const struct session *start, unsigned depth)
{
    walk_with(start, depth - 1, walk_n_events);
    walk_with(start, depth, walk_n_plain);
}

struct walk_count walk_counted(void)
{
    count.states = seen_ever.n;
    return count;
}
