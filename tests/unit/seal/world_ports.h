/*
 * The ports of a session in memory (world.h): what an organizer and the joiners say to the network
 * is queued, what they tell their processes is noted. Included by world.h alone.
 */
#ifndef TESTS_UNIT_SEAL_WORLD_PORTS_H
#define TESTS_UNIT_SEAL_WORLD_PORTS_H
#include "tests/unit/seal/world_state.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
/* after the headers it needs */
#include <cmocka.h>

static void world_push(struct world *w, enum world_kind kind, int peer, struct span s)
{
    struct world_item *i = calloc(1, sizeof *i + s.len);
    i->kind = kind;
    i->peer = peer;
    i->len = s.len;
    if (s.len)
        memcpy(i->bytes, s.data, s.len);
    *w->end = i;
    w->end = &i->next;
}

static void world_push_from(struct world *w, int peer, uint16_t from, struct span s)
{
    struct world_item **slot = w->end;
    world_push(w, WORLD_TO_JOINER, peer, s);
    (*slot)->from = from;
}

/* --- control, everybody's --- */
static void world_asked(void *ctx, uint16_t mid, const uint8_t *request, uint16_t caps)
{
    struct world_control *c = ctx;
    c->asked++, c->asked_mid = mid, c->asked_caps = caps;
    memcpy(c->request, request, sizeof c->request);
}
static void world_granted(void *ctx, const struct port_grant *g)
{
    struct world_control *c = ctx;
    assert_false(c->live);
    c->granted++, c->live = true, c->mine = g->mine, c->mid = g->mid, c->caps = g->caps;
    c->ttl_s = g->ttl_s, c->idle_s = g->idle_s;
    memcpy(c->grant, g->grant, sizeof c->grant);
}
static void world_denied(void *ctx, const uint8_t *request, enum e2e_code code)
{
    struct world_control *c = ctx;
    c->denied++, c->code = code;
    memcpy(c->denied_request, request, sizeof c->denied_request);
}
static void world_revoked(void *ctx, const uint8_t *grant, enum grant_end why, enum e2e_code code)
{
    struct world_control *c = ctx;
    assert_true(c->live);
    assert_memory_equal(grant, c->grant, GRANT_ID_LEN);
    if (c->at_revoked)
        c->at_revoked(ctx);
    c->revoked++, c->live = false, c->why = why, c->code = code;
    memcpy(c->revoked_grant, grant, sizeof c->revoked_grant);
}
static void world_events(void *ctx, const uint8_t *grant, const struct input_event *e, unsigned n)
{
    struct world_control *c = ctx;
    bool current = c->live && memcmp(grant, c->grant, GRANT_ID_LEN) == 0;
    c->events += n, c->batches++, c->last = e[n - 1];
    if (!current)
        c->late += n;
}
static void world_silent(void *ctx, const uint8_t *grant)
{
    struct world_control *c = ctx;
    assert_memory_equal(grant, c->grant, GRANT_ID_LEN);
    c->silents++;
}
static void world_held(void *ctx, const uint8_t *grant, unsigned held)
{
    struct world_control *c = ctx;
    assert_true(c->live && c->mine);
    assert_memory_equal(grant, c->grant, GRANT_ID_LEN);
    c->held = held, c->held_told++;
}
static void world_invited(void *ctx, uint16_t mid)
{
    struct world_control *c = ctx;
    c->invited++, c->mid = mid;
}
static void world_control_at(void *ctx, uint16_t mid, bool on)
{
    struct world_control *c = ctx;
    c->control_mid = on ? mid : 0, c->control_told++;
}

/* --- chat, everybody's; `own` is told apart by who asked --- */
static void world_line(struct world_control *c, bool own, uint16_t mid, uint32_t missed,
                       struct span text)
{
    c->lines += !own, c->own_lines += own, c->lines_missed += missed, c->line_mid = mid;
    c->line_len = text.len;
    memset(c->line, 0, sizeof c->line);
    memcpy(c->line, text.data, text.len < sizeof c->line ? text.len : sizeof c->line - 1);
}
static void world_o_chatted(void *ctx, uint16_t mid, uint32_t missed, struct span text)
{
    world_line(ctx, mid == 1, mid, missed, text);
}
static void world_j_chatted(void *ctx, uint16_t mid, uint32_t missed, struct span text)
{
    world_line(ctx, mid == ((struct world_peer *)ctx)->mid, mid, missed, text);
}
static void world_chat_lost(void *ctx, struct span text)
{
    struct world_control *c = ctx;
    c->lines_lost++;
    memset(c->lost, 0, sizeof c->lost);
    if (text.len)
        memcpy(c->lost, text.data, text.len < sizeof c->lost ? text.len : sizeof c->lost - 1);
}
static bool world_crowded(void *ctx)
{
    return ((struct world_control *)ctx)->crowded;
}

static int world_peer_of(struct world *w, uint32_t handle)
{
    for (int i = 0; i < w->n; i++)
        if (w->peers[i].handle == handle)
            return i;
    return -1;
}

/* --- organizer's port --- */
static uint64_t world_unix(void *ctx)
{
    (void)ctx;
    return 1760000000000u;
}
static void world_params(void *ctx, struct span m0)
{
    struct world *w = ctx;
    memcpy(w->m0, m0.data, m0.len);
    w->m0_len = m0.len;
}
static void world_o_msg(void *ctx, uint32_t peer, struct span body)
{
    struct world *w = ctx;
    int p = world_peer_of(w, peer);
    if (p >= 0)
        world_push_from(w, p, 1, body);
}
static void world_o_unit(void *ctx, struct span wire)
{
    struct world *w = ctx;
    w->units_seen++;
    w->unit_bytes += wire.len;
    for (int p = 0; p < w->n; p++)
        if (w->peers[p].bound)
            world_push(w, WORLD_UNIT, p, wire);
    if (w->keep_units) {
        struct world_item *i = calloc(1, sizeof *i + wire.len);
        i->len = wire.len;
        memcpy(i->bytes, wire.data, wire.len);
        i->next = w->units;
        w->units = i;
    }
}
static void world_bind(void *ctx, uint32_t handle, uint16_t mid)
{
    struct world *w = ctx;
    int p = world_peer_of(w, handle);
    assert_true(p >= 0);
    w->peers[p].bound = true;
    w->peers[p].mid = mid;
    if (w->peers[p].j)
        joiner_bound(w->peers[p].j, w->now);
}
static void world_drop(void *ctx, uint32_t handle, enum port_drop why)
{
    struct world *w = ctx;
    int p = world_peer_of(w, handle);
    if (p < 0) { /* no joiner of this world's, or a connection that one has left */
        w->others_dropped++;
        w->others_why = why;
        return;
    }
    if (!w->peers[p].drop_why) /* the relay acts on the first */
        w->peers[p].drop_why = why;
    world_push(w, WORLD_DROP, p, span_of(NULL, 0));
}
static void world_present(void *ctx, uint16_t mid)
{
    (void)mid;
    ((struct world *)ctx)->presents++;
}
static void world_net_end(void *ctx)
{
    ((struct world *)ctx)->net_end = true;
}
static void world_session(void *ctx, const uint8_t sid[SID_LEN], const uint8_t fp[FP_LEN])
{
    struct world *w = ctx;
    (void)sid;
    w->session = true;
    memcpy(w->fp, fp, FP_LEN);
}
static void world_copy_name(char out[MAX_NAME + 1], struct span name)
{
    memset(out, 0, MAX_NAME + 1);
    memcpy(out, name.data, name.len);
}
static void world_take_shown(struct world_shown *to, const struct port_identity *i)
{
    to->n++, to->ask = i->ask, to->alg = i->alg, to->key_len = i->key.len;
    memcpy(to->fp, i->fp, sizeof to->fp);
    memcpy(to->key, i->key.data, i->key.len);
    world_copy_name(to->name, i->name);
}
static void world_o_identity(void *ctx, const struct port_identity *i)
{
    world_take_shown(&((struct world *)ctx)->shown, i);
}
static void world_o_identity_gone(void *ctx, uint32_t ask)
{
    struct world *w = ctx;
    assert_int_equal(ask, w->shown.ask);
    w->shown.gone++;
}
static void world_knock(void *ctx, const struct port_knock *k)
{
    struct world *w = ctx;
    w->knock_level = k->verified;
    w->knock_alg = k->alg;
    memcpy(w->knock_fp, k->fp, IDENTITY_FP);
    world_copy_name(w->knock_name, k->name);
    w->knock[w->knocks++] = k->knock;
    memcpy(w->words, k->words, 4);
}
static void world_knock_gone(void *ctx, uint32_t knock)
{
    (void)knock;
    ((struct world *)ctx)->knock_gone++;
}
static void world_o_member(void *ctx, const struct port_member *m)
{
    struct world *w = ctx;
    bool again = m->mid < 32 && w->known >> m->mid & 1;
    if (m->mid < 32)
        w->known |= 1u << m->mid;
    if (m->mid < WORLD_PEERS + 2) {
        w->level[m->mid] = m->verified, w->alg[m->mid] = m->alg;
        memcpy(w->fps[m->mid], m->fp, IDENTITY_FP);
    }
    if (m->verified)
        w->verified |= 1u << m->mid;
    if (m->state == MEMBER_IN && !again)
        w->members++;
    else if (m->state != MEMBER_IN)
        w->members--, w->gone[m->state]++;
}
static void world_o_presenter(void *ctx, uint16_t mid)
{
    ((struct world *)ctx)->presenter = mid;
}
static void world_unshared(void *ctx)
{
    ((struct world *)ctx)->unshared = true;
}
static void world_o_picture(void *ctx, enum port_picture state)
{
    struct world *w = ctx;
    w->picture = (int)state, w->pictures++;
}
static void world_o_need(void *ctx)
{
    ((struct world *)ctx)->needs++;
}
static bool world_o_screen(void *ctx, bool key, uint32_t missed, struct span content)
{
    (void)key, (void)missed, (void)content;
    ((struct world *)ctx)->screens++;
    return true;
}
static bool world_o_cursor(void *ctx, struct span content)
{
    (void)content;
    ((struct world *)ctx)->cursors++;
    return true;
}
static void world_second_asked(void *ctx, uint16_t presenter, uint16_t mid)
{
    struct world *w = ctx;
    w->seconds++, w->second_from = presenter, w->second_mid = mid;
}
static void world_answered(void *ctx, uint16_t mid, bool yes)
{
    struct world *w = ctx;
    w->answers++, w->answered_mid = mid, w->answered_yes = yes;
}
static void world_fault(void *ctx, uint16_t mid, enum e2e_code code)
{
    struct world *w = ctx;
    (void)mid;
    w->faults++, w->fault_code = code;
}
static void world_wrong(void *ctx, uint32_t wrong, bool stopped)
{
    ((struct world *)ctx)->wrong = wrong;
    ((struct world *)ctx)->stopped = stopped;
}
static void world_o_ended(void *ctx, bool cut, enum e2e_code code, enum end_why why)
{
    struct world *w = ctx;
    assert_false(w->ended);
    w->ended = true, w->cut = cut, w->code = code, w->why = why;
}
static void world_o_back(void *ctx)
{
    ((struct world *)ctx)->backs++;
}
static void world_need_key(void *ctx)
{
    ((struct world *)ctx)->need_keys++;
}

/* --- joiner's port --- */
static void world_j_msg(void *ctx, uint32_t peer, struct span body)
{
    struct world_peer *p = ctx;
    struct world *w = p->w;
    if (peer == 1)
        world_push(w, WORLD_TO_ORGANIZER, (int)(p - w->peers), body);
    for (int i = 0; i < w->n && peer != 1; i++)
        if (w->peers[i].bound && w->peers[i].mid == peer)
            world_push_from(w, i, p->mid, body);
}
static void world_j_unit(void *ctx, struct span wire)
{
    struct world_peer *p = ctx;
    struct world *w = p->w;
    w->units_seen++;
    world_push(w, WORLD_UNIT_O, (int)(p - w->peers), wire);
    for (int i = 0; i < w->n; i++)
        if (&w->peers[i] != p && w->peers[i].bound)
            world_push(w, WORLD_UNIT, i, wire);
}
static void world_need(void *ctx)
{
    ((struct world_peer *)ctx)->needs++;
}
static void world_j_identity(void *ctx, const struct port_identity *i)
{
    world_take_shown(&((struct world_peer *)ctx)->shown, i);
}
static void world_welcomed(void *ctx, bool wait, uint8_t verified, struct span organizer,
                           const uint8_t words[4])
{
    struct world_peer *p = ctx;
    world_copy_name(p->organizer, organizer);
    p->level[1] = verified;
    p->welcomed = true, p->wait = wait;
    memcpy(p->words, words, 4);
}
static void world_j_member(void *ctx, const struct port_member *m)
{
    struct world_peer *p = ctx;
    if (m->mid < WORLD_PEERS + 2)
        p->level[m->mid] = m->verified;
    if (m->verified)
        p->verified |= 1u << m->mid;
    if (m->state == MEMBER_IN && m->mid < 32 && !(p->known >> m->mid & 1))
        p->members++, p->known |= 1u << m->mid;
    else if (m->state == MEMBER_IN && m->mid >= 32)
        p->members++;
    else if (m->state != MEMBER_IN)
        p->members--, p->gone[m->state]++;
}
static void world_j_presenter(void *ctx, uint16_t mid)
{
    ((struct world_peer *)ctx)->presenter = mid;
}
static void world_picture(void *ctx, enum port_picture state)
{
    struct world_peer *p = ctx;
    p->picture = (int)state, p->pictures++;
}
static void world_seconded(void *ctx, uint16_t mid, bool yes)
{
    struct world_peer *p = ctx;
    p->seconds++, p->second_mid = mid, p->second_yes = yes;
}
static void world_quality(void *ctx, uint32_t round_ms)
{
    ((struct world_peer *)ctx)->round_ms = round_ms;
}
static void world_offered(void *ctx)
{
    ((struct world_peer *)ctx)->offered++;
}
static void world_j_unshared(void *ctx)
{
    ((struct world_peer *)ctx)->unshareds++;
}
static void world_j_need_key(void *ctx)
{
    ((struct world_peer *)ctx)->need_keys++;
}
static void world_j_back(void *ctx)
{
    ((struct world_peer *)ctx)->backs++;
}
static void world_sides(void *ctx, uint16_t ours, uint16_t theirs)
{
    struct world_peer *p = ctx;
    p->ours = ours, p->theirs = theirs;
}
static void world_j_ended(void *ctx, bool cut, enum e2e_code code, enum end_why why)
{
    struct world_peer *p = ctx;
    assert_false(p->ended);
    p->ended = true, p->cut = cut, p->code = code, p->why = why;
}
static bool world_screen(void *ctx, bool key, uint32_t missed, struct span content)
{
    struct world_peer *p = ctx;
    if (p->full)
        return false;
    p->screens++, p->missed += missed, p->last_key = key;
    free(p->content);
    p->content = malloc(content.len);
    memcpy(p->content, content.data, content.len);
    p->content_len = content.len;
    return true;
}
static bool world_cursor(void *ctx, struct span content)
{
    struct world_peer *p = ctx;
    (void)content;
    p->cursors += !p->full;
    return !p->full;
}

/* What everybody is told in the same way. */
#define WORLD_EVERYBODY                                                                            \
    .unix_ms = world_unix, .asked = world_asked, .granted = world_granted, .denied = world_denied, \
    .revoked = world_revoked, .events = world_events, .silent = world_silent, .held = world_held,  \
    .invited = world_invited, .chat_lost = world_chat_lost, .crowded = world_crowded

static const struct port world_joiner_port = {WORLD_EVERYBODY,
                                              .msg = world_j_msg,
                                              .unit = world_j_unit,
                                              .offered = world_offered,
                                              .seconded = world_seconded,
                                              .unshared = world_j_unshared,
                                              .need_key = world_j_need_key,
                                              .need = world_need,
                                              .welcomed = world_welcomed,
                                              .identity = world_j_identity,
                                              .member = world_j_member,
                                              .presenter = world_j_presenter,
                                              .picture = world_picture,
                                              .chatted = world_j_chatted,
                                              .quality = world_quality,
                                              .back = world_j_back,
                                              .sides = world_sides,
                                              .ended = world_j_ended,
                                              .screen = world_screen,
                                              .cursor = world_cursor};
static const struct port world_organizer_port = {WORLD_EVERYBODY,
                                                 .params = world_params,
                                                 .msg = world_o_msg,
                                                 .unit = world_o_unit,
                                                 .bind = world_bind,
                                                 .control = world_control_at,
                                                 .second_asked = world_second_asked,
                                                 .picture = world_o_picture,
                                                 .need = world_o_need,
                                                 .screen = world_o_screen,
                                                 .cursor = world_o_cursor,
                                                 .answered = world_answered,
                                                 .chatted = world_o_chatted,
                                                 .fault = world_fault,
                                                 .drop = world_drop,
                                                 .present = world_present,
                                                 .end = world_net_end,
                                                 .session = world_session,
                                                 .knock = world_knock,
                                                 .knock_gone = world_knock_gone,
                                                 .identity = world_o_identity,
                                                 .identity_gone = world_o_identity_gone,
                                                 .member = world_o_member,
                                                 .presenter = world_o_presenter,
                                                 .unshared = world_unshared,
                                                 .wrong_try = world_wrong,
                                                 .back = world_o_back,
                                                 .ended = world_o_ended,
                                                 .need_key = world_need_key};

#endif
