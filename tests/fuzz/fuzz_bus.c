/*
 * Entrance: a message bus, at vitrine-bus. The first byte of an input says which bus (bit 0), after
 * the greeting or before it (bit 1), and in what pieces the rest comes.
 */
#include "broker/bus/conn.h"
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct listener listeners[LOCKERS];
static struct conn conn;

static bool is_name(const char name[WIRE_NAME + 1])
{
    return memchr(name, 0, WIRE_NAME + 1) && (!*name || wire_is_unique(name));
}

/* Names are what may be sent back to the bus; nobody has locked without having had the name. */
static void check(void)
{
    for (unsigned i = 0; i < LOCKERS; i++) {
        const struct listener *l = &listeners[i];
        if (!is_name(l->owner) || !is_name(l->holder) ||
            (*l->session && !wire_is_path(l->session)) || (l->taken_back && !*l->holder))
            abort();
    }
    if (conn.n_in > sizeof conn.in || conn.n_out > sizeof conn.out)
        abort();
}

static bool feed(const uint8_t *data, size_t size, size_t piece)
{
    while (size > 0) {
        size_t room = sizeof conn.in - conn.n_in, n = size < piece ? size : piece;
        n = n < room ? n : room;
        memcpy(conn.in + conn.n_in, data, n);
        conn.n_in += n;
        data += n;
        size -= n;
        if (conn_go_on(&conn) != CONN_ON)
            return false;
        check();
        if (!conn_may_read(&conn)) /* the bus reads at last */
            conn_sent(&conn, conn.n_out);
    }
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char greeting[] = "DATA\r\nOK 0123456789abcdef0123456789abcdef\r\n";
    if (size == 0)
        return 0;
    size_t piece = data[0] >> 2 ? data[0] >> 2 : sizeof conn.in;
    memset(listeners, 0, sizeof listeners);
    if (data[0] & 1)
        conn_init(&conn, listeners, LOCKER_LOGIN1, LOCKER_LOGIN1);
    else
        conn_init(&conn, listeners, LOCKER_FREEDESKTOP, LOCKER_XFCE);
    if (data[0] & 2)
        feed((const uint8_t *)greeting, sizeof greeting - 1, sizeof conn.in);
    if (feed(data + 1, size - 1, piece))
        check();
    return 0;
}
