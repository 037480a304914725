"""Who presents: offered by the organizer, agreed to by the new presenter's own hand, taken back; each refusal too."""
import time

from desk import PATIENCE
from session import Desk, Session
from trail import noted

HOST = (800, 600)
OTHER = (1000, 700)


def select(s):
    """Opens the row of the only other person in the host panel."""
    s.host.press('host-panel', 'row_2')


def offer(s, button='yes'):
    """Make presenter, and the organizer's own confirmation."""
    select(s)
    since = s.host.mark()
    s.host.press('host-panel', 'mk_presenter')
    s.host.answer('present', button, since=since)


def says(party, text):
    """Until their viewer says that, whatever it said before."""
    end = time.monotonic() + PATIENCE
    while text not in party.window('viewer')['texts']:
        assert time.monotonic() < end, party.transcript()
        time.sleep(0.05)


def lets_in(party):
    """Who may let others in, as the consent says that party is asked for."""
    texts = party.window('consent-share')['texts']
    return texts[texts.index('may let others in') - 1]


def label(party, control):
    return next(c['label'] for c in party.window('host-panel')['controls'] if c['id'] == control)


def state(party, control):
    return next(c['state'] for c in party.window('host-panel')['controls'] if c['id'] == control)


def told(party, kind, window, since):
    """What that dialog says, once it can be answered."""
    party.wait('prompt', since=since, kind=kind, armed=True)
    return party.window(window, since=since)['texts']


def makes_presenter(s, row, tells, button='yes'):
    """Opens that row and presses Make presenter; the question tells who stops first."""
    since = s.host.mark()
    if state(s.host, row) != 'chosen':
        s.host.press('host-panel', row)
    s.host.press('host-panel', 'mk_presenter')
    texts = told(s.host, 'present', 'present', since)
    assert tells + 'Everyone in the session will see their screen.' in texts, texts
    s.host.answer('present', button, since=since)


def test_told_as_it_is():
    """The organizer's dialogs tell who shares now: nobody, this owner, this owner in a pause, or a member."""
    with Desk(HOST) as desk, Desk(OTHER) as other, Desk(OTHER, kind='xvfb') as third:
        with Session(desk) as s:
            v = s.join(other)
            makes_presenter(s, 'row_2', '', 'no')
            s.share()
            makes_presenter(s, 'row_2', 'Your sharing stops first. ', 'no')
            s.host.press('sharing-bar', 'pause')
            s.host.wait('share', state='paused')
            s.host.press('host-panel', 'close')
            since = s.host.mark()
            wanda = s.start_join(third, name='Wanda')
            texts = told(s.host, 'admit', 'admit', since)
            assert 'They know the password. They will see nothing until you continue sharing.' in texts, texts
            s.host.answer('admit', 'yes', since=since)
            wanda.wait('member', state='joined', name='Wanda')
            since = s.host.mark()
            s.host.press('sharing-bar', 'stop')
            s.host.window('host-panel', since=since)
            makes_presenter(s, 'row_2', '')
            v.answer('hand-over', 'yes')
            v.answer('share', 'yes')
            v.wait('share', state='on')
            s.host.window('viewer')
            since = s.host.mark()
            s.start_join(third, name='Ines')
            texts = told(s.host, 'admit', 'admit', since)
            assert 'They know the password. Somebody else is sharing now, so they will see that screen.' in texts, texts
            s.host.answer('admit', 'no', since=since)
            s.host.press('viewer', 'leave')
            makes_presenter(s, 'row_3', 'Whoever shares now stops first. ', 'no')
            since = s.host.mark()
            s.host.press('host-panel', 'share')
            texts = told(s.host, 'share', 'consent-share', since)
            assert [t for t in texts if t.endswith('Whoever shares now stops first.')], texts
            s.host.answer('share', 'no', since=since)
            v.never('share', 0.3, state='off')


test_told_as_it_is.limit = 120


def test_handed_over_and_taken_back():
    """The old capture is dead before the new owner is asked; they agree twice; the organizer takes it back."""
    with Desk(HOST) as desk, Desk(OTHER) as other:
        with Session(desk) as s:
            v = s.join(other)
            s.share()
            mark = s.host.mark()
            select(s)
            s.host.press('host-panel', 'mk_presenter')
            s.host.answer('present', 'yes', since=mark)
            s.host.wait('share', since=mark, state='off')
            s.host.no_capture()
            v.answer('hand-over', 'yes')
            v.no_capture()
            v.armed('share')
            assert lets_in(v) == '\u201cHelga\u201d', v.window('consent-share')
            v.answer('share', 'yes')
            v.wait('share', state='on')
            says(v, 'You are sharing your screen')
            assert 'You present' in v.window('viewer')['texts'] and 'View only' not in v.window('viewer')['texts']
            assert v.worker_pids('vitrine-capture')
            s.host.no_capture()
            s.host.wait('member', since=mark, state='presenter', id=v.find('member', name='Vera')['id'])
            s.host.window('viewer')
            v.window('sharing-bar')
            v.press('sharing-bar', 'pause')
            v.wait('share', state='paused')
            v.no_capture()
            says(v, 'You have paused sharing')
            mark = v.mark()
            v.press('sharing-bar', 'resume')
            v.wait('share', since=mark, state='on')
            s.host.press('viewer', 'leave')     # looks away: the panel comes back, and the viewer by a button of it
            s.host.window('host-panel')
            assert label(s.host, 'pause') == 'Look'
            mark = s.host.mark()
            s.host.press('host-panel', 'pause')
            s.host.window('viewer', since=mark)
            s.host.press('viewer', 'leave')
            s.host.window('host-panel')
            select(s)
            mark = v.mark()
            s.host.press('host-panel', 'mk_presenter')
            v.wait('share', since=mark, state='off', why='presenter')
            v.no_capture()
            says(v, 'Nobody is showing a screen')
            assert len(noted(desk, 'offered')) == 1 and len(noted(desk, 'taken_back')) == 1
            assert noted(other, 'become_yes')[-1]['fields']['device'] == 'physical'


def test_viewer_out_of_the_way():
    """Whoever begins to present has their screen for it: their viewer, which may be as large, is minimised, and comes back with
    the end. With a pause it stays as its owner has it."""
    with Desk(HOST) as desk, Desk(HOST) as other:
        other.run('openbox')
        end = time.monotonic() + PATIENCE
        while b'window id' not in other.call('xprop', '-root', '_NET_SUPPORTING_WM_CHECK'):
            assert time.monotonic() < end, 'no window manager'
            time.sleep(0.05)
        with Session(desk) as s:
            v = s.join(other)
            mark = v.mark()
            offer(s)
            v.answer('hand-over', 'yes')
            v.answer('share', 'yes')
            v.wait('share', since=mark, state='on')
            v.wait('window', since=mark, name='viewer', state='closed')
            v.window('sharing-bar')
            mark = v.mark()
            other.tap('Control_L', 'F11')       # to the bar, and on to the viewer
            v.wait('window', since=mark, name='sharing-bar')
            other.tap('F6')
            v.window('viewer', since=mark)
            v.press('sharing-bar', 'pause')
            v.wait('share', since=mark, state='paused')
            v.press('sharing-bar', 'resume')
            v.wait('share', since=mark, state='on')
            assert not v.find('window', since=mark, name='viewer', state='closed'), v.steps(mark)
            v.press('viewer', 'minimise')
            v.wait('window', since=mark, name='viewer', state='closed')
            mark = v.mark()
            v.press('sharing-bar', 'stop')
            v.window('viewer', since=mark)


def test_refused():
    """The organizer's own no, the member's no to the question, and their no to what to show: nobody presents."""
    with Desk(HOST) as desk, Desk(OTHER) as other:
        with Session(desk) as s:
            v = s.join(other)
            offer(s, 'no')
            v.never('prompt', 0.5)
            since = s.host.mark()
            s.host.press('host-panel', 'mk_presenter')
            s.host.answer('present', 'yes', since=since)
            v.answer('hand-over', 'no')
            s.host.window('toast')
            v.never('share', 0.5)
            v.no_capture()
            assert noted(desk, 'offer_answered')[-1]['fields']['yes'] == 'no'
            assert noted(other, 'become_no')[0]['fields'] == {'name': 'Helga'}
