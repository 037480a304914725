#!/usr/bin/env python3
"""make bench-relay: what the relay costs beside encryption alone and beside HAProxy; the table goes into BENCHMARKS.md.

    tests/bench/relay.py [SECONDS]

Half load: half of the rate at which the relay's one core would be full, computed from what the wanted rate used of it. Beside
each audience the same run measures the least it can take here: a bare loop of write(2), and one of SSL_write, over as many
connections (tests/bench/fanout.c).

At the end: how soon those are back who lost their lines all at once, when they were all there were (a relay that was
started again), and beside a session that goes on.

SECONDS (5) is for each run. As root everything measured gets real-time priority, so that what else runs on the machine
does not count as delay; the relay (or HAProxy) has one core, the load generator another. Needs `make all bench` first.
"""
import json
import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
BUILD = os.environ.get('B', os.path.join(ROOT, 'build'))
TABLE, UNIT, RATE = os.path.join(ROOT, 'BENCHMARKS.md'), 8192, 30
BEGIN, END = '<!-- relay measured -->', '<!-- relay end -->'
AUDIENCES = ((1, 200), (1, 500), (1, 1000), (5, 200), (200, 3))
RETURNS = ((1000, 1000), (200, 1000), (500, 1000))
FRAME, ROUNDS = 11, 40     # bytes around a unit; of the bare loop
sys.path.insert(0, os.path.join(ROOT, 'tests/harness'))


def first():
    """A prefix that lets a program go before all others, where that is allowed."""
    return ['chrt', '-f', '5'] if not os.geteuid() else []


def measure(name, *args):
    done = subprocess.run([*first(), os.path.join(BUILD, 'tests/bench', name), *map(str, args)],
                          stdout=subprocess.PIPE, timeout=300, check=True)
    return json.loads(done.stdout)


def certificate(folder):
    cert, key = os.path.join(folder, 'crt'), os.path.join(folder, 'key')
    subprocess.run(['openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '1',
                    '-subj', '/CN=bench', '-keyout', key, '-out', cert], check=True, stderr=subprocess.DEVNULL)
    both = os.path.join(folder, 'pem')
    with open(both, 'w') as out:
        for path in (cert, key):
            with open(path) as part:
                out.write(part.read())
    return both


def rows(seconds, pem):
    record = measure('record', UNIT, 2)['cpu_s_per_gbit']
    yield 'Encryption alone (AES-256-GCM in TLS 1.3 records of %d bytes, written to nowhere): %.3f CPU s/Gbit.' % (UNIT, record)
    yield ''
    yield '| audience | updates/s | relay CPU s/Gbit | HAProxy CPU s/Gbit | ratio | relay / encryption | core used | missed | p50 ms | p99 ms | bare loop ms: write, with TLS | HAProxy p99 ms | KiB idle viewer | KiB active | KiB of kernel buffers, idle |'
    yield '|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|'
    for sessions, viewers in AUDIENCES:
        bare = measure('fanout', viewers, UNIT + FRAME, ROUNDS)
        other = measure('proxied', sessions, viewers, UNIT, seconds, RATE, pem)
        own = measure('relay', sessions, viewers, UNIT, seconds, RATE)
        yield row(own, record, bare, other)
        yield row(measure('relay', sessions, viewers, UNIT, seconds, half_load(own)), record)
    yield ''
    yield from returns(seconds)


def returns(seconds):
    yield '| lost of | updates/s for the others | half are back after s | all after s | tries each |'
    yield '|---|---|---|---|---|'
    for lost, viewers in RETURNS:
        r = measure('relay', 1, viewers, UNIT, max(seconds, 5), RATE, '/dev/null', lost)
        yield '| %d of %d | %s | %.2f | %.2f | %.2f |' % (
            lost, viewers, RATE if lost < viewers else '-', r['back_half_ms'] / 1e3, r['back_all_ms'] / 1e3, r['back_tries'])


def half_load(own):
    """The rate that takes half of the rate at which the relay's core would be full, by what a delivery cost it."""
    return round(own['rate'] / own['cpu'] / 2, 1)


def row(own, record, bare=None, other=None):
    ratio = '%.3f | %.2f' % (other['cpu_s_per_gbit'], own['cpu_s_per_gbit'] / other['cpu_s_per_gbit']) if other else '- | -'
    beside = '%.2f, %.2f | %.2f' % (bare['write_ms'], bare['tls_ms'], other['p99_ms']) if bare else '- | -'
    return '| %d of %d | %g%s | %.3f | %s | %.1f | %.2f | %d of %d | %.2f | %.2f | %s | %.1f | %.1f | %.1f |' % (
        own['sessions'], own['viewers'], own['rate'], '' if other else ' (half load)', own['cpu_s_per_gbit'], ratio,
        own['cpu_s_per_gbit'] / record, own['cpu'], own['missed'], own['delivered'] + own['missed'],
        own['p50_ms'], own['p99_ms'], beside, own['idle_kb'], own['active_kb'], own['kernel_kb'])


def main():
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 5
    with tempfile.TemporaryDirectory() as folder:
        lines = []
        for line in rows(seconds, certificate(folder)):
            print(line, flush=True)
            lines.append(line)
    with open(TABLE) as old:
        text = old.read()
    head, _, rest = text.partition(BEGIN)
    _, _, tail = rest.partition(END)
    load = os.getloadavg()[0]
    said = 'Command: `make bench-relay`, %g s a run; load average of the machine at its end: %.1f.' % (seconds, load)
    with open(TABLE, 'w') as out:
        out.write(head + BEGIN + '\n' + said + '\n' + '\n'.join(lines) + '\n' + END + tail)


main()
