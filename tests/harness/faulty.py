"""Programs in which one call to the system fails (tests/hostile/faults.c), how many calls they have made, and a session with them."""
import contextlib
import functools
import os
import shutil
import struct
import threading

import party
from bus import desktop_bus
from desk import Desk
from hands import HOST, VIEWER, Control, hold_keys, let_go, until_down, until_obeyed
from rogue import place

PLACE, ROOM = b'FAULTS:', 64
KINDS = ('alloc', 'read', 'write', 'send', 'open', 'fork', 'libread', 'libwrite', 'fd', 'file', 'stdio', 'liballoc')   # in the order of faults.c


@functools.lru_cache(maxsize=None)
def faulty(program):
    """That program's bytes, and where its orders are; behind them it counts."""
    with open(os.path.join(party.BUILD, 'faults', program), 'rb') as source:
        data = source.read()
    marker = PLACE + b' ' * 8
    assert data.count(marker) == 1
    return data, data.index(marker)


def spoil(folder, program, orders):
    """From now on the n-th call of that kind fails in each process of that program ("KIND N"), or none ("")."""
    data, at = faulty(program)
    place(folder, program, data[:at] + (PLACE + orders.encode()).ljust(ROOM - 1) + data[at + ROOM - 1:])


def address(pid, path, at):
    """Where that byte of the program's data is in its memory; None: it is no process of that program."""
    inode = os.stat(path).st_ino
    with open('/proc/%d/maps' % pid) as maps:
        for row in map(str.split, maps):
            start, end = (int(x, 16) for x in row[0].split('-'))
            offset = int(row[2], 16)
            if int(row[4]) == inode and row[1].startswith('rw') and offset <= at < offset + end - start:
                return start + at - offset
    return None


def counters(pid, path):
    """{kind: calls so far} of a process of the program at that path; {}: it is gone, or another program by now. That it may not be
    looked at is no answer: the workers are closed to their own user, so this is for root."""
    try:
        place_of = address(pid, path, faulty(os.path.basename(path))[1] + ROOM)
        if place_of is None:
            return {}
        with open('/proc/%d/mem' % pid, 'rb') as memory:
            memory.seek(place_of)
            return dict(zip(KINDS, struct.unpack('=%dI' % len(KINDS), memory.read(4 * len(KINDS)))))
    except PermissionError:
        raise
    except (OSError, struct.error):
        return {}


def counters_of(someone, folder):
    """[(program, its counters)] of all its processes now. Launcher and watcher are the broker's program."""
    programs = [(someone.process.pid, 'vitrine'), *someone.workers().items()]
    programs = [(pid, name if os.path.exists(os.path.join(folder, name)) else 'vitrine') for pid, name in programs]
    return [(name, counters(pid, os.path.join(folder, name))) for pid, name in programs]


class Counting:
    """As long as the block runs, {(program, kind): calls} in `most`: the most in one process of that program. A count that went wrong
    is the test's failure, not a small number. Who is not root counts nothing."""

    def __init__(self, whose, folder, pause):
        self.most, self.trouble = {}, None
        self.whose, self.folder, self.pause = whose, folder, pause
        self.over = threading.Event()
        self.thread = threading.Thread(target=self._count)

    def __enter__(self):
        if not os.geteuid():
            self.thread.start()
        return self

    def __exit__(self, kind, *_):
        self.over.set()
        if self.thread.ident:
            self.thread.join()
        if self.trouble and kind is None:
            raise self.trouble

    def _count(self):
        try:
            while not self.over.wait(self.pause):
                self.look()
        except Exception as trouble:
            self.trouble = trouble

    def look(self):
        for program, calls in counters_of(self.whose(), self.folder):
            for kind, n in calls.items():
                self.most[program, kind] = max(n, self.most.get((program, kind), 0))


class Programs:
    """Those in self.folder, of which one at most is spoilt."""

    spoilt = None

    def spoil(self, program, orders):
        """That program, and no other one any more."""
        if self.spoilt not in (None, program):
            with open(os.path.join(party.binaries(), self.spoilt), 'rb') as good:
                place(self.folder, self.spoilt, good.read())
        self.spoilt = program
        spoil(self.folder, program, orders)


class Place(Programs):
    """Two desks and the programs, for one session after the other."""

    def __enter__(self):
        with contextlib.ExitStack() as stack:
            self.desk = stack.enter_context(Desk(HOST))
            stack.enter_context(desktop_bus(self.desk, names={'org.gnome.ScreenSaver': ':1.7'}))
            self.other = stack.enter_context(Desk(VIEWER))
            self.folder = stack.enter_context(party.copy())
            self.stack = stack.pop_all()
        return self

    def __exit__(self, *_):
        self.stack.close()

    def forget(self):
        """What sessions before have left in this user's folders."""
        for desk in (self.desk, self.other):
            for name in ('XDG_STATE_HOME', 'XDG_CONFIG_HOME'):
                shutil.rmtree(desk.env[name], ignore_errors=True)


class Faulty(Control):
    """The programs of that place are the host's, or the viewer's."""

    def __init__(self, at, side):
        self.at, self.side = at, side
        super().__init__(at.desk, programs=None if side == 'viewer' else at.folder)
        self.host.hopeless = self.over
        self.host.patience = 12     # what does not come is what is looked for here

    def start_join(self, desk, *args, **more):
        viewer = super().start_join(desk, *args, programs=self.at.folder if self.side == 'viewer' else None, **more)
        viewer.hopeless, viewer.patience = self.over, self.host.patience
        return viewer

    def over(self):
        """Somebody has said that it cannot go on: the rest is not waited for as long as otherwise."""
        return any(p.find('error') or p.find('ended') or p.process.poll() is not None for p in self.everyone())

    def everyone(self):
        return [self.host, *self.viewers]

    def victim(self):
        return self.viewers[0] if self.side == 'viewer' and self.viewers else self.host


def under_control(s, viewer):
    """That person holds keys until the owner ends it."""
    rect = s.give(viewer)
    until_obeyed(s.desk, s.at.other, rect)
    hold_keys(s.desk, s.at.other, rect)
    since = s.host.mark()
    s.host.press('sharing-bar-control', 'stop_ctl', timeout=5)
    s.host.wait('control', 5, since, state='off')
    until_down(s.desk, 0)
    let_go(s.at.other)


def a_session(s):
    """Somebody comes in, the screen is shown, paused, shown again and stopped; the end for everyone. Where it is not about the
    host's part of that alone, that person controls it for a moment."""
    viewer = s.join(s.at.other)
    s.share()
    if s.side != 'host':
        under_control(s, viewer)
    s.host.press('sharing-bar', 'pause', timeout=5)
    s.host.wait('share', 5, state='paused')
    since = s.host.mark()
    s.host.press('sharing-bar', 'resume', timeout=5)
    s.host.wait('share', 10, since, state='on')
    s.host.press('sharing-bar', 'stop', timeout=5)
    s.host.press('host-panel', 'end', timeout=5)
    s.host.answer('end', 'yes', timeout=5)
    viewer.wait('ended', 5)
