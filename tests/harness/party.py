"""Somebody who uses vitrine on a desk: starts the program, reads its --events, answers with physical clicks.

A party never talks to the program in any other way than a person would; --events takes no commands.
"""
import contextlib
import datetime
import json
import os
import select
import shutil
import signal
import subprocess
import threading
import time

from desk import PATIENCE, own, scratch, user

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.environ.get('B', os.path.join(ROOT, 'build'))
_bin = None
_started = []        # every party of this test, for what is said of one that failed


class Missing(AssertionError):
    """An expected event or state did not come in time."""


def binaries():
    """A copy of the programs that the normal user can reach and nobody else can change."""
    global _bin
    if _bin is None:
        _bin = scratch('vtb')
        os.chmod(_bin, 0o755)
        for name in os.listdir(BUILD):
            path = os.path.join(BUILD, name)
            if name.startswith('vitrine') and os.access(path, os.X_OK) and os.path.isfile(path):
                shutil.copy(path, _bin)
                os.chmod(os.path.join(_bin, name), 0o755)
                own(os.path.join(_bin, name))
    return _bin


@contextlib.contextmanager
def copy():
    """Another copy, for a test to spoil."""
    path = scratch('vtb')
    os.chmod(path, 0o755)
    for name in os.listdir(binaries()):
        shutil.copy(os.path.join(binaries(), name), path)
        own(os.path.join(path, name))
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


def forget_binaries():
    global _bin
    if _bin:
        shutil.rmtree(_bin, ignore_errors=True)
        _bin = None


def last_words():
    """What each party of this test said last, a line each: who reads of a failure far away has nothing else."""
    return '\n'.join('%s: %s%s' % (' '.join(who.process.args[1:3]), who.steps(0), ''.join('; ' + e for e in who.errors[-2:]))
                     for who in _started if hasattr(who, 'process'))


def doctor(desk, **env):
    """What `vitrine doctor` says on that desk. What else this user has running is in its exit status, not in what is looked for."""
    done = subprocess.run([os.path.join(binaries(), 'vitrine'), 'doctor'], env=dict(desk.env, **env), cwd=desk.dir,
                          stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=100, check=False, **user())
    assert done.returncode in (0, 1, 7), done
    return done.stdout


class Party:
    """One running `vitrine`; `events` holds everything it said."""

    def __init__(self, desk, *args, env=None, events=True, wrap=(), programs=None):
        """wrap: a command that starts it (see box.py); programs: a folder with other programs (see rogue.py)."""
        self.desk, self.events, self.seen, self.patience = desk, [], threading.Condition(), PATIENCE
        command = [*wrap, os.path.join(programs or binaries(), 'vitrine'), *args] + (['--events'] if events else [])
        base = desk.env if desk else {'PATH': '/usr/bin:/bin', 'HOME': binaries(), 'LANG': 'C.UTF-8'}
        self.errors = []
        _started.append(self)
        self.process = subprocess.Popen(command, env=dict(base, **(env or {})), cwd=desk.dir if desk else '/',
                                        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                        start_new_session=True, **user())
        self.readers = [threading.Thread(target=read, daemon=True) for read in (self._read, self._read_errors)]
        for reader in self.readers:
            reader.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def _read(self):
        for line in self.process.stdout:
            try:
                event = json.loads(line)
            except ValueError:
                event = {'event': 'NOT JSON', 'line': line.decode('utf-8', 'replace')}
            event['_at'] = time.monotonic()
            with self.seen:
                self.events.append(event)
                self.seen.notify_all()
        with self.seen:
            self.events.append({'event': 'EOF'})
            self.seen.notify_all()

    def _read_errors(self):
        for line in self.process.stderr:
            self.errors.append(line.decode('utf-8', 'replace').rstrip())

    # ------------------------------------------------------------------------------------ what it says
    def mark(self):
        """A point in the stream of events, for `since`."""
        return len(self.events)

    def find(self, kind, /, since=0, **fields):
        """The newest event of that kind with those fields, or None."""
        for event in reversed(self.events[since:]):
            if event['event'] == kind and all(event.get(k) == v for k, v in fields.items()):
                return event
        return None

    def hopeless(self):
        """Is nothing more to be expected of it, or but little? A test that expects trouble may say when."""
        return False

    def wait(self, kind, /, timeout=15, since=0, **fields):
        """Waits for such an event, PATIENCE at least, and returns it."""
        deadline = time.monotonic() + max(timeout, self.patience)
        with self.seen:
            while True:
                event = self.find(kind, since, **fields)
                if event:
                    return event
                if self.hopeless():
                    deadline = min(deadline, time.monotonic() + 3)
                left = deadline - time.monotonic()
                if left <= 0 or (self.events and self.events[-1]['event'] == 'EOF'):
                    raise Missing('no %s %s after %s; it said:\n%s\n%s' % (
                        kind, fields, self.steps(since), self.transcript(), '\n'.join(self.errors)))
                self.seen.wait(min(left, 0.5))

    def within(self, kind, seconds, /, since=0, **fields):
        """Such an event, if it comes in that time; else None, for what is tried again."""
        end = time.monotonic() + seconds
        while not self.find(kind, since, **fields) and time.monotonic() < end:
            time.sleep(0.02)
        return self.find(kind, since, **fields)

    def said(self, word):
        """Waits until its standard error says so: another pipe than its events, read on its own."""
        end = time.monotonic() + self.patience
        while not any(word in line for line in list(self.errors)):
            assert time.monotonic() < end, 'nothing about %s: %s' % (word, self.errors)
            time.sleep(0.02)

    def never(self, kind, during, /, since=0, **fields):
        """Fails when such an event comes within `during` seconds."""
        end = time.monotonic() + during
        while time.monotonic() < end:
            if self.find(kind, since, **fields):
                raise AssertionError('unexpected %s %s:\n%s' % (kind, fields, self.transcript()))
            time.sleep(0.05)

    def steps(self, since):
        """What it said since then, in a line short enough to survive in a log that is cut."""
        said = [' '.join(str(e[k]) for k in ('event', 'name', 'kind', 'state', 'armed', 'why') if e.get(k, '') != '') for e in self.events[since:]]
        return ', '.join(said[-20:]) or 'nothing'

    def transcript(self):
        return '\n'.join(json.dumps({k: v for k, v in e.items() if k not in ('_at', 'controls')})[:300]
                         for e in self.events[-40:])

    def wait_exit(self, timeout=15):
        code = self.process.wait(timeout and max(timeout, self.patience))
        for reader, pipe in zip(self.readers, (self.process.stdout, self.process.stderr)):
            reader.join(2)      # what it said last; a worker that still holds the other end is not waited for
            while reader.is_alive() and select.select([pipe], [], [], 0)[0]:
                reader.join(0.1)
        return code

    # ------------------------------------------------------------------------------------ what a person does
    def window(self, name, timeout=15, since=0):
        """The newest mapped state of that window."""
        return self.wait('window', timeout, since, name=name, state='mapped')

    def control(self, window, control, timeout=15):
        """Root rectangle of a control of a window, once it is there and can be used."""
        deadline = time.monotonic() + max(timeout, self.patience)
        while True:
            event = self.find('window', name=window)
            if event and event.get('state') == 'mapped':
                for entry in event.get('controls', []):
                    if entry['id'] == control and entry.get('state', '') not in ('off', 'new'):
                        return entry['rect']
            if time.monotonic() > deadline:
                raise Missing('no control %s.%s; it said:\n%s' % (window, control, self.transcript()))
            time.sleep(0.02)

    def press(self, window, control, timeout=15):
        """Clicks a control with the physical pointer, once the window has come to rest, as a person would."""
        rect = self.control(window, control, timeout)
        deadline = time.monotonic() + 2
        while time.monotonic() < min(deadline, self.find('window', name=window)['_at'] + 0.1):
            time.sleep(0.02)
            rect = self.control(window, control, timeout)
        self.desk.click_rect(rect)

    def armed(self, kind):
        """Waits until that prompt can be answered, as it was told last: also if it could already. Returns it."""
        end = time.monotonic() + self.patience
        while not (self.find('prompt', kind=kind) or {}).get('armed'):
            assert time.monotonic() < end, self.transcript()
            time.sleep(0.02)
        return self.find('prompt', kind=kind)

    def click_answer(self, prompt, button):
        """Clicks a button of a prompt that could be answered: again, as a person would, if its guard had begun anew by then."""
        since = self.mark()
        self.desk.click_rect(prompt['buttons'][button])
        end = time.monotonic() + self.patience
        while time.monotonic() < end and self.process.poll() is None:
            if self.find('prompt', since, id=prompt['id'], state='closed'):
                return
            if guarded_again(self.events, since, prompt['id']):
                since = self.mark()
                self.desk.click_rect(self.find('prompt', id=prompt['id'])['buttons'][button])
            time.sleep(0.01)

    def answer(self, kind, button, timeout=15, since=0):
        """Waits until that prompt's guard is over, then clicks one of its buttons physically."""
        prompt = self.wait('prompt', timeout, since, kind=kind, armed=True)
        self.click_answer(prompt, button)
        return prompt

    # ------------------------------------------------------------------------------------ what it is made of
    def workers(self, strangers=None):
        """Command names of its living descendants: {pid: name}. strangers: as for descendants()."""
        return descendants(self.process.pid, strangers)

    def no_capture(self):
        """Nothing of it can look at the screen now."""
        names = self.workers().values()
        assert 'vitrine-capture' not in names and 'vitrine-gate' not in names, sorted(names)

    def until_workers(self, true):
        """Until that is so of the names of its workers: {'vitrine-net', ...}."""
        end = time.monotonic() + self.patience
        while not true(set(self.workers().values())):
            assert time.monotonic() < end, self.workers()
            time.sleep(0.02)

    def until_left(self, *names):
        """Until of its workers none but those are left."""
        self.until_workers(lambda found: found <= set(names))

    def worker_pids(self, name):
        return [pid for pid, comm in self.workers().items() if comm == name]

    def role_pids(self, role):
        """Of its living workers those of that role, in the order of their start, as --events told them."""
        alive = self.workers()
        return [e['pid'] for e in self.events
                if e['event'] == 'worker' and e['role'] == role and e['state'] == 'started' and e['pid'] in alive]

    def spare(self, since=0):
        """The painter that waits for the next dialog; the one that began to wait last, dead or alive."""
        return self.wait('worker', since=since, role='ui', state='spare')['pid']

    def end_spare(self, since=0):
        """That one is dead, and none comes before the next dialog: which has one of its own started."""
        pid = self.spare(since)
        if not self.find('worker', since, pid=pid, state='ended'):
            os.kill(pid, signal.SIGKILL)
        self.wait('worker', since=since, pid=pid, state='ended')

    def stop(self):
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(PATIENCE)     # the trail's last line is written meanwhile
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()


def guarded_again(events, since, prompt):
    """Whether a whole guard has ended since then, by the program's own clock: for a moment of the press itself it is not armed either."""
    begun = None
    for n, event in enumerate(events):
        if event['event'] == 'prompt' and event['id'] == prompt:
            now = datetime.datetime.fromisoformat(event['time'].replace('Z', '+00:00'))
            if event['armed'] and n >= since and begun and (now - begun).total_seconds() > 0.9:
                return True
            begun = None if event['armed'] else begun or now
    return False


def descendants(top, strangers=None):
    """{pid: comm} of all living processes below `top`. strangers, for who asks many times within seconds: a set in which each call leaves
    those that are none, and that the next one does not look at again. Nobody becomes a descendant later."""
    parent, comm = {}, {}
    for entry in os.listdir('/proc'):
        if entry.isdigit() and int(entry) not in (strangers or ()):
            try:
                with open('/proc/%s/stat' % entry, errors='replace') as stat:     # any bytes may be a name
                    text = stat.read()
            except OSError:
                continue
            rest = text.rpartition(')')[2].split()
            if rest[0] == 'Z':
                continue
            parent[int(entry)] = int(rest[1])
            comm[int(entry)] = text[text.index('(') + 1:text.rindex(')')]
    found = {}
    for pid in parent:
        up = pid
        while up in parent and up != top:
            up = parent[up]
        if up == top and pid != top:
            found[pid] = comm[pid]
    if strangers is not None:
        strangers.update(parent.keys() - found.keys() - {top})
    return found
