/*
 * One real process of vitrine-render, confined as in earnest, and what it has said so far. Test
 * code for test_process_ui and test_process_view.
 */
#ifndef TESTS_UNIT_RENDER_WORLD_H
#define TESTS_UNIT_RENDER_WORLD_H
#include "ch_screen.h"
#include "ch_ui.h"
#include "ch_view.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* The filters know nothing of the calls a sanitizer makes: such a build has no confined process to
 * test. */
#if defined(__SANITIZE_ADDRESS__)
#define WORLD_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define WORLD_SANITIZED 1
#endif
#endif

struct world {
    pid_t pid;
    struct chan control, picture_way;
    bool ready;
    uint32_t painted; /* serial of the last UI_PAINTED */
    struct msg_failed failed;
    struct msg_screen_picture size;
    struct msg_screen_changed changed;
    unsigned n_changed, n_need_key;
};

/* Handlers that write into the struct world of their ctx. */
extern const struct ui_at_broker world_ui;
extern const struct screen_at_broker world_screen;
extern const struct view_at_seal world_seal;

/* Starts it as "ui" or "view"; returns our end of its control channel. */
int world_start(struct world *w, const char *role);
/* Takes one message from a channel, waiting a few seconds at most (then the test fails); false when
 * it has ended. */
bool world_take(struct chan *c);
/* Closes everything and waits; its exit status, or minus the signal that ended it. */
int world_end(struct world *w);
/* A memory file with those seals, and a mapping of one. */
int world_memory(size_t size, unsigned seals);
uint8_t *world_map(int fd, size_t size);

#endif
