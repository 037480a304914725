/*
 * A vitrine-seal whose owner takes what their role does not give, for tests/hostile/h26_forged:
 * everything is the honest program, but for one message, sent once that role is reached; with the
 * orders "ROLE DEED asked", and for a grant always, once somebody has asked the presenter for
 * control. Linked with --wrap around the functions named below; the orders are in the program
 * itself, as in rogue.c. What is sent is well made: it is signed, and sealed under the keys of the
 * sender.
 *
 * Behind what would give control goes what others do notice, so that the test knows it was sent and
 * judged: of a participant a malformed signal, for which the organizer puts it out; of the
 * organizer a line of chat.
 */
#include "lib/loop.h"
#include "net/seal/crypto.h"
#include "net/seal/group_state.h"
#include "net/seal/input_record.h"
#include "net/seal/joiner_state.h"
#include "net/seal/organizer_state.h"
#include "net/seal/signal.h"
#include <string.h>

#define FIRST 2 /* the organizer is 1 */
#define TICK_MS 20
#define LATER_MS 300 /* others have heard by then who is who */

char orders[64] = "ORDERS:                                                        ";

static uint64_t since_ms;
static bool done;
static struct signal question; /* the newest heard; kind 0: none yet */
static uint16_t who_asked;

static bool is(const char *role, const char *deed)
{
    size_t r = strlen(role), d = strlen(deed);
    return memcmp(orders + 7, role, r) == 0 && orders[7 + r] == ' ' &&
           memcmp(orders + 8 + r, deed, d) == 0 && orders[8 + r + d] == ' ';
}

static bool ordered(const char *role)
{
    return memcmp(orders + 7, role, strlen(role)) == 0;
}

/* The deed is an answer, or to come after a question. */
static bool waits_for_question(void)
{
    return question.kind == 0 && (memmem(orders, sizeof orders, " grant ", 7) ||
                                  memmem(orders, sizeof orders, " asked ", 7));
}

/* In that role for long enough, and not done yet. */
static bool now_is_the_time(bool there, uint64_t now_ms)
{
    if (!there || done || waits_for_question())
        return false;
    if (since_ms == 0)
        since_ms = now_ms;
    return now_ms >= since_ms + LATER_MS;
}

/* --- what only an organizer says, said to the organizer */

static const struct said {
    const char *deed;
    enum inner_type type;
    size_t len;
} said[] = {{"admit", INNER_ADMIT, 2},
            {"remove", INNER_KICKED, 1},
            {"lock", INNER_EPOCH, 219},
            {"offer", INNER_PRESENT_OFFER, 0},
            {"end", INNER_END, 187}};

static void say(struct joiner *j, const char *role)
{
    static const uint8_t zeros[400];
    for (size_t i = 0; i < sizeof said / sizeof said[0]; i++)
        if (is(role, said[i].deed))
            (void)line_send(j->line, said[i].type, (struct span){zeros, said[i].len});
    joiner_flush(j);
}

/* --- what only a presenter says, said to everybody */

static void unit(struct group *g, const struct port *port, uint8_t stream, struct span content)
{
    static uint8_t wire[UNIT_WIRE_MAX];
    uint16_t known = g->presenter;
    g->presenter = g->own_mid; /* an honest one would not seal it */
    size_t len = group_seal(g, stream, UNIT_KEY, content, wire);
    g->presenter = known;
    if (len > 0)
        port->unit(port->ctx, (struct span){wire, len});
}

/* An answer to who has asked, an invitation to the first who has joined. */
static void give_control(struct group *g, const struct port *port, enum signal_kind kind)
{
    uint8_t content[SIGNAL_MAX];
    struct signal s = {.kind = kind,
                       .to = kind == SIGNAL_GRANT ? who_asked : FIRST,
                       .terms = {.caps = CAP_POINTER, .ttl_s = 300, .idle_s = 60},
                       .epoch = group_now_epoch(g)};
    memcpy(s.request, question.request, sizeof s.request);
    crypto_random(s.grant, sizeof s.grant);
    unit(g, port, STREAM_SIGNAL, (struct span){content, signal_build(&s, content)});
}

static void show_that_it_was_sent(struct group *g, const struct port *port, const char *role)
{
    static const uint8_t malformed[1];
    if (strcmp(role, "participant") == 0)
        unit(g, port, STREAM_SIGNAL, (struct span){malformed, sizeof malformed});
    else if (strcmp(role, "organizer") == 0)
        unit(g, port, STREAM_CHAT, (struct span){(const uint8_t *)"sent", 4});
}

static void present(struct group *g, const struct port *port, const char *role)
{
    static const uint8_t nothing[64];
    if (is(role, "show"))
        unit(g, port, STREAM_SCREEN, (struct span){nothing, sizeof nothing});
    else if (is(role, "point"))
        unit(g, port, STREAM_CURSOR, (struct span){nothing, sizeof nothing});
    else if (is(role, "grant"))
        give_control(g, port, SIGNAL_GRANT), show_that_it_was_sent(g, port, role);
    else if (is(role, "invite"))
        give_control(g, port, SIGNAL_INVITE), show_that_it_was_sent(g, port, role);
}

/* --- what others say: control_signal --- */

enum e2e_code __real_control_signal(struct control *c, uint16_t from, struct span content,
                                    uint64_t now_ms);
enum e2e_code __wrap_control_signal(struct control *c, uint16_t from, struct span content,
                                    uint64_t now_ms);

/* Everybody hears what one member asks another. */
enum e2e_code __wrap_control_signal(struct control *c, uint16_t from, struct span content,
                                    uint64_t now_ms)
{
    struct signal s;
    if (signal_parse(content, &s) && s.kind == SIGNAL_REQUEST) {
        question = s;
        who_asked = from;
    }
    return __real_control_signal(c, from, content, now_ms);
}

/* --- time: joiner_tick, joiner_due, organizer_tick, organizer_due */

void __real_joiner_tick(struct joiner *j, uint64_t now_ms);
void __wrap_joiner_tick(struct joiner *j, uint64_t now_ms);
uint64_t __real_joiner_due(const struct joiner *j);
uint64_t __wrap_joiner_due(const struct joiner *j);
void __real_organizer_tick(struct organizer *o, uint64_t now_ms);
void __wrap_organizer_tick(struct organizer *o, uint64_t now_ms);
uint64_t __real_organizer_due(const struct organizer *o);
uint64_t __wrap_organizer_due(const struct organizer *o);

static const char *role_of(const struct joiner *j)
{
    if (j->stage == JOINER_WAITING && j->line)
        return "waiting";
    if (j->stage != JOINER_MEMBER || !j->group || !j->line)
        return "nobody";
    return j->sharing.state == SHARING_RUNNING ? "presenter" : "participant";
}

void __wrap_joiner_tick(struct joiner *j, uint64_t now_ms)
{
    const char *role = role_of(j);
    if (now_is_the_time(ordered(role), now_ms)) {
        done = true;
        say(j, role);
        if (j->group)
            present(j->group, j->port, role);
    }
    __real_joiner_tick(j, now_ms);
}

/* While somebody else presents. */
void __wrap_organizer_tick(struct organizer *o, uint64_t now_ms)
{
    bool there = ordered("organizer") && o->group && o->group->presenter > 1;
    if (now_is_the_time(there, now_ms)) {
        done = true;
        present(o->group, o->port, "organizer");
    }
    __real_organizer_tick(o, now_ms);
}

static uint64_t soon(uint64_t due)
{
    uint64_t mine = loop_now_ms() + TICK_MS;
    return mine < due && !done ? mine : due;
}

uint64_t __wrap_joiner_due(const struct joiner *j)
{
    return soon(__real_joiner_due(j));
}

uint64_t __wrap_organizer_due(const struct organizer *o)
{
    return soon(__real_organizer_due(o));
}
