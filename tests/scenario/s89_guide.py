"""The commands of audit/GUIDE.md, each run as it is printed there, on the trail of a session that has just been."""
import os
import re
import subprocess

import party
from desk import Desk, own, user
from session import Session
from trail import noted, path_of

GUIDE = os.path.join(os.path.dirname(__file__), '..', '..', 'audit', 'GUIDE.md')
FILELESS = re.compile(r'^vitrine audit (verify|key|sessions|receipt)( --key \w+)?$')      # "with the same file"


def commands():
    """What stands in code marks in the ten minutes' list and begins with a program's name, in its order."""
    with open(GUIDE) as text:
        part = text.read().split('## Check a running system')[1].split('## What to watch for')[0]
    return re.findall(r'`((?:vitrine|ps) [^`]+)`', part)


def run(desk, command, home):
    env = dict(desk.env, HOME=home, PATH='%s:%s' % (party.binaries(), os.environ['PATH']))
    return subprocess.run(['sh', '-c', command], env=env, cwd=home, capture_output=True, text=True, timeout=100, check=False, **user())


def a_home(desk):
    """Where that desk's trail is the one of the guide."""
    home = os.path.join(desk.dir, 'home')
    state = os.path.join(home, '.local', 'state')
    os.makedirs(state)
    os.symlink(os.path.dirname(path_of(desk)), os.path.join(state, 'vitrine'))
    for path in (home, os.path.join(home, '.local'), state):
        own(path)
    return home


def keep(home, name, content):
    with open(os.path.join(home, name), 'w') as out:
        out.write(content)
    os.chmod(os.path.join(home, name), 0o644)


def test_as_printed():
    with Desk((800, 600)) as desk:
        with Session(desk):
            home = a_home(desk)
            assert 'vitrine-seal' in run(desk, 'ps -e | grep vitrine', home).stdout
        ran = 0
        keep(home, 'FILE', 'control_longest = 5\n')
        for command in commands():
            if FILELESS.match(command):
                command += ' ~/.local/state/vitrine/audit.log'
            done = run(desk, command, home)
            # What else this user has running is in the status of doctor (s80_status has it alone).
            assert done.returncode in ((0, 1, 7) if command.startswith('vitrine doctor') else (0,)) or command.startswith('ps '), (command, done)
            if ' key ' in command:
                keep(home, 'KEYFILE', done.stdout)
            if ' receipt ' in command:
                keep(home, 'receipt', done.stdout)
                done = run(desk, 'vitrine audit verify receipt', home)
                assert done.returncode == 0 and 'a receipt, and right' in done.stdout, done
            doctor = command.startswith('vitrine doctor')
            if doctor or done.returncode == 0 and not re.search('^ps | key ', command):
                full = run(desk, command + ' >/dev/full', home)      # what it said is nowhere
                assert full.returncode in ((1, 7) if doctor else (1,)) and 'standard output cannot be written' in full.stderr, (command, full)
            ran += 1
        assert ran >= 10, ran
        print('(%d commands) ' % ran, end='')


def test_copies():
    """Point 4: a copy is told as it says, while a session goes on and when it is over; and each change by its line."""
    with Desk((800, 600)) as desk:
        with Session(desk) as s:
            home = a_home(desk)
            both = 'L=~/.local/state/vitrine/audit.log; until cp $L copy && cp $L.key copy.key && cmp -s $L copy; do :; done'    # none between
            cases = {'cp ~/.local/state/vitrine/audit.log copy': 1, both: 0,
                     'cp copy was; sed -i 5s/1/2/ copy': 'line 5: this line was changed', 'head -n -3 was >copy': 'the end of the trail was cut off here',
                     '(head -4 was; sed -n 6p was; sed -n 5p was; tail -n +7 was) >copy': 'line 5: this line stands in another place'}
            for step, wanted in cases.items():
                told_of_a_copy(desk, step, wanted, home)
            since = s.host.mark()
            s.host.press('host-panel', 'end')
            s.host.wait('ended', since=since)
            noted(desk, 'signed_head')
        told_of_a_copy(desk, 'rm copy.key; cp ~/.local/state/vitrine/audit.log copy', 7, home)


def told_of_a_copy(desk, step, wanted, home):
    done = run(desk, step + '; vitrine audit verify copy', home)
    assert done.returncode == wanted if isinstance(wanted, int) else done.returncode == 1 and wanted in done.stdout + done.stderr, (step, done)
