/*
 * Frames of the relay protocol (relay.md 2 to 8): cutting, checking, writing. Both ends link it:
 * vitrine-net and vitrine-relay. Pure: no sockets, no clock, no allocation.
 *
 * A frame is u8 type | u24 length | body, big-endian. Decoding is strict: exact lengths, the right
 * direction, fields within their bounds. Whether a frame is allowed in a state is for the caller.
 */
#ifndef LIB_RELAY_FRAME_H
#define LIB_RELAY_FRAME_H
#include "lib/span.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FRAME_VERSION_NUMBER 1
#define FRAME_ALPN "vitrine/1"
#define FRAME_SID 9
#define FRAME_TOKEN 48
#define FRAME_PARAMS_MAX 255
#define FRAME_CREATE_KEY_MAX 64
#define FRAME_HEAD 4
#define FRAME_SMALL_MAX 1024  /* body of everything but MSG and UNIT */
#define FRAME_MSG_MAX 16406   /* body: peer and 16402 bytes */
#define FRAME_UNIT_MAX 135267 /* body: 131072 bytes padded, signature, tag, heads (e2e.md 9) */

enum frame_type {
    FRAME_CREATE = 0x01,
    FRAME_ATTACH = 0x02,
    FRAME_OPENED = 0x03,
    FRAME_PARAMS = 0x04,
    FRAME_BIND = 0x05,
    FRAME_BOUND = 0x06,
    FRAME_DROP = 0x07,
    FRAME_PRESENT = 0x08,
    FRAME_END = 0x09,
    FRAME_PEER = 0x0a,
    FRAME_AWAY = 0x0b,
    FRAME_DRAIN = 0x0c,
    FRAME_MSG = 0x10,
    FRAME_UNIT = 0x11,
    FRAME_NEED = 0x12,
    FRAME_REPORT = 0x13,
    FRAME_KEEP = 0x7e,
    FRAME_ERR = 0x7f
};

/* ERR codes, relay.md 8 */
enum frame_err {
    FRAME_ERR_NO = 0,
    FRAME_ERR_VERSION = 1,
    FRAME_ERR_BAD = 2,
    FRAME_ERR_NONE = 3,
    FRAME_ERR_BUSY = 4,
    FRAME_ERR_LOCKED = 5,
    FRAME_ERR_KEY = 6,
    FRAME_ERR_REMOVED = 7,
    FRAME_ERR_ENDED = 8,
    FRAME_ERR_REPLACED = 9,
    FRAME_ERR_SLOW = 10,
    FRAME_ERR_DRAINING = 11
};

enum frame_as { FRAME_AS_NEWCOMER = 0, FRAME_AS_MEMBER = 1, FRAME_AS_ORGANIZER = 2 };
enum frame_peer_state { FRAME_PEER_ATTACHED = 1, FRAME_PEER_GONE = 2 };
/* 7: over; what this connection was for has ended, and nobody is at fault */
enum frame_drop_why {
    FRAME_DROP_WRONG_PASSWORD = 1,
    FRAME_DROP_REMOVED = 3,
    FRAME_DROP_PROTOCOL = 5,
    FRAME_DROP_LAST = 7
};

enum frame_from { FRAME_FROM_CLIENT = 1, FRAME_FROM_RELAY = 2 };

struct frame {
    uint8_t type;
    union {
        struct {
            struct span key;
        } create;
        struct {
            uint8_t sid[FRAME_SID];
            uint8_t as; /* enum frame_as */
            uint8_t token[FRAME_TOKEN];
        } attach;
        struct {
            uint8_t sid[FRAME_SID];
            uint32_t handle;
            uint8_t token[FRAME_TOKEN];
            struct span params;
        } opened;
        struct {
            struct span m0;
        } params;
        struct {
            uint32_t handle;
            uint16_t mid;
        } bind;
        struct {
            uint16_t mid;
            uint8_t token[FRAME_TOKEN];
        } bound;
        struct {
            uint32_t handle;
            uint8_t why;
        } drop;
        struct {
            uint16_t mid;
        } present;
        struct {
            uint32_t handle;
            uint8_t state; /* enum frame_peer_state */
        } peer;
        struct {
            uint8_t on;
        } away;
        struct {
            uint16_t seconds;
        } drain;
        struct {
            uint32_t peer;
            struct span bytes;
        } msg;
        struct {
            struct span sealed;
        } unit;
        struct {
            uint64_t taken;
            uint16_t viewers, behind, median_ms, worst_ms;
        } report;
        struct {
            uint8_t answer;
            uint64_t stamp;
        } keep;
        struct {
            uint16_t code;
        } err;
    } u;
};

enum frame_result {
    FRAME_GOOD,
    FRAME_BAD,
    FRAME_OTHER_VERSION /* CREATE or ATTACH of another protocol version */
};

/* How many bytes the frame at the start of `data` has in all, judged from the `have` bytes there
   are: FRAME_HEAD until the head is complete; 0 when that head is not allowed from `from`. Never
   more than FRAME_HEAD + FRAME_UNIT_MAX. */
size_t frame_need(const uint8_t *data, size_t have, enum frame_from from);

/* Decodes one complete frame, head included. Spans point into `data`. */
enum frame_result frame_decode(const uint8_t *data, size_t len, enum frame_from from,
                               struct frame *out);

/* Writes head and body of any frame but MSG and UNIT; the length written, at most
   FRAME_HEAD + FRAME_SMALL_MAX. 0: a field out of its bounds, our own mistake. */
size_t frame_encode(const struct frame *f, uint8_t out[FRAME_HEAD + FRAME_SMALL_MAX]);

/* Writes the head alone; for MSG and UNIT, whose bodies are not copied. */
void frame_write_head(uint8_t out[FRAME_HEAD], enum frame_type type, size_t body_len);

uint32_t frame_get_u32(const uint8_t *p);
void frame_put_u32(uint8_t *p, uint32_t v);

/* Nine digits, the first not 0. */
bool frame_sid_valid(const uint8_t sid[FRAME_SID]);

/* What is readable of a sealed unit without a key: e2e.md 9, header encoding of RFC 9605 4.3. */
enum unit_stream {
    UNIT_SCREEN = 1,
    UNIT_CURSOR = 2,
    UNIT_CHAT = 3,
    UNIT_AUDIO = 4,
    UNIT_SIGNAL = 5,
    UNIT_STATUS = 6
};

struct unit_peek {
    uint32_t epoch; /* not 0 */
    uint16_t mid;   /* not 0 */
    uint8_t stream; /* enum unit_stream */
    bool key;
    uint64_t ctr;
};

/* false: not the form of a unit, header not minimal, reserved flag set, unknown stream, or nothing
   after the header. */
bool frame_peek_unit(struct span sealed, struct unit_peek *out);

/* Order of sending, relay.md 6: 0 goes first. */
enum frame_rank {
    FRAME_RANK_OWN,
    FRAME_RANK_MSG,
    FRAME_RANK_SIGNAL,
    FRAME_RANK_STATUS,
    FRAME_RANK_CURSOR,
    FRAME_RANK_AUDIO,
    FRAME_RANK_CHAT,
    FRAME_RANK_SCREEN,
    FRAME_RANKS
};
enum frame_rank frame_rank_unit(uint8_t stream);

#endif
