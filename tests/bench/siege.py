#!/usr/bin/env python3
"""A session while strangers attack its relay: its delays beside those of a quiet one, the relay's memory, lines in the log.

    tests/bench/siege.py [--alone] [SECONDS [KIND ...]]

Each kind goes on for SECONDS (8) while 50 viewers get 30 updates a second; attackers come from many loopback addresses.
As root the session's ends and the relay get real-time priority: attackers are other people's computers and must not
slow ours by using its cores. The relay has the first core, everybody else the others; attackers go before whatever else runs, but
have no real-time priority: a core that such work fills is taken from it for 50 ms of each second (sched_rt_runtime_us), and
where attackers fill the relay's core (chatter) that is then all that is measured. --alone: nothing else runs on this machine,
so the relay goes without real-time priority, too. The column of the worst update says what the relay was kept from its core.
Needs `make all bench` first."""
import itertools
import json
import multiprocessing
import os
import random
import socket
import ssl
import struct
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
BUILD = os.environ.get('B', os.path.join(os.path.dirname(os.path.dirname(HERE)), 'build'))
VIEWERS, UNIT, RATE = 50, 8192, 30


def source(n):
    """An address the session's own people do not use."""
    return '127.%d.%d.%d' % (1 + n // 62500, n // 250 % 250, 1 + n % 250)


def plain(port, n):
    c = socket.create_connection(('127.0.0.1', port), timeout=5, source_address=(source(n), 0))
    c.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return c


def context():
    c = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    c.check_hostname, c.verify_mode, c.minimum_version = False, ssl.CERT_NONE, ssl.TLSVersion.TLSv1_3
    c.set_alpn_protocols(['vitrine/1'])
    return c


CONTEXT = context()


def tls(port, n):
    return CONTEXT.wrap_socket(plain(port, n))


def frame(kind, body, length=None):
    return struct.pack('>B', kind) + (len(body) if length is None else length).to_bytes(3, 'big') + body


def half_open(port, turns, done):
    """Connects and says nothing, from few addresses: over their rate and over the number of handshakes."""
    kept = []
    for n in turns:
        kept.append(plain(port, n % 40))
        done.value += 1
        if len(kept) > 600:
            kept.pop(0).close()


def slowloris(port, turns, done):
    """The beginning of a handshake, one byte at a time, for as long as the relay waits for more."""
    hello, kept = bytes.fromhex('16030100c8010000c40303') + bytes(200), []
    while True:
        for n in itertools.islice(turns, max(0, min(10, 200 - len(kept)))):
            kept.append([plain(port, n), 0])
            done.value += 1
        for each in list(kept):
            try:
                each[0].send(hello[each[1]:each[1] + 1])
                each[1] += 1
            except OSError:
                kept.remove(each)
        time.sleep(0.1)


def flood(port, turns, done):
    """Connections as fast as they can be made, closed at once, from three addresses."""
    for n in turns:
        plain(port, n % 3).close()
        done.value += 1


def giant(port, turns, done):
    """A good handshake, then a frame of sixteen megabytes, or one that is none."""
    for n in turns:
        with tls(port, n) as c:
            c.send(frame(random.choice((1, 2, 0x10, 0x11, 0xee)), bytes(500), 0xffffff))
        done.value += 1


def numbers(port, turns, done):
    """One number after the other: nine of them from each address, then from the next."""
    for n in turns:
        with tls(port, n // 12) as c:
            c.send(frame(2, b'\1' + b'%09d' % random.randrange(100000000, 1000000000) + bytes(49)))
            done.value += 1
            c.recv(16)


def not_reading(port, turns, done):
    """Organizers with a newcomer each that never reads, to whom they write as much as they may."""
    kept = []
    for n in turns:
        if len(kept) >= 40:
            break
        o, v = tls(port, n), tls(port, n)
        o.send(frame(1, b'\1\0'))
        opened = o.recv(4096)
        o.send(frame(4, b'M0'))
        v.send(frame(2, b'\1' + opened[4:13] + bytes(49)))
        handle = v.recv(4096)[13:17]
        kept.append((o, frame(0x10, handle + bytes(16000)), v))
        o.setblocking(False)
        done.value += 1
    while True:
        for o, message, _ in kept:
            try:
                o.send(message)
            except OSError:
                pass
        time.sleep(0.01)


def chatter(port, turns, done):
    """A session of a hundred whose presenter says small units only, as fast as they are taken: each is a hundred copies.
    Its viewers take them all from their sockets, and do not look at them."""
    o, viewers = tls(port, next(turns)), []
    o.send(frame(1, b'\1\0'))
    sid = o.recv(4096)[4:13]
    o.send(frame(4, b'M0'))
    for mid, n in zip(range(2, 102), turns):
        v = tls(port, n)
        v.send(frame(2, b'\1' + sid + bytes(49)))
        o.send(frame(5, v.recv(4096)[13:17] + struct.pack('>H', mid)))
        viewers.append(v)
    o.send(frame(8, struct.pack('>H', 1)))
    units = frame(0x11, bytes((0x40, 1, 0xb0, 1, 0, 1, 1)) + bytes(40)) * 50
    raw = [socket.socket(fileno=os.dup(c.fileno())) for c in (o, *viewers)]
    for each in (o, *raw):
        each.setblocking(False)
    while True:
        try:
            o.send(units)
            done.value += 50
        except ssl.SSLWantWriteError:
            pass
        for each in raw:
            try:
                each.recv(262144)
            except BlockingIOError:
                pass


def go_ahead(pid):
    """Before what else this machine does, without real-time priority."""
    os.sched_setscheduler(pid, os.SCHED_OTHER, os.sched_param(0))
    if not os.geteuid():
        os.setpriority(os.PRIO_PROCESS, pid, -20)


def attack(kind, port, part, done, ahead=False):
    if ahead:  # behind the session's ends: an attack at its full size
        go_ahead(0)
    else:
        os.sched_setscheduler(0, os.SCHED_OTHER, os.sched_param(0))
    while True:
        try:
            kind(port, itertools.count(part * 100000 + random.randrange(50000)), done)
        except OSError:
            pass


def rss(pid):
    with open('/proc/%d/status' % pid) as status:
        return next(int(line.split()[1]) for line in status if line.startswith('VmRSS'))


def waited(pid):
    """Milliseconds it could have run and did not: another program had its core, or the kernel its limit for real-time work
    (sched_rt_runtime_us: 50 ms in each second that it would be busy all through)."""
    with open('/proc/%d/schedstat' % pid) as stat:
        return int(stat.read().split()[1]) / 1e6


def come_in(port, n):
    """Milliseconds until somebody from an address of its own has come through the door; None: not at all."""
    begun = time.monotonic()
    try:
        with tls(port, 10000000 + n) as c:
            c.send(frame(1, b'\1\0'))
            return (time.monotonic() - begun) * 1000 if c.recv(4096)[:1] == b'\3' else None
    except OSError:
        return None


def run(kind, seconds, alone):
    first = ['chrt', '-f', '5'] if not os.geteuid() else []
    told, done = tempfile.mktemp(), multiprocessing.Value('L', 0)
    bench = subprocess.Popen([*first, os.path.join(BUILD, 'tests/bench/relay'), '1', str(VIEWERS), str(UNIT), str(seconds),
                              str(RATE), told], stdout=subprocess.PIPE)
    while not os.path.exists(told) or not os.path.getsize(told):
        assert bench.poll() is None, 'the benchmark ended'
        time.sleep(0.02)
    with open(told) as text:
        port, pid = map(int, text.read().split())
    os.unlink(told)
    if alone:
        go_ahead(pid)
    attackers = [multiprocessing.Process(target=attack, args=(kind, port, i, done, True), daemon=True)
                 for i in range(2 if kind else 0)]
    for each in attackers:
        each.start()
    most, before, wait, joins = 0, rss(pid), [waited(pid)] * 2, []
    while bench.poll() is None:
        try:
            most = max(most, rss(pid))
            wait[1] = waited(pid)
        except (OSError, StopIteration):
            break
        joins.append(come_in(port, len(joins)))
        time.sleep(0.2)
    result = json.loads(bench.communicate()[0])
    for each in attackers:
        each.kill()
    return result, done.value, before, most, wait[1] - wait[0], joins[:-1]  # the last met the end


def told_of(joins):
    came = sorted(each for each in joins if each is not None)
    return '%d of %d: %.0f, %.0f' % (len(came), len(joins), came[len(came) // 2], came[-1]) if came else '0 of %d' % len(joins)


def worst_of(result):
    """The update that took longest, and where the time went between the two updates it fell between."""
    return '%.2f; %.1f, %.1f, %.1f' % tuple(result[k] for k in ('worst_ms', 'worst_ran_ms', 'worst_kept_ms', 'worst_own_kept_ms'))


def main():
    args = [each for each in sys.argv[1:] if each != '--alone']
    seconds, alone = float(args[0]) if args else 8, len(args) < len(sys.argv) - 1
    kinds = {k.__name__: k for k in (half_open, slowloris, flood, giant, numbers, not_reading, chatter)}
    wanted = args[1:] or list(kinds)
    print('| attack | attempts | p50 ms | p99 ms | missed | relay KB before | most | log lines | core used | relay kept from its core, ms | worst update ms; then: relay ran, was kept, ends were kept | came in; ms median, most |')
    print('|---|---|---|---|---|---|---|---|---|---|---|---|')
    os.sched_setaffinity(0, set(range(os.cpu_count())) - {0} or {0})
    if not os.geteuid():
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(4))
    for name in ['none', *wanted, 'none']:
        result, attempts, before, most, wait, joins = run(kinds.get(name), seconds, alone)
        print('| %s | %d | %.2f | %.2f | %d of %d | %d | %d | %d | %.2f | %.0f | %s | %s |' % (
            name.replace('_', ' '), attempts, result['p50_ms'], result['p99_ms'], result['missed'],
            result['delivered'] + result['missed'], before, most, result['events'], result['cpu'], wait,
            worst_of(result), told_of(joins)), flush=True)


if __name__ == '__main__':
    main()
