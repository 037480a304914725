"""The security status inside a session: it looks at what runs and starts nothing."""
import json
import os
import shutil
import subprocess
import time

import party
from bus import desktop_bus
from desk import PATIENCE, user
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


def says_when(desk, corner, timeout=PATIENCE):
    """The foot of the window says when it was measured."""
    end = time.monotonic() + timeout
    while len(set(memoryview(desk.shot(corner).data).cast('I'))) == 1:
        assert time.monotonic() < end, 'nothing stands there'
        time.sleep(0.1)


def running(as_user):
    """What `vitrine doctor --json` says of every process that runs, by pid. Root sees descriptors, namespaces and the
    filters themselves too."""
    folder = party.binaries() if as_user else party.BUILD       # nobody starts what others may change
    done = subprocess.run([os.path.join(folder, 'vitrine'), 'doctor', '--json'], capture_output=True, text=True,
                          timeout=100, check=False, **(user() if as_user else {}))
    assert done.returncode == 0, done
    return {p['pid']: p for p in json.loads(done.stdout)['processes']}


def test_running_processes_compared():
    """Every process of a session is as policy/ says; a program that only calls itself one is named."""
    with Desk((1024, 768)) as desk, Desk((1400, 1000), kind='xvfb') as other, desktop_bus(desk):
        with Session(desk) as s:
            viewer = s.join(other)
            s.share()
            for one in (s.host, viewer):
                one.until_workers(lambda found: 'vitrine-dial' not in found)     # those that are about to end would be gone when they are looked for
            workers = {**s.host.workers(), **viewer.workers(), s.host.process.pid: 'vitrine', viewer.process.pid: 'vitrine'}
            fake = os.path.join(desk.dir, 'vitrine-seal')
            shutil.copy(shutil.which('sleep'), fake)
            os.chmod(fake, 0o755)
            impostor = subprocess.Popen([fake, '60'], **user())
            try:
                for as_user in (True, False):
                    seen = running(as_user)
                    roles = {seen[pid]['role'] for pid in workers if pid in seen}
                    assert {'gate', 'capture', 'seal', 'net', 'relay', 'ui', 'view', 'audit', 'bus', 'broker', 'launcher',
                            'watch'} <= roles, seen
                    for pid in workers:
                        assert not seen[pid]['wrong'], seen[pid]
                        assert seen[pid]['filters_read'] == (not as_user and not os.geteuid()), seen[pid]
                    assert seen[impostor.pid]['wrong'], seen[impostor.pid]
            finally:
                impostor.kill()
                impostor.wait()


test_running_processes_compared.alone = True       # other tests' workers would be seen while they start
