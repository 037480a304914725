/*
 * A real X server, what it knows, and its bytes by hand: the one that the scenarios use
 * (tests/harness/desk.py), because Xvfb has fewer extensions. One for a program.
 */
#ifndef TESTS_UNIT_GATE_REAL_SERVER_H
#define TESTS_UNIT_GATE_REAL_SERVER_H
#include "lib/x11_rule.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define COOKIE "0123456789abcdef"
#define FOCUS 43          /* GetInputFocus: an answer that says how far the server is */
#define PATIENCE_MS 20000 /* a machine may stand still */
#define WORDS_MAX 32      /* of a request, while its shortest form is looked for */
#define KNOWN_MAX 2048

struct request {
    uint8_t major, minor;
    uint16_t bytes; /* the shortest that the server does not call too short */
};

struct real_server {
    pid_t pid;
    int number;
    char folder[32]; /* its files; the test's working folder */
    int alive;       /* a connection, which has the windows */
    uint32_t root, base;
    unsigned extensions;
    struct request known[KNOWN_MAX];
    unsigned n_known, n_core;
    uint8_t majors[X11_EXTENSIONS];
    uint32_t target, own; /* windows */
};
extern struct real_server server;

/* As cmocka's fixtures of a group: it runs, and all that it knows is in `known`; it is gone. */
int start_server(void **state);
int stop_server(void **state);

int connect_server(void);
/* What the server says to whoever has come in: root and base. */
bool take_setup(int fd);

void put16(uint8_t *at, size_t value);
void put32(uint8_t *at, uint32_t value);
/* The head of a request of so many bytes, the others 0; returns them. */
size_t put_head(uint8_t *at, uint8_t major, uint8_t minor, size_t bytes);
void say(int fd, const uint8_t *bytes, size_t n);
/* false: it is closed. */
bool take(int fd, uint8_t *to, size_t n);
/* Until the answer to FOCUS, which is the expected-th request by the server's count; 0: it is
   closed before. What it made of those before that is in errors, by number. */
unsigned take_until_focus(int fd, unsigned expected, uint8_t *errors);

#endif
