/* --events lines. Run by the broker; the names in them are other people's and are escaped by
 * lib/json. */
#include "broker/events.h"
#include "lib/json.h"
#include "lib/lockers.h"
#include "lib/loop.h"
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define LINE 32768
#define CHAT_TOLD 2048 /* bytes of what somebody wrote: each may take three in a line */

static struct {
    bool on;
    int fd;
    char *waiting;
    size_t n;
} out;

bool events_init(int fd)
{
    out.waiting = malloc(EVENTS_WAITING);
    out.fd = fd;
    out.on = out.waiting != NULL;
    out.n = 0;
    if (!out.on)
        fprintf(stderr, "vitrine: no --events: no memory for them\n");
    return out.on;
}

static void turn_off(const char *why)
{
    fprintf(stderr, "vitrine: no more --events: %s\n", why);
    out.on = false;
    out.n = 0;
}

/* A pipe that poll calls writable takes PIPE_BUF bytes without blocking, whatever its flags: they
   belong to whoever shares the description with us and stay as they are. */
static bool write_some(int timeout_ms)
{
    struct pollfd p = {.fd = out.fd, .events = POLLOUT};
    if (poll(&p, 1, timeout_ms) <= 0 || !(p.revents & (POLLOUT | POLLERR | POLLHUP)))
        return false;
    ssize_t n = write(out.fd, out.waiting, out.n < PIPE_BUF ? out.n : PIPE_BUF);
    if (n < 0 && (errno == EINTR || errno == EAGAIN))
        return false;
    if (n <= 0) {
        turn_off("standard output is closed or full");
        return false;
    }
    out.n -= (size_t)n;
    memmove(out.waiting, out.waiting + n, out.n);
    explicit_bzero(out.waiting + out.n, (size_t)n); /* it may have held the password */
    return true;
}

short events_want(void *ctx)
{
    (void)ctx;
    return out.on && out.n ? POLLOUT : 0;
}

void events_flush(void *ctx, short revents)
{
    (void)ctx;
    (void)revents;
    while (out.on && out.n && write_some(0))
        ;
}

void events_finish(int ms)
{
    uint64_t until = loop_now_ms() + (uint64_t)ms;
    while (out.on && out.n && loop_now_ms() < until)
        write_some(20);
    out.on = false;
    if (out.waiting)
        explicit_bzero(out.waiting, EVENTS_WAITING);
    free(out.waiting);
    out.waiting = NULL;
}

static char line[LINE];

static bool begin(struct json *j, const char *event)
{
    struct timespec now;
    if (!out.on)
        return false;
    clock_gettime(CLOCK_REALTIME, &now);
    json_begin(j, line, sizeof line);
    json_text(j, "event", event);
    json_time(j, "time", (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000);
    return true;
}

static void end(struct json *j)
{
    size_t len = json_end(j);
    if (len == 0 || out.n + len > EVENTS_WAITING) {
        turn_off(len ? "nobody reads them" : "a line is too long");
    } else {
        memcpy(out.waiting + out.n, line, len);
        out.n += len;
        events_flush(NULL, 0);
    }
    explicit_bzero(line, sizeof line); /* it may have held the password */
}

static void put_rect(struct json *j, const char *key, struct events_rect r)
{
    json_array(j, key);
    json_number(j, NULL, r.x);
    json_number(j, NULL, r.y);
    json_number(j, NULL, r.w);
    json_number(j, NULL, r.h);
    json_close(j);
}

void events_session(const struct events_session *s)
{
    struct json j;
    if (!begin(&j, "session"))
        return;
    json_text(&j, "id", s->id);
    json_text(&j, "password", s->password);
    json_text(&j, "invitation", s->invitation);
    json_text(&j, "relay", s->relay);
    json_text(&j, "pin", s->pin);
    end(&j);
}

void events_worker(const char *role, int pid, const char *state, const char *why)
{
    struct json j;
    if (!begin(&j, "worker"))
        return;
    json_text(&j, "role", role);
    json_number(&j, "pid", pid);
    json_text(&j, "state", state);
    if (why)
        json_text(&j, "why", why);
    end(&j);
}

void events_prompt(const struct events_prompt *p)
{
    struct json j;
    if (!begin(&j, "prompt"))
        return;
    json_number(&j, "id", p->id);
    json_text(&j, "kind", p->kind);
    json_bytes(&j, "name", p->name.data, p->name.len);
    json_text(&j, "window", p->window);
    json_object(&j, "buttons");
    for (unsigned i = 0; i < p->n_buttons; i++)
        put_rect(&j, p->buttons[i].name, p->buttons[i].rect);
    json_close(&j);
    json_bool(&j, "armed", p->armed);
    if (p->why && *p->why)
        json_text(&j, "why", p->why);
    if (p->closed)
        json_text(&j, "state", "closed");
    end(&j);
}

void events_member(unsigned mid, struct span name, const char *role, const char *state)
{
    struct json j;
    if (!begin(&j, "member"))
        return;
    json_number(&j, "id", mid);
    json_bytes(&j, "name", name.data, name.len);
    json_text(&j, "role", role);
    json_text(&j, "state", state);
    end(&j);
}

/* Whole characters. */
static size_t beginning(struct span text)
{
    size_t len = text.len < CHAT_TOLD ? text.len : CHAT_TOLD;
    while (len > 0 && len < text.len && (text.data[len] & 0xc0) == 0x80)
        len--;
    return len;
}

bool events_have_room(void)
{
    return out.n < EVENTS_WAITING / 2;
}

void events_chat(unsigned mid, struct span name, bool mine, struct span text, bool told)
{
    struct json j;
    if (!begin(&j, "chat"))
        return;
    json_number(&j, "id", mid);
    json_bytes(&j, "name", name.data, name.len);
    json_bool(&j, "mine", mine);
    json_number(&j, "bytes", (int64_t)text.len);
    if (told && events_have_room())
        json_foreign(&j, "text", text.data, beginning(text));
    end(&j);
}

void events_share(const char *state, const char *why)
{
    struct json j;
    if (!begin(&j, "share"))
        return;
    json_text(&j, "state", state);
    json_text(&j, "why", why);
    end(&j);
}

void events_control(const struct events_control_line *c)
{
    struct json j;
    struct timespec now;
    if (!begin(&j, "control"))
        return;
    clock_gettime(CLOCK_REALTIME, &now);
    json_text(&j, "state", c->state);
    json_text(&j, "why", c->why);
    json_bytes(&j, "name", c->name.data, c->name.len);
    json_bool(&j, "mine", c->mine);
    if (c->left_s)
        json_time(&j, "until", ((int64_t)now.tv_sec + (int64_t)c->left_s) * 1000);
    end(&j);
}

void events_line(const char *state)
{
    struct json j;
    if (!begin(&j, "line"))
        return;
    json_text(&j, "state", state);
    end(&j);
}

static void put_lockers(struct json *j, const char *key, unsigned bits)
{
    json_array(j, key);
    for (unsigned i = 0; i < LOCKERS; i++)
        if (bits >> i & 1)
            json_text(j, NULL, locker_name((enum locker)i));
    json_close(j);
}

void events_lockers(uint8_t buses, uint8_t there, uint8_t locked)
{
    struct json j;
    if (!begin(&j, "lockers"))
        return;
    json_array(&j, "buses");
    if (buses & 1)
        json_text(&j, NULL, "desktop");
    if (buses & 2)
        json_text(&j, NULL, "system");
    json_close(&j);
    put_lockers(&j, "there", there);
    put_lockers(&j, "locked", locked);
    end(&j);
}

void events_security(const char *level, const char *const *missing, unsigned n_missing)
{
    struct json j;
    if (!begin(&j, "security"))
        return;
    json_text(&j, "level", level);
    json_array(&j, "missing");
    for (unsigned i = 0; i < n_missing; i++)
        json_text(&j, NULL, missing[i]);
    json_close(&j);
    end(&j);
}

static void put_control(struct json *j, const struct events_control *c)
{
    json_object(j, NULL);
    json_text(j, "id", c->id);
    json_text(j, "role", c->role);
    json_text(j, "label", c->label);
    if (c->group[0])
        json_text(j, "group", c->group);
    if (c->name)
        json_text(j, "name", c->name);
    if (c->name || c->badges[0])
        json_text(j, "badges", c->badges);
    if (c->value)
        json_text(j, "value", c->value);
    if (c->length >= 0)
        json_number(j, "length", c->length);
    put_rect(j, "rect", c->rect);
    json_number(j, "focus", c->focus);
    json_text(j, "state", c->state);
    if (c->why[0])
        json_text(j, "why", c->why);
    json_close(j);
}

void events_window(const struct events_window *w)
{
    struct json j;
    if (!begin(&j, "window"))
        return;
    json_text(&j, "name", w->name);
    put_rect(&j, "rect", w->rect);
    json_text(&j, "state", w->state);
    json_array(&j, "texts");
    for (unsigned i = 0; i < w->n_texts; i++)
        json_text(&j, NULL, w->texts[i]);
    json_close(&j);
    json_array(&j, "controls");
    for (unsigned i = 0; i < w->n_controls; i++)
        put_control(&j, &w->controls[i]);
    json_close(&j);
    end(&j);
}

void events_error(const char *code, const char *text)
{
    struct json j;
    if (!begin(&j, "error"))
        return;
    json_text(&j, "code", code);
    json_text(&j, "text", text);
    end(&j);
}

void events_ended(const char *how, const char *why, const char *said, unsigned code)
{
    struct json j;
    if (!begin(&j, "ended"))
        return;
    json_text(&j, "how", how);
    json_text(&j, "why", why);
    json_text(&j, "said", said);
    json_number(&j, "code", code);
    end(&j);
}
