#!/usr/bin/env python3
"""One call to the system fails, in one process, in the middle of a session: an allocation, a read, a write, a send, an open, the making
of a process, a read or write that a library does for us (the line to the relay, the X server's), what is done with descriptors, with
files, with streams, an allocation that a library makes (tests/hostile/faults.c). It ends cleanly or goes on, says so, and the invariants
hold: nothing looks at the screen without a live share, nothing outlives the broker, no key or button stays down, what the trails hold is
whole, no process is killed by a mistake of its own. A sample here; in `make check-long`, by root, each of the first sixteen calls of a kind and ever fewer behind them (NUMBERS):
how many calls there are is read from the memory of workers, which are closed to their own user.

The long list keeps a ledger (FAULTS_RECORD, else faults/record.tsv of the build folder): a fault that stands there has run and is not
run again, unless it failed. Where FAULTS_STOP names a file, it stops between two faults as soon as that file is there. What a fault
came to is one of

    noticed     somebody said so, or it ended
    quiet       the call failed and all went on (a channel is read again, a message goes with the next one)
    unseen      all went on, and no process was seen that had come so far
    absent      not run: in a session without faults, of the same commit, no process makes half as many calls of that kind
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
import box  # noqa: E402
import party  # noqa: E402
from desk import PATIENCE, Desk, make_tools, needs_root, user  # noqa: E402
from faulty import KINDS, Counting, Faulty, Place, a_session, spoil  # noqa: E402
from h20_kills import gone, readers  # noqa: E402
from hands import HOST, down_now, let_go, until_down  # noqa: E402
from ledger import Ledger  # noqa: E402
from party import Missing  # noqa: E402
from relay import folder as relay_folder, key_pair  # noqa: E402
from s31_policy import conf_d  # noqa: E402
from session import Session  # noqa: E402
from trail import path_of  # noqa: E402

# Who is it: the host, the one who views and controls, or the host under that control.
PROGRAMS = {
    'host': ('vitrine', 'vitrine-gate', 'vitrine-capture', 'vitrine-net', 'vitrine-seal', 'vitrine-relay', 'vitrine-render',
             'vitrine-audit', 'vitrine-dial', 'vitrine-bus'),
    'viewer': ('vitrine', 'vitrine-net', 'vitrine-seal', 'vitrine-render', 'vitrine-audit', 'vitrine-dial'),
    'control': ('vitrine-input', 'vitrine-gate', 'vitrine', 'vitrine-seal', 'vitrine-net'),
}
NUMBERS = list(range(1, 17)) + [24, 32, 48, 64, 96, 128, 192, 256, 384, 512, 768, 1024, 2048, 4096, 8192, 16384]
MISTAKES = (signal.SIGSEGV, signal.SIGBUS, signal.SIGILL, signal.SIGFPE, signal.SIGSYS)


# ------------------------------------------------------------------------------------ a session with a fault
def said_something(s):
    """Who could not go on has said why: an error, an end, a worker that is gone, a share that is over, or a line and an exit."""
    return any(p.find('error') or p.find('ended') or p.find('worker', state='ended') or p.errors or p.process.poll() is not None
               for p in s.everyone())


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
    """noticed, quiet or unseen."""
    interrupted = False
    at.forget()
    at.spoil(program, '%s %d' % (kind, n))
    s = Faulty(at, side)
    try:
        with Counting(s.victim, at.folder, 0.1) as count:
            try:
                s.info = s.host.wait('session', 10)
                s.host.window('host-panel', 5)
                a_session(s)
            except (Missing, AssertionError, subprocess.CalledProcessError) as trouble:     # of a window that is gone, too
                interrupted = True
                assert said_something(s), '%s: silence: %s' % (key(side, program, kind, n), str(trouble)[:2000])
            end_all(s)
        trails_whole(at, program)
        reached = count.most.get((program, kind), 0) >= n
        return 'noticed' if interrupted or noticed(s.victim()) else 'quiet' if reached else 'unseen'
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
            assert outcome != 'unseen' or os.geteuid(), '%s: no such call' % key(*which)
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


# ------------------------------------------------------------------------------------ who is in no session
AS_EVER = 8     # so many in a row make no difference: it makes no more calls of that kind


def every_call(folder, program, run):
    """What came of it without a fault, and of each call that made a difference when it failed."""
    spoil(folder, program, '')
    usual, others = run(), []
    for kind in KINDS if program == 'vitrine' else KINDS[:-1]:     # of what a worker's libraries allocate, h24_commands.py
        n = same = 0
        while same < AS_EVER:
            n += 1
            spoil(folder, program, '%s %d' % (kind, n))
            said = run()
            same = same + 1 if said == usual else 0
            others += [said] if said != usual else []
    return usual, others


def every_call_of_verifier(folder, log):
    return every_call(folder, 'vitrine-verify', lambda: verified(folder, log))


def test_verifier():
    """vitrine-verify lives for a moment: each of its calls fails in turn, until it makes no more. What somebody has changed is whole in
    none of them, and what is whole is either said to be, or not checked, with a word why."""
    with Desk(HOST) as desk, party.copy() as folder:
        with Session(desk):
            pass
        log = path_of(desk)
        usual, others = every_call_of_verifier(folder, log)
        assert usual[0] == 0 and len(others) >= 3 and all(status in (1, 5) for status, _ in others), (usual, others)
        with open(log) as file:
            text = file.read()
        with open(log, 'w') as file:
            file.write(text.replace('program_start', 'program_stars', 1))
        changed, more = every_call_of_verifier(folder, log)
        with open(log, 'w') as file:        # as it was: whose desk it is looks at it
            file.write(text)
        assert changed[0] == 1 and len(more) >= 3 and all(status in (1, 5) for status, _ in more), (changed, more)
        print('(%d calls) ' % len(others + more), end='')


test_verifier.limit = 240


def commands_are_honest(*commands):
    """Of each command each call fails in turn: it says all that it says without a fault, or why it does not, and its status tells which.

    Seen to fail: `audit export --format cef` without computer and user in its lines, status 0, where the log could not be read ahead."""
    with Desk(HOST, kind='xvfb') as desk, party.copy() as folder:
        with Session(desk):
            pass
        rules = box.box(box.rules(desk, 'control = no\nrelays = relay.example\n', *conf_d(a='control_longest = 5\n')))

        def run(words):
            done = subprocess.run([*rules, os.path.join(folder, 'vitrine'), *words], env=desk.env, capture_output=True, text=True, timeout=60,
                                  check=False, **user())
            return done.returncode, done.stdout, bool(done.stderr)
        calls = 0
        for words in commands:
            usual, others = every_call(folder, 'vitrine', lambda: run([path_of(desk) if w == 'LOG' else w for w in words]))
            assert usual[0] == 0 and usual[1] and not usual[2] and others, (words, usual)
            for status, text, why in others:
                assert (status > 0 and why) or (status == 0 and text == usual[1]), (words, status, text[-500:], why)
            calls += len(others)
        print('(%d calls) ' % calls, end='')


def test_commands():
    commands_are_honest(['policy', 'explain'], ['policy', 'check', '/etc/vitrine'], ['audit', 'export', '--format', 'cef', 'LOG'])


def test_relay_command():
    """`vitrine relay`, of which each send fails in turn, and each of its worker's: it serves, or ends and says why.

    Seen to fail: the broker's third and fourth send: it ended, and nothing was said."""
    files, calls = key_pair(relay_folder()), 0
    with party.copy() as folder:
        def run():
            words = ['relay', '--events', '--listen', '127.0.0.1:0', '--cert', files[0], '--key', files[1]]
            relay = subprocess.Popen([os.path.join(folder, 'vitrine'), *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **user())
            serves = any('"session"' in line for line in relay.stdout)      # to its end, if it does not
            relay.terminate()
            said = relay.communicate(timeout=PATIENCE)[1]
            return serves, relay.returncode, bool(said)
        for program in ('vitrine', 'vitrine-relay'):
            same = n = 0
            while same < 3:
                n += 1
                spoil(folder, program, 'send %d' % n)
                serves, status, why = run()
                assert status >= 0 and (why or (serves and status == 0)), (program, n, serves, status)
                same = same + 1 if not why else 0
                calls += why
            spoil(folder, program, '')
    print('(%d calls) ' % calls, end='')


test_commands.limit = 240


# ------------------------------------------------------------------------------------ all of them, on several days
def ledger():
    return Ledger(os.environ.get('FAULTS_RECORD') or os.path.join(party.BUILD, 'faults', 'record.tsv'))


def key(side, program, kind, n):
    return '%s %s %s %d' % (side, program, kind, n)


def list_of(side, program, kind):
    return [key(side, program, kind, n) for n in NUMBERS]


def asked_to_stop():
    return os.path.exists(os.environ.get('FAULTS_STOP') or '/nowhere')


def plain_session(side):
    """{(program, kind): calls}: the most in one process of it, in a session without faults. Every program of that side but those that
    end at once is seen at work: one in whose memory nothing is counted would have no calls that could fail."""
    with Place() as at:
        for program in PROGRAMS[side]:
            spoil(at.folder, program, '')
        session = Faulty(at, side)
        with Counting(session.victim, at.folder, 0.02) as count, session as s:
            a_session(s)
    for program in PROGRAMS[side]:
        assert program == 'vitrine-dial' or count.most.get((program, 'read')), 'no calls are counted in %s: %s' % (program, count.most)
    return count.most


def calls_of(record, side, program, kind):
    """How many calls of that kind a process of that program makes, at most, on this commit; None: it ends long before the session does,
    and too soon to be looked at once more."""
    if program == 'vitrine-dial':
        return None
    counted = 'calls %s' % side
    with record.alone():
        if record.lines().get(counted, ('', ''))[1] != record.commit:
            for (p, k), n in plain_session(side).items():
                record.write('calls %s %s %s' % (side, p, k), str(n))
            record.write(counted, 'counted')
    return int(record.lines()['calls %s %s %s' % (side, program, kind)][0])


def run_one(at, record, *which):
    """Whether the desks can be used again."""
    began = time.monotonic()
    try:
        outcome, why = fault(at, *which), ''
    except Exception as trouble:        # all of them are wanted, not the first
        if 'longer than its limit' in str(trouble):
            raise
        outcome, why = 'failed', '%s: %s' % (type(trouble).__name__, str(trouble)[:2000])
    record.write(key(*which), outcome, '%.1f s %s' % (time.monotonic() - began, why))
    return outcome != 'failed'


def run_those(record, which):
    at = None
    try:
        for one_of_them in which:
            if asked_to_stop():
                return
            at = at or Place().__enter__()
            if not run_one(at, record, *one_of_them):
                at.__exit__()
                at = None
    finally:
        if at:
            at.__exit__()


def left_to_run(record, side, program, kind):
    """Those that have no outcome yet, or failed. Of those that no process comes to it is written down at once. Which those are is found
    out anew on each commit."""
    before = record.lines()

    def has_run(n):
        outcome, commit, _ = before.get(key(side, program, kind, n), ('-', '', ''))
        return outcome in ('noticed', 'quiet') or (outcome in ('unseen', 'absent') and commit == record.commit)
    left = [n for n in NUMBERS if not has_run(n)]
    most = calls_of(record, side, program, kind) if left else None
    if most is not None:
        for n in [n for n in left if most == 0 or n > 2 * most]:
            record.write(key(side, program, kind, n), 'absent', 'at most %d in a session' % most)
            left.remove(n)
    return left


def every(side, program, kind):
    """Each of the first sixteen, then ever fewer: the calls of a start, and some of a whole session."""
    def test():
        needs_root()
        record, keys = ledger(), list_of(side, program, kind)
        if not asked_to_stop():
            run_those(record, [(side, program, kind, n) for n in left_to_run(record, side, program, kind)])
        count, lines = record.count(keys), record.lines()
        print('(%s) ' % ', '.join('%d %s' % (n, outcome) for outcome, n in sorted(count.items())), end='')
        failed = ['%s: %s' % (k, lines[k][2]) for k in keys if k in lines and lines[k][0] == 'failed']
        assert not failed, '\n'.join(failed)
        assert not count['-'], '%d have not run' % count['-']
    test.long = True
    test.limit = 1800
    return test


def test_every_kind_is_sampled():
    """Whatever calls a program makes, on any side: one of that kind is in the sample."""
    needs_root()
    made = {(program, kind) for side in PROGRAMS for (program, kind), n in plain_session(side).items() if n and program in PROGRAMS[side]}
    missing = made - {(program, kind) for program in SAMPLE for _, _, kind, _ in sampled(program)}
    assert not missing, missing


test_every_kind_is_sampled.long = True

# test_every_host_vitrine_seal_send and so on: one for each program and kind, so that a part can be run.
for _side, _programs in PROGRAMS.items():
    for _program in _programs:
        for _kind in KINDS:
            globals()['test_every_%s_%s_%s' % (_side, _program.replace('-', '_'), _kind)] = every(_side, _program, _kind)


def report(record):
    """How far the ledger is, a line for each program and one for all."""
    outcomes = ('noticed', 'quiet', 'unseen', 'absent', 'failed', '-')
    print('%-24s %s' % ('', ' '.join('%8s' % ('not run' if o == '-' else o) for o in outcomes)))
    rows = [(side + ' ' + program, [k for kind in KINDS for k in list_of(side, program, kind)])
            for side, programs in PROGRAMS.items() for program in programs]
    for name, keys in [*rows, ('all', [k for _, keys in rows for k in keys])]:
        count = record.count(keys)
        print('%-24s %s' % (name, ' '.join('%8d' % count[o] for o in outcomes)))
    for k, (outcome, commit, remark) in record.lines().items():
        if outcome == 'failed':
            print('failed on %s: %s: %s' % (commit, k, remark[:300]))


def at_random(record):
    """What is left of all, in no order; what somebody else has run meanwhile is passed over."""
    left = [(side, program, kind, n) for side, programs in PROGRAMS.items() for program in programs for kind in KINDS
            for n in left_to_run(record, side, program, kind)]
    random.shuffle(left)
    before = record.lines()
    return (which for which in left if record.lines().get(key(*which)) == before.get(key(*which)))


if __name__ == '__main__':
    if sys.argv[1:] == ['run']:
        make_tools()
        try:
            run_those(ledger(), at_random(ledger()))
        finally:
            party.forget_binaries()
    report(ledger())
