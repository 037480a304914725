/*
 * The heart: somebody else's control of this computer. The order that matters, every time.
 *
 * Beginning: physical yes; seal makes the pair channel, gate and input worker start; both verified;
 * the kill switch is armed for them, and the pair channel is up; the way to the X server is handed
 * out.
 *
 * Any end: SIGKILL to gate and worker first; both dead; seal forgets the grant; said so. While a
 * prompt is up both are dead, too, and start again behind it; the grant lives on.
 */
#include "broker/session_parts.h"
#include <string.h>

/* The dialog's choices; the last: until I stop it, e2e.md 10. */
static const uint32_t choices_s[] = {300, 900, GRANT_TTL_MAX_S};

static bool pair_gone(const struct session *s)
{
    return s->worker[SW_INPUT_GATE] == WS_NONE && s->worker[SW_INPUT] == WS_NONE;
}

/* Gate first: it is what stands before the X server. */
static void kill_pair(struct session *s, struct session_effects *out)
{
    struct session_control *c = &s->control;
    heart_worker_kill(s, out, SW_INPUT_GATE);
    heart_worker_kill(s, out, SW_INPUT);
    c->unclean |= c->armed != 0;
    c->armed = c->given = c->running = 0;
}

/* Who was stopped is not asked about again at once: a wish for more time ends with what it was to
   prolong, except by the time itself. */
static void more_ends(struct session *s, struct session_effects *out)
{
    enum session_why why = (enum session_why)s->control.why;
    uint16_t mid = s->control.person;
    int at = asking_find(s, mid);
    if (at < 0 || why == WHY_EXTENDED || why == WHY_LIMIT || why == WHY_IDLE)
        return;
    asking_remove(s, at);
    asking_deny(out, mid, why);
    if (s->prompt.kind >= PROMPT_CONTROL && s->prompt.person == mid)
        prompt_drop(s, out, why);
}

void control_end(struct session *s, struct session_effects *out, enum session_why why)
{
    struct session_control *c = &s->control;
    if (c->step == CONTROL_OFF)
        return;
    kill_pair(s, out);
    /* Their deaths may be heard of before the key that caused them. */
    bool key = why == WHY_HOTKEY || why == WHY_DEVICE;
    if (c->step == CONTROL_ON || (c->why == WHY_WORKER && key))
        c->why = (uint8_t)why;
    if (why != WHY_EXTENDED)
        c->again = 0;
    c->step = CONTROL_ENDING;
}

void control_hold(struct session *s, struct session_effects *out)
{
    if (s->control.step == CONTROL_ON)
        kill_pair(s, out);
}

bool control_out_of_the_way(const struct session *s)
{
    return pair_gone(s) && !s->control.unclean;
}

/* --- the answer --- */

static void note(struct session_effects *out, enum audit_event line, uint32_t person,
                 uint32_t number)
{
    heart_effect_audit(out, line, PROMPT_CONTROL, number);
    out->list[out->n - 1].serial = person;
}

static void grant(struct session *s, struct session_effects *out, uint16_t person)
{
    struct session_control *c = &s->control;
    c->step = CONTROL_ON;
    c->person = person;
    struct session_effect *e = heart_effect(out, EF_GRANT);
    e->person = person;
    e->number = c->seconds;
    heart_timer_set(s, out, ST_BEGIN, CONTROL_BEGIN_MS);
}

static uint32_t seconds_of(const struct session *s, uint8_t choice)
{
    uint32_t longest = s->rules.control_longest * 60u;
    uint32_t wanted = choices_s[choice < 3 ? choice : 0];
    return wanted < longest ? wanted : longest;
}

void control_agreed(struct session *s, struct session_effects *out, uint32_t person, uint8_t choice)
{
    struct session_control *c = &s->control;
    int at = asking_find(s, person);
    if (at < 0)
        return;
    asking_remove(s, at);
    if (s->share != SHARE_RUNNING || !share_is_whole(s) || !asking_known_enough(s, person)) {
        asking_deny(out, person, WHY_RULE);
        return;
    }
    bool more = c->step != CONTROL_OFF; /* and of that person: nobody else is asked about then */
    if (c->step == CONTROL_ON)
        control_end(s, out, WHY_EXTENDED);
    if (more)
        heart_effect_audit(out, AUDIT_CONTROL_EXTENDED, person, seconds_of(s, choice));
    else
        note(out, AUDIT_CONSENT_GIVEN, person, choice);
    c->seconds = seconds_of(s, choice);
    c->choice = choice;
    c->again = more;
    if (!more)
        grant(s, out, (uint16_t)person);
}

void control_declined(struct session *s, struct session_effects *out, uint32_t person,
                      enum session_why why)
{
    int at = asking_find(s, person);
    if (at < 0)
        return;
    uint8_t slot = s->asking[at].slot;
    asking_remove(s, at);
    heart_effect(out, EF_DENY)->person = person;
    note(out, AUDIT_CONSENT_REFUSED, person, why);
    people_refuse_for_a_while(s, out, slot);
    heart_effect(out, EF_PAINT);
}

/* The pair channel did not come up. */
void control_unopened(struct session *s, const struct session_event *ev,
                      struct session_effects *out)
{
    if (!ev->flag)
        mine_denied(s, ev, out);
    else if (!s->control.granted)
        control_end(s, out, WHY_LINE);
}

/* --- beginning --- */

void control_granted(struct session *s, const struct session_event *ev, struct session_effects *out)
{
    struct session_control *c = &s->control;
    if (ev->flag) {
        mine_granted(s, ev, out);
        return;
    }
    if (c->step != CONTROL_ON || c->granted || c->person != ev->person ||
        c->seconds != ev->number) {
        struct session_effect *e = heart_effect(out, EF_REVOKE); /* nobody wants it any more */
        e->flag = 2;
        e->code = WHY_RULE;
        return;
    }
    c->granted = 1;
    heart_effect(out, EF_GRANT_HELD);
    heart_timer_set(s, out, ST_CONTROL, c->seconds * 1000);
    heart_timer_set(s, out, ST_IDLE, GRANT_IDLE_MAX_S * 1000);
}

void control_armed(struct session *s, const struct session_event *ev, struct session_effects *out)
{
    (void)ev;
    (void)out;
    if (s->control.armed == 1)
        s->control.armed = 2;
}

static bool may_run(const struct session *s)
{
    const struct session_control *c = &s->control;
    return c->step == CONTROL_ON && !c->unclean && s->prompt.kind == PROMPT_NONE &&
           !s->screen_locked && s->share == SHARE_RUNNING && share_capturing(s);
}

void control_begin(struct session *s, struct session_effects *out)
{
    struct session_control *c = &s->control;
    if (!may_run(s))
        return;
    if (pair_gone(s)) {
        s->input_used = 1;
        heart_worker_start(s, out, SW_INPUT_GATE);
        heart_worker_start(s, out, SW_INPUT);
        heart_effect(out, EF_PAINT);
    }
    if (s->worker[SW_INPUT_GATE] != WS_READY || s->worker[SW_INPUT] != WS_READY)
        return;
    if (!c->armed) {
        c->armed = 1;
        heart_effect(out, EF_ARM);
    }
    if (c->armed == 2 && c->granted && !c->given) {
        c->given = 1;
        heart_effect(out, EF_GIVE_INPUT);
    }
}

static void tell(struct session *s, struct session_effects *out, uint8_t state, uint8_t why)
{
    struct session_effect *e = heart_effect(out, EF_TELL_CONTROL);
    e->code = state;
    e->number = why;
    e->person = s->control.person;
}

void control_running(struct session *s, const struct session_event *ev, struct session_effects *out)
{
    (void)ev;
    struct session_control *c = &s->control;
    if (!c->given || c->running)
        return;
    c->running = 1;
    heart_timer_clear(s, out, ST_BEGIN);
    if (c->told == 0)
        heart_effect_audit(out, AUDIT_CONTROL_ON, c->person, c->seconds);
    c->told = 1;
    tell(s, out, 1, WHY_NONE);
    heart_effect(out, EF_PAINT);
}

void control_used(struct session *s, const struct session_event *ev, struct session_effects *out)
{
    (void)ev;
    if (s->control.step == CONTROL_ON && s->control.running)
        heart_timer_set(s, out, ST_IDLE, GRANT_IDLE_MAX_S * 1000);
}

void control_resized(struct session *s, const struct session_event *ev, struct session_effects *out)
{
    (void)ev;
    control_hold(s, out);
}

/* --- ending --- */

static void finish(struct session *s, struct session_effects *out)
{
    struct session_control was = s->control;
    struct session_control *c = &s->control;
    if (was.granted)
        heart_effect_audit(out, AUDIT_CONTROL_OFF, was.person, was.why);
    else
        asking_deny(out, was.person, (enum session_why)was.why);
    if (was.told)
        tell(s, out, 0, was.why);
    memset(c, 0, sizeof *c);
    c->unclean = was.unclean;
    c->watchless = was.watchless;
    if (was.again && s->share == SHARE_RUNNING && people_has(s, was.person) &&
        asking_known_enough(s, was.person)) {
        c->seconds = was.seconds;
        c->choice = was.choice;
        grant(s, out, was.person);
    } else if (heart_in_session(s)) { /* also when it had only been agreed to */
        heart_effect_code(out, EF_TOAST,
                          was.why == WHY_SCREEN ? TOAST_CONTROL_SCREEN : TOAST_CONTROL);
    }
    heart_effect(out, EF_PAINT);
}

static void end_on(struct session *s, struct session_effects *out)
{
    struct session_control *c = &s->control;
    static const enum session_timer over[] = {ST_CONTROL, ST_IDLE, ST_BEGIN};
    for (size_t i = 0; i < sizeof over / sizeof over[0]; i++)
        heart_timer_clear(s, out, over[i]);
    if (!pair_gone(s))
        return;
    /* On the way out seal hears SEAL_END instead. */
    bool hears = c->granted && heart_in_session(s) && s->worker[SW_SEAL] == WS_READY;
    if (hears && c->revoked == 0) {
        c->revoked = 1;
        heart_effect_code(out, EF_REVOKE, c->why);
        heart_timer_set(s, out, ST_REVOKE, REVOKE_MS);
    }
    if (hears && c->revoked == 1)
        return;
    heart_timer_clear(s, out, ST_REVOKE);
    /* Whoever killed them says so before saying that nothing is left down. */
    if (c->why == WHY_WORKER && c->unclean && heart_in_session(s))
        return;
    finish(s, out);
}

void control_advance(struct session *s, struct session_effects *out)
{
    struct session_control *c = &s->control;
    if (c->step == CONTROL_ENDING) {
        more_ends(s, out);
        end_on(s, out);
    }
    if (c->told == 1 && c->step == CONTROL_ON && !c->running) {
        c->told = 2;
        tell(s, out, 2, WHY_NONE);
        heart_effect(out, EF_PAINT);
    }
    if (!s->consent && s->share == SHARE_OFF && !s->share_anew)
        asking_clear(s, out, WHY_RULE);
    if (s->share == SHARE_RUNNING && share_capturing(s))
        asking_lapsed(s, out);
    if (!s->n_asking)
        heart_timer_clear(s, out, ST_ASKING);
    second_advance(s, out);
}

void control_revoked(struct session *s, const struct session_event *ev, struct session_effects *out)
{
    struct session_control *c = &s->control;
    if (ev->flag) {
        mine_revoked(s, ev, out);
        return;
    }
    if (!c->granted)
        return;
    if (c->revoked != 1) /* else it is the answer to our own, whatever seal calls the reason */
        control_end(s, out, ev->code < WHY_COUNT ? (enum session_why)ev->code : WHY_LINE);
    c->revoked = 2;
}

void control_bad(struct session *s, const struct session_event *ev, struct session_effects *out)
{
    (void)ev;
    control_end(s, out, WHY_RULE);
}

void control_stop(struct session *s, const struct session_event *ev, struct session_effects *out)
{
    (void)ev;
    control_end(s, out, WHY_OWNER);
}

/* Of another presenter's computer: that presenter's own seal ends it. */
void control_revoke_all(struct session *s, const struct session_event *ev,
                        struct session_effects *out)
{
    if (s->phase != PHASE_HOST || !s->presenter || !heart_allowed(s, RIGHT_END) ||
        (!people_has(s, ev->person) && ev->person != s->me))
        return;
    if (s->presenter == s->me) {
        control_end(s, out, WHY_OWNER);
        return;
    }
    heart_effect(out, EF_REVOKE_ALL);
    heart_effect_audit(out, AUDIT_CONTROL_REVOKED, ev->person, 0);
}

void control_clean(struct session *s, const struct session_event *ev, struct session_effects *out)
{
    (void)ev;
    s->control.unclean = 0;
    prompt_map_when_done(s, out);
}

/* Nobody could take control back at once any more. */
void control_watch_lost(struct session *s, const struct session_event *ev,
                        struct session_effects *out)
{
    (void)ev;
    control_end(s, out, WHY_DEVICE);
    s->control.watchless = 1;
    s->control.unclean = 0;
    asking_clear(s, out, WHY_RULE);
    if (s->prompt.kind >= PROMPT_CONTROL)
        prompt_drop(s, out, WHY_WORKER);
    prompt_map_when_done(s, out);
}

void control_worker_dead(struct session *s, struct session_effects *out, bool expected)
{
    if (!expected)
        control_end(s, out, WHY_WORKER);
    prompt_map_when_done(s, out);
}

void control_person_gone(struct session *s, struct session_effects *out, uint32_t mid)
{
    int at = asking_find(s, mid);
    if (s->control.person == mid)
        control_end(s, out, WHY_GONE);
    if (at < 0)
        return;
    asking_remove(s, at);
    if (s->prompt.kind >= PROMPT_CONTROL && s->prompt.person == mid)
        prompt_drop(s, out, WHY_GONE);
}

void control_over(struct session *s)
{
    s->n_asking = 0;
    memset(s->asking, 0, sizeof s->asking);
    second_over(s);
}

void control_timer(struct session *s, struct session_effects *out, enum session_timer t)
{
    switch (t) {
    case ST_CONTROL:
        control_end(s, out, WHY_LIMIT);
        break;
    case ST_IDLE:
        control_end(s, out, WHY_IDLE);
        break;
    case ST_BEGIN:
        control_end(s, out, WHY_TIME);
        break;
    case ST_ASKING:
        asking_older(s, out);
        break;
    default: /* ST_REVOKE: nobody knows what it still lets through */
        heart_worker_kill(s, out, SW_SEAL);
        end_begin(s, out, (struct ending){HOW_CUT, WHY_WORKER, FAULT_NONE, 0, false});
    }
}
