"""The audit trail after real sessions: verified as it is; every way of changing it is found, with its line."""
import fcntl
import hashlib
import hmac
import json
import os
import shutil
import subprocess
import time

import box
import party
from desk import PATIENCE, own, user
from party import Party
from session import Desk, Session
from trail import events_of, noted, path_of, whole_lines

HOST, VIEWER = (800, 600), (1200, 900)


def audit(desk, *command):
    return subprocess.run([os.path.join(party.binaries(), 'vitrine'), 'audit', *command], env=desk.env, text=True,
                          capture_output=True, timeout=100, check=False, **user())


def session(desk, other, name):
    """A session with all that is to be found in the trail."""
    with Session(desk) as s:
        wrong = s.start_join(other, name='Walter', password='wrong words these four')
        wrong.wait('error', code='J-PASS')
        wrong.stop()
        viewer = s.join(other, name=name)
        s.share()
        s.host.press('sharing-bar', 'stop')
        s.host.wait('share', state='off')
        s.host.press('host-panel', 'end')
        s.host.answer('end', 'yes')
        viewer.wait('ended', how='properly')
        s.host.wait('ended')
        s.host.press('ended', 'close')
        assert s.host.wait_exit() == 0
        return s.info


class Copy:
    """A copy of log and key file, changed by a function of its lines."""

    def __init__(self, desk, lines):
        self.path = os.path.join(desk.dir, 'tampered')
        shutil.rmtree(self.path, ignore_errors=True)
        shutil.copytree(os.path.dirname(path_of(desk)), self.path)
        self.log = os.path.join(self.path, 'audit.log')
        with open(self.log, 'wb') as out:
            out.writelines(lines)
        for name in os.listdir(self.path):
            own(os.path.join(self.path, name))
        own(self.path)


def test_trail():
    with Desk(HOST) as desk, Desk(VIEWER) as other:
        infos = [session(desk, other, name) for name in ('Vera', 'Theo')]
        log = path_of(desk)
        good = audit(desk, 'verify', log)
        assert good.returncode == 0, good
        told(desk, infos)
        told_where(desk, infos)
        told_where(other, infos)
        assert audit(desk, 'verify', path_of(other)).returncode == 0
        readable(desk, log)
        tampered(desk, log)
        taken_away(desk, log)


def told(desk, infos):
    """What happened is there, in order; no password, and nothing that was shown."""
    names = [e['event'] for e in events_of(desk)]
    order = ['program_start', 'worker_start', 'worker_verified', 'session_start', 'wrong_password', 'knock', 'admit', 'member_joined',
             'consent_asked', 'consent_given', 'share_on', 'share_off', 'session_end', 'signed_head']
    at = 0
    for name in order:
        assert name in names[at:], (name, names)
        at += names[at:].index(name)
    assert names.count('relay_start') == names.count('relay_end') == 2, names
    assert names.count('session_end') == 2 and names.count('signed_head') >= 2
    with open(path_of(desk)) as text:
        whole = text.read().lower()
    for info in infos:
        for form in (info['password'], info['password'].replace(' ', ''), 'wrong words these four'):
            assert form not in whole


def told_where(desk, infos):
    """Which relay, on both sides as --relay takes it; which computer, and whose program, in every line of a run once it has said so."""
    assert {e['fields']['relay'] for e in events_of(desk, 'session_start')} == {info['relay'] for info in infos}
    for e in events_of(desk, 'session_start'):      # who this is: in a receipt nobody else would be
        f = e['fields']
        assert (f['member'], f['name'], f['lobby']) in (('1', 'Helga', 'yes'), ('2', 'Vera', ''), ('2', 'Theo', '')), f
    first = events_of(desk, 'program_start')[-1]['fields']
    assert first['computer'] == os.uname().nodename and first['uid'] == str(user().get('user', os.getuid())), first
    exported = audit(desk, 'export', '--format', 'cef', path_of(desk))
    assert exported.returncode == 0, exported
    where = ' dvchost=%s suser=%s suid=%s ' % (first['computer'], first['user'], first['uid'])
    if not first['user']:
        where = where.replace(' suser=', '')
    for line in exported.stdout.splitlines():
        assert where in line, (where, line)


def taken_away(desk, log):
    """The verification key: verify and doctor say that it is here, until it was taken out."""
    for here in (True, False):
        said = audit(desk, 'verify', log)
        assert said.returncode == 0 and ('the verification key is still in %s.key' % log in said.stdout) is here, said
        assert len(said.stdout.splitlines()) == 1 + here, said
        words, told = doctor(desk).stdout, json.loads(doctor(desk, '--json').stdout)
        assert ('verification key is still in its key file' in words) is here and told['trail']['verification_key'] is here, words
        assert here is False or audit(desk, 'key', log).stdout.startswith('1:')


def doctor(desk, *options):
    return subprocess.run([os.path.join(party.binaries(), 'vitrine'), 'doctor', *options], env=desk.env, text=True,
                          capture_output=True, timeout=100, check=False, **user())


def readable(desk, log):
    shown = audit(desk, 'show', log)
    assert shown.returncode == 0 and not shown.stderr, shown
    assert shown.stdout.startswith('  line  time '), shown
    for word in ('Vera', 'Theo', 'consent', 'share', 'password'):
        assert word in shown.stdout, word
    assert all(c == '\n' or c.isprintable() for c in shown.stdout)


def tampered(desk, log):
    with open(log, 'rb') as source:
        lines = source.readlines()
    n = next(i for i, line in enumerate(lines) if b'"consent_given"' in line)
    other = lines[n].replace(b'physical', b'assistive')
    assert other != lines[n]
    cases = {'changed': (lines[:n] + [other] + lines[n + 1:], n + 1),
             'removed': (lines[:n] + lines[n + 1:], n + 1),
             'first removed': (lines[1:], 1),
             'reordered': (lines[:n] + [lines[n + 1], lines[n]] + lines[n + 2:], n + 1),
             'inserted': (lines[:n] + [lines[n - 3]] + lines[n:], n + 1),
             'cut': (lines[:n], None),
             'last cut': (lines[:-1], None),
             'half a line': (lines[:n] + [lines[n][:40]], None),
             'not a log': ([b'hello\n'], 1),
             'emptied': ([], None)}
    for name, (changed, line) in cases.items():
        done = audit(desk, 'verify', Copy(desk, changed).log)
        said = done.stdout + done.stderr
        assert done.returncode != 0, (name, done)
        assert said.count('\n') == 1, (name, said)
        if line:
            assert str(line) in said, (name, line, said)
    done = audit(desk, 'verify', Copy(desk, lines).log)
    assert done.returncode == 0, done
    strange = Copy(desk, lines)
    key = next(f for f in os.listdir(strange.path) if f != 'audit.log')
    with open(os.path.join(strange.path, key), 'r+b') as out:
        data = bytearray(out.read())
        data[len(data) // 2] ^= 1
        out.seek(0)
        out.write(data)
    assert audit(desk, 'verify', strange.log).returncode != 0
    assert audit(desk, 'verify', desk.dir + '/nothing-here').returncode != 0


def test_log_locked_by_another():
    """Another program puts the log aside just now: the windows do not wait for it, the trail begins when it is done."""
    with Desk(HOST, kind='xvfb') as desk:
        log = path_of(desk)
        for folder in (desk.env['XDG_STATE_HOME'], os.path.dirname(log)):
            os.mkdir(folder, 0o700)
            own(folder)
        with open(log, 'w') as other:
            os.chmod(log, 0o600)
            own(log)
            fcntl.flock(other, fcntl.LOCK_EX)
            with Party(desk, 'host', '--listen', '127.0.0.1:0') as p:
                p.wait('worker', role='ui', state='started')
                assert not p.find('worker', role='audit'), p.transcript()
                fcntl.flock(other, fcntl.LOCK_UN)
                p.wait('worker', role='audit', state='verified')
                p.wait('session')
        assert events_of(desk, 'program_start')


class Chain:
    """Goes on with a trail as audit/FORMAT.md says a program would that has its key file: lines of one event, until it is that long."""

    def __init__(self, log):
        self.log = log
        with open(log + '.key') as text:
            self.key = dict(line.split(' ', 1) for line in text.read().splitlines())
        n, self.hash = self.key['head'].split()
        self.n, self.seal = int(n, 16), bytes.fromhex(self.key['seal'])

    def line(self):
        self.n += 1
        text = '{"n":%d,"time":"2026-01-31T12:00:00.123Z","event":"error","id":60,"run":1,"fields":{"code":"","text":"%s"},"prev":"%s"' % (
            self.n, 'x' * 256, self.hash)
        mark = hashlib.sha256(text.encode())
        self.hash = mark.hexdigest()
        seal = hmac.new(self.seal, mark.digest(), 'sha256').hexdigest()
        self.seal = hashlib.sha256(b'vitrine/1 audit evolve\0' + self.seal).digest()
        return '%s,"hash":"%s","seal":"%s"}\n' % (text, self.hash, seal)

    def extend(self, size):
        left = size - os.path.getsize(self.log)
        with open(self.log, 'a') as out:
            while left > 0:
                left -= out.write(self.line())
        self.key['head'] = self.key['next'] = self.place()
        self.key['seal'] = self.seal.hex()
        self.keep()

    def crash(self):
        """While a line was written, half of which is there."""
        with open(self.log, 'a') as out:
            out.write(self.line()[:40])
        self.key['next'] = self.place()
        self.keep()

    def place(self):
        return '%016x %s' % (self.n, self.hash)

    def keep(self):
        self.key.pop('check', None)
        text = ''.join('%s %s\n' % row for row in self.key.items())
        with open(self.log + '.key', 'r+') as out:
            out.write('%scheck %s\n' % (text, hashlib.sha256(text.encode()).hexdigest()))


def test_long_trail_goes_on():
    """Of 16 MiB: put aside as it is when the next vitrine starts; what reads a trail reads over that place, and the sessions before it."""
    with Desk(HOST) as desk, Desk(VIEWER) as other:
        log = path_of(desk)
        session(desk, other, 'Vera')
        first = audit(desk, 'receipt', log).stdout
        Chain(log).extend(16 * 1048576)
        assert audit(desk, 'verify', log).returncode == 0
        with open(log) as text:
            before = text.read()
        session(desk, other, 'Theo')
        with open(log + '.000001') as part, open(log) as rest:
            assert part.read() == before
            whole = before + rest.read()
        numbers = [json.loads(line)['n'] for line in whole.splitlines()]
        assert numbers == list(range(1, len(numbers) + 1))
        begins = events_of(desk)[0]
        assert begins['event'] == 'log_continued' and begins['prev'] == json.loads(before.splitlines()[-1])['hash'], begins
        assert begins['fields']['key'] == events_of(desk, 'signed_head')[0]['fields']['key']
        reads_over(desk, log, whole, first)


def reads_over(desk, log, whole, first):
    assert audit(desk, 'verify', log).returncode == 0
    assert audit(desk, 'export', '--format', 'json', log).stdout == whole
    shown = audit(desk, 'show', log).stdout
    assert 'Vera' in shown and 'Theo' in shown
    began = [line.split()[0] for line in audit(desk, 'sessions', log).stdout.splitlines() if line.split()[0].isdigit()]
    assert len(began) == 2, began
    for number, name in zip(began, ('Vera', 'Theo')):
        receipt = audit(desk, 'receipt', '--session', number, log)
        assert receipt.returncode == 0 and name in receipt.stdout, receipt
        assert name != 'Vera' or receipt.stdout == first
        path = os.path.join(desk.dir, 'receipt-' + number)
        with open(path, 'w') as out:
            out.write(receipt.stdout)
        own(path)
        assert audit(desk, 'verify', path).returncode == 0
    key = os.path.join(desk.dir, 'first-key')
    with open(key, 'w') as out:
        out.write(audit(desk, 'key', log).stdout)
    own(key)
    assert audit(desk, 'verify', '--key', key, log).returncode == 0


def hosted(desk):
    with Party(desk, 'host', '--listen', '127.0.0.1:0') as p:
        p.wait('session')


def opened_with(desk):
    return [(e['event'], e['fields']) for e in whole_lines(desk) if e['event'] in ('log_recovered', 'log_suspect')]


def test_crash_and_tampering_are_told_apart():
    """Of what became of the log between two runs the next one says the first thing it writes."""
    with Desk(HOST, kind='xvfb') as desk:
        log = path_of(desk)
        hosted(desk)
        Chain(log).crash()
        assert audit(desk, 'verify', log).returncode == 0
        hosted(desk)
        assert opened_with(desk) == [('log_recovered', {'bytes': '40'})]
        assert audit(desk, 'verify', log).returncode == 0
        with open(log) as text:
            lines = text.readlines()
        with open(log, 'w') as out:
            out.writelines(lines[:-1])
        hosted(desk)
        assert opened_with(desk)[1:] == [('log_suspect', {'why': 'lines missing at the end'})]
        assert audit(desk, 'verify', log).returncode == 1


def test_protections_get_less():
    """A later worker has to do with less than those before it: said when it starts, in the trail with what is missing."""
    with Desk(HOST) as desk:
        less, done = os.path.join(desk.dir, 'less'), os.path.join(desk.dir, 'done')
        step = '%s; : >%s; exit' % (box.without_namespaces(), done)
        later = '((while kill -0 $$; do if [ -e %s ]; then %s; fi; sleep 0.1; done) >/dev/null 2>&1 &)' % (less, step)
        with Session(desk, wrap=box.box(later)) as s:
            assert s.host.find('security')['level'] == 'full', s.host.transcript()
            with open(less, 'w'):
                pass
            end = time.monotonic() + PATIENCE
            while not os.path.exists(done):
                assert time.monotonic() < end
                time.sleep(0.05)
            s.share()
            said = noted(desk, 'security_level')
            assert [line['fields'] for line in said] == [{'security': 'reduced', 'missing': 'namespaces'}], said
            s.host.wait('security', level='reduced', missing=['namespaces'])


def test_lines_are_compared():
    """Positive control: a desk is not left in peace whose trail has a line that is not as the catalogue says."""
    wrong = ({'id': 10, 'event': 'session_end', 'fields': {'session': '', 'how': '', 'why': '', 'code': ''}},
             {'id': 11, 'event': 'session_end', 'fields': {'session': '', 'how': '', 'why': ''}},
             {'id': 11, 'event': 'session_end', 'fields': {'session': '', 'how': '', 'why': '', 'code': '', 'title': ''}})
    for line in wrong:
        try:
            with Desk(HOST, kind='xvfb') as desk:
                os.makedirs(os.path.dirname(path_of(desk)))
                with open(path_of(desk), 'w') as log:
                    log.write(json.dumps(line) + '\n')
        except AssertionError:
            continue
        raise AssertionError(line)
