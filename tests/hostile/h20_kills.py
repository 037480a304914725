"""kill -9 of each process while a screen is shared (invariant 5): nothing reads the screen without the broker and a
live consent, nothing is orphaned, and both sides say clearly how it is."""
import os
import signal
import time

from bus import desktop_bus
from desk import PATIENCE
from session import Desk, Session, compare
from trail import noted

HOST, VIEWER = (800, 600), (1200, 900)


def alive(pid):
    try:
        with open('/proc/%d/stat' % pid) as stat:
            return stat.read().rpartition(')')[2].split()[0] not in 'ZX'
    except OSError:
        return False


def gone(pids, within=PATIENCE):
    """All of them."""
    deadline = time.monotonic() + within
    while any(alive(pid) for pid in pids):
        assert time.monotonic() < deadline, [pid for pid in pids if alive(pid)]
        time.sleep(0.01)


def readers(someone):
    return [pid for pid, name in someone.workers().items() if name in ('vitrine-capture', 'vitrine-gate')]


def kill(someone, name):
    """Kills the one worker of that name (the oldest of several); returns its pid."""
    pid = min(someone.worker_pids(name))
    os.kill(pid, signal.SIGKILL)
    gone([pid])
    return pid


def consistent(someone):
    """capture and gate run exactly while sharing is on, once what is happening is over."""
    time.sleep(0.3)
    end = time.monotonic() + PATIENCE
    while True:
        share = someone.find('share')
        on = share and share['state'] == 'on'
        if len(readers(someone)) == (2 if on else 0) and share == someone.find('share'):
            return
        assert time.monotonic() < end, (share, someone.workers())
        time.sleep(0.05)


class Shared(Session):
    """A session with one viewer who sees the screen."""

    def __init__(self, desk, other, **more):
        super().__init__(desk, **more)
        self.other = other

    def __enter__(self):
        super().__enter__()
        self.viewer = self.join(self.other)
        self.share()
        return self

    def same(self):
        self.desk.move(400, 2)
        different, _, _ = compare(self.host, self.viewer, self.desk, self.other, ignore=[(380, 0, 60, 40)])
        assert different == 0, different


def test_host_capture_and_gate():
    """The share ends, its other half with it; the session stays and can share again."""
    with Desk(HOST) as desk, Desk(VIEWER) as other:
        with Shared(desk, other) as s:
            for name in ('vitrine-capture', 'vitrine-gate'):
                since, pids = s.host.mark(), readers(s.host)
                assert len(pids) == 2
                kill(s.host, name)
                gone(pids)
                s.host.wait('share', since=since, state='off', why='worker')
                assert not s.viewer.find('ended') and not s.host.find('ended')
                s.share()
            s.same()
            assert any(e['fields']['role'] == 'capture' for e in noted(desk, 'worker_end'))


def test_host_broker():
    """Everything of it dies with it, the screen is not read for an instant longer; so does a viewer's."""
    with Desk(HOST) as desk, Desk(VIEWER) as other:
        with Shared(desk, other) as s:
            mine = list(s.host.workers())
            assert len(mine) >= 8, s.host.workers()
            os.kill(s.host.process.pid, signal.SIGKILL)
            gone(mine)
            theirs = list(s.viewer.workers())
            os.kill(s.viewer.process.pid, signal.SIGKILL)
            gone(theirs)


def test_host_session_workers():
    """net, seal, the embedded relay: whatever becomes of the session, it is said, and nothing goes on unseen."""
    for name in ('vitrine-seal', 'vitrine-net', 'vitrine-relay'):
        with Desk(HOST) as desk, Desk(VIEWER) as other:
            with Shared(desk, other) as s:
                since, pids = s.host.mark(), readers(s.host)
                kill(s.host, name)
                end = time.monotonic() + PATIENCE
                while time.monotonic() < end and not s.host.find('ended', since) and not s.host.find('share', since):
                    time.sleep(0.02)
                consistent(s.host)
                if name == 'vitrine-net':
                    continue
                s.host.wait('ended', how='cut')
                gone(pids)
                s.host.window('ended')
                s.host.press('ended', 'close')
                assert s.host.wait_exit() == 4


def test_host_helpers():
    """Painter, trail, launcher, watcher, who hears lock screens: sharing is either as it was or over, never unseen."""
    for name in ('vitrine-render', 'vitrine-audit', 'vitrine-launch', 'vitrine-watch', 'vitrine-bus'):
        with Desk(HOST) as desk, Desk(VIEWER) as other, desktop_bus(desk):
            with Shared(desk, other) as s:
                if not s.host.worker_pids(name):
                    continue
                kill(s.host, name)
                time.sleep(1.2)
                consistent(s.host)
                if s.host.process.poll() is None and s.host.find('share')['state'] == 'on':
                    s.same()
                    s.host.press('sharing-bar', 'stop')
                    s.host.wait('share', state='off')
                    assert not readers(s.host)


def test_prompt_painter():
    """Who painted the dialog dies: that is a no."""
    with Desk(HOST) as desk:
        with Session(desk) as s:
            since = s.host.mark()
            s.ask_share()
            os.kill(s.host.find('worker', since, role='ui', state='prompt')['pid'], signal.SIGKILL)
            s.host.wait('prompt', since=since, kind='share', state='closed')
            assert s.host.wait('window', since=since, name='toast', state='mapped')['texts'][0] == 'The question was closed'
            s.host.never('share', 0.5, since=since, state='on')
            assert not readers(s.host) and not s.host.find('ended')
            s.share()


def test_spare_painter():
    """Who waits for the next dialog dies: that dialog has a fresh one started, and the one after it finds one waiting."""
    with Desk(HOST) as desk:
        with Session(desk) as s:
            dead = s.host.spare()
            s.host.end_spare()
            since = s.host.mark()
            s.share(button='no')
            s.host.wait('prompt', since=since, kind='share', state='closed')
            fresh = s.host.find('worker', since, role='ui', state='prompt')['pid']
            assert fresh != dead and s.host.find('worker', since, role='ui', state='started', pid=fresh)
            waiting, since = s.host.spare(since), s.host.mark()
            s.share()
            assert s.host.find('worker', since, role='ui', state='prompt')['pid'] == waiting
            assert not s.host.find('ended')


def test_viewer_processes():
    """A viewer's parts: its own session ends or recovers; the host goes on sharing."""
    with Desk(HOST) as desk, Desk(VIEWER) as other:
        with Session(desk) as s:
            sharing = False
            for number, name in enumerate(('vitrine-render', 'vitrine-seal', 'vitrine-net', 'vitrine')):
                viewer = s.join(other, name='Vera %d' % number)
                if not sharing:
                    s.share()
                    sharing = True
                time.sleep(0.5)
                workers = list(viewer.workers())
                if name == 'vitrine':
                    os.kill(viewer.process.pid, signal.SIGKILL)
                    gone(workers)
                elif name == 'vitrine-render':
                    os.kill(viewer.role_pids('view')[0], signal.SIGKILL)
                    viewer.wait('ended', how='cut')
                else:
                    kill(viewer, name)
                    if name == 'vitrine-seal':
                        viewer.wait('ended', how='cut')
                assert s.host.find('share')['state'] == 'on' and len(readers(s.host)) == 2, (name, s.host.transcript())
                viewer.stop()
                gone(workers)


test_host_session_workers.limit = test_host_helpers.limit = 200
