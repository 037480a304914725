"""The same process again: sessions one after the other, tries after a wrong one, pauses; and its files and pipes."""
import os
import signal
import socket
import subprocess
import time

from desk import PATIENCE, own, until, user
from party import binaries
from session import Desk, Party, Session, open_door
from trail import events_of, noted

LOCAL = ('--listen', '127.0.0.1:0')


def descriptors(pid):
    """{kind: how many} of a process's open descriptors, numbers left out."""
    found = {}
    for fd in os.listdir('/proc/%d/fd' % pid):
        try:
            kind = os.readlink('/proc/%d/fd/%s' % (pid, fd)).split(':[')[0]
        except OSError:
            continue
        kind = 'status' if kind.endswith('/status') else kind
        found[kind] = found.get(kind, 0) + 1
    return found


def press_until(party, window, control, kind, **fields):
    """Presses, and waits for what that brings; returns it."""
    since = party.mark()
    party.press(window, control)
    return party.wait(kind, since=since, **fields)


def at_rest(count):
    """What is counted, when it has been the same for half a second: a process gives back what it holds a little after the
    event that says so."""
    deadline, since, last = time.monotonic() + PATIENCE, time.monotonic(), count()
    while time.monotonic() < since + 0.5:
        assert time.monotonic() < deadline, last
        time.sleep(0.05)
        now = count()
        if now != last:
            since, last = time.monotonic(), now
    return last


def until_again(count, before):
    """Until it is what it was."""
    deadline = time.monotonic() + PATIENCE
    while count() != before:
        assert time.monotonic() < deadline, (before, count())
        time.sleep(0.05)


def lasting(parties):
    """Descriptors of each process that a pause does not end."""
    return {pid: len(os.listdir('/proc/%d/fd' % pid)) for p in parties for pid, name in p.workers().items()
            if name not in ('vitrine-capture', 'vitrine-gate')}


def test_pauses_leave_nothing_open():
    """Fifteen times pause and continue: no descriptor more, in no process."""
    with Desk((800, 600)) as desk, Desk((1600, 1200)) as other:
        with Session(desk, *LOCAL) as s:
            viewer = s.join(other)
            s.share()
            before = at_rest(lambda: [descriptors(p.process.pid) for p in (s.host, viewer)])
            open_then = at_rest(lambda: lasting((s.host, viewer)))
            for _ in range(15):
                press_until(s.host, 'sharing-bar', 'pause', 'share', state='paused')
                press_until(s.host, 'sharing-bar', 'resume', 'share', state='on')
            until_again(lambda: [descriptors(p.process.pid) for p in (s.host, viewer)], before)
            until_again(lambda: {pid: n for pid, n in lasting((s.host, viewer)).items() if pid in open_then}, open_then)


def test_second_session():
    """End, home, host again, twice: a session like the first, nothing of it left open."""
    with Desk((800, 600)) as desk, Desk((1600, 1200)) as other:
        with Session(desk, *LOCAL) as s:
            counts = []
            for turn in range(3):
                viewer = s.join(other, name='Vera %d' % turn)
                s.share()
                counts.append(at_rest(lambda: descriptors(s.host.process.pid)))
                since = s.host.mark()
                s.host.press('host-panel', 'end')
                s.host.answer('end', 'yes', since=since)
                s.host.wait('ended', since=since, how='properly')
                s.host.window('ended')
                told = [e['texts'] for e in s.host.events[since:] if e['event'] == 'window' and e['name'] == 'host-panel']
                assert not [t for t in told if 'Asking for a number…' in t], told  # of a session that is over
                viewer.wait('ended', how='properly')
                viewer.stop()
                press_until(s.host, 'ended', 'home', 'window', name='home', state='mapped')
                s.info = press_until(s.host, 'home', 'host', 'session')
                s.host.window('host-panel')
            assert counts[1] == counts[2], counts
            numbers = [e['id'] for e in s.host.events if e['event'] == 'session']
            assert len(set(numbers)) == 4
        assert [line['fields']['session'] for line in noted(desk, 'session_start', 4)] == numbers


def test_wrong_password_then_right():
    """The field says that it is wrong; the right one typed there leads in."""
    with Desk((800, 600)) as desk, Desk((1600, 1200)) as other:
        with Session(desk, *LOCAL) as s:
            viewer = s.start_join(other, password='wrong wrong wrong')
            viewer.wait('error', code='J-PASS')
            viewer.window('join')
            other.type(s.info['password'])
            viewer.press('join', 'join')
            s.admit('Vera')
            viewer.wait('member', state='joined')


def test_viewer_stays_on_small_screen():
    """Where the join form stood, and smaller than it would be elsewhere, all of it can be seen: nobody else places it here."""
    with Desk((800, 600)) as desk, Desk((800, 600)) as other:
        with Session(desk, *LOCAL, '--no-password') as s, Party(other, 'join', s.info['invitation'], '--name', 'Vera') as v:
            v.window('join')
            v.press('join', 'join')
            s.admit('Vera')
            v.wait('member', state='joined')
            x, y, w, h = v.window('viewer')['rect']
            assert x >= 0 and y >= 0 and x + w <= 800 and y + h <= 600, (x, y, w, h)


def test_last_error_is_not_repeated():
    """What was behind one error is not said of the next one."""
    taken = socket.socket(socket.AF_INET)
    taken.bind(('127.0.0.1', 0))
    taken.listen()
    with Desk((800, 600)) as desk, Desk((800, 600)) as other:
        with Session(desk, *LOCAL) as s, Party(other, 'host', '--listen', '127.0.0.1:%d' % taken.getsockname()[1]) as b:
            assert 'in use' in b.wait('error', code='R-NET')['text']
            press_until(b, 'error', 'back', 'window', name='home', state='mapped')
            other.click_rect(b.control('home', 'join_number'))
            since = b.mark()
            other.call('xdotool', 'type', s.info['invitation'].replace('#v1.', '#v1.wrong'))
            b.press('home', 'join')
            assert 'in use' not in b.wait('error', since=since, code='J-PASS')['text']
    taken.close()


def until_said(party, window, text):
    until(lambda: any(text in said for said in party.window(window)['texts']), party.transcript)


def usable(party, control):
    return {c['id']: c['state'] for c in party.window('host-panel')['controls']}.get(control) != 'off'


def test_no_password():
    """--no-password: the invitation alone, whose fingerprint says whose session it is, leads to the door. Whoever comes so is asked
    about, whatever the settings say, and that is what is told; control is for those whose words were compared."""
    with Desk((800, 600)) as desk, Desk((1600, 1200)) as other:
        open_door(desk)
        with Session(desk, *LOCAL, '--no-password') as s, Party(other, 'join', s.info['invitation'], '--name', 'Vera') as v:
            until_said(s.host, 'host-panel', 'No password')
            until_said(s.host, 'host-panel', 'People who enter the session number appear here')
            since = s.host.mark()
            s.ask_share()
            assert not [t for t in s.host.window('consent-share')['texts'] if 'password' in t], s.host.transcript()
            s.host.answer('share', 'yes', since=since)
            s.host.wait('share', since=since, state='on')
            s.host.press('host-panel', 'close')     # the bar stays; whoever comes now is asked about in a dialog
            v.window('join')
            v.press('join', 'join')
            s.host.wait('prompt', kind='admit', name='Vera')
            until_said(s.host, 'admit', 'They know the session number. You are sharing now')
            s.admit('Vera')
            v.wait('member', state='joined')
            since = s.host.mark()
            desk.tap('Control_L', 'F11')    # to the bar, and on to the panel
            until(lambda: any(c['focus'] for c in s.host.window('sharing-bar')['controls']), s.host.transcript)
            desk.tap('F6')
            s.host.window('host-panel', since=since)
            s.host.press('host-panel', 'row_2')
            until(lambda: not usable(s.host, 'allow_ctl'), s.host.transcript)
            since = s.host.mark()
            s.host.press('host-panel', 'words')
            s.host.answer('words', 'yes', since=since)
            until(lambda: usable(s.host, 'allow_ctl'), s.host.transcript)


def test_trail_has_its_last_line():
    """program_end is written and signed before the program is gone, every time."""
    with Desk((800, 600)) as desk:
        for _ in range(5):
            with Party(desk, 'host', *LOCAL) as p:
                p.wait('session')
        names = [line['event'] for line in events_of(desk)]
        assert names.count('program_start') == names.count('program_end') == 5, names
        assert names[-1] == 'signed_head'


def test_unusable_log():
    """The log is a folder: one line, and at once; sharing goes on without where no rule demands it."""
    with Desk((800, 600)) as desk:
        os.makedirs(desk.dir + '/state/vitrine/audit.log')
        for path in ('/state', '/state/vitrine', '/state/vitrine/audit.log'):
            own(desk.dir + path)
        with Party(desk, 'host', *LOCAL) as p:
            p.wait('session')
            p.said('audit')
            assert len(p.errors) == 1, p.errors


def test_reader_of_events_goes():
    """Nobody reads --events any more: the program goes on and does not spin."""
    def ticks(pid):
        with open('/proc/%d/stat' % pid) as stat:
            return sum(int(n) for n in stat.read().rpartition(')')[2].split()[11:13])

    def rests(pid):
        time.sleep(0.5)
        before = ticks(pid)
        time.sleep(2)
        return ticks(pid) - before < 20

    with Desk((800, 600)) as desk:
        command = [os.path.join(binaries(), 'vitrine'), 'host', *LOCAL, '--events']
        p = subprocess.Popen(command, env=desk.env, cwd=desk.dir, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                             stderr=subprocess.PIPE, **user())
        seen = b''
        while b'"session"' not in seen:
            seen += os.read(p.stdout.fileno(), 65536)
        time.sleep(1)
        os.read(p.stdout.fileno(), 1 << 20)
        p.stdout.close()
        assert any(rests(p.pid) for _ in range(5))      # a slow machine may still be beginning
        p.terminate()
        assert p.wait(PATIENCE) == 0
        p.stderr.close()


def test_all_addresses():
    """--listen 0.0.0.0 is told as an address of this machine, not as itself; the session can be joined there."""
    with Desk((800, 600)) as desk, Desk((1600, 1200)) as other:
        with Session(desk, '--listen', '0.0.0.0:0') as s:
            assert '0.0.0.0' not in s.info['invitation'] + s.info['relay']
            s.join(other)
    relay = Party(None, 'relay', '--listen', '0.0.0.0:0')
    try:
        assert '0.0.0.0' not in relay.wait('session')['relay']
    finally:
        relay.stop()


def test_relay_keys_again():
    """SIGHUP reads certificate and key again, twenty times: nothing stays open, and a new key's PIN is told."""
    with Desk((320, 240), kind='xvfb') as desk:
        names = [os.path.join(desk.dir, name) for name in ('cert.pem', 'key.pem')]

        def make():
            subprocess.run(['openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes',
                            '-subj', '/CN=relay', '-days', '2', '-out', names[0], '-keyout', names[1]], check=True,
                           capture_output=True)
            for name in names:
                own(name)

        make()
        relay = Party(desk, 'relay', '--listen', '127.0.0.1:0', '--cert', names[0], '--key', names[1])
        try:
            first = relay.wait('session')['pin']
            before = at_rest(lambda: len(os.listdir('/proc/%d/fd' % relay.process.pid)))
            for _ in range(20):
                since = relay.mark()
                relay.process.send_signal(signal.SIGHUP)
                assert relay.wait('session', since=since)['pin'] == first
            make()
            since = relay.mark()
            relay.process.send_signal(signal.SIGHUP)
            assert relay.wait('session', since=since)['pin'] != first
            until_again(lambda: len(os.listdir('/proc/%d/fd' % relay.process.pid)), before)
            since = relay.mark()
            os.rename(names[1], names[1] + '.old')  # the key of another pair: said once, and what it has goes on
            subprocess.run(['openssl', 'genpkey', '-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256', '-out', names[1]],
                           check=True, capture_output=True)
            own(names[1])
            relay.process.send_signal(signal.SIGHUP)
            relay.said('of one pair; the relay goes on')
            relay.never('session', 0.2, since)
            assert relay.process.poll() is None and len(relay.errors) == 1, relay.errors
            os.rename(names[1] + '.old', names[1])
            relay.process.send_signal(signal.SIGHUP)
            relay.wait('session', since=since)
            relay.process.terminate()
            assert relay.wait_exit() == 0
        finally:
            relay.stop()


def test_relay_refuses_keys():
    """A certificate that is none: one line that says so, and exit 2; it is no question of the sandbox or the line."""
    with Party(None, 'relay', '--listen', '127.0.0.1:0', '--cert', '/etc/hostname', '--key', '/etc/hostname') as relay:
        assert relay.wait_exit() == 2
        assert len(relay.errors) == 1 and 'PEM' in relay.errors[0], relay.errors
