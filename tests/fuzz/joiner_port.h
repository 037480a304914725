/*
 * For fuzz_seal_joiner.c: what has happened so far, and the port of its joiner, which judges
 * whatever it says. What only an organizer says is not in the port: to call it ends the target.
 */
#ifndef TESTS_FUZZ_JOINER_PORT_H
#define TESTS_FUZZ_JOINER_PORT_H
#include "net/seal/group.h"
#include "net/seal/joiner_state.h"
#include "net/seal/outer.h"
#include <stdlib.h>

enum { KEPT = 4, SENT = 64, WAITING = 16 };

struct message {
    size_t len;
    uint8_t bytes[OUTER_MAX];
};

static struct scene {
    struct joiner *j;
    uint64_t now;
    bool over, proved, withholds, shook, pinged, asked;
    bool deaf; /* the organizer's end is broken for reading; it goes on to speak */
    uint32_t handle;
    struct outer_m1 m1;
    struct line *line;
    struct group *author, *third; /* as organizer and member 3 know the session */
    uint16_t mid;                 /* that the joiner was given */
    uint8_t rsec[SHARED_LEN], ping[LEASE_NONCE], request[REQUEST_ID_LEN];
    uint32_t resumes;
    bool resuming;
    unsigned records, sealed, opened;
    struct message sent[SENT], waiting[WAITING];
    size_t n_sent, n_waiting;
    struct {
        size_t len;
        uint8_t *bytes;
    } kept[KEPT];
    size_t n_kept;
} s;

static void must(bool ok)
{
    if (!ok)
        abort();
}

static uint64_t unix_ms(void *ctx)
{
    (void)ctx;
    return 1;
}

static void msg(void *ctx, uint32_t peer, struct span body)
{
    (void)ctx;
    must(!s.over && body.len);
    if (peer != 1 || s.n_sent == SENT)
        return;
    must(body.len <= OUTER_MAX);
    s.sent[s.n_sent].len = body.len;
    memcpy(s.sent[s.n_sent++].bytes, body.data, body.len);
}

static void unit(void *ctx, struct span wire)
{
    (void)ctx;
    must(!s.over && s.records && wire.len);
}

static void nothing(void *ctx)
{
    (void)ctx;
    must(!s.over);
}

static void welcomed(void *ctx, bool wait, uint8_t verified, struct span name,
                     const uint8_t words[4])
{
    (void)ctx, (void)wait, (void)verified, (void)name, (void)words;
    must(!s.over && s.proved);
}

static void identity(void *ctx, const struct port_identity *i)
{
    (void)ctx, (void)i;
    must(!s.over && s.proved);
}

static void member(void *ctx, const struct port_member *m)
{
    (void)ctx;
    must(!s.over && s.records && m->me == (m->mid == s.mid));
}

static void presenter(void *ctx, uint16_t mid)
{
    (void)ctx, (void)mid;
    must(!s.over && s.records);
}

static void picture(void *ctx, enum port_picture state)
{
    (void)ctx, (void)state;
    must(!s.over);
}

static void take_one(void)
{
    must(!s.over && ++s.opened <= s.sealed);
}

static void chatted(void *ctx, uint16_t mid, uint32_t missed, struct span text)
{
    (void)ctx, (void)missed;
    must(!s.over && chat_text_valid(text));
    if (mid != s.mid)
        take_one();
}

static void chat_lost(void *ctx, struct span text)
{
    (void)ctx, (void)text;
    must(!s.over);
}

static void quality(void *ctx, uint32_t round_ms)
{
    (void)ctx;
    must(!s.over && round_ms >= 1 && round_ms <= 60000);
}

static void sides(void *ctx, uint16_t ours, uint16_t theirs)
{
    (void)ctx;
    must(!s.over && ours != theirs);
}

static void ended(void *ctx, bool cut, enum e2e_code code, enum end_why why)
{
    (void)ctx, (void)cut, (void)code, (void)why;
    must(!s.over);
    s.over = true;
}

static void asked(void *ctx, uint16_t mid, const uint8_t *request, uint16_t caps)
{
    (void)ctx, (void)caps;
    must(!s.over && mid != s.mid);
    memcpy(s.request, request, sizeof s.request);
    s.asked = true;
}

static void granted(void *ctx, const struct port_grant *g)
{
    (void)ctx, (void)g;
    abort();
}

static void events(void *ctx, const uint8_t *grant, const struct input_event *e, unsigned n)
{
    (void)ctx, (void)grant, (void)e, (void)n;
    abort();
}

static void held(void *ctx, const uint8_t *grant, unsigned how)
{
    (void)ctx, (void)grant, (void)how;
    abort();
}

static void denied(void *ctx, const uint8_t *request, enum e2e_code code)
{
    (void)ctx, (void)request, (void)code;
    must(!s.over);
}

static void revoked(void *ctx, const uint8_t *grant, enum grant_end why, enum e2e_code code)
{
    (void)ctx, (void)grant, (void)why, (void)code;
    must(!s.over);
}

static void silent(void *ctx, const uint8_t *grant)
{
    (void)ctx, (void)grant;
    must(!s.over);
}

static void invited(void *ctx, uint16_t mid)
{
    (void)ctx;
    must(!s.over && mid != s.mid);
}

static void seconded(void *ctx, uint16_t mid, bool yes)
{
    (void)ctx, (void)mid, (void)yes;
    must(!s.over);
}

static void shown(void *ctx, const struct port_shown *shown)
{
    (void)ctx;
    must(!s.over && shown->side.mid == s.mid && shown->side.naming.len);
}

static void proved(void *ctx, const struct port_proof *p)
{
    (void)ctx, (void)p;
    abort();
}

static bool screen(void *ctx, bool key, uint32_t missed, struct span content)
{
    (void)ctx, (void)key, (void)missed, (void)content;
    take_one();
    return true;
}

static bool cursor(void *ctx, struct span content)
{
    (void)ctx, (void)content;
    take_one();
    return true;
}

static bool mirror_screen(void *ctx, bool key, uint32_t missed, struct span content)
{
    (void)ctx, (void)key, (void)missed, (void)content;
    must(!s.over);
    return true;
}

static bool mirror_cursor(void *ctx, struct span content)
{
    (void)ctx, (void)content;
    must(!s.over);
    return true;
}

static const struct port port = {.unix_ms = unix_ms,
                                 .msg = msg,
                                 .unit = unit,
                                 .need = nothing,
                                 .welcomed = welcomed,
                                 .identity = identity,
                                 .member = member,
                                 .presenter = presenter,
                                 .offered = nothing,
                                 .unshared = nothing,
                                 .picture = picture,
                                 .chatted = chatted,
                                 .chat_lost = chat_lost,
                                 .quality = quality,
                                 .sides = sides,
                                 .back = nothing,
                                 .ended = ended,
                                 .asked = asked,
                                 .granted = granted,
                                 .denied = denied,
                                 .revoked = revoked,
                                 .events = events,
                                 .silent = silent,
                                 .held = held,
                                 .invited = invited,
                                 .seconded = seconded,
                                 .shown = shown,
                                 .proved = proved,
                                 .need_key = nothing,
                                 .screen = screen,
                                 .cursor = cursor,
                                 .mirror_screen = mirror_screen,
                                 .mirror_cursor = mirror_cursor};

#endif
