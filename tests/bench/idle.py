#!/usr/bin/env python3
"""What a session costs when nothing happens: CPU of every process of vitrine while a still screen is shared and one person looks on.

    B=build tests/bench/idle.py [SECONDS] [DISPLAY...]

Two X servers of its own (displays that are free, if none are named), the same parties as the other measurements. CPU is the kernel's (schedstat), in
per cent of one core; wake-ups are the processes' voluntary switches. Measuring begins when the session has rested for a minute.
"""
import os
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, '..', 'harness'))
from party import descendants  # noqa: E402
from bench import free_displays, free_ports  # noqa: E402


def read(pid, name):
    with open('/proc/%d/%s' % (pid, name)) as text:
        return text.read()


def snapshot(pids):
    out = {}
    for pid in pids:
        switches = next(line for line in read(pid, 'status').splitlines() if line.startswith('voluntary'))
        out[pid] = (int(read(pid, 'schedstat').split()[0]), int(switches.split()[1]))
    return out


def ours(top):
    return {pid: name for pid, name in descendants(top).items() if name.startswith('vitrine')}


def main():
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 20
    host_display, viewer_display = sys.argv[2:4] if len(sys.argv) > 3 else [':%d' % n for n in free_displays()]
    port = str(free_ports()[0])
    started = []
    with tempfile.TemporaryDirectory() as folder:
        try:
            for display in (host_display, viewer_display):
                started.append(subprocess.Popen(['Xvfb', display, '-screen', '0', '1280x800x24', '-nolisten', 'tcp', '-noreset', '-s', '0'],
                                                stderr=subprocess.DEVNULL))
            time.sleep(1)
            program = [sys.executable, os.path.join(HERE, 'side.py')]
            sides = []
            for role, display in (('host', host_display), ('join', viewer_display)):
                sides.append(subprocess.Popen([*program, role, display, port, folder]))
                started.append(sides[-1])
            deadline = time.monotonic() + 60
            while not os.path.exists(folder + '/admitted') and time.monotonic() < deadline:
                time.sleep(0.2)
            time.sleep(62)
            found = [ours(side.pid) for side in sides]
            before = snapshot([pid for side in found for pid in side])
            began = time.monotonic()
            if os.environ.get('IDLE_STRACE'):
                tracers = [subprocess.Popen(['strace', '-f', '-tt', '-o', '%s.%s.%d' % (os.environ['IDLE_STRACE'], name, pid), '-p', str(pid)],
                                            stderr=subprocess.DEVNULL) for side in found for pid, name in side.items()]
                started.extend(tracers)
            time.sleep(seconds)
            after = snapshot(before)
            ms = (time.monotonic() - began) * 1000
            total = 0
            for side, names in zip(('presenter', 'viewer'), found):
                for pid, name in sorted(names.items()):
                    cpu = (after[pid][0] - before[pid][0]) / 1e6
                    total += cpu
                    print('%-10s %-18s %8.3f %%  %6.1f wake-ups a second' % (side, name, 100 * cpu / ms, 1000 * (after[pid][1] - before[pid][1]) / ms))
            print('%-29s %8.3f %% of a core' % ('together', 100 * total / ms))
        finally:
            for process in reversed(started):
                process.terminate()
            for process in started:
                try:
                    process.wait(8)
                except subprocess.TimeoutExpired:
                    process.kill()


if __name__ == '__main__':
    main()
