"""What goes wrong is said in one line, with the code of ui.md 10 and the exit status of architecture 8."""
import contextlib
import json
import os
import signal
import socket
import subprocess
import time

import box
import party
from desk import PATIENCE, own, until, user
from faulty import spoil
from other_relay import OtherRelay, err, opened
from rogue import place
from session import Desk, Party, Session, compare
from trail import events_in, events_of, noted, path_of
from xproxy import Silent

VIEWER = (1200, 900)
HOST = (800, 600)


def close(someone, window, control='close'):
    """A person closes that window; the program's exit status."""
    someone.press(window, control)
    return someone.wait_exit()


def dies(desk, *args, words=(), **more):
    """Starts the program, which must end by itself with one line; returns its status."""
    with Party(desk, *args, **more) as p:
        status = p.wait_exit()
        assert len(p.errors) == 1 and p.errors[0].startswith('vitrine: '), p.errors
        for word in words:
            assert word in p.errors[0], (word, p.errors)
        return status


def password_file(desk, text='four plain words here\n'):
    path = os.path.join(desk.dir, 'a-password')
    with open(path, 'w') as out:
        out.write(text)
    os.chmod(path, 0o600)
    own(path)
    return path


# ---------------------------------------------------------------------------------------------- at the door
def test_wrong_password():
    """J-PASS in the field; trying again works; the host is told and it is in the trail."""
    with Desk(HOST) as desk, Desk(VIEWER) as other:
        with Session(desk) as s:
            viewer = s.start_join(other, password='not the right words')
            viewer.wait('error', code='J-PASS')
            viewer.press('join', 'password')
            other.type(s.info['password'])
            viewer.press('join', 'join')
            s.admit('Vera')
            viewer.window('viewer')
            assert noted(desk, 'wrong_password')[0]['fields'] == {'wrong': '1'}
            assert any(e['fields']['kind'] == '2' for e in noted(desk, 'relay_intrusion'))
            viewer.stop()
            viewer = s.start_join(other, password='wrong once again', name='Walter')
            viewer.wait('error', code='J-PASS')
            assert close(viewer, 'join') == 3
            assert len(noted(desk, 'wrong_password', 2)) == 2


def test_unknown_number():
    with Desk(HOST) as desk, Desk(VIEWER) as other:
        with Session(desk) as s:
            number = s.info['id']
            wrong = s.local_invitation().replace(number, str(int(number) + (1 if int(number) < 999999999 else -1)))
            viewer = s.start_join(other, invitation=wrong)
            viewer.wait('error', code='J-NONE')
            assert close(viewer, 'error') == 3


VERSIONS = (    # what is answered, what the window says, in English and in German, and the line behind it
    (opened(bytes([2, 1, 0, 1]) + bytes(101)), 'This program speaks version 1, the other side version 2.',
     'Dieses Programm spricht Version 1, die Gegenseite Version 2.', 'version 1 here, 2 there'),
    (opened(bytes([1, 1, 255, 255]) + bytes(251)), 'This program knows cipher suite 1, the other side asks for suite 65535.',
     'Dieses Programm kennt die Chiffrensuite 1, die Gegenseite verlangt Suite 65535.', 'suite 1 here, 65535 there'),
    (err(1), 'This program speaks version 1 to relays, and this relay another one.',
     'Dieses Programm spricht mit Relays Version 1, dieses Relay eine andere.', 'version 1 here, another there'),
)


def test_other_versions():
    """V-OLD: a session of another version or suite, a relay of another version: which ones, in either language."""
    with Desk(VIEWER) as desk:
        for answer, english, german, line in VERSIONS:
            for words, language in ((english, 'en_US.UTF-8'), (german, 'de_DE.UTF-8')):
                with OtherRelay(answer) as relay:
                    viewer = Party(desk, 'join', relay.invitation('fourplainwordshere'), '--name', 'Vera', '--password-file',
                                   password_file(desk), env={'LANG': language})
                    assert line in viewer.wait('error', code='V-OLD')['text'], viewer.find('error')
                    assert words in viewer.window('error')['texts'], viewer.window('error')
                    assert close(viewer, 'error', 'close2') == 4


def test_other_session_behind_the_number():
    """An invitation whose fingerprint is not the organizer's: J-ID, before any password is tried."""
    with Desk(HOST) as desk, Desk(VIEWER) as other:
        with Session(desk) as s:
            parts = s.local_invitation().split('.')
            parts[-2] = '00112233445566778899aabbccddeeff'
            viewer = s.start_join(other, invitation='.'.join(parts))
            viewer.wait('error', code='J-ID')
            assert close(viewer, 'error', 'close2') == 3
            assert not events_of(desk, 'wrong_password')


def waits_as(viewer, name):
    """Who is at the door reads there as whom."""
    end = time.monotonic() + PATIENCE
    while '“%s”' % name not in viewer.window('connecting')['texts']:
        assert time.monotonic() < end, viewer.window('connecting')
        time.sleep(0.05)


def test_refused_locked_removed():
    with Desk(HOST) as desk, Desk(VIEWER) as other:
        with Session(desk) as s:
            viewer = s.start_join(other, name='Nora')
            waits_as(viewer, 'Nora')
            s.admit('Nora', 'no')
            viewer.wait('error', code='J-NO')
            assert close(viewer, 'error', 'close2') == 3
            viewer = s.join(other, name='Olga')
            since = s.host.mark()
            s.host.press('host-panel', 'row_2')
            s.host.press('host-panel', 'remove')
            viewer.wait('error', code='J-OUT')
            assert close(viewer, 'error', 'close2') == 3
            s.host.wait('member', 15, since, state='removed', name='Olga')
            s.host.wait('session', 15, since)           # a new password: the panel has settled
            s.host.press('host-panel', 'lock')
            noted(desk, 'session_lock')
            viewer = s.start_join(other, name='Lola')
            viewer.wait('error', code='J-LOCK')
            assert close(viewer, 'error') == 3
            assert noted(desk, 'refuse') and noted(desk, 'remove')


# ---------------------------------------------------------------------------------------------- the relay
def test_relay_unreachable():
    with Desk(HOST) as desk:
        with socket.socket() as nobody:
            nobody.bind(('127.0.0.1', 0))       # and does not listen
            where = '127.0.0.1:%d/%s' % (nobody.getsockname()[1], '00' * 16)
            for args in (['join', '123456789', '--password-file', password_file(desk)], ['host']):
                with Party(desk, *args, '--relay', where) as p:
                    p.wait('error', code='R-NET')
                    assert close(p, 'error') == 4


def test_wrong_relay_key():
    """Another PIN than the relay's: R-CERT, nothing is sent."""
    with Desk(HOST) as desk, Desk(VIEWER) as other:
        with Session(desk) as s:
            parts = s.local_invitation().split('.')
            parts[-1] = '00' * 16
            viewer = s.start_join(other, invitation='.'.join(parts))
            viewer.wait('error', code='R-CERT')
            assert close(viewer, 'error') == 4
            assert not s.host.find('member', state='waiting') and not events_of(desk, 'wrong_password')


def test_relay_dies():
    """The relay is killed while a screen is shared: capture dies at once and both sides say that the line is lost.

    What follows, coming back or giving up with exit 4, is s70_reconnect's."""
    with Desk(HOST) as desk, Desk(VIEWER) as other:
        relay = Party(None, 'relay', '--listen', '127.0.0.1:0')
        try:
            with Session(desk, '--relay', relay.wait('session', 10)['relay']) as s:
                viewer = s.join(other)
                s.share()
                os.kill(relay.process.pid, signal.SIGKILL)
                for one in (s.host, viewer):
                    one.wait('line', state='lost')
                s.host.wait('share', state='paused')
                names = s.host.workers().values()
                assert 'vitrine-capture' not in names and 'vitrine-gate' not in names
        finally:
            relay.stop()


def test_port_in_use():
    with socket.create_server(('127.0.0.1', 0)) as taken, Desk(HOST) as desk:
        where = '127.0.0.1:%d' % taken.getsockname()[1]
        assert dies(None, 'relay', '--listen', where, words=['in use']) in (1, 4)
        with Party(desk, 'host', '--listen', where) as p:
            p.wait('error', code='R-NET')
            assert close(p, 'error') == 4


# ---------------------------------------------------------------------------------------------- this computer
def test_no_display():
    class Nowhere:
        def __init__(self, desk, **more):
            self.dir, self.env = desk.dir, {k: v for k, v in desk.env.items() if k != 'DISPLAY'}
            self.env.update(more)
    with Desk(HOST, kind='xvfb') as desk:
        assert dies(Nowhere(desk), 'host', words=['DISPLAY']) == 5
        assert dies(Nowhere(desk, DISPLAY=':31999'), 'host') == 5
        assert dies(Nowhere(desk, DISPLAY='nonsense'), 'host') == 5
        assert dies(Nowhere(desk, DISPLAY=desk.display, XAUTHORITY='/nonexistent'), 'host') == 5


def test_x_server_without_extension():
    for extension in ('MIT-SHM', 'DAMAGE', 'XFIXES', 'RANDR'):
        with Desk(HOST, kind='xvfb', extra=['-extension', extension]) as desk:
            assert dies(desk, 'host', words=[extension]) == 5, extension


SILENT = (({'accepts': False}, 'did not accept'), ({}, 'does not answer'), ({'greeting': 0.5}, 'does not answer'),
          ({'greeting': 1}, 'does not answer'), ({'greeting': 1, 'more': 320}, 'does not answer'))
DEAF = ('env', '--ignore-signal=ALRM', '--block-signal=ALRM')


def test_x_server_that_says_nothing():
    """One that takes no connection, or does not answer: it is waited for, and not for ever; and no part of vitrine waits on,
    nor where whoever started it hears no alarm.

    Seen to fail: it waited without a word, for as long as the server did."""
    with Desk(HOST, kind='xvfb') as desk, contextlib.ExitStack() as stack:
        started = []
        for how, words, wrap in [(*s, ()) for s in SILENT] + [(*SILENT[1], DEAF)]:
            env = stack.enter_context(Silent(desk, **how)).env
            started.append((stack.enter_context(Party(desk, 'host', env=env, wrap=wrap)), how, words))
        for p, how, words in started:
            parts = list(p.workers())
            assert p.wait_exit() == 5, (how, p.errors)
            assert len(p.errors) == 1 and 'X server ' + words in p.errors[0], (how, p.errors)
            until(lambda: not any(os.path.exists('/proc/%d' % pid) for pid in parts), (how, 'something waits on'))


def test_no_fonts():
    with Desk(HOST, kind='xvfb') as desk:
        assert dies(desk, 'host', wrap=box.box(box.hidden('/usr/share/fonts')), words=['fonts-inter']) == 5


def test_no_seccomp():
    with Desk(HOST, kind='xvfb') as desk:
        for error in ('ENOSYS', 'EINVAL'):
            assert dies(desk, 'host', wrap=box.without_seccomp(error), words=['seccomp']) == 5


def test_no_namespaces():
    """Without user namespaces it goes on with less, and says so; where they are required, it does not."""
    with Desk(HOST) as desk:
        with Party(desk, 'host', '--listen', '127.0.0.1:0', wrap=box.box(box.without_namespaces())) as p:
            assert p.wait('security')['level'] == 'reduced' and p.find('security')['missing'] == ['namespaces']
            p.wait('session')
            start = noted(desk, 'program_start')[-1]['fields']
            assert start['security'] == 'reduced' and start['missing'] == 'namespaces', start
        steps = [box.rules(desk, 'namespaces_required = yes\n'), box.without_namespaces()]
        assert dies(desk, 'host', wrap=box.box(*steps)) in (5, 6)
        for wrap, status in ((box.box(*steps), 5), (box.box(box.without_namespaces()), 0)):
            done = subprocess.run([*wrap, os.path.join(party.binaries(), 'vitrine'), 'identity', 'new'], env=desk.env,
                                  capture_output=True, text=True, timeout=100, check=False, **user())
            assert done.returncode == status, done


def test_worker_program():
    """A missing worker, and one that others could have changed, are not started."""
    with Desk(HOST) as desk:
        for name in ('vitrine-render', 'vitrine-capture'):
            for spoil in (os.unlink, lambda path: os.chmod(path, 0o777)):
                with party.copy() as programs:
                    spoil(os.path.join(programs, name))
                    if name == 'vitrine-render':
                        assert dies(desk, 'host', programs=programs) == 5
                        continue
                    with Party(desk, 'host', '--listen', '127.0.0.1:0', programs=programs) as p:
                        p.window('host-panel')
                        p.press('host-panel', 'share')
                        since = p.mark()
                        p.answer('share', 'yes')
                        p.wait('share', since=since, state='off', why='worker')
                        assert not p.worker_pids('vitrine-gate')
                        assert p.process.poll() is None


def test_part_that_cannot_be_started():
    """Too few processes, and a part that is not ready in time: said as that, and not as something this computer lacks.

    Seen to fail: either was said to be a part that could not be locked in, and doctor was to show what is missing."""
    with Desk(HOST, kind='xvfb') as desk:
        with party.copy() as programs:
            spoil(programs, 'vitrine', 'fork 3')        # the first two are no workers, this one paints
            assert dies(desk, 'host', programs=programs, words=['too few processes', 'end other programs']) == 5
        with party.copy() as programs:
            with open('/usr/bin/yes', 'rb') as never_ready:
                place(programs, 'vitrine-render', never_ready.read())
            assert dies(desk, 'host', programs=programs, words=['not ready in time', 'too busy']) == 5


# ---------------------------------------------------------------------------------------------- rules
def test_rules_file():
    """A vitrine.conf that is not root's alone, cannot be read or says nonsense: exit 6 with file, line, key."""
    cases = [('no_such_key = yes\n', (), [':1:', 'no_such_key']),
             ('# fine\nown_relay = maybe\n', (), [':2:', 'own_relay']),
             ('own_relay = no\nown_relay = no\n', (), [':2:', 'own_relay', 'twice']),
             ('own_relay = yes\n', ['chmod 666 vitrine.conf'], ['/etc/vitrine/vitrine.conf']),
             ('own_relay = yes\n', ['chmod 777 .'], ['/etc/vitrine']),
             ('own_relay = yes\n', ['rm vitrine.conf', 'mkdir vitrine.conf'], ['/etc/vitrine/vitrine.conf']),
             ('own_relay = no\n', (), ['relay']),
             ('password_required = yes\n', (), ['password'])]
    with Desk(HOST, kind='xvfb') as desk:
        for text, steps, words in cases:
            args = ['--no-password'] if 'password' in text else []
            status = dies(desk, 'host', *args, wrap=box.box(box.rules(desk, text, *steps)), words=words)
            assert status == 6, (text, status)


def trouble_with_log(desk, s):
    """Fills the disk under the trail: events until it says that it cannot write."""
    deadline = time.monotonic() + 90
    while time.monotonic() < deadline and not any('cannot be written' in line for line in s.host.errors):
        s.host.press('host-panel', 'lock')
        time.sleep(0.05)
    assert [line for line in s.host.errors if 'audit' in line and 'cannot be written' in line], 'the full disk went unnoticed'


def test_full_disk():
    """No space for the trail: said once, in one line, behind the one that warned of it; the session goes on."""
    with Desk(HOST) as desk, Desk(VIEWER) as other:
        state = desk.env['XDG_STATE_HOME']
        with Session(desk, wrap=box.box(box.small(state, 16384))) as s:
            trouble_with_log(desk, s)
            assert len(s.host.errors) == 2 and 'audit_warn_free' in s.host.errors[0], s.host.errors
            assert 'No space left' in s.host.errors[1], s.host.errors
            until(lambda: 'The log cannot be written' in s.host.window('toast')['texts'], 'nothing on the screen')
            unlock(s)
            viewer = s.join(other)
            s.share()
            desk.move(400, 2)
            assert compare(s.host, viewer, desk, other, ignore=[(380, 0, 60, 40)])[0] == 0
            assert len(s.host.errors) == 2, s.host.errors


MIB = 1048576
WARNED = {'en_US.UTF-8': 'Little space left for the log', 'de_DE.UTF-8': 'Wenig Platz für das Protokoll'}


def test_nearly_full_disk():
    """`audit_warn_free`: once less is free where the trail is, that is said on the screen, in one line and in the trail, while everything
    can still be recorded; and not again while it stays so. `vitrine doctor` says it, too."""
    with Desk(HOST) as desk:
        seen = os.path.join(desk.dir, 'seen')
        log = path_of(desk)
        steps = [box.rules(desk, 'audit_warn_free = 65\n'), box.small(desk.env['XDG_STATE_HOME'], 65 * MIB + 40960), box.copied(log, seen)]
        for language, words in WARNED.items():
            with Session(desk, wrap=box.box(*steps), env={'LANG': language}) as s:
                until(lambda: events_in(seen, 'session_start'), 'no trail')
                assert not events_in(seen, 'log_space') and not s.host.errors and not s.host.find('window', name='toast')
                deadline = time.monotonic() + 90
                while not s.host.errors:
                    assert time.monotonic() < deadline, 'nothing was said'
                    s.host.press('host-panel', 'lock')
                    time.sleep(0.05)
                assert 'audit_warn_free' in s.host.errors[0] and ' 64 MiB are free ' in s.host.errors[0], s.host.errors
                until(lambda: words in s.host.window('toast')['texts'], s.host.find('window', name='toast'))     # behind others
                for _ in range(6):      # it stays so
                    locked = len(events_in(seen, 'session_lock'))
                    s.host.press('host-panel', 'lock')
                    until(lambda: len(events_in(seen, 'session_lock')) > locked, 'the trail has stopped')
                lines = events_in(seen, 'log_space')
                assert len(lines) == 1 and lines[0]['id'] == 9 and lines[0]['fields'] == {'free': '64', 'wanted': '65'}, lines
                assert len(s.host.errors) == 1, s.host.errors
            os.unlink(seen)


def test_nearly_full_disk_by_doctor():
    """Of the disk that the trail is on: little space, enough, and no trail yet."""
    with Desk(HOST, kind='xvfb') as desk:
        log = path_of(desk)
        make = 'mkdir -p %s; : >%s' % (os.path.dirname(log), log)
        cases = (([box.small(desk.env['XDG_STATE_HOME'], 8 * MIB), make], True, 'WARNING: 8 MiB are free on its disk, fewer than the 64 of'),
                 ([box.small(desk.env['XDG_STATE_HOME'], 80 * MIB), make], False, '80 MiB are free on its disk; with fewer than 64'),
                 ([box.rules(desk, 'audit_warn_free = 81\n'), box.small(desk.env['XDG_STATE_HOME'], 80 * MIB), make], True, 'than the 81 of'),
                 ([box.small(desk.env['XDG_STATE_HOME'], 0), make], False, 'its disk does not say how much is free'),  # no limit
                 ([box.hidden(desk.env['XDG_STATE_HOME'])], False, 'none was written yet'))
        os.makedirs(desk.env['XDG_STATE_HOME'], exist_ok=True)
        own(desk.env['XDG_STATE_HOME'])
        for steps, low, words in cases:
            for json_wanted in ([], ['--json']):
                done = subprocess.run([*box.box(*steps), os.path.join(party.binaries(), 'vitrine'), 'doctor', *json_wanted], env=desk.env,
                                      capture_output=True, text=True, timeout=100, check=False, **user())
                if json_wanted:
                    trail = json.loads(done.stdout)['trail']
                    assert trail['path'] == log and trail['low'] is low, trail
                else:
                    assert 'audit trail %s: ' % log in done.stdout and words in done.stdout, done


def unlock(s):
    labels = [c['label'] for c in s.host.find('window', name='host-panel')['controls'] if c['id'] == 'lock']
    if labels[0].startswith('Unlock'):
        s.host.press('host-panel', 'lock')


def test_full_disk_where_the_trail_is_mandatory():
    """The same where nothing may be shared that cannot be recorded: sharing pauses and cannot go on."""
    with Desk(HOST) as desk:
        state = desk.env['XDG_STATE_HOME']
        steps = [box.rules(desk, 'audit_mandatory = yes\n'), box.small(state, 20480)]
        with Session(desk, wrap=box.box(*steps)) as s:
            s.share()
            trouble_with_log(desk, s)
            s.host.wait('share', state='paused', why='audit')
            names = s.host.workers().values()
            assert 'vitrine-capture' not in names and 'vitrine-gate' not in names
            since = s.host.mark()
            s.host.press('sharing-bar', 'resume')
            s.host.never('share', 1, since=since, state='on')
            assert not s.host.worker_pids('vitrine-capture')


# ---------------------------------------------------------------------------------------------- command line
def test_usage():
    """Every wrong command line: one line, exit 2."""
    wrong = [['frobnicate'], ['host', '--frob'], ['host', '--name'], ['host', '--name', ''], ['host', '--name', 'a\nb'],
             ['host', '--relay', 'a b'], ['host', '--relay', 'h:99999'], ['host', '--listen', ':1'],
             ['host', '--relay', 'h', '--listen', '127.0.0.1'], ['join', 'http://nonsense'], ['join', '12345'],
             ['join', '123456789', 'more'], ['relay', '--cert', 'x'], ['stop', 'now'], ['audit'], ['audit', 'verify'],
             ['policy', 'frob'], ['doctor', '--frob'], ['host', '--password-file', '/nonexistent'],
             ['host', '--no-password', '--password-file', 'x']]
    with Desk(HOST, kind='xvfb') as desk:
        for args in wrong:
            done = subprocess.run([os.path.join(party.binaries(), 'vitrine'), *args], env=desk.env, capture_output=True,
                                  text=True, timeout=100, check=False, **user())
            assert done.returncode == 2, (args, done)
            assert done.stderr.count('\n') == 1 and done.stderr.startswith('vitrine: '), (args, done)
            assert not done.stdout, (args, done)


def test_stop_command():
    """`vitrine stop` ends sharing of my sessions, and only that; what it says is true when it says so, also of one that stood still. Ctrl+Z
    makes none stand still: it stops sharing."""
    with Desk(HOST) as desk, Desk(VIEWER) as other:
        with Session(desk) as s:
            viewer = s.join(other)

            def stopped():
                return not s.host.worker_pids('vitrine-capture') and not s.host.worker_pids('vitrine-gate')

            def command(asleep):
                if asleep:
                    os.kill(s.host.process.pid, signal.SIGSTOP)
                said = desk.call(os.path.join(party.binaries(), 'vitrine'), 'stop')
                assert b'stopped' in said and stopped(), said

            for how in (lambda: command(False), lambda: command(True), lambda: os.kill(s.host.process.pid, signal.SIGTSTP)):
                s.share()
                since = s.host.mark()
                how()
                s.host.wait('share', 10, since, state='off', why='command')
                s.host.no_capture()
                assert stopped()
            assert s.host.process.poll() is None and viewer.process.poll() is None
            assert not s.host.find('ended') and not viewer.find('ended')


test_stop_command.alone = True      # it stops the sharing of everybody who runs as this user
