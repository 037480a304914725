#!/usr/bin/env python3
"""One call fails in a command that lives for a moment: h22_faults.py's kinds of call, in the command itself and in each worker that it
starts. How many calls each of them makes is counted first; then each fails in turn (`make check-long`; of what a worker allocates an even
choice), or an even sample of them. They run on a computer without other processes, a pid namespace: `stop` and `doctor` look at each.

A command does its work whole, or ends with another status than 0 and says why in a line. It is not killed by a mistake of its own, does
not hang, leaves no process; what it reads is as it was, what is refused is never let pass, what it makes (a key) is there whole or not
at all, what it takes out is told or stays; and of `vitrine stop`, status 0 means that nothing reads the screen.

    tests/hostile/h24_commands.py [WORD ...]       what each command's calls came to, of those with such a word
"""
import collections
import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import types

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(os.path.dirname(HERE), 'harness')]
import box  # noqa: E402
import party  # noqa: E402
from desk import Desk, make_tools, needs_root, scratch  # noqa: E402
from faulty import PLACE, ROOM, counters, faulty, let_on, ordered  # noqa: E402
from session import Session  # noqa: E402
from trail import path_of  # noqa: E402

LIMIT = 100     # seconds until it hangs
LIBRARY = 32    # of the thousands of allocations that OpenSSL, Cairo and the others make while a worker starts (seal: by its own functions)
SAMPLE = 2      # calls of each command in `make check`
MISTAKES = (signal.SIGSEGV, signal.SIGBUS, signal.SIGILL, signal.SIGFPE, signal.SIGSYS, signal.SIGABRT)
WHOLE, CHANGED = 'trail/audit.log', 'changed/audit.log'


# ------------------------------------------------------------------------------------ what each command is
def same(_, done, usual):
    assert done.stdout == usual.stdout, (done, usual)


def key_is_told_or_kept(at, done, usual):
    """Whoever has not been told the key can have it still."""
    if done.returncode == 0 or done.stdout:
        same(at, done, usual)
        return
    again = at.run(('audit', 'key', WHOLE), at.good)
    assert again.returncode == 0 and re.fullmatch(r'\d+:[0-9a-f]{64}\n', again.stdout), 'nobody has the key: %s, then %s' % (done, again)


def identity_whole_or_none(at, done, _):
    shown = at.run(('identity', 'show'), at.good)
    unsaid = done.returncode == 1 and 'standard output' in done.stderr      # it is made, and `identity show` shows it
    if done.returncode == 0 or unsaid:
        assert shown.returncode == 0 and (unsaid or shown.stdout == done.stdout), (done, shown)
    else:
        assert shown.returncode == 1 and 'does not exist' in shown.stderr, (done, shown)
        made = at.run(('identity', 'new'), at.good)
        assert made.returncode == 0, made


def stopped(at, done, _):
    """Nothing reads the screen where it said so, and the session is told nothing where it was not found."""
    reads = bool(at.named('vitrine-capture'))
    assert not (reads and done.returncode == 0), done
    assert done.returncode != 0 or 'stopped in 1 running' in done.stdout, done


# What says itself why it does not know more.
OWN_WORDS = re.compile(r'\n  (?:audit trail|[^\n]*no screen to share)[^\n]*|"trail":{[^}]*}|"display":"[^"]*"')
LESS = (('never', '(?:never|untried)'), ('trusted', '(?:trusted|untried)'), (r',\ empty\ root', '(?:, empty root|)'),
        (r',\ no\ network', '(?:, no network|)'),
        ('\\\n', '(?:, not all could be looked at|)\n'), ('"look_failed":false', '"look_failed":(?:true|false)'),
        ('"processes_hidden":false', '"processes_hidden":(?:true|false)'))
STOOD_BY = re.compile(r'{"name":"vitrine-idle"[^{}]*},?')


def measured(text):
    """Without what is another each time: times, numbers of processes."""
    return re.sub(r' +', ' ', re.sub(r'-?[\d.]+', '0', OWN_WORDS.sub('', text)))


def as_measured(_, done, usual):
    """What could not be tried, or looked at, is said, with another status, and nothing else is said instead: neither right nor wrong."""
    if done.returncode not in (0, 7) or (done.returncode and done.stderr):
        assert done.stderr or '"level":"none"' in done.stdout or 'protection: none' in done.stdout, done
        return
    said, before = measured(done.stdout), measured(usual.stdout)
    assert done.returncode == (usual.returncode if said == before else 7), (done, usual)
    if said != before and '"processes_hidden":true' in said:
        said, before = STOOD_BY.sub('', said), STOOD_BY.sub('', before)
    pattern = re.escape(before)
    for words, less in LESS:
        pattern = pattern.replace(words, less)
    assert re.fullmatch(pattern + r'(?:\n[^\n]*:\n More may run: [^\n]*\n [^\n]*, 0 wrong.\n)?', said), (done, usual)


class Command:
    def __init__(self, *words, right=same, makes=(), before=None, ruled=False):
        """makes: files that it may change; before: what is done first in each place; ruled: on a computer whose organisation has rules."""
        self.words, self.right, self.makes, self.before, self.ruled = words, right, makes, before, ruled

    def name(self):
        return ' '.join(self.words) + (' ruled' if self.ruled else '')


COMMANDS = [
    Command('--version'),
    Command('policy', 'show'),
    Command('policy', 'explain'),
    Command('policy', 'explain', ruled=True),
    Command('policy', 'explain', 'control'),
    Command('policy', 'check', 'policy/good.conf'),
    Command('policy', 'check', 'policy/bad.conf'),
    Command('policy', 'check', 'policy/signed'),
    Command('policy', 'check', 'policy/spoilt'),
    Command('audit', 'show', WHOLE),
    Command('audit', 'show', CHANGED),
    Command('audit', 'verify', WHOLE),
    Command('audit', 'verify', '--key', 'kept/key', 'kept/audit.log'),
    Command('audit', 'verify', CHANGED),
    Command('audit', 'export', '--format', 'json', WHOLE),
    Command('audit', 'export', '--format', 'cef', WHOLE),
    Command('audit', 'receipt', WHOLE),
    Command('audit', 'sessions', WHOLE),
    Command('audit', 'key', WHOLE, right=key_is_told_or_kept, makes=('trail/audit.log.key',)),
    Command('audit', 'catalogue'),
    Command('identity', 'new', right=identity_whole_or_none, makes=('config/vitrine/identity.pem',),
            before=lambda at: shutil.rmtree(os.path.join(at.dir, 'config'))),
    Command('identity', 'show'),
    Command('stop', right=stopped, before=lambda at: at.pretend('vitrine', SHARES, 'vitrine-capture', 'sleep')),
    Command('doctor', right=as_measured),
    Command('doctor', '--json', right=as_measured, before=lambda at: at.pretend('vitrine-idle', IDLE, 'sleep')),
]


# ------------------------------------------------------------------------------------ where it runs
# Its first process takes in who has lost their parent, and ends with this program.
MACHINE = ['unshare', '--pid', '--fork', '--mount-proc', '--kill-child', 'bash', '-c', 'echo ready; read']
# Those who stand there for a command: one that shares, for `vitrine stop`, and does it when it is told to; one without a rule, for doctor.
SHARES = """#!/bin/bash
sleep 100 &
"${0%/*}/vitrine-capture" 100 & capture=$!
trap 'kill $capture' USR1
echo ready
wait
wait
"""
IDLE = """#!/bin/bash
sleep 100 &
echo ready
wait
"""


def give(path, user):
    for folder, _, names in os.walk(path):
        for each in (folder, *(os.path.join(folder, name) for name in names)):
            os.chown(each, user, user, follow_symlinks=False)


def group_of(pid):
    try:
        return os.getpgid(pid)
    except ProcessLookupError:
        return None


class Here:
    """A user's folder with a trail, a changed one, a key and policies; programs to spoil, and good ones."""

    def __enter__(self):
        needs_root()
        # Of its own, also where tests run beside each other: `vitrine stop` means every vitrine of a user, doctor looks at each of them.
        self.user = 60000 + os.getpid() % 5000
        self.top = scratch('vth')
        os.chmod(self.top, 0o755)
        self.model, self.dir, self.none = (os.path.join(self.top, name) for name in ('model', 'here', 'none'))
        self.good, self.bad, self.counts = (os.path.join(self.top, name) for name in ('good', 'bad', 'counts'))
        shutil.copytree(party.binaries(), self.good)
        shutil.copytree(party.binaries(), self.bad)
        for folder in (self.good, self.bad):
            for each in (folder, *(os.path.join(folder, name) for name in os.listdir(folder))):
                os.chown(each, 0, 0)
        self.pretenders, self.pid, self.spoilt = [], None, None
        self.machine = subprocess.Popen(MACHINE, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        try:
            assert self.machine.stdout.readline() == b'ready\n'
            self.fill()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        self.end_pretenders()
        self.machine.communicate()
        shutil.rmtree(self.top, ignore_errors=True)

    def fill(self):
        os.makedirs(self.model)
        with Desk((1280, 800)) as desk:
            with Session(desk):
                pass
            for folder in ('trail', 'changed', 'kept'):
                shutil.copytree(os.path.dirname(path_of(desk)), os.path.join(self.model, folder))
        self.change(CHANGED, 'program_start', 'program_stars')
        for name, text in (('good', 'control = no\n'), ('bad', 'control = perhaps\n')):
            self.write('policy/%s.conf' % name, text)
        self.sign('policy/signed')
        shutil.copytree(os.path.join(self.model, 'policy/signed'), os.path.join(self.model, 'policy/spoilt'))
        self.change('policy/spoilt/vitrine.conf', 'no', 'yes')
        self.renew()
        kept = self.run(('audit', 'key', 'kept/audit.log'), self.good)
        made = self.run(('identity', 'new'), self.good)
        assert kept.returncode == made.returncode == 0, (kept, made)
        shutil.rmtree(self.model)
        shutil.copytree(self.dir, self.model)
        self.write('kept/key', kept.stdout)

    def write(self, name, text):
        path = os.path.join(self.model, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, 'w') as out:
            out.write(text)

    def change(self, name, what, into):
        with open(os.path.join(self.model, name)) as file:
            text = file.read()
        assert what in text
        self.write(name, text.replace(what, into, 1))

    def sign(self, name):
        self.write(name + '/vitrine.conf', 'control = no\n')
        subprocess.run(['sh', '-ec', 'openssl genpkey -algorithm ed25519 -out ../key.pem; openssl pkey -in ../key.pem -pubout -out policy.pub;'
                        '(echo vitrine policy 1; sha256sum vitrine.conf) >../text;'
                        'openssl pkeyutl -sign -rawin -inkey ../key.pem -in ../text -out policy.sig'],
                       cwd=os.path.join(self.model, name), check=True, stderr=subprocess.DEVNULL)

    def renew(self):
        """As it was before any command."""
        shutil.rmtree(self.dir, ignore_errors=True)
        shutil.copytree(self.model, self.dir)
        give(self.dir, self.user)

    def changed(self):
        """The files that are not what they were."""
        def all_of(top):
            return {os.path.relpath(os.path.join(folder, name), top): open(os.path.join(folder, name), 'rb').read()
                    for folder, _, names in os.walk(top) for name in names}
        before, now = all_of(self.model), all_of(self.dir)
        return {name for name in before.keys() | now.keys() if before.get(name) != now.get(name)}

    # -------------------------------------------------------------------------------- programs
    def spoil(self, program, orders):
        """That program, and no other one: in place, as nobody runs it now."""
        if self.spoilt not in (None, program):
            shutil.copyfile(os.path.join(self.good, self.spoilt), os.path.join(self.bad, self.spoilt))
        data, at = faulty(program)
        path = os.path.join(self.bad, program)
        if self.spoilt != program:
            with open(path, 'wb') as out:
                out.write(data)
            self.spoilt = program
        with open(path, 'r+b') as out:
            out.seek(at)
            out.write((PLACE + orders.encode()).ljust(ROOM, b'\0'))

    def rules_of(self, command):
        """What puts /etc/vitrine in front of it."""
        return () if not command.ruled else box.box(
            box.rules(types.SimpleNamespace(dir=self.top), 'control = no\nrelays = relay.example\n', 'mkdir -m 755 conf.d',
                      'echo control_longest = 5 >conf.d/a.conf; chmod 644 conf.d/a.conf'))

    def start(self, words, programs, out=subprocess.PIPE, wrap=()):
        env = {'HOME': self.dir, 'XDG_CONFIG_HOME': os.path.join(self.dir, 'config'), 'XDG_STATE_HOME': os.path.join(self.dir, 'state'),
               'PATH': '/usr/bin:/bin', 'LANG': 'C.UTF-8'}
        return subprocess.Popen(self.on_machine(*wrap, os.path.join(programs, 'vitrine'), *words), env=env, stdin=subprocess.DEVNULL, stdout=out,
                                stderr=out, text=True)

    def on_machine(self, *command):
        there, user = '/proc/%d/ns/' % self.machine.pid, str(self.user)
        return ['nsenter', '--pid=%spid_for_children' % there, '--mount=%smnt' % there, '--setuid', user, '--setgid', user,
                '--', 'env', '-C', self.dir, *command]

    def run(self, words, programs, wrap=()):
        process = self.start(words, programs, wrap=wrap)
        try:
            out, err = process.communicate(timeout=LIMIT)
        except subprocess.TimeoutExpired:
            self.kill(lambda _: True)
            process.wait()
            raise AssertionError('it hangs: %s' % (words,)) from None
        return subprocess.CompletedProcess(words, process.returncode, out, err)

    def processes(self):
        """{pid: name} of that user's."""
        found = {}
        for pid in filter(str.isdigit, os.listdir('/proc')):
            try:
                if os.stat('/proc/' + pid).st_uid == self.user or self.uid(pid) == self.user:
                    with open('/proc/%s/stat' % pid, errors='replace') as file:     # any bytes may be a name
                        name, state = re.match(r'\d+ \((.*)\) (.)', file.read()).groups()
                    if state not in 'ZX':
                        found[int(pid)] = name
            except OSError:
                continue
        return found

    @staticmethod
    def uid(pid):
        """Of one that is closed to its own user, whose folder in /proc is root's."""
        with open('/proc/%s/status' % pid, errors='replace') as file:
            return int(re.search(r'\nUid:\t(\d+)', file.read()).group(1))

    def kill(self, whom):
        """How many of that user's processes were killed: those of whom it says so."""
        them = [pid for pid in self.processes() if whom(pid)]
        for pid in them:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        return len(them)

    def named(self, name):
        return [pid for pid, each in self.processes().items() if each == name]

    def pretend(self, name, script, *children):
        """A program of that name, and those that it starts."""
        fake = os.path.join(self.top, 'fake')
        path = os.path.join(fake, name)
        if not os.path.exists(path):
            os.makedirs(fake, exist_ok=True)
            shutil.copy('/bin/sleep', os.path.join(fake, 'vitrine-capture'))
            with open(path, 'w') as out:
                out.write(script)
            os.chmod(path, 0o755)
        one = subprocess.Popen(self.on_machine(path), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, start_new_session=True)
        self.pretenders.append(one)
        assert one.stdout.readline() == b'ready\n'
        while not all(map(self.named, children)):       # until then they bear its name
            time.sleep(0.005)

    def end_pretenders(self):
        for one in self.pretenders:
            while self.kill(lambda pid, group=one.pid: group_of(pid) == group):
                time.sleep(0.005)
            one.wait()      # it takes in who was killed: who is dead and nobody's child is on the machine for a while
            one.stdout.close()
        self.pretenders = []

    def prepare(self, command):
        self.renew()
        self.end_pretenders()
        if command.before:
            command.before(self)

    # -------------------------------------------------------------------------------- one command
    def count(self, command):
        """{(program, kind): the most calls in one process of it}."""
        if not os.path.exists(self.counts):
            shutil.copytree(self.good, self.counts)
            for program in os.listdir(self.counts):
                with open(os.path.join(self.counts, program), 'wb') as out:
                    out.write(ordered(program, 'count'))
        self.prepare(command)
        most = collections.Counter()
        process = self.start(command.words, self.counts, subprocess.DEVNULL, self.rules_of(command))
        end = time.monotonic() + LIMIT
        while process.poll() is None:
            assert time.monotonic() < end, 'nobody counts: %s' % command.name()
            self.look(most)
        return most

    def look(self, most):
        """Who waits to be seen is, when all others have been."""
        waiting = []
        for pid in self.processes():
            with contextlib.suppress(OSError):
                program = os.path.basename(os.readlink('/proc/%d/exe' % pid))
                path = os.path.join(self.counts, program)
                calls, waits = counters(pid, path) if os.path.exists(path) else ({}, None)
                for kind, n in calls.items():
                    most[program, kind] = max(n, most[program, kind])
                waiting += [waits] if waits else []
        for waits in waiting:
            let_on(waits)

    def nobody_left(self):
        end = time.monotonic() + 3
        groups = {one.pid for one in self.pretenders}
        while True:
            left = {pid: name for pid, name in self.processes().items() if group_of(pid) not in groups}
            if not left:
                return
            assert time.monotonic() < end, left
            time.sleep(0.02)

    def fails(self, command, usual, program, kind, n):
        """noticed or quiet."""
        self.spoil(program, '%s %d' % (kind, n))
        self.prepare(command)
        done = self.run(command.words, self.bad, self.rules_of(command))
        assert done.returncode >= 0 and done.returncode in range(8), done
        lines = done.stderr.splitlines()
        if done.returncode == 0:
            assert usual.returncode == 0, 'let pass: %s' % done
        elif done.returncode != usual.returncode or done.stdout != usual.stdout:
            assert done.stderr.strip() or command.words[0] == 'doctor', 'silence: %s' % done
        assert all(line.startswith('vitrine: ') for line in lines) and len(lines) <= 2, done
        if usual.returncode == 0 and command.words[:2] == ('audit', 'verify'):
            assert 'NOT whole' not in done.stdout, 'blamed: %s' % done
        assert self.changed() <= set(command.makes) | ({'config/vitrine/identity.pem'} if command.before else set()), (done, self.changed())
        if done.returncode == usual.returncode == 0 or command.right is not same:
            command.right(self, done, usual)
        self.nobody_left()
        return 'quiet' if (done.returncode, done.stderr) == (usual.returncode, usual.stderr) else 'noticed'


def usual_of(at, command):
    at.prepare(command)
    usual = at.run(command.words, at.good, at.rules_of(command))
    command.right(at, usual, usual)
    return usual


def calls_of(at, command):
    """Every call, but of a worker's allocations an even choice: (program, kind, n)."""
    found = []
    for (program, kind), n in sorted(at.count(command).items()):
        turns = [(program, kind, i) for i in range(1, n + 1)]
        found += even(turns, LIBRARY) if 'alloc' in kind and program != 'vitrine' else turns
    assert any(program == 'vitrine' for program, _, _ in found)
    return found


def even(all_of_them, n):
    return all_of_them if len(all_of_them) <= n else [all_of_them[(2 * i + 1) * len(all_of_them) // (2 * n)] for i in range(n)]


def short(text):
    return text if len(text) < 1500 else text[:750] + ' ... ' + text[-750:]


def try_them(at, command, n=None):
    """(counted, {outcome: how many}, what was wrong)."""
    usual, every = usual_of(at, command), calls_of(at, command)
    outcomes, wrong = collections.Counter(), []
    for which in every if n is None else even(every, n):
        try:
            outcomes[at.fails(command, usual, *which)] += 1
        except AssertionError as trouble:
            outcomes['failed'] += 1
            wrong.append('%s: %s %s %d: %s' % (command.name(), *which, short(str(trouble))))
    return len(every), outcomes, wrong


def told(outcomes, counted):
    return '(%d calls, %s) ' % (counted, ', '.join('%d %s' % (n, outcome) for outcome, n in sorted(outcomes.items())))


def test_sample():
    """Of each command."""
    total, calls, troubles = collections.Counter(), 0, []
    with Here() as at:
        for command in COMMANDS:
            counted, outcomes, wrong = try_them(at, command, SAMPLE)
            calls, total = calls + counted, total + outcomes
            troubles += wrong
    print(told(total, calls), end='')
    assert not troubles, '\n'.join(troubles)


# Where `stop` found nobody, a key was lost, a line left out, a whole trail called changed, an export not whole, and the status 0, or nobody told why.
MENDED = (
    ('audit key ' + WHOLE, 'vitrine', 'stdio', 1), ('audit key ' + WHOLE, 'vitrine-audit', 'send', 2),
    ('audit key ' + WHOLE, 'vitrine-audit', 'write', 3), ('audit show ' + WHOLE, 'vitrine', 'liballoc', 5),
    ('audit verify ' + WHOLE, 'vitrine', 'read', 7), ('audit verify ' + WHOLE, 'vitrine-verify', 'alloc', 1),
    ('audit verify ' + WHOLE, 'vitrine-verify', 'read', 2), ('audit verify ' + WHOLE, 'vitrine-verify', 'read', 3),
    ('audit verify --key kept/key kept/audit.log', 'vitrine-verify', 'liballoc', 8283),
    ('stop', 'vitrine', 'file', 2), ('stop', 'vitrine', 'file', 100), ('stop', 'vitrine', 'open', 3),
    ('doctor', 'vitrine', 'file', 61), ('doctor', 'vitrine', 'fork', 3), ('doctor', 'vitrine', 'send', 14), ('doctor', 'vitrine-audit', 'file', 1),
    ('audit export --format cef ' + WHOLE, 'vitrine', 'fd', 2), ('audit export --format cef ' + WHOLE, 'vitrine', 'open', 4),
)


def test_mended():
    with Here() as at:
        for name, *which in MENDED:
            command = next(each for each in COMMANDS if each.name() == name)
            at.fails(command, usual_of(at, command), *which)


def every(command):
    def test():
        with Here() as at:
            calls, outcomes, wrong = try_them(at, command)
        print(told(outcomes, calls), end='')
        assert not wrong, '\n'.join(wrong)
    test.long = True
    test.limit = 3600
    return test


# test_every_audit_show_trail_audit_log and so on.
for _command in COMMANDS:
    globals()['test_every_' + re.sub(r'\W+', '_', _command.name())] = every(_command)

if __name__ == '__main__':
    make_tools()
    try:
        with Here() as here:
            for each in COMMANDS:
                if not sys.argv[1:] or any(word in each.name() for word in sys.argv[1:]):
                    began = time.monotonic()
                    calls, came_to, troubles = try_them(here, each)
                    print('%-45s %s%.0f s' % (each.name(), told(came_to, calls), time.monotonic() - began), *troubles, sep='\n  ', flush=True)
    finally:
        party.forget_binaries()
