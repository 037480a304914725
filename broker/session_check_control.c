/*
 * The invariants of architecture 9 about control: 2, and 3 and 4 as far as they concern it. Written
 * against session.h only, like session_check.c, which asks these too.
 */
#include "broker/session_check.h"
#include <stddef.h>

static bool is_member(const struct session *s, uint16_t mid)
{
    for (unsigned i = 0; i < s->n_members; i++)
        if (s->member[i] == mid)
            return true;
    return false;
}

static bool pair_lives(const struct session *s)
{
    return check_lives(s, SW_INPUT) || check_lives(s, SW_INPUT_GATE);
}

/* 2. input runs => a control grant is live, capture runs, no prompt is mapped, the controller is a
   current participant. Asked of gate and worker from their start on, and of a prompt from its
   first moment. */
static const char *check_input(const struct session *s)
{
    const struct session_control *c = &s->control;
    if (!pair_lives(s))
        return c->given || c->armed ? "dead workers are believed to hold the way to the X server"
                                    : NULL;
    if (c->step != CONTROL_ON)
        return "input or its gate runs without a live grant";
    if (!s->given || !check_lives(s, SW_CAPTURE) || s->share != SHARE_RUNNING)
        return "input or its gate runs while the screen is not shown";
    if (s->prompt.kind != PROMPT_NONE)
        return "input or its gate runs beside a prompt";
    if (!is_member(s, c->person))
        return "input or its gate runs for somebody who is not in the session";
    if (s->screen_locked || s->line != LINE_UP || !s->rules.control || c->watchless)
        return "input or its gate runs where nobody may control";
    if (c->given && !(c->armed == 2 && c->granted && s->worker[SW_INPUT] == WS_READY &&
                      s->worker[SW_INPUT_GATE] == WS_READY))
        return "the way to the X server was handed out too early";
    return NULL;
}

static const char *check_out_of_reach(const struct session *s)
{
    if (s->prompt.step != PS_UP)
        return NULL;
    if (s->worker[SW_INPUT] != WS_NONE || s->worker[SW_INPUT_GATE] != WS_NONE)
        return "a prompt is mapped before gate and input worker are dead";
    return s->control.unclean ? "a prompt is mapped while keys may be down" : NULL;
}

static const char *check_grant(const struct session *s)
{
    const struct session_control *c = &s->control;
    if (c->step == CONTROL_OFF)
        return c->person || c->granted || c->told ? "control is off, but something of it is left"
                                                  : NULL;
    if (c->step == CONTROL_ON && (s->share != SHARE_RUNNING || !s->consent ||
                                  (s->share_what != SHARE_WHOLE && s->share_what != SHARE_MONITOR)))
        return "a grant is live without the whole screen being shown";
    if (c->step == CONTROL_ON && c->seconds > s->rules.control_longest * 60u)
        return "a grant is longer than the rules allow";
    if (c->granted && c->step == CONTROL_ON &&
        !(s->timers >> ST_CONTROL & s->timers >> ST_IDLE & 1))
        return "a grant without an end";
    if (c->step == CONTROL_ENDING && c->revoked == 1 && !(s->timers >> ST_REVOKE & 1))
        return "an end of control waits for nothing";
    return NULL;
}

static const char *check_asking(const struct session *s)
{
    for (unsigned i = 0; i < s->n_asking; i++)
        if (!is_member(s, s->asking[i].mid))
            return "somebody who is gone asks for control";
    if (s->n_asking && !(s->timers >> ST_ASKING & 1))
        return "somebody asks for control for ever";
    if (s->prompt.kind != PROMPT_CONTROL && s->prompt.kind != PROMPT_WHOLE)
        return NULL;
    if (s->asking[0].second)
        return "the owner is asked before the organizer has said yes";
    if (s->share != SHARE_RUNNING)
        return "a prompt about control while the screen is not shown";
    if (s->n_asking == 0 || s->asking[0].mid != s->prompt.person)
        return "a prompt about control that nobody asked for";
    if (s->control.step != CONTROL_OFF && s->control.person != s->prompt.person)
        return "a second controller is asked for";
    return NULL;
}

/* Two people, where the rules demand them: nobody stands among those whom the owner is asked about
   without the organizer's word. */
static const char *check_second(const struct session *s)
{
    if (s->prompt.kind == PROMPT_SECOND &&
        (s->phase != PHASE_HOST || s->prompt.person != s->second_about ||
         s->presenter != s->second_from || s->presenter == s->me))
        return "the organizer is asked about control that nobody waits for";
    if ((s->second_about || s->second_from) && s->phase != PHASE_HOST)
        return "a second yes is wanted from somebody else than the organizer";
    if (s->second_sent && s->phase != PHASE_MEMBER)
        return "the organizer is asked outside a session";
    for (unsigned i = 1; i < s->n_asking; i++)
        if (s->asking[i - 1].second && !s->asking[i].second)
            return "somebody waits behind a question to the organizer";
    for (unsigned i = 0; i < s->n_asking; i++)
        if (s->asking[i].second && s->asking[i].lapsed)
            return "the organizer is asked about a request that has ended";
    return NULL;
}

static bool settled_before(const struct session *s, uint16_t mid)
{
    for (unsigned i = 0; i < s->n_asking; i++)
        if (s->asking[i].mid == mid && !s->asking[i].second)
            return true;
    return false;
}

static const char *check_second_step(const struct session *before, const struct session_event *ev,
                                     const struct session *after, const struct session_effects *out)
{
    bool yes = check_yes_said(before, ev) && before->prompt.kind == PROMPT_SECOND;
    int say = check_place(out, EF_SECOND_SAY, -1);
    if (say >= 0 && out->list[say].flag && !(yes && out->list[say].person == before->prompt.person))
        return "the organizer's yes out of nothing";
    for (unsigned i = 0; i < after->n_asking && after->phase == PHASE_MEMBER; i++) {
        const struct session_asking *a = &after->asking[i];
        bool said = ev->kind == EV_SECONDED && ev->flag && ev->person == a->mid &&
                    before->second_sent == a->mid;
        if (after->rules.two_people && a->mid != 1 && !a->second && !said &&
            !settled_before(before, a->mid))
            return "control is to be given by one person alone";
    }
    return NULL;
}

static const char *check_mine(const struct session *s)
{
    if (s->mine != MINE_ON)
        return NULL;
    if (s->phase != PHASE_HOST && s->phase != PHASE_MEMBER)
        return "we control somebody outside a session";
    if (s->presenter == 0 || s->presenter == s->me || s->line != LINE_UP)
        return "we control somebody who does not present to us";
    if (s->rules.audit_mandatory && (s->worker[SW_AUDIT] != WS_READY || s->trail != TRAIL_WRITTEN))
        return "we control somebody, and the record that the rules demand cannot be written";
    return NULL;
}

const char *session_check_control(const struct session *s)
{
    const char *(*const checks[])(const struct session *) = {
        check_input, check_out_of_reach, check_grant, check_asking, check_second, check_mine};
    for (size_t i = 0; i < sizeof checks / sizeof checks[0]; i++) {
        const char *broken = checks[i](s);
        if (broken)
            return broken;
    }
    return NULL;
}

/* 3. A grant comes out of a yes to this very person, and goes on after its end only by another. */
static const char *check_given(const struct session *before, const struct session_event *ev,
                               const struct session *after, const struct session_effects *out)
{
    bool yes = check_yes_said(before, ev) && before->prompt.kind == PROMPT_CONTROL;
    bool again = before->control.again && before->control.person == after->control.person &&
                 before->control.seconds == after->control.seconds;
    if (after->control.again && !before->control.again &&
        !(yes && before->prompt.person == after->control.person))
        return "control is to go on, and the owner did not say so";
    int grant = check_place(out, EF_GRANT, -1);
    if (grant >= 0 && !again && !(yes && out->list[grant].person == before->prompt.person))
        return "a grant out of nothing";
    if (check_place(out, EF_GIVE_INPUT, -1) >= 0 && after->control.armed != 2)
        return "the way to the X server was handed out before the kill switch was armed";
    return NULL;
}

static bool stops(const struct session *before, const struct session_event *ev)
{
    switch (ev->kind) {
    case EV_STOP:
    case EV_PAUSE:
    case EV_END:
    case EV_STOP_ALL:
    case EV_QUIT:
    case EV_DISPLAY_LOST:
    case EV_BAR_LOST:
    case EV_SEAL_ENDED:
    case EV_NET_CLOSED:
    case EV_HOTKEY:
    case EV_STOP_CONTROL:
    case EV_CONTROL_BAD:
    case EV_RESIZED:
    case EV_WATCH_LOST:
        return true;
    case EV_REVOKED:
        return before->control.granted && before->control.step == CONTROL_ON && !ev->flag;
    case EV_SCREEN_LOCK:
        return ev->flag;
    case EV_TIMER:
        return (ev->code == ST_CONTROL || ev->code == ST_IDLE || ev->code == ST_BEGIN) &&
               before->timers >> ev->code & 1;
    case EV_MEMBER:
        return ev->code >= 1 && ev->code <= 3 && ev->person == before->control.person;
    case EV_REMOVE:
        return before->phase == PHASE_HOST && ev->person == before->control.person;
    case EV_PRESENTER:
        return ev->person != 0 && ev->person != before->me;
    case EV_ENDED:
        return ev->worker < SW_COUNT && before->worker[ev->worker] != WS_DYING &&
               (ev->worker == SW_INPUT || ev->worker == SW_INPUT_GATE || ev->worker == SW_CAPTURE ||
                ev->worker == SW_GATE || ev->worker == SW_SEAL || ev->worker == SW_NET);
    default:
        return false;
    }
}

static bool is_kill_or_note(const struct session_effect *e)
{
    return e->kind == EF_KILL || e->kind == EF_AUDIT;
}

/* 4, the heart's part: both are killed in the step of the reason, the gate first and before
   everything else; seal is told when they are dead; it is said to be over after that. */
static const char *check_taken(const struct session *before, const struct session_event *ev,
                               const struct session *after, const struct session_effects *out)
{
    if (stops(before, ev) && pair_lives(after))
        return "input or its gate lives after control was taken back";
    int gate = check_place(out, EF_KILL, SW_INPUT_GATE),
        input = check_place(out, EF_KILL, SW_INPUT);
    for (int i = 0; stops(before, ev) && i < (gate >= 0 ? gate : input); i++)
        if (!is_kill_or_note(&out->list[i]))
            return "something else is done before gate and input worker are killed";
    if (check_lives(before, SW_INPUT_GATE) && check_lives(before, SW_INPUT) &&
        (gate >= 0) != (input >= 0) && ev->kind != EV_ENDED)
        return "only one of gate and input worker was killed";
    if (gate >= 0 && input >= 0 && input < gate)
        return "the input worker was killed before its gate";
    for (unsigned i = 0; i < out->n; i++) {
        const struct session_effect *e = &out->list[i];
        bool off = e->kind == EF_TELL_CONTROL && !e->flag && e->code == 0;
        bool told = e->kind == EF_REVOKE && e->flag == 0;
        if ((off || told) && (before->control.step == CONTROL_OFF || pair_lives(before) ||
                              check_place(out, EF_KILL, SW_INPUT_GATE) >= 0))
            return "control is said to be over before gate and input worker are dead";
        if (off && before->control.granted && before->control.revoked == 0 &&
            ev->kind != EV_REVOKED && (after->phase == PHASE_HOST || after->phase == PHASE_MEMBER))
            return "control is said to be over before seal has forgotten the grant";
    }
    return NULL;
}

const char *session_check_control_step(const struct session *before, const struct session_event *ev,
                                       const struct session *after,
                                       const struct session_effects *out)
{
    const char *broken = check_given(before, ev, after, out);
    if (!broken)
        broken = check_second_step(before, ev, after, out);
    if (before->input_used && !after->input_used)
        return "it is forgotten that somebody has had control";
    if (after->mine == MINE_ON && before->mine != MINE_ON && before->mine != MINE_ASKED)
        return "control begins that we do not wait for";
    return broken ? broken : check_taken(before, ev, after, out);
}
