/* What the windows show: see facts.h. Run by the broker. */
#include "broker/facts.h"
#include "broker/app.h"
#include "broker/fonts.h"
#include "broker/identity.h"
#include "broker/line.h"
#include "broker/record.h"
#include "broker/talk.h"
#include "lib/fail.h"
#include "lib/words.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Who is at the door and in the session, in a stable order: ourselves, members as they came,
 * newcomers last. */
static struct ui_person everybody[MAX_MEMBERS + 1 + SESSION_WAITING];

static void set_text(char *out, size_t room, const char *text)
{
    memset(out, 0, room);
    memcpy(out, text, strnlen(text, room - 1));
}

static void add_person(unsigned *n, uint32_t id, bool waiting, uint16_t badges, const char *name)
{
    struct ui_person *p = &everybody[(*n)++];
    p->id = id;
    p->waiting = waiting;
    p->asks = p->may_be_asked = false;
    p->lacks = UI_LACKS_NOTHING;
    p->badges = badges;
    set_text(p->name, sizeof p->name, name);
}

static int by_name(const void *a, const void *b)
{
    const struct ui_person *const *left = a, *const *right = b;
    return strcmp((*left)->name, (*right)->name);
}

/* Equal names, one of them perhaps our own: neither is who the other may think (ui.md 8). Sorted
   first: this is done after every event, and everybody may be a thousand. */
static void mark_equal_names(unsigned n)
{
    static struct ui_person *sorted[sizeof everybody / sizeof everybody[0]];
    for (unsigned i = 0; i < n; i++)
        sorted[i] = &everybody[i];
    qsort(sorted, n, sizeof sorted[0], by_name);
    for (unsigned i = 1; i < n; i++)
        if (by_name(&sorted[i - 1], &sorted[i]) == 0) {
            sorted[i - 1]->badges |= UI_BADGE_SAME_NAME;
            sorted[i]->badges |= UI_BADGE_SAME_NAME;
        }
}

static bool asks(const struct session *s, uint16_t mid)
{
    for (unsigned i = 0; i < s->n_asking; i++)
        if (s->asking[i].mid == mid)
            return true;
    return false;
}

static uint16_t level_badge(enum session_level level)
{
    static const uint16_t badges[] = {0, UI_BADGE_WORDS_MATCH, UI_BADGE_CERTIFIED};
    return badges[level];
}

/* As session_may_invite has it. */
static uint8_t lacks(const struct session *s, enum session_level level)
{
    bool nobody_proved = s->no_password && level == LEVEL_CLAIMED && s->phase == PHASE_HOST;
    if (level >= s->rules.control_for && !nobody_proved)
        return UI_LACKS_NOTHING;
    return s->rules.control_for == LEVEL_CERTIFIED ? UI_LACKS_CERTIFICATE : UI_LACKS_WORDS;
}

static unsigned gather_people(const struct app *a)
{
    const struct session *s = &a->session;
    unsigned n = 0;
    uint16_t mine = UI_BADGE_YOU;
    if (s->phase == PHASE_HOST)
        mine |= UI_BADGE_ORGANIZER;
    if (s->presenter && s->presenter == s->me)
        mine |= UI_BADGE_PRESENTER;
    if (s->phase == PHASE_HOST || s->phase == PHASE_MEMBER)
        add_person(&n, s->me, false, mine, a->my_name);
    for (unsigned i = 0; i < s->n_members; i++) {
        uint16_t badges = s->member[i] == 1 ? UI_BADGE_ORGANIZER : 0;
        if (s->member[i] == s->presenter)
            badges |= UI_BADGE_PRESENTER;
        if (s->member[i] == s->control.person || s->member[i] == a->hands.seen)
            badges |= UI_BADGE_CONTROL;
        badges |= level_badge(session_level_of(s, s->member[i]));
        add_person(&n, s->member[i], false, badges, people_member_name(&a->people, s->member[i]));
        everybody[n - 1].asks = asks(s, s->member[i]);
        everybody[n - 1].may_be_asked = session_may_invite(s, s->member[i]);
        everybody[n - 1].lacks = lacks(s, session_level_of(s, s->member[i]));
    }
    for (unsigned i = 0; i < s->n_waiting; i++)
        add_person(&n, s->waiting[i].knock, true,
                   s->waiting[i].level == LEVEL_CERTIFIED ? UI_BADGE_CERTIFIED : 0,
                   people_knock_name(&a->people, s->waiting[i].knock));
    mark_equal_names(n);
    return n;
}

static unsigned count_verified(unsigned n)
{
    unsigned verified = 0;
    for (unsigned i = 0; i < n; i++)
        verified += (everybody[i].badges & UI_BADGE_WORDS_MATCH) != 0;
    return verified;
}

static uint8_t sharing_of(const struct session *s)
{
    if (s->share == SHARE_PAUSED || s->share_then == SHARE_PAUSED)
        return 2;
    return s->share == SHARE_RUNNING || s->share == SHARE_STARTING || s->share == SHARE_SHOWING;
}

static bool others_screen(const struct session *s)
{
    return s->presenter != 0 && s->presenter != s->me;
}

static bool lives(const struct session *s, enum session_worker w)
{
    return s->worker[w] == WS_STARTING || s->worker[w] == WS_READY;
}

static void fill_control(struct app *a, struct ui_model *m)
{
    const struct session *s = &a->session;
    const struct session_control *c = &s->control;
    bool on = c->step == CONTROL_ON;
    m->input_live = lives(s, SW_INPUT) || lives(s, SW_INPUT_GATE);
    m->control = !on ? 0 : s->prompt.kind == PROMPT_NONE ? 1 : 2;
    set_text(m->controller, sizeof m->controller,
             on ? people_member_name(&a->people, c->person) : "");
    m->control_until_ms =
        a->hands.until_ms ? a->hands.until_ms : loop_now_ms() + c->seconds * 1000ull;
    m->control_longest = s->rules.control_longest;
    m->mine = s->mine == MINE_ON ? 2 : s->mine == MINE_ASKED ? 1 : 0;
    m->may_ask = (s->phase == PHASE_HOST || s->phase == PHASE_MEMBER) && s->presenter &&
                 s->presenter != s->me && s->line == LINE_UP && s->mine != MINE_ASKED &&
                 s->mine != MINE_REFUSED;
    m->may_more = m->may_ask && s->mine == MINE_ON && s->mine_more == MORE_NONE;
    m->held = a->hands.there_held;
    m->same_position = a->settings.keys == KEYS_POSITION;
    m->only_hands = !s->rules.assistive || s->input_used;
    windows_assistive(a->windows, !m->only_hands);
}

static uint8_t door_of(const struct app *a)
{
    if (a->session.no_password && !a->line.shown[0])
        return UI_DOOR_NUMBER;
    return a->session.lobby ? UI_DOOR_ASKS : UI_DOOR_OPEN;
}

static void fill_session(struct app *a, struct ui_model *m)
{
    const struct session *s = &a->session;
    set_text(m->sid, sizeof m->sid, a->line.to.sid);
    set_text(m->password, sizeof m->password, a->session.phase == PHASE_HOST ? a->line.shown : "");
    set_text(m->relay, sizeof m->relay, a->line.dial_host);
    m->people = everybody;
    m->n_people = gather_people(a);
    m->verified = count_verified(m->n_people);
    m->wrong_tries = a->wrong;
    m->locked = s->locked;
    m->unrecorded = session_unrecorded(s);
    m->door = door_of(a);
    fill_control(a, m);
    m->sharing = sharing_of(s);
    m->other = others_screen(s);
    m->can_look = m->other && s->phase == PHASE_HOST && s->worker[SW_VIEW] == WS_READY;
    m->mirror = lives(s, SW_MIRROR);
    m->what = s->share_what == SHARE_WINDOW  ? UI_WHAT_WINDOW
              : s->share_what == SHARE_WHOLE ? UI_WHAT_WHOLE
                                             : UI_WHAT_PART;
    m->no_whole = !s->rules.share_whole;
    m->no_window = a->display.major.composite == 0;
    m->no_control = !s->rules.control && !s->rules.control_cannot;
    m->off_line = (s->phase == PHASE_HOST || s->phase == PHASE_MEMBER) && s->line != LINE_UP;
    m->screen_locked = s->screen_locked;
    m->can_share =
        s->phase == PHASE_HOST && s->share == SHARE_OFF && !s->screen_locked && s->line == LINE_UP;
    m->can_offer = session_may_offer(s);
    m->can_take = session_may_take_back(s);
    m->offering = s->offer == OFFER_STOPPING || s->offer == OFFER_SENT;
    m->offered = s->offer == OFFER_SENT ? s->offer_to : 0;
    m->can_compare = s->line == LINE_UP && !s->screen_locked &&
                     (s->phase == PHASE_HOST || (s->phase >= PHASE_LOBBY && !s->words_ok));
    m->viewers = session_people(s);
    m->also = s->phase == PHASE_MEMBER              ? UI_ALSO_LET_IN
              : s->phase == PHASE_HOST && !s->lobby ? UI_ALSO_PASSWORD
                                                    : UI_ALSO_NOBODY;
    set_text(m->organizer, sizeof m->organizer, s->phase == PHASE_MEMBER ? a->organizer : "");
    set_text(m->my_name, sizeof m->my_name, a->my_name);
    m->sharing_since_ms = a->share_since_ms;
    m->password_wrong = s->fault == FAULT_J_PASS;
    m->password_may_lack = a->line.to.has_fp;
    m->tries_left = line_tries_left(a);
    m->waiting_room = s->phase == PHASE_LOBBY;
}

static void grow_older(void *ctx)
{
    facts_update(ctx);
}

/* How old the picture is, from when it was last live, that is also from a pause on; told every
   second as long as the line is gone. */
static void count_age(struct app *a, struct ui_model *m, bool seen)
{
    uint64_t now = loop_now_ms();
    if (!seen || m->picture == UI_VIEWER_LIVE)
        a->stale_since_ms = 0;
    else if (!a->stale_since_ms)
        a->stale_since_ms = now;
    if (!a->stale_since_ms || m->picture != UI_VIEWER_STALE) {
        m->stale_s = 0;
        loop_clear_timer(&a->loop, grow_older, a);
        return;
    }
    m->stale_s = (uint32_t)((now - a->stale_since_ms) / 1000);
    loop_set_timer(&a->loop, 1000 - (now - a->stale_since_ms) % 1000, grow_older, a);
}

static void count_down(void *ctx)
{
    facts_update(ctx);
}

/* How long a no to our wish for control lasts yet: told every second. */
static void count_refusal(struct app *a, struct ui_model *m)
{
    const struct session *s = &a->session;
    uint64_t now = loop_now_ms(), over;
    m->wait_s = 0;
    if (s->mine != MINE_REFUSED && s->mine_more != MORE_REFUSED) {
        a->refused_since_ms = 0;
        loop_clear_timer(&a->loop, count_down, a);
        return;
    }
    if (!a->refused_since_ms)
        a->refused_since_ms = now;
    over = a->refused_since_ms + REFUSED_WAIT_MS;
    if (now >= over)
        return;
    m->wait_s = (uint32_t)((over - now + 999) / 1000);
    loop_set_timer(&a->loop, (over - now - 1) % 1000 + 1, count_down, a);
}

#define SEAL_PICTURE_INCOMPLETE 4 /* SEAL_PICTURE.state */

static void fill_viewer(struct app *a, struct ui_model *m)
{
    static const uint8_t faces[8] = {UI_VIEWER_LIVE, UI_VIEWER_PAUSED, UI_VIEWER_EMPTY,
                                     UI_VIEWER_STALE, UI_VIEWER_EMPTY};
    const struct session *s = &a->session;
    bool away = s->phase == PHASE_MEMBER && s->line != LINE_UP;
    bool theirs = others_screen(s);
    uint8_t face = theirs ? faces[s->picture & 7] : UI_VIEWER_EMPTY;
    bool seen = face != UI_VIEWER_EMPTY;
    m->picture = away ? UI_VIEWER_STALE : face;
    if (!seen) {
        m->theirs = UI_WHAT_UNKNOWN; /* what is shown next, its presenter has not said yet */
        m->skipped = 0;
    }
    m->incomplete = s->picture == SEAL_PICTURE_INCOMPLETE;
    set_text(m->presenter, sizeof m->presenter, seen ? a->presenter : "");
    m->attempt = away ? s->line_tries : 0;
    if (away || s->phase != PHASE_MEMBER)
        m->rtt_ms = 0; /* of a line that is gone */
    count_age(a, m, seen);
    count_refusal(a, m);
}

static uint8_t end_why_of(const struct session *s)
{
    return s->why == WHY_ORGANIZER ? END_WHY_ORGANIZER
           : s->why == WHY_EMPTY   ? UI_END_EMPTY
           : s->why == WHY_AWAY    ? UI_END_AWAY
                                   : END_WHY_SELF;
}

static enum ui_error error_of(const char *code)
{
    for (unsigned i = 1; i < UI_ERRORS; i++)
        if (strcmp(ui_error_get(i)->code, code) == 0)
            return (enum ui_error)i;
    return UI_ERROR_NONE;
}

static void fill_ended(struct app *a, struct ui_model *m)
{
    const struct session *s = &a->session;
    m->end_how = s->how;
    m->hosted = s->intent == INTENT_HOST;
    m->end_why = end_why_of(s);
    set_text(m->end_who, sizeof m->end_who, s->why == WHY_ORGANIZER ? a->organizer : "");
    m->lasted_s =
        a->session_since_ms ? (uint32_t)((loop_now_ms() - a->session_since_ms) / 1000) : 0;
    if (s->phase == PHASE_OVER && m->lasted_s && a->lasted_s == 0)
        a->lasted_s = m->lasted_s; /* it ended when it ended, however long the window stays */
    if (a->lasted_s)
        m->lasted_s = a->lasted_s;
    set_text(m->log_place, sizeof m->log_place, a->audit_path);
    enum session_fault fault = a->own_fault ? a->own_fault : s->fault;
    if (fault != FAULT_NONE) { /* else its window, on its way out, says what it said */
        m->error = error_of(session_fault_name(fault));
        m->error_later = session_is_late(s, fault);
    }
    set_text(m->detail, sizeof m->detail, a->detail);
    m->versions = m->error == UI_ERROR_V_OLD ? a->versions.what : UI_VERSIONS_NONE;
    m->version_here = a->versions.here;
    m->version_there = a->versions.there;
}

void facts_versions(struct app *a, enum ui_versions what, uint16_t here, uint16_t there)
{
    a->versions.what = (uint8_t)what;
    a->versions.here = here;
    a->versions.there = there;
    if (what == UI_VERSIONS_RELAY)
        snprintf(a->detail, sizeof a->detail, "relay protocol: version %u here, another there",
                 here);
    else
        snprintf(a->detail, sizeof a->detail, "end-to-end protocol: %s %u here, %u there",
                 what == UI_VERSIONS_SUITE ? "suite" : "version", here, there);
}

void facts_forget(struct app *a)
{
    people_init(&a->people);
    chat_wipe(&a->chat);
    a->wrong = a->lasted_s = 0;
    explicit_bzero(&a->hands, sizeof a->hands);
    explicit_bzero(&a->versions, sizeof a->versions);
    a->session_since_ms = a->share_since_ms = 0;
    a->organizer[0] = a->presenter[0] = a->detail[0] = a->relay_text[0] = 0;
    explicit_bzero(a->invitation, sizeof a->invitation);
    a->model.theirs = UI_WHAT_UNKNOWN;
    a->model.skipped = 0;
}

static void fill(struct app *a)
{
    struct ui_model *m = &a->model;
    fill_session(a, m);
    fill_viewer(a, m);
    talk_fill(a);
    fill_ended(a, m);
}

void facts_update(struct app *a)
{
    fill(a);
    windows_update(a->windows);
}

void facts_toast(struct app *a, uint8_t toast, uint16_t mid)
{
    static const uint8_t kinds[] = {[TOAST_JOINED] = UI_TOAST_JOINED,
                                    [TOAST_LEFT] = UI_TOAST_LEFT,
                                    [TOAST_STOPPED] = UI_TOAST_STOPPED,
                                    [TOAST_LOCKED] = UI_TOAST_LOCKED,
                                    [TOAST_WORKER] = UI_TOAST_WORKER,
                                    [TOAST_PASSWORD] = UI_TOAST_PASSWORD,
                                    [TOAST_CONTROL] = UI_TOAST_CONTROL_ENDED,
                                    [TOAST_CONTROL_SCREEN] = UI_TOAST_CONTROL_SCREEN,
                                    [TOAST_MINE_YES] = UI_TOAST_CONTROL_YES,
                                    [TOAST_MINE_NO] = UI_TOAST_CONTROL_NO,
                                    [TOAST_MINE_LATE] = UI_TOAST_CONTROL_LATE,
                                    [TOAST_MINE_GONE] = UI_TOAST_CONTROL_GONE,
                                    [TOAST_NO_PRESENTER] = UI_TOAST_NO_PRESENTER,
                                    [TOAST_PRESENTING] = UI_TOAST_PRESENTING,
                                    [TOAST_MINE_INVITED] = UI_TOAST_CONTROL_INVITED,
                                    [TOAST_INVITED] = UI_TOAST_INVITED,
                                    [TOAST_CANNOT] = UI_TOAST_CONTROL_CANNOT,
                                    [TOAST_NOT_CERTIFIED] = UI_TOAST_NOT_CERTIFIED,
                                    [TOAST_RULE] = UI_TOAST_RULE,
                                    [TOAST_MIRROR] = UI_TOAST_MIRROR,
                                    [TOAST_UNLOCKED] = UI_TOAST_UNLOCKED,
                                    [TOAST_NO_RECORD] = UI_TOAST_LOG_NEEDED,
                                    [TOAST_MINE_UNRECORDED] = UI_TOAST_LOG_MINE,
                                    [TOAST_DOOR_UNRECORDED] = UI_TOAST_LOG_DOOR,
                                    [TOAST_QUESTION] = UI_TOAST_QUESTION,
                                    [TOAST_RECORDED] = UI_TOAST_LOG_AGAIN};
    if (toast >= sizeof kinds)
        return;
    windows_toast(a->windows, kinds[toast], people_member_name(&a->people, mid));
}

/* --- prompts about somebody */

const char *facts_asked_about(struct app *a, uint8_t prompt, uint32_t person)
{
    switch (prompt) {
    case PROMPT_ADMIT:
        return people_knock_name(&a->people, person);
    case PROMPT_WORDS:
        if (a->session.words_door)
            return people_knock_name(&a->people, person);
        if (a->session.intent == INTENT_JOIN)
            return a->organizer;
        return people_member_name(&a->people, (uint16_t)person);
    case PROMPT_KEY:
        return identity_asked_name(a, person);
    case PROMPT_BECOME:
        return a->organizer;
    case PROMPT_PRESENT:
    case PROMPT_SECOND:
    case PROMPT_CONTROL:
    case PROMPT_WHOLE:
        return people_member_name(&a->people, (uint16_t)person);
    default:
        return "";
    }
}

static const uint8_t *words_of(struct app *a, uint32_t person)
{
    if (a->session.intent == INTENT_JOIN)
        return a->words;
    return a->session.words_door ? people_knock_words(&a->people, person)
                                 : people_member_words(&a->people, (uint16_t)person);
}

static uint8_t waiting_level(const struct app *a, uint32_t knock)
{
    const struct session *s = &a->session;
    for (unsigned i = 0; i < s->n_waiting; i++)
        if (s->waiting[i].knock == knock)
            return (uint8_t)s->waiting[i].level;
    return LEVEL_CLAIMED;
}

void facts_words(struct app *a, uint8_t prompt, uint32_t person)
{
    struct ui_model *m = &a->model;
    const uint8_t *w = prompt == PROMPT_WORDS ? words_of(a, person) : NULL;
    m->words[0] = 0;
    m->words_known = prompt == PROMPT_PRESENT || prompt == PROMPT_BECOME ||
                     prompt == PROMPT_SECOND || prompt == PROMPT_CONTROL || prompt == PROMPT_WHOLE;
    m->words_compared = m->words_known ? (uint8_t)session_level_of(&a->session, person) : 0;
    if (prompt == PROMPT_ADMIT) /* at the door only a certificate says anything */
        m->words_known = (m->words_compared = waiting_level(a, person)) == LEVEL_CERTIFIED;
    if (prompt == PROMPT_KEY)
        identity_asked_key(a, person, m->key);
    if (w)
        snprintf(m->words, sizeof m->words, "%s %s %s %s", words_verify[w[0]], words_verify[w[1]],
                 words_verify[w[2]], words_verify[w[3]]);
}

static enum ui_window face_of(const struct app *a, uint8_t window)
{
    static const enum ui_window faces[] = {UI_WINDOWS,    UI_HOME,   UI_CONNECTING, UI_CONNECTING,
                                           UI_HOST_PANEL, UI_VIEWER, UI_ENDED,      UI_ERROR};
    if (window == WIN_ERROR && a->session.fault == FAULT_J_PASS)
        return UI_JOIN; /* wrong password: the field itself says so */
    if (window == WIN_HOME && a->line.from_link)
        return UI_JOIN;
    return faces[window];
}

static void show_fault(struct app *a, uint8_t fault)
{
    a->own_fault = fault;
    record_tell_fault(a, fault, 0);
    facts_update(a);
    windows_show(a->windows, UI_ERROR);
}

void facts_show(struct app *a, uint8_t window)
{
    enum ui_window face = face_of(a, window);
    if (window == WIN_HOME && a->options->link_wrong) { /* closed, that is the end of it */
        snprintf(a->detail, sizeof a->detail, "link: %s", a->options->link_wrong);
        show_fault(a, FAULT_J_LINK);
        return;
    }
    a->own_fault = FAULT_NONE;
    fill(a); /* the window that is there is not to tell it: of a session that is over it knows
                nothing */
    if (a->session.phase == PHASE_OVER) /* people and password were that session's */
        windows_side_close(a->windows);
    if (face == UI_WINDOWS) {
        windows_hide(a->windows);
        return;
    }
    windows_show(a->windows, face);
    if (face == UI_HOME)
        windows_set_text(a->windows, UI_HOME, UI_HOME_YOUR_NAME, a->my_name);
    if (face == UI_JOIN &&
        a->line.from_link) /* a link only fills in the form; joining is a press of the owner */
        windows_set_text(a->windows, UI_JOIN, UI_JOIN_PASSWORD, a->line.to.password.text);
    a->line.from_link = false;
}

void facts_show_fault(struct app *a, uint8_t fault)
{
    a->detail[0] = 0;
    show_fault(a, fault);
}

bool facts_error_over(struct app *a)
{
    const struct session *s = &a->session;
    if (s->phase != PHASE_HOST && s->phase != PHASE_MEMBER)
        return false;
    a->own_fault = FAULT_NONE;
    facts_update(a);
    windows_show(a->windows, s->phase == PHASE_HOST && s->panel ? UI_HOST_PANEL : UI_VIEWER);
    return true;
}

/* --- security status */

static void checked_now(struct ui_model *m)
{
    time_t now = time(NULL);
    struct tm t;
    m->checked[0] = 0;
    if (localtime_r(&now, &t))
        (void)strftime(m->checked, sizeof m->checked, "%H:%M:%S", &t);
}

static void doctor_done(void *ctx)
{
    struct app *a = ctx;
    const struct doctor_report *r = &a->doctor.report;
    struct ui_model *m = &a->model;
    m->n_doctor = 0;
    for (int kind = WORKER_NONE; kind < WORKER_KINDS && m->n_doctor < MODEL_DOCTOR; kind++) {
        bool running = kind == WORKER_NONE || workers_have(&a->workers, (enum worker_kind)kind);
        m->doctor[m->n_doctor++] = doctor_ui_row(r, (enum worker_kind)kind, running);
    }
    m->doctor_all = r->n_missing == 0 ? UI_DOCTOR_ALL : UI_DOCTOR_SOME;
    if (r->n_missing == 1 && strcmp(r->missing[0], "mlock") == 0)
        m->doctor_all = UI_DOCTOR_UNLOCKED;
    checked_now(m);
    windows_update(a->windows);
}

void facts_doctor(struct app *a)
{
    static const struct doctor_needs needs = {.running_only = true};
    doctor_stop(&a->doctor);
    windows_doctor(a->windows, true);
    doctor_begin(&a->doctor, &a->workers, &needs, doctor_done, a);
}

const char *facts_report(struct app *a)
{
    static char text[8192];
    FILE *out = fmemopen(text, sizeof text, "w");
    text[0] = 0;
    if (out) {
        doctor_print(out, &a->doctor.report);
        fclose(out);
    }
    return text;
}
