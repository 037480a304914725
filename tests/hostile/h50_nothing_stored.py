"""Nothing of a session is stored (invariant 8): random pixels that were shown, as pixels, in units and scaled, what was written, pasted
or typed under control, what lay in the clipboard, and the password, are afterwards in no process, memory file, shared segment, file or swap area; however it ended. And what is opened for writing, by whom.

Looking into other processes takes root; without, the kernel refuses, which is itself the protection, and these tests are skipped.
"""
import base64
import contextlib
import glob
import os
import random
import re
import signal
import string
import subprocess
import sys
import tempfile
import time

import canary
import party
from bus import desktop_bus
from desk import PATIENCE, Desk, needs_root
from hands import TRIES, Control, click_picture, until_obeyed
from relay import Relay
from session import enlarge
from wire import Wire

HOST, VIEWER = (1024, 768), (1200, 960)
PICTURE = [canary.TILE, 3 * canary.TILE, canary.WIDTH, canary.ROWS]     # a tile's corner, where none of the own windows lies: those are not shown
SMALLER = 150       # pixels between the viewer's window and every edge of its desk: it shows the picture smaller than it is


def show(desk, secret):
    """The canary on that desk's screen, and in nobody's hands but the program that shows it."""
    path = os.path.join(desk.dir, 'canary.png')
    secret.png(path)
    program = desk.show('feh', '--borderless', '--geometry', '%dx%d+%d+%d' % (*PICTURE[2:], *PICTURE[:2]), path, kind='feh')
    os.unlink(path)
    return program


def hide(desk, program):
    """Gone, and painted over: what is left in that X server is its own (platform.md 10)."""
    end(program)
    desk.call('xsetroot', '-solid', '#305070')
    desk.shot()


def word():
    return ''.join(random.choices(string.ascii_lowercase, k=20))


def copied(desk, text, place='-0-0'):
    """A terminal of that desk that has put this into the clipboard; the program in it holds what is typed."""
    said = base64.b64encode(text.encode()).decode()
    program = desk.show('xterm', '-xrm', '*disallowedWindowOps:', '-geometry', '20x2' + place, '-e', 'sh', '-c',
                        "printf '\\033]52;c;%s\\007' " + said + '; exec cat')
    return program


def end(program):
    program.kill()
    program.wait()


class Shown(Control):
    """A session whose viewer has seen the canary; control: it can be found in the viewer's painter."""

    def __init__(self, desk, other, *args, **more):
        super().__init__(desk, *args, **more)
        self.other, self.secret = other, canary.Canary()

    def __enter__(self):
        super().__enter__()
        self.secret.say('password', self.info['password'])
        self.secret.say('spoken', self.info['password'].replace(' ', ''))
        self.viewer = self.join(self.other)
        os.unlink(os.path.join(self.other.dir, 'password-Vera'))     # this test's own
        self.write()
        self.show_and_share()
        return self

    def write(self):
        """A line that both sides' windows show; control: it can be found in the reader's program."""
        line, clip = word(), word()
        self.secret.say('chat', line)
        self.secret.say('clip', clip)
        owner = copied(self.desk, clip)
        self.host.press('host-panel', 'chat')
        since = self.viewer.mark()
        self.desk.click_rect(self.host.control('chat', 'text'))
        self.desk.type(line)
        self.host.press('chat', 'send')
        self.viewer.wait('chat', since=since, mine=False)
        since = self.viewer.mark()
        self.desk.click_rect(self.host.control('chat', 'text'))
        self.desk.tap('Control_L', 'v')
        self.host.press('chat', 'send')
        self.viewer.wait('chat', since=since, mine=False)
        self.holds(self.viewer.process.pid, 'chat', 'clip')
        self.desk.tap('Escape')
        self.host.wait('window', name='chat', state='closed')
        end(owner)

    def holds(self, pid, *names):
        """Positive control: that process has it, and is looked at."""
        found, _ = self.secret.scan(self.desk.dir, '-p', str(pid))
        for name in names:
            assert any(line.startswith(name) for line in found), 'control: not found: ' + name

    def type_and_copy(self):
        """The viewer gets control and types; something nobody pastes is in the clipboard of either side meanwhile. Control: the
        terminal holds what was typed, and what is in the clipboard."""
        enlarge(self.other)
        typed, kept = word(), word()
        time_of_it = str(len(self.secret.typed))    # what was typed before stays looked for
        self.secret.type('typed' + time_of_it, typed)
        self.secret.say('kept' + time_of_it, kept)
        theirs = copied(self.other, kept)
        terminal = copied(self.desk, kept, '+12+390')
        rect = self.give(self.viewer)
        window = self.desk.call('xdotool', 'search', '--onlyvisible', '--class', 'XTerm').split()[0].decode()
        self.desk.call('xdotool', 'windowfocus', '--sync', window)
        self.desk.call('xset', 'r', 'off')              # nothing twice, however late a release comes
        until_obeyed(self.desk, self.other, rect)
        click_picture(self.other, rect, 30, 400)        # beside the host panel, which is out of reach
        self.other.type(typed)
        self.other.tap('Return')
        with open('/proc/%d/task/%d/children' % (terminal.pid, terminal.pid)) as children:
            cat = children.read().split()[0]
        until = time.monotonic() + PATIENCE
        while True:
            found, _ = self.secret.scan(self.desk.dir, '-p', str(terminal.pid), '-p', cat)
            if {'typed%s-utf8' % time_of_it, 'kept%s-utf8' % time_of_it} <= {line.split()[0] for line in found}:
                break
            assert time.monotonic() < until, ('control: typed, and not there', found)
            time.sleep(0.2)
        end(theirs)
        end(terminal)

    def show_and_share(self):
        """Shared, shown, looked at by its presenter, and by the viewer smaller than it is."""
        self.share()
        self.appear()
        since = self.host.mark()
        self.host.press('sharing-bar', 'see')
        self.mirror = self.host.wait('worker', since=since, role='view', state='verified')['pid']
        self.host.window('mirror', since=since)
        self.fits('mirror', self.host.control('mirror', 'picture'), [self.mirror])
        enlarge(self.other, SMALLER)
        end = time.monotonic() + PATIENCE
        while self.viewer.control('viewer', 'picture')[2] >= HOST[0]:
            assert time.monotonic() < end, self.viewer.transcript()
            time.sleep(0.02)
        self.fits('smaller', self.viewer.control('viewer', 'picture'), self.viewer.worker_pids('vitrine-render'))

    def appear(self):
        """The canary, by itself, in an update of its own; control: capture has units of every kind that is looked for. Where something
        else came in between another canary is shown: of this one's tiles the viewer has been told to keep a copy."""
        for _ in range(TRIES):
            self.program, held = show(self.desk, self.secret), set()
            capture, = self.host.worker_pids('vitrine-capture')
            self.until_held([capture], 'exact', held)       # which is the last of them
            if set(canary.EVERY) <= held:
                return
            hide(self.desk, self.program)
            self.secret.paint()
        raise AssertionError('control: capture never had', set(canary.EVERY) - held)

    def fits(self, name, rect, painters):
        """Control: the picture as it is shown there is in its painter."""
        self.secret.fit(name, HOST, PICTURE[:2], rect[2:])
        self.until_held(painters, name, set())

    def until_held(self, pids, name, held):
        """Until it is in one of those processes; held: whatever else is, too."""
        end = time.monotonic() + PATIENCE
        while name not in held:
            assert time.monotonic() < end, ('control: not found', name, held)
            found, _ = self.secret.scan(self.desk.dir, *canary.memory(pids))
            held.update(line.split()[0] for line in found)

    def nowhere(self, over=False):
        """Sharing has stopped: nothing on the presenter's side, in no file, and not in what brought it to a viewer. over: the session, too:
        nothing anywhere, the password and what was written included. (Until then a viewer's window keeps what it showed last.)"""
        hide(self.desk, self.program)
        found, looked = [], 0
        for _ in range(8):                      # the last exit of a killed process may take a moment
            found, looked = self.secret.scan(
                self.desk.dir, *canary.places(self.desk, self.other), *canary.workers(self.host), '-m', str(self.desk.server.pid),
                *((*canary.workers(self.viewer), '-p', str(self.other.server.pid)) if over else canary.memory(self.viewer.worker_pids('vitrine-seal'))))
            found = [line for line in found if over or not line.startswith(('password', 'spoken', 'chat', 'clip'))]
            if not found:
                break
            time.sleep(1)
        assert not found, sorted(set(found))
        print('(%d MB looked at) ' % (looked >> 20), end='')


def test_canary_is_found():
    """Positive controls: a leak in each representation and place is found, and no other name is."""
    needs_root()
    with Desk(HOST, kind='xvfb') as desk:
        secret = canary.Canary()
        secret.say('word', word())          # at random: what this file says may lie in another copy of it
        secret.type('typed', word())
        secret.fit('smaller', HOST, PICTURE[:2], (478, 270))
        forms = {}
        for name, data, _ in secret.forms():
            forms.setdefault(name, data)
        for name, data in forms.items():
            path = os.path.join(desk.dir, 'planted')
            with open(path, 'wb') as out:
                out.write(os.urandom(1000) + data + b'x')
            found, _ = secret.scan(desk.dir, *canary.places(desk))
            assert [line.split()[0] for line in found] == [name] and path in found[0], (name, found)
            os.unlink(path)
        with tempfile.NamedTemporaryFile() as left:
            left.write(data)
            left.flush()
            found, _ = secret.scan(desk.dir, *canary.places(desk))
            assert len(found) == 1 and left.name in found[0], found
        held = b'x'.join(forms.values()).hex()
        plants = {'heap': 'keep = bytes.fromhex("%s") * 1' % held,
                  'memfd': 'import os; f = os.memfd_create("x"); os.write(f, bytes.fromhex("%s"))' % held,
                  'shared': 'import mmap; m = mmap.mmap(-1, 8192); m.write(bytes.fromhex("%s"))' % held}
        for place, code in plants.items():
            leak = subprocess.Popen([sys.executable, '-c', 'import sys; %s; print(1, flush=True); sys.stdin.read()' % code],
                                    stdin=subprocess.PIPE, stdout=subprocess.PIPE)
            leak.stdout.readline()
            found, _ = secret.scan(desk.dir, '-p', str(leak.pid))
            leak.kill()
            leak.wait()
            where = 'descriptor' if place == 'memfd' else 'memory'
            assert set(forms) == {line.split()[0] for line in found if where in line}, (place, found)


def test_stop_and_end():
    needs_root()
    with Desk(HOST) as desk, Desk(VIEWER) as other:
        with Shown(desk, other) as s:
            s.type_and_copy()
            since = s.host.mark()
            s.host.press('sharing-bar-control', 'stop')
            s.host.wait('share', since=since, state='off')
            s.nowhere()
            s.show_and_share()
            since = s.host.mark()
            s.host.press('sharing-bar', 'stop')
            s.host.wait('share', since=since, state='off')
            s.host.press('host-panel', 'end')
            s.host.answer('end', 'yes')
            for one in (s.host, s.viewer):
                one.wait('ended', how='properly')
                one.window('ended')
            s.nowhere(over=True)


def test_kill_switch_and_cut():
    needs_root()
    with Desk(HOST) as desk, Desk(VIEWER) as other:
        with Shown(desk, other) as s:
            s.type_and_copy()
            desk.tap('Control_L', 'F12', times=2)       # again within two seconds: sharing ends too
            s.host.wait('share', 5, state='off')
            s.nowhere()
            s.show_and_share()
            os.kill(s.host.worker_pids('vitrine-relay')[0], signal.SIGKILL)
            s.host.wait('ended', 90, how='cut')
            s.viewer.wait('ended', 90, how='cut')     # it tries to come back for 60 s
            s.nowhere(over=True)


def test_killed_processes():
    """kill -9 of each: what lives on, and what was written, holds nothing."""
    needs_root()
    with Desk(HOST) as desk, Desk(VIEWER) as other:
        with Shown(desk, other) as s:
            for name in ('vitrine-capture', 'vitrine-gate'):
                since = s.host.mark()
                os.kill(s.host.worker_pids(name)[0], signal.SIGKILL)
                s.host.wait('share', since=since, state='off')
                s.nowhere()
                s.show_and_share()
            s.type_and_copy()
            since = s.host.mark()
            os.kill(s.mirror, signal.SIGKILL)
            s.host.wait('window', since=since, name='mirror', state='closed')
            os.kill(s.viewer.role_pids('view')[0], signal.SIGKILL)
            s.viewer.wait('ended', how='cut')
            os.kill(s.host.worker_pids('vitrine-seal')[0], signal.SIGKILL)
            s.host.wait('ended', how='cut')
            s.nowhere(over=True)


def test_killed_under_control():
    """kill -9 of the worker that types for another, then of the gate it types through."""
    needs_root()
    with Desk(HOST) as desk, Desk(VIEWER) as other:
        with Shown(desk, other) as s:
            for which in (1, 0):
                s.type_and_copy()
                since = s.host.mark()
                pids = s.pair()[which]
                os.kill(pids[-1], signal.SIGKILL)
                s.host.wait('control', 20, since, state='off')
                s.host.press('sharing-bar', 'stop')
                s.host.wait('share', 20, since, state='off')
                s.nowhere()
                s.show_and_share()
            s.host.press('sharing-bar', 'stop')
            s.host.press('host-panel', 'end')
            s.host.answer('end', 'yes')
            s.viewer.wait('ended')
            s.host.wait('ended')
            s.nowhere(over=True)


def killed(party, names):
    """One of each, one after the other: every one of them is there to be killed."""
    for name in names:
        pids = party.role_pids(name) or party.worker_pids('vitrine-' + name)
        assert pids, ('no %s is there' % name, party.workers())
        os.kill(pids[0], signal.SIGKILL)
        time.sleep(0.5)


def test_killed_one_after_the_other():
    """kill -9 of the processes that see no picture, on either side, each with those before it gone."""
    needs_root()
    with Desk(HOST) as desk, Desk(VIEWER) as other, desktop_bus(desk), desktop_bus(other):
        with Shown(desk, other) as s:
            s.type_and_copy()
            killed(s.viewer, ('bus', 'watch', 'audit', 'launch', 'ui'))
            killed(s.host, ('bus', 'ui', 'watch', 'audit', 'launch', 'net'))
            killed(s.viewer, ('net', 'seal'))
            s.viewer.wait('ended', 90)
            deadline = time.monotonic() + PATIENCE
            while not s.host.find('ended') and s.host.process.poll() is None:
                assert time.monotonic() < deadline, s.host.transcript()
                time.sleep(0.1)
            s.nowhere(over=True)


def kill_dial(party):
    """It lives until it is connected: at the start, and after a loss of the line, again and again for a minute; ten seconds each time
    where nobody answers."""
    end = time.monotonic() + PATIENCE
    while True:
        assert time.monotonic() < end, party.transcript()
        for pid in party.role_pids('dial'):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
                party.wait('worker', pid=pid, state='ended')
                return
        time.sleep(0.02)


def test_killed_programs():
    """The line is lost, kill -9 of the processes that seek the way back, and then of the whole program, on either side."""
    needs_root()
    with Desk(HOST) as desk, Desk(VIEWER) as other, Relay() as relay, contextlib.closing(Wire(relay.port)) as wire:
        with Shown(desk, other, '--relay', relay.through(wire)) as s:
            s.type_and_copy()
            wire.deafen()
            for one in (s.host, s.viewer):
                kill_dial(one)
            for one in (s.viewer, s.host):
                os.kill(one.process.pid, signal.SIGKILL)
                one.process.wait()
            time.sleep(0.3)
            s.nowhere(over=True)


# ---------------------------------------------------------------------------------------------- what is opened
# Their folders; the trail and its key; settings, the keys of relays among them; who was met, by their keys' fingerprints. Of the latter two the new
# file is written beside the old one, under a lock, and renamed.
ALLOWED = [r'/(state|config)(/vitrine)?$', r'/state/vitrine/audit\.log(\.key)?$', r'/config/vitrine/(settings|known)(\.new|\.lock)?$', r'^/dev/null$']
OPENING, MAKING = 'open,openat,openat2', 'creat,mkdir,mkdirat,bind,mknod,mknodat,truncate,link,linkat,symlink,symlinkat,rename,renameat,renameat2'
FILLING = 'fallocate,ftruncate'     # of what is open already: a memory file may be
CALL = re.compile(r'\b(%s)\((.*) = \d' % ','.join((OPENING, MAKING, FILLING)).replace(',', '|'))


def written(line):
    """The paths that this call opened or made for writing."""
    match = CALL.search(line)
    if not match or match.group(1) in OPENING.split(',') and not re.search('O_(WRONLY|RDWR|CREAT|TRUNC|TMPFILE)', line):
        return []
    if match.group(1) in FILLING.split(','):
        return [path for path in re.findall(r'^\d+<([^>]*)>', match.group(2)) if not path.startswith('/memfd:')]
    if match.group(1) == 'bind':
        return re.findall(r'sun_path="([^"]*)"', match.group(2))      # @"..." is a name, and no file
    return re.findall(r'"([^"]*)"', match.group(2))


def chat(s, viewer):
    s.host.press('host-panel', 'chat')
    since = viewer.mark()
    s.desk.click_rect(s.host.control('chat', 'text'))
    s.desk.type('hello')
    s.host.press('chat', 'send')
    viewer.wait('chat', 60, since, mine=False)
    s.desk.tap('Escape')
    s.host.wait('window', 20, name='chat', state='closed')


def traced(path, user=('-u', 'nobody')):
    """A tracer that may look into processes that are closed to their own user."""
    return ['strace', *user, '-ff', '-qq', '-y', '-o', path, '-e', 'trace=' + ','.join((OPENING, MAKING, FILLING))]


def traces(folder):
    """Every line, of how many processes."""
    paths, lines = glob.glob(folder + '/*'), []
    for path in paths:
        with open(path, errors='replace') as trace:
            lines += trace.readlines()
    return lines, len(paths)


# Each way to a file, for the tracer to see; 437 is openat2.
WAYS = """
import ctypes, os, socket
os.chdir('{folder}')
open('stdio', 'w'), os.open('both', os.O_RDWR | os.O_CREAT)
os.mknod('made'), os.link('both', 'linked'), os.symlink('both', 'named'), os.rename('made', 'moved'), os.truncate('both', 1)
ctypes.CDLL(None).syscall(437, -100, b'second', ctypes.byref((ctypes.c_uint64 * 3)(os.O_WRONLY | os.O_CREAT, 0o600, 0)), 24)
os.mkdir('folder'), socket.socket(socket.AF_UNIX).bind('listening')
with open('filled', 'wb') as f: os.posix_fallocate(f.fileno(), 0, 10), os.ftruncate(f.fileno(), 5)
f = os.memfd_create('memory'); os.ftruncate(f, 5)
socket.socket(socket.AF_UNIX).bind('\\0name'), socket.socket().bind(('127.0.0.1', 0))
open('/etc/passwd')
"""


def test_writing_is_seen():
    """Positive control: by whichever call, and of what is only read nothing."""
    needs_root()
    with tempfile.TemporaryDirectory(prefix='vts') as folder:
        os.mkdir(folder + '/trace')
        subprocess.run([*traced(folder + '/trace/way', user=()), sys.executable, '-c', WAYS.format(folder=folder)], check=True, timeout=60)
        lines, _ = traces(folder + '/trace')
        found = {path for line in lines for path in written(line)}
        assert found >= {'stdio', 'both', 'made', 'linked', 'named', 'moved', 'second', 'folder', 'listening'}, found
        calls = {CALL.search(line).group(1): written(line) for line in lines if written(line)}
        for call in FILLING.split(','):
            assert calls.get(call) == [folder + '/filled'], (call, calls.get(call))
        assert not any('memory' in path or 'name' == path or '127' in path for path in found), found
        assert not any(path.startswith(('/usr', '/lib', '/etc')) for path in found), found


@contextlib.contextmanager
def started_by_root():
    """Programs are started as root here: the tracer, which makes a normal user of what it traces."""
    party.user, before = (lambda: {}), party.user
    try:
        yield
    finally:
        party.user = before


def test_no_file_is_written():
    """Every process of both sides traced from its first call: only the trail, the settings and who was met are opened for writing.
    Either side has a key of its own, so that either has somebody to write down."""
    needs_root()
    with Desk(HOST) as desk, Desk(VIEWER) as other, tempfile.TemporaryDirectory(prefix='vts') as folder:
        for one in (desk, other):
            one.call(os.path.join(party.binaries(), 'vitrine'), 'identity', 'new')
        with started_by_root(), Control(desk, wrap=traced(folder + '/host')) as s:
            viewer = s.start_join(other, wrap=traced(folder + '/viewer'))
            s.host.wait('prompt', 90, kind='admit', name='Vera')     # tracing is slow
            s.admit('Vera')
            s.share()
            viewer.wait('member', 60, state='presenter')
            chat(s, viewer)
            since = s.host.mark()
            s.host.click_answer(s.ask(viewer), 'yes')
            s.host.wait('control', 30, since, state='on')
            assert all(s.pair()), 'control: gate and worker are there'
            desk.tap('Control_L', 'F12', times=2)
            s.host.wait('share', 20, state='off')
        lines, processes = traces(folder)
        assert processes >= 12, 'control: every process has its trace, not %d' % processes
        opened = {path for line in lines for path in written(line)}
        for name in ('audit.log', 'known.new', 'settings.new'):
            assert any(path.endswith(name) for path in opened), 'control: %s was written' % name
        strange = [path for path in opened if not any(re.search(pattern, path) for pattern in ALLOWED)]
        assert not strange, strange
        print('(%d processes, %d calls) ' % (processes, len(lines)), end='')


test_killed_under_control.limit = test_killed_one_after_the_other.limit = 240
test_killed_one_after_the_other.waits = True
test_stop_and_end.limit = test_killed_programs.limit = test_kill_switch_and_cut.limit = test_killed_processes.limit = 240
test_kill_switch_and_cut.waits = True       # both sides try to come back for a minute
test_no_file_is_written.limit = 300
