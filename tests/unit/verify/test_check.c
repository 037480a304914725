/*
 * Tampering, one kind a row: what the verifier says of a trail that vitrine-audit's own writer has
 * written and somebody has edited since. Each row was seen to fail with the check it is for taken
 * out of check.c; but test_first_removed, which two checks hold: that the first line is a start,
 * and that each follows the one before.
 */
#include "audit/trail.h"
#include "audit/verify/check.h"
#include "policy_tables.h"
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
/* cmocka wants the ones above */
#include <cmocka.h>

#define LINES 12 /* log_start, four events, signed head, four events, signed head, one event */

static uint8_t forger[DIGEST_SIZE]; /* has not the key */
static char *lines[64];
static size_t n_lines;
static struct trail_key key;
static struct trail trail;
static const struct check_seal *seal; /* the verification key, where it is at hand */

static void add(struct trail *t, unsigned id, const char *value)
{
    struct trail_field f = {"why", {(const uint8_t *)value, strlen(value)}};
    assert_int_equal(trail_begin(t), 0);
    assert_int_equal(trail_add(t, id, &f, 1), 0);
    assert_int_equal(trail_commit(t), 0);
}

static void sign(struct trail *t)
{
    assert_int_equal(trail_begin(t), 0);
    assert_int_equal(trail_sign(t), 0);
    assert_int_equal(trail_commit(t), 0);
}

static void write_trail(int log, int key_fd)
{
    assert_int_equal(trail_open(&trail, log, key_fd, -1), 0);
    for (int i = 0; i < 9; i++) {
        char value[32];
        snprintf(value, sizeof value, "event %d \"quoted\\\"", i);
        add(&trail, AUDIT_SHARE_ON, value);
        if (i == 3 || i == 7)
            sign(&trail);
    }
    assert_int_equal(key_read(key_fd, &key), KEY_GOOD);
}

static void read_lines(int log)
{
    char text[65536];
    ssize_t n = pread(log, text, sizeof text - 1, 0);
    assert_true(n > 0);
    text[n] = '\0';
    n_lines = 0;
    for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n"))
        lines[n_lines++] = strdup(line);
}

static int make(void **state)
{
    (void)state;
    int log = memfd_create("log", 0), key_fd = memfd_create("key", 0);
    fcntl(log, F_SETFL, O_APPEND);
    write_trail(log, key_fd);
    read_lines(log);
    assert_int_equal(n_lines, LINES);
    close(log);
    close(key_fd);
    return 0;
}

static int unmake(void **state)
{
    (void)state;
    for (size_t i = 0; i < n_lines; i++)
        free(lines[i]);
    n_lines = 0;
    seal = NULL;
    trail_finish(&trail);
    return 0;
}

/* --- the log as it is now, as a source --- */

static char *joined;
static size_t joined_len;

static long read_joined(void *ctx, void *buf, size_t n, uint64_t at)
{
    (void)ctx;
    if (at >= joined_len)
        return 0;
    size_t left = joined_len - (size_t)at;
    size_t take = n < left ? n : left;
    if (take > 1000)
        take = 1000; /* short reads are legal */
    memcpy(buf, joined + at, take);
    return (long)take;
}

static struct check_result check_text(char *text, size_t len, const struct trail_key *k)
{
    struct reader_source source = {read_joined, NULL};
    struct check_result result;
    joined = text;
    joined_len = len;
    check_log(&source, k, seal, &result);
    return result;
}

static struct check_result check(const struct trail_key *k)
{
    static char text[65536];
    size_t n = 0;
    for (size_t i = 0; i < n_lines; i++)
        n += (size_t)snprintf(text + n, sizeof text - n, "%s\n", lines[i]);
    return check_text(text, n, k);
}

static void expect(struct check_result r, enum verdict verdict, uint64_t line)
{
    assert_int_equal(r.verdict, verdict);
    assert_int_equal(r.line, line);
}

/* --- what an attacker does; lines are counted from 1 as in the file --- */

static void remove_line(size_t at)
{
    free(lines[at - 1]);
    n_lines--;
    memmove(&lines[at - 1], &lines[at], (n_lines - at + 1) * sizeof *lines);
}

static void insert_line(size_t at, const char *text)
{
    memmove(&lines[at], &lines[at - 1], (n_lines - at + 1) * sizeof *lines);
    lines[at - 1] = strdup(text);
    n_lines++;
}

static void swap_lines(size_t a, size_t b)
{
    char *line = lines[a - 1];
    lines[a - 1] = lines[b - 1];
    lines[b - 1] = line;
}

/* A line of the attacker's own, rightly hashed, that follows the given one. */
static void forge(size_t after, char out[LINE_MAX_BYTES])
{
    struct line l;
    struct json j;
    assert_true(line_parse(lines[after - 1], strlen(lines[after - 1]), &l));
    struct line_head head = {.n = l.n};
    memcpy(head.hash, l.hash, DIGEST_SIZE);
    line_begin(&j, out, head.n + 1, 1700000000000, "share_off", AUDIT_SHARE_OFF, 1);
    json_text(&j, "why", "nothing to see here");
    size_t len = line_end(&j, &head, forger);
    assert_true(len > 0);
    out[len - 1] = '\0';
}

static void forge_in_place(size_t at)
{
    char forged[LINE_MAX_BYTES];
    forge(at - 1, forged);
    free(lines[at - 1]);
    lines[at - 1] = strdup(forged);
}

static void test_untouched(void **state)
{
    (void)state;
    struct check_result r = check(&key);
    expect(r, VERDICT_OK, 0);
    assert_int_equal(r.lines, LINES);
    assert_int_equal(r.signed_to, 10);
    expect(check(NULL), VERDICT_NO_END, 0);
}

static void test_changed(void **state)
{
    (void)state;
    for (size_t at = 1; at <= LINES; at++) {
        char *c = strstr(lines[at - 1], "\"time\":\"2") + 9;
        *c = *c == '1' ? '2' : '1';
        expect(check(&key), VERDICT_CHANGED, at);
        expect(check(NULL), VERDICT_CHANGED, at);
        *c = '0';
    }
}

static void test_changed_and_hashed_again(void **state)
{
    (void)state;
    forge_in_place(4);
    expect(check(&key), VERDICT_CHANGED, 4);
    expect(check(NULL), VERDICT_CHANGED, 4);
}

static void test_last_changed_and_hashed_again(void **state)
{
    (void)state;
    forge_in_place(LINES);
    expect(check(&key), VERDICT_SIGNATURE, 11); /* a line behind the last signature */
}

/* Some other file, however many lines it has and however long they are. Beside a key file, which
   says that there was a trail, it is a changed one. */
static void test_no_trail(void **state)
{
    (void)state;
    static char text[3 * LINE_MAX_BYTES] = "root:x:0:0\ndaemon:x:1:1\n\nbin:x:2:2\n";
    size_t n = strlen(text);
    expect(check_text(text, n, NULL), VERDICT_NO_LOG, 1);
    expect(check_text(text, n - 3, NULL), VERDICT_NO_LOG, 1);
    expect(check_text(text, n, &key), VERDICT_CHANGED, 1);
    memset(text + n, 'x', sizeof text - n);
    text[sizeof text - 1] = '\n';
    assert_int_equal(check_text(text, sizeof text, NULL).verdict, VERDICT_NO_LOG);
    assert_int_equal(check_text(text, sizeof text, &key).verdict, VERDICT_CHANGED);
}

static void test_removed(void **state)
{
    (void)state;
    remove_line(5);
    expect(check(&key), VERDICT_REMOVED, 5);
    remove_line(5);
    expect(check(NULL), VERDICT_REMOVED, 5);
}

static void test_first_removed(void **state)
{
    (void)state;
    remove_line(1);
    expect(check(&key), VERDICT_REMOVED, 1);
}

static void test_reordered(void **state)
{
    (void)state;
    swap_lines(3, 4);
    expect(check(&key), VERDICT_REORDERED, 3);
    swap_lines(3, 4);
    swap_lines(2, 9);
    expect(check(&key), VERDICT_REORDERED, 2);
}

static void test_inserted(void **state)
{
    (void)state;
    char forged[LINE_MAX_BYTES];
    forge(4, forged);
    insert_line(5, forged);
    expect(check(&key), VERDICT_INSERTED, 5);
}

/* Not one byte that anybody wrote: a newline alone, at either end and between. */
static void test_inserted_empty(void **state)
{
    (void)state;
    for (size_t at = 1; at <= LINES + 1; at++) {
        insert_line(at, "");
        expect(check(&key), VERDICT_CHANGED, at);
        expect(check(NULL), VERDICT_CHANGED, at);
        remove_line(at);
    }
}

static void test_copied(void **state)
{
    (void)state;
    char *copy = strdup(lines[2]);
    insert_line(4, copy);
    expect(check(&key), VERDICT_INSERTED, 4);
    remove_line(4);
    insert_line(8, copy);
    expect(check(&key), VERDICT_INSERTED, 8);
    free(copy);
}

static void test_cut(void **state)
{
    (void)state;
    remove_line(LINES);
    expect(check(&key), VERDICT_CUT, 12);
    expect(check(NULL), VERDICT_OK, 0); /* signed here: that it went on nobody can know */
    remove_line(LINES - 1);
    expect(check(&key), VERDICT_CUT, 11);
    expect(check(NULL), VERDICT_NO_END, 0);
}

static void test_added_at_the_end(void **state)
{
    (void)state;
    char forged[LINE_MAX_BYTES];
    forge(LINES, forged);
    insert_line(LINES + 1, forged);
    expect(check(&key), VERDICT_INSERTED, LINES + 1);
}

/* Everything from a line on written anew, hashes and all: no signature can be made for it. */
static void test_rewritten(void **state)
{
    (void)state;
    for (size_t at = 3; at <= LINES; at++)
        forge_in_place(at);
    expect(check(&key), VERDICT_SIGNATURE, 1);
}

static void test_signature_changed(void **state)
{
    (void)state;
    struct line l;
    assert_true(line_parse(lines[5], strlen(lines[5]), &l));
    assert_int_equal(l.id, AUDIT_SIGNED_HEAD);
    char forged[LINE_MAX_BYTES], hex[129];
    size_t len;
    const char *signature = line_field(&l, "signature", &len);
    memcpy(hex, signature, 128);
    hex[128] = '\0';
    hex[5] = hex[5] == '0' ? '1' : '0';
    struct json j;
    struct line_head head = {.n = 5};
    memcpy(head.hash, l.prev, DIGEST_SIZE);
    line_begin(&j, forged, 6, 1700000000000, "signed_head", AUDIT_SIGNED_HEAD, 1);
    json_bytes(&j, "key", line_field(&l, "key", &len), 64);
    json_text(&j, "signature", hex);
    forged[line_end(&j, &head, forger) - 1] = '\0';
    free(lines[5]);
    lines[5] = strdup(forged);
    expect(check(&key), VERDICT_SIGNATURE, 6);
}

static void test_torn(void **state)
{
    (void)state;
    char text[65536];
    size_t n = 0;
    for (size_t i = 0; i < n_lines; i++)
        n += (size_t)snprintf(text + n, sizeof text - n, "%s\n", lines[i]);
    expect(check_text(text, n - 20, &key), VERDICT_CUT, LINES); /* it was whole once */
    n += (size_t)snprintf(text + n, sizeof text - n, "{\"n\":13,\"ti");
    expect(check_text(text, n, &key), VERDICT_INSERTED, LINES + 1); /* nobody was writing */
    expect(check_text(text, n, NULL), VERDICT_NO_END, LINES + 1);
    struct trail_key writing = key;
    writing.next.n++;
    expect(check_text(text, n, &writing), VERDICT_HALF_LINE, LINES + 1);
}

static void test_nothing_of_ours(void **state)
{
    (void)state;
    char text[] = "root:x:0:0:root\nbin:x\n", nothing[] = "", half[] = "no newline";
    expect(check_text(text, strlen(text), &key), VERDICT_CHANGED, 1);
    expect(check_text(half, strlen(half), NULL), VERDICT_NO_LOG, 1);
    expect(check_text(nothing, 0, NULL), VERDICT_EMPTY, 0);
    expect(check_text(nothing, 0, &key), VERDICT_CUT, 1);
    char *longer = malloc(100000);
    memset(longer, 'x', 100000);
    longer[99999] = '\n';
    expect(check_text(longer, 100000, NULL), VERDICT_NO_LOG, 1);
    expect(check_text(longer, 100000, &key), VERDICT_CHANGED, 1);
    free(longer);
}

static void test_other_key(void **state)
{
    (void)state;
    struct trail_key other = key;
    uint8_t private_key[32];
    assert_true(digest_make_key(private_key, other.public_key));
    expect(check(&other), VERDICT_OTHER_KEY, 1);
}

/* Lines out of the middle, up to a signature, prove themselves where no key file is at hand. */
static void test_slice(void **state)
{
    (void)state;
    char text[65536];
    size_t n = 0, one = 0;
    for (size_t i = 2; i < 6; i++) {
        n += (size_t)snprintf(text + n, sizeof text - n, "%s\n", lines[i]);
        one = one ? one : n;
    }
    struct check_result r = check_text(text, n, NULL);
    expect(r, VERDICT_SLICE, 0);
    assert_int_equal(r.first, 3);
    expect(check_text(text, n, &key), VERDICT_REMOVED,
           1); /* beside a key file it is a log with a hole */
    expect(check_text(text, one, NULL), VERDICT_REMOVED, 1); /* nothing signs it */
    text[one + 60] ^= 1;
    expect(check_text(text, n, NULL), VERDICT_CHANGED, 2);
}

/* --- receipts --- */

#define SESSION "123456789"

static void add_session(struct trail *t, unsigned id, const char *session)
{
    struct trail_field f = {"session", {(const uint8_t *)session, strlen(session)}};
    assert_int_equal(trail_begin(t), 0);
    assert_int_equal(trail_add(t, id, &f, 1), 0);
    assert_int_equal(trail_commit(t), 0);
}

/* 1 log_start, 2 rules, 3 session_start, 4 share_paused; another vitrine of that user, in the same
   session: 5 session_end, 6 signed_head; 7 session_end, 8 signed_head, 9 share_paused, 10
   signed_head
 */
static void make_session(void)
{
    int log = memfd_create("log", 0), key_fd = memfd_create("key", 0);
    static struct trail other;
    unmake(NULL);
    fcntl(log, F_SETFL, O_APPEND);
    assert_int_equal(trail_open(&trail, log, key_fd, -1), 0);
    add(&trail, AUDIT_RULES, "x");
    add_session(&trail, AUDIT_SESSION_START, SESSION);
    add(&trail, AUDIT_SHARE_PAUSED, "x");
    assert_int_equal(trail_open(&other, log, key_fd, -1), 0);
    add_session(&other, AUDIT_SESSION_END, SESSION);
    sign(&other);
    trail_finish(&other);
    add_session(&trail, AUDIT_SESSION_END, SESSION);
    sign(&trail);
    add(&trail, AUDIT_SHARE_PAUSED, "x");
    sign(&trail);
    assert_int_equal(key_read(key_fd, &key), KEY_GOOD);
    read_lines(log);
    assert_int_equal(n_lines, 10);
    close(log);
    close(key_fd);
}

/* Lines from, ..., to behind that first one. */
static struct check_result check_cut(const char *head, size_t from, size_t to,
                                     const struct trail_key *k)
{
    static char text[65536];
    size_t n = (size_t)snprintf(text, sizeof text, "%s\n", head);
    for (size_t i = from; i <= to; i++)
        n += (size_t)snprintf(text + n, sizeof text - n, "%s\n", lines[i - 1]);
    return check_text(text, n, k);
}

#define HEAD "{\"receipt\":1,\"session\":\"" SESSION "\",\"line\":3}"

/* What calls itself a receipt has to be one session, whole. */
static void test_receipt(void **state)
{
    (void)state;
    make_session();
    struct check_result r = check_cut(HEAD, 2, 8, NULL);
    expect(r, VERDICT_RECEIPT, 0);
    assert_int_equal(r.session, 123456789);
    assert_int_equal(r.first, 2);
    assert_memory_equal(r.key, key.public_key, sizeof r.key);
    static const struct {
        size_t from, to;
        enum verdict lacks;
        uint64_t line; /* of the file */
    } cuts[] = {{2, 6, VERDICT_NOT_ENDED, 7},  {2, 7, VERDICT_NOT_SIGNED, 8},
                {3, 8, VERDICT_NO_RECEIPT, 2}, {2, 10, VERDICT_MORE, 9},
                {1, 8, VERDICT_NO_RECEIPT, 2}, {4, 8, VERDICT_NO_RECEIPT, 2},
                {1, 0, VERDICT_NO_RECEIPT, 2}, {2, 2, VERDICT_NO_SESSION, 1}};
    for (size_t i = 0; i < sizeof cuts / sizeof cuts[0]; i++)
        expect(check_cut(HEAD, cuts[i].from, cuts[i].to, NULL), cuts[i].lacks, cuts[i].line);
    static const char *const others[] = {
        "{\"receipt\":1,\"session\":\"123456780\",\"line\":3}",
        "{\"receipt\":1,\"session\":\"\",\"line\":3}",
        "{\"receipt\":1,\"session\":\"" SESSION "\",\"line\":4}",
    };
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        expect(check_cut(others[i], 2, 8, NULL), VERDICT_NO_SESSION, 1);
    static const char *const none[] = {HEAD " ", " " HEAD,
                                       "{\"receipt\":1,\"session\":\"1234567890\",\"line\":3}",
                                       "{\"receipt\":1,\"session\":\"" SESSION "\",\"line\":03}",
                                       "{\"receipt\":2,\"session\":\"" SESSION "\",\"line\":3}"};
    for (size_t i = 0; i < sizeof none / sizeof none[0]; i++)
        expect(check_cut(none[i], 2, 8, NULL), VERDICT_CHANGED, 1);
}

/* Its first line excuses nothing in the others; and beside a key file, or where a whole trail is
   asked for, there is none. */
static void test_receipt_and_more(void **state)
{
    (void)state;
    make_session();
    struct check_seal kept = {.from = key.kept_from};
    memcpy(kept.key, key.kept, sizeof kept.key);
    expect(check_cut(HEAD, 1, 10, &key), VERDICT_CHANGED, 1);
    expect(check_cut(HEAD "\n" HEAD, 2, 8, NULL), VERDICT_CHANGED, 2);
    seal = &kept;
    expect(check_cut(HEAD, 2, 8, NULL), VERDICT_NO_END, 0);
    seal = NULL;
    lines[3][60] ^= 1;
    expect(check_cut(HEAD, 2, 8, NULL), VERDICT_CHANGED, 4);
    remove_line(4);
    expect(check_cut(HEAD, 2, 7, NULL), VERDICT_REMOVED, 4);
}

/* A seal is in no hash: where its key is still in the key file that shows it, else the one kept
 * elsewhere. */
static void test_changed_seal(void **state)
{
    (void)state;
    struct trail_key taken = key;
    struct check_seal kept = {.from = key.kept_from};
    memcpy(kept.key, key.kept, sizeof kept.key);
    memset(taken.kept, 0, sizeof taken.kept);
    taken.kept_from = 0;
    char *end = strrchr(lines[3], '"') - 1;
    expect(check(&key), VERDICT_OK, 0);
    *end = *end == '0' ? '1' : '0';
    expect(check(&key), VERDICT_SEAL, 4);
    expect(check(&taken), VERDICT_OK, 0);
    seal = &kept;
    expect(check(&taken), VERDICT_SEAL, 4);
    seal = NULL;
    lines[1][60] ^= 1; /* which nobody can have done without changing it */
    expect(check(&key), VERDICT_CHANGED, 2);
}

/* The verification key proves nothing about the end of a log without a key file, however right
   every line is; nor about a log that has not the line it is of. */
static void test_kept_key_alone(void **state)
{
    (void)state;
    struct check_seal kept = {.from = key.kept_from};
    struct trail_key turned_back = key;
    char nothing[] = "";
    memcpy(kept.key, key.kept, sizeof kept.key);
    seal = &kept;
    expect(check(&key), VERDICT_OK, 0);
    expect(check(NULL), VERDICT_NO_END, 0);
    remove_line(LINES); /* the cut that nothing else shows */
    expect(check(NULL), VERDICT_NO_END, 0);
    remove_line(1); /* a part of a trail, every line of which is sealed */
    expect(check(NULL), VERDICT_NO_END, 0);
    expect(check_text(nothing, 0, NULL), VERDICT_NO_END, 0);
    memset(&turned_back.head, 0, sizeof turned_back.head);
    expect(check_text(nothing, 0, &turned_back), VERDICT_CUT, 1);
}

/* A first line of the attacker's own, whatever number it claims: the key is computed on so far and
   no farther, and never behind the first line. */
static void test_seal_far_behind(void **state)
{
    (void)state;
    char forged[LINE_MAX_BYTES];
    static const uint64_t numbers[] = {2, 1 + CHECK_SEAL_STEPS, 2 + CHECK_SEAL_STEPS,
                                       UINT64_C(0xffffffffffff)};
    static struct check_seal kept;
    uint8_t its_key[DIGEST_SIZE]; /* of line n */
    uint64_t n = 1;
    kept.from = key.kept_from;
    memcpy(kept.key, key.kept, sizeof kept.key);
    memcpy(its_key, key.kept, sizeof its_key);
    seal = &kept;
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        struct json j;
        struct line_head head = {.n = numbers[i] - 1};
        for (; n < numbers[i] && n < 2 + CHECK_SEAL_STEPS; n++)
            assert_true(digest_evolve(its_key));
        line_begin(&j, forged, numbers[i], 1700000000000, "share_off", AUDIT_SHARE_OFF, 1);
        size_t len = line_end(&j, &head, its_key);
        n++; /* line_end has moved the key on */
        struct check_result r = check_text(forged, len, NULL);
        assert_int_equal(r.sealed, i < 2);
        assert_int_equal(r.verdict, i < 2 ? VERDICT_REMOVED : VERDICT_SEAL); /* nothing signs it */
    }
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, make, unmake)
    const struct CMUnitTest tests[] = {
        T(test_untouched),
        T(test_no_trail),
        T(test_changed),
        T(test_changed_and_hashed_again),
        T(test_last_changed_and_hashed_again),
        T(test_removed),
        T(test_first_removed),
        T(test_reordered),
        T(test_inserted),
        T(test_inserted_empty),
        T(test_copied),
        T(test_cut),
        T(test_added_at_the_end),
        T(test_rewritten),
        T(test_signature_changed),
        T(test_torn),
        T(test_nothing_of_ours),
        T(test_other_key),
        T(test_slice),
        T(test_receipt),
        T(test_receipt_and_more),
        T(test_kept_key_alone),
        T(test_seal_far_behind),
        T(test_changed_seal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
