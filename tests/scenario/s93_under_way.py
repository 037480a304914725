"""Descriptors under way: the kernel counts those of all programs of a user that lie in sockets unread, and refuses to pass another
one (ETOOMANYREFS) beyond what the process that asks may have open. What other programs do with theirs is no reason to fail."""
import array
import os
import resource
import signal
import socket
import time

from desk import NORMAL, Desk
from party import Party
from session import Session, compare

VIEWER = (1600, 1200)
AT_ONCE = 200       # descriptors in a datagram; the kernel takes 253
TOO_MANY = 2000     # for workers (PASSER_NOFILE), and for what a desktop's programs may have open
USUAL = 1024        # ... which they may raise


class UnderWay:
    """A process of the desks' user that has laid so many into sockets which nobody reads."""

    def __init__(self, n):
        said, says = os.pipe()
        self.pid = os.fork()
        if self.pid == 0:
            try:
                hold(n)
                os.write(says, b'held')
                signal.pause()
            finally:
                os._exit(1)
        os.close(says)
        self.held = os.read(said, 4) == b'held'
        os.close(said)

    def __enter__(self):
        assert self.held
        return self

    def end(self):
        if self.pid:
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
        self.pid = None

    def __exit__(self, *_):
        self.end()


def hold(n):
    resource.setrlimit(resource.RLIMIT_NOFILE, (2 * n, max(2 * n, resource.getrlimit(resource.RLIMIT_NOFILE)[1])))
    if not os.geteuid():
        os.setgroups([])
        os.setgid(NORMAL)
        os.setuid(NORMAL)
    some = os.open('/dev/null', os.O_RDONLY)
    for _ in range(n // AT_ONCE):
        near, far = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
        near.sendmsg([b'x'], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array('i', [some] * AT_ONCE))])
        far.detach()        # open until the process ends


def as_usual():
    """What is started from here on may have as many open as on a desktop, whatever the tests were started with. Not the X server: it
    closes clients to whom it cannot pass on."""
    resource.setrlimit(resource.RLIMIT_NOFILE, (USUAL, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))


def shown(s, viewer, desk, other):
    different, *_ = compare(s.host, viewer, desk, other)
    assert different == 0, '%s pixels differ' % different


def test_other_programs_descriptors():
    """300 of them all the time: a session and its picture come about."""
    with UnderWay(300), Desk((800, 600)) as desk, Desk(VIEWER) as other, Session(desk) as s:
        viewer = s.join(other)
        s.share()
        shown(s, viewer, desk, other)


def test_too_many_for_a_moment():
    """2,000 of them: nothing can be passed on, neither the line to the relay nor the screen's memory; when they are gone it goes on
    by itself."""
    with Desk((800, 600)) as desk, Desk(VIEWER) as other:
        as_usual()
        with UnderWay(TOO_MANY) as many:
            s = Session(desk)
            s.host.window('connecting')
            time.sleep(0.5)
            assert not s.host.find('session') and not s.host.find('error'), s.host.transcript()
            many.end()
        with s:
            viewer = s.join(other)
            prompt, since = s.ask_share(), s.host.mark()
            with UnderWay(TOO_MANY) as many:
                s.host.click_answer(prompt, 'yes')
                time.sleep(0.5)
                many.end()
            s.host.wait('share', since=since, state='on')
            shown(s, viewer, desk, other)
            assert not s.host.find('error') and not s.host.find('share', state='off')


def test_too_many_for_good():
    """They do not go: the session does not begin, and that is what is said of it."""
    with Desk((800, 600)) as desk, UnderWay(TOO_MANY):
        as_usual()
        with Party(desk, 'host', '--name', 'Helga', '--listen', '127.0.0.1:0') as host:
            said = host.wait('error', code='R-NET')
            assert 'too many descriptors' in said['text'], said
            host.no_capture()


test_too_many_for_good.alone = test_other_programs_descriptors.alone = test_too_many_for_a_moment.alone = True
