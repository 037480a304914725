/*
 * What a session sends, put into messages. Runs in vitrine-seal; sends only, so it judges nothing.
 */
#include "ch_link.h"
#include "ch_seal.h"
#include "ch_share.h"
#include "ch_view.h"
#include "net/seal/identity.h"
#include "net/seal/worker.h"
#include "policy/limits.h"
#include <errno.h>
#include <string.h>
#include <time.h>

static uint64_t unix_ms(void *ctx)
{
    struct timespec now;
    (void)ctx;
    clock_gettime(CLOCK_REALTIME, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

/* --- to net: a gap in what it gets would break channels and counters, so there may be none; but
   while there is no line (net has closed, or not opened another one yet), nothing is lost that a
   resume would not bring anew --- */

static void net_sent(struct seal_worker *w, int result)
{
    if (result != 0 && w->link.fd >= 0 && errno != EPIPE && errno != ECONNRESET)
        w->link_broken = true;
}

static void params(void *ctx, struct span m0)
{
    struct seal_worker *w = ctx;
    net_sent(w, msg_link_params_send(&w->link, &(struct msg_link_params){.params = m0}));
}

static void msg(void *ctx, uint32_t peer, struct span body)
{
    struct seal_worker *w = ctx;
    net_sent(w, msg_link_msg_send(&w->link, &(struct msg_link_msg){.peer = peer, .body = body}));
}

static void unit(void *ctx, struct span wire)
{
    struct seal_worker *w = ctx;
    net_sent(w, msg_link_unit_send(&w->link, &(struct msg_link_unit){.unit = wire}));
}

static void bind_member(void *ctx, uint32_t handle, uint16_t mid)
{
    struct seal_worker *w = ctx;
    net_sent(w,
             msg_link_bind_send(&w->link, &(struct msg_link_bind){.handle = handle, .mid = mid}));
}

static void drop(void *ctx, uint32_t handle, enum port_drop why)
{
    struct seal_worker *w = ctx;
    const struct msg_link_drop m = {.handle = handle, .why = (uint8_t)why};
    net_sent(w, msg_link_drop_send(&w->link, &m));
}

static void present(void *ctx, uint16_t mid)
{
    struct seal_worker *w = ctx;
    net_sent(w, msg_link_present_send(&w->link, &(struct msg_link_present){.mid = mid}));
}

static void end(void *ctx)
{
    struct seal_worker *w = ctx;
    net_sent(w, msg_link_end_send(&w->link));
}

static void need(void *ctx)
{
    struct seal_worker *w = ctx;
    net_sent(w, msg_link_need_send(&w->link));
}

static bool busy(void *ctx)
{
    const struct seal_worker *w = ctx;
    return w->link.queued != 0;
}

/* --- to the broker: one that does not read is dead, and so are we --- */

static void told(struct seal_worker *w, int result)
{
    if (result != 0)
        loop_stop(&w->loop);
}

static void session(void *ctx, const uint8_t sid[SID_LEN], const uint8_t fp[FP_LEN])
{
    struct seal_worker *w = ctx;
    struct msg_seal_session m = {.sid = {sid, SID_LEN}};
    memcpy(m.fp, fp, FP_LEN);
    told(w, msg_seal_session_send(&w->control, &m));
}

static void welcomed(void *ctx, bool wait, uint8_t verified, struct span organizer,
                     const uint8_t words[4])
{
    struct seal_worker *w = ctx;
    struct msg_seal_welcomed m = {.wait = wait, .verified = verified, .organizer = organizer};
    memcpy(m.words, words, sizeof m.words);
    told(w, msg_seal_welcomed_send(&w->control, &m));
}

static void knock(void *ctx, const struct port_knock *k)
{
    struct seal_worker *w = ctx;
    struct msg_seal_knock m = {
        .knock = k->knock, .verified = k->verified, .alg = k->alg, .name = k->name};
    memcpy(m.fp, k->fp, sizeof m.fp);
    memcpy(m.words, k->words, sizeof m.words);
    told(w, msg_seal_knock_send(&w->control, &m));
}

static void knock_gone(void *ctx, uint32_t number)
{
    struct seal_worker *w = ctx;
    told(w, msg_seal_knock_gone_send(&w->control, &(struct msg_seal_knock_gone){.knock = number}));
}

static void identity(void *ctx, const struct port_identity *i)
{
    struct seal_worker *w = ctx;
    struct msg_seal_identity m = {.ask = i->ask, .alg = i->alg, .name = i->name, .key = i->key};
    memcpy(m.fp, i->fp, sizeof m.fp);
    told(w, msg_seal_identity_send(&w->control, &m));
}

static void identity_gone(void *ctx, uint32_t ask)
{
    struct seal_worker *w = ctx;
    const struct msg_seal_identity_gone m = {.ask = ask};
    told(w, msg_seal_identity_gone_send(&w->control, &m));
}

static void member(void *ctx, const struct port_member *p)
{
    struct seal_worker *w = ctx;
    struct msg_seal_member m = {.mid = p->mid,
                                .role = p->role,
                                .state = (uint8_t)p->state,
                                .me = p->me,
                                .verified = p->verified,
                                .alg = p->alg,
                                .name = p->name};
    memcpy(m.words, p->words, sizeof m.words);
    memcpy(m.fp, p->fp, sizeof m.fp);
    if (p->me && w->joiner)
        w->control.state = SEAL_STATE_MEMBER;
    told(w, msg_seal_member_send(&w->control, &m));
}

static void presenter(void *ctx, uint16_t mid)
{
    struct seal_worker *w = ctx;
    told(w, msg_seal_presenter_send(&w->control, &(struct msg_seal_presenter){.mid = mid}));
}

static void unshared(void *ctx)
{
    struct seal_worker *w = ctx;
    told(w, msg_seal_unshared_send(&w->control));
}

static void picture(void *ctx, enum port_picture state)
{
    struct seal_worker *w = ctx;
    told(w,
         msg_seal_picture_send(&w->control, &(struct msg_seal_picture){.state = (uint8_t)state}));
}

static void quality(void *ctx, uint32_t round_ms)
{
    struct seal_worker *w = ctx;
    told(w, msg_seal_quality_send(&w->control, &(struct msg_seal_quality){.round_ms = round_ms}));
}

static void wrong_try(void *ctx, uint32_t wrong, bool stopped)
{
    struct seal_worker *w = ctx;
    const struct msg_seal_wrong_try m = {.wrong = wrong, .stopped = stopped};
    told(w, msg_seal_wrong_try_send(&w->control, &m));
}

static void back(void *ctx)
{
    struct seal_worker *w = ctx;
    told(w, msg_seal_back_send(&w->control));
}

static void sides(void *ctx, uint16_t ours, uint16_t theirs)
{
    struct seal_worker *w = ctx;
    w->sides = (struct outer_sides){ours, theirs};
    w->has_sides = true;
}

static void ended(void *ctx, bool cut, enum e2e_code code, enum end_why why)
{
    struct seal_worker *w = ctx;
    const struct msg_seal_ended m = {.how = cut,
                                     .code = (uint16_t)code,
                                     .why = (uint8_t)why,
                                     .has_sides = w->has_sides,
                                     .ours = w->sides.ours,
                                     .theirs = w->sides.theirs};
    w->control.state = SEAL_STATE_ENDED;
    identity_destroy(w->identity);
    w->identity = NULL;
    told(w, msg_seal_ended_send(&w->control, &m));
}

static void offered(void *ctx)
{
    struct seal_worker *w = ctx;
    told(w, msg_seal_offered_send(&w->control));
}

static void answered(void *ctx, uint16_t mid, bool yes)
{
    struct seal_worker *w = ctx;
    const struct msg_seal_answered m = {.mid = mid, .yes = yes};
    told(w, msg_seal_answered_send(&w->control, &m));
}

static void chatted(void *ctx, uint16_t mid, uint32_t missed, struct span text)
{
    struct seal_worker *w = ctx;
    const struct msg_seal_chatted m = {.mid = mid, .missed = missed, .text = text};
    told(w, msg_seal_chatted_send(&w->control, &m));
}

static void chat_lost(void *ctx, struct span text)
{
    struct seal_worker *w = ctx;
    told(w, msg_seal_chat_lost_send(&w->control, &(struct msg_seal_chat_lost){.text = text}));
}

/* All members together write more than one broker may read; what else there is to tell it needs the
   other half. */
static bool crowded(void *ctx)
{
    const struct seal_worker *w = ctx;
    return w->control.queued > w->control.queue_limit / 2;
}

static void fault(void *ctx, uint16_t mid, enum e2e_code code)
{
    struct seal_worker *w = ctx;
    const struct msg_seal_fault m = {.mid = mid, .code = (uint16_t)code};
    told(w, msg_seal_fault_send(&w->control, &m));
}

/* --- control --- */

static void asked(void *ctx, uint16_t mid, const uint8_t *request, uint16_t caps)
{
    struct seal_worker *w = ctx;
    struct msg_seal_asked m = {.mid = mid, .caps = (uint8_t)caps};
    memcpy(m.request, request, sizeof m.request);
    told(w, msg_seal_asked_send(&w->control, &m));
}

static void granted(void *ctx, const struct port_grant *g)
{
    struct seal_worker *w = ctx;
    struct msg_seal_granted m = {.mid = g->mid,
                                 .mine = g->mine,
                                 .caps = (uint8_t)g->caps,
                                 .ttl_s = g->ttl_s,
                                 .idle_s = g->idle_s};
    memcpy(m.grant, g->grant, sizeof m.grant);
    memcpy(m.request, g->request, sizeof m.request);
    told(w, msg_seal_granted_send(&w->control, &m));
}

static void denied(void *ctx, const uint8_t *request, enum e2e_code code)
{
    struct seal_worker *w = ctx;
    struct msg_seal_denied m = {.code = (uint16_t)code};
    memcpy(m.request, request, sizeof m.request);
    told(w, msg_seal_denied_send(&w->control, &m));
}

static void revoked(void *ctx, const uint8_t *grant, enum grant_end why, enum e2e_code code)
{
    struct seal_worker *w = ctx;
    struct msg_seal_revoked m = {.why = (uint8_t)why, .code = (uint16_t)code};
    memcpy(m.grant, grant, sizeof m.grant);
    told(w, msg_seal_revoked_send(&w->control, &m));
}

static void events(void *ctx, const uint8_t *grant, const struct input_event *list, unsigned n)
{
    struct seal_worker *w = ctx;
    struct msg_seal_events m = {.n_events = (uint16_t)n};
    memcpy(m.grant, grant, sizeof m.grant);
    memcpy(m.events, list, n * sizeof *list);
    told(w, msg_seal_events_send(&w->control, &m));
}

static void silent(void *ctx, const uint8_t *grant)
{
    struct seal_worker *w = ctx;
    struct msg_seal_silent m;
    memcpy(m.grant, grant, sizeof m.grant);
    told(w, msg_seal_silent_send(&w->control, &m));
}

static void held(void *ctx, const uint8_t *grant, unsigned how)
{
    struct seal_worker *w = ctx;
    struct msg_seal_held m = {.held = (uint8_t)how};
    memcpy(m.grant, grant, sizeof m.grant);
    told(w, msg_seal_held_send(&w->control, &m));
}

static void invited(void *ctx, uint16_t mid)
{
    struct seal_worker *w = ctx;
    told(w, msg_seal_invited_send(&w->control, &(struct msg_seal_invited){.mid = mid}));
}

static void control(void *ctx, uint16_t mid, bool on)
{
    struct seal_worker *w = ctx;
    told(w, msg_seal_control_send(&w->control, &(struct msg_seal_control){.mid = mid, .on = on}));
}

static void second_asked(void *ctx, uint16_t presenter, uint16_t mid)
{
    struct seal_worker *w = ctx;
    const struct msg_seal_second_asked m = {.presenter = presenter, .mid = mid};
    told(w, msg_seal_second_asked_send(&w->control, &m));
}

static void seconded(void *ctx, uint16_t mid, bool yes)
{
    struct seal_worker *w = ctx;
    const struct msg_seal_seconded m = {.mid = mid, .yes = yes};
    told(w, msg_seal_seconded_send(&w->control, &m));
}

/* --- for the trail --- */

/* The organizer's own key signs the records, and needs none. None is longer than
   PROOF_RECORD_MAX (record.c). */
static void tell_record(struct seal_worker *w, const struct port_side *side)
{
    struct span r = side->naming;
    size_t parts = (r.len + PROOF_PART - 1) / PROOF_PART;
    if (side->mid == 1)
        return;
    for (size_t i = 0; i < parts; i++) {
        size_t left = r.len - i * PROOF_PART;
        const struct span part = {r.data + i * PROOF_PART, left < PROOF_PART ? left : PROOF_PART};
        const struct msg_seal_record m = {
            .mid = side->mid, .part = (uint8_t)(i + 1), .parts = (uint8_t)parts, .data = part};
        told(w, msg_seal_record_send(&w->control, &m));
    }
}

static void proved(void *ctx, const struct port_proof *p)
{
    struct seal_worker *w = ctx;
    const struct port_side *c = &p->side[0], *presenter = &p->side[1];
    struct msg_seal_proof m = {.controller = c->mid,
                               .presenter = presenter->mid,
                               .epoch = p->epoch,
                               .caps = (uint8_t)p->caps,
                               .ttl_s = p->ttl_s,
                               .idle_s = p->idle_s};
    memcpy(m.grant, p->grant, sizeof m.grant);
    memcpy(m.session, p->sess_id, sizeof m.session);
    memcpy(m.bind, p->bind, sizeof m.bind);
    memcpy(m.organizer, p->organizer, sizeof m.organizer);
    memcpy(m.key_c, c->key, sizeof m.key_c);
    memcpy(m.key_p, presenter->key, sizeof m.key_p);
    memcpy(m.sig_c, c->sig, sizeof m.sig_c);
    memcpy(m.sig_p, presenter->sig, sizeof m.sig_p);
    tell_record(w, c);
    if (c->mid == 1 || c->naming.data != presenter->naming.data) /* else it names both */
        tell_record(w, presenter);
    told(w, msg_seal_proof_send(&w->control, &m));
}

static void shown(void *ctx, const struct port_shown *s)
{
    struct seal_worker *w = ctx;
    struct msg_seal_shown m = {.mid = s->side.mid, .epoch = s->epoch};
    memcpy(m.session, s->sess_id, sizeof m.session);
    memcpy(m.organizer, s->organizer, sizeof m.organizer);
    memcpy(m.key, s->side.key, sizeof m.key);
    memcpy(m.sig, s->side.sig, sizeof m.sig);
    tell_record(w, &s->side);
    told(w, msg_seal_shown_send(&w->control, &m));
}

/* --- to capture and view: theirs may be gone already; the broker will say so --- */

static void need_key(void *ctx)
{
    struct seal_worker *w = ctx;
    if (w->share.fd >= 0)
        (void)msg_share_need_key_send(&w->share);
}

static bool screen(void *ctx, bool key, uint32_t missed, struct span content)
{
    struct seal_worker *w = ctx;
    const struct msg_view_screen m = {.key = key, .missed = missed, .content = content};
    return w->view.fd >= 0 && msg_view_screen_send(&w->view, &m) == 0;
}

static bool cursor(void *ctx, struct span content)
{
    struct seal_worker *w = ctx;
    const struct msg_view_cursor m = {.content = content};
    return w->view.fd >= 0 && msg_view_cursor_send(&w->view, &m) == 0;
}

void seal_worker_port(struct seal_worker *w)
{
    w->port = (struct port){.ctx = w,
                            .unix_ms = unix_ms,
                            .params = params,
                            .msg = msg,
                            .unit = unit,
                            .bind = bind_member,
                            .drop = drop,
                            .present = present,
                            .end = end,
                            .need = need,
                            .busy = busy,
                            .session = session,
                            .welcomed = welcomed,
                            .knock = knock,
                            .knock_gone = knock_gone,
                            .identity = identity,
                            .identity_gone = identity_gone,
                            .member = member,
                            .presenter = presenter,
                            .unshared = unshared,
                            .picture = picture,
                            .quality = quality,
                            .wrong_try = wrong_try,
                            .back = back,
                            .sides = sides,
                            .ended = ended,
                            .offered = offered,
                            .answered = answered,
                            .chatted = chatted,
                            .chat_lost = chat_lost,
                            .crowded = crowded,
                            .fault = fault,
                            .asked = asked,
                            .granted = granted,
                            .denied = denied,
                            .revoked = revoked,
                            .events = events,
                            .silent = silent,
                            .held = held,
                            .invited = invited,
                            .control = control,
                            .second_asked = second_asked,
                            .seconded = seconded,
                            .proved = proved,
                            .shown = shown,
                            .need_key = need_key,
                            .screen = screen,
                            .cursor = cursor};
    seal_worker_mirror_port(&w->port);
}
