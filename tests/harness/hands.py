"""A session in which somebody controls the host's screen, and that person's hands on another desk."""
import os
import struct
import time

from desk import PATIENCE
from session import Session, picture_rect

HOST = (800, 600)
VIEWER = (1600, 1200)
OWNER_FIRST = 0.7      # the owner's own hand holds a controller back for half a second
TRIES = 5              # of what a silence of a second undoes


def down_now(desk):
    """What the XTEST devices have down, as xinput sees it."""
    found = []
    for line in desk.call('xinput', 'list', '--short').decode().splitlines():
        if 'XTEST' in line:
            number = line.split('id=')[1].split()[0]
            state = desk.call('xinput', 'query-state', number).decode()
            found += [word for word in state.split() if word.endswith('=down')]
    return found


def key_event(code, down):
    return struct.pack('=IIiI', 16, 5, code, down)


def press(desk, code, down):
    """A key by its keycode, on the physical keyboard."""
    desk.keyboard.send(key_event(code, down))
    desk.keyboard.sync()


def strike(desk, code, modifiers=()):
    """One after the other in one go: a key that stays down would be repeated."""
    down = [*modifiers, code]
    desk.keyboard.send(b''.join([key_event(each, 1) for each in down] + [key_event(each, 0) for each in reversed(down)]))
    desk.keyboard.sync()


class Terminal:
    """A terminal on a desk whose lines are written to a file; it has the keyboard."""

    def __init__(self, desk):
        self.desk, self.path = desk, os.path.join(desk.dir, 'typed')
        desk.show('xterm', '-geometry', '60x10+4+300', '-e', 'sh', '-c', 'exec cat > ' + self.path)

    def focus(self):
        window = self.desk.call('xdotool', 'search', '--onlyvisible', '--class', 'XTerm').split()[0].decode()
        self.desk.call('xdotool', 'windowfocus', '--sync', window)

    def lines(self):
        with open(self.path, encoding='utf-8', errors='replace') as file:
            return file.read().split('\n')

    def more(self, n):
        """Until so many lines are whole."""
        end = time.monotonic() + PATIENCE
        while len(self.lines()) <= n:
            assert time.monotonic() < end, 'typed so far: %r' % self.lines()
            time.sleep(0.02)

    def until(self, line, timeout=PATIENCE):
        end = time.monotonic() + timeout
        while line not in self.lines():
            assert time.monotonic() < end, 'typed so far: %r' % self.lines()
            time.sleep(0.02)


class Control(Session):
    """A session in which somebody controls the host's screen."""

    def begin(self, other, name='Vera'):
        viewer = self.join(other, name=name)
        self.share()
        return viewer

    def ask(self, viewer, name='Vera'):
        """The controller asks; the owner's prompt, its guard over."""
        since = self.host.mark()
        viewer.press('viewer', 'ask')
        return self.host.wait('prompt', 15, since, kind='control', name=name, armed=True)

    def give(self, viewer, name='Vera'):
        since, theirs = self.host.mark(), viewer.mark()
        self.host.click_answer(self.ask(viewer, name), 'yes')
        self.host.wait('control', 15, since, state='on', mine=False)
        viewer.wait('control', 15, theirs, state='on', mine=True)
        return picture_rect(viewer, self.desk.size)

    def pair(self):
        """Pids of gate and input worker; the other gate is capture's."""
        return self.host.worker_pids('vitrine-gate'), self.host.worker_pids('vitrine-input')

    def nobody(self):
        gates, workers = self.pair()
        assert not workers and len(gates) <= 1, (gates, workers)


def click_picture(desk, rect, x, y):
    desk.click(rect[0] + x, rect[1] + y)


def hold_keys(desk, other, rect, stays=True):
    """The left button, Shift and a go down over the picture, beside vitrine's windows, and stay so: first the button, because
    with it the viewer's window gets the keyboard. Done again where they did not: the owner's own hand came first, or everything
    stood still for a second, and a line that is silent lets go. stays=False: nobody knows what becomes of them. How often it was done."""
    for tries in range(1, TRIES + 1):
        other.move(rect[0] + 30, rect[1] + 450)
        other.button(1, True)
        if is_down(desk, 1, 3):
            other.keys(('Shift_L', True), ('a', True))
            if not stays or is_down(desk, 3, 3):
                return tries
        let_go(other)
        until_down(desk, 0)
    raise AssertionError('nothing stays down')


def until_obeyed(desk, other, rect, timeout=PATIENCE):
    """Until the controller's latest motion has arrived: what the owner's own click, the yes, holds back for a while does not.
    Each has longer to arrive than the one before, and no place comes twice, so that none before it is on its way still."""
    end, given = time.monotonic() + timeout, 0.1
    for x in range(30, 70):
        other.move(rect[0] + x, rect[1] + 450)
        moved = time.monotonic()
        while time.monotonic() < moved + given:
            where = desk.call('xdotool', 'getmouselocation')
            if b'x:%d y:450 ' % x in where:
                return
            time.sleep(0.02)
        if time.monotonic() > end:
            break
        given *= 1.2
    raise AssertionError('control does not work: %d, %s' % (x, where))


def until_pointer(desk, x, y):
    end = time.monotonic() + PATIENCE
    while b'x:%d y:%d ' % (x, y) not in desk.call('xdotool', 'getmouselocation'):
        assert time.monotonic() < end, 'the pointer is not at %d,%d' % (x, y)
        time.sleep(0.02)


def let_go(other):
    other.key('a', False)
    other.key('Shift_L', False)
    other.button(1, False)


def is_down(desk, want, seconds):
    """Whether the XTEST devices have so much down before the time is over."""
    end = time.monotonic() + seconds
    while len(down_now(desk)) != want:
        if time.monotonic() > end:
            return False
        time.sleep(0.01)
    return True


def until_down(desk, want=3, seconds=PATIENCE):
    """Until it is so much: 3, what hold_keys holds, or 0, nothing."""
    assert is_down(desk, want, seconds), 'down: %s' % down_now(desk)
