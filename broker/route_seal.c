/* What seal says: people, presenter, how it went. Run by the broker. Distrusts the order of
   messages (the heart ignores what makes no sense); their form was checked by generated code.
   Whoever asks for something is one it has named before: all else is malformed. */
#include "broker/app.h"
#include "broker/crew.h"
#include "broker/facts.h"
#include "broker/identity.h"
#include "broker/line.h"
#include "broker/record.h"
#include "broker/route.h"
#include "broker/talk.h"
#include "broker/ui/view.h"
#include "ch_seal.h"
#include <string.h>

/* The number is the same; who has the old invitation is told that it is of no use. */
static int on_new_password(struct app *a)
{
    if (!line_password_changed(a))
        return 0;
    a->wrong = 0;
    line_invitation(a);
    record_tell_session(a);
    facts_update(a);
    facts_toast(a, TOAST_PASSWORD, 0);
    return 0;
}

static int on_seal_session(void *ctx, struct msg_seal_session *m)
{
    struct app *a = route_app(ctx);
    if (a->session.phase == PHASE_HOST)
        return on_new_password(a);
    struct invite *our = &a->line.to;
    char sid[10] = {0};
    memcpy(sid, m->sid.data, 9);
    if (!invite_parse_number(sid, our->sid))
        return -1;
    memcpy(our->fp, m->fp, sizeof our->fp);
    our->has_fp = true;
    a->session_since_ms = loop_now_ms();
    line_invitation(a);
    record_tell_session(a);
    app_event_kind(a, EV_SESSION);
    return 0;
}

static int on_seal_welcomed(void *ctx, struct msg_seal_welcomed *m)
{
    struct app *a = route_app(ctx);
    memset(a->organizer, 0, sizeof a->organizer);
    memcpy(a->organizer, m->organizer.data, m->organizer.len);
    memcpy(a->words, m->words, sizeof a->words);
    app_event(a, (struct session_event){.kind = EV_WELCOMED, .flag = m->wait});
    return 0;
}

static int on_seal_knock(void *ctx, struct msg_seal_knock *m)
{
    struct app *a = route_app(ctx);
    people_add_knock(&a->people, &a->session, m->knock, m->name);
    people_set_knock_key(&a->people, m->knock, m->alg, m->fp);
    people_set_knock_words(&a->people, m->knock, m->words);
    record_tell_member(a, 0, people_knock_name(&a->people, m->knock), 2, "waiting");
    app_event(a,
              (struct session_event){.kind = EV_KNOCK,
                                     .person = m->knock,
                                     .number = app_slot(a, people_knock_name(&a->people, m->knock)),
                                     .code = m->verified});
    return 0;
}

static int on_seal_knock_gone(void *ctx, struct msg_seal_knock_gone *m)
{
    app_event(route_app(ctx), (struct session_event){.kind = EV_KNOCK_GONE, .person = m->knock});
    return 0;
}

static int on_seal_myself(void *ctx, struct msg_seal_myself *m)
{
    return identity_on_myself(route_app(ctx), m);
}

static int on_seal_identity(void *ctx, struct msg_seal_identity *m)
{
    return identity_on_shown(route_app(ctx), m);
}

static int on_seal_identity_gone(void *ctx, struct msg_seal_identity_gone *m)
{
    return identity_on_gone(route_app(ctx), m->ask);
}

static int on_seal_member(void *ctx, struct msg_seal_member *m)
{
    struct app *a = route_app(ctx);
    struct worker *w = ctx;
    /* One who is in already is named again when their words were compared. */
    bool again = m->state == 0 && *people_member_name(&a->people, m->mid);
    if (m->state == 0)
        people_set_member(&a->people, m->mid, m->role, m->verified, m->name);
    if (m->state == 0 && a->session.phase == PHASE_HOST)
        people_set_member_words(&a->people, m->mid, m->words);
    if (m->me && m->state == 0 && w->control.state == SEAL_STATE_JOINING) {
        w->control.state = SEAL_STATE_MEMBER;
        a->session_since_ms = loop_now_ms();
    }
    /* Whose key it is was decided at entry: another program of this user may have met somebody else
       of that name since. */
    bool other = m->state == 0 && !again && !identity_member(a, m);
    static const char *const states[] = {"joined", "left", "removed", "lost"};
    record_tell_member(a, m->mid, people_member_name(&a->people, m->mid), m->role,
                       again && m->verified ? "verified" : states[m->state]);
    app_event(a, (struct session_event){.kind = EV_MEMBER,
                                        .person = m->mid,
                                        .code = m->state,
                                        .flag = m->me,
                                        .number = m->verified});
    if (other)
        app_event(a, (struct session_event){.kind = EV_KEY_OTHER, .person = m->mid});
    if (m->state != 0)
        people_forget_member(&a->people, m->mid);
    return 0;
}

static int on_seal_offered(void *ctx)
{
    struct app *a = route_app(ctx);
    uint32_t organizer = app_member_slot(a, 1);
    if (organizer == SESSION_SLOTS)
        return -1;
    app_event(a, (struct session_event){.kind = EV_OFFERED, .number = organizer});
    return 0;
}

static int on_seal_answered(void *ctx, struct msg_seal_answered *m)
{
    app_event(route_app(ctx),
              (struct session_event){.kind = EV_ANSWERED, .person = m->mid, .flag = m->yes});
    return 0;
}

static int on_seal_presenter(void *ctx, struct msg_seal_presenter *m)
{
    struct app *a = route_app(ctx);
    const char *name = people_member_name(&a->people, m->mid);
    strcpy(a->presenter, name);
    a->model.theirs = UI_WHAT_UNKNOWN; /* the word of the one before */
    if (m->mid) {
        record_tell_member(a, m->mid, name, m->mid == 1 ? 1 : 2, "presenter");
        record_presenter(a, m->mid, name);
    }
    app_event(a, (struct session_event){.kind = EV_PRESENTER, .person = m->mid});
    return 0;
}

static int on_seal_fault(void *ctx, struct msg_seal_fault *m)
{
    struct app *a = route_app(ctx);
    record_member_fault(a, m->mid, people_member_name(&a->people, m->mid), m->code);
    return 0;
}

static int on_seal_chatted(void *ctx, struct msg_seal_chatted *m)
{
    return talk_on_chatted(route_app(ctx), m);
}

static int on_seal_chat_lost(void *ctx, struct msg_seal_chat_lost *m)
{
    return talk_on_lost(route_app(ctx), m);
}

static int on_seal_unshared(void *ctx)
{
    app_event_kind(route_app(ctx), EV_UNSHARED);
    return 0;
}

static int on_seal_share_bad(void *ctx, struct msg_seal_share_bad *m)
{
    struct app *a = route_app(ctx);
    record_peer_violation(a, SW_CAPTURE, m->type);
    crew_lost(a, SW_CAPTURE);
    return 0;
}

/* Where the one it means has ended meanwhile, another may start already: not that one. */
static int on_seal_mirror_bad(void *ctx, struct msg_seal_mirror_bad *m)
{
    struct app *a = route_app(ctx);
    if (!crew_chan(a, SW_MIRROR))
        return 0;
    record_peer_violation(a, SW_MIRROR, m->type);
    crew_lost(a, SW_MIRROR);
    return 0;
}

static int on_seal_picture(void *ctx, struct msg_seal_picture *m)
{
    app_event(route_app(ctx), (struct session_event){.kind = EV_PICTURE, .code = m->state});
    return 0;
}

static int on_seal_quality(void *ctx, struct msg_seal_quality *m)
{
    struct app *a = route_app(ctx);
    if (!view_rtt_is_news(a->model.rtt_ms, m->round_ms))
        return 0; /* the window costs a thousand times what was measured */
    a->model.rtt_ms = m->round_ms;
    facts_update(a);
    return 0;
}

static int on_seal_wrong_try(void *ctx, struct msg_seal_wrong_try *m)
{
    struct app *a = route_app(ctx);
    a->wrong = m->wrong;
    app_event(a,
              (struct session_event){.kind = EV_WRONG_TRY, .number = m->wrong, .flag = m->stopped});
    return 0;
}

static int on_seal_asked(void *ctx, struct msg_seal_asked *m)
{
    return hands_on_asked(route_app(ctx), m);
}

static int on_seal_granted(void *ctx, struct msg_seal_granted *m)
{
    return hands_on_granted(route_app(ctx), m);
}

static int on_seal_denied(void *ctx, struct msg_seal_denied *m)
{
    return hands_on_denied(route_app(ctx), m);
}

static int on_seal_revoked(void *ctx, struct msg_seal_revoked *m)
{
    return hands_on_revoked(route_app(ctx), m);
}

static int on_seal_events(void *ctx, struct msg_seal_events *m)
{
    return hands_on_events(route_app(ctx), m);
}

static int on_seal_silent(void *ctx, struct msg_seal_silent *m)
{
    return hands_on_silent(route_app(ctx), m->grant);
}

static int on_seal_held(void *ctx, struct msg_seal_held *m)
{
    return hands_on_held(route_app(ctx), m);
}

static int on_seal_invited(void *ctx, struct msg_seal_invited *m)
{
    app_event(route_app(ctx), (struct session_event){.kind = EV_INVITED, .person = m->mid});
    return 0;
}

static int on_seal_control(void *ctx, struct msg_seal_control *m)
{
    return hands_on_control(route_app(ctx), m->mid, m->on);
}

static int on_seal_second_asked(void *ctx, struct msg_seal_second_asked *m)
{
    struct app *a = route_app(ctx);
    uint32_t presenter = app_member_slot(a, m->presenter);
    if (presenter == SESSION_SLOTS)
        return -1;
    app_event(a, (struct session_event){.kind = EV_SECOND,
                                        .person = m->mid,
                                        .number = m->presenter,
                                        .code = (uint8_t)presenter});
    return 0;
}

static int on_seal_seconded(void *ctx, struct msg_seal_seconded *m)
{
    app_event(route_app(ctx),
              (struct session_event){.kind = EV_SECONDED, .person = m->mid, .flag = m->yes});
    return 0;
}

static int on_seal_record(void *ctx, struct msg_seal_record *m)
{
    record_part(route_app(ctx), m);
    return m->part <= m->parts ? 0 : -1;
}

static int on_seal_proof(void *ctx, struct msg_seal_proof *m)
{
    record_control_proof(route_app(ctx), m);
    return 0;
}

static int on_seal_shown(void *ctx, struct msg_seal_shown *m)
{
    record_share_proof(route_app(ctx), m);
    return 0;
}

static int on_seal_back(void *ctx)
{
    app_event_kind(route_app(ctx), EV_LINE_BACK);
    return 0;
}

static int on_seal_ended(void *ctx, struct msg_seal_ended *m)
{
    struct app *a = route_app(ctx);
    ((struct worker *)ctx)->control.state = SEAL_STATE_ENDED;
    if (m->has_sides)
        facts_versions(a, m->code == 2 ? UI_VERSIONS_PROTOCOL : UI_VERSIONS_SUITE, m->ours,
                       m->theirs);
    app_event(
        a, (struct session_event){
               .kind = EV_SEAL_ENDED, .flag = m->how, .code = (uint8_t)m->code, .number = m->why});
    return 0;
}

static const struct seal_at_broker handlers = {
    .on_ready = workers_on_ready,
    .on_failed = workers_on_failed,
    .on_seal_session = on_seal_session,
    .on_seal_welcomed = on_seal_welcomed,
    .on_seal_knock = on_seal_knock,
    .on_seal_knock_gone = on_seal_knock_gone,
    .on_seal_myself = on_seal_myself,
    .on_seal_identity = on_seal_identity,
    .on_seal_identity_gone = on_seal_identity_gone,
    .on_seal_member = on_seal_member,
    .on_seal_offered = on_seal_offered,
    .on_seal_answered = on_seal_answered,
    .on_seal_presenter = on_seal_presenter,
    .on_seal_fault = on_seal_fault,
    .on_seal_chatted = on_seal_chatted,
    .on_seal_chat_lost = on_seal_chat_lost,
    .on_seal_unshared = on_seal_unshared,
    .on_seal_share_bad = on_seal_share_bad,
    .on_seal_mirror_bad = on_seal_mirror_bad,
    .on_seal_picture = on_seal_picture,
    .on_seal_quality = on_seal_quality,
    .on_seal_wrong_try = on_seal_wrong_try,
    .on_seal_back = on_seal_back,
    .on_seal_asked = on_seal_asked,
    .on_seal_granted = on_seal_granted,
    .on_seal_denied = on_seal_denied,
    .on_seal_revoked = on_seal_revoked,
    .on_seal_events = on_seal_events,
    .on_seal_silent = on_seal_silent,
    .on_seal_held = on_seal_held,
    .on_seal_invited = on_seal_invited,
    .on_seal_control = on_seal_control,
    .on_seal_second_asked = on_seal_second_asked,
    .on_seal_seconded = on_seal_seconded,
    .on_seal_record = on_seal_record,
    .on_seal_proof = on_seal_proof,
    .on_seal_shown = on_seal_shown,
    .on_seal_ended = on_seal_ended,
};

void route_open_seal(struct worker *w, int fd)
{
    seal_init_broker(&w->control, fd, &handlers, w);
}
