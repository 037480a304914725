/*
 * vitrine-bus: listens on the message buses it was handed (the desktop's, the system's) to those
 * who say that the screen is locked, and tells the broker who is there and who says so. Distrusts
 * every byte of a bus, and everybody on it.
 */
#ifndef BROKER_BUS_BUS_H
#define BROKER_BUS_BUS_H
#include "broker/bus/conn.h"
#include "lib/chan.h"
#include "lib/loop.h"

#define BUSES 2 /* the desktop's, the system's */

struct bus;

struct bus_line {
    struct bus *bus;
    int fd; /* -1: there is none, or none any more */
    struct conn conn;
};

struct bus {
    struct chan control;
    struct loop loop;
    struct listener listeners[LOCKERS];
    struct bus_line lines[BUSES];
    bool listening, told;
    uint8_t buses, there, locked; /* as told last */
    uint8_t up;                   /* who said "locked" when we looked last */
    bool calm;                    /* that has been so for BUS_CALM_MS */
};

void bus_init(struct bus *b, int control_fd);
/* Until the broker ends it; the exit status. */
int bus_run(struct bus *b);

#endif
