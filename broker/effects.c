/* From effects to actions: see effects.h. Run by the broker. */
#include "broker/effects.h"
#include "broker/app.h"
#include "broker/crew.h"
#include "broker/facts.h"
#include "broker/identity.h"
#include "broker/line.h"
#include "broker/prefs.h"
#include "broker/prompt.h"
#include "broker/record.h"
#include "broker/share.h"
#include "broker/talk.h"
#include "ch_seal.h"
#include "policy_tables.h"
#include <sys/random.h>

typedef void (*action)(struct app *a, const struct session_effect *e);

static void do_kill(struct app *a, const struct session_effect *e)
{
    crew_kill(a, (enum session_worker)e->worker);
}

static void do_start(struct app *a, const struct session_effect *e)
{
    if (e->worker == SW_INPUT_GATE || e->worker == SW_INPUT)
        display_mark_controlled(&a->display);
    crew_start(a, (enum session_worker)e->worker);
}

static void do_serve(struct app *a, const struct session_effect *e)
{
    (void)e;
    line_serve(a);
}

static void do_dial(struct app *a, const struct session_effect *e)
{
    (void)e;
    line_dial(a);
}

static void do_open(struct app *a, const struct session_effect *e)
{
    (void)e;
    line_open(a);
}

static void do_reopen(struct app *a, const struct session_effect *e)
{
    (void)e;
    line_reopen(a);
}

static void do_give_share(struct app *a, const struct session_effect *e)
{
    (void)e;
    share_give(a);
}

static void do_give_view(struct app *a, const struct session_effect *e)
{
    (void)e;
    share_give_view(a);
}

static void do_give_mirror(struct app *a, const struct session_effect *e)
{
    (void)e;
    share_give_mirror(a);
}

static void do_unshare(struct app *a, const struct session_effect *e)
{
    struct chan *seal = crew_chan(a, SW_SEAL);
    if (seal)
        msg_seal_unshare_send(seal, &(struct msg_seal_unshare){.pause = e->flag});
}

static void do_admit(struct app *a, const struct session_effect *e)
{
    struct chan *seal = crew_chan(a, SW_SEAL);
    bool yes = e->flag && identity_still(a, e->person);
    if (seal)
        msg_seal_admit_send(
            seal, &(struct msg_seal_admit){
                      .knock = e->person, .yes = yes, .words = yes && e->number == LEVEL_WORDS});
}

static void do_lock(struct app *a, const struct session_effect *e)
{
    struct chan *seal = crew_chan(a, SW_SEAL);
    if (seal)
        msg_seal_lock_send(seal, &(struct msg_seal_lock){.on = e->flag});
}

static void do_new_password(struct app *a, const struct session_effect *e)
{
    (void)e;
    line_new_password(a);
}

static void do_remove(struct app *a, const struct session_effect *e)
{
    struct chan *seal = crew_chan(a, SW_SEAL);
    if (seal && e->person >= 2)
        msg_seal_remove_send(
            seal, &(struct msg_seal_remove){.mid = (uint16_t)e->person, .why = (uint8_t)e->code});
}

static void do_ask(struct app *a, const struct session_effect *e)
{
    (void)e;
    hands_ask(a);
}

static void do_grant(struct app *a, const struct session_effect *e)
{
    hands_grant(a, (uint16_t)e->person, e->number);
}

static void do_deny(struct app *a, const struct session_effect *e)
{
    hands_deny(a, (uint16_t)e->person);
}

static void do_second(struct app *a, const struct session_effect *e)
{
    struct chan *seal = crew_chan(a, SW_SEAL);
    if (seal && e->person >= 2)
        msg_seal_second_send(seal, &(struct msg_seal_second){.mid = (uint16_t)e->person});
}

static void do_second_say(struct app *a, const struct session_effect *e)
{
    struct chan *seal = crew_chan(a, SW_SEAL);
    if (seal && e->person >= 2 && e->number >= 2)
        msg_seal_second_say_send(seal,
                                 &(struct msg_seal_second_say){.presenter = (uint16_t)e->number,
                                                               .mid = (uint16_t)e->person,
                                                               .yes = e->flag});
}

static void do_grant_held(struct app *a, const struct session_effect *e)
{
    hands_held(a, e->flag != 0);
}

static void do_chat(struct app *a, const struct session_effect *e)
{
    (void)e;
    talk_write_now(a);
}

static void do_revoke(struct app *a, const struct session_effect *e)
{
    hands_revoke(a, e->flag, (uint8_t)e->code);
}

static void do_invite(struct app *a, const struct session_effect *e)
{
    struct chan *seal = crew_chan(a, SW_SEAL);
    if (seal && e->person)
        msg_seal_invite_send(seal, &(struct msg_seal_invite){.mid = (uint16_t)e->person});
}

static void do_revoke_all(struct app *a, const struct session_effect *e)
{
    (void)e;
    hands_revoke_all(a);
}

static void do_arm(struct app *a, const struct session_effect *e)
{
    (void)e;
    hands_arm(a);
}

static void do_give_input(struct app *a, const struct session_effect *e)
{
    (void)e;
    hands_give(a);
}

static void do_offer(struct app *a, const struct session_effect *e)
{
    struct chan *seal = crew_chan(a, SW_SEAL);
    if (seal && e->person)
        msg_seal_offer_send(seal, &(struct msg_seal_offer){.mid = (uint16_t)e->person});
}

static void do_say(struct app *a, const struct session_effect *e)
{
    struct chan *seal = crew_chan(a, SW_SEAL);
    if (seal)
        msg_seal_answer_send(seal, &(struct msg_seal_answer){.yes = e->flag});
}

static void do_verified(struct app *a, const struct session_effect *e)
{
    struct chan *seal = crew_chan(a, SW_SEAL);
    if (seal && e->person)
        msg_seal_verified_send(
            seal, &(struct msg_seal_verified){.mid = (uint16_t)e->person, .same = e->flag});
}

static void do_identify(struct app *a, const struct session_effect *e)
{
    identity_answered(a, e->person, e->flag != 0);
}

static void do_seal_end(struct app *a, const struct session_effect *e)
{
    struct chan *seal = crew_chan(a, SW_SEAL);
    if (seal)
        msg_seal_end_send(seal,
                          &(struct msg_seal_end){.reason = e->code == WHY_WORDS ? END_REASON_WORDS
                                                                                : END_REASON_NONE});
}

static void do_map_bar(struct app *a, const struct session_effect *e)
{
    bool begins = !windows_has_bar(a->windows);
    facts_update(a);
    (void)e; /* the face follows the model */
    windows_bar(a->windows, true);
    /* Whoever begins to show their screen needs it: their viewer, which may cover all of it, has
       nothing to show meanwhile. */
    if (begins && a->session.phase == PHASE_MEMBER)
        windows_minimise(a->windows);
}

static void do_unmap_bar(struct app *a, const struct session_effect *e)
{
    (void)e;
    windows_bar(a->windows, false);
    /* with the bar gone, panel or viewer say how things are, minimised or not */
    if (a->session.phase == PHASE_HOST || a->session.phase == PHASE_MEMBER)
        windows_raise(a->windows);
}

static void do_prepare_prompt(struct app *a, const struct session_effect *e)
{
    static const enum prompt_kind kinds[] = {
        [PROMPT_ADMIT] = PROMPT_KIND_ADMIT,     [PROMPT_SHARE] = PROMPT_KIND_SHARE,
        [PROMPT_PRESENT] = PROMPT_KIND_PRESENT, [PROMPT_BECOME] = PROMPT_KIND_BECOME,
        [PROMPT_WORDS] = PROMPT_KIND_WORDS,     [PROMPT_STILL] = PROMPT_KIND_STILL,
        [PROMPT_KEY] = PROMPT_KIND_KEY,         [PROMPT_END] = PROMPT_KIND_END,
        [PROMPT_CONTROL] = PROMPT_KIND_CONTROL, [PROMPT_WHOLE] = PROMPT_KIND_WHOLE,
        [PROMPT_SECOND] = PROMPT_KIND_SECOND};
    facts_update(a);
    facts_words(a, (uint8_t)e->code, e->person);
    prompt_prepare(a->windows, e->serial, kinds[e->code], e->person,
                   facts_asked_about(a, (uint8_t)e->code, e->person), e->flag != 0);
}

static void do_mask(struct app *a, const struct session_effect *e)
{
    (void)e;
    share_mask(a, true);
}

static void do_unmask(struct app *a, const struct session_effect *e)
{
    (void)e;
    share_mask(a, false);
}

static void do_map_prompt(struct app *a, const struct session_effect *e)
{
    prompt_map(a->windows, e->serial);
}

static void do_guard(struct app *a, const struct session_effect *e)
{
    facts_update(a);
    prompt_guard(a->windows, e->serial);
}

static void do_close_prompt(struct app *a, const struct session_effect *e)
{
    prompt_close(a->windows, e->serial);
}

static void do_show(struct app *a, const struct session_effect *e)
{
    if (e->code == WIN_CONNECTING)
        facts_forget(a);
    if (e->code == WIN_HOME && !a->line.from_link)
        line_finish(a);
    facts_show(a, (uint8_t)e->code);
    facts_update(a);
    if (e->code == WIN_HOME && a->asks_password) { /* as Host does: what it is set to hosts */
        a->asks_password = false;
        prefs_ask_password(a);
    }
}

static void do_minimise(struct app *a, const struct session_effect *e)
{
    (void)e;
    windows_minimise(a->windows);
}

static void do_paint(struct app *a, const struct session_effect *e)
{
    (void)e;
    facts_update(a);
}

static void do_toast(struct app *a, const struct session_effect *e)
{
    facts_toast(a, (uint8_t)e->code, (uint16_t)e->person);
}

static struct app_timer *timer_of(struct app *a, const struct session_effect *e)
{
    struct app_timer *t = &a->timers[e->code == ST_REFUSED ? ST_COUNT + e->person : e->code];
    *t = (struct app_timer){.app = a, .kind = (uint8_t)e->code, .slot = (uint8_t)e->person};
    return t;
}

static void timer_fired(void *ctx)
{
    struct app_timer *t = ctx;
    app_event(t->app, (struct session_event){.kind = EV_TIMER, .code = t->kind, .number = t->slot});
}

/* A relay that was down is not to be met by all of its clients in the same moment. */
static uint32_t spread(uint32_t ms)
{
    uint32_t random = 0;
    if (getrandom(&random, sizeof random, 0) != (ssize_t)sizeof random)
        return ms;
    return ms - ms / 4 + random % (ms / 2 + 1);
}

static void do_set_timer(struct app *a, const struct session_effect *e)
{
    uint32_t ms = e->flag ? spread(e->number) : e->number;
    if (!loop_set_timer(&a->loop, ms, timer_fired, timer_of(a, e)))
        app_abort("no timer left");
}

static void do_clear_timer(struct app *a, const struct session_effect *e)
{
    loop_clear_timer(&a->loop, timer_fired, timer_of(a, e));
}

static void do_audit(struct app *a, const struct session_effect *e)
{
    record_line(a, e);
    if (e->code == AUDIT_CONTROL_REFUSED)
        record_tell_refused(a, e);
}

static void do_try_record(struct app *a, const struct session_effect *e)
{
    (void)e;
    record_again(a);
}

static void do_tell_share(struct app *a, const struct session_effect *e)
{
    a->share_since_ms = loop_now_ms();
    record_tell_share(a, (uint8_t)e->code, e->number);
    facts_update(a);
}

static void do_tell_control(struct app *a, const struct session_effect *e)
{
    record_tell_control(a, e);
    hands_told(a, e);
    facts_update(a);
}

static void do_tell_line(struct app *a, const struct session_effect *e)
{
    (void)a;
    events_line(e->flag ? "back" : "lost");
}

static void do_tell_ended(struct app *a, const struct session_effect *e)
{
    record_tell_ended(a, e);
    chat_wipe(&a->chat);
    line_over(a);
}

static void do_tell_fault(struct app *a, const struct session_effect *e)
{
    record_tell_fault(a, (uint8_t)e->code, e->number);
}

static void do_cannot_share(struct app *a, const struct session_effect *e)
{
    facts_show_fault(a, (uint8_t)e->code);
}

static void do_exit(struct app *a, const struct session_effect *e)
{
    a->exit_status = (int)e->code; /* for the line */
    record_program_end(a);
    app_leave(a, (int)e->code);
}

static const action actions[EF_COUNT] = {
    [EF_KILL] = do_kill,
    [EF_START] = do_start,
    [EF_SERVE] = do_serve,
    [EF_DIAL] = do_dial,
    [EF_OPEN] = do_open,
    [EF_REOPEN] = do_reopen,
    [EF_GIVE_SHARE] = do_give_share,
    [EF_GIVE_VIEW] = do_give_view,
    [EF_GIVE_MIRROR] = do_give_mirror,
    [EF_UNSHARE] = do_unshare,
    [EF_ADMIT] = do_admit,
    [EF_LOCK] = do_lock,
    [EF_NEW_PASSWORD] = do_new_password,
    [EF_REMOVE] = do_remove,
    [EF_ASK] = do_ask,
    [EF_GRANT] = do_grant,
    [EF_DENY] = do_deny,
    [EF_SECOND] = do_second,
    [EF_SECOND_SAY] = do_second_say,
    [EF_GRANT_HELD] = do_grant_held,
    [EF_CHAT] = do_chat,
    [EF_REVOKE] = do_revoke,
    [EF_INVITE] = do_invite,
    [EF_REVOKE_ALL] = do_revoke_all,
    [EF_ARM] = do_arm,
    [EF_GIVE_INPUT] = do_give_input,
    [EF_OFFER] = do_offer,
    [EF_SAY] = do_say,
    [EF_VERIFIED] = do_verified,
    [EF_IDENTIFY] = do_identify,
    [EF_SEAL_END] = do_seal_end,
    [EF_MAP_BAR] = do_map_bar,
    [EF_UNMAP_BAR] = do_unmap_bar,
    [EF_PREPARE_PROMPT] = do_prepare_prompt,
    [EF_MASK] = do_mask,
    [EF_UNMASK] = do_unmask,
    [EF_MAP_PROMPT] = do_map_prompt,
    [EF_GUARD] = do_guard,
    [EF_CLOSE_PROMPT] = do_close_prompt,
    [EF_SHOW] = do_show,
    [EF_MINIMISE] = do_minimise,
    [EF_PAINT] = do_paint,
    [EF_TOAST] = do_toast,
    [EF_SET_TIMER] = do_set_timer,
    [EF_CLEAR_TIMER] = do_clear_timer,
    [EF_AUDIT] = do_audit,
    [EF_TRY_RECORD] = do_try_record,
    [EF_TELL_SHARE] = do_tell_share,
    [EF_TELL_CONTROL] = do_tell_control,
    [EF_TELL_LINE] = do_tell_line,
    [EF_TELL_ENDED] = do_tell_ended,
    [EF_TELL_FAULT] = do_tell_fault,
    [EF_CANNOT_SHARE] = do_cannot_share,
    [EF_EXIT] = do_exit,
};

void effects_do(struct app *a, const struct session_effects *out)
{
    for (unsigned i = 0; i < out->n; i++)
        if (out->list[i].kind < EF_COUNT && actions[out->list[i].kind])
            actions[out->list[i].kind](a, &out->list[i]);
}
