"""A test desk: an X server with physical input devices, and hands to move them.

Xorg with the dummy video driver and the inputtest driver gives real slave devices (not XTEST), so that a
click made here is as physical as the program under test can tell. Runs as a normal user: when the tests are
started by root everything on the desk runs as nobody (DESKS_UID: another one, for a run of days: what tells this user's vitrine to
stop would tell that of the desks of every other run as well). Xvfb desks have no devices: good for viewers and sizes.

The device protocol is that of inputtest(4); the driver serves one connection per server lifetime, so the desk
keeps both sockets open as long as it lives.
"""
import atexit
import os
import random
import secrets
import select
import shutil
import signal
import socket
import struct
import subprocess
import tempfile
import time

from picture import Picture

XORG = '/usr/lib/xorg/Xorg'
KEYS = {'Escape': 9, 'BackSpace': 22, 'Tab': 23, 'Return': 36, 'Control_L': 37, 'Shift_L': 50, 'space': 65,
        'F1': 67, 'F6': 72, 'F10': 76, 'Prior': 99, 'Next': 105, 'F11': 95, 'F12': 96, 'Home': 97, 'Up': 98, 'Left': 100, 'Right': 102, 'End': 103, 'Down': 104,
        'Delete': 107, 'Alt_L': 64}
KEYS.update(zip('1234567890-', range(10, 21)))
KEYS.update(zip('qwertyuiop', range(24, 34)))
KEYS.update(zip('asdfghjkl', range(38, 47)))
KEYS.update(zip('zxcvbnm', range(52, 59)))
KEYS[' '] = 65
KEYS['/'] = 61
KEYS['KP_5'] = 84
PATIENCE = 45   # seconds that a wait for something lasts at least: a machine may stand still, and what passes is not slower for it

CONFIG = '''
Section "ServerFlags"
  Option "AutoAddDevices" "false"
  Option "AutoEnableDevices" "true"
  Option "DontVTSwitch" "true"
  Option "DontZap" "true"
EndSection
Section "Device"
  Identifier "card"
  Driver "dummy"
  VideoRam 262144
EndSection
Section "Monitor"
  Identifier "monitor"
  HorizSync 5-1000
  VertRefresh 1-200
  {modelines}
EndSection
Section "Screen"
  Identifier "screen"
  Device "card"
  Monitor "monitor"
  DefaultDepth {depth}
  DefaultFbBpp 32
  SubSection "Display"
    Depth {depth}
    Modes {modes}
    Virtual {width} {height}
  EndSubSection
EndSection
Section "InputDevice"
  Identifier "test pointer"
  Driver "inputtest"
  Option "SocketPath" "{dir}/pointer"
  Option "DeviceType" "PointerAbsolute"
  Option "PointerButtonCount" "7"
EndSection
Section "InputDevice"
  Identifier "test keyboard"
  Driver "inputtest"
  Option "SocketPath" "{dir}/keyboard"
  Option "DeviceType" "Keyboard"
EndSection
{second}
Section "ServerLayout"
  Identifier "desk"
  Screen "screen"
  InputDevice "test pointer" "CorePointer"
  InputDevice "test keyboard" "CoreKeyboard"
EndSection
'''
SECOND = '''Section "InputDevice"
  Identifier "second keyboard"
  Driver "inputtest"
  Option "SocketPath" "{dir}/second"
  Option "DeviceType" "Keyboard"
  Option "XkbOptions" "{options}"
EndSection'''


def until(true, what=None):
    """Until that is so. what: said when it never comes; asked only then where it is a function."""
    deadline = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < deadline, what() if callable(what) else what
        time.sleep(0.02)


class Skipped(Exception):
    """A test that cannot run here; the words say what it needs. It counts as skipped, not as passed (run.py)."""


def needs_root():
    """Called first by a test that looks into other processes: the workers are closed to their own user, too."""
    if os.geteuid():
        raise Skipped('needs root')


NORMAL = int(os.environ.get('DESKS_UID') or 65534)


def user():
    """Keyword arguments for subprocess that make a program run as a normal user."""
    if os.geteuid():
        return {}
    return {'user': NORMAL, 'group': NORMAL, 'extra_groups': []}


def own(path):
    """Gives a path to the normal user the desk runs as."""
    if not os.geteuid():
        os.chown(path, NORMAL, NORMAL)


def scratch(prefix):
    """A directory of the normal user, short enough for socket paths."""
    path = tempfile.mkdtemp(prefix=prefix, dir='/tmp')
    own(path)
    return path


def make_tools():
    """Copies of the harness's own programs that the normal user can reach; removed when this program ends."""
    global _tools
    _tools = scratch('vtt')
    os.chmod(_tools, 0o755)
    atexit.register(shutil.rmtree, _tools, True)
    root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    folder = os.path.join(os.environ.get('B', os.path.join(root, 'build')), 'tests/harness')
    for name in os.listdir(folder):
        if os.access(os.path.join(folder, name), os.X_OK):
            shutil.copy(os.path.join(folder, name), _tools)
            os.chmod(os.path.join(_tools, name), 0o755)


def tool(name):
    """The path of one of them."""
    if _tools is None:
        make_tools()
    return os.path.join(_tools, name)


_tools = None


class Device:
    """One connection to an inputtest device."""

    def __init__(self, path):
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                self.sock.connect(path)
                break
            except OSError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.02)
        self.sock.sendall(struct.pack('=IIHH', 12, 0, 1, 0))
        self._response(0)

    def _response(self, want):
        self.sock.settimeout(PATIENCE)
        head = self.sock.recv(8, socket.MSG_WAITALL)
        length, kind = struct.unpack('=II', head)
        if length > 8:
            self.sock.recv(length - 8, socket.MSG_WAITALL)
        if kind != want:
            raise RuntimeError('unexpected answer %d from the input device' % kind)

    def sync(self):
        """Returns when the server has processed everything sent so far."""
        self.sock.sendall(struct.pack('=II', 8, 1))
        self._response(1)

    def send(self, data):
        self.sock.sendall(data)

    def close(self):
        self.sock.close()


def _valuators(values):
    mask = 0
    floats = [0.0] * 64
    for axis, value in values.items():
        mask |= 1 << axis
        floats[axis] = value
    return struct.pack('=I8sI', 0, mask.to_bytes(8, 'little'), 0) + struct.pack('=64d', *floats) + bytes(512)


def middle(rect):
    x, y, w, h = rect
    return x + w // 2, y + h // 2


class Desk:
    """kind: 'xorg' (physical devices) or 'xvfb'; second: a second keyboard, with these options of XKB. Use as a context manager."""

    def __init__(self, size=(1280, 800), kind='xorg', depth=24, more_modes=(), extra=(), second=None):
        self.size, self.kind, self.depth = size, kind, depth
        self.options = second
        self.more_modes, self.extra = list(more_modes), list(extra)
        self.dir = scratch('vtd')
        self.programs = []
        self.server = self.pointer = self.keyboard = self.second = None

    def __enter__(self):
        for attempt in range(3):        # a number that is taken, a device socket closed by a starting server
            try:
                self.start()
                return self
            except (OSError, RuntimeError):
                self.stop()
                if attempt == 2:
                    raise
                self.dir = scratch('vtd')
        return self

    def __exit__(self, failed, *_):
        try:
            if not failed:
                from trail import as_catalogued     # which needs this module
                as_catalogued(self)
        finally:
            self.stop()

    # ------------------------------------------------------------------------------------ the server
    def start(self):
        self.auth = os.path.join(self.dir, 'auth')
        with open(self.auth, 'wb') as out:      # FamilyWild: any host, any display
            out.write(struct.pack('>HHHH', 0xffff, 0, 0, 18) + b'MIT-MAGIC-COOKIE-1' +
                      struct.pack('>H', 16) + secrets.token_bytes(16))
        own(self.auth)
        os.chmod(self.auth, 0o600)
        read, write = os.pipe()
        args = self._xorg_args() if self.kind == 'xorg' else self._xvfb_args()
        args += [':%d' % random.randrange(100, 30000), '-displayfd', str(write), '-auth', self.auth, '-noreset', '-nolisten', 'tcp'] + self.extra
        self.log = open(os.path.join(self.dir, 'server.out'), 'wb')
        # It ends with the test that was killed: without its test it would spin on the input sockets.
        self.server = subprocess.Popen(['setpriv', '--pdeathsig', 'KILL', *args], pass_fds=[write],
                                       stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log,
                                       start_new_session=True, cwd=self.dir, **user())
        os.close(write)
        number = b''
        while not number.endswith(b'\n'):      # the number and the line's end come separately
            ready, _, _ = select.select([read], [], [], PATIENCE)
            more = os.read(read, 16) if ready else b''
            if not more:
                break
            number += more
        os.close(read)
        number = number.strip()
        if not number:
            raise RuntimeError('X server did not start, see ' + self.log.name)
        self.display = ':' + number.decode()
        self.env = {'DISPLAY': self.display, 'XAUTHORITY': self.auth, 'HOME': self.dir,
                    'XDG_RUNTIME_DIR': self.dir, 'PATH': '/usr/local/bin:/usr/bin:/bin',
                    'LANG': 'C.UTF-8', 'XDG_CONFIG_HOME': self.dir + '/config',
                    'XDG_STATE_HOME': self.dir + '/state'}
        if self.kind == 'xorg':
            self.pointer = Device(self.dir + '/pointer')
            self.keyboard = Device(self.dir + '/keyboard')
            self.second = self.options and Device(self.dir + '/second')

    def _xorg_args(self):
        sizes = [self.size] + self.more_modes
        lines = []
        for w, h in sizes:
            clock = min((w + 48) * (h + 12) * 60 / 1e6, 290)     # MHz; the driver takes 300, the pictures are the same
            lines.append('Modeline "%dx%d" %.3f %d %d %d %d %d %d %d %d' % (
                w, h, clock, w, w + 8, w + 40, w + 48, h, h + 3, h + 6, h + 12))
        path = os.path.join(self.dir, 'xorg.conf')
        with open(path, 'w') as out:
            second = SECOND.format(dir=self.dir, options=self.options) if self.options else ''
            config = CONFIG.replace('"CoreKeyboard"', '"CoreKeyboard"\n  InputDevice "second keyboard"') if self.options else CONFIG
            out.write(config.format(dir=self.dir, second=second, depth=self.depth, modelines='\n  '.join(lines),
                                    modes=' '.join('"%dx%d"' % s for s in sizes),
                                    width=max(s[0] for s in sizes), height=max(s[1] for s in sizes)))
        own(path)
        return [XORG, '-config', path, '-logfile', self.dir + '/xorg.log', '-novtswitch', '-sharevts',
                '-configdir', self.dir]

    def _xvfb_args(self):
        return ['/usr/bin/Xvfb', '-screen', '0', '%dx%dx%d' % (*self.size, self.depth)]

    def stop(self):
        for program in reversed(self.programs):
            stop_program(program)
        for device in (self.pointer, self.keyboard, self.second):
            if device:
                device.close()
        if self.server:
            stop_program(self.server)
        self.log.close()
        shutil.rmtree(self.dir, ignore_errors=True)

    # ------------------------------------------------------------------------------------ programs
    def run(self, *args, **more):
        """Starts a program on this desk; it is stopped with the desk."""
        env = dict(self.env, **more.pop('env', {}))
        more.setdefault('stdin', subprocess.DEVNULL)
        more.setdefault('stdout', self.log)
        more.setdefault('stderr', self.log)
        program = subprocess.Popen(args, env=env, cwd=self.dir, start_new_session=True, **more, **user())
        self.programs.append(program)
        return program

    def show(self, *args, kind='XTerm', **more):
        """Starts a program and waits until a new window of that class is there: what comes later lies above it."""
        there = self.windows_of(kind)
        program = self.run(*args, **more)
        deadline = time.monotonic() + PATIENCE
        while True:
            now = self.windows_of(kind)
            if now - there:
                return program
            there &= now    # the number of a window that was just closing may be given again
            assert time.monotonic() < deadline, 'no window of %s' % args[0]
            time.sleep(0.02)

    def windows_of(self, kind):
        """The windows of that class that are seen."""
        found = subprocess.run(('xdotool', 'search', '--onlyvisible', '--class', kind), env=self.env, stdin=subprocess.DEVNULL,
                               capture_output=True, timeout=100, check=False, **user())
        return set(found.stdout.split())

    def call(self, *args):
        """Runs a program to its end and returns what it printed."""
        return subprocess.run(args, env=self.env, cwd=self.dir, stdin=subprocess.DEVNULL, capture_output=True,
                              timeout=100, check=True, **user()).stdout

    # ------------------------------------------------------------------------------------ hands
    def _axis(self, value, extent):
        return (value + 0.5) * 65536.0 / extent

    def move(self, x, y):
        """Moves the physical pointer; the screen's full virtual size is its range."""
        w = max([self.size[0]] + [m[0] for m in self.more_modes])
        h = max([self.size[1]] + [m[1] for m in self.more_modes])
        self.pointer.send(struct.pack('=IIII', 1056, 2, 1, 0) +
                          _valuators({0: self._axis(x, w), 1: self._axis(y, h)}))
        self.pointer.sync()

    def button(self, number, press):
        self.pointer.send(struct.pack('=IIiiII', 1064, 4, 0, number, int(press), 0) + _valuators({}))
        self.pointer.sync()

    def click(self, x, y, hold=0.03):
        self.move(x, y)
        time.sleep(0.03)
        self.button(1, True)
        time.sleep(hold)
        self.button(1, False)

    def click_rect(self, rect):
        self.click(*middle(rect))

    def key(self, name, press):
        self.keyboard.send(struct.pack('=IIiI', 16, 5, KEYS[name], int(press)))
        self.keyboard.sync()

    def keys(self, *events):
        """Keys down and up, as (name, press), in one go: nothing comes between them, also where this program stands still."""
        self.keyboard.send(b''.join(struct.pack('=IIiI', 16, 5, KEYS[name], int(press)) for name, press in events))
        self.keyboard.sync()

    def tap(self, *names, times=1):
        """Presses the named keys in order and releases them in reverse, in one go: tap('Control_L', 'F12')."""
        once = [(name, True) for name in names] + [(name, False) for name in reversed(names)]
        self.keys(*once * times)

    def type(self, text):
        for char in text:
            if char.isupper():
                self.tap('Shift_L', char.lower())
            else:
                self.tap(char)
            time.sleep(0.005)

    # ------------------------------------------------------------------------------------ eyes
    def shot(self, rect=None):
        """A picture of the screen (or x, y, w, h of it)."""
        return Picture.from_dump(self.call(tool('shot'))).crop(rect)


def stop_program(program):
    if program.poll() is None:
        for sig in (signal.SIGTERM, signal.SIGKILL):
            try:
                os.killpg(program.pid, sig)
            except ProcessLookupError:
                break
            try:
                program.wait(5)
                break
            except subprocess.TimeoutExpired:
                continue
    try:
        os.killpg(program.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
