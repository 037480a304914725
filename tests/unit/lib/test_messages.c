/*
 * Generated encoders and decoders, on messages that between them have every kind of field. Each
 * sample is sent by its encoder, taken off the socket, changed, and given to a receiver: whatever
 * is not exactly the schema ends the sender, and no descriptor is left behind.
 */
#include "ch_audit.h"
#include "ch_capture.h"
#include "ch_gate.h"
#include "ch_link.h"
#include "ch_net.h"
#include "ch_relay.h"
#include "ch_seal.h"
#include "ch_ui.h"
#include "tests/unit/lib/wire.h"
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
/* cmocka wants the above first */
#include <cmocka.h>

static int calls; /* of handlers that found what the sample holds */

static int on_gate_open(void *ctx, struct msg_gate_open *m)
{
    (void)ctx;
    calls += m->root == 0x123 && m->x == 7 && m->h == 65535 && m->cookie.len == 3 &&
             memcmp(m->cookie.data, "abc", 3) == 0 && m->server >= 0 && m->client_end >= 0;
    return 0;
}

static int on_gate_windows(void *ctx, struct msg_gate_windows *m)
{
    (void)ctx;
    calls += m->n_windows == 2 && m->windows[0].id == 1 && m->windows[1].id == 0x1fffffff;
    return 0;
}

static int on_ui_paint(void *ctx, struct msg_ui_paint *m)
{
    (void)ctx;
    calls += m->n_values == 1 && m->values[0].words.len == 4 && m->n_controls == 0 &&
             m->n_rows == 1 && m->rows[0].name.len == 6 && m->memory >= 0;
    return 0;
}

static int on_seal_join(void *ctx, struct msg_seal_join *m)
{
    (void)ctx;
    calls += m->fp[15] == 15 && m->password.len == 2 && m->name.len == 6;
    return 0;
}

static int on_relay_serve(void *ctx, struct msg_relay_serve *m)
{
    (void)ctx;
    calls += m->n_sockets == 2 && m->n_metrics == 1 && m->low == 10 && m->high == 99;
    return 0;
}

static int on_audit_event(void *ctx, struct msg_audit_event *m)
{
    (void)ctx;
    calls += m->n_fields == 2 && m->fields[1].value.len == 0 && m->event == 999;
    return 0;
}

static int on_link_opened(void *ctx, struct msg_link_opened *m)
{
    (void)ctx;
    calls += m->sid.len == 9 && m->params.len == 0 && m->handle == 0xffffffff;
    return 0;
}

static int on_rect(void *ctx, struct msg_capture_mask *m)
{
    (void)ctx;
    calls += m->serial == 5 && m->n_windows == 0 && m->hold == 1;
    return 0;
}

static int on_empty(void *ctx)
{
    (void)ctx;
    calls++;
    return 0;
}

static const struct gate_at_gate gate_handlers = {.on_gate_open = on_gate_open,
                                                  .on_gate_windows = on_gate_windows};
static const struct ui_at_ui ui_handlers = {.on_ui_paint = on_ui_paint};
static const struct seal_at_seal seal_handlers = {.on_seal_join = on_seal_join};
static const struct relay_at_relay relay_handlers = {.on_relay_serve = on_relay_serve};
static const struct audit_at_audit audit_handlers = {.on_audit_event = on_audit_event};
static const struct link_at_seal link_handlers = {.on_link_opened = on_link_opened};
static const struct capture_at_capture capture_handlers = {.on_capture_mask = on_rect,
                                                           .on_capture_look = on_empty};
static const struct net_at_broker net_handlers = {.on_net_opened = on_empty};

static int send_gate_open(struct chan *c)
{
    int fds[2];
    assert_int_equal(chan_pair(fds), 0);
    struct msg_gate_open m = {.client = 1,
                              .root = 0x123,
                              .x = 7,
                              .y = 65535,
                              .w = 1,
                              .h = 65535,
                              .major_xtest = 255,
                              .cookie = wire_span("abc"),
                              .server = fds[0],
                              .client_end = fds[1]};
    int result = msg_gate_open_send(c, &m);
    close(fds[0]);
    close(fds[1]);
    return result;
}

static int send_gate_windows(struct chan *c)
{
    struct msg_gate_windows m = {.n_windows = 2, .windows = {{1}, {0x1fffffff}}};
    return msg_gate_windows_send(c, &m);
}

static int send_ui_paint(struct chan *c)
{
    static struct msg_ui_paint m;
    m = (struct msg_ui_paint){
        .serial = 1,
        .width = 100,
        .height = 100,
        .stride = 400,
        .scale = 256,
        .n_values = 1,
        .values = {{.slot = 1, .number = 2, .words = wire_span("w\xC3\xB6s")}},
        .n_rows = 1,
        .rows = {{.name = wire_span("\xE4\xB8\xAD\xE4\xB8\xAD")}},
        .memory = wire_memory()};
    int result = msg_ui_paint_send(c, &m);
    close(m.memory);
    return result;
}

static int send_seal_join(struct chan *c)
{
    struct msg_seal_join m = {.has_fp = 1,
                              .fp = {[15] = 15},
                              .password = wire_span("\xFF\x01"),
                              .name = wire_span("Hanna ")};
    return msg_seal_join_send(c, &m);
}

static int send_relay_serve(struct chan *c)
{
    int fds[2];
    assert_int_equal(chan_pair(fds), 0);
    struct msg_relay_serve m = {.low = 10,
                                .high = 99,
                                .n_sockets = 2,
                                .sockets = {fds[0], fds[1]},
                                .n_metrics = 1,
                                .metrics = {fds[0]}};
    int result = msg_relay_serve_send(c, &m);
    close(fds[0]);
    close(fds[1]);
    return result;
}

static int send_audit_event(struct chan *c)
{
    struct msg_audit_event m = {.serial = 1, .event = 999, .n_fields = 2};
    m.fields[0] = (struct audit_field){wire_span("how"), wire_span("well")};
    m.fields[1] = (struct audit_field){wire_span("why"), wire_span("")};
    return msg_audit_event_send(c, &m);
}

static int send_link_opened(struct chan *c)
{
    struct msg_link_opened m = {.sid = wire_span("123456789"), .handle = 0xffffffff};
    return msg_link_opened_send(c, &m);
}

static int send_capture_mask(struct chan *c)
{
    struct msg_capture_mask m = {.serial = 5, .hold = 1};
    return msg_capture_mask_send(c, &m);
}

static int send_capture_look(struct chan *c)
{
    return msg_capture_look_send(c);
}

static int send_net_opened(struct chan *c)
{
    return msg_net_opened_send(c);
}

#define INIT(name, channel, end, handlers)                                                         \
    static void name(struct chan *c, int fd)                                                       \
    {                                                                                              \
        channel##_init_##end(c, fd, handlers, NULL);                                               \
    }
INIT(gate_broker, gate, broker, NULL)
INIT(gate_gate, gate, gate, &gate_handlers)
INIT(ui_broker, ui, broker, NULL)
INIT(ui_ui, ui, ui, &ui_handlers)
INIT(seal_broker, seal, broker, NULL)
INIT(seal_seal, seal, seal, &seal_handlers)
INIT(relay_broker, relay, broker, NULL)
INIT(relay_relay, relay, relay, &relay_handlers)
INIT(audit_broker, audit, broker, NULL)
INIT(audit_audit, audit, audit, &audit_handlers)
INIT(link_net, link, net, NULL)
INIT(link_seal, link, seal, &link_handlers)
INIT(capture_broker, capture, broker, NULL)
INIT(capture_capture, capture, capture, &capture_handlers)
INIT(net_net, net, net, NULL)
INIT(net_broker, net, broker, &net_handlers)

static const struct sample {
    const char *name;
    int (*send)(struct chan *c);
    void (*init_sender)(struct chan *c, int fd);
    void (*init_receiver)(struct chan *c, int fd);
    uint8_t state; /* one that permits it */
    uint8_t wrong; /* one that does not */
} samples[] = {
    {"GATE_OPEN", send_gate_open, gate_broker, gate_gate, GATE_STATE_READY, GATE_STATE_OPEN},
    {"GATE_WINDOWS", send_gate_windows, gate_broker, gate_gate, GATE_STATE_OPEN,
     GATE_STATE_STARTING},
    {"UI_PAINT", send_ui_paint, ui_broker, ui_ui, UI_STATE_READY, UI_STATE_STARTING},
    {"SEAL_JOIN", send_seal_join, seal_broker, seal_seal, SEAL_STATE_READY, SEAL_STATE_MEMBER},
    {"RELAY_SERVE", send_relay_serve, relay_broker, relay_relay, RELAY_STATE_READY,
     RELAY_STATE_SERVING},
    {"AUDIT_EVENT", send_audit_event, audit_broker, audit_audit, AUDIT_STATE_READY,
     AUDIT_STATE_STARTING},
    {"LINK_OPENED", send_link_opened, link_net, link_seal, LINK_STATE_NEW, LINK_STATE_OPEN},
    {"CAPTURE_MASK", send_capture_mask, capture_broker, capture_capture, CAPTURE_STATE_SHARING,
     CAPTURE_STATE_READY},
    {"CAPTURE_LOOK", send_capture_look, capture_broker, capture_capture, CAPTURE_STATE_SHARING,
     CAPTURE_STATE_READY},
    {"NET_OPENED", send_net_opened, net_net, net_broker, NET_STATE_OPEN, NET_STATE_STARTING},
};
#define SAMPLES (sizeof samples / sizeof *samples)

/* What the encoder of a sample puts on the socket. */
static void encode(const struct sample *s, struct wire *w)
{
    int ends[2];
    struct chan c;
    assert_int_equal(chan_pair(ends), 0);
    s->init_sender(&c, ends[0]);
    assert_int_equal(s->send(&c), 0);
    wire_take(ends[1], w);
    assert_true(w->len >= 2);
    chan_finish(&c);
    close(ends[1]);
}

/* What a receiver in that state makes of it: NULL when it was handled, else the word. */
static const char *judge_in(const struct sample *s, const struct wire *w, uint8_t state)
{
    int ends[2];
    struct chan c;
    int before = wire_open_fds();
    assert_int_equal(chan_pair(ends), 0);
    s->init_receiver(&c, ends[0]);
    c.state = state;
    assert_int_equal(wire_put(ends[1], w), 0);
    enum chan_result result = chan_receive(&c, 1);
    const char *why = result == CHAN_BAD ? c.bad_why : result == CHAN_ENDED ? "ended" : NULL;
    chan_finish(&c);
    close(ends[1]);
    assert_int_equal(wire_open_fds(), before);
    return why;
}

static const char *judge(const struct sample *s, const struct wire *w)
{
    return judge_in(s, w, s->state);
}

static void expect(const struct sample *s, const char *why, const char *wanted, const char *what)
{
    if ((why == NULL) != (wanted == NULL) || (why != NULL && strcmp(why, wanted) != 0))
        fail_msg("%s %s: %s, not %s", s->name, what, why ? why : "taken",
                 wanted ? wanted : "taken");
}

static struct wire sample; /* too large for a stack */

static void what_is_sent_arrives(void **state)
{
    (void)state;
    for (size_t i = 0; i < SAMPLES; i++) {
        encode(&samples[i], &sample);
        calls = 0;
        expect(&samples[i], judge(&samples[i], &sample), NULL, "unchanged");
        if (calls != 1)
            fail_msg("%s: the handler saw something else", samples[i].name);
        wire_finish(&sample);
    }
}

static void every_cut_and_every_extra_byte_is_malformed(void **state)
{
    (void)state;
    for (size_t i = 0; i < SAMPLES; i++) {
        const struct sample *s = &samples[i];
        encode(s, &sample);
        size_t whole = sample.len;
        for (sample.len = 1; sample.len < whole; sample.len++)
            expect(s, judge(s, &sample), "malformed", "cut");
        sample.len = whole + 1;
        sample.bytes[whole] = 0;
        expect(s, judge(s, &sample), "malformed", "one byte over");
        sample.len = whole;
        wire_finish(&sample);
    }
}

static void wrong_state_and_unknown_type_are_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < SAMPLES; i++) {
        const struct sample *s = &samples[i];
        encode(s, &sample);
        expect(s, judge_in(s, &sample, s->wrong), "state", "in a wrong state");
        expect(s, judge_in(s, &sample, 200), "state", "in a state that does not exist");
        sample.bytes[0] = 0xFF;
        expect(s, judge(s, &sample), "unknown", "of unknown type");
        sample.bytes[0] = 0;
        sample.bytes[1] = 0;
        expect(s, judge(s, &sample), "unknown", "of type 0");
        wire_finish(&sample);
    }
}

static void descriptors_must_be_exactly_the_ones(void **state)
{
    (void)state;
    for (size_t i = 0; i < SAMPLES; i++) {
        const struct sample *s = &samples[i];
        encode(s, &sample);
        size_t n = sample.n_fds;
        if (n > 0) {
            sample.n_fds = n - 1;
            expect(s, judge(s, &sample), "descriptors", "with one descriptor too few");
        }
        sample.fds[n] = dup(0);
        sample.n_fds = n + 1;
        expect(s, judge(s, &sample), "descriptors", "with one descriptor too many");
        close(sample.fds[n]);
        for (sample.n_fds = n; sample.n_fds < MAX_FDS + 4; sample.n_fds++)
            sample.fds[sample.n_fds] = dup(0);
        expect(s, judge(s, &sample), "malformed", "with more than MAX_FDS");
        wire_finish(&sample);
    }
}

/* Each descriptor in turn becomes one of another kind. */
static void descriptors_must_be_of_their_kind(void **state)
{
    (void)state;
    int folder = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int unsealed = memfd_create("unsealed", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    const int wrong[] = {folder, unsealed};
    for (size_t i = 0; i < SAMPLES; i++) {
        const struct sample *s = &samples[i];
        encode(s, &sample);
        for (size_t f = 0; f < sample.n_fds; f++) {
            int good = sample.fds[f];
            for (size_t k = 0; k < 2; k++) {
                sample.fds[f] = wrong[k];
                expect(s, judge(s, &sample), "descriptors", "with a descriptor of another kind");
            }
            sample.fds[f] = good;
        }
        wire_finish(&sample);
    }
    close(folder);
    close(unsealed);
}

/* Offsets into the samples, and values that no longer lie inside the bounds. */
static const struct {
    const char *message;
    size_t at, n;
    uint8_t bytes[8];
    const char *what;
} changes[] = {
    {"GATE_OPEN", 2, 1, {2}, "client 2"},
    {"GATE_OPEN", 3, 4, {0, 0, 0, 0}, "root 0"},
    {"GATE_OPEN", 3, 4, {0x20, 0, 0, 0}, "root over 29 bits"},
    {"GATE_OPEN", 7, 4, {0x20, 0, 0, 0}, "target over 29 bits"},
    {"GATE_OPEN", 12, 4, {0xFF, 0xFF, 0xFF, 0xFF}, "x -1"},
    {"GATE_OPEN", 12, 4, {0, 1, 0, 0}, "x 65536"},
    {"GATE_OPEN", 20, 4, {0, 0, 0, 0}, "w 0"},
    {"GATE_OPEN", 34, 4, {0xFF, 0xFF, 0xFF, 0xFF}, "cookie name of 4 GB"},
    {"GATE_OPEN", 34, 4, {0, 0, 0, 65}, "cookie name of 65"},
    {"GATE_WINDOWS", 2, 2, {0, 1}, "one window said, two there"},
    {"GATE_WINDOWS", 2, 2, {0, 3}, "three said, two there"},
    {"GATE_WINDOWS", 2, 2, {0, 17}, "17 windows"},
    {"GATE_WINDOWS", 2, 2, {0xFF, 0xFF}, "65535 windows"},
    {"GATE_WINDOWS", 4, 4, {0, 0, 0, 0}, "window 0"},
    {"SEAL_JOIN", 26, 1, {0xFF}, "name with byte FF"},
    {"SEAL_JOIN", 30, 1, {'\n'}, "name with line feed"},
    {"SEAL_JOIN", 30, 3, {0xE2, 0x80, 0xAE}, "name with U+202E"},
    {"SEAL_JOIN", 30, 3, {0xED, 0xA0, 0x80}, "name with a surrogate"},
    {"SEAL_JOIN", 30, 2, {0xC0, 0x80}, "name with overlong NUL"},
    {"AUDIT_EVENT", 6, 2, {0, 0}, "event 0"},
    {"AUDIT_EVENT", 6, 2, {3, 0xE8}, "event 1000"},
    {"LINK_OPENED", 2, 4, {0, 0, 0, 8}, "eight digits"},
    {"RELAY_SERVE", 6, 1, {9}, "low 9"},
    {"RELAY_SERVE", 10, 2, {0, 0}, "no sockets"},
    {"RELAY_SERVE", 10, 2, {0, 5}, "five sockets"},
    {"RELAY_SERVE", 12, 2, {0, 2}, "two metrics sockets"},
};

static const struct sample *find_sample(const char *name)
{
    for (size_t i = 0; i < SAMPLES; i++)
        if (strcmp(samples[i].name, name) == 0)
            return &samples[i];
    fail_msg("no sample %s", name);
    return NULL;
}

static void values_out_of_bounds_are_malformed(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        const struct sample *s = find_sample(changes[i].message);
        encode(s, &sample);
        memcpy(sample.bytes + changes[i].at, changes[i].bytes, changes[i].n);
        expect(s, judge(s, &sample), "malformed", changes[i].what);
        wire_finish(&sample);
    }
}

static void encoders_refuse_what_decoders_would(void **state)
{
    (void)state;
    int ends[2];
    struct chan c;
    assert_int_equal(chan_pair(ends), 0);
    gate_init_broker(&c, ends[0], NULL, NULL);
    struct msg_gate_windows zero = {.n_windows = 1, .windows = {{0}}};
    assert_int_equal(msg_gate_windows_send(&c, &zero), -1);
    assert_int_equal(errno, EINVAL);
    struct msg_gate_windows many = {.n_windows = MAX_OWN_WINDOWS + 1};
    assert_int_equal(msg_gate_windows_send(&c, &many), -1);
    assert_int_equal(errno, EINVAL);
    struct msg_gate_open no_fds = {.root = 1, .w = 1, .h = 1, .server = -1, .client_end = -1};
    assert_int_equal(msg_gate_open_send(&c, &no_fds), -1);
    assert_int_equal(errno, EINVAL);
    chan_finish(&c);
    seal_init_broker(&c, ends[1], NULL, NULL);
    struct msg_seal_host bad = {.name = wire_span("a\nb")};
    assert_int_equal(msg_seal_host_send(&c, &bad), -1);
    assert_int_equal(errno, EINVAL);
    assert_int_equal(send_gate_windows(&c), -1); /* not a message of this channel */
    assert_int_equal(errno, EINVAL);
    chan_finish(&c);
}

static void names_of_types(void **state)
{
    (void)state;
    assert_string_equal(msg_name(MSG_GATE_OPEN), "GATE_OPEN");
    assert_string_equal(msg_name(0), "?");
    assert_string_equal(msg_name(MSG_TYPES), "?");
    assert_string_equal(msg_name(65535), "?");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_sent_arrives),
        cmocka_unit_test(every_cut_and_every_extra_byte_is_malformed),
        cmocka_unit_test(wrong_state_and_unknown_type_are_refused),
        cmocka_unit_test(descriptors_must_be_exactly_the_ones),
        cmocka_unit_test(descriptors_must_be_of_their_kind),
        cmocka_unit_test(values_out_of_bounds_are_malformed),
        cmocka_unit_test(encoders_refuse_what_decoders_would),
        cmocka_unit_test(names_of_types),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
