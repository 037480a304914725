"""Four words: the same on both sides, marked by a hand after the guard; different ones end the session."""
import time

from desk import PATIENCE
from session import Desk, Session
from trail import events_of, noted

HOST = (800, 600)
OTHER = (1000, 700)


def open_words(s):
    s.host.press('host-panel', 'row_2')
    since = s.host.mark()
    s.host.press('host-panel', 'words')
    return s.host.wait('prompt', since=since, kind='words', armed=True)


def test_all_the_same():
    """Marked for everybody; the button for it goes."""
    with Desk(HOST) as desk, Desk(OTHER, kind='xvfb') as other:
        with Session(desk) as s:
            s.join(other)
            prompt = open_words(s)
            s.host.click_answer(prompt, 'yes')
            s.host.wait('member', name='Vera', state='verified')
            deadline = time.monotonic() + PATIENCE
            while 'words' in [c['id'] for c in s.host.window('host-panel')['controls']]:
                assert time.monotonic() < deadline, 'the button stays'
                time.sleep(0.02)
            s.host.stop()       # the trail is complete
            assert noted(desk, 'words_match')[-1]['fields']['device'] == 'physical'


def test_not_now():
    """Neither Escape nor Not now says anything, and a click before the guard is over is nothing."""
    with Desk(HOST) as desk, Desk(OTHER, kind='xvfb') as other:
        assert any(not_now(desk, other) for _ in range(3)), 'this test stands still all the time'


def not_now(desk, other):
    """False: it stood still for so long that the guard was over before the click, which then was a yes."""
    with Session(desk) as s:
        s.join(other)
        s.host.press('host-panel', 'row_2')
        since, before = s.host.mark(), len(events_of(desk, 'words_match'))
        s.host.press('host-panel', 'words')
        prompt = s.host.wait('prompt', since=since, kind='words')
        desk.click_rect(prompt['buttons']['yes'])
        if s.host.within('member', 0.5, since, state='verified'):
            told = [e for e in s.host.events[since:] if e['event'] == 'prompt' and e['kind'] == 'words']
            assert [e['armed'] for e in told[-2:]] == [True, False], told
            return False
        desk.click_rect(prompt['buttons']['no'])
        s.host.wait('prompt', since=since, kind='words', state='closed')
        s.host.never('member', 0.5, since=since, state='verified')
        assert len(events_of(desk, 'words_match')) == before
        return True


def test_they_differ():
    """The session ends on both sides, with exit status 3 and W-DIFF."""
    with Desk(HOST) as desk, Desk(OTHER, kind='xvfb') as other:
        with Session(desk) as s:
            v = s.join(other)
            open_words(s)
            s.host.press('words', 'differ')
            s.host.wait('ended', why='words')
            assert s.host.wait('error')['code'] == 'W-DIFF'
            v.wait('ended', why='words')
            assert v.wait('error')['code'] == 'W-DIFF'
            s.host.press('error', 'close2')
            assert s.host.wait_exit() == 3
            assert noted(desk, 'words_differ')
