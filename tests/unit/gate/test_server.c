/*
 * The gates as they run, their filters on, between a worker, which is this process, and a real X
 * server: every request that the server knows, of the core and of every extension it lists, through
 * a gate of its own. What reaches the server has a row in policy/x11, and all that has one does;
 * the server's own numbering of requests tells. (test_judge.c asks the judge alone, all 65,536.)
 */
#include "ch_gate.h"
#include "lib/fail.h"
#include "lib/loop.h"
#include "tests/unit/gate/real_server.h"
#include "tests/unit/sanitized.h"
#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
/* after the headers it needs */
#include <cmocka.h>

enum { CAPTURE, INPUT };
enum { KEYMAP = 44, NOTHING = 127 };

#define SPARE 248

/* --- a gate --- */

struct gate_run {
    struct chan control;
    pid_t pid;
    int worker;
    bool ready, over;
    struct msg_gate_violation violation; /* rule 0: none */
};

static int on_ready(void *ctx)
{
    ((struct gate_run *)ctx)->ready = true;
    return 0;
}

static int on_failed(void *ctx, struct msg_failed *m)
{
    (void)ctx;
    fail_msg("the gate failed: %u, %u", m->code, m->detail);
    return -1;
}

static int on_violation(void *ctx, struct msg_gate_violation *m)
{
    ((struct gate_run *)ctx)->violation = *m;
    return 0;
}

static const struct gate_at_broker handlers = {
    .on_ready = on_ready, .on_failed = on_failed, .on_gate_violation = on_violation};

static void hear_until(struct gate_run *g, const bool *condition)
{
    uint64_t end = loop_now_ms() + PATIENCE_MS;
    while (!*condition && !g->over) {
        struct pollfd p = {.fd = g->control.fd, .events = POLLIN};
        assert_true(loop_now_ms() < end);
        poll(&p, 1, 100);
        g->over = chan_receive(&g->control, 4) != CHAN_OK;
    }
}

static void start_gate(struct gate_run *g, const char *program)
{
    int ends[2];
    *g = (struct gate_run){.worker = -1};
    assert_int_equal(chan_pair(ends), 0);
    g->pid = fork();
    if (g->pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (ends[1] == 3)
            fcntl(3, F_SETFD, 0);
        else
            dup2(ends[1], 3);
        execl(program, program, NULL);
        _exit(127);
    }
    close(ends[1]);
    gate_init_broker(&g->control, ends[0], &handlers, g);
    hear_until(g, &g->ready);
    assert_true(g->ready);
    g->control.state = GATE_STATE_OPEN;
}

/* As the broker does for a share or a grant (broker/share.c, hands.c). */
static void open_gate(struct gate_run *g, int client, uint32_t target)
{
    static const uint8_t name[] = "MIT-MAGIC-COOKIE-1", cookie[] = COOKIE;
    static const uint8_t setup[12] = {'l', 0, 11};
    int ends[2];
    struct msg_gate_windows windows = {.n_windows = 1, .windows = {{server.own}}};
    assert_int_equal(msg_gate_windows_send(&g->control, &windows), 0);
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
    struct msg_gate_open m = {.client = (uint8_t)client,
                              .root = server.root,
                              .target = target,
                              .whole = 1,
                              .w = 64,
                              .h = 48,
                              .cookie_name = {name, 18},
                              .cookie = {cookie, 16},
                              .server = connect_server(),
                              .client_end = ends[1]};
    if (client == CAPTURE) {
        m.major_shm = server.majors[X11_SHM];
        m.major_damage = server.majors[X11_DAMAGE];
        m.major_xfixes = server.majors[X11_XFIXES];
        m.major_randr = server.majors[X11_RANDR];
        m.major_composite = server.majors[X11_COMPOSITE];
    } else {
        m.major_xtest = server.majors[X11_XTEST];
        m.n_spares = 1;
        m.spares[0].code = SPARE;
    }
    assert_int_equal(msg_gate_open_send(&g->control, &m), 0);
    close(m.server);
    close(ends[1]);
    g->worker = ends[0];
    say(g->worker, setup, sizeof setup);
    assert_true(take_setup(g->worker));
}

static void finish_gate(struct gate_run *g)
{
    int status = -1;
    close(g->worker);
    chan_finish(&g->control);
    assert_int_equal(waitpid(g->pid, &status, 0), g->pid);
    assert_int_equal(status, 0);
}

/* Whether all n requests came to the server, by its own count; if not, why is in the violation. */
static bool reaches(struct gate_run *g, uint8_t *requests, size_t len, unsigned n)
{
    len += put_head(requests + len, FOCUS, 0, 4);
    say(g->worker, requests, len);
    bool all = take_until_focus(g->worker, n + 1, NULL) == n + 1;
    const bool never = false;
    if (!all)
        hear_until(g, &never);
    return all;
}

/* --- what a row takes --- */

struct story {
    const struct x11_rules *rules;
    uint8_t bytes[4096];
    size_t len;
    unsigned n;
    uint32_t ids[X11_THINGS]; /* 0: none */
    uint32_t next_id;
    bool bracket;
};

static const struct x11_check *check_of(const struct x11_rule *row, int kind)
{
    for (size_t i = 0; i < row->n_checks; i++)
        if (row->checks[i].kind == kind)
            return &row->checks[i];
    return NULL;
}

static uint8_t major_of(const struct x11_rule *row)
{
    return row->extension == X11_CORE ? row->opcode : server.majors[row->extension];
}

static uint8_t minor_of(const struct x11_rule *row)
{
    return row->extension == X11_CORE ? 0 : row->opcode;
}

static void fill(struct story *s, const struct x11_check *c, uint8_t *request)
{
    uint8_t *at = request + c->at;
    switch (c->kind) {
    case X11_CHECK_VALUE:
        memcpy(at, &c->lo, c->size); /* little-endian, as the setup says */
        break;
    case X11_CHECK_ROOT:
    case X11_CHECK_SCREEN:
    case X11_CHECK_WINDOW:
        put32(at, server.root);
        break;
    case X11_CHECK_TARGET:
        put32(at, server.target);
        break;
    case X11_CHECK_OWN:
        put32(at, server.own);
        break;
    case X11_CHECK_AREA:
        put16(at + 4, 1);
        put16(at + 6, 1);
        break;
    case X11_CHECK_NEW:
        put32(at, s->ids[c->thing] = s->next_id++);
        break;
    case X11_CHECK_END:
        put32(at, s->ids[c->thing]);
        s->ids[c->thing] = 0;
        break;
    case X11_CHECK_USE:
        put32(at, s->ids[c->thing]);
        break;
    case X11_CHECK_SPARE:
        *at = SPARE;
        break;
    default:
        break; /* a point at 0,0; brackets: where it stands, not what it says */
    }
}

static void add_row(struct story *s, const struct x11_rule *row)
{
    uint8_t *request = s->bytes + s->len;
    assert_true(s->len + row->min_bytes + 64 < sizeof s->bytes);
    s->len += put_head(request, major_of(row), minor_of(row), row->min_bytes);
    for (size_t i = 0; i < row->n_checks; i++)
        fill(s, &row->checks[i], request);
    s->n++;
}

static const struct x11_rule *row_with(const struct x11_rules *rules, int kind, int thing,
                                       bool target)
{
    for (size_t i = 0; i < rules->n; i++) {
        const struct x11_check *c = check_of(&rules->rows[i], kind);
        bool other = check_of(&rules->rows[i], target ? X11_CHECK_SCREEN : X11_CHECK_TARGET);
        if (c && (thing < 0 || c->thing == thing) && !other)
            return &rules->rows[i];
    }
    fail_msg("no row makes or ends it");
    return NULL;
}

/* What must have been there before. */
static void add_needed(struct story *s, const struct x11_rule *row, bool target)
{
    if (check_of(row, X11_CHECK_INSIDE) && !s->bracket) {
        s->bracket = true;
        add_row(s, row_with(s->rules, X11_CHECK_BRACKET, -1, target));
    }
    for (size_t i = 0; i < row->n_checks; i++) {
        const struct x11_check *c = &row->checks[i];
        if ((c->kind != X11_CHECK_USE && c->kind != X11_CHECK_END) || s->ids[c->thing])
            continue;
        const struct x11_rule *first = row_with(s->rules, X11_CHECK_NEW, c->thing, target);
        add_needed(s, first, target);
        add_row(s, first);
    }
}

/* What must come after it: a cover does not outlive its bracket. */
static void add_end(struct story *s, const struct x11_rule *row, bool target)
{
    if (s->ids[X11_COVER])
        add_row(s, row_with(s->rules, X11_CHECK_END, X11_COVER, target));
    if (s->bracket || check_of(row, X11_CHECK_BRACKET))
        add_row(s, row_with(s->rules, X11_CHECK_GONE, X11_COVER, target));
}

static bool row_passes(const char *program, int client, const struct x11_rules *rules,
                       const struct x11_rule *row)
{
    static struct story s;
    struct gate_run g;
    bool target = check_of(row, X11_CHECK_TARGET) || row->extension == X11_COMPOSITE ||
                  check_of(row, X11_CHECK_INSIDE);
    for (size_t i = 0; i < row->n_checks; i++) /* the only thing that needs a target to be made */
        target = target || row->checks[i].thing == X11_PIXMAP || row->checks[i].thing == X11_COVER;
    start_gate(&g, program);
    open_gate(&g, client, target ? server.target : 0);
    s = (struct story){.rules = rules, .next_id = server.base + 1};
    add_needed(&s, row, target);
    add_row(&s, row);
    add_end(&s, row, target);
    bool passes = reaches(&g, s.bytes, s.len, s.n);
    finish_gate(&g);
    return passes;
}

/* --- each request, and what comes of it --- */

static bool passes[256][256], listed[256][256]; /* by major and minor */

static bool is_bracket(const struct x11_rules *rules, uint8_t major)
{
    for (size_t i = 0; i < rules->n; i++)
        if (major_of(&rules->rows[i]) == major && check_of(&rules->rows[i], X11_CHECK_BRACKET))
            return true;
    return false;
}

/* Refused, it is for the reason that it has no row, or that its fields are not those of one. */
static bool try_one(const char *program, int client, const struct request *r)
{
    static uint8_t requests[WORDS_MAX * 4 + 4];
    struct gate_run g;
    start_gate(&g, program);
    open_gate(&g, client, 0);
    bool there = reaches(&g, requests, put_head(requests, r->major, r->minor, r->bytes), 1);
    if (!there && (g.violation.major != r->major || g.violation.minor != r->minor ||
                   (g.violation.rule == GATE_RULE_REQUEST) == listed[r->major][r->minor]))
        fail_msg("%u.%u: refused as %u.%u by rule %u", r->major, r->minor, g.violation.major,
                 g.violation.minor, g.violation.rule);
    finish_gate(&g);
    return there;
}

static void list_rows(const struct x11_rules *rules)
{
    memset(passes, 0, sizeof passes);
    memset(listed, 0, sizeof listed);
    for (size_t i = 0; i < rules->n; i++)
        listed[major_of(&rules->rows[i])][minor_of(&rules->rows[i])] = true;
}

/* In words; how many. */
static unsigned differences(char *words, size_t room)
{
    unsigned n = 0;
    size_t at = 0;
    words[0] = '\0';
    for (unsigned major = 0; major < 256; major++)
        for (unsigned minor = 0; minor < 256; minor++) {
            if (passes[major][minor] == listed[major][minor])
                continue;
            n++;
            if (at + 64 < room)
                at += (size_t)snprintf(words + at, room - at, " %u.%u %s;", major, minor,
                                       passes[major][minor] ? "passes, and has no row"
                                                            : "has a row, and does not pass");
        }
    return n;
}

static const char *the_gate(void)
{
    static char path[4096];
    ssize_t n = readlink("/proc/self/exe", path, sizeof path - 64);
    assert_true(n > 0);
    path[n] = '\0';
    for (int i = 0; i < 4; i++)
        *strrchr(path, '/') = '\0';
    return strcat(path, "/vitrine-gate");
}

static void try_all(const char *who, int client, const struct x11_rules *rules)
{
    static char words[1024];
    const char *gate = the_gate();
    unsigned refused = 0;
    list_rows(rules);
    for (unsigned i = 0; i < server.n_known; i++) {
        const struct request *r = &server.known[i];
        if (is_bracket(rules, r->major)) /* half of it is kept back, and says nothing */
            continue;
        bool there = try_one(gate, client, r);
        passes[r->major][r->minor] |= there;
        refused += !there;
    }
    for (size_t i = 0; i < rules->n; i++) {
        const struct x11_rule *row = &rules->rows[i];
        if (!row_passes(gate, client, rules, row))
            fail_msg("%s, line %u, %s: does not pass", who, row->line, row->name);
        passes[major_of(row)][minor_of(row)] = true;
    }
    if (differences(words, sizeof words) != 0)
        fail_msg("%s:%s", who, words);
    printf(
        "# %s: %u requests of the core and %u of %u extensions at a running gate; %zu rows pass, "
        "%u refused\n",
        who, server.n_core, server.n_known - server.n_core, server.extensions, rules->n, refused);
}

static void test_capture(void **state)
{
    (void)state;
    try_all("capture", CAPTURE, &x11_rules_capture);
}

static void test_input(void **state)
{
    (void)state;
    try_all("input", INPUT, &x11_rules_input);
}

/* --- positive control: a gate with another table is seen --- */

static const struct x11_rule *row_named(const struct x11_rules *rules, const char *name)
{
    for (size_t i = 0; i < rules->n; i++)
        if (strcmp(rules->rows[i].name, name) == 0)
            return &rules->rows[i];
    fail_msg("no row %s", name);
    return NULL;
}

static size_t read_file(const char *path, uint8_t **bytes)
{
    struct stat st;
    int fd = open(path, O_RDONLY);
    assert_true(fd >= 0 && fstat(fd, &st) == 0);
    size_t size = (size_t)st.st_size;
    *bytes = malloc(size);
    assert_true(take(fd, *bytes, size));
    close(fd);
    return size;
}

/* A gate in which that row is one of another request. */
static void write_gate(const char *path, const struct x11_rule *row, uint8_t opcode)
{
    uint8_t *bytes, want[10] = {row->extension, row->opcode};
    size_t n = read_file(the_gate(), &bytes);
    put16(want + 2, row->min_bytes);
    put16(want + 4, row->max_bytes);
    put16(want + 6, row->line);
    put16(want + 8, row->n_checks);
    unsigned found = 0; /* in the other worker's table too, where its line is the same */
    for (uint8_t *at = bytes; (at = memmem(at, n - (size_t)(at - bytes), want, sizeof want));
         found++)
        at[1] = opcode;
    assert_in_range(found, 1, 2);
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0755);
    assert_true(fd >= 0 && write(fd, bytes, n) == (ssize_t)n);
    close(fd);
    free(bytes);
}

static void test_another_table(void **state)
{
    (void)state;
    char folder[] = "/var/tmp/vitrine-test-XXXXXX", path[64], words[256];
    const struct x11_rule *row = row_named(&x11_rules_capture, "NoOperation");
    const struct request nothing = {NOTHING, 0, 4}, keymap = {KEYMAP, 0, 4};
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/vitrine-gate", folder);
    write_gate(path, row, KEYMAP);
    for (int both = 0; both < 2; both++) {
        const char *gate = both ? path : the_gate();
        list_rows(&x11_rules_capture);
        memcpy(passes, listed, sizeof passes);
        passes[NOTHING][0] = row_passes(gate, CAPTURE, &x11_rules_capture, row);
        listed[NOTHING][0] = !both; /* the reason it is refused for is that table's */
        assert_int_equal(try_one(gate, CAPTURE, &nothing), !both);
        listed[NOTHING][0] = true;
        passes[KEYMAP][0] = try_one(gate, CAPTURE, &keymap);
        assert_int_equal(differences(words, sizeof words), both ? 2 : 0);
    }
    assert_string_equal(words, " 44.0 passes, and has no row; 127.0 has a row, and does not pass;");
    unlink(path);
    rmdir(folder);
}

int main(void)
{
    if (sanitized_skips())
        return 0;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_another_table),
        cmocka_unit_test(test_capture),
        cmocka_unit_test(test_input),
    };
    return cmocka_run_group_tests(tests, start_server, stop_server);
}
