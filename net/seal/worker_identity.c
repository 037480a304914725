/*
 * This user's identity, as a file before the lock-down, and what the broker says of others'. Runs
 * in vitrine-seal; distrusts the file's form. The descriptor is closed as soon as it is read.
 */
#include "ch_seal.h"
#include "lib/fd.h"
#include "lib/worker.h"
#include "net/seal/crypto.h"
#include "net/seal/identity.h"
#include "net/seal/joiner.h"
#include "net/seal/kdf.h"
#include "net/seal/organizer.h"
#include "net/seal/worker.h"
#include <unistd.h>

#define FILE_MAX 65536 /* a key and three certificates, with room for remarks between them */

/* Into the secure heap and back out of it: no copy of the key stays anywhere else. */
static struct identity *read_file(int fd)
{
    struct identity *id = NULL;
    uint8_t *text = crypto_alloc(FILE_MAX);
    size_t len = 0;
    ssize_t n;
    while (len < FILE_MAX && (n = read(fd, text + len, FILE_MAX - len)) > 0)
        len += (size_t)n;
    if (len && len < FILE_MAX)
        id = identity_read(span_of(text, len));
    crypto_free(text, FILE_MAX);
    return id;
}

static int on_seal_key(void *ctx, struct msg_seal_key *m)
{
    struct seal_worker *w = ctx;
    if (w->has_keys)
        return -1;
    w->has_keys = true;
    w->key_given = m->n_file > 0 || m->refused;
    if (m->n_file > 0) {
        w->identity = read_file(m->file[0]);
        fd_close(&m->file[0]);
    }
    return 0;
}

/* Made, written, and read back: what is told is what the file holds. */
static int on_seal_key_new(void *ctx, struct msg_seal_key_new *m)
{
    struct seal_worker *w = ctx;
    if (w->has_keys)
        return -1;
    w->has_keys = w->key_given = true;
    if (identity_make((enum identity_alg)m->alg, m->file) && lseek(m->file, 0, SEEK_SET) == 0)
        w->identity = read_file(m->file);
    fd_close(&m->file);
    return 0;
}

void seal_worker_keys(struct seal_worker *w)
{
    while (!w->has_keys)
        if (chan_receive_wait(&w->control) != CHAN_OK)
            worker_fail(&w->control, FAIL_MESSAGE, w->control.bad_type);
}

void seal_worker_tell_key(struct seal_worker *w)
{
    struct msg_seal_myself m = {.usable = w->identity != NULL,
                                .alg = (uint8_t)identity_alg(w->identity),
                                .name = identity_name(w->identity)};
    if (!w->key_given)
        return;
    if (w->identity)
        identity_fingerprint(w->identity, m.fp);
    if (msg_seal_myself_send(&w->control, &m) != 0)
        loop_stop(&w->loop);
}

struct span seal_worker_name(const struct seal_worker *w, struct span typed)
{
    struct span certified = identity_name(w->identity);
    return certified.len ? certified : typed;
}

bool seal_worker_unknown(struct seal_worker *w, bool required)
{
    if (w->identity || !(w->key_given || required))
        return false;
    w->port.ended(w, true, E_IDENTITY, END_WHY_OURS);
    return true;
}

/* --- others' --- */

static int on_seal_identified(void *ctx, struct msg_seal_identified *m)
{
    struct seal_worker *w = ctx;
    const struct identity_answer a = {.yes = m->yes, .key = m->key, .name = m->name, .fp = m->fp};
    if (w->organizer)
        organizer_identified(w->organizer, m->ask, &a, loop_now_ms());
    if (w->joiner)
        joiner_identified(w->joiner, m->ask, &a, loop_now_ms());
    return 0;
}

void seal_worker_identity_handlers(struct seal_at_seal *h)
{
    h->on_seal_key = on_seal_key;
    h->on_seal_key_new = on_seal_key_new;
    h->on_seal_identified = on_seal_identified;
}
