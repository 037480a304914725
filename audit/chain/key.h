/*
 * The small key file beside a log: the signing key, the sealing key and where the chain stands
 * (audit/FORMAT.md). Of one fixed size below a disk block, written in one call, so that it is
 * always whole.
 */
#ifndef AUDIT_CHAIN_KEY_H
#define AUDIT_CHAIN_KEY_H
#include "audit/chain/line.h"

#define KEY_FILE_SIZE 640

struct trail_key {
    uint8_t private_key[32], public_key[32];
    struct line_head head; /* the last line known to be in the log */
    struct line_head
        next; /* while lines are being written: where the chain will stand; else as head */
    uint8_t seal[DIGEST_SIZE]; /* the key of the line after head */
    /* The verification key: that of line kept_from. Zero once it has been taken away to be kept
       elsewhere; until then whoever reads this file could write the past anew. */
    uint8_t kept[DIGEST_SIZE];
    uint64_t kept_from;
};

enum key_read { KEY_GOOD, KEY_EMPTY, KEY_BROKEN, KEY_UNREAD };

/* From the start of fd. */
enum key_read key_read(int fd, struct trail_key *out);
/* To the start of fd; not flushed to the disk. 0, or -1 with errno. */
int key_write(int fd, const struct trail_key *k);
bool key_is_kept(const struct trail_key *k); /* the verification key is still in the file */
/* A batch was begun and its end not noted: killed in the middle of it, or a log that keeps what a
   full disk took. */
bool key_crashed(const struct trail_key *k);
void key_wipe(struct trail_key *k);

#endif
