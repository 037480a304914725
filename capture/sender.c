/* The order of reading, encoding and sending in vitrine-capture; see the header. */
#include "capture/sender.h"
#include <stdlib.h>
#include <string.h>

/* Longer than any update needs on a quick line, shorter than people notice. */
#define SLICE_MS 40
/* A window is being dragged about: time enough for the X server to serve the one who drags. */
#define MOVING_MS 4
/* What has not changed for one to two of these is made exact. */
#define ROUGH_TURN_MS 250
/* An update of half of a small screen is a large one. */
#define QUICK_TILES 128
/* What is due waits no longer than this for a moment in which nothing is newer; then it takes
   turns. */
#define REPAY_MS 300

bool sender_init(struct sender *s, struct source *source, const struct sender_way *way,
                 bool lossless)
{
    memset(s, 0, sizeof *s);
    s->source = source;
    s->way = *way;
    s->encoder = tile_encoder_create(lossless);
    if (s->encoder != NULL)
        return true;
    sender_finish(s);
    return false;
}

void sender_finish(struct sender *s)
{
    tile_encoder_destroy(s->encoder);
    picture_finish(&s->picture);
    if (s->source != NULL)
        s->source->ops->destroy(s->source);
    explicit_bzero(s, sizeof *s);
}

static enum sender_next failed(struct sender *s, enum fail code, uint32_t detail)
{
    s->failure = code;
    s->failure_detail = detail;
    return SENDER_FAILED;
}

static enum sender_next source_failed(struct sender *s)
{
    return failed(s, s->source->failure, s->source->failure_detail);
}

static enum sender_next wake_at(struct sender *s, uint64_t at_ms)
{
    s->wake_ms = at_ms;
    return SENDER_LATER;
}

static bool in_update(const struct sender *s)
{
    return s->unit_len > 0 || tile_encoder_busy(s->encoder);
}

static bool has_rest(const struct sender *s)
{
    return !tile_set_empty(&s->rest.set);
}

/* The viewers' picture is then half old, half new: a whole one must follow. */
static void give_update_up(struct sender *s)
{
    if (!in_update(s) && !has_rest(s))
        return;
    explicit_bzero(s->unit, s->unit_len);
    s->unit_len = 0;
    picture_drop_parts(&s->picture, &s->parts);
    tile_set_clear(&s->rest.set);
    s->key_due = true;
}

/* Everything; what was read is not used. Its answer is waited for all the same: the next one tells
   what was since then, so nothing may be read before. */
static void read_all_again(struct sender *s)
{
    s->read.dropped = s->read.serial != 0;
    s->read.answered = false;
    tile_set_fill(&s->stale, s->picture.count);
}

void sender_mask(struct sender *s, const uint32_t *windows, size_t n, bool hold)
{
    s->source->ops->hide(s->source, windows, n);
    s->hold = hold;
    if (s->way.ask == NULL) { /* nobody answers any more */
        s->read.serial = 0;
        s->read.linger = (struct linger){0};
    }
    give_update_up(s);
    read_all_again(s);
}

static bool was_hidden(const struct sender_read *r, const struct source_rect *at)
{
    for (size_t i = 0; i < r->n_hidden; i++)
        if (memcmp(&r->hidden[i], at, sizeof *at) == 0)
            return true;
    return false;
}

/* The picture that may leave at any time, as a whole, in what was cut off or once more exactly,
   shows nothing of a place from the moment on in which it is heard to be hidden. What has been read
   is blanked when it is taken over, or is read again before it leaves. */
static void hide_at_once(struct sender *s, const struct source_rect *places, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!was_hidden(&s->read, &places[i]))
            picture_hide(&s->picture, &places[i], &s->read.wanted, &s->rest);
}

/* The picture it is about is not used; its places are hidden all the same. */
static void hide_unused(struct sender *s)
{
    struct sender_read *r = &s->read;
    size_t own = r->grab.n_hidden;
    s->source->ops->shade(s->source, r->places, r->n_places, &r->grab);
    hide_at_once(s, r->grab.hidden + own, r->grab.n_hidden - own);
    r->grab.n_hidden = own;
    tile_set_add_all(&s->stale, &r->wanted);
}

void sender_shade(struct sender *s, uint32_t serial, enum read_again again,
                  const struct source_rect *places, size_t n)
{
    struct sender_read *r = &s->read;
    if (serial == 0) {
        give_update_up(s);
        read_all_again(s);
        s->key_due = true; /* what was put away of it is forgotten */
    }
    if (serial == 0 || serial != r->serial)
        return;
    r->serial = 0;
    r->answered = again != AGAIN_PICTURE && !r->dropped;
    r->too_much = again == AGAIN_PLACES;
    r->n_places = n < MAX_SHADES ? n : MAX_SHADES;
    if (r->n_places)
        memcpy(r->places, places, r->n_places * sizeof *places);
    linger_hear(&r->linger, r->places, r->n_places);
    if (!r->answered)
        hide_unused(s);
}

void sender_need_key(struct sender *s)
{
    s->key_asked = true;
    pointer_forget(&s->pointer);
}

/* --- sizes --- */

static enum sender_next fit(struct sender *s, uint64_t now_ms)
{
    struct source_size size;
    if (now_ms < pace_due(&s->sizes, RESIZE_BURST, RESIZE_EVERY_MS))
        return wake_at(s, pace_due(&s->sizes, RESIZE_BURST, RESIZE_EVERY_MS));
    enum source_result r = s->source->ops->fit(s->source, &size);
    if (r == SOURCE_MOVING)
        return wake_at(s, now_ms + MOVING_MS);
    if (r != SOURCE_OK)
        return source_failed(s);
    give_update_up(s);
    picture_finish(&s->picture);
    if (!picture_init(&s->picture, size))
        return failed(s, FAIL_MEMORY, 0);
    read_all_again(s);
    s->sized = s->key_due = s->announce = true;
    (void)pace_take(&s->sizes, RESIZE_BURST, RESIZE_EVERY_MS, now_ms);
    return SENDER_AGAIN;
}

static bool hear_news(struct sender *s)
{
    struct source_news news = {0};
    if (!s->source->ops->pump(s->source, &news))
        return false;
    tile_set_add_all(&s->stale, &news.damaged);
    if (news.resized)
        s->sized = false;
    return true;
}

/* --- sending --- */

static enum sender_next update_has_left(struct sender *s)
{
    if (s->announce)
        s->way.running(s->way.ctx, s->picture.tiles.width, s->picture.tiles.height);
    s->announce = false;
    return SENDER_AGAIN;
}

static enum sender_next send_unit(struct sender *s)
{
    switch (s->way.screen(s->way.ctx, s->unit_key, s->unit, s->unit_len)) {
    case SENDER_FULL:
        s->full = true;
        return SENDER_BLOCKED;
    case SENDER_LOST:
        return failed(s, FAIL_PEER_GONE, 0);
    case SENDER_SENT:
        break;
    }
    s->unit_len = 0;
    return tile_encoder_busy(s->encoder) ? SENDER_AGAIN : update_has_left(s);
}

/* What is only made exact lets everything that is new go first, unless it is overdue. */
static bool is_late(const struct sender *s, uint64_t now_ms)
{
    bool yields = s->repaying && !s->overdue && !tile_set_empty(&s->stale);
    return !s->in_key && (yields || now_ms - s->began_ms >= SLICE_MS);
}

static bool has_small(const struct sender *s, const struct tile_changes *c, struct tile_set *small)
{
    tile_changes_small(c, s->picture.tiles.width, s->picture.tiles.height, small);
    return !tile_set_empty(small);
}

/* What is small of it goes at once; but something new is read then, however small that is. */
static void add_rest(struct sender *s, const struct tile_changes *cut)
{
    struct tile_set small;
    tile_changes_add(&s->rest, cut);
    if (s->rest_next || s->rest_early || !has_small(s, &s->rest, &small))
        return;
    s->rest_next = s->rest_early = true;
}

/* On a line that is too slow for all of it what is small goes by itself, what is large with the
   rest. false: nothing is small. */
static bool part_small(struct sender *s, struct tile_changes *c)
{
    struct tile_set small;
    if (!has_small(s, c, &small))
        return false;
    tile_set_remove_all(&c->set, &small);
    tile_changes_add(&s->rest, c);
    c->set = small;
    return true;
}

static enum sender_next make_unit(struct sender *s, uint64_t now_ms)
{
    struct tile_changes *cut = &s->change.tiles; /* read by the encoder long ago */
    s->unit_key = tile_encoder_at_key(s->encoder);
    if (is_late(s, now_ms)) {
        s->unit_len = tile_encoder_cut(s->encoder, s->unit, cut);
        if (!s->repaying) /* else it is due still */
            add_rest(s, cut);
    } else {
        s->unit_len = tile_encoder_unit(s->encoder, s->unit);
    }
    return send_unit(s);
}

/* --- reading --- */

/* One more than its time allows: who comes in gets that of the epoch and may ask for another. */
static uint64_t asked_key_ms(const struct sender *s)
{
    uint64_t one_ms = pace_due(&s->keys, KEY_BURST, KEY_EVERY_MS);
    uint64_t many_ms = pace_due(&s->many_keys, KEY_MANY, KEY_MANY_MS);
    return one_ms > many_ms ? one_ms : many_ms;
}

/* One that nobody asked for takes none from those who come in later. */
static void count_key(struct sender *s, uint64_t now_ms)
{
    (void)pace_take(&s->keys, KEY_BURST, KEY_EVERY_MS, now_ms);
    if (s->key_asked)
        (void)pace_take(&s->many_keys, KEY_MANY, KEY_MANY_MS, now_ms);
}

static bool key_is_due(const struct sender *s, uint64_t now_ms)
{
    return s->key_due || (s->key_asked && now_ms >= asked_key_ms(s));
}

static enum sender_next begin_key(struct sender *s, uint64_t now_ms)
{
    const struct tile_update u = {.changes = &s->change.tiles, .key = true, .what = s->what};
    tile_changes_fill(&s->change.tiles, s->picture.tiles.width, s->picture.tiles.height);
    count_key(s, now_ms);
    s->key_due = s->key_asked = s->rest_next = s->repaying = false;
    tile_set_clear(&s->rest.set);
    s->in_key = true;
    s->began_ms = now_ms;
    tile_encoder_begin(s->encoder, &s->picture.tiles, &u, ++s->update, (uint32_t)now_ms);
    return make_unit(s, now_ms);
}

/* An update of so many tiles is better there sooner than in fewer bytes, but on a slow line. */
static bool is_quick(struct sender *s, uint32_t tiles)
{
    bool full = s->full;
    if (tiles < QUICK_TILES)
        return false;
    s->full = false;
    return !full;
}

static enum sender_next begin_update(struct sender *s, enum tile_round round, uint64_t now_ms)
{
    const struct picture_change *c = &s->change;
    struct tile_update u = {
        .changes = &c->tiles, .copies = c->copies, .n_copies = c->n_copies, .round = round};
    s->new_next = false;
    if (key_is_due(s, now_ms))
        return begin_key(s, now_ms);
    if (tile_set_empty(&c->tiles.set) && c->n_copies == 0)
        return SENDER_AGAIN;
    s->in_key = s->repaying = false;
    s->began_ms = now_ms;
    u.quick = is_quick(s, tile_set_size(&c->tiles.set));
    tile_encoder_begin(s->encoder, &s->picture.tiles, &u, ++s->update, (uint32_t)now_ms);
    return make_unit(s, now_ms);
}

/* --- what leaves before all of it has been compared --- */

static const struct tile_changes *find_more(void *ctx, uint32_t *ahead)
{
    struct sender *s = ctx;
    struct tile_changes *part = &s->change.tiles;
    picture_take_part(&s->picture, &s->read.grab, &s->parts, part);
    *ahead = tile_set_size(&s->parts.left) + tile_set_size(&s->parts.changed);
    return part;
}

static enum sender_next begin_parts(struct sender *s, uint64_t now_ms)
{
    struct tile_update u = {.changes = &s->change.tiles, .more = find_more, .ctx = s};
    u.ahead = tile_set_size(&s->parts.left) + tile_set_size(&s->parts.changed);
    u.quick = is_quick(s, u.ahead);
    tile_set_clear(&s->change.tiles.set);
    s->new_next = s->in_key = s->repaying = false;
    s->began_ms = now_ms;
    tile_encoder_begin(s->encoder, &s->picture.tiles, &u, ++s->update, (uint32_t)now_ms);
    return make_unit(s, now_ms);
}

/* --- what viewers have only roughly --- */

static void turn_debts(struct sender *s, uint64_t now_ms)
{
    if (!tile_encoder_owes(s->encoder)) {
        s->turn_ms = 0;
        return;
    }
    if (s->turn_ms != 0 && now_ms >= s->turn_ms)
        tile_encoder_turn(s->encoder);
    if (s->turn_ms == 0 || now_ms >= s->turn_ms)
        s->turn_ms = now_ms + ROUGH_TURN_MS;
}

/* What is due and is not to be read again first. */
static bool find_due(struct sender *s, struct tile_set *out)
{
    *out = *tile_encoder_due(s->encoder);
    tile_set_remove_all(out, &s->stale);
    return !tile_set_empty(out);
}

/* From then on it takes turns with what is new. */
static bool is_overdue(const struct sender *s, uint64_t now_ms)
{
    return !s->new_next && now_ms - s->owing_ms >= REPAY_MS;
}

static enum sender_next begin_repaying(struct sender *s, const struct tile_set *due, bool overdue,
                                       uint64_t now_ms)
{
    struct tile_changes *c = &s->change.tiles;
    const struct tile_update u = {.changes = c, .exact = true, .round = TILE_ROUND_EXACT};
    tile_changes_from(c, s->picture.tiles.width, s->picture.tiles.height, due);
    s->in_key = false;
    s->repaying = true;
    s->overdue = s->new_next = overdue;
    s->began_ms = now_ms;
    tile_encoder_begin(s->encoder, &s->picture.tiles, &u, ++s->update, (uint32_t)now_ms);
    return make_unit(s, now_ms);
}

/* No whole picture goes in its stead while anything is to be read again. */
static bool may_send_rest(const struct sender *s, uint64_t now_ms)
{
    bool read = tile_set_empty(&s->stale);
    return has_rest(s) && (read || (s->rest_next && !key_is_due(s, now_ms)));
}

/* What was cut off, in slices: what is small by itself, and what is large with it in the next turn.
 */
static enum sender_next begin_rest(struct sender *s, uint64_t now_ms)
{
    struct picture_change *c = &s->change;
    c->tiles = s->rest;
    c->n_copies = 0;
    tile_set_clear(&s->rest.set);
    s->rest_next = false;
    bool small = !s->rest_small && part_small(s, &c->tiles);
    s->rest_small = has_rest(s);
    return begin_update(s, small ? TILE_ROUND_SMALL : TILE_ROUND_REST, now_ms);
}

/* What is drawn again and again without becoming another picture is always to be read again, and
   would be due for ever. It is repaid in the moment in which it has been read.
   sure: what was read, and is hidden where it has to be. */
static bool find_overdue(const struct sender *s, const struct tile_set *sure, uint64_t now_ms,
                         struct tile_set *out)
{
    struct tile_set other = *tile_encoder_due(s->encoder);
    *out = other;
    tile_set_remove_all(&other, sure);
    tile_set_remove_all(out, &other);
    return !tile_set_empty(out) && is_overdue(s, now_ms) && !key_is_due(s, now_ms);
}

/* What is new waits for what is overdue, as something cut off (that cannot have moved). Where it is
   beside that in the same tile, it leaves twice: else the tile would be owed as long as it moves.
 */
static enum sender_next take_over(struct sender *s, const struct tile_set *wanted,
                                  const struct tile_set *sure, uint64_t now_ms)
{
    struct tile_set repay, changed;
    struct picture *p = &s->picture;
    const struct source_grab *grab = &s->read.grab;
    bool overdue = find_overdue(s, sure, now_ms, &repay);
    bool complete = !overdue && !has_rest(s); /* viewers have, or get next, what was read before */
    s->parts = (struct picture_parts){.left = *wanted};
    if (complete && !key_is_due(s, now_ms) && picture_is_another(p, grab, wanted, &s->parts)) {
        s->rest_next = s->rest_early = false;
        return begin_parts(s, now_ms);
    }
    picture_take(p, grab, &s->parts.left, &changed);
    tile_set_add_all(&changed, &s->parts.changed);
    s->parts = (struct picture_parts){0};
    if (complete)
        tile_encoder_cover(s->encoder, &p->tiles, &p->now, &changed, (uint32_t)now_ms);
    picture_settle(p, &changed, complete, &s->change);
    s->rest_next = has_rest(s); /* it has waited for one that is new */
    s->rest_early = false;
    if (!overdue) {
        if (has_rest(s))
            (void)part_small(s, &s->change.tiles);
        return begin_update(s, TILE_ROUND_NEW, now_ms);
    }
    s->rest_next = true;
    tile_changes_add(&s->rest, &s->change.tiles);
    return begin_repaying(s, &repay, true, now_ms);
}

/* --- what others know to be hidden --- */

static enum sender_next ask(struct sender *s)
{
    struct sender_read *r = &s->read;
    r->wanted = s->stale;
    tile_set_clear(&s->stale);
    if (++r->last == 0)
        r->last = 1;
    r->serial = r->last;
    r->dropped = false;
    s->way.ask(s->way.ctx, r->serial);
    return SENDER_IDLE;
}

static void read_again(struct sender *s, const struct source_rect *at, size_t n)
{
    for (size_t i = 0; i < n; i++)
        tile_set_add_rect(&s->stale, s->picture.tiles.width, s->picture.tiles.height, at[i].x,
                          at[i].y, at[i].w, at[i].h);
}

/* Where more was hidden than has to stay so, or what is hidden now was shown before, no damage may
   tell of it: those places are read once more, and are no more sure. */
static void follow_shades(struct sender *s, const struct source_rect *now, size_t n,
                          struct tile_set *sure)
{
    struct sender_read *r = &s->read;
    bool same = n == r->n_hidden && (n == 0 || memcmp(now, r->hidden, n * sizeof *now) == 0);
    if (same && !r->too_much)
        return;
    struct tile_set news = s->stale;
    tile_set_clear(&s->stale);
    read_again(s, r->hidden, r->n_hidden);
    read_again(s, now, n);
    tile_set_remove_all(sure, &s->stale);
    tile_set_add_all(&s->stale, &news);
    r->n_hidden = n;
    memcpy(r->hidden, now, n * sizeof *now);
}

/* What is hidden from now on may be in what was cut off, or go with a whole picture, as it was when
   it might still be seen. */
static bool shows_hidden(const struct sender *s, const struct source_rect *now, size_t n,
                         uint64_t now_ms)
{
    bool others = tile_set_size(&s->read.wanted) < s->picture.count;
    if (!others || (!has_rest(s) && !key_is_due(s, now_ms)))
        return false;
    for (size_t i = 0; i < n; i++)
        if (!was_hidden(&s->read, &now[i]))
            return true;
    return false;
}

static enum sender_next take_answered(struct sender *s, uint64_t now_ms)
{
    struct sender_read *r = &s->read;
    struct source_rect places[MAX_SHADES];
    size_t own = r->grab.n_hidden;
    size_t n = linger_join(&r->linger, r->places, r->n_places, now_ms, places);
    r->answered = false;
    s->source->ops->shade(s->source, places, n, &r->grab);
    const struct source_rect *hidden = r->grab.hidden + own;
    n = r->grab.n_hidden - own;
    bool shows = shows_hidden(s, hidden, n, now_ms);
    struct tile_set sure = r->wanted;
    hide_at_once(s, hidden, n);
    follow_shades(s, hidden, n, &sure);
    if (!shows)
        return take_over(s, &r->wanted, &sure, now_ms);
    give_update_up(s);
    read_all_again(s);
    return SENDER_AGAIN;
}

/* What was hidden a moment longer than it had to be; nothing is damaged there. */
static void look_at_lingering(struct sender *s, uint64_t now_ms)
{
    if (linger_due(&s->read.linger) > now_ms)
        return;
    linger_drop(&s->read.linger, now_ms);
    read_again(s, s->read.hidden, s->read.n_hidden);
}

static enum sender_next read_stale(struct sender *s, uint64_t now_ms)
{
    struct source_grab *grab = &s->read.grab;
    switch (s->source->ops->grab(s->source, &s->stale, grab)) {
    case SOURCE_MOVING:
        return wake_at(s, now_ms + MOVING_MS);
    case SOURCE_RESIZED:
        s->sized = false;
        return SENDER_AGAIN;
    case SOURCE_FAILED:
        return source_failed(s);
    case SOURCE_OK:
        break;
    }
    if (s->way.ask != NULL)
        return ask(s);
    struct tile_set wanted = s->stale;
    tile_set_clear(&s->stale);
    return take_over(s, &wanted, &wanted, now_ms);
}

/* Nothing to do: until the next whole picture may go, what is owed has its turn, or what was hidden
   need not be any more. */
static enum sender_next wait(struct sender *s)
{
    uint64_t key_ms = s->key_asked ? asked_key_ms(s) : UINT64_MAX;
    uint64_t turn_ms = s->turn_ms != 0 ? s->turn_ms : UINT64_MAX;
    uint64_t at_ms = linger_due(&s->read.linger);
    at_ms = key_ms < at_ms ? key_ms : at_ms;
    at_ms = turn_ms < at_ms ? turn_ms : at_ms;
    return at_ms == UINT64_MAX ? SENDER_IDLE : wake_at(s, at_ms);
}

enum sender_next sender_step(struct sender *s, uint64_t now_ms)
{
    struct tile_set repay;
    if (!hear_news(s))
        return source_failed(s);
    if (!s->sized)
        return fit(s, now_ms);
    turn_debts(s, now_ms);
    if (s->hold || s->read.serial != 0)
        return SENDER_IDLE;
    if (s->read.answered)
        return take_answered(s, now_ms);
    look_at_lingering(s, now_ms);
    if (s->unit_len > 0)
        return send_unit(s);
    if (tile_encoder_busy(s->encoder) && !s->key_due)
        return make_unit(s, now_ms);
    if (may_send_rest(s, now_ms))
        return begin_rest(s, now_ms);
    bool due = !s->key_due && find_due(s, &repay);
    if (tile_set_empty(tile_encoder_due(s->encoder)))
        s->owing_ms = now_ms;
    if (due && is_overdue(s, now_ms))
        return begin_repaying(s, &repay, true, now_ms);
    if (!tile_set_empty(&s->stale))
        return read_stale(s, now_ms);
    if (key_is_due(s, now_ms))
        return begin_key(s, now_ms);
    if (due)
        return begin_repaying(s, &repay, false, now_ms);
    return wait(s);
}

/* --- the pointer --- */

uint32_t sender_look_at_pointer(struct sender *s, uint64_t now_ms)
{
    struct pointer *p = &s->pointer;
    uint32_t serial = 0;
    if (s->hold || !s->sized || s->update == 0)
        return CURSOR_IDLE_MS;
    if (!s->source->ops->cursor(s->source, &p->now, &serial))
        return CURSOR_IDLE_MS; /* the next step will find the source failed */
    if (pointer_compare(p, serial, now_ms)) {
        size_t len = tile_cursor_encode(&p->now, s->cursor_unit);
        bool key = p->now.kind != TILE_CURSOR_MOVED;
        if (s->way.cursor(s->way.ctx, key, s->cursor_unit, len) == SENDER_SENT)
            pointer_sent(p, serial);
    }
    return pointer_wait(p, now_ms);
}
