/* Which rules are in force, said before each session, so that its receipt has them. Run by the
   broker. */
#include "broker/app.h"
#include "broker/conf.h"
#include "broker/record.h"
#include "broker/record_parts.h"
#include "policy_tables.h"
#include <stdio.h>
#include <string.h>

/* Which programs an organisation hides is nobody's business who gets a receipt. */
static void rule_value(const struct conf *conf, size_t key, char out[CONF_VALUE])
{
    if (strcmp(conf_key(key)->name, "never_share") == 0)
        snprintf(out, CONF_VALUE, "%u", conf->never_share.n);
    else
        conf_value(conf, key, out, CONF_VALUE);
}

/* A path may hold any bytes; what is not ASCII is written as a question mark, so that each piece is
   a text. */
static size_t take_piece(const char *from, char out[RECORD_TEXT])
{
    size_t len = strnlen(from, RECORD_TEXT - 1);
    for (size_t i = 0; i < len; i++)
        out[i] = (from[i] & 0x80) != 0 ? '?' : from[i];
    out[len] = '\0';
    return len;
}

/* A value is longer than a field where it names many relays. */
static void record_rule(struct app *a, size_t key)
{
    char value[CONF_VALUE], piece[RECORD_TEXT], place[RECORD_TEXT], part[8];
    const char *said = a->conf.place[key];
    size_t n = strlen(said);
    take_piece(n < RECORD_TEXT ? said : said + n - (RECORD_TEXT - 1),
               place); /* names differ there */
    rule_value(&a->conf, key, value);
    const char *at = value;
    for (unsigned i = 1; i == 1 || *at; i++) {
        struct line l;
        size_t len = take_piece(at, piece);
        snprintf(part, sizeof part, "%u", i);
        at += len;
        record_begin(&l, AUDIT_RULE);
        record_add(&l, "key", conf_key(key)->name);
        record_add(&l, "part", part);
        record_add(&l, "value", piece);
        record_add(&l, "place", place);
        record_write(a, &l);
    }
}

void record_rules(struct app *a)
{
    struct line l;
    char keys[8];
    unsigned n = 0;
    for (size_t i = 0; conf_key(i); i++)
        n += a->conf.place[i][0] != '\0';
    snprintf(keys, sizeof keys, "%u", n);
    record_begin(&l, AUDIT_RULES);
    record_add(&l, "version", app_version);
    record_add(&l, "policy_hash", policy_hash);
    record_add(&l, "signature", a->conf.is_signed ? "yes" : "no");
    record_add(&l, "keys", keys);
    record_write(a, &l);
    for (size_t i = 0; conf_key(i); i++)
        if (a->conf.place[i][0])
            record_rule(a, i);
}
