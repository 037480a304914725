/*
 * One row of policy/x11/ROLE.allow as the generator writes it and the gate reads it: an X11
 * request that a gated worker may send, and what its fields must be. A request passes when one
 * row fits completely.
 *
 * Notation of the files (one row a line, '#' starts a comment):
 *     EXTENSION NAME OPCODE BYTES [CONDITION ...]
 * EXTENSION is core, shm, damage, xfixes, randr, xtest or composite. OPCODE is the major of a core
 * request, the minor of an extension's. BYTES is the whole length of the request, N or N..M.
 * Conditions, AT being the offset of the field in the request:
 *     u8@AT=A  u16@AT=A..B  u32@AT=A   a value or a range, both ends included
 *     root@AT                          the root window of GATE_OPEN
 *     screen@AT                        the root, where no single window is shared (GATE_OPEN)
 *     target@AT                        the one window that is shared, where one is
 *     window@AT                        the root, the target, or one of vitrine's own (GATE_WINDOWS)
 *     own@AT                           one of vitrine's own alone
 *     area@AT                          i16 x, i16 y, u16 w, u16 h inside the rectangle of GATE_OPEN
 *     point@AT                         i16 x, i16 y inside it
 *     spare@AT                         a keycode (one byte) of the spares of GATE_OPEN
 *     new-THING@AT                     an identifier this client makes, at most MAX_GATE_THINGS
 *     THING@AT                         one it has made
 *     end-THING@AT                     one it gives up
 *     bracket@0=N                      only together with all requests up to the core request N,
 *                                      which must come within MAX_GATE_REQUEST bytes
 *     inside@0                         only between such a beginning and its end
 *     no-THING@0                       only when this client has none
 *
 * THING is segment, damage, pixmap or cover. The generator makes `const struct x11_rules
 * x11_rules_ROLE` of each file (capture, input).
 */
#ifndef LIB_X11_RULE_H
#define LIB_X11_RULE_H
#include <stddef.h>
#include <stdint.h>

#define X11_CHECKS 11

enum x11_extension {
    X11_CORE,
    X11_SHM,
    X11_DAMAGE,
    X11_XFIXES,
    X11_RANDR,
    X11_XTEST,
    X11_COMPOSITE,
    X11_EXTENSIONS
};

enum x11_check_kind {
    X11_CHECK_NONE,
    X11_CHECK_VALUE, /* size 1, 2 or 4; lo..hi */
    X11_CHECK_ROOT,
    X11_CHECK_SCREEN,
    X11_CHECK_TARGET,
    X11_CHECK_WINDOW,
    X11_CHECK_OWN,
    X11_CHECK_AREA,
    X11_CHECK_POINT,
    X11_CHECK_NEW, /* thing */
    X11_CHECK_USE,
    X11_CHECK_END,
    X11_CHECK_SPARE,
    X11_CHECK_BRACKET, /* lo: major of the request that closes it */
    X11_CHECK_INSIDE,
    X11_CHECK_GONE /* thing */
};

enum x11_thing { X11_SEGMENT, X11_DAMAGE_OBJECT, X11_PIXMAP, X11_COVER, X11_THINGS };

struct x11_check {
    uint8_t kind; /* enum x11_check_kind */
    uint8_t at;   /* offset of the field in the request */
    uint8_t size;
    uint8_t thing; /* enum x11_thing */
    uint32_t lo, hi;
};

struct x11_rule {
    const char *name; /* as in the file, for `vitrine policy show` */
    uint8_t extension;
    uint8_t opcode;
    uint16_t min_bytes, max_bytes;
    uint16_t line; /* in the file */
    uint16_t n_checks;
    struct x11_check checks[X11_CHECKS];
};

struct x11_rules {
    const struct x11_rule *rows;
    size_t n;
};

extern const struct x11_rules x11_rules_capture;
extern const struct x11_rules x11_rules_input;

#endif
