#!/usr/bin/env python3
"""The first exact picture: until a viewer's screen shows, in every pixel, what the presenter's shows.

    LAB=FOLDER B=build tests/bench/first.py [--reps 3] [--first] [SYSTEM...]

LAB is the folder of the lab, SYSTEM a driver of it (vitrine and tigervnc-tuned-tls where none is named); all take turns. From
the viewer's start for a rival; for vitrine from the press on Admit, which stands in the file `admitted` of side.py: whoever
knocks waits for a person first. In both the picture goes to the full screen; what vitrine shows of itself on the presenter's screen is
moved off it as in all measurements here, what it shows on the viewer's is not.
"""
import argparse
import importlib.util
import os
import statistics
import subprocess
import sys
import time

from bench import lab_program

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
LAB = os.environ.get('LAB', '')
BUILD = os.path.abspath(os.environ.get('B', os.path.join(ROOT, 'build')))
TMP = os.path.join(BUILD, 'lab-first')
SYSTEMS = ['vitrine', 'tigervnc-tuned-tls']


def lab_module():
    os.environ.update(LAB_TMP=TMP, LAB_BIN=TMP + '/bin', LAB_DRIVERS=os.path.join(HERE, 'drivers'), VITRINE=ROOT, B=BUILD)
    os.environ.pop('DISPLAY', None)
    spec = importlib.util.spec_from_file_location('lab', lab_program(LAB, TMP))
    lab = importlib.util.module_from_spec(spec)
    own, sys.argv = sys.argv, ['lab.py', 'versions']     # a program, too: told to measure nothing
    spec.loader.exec_module(lab)
    sys.argv = own
    return lab


def admitted(peer):
    """When Admit was pressed, ns of the monotonic clock; None for who admits everybody."""
    try:
        with open(peer.run + '/admitted') as lines:
            return int(lines.read().split()[-1])
    except OSError:
        return None


def measure(lab, name):
    """(ms to the first exact picture, cores others used), None for a picture that never was exact."""
    stage = lab.Stage('1280x800')
    try:
        peer = lab.Peer(stage, name)
        try:
            peer.start_server()
            others, start = lab.Foreign(), lab.mono()
            seen = peer.start_viewer(30)
            cores = others.cores()
            if seen.get('exact_ms', -1) < 0:
                return None, cores
            time.sleep(0.2)     # the file is written once the question has gone
            since = admitted(peer)
            return seen['exact_ms'] - ((since - start) / 1e6 if since else 0), cores
        finally:
            peer.stop()
    finally:
        stage.close()


def main():
    options = argparse.ArgumentParser()
    options.add_argument('--reps', type=int, default=3)
    options.add_argument('--first', action='store_true', help='before everybody else who works on this machine')
    options.add_argument('systems', nargs='*')
    args = options.parse_args()
    if not os.path.exists(os.path.join(LAB, 'lab.py')):
        sys.exit('bench: LAB must name the folder of the screen-sharing lab')
    if args.first:
        os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(1))
    subprocess.run(['make', '-s', '-C', LAB, 'B=' + TMP + '/bin'] + [TMP + '/bin/' + p for p in ('workload', 'probe', 'proxy', 'role')], check=True)
    lab = lab_module()
    found = {name: [] for name in args.systems or SYSTEMS}
    for _ in range(args.reps):
        for name, values in found.items():
            ms, cores = measure(lab, name)
            print('%s: %s ms, others used %.2f cores' % (name, 'never' if ms is None else '%.0f' % ms, cores), flush=True)
            values.append(ms)
    for name, values in found.items():
        values = [v for v in values if v is not None]
        if values:
            print('%s: median %.0f ms (%.0f to %.0f)' % (name, statistics.median(values), min(values), max(values)))


if __name__ == '__main__':
    main()
