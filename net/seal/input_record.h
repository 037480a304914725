/*
 * INPUT of a pair channel, e2e.md 10: exactly 256 bytes, whatever they carry.
 *
 *     u8 0x31 | u8 n | u16 used | u64 seq | n events of 10 bytes | zeros
 *     event: u8 kind | u8 code | u32 a | u32 b      key down: a keysym, b place; with a position: a
 * x, b y (two's complement); else 0 (lib/input_event.h)
 *
 * Pure. The reader distrusts the controller: a record has one form only, and an event beyond the
 * caps of the grant is none.
 */
#ifndef NET_SEAL_INPUT_RECORD_H
#define NET_SEAL_INPUT_RECORD_H
#include "lib/input_event.h"
#include "net/seal/code.h"
#include "policy/limits.h"

#define INPUT_RECORD_LEN 256
#define INPUT_RECORD_TYPE 0x31

enum input_caps { CAP_POINTER = 1, CAP_KEYBOARD = 2, CAP_CLIPBOARD = 4 };

#define INPUT_REACH 32768 /* of positions, before the shared area is known */

/* Do these caps allow this event? */
bool input_record_may(const struct input_event *e, unsigned caps);
/* n 0: only a sign of life. false: too many events, or one that is not valid anywhere. */
bool input_record_write(uint8_t out[INPUT_RECORD_LEN], uint64_t seq,
                        const struct input_event *events, unsigned n);
/* `seq` is the one that must come. E_NONE, or E_GRANT (e2e.md 13: the grant is revoked); *n and
   events are set on E_NONE only. Whether a position lies in the shared area is for the broker to
   say. */
enum e2e_code input_record_read(const uint8_t *record, size_t len, uint64_t seq, unsigned caps,
                                struct input_event events[MAX_INPUT_EVENTS], unsigned *n);

#endif
