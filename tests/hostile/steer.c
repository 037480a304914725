/*
 * A vitrine-seal whose owner is hostile, for tests/hostile/h25_steer: everything is the honest
 * program (it joins, asks, gets control, presents), but for one deed. Linked with --wrap around the
 * functions named below; the orders are in the program itself, as in rogue.c.
 *
 * At the controller F1 begins it. With the orders "wrong" F1 to F11 each stand for one row of
 * `wrongs`: the record that would have carried the key is that one. At the presenter the deed
 * begins with the first grant.
 */
#include "net/seal/control_state.h"
#include <string.h>

enum { F1 = 67, F10 = 76, F11 = 95 };
#define TICK_MS 20
#define FLOOD 100 /* records a tick */

char orders[64] = "ORDERS:                                                        ";

static bool is(const char *deed)
{
    size_t n = strlen(deed);
    return memcmp(orders + 8, deed, n) == 0 && orders[8 + n] == ' ';
}

static struct {
    bool begun, twice;
    struct pair *pair; /* of a grant that is over, not closed and not freed */
    uint16_t peer;
    uint8_t old[GRANT_ID_LEN]; /* ... and its number */
    struct input_event events[MAX_INPUT_EVENTS];
    unsigned n;
    uint8_t last[PAIR_HEAD + OUTER_CHAN_MAX];
    size_t last_len;
} evil;

static const struct input_event typed[] = {
    {.kind = INPUT_MOTION, .x = 30, .y = 400},
    {.kind = INPUT_KEY_DOWN, .code = 38, .keysym = 'a'},
    {.kind = INPUT_KEY_UP, .code = 38},
    {.kind = INPUT_BUTTON_DOWN, .code = 1, .x = 30, .y = 400},
    {.kind = INPUT_BUTTON_UP, .code = 1, .x = 30, .y = 400}};
enum { TYPED = sizeof typed / sizeof *typed };

/* --- one record that is wrong: input_record_write --- */

bool __real_input_record_write(uint8_t *out, uint64_t seq, const struct input_event *e, unsigned n);
bool __wrap_input_record_write(uint8_t *out, uint64_t seq, const struct input_event *e, unsigned n);

static const struct wrong {
    struct input_event like; /* a right event, and what is put over one of its bytes */
    unsigned at;             /* in the record; 0: nothing */
    uint8_t value;
} wrongs[] = {
    {{.kind = INPUT_MOTION, .x = 20000, .y = 20000}, 0, 0},              /* far outside */
    {{.kind = INPUT_BUTTON_DOWN, .code = 1, .x = 800, .y = 10}, 0, 0},   /* just outside */
    {{.kind = INPUT_MOTION, .x = 1, .y = 1}, 12 + 2, 0x80},              /* negative */
    {{.kind = INPUT_KEY_DOWN, .code = 38, .keysym = 'a'}, 12 + 1, 3},    /* no such keycode */
    {{.kind = INPUT_KEY_DOWN, .code = 38, .keysym = 'a'}, 12 + 2, 0x7f}, /* no such keysym */
    {{.kind = INPUT_BUTTON_DOWN, .code = 1, .x = 5, .y = 5}, 12 + 1, 4}, /* the wheel's */
    {{.kind = INPUT_BUTTON_DOWN, .code = 1, .x = 5, .y = 5}, 12 + 1, 200},
    {{.kind = INPUT_WHEEL, .y = 1}, 12 + 7, 0x40},                   /* four million */
    {{.kind = INPUT_MOTION, .x = 1, .y = 1}, 12, 7},                 /* no such kind */
    {{.kind = INPUT_MOTION, .x = 1, .y = 1}, 1, 25},                 /* more than it holds */
    {{.kind = INPUT_KEY_DOWN, .code = 38, .keysym = 'a'}, 11, 0xfe}, /* another count */
};

/* The row that such a key stands for; -1: none does. */
static int triggered(const struct input_event *e, unsigned n)
{
    for (unsigned i = 0; i < n; i++) {
        if (e[i].kind != INPUT_KEY_DOWN)
            continue;
        if (e[i].code >= F1 && e[i].code <= F10)
            return e[i].code - F1;
        if (e[i].code == F11)
            return F10 - F1 + 1;
    }
    return -1;
}

bool __wrap_input_record_write(uint8_t *out, uint64_t seq, const struct input_event *e, unsigned n)
{
    int row = triggered(e, n);
    if (row < 0)
        return __real_input_record_write(out, seq, e, n);
    evil.begun = evil.twice = true;
    if (!is("wrong"))
        return __real_input_record_write(out, seq, typed, is("twice") ? TYPED : 0);
    bool ok = __real_input_record_write(out, seq, &wrongs[row].like, 1);
    if (wrongs[row].at != 0)
        out[wrongs[row].at] = wrongs[row].value;
    return ok;
}

/* --- the same bytes twice: pair_take --- */

size_t __real_pair_take(struct pair *p, uint8_t *out);
size_t __wrap_pair_take(struct pair *p, uint8_t *out);

size_t __wrap_pair_take(struct pair *p, uint8_t *out)
{
    size_t n = __real_pair_take(p, out);
    if (n > 0 && evil.twice) {
        memcpy(evil.last, out, n);
        evil.last_len = n;
    } else if (n == 0 && evil.twice && is("twice")) {
        memcpy(out, evil.last, n = evil.last_len);
        evil.twice = false;
    }
    return n;
}

/* --- a grant that is over: its channel is kept --- */

void __real_pair_close(struct pair *p);
void __wrap_pair_close(struct pair *p);
void __real_pair_destroy(struct pair *p);
void __wrap_pair_destroy(struct pair *p);

static bool keeps(void)
{
    return is("late") || is("restamp");
}

void __wrap_pair_close(struct pair *p)
{
    if (!keeps())
        __real_pair_close(p);
}

void __wrap_pair_destroy(struct pair *p)
{
    if (keeps() && p != NULL && evil.pair == NULL && pair_up(p))
        evil.pair = p;
    else if (p != evil.pair)
        __real_pair_destroy(p);
}

/* What goes on under it: under its own number, or under that of the grant in force now. */
static void speak_late(struct control *c)
{
    uint8_t out[PAIR_HEAD + OUTER_CHAN_MAX];
    if (evil.pair == NULL || !pair_send(evil.pair, typed, TYPED))
        return;
    for (size_t n; (n = __real_pair_take(evil.pair, out)) > 0;) {
        if (is("restamp") && c->hold.up)
            memcpy(out + 2, c->hold.grant, GRANT_ID_LEN);
        c->ties.send(c->ties.ctx, evil.peer, (struct span){out, n});
    }
}

static void flood(struct control *c)
{
    static const struct input_event turn = {.kind = INPUT_WHEEL, .x = MAX_WHEEL, .y = -MAX_WHEEL};
    struct input_event all[MAX_INPUT_EVENTS];
    for (unsigned i = 0; i < MAX_INPUT_EVENTS; i++)
        all[i] = is("wheels") ? turn : typed[i % TYPED];
    for (unsigned i = 0; i < FLOOD && c->hold.up && evil.begun; i++) {
        if (!pair_send(c->hold.pair, all, MAX_INPUT_EVENTS))
            return;
        control_flush(c);
    }
}

/* --- somebody else's grant: control_signal --- */

enum e2e_code __real_control_signal(struct control *c, uint16_t from, struct span content,
                                    uint64_t now_ms);
enum e2e_code __wrap_control_signal(struct control *c, uint16_t from, struct span content,
                                    uint64_t now_ms);

/* Who controls takes its number from the stream that everybody reads, and the PSK from the epoch.
 */
enum e2e_code __wrap_control_signal(struct control *c, uint16_t from, struct span content,
                                    uint64_t now_ms)
{
    struct signal s;
    struct control_hold how = {.mine = true, .peer = from};
    if (is("stranger") && signal_parse(content, &s) && s.kind == SIGNAL_GRANT && s.to != c->mid &&
        c->hold.pair == NULL) {
        how.terms = s.terms;
        memcpy(how.grant, s.grant, GRANT_ID_LEN);
        c->now_ms = now_ms;
        if (control_open(c, &how, s.epoch))
            control_pump(c);
        evil.begun = true;
    }
    return __real_control_signal(c, from, content, now_ms);
}

/* Garbage and an honest beginning in turn, under that number. */
static void intrude(struct control *c)
{
    uint8_t out[PAIR_HEAD + INPUT_RECORD_LEN] = {OUTER_PAIR};
    if (!evil.begun || c->hold.pair == NULL)
        return;
    memcpy(out + 2, c->hold.grant, GRANT_ID_LEN);
    memset(out + PAIR_HEAD, 0x17, INPUT_RECORD_LEN);
    c->ties.send(c->ties.ctx, c->hold.peer, (struct span){out, sizeof out});
}

/* --- time: wish_tick, wish_due --- */

void __real_wish_tick(struct control *c);
void __wrap_wish_tick(struct control *c);
uint64_t __real_wish_due(const struct control *c);
uint64_t __wrap_wish_due(const struct control *c);

void __wrap_wish_tick(struct control *c)
{
    if (c->hold.up)
        evil.peer = c->hold.peer;
    if (keeps())
        speak_late(c);
    else if (is("flood") || is("wheels"))
        flood(c);
    else if (is("stranger"))
        intrude(c);
    __real_wish_tick(c);
}

uint64_t __wrap_wish_due(const struct control *c)
{
    uint64_t due = __real_wish_due(c), mine = c->now_ms + TICK_MS;
    return mine < due ? mine : due;
}

/* --- a presenter's seal that tells its broker of an old grant's events: grant_input, grant_tick
 * --- */

void __real_grant_input(struct control *c, const struct input_event *events, unsigned n);
void __wrap_grant_input(struct control *c, const struct input_event *events, unsigned n);
void __real_grant_tick(struct control *c);
void __wrap_grant_tick(struct control *c);

void __wrap_grant_input(struct control *c, const struct input_event *events, unsigned n)
{
    if (is("repeat") && n > 0 && evil.n == 0) {
        memcpy(evil.old, c->hold.grant, GRANT_ID_LEN);
        memcpy(evil.events, events, n * sizeof *events);
        evil.n = n;
    }
    __real_grant_input(c, events, n);
}

void __wrap_grant_tick(struct control *c)
{
    bool in_force = c->hold.pair != NULL && memcmp(c->hold.grant, evil.old, GRANT_ID_LEN) == 0;
    if (evil.n > 0 && !in_force)
        c->ties.port->events(c->ties.port->ctx, evil.old, evil.events, evil.n);
    __real_grant_tick(c);
}
