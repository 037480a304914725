"""kill -9 of each process in each state a session has (the model does it on every path, tests/unit/vitrine/test_session_walk.c; this is
the real program): nothing looks at the screen without the broker and a live share, nothing is left over, and it is said. make check-long."""
import os
import signal
import sys
import time

from bus import desktop_bus
from desk import PATIENCE, Desk
from hands import Control, until_down

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, os.pardir, 'scenario')]
from h20_kills import gone, readers  # noqa: E402

HOST, OTHER = (800, 600), (1600, 1200)


def panel(s):
    pass


def door(s):
    s.start_join(s.others[0])
    s.host.wait('prompt', 20, kind='admit')


def joined(s):
    s.viewer = s.join(s.others[0])


def asked_to_share(s):
    joined(s)
    s.ask_share()


def shared(s):
    s.viewer = s.begin(s.others[0])


def paused(s):
    shared(s)
    s.host.press('sharing-bar', 'pause')
    s.host.wait('share', state='paused')


def asked_for_control(s):
    shared(s)
    s.ask(s.viewer)


def controlled(s):
    shared(s)
    s.give(s.viewer)


class Everything(Control):
    others = ()


def consistent(s):
    """capture runs only while sharing is on, input only while control is."""
    end = time.monotonic() + PATIENCE
    while True:
        share, control = s.host.find('share'), s.host.find('control', mine=False)
        shares, controls = share and share['state'] == 'on', control and control['state'] == 'on'
        if (shares or not readers(s.host)) and (controls or not s.host.worker_pids('vitrine-input')):
            return
        assert time.monotonic() < end, (share, control, s.host.workers())
        time.sleep(0.02)


def last_of(s, name, pids):
    """The youngest; of painters the youngest that is at work: none waits for the next dialog with anything to lose."""
    if name != 'vitrine-render':
        return max(pids)
    said = {state: {e['pid'] for e in s.host.events if e['event'] == 'worker' and e['state'] == state}
            for state in ('verified', 'spare', 'prompt')}
    return max(pid for pid in pids if pid in said['verified'] - said['spare'] | said['prompt'])


def one(state, name):
    """False: no such process in that state."""
    with Desk(HOST) as desk, Desk(OTHER) as other, desktop_bus(desk):
        with Everything(desk) as s:
            s.others = [other]
            state(s)
            pids = [s.host.process.pid] if name == 'vitrine' else s.host.worker_pids(name)
            if not pids:
                return False
            workers = list(s.host.workers())
            pid = last_of(s, name, pids)
            os.kill(pid, signal.SIGKILL)
            gone([pid] if name != 'vitrine' else workers)
            if name != 'vitrine':
                consistent(s)
                s.host.process.terminate()
                s.host.wait_exit(20)
                gone(workers)
            until_down(desk, 0)
            return True


NAMES = ('vitrine', 'vitrine-launch', 'vitrine-watch', 'vitrine-render', 'vitrine-audit', 'vitrine-net', 'vitrine-seal', 'vitrine-relay',
         'vitrine-gate', 'vitrine-capture', 'vitrine-input', 'vitrine-bus')
LEAST = 8       # of them run in every state


def every(state):
    """Each process of that state. One test for each state, so that a part can be run."""
    done, failed = 0, []
    for name in NAMES:
        try:
            done += one(state, name)
        except Exception as trouble:        # all of them are wanted, not the first
            failed.append('%s in %s: %s' % (name, state.__name__, str(trouble)[:300]))
    assert not failed, '\n'.join(failed)
    assert done >= LEAST, done
    print('(%d kills) ' % done, end='')


def test_panel():
    every(panel)


def test_door():
    every(door)


def test_joined():
    every(joined)


def test_asked_to_share():
    every(asked_to_share)


def test_shared():
    every(shared)


def test_paused():
    every(paused)


def test_asked_for_control():
    every(asked_for_control)


def test_controlled():
    every(controlled)


TESTS = (test_panel, test_door, test_joined, test_asked_to_share, test_shared, test_paused, test_asked_for_control, test_controlled)
for test in TESTS:
    test.long, test.limit = True, 1200
