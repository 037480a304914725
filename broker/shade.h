/*
 * Which windows must not be seen in the picture, and where they are: those of programs on the lists
 * of broker/never.h and of other vitrines, with everything around them that a window manager drew.
 * Runs in the broker, on an X connection of its own, so that what it wants to be told of other
 * programs' windows does not mix with what others want.
 *
 * While it is on, every window on the screen is looked at once, and again when it comes, goes to
 * another parent or calls itself differently. capture asks with each picture it has read: the
 * answer is every place where such a window was since the answer before, moved, resized or unmapped
 * meanwhile or not; or that the picture cannot be used, because some window that was seen then was
 * not known yet. The answer is given when the X server has told everything that was before the
 * question, so nothing depends on how quick anybody is.
 *
 * With one window shared, it says instead when that window, or one inside it, is of a listed
 * program or of vitrine's own. What a list cannot be compared with (too many windows inside
 * another) counts as listed. Distrusts other X clients; they can make pictures wait or be grey, and
 * nothing else.
 */
#ifndef BROKER_SHADE_H
#define BROKER_SHADE_H
#include "broker/display.h"
#include "broker/never.h"
#include "lib/fail.h"
#include "policy/limits.h"

#define SHADE_TOPS 1024  /* children of the root, unmapped ones too; more: everything is hidden */
#define SHADE_TURN 256   /* events and answers heard before others in the broker get their turn */
#define SHADE_NODES 8192 /* windows inside them: old toolkits make one of every button */
#define SHADE_ASKED 256  /* questions to the X server at once */
#define SHADE_PAST 64

struct loop;

struct shade_calls {
    void *ctx;
    /* The answer to shade_ask. */
    void (*answer)(void *ctx, uint32_t serial, enum read_again again, const struct ui_rect *places,
                   unsigned n);
    /* Which windows are to be hidden is another now, whoever asked or not; told once until the next
       answer, and before it. */
    void (*changed)(void *ctx);
    /* The one window that is shared is not to be shared (any more). */
    void (*forbidden)(void *ctx);
    bool (*own)(void *ctx, uint32_t window); /* one of vitrine's */
};

/* A child of the root. */
struct shade_top {
    uint32_t id;
    struct ui_rect place; /* border included */
    bool mapped, place_known, map_known;
    bool shown;                    /* it was to be seen, and not hidden */
    unsigned place_seq, map_seq;   /* of the questions that count; 0: not asked */
    bool overfull;                 /* more windows in it than can be looked at */
    uint16_t unknown, listed, own; /* of its nodes */
};

/* A window in it, itself included. */
struct shade_node {
    uint32_t id, top, parent;
    uint32_t born; /* which one it is: an identifier is used again for another window */
    unsigned seq;  /* of the question about it that counts */
    uint8_t state; /* enum shade_state */
    bool listed, own;
};
enum shade_state { SHADE_TO_ASK, SHADE_ASKED_FOR, SHADE_KNOWN };

/* What is known; shade_tree.c. Pure. */
struct shade_tree {
    struct shade_top top[SHADE_TOPS];
    struct shade_node node[SHADE_NODES];
    unsigned n_tops, n_nodes, n_to_ask, n_unknown;
    uint32_t births;
    uint32_t root, target; /* target 0: the whole screen matters, else the top it is in */
    bool complete;         /* the children of the root have been told */
    bool overfull;
    /* since the last answer: something seen was not known; where something hidden was */
    bool unsure, changed;
    struct ui_rect past[SHADE_PAST];
    unsigned n_past;
};

enum shade_question { ASKED_ROOT, ASKED_CLASS, ASKED_INSIDE, ASKED_PLACE, ASKED_SHOWN, ASKED_NOW };

struct shade_asked {
    unsigned seq;
    uint32_t id;
    enum shade_question what;
};

struct shade {
    const struct display *d;
    struct loop *loop;
    struct shade_calls calls;
    xcb_connection_t *x; /* NULL: none */
    const struct never *never[2];
    bool on, lost, told, forbidden;
    uint32_t target_born;
    uint32_t serial; /* capture's question; 0 none */
    bool up_to_date; /* everything before the question has been heard */
    unsigned now_seq;
    struct shade_tree tree;
    struct shade_asked asked[SHADE_ASKED];
    unsigned first, n_asked;
    /* said by the server and not heard yet */
    xcb_generic_event_t *event;
    void *reply; /* NULL with has_reply: an error */
    bool has_reply;
    unsigned begin_seq; /* what was told before that is of an earlier time */
};

/* Connects (waits for the server's greeting). Without a connection nothing is ever answered. */
struct shade *shade_create(const struct display *d, struct loop *loop,
                           const struct shade_calls *calls);
void shade_destroy(struct shade *s); /* accepts NULL */

/* From now on, with these lists (they must stay as long; NULL: empty). Does nothing when it is on.
 */
void shade_begin(struct shade *s, const struct never *policy, const struct never *user);
/* The one window that is shared, and which one it was (shade_born) when it was picked; 0: all that
   is on the screen is seen. */
void shade_target(struct shade *s, uint32_t window, uint32_t born);
/* Which window has that identifier now; 0: it is not known yet. */
uint32_t shade_born(const struct shade *s, uint32_t window);
/* Forgets everything, asks to be told of nothing. What capture has asked is not answered. */
void shade_end(struct shade *s);
/* Other lists: begins anew, and answers what has been asked then. */
void shade_again(struct shade *s, const struct never *policy, const struct never *user);
bool shade_is_on(const struct shade *s);
/* A picture has been read (while it is on). An earlier question is not answered any more; 0 asks
   nothing. */
void shade_ask(struct shade *s, uint32_t serial);

enum shade_verdict { SHADE_UNKNOWN, SHADE_CLEAR, SHADE_HIDDEN };
/* Of the window at the root that this one is, or is in. */
enum shade_verdict shade_of(const struct shade *s, uint32_t window);

/* --- shade_tree.c --- */
void tree_init(struct shade_tree *t, uint32_t root);
/* The window now; a known one is as new. NULL: no room, everything is hidden then. */
struct shade_top *tree_add_top(struct shade_tree *t, uint32_t id);
struct shade_top *tree_top(struct shade_tree *t, uint32_t id);
struct shade_node *tree_node(struct shade_tree *t, uint32_t id);
/* Inside `parent`, which is a node or else nothing is done. False: there is no more room, all that
   `parent` is in is hidden, and nothing more needs to be known of it. */
bool tree_add_inside(struct shade_tree *t, uint32_t id, uint32_t parent, bool own);
void tree_remove(struct shade_tree *t, uint32_t id);
/* It has that parent now, and is the window that it was. */
void tree_move(struct shade_tree *t, uint32_t id, uint32_t parent, bool own);
/* 0: unknown. */
uint32_t tree_born(const struct shade_tree *t, uint32_t window);
void tree_place(struct shade_tree *t, struct shade_top *top, struct ui_rect place);
void tree_map(struct shade_tree *t, struct shade_top *top, bool mapped);
void tree_ask_again(struct shade_tree *t, struct shade_node *node);
void tree_asked(struct shade_tree *t, struct shade_node *node, unsigned seq);
void tree_known(struct shade_tree *t, struct shade_node *node, bool listed);
/* All that is seen is known. */
bool tree_settled(const struct shade_tree *t);
enum shade_verdict tree_verdict(const struct shade_tree *t, uint32_t window);
/* Where something hidden is or was since the last call; then that begins anew. */
unsigned tree_places(struct shade_tree *t, struct ui_rect out[MAX_SHADES]);

#endif
