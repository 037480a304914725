/*
 * What the relay's benchmarks share: TLS connections that read as fast as they can, the time each
 * unit needed, and what another process costs. Not part of the product.
 *
 * A unit's time ends when the kernel has its first bytes for the receiver (SO_TIMESTAMPNS), not
 * when this process comes to read them: on a machine with two cores that would measure the load
 * generator.
 */
#ifndef TESTS_BENCH_LOAD_H
#define TESTS_BENCH_LOAD_H
#include "lib/relay_frame.h"
#include <netinet/in.h>
#include <openssl/types.h>
#include <stdbool.h>
#include <sys/types.h>

#define LOAD_ROOM (FRAME_HEAD + FRAME_UNIT_MAX)
#define LOAD_UNIT_HEAD 7

struct load_end {
    int fd;
    SSL *ssl;
    uint8_t *in;
    size_t have;
    uint64_t arrived_ns; /* first bytes of the frame being read */
    uint64_t units;
    uint64_t said_ns;
    uint8_t token[FRAME_TOKEN]; /* for coming back: the one it was given last */
    void *owner;
};

typedef void (*load_frame_fn)(struct load_end *e, size_t len);

/* Prints what and errno, ends the process that is measured and this one. */
_Noreturn void load_give_up(const char *what);
void load_watch_pid(pid_t pid);
uint64_t load_now_ns(void); /* CLOCK_REALTIME, as the kernel's stamps */
void load_bind_core(pid_t pid, int core);
double load_cpu_seconds(void);
/* Since its start it ran so long, and could have but something else had its core. */
struct load_time {
    double ran_ms, kept_ms;
};
struct load_time load_time_of(pid_t pid);
long load_pss_kb(void);
/* What the kernel holds for the sockets of that local port: bytes of buffers. */
long load_kernel_bytes(uint16_t port);

void load_begin(load_frame_fn on_frame);
/* Each fifty connections come from an address of their own: the relay limits sources. */
void load_open(struct load_end *e, size_t index, uint16_t port);
/* The same; false: refused, and nothing is open. */
bool load_try(struct load_end *e, size_t index, uint16_t port);
void load_close(struct load_end *e); /* without a word, as a line is lost */
/* In a child of whoever began: nothing is shared from here on. */
void load_begin_again(void);
void load_say(struct load_end *e, const uint8_t *bytes, size_t len);
void load_say_frame(struct load_end *e, const struct frame *f);
void load_hear(int wait_ms);
/* A unit of that mid with the time in it; its length. */
size_t load_write_unit(uint8_t *out, uint16_t mid, size_t content, bool key);
void load_note(struct load_end *e); /* the unit in e->in has arrived */
/* From here on units count; the figures so far are forgotten. */
void load_measure(void);
struct load_result {
    uint64_t units;
    double p50_ms, p99_ms;
};
struct load_result load_result(void);
/* The longest time of a unit since this was asked last. */
double load_take_worst_ms(void);

#endif
