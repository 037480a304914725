"""Programs in which one call to the system fails (tests/hostile/faults.c), how many calls they have made, and a session with them."""
import contextlib
import functools
import os
import shutil
import struct
import subprocess
import threading

import party
from bus import desktop_bus
from desk import Desk
from hands import HOST, VIEWER, Control, hold_keys, let_go, until_down, until_obeyed
from rogue import place

PLACE, ROOM, PLACES = b'FAULTS:', 64, 1024      # as in faults.c
KINDS = ('alloc', 'read', 'write', 'send', 'open', 'fork', 'libread', 'libwrite', 'fd', 'file', 'stdio', 'liballoc')   # in the order of faults.c


@functools.lru_cache(maxsize=None)
def faulty(program):
    """That program's bytes, and where its orders are; behind them it counts."""
    with open(os.path.join(party.BUILD, 'faults', program), 'rb') as source:
        data = source.read()
    marker = PLACE + b' ' * 8
    assert data.count(marker) == 1
    return data, data.index(marker)


def ordered(program, orders):
    """That program's bytes with those orders (faults.c)."""
    data, at = faulty(program)
    return data[:at] + (PLACE + orders.encode()).ljust(ROOM, b'\0') + data[at + ROOM:]


def spoil(folder, program, orders):
    """From now on the n-th call of that kind fails in each process of that program ("KIND N"), or none ("")."""
    place(folder, program, ordered(program, orders))


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


def counted_in(pid, path, read):
    """What read(memory, address) makes of what a process of the program at that path has counted; None: it is gone, or another program by
    now. That it may not be looked at is no answer: the workers are closed to their own user, so this is for root."""
    try:
        at = address(pid, path, faulty(os.path.basename(path))[1] + ROOM)
        if at is None:
            return None
        with open('/proc/%d/mem' % pid, 'rb') as memory:
            memory.seek(at)
            return read(memory, at)
    except PermissionError:
        raise
    except (OSError, struct.error):
        return None


def counters(pid, path):
    """({kind: calls so far}, waits) of such a process; waits: what let_on() takes, None where it does not wait to be seen. ({}, None): it
    is gone."""
    def read(memory, at):
        *calls, over, seen = struct.unpack('=%dI' % (len(KINDS) + 2), memory.read(4 * len(KINDS) + 8))
        return dict(zip(KINDS, calls)), (pid, at + 4 * len(KINDS) + 4, over) if over != seen else None
    return counted_in(pid, path, read) or ({}, None)


def calls_at_places(pid, path):
    """{(kind, address): calls} of such a process, at each place of its program's code; {}: it is gone."""
    def read(memory, at):
        memory.seek(at + 4 * len(KINDS) + 8)
        places = struct.unpack('=I', memory.read(4))[0]
        assert places < PLACES, '%s has more places than faults.c has room for' % path
        return {(KINDS[kind], where): calls for where, kind, calls in struct.iter_unpack('=3I', memory.read(12 * places))}
    return counted_in(pid, path, read) or {}


def in_project(path):
    """That file's name from the top of the project, wherever it was compiled; None: it is none of it."""
    parts = path.split('/')
    tails = ('/'.join(parts[i:]) for i in range(1, len(parts)))
    return next((tail for tail in tails if os.path.isfile(os.path.join(party.ROOT, tail))), None)


def places_named(program, places):
    """{(kind, address): 'broker/app.c:function'} of such places; a second one of that kind in that function ends in '.2', and so on."""
    named, times = {}, {}
    for kind, where in sorted(places):
        asked = subprocess.run(['addr2line', '-i', '-f', '-e', os.path.join(party.BUILD, 'faults', program), '%#x' % (where - 1)],    # in the call, not behind
                               capture_output=True, text=True, check=True).stdout.splitlines()
        frames = [(function, in_project(file.split(':')[0])) for function, file in zip(asked[::2], asked[1::2])]
        function, file = next(frame for frame in frames if frame[1])    # an inlined one of the C library's is not ours
        n = times[kind, file, function] = times.get((kind, file, function), 0) + 1
        named[kind, where] = '%s:%s%s' % (file, function, '' if n == 1 else '.%d' % n)
    return named


def let_on(waits):
    """It was seen, and goes on."""
    pid, at, over = waits
    with contextlib.suppress(OSError), open('/proc/%d/mem' % pid, 'r+b', 0) as memory:
        memory.seek(at)
        memory.write(struct.pack('=I', over))


def programs_of(someone, folder, only=None, strangers=None):
    """[(pid, program)] of all its processes now, or of those of one program. Launcher and watcher are the broker's program. strangers: as
    for descendants()."""
    programs = [(someone.process.pid, 'vitrine'), *someone.workers(strangers).items()]
    programs = [(pid, name if os.path.exists(os.path.join(folder, name)) else 'vitrine') for pid, name in programs]
    return [(pid, name) for pid, name in programs if only in (None, name)]


def counters_of(programs, folder):
    """[(program, its counters, waits)] of such processes."""
    return [(name, *counters(pid, os.path.join(folder, name))) for pid, name in programs]


class Looking:
    """As long as the block runs, {(program, kind): calls} in `most`: the most in one process of that program; in `waited`, whether one
    waited to be seen; in `places`, where that is asked for, {(program, kind, address): calls}. A look that went wrong is the test's
    failure, not a small number. Who is not root sees nothing."""

    def __init__(self, whose, folder, pause, only=None, places=False):
        self.places = {} if places else None
        self.most, self.waited, self.trouble = {}, False, None
        self.whose, self.folder, self.pause, self.only = whose, folder, pause, only
        self.waiting, self.programs, self.strangers = set(), set(), {}
        self.over = threading.Event()
        self.thread = threading.Thread(target=self._looks)

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

    def _looks(self):
        try:
            while not self.over.wait(self.pause):
                self.look()
        except Exception as trouble:
            self.trouble = trouble

    def look(self):
        """Who waits is let on when everybody has been looked at since: it may be about to kill one. Those are looked at, too, whose
        broker is gone."""
        before, self.waiting = self.waiting, set()
        someone = self.whose()
        self.programs |= set(programs_of(someone, self.folder, self.only, self.strangers.setdefault(someone, set())))
        if self.places is not None:
            self.look_at_places()
        for program, calls, waits in counters_of(self.programs, self.folder):
            for kind, n in calls.items():
                self.most[program, kind] = max(n, self.most.get((program, kind), 0))
            self.waiting |= {waits} - {None}
        for waits in self.waiting & before:
            let_on(waits)
        self.waited = self.waited or bool(self.waiting)

    def look_at_places(self):
        for pid, program in self.programs:
            for (kind, where), n in calls_at_places(pid, os.path.join(self.folder, program)).items():
                self.places[program, kind, where] = max(n, self.places.get((program, kind, where), 0))


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
