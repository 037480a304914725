#!/usr/bin/env python3
"""One side of a vitrine session for the measurements: does what a person would, by synthetic clicks (assistive tools may
answer where no input worker has existed), and stays until it is told to end.

    side.py host DISPLAY PORT DIR    shares the screen, admits who knocks
    side.py join DISPLAY PORT DIR    joins through that port, shows the picture on the full screen

DIR is shared by both: the host leaves its invitation and password there, and `ready` once the screen is shared;
`admitted` gets a line with the monotonic time of each admission in ns. With VITRINE_CONTROL=1 who joins asks for control, and gets it.
"""
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, '..', 'harness'))
import party  # noqa: E402
from desk import own, scratch, user  # noqa: E402

running = None


class Desk:
    """An X server that somebody else started, with a synthetic hand."""

    def __init__(self, display):
        self.dir = scratch('vtl')
        self.env = {'DISPLAY': display, 'HOME': self.dir, 'XDG_RUNTIME_DIR': self.dir, 'LANG': 'C.UTF-8',
                    'PATH': '/usr/local/bin:/usr/bin:/bin', 'XDG_CONFIG_HOME': self.dir + '/config',
                    'XDG_STATE_HOME': self.dir + '/state'}
        if os.environ.get('XAUTHORITY'):
            self.env['XAUTHORITY'] = os.environ['XAUTHORITY']

    def run(self, *args):
        return subprocess.Popen(args, env=self.env, cwd=self.dir, stdout=subprocess.DEVNULL,
                                stderr=subprocess.DEVNULL, **user())

    def tool(self, *args):
        subprocess.run(('xdotool',) + args, env=self.env, check=True, **user())

    def point_at(self, rect):
        x, y, w, h = rect
        self.tool('mousemove', str(x + w // 2), str(y + h // 2))

    def click_rect(self, rect):
        self.point_at(rect)
        time.sleep(0.05)
        self.tool('click', '1')

    def windows(self, name):
        for _ in range(10):
            out = subprocess.run(('xdotool', 'search', '--onlyvisible', '--name', name), env=self.env, capture_output=True,
                                 text=True, check=False, **user())
            if out.returncode == 0:
                break  # otherwise one went while it was being asked for its name, and none is told
        return out.stdout.split()

    def put_away(self, size):
        """Panel, bar and border would be blanked where they stand: they go below the screen, so that every pixel counts."""
        for window in self.windows('^vitrine'):
            try:
                self.tool('windowmove', window, '0', str(size[1]))
            except subprocess.CalledProcessError:
                pass  # a notice that has gone meanwhile

    def bring_back(self, name):
        for window in self.windows(name):
            self.tool('windowmove', window, '40', '40', 'windowraise', window, 'windowfocus', window)

    def park(self, size):
        """The pointer goes where the measurements do not look."""
        self.tool('mousemove', str(size[0] - 2), str(size[1] - 2))


def size_of(desk):
    out = subprocess.run(('xdotool', 'getdisplaygeometry'), env=desk.env, capture_output=True, text=True, check=True, **user())
    return tuple(map(int, out.stdout.split()))


def write(path, text):
    with open(path + '.new', 'w') as out:
        out.write(text)
    os.rename(path + '.new', path)


def read_when_there(path, timeout=20):
    deadline = time.monotonic() + timeout
    while not os.path.exists(path):
        if time.monotonic() > deadline:
            raise SystemExit('%s is missing' % path)
        time.sleep(0.02)
    with open(path) as text:
        return text.read()


def say_yes(desk, running, kind, since=0, **which):
    """A warped pointer starts the guard anew: first there, then the guard, then the click."""
    running.wait('prompt', 60, since, kind=kind, **which)
    prompt = running.wait('prompt', 15, since, kind=kind, armed=True, **which)
    desk.point_at(prompt['buttons']['yes'])
    time.sleep(1.3)
    desk.tool('click', '1')


def admit_in_dialog(desk, running, knock):
    """Its buttons are known when it has been armed once; the pointer that comes then begins the guard anew."""
    prompt = running.wait('prompt', 15, kind='admit', id=knock, armed=True)
    desk.point_at(prompt['buttons']['yes'])
    time.sleep(1.3)
    pressed = time.clock_gettime_ns(time.CLOCK_MONOTONIC)
    desk.tool('click', '1')
    running.wait('prompt', 5, kind='admit', id=knock, state='closed')
    return pressed


def admit(desk, running, knock):
    """By keyboard: the pointer, which is part of the picture, stays where the measurements do not look. When it was pressed."""
    prompt = running.wait('prompt', 60, kind='admit', id=knock)
    if prompt['window'] != 'host-panel':  # which is out of sight: a dialog asks
        return admit_in_dialog(desk, running, knock)
    desk.bring_back('^vitrine: your')
    for _ in range(40):
        window = running.wait('window', 15, name='host-panel', state='mapped')
        if any(c['focus'] and c['id'] == 'admit' for c in window['controls']):
            break
        desk.tool('key', 'Tab')
        time.sleep(0.1)
    end = time.monotonic() + 15
    while time.monotonic() < end:  # what is told lags behind: the question may not have been armed any more where the panel has just come up
        while not running.find('prompt', kind='admit', id=knock)['armed'] and time.monotonic() < end:
            time.sleep(0.02)
        pressed = time.clock_gettime_ns(time.CLOCK_MONOTONIC)
        desk.tool('key', 'Return')
        for _ in range(25):
            if running.find('prompt', kind='admit', id=knock, state='closed'):
                return pressed
            time.sleep(0.02)
    raise party.Missing('the question is still open')


def open_knock(running):
    """The number of the question that stands now, None without one. Several may have come and gone since it was asked for."""
    with running.seen:
        last = {e['id']: e for e in running.events if e['event'] == 'prompt' and e['kind'] == 'admit'}
    return next((i for i, e in sorted(last.items()) if e.get('state') != 'closed'), None)


def put_notice_away(desk, host, since, size):
    """Who came in is said in a window of its own for five seconds, which is blanked in the picture as panel and bar are."""
    try:
        host.wait('window', 3, since, name='toast', state='mapped')
    except party.Missing:
        return
    desk.put_away(size)


def answer_knocks(desk, host, folder, size):
    """Admits everybody, one after the other."""
    while host.process.poll() is None:
        knock = open_knock(host)
        if knock is None:
            with host.seen:
                host.seen.wait(0.5)
            continue
        since = host.mark()
        try:
            at = admit(desk, host, knock)
        except party.Missing:
            continue  # the click went astray, or who knocked has gone: look again
        with open(os.path.join(folder, 'admitted'), 'a') as out:
            out.write('%d\n' % at)
        if open_knock(host) is None:
            desk.put_away(size)
            desk.park(size)
            put_notice_away(desk, host, since, size)


def give_control(desk, host, size):
    """Agrees once: from then on no synthetic hand can answer anything here."""
    say_yes(desk, host, 'control')
    host.wait('control', 20, state='on', mine=False)
    desk.put_away(size)
    time.sleep(5.5)         # the notice that comes up meanwhile
    desk.put_away(size)


def take_control(desk, running):
    """Whoever measures has seen the picture first; the question needs the window's frame."""
    time.sleep(4)
    desk.tool('key', 'Escape')
    running.press('viewer', 'ask')
    running.wait('control', 60, state='on', mine=True)
    running.press('viewer', 'full')


def host(display, port, folder):
    desk = Desk(display)
    size = size_of(desk)
    global running
    more = os.environ.get('VITRINE_HOST_ARGS', '').split()
    running = party.Party(desk, 'host', '--name', 'Helga', '--listen', '127.0.0.1:' + port, *more)
    info = running.wait('session', 20)
    running.window('host-panel')
    running.press('host-panel', 'share')
    say_yes(desk, running, 'share')
    running.wait('share', 15, state='on')
    desk.put_away(size)
    desk.park(size)
    write(os.path.join(folder, 'session'), json.dumps(info))
    threading.Thread(target=answer_knocks, args=(desk, running, folder, size), daemon=True).start()
    if os.environ.get('VITRINE_CONTROL'):
        threading.Thread(target=give_control, args=(desk, running, size), daemon=True).start()


def fill_screen(desk, running, size):
    """At once, unlike a person: others are started on the full screen. Again, if a window manager has moved it meanwhile."""
    while True:
        since = running.mark()
        x, y, w, h = running.control('viewer', 'full')
        desk.tool('mousemove', str(x + w // 2), str(y + h // 2), 'click', '--delay', '0', '1')
        deadline = time.monotonic() + 0.2
        while time.monotonic() < deadline:
            if running.find('window', since, name='viewer', rect=[0, 0, *size]):
                return
            time.sleep(0.005)


def join(display, port, folder):
    global running
    info = json.loads(read_when_there(os.path.join(folder, 'session')))
    desk = Desk(display)
    size = size_of(desk)
    path = os.path.join(desk.dir, 'password')
    write(path, info['password'] + '\n')
    os.chmod(path, 0o600)
    own(path)
    invitation = re.sub(r'//[^/]*/', '//127.0.0.1:%s/' % port, info['invitation'], count=1)
    running = party.Party(desk, 'join', invitation, '--name', 'Vera %d' % os.getpid(), '--password-file', path)
    running.wait('member', 120, state='joined')  # the others are let in before
    fill_screen(desk, running, size)
    if os.environ.get('VITRINE_CONTROL'):
        take_control(desk, running)
    desk.park(size)


def main():
    role, display, port, folder = sys.argv[1:5]
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        {'host': host, 'join': join}[role](display, port, folder)
        running.wait_exit(None)
    finally:
        if running:
            running.stop()
        party.forget_binaries()


if __name__ == '__main__':
    main()
