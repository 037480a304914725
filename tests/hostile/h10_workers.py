"""Workers that have gone bad: each dies at once, is named in the trail, and takes nothing with it that did not
depend on it (architecture 3 and 9.7). Workers that are not locked in get nothing at all (architecture 2)."""
import time

import party
from bus import desktop_bus
from desk import PATIENCE
from rogue import corrupt, heal, rogue
from session import Desk, Party, Session, compare
from trail import events_of

HOST, VIEWER = (800, 600), (1200, 900)
CALLS = ('socket', 'open', 'fork', 'exec', 'kill', 'ptrace')
MESSAGES = ('garbage', 'byte', 'unknown', 'trailing', 'huge', 'ready', 'descriptor', 'foreign', 'foreign-seal')


def nobody_reads(someone):
    names = someone.workers().values()
    assert 'vitrine-capture' not in names and 'vitrine-gate' not in names, sorted(names)


def accused(desk, role, since, *, event=None):
    """The trail names that role after line `since`, or the worker that gave up because of what it was sent."""
    deadline = time.monotonic() + PATIENCE
    while True:
        found = [e for e in events_of(desk)[since:] if e['event'] in (event or ('violation', 'worker_refused')) and
                 (role in (e['fields'].get('role'), e['fields'].get('client')) or 'another' in e['fields'].get('why', ''))]
        if found:
            return found[0]
        assert time.monotonic() < deadline, [e['event'] for e in events_of(desk)[since:]]
        time.sleep(0.05)


def share_fails(s, desk):
    """Asks, agrees, and sees the share end by a worker's fault; the session and the people in it stay."""
    line, since = len(events_of(desk)), s.host.mark()
    s.host.press('host-panel', 'share')
    s.host.answer('share', 'yes', since=since)
    s.host.wait('share', since=since, state='off', why='worker')
    nobody_reads(s.host)
    s.host.wait('window', since=since, name='toast', state='mapped')
    assert s.host.process.poll() is None and not s.host.find('ended')
    return line


def share_works(s, viewer, desk, other):
    s.share()
    desk.move(400, 2)
    different, _, _ = compare(s.host, viewer, desk, other, ignore=[(380, 0, 60, 40)])
    assert different == 0, different


def ways(cases):
    print('(%d ways) ' % len(cases), end='')
    return cases


def all_of_capture(orders, role='capture', **more):
    """One session; for each of the orders one share whose capture is bad; then one that works."""
    with party.copy() as programs, Desk(HOST) as desk, Desk(VIEWER) as other:
        with Session(desk, programs=programs) as s:
            viewer = s.join(other)
            for order in ways(orders):
                corrupt(programs, role, *order)
                try:
                    line = share_fails(s, desk)
                    accused(desk, role, line, **more)
                except AssertionError as e:
                    raise AssertionError('%s %s: %s' % (role, order, e)) from e
            heal(programs, role)
            assert not viewer.find('ended'), viewer.transcript()
            share_works(s, viewer, desk, other)


def test_capture_not_locked_in():
    """Without its filter, with another number of filters, or speaking before it is locked in: refused, given nothing."""
    all_of_capture([('unready', 'control', what) for what in ('unconfined', 'filters', 'garbage', 'foreign', 'huge')],
                   event=('worker_refused',))


def test_capture_sends_nonsense():
    all_of_capture([('ready', 'control', what) for what in MESSAGES] + [('given', 'control', 'garbage')])


def test_capture_sends_out_of_turn():
    """Well-formed messages that nobody asked for."""
    all_of_capture([('ready', 'control', 'unasked'), ('ready', 'control', 'running'), ('given', 'control', 'unasked')])


def test_capture_calls_what_it_may_not():
    all_of_capture([('ready', 'control', what) for what in CALLS])


def test_capture_asks_the_gate():
    """Bytes that are no X11 on its way to the X server: the gate ends it, and says so."""
    all_of_capture([('given', '0', 'garbage')], event=('gate_violation',))


def test_capture_sends_nonsense_to_seal():
    """The picture path: seal ends that share and nothing else."""
    all_of_capture([('given', '1', what) for what in ('garbage', 'byte', 'unknown', 'huge', 'descriptor', 'foreign')])


def test_gate():
    all_of_capture([('unready', 'control', 'unconfined'), ('ready', 'control', 'garbage'), ('ready', 'control', 'foreign'),
                    ('given', 'control', 'ready'), ('ready', 'control', 'socket'), ('given', 'control', 'open')],
                   role='gate')


def test_capture_floods():
    """A flood of right messages does not keep the owner from stopping it."""
    with rogue('capture', 'given', 'control', 'flood') as programs, Desk(HOST) as desk:
        with Session(desk, programs=programs) as s:
            since = s.host.mark()
            s.host.press('host-panel', 'share')
            s.host.answer('share', 'yes', since=since)
            s.host.wait('share', since=since, state='on')
            time.sleep(0.5)
            if not s.host.find('share', since, state='off'):
                s.host.press('sharing-bar', 'stop')
                s.host.wait('share', since=since, state='off')
            nobody_reads(s.host)
            assert s.host.process.poll() is None
            told = [e for e in s.host.events[since:] if e['event'] == 'share' and e['state'] == 'on']
            assert len(told) == 1, len(told)        # nor fills the trail and --events with what was known


def test_capture_floods_viewers():
    """Nor does one of whole pictures with nothing in them keep a viewer's other windows from living: the decoder gives up."""
    with rogue('capture', 'given', '1', 'flood-keys') as programs, Desk(HOST) as desk, Desk(VIEWER) as other:
        with Session(desk, programs=programs) as s:
            viewer = s.join(other)
            line, since = len(events_of(other)), viewer.mark()
            s.host.press('host-panel', 'share')
            s.host.answer('share', 'yes')
            viewer.wait('worker', since=since, role='view', state='ended')
            viewer.wait('ended', since=since)
            accused(other, 'view', line, event=('worker_end',))
            viewer.wait('window', since=since, name='ended', state='mapped')
            assert viewer.process.poll() is None and s.host.process.poll() is None


def test_session_workers():
    """seal, net or the embedded relay gone bad: the session ends, clearly; nothing of it is left running."""
    cases = [('seal', 'unready', 'control', 'unconfined'), ('seal', 'ready', 'control', 'garbage'),
             ('seal', 'given', 'control', 'socket'), ('seal', 'given', '0', 'garbage'),
             ('net', 'unready', 'control', 'filters'), ('net', 'ready', 'control', 'foreign'),
             ('net', 'given', 'control', 'open'), ('net', 'given', '1', 'garbage'),
             ('relay', 'ready', 'control', 'garbage'), ('relay', 'given', 'control', 'exec'),
             ('dial', 'ready', 'control', 'garbage'), ('dial', 'unready', 'control', 'unconfined')]
    with party.copy() as programs, Desk(HOST) as desk:
        for case in ways(cases):
            line = len(events_of(desk))
            corrupt(programs, *case)
            with Party(desk, 'host', '--listen', '127.0.0.1:0', programs=programs) as p:
                p.wait('ended', how='cut')
                code = p.wait('error')['code']
                p.until_left('vitrine-launch', 'vitrine-render', 'vitrine-audit', 'vitrine-watch')
                p.press('error', 'close')
                status = p.wait_exit()
                assert (code, status) in (('R-NET', 4), ('S-BOX', 5)), (case, code, status)
            try:
                accused(desk, case[0], line)
            except AssertionError as e:
                raise AssertionError('%s: %s' % (case, p.transcript())) from e
            heal(programs, case[0])


def test_painter():
    """A painter that is not locked in paints nothing: vitrine does not start. One that talks nonsense is ended each
    time it is started again, and nothing it would have painted is on the screen."""
    with Desk(HOST) as desk:
        with rogue('ui', 'unready', 'control', 'unconfined') as programs:
            with Party(desk, 'host', '--listen', '127.0.0.1:0', programs=programs) as p:
                assert p.wait_exit(20) == 5, p.transcript()
                assert len(p.errors) == 1 and not p.find('window')
        with rogue('ui', 'ready', 'control', 'garbage') as programs:
            with Party(desk, 'host', '--listen', '127.0.0.1:0', programs=programs) as p:
                p.wait('worker', role='ui', state='ended', why='unknown')
                p.never('window', 2.5)
                assert 5 > sum(e['event'] == 'worker' and e['role'] == 'ui' and e['state'] == 'ended' for e in p.events) / 2.5
                p.process.terminate()
                p.wait_exit(5)


def test_viewers_decoder():
    """The process that decodes the presenter's picture, at a viewer: its own session ends, nobody else's."""
    cases = [('unready', 'control', 'unconfined'), ('given', 'control', 'open'), ('given', 'control', 'flood-sizes'), ('given', '0', 'garbage')]
    with party.copy() as programs, Desk(HOST) as desk, Desk(VIEWER) as other, Desk(VIEWER, kind='xvfb') as third:
        with Session(desk) as s:
            good = s.join(third, name='Gudrun')
            s.share()
            for number, case in enumerate(ways(cases)):
                line, name = len(events_of(other)), 'Bodo %d' % number
                corrupt(programs, 'view', *case)
                bad = s.start_join(other, name=name, programs=programs)
                if case[0] != 'unready':     # it starts at the door already
                    s.admit(name)
                bad.wait('ended', how='cut')
                accused(other, 'view', line)
                if case[0] == 'unready':
                    s.host.wait('prompt', 20, kind='admit', name=name, state='closed')
                elif case[1] == 'control':     # else seal died too: it may come back for a minute
                    s.host.wait('member', 20, name=name, state='left')
                bad.stop()
            desk.move(400, 2)
            assert compare(s.host, good, desk, third, ignore=[(380, 0, 60, 40)])[0] == 0
            assert s.host.worker_pids('vitrine-capture')


def test_audit():
    """The trail's writer gone bad: it dies and that is said; where the trail is not mandatory the session goes on."""
    for what in ways((('unready', 'control', 'unconfined'), ('ready', 'control', 'garbage'), ('given', 'control', 'socket'))):
        with rogue('audit', *what) as programs, Desk(HOST) as desk:
            with Session(desk, programs=programs) as s:
                s.host.wait('worker', role='audit', state='ended')
                s.share()
                s.host.said('audit')
                assert 'audit' in s.host.errors[0], s.host.errors


def test_bus():
    """Who hears lock screens gone bad: ended and accused; what it said of a lock screen before is not believed to be over, and the
    session goes on without it."""
    cases = [('unready', 'control', 'unconfined'), ('unready', 'control', 'garbage'), ('ready', 'control', 'garbage'), ('given', 'control', 'foreign'),
             ('given', 'control', 'socket'), ('given', 'control', 'open'), ('given', 'control', 'exec')]
    with party.copy() as programs, Desk(HOST) as desk, desktop_bus(desk):
        for case in ways(cases):
            line = len(events_of(desk))
            corrupt(programs, 'bus', *case)
            with Session(desk, programs=programs) as s:
                s.host.wait('worker', role='bus', state='ended')
                s.host.wait('lockers', there=[], locked=[])
                s.share()
            accused(desk, 'bus', line)


test_capture_sends_nonsense.limit = test_session_workers.limit = 200
