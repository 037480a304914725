"""kill -9 of each process in each state a session has (the model does it on every path, tests/unit/vitrine/test_session_walk.c; this is
the real program): nothing looks at the screen without the broker and a live share, nothing is left over, and it is said. make check-long."""
import contextlib
import os
import signal
import sys
import time

from bus import desktop_bus
from desk import PATIENCE, Desk
from hands import hold_keys, until_down
from wire import Wire

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, os.pardir, 'scenario')]
from h20_kills import gone, readers  # noqa: E402
from s5d_control_lost import Three  # noqa: E402

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
    """Keys and a button are held, and nobody lets go of them."""
    shared(s)
    hold_keys(s.desk, s.others[0], s.give(s.viewer))


def line_lost(s):
    """The controller's, who held keys."""
    controlled(s)
    since = s.host.mark()
    s.wire.block()
    s.host.wait('control', since=since, state='off', why='line')
    until_down(s.desk, 0)


def handed_over(s):
    """Somebody else presents, and is controlled by a third, who holds keys there."""
    s.begin_with(*s.others)


class Everything(Three):
    """Who joins does so through a wire."""

    def __init__(self, desk, others):
        super().__init__(desk)
        self.others = others

    def __enter__(self):
        super().__enter__()
        self.wire = Wire(self.port())
        return self

    def __exit__(self, *_):
        super().__exit__()
        self.wire.close()

    def local_invitation(self):
        return super().local_invitation().replace(':%d/' % self.port(), ':%d/' % self.wire.port)


def the_host(s):
    return s.host


def the_viewer(s):
    return s.viewer


def the_new_presenter(s):
    return s.paula


def consistent(who):
    """capture runs only while sharing is on, input only while control is."""
    end = time.monotonic() + PATIENCE
    while True:
        share, control = who.find('share'), who.find('control', mine=False)
        shares, controls = share and share['state'] == 'on', control and control['state'] == 'on'
        if (shares or not readers(who)) and (controls or not who.worker_pids('vitrine-input')):
            return
        assert time.monotonic() < end, (share, control, who.workers())
        time.sleep(0.02)


def last_of(who, name, pids):
    """The youngest; of painters the youngest that is at work: none waits for the next dialog with anything to lose."""
    if name != 'vitrine-render':
        return max(pids)
    said = {state: {e['pid'] for e in who.events if e['event'] == 'worker' and e['state'] == state}
            for state in ('verified', 'spare', 'prompt')}
    return max(pid for pid in pids if pid in said['verified'] - said['spare'] | said['prompt'])


ALWAYS = ('vitrine', 'vitrine-launch', 'vitrine-watch', 'vitrine-render', 'vitrine-audit', 'vitrine-net', 'vitrine-seal', 'vitrine-bus')
RELAY, SHARES, CONTROLLED = ('vitrine-relay',), ('vitrine-gate', 'vitrine-capture'), ('vitrine-input',)
NAMES = (*ALWAYS, *RELAY, *SHARES, *CONTROLLED)


def one(state, whose, name, there):
    """In that state there are those processes, and no others of vitrine's that outlast a moment; this one of them is killed."""
    others = [HOST, OTHER] if state is handed_over else [OTHER]
    with contextlib.ExitStack() as stack:
        desk, *others = [stack.enter_context(Desk(size)) for size in [HOST, *others]]
        for each in (desk, *others):
            stack.enter_context(desktop_bus(each))
        s = stack.enter_context(Everything(desk, others))
        state(s)
        who = whose(s)
        who.until_workers(lambda names: names & set(NAMES) == set(there) - {'vitrine'})
        pids = [who.process.pid] if name == 'vitrine' else who.worker_pids(name)
        workers = list(who.workers())
        pid = last_of(who, name, pids)
        os.kill(pid, signal.SIGKILL)
        gone([pid] if name != 'vitrine' else workers)
        if name != 'vitrine':
            consistent(who)
            who.process.terminate()
            who.wait_exit(20)
            gone(workers)
        for each in (desk, *others):
            until_down(each, 0)


def every(state, more=RELAY, whose=the_host):
    """Each process of that state. One test for each state, so that a part can be run."""
    there, failed = (*ALWAYS, *more), []
    for name in there:
        try:
            one(state, whose, name, there)
        except Exception as trouble:        # all of them are wanted, not the first
            failed.append('%s of %s in %s: %s' % (name, whose.__name__, state.__name__, str(trouble)[:300]))
    assert not failed, '\n'.join(failed)
    print('(%d kills) ' % len(there), end='')


def test_panel():
    every(panel)


def test_door():
    every(door)


def test_joined():
    every(joined)


def test_asked_to_share():
    every(asked_to_share)


def test_shared():
    every(shared, (*RELAY, *SHARES))


def test_paused():
    every(paused)


def test_asked_for_control():
    every(asked_for_control, (*RELAY, *SHARES))


def test_controlled():
    every(controlled, (*RELAY, *SHARES, *CONTROLLED))


def test_controllers_processes():
    every(controlled, (), the_viewer)


def test_line_lost():
    every(line_lost, (*RELAY, *SHARES))


def test_handed_over():
    """The organizer's processes: whoever of them dies, nothing stays down at the presenter's once the session is over."""
    every(handed_over)


def test_new_presenters_processes():
    every(handed_over, (*SHARES, *CONTROLLED), the_new_presenter)


TESTS = (test_panel, test_door, test_joined, test_asked_to_share, test_shared, test_paused, test_asked_for_control, test_controlled,
         test_controllers_processes, test_line_lost, test_handed_over, test_new_presenters_processes)
for test in TESTS:
    test.long, test.limit = True, 1200
