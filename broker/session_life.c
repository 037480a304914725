/* The heart, first part: from the start of the program to being in a session. */
#include "broker/session_parts.h"
#include "lib/fail.h"
#include <string.h>

/* Forgets the last session; the program's own workers, timers and windows stay, and that a
   controller was here: what he started may be running still. */
static void forget(struct session *s)
{
    s->own_relay = s->lobby = s->locked = s->quit = 0;
    s->serving = s->dialled = s->opened = s->given_view = 0;
    s->closing = s->seal_over = s->net_over = 0;
    s->fault = s->how = s->why = s->code = 0;
    s->share_then = s->share_what = s->share_why = 0;
    s->panel = s->picture = 0;
    s->line = s->line_tries = s->share_again = s->share_anew = s->mine = 0;
    s->me = s->presenter = s->presented = 0;
    s->begun = BEGUN_NOT;
    s->words_ok = s->no_password = s->view_bad = 0;
    s->n_waiting = s->n_members = 0;
    memset(s->slot, 0, sizeof s->slot);
    memset(s->waiting, 0, sizeof s->waiting);
    memset(s->member, 0, sizeof s->member);
    memset(s->level, 0, sizeof s->level);
}

static void begin(struct session *s, struct session_effects *out, enum session_intent intent,
                  bool own_relay, bool lobby, bool no_password)
{
    forget(s);
    s->intent = (uint8_t)intent;
    s->own_relay = own_relay;
    /* Nobody comes in unseen without a password (e2e.md 4), or where the rules say whom the owner
       may let in. */
    s->lobby = lobby || no_password || s->rules.admission != LEVEL_CLAIMED;
    s->no_password = no_password;
    if (session_unrecorded(s)) {
        end_refused_start(s, out, FAULT_POLICY);
        return;
    }
    s->phase = PHASE_CONNECT;
    heart_effect_code(out, EF_SHOW, WIN_CONNECTING);
    heart_timer_set(s, out, ST_CONNECT, CONNECT_MS);
    heart_worker_start(s, out, SW_SEAL);
    heart_worker_start(s, out, SW_NET);
    heart_worker_start(s, out, own_relay ? SW_RELAY : SW_DIAL);
}

void life_boot(struct session *s, const struct session_event *ev, struct session_effects *out)
{
    if (s->phase != PHASE_BOOT || s->booting)
        return;
    s->booting = 1;
    s->intent = ev->intent <= INTENT_JOIN ? ev->intent : INTENT_NONE;
    s->own_relay = ev->flag != 0;
    s->lobby = ev->flag2 != 0;
    s->no_password = ev->code != 0;
    heart_worker_start(s, out, SW_LAUNCHER);
    heart_worker_start(s, out, SW_UI);
    heart_worker_start(s, out, SW_AUDIT);
}

/* Its writer is there; whether it can write shows with its first line: who pressed a button before
   that would be told that it cannot. A disk that never answers has had its time with the rest of
   the way. */
static bool awaits_trail(struct session *s, struct session_effects *out)
{
    if (s->trail != TRAIL_NEW || s->worker[SW_AUDIT] != WS_READY)
        return false;
    if (!(s->timers & 1u << ST_CONNECT))
        heart_timer_set(s, out, ST_CONNECT, CONNECT_MS);
    return true;
}

/* The painter is needed; audit and launcher may be missing, which the session's own rules then
 * judge. */
static void booted(struct session *s, struct session_effects *out)
{
    if (s->worker[SW_UI] != WS_READY || s->worker[SW_AUDIT] == WS_STARTING ||
        s->worker[SW_LAUNCHER] == WS_STARTING)
        return;
    if (awaits_trail(s, out))
        return;
    heart_timer_clear(s, out, ST_CONNECT);
    if (s->intent == INTENT_NONE)
        life_home(s, out);
    else
        begin(s, out, s->intent, s->own_relay, s->lobby, s->no_password);
}

void life_waited(struct session *s, struct session_effects *out)
{
    if (s->trail == TRAIL_NEW)
        s->trail = TRAIL_LOST;
    booted(s, out);
}

void life_home(struct session *s, struct session_effects *out)
{
    forget(s);
    s->intent = INTENT_NONE;
    s->phase = PHASE_HOME;
    heart_effect_code(out, EF_SHOW, WIN_HOME);
}

/* A member has one from the door to the end; an organizer only while somebody else presents. */
void life_view(struct session *s, struct session_effects *out)
{
    if (s->phase != PHASE_HOST)
        return;
    bool look = s->presenter != 0 && s->presenter != s->me;
    if (!look) {
        s->view_bad = 0;
        s->picture = PICTURE_STOPPED;
    }
    if (look && !s->view_bad && s->worker[SW_VIEW] == WS_NONE)
        heart_worker_start(s, out, SW_VIEW);
    if (look || !heart_worker_lives(s, SW_VIEW))
        return;
    heart_worker_kill(s, out, SW_VIEW);
    s->given_view = 0;
    if (!s->panel)
        heart_effect_code(out, EF_SHOW, WIN_PANEL);
    s->panel = 1;
}

/* The session goes on without a look at it. */
void life_view_dead(struct session *s, struct session_effects *out)
{
    s->view_bad = 1;
    s->given_view = 0;
    if (!s->panel)
        heart_effect_code(out, EF_SHOW, WIN_PANEL);
    s->panel = 1;
    heart_effect(out, EF_PAINT);
}

static bool may_begin(const struct session *s)
{
    return s->phase == PHASE_HOME || s->phase == PHASE_OVER;
}

void life_host(struct session *s, const struct session_event *ev, struct session_effects *out)
{
    if (may_begin(s))
        begin(s, out, INTENT_HOST, ev->flag != 0, ev->flag2 != 0, ev->code != 0);
}

void life_join(struct session *s, const struct session_event *ev, struct session_effects *out)
{
    (void)ev;
    if (may_begin(s))
        begin(s, out, INTENT_JOIN, false, false, false);
}

void life_retry(struct session *s, const struct session_event *ev, struct session_effects *out)
{
    (void)ev;
    if (s->phase == PHASE_OVER && s->intent != INTENT_NONE)
        begin(s, out, s->intent, s->own_relay, s->lobby, s->no_password);
}

/* The line is opened once all three are there: the dialled socket, net and seal. */
static void open_when_complete(struct session *s, struct session_effects *out)
{
    if (s->phase != PHASE_CONNECT || s->opened || !s->dialled || s->worker[SW_NET] != WS_READY ||
        s->worker[SW_SEAL] != WS_READY)
        return;
    s->opened = 1;
    heart_effect(out, EF_OPEN);
}

static void give_view(struct session *s, struct session_effects *out)
{
    s->given_view = 1;
    heart_effect(out, EF_GIVE_VIEW);
    if (s->phase == PHASE_HOST) {
        s->panel = 0;
        prompt_panel_gone(s, out);
        heart_effect_code(out, EF_SHOW, WIN_VIEWER);
    }
}

void life_ready(struct session *s, struct session_effects *out, enum session_worker w)
{
    if (s->phase == PHASE_BOOT) {
        booted(s, out);
        return;
    }
    switch (w) {
    case SW_UI:
        s->ui_unborn = 0;
        heart_effect(out, EF_PAINT);
        break;
    case SW_RELAY:
        heart_effect(out, EF_SERVE);
        break;
    case SW_DIAL:
        heart_effect(out, EF_DIAL);
        break;
    case SW_NET:
    case SW_SEAL:
        open_when_complete(s, out);
        break;
    case SW_VIEW:
        if (s->phase != PHASE_LOBBY)
            give_view(s, out);
        break;
    case SW_MIRROR:
        heart_effect(out, EF_GIVE_MIRROR);
        heart_effect(out, EF_PAINT);
        break;
    default:
        break;
    }
}

void life_serving(struct session *s, const struct session_event *ev, struct session_effects *out)
{
    (void)ev;
    if (s->phase != PHASE_CONNECT || s->serving || s->worker[SW_RELAY] != WS_READY)
        return;
    s->serving = 1;
    heart_worker_start(s, out, SW_DIAL);
}

void life_dialled(struct session *s, const struct session_event *ev, struct session_effects *out)
{
    (void)ev;
    if (s->worker[SW_DIAL] != WS_READY || heal_dialled(s, out) || s->phase != PHASE_CONNECT)
        return;
    s->dialled = 1;
    open_when_complete(s, out);
}

void life_session(struct session *s, const struct session_event *ev, struct session_effects *out)
{
    (void)ev;
    if (s->phase != PHASE_CONNECT || s->intent != INTENT_HOST || !s->opened)
        return;
    s->phase = PHASE_HOST;
    s->me = 1; /* e2e.md 2: the organizer's */
    s->panel = 1;
    heart_timer_clear(s, out, ST_CONNECT);
    if (s->n_members == 0)
        heart_timer_set(s, out, ST_EMPTY, EMPTY_END_MS);
    away_idle_begins(s, out);
    s->picture = PICTURE_STOPPED;
    if (s->begun == BEGUN_NOT)
        s->begun = BEGUN_IN;
    if (session_unrecorded(s)) /* since it began on its way */
        people_trail(s, out);
    heart_effect_audit(out, AUDIT_SESSION_START, 0, INTENT_HOST);
    heart_effect_code(out, EF_SHOW, WIN_PANEL);
}

void life_welcomed(struct session *s, const struct session_event *ev, struct session_effects *out)
{
    if (s->phase != PHASE_CONNECT || s->intent != INTENT_JOIN || !s->opened || !ev->flag)
        return;
    s->phase = PHASE_LOBBY;
    heart_timer_clear(s, out, ST_CONNECT); /* the other side's owner takes the time they need */
    heart_effect_code(out, EF_SHOW, WIN_WAITING);
    /* It waits for its channel. The KEY unit of the epoch that lets somebody in comes within
       milliseconds, as long as a start takes: everybody would have to be sent another. */
    heart_worker_start(s, out, SW_VIEW);
}

void life_member(struct session *s, struct session_effects *out, uint16_t mid)
{
    if (s->phase != PHASE_CONNECT && s->phase != PHASE_LOBBY)
        return;
    if (s->intent != INTENT_JOIN || !s->opened || s->key_ask)
        return;
    if (session_unrecorded(s)) { /* since it began on its way */
        end_begin(s, out, (struct ending){HOW_CUT, WHY_AUDIT, FAULT_POLICY, 0, true});
        return;
    }
    s->phase = PHASE_MEMBER;
    s->begun = BEGUN_MET;
    s->me = mid;
    s->picture = PICTURE_STOPPED;       /* until the presenter says otherwise */
    if (s->worker[SW_VIEW] == WS_READY) /* first: pictures are on their way */
        give_view(s, out);
    else if (s->worker[SW_VIEW] == WS_NONE)
        heart_worker_start(s, out, SW_VIEW);
    heart_timer_clear(s, out, ST_CONNECT);
    away_idle_begins(s, out);
    heart_effect_audit(out, AUDIT_SESSION_START, 0, INTENT_JOIN);
    heart_effect_code(out, EF_SHOW, WIN_VIEWER);
}

void life_picture(struct session *s, const struct session_event *ev, struct session_effects *out)
{
    if (!heart_admitted(s) || ev->code > PICTURE_INCOMPLETE)
        return;
    bool stopped = ev->code == PICTURE_STOPPED || ev->code == PICTURE_INCOMPLETE;
    bool over = stopped && s->picture < PICTURE_STOPPED;
    s->picture = ev->code;
    heart_effect(out, EF_PAINT);
    if (over && s->presenter != s->me && heart_allowed(s, RIGHT_HAND_OVER))
        roles_take_back(s, out); /* that presenter has stopped: nobody presents */
}
