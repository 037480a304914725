/* Grants and requests by number, and the input worker's beginning: see hands.h. Run by the broker.
 */
#include "broker/hands.h"
#include "broker/app.h"
#include "broker/crew.h"
#include "broker/facts.h"
#include "broker/record.h"
#include "ch_gate.h"
#include "ch_input.h"
#include "ch_seal.h"
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define CAPS 3 /* mouse and keyboard; the clipboard has a question of its own */

static const uint8_t nothing[16];

static bool same(const uint8_t a[16], const uint8_t b[16])
{
    return memcmp(a, b, 16) == 0;
}

/* --- requests --- */

static int asked_find(const struct hands *h, uint16_t mid)
{
    for (int i = 0; i < HANDS_ASKED; i++)
        if (h->asked[i].mid == mid)
            return i;
    return -1;
}

static void asked_forget(struct hands *h, const uint8_t request[16])
{
    for (int i = 0; i < HANDS_ASKED; i++)
        if (h->asked[i].mid && same(h->asked[i].request, request))
            memset(&h->asked[i], 0, sizeof h->asked[i]);
}

void hands_ask(struct app *a)
{
    struct chan *seal = crew_chan(a, SW_SEAL);
    bool even = a->conf.even_timing_only || a->settings.timing == TIMING_EVEN;
    if (seal)
        msg_seal_ask_send(seal, &(struct msg_seal_ask){.caps = CAPS, .even = even});
}

int hands_on_asked(struct app *a, const struct msg_seal_asked *m)
{
    struct hands *h = &a->hands;
    uint32_t slot = app_member_slot(a, m->mid);
    if (slot == SESSION_SLOTS)
        return -1; /* nobody it has named */
    int at = asked_find(h, m->mid);
    if (at < 0)
        at = asked_find(h, 0);
    if (at < 0)
        return 0; /* more than the heart would hear; seal lets it lapse */
    h->asked[at].mid = m->mid;
    h->asked[at].caps = m->caps;
    memcpy(h->asked[at].request, m->request, 16);
    uint8_t level = people_member_level(&a->people, m->mid);
    app_event(a,
              (struct session_event){.kind = EV_ASKED,
                                     .person = m->mid,
                                     .number = slot,
                                     .code = level,
                                     .flag = !a->line.to.has_password && level == LEVEL_CLAIMED &&
                                             a->session.phase == PHASE_HOST});
    return 0;
}

void hands_deny(struct app *a, uint16_t mid)
{
    struct chan *seal = crew_chan(a, SW_SEAL);
    int at = asked_find(&a->hands, mid);
    if (at < 0)
        return;
    struct msg_seal_deny m = {.mid = mid};
    memcpy(m.request, a->hands.asked[at].request, 16);
    memset(&a->hands.asked[at], 0, sizeof a->hands.asked[at]);
    if (seal)
        msg_seal_deny_send(seal, &m);
}

/* --- grants --- */

void hands_grant(struct app *a, uint16_t mid, uint32_t seconds)
{
    struct hands *h = &a->hands;
    struct chan *seal = crew_chan(a, SW_SEAL);
    int at = asked_find(h, mid);
    if (!seal || at < 0)
        return; /* ST_BEGIN ends what cannot begin */
    struct msg_seal_grant m = {
        .mid = mid, .caps = h->asked[at].caps & CAPS, .ttl_s = seconds, .idle_s = GRANT_IDLE_MAX_S};
    m.caps = m.caps ? m.caps : CAPS;
    memcpy(m.request, h->asked[at].request, 16);
    memcpy(h->waiting, m.request, 16);
    h->caps = m.caps;
    h->count = (struct hands_count){0};
    h->since_ms = h->until_ms = 0;
    msg_seal_grant_send(seal, &m);
}

int hands_on_granted(struct app *a, const struct msg_seal_granted *m)
{
    struct hands *h = &a->hands;
    memcpy(h->last, m->grant, 16);
    if (m->mine)
        h->there_until_ms = loop_now_ms() + m->ttl_s * 1000ull;
    bool wanted = m->mine || same(m->request, h->waiting);
    app_event(a, (struct session_event){.kind = EV_GRANTED,
                                        .person = wanted ? m->mid : 0,
                                        .number = m->ttl_s,
                                        .flag = m->mine});
    return 0;
}

void hands_held(struct app *a, bool mine)
{
    struct hands *h = &a->hands;
    memcpy(mine ? h->there : h->here, h->last, 16);
    if (mine)
        h->there_held = 0;
    if (mine)
        return;
    h->held = 0;
    h->since_ms = loop_now_ms();
    h->until_ms = h->since_ms + a->session.control.seconds * 1000ull;
    asked_forget(h, h->waiting);
    memset(h->waiting, 0, 16);
}

int hands_on_denied(struct app *a, const struct msg_seal_denied *m)
{
    struct hands *h = &a->hands;
    bool ours = !same(m->request, nothing) && same(m->request, h->waiting);
    asked_forget(h, m->request);
    if (ours)
        memset(h->waiting, 0, 16);
    app_event(a, (struct session_event){.kind = EV_DENIED, .flag = ours});
    return 0;
}

static enum grant_end end_of(uint8_t why)
{
    switch (why) {
    case WHY_HOTKEY:
    case WHY_DEVICE:
    case WHY_COMMAND:
        return GRANT_END_HOTKEY;
    case WHY_LIMIT:
        return GRANT_END_TIME;
    case WHY_IDLE:
        return GRANT_END_IDLE;
    case WHY_PRESENTER:
        return GRANT_END_PRESENTER;
    case WHY_LINE:
        return GRANT_END_LINE;
    case WHY_RULE:
        return GRANT_END_FAULT;
    case WHY_CONTROLLER:
        return GRANT_END_OWN;
    default:
        return GRANT_END_OWNER;
    }
}

void hands_revoke(struct app *a, uint8_t which, uint8_t why)
{
    struct chan *seal = crew_chan(a, SW_SEAL);
    const uint8_t *const grants[] = {a->hands.here, a->hands.there, a->hands.last};
    struct msg_seal_revoke m = {.why = (uint8_t)end_of(why)};
    memcpy(m.grant, grants[which % 3], 16);
    if (seal)
        msg_seal_revoke_send(seal, &m);
}

void hands_revoke_all(struct app *a)
{
    struct chan *seal = crew_chan(a, SW_SEAL);
    if (seal && a->session.phase == PHASE_HOST)
        msg_seal_revoke_all_send(seal);
}

int hands_on_control(struct app *a, uint16_t mid, bool on)
{
    a->hands.seen = on ? mid : 0;
    record_control_seen(a, mid, on);
    facts_update(a);
    return 0;
}

static enum session_why why_of(uint8_t end)
{
    static const uint8_t whys[] = {
        [GRANT_END_OWN] = WHY_OWNER,           [GRANT_END_PEER] = WHY_CONTROLLER,
        [GRANT_END_TIME] = WHY_LIMIT,          [GRANT_END_IDLE] = WHY_IDLE,
        [GRANT_END_PRESENTER] = WHY_PRESENTER, [GRANT_END_GONE] = WHY_GONE,
        [GRANT_END_LEASE] = WHY_LINE,          [GRANT_END_LINE] = WHY_LINE,
        [GRANT_END_ORGANIZER] = WHY_ORGANIZER, [GRANT_END_FAULT] = WHY_RULE,
        [GRANT_END_HOTKEY] = WHY_HOTKEY,       [GRANT_END_OWNER] = WHY_OWNER};
    return end < sizeof whys && whys[end] ? whys[end] : WHY_LINE;
}

int hands_on_revoked(struct app *a, const struct msg_seal_revoked *m)
{
    struct hands *h = &a->hands;
    bool here = same(m->grant, h->here), there = same(m->grant, h->there);
    enum session_why why = why_of(m->why);
    if (there && m->why == GRANT_END_PEER)
        why = WHY_OWNER; /* theirs */
    if (here) {
        memset(h->here, 0, 16);
        hands_drop(a);
    }
    if (there)
        memset(h->there, 0, 16);
    if (here || there)
        app_event(a,
                  (struct session_event){.kind = EV_REVOKED, .flag = there, .code = (uint8_t)why});
    return 0;
}

/* --- gate and worker --- */

/* The same that the watcher takes back: the map may have changed since. */
static uint16_t spares_of(const struct app *a, struct spare_key out[MAX_SPARES])
{
    for (size_t i = 0; i < a->hands.n_spares; i++)
        out[i].code = a->hands.spares[i];
    return a->hands.n_spares;
}

void hands_arm(struct app *a)
{
    const struct worker *gate = a->crew[SW_INPUT_GATE], *input = a->crew[SW_INPUT];
    uint8_t *spares = a->hands.spares;
    size_t n = keymap_spares(&a->display.keys, spares, MAX_SPARES);
    a->hands.n_spares = (uint8_t)n;
    a->hands.armed = 0;
    if (gate && input) {
        const int pidfds[] = {gate->process.pidfd, input->process.pidfd};
        a->hands.armed =
            hotkey_arm(&a->hotkey, pidfds, 2, spares, (unsigned)n, a->settings.ctrl_esc != 0);
    }
    if (a->hands.armed == 0)
        app_event_kind(a, EV_WATCH_LOST);
}

void hands_on_armed(struct app *a, uint32_t serial)
{
    if (serial == a->hands.armed)
        app_event_kind(a, EV_ARMED);
}

static int open_gate(struct app *a, struct chan *gate, struct ui_rect area, int client_end)
{
    const struct display *d = &a->display;
    struct xauth_cookie cookie;
    int server = display_connect_raw(d, &cookie);
    if (server < 0)
        return -1;
    struct msg_gate_open m = {.client = 1,
                              .root = d->root,
                              .x = area.x,
                              .y = area.y,
                              .w = (uint32_t)area.w,
                              .h = (uint32_t)area.h,
                              .major_xtest = d->major.xtest,
                              .cookie_name = {(const uint8_t *)cookie.name, cookie.name_len},
                              .cookie = {cookie.data, cookie.data_len},
                              .server = server,
                              .client_end = client_end};
    m.n_spares = spares_of(a, m.spares);
    int done = msg_gate_open_send(gate, &m);
    gate->state = GATE_STATE_OPEN;
    xauth_cookie_finish(&cookie);
    close(server);
    return done;
}

static int start_input(struct app *a, struct chan *input, struct ui_rect area, int display)
{
    struct msg_input_start m = {.root = a->display.root,
                                .x = area.x,
                                .y = area.y,
                                .w = (uint32_t)area.w,
                                .h = (uint32_t)area.h,
                                .display = display};
    memcpy(m.grant, a->hands.here, 16);
    m.n_spares = spares_of(a, m.spares);
    input->state = INPUT_STATE_RUNNING;
    return msg_input_start_send(input, &m);
}

/* They are not there, or not yet: behind a question, or since the yes. */
static bool pair_is_away(const struct session *s)
{
    return !s->control.given && (s->control.step == CONTROL_ON || s->prompt.kind == PROMPT_CONTROL);
}

void hands_on_resized(struct app *a)
{
    struct hands *h = &a->hands;
    struct ui_rect area = windows_shared_area(a->windows);
    bool given = a->session.control.given;
    if (given ? memcmp(&area, &h->area, sizeof area) == 0 : !pair_is_away(&a->session))
        return;
    h->resized = true;
    h->resized_until_ms = loop_now_ms() + RESIZED_MS;
    if (given)
        app_event_kind(a, EV_RESIZED);
}

/* The time for another size begins now: behind a question the picture goes on only now. */
static void take_area(struct hands *h, struct ui_rect area)
{
    if (h->resized)
        h->resized_until_ms = loop_now_ms() + RESIZED_MS;
    h->resized = false;
    h->area = area;
}

void hands_give(struct app *a)
{
    struct chan *gate = crew_chan(a, SW_INPUT_GATE), *input = crew_chan(a, SW_INPUT);
    struct ui_rect area = windows_shared_area(a->windows);
    struct hands *h = &a->hands;
    int x[2] = {-1, -1};
    memset(h->keys, 0, sizeof h->keys);
    h->buttons = 0;
    take_area(h, area);
    h->group = h->locks = 255;
    h->let_go = h->released;
    h->gate_holds = h->at.known = false;
    h->ahead = 0;
    hands_drop(a);
    bool done = gate && input && socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, x) == 0 &&
                open_gate(a, gate, area, x[0]) == 0 && start_input(a, input, area, x[1]) == 0;
    for (int i = 0; i < 2; i++)
        if (x[i] >= 0)
            close(x[i]);
    if (!done)
        crew_lost(a, SW_INPUT);
}
