#!/usr/bin/env python3
"""What a session costs for one viewer and for many: the scroll of the lab (or what -k names), watched on an X server of each viewer's own.

    LAB=FOLDER LAB_TMP=... B=build tests/bench/many.py [-n 1,8] [-r 3] [-t 5] [-k scroll] [-o FILE] DRIVER...

Driven by the lab's own parts. Counted apart, by the kernel's schedstat (ns; the lab's own figures are ticks of 10 ms, too coarse for typing): the relay
(a host on its own needs one; an organisation has it elsewhere), everything else that runs for the presenter, and the viewers together. What a viewer shows is read off its own X server, so nobody is hidden by another. A line of JSON for
each row goes to FILE.
"""
import argparse
import importlib.util
import json
import os
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, '..', 'harness'))
from party import descendants  # noqa: E402
from bench import free_displays, lab_program  # noqa: E402

SETTLE, DRAIN = 1.5, 1.5


def lab_module():
    """The lab as a module. It measures when it is loaded; the versions of nobody are soon told."""
    asked, sys.argv = sys.argv, ['lab.py', 'versions']
    spec = importlib.util.spec_from_file_location('lab', lab_program(os.environ['LAB'], os.environ['LAB_TMP']))
    lab = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(lab)
    sys.argv = asked
    return lab


def cpu(top):
    """Of the relay and of all others under top, in s."""
    relay = others = 0
    for pid, name in descendants(top).items():
        try:
            with open('/proc/%d/schedstat' % pid) as text:
                spent = int(text.read().split()[0]) / 1e9
        except OSError:
            continue
        if name == 'vitrine-relay':
            relay += spent
        else:
            others += spent
    return relay, others


class Screens:
    """One X server a viewer, with a window manager."""

    def __init__(self, lab, size):
        self.lab, self.size, self.displays, self.running = lab, size, [], []

    def add(self):
        display = ':%d' % free_displays()[0]
        self.running.append(subprocess.Popen(['Xvfb', display, '-screen', '0', self.size + 'x24', '-nolisten', 'tcp', '-noreset', '-s', '0'],
                                             stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))
        for _ in range(100):
            if subprocess.run([self.lab.BIN + '/probe', 'size', '-d', display], capture_output=True, check=False).returncode == 0:
                break
            time.sleep(0.05)
        self.running.append(subprocess.Popen(['openbox', '--config-file', self.lab.LAB + '/openbox.xml'], env=dict(os.environ, DISPLAY=display),
                                             stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))
        width, height = map(int, self.size.split('x'))
        subprocess.run(['xdotool', 'mousemove', str(width - 2), str(height - 2)], env=dict(os.environ, DISPLAY=display), check=False)
        self.displays.append(display)
        return display

    def close(self):
        for process in reversed(self.running):
            process.terminate()
        for process in self.running:
            process.wait()


def frames(path):
    with open(path) as text:
        return {int(line.split()[0]): int(line.split()[1]) for line in text}


def differing(lab, peer, display):
    """How many pixels of a viewer's screen are not the presenter's."""
    return lab.kv(lab.probe('compare', '-s', lab.SRC, '-d', display, '-x', peer.d['vx'], '-y', peer.d['vy'])).get('diff_px', -1)


def play(lab, peer, displays, kind, secs):
    """One run of the content before all viewers."""
    count = int(lab.FPS[kind] * secs)
    drawn = peer.run + '/w.log'
    work = subprocess.Popen([lab.BIN + '/workload', '-d', lab.SRC, '-k', kind, '-n', str(count), '-s', '1', '-w', str(int(SETTLE * 1000)),
                             '-l', drawn, '-H', '60000'], stdout=subprocess.PIPE, text=True)
    strips = work.stdout.readline().split()[1:]
    work.stdout.readline()
    watchers = [subprocess.Popen([lab.BIN + '/probe', 'frames', '-d', display, '-p', ','.join(strips), '-T', str(SETTLE + secs + DRAIN - 0.3),
                                  '-o', '%s/f%d.log' % (peer.run, n), '-x', peer.d['vx'], '-y', peer.d['vy']], stdout=subprocess.DEVNULL)
                for n, display in enumerate(displays)]
    work.stdout.readline()
    foreign, before, watched = lab.Foreign(), cpu(peer.srv.pid), [cpu(v.pid)[1] for v in peer.viewers]
    work.stdout.readline()
    time.sleep(DRAIN)
    after, others = cpu(peer.srv.pid), foreign.cores()
    watched = sum(cpu(v.pid)[1] for v in peer.viewers) - sum(watched)
    for watcher in watchers:
        watcher.wait()
    differ = [differing(lab, peer, display) for display in displays]
    work.terminate()
    work.wait()
    seen = [len(frames('%s/f%d.log' % (peer.run, n)).keys() & frames(drawn).keys()) for n in range(len(displays))]
    return dict(driver=peer.name, kind=kind, viewers=len(displays), drawn=count, seen=seen, relay_cpu=round(after[0] - before[0], 3),
                host_cpu=round(after[1] - before[1], 3), view_cpu=round(watched, 3), diff_px=differ, foreign=others)


def session(lab, name, args):
    stage, screens = lab.Stage(args.size), None
    peer = lab.Peer(stage, name)
    try:
        screens = Screens(lab, args.size)
        peer.start_server()
        for viewers in args.viewers:
            while len(screens.displays) < viewers:
                peer.env['VIEW_DISPLAY'] = screens.add()
                peer.viewers.append(peer.spawn('viewer'))
                deadline = time.monotonic() + 40  # one that never has the whole picture is measured all the same: the row says how much differs
                while differing(lab, peer, screens.displays[-1]) and time.monotonic() < deadline:
                    time.sleep(0.5)
            time.sleep(3)
            yield play(lab, peer, screens.displays, args.kind, args.secs)
    finally:
        peer.stop()
        if screens:
            screens.close()
        stage.close()


def main():
    options = argparse.ArgumentParser()
    options.add_argument('-n', dest='viewers', default='1,8', type=lambda text: [int(n) for n in text.split(',')])
    options.add_argument('-r', dest='reps', default=3, type=int)
    options.add_argument('-t', dest='secs', default=5, type=float)
    options.add_argument('-k', dest='kind', default='scroll')
    options.add_argument('-S', dest='size', default='1280x800')
    options.add_argument('-o', dest='out')
    options.add_argument('drivers', nargs='+')
    args = options.parse_args()
    lab = lab_module()
    for _ in range(args.reps):
        for name in args.drivers:
            for row in session(lab, name, args):
                print(json.dumps(row), flush=True)
                if args.out:
                    with open(args.out, 'a') as out:
                        out.write(json.dumps(row) + '\n')


if __name__ == '__main__':
    main()
