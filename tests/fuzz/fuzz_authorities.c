/* Entrance: a file of authorities as vitrine-verify gets it, which `policy check FOLDER` reads
   before anybody trusts it. The first byte of each part says which: an authority or what is none,
   right or changed in its DER and written as PEM again, a line of text, one that says it is
   encrypted, or the end cut off. Nothing that is no authority of ours may be let in beside those
   that are, and the right ones have to be. */
#include "audit/verify/certificate.h"
#include "tests/fuzz/authorities_pem.h"
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define PARTS 12
#define TEXT 65536 /* as vitrine-verify reads */
#define LINE 64

static const struct {
    const char *pem;
    bool good;
} known[] = {{authority_p256, true}, {authority_p384, true},     {authority_rsa, false},
             {helper_p256, false},   {authority_ed25519, false}, {authority_p521, false}};
#define KNOWN (sizeof known / sizeof *known)

static const char *const labels[] = {"CERTIFICATE", "X509 CERTIFICATE", "TRUSTED CERTIFICATE",
                                     "EC PRIVATE KEY"};

struct input {
    const uint8_t *at;
    size_t left;
};

struct file {
    char text[TEXT];
    size_t len;
    unsigned good; /* authorities of ours, whole */
    bool bad;      /* one that is none, whole, or that ends too early or is encrypted */
    bool unclear;  /* something that may be anything */
    bool open;     /* ... and may have no end, and so take what follows into itself */
};

static unsigned next(struct input *in)
{
    if (in->left == 0)
        return 0;
    in->left--;
    return *in->at++;
}

static void add(struct file *f, const void *bytes, size_t len)
{
    if (len > sizeof f->text - f->len)
        abort();
    memcpy(f->text + f->len, bytes, len);
    f->len += len;
}

static void add_known(struct file *f, unsigned which)
{
    add(f, known[which].pem, strlen(known[which].pem));
    f->good += known[which].good;
    f->bad |= !known[which].good && !f->open;
}

static void add_pem(struct file *f, const char *label, const char *head, const uint8_t *der,
                    size_t len)
{
    BIO *bio = BIO_new(BIO_s_mem());
    char *text;
    if (!bio || PEM_write_bio(bio, label, head, der, (long)len) <= 0)
        abort();
    len = (size_t)BIO_get_mem_data(bio, &text);
    add(f, text, len);
    BIO_free(bio);
}

/* Up to four bytes of its DER are others, or its end is missing, or it says that it is encrypted.
 */
static void add_changed(struct file *f, struct input *in, const char *head)
{
    unsigned which = next(in), label = next(in), times = next(in);
    char *name, *its_head;
    uint8_t *der;
    long len;
    BIO *bio = BIO_new_mem_buf(known[which % KNOWN].pem, -1);
    if (!bio || !PEM_read_bio(bio, &name, &its_head, &der, &len))
        abort();
    for (unsigned i = 0; i < times % 5; i++)
        der[(next(in) << 8 | next(in)) % (size_t)len] ^= (uint8_t)next(in);
    if (times >= 128)
        len -= times % 64;
    add_pem(f, labels[label % 4], head, der, (size_t)len);
    if (label % 4 < 2 && !f->open)
        f->bad |= *head || (times >= 128 && times % 64 && times % 5 == 0);
    OPENSSL_free(name);
    OPENSSL_free(its_head);
    OPENSSL_free(der);
    BIO_free(bio);
    f->unclear = true;
}

static void add_text(struct file *f, struct input *in)
{
    char line[LINE];
    size_t len = next(in) % LINE;
    for (size_t i = 0; i < len; i++)
        line[i] = (char)next(in);
    add(f, line, len);
    add(f, "\n", 1);
    f->open |= memmem(line, len, "-----BEGIN", 10) != NULL;
    f->unclear |= f->open;
}

static void add_part(struct file *f, struct input *in)
{
    unsigned what = next(in);
    switch (what % 8) {
    case 0:
    case 1:
    case 2:
        add_known(f, what / 8 % KNOWN);
        break;
    case 3:
    case 4:
        add_changed(f, in, "");
        break;
    case 5:
        add_changed(f, in,
                    "Proc-Type: 4,ENCRYPTED\n"
                    "DEK-Info: AES-128-CBC,00112233445566778899AABBCCDDEEFF\n");
        break;
    case 6:
        add_text(f, in);
        break;
    default: /* the end is missing */
        f->len -= f->len < what / 8 ? f->len : what / 8;
        add(f, "\n", 1);
        f->unclear = f->open = true;
        f->bad = false;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct file f;
    struct input in = {data, size};
    f.len = f.good = 0;
    f.bad = f.unclear = f.open = false;
    for (unsigned i = 0; i < PARTS && in.left > 0; i++)
        add_part(&f, &in);
    uint8_t *exact = malloc(f.len ? f.len : 1);
    if (!exact)
        return 0;
    memcpy(exact, f.text, f.len);
    bool taken = certificate_authorities((struct span){exact, f.len});
    if ((taken && f.bad) || (!f.unclear && taken != (f.good > 0 && !f.bad)))
        abort();
    if (ERR_peek_error() != 0)
        abort(); /* whoever asks next would take it for theirs */
    free(exact);
    return 0;
}
