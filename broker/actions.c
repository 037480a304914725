/* What the owner did: see actions.h. Run by the broker. Every press arrives judged
 * (broker/origin.h). */
#include "broker/actions.h"
#include "broker/app.h"
#include "broker/crew.h"
#include "broker/facts.h"
#include "broker/invite_text.h"
#include "broker/line.h"
#include "broker/looks.h"
#include "broker/prefs.h"
#include "broker/prompt.h"
#include "broker/record.h"
#include "broker/share.h"
#include "broker/stuck.h"
#include "broker/talk.h"
#include <stdio.h>
#include <string.h>

static uint8_t origin_of(enum windows_hand hand)
{
    static const uint8_t origins[] = {ORIGIN_NONE, ORIGIN_SYNTHETIC, ORIGIN_PHYSICAL};
    return origins[hand];
}

static void simple(struct app *a, enum session_event_kind kind, bool flag, uint32_t id,
                   enum windows_hand hand)
{
    app_event(a, (struct session_event){
                     .kind = (uint8_t)kind, .flag = flag, .person = id, .origin = origin_of(hand)});
}

/* --- home and join: number or invitation, then the password */

static void take_name(struct app *a)
{
    const char *name = windows_text(a->windows, UI_HOME, UI_HOME_YOUR_NAME);
    if (*name && !prefs_name_misleads(name))
        snprintf(a->my_name, sizeof a->my_name, "%s", name);
}

static bool may_begin(const struct app *a)
{
    return a->session.phase == PHASE_HOME || a->session.phase == PHASE_OVER;
}

/* A password is sent to the organizer's guess counter: at most five a minute, whoever presses. */
static void join_now(struct app *a)
{
    if (!line_permitted(a))
        facts_show_fault(a, FAULT_POLICY);
    else if (!line_may_try(a))
        facts_show_fault(a, FAULT_J_WAIT);
    else
        app_event_kind(a, EV_JOIN);
}

static void do_join(struct app *a)
{
    struct invite to = {0};
    const char *text = windows_text(a->windows, UI_HOME, UI_HOME_JOIN_NUMBER);
    if (!may_begin(a))
        return;
    take_name(a);
    if (!invite_parse(text, &to) &&
        !(invite_parse_number(text, to.sid) && line_default_relay(a, &to.relay)))
        return; /* the field says what it takes; nothing is known of such a session */
    line_use_invite(a, &to);
    facts_update(a); /* the form names the session */
    if (to.has_password)
        join_now(a);
    else
        windows_show(a->windows, UI_JOIN);
    invite_wipe(&to);
}

/* Whose fingerprint came with the invitation is known without a password, where none is asked for
   (e2e.md 4). */
static void do_password(struct app *a)
{
    const char *entry = windows_text(a->windows, UI_JOIN, UI_JOIN_PASSWORD);
    struct password password = {0};
    if (!may_begin(a))
        return;
    if (!*entry && a->line.to.has_fp) {
        words_wipe(&a->line.to.password);
        a->line.to.has_password = false;
        join_now(a);
    } else if (words_canonical(entry, strlen(entry), &password)) {
        line_use_password(a, &password);
        join_now(a);
    } else { /* too short to be one: said without bothering anybody */
        a->model.password_wrong = true;
        windows_update(a->windows);
    }
    words_wipe(&password);
}

static void do_host(struct app *a)
{
    if (!may_begin(a))
        return;
    take_name(a);
    if (!prefs_password_known(a)) {
        prefs_ask_password(a);
        return;
    }
    if (line_prepare_host(a) != 0)
        app_abort("the kernel gives no random bytes");
    if (line_permitted(a))
        app_event(a, (struct session_event){.kind = EV_HOST,
                                            .code = !a->line.to.has_password,
                                            .flag = a->own_relay,
                                            .flag2 = prefs_lobby(a)});
    else
        facts_show_fault(a, FAULT_POLICY);
}

static void do_retry(struct app *a)
{
    if (a->session.phase == PHASE_HOME) /* nothing was tried yet */
        join_now(a);
    else if (a->session.intent == INTENT_JOIN && !line_may_try(a))
        facts_show_fault(a, FAULT_J_WAIT);
    else
        app_event_kind(a, EV_RETRY);
}

/* Who uses no pointer is told how to come back. */
static void do_close_panel(struct app *a, enum ui_window window)
{
    simple(a, EV_PANEL, window == UI_VIEWER, 0, HAND_NONE);
    if (!a->session.panel && a->model.sharing == 1)
        windows_toast(a->windows, UI_TOAST_KEYS, "");
}

static void do_close(struct app *a, enum ui_window window)
{
    if (window == UI_DOCTOR)
        windows_doctor(a->windows, false);
    else if (window == UI_ERROR && facts_error_over(a))
        return;
    else if (window == UI_MIRROR)
        simple(a, EV_MIRROR, false, 0, HAND_NONE);
    else if (a->session.phase == PHASE_HOST)
        do_close_panel(a, window);
    else
        app_event_kind(a, EV_CLOSE);
}

static void do_back(struct app *a)
{
    if (a->session.phase == PHASE_HOME) /* the password, or a fault known without trying */
        facts_show(a, WIN_HOME);
    else
        app_event_kind(a, EV_BACK);
}

static void do_copy(struct app *a)
{
    char text[INVITE_TEXT_MAX];
    if (!a->invitation[0])
        return;
    invite_text(text, a->model.language, a->line.to.sid, a->line.shown, a->invitation);
    if (windows_copy(a->windows, text))
        windows_toast(a->windows, UI_TOAST_COPIED, "");
    explicit_bzero(text, sizeof text);
}

/* Of the one who presents, or was asked to: take it back. */
static void do_offer(struct app *a, uint32_t id, enum windows_hand hand)
{
    const struct session *s = &a->session;
    bool asked = s->offer == OFFER_SENT && id == s->offer_to;
    simple(a, EV_OFFER, false, asked || id == s->presenter ? s->me : id, hand);
}

static void on_action(void *ctx, enum ui_window window, enum ui_action action, uint32_t id,
                      enum windows_hand hand)
{
    struct app *a = ctx;
    switch (action) {
    case ACTION_CLOSE:
        do_close(a, window);
        break;
    case ACTION_HOST:
        do_host(a);
        break;
    case ACTION_JOIN:
        do_join(a);
        break;
    case ACTION_PASSWORD:
        do_password(a);
        break;
    case ACTION_BACK:
    case ACTION_HOME:
    case ACTION_CANCEL:
        do_back(a);
        break;
    case ACTION_DOCTOR:
    case ACTION_CHECK_AGAIN:
        facts_doctor(a);
        break;
    case ACTION_COPY_INVITATION:
        do_copy(a);
        break;
    case ACTION_NEW_PASSWORD:
        prefs_ask_password(a);
        break;
    case ACTION_SET_PASSWORD:
        if (prefs_set_password(a, id))
            do_host(a);
        break;
    case ACTION_SETTINGS:
        prefs_open(a);
        break;
    case ACTION_SAVE_SETTINGS:
        prefs_save(a);
        break;
    case ACTION_PEOPLE:
        windows_side(a->windows, UI_PEOPLE);
        break;
    case ACTION_CHAT:
        talk_open(a);
        break;
    case ACTION_CHAT_SEND:
        talk_send(a);
        break;
    case ACTION_SHARE:
        simple(a, EV_SHARE, false, 0, hand);
        break;
    case ACTION_STOP:
        simple(a, EV_STOP, false, 0, hand);
        break;
    case ACTION_PAUSE:
        simple(a, EV_PAUSE, false, 0, hand);
        break;
    case ACTION_CONTINUE:
        simple(a, EV_CONTINUE, false, 0, hand);
        break;
    case ACTION_MIRROR: /* again: no longer */
        simple(a, EV_MIRROR, !a->model.mirror, 0, hand);
        break;
    case ACTION_LOCK:
    case ACTION_UNLOCK:
        simple(a, EV_LOCK, action == ACTION_LOCK, 0, hand);
        break;
    case ACTION_REMOVE:
        simple(a, EV_REMOVE, false, id, hand);
        break;
    case ACTION_MAKE_PRESENTER:
        do_offer(a, id, hand);
        break;
    case ACTION_WORDS:
        simple(a, EV_WORDS, false, id, hand);
        break;
    case ACTION_END:
    case ACTION_LEAVE:
        if (window == UI_VIEWER && a->session.phase == PHASE_HOST)
            simple(a, EV_PANEL, true, 0, hand); /* an organizer looks away, and stays */
        else
            simple(a, EV_END, false, 0, hand);
        break;
    case ACTION_ASK_CONTROL:
        simple(a, EV_ASK, false, 0, hand);
        break;
    case ACTION_RELEASE_CONTROL:
        simple(a, EV_RELEASE, false, 0, hand);
        break;
    case ACTION_STOP_CONTROL:
        simple(a, EV_STOP_CONTROL, false, 0, hand);
        break;
    case ACTION_ALLOW_CONTROL:
        app_event(a, (struct session_event){.kind = EV_ALLOW,
                                            .person = id,
                                            .number = app_member_slot(a, (uint16_t)id)});
        break;
    case ACTION_END_CONTROL:
        simple(a, EV_REVOKE_ALL, false, id, hand);
        break;
    case ACTION_OPEN_ROW: /* whose questions were off may ask again */
        app_event(a, (struct session_event){.kind = EV_PARDON,
                                            .number = app_member_slot(a, (uint16_t)id)});
        break;
    case ACTION_RETRY:
        do_retry(a);
        break;
    case ACTION_COPY_REPORT:
    case ACTION_COPY_DETAIL:
        windows_copy(a->windows, action == ACTION_COPY_DETAIL ? a->detail : facts_report(a));
        break;
    default: /* Admit and Refuse come as answers of a prompt; the rest is not offered yet */
        break;
    }
}

/* --- prompts */

static void on_prompt_painted(void *ctx, uint32_t serial)
{
    app_event(ctx, (struct session_event){.kind = EV_PROMPT_PAINTED, .serial = serial});
}

static void on_prompt_armed(void *ctx, uint32_t serial, bool armed)
{
    app_event(ctx,
              (struct session_event){.kind = EV_PROMPT_ARMED, .serial = serial, .flag = armed});
}

static void on_prompt_answer(void *ctx, uint32_t serial, bool yes, uint8_t choice,
                             enum windows_hand hand, enum origin_why why)
{
    struct app *a = ctx;
    if (why == ORIGIN_WHY_PAINTER) /* the death, which the heart hears of now, is the no: as a no
                                      before it, it would be told as that of the next painter */
        return;
    a->answer_hand = hand;
    app_event(a, (struct session_event){.kind = EV_ANSWER,
                                        .serial = serial,
                                        .flag = yes,
                                        .code = choice,
                                        .origin = origin_of(hand)});
}

static void on_prompt_apart(void *ctx, uint32_t serial)
{
    app_event(ctx, (struct session_event){.kind = EV_APART, .serial = serial});
}

/* --- windows */

static void on_panel_wanted(void *ctx)
{
    simple(ctx, EV_PANEL, true, 0, HAND_NONE);
}

static void on_shown(void *ctx, bool seen)
{
    app_event(ctx, (struct session_event){.kind = EV_SHOWN, .flag = seen});
}

static void on_bar_mapped(void *ctx)
{
    app_event_kind(ctx, EV_BAR_MAPPED);
}

static void on_bar_lost(void *ctx)
{
    app_event_kind(ctx, EV_BAR_LOST);
}

static void on_target_gone(void *ctx)
{
    app_event_kind(ctx, EV_TARGET_GONE);
}

static void on_shade_answer(void *ctx, uint32_t serial, enum read_again again,
                            const struct ui_rect *places, unsigned n)
{
    struct app *a = ctx;
    if (n > 0 && !a->told_hidden)
        record_never_shown(a, NEVER_HIDDEN);
    a->told_hidden = a->told_hidden || n > 0;
    share_hide(a, serial, again, places, n);
}

static void on_never_shown(void *ctx, enum windows_never_why why)
{
    record_never_shown(ctx, why);
}

static void on_painter_failed(void *ctx, enum windows_painter which)
{
    crew_lost(ctx, which == PAINTER_PROMPT ? SW_PROMPT : SW_UI);
}

/* The own windows are not the ones that capture knows any more. */
static void on_screen_changed(void *ctx)
{
    hands_on_resized(ctx);
    share_mask_again(ctx);
}

/* Where the settings say nothing else, windows follow the desktop. */
static void on_desktop(void *ctx)
{
    struct app *a = ctx;
    looks_apply(&a->model, &a->settings, &a->display.desktop, looks_locale());
    windows_update(a->windows);
}

static void on_owner_active(void *ctx)
{
    app_event_kind(ctx, EV_ACTIVE);
}

static void on_screen_locked(void *ctx, bool locked)
{
    app_event(ctx, (struct session_event){.kind = EV_SCREEN_LOCK, .flag = locked});
}

static void on_others(void *ctx)
{
    struct app *a = ctx;
    if (a->display.others.controlled)
        app_event_kind(a, EV_INPUT_USED);
    share_mask_again(a); /* capture is to ask now */
}

static void on_owner_hand(void *ctx)
{
    hands_owner(ctx);
    hands_look_at_state(ctx);
}

static void on_injected(void *ctx)
{
    hands_injected(ctx);
}

static void on_pointer_moved(void *ctx)
{
    share_look(ctx);
}

static void on_hint(void *ctx)
{
    struct app *a = ctx;
    windows_toast(a->windows, UI_TOAST_HINT, "");
}

static void on_steer(void *ctx, const struct input_event *events, unsigned n)
{
    hands_steer(ctx, events, n);
}

static void on_lost(void *ctx)
{
    struct app *a = ctx;
    if (stuck_was())
        snprintf(a->detail, sizeof a->detail, "the X server takes nothing any more");
    app_event_kind(a, EV_DISPLAY_LOST);
}

static void on_tell_window(void *ctx, const struct windows_window_line *line)
{
    record_tell_window(ctx, line);
}

static void on_tell_prompt(void *ctx, const struct windows_prompt_line *line)
{
    record_tell_prompt(ctx, line);
}

void actions_fill(struct app *a, struct windows_calls *calls)
{
    *calls = (struct windows_calls){
        .ctx = a,
        .action = on_action,
        .prompt_painted = on_prompt_painted,
        .prompt_armed = on_prompt_armed,
        .prompt_answer = on_prompt_answer,
        .prompt_apart = on_prompt_apart,
        .panel_wanted = on_panel_wanted,
        .shown = on_shown,
        .bar_mapped = on_bar_mapped,
        .bar_lost = on_bar_lost,
        .owner_active = on_owner_active,
        .target_gone = on_target_gone,
        .painter_failed = on_painter_failed,
        .shade_answer = on_shade_answer,
        .never_shown = on_never_shown,
        .screen_changed = on_screen_changed,
        .desktop = on_desktop,
        .screen_locked = on_screen_locked,
        .others = on_others,
        .owner_hand = on_owner_hand,
        .injected = on_injected,
        .pointer_moved = on_pointer_moved,
        .hint = on_hint,
        .steer = on_steer,
        .lost = on_lost,
        .tell_chat = a->options->events_chat,
        .tell_window = a->options->events ? on_tell_window : NULL,
        .tell_prompt = a->options->events ? on_tell_prompt : NULL,
    };
}
