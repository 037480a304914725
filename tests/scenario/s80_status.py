"""The security status inside a session: it looks at what runs and starts nothing."""
import json
import os
import shutil
import subprocess
import time

import box
import party
from bus import desktop_bus
from desk import PATIENCE, user
from hands import VIEWER, Control
from session import Desk, Session


def test_security_status_starts_nothing():
    with Desk((1024, 768)) as desk:
        with Session(desk) as s:
            before, seen = s.host.workers(), set()
            s.host.press('host-panel', 'doctor')
            x, y, w, h = s.host.window('doctor')['rect']
            end = time.monotonic() + 2
            while time.monotonic() < end:
                seen |= {name for pid, name in s.host.workers().items() if pid not in before}
                time.sleep(0.002)
            assert not {'vitrine-capture', 'vitrine-gate', 'vitrine-input'} & seen, seen
            assert not any(e['event'] == 'worker' and e['role'] == 'capture' for e in s.host.events)
            says_when(desk, (x + w - 150, y + h - 30, 140, 20))


def test_memory_that_cannot_be_locked():
    """Under a low limit OpenSSL goes on without: keys could be swapped out. That is said in the status window, by --events, in
    the trail and by `vitrine doctor`.

    Seen to fail: workers_on_ready does not look: no security event."""
    little = ('prlimit', '--memlock=65536:65536', '--')
    with Desk((1024, 768)) as desk:
        with Session(desk, wrap=little) as s:
            said = s.host.wait('security', level='reduced')
            assert 'mlock' in said['missing'], said
            s.host.press('host-panel', 'doctor')
            end = time.monotonic() + PATIENCE
            while 'not locked' not in ' '.join(s.host.window('doctor')['texts']):
                assert time.monotonic() < end, s.host.window('doctor')['texts']
                time.sleep(0.1)
        done = subprocess.run([*little, os.path.join(party.binaries(), 'vitrine'), 'doctor'], env=desk.env, cwd=desk.dir,
                              capture_output=True, text=True, timeout=100, check=False, **user())
        assert 'missing: mlock: memory not locked' in done.stdout, done


def says_when(desk, corner, timeout=PATIENCE):
    """The foot of the window says when it was measured."""
    end = time.monotonic() + timeout
    while len(set(memoryview(desk.shot(corner).data).cast('I'))) == 1:
        assert time.monotonic() < end, 'nothing stands there'
        time.sleep(0.1)


ROOTS = ['descriptors', 'filters']       # what Linux shows to root alone, and of some processes namespaces


def running(as_user):
    """What `vitrine doctor --json` says of every process that runs, by pid, and its exit status. Root sees descriptors,
    namespaces and the filters themselves too."""
    folder = party.binaries() if as_user else party.BUILD       # nobody starts what others may change
    done = subprocess.run([os.path.join(folder, 'vitrine'), 'doctor', '--json'], capture_output=True, text=True,
                          timeout=100, check=False, **(user() if as_user else {}))
    return {p['pid']: p for p in json.loads(done.stdout)['processes']}, done.returncode


def pids_of(parties):
    return {pid for one in parties for pid in (one.process.pid, *one.workers())}


def status_of(processes):
    """The exit status that such a list has to have."""
    verdicts = {p['verdict'] for p in processes}
    return 1 if 'wrong' in verdicts else 7 if verdicts - {'as it should be'} else 0


def compared(as_user, *parties, status=None):
    """Each of their processes was compared and does not differ; what was not for this user to see is said of each, and by
    the exit status. All that was said, and what was said of theirs. Doctor compares every vitrine of the machine: of one that these
    parties have not started the status is what is said of it.

    Seen to fail: the status without strangers, while another vitrine-audit ran under another parent."""
    for one in parties:
        one.until_workers(lambda found: 'vitrine-dial' not in found)     # those that are about to end would be gone when they are looked for
    before = pids_of(parties)
    seen, said = running(as_user)
    theirs = [seen[pid] for pid in before & pids_of(parties)]
    hidden = as_user or os.geteuid() != 0
    strangers = [p for p in seen.values() if p['pid'] not in before and p['parent'] not in before]
    wanted = {status or (7 if hidden else 0), status_of(strangers)}
    assert said == next(s for s in (1, 7, 0) if s in wanted), (said, seen)
    for process in theirs:
        missing = [what for what in process['not_compared'] if not hidden or what != 'namespaces']
        assert process['wrong'] == '' and missing == (ROOTS if hidden else []), process
        assert process['verdict'] == ('not all compared' if hidden else 'as it should be'), process
    return seen, [process['role'] for process in theirs]


def test_running_processes_compared():
    """Every process of a session is as policy/ says; a program that only calls itself one is named, and the exit status says so."""
    with Desk((1024, 768)) as desk, Desk((1400, 1000), kind='xvfb') as other, desktop_bus(desk):
        with Session(desk) as s:
            viewer = s.join(other)
            s.share()
            for as_user in (True, False):
                seen, roles = compared(as_user, s.host, viewer)
                assert {'gate', 'capture', 'seal', 'net', 'relay', 'ui', 'view', 'audit', 'bus', 'broker', 'launcher',
                        'watch'} <= set(roles), seen
            fake = os.path.join(desk.dir, 'vitrine-seal')
            shutil.copy(shutil.which('sleep'), fake)
            os.chmod(fake, 0o755)
            impostor = subprocess.Popen([fake, '60'], **user())
            try:
                for as_user in (True, False):
                    seen, _ = compared(as_user, s.host, viewer, status=1)
                    assert seen[impostor.pid]['verdict'] == 'wrong' and seen[impostor.pid]['wrong'], seen[impostor.pid]
            finally:
                impostor.kill()
                impostor.wait()


def test_workers_without_namespaces():
    """Workers that had to start without namespaces, where doctor gets some: each is named, by its user's and by root's."""
    with Desk((800, 600)) as desk:
        with Session(desk, wrap=box.box(box.without_namespaces())) as s:
            assert 'namespaces' in s.host.wait('security', level='reduced')['missing']
            for as_user in (True, False):
                seen, status = running(as_user)
                workers = [p for p in seen.values() if p['parent'] == s.host.process.pid and p['role'] in ('seal', 'net', 'audit', 'relay')]
                assert len(workers) == 4 and status == 1, (status, seen)
                assert all('no namespaces of its own' in p['wrong'] and p['verdict'] == 'wrong' for p in workers), workers


def test_compared_under_control():
    """While somebody controls: the worker that types, its gate and the watcher of the kill switch, which holds both, too."""
    with Desk((800, 600)) as desk, Desk(VIEWER) as other:
        with Control(desk) as s:
            viewer = s.begin(other)
            s.give(viewer)
            for as_user in (True, False):
                _, roles = compared(as_user, s.host, viewer)
                assert roles.count('gate') == 2 and roles.count('input') == 1 and 'watch' in roles, roles


test_workers_without_namespaces.alone = True
test_compared_under_control.alone = True
test_running_processes_compared.alone = True       # other tests' workers would be seen while they start
