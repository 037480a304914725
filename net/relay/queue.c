/* One connection's queue and its skipping policy. Run by vitrine-relay; distrusts how fast anybody
 * reads. */
#include "net/relay/queue.h"
#include "policy/limits.h"
#include <stdlib.h>
#include <string.h>

#define RECORD 16384 /* most of TLS */

struct queue_item {
    struct queue_item *next;
    struct parcel *parcel;
    uint64_t at_ms;
};

void queue_init(struct queue *q, size_t msg_limit, uint64_t now_ms)
{
    *q = (struct queue){.msg_limit = msg_limit, .limit_ms = RELAY_BEHIND_MS, .calm_ms = now_ms};
}

static size_t cost_of(const struct parcel *p)
{
    return p->len + RELAY_FRAME_COST;
}

static struct parcel *take_first(struct queue *q, struct queue_list *l)
{
    struct queue_item *i = l->first;
    struct parcel *p = i->parcel;
    l->first = i->next;
    if (l->first == NULL)
        l->last = NULL;
    l->bytes -= cost_of(p);
    q->bytes -= cost_of(p);
    parcel_take_out(p);
    free(i);
    return p;
}

static void drop_first(struct queue *q, struct queue_list *l)
{
    parcel_release(take_first(q, l));
}

static void drop_all(struct queue *q, struct queue_list *l)
{
    while (l->first != NULL)
        drop_first(q, l);
}

void queue_clear(struct queue *q)
{
    for (int r = 0; r < FRAME_RANKS; r++)
        drop_all(q, &q->lists[r]);
}

void queue_finish(struct queue *q)
{
    queue_clear(q);
}

static bool append(struct queue *q, struct parcel *p, uint64_t now_ms)
{
    struct queue_list *l = &q->lists[p->rank];
    struct queue_item *i = malloc(sizeof *i);
    if (i == NULL)
        return false;
    *i = (struct queue_item){NULL, parcel_enter(p), now_ms};
    if (l->last != NULL)
        l->last->next = i;
    else
        l->first = i;
    l->last = i;
    l->bytes += cost_of(p);
    q->bytes += cost_of(p);
    return true;
}

/* --- stream 1 ------------------------------------------------------------------------------------
 */

static struct queue_list *screen(struct queue *q)
{
    return &q->lists[FRAME_RANK_SCREEN];
}

static uint64_t age_of(const struct queue_list *l, uint64_t now_ms)
{
    return l->first == NULL || l->first->at_ms > now_ms ? 0 : now_ms - l->first->at_ms;
}

uint64_t queue_age_ms(const struct queue *q, uint64_t now_ms)
{
    return age_of(&q->lists[FRAME_RANK_SCREEN], now_ms);
}

uint64_t queue_msg_age_ms(const struct queue *q, uint64_t now_ms)
{
    return age_of(&q->lists[FRAME_RANK_MSG], now_ms);
}

static bool too_many(const struct queue *q)
{
    uint64_t limit = (uint64_t)RELAY_QUEUE_SCREEN * (q->limit_ms / RELAY_BEHIND_MS);
    return q->lists[FRAME_RANK_SCREEN].bytes > limit;
}

bool queue_is_behind(const struct queue *q, uint64_t now_ms)
{
    return (q->wants_key && q->skips > 0) || queue_age_ms(q, now_ms) > q->limit_ms || too_many(q);
}

static const struct queue_item *newest_key(const struct queue *q)
{
    const struct queue_item *found = NULL;
    for (const struct queue_item *i = q->lists[FRAME_RANK_SCREEN].first; i != NULL; i = i->next)
        if (i->parcel->key)
            found = i;
    return found;
}

static void drop_screen_before(struct queue *q, const struct queue_item *keep)
{
    while (screen(q)->first != keep) {
        drop_first(q, screen(q));
        q->dropped++;
    }
}

static void count_skip(struct queue *q, uint64_t now_ms)
{
    q->skips++;
    q->calm_ms = now_ms;
    if (q->limit_ms < RELAY_BEHIND_MAX_MS)
        q->limit_ms *= 2;
}

bool queue_skip(struct queue *q, uint64_t now_ms)
{
    const struct queue_item *key = newest_key(q);
    if (screen(q)->first == NULL)
        return false;
    if (key ==
        screen(q)
            ->first) /* nothing older to drop: the picture it begins would have to go as well */
        key = NULL;
    drop_screen_before(q, key);
    if (key == NULL) {
        q->wants_key = true;
        q->ask_ms = now_ms;
    }
    count_skip(q, now_ms);
    return true;
}

/* A queue that begins with its newest KEY unit holds the freshest picture there is. Age alone is
   then no reason to throw that away; only bytes are. */
static bool must_skip(const struct queue *q, uint64_t now_ms)
{
    if (too_many(q))
        return true;
    return queue_age_ms(q, now_ms) > q->limit_ms &&
           newest_key(q) != q->lists[FRAME_RANK_SCREEN].first;
}

/* Not while something waits that the lower limit would make it skip: that would not be calm. */
static void relax(struct queue *q, uint64_t now_ms)
{
    if (q->limit_ms > RELAY_BEHIND_MS && now_ms - q->calm_ms >= RELAY_BEHIND_CALM_MS &&
        queue_age_ms(q, now_ms) <= q->limit_ms / 2) {
        q->limit_ms /= 2;
        q->calm_ms = now_ms;
    }
}

static bool must_ask(const struct queue *q, uint64_t now_ms)
{
    return q->wants_key && now_ms >= q->ask_ms;
}

enum queue_result queue_check(struct queue *q, uint64_t now_ms)
{
    relax(q, now_ms);
    if (must_skip(q, now_ms))
        queue_skip(q, now_ms);
    return must_ask(q, now_ms) ? QUEUE_NEED : QUEUE_OK;
}

static enum queue_result push_screen(struct queue *q, struct parcel *p, uint64_t now_ms)
{
    if (q->wants_key && !p->key) {
        q->dropped++;
        return must_ask(q, now_ms) ? QUEUE_NEED : QUEUE_OK;
    }
    if (!append(q, p, now_ms))
        return QUEUE_SLOW;
    q->wants_key = false;
    return queue_check(q, now_ms);
}

void queue_await_key(struct queue *q, uint64_t now_ms)
{
    q->wants_key = true;
    q->ask_ms = now_ms + RELAY_NEED_GRACE_MS;
}

void queue_start_viewing(struct queue *q, uint64_t now_ms)
{
    drop_all(q, screen(q));
    queue_await_key(q, now_ms);
}

/* --- the others ----------------------------------------------------------------------------------
 */

static size_t limit_of(const struct queue *q, uint8_t rank)
{
    if (rank == FRAME_RANK_OWN)
        return RELAY_QUEUE_OWN;
    if (rank == FRAME_RANK_MSG)
        return q->msg_limit;
    return RELAY_QUEUE_SMALL;
}

static void drop_behind_first(struct queue *q, struct queue_list *l)
{
    struct queue_item *first = l->first;
    l->first = first->next;
    drop_all(q, l);
    first->next = NULL;
    l->first = l->last = first;
}

/* Only the newest waits. A place of the pointer's is of no use without its shape: the KEY unit with
   that stays before it. */
static void drop_older(struct queue *q, struct queue_list *l, const struct parcel *p)
{
    if (l->first != NULL && l->first->parcel->key && !p->key)
        drop_behind_first(q, l);
    else
        drop_all(q, l);
}

/* Makes room for p; false: its kind must not be dropped, so the connection has to go. */
static bool make_room(struct queue *q, const struct parcel *p)
{
    struct queue_list *l = &q->lists[p->rank];
    switch (p->rank) {
    case FRAME_RANK_STATUS:
    case FRAME_RANK_CURSOR:
        drop_older(q, l, p);
        return true;
    case FRAME_RANK_AUDIO:
    case FRAME_RANK_SIGNAL:
        while (l->first != NULL && l->bytes + cost_of(p) > RELAY_QUEUE_SMALL)
            drop_first(q, l);
        return true;
    default:
        return l->bytes + cost_of(p) <= limit_of(q, p->rank);
    }
}

enum queue_result queue_push(struct queue *q, struct parcel *p, uint64_t now_ms)
{
    if (p->rank == FRAME_RANK_SCREEN)
        return push_screen(q, p, now_ms);
    if (!make_room(q, p) || !append(q, p, now_ms))
        return QUEUE_SLOW;
    return QUEUE_OK;
}

struct parcel *queue_pop(struct queue *q)
{
    for (int r = 0; r < FRAME_RANKS; r++)
        if (q->lists[r].first != NULL)
            return take_first(q, &q->lists[r]);
    return NULL;
}

/* --- several in one record -----------------------------------------------------------------------
 */

/* How many of those that wait fit behind `len` bytes into one record; *len with them. */
static size_t count_fitting(const struct queue *q, size_t *len)
{
    size_t n = 0;
    for (int r = 0; r < FRAME_RANKS; r++)
        for (const struct queue_item *i = q->lists[r].first; i != NULL; i = i->next, n++) {
            if (*len + i->parcel->len > RECORD)
                return n;
            *len += i->parcel->len;
        }
    return n;
}

static uint8_t *put(uint8_t *to, struct parcel *p)
{
    memcpy(to, p->bytes, p->len);
    to += p->len;
    parcel_release(p);
    return to;
}

struct parcel *queue_join(struct queue *q, struct parcel *first)
{
    size_t len = first != NULL ? first->len : 0;
    size_t n = first != NULL ? count_fitting(q, &len) : 0;
    struct parcel *all = n > 0 ? parcel_create(first->account, len) : NULL;
    uint8_t *to;
    if (all == NULL)
        return first;
    for (to = put(all->bytes, first); n > 0; n--)
        to = put(to, queue_pop(q));
    return all;
}
