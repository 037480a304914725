/* The heart: the door and the roster. Who waits, who is let in, who is there. */
#include "broker/session_parts.h"
#include "lib/fail.h"
#include <string.h>

unsigned session_people(const struct session *s)
{
    return s->n_members;
}

static int waiting_find(const struct session *s, uint32_t knock)
{
    for (int i = 0; i < s->n_waiting; i++)
        if (s->waiting[i].knock == knock)
            return i;
    return -1;
}

bool session_waits(const struct session *s, uint32_t knock)
{
    return waiting_find(s, knock) >= 0;
}

struct session_slot *people_slot_of(struct session *s, uint32_t number)
{
    return number < SESSION_SLOTS ? &s->slot[number] : NULL;
}

static void waiting_remove(struct session *s, int at)
{
    s->n_waiting--;
    memmove(&s->waiting[at], &s->waiting[at + 1],
            (size_t)(s->n_waiting - at) * sizeof s->waiting[0]);
    memset(&s->waiting[s->n_waiting], 0, sizeof s->waiting[0]);
}

static void tell_seal(struct session_effects *out, uint32_t knock, bool yes, uint32_t level,
                      enum session_why why)
{
    struct session_effect *e = heart_effect(out, EF_ADMIT);
    e->person = knock;
    e->flag = yes;
    e->number = level;
    heart_effect_audit(out, yes ? AUDIT_ADMIT : AUDIT_REFUSE, knock, why);
}

void people_knock(struct session *s, const struct session_event *ev, struct session_effects *out)
{
    const struct session_slot *slot = people_slot_of(s, ev->number);
    if (s->phase != PHASE_HOST || !slot || waiting_find(s, ev->person) >= 0)
        return;
    heart_effect_audit(out, AUDIT_KNOCK, ev->person, 0);
    if (slot->wait & SLOT_DOOR || slot->knocks_refused >= REFUSED_MAX) {
        tell_seal(out, ev->person, false, LEVEL_CLAIMED, WHY_REFUSED);
        return;
    }
    bool full =
        s->n_waiting == SESSION_WAITING || s->n_waiting + s->n_members + 1 >= s->rules.largest;
    uint8_t level = ev->code <= LEVEL_CERTIFIED ? ev->code : LEVEL_CLAIMED;
    if (full || (s->rules.admission == LEVEL_CERTIFIED && level < LEVEL_CERTIFIED)) {
        tell_seal(out, ev->person, false, LEVEL_CLAIMED, WHY_RULE);
        return;
    }
    s->waiting[s->n_waiting].knock = ev->person;
    s->waiting[s->n_waiting].slot = (uint16_t)ev->number;
    s->waiting[s->n_waiting].level = level;
    s->n_waiting++;
    heart_effect(out, EF_PAINT);
}

void people_knock_gone(struct session *s, const struct session_event *ev,
                       struct session_effects *out)
{
    int at = waiting_find(s, ev->person);
    if (at < 0)
        return;
    waiting_remove(s, at);
    if (s->prompt.kind == PROMPT_ADMIT && s->prompt.person == ev->person)
        prompt_drop(s, out, WHY_GONE);
    words_member_gone(s, out, ev->person, true);
    heart_effect(out, EF_PAINT);
}

static void slot_timer(struct session_effects *out, uint32_t slot)
{
    struct session_effect *e = heart_effect(out, EF_SET_TIMER);
    e->code = ST_REFUSED;
    e->person = slot;
    e->number = REFUSED_WAIT_MS;
}

void people_refuse_for_a_while(struct session *s, struct session_effects *out, uint32_t slot)
{
    if (s->slot[slot].refused < REFUSED_MAX)
        s->slot[slot].refused++;
    s->slot[slot].wait = SLOT_REFUSED | (s->slot[slot].wait & (SLOT_KEY | SLOT_DOOR));
    slot_timer(out, slot);
}

/* Where the password alone lets people in it is seal that keeps them out. */
static bool shut_to_all(const struct session *s)
{
    return s->locked || (!s->lobby && session_unrecorded(s));
}

void people_trail(struct session *s, struct session_effects *out)
{
    if (s->phase != PHASE_HOST || s->lobby)
        return;
    heart_effect(out, EF_LOCK)->flag = shut_to_all(s);
    if (session_unrecorded(s))
        heart_effect_code(out, EF_TOAST, TOAST_DOOR_UNRECORDED);
}

/* Nobody was there, or the screen was locked: that is no answer, and counts as none. */
static void refuse_at_door(struct session *s, struct session_effects *out, uint32_t number,
                           enum session_why why)
{
    struct session_slot *slot = &s->slot[number];
    if (why == WHY_REFUSED && slot->knocks_refused < REFUSED_MAX)
        slot->knocks_refused++;
    if (why != WHY_REFUSED && why != WHY_TIME)
        return;
    slot->wait |= SLOT_DOOR;
    slot_timer(out, number);
}

void people_refuse_key(struct session *s, struct session_effects *out, uint32_t slot)
{
    if (s->slot[slot].keys_refused < REFUSED_MAX)
        s->slot[slot].keys_refused++;
    s->slot[slot].wait |= SLOT_KEY;
    slot_timer(out, slot);
}

bool people_refusal_is_news(struct session *s, struct session_effects *out, uint32_t slot)
{
    uint8_t was = s->slot[slot].wait;
    if (was & SLOT_NOTED)
        return false;
    s->slot[slot].wait |= SLOT_NOTED;
    if (!was)
        slot_timer(out, slot);
    return true;
}

void people_answer(struct session *s, struct session_effects *out, uint32_t knock, bool yes,
                   enum session_why why)
{
    int at = waiting_find(s, knock);
    if (at < 0)
        return;
    struct session_waiting who = s->waiting[at];
    if (yes && end_refuses(s, out, TOAST_DOOR_UNRECORDED))
        return; /* they go on waiting */
    yes = yes && heart_allowed(s, RIGHT_ADMIT) && who.level >= s->rules.admission;
    waiting_remove(s, at);
    tell_seal(out, knock, yes, who.level, why);
    if (yes)
        s->begun = BEGUN_MET; /* before the roster names them */
    else
        refuse_at_door(s, out, who.slot, why);
    heart_effect(out, EF_PAINT);
}

void people_level_waiting(struct session *s, struct session_effects *out, uint32_t knock,
                          enum session_level level)
{
    int at = waiting_find(s, knock);
    if (at < 0)
        return;
    s->waiting[at].level = (uint16_t)level;
    heart_effect_audit(out, AUDIT_WORDS_MATCH, knock, 1);
}

void people_refused_over(struct session *s, uint32_t slot)
{
    if (people_slot_of(s, slot))
        s->slot[slot].wait = 0;
}

static void wait_no_more(struct session *s, struct session_effects *out, uint32_t number)
{
    s->slot[number].wait = 0;
    struct session_effect *e = heart_effect(out, EF_CLEAR_TIMER);
    e->code = ST_REFUSED;
    e->person = number;
}

void people_forgive(struct session *s, struct session_effects *out, uint32_t number)
{
    struct session_slot *slot = &s->slot[number];
    slot->refused = slot->knocks_refused = 0;
    slot->seconds_refused = 0;
    if (slot->wait & SLOT_KEY)
        slot->wait = SLOT_KEY;
    else if (slot->wait)
        wait_no_more(s, out, number);
}

/* Who is at the door from here on was given a new password, or is let in again: a new chance.
   Timers that run find nothing to do. */
static void forgive_at_door(struct session *s)
{
    for (unsigned i = 0; i < SESSION_SLOTS; i++) {
        s->slot[i].knocks_refused = 0;
        s->slot[i].wait &= (uint8_t)~SLOT_DOOR;
    }
}

void people_slot_anew(struct session *s, const struct session_event *ev,
                      struct session_effects *out)
{
    struct session_slot *slot = people_slot_of(s, ev->number);
    if (!slot || session_slot_use(s, ev->number) == SLOT_IN_USE)
        return;
    if (slot->wait)
        wait_no_more(s, out, ev->number);
    *slot = (struct session_slot){0};
}

static bool slot_waits(const struct session *s, uint32_t slot)
{
    for (unsigned i = 0; i < s->n_waiting; i++)
        if (s->waiting[i].slot == slot)
            return true;
    for (unsigned i = 0; i < s->n_asking; i++)
        if (s->asking[i].slot == slot)
            return true;
    return (s->key_ask && s->key_slot == slot) || (s->second_about && s->second_slot == slot) ||
           (s->asked && s->asked_slot == slot);
}

enum session_slot_use session_slot_use(const struct session *s, uint32_t slot)
{
    static const struct session_slot nothing;
    if (slot >= SESSION_SLOTS || slot_waits(s, slot))
        return SLOT_IN_USE;
    return memcmp(&s->slot[slot], &nothing, sizeof nothing) == 0 ? SLOT_IDLE : SLOT_REMEMBERS;
}

void people_pardon(struct session *s, const struct session_event *ev, struct session_effects *out)
{
    if (s->phase == PHASE_HOST && people_slot_of(s, ev->number))
        people_forgive(s, out, ev->number);
}

static int member_find(const struct session *s, uint32_t mid)
{
    for (int i = 0; i < s->n_members; i++)
        if (s->member[i] == mid)
            return i;
    return -1;
}

bool people_has(const struct session *s, uint32_t mid)
{
    return member_find(s, mid) >= 0;
}

static void tell_toast(const struct session *s, struct session_effects *out,
                       enum session_toast toast, uint32_t mid)
{
    if (!heart_admitted(s) || (s->share != SHARE_RUNNING && s->share != SHARE_PAUSED))
        return;
    struct session_effect *e = heart_effect(out, EF_TOAST);
    e->code = toast;
    e->person = mid;
}

/* Let in by seal before it knew that nobody is to be. */
static void put_out(const struct session *s, struct session_effects *out, uint16_t mid)
{
    struct session_effect *e = heart_effect(out, EF_REMOVE);
    e->person = mid;
    e->code = session_unrecorded(s) ? REMOVE_UNRECORDED : REMOVE_WANTED;
}

static void came_in(struct session *s, struct session_effects *out, uint16_t mid, uint32_t level)
{
    int at = member_find(s, mid);
    bool unknown = s->intent == INTENT_HOST && level < s->rules.admission;
    if (unknown || (at < 0 && s->n_members == MAX_MEMBERS)) { /* seal knows both rules */
        end_begin(s, out, (struct ending){HOW_CUT, WHY_WORKER, FAULT_NONE, 0, false});
        return;
    }
    if (at >= 0 && s->level[at] != level) {
        s->level[at] = (uint8_t)level;
        heart_effect(out, EF_PAINT);
    }
    if (at >= 0)
        return;
    s->begun = BEGUN_MET;
    s->level[s->n_members] = (uint8_t)level;
    s->member[s->n_members++] = mid;
    share_newcomer(s, out); /* first: it may have to kill capture */
    heart_effect_audit(out, AUDIT_MEMBER_JOINED, mid, 0);
    bool crowded = s->n_members + 1 > s->rules.largest; /* several were on their way in at once */
    if (s->phase == PHASE_HOST && (crowded || session_unrecorded(s)))
        put_out(s, out, mid);
    heart_timer_clear(s, out, ST_EMPTY);
    prompt_people_changed(s, out);
    tell_toast(s, out, TOAST_JOINED, mid);
    heart_effect(out, EF_PAINT);
}

static void strike(struct session *s, int at)
{
    s->n_members--;
    memmove(&s->member[at], &s->member[at + 1], (size_t)(s->n_members - at) * sizeof s->member[0]);
    memmove(&s->level[at], &s->level[at + 1], (size_t)(s->n_members - at));
    s->member[s->n_members] = 0;
    s->level[s->n_members] = LEVEL_CLAIMED;
}

/* Who was put out shortly before the end is told of with it (net/seal/organizer_removed.c): that is
   for the trail, which is not signed while seal is there. */
static void went_at_the_end(struct session *s, struct session_effects *out, uint32_t mid,
                            uint8_t state)
{
    int at = member_find(s, mid);
    if (at < 0 || s->worker[SW_SEAL] == WS_NONE)
        return;
    strike(s, at);
    heart_effect_audit(out, AUDIT_MEMBER_LEFT, mid, state);
}

static void went(struct session *s, struct session_effects *out, uint32_t mid, uint8_t state)
{
    int at = member_find(s, mid);
    if (at < 0)
        return;
    control_person_gone(s, out, mid); /* first: it may have to kill */
    strike(s, at);
    roles_member_gone(s, out, (uint16_t)mid);
    words_member_gone(s, out, mid, false);
    heart_effect_audit(out, AUDIT_MEMBER_LEFT, mid, state);
    if (s->n_members == 0 && s->phase == PHASE_HOST)
        heart_timer_set(s, out, ST_EMPTY, EMPTY_END_MS);
    prompt_people_changed(s, out);
    tell_toast(s, out, TOAST_LEFT, mid);
    heart_effect(out, EF_PAINT);
}

static void ourselves(struct session *s, const struct session_event *ev,
                      struct session_effects *out)
{
    if (ev->code == 0)
        life_member(s, out, (uint16_t)ev->person);
    else if (s->phase == PHASE_MEMBER) /* what seal says next tells how */
        end_begin(s, out, (struct ending){HOW_PROPERLY, WHY_ORGANIZER, FAULT_J_OUT, 0, false});
}

void people_member(struct session *s, const struct session_event *ev, struct session_effects *out)
{
    bool closing = s->phase == PHASE_CLOSING && !ev->flag && ev->code != 0;
    if (ev->person == 0 || ev->person > UINT16_MAX || ev->code > 3 || ev->number > LEVEL_CERTIFIED)
        return;
    if (closing)
        went_at_the_end(s, out, ev->person, ev->code);
    if (!heart_in_session(s))
        return;
    if (ev->flag)
        ourselves(s, ev, out);
    else if (ev->code == 0)
        came_in(s, out, (uint16_t)ev->person, ev->number);
    else
        went(s, out, ev->person, ev->code);
}

void people_lock(struct session *s, const struct session_event *ev, struct session_effects *out)
{
    if (!heart_allowed(s, RIGHT_LOCK) || s->phase != PHASE_HOST || s->locked == (ev->flag != 0))
        return;
    s->locked = ev->flag != 0;
    heart_effect(out, EF_LOCK)->flag = shut_to_all(s);
    heart_effect_audit(out, AUDIT_SESSION_LOCK, 0, s->locked);
    heart_effect_code(out, EF_TOAST,
                      s->locked        ? TOAST_LOCKED
                      : shut_to_all(s) ? TOAST_DOOR_UNRECORDED
                                       : TOAST_UNLOCKED);
    if (!s->locked)
        forgive_at_door(s);
    heart_effect(out, EF_PAINT);
}

static void change_password(struct session *s, struct session_effects *out, enum session_why why)
{
    heart_effect(out, EF_NEW_PASSWORD);
    forgive_at_door(s);
    heart_effect_audit(out, AUDIT_NEW_PASSWORD, 0, why);
}

void people_remove(struct session *s, const struct session_event *ev, struct session_effects *out)
{
    if (!heart_allowed(s, RIGHT_REMOVE) || s->phase != PHASE_HOST || member_find(s, ev->person) < 0)
        return;
    control_person_gone(s, out, ev->person); /* at once, not when seal has said so */
    heart_effect(out, EF_REMOVE)->person = ev->person;
    heart_effect_audit(out, AUDIT_REMOVE, ev->person, 0);
    change_password(s, out, WHY_REFUSED); /* that person knows the old one (e2e.md 11) */
}

void people_new_password(struct session *s, const struct session_event *ev,
                         struct session_effects *out)
{
    (void)ev;
    if (heart_allowed(s, RIGHT_LOCK) && s->phase == PHASE_HOST)
        change_password(s, out, WHY_OWNER);
}

void people_wrong_try(struct session *s, const struct session_event *ev,
                      struct session_effects *out)
{
    if (s->phase != PHASE_HOST)
        return;
    heart_effect_audit(out, ev->flag ? AUDIT_JOINING_STOPPED : AUDIT_WRONG_PASSWORD, 0, ev->number);
    heart_effect(out, EF_PAINT);
}
