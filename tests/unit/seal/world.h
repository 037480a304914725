/*
 * One organizer and some joiners in one process, with a relay in memory between them: messages wait
 * in one queue, time is a number, and a test may look at, change or lose everything that passes.
 * Used by the session tests.
 */
#ifndef TESTS_UNIT_SEAL_WORLD_H
#define TESTS_UNIT_SEAL_WORLD_H
#include "net/seal/crypto.h"
#include "net/seal/kdf.h"
#include "net/seal/pake.h"
#include "net/seal/stretch.h"
#include "net/seal/tls.h"
#include "tests/unit/seal/world_ports.h"

#define WORLD_PASSWORD "amber canoe fifty lemon"

/* These programs make sessions by the hundred: a stretch of 32 MiB each would be most of their
   time. The real one is tried in test_vectors, p19_branches and test_process. */
void __wrap_stretch_password(unsigned kind, struct span canonical, const uint8_t salt[32],
                             uint8_t out[2 * STRETCH_OUT]);
void __wrap_stretch_password(unsigned kind, struct span canonical, const uint8_t salt[32],
                             uint8_t out[2 * STRETCH_OUT])
{
    const uint8_t cheap = (uint8_t)kind;
    kdf_hkdf512(canonical, span_of(salt, 32), span_of(&cheap, 1), out, 2 * STRETCH_OUT);
}

/* --- running it --- */

static struct span world_text(const char *s)
{
    return span_of(s, strlen(s));
}

/* With an identity of the organizer's, or where everybody needs one. */
static void world_init_config(struct world *w, const struct organizer_config *config)
{
    memset(w, 0, sizeof *w);
    w->now = 1000;
    w->end = &w->first;
    w->oport = world_organizer_port;
    w->oport.ctx = w;
    w->o = organizer_create(&w->oport, config, w->now);
    assert_non_null(w->o);
    organizer_opened(w->o, (const uint8_t *)"123456789", w->now);
    assert_true(w->session);
}

static void world_init_as(struct world *w, const char *password, bool lobby,
                          const struct identity *identity, bool required)
{
    const struct organizer_config config = {
        .with_password = password != NULL,
        .lobby = lobby,
        .password = world_text(password ? password : ""),
        .name = identity_name(identity).len ? identity_name(identity) : world_text("Olga"),
        .identity = identity,
        .identity_required = required};
    world_init_config(w, &config);
}

static void world_init(struct world *w, const char *password, bool lobby)
{
    world_init_as(w, password, lobby, NULL, false);
}

static void world_deliver(struct world *w, struct world_item *i)
{
    struct world_peer *p = &w->peers[i->peer];
    struct span s = span_of(i->bytes, i->len);
    if (i->kind == WORLD_TO_ORGANIZER && !p->dropped)
        organizer_message(w->o, p->handle, s, w->now);
    else if (i->kind == WORLD_TO_JOINER && p->j && !p->dropped && !p->deaf)
        joiner_message(p->j, i->from, s, w->now);
    else if (i->kind == WORLD_UNIT_O && !p->dropped)
        organizer_unit(w->o, s, w->now);
    else if (i->kind == WORLD_UNIT && p->j && p->bound && !p->dropped)
        joiner_unit(p->j, s, w->now);
    else if (i->kind == WORLD_DROP && !p->dropped) {
        p->dropped = true;
        p->bound = false;
        if (!p->deaf)
            joiner_lost(p->j);
        organizer_peer_gone(w->o, p->handle, w->now);
    }
}

/* Until nothing is on its way. */
static void world_run(struct world *w)
{
    while (w->first) {
        struct world_item *i = w->first;
        w->first = i->next;
        if (!w->first)
            w->end = &w->first;
        bool message = i->kind == WORLD_TO_ORGANIZER || i->kind == WORLD_TO_JOINER;
        if (!w->touch || w->touch(w, i))
            world_deliver(w, i);
        w->msgs += message;
        free(i);
    }
}

/* What is on its way is lost with a line. */
static inline void world_lose(struct world *w)
{
    while (w->first) {
        struct world_item *i = w->first;
        w->first = i->next;
        free(i);
    }
    w->end = &w->first;
}

/* That member's line is gone, and both ends know it. */
static inline void world_cut_member(struct world *w, struct world_peer *p)
{
    joiner_cut(p->j, w->now);
    organizer_peer_gone(w->o, p->handle, w->now);
    p->bound = false;
    world_lose(w);
}

/* Time in steps of at most 100 ms, as a loop would see it. */
static void world_pass(struct world *w, uint64_t ms)
{
    for (uint64_t until = w->now + ms; w->now < until;) {
        w->now += until - w->now < 100 ? until - w->now : 100;
        if (w->now >= organizer_due(w->o))
            organizer_tick(w->o, w->now);
        for (int p = 0; p < w->n; p++)
            if (w->peers[p].j && w->now >= joiner_due(w->peers[p].j))
                joiner_tick(w->peers[p].j, w->now);
        world_run(w);
    }
}

/* A joiner that has attached; runs until nothing is on its way. */
static struct world_peer *world_join_with(struct world *w, const char *password, const uint8_t *fp)
{
    static struct port ports[WORLD_PEERS];
    assert_true(w->n < WORLD_PEERS);
    int n = w->n++;
    struct world_peer *p = &w->peers[n];
    *p = (struct world_peer){.w = w, .handle = 0x01000000u + (uint32_t)n * 7919, .picture = -1};
    ports[n] = world_joiner_port;
    ports[n].ctx = p;
    struct joiner_config config = {
        .password = world_text(password),
        .name = identity_name(w->identity).len ? identity_name(w->identity) : world_text("Jo"),
        .identity = w->identity,
        .identity_required = w->identity_required};
    if (fp) {
        config.has_fp = true;
        memcpy(config.fp, fp, FP_LEN);
    }
    p->j = joiner_create(&ports[n], &config, w->now);
    assert_non_null(p->j);
    joiner_view(p->j, true, w->now);
    joiner_opened(p->j, (const uint8_t *)"123456789", p->handle, span_of(w->m0, w->m0_len), w->now);
    world_run(w);
    return p;
}

static inline struct world_peer *world_join(struct world *w)
{
    struct world_peer *p = world_join_with(w, WORLD_PASSWORD, w->fp);
    world_pass(w, 600); /* gathered joins */
    return p;
}

/* Forgets the joiner in this place. */
static void world_part(struct world *w, struct world_peer *p)
{
    joiner_destroy(p->j);
    free(p->content);
    p->j = NULL;
    p->content = NULL;
    w->n--;
    assert_ptr_equal(p, &w->peers[w->n]);
}

static void world_finish(struct world *w)
{
    while (w->n)
        world_part(w, &w->peers[w->n - 1]);
    organizer_destroy(w->o);
    for (int list = 0; list < 2; list++)
        for (struct world_item *i = list ? w->units : w->first, *next; i; i = next) {
            next = i->next;
            free(i);
        }
}

static inline void world_screen_unit(struct world *w, bool key, const void *content, size_t len)
{
    organizer_screen(w->o, key, span_of(content, len), w->now);
    world_run(w);
}

static int world_group_setup(void **state)
{
    (void)state;
    static bool done;
    if (!done && !crypto_init())
        return -1;
    done = true;
    pake_init();
    return tls_init() ? 0 : -1;
}

static int world_group_teardown(void **state)
{
    (void)state;
    tls_finish();
    pake_finish();
    return 0;
}

#endif
