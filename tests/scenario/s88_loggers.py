"""The other logs with the services that computers have: rsyslog and systemd's journal, where they are installed, each with files of its
own. Every line of the trail is stored there, whole, under the name of its event."""
import contextlib
import json
import os
import shutil
import subprocess
import time

import box
from desk import PATIENCE, Desk, Skipped, needs_root, until
from session import Session
from trail import noted, path_of

HOST = (800, 600)
JOURNALD = '/usr/lib/systemd/systemd-journald'
# What rsyslog takes from /dev/log is RFC 5424 to it only where it is told so (audit/FORMAT.md 9).
RSYSLOG = '''module(load="imuxsock" SysSock.Name="%(socket)s" SysSock.UseSpecialParser="off" SysSock.ParseHostname="on")
template(name="fields" type="string" string="%%app-name%% %%msgid%% %%syslogfacility%% %%msg%%\\n")
*.* action(type="omfile" file="%(stored)s" template="fields")
'''


class Rsyslog:
    sink = 'syslog'

    def __init__(self, folder):
        if not shutil.which('rsyslogd'):
            raise Skipped('needs rsyslog')
        self.socket, self.stored, self.conf = (os.path.join(folder, name) for name in ('socket', 'stored', 'conf'))
        with open(self.conf, 'w') as out:
            out.write(RSYSLOG % vars(self))
        self.command = ['rsyslogd', '-n', '-f', self.conf, '-i', os.path.join(folder, 'pid')]

    def way(self, desk):
        old = os.path.join(desk.dir, 'dev')
        os.makedirs(old)
        return ('mount --rbind /dev %s' % old, box.hidden('/dev'), 'ln -s %s/* /dev/' % old, 'rm -f /dev/log', 'ln -s %s /dev/log' % self.socket)

    def lines(self):
        """Of each its event, by the service's own fields, and its text."""
        if not os.path.exists(self.stored):
            return []
        with open(self.stored) as stored:
            rows = [line.split(None, 3) for line in stored if line.startswith('vitrine ')]
        assert all(row[2] == '13' for row in rows), rows
        return [(row[1], row[3].rstrip('\n')) for row in rows]


class Journald:
    sink = 'journal'

    def __init__(self, folder):
        if not os.path.exists(JOURNALD) or not shutil.which('journalctl'):
            raise Skipped('needs systemd')
        self.run = os.path.join(folder, 'run')
        self.socket = os.path.join(self.run, 'systemd/journal/socket')
        os.makedirs(os.path.dirname(self.socket))
        steps = 'mount --make-rprivate /; mount --bind %s /run; exec %s' % (self.run, JOURNALD)
        self.command = ['unshare', '--mount', 'sh', '-ec', steps]

    def way(self, _):
        return box.hidden('/run'), 'mkdir -p /run/systemd/journal', 'ln -s %s /run/systemd/journal/socket' % self.socket

    def lines(self):
        stored = [os.path.join(where, name) for where, _, names in os.walk(os.path.join(self.run, 'log')) for name in names]
        if not stored:
            return []
        told = subprocess.run(['journalctl', '-o', 'json', 'SYSLOG_IDENTIFIER=vitrine', *('--file=' + name for name in stored)],
                              stdout=subprocess.PIPE, check=True)
        rows = [json.loads(line) for line in told.stdout.splitlines()]
        assert all(row['SYSLOG_FACILITY'] == '13' for row in rows), rows
        return [(row['VITRINE_EVENT'], row['MESSAGE']) for row in rows]


@contextlib.contextmanager
def running(service):
    with contextlib.suppress(FileNotFoundError):
        os.unlink(service.socket)
    process = subprocess.Popen(service.command, stderr=subprocess.DEVNULL)
    try:
        end = time.monotonic() + PATIENCE
        while not os.path.exists(service.socket):
            assert process.poll() is None and time.monotonic() < end
            time.sleep(0.02)
        os.chmod(service.socket, 0o666)
        yield
    finally:
        process.terminate()
        process.wait()


def trail_of(desk):
    with open(path_of(desk)) as trail:
        return [(json.loads(line)['event'], line) for line in trail.read().split('\n')[:-1]]


def service_for(desk, kind):
    needs_root()
    folder = os.path.join(desk.dir, 'service')
    os.makedirs(folder)
    os.chmod(folder, 0o755)
    service = kind(folder)
    rules = box.rules(desk, 'audit_mandatory = yes\naudit_sinks = %s\n' % service.sink)
    return service, box.box(rules, *service.way(desk))


def has_all(service, desk):
    """A service stores what it has taken a moment later."""
    until(lambda: service.lines()[-1:] == trail_of(desk)[-1:], lambda: (service.lines(), trail_of(desk)))


def stores_every_line(kind):
    """Of a session, from its beginning to its end."""
    with Desk(HOST) as desk:
        service, wrap = service_for(desk, kind)
        with running(service):
            with Session(desk, wrap=wrap) as s:
                s.share()
            has_all(service, desk)
            assert service.lines() == trail_of(desk)


def started_anew(kind):
    """What was written while there was no service is missing there, and nothing else; nobody had to do anything."""
    with Desk(HOST) as desk:
        service, wrap = service_for(desk, kind)
        with contextlib.ExitStack() as first:
            first.enter_context(running(service))
            with Session(desk, wrap=wrap) as s:
                s.share()
                noted(desk, 'share_on')
                has_all(service, desk)
                first.close()
                since = s.host.mark()
                s.host.press('host-panel', 'lock')
                s.host.wait('share', 15, since, state='paused', why='audit')
                first.enter_context(running(service))
                has_all(service, desk)
            has_all(service, desk)
            stored, trail = service.lines(), trail_of(desk)
            lost = [line for line in trail if line not in stored]
            begin = trail.index(lost[0])
            assert lost[0][0] == 'session_lock' and lost == trail[begin:begin + len(lost)], lost
            assert stored == trail[:begin] + trail[begin + len(lost):], stored


def test_rsyslog():
    stores_every_line(Rsyslog)


def test_rsyslog_started_anew():
    started_anew(Rsyslog)


def test_journald():
    stores_every_line(Journald)


def test_journald_started_anew():
    started_anew(Journald)
