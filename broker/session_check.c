/*
 * The invariants of architecture 9, as far as they concern what has been built, asked of every
 * state and every step. Written against session.h only, so that a mistake in a part of the heart is
 * not repeated here.
 */
#include "broker/session_check.h"
#include <stddef.h>

bool check_lives(const struct session *s, enum session_worker w)
{
    return s->worker[w] == WS_STARTING || s->worker[w] == WS_READY;
}

static bool has_effect(const struct session_effects *out, enum session_effect_kind kind, int worker)
{
    for (unsigned i = 0; i < out->n; i++)
        if (out->list[i].kind == kind && (worker < 0 || out->list[i].worker == worker))
            return true;
    return false;
}

int check_place(const struct session_effects *out, enum session_effect_kind kind, int worker)
{
    for (int i = 0; i < out->n; i++)
        if (out->list[i].kind == kind && (worker < 0 || out->list[i].worker == worker))
            return i;
    return -1;
}

/* 1. capture runs => a view consent is live, its owner is the presenter, and the sharing bar is
   mapped. The bar comes between start and the picture path: until then capture is an empty process.
 */
static const char *check_capture(const struct session *s)
{
    bool reads = s->given && check_lives(s, SW_CAPTURE);
    if (s->rules.share_cannot && (s->consent || s->share != SHARE_OFF))
        return "a display that cannot be shared is, or is asked about";
    if ((check_lives(s, SW_CAPTURE) || check_lives(s, SW_GATE)) && !s->consent)
        return "capture or its gate runs without a live view consent";
    if (check_lives(s, SW_CAPTURE) && (s->me == 0 || s->presenter != s->me))
        return "capture runs, but its owner is not the presenter";
    if (reads && s->bar != BAR_MAPPED)
        return "capture reads the screen while the sharing bar is not mapped";
    if (check_lives(s, SW_CAPTURE) && s->phase != PHASE_HOST && s->phase != PHASE_MEMBER)
        return "capture runs outside a session";
    if (check_lives(s, SW_CAPTURE) && s->consent_short)
        return "capture runs for somebody whom the consent does not cover";
    if (s->given && s->worker[SW_CAPTURE] == WS_NONE)
        return "a dead capture is believed to hold the picture path";
    return NULL;
}

static const char *check_share(const struct session *s)
{
    bool dead = s->worker[SW_CAPTURE] == WS_NONE && s->worker[SW_GATE] == WS_NONE;
    switch (s->share) {
    case SHARE_OFF:
        if (!dead || s->consent || s->bar != BAR_NONE)
            return "sharing is off, but capture, consent or bar is left";
        return NULL;
    case SHARE_WAITING:
        if (!s->consent || !(s->timers >> ST_TURN & 1))
            return "sharing waits for its turn without a consent or without an end";
        return dead ? NULL : "capture or its gate is left while another may present";
    case SHARE_ASKING:
    case SHARE_PAUSED:
    case SHARE_UNSHARING:
        return dead ? NULL : "capture or its gate is left while nothing is shared";
    case SHARE_STARTING:
    case SHARE_SHOWING:
        if (s->share_then != SHARE_OFF)
            return "a pause is left over while sharing begins";
        return s->given ? "the picture path was handed out before the bar was mapped" : NULL;
    case SHARE_RUNNING:
        if (s->share_then != SHARE_OFF)
            return "the screen is shown and called paused";
        return s->given && check_lives(s, SW_CAPTURE) && check_lives(s, SW_GATE)
                   ? NULL
                   : "sharing is on without a living capture and gate";
    case SHARE_KILLING:
        return check_lives(s, SW_CAPTURE) || check_lives(s, SW_GATE) ? "a kill was not for both"
                                                                     : NULL;
    default:
        return "no such state of sharing";
    }
}

static const char *check_begun(const struct session *s)
{
    if (s->rules.audit_mandatory && s->trail == TRAIL_NEW && s->phase != PHASE_BOOT &&
        s->phase != PHASE_EXIT)
        return "a session can begin before there is a record, which the rules demand";
    bool tries = s->timers >> ST_RECORD & 1;
    bool lost = s->rules.audit_mandatory && s->trail == TRAIL_LOST && s->phase >= PHASE_CONNECT &&
                s->phase <= PHASE_MEMBER && s->worker[SW_AUDIT] == WS_READY;
    if (tries != lost)
        return "the record that the rules demand was lost, and nothing tries again, or needlessly";
    bool in = s->phase == PHASE_HOST || s->phase == PHASE_MEMBER;
    if (in && s->begun == BEGUN_NOT)
        return "in a session, and its errors would say that nothing was sent";
    if ((s->n_members > 0 || s->phase == PHASE_MEMBER) && s->begun != BEGUN_MET)
        return "somebody was let in, and its errors would say that nothing was shown";
    return NULL;
}

static const char *check_prompt(const struct session *s)
{
    const struct session_prompt *p = &s->prompt;
    if ((p->kind == PROMPT_NONE) != (p->step == PS_NONE))
        return "a prompt without a kind, or a kind without a prompt";
    if (p->kind == PROMPT_NONE)
        return check_lives(s, SW_PROMPT) ? "a dialog's painter lives without a dialog" : NULL;
    if (s->phase != PHASE_HOST && s->phase != PHASE_MEMBER &&
        !(s->phase == PHASE_LOBBY && (p->kind == PROMPT_WORDS || p->kind == PROMPT_KEY)))
        return "a prompt outside a session";
    if ((p->kind == PROMPT_ADMIT || p->kind == PROMPT_PRESENT || p->kind == PROMPT_END) &&
        s->phase != PHASE_HOST)
        return "a member is asked what is the organizer's to say";
    if (p->kind == PROMPT_BECOME && (s->phase != PHASE_MEMBER || s->asked != ASKED_PROMPT))
        return "asked to present by nobody";
    if (p->kind == PROMPT_PRESENT && s->offer != OFFER_ASKING)
        return "a hand-over nobody wanted";
    if (p->kind == PROMPT_WORDS && s->words_with != p->person)
        return "words nobody wants to compare";
    if (p->kind == PROMPT_KEY && (!s->key_ask || s->key_ask != p->person))
        return "asked about a key that nobody has shown";
    if (p->kind == PROMPT_STILL && !s->still)
        return "\"Still sharing?\" without a reason";
    if (s->screen_locked)
        return "a prompt while the screen is locked";
    if (p->armed && p->step != PS_UP)
        return "a prompt is armed before it is mapped";
    if (p->step == PS_UP && s->given && check_lives(s, SW_CAPTURE) && !p->in_panel && !p->masked)
        return "a prompt is mapped before capture has confirmed the mask for it";
    if (p->step == PS_UP && !p->in_panel && !check_lives(s, SW_PROMPT))
        return "a prompt is mapped without its painter";
    if (p->kind == PROMPT_SHARE && s->share != SHARE_ASKING)
        return "a share prompt nobody asked for";
    if (p->in_panel && p->kind == PROMPT_ADMIT && (!s->panel || s->main_hidden))
        return "somebody at the door is asked about where nobody sees it";
    if (p->in_panel && p->kind != PROMPT_ADMIT && p->kind != PROMPT_STILL)
        return "a consent prompt without a dialog";
    if (s->share == SHARE_STARTING || s->share == SHARE_SHOWING)
        return "a prompt while capture starts: it would not be masked";
    return NULL;
}

/* A lost line shares nothing, and is lost for a limited time only. */
static const char *check_line(const struct session *s)
{
    bool lost = s->line != LINE_UP;
    if (lost && s->phase != PHASE_HOST && s->phase != PHASE_MEMBER)
        return "a line is lost outside a session";
    if (lost && (check_lives(s, SW_CAPTURE) || check_lives(s, SW_GATE)))
        return "capture or its gate lives while the line is lost";
    if (lost != ((s->timers >> ST_RETURN & 1) != 0))
        return "a lost line without an end of waiting, or an end of waiting without a loss";
    if (s->line == LINE_WAITING && !(s->timers >> ST_LINE & 1))
        return "a lost line waits for nothing";
    if (s->share_again &&
        !(s->consent && !s->consent_short && (s->phase == PHASE_HOST || s->phase == PHASE_MEMBER)))
        return "sharing would go on without a consent";
    return NULL;
}

/* 5 and 8: without its workers no session, without a session no workers. */
static const char *check_workers(const struct session *s)
{
    static const enum session_worker of_session[] = {SW_DIAL,  SW_NET,        SW_SEAL,  SW_RELAY,
                                                     SW_GATE,  SW_CAPTURE,    SW_VIEW,  SW_PROMPT,
                                                     SW_INPUT, SW_INPUT_GATE, SW_MIRROR};
    bool session = s->phase >= PHASE_CONNECT && s->phase <= PHASE_CLOSING;
    for (size_t i = 0; !session && i < sizeof of_session / sizeof of_session[0]; i++)
        if (s->worker[of_session[i]] != WS_NONE)
            return "a worker of a session outlived it";
    if ((s->phase == PHASE_HOST || s->phase == PHASE_MEMBER) &&
        (!check_lives(s, SW_NET) || !check_lives(s, SW_SEAL)))
        return "a session goes on without net or seal";
    if (s->phase == PHASE_MEMBER && !check_lives(s, SW_VIEW))
        return "a viewer goes on without its painter";
    bool looks = s->phase == PHASE_HOST && s->presenter != 0 && s->presenter != s->me;
    bool over = s->phase == PHASE_CLOSING;
    bool decodes = s->given_view && check_lives(s, SW_VIEW);
    if (decodes && s->phase != PHASE_MEMBER && !over && !looks)
        return "a picture is decoded before this person was let in, or that nobody shows";
    if (check_lives(s, SW_VIEW) && s->phase != PHASE_MEMBER && s->phase != PHASE_LOBBY && !over &&
        !looks)
        return "a decoder runs for nobody";
    if (check_lives(s, SW_MIRROR) && !s->consent)
        return "what others see is shown without a live view consent";
    return NULL;
}

static const char *check_lists(const struct session *s)
{
    if (s->n_waiting > SESSION_WAITING || s->n_members > MAX_MEMBERS)
        return "more people than there is room for";
    if (s->phase == PHASE_HOST && (s->n_members == 0) != ((s->timers >> ST_EMPTY & 1) != 0))
        return "an empty session without a time to end, or a full one with it";
    if ((s->prompt.step == PS_UP) != ((s->timers >> ST_PROMPT & 1) != 0))
        return "a prompt without a time-out, or a time-out without a prompt";
    if (s->phase == PHASE_CLOSING && !(s->timers >> ST_CLOSE & 1)) {
        for (int w = 0; w < SW_COUNT; w++)
            if (s->worker[w] == WS_DYING)
                return NULL;
        return "a goodbye waits for nothing";
    }
    return NULL;
}

const char *session_check(const struct session *s)
{
    const char *(*const checks[])(const struct session *) = {
        check_capture, check_share,
        check_prompt,  session_check_roles,
        check_line,    check_workers,
        check_lists,   session_check_control,
        check_begun,   session_check_admission};
    for (size_t i = 0; i < sizeof checks / sizeof checks[0]; i++) {
        const char *broken = checks[i](s);
        if (broken)
            return broken;
    }
    return NULL;
}

/* 3. No consent without a physical press and release after the guard (or a synthetic one where
   assistive tools may answer); no path from time, focus, message or error to yes. */
bool check_yes_said(const struct session *s, const struct session_event *ev)
{
    bool origin = ev->origin == ORIGIN_PHYSICAL ||
                  (ev->origin == ORIGIN_SYNTHETIC && s->rules.assistive && !s->input_used);
    return ev->kind == EV_ANSWER && ev->flag && origin && s->prompt.armed &&
           s->prompt.step == PS_UP && ev->serial == s->prompt.serial;
}

static bool admits(const struct session_effects *out)
{
    for (unsigned i = 0; i < out->n; i++)
        if (out->list[i].kind == EF_ADMIT && out->list[i].flag)
            return true;
    return false;
}

/* Sharing that the loss of the line has paused, or that the owner wants to go on with, goes on when
   it is back. */
static bool may_go_on_later(const struct session *before, const struct session_event *ev)
{
    bool broke = ev->kind == EV_NET_CLOSED &&
                 (before->share == SHARE_STARTING || before->share == SHARE_SHOWING ||
                  before->share == SHARE_RUNNING);
    bool asked = ev->kind == EV_CONTINUE && ev->origin != ORIGIN_NONE &&
                 before->share == SHARE_PAUSED && before->line != LINE_UP;
    return before->consent && !before->consent_short && (broke || asked);
}

static const char *check_yes(const struct session *before, const struct session_event *ev,
                             const struct session *after, const struct session_effects *out)
{
    bool yes = check_yes_said(before, ev);
    bool went_on = ev->kind == EV_CONTINUE && ev->origin != ORIGIN_NONE && before->consent &&
                   !before->consent_short && before->share == SHARE_PAUSED;
    bool healed = before->share_again && after->line == LINE_UP;
    if (after->share_again && !before->share_again && !may_go_on_later(before, ev))
        return "sharing is to go on, and nobody wanted it";
    if (after->consent && !before->consent && !(yes && before->prompt.kind == PROMPT_SHARE))
        return "a view consent out of nothing";
    if (before->consent_short && !after->consent_short && after->consent &&
        !(yes && before->prompt.kind == PROMPT_SHARE))
        return "newcomers covered by no consent";
    bool waited = before->share == SHARE_WAITING && before->consent;
    if ((has_effect(out, EF_START, SW_CAPTURE) || has_effect(out, EF_START, SW_GATE)) && !went_on &&
        !healed && !waited && !(yes && before->prompt.kind == PROMPT_SHARE))
        return "capture or its gate started without a yes";
    if (admits(out) && !(yes && before->prompt.kind == PROMPT_ADMIT))
        return "somebody was let in without a yes";
    if (admits(out) && before->rules.audit_mandatory && before->trail != TRAIL_WRITTEN)
        return "somebody was let in, and the record that the rules demand cannot be written";
    if (has_effect(out, EF_GIVE_SHARE, -1) &&
        (ev->kind != EV_BAR_MAPPED || after->bar != BAR_MAPPED))
        return "the picture path was handed out before the bar was mapped";
    if (has_effect(out, EF_START, SW_MIRROR) &&
        !(ev->kind == EV_MIRROR && ev->flag && before->share == SHARE_RUNNING))
        return "what others see was opened by nobody, or without anything shared";
    if (has_effect(out, EF_GIVE_MIRROR, -1) &&
        (ev->kind != EV_READY || ev->worker != SW_MIRROR || !check_lives(after, SW_MIRROR)))
        return "what others see was handed to a process that is not verified";
    return NULL;
}

/* An end for everyone is asked about first. */
static bool stops(const struct session *before, const struct session_event *ev)
{
    bool asks = before->phase == PHASE_HOST && before->n_members > 0 && !before->screen_locked;
    return ev->kind == EV_STOP || ev->kind == EV_PAUSE || (ev->kind == EV_END && !asks) ||
           ev->kind == EV_STOP_ALL || ev->kind == EV_QUIT || ev->kind == EV_DISPLAY_LOST ||
           (ev->kind == EV_BAR_LOST && before->bar != BAR_NONE) || ev->kind == EV_SEAL_ENDED ||
           ev->kind == EV_NET_CLOSED;
}

/* 4 and 5, the heart's part of them: the kill is in the same step, before everything else in it. */
static const char *check_stop(const struct session *before, const struct session_event *ev,
                              const struct session *after, const struct session_effects *out)
{
    bool died = ev->kind == EV_ENDED && ev->worker < SW_COUNT &&
                before->worker[ev->worker] != WS_DYING &&
                (ev->worker == SW_GATE || ev->worker == SW_CAPTURE || ev->worker == SW_SEAL ||
                 ev->worker == SW_NET);
    bool again = ev->kind == EV_HOTKEY && !ev->flag && ev->code;
    bool gone = ev->kind == EV_TARGET_GONE && before->consent && before->share_what != SHARE_WHOLE;
    if ((stops(before, ev) || died || again || gone) &&
        (check_lives(after, SW_CAPTURE) || check_lives(after, SW_GATE)))
        return "capture or its gate lives after a stop, a pause, an end, a kill switch or a death";
    int kill = check_place(out, EF_KILL, SW_CAPTURE);
    for (int i = 0; i < kill; i++)
        if (out->list[i].kind != EF_KILL && out->list[i].kind != EF_AUDIT)
            return "something else is done before capture is killed";
    if (has_effect(out, EF_UNMAP_BAR, -1) && before->given && check_lives(before, SW_CAPTURE) &&
        ev->kind != EV_BAR_LOST)
        return "the bar goes before capture is dead";
    int unshare = check_place(out, EF_UNSHARE, -1);
    if (unshare >= 0 && (after->worker[SW_CAPTURE] != WS_NONE || after->worker[SW_GATE] != WS_NONE))
        return "seal is told of a stop while capture or its gate is not dead yet";
    return NULL;
}

const char *session_check_step(const struct session *before, const struct session_event *ev,
                               const struct session *after, const struct session_effects *out)
{
    const char *broken = check_yes(before, ev, after, out);
    if (!broken)
        broken = session_check_roles_step(before, ev, after, out);
    if (!broken)
        broken = check_stop(before, ev, after, out);
    return broken ? broken : session_check_control_step(before, ev, after, out);
}
