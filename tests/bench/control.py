#!/usr/bin/env python3
"""make bench-control: the kill switch, 1000 presses in each situation, idle and with both cores loaded; and a key's way to the
presenter and back to the controller's eye, beside TigerVNC.

    tests/bench/control.py [PRESSES] [--only kill,grabs,quiet,loaded,beside] [--samples N]

Kill switch: from the physical key (sent to the input device) to the confirmed death of gate and input worker, and to the last
injected event, the watcher's own releases of what was held included; beside it to the last press or motion, which only the
workers do; and how many injected events the X server still did after the press. Events have the time at which this program, with
its priority, has read them. Where the server itself is grabbed, the releases wait until this program lets it go. Presses during which other programs used more than a quarter of a core
do not count; `loaded` is a busy loop for each core, which does. Situations: nothing else to do, a flooding controller, a worker that
floods its gate by itself; and each grab of platform.md 6. The line before them is what this machine needs to end two processes
that do nothing, by the same signal, seen by a program with a real-time priority: the limit of the others. Needs `make all bench` first.

Beside: with LAB=FOLDER of the screen-sharing lab (lab.py, drivers/), N samples of each kind and system in one run. `event`: a
key or motion at the controller until a program on the presenter's screen has it; `loop`: until what that program draws then is
on the controller's screen.
"""
import argparse
import json
import os
import select
import shutil
import signal
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
BUILD = os.path.abspath(os.environ.get('B', os.path.join(ROOT, 'build')))
sys.path.insert(0, os.path.join(HERE, '..', 'harness'))
sys.path.insert(0, os.path.join(HERE, '..', 'scenario'))
import desk as desk_module  # noqa: E402
import s51_kill  # noqa: E402
from bench import lab_program, percentile  # noqa: E402

SYSTEMS = ('vitrine', 'tigervnc-tuned-tls', 'tigervnc')
WANTED_MS, WANTED_AFTER = 10, 10
# Who measures has a real-time priority, who is measured has not: it is not to wait for a core itself.
OBSERVER = ('chrt', '-R', '-f', '1')
CHUNK = 5
TICK = os.sysconf('SC_CLK_TCK')


class Foreign:
    """Cores that neither this program nor what it started has used since then."""

    def __init__(self):
        self.at, self.used = time.monotonic(), self.now()

    @staticmethod
    def now():
        parent, cpu = {}, {}
        for pid in filter(str.isdigit, os.listdir('/proc')):
            try:
                with open('/proc/%s/stat' % pid) as stat:
                    fields = stat.read().rsplit(')', 1)[1].split()
            except OSError:
                continue
            parent[int(pid)], cpu[int(pid)] = int(fields[1]), sum(map(int, fields[11:15]))
        own = {os.getpid()}
        while True:
            more = {pid for pid, of in parent.items() if of in own} - own
            if not more:
                break
            own |= more
        with open('/proc/stat') as stat:
            fields = stat.readline().split()[1:]
        return (sum(int(fields[i]) for i in (0, 1, 2, 5, 6, 7)) - sum(cpu.get(pid, 0) for pid in own)) / TICK

    def cores(self):
        return (self.now() - self.used) / (time.monotonic() - self.at)


def quiet_presses(desk, hand, n, prepare, grab, foreign):
    """n rows of presses during which nobody else used more than that of a core, and how many were made for them."""
    rows, made = [], 0
    while len(rows) < n and made < 4 * n:
        if made:
            hand.again()
        others = Foreign()
        new = s51_kill.measure(desk, hand, min(CHUNK, n - len(rows)), prepare, grab)
        made += len(new)
        if others.cores() <= foreign:
            rows += new
    return rows, made


def report(desk, hand, load, name, n, prepare, foreign, grab=0):
    rows, made = quiet_presses(desk, hand, n, prepare, grab, foreign)
    hand.again()
    if not rows:
        print('| %s | %s | 0 of %d | never quiet |' % (load, name, made), flush=True)
        return
    dead, after = [row.dead for row in rows], [row.after for row in rows]
    down = sum(bool(row.down) for row in rows)
    met = percentile(dead, .999) < WANTED_MS * 1e6 and max(after) <= WANTED_AFTER and not down
    print('| %s | %s | %d of %d | %s | %s | %s | %d / %.1f | %d | %s | %s | %s | %s |' % (
        load, name, len(rows), made, four(dead, 1e6), came([row.last for row in rows]), came([row.push for row in rows]),
        max(after), sum(after) / len(after), down, four([row.seen for row in rows], 1e6),
        four([row.dead - row.seen - row.took * 1000 for row in rows], 1e6), four([row.took for row in rows], 1e3),
        'met' if met else 'missed'), flush=True)


def four(values, unit):
    return ' / '.join('%.2f' % (percentile(values, part) / unit) for part in (.5, .99, .999, 1))


def came(times):
    """Of all presses; one behind which nothing came counts as 0."""
    return four(times, 1e6) if any(times) else 'none'


def bare_death():
    """ns from the signal until two processes that do nothing are dead."""
    sleepers = [subprocess.Popen(['sleep', '60'], start_new_session=True) for _ in range(2)]
    time.sleep(0.03)
    pidfds = [os.pidfd_open(sleeper.pid) for sleeper in sleepers]
    begun = time.monotonic_ns()
    for pidfd in pidfds:
        signal.pidfd_send_signal(pidfd, signal.SIGKILL)
    for pidfd in pidfds:
        select.select([pidfd], [], [])
    took = time.monotonic_ns() - begun
    for pidfd in pidfds:
        os.close(pidfd)
    for sleeper in sleepers:
        sleeper.wait()
    return took


def situations(load, n, only, foreign, situation):
    print('| %s | limit | %d | | | | | | | | %s | |' % (load, n, four([bare_death() for _ in range(n)], 1e6)), flush=True)
    with desk_module.Desk((1024, 768)) as desk:
        for name, more, prepare in (('idle worker', (), s51_kill.HELD),
                                    ('flooding controller', (), s51_kill.HELD[1:3] + ['f 0']),
                                    ('hostile worker', ('hostile',), [])):
            if 'kill' in only and situation in name:
                hand = s51_kill.Hand(desk, *more, before=OBSERVER)
                report(desk, hand, load, name, n, prepare, foreign)
                hand.close()
        if 'grabs' in only:
            hand = s51_kill.Hand(desk, before=OBSERVER)
            for name, grab in s51_kill.GRABS.items():
                report(desk, hand, load, 'grab: ' + name, n, s51_kill.HELD, foreign, grab)
            hand.close()


def row(name, mode, what, values, lost):
    if not values:
        print('| %s | %s | %s | 0 | %d | nothing came back | | | |' % (name, mode, what, lost), flush=True)
    else:
        print('| %s | %s | %s | %d | %d | %s |' % (
            name, mode, what, len(values), lost, ' | '.join('%.2f' % percentile(values, p) for p in (.5, .95, .99, 1))), flush=True)


def beside(lab, samples):
    tmp = os.path.join(BUILD, 'lab-control')
    shutil.rmtree(tmp + '/results', ignore_errors=True)
    env = dict(os.environ, VITRINE_CONTROL='1', VITRINE_WARM='22', LAB_TMP=tmp, LAB_BIN=tmp + '/bin',
               LAB_DRIVERS=os.path.join(HERE, 'drivers'), VITRINE=ROOT, B=BUILD)
    env.pop('DISPLAY', None)
    if not os.path.exists(tmp + '/bin/probe'):
        subprocess.run(['make', '-C', lab, 'B=' + tmp + '/bin'], check=True, stdout=subprocess.DEVNULL)
    subprocess.run([sys.executable, lab_program(lab, tmp), 'latency', '-n', str(samples), '-m', 'key,motion', *SYSTEMS],
                   env=env, check=False)
    print('| system | input | | samples | lost | p50 ms | p95 | p99 | max |\n|---|---|---|---|---|---|---|---|---|')
    key = {}
    with open(tmp + '/results/input.jsonl') as lines:
        for r in map(json.loads, lines):
            row(r['driver'], r['mode'], 'event', r['ev'], r['lost'])
            row(r['driver'], r['mode'], 'loop', r['loop'], r['lost'])
            if r['mode'] == 'key' and r['loop']:
                key[r['driver']] = percentile(r['loop'], .5)
    if 'vitrine' in key and SYSTEMS[1] in key:
        ratio = key['vitrine'] / key[SYSTEMS[1]]
        print('\nWanted: key to picture (loop, p50) at most that of %s: %.2f of it, %s' % (
            SYSTEMS[1], ratio, 'met' if ratio <= 1 else 'missed'))


def main():
    os.sched_setscheduler(0, os.SCHED_FIFO | os.SCHED_RESET_ON_FORK, os.sched_param(1))
    options = argparse.ArgumentParser()
    options.add_argument('presses', nargs='?', type=int, default=1000)
    options.add_argument('--only', default='kill,grabs,quiet,loaded,beside')
    options.add_argument('--situation', default='', help='only those of kill with that in their name')
    options.add_argument('--samples', type=int, default=200)
    options.add_argument('--foreign', type=float, default=0.25, help='cores that others may use during a press that counts')
    args = options.parse_args()
    only = args.only.split(',')
    lab = os.environ.get('LAB')
    if 'beside' in only and lab:
        beside(lab, args.samples)
    if not {'kill', 'grabs'} & set(only):
        return
    print('Wanted: p99.9 below %d ms, at most %d events after, none left down. Times in ms: p50 / p99 / p99.9 / max.\n' %
          (WANTED_MS, WANTED_AFTER))
    print('| machine | situation | presses | key to confirmed death | key to the last injected event | key to the last injected press or motion '
          '| events after, most / mean | presses that left something down | key to its raw event | raw event to signal | signal to both deaths | |')
    print('|---' * 12 + '|')
    if 'quiet' in only:
        situations('quiet', args.presses, only, args.foreign, args.situation)
    if 'loaded' not in only:
        return
    loads = [subprocess.Popen([sys.executable, '-c', 'while True: pass']) for _ in range(os.cpu_count() or 1)]
    try:
        situations('loaded', args.presses, only, args.foreign, args.situation)
    finally:
        for load in loads:
            load.kill()


if __name__ == '__main__':
    main()
