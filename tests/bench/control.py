#!/usr/bin/env python3
"""make bench-control: the kill switch, 1000 presses in each situation, idle and with both cores loaded.

    tests/bench/control.py [PRESSES [--loaded]]

From the physical key (sent to the input device) to the confirmed death of gate and input worker, and how many injected
events the X server still did after the press. Situations: nothing else to do, a flooding controller, a worker that floods
its gate by itself; each grab of platform.md 6 with a tenth of the presses. Needs `make all bench` first.
"""
import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'harness'))
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'scenario'))
import desk as desk_module  # noqa: E402
import s51_kill  # noqa: E402


def report(desk, hand, load, name, n, prepare, grab=0):
    times, after = s51_kill.measure(desk, hand, n, prepare, grab)
    hand.again()
    down = s51_kill.down_now(desk)
    print('%-8s %-22s %5d presses  %s  late max %d mean %.1f  down %d' % (
        load, name, n, s51_kill.percentiles(times), max(after), sum(after) / n, len(down)), flush=True)


def situations(load, n):
    with desk_module.Desk((1024, 768)) as desk:
        for name, more, prepare in (('idle worker', (), s51_kill.HELD),
                                    ('flooding controller', (), s51_kill.HELD[1:3] + ['f 0']),
                                    ('hostile worker', ('hostile',), [])):
            hand = s51_kill.Hand(desk, *more)
            report(desk, hand, load, name, n, prepare)
            hand.close()
        hand = s51_kill.Hand(desk)
        for name, grab in s51_kill.GRABS.items():
            report(desk, hand, load, name, max(n // 10, 2), s51_kill.HELD, grab)
        hand.close()


def main():
    n = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    if '--loaded' not in sys.argv:
        situations('quiet', n)
    loads = [subprocess.Popen([sys.executable, '-c', 'while True: pass']) for _ in range(os.cpu_count() or 1)]
    try:
        situations('loaded', n)
    finally:
        for load in loads:
            load.kill()


main()
