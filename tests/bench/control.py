#!/usr/bin/env python3
"""make bench-control: the kill switch, 1000 presses in each situation, idle and with both cores loaded; and a key's way to the
presenter and back to the controller's eye, beside TigerVNC.

    tests/bench/control.py [PRESSES] [--only kill,grabs,loaded,beside] [--samples N]

Kill switch: from the physical key (sent to the input device) to the confirmed death of gate and input worker, and how many
injected events the X server still did after the press. Situations: nothing else to do, a flooding controller, a worker that
floods its gate by itself; each grab of platform.md 6 with a tenth of the presses. Needs `make all bench` first.

Beside: with LAB=FOLDER of the screen-sharing lab (lab.py, drivers/), N samples of each kind and system in one run. `event`: a
key or motion at the controller until a program on the presenter's screen has it; `loop`: until what that program draws then is
on the controller's screen.
"""
import argparse
import json
import os
import shutil
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
BUILD = os.path.abspath(os.environ.get('B', os.path.join(ROOT, 'build')))
sys.path.insert(0, os.path.join(HERE, '..', 'harness'))
sys.path.insert(0, os.path.join(HERE, '..', 'scenario'))
import desk as desk_module  # noqa: E402
import s51_kill  # noqa: E402

SYSTEMS = ('vitrine', 'tigervnc-tuned-tls', 'tigervnc')


def report(desk, hand, load, name, n, prepare, grab=0):
    times, after = s51_kill.measure(desk, hand, n, prepare, grab)
    hand.again()
    down = s51_kill.down_now(desk)
    print('| %s | %s | %d | %s | %d / %.1f | %d |' % (
        load, name, n, s51_kill.percentiles(times), max(after), sum(after) / n, len(down)), flush=True)


def situations(load, n, only):
    with desk_module.Desk((1024, 768)) as desk:
        for name, more, prepare in (('idle worker', (), s51_kill.HELD),
                                    ('flooding controller', (), s51_kill.HELD[1:3] + ['f 0']),
                                    ('hostile worker', ('hostile',), [])):
            if 'kill' in only:
                hand = s51_kill.Hand(desk, *more)
                report(desk, hand, load, name, n, prepare)
                hand.close()
        if 'grabs' in only:
            hand = s51_kill.Hand(desk)
            for name, grab in s51_kill.GRABS.items():
                report(desk, hand, load, 'grab: ' + name, max(n // 10, 2), s51_kill.HELD, grab)
            hand.close()


def percentile(values, part):
    values = sorted(values)
    return values[min(len(values) - 1, int(part * len(values)))] if values else float('nan')


def row(name, mode, what, values, lost):
    if values:
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
    subprocess.run([sys.executable, os.path.join(lab, 'lab.py'), 'latency', '-n', str(samples), '-m', 'key,motion', *SYSTEMS],
                   env=env, check=False)
    print('| system | input | | samples | lost | p50 ms | p95 | p99 | max |\n|---|---|---|---|---|---|---|---|---|')
    with open(tmp + '/results/input.jsonl') as lines:
        for r in map(json.loads, lines):
            row(r['driver'], r['mode'], 'event', r['ev'], r['lost'])
            row(r['driver'], r['mode'], 'loop', r['loop'], r['lost'])


def main():
    options = argparse.ArgumentParser()
    options.add_argument('presses', nargs='?', type=int, default=1000)
    options.add_argument('--only', default='kill,grabs,loaded,beside')
    options.add_argument('--samples', type=int, default=200)
    args = options.parse_args()
    only = args.only.split(',')
    lab = os.environ.get('LAB')
    if 'beside' in only and lab:
        beside(lab, args.samples)
    if not {'kill', 'grabs'} & set(only):
        return
    print('| machine | situation | presses | key to confirmed death | events after, most / mean | left down |\n|---|---|---|---|---|---|')
    situations('quiet', args.presses, only)
    if 'loaded' not in only:
        return
    loads = [subprocess.Popen([sys.executable, '-c', 'while True: pass']) for _ in range(os.cpu_count() or 1)]
    try:
        situations('loaded', args.presses, only)
    finally:
        for load in loads:
            load.kill()


main()
