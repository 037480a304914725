/* What --events says: see record.h. Run by the broker. */
#include "broker/app.h"
#include "broker/record.h"
#include "lib/hex.h"
#include "lib/ui/layout.h"
#include <stdio.h>

static struct events_rect rect_of(struct ui_rect r)
{
    return (struct events_rect){r.x, r.y, r.w, r.h};
}

void record_tell_session(struct app *a)
{
    char pin[HEX_SIZE(16)] = "";
    if (a->line.to.relay.has_pin)
        hex_format(a->line.to.relay.pin, 16, pin);
    events_session(
        &(struct events_session){.id = a->line.to.sid,
                                 .password = a->line.to.has_password ? a->line.shown : NULL,
                                 .invitation = a->invitation,
                                 .relay = a->relay_text,
                                 .pin = pin});
}

void record_tell_member(struct app *a, uint16_t mid, const char *name, uint8_t role,
                        const char *state)
{
    (void)a;
    events_member(mid, span_text(name), role == 1 ? "organizer" : "participant", state);
}

void record_tell_share(struct app *a, uint8_t state, uint32_t why)
{
    static const char *const states[] = {"off", "on", "paused"};
    (void)a;
    if (state < 3)
        events_share(states[state], session_why_name((enum session_why)why));
}

void record_tell_control(struct app *a, const struct session_effect *e)
{
    static const char *const states[] = {"off", "on", "paused"};
    uint64_t until = e->flag ? a->hands.there_until_ms : a->hands.until_ms, now = loop_now_ms();
    events_control(&(struct events_control_line){
        .state = states[e->code % 3],
        .why = session_why_name((enum session_why)e->number),
        .name = span_text(people_member_name(&a->people, (uint16_t)e->person)),
        .mine = e->flag != 0,
        .left_s = e->code && until > now ? (until - now) / 1000 : 0});
}

void record_tell_refused(struct app *a, const struct session_effect *e)
{
    events_control(&(struct events_control_line){
        .state = "refused",
        .why = session_why_name((enum session_why)e->number),
        .name = span_text(people_member_name(&a->people, (uint16_t)e->person))});
}

void record_tell_held(struct app *a, uint8_t held)
{
    static const char *const whys[] = {"", "owner", "question", "reach"};
    events_control(&(struct events_control_line){.state = held ? "held" : "on",
                                                 .why = whys[held % 4],
                                                 .name = span_text(a->presenter),
                                                 .mine = true});
}

void record_tell_ended(struct app *a, const struct session_effect *e)
{
    static const char *const said[] = {"seal", "relay", "net", "dial"};
    unsigned who = e->number / SAID_EACH % 4, code = e->number % SAID_EACH;
    (void)a;
    events_ended(e->flag ? "cut" : "properly", session_why_name((enum session_why)e->code),
                 e->number ? said[who] : "", code);
}

/* One line: what, why, what to do. */
static const char *plain_text(enum session_fault fault)
{
    static const char *const texts[FAULT_COUNT] = {
        [FAULT_J_PASS] =
            "the password is not right; check each word with the person who invited you",
        [FAULT_J_STOP] = "too many wrong tries; ask the host for a new password",
        [FAULT_J_WAIT] = "too many tries, or the session is busy; try again in a minute",
        [FAULT_J_NONE] = "no session with this number; it stops working when its session ends",
        [FAULT_J_LOCK] = "the session is locked; ask the host to unlock it",
        [FAULT_J_NO] = "the host did not let you in; ask them whether they know you by that name",
        [FAULT_J_OUT] = "the host removed you from the session; ask them why",
        [FAULT_J_LOG] = "the host's log could not be written, and nobody may take part without it; "
                        "tell them, and try again",
        [FAULT_J_ID] = "this number leads to somebody else's session; nothing was sent, ask for a "
                       "new invitation",
        [FAULT_J_WHO] =
            "your identity is missing, cannot be used, or was not accepted; ask the person "
            "who invited you, or whoever looks after this computer",
        [FAULT_J_KEY] =
            "the other side could not be identified: its identity is missing, wrong, or not "
            "the one you know; ask them over another way",
        [FAULT_J_LINK] =
            "the link is not an invitation; ask for a new one, or type the session number",
        [FAULT_R_NET] = "no connection to the relay; check the network, or whether the relay runs",
        [FAULT_R_NO] = "this relay starts no sessions for you; ask whoever runs it for its key",
        [FAULT_R_CERT] = "the relay could not prove that it is the right one; nothing was sent, "
                         "try another network",
        [FAULT_W_DIFF] =
            "the words were different; somebody may be in between, try another network",
        [FAULT_V_OLD] = "the two versions do not fit; update the older one",
        [FAULT_S_BOX] = "a part could not be locked in on this computer, so nothing was started; "
                        "`vitrine doctor` shows what is missing",
        [FAULT_D_WAY] = "the display went away or cannot be used; a local X display is needed",
        [FAULT_POLICY] =
            "a rule of this organisation forbids it; ask whoever looks after this computer",
    };
    return fault < FAULT_COUNT && texts[fault] ? texts[fault] : "failed";
}

/* ... where it is too late for "nothing was sent"; NULL: the same. */
static const char *later_text(enum session_fault fault)
{
    switch (fault) {
    case FAULT_J_ID:
        return "this number leads to somebody else's session now; ask for a new invitation";
    case FAULT_R_CERT:
        return "the relay could not prove that it is the right one; the session was ended, try "
               "another network";
    case FAULT_S_BOX:
        return "a part could not be locked in on this computer, so the session was ended; `vitrine "
               "doctor` shows what is missing";
    default:
        return NULL;
    }
}

/* A part that could not be started, but for another reason than that it cannot be locked in; NULL:
   for that one. */
static const char *unstarted_text(const struct worker_end *end)
{
    bool confined = end->fail == FAIL_CONFINE;
    if (end->late)
        return "a part was not ready in time, so it was not used: this computer is too busy; try "
               "again later";
    if (start_is_shortage(end->error) || end->fail == FAIL_MEMORY ||
        (confined && start_is_shortage((int)end->detail)))
        return "a part could not be started: there are too few processes, open files or memory to "
               "be had; end other programs and try again";
    return NULL;
}

static const char *text_of(const struct app *a, enum session_fault fault)
{
    const char *later = session_is_late(&a->session, fault) ? later_text(fault) : NULL;
    const char *other = fault == FAULT_S_BOX ? unstarted_text(&a->unstarted) : NULL;
    if (other)
        return other;
    if (fault == FAULT_D_WAY && a->display.wayland)
        return "this is a Wayland desktop: sessions can be joined, this screen cannot be shared "
               "yet";
    return later ? later : plain_text(fault);
}

void record_tell_fault(struct app *a, uint8_t fault, uint32_t detail)
{
    char line[KEYFILE_ERROR + 512];
    (void)detail;
    snprintf(line, sizeof line, "%s%s%s%s", text_of(a, (enum session_fault)fault),
             a->detail[0] ? " (" : "", a->detail, a->detail[0] ? ")" : "");
    events_error(session_fault_name((enum session_fault)fault), line);
    record_error(a, session_fault_name((enum session_fault)fault), line);
    if (fault == FAULT_S_BOX || fault == FAULT_D_WAY || fault == FAULT_POLICY)
        fprintf(stderr, "vitrine: %s\n", line); /* there may be no window to say it in */
}

void record_tell_window(struct app *a, const struct windows_window_line *line)
{
    struct events_control controls[64];
    (void)a;
    for (unsigned i = 0; i < line->n_controls; i++) {
        const struct windows_control_line *c = &line->controls[i];
        controls[i] = (struct events_control){.id = c->id,
                                              .role = c->role,
                                              .label = c->label,
                                              .state = c->state,
                                              .name = c->name,
                                              .badges = c->badges,
                                              .group = c->group,
                                              .why = c->why,
                                              .value = c->value,
                                              .length = c->length,
                                              .rect = rect_of(c->rect),
                                              .focus = c->focus};
    }
    events_window(&(struct events_window){.name = line->name,
                                          .state = line->mapped ? "mapped" : "closed",
                                          .rect = rect_of(line->rect),
                                          .texts = line->said ? line->said->text : NULL,
                                          .n_texts = line->said ? line->said->n : 0,
                                          .controls = controls,
                                          .n_controls = line->n_controls});
}

void record_tell_prompt(struct app *a, const struct windows_prompt_line *line)
{
    (void)a;
    const struct events_button buttons[] = {{"yes", rect_of(line->yes)}, {"no", rect_of(line->no)}};
    events_prompt(&(struct events_prompt){.id = line->serial,
                                          .kind = line->kind,
                                          .name = span_text(line->name ? line->name : ""),
                                          .window = line->window,
                                          .buttons = buttons,
                                          .n_buttons = 2,
                                          .armed = line->armed,
                                          .why = line->why,
                                          .closed = line->closed});
}
