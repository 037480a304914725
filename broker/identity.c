/* Identities: see identity.h. Run by the broker; looks at no byte of a key or a chain but the
   fingerprints that seal and verify made of them. */
#include "broker/identity.h"
#include "broker/app.h"
#include "broker/crew.h"
#include "broker/record.h"
#include "broker/route.h"
#include "ch_seal.h"
#include "ch_verify.h"
#include "lib/fd.h"
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define VERIFY_MS 10000 /* a chain is judged in milliseconds; this one makes it fail */

/* --- our own --- */

void identity_show_key(const uint8_t fp[KNOWN_FP], char out[IDENTITY_KEY_SHOWN])
{
    for (unsigned i = 0; i < 8; i++)
        snprintf(out + 5 * i, 6, "%02x%02x ", fp[2 * i], fp[2 * i + 1]);
    out[IDENTITY_KEY_SHOWN - 1] = '\0';
}

bool identity_exists(void)
{
    char path[512];
    return settings_path(false, IDENTITY_FILE, false, path) && access(path, F_OK) == 0;
}

/* One that exists and cannot be handed on is said so: without a word people would go into a session
   as nobody. */
void identity_give(struct worker *seal)
{
    struct app *a = seal->ctx;
    struct msg_seal_key m = {0};
    char path[512], error[KEYFILE_ERROR];
    enum keyfile_result result = KEYFILE_MISSING;
    int fd = -1;
    if (a->settings.identity && settings_path(false, IDENTITY_FILE, false, path))
        fd = keyfile_open(path, KEYFILE_OURS, &result, error);
    m.refused = result == KEYFILE_REFUSED;
    m.n_file = fd >= 0;
    m.file[0] = fd;
    if (m.refused)
        snprintf(a->detail, sizeof a->detail, "%s", error);
    (void)msg_seal_key_send(&seal->control, &m);
    fd_close(&fd);
}

int identity_on_myself(struct app *a, const struct msg_seal_myself *m)
{
    if (!m->usable && !a->detail[0])
        snprintf(
            a->detail, sizeof a->detail,
            "%s holds no key that can be used; move it away, and `vitrine identity new` makes one",
            IDENTITY_FILE);
    if (m->usable && m->name.len) {
        memset(a->my_name, 0, sizeof a->my_name);
        memcpy(a->my_name, m->name.data, m->name.len);
    }
    return 0;
}

/* --- the questions --- */

static struct identity_ask *find(struct app *a, uint32_t ask)
{
    for (unsigned i = 0; ask && i < IDENTITY_ASKS; i++)
        if (a->identities.asks[i].ask == ask)
            return &a->identities.asks[i];
    return NULL;
}

static void forget(struct identity_ask *q)
{
    free(q->chain);
    memset(q, 0, sizeof *q);
}

/* Answers, and forgets the question. v: of a good chain, else NULL. */
static void answer(struct app *a, struct identity_ask *q, bool yes,
                   const struct msg_verify_chain_result *v)
{
    struct chan *seal = crew_chan(a, SW_SEAL);
    struct msg_seal_identified m = {.ask = q->ask, .yes = yes};
    if (v) {
        m.key = v->key;
        m.name = v->name;
        memcpy(m.fp, v->fp, sizeof m.fp);
    }
    if (seal)
        (void)msg_seal_identified_send(seal, &m);
    forget(q);
}

/* The next one that waits, unless an answer about another one has settled it. */
static void ask_owner(struct app *a)
{
    struct identities *all = &a->identities;
    for (unsigned i = 0; i < IDENTITY_ASKS && !all->at_heart; i++) {
        struct identity_ask *q = &all->asks[i];
        if (q->changed && !pins_other(a, q->name, q->fp))
            answer(a, q, true, NULL);
        else if (q->changed)
            all->at_heart = q->ask;
    }
    struct identity_ask *q = find(a, all->at_heart);
    if (q)
        app_event(a, (struct session_event){
                         .kind = EV_KEY_CHANGED, .person = q->ask, .number = app_slot(a, q->name)});
}

/* --- keys without a chain --- */

static void judge_key(struct app *a, struct identity_ask *q)
{
    const uint8_t *known = pins_other(a, q->name, q->fp);
    if (!known) {
        answer(a, q, true, NULL);
        return;
    }
    record_key_changed(a, q->name, q->fp, known);
    q->changed = true;
    if (!a->identities.at_heart)
        ask_owner(a);
}

static void replace_key(struct app *a, const struct identity_ask *q)
{
    struct pin pin = {.assistive = a->answer_hand != HAND_PHYSICAL};
    memcpy(pin.name, q->name, sizeof pin.name);
    memcpy(pin.fp, q->fp, sizeof pin.fp);
    (void)pins_add(a, &pin);
}

void identity_answered(struct app *a, uint32_t ask, bool yes)
{
    struct identity_ask *q = find(a, ask);
    if (a->identities.at_heart == ask)
        a->identities.at_heart = 0;
    if (q && yes)
        replace_key(a, q);
    else if (q)
        record_identity_refused(a, q->name, q->fp, "another key than the known one");
    if (q)
        answer(a, q, yes, NULL);
    if (!a->identities.at_heart)
        ask_owner(a);
}

bool identity_still(struct app *a, uint32_t knock)
{
    const char *name = people_knock_name(&a->people, knock);
    const uint8_t *fp = people_knock_key(&a->people, knock);
    bool good = !fp || !pins_other(a, name, fp);
    if (!good)
        record_identity_refused(a, name, fp, KNOWN_BY_ANOTHER);
    return good;
}

/* An organizer remembers everybody, the others the organizer: with them alone they have a channel.
 */
bool identity_member(struct app *a, const struct msg_seal_member *m)
{
    struct pin pin = {.mid = m->mid};
    bool ours = a->session.intent == INTENT_HOST || m->mid == 1;
    if (!ours || m->me || (m->alg != 1 && m->alg != 2))
        return true;
    memcpy(pin.name, m->name.data, m->name.len);
    memcpy(pin.fp, m->fp, sizeof pin.fp);
    bool was_known = known_find(&a->identities.known, pin.name) != NULL;
    return (was_known && !pins_other(a, pin.name, pin.fp)) || pins_add(a, &pin);
}

/* --- chains --- */

static void verify_next(struct app *a);
static void on_verify_late(void *ctx);

static void verify_over(struct app *a)
{
    struct identities *all = &a->identities;
    struct worker *w = all->verify;
    all->verify = NULL;
    all->at_verify = 0;
    loop_clear_timer(&a->loop, on_verify_late, a);
    workers_kill(w, "answered");
}

/* Whatever keeps it from an answer is a no. */
static void verify_failed(struct app *a, const char *why)
{
    struct identity_ask *q = find(a, a->identities.at_verify);
    verify_over(a);
    if (q) {
        record_identity_refused(a, q->name, NULL, why);
        answer(a, q, false, NULL);
    }
    verify_next(a);
}

static const char *fault_name(uint8_t what)
{
    static const char *const names[] = {
        [CHAIN_GOOD] = "",
        [CHAIN_FORM] = "not one to three certificates",
        [CHAIN_ANCHORS] = "the organisation's authorities cannot be read",
        [CHAIN_ISSUER] = "leads to no authority of this organisation",
        [CHAIN_TIME] = "expired, or not valid yet",
        [CHAIN_ALGORITHM] = "not ECDSA over P-256 or P-384 with SHA-2",
        [CHAIN_USAGE] = "not a certificate for this use",
        [CHAIN_NAME] = "names nobody, or more than one",
        [CHAIN_RULES] = "breaks a rule of X.509"};
    return what < sizeof names / sizeof names[0] ? names[what] : "wrong";
}

static int on_chain_result(void *ctx, struct msg_verify_chain_result *m)
{
    struct app *a = route_app(ctx);
    struct identity_ask *q = find(a, a->identities.at_verify);
    bool good = m->what == CHAIN_GOOD && m->key.len && m->name.len;
    if (q && good)
        record_identity_good(a, m->name, m->fp);
    else if (q)
        record_identity_refused(a, q->name, NULL, fault_name(m->what));
    if (q)
        answer(a, q, good, good ? m : NULL);
    verify_over(a);
    verify_next(a);
    return 0;
}

static const struct verify_at_broker handlers = {.on_ready = workers_on_ready,
                                                 .on_failed = workers_on_failed,
                                                 .on_verify_chain_result = on_chain_result};

static void open_verify(struct worker *w, int fd)
{
    verify_init_broker(&w->control, fd, &handlers, w);
}

static void on_verified(struct worker *w)
{
    struct app *a = w->ctx;
    struct identity_ask *q = find(a, a->identities.at_verify);
    struct msg_verify_chain m = {.unix_s = (uint64_t)time(NULL), .anchors = a->conf.authorities};
    if (q)
        m.chain = (struct span){q->chain, q->chain_len};
    if (!q || msg_verify_chain_send(&w->control, &m) != 0)
        verify_failed(a, "cannot be checked");
}

static void on_verify_ended(struct worker *w, const struct worker_end *end)
{
    struct app *a = w->ctx;
    (void)end;
    if (a->identities.verify == w)
        verify_failed(a, "cannot be checked: the verifier died");
}

static void on_verify_late(void *ctx)
{
    verify_failed(ctx, "cannot be checked: the verifier does not answer");
}

static void verify_next(struct app *a)
{
    static const struct worker_uses uses = {
        .open = open_verify, .verified = on_verified, .ended = on_verify_ended};
    struct identities *all = &a->identities;
    for (unsigned i = 0; i < IDENTITY_ASKS && !all->at_verify; i++)
        if (all->asks[i].chain)
            all->at_verify = all->asks[i].ask;
    if (!all->at_verify || all->verify)
        return;
    all->verify = workers_start(&a->workers, WORKER_VERIFY, &uses, a);
    if (!all->verify)
        verify_failed(a, "cannot be checked: no verifier can be started");
    else
        loop_set_timer(&a->loop, VERIFY_MS, on_verify_late, a);
}

static void judge_chain(struct app *a, struct identity_ask *q, struct span chain)
{
    q->chain = a->conf.helper_certificates[0] ? malloc(chain.len) : NULL;
    if (!q->chain) {
        record_identity_refused(a, q->name, NULL, "no authorities are named to check it by");
        answer(a, q, false, NULL);
        return;
    }
    memcpy(q->chain, chain.data, chain.len);
    q->chain_len = chain.len;
    if (!a->identities.verify)
        verify_next(a);
}

/* --- from seal --- */

static struct identity_ask *find_free(struct app *a)
{
    for (unsigned i = 0; i < IDENTITY_ASKS; i++)
        if (!a->identities.asks[i].ask)
            return &a->identities.asks[i];
    return NULL;
}

int identity_on_shown(struct app *a, const struct msg_seal_identity *m)
{
    struct identity_ask more = {0}, *q = find_free(a);
    bool room = q != NULL;
    if (find(a, m->ask))
        return -1;
    q = room ? q : &more;
    q->ask = m->ask;
    q->alg = m->alg;
    memcpy(q->fp, m->fp, sizeof q->fp);
    memcpy(q->name, m->name.data, m->name.len);
    if (!room) {
        record_identity_refused(a, q->name, NULL, "too many are waiting");
        answer(a, q, false, NULL);
    } else if (m->alg == 3) {
        judge_chain(a, q, m->key);
    } else {
        judge_key(a, q);
    }
    return 0;
}

int identity_on_gone(struct app *a, uint32_t ask)
{
    struct identity_ask *q = find(a, ask);
    if (q)
        forget(q); /* a chain that is being judged: its result finds nobody */
    if (a->identities.at_heart == ask) {
        a->identities.at_heart = 0;
        app_event(a, (struct session_event){.kind = EV_KEY_GONE, .person = ask});
        ask_owner(a);
    }
    return 0;
}

const char *identity_asked_name(const struct app *a, uint32_t ask)
{
    for (unsigned i = 0; ask && i < IDENTITY_ASKS; i++)
        if (a->identities.asks[i].ask == ask)
            return a->identities.asks[i].name;
    return "";
}

void identity_asked_key(const struct app *a, uint32_t ask, char out[IDENTITY_KEY_SHOWN])
{
    out[0] = '\0';
    for (unsigned i = 0; ask && i < IDENTITY_ASKS; i++)
        if (a->identities.asks[i].ask == ask)
            identity_show_key(a->identities.asks[i].fp, out);
}

/* --- life --- */

void identity_over(struct app *a)
{
    struct identities *all = &a->identities;
    for (unsigned i = 0; i < IDENTITY_ASKS; i++)
        forget(&all->asks[i]);
    all->at_heart = 0;
    pins_over(a);
    if (all->verify)
        verify_over(a);
}
