/*
 * What of a window a grant is for: where it changes, whoever answers has to read it again. Runs in
 * the broker; names were judged where they came in (lib/text.h).
 */
#include "broker/ui/view.h"

#include <string.h>

static void put_text(char *out, size_t room, const char *text)
{
    memcpy(out, text, strnlen(text, room - 1));
}

/* That somebody has the same name comes and goes with whoever knocks under it. What its painter
   says of it stays (alike), and is content. */
static uint16_t lasting(uint16_t badges)
{
    return badges & (uint16_t)~UI_BADGE_SAME_NAME;
}

static void put_named(struct view_content *c, unsigned n, const struct ui_person *p)
{
    c->id[n] = p->id;
    c->badges[n] = lasting(p->badges);
    put_text(c->named[n], sizeof c->named[n], p->name);
}

static void put_about(struct view_content *c, const struct view *v, const struct ui_model *m)
{
    c->person = v->person;
    c->alike = v->alike;
    put_text(c->name, sizeof c->name, v->name);
    c->words_known = m->words_known;
    c->words_compared = m->words_known ? m->words_compared : 0;
}

/* All of them can be turned over. Who they are beyond the first is a sum of numbers that the
   organizer gave them: no peer chooses any. */
static void put_viewers(struct view_content *c, const struct view *v, const struct ui_model *m)
{
    unsigned named = 0;
    c->also = m->also;
    if (m->also) {
        put_text(c->organizer, sizeof c->organizer, m->organizer);
        return;
    }
    c->viewers = m->viewers;
    c->alike = v->alike;
    for (unsigned i = 0; i < m->n_people; i++) {
        const struct ui_person *p = &m->people[i];
        if (p->waiting || (p->badges & UI_BADGE_YOU))
            continue;
        if (named < VIEW_NAMED)
            put_named(c, named++, p);
        c->all = (c->all ^ p->id) * 1099511628211u;
        c->all = (c->all ^ lasting(p->badges)) * 1099511628211u;
    }
}

/* Of those about one person: what that one will see, or who stops first. */
static bool tells_sharing(const struct view *v)
{
    return v->kind == UI_ADMIT || (v->kind == UI_PRESENT && v->asked == UI_PRESENT_GIVE);
}

void view_content(const struct view *v, const struct ui_model *m, struct view_content *c)
{
    const struct ui_person *waiting = view_waiting(v, m);
    memset(c, 0, sizeof *c); /* they are compared whole */
    c->kind = (uint8_t)v->kind;
    switch (v->kind) {
    case UI_SHARING_BAR:
        c->variant = v->asked;
        break;
    case UI_HOST_PANEL:
        if (waiting)
            put_named(c, 0, waiting);
        c->alike = waiting ? v->alike & 1 : 0; /* that row comes first */
        break;
    case UI_ADMIT:
    case UI_WORDS:
    case UI_PRESENT:
    case UI_KEY_CHANGED:
    case UI_CONSENT_CONTROL:
    case UI_CONTROL_WHOLE:
        put_about(c, v, m);
        c->variant = view_variant(v, m);
        c->what = v->what;
        c->sharing = tells_sharing(v) ? (uint8_t)view_sharing(m) : 0;
        c->also = v->kind == UI_ADMIT ? m->door : 0; /* who else could come as they did */
        put_text(c->words, sizeof c->words, m->words);
        put_text(c->key, sizeof c->key, m->key);
        break;
    case UI_CONSENT_SHARE:
        c->what = v->what;
        c->monitor = v->monitor;
        put_text(c->size, sizeof c->size, v->size);
        c->sharing = (uint8_t)view_sharing(m);
        put_viewers(c, v, m);
        break;
    default:
        break;
    }
}

bool view_same_content(const struct view_content *a, const struct view_content *b)
{
    return memcmp(a, b, sizeof *a) == 0;
}

bool view_same_people(const struct view_content *a, const struct view_content *b)
{
    return a->kind == b->kind && a->person == b->person && a->all == b->all &&
           memcmp(a->id, b->id, sizeof a->id) == 0 && strcmp(a->name, b->name) == 0 &&
           memcmp(a->named, b->named, sizeof a->named) == 0;
}
