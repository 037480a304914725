"""What nobody at the computer leads to, on the real program and its real clock: a quarter of an hour, and half of one.

Nothing makes that clock run faster: a time namespace moves only where it begins. So these are part of check-long."""
import time

import box
from desk import Desk, middle
from hands import Control, down_now
from routes import MISLED, PROGRAMS, go, unanswered
from session import Session

QUARTER = 15 * 60
OTHER = (1024, 768)


def no_hand(desk, party, prompt):
    """Every route that is no person's hand: the question stays, and can be answered after them."""
    since = party.mark()
    window = party.find('window', name=prompt['window'], state='mapped')['rect']
    go(desk, MISLED + PROGRAMS, window, middle(prompt['buttons']['yes']))
    unanswered(party, 'still', since)
    party.armed('still')


def test_still_sharing():
    """15 minutes without a hand: the bar asks. Who answers goes on; where nobody does, sharing pauses, and Continue is the
    owner's. Where the screen saver has come on before (after ten, as X has it), nobody is asked, and it pauses all the same."""
    awake = dict(extra=('-s', '0'))
    with Desk(OTHER, **awake) as here, Desk(OTHER, **awake) as there, Desk(OTHER) as dark:
        strict = box.box(box.rules(here, 'assistive_may_answer = no\n'))
        with Session(here, name='Stays', wrap=strict) as stays, Session(there, name='Went') as went, Session(dark, name='Sleeps') as sleeps:
            for s in (stays, went, sleeps):
                s.share()
            prompt = stays.host.wait('prompt', QUARTER + 60, kind='still', armed=True)
            no_hand(here, stays.host, prompt)
            here.click_rect(prompt['buttons']['yes'])
            stays.host.wait('prompt', 10, kind='still', state='closed')
            went.host.wait('prompt', 60, kind='still')
            assert went.host.worker_pids('vitrine-capture'), 'it goes on until the minute is over'
            for s in (went, sleeps):
                s.host.wait('share', 120, state='paused', why='away')
                s.host.no_capture()
            went.host.wait('prompt', 10, kind='still', state='closed')
            assert not sleeps.host.find('prompt', kind='still')
            assert not stays.host.find('share', state='paused')
            assert stays.host.worker_pids('vitrine-capture')
            since = went.host.mark()
            went.host.press('sharing-bar', 'resume')
            went.host.wait('share', 15, since, state='on')


def test_unused_control():
    """Control until it is stopped, and not used for ten minutes: over, with that reason. A motion in between begins them anew."""
    with Desk((800, 600)) as desk, Desk((1600, 1200)) as other:
        with Control(desk) as s:
            viewer = s.begin(other)
            s.ask(viewer)
            s.host.press('consent-control', 'tinf')
            since = s.host.mark()
            s.host.answer('control', 'yes')
            s.host.wait('control', 15, since, state='on', mine=False)
            time.sleep(60)
            other.move(800, 600)
            other.move(810, 600)
            s.host.never('control', 9.5 * 60, since=s.host.mark(), state='off')
            s.host.wait('control', 120, since, state='off', why='idle')
            s.nobody()
            assert not down_now(desk)


def test_empty_end():
    """Half an hour without anybody else: the session ends by itself, properly, and everything of it is gone."""
    with Desk(OTHER, kind='xvfb') as desk:
        with Session(desk) as s:
            ended = s.host.wait('ended', 2 * QUARTER + 120)
            assert (ended['how'], ended['why']) == ('properly', 'empty'), ended
            left = [name for name in s.host.workers().values() if name in ('vitrine-seal', 'vitrine-net', 'vitrine-relay')]
            assert not left, left


test_still_sharing.limit = QUARTER + 300
test_still_sharing.long = True
test_unused_control.limit = QUARTER
test_unused_control.long = True
test_empty_end.limit = 2 * QUARTER + 200
test_empty_end.long = True
