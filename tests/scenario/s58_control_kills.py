"""kill -9 of each process of a session, one at a time, while a controller holds keys and a button: nothing stays down."""
import os
import signal

from bus import desktop_bus
from desk import Desk
from hands import HOST, VIEWER, Control, down_now, hold_keys, let_go, until_down
from trail import events_of


def one_of(party, name):
    pids = sorted(party.worker_pids(name))
    assert pids, 'no %s' % name
    return pids[0]


# Whose death ends control by itself: nothing is let go by the controller before it is looked at.
ENDING = {
    'host seal': lambda s, v, g: one_of(s.host, 'vitrine-seal'),
    'host net': lambda s, v, g: one_of(s.host, 'vitrine-net'),
    'host capture': lambda s, v, g: one_of(s.host, 'vitrine-capture'),
    "capture's gate": lambda s, v, g: g,
    'relay': lambda s, v, g: one_of(s.host, 'vitrine-relay'),
    'watcher': lambda s, v, g: one_of(s.host, 'vitrine-watch'),
    'viewer seal': lambda s, v, g: one_of(v, 'vitrine-seal'),
    'viewer net': lambda s, v, g: one_of(v, 'vitrine-net'),
    'viewer': lambda s, v, g: v.process.pid,
}
# Whose death need not end it: then the controller lets go, and that is done.
STAYING = {
    'host painter': lambda s, v, g: s.host.role_pids('ui')[0],
    'host audit': lambda s, v, g: one_of(s.host, 'vitrine-audit'),
    'host launcher': lambda s, v, g: one_of(s.host, 'vitrine-launch'),
    'host bus': lambda s, v, g: one_of(s.host, 'vitrine-bus'),
    'viewer launcher': lambda s, v, g: one_of(v, 'vitrine-launch'),
    'viewer painters': lambda s, v, g: v.role_pids('ui')[0],
    "viewer's decoder": lambda s, v, g: v.role_pids('view')[0],
    'viewer audit': lambda s, v, g: one_of(v, 'vitrine-audit'),
}


def kill_each(whose, ends):
    with Desk(HOST) as desk, Desk(VIEWER) as other, desktop_bus(desk):
        for name, pid_of in whose.items():
            with Control(desk) as s:
                viewer = s.begin(other)
                capture_gate = s.host.worker_pids('vitrine-gate')[0]
                rect = s.give(viewer)
                hold_keys(desk, other, rect)
                os.kill(pid_of(s, viewer, capture_gate), signal.SIGKILL)
                if ends:
                    until_down(desk, 0, 12)
                let_go(other)
                until_down(desk, 0)
                print('(%s) ' % name, end='')
            assert not down_now(desk), name


def test_each_that_ends_it():
    """Whoever it is, both machines' sides: the keys are up within seconds."""
    kill_each(ENDING, True)


def test_each_that_does_not():
    """A painter, the trail: control may go on, and what is let go of is let go of."""
    kill_each(STAYING, False)


def test_who_stands_still():
    """Not dead, but stopped: an input worker that does not let go when the owner's hand goes first, and a watcher. Both are noticed, control
    is over, and nothing stays down."""
    with Desk(HOST) as desk, Desk(VIEWER) as other:
        with Control(desk) as s:
            viewer = s.begin(other)
            rect = s.give(viewer)
            hold_keys(desk, other, rect)
            until_down(desk)
            since = s.host.mark()
            os.kill(one_of(s.host, 'vitrine-input'), signal.SIGSTOP)
            desk.move(300, 500)
            s.host.wait('control', 10, since, state='off', why='worker', mine=False)
            until_down(desk, 0)
            let_go(other)
            s.give(viewer)
            hold_keys(desk, other, rect)
            until_down(desk)
            since = s.host.mark()
            os.kill(one_of(s.host, 'vitrine-watch'), signal.SIGSTOP)
            s.host.wait('control', 10, since, state='off', why='device', mine=False)
            until_down(desk, 0)
            let_go(other)
            assert not s.host.worker_pids('vitrine-watch')
            assert [e['fields']['role'] for e in events_of(desk, 'violation')] == ['input']


test_each_that_ends_it.limit = 300
test_each_that_does_not.limit = 200
