"""Another log that is started anew while a session runs: its lines go on arriving there. Journal and syslog are played by the test,
mounted over /run and /dev in a namespace (box.py)."""
import contextlib
import os
import re
import socket
import threading
import time

import box
from desk import PATIENCE, Desk, own
from session import Session
from trail import events_of, noted, path_of

HOST = (800, 600)


class Journal:
    """Takes datagrams under a path until it is closed."""
    event, kind = b'VITRINE_EVENT=%s\n', socket.SOCK_DGRAM

    def __init__(self, path):
        self.path, self.lines = path, []
        self.socket = socket.socket(socket.AF_UNIX, self.kind)
        self.socket.bind(path)
        if self.kind == socket.SOCK_STREAM:
            self.socket.listen()
        os.chmod(path, 0o666)
        own(path)
        self.thread = threading.Thread(target=self.take, daemon=True)
        self.thread.start()

    def take(self):
        while True:
            try:
                data = self.socket.recv(65536)
            except OSError:
                return
            if data == b'over':
                return
            self.lines.append(data)

    def close(self):
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as last:
            last.sendto(b'over', self.path)
        self.thread.join()
        self.socket.close()
        os.unlink(self.path)

    def has(self, event, timeout=PATIENCE):
        end = time.monotonic() + timeout
        while not any(self.event % event.encode() in line for line in list(self.lines)):
            if time.monotonic() > end:
                return False
            time.sleep(0.02)
        return True


class Syslog(Journal):
    event = b'"event":"%s"'


class Stream(Syslog):
    """As old services have it: a stream, in which a zero byte ends each message."""
    kind = socket.SOCK_STREAM

    def take(self):
        while True:
            try:
                self.client, _ = self.socket.accept()
            except OSError:
                return
            text = b''
            with self.client:
                while (data := self.client.recv(65536)):
                    *whole, text = (text + data).split(b'\0')
                    self.lines += whole

    def close(self):
        self.socket.shutdown(socket.SHUT_RDWR)
        with contextlib.suppress(OSError):      # the other side has ended it already
            self.client.shutdown(socket.SHUT_RDWR)
        self.thread.join()
        self.socket.close()
        os.unlink(self.path)


def test_syslog():
    each_line_goes_to(Syslog)


def test_syslog_of_streams():
    each_line_goes_to(Stream)


def each_line_goes_to(kind):
    """Each line also goes to /dev/log, which stands in another /dev here, and as RFC 5424 has it: the message is the trail's line. Started
    anew, it gets those that follow."""
    with Desk(HOST) as desk:
        path, old = os.path.join(desk.dir, 'syslog'), os.path.join(desk.dir, 'dev')
        os.makedirs(old)
        syslog = kind(path)
        way = ('mount --rbind /dev %s' % old, box.hidden('/dev'), 'ln -s %s/* /dev/' % old, 'rm -f /dev/log', 'ln -s %s /dev/log' % path)
        with Session(desk, wrap=box.box(box.rules(desk, 'audit_mandatory = yes\naudit_sinks = syslog\n'), *way)) as s:
            s.share()
            assert syslog.has('session_start') and syslog.has('share_on'), syslog.lines
            assert not s.host.errors, s.host.errors
            heads = [re.match(rb'<\d+>1 \S+Z \S+ vitrine - \S+ \[vitrine@32473 n="\d+" id="\d+" uid="\d+"\] (?=\{)', line) for line in syslog.lines]
            assert all(heads), syslog.lines
            with open(path_of(desk), 'rb') as trail:
                written = trail.read().split(b'\n')
            assert all(line[head.end():] in written for head, line in zip(heads, list(syslog.lines))), syslog.lines
            since = s.host.mark()
            syslog.close()
            s.host.press('host-panel', 'lock')
            s.host.wait('share', 15, since, state='paused', why='audit')
            s.host.no_capture()
            s.host.said('audit sink syslog')
            syslog = kind(path)
            since, end = s.host.mark(), time.monotonic() + PATIENCE
            while not s.host.find('share', since=since, state='on'):
                assert time.monotonic() < end, s.host.transcript()
                s.host.press('sharing-bar', 'resume')       # the first finds that it is there, the second shows that it takes lines
                again = time.monotonic() + 2
                while not s.host.find('share', since=since, state='on') and time.monotonic() < again:
                    time.sleep(0.05)
            assert syslog.has('share_on'), syslog.lines
        syslog.close()


def test_journal_comes_later():
    """Not there when the program starts: said once, the file has its lines all the same, and what opened the trail arrives with the rest."""
    with Desk(HOST) as desk:
        path = os.path.join(desk.dir, 'journal')
        rules = box.rules(desk, 'audit_sinks = journal\n')
        way = 'mkdir -p /run/systemd/journal; ln -s %s /run/systemd/journal/socket' % path
        with Session(desk, wrap=box.box(rules, box.hidden('/run'), way)) as s:
            assert len(s.host.errors) == 1 and 'audit sink' in s.host.errors[0], s.host.errors
            assert noted(desk, 'session_start')
            journal = Journal(path)
            s.host.press('host-panel', 'lock')          # this line finds that it is there
            noted(desk, 'session_lock')
            assert journal.has('log_start'), journal.lines
            s.host.press('host-panel', 'lock')
            assert journal.has('session_lock'), journal.lines
            assert b'VITRINE_EVENT=log_start\n' in journal.lines[0], journal.lines
            assert len(s.host.errors) == 1, s.host.errors
        journal.close()


def test_said_each_time_it_is_lost():
    """A service that was there again meanwhile, and is lost once more, is said once more."""
    with Desk(HOST) as desk:
        path = os.path.join(desk.dir, 'journal')
        journal = Journal(path)
        rules = box.rules(desk, 'audit_sinks = journal\n')
        way = 'mkdir -p /run/systemd/journal; ln -s %s /run/systemd/journal/socket' % path
        with Session(desk, wrap=box.box(rules, box.hidden('/run'), way)) as s:
            def one_line():
                """A press right after the panel has changed may not count: again, as a person would."""
                before, end = len(events_of(desk, 'session_lock')), time.monotonic() + PATIENCE
                while len(events_of(desk, 'session_lock')) == before:
                    assert time.monotonic() < end
                    s.host.press('host-panel', 'lock')
                    again = time.monotonic() + 2
                    while len(events_of(desk, 'session_lock')) == before and time.monotonic() < again:
                        time.sleep(0.05)

            assert journal.has('session_start'), journal.lines
            for times in (1, 2):
                journal.close()
                one_line()
                one_line()                      # lost as well, and not said again
                end = time.monotonic() + PATIENCE
                while len(s.host.errors) < times:
                    assert time.monotonic() < end, s.host.errors
                    time.sleep(0.02)
                assert all('audit sink journal has not taken a line' in line for line in s.host.errors), s.host.errors
                assert len(s.host.errors) == times, s.host.errors
                journal = Journal(path)
                one_line()                      # finds that it is there
                one_line()
                assert journal.has('session_lock'), journal.lines
        journal.close()


def test_journal_started_anew():
    """audit_mandatory: the line that was lost pauses sharing with a word; the next ones arrive, and sharing can go on."""
    with Desk(HOST) as desk:
        path = os.path.join(desk.dir, 'journal')
        first = Journal(path)
        rules = box.rules(desk, 'audit_mandatory = yes\naudit_sinks = journal\n')
        way = 'mkdir -p /run/systemd/journal; ln -s %s /run/systemd/journal/socket' % path
        with Session(desk, wrap=box.box(rules, box.hidden('/run'), way)) as s:
            s.share()
            assert first.has('share_on')
            first.close()
            second = Journal(path)
            since = s.host.mark()
            s.host.press('host-panel', 'lock')
            s.host.wait('share', 15, since, state='paused', why='audit')
            s.host.no_capture()
            s.host.said('audit')
            s.host.press('host-panel', 'lock')          # this line arrives
            since = s.host.mark()
            s.host.press('sharing-bar', 'resume')
            s.host.wait('share', 15, since, state='on')
            assert second.has('session_lock') and second.has('share_on'), second.lines
        second.close()
