/*
 * The heart: verification words (e2e.md 7). Two people read the same four words aloud; what they
 * found is said once, by hand and after the guard. Different words end the session on both sides.
 */
#include "broker/session_parts.h"

enum session_level session_level_of(const struct session *s, uint32_t mid)
{
    uint8_t level = LEVEL_CLAIMED;
    for (int i = 0; i < s->n_members; i++)
        if (s->member[i] == mid) {
            level = s->level[i];
            break;
        }
    if (s->phase == PHASE_MEMBER && level != LEVEL_CERTIFIED) /* others' words are not ours */
        return mid == 1 && s->words_ok ? LEVEL_WORDS : LEVEL_CLAIMED;
    return (enum session_level)level;
}

static bool can_compare(const struct session *s, uint32_t mid)
{
    if (s->phase == PHASE_HOST)
        return people_has(s, mid) && session_level_of(s, mid) == LEVEL_CLAIMED;
    return (s->phase == PHASE_MEMBER || s->phase == PHASE_LOBBY) && mid == 1 && !s->words_ok &&
           session_level_of(s, mid) == LEVEL_CLAIMED;
}

void words_ask(struct session *s, const struct session_event *ev, struct session_effects *out)
{
    if (!can_compare(s, ev->person) || s->words_with || s->screen_locked || s->line != LINE_UP)
        return;
    s->words_with = ev->person;
    s->words_door = 0;
    prompt_make_room(s, out);
}

/* Somebody at the door whom the rules let in only with compared words. */
void words_ask_at_door(struct session *s, uint32_t knock)
{
    s->words_with = knock;
    s->words_door = 1;
}

static void forget(struct session *s)
{
    s->words_with = 0;
    s->words_door = 0;
}

static void same(struct session *s, struct session_effects *out, uint32_t who)
{
    heart_effect_audit(out, AUDIT_WORDS_MATCH, who, 0);
    if (s->phase == PHASE_HOST || s->phase == PHASE_MEMBER) {
        struct session_effect *e = heart_effect(out, EF_VERIFIED);
        e->person = who;
        e->flag = 1;
    }
    if (s->phase != PHASE_HOST)
        s->words_ok = 1;
    heart_effect(out, EF_PAINT);
}

void words_same(struct session *s, struct session_effects *out)
{
    uint32_t who = s->words_with;
    bool door = s->words_door != 0;
    forget(s);
    if (door)
        people_level_waiting(s, out, who, LEVEL_WORDS);
    else if (can_compare(s, who))
        same(s, out, who);
}

void words_not_now(struct session *s, struct session_effects *out, enum session_why why)
{
    uint32_t who = s->words_with;
    bool door = s->words_door != 0;
    forget(s);
    if (door)
        people_answer(s, out, who, false, why);
}

/* Nobody knows who is in between, or for how long: nothing goes on. */
void words_differ(struct session *s, struct session_effects *out)
{
    uint32_t who = s->words_with;
    if (s->words_door || s->phase == PHASE_LOBBY)
        forget(s); /* there is no member's channel that could carry it */
    end_begin(s, out, (struct ending){HOW_CUT, WHY_WORDS, FAULT_W_DIFF, 0, true});
    heart_effect_audit(out, AUDIT_WORDS_DIFFER, who, 0);
}

void words_member_gone(struct session *s, struct session_effects *out, uint32_t who, bool door)
{
    if (s->words_with != who || (s->words_door != 0) != door)
        return;
    if (s->prompt.kind == PROMPT_WORDS)
        prompt_drop(s, out, WHY_GONE);
    forget(s);
}

void words_over(struct session *s)
{
    forget(s);
}
