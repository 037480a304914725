/* The way to a session: see line.h. Run by the broker; opens no network socket itself. */
#include "broker/line.h"
#include "broker/app.h"
#include "broker/crew.h"
#include "broker/prefs.h"
#include "ch_dial.h"
#include "ch_net.h"
#include "ch_relay.h"
#include "ch_seal.h"
#include "lib/fd.h"
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define MINUTE_MS 60000

/* The line cannot be made: to the heart it is a connection that did not come about. */
static void failed(struct app *a, const char *what, int error)
{
    snprintf(a->detail, sizeof a->detail, "%s%s%s", what, error ? ": " : "",
             error ? strerror(error) : "");
    app_event(a, (struct session_event){.kind = EV_DIAL_FAILED, .number = (uint32_t)error});
}

/* Whoever began it has asked already; nothing leaves this computer if that was forgotten. */
static void forbidden(struct app *a)
{
    char text[CONF_PLACE + 128];
    const char *no_own = a->own_relay ? conf_forbids_own_relay(&a->conf) : NULL;
    snprintf(text, sizeof text, "this organisation does not allow that relay%s",
             conf_cause(&a->conf, no_own ? no_own : "relays"));
    failed(a, text, 0);
}

/* --- keys of relays */

static void use_known_pin(struct app *a)
{
    struct relay_name *relay = &a->line.to.relay;
    const uint8_t *pin = relay->has_pin ? NULL : settings_pin(&a->settings, relay);
    if (pin)
        memcpy(relay->pin, pin, sizeof relay->pin);
    relay->has_pin |= pin != NULL;
}

void line_remember_pin(struct app *a)
{
    const struct relay_name *relay = &a->line.to.relay;
    if (!a->own_relay && relay->has_pin && settings_remember(&a->settings, relay))
        prefs_keep(a);
}

/* --- whom to reach */

bool line_default_relay(const struct app *a, struct relay_name *out)
{
    if (a->options->has_relay)
        *out = a->options->relay;
    else if (a->settings.has_relay)
        *out = a->settings.relay;
    else
        return false;
    return true;
}

/* The owner's own, once, or four words. */
static bool draw_password(struct app *a, unsigned kind, char *shown, size_t room,
                          struct password *out)
{
    char words[WORDS_SHOWN];
    if (kind == UI_PASSWORD_OWN && a->chosen.password.len) {
        *out = a->chosen.password;
        words_wipe(&a->chosen.password);
        snprintf(shown, room, "%s", out->text);
        return true;
    }
    bool good = words_make(words) && words_canonical(words, strlen(words), out);
    snprintf(shown, room, "%s", good ? words : "");
    explicit_bzero(words, sizeof words);
    return good;
}

static int make_password(struct app *a)
{
    struct app_line *l = &a->line;
    unsigned kind = a->chosen.made ? a->chosen.kind : (unsigned)a->settings.password;
    a->chosen.made = false;
    if (a->options->no_password ||
        (kind == UI_PASSWORD_NONE && !a->options->password_file && !a->conf.password_required))
        return 0;
    l->to.has_password = true;
    if (a->options->password_file) { /* read and checked at the start, app_start.c */
        l->to.password = a->given_password;
        snprintf(l->shown, sizeof l->shown, "%s", a->given_password.text);
        return 0;
    }
    return draw_password(a, kind, l->shown, sizeof l->shown, &l->to.password) ? 0 : -1;
}

int line_prepare_host(struct app *a)
{
    line_finish(a);
    a->own_relay = !line_default_relay(a, &a->line.to.relay);
    a->line.permitted = a->own_relay ? !conf_forbids_own_relay(&a->conf)
                                     : conf_allows_relay(&a->conf, &a->line.to.relay);
    if (a->own_relay)
        a->line.to.relay.port = a->options->has_listen ? a->options->listen.port : RELAY_PORT;
    else
        snprintf(a->line.dial_host, sizeof a->line.dial_host, "%s", a->line.to.relay.host);
    if (!a->own_relay)
        use_known_pin(a);
    return make_password(a);
}

void line_use_invite(struct app *a, const struct invite *to)
{
    line_finish(a);
    a->own_relay = false;
    a->line.to = *to;
    a->line.permitted = conf_allows_relay(&a->conf, &a->line.to.relay);
    snprintf(a->line.dial_host, sizeof a->line.dial_host, "%s", to->relay.host);
    use_known_pin(a);
}

void line_use_password(struct app *a, const struct password *p)
{
    a->line.to.password = *p;
    a->line.to.has_password = true;
}

bool line_permitted(const struct app *a)
{
    return a->line.permitted;
}

static unsigned tries_in_last_minute(const struct app *a)
{
    unsigned n = 0;
    uint64_t now = loop_now_ms();
    for (unsigned i = 0; i < JOIN_TRIES_PER_MIN; i++)
        n += a->line_tries[i] && now - a->line_tries[i] < MINUTE_MS;
    return n;
}

unsigned line_tries_left(const struct app *a)
{
    return JOIN_TRIES_PER_MIN - tries_in_last_minute(a);
}

bool line_may_try(struct app *a)
{
    if (line_tries_left(a) == 0)
        return false;
    a->line_tries[a->n_tries++ % JOIN_TRIES_PER_MIN] = loop_now_ms();
    return true;
}

/* --- the embedded relay */

/* Others are told an address that leads here, which "all of them" is not. */
static void name_ourselves(struct app *a)
{
    const char *own = a->options->has_listen ? a->options->listen.host : "";
    const char *dial = own;
    if (strcmp(own, "::") == 0)
        dial = "::1";
    else if (launcher_means_all(own))
        dial = "127.0.0.1";
    if (launcher_means_all(own))
        own = a->launcher.route;
    snprintf(a->line.to.relay.host, sizeof a->line.to.relay.host, "%s", own);
    snprintf(a->line.dial_host, sizeof a->line.dial_host, "%s", dial);
}

static void on_listening(void *ctx, const int *sockets, unsigned n, uint16_t port, int error)
{
    struct app *a = ctx;
    char what[64];
    struct chan *relay = crew_chan(a, SW_RELAY);
    snprintf(what, sizeof what, "port %u cannot be used", a->line.to.relay.port);
    if (error || n > 4) {
        failed(a, what, error);
    } else if (relay && relay->state == RELAY_STATE_READY) { /* else it was asked for before */
        struct msg_relay_serve m = {.low = 10, .high = 99, .n_sockets = (uint16_t)n};
        memcpy(m.sockets, sockets, n * sizeof sockets[0]);
        a->line.to.relay.port = port;
        name_ourselves(a);
        if (msg_relay_serve_send(relay, &m) == 0)
            relay->state = RELAY_STATE_SERVING;
    }
    for (unsigned i = 0; i < n && !error; i++)
        close(sockets[i]);
}

void line_serve(struct app *a)
{
    const char *address = a->options->has_listen ? a->options->listen.host : "";
    if (!a->line.permitted)
        forbidden(a);
    else if (!launcher_listen(&a->launcher, address, a->line.to.relay.port, on_listening, a))
        failed(a, "the launcher is gone", 0);
}

/* --- the line */

void line_dial(struct app *a)
{
    struct chan *dial = crew_chan(a, SW_DIAL);
    struct msg_dial m = {.host = span_text(a->line.dial_host), .port = a->line.to.relay.port};
    const struct settings *s = &a->settings;
    if (s->has_proxy && !a->own_relay) {
        m.proxy = span_text(s->proxy.host);
        m.proxy_port = s->proxy.port;
        m.user = span_text(s->proxy_user);
        m.password = span_text(s->proxy_password);
    }
    if (!a->line.permitted)
        forbidden(a);
    else if (dial && msg_dial_send(dial, &m) != 0)
        failed(a, "address not usable", 0);
}

static int send_connect(struct app *a, struct chan *net, int link, bool back)
{
    const struct invite *to = &a->line.to;
    struct msg_net_connect m = {
        .back = back,
        .host = span_text(a->line.dial_host),
        .has_pin = to->relay.has_pin,
        .relay = a->line.socket,
        .link = link,
    };
    if (a->session.intent == INTENT_JOIN || back)
        m.sid = span_text(to->sid);
    else if (!a->own_relay)
        m.create_key = span_text(settings_create_key(&a->settings, &to->relay));
    memcpy(m.pin, to->relay.pin, sizeof m.pin);
    int done = msg_net_connect_send(net, &m);
    net->state = NET_STATE_OPEN;
    return done;
}

static int send_party(struct app *a, struct chan *seal)
{
    const struct invite *to = &a->line.to;
    struct span password = {(const uint8_t *)to->password.text,
                            to->has_password ? to->password.len : 0};
    if (a->session.intent == INTENT_HOST) {
        struct msg_seal_host m = {.password_mode = to->has_password,
                                  .lobby = a->session.lobby,
                                  .admission = a->session.rules.admission,
                                  .identity = a->conf.identity_required != 0,
                                  .password = password,
                                  .name = span_text(a->my_name)};
        seal->state = SEAL_STATE_HOSTING;
        return msg_seal_host_send(seal, &m);
    }
    struct msg_seal_join m = {.has_fp = to->has_fp,
                              .identity = a->conf.identity_required != 0,
                              .password = password,
                              .name = span_text(a->my_name)};
    memcpy(m.fp, to->fp, sizeof m.fp);
    seal->state = SEAL_STATE_JOINING;
    return msg_seal_join_send(seal, &m);
}

static void open_line(struct app *a, bool back)
{
    struct chan *net = crew_chan(a, SW_NET), *seal = crew_chan(a, SW_SEAL);
    int link[2] = {-1, -1};
    /* Seal first: what net hears early must find it listening. */
    if (!net || !seal || chan_pair(link) != 0 ||
        msg_seal_link_send(seal, &(struct msg_seal_link){.link = link[1]}) != 0 ||
        (!back && send_party(a, seal) != 0) || send_connect(a, net, link[0], back) != 0)
        app_event(a, (struct session_event){.kind = EV_NET_CLOSED, .code = NET_END_LOST});
    fd_close(&link[0]);
    fd_close(&link[1]);
    fd_close(&a->line.socket);
}

void line_open(struct app *a)
{
    open_line(a, false);
}

void line_reopen(struct app *a)
{
    open_line(a, true);
}

void line_new_password(struct app *a)
{
    struct app_line *l = &a->line;
    struct chan *seal = crew_chan(a, SW_SEAL);
    if (!l->to.has_password || !seal)
        return;
    unsigned kind = a->chosen.made ? a->chosen.kind : UI_PASSWORD_NEW;
    a->chosen.made = false;
    if (!draw_password(a, kind, l->next_shown, sizeof l->next_shown, &l->next))
        app_abort("the kernel gives no random bytes");
    struct msg_seal_password m = {.password = {(const uint8_t *)l->next.text, l->next.len}};
    if (msg_seal_password_send(seal, &m) == 0)
        l->next_pending++;
}

bool line_password_changed(struct app *a)
{
    struct app_line *l = &a->line;
    if (l->next_pending == 0 || --l->next_pending > 0)
        return false; /* another one is on its way already */
    l->to.password = l->next;
    memcpy(l->shown, l->next_shown, sizeof l->shown);
    words_wipe(&l->next);
    explicit_bzero(l->next_shown, sizeof l->next_shown);
    return true;
}

void line_invitation(struct app *a)
{
    invite_format(&a->line.to, a->invitation);
    invite_format_relay(&a->line.to.relay, a->relay_text);
}

void line_over(struct app *a)
{
    identity_over(a);
    fd_close(&a->line.socket);
    windows_forget_copy(a->windows);    /* the invitation leads nowhere any more */
    if (a->session.fault == FAULT_NONE) /* else it may be tried again from the error window */
        line_finish(a);
}

void line_finish(struct app *a)
{
    if (a->line.socket > 0)
        close(a->line.socket);
    explicit_bzero(&a->line, sizeof a->line);
    a->line.socket = -1;
    explicit_bzero(a->invitation, sizeof a->invitation);
}
