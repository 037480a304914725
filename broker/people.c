/* Names of people: see people.h. Run by the broker. */
#include "broker/people.h"
#include <string.h>

static void copy_name(char out[MAX_NAME + 1], struct span name)
{
    size_t len = name.len > MAX_NAME ? MAX_NAME : name.len;
    memset(out, 0, MAX_NAME + 1);
    memcpy(out, name.data, len);
}

void people_init(struct people *p)
{
    memset(p, 0, sizeof *p);
}

/* There is always one: fewer people can be asked about at once than there are slots. */
_Static_assert(SESSION_SLOTS > SESSION_WAITING + SESSION_ASKING + 3, "a slot for a newcomer");

static uint32_t slot_to_give(struct people *p, const struct session *s)
{
    for (int use = SLOT_IDLE; use < SLOT_IN_USE; use++)
        for (uint32_t i = 0; i < SESSION_SLOTS; i++) {
            uint32_t slot = (p->next_slot + i) % SESSION_SLOTS;
            if (session_slot_use(s, slot) == (enum session_slot_use)use)
                return slot;
        }
    return p->next_slot % SESSION_SLOTS;
}

uint32_t people_slot(struct people *p, const struct session *s, const char *name, bool *anew)
{
    *anew = false;
    for (uint32_t i = 0; i < SESSION_SLOTS; i++)
        if (strcmp(p->slots[i], name) == 0)
            return i;
    uint32_t slot = slot_to_give(p, s);
    copy_name(p->slots[slot], span_text(name));
    p->next_slot = slot + 1;
    *anew = true;
    return slot;
}

/* At most half of them wait. */
static struct people_knock *next_knock(struct people *p, const struct session *s)
{
    for (;;) {
        struct people_knock *k = &p->knocks[p->n_knocks++ % (SESSION_WAITING * 2)];
        if (!session_waits(s, k->knock))
            return k;
    }
}

void people_add_knock(struct people *p, const struct session *s, uint32_t knock, struct span name)
{
    struct people_knock *k = next_knock(p, s);
    *k = (struct people_knock){.knock = knock};
    copy_name(k->name, name);
}

void people_set_knock_key(struct people *p, uint32_t knock, uint8_t alg, const uint8_t fp[32])
{
    for (unsigned i = 0; i < SESSION_WAITING * 2; i++)
        if (p->knocks[i].knock == knock && knock) {
            p->knocks[i].alg = alg;
            memcpy(p->knocks[i].fp, fp, sizeof p->knocks[i].fp);
        }
}

const uint8_t *people_knock_key(const struct people *p, uint32_t knock)
{
    for (unsigned i = 0; i < SESSION_WAITING * 2; i++)
        if (p->knocks[i].knock == knock && knock && p->knocks[i].alg && p->knocks[i].alg < 3)
            return p->knocks[i].fp;
    return NULL;
}

const char *people_knock_name(const struct people *p, uint32_t knock)
{
    for (unsigned i = 0; i < SESSION_WAITING * 2; i++)
        if (p->knocks[i].knock == knock && knock)
            return p->knocks[i].name;
    return "";
}

void people_set_member(struct people *p, uint16_t mid, uint8_t role, uint8_t level,
                       struct span name)
{
    struct people_member *free_one = NULL;
    for (unsigned i = 0; i <= MAX_MEMBERS; i++) {
        struct people_member *m = &p->members[i];
        if (m->mid == mid) {
            free_one = m;
            break;
        }
        if (m->mid == 0 && !free_one)
            free_one = m;
    }
    if (!free_one)
        return; /* the heart ends a session that is larger than it may be */
    free_one->mid = mid;
    free_one->role = role;
    free_one->level = level;
    copy_name(free_one->name, name);
}

void people_forget_member(struct people *p, uint16_t mid)
{
    for (unsigned i = 0; i <= MAX_MEMBERS; i++)
        if (p->members[i].mid == mid)
            memset(&p->members[i], 0, sizeof p->members[i]);
}

const char *people_member_name(const struct people *p, uint16_t mid)
{
    for (unsigned i = 0; i <= MAX_MEMBERS; i++)
        if (p->members[i].mid == mid && mid)
            return p->members[i].name;
    return "";
}

uint8_t people_member_level(const struct people *p, uint16_t mid)
{
    for (unsigned i = 0; i <= MAX_MEMBERS; i++)
        if (p->members[i].mid == mid && mid)
            return p->members[i].level;
    return LEVEL_CLAIMED;
}

void people_set_knock_words(struct people *p, uint32_t knock, const uint8_t words[4])
{
    for (unsigned i = 0; i < SESSION_WAITING * 2; i++)
        if (p->knocks[i].knock == knock && knock)
            memcpy(p->knocks[i].words, words, sizeof p->knocks[i].words);
}

void people_set_member_words(struct people *p, uint16_t mid, const uint8_t words[4])
{
    static const uint8_t unknown[4];
    if (memcmp(words, unknown, sizeof unknown) == 0)
        return; /* after a lost line seal has them no more; they are the same */
    for (unsigned i = 0; i <= MAX_MEMBERS; i++)
        if (p->members[i].mid == mid && mid)
            memcpy(p->members[i].words, words, sizeof p->members[i].words);
}

const uint8_t *people_knock_words(const struct people *p, uint32_t knock)
{
    for (unsigned i = 0; i < SESSION_WAITING * 2; i++)
        if (p->knocks[i].knock == knock && knock)
            return p->knocks[i].words;
    return NULL;
}

const uint8_t *people_member_words(const struct people *p, uint16_t mid)
{
    for (unsigned i = 0; i <= MAX_MEMBERS; i++)
        if (p->members[i].mid == mid && mid)
            return p->members[i].words;
    return NULL;
}
