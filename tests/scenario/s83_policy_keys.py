"""Keys of vitrine.conf that no other scenario names: what each refuses (files over /etc/vitrine, box.py)."""
import os
import sys
import time

import box
from desk import Desk, own
from hands import HOST as HANDS, VIEWER, Control, strike, until_obeyed
from party import Party
from session import Session
from trail import events_of
from wire import Wire

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from s31_policy import command, explain, refused  # noqa: E402

HOST = (800, 600)
OTHER = (1000, 700)


def ruled(desk, text):
    return box.box(box.rules(desk, text))


def control_of(party, window, control):
    event = party.window(window)
    return next(c for c in event['controls'] if c['id'] == control)


def test_shorter_password():
    """password_minimum: an own password that is too short starts no session; one that is long enough does."""
    with Desk(HOST) as desk:
        path = os.path.join(desk.dir, 'own')
        for password, works in (('elevenchars', False), ('twelvecharss', True)):
            with open(path, 'w') as out:
                out.write(password + '\n')
            os.chmod(path, 0o600)
            own(path)
            with Party(desk, 'host', '--listen', '127.0.0.1:0', '--password-file', path,
                       wrap=ruled(desk, 'password_minimum = 12\n')) as p:
                if works:
                    p.wait('session')
                else:
                    assert p.wait_exit() == 6 and 'longer password' in p.errors[0], p.errors
                    assert '(/etc/vitrine/vitrine.conf:1: password_minimum)' in p.errors[0], p.errors


def test_newcomer_pauses():
    """newcomers_ask: whom somebody else has let in sees nothing of a member's screen before that member's own yes."""
    with Desk(HOST) as desk, Desk(OTHER) as hers, Desk(OTHER, kind='xvfb') as third:
        with Session(desk) as s:
            vera = s.start_join(hers, wrap=ruled(hers, 'newcomers_ask = yes\n'))
            s.admit('Vera')
            vera.window('viewer')
            since = s.host.mark()
            s.host.press('host-panel', 'row_2')
            s.host.press('host-panel', 'mk_presenter')
            s.host.answer('present', 'yes', since=since)
            vera.answer('hand-over', 'yes')
            vera.answer('share', 'yes')
            vera.wait('share', 20, state='on')
            since, mine = vera.mark(), s.host.mark()
            s.start_join(third, name='Kim')
            s.host.answer('admit', 'yes', since=mine)
            vera.wait('share', 20, since, state='paused', why='newcomer')
            vera.no_capture()
            vera.never('share', 1, since=since, state='on')


def test_no_whole_screen():
    """share_whole_screen = no: the dialog offers it no more, and its yes is dead as long as nothing else is chosen."""
    with Desk((1024, 768)) as desk:
        with Session(desk, wrap=ruled(desk, 'share_whole_screen = no\n')) as s:
            since = s.host.mark()
            s.host.press('host-panel', 'share')
            s.host.wait('prompt', 15, since, kind='share')
            event = s.host.window('consent-share')
            looks = {c['id']: str(c.get('state', '')) for c in event['controls']}
            assert 'off' in looks['whole'] and 'off' in looks['yes'], looks
            prompt = s.host.wait('prompt', 15, since, kind='share')
            desk.click_rect(prompt['buttons']['yes'])
            s.host.never('share', 1.5, since=since, state='on')
            s.host.no_capture()


def refuses_control(rule):
    """Who asks is refused without the owner being asked, which the trail says; nothing is started."""
    with Desk(HANDS) as desk, Desk(VIEWER) as other:
        with Control(desk, wrap=ruled(desk, rule)) as s:
            viewer = s.begin(other)
            since, theirs = s.host.mark(), viewer.mark()
            viewer.press('viewer', 'ask')
            s.host.wait('control', 15, since, state='refused', why='rule')
            viewer.wait('window', 15, theirs, name='toast', state='mapped')
            assert not s.host.find('prompt', since, kind='control')
            s.nobody()
        refused = [line['fields'] for line in events_of(desk, 'control_refused')]
        assert [(f['name'], f['how']) for f in refused] == [('Vera', 'rule')], refused


def test_no_control():
    refuses_control('control = no\n')


def test_control_for_compared_only():
    """control_for = verified: whose words nobody has compared gets none."""
    refuses_control('control_for = verified\n')


def test_waiting_room_stays():
    """waiting_room_may_be_off = no: the setting cannot be changed, as with admission; and a settings file that says so
    opens no door."""
    with Desk((1024, 768)) as desk, Desk(OTHER, kind='xvfb') as other:
        for rule in 'admission = verified\n', 'waiting_room_may_be_off = no\n':
            rules = ruled(desk, rule)
            with Party(desk, 'join', wrap=rules) as p:
                p.press('home', 'settings')
                assert control_of(p, 'settings', 'waiting')['state'] == 'off'
        folder = os.path.join(desk.env['XDG_CONFIG_HOME'], 'vitrine')
        os.makedirs(folder, mode=0o700, exist_ok=True)
        path = os.path.join(folder, 'settings')
        with open(path, 'w') as out:
            out.write('waiting_room = no\n')
        os.chmod(path, 0o600)
        own(folder)
        own(path)
        with Session(desk, wrap=rules) as s:
            s.start_join(other)
            s.host.wait('prompt', 20, kind='admit', name='Vera')


def test_nothing_to_pass_on():
    """clipboard, file_transfer, helper_certificates (and lossless_only, see s50_rough, and even_timing_only, below): what this program does
    anyway is what a file may demand; explain names the file, and loosening is refused as for every key."""
    rules = '\n'.join(('clipboard = no', 'file_transfer = no', 'lossless_only = yes', 'even_timing_only = yes', ''))
    with Desk(HOST, kind='xvfb') as desk:
        for line, (key, loose) in enumerate((('clipboard', 'yes'), ('file_transfer', 'yes'), ('lossless_only', 'no'),
                                              ('even_timing_only', 'no')), 1):
            done = command(desk, rules, 'policy', 'check', '/etc/vitrine/vitrine.conf')
            assert done.returncode == 0, (line, done)
            refused(explain(desk, rules, more=['mkdir -m 755 conf.d', 'echo "%s = %s" >conf.d/a.conf' % (key, loose),
                                               'chmod 644 conf.d/a.conf']), 'conf.d/a.conf:1: %s:' % key, 'loosens')
        refused(explain(desk, 'helper_certificates = relative.pem\n'), ':1: helper_certificates:')


def test_nobody_for_long():
    """idle_end: minutes without the owner's hand, and the session is over. One is the least; a hand in it begins another."""
    with Desk(HOST) as desk:
        with Session(desk, wrap=ruled(desk, 'idle_end = 1\n')) as s:
            s.share()
            time.sleep(5)                   # of the first minute: what ends later counted from the hand
            moved = time.monotonic()
            desk.move(300, 200)
            ended = s.host.wait('ended', 100)
            assert ended['_at'] - moved >= 60, (ended, moved)
            assert s.host.find('share', state='off') and ended['why'] == 'away', ended
            s.host.no_capture()
            texts = s.host.wait('window', name='ended', state='mapped')['texts']
            assert any('nobody used this computer' in t for t in texts), texts
            assert events_of(desk, 'session_end')[-1]['fields']['why'] == 'away'


test_nobody_for_long.limit = 200

PRESSES, SHIFT = 5, 50
QUIET = 1000, 3     # bytes in seconds: nothing but acknowledgements
MANY = 6000         # bytes: a press and a release are two records of 256, in even steps 50 to 100 of them follow


def until_quiet(wire):
    while sent_since(wire, wire.up, *QUIET) >= QUIET[0]:
        pass


def sent_since(wire, before, enough, seconds):
    """How many bytes leave the controller in that time; no longer than until it is enough."""
    end = time.monotonic() + seconds
    while time.monotonic() < end and wire.up - before < enough:
        time.sleep(0.02)
    return wire.up - before


def sent_after_a_press(wire, other):
    until_quiet(wire)
    before = wire.up
    strike(other, SHIFT)
    return sent_since(wire, before, MANY, 4)


def test_even_timing():
    """even_timing_only: at the controller's, empty records follow each key, so that the line does not show how somebody types. Their own
    settings say `quick`, and without the rule nothing follows. A machine that stands still leaves out records: one press in some shows it."""
    with Desk(HANDS) as desk, Desk(VIEWER) as other:
        for rule in ('no', 'yes'):
            with Control(desk) as s:
                wire = Wire(s.port())
                where = s.local_invitation().replace(':%d/' % s.port(), ':%d/' % wire.port)
                viewer = s.join(other, invitation=where, wrap=ruled(other, 'even_timing_only = %s\n' % rule))
                s.share()
                rect = s.give(viewer)
                other.click(rect[0] + 60, rect[1] + 350)
                until_obeyed(desk, other, rect)
                sent = []
                while len(sent) < PRESSES and (rule == 'no' or not any(n >= MANY for n in sent)):
                    sent.append(sent_after_a_press(wire, other))
                assert (max(sent) >= MANY) == (rule == 'yes') and min(sent) > 512, (rule, sent)
                wire.close()
