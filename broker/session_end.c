/*
 * The heart, last part: the way out. Capture is killed in the very step that begins it; then seal
 * says goodbye to the others, net lets that leave, everything of the session dies, and the last
 * line of the trail is signed. Only then it is said that nothing is left.
 */
#include "broker/session_parts.h"
#include "lib/fail.h"
#include <stddef.h>

enum closing { CL_SEAL, CL_NET, CL_WORKERS, CL_AUDIT };

/* What lives no longer than a session. */
static const enum session_worker session_workers[] = {
    SW_DIAL, SW_NET,    SW_SEAL,       SW_RELAY, SW_GATE,  SW_CAPTURE,
    SW_VIEW, SW_PROMPT, SW_INPUT_GATE, SW_INPUT, SW_MIRROR};
#define N_SESSION_WORKERS (sizeof session_workers / sizeof session_workers[0])

static void leave_program(struct session *s, struct session_effects *out, int status)
{
    s->phase = PHASE_EXIT;
    heart_effect_code(out, EF_EXIT, (uint32_t)status);
}

void end_begin(struct session *s, struct session_effects *out, struct ending e)
{
    if (!heart_in_session(s))
        return;
    s->phase = PHASE_CLOSING;
    share_stop(s, out, SHARE_OFF, e.why); /* first of all */
    s->consent = s->consent_short = 0;
    prompt_drop(s, out, e.why);
    control_over(s);
    mine_over(s, out, e.why);
    s->mine = MINE_NONE;
    s->how = e.how;
    s->why = e.why;
    s->fault = e.fault;
    s->code = e.code;
    s->n_waiting = 0;
    roles_over(s, out);
    away_over(s, out);
    s->net_over |= s->line != LINE_UP; /* nothing leaves any more */
    heal_over(s, out);
    static const enum session_timer over[] = {ST_CONNECT, ST_UNSHARE, ST_EMPTY,  ST_CONTROL,
                                              ST_IDLE,    ST_BEGIN,   ST_REVOKE, ST_ASKING,
                                              ST_MINE,    ST_RECORD};
    for (size_t i = 0; i < sizeof over / sizeof over[0]; i++)
        heart_timer_clear(s, out, over[i]);
    s->seal_over |= !s->opened || s->worker[SW_SEAL] != WS_READY;
    s->net_over |= !s->opened || s->worker[SW_NET] != WS_READY;
    if (e.polite && !s->seal_over && e.fault == FAULT_W_DIFF && s->words_with)
        heart_effect(out, EF_VERIFIED)->person = s->words_with; /* seal tells why it ends */
    else if (e.polite && !s->seal_over)
        heart_effect_code(out, EF_SEAL_END, e.why);
    words_over(s);
    key_over(s);
    s->closing = CL_SEAL;
    heart_timer_set(s, out, ST_CLOSE, e.polite ? END_WAIT_MS + CLOSE_MS : CLOSE_MS);
    if (s->share ==
        SHARE_UNSHARING) /* gate and capture are dead; nobody waits for seal's word now */
        s->share = SHARE_KILLING;
    share_worker_dead(s, out, true);
}

static bool all_dead(const struct session *s)
{
    for (size_t i = 0; i < N_SESSION_WORKERS; i++)
        if (s->worker[session_workers[i]] != WS_NONE)
            return false;
    return true;
}

static void show_how_it_ended(struct session *s, struct session_effects *out)
{
    struct session_effect *e = heart_effect(out, EF_TELL_ENDED);
    e->flag = s->how;
    e->code = s->why;
    e->number = s->code;
    if (s->fault != FAULT_NONE) {
        e = heart_effect(out, EF_TELL_FAULT);
        e->code = s->fault;
        e->number = s->code;
    }
    if (s->quit == QUIT_EXIT) {
        leave_program(s, out, session_exit_status(s));
    } else if (s->quit == QUIT_HOME) {
        life_home(s, out);
    } else {
        s->phase = PHASE_OVER;
        heart_effect_code(out, EF_SHOW, s->fault == FAULT_NONE ? WIN_ENDED : WIN_ERROR);
    }
}

static void kill_all(struct session *s, struct session_effects *out)
{
    heart_timer_clear(s, out, ST_CLOSE);
    for (size_t i = 0; i < N_SESSION_WORKERS; i++)
        heart_worker_kill(s, out, session_workers[i]);
}

static void sign_trail(struct session *s, struct session_effects *out)
{
    heart_effect_audit(out, AUDIT_SESSION_END, s->fault, s->why);
    out->list[out->n - 1].flag = 1;
    if (s->worker[SW_AUDIT] == WS_READY)
        heart_timer_set(s, out, ST_CLOSE, CLOSE_MS);
}

void end_advance(struct session *s, struct session_effects *out)
{
    if (s->phase != PHASE_CLOSING)
        return;
    if (s->closing == CL_SEAL && s->seal_over) {
        s->closing = CL_NET;
        heart_timer_set(s, out, ST_CLOSE, CLOSE_MS); /* what seal said last has to leave yet */
    }
    if (s->closing == CL_NET && s->net_over) {
        s->closing = CL_WORKERS;
        kill_all(s, out);
    }
    if (s->closing == CL_WORKERS && all_dead(s)) {
        s->closing = CL_AUDIT;
        sign_trail(s, out);
    }
    if (s->closing == CL_AUDIT && !(s->timers & 1u << ST_CLOSE))
        show_how_it_ended(s, out);
}

void end_timer(struct session *s, struct session_effects *out)
{
    (void)out; /* whoever was waited for has had its time; end_advance goes on */
    if (s->closing == CL_SEAL)
        s->seal_over = 1;
    else if (s->closing == CL_NET)
        s->net_over = 1;
}

void end_audit_synced(struct session *s, const struct session_event *ev,
                      struct session_effects *out)
{
    (void)ev;
    bool again = s->rules.audit_mandatory && s->trail == TRAIL_LOST;
    s->trail = TRAIL_WRITTEN;
    heart_timer_clear(s, out, ST_RECORD);
    if (again && heart_admitted(s)) {
        people_trail(s, out);
        heart_effect_code(out, EF_TOAST, TOAST_RECORDED);
        heart_effect(out, EF_PAINT);
    }
    if (s->phase == PHASE_CLOSING && s->closing == CL_AUDIT)
        heart_timer_clear(s, out, ST_CLOSE);
    if (s->phase == PHASE_BOOT)
        life_ready(s, out, SW_AUDIT);
}

static bool audit_writes(const struct session *s)
{
    return s->worker[SW_AUDIT] == WS_READY && s->trail == TRAIL_WRITTEN;
}

bool session_unrecorded(const struct session *s)
{
    return s->rules.audit_mandatory && !audit_writes(s);
}

bool end_refuses(const struct session *s, struct session_effects *out, enum session_toast why)
{
    if (!session_unrecorded(s))
        return false;
    heart_effect_code(out, EF_TOAST, why);
    heart_effect_audit(out, AUDIT_UNRECORDED, 0, why);
    return true;
}

/* Only whoever writes can try; once that process has ended nothing but a new start helps. */
static void try_later(struct session *s, struct session_effects *out)
{
    if (s->worker[SW_AUDIT] != WS_READY || !heart_in_session(s))
        heart_timer_clear(s, out, ST_RECORD);
    else if (!(s->timers >> ST_RECORD & 1))
        heart_timer_set(s, out, ST_RECORD, RECORD_AGAIN_MS);
}

void end_try_record(struct session *s, struct session_effects *out)
{
    heart_effect(out, EF_TRY_RECORD);
    try_later(s, out);
}

void end_audit_lost(struct session *s, struct session_effects *out)
{
    if (s->phase == PHASE_CLOSING && s->closing == CL_AUDIT)
        heart_timer_clear(s, out, ST_CLOSE);
    bool news = s->trail != TRAIL_LOST;
    s->trail = TRAIL_LOST;
    if (s->rules.audit_mandatory) {
        share_stop(s, out, SHARE_PAUSED, WHY_AUDIT);
        try_later(s, out);
        mine_unrecorded(s, out);
        if (news)
            people_trail(s, out);
    }
    heart_effect(out, EF_PAINT); /* the security status has changed */
}

void end_asked(struct session *s, const struct session_event *ev, struct session_effects *out)
{
    (void)ev;
    end_begin(s, out, (struct ending){HOW_PROPERLY, WHY_OWNER, FAULT_NONE, 0, true});
}

void end_quit(struct session *s, const struct session_event *ev, struct session_effects *out)
{
    (void)ev;
    s->quit = QUIT_EXIT;
    if (heart_in_session(s))
        end_begin(s, out, (struct ending){HOW_PROPERLY, WHY_COMMAND, FAULT_NONE, 0, true});
    else if (s->phase != PHASE_CLOSING)
        leave_program(s, out, session_exit_status(s));
}

void end_close(struct session *s, const struct session_event *ev, struct session_effects *out)
{
    if (s->phase == PHASE_HOME || s->phase == PHASE_OVER) {
        leave_program(s, out, session_exit_status(s));
        return;
    }
    if (s->phase == PHASE_CONNECT || s->phase == PHASE_LOBBY)
        s->quit = QUIT_EXIT;
    end_asked(s, ev, out);
}

void end_back(struct session *s, const struct session_event *ev, struct session_effects *out)
{
    if (s->phase == PHASE_OVER) {
        life_home(s, out);
    } else if (s->phase == PHASE_CONNECT || s->phase == PHASE_LOBBY) {
        s->quit = QUIT_HOME;
        end_asked(s, ev, out);
    }
}

static void unusable(struct session *s, struct session_effects *out, enum session_fault fault)
{
    s->quit = QUIT_EXIT;
    if (heart_in_session(s)) {
        end_begin(s, out, (struct ending){HOW_CUT, WHY_WORKER, (uint8_t)fault, 0, true});
        return;
    }
    s->fault = (uint8_t)fault;
    if (s->phase != PHASE_CLOSING) {
        heart_effect_code(out, EF_TELL_FAULT, fault);
        leave_program(s, out, session_exit_status(s));
    }
}

void end_display_lost(struct session *s, const struct session_event *ev,
                      struct session_effects *out)
{
    (void)ev;
    unusable(s, out, FAULT_D_WAY);
}

void end_no_painter(struct session *s, struct session_effects *out)
{
    unusable(s, out, FAULT_S_BOX);
}

void end_refused_start(struct session *s, struct session_effects *out, enum session_fault fault)
{
    s->phase = PHASE_OVER;
    s->fault = (uint8_t)fault;
    s->how = HOW_CUT;
    s->why = WHY_RULE;
    heart_effect_code(out, EF_TELL_FAULT, fault);
    heart_effect_code(out, EF_SHOW, WIN_ERROR);
}

static bool admitted(const struct session *s)
{
    return s->phase == PHASE_HOST || s->phase == PHASE_MEMBER;
}

/* relay.md 8 */
static enum session_fault fault_of_relay(uint32_t code)
{
    switch (code) {
    case 1:
        return FAULT_V_OLD;
    case 3:
        return FAULT_J_NONE;
    case 4:
    case 5:
        return FAULT_J_WAIT;
    case 6:
        return FAULT_R_NO;
    case 7:
        return FAULT_J_OUT;
    default:
        return FAULT_R_NET;
    }
}

static uint8_t said(enum session_said who, uint32_t what)
{
    return (uint8_t)(who + (what < SAID_EACH ? what : SAID_EACH - 1u));
}

void end_net_closed(struct session *s, const struct session_event *ev, struct session_effects *out)
{
    if (heal_lost(s, ev, out))
        return;
    s->net_over = 1;
    struct ending e = {HOW_CUT, WHY_LINE, FAULT_NONE, said(SAID_NET, ev->code), false};
    if (ev->code == NET_END_CLEAN)
        e.code = said(SAID_RELAY, ev->number);
    if (ev->code == NET_END_CERTIFICATE)
        e.fault = FAULT_R_CERT;
    else if (ev->code == NET_END_CLEAN && (ev->number == 7 || !admitted(s)))
        e.fault = (uint8_t)fault_of_relay(ev->number);
    else if (!admitted(s))
        e.fault = FAULT_R_NET;
    /* Only a line that was cut or closed may mean something that seal knows better. */
    if (ev->code == NET_END_CERTIFICATE || e.fault == FAULT_J_NONE || e.fault == FAULT_J_WAIT)
        s->seal_over = 1;
    /* seal may have been first to say that the line is gone; why it went, net knows */
    if (s->phase == PHASE_CLOSING && s->why == WHY_LINE && s->fault == FAULT_R_NET &&
        e.fault != FAULT_NONE) {
        s->fault = e.fault;
        s->code = e.code;
    }
    end_begin(s, out, e);
}

void end_dial_failed(struct session *s, const struct session_event *ev, struct session_effects *out)
{
    if (!heal_dial_failed(s, out) && s->phase == PHASE_CONNECT && !s->dialled)
        end_begin(
            s, out,
            (struct ending){HOW_CUT, WHY_LINE, FAULT_R_NET, said(SAID_DIAL, ev->code), false});
}

/* e2e.md 13 and ui.md 10 */
static enum session_fault fault_of_seal(const struct session *s, uint8_t code, uint32_t why)
{
    if (why == END_WHY_REFUSED)
        return FAULT_J_NO;
    if (why == END_WHY_REMOVED)
        return FAULT_J_OUT;
    switch (code) {
    case 2:
    case 3:
        return FAULT_V_OLD;
    case 5:
        return FAULT_J_PASS;
    case 6:
        return FAULT_J_WAIT;
    case 7:
        return FAULT_J_STOP;
    case 8:
        return FAULT_J_LOCK;
    case 18:
        return why == END_WHY_OURS ? FAULT_J_WHO : why == END_WHY_THEIRS ? FAULT_J_KEY : FAULT_J_ID;
    default:
        return s->opened && (s->phase == PHASE_HOST || s->phase == PHASE_MEMBER) ? FAULT_NONE
                                                                                 : FAULT_R_NET;
    }
}

static struct ending ending_of_seal(const struct session *s, const struct session_event *ev)
{
    struct ending e = {HOW_CUT, WHY_LINE, FAULT_NONE, ev->code, false};
    switch (ev->number) {
    case END_WHY_SELF:
        e.how = HOW_PROPERLY;
        e.why = WHY_OWNER;
        break;
    case END_WHY_ORGANIZER:
        e.how = HOW_PROPERLY;
        e.why = WHY_ORGANIZER;
        break;
    case END_WHY_WORDS:
        e.why = WHY_WORDS;
        e.fault = FAULT_W_DIFF;
        break;
    case END_WHY_REFUSED:
    case END_WHY_REMOVED:
        e.how = HOW_PROPERLY;
        e.why = ev->number == END_WHY_REFUSED ? WHY_REFUSED : WHY_ORGANIZER;
        e.fault = (uint8_t)fault_of_seal(s, ev->code, ev->number);
        break;
    case END_WHY_UNRECORDED:
        e.how = HOW_PROPERLY;
        e.why = WHY_ORGANIZER; /* whose record it is; WHY_AUDIT would be of ours */
        e.fault = FAULT_J_LOG;
        break;
    default:
        e.fault = (uint8_t)fault_of_seal(s, ev->code, ev->number);
    }
    if (ev->flag)
        e.how = HOW_CUT;
    return e;
}

/* Seal knows better than net why it is over: a closed line may be a removal or a signed end. */
void end_seal_ended(struct session *s, const struct session_event *ev, struct session_effects *out)
{
    if (s->worker[SW_SEAL] != WS_READY)
        return;
    struct ending e = ending_of_seal(s, ev);
    bool said_more = ev->number != END_WHY_NONE && ev->number != END_WHY_SELF &&
                     (ev->number != END_WHY_FAILED || e.fault != FAULT_R_NET);
    s->seal_over = 1;
    if (heart_in_session(s)) {
        end_begin(s, out, e);
    } else if (s->phase == PHASE_CLOSING && s->closing == CL_SEAL && s->why == WHY_LINE &&
               said_more) {
        s->how = e.how;
        s->why = e.why;
        s->fault = e.fault;
        s->code = e.code;
    }
}

void end_worker_dead(struct session *s, struct session_effects *out, enum session_worker w,
                     enum session_death death)
{
    s->seal_over |= w == SW_SEAL;
    s->net_over |= w == SW_NET;
    if (!heart_in_session(s))
        return;
    if (w == SW_VIEW && s->phase == PHASE_HOST && death != DEATH_START) {
        life_view_dead(s, out);
        return;
    }
    if (w == SW_VIEW && s->phase == PHASE_LOBBY && death != DEATH_START)
        return; /* life_member starts another */
    enum session_fault fault = admitted(s) ? FAULT_NONE : FAULT_R_NET;
    if (death == DEATH_START)
        fault = FAULT_S_BOX;
    end_begin(s, out, (struct ending){HOW_CUT, WHY_WORKER, (uint8_t)fault, 0, w == SW_VIEW});
}

bool session_is_late(const struct session *s, enum session_fault fault)
{
    return s->begun >= (fault == FAULT_W_DIFF ? BEGUN_MET : BEGUN_IN);
}

int session_exit_status(const struct session *s)
{
    switch (s->fault) {
    case FAULT_NONE:
        return s->how == HOW_CUT ? 4 : 0;
    case FAULT_R_NET:
    case FAULT_R_NO:
    case FAULT_R_CERT:
    case FAULT_V_OLD:
        return 4;
    case FAULT_S_BOX:
    case FAULT_D_WAY:
        return 5;
    case FAULT_POLICY:
        return 6;
    default:
        return 3;
    }
}
