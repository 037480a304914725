"""Ctrl+F12 in a session without control: once is noticed, twice within two seconds stops sharing. And with it, while the broker
stands still."""
import os
import signal
import time

from desk import PATIENCE
from hands import HOST, Control, down_now, hold_keys, let_go, until_down
from session import Desk, Session
from trail import noted

VIEWER = (1600, 1200)


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
