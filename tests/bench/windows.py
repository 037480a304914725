#!/usr/bin/env python3
"""How soon windows are there: home from the start of the program, a consent dialog from its cause, a control from key and button.

xmessage and zenity (where installed) are started in the same run, alternating. `drawn` sees all of them in the same way: it asks
the server to tell what is mapped and what is drawn, and notes the time. vitrine maps a window when its picture is painted, others
map first and paint then: that is in their favour. Prints a table for BENCHMARKS.md. Needs `make all bench`.

    tests/bench/windows.py [TIMES]
"""
import os
import shutil
import statistics
import subprocess
import sys
import threading
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, 'tests', 'harness'))
import desk as desk_module  # noqa: E402
from party import Party  # noqa: E402
from session import Session  # noqa: E402

RIVALS = {'xmessage': ['xmessage', '-buttons', 'Yes:0,No:1', 'Share your screen?'],
          'zenity': ['zenity', '--question', '--text', 'Share your screen?']}
SMALL = 40          # narrower or lower is not the window, but a helper of its toolkit
WANTED = {'home window from start': 150, 'consent dialog from its press': 50, 'focus from Tab': 30, 'control from the button': 30}


class Eyes:
    """What became visible on a desk, each with its time."""

    def __init__(self, desk):
        program = os.path.join(os.environ.get('B', os.path.join(ROOT, 'build')), 'tests/bench/drawn')
        self.seen, self.new = [], threading.Condition()
        self.program = desk.run(os.path.abspath(program), stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        threading.Thread(target=self.read, daemon=True).start()
        self.first('ready', 0)

    def read(self):
        for line in self.program.stdout:
            what, at, *rect = line.split()
            with self.new:
                self.seen.append((what.decode(), int(at) / 1e9, [int(n) for n in rect]))
                self.new.notify_all()

    def first(self, what, since, fits=lambda rect: True, timeout=10):
        """Seconds from then to the first such event."""
        deadline = time.monotonic() + timeout
        with self.new:
            while True:
                for kind, at, rect in self.seen:
                    if kind == what and at >= since and fits(rect):
                        return at - since
                left = deadline - time.monotonic()
                if left <= 0:
                    raise TimeoutError('nothing %s in %d s' % (what, timeout))
                self.new.wait(left)


def large(rect):
    return rect[2] >= SMALL and rect[3] >= SMALL


def within(outer):
    x, y, w, h = outer
    return lambda r: r[0] < x + w and x < r[0] + r[2] and r[1] < y + h and y < r[1] + r[3]


def rival(desk, eyes, name):
    since = time.monotonic()
    program = desk.run(*RIVALS[name])
    took = eyes.first('mapped', since, large)
    desk_module.stop_program(program)
    return took


def home(desk, eyes):
    since = time.monotonic()
    with Party(desk, 'join') as me:
        took = eyes.first('mapped', since, large)
        me.window('home')
    return took


def tab(desk, eyes, rect):
    since = time.monotonic()
    desk.key('Tab', True)
    took = eyes.first('drawn', since, within(rect))
    desk.key('Tab', False)
    time.sleep(0.2)
    return took


def button(desk, eyes, control):
    """From a button that goes down on a control to the control that looks pressed; it is let go elsewhere."""
    desk.move(*desk_module.middle(control))
    time.sleep(0.3)
    since = time.monotonic()
    desk.button(1, True)
    took = eyes.first('drawn', since, within(control))
    desk.move(5, 5)
    desk.button(1, False)
    time.sleep(0.2)
    return took


def dialog(session, eyes):
    """From the press of Share my screen to the dialog; Escape ends it."""
    rect = session.host.control('host-panel', 'share')
    session.desk.move(*desk_module.middle(rect))
    time.sleep(0.3)
    mark = session.host.mark()
    session.desk.button(1, True)
    time.sleep(0.05)
    since = time.monotonic()
    session.desk.button(1, False)
    took = eyes.first('mapped', since, large)
    session.host.wait('prompt', 15, mark, kind='share', armed=True)
    session.desk.tap('Escape')
    session.host.wait('prompt', 15, mark, kind='share', state='closed')
    return took


def line(name, values):
    values = sorted(v * 1000 for v in values)
    middle, wanted = statistics.median(values), WANTED.get(name)
    verdict = ('%d, %s' % (wanted, 'met' if middle < wanted else 'missed')) if wanted else ''
    print('| %s | %.1f | %.1f | %.1f | %s |' % (name, middle, values[0], values[-1], verdict), flush=True)


def main():
    n = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    rivals = [name for name in RIVALS if shutil.which(RIVALS[name][0])]
    times = {name: [] for name in ['home window', *rivals]}
    print('load at the beginning: %.2f; %d of each' % (os.getloadavg()[0], n))
    print('| what | median ms | least | most | wanted |\n|---|---|---|---|---|')
    with desk_module.Desk((1024, 768)) as desk:
        eyes = Eyes(desk)
        for _ in range(n):
            times['home window'].append(home(desk, eyes))
            for name in rivals:
                times[name].append(rival(desk, eyes, name))
        for name, values in times.items():
            line(name + ' from start', values)
        with Party(desk, 'join') as me:
            rect = me.window('home')['rect']
            desk.move(rect[0] + rect[2] // 2, rect[1] + 20)
            time.sleep(0.5)
            line('focus from Tab', [tab(desk, eyes, rect) for _ in range(n)])
            control = me.control('home', 'host')
            line('control from the button', [button(desk, eyes, control) for _ in range(n)])
        with Session(desk) as session:
            line('consent dialog from its press', [dialog(session, eyes) for _ in range(n)])


main()
