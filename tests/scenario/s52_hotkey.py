"""Ctrl+F12 in a session without control: once is noticed, twice within two seconds stops sharing. And with it, while the broker
stands still."""
import os
import signal
import time

from desk import PATIENCE
from hands import HOST, TRIES, Control, down_now, hold_keys, key_event, let_go, until_down
from session import Desk, Session
from trail import events_of, noted

VIEWER = (1600, 1200)
CAPS, F12 = 66, 96      # keycodes


def kill_key(desk, times=1):
    desk.tap('Control_L', 'F12', times=times)


def test_hotkey_twice():
    """Twice stops sharing; two presses three seconds apart do not."""
    with Desk((800, 600)) as desk, Desk(VIEWER, kind='xvfb') as other:
        with Session(desk) as s:
            s.join(other)
            s.share()
            since = s.host.mark()
            kill_key(desk)
            noted(desk, 'kill_switch')
            time.sleep(3)
            kill_key(desk)
            s.host.never('share', 1, since=since, state='off')
            assert s.host.worker_pids('vitrine-capture')
            time.sleep(2)
            kill_key(desk, 2)
            s.host.wait('share', since=since, state='off', why='hotkey')
            s.host.no_capture()


def test_hotkey_with_shift():
    """With another modifier held, where a grabbed key would not fire."""
    with Desk((800, 600)) as desk, Desk(VIEWER, kind='xvfb') as other:
        with Session(desk) as s:
            s.join(other)
            s.share()
            since = s.host.mark()
            desk.key('Shift_L', True)
            kill_key(desk, 2)
            desk.key('Shift_L', False)
            s.host.wait('share', since=since, state='off', why='hotkey')


def test_watcher_killed():
    """The watcher itself is killed: the session goes on, and the loss is no way to anything."""
    with Desk((800, 600)) as desk, Desk(VIEWER, kind='xvfb') as other:
        with Session(desk) as s:
            s.join(other)
            s.share()
            watchers = s.host.worker_pids('vitrine-watch')
            assert len(watchers) == 1, watchers
            os.kill(watchers[0], signal.SIGKILL)
            time.sleep(0.5)
            assert s.host.worker_pids('vitrine-capture')
            s.host.press('sharing-bar', 'stop')
            s.host.wait('share', state='off')


def gone(pids, timeout=PATIENCE):
    """None of them runs any more: a broker that stands still buries nobody."""
    end = time.monotonic() + timeout
    while any(open('/proc/%d/stat' % pid).read().rpartition(')')[2].split()[0] != 'Z' for pid in pids):
        assert time.monotonic() < end, 'still alive'
        time.sleep(0.01)


def test_broker_stands_still():
    """Whatever the broker does or waits for: gate and worker die by the key alone, and nothing stays down. It hears of it later."""
    with Desk(HOST) as desk, Desk(VIEWER) as other:
        with Control(desk) as s:
            viewer = s.begin(other)
            capture_gate = s.host.worker_pids('vitrine-gate')
            hold_keys(desk, other, s.give(viewer))
            gates, workers = s.pair()
            pair = workers + [pid for pid in gates if pid not in capture_gate]
            since = s.host.mark()
            os.kill(s.host.process.pid, signal.SIGSTOP)
            kill_key(desk)
            gone(pair)
            until_down(desk, 0)
            let_go(other)
            assert not s.host.find('control', since)
            os.kill(s.host.process.pid, signal.SIGCONT)
            s.host.wait('control', 10, since, state='off', why='hotkey')
            s.nobody()
            assert not down_now(desk)


def test_twice_while_the_broker_stands_still():
    """What counts is when the key was pressed, not when the broker hears of it: what it hears at once may lie three seconds apart..."""
    with Desk((800, 600)) as desk, Desk(VIEWER, kind='xvfb') as other:
        with Session(desk) as s:
            s.join(other)
            s.share()
            since = s.host.mark()
            os.kill(s.host.process.pid, signal.SIGSTOP)
            kill_key(desk)
            time.sleep(3)
            kill_key(desk)
            os.kill(s.host.process.pid, signal.SIGCONT)
            noted(desk, 'kill_switch', 2)
            s.host.never('share', 1, since=since, state='off')
            assert s.host.worker_pids('vitrine-capture')


def test_twice_and_heard_late():
    """... and what was pressed twice in time stops sharing, heard of ever so late."""
    with Desk((800, 600)) as desk, Desk(VIEWER, kind='xvfb') as other:
        with Session(desk) as s:
            s.join(other)
            s.share()
            for tries in range(TRIES):
                since, begun = s.host.mark(), time.monotonic()
                kill_key(desk)
                noted(desk, 'kill_switch', tries + 1)
                os.kill(s.host.process.pid, signal.SIGSTOP)
                kill_key(desk)
                in_time = time.monotonic() < begun + 1.9        # else this machine stood still
                time.sleep(2.5)
                os.kill(s.host.process.pid, signal.SIGCONT)
                if in_time:
                    s.host.wait('share', since=since, state='off', why='hotkey')
                    s.host.no_capture()
                    return
                noted(desk, 'kill_switch', tries + 2)
                time.sleep(2.1)
            raise AssertionError('never pressed twice in time')


def pressed(desk, keyboard, ctrl):
    """That key and F12, in one go, on that keyboard; again, until it is noted: nobody tells when a changed keyboard map is known."""
    end = time.monotonic() + PATIENCE
    before = len(events_of(desk, 'kill_switch'))
    while len(events_of(desk, 'kill_switch')) == before:
        assert time.monotonic() < end, 'that is not the kill switch'
        keyboard.send(b''.join(key_event(code, down) for code, down in ((ctrl, 1), (F12, 1), (F12, 0), (ctrl, 0))))
        keyboard.sync()
        time.sleep(2.5)         # the next one is no second press


def test_caps_is_ctrl():
    """Caps Lock in the place of Ctrl: as one more (it keeps its keysym), and changed with it."""
    with Desk((800, 600)) as desk, Desk(VIEWER, kind='xvfb') as other:
        with Session(desk) as s:
            s.join(other)
            s.share()
            since = s.host.mark()
            for option in 'caps:ctrl_modifier', 'ctrl:swapcaps':
                desk.call('setxkbmap', '-layout', 'us', '-option', '', '-option', option)
                pressed(desk, desk.keyboard, CAPS)
                desk.call('setxkbmap', '-layout', 'us', '-option', '')
            s.host.never('share', 0.5, since=since, state='off')


def test_another_keyboard():
    """A second keyboard with a map of its own, on which nobody has typed yet, so that it is not the server's: the first press counts."""
    with Desk((800, 600), second='ctrl:swapcaps') as desk, Desk(VIEWER, kind='xvfb') as other:
        with Session(desk) as s:
            s.join(other)
            s.share()
            desk.tap('a')
            desk.second.send(b''.join(key_event(code, down) for code, down in ((CAPS, 1), (F12, 1), (F12, 0), (CAPS, 0))))
            desk.second.sync()
            noted(desk, 'kill_switch')
