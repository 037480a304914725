/* The heart: see session.h. This file receives an event and hands it to the part it belongs to, and
   keeps the book of workers and timers. Run by the broker. Distrusts the order and the number of
   everything it hears; the contents have been checked by the generated decoders. */
#include "broker/session_parts.h"
#include <assert.h>
#include <stdlib.h>
#include <string.h>

typedef void (*handler)(struct session *, const struct session_event *, struct session_effects *);

struct session_effect *heart_effect(struct session_effects *out, enum session_effect_kind kind)
{
    if (out->n == SESSION_EFFECTS)
        abort(); /* our own mistake; the workers die with us */
    struct session_effect *e = &out->list[out->n++];
    memset(e, 0, sizeof *e);
    e->kind = (uint8_t)kind;
    return e;
}

void heart_toast_about(struct session_effects *out, enum session_toast toast, uint32_t mid)
{
    struct session_effect *e = heart_effect(out, EF_TOAST);
    e->code = toast;
    e->person = mid;
}

void heart_effect_code(struct session_effects *out, enum session_effect_kind kind, uint32_t code)
{
    heart_effect(out, kind)->code = code;
}

void heart_effect_audit(struct session_effects *out, enum audit_event line, uint32_t person,
                        uint32_t number)
{
    struct session_effect *e = heart_effect(out, EF_AUDIT);
    e->code = line;
    e->person = person;
    e->number = number;
}

bool heart_worker_lives(const struct session *s, enum session_worker w)
{
    return s->worker[w] == WS_STARTING || s->worker[w] == WS_READY;
}

void heart_worker_start(struct session *s, struct session_effects *out, enum session_worker w)
{
    assert(s->worker[w] == WS_NONE);
    s->worker[w] = WS_STARTING;
    heart_effect(out, EF_START)->worker = (uint8_t)w;
}

void heart_worker_kill(struct session *s, struct session_effects *out, enum session_worker w)
{
    if (!heart_worker_lives(s, w))
        return;
    s->worker[w] = WS_DYING;
    heart_effect(out, EF_KILL)->worker = (uint8_t)w;
}

void heart_timer_set(struct session *s, struct session_effects *out, enum session_timer t,
                     uint32_t ms)
{
    s->timers |= 1u << t;
    struct session_effect *e = heart_effect(out, EF_SET_TIMER);
    e->code = t;
    e->number = ms;
}

void heart_timer_clear(struct session *s, struct session_effects *out, enum session_timer t)
{
    if (!(s->timers & 1u << t))
        return;
    s->timers &= ~(1u << t);
    heart_effect_code(out, EF_CLEAR_TIMER, t);
}

bool heart_in_session(const struct session *s)
{
    return s->phase >= PHASE_CONNECT && s->phase <= PHASE_MEMBER;
}

bool heart_admitted(const struct session *s)
{
    return s->phase == PHASE_HOST || s->phase == PHASE_MEMBER;
}

bool heart_allowed(const struct session *s, enum right right)
{
    if (s->phase == PHASE_HOST && role_may(ROLE_ORGANIZER, right))
        return true;
    if (s->phase == PHASE_MEMBER && role_may(ROLE_PARTICIPANT, right))
        return true;
    return heart_admitted(s) && s->presenter == s->me && role_may(ROLE_PRESENTER, right);
}

static void on_ready(struct session *s, const struct session_event *ev, struct session_effects *out)
{
    if (ev->worker >= SW_COUNT || s->worker[ev->worker] != WS_STARTING)
        return;
    s->worker[ev->worker] = WS_READY;
    switch (ev->worker) {
    case SW_PROMPT:
        prompt_painter_ready(s, out);
        break;
    case SW_GATE:
    case SW_CAPTURE:
        share_ready(s, out);
        break;
    default:
        life_ready(s, out, ev->worker);
    }
}

/* The painter is started again, but not in a tight circle; one that cannot even be born ends the
 * program. */
static void painter_dead(struct session *s, struct session_effects *out, bool unborn,
                         enum session_death death)
{
    if (s->phase == PHASE_EXIT)
        return;
    if (death == DEATH_START || (unborn && s->ui_unborn)) {
        end_no_painter(s, out);
        return;
    }
    s->ui_unborn = unborn;
    if (s->prompt.in_panel)
        prompt_no(s, out, WHY_WORKER);
    if (s->ui_died)
        return; /* ST_PAINTER runs */
    s->ui_died = 1;
    heart_timer_set(s, out, ST_PAINTER, PAINTER_AGAIN_MS);
    heart_worker_start(s, out, SW_UI);
}

static void painter_again(struct session *s, struct session_effects *out)
{
    s->ui_died = 0;
    if (s->worker[SW_UI] == WS_NONE && s->phase != PHASE_EXIT)
        heart_worker_start(s, out, SW_UI);
}

static void on_ended(struct session *s, const struct session_event *ev, struct session_effects *out)
{
    if (ev->worker >= SW_COUNT || s->worker[ev->worker] == WS_NONE)
        return;
    bool expected = s->worker[ev->worker] == WS_DYING ||
                    (ev->worker == SW_DIAL && s->dialled && ev->code == DEATH_EXIT);
    bool unborn = s->worker[ev->worker] == WS_STARTING;
    s->worker[ev->worker] = WS_NONE;
    if (!expected)
        heart_effect_audit(out, AUDIT_WORKER_END, ev->worker, ev->code);
    switch (ev->worker) {
    case SW_UI:
        painter_dead(s, out, unborn, ev->code);
        break;
    case SW_PROMPT:
        prompt_painter_dead(s, out, expected);
        break;
    case SW_GATE:
    case SW_CAPTURE:
        share_worker_dead(s, out, expected);
        break;
    case SW_INPUT_GATE:
    case SW_INPUT:
        control_worker_dead(s, out, expected);
        break;
    case SW_MIRROR:
        mirror_dead(s, out, expected);
        break;
    case SW_AUDIT:
        end_audit_lost(s, out);
        break;
    case SW_LAUNCHER:
        break; /* what it would have started reports that it could not be */
    default:
        if (!expected && !(ev->worker == SW_DIAL && heal_dial_failed(s, out)))
            end_worker_dead(s, out, ev->worker, ev->code);
    }
    if (s->phase == PHASE_BOOT)
        life_ready(s, out, ev->worker);
}

static void on_audit_failed(struct session *s, const struct session_event *ev,
                            struct session_effects *out)
{
    (void)ev;
    end_audit_lost(s, out);
    if (s->phase == PHASE_BOOT)
        life_ready(s, out, SW_AUDIT);
}

static void on_stop(struct session *s, const struct session_event *ev, struct session_effects *out)
{
    (void)ev;
    share_stop(s, out, SHARE_OFF, WHY_OWNER);
}

static void on_pause(struct session *s, const struct session_event *ev, struct session_effects *out)
{
    (void)ev;
    share_stop(s, out, SHARE_PAUSED, WHY_OWNER);
}

static void on_stop_all(struct session *s, const struct session_event *ev,
                        struct session_effects *out)
{
    (void)ev;
    share_stop(s, out, SHARE_OFF, WHY_COMMAND);
    mine_over(s, out, WHY_COMMAND);
}

static void on_input_used(struct session *s, const struct session_event *ev,
                          struct session_effects *out)
{
    (void)ev;
    s->input_used = 1;
    heart_effect(out, EF_PAINT);
}

static void on_screen_lock(struct session *s, const struct session_event *ev,
                           struct session_effects *out)
{
    s->screen_locked = ev->flag != 0;
    if (!s->screen_locked) {
        heart_effect(out, EF_PAINT); /* one may ask again */
        return;
    }
    control_end(s, out, WHY_SCREEN);
    prompt_no(s, out, WHY_SCREEN);
    if (s->asked == ASKED_PROMPT) /* its question was not up yet */
        roles_declined(s, out, WHY_SCREEN);
    if (s->share == SHARE_ASKING)
        share_declined(s, out, WHY_SCREEN);
    heart_effect(out, EF_PAINT); /* what nobody can be asked for now is not offered */
}

/* Without an open panel, without sharing and with somebody there, nothing of the session would be
   on the screen: it is minimised then, not closed. Alone, closing it ends the session. While a
   member presents, their screen takes the panel's place, and the panel its. */
static void on_panel(struct session *s, const struct session_event *ev, struct session_effects *out)
{
    if (s->phase != PHASE_HOST)
        return;
    bool look = s->worker[SW_VIEW] == WS_READY, was = s->panel;
    if (ev->flag || s->share != SHARE_OFF || look) {
        s->panel = ev->flag != 0;
        if (!s->panel)
            prompt_panel_gone(s, out);
        if (s->panel && (look || !was))
            heart_effect_code(out, EF_SHOW, WIN_PANEL);
        else if (!s->panel)
            heart_effect_code(out, EF_SHOW, look ? WIN_VIEWER : WIN_NONE);
    } else if (s->n_members) {
        heart_effect_code(out, EF_MINIMISE, WIN_PANEL);
    } else {
        end_asked(s, ev, out);
    }
}

/* A question in a panel that nobody sees is none. */
static void on_shown(struct session *s, const struct session_event *ev, struct session_effects *out)
{
    s->main_hidden = !ev->flag;
    if (s->main_hidden)
        prompt_panel_gone(s, out);
}

static void on_timer(struct session *s, const struct session_event *ev, struct session_effects *out)
{
    if (ev->code == ST_REFUSED) {
        people_refused_over(s, ev->number);
        return;
    }
    if (ev->code >= ST_COUNT || !(s->timers & 1u << ev->code))
        return;
    s->timers &= ~(1u << ev->code);
    switch (ev->code) {
    case ST_CONNECT:
        if (s->phase == PHASE_BOOT) {
            life_waited(s, out);
            break;
        }
        end_begin(s, out, (struct ending){HOW_CUT, WHY_TIME, FAULT_R_NET, 0, true});
        break;
    case ST_PROMPT:
        prompt_no(s, out, WHY_TIME);
        break;
    case ST_MASK: /* it does not do what it is told */
        share_stop(s, out, SHARE_OFF, WHY_WORKER);
        break;
    case ST_UNSHARE: /* nobody knows what it still sends */
        heart_worker_kill(s, out, SW_SEAL);
        end_begin(s, out, (struct ending){HOW_CUT, WHY_WORKER, FAULT_NONE, 0, false});
        break;
    case ST_CLOSE:
        end_timer(s, out);
        break;
    case ST_EMPTY:
        end_begin(s, out, (struct ending){HOW_PROPERLY, WHY_EMPTY, FAULT_NONE, 0, true});
        break;
    case ST_PAINTER:
        painter_again(s, out);
        break;
    case ST_LINE:
        heal_try(s, out);
        break;
    case ST_RETURN:
        heal_given_up(s, out);
        break;
    case ST_MINE:
        mine_timer(s, out);
        break;
    case ST_CONTROL:
    case ST_IDLE:
    case ST_BEGIN:
    case ST_REVOKE:
    case ST_ASKING:
        control_timer(s, out, (enum session_timer)ev->code);
        break;
    case ST_OFFER:
        roles_offer_over(s, out);
        break;
    case ST_TURN:
        share_stop(s, out, SHARE_OFF, WHY_TIME);
        break;
    case ST_RECORD:
        end_try_record(s, out);
        break;
    case ST_AWAY:
        away_long(s, out);
        break;
    case ST_STILL:
        away_too_long(s, out);
        break;
    case ST_NOBODY:
        away_idle_over(s, out);
        break;
    default:
        break;
    }
}

static const handler handlers[EV_COUNT] = {
    [EV_BOOT] = life_boot,
    [EV_HOST] = life_host,
    [EV_JOIN] = life_join,
    [EV_BACK] = end_back,
    [EV_RETRY] = life_retry,
    [EV_CLOSE] = end_close,
    [EV_QUIT] = end_quit,
    [EV_DISPLAY_LOST] = end_display_lost,
    [EV_READY] = on_ready,
    [EV_ENDED] = on_ended,
    [EV_SERVING] = life_serving,
    [EV_DIALLED] = life_dialled,
    [EV_DIAL_FAILED] = end_dial_failed,
    [EV_NET_CLOSED] = end_net_closed,
    [EV_LINE_BACK] = heal_back,
    [EV_SESSION] = life_session,
    [EV_WELCOMED] = life_welcomed,
    [EV_KNOCK] = people_knock,
    [EV_KNOCK_GONE] = people_knock_gone,
    [EV_MEMBER] = people_member,
    [EV_PRESENTER] = share_presenter,
    [EV_SLOT] = people_slot_anew,
    [EV_OFFERED] = roles_offered,
    [EV_ANSWERED] = roles_answered,
    [EV_KEY_CHANGED] = key_changed,
    [EV_KEY_GONE] = key_gone,
    [EV_KEY_OTHER] = key_other,
    [EV_UNSHARED] = share_unshared,
    [EV_PICTURE] = life_picture,
    [EV_ASKED] = asking_begin,
    [EV_GRANTED] = control_granted,
    [EV_DENIED] = control_unopened,
    [EV_REVOKED] = control_revoked,
    [EV_SECOND] = second_asked,
    [EV_SECONDED] = second_answer_heard,
    [EV_CONTROL_BAD] = control_bad,
    [EV_RESIZED] = control_resized,
    [EV_CONTROL_USED] = control_used,
    [EV_ARMED] = control_armed,
    [EV_CLEAN] = control_clean,
    [EV_WATCH_LOST] = control_watch_lost,
    [EV_INPUT_RUNNING] = control_running,
    [EV_INVITED] = mine_invited,
    [EV_WRONG_TRY] = people_wrong_try,
    [EV_SEAL_ENDED] = end_seal_ended,
    [EV_CAPTURE_RUNNING] = share_running,
    [EV_AUDIT_FAILED] = on_audit_failed,
    [EV_AUDIT_SYNCED] = end_audit_synced,
    [EV_SHARE] = share_ask,
    [EV_STOP] = on_stop,
    [EV_PAUSE] = on_pause,
    [EV_CONTINUE] = share_continue,
    [EV_MIRROR] = mirror_wanted,
    [EV_END] = away_end_asked,
    [EV_LOCK] = people_lock,
    [EV_OFFER] = roles_offer,
    [EV_WORDS] = words_ask,
    [EV_ACTIVE] = away_active,
    [EV_REMOVE] = people_remove,
    [EV_NEW_PASSWORD] = people_new_password,
    [EV_PARDON] = people_pardon,
    [EV_ASK] = mine_ask,
    [EV_RELEASE] = mine_release,
    [EV_ALLOW] = asking_allow,
    [EV_STOP_CONTROL] = control_stop,
    [EV_CHAT] = talk_write,
    [EV_REVOKE_ALL] = control_revoke_all,
    [EV_PANEL] = on_panel,
    [EV_SHOWN] = on_shown,
    [EV_BAR_MAPPED] = share_bar_mapped,
    [EV_BAR_LOST] = share_bar_lost,
    [EV_TARGET_GONE] = share_gone,
    [EV_PROMPT_PAINTED] = prompt_painted,
    [EV_MASKED] = prompt_masked,
    [EV_PROMPT_ARMED] = prompt_armed,
    [EV_ANSWER] = prompt_answer,
    [EV_APART] = prompt_ask_apart,
    [EV_HOTKEY] = share_hotkey,
    [EV_STOP_ALL] = on_stop_all,
    [EV_INPUT_USED] = on_input_used,
    [EV_SCREEN_LOCK] = on_screen_lock,
    [EV_TIMER] = on_timer,
};

void session_init(struct session *s, const struct session_rules *rules)
{
    memset(s, 0, sizeof *s);
    s->rules = *rules;
    s->trail = s->rules.audit_mandatory ? TRAIL_NEW : TRAIL_WRITTEN;
    if (s->rules.largest == 0 || s->rules.largest > MAX_MEMBERS)
        s->rules.largest = MAX_MEMBERS;
}

void session_step(struct session *s, const struct session_event *ev, struct session_effects *out)
{
    out->n = 0;
    if (ev->kind >= EV_COUNT || !handlers[ev->kind] || s->phase == PHASE_EXIT)
        return;
    handlers[ev->kind](s, ev, out);
    control_advance(s, out);
    mirror_advance(s, out);
    end_advance(s, out);
    share_turn(s, out);
    share_advance(s, out);
    roles_advance(s, out);
    life_view(s, out);
    prompt_next(s, out);
    control_begin(s, out); /* last: not for a moment between two prompts */
}
