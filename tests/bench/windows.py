#!/usr/bin/env python3
"""How soon windows are there: home from the start of the program, a consent dialog from its cause, a control from a key.

xmessage and zenity (where installed) are started in the same run, alternating, and found in the same way: by polling the
server for a mapped window of that class, which costs all of them the same. vitrine's own word for it (--events) is beside it.
Prints a table for BENCHMARKS.md. Needs `make all bench`.
"""
import os
import shutil
import statistics
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'harness'))
import desk as desk_module  # noqa: E402
from party import Party  # noqa: E402
from session import Session  # noqa: E402

RIVALS = {'xmessage': (['xmessage', '-buttons', 'Yes:0,No:1', 'Share your screen?'], 'Xmessage'),
          'zenity': (['zenity', '--question', '--text', 'Share your screen?'], 'Zenity')}


def mapped(desk, kind, since):
    """Seconds until a window of that class is mapped."""
    desk.call('xdotool', 'search', '--sync', '--onlyvisible', '--class', kind)
    return time.monotonic() - since


def rival(desk, name):
    command, kind = RIVALS[name]
    since = time.monotonic()
    program = desk.run(*command)
    took = mapped(desk, kind, since)
    desk_module.stop_program(program)
    return took


def home(desk):
    since = time.monotonic()
    with Party(desk, 'join') as me:
        seen = mapped(desk, 'vitrine', since)
        said = me.window('home')['_at'] - since
    return seen, said


def dialog(session):
    """From the press of Share my screen to the dialog, and from Escape to its end."""
    rect = session.host.control('host-panel', 'share')
    session.desk.move(*desk_module.middle(rect))
    since = session.host.mark()
    session.desk.button(1, True)
    begin = time.monotonic()
    session.desk.button(1, False)
    shown = session.host.window('consent-share', 15, since)['_at'] - begin
    session.host.wait('prompt', 15, since, kind='share', armed=True)
    session.desk.tap('Escape')
    session.host.wait('prompt', 15, since, kind='share', state='closed')
    return shown


def reaction(desk, me):
    """From a key to changed pixels of the window."""
    rect = me.window('home')['rect']
    before = desk.shot(rect)
    begin = time.monotonic()
    desk.key('Tab', True)
    while desk.shot(rect).data == before.data:
        if time.monotonic() - begin > 5:
            break
    took = time.monotonic() - begin
    desk.key('Tab', False)
    return took


def shot_cost(desk, rect):
    begin = time.monotonic()
    desk.shot(rect)
    return time.monotonic() - begin


def line(name, values):
    values = sorted(v * 1000 for v in values)
    print('| %s | %.0f | %.0f | %.0f |' % (name, statistics.median(values), values[0], values[-1]), flush=True)


def main():
    n = int(sys.argv[1]) if len(sys.argv) > 1 else 10
    rivals = [name for name in RIVALS if shutil.which(RIVALS[name][0][0])]
    times = {name: [] for name in rivals}
    seen, said = [], []
    print('load at the beginning: %s; %d of each' % (os.getloadavg(), n))
    print('| what | median ms | least | most |\n|---|---|---|---|')
    with desk_module.Desk((1024, 768)) as desk:
        for _ in range(n):
            one, other = home(desk)
            seen.append(one)
            said.append(other)
            for name in rivals:
                times[name].append(rival(desk, name))
        line('home window from start, as found', seen)
        line('home window from start, as told', said)
        for name in rivals:
            line('%s from start, as found' % name, times[name])
        with Party(desk, 'join') as me:
            rect = me.window('home')['rect']
            desk.move(rect[0] + rect[2] // 2, rect[1] + 20)
            time.sleep(0.5)
            line('key to changed pixels (one look costs the next line)', [reaction(desk, me) for _ in range(n)])
            line('one look at the screen', [shot_cost(desk, rect) for _ in range(n)])
        with Session(desk) as session:
            line('consent dialog from its press', [dialog(session) for _ in range(n)])


main()
