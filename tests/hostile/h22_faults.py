"""One call to the system fails, in one process, in the middle of a session: an allocation, a read, a write, a send, an open, the making
of a process. It ends cleanly or goes on, says so, and the invariants hold: nothing looks at the screen without a live share, nothing
outlives the broker, no process is killed by a mistake of its own. A sample here; every call in `make check-long`."""
import os
import signal
import sys
import time

import party
from desk import PATIENCE, Desk
from party import Missing
from rogue import place
from session import Session
from trail import path_of

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from h20_kills import gone, readers  # noqa: E402

HOST, OTHER = (800, 600), (1000, 700)
PLACE, ROOM = b'FAULTS:', 63
KINDS = ('alloc', 'read', 'write', 'send', 'open', 'fork')
PROGRAMS = ('vitrine', 'vitrine-gate', 'vitrine-capture', 'vitrine-net', 'vitrine-seal', 'vitrine-relay', 'vitrine-render', 'vitrine-audit',
            'vitrine-dial')
NUMBERS = list(range(1, 17)) + [24, 32, 48, 64, 96, 128, 256, 512]
MISTAKES = (signal.SIGSEGV, signal.SIGBUS, signal.SIGILL, signal.SIGFPE, signal.SIGSYS)


def spoil(folder, program, kind, n):
    """From now on the n-th call of that kind fails there. Every one, where all processes of a kind come from one program."""
    with open(os.path.join(party.BUILD, 'faults', program), 'rb') as source:
        data = source.read()
    marker = PLACE + b' ' * 8
    assert data.count(marker) == 1
    at = data.index(marker)
    place(folder, program, data[:at] + (PLACE + b'%s %d' % (kind.encode(), n)).ljust(ROOM) + data[at + ROOM:])


def a_session(desk, other, s):
    """Somebody comes in, the screen is shown, paused, shown again and stopped; the end for everyone."""
    viewer = s.join(other)
    s.share()
    s.host.press('sharing-bar', 'pause')
    s.host.wait('share', state='paused')
    since = s.host.mark()
    s.host.press('sharing-bar', 'resume')
    s.host.wait('share', since=since, state='on')
    s.host.press('sharing-bar', 'stop')
    s.host.press('host-panel', 'end')
    s.host.answer('end', 'yes')
    viewer.wait('ended')


def said_something(s):
    """Who could not go on has said why: an error, an end, a worker that is gone, a share that is over, or a line and an exit."""
    host = s.host
    return (host.find('error') or host.find('ended') or host.find('worker', state='ended') or host.errors or
            host.process.poll() is not None or any(v.find('ended') or v.find('error') for v in s.viewers))


def no_mistake(host):
    for event in host.events:
        why = str(event.get('why', ''))
        assert not (event['event'] == 'worker' and any('signal %d' % m in why or m.name in why for m in MISTAKES)), event
    code = host.process.poll()
    assert code is None or code >= 0 or -code not in [int(m) for m in MISTAKES], code


def settled(host):
    """Nothing reads the screen, unless sharing is on."""
    end = time.monotonic() + PATIENCE
    while True:
        share = host.find('share')
        if not readers(host) or (share and share['state'] == 'on'):
            return
        assert time.monotonic() < end, (share, host.workers())
        time.sleep(0.05)


def noticed(host):
    """It made a difference: without one the call may never have come."""
    usual = ('killed', 'the program ends', None, '')
    return bool(host.errors or host.find('error') or host.process.poll() or host.find('security', level='reduced') or
                any(e['event'] == 'worker' and e.get('state') == 'ended' and e.get('why') not in usual and e['role'] != 'dial'
                    for e in host.events))


def fault(program, kind, n):
    """Whether anything was noticed of it."""
    interrupted = False
    with Desk(HOST) as desk, Desk(OTHER, kind='xvfb') as other, party.copy() as folder:
        spoil(folder, program, kind, n)
        s = Session(desk, programs=folder)
        s.host.patience = 12        # what does not come is what is looked for here
        try:
            try:
                with_session = s.host.wait('session')
                s.info = with_session
                s.host.window('host-panel')
                a_session(desk, other, s)
            except (Missing, AssertionError) as trouble:
                interrupted = True
                assert said_something(s), '%s %s %d: silence: %s' % (program, kind, n, str(trouble)[:2000])
            settled(s.host)
            no_mistake(s.host)
            workers = list(s.host.workers())
            if s.host.process.poll() is None:
                s.host.process.terminate()
            s.host.wait_exit(15)
            gone(workers)
            no_mistake(s.host)
            assert os.path.exists(path_of(desk)) or program in ('vitrine', 'vitrine-audit')
            return interrupted or noticed(s.host)
        finally:
            for viewer in s.viewers:
                viewer.stop()
            s.host.stop()


def test_broker_reads():
    fault('vitrine', 'read', 30)        # a channel is read again: nothing is lost


def test_broker_starts():
    assert fault('vitrine', 'fork', 5)


def test_seal_sends():
    assert fault('vitrine-seal', 'send', 12)


def test_capture_allocates():
    assert fault('vitrine-capture', 'alloc', 1)


def test_net_reads():
    fault('vitrine-net', 'read', 9)     # as above


def test_audit_writes():
    assert fault('vitrine-audit', 'write', 14)


def every(program, kind):
    """Each of the first sixteen, then ever fewer: the calls of a start, and some of a whole session."""
    def test():
        failed, noticed = [], 0
        for n in NUMBERS:
            try:
                noticed += bool(fault(program, kind, n))
            except Exception as trouble:        # all of them are wanted, not the first
                failed.append('%s %s %d: %s' % (program, kind, n, str(trouble)[:300]))
        print('(%d, %d noticed) ' % (len(NUMBERS), noticed), end='')
        assert not failed, '\n'.join(failed)
    test.long = True
    test.limit = 1800
    return test


# test_every_vitrine_seal_send and so on: one for each program and kind, so that a part can be run.
globals().update({'test_every_%s_%s' % (program.replace('-', '_'), kind): every(program, kind) for program in PROGRAMS for kind in KINDS})
