#!/usr/bin/env python3
"""One call to the system fails, in one process, in the middle of a session: an allocation, a read, a write, a send, an open, the making
of a process, a read or write that a library does for us (the line to the relay, the X server's), what is done with descriptors, with
files, with streams, an allocation that a library makes (tests/hostile/faults.c). It ends cleanly or goes on, says so, and the invariants
hold: nothing looks at the screen without a live share, nothing outlives the broker, no key or button stays down, what the trails hold is
whole, no process is killed by a mistake of its own. A sample here; in `make check-long`, by root, each call of a session in turn: how many
each process makes is counted first, from its memory, which is closed to its own user.

Two lists, one behind the other. Places: everywhere in our own code where such a call is made in a session, the first time it comes there
fails, and, where it comes more often, one in the middle of them. Calls: each of them all.

How many there are is another in each session, a few more or less: a sixteenth and four behind those that were counted fail too, and
which of them no process comes to is "absent". Of thousands of allocations that libraries make, an even choice (of_thousands).

The long list keeps a ledger (FAULTS_RECORD, else faults/record.tsv of the build folder): a fault that stands there has run and is not
run again, unless it failed. Where FAULTS_STOP names a file, it stops between two faults as soon as that file is there. What a fault
came to is one of

    noticed     somebody said so, or it ended
    quiet       the call failed and all went on (a channel is read again, a message goes with the next one)
    absent      in that session no process made so many calls; runs again on the next commit
    failed      silence, a crash, something left: a mistake of vitrine's

    tests/hostile/h22_faults.py         prints how far the ledger is
    tests/hostile/h22_faults.py run     runs what is left, one here and one there, until FAULTS_STOP; several may run beside each other
"""
import collections
import os
import random
import signal
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(os.path.dirname(HERE), 'harness'), os.path.join(os.path.dirname(HERE), 'scenario')]
import party  # noqa: E402
from desk import make_tools, needs_root, user  # noqa: E402
from faulty import KINDS, Faulty, Looking, Place, a_session, places_named, spoil  # noqa: E402
from h20_kills import gone, readers  # noqa: E402
from hands import down_now, let_go, until_down  # noqa: E402
from ledger import Ledger  # noqa: E402
from party import Missing  # noqa: E402
from trail import path_of  # noqa: E402

# Who is it: the host, the one who views and controls, or the host under that control.
PROGRAMS = {
    'host': ('vitrine', 'vitrine-gate', 'vitrine-capture', 'vitrine-net', 'vitrine-seal', 'vitrine-relay', 'vitrine-render',
             'vitrine-audit', 'vitrine-dial', 'vitrine-bus'),
    'viewer': ('vitrine', 'vitrine-net', 'vitrine-seal', 'vitrine-render', 'vitrine-audit', 'vitrine-dial'),
    'control': ('vitrine-input', 'vitrine-gate', 'vitrine', 'vitrine-seal', 'vitrine-net'),
}
LIST = ['%s %s %s' % (side, program, kind) for side, programs in PROGRAMS.items() for program in programs for kind in KINDS]
MISTAKES = (signal.SIGSEGV, signal.SIGBUS, signal.SIGILL, signal.SIGFPE, signal.SIGSYS)


# ------------------------------------------------------------------------------------ a session with a fault
def said_why(someone):
    """The owner is told that there is no control, or that a question is none any more; or what ended or was refused, and why."""
    shown = ('Control ended', 'This computer cannot be controlled', 'The question was closed')
    return any(e['event'] == 'window' and e['name'] == 'toast' and e['texts'] and e['texts'][0] in shown or
               e['event'] in ('share', 'control') and e['state'] in ('off', 'paused', 'refused') and e['why'] not in ('', 'owner') or
               e['event'] == 'line' and e['state'] == 'lost' for e in someone.events)


def said_something(s):
    """Who could not go on has said why: an error, an end, a worker that is gone and what that ends or prevents, or a line and an exit. That
    a number was dialled, and the end of who dialled it, tells nothing."""
    return any(p.find('ended') or p.process.poll() is not None or noticed(p) or said_why(p) for p in s.everyone())


def no_mistake(someone):
    for event in someone.events:
        why = str(event.get('why', ''))
        assert not (event['event'] == 'worker' and any('signal %d' % m in why or m.name in why for m in MISTAKES)), event
    code = someone.process.poll()
    assert code is None or code >= 0 or -code not in [int(m) for m in MISTAKES], code


def settled(host):
    """Nothing reads the screen, unless sharing is on, and nothing is held, unless control is. Whose events cannot be written any more
    tells nothing of that."""
    if any('--events' in line for line in host.errors):
        return
    end = time.monotonic() + 3
    while True:
        share, control = host.find('share'), host.find('control', mine=False)
        reads = readers(host) and not (share and share['state'] == 'on')
        holds = not (control and control['state'] == 'on') and down_now(host.desk)
        if not reads and not holds:
            return
        assert time.monotonic() < end, (share, control, holds, host.workers())
        time.sleep(0.05)


def noticed(someone):
    """It made a difference: without one the call may never have come."""
    usual = ('killed', 'the program ends', None, '')
    return bool(someone.errors or someone.find('error') or someone.process.poll() or someone.find('security', level='reduced') or
                any(e['event'] == 'worker' and e.get('state') == 'ended' and e.get('why') not in usual and e['role'] != 'dial'
                    for e in someone.events))


def end_all(s):
    """All of them end when they are told to, and nothing of them is left: no process, and nothing down, whoever still holds it."""
    settled(s.host)
    workers = [pid for p in s.everyone() for pid in p.workers()]
    for p in s.everyone():
        no_mistake(p)
        if p.process.poll() is None:
            p.process.terminate()
    for p in s.everyone():
        p.wait_exit(15)
        no_mistake(p)
    gone(workers, 3)
    until_down(s.desk, 0)


def verified(folder, log):
    done = subprocess.run([os.path.join(folder, 'vitrine'), 'audit', 'verify', log], capture_output=True, text=True, timeout=60,
                          check=False, **user())
    assert done.returncode >= 0 and done.stdout + done.stderr, done
    return done.returncode, done.stdout


def size(path):
    return os.path.getsize(path) if os.path.exists(path) else 0


def trails_whole(at, program):
    """Whatever failed: what the trails hold is whole, or torn as by a crash. Only who writes it can be kept from beginning one; of one
    without a line and without a key nobody is told that it is whole, and nobody that it is not."""
    assert os.path.exists(path_of(at.desk)) or program in ('vitrine', 'vitrine-audit')
    for desk in (at.desk, at.other):
        if os.path.exists(path_of(desk)):
            said = verified(party.binaries(), path_of(desk))
            assert said[0] == (0 if size(path_of(desk)) or size(path_of(desk) + '.key') else 7), said


def fault(at, side, program, kind, n):
    """noticed, quiet or absent; unseen, where we are not root and cannot look. n: of that kind, or with "at" and an address behind, of
    those there."""
    interrupted = None
    at.forget()
    at.spoil(program, '%s %s%s' % (kind, n, '' if os.geteuid() else ' wait'))
    s = Faulty(at, side)
    try:
        with Looking(s.victim, at.folder, 0.05, program) as look:
            try:
                s.info = s.host.wait('session', 20)     # longer than an X server is waited for
                s.host.window('host-panel', 5)
                a_session(s)
            except (Missing, AssertionError, subprocess.CalledProcessError) as trouble:     # of a window that is gone, too
                interrupted = str(trouble)[:2000]
                assert said_something(s), '%s: silence%s: %s' % (
                    '%s %s %s %s' % (side, program, kind, n), '' if look.waited or os.geteuid() else ', and no call had failed', interrupted)
            end_all(s)
        trails_whole(at, program)
        if look.waited or os.geteuid():
            return 'noticed' if interrupted or noticed(s.victim()) else 'quiet' if look.waited else 'unseen'
        assert not interrupted, 'no call had failed, and yet: ' + interrupted
        return 'absent'
    finally:
        let_go(at.other)
        for viewer in s.viewers:
            viewer.stop()
        s.host.stop()


# ------------------------------------------------------------------------------------ a sample
# Of each program each kind of call that it makes: whose program it is, and the how manieth fails.
SAMPLE = {
    'vitrine': 'control alloc 9, host read 128, host write 48, viewer send 64, host open 64, viewer fork 5, host libread 256, '
               'viewer libwrite 24, control fd 12, viewer file 12, viewer stdio 2, host liballoc 1200',
    'vitrine-gate': 'host read 24, control send 48, host liballoc 3',
    'vitrine-capture': 'host alloc 4, host read 3, host send 4, host libread 32, host libwrite 16, host liballoc 200',
    'vitrine-net': 'viewer alloc 12, control read 12, host send 9, viewer libread 15, host libwrite 8, host liballoc 8000',
    'vitrine-seal': 'host alloc 96, control read 32, viewer send 9, host liballoc 5',
    'vitrine-relay': 'host alloc 11, host read 2, host send 1, host open 3, host libread 14, host libwrite 10, host fd 3, host liballoc 16000',
    'vitrine-render': 'host alloc 16, viewer read 24, host send 24, host liballoc 22000',
    'vitrine-audit': 'host read 48, viewer write 24, host send 16, host file 20, host liballoc 9200',
    'vitrine-dial': 'viewer send 2, viewer open 7',
    'vitrine-bus': 'host read 3, host write 3, host send 2, host liballoc 3',
    'vitrine-input': 'control alloc 1, control read 5, control send 3, control libread 11, control libwrite 4, control liballoc 20',
}


def sampled(program):
    return [(side, program, kind, int(n)) for side, kind, n in map(str.split, SAMPLE[program].split(', '))]


def sample(program):
    """Each of them, and none for nothing: the call is made, wherever root can see it."""
    outcomes = collections.Counter()
    with Place() as at:
        for which in sampled(program):
            outcome = fault(at, *which)
            assert outcome != 'absent', '%s %s %s %d: no such call' % which
            outcomes[outcome] += 1
    print('(%s) ' % ', '.join('%d %s' % (n, outcome) for outcome, n in sorted(outcomes.items())), end='')


def test_broker():
    sample('vitrine')


def test_gate():
    sample('vitrine-gate')


def test_capture():
    sample('vitrine-capture')


def test_net():
    sample('vitrine-net')


def test_seal():
    sample('vitrine-seal')


def test_relay():
    sample('vitrine-relay')


def test_render():
    sample('vitrine-render')


def test_audit():
    sample('vitrine-audit')


def test_dial():
    sample('vitrine-dial')


def test_bus():
    sample('vitrine-bus')


def test_input():
    sample('vitrine-input')


for test in (test_broker, test_capture, test_net, test_relay, test_input):
    test.limit = 240


# ------------------------------------------------------------------------------------ all of them, on several days
def ledger():
    return Ledger(os.environ.get('FAULTS_RECORD') or os.path.join(party.BUILD, 'faults', 'record.tsv'))


def of_thousands(program):
    """Which of the allocations that libraries make, most of them while they start: the first ones, ever fewer behind them, and one of so
    many throughout. Not by how many there are: what stands in the ledger is another day's choice as well."""
    step = 16 if program == 'vitrine' else 256
    return lambda n: n % step == 0 or n <= 16 or n in (24, 32, 48, 64, 96, 128, 192, 384)


def numbers(program, kind, counted):
    """Which of so many calls fail. The allocations of OpenSSL are seal's own: it gives it its memory."""
    every = range(1, counted + counted // 16 + 5 if counted else 1)
    many = kind == 'liballoc' or (program, kind) == ('vitrine-seal', 'alloc')
    return list(filter(of_thousands(program), every) if many else every)


def calls_of(lines, which):
    """The keys of each call of one side, program and kind, by what was counted last; none before anybody has counted."""
    _, program, kind = which.split()
    return ['%s %d' % (which, n) for n in numbers(program, kind, int(lines.get('calls ' + which, ('0',))[0]))]


def places_of(lines, which):
    """Those of each place in the code, the same."""
    last, before = lines.get('calls ' + which.split()[0], ('', ''))[1], 'place %s ' % which
    return ['%s %s %s' % (which, k[len(before):], time_there) for k, (calls, commit, _) in lines.items() if k.startswith(before) and commit == last
            for time_there in ('first', 'middle')[:int(calls.split()[0])]]


def orders_of(lines, one_of_them):
    """(side, program, kind, what fails), for fault()."""
    side, program, kind, *where = one_of_them.split()
    if len(where) == 1:
        return side, program, kind, where[0]
    calls, address = lines['place %s %s %s %s' % (side, program, kind, where[0])][0].split(' at ')
    return side, program, kind, '%d at %s' % (1 if where[1] == 'first' else int(calls) // 2 + 1, address)


def asked_to_stop():
    return os.path.exists(os.environ.get('FAULTS_STOP') or '/nowhere')


def plain_session(side):
    """{(program, kind): calls} and {(program, kind, address): calls}: the most in one process of it, in a session without faults, whose
    processes wait until they have been looked at. Every program of that side is seen at work: one in whose memory nothing is counted
    would have no calls that could fail."""
    with Place() as at:
        for program in PROGRAMS[side]:
            spoil(at.folder, program, 'count')
        session = Faulty(at, side)
        with Looking(session.victim, at.folder, 0.02, places=True) as look, session as s:
            a_session(s)
    for program in PROGRAMS[side]:
        assert any(look.most.get((program, kind)) for kind in KINDS), 'no calls are counted in %s: %s' % (program, look.most)
    return [{which: n for which, n in found.items() if which[0] in PROGRAMS[side]} for found in (look.most, look.places)]


def counted(record):
    """The ledger's lines, with the counts of this commit among them."""
    with record.alone():
        for side in PROGRAMS:
            if record.lines().get('calls %s' % side, ('', ''))[:2] != ('and places', record.commit):
                calls, places = plain_session(side)
                for (program, kind), n in calls.items():
                    record.write('calls %s %s %s' % (side, program, kind), str(n))
                for program in PROGRAMS[side]:
                    for (kind, where), name in places_named(program, {which[1:] for which in places if which[0] == program}).items():
                        record.write('place %s %s %s %s' % (side, program, kind, name), '%d at %x' % (places[program, kind, where], where))
                record.write('calls %s' % side, 'and places')
    return record.lines()


def run_one(at, record, one_of_them):
    """Whether the desks can be used again."""
    began = time.monotonic()
    try:
        outcome, why = fault(at, *orders_of(record.lines(), one_of_them)), ''
    except Exception as trouble:        # all of them are wanted, not the first
        if 'longer than its limit' in str(trouble):
            raise
        outcome, why = 'failed', '%s: %s' % (type(trouble).__name__, str(trouble)[:2000])
    record.write(one_of_them, outcome, '%.1f s %s' % (time.monotonic() - began, why))
    return outcome != 'failed'


def run_those(record, keys):
    at = None
    try:
        for one_of_them in keys:
            if asked_to_stop():
                return
            at = at or Place().__enter__()
            if not run_one(at, record, one_of_them):
                at.__exit__()
                at = None
    finally:
        if at:
            at.__exit__()


def left_to_run(record, lines, keys):
    """Those that have no outcome yet, or failed. What a process did not come to it may come to on another commit."""
    def has_run(outcome, commit, _):
        return outcome in ('noticed', 'quiet') or (outcome == 'absent' and commit == record.commit)
    return [k for k in keys if k not in lines or not has_run(*lines[k])]


def every(which):
    def test():
        needs_root()
        record = ledger()
        lines = record.lines() if asked_to_stop() else counted(record)
        keys = places_of(lines, which) + calls_of(lines, which)
        run_those(record, left_to_run(record, lines, keys))
        count, lines = record.count(keys), record.lines()
        print('(%s) ' % ', '.join('%d %s' % (n, outcome) for outcome, n in sorted(count.items())), end='')
        failed = ['%s: %s' % (k, lines[k][2]) for k in keys if k in lines and lines[k][0] == 'failed']
        assert not failed, '\n'.join(failed)
        assert not count['-'], '%d have not run' % count['-']
    test.long = True
    test.limit = 4 * 3600       # some have thousands
    return test


def test_every_kind_is_sampled():
    """Whatever calls a program makes, on any side: one of that kind is in the sample."""
    needs_root()
    made = {which for side in PROGRAMS for which, n in plain_session(side)[0].items() if n}
    missing = made - {(program, kind) for program in SAMPLE for _, _, kind, _ in sampled(program)}
    assert not missing, missing


test_every_kind_is_sampled.long = True

# test_every_host_vitrine_seal_send and so on: one for each program and kind, so that a part can be run.
for _which in LIST:
    globals()['test_every_' + _which.replace(' ', '_').replace('-', '_')] = every(_which)


def report(record):
    """How far the ledger is: places, then calls, a line for each program and one for all."""
    outcomes, lines = ('noticed', 'quiet', 'absent', 'failed', '-'), record.lines()
    for name, keys_of in (('places', places_of), ('calls', calls_of)):
        print('%-24s %s' % (name, ' '.join('%8s' % ('not run' if o == '-' else o) for o in outcomes)))
        rows = {}
        for which in LIST:
            rows.setdefault(' '.join(which.split()[:2]), []).extend(keys_of(lines, which))
        for row, keys in [*rows.items(), ('all', sum(rows.values(), []))]:
            count = collections.Counter(lines.get(k, '-')[0].replace('unseen', '-') for k in keys)
            print('%-24s %s' % (row, ' '.join('%8d' % count[o] for o in outcomes)))
        for k in sum(rows.values(), []):
            outcome, commit, remark = lines.get(k, ('-', '', ''))
            if outcome == 'failed':
                print('failed on %s: %s: %s' % (commit, k, remark[:300]))


def at_random(record):
    """What is left of all, places before calls, each in no order; what somebody else has run meanwhile is passed over."""
    before = counted(record)
    for keys_of in (places_of, calls_of):
        left = left_to_run(record, before, [k for which in LIST for k in keys_of(before, which)])
        random.shuffle(left)
        yield from (k for k in left if record.lines().get(k) == before.get(k))


if __name__ == '__main__':
    if sys.argv[1:] == ['run']:
        make_tools()
        try:
            run_those(ledger(), at_random(ledger()))
        finally:
            party.forget_binaries()
    report(ledger())
