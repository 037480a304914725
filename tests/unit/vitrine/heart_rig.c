/* See heart_rig.h. */
#include "heart_rig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

struct session s;
struct session_effects out;
unsigned seen[EF_COUNT][2];
unsigned recorded[RECORDED_MAX];

const char *standing_name(enum standing who)
{
    static const char *const names[STANDINGS] = {"outside",          "in the waiting room",
                                                 "organizer",        "organizer who presents",
                                                 "organizer, looks", "member",
                                                 "member, looks",    "member who presents"};
    return names[who];
}

/* Role bits that the roster gives them; 0: no role. */
static unsigned roles_of(enum standing who)
{
    static const unsigned roles[STANDINGS] = {
        [ORGANIZING] = 1u << ROLE_ORGANIZER,
        [ORGANIZER_PRESENTS] = 1u << ROLE_ORGANIZER | 1u << ROLE_PRESENTER,
        [ORGANIZER_LOOKS] = 1u << ROLE_ORGANIZER,
        [TAKING_PART] = 1u << ROLE_PARTICIPANT,
        [LOOKING] = 1u << ROLE_PARTICIPANT,
        [PRESENTING] = 1u << ROLE_PARTICIPANT | 1u << ROLE_PRESENTER};
    return roles[who];
}

bool may(enum standing who, enum right right)
{
    for (unsigned role = 0; role < ROLES; role++)
        if ((roles_of(who) >> role & 1) && role_may((enum session_role)role, right))
            return true;
    return false;
}

void step(struct session_event ev)
{
    struct session before = s;
    session_step(&s, &ev, &out);
    const char *broken = session_check(&s);
    if (!broken)
        broken = session_check_step(&before, &ev, &s, &out);
    if (broken)
        fail_msg("event %u: %s", ev.kind, broken);
    for (unsigned i = 0; i < out.n; i++) {
        seen[out.list[i].kind][out.list[i].flag != 0]++;
        if (out.list[i].kind == EF_AUDIT && out.list[i].code < RECORDED_MAX)
            recorded[out.list[i].code]++;
    }
}

bool has_effect(enum session_effect_kind kind)
{
    for (unsigned i = 0; i < out.n; i++)
        if (out.list[i].kind == kind)
            return true;
    return false;
}

bool told(enum session_toast toast)
{
    for (unsigned i = 0; i < out.n; i++)
        if (out.list[i].kind == EF_TOAST && out.list[i].code == toast)
            return true;
    return false;
}

/* --- prompts */

void ready(enum session_worker w)
{
    STEP(.kind = EV_READY, .worker = (uint8_t)w);
}

void put_up(void)
{
    uint32_t serial = s.prompt.serial;
    if (!s.prompt.in_panel)
        ready(SW_PROMPT);
    STEP(.kind = EV_PROMPT_PAINTED, .serial = serial);
    if (s.prompt.hold)
        STEP(.kind = EV_MASKED, .serial = serial);
    STEP(.kind = EV_PROMPT_ARMED, .serial = serial, .flag = 1);
}

void say_yes(void)
{
    put_up();
    STEP(.kind = EV_ANSWER, .serial = s.prompt.serial, .flag = 1, .origin = ORIGIN_PHYSICAL);
    STEP(.kind = EV_ENDED, .worker = SW_PROMPT);
}

/* --- sessions */

void connect_as(enum session_intent intent)
{
    const struct session_rules rules = {.assistive = 1, .share_whole = 1};
    memset(seen, 0, sizeof seen);
    memset(recorded, 0, sizeof recorded);
    session_init(&s, &rules);
    STEP(.kind = EV_BOOT, .intent = (uint8_t)intent, .flag2 = 1);
    static const enum session_worker first[] = {SW_LAUNCHER, SW_AUDIT, SW_UI};
    for (unsigned i = 0; i < 3; i++)
        ready(first[i]);
    if (intent == INTENT_NONE)
        return;
    ready(SW_SEAL);
    ready(SW_NET);
    ready(SW_DIAL);
    STEP(.kind = EV_DIALLED);
    STEP(.kind = EV_ENDED, .worker = SW_DIAL);
}

void start_sharing(void)
{
    ready(SW_GATE);
    ready(SW_CAPTURE);
    STEP(.kind = EV_BAR_MAPPED);
    STEP(.kind = EV_CAPTURE_RUNNING);
    assert_int_equal(s.share, SHARE_RUNNING);
}

static void host(enum standing who)
{
    connect_as(INTENT_HOST);
    STEP(.kind = EV_SESSION);
    STEP(.kind = EV_MEMBER, .person = 2);
    STEP(.kind = EV_MEMBER, .person = 3);
    if (who == ORGANIZER_PRESENTS) {
        STEP(.kind = EV_SHARE);
        say_yes();
        start_sharing();
    } else if (who == ORGANIZER_LOOKS) {
        STEP(.kind = EV_PRESENTER, .person = 3);
        ready(SW_VIEW);
    }
}

static void join(enum standing who)
{
    connect_as(INTENT_JOIN);
    STEP(.kind = EV_WELCOMED, .flag = 1);
    if (who == WAITING)
        return;
    STEP(.kind = EV_MEMBER, .person = 9, .flag = 1);
    STEP(.kind = EV_MEMBER, .person = 1);
    STEP(.kind = EV_MEMBER, .person = 2);
    STEP(.kind = EV_MEMBER, .person = 3);
    ready(SW_VIEW);
    if (who == LOOKING)
        STEP(.kind = EV_PRESENTER, .person = 3);
    if (who == PRESENTING)
        STEP(.kind = EV_PRESENTER, .person = 9);
}

void become(enum standing who)
{
    if (who == OUTSIDE)
        connect_as(INTENT_NONE);
    else if (who >= ORGANIZING && who <= ORGANIZER_LOOKS)
        host(who);
    else
        join(who);
    memset(seen, 0, sizeof seen);
}
